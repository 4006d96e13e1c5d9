//! `/scim/v2/Users`: who has a place at the organisation.

use super::{
    Directory, Failed, Paging, TRIES, fault,
    filter::{Equal, Filter},
    joining::{invite, joining},
    json,
    known::{all, held, is_taken, one as named},
    leaderless,
    patch::{self, Refusal, UserChange},
    readdress,
    resource::User,
    word,
};
use crate::{
    error::{self, Failure, ScimError},
    mail::Recipient,
    state::App,
};
use axum::{
    body::Bytes,
    extract::{FromRequestParts, Path, Query, State},
    http::request::Parts,
    response::Response,
};
use domain::{
    people::{Membership, Person, naming},
    register::records::Organisation,
};
use serde::Deserialize;
use store::{Write, scim::ScimUser};

/// What a list's address may say.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Asking {
    pub(super) filter: Option<String>,
    pub(super) start_index: Option<i64>,
    pub(super) count: Option<i64>,
}

impl FromRequestParts<App> for Asking {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Response> {
        let read = Query::<Self>::from_request_parts(parts, app).await;
        read.map(|Query(asking)| asking)
            .map_err(|_| error::scim(ScimError::InvalidValue, "startIndex and count are whole numbers; each is said once"))
    }
}

impl Asking {
    /// What must hold of what is listed; nothing where there is no filter.
    pub(super) fn wanted(&self) -> Result<Vec<Equal>, Response> {
        let Some(text) = &self.filter else { return Ok(Vec::new()) };
        let filter = Filter::parse(text);
        filter.map(Filter::all).ok_or_else(|| {
            error::scim(
                ScimError::InvalidFilter,
                "only 'attribute eq \"value\"' is understood, or several with 'and' between them",
            )
        })
    }
}

/// A list, filtered by `userName`, `externalId`, `emails` or `id`.
pub async fn list(State(app): State<App>, directory: Directory, asking: Asking) -> Response {
    let mut users = match all(&app, &directory).await {
        Ok(users) => users,
        Err(failure) => return fault(&failure),
    };
    let wanted = match asking.wanted() {
        Ok(wanted) => wanted,
        Err(response) => return response,
    };
    for Equal { attribute, value } in &wanted {
        match attribute.as_str() {
            // Names are told apart without regard to case (RFC 7643, 4.1.1).
            "username" => users.retain(|user| user.user_name().eq_ignore_ascii_case(value)),
            "externalid" => {
                users.retain(|user| user.known.as_ref().is_some_and(|known| known.external_id.as_ref() == Some(value)))
            }
            "id" => users.retain(|user| user.id().to_string() == *value),
            "active" => users.retain(|user| user.active().to_string() == *value),
            "emails.value" | "emails" => {
                users.retain(|user| user.person.email.as_ref().is_some_and(|email| email.eq_ignore_ascii_case(value)));
            }
            // Before Entra names somebody's manager, it asks whether the user of an id has that one: here nobody has.
            _ if wanted.len() > 1 => users.clear(),
            _ => {
                return error::scim(ScimError::InvalidFilter, "users can be found by userName, externalId, emails, active or id");
            }
        }
    }
    let all = users.iter().map(|user| user.json(&app.public_url)).collect();
    error::scim_answer(false, &Paging::of(asking.start_index, asking.count).answer(all))
}

/// One user.
pub async fn one(State(app): State<App>, directory: Directory, Path(id): Path<String>) -> Response {
    match all(&app, &directory).await.map_err(Failed::from).and_then(|users| named(&users, &id)) {
        Ok(user) => error::scim_answer(false, &user.json(&app.public_url)),
        Err(failed) => failed.said(),
    }
}

pub(super) async fn organisation(directory: &Directory, write: &Write) -> Result<Organisation, Failure> {
    let found: Option<Organisation> = write.get_many(&[directory.organisation.0]).await?.into_iter().next();
    found.ok_or_else(Failure::not_found)
}

/// A user as a whole: what is not said stays.
pub async fn replace(State(app): State<App>, directory: Directory, Path(id): Path<String>, body: Bytes) -> Response {
    let change = json(&body).and_then(|body| patch::of_user(&body).map_err(refused));
    changed(&app, &directory, &id, change).await
}

/// Parts of a user.
pub async fn patch(State(app): State<App>, directory: Directory, Path(id): Path<String>, body: Bytes) -> Response {
    let change = json(&body).and_then(|body| patch::user(&body).map_err(refused));
    changed(&app, &directory, &id, change).await
}

async fn changed(app: &App, directory: &Directory, id: &str, change: Result<UserChange, Response>) -> Response {
    let result = match change {
        Ok(change) => apply(app, directory, id, change).await,
        Err(response) => Err(response),
    };
    match result {
        Ok(user) => error::scim_answer(false, &user.json(&app.public_url)),
        Err(response) => response,
    }
}

async fn apply(app: &App, directory: &Directory, id: &str, change: UserChange) -> Result<User, Response> {
    for _ in 1..TRIES {
        match become_so(app, directory, id, change.clone()).await {
            Err(failed) if failed.is_overtaken() => {}
            done => return done.map_err(Failed::said),
        }
    }
    become_so(app, directory, id, change).await.map_err(Failed::said)
}

async fn become_so(app: &App, directory: &Directory, id: &str, change: UserChange) -> Result<User, Failed> {
    let now = app.clock.now();
    let mut write = app.store.write(&directory.scope, now).await?;
    let users = held(&write, directory).await?;
    let mut user = named(&users, id)?;
    let organisation = organisation(directory, &write).await?;
    let (own, id, called_before) = (user.person.id, user.id(), user.user_name());
    if let Some(address) = readdress::wanted(&write, directory, &user, &change).await? {
        user = readdress::under(app, directory, &mut write, &users, user, &address, change.active != Some(false)).await?;
    }
    let places: Vec<Membership> = write.by("person_id", user.person.id.to_string()).await?;
    let voice = naming::voice(&places, &write.accepted_at(user.person.id).await?, directory.organisation);
    let mut after = user.person.clone();
    if voice.name {
        after.name = change.renamed(&after.name).unwrap_or(after.name);
    }
    if voice.address {
        after.email = change.email.as_deref().map(str::to_lowercase).or(after.email);
    }
    if after != user.person {
        let moved = after.email != user.person.email;
        let stands = Recipient::new(Some(&after.name), after.email.as_deref().unwrap_or_default()).is_ok();
        if !stands || moved && !write.by::<Person>("email", after.email.clone().unwrap_or_default()).await?.is_empty() {
            return Err(taken());
        }
        write.update(&user.person, &mut after).await?;
        if moved {
            word::moved(app, &mut write, &organisation, &user.person, &after).await?;
        }
        user.person = after;
    }
    // Whomever the directory speaks of goes by that name there from now on, named or not.
    let before = user.known.take();
    let known = ScimUser {
        person: user.person.id,
        id,
        user_name: match (change.user_name.as_ref(), &before) {
            (Some(name), _) => name.to_lowercase(),
            (None, Some(before)) => before.user_name.clone(),
            (None, None) => called_before.to_lowercase(),
        },
        external_id: change.external_id.clone().or_else(|| before.as_ref().and_then(|known| known.external_id.clone())),
    };
    let others = is_taken(&users, &known.user_name, Some(own));
    let comes_back = change.active == Some(true) && user.place.revoked_at.is_some();
    if others && (comes_back || !known.user_name.eq_ignore_ascii_case(&called_before)) {
        return Err(taken());
    }
    // Somebody who left before it ever spoke of them leaves a name that another may have got meanwhile: it is the other's.
    if others {
        user.known = before;
    } else {
        if before.as_ref() != Some(&known) && !known.user_name.is_empty() {
            write.keep_scim_user(directory.organisation, &known).await?;
        }
        user.known = Some(known);
    }
    // What the directory calls somebody who has not accepted is its own; it changes nobody's name elsewhere.
    if let Some(name) = change.renamed(&user.name()).filter(|_| user.place.accepted_at.is_none()) {
        if Recipient::new(Some(&name), user.person.email.as_deref().unwrap_or_default()).is_err() {
            return Err(taken());
        }
        write.keep_invited_as(user.place.id, &name).await?;
        user.typed = Some(name);
    }
    match (change.active, user.place.revoked_at) {
        (Some(false), None) => {
            let left = user.place.clone();
            user.place = leave(&mut write, &user, now).await?;
            word::left(app, &mut write, &organisation, &user.person, &left).await?;
            leaderless::tell(app, &mut write, &organisation, &left).await?;
        }
        (Some(true), Some(_)) => {
            // Called as they were, or as the directory says now, until they accept again.
            let called = change.renamed(&user.name()).unwrap_or_else(|| user.name());
            if Recipient::new(Some(&called), user.person.email.as_deref().unwrap_or_default()).is_err() {
                return Err(taken());
            }
            write.keep_invited_as(user.place.id, &called).await?;
            user.typed = Some(called);
            let mut back = joining(&user.place, now);
            write.update(&user.place, &mut back).await?;
            user.place = back;
            invite(app, directory, &mut write, &user).await?;
        }
        _ => {}
    }
    write.commit().await?;
    Ok(user)
}

pub(super) fn taken() -> Failed {
    Failed::Refused(error::scim(ScimError::Uniqueness, "the name or address belongs to somebody else, or cannot stand in mail"))
}

/// Somebody leaves: their place goes, and what acts in their name with it, at once.
async fn leave(write: &mut Write, user: &User, now: i64) -> Result<Membership, store::Error> {
    let mut after = Membership { revoked_at: Some(now), ..user.place.clone() };
    write.update(&user.place, &mut after).await?;
    write.end_access(user.person.id, user.place.organisation).await?;
    // Sessions that act for another organisation too: the directory that opened them may be this one. Not those of somebody whom
    // it only named, and who never took the place up.
    if user.place.accepted_at.is_some() {
        write.end_sessions_of(user.person.id).await?;
    }
    Ok(after)
}

/// Somebody leaves; their record stays for the log, inactive.
pub async fn delete(State(app): State<App>, directory: Directory, Path(id): Path<String>) -> Response {
    match apply(&app, &directory, &id, UserChange { active: Some(false), ..UserChange::default() }).await {
        Ok(_) => error::scim_nothing(),
        Err(response) => response,
    }
}

/// A refusal of a body, said as SCIM says it.
pub(super) fn refused(refusal: Refusal) -> Response {
    match refusal {
        Refusal::Syntax => error::scim(ScimError::InvalidSyntax, "the body is no operation that this service knows"),
        Refusal::Path => error::scim(ScimError::InvalidPath, "there is no such attribute here"),
        Refusal::Value => error::scim(ScimError::InvalidValue, "an attribute has a value of the wrong kind"),
    }
}
