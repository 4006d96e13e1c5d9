//! `/assessments/{id}/risks/{risk}/draft` and `/assessments/{id}/measures/{measure}/draft` (`new` for one that is not there yet): what
//! is typed into the form of a risk or a measure is kept for its writer every few seconds, and is back when they open it again.

use super::{list::parts, measure, writes};
use crate::{
    error::Failure,
    state::App,
    web::{
        form::Form,
        kept::{self, Text},
        page,
        session::Caller,
    },
};
use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse as _, Response},
};
use serde::Serialize;
use std::collections::BTreeMap;
use store::typed::Typed;

/// What somebody typed into a form and did not save.
pub struct Kept {
    form: Form,
    at: i64,
}

/// What the page says of it.
#[derive(Serialize)]
pub struct Back {
    at: i64,
    /// Others have saved since it was begun.
    behind: bool,
    /// What cannot be saved any more; empty where it stands in the form.
    texts: Vec<Text>,
}

/// What stands in the fields of a form.
#[derive(Default)]
pub struct Filled {
    /// By name.
    pub typed: BTreeMap<String, String>,
    /// The risks that are ticked.
    pub chosen: Vec<String>,
    /// The version that it starts from; none of what is new.
    pub version: Option<i64>,
}

/// What the caller typed into a form and did not save.
///
/// # Errors
/// When the database fails.
pub async fn kept(app: &App, caller: &Caller, address: &str) -> Result<Option<Kept>, Failure> {
    let found = app.store.typed(&caller.scope, address).await?;
    found.map(|found| Ok(Kept { form: Form::parse(found.fields.as_bytes())?, at: found.at })).transpose()
}

impl Kept {
    /// Lays what was typed over what the form would hold, where all its fields can be written: the `words`, and how far it is where the
    /// form `tracks` that alone. Otherwise it is only shown. None where it says what stands.
    #[must_use]
    pub fn over(self, filled: &mut Filled, words: bool, tracks: bool) -> Option<Back> {
        let typed = self.form.typed();
        let mut chosen: Vec<String> = self.form.all("risk").into_iter().map(str::to_owned).collect();
        let says = |name: &str| !matches!(name, "version" | "risk");
        let stands = |name: &str| filled.typed.get(name).map_or("", |text| text.trim());
        let within = |these: &[String], those: &[String]| these.iter().all(|one| those.contains(one));
        // Risks are ticked where the words can be written. What is new begins with those of the page that led to it.
        let (ticks, new) = (self.form.has("title"), filled.version.is_none());
        let ticked = !ticks || within(&chosen, &filled.chosen) && (new || within(&filled.chosen, &chosen));
        if ticked && typed.iter().all(|(name, text)| !says(name) || text.trim() == stands(name)) {
            return None;
        }
        if !(words || tracks && !ticks) {
            return Some(Back { at: self.at, behind: false, texts: kept::texts(&self.form) });
        }
        let from = self.form.version().ok().filter(|_| !new);
        let behind = from.is_some_and(|from| filled.version != Some(from));
        filled.version = from.or(filled.version);
        filled.typed.extend(typed.into_iter().filter(|(name, _)| says(name)));
        if ticks {
            chosen.extend(filled.chosen.drain(..).filter(|_| new));
            filled.chosen = chosen;
        }
        Some(Back { at: self.at, behind, texts: Vec::new() })
    }
}

/// Keeps what is typed into the form of a risk, or throws it away where its writer asks for that.
///
/// # Errors
/// Not found where the caller cannot write it now: script says then that nothing is kept.
pub async fn risk(
    State(app): State<App>,
    caller: Caller,
    Path((id, one)): Path<(String, String)>,
    form: Form,
) -> Result<Response, Failure> {
    let (whole, template) = super::load(&app, &caller, &id).await?;
    let may = match whole.risks.iter().find(|record| record.risk.id.to_string() == one) {
        Some(record) => writes(&app, &caller, &whole, &template, record.risk.part),
        None => one == "new" && parts(&whole).any(|part| writes(&app, &caller, &whole, &template, part)),
    };
    keep(&app, &caller, &format!("/assessments/{}/risks/{one}", whole.assessment.id), &form, may).await
}

/// Keeps what is typed into the form of a measure, or throws it away where its writer asks for that.
///
/// # Errors
/// As [`risk()`].
pub async fn measure(
    State(app): State<App>,
    caller: Caller,
    Path((id, one)): Path<(String, String)>,
    form: Form,
) -> Result<Response, Failure> {
    let (whole, template) = super::load(&app, &caller, &id).await?;
    let record = whole.measures.iter().find(|record| record.measure.id.to_string() == one);
    let may = (record.is_some() || one == "new") && measure::form::may(&app, &caller, &whole, &template, record).await?;
    keep(&app, &caller, &format!("/assessments/{}/measures/{one}", whole.assessment.id), &form, may).await
}

async fn keep(app: &App, caller: &Caller, address: &str, form: &Form, may: bool) -> Result<Response, Failure> {
    caller.signed_in()?;
    if form.has("drop") {
        app.store.drop_typed(&caller.scope, address).await?;
        return Ok(page::saved(address, "What you had typed is thrown away"));
    }
    if !may {
        return Err(Failure::not_found());
    }
    // What was typed before the form was sent, and comes after it, is older than what is saved.
    let sent = if form.has("again") { None } else { Some(form.command()?) };
    let typed = Typed { fields: form.encoded(|name| !matches!(name, "command" | "again")), at: app.clock.now() };
    app.store.keep_typed(&caller.scope, address, &typed, sent).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}
