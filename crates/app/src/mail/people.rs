//! Who hears of something: the people who hold a role at an organisation.

use domain::{
    people::{Membership, Person, Role, Scope},
    register::ids::OrganisationId,
};
use store::Store;

/// The people who hold any of some roles at an organisation, themselves or as a named deputy, and can be written to.
///
/// # Errors
/// When the database fails.
pub async fn holding(
    store: &Store,
    scope: &Scope,
    organisation: OrganisationId,
    roles: &[Role],
) -> Result<Vec<Person>, store::Error> {
    let memberships = store.by::<Membership>(scope, "organisation_id", &organisation.to_string()).await?;
    let ids: Vec<uuid::Uuid> = memberships
        .iter()
        .filter(|one| one.active() && one.roles.iter().chain(&one.deputy).any(|role| roles.contains(role)))
        .map(|one| one.person.0)
        .collect();
    let mut people: Vec<Person> = store.get_many::<Person>(scope, &ids).await?;
    people.retain(|person| person.disabled_at.is_none() && person.email.is_some());
    people.sort_by_key(|person| person.id);
    people.dedup_by_key(|person| person.id);
    Ok(people)
}
