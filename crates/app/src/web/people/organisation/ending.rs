//! What ends someone's access, or lets them begin again: taking the place away, ending their sessions, inviting again, a link
//! to set up a new second factor.

use super::{
    called_here, managed,
    member::{Shown, show},
    place,
};
use crate::{
    error::Failure,
    sign_in::random,
    state::App,
    web::{
        form::Form,
        page,
        people::{letters, sign_in::check::stale_form},
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
    audit::Kind,
    people::{Membership, Person, members, sign_in::invitation::Purpose},
    register::records::Organisation,
};
use serde_json::json;

/// Does what the pressed button says.
///
/// # Errors
/// Not found for those who do not manage these members, and for a button that is none.
pub async fn end(
    State(app): State<App>,
    caller: Caller,
    headers: HeaderMap,
    Path((slug, id)): Path<(String, String)>,
    form: Form,
) -> Result<Response, Failure> {
    let organisation = managed(&app, &caller, &slug).await?;
    let member = place(&app, &caller, &organisation, &id).await?;
    let here = format!("/organisations/{slug}/people/{id}");
    if let Some(response) = stale_form(&app, &caller, &headers, &here, &format!("{here}/end"), &form).await? {
        return Ok(response);
    }
    let person: Person = app.store.get(&caller.scope, member.person.0).await?.ok_or_else(Failure::not_found)?;
    match form.text("what") {
        "revoke" => revoke(&app, &caller, &organisation, &member, &person, &form).await,
        // Of somebody who was only invited no session is of this organisation.
        "sessions" if member.active() => sessions(&app, &caller, &organisation, &person, &form).await,
        "invite" if member.accepted_at.is_none() && member.revoked_at.is_none() => {
            let command = form.command()?;
            let mut write = app.store.write(&caller.scope, app.clock.now()).await?;
            if let Some(kept) = write.command(command).await? {
                return Ok(repeat::again(&kept));
            }
            letters::invite(&app, &mut write, &letters::inviter(&caller), &person, &organisation, &member.roles).await?;
            let to = format!("/organisations/{slug}/people");
            let said = "A new invitation was sent. The earlier one no longer works";
            repeat::keep(&mut write, command, &to, said).await?;
            write.commit().await?;
            Ok(page::saved(&to, said))
        }
        "set-up" if member.active() => set_up(&app, &caller, &organisation, &member, &person).await,
        _ => Err(Failure::not_found()),
    }
}

async fn revoke(
    app: &App,
    caller: &Caller,
    organisation: &Organisation,
    before: &Membership,
    person: &Person,
    form: &Form,
) -> Result<Response, Failure> {
    let command = form.command()?;
    let mut write = app.store.write(&caller.scope, app.clock.now()).await?;
    if let Some(kept) = write.command(command).await? {
        return Ok(repeat::again(&kept));
    }
    // Of two who go at once, the second is judged when the first is gone: the last administrator stays.
    write.hold_people(organisation.id).await?;
    let mut others: Vec<Membership> = write.by("organisation_id", organisation.id.0.to_string()).await?;
    others.retain(|other| other.id != before.id);
    let mut after = match members::revoke(&caller.scope, before, &others, write.at()) {
        Ok(after) => after,
        Err(refusal) => {
            let mut shown = Shown::default();
            shown.errors.add("role", super::words(refusal));
            return show(app, caller, organisation, before, shown).await;
        }
    };
    write.update(before, &mut after).await?;
    write.end_access(person.id, organisation.id).await?;
    let name = called_here(app, caller, before, person).await?;
    let what = format!("You no longer act for {}", organisation.name);
    if let Some(letter) = letters::security(app, person, &what, "An administrator took your place there away.")? {
        write.mail(&letter).await?;
    }
    let to = format!("/organisations/{}/people", organisation.slug);
    let said = format!("{name} no longer acts for {}", organisation.name);
    repeat::keep(&mut write, command, &to, &said).await?;
    write.commit().await?;
    Ok(page::saved(&to, &said))
}

async fn sessions(
    app: &App,
    caller: &Caller,
    organisation: &Organisation,
    person: &Person,
    form: &Form,
) -> Result<Response, Failure> {
    let command = form.command()?;
    let mut write = app.store.write(&caller.scope, app.clock.now()).await?;
    if let Some(kept) = write.command(command).await? {
        return Ok(repeat::again(&kept));
    }
    write.end_sessions_of(person.id).await?;
    let content = json!({ "event": "sessions-ended", "by": "administrator" });
    write.event(Kind::SignIn, person.id.0, Some(organisation.id.0), &content).await?;
    let to = format!("/organisations/{}/people", organisation.slug);
    let said = format!("{} is signed out everywhere", person.name);
    repeat::keep(&mut write, command, &to, &said).await?;
    write.commit().await?;
    Ok(page::saved(&to, &said))
}

/// A link for someone who has lost their second factor: shown once, to be handed over after one has made sure who asks. What
/// they had goes on working until they use it.
async fn set_up(
    app: &App,
    caller: &Caller,
    organisation: &Organisation,
    member: &Membership,
    person: &Person,
) -> Result<Response, Failure> {
    // Nobody opens the account of someone who runs the network from an organisation beside it.
    let places: Vec<Membership> = app.store.by(&caller.scope, "person_id", person.id.0.to_string()).await?;
    let own = caller.signed_in()?.person == person.id;
    let elsewhere =
        places.iter().any(|place| place.active() && !caller.may(&domain::people::Act::ManageMembers(place.organisation)));
    if own || elsewhere {
        let mut shown = Shown::default();
        let words = if own {
            "Another administrator must make this link for you"
        } else {
            "This person also acts for another organisation. Whoever runs the network must make this link"
        };
        shown.errors.add("role", words);
        return show(app, caller, organisation, member, shown).await;
    }
    let secret = random::secret()?;
    let mut write = app.store.write(&caller.scope, app.clock.now()).await?;
    write.invite(&secret, Purpose::SetUp, person.id, organisation.id).await?;
    write.event(Kind::SignIn, person.id.0, Some(organisation.id.0), &json!({ "event": "set-up-link-made" })).await?;
    let detail = "An administrator made a link with which a new second factor can be set up for you.";
    if let Some(letter) = letters::security(app, person, "A link to set up your second factor was made", detail)? {
        write.mail(&letter).await?;
    }
    write.commit().await?;
    let link = format!("{}/set-up?token={}", app.public_url, secret.expose());
    show(app, caller, organisation, member, Shown { link: Some(link), ..Shown::default() }).await
}
