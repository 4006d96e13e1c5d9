//! A project whose short review concludes that a DPIA is needed after all, or cannot rule it out: what it says stands beside the
//! officer's decision, which only those who may decide change, and whoever was asked to begin the DPIA is asked no more.

use super::super::{
    screening::{asked::settle, kept::decides},
    whole,
};
use crate::{error::Failure, state::App, web::session::Caller};
use domain::dpia::{
    answer::Ternary,
    assessment::State,
    ids::AssessmentId,
    project::{Project, Screening, decide, less_decided},
    screening::OutcomeKind,
    task::About,
    template::Purpose,
};
use jiff::civil::Date;
use serde::Serialize;
use store::{dpia::Work, write::Write};

/// A short review with its conclusion.
#[derive(Serialize)]
pub struct Concluded {
    #[serde(skip)]
    id: AssessmentId,
    /// Its number.
    pub number: String,
    /// The same with what it is.
    called: String,
    /// Its page.
    href: String,
    /// A controller says yes; else they are not sure.
    pub sure: bool,
    /// Another assessment was put in its place, so that its own answer cannot be changed any more: an officer's decision ends it.
    closed: bool,
}

/// The reviews of a project that conclude that a DPIA is needed, or that somebody is not sure, and ask for one still: those that are
/// open, and where the project has no DPIA (any more) those in whose place one was put. Of those that the caller sees all of.
///
/// # Errors
/// When the database fails.
pub async fn concluded(app: &App, caller: &Caller, project: &Project) -> Result<Vec<Concluded>, Failure> {
    let mut found = conclusions(app, caller, project).await?;
    if found.iter().any(|one| one.closed) {
        let all = app.store.assessments_of(&caller.scope, app.clock.today(), project.id).await?;
        let written = all.iter().any(|one| !one.state.is_closed() && whole::purpose(app, &one.template) == Purpose::Dpia);
        found.retain(|one| !one.closed || !written);
    }
    Ok(found)
}

/// The same, with those in whose place another assessment was put: what they say is still why a DPIA is done, until an officer decides
/// that less is.
///
/// # Errors
/// When the database fails.
pub async fn conclusions(app: &App, caller: &Caller, project: &Project) -> Result<Vec<Concluded>, Failure> {
    let (rules, today) = (app.rules(), app.clock.today());
    let screenings = app.store.screenings(&caller.scope, project.id).await?;
    let mut found = Vec::new();
    for one in app.store.assessments_of(&caller.scope, today, project.id).await? {
        let asks = rules.template(&one.template).is_some_and(|template| template.asks_for_dpia().is_some());
        let over = one.state.is_closed() && (one.state != State::Superseded || less_decided(&screenings, one.state_since));
        if !asks || over {
            continue;
        }
        let Some(review) = app.store.assessment(&caller.scope, today, rules.as_ref(), one.id).await? else { continue };
        let Some(template) = rules.template_of(&review.assessment, today) else { continue };
        let said = review.dpia_conclusions(&template);
        if !said.is_empty() {
            let sure = said.iter().any(|(_, answer)| *answer == Ternary::Yes);
            let href = format!("/assessments/{}", one.id);
            let called = whole::called(app, &one);
            found.push(Concluded { id: one.id, called, number: one.number, href, sure, closed: one.state.is_closed() });
        }
    }
    Ok(found)
}

/// Closes, with the DPIA that is begun, what asked for it. Where whoever begins it may decide after the screening, beginning it is
/// their decision that a DPIA is done; what somebody else decided otherwise stays theirs.
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
    let (Some(review), Some(person)) = (reviews.first(), caller.scope.person()) else { return Ok(write) };
    let open = |one: &&Screening| one.outcome.is_some() && one.stands() != Some(OutcomeKind::Required);
    if let Some(screening) = screening.filter(open).filter(|_| decides(caller, project)) {
        let asks =
            if review.sure { "concludes that a DPIA is needed after all" } else { "cannot rule out that a DPIA is needed" };
        let reasons = format!("The short review {} {asks}.", review.number);
        if let Ok(mut after) = decide(screening, OutcomeKind::Required, &reasons, person, write.at()) {
            write.update(screening, &mut after).await?;
            settle(&mut write, project, &after, person, today).await?;
        }
    }
    Ok(write)
}
