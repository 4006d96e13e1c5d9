//! Mail about an invitation to a data project, written in the transaction that invites: to whoever would answer it there.

use super::asked;
use crate::{
    error::{Code, Failure},
    mail::{Letter, Recipient, Topic},
    state::App,
    web::dpia::desk::named,
};
use domain::{
    dpia::{
        assessment::PartyRole,
        project::Project,
        task::{Assignee, Away, Task},
    },
    people::{Member, Membership, Person, PersonId},
};
use serde_json::json;
use std::collections::BTreeSet;
use store::write::Write;

/// Writes to everybody with whom the invitation's task is: who holds its role, or stands in.
///
/// # Errors
/// When the database fails; nothing was written then.
pub async fn tell(
    app: &App,
    write: &mut Write,
    by: &Member,
    project: &Project,
    role: PartyRole,
    task: &Task,
    away: &[Away],
) -> Result<(), Failure> {
    let Assignee::Role { organisation, role: asks } = task.assignee else { return Ok(()) };
    let today = app.clock.today();
    let places: Vec<Membership> = write.by("organisation_id", organisation.to_string()).await?;
    let here = |person: PersonId| places.iter().any(|place| place.person == person && place.active());
    let instead = |person: PersonId| {
        let gone = |one: &&Away| {
            one.absence.person == person
                && one.absence.organisation == organisation
                && one.absence.on(today)
                && here(one.absence.to)
        };
        away.iter().find(gone).map(|one| one.absence.to)
    };
    let holders =
        places.iter().filter(|place| place.active() && place.roles.iter().chain(&place.deputy).any(|held| *held == asks));
    let hears: BTreeSet<(PersonId, bool)> = holders
        .map(|place| instead(place.person).map_or((place.person, false), |to| (to, true)))
        .filter(|(person, _)| *person != by.person)
        .collect();
    let ids: Vec<uuid::Uuid> = hears.iter().map(|(person, _)| person.0).collect();
    let people: Vec<Person> = write.get_many(&ids).await?;
    for person in people.iter().filter(|person| person.disabled_at.is_none()) {
        let Some(to) = person.email.as_deref().and_then(|address| Recipient::new(Some(&person.name), address).ok()) else {
            continue;
        };
        let letter = Letter {
            topic: Topic::Dpia,
            template: "project-invitation",
            to,
            person: Some(person.id.0),
            organisation: Some(organisation),
            about: Some(asked([task])),
            expires_at: None,
            values: json!({
                "name": person.name, "by": by.name, "acting": named(app, by.acting_for).name,
                "organisation": named(app, organisation).name, "project": project.title, "purpose": project.purpose,
                "role": role_words(role), "instead": !hears.contains(&(person.id, false)), "due": task.due,
                "url": format!("{}/projects/{}", app.public_url, project.id), "home": app.public_url,
            }),
        };
        let mail = letter.seal(&app.public_url).map_err(|error| {
            tracing::error!(%error, "a message about an invitation could not be written");
            Failure::of(Code::Internal)
        })?;
        write.mail(&mail).await?;
    }
    Ok(())
}

fn role_words(role: PartyRole) -> &'static str {
    match role {
        PartyRole::Controller => "controller",
        PartyRole::JointController => "joint controller",
        PartyRole::Processor => "processor",
    }
}
