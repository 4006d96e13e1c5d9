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
        reminders::{Due, Stage, correction, due, still_holds},
    },
};
use jiff::civil::Date;
use serde_json::{Value as Json, json};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
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
    contract: ContractId,
    /// As it stands; none where it is not in the register any more.
    about: Option<&'c Contract>,
    title: &'c str,
    due: Due,
    /// Somebody else is asked about it now: this only corrects what they were told.
    handed_on: bool,
    /// Whether anybody was told of this day before it came. A day to start buying may come to count only when another was missed.
    foretold: bool,
}

/// What the people of an organisation are to hear of.
#[derive(Default)]
struct Heard<'c> {
    items: BTreeMap<PersonId, Vec<Item<'c>>>,
    /// Whoever is asked about any contract before its day has passed; the others hear of what was missed alone.
    ahead: BTreeSet<PersonId>,
}

impl<'c> Heard<'c> {
    fn add(&mut self, person: PersonId, contract: &'c Contract, due: Due, handed_on: bool, told: &Told) {
        let foretold = foretold(told, contract.id, &due);
        let item = Item { contract: contract.id, about: Some(contract), title: &contract.title, due, handed_on, foretold };
        self.items.entry(person).or_default().push(item);
    }
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
    let mut heard = of_everyone(app, &contracts, staff, &away, &told, today);
    if heard.items.is_empty() {
        return Ok(true);
    }
    let name = app.store.get::<Organisation>(scope, organisation.0).await?.map_or_else(String::new, |one| one.name);
    let mut write = app.store.write(scope, now).await?;
    if !write.holds(job).await? {
        return Ok(false);
    }
    for (person, _) in staff {
        let Some(mut mine) = heard.items.remove(&person.id) else { continue };
        mine.sort_by_key(|item| (item.due.date, item.contract));
        // Their first message is a summary. What was not sent after all was forgotten, so nobody gets two.
        let standing = Standing { first: !told.contains_key(&person.id), missed_only: !heard.ahead.contains(&person.id) };
        if let Some(mail) = letter(context, organisation, &name, person, &mine, standing)? {
            write.mail(&mail).await?;
        }
        for item in &mine {
            match item.about {
                Some(contract) => write.say(person.id, contract, &item.due).await?,
                None => write.say_gone(person.id, item.contract, &item.due).await?,
            }
        }
    }
    write.commit().await?;
    Ok(true)
}

/// What each person of an organisation is to hear of now, given what that person was told before. Whoever is no longer asked, or was
/// told of a contract that is gone, still hears that a date they were given does not hold.
fn of_everyone<'c>(app: &App, contracts: &'c [Contract], staff: &Staff, away: &[Away], told: &'c Told, today: Date) -> Heard<'c> {
    let colleagues: Vec<Colleague> = staff.iter().map(|(_, one)| one.clone()).collect();
    let mut heard = Heard::default();
    for contract in contracts {
        // What asks nothing has no dates any more: whoever was given one hears that.
        let outlook = contract.asks_for_decisions().then(|| outlook_of(app, contract, today));
        let [ahead, missed] = [false, true].map(|missed| {
            let those = if outlook.is_some() { asked(contract, missed, &colleagues) } else { BTreeSet::new() };
            with_stand_ins(those, contract.organisation, away, &colleagues, today)
        });
        heard.ahead.extend(&ahead);
        for person in colleagues.iter().map(|one| one.person) {
            let before = told.get(&person).and_then(|told| told.get(&contract.id)).map_or(&[][..], |told| &told.said);
            if let Some(outlook) = outlook.as_ref().filter(|_| ahead.contains(&person) || missed.contains(&person)) {
                for due in due(outlook, before, today) {
                    let those = if due.stage == Stage::Passed { &missed } else { &ahead };
                    if those.contains(&person) {
                        heard.add(person, contract, due, false, told);
                    }
                }
            }
            if !ahead.contains(&person)
                && let Some(due) = correction(outlook.as_ref(), before, today)
            {
                heard.add(person, contract, due, outlook.is_some(), told);
            }
        }
    }
    let there: HashSet<ContractId> = contracts.iter().map(|contract| contract.id).collect();
    for person in colleagues.iter().map(|one| one.person) {
        for (contract, told) in told.get(&person).into_iter().flatten().filter(|(contract, _)| !there.contains(contract)) {
            if let Some(due) = correction(None, &told.said, today) {
                let item = Item { contract: *contract, about: None, title: &told.title, due, handed_on: false, foretold: true };
                heard.items.entry(person).or_default().push(item);
            }
        }
    }
    heard
}

/// Whether anybody was told of a decision before its day.
fn foretold(told: &Told, contract: ContractId, due: &Due) -> bool {
    let ahead = |stage: Stage| !matches!(stage, Stage::Passed | Stage::Gone);
    let mut said = told.values().filter_map(|of| of.get(&contract)).flat_map(|told| &told.said);
    said.any(|one| (one.kind, one.date) == (due.kind, due.date) && ahead(one.stage))
}

/// The place of the item that a letter about one contract is named by. Of what was missed, the day that somebody was told of before it
/// came, else the latest to pass. Otherwise the first.
fn named_by(items: &[Item<'_>]) -> usize {
    let passed = || items.iter().enumerate().filter(|(_, item)| item.due.stage == Stage::Passed);
    let place = passed().find(|(_, item)| item.foretold).or_else(|| passed().next_back());
    place.map_or(0, |(place, _)| place)
}

/// How somebody hears of an organisation's contracts.
#[derive(Clone, Copy)]
struct Standing {
    /// For the first time.
    first: bool,
    /// Only of what was missed.
    missed_only: bool,
}

fn letter(
    context: &Context,
    organisation: OrganisationId,
    name: &str,
    person: &Person,
    items: &[Item<'_>],
    standing: Standing,
) -> Result<Option<store::outbox::NewMail>, Problem> {
    let app = &context.app;
    let to = person.email.as_deref().and_then(|address| Recipient::new(Some(&person.name), address).ok());
    let (Some(to), false) = (to, items.is_empty()) else { return Ok(None) };
    // A contract can ask for more than one decision.
    let contracts = |which: &dyn Fn(&Item<'_>) -> bool| {
        items.iter().filter(|item| which(item)).map(|item| item.contract).collect::<BTreeSet<_>>().len()
    };
    let (late, gone) = (contracts(&|item| item.due.stage == Stage::Passed), contracts(&|item| item.due.stage == Stage::Gone));
    let moved = contracts(&|item| item.due.stage != Stage::Gone && item.handed_on);
    let count = contracts(&|item| item.due.stage != Stage::Gone && !item.handed_on);
    let shown: Vec<Json> = items.iter().take(NAMED).map(|item| of_item(app, item)).collect();
    let decisions: Vec<Json> =
        items.iter().map(|item| json!([item.contract, item.due.kind.as_str(), item.due.date, item.due.stage.as_str()])).collect();
    let letter = Letter {
        topic: Topic::Reminders,
        template: "reminders",
        to,
        person: Some(person.id.0),
        organisation: Some(organisation),
        about: Some(json!({ "decisions": decisions })),
        expires_at: None,
        values: json!({
            "name": person.name, "organisation": name, "count": count, "late": late, "gone": gone, "moved": moved,
            "first": standing.first && items.len() > 1, "missed_only": standing.missed_only,
            "named_by": named_by(items).min(NAMED - 1), "items": shown, "more": items.len() - shown.len(), "home": app.public_url,
        }),
    };
    letter.seal(&app.public_url).map(Some).map_err(|error| Problem::for_good(error.to_string()))
}

fn of_item(app: &App, item: &Item<'_>) -> Json {
    let mut words = json!({
        "title": item.title, "kind": item.due.kind.as_str(), "date": item.due.date, "exit": item.due.exit,
        "stage": item.due.stage.as_str(), "replaces": item.due.replaces, "at_latest": item.due.at_latest,
        "handed_on": item.handed_on, "foretold": item.foretold, "service": null, "supplier": null, "url": null,
    });
    let Some(contract) = item.about else { return words };
    let snapshot = app.snapshot();
    let suppliers: Vec<&str> = contract
        .suppliers
        .iter()
        .filter_map(|id| snapshot.supplier(snapshot.supplier_by_id(*id)?))
        .map(|entry| entry.record.name.as_str())
        .collect();
    words["service"] = json!(contract.owning_service);
    words["supplier"] = if suppliers.is_empty() { "not known".into() } else { suppliers.join(", ").into() };
    words["url"] = format!("{}/contracts/{}", app.public_url, contract.id).into();
    words
}

/// Whether every date that a waiting message names still holds, or is still gone where it says so. Where one does not, the message is dropped and what it was to
/// say is forgotten, so that the next look says what is so.
///
/// # Errors
/// When the database fails.
pub async fn still_so(context: &Context, scope: &Scope, about: &Json) -> Result<bool, store::Error> {
    let today = context.app.clock.today();
    for Named { contract, kind, date, gone } in decisions(about) {
        let contract = context.app.store.get::<Contract>(scope, contract.0).await?;
        let Some(contract) = contract.filter(Contract::asks_for_decisions) else {
            // Of one that is not there any more, or asks nothing, only that its date is gone is so.
            if gone { continue } else { return Ok(false) }
        };
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
