//! `/assessments/{id}/{part}/{field}` of a question that is not asked any more: the template's version took it out, or another
//! answer switched it off. What was answered, advised and said there stays readable, and threads can be settled; nothing is written.

use super::{
    comments,
    compare::taken_out,
    desk::{By, Desk, Named},
    marks::{self, Mark},
};
use crate::{
    error::Failure,
    state::App,
    web::{
        form::{Form, new_command},
        page,
        session::Caller,
    },
};
use axum::response::{IntoResponse as _, Redirect, Response};
use domain::dpia::{
    access, comment,
    place::{Part, Place},
};
use serde::Serialize;

#[derive(Serialize)]
struct View {
    address: String,
    here: String,
    part: Option<Named>,
    label: String,
    /// The version that took it out; none where another answer switched it off.
    version: Option<String>,
    text: String,
    last: Option<(By, i64)>,
    advice: Vec<AdviceOf>,
    threads: Vec<Thread>,
    comments: bool,
    states: Vec<Stood>,
    command: String,
}

#[derive(Serialize)]
struct AdviceOf {
    number: u32,
    by: By,
    at: i64,
    text: String,
    open: bool,
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

/// The place of a question that is not asked any more, where something stands there that the caller may read.
#[must_use]
pub fn place(desk: &Desk, part: &str, field: &str) -> Option<Place> {
    let part: Part = part.parse().ok()?;
    let place = part.at(field);
    let reads = match desk.template.find(field) {
        Some((section, _)) => desk.whole.sight.reads(part, &section.id),
        None => desk.whole.sight.sees_sign_off(),
    };
    let something = desk.whole.field(&place).is_some()
        || desk.whole.comments.iter().any(|one| one.place == place)
        || desk.whole.recommendations.iter().any(|one| one.place == place);
    (reads && something).then_some(place)
}

/// The page.
///
/// # Errors
/// Not found where nothing stands there for the caller.
pub async fn page(app: &App, caller: &Caller, desk: &Desk, part: &str, field: &str) -> Result<Response, Failure> {
    let place = place(desk, part, field).ok_or_else(Failure::not_found)?;
    let rules = app.rules();
    let asked = desk.template.field(&place.field);
    let (label, version) = match asked {
        Some(field) => (field.label.clone(), None),
        None => {
            let (label, version) = taken_out(&rules, desk, &place);
            (label, Some(version))
        }
    };
    let before = domain::dpia::succession::taken_out(&rules, &desk.template.edition, &place.field);
    let labels = asked.or(before.map(|(field, _)| field)).map(|field| field.labels()).unwrap_or_default();
    let whole = &desk.whole;
    let history = app.store.answer_history(&caller.scope, desk.today, &desk.template, whole.assessment.id, &place).await?;
    let plain = |at: usize| {
        history.get(at).and_then(|state| state.answer.as_ref()).map(|answer| answer.plain(&labels)).unwrap_or_default()
    };
    let stands = whole.field(&place);
    let view = View {
        address: desk.address(),
        here: desk.address_of(&place),
        part: desk.part(app, place.part),
        label,
        version,
        text: stands.and_then(|state| state.answer.as_ref()).map(|answer| answer.plain(&labels)).unwrap_or_default(),
        last: stands.map(|state| (desk.by(app, state.by, state.organisation), state.at)),
        advice: whole
            .recommendations
            .iter()
            .filter(|one| one.place == place)
            .map(|one| AdviceOf {
                number: one.number,
                by: desk.by(app, one.by, one.organisation),
                at: one.at,
                text: one.text.clone(),
                open: one.open(),
            })
            .collect(),
        threads: comment::threads(&whole.comments, &place)
            .iter()
            .map(|thread| Thread {
                id: thread.first.id.to_string(),
                said: std::iter::once(thread.first)
                    .chain(thread.replies.iter().copied())
                    .map(|one| (desk.by(app, one.by, one.organisation), one.at, one.text.clone()))
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
                by: desk.by(app, state.by, state.organisation),
                at: state.at,
                text: marks::both(&plain(at + 1), &plain(at)),
            })
            .collect(),
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
    form.command()?;
    comments::settle(app, caller, desk, place, form.text("resolve")).await?;
    Ok(Redirect::to(&format!("{}#comments", desk.address_of(place))).into_response())
}
