//! `/account/tokens`: tokens with which one's own programs act here: for one organisation, reading, until a day.
//! A token is shown once.

use crate::{
    error::Failure,
    state::App,
    web::{
        form::{Errors, Form, new_command},
        page,
        people::{
            organisation_name,
            sign_in::check::{stale, stale_form},
        },
        repeat,
        session::{Caller, new_token, token_hash},
        words,
    },
};
use axum::{
    extract::State,
    http::HeaderMap,
    response::{IntoResponse, Response},
};
use domain::people::{ApiToken, ApiTokenId, sign_in::DAY};
use serde::Serialize;
use uuid::Uuid;

/// How long tokens may live, in days.
const LIVES: [i64; 4] = [7, 30, 90, 365];
/// What a token begins with, so that people and scanners know one.
const PREFIX: &str = "ct_";

/// A token as pages list it.
#[derive(Serialize)]
pub struct Row {
    id: String,
    name: String,
    organisation: String,
    created: String,
    expires: String,
    expired: bool,
    last_used: Option<String>,
}

/// The tokens that were not taken back, the latest first.
///
/// # Errors
/// When the database fails.
pub async fn rows(app: &App, mut tokens: Vec<ApiToken>, now: i64) -> Result<Vec<Row>, Failure> {
    tokens.retain(|token| token.revoked_at.is_none());
    tokens.sort_by_key(|token| std::cmp::Reverse(token.created_at));
    let mut rows = Vec::new();
    for token in tokens {
        rows.push(Row {
            id: token.id.to_string(),
            organisation: organisation_name(app, token.organisation).await?,
            last_used: app.store.token_last_used(token.id.0).await?.map(words::moment),
            name: token.name,
            created: words::moment(token.created_at),
            expires: words::moment(token.expires_at),
            expired: token.expires_at <= now,
        });
    }
    Ok(rows)
}

#[derive(Serialize)]
struct View {
    rows: Vec<Row>,
    organisation: String,
    /// For whom the form makes a token, whatever another tab acts for by then.
    organisation_id: String,
    lives: &'static [i64],
    name: String,
    days: String,
    /// The new token, this once.
    token: Option<String>,
    command: String,
    errors: Errors,
}

async fn show(app: &App, caller: &Caller, form: &Form, token: Option<String>, errors: Errors) -> Result<Response, Failure> {
    let member = caller.signed_in()?;
    let tokens: Vec<ApiToken> = app.store.by(&caller.scope, "person_id", member.person.0.to_string()).await?;
    let mut frame = page::frame(app, "Tokens for your programs", None);
    frame.back = Some("/account".into());
    frame.error = !errors.is_empty();
    let typed = token.is_none();
    let view = View {
        rows: rows(app, tokens, app.clock.now()).await?,
        organisation: organisation_name(app, member.acting_for).await?,
        organisation_id: member.acting_for.to_string(),
        lives: &LIVES,
        name: if typed { form.text("name").to_owned() } else { String::new() },
        days: if typed { form.text("days").to_owned() } else { String::new() },
        token,
        command: new_command().to_string(),
        errors,
    };
    Ok(page::render(app, "people/account/tokens.html", &frame, view)?.into_response())
}

/// The page.
///
/// # Errors
/// When the database fails.
pub async fn page(State(app): State<App>, caller: Caller) -> Result<Response, Failure> {
    if let Some(response) = stale(&app, &caller, "/account/tokens") {
        return Ok(response);
    }
    show(&app, &caller, &Form::default(), None, Errors::default()).await
}

/// What a second press is told.
const MADE_BEFORE: &str =
    "The token was made before, and is shown only once. If you did not copy it, take it back and make another";

/// Makes a token and shows it this once.
///
/// # Errors
/// When the database fails.
pub async fn make(State(app): State<App>, caller: Caller, headers: HeaderMap, form: Form) -> Result<Response, Failure> {
    let caller = form.acting(&caller)?;
    let member = caller.signed_in()?;
    if let Some(response) = stale_form(&app, &caller, &headers, "/account/tokens", "/account/tokens", &form).await? {
        return Ok(response);
    }
    let command = form.command()?;
    let mut errors = Errors::default();
    let name = form.text("name");
    if name.is_empty() {
        errors.add("name", "Enter what the token is for, like Nightly export to our data warehouse");
    } else if name.chars().count() > 100 {
        errors.add("name", "What the token is for must be 100 characters or fewer");
    }
    let days = form.text("days").parse::<i64>().ok().filter(|days| LIVES.contains(days));
    if days.is_none() {
        errors.add("days", "Choose how long the token works");
    }
    let (true, Some(days)) = (errors.is_empty(), days) else { return show(&app, &caller, &form, None, errors).await };
    let now = app.clock.now();
    let token = ApiToken {
        id: ApiTokenId(Uuid::now_v7()),
        person: member.person,
        organisation: member.acting_for,
        name: name.to_owned(),
        // The API only reads.
        writes: false,
        created_at: now,
        expires_at: now + days * DAY,
        revoked_at: None,
        updated_at: 0,
    };
    let secret = format!("{PREFIX}{}", new_token()?);
    let mut write = app.store.write(&caller.scope, now).await?;
    if write.command(command).await?.is_some() {
        // The first answer held the token, which is not kept.
        return Ok(page::saved("/account/tokens", MADE_BEFORE));
    }
    if !write.still_acts(member.person, member.acting_for).await? {
        write.abandon();
        return Err(Failure::not_found());
    }
    let id = token.id;
    write.create(&mut [token]).await?;
    write.keep_token(id, &token_hash(&secret)).await?;
    write.answered(command, "/account/tokens").await?;
    write.commit().await?;
    show(&app, &caller, &form, Some(secret), Errors::default()).await
}

/// Takes a token back.
///
/// # Errors
/// Not found for one that is not one's own.
pub async fn revoke(State(app): State<App>, caller: Caller, form: Form) -> Result<Response, Failure> {
    let member = caller.signed_in()?;
    let id: Uuid = form.text("token").parse().map_err(|_| Failure::not_found())?;
    let before: ApiToken = app.store.get(&caller.scope, id).await?.ok_or_else(Failure::not_found)?;
    if before.person != member.person || before.revoked_at.is_some() {
        return Err(Failure::not_found());
    }
    let (command, now) = (form.command()?, app.clock.now());
    let mut after = before.clone();
    after.revoked_at = Some(now);
    let mut write = app.store.write(&caller.scope, now).await?;
    if let Some(kept) = write.command(command).await? {
        return Ok(repeat::again(&kept));
    }
    write.update(&before, &mut after).await?;
    let said = "The token no longer works";
    repeat::keep(&mut write, command, "/account", said).await?;
    write.commit().await?;
    Ok(page::saved("/account", said))
}
