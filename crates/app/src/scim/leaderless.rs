//! An organisation whose directory took away its last administrator. The leaver has to go at once, so it is not refused; those who
//! run the network hear of it, since only they can give somebody the role.

use super::Directory;
use crate::{
    error::Failure,
    mail::{Letter, Recipient, Topic},
    state::App,
};
use domain::{
    people::{Membership, Person, Role},
    register::records::Organisation,
};
use serde::Serialize;
use store::Write;

#[derive(Serialize)]
struct Leaderless<'a> {
    organisation: &'a str,
    url: String,
}

/// Mails the network's administrators, where the organisation has no administrator any more.
///
/// # Errors
/// When the database fails, or the letter's template is at fault.
pub async fn tell(app: &App, directory: &Directory, write: &mut Write) -> Result<(), Failure> {
    let places: Vec<Membership> = write.by("organisation_id", directory.organisation.to_string()).await?;
    if places.iter().any(|place| place.revoked_at.is_none() && place.roles.contains(&Role::Administrator)) {
        return Ok(());
    }
    let found: Option<Organisation> = app.store.get(&directory.scope, directory.organisation.0).await?;
    let organisation = found.ok_or_else(Failure::not_found)?;
    let all: Vec<Membership> = app.store.all(&directory.scope).await?;
    let runners: Vec<_> =
        all.iter().filter(|place| place.active() && place.roles.contains(&Role::NetworkAdministrator)).collect();
    let ids: Vec<_> = runners.iter().map(|place| place.person.0).collect();
    let people: Vec<Person> = app.store.get_many(&directory.scope, &ids).await?;
    for person in people {
        let Some(address) = &person.email else { continue };
        let letter = Letter {
            topic: Topic::Security,
            template: "no-administrator",
            to: Recipient::new(Some(&person.name), address)?,
            person: Some(person.id.0),
            organisation: runners.iter().find(|place| place.person == person.id).map(|place| place.organisation),
            about: None,
            expires_at: None,
            values: Leaderless {
                organisation: &organisation.name,
                url: format!("{}/organisations/{}/people", app.public_url, organisation.slug),
            },
        };
        write.mail(&letter.seal(&app.public_url)?).await?;
    }
    Ok(())
}
