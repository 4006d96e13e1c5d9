//! Word to a person of what their organisation's directory changed of their account, in the words of the pages that do the same.
//!
//! Whoever was only named, and never took a place up, hears nothing but the invitation: a directory sends a newcomer's groups one by
//! one, right after it.

use crate::{error::Failure, state::App, web::people::letters};
use domain::{
    audit::Kind,
    people::{Membership, Person},
    register::records::Organisation,
};
use serde_json::json;
use store::Write;

/// Their roles are others now; `before` is the place as it was.
///
/// # Errors
/// As [`letters::security`].
pub async fn roles_changed(
    app: &App,
    write: &mut Write,
    organisation: &Organisation,
    person: &Person,
    before: &Membership,
) -> Result<(), Failure> {
    let what = format!("Your roles at {} have changed", organisation.name);
    of_place(app, write, person, before, &what, "Your organisation’s directory changed what you may do on City Tools.").await
}

/// Their place was taken away; `before` is the place as it was.
///
/// # Errors
/// As [`letters::security`].
pub async fn left(
    app: &App,
    write: &mut Write,
    organisation: &Organisation,
    person: &Person,
    before: &Membership,
) -> Result<(), Failure> {
    let what = format!("You no longer act for {}", organisation.name);
    of_place(app, write, person, before, &what, "Your organisation’s directory took your place there away.").await
}

/// Their address is another one. Both hear of it, since codes for signing in go to the new one; those that were sent end.
///
/// # Errors
/// As [`letters::security`].
pub async fn moved(
    app: &App,
    write: &mut Write,
    organisation: &Organisation,
    before: &Person,
    after: &Person,
) -> Result<(), Failure> {
    write.end_codes_of(after.id).await?;
    let content = json!({ "event": "address-changed", "by": "directory" });
    write.event(Kind::SignIn, after.id.0, Some(organisation.id.0), &content).await?;
    let what = "Your address on City Tools has changed";
    let detail = format!("The directory of {} changed it. Codes and mail go to another address from now on.", organisation.name);
    security(app, write, before, what, &detail).await?;
    let detail = format!("The directory of {} changed it. Codes and mail come to this address from now on.", organisation.name);
    security(app, write, after, what, &detail).await
}

/// Word of a place, to whoever had taken it up.
async fn of_place(
    app: &App,
    write: &mut Write,
    person: &Person,
    before: &Membership,
    what: &str,
    detail: &str,
) -> Result<(), Failure> {
    if !before.active() {
        return Ok(());
    }
    security(app, write, person, what, detail).await
}

async fn security(app: &App, write: &mut Write, person: &Person, what: &str, detail: &str) -> Result<(), Failure> {
    if let Some(letter) = letters::security(app, person, what, detail)? {
        write.mail(&letter).await?;
    }
    Ok(())
}
