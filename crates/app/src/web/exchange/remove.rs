//! `/assessments/{id}/attachments/{attachment}/remove`: an attachment is taken away, with a reason. Its name, type, size and hash stay,
//! with who took it away, when and why; its bytes go.

use super::{Opened, attachments::size};
use crate::{
    error::Failure,
    state::App,
    web::{
        form::{Errors, Form, new_command},
        page,
        session::Caller,
        words,
    },
};
use axum::{
    extract::{Path, State},
    response::{IntoResponse as _, Response},
};
use domain::dpia::{
    attachment::{self, Attachment, REASON, Stays},
    ids::AttachmentId,
};
use serde::Serialize;
use std::collections::BTreeMap;
use store::dpia::Removed;
use uuid::Uuid;

#[derive(Serialize)]
struct View {
    address: String,
    name: String,
    size: String,
    hash: String,
    day: String,
    organisation: String,
    /// Whether it is the only file of an assessment made elsewhere, of which nothing else says what was signed.
    only: bool,
    /// A version was frozen, or signed, while it was attached.
    frozen: bool,
    href: String,
    command: Uuid,
    typed: BTreeMap<String, String>,
    errors: Errors,
}

/// A file that the caller may take away.
async fn find(app: &App, caller: &Caller, id: &str, file: &str) -> Result<(Opened, Attachment, bool), Failure> {
    let desk = Opened::new(app, caller, id).await?;
    let file: AttachmentId = file.parse().map_err(|_| Failure::not_found())?;
    let assessment = &desk.whole.assessment;
    let mut files = app.store.attachments(&caller.scope, desk.today, &desk.template, assessment.id).await?;
    let place = files.iter().position(|one| one.id == file).ok_or_else(Failure::not_found)?;
    let found = files.swap_remove(place);
    if !attachment::may_remove(&caller.scope, assessment, &found, desk.today) {
        return Err(Failure::not_found());
    }
    let only = assessment.is_record() && !files.iter().any(Attachment::here);
    Ok((desk, found, only))
}

/// The page that asks why.
///
/// # Errors
/// Not found for a file that is not there, was taken away, or is not the caller's to take away.
pub async fn page(State(app): State<App>, caller: Caller, Path((id, file)): Path<(String, String)>) -> Result<Response, Failure> {
    let (desk, found, only) = find(&app, &caller, &id, &file).await?;
    if !found.here() {
        return Err(Failure::not_found());
    }
    show(&app, &desk, &found, only, BTreeMap::new(), Errors::default())
}

fn show(
    app: &App,
    desk: &Opened,
    found: &Attachment,
    only: bool,
    typed: BTreeMap<String, String>,
    errors: Errors,
) -> Result<Response, Failure> {
    let mut frame = desk.frame(app, "Take a file away");
    frame.breadcrumbs.push(govuk::Link::new("Attachments", format!("{}/attachments", desk.address())));
    frame.error = !errors.is_empty();
    let view = View {
        address: desk.address(),
        name: found.name.clone(),
        size: size(found.size),
        hash: found.hash.to_string(),
        day: words::instant(found.at),
        organisation: super::organisation(app, found.organisation),
        only,
        frozen: desk.whole.versions.iter().any(|version| version.frozen && version.at >= found.at),
        href: format!("{}/attachments/{}/remove", desk.address(), found.id),
        command: new_command(),
        typed,
        errors,
    };
    Ok(page::render(app, "dpia/attachment_remove.html", &frame, view)?.into_response())
}

/// Takes the file away.
///
/// # Errors
/// As [`page()`].
pub async fn remove(
    State(app): State<App>,
    caller: Caller,
    Path((id, file)): Path<(String, String)>,
    form: Form,
) -> Result<Response, Failure> {
    let (desk, found, only) = find(&app, &caller, &id, &file).await?;
    form.command()?;
    let location = format!("{}/attachments", desk.address());
    let assessment = desk.whole.assessment.id;
    let done = app.store.remove_attachment(&caller.scope, app.clock.now(), desk.today, assessment, found.id, form.text("reason"));
    let message = match done.await? {
        Removed::Missing => return Err(Failure::not_found()),
        // A repeated press finds what the first one did.
        Removed::Done | Removed::Stays(Stays::RemovedAlready) => {
            return Ok(page::saved(&location, &format!("{} is taken away", found.name)));
        }
        Removed::Stays(Stays::SayWhy) => "Say why the file is taken away, without anybody’s personal data".to_owned(),
        Removed::Stays(Stays::TooLong) => format!("Say it in {REASON} letters or fewer"),
    };
    let mut errors = Errors::default();
    errors.add("reason", message);
    show(&app, &desk, &found, only, form.typed(), errors)
}
