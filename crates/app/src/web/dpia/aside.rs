//! `/assessments/{id}/{part}/{field}` of a question that is not asked any more: the template's version took it out, its part of the
//! template or another answer switched it off, or its organisation writes no annex now. What was answered, advised and said there
//! stays readable, and so does what its writer typed and never saved; threads can be settled; nothing is written.

use super::{
    answer::offer,
    comments,
    compare::taken_out,
    desk::{By, Desk, Named},
    marks::{self, Mark},
};
use crate::{
    error::Failure,
    state::App,
    web::{
        drafts,
        form::{Form, new_command},
        page,
        session::Caller,
    },
};
use axum::response::{IntoResponse as _, Redirect, Response};
use domain::dpia::{
    access, comment,
    edit::Offer,
    place::{Part, Place},
};
use serde::Serialize;

#[derive(Serialize)]
struct View {
    address: String,
    here: String,
    part: Option<Named>,
    label: String,
    why: Why,
    /// What the caller typed here and never saved, and when.
    draft: Option<(String, i64)>,
    text: String,
    last: Option<(By, i64)>,
    advice: Vec<AdviceOf>,
    threads: Vec<Thread>,
    comments: bool,
    states: Vec<Stood>,
    /// The caller sees all of the assessment, and so the pages that say why.
    all: bool,
    command: String,
}

/// Why a question is not asked.
#[derive(Serialize)]
#[serde(rename_all = "kebab-case", tag = "what")]
enum Why {
    /// A version of the template took it out.
    Version {
        /// The version.
        version: String,
    },
    /// The part of the template that it belongs to is off.
    Module {
        /// Its title.
        title: String,
        /// Why, and who said so, where somebody did.
        said: Option<(String, By)>,
    },
    /// Its organisation writes no annex now.
    NoAnnex,
    /// Another answer, or what the assessment knows of itself.
    Answer,
}

#[derive(Serialize)]
struct AdviceOf {
    number: u32,
    by: By,
    at: i64,
    text: String,
    open: bool,
    answered: bool,
}

#[derive(Serialize)]
struct Thread {
    id: String,
    said: Vec<(By, i64, String)>,
    resolved: bool,
}

#[derive(Serialize)]
struct Stood {
    version: u32,
    by: By,
    at: i64,
    text: Vec<Mark>,
}

/// Why the question of a place is not asked.
fn why(app: &App, desk: &Desk, place: &Place) -> Why {
    let Some((section, _)) = desk.template.find(&place.field) else {
        return Why::Version { version: taken_out(&app.rules(), desk, place).1 };
    };
    let head = &desk.whole.assessment;
    if head.parts().all(|part| part != place.part) {
        return Why::NoAnnex;
    }
    let off = section.module.as_ref().filter(|module| !head.modules.contains(module));
    match off.and_then(|module| desk.template.module(module)) {
        Some(module) => {
            let said = head.declined.iter().find(|said| said.module == module.id);
            let said = said.map(|said| (said.reasons.clone(), desk.by_stated(app, said.by, said.organisation, said.stated)));
            Why::Module { title: module.title.clone(), said }
        }
        None => Why::Answer,
    }
}

/// The place of a question that is not asked any more, where something stands there that the caller may read: also what they typed
/// themselves, and never saved.
///
/// # Errors
/// When the database fails.
pub async fn place(app: &App, caller: &Caller, desk: &Desk, part: &str, field: &str) -> Result<Option<Place>, Failure> {
    let Some((place, something)) = known(desk, part, field) else { return Ok(None) };
    // Where nothing but a comment was typed, the page shows that.
    let typed = something || drafts::waits();
    let there = typed || app.store.draft(&caller.scope, desk.whole.assessment.id, &place).await?.is_some();
    Ok(there.then_some(place))
}

/// A place that the caller may read, and whether something stands there.
fn known(desk: &Desk, part: &str, field: &str) -> Option<(Place, bool)> {
    let part: Part = part.parse().ok()?;
    let place = part.at(field);
    let reads = match desk.template.find(field) {
        Some((section, _)) => desk.whole.sight.reads(part, &section.id),
        None => desk.whole.sight.sees_sign_off(),
    };
    let something = desk.whole.field(&place).is_some()
        || desk.whole.comments.iter().any(|one| one.place == place)
        || desk.whole.recommendations.iter().any(|one| one.place == place);
    reads.then_some((place, something))
}

/// The page.
///
/// # Errors
/// Not found where nothing stands there for the caller.
pub async fn page(app: &App, caller: &Caller, desk: &Desk, part: &str, field: &str) -> Result<Response, Failure> {
    let place = place(app, caller, desk, part, field).await?.ok_or_else(Failure::not_found)?;
    let rules = app.rules();
    let asked = desk.template.field(&place.field);
    let label = desk.label(app, &place);
    let before = domain::dpia::succession::taken_out(&rules, &desk.template.edition, &place.field);
    let labels = asked.or(before.map(|(field, _)| field)).map(|field| field.labels()).unwrap_or_default();
    let whole = &desk.whole;
    let history = app.store.answer_history(&caller.scope, desk.today, &desk.template, whole.assessment.id, &place).await?;
    let plain = |at: usize| {
        history.get(at).and_then(|state| state.answer.as_ref()).map(|answer| answer.plain(&labels)).unwrap_or_default()
    };
    let stands = whole.field(&place);
    let mut draft = app.store.draft(&caller.scope, whole.assessment.id, &place).await?;
    if let Some(typed) = &draft
        && offer(app, caller, desk, &place, typed).await? == Offer::Nothing
    {
        draft = None;
    }
    let draft = draft.map(|draft| (draft.answer.as_ref().map(|answer| answer.plain(&labels)).unwrap_or_default(), draft.at));
    let view = View {
        address: desk.address(),
        here: desk.address_of(&place),
        part: desk.part(app, place.part),
        label,
        why: why(app, desk, &place),
        draft: draft.filter(|(text, _)| !text.is_empty()),
        text: stands.and_then(|state| state.answer.as_ref()).map(|answer| answer.plain(&labels)).unwrap_or_default(),
        last: stands.map(|state| (desk.by_stated(app, state.by, state.organisation, state.stated), state.at)),
        advice: whole
            .recommendations
            .iter()
            .filter(|one| one.place == place)
            .map(|one| AdviceOf {
                number: one.number,
                by: desk.by_stated(app, one.by, one.organisation, one.stated),
                at: one.at,
                text: one.text.clone(),
                open: one.open() && !whole.assessment.is_record(),
                answered: one.answer.is_some(),
            })
            .collect(),
        threads: comment::threads(&whole.comments, &place)
            .iter()
            .map(|thread| Thread {
                id: thread.first.id.to_string(),
                said: std::iter::once(thread.first)
                    .chain(thread.replies.iter().copied())
                    .map(|one| (desk.by_stated(app, one.by, one.organisation, one.stated), one.at, one.text.clone()))
                    .collect(),
                resolved: thread.first.resolved.is_some(),
            })
            .collect(),
        comments: may_comment(caller, desk, &place) && !whole.assessment.state.is_closed(),
        states: history
            .iter()
            .enumerate()
            .map(|(at, state)| Stood {
                version: state.version,
                by: desk.by_stated(app, state.by, state.organisation, state.stated),
                at: state.at,
                text: marks::both(&plain(at + 1), &plain(at)),
            })
            .collect(),
        all: whole.sight.sees_sign_off(),
        command: new_command().to_string(),
    };
    let frame = desk.frame(app, &format!("{}, not asked any more", view.label));
    Ok(page::render(app, "dpia/aside.html", &frame, view)?.into_response())
}

/// Whether the caller may say of a thread there that it is settled.
#[must_use]
pub fn may_comment(caller: &Caller, desk: &Desk, place: &Place) -> bool {
    let section = desk.template.find(&place.field).map_or("", |(section, _)| section.id.as_str());
    access::comments(&caller.scope, &desk.whole.assessment, place.part, section, desk.today)
}

/// Settles a thread there, or opens it again: all that its form sends.
///
/// # Errors
/// Not found for a thread that is not there for the caller.
pub async fn settle(app: &App, caller: &Caller, desk: &Desk, place: &Place, form: &Form) -> Result<Response, Failure> {
    let asked = comments::asked(form).ok_or_else(Failure::not_found)?;
    comments::settle(app, caller, desk, place, asked, form.command()?).await?;
    Ok(Redirect::to(&format!("{}#comments", desk.address_of(place))).into_response())
}
