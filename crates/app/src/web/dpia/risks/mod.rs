//! Risks to people and the measures against them: of one assessment, and across all that one may see.
//!
//! | module | what lives there |
//! |---|---|
//! | [`clash`] | somebody else saved while one wrote |
//! | [`history`] | every state of a risk or a measure, going back to one, bringing back what was removed |
//! | [`list`] | an assessment's risks, what its answers suggest, its heat maps |
//! | [`risk`] | writing one risk: words, ratings before and after, an override with its reason |
//! | [`measure`] | writing one measure: what it does, who sees to it, by when, how far it is |
//! | [`rows`] | measures as rows, with whoever has their tasks now |
//! | [`typed`] | what is typed into their forms and not saved yet |
//! | [`register`] | the register across assessments: open and overdue measures, accepted high risks |

pub mod clash;
pub mod history;
pub mod list;
pub mod measure;
pub mod register;
pub mod risk;
pub mod rows;
pub mod typed;

use super::whole;
use crate::{
    error::Failure,
    state::App,
    web::{
        routes::{Route, Who},
        session::Caller,
    },
};
use domain::dpia::{
    access,
    assessment::State,
    place::Part,
    risk::{Assessed, Band, Matrix},
    template::{Template, field::FieldKind},
    whole::Whole,
};
use serde::Serialize;
use std::sync::Arc;

/// The routes of risks and measures.
#[must_use]
pub fn routes() -> Vec<Route> {
    use Who::SignedIn;
    vec![
        Route::get("/risks", SignedIn, register::page),
        Route::get("/risks.csv", SignedIn, register::csv),
        Route::get("/risks.xlsx", SignedIn, register::xlsx),
        Route::get("/assessments/{id}/risks", SignedIn, list::page),
        Route::post("/assessments/{id}/risks/suggested", SignedIn, list::take),
        Route::get("/assessments/{id}/risks/new", SignedIn, risk::new),
        Route::post("/assessments/{id}/risks/new", SignedIn, risk::create),
        Route::get("/assessments/{id}/risks/{risk}", SignedIn, risk::page),
        Route::post("/assessments/{id}/risks/{risk}", SignedIn, risk::save),
        Route::post("/assessments/{id}/risks/{risk}/remove", SignedIn, risk::remove),
        Route::get("/assessments/{id}/risks/{risk}/history", SignedIn, history::risk),
        Route::post("/assessments/{id}/risks/{risk}/history", SignedIn, history::risk_back),
        Route::get("/assessments/{id}/measures/{measure}/history", SignedIn, history::measure),
        Route::post("/assessments/{id}/measures/{measure}/history", SignedIn, history::measure_back),
        Route::post("/assessments/{id}/measures/{measure}/remove", SignedIn, history::remove_measure),
        Route::get("/assessments/{id}/measures/new", SignedIn, measure::new),
        Route::post("/assessments/{id}/measures/new", SignedIn, measure::create),
        Route::get("/assessments/{id}/measures/{measure}", SignedIn, measure::page),
        Route::post("/assessments/{id}/measures/{measure}", SignedIn, measure::save),
    ]
}

/// Whether the caller writes risks in a part now.
#[must_use]
pub fn writes(app: &App, caller: &Caller, whole: &Whole, template: &Template, part: Part) -> bool {
    let open = whole.assessment.state == State::Drafting || whole.annex_open(part);
    open && looks(app, caller, whole, template, part)
}

/// Whether the caller may say of a risk of a part that it still holds, or of a measure how far it is: whoever writes there, whatever
/// the state of the text.
#[must_use]
pub fn looks(app: &App, caller: &Caller, whole: &Whole, template: &Template, part: Part) -> bool {
    let wanted = part.organisation().is_some();
    let section = template.fields().find(|(section, field)| {
        matches!(field.kind, FieldKind::Risks) && (section.part == domain::dpia::template::In::Annex) == wanted
    });
    !whole.assessment.state.is_closed()
        && section
            .is_some_and(|(section, _)| access::writes(&caller.scope, &whole.assessment, part, &section.id, app.clock.today()))
}

/// A level in words, with what it counts as for its colour.
#[derive(Clone, Debug, Serialize)]
pub struct LevelWords {
    /// What people read; 'not rated' where nobody has.
    pub label: String,
    /// `low`, `medium`, `high` or `none`.
    pub band: &'static str,
    /// Why somebody set another level than the matrix gives.
    pub reason: Option<String>,
}

/// A level in words.
#[must_use]
pub fn level(matrix: &Matrix, assessed: &Assessed) -> LevelWords {
    LevelWords {
        label: assessed.level(matrix).map_or_else(|| "not rated".to_owned(), |level| level.label.clone()),
        band: assessed.band(matrix).map_or("none", Band::as_str),
        reason: assessed.overridden.as_ref().map(|level| level.reason.clone()),
    }
}

/// An assessment that the caller may read, for pages of its risks.
///
/// # Errors
/// Not found for one that is not theirs to see, or of which they see no risks: guests read sections, and no list of risks.
pub async fn load(app: &App, caller: &Caller, id: &str) -> Result<(Whole, Arc<Template>), Failure> {
    let (whole, template) = whole::load(app, caller, id).await?;
    if whole.sight.reads_risks() { Ok((whole, template)) } else { Err(Failure::not_found()) }
}
