//! An administrator corrects what a member is called: where they never acted for another organisation, and no directory keeps the name. The
//! member is told by mail.

use super::{
    managed,
    member::{Shown, show},
    place,
};
use crate::{
    error::{Failure, conflict},
    state::App,
    web::{
        base,
        form::Form,
        page,
        people::{letters, organisation_name, sign_in::check::stale_form, unfit_name},
        repeat,
        session::Caller,
    },
};
use axum::{
    extract::{Path, State},
    http::HeaderMap,
    response::Response,
};
use domain::{
    people::{
        Membership, Person,
        naming::{self, Refusal, Renamed},
    },
    register::ids::OrganisationId,
};

/// Why the name of a person cannot be corrected by those who manage the members of an organisation.
pub(super) async fn refusal(app: &App, caller: &Caller, person: &Person, at: OrganisationId) -> Result<Option<Refusal>, Failure> {
    let places: Vec<Membership> = app.store.by(&caller.scope, "person_id", person.id.0.to_string()).await?;
    let accepted = app.store.accepted_at(&caller.scope, person.id).await?;
    let directories = app.store.directories_keeping(&caller.scope, person.id, app.clock.now()).await?;
    Ok(naming::may_rename(&caller.scope, person, Some(at), &places, &accepted, &directories).err())
}

/// The same in words, for the page of the member; none where it says nothing to them.
pub(super) async fn why_not(app: &App, refusal: Option<Refusal>) -> Result<Option<String>, Failure> {
    Ok(match refusal {
        Some(Refusal::Directory(organisation)) => {
            let name = organisation_name(app, organisation).await?;
            Some(format!("The directory of {name} says what they are called: correct it there."))
        }
        Some(Refusal::Elsewhere) => Some(
            "They act for another organisation too, or did, and are called the same there: they correct it in their own account."
                .to_owned(),
        ),
        Some(Refusal::Invited) => Some("They say themselves what they are called once they have accepted.".to_owned()),
        Some(Refusal::NotYours) | None => None,
    })
}

/// Keeps the name.
///
/// # Errors
/// Not found for those who do not manage these members.
pub async fn save(
    State(app): State<App>,
    caller: Caller,
    Path((slug, id)): Path<(String, String)>,
    headers: HeaderMap,
    form: Form,
) -> Result<Response, Failure> {
    let organisation = managed(&app, &caller, &slug).await?;
    let member = place(&app, &caller, &organisation, &id).await?;
    let here = format!("/organisations/{slug}/people/{id}");
    if let Some(response) = stale_form(&app, &caller, &headers, &here, &format!("{here}/name"), &form).await? {
        return Ok(response);
    }
    let (command, version) = (form.command()?, form.version()?);
    let before: Person = app.store.get(&caller.scope, member.person.0).await?.ok_or_else(Failure::not_found)?;
    let mut shown = Shown::default();
    if let Some(refusal) = refusal(&app, &caller, &before, organisation.id).await? {
        let words = why_not(&app, Some(refusal)).await?;
        shown.errors.add_at(
            "name",
            "called",
            words.unwrap_or_else(|| super::words(domain::people::members::Refusal::Revoked).to_owned()),
        );
        return Ok(conflict(show(&app, &caller, &organisation, &member, shown).await?));
    }
    let name = form.text("name");
    shown.name = Some((name.to_owned(), version));
    if let Some(words) = unfit_name(name) {
        shown.errors.add("name", words);
        return show(&app, &caller, &organisation, &member, shown).await;
    }
    let mut write = app.store.write(&caller.scope, app.clock.now()).await?;
    if let Some(kept) = write.command(command).await? {
        return Ok(repeat::again(&kept));
    }
    let saved = format!("The name is saved: {name}");
    let seen = base::seen(&app, &caller.scope, &before, before.updated_at, version).await?;
    match naming::rename(&before, seen.as_ref().map(|seen| seen.name.as_str()), name) {
        Renamed::Same => write.abandon(),
        Renamed::To(mut after) => {
            write.update(&before, &mut after).await?;
            let what = format!("You are now called {name} on City Tools");
            let detail = format!("An administrator of {} corrected your name.", organisation.name);
            if let Some(letter) = letters::security(&app, &after, &what, &detail)? {
                write.mail(&letter).await?;
            }
            repeat::keep(&mut write, command, &here, &saved).await?;
            write.commit().await?;
        }
        Renamed::Clash => {
            write.abandon();
            let words =
                format!("The name was changed meanwhile: it is now {}. Check what you typed, and save again", before.name);
            shown.errors.add("name", words);
            shown.name = Some((name.to_owned(), before.updated_at));
            return Ok(conflict(show(&app, &caller, &organisation, &member, shown).await?));
        }
    }
    Ok(page::saved(&here, &saved))
}
