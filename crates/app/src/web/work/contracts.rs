//! Tasks of contracts: a decision date within a year, or one that has passed while something can still be done; in a calendar the next
//! decision of each contract, however far ahead.

use super::Asked;
use crate::reminders::{colleague, outlook_of};
use domain::{
    people::Membership,
    register::{records::Contract, terms::Decision},
    work::{
        asked::{Colleague, asked as asked_about, with_stand_ins},
        reminders::Stage,
        tasks::{Subject, Task},
    },
};
use serde_json::json;

/// The contracts' decisions that ask for a member: the same people as the reminders by mail.
///
/// # Errors
/// When the database fails.
pub async fn tasks(asked: &Asked<'_>) -> Result<Vec<Task>, store::Error> {
    let mut tasks = Vec::new();
    let away = asked.app.store.absences(asked.scope, asked.today).await?;
    for standing in &asked.member.standings {
        let organisation = standing.organisation;
        if !asked.member.belongs_to(organisation) {
            continue;
        }
        let places: Vec<Membership> = asked.app.store.by(asked.scope, "organisation_id", organisation.to_string()).await?;
        let colleagues: Vec<Colleague> = places.iter().filter(|place| place.active()).map(colleague).collect();
        let contracts: Vec<Contract> = asked.app.store.by(asked.scope, "organisation_id", organisation.to_string()).await?;
        for contract in contracts.iter().filter(|contract| contract.asks_for_decisions()) {
            let outlook = outlook_of(asked.app, contract, asked.today);
            let next = outlook.decisions.iter().find(|decision| !decision.missed);
            for decision in outlook.missed().chain(next) {
                let reached = Stage::reached(decision.date, asked.today);
                let Some(stage) = reached.or(asked.far.then_some(Stage::Ahead)) else { continue };
                let those = asked_about(contract, stage == Stage::Passed, &colleagues);
                let those = with_stand_ins(those, organisation, &away, &colleagues, asked.today);
                if those.contains(&asked.member.person) {
                    tasks.push(task(asked, contract, decision));
                }
            }
        }
    }
    Ok(tasks)
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
            "title": contract.title, "reference": contract.reference, "suppliers": suppliers,
            "service": contract.owning_service, "kind": decision.kind.as_str(),
            "missed": decision.missed, "exit": decision.exit, "at_latest": decision.at_latest,
        }),
        href: format!("/contracts/{}", contract.id),
        due: Some(decision.date),
        waiting_since: None,
    }
}
