//! Two administrators change one place at once: its roles, whom it stands in for, and its services are three fields.

use super::{Membership, Role};
use crate::meet::meet;

/// What two people made of a place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Met {
    /// Roles they hold themselves; as the writer wants them where they clash.
    pub roles: Vec<Role>,
    /// Roles they stand in for; as the writer wants them where they clash.
    pub deputy: Vec<Role>,
    /// Services they look after; as the writer wants them where they clash.
    pub services: Vec<String>,
    /// What clashes.
    pub clashes: Clashes,
}

/// The fields that both changed, and not to the same.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Clashes {
    /// The roles.
    pub roles: bool,
    /// Whom they stand in for.
    pub deputy: bool,
    /// The services.
    pub services: bool,
}

impl Clashes {
    /// Whether anything does.
    #[must_use]
    pub fn any(self) -> bool {
        self.roles || self.deputy || self.services
    }
}

/// Brings together a place as a writer saw it, as it stands, and as the writer wants its roles, deputies and services. A base that
/// is not known any more gives clashes wherever the writer's side differs from what stands. In which order roles stand says
/// nothing.
#[must_use]
pub fn meet_place(base: Option<&Membership>, stored: &Membership, roles: &[Role], deputy: &[Role], services: &[String]) -> Met {
    fn list<T: Ord + Clone>(base: Option<&[T]>, stored: &[T], wanted: &[T]) -> (Vec<T>, bool) {
        let sorted = |list: &[T]| {
            let mut list = list.to_vec();
            list.sort_unstable();
            list
        };
        let (now, own) = (sorted(stored), sorted(wanted));
        let met = match base {
            Some(base) => meet(&sorted(base), &now, &own),
            None => (now == own).then(|| own.clone()),
        };
        match met {
            // As it is written, not as it is sorted.
            Some(met) if met == own => (wanted.to_vec(), false),
            Some(_) => (stored.to_vec(), false),
            None => (wanted.to_vec(), true),
        }
    }
    let (roles, roles_clash) = list(base.map(|base| base.roles.as_slice()), &stored.roles, roles);
    let (deputy, deputy_clash) = list(base.map(|base| base.deputy.as_slice()), &stored.deputy, deputy);
    let (services, services_clash) = list(base.map(|base| base.services.as_slice()), &stored.services, services);
    Met { roles, deputy, services, clashes: Clashes { roles: roles_clash, deputy: deputy_clash, services: services_clash } }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn place(roles: &[Role], deputy: &[Role], services: &[&str]) -> Membership {
        Membership {
            id: Uuid::from_u128(1).into(),
            person: Uuid::from_u128(2).into(),
            organisation: crate::register::ids::OrganisationId(Uuid::from_u128(3)),
            roles: roles.to_vec(),
            deputy: deputy.to_vec(),
            services: services.iter().map(|name| (*name).to_owned()).collect(),
            invited_at: 0,
            accepted_at: Some(1),
            revoked_at: None,
            updated_at: 1,
        }
    }

    #[test]
    fn different_fields_fit_and_nobody_loses_the_others() {
        let base = place(&[Role::Editor, Role::ContractManager], &[], &[]);
        let stored = place(&[Role::Editor, Role::ContractManager], &[Role::HeadOfProcurement], &[]);
        let parking = ["Parking".to_owned()];
        let met = meet_place(Some(&base), &stored, &[Role::ContractManager, Role::Editor], &[], &parking);
        assert!(!met.clashes.any());
        assert_eq!((met.deputy.as_slice(), met.services.as_slice()), (&[Role::HeadOfProcurement][..], &parking[..]));
    }

    #[test]
    fn the_same_field_is_asked_and_keeps_what_the_writer_wants_meanwhile() {
        let (base, stored) = (place(&[Role::Viewer], &[], &["A"]), place(&[Role::Editor], &[], &["A", "B"]));
        let met = meet_place(Some(&base), &stored, &[Role::Siro], &[], &["A".to_owned()]);
        assert_eq!(met.clashes, Clashes { roles: true, ..Clashes::default() });
        assert_eq!((met.roles.as_slice(), met.services.len()), (&[Role::Siro][..], 2));
    }

    #[test]
    fn what_the_writer_saw_is_not_known_so_whatever_differs_is_asked() {
        let stored = place(&[Role::Editor], &[Role::Cio], &[]);
        let met = meet_place(None, &stored, &[Role::Editor], &[], &[]);
        assert_eq!(met.clashes, Clashes { deputy: true, ..Clashes::default() });
    }
}
