//! Who is asked about a contract: the one rule behind the reminders by mail and behind 'Your work', so that both ask the same people.
//!
//! 1. The contract's manager, while they still have a place at its organisation.
//! 2. Where it has none: whoever looks after its owning service.
//! 3. Where nobody does: the organisation's contract managers, else its editors, else its heads of procurement.
//!
//! What was missed asks the heads of procurement besides. While somebody who is asked is away, whoever stands in for them is asked
//! too: both, since what was handed over is the list, and not the say.

use crate::{
    dpia::task::Away,
    people::{PersonId, Role},
    register::{ids::OrganisationId, names::fold, records::Contract},
};
use jiff::civil::Date;
use std::collections::BTreeSet;

/// Somebody with a place at the contract's organisation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Colleague {
    /// Who.
    pub person: PersonId,
    /// The roles they hold, as deputy too.
    pub roles: Vec<Role>,
    /// The services they look after.
    pub services: Vec<String>,
}

impl Colleague {
    fn holds(&self, role: Role) -> bool {
        self.roles.contains(&role)
    }

    fn looks_after(&self, service: &str) -> bool {
        self.services.iter().any(|own| fold(own) == fold(service))
    }
}

/// Who looks after a contract by name: its manager, else whoever looks after its owning service. Nobody where neither is there.
fn keepers(contract: &Contract, colleagues: &[Colleague]) -> BTreeSet<PersonId> {
    let those = |which: &dyn Fn(&Colleague) -> bool| -> BTreeSet<PersonId> {
        colleagues.iter().filter(|one| which(one)).map(|one| one.person).collect()
    };
    let manager = those(&|one| Some(one.person) == contract.manager);
    match &contract.owning_service {
        Some(service) if manager.is_empty() => those(&|one| one.looks_after(service)),
        _ => manager,
    }
}

/// Whether somebody looks after a contract by name, of those who have a place at its organisation: the first two steps of the rule.
#[must_use]
pub fn looked_after(contract: &Contract, colleagues: &[Colleague]) -> bool {
    !keepers(contract, colleagues).is_empty()
}

/// Who is asked about a contract, of those who have a place at its organisation; `missed` says whether a day has passed unused.
#[must_use]
pub fn asked(contract: &Contract, missed: bool, colleagues: &[Colleague]) -> BTreeSet<PersonId> {
    let with =
        |role: Role| -> BTreeSet<PersonId> { colleagues.iter().filter(|one| one.holds(role)).map(|one| one.person).collect() };
    let mut asked = keepers(contract, colleagues);
    for role in [Role::ContractManager, Role::Editor, Role::HeadOfProcurement] {
        if asked.is_empty() {
            asked = with(role);
        }
    }
    if missed {
        asked.extend(with(Role::HeadOfProcurement));
    }
    asked
}

/// Those who are asked, and whoever of the organisation stands in for one of them on a day.
#[must_use]
pub fn with_stand_ins(
    mut asked: BTreeSet<PersonId>,
    organisation: OrganisationId,
    away: &[Away],
    colleagues: &[Colleague],
    day: Date,
) -> BTreeSet<PersonId> {
    let gone = away.iter().map(|one| one.absence).filter(|one| one.organisation == organisation && one.on(day));
    let to: Vec<PersonId> = gone.filter(|one| asked.contains(&one.person)).map(|one| one.to).collect();
    asked.extend(to.into_iter().filter(|to| colleagues.iter().any(|one| one.person == *to)));
    asked
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dpia::task::Absence;
    use proptest::prelude::*;
    use uuid::Uuid;

    fn someone(number: u128, roles: &[Role], services: &[&str]) -> Colleague {
        let services = services.iter().map(|service| (*service).to_owned()).collect();
        Colleague { person: PersonId(Uuid::from_u128(number)), roles: roles.to_vec(), services }
    }

    fn contract(manager: Option<u128>, service: Option<&str>) -> Contract {
        Contract {
            title: "Repairs".to_owned(),
            owning_service: service.map(str::to_owned),
            manager: manager.map(|number| PersonId(Uuid::from_u128(number))),
            ..Contract::blank(Uuid::nil().into(), Uuid::nil().into())
        }
    }

    fn numbers(asked: &BTreeSet<PersonId>) -> Vec<u128> {
        asked.iter().map(|person| person.0.as_u128()).collect()
    }

    #[test]
    fn the_manager_is_asked_then_the_service_then_those_who_keep_the_register() {
        let all = [
            someone(1, &[Role::Viewer], &[]),
            someone(2, &[Role::ServiceDirector], &["Housing  services"]),
            someone(3, &[Role::ContractManager], &[]),
            someone(4, &[Role::Editor], &[]),
            someone(5, &[Role::HeadOfProcurement], &[]),
        ];
        for (manager, service, missed, who) in [
            (Some(1), Some("Housing Services"), false, vec![1]),
            (Some(9), Some("Housing Services"), false, vec![2]),
            (None, Some("HOUSING SERVICES"), true, vec![2, 5]),
            (None, Some("Parking"), false, vec![3]),
            (None, None, true, vec![3, 5]),
        ] {
            let asked = asked(&contract(manager, service), missed, &all);
            assert_eq!(numbers(&asked), who, "{manager:?} {service:?}");
        }
        assert_eq!(numbers(&asked(&contract(None, None), false, &all[3..])), [4]);
        // Only the first two steps are a person of its own; the rest are asked because nobody is.
        for (manager, service, kept) in [
            (Some(1), None, true),
            (Some(9), Some("housing services"), true),
            (Some(9), Some("Parking"), false),
            (None, None, false),
        ] {
            assert_eq!(looked_after(&contract(manager, service), &all), kept, "{manager:?} {service:?}");
        }
        assert_eq!(numbers(&asked(&contract(None, None), false, &all[4..])), [5]);
    }

    proptest! {
        #[test]
        fn whoever_is_asked_is_there_and_somebody_is_where_anyone_keeps_the_register(
            manager in proptest::option::of(0u128..6),
            service in proptest::option::of(proptest::sample::select(vec!["Housing", "Parking"])),
            missed: bool,
            roles in proptest::collection::vec((proptest::sample::select(Role::ALL.to_vec()), proptest::bool::ANY), 0..6),
        ) {
            let all: Vec<Colleague> = (0..).zip(&roles)
                .map(|(number, (role, housing))| someone(number, &[*role], if *housing { &["housing"] } else { &[] }))
                .collect();
            let asked = asked(&contract(manager, service), missed, &all);
            prop_assert!(asked.iter().all(|person| all.iter().any(|one| one.person == *person)));
            let keeps = |one: &Colleague| crate::people::access::KEEPERS.iter().any(|role| one.holds(*role));
            prop_assert!(!all.iter().any(keeps) || !asked.is_empty());
        }
    }

    #[test]
    fn whoever_stands_in_is_asked_too_on_those_days_and_at_that_organisation_alone() {
        let (ann, bea) = (someone(1, &[Role::ContractManager], &[]), someone(2, &[Role::Viewer], &[]));
        let here = OrganisationId::from(Uuid::from_u128(9));
        let day = |day| jiff::civil::date(2026, 12, day);
        let absence = Absence { person: ann.person, organisation: here, to: bea.person, from: day(1), until: day(10) };
        let away = [Away { absence, roles: ann.roles.clone() }];
        let asked = |organisation, staff: &[Colleague], on| with_stand_ins([ann.person].into(), organisation, &away, staff, on);
        let both = [ann.clone(), bea.clone()];
        assert_eq!(asked(here, &both, day(10)), [ann.person, bea.person].into());
        assert_eq!(asked(here, &both, day(11)), [ann.person].into());
        assert_eq!(asked(Uuid::from_u128(8).into(), &both, day(5)), [ann.person].into());
        assert_eq!(asked(here, &both[..1], day(5)), [ann.person].into(), "who has no place there stands in for nobody");
        assert_eq!(with_stand_ins([bea.person].into(), here, &away, &both, day(5)), [bea.person].into());
    }
}
