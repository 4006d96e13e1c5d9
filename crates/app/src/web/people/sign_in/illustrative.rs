//! 'Sign in as' an illustrative person, with `--demo` and from this very machine alone.

use super::{
    flow::{Browser, Flow},
    opening::{self, Proof},
};
use crate::{
    error::Failure,
    state::App,
    web::{form::Form, people::server, session::Caller},
};
use axum::{
    extract::State,
    http::{HeaderMap, header},
    response::Response,
};
use domain::{
    people::{Membership, Person, Role, sign_in::next::local},
    register::records::Organisation,
};
use serde::Serialize;
use std::{collections::BTreeMap, net::IpAddr};
use uuid::Uuid;

/// Illustrative people of one organisation.
#[derive(Serialize)]
pub struct Group {
    organisation: String,
    people: Vec<Choice>,
}

#[derive(Serialize)]
struct Choice {
    id: String,
    name: String,
    roles: String,
}

/// Whether it is offered: with `--demo`, asked from this machine, for a name of this machine, and not through a proxy, behind
/// which everyone looks near.
#[must_use]
pub fn offered(app: &App, headers: &HeaderMap, address: &str) -> bool {
    let near = address.parse::<IpAddr>().is_ok_and(|address| address.is_loopback());
    let forwarded =
        ["forwarded", "x-forwarded-for", "x-real-ip", "x-forwarded-host", "via"].iter().any(|name| headers.contains_key(*name));
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
    app.demo && near && !forwarded && matches!(name, "localhost" | "127.0.0.1" | "[::1]")
}

/// The illustrative people, by organisation.
///
/// # Errors
/// When the database fails.
pub async fn groups(app: &App) -> Result<Vec<Group>, Failure> {
    let people: Vec<Person> = app.store.by(&server(), "illustrative", true).await?;
    let mut groups: BTreeMap<String, Vec<Choice>> = BTreeMap::new();
    for person in people.into_iter().filter(|person| person.disabled_at.is_none()) {
        let places: Vec<Membership> = app.store.by(&server(), "person_id", person.id.0.to_string()).await?;
        let mut places = places.iter().filter(|place| place.active());
        let Some(first) = places.next() else { continue };
        let Some(organisation): Option<Organisation> = app.store.get(&server(), first.organisation.0).await? else { continue };
        let mut roles: Vec<&str> = first.roles.iter().chain(&first.deputy).copied().map(Role::words).collect();
        if places.next().is_some() {
            roles.push("and another organisation");
        }
        let choice = Choice { id: person.id.to_string(), name: person.name, roles: roles.join(", ") };
        groups.entry(organisation.name).or_default().push(choice);
    }
    Ok(groups.into_iter().map(|(organisation, people)| Group { organisation, people }).collect())
}

/// Signs in as an illustrative person.
///
/// # Errors
/// Not found where it is not offered.
pub async fn sign_in(State(app): State<App>, caller: Caller, headers: HeaderMap, form: Form) -> Result<Response, Failure> {
    if !offered(&app, &headers, &caller.address) {
        return Err(Failure::not_found());
    }
    let id: Uuid = form.text("person").parse().map_err(|_| Failure::not_found())?;
    let person: Option<Person> = app.store.get(&server(), id).await?;
    let person = person.filter(|person| person.illustrative).ok_or_else(Failure::not_found)?;
    let browser = Browser::begin(
        &app,
        Flow { next: Some(local(form.some("next")).to_owned()), held: super::start::held(&form), ..Flow::default() },
    )
    .await?;
    let proof = Proof { method: "demo", second_factor: true, at: app.clock.now() };
    opening::open(&app, &caller, &headers, browser, person.id, proof).await
}
