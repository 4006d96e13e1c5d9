//! A file in the browser: sent, its columns mapped, everything that would change shown, then imported; and taken back.
//! The same import as on the command line (`app/imports`), for one organisation: rows that name another one are rejected.
//!
//! | module | what lives there |
//! |---|---|
//! | `columns` | which column says what |
//! | `file` | whether what was sent can be read at all |
//! | `press` | the import, once for each press |
//! | `report` | the whole report of an import, and what taking it back did |
//! | `seen` | what was shown of it, so that exactly that is done |
//! | `preview` | exactly what would change |

mod columns;
mod file;
mod press;
mod preview;
mod report;
mod seen;

pub use columns::about;
pub use preview::page as preview_page;
pub use report::{csv as report_csv, page as report_page};

use crate::{
    error::Failure,
    imports::Kind,
    jobs::refresh,
    state::App,
    web::{
        form::{Errors, Form, new_command},
        page,
        register::{edit, views::Named},
        repeat,
        session::Caller,
        turns::IMPORTS,
        upload::Upload as Sent,
    },
};
use axum::{
    extract::{Path, State},
    response::{IntoResponse, Redirect, Response},
};
use domain::{
    people::Act,
    register::{
        import::mapping::{self, Field},
        records::{Import, Mapping, Organisation},
    },
};
use file::readable;
use serde::Serialize;
use store::{
    drafts::Upload,
    undo::{Back, Undone},
};
use uuid::Uuid;

/// The largest file that is taken: a council's register has some thousand rows.
pub const LARGEST: usize = 10 * 1024 * 1024;

#[derive(Serialize)]
struct UploadView {
    organisation: Named,
    command: Uuid,
    errors: Errors,
    kind: String,
}

fn keeper(app: &App, caller: &Caller, slug: &str) -> Result<(Organisation, Named), Failure> {
    let snapshot = app.snapshot();
    let organisation = edit::organisation(&snapshot, slug)?;
    caller.must(&Act::Import(organisation.id))?;
    let named = edit::organisation_link(&snapshot, organisation.id).ok_or_else(Failure::not_found)?;
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
pub async fn upload(State(app): State<App>, caller: Caller, Path(slug): Path<String>, sent: Sent) -> Result<Response, Failure> {
    let (organisation, named) = keeper(&app, &caller, &slug)?;
    let command = sent.command().await?;
    let kind = sent.form.text("kind").to_owned();
    let mut errors = Errors::default();
    if kind_of(&kind).is_none() {
        errors.add("kind", "Say what the file holds");
    }
    let file = sent.file("file");
    // It is copied while it is looked at and kept.
    let _turn = IMPORTS.take().await?;
    match file {
        None => errors.add("file", "Choose a file"),
        Some(file) if file.bytes.is_empty() => errors.add("file", "The file is empty"),
        Some(file) if file.bytes.len() > LARGEST => errors.add("file", "The file must be smaller than 10 MB"),
        Some(file) => {
            if let Err(reason) = readable(&file.name, file.bytes.to_vec()).await {
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
        name: file.name.clone(),
        content: file.bytes.to_vec(),
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
        "skills" => Some((Kind::Skills, mapping::Kind::Skills)),
        _ => None,
    }
}

/// The caller's own upload for this organisation.
async fn own(app: &App, caller: &Caller, organisation: &Organisation, upload: &str) -> Result<Upload, Failure> {
    let person = caller.signed_in()?.person.0;
    let upload = app.store.upload(&caller.scope, person, edit::id_of(upload)?).await?.ok_or_else(Failure::not_found)?;
    if upload.organisation == organisation.id.0 { Ok(upload) } else { Err(Failure::not_found()) }
}

fn given(upload: &Upload) -> Option<Vec<(String, Field)>> {
    let fields: Vec<(String, String)> = serde_json::from_str(upload.mapping.as_deref()?).ok()?;
    Some(fields.into_iter().filter_map(|(header, field)| Some((header, Field::parse(&field)?))).collect())
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
    let command = form.command()?;
    // A second press finds the file gone and the import made.
    if let Some(first) = repeat::before(&app, &caller, command).await? {
        return Ok(first);
    }
    // The file is in memory from here on.
    let _turn = IMPORTS.take().await?;
    let mut upload = match own(&app, &caller, &organisation, &id).await {
        Ok(upload) => upload,
        // The first press ended while the second waited.
        Err(failure) => return repeat::before(&app, &caller, command).await?.ok_or(failure),
    };
    match form.text("do") {
        "forget" => {
            app.store.drop_upload(&caller.scope, upload.person, upload.id).await?;
            Ok(Redirect::to(&format!("{}/register", named.href)).into_response())
        }
        "import" => press::import(&app, &caller, (&organisation, named), &mut upload, &form).await,
        "afresh" => {
            let banner = edit::banner(&app, "columns-forgotten", 1, edit::Said::default())?;
            let to = format!("{}/import/{}", named.href, upload.id);
            forget_columns(&app, &caller, &organisation, (command, &repeat::kept(&to, &banner)), &mut upload).await?;
            Ok(page::saved(&to, &banner))
        }
        _ => {
            keep_columns(&app, &caller, &mut upload, &form).await?;
            Ok(Redirect::to(&format!("/organisations/{slug}/import/{}", upload.id)).into_response())
        }
    }
}

/// Forgets what the columns of such files were taken to say, here and for the next such file: they are guessed again.
async fn forget_columns(
    app: &App,
    caller: &Caller,
    organisation: &Organisation,
    (command, answer): (Uuid, &str),
    upload: &mut Upload,
) -> Result<(), Failure> {
    let key = columns::key(upload).await?.ok_or_else(Failure::not_found)?;
    let scope = edit::keeping(caller, organisation.id);
    let mut write = app.store.write(&scope, app.clock.now()).await?;
    if write.command(command).await?.is_some() {
        return Ok(());
    }
    let kept: Vec<Mapping> = write.by("mapping_key", key).await?;
    write.delete(&kept).await?;
    write.answered(command, answer).await?;
    write.commit().await?;
    upload.mapping = columns::guessed(app, &caller.scope, upload).await?;
    upload.updated_at = app.clock.now();
    app.store.keep_upload(&caller.scope, upload).await?;
    Ok(())
}

/// Keeps what a form says that each column says.
async fn keep_columns(app: &App, caller: &Caller, upload: &mut Upload, form: &Form) -> Result<(), Failure> {
    let fields: Vec<(&str, &str)> = texts(form, "header").zip(texts(form, "field")).collect();
    upload.mapping = Some(serde_json::to_string(&fields)?);
    upload.updated_at = app.clock.now();
    app.store.keep_upload(&caller.scope, upload).await?;
    Ok(())
}

/// `POST /organisations/{slug}/imports/{import}/undo`: takes an import of this organisation back, or what an earlier undo left of it.
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
    let command = form.command()?;
    let import = import_of(&app, &caller, &organisation, &import).await?;
    let to = format!("{}/imports/{}", named.href, import.id);
    let said = |undone: Option<Undone>| {
        let undone = undone.map(|undone| edit::TakenBack {
            removed: undone.removed,
            restored: undone.restored,
            kept: undone.kept.len(),
            finished: undone.finished,
        });
        edit::banner(&app, "import-undone", 1, edit::Said { undone, ..Default::default() })
    };
    let again = import.undone_at.is_some();
    let mut write = app.store.write(&edit::keeping(&caller, organisation.id), app.clock.now()).await?;
    if let Some(kept) = write.command(command).await? {
        write.abandon();
        return Ok(repeat::again(&kept));
    }
    match write.take_back(&app.store, import.id, again).await? {
        Back::Done(undone) => {
            let banner = said(Some(undone))?;
            repeat::keep(&mut write, command, &to, &banner).await?;
            write.commit().await?;
            refresh::refresh(&app).await?;
            Ok(page::saved(&to, &banner))
        }
        // Nothing of what was left can go back yet.
        Back::Before(Some(earlier)) if again && !earlier.kept.is_empty() => {
            let why = edit::banner(&app, "nothing-left-undone", 0, edit::Said::default())?;
            repeat::keep_nothing(&mut write, command, &to, &why).await?;
            write.commit().await?;
            Ok(page::nothing_saved(&to, &why))
        }
        // Somebody was faster: what they undid is what was asked for.
        Back::Before(earlier) => {
            let banner = said(earlier)?;
            repeat::keep(&mut write, command, &to, &banner).await?;
            write.commit().await?;
            Ok(page::saved(&to, &banner))
        }
        // A merge alone stays, and this is none.
        Back::Stays(_) => Err(Failure::not_found()),
    }
}

/// An import of this organisation's own.
async fn import_of(app: &App, caller: &Caller, organisation: &Organisation, import: &str) -> Result<Import, Failure> {
    let import = app.store.get::<Import>(&caller.scope, edit::id_of(import)?).await?.ok_or_else(Failure::not_found)?;
    if import.organisation == Some(organisation.id) && import.kind != "merge" { Ok(import) } else { Err(Failure::not_found()) }
}

/// Every text of a field, empty ones too, in order.
fn texts<'f>(form: &'f Form, field: &'static str) -> impl Iterator<Item = &'f str> {
    form.fields().filter(move |(name, _)| *name == field).map(|(_, value)| value)
}
