//! `/assessments/{id}/{part}/{field}`: advice above the text, comments below, in one form, so that no button loses another
//! field's words. Saving it, and keeping drafts, stands in `save`; giving drafts back in `drafts`;
//! what comes too late is kept in `late`.

mod drafts;
mod late;
mod save;

pub(super) use drafts::{offer, settled};
use late::Again;
pub use save::{NO_REVIEW_DAY, draft, save};

use super::{
    aside, comments,
    desk::{By, Desk, Named},
    input::{self, Control},
    own_work::{self, Warning},
    systems,
};
use crate::{
    error::Failure,
    state::App,
    web::{
        form::{Errors, new_command},
        kept::{self, Text},
        page,
        session::Caller,
    },
};
use axum::{
    extract::{Path, State},
    response::{IntoResponse as _, Response},
};
use domain::dpia::{
    access,
    answer::Answer,
    comment,
    edit::{Offer, Refusal},
    place::Place,
    presence::{self, Presence},
    template::{
        Section,
        field::{Field, Sensitivity},
    },
};
use serde::Serialize;

#[derive(Serialize)]
struct View {
    title: String,
    address: String,
    here: String,
    number: String,
    of: usize,
    part: Option<Named>,
    label: String,
    hint: Option<String>,
    guidance: Vec<String>,
    sources: Vec<Cited>,
    control: Control,
    errors: Errors,
    complete: bool,
    version: u32,
    command: String,
    /// Why it cannot be written: `not-yours`, `frozen`, `signed`, `closed`; none where it can.
    /// What the caller's organisation says about the question, and its name.
    local: Vec<String>,
    acting_for: String,
    locked: Option<Refusal>,
    /// It was made elsewhere: the answer is what came in.
    record: bool,
    text: String,
    clash: bool,
    /// Why a review asks to look at it again, and whether the caller may say that it still holds.
    look: Option<(String, bool)>,
    draft: Option<i64>,
    behind: bool,
    /// The caller typed to settle a clash that somebody else has settled meanwhile.
    settled: bool,
    /// What was typed and cannot be saved any more: sent now, or left as a draft.
    kept: Vec<Text>,
    /// That is kept for them, beyond this page.
    held: bool,
    last: Option<(By, i64)>,
    changed: u32,
    advice: Vec<AdviceOf>,
    threads: Vec<ThreadOf>,
    comments: bool,
    comment: String,
    reply: String,
    /// When the comment was typed, where it is back.
    comment_draft: Option<i64>,
    open_comments: usize,
    others: Vec<Other>,
    /// Who else is here: at this `question`, in this `section`, or `elsewhere`.
    present: Vec<(By, &'static str)>,
    sensitivity: &'static str,
    /// The roles whose own words it holds.
    written_by: Vec<&'static str>,
    /// Signatures that the caller cannot give once they save here.
    own_work: Vec<Warning>,
    next: Option<(String, String)>,
    /// The caller may give a task about it to somebody.
    gives: bool,
    /// The caller may read the list of risks.
    risks: bool,
}

#[derive(Serialize)]
struct Cited {
    title: String,
    place: Option<String>,
    url: Option<String>,
}

#[derive(Serialize)]
struct AdviceOf {
    by: By,
    at: i64,
    text: String,
    open: bool,
    stated: bool,
    decision: &'static str,
    reasons: String,
}

#[derive(Serialize)]
struct ThreadOf {
    id: String,
    /// Its first words.
    begins: String,
    said: Vec<Said>,
    resolved: bool,
}

#[derive(Serialize)]
struct Said {
    by: By,
    at: i64,
    text: String,
}

#[derive(Serialize)]
struct Other {
    number: String,
    label: String,
    href: Option<String>,
    state: &'static str,
}

/// How many letters of a comment name its thread.
const BEGINS: usize = 60;

/// The page.
///
/// # Errors
/// Not found for a field that is not there for the caller.
pub async fn page(
    State(app): State<App>,
    caller: Caller,
    Path((id, part, field)): Path<(String, String, String)>,
) -> Result<Response, Failure> {
    let desk = Desk::open(&app, &caller, &id).await?;
    let Ok((place, section, field)) = desk.field(&part, &field) else {
        return aside::page(&app, &caller, &desk, &part, &field).await;
    };
    if !recorded_here(&desk, &place) {
        return Err(Failure::not_found());
    }
    show(&app, &caller, &desk, &place, section, field, None).await
}

/// Whether a question has a page. Of one that was made elsewhere only those do that came in as data, or that somebody commented on:
/// nobody answers the others here.
fn recorded_here(desk: &Desk, place: &Place) -> bool {
    let whole = &desk.whole;
    !whole.assessment.is_record() || whole.field(place).is_some() || whole.comments.iter().any(|one| one.place == *place)
}

async fn show(
    app: &App,
    caller: &Caller,
    desk: &Desk,
    place: &Place,
    section: &Section,
    field: &Field,
    again: Option<Again>,
) -> Result<Response, Failure> {
    let member = caller.signed_in()?;
    let now = app.clock.now();
    let stands = desk.whole.field(place);
    let locked = desk.setting(caller, place, section, field).allows().err();
    let comments = comments::open(caller, desk, place);
    let draft = app.store.draft(&caller.scope, desk.whole.assessment.id, place).await?;
    let offered = match &draft {
        Some(draft) if again.is_none() => drafts::offer(app, caller, desk, place, draft).await?,
        _ => Offer::Nothing,
    };
    let plain = |answer: Option<&Answer>| answer.map(|answer| answer.plain(&field.labels())).unwrap_or_default();
    let mut kept = match (&offered, &draft) {
        (Offer::Continue | Offer::Behind, Some(draft)) if locked.is_some() => {
            vec![Text { name: field.label.clone(), text: plain(draft.answer.as_ref()) }]
        }
        _ => Vec::new(),
    };
    let (answer, version) = match (&offered, &draft) {
        (Offer::Continue | Offer::Behind, Some(draft)) if locked.is_none() => (draft.answer.as_ref(), draft.from),
        _ => (stands.and_then(|state| state.answer.as_ref()), stands.map_or(0, |state| state.version)),
    };
    let mut control = input::control(&field.kind, "answer", answer, desk.today);
    systems::offer(app, desk, place, &field.kind, &mut control);
    let mut version = version;
    let mut complete = stands.is_some_and(|state| state.complete);
    let (mut typed_comment, mut typed_reply, mut comment_draft) = (String::new(), String::new(), None);
    if again.is_none()
        && comments
        && let Some((form, at)) = comments::kept(desk, place)
    {
        (typed_comment, typed_reply, comment_draft) = (form.raw("comment").to_owned(), form.text("reply").to_owned(), Some(at));
    }
    let mut errors = Errors::default();
    let held = again.as_ref().map_or(!kept.is_empty(), |again| again.held);
    let settled = again.as_ref().is_some_and(|again| again.settled);
    if let Some(Again { form, errors: wrong, commented, .. }) = again {
        control = input::retyped(control, &field.kind, &form, desk.today);
        // A row that was typed has its choice of systems, and what was chosen in it.
        systems::offer(app, desk, place, &field.kind, &mut control);
        control = input::retyped(control, &field.kind, &form, desk.today);
        version = form.version().ok().and_then(|sent| u32::try_from(sent).ok()).unwrap_or(version);
        complete = form.text("complete") == "yes";
        if !commented {
            typed_comment = form.raw("comment").to_owned();
            typed_reply = form.text("reply").to_owned();
        }
        if locked.is_some() && form.has("version") {
            kept = kept::texts(&form);
            kept.retain(|text| !matches!(text.name.as_str(), "comment" | "reply" | "complete"));
        }
        if !comments && !commented && form.some("comment").is_some() {
            kept.push(Text { name: "comment".to_owned(), text: typed_comment.clone() });
        }
        errors = wrong;
    }
    let view = desk.view(place.part);
    let sections = view.sections();
    let fields: Vec<&Field> =
        sections.iter().find(|(_, one, _)| one.id == section.id).map(|(_, _, fields)| fields.clone()).unwrap_or_default();
    let at = fields.iter().position(|one| one.id == field.id).unwrap_or(0);
    let next = fields.get(at + 1).map(|next| {
        let place = place.part.at(&next.id);
        (desk.number(&place), desk.address_of(&place))
    });
    let threads = comment::threads(&desk.whole.comments, place);
    let sign = Presence {
        assessment: desk.whole.assessment.id,
        person: member.person,
        name: member.name.clone(),
        organisation: member.acting_for,
        place: Some(place.clone()),
        writing: locked.is_none(),
        at: now,
    };
    let signs = app.store.here(&caller.scope, desk.today, &sign).await?;
    let invalid = !errors.is_empty();
    let own_work = if locked.is_none() { own_work::on(app, caller, desk, place.part, field).await? } else { Vec::new() };
    let view = View {
        title: desk.whole.assessment.title.clone(),
        address: desk.address(),
        here: desk.address_of(place),
        number: desk.number(place),
        of: fields.len(),
        part: desk.part(app, place.part),
        label: field.label.clone(),
        hint: field.hint.clone(),
        guidance: field.guidance.clone(),
        local: field.local_guidance.iter().filter(|(own, _)| *own == member.acting_for).map(|(_, text)| text.clone()).collect(),
        acting_for: super::desk::named(app, member.acting_for).name,
        sources: field
            .sources
            .iter()
            .filter_map(|source| {
                let detail = desk.template.source(source)?;
                Some(Cited { title: detail.title.clone(), place: source.place.clone(), url: detail.url.clone() })
            })
            .collect(),
        control,
        errors,
        complete,
        version,
        command: new_command().to_string(),
        locked,
        record: desk.whole.assessment.is_record(),
        text: plain(stands.and_then(|state| state.answer.as_ref())),
        kept,
        held,
        clash: stands.is_some_and(|state| state.clashes()),
        look: stands.and_then(|state| {
            let setting = desk.setting(caller, place, section, field);
            Some((state.look()?.to_owned(), setting.may_write && !setting.state.is_closed()))
        }),
        draft: (offered != Offer::Nothing).then(|| draft.as_ref().map_or(0, |draft| draft.at)),
        behind: offered == Offer::Behind,
        settled,
        last: stands.map(|state| (desk.by_stated(app, state.by, state.organisation, state.stated), state.at)),
        changed: stands.map_or(0, |state| state.version),
        advice: desk
            .whole
            .recommendations
            .iter()
            .filter(|one| one.place == *place)
            .map(|one| AdviceOf {
                by: desk.by_stated(app, one.by, one.organisation, one.stated),
                at: one.at,
                text: one.text.clone(),
                open: one.open() && !desk.whole.assessment.is_record(),
                stated: one.answer.as_ref().is_some_and(|answer| answer.stated),
                decision: one.answer.as_ref().map_or("", |answer| answer.decision.as_str()),
                reasons: one.answer.as_ref().map(|answer| answer.reasons.clone()).unwrap_or_default(),
            })
            .collect(),
        open_comments: threads.iter().filter(|thread| thread.first.resolved.is_none()).count(),
        threads: threads
            .iter()
            .map(|thread| ThreadOf {
                id: thread.first.id.to_string(),
                begins: thread.first.text.chars().take(BEGINS).collect(),
                resolved: thread.first.resolved.is_some(),
                said: std::iter::once(thread.first)
                    .chain(thread.replies.iter().copied())
                    .map(|one| Said {
                        by: desk.by_stated(app, one.by, one.organisation, one.stated),
                        at: one.at,
                        text: one.text.clone(),
                    })
                    .collect(),
            })
            .collect(),
        comments,
        comment: typed_comment,
        reply: typed_reply,
        comment_draft,
        others: fields
            .iter()
            .filter(|one| recorded_here(desk, &place.part.at(&one.id)))
            .map(|one| {
                let place = place.part.at(&one.id);
                let state = desk.whole.field(&place);
                Other {
                    number: desk.number(&place),
                    label: one.label.clone(),
                    href: (one.id != field.id).then(|| desk.address_of(&place)),
                    state: match state {
                        Some(state) if state.clashes() => "clash",
                        Some(state) if state.look().is_some() => "look-again",
                        Some(state) if state.complete => "completed",
                        Some(state) if state.answer.is_some() => "in-progress",
                        _ => "not-started",
                    },
                }
            })
            .collect(),
        present: presence::here(&signs, member.person, now)
            .into_iter()
            .map(|sign| {
                let by = By { name: sign.name.clone(), organisation: super::desk::named(app, sign.organisation), stated: false };
                let near = sign.place.as_ref().filter(|there| there.part == place.part);
                let here = near.is_some_and(|there| there == place);
                let section =
                    near.is_some_and(|there| desk.template.find(&there.field).is_some_and(|(one, _)| one.id == section.id));
                (
                    by,
                    if here {
                        "question"
                    } else if section {
                        "section"
                    } else {
                        "elsewhere"
                    },
                )
            })
            .collect(),
        sensitivity: match field.sensitivity {
            Sensitivity::Public => "public",
            Sensitivity::Internal => "internal",
            Sensitivity::Confidential => "confidential",
        },
        written_by: field.written_by.iter().map(|role| role.words()).collect(),
        own_work,
        next,
        gives: access::keeps(&caller.scope, &desk.whole.assessment, member.acting_for),
        risks: desk.whole.sight.reads_risks(),
    };
    let mut frame = desk.frame(app, &format!("{} {}", view.number, field.label));
    frame.error = invalid;
    Ok(page::render(app, "dpia/answer.html", &frame, view)?.into_response())
}
