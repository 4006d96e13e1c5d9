//! Removing a second factor, and new recovery codes. Both want a fresh check.

use crate::{
    error::Failure,
    sign_in::random,
    state::App,
    web::{
        form::Form,
        page,
        people::{letters, sign_in::check::stale_form},
        repeat,
        session::Caller,
    },
};
use axum::{
    extract::State,
    http::HeaderMap,
    response::{IntoResponse, Response},
};
use domain::{
    audit::Kind,
    people::{
        Person, SecondFactorId,
        sign_in::factor::{read_recovery, recovery_digest},
    },
};
use serde::Serialize;
use serde_json::json;

/// Removes a second factor; never the last one of a person whose roles need one.
///
/// # Errors
/// Not found for one that is not one's own.
pub async fn remove(State(app): State<App>, caller: Caller, headers: HeaderMap, form: Form) -> Result<Response, Failure> {
    let member = caller.signed_in()?;
    if let Some(response) = stale_form(&app, &caller, &headers, "/account", "/account/second-factor/remove", &form).await? {
        return Ok(response);
    }
    let factor: SecondFactorId = form.text("factor").parse().map_err(|_| Failure::not_found())?;
    let person: Person = app.store.get(&caller.scope, member.person.0).await?.ok_or_else(Failure::not_found)?;
    let needed = member.standings.iter().flat_map(|at| at.roles.iter().chain(&at.deputy)).any(|role| role.needs_second_factor());
    let command = form.command()?;
    let mut write = app.store.write(&caller.scope, app.clock.now()).await?;
    if let Some(kept) = write.command(command).await? {
        return Ok(repeat::again(&kept));
    }
    // Two that are removed at the same moment must not each be taken for the one that is left over.
    write.hold_factors(member.person).await?;
    let there = write.count_factors(member.person).await?;
    if needed && there <= 1 {
        write.abandon();
        let why = "Your roles need a second factor. Set up another before you remove this one";
        return Ok(page::nothing_saved("/account", why));
    }
    if !write.remove_factor(member.person, factor).await? {
        write.abandon();
        return Err(Failure::not_found());
    }
    if there == 1 {
        // Without a second factor recovery codes stand for nothing.
        write.set_recovery_codes(member.person, &[]).await?;
    }
    write.event(Kind::SignIn, member.person.0, Some(member.acting_for.0), &json!({ "event": "second-factor-removed" })).await?;
    if let Some(letter) = letters::security(
        &app,
        &person,
        "A second factor was removed from your account",
        "Someone removed an authenticator app or a passkey of yours on City Tools.",
    )? {
        write.mail(&letter).await?;
    }
    let said = "The second factor is removed";
    repeat::keep(&mut write, command, "/account", said).await?;
    write.commit().await?;
    Ok(page::saved("/account", said))
}

#[derive(Serialize)]
struct View {
    codes: Vec<String>,
    next: String,
    by_link: bool,
}

/// Makes new recovery codes in the place of the old, and shows them once.
///
/// # Errors
/// Not found for someone without a second factor, to whom they would be of no use.
pub async fn new_recovery_codes(
    State(app): State<App>,
    caller: Caller,
    headers: HeaderMap,
    form: Form,
) -> Result<Response, Failure> {
    let member = caller.signed_in()?;
    if let Some(response) = stale_form(&app, &caller, &headers, "/account", "/account/recovery-codes", &form).await? {
        return Ok(response);
    }
    if app.store.factors(&caller.scope, member.person).await?.is_empty() {
        return Err(Failure::not_found());
    }
    let codes = random::recovery_codes()?;
    let digests: Vec<_> =
        codes.iter().filter_map(|code| read_recovery(code)).map(|code| recovery_digest(member.person.0, &code)).collect();
    let mut write = app.store.write(&caller.scope, app.clock.now()).await?;
    write.set_recovery_codes(member.person, &digests).await?;
    write.event(Kind::SignIn, member.person.0, Some(member.acting_for.0), &json!({ "event": "recovery-codes-made" })).await?;
    write.commit().await?;
    let frame = page::frame(&app, "Keep your recovery codes", None);
    let view = View { codes, next: "/account".to_owned(), by_link: false };
    Ok(page::render(&app, "people/account/recovery_codes.html", &frame, view)?.into_response())
}
