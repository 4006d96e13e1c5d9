//! The DPIA that is written instead of a short review, whose own conclusion stops it.

use crate::{
    error::Failure,
    state::App,
    web::{dpia::desk::Desk, session::Caller},
};
use domain::dpia::workflow::KEEPERS;
use serde::Serialize;

/// The DPIA of the same data project.
#[derive(Serialize)]
pub(super) struct Follows {
    number: String,
    title: String,
    href: String,
    /// The caller can put it in the place of the review.
    replaces: bool,
}

/// The DPIA that was begun for a review and can take its place, the newest of several.
///
/// # Errors
/// When the database fails.
pub(super) async fn follows(app: &App, caller: &Caller, desk: &Desk) -> Result<Option<Follows>, Failure> {
    let head = &desk.whole.assessment;
    let Some(project) = head.project else { return Ok(None) };
    let all = app.store.assessments_of(&caller.scope, desk.today, project).await?;
    let newest = all.iter().filter(|one| head.replaced_by(one).is_ok()).max_by_key(|one| (one.created_at, one.id));
    Ok(newest.map(|one| Follows {
        number: one.number.clone(),
        title: one.title.clone(),
        href: format!("/assessments/{}", one.id),
        replaces: caller.member().is_some_and(|member| member.holds_any(head.lead, KEEPERS)),
    }))
}
