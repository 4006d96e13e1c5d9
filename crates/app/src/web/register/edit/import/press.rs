//! 'Import it': what was shown is what is done, once for each press.

use super::{
    columns,
    file::Held,
    given, keep_columns, kind_of,
    preview::{Look, preview},
    seen, texts,
};
use crate::{
    error::Failure,
    imports::{self, Done, ImportError, Request, commit::Press},
    jobs::refresh,
    state::App,
    web::{
        form::Form,
        register::{edit, views::Named},
        repeat,
        session::Caller,
    },
};
use axum::response::Response;
use domain::register::{import::report::Report, records::Organisation};
use store::drafts::Upload;
use uuid::Uuid;

/// What is said where others keep writing what a file would change.
const OVERTAKEN: &str =
    "Others changed the same records while the file was read, and nothing was imported. Wait a moment, and look again";

/// Imports a file, or shows it again where it would do something else than what was shown.
pub(super) async fn import(
    app: &App,
    caller: &Caller,
    (organisation, named): (&Organisation, Named),
    upload: &mut Upload,
    form: &Form,
) -> Result<Response, Failure> {
    let command = form.command()?;
    // Where its columns are not those that were sent, because one was chosen on this page or in another tab, they are kept and
    // everything is shown under them.
    let sent: Vec<(&str, &str)> = texts(form, "header").zip(texts(form, "field")).collect();
    let now = columns::chosen(app, caller, upload).await?;
    if !sent.is_empty() && !now.iter().map(|(_, field)| field.as_str()).eq(sent.iter().map(|(_, field)| *field)) {
        keep_columns(app, caller, upload, form).await?;
        return shown(app, caller, (organisation, named), upload, command, Look::Columns).await;
    }
    // Where the register moved on and the file would do something else, it is shown again.
    let unmoved = form.text("head").parse() == Ok(app.store.sequence().await?);
    if !unmoved {
        let again = dry_run(app, caller, organisation, upload).await?;
        if again.is_ok_and(|done| seen::digest(&done) != form.text("seen")) {
            return shown(app, caller, (organisation, named), upload, command, Look::Again).await;
        }
    }
    let back = format!("{}/register", named.href);
    let answer = |report: &Report| answer(app, &named, &back, report);
    let scope = edit::keeping(caller, organisation.id);
    let (held, request) = request(organisation, upload, false).await?;
    let press = Press { command, answer: &answer };
    let done = imports::commit::pressed(&app.store, &scope, app.clock, request, Some(press)).await;
    drop(held);
    let first = match done {
        Ok(done) => answer(&done.report)?,
        // The press was made before, or at the same moment: what came of it then is said once more.
        Err(ImportError::Repeat(first)) => first,
        Err(error) => {
            said(error)?;
            return shown(app, caller, (organisation, named), upload, command, Look::At(1)).await;
        }
    };
    app.store.drop_upload(&caller.scope, upload.person, upload.id).await?;
    refresh::refresh(app).await?;
    Ok(repeat::again(&first))
}

/// The preview, but for a press that was answered meanwhile: that gets its answer.
async fn shown(
    app: &App,
    caller: &Caller,
    (organisation, named): (&Organisation, Named),
    upload: &Upload,
    command: Uuid,
    look: Look,
) -> Result<Response, Failure> {
    match repeat::before(app, caller, command).await? {
        Some(first) => Ok(first),
        None => preview(app, caller, organisation, named, upload, look).await,
    }
}

/// Where an import leads, and what it did; one that changed nothing has no report, and leads back.
fn answer(app: &App, named: &Named, back: &str, report: &Report) -> Result<String, ImportError> {
    let counts = edit::Rows {
        created: report.created,
        updated: report.updated,
        unchanged: report.unchanged,
        rejected: report.rejected.len(),
        contracts_created: report.contracts.map_or(0, |contracts| contracts.created),
        contracts_updated: report.contracts.map_or(0, |contracts| contracts.updated),
    };
    let what = if report.import_id.is_some() { "imported" } else { "nothing-imported" };
    let banner = edit::banner(app, what, 1, edit::Said { rows: Some(counts), ..Default::default() })
        .map_err(|_| ImportError::Stopped("what it did cannot be said".to_owned()))?;
    Ok(match report.import_id {
        Some(id) => repeat::kept(&format!("{}/imports/{id}", named.href), &banner),
        None => repeat::kept_nothing(back, &banner),
    })
}

/// What a file would do; the reason, in words for this page, where it cannot be read.
pub(super) async fn dry_run(
    app: &App,
    caller: &Caller,
    organisation: &Organisation,
    upload: &Upload,
) -> Result<Result<Done, String>, Failure> {
    let (_held, request) = request(organisation, upload, true).await?;
    let scope = edit::keeping(caller, organisation.id);
    match imports::commit::run(&app.store, &scope, app.clock, request).await {
        Ok(done) => Ok(Ok(done)),
        Err(error) => Ok(Err(said(error)?)),
    }
}

/// Why a file cannot be imported, in words for this page.
fn said(error: ImportError) -> Result<String, Failure> {
    match error {
        ImportError::File { reason, .. } => Ok(reason),
        ImportError::Columns { reason, .. } => Ok(format!("{reason}. Choose below which column says it")),
        error if error.is_overtaken() => Ok(OVERTAKEN.to_owned()),
        other => Err(other.into()),
    }
}

/// The import of an upload, and its file, which is there as long as somebody holds it.
async fn request(organisation: &Organisation, upload: &Upload, dry_run: bool) -> Result<(Held, Request), Failure> {
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
    Ok((held, request))
}
