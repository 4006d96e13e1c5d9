//! The one permission function: who may do what. Pages, API, commands and jobs all ask it; nothing else decides.

use super::{role::Role, scope::Scope};
use crate::register::ids::OrganisationId;

/// Something that a scope may or may not do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Act<'a> {
    /// See what an organisation keeps to itself.
    SeePrivate(OrganisationId),
    /// Change an organisation's contracts, systems and skills, one at a time.
    EditRegister(OrganisationId),
    /// Import files for an organisation, and keep its scheduled sources.
    Import(OrganisationId),
    /// Propose a supplier, a product or a function.
    Propose(OrganisationId),
    /// Place and merge what was proposed: suppliers, products, functions.
    Curate,
    /// Invite people to an organisation, give and take roles, see who can do what there.
    ManageMembers(OrganisationId),
    /// Add organisations, and say from when until when they are members of the network.
    ManageNetwork,
    /// Start a data project for an organisation.
    LeadProject(OrganisationId),
    /// Change the organisation's templates, screening rules and sign-off routes.
    ManageTemplates(OrganisationId),
    /// Do what only these roles at an organisation do.
    HoldAny(OrganisationId, &'a [Role]),
}

/// Who keeps a register.
pub const KEEPERS: &[Role] = &[Role::Editor, Role::ContractManager, Role::HeadOfProcurement];
/// Who may begin a data project.
pub const STARTERS: &[Role] = &[Role::ProjectLead, Role::IgOfficer, Role::Dpo];

/// Whether a scope may do something. The server's own command line may do everything; a token that only reads changes nothing.
#[must_use]
pub fn may(scope: &Scope, act: &Act<'_>) -> bool {
    let member = match scope {
        Scope::Public => return false,
        Scope::Operator | Scope::Job { .. } => return true,
        Scope::Member(member) => member,
    };
    if let Act::SeePrivate(organisation) = act {
        return member.belongs_to(*organisation);
    }
    if !scope.may_write() {
        return false;
    }
    match act {
        Act::SeePrivate(organisation) => member.belongs_to(*organisation),
        Act::EditRegister(organisation) | Act::Import(organisation) | Act::Propose(organisation) => {
            member.holds_any(*organisation, KEEPERS)
        }
        Act::Curate | Act::ManageNetwork => member.runs_network(),
        Act::ManageMembers(organisation) => member.holds(*organisation, Role::Administrator) || member.runs_network(),
        Act::LeadProject(organisation) => member.holds_any(*organisation, STARTERS),
        Act::ManageTemplates(organisation) => member.holds_any(*organisation, &[Role::IgOfficer, Role::Dpo]),
        Act::HoldAny(organisation, roles) => member.holds_any(*organisation, roles),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::people::{Member, Standing, Via};
    use proptest::prelude::*;
    use uuid::Uuid;

    const OWN: OrganisationId = OrganisationId(Uuid::from_u128(1));
    const OTHER: OrganisationId = OrganisationId(Uuid::from_u128(2));

    fn acts(organisation: OrganisationId) -> [Act<'static>; 10] {
        [
            Act::SeePrivate(organisation),
            Act::EditRegister(organisation),
            Act::Import(organisation),
            Act::Propose(organisation),
            Act::Curate,
            Act::ManageMembers(organisation),
            Act::ManageNetwork,
            Act::LeadProject(organisation),
            Act::ManageTemplates(organisation),
            Act::HoldAny(organisation, &Role::ALL),
        ]
    }

    fn member(roles: Vec<Role>, second_factor: bool, via: Via) -> Scope {
        Scope::Member(Box::new(Member {
            person: Uuid::from_u128(3).into(),
            name: String::new(),
            acting_for: OWN,
            standings: vec![Standing { organisation: OWN, roles, deputy: Vec::new() }],
            second_factor,
            checked_at: 0,
            acting_as: None,
            via,
        }))
    }

    fn some_roles() -> impl Strategy<Value = Vec<Role>> {
        proptest::sample::subsequence(Role::ALL.to_vec(), 0..=Role::ALL.len())
    }

    proptest! {
        #[test]
        fn nobody_does_anything_at_an_organisation_they_have_no_place_at(roles in some_roles(), second: bool) {
            let roles: Vec<Role> = roles.into_iter().filter(|role| *role != Role::NetworkAdministrator).collect();
            let scope = member(roles, second, Via::Session(Uuid::nil().into()));
            for act in acts(OTHER) {
                prop_assert!(!may(&scope, &act), "{act:?}");
            }
        }

        #[test]
        fn a_token_that_reads_never_writes(roles in some_roles()) {
            let scope = member(roles, true, Via::ReadToken(Uuid::nil().into()));
            for act in acts(OWN).into_iter().filter(|act| !matches!(act, Act::SeePrivate(_))) {
                prop_assert!(!may(&scope, &act), "{act:?}");
            }
        }

        #[test]
        fn a_further_role_never_takes_anything_away(roles in some_roles(), more in some_roles()) {
            let (few, many) = (roles.clone(), roles.into_iter().chain(more).collect());
            let (few, many) = (member(few, true, Via::Session(Uuid::nil().into())), member(many, true, Via::Session(Uuid::nil().into())));
            for act in acts(OWN) {
                prop_assert!(!may(&few, &act) || may(&many, &act), "{act:?}");
            }
        }
    }

    #[test]
    fn viewers_see_and_editors_keep_and_guests_do_neither() {
        let scope = |role| member(vec![role], true, Via::Session(Uuid::nil().into()));
        assert!(may(&scope(Role::Viewer), &Act::SeePrivate(OWN)) && !may(&scope(Role::Viewer), &Act::EditRegister(OWN)));
        assert!(may(&scope(Role::Editor), &Act::EditRegister(OWN)) && !may(&scope(Role::Editor), &Act::ManageMembers(OWN)));
        assert!(!may(&scope(Role::Guest), &Act::SeePrivate(OWN)));
        assert!(may(&scope(Role::NetworkAdministrator), &Act::ManageMembers(OTHER)));
        assert!(!may(&Scope::Public, &Act::SeePrivate(OWN)) && may(&Scope::Operator, &Act::ManageNetwork));
    }
}
