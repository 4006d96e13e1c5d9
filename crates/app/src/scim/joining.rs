//! Somebody joins: `POST /scim/v2/Users`. They are invited as a viewer until a group gives them more, and accept by signing in.

use super::{
    Directory, Failed, TRIES, json,
    known::{counts, held, is_taken},
    patch,
    resource::User,
    users::{organisation, refused},
};
use crate::{
    error::{self, Failure, ScimError},
    mail::Recipient,
    state::App,
    web::people::letters,
};
use axum::{body::Bytes, extract::State, response::Response};
use domain::people::{Membership, MembershipId, Person, PersonId, Role};
use store::{Write, scim::ScimUser};
use uuid::Uuid;

/// Somebody joins: invited as a viewer until a group gives them more. They are told by mail, and accept by signing in.
pub async fn create(State(app): State<App>, directory: Directory, body: Bytes) -> Response {
    match created(&app, &directory, &body).await {
        Ok(user) => error::scim_answer(true, &user.json(&app.public_url)),
        Err(response) => response,
    }
}

async fn created(app: &App, directory: &Directory, body: &Bytes) -> Result<User, Response> {
    let change = patch::of_user(&json(body)?).map_err(refused)?;
    let value = |text: &str| error::scim(ScimError::InvalidValue, text);
    let user_name = change.user_name.clone().ok_or_else(|| value("userName is needed"))?.to_lowercase();
    let email = change.email.clone().unwrap_or_else(|| user_name.clone()).to_lowercase();
    let name = change.renamed("").unwrap_or_else(|| user_name.clone());
    Recipient::new(Some(&name), &email).map_err(|_| value("the user needs an address and a name that can stand in mail"))?;
    let joiner = Joiner { user_name, email, name, external_id: change.external_id, active: change.active != Some(false) };
    for _ in 1..TRIES {
        match join(app, directory, &joiner).await {
            Err(failed) if failed.is_overtaken() => {}
            done => return done.map_err(Failed::said),
        }
    }
    join(app, directory, &joiner).await.map_err(Failed::said)
}

/// Somebody who joins, as the directory says.
struct Joiner {
    user_name: String,
    email: String,
    name: String,
    external_id: Option<String>,
    active: bool,
}

async fn join(app: &App, directory: &Directory, joiner: &Joiner) -> Result<User, Failed> {
    let now = app.clock.now();
    let mut write = app.store.write(&directory.scope, now).await?;
    let users = held(&write, directory).await?;
    let addressed = |user: &User| user.person.email.as_deref() == Some(&joiner.email);
    // Whom the directory took away comes back by the same name and address (RFC 7644, section 3.6): no other user is in their way.
    let back =
        users.iter().find(|user| !user.active() && addressed(user) && user.user_name().eq_ignore_ascii_case(&joiner.user_name));
    let own = back.map(|user| user.person.id);
    let reached = |user: &User| Some(user.person.id) != own && counts(user) && addressed(user);
    if is_taken(&users, &joiner.user_name, own) || users.iter().any(reached) {
        write.abandon();
        return Err(Failed::Refused(error::scim(ScimError::Uniqueness, "there is a user of this name")));
    }
    let person = addressed_by(&mut write, &joiner.name, &joiner.email).await?;
    let revoked_at = (!joiner.active).then_some(now);
    let place = taken_in(&mut write, directory, &person, vec![Role::Viewer], revoked_at).await?;
    // The id of the person, unless it is that of a user who turned out to be somebody else.
    let free = users.iter().all(|user| user.person.id == person.id || user.id() != person.id.0);
    let known = ScimUser {
        person: person.id,
        id: if free { person.id.0 } else { Uuid::now_v7() },
        user_name: joiner.user_name.clone(),
        external_id: joiner.external_id.clone(),
    };
    write.keep_scim_user(directory.organisation, &known).await?;
    // Who comes back goes by the id that they had.
    let known = write.scim_users(directory.organisation).await?.into_iter().find(|user| user.person == person.id);
    write.keep_invited_as(place.id, &joiner.name).await?;
    let user = User { person, place, known, typed: Some(joiner.name.clone()) };
    if user.active() {
        invite(app, directory, &mut write, &user).await?;
    }
    write.commit().await?;
    Ok(user)
}

/// The person with an address; a new one where there is none. Somebody known from another organisation is invited here; their name and
/// address stay their own.
pub(super) async fn addressed_by(write: &mut Write, name: &str, email: &str) -> Result<Person, Failed> {
    let found: Vec<Person> = write.by("email", email).await?;
    if let Some(person) = found.into_iter().next() {
        return Ok(person);
    }
    let mut new = [Person {
        id: PersonId(Uuid::now_v7()),
        name: name.to_owned(),
        email: Some(email.to_owned()),
        illustrative: false,
        disabled_at: None,
        unwanted_mail: Vec::new(),
        updated_at: 0,
    }];
    write.create(&mut new).await?;
    let [person] = new;
    Ok(person)
}

/// The place that a person gets at the organisation, to be accepted; also if they were here before and come back.
pub(super) async fn taken_in(
    write: &mut Write,
    directory: &Directory,
    person: &Person,
    roles: Vec<Role>,
    revoked_at: Option<i64>,
) -> Result<Membership, Failed> {
    let places: Vec<Membership> = write.by("person_id", person.id.to_string()).await?;
    if let Some(before) = places.into_iter().find(|place| place.organisation == directory.organisation) {
        let mut after = Membership { roles, revoked_at, ..joining(&before, write.at()) };
        write.update(&before, &mut after).await?;
        return Ok(after);
    }
    let mut new = [Membership {
        id: MembershipId(Uuid::now_v7()),
        person: person.id,
        organisation: directory.organisation,
        roles,
        deputy: Vec::new(),
        services: Vec::new(),
        invited_at: write.at(),
        accepted_at: None,
        revoked_at,
        updated_at: 0,
    }];
    write.create(&mut new).await?;
    let [place] = new;
    Ok(place)
}

/// A place as it is for somebody who joins, also if they come back: a viewer's, to be accepted by signing in. What they once held
/// here is theirs again only when a group or an administrator gives it.
pub(super) fn joining(before: &Membership, now: i64) -> Membership {
    Membership {
        roles: vec![Role::Viewer],
        deputy: Vec::new(),
        services: Vec::new(),
        invited_at: now,
        accepted_at: None,
        revoked_at: None,
        ..before.clone()
    }
}

/// Mails somebody who joins where they sign in.
pub(super) async fn invite(app: &App, directory: &Directory, write: &mut Write, user: &User) -> Result<(), Failure> {
    let organisation = organisation(directory, write).await?;
    let inviter = format!("{}’s directory", organisation.name);
    letters::invite(app, write, &inviter, &user.person, &organisation, &user.place.roles).await
}
