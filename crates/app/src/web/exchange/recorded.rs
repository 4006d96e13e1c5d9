//! `/assessments/{id}/recorded`: what is stated of an assessment that was made elsewhere is corrected: title, level, days,
//! signatories, systems. Each correction is kept, with who made it, and shown below the form.

use super::{Opened, organisation};
use crate::{
    assessments::tell,
    error::{Failure, conflict},
    state::App,
    web::{
        dpia::{projects::uses::hint, whole},
        form::{Errors, Form, new_command},
        page, repeat,
        session::Caller,
        words,
    },
};
use axum::{
    extract::{Path, State},
    response::{IntoResponse as _, Response},
};
use domain::{
    audit::Action,
    dpia::{
        access,
        assessment::{
            Assessment, Elsewhere, State as Standing,
            elsewhere::{Misstated, Stated, TITLE},
        },
        risk::Band,
    },
    people::{Actor, PersonId},
    register::{
        ids::{OrganisationId, SystemId},
        records::{Product, System},
    },
};
use jiff::civil::Date;
use serde::Serialize;
use serde_json::Value;
use std::collections::BTreeMap;
use uuid::Uuid;

#[derive(Serialize)]
struct View {
    address: String,
    command: Uuid,
    version: i64,
    errors: Errors,
    typed: BTreeMap<String, String>,
    chosen: Vec<String>,
    systems: Vec<Item>,
    levels: Vec<Item>,
    /// Somebody saved it in the meantime: what it says now where that is not what was typed.
    now: Vec<Said>,
    conflict: bool,
    past: Vec<Past>,
}

/// Something to choose.
#[derive(Serialize)]
pub(super) struct Item {
    pub(super) value: String,
    text: String,
    /// What tells it from another of the same name.
    hint: String,
}

/// Something stated, in words.
#[derive(Clone, PartialEq, Eq, Serialize)]
struct Said {
    label: &'static str,
    text: String,
}

/// A correction that was made.
#[derive(Serialize)]
struct Past {
    at: i64,
    by: String,
    organisation: String,
    changes: Vec<(&'static str, String, String)>,
}

/// The systems of an organisation, as the form offers them.
pub(super) async fn systems(app: &App, caller: &Caller, whose: OrganisationId) -> Result<Vec<Item>, Failure> {
    let own = app.store.by::<System>(&caller.scope, "organisation_id", whose.to_string()).await?;
    let products: Vec<Uuid> = own.iter().map(|system| system.product.0).collect();
    let products = app.store.get_many::<Product>(&caller.scope, &products).await?;
    let snapshot = app.snapshot();
    let mut items: Vec<Item> = own
        .iter()
        .filter_map(|system| {
            let product = products.iter().find(|product| product.id == system.product)?;
            // All are of one organisation, which the page names.
            let hint = hint(&snapshot, &system.functions, None);
            Some(Item { value: system.id.to_string(), text: product.name.clone(), hint })
        })
        .collect();
    items.sort_by(|one, other| (&one.text, &one.hint).cmp(&(&other.text, &other.hint)));
    Ok(items)
}

/// The levels of risk, as the form offers them.
pub(super) fn levels() -> Vec<Item> {
    let item = |value: &str, text: &str| Item { value: value.to_owned(), text: text.to_owned(), hint: String::new() };
    vec![item("low", "Low"), item("medium", "Medium"), item("high", "High"), item("", "The assessment does not say")]
}

/// What a form states, and what is wrong with it. Only systems that the form offered are chosen, whatever was sent.
pub(super) fn read(form: &Form, today: Date, offered: &[Item]) -> (Stated, Errors) {
    let mut errors = Errors::default();
    let mut day = |name: &str, what: &str| match form.day(name, what) {
        Ok(day) => day,
        Err(message) => {
            errors.add_at(name, &format!("{name}-day"), message);
            None
        }
    };
    let (signed_on, review_on) = (day("signed-on", "The day it was signed"), day("review-on", "The day of the next review"));
    let lines = form.text("signatories").lines().map(str::trim).filter(|line| !line.is_empty());
    let chosen = form.all("system");
    let stated = Stated {
        title: form.text("title").to_owned(),
        elsewhere: Elsewhere {
            level: Band::parse(form.text("level")),
            signed_on,
            signatories: lines.map(str::to_owned).collect(),
            remark: form.text("remark").to_owned(),
        },
        review_on,
        systems: offered
            .iter()
            .filter(|item| chosen.contains(&item.value.as_str()))
            .filter_map(|item| item.value.parse().ok().map(SystemId))
            .collect(),
    };
    for wrong in stated.wrong(today) {
        match wrong {
            Misstated::NoTitle => errors.add("title", "Enter the title of the assessment"),
            Misstated::LongTitle => errors.add("title", format!("The title must be {TITLE} letters or fewer")),
            Misstated::SignedAhead => {
                errors.add_at("signed-on", "signed-on-day", "The day it was signed must be today or in the past");
            }
        }
    }
    // The summary has the order of the fields.
    errors.summary.sort_by_key(|line| ["#title", "#signed-on-day", "#review-on-day"].iter().position(|href| *href == line.href));
    (stated, errors)
}

/// An assessment made elsewhere, for those who keep it for the organisation that leads it.
async fn find(app: &App, caller: &Caller, id: &str) -> Result<(Opened, Stated), Failure> {
    let desk = Opened::new(app, caller, id).await?;
    let assessment = &desk.whole.assessment;
    let may = caller.scope.may_write() && access::keeps(&caller.scope, assessment, assessment.lead);
    let stated = assessment.stated().filter(|_| may && assessment.state == Standing::Recorded);
    let stated = stated.ok_or_else(Failure::not_found)?;
    Ok((desk, stated))
}

/// The form, filled.
///
/// # Errors
/// Not found for what was not made elsewhere, and for those who do not keep it.
pub async fn page(State(app): State<App>, caller: Caller, Path(id): Path<String>) -> Result<Response, Failure> {
    let (desk, stated) = find(&app, &caller, &id).await?;
    let (typed, chosen) = typed(&stated);
    show(&app, &caller, &desk, Sent { typed, chosen, ..Sent::default() }).await
}

/// Saves what is stated now. When somebody else saved it meanwhile, both are shown and nothing is lost.
///
/// # Errors
/// As [`page()`].
pub async fn save(State(app): State<App>, caller: Caller, Path(id): Path<String>, form: Form) -> Result<Response, Failure> {
    let (desk, before) = find(&app, &caller, &id).await?;
    let (command, version, today) = (form.command()?, form.version()?, app.clock.today());
    let offered = systems(&app, &caller, desk.whole.assessment.lead).await?;
    let (mut stated, errors) = read(&form, today, &offered);
    // Systems of others are not among those that the form offers; they stay.
    let is_offered = |system: &SystemId| offered.iter().any(|item| item.value == system.to_string());
    stated.systems.extend(before.systems.iter().copied().filter(|system| !is_offered(system)));
    let chosen = form.all("system").into_iter().map(str::to_owned).collect();
    let sent = Sent { typed: form.typed(), chosen, errors, ..Sent::default() };
    if !sent.errors.is_empty() {
        return show(&app, &caller, &desk, Sent { version: Some(version), ..sent }).await;
    }
    let location = desk.address();
    let Some(mut work) = app.store.work(&caller.scope, app.clock.now(), today, desk.whole.assessment.id).await? else {
        return Err(Failure::not_found());
    };
    if let Some(done) = work.command(command).await? {
        return Ok(repeat::again(&done));
    }
    let head = work.whole.assessment.clone();
    let Some(stands) = head.stated().filter(|_| head.state == Standing::Recorded) else { return Err(Failure::not_found()) };
    if head.updated_at != version && stands != stated {
        drop(work);
        let (desk, now) = find(&app, &caller, &id).await?;
        let (mine, theirs) = (said(&app, &stated), said(&app, &now));
        let now = theirs.into_iter().filter(|one| !mine.contains(one)).collect();
        return Ok(conflict(show(&app, &caller, &desk, Sent { now, conflict: true, ..sent }).await?));
    }
    let review_on = stated.review_on;
    work.change_head(head.corrected(stated)).await?;
    if review_on != head.review_on {
        work.review_by(review_on).await?;
    }
    let said = "What is recorded is corrected";
    work.answered(command, &repeat::kept(&location, said)).await?;
    tell::commit(&app, work, None).await?;
    Ok(page::saved(&location, said))
}

/// What stands in the form.
#[derive(Default)]
struct Sent {
    typed: BTreeMap<String, String>,
    chosen: Vec<String>,
    errors: Errors,
    now: Vec<Said>,
    conflict: bool,
    /// The version that the writer started from; none for the one that stands.
    version: Option<i64>,
}

async fn show(app: &App, caller: &Caller, desk: &Opened, sent: Sent) -> Result<Response, Failure> {
    let assessment = &desk.whole.assessment;
    let mut frame = desk.frame(app, "Correct what is recorded");
    frame.error = !sent.errors.is_empty();
    let view = View {
        address: desk.address(),
        command: new_command(),
        version: sent.version.unwrap_or(assessment.updated_at),
        errors: sent.errors,
        typed: sent.typed,
        chosen: sent.chosen,
        systems: systems(app, caller, assessment.lead).await?,
        levels: levels(),
        now: sent.now,
        conflict: sent.conflict,
        past: past(app, caller, assessment).await?,
    };
    Ok(page::render(app, "dpia/recorded.html", &frame, view)?.into_response())
}

/// What is stated, as the form has it.
fn typed(stated: &Stated) -> (BTreeMap<String, String>, Vec<String>) {
    let made = &stated.elsewhere;
    let mut typed = BTreeMap::from([
        ("title".to_owned(), stated.title.clone()),
        ("level".to_owned(), made.level.map(Band::as_str).unwrap_or_default().to_owned()),
        ("signatories".to_owned(), made.signatories.join("\n")),
        ("remark".to_owned(), made.remark.clone()),
    ]);
    for (name, day) in [("signed-on", made.signed_on), ("review-on", stated.review_on)] {
        if let Some(day) = day {
            typed.insert(format!("{name}-day"), day.day().to_string());
            typed.insert(format!("{name}-month"), day.month().to_string());
            typed.insert(format!("{name}-year"), day.year().to_string());
        }
    }
    (typed, stated.systems.iter().map(ToString::to_string).collect())
}

const NOT_KNOWN: &str = "not known";

/// What is stated, in words.
fn said(app: &App, stated: &Stated) -> Vec<Said> {
    let made = &stated.elsewhere;
    let or = |text: String| if text.is_empty() { NOT_KNOWN.to_owned() } else { text };
    let day = |day: Option<Date>| day.map_or_else(|| NOT_KNOWN.to_owned(), words::day);
    let snapshot = app.snapshot();
    let name = |system: &SystemId| {
        let entry = snapshot.system_by_id(*system).and_then(|row| snapshot.system(row))?;
        Some(crate::web::register::records::usage(&snapshot, entry)?.product.name.to_string())
    };
    let mut names: Vec<String> =
        stated.systems.iter().map(|system| name(system).unwrap_or_else(|| "a system that is not public".to_owned())).collect();
    names.sort();
    vec![
        Said { label: "Title", text: or(stated.title.clone()) },
        Said { label: "Highest risk that remains", text: or(made.level.map(Band::as_str).unwrap_or_default().to_owned()) },
        Said { label: "Signed", text: day(made.signed_on) },
        Said { label: "Signed by", text: or(made.signatories.join("; ")) },
        Said { label: "Next review", text: day(stated.review_on) },
        Said { label: "Systems", text: or(names.join(", ")) },
        Said { label: "Anything else", text: or(made.remark.clone()) },
    ]
}

/// The corrections that were made, the newest first: what the change log says of the fields of the form.
async fn past(app: &App, caller: &Caller, assessment: &Assessment) -> Result<Vec<Past>, Failure> {
    let entries = app.store.history_of(&caller.scope, assessment).await?;
    let updates = entries.into_iter().filter(|entry| entry.action == Action::Update);
    let mut found = Vec::new();
    for (entry, content) in updates.filter_map(|entry| entry.content.clone().map(|content| (entry, content))) {
        let [before, after] = [0, 1].map(|place| then(assessment, &content, place));
        let (Some(before), Some(after)) = (before, after) else { continue };
        let changes: Vec<_> = said(app, &before)
            .into_iter()
            .zip(said(app, &after))
            .filter(|(before, after)| before != after)
            .map(|(before, after)| (before.label, before.text, after.text))
            .collect();
        if let (false, Some(Actor::Person { person, organisation, .. })) = (changes.is_empty(), Actor::parse(&entry.actor)) {
            found.push((entry.at, person, organisation, changes));
        }
    }
    let people: Vec<PersonId> = found.iter().map(|(_, person, ..)| *person).collect();
    let names = whole::names(app, &caller.scope, people).await?;
    let rows = found.into_iter().map(|(at, person, whose, changes)| {
        let by = names.get(&person).cloned().unwrap_or_default();
        Past { at, by, organisation: organisation(app, whose), changes }
    });
    Ok(rows.collect())
}

/// What was stated before (0) or after (1) an entry of the log, as far as the entry says it; the rest is as it stands now.
fn then(assessment: &Assessment, content: &Value, place: usize) -> Option<Stated> {
    let mut value = serde_json::to_value(assessment).ok()?;
    for field in ["title", "elsewhere", "review_on", "systems"] {
        if let Some(pair) = content.get(field).and_then(Value::as_array) {
            value[field] = pair.get(place)?.clone();
        }
    }
    serde_json::from_value::<Assessment>(value).ok()?.stated()
}
