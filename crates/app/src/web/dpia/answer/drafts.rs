//! What somebody typed and did not save, when they come back to its question.

use super::{super::desk::Desk, Again, save, show};
use crate::{
    error::{Failure, conflict},
    state::App,
    web::{
        form::{Errors, Form},
        session::Caller,
    },
};
use axum::response::Response;
use domain::dpia::{
    edit::{Draft, FieldState, Offer, Writer},
    place::Place,
    template::{Section, field::Field},
};
use uuid::Uuid;

/// What to do with the draft that the caller left in a field.
///
/// # Errors
/// When the database fails.
pub async fn offer(app: &App, caller: &Caller, desk: &Desk, place: &Place, draft: &Draft) -> Result<Offer, Failure> {
    let (member, assessment) = (caller.signed_in()?, desk.whole.assessment.id);
    let Some(now) = desk.whole.field(place) else {
        let writer = Writer { person: member.person, organisation: member.acting_for, at: app.clock.now() };
        return Ok(draft.offer(&FieldState::blank(Uuid::nil(), assessment, place.clone(), writer), None));
    };
    if draft.from >= now.version {
        return Ok(draft.offer(now, now.answer.as_ref()));
    }
    let before = app.store.answer_at(&caller.scope, desk.today, &desk.template, assessment, place, draft.from).await?;
    Ok(draft.offer(now, before.and_then(|state| state.answer).as_ref()))
}

/// The page for whoever was settling a clash when somebody else did: what they typed stands in its form, beside what stands now, and
/// is kept as their draft.
///
/// # Errors
/// When the database fails.
pub async fn settled(
    app: &App,
    caller: &Caller,
    desk: &Desk,
    place: &Place,
    section: &Section,
    field: &Field,
    form: Form,
) -> Result<Response, Failure> {
    let writes = desk.setting(caller, place, section, field).allows().is_ok();
    let held = writes && save::keep(app, caller, desk, place, field, &form, None).await?;
    let mut errors = Errors::default();
    errors.add("answer", "Somebody settled this clash while you wrote. What you typed is below, and is not saved yet");
    let again = Again { form, errors, commented: false, settled: true, held };
    Ok(conflict(show(app, caller, desk, place, section, field, Some(again)).await?))
}
