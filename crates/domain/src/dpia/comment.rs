//! Comments on fields: threads with mentions, settled and opened again. Everyone who may read a field may comment on it.

use super::{
    assessment::State,
    ids::{AssessmentId, CommentId},
    place::Place,
};
use crate::{people::PersonId, register::ids::OrganisationId};
use serde::{Deserialize, Serialize};

/// The most characters of a comment.
pub const MAX: usize = 4_000;

/// A comment, or a reply to one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Comment {
    /// Its id.
    pub id: CommentId,
    /// The assessment.
    pub assessment: AssessmentId,
    /// The field.
    pub place: Place,
    /// The comment that began the thread; none for that one itself.
    pub thread: Option<CommentId>,
    /// What it says; plain text.
    pub text: String,
    /// Who are told because they are mentioned.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub mentions: Vec<PersonId>,
    /// Who wrote it.
    pub by: PersonId,
    /// For whom.
    pub organisation: OrganisationId,
    /// When, milliseconds of UTC.
    pub at: i64,
    /// When its writer last changed the words, milliseconds of UTC.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub edited_at: Option<i64>,
    /// Who called the thread settled, and when; on the comment that began it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resolved: Option<Resolved>,
    /// A file that came in states it: nobody said it here (told as such, and no decision here).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub stated: bool,
    /// When the record last changed, milliseconds of UTC.
    pub updated_at: i64,
}

/// Who called a thread settled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Resolved {
    /// Who.
    pub by: PersonId,
    /// When, milliseconds of UTC.
    pub at: i64,
}

/// Why nothing is said.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Refusal {
    /// There are no words.
    Empty,
    /// There are more than [`MAX`] characters.
    TooLong,
    /// The assessment is closed.
    Closed,
    /// A reply belongs to the comment that began the thread, in the same field.
    NotAThread,
    /// It is settled already.
    AlreadyResolved,
    /// It is open.
    NotResolved,
    /// Someone else wrote it.
    NotYours,
}

/// Someone who can be mentioned: who may read the field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named {
    /// Who.
    pub person: PersonId,
    /// The name.
    pub name: String,
}

/// The people that a text mentions: `@` and a whole name, whatever its capitals; of two names that fit, the longer; everyone of that
/// name, since nobody can tell which of them is meant.
#[must_use]
pub fn mentions(text: &str, people: &[Named]) -> Vec<PersonId> {
    let lower = text.to_lowercase();
    let mut names: Vec<(String, PersonId)> =
        people.iter().filter(|one| !one.name.trim().is_empty()).map(|one| (one.name.trim().to_lowercase(), one.person)).collect();
    names.sort_by_key(|(name, _)| std::cmp::Reverse(name.len()));
    let mut found = Vec::new();
    for (at, _) in lower.match_indices('@') {
        let rest = &lower[at + 1..];
        // An address like team@example.org mentions nobody.
        if lower[..at].ends_with(|c: char| c.is_alphanumeric()) {
            continue;
        }
        let fits = |name: &str| rest.strip_prefix(name).is_some_and(|after| !after.starts_with(|c: char| c.is_alphanumeric()));
        let Some((name, _)) = names.iter().find(|(name, _)| fits(name)) else { continue };
        for (_, person) in names.iter().filter(|(other, _)| other == name) {
            if !found.contains(person) {
                found.push(*person);
            }
        }
    }
    found
}

/// The words of a comment, trimmed.
fn words(text: &str) -> Result<String, Refusal> {
    let text = text.replace("\r\n", "\n").trim().to_owned();
    if text.is_empty() {
        Err(Refusal::Empty)
    } else if text.chars().count() > MAX {
        Err(Refusal::TooLong)
    } else {
        Ok(text)
    }
}

/// Checks a new comment, or a reply where `thread` is the comment it answers. A reply to a settled thread opens it again: the
/// caller stores [`reopen`] with it.
///
/// # Errors
/// See [`Refusal`].
pub fn write(mut comment: Comment, thread: Option<&Comment>, state: State, people: &[Named]) -> Result<Comment, Refusal> {
    if state.is_closed() {
        return Err(Refusal::Closed);
    }
    comment.text = words(&comment.text)?;
    comment.mentions = mentions(&comment.text, people);
    comment.resolved = None;
    comment.thread = match thread {
        None => None,
        Some(thread) if thread.assessment == comment.assessment && thread.place == comment.place => {
            Some(thread.thread.unwrap_or(thread.id))
        }
        Some(_) => return Err(Refusal::NotAThread),
    };
    Ok(comment)
}

/// Changes the words of one's own comment; the change log keeps the old ones. What a file states that somebody wrote, nobody wrote here.
///
/// # Errors
/// See [`Refusal`].
pub fn edit(comment: &Comment, text: &str, by: PersonId, at: i64, state: State, people: &[Named]) -> Result<Comment, Refusal> {
    if state.is_closed() {
        return Err(Refusal::Closed);
    }
    if comment.by != by || comment.stated {
        return Err(Refusal::NotYours);
    }
    let text = words(text)?;
    Ok(Comment { mentions: mentions(&text, people), text, edited_at: Some(at), ..comment.clone() })
}

/// Calls a thread settled.
///
/// # Errors
/// When it is no thread, or settled already.
pub fn resolve(comment: &Comment, by: PersonId, at: i64) -> Result<Comment, Refusal> {
    match (comment.thread, comment.resolved) {
        (Some(_), _) => Err(Refusal::NotAThread),
        (None, Some(_)) => Err(Refusal::AlreadyResolved),
        (None, None) => Ok(Comment { resolved: Some(Resolved { by, at }), ..comment.clone() }),
    }
}

/// Opens a settled thread again.
///
/// # Errors
/// When it is no thread, or open.
pub fn reopen(comment: &Comment) -> Result<Comment, Refusal> {
    match (comment.thread, comment.resolved) {
        (Some(_), _) => Err(Refusal::NotAThread),
        (None, None) => Err(Refusal::NotResolved),
        (None, Some(_)) => Ok(Comment { resolved: None, ..comment.clone() }),
    }
}

/// A thread: the comment that began it, and the replies in order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Thread<'a> {
    /// The comment that began it.
    pub first: &'a Comment,
    /// The replies, the oldest first.
    pub replies: Vec<&'a Comment>,
}

/// The threads of a field: open ones first, each in the order in which they began.
#[must_use]
pub fn threads<'a>(comments: &'a [Comment], place: &Place) -> Vec<Thread<'a>> {
    let mut here: Vec<&Comment> = comments.iter().filter(|comment| comment.place == *place).collect();
    here.sort_by_key(|comment| (comment.at, comment.id));
    let mut threads: Vec<Thread<'_>> = here
        .iter()
        .filter(|comment| comment.thread.is_none())
        .map(|first| Thread { first, replies: here.iter().copied().filter(|reply| reply.thread == Some(first.id)).collect() })
        .collect();
    threads.sort_by_key(|thread| thread.first.resolved.is_some());
    threads
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dpia::assessment::tests::{organisation, person};
    use uuid::Uuid;

    fn comment(id: u128, text: &str) -> Comment {
        Comment {
            id: CommentId(Uuid::from_u128(id)),
            assessment: AssessmentId(Uuid::from_u128(1)),
            place: Place::shared("purpose"),
            thread: None,
            text: text.to_owned(),
            mentions: vec![],
            by: person(1),
            organisation: organisation(1),
            at: i64::try_from(id).unwrap(),
            edited_at: None,
            resolved: None,
            updated_at: 0,
            stated: false,
        }
    }

    fn people() -> Vec<Named> {
        [(1, "Priya Nair"), (2, "Priya"), (3, "Dele Okafor")]
            .map(|(id, name)| Named { person: person(id), name: name.to_owned() })
            .to_vec()
    }

    #[test]
    fn whole_names_are_mentioned_and_addresses_are_not() {
        let found = |text| mentions(text, &people());
        assert_eq!(found("@Priya Nair can you add it? @dele okafor too, @Priya Nair!"), [person(1), person(3)]);
        assert_eq!(found("@Priya, please"), [person(2)]);
        assert_eq!(found("@Priyanka or team@Priya.example or @nobody"), []);
        assert_eq!(found("Straße @Dele Okafor"), [person(3)]);
        let namesake = Named { person: person(4), name: "dele okafor".to_owned() };
        let both = [people(), vec![namesake]].concat();
        assert_eq!(mentions("@Dele Okafor, is it so?", &both), [person(3), person(4)], "nobody can tell which");
    }

    #[test]
    fn replies_join_the_thread_and_threads_show_open_ones_first() {
        let first = write(comment(1, " Why? "), None, State::Drafting, &people()).unwrap();
        assert_eq!(first.text, "Why?");
        let reply = write(comment(2, "Because."), Some(&first), State::Review, &[]).unwrap();
        let deeper = write(comment(3, "I see."), Some(&reply), State::Live, &[]).unwrap();
        assert_eq!((reply.thread, deeper.thread), (Some(first.id), Some(first.id)));
        let settled = resolve(&first, person(2), 9).unwrap();
        assert_eq!(resolve(&settled, person(2), 9), Err(Refusal::AlreadyResolved));
        assert_eq!(resolve(&reply, person(2), 9), Err(Refusal::NotAThread));
        let other = comment(4, "Another");
        let all = [settled.clone(), reply, deeper, other];
        let threads = threads(&all, &Place::shared("purpose"));
        assert_eq!(
            threads.iter().map(|thread| (thread.first.id.0.as_u128(), thread.replies.len())).collect::<Vec<_>>(),
            [(4, 0), (1, 2)]
        );
        assert_eq!(reopen(&settled).unwrap(), first);
        assert_eq!(reopen(&first), Err(Refusal::NotResolved));
    }

    #[test]
    fn comments_say_something_in_an_open_assessment_and_stay_their_writers() {
        assert_eq!(write(comment(1, " \n"), None, State::Drafting, &[]), Err(Refusal::Empty));
        assert_eq!(write(comment(1, &"é".repeat(MAX + 1)), None, State::Drafting, &[]), Err(Refusal::TooLong));
        assert_eq!(write(comment(1, "x"), None, State::Withdrawn, &[]), Err(Refusal::Closed));
        let elsewhere = Comment { place: Place::shared("scope"), ..comment(1, "x") };
        assert_eq!(write(comment(2, "x"), Some(&elsewhere), State::Drafting, &[]), Err(Refusal::NotAThread));
        assert_eq!(edit(&elsewhere, "y", person(2), 5, State::Drafting, &[]), Err(Refusal::NotYours));
        assert_eq!(edit(&elsewhere, "y", person(1), 5, State::Drafting, &[]).unwrap().edited_at, Some(5));
        let stated = Comment { stated: true, ..elsewhere };
        assert_eq!(edit(&stated, "y", person(1), 5, State::Drafting, &[]), Err(Refusal::NotYours), "a file states it");
    }
}
