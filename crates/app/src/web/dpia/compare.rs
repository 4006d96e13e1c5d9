//! `/assessments/{id}/compare`: two states of an assessment, field by field: two versions, a version and the working text, or
//! what stood when the reader last looked and what stands now. Parts of the template that were switched between them stand in `switched`,
//! who wrote what the later one holds in `written`.

use super::{
    desk::{By, Desk, Named, named},
    marks::{self, Mark},
};
use crate::{
    error::Failure,
    state::App,
    web::{page, session::Caller},
};
use axum::{
    extract::{Path, Query, State},
    response::Html,
};
use domain::dpia::{
    access::Sight,
    assessment::PartyRole,
    compare,
    ids::VersionId,
    known::Known,
    place::{Part, Place},
    succession,
    version::Snapshot,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use uuid::Uuid;

pub mod switched;
pub mod written;

use switched::Switched;
use written::Written;

/// What is compared: a version's number, `now`, or `seen` (as it stood when the reader last looked).
#[derive(Deserialize)]
pub struct Asked {
    from: Option<String>,
    to: Option<String>,
}

#[derive(Serialize)]
struct View {
    address: String,
    from: StandOf,
    to: StandOf,
    choices: Vec<Choice>,
    /// The title, where it differs.
    title: Option<Property>,
    /// Organisations that joined, left, or are something else to the processing.
    parties: Vec<PartyOf>,
    /// Parts of the template that are on in one and off in the other.
    switched: Vec<Switched>,
    groups: Vec<Group>,
    changes: usize,
    nothing: bool,
}

/// What became of an organisation between two states.
#[derive(Serialize)]
struct PartyOf {
    organisation: Named,
    before: Option<&'static str>,
    after: Option<&'static str>,
    at: Option<i64>,
}

/// What an organisation is to the processing, in words.
#[must_use]
pub fn party_role(role: PartyRole) -> &'static str {
    match role {
        PartyRole::Controller => "controller",
        PartyRole::JointController => "joint controller",
        PartyRole::Processor => "processor",
    }
}

/// A state that is compared.
#[derive(Serialize)]
pub struct StandOf {
    value: String,
    kind: &'static str,
    number: u32,
    at: i64,
    fingerprint: String,
}

impl StandOf {
    /// The state in words, for files.
    #[must_use]
    pub fn words(&self) -> String {
        let when = crate::web::words::instant(self.at);
        match self.kind {
            "version" => format!("Version {} of {when}", self.number),
            "seen" => format!("What you saw on {when}"),
            _ => format!("The text as it stands on {when}"),
        }
    }
}

#[derive(Serialize)]
struct Choice {
    value: String,
    kind: &'static str,
    number: u32,
    name: String,
}

#[derive(Serialize)]
struct Group {
    part: Option<Named>,
    title: String,
    number: usize,
    /// The version that took these questions out.
    taken_out: Option<String>,
    changes: Vec<ChangeOf>,
}

#[derive(Serialize)]
struct ChangeOf {
    number: String,
    label: String,
    href: String,
    last: Option<(By, i64)>,
    older: Vec<Mark>,
    newer: Vec<Mark>,
    properties: Vec<Property>,
    signed: bool,
}

#[derive(Serialize)]
struct Property {
    name: String,
    older: Vec<Mark>,
    newer: Vec<Mark>,
}

/// The page.
///
/// # Errors
/// Not found for who may not see versions, and for versions that are not there.
pub async fn page(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Html<String>, Failure> {
    let desk = Desk::open(&app, &caller, &id).await?;
    if desk.whole.sight != Sight::All {
        return Err(Failure::not_found());
    }
    super::whole::of_record(&desk.whole, !desk.whole.versions.is_empty())?;
    let newest = desk.whole.versions.last().map(|version| version.number.to_string());
    let from = asked.from.or_else(|| newest.clone()).unwrap_or_else(|| "seen".to_owned());
    let to = asked.to.unwrap_or_else(|| "now".to_owned());
    let (from, older) = stand(&app, &caller, &desk, &from).await?;
    let (to, newer) = stand(&app, &caller, &desk, &to).await?;
    let written = written::by(&app, &caller, &desk, &older, (&to, &newer)).await?;
    let groups = groups(&app, &desk, &older, &newer, &written);
    let switched = switched::between(&app, &caller, &desk, &older, (&to, &newer)).await?;
    let title = (older.title != newer.title).then(|| {
        let segments = compare::segments(&older.title, &newer.title);
        Property { name: "title".to_owned(), older: marks::older(&segments), newer: marks::newer(&segments) }
    });
    let mut choices = vec![
        Choice { value: "now".to_owned(), kind: "now", number: 0, name: String::new() },
        Choice { value: "seen".to_owned(), kind: "seen", number: 0, name: String::new() },
    ];
    choices.extend(desk.whole.versions.iter().rev().map(|version| Choice {
        value: version.number.to_string(),
        kind: "version",
        number: version.number,
        name: version.name.clone(),
    }));
    if to.kind == "now" {
        app.store.looked(&caller.scope, app.clock.now(), desk.whole.assessment.id).await?;
    }
    let changes = groups.iter().map(|group| group.changes.len()).sum();
    let parties: Vec<PartyOf> = compare::parties::compare(&older.parties, &newer.parties)
        .into_iter()
        .map(|one| PartyOf {
            organisation: named(&app, one.organisation),
            before: one.before.map(party_role),
            after: one.after.map(party_role),
            at: one.at,
        })
        .collect();
    let nothing = changes == 0 && switched.is_empty() && parties.is_empty() && title.is_none();
    let view = View { address: desk.address(), from, to, choices, nothing, changes, title, parties, switched, groups };
    let frame = desk.frame(&app, &format!("Compare: {}", desk.whole.assessment.title));
    page::render(&app, "dpia/compare.html", &frame, view)
}

/// A state of an assessment as addresses spell it: `now`, `seen`, or a version's number; with what it said, at the places that the
/// template has now for it, and what has none where it stood.
///
/// # Errors
/// Not found for a version that is not there.
pub async fn stand(app: &App, caller: &Caller, desk: &Desk, asked: &str) -> Result<(StandOf, Snapshot), Failure> {
    let rules = app.rules();
    let at_places = |mut content: Snapshot| {
        content.answers = succession::carried(&rules, &content.template, &desk.template, &content.answers);
        content
    };
    let now = || desk.whole.snapshot();
    if asked == "now" {
        let fingerprint = desk.whole.seals(&desk.template).shared.short();
        let of = StandOf { value: "now".to_owned(), kind: "now", number: 0, at: app.clock.now(), fingerprint };
        return Ok((of, at_places(now())));
    }
    if asked == "seen" {
        let looked = app.store.last_looked(&caller.scope, desk.whole.assessment.id).await?;
        let (sequence, at) = looked.unwrap_or((0, desk.whole.assessment.created_at));
        let past = app.store.past(&caller.scope, desk.today, desk.whole.assessment.id, sequence).await?;
        let past = past.ok_or_else(Failure::not_found)?;
        let content = Snapshot {
            title: past.title,
            template: past.template,
            modules: past.modules,
            parties: past.parties,
            answers: past.fields.into_iter().filter_map(|field| Some((field.place, field.answer?))).collect(),
            risks: past.risks.into_iter().map(|record| record.risk).collect(),
            measures: past.measures.into_iter().map(|record| record.measure).collect(),
        };
        let of = StandOf { value: "seen".to_owned(), kind: "seen", number: 0, at, fingerprint: String::new() };
        return Ok((of, at_places(content)));
    }
    let number: u32 = asked.parse().map_err(|_| Failure::not_found())?;
    let id: VersionId = desk
        .whole
        .versions
        .iter()
        .find(|version| version.number == number)
        .map(|version| version.id)
        .ok_or_else(Failure::not_found)?;
    let version = app.store.version(&caller.scope, desk.today, id).await?.ok_or_else(Failure::not_found)?;
    let fingerprint = version.seals.shared.short();
    let of = StandOf { value: asked.to_owned(), kind: "version", number, at: version.at, fingerprint };
    Ok((of, at_places(version.content)))
}

/// What a question that the template has no more was called, and which version took it out.
#[must_use]
pub fn taken_out(rules: &Known, desk: &Desk, place: &Place) -> (String, String) {
    let edition = &desk.template.edition;
    let found = succession::taken_out(rules, edition, &place.field);
    let label = found.map_or_else(|| "A question that is not asked any more".to_owned(), |(field, _)| field.label.clone());
    (label, found.and_then(|(_, by)| by).unwrap_or(edition).version.clone())
}

fn groups(app: &App, desk: &Desk, older: &Snapshot, newer: &Snapshot, written: &Written) -> Vec<Group> {
    let differences = compare::compare(&older.answers, &newer.answers);
    let rules = app.rules();
    let change = |difference: &compare::Difference| {
        let place = &difference.place;
        let field = desk.template.field(&place.field);
        let before = if field.is_none() { succession::taken_out(&rules, &desk.template.edition, &place.field) } else { None };
        let labels = field.or(before.map(|(field, _)| field)).map(|field| field.labels()).unwrap_or_default();
        let segments = difference.segments(&labels);
        ChangeOf {
            number: desk.number(place),
            label: field.map_or_else(|| taken_out(&rules, desk, place).0, |field| field.label.clone()),
            href: format!("{}/history", desk.address_of(place)),
            last: written.answers.get(place).cloned(),
            older: marks::older(&segments),
            newer: marks::newer(&segments),
            properties: Vec::new(),
            signed: field.is_none_or(|field| field.signed),
        }
    };
    let mut groups: Vec<Group> = Vec::new();
    let mut parts: Vec<Part> = desk.whole.assessment.parts().collect();
    parts.extend(differences.iter().map(|one| one.place.part));
    let mut seen = Vec::new();
    for part in parts {
        if seen.contains(&part) {
            continue;
        }
        seen.push(part);
        let numbers = desk.view(part).sections();
        let mut put = |title: String, number: usize, taken_out: Option<String>, changes: Vec<ChangeOf>| {
            if !changes.is_empty() {
                groups.push(Group { part: part.organisation().map(|one| named(app, one)), title, number, taken_out, changes });
            }
        };
        for section in &desk.template.sections {
            let places = section.fields.iter().map(|field| part.at(&field.id));
            let changes = places.filter_map(|place| differences.iter().find(|one| one.place == place)).map(change).collect();
            let number = numbers.iter().find(|(_, one, _)| one.id == section.id).map_or(0, |(number, ..)| *number);
            put(section.title.clone(), number, None, changes);
        }
        let gone = differences.iter().filter(|one| one.place.part == part && desk.template.field(&one.place.field).is_none());
        let mut by: BTreeMap<String, Vec<ChangeOf>> = BTreeMap::new();
        for difference in gone {
            by.entry(taken_out(&rules, desk, &difference.place).1).or_default().push(change(difference));
        }
        for (version, changes) in by {
            put(String::new(), 0, Some(version), changes);
        }
        let [old, new] = [older, newer].map(|one| one.risks_in_words(Some(part), &desk.template.matrix));
        put("Risks".to_owned(), 0, None, items(desk, &old, &new, written));
        put(
            "Measures".to_owned(),
            0,
            None,
            items(desk, &older.measures_as_far_as(part), &newer.measures_as_far_as(part), written),
        );
    }
    groups
}

/// The items of one state or the other, each by its id with what it says.
type Items = [(Uuid, BTreeMap<String, String>)];

fn items(desk: &Desk, older: &Items, newer: &Items, written: &Written) -> Vec<ChangeOf> {
    compare::items(older, newer)
        .into_iter()
        .map(|difference| {
            let title = |said: &Option<BTreeMap<String, String>>| said.as_ref().and_then(|said| said.get("title")).cloned();
            ChangeOf {
                number: String::new(),
                label: title(&difference.newer).or_else(|| title(&difference.older)).unwrap_or_default(),
                href: format!("{}/risks", desk.address()),
                last: written.items.get(&difference.id).cloned(),
                older: Vec::new(),
                newer: Vec::new(),
                properties: difference
                    .properties()
                    .into_iter()
                    .map(|(name, segments)| Property {
                        name: name.replace('-', " "),
                        older: marks::older(&segments),
                        newer: marks::newer(&segments),
                    })
                    .collect(),
                signed: true,
            }
        })
        .collect()
}
