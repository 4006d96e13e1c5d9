//! `POST /sources/{id}/read`: reads a source now; where a reading goes on, it is done once more afterwards. What the source's server
//! asked to wait counts more than the press.

use super::kept;
use crate::{
    error::Failure,
    sources::KIND,
    state::App,
    web::{form::Form, page, session::Caller, words},
};
use axum::{
    extract::{Path, State},
    response::Response,
};
use store::jobs::NewJob;

/// Puts it into the job table.
///
/// # Errors
/// Not found for those who may not keep the source.
pub async fn read(State(app): State<App>, caller: Caller, Path(id): Path<String>, form: Form) -> Result<Response, Failure> {
    let source = kept(&app, &caller, &id).await?;
    let address = format!("/sources/{}", source.id);
    let command = form.command()?;
    let now = app.clock.now();
    let waits = app.store.source_state(&caller.scope, source.id).await?.wait_until.filter(|until| *until > now);
    let mut write = app.store.write(&caller.scope, now).await?;
    if write.command(command).await?.is_none() {
        let key = source.id.to_string();
        let run_at = waits.unwrap_or(now);
        write
            .job(&NewJob { kind: KIND, dedupe: Some(&key), payload: serde_json::json!({ "source": source.id }), run_at })
            .await?;
        write.answered(command, &address).await?;
        write.commit().await?;
    }
    let notice = match waits {
        Some(until) => format!("The source’s server asks to wait. It is read after {}", words::moment(until)),
        None => "The source is being read. Open this page again in a minute to see what it brought".to_owned(),
    };
    Ok(page::saved(&address, &notice))
}
