//! Giving and taking an organisation's roles: what a list of roles must be, and who may give which.

use super::{Act, Membership, Role, Scope, may};
use crate::register::{ids::OrganisationId, names::fold};

/// Why roles cannot be given or taken so.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Not theirs to give.
    #[error("may not manage these members")]
    NotYours,
    /// A place without any role is none: revoke it instead.
    #[error("no role")]
    NoRole,
    /// A guest sees named sections only, and holds no other role.
    #[error("a guest holds no other role")]
    GuestAndMore,
    /// The role is held at the hub only, and given only by those who hold it.
    #[error("the network administrator's role")]
    NetworkRole,
    /// Holding a role oneself and as one's own deputy.
    #[error("a deputy of oneself")]
    OwnDeputy,
    /// Nobody would be left who can invite people and give roles.
    #[error("the last administrator")]
    LastAdministrator,
    /// More services than anyone looks after, or a name of one that is too long.
    #[error("too many services")]
    Services,
    /// The place was taken away already.
    #[error("revoked")]
    Revoked,
}

/// Checks roles that someone is to hold at an organisation; `hub` says whether it is the hub.
///
/// # Errors
/// What is wrong with them.
pub fn check(by: &Scope, at: OrganisationId, hub: bool, roles: &[Role], deputy: &[Role]) -> Result<(), Refusal> {
    if !may(by, &Act::ManageMembers(at)) {
        return Err(Refusal::NotYours);
    }
    let all = || roles.iter().chain(deputy);
    if all().next().is_none() {
        return Err(Refusal::NoRole);
    }
    if all().any(|role| *role == Role::Guest) && all().any(|role| *role != Role::Guest) {
        return Err(Refusal::GuestAndMore);
    }
    if deputy.iter().any(|role| roles.contains(role)) {
        return Err(Refusal::OwnDeputy);
    }
    if all().any(|role| *role == Role::NetworkAdministrator) && !(hub && may(by, &Act::ManageNetwork)) {
        return Err(Refusal::NetworkRole);
    }
    Ok(())
}

/// Services that someone looks after, as typed: one on each line, each once.
///
/// # Errors
/// When there are more than 50, or one is longer than 200 characters.
pub fn services(typed: &str) -> Result<Vec<String>, Refusal> {
    let mut services: Vec<String> = Vec::new();
    for line in typed.lines() {
        let name = line.split_whitespace().collect::<Vec<_>>().join(" ");
        if !name.is_empty() && !services.iter().any(|known| fold(known) == fold(&name)) {
            services.push(name);
        }
    }
    let fits = services.len() <= 50 && services.iter().all(|name| name.chars().count() <= 200);
    if fits { Ok(services) } else { Err(Refusal::Services) }
}

/// Changes the roles of a place. `others` are the organisation's other places.
///
/// # Errors
/// Why not.
pub fn change(
    by: &Scope,
    before: &Membership,
    others: &[Membership],
    hub: bool,
    roles: Vec<Role>,
    deputy: Vec<Role>,
) -> Result<Membership, Refusal> {
    check(by, before.organisation, hub, &roles, &deputy)?;
    if before.revoked_at.is_some() {
        return Err(Refusal::Revoked);
    }
    // Who runs the network may not be shorn of it by an organisation's administrator.
    if before.roles.contains(&Role::NetworkAdministrator) && !may(by, &Act::ManageNetwork) {
        return Err(Refusal::NetworkRole);
    }
    if administers(before) && !roles.contains(&Role::Administrator) && !someone_administers(others) {
        return Err(Refusal::LastAdministrator);
    }
    Ok(Membership { roles, deputy, ..before.clone() })
}

/// Takes a place away at an instant.
///
/// # Errors
/// Why not.
pub fn revoke(by: &Scope, before: &Membership, others: &[Membership], now: i64) -> Result<Membership, Refusal> {
    if !may(by, &Act::ManageMembers(before.organisation)) {
        return Err(Refusal::NotYours);
    }
    if before.revoked_at.is_some() {
        return Err(Refusal::Revoked);
    }
    if before.roles.contains(&Role::NetworkAdministrator) && !may(by, &Act::ManageNetwork) {
        return Err(Refusal::NetworkRole);
    }
    // Those who run the network can always invite another administrator.
    if administers(before) && !someone_administers(others) && !may(by, &Act::ManageNetwork) {
        return Err(Refusal::LastAdministrator);
    }
    Ok(Membership { revoked_at: Some(now), ..before.clone() })
}

fn administers(place: &Membership) -> bool {
    place.active() && place.roles.contains(&Role::Administrator)
}

fn someone_administers(places: &[Membership]) -> bool {
    places.iter().any(administers)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::people::{Member, Standing, Via};
    use uuid::Uuid;

    const CAMDEN: OrganisationId = OrganisationId(Uuid::from_u128(1));
    const HUB: OrganisationId = OrganisationId(Uuid::from_u128(2));

    fn scope(at: OrganisationId, role: Role) -> Scope {
        Scope::Member(Box::new(Member {
            person: Uuid::from_u128(9).into(),
            name: String::new(),
            acting_for: at,
            standings: vec![Standing { organisation: at, roles: vec![role], deputy: Vec::new() }],
            second_factor: true,
            checked_at: 0,
            acting_as: None,
            via: Via::Session(Uuid::nil().into()),
        }))
    }

    fn place(at: OrganisationId, number: u128, roles: &[Role]) -> Membership {
        Membership {
            id: Uuid::from_u128(number).into(),
            person: Uuid::from_u128(number).into(),
            organisation: at,
            roles: roles.to_vec(),
            deputy: Vec::new(),
            services: Vec::new(),
            invited_at: 0,
            accepted_at: Some(1),
            revoked_at: None,
            updated_at: 1,
        }
    }

    #[test]
    fn an_administrator_gives_roles_at_their_own_organisation_only() {
        let by = scope(CAMDEN, Role::Administrator);
        assert_eq!(check(&by, CAMDEN, false, &[Role::Siro], &[Role::Cio]), Ok(()));
        assert_eq!(check(&by, HUB, true, &[Role::Viewer], &[]), Err(Refusal::NotYours));
        assert_eq!(check(&scope(CAMDEN, Role::Siro), CAMDEN, false, &[Role::Viewer], &[]), Err(Refusal::NotYours));
    }

    #[test]
    fn the_networks_role_is_given_at_the_hub_by_those_who_hold_it() {
        let network = scope(HUB, Role::NetworkAdministrator);
        assert_eq!(check(&network, HUB, true, &[Role::NetworkAdministrator], &[]), Ok(()));
        assert_eq!(check(&network, CAMDEN, false, &[Role::NetworkAdministrator], &[]), Err(Refusal::NetworkRole));
        let by = scope(HUB, Role::Administrator);
        assert_eq!(check(&by, HUB, true, &[Role::NetworkAdministrator], &[]), Err(Refusal::NetworkRole));
        let runs = place(HUB, 3, &[Role::NetworkAdministrator]);
        assert_eq!(change(&by, &runs, &[], true, vec![Role::Viewer], vec![]), Err(Refusal::NetworkRole));
        assert_eq!(revoke(&by, &runs, &[], 5), Err(Refusal::NetworkRole));
    }

    #[test]
    fn lists_of_roles_must_make_sense() {
        let by = scope(CAMDEN, Role::Administrator);
        assert_eq!(check(&by, CAMDEN, false, &[], &[]), Err(Refusal::NoRole));
        assert_eq!(check(&by, CAMDEN, false, &[Role::Guest, Role::Editor], &[]), Err(Refusal::GuestAndMore));
        assert_eq!(check(&by, CAMDEN, false, &[Role::Dpo], &[Role::Dpo]), Err(Refusal::OwnDeputy));
    }

    #[test]
    fn the_last_administrator_stays_unless_the_network_decides() {
        let by = scope(CAMDEN, Role::Administrator);
        let only = place(CAMDEN, 4, &[Role::Administrator]);
        let second = place(CAMDEN, 5, &[Role::Administrator, Role::Editor]);
        assert_eq!(change(&by, &only, &[], false, vec![Role::Viewer], vec![]), Err(Refusal::LastAdministrator));
        assert_eq!(revoke(&by, &only, &[], 5), Err(Refusal::LastAdministrator));
        assert!(change(&by, &only, std::slice::from_ref(&second), false, vec![Role::Viewer], vec![]).is_ok());
        assert_eq!(revoke(&by, &only, &[second], 5).unwrap().revoked_at, Some(5));
        assert!(revoke(&scope(HUB, Role::NetworkAdministrator), &only, &[], 5).is_ok());
        // One who has only been invited does not count.
        let invited = Membership { accepted_at: None, ..place(CAMDEN, 6, &[Role::Administrator]) };
        assert_eq!(revoke(&by, &only, &[invited], 5), Err(Refusal::LastAdministrator));
    }

    #[test]
    fn what_was_taken_away_is_not_changed() {
        let by = scope(CAMDEN, Role::Administrator);
        let gone = Membership { revoked_at: Some(2), ..place(CAMDEN, 4, &[Role::Editor]) };
        assert_eq!(change(&by, &gone, &[], false, vec![Role::Viewer], vec![]), Err(Refusal::Revoked));
        assert_eq!(revoke(&by, &gone, &[], 5), Err(Refusal::Revoked));
    }
}
