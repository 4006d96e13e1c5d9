//! What follows from screening a project again for the assessments that were begun before: whoever leads one that is open is asked
//! to look, once, where the screening says something else than the one that it follows.

use super::{about, tell};
use crate::{error::Failure, state::App};
use domain::{
    dpia::{
        assessment::{Assessment, State},
        ids::ProjectId,
        project::rescreened,
        review::Trigger,
    },
    people::Scope,
};

/// What asks an assessment to be looked at, where its project was screened again and that says something else. What is closed or was
/// made elsewhere is not asked.
///
/// # Errors
/// When the database fails.
pub async fn trigger(app: &App, scope: &Scope, head: &Assessment) -> Result<Option<Trigger>, store::Error> {
    let Some(project) = head.project.filter(|_| !head.state.is_closed() && head.state != State::Recorded) else {
        return Ok(None);
    };
    let screenings = app.store.screenings(scope, project).await?;
    let news = rescreened(&screenings, head.screening);
    Ok(news.map(|(screening, redone)| Trigger::Screened {
        screening: screening.id,
        outcome: screening.stands().unwrap_or(redone.after),
    }))
}

/// Asks whoever leads the assessments of a project to look at what its newest screening says.
///
/// # Errors
/// When the database fails; the job that asks for reviews asks again then.
pub async fn ask(app: &App, project: ProjectId) -> Result<(), Failure> {
    // Whoever screens a project need not see each of its assessments.
    let scope = Scope::Job { name: "screening".to_owned() };
    let (now, today) = (app.clock.now(), app.clock.today());
    for head in app.store.assessments_of(&scope, today, project).await? {
        let Some(trigger) = trigger(app, &scope, &head).await? else { continue };
        let Some(template) = app.rules().template_of(&head, today) else { continue };
        let Some(mut work) = app.store.work(&scope, now, today, head.id).await? else { continue };
        if work.ask_review(&template, &trigger, &about::why(app, &trigger)).await?.is_some() {
            tell::commit(app, work, None).await?;
        }
    }
    Ok(())
}
