//! `/assessments/{id}/compare`: two states of an assessment, field by field: two versions, a version and the working text, or
//! what stood when the reader last looked and what stands now.

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
use domain::dpia::{access::Sight, answer::Answers, compare, ids::VersionId, place::Part, version::Snapshot};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use uuid::Uuid;

/// What is compared: a version's number, `now`, or `seen` (as it stood when the reader last looked).
#[derive(Deserialize)]
pub struct Asked {
    from: Option<String>,
    to: Option<String>,
}

#[derive(Serialize)]
struct View {
    title: String,
    address: String,
    from: StandOf,
    to: StandOf,
    choices: Vec<Choice>,
    groups: Vec<Group>,
    changes: usize,
    nothing: bool,
    /// Whether the caller reads the whole assessment, as guests do not.
    all: bool,
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
    let newest = desk.whole.versions.last().map(|version| version.number.to_string());
    let from = asked.from.or_else(|| newest.clone()).unwrap_or_else(|| "seen".to_owned());
    let to = asked.to.unwrap_or_else(|| "now".to_owned());
    let (from, older) = stand(&app, &caller, &desk, &from).await?;
    let (to, newer) = stand(&app, &caller, &desk, &to).await?;
    let groups = groups(&app, &desk, &older, &newer);
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
    let view = View {
        title: desk.whole.assessment.title.clone(),
        address: desk.address(),
        from,
        to,
        choices,
        nothing: changes == 0,
        all: desk.whole.sight.sees_sign_off(),
        changes,
        groups,
    };
    let frame = desk.frame(&app, &format!("Compare: {}", desk.whole.assessment.title), desk.address());
    page::render(&app, "dpia/compare.html", &frame, view)
}

/// A state of an assessment as addresses spell it: `now`, `seen`, or a version's number; with what it said.
///
/// # Errors
/// Not found for a version that is not there.
pub async fn stand(app: &App, caller: &Caller, desk: &Desk, asked: &str) -> Result<(StandOf, Snapshot), Failure> {
    let now = || desk.whole.snapshot();
    if asked == "now" {
        let fingerprint = desk.whole.seals(&desk.template).shared.short();
        return Ok((StandOf { value: "now".to_owned(), kind: "now", number: 0, at: app.clock.now(), fingerprint }, now()));
    }
    if asked == "seen" {
        let looked = app.store.last_looked(&caller.scope, desk.whole.assessment.id).await?;
        let (sequence, at) = looked.unwrap_or((0, desk.whole.assessment.created_at));
        let fields = app.store.answers_at(&caller.scope, desk.today, desk.whole.assessment.id, sequence).await?;
        let answers: Answers = fields.into_iter().filter_map(|field| Some((field.place, field.answer?))).collect();
        return Ok((
            StandOf { value: "seen".to_owned(), kind: "seen", number: 0, at, fingerprint: String::new() },
            Snapshot { answers, ..now() },
        ));
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
    Ok((StandOf { value: asked.to_owned(), kind: "version", number, at: version.at, fingerprint }, version.content))
}

fn groups(app: &App, desk: &Desk, older: &Snapshot, newer: &Snapshot) -> Vec<Group> {
    let differences = compare::compare(&older.answers, &newer.answers);
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
        for section in &desk.template.sections {
            let changes: Vec<ChangeOf> = section
                .fields
                .iter()
                .filter_map(|field| {
                    let place = part.at(&field.id);
                    let difference = differences.iter().find(|one| one.place == place)?;
                    let labels = field.labels();
                    let segments = difference.segments(&labels);
                    Some(ChangeOf {
                        number: desk.number(&place),
                        label: field.label.clone(),
                        href: format!("{}/history", desk.address_of(&place)),
                        last: desk.whole.field(&place).map(|state| (desk.by(app, state.by, state.organisation), state.at)),
                        older: marks::older(&segments),
                        newer: marks::newer(&segments),
                        properties: Vec::new(),
                        signed: field.signed,
                    })
                })
                .collect();
            if !changes.is_empty() {
                let number = numbers.iter().find(|(_, one, _)| one.id == section.id).map_or(0, |(number, ..)| *number);
                groups.push(Group {
                    part: part.organisation().map(|one| named(app, one)),
                    title: section.title.clone(),
                    number,
                    changes,
                });
            }
        }
        for (kind, old, new) in [
            ("Risks", older.risks_in_words(Some(part)), newer.risks_in_words(Some(part))),
            ("Measures", older.measures_in_words(Some(part)), newer.measures_in_words(Some(part))),
        ] {
            let changes = items(desk, &old, &new);
            if !changes.is_empty() {
                groups.push(Group {
                    part: part.organisation().map(|one| named(app, one)),
                    title: kind.to_owned(),
                    number: 0,
                    changes,
                });
            }
        }
    }
    groups
}

fn items(desk: &Desk, older: &[(Uuid, BTreeMap<String, String>)], newer: &[(Uuid, BTreeMap<String, String>)]) -> Vec<ChangeOf> {
    compare::items(older, newer)
        .into_iter()
        .map(|difference| {
            let title = |said: &Option<BTreeMap<String, String>>| said.as_ref().and_then(|said| said.get("title")).cloned();
            ChangeOf {
                number: String::new(),
                label: title(&difference.newer).or_else(|| title(&difference.older)).unwrap_or_default(),
                href: format!("{}/risks", desk.address()),
                last: None,
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
