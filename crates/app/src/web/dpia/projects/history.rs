//! `/projects/{id}/history`: what was said of a project, by whom and for whom, before and after.

use super::{Body, body, project, steps, uses::product};
use crate::{
    error::Failure,
    state::App,
    web::{dpia::whole, page, session::Caller, words},
};
use axum::{
    extract::{Path, State},
    response::Html,
};
use domain::{
    audit::Action,
    dpia::assessment::{Joined, Party},
    people::{Actor, PersonId},
    register::{
        ids::OrganisationId,
        records::{Contract, PlannedProcurement, System},
        snapshot::Snapshot,
    },
};
use govuk::Link;
use jiff::civil::Date;
use serde::Serialize;
use serde_json::Value as Json;
use std::collections::{BTreeMap, BTreeSet};
use store::log::Change;
use uuid::Uuid;

#[derive(Serialize)]
struct View {
    href: String,
    title: String,
    entries: Vec<Entry>,
}

#[derive(Serialize)]
struct Entry {
    at: i64,
    /// Who; none where the server did it.
    by: Option<String>,
    /// For whom.
    organisation: Option<Body>,
    begun: bool,
    fields: Vec<Field>,
}

#[derive(Serialize)]
struct Field {
    label: &'static str,
    before: String,
    after: String,
}

/// The page, for whoever takes part: an organisation that is only invited reads what the project says now, and its past once it has
/// accepted.
///
/// # Errors
/// Not found for a project that is not the caller's to see, and for whoever is only invited.
pub async fn page(State(app): State<App>, caller: Caller, Path(id): Path<String>) -> Result<Html<String>, Failure> {
    let project = project(&app, &caller, &id).await?;
    if !project.has_part(&caller.scope) {
        return Err(Failure::not_found());
    }
    let changes = app.store.history_of(&caller.scope, &project).await?;
    let actors: Vec<Option<Actor>> = changes.iter().map(|change| Actor::parse(&change.actor)).collect();
    let mut people: Vec<PersonId> = actors
        .iter()
        .filter_map(|actor| match actor {
            Some(Actor::Person { person, .. }) => Some(*person),
            _ => None,
        })
        .collect();
    // Whoever owned it stands in the entries by id.
    for change in &changes {
        let owners = change.content.as_ref().and_then(|content| content.get("owner")).and_then(Json::as_array);
        people.extend(owners.into_iter().flatten().filter_map(Json::as_str).filter_map(|id| id.parse::<PersonId>().ok()));
    }
    let names =
        Names { people: whole::names(&app, &caller.scope, people).await?, records: records(&app, &caller, &changes).await? };
    let snapshot = app.snapshot();
    let entries = changes
        .iter()
        .zip(actors)
        .filter(|(change, _)| matches!(change.action, Action::Create | Action::Update))
        .map(|(change, actor)| {
            let (by, organisation) = match actor {
                Some(Actor::Person { person, organisation, .. }) => {
                    (names.people.get(&person).cloned(), Some(body(&snapshot, organisation)))
                }
                _ => (None, None),
            };
            let begun = change.action == Action::Create;
            let fields = if begun { Vec::new() } else { fields(change.content.as_ref(), &names, &snapshot) };
            Entry { at: change.at, by, organisation, begun, fields }
        })
        .collect();
    let href = format!("/projects/{}", project.id);
    let mut frame = page::frame(&app, format!("History: {}", project.title), Some("projects"));
    frame.back = Some(href.clone());
    frame.breadcrumbs = vec![Link::new("Data projects", "/projects")];
    page::render(&app, "dpia/projects/history.html", &frame, View { href, title: project.title, entries })
}

/// What ids in entries are called.
struct Names {
    people: BTreeMap<PersonId, String>,
    /// Systems, contracts and planned procurements.
    records: BTreeMap<Uuid, String>,
}

/// The systems, contracts and planned procurements that entries name, as far as the caller may see them.
async fn records(app: &App, caller: &Caller, changes: &[Change]) -> Result<BTreeMap<Uuid, String>, Failure> {
    let named = |field: &str| -> Vec<Uuid> {
        let lists = changes.iter().filter_map(|change| change.content.as_ref()?.get(field)?.as_array());
        let ids = lists.flatten().filter_map(Json::as_array).flatten().filter_map(Json::as_str);
        ids.filter_map(|id| id.parse().ok()).collect::<BTreeSet<Uuid>>().into_iter().collect()
    };
    let (scope, snapshot) = (&caller.scope, app.snapshot());
    let of = |name: String, organisation: OrganisationId| format!("{name} ({})", body(&snapshot, organisation).name);
    let mut records = BTreeMap::new();
    for one in app.store.get_many::<System>(scope, &named("systems")).await? {
        records.insert(one.id.0, of(product(&snapshot, one.product), one.organisation));
    }
    for one in app.store.get_many::<Contract>(scope, &named("contracts")).await? {
        records.insert(one.id.0, of(one.title, one.organisation));
    }
    for one in app.store.get_many::<PlannedProcurement>(scope, &named("planned")).await? {
        records.insert(one.id.0, of(one.title, one.organisation));
    }
    Ok(records)
}

/// What an entry changed, in words.
fn fields(content: Option<&Json>, names: &Names, snapshot: &Snapshot) -> Vec<Field> {
    let Some(Json::Object(changed)) = content else { return Vec::new() };
    let mut fields = Vec::new();
    for (name, pair) in changed {
        let (Some(label), Some([before, after])) = (label(name), pair.as_array().map(Vec::as_slice)) else { continue };
        let said = |value: &Json| said(name, value, names, snapshot);
        fields.push(Field { label, before: said(before), after: said(after) });
    }
    fields
}

fn label(field: &str) -> Option<&'static str> {
    Some(match field {
        "title" => "Title",
        "purpose" => "What it is for",
        "owner" => "Who owns it",
        "parties" => "Parties",
        "systems" => "Systems",
        "contracts" => "Contracts",
        "planned" => "Planned procurements",
        "starts" => "First day on which data is used",
        "ends" => "Last day",
        "step" => "Where it is in the process",
        "closed" => "Closed",
        _ => return None,
    })
}

/// A value in words; empty where nothing was said.
fn said(field: &str, value: &Json, names: &Names, snapshot: &Snapshot) -> String {
    match (field, value) {
        ("starts" | "ends", Json::String(day)) => day.parse::<Date>().map_or_else(|_| day.clone(), words::day),
        ("owner", Json::String(id)) => {
            let known = id.parse().ok().and_then(|id: PersonId| names.people.get(&id).cloned());
            known.unwrap_or_else(|| "a former colleague".to_owned())
        }
        ("step", Json::String(id)) => {
            let step = steps::process().steps.iter().find(|step| step.id == *id);
            step.map_or_else(|| id.clone(), |step| step.name.clone())
        }
        ("parties", list) => {
            let parties: Vec<Party> = serde_json::from_value(list.clone()).unwrap_or_default();
            parties.iter().map(|party| party_in_words(party, snapshot)).collect::<Vec<_>>().join("\n")
        }
        ("systems" | "contracts" | "planned", Json::Array(list)) => {
            let name = |id: &Json| id.as_str().and_then(|id| names.records.get(&id.parse().ok()?).cloned());
            let known = |id: &Json| name(id).unwrap_or_else(|| "a record that is no longer there".to_owned());
            list.iter().map(known).collect::<Vec<_>>().join("\n")
        }
        (_, Json::String(text)) => text.clone(),
        (_, Json::Bool(closed)) => if *closed { "Yes" } else { "No" }.to_owned(),
        _ => String::new(),
    }
}

fn party_in_words(party: &Party, snapshot: &Snapshot) -> String {
    let mut words = format!("{}, {}", body(snapshot, party.organisation).name, party.role.as_str().replace('-', " "));
    match party.joined {
        Joined::Accepted => {}
        Joined::Invited => words.push_str(", invited"),
        Joined::Declined => words.push_str(", declined"),
        Joined::Left => words.push_str(", left"),
        Joined::TakenBack => words.push_str(", invitation taken back"),
    }
    if !party.contacts.is_empty() {
        words.push_str(": ");
        words.push_str(&party.contacts.join(", "));
    }
    words
}
