//! Ending one's own sessions: one, or all but this.

use crate::{
    error::Failure,
    state::App,
    web::{form::Form, page, repeat, session::Caller},
};
use axum::{extract::State, response::Response};
use domain::{audit::Kind, people::SessionId};
use serde_json::json;

/// Ends the session named, or every other one.
///
/// # Errors
/// Not found for a session that is not one's own.
pub async fn end(State(app): State<App>, caller: Caller, form: Form) -> Result<Response, Failure> {
    let member = caller.signed_in()?;
    let own = caller.session.as_ref().map(|session| session.id);
    let mut wanted: Vec<SessionId> =
        app.store.sessions_of(&caller.scope, member.person).await?.into_iter().map(|session| session.id).collect();
    let words = if form.text("which") == "others" {
        wanted.retain(|session| Some(*session) != own);
        "Your other sessions have ended"
    } else {
        wanted.retain(|session| session.to_string() == form.text("session"));
        "The session has ended"
    };
    if wanted.is_empty() && form.text("which") != "others" {
        return Err(Failure::not_found());
    }
    let command = form.command()?;
    let mut write = app.store.write(&caller.scope, app.clock.now()).await?;
    if let Some(kept) = write.command(command).await? {
        return Ok(repeat::again(&kept));
    }
    for session in wanted {
        write.end_session(session).await?;
        let content = json!({ "event": "session-ended", "session": session });
        write.event(Kind::SignIn, member.person.0, Some(member.acting_for.0), &content).await?;
    }
    repeat::keep(&mut write, command, "/account", words).await?;
    write.commit().await?;
    Ok(page::saved("/account", words))
}
