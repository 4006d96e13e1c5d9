//! What an import adds that is perhaps in the register already.

use super::ImportError;
use domain::{
    audit::{Action, Kind},
    people::Scope,
    register::{
        edit::duplicates::duplicates,
        ids::{ContractId, OrganisationId},
        import::report::LookAlike,
        records::Contract,
    },
};
use std::collections::{HashMap, HashSet, hash_map::Entry};
use store::{Store, Write, write::Told};

/// Where an organisation's contracts are looked up: as they were before the import, or in its transaction.
#[derive(Clone, Copy)]
pub(super) enum Seen<'s> {
    Before(&'s Store, &'s Scope),
    Within(&'s Write),
}

/// What is added and what of the same organisation it is perhaps the same as: from another source, or written by hand, it stands
/// under another key and is there twice.
pub(super) async fn look_alikes(seen: Seen<'_>, told: &[Told]) -> Result<Vec<LookAlike>, ImportError> {
    let made = told.iter().filter(|told| told.action == Action::Create && told.kind == Kind::Contract);
    let made: Vec<Contract> = made.filter_map(|told| serde_json::from_value(told.content.clone()).ok()).collect();
    let new: HashSet<ContractId> = made.iter().map(|contract| contract.id).collect();
    let mut known: HashMap<OrganisationId, Vec<Contract>> = HashMap::new();
    let mut found = Vec::new();
    for contract in made {
        let own = match known.entry(contract.organisation) {
            Entry::Occupied(own) => own.into_mut(),
            Entry::Vacant(place) => {
                let organisation = contract.organisation.0.to_string();
                let mut own: Vec<Contract> = match seen {
                    Seen::Before(store, scope) => store.by(scope, "organisation_id", organisation).await?,
                    Seen::Within(write) => write.by("organisation_id", organisation).await?,
                };
                own.retain(|known| !new.contains(&known.id));
                place.insert(own)
            }
        };
        let surest = duplicates(&contract, own.iter()).into_iter().next();
        found.extend(surest.map(|known| LookAlike { title: contract.title, known }));
    }
    Ok(found)
}
