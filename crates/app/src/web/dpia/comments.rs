//! Comments on a field: written, replied to, settled and opened again.

use super::{aside, desk::Desk};
use crate::{
    assessments::tell,
    error::Failure,
    state::App,
    web::{drafts, form::Form, session::Caller},
};
use domain::{
    dpia::{
        assessment::Guest,
        comment::{self, Comment, Named as Mentionable},
        ids::CommentId,
        place::{Part, Place},
        task::{About, Assignee},
        whole::Whole,
    },
    people::{PersonId, Role},
    register::ids::OrganisationId,
};
use jiff::civil::Date;
use std::collections::BTreeMap;
use store::typed::Typed;
use uuid::Uuid;

/// Who can be mentioned at a field, each with the organisation at which they hear of it: whoever may read it and comment on it. That
/// is who has a role at a controller, at a processor for the shared text, and the guests of the section, whose tasks are with the
/// organisation that leads.
fn readers(whole: &Whole, place: &Place, section: &str, today: Date) -> BTreeMap<PersonId, OrganisationId> {
    let head = &whole.assessment;
    let shared = place.part == Part::Shared;
    let welcome = |guest: &&Guest| shared && guest.welcome(today) && guest.sections.iter().any(|one| one == section);
    let mut readers: BTreeMap<PersonId, OrganisationId> =
        head.guests.iter().filter(welcome).map(|guest| (guest.person, head.lead)).collect();
    for holder in whole.holders.iter().filter(|holder| holder.role != Role::Guest) {
        let party = head.members().find(|party| party.organisation == holder.organisation);
        if party.is_some_and(|party| shared || party.role.controls()) {
            readers.insert(holder.person, holder.organisation);
        }
    }
    readers
}

/// Writes a comment, or a reply; whoever is mentioned is told, and a settled thread opens again. Says who is told, or why it is not
/// written. Whoever was to reply, and replies, is asked no more.
///
/// # Errors
/// When the database fails.
pub async fn write(
    app: &App,
    caller: &Caller,
    desk: &Desk,
    place: &Place,
    text: &str,
    reply: Option<&str>,
    command: Uuid,
) -> Result<Result<String, &'static str>, Failure> {
    let member = caller.signed_in()?;
    if !aside::may_comment(caller, desk, place) {
        return Ok(Err("Your comment is not saved: you can read this question, not comment on it. What you typed is below"));
    }
    let now = app.clock.now();
    let mut work =
        app.store.work(&caller.scope, now, desk.today, desk.whole.assessment.id).await?.ok_or_else(Failure::not_found)?;
    // One press can save an answer too, which has the command's own id: the comment is a form beside it.
    let command = beside(command);
    if let Some(said) = work.command(command).await? {
        return Ok(Ok(said));
    }
    let thread = reply
        .and_then(|id| id.parse::<CommentId>().ok())
        .and_then(|id| work.whole.comments.iter().find(|one| one.id == id).cloned());
    let comment = Comment {
        id: CommentId(Uuid::now_v7()),
        assessment: desk.whole.assessment.id,
        place: place.clone(),
        thread: None,
        text: text.to_owned(),
        mentions: Vec::new(),
        by: member.person,
        organisation: member.acting_for,
        at: now,
        edited_at: None,
        resolved: None,
        updated_at: now,
        stated: false,
    };
    let state = work.whole.assessment.state;
    // Who else reads it is known to the server, also where the writer is a guest, who sees nobody's roles.
    let section = desk.template.find(&place.field).map_or("", |(section, _)| section.id.as_str());
    let readers = readers(&work.whole, place, section, desk.today);
    let people = work.people(&readers.keys().copied().collect()).await?;
    let mentionable: Vec<Mentionable> =
        people.into_iter().map(|person| Mentionable { person: person.id, name: person.name }).collect();
    let comment = match comment::write(comment, thread.as_ref(), state, &mentionable) {
        Ok(comment) => comment,
        Err(refusal) => {
            return Ok(Err(match refusal {
                comment::Refusal::Closed => "Your comment is not saved: the assessment is closed. What you typed is below",
                comment::Refusal::NotAThread => {
                    "Your comment is not saved: what it answers is not on this question any more. What you typed is below"
                }
                _ => "Your comment is not saved. What you typed is below",
            }));
        }
    };
    let mut told = Vec::new();
    for person in comment.mentions.iter().copied().filter(|person| *person != member.person) {
        // Whoever is mentioned is told by a task, at the organisation where they hold a role.
        if let Some(organisation) = readers.get(&person) {
            let with = Assignee::Person { person, organisation: *organisation };
            work.ask(About::Comment { comment: comment.id, place: place.clone() }, with, None, "").await?;
            told.extend(mentionable.iter().find(|one| one.person == person).map(|one| one.name.as_str()));
        }
    }
    let said = added(&comment.text, &told);
    let answered: Vec<CommentId> = match comment.thread {
        Some(first) => in_thread(&work.whole, first),
        None => Vec::new(),
    };
    work.put_comment(comment).await?;
    // A guest who said something has done what they were asked; and so has whoever was to reply, and replies.
    let done = |about: &About| match about {
        About::Guest => true,
        About::Comment { comment, .. } => answered.contains(comment),
        _ => false,
    };
    work.close_tasks_with(member.person, |task| done(&task.about), Some(member.person)).await?;
    if let Some(again) = thread.as_ref().and_then(|thread| comment::reopen(thread).ok()) {
        work.put_comment(again).await?;
    }
    work.answered(command, &said).await?;
    work.forget_typed(&address(desk, place)).await?;
    tell::commit(app, work, None).await?;
    Ok(Ok(said))
}

/// What is said of a comment that is added: who is told, so that a name that is misspelt does not go unseen.
fn added(text: &str, told: &[&str]) -> String {
    // An address like team@example.org was to tell nobody.
    let names = text.match_indices('@').any(|(at, _)| !text[..at].ends_with(|c: char| c.is_alphanumeric()));
    match told {
        [] if names => {
            "Your comment is added. Nobody is told of it: no whole name of somebody else who reads this question follows an @"
                .to_owned()
        }
        [] => "Your comment is added".to_owned(),
        [one] => format!("Your comment is added, and {one} is told"),
        [most @ .., last] => format!("Your comment is added, and {} and {last} are told", most.join(", ")),
    }
}

/// The comments of a thread, by the one that began it.
fn in_thread(whole: &Whole, first: CommentId) -> Vec<CommentId> {
    whole.comments.iter().filter(|one| one.id == first || one.thread == Some(first)).map(|one| one.id).collect()
}

/// The command of the comment that a form carries beside its answer.
fn beside(command: Uuid) -> Uuid {
    Uuid::from_u128(command.as_u128() ^ (1 << 127))
}

/// The command of what a form says of a thread, beside its answer and its comment.
fn of_thread(command: Uuid) -> Uuid {
    Uuid::from_u128(command.as_u128() ^ (1 << 126))
}

/// Under which address a comment is kept that is not sent yet.
fn address(desk: &Desk, place: &Place) -> String {
    format!("{}#comments", desk.address_of(place))
}

/// Whether the caller may comment on a question now.
#[must_use]
pub fn open(caller: &Caller, desk: &Desk, place: &Place) -> bool {
    aside::may_comment(caller, desk, place) && !desk.whole.assessment.state.is_closed()
}

/// Keeps a comment that is being typed; not where its form was `sent` meanwhile. An empty one is forgotten. Says whether one is kept.
///
/// # Errors
/// When the database fails.
pub async fn keep(
    app: &App,
    caller: &Caller,
    desk: &Desk,
    place: &Place,
    form: &Form,
    sent: Option<Uuid>,
) -> Result<bool, Failure> {
    let address = address(desk, place);
    if form.some("comment").is_none() {
        if app.store.typed(&caller.scope, &address).await?.is_some() {
            app.store.drop_typed(&caller.scope, &address).await?;
        }
        return Ok(false);
    }
    let typed = Typed { fields: form.encoded(|name| matches!(name, "comment" | "reply")), at: app.clock.now() };
    Ok(app.store.keep_typed(&caller.scope, &address, &typed, sent.map(beside)).await?)
}

/// The comment that the caller typed on a question and did not send, with when.
#[must_use]
pub fn kept(desk: &Desk, place: &Place) -> Option<(Form, i64)> {
    drafts::take(&address(desk, place)).map(|draft| (draft.form, draft.at))
}

/// What a form asks of a thread, as its page offered it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asked<'f> {
    /// It is settled.
    Settle(&'f str),
    /// It is open again.
    Reopen(&'f str),
}

/// What a form asks of a thread.
#[must_use]
pub fn asked(form: &Form) -> Option<Asked<'_>> {
    form.some("resolve").map(Asked::Settle).or_else(|| form.some("reopen").map(Asked::Reopen))
}

/// Settles a thread, or opens it again. Where somebody else did the same meanwhile, it stays so; and what was sent before does nothing
/// once more, so that a press that comes twice does not take back what was said since.
///
/// # Errors
/// Not found for a thread that is not there, for those who may not comment, and once the assessment is closed.
pub async fn settle(
    app: &App,
    caller: &Caller,
    desk: &Desk,
    place: &Place,
    asked: Asked<'_>,
    command: Uuid,
) -> Result<(), Failure> {
    let member = caller.signed_in()?;
    if !aside::may_comment(caller, desk, place) {
        return Err(Failure::not_found());
    }
    let (Asked::Settle(thread) | Asked::Reopen(thread)) = asked;
    let now = app.clock.now();
    let mut work =
        app.store.work(&caller.scope, now, desk.today, desk.whole.assessment.id).await?.ok_or_else(Failure::not_found)?;
    let command = of_thread(command);
    if work.command(command).await?.is_some() {
        return Ok(());
    }
    if work.whole.assessment.state.is_closed() {
        return Err(Failure::not_found());
    }
    let found = work
        .whole
        .comments
        .iter()
        .find(|one| one.id.to_string() == thread && one.place == *place)
        .cloned()
        .ok_or_else(Failure::not_found)?;
    let replies = in_thread(&work.whole, found.id);
    let changed = match asked {
        Asked::Settle(_) => comment::resolve(&found, member.person, now),
        Asked::Reopen(_) => comment::reopen(&found),
    };
    if let Ok(changed) = changed {
        if changed.resolved.is_some() {
            let thread = |about: &About| matches!(about, About::Comment { comment, .. } if replies.contains(comment));
            work.close_tasks(thread, Some(member.person)).await?;
        }
        work.put_comment(changed).await?;
    }
    work.answered(command, "done").await?;
    work.commit().await?;
    Ok(())
}
