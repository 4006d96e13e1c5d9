//! An organisation's people, for those who manage them: who can do what, invitations, roles, ending access, the access review,
//! and the organisation's identity provider. To anyone else none of it exists.
//!
//! | module | what lives there |
//! |---|---|
//! | [`members`] | the list, with what the access review says of each |
//! | [`review`] | the access review as CSV |
//! | [`invite`] | inviting someone |
//! | [`member`] | one member: roles, deputies |
//! | [`naming`] | correcting what a member is called |
//! | [`ending`] | taking a place away, ending sessions, inviting again, a set-up link |
//! | [`provider`] | the identity provider |

pub mod ending;
pub mod invite;
pub mod member;
pub mod members;
pub mod naming;
pub mod provider;
pub mod review;

use crate::{
    error::Failure,
    state::App,
    web::{
        routes::{Route, Who},
        session::{self, Caller},
    },
};
use domain::{
    people::{Act, Membership, Person, Role, Scope},
    register::records::{Organisation, OrganisationKind},
};
use serde::Serialize;
use uuid::Uuid;

/// Who may reach these pages at all; what for, `domain::people::may` decides for the organisation at hand.
const MANAGERS: &[Role] = &[Role::Administrator, Role::NetworkAdministrator];

/// The routes of an organisation's people.
#[must_use]
pub fn routes() -> Vec<Route> {
    vec![
        Route::get("/organisations/{slug}/people", Who::Holds(MANAGERS), members::page),
        Route::post("/organisations/{slug}/people.csv", Who::Holds(MANAGERS), review::file),
        Route::get("/organisations/{slug}/people/invite", Who::Holds(MANAGERS), invite::page),
        Route::post("/organisations/{slug}/people/invite", Who::Holds(MANAGERS), invite::invite),
        Route::get("/organisations/{slug}/people/{membership}", Who::Holds(MANAGERS), member::page),
        Route::post("/organisations/{slug}/people/{membership}", Who::Holds(MANAGERS), member::change),
        Route::post("/organisations/{slug}/people/{membership}/name", Who::Holds(MANAGERS), naming::save),
        Route::post("/organisations/{slug}/people/{membership}/end", Who::Holds(MANAGERS), ending::end),
        Route::get("/organisations/{slug}/sign-in", Who::Holds(MANAGERS), provider::page),
        Route::post("/organisations/{slug}/sign-in", Who::Holds(MANAGERS), provider::save),
    ]
}

/// The part of the menu that these pages stand in. Its 'People' leads to those of the organisation one acts for; those of another
/// belong to the network.
fn section(app: &App, slug: &str) -> Option<&'static str> {
    let caller = session::current();
    let acting_for = caller.as_ref().and_then(Caller::member).map(|member| member.acting_for);
    let snapshot = app.snapshot();
    let own = acting_for.and_then(|id| snapshot.organisation(snapshot.organisation_by_id(id)?));
    Some(if own.is_some_and(|entry| entry.record.slug == slug) { "people" } else { "network" })
}

/// The organisation of an address, for those who manage its members.
///
/// # Errors
/// Not found for anyone else, and where there is none.
async fn managed(app: &App, caller: &Caller, slug: &str) -> Result<Organisation, Failure> {
    let found: Vec<Organisation> = app.store.by(&Scope::Public, "slug", slug).await?;
    let organisation = found.into_iter().next().ok_or_else(Failure::not_found)?;
    caller.must(&Act::ManageMembers(organisation.id))?;
    Ok(organisation)
}

/// A place at the organisation, by its id in an address.
///
/// # Errors
/// Not found where it is another organisation's.
async fn place(app: &App, caller: &Caller, organisation: &Organisation, id: &str) -> Result<Membership, Failure> {
    let id: Uuid = id.parse().map_err(|_| Failure::not_found())?;
    let place: Option<Membership> = app.store.get(&caller.scope, id).await?;
    place.filter(|place| place.organisation == organisation.id).ok_or_else(Failure::not_found)
}

/// What a person is called on these pages: by their name where they act for the organisation, or did; until they accept, as whoever
/// invited them typed it. An invitation tells nobody who is behind an address.
fn called(place: &Membership, person: &Person, typed: Option<&String>) -> String {
    if place.accepted_at.is_some() {
        return person.name.clone();
    }
    typed.or(person.email.as_ref()).cloned().unwrap_or_else(|| "Somebody invited".to_owned())
}

/// The same, with what was typed.
async fn called_here(app: &App, caller: &Caller, place: &Membership, person: &Person) -> Result<String, Failure> {
    let typed = app.store.invited_as(&caller.scope, place.organisation).await?;
    Ok(called(place, person, typed.get(&place.id)))
}

/// Whether it is the hub.
fn is_hub(organisation: &Organisation) -> bool {
    organisation.kind == OrganisationKind::Hub
}

/// A role as a checkbox.
#[derive(Serialize)]
struct RoleBox {
    value: &'static str,
    text: String,
    checked: bool,
}

/// The roles that can be given at an organisation, as checkboxes.
fn boxes(hub: bool, checked: &[Role]) -> Vec<RoleBox> {
    Role::ALL
        .into_iter()
        .filter(|role| hub || *role != Role::NetworkAdministrator)
        .map(|role| {
            let mut words = role.words().to_owned();
            if let Some(first) = words.get_mut(0..1) {
                first.make_ascii_uppercase();
            }
            if role.needs_second_factor() {
                words.push_str(" (needs a second factor)");
            }
            RoleBox { value: role.as_str(), text: words, checked: checked.contains(&role) }
        })
        .collect()
}

/// Roles as a form names them; unknown names are nobody's.
fn roles(names: &[&str]) -> Vec<Role> {
    let mut roles: Vec<Role> = names.iter().filter_map(|name| Role::parse(name)).collect();
    roles.sort_unstable();
    roles.dedup();
    roles
}

/// Why roles cannot be given so, in words.
fn words(refusal: domain::people::members::Refusal) -> &'static str {
    use domain::people::members::Refusal;
    match refusal {
        Refusal::NotYours | Refusal::Revoked => "This can no longer be changed. Open the page again",
        Refusal::NoRole => "Choose at least one role",
        Refusal::GuestAndMore => "A guest sees named sections only. Choose guest alone, or other roles",
        Refusal::NetworkRole => "Only those who run the network can give or take the role of network administrator",
        Refusal::LastNetworkAdministrator => "Nobody else runs the network. Make someone else network administrator first",
        Refusal::OwnDeputy => "Someone who holds a role cannot also be its deputy. Choose one of the two",
        Refusal::Services => "Give at most 50 services, each in at most 200 characters",
        Refusal::LastAdministrator => "Nobody else here is an administrator. Make someone else administrator first",
    }
}
