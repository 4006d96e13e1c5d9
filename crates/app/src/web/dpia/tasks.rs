//! The tasks of assessments on 'Your work': what is with the caller by name, by role, or because someone is away.

use super::desk::Desk;
use crate::{
    error::Failure,
    state::App,
    web::{session::Caller, work::Asked},
};
use domain::{
    dpia::{
        assessment::Assessment,
        edit::{FieldState, Outcome},
        place::Place,
        task::{About, Assignee, Mine, Task as Given},
    },
    work::tasks::{Subject, Task},
};
use serde_json::json;
use std::collections::BTreeMap;

/// The open tasks of assessments that ask for a member, and what the member gave to others and waits for.
///
/// # Errors
/// When the database fails.
pub async fn tasks(asked: &Asked<'_>) -> Result<Vec<Task>, store::Error> {
    let given = asked.app.store.open_tasks(asked.scope).await?;
    if given.is_empty() {
        return Ok(Vec::new());
    }
    let absences = asked.app.store.absences(asked.scope, asked.today).await?;
    let assessments: BTreeMap<_, Assessment> =
        asked.app.store.assessments(asked.scope, asked.today).await?.into_iter().map(|one| (one.id, one)).collect();
    let mut tasks = Vec::new();
    for task in &given {
        let assessment = task.assessment.and_then(|id| assessments.get(&id));
        if task.assessment.is_some() && assessment.is_none() {
            continue;
        }
        match task.mine(asked.member, &absences, asked.today) {
            Some(why) => tasks.push(listed(asked, task, assessment, Some(why))),
            None if task.by == Some(asked.member.person) => tasks.push(listed(asked, task, assessment, None)),
            None => {}
        }
    }
    Ok(tasks)
}

fn listed(asked: &Asked<'_>, task: &Given, assessment: Option<&Assessment>, why: Option<Mine>) -> Task {
    let address = assessment.map_or_else(|| "/assessments".to_owned(), |one| format!("/assessments/{}", one.id));
    let library = asked.app.rules();
    let label = |field: &str| {
        assessment
            .and_then(|one| library.template(&one.template))
            .and_then(|template| template.field(field))
            .map(|field| field.label.clone())
            .unwrap_or_default()
    };
    let (kind, what, href) = match &task.about {
        About::Section { section, .. } => {
            let title = assessment
                .and_then(|one| library.template(&one.template))
                .and_then(|template| template.section(section))
                .map(|section| section.title.clone())
                .unwrap_or_default();
            ("section", title, address)
        }
        About::Field { place } => ("field", label(&place.field), format!("{address}/{}/{}", place.part, place.field)),
        About::Clash { place } => ("clash", label(&place.field), format!("{address}/{}/{}/clash", place.part, place.field)),
        About::Comment { place, .. } => {
            ("comment", label(&place.field), format!("{address}/{}/{}#comments", place.part, place.field))
        }
        About::Recommendation { place, .. } => ("recommendation", label(&place.field), format!("{address}/advice")),
        About::Measure { .. } => ("measure", String::new(), format!("{address}/risks")),
        About::Sign { step, .. } => ("sign", step.replace('-', " "), format!("{address}/sign-off")),
        About::Invitation { .. } => ("invitation", String::new(), format!("{address}/parties")),
        About::Review => ("review", String::new(), address),
        About::SentBack => ("sent-back", task.note.clone(), address),
        About::Consultation { .. } => ("consultation", String::new(), format!("{address}/consultation")),
        About::Screening => ("screening", String::new(), address),
        About::Publication => ("publication", String::new(), format!("{address}/publish")),
        About::Record { kind, words, .. } if kind == domain::audit::Kind::Template.as_str() => {
            ("template", words.clone(), format!("{address}/template"))
        }
        About::Record { words, .. } => ("record", words.clone(), address),
    };
    let waiting = why.is_none().then(|| super::desk::day_of(task.since)).flatten();
    Task {
        key: format!("dpia/{}", task.id),
        subject: Subject::Dpia,
        organisation: task.assignee.organisation(),
        words: "assessment",
        values: json!({
            "kind": kind, "what": what, "title": assessment.map(|one| one.title.clone()).unwrap_or_default(),
            "note": task.note, "handed_over": matches!(why, Some(Mine::HandedOver { .. })),
            "organisation": super::desk::named(asked.app, task.assignee.organisation()).name,
        }),
        href,
        due: task.due,
        waiting_since: waiting,
    }
}

/// Days within which a clash wants to be settled.
const SETTLE_WITHIN: i64 = 7;

/// What a saved answer means for tasks: a clash goes on the lists of both writers, a settled one leaves them, and a question
/// that somebody was given is done when its answer is called complete.
///
/// # Errors
/// When the database fails.
pub async fn after_answer(app: &App, caller: &Caller, desk: &Desk, place: &Place, outcome: &Outcome) -> Result<(), Failure> {
    let (state, clash) = match outcome {
        Outcome::Clash(state, _) => (state, true),
        Outcome::Saved(state) | Outcome::Merged(state, _) => (state, false),
        Outcome::Unchanged => return Ok(()),
    };
    let done = |about: &About| match about {
        About::Clash { place: of } => of == place && !state.clashes(),
        About::Field { place: of } => of == place && state.complete,
        _ => false,
    };
    if !clash {
        let tasks = app.store.tasks_of(&caller.scope, desk.today, desk.whole.assessment.id).await?;
        if !tasks.iter().any(|task| task.open() && done(&task.about)) {
            return Ok(());
        }
    }
    let Some(mut work) = app.store.work(&caller.scope, app.clock.now(), desk.today, desk.whole.assessment.id).await? else {
        return Ok(());
    };
    if clash {
        let due = desk.today.saturating_add(jiff::Span::new().days(SETTLE_WITHIN));
        for (person, organisation) in writers(state) {
            work.ask(About::Clash { place: place.clone() }, Assignee::Person { person, organisation }, Some(due), "").await?;
        }
    } else {
        work.close_tasks(done, caller.scope.person()).await?;
    }
    work.commit().await?;
    Ok(())
}

/// Whoever wrote what stands, and whoever sent what clashes.
fn writers(state: &FieldState) -> Vec<(domain::people::PersonId, domain::register::ids::OrganisationId)> {
    let mut writers = vec![(state.by, state.organisation)];
    writers.extend(state.contenders.iter().map(|one| (one.by, one.organisation)));
    writers.dedup();
    writers
}
