//! A project whose short review concludes that a DPIA is needed after all: beginning the DPIA is then the officer's decision too, and
//! whoever was asked to begin it is asked no more.

use super::super::screening::asked::settle;
use crate::{error::Failure, state::App, web::session::Caller};
use domain::{
    dpia::{
        ids::AssessmentId,
        place::Part,
        project::{Decided, Project, Screening},
        screening::OutcomeKind,
        task::About,
    },
    people::PersonId,
};
use jiff::civil::Date;
use store::{dpia::Work, write::Write};

/// A short review with its conclusion.
pub struct Concluded {
    id: AssessmentId,
    /// Its number.
    pub number: String,
    /// Who wrote the conclusion.
    by: PersonId,
}

/// The reviews of a project, still open, that conclude that a DPIA is needed, or that somebody is not sure; of those that the caller
/// sees all of.
///
/// # Errors
/// When the database fails.
pub async fn concluded(app: &App, caller: &Caller, project: &Project) -> Result<Vec<Concluded>, Failure> {
    let (rules, today) = (app.rules(), app.clock.today());
    let mut found = Vec::new();
    for one in app.store.assessments_of(&caller.scope, today, project.id).await? {
        let Some(question) = rules.template(&one.template).and_then(|template| template.asks_for_dpia()) else { continue };
        if one.state.is_closed() {
            continue;
        }
        let Some(whole) = app.store.assessment(&caller.scope, today, rules.as_ref(), one.id).await? else { continue };
        let Some(template) = rules.template_of(&whole.assessment, today) else { continue };
        // The lead's own conclusion is named first: its officer decides for the project.
        let by = whole.dpia_needed(&template).into_iter().find_map(|organisation| {
            let field = whole.field(&Part::Annex(organisation).at(&question.id))?;
            Some(field.by)
        });
        found.extend(by.map(|by| Concluded { id: one.id, number: one.number, by }));
    }
    Ok(found)
}

/// Writes down with the DPIA that is begun that one is required, by the conclusion of its officer, and closes what asked for it.
///
/// # Errors
/// When the database refuses.
pub async fn decided(
    mut write: Write,
    caller: &Caller,
    project: &Project,
    screening: Option<&Screening>,
    reviews: &[Concluded],
    today: Date,
) -> Result<Write, Failure> {
    for review in reviews {
        write = match Work::within(write, &caller.scope, today, review.id).await? {
            Ok(mut work) => {
                work.close_tasks(|about| *about == About::BeginDpia, caller.scope.person()).await?;
                work.release()
            }
            Err(write) => write,
        };
    }
    let Some(review) = reviews.first() else { return Ok(write) };
    let finished = screening.filter(|one| one.outcome.is_some() && one.stands() != Some(OutcomeKind::Required));
    if let Some(screening) = finished {
        let reasons = format!("The short review {} concludes that a DPIA is needed after all.", review.number);
        let decision = Decided { kind: OutcomeKind::Required, reasons, by: review.by, at: write.at(), stated: false };
        let mut after = Screening { decision: Some(decision), ..screening.clone() };
        write.update(screening, &mut after).await?;
        settle(&mut write, project, &after, review.by, today).await?;
    }
    Ok(write)
}
