//! The first result of a form, kept for its repeats: whoever presses twice, or whose browser sends a form once more, is led where
//! the first press led, and told what it said. A form asks here before it looks at what stands by now, which may be another's.

use super::{page, session::Caller};
use crate::state::App;
use axum::response::{IntoResponse as _, Redirect, Response};
use store::Write;
use uuid::Uuid;

/// Between the address and the words: neither holds one.
const BETWEEN: char = '\n';

/// Keeps where a command led, and what the banner there said.
///
/// # Errors
/// When the database fails.
pub async fn keep(write: &mut Write, command: Uuid, to: &str, said: &str) -> Result<(), store::Error> {
    write.answered(command, &kept(to, said)).await
}

/// Keeps of a command that changed nothing where it led, and what was said of that there.
///
/// # Errors
/// When the database fails.
pub async fn keep_nothing(write: &mut Write, command: Uuid, to: &str, why: &str) -> Result<(), store::Error> {
    write.answered(command, &kept_nothing(to, why)).await
}

/// What [`keep`] keeps, for whoever writes it in a transaction elsewhere.
#[must_use]
pub fn kept(to: &str, said: &str) -> String {
    format!("{to}{BETWEEN}{said}")
}

/// What [`keep_nothing`] keeps.
#[must_use]
pub fn kept_nothing(to: &str, why: &str) -> String {
    format!("{to}{BETWEEN}{BETWEEN}{why}")
}

/// The first result of a command that was done before; none for one that was not.
///
/// # Errors
/// When the database fails.
pub async fn before(app: &App, caller: &Caller, command: Uuid) -> Result<Option<Response>, store::Error> {
    Ok(app.store.done_before(&caller.scope, command).await?.map(|kept| again(&kept)))
}

/// The first result once more, of what [`Write::command`] gives. Where no words were kept, the address alone.
#[must_use]
pub fn again(kept: &str) -> Response {
    match kept.split_once(BETWEEN) {
        Some((to, said)) => match said.strip_prefix(BETWEEN) {
            Some(why) => page::nothing_saved(to, why),
            None => page::saved(to, said),
        },
        None => Redirect::to(kept).into_response(),
    }
}
