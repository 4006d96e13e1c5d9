//! Who is able to sign a step: holds a role of it, wrote nothing that bars them, and has not signed in another role; and what signing it
//! would cost somebody who could sign more.

use super::{Board, Holder, Status, Step};
use crate::{
    people::{PersonId, Role},
    register::ids::OrganisationId,
};
use serde::Serialize;
use std::collections::BTreeSet;

/// A role in which somebody could not sign any more, once they have signed in another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Lost {
    /// The role in which they would sign now.
    pub signing: Role,
    /// The role in which they could not sign then.
    pub role: Role,
    /// The titles of the steps that are decided in it.
    pub steps: Vec<String>,
    /// Who else could sign these in it.
    pub others: Vec<PersonId>,
}

impl Board<'_> {
    /// Who holds one of the roles that decide a step now, at an organisation.
    pub(super) fn holders_of(&self, organisation: OrganisationId, roles: &[Role]) -> Vec<&Holder> {
        self.holders.iter().filter(|holder| holder.organisation == organisation && roles.contains(&holder.role)).collect()
    }

    /// The roles that decide a step now, in the order of the route.
    pub(super) fn roles_of(&self, step: &Step, organisation: OrganisationId) -> Vec<Role> {
        step.decisions(self.stake(organisation).level).map(|decision| decision.role).collect()
    }

    /// Whoever is able to sign a step for an organisation, each with the role in which they are.
    #[must_use]
    pub fn able(&self, step: &Step, organisation: OrganisationId) -> Vec<&Holder> {
        let held = self.holders_of(organisation, &self.roles_of(step, organisation));
        let able = |holder: &&Holder| {
            !self.writers.bar(holder.person, organisation, holder.role)
                && self.other_role(holder.person, organisation, holder.role).is_none()
        };
        held.into_iter().filter(able).collect()
    }

    /// The roles in which a step that is not signed could be decided, and somebody is able to: these are asked. All of its roles where
    /// nobody is.
    #[must_use]
    pub fn asked(&self, step: &Step, organisation: OrganisationId) -> Vec<Role> {
        let (roles, able) = (self.roles_of(step, organisation), self.able(step, organisation));
        let asked: Vec<Role> = roles.iter().copied().filter(|role| able.iter().any(|holder| holder.role == *role)).collect();
        if asked.is_empty() { roles } else { asked }
    }

    /// The roles of a step in which nobody is able to decide it, although others are in another: what they could have said, nobody can
    /// say any more.
    #[must_use]
    pub fn closed(&self, step: &Step, organisation: OrganisationId) -> Vec<Role> {
        let asked = self.asked(step, organisation);
        let holders = |role: Role| !self.holders_of(organisation, &[role]).is_empty();
        self.roles_of(step, organisation).into_iter().filter(|role| !asked.contains(role) && holders(*role)).collect()
    }

    /// What signing a step for an organisation would cost a person: for one organisation nobody signs in two roles.
    #[must_use]
    pub fn lost(&self, person: PersonId, organisation: OrganisationId, step: &Step) -> Vec<Lost> {
        let roles = |step: &Step| -> BTreeSet<Role> {
            self.able(step, organisation).iter().filter(|holder| holder.person == person).map(|holder| holder.role).collect()
        };
        let open: Vec<_> = self
            .slots()
            .into_iter()
            .filter(|slot| slot.organisation == organisation && slot.step.id != step.id)
            .filter(|slot| !matches!(slot.status, Status::Signed { .. }))
            .collect();
        let mut lost: Vec<Lost> = Vec::new();
        for signing in roles(step) {
            for slot in &open {
                for role in roles(slot.step).into_iter().filter(|role| *role != signing) {
                    let able = self.able(slot.step, organisation);
                    let others = able.iter().filter(|one| one.role == role && one.person != person).map(|one| one.person);
                    let title = slot.step.title.clone();
                    match lost.iter_mut().find(|one| one.signing == signing && one.role == role) {
                        Some(one) => {
                            one.others.extend(others);
                            one.steps.push(title);
                        }
                        None => lost.push(Lost { signing, role, steps: vec![title], others: others.collect() }),
                    }
                }
            }
        }
        for one in &mut lost {
            one.others.sort_unstable();
            one.others.dedup();
        }
        lost
    }
}
