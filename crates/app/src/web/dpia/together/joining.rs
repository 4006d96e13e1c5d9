//! Answering an invitation to an assessment together with the one to its data project.

use crate::{assessments::tell, error::Failure, state::App};
use domain::{
    dpia::{ids::AssessmentId, task::About},
    people::{PersonId, Scope},
    register::ids::OrganisationId,
};

/// Answers an invitation to an assessment for an organisation that has answered the one to its project. Where it is not invited,
/// nothing changes.
///
/// # Errors
/// When the database fails.
pub async fn answer(
    app: &App,
    scope: &Scope,
    assessment: AssessmentId,
    organisation: OrganisationId,
    person: PersonId,
    accepts: bool,
) -> Result<(), Failure> {
    let (now, today) = (app.clock.now(), app.clock.today());
    let Some(mut work) = app.store.work(scope, now, today, assessment).await? else { return Ok(()) };
    let mut head = work.whole.assessment.clone();
    if head.answer_invitation(organisation, accepts, person, now).is_err() {
        return Ok(());
    }
    work.change_head(head).await?;
    let asked = |about: &About| matches!(about, About::Invitation { organisation: of } if *of == organisation);
    work.close_tasks(asked, Some(person)).await?;
    let joined = tell::Happened { what: "joined", organisation: Some(organisation), parties: true, ..tell::Happened::default() };
    tell::commit(app, work, accepts.then_some(joined)).await?;
    Ok(())
}
