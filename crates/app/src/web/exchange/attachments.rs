//! `/assessments/{id}/attachments`: files beside an assessment. What comes in is checked by name, bytes, size and quota, and by the
//! scanner where there is one; what goes out is a download that cannot run.

use super::{Opened, files::download};
use crate::{
    error::Failure,
    scanner::Verdict,
    state::App,
    web::{
        form::{Errors, new_command},
        page,
        session::Caller,
        upload::{File, Upload},
        words,
    },
};
use axum::{
    extract::{Path, State},
    response::{Html, IntoResponse as _, Response},
};
use documents::attachment::Refused;
use domain::{
    dpia::{
        access,
        attachment::{self, Attachment, MAX, QUOTA, Refusal, Scan},
        ids::AttachmentId,
    },
    people::Act,
};
use serde::Serialize;
use uuid::Uuid;

#[derive(Serialize)]
struct View {
    title: String,
    number: String,
    address: String,
    files: Vec<Row>,
    /// Whether the caller reads the whole assessment, as guests do not.
    all: bool,
    scanner: bool,
    may_add: bool,
    largest: usize,
    room: usize,
    command: Uuid,
    errors: Errors,
}

#[derive(Serialize)]
struct Row {
    id: String,
    name: String,
    size: String,
    place: Option<String>,
    day: String,
    scan: &'static str,
    served: bool,
}

/// The list, with the form to add a file.
pub async fn page(State(app): State<App>, caller: Caller, Path(id): Path<String>) -> Result<Html<String>, Failure> {
    let desk = Opened::new(&app, &caller, &id).await?;
    show(&app, &caller, &desk, Errors::default()).await
}

async fn show(app: &App, caller: &Caller, desk: &Opened, errors: Errors) -> Result<Html<String>, Failure> {
    let assessment = &desk.whole.assessment;
    let files = app.store.attachments(&caller.scope, desk.today, &desk.template, assessment.id).await?;
    let used: usize = files.iter().map(|file| file.size).sum();
    let rows = files.iter().map(|file| Row {
        id: file.id.to_string(),
        name: file.name.clone(),
        size: size(file.size),
        place: file.place.as_ref().and_then(|place| desk.template.field(&place.field)).map(|field| field.label.clone()),
        day: words::instant(file.at),
        scan: match file.scan {
            Scan::Off => "Not scanned: no scanner is set up",
            Scan::Clean => "Scanned, nothing found",
            Scan::Infected { .. } => "Held back: the scanner found something",
        },
        served: !matches!(file.scan, Scan::Infected { .. }),
    });
    let mut frame = desk.frame(app, "Attachments");
    if !errors.is_empty() {
        frame.title = format!("Error: {}", frame.title);
    }
    let view = View {
        title: assessment.title.clone(),
        number: assessment.number.clone(),
        address: desk.address(),
        files: rows.collect(),
        all: desk.whole.sight.sees_sign_off(),
        scanner: app.scanner.is_on(),
        may_add: may_add(caller, desk),
        largest: MAX >> 20,
        room: QUOTA.saturating_sub(used) >> 20,
        command: new_command(),
        errors,
    };
    page::render(app, "dpia/attachments.html", &frame, view)
}

fn may_add(caller: &Caller, desk: &Opened) -> bool {
    let acting = caller.member().map(|member| member.acting_for);
    let takes_part = acting.is_some_and(|own| desk.whole.assessment.members().any(|party| party.organisation == own));
    takes_part
        && !desk.whole.assessment.state.is_closed()
        && access::sight(&caller.scope, &desk.whole.assessment, desk.today) == access::Sight::All
        && acting.is_some_and(|own| caller.may(&Act::SeePrivate(own)))
        && caller.scope.may_write()
}

/// Adds a file.
pub async fn add(State(app): State<App>, caller: Caller, Path(id): Path<String>, upload: Upload) -> Result<Response, Failure> {
    let desk = Opened::new(&app, &caller, &id).await?;
    if !may_add(&caller, &desk) {
        return Err(Failure::not_found());
    }
    upload.form.command()?;
    let assessment = desk.whole.assessment.id;
    let there = app.store.attachments(&caller.scope, desk.today, &desk.template, assessment).await?;
    let checked = match upload.file("file") {
        None => Err("Choose a file".to_owned()),
        Some(file) => check(&app, &caller, &there, file).await,
    };
    let mut errors = Errors::default();
    let attachment = match checked {
        Ok(attachment) => Attachment { assessment, ..attachment },
        Err(message) => {
            errors.add("file", message);
            return Ok(show(&app, &caller, &desk, errors).await?.into_response());
        }
    };
    // The same file again, as a repeated press sends it, is there already.
    let repeated = there.iter().any(|known| known.hash == attachment.hash && known.name == attachment.name);
    if !repeated {
        let bytes = upload.file("file").map(|file| file.bytes.clone()).unwrap_or_default();
        let name = attachment.name.clone();
        if !app.store.attach(&caller.scope, app.clock.now(), desk.today, attachment, &bytes).await? {
            return Err(Failure::not_found());
        }
        return Ok(page::saved(&format!("{}/attachments", desk.address()), &format!("{name} is attached")));
    }
    Ok(page::saved(&format!("{}/attachments", desk.address()), "The file is attached already"))
}

/// Checks a file by its name, its bytes, the room that is left, and the scanner.
pub(super) async fn check(app: &App, caller: &Caller, there: &[Attachment], file: &File) -> Result<Attachment, String> {
    let used = there.iter().map(|file| file.size).sum();
    let (kind, name, hash) = attachment::check(&file.name, &file.bytes, used).map_err(|refusal| refused(refusal).to_owned())?;
    // What the type alone does not say: macros, archives that unpack to more than fits.
    match documents::attachment::kind(&file.name, &file.bytes) {
        Err(Refused::Macros) => return Err("The file must not hold macros: save it without them".to_owned()),
        Err(Refused::Bomb) => return Err("The file unpacks to more than fits".to_owned()),
        Err(Refused::Content) if !matches!(kind, attachment::Kind::Json) => {
            return Err(refused(Refusal::NotWhatItSays).to_owned());
        }
        _ => {}
    }
    let scan = scan(app, &file.bytes).await?;
    let member = caller.member().ok_or("Sign in again")?;
    Ok(Attachment {
        id: AttachmentId(Uuid::now_v7()),
        assessment: domain::dpia::ids::AssessmentId(Uuid::nil()),
        place: None,
        name,
        kind,
        size: file.bytes.len(),
        hash,
        scan,
        by: member.person,
        organisation: member.acting_for,
        at: app.clock.now(),
    })
}

/// What the scanner says of a file; a file that it finds something in, or cannot look at, does not come in.
pub(super) async fn scan(app: &App, bytes: &[u8]) -> Result<Scan, String> {
    match app.scanner.scan(bytes).await {
        Verdict::Off => Ok(Scan::Off),
        Verdict::Clean => Ok(Scan::Clean),
        Verdict::Infected(found) => {
            tracing::warn!(found, "the scanner held a file back");
            Err("The scanner found something harmful in the file: it was not taken".to_owned())
        }
        Verdict::Unknown(reason) => {
            tracing::error!(reason, "the scanner did not answer");
            Err("The scanner does not answer, so the file was not taken: try again later".to_owned())
        }
    }
}

fn refused(refusal: Refusal) -> &'static str {
    match refusal {
        Refusal::Empty => "The file must not be empty",
        Refusal::TooLarge => "The file must be smaller than 20 MB",
        Refusal::QuotaExceeded => "There is no room for the file: an assessment's attachments may be 200 MB in all",
        Refusal::WrongType => "The file must be a PDF, Word, Excel, PNG, JPEG, text, CSV or JSON file",
        Refusal::NotWhatItSays => "The file is not what its name says: check that it opens, and save it again",
        Refusal::WrongName => "The file's name must have an ending, such as .pdf",
    }
}

/// A file as a download.
pub async fn file(State(app): State<App>, caller: Caller, Path((id, file)): Path<(String, String)>) -> Result<Response, Failure> {
    let desk = Opened::new(&app, &caller, &id).await?;
    let file: AttachmentId = file.parse().map_err(|_| Failure::not_found())?;
    let found = app.store.attachment(&caller.scope, desk.today, &desk.template, desk.whole.assessment.id, file).await?;
    let (attachment, bytes) = found.ok_or_else(Failure::not_found)?;
    Ok(download(&attachment.name, attachment.kind.media_type(), bytes))
}

fn size(bytes: usize) -> String {
    match bytes {
        0..1_024 => format!("{bytes} bytes"),
        1_024..1_048_576 => format!("{} kB", bytes / 1_024),
        _ => format!("{} MB", bytes / 1_048_576),
    }
}
