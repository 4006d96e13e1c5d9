//! Tells a source's keepers that it could not be read.

use crate::{
    jobs::{Problem, runner::Context},
    mail::{Letter, Recipient, Topic, people},
    web::words,
};
use domain::{
    people::{Scope, access::KEEPERS},
    register::records::Organisation,
    work::sources::Source,
};
use store::{outbox::NewMail, sources::Run};

/// One message for each keeper of the source's organisation.
///
/// # Errors
/// When the database fails.
pub async fn failed(
    context: &Context,
    scope: &Scope,
    source: &Source,
    run: &Run,
    next: Option<i64>,
    problem: &str,
) -> Result<Vec<NewMail>, Problem> {
    let app = &context.app;
    let organisation = app.store.get::<Organisation>(scope, source.organisation.0).await?;
    let organisation = organisation.map_or_else(String::new, |one| one.name);
    let mut mails = Vec::new();
    for person in people::holding(&app.store, scope, source.organisation, KEEPERS).await? {
        let Some(address) = person.email.as_deref() else { continue };
        // Somebody whose name or address cannot stand in a message hears of it on the page.
        let Ok(to) = Recipient::new(Some(&person.name), address) else { continue };
        let letter = Letter {
            topic: Topic::Sources,
            template: "source-failed",
            to,
            person: Some(person.id.0),
            organisation: Some(source.organisation),
            about: None,
            expires_at: None,
            values: serde_json::json!({
                "name": person.name, "organisation": organisation, "source": source.name, "reason": problem, "kept": !run.imports.is_empty(),
                "when": words::instant(context.now()), "next": next.map(words::instant),
                "url": format!("{}/sources/{}", app.public_url, source.id),
            }),
        };
        mails.push(letter.seal(&app.public_url).map_err(|error| Problem::for_good(error.to_string()))?);
    }
    Ok(mails)
}
