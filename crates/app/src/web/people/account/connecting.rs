//! Connecting an organisation's own sign-in to the account that one has here, and taking it off again. Somebody who has a place already
//! needs no invitation for it: they are signed in, and prove once more who they are. It is the only way in which an account that somebody
//! uses for another organisation too gets a further provider: proof of the old one, and not of the mailbox alone.

use crate::{
    error::Failure,
    state::App,
    web::{
        form::Form,
        page,
        people::{
            letters, organisation_name, server,
            sign_in::{
                check::{stale, stale_form},
                flow::Flow,
                provider,
            },
        },
        repeat,
        session::Caller,
        words,
    },
};
use axum::{extract::State, http::HeaderMap, response::Response};
use domain::{
    audit::Kind,
    people::{
        AccountId, Member, Person, SessionId,
        sign_in::{
            identity::{Identity, Provider},
            records::IdentityProvider,
        },
    },
};
use serde::Serialize;
use serde_json::json;
use store::sign_in::accounts::Account;
use uuid::Uuid;

/// Where it is asked for and where it leads back to.
const ACCOUNT: &str = "/account";
/// Where a provider is connected.
const CONNECT: &str = "/account/sign-in";
/// Where one is taken off.
const REMOVE: &str = "/account/sign-in/remove";

/// A provider that a member can connect.
#[derive(Serialize)]
pub struct Choice {
    id: String,
    organisation: String,
}

/// An account of a member's at a provider.
#[derive(Serialize)]
pub struct Connected {
    id: String,
    /// Whose sign-in it is, among their organisations; the issuer alone says it where it is none's any more.
    organisation: Option<String>,
    /// The issuer; with Google the domain, since all have that issuer.
    issuer: String,
    used: String,
}

/// A member's accounts, and the providers of their organisations to which none of them belongs.
///
/// # Errors
/// When the database fails.
pub async fn shown(app: &App, caller: &Caller, member: &Member) -> Result<(Vec<Connected>, Vec<Choice>), Failure> {
    let all: Vec<IdentityProvider> = app.store.all(&server()).await?;
    let mut usable_here = Vec::new();
    for provider in all.into_iter().filter(|provider| usable(member, provider)) {
        let organisation = organisation_name(app, provider.organisation).await?;
        usable_here.push((provider.provider, Choice { id: provider.id.to_string(), organisation }));
    }
    usable_here.sort_by(|(_, one), (_, other)| one.organisation.cmp(&other.organisation));
    let accounts = app.store.accounts_of(&caller.scope, member.person).await?;
    let is_of = |account: &Account, provider: &Provider| provider.holds(&account.issuer, account.hosted_domain.as_deref());
    let connected = accounts.iter().map(|account| {
        let whose = usable_here.iter().find(|(provider, _)| is_of(account, provider));
        Connected {
            id: account.id.to_string(),
            organisation: whose.map(|(_, choice)| choice.organisation.clone()),
            issuer: account.hosted_domain.clone().unwrap_or_else(|| account.issuer.clone()),
            used: words::moment(account.used_at),
        }
    });
    let connected: Vec<Connected> = connected.collect();
    // Several organisations may have one issuer: what is connected of one of them stands in nobody else's way.
    usable_here.retain(|(provider, _)| !accounts.iter().any(|account| is_of(account, provider)));
    Ok((connected, usable_here.into_iter().map(|(_, choice)| choice).collect()))
}

/// Whether a provider is one of an organisation that the member acts for.
fn usable(member: &Member, provider: &IdentityProvider) -> bool {
    provider.enabled && member.at(provider.organisation).is_some()
}

/// Sends a member to the provider of an organisation that they act for.
///
/// # Errors
/// Not found for any other provider.
pub async fn begin(State(app): State<App>, caller: Caller, headers: HeaderMap, form: Form) -> Result<Response, Failure> {
    let member = caller.signed_in()?;
    let session = caller.session.as_ref().map(|session| session.id).ok_or_else(Failure::not_found)?;
    let id: Uuid = form.text("provider").parse().map_err(|_| Failure::not_found())?;
    let provider: Option<IdentityProvider> = app.store.get(&server(), id).await?;
    provider.filter(|provider| usable(member, provider)).ok_or_else(Failure::not_found)?;
    if let Some(response) = stale_form(&app, &caller, &headers, ACCOUNT, CONNECT, &form).await? {
        return Ok(response);
    }
    let flow = Flow { next: Some(ACCOUNT.to_owned()), connecting: Some(session), ..Flow::default() };
    provider::send(&app, form.text("provider"), flow).await
}

/// Binds the account that a provider vouches for to the member who left for it, in the session in which they left.
///
/// # Errors
/// When the database fails.
pub async fn connected(
    app: &App,
    caller: &Caller,
    session: SessionId,
    provider: &IdentityProvider,
    identity: &Identity,
) -> Result<Response, Failure> {
    let own = caller.session.as_ref().is_some_and(|own| own.id == session);
    let Some(member) = caller.member().filter(|member| own && usable(member, provider)) else {
        return Ok(page::nothing_saved(ACCOUNT, "Nothing was connected: your session changed meanwhile. Begin again"));
    };
    // They took too long at the provider: who sits there now has not proved who they are.
    if let Some(response) = stale(app, caller, ACCOUNT) {
        return Ok(response);
    }
    let organisation = organisation_name(app, provider.organisation).await?;
    let mut write = app.store.write(&caller.scope, app.clock.now()).await?;
    match app.store.person_of(identity).await? {
        Some(person) if person == member.person => {
            write.abandon();
            return Ok(page::nothing_saved(ACCOUNT, &format!("The sign-in of {organisation} is connected already")));
        }
        Some(_) => {
            write.abandon();
            let why = format!("That account at {organisation}’s sign-in belongs to somebody else here, so it was not connected");
            return Ok(page::nothing_saved(ACCOUNT, &why));
        }
        None => {}
    }
    write.bind_account(member.person, identity).await?;
    let content = json!({ "event": "account-bound", "issuer": identity.issuer, "by": "themselves", "address": caller.address });
    write.event(Kind::SignIn, member.person.0, Some(provider.organisation.0), &content).await?;
    let person: Option<Person> = write.get_many(&[member.person.0]).await?.into_iter().next();
    if let Some(person) = &person
        && let Some(letter) = letters::security(
            app,
            person,
            "An organisation’s sign-in was connected to your account",
            &format!("Someone connected the sign-in of {organisation}: with it they come into your account on City Tools."),
        )?
    {
        write.mail(&letter).await?;
    }
    write.commit().await?;
    Ok(page::saved(ACCOUNT, &format!("From now on you can sign in with {organisation}’s own sign-in")))
}

/// Takes an account at a provider off. Codes by email go on working.
///
/// # Errors
/// Not found for one that is not one's own.
pub async fn remove(State(app): State<App>, caller: Caller, headers: HeaderMap, form: Form) -> Result<Response, Failure> {
    let member = caller.signed_in()?;
    if let Some(response) = stale_form(&app, &caller, &headers, ACCOUNT, REMOVE, &form).await? {
        return Ok(response);
    }
    let account: AccountId = form.text("account").parse().map_err(|_| Failure::not_found())?;
    let person: Person = app.store.get(&caller.scope, member.person.0).await?.ok_or_else(Failure::not_found)?;
    // Without an address nobody could send them a code, and they would be shut out.
    if person.email.is_none() {
        let why = "No address is known to which codes could go. Give one before you disconnect this sign-in";
        return Ok(page::nothing_saved(ACCOUNT, why));
    }
    let command = form.command()?;
    let mut write = app.store.write(&caller.scope, app.clock.now()).await?;
    if let Some(kept) = write.command(command).await? {
        return Ok(repeat::again(&kept));
    }
    if !write.unbind_account(member.person, account).await? {
        write.abandon();
        return Err(Failure::not_found());
    }
    let content = json!({ "event": "account-removed", "address": caller.address });
    write.event(Kind::SignIn, member.person.0, Some(member.acting_for.0), &content).await?;
    let (what, detail) =
        ("A sign-in was disconnected from your account", "Someone disconnected an organisation’s sign-in of yours.");
    if let Some(letter) = letters::security(&app, &person, what, detail)? {
        write.mail(&letter).await?;
    }
    let said = "The sign-in is disconnected";
    repeat::keep(&mut write, command, ACCOUNT, said).await?;
    write.commit().await?;
    Ok(page::saved(ACCOUNT, said))
}
