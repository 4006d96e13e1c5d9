//! What others changed in a record since a page was opened, for whoever then pressed its button: shown beside the button, before
//! anything is written.

use super::{own::Kept, save::Stale};
use crate::{
    error::Failure,
    state::App,
    web::{
        register::history::{self, Beside, FieldChange},
        session::Caller,
    },
};
use domain::register::edit::past::compare;
use serde::Serialize;

/// A record that changed, and in what.
#[derive(Serialize)]
pub struct Since {
    /// What it is called now.
    pub title: String,
    /// Its page.
    pub href: String,
    /// The fields that changed, before and after; empty where what changed is not shown.
    pub fields: Vec<FieldChange>,
}

/// What changed.
///
/// # Errors
/// When a record cannot be written as JSON, or the database fails.
pub async fn of<R: Kept>(app: &App, caller: &Caller, stale: &Stale<R>, title: String) -> Result<Since, Failure> {
    let (seen, stored) = (serde_json::to_value(&stale.seen)?, serde_json::to_value(&stale.stored)?);
    let changed = compare(&seen, &stored).into_iter().map(|one| (one.field, serde_json::json!([one.before, one.after])));
    let changed = serde_json::Value::Object(changed.collect());
    let beside = Beside::of(app, &caller.scope, Some(stale.stored.owner()), [&changed]).await?;
    let fields = history::fields(Some(&changed), &app.snapshot(), &beside);
    Ok(Since { title, href: stale.stored.address(), fields })
}
