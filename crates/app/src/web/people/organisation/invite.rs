//! Inviting someone to act for an organisation.

use super::{boxes, is_hub, managed, roles};
use crate::{
    error::Failure,
    state::App,
    web::{
        form::{Errors, Form, new_command},
        page,
        people::{
            email, letters,
            sign_in::check::{stale, stale_form},
            unfit_name,
        },
        repeat,
        session::Caller,
    },
};
use axum::{
    extract::{Path, State},
    http::HeaderMap,
    response::{IntoResponse, Response},
};
use domain::{
    people::{Membership, MembershipId, Person, PersonId, members},
    register::records::Organisation,
};
use serde::Serialize;
use store::Write;
use uuid::Uuid;

#[derive(Serialize)]
struct View {
    slug: String,
    organisation: String,
    name: String,
    email: String,
    roles: Vec<super::RoleBox>,
    command: String,
    errors: Errors,
}

fn show(app: &App, organisation: &Organisation, form: &Form, errors: Errors) -> Result<Response, Failure> {
    let mut frame = page::frame(app, format!("Invite someone to {}", organisation.name), super::section(app, &organisation.slug));
    frame.back = Some(format!("/organisations/{}/people", organisation.slug));
    frame.error = !errors.is_empty();
    let view = View {
        slug: organisation.slug.clone(),
        organisation: organisation.name.clone(),
        name: form.text("name").to_owned(),
        email: form.text("email").to_owned(),
        roles: boxes(is_hub(organisation), &roles(&form.all("role"))),
        command: new_command().to_string(),
        errors,
    };
    Ok(page::render(app, "people/organisation/invite.html", &frame, view)?.into_response())
}

/// The page.
///
/// # Errors
/// Not found for those who do not manage these members.
pub async fn page(State(app): State<App>, caller: Caller, Path(slug): Path<String>) -> Result<Response, Failure> {
    let organisation = managed(&app, &caller, &slug).await?;
    if let Some(response) = stale(&app, &caller, &format!("/organisations/{slug}/people/invite")) {
        return Ok(response);
    }
    show(&app, &organisation, &Form::default(), Errors::default())
}

/// Sends the invitation.
///
/// # Errors
/// Not found for those who do not manage these members.
pub async fn invite(
    State(app): State<App>,
    caller: Caller,
    Path(slug): Path<String>,
    headers: HeaderMap,
    form: Form,
) -> Result<Response, Failure> {
    let organisation = managed(&app, &caller, &slug).await?;
    let here = format!("/organisations/{slug}/people/invite");
    if let Some(response) = stale_form(&app, &caller, &headers, &here, &here, &form).await? {
        return Ok(response);
    }
    let command = form.command()?;
    if let Some(first) = repeat::before(&app, &caller, command).await? {
        return Ok(first);
    }
    let mut errors = Errors::default();
    let name = form.text("name");
    if let Some(words) = unfit_name(name) {
        errors.add("name", words);
    }
    let address = email(form.text("email"));
    if address.is_none() {
        errors.add("email", "Enter an email address in the correct format, like name@council.gov.uk");
    }
    let wanted = roles(&form.all("role"));
    if let Err(refusal) = members::check(&caller.scope, organisation.id, is_hub(&organisation), &wanted, &[]) {
        errors.add("role", super::words(refusal));
    }
    let (true, Some(address)) = (errors.is_empty(), address) else { return show(&app, &organisation, &form, errors) };

    let mut write = app.store.write(&caller.scope, app.clock.now()).await?;
    if let Some(kept) = write.command(command).await? {
        return Ok(repeat::again(&kept));
    }
    let person = person(&mut write, name, &address).await?;
    let places: Vec<Membership> = write.by("person_id", person.id.0.to_string()).await?;
    let place = match places.into_iter().find(|place| place.organisation == organisation.id) {
        Some(place) if place.active() => {
            let mut errors = Errors::default();
            errors.add("email", "Someone with this address has a place here already. Change their roles in the list");
            return show(&app, &organisation, &form, errors);
        }
        Some(before) => {
            let mut after = Membership {
                roles: wanted,
                deputy: Vec::new(),
                services: Vec::new(),
                invited_at: write.at(),
                accepted_at: None,
                revoked_at: None,
                ..before.clone()
            };
            write.update(&before, &mut after).await?;
            after
        }
        None => {
            let place = Membership {
                id: MembershipId(Uuid::now_v7()),
                person: person.id,
                organisation: organisation.id,
                roles: wanted,
                deputy: Vec::new(),
                services: Vec::new(),
                invited_at: write.at(),
                accepted_at: None,
                revoked_at: None,
                updated_at: 0,
            };
            write.create(&mut [place.clone()]).await?;
            place
        }
    };
    write.keep_invited_as(place.id, name).await?;
    let inviter = letters::inviter(&caller);
    letters::invite(&app, &mut write, &inviter, &person, &organisation, &place.roles).await?;
    let to = format!("/organisations/{slug}/people");
    let said = format!("An invitation was sent to {address}");
    repeat::keep(&mut write, command, &to, &said).await?;
    write.commit().await?;
    Ok(page::saved(&to, &said))
}

/// The person with an address; a new one where there is none. Somebody's own name is never changed by an invitation.
async fn person(write: &mut Write, name: &str, address: &str) -> Result<Person, Failure> {
    let known: Vec<Person> = write.by("email", address).await?;
    if let Some(person) = known.into_iter().next() {
        return Ok(person);
    }
    let person = Person {
        id: PersonId(Uuid::now_v7()),
        name: name.to_owned(),
        email: Some(address.to_owned()),
        illustrative: false,
        disabled_at: None,
        unwanted_mail: Vec::new(),
        updated_at: 0,
    };
    write.create(&mut [person.clone()]).await?;
    Ok(person)
}
