//! `/organisations/{slug}/people`: who can do what, since when, when last seen and with which second factor.

use super::{called, is_hub, managed};
use crate::{
    error::Failure,
    state::App,
    web::{page, people::server, session::Caller, words},
};
use axum::{
    extract::{Path, State},
    response::Html,
};
use domain::{
    people::{Act, Membership, Person, PersonId, Role, sign_in::invitation::Purpose},
    register::{ids::OrganisationId, records::Organisation},
};
use govuk::Link;
use serde::Serialize;
use std::collections::HashMap;
use store::sign_in::people::Reviewed;
use uuid::Uuid;

#[derive(Serialize)]
struct View {
    slug: String,
    organisation: String,
    active: Vec<Row>,
    invited: Vec<Row>,
    revoked: Vec<Row>,
    /// Who runs the network, and so manages these people too.
    network: Vec<String>,
    administrators: usize,
    runs_network: bool,
    /// Tokens of its directory.
    directory: Vec<DirectoryToken>,
    /// Whether the caller acts for it.
    own: bool,
}

/// A person's line in the access review.
#[derive(Clone, Serialize)]
pub struct Row {
    /// The place's id.
    pub id: String,
    /// Name.
    pub name: String,
    /// Address of mail.
    pub email: Option<String>,
    /// Made up.
    pub illustrative: bool,
    /// Roles in words.
    pub roles: Vec<String>,
    /// Roles as deputy in words.
    pub deputy: Vec<String>,
    /// Services they look after.
    pub services: Vec<String>,
    /// How they prove who they are.
    pub second_factor: &'static str,
    /// Whether their roles need a second factor that they do not have.
    pub lacks_second_factor: bool,
    /// When last seen.
    pub last_seen: Option<String>,
    /// Open sessions.
    pub sessions: i64,
    /// Tokens for programs.
    pub tokens: i64,
    /// Calendars of their own that other programs read.
    pub calendars: i64,
    /// Since when, or invited when, or until when.
    pub since: String,
}

/// Which part of the review a row stands in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Has accepted.
    Active,
    /// Has been invited.
    Invited,
    /// Was taken away.
    Revoked,
}

impl Standing {
    /// Of a place.
    #[must_use]
    pub fn of(place: &Membership) -> Self {
        match (place.revoked_at, place.accepted_at) {
            (Some(_), _) => Self::Revoked,
            (None, Some(_)) => Self::Active,
            (None, None) => Self::Invited,
        }
    }
}

/// The access review of an organisation, by name.
///
/// # Errors
/// When the database fails.
pub async fn rows(app: &App, caller: &Caller, organisation: &Organisation) -> Result<Vec<(Standing, Row)>, Failure> {
    let places: Vec<Membership> = app.store.by(&caller.scope, "organisation_id", organisation.id.0.to_string()).await?;
    let ids: Vec<Uuid> = places.iter().map(|place| place.person.0).collect();
    let people: HashMap<Uuid, Person> =
        app.store.get_many::<Person>(&caller.scope, &ids).await?.into_iter().map(|person| (person.id.0, person)).collect();
    let reviewed: HashMap<Uuid, Reviewed> = app
        .store
        .access_review(&caller.scope, organisation.id, app.clock.now())
        .await?
        .into_iter()
        .map(|reviewed| (reviewed.person.0, reviewed))
        .collect();
    let typed = app.store.invited_as(&caller.scope, organisation.id).await?;
    let mut rows: Vec<(Standing, Row)> = places
        .iter()
        .filter_map(|place| {
            let person = people.get(&place.person.0)?;
            let known = reviewed.get(&place.person.0);
            let has_factor = known.is_some_and(|known| known.factors > 0);
            let by_provider = known.is_some_and(|known| known.accounts > 0);
            let needs = place.roles.iter().chain(&place.deputy).any(|role| role.needs_second_factor());
            let standing = Standing::of(place);
            let list = |roles: &[Role]| roles.iter().copied().map(Role::words).map(str::to_owned).collect();
            let row = Row {
                id: place.id.to_string(),
                name: called(place, person, typed.get(&place.id)),
                email: person.email.clone(),
                illustrative: person.illustrative,
                roles: list(&place.roles),
                deputy: list(&place.deputy),
                services: place.services.clone(),
                second_factor: match (standing, has_factor, by_provider) {
                    (Standing::Invited | Standing::Revoked, ..) => "Not shown",
                    (_, true, _) => "Set up here",
                    (_, false, true) => "As their organisation’s sign-in says",
                    (_, false, false) => "None",
                },
                lacks_second_factor: standing == Standing::Active && needs && !has_factor && !by_provider,
                last_seen: known.and_then(|known| known.last_seen).map(words::moment),
                sessions: known.map_or(0, |known| known.sessions),
                tokens: known.map_or(0, |known| known.tokens),
                calendars: known.map_or(0, |known| known.calendars),
                since: words::instant(match standing {
                    Standing::Active => place.accepted_at.unwrap_or(place.invited_at),
                    Standing::Invited => place.invited_at,
                    Standing::Revoked => place.revoked_at.unwrap_or(place.updated_at),
                }),
            };
            Some((standing, row))
        })
        .collect();
    rows.sort_by(|(_, one), (_, other)| one.name.to_lowercase().cmp(&other.name.to_lowercase()).then(one.id.cmp(&other.id)));
    Ok(rows)
}

/// Who runs the network from the hub, by name: they manage every organisation's people too, so its access review names them.
///
/// # Errors
/// When the database fails.
pub async fn network_administrators(app: &App, organisation: &Organisation) -> Result<Vec<String>, Failure> {
    if is_hub(organisation) {
        // They stand in its list.
        return Ok(Vec::new());
    }
    let places: Vec<Membership> = app.store.all(&server()).await?;
    let ids: Vec<Uuid> = places
        .iter()
        .filter(|place| place.active() && place.roles.contains(&Role::NetworkAdministrator))
        .map(|place| place.person.0)
        .collect();
    let people: Vec<Person> = app.store.get_many(&server(), &ids).await?;
    let mut names: Vec<String> =
        people.into_iter().filter(|person| person.disabled_at.is_none()).map(|person| person.name).collect();
    names.sort_by_key(|name| name.to_lowercase());
    Ok(names)
}

/// A token of the organisation's directory: a program that gives and takes places and roles there.
#[derive(Clone, Debug, Serialize)]
pub struct DirectoryToken {
    /// Its id.
    pub id: String,
    /// Who made it.
    pub made_by: Option<String>,
    /// When it was made.
    pub made: String,
    /// When it ends; none for one of the first version, which does not.
    pub until: Option<String>,
    /// Whether it has ended.
    pub ended: bool,
    /// When it was last used.
    pub used: Option<String>,
}

/// The tokens of an organisation's directory that were not taken back, the latest first.
///
/// # Errors
/// When the database fails.
pub async fn directory_tokens(app: &App, caller: &Caller, organisation: OrganisationId) -> Result<Vec<DirectoryToken>, Failure> {
    let (tokens, now) = (app.store.scim_tokens(&caller.scope, organisation).await?, app.clock.now());
    let makers: Vec<Uuid> = tokens.iter().filter_map(|token| token.made_by.map(|person| person.0)).collect();
    let names: HashMap<PersonId, String> =
        app.store.get_many::<Person>(&caller.scope, &makers).await?.into_iter().map(|one| (one.id, one.name)).collect();
    let rows = tokens.iter().map(|token| DirectoryToken {
        id: token.id.to_string(),
        made_by: token.made_by.and_then(|person| names.get(&person).cloned()),
        made: words::instant(token.created_at),
        until: token.expires_at.map(words::instant),
        ended: !token.works(now),
        used: token.used_at.map(words::instant),
    });
    Ok(rows.collect())
}

/// The page.
///
/// # Errors
/// Not found for those who do not manage these members.
pub async fn page(State(app): State<App>, caller: Caller, Path(slug): Path<String>) -> Result<Html<String>, Failure> {
    let organisation = managed(&app, &caller, &slug).await?;
    let rows = rows(&app, &caller, &organisation).await?;
    let part = |wanted| rows.iter().filter(|(standing, _)| *standing == wanted).map(|(_, row)| row.clone()).collect::<Vec<_>>();
    let active = part(Standing::Active);
    let administrator = Role::Administrator.words();
    let mut frame = page::frame(&app, format!("People of {}", organisation.name), super::section(&app, &slug));
    frame.breadcrumbs = vec![
        Link::new("Home", "/"),
        Link::new("Organisations", "/organisations"),
        Link::new(organisation.name.clone(), format!("/organisations/{slug}")),
    ];
    let open = app.store.open_invitations(&caller.scope, organisation.id).await?;
    let named = app.store.scim_users(&caller.scope, organisation.id).await?;
    let now = app.clock.now();
    let mut invited = part(Standing::Invited);
    for row in &mut invited {
        let place = rows_place(&app, &caller, &row.id).await?;
        let link = open.iter().find(|link| Some(link.person) == place && link.link.purpose == Purpose::Join);
        row.second_factor = match link {
            Some(link) if link.link.check(now).is_ok() => "Invitation can be used",
            // An organisation's directory vouches for them for as long as it names them.
            _ if named.iter().any(|user| Some(user.person) == place) => "Named by your directory: can sign in",
            _ => "Invitation has run out",
        };
    }
    let view = View {
        slug,
        network: network_administrators(&app, &organisation).await?,
        organisation: organisation.name,
        administrators: active.iter().filter(|row| row.roles.iter().any(|role| role == administrator)).count(),
        active,
        invited,
        revoked: part(Standing::Revoked),
        directory: directory_tokens(&app, &caller, organisation.id).await?,
        own: caller.member().is_some_and(|member| member.acting_for == organisation.id),
        runs_network: caller.may(&Act::ManageNetwork),
    };
    page::render(&app, "people/organisation/members.html", &frame, view)
}

async fn rows_place(app: &App, caller: &Caller, id: &str) -> Result<Option<domain::people::PersonId>, Failure> {
    let Ok(id) = id.parse::<Uuid>() else { return Ok(None) };
    let place: Option<Membership> = app.store.get(&caller.scope, id).await?;
    Ok(place.map(|place| place.person))
}
