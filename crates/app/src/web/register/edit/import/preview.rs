//! What a file would do: every change, rejection and warning, beside what its columns say.

use super::{
    columns::{self, Column},
    keeper, kind_of, own,
    press::dry_run,
    seen,
};
use crate::{
    error::Failure,
    state::App,
    web::{
        form::{Errors, new_command},
        page::{self as shell, Pagination, Place, pagination},
        query::Params,
        register::{
            history::{self, Beside, FieldChange, Shown},
            latest::Counts,
            views::Named,
        },
        session::Caller,
        turns::IMPORTS,
    },
};
use axum::{
    extract::{Path, State},
    response::{IntoResponse, Response},
};
use domain::{
    audit::{Action, Kind},
    register::{
        edit::duplicates::{Duplicate, duplicates},
        import::{
            replaced::Replaced,
            report::{PossibleDuplicate, Report},
        },
        records::{Contract, Organisation},
        snapshot::Snapshot,
    },
};
use serde::Serialize;
use serde_json::{Value as Json, json};
use std::collections::{HashMap, HashSet};
use store::{drafts::Upload, write::Told};
use uuid::Uuid;

/// Changes of one page, and rejections and warnings shown of each kind.
const MOST: usize = 100;

/// How the preview is looked at.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Look {
    /// One page of its changes, from 1.
    At(usize),
    /// Once more, since the file would do something else than what was shown.
    Again,
    /// Once more, since the columns that were sent are not those of which it was shown.
    Columns,
}

#[derive(Serialize)]
struct ChangeLine {
    action: &'static str,
    kind: &'static str,
    title: String,
    fields: Vec<FieldChange>,
    /// A contract of the register that is perhaps the one that would be added.
    twin: Option<Duplicate>,
}

/// What would be added, and what is perhaps the same.
#[derive(Serialize)]
struct Twin {
    title: String,
    twin: Duplicate,
}

#[derive(Serialize)]
struct Problem {
    row: u64,
    field: String,
    reason: String,
}

/// Rows that may be one contract written twice.
#[derive(Serialize)]
struct Twice {
    name: String,
    rows: Vec<u64>,
}

#[derive(Serialize)]
struct Preview {
    organisation: Named,
    command: Uuid,
    errors: Errors,
    name: String,
    kind: String,
    columns: Vec<Column>,
    /// Whether what the columns say was kept from a file with the same headers.
    kept: bool,
    /// Whether two columns say the same, so that nothing can be shown.
    twice: bool,
    /// Whether the file would change nothing at all.
    nothing: bool,
    failed: Option<String>,
    counts: Option<Counts>,
    read: u64,
    /// The log's head, and what is shown here in a digest: sent back with the press that imports.
    head: i64,
    seen: String,
    changes: Vec<ChangeLine>,
    /// How many changes can be shown, the place of the first and last of this page among them, and the pages.
    all_changes: usize,
    first: usize,
    last: usize,
    pagination: Option<Pagination>,
    /// Whether the file would change more than can be shown one by one.
    beyond: bool,
    /// The changes that would add what is perhaps in the register already, on whatever page.
    twins: Vec<Twin>,
    rejected: Vec<Problem>,
    more_rejected: usize,
    warnings: Vec<Problem>,
    more_warnings: usize,
    flagged: usize,
    /// What earlier imports said and the file would change, in words.
    replaced: Vec<String>,
    /// Rows of the file with one reference, or with one title and supplier.
    duplicates: Vec<Twice>,
    more_duplicates: usize,
}

/// `GET /organisations/{slug}/import/{upload}`: which column says what, and exactly what would change.
///
/// # Errors
/// Not found for whoever may not import there, and for another person's file.
pub async fn page(
    State(app): State<App>,
    caller: Caller,
    Path((slug, upload)): Path<(String, String)>,
    params: Params,
) -> Result<Response, Failure> {
    let (organisation, named) = keeper(&app, &caller, &slug)?;
    // The file is in memory from here on.
    let _turn = IMPORTS.take().await?;
    let upload = own(&app, &caller, &organisation, &upload).await?;
    preview(&app, &caller, &organisation, named, &upload, Look::At(params.page())).await
}

pub(super) async fn preview(
    app: &App,
    caller: &Caller,
    organisation: &Organisation,
    named: Named,
    upload: &Upload,
    look: Look,
) -> Result<Response, Failure> {
    let (_, kind) = kind_of(&upload.kind).ok_or_else(Failure::not_found)?;
    let columns = columns::of(app, &caller.scope, upload, kind).await?;
    let head = app.store.sequence().await?;
    let twice = !columns.errors.is_empty();
    let attempt = if twice { None } else { Some(dry_run(app, caller, organisation, upload).await?) };
    let snapshot = app.snapshot();
    let mut view = Preview {
        organisation: named,
        command: new_command(),
        errors: columns.errors,
        head,
        seen: String::new(),
        name: upload.name.clone(),
        kind: upload.kind.clone(),
        columns: columns.all,
        kept: columns.kept,
        twice,
        nothing: false,
        failed: None,
        counts: None,
        read: 0,
        changes: Vec::new(),
        all_changes: 0,
        first: 0,
        last: 0,
        pagination: None,
        beyond: false,
        twins: Vec::new(),
        rejected: Vec::new(),
        more_rejected: 0,
        warnings: Vec::new(),
        more_warnings: 0,
        flagged: 0,
        replaced: Vec::new(),
        duplicates: Vec::new(),
        more_duplicates: 0,
    };
    match attempt {
        None => {}
        Some(Err(reason)) => view.failed = Some(columns::sentence(&reason)),
        Some(Ok(done)) => {
            view.take(&done.report);
            view.nothing = done.told.is_empty() && done.report.created + done.report.updated == 0;
            let changes: Vec<&Told> =
                done.told.iter().filter(|told| told.kind.is_public() && told.kind.as_str() != "mapping").collect();
            view.seen = seen::digest(&done);
            view.beyond = done.more;
            let pages = changes.len().div_ceil(MOST).max(1);
            let page = if let Look::At(page) = look { page } else { 1 };
            if !(1..=pages).contains(&page) {
                return Err(Failure::not_found());
            }
            let here = format!("{}/import/{}", view.organisation.href, upload.id);
            view.pagination = pagination(&Params::default(), &here, Place { page, pages });
            view.all_changes = changes.len();
            (view.first, view.last) = ((page - 1) * MOST + 1, (page * MOST).min(changes.len()));
            let names = made(&changes);
            let own = app.store.by::<Contract>(&caller.scope, "organisation_id", organisation.id.0.to_string()).await?;
            view.twins = changes
                .iter()
                .filter_map(|told| Some(Twin { twin: twin(told, &own)?, title: line(told, &snapshot, &own, &names).title }))
                .collect();
            view.changes =
                changes.into_iter().skip(view.first - 1).take(MOST).map(|told| line(told, &snapshot, &own, &names)).collect();
        }
    }
    let changed = match look {
        Look::At(_) => None,
        Look::Again => Some(
            "The register changed since you looked, and the file would do something else now: look again before you import it",
        ),
        Look::Columns => Some(
            "What the columns say changed since you looked. This is what the file would do now: look again before you import it",
        ),
    };
    if let Some(words) = changed.filter(|_| view.failed.is_none() && !twice) {
        view.errors.add("changed", words);
    }
    let mut frame = shell::frame(app, "Look at what the file would change", Some("organisations"));
    frame.error = !view.errors.is_empty();
    frame.back = Some(format!("{}/import", view.organisation.href));
    Ok(shell::render(app, "register/edit/preview.html", &frame, view)?.into_response())
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
        // Names, not questions: of one name several can be asked.
        self.flagged = report.flagged.iter().map(|flag| flag.id).collect::<HashSet<_>>().len();
        self.more_duplicates = report.possible_duplicates.len().saturating_sub(MOST);
        let twice = |one: &PossibleDuplicate| Twice { name: one.name().to_owned(), rows: one.rows.clone() };
        self.duplicates = report.possible_duplicates.iter().take(MOST).map(twice).collect();
        self.replaced = report.replaced.iter().map(Replaced::words).collect();
    }
}

/// Names of what the file itself would add: nothing in the register says them yet.
fn made(changes: &[&Told]) -> Beside {
    let added = changes.iter().filter(|told| told.action == Action::Create);
    let named = added.filter_map(|told| Some((told.subject, told.content.get("name")?.as_str()?.to_owned())));
    named.collect::<HashMap<_, _>>().into()
}

/// What a record would hold that is added, as a change of one that holds nothing.
fn added(content: &Json, snapshot: &Snapshot, made: &Beside) -> Vec<FieldChange> {
    let said =
        |name: &str| !matches!(name, "title" | "name" | "names" | "organisation" | "supplier_state" | "published" | "confirmed");
    let named = |name: &str, value: &Json| -> Option<FieldChange> {
        let kind = match name {
            "suppliers" | "manufacturer" => Kind::Supplier,
            "product" | "products" => Kind::Product,
            "functions" => Kind::Function,
            _ => return None,
        };
        let ids = value.as_array().map_or(std::slice::from_ref(value), Vec::as_slice);
        let ids = ids.iter().filter_map(|id| id.as_str()?.parse::<Uuid>().ok());
        let names: Vec<String> = ids.filter_map(|id| made.name(id).or_else(|| history::title_of(kind, id, snapshot))).collect();
        let after = if names.is_empty() { Shown::Nothing } else { Shown::Names(names) };
        Some(FieldChange { field: history::field_words(name).to_owned(), before: Shown::Nothing, after })
    };
    let all = content.as_object().into_iter().flatten().filter(|(name, _)| said(name));
    let mut fields: Vec<FieldChange> = all
        .flat_map(|(name, value)| match named(name, value) {
            Some(one) => vec![one],
            None => {
                let before = if value.is_object() { json!({}) } else { Json::Null };
                history::fields(Some(&json!({ name: [before, value] })), snapshot, &Beside::default())
            }
        })
        .collect();
    fields.retain(|field| !matches!(field.after, Shown::Nothing | Shown::Private));
    fields
}

fn line(told: &Told, snapshot: &Snapshot, own: &[Contract], names: &Beside) -> ChangeLine {
    let text = |name: &str| told.content.get(name).and_then(Json::as_str).map(str::to_owned);
    let stored = || history::title_of(told.kind, told.subject, snapshot);
    let made = || {
        text("title").or_else(|| text("name")).or_else(|| {
            let product = told.content.get("product")?.as_str()?.parse().ok()?;
            names.name(product).or_else(|| history::title_of(Kind::Product, product, snapshot))
        })
    };
    let title = if told.action == Action::Update { stored() } else { made() };
    ChangeLine {
        action: told.action.as_str(),
        kind: told.kind.as_str(),
        title: title.unwrap_or_default(),
        fields: match told.action {
            Action::Update => history::fields(Some(&told.content), snapshot, names),
            Action::Create => added(&told.content, snapshot, names),
            _ => Vec::new(),
        },
        twin: twin(told, own),
    }
}

/// What of the organisation's contracts is perhaps the one that an import would add: from another source, or written by hand, it
/// stands under another key and would be there twice.
fn twin(told: &Told, own: &[Contract]) -> Option<Duplicate> {
    if told.action != Action::Create || told.kind != domain::audit::Kind::Contract {
        return None;
    }
    let contract: Contract = serde_json::from_value(told.content.clone()).ok()?;
    duplicates(&contract, own).into_iter().next()
}
