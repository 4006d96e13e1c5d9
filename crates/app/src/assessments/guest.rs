//! Mail to a guest: to which sections of an assessment they are invited, written in the transaction that invites them.

use crate::{
    error::{Code, Failure},
    mail::{Letter, Recipient, Topic},
    state::App,
    web::dpia::{desk::named, whole::called},
};
use domain::{
    dpia::{assessment::Guest, template::Template},
    people::Member,
};
use serde_json::json;
use std::collections::BTreeSet;
use store::dpia::Work;

/// Writes to a guest who was invited; nobody is written to who has no address here.
///
/// # Errors
/// When the database fails; nothing was written then.
pub async fn tell(app: &App, work: &mut Work, template: &Template, by: &Member, guest: &Guest) -> Result<(), Failure> {
    let people = work.people(&BTreeSet::from([guest.person])).await?;
    let Some(person) = people.first().filter(|person| person.disabled_at.is_none()) else { return Ok(()) };
    let Some(to) = person.email.as_deref().and_then(|address| Recipient::new(Some(&person.name), address).ok()) else {
        return Ok(());
    };
    let head = work.whole.assessment.clone();
    let titles = guest.sections.iter().filter_map(|id| template.section(id)).map(|section| section.title.as_str());
    let letter = Letter {
        topic: Topic::Dpia,
        template: "guest-invitation",
        to,
        person: Some(person.id.0),
        organisation: Some(head.lead),
        about: None,
        expires_at: None,
        values: json!({
            "name": person.name, "by": by.name, "acting": named(app, by.acting_for).name, "called": called(app, &head),
            "dpia": head.title, "writes": guest.writes, "sections": titles.collect::<Vec<_>>(), "until": guest.until,
            "url": format!("{}/assessments/{}", app.public_url, head.id), "home": app.public_url,
        }),
    };
    let mail = letter.seal(&app.public_url).map_err(|error| {
        tracing::error!(%error, "a message to a guest could not be written");
        Failure::of(Code::Internal)
    })?;
    work.mail(&mail).await?;
    Ok(())
}
