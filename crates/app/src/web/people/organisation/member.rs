//! One member: which roles they hold, for whom they stand in, which services they look after.

use super::{boxes, is_hub, managed, naming, place, roles};
use crate::{
    error::Failure,
    state::App,
    web::{
        base,
        form::{Errors, Form, new_command},
        page,
        people::{
            letters,
            sign_in::check::{stale, stale_form},
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
    people::{
        Membership, Person, Role,
        meeting::{Clashes, meet_place},
        members,
    },
    register::records::{Contract, Organisation},
};
use serde::Serialize;
use std::collections::BTreeSet;

#[derive(Serialize)]
struct View {
    slug: String,
    organisation: String,
    id: String,
    name: String,
    email: Option<String>,
    invited: bool,
    revoked: bool,
    sessions: i64,
    roles: Vec<super::RoleBox>,
    deputy: Vec<super::RoleBox>,
    services: String,
    known_services: Vec<String>,
    version: i64,
    command: String,
    clash: Option<Clash>,
    link: Option<String>,
    /// What they are called, to be corrected; nothing where that is not for those who manage these members.
    called: Option<Called>,
    /// Why not, in words.
    called_elsewhere: Option<String>,
    errors: Errors,
}

/// A name in its form.
#[derive(Serialize)]
struct Called {
    name: String,
    version: i64,
}

/// What somebody else made meanwhile of the fields that the writer changed too.
#[derive(Serialize)]
pub(super) struct Clash {
    roles: Option<Vec<&'static str>>,
    deputy: Option<Vec<&'static str>>,
    services: Option<Vec<String>>,
}

impl Clash {
    fn of(clashes: Clashes, stored: &Membership) -> Self {
        let words = |roles: &[Role]| roles.iter().copied().map(Role::words).collect();
        Self {
            roles: clashes.roles.then(|| words(&stored.roles)),
            deputy: clashes.deputy.then(|| words(&stored.deputy)),
            services: clashes.services.then(|| stored.services.clone()),
        }
    }
}

/// What the page shows besides the member.
#[derive(Default)]
pub(super) struct Shown {
    /// Roles, roles as deputy, and services as typed.
    pub chosen: Option<(Vec<Role>, Vec<Role>, String)>,
    pub clash: Option<Clash>,
    /// The version that the form began with, where it comes back with a mistake: what others change meanwhile is still met.
    pub version: Option<i64>,
    /// A set-up link, shown this once.
    pub link: Option<String>,
    /// A name as typed, and the version of the person that its form began with.
    pub name: Option<(String, i64)>,
    pub errors: Errors,
}

pub(super) async fn show(
    app: &App,
    caller: &Caller,
    organisation: &Organisation,
    place: &Membership,
    shown: Shown,
) -> Result<Response, Failure> {
    let person: Person = app.store.get(&caller.scope, place.person.0).await?.ok_or_else(Failure::not_found)?;
    let reviewed = app.store.access_review(&caller.scope, organisation.id, app.clock.now()).await?;
    let name = super::called_here(app, caller, place, &person).await?;
    let mut frame = page::frame(app, name.clone(), super::section(app, &organisation.slug));
    frame.back = Some(format!("/organisations/{}/people", organisation.slug));
    frame.error = !shown.errors.is_empty();
    let (own, deputy, services) =
        shown.chosen.unwrap_or_else(|| (place.roles.clone(), place.deputy.clone(), place.services.join("\n")));
    let hub = is_hub(organisation);
    let refused = naming::refusal(app, caller, &person, organisation.id).await?;
    let called = refused.is_none().then(|| {
        let (name, version) = shown.name.unwrap_or_else(|| (person.name.clone(), person.updated_at));
        Called { name, version }
    });
    let view = View {
        slug: organisation.slug.clone(),
        organisation: organisation.name.clone(),
        id: place.id.to_string(),
        name,
        email: person.email,
        invited: place.accepted_at.is_none(),
        revoked: place.revoked_at.is_some(),
        sessions: reviewed.iter().find(|known| known.person == place.person).map_or(0, |known| known.sessions),
        roles: boxes(hub, &own),
        deputy: boxes(hub, &deputy)
            .into_iter()
            .filter(|role| !matches!(Role::parse(role.value), Some(Role::Guest | Role::Viewer | Role::NetworkAdministrator)))
            .collect(),
        services,
        known_services: owning_services(app, caller, organisation).await?,
        version: shown.version.unwrap_or(place.updated_at),
        command: new_command().to_string(),
        clash: shown.clash,
        link: shown.link,
        called,
        called_elsewhere: naming::why_not(app, refused).await?,
        errors: shown.errors,
    };
    Ok(page::render(app, "people/organisation/member.html", &frame, view)?.into_response())
}

/// The services that the organisation's contracts name, by name, as far as a hint can hold them.
async fn owning_services(app: &App, caller: &Caller, organisation: &Organisation) -> Result<Vec<String>, Failure> {
    let contracts: Vec<Contract> = app.store.by(&caller.scope, "organisation_id", organisation.id.0.to_string()).await?;
    let services: BTreeSet<String> = contracts.into_iter().filter_map(|contract| contract.owning_service).collect();
    Ok(services.into_iter().take(60).collect())
}

/// The page.
///
/// # Errors
/// Not found for those who do not manage these members.
pub async fn page(State(app): State<App>, caller: Caller, Path((slug, id)): Path<(String, String)>) -> Result<Response, Failure> {
    let organisation = managed(&app, &caller, &slug).await?;
    let place = place(&app, &caller, &organisation, &id).await?;
    if let Some(response) = stale(&app, &caller, &format!("/organisations/{slug}/people/{id}")) {
        return Ok(response);
    }
    show(&app, &caller, &organisation, &place, Shown::default()).await
}

/// Gives and takes roles. They count from the person's next request.
///
/// # Errors
/// Not found for those who do not manage these members.
pub async fn change(
    State(app): State<App>,
    caller: Caller,
    Path((slug, id)): Path<(String, String)>,
    headers: HeaderMap,
    form: Form,
) -> Result<Response, Failure> {
    let organisation = managed(&app, &caller, &slug).await?;
    let before = place(&app, &caller, &organisation, &id).await?;
    let here = format!("/organisations/{slug}/people/{id}");
    if let Some(response) = stale_form(&app, &caller, &headers, &here, &here, &form).await? {
        return Ok(response);
    }
    let (command, version) = (form.command()?, form.version()?);
    if let Some(first) = repeat::before(&app, &caller, command).await? {
        return Ok(first);
    }
    let (own, deputy) = (roles(&form.all("role")), roles(&form.all("deputy")));
    let typed = form.raw("services");
    let mut shown = Shown { chosen: Some((own.clone(), deputy.clone(), typed.to_owned())), ..Shown::default() };
    let services = match members::services(typed) {
        Ok(services) => services,
        Err(refusal) => {
            shown.errors.add("services", super::words(refusal));
            shown.version = Some(version);
            return show(&app, &caller, &organisation, &before, shown).await;
        }
    };
    let mut write = app.store.write(&caller.scope, app.clock.now()).await?;
    if let Some(kept) = write.command(command).await? {
        return Ok(repeat::again(&kept));
    }
    // What only one of two administrators changed is as they have it; what both changed is shown, and asked.
    let opened_on = base::seen(&app, &caller.scope, &before, before.updated_at, version).await?;
    let met = meet_place(opened_on.as_ref(), &before, &own, &deputy, &services);
    let (own, deputy, services) = (met.roles, met.deputy, met.services);
    if before.updated_at != version {
        shown.chosen = Some((own.clone(), deputy.clone(), services.join("\n")));
    }
    if met.clashes.any() {
        shown.clash = Some(Clash::of(met.clashes, &before));
        return show(&app, &caller, &organisation, &before, shown).await;
    }
    // Of two who go at once, the second is judged when the first is gone: the last administrator stays.
    write.hold_people(organisation.id).await?;
    let mut others: Vec<Membership> = write.by("organisation_id", organisation.id.0.to_string()).await?;
    others.retain(|other| other.id != before.id);
    let mut after = match members::change(&caller.scope, &before, &others, is_hub(&organisation), own, deputy) {
        Ok(after) => after,
        Err(refusal) => {
            let field = if refusal == members::Refusal::OwnDeputy { "deputy" } else { "role" };
            shown.errors.add(field, super::words(refusal));
            return show(&app, &caller, &organisation, &before, shown).await;
        }
    };
    let same_roles = (&after.roles, &after.deputy) == (&before.roles, &before.deputy);
    after.services = services;
    if write.update(&before, &mut after).await? && !same_roles {
        let person: Person = app.store.get(&caller.scope, before.person.0).await?.ok_or_else(Failure::not_found)?;
        let what = format!("Your roles at {} have changed", organisation.name);
        if let Some(letter) = letters::security(&app, &person, &what, "An administrator changed what you may do on City Tools.")?
        {
            write.mail(&letter).await?;
        }
    }
    let to = format!("/organisations/{slug}/people");
    let saved = if before.updated_at == version {
        "The roles are saved. They count at once"
    } else {
        "The roles are saved, beside what someone else changed meanwhile. They count at once"
    };
    repeat::keep(&mut write, command, &to, saved).await?;
    write.commit().await?;
    Ok(page::saved(&to, saved))
}
