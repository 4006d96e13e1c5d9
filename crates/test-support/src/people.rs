//! People for tests, their places, and what somebody acts as.

use domain::{
    people::{Member, Membership, MembershipId, Person, PersonId, Role, Scope, Standing, Via},
    register::ids::OrganisationId,
};
use uuid::Uuid;

/// A person with a name, and an address where one is given.
#[must_use]
pub fn person(name: &str, email: Option<&str>) -> Person {
    Person {
        id: PersonId(Uuid::now_v7()),
        name: name.to_owned(),
        email: email.map(str::to_owned),
        illustrative: false,
        disabled_at: None,
        unwanted_mail: Vec::new(),
        updated_at: 0,
    }
}

/// A person's place at an organisation, accepted at an instant.
#[must_use]
pub fn place(person: PersonId, organisation: OrganisationId, roles: &[Role], at: i64) -> Membership {
    Membership {
        id: MembershipId(Uuid::now_v7()),
        person,
        organisation,
        roles: roles.to_vec(),
        deputy: Vec::new(),
        services: Vec::new(),
        invited_at: at,
        accepted_at: Some(at),
        revoked_at: None,
        updated_at: 0,
    }
}

/// Somebody who acts for an organisation with these roles, and proved a second factor at an instant.
#[must_use]
pub fn member(person: PersonId, name: &str, organisation: OrganisationId, roles: &[Role], at: i64) -> Member {
    Member {
        person,
        name: name.to_owned(),
        acting_for: organisation,
        standings: vec![Standing { organisation, roles: roles.to_vec(), deputy: vec![] }],
        second_factor: true,
        checked_at: at,
        acting_as: None,
        via: Via::Session(Uuid::now_v7().into()),
    }
}

/// What such a [`member`] may see and do.
#[must_use]
pub fn acting(person: PersonId, name: &str, organisation: OrganisationId, roles: &[Role], at: i64) -> Scope {
    Scope::Member(Box::new(member(person, name, organisation, roles, at)))
}
