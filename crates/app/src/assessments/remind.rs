//! The job that reminds of tasks: a week before the last day, the day before, on it, the day after, and each week from then on.
//! Whoever is reminded of several things for an organisation gets one message. While somebody is away, whoever stands in hears; of a
//! signature, both do.

use super::{about, reminded, tell};
use crate::{
    jobs::{Problem, runner::Context},
    mail::{Letter, Recipient, Topic},
    state::App,
};
use domain::{
    dpia::{
        access::{Sight, sight},
        assessment::Assessment,
        ids::AssessmentId,
        task::{About, Assignee, Away, Reminder, Task},
    },
    people::{Membership, Person, PersonId, Scope, Via},
    register::ids::OrganisationId,
};
use serde_json::{Value as Json, json};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use store::jobs::{Ended, Job};

/// The kind of these jobs.
pub const REMIND: &str = "dpia-remind";

/// Tasks that one message names; the rest are counted.
const NAMED: usize = 20;

/// Writes the messages that are due, each organisation's in one transaction with what it says being kept.
///
/// # Errors
/// When the database fails; what was written for one organisation stays, and the next try goes on from there.
pub async fn remind(context: &Context, scope: &Scope, job: &Job) -> Result<(), Problem> {
    let (app, today) = (&context.app, context.app.clock.today());
    let mut due: BTreeMap<OrganisationId, Vec<(Task, Reminder)>> = BTreeMap::new();
    for task in app.store.open_tasks(scope).await? {
        if let Some(reminder) = task.reminder(today) {
            due.entry(task.assignee.organisation()).or_default().push((task, reminder));
        }
    }
    let away = if due.is_empty() { Vec::new() } else { app.store.absences(scope, today).await? };
    let ids: Vec<uuid::Uuid> = due.values().flatten().filter_map(|(task, _)| Some(task.assessment?.0)).collect();
    let heads: HashMap<AssessmentId, Assessment> =
        app.store.get_many::<Assessment>(scope, &ids).await?.into_iter().map(|head| (head.id, head)).collect();
    for (organisation, mut tasks) in due {
        tasks.sort_by_key(|(task, _)| (task.due, task.id));
        if !of_organisation(context, scope, job, organisation, &tasks, &away, &heads).await? {
            return Ok(());
        }
    }
    app.store.end_job(scope, job, &Ended::Done, context.now()).await?;
    Ok(())
}

/// The messages of one organisation, in one transaction; false when the lease was lost.
async fn of_organisation(
    context: &Context,
    scope: &Scope,
    job: &Job,
    organisation: OrganisationId,
    tasks: &[(Task, Reminder)],
    away: &[Away],
    heads: &HashMap<AssessmentId, Assessment>,
) -> Result<bool, Problem> {
    let (app, today) = (&context.app, context.app.clock.today());
    let places: Vec<Membership> = app.store.by(scope, "organisation_id", organisation.to_string()).await?;
    let mut hears: BTreeMap<PersonId, Vec<Heard<'_>>> = BTreeMap::new();
    for (task, reminder) in tasks {
        for (person, signs) in listeners(app, scope, task, &places, away, heads).await? {
            hears.entry(person).or_default().push(Heard { task, reminder, signs });
        }
    }
    let ids: Vec<uuid::Uuid> = hears.keys().map(|person| person.0).collect();
    let people: Vec<Person> = app.store.get_many(scope, &ids).await?;
    let mut write = app.store.write(scope, context.now()).await?;
    if !write.holds(job).await? {
        return Ok(false);
    }
    let mut said: BTreeSet<_> = BTreeSet::new();
    for person in people.iter().filter(|person| person.disabled_at.is_none()) {
        let Some(mine) = hears.get(&person.id) else { continue };
        if let Some(letter) = letter(app, organisation, person, mine, heads)? {
            write.mail(&letter).await?;
            said.extend(mine.iter().map(|one| one.task.id));
        }
    }
    for (before, _) in tasks.iter().filter(|(task, _)| said.contains(&task.id)) {
        let mut after = Task { reminded: Some(today), ..before.clone() };
        write.update(before, &mut after).await?;
    }
    write.commit().await?;
    Ok(true)
}

/// A task of which somebody is reminded.
struct Heard<'a> {
    task: &'a Task,
    reminder: &'a Reminder,
    /// It is for them to do; a signature is not, of whoever stands in for its holder.
    signs: bool,
}

/// Who hears of a task, and whether they can do it: whoever it is with, or who stands in; of a signature, who may sign, and beside them
/// who stands in, that it does not wait unseen. Whoever may not see the assessment, since their organisation left it or their
/// invitation is over, hears nothing.
async fn listeners(
    app: &App,
    scope: &Scope,
    task: &Task,
    places: &[Membership],
    away: &[Away],
    heads: &HashMap<AssessmentId, Assessment>,
) -> Result<BTreeMap<PersonId, bool>, store::Error> {
    let today = app.clock.today();
    let here = |person: PersonId| places.iter().any(|place| place.person == person && place.active());
    let organisation = task.assignee.organisation();
    let head = task.assessment.and_then(|id| heads.get(&id));
    // What is asked of guests is with the organisation that leads, where they have no place.
    let guest = |person: PersonId| head.is_some_and(|head| head.guests.iter().any(|guest| guest.person == person));
    let instead = |person: PersonId| {
        let gone =
            |one: &&Away| one.absence.person == person && one.absence.organisation == organisation && one.absence.on(today);
        away.iter().find(gone).map(|one| one.absence.to).filter(|to| here(*to))
    };
    let mut hear: BTreeMap<PersonId, bool> = match (task.assignee, &task.about) {
        (Assignee::Person { person, .. }, _) => {
            let one = Some(instead(person).unwrap_or(person)).filter(|person| here(*person) || guest(*person));
            one.into_iter().map(|person| (person, true)).collect()
        }
        (Assignee::Role { .. }, About::Sign { .. }) => {
            let signers = match head {
                Some(head) => tell::signers(app, scope, head, &task.about).await?,
                None => BTreeSet::new(),
            };
            let beside = signers.iter().filter_map(|person| instead(*person)).map(|person| (person, false));
            beside.chain(signers.iter().map(|person| (*person, true))).collect()
        }
        (Assignee::Role { role, .. }, _) => places
            .iter()
            .filter(|place| place.active() && place.roles.iter().chain(&place.deputy).any(|held| *held == role))
            .map(|place| (instead(place.person).unwrap_or(place.person), true))
            .collect(),
    };
    if let Some(head) = head {
        for person in hear.keys().copied().collect::<Vec<_>>() {
            if !sees(app, person, organisation, head).await? {
                hear.remove(&person);
            }
        }
    }
    Ok(hear)
}

/// Whether somebody may see anything of an assessment, with all the places that they have.
pub(super) async fn sees(
    app: &App,
    person: PersonId,
    organisation: OrganisationId,
    head: &Assessment,
) -> Result<bool, store::Error> {
    let via = Via::Session(uuid::Uuid::nil().into());
    let Some(member) = app.store.member(person, Some(organisation), false, 0, via).await? else { return Ok(false) };
    Ok(sight(&Scope::Member(Box::new(member)), head, app.clock.today()) != Sight::Nothing)
}

fn letter(
    app: &App,
    organisation: OrganisationId,
    person: &Person,
    mine: &[Heard<'_>],
    heads: &HashMap<AssessmentId, Assessment>,
) -> Result<Option<store::outbox::NewMail>, Problem> {
    let Some(to) = person.email.as_deref().and_then(|address| Recipient::new(Some(&person.name), address).ok()) else {
        return Ok(None);
    };
    let mut items = Vec::new();
    for Heard { task, reminder, signs } in mine.iter().take(NAMED) {
        let head = task.assessment.and_then(|id| heads.get(&id));
        let listed = about::listed(app, task, head, Some(domain::dpia::task::Mine::Assigned));
        let title = about::title(app, task, head).map_err(|failure| Problem::for_good(format!("{failure:?}")))?;
        let (late, days) = match reminder {
            Reminder::Due { days } => (false, *days),
            Reminder::Late { days } => (true, *days),
        };
        items.push(json!({
            "title": title, "dpia": head.map(|head| head.title.clone()).unwrap_or_default(), "due": task.due, "late": late,
            "days": days, "signs": signs, "url": format!("{}{}", app.public_url, listed.href),
        }));
    }
    let late = mine.iter().filter(|one| matches!(one.reminder, Reminder::Late { .. })).count();
    let tasks: Vec<&Task> = mine.iter().map(|one| one.task).collect();
    let values: Json = json!({
        "name": person.name, "organisation": crate::web::dpia::desk::named(app, organisation).name, "count": mine.len(), "late": late,
        "more": mine.len() - items.len(), "items": items, "home": app.public_url,
    });
    let letter = Letter {
        topic: Topic::Dpia,
        template: "dpia-reminders",
        to,
        person: Some(person.id.0),
        organisation: Some(organisation),
        about: Some(reminded(&tasks, app.clock.today())),
        expires_at: None,
        values,
    };
    letter.seal(&app.public_url).map(Some).map_err(|error| Problem::for_good(error.to_string()))
}
