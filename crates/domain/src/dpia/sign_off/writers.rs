//! Who wrote what is sealed, and in which roles they may sign it all the same.
//!
//! Nobody signs their own work. But some fields hold the words of one role (the data protection officer's advice, the Guardian's
//! view): the template says so (`written-by`), and whoever writes only there may sign in that role. In any other they may not.

use crate::{
    people::{PersonId, Role},
    register::ids::OrganisationId,
};
use std::collections::{BTreeMap, BTreeSet};

/// Who wrote in the shared body (under none) and in each annex.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Writers {
    /// Of everybody who wrote in a part, the roles whose words all of it is.
    parts: BTreeMap<Option<OrganisationId>, BTreeMap<PersonId, BTreeSet<Role>>>,
    /// Controllers whose annex is open beside what is frozen: what is written there is part of nothing that was signed.
    open: BTreeSet<OrganisationId>,
}

impl Writers {
    /// A person wrote in a part something that is the words of some roles; of none, where anybody may say it.
    pub fn wrote(&mut self, part: Option<OrganisationId>, person: PersonId, words_of: &[Role]) {
        self.parts
            .entry(part)
            .or_default()
            .entry(person)
            .and_modify(|roles| roles.retain(|role| words_of.contains(role)))
            .or_insert_with(|| words_of.iter().copied().collect());
    }

    /// The annex of a controller is open, while the rest is frozen or signed.
    pub fn opened(&mut self, organisation: OrganisationId) {
        self.open.insert(organisation);
    }

    /// Whether what a person wrote keeps a signature that they gave from holding: what they write into an open annex does so once it is
    /// frozen.
    #[must_use]
    pub fn void(&self, person: PersonId, organisation: OrganisationId, role: Role) -> bool {
        let frozen = if self.open.contains(&organisation) { &[None][..] } else { &[None, Some(organisation)][..] };
        self.bar_in(frozen, person, role)
    }

    /// Whether what a person wrote keeps them from signing for an organisation in a role.
    #[must_use]
    pub fn bar(&self, person: PersonId, organisation: OrganisationId, role: Role) -> bool {
        self.bar_in(&[None, Some(organisation)], person, role)
    }

    fn bar_in(&self, parts: &[Option<OrganisationId>], person: PersonId, role: Role) -> bool {
        parts.iter().filter_map(|part| self.parts.get(part)?.get(&person)).any(|roles| !roles.contains(&role))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dpia::assessment::tests::{organisation, person};

    #[test]
    fn the_words_of_a_role_bar_that_role_from_nothing_and_every_other_one_from_signing() {
        let (one, two) = (organisation(1), organisation(2));
        let mut writers = Writers::default();
        writers.wrote(Some(one), person(1), &[Role::Dpo]);
        assert!(!writers.bar(person(1), one, Role::Dpo) && writers.bar(person(1), one, Role::Siro));
        assert!(!writers.bar(person(1), two, Role::Siro), "another's annex is not what they sign there");
        // What they write elsewhere counts as well: there is no role left whose words all of it is.
        writers.wrote(None, person(1), &[Role::CaldicottGuardian]);
        for role in [Role::Dpo, Role::CaldicottGuardian] {
            assert!(writers.bar(person(1), one, role), "{role:?}");
        }
        assert!(!writers.bar(person(1), two, Role::CaldicottGuardian) && writers.bar(person(1), two, Role::Dpo));
        // Words of several roles, and of nobody in particular.
        writers.wrote(Some(one), person(2), &[Role::Siro, Role::InformationAssetOwner]);
        writers.wrote(Some(one), person(2), &[Role::Siro]);
        assert!(!writers.bar(person(2), one, Role::Siro) && writers.bar(person(2), one, Role::InformationAssetOwner));
        writers.wrote(Some(one), person(2), &[]);
        assert!(writers.bar(person(2), one, Role::Siro));
        assert!(!writers.bar(person(3), one, Role::Dpo), "who wrote nothing");
    }
}
