//! The users of a directory: everybody with a place at its organisation, as the database or an open transaction sees them.

use super::{Directory, Failed, resource::User};
use crate::{
    error::{self, ScimError},
    state::App,
};
use domain::people::{Membership, MembershipId, Person, PersonId};
use std::collections::{HashMap, HashSet};
use store::{Write, scim::ScimUser};
use uuid::Uuid;

/// Every user of the organisation, in the order of their ids.
pub(super) async fn all(app: &App, directory: &Directory) -> Result<Vec<User>, store::Error> {
    let places: Vec<Membership> = app.store.by(&directory.scope, "organisation_id", directory.organisation.to_string()).await?;
    let people: Vec<Person> = app.store.get_many(&directory.scope, &people_of(&places)).await?;
    let known = app.store.scim_users(&directory.scope, directory.organisation).await?;
    Ok(users(places, people, known, app.store.invited_as(&directory.scope, directory.organisation).await?))
}

/// The same within a transaction, which holds the organisation's people: nobody joins or is renamed until it ends.
pub(super) async fn held(write: &Write, directory: &Directory) -> Result<Vec<User>, store::Error> {
    write.hold_people(directory.organisation).await?;
    let places: Vec<Membership> = write.by("organisation_id", directory.organisation.to_string()).await?;
    let people: Vec<Person> = write.get_many(&people_of(&places)).await?;
    let known = write.scim_users(directory.organisation).await?;
    Ok(users(places, people, known, write.invited_as(directory.organisation).await?))
}

/// One of them, by the id in an address.
pub(super) fn one(users: &[User], id: &str) -> Result<User, Failed> {
    let id: Option<Uuid> = id.parse().ok();
    let found = users.iter().find(|user| Some(user.id()) == id).cloned();
    found.ok_or_else(|| Failed::Refused(error::scim(ScimError::NotFound, "there is no such user")))
}

/// Whether a name is that of another than `own`, so that a directory which looked for it would find two: also that of a colleague of
/// whom the directory has not spoken yet. Not that of somebody who left and whom it never knew.
pub(super) fn is_taken(users: &[User], user_name: &str, own: Option<PersonId>) -> bool {
    users.iter().any(|user| Some(user.person.id) != own && counts(user) && user.user_name().eq_ignore_ascii_case(user_name))
}

/// Whether a user is in the way of another of the same name or address.
pub(super) fn counts(user: &User) -> bool {
    user.active() || user.known.is_some()
}

fn people_of(places: &[Membership]) -> Vec<Uuid> {
    places.iter().map(|place| place.person.0).collect()
}

fn users(
    places: Vec<Membership>,
    people: Vec<Person>,
    known: Vec<ScimUser>,
    mut typed: HashMap<MembershipId, String>,
) -> Vec<User> {
    let mut people: HashMap<PersonId, Person> = people.into_iter().map(|person| (person.id, person)).collect();
    let mut known: HashMap<PersonId, ScimUser> = known.into_iter().map(|user| (user.person, user)).collect();
    let mut users: Vec<User> = places
        .into_iter()
        .filter_map(|place| {
            let person = people.remove(&place.person)?;
            Some(User { known: known.remove(&person.id), typed: typed.remove(&place.id), person, place })
        })
        .collect();
    // Whoever took an invitation up with an account that they had goes by the id of whom it was made for, who is nobody to the
    // directory any more.
    let ids: HashSet<Uuid> = users.iter().filter_map(|user| user.known.as_ref()).map(|known| known.id).collect();
    users.retain(|user| user.known.is_some() || !ids.contains(&user.person.id.0));
    users.sort_by_key(User::id);
    users
}
