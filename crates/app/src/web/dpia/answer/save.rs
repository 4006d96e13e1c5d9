//! Saving an answer, a comment, or both, and keeping what is typed. Whatever cannot be saved comes back with the reason.

use super::{
    super::{aside, comments, desk::Desk, input, systems, tasks},
    Again, late, show,
};
use crate::{
    error::{Failure, conflict},
    state::App,
    web::{
        drafts,
        form::{Errors, Form},
        kept, page,
        session::Caller,
        words,
    },
};
use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse as _, Redirect, Response},
};
use domain::dpia::{
    comment,
    edit::{Draft, Outcome, Refusal, Sent},
    place::Place,
    template::{
        Section,
        field::{Field, FieldKind},
    },
};
use store::dpia::{Answered, answers::Change};
use uuid::Uuid;

/// Saves the answer, a comment, or both: whatever was typed. A thread is settled, or opened again, after that.
///
/// # Errors
/// Not found for an assessment that is not there for the caller.
pub async fn save(
    State(app): State<App>,
    caller: Caller,
    Path((id, part, field)): Path<(String, String, String)>,
    form: Form,
) -> Result<Response, Failure> {
    let caller = form.acting(&caller)?;
    let desk = Desk::open(&app, &caller, &id).await?;
    let Ok((place, section, field)) = desk.field(&part, &field) else {
        return match aside::place(&app, &caller, &desk, &part, &field).await? {
            Some(place) if comments::asked(&form).is_some() && !form.has("version") => {
                aside::settle(&app, &caller, &desk, &place, &form).await
            }
            _ => gone(&app, &desk, &form),
        };
    };
    let command = form.command()?;
    let of_thread = comments::asked(&form);
    let mut errors = Errors::default();
    let here = desk.address_of(&place);
    let stands = desk.whole.field(&place).and_then(|state| state.answer.as_ref());
    let sends = form.has("version") && field.kind != FieldKind::Risks;
    let answer = if sends { input::parse(&app, &form, &field.kind, "answer", &field.label, stands, &mut errors) } else { None };
    let locked = desk.setting(&caller, &place, section, field).allows().err();
    // Whoever only comments sends along what stands; that is no change that could be refused.
    let refused = locked.filter(|_| sends && (answer.as_ref() != stands || !errors.is_empty()));
    let writes = sends && locked.is_none();
    let answer = if writes { systems::named(&app, &desk, &place, &field.kind, &form, answer) } else { answer };
    if !writes {
        errors = Errors::default();
    }
    if let Some(refusal) = refused {
        errors.add("kept", not_saved(refusal));
    }
    if form.raw("comment").trim().chars().count() > comment::MAX {
        errors.add("comment", format!("The comment must be {} characters or fewer", words::count(comment::MAX)));
    }
    // Its button was pressed, and there is nothing that it could add, nor an answer that it would save.
    if form.text("stay") == "comment" && form.some("comment").is_none() && (!sends || answer.as_ref() == stands) {
        errors.add("comment", "Write the comment that you want to add");
    }
    if !errors.is_empty() {
        let held = late::hold(&app, &caller, &desk, (&place, section, field), &form, false).await?;
        let again = Again { form, errors, commented: false, settled: false, held };
        let page = show(&app, &caller, &desk, &place, section, field, Some(again)).await?;
        return Ok(if refused.is_some() { conflict(page) } else { page });
    }
    let mut added = None;
    if let Some(text) = form.some("comment") {
        match comments::write(&app, &caller, &desk, &place, text, form.some("reply"), command).await? {
            Ok(said) => added = Some(said),
            Err(why) => {
                // Closed meanwhile, by whoever was faster.
                let desk = Desk::open(&app, &caller, &id).await?;
                errors.add("kept", why);
                return back(&app, &caller, &desk, [&part, &place.field], form, errors, false).await;
            }
        }
    }
    let commented = added.is_some();
    let mut to = format!("{here}#comments");
    let mut said = None;
    if writes {
        let from = u32::try_from(form.version()?).map_err(|_| Failure::form("The form is incomplete: open its page again."))?;
        // Whoever only settles a comment does not call what they were typing complete; what stands as it is stays so.
        let complete = form.text("complete") == "yes" && (of_thread.is_none() || answer.as_ref() == stands);
        let change = Change::Save(Sent { from, answer, complete });
        let answered = desk.change(&app, &caller, &place, &change, command).await?;
        if let Answered::Done(outcome) = &answered {
            tasks::after_answer(&app, &caller, &desk, &place, outcome).await?;
        }
        if of_thread.is_none() {
            to =
                if form.has("stay") { here.clone() } else { following(&desk, &place, section).unwrap_or_else(|| desk.address()) };
        }
        match answered {
            Answered::Missing => return gone(&app, &desk, &form),
            Answered::Refused(refusal) => {
                let desk = Desk::open(&app, &caller, &id).await?;
                // What can still be written stands in its control; what cannot, in a box of its own.
                let locked = desk.setting(&caller, &place, section, field).allows().is_err();
                errors.add(if locked { "kept" } else { "answer" }, not_saved(refusal));
                return back(&app, &caller, &desk, [&part, &place.field], form, errors, commented).await;
            }
            Answered::Done(Outcome::Clash(..)) => to = format!("{here}/clash"),
            Answered::Done(Outcome::Merged(..)) => {
                to.clone_from(&here);
                said = Some(
                    "Saved. This answer had been changed since you began: both changes are in it. Please read it once more.",
                );
            }
            Answered::Repeated if desk.whole.field(&place).is_some_and(|state| state.clashes()) => to = format!("{here}/clash"),
            Answered::Done(Outcome::Saved(_)) | Answered::Repeated => said = Some("Saved"),
            Answered::Done(Outcome::Unchanged) => {}
        }
    }
    if let Some(asked) = of_thread {
        comments::settle(&app, &caller, &desk, &place, asked, command).await?;
    }
    let said: Vec<&str> = said.into_iter().chain(added.as_deref()).collect();
    Ok(if said.is_empty() { Redirect::to(&to).into_response() } else { page::saved(&to, &said.join(". ").replace(".. ", ". ")) })
}

/// The page as it stands now, with what was typed and why it was not saved.
async fn back(
    app: &App,
    caller: &Caller,
    desk: &Desk,
    [part, field]: [&str; 2],
    form: Form,
    errors: Errors,
    commented: bool,
) -> Result<Response, Failure> {
    let Ok((place, section, field)) = desk.field(part, field) else { return gone(app, desk, &form) };
    let held = late::hold(app, caller, desk, (&place, section, field), &form, commented).await?;
    let again = Again { form, errors, commented, settled: false, held };
    Ok(conflict(show(app, caller, desk, &place, section, field, Some(again)).await?))
}

/// The question has no page any more.
fn gone(app: &App, desk: &Desk, form: &Form) -> Result<Response, Failure> {
    if kept::texts(form).is_empty() {
        return Err(Failure::not_found());
    }
    let why = "This question is not asked here any more: the assessment has moved to another version of its template, or a part of \
               the template or another answer has switched the question off. Nothing of what you sent is saved.";
    kept::page(app, form, why, "Open the assessment", &desk.address())
}

/// Data is in use, and the day of the next review that was sent is none.
pub const NO_REVIEW_DAY: &str =
    "The next review must lie ahead, and within three years: this assessment is in use, and its next review follows this answer";

/// Why an answer that was sent is not saved.
fn not_saved(refusal: Refusal) -> &'static str {
    match refusal {
        Refusal::NotYours => "Your answer is not saved: you can read this question, not change it. What you typed is below",
        Refusal::Frozen => "Your answer is not saved: the text was frozen for sign-off while you wrote. What you typed is below",
        Refusal::Signed => "Your answer is not saved: the answer was signed while you wrote. What you typed is below",
        Refusal::Closed => "Your answer is not saved: the assessment is closed. What you typed is below",
        Refusal::Review(_) => NO_REVIEW_DAY,
        Refusal::UnknownVersion | Refusal::MovedOn | Refusal::NoClash | Refusal::WrongKind => {
            "Your answer is not saved: the question has changed since you opened it. What you typed is below"
        }
    }
}

/// The next field of the section.
fn following(desk: &Desk, place: &Place, section: &Section) -> Option<String> {
    let view = desk.view(place.part);
    let sections = view.sections();
    let (_, _, fields) = sections.iter().find(|(_, one, _)| one.id == section.id)?;
    let at = fields.iter().position(|field| field.id == place.field)?;
    fields.get(at + 1).map(|field| desk.address_of(&place.part.at(&field.id)))
}

/// Keeps what is typed so far, which script sends every few seconds: the answer, and the comment. Or throws it away where its writer
/// asks for that.
///
/// # Errors
/// Not found for a field that is not there for the caller, or cannot be written: script says then that nothing is kept, as it
/// does where the page was made for somebody else.
pub async fn draft(
    State(app): State<App>,
    caller: Caller,
    Path((id, part, field)): Path<(String, String, String)>,
    form: Form,
) -> Result<Response, Failure> {
    let caller = form.acting(&caller)?;
    let desk = Desk::open(&app, &caller, &id).await?;
    let asked = desk.field(&part, &field);
    if form.has("drop") {
        // Also where the question is not asked any more; then nothing may be left there to show.
        let (place, to) = match asked {
            Ok((place, ..)) => (place.clone(), desk.address_of(&place)),
            Err(_) => {
                let place = aside::place(&app, &caller, &desk, &part, &field).await?.ok_or_else(Failure::not_found)?;
                (place, desk.address())
            }
        };
        if let Some(refused) = drafts::of_another(&app, &caller, &form, &to)? {
            return Ok(refused);
        }
        app.store.drop_draft(&caller.scope, desk.whole.assessment.id, &place).await?;
        return Ok(page::saved(&to, "What you had typed is thrown away. This is what stands in the assessment"));
    }
    let (place, section, field) = asked?;
    // What was typed before the form was sent, and comes after it, is older than what is saved.
    let sent = if form.has("again") { None } else { Some(form.command()?) };
    let comments = comments::open(&caller, &desk, &place);
    let writes = desk.setting(&caller, &place, section, field).allows().is_ok();
    if !comments && !writes {
        return Err(Failure::not_found());
    }
    if let Some(refused) = drafts::of_another(&app, &caller, &form, &desk.address_of(&place))? {
        return Ok(refused);
    }
    if comments && form.has("comment") {
        comments::keep(&app, &caller, &desk, &place, &form, sent).await?;
    }
    // Whoever only comments sends no version along.
    if form.has("version") || !comments {
        if !writes {
            return Err(Failure::not_found());
        }
        keep(&app, &caller, &desk, &place, field, &form, sent).await?;
    }
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// Keeps the answer in a form as the caller's draft; not where the form `sent` was sent meanwhile. Says whether it is kept.
///
/// # Errors
/// For a form without a version; when the database fails.
pub(super) async fn keep(
    app: &App,
    caller: &Caller,
    desk: &Desk,
    place: &Place,
    field: &Field,
    form: &Form,
    sent: Option<Uuid>,
) -> Result<bool, Failure> {
    let stands = desk.whole.field(place).and_then(|state| state.answer.as_ref());
    let answer = input::parse(app, form, &field.kind, "answer", &field.label, stands, &mut Errors::default());
    let answer = systems::named(app, desk, place, &field.kind, form, answer);
    let (person, from) = (caller.signed_in()?.person, u32::try_from(form.version()?).unwrap_or(0));
    let draft = Draft { assessment: desk.whole.assessment.id, place: place.clone(), person, from, answer, at: app.clock.now() };
    Ok(app.store.keep_draft(&caller.scope, desk.today, &desk.template, &draft, sent).await?)
}
