//! Tasks of contracts: a decision date within a year, or one that has passed while something can still be done.

use super::Asked;
use crate::reminders::{manager_of, outlook_of};
use domain::{
    people::{Membership, PersonId, Role},
    register::{ids::OrganisationId, records::Contract, terms::Decision},
    work::{
        reminders::Stage,
        tasks::{Subject, Task},
    },
};
use serde_json::json;
use std::collections::HashSet;

/// The contracts' decisions that ask for a member: as the contract's manager, or, where it has none, as one who keeps the
/// register; what was missed asks for the head of procurement too.
///
/// # Errors
/// When the database fails.
pub async fn tasks(asked: &Asked<'_>) -> Result<Vec<Task>, store::Error> {
    let mut tasks = Vec::new();
    for standing in &asked.member.standings {
        let organisation = standing.organisation;
        if !asked.member.belongs_to(organisation) {
            continue;
        }
        let places: Vec<Membership> = asked.app.store.by(asked.scope, "organisation_id", organisation.to_string()).await?;
        let there: HashSet<PersonId> = places.iter().filter(|place| place.active()).map(|place| place.person).collect();
        let contracts: Vec<Contract> = asked.app.store.by(asked.scope, "organisation_id", organisation.to_string()).await?;
        for contract in &contracts {
            let outlook = outlook_of(asked.app, contract, asked.today);
            let next = outlook.decisions.iter().find(|decision| !decision.missed);
            for decision in outlook.missed().chain(next) {
                let stage = Stage::reached(decision.date, asked.today);
                if stage.is_some_and(|stage| asks(asked, organisation, &there, contract, stage)) {
                    tasks.push(task(asked, contract, decision));
                }
            }
        }
    }
    Ok(tasks)
}

fn asks(asked: &Asked<'_>, organisation: OrganisationId, there: &HashSet<PersonId>, contract: &Contract, stage: Stage) -> bool {
    let member = asked.member;
    if stage == Stage::Passed && member.holds(organisation, Role::HeadOfProcurement) {
        return true;
    }
    // A manager who has left looks after nothing.
    match manager_of(contract).filter(|manager| there.contains(manager)) {
        Some(manager) => manager == member.person,
        None => member.holds_any(organisation, &[Role::ContractManager, Role::Editor]),
    }
}

fn task(asked: &Asked<'_>, contract: &Contract, decision: &Decision) -> Task {
    let snapshot = asked.app.snapshot();
    let suppliers: Vec<&str> = contract
        .suppliers
        .iter()
        .filter_map(|id| snapshot.supplier(snapshot.supplier_by_id(*id)?))
        .map(|entry| entry.record.name.as_str())
        .collect();
    Task {
        key: format!("contract/{}/{}/{}", contract.id, decision.kind.as_str(), decision.exit),
        subject: Subject::Contract,
        organisation: contract.organisation,
        words: "decide",
        values: json!({
            "title": contract.title, "reference": contract.reference, "suppliers": suppliers, "kind": decision.kind.as_str(),
            "missed": decision.missed, "exit": decision.exit,
        }),
        href: format!("/contracts/{}", contract.id),
        due: Some(decision.date),
        waiting_since: None,
    }
}
