//! The page to check a draft's answers: what is left to answer, what is perhaps in the register already, names that are new.

use super::{
    drawn::{Drawn, Made, drawn},
    groups, own, section,
};
use crate::{
    error::Failure,
    state::App,
    web::{
        form::{Errors, new_command},
        page as shell,
        register::{
            edit::{self, answers, members, naming::Names, own::Kept as _},
            history::{self, Shown},
            views::Named as Link,
        },
        session::Caller,
    },
};
use axum::{
    extract::{Path, State},
    response::{IntoResponse, Response},
};
use domain::register::{
    edit::duplicates::{Why, duplicates, same_product, same_skill},
    ids::OrganisationId,
    records::{Contract, Skill, System},
};
use serde::Serialize;
use store::drafts::Draft;
use uuid::Uuid;

#[derive(Serialize)]
struct Row {
    field: String,
    value: Shown,
}

#[derive(Serialize)]
struct Section {
    group: &'static str,
    change: String,
    rows: Vec<Row>,
}

#[derive(Serialize)]
struct Check {
    kind: String,
    organisation: Option<Link>,
    command: Uuid,
    version: Option<i64>,
    errors: Errors,
    /// Groups that still ask for an answer, while nobody has tried to add the record.
    left: Vec<&'static str>,
    sections: Vec<Section>,
    duplicates: Vec<Alike>,
    new_names: Vec<String>,
    discard: String,
}

/// `GET /drafts/{id}`: every answer, to check.
///
/// # Errors
/// Not found for a draft that is not the caller's own.
pub async fn page(State(app): State<App>, caller: Caller, Path(id): Path<String>) -> Result<Response, Failure> {
    let draft = own(&app, &caller, &id).await?;
    let drawn = drawn(&app, &caller, &draft).await?;
    check(&app, &caller, &draft, &drawn, false).await
}

/// The page to check. What is missing is an error only once somebody has tried to add the record; before, it is what is left.
pub(super) async fn check(app: &App, caller: &Caller, draft: &Draft, drawn: &Drawn, tried: bool) -> Result<Response, Failure> {
    let organisation = OrganisationId(draft.organisation);
    let mut errors = Errors::default();
    let mut left: Vec<&'static str> = Vec::new();
    for (group, refused) in &drawn.refused {
        if tried {
            // A message leads to the group in which it can be put right.
            errors.add_at(&refused.field, &format!("group-{group}"), answers::sentence(app, refused));
        } else if !left.contains(group) {
            left.push(group);
        }
    }
    let mut frame = shell::frame(app, format!("Check the new {}", draft.kind), Some(section(&draft.kind)));
    frame.error = !errors.is_empty();
    let last = groups(&draft.kind).and_then(|groups| groups.last()).copied().unwrap_or_default();
    frame.back = Some(format!("/drafts/{}/{last}", draft.id));
    let view = Check {
        kind: draft.kind.clone(),
        organisation: edit::organisation_link(&app.snapshot(), organisation),
        command: new_command(),
        version: None,
        errors,
        left,
        sections: sections(app, caller, draft, drawn).await?,
        duplicates: alike(app, caller, drawn).await?,
        discard: format!("/drafts/{}/discard", draft.id),
        new_names: drawn
            .changes
            .suppliers
            .iter()
            .filter(|change| change.before.is_none())
            .map(|change| change.after.name.clone())
            .chain(drawn.changes.products.iter().filter(|change| change.before.is_none()).map(|change| change.after.name.clone()))
            .chain(drawn.changes.functions.iter().map(|change| change.after.name.clone()))
            .collect(),
    };
    Ok(shell::render(app, "register/edit/check.html", &frame, view)?.into_response())
}

/// A record that is perhaps the same, and why: a code of the template's.
#[derive(Serialize)]
struct Alike {
    title: String,
    href: String,
    why: &'static str,
}

/// Records of the organisation that are perhaps the same.
async fn alike(app: &App, caller: &Caller, drawn: &Drawn) -> Result<Vec<Alike>, Failure> {
    let scope = &caller.scope;
    let snapshot = app.snapshot();
    match &drawn.made {
        Made::Contract(contract) => {
            let own = app.store.by::<Contract>(scope, "organisation_id", contract.organisation.0.to_string()).await?;
            let why = |why| match why {
                Why::SameReference => "same-reference",
                Why::SameTitle => "same-title",
                Why::AlikeFromOneSupplier => "alike",
            };
            let all = duplicates(contract, &own).into_iter();
            Ok(all.map(|one| Alike { href: format!("/contracts/{}", one.id), why: why(one.why), title: one.title }).collect())
        }
        Made::System(system) => {
            let own = app.store.by::<System>(scope, "organisation_id", system.organisation.0.to_string()).await?;
            let names = Names::of(&snapshot).with(&drawn.changes);
            let title = |other: &System| {
                let product = names.named(|named| (named.product)(other.product)).unwrap_or_default();
                let functions = names.functions(&other.functions);
                if functions.is_empty() { product } else { format!("{product} ({})", functions.join(", ")) }
            };
            let all = same_product(system, &own).into_iter();
            Ok(all.map(|one| Alike { title: title(one), href: one.address(), why: "same-product" }).collect())
        }
        Made::Skill(skill) => {
            let own = app.store.by::<Skill>(scope, "organisation_id", skill.organisation.0.to_string()).await?;
            let all = same_skill(skill, &own).into_iter();
            Ok(all.map(|one| Alike { title: one.name.clone(), href: one.address(), why: "same-skill" }).collect())
        }
    }
}

async fn sections(app: &App, caller: &Caller, draft: &Draft, drawn: &Drawn) -> Result<Vec<Section>, Failure> {
    let snapshot = app.snapshot();
    let names = Names::of(&snapshot).with(&drawn.changes);
    let json = match &drawn.made {
        Made::Contract(record) => serde_json::to_value(record)?,
        Made::System(record) => serde_json::to_value(record)?,
        Made::Skill(record) => serde_json::to_value(record)?,
    };
    let members = members::of(app, &caller.scope, OrganisationId(draft.organisation)).await?;
    let shown = |field: &str| -> Shown {
        let listed = |all: Vec<String>| if all.is_empty() { Shown::Nothing } else { Shown::Names(all) };
        match (field, &drawn.made) {
            ("suppliers", Made::Contract(record)) => {
                listed(names.named(|named| record.suppliers.iter().filter_map(|id| (named.supplier)(*id)).collect()))
            }
            ("products", Made::Contract(record)) => {
                listed(names.named(|named| record.products.iter().filter_map(|id| (named.product)(*id)).collect()))
            }
            ("product", Made::System(record)) => {
                listed(names.named(|named| (named.product)(record.product)).into_iter().collect())
            }
            ("functions", Made::Contract(record)) => listed(names.functions(&record.functions)),
            ("functions", Made::System(record)) => listed(names.functions(&record.functions)),
            ("manager", Made::Contract(record)) => {
                let name = members.iter().find(|member| Some(member.person) == record.manager).map(|member| member.name.clone());
                name.map_or(Shown::Nothing, Shown::Text)
            }
            ("published", Made::Contract(record)) => Shown::Yes(record.published),
            ("published", Made::System(record)) => Shown::Yes(record.published),
            _ => history::shown(field, history::leaf(&json, field), &snapshot, &history::Beside::default()),
        }
    };
    let sections = groups(&draft.kind).unwrap_or_default().iter().map(|group| Section {
        group,
        change: format!("/drafts/{}/{group}?from=check", draft.id),
        rows: fields(group)
            .iter()
            .map(|field| Row { field: history::field_words(field).to_owned(), value: shown(field) })
            .collect(),
    });
    Ok(sections.collect())
}

/// The record's fields behind a group.
fn fields(group: &str) -> &'static [&'static str] {
    match group {
        "about" => &["title", "reference", "description"],
        "suppliers" => &["supplier_state", "suppliers"],
        "covers" => &["products", "functions", "systems", "joint"],
        "dates" => &["kind", "start", "end", "notice", "review", "in_use"],
        "options" => &["extensions", "breaks"],
        "value" => &["value"],
        "buying" => &["route", "framework", "lot", "cpv", "url"],
        "care" => &["owning_service", "manager", "note", "published"],
        "system" => {
            &["product", "functions", "users", "hosting", "satisfaction", "data_access", "sub_processors", "note", "published"]
        }
        _ => &["name", "level", "people", "offers_training"],
    }
}
