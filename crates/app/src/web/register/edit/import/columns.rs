//! The columns of a file while it is looked at: examples of each, what it is taken to say, and two that say the same.

use super::{file::Held, given, kind_of};
use crate::{
    error::Failure,
    imports::tables,
    state::App,
    web::{form::Errors, session::Caller},
};
use documents::table::{Limits, Row as Cells, TableReader};
use domain::{
    people::Scope,
    register::{
        ids::OrganisationId,
        import::{
            cells,
            mapping::{self, Confidence, Field, Mapping},
        },
    },
};
use serde::Serialize;
use store::drafts::Upload;

/// Rows from which a column's examples are taken.
const EXAMPLES: usize = 3;

#[derive(Serialize)]
struct Choice {
    value: String,
    text: String,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    selected: bool,
}

/// A column, its first cells, and what it can say.
#[derive(Serialize)]
pub(super) struct Column {
    header: String,
    examples: Vec<String>,
    confidence: Confidence,
    choices: Vec<Choice>,
}

/// All columns of a file, in its order.
#[derive(Default)]
pub(super) struct Columns {
    pub(super) all: Vec<Column>,
    /// Whether what they say is kept from a file with the same headers.
    pub(super) kept: bool,
    /// At each column that says what another one says: its place from 1, as the page numbers its fields.
    pub(super) errors: Errors,
}

/// What each column says as things stand: its header and field, in the file's order.
pub(super) async fn chosen(app: &App, caller: &Caller, upload: &Upload) -> Result<Vec<(String, String)>, Failure> {
    let (_, kind) = kind_of(&upload.kind).ok_or_else(Failure::not_found)?;
    let columns = of(app, &caller.scope, upload, kind).await?;
    let says = |column: Column| {
        let field = column.choices.into_iter().find(|choice| choice.selected);
        (column.header, field.map_or_else(|| Field::Ignore.as_str().to_owned(), |choice| choice.value))
    };
    Ok(columns.all.into_iter().map(says).collect())
}

/// The file's headers and its first rows; none where it cannot be read.
async fn begin(upload: &Upload) -> Result<Option<(Vec<String>, Vec<Vec<String>>)>, Failure> {
    let held = Held::write(&upload.name, upload.content.clone()).await?;
    let path = held.0.clone();
    let read = tokio::task::spawn_blocking(move || {
        let mut table = TableReader::open(&path, &Limits::default()).ok()?;
        let headers: Vec<String> = table.headers().to_vec();
        let mut rows = Vec::new();
        let mut row = Cells::default();
        while rows.len() < EXAMPLES && matches!(table.read_into(&mut row), Ok(true)) {
            rows.push(row.cells().map(str::to_owned).collect());
        }
        Some((headers, rows))
    });
    Ok(read.await?)
}

/// The key under which this organisation keeps what a file's columns say; none where it cannot be read.
pub(super) async fn key(upload: &Upload) -> Result<Option<String>, Failure> {
    let (_, kind) = kind_of(&upload.kind).ok_or_else(Failure::not_found)?;
    Ok(begin(upload).await?.map(|(headers, _)| Mapping::key(kind, &headers, owner(upload))))
}

/// What is guessed of the columns, as an upload holds it, where something else is still kept of such files: a file of several
/// organisations was read in another way, which is not this one's to forget.
pub(super) async fn guessed(app: &App, scope: &Scope, upload: &Upload) -> Result<Option<String>, Failure> {
    let (_, kind) = kind_of(&upload.kind).ok_or_else(Failure::not_found)?;
    let Some((headers, _)) = begin(upload).await? else { return Ok(None) };
    if tables::kept(&app.store, scope, kind, &headers, owner(upload)).await?.is_none() {
        return Ok(None);
    }
    let columns = Mapping::guess(kind, &headers).columns;
    let fields: Vec<_> =
        columns.into_iter().map(|column| (column.header, column.field.unwrap_or(Field::Ignore).as_str())).collect();
    Ok(Some(serde_json::to_string(&fields)?))
}

fn owner(upload: &Upload) -> Option<OrganisationId> {
    Some(OrganisationId(upload.organisation))
}

/// The file's columns with examples, and what each is taken to say: as chosen here, else as kept from such a file, else guessed.
pub(super) async fn of(app: &App, scope: &Scope, upload: &Upload, kind: mapping::Kind) -> Result<Columns, Failure> {
    let Some((headers, rows)) = begin(upload).await? else { return Ok(Columns::default()) };
    let kept = tables::kept(&app.store, scope, kind, &headers, owner(upload)).await?;
    let saved = kept.as_ref().and_then(|kept| Mapping::parse_saved(&kept.fields).ok());
    let columns = said(kind, &headers, given(upload), saved);
    let fields: Vec<Field> = columns.iter().map(|column| column.field.unwrap_or(Field::Ignore)).collect();
    let mut errors = Errors::default();
    for (place, other) in Mapping::said_twice(&fields) {
        let [own, other] = [place, other].map(|place| columns[place].header.as_str());
        let words = words(fields[place]);
        let message = format!("‘{own}’ and ‘{other}’ both say ‘{words}’: leave one of them out, or choose something else for it");
        errors.add(&format!("field-{}", place + 1), message);
    }
    let shown = columns.into_iter().enumerate().map(|(place, column)| {
        let examples = rows.iter().filter_map(|row| row.get(place)).filter(|cell| !cell.trim().is_empty());
        Column {
            examples: examples.map(|cell| cells::shown(cell).into_owned()).collect(),
            confidence: column.confidence,
            choices: choices(kind, fields[place]),
            header: column.header,
        }
    });
    Ok(Columns { all: shown.collect(), kept: kept.is_some() && upload.mapping.is_none(), errors })
}

/// What the columns say. Choices that cannot stand together are shown as they were made.
fn said(
    kind: mapping::Kind,
    headers: &[String],
    given: Option<Vec<(String, Field)>>,
    saved: Option<Vec<(String, Field)>>,
) -> Vec<mapping::Column> {
    let Some(fields) = given.as_ref().or(saved.as_ref()) else { return Mapping::guess(kind, headers).columns };
    match Mapping::given(kind, headers, fields) {
        Ok(mapping) => mapping.columns,
        Err(_) if given.is_some() && fields.len() == headers.len() => {
            let chosen = |(header, (_, field)): (&String, &(String, Field))| mapping::Column {
                header: header.clone(),
                field: Some(*field),
                confidence: Confidence::Given,
            };
            headers.iter().zip(fields).map(chosen).collect()
        }
        Err(_) => Mapping::guess(kind, headers).columns,
    }
}

/// What a column of such a file can say, by its words.
fn choices(kind: mapping::Kind, chosen: Field) -> Vec<Choice> {
    let fields = Field::ALL.iter().filter(|field| **field != Field::Ignore && field.serves(kind));
    let mut choices: Vec<Choice> = fields
        .map(|field| Choice { value: field.as_str().to_owned(), text: words(*field), selected: *field == chosen })
        .collect();
    choices.sort_by(|a, b| a.text.cmp(&b.text));
    let ignore = Field::Ignore.as_str().to_owned();
    choices.insert(0, Choice { value: ignore, text: "Leave this column out".to_owned(), selected: chosen == Field::Ignore });
    choices
}

/// A field's name as people read it, and as the pages of a contract have it: 'End date'.
fn words(field: Field) -> String {
    let other = match field {
        Field::OrganisationUri => "Address that ends in the organisation’s code",
        Field::Ocid => "Contracting process (OCID)",
        Field::Cpv => "CPV codes",
        Field::Start => "Start date",
        Field::End => "End date",
        Field::Review => "Review date",
        Field::Break => "Break date",
        Field::Extension => "Options to extend",
        Field::Term => "How it runs and ends",
        Field::InUse => "Still in use",
        Field::OtherSupplierId => "Another number of the supplier",
        Field::Sme => "Small or medium-sized (SME)",
        Field::Vcse => "Voluntary or social (VCSE)",
        Field::Route => "Route to market",
        Field::Url => "Address of the notice or contract",
        Field::SubProcessors => "Sub-processors",
        Field::OffersTraining => "Training offered",
        Field::Ignore => "Left out",
        _ => "",
    };
    if other.is_empty() { sentence(&field.as_str().replace('-', " ")) } else { other.to_owned() }
}

/// What a line of a report is about, in words: a field by its name, a column by its header.
pub fn about(field: &str) -> String {
    Field::ALL.iter().find(|one| one.as_str() == field).map_or_else(|| field.to_owned(), |one| words(*one))
}

/// Words with a capital in front.
pub(super) fn sentence(words: &str) -> String {
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
