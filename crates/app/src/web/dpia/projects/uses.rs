//! `/projects/{id}/register`: the systems, contracts and planned procurements of the register that a project is about.

use super::{
    Body, body, carried,
    choices::{Choice, Group, area_of, grouped},
    keeps, project,
};
use crate::{
    error::Failure,
    state::App,
    web::{
        form::{Form, new_command},
        page, repeat,
        session::Caller,
    },
};
use axum::{
    extract::{Path, State},
    response::{IntoResponse as _, Response},
};
use domain::{
    dpia::{
        assessment::Joined,
        project::{Chosen, Project},
    },
    register::{
        ids::{ContractId, FunctionId, OrganisationId, PlannedProcurementId, ProductId, SystemId},
        records::{Contract, PlannedProcurement, System},
        snapshot::Snapshot,
    },
};
use govuk::Link;
use jiff::civil::Date;
use serde::Serialize;
use std::collections::BTreeSet;
use uuid::Uuid;

/// Something of the register that a project is about.
#[derive(Serialize)]
pub struct Use {
    /// `system`, `contract` or `planned procurement`.
    kind: &'static str,
    name: String,
    href: String,
    organisation: Body,
    /// The contract's current end.
    end: Option<Date>,
}

#[derive(Serialize)]
struct View {
    href: String,
    title: String,
    command: Uuid,
    version: i64,
    systems: Vec<Group>,
    contracts: Vec<Group>,
    planned: Vec<Group>,
    chosen: Vec<String>,
}

/// What a project uses, with its names.
///
/// # Errors
/// When the database fails.
pub async fn of(app: &App, caller: &Caller, project: &Project) -> Result<Vec<Use>, Failure> {
    let snapshot = app.snapshot();
    let scope = &caller.scope;
    let mut uses = Vec::new();
    let systems: Vec<Uuid> = project.systems.iter().map(|id| id.0).collect();
    for system in app.store.get_many::<System>(scope, &systems).await? {
        uses.push(Use {
            kind: "system",
            name: product(&snapshot, system.product),
            href: format!("/systems/{}", system.id),
            organisation: body(&snapshot, system.organisation),
            end: None,
        });
    }
    let contracts: Vec<Uuid> = project.contracts.iter().map(|id| id.0).collect();
    for contract in app.store.get_many::<Contract>(scope, &contracts).await? {
        uses.push(Use {
            kind: "contract",
            name: contract.title.clone(),
            href: format!("/contracts/{}", contract.id),
            organisation: body(&snapshot, contract.organisation),
            end: contract.term.current_end(),
        });
    }
    let planned: Vec<Uuid> = project.planned.iter().map(|id| id.0).collect();
    for planned in app.store.get_many::<PlannedProcurement>(scope, &planned).await? {
        uses.push(Use {
            kind: "planned procurement",
            name: planned.title.clone(),
            href: format!("/planned-procurements/{}", planned.id),
            organisation: body(&snapshot, planned.organisation),
            end: None,
        });
    }
    Ok(uses)
}

/// What a product is called.
#[must_use]
pub fn product(snapshot: &Snapshot, id: ProductId) -> String {
    let entry = snapshot.product_by_id(id).and_then(|row| snapshot.product(row));
    entry.map_or_else(|| "a product that is not known".to_owned(), |entry| entry.record.name.clone())
}

/// What tells one system or contract from another of the same name: the functions it serves, and whose it is.
#[must_use]
pub fn what_for(snapshot: &Snapshot, functions: &[FunctionId], organisation: &str) -> String {
    let known = functions.iter().filter_map(|id| snapshot.function(snapshot.function_by_id(*id)?));
    let mut parts: Vec<&str> = known.map(|entry| entry.record.name.as_str()).collect();
    parts.push(organisation);
    parts.join(", ")
}

/// What tells one record from another of the same name and organisation: the functions it serves, its reference.
#[must_use]
pub fn hint(snapshot: &Snapshot, functions: &[FunctionId], reference: Option<&String>) -> String {
    let known = functions.iter().filter_map(|id| snapshot.function(snapshot.function_by_id(*id)?));
    let names = known.map(|entry| entry.record.name.clone());
    names.chain(reference.map(|reference| format!("ref {reference}"))).collect::<Vec<_>>().join(", ")
}

/// The form.
///
/// # Errors
/// Not found for those who may not change the project.
pub async fn page(State(app): State<App>, caller: Caller, Path(id): Path<String>) -> Result<Response, Failure> {
    let project = project(&app, &caller, &id).await?;
    if !keeps(&caller, &project) {
        return Err(Failure::not_found());
    }
    let snapshot = app.snapshot();
    let (mut systems, mut contracts, mut planned) = (Vec::new(), Vec::new(), Vec::new());
    for organisation in parties(&project) {
        let (key, name) = (organisation.to_string(), body(&snapshot, organisation).name);
        let choice = |id: Uuid, text: String, functions: &[FunctionId], reference: Option<&String>| Choice {
            value: id.to_string(),
            text,
            hint: hint(&snapshot, functions, reference),
            organisation: name.clone(),
            area: area_of(&snapshot, functions),
        };
        for system in app.store.by::<System>(&caller.scope, "organisation_id", key.clone()).await? {
            systems.push(choice(system.id.0, product(&snapshot, system.product), &system.functions, None));
        }
        for contract in app.store.by::<Contract>(&caller.scope, "organisation_id", key.clone()).await? {
            contracts.push(choice(contract.id.0, contract.title, &contract.functions, contract.reference.as_ref()));
        }
        for one in app.store.by::<PlannedProcurement>(&caller.scope, "organisation_id", key.clone()).await? {
            planned.push(choice(one.id.0, one.title, &[], None));
        }
    }
    let chosen: Vec<String> = project
        .systems
        .iter()
        .map(ToString::to_string)
        .chain(project.contracts.iter().map(ToString::to_string))
        .chain(project.planned.iter().map(ToString::to_string))
        .collect();
    let href = format!("/projects/{}", project.id);
    let mut frame = page::frame(&app, "Systems and contracts", Some("projects"));
    frame.back = Some(href.clone());
    frame.breadcrumbs = vec![Link::new("Data projects", "/projects")];
    let view = View {
        href,
        title: project.title,
        command: new_command(),
        version: project.updated_at,
        systems: grouped(systems, &chosen),
        contracts: grouped(contracts, &chosen),
        planned: grouped(planned, &chosen),
        chosen,
    };
    Ok(page::render(&app, "dpia/projects/uses.html", &frame, view)?.into_response())
}

/// The organisations whose records may be chosen: those that take part.
fn parties(project: &Project) -> Vec<OrganisationId> {
    let accepted = project.parties.iter().filter(|party| party.joined == Joined::Accepted).map(|party| party.organisation);
    let mut all: Vec<OrganisationId> = std::iter::once(project.organisation).chain(accepted).collect();
    let mut seen = BTreeSet::new();
    all.retain(|organisation| seen.insert(*organisation));
    all
}

/// Saves what was chosen. Only records of organisations that take part count, whatever was sent.
///
/// # Errors
/// Not found for those who may not change the project, and for records that are not there.
pub async fn save(State(app): State<App>, caller: Caller, Path(id): Path<String>, form: Form) -> Result<Response, Failure> {
    let before = project(&app, &caller, &id).await?;
    if !keeps(&caller, &before) {
        return Err(Failure::not_found());
    }
    let (had, now) = (chosen(&form, "had-")?, chosen(&form, "")?);
    let added = Project { systems: vec![], contracts: vec![], planned: vec![], ..before.clone() }.choosing(&had, &now);
    if !theirs(&app, &caller, &added).await? {
        return Err(Failure::not_found());
    }
    let location = format!("/projects/{}", before.id);
    let command = form.command()?;
    let mut write = app.store.write(&caller.scope, app.clock.now()).await?;
    if let Some(done) = write.command(command).await? {
        return Ok(repeat::again(&done));
    }
    // As it stands now: what others chose since the form was opened stays.
    let before = write.get_many::<Project>(&[before.id.0]).await?.pop().ok_or_else(Failure::not_found)?;
    let mut after = before.choosing(&had, &now);
    write.update(&before, &mut after).await?;
    let carried = carried::carry(&mut write, &before, |one| one.about_as(&before, &after)).await?;
    let (by, today) = (caller.scope.person(), app.clock.today());
    carried::look_again(&mut write, &carried.changed, by, today).await?;
    let words = "Look at the systems and contracts of the data project: others are chosen now";
    carried::ask_leads(&mut write, &carried.others, words, by, today).await?;
    let stood = Chosen { systems: before.systems.clone(), contracts: before.contracts.clone(), planned: before.planned.clone() };
    let said = if same(&stood, &had) {
        "Systems and contracts are saved."
    } else {
        "Systems and contracts are saved. Somebody else chose, too, while you did: what both of you chose stands."
    };
    write.answered(command, &repeat::kept(&location, said)).await?;
    write.commit().await?;
    Ok(page::saved(&location, said))
}

/// Whether two choices hold the same records, in whatever order.
fn same(one: &Chosen, other: &Chosen) -> bool {
    fn set<T: Copy + Ord>(ids: &[T]) -> BTreeSet<T> {
        ids.iter().copied().collect()
    }
    set(&one.systems) == set(&other.systems)
        && set(&one.contracts) == set(&other.contracts)
        && set(&one.planned) == set(&other.planned)
}

/// What a form has chosen; with `had-`, what was chosen when it was shown.
fn chosen(form: &Form, before: &str) -> Result<Chosen, Failure> {
    let ids = |name: &str| -> Result<Vec<Uuid>, Failure> {
        let all = form.all(&format!("{before}{name}"));
        all.into_iter().map(|text| text.parse().map_err(|_| Failure::not_found())).collect()
    };
    Ok(Chosen {
        systems: ids("system")?.into_iter().map(SystemId).collect(),
        contracts: ids("contract")?.into_iter().map(ContractId).collect(),
        planned: ids("planned")?.into_iter().map(PlannedProcurementId).collect(),
    })
}

/// Whether everything that a project uses is there, and of an organisation that takes part.
async fn theirs(app: &App, caller: &Caller, project: &Project) -> Result<bool, Failure> {
    let (scope, allowed) = (&caller.scope, parties(project));
    let systems: Vec<Uuid> = project.systems.iter().map(|id| id.0).collect();
    let contracts: Vec<Uuid> = project.contracts.iter().map(|id| id.0).collect();
    let planned: Vec<Uuid> = project.planned.iter().map(|id| id.0).collect();
    let found_systems = app.store.get_many::<System>(scope, &systems).await?;
    let found_contracts = app.store.get_many::<Contract>(scope, &contracts).await?;
    let found_planned = app.store.get_many::<PlannedProcurement>(scope, &planned).await?;
    let whole =
        found_systems.len() == systems.len() && found_contracts.len() == contracts.len() && found_planned.len() == planned.len();
    Ok(whole
        && found_systems.iter().all(|one| allowed.contains(&one.organisation))
        && found_contracts.iter().all(|one| allowed.contains(&one.organisation))
        && found_planned.iter().all(|one| allowed.contains(&one.organisation)))
}
