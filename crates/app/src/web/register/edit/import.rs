//! A file in the browser: sent, its columns mapped, everything that would change shown, then imported; and taken back.
//! The same import as on the command line (`app/imports`), for one organisation: rows that name another one are rejected.

use super::multipart::Multipart;
use crate::{
    error::Failure,
    imports::{self, ImportError, Kind, Request},
    jobs::refresh,
    state::App,
    web::{
        form::{Errors, Form, new_command},
        page,
        register::{
            history::{self, FieldChange},
            latest::Counts,
            views::Named,
        },
        session::Caller,
    },
};
use axum::{
    extract::{Path, State},
    response::{IntoResponse, Redirect, Response},
};
use documents::table::{Limits, Row as Cells, TableReader};
use domain::{
    audit::Action,
    people::Act,
    register::{
        ids::ImportId,
        import::{
            mapping::{self, Field, Mapping},
            report::Report,
        },
        records::{Import, Organisation},
        snapshot::Snapshot,
    },
};
use serde::Serialize;
use serde_json::Value as Json;
use store::{drafts::Upload, write::Told};
use uuid::Uuid;

/// The largest file that is taken: a council's register has some thousand rows.
pub const LARGEST: usize = 10 * 1024 * 1024;
/// Changes, rejections and warnings shown of each kind.
const MOST: usize = 100;
/// Rows from which a column's examples are taken.
const EXAMPLES: usize = 3;

#[derive(Serialize)]
struct UploadView {
    organisation: Named,
    command: Uuid,
    errors: Errors,
    kind: String,
}

fn keeper(app: &App, caller: &Caller, slug: &str) -> Result<(Organisation, Named), Failure> {
    let snapshot = app.snapshot();
    let organisation = super::organisation(&snapshot, slug)?;
    caller.must(&Act::Import(organisation.id))?;
    let named = super::organisation_link(&snapshot, organisation.id).ok_or_else(Failure::not_found)?;
    Ok((organisation, named))
}

/// `GET /organisations/{slug}/import`.
///
/// # Errors
/// Not found for whoever may not import there.
pub async fn page(State(app): State<App>, caller: Caller, Path(slug): Path<String>) -> Result<Response, Failure> {
    let (_, named) = keeper(&app, &caller, &slug)?;
    show_upload(&app, named, "contracts", Errors::default())
}

fn show_upload(app: &App, organisation: Named, kind: &str, errors: Errors) -> Result<Response, Failure> {
    let mut frame = page::frame(app, "Import a file", Some("organisations"));
    frame.back = Some(format!("{}/register", organisation.href));
    frame.error = !errors.is_empty();
    let view = UploadView { organisation, command: new_command(), errors, kind: kind.to_owned() };
    Ok(page::render(app, "register/edit/upload.html", &frame, view)?.into_response())
}

/// `POST /organisations/{slug}/import`: takes a file and leads to its preview.
///
/// # Errors
/// Not found for whoever may not import there.
pub async fn upload(
    State(app): State<App>,
    caller: Caller,
    Path(slug): Path<String>,
    sent: Multipart,
) -> Result<Response, Failure> {
    let (organisation, named) = keeper(&app, &caller, &slug)?;
    let command = sent.form.command()?;
    let kind = sent.form.text("kind").to_owned();
    let mut errors = Errors::default();
    if kind_of(&kind).is_none() {
        errors.add("kind", "Say what the file holds");
    }
    let file = sent.files.into_iter().find(|file| file.field == "file");
    match &file {
        None => errors.add("file", "Choose a file"),
        Some(file) if file.content.is_empty() => errors.add("file", "The file is empty"),
        Some(file) if file.content.len() > LARGEST => errors.add("file", "The file must be smaller than 10 MB"),
        Some(file) => {
            if let Err(reason) = readable(&file.name, file.content.clone()).await {
                errors.add("file", reason);
            }
        }
    }
    let (true, Some(file)) = (errors.is_empty(), file) else { return show_upload(&app, named, &kind, errors) };
    let person = caller.signed_in()?.person.0;
    // The command's id is the upload's, so that a second press opens the same preview.
    let upload = Upload {
        id: command,
        person,
        organisation: organisation.id.0,
        kind,
        name: file.name,
        content: file.content,
        mapping: None,
        updated_at: app.clock.now(),
    };
    app.store.keep_upload(&caller.scope, &upload).await?;
    Ok(Redirect::to(&format!("/organisations/{slug}/import/{command}")).into_response())
}

fn kind_of(kind: &str) -> Option<(Kind, mapping::Kind)> {
    match kind {
        "contracts" => Some((Kind::Contracts, mapping::Kind::Contracts)),
        "systems" => Some((Kind::Systems, mapping::Kind::Systems)),
        _ => None,
    }
}

/// Endings of names of files that hold text.
const TEXTS: [&str; 3] = ["csv", "tsv", "txt"];
/// Endings of names of workbooks.
const BOOKS: [&str; 5] = ["xlsx", "xlsm", "xlsb", "xls", "ods"];

/// The ending of a file's name, where it is one of a file that we read.
fn ending(name: &str) -> Option<&'static str> {
    let (_, ending) = name.rsplit_once('.')?;
    TEXTS.into_iter().chain(BOOKS).find(|known| known.eq_ignore_ascii_case(ending))
}

/// Whether a file is what its name says: workbooks begin as archives or as old documents do, texts hold no NUL but in UTF-16.
fn is_what_it_says(ending: &str, content: &[u8]) -> bool {
    let book = content.starts_with(b"PK") || content.starts_with(&[0xD0, 0xCF, 0x11, 0xE0]);
    let wide = content.starts_with(&[0xFF, 0xFE]) || content.starts_with(&[0xFE, 0xFF]);
    if TEXTS.contains(&ending) { !book && (wide || !content.contains(&0)) } else { book }
}

/// A file of our own naming that lives as long as this.
struct Held(std::path::PathBuf);

impl Held {
    async fn write(name: &str, content: Vec<u8>) -> Result<Self, Failure> {
        // Only the ending is the sender's, and only one that we read.
        let path = std::env::temp_dir().join(format!("citytools-{}.{}", Uuid::new_v4(), ending(name).unwrap_or("csv")));
        tokio::fs::write(&path, content).await?;
        Ok(Self(path))
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        if let Err(error) = std::fs::remove_file(&self.0) {
            tracing::warn!(%error, "a file that was sent could not be removed again");
        }
    }
}

/// Whether a file can be opened as a table at all; the reason where not, in words for whoever sent it.
async fn readable(name: &str, content: Vec<u8>) -> Result<(), String> {
    match ending(name) {
        None => return Err("The file must be a CSV, Excel or OpenDocument file".to_owned()),
        Some(ending) if !is_what_it_says(ending, &content) => {
            return Err("The file is not what the ending of its name says. Save it again as CSV or Excel".to_owned());
        }
        Some(_) => {}
    }
    let held = Held::write(name, content).await.map_err(|_| "The file could not be kept. Try again".to_owned())?;
    let path = held.0.clone();
    let opened = tokio::task::spawn_blocking(move || {
        TableReader::open(&path, &Limits::default()).map(|_| ()).map_err(|error| error.to_string())
    })
    .await;
    match opened {
        Ok(Ok(())) => Ok(()),
        Ok(Err(reason)) => Err(format!("The file cannot be read: {reason}")),
        Err(_) => Err("The file cannot be read".to_owned()),
    }
}

#[derive(Serialize)]
struct Choice {
    value: String,
    text: String,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    selected: bool,
}

#[derive(Serialize)]
struct Column {
    header: String,
    examples: Vec<String>,
    confidence: String,
    choices: Vec<Choice>,
}

#[derive(Serialize)]
struct ChangeLine {
    action: &'static str,
    kind: &'static str,
    title: String,
    fields: Vec<FieldChange>,
}

#[derive(Serialize)]
struct Problem {
    row: u64,
    field: String,
    reason: String,
}

#[derive(Serialize)]
struct Preview {
    organisation: Named,
    command: Uuid,
    errors: Errors,
    name: String,
    kind: String,
    columns: Vec<Column>,
    failed: Option<String>,
    counts: Option<Counts>,
    read: u64,
    changes: Vec<ChangeLine>,
    more_changes: usize,
    rejected: Vec<Problem>,
    more_rejected: usize,
    warnings: Vec<Problem>,
    more_warnings: usize,
    flagged: usize,
}

/// The caller's own upload for this organisation.
async fn own(app: &App, caller: &Caller, organisation: &Organisation, upload: &str) -> Result<Upload, Failure> {
    let person = caller.signed_in()?.person.0;
    let upload = app.store.upload(&caller.scope, person, super::id_of(upload)?).await?.ok_or_else(Failure::not_found)?;
    if upload.organisation == organisation.id.0 { Ok(upload) } else { Err(Failure::not_found()) }
}

/// `GET /organisations/{slug}/import/{upload}`: which column says what, and exactly what would change.
///
/// # Errors
/// Not found for whoever may not import there, and for another person's file.
pub async fn preview_page(
    State(app): State<App>,
    caller: Caller,
    Path((slug, upload)): Path<(String, String)>,
) -> Result<Response, Failure> {
    let (organisation, named) = keeper(&app, &caller, &slug)?;
    let upload = own(&app, &caller, &organisation, &upload).await?;
    preview(&app, &caller, &organisation, named, &upload).await
}

fn given(upload: &Upload) -> Option<Vec<(String, Field)>> {
    let fields: Vec<(String, String)> = serde_json::from_str(upload.mapping.as_deref()?).ok()?;
    Some(fields.into_iter().filter_map(|(header, field)| Some((header, Field::parse(&field)?))).collect())
}

async fn attempt(
    app: &App,
    caller: &Caller,
    organisation: &Organisation,
    upload: &Upload,
    dry_run: bool,
) -> Result<Result<imports::Done, String>, Failure> {
    let (kind, _) = kind_of(&upload.kind).ok_or_else(Failure::not_found)?;
    let held = Held::write(&upload.name, upload.content.clone()).await?;
    let request = Request {
        kind,
        files: vec![held.0.clone()],
        organisation: Some(organisation.id),
        mapping: given(upload),
        dry_run,
        names: vec![upload.name.clone()],
    };
    let scope = super::keeping(caller, organisation.id);
    match imports::commit::run(&app.store, &scope, app.clock, request).await {
        Ok(done) => Ok(Ok(done)),
        Err(ImportError::File { reason, .. }) => Ok(Err(reason)),
        Err(other) => Err(other.into()),
    }
}

async fn preview(
    app: &App,
    caller: &Caller,
    organisation: &Organisation,
    named: Named,
    upload: &Upload,
) -> Result<Response, Failure> {
    let (_, kind) = kind_of(&upload.kind).ok_or_else(Failure::not_found)?;
    let columns = columns(upload, kind).await?;
    let attempt = attempt(app, caller, organisation, upload, true).await?;
    let snapshot = app.snapshot();
    let mut view = Preview {
        organisation: named,
        command: new_command(),
        errors: Errors::default(),
        name: upload.name.clone(),
        kind: upload.kind.clone(),
        columns,
        failed: None,
        counts: None,
        read: 0,
        changes: Vec::new(),
        more_changes: 0,
        rejected: Vec::new(),
        more_rejected: 0,
        warnings: Vec::new(),
        more_warnings: 0,
        flagged: 0,
    };
    match attempt {
        Err(reason) => view.failed = Some(reason),
        Ok(done) => {
            view.take(&done.report);
            let changes: Vec<&Told> =
                done.told.iter().filter(|told| told.kind.is_public() && told.kind.as_str() != "mapping").collect();
            view.more_changes = changes.len().saturating_sub(MOST);
            view.changes = changes.into_iter().take(MOST).map(|told| line(told, &snapshot)).collect();
        }
    }
    let mut frame = page::frame(app, "Look at what the file would change", Some("organisations"));
    frame.back = Some(format!("{}/import", view.organisation.href));
    Ok(page::render(app, "register/edit/preview.html", &frame, view)?.into_response())
}

impl Preview {
    fn take(&mut self, report: &Report) {
        self.read = report.read;
        self.counts = serde_json::to_value(report).ok().map(|report| Counts::of(&report));
        self.more_rejected = report.rejected.len().saturating_sub(MOST);
        self.rejected = report
            .rejected
            .iter()
            .take(MOST)
            .map(|one| Problem { row: one.row, field: one.field.clone(), reason: one.reason.clone() })
            .collect();
        self.more_warnings = report.warnings.len().saturating_sub(MOST);
        self.warnings = report
            .warnings
            .iter()
            .take(MOST)
            .map(|one| Problem { row: one.row, field: one.field.clone(), reason: one.message.clone() })
            .collect();
        self.flagged = report.flagged.len();
    }
}

fn line(told: &Told, snapshot: &Snapshot) -> ChangeLine {
    let text = |name: &str| told.content.get(name).and_then(Json::as_str).map(str::to_owned);
    let stored = || history::title_of(told.kind, told.subject, snapshot);
    let made = || {
        text("title").or_else(|| text("name")).or_else(|| {
            let product = told.content.get("product")?.as_str()?.parse().ok()?;
            history::title_of(domain::audit::Kind::Product, product, snapshot)
        })
    };
    let title = if told.action == Action::Update { stored() } else { made() };
    ChangeLine {
        action: told.action.as_str(),
        kind: told.kind.as_str(),
        title: title.unwrap_or_default(),
        fields: if told.action == Action::Update { history::fields(Some(&told.content), snapshot) } else { Vec::new() },
    }
}

/// The file's columns with examples, and what each is taken to say.
async fn columns(upload: &Upload, kind: mapping::Kind) -> Result<Vec<Column>, Failure> {
    let held = Held::write(&upload.name, upload.content.clone()).await?;
    let path = held.0.clone();
    let read = tokio::task::spawn_blocking(move || -> Option<(Vec<String>, Vec<Vec<String>>)> {
        let mut table = TableReader::open(&path, &Limits::default()).ok()?;
        let headers: Vec<String> = table.headers().iter().map(ToString::to_string).collect();
        let mut rows = Vec::new();
        let mut row = Cells::default();
        while rows.len() < EXAMPLES && matches!(table.read_into(&mut row), Ok(true)) {
            rows.push(row.cells().map(str::to_owned).collect());
        }
        Some((headers, rows))
    });
    let Some((headers, rows)) = read.await? else { return Ok(Vec::new()) };
    let mapping = match given(upload) {
        Some(given) => Mapping::given(kind, &headers, &given).unwrap_or_else(|_| Mapping::guess(kind, &headers)),
        None => Mapping::guess(kind, &headers),
    };
    let columns = mapping.columns.iter().enumerate().map(|(place, column)| {
        let chosen = column.field.unwrap_or(Field::Ignore);
        let mut choices: Vec<Choice> = Field::ALL
            .iter()
            .filter(|field| **field != Field::Ignore)
            .map(|field| Choice { value: field.as_str().to_owned(), text: words(*field), selected: *field == chosen })
            .collect();
        choices.sort_by(|a, b| a.text.cmp(&b.text));
        let ignore = Field::Ignore.as_str().to_owned();
        choices.insert(0, Choice { value: ignore, text: "Leave this column out".to_owned(), selected: chosen == Field::Ignore });
        let examples = rows.iter().filter_map(|row| row.get(place)).filter(|cell| !cell.trim().is_empty());
        Column {
            header: column.header.clone(),
            examples: examples.map(|cell| domain::register::import::cells::shown(cell).into_owned()).collect(),
            confidence: serde_json::to_value(column.confidence)
                .ok()
                .and_then(|value| value.as_str().map(str::to_owned))
                .unwrap_or_default(),
            choices,
        }
    });
    Ok(columns.collect())
}

/// A field's name as people read it: 'Last possible end'.
fn words(field: Field) -> String {
    let mut words = field.as_str().replace('-', " ");
    if let Some(first) = words.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    words
        .replace("Cpv", "CPV codes")
        .replace("Ocid", "OCID")
        .replace("Sme", "Small or medium-sized (SME)")
        .replace("Vcse", "Voluntary or social (VCSE)")
}

/// `POST /organisations/{slug}/import/{upload}`: looks again under another mapping, imports, or lets the file go.
///
/// # Errors
/// Not found for whoever may not import there, and for another person's file.
pub async fn run(
    State(app): State<App>,
    caller: Caller,
    Path((slug, id)): Path<(String, String)>,
    form: Form,
) -> Result<Response, Failure> {
    let (organisation, named) = keeper(&app, &caller, &slug)?;
    let (person, command) = (caller.signed_in()?.person.0, form.command()?);
    let back = format!("{}/register", named.href);
    let mut upload = match own(&app, &caller, &organisation, &id).await {
        Ok(upload) => upload,
        // A second press finds the file gone and the import made.
        Err(failure) => {
            let mut write = app.store.write(&caller.scope, app.clock.now()).await?;
            return if write.command(command).await?.is_some() { super::saved(&app, "imported", 1, &back) } else { Err(failure) };
        }
    };
    match form.text("do") {
        "forget" => {
            app.store.drop_upload(&caller.scope, person, upload.id).await?;
            Ok(Redirect::to(&back).into_response())
        }
        "import" => {
            match attempt(&app, &caller, &organisation, &upload, false).await? {
                Err(_) => preview(&app, &caller, &organisation, named, &upload).await,
                Ok(done) => {
                    // Two presses at once import twice, and the second finds everything as it is.
                    let mut write = app.store.write(&caller.scope, app.clock.now()).await?;
                    write.command(command).await?;
                    write.answered(command, &back).await?;
                    write.commit().await?;
                    app.store.drop_upload(&caller.scope, person, upload.id).await?;
                    refresh::refresh(&app).await?;
                    let what = if done.report.import_id.is_some() { "imported" } else { "nothing-imported" };
                    super::saved(&app, what, 1, &back)
                }
            }
        }
        _ => {
            let fields: Vec<(&str, &str)> = texts(&form, "header").zip(texts(&form, "field")).collect();
            upload.mapping = Some(serde_json::to_string(&fields)?);
            upload.updated_at = app.clock.now();
            app.store.keep_upload(&caller.scope, &upload).await?;
            Ok(Redirect::to(&format!("/organisations/{slug}/import/{}", upload.id)).into_response())
        }
    }
}

/// `POST /organisations/{slug}/imports/{import}/undo`: takes an import of this organisation back.
///
/// # Errors
/// Not found for an import that is not this organisation's own.
pub async fn undo(
    State(app): State<App>,
    caller: Caller,
    Path((slug, import)): Path<(String, String)>,
    form: Form,
) -> Result<Response, Failure> {
    let (organisation, named) = keeper(&app, &caller, &slug)?;
    form.command()?;
    let id = ImportId(super::id_of(&import)?);
    let import = app.store.get::<Import>(&caller.scope, id.0).await?.ok_or_else(Failure::not_found)?;
    if import.organisation != Some(organisation.id) || import.kind == "merge" {
        return Err(Failure::not_found());
    }
    let back = format!("{}/register", named.href);
    if import.undone_at.is_none() {
        app.store.undo_import(&super::keeping(&caller, organisation.id), id, app.clock.now()).await?;
        refresh::refresh(&app).await?;
    }
    super::saved(&app, "import-undone", 1, &back)
}

/// Every text of a field, empty ones too, in order.
fn texts<'f>(form: &'f Form, field: &'static str) -> impl Iterator<Item = &'f str> {
    form.fields().filter(move |(name, _)| *name == field).map(|(_, value)| value)
}
