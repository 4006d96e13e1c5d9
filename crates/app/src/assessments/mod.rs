//! What happens to assessments without a request, and who hears of what happens to them.
//!
//! | module | what lives there |
//! |---|---|
//! | [`reviews`] | the job that asks for reviews: dates, renewals, changed systems, new templates |
//! | [`rescreened`] | what follows for assessments when their project is screened again |
//! | [`remind`](mod@remind) | the job that reminds of tasks, before their last day and after |
//! | [`tell`] | mail about tasks that were given and moves that were made, in the transaction that made them |
//! | [`invite`] | mail about an invitation to a data project |
//! | [`guest`] | mail to a guest who is invited to sections of an assessment |
//! | `pinned` | the overlays of a freeze, of what was frozen before they were kept |
//! | `guests` | the tasks of guests, where nobody saw to them: invited before guests had tasks, or past the last day |
//! | [`about`] | tasks and reasons in words |

pub mod about;
pub mod guest;
mod guests;
pub mod invite;
mod pinned;
pub mod remind;
pub mod rescreened;
pub mod reviews;
pub mod tell;

pub use remind::{REMIND, remind};
pub use reviews::{REVIEWS, look};

use domain::{
    dpia::{ids::TaskId, task::Task},
    people::Scope,
};
use serde_json::{Value as Json, json};
use store::{Store, write::Write};

#[cfg(test)]
mod tests;

/// What a reminder says, for [`still_so`]: of each task, its last day and with whom it is, and the day of the reminder.
fn reminded(tasks: &[&Task], on: jiff::civil::Date) -> Json {
    let tasks: Vec<Json> = tasks.iter().map(|task| json!([task.id, task.due, task.assignee])).collect();
    json!({ "tasks": tasks, "on": on })
}

/// What a message about tasks that were given says, for [`still_so`].
fn asked<'t>(tasks: impl IntoIterator<Item = &'t Task>) -> Json {
    json!({ "given": tasks.into_iter().map(|task| task.id).collect::<Vec<_>>() })
}

/// Whether a waiting message still says what is so. A reminder does when each of its tasks is open, due on the same day and with
/// the same people; a message that tasks were given does while any of them is open.
///
/// # Errors
/// When the database fails.
pub async fn still_so(store: &Store, scope: &Scope, about: &Json) -> Result<bool, store::Error> {
    for one in about.get("tasks").and_then(Json::as_array).map_or(&[][..], Vec::as_slice) {
        let Some(task) = of(store, scope, one.get(0)).await? else { return Ok(false) };
        let same = |place: usize, value: Json| one.get(place) == Some(&value);
        if !task.open() || !same(1, json!(task.due)) || !same(2, json!(task.assignee)) {
            return Ok(false);
        }
    }
    let Some(given) = about.get("given").and_then(Json::as_array) else { return Ok(true) };
    for one in given {
        if of(store, scope, Some(one)).await?.is_some_and(|task| task.open()) {
            return Ok(true);
        }
    }
    Ok(given.is_empty())
}

/// Forgets that a reminder was given which was then not sent: the next look says what is so.
///
/// # Errors
/// When the database fails.
pub async fn unsay(write: &mut Write, about: &Json) -> Result<(), store::Error> {
    let on = about.get("on");
    let ids: Vec<uuid::Uuid> = about
        .get("tasks")
        .and_then(Json::as_array)
        .map_or(&[][..], Vec::as_slice)
        .iter()
        .filter_map(|one| one.get(0)?.as_str()?.parse().ok())
        .collect();
    for before in write.get_many::<Task>(&ids).await? {
        if before.open() && on == Some(&json!(before.reminded)) {
            let mut after = Task { reminded: None, ..before.clone() };
            write.update(&before, &mut after).await?;
        }
    }
    Ok(())
}

async fn of(store: &Store, scope: &Scope, id: Option<&Json>) -> Result<Option<Task>, store::Error> {
    let Some(id) = id.and_then(Json::as_str).and_then(|id| id.parse::<TaskId>().ok()) else { return Ok(None) };
    store.get::<Task>(scope, id.0).await
}
