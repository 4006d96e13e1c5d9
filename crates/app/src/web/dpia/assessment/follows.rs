//! The DPIA that follows from a short review: because the review itself concludes that one is needed, or because a newer screening
//! requires one.

use crate::{error::Failure, state::App, web::session::Caller};
use domain::dpia::{assessment::Assessment, template::Purpose, workflow::KEEPERS};
use serde::Serialize;

/// The DPIA of the same data project.
#[derive(Serialize)]
pub struct Follows {
    number: String,
    title: String,
    href: String,
    /// The caller can put it in the place of the review now: while data is in use on the review, not before it is signed.
    replaces: bool,
}

/// The DPIA of the data project of a short review, the newest of several, as far as the caller sees it. Wherever the review stands,
/// once one is begun nobody is asked to begin one.
///
/// # Errors
/// When the database fails.
pub async fn follows(app: &App, caller: &Caller, review: &Assessment) -> Result<Option<Follows>, Failure> {
    let Some(project) = review.project else { return Ok(None) };
    let rules = app.rules();
    let dpia = |one: &Assessment| rules.template(&one.template).is_some_and(|template| template.purpose == Purpose::Dpia);
    let all = app.store.assessments_of(&caller.scope, app.clock.today(), project).await?;
    let open = all.iter().filter(|one| one.id != review.id && !one.state.is_closed() && dpia(one));
    Ok(open.max_by_key(|one| (one.created_at, one.id)).map(|one| Follows {
        number: one.number.clone(),
        title: one.title.clone(),
        href: format!("/assessments/{}", one.id),
        replaces: review.replaced_by(one).is_ok() && caller.member().is_some_and(|member| member.holds_any(review.lead, KEEPERS)),
    }))
}
