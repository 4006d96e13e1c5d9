//! What somebody saw: a record as it was in the version that a form was opened on, out of the change log. By it two people's
//! changes of one record are told apart.

use crate::{error::Failure, state::App};
use domain::{
    people::Scope,
    register::edit::past::{Step, at_version, points},
};
use store::{Record, log::Change};

/// A record as it was in a version. `now` is the version in which it stands. None where that version cannot be seen any more, or is
/// none of its own.
///
/// # Errors
/// When the database fails.
pub async fn seen<R: Record>(app: &App, scope: &Scope, stored: &R, now: i64, version: i64) -> Result<Option<R>, Failure> {
    if now == version {
        return Ok(Some(stored.clone()));
    }
    let changes = app.store.history_of(scope, stored).await?;
    let current = serde_json::to_value(stored)?;
    let points = points(Some(&current), &steps(&changes));
    Ok(at_version(&points, version).and_then(|state| serde_json::from_value(state.clone()).ok()))
}

/// Entries of a history as the domain takes them.
#[must_use]
pub fn steps(changes: &[Change]) -> Vec<Step<'_>> {
    changes
        .iter()
        .filter(|change| change.action != domain::audit::Action::Event)
        .map(|change| Step { sequence: change.sequence, at: change.at, action: change.action, content: change.content.as_ref() })
        .collect()
}
