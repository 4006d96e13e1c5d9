//! What somebody typed into the form of a risk or a measure and did not save ([`drafts`]), laid over what the form would hold: the
//! ticks with the words, and how far a measure is where that alone can be written.

use super::super::whole;
use crate::{
    error::Failure,
    state::App,
    web::{
        drafts,
        form::Form,
        kept::{self, Text},
    },
};
use axum::response::Response;
use domain::dpia::whole::Whole;
use serde::Serialize;
use std::collections::BTreeMap;

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
#[must_use]
pub fn kept(address: &str) -> Option<Kept> {
    drafts::take(address).map(|draft| Kept { form: draft.form, at: draft.at })
}

impl Kept {
    /// The page in the place of a form that the caller has no more: what they typed into it, to be copied.
    ///
    /// # Errors
    /// When the page cannot be rendered.
    pub fn gone(&self, app: &App, whole: &Whole, why: &str) -> Result<Response, Failure> {
        let frame = whole::frame(app, whole, "What you typed is not saved");
        kept::gone(app, &frame, &self.form, why, "Risks and measures", &format!("/assessments/{}/risks", whole.assessment.id))
    }

    /// Lays what was typed over what the form would hold, where all its fields can be written: the `words`, and how far it is where the
    /// form `tracks` that alone. Otherwise it is only shown. None where it says what stands.
    #[must_use]
    pub fn over(self, filled: &mut Filled, words: bool, tracks: bool) -> Option<Back> {
        let typed = self.form.typed();
        let mut chosen: Vec<String> = self.form.all("risk").into_iter().map(str::to_owned).collect();
        let says = |name: &str| !matches!(name, "version" | "risk");
        let stands = |name: &str| filled.typed.get(name).map_or("", |text| text.trim());
        let within = |these: &[String], those: &[String]| these.iter().all(|one| those.contains(one));
        // Risks are ticked where the words can be written. What is new begins with those of the page that led to it, which nobody
        // typed: ticks alone bring nothing new back.
        let (ticks, new) = (self.form.has("title"), filled.version.is_none());
        let ticked = !ticks || new || within(&chosen, &filled.chosen) && within(&filled.chosen, &chosen);
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
