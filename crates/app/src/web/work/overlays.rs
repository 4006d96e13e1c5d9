//! Tasks of those who write an organisation's files: what it adds to a template that a later version has no place for.

use super::Asked;
use crate::web::dpia::templates::list::address;
use domain::{
    dpia::writing::may_write,
    work::tasks::{Subject, Task},
};
use serde_json::json;

/// One task for each overlay in use that does not fit a version of its template in every part.
///
/// # Errors
/// Never; as the others of the list have it.
pub async fn tasks(asked: &Asked<'_>) -> Result<Vec<Task>, store::Error> {
    let rules = asked.app.rules();
    let mut tasks = Vec::new();
    for (owner, overlay) in rules.overlays_of() {
        let own = asked.member.belongs_to(*owner) && may_write(asked.scope, Some(*owner));
        let in_use = |version| rules.overlay(version, *owner, asked.today).is_some_and(|now| now.edition == overlay.edition);
        let Some(fit) = overlay.unfit().filter(|fit| own && in_use(&fit.edition)).last() else { continue };
        tasks.push(Task {
            key: format!("overlay/{}/{}", overlay.edition.urn, fit.edition.version),
            subject: Subject::Dpia,
            organisation: *owner,
            words: "overlay",
            values: json!({ "title": overlay.title, "version": fit.edition.version, "things": fit.problems.len() }),
            href: address(&overlay.edition),
            due: None,
            waiting_since: None,
        });
    }
    Ok(tasks)
}
