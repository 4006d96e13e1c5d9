//! What was sent to a question and is not saved, because something in it is wrong or it cannot be answered, or commented on, any more:
//! it is kept for its writer, as if it had only been typed, so that it is not lost with the page that says why.

use super::{
    super::{comments, desk::Desk, input},
    save,
};
use crate::{
    error::Failure,
    state::App,
    web::{
        form::{Errors, Form},
        session::Caller,
    },
};
use domain::dpia::{
    place::Place,
    template::{
        Section,
        field::{Field, FieldKind},
    },
};

/// What comes back when something was wrong, or the field moved on.
pub(super) struct Again {
    pub(super) form: Form,
    pub(super) errors: Errors,
    /// The comment in it is saved, and is not offered again.
    pub(super) commented: bool,
    /// It was to settle a clash, which somebody else has settled meanwhile.
    pub(super) settled: bool,
    /// What could not be saved is kept among what its writer typed and did not send.
    pub(super) held: bool,
}

/// Keeps what was sent and not saved, the answer and the comment; not what a form saved that was sent before, nor what stands in the
/// assessment anyway. `commented` says that the comment is saved. Says whether anything is kept that cannot be sent again now.
///
/// # Errors
/// For a form without a command, or without a version where it sends an answer; when the database fails.
pub(super) async fn hold(
    app: &App,
    caller: &Caller,
    desk: &Desk,
    (place, section, field): (&Place, &Section, &Field),
    form: &Form,
    commented: bool,
) -> Result<bool, Failure> {
    if !caller.scope.may_write() {
        return Ok(false);
    }
    let (sent, mut held) = (Some(form.command()?), false);
    let locked = desk.setting(caller, place, section, field).allows().is_err();
    if form.has("version") && field.kind != FieldKind::Risks {
        let stands = desk.whole.field(place).and_then(|state| state.answer.as_ref());
        let typed = input::parse(app, form, &field.kind, "answer", &field.label, stands, &mut Errors::default());
        // Whoever only comments sends along what stands.
        if typed.is_some() && typed.as_ref() != stands {
            held = save::keep(app, caller, desk, place, field, form, sent).await? && locked;
        }
    }
    if !commented && form.some("comment").is_some() {
        held |= comments::keep(app, caller, desk, place, form, sent).await? && !comments::open(caller, desk, place);
    }
    Ok(held)
}
