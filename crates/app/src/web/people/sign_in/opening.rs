//! From what was proved to a session: second factor where there is one, invitations accepted, a new session id each time.

use super::flow::{self, Browser, Flow, Proved};
use crate::{
    error::Failure,
    state::App,
    web::{
        people::{agent, go, server, with_next},
        session::{COOKIE, Caller, cookie, new_token, set_cookie, token_hash},
    },
};
use axum::{
    http::{HeaderMap, HeaderValue, header},
    response::Response,
};
use domain::{
    audit::Kind,
    people::{
        Membership, Person, PersonId, Role, SessionId, members,
        session::NOTED,
        sign_in::{invitation::Purpose, next::local},
    },
    register::ids::OrganisationId,
};
use serde_json::json;
use std::collections::BTreeSet;
use store::{Write, sessions::Session};
use uuid::Uuid;

/// How a person proved who they are.
#[derive(Clone, Copy, Debug)]
pub struct Proof<'a> {
    /// `code`, `oidc`, `totp`, `passkey`, `recovery`, `demo`.
    pub method: &'a str,
    /// Whether with two factors.
    pub second_factor: bool,
    /// When.
    pub at: i64,
}

/// Goes on from a first factor: to the second where the person has one and it is still due, else to a session.
///
/// # Errors
/// When the database fails.
pub async fn proved(
    app: &App,
    caller: &Caller,
    headers: &HeaderMap,
    mut browser: Browser,
    person: PersonId,
    proof: Proof<'_>,
) -> Result<Response, Failure> {
    if !proof.second_factor && !app.store.factors(&server(), person).await?.is_empty() {
        browser.flow.proved = Some(Proved { person, method: proof.method.to_owned() });
        browser.flow.email = None;
        browser.keep(app).await?;
        return Ok(go("/sign-in/second-factor"));
    }
    open(app, caller, headers, browser, person, proof).await
}

/// Opens a session, or puts a fresh one in the place of the one that was checked. Whatever session this browser had is ended.
///
/// # Errors
/// When the database fails.
pub async fn open(
    app: &App,
    caller: &Caller,
    headers: &HeaderMap,
    mut browser: Browser,
    person: PersonId,
    proof: Proof<'_>,
) -> Result<Response, Failure> {
    let now = app.clock.now();
    let mut write = app.store.write(&server(), now).await?;
    // Of two requests one waits here until the other is through.
    if !browser.hold(&mut write).await? {
        write.abandon();
        return Ok(go("/sign-in?problem=again"));
    }
    // By what was just typed, the code alone or the second factor: a second press of the button is answered like the first.
    let typed = |used: &flow::Used| used.factor.as_deref() == proof.second_factor.then_some(proof.method);
    let by_press = browser.flow.used.as_ref().is_some_and(typed);
    if let Some(first) = browser.flow.opened.filter(|_| by_press) {
        return once_more(app, caller, headers, &browser, write, (person, first)).await;
    }
    if !by_press {
        browser.through(&mut write, None).await?;
    }
    let known: Option<Person> = app.store.get(&server(), person.0).await?;
    let Some(known) = known.filter(|known| known.disabled_at.is_none()) else {
        write.commit().await?;
        return Ok(go("/sign-in?problem=not-known"));
    };
    let checked = caller.session.as_ref().filter(|session| browser.flow.checking == Some(session.id) && session.person == person);
    if browser.flow.checking.is_some() && checked.is_none() {
        // Someone else's proof, or the session has ended meanwhile.
        write.commit().await?;
        return Ok(go("/sign-in?problem=again"));
    }
    hold_places(&mut write, person).await?;
    accept(&mut write, &known, browser.flow.invitation, proof.method).await?;
    join(&mut write, &known, browser.flow.vouched, proof.method).await?;
    let places: Vec<Membership> = write.by("person_id", person.0.to_string()).await?;
    let active: Vec<&Membership> = places.iter().filter(|place| place.active()).collect();
    let Some(first) = active.first() else {
        write
            .event(Kind::SignIn, person.0, None, &json!({ "event": "refused", "why": "no place", "address": caller.address }))
            .await?;
        write.commit().await?;
        return Ok(go("/sign-in?problem=not-known"));
    };
    let acting_for = last_acted_for(app, person, &active).await?.unwrap_or(first.organisation);
    let session = Session {
        id: SessionId(Uuid::now_v7()),
        person,
        acting_for: checked.map_or(acting_for, |old| old.acting_for),
        // A fresh check does not make a session longer.
        created_at: checked.map_or(now, |old| old.created_at),
        // So that the first use of it is noted: from then on its browser has it, and what was typed is worth nothing to anybody.
        seen_at: if by_press { now - NOTED } else { now },
        checked_at: proof.at,
        // As strong as what was proved now: a check by less than the session was opened with leaves it with less.
        second_factor: proof.second_factor || checked.is_some_and(|old| old.second_factor && old.method == "demo"),
        method: proof.method.to_owned(),
        agent: agent(headers),
        address: caller.address.clone(),
        ended_at: None,
    };
    if by_press {
        browser.through(&mut write, Some(session.id)).await?;
    }
    enter(app, headers, &browser, write, session, &active).await
}

/// A second press of the button, whose browser gave up waiting for the answer to the first: a new session id in the place of the one
/// that the first opened, which nobody holds. Only where everything is as it was: the browser, its address, and the session, which
/// was not used.
async fn once_more(
    app: &App,
    caller: &Caller,
    headers: &HeaderMap,
    browser: &Browser,
    mut write: Write,
    (person, first): (PersonId, SessionId),
) -> Result<Response, Failure> {
    let open = app.store.sessions_of(&server(), person).await?;
    let unused = |one: &Session| browser.flow.used.as_ref().is_some_and(|used| one.seen_at < used.at);
    let same = |one: &Session| one.id == first && unused(one) && one.agent == agent(headers) && one.address == caller.address;
    let Some(before) = open.into_iter().find(same) else {
        write.abandon();
        return Ok(go("/sign-in?problem=again"));
    };
    hold_places(&mut write, person).await?;
    let places: Vec<Membership> = write.by("person_id", person.0.to_string()).await?;
    let active: Vec<&Membership> = places.iter().filter(|place| place.active()).collect();
    write.end_session(before.id).await?;
    let session = Session { id: SessionId(Uuid::now_v7()), ..before };
    browser.through(&mut write, Some(session.id)).await?;
    enter(app, headers, browser, write, session, &active).await
}

/// Holds the people of every organisation of a person's: whoever takes a place away at this moment ends the session too that is opened.
async fn hold_places(write: &mut Write, person: PersonId) -> Result<(), Failure> {
    let places: Vec<Membership> = write.by("person_id", person.0.to_string()).await?;
    let organisations: BTreeSet<OrganisationId> = places.iter().map(|place| place.organisation).collect();
    for organisation in organisations {
        write.hold_people(organisation).await?;
    }
    Ok(())
}

/// Opens a session in the place of whatever one the browser had, and leads to where its person wanted to go.
async fn enter(
    app: &App,
    headers: &HeaderMap,
    browser: &Browser,
    mut write: Write,
    session: Session,
    active: &[&Membership],
) -> Result<Response, Failure> {
    if let Some(old) = cookie(headers, COOKIE)
        && let Some(old) = app.store.session(&token_hash(old)).await?
    {
        write.end_session(old.id).await?;
    }
    let shared = super::held::shared(app, headers, session.person).await?;
    let token = new_token()?;
    write.open_session(&session, &token_hash(&token)).await?;
    write.commit().await?;

    let next = leads(&browser.flow);
    let must_set_up = !session.second_factor && needs_second_factor(active);
    let to = if must_set_up { with_next("/account/second-factor", &next) } else { next };
    let mut response = go(&to);
    for value in [set_cookie(COOKIE, &token, None), flow::forget(), shared].into_iter().flatten() {
        response.headers_mut().append(header::SET_COOKIE, value);
    }
    Ok(response)
}

/// Where a browser is led once its person is signed in: to what is held of them, or where they wanted to go.
#[must_use]
pub fn leads(flow: &Flow) -> String {
    flow.held.as_deref().map_or_else(|| local(flow.next.as_deref()).to_owned(), super::held::address)
}

/// Puts a new session id in the place of a session whose person proved more, or proved it again (S1); gives the new cookie.
///
/// # Errors
/// When there are no random numbers or the database fails.
pub async fn renew(write: &mut Write, old: &Session, second_factor: bool, method: &str) -> Result<HeaderValue, Failure> {
    let now = write.at();
    let session = Session {
        id: SessionId(Uuid::now_v7()),
        seen_at: now,
        checked_at: now,
        second_factor: old.second_factor || second_factor,
        method: method.to_owned(),
        ended_at: None,
        ..old.clone()
    };
    let token = new_token()?;
    write.end_session(old.id).await?;
    write.open_session(&session, &token_hash(&token)).await?;
    set_cookie(COOKIE, &token, None).ok_or_else(|| Failure::of(crate::error::Code::Internal))
}

/// Whether someone with these places must have a second factor.
#[must_use]
pub fn needs_second_factor(places: &[&Membership]) -> bool {
    places.iter().flat_map(|place| place.roles.iter().chain(&place.deputy)).copied().any(Role::needs_second_factor)
}

/// The organisation a person acted for last, if they still may.
async fn last_acted_for(app: &App, person: PersonId, active: &[&Membership]) -> Result<Option<OrganisationId>, Failure> {
    let sessions = app.store.last_acting_for(person).await?;
    Ok(sessions.filter(|last| active.iter().any(|place| place.organisation == *last)))
}

/// Accepts the invitation whose link brought a person here; nothing else of what they were invited to, since who signs in for one
/// organisation has not said yes to another. Only somebody without any place, who can be signing in for nothing else, accepts
/// the latest by a code, which proves the mailbox it went to. An invitation that someone accepts with an account they already had
/// becomes that person's place.
pub(super) async fn accept(write: &mut Write, person: &Person, invitation: Option<Uuid>, method: &str) -> Result<(), Failure> {
    let now = write.at();
    let mut open = write.open_joins(person.id).await?;
    let places: Vec<Membership> = write.by("person_id", person.id.0.to_string()).await?;
    if invitation.is_some() || !by_code(method) || places.iter().any(Membership::active) {
        open.retain(|link| Some(link.id) == invitation);
    }
    // The latest first; a further one waits for its link.
    open.retain(|link| link.link.check(now).is_ok());
    open.sort_by_key(|link| std::cmp::Reverse((link.link.issued_at, link.id)));
    open.truncate(1);
    if let Some(wanted) = invitation
        && open.iter().all(|link| link.id != wanted)
        && let Some(link) = write.invitation(wanted).await?
    {
        open.push(link);
    }
    for link in open {
        if link.link.purpose != Purpose::Join || link.link.check(now).is_err() || !write.use_invitation(link.id).await? {
            continue;
        }
        let places: Vec<Membership> = write.by("person_id", link.person.0.to_string()).await?;
        let Some(place) = places.into_iter().find(|place| place.organisation == link.organisation && place.revoked_at.is_none())
        else {
            continue;
        };
        let own: Vec<Membership> = write.by("person_id", person.id.0.to_string()).await?;
        let had = own.into_iter().find(|own| own.organisation == link.organisation && own.id != place.id);
        match had {
            // They had a place there: it gets the roles (what it had, too, where it still counts), and the invited one goes.
            Some(before) => {
                let mut after = members::joined(&before, &place, now);
                write.update(&before, &mut after).await?;
                let mut gone = place.clone();
                gone.revoked_at = Some(now);
                write.update(&place, &mut gone).await?;
            }
            None => {
                let mut after = place.clone();
                after.person = person.id;
                after.accepted_at = Some(now);
                write.update(&place, &mut after).await?;
            }
        }
        // To a directory that named them they stay the user that it knows: or it could not say that they have left.
        write.hand_scim_user_on(link.organisation, link.person, person.id).await?;
        let content = json!({ "event": "invitation-accepted", "method": method, "invited": link.person });
        write.event(Kind::SignIn, person.id.0, Some(link.organisation.0), &content).await?;
    }
    Ok(())
}

/// Takes up the places that an organisation's directory holds ready for a person, for as long as it does: the organisation's own
/// provider vouches for whoever it is; the code proves the mailbox that the directory names, and is enough for somebody who has no
/// place elsewhere (who has, accepts by the link they were sent, or a directory could take in whomever it names). Directories name people long
/// before their first day, so this outlives the invitation that they got.
async fn join(write: &mut Write, person: &Person, vouched: Option<OrganisationId>, method: &str) -> Result<(), Failure> {
    let directories = write.directories_of(person.id).await?;
    let places: Vec<Membership> = write.by("person_id", person.id.0.to_string()).await?;
    for place in places.iter().filter(|place| place.accepted_at.is_none() && place.revoked_at.is_none()) {
        let organisation = place.organisation;
        let alone = !places.iter().any(Membership::active);
        if !directories.contains(&organisation) || !(by_code(method) && alone || vouched == Some(organisation)) {
            continue;
        }
        let mut after = Membership { accepted_at: Some(write.at()), ..place.clone() };
        write.update(place, &mut after).await?;
        write.withdraw_invitations(Purpose::Join, person.id, organisation).await?;
        let content = json!({ "event": "joined", "method": method, "by": "directory" });
        write.event(Kind::SignIn, person.id.0, Some(organisation.0), &content).await?;
    }
    Ok(())
}

/// Whether somebody proved their mailbox, alone or before a second factor.
fn by_code(method: &str) -> bool {
    method.split('+').next() == Some("code")
}
