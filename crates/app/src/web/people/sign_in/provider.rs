//! To an organisation's own identity provider and back.
//!
//! Leaving is a page of its own with a link, since the content security policy lets forms lead nowhere but here. Coming back is
//! a GET by the protocol; it is good once, for the browser that left.

use super::{
    check,
    flow::{Browser, Flow, Sent},
    opening::{self, Proof},
};
use crate::{
    error::Failure,
    sign_in::{
        oidc::{Error, Registration, Return, Vouched},
        random,
    },
    state::App,
    web::{
        form::Form,
        page,
        people::{account::connecting, go, organisation_name, server},
        session::Caller,
    },
};
use axum::{
    extract::{Query, State},
    http::HeaderMap,
    response::{IntoResponse, Response},
};
use domain::{
    audit::Kind,
    people::{
        Membership, PersonId, naming, session,
        sign_in::{
            identity::{Identity, Strength},
            invitation::Purpose,
            next::local,
            records::IdentityProvider,
        },
    },
    register::records::Organisation,
};
use serde::Serialize;
use serde_json::json;
use store::Write;
use uuid::Uuid;

/// Where providers send people back to.
pub const BACK: &str = "/sign-in/provider";

#[derive(Serialize)]
struct View {
    organisation: String,
    address: String,
}

/// How this service is known at a provider. The secret must be of the provider's own organisation: whatever the record names,
/// another organisation's is never sent.
async fn registration(app: &App, provider: &IdentityProvider) -> Result<Registration, Failure> {
    let organisation: Option<Organisation> = app.store.get(&server(), provider.organisation.0).await?;
    let slug = organisation.map(|organisation| organisation.slug).unwrap_or_default();
    let client_secret = provider.secret_name.as_deref().and_then(|name| app.secrets.get(&slug, name));
    if client_secret.is_none() && provider.secret_name.is_some() {
        tracing::warn!(provider = %provider.id, organisation = slug, "the settings name no such client secret of this organisation");
    }
    Ok(Registration { provider: provider.provider.clone(), client_id: provider.client_id.clone(), client_secret })
}

/// Sends someone to their organisation's provider.
///
/// # Errors
/// When the database fails; not found for a provider that is not there.
pub async fn leave(State(app): State<App>, headers: HeaderMap, form: Form) -> Result<Response, Failure> {
    let before = Browser::of(&app, &headers).await?.map(|browser| browser.flow).unwrap_or_default();
    let flow = Flow {
        next: Some(local(form.some("next")).to_owned()),
        held: super::start::held(&form),
        invitation: before.invitation,
        ..Flow::default()
    };
    send(&app, form.text("provider"), flow).await
}

/// Begins a flow at a provider and shows the page that leads there. A session that is checked afresh makes the provider ask
/// again.
///
/// # Errors
/// As [`leave`].
pub async fn send(app: &App, provider: &str, mut flow: Flow) -> Result<Response, Failure> {
    let id: Uuid = provider.parse().map_err(|_| Failure::not_found())?;
    let provider: Option<IdentityProvider> = app.store.get(&server(), id).await?;
    let provider = provider.filter(|provider| provider.enabled).ok_or_else(Failure::not_found)?;
    let now = app.clock.now();
    let state = random::secret()?;
    let redirect = format!("{}{BACK}", app.public_url);
    let registration = registration(app, &provider).await?;
    let begun = app.oidc.begin(&registration, &redirect, &state, flow.checking.is_some(), now).await;
    let (address, waiting) = match begun {
        Ok(begun) => begun,
        Err(error) => {
            tracing::warn!(%error, provider = %provider.id, "an identity provider cannot be used");
            return Ok(did_not_work(&flow, "provider"));
        }
    };
    flow.provider = Some(Sent { to: id, waiting });
    let browser = Browser::begin(app, flow).await?;
    let organisation = organisation_name(app, provider.organisation).await?;
    let mut frame = page::frame(app, format!("Continue to {organisation}’s sign-in"), None);
    frame.back = Some("/sign-in".into());
    let shown = page::render(app, "people/sign_in/leave.html", &frame, View { organisation, address })?;
    Ok(browser.with_cookie(shown.into_response()))
}

/// Takes someone back from their provider.
///
/// # Errors
/// When the database fails.
pub async fn back(
    State(app): State<App>,
    caller: Caller,
    headers: HeaderMap,
    Query(back): Query<Return>,
) -> Result<Response, Failure> {
    let Some(mut browser) = Browser::of(&app, &headers).await? else { return Ok(go("/sign-in?problem=again")) };
    // Taken out before anything is asked of the provider: a second return finds nothing.
    let Some(sent) = browser.flow.provider.take() else { return Ok(go("/sign-in?problem=again")) };
    if !browser.take(&app).await? {
        return Ok(go("/sign-in?problem=again"));
    }
    let provider: Option<IdentityProvider> = app.store.get(&server(), sent.to).await?;
    let Some(provider) = provider.filter(|provider| provider.enabled) else { return Ok(go("/sign-in?problem=provider")) };
    let now = app.clock.now();
    let redirect = format!("{}{BACK}", app.public_url);
    let registration = registration(&app, &provider).await?;
    let vouched = app.oidc.finish(&registration, &redirect, &sent.waiting, &back, now).await;
    let Vouched { identity, checked_at } = match vouched {
        Ok(vouched) => vouched,
        Err(error) => {
            let led = refused(&app, &caller, &browser.flow, &provider, &error).await?;
            again(&app, &mut browser).await?;
            return Ok(led);
        }
    };
    if let Some(session) = browser.flow.connecting {
        return connecting::connected(&app, &caller, session, &provider, &identity).await;
    }
    let person = match person_of(&app, &browser.flow, &provider, &identity).await? {
        Ok(person) => person,
        Err(Stranger::NotKnown) => {
            refuse(&app, &caller, &provider, "not known").await?;
            return Ok(go("/sign-in?problem=not-known"));
        }
        Err(Stranger::KnownElsewhere) => {
            refuse(&app, &caller, &provider, "known elsewhere").await?;
            // What they were invited to they take up by signing in as before.
            again(&app, &mut browser).await?;
            return Ok(go("/sign-in?problem=known"));
        }
    };
    browser.flow.vouched = Some(provider.organisation);
    // What is left to do goes on under the same cookie.
    browser.keep(&app).await?;
    if browser.flow.checking.is_some() && !checked_at.is_some_and(|at| session::fresh(at, now)) {
        // It did not ask again, or does not say when it did (no 'auth_time'): going on would only lead back to the check.
        refuse(&app, &caller, &provider, "no time of the check").await?;
        browser.take(&app).await?;
        let to = check::address(local(browser.flow.next.as_deref()), browser.flow.held.as_deref());
        return Ok(go(&format!("{to}&problem=when")));
    }
    let fresh = checked_at.unwrap_or(now);
    let proof = Proof { method: "oidc", second_factor: identity.strength == Strength::Multiple, at: fresh };
    opening::proved(&app, &caller, &headers, browser, person, proof).await
}

/// Lets a browser begin anew: where they wanted to go, and what they were invited to, they can still come to.
async fn again(app: &App, browser: &mut Browser) -> Result<(), Failure> {
    let flow = std::mem::take(&mut browser.flow);
    browser.flow = Flow { next: flow.next, held: flow.held, invitation: flow.invitation, ..Flow::default() };
    browser.keep(app).await
}

/// Somebody whom a provider vouches for, and whose account here it is not.
enum Stranger {
    /// Nobody here has the account.
    NotKnown,
    /// It is nobody's, and the invitation in this browser is for a person who acts for another organisation, or did.
    KnownElsewhere,
}

/// The person behind an identity: the account's; else whoever the invitation in this browser was made for, or whom the
/// organisation's directory knows by that very account. To them the account is bound then. An address of mail plays no part.
async fn person_of(
    app: &App,
    flow: &Flow,
    provider: &IdentityProvider,
    identity: &Identity,
) -> Result<Result<PersonId, Stranger>, Failure> {
    let mut write = app.store.write(&server(), app.clock.now()).await?;
    if let Some(person) = app.store.person_of(identity).await? {
        write.account_used(identity).await?;
        write.commit().await?;
        return Ok(Ok(person));
    }
    let (person, by) = match invited(&write, flow, provider).await? {
        Some(Err(stranger)) => return Ok(Err(stranger)),
        Some(Ok(person)) => (person, "invitation"),
        None => match in_directory(app, &write, provider, identity).await? {
            Some(person) => (person, "directory"),
            None => return Ok(Err(Stranger::NotKnown)),
        },
    };
    write.bind_account(person, identity).await?;
    let content = json!({ "event": "account-bound", "issuer": identity.issuer, "by": by });
    write.event(Kind::SignIn, person.0, Some(provider.organisation.0), &content).await?;
    write.commit().await?;
    Ok(Ok(person))
}

/// Whom the invitation in this browser was made for, if it is the provider's own organisation that invites. Not somebody who acts for
/// another organisation, or did: the link proves no more than that its mail was read, and whoever reads their mail, and has an account
/// at this provider, would come so into what they hold there, past their second factor.
async fn invited(write: &Write, flow: &Flow, provider: &IdentityProvider) -> Result<Option<Result<PersonId, Stranger>>, Failure> {
    let Some(invitation) = flow.invitation else { return Ok(None) };
    let Some(link) = write.invitation(invitation).await? else { return Ok(None) };
    let right =
        link.link.purpose == Purpose::Join && link.link.check(write.at()).is_ok() && link.organisation == provider.organisation;
    if !right {
        return Ok(None);
    }
    let elsewhere = naming::is_known_elsewhere(&write.accepted_at(link.person).await?, provider.organisation);
    Ok(Some(if elsewhere { Err(Stranger::KnownElsewhere) } else { Ok(link.person) }))
}

/// Whom the organisation's directory (SCIM) knows by the object id that its own Entra tenant vouches for. Only somebody who has a
/// place there and whom the directory may name, and no account yet: a directory can name whomever it likes, and must not come into the
/// account of a person who acts for another organisation, or did, so.
async fn in_directory(
    app: &App,
    write: &Write,
    provider: &IdentityProvider,
    identity: &Identity,
) -> Result<Option<PersonId>, Failure> {
    let Some(object) = &identity.object else { return Ok(None) };
    let Some(person) = write.of_directory(provider.organisation, object).await? else { return Ok(None) };
    let places: Vec<Membership> = write.by("person_id", person.0.to_string()).await?;
    let here = places.iter().any(|place| place.organisation == provider.organisation && place.revoked_at.is_none());
    let own = naming::voice(&places, &write.accepted_at(person).await?, provider.organisation).name;
    let fits = here && own && app.store.accounts_of(&server(), person).await?.is_empty();
    Ok(fits.then_some(person))
}

async fn refused(
    app: &App,
    caller: &Caller,
    flow: &Flow,
    provider: &IdentityProvider,
    error: &Error,
) -> Result<Response, Failure> {
    tracing::warn!(%error, provider = %provider.id, "someone came back from an identity provider and was refused");
    let why = match error {
        Error::Unavailable(_) => "unavailable",
        Error::Refused(_) => "refused by the provider",
        Error::State => "state",
        Error::Code(_) => "code",
        Error::Token(_) => "token",
        Error::Identity(_) => "identity",
    };
    refuse(app, caller, provider, why).await?;
    Ok(did_not_work(flow, if matches!(error, Error::State) { "again" } else { "provider" }))
}

/// Where a way to a provider that led nowhere ends: where it began, so that whoever is signed in reads why.
fn did_not_work(flow: &Flow, problem: &str) -> Response {
    if flow.connecting.is_some() {
        return page::nothing_saved(
            "/account",
            "Your organisation’s sign-in did not work, so nothing was connected. Try again later",
        );
    }
    if flow.checking.is_some() {
        let to = check::address(local(flow.next.as_deref()), flow.held.as_deref());
        return go(&format!("{to}&problem=provider"));
    }
    go(&format!("/sign-in?problem={problem}"))
}

async fn refuse(app: &App, caller: &Caller, provider: &IdentityProvider, why: &str) -> Result<(), Failure> {
    let mut write = app.store.write(&server(), app.clock.now()).await?;
    let content = json!({ "event": "refused", "why": why, "method": "oidc", "address": caller.address });
    write.event(Kind::SignIn, provider.id.0, Some(provider.organisation.0), &content).await?;
    write.commit().await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{config::Secrets, state::SignIn, testing::City, web::people::tests::said};
    use domain::people::{
        Role, Scope,
        sign_in::{identity::Provider, records::IdentityProviderId},
    };

    #[tokio::test(flavor = "multi_thread")]
    async fn s12_no_organisation_is_shown_or_can_use_another_ones_client_secret() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("secret");
        std::fs::write(&path, "canary-secret").unwrap();
        let settings = format!("[client-secrets.camden]\nentra = {path:?}\n");
        let secrets = Secrets::read(&toml::from_str::<crate::config::File>(&settings).unwrap().client_secrets).unwrap();
        let city = City::empty().await.with(SignIn { demo: false, secrets }).await;
        for (slug, own) in [("camden", true), ("hackney", false)] {
            let administrator = city.browser(slug, Role::Administrator).await;
            let here = format!("/organisations/{slug}/sign-in");
            let page = city.get(&administrator, &here).await;
            let options = scraper::Selector::parse("#secret_name option").unwrap();
            assert_eq!(page.page().select(&options).count(), if own { 2 } else { 1 }, "{slug}");
            let fields = [
                ("version", "0"),
                ("kind", "open-id"),
                ("issuer", "https://token-endpoint.example"),
                ("client_id", "city-tools"),
                ("secret_name", "entra"),
                ("enabled", "yes"),
            ];
            let saved = city.post(&administrator, &here, &fields).await;
            if own {
                assert_eq!(saved.location(), here);
            } else {
                assert!(said(&saved).contains("Choose a client secret that this server’s settings name for your organisation"));
            }
            let kept: Vec<IdentityProvider> =
                city.store().by(&Scope::Operator, "organisation_id", city.organisation(slug).id.0.to_string()).await.unwrap();
            assert_eq!(kept.len(), usize::from(own), "{slug}");
            // Nor from a record that named it before each secret was one organisation's.
            let record = IdentityProvider {
                id: IdentityProviderId(Uuid::now_v7()),
                organisation: city.organisation(slug).id,
                provider: Provider::OpenId { issuer: "https://token-endpoint.example".to_owned() },
                client_id: "city-tools".to_owned(),
                secret_name: Some("entra".to_owned()),
                enabled: true,
                updated_at: 0,
            };
            assert_eq!(registration(&city.app, &record).await.unwrap().client_secret.is_some(), own, "{slug}");
        }
    }
}
