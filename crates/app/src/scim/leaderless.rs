//! An organisation whose directory took away its last administrator, and a network whose last administrator the hub's own took away.
//! The leaver has to go at once, so neither is refused. Of the first those who run the network hear by mail, since only they can give
//! somebody the role; where nobody is left to hear, the log says to whoever runs the server what to do.

use crate::{
    error::Failure,
    mail::{Letter, Recipient, Topic},
    state::App,
};
use domain::{
    people::{Membership, Person, members},
    register::records::Organisation,
};
use serde::Serialize;
use store::Write;
use uuid::Uuid;

#[derive(Serialize)]
struct Leaderless<'a> {
    organisation: &'a str,
    url: String,
}

/// Says so where the place `left`, as it was before it was taken away in this transaction, leaves the organisation without anybody
/// who acts as its administrator, or the network without anybody who runs it.
///
/// # Errors
/// When the database fails, or the letter's template is at fault.
pub async fn tell(app: &App, write: &mut Write, organisation: &Organisation, left: &Membership) -> Result<(), Failure> {
    if !members::administers(left) && !members::runs_network(left) {
        return Ok(());
    }
    let runners = runners(write, left).await?;
    if members::runs_network(left) && runners.is_empty() {
        tracing::warn!(
            organisation = organisation.slug,
            "the directory took away the last network administrator: name another with 'citytools person invite EMAIL \
             --organisation {} --role network-administrator'",
            organisation.slug
        );
    }
    let places: Vec<Membership> = write.by("organisation_id", organisation.id.to_string()).await?;
    if !members::administers(left) || places.iter().any(members::administers) {
        return Ok(());
    }
    if runners.is_empty() {
        tracing::warn!(
            organisation = organisation.slug,
            "the directory took away the last administrator, and nobody runs the network: name another with 'citytools person \
             invite EMAIL --organisation {} --role administrator'",
            organisation.slug
        );
    }
    let ids: Vec<Uuid> = runners.iter().map(|place| place.person.0).collect();
    for person in write.get_many::<Person>(&ids).await? {
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

/// The places of those who run the network now, as this transaction sees them, without whoever leaves. The role is held at the hub.
async fn runners(write: &Write, left: &Membership) -> Result<Vec<Membership>, store::Error> {
    let mut runners = Vec::new();
    for hub in write.by::<Organisation>("kind", "hub").await? {
        let places: Vec<Membership> = write.by("organisation_id", hub.id.to_string()).await?;
        runners.extend(places.into_iter().filter(|place| members::runs_network(place) && place.person != left.person));
    }
    Ok(runners)
}
