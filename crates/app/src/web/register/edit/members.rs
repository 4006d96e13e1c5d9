//! The people who act for an organisation, and those who did, as those who belong to it may see them.

use crate::{error::Failure, reminders::colleague, state::App};
use domain::{
    people::{Membership, Person, PersonId, Scope},
    register::ids::OrganisationId,
    work::asked::Colleague,
};
use std::collections::HashSet;
use uuid::Uuid;

/// A person who acts for an organisation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// Who.
    pub person: PersonId,
    /// Their name.
    pub name: String,
}

/// Everyone who acts for an organisation now, by name; nobody for a scope that does not belong to it.
///
/// # Errors
/// When the database fails.
pub async fn of(app: &App, scope: &Scope, organisation: OrganisationId) -> Result<Vec<Member>, Failure> {
    if !scope.may_read_private(Some(organisation)) {
        return Ok(Vec::new());
    }
    let places = app.store.by::<Membership>(scope, "organisation_id", organisation.0.to_string()).await?;
    let ids: Vec<Uuid> = places.iter().filter(|place| place.active()).map(|place| place.person.0).collect();
    let people = app.store.get_many::<Person>(scope, &ids).await?;
    let mut members: Vec<Member> = people
        .into_iter()
        .filter(|person| person.disabled_at.is_none())
        .map(|person| Member { person: person.id, name: person.name })
        .collect();
    members.sort_by(|a, b| (&a.name, a.person).cmp(&(&b.name, b.person)));
    Ok(members)
}

/// Somebody who acted for an organisation and does no longer; none for whoever never did, and for a scope that does not belong to it.
///
/// # Errors
/// When the database fails.
pub async fn former(app: &App, scope: &Scope, organisation: OrganisationId, person: PersonId) -> Result<Option<Member>, Failure> {
    if !scope.may_read_private(Some(organisation)) {
        return Ok(None);
    }
    let places = app.store.by::<Membership>(scope, "organisation_id", organisation.0.to_string()).await?;
    if places.iter().all(|place| place.person != person) {
        return Ok(None);
    }
    let person = app.store.get::<Person>(scope, person.0).await?;
    Ok(person.map(|person| Member { person: person.id, name: person.name }))
}

/// Everyone who acts for an organisation now, as the rule of who is asked about a contract sees them.
///
/// # Errors
/// When the database fails.
pub async fn colleagues(app: &App, scope: &Scope, organisation: OrganisationId) -> Result<Vec<Colleague>, Failure> {
    let here: HashSet<PersonId> = of(app, scope, organisation).await?.into_iter().map(|member| member.person).collect();
    let places = app.store.by::<Membership>(scope, "organisation_id", organisation.0.to_string()).await?;
    Ok(places.iter().filter(|place| place.active() && here.contains(&place.person)).map(colleague).collect())
}
