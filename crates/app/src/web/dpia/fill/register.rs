//! What the project, its screening and the register know of an assessment's fields, as `domain::dpia::prefill` offers it.

use super::Offered;
use crate::{
    error::Failure,
    state::App,
    web::{
        dpia::desk::{Desk, day_of, named},
        session::Caller,
        words,
    },
};
use domain::{
    dpia::{
        answer::Reference,
        ids::RowId,
        place::Place,
        prefill::{Known, KnownContract, KnownSystem, Peer, Provenance, offer},
        project::Project,
        template::field::Field,
    },
    register::{
        ids::SystemId,
        records::{Contract, SubProcessor, Supplier, System},
        snapshot::Snapshot,
    },
};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// What is offered for the fields that the caller may write.
///
/// # Errors
/// When the database fails.
pub async fn offers(app: &App, caller: &Caller, desk: &Desk, fields: &[(Place, &Field)]) -> Result<Vec<Offered>, Failure> {
    let known = known(app, caller, desk).await?;
    let mut row_id = || RowId(Uuid::now_v7());
    Ok(fields
        .iter()
        .filter_map(|(place, field)| {
            let offer = offer(field, &known, &mut row_id)?;
            let from: Vec<String> = offer.provenance.iter().map(provenance).collect();
            Some(Offered { place: place.clone(), answer: offer.answer, from: from.join("; ") })
        })
        .collect())
}

/// Where something comes from, as the page and the history say it.
fn provenance(from: &Provenance) -> String {
    let on = |at: i64| day_of(at).map(|day| format!(", as it stood on {}", words::day(day))).unwrap_or_default();
    match from {
        Provenance::Project => "the project".to_owned(),
        Provenance::Screening { .. } => "the screening".to_owned(),
        Provenance::System { name, organisation: Some(whose), updated_at, .. } => {
            format!("the register: system {name} of {whose}, which uses the same product{}", on(*updated_at))
        }
        Provenance::System { name, updated_at, .. } => format!("the register: system {name}{}", on(*updated_at)),
        Provenance::Contract { title, updated_at, .. } => format!("the register: contract {title}{}", on(*updated_at)),
    }
}

/// The public record of the same product, of another organisation, that was last changed of those that name sub-processors.
fn peer(snapshot: &Snapshot, system: &System) -> Option<(Peer, Vec<SubProcessor>)> {
    let same = snapshot.system_entries().iter().map(|entry| &*entry.record).filter(|other| {
        other.product == system.product && other.organisation != system.organisation && !other.sub_processors.is_empty()
    });
    let other = same.max_by_key(|other| (other.updated_at, other.id))?;
    let organisation = snapshot.organisation(snapshot.organisation_by_id(other.organisation)?)?.record.name.clone();
    Some((Peer { id: other.id, organisation, updated_at: other.updated_at }, other.sub_processors.clone()))
}

/// Everything that is known: the assessment's own systems and contracts come with its project's.
async fn known(app: &App, caller: &Caller, desk: &Desk) -> Result<Known, Failure> {
    let (scope, head) = (&caller.scope, &desk.whole.assessment);
    let project = match head.project {
        Some(project) => app.store.get::<Project>(scope, project.0).await?,
        None => None,
    };
    let wanted: BTreeSet<Uuid> =
        head.systems.iter().chain(project.iter().flat_map(|project| &project.systems)).map(|id| id.0).collect();
    let snapshot = app.snapshot();
    let systems = app.store.get_many::<System>(scope, &wanted.iter().copied().collect::<Vec<_>>()).await?;
    let product = |system: &System| {
        let entry = snapshot.product_by_id(system.product).and_then(|row| snapshot.product(row));
        entry.map_or_else(|| "a product that is not known".to_owned(), |entry| entry.record.name.clone())
    };
    let mut contracts = Vec::new();
    let of_project: BTreeSet<Uuid> =
        head.contracts.iter().chain(project.iter().flat_map(|project| &project.contracts)).map(|id| id.0).collect();
    contracts.extend(app.store.get_many::<Contract>(scope, &of_project.into_iter().collect::<Vec<_>>()).await?);
    // The contracts under which these systems run, at the organisations whose systems they are.
    let owners: BTreeSet<Uuid> = systems.iter().map(|system| system.organisation.0).collect();
    for owner in owners {
        let own = app.store.by::<Contract>(scope, "organisation_id", owner.to_string()).await?;
        contracts.extend(own.into_iter().filter(|contract| contract.systems.iter().any(|system| wanted.contains(&system.0))));
    }
    contracts.sort_by_key(|contract| contract.id);
    contracts.dedup_by_key(|contract| contract.id);
    let suppliers: BTreeSet<Uuid> = contracts.iter().flat_map(|contract| &contract.suppliers).map(|id| id.0).collect();
    let suppliers = app.store.get_many::<Supplier>(scope, &suppliers.into_iter().collect::<Vec<_>>()).await?;
    let peers: BTreeMap<SystemId, (Peer, Vec<SubProcessor>)> = systems
        .iter()
        .filter(|system| system.sub_processors.is_empty())
        .filter_map(|system| Some((system.id, peer(&snapshot, system)?)))
        .collect();
    let parties = project.as_ref().map_or(&head.parties, |project| &project.parties);
    Ok(Known {
        title: project.as_ref().map_or_else(|| head.title.clone(), |project| project.title.clone()),
        purpose: project.as_ref().map(|project| project.purpose.clone()).unwrap_or_default(),
        starts: project.as_ref().and_then(|project| project.starts),
        organisations: parties
            .iter()
            .filter(|party| party.role.controls())
            .map(|party| Reference { id: Some(party.organisation.0), name: named(app, party.organisation).name })
            .collect(),
        systems: systems
            .iter()
            .map(|system| KnownSystem {
                id: system.id,
                name: product(system),
                hosting: system.hosting,
                data_access: system.data_access.clone(),
                sub_processors: peers.get(&system.id).map_or(&system.sub_processors, |(_, named)| named).clone(),
                peer: peers.get(&system.id).map(|(peer, _)| peer.clone()),
                updated_at: system.updated_at,
            })
            .collect(),
        contracts: contracts
            .iter()
            .map(|contract| KnownContract {
                id: contract.id,
                title: contract.title.clone(),
                reference: contract.reference.clone(),
                suppliers: contract
                    .suppliers
                    .iter()
                    .filter_map(|id| suppliers.iter().find(|one| one.id == *id).map(|one| (*id, one.name.clone())))
                    .collect(),
                systems: contract.systems.iter().copied().filter(|id: &SystemId| wanted.contains(&id.0)).collect(),
                ends: contract.term.current_end(),
                updated_at: contract.updated_at,
            })
            .collect(),
        screened: desk.whole.screened(),
    })
}
