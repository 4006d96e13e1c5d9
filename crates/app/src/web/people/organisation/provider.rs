//! The organisation's own identity provider.

use super::managed;
use crate::{
    error::Failure,
    sign_in::oidc::Registration,
    state::App,
    web::{
        form::{Errors, Form, new_command},
        page,
        people::sign_in::check::{stale, stale_form},
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
    people::sign_in::{
        identity::{Provider, Unfit},
        records::{IdentityProvider, IdentityProviderId},
    },
    register::records::Organisation,
};
use serde::Serialize;
use uuid::Uuid;

#[derive(Serialize)]
struct View {
    slug: String,
    organisation: String,
    kind: String,
    issuer: String,
    tenant: String,
    domains: String,
    client_id: String,
    secret_name: String,
    secrets: Vec<String>,
    enabled: bool,
    exists: bool,
    redirect: String,
    version: i64,
    command: String,
    errors: Errors,
    /// The settings that somebody else saved meanwhile.
    stands: Option<Box<View>>,
}

async fn current(app: &App, caller: &Caller, organisation: &Organisation) -> Result<Option<IdentityProvider>, Failure> {
    let found: Vec<IdentityProvider> = app.store.by(&caller.scope, "organisation_id", organisation.id.0.to_string()).await?;
    Ok(found.into_iter().next())
}

fn view(app: &App, organisation: &Organisation, known: Option<&IdentityProvider>) -> View {
    let (mut kind, mut issuer, mut tenant, mut domains) = ("", String::new(), String::new(), String::new());
    match known.map(|known| &known.provider) {
        Some(Provider::OpenId { issuer: known }) => (kind, issuer) = ("open-id", known.clone()),
        Some(Provider::Entra { tenant: known }) => (kind, tenant) = ("entra", known.clone()),
        Some(Provider::Google { domains: known }) => (kind, domains) = ("google", known.join(", ")),
        None => {}
    }
    View {
        slug: organisation.slug.clone(),
        organisation: organisation.name.clone(),
        kind: kind.to_owned(),
        issuer,
        tenant,
        domains,
        client_id: known.map(|known| known.client_id.clone()).unwrap_or_default(),
        secret_name: known.and_then(|known| known.secret_name.clone()).unwrap_or_default(),
        secrets: app.secrets.names(&organisation.slug),
        enabled: known.is_none_or(|known| known.enabled),
        exists: known.is_some(),
        redirect: format!("{}{}", app.public_url, crate::web::people::sign_in::provider::BACK),
        version: known.map_or(0, |known| known.updated_at),
        command: new_command().to_string(),
        errors: Errors::default(),
        stands: None,
    }
}

fn show(app: &App, view: &View) -> Result<Response, Failure> {
    let mut frame = page::frame(app, format!("Sign-in of {}", view.organisation), super::section(app, &view.slug));
    frame.back = Some(format!("/organisations/{}/people", view.slug));
    frame.error = !view.errors.is_empty();
    Ok(page::render(app, "people/organisation/provider.html", &frame, view)?.into_response())
}

/// The page.
///
/// # Errors
/// Not found for those who do not manage these members.
pub async fn page(State(app): State<App>, caller: Caller, Path(slug): Path<String>) -> Result<Response, Failure> {
    let organisation = managed(&app, &caller, &slug).await?;
    if let Some(response) = stale(&app, &caller, &format!("/organisations/{slug}/sign-in")) {
        return Ok(response);
    }
    let known = current(&app, &caller, &organisation).await?;
    show(&app, &view(&app, &organisation, known.as_ref()))
}

/// Keeps the settings.
///
/// # Errors
/// Not found for those who do not manage these members.
pub async fn save(
    State(app): State<App>,
    caller: Caller,
    Path(slug): Path<String>,
    headers: HeaderMap,
    form: Form,
) -> Result<Response, Failure> {
    let organisation = managed(&app, &caller, &slug).await?;
    let here = format!("/organisations/{slug}/sign-in");
    if let Some(response) = stale_form(&app, &caller, &headers, &here, &here, &form).await? {
        return Ok(response);
    }
    let (command, version) = (form.command()?, form.version()?);
    let answers = answers(&app, &form).await;
    let mut write = app.store.write(&caller.scope, app.clock.now()).await?;
    if let Some(kept) = write.command(command).await? {
        return Ok(repeat::again(&kept));
    }
    // Of two who give the first settings at once, the second meets those of the first: an organisation has one sign-in, and one that
    // no page shows could not be switched off.
    write.hold_people(organisation.id).await?;
    let known: Vec<IdentityProvider> = write.by("organisation_id", organisation.id.0.to_string()).await?;
    let known = known.into_iter().next();
    let changed = known.as_ref().map_or(0, |known| known.updated_at) != version;
    // Both texts: what was typed stands in the form, what the other one saved beside it.
    let stands = changed.then(|| Box::new(view(&app, &organisation, known.as_ref())));
    let mut view = View { stands, ..view(&app, &organisation, known.as_ref()) };
    for (field, into) in [
        ("kind", &mut view.kind),
        ("issuer", &mut view.issuer),
        ("tenant", &mut view.tenant),
        ("domains", &mut view.domains),
        ("client_id", &mut view.client_id),
        ("secret_name", &mut view.secret_name),
    ] {
        *into = form.text(field).to_owned();
    }
    view.enabled = form.text("enabled") == "yes";
    let provider = read(&form, &mut view.errors);
    if form.text("client_id").is_empty() || form.text("client_id").len() > 200 {
        view.errors.add("client_id", "Enter the client ID that your provider gave this service");
    }
    let secret_name = form.some("secret_name").map(str::to_owned);
    if secret_name.as_ref().is_some_and(|name| app.secrets.get(&organisation.slug, name).is_none()) {
        view.errors.add("secret_name", "Choose a client secret that this server’s settings name for your organisation");
    }
    if changed {
        view.errors.add("kind", "Someone else changed these settings meanwhile. Check them, and save again");
    }
    let (true, Some(provider)) = (view.errors.is_empty(), provider) else {
        write.abandon();
        return show(&app, &view);
    };
    let mut after = IdentityProvider {
        id: known.as_ref().map_or_else(|| IdentityProviderId(Uuid::now_v7()), |known| known.id),
        organisation: organisation.id,
        provider,
        client_id: form.text("client_id").to_owned(),
        secret_name,
        enabled: view.enabled,
        updated_at: known.as_ref().map_or(0, |known| known.updated_at),
    };
    match known {
        Some(before) => drop(write.update(&before, &mut after).await?),
        None => write.create(&mut [after]).await?,
    }
    let said = if answers {
        "The sign-in settings are saved"
    } else {
        "The sign-in settings are saved, but the provider did not answer just now. People cannot sign in with it until it does: check \
         what you typed, and that the provider can be reached from the internet"
    };
    repeat::keep(&mut write, command, &here, said).await?;
    write.commit().await?;
    Ok(page::saved(&here, said))
}

/// Whether people can be sent to the provider of a form; so too where they are not to be, or where the form is refused for other
/// reasons. Asked before anything is written: whoever else writes does not wait for a provider.
async fn answers(app: &App, form: &Form) -> bool {
    let provider = read(form, &mut Errors::default());
    let (true, Some(provider)) = (form.text("enabled") == "yes", provider) else { return true };
    let at = Registration { provider, client_id: form.text("client_id").to_owned(), client_secret: None };
    let redirect = format!("{}{}", app.public_url, crate::web::people::sign_in::provider::BACK);
    let asked = app.oidc.answers(&at, &redirect, app.clock.now()).await;
    if let Err(error) = &asked {
        tracing::info!(%error, "an identity provider that was saved cannot be used");
    }
    asked.is_ok()
}

fn read(form: &Form, errors: &mut Errors) -> Option<Provider> {
    let (field, provider) = match form.text("kind") {
        "open-id" => ("issuer", Provider::OpenId { issuer: form.text("issuer").to_owned() }),
        "entra" => ("tenant", Provider::Entra { tenant: form.text("tenant").to_lowercase() }),
        "google" => {
            let domains = form.text("domains").to_lowercase();
            let domains =
                domains.split([',', ' ', '\n']).map(str::trim).filter(|domain| !domain.is_empty()).map(str::to_owned).collect();
            ("domains", Provider::Google { domains })
        }
        _ => {
            errors.add("kind", "Choose what your organisation signs in with");
            return None;
        }
    };
    match provider.check() {
        Ok(()) => Some(provider),
        Err(unfit) => {
            errors.add(
                field,
                match unfit {
                    Unfit::Issuer => "Enter the issuer’s address, beginning with https://",
                    Unfit::Shared => "Enter your own organisation’s issuer or tenant. A shared one would let anyone in",
                    Unfit::Tenant => "Enter the directory (tenant) ID, like 11111111-2222-4333-8444-555555555555",
                    Unfit::Domain => "Enter your organisation’s own domains, like camden.gov.uk",
                },
            );
            None
        }
    }
}
