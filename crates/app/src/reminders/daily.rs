//! The job that looks at every contract once a day, and what a waiting message must still be true of.

use super::outlook_of;
use crate::{
    jobs::{Problem, runner::Context},
    mail::{Letter, Recipient, Topic},
    state::App,
};
use domain::{
    dpia::task::Away,
    people::{Membership, Person, PersonId, Scope, access::KEEPERS},
    register::{
        ids::{ContractId, OrganisationId},
        records::{Contract, Organisation},
        terms::DecisionKind,
    },
    work::{
        asked::{Colleague, asked, with_stand_ins},
        reminders::{Due, Stage, due, still_holds},
    },
};
use jiff::civil::Date;
use serde_json::{Value as Json, json};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use store::{
    jobs::{Ended, Job},
    reminders::Told,
};

/// The kind of these jobs.
pub const DAILY: &str = "remind";

/// Contracts that one message names; the rest are counted.
const NAMED: usize = 10;

/// One date that somebody is to hear of.
struct Item<'c> {
    contract: &'c Contract,
    due: Due,
}

/// The people of an organisation who can be written to, with what they do there.
pub(super) type Staff = Vec<(Person, Colleague)>;

/// A place as the rule of who is asked sees it.
#[must_use]
pub fn colleague(place: &Membership) -> Colleague {
    let roles = place.roles.iter().chain(&place.deputy).copied().collect();
    Colleague { person: place.person, roles, services: place.services.clone() }
}

/// Who is where, of those who can be written to.
pub(super) async fn staff(app: &App, scope: &Scope) -> Result<BTreeMap<OrganisationId, Staff>, store::Error> {
    let people: HashMap<PersonId, Person> = app
        .store
        .all::<Person>(scope)
        .await?
        .into_iter()
        .filter(|person| person.disabled_at.is_none() && person.email.is_some())
        .map(|person| (person.id, person))
        .collect();
    let mut staff: BTreeMap<OrganisationId, Staff> = BTreeMap::new();
    for place in app.store.all::<Membership>(scope).await?.into_iter().filter(Membership::active) {
        let Some(person) = people.get(&place.person) else { continue };
        staff.entry(place.organisation).or_default().push((person.clone(), colleague(&place)));
    }
    Ok(staff)
}

/// Looks at every organisation's contracts and writes the messages that are due.
///
/// # Errors
/// When the database fails; what was written for one organisation stays, and the next try goes on from there.
pub async fn remind(context: &Context, scope: &Scope, job: &Job) -> Result<(), Problem> {
    let app = &context.app;
    for (organisation, staff) in staff(app, scope).await? {
        // Nobody is there to hear of anything yet: nothing counts as said.
        if !staff.iter().any(|(_, one)| one.roles.iter().any(|role| KEEPERS.contains(role))) {
            continue;
        }
        if !of_organisation(context, scope, job, organisation, &staff).await? {
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
    staff: &Staff,
) -> Result<bool, Problem> {
    let (app, today, now) = (&context.app, context.app.clock.today(), context.now());
    let contracts: Vec<Contract> = app.store.by(scope, "organisation_id", organisation.to_string()).await?;
    let told = app.store.reminded(scope, organisation).await?;
    let away = app.store.absences(scope, today).await?;
    let mut items = of_everyone(app, &contracts, staff, &away, &told, today);
    if items.is_empty() {
        return Ok(true);
    }
    let name = app.store.get::<Organisation>(scope, organisation.0).await?.map_or_else(String::new, |one| one.name);
    let mut write = app.store.write(scope, now).await?;
    if !write.holds(job).await? {
        return Ok(false);
    }
    for (person, _) in staff {
        let Some(mut mine) = items.remove(&person.id) else { continue };
        mine.sort_by_key(|item| (item.due.date, item.contract.id));
        // Their first message is a summary. What was not sent after all was forgotten, so nobody gets two.
        let first = !told.contains_key(&person.id);
        if let Some(mail) = letter(context, organisation, &name, person, &mine, first)? {
            write.mail(&mail).await?;
        }
        for item in &mine {
            write.say(person.id, item.contract.id, &item.due).await?;
        }
    }
    write.commit().await?;
    Ok(true)
}

/// What each person of an organisation is to hear of now, given what that person was told before.
fn of_everyone<'c>(
    app: &App,
    contracts: &'c [Contract],
    staff: &Staff,
    away: &[Away],
    told: &Told,
    today: Date,
) -> BTreeMap<PersonId, Vec<Item<'c>>> {
    let colleagues: Vec<Colleague> = staff.iter().map(|(_, one)| one.clone()).collect();
    let mut items: BTreeMap<PersonId, Vec<Item<'c>>> = BTreeMap::new();
    for contract in contracts {
        let outlook = outlook_of(app, contract, today);
        let [ahead, missed] = [false, true]
            .map(|missed| with_stand_ins(asked(contract, missed, &colleagues), contract.organisation, away, &colleagues, today));
        for person in ahead.union(&missed) {
            let before = told.get(person).and_then(|told| told.get(&contract.id)).map_or(&[][..], Vec::as_slice);
            for due in due(&outlook, before, today) {
                let those = if due.stage == Stage::Passed { &missed } else { &ahead };
                if those.contains(person) {
                    items.entry(*person).or_default().push(Item { contract, due });
                }
            }
        }
    }
    items
}

fn letter(
    context: &Context,
    organisation: OrganisationId,
    name: &str,
    person: &Person,
    items: &[Item<'_>],
    first: bool,
) -> Result<Option<store::outbox::NewMail>, Problem> {
    let app = &context.app;
    let to = person.email.as_deref().and_then(|address| Recipient::new(Some(&person.name), address).ok());
    let (Some(to), false) = (to, items.is_empty()) else { return Ok(None) };
    // A contract can ask for more than one decision.
    let contracts = |which: &dyn Fn(&Item<'_>) -> bool| {
        items.iter().filter(|item| which(item)).map(|item| item.contract.id).collect::<BTreeSet<_>>().len()
    };
    let (late, gone) = (contracts(&|item| item.due.stage == Stage::Passed), contracts(&|item| item.due.stage == Stage::Gone));
    let count = contracts(&|item| item.due.stage != Stage::Gone);
    let shown: Vec<Json> = items.iter().take(NAMED).map(|item| of_item(app, item)).collect();
    let decisions: Vec<Json> = items
        .iter()
        .map(|item| json!([item.contract.id, item.due.kind.as_str(), item.due.date, item.due.stage.as_str()]))
        .collect();
    let letter = Letter {
        topic: Topic::Reminders,
        template: "reminders",
        to,
        person: Some(person.id.0),
        organisation: Some(organisation),
        about: Some(json!({ "decisions": decisions })),
        expires_at: None,
        values: json!({
            "name": person.name, "organisation": name, "count": count, "late": late, "gone": gone, "first": first && items.len() > 1,
            "items": shown, "more": items.len() - shown.len(), "home": app.public_url,
        }),
    };
    letter.seal(&app.public_url).map(Some).map_err(|error| Problem::for_good(error.to_string()))
}

fn of_item(app: &App, item: &Item<'_>) -> Json {
    let snapshot = app.snapshot();
    let suppliers: Vec<&str> = item
        .contract
        .suppliers
        .iter()
        .filter_map(|id| snapshot.supplier(snapshot.supplier_by_id(*id)?))
        .map(|entry| entry.record.name.as_str())
        .collect();
    json!({
        "title": item.contract.title, "kind": item.due.kind.as_str(), "date": item.due.date, "exit": item.due.exit,
        "stage": item.due.stage.as_str(), "replaces": item.due.replaces, "at_latest": item.due.at_latest,
        "service": item.contract.owning_service,
        "supplier": if suppliers.is_empty() { "not known".to_owned() } else { suppliers.join(", ") },
        "url": format!("{}/contracts/{}", app.public_url, item.contract.id),
    })
}

/// Whether every date that a waiting message names still holds, or is still gone where it says so. Where one does not, the message is dropped and what it was to
/// say is forgotten, so that the next look says what is so.
///
/// # Errors
/// When the database fails.
pub async fn still_so(context: &Context, scope: &Scope, about: &Json) -> Result<bool, store::Error> {
    let today = context.app.clock.today();
    for Named { contract, kind, date, gone } in decisions(about) {
        let Some(contract) = context.app.store.get::<Contract>(scope, contract.0).await? else { return Ok(false) };
        let known = [DecisionKind::ExtendBy, DecisionKind::GiveNoticeBy, DecisionKind::StartBuyingBy];
        let holds = known.into_iter().find(|known| known.as_str() == kind).zip(date.parse().ok());
        let outlook = outlook_of(&context.app, &contract, today);
        if holds.is_none_or(|(kind, date)| still_holds(&outlook, kind, date) == gone) {
            return Ok(false);
        }
    }
    Ok(true)
}

/// A date that a message names.
pub struct Named {
    /// Of which contract.
    pub contract: ContractId,
    /// Which kind of decision.
    pub kind: String,
    /// The day.
    pub date: String,
    /// Whether it says that the date no longer holds.
    pub gone: bool,
}

/// The dates that a message names.
#[must_use]
pub fn decisions(about: &Json) -> Vec<Named> {
    let list = about.get("decisions").and_then(Json::as_array).map_or(&[][..], Vec::as_slice);
    list.iter()
        .filter_map(|one| {
            let text = |place: usize| one.get(place).and_then(Json::as_str).map(str::to_owned);
            let gone = text(3).as_deref() == Some(Stage::Gone.as_str());
            Some(Named { contract: text(0)?.parse().ok()?, kind: text(1)?, date: text(2)?, gone })
        })
        .collect()
}
