//! `/account/provisioning`: the tokens with which an organisation's directory says who joins and who leaves.

use crate::{
    error::Failure,
    mail::letter::digest,
    state::App,
    web::{
        form::{Form, new_command},
        page,
        people::{
            organisation::members::{DirectoryToken, directory_tokens},
            sign_in::check::{stale, stale_form},
        },
        repeat,
        session::{Caller, new_token},
    },
};
use axum::{
    extract::{Path, State},
    http::HeaderMap,
    response::{Html, IntoResponse as _, Response},
};
use domain::{
    people::{Act, sign_in::DAY},
    register::ids::OrganisationId,
};
use govuk::Link;
use serde::Serialize;

/// The page's address.
const ADDRESS: &str = "/account/provisioning";
/// Tokens of one organisation that work at a time: one in use, one to change to.
const MOST: usize = 2;
/// How long one works: a year, so that somebody looks at it now and then.
const LIFE: i64 = 365 * DAY;

#[derive(Serialize)]
struct View {
    command: String,
    /// For whom a token is made, whatever another tab acts for by then.
    organisation: String,
    base: String,
    token: Option<String>,
    full: bool,
    tokens: Vec<DirectoryToken>,
}

/// The tokens of the organisation acted for.
///
/// # Errors
/// Not found for those who do not manage its members.
pub async fn page(State(app): State<App>, caller: Caller) -> Result<Response, Failure> {
    let organisation = managed(&caller)?;
    if let Some(response) = stale(&app, &caller, ADDRESS) {
        return Ok(response);
    }
    Ok(render(&app, &caller, organisation, None).await?.into_response())
}

/// Makes one, and shows it this once.
///
/// # Errors
/// As [`page()`].
pub async fn add(State(app): State<App>, caller: Caller, headers: HeaderMap, form: Form) -> Result<Response, Failure> {
    let caller = form.acting(&caller)?;
    let organisation = managed(&caller)?;
    if let Some(response) = stale_form(&app, &caller, &headers, ADDRESS, ADDRESS, &form).await? {
        return Ok(response);
    }
    let command = form.command()?;
    let token = new_token()?;
    let now = app.clock.now();
    let mut write = app.store.write(&caller.scope, now).await?;
    if write.command(command).await?.is_some() {
        return Ok(page::saved(ADDRESS, "The token was made before. It is shown only once"));
    }
    if working(&app, &caller, organisation).await? >= MOST {
        write.abandon();
        return Ok(render(&app, &caller, organisation, None).await?.into_response());
    }
    if !write.still_acts(caller.signed_in()?.person, organisation).await? {
        write.abandon();
        return Err(Failure::not_found());
    }
    write.add_scim_token(organisation, digest(&token), now + LIFE).await?;
    write.answered(command, ADDRESS).await?;
    write.commit().await?;
    Ok(render(&app, &caller, organisation, Some(token)).await?.into_response())
}

/// Takes one back.
///
/// # Errors
/// Not found for one of another organisation.
pub async fn revoke(
    State(app): State<App>,
    caller: Caller,
    headers: HeaderMap,
    Path(id): Path<String>,
    form: Form,
) -> Result<Response, Failure> {
    let caller = form.acting(&caller)?;
    let organisation = managed(&caller)?;
    let here = format!("{ADDRESS}/{id}/revoke");
    if let Some(response) = stale_form(&app, &caller, &headers, ADDRESS, &here, &form).await? {
        return Ok(response);
    }
    let command = form.command()?;
    let id = id.parse().map_err(|_| Failure::not_found())?;
    let mut write = app.store.write(&caller.scope, app.clock.now()).await?;
    if let Some(kept) = write.command(command).await? {
        return Ok(repeat::again(&kept));
    }
    if !write.revoke_scim_token(organisation, id).await? {
        write.abandon();
        return Err(Failure::not_found());
    }
    let said = "The token no longer works";
    repeat::keep(&mut write, command, ADDRESS, said).await?;
    write.commit().await?;
    Ok(page::saved(ADDRESS, said))
}

/// How many tokens of the organisation work now.
async fn working(app: &App, caller: &Caller, organisation: OrganisationId) -> Result<usize, Failure> {
    let now = app.clock.now();
    Ok(app.store.scim_tokens(&caller.scope, organisation).await?.iter().filter(|token| token.works(now)).count())
}

fn managed(caller: &Caller) -> Result<OrganisationId, Failure> {
    let organisation = caller.acting_for()?;
    caller.must(&Act::ManageMembers(organisation))?;
    Ok(organisation)
}

async fn render(
    app: &App,
    caller: &Caller,
    organisation: OrganisationId,
    token: Option<String>,
) -> Result<Html<String>, Failure> {
    let mut frame = page::frame(app, "Joiners and leavers from your directory", None);
    frame.breadcrumbs = vec![Link::new("Home", "/"), Link::new("Account", "/account")];
    let view = View {
        command: new_command().to_string(),
        organisation: organisation.to_string(),
        base: format!("{}/scim/v2", app.public_url),
        token,
        full: working(app, caller, organisation).await? >= MOST,
        tokens: directory_tokens(app, caller, organisation).await?,
    };
    page::render(app, "scim/tokens.html", &frame, view)
}
