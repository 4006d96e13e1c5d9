//! Mail about an assessment, written in the transaction that is its reason: to whoever was given a task (a signature that is
//! awaited is one), to those who signed when it is opened or sent back, and to the other parties when it moves, or another
//! organisation joins. One message a person, whatever happened.

use super::{about, asked};
use crate::{
    error::{Code, Failure},
    mail::{Letter, Recipient, Topic},
    state::App,
    web::dpia::whole::called,
};
use domain::{
    dpia::{
        access::KEEPERS,
        assessment::{Assessment, State},
        sign_off::Routes,
        task::{About, Absence, Assignee, Task},
        template::Template,
        whole::Whole,
        workflow::{Effect, Move},
    },
    people::{Person, PersonId, Scope},
    register::ids::OrganisationId,
};
use serde_json::{Value as Json, json};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};
use store::{
    dpia::{Work, work::Moved},
    write::Committed,
};

/// Something that happened to an assessment as a whole.
#[derive(Clone, Debug, Default)]
pub struct Happened<'a> {
    /// What, for the message's template: a move's name, `signed`, `correct-answer`, `joined`, `left`, `leads`, `led-by`, `controls`, `processes`,
    /// `published` or `unpublished`.
    pub what: &'static str,
    /// Reasons that were given with it.
    pub reasons: &'a str,
    /// The organisation that joined or left, leads now, or is something else to the processing.
    pub organisation: Option<OrganisationId>,
    /// The person who leads it now, who is told alone.
    pub person: Option<PersonId>,
    /// Whether those who signed are told.
    pub signers: bool,
    /// Whether the other parties are told.
    pub parties: bool,
}

/// What a move has to tell, by the workflow's table.
#[must_use]
pub fn moved<'a>(moved: &Moved, reasons: &'a str) -> Option<Happened<'a>> {
    let (signers, parties) = (moved.then.contains(&Effect::TellSigners), moved.then.contains(&Effect::TellParties));
    if !signers && !parties {
        return None;
    }
    let signed = moved.state == State::Signed && moved.from != State::Signed;
    let what = if signed { "signed" } else { moved.step.as_str() };
    // A freeze that is signed at once does not happen; a signature by itself tells nobody but who comes next.
    (signed || moved.step != Move::Sign).then_some(Happened { what, reasons, signers, parties, ..Happened::default() })
}

/// Commits what was done, with the mail that it is a reason for.
///
/// # Errors
/// When the database fails; nothing was written then.
pub async fn commit(app: &App, mut work: Work, happened: Option<Happened<'_>>) -> Result<Committed, Failure> {
    mail(app, &mut work, happened).await?;
    Ok(work.commit().await?)
}

/// Writes the mail that what was done is a reason for, where more is done in the same transaction.
///
/// # Errors
/// When the database fails; nothing was written then.
pub async fn mail(app: &App, work: &mut Work, happened: Option<Happened<'_>>) -> Result<(), Failure> {
    let given: Vec<Task> = work.given().into_iter().cloned().collect();
    if !given.is_empty() || happened.is_some() {
        write(app, work, &given, happened.as_ref()).await?;
    }
    Ok(())
}

async fn write(app: &App, work: &mut Work, given: &[Task], happened: Option<&Happened<'_>>) -> Result<(), Failure> {
    let head = work.whole.assessment.clone();
    let actor = work.scope().person();
    let mut mine: BTreeMap<PersonId, Vec<Given<'_>>> = BTreeMap::new();
    let absences = if given.is_empty() { Vec::new() } else { work.absences().await? };
    for task in given {
        let (people, again) = listeners(app, work, task);
        let people: BTreeSet<(PersonId, bool)> =
            people.into_iter().map(|person| standing_in(work, &absences, task, person)).collect();
        for (person, instead) in people {
            // Whoever stands in for several, or is asked themselves too, hears of it once.
            let list = mine.entry(person).or_default();
            if !list.iter().any(|one| one.task.id == task.id) {
                list.push(Given { task, again, instead });
            }
        }
    }
    let told = happened.map(|happened| told(work, happened)).unwrap_or_default();
    let everyone: BTreeSet<PersonId> = mine.keys().chain(&told).copied().filter(|person| Some(*person) != actor).collect();
    let people = work.people(&everyone).await?;
    let by = who(app, work).await?;
    for person in people.iter().filter(|person| person.disabled_at.is_none()) {
        let tasks = mine.get(&person.id).map_or(&[][..], Vec::as_slice);
        let happened = happened.filter(|_| told.contains(&person.id));
        if let Some(mail) = letter(app, work, &head, person, tasks, happened, &by)? {
            work.mail(&mail).await?;
        }
    }
    Ok(())
}

/// A task of which somebody hears.
struct Given<'a> {
    task: &'a Task,
    /// It asks for a signature that went stale.
    again: bool,
    /// It is somebody else's, who is away.
    instead: bool,
}

/// Who hears of a task instead of somebody who is away: whoever stands in at that organisation, and is there. A signature wants
/// its holder or a named deputy, so that nobody stands in.
fn standing_in(work: &Work, absences: &[Absence], task: &Task, person: PersonId) -> (PersonId, bool) {
    let organisation = task.assignee.organisation();
    let here =
        |person: PersonId| work.whole.holders.iter().any(|holder| holder.person == person && holder.organisation == organisation);
    let gone = |one: &&Absence| one.person == person && one.organisation == organisation && here(one.to);
    match absences.iter().find(gone) {
        Some(away) if !matches!(task.about, About::Sign { .. }) => (away.to, true),
        _ => (person, false),
    }
}

/// Who is asked by a task, and whether for a signature that went stale.
fn listeners(app: &App, work: &Work, task: &Task) -> (BTreeSet<PersonId>, bool) {
    let organisation = task.assignee.organisation();
    match (task.assignee, &task.about) {
        (Assignee::Person { person, .. }, _) => (BTreeSet::from([person]), false),
        (Assignee::Role { .. }, About::Sign { organisation: of, step }) => {
            let Some((template, routes)) = rules_of(app, &work.whole) else { return (BTreeSet::new(), false) };
            work.whole.with_board(&template, &routes, |board| {
                let one = board.awaited().into_iter().find(|one| one.organisation == *of && one.step.id == *step);
                one.map(|one| (one.people.into_iter().collect(), one.again)).unwrap_or_default()
            })
        }
        (Assignee::Role { role, .. }, _) => {
            let holders = work.whole.holders.iter();
            (
                holders
                    .filter(|holder| holder.organisation == organisation && holder.role == role)
                    .map(|holder| holder.person)
                    .collect(),
                false,
            )
        }
    }
}

/// Who is told that something happened: those who signed, and who keeps the assessment for the other parties.
fn told(work: &Work, happened: &Happened<'_>) -> BTreeSet<PersonId> {
    let whole = &work.whole;
    let mut told: BTreeSet<PersonId> = happened.person.into_iter().collect();
    if happened.signers {
        told.extend(whole.signatures.iter().map(|signature| signature.person));
    }
    if happened.parties {
        let acting = work.scope().member().map(|member| member.acting_for);
        let parties: Vec<OrganisationId> = whole.assessment.members().map(|party| party.organisation).collect();
        let others = |organisation: OrganisationId| {
            parties.contains(&organisation) && (Some(organisation) != acting || happened.what == "signed")
        };
        told.extend(
            whole
                .holders
                .iter()
                .filter(|holder| others(holder.organisation) && KEEPERS.contains(&holder.role))
                .map(|holder| holder.person),
        );
        told.extend(whole.assessment.lead_person.filter(|_| others(whole.assessment.lead)));
        // Whoever was put out hears of it, though it takes part no more.
        let put_out = happened.organisation.filter(|one| happened.what == "left" && Some(*one) != acting);
        let there = whole.holders.iter().filter(|holder| Some(holder.organisation) == put_out && KEEPERS.contains(&holder.role));
        told.extend(there.map(|holder| holder.person));
    }
    told
}

/// Whoever does it, in words: a person for an organisation, or nobody where the server does.
async fn who(app: &App, work: &Work) -> Result<Option<(String, String)>, Failure> {
    let Some(member) = work.scope().member() else { return Ok(None) };
    let name = work.people(&BTreeSet::from([member.person])).await?.into_iter().next().map(|person| person.name);
    Ok(name.map(|name| (name, crate::web::dpia::desk::named(app, member.acting_for).name)))
}

fn letter(
    app: &App,
    work: &Work,
    head: &Assessment,
    person: &Person,
    tasks: &[Given<'_>],
    happened: Option<&Happened<'_>>,
    by: &Option<(String, String)>,
) -> Result<Option<store::outbox::NewMail>, Failure> {
    if tasks.is_empty() && happened.is_none() {
        return Ok(None);
    }
    let Some(to) = person.email.as_deref().and_then(|address| Recipient::new(Some(&person.name), address).ok()) else {
        return Ok(None);
    };
    let mut items: Vec<Json> = Vec::new();
    for Given { task, again, instead } in tasks {
        let listed = about::listed(app, task, Some(head), Some(domain::dpia::task::Mine::Assigned));
        items.push(json!({
            "title": about::title(app, task, Some(head))?, "again": again, "instead": instead, "due": task.due, "note": listed.values["note"],
            "organisation": listed.values["organisation"], "url": format!("{}{}", app.public_url, listed.href),
        }));
    }
    let happened = happened.map(|one| {
        json!({
            "what": one.what, "reasons": one.reasons.trim(),
            "organisation": one.organisation.map(|id| crate::web::dpia::desk::named(app, id).name),
            "version": work.whole.frozen().map(|version| version.number),
        })
    });
    let letter = Letter {
        topic: Topic::Dpia,
        template: "dpia",
        to,
        person: Some(person.id.0),
        organisation: tasks.first().map(|one| one.task.assignee.organisation()),
        // What happened stays so; what is asked for may be done by the time that the message goes out.
        about: happened.is_none().then(|| asked(tasks.iter().map(|one| one.task))),
        expires_at: None,
        values: json!({
            "name": person.name, "called": called(app, head), "dpia": head.title, "count": items.len(), "items": items,
            "happened": happened, "by": by.as_ref().map(|(name, _)| name), "acting": by.as_ref().map(|(_, organisation)| organisation),
            "url": format!("{}/assessments/{}", app.public_url, head.id), "home": app.public_url,
        }),
    };
    letter.seal(&app.public_url).map(Some).map_err(|error| {
        tracing::error!(%error, "a message about an assessment could not be written");
        Failure::of(Code::Internal)
    })
}

/// The template of an assessment, and the routes of sign-off by which it is signed.
#[must_use]
pub fn rules_of(app: &App, whole: &Whole) -> Option<(Arc<Template>, Routes)> {
    let (rules, today) = (app.rules(), app.clock.today());
    let routes = rules.routes_for(whole, today, &crate::web::dpia::desk::day_of)?;
    Some((rules.template_of(&whole.assessment, today)?, routes))
}

/// Who may give the signature that a task asks for; nobody where it is not awaited.
///
/// # Errors
/// When the database fails.
pub async fn signers(app: &App, scope: &Scope, head: &Assessment, task: &About) -> Result<BTreeSet<PersonId>, store::Error> {
    let About::Sign { organisation, step } = task else { return Ok(BTreeSet::new()) };
    let rules = app.rules();
    let Some(whole) = app.store.assessment(scope, app.clock.today(), rules.as_ref(), head.id).await? else {
        return Ok(BTreeSet::new());
    };
    let Some((template, routes)) = rules_of(app, &whole) else { return Ok(BTreeSet::new()) };
    Ok(whole.with_board(&template, &routes, |board| {
        let one = board.awaited().into_iter().find(|one| one.organisation == *organisation && one.step.id == *step);
        one.map(|one| one.people.into_iter().collect()).unwrap_or_default()
    }))
}
