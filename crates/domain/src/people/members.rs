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
    /// Nobody would be left who runs the network.
    #[error("the last network administrator")]
    LastNetworkAdministrator,
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
    if runs_network(before) && !roles.contains(&Role::NetworkAdministrator) && !others.iter().any(runs_network) {
        return Err(Refusal::LastNetworkAdministrator);
    }
    Ok(Membership { roles, deputy, ..before.clone() })
}

/// The place of someone who had one already and accepts an invitation to the same organisation. A place that counts keeps what it
/// has and gets what the invitation gives; one that was taken away is as the invitation says and no more, since whoever invites a
/// viewer gives back no administrator.
#[must_use]
pub fn joined(before: &Membership, invited: &Membership, now: i64) -> Membership {
    if before.revoked_at.is_some() {
        return Membership {
            roles: invited.roles.clone(),
            deputy: invited.deputy.clone(),
            services: invited.services.clone(),
            invited_at: invited.invited_at,
            accepted_at: Some(now),
            revoked_at: None,
            ..before.clone()
        };
    }
    let with = |own: &[Role], given: &[Role]| {
        let mut all = own.to_vec();
        all.extend(given.iter().copied().filter(|role| !own.contains(role)));
        all
    };
    let (roles, deputy) = sensible(with(&before.roles, &invited.roles), with(&before.deputy, &invited.deputy));
    Membership { roles, deputy, accepted_at: before.accepted_at.or(Some(now)), ..before.clone() }
}

/// The roles and deputy's roles of a place after one role is given to it, or taken from it, as an organisation's directory does, for
/// [`change`]. Whoever is given a role is its deputy no more, and a guest no more. A place from which the last role is taken is a
/// viewer's.
#[must_use]
pub fn with(before: &Membership, role: Role, holds: bool) -> (Vec<Role>, Vec<Role>) {
    let (mut roles, deputy) = (before.roles.clone(), before.deputy.clone());
    if before.roles.contains(&role) == holds {
        return (roles, deputy);
    }
    if holds {
        roles.push(role);
        roles.sort();
    } else {
        roles.retain(|other| *other != role);
        if roles.is_empty() {
            roles.push(Role::Viewer);
        }
    }
    sensible(roles, deputy)
}

/// Two lists as [`check`] asks for them: a guest holds no other role, nobody stands in for themselves.
fn sensible(mut roles: Vec<Role>, mut deputy: Vec<Role>) -> (Vec<Role>, Vec<Role>) {
    if roles.iter().chain(&deputy).any(|role| *role != Role::Guest) {
        roles.retain(|role| *role != Role::Guest);
        deputy.retain(|role| *role != Role::Guest);
    }
    deputy.retain(|role| !roles.contains(role));
    (roles, deputy)
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
    if runs_network(before) && !others.iter().any(runs_network) {
        return Err(Refusal::LastNetworkAdministrator);
    }
    Ok(Membership { revoked_at: Some(now), ..before.clone() })
}

/// Whether somebody runs the network through this place now.
#[must_use]
pub fn runs_network(place: &Membership) -> bool {
    place.active() && place.roles.contains(&Role::NetworkAdministrator)
}

/// Whether somebody administers the organisation through this place now.
#[must_use]
pub fn administers(place: &Membership) -> bool {
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
    fn the_last_network_administrator_stays() {
        let by = scope(HUB, Role::NetworkAdministrator);
        let only = place(HUB, 4, &[Role::NetworkAdministrator]);
        let administrator = place(HUB, 5, &[Role::Administrator]);
        let (administrators, viewer) = (std::slice::from_ref(&administrator), vec![Role::Viewer]);
        let refused = Err(Refusal::LastNetworkAdministrator);
        assert_eq!(change(&by, &only, administrators, true, viewer.clone(), vec![]), refused);
        assert_eq!(change(&by, &only, administrators, true, viewer.clone(), vec![Role::Editor]), refused);
        assert_eq!(revoke(&by, &only, administrators, 5), refused);
        // Who was only invited, or has left, does not count.
        let runs = place(HUB, 6, &[Role::NetworkAdministrator]);
        for other in [Membership { accepted_at: None, ..runs.clone() }, Membership { revoked_at: Some(3), ..runs.clone() }] {
            assert_eq!(revoke(&by, &only, &[other], 5), refused);
        }
        assert!(change(&by, &only, std::slice::from_ref(&runs), true, viewer, vec![]).is_ok());
        assert!(revoke(&by, &only, &[runs], 5).is_ok());
    }

    #[test]
    fn s04_a_place_that_was_taken_away_comes_back_as_the_invitation_says_and_no_more() {
        let was = Membership {
            deputy: vec![Role::Siro],
            services: vec!["Housing".to_owned()],
            revoked_at: Some(2),
            ..place(CAMDEN, 4, &[Role::Administrator])
        };
        let invited = Membership { accepted_at: None, ..place(CAMDEN, 5, &[Role::Viewer]) };
        let back = joined(&was, &invited, 9);
        assert_eq!((back.roles, back.deputy, back.services), (vec![Role::Viewer], vec![], vec![]));
        assert_eq!((back.id, back.person, back.accepted_at, back.revoked_at), (was.id, was.person, Some(9), None));
        // One that counts is added to, and stays a list that makes sense.
        let counts = Membership { deputy: vec![Role::Dpo], ..place(CAMDEN, 4, &[Role::Guest]) };
        let more = joined(&counts, &Membership { accepted_at: None, ..place(CAMDEN, 5, &[Role::Dpo]) }, 9);
        assert_eq!((more.roles.as_slice(), more.deputy.as_slice()), (&[Role::Dpo][..], &[][..]));
        let by = scope(CAMDEN, Role::Administrator);
        assert_eq!(check(&by, CAMDEN, false, &more.roles, &more.deputy), Ok(()));
        assert_eq!(more.accepted_at, Some(1));
    }

    #[test]
    fn a_role_that_is_given_or_taken_leaves_a_list_that_makes_sense() {
        let by = scope(CAMDEN, Role::Administrator);
        let stands_in = Membership { deputy: vec![Role::Siro, Role::Cio], ..place(CAMDEN, 4, &[Role::Viewer]) };
        assert_eq!(with(&stands_in, Role::Siro, true), (vec![Role::Viewer, Role::Siro], vec![Role::Cio]));
        assert_eq!(with(&place(CAMDEN, 4, &[Role::Guest]), Role::Editor, true), (vec![Role::Editor], vec![]));
        assert_eq!(with(&place(CAMDEN, 4, &[Role::Editor]), Role::Editor, false), (vec![Role::Viewer], vec![]));
        for before in [stands_in, place(CAMDEN, 5, &[Role::Guest]), place(CAMDEN, 6, &[Role::Viewer])] {
            for role in Role::ALL.into_iter().filter(|role| !matches!(role, Role::Guest | Role::NetworkAdministrator)) {
                for holds in [true, false] {
                    let (roles, deputy) = with(&before, role, holds);
                    assert_eq!(check(&by, CAMDEN, false, &roles, &deputy), Ok(()), "{role:?} {holds}");
                }
            }
        }
    }

    #[test]
    fn what_was_taken_away_is_not_changed() {
        let by = scope(CAMDEN, Role::Administrator);
        let gone = Membership { revoked_at: Some(2), ..place(CAMDEN, 4, &[Role::Editor]) };
        assert_eq!(change(&by, &gone, &[], false, vec![Role::Viewer], vec![]), Err(Refusal::Revoked));
        assert_eq!(revoke(&by, &gone, &[], 5), Err(Refusal::Revoked));
    }
}
