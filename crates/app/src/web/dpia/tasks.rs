//! The tasks of assessments on 'Your work': what is with the caller by name, by role, or because someone is away.

use super::{desk::Desk, systems};
use crate::{
    assessments::{about, tell},
    error::Failure,
    state::App,
    web::{session::Caller, work::Asked},
};
use domain::{
    dpia::{
        assessment::Assessment,
        edit::{FieldState, Outcome},
        place::Place,
        task::{About, Assignee, Mine},
        template::view::State as Far,
    },
    people::Scope,
    work::tasks::Task,
};
use std::collections::{BTreeMap, HashMap};

/// The open tasks of assessments that ask for a member, and what the member gave to others and waits for.
///
/// # Errors
/// When the database fails.
pub async fn tasks(asked: &Asked<'_>) -> Result<Vec<Task>, store::Error> {
    let given = asked.app.store.open_tasks(asked.scope).await?;
    if given.is_empty() {
        return Ok(Vec::new());
    }
    let away = asked.app.store.absences(asked.scope, asked.today).await?;
    let assessments: BTreeMap<_, Assessment> =
        asked.app.store.assessments(asked.scope, asked.today).await?.into_iter().map(|one| (one.id, one)).collect();
    let mut tasks = Vec::new();
    // Of each signature that is asked for, who may give it; several tasks ask for the same board.
    let mut signers = HashMap::new();
    for task in &given {
        let assessment = task.assessment.and_then(|id| assessments.get(&id));
        if task.assessment.is_some() && assessment.is_none() {
            continue;
        }
        let mut why = task.mine(asked.member, &away, asked.today);
        let signers_away: Vec<_> = task.signers_away(asked.member, &away, asked.today).collect();
        // Whoever holds the role and may not sign all the same (they wrote it, or signed in another role) is not asked. Whoever stands
        // in for somebody who may is shown that it waits.
        if let (true, About::Sign { .. }, Some(head)) = (why.is_some() || !signers_away.is_empty(), &task.about, assessment) {
            let may = match signers.get(&(task.assessment, task.about.clone())) {
                Some(may) => may,
                None => {
                    let may = tell::signers(asked.app, asked.scope, head, &task.about).await?;
                    signers.entry((task.assessment, task.about.clone())).or_insert(may)
                }
            };
            if !may.contains(&asked.member.person) {
                let from = signers_away.into_iter().find(|person| may.contains(person));
                why = from.map(|from| Mine::HandedOver { from });
                if why.is_none() {
                    continue;
                }
            }
        }
        if why.is_some() || task.by == Some(asked.member.person) {
            tasks.push(about::listed(asked.app, task, assessment, why));
        }
    }
    Ok(tasks)
}

/// Days within which a clash wants to be settled.
const SETTLE_WITHIN: i64 = 7;

/// What a saved answer means for what the assessment is about, and for tasks: a clash goes on the lists of both writers, a settled one leaves them, and a question or
/// a section that somebody was given is done when its answers are called complete.
///
/// # Errors
/// When the database fails.
pub async fn after_answer(app: &App, caller: &Caller, desk: &Desk, place: &Place, outcome: &Outcome) -> Result<(), Failure> {
    systems::carry(app, caller, desk, place, outcome).await?;
    let (state, clash) = match outcome {
        Outcome::Clash(state, _) => (state, true),
        Outcome::Saved(state) | Outcome::Merged(state, _) => (state, false),
        Outcome::Unchanged => return Ok(()),
    };
    let finished = desk.template.find(&place.field).map(|(section, _)| section.id.clone());
    let mut section_done = false;
    // A guest does what they were given, and sees nobody's tasks.
    let server = Scope::Job { name: "answers".to_owned() };
    let asked = |about: &About| matches!(about, About::Section { part, section } if *part == place.part && Some(section) == finished.as_ref());
    if !clash && state.complete {
        let tasks = app.store.tasks_of(&server, desk.today, desk.whole.assessment.id).await?;
        if tasks.iter().any(|task| task.open() && asked(&task.about)) {
            section_done = complete(app, caller, desk, place).await?;
        }
    }
    let done = |about: &About| match about {
        About::Section { .. } => section_done && asked(about),
        About::Clash { place: of } => of == place && !state.clashes(),
        About::Field { place: of } => of == place && state.complete,
        _ => false,
    };
    if !clash {
        let tasks = app.store.tasks_of(&server, desk.today, desk.whole.assessment.id).await?;
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
    tell::commit(app, work, None).await?;
    Ok(())
}

/// Whether everything that a section asks in a part is answered and called complete, as it stands now.
async fn complete(app: &App, caller: &Caller, desk: &Desk, place: &Place) -> Result<bool, Failure> {
    let now = Desk::open(app, caller, &desk.whole.assessment.id.to_string()).await?;
    let view = now.view(place.part);
    let found = view.sections().into_iter().find(|(_, _, fields)| fields.iter().any(|field| field.id == place.field));
    Ok(found.is_some_and(|(_, section, fields)| {
        let written = fields.iter().filter_map(|field| now.whole.field(&place.part.at(&field.id)));
        view.progress(section).state() == Far::Completed && written.filter(|one| one.answer.is_some()).all(|one| one.complete)
    }))
}

/// Whoever wrote what stands, and whoever sent what clashes.
fn writers(state: &FieldState) -> Vec<(domain::people::PersonId, domain::register::ids::OrganisationId)> {
    // Whoever a file names is nobody of this place.
    let mut writers = if state.stated { Vec::new() } else { vec![(state.by, state.organisation)] };
    writers.extend(state.contenders.iter().map(|one| (one.by, one.organisation)));
    writers.dedup();
    writers
}
