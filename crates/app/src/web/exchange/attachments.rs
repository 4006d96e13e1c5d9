//! `/assessments/{id}/attachments`: files beside an assessment. What comes in is checked by name, bytes, size and quota, and by the
//! scanner where there is one; what goes out is a download that cannot run. What was taken away, or did not come along with a
//! document, is listed by its name and hash.

use super::{Opened, files::download};
use crate::{
    error::Failure,
    scanner::Verdict,
    state::App,
    web::{
        dpia::{projects::body, whole},
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
        attachment::{self, Attachment, Gone, MAX, QUOTA, Refusal, Scan},
        ids::AttachmentId,
    },
    people::Act,
};
use serde::Serialize;
use store::dpia::Attached;
use uuid::Uuid;

#[derive(Serialize)]
struct View {
    address: String,
    files: Vec<Row>,
    not_here: Vec<NotHere>,
    removed: Vec<Removed>,
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
    /// Who attached it; empty where nobody here is known as that.
    by: String,
    organisation: String,
    scan: &'static str,
    served: bool,
    /// Where it is taken away, for whoever may.
    remove: Option<String>,
}

/// A file that a document named, without its content.
#[derive(Serialize)]
struct NotHere {
    name: String,
    size: String,
    hash: String,
}

/// A file that was taken away.
#[derive(Serialize)]
struct Removed {
    name: String,
    hash: String,
    day: String,
    by: String,
    organisation: String,
    reason: String,
}

/// The list, with the form to add a file.
pub async fn page(State(app): State<App>, caller: Caller, Path(id): Path<String>) -> Result<Html<String>, Failure> {
    let desk = Opened::new(&app, &caller, &id).await?;
    // Whoever is invited reads that it is, and nothing of its text; the files are of the text.
    if !desk.whole.sight.reads_any() {
        return Err(Failure::not_found());
    }
    show(&app, &caller, &desk, Errors::default()).await
}

async fn show(app: &App, caller: &Caller, desk: &Opened, errors: Errors) -> Result<Html<String>, Failure> {
    let assessment = &desk.whole.assessment;
    let files = app.store.attachments(&caller.scope, desk.today, &desk.template, assessment.id).await?;
    let used = attachment::used(&files);
    let names = whole::names(app, &caller.scope, files.iter().map(|file| file.by)).await?;
    let snapshot = app.snapshot();
    let rows = files.iter().filter(|file| file.here()).map(|file| Row {
        by: names.get(&file.by).cloned().unwrap_or_default(),
        organisation: body(&snapshot, file.organisation).name,
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
        remove: attachment::may_remove(&caller.scope, assessment, file, desk.today)
            .then(|| format!("{}/attachments/{}/remove", desk.address(), file.id)),
    });
    let not_here = files.iter().filter(|file| file.gone == Some(Gone::NotHere)).map(|file| NotHere {
        name: file.name.clone(),
        size: size(file.size),
        hash: file.hash.to_string(),
    });
    let mut frame = desk.frame(app, "Attachments");
    frame.error = !errors.is_empty();
    let view = View {
        address: desk.address(),
        files: rows.collect(),
        not_here: not_here.collect(),
        removed: removed(app, caller, &files).await?,
        scanner: app.scanner.is_on(),
        may_add: may_add(caller, desk),
        largest: MAX >> 20,
        room: QUOTA.saturating_sub(used) >> 20,
        command: new_command(),
        errors,
    };
    page::render(app, "dpia/attachments.html", &frame, view)
}

/// The files that were taken away, each with who did it and why.
async fn removed(app: &App, caller: &Caller, files: &[Attachment]) -> Result<Vec<Removed>, Failure> {
    let taken: Vec<_> = files
        .iter()
        .filter_map(|file| match &file.gone {
            Some(Gone::Removed { by, organisation, at, reason }) => Some((file, *by, *organisation, *at, reason)),
            _ => None,
        })
        .collect();
    let names = whole::names(app, &caller.scope, taken.iter().map(|(_, by, ..)| *by)).await?;
    let snapshot = app.snapshot();
    let rows = taken.into_iter().map(|(file, by, organisation, at, reason)| Removed {
        name: file.name.clone(),
        hash: file.hash.to_string(),
        day: words::instant(at),
        by: names.get(&by).cloned().unwrap_or_default(),
        organisation: body(&snapshot, organisation).name,
        reason: reason.clone(),
    });
    Ok(rows.collect())
}

/// Whether the caller attaches files: who writes for an organisation that takes part. Who only reads takes up no room.
fn may_add(caller: &Caller, desk: &Opened) -> bool {
    let acting = caller.member().map(|member| member.acting_for);
    let takes_part = acting.is_some_and(|own| desk.whole.assessment.members().any(|party| party.organisation == own));
    takes_part
        && !desk.whole.assessment.state.is_closed()
        && access::sight(&caller.scope, &desk.whole.assessment, desk.today) == access::Sight::All
        && acting.is_some_and(|own| caller.may(&Act::HoldAny(own, access::WRITERS)))
        && caller.scope.may_write()
}

/// Adds a file.
pub async fn add(State(app): State<App>, caller: Caller, Path(id): Path<String>, upload: Upload) -> Result<Response, Failure> {
    let desk = Opened::new(&app, &caller, &id).await?;
    if !may_add(&caller, &desk) {
        return Err(Failure::not_found());
    }
    upload.command().await?;
    let assessment = desk.whole.assessment.id;
    let checked = match upload.file("file") {
        None => Err("Choose a file".to_owned()),
        Some(file) => check(&app, &caller, file).await.map(|attachment| (attachment, file.bytes.clone())),
    };
    let (attachment, bytes) = match checked {
        Ok(checked) => checked,
        Err(message) => return refuse(&app, &caller, &desk, message).await,
    };
    let (name, location) = (attachment.name.clone(), format!("{}/attachments", desk.address()));
    let attachment = Attachment { assessment, ..attachment };
    // Whether there is room is asked while nobody else writes; the same file again, as a repeated press sends it, is there.
    match app.store.attach(&caller.scope, app.clock.now(), desk.today, attachment, &bytes).await? {
        Attached::Done => Ok(page::saved(&location, &format!("{name} is attached"))),
        Attached::Already => Ok(page::saved(&location, "The file is attached already")),
        Attached::NoRoom => refuse(&app, &caller, &desk, refused(Refusal::QuotaExceeded).to_owned()).await,
        Attached::Missing => Err(Failure::not_found()),
    }
}

/// The list, with what is wrong with the file that was sent.
async fn refuse(app: &App, caller: &Caller, desk: &Opened, message: String) -> Result<Response, Failure> {
    let mut errors = Errors::default();
    errors.add("file", message);
    Ok(show(app, caller, desk, errors).await?.into_response())
}

/// Checks a file by its name, its bytes, and the scanner. Whether there is room for it, the store says.
pub(super) async fn check(app: &App, caller: &Caller, file: &File) -> Result<Attachment, String> {
    let (kind, name, hash) = attachment::check(&file.name, &file.bytes, 0).map_err(|refusal| refused(refusal).to_owned())?;
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
        gone: None,
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

/// Why a file is not taken, in a sentence.
pub(crate) fn refused(refusal: Refusal) -> &'static str {
    match refusal {
        Refusal::Empty => "The file must not be empty",
        Refusal::TooLarge => "The file must be 20 MB or smaller",
        Refusal::QuotaExceeded => {
            "There is no room for the file: an assessment’s attachments may be 200 MB in all. Take away one that is not needed"
        }
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

/// A length as people say it.
pub(super) fn size(bytes: usize) -> String {
    match bytes {
        0..1_024 => format!("{bytes} bytes"),
        1_024..1_048_576 => format!("{} kB", bytes / 1_024),
        _ => format!("{} MB", bytes / 1_048_576),
    }
}
