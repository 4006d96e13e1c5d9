//! `/dpias`: the public register of assessments: by organisation, product and function; as pages, JSON, CSV and a feed. Roles
//! and dates stand here, never a person.

use super::{
    super::projects::{Body, body},
    shown::{self, Section},
};
use crate::{
    api::v1::{files::Format, request},
    error::{Code, Failure, Problem},
    state::App,
    web::{
        page::{self, GetAs},
        query::Params,
    },
};
use axum::{
    Json,
    body::Body as Bytes,
    extract::{Path, State},
    http::{HeaderValue, header},
    response::{Html, IntoResponse, Response},
};
use documents::{
    atom::{Entry, Feed},
    export::{Cell, Column, Kind},
};
use domain::{
    dpia::{
        assessment::{Assessment, Joined},
        ids::AssessmentId,
        publication::{Publication, Stage},
    },
    people::Scope,
    register::snapshot::Snapshot,
};
use govuk::{Alternate, Link};
use jiff::{Timestamp, civil::Date};
use serde::Serialize;
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// What the list can be filtered by.
const FILTERS: &[&str] = &["organisation", "product", "function", "q"];

/// The filters of published assessments. Repeats of one name are 'or', different names are 'and'.
#[derive(utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[allow(dead_code)]
pub struct Parameters {
    /// Slugs of organisations that control the processing.
    organisation: Option<Vec<String>>,
    /// Ids of products that it is about.
    product: Option<Vec<String>>,
    /// Slugs of functions that its systems serve.
    function: Option<Vec<String>>,
    /// Words of its title or summary.
    #[param(max_length = 500)]
    q: Option<String>,
}

/// A published assessment in lists.
#[derive(Serialize)]
struct Row {
    id: String,
    number: String,
    title: String,
    summary: String,
    organisations: Vec<Body>,
    products: Vec<Named>,
    functions: Vec<Named>,
    published_at: Option<i64>,
    withdrawn: bool,
    note: String,
    state: &'static str,
    review_on: Option<Date>,
    seal: Option<String>,
    /// The public assessment that took its place, and those whose place it took.
    replaced_by: Option<Named>,
    replaces: Vec<Named>,
}

#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
struct Named {
    value: String,
    name: String,
    href: String,
}

#[derive(Serialize)]
struct List {
    rows: Vec<Row>,
    all: usize,
    organisations: Vec<Named>,
    products: Vec<Named>,
    functions: Vec<Named>,
    chosen: Vec<(&'static str, String)>,
    get: Vec<GetAs>,
}

fn row(snapshot: &Snapshot, publication: &Publication, assessment: &Assessment) -> Row {
    let (published_at, withdrawn, note, seal) = match &publication.stage {
        Stage::Published { at, seal, .. } => (Some(*at), false, String::new(), Some(seal.to_string())),
        Stage::Withdrawn { at, note, .. } => (Some(*at), true, note.clone(), None),
        _ => (None, false, String::new(), None),
    };
    let systems: Vec<_> = assessment.systems.iter().filter_map(|id| snapshot.system(snapshot.system_by_id(*id)?)).collect();
    let products: BTreeSet<Named> = systems
        .iter()
        .filter_map(|system| snapshot.product(snapshot.product_by_id(system.record.product)?))
        .map(|entry| Named {
            value: entry.record.id.to_string(),
            name: entry.record.name.clone(),
            href: format!("/products/{}", entry.record.id),
        })
        .collect();
    let functions: BTreeSet<Named> = systems
        .iter()
        .flat_map(|system| &system.record.functions)
        .filter_map(|id| snapshot.function(snapshot.function_by_id(*id)?))
        .map(|entry| Named {
            value: entry.record.slug.clone(),
            name: entry.record.name.clone(),
            href: format!("/functions/{}", entry.record.slug),
        })
        .collect();
    Row {
        id: publication.id.to_string(),
        number: assessment.number.clone(),
        title: assessment.title.clone(),
        summary: if withdrawn { String::new() } else { publication.summary.clone() },
        organisations: assessment
            .parties
            .iter()
            .filter(|party| party.joined == Joined::Accepted && party.role.controls())
            .map(|party| body(snapshot, party.organisation))
            .collect(),
        products: products.into_iter().collect(),
        functions: functions.into_iter().collect(),
        published_at,
        withdrawn,
        note,
        state: assessment.state.as_str(),
        review_on: assessment.review_on,
        seal,
        replaced_by: None,
        replaces: Vec::new(),
    }
}

/// Says of each row which other one took its place, and whose place it took: as far as those are public too.
fn link(rows: &mut [Row], all: &[(Publication, Assessment)]) {
    let named = |of: AssessmentId| {
        let public = all.iter().find(|(publication, head)| head.id == of && publication.is_public())?;
        let (id, title) = (public.0.id.to_string(), public.1.title.clone());
        Some(Named { href: format!("/dpias/{id}"), value: id, name: title })
    };
    for row in rows {
        let Some((_, head)) = all.iter().find(|(publication, _)| publication.id.to_string() == row.id) else { continue };
        row.replaced_by = head.superseded_by.and_then(named);
        let older: BTreeSet<AssessmentId> =
            all.iter().filter(|(_, other)| other.superseded_by == Some(head.id)).map(|(_, other)| other.id).collect();
        row.replaces = older.into_iter().filter_map(named).collect();
    }
}

/// Everything that is public, filtered by the address: each assessment once, by its newest publication.
async fn rows(app: &App, params: &Params) -> Result<(Vec<Row>, Vec<Row>), Failure> {
    let snapshot = app.snapshot();
    let mut seen = BTreeSet::new();
    let published = app.store.published(&Scope::Public).await?;
    let mut all: Vec<Row> = published
        .iter()
        .filter(|(publication, _)| seen.insert(publication.assessment))
        .map(|(publication, assessment)| row(&snapshot, publication, assessment))
        .collect();
    link(&mut all, &published);
    let wanted = |name: &str, has: &dyn Fn(&str) -> bool| {
        let values: Vec<&str> = params.all(name).collect();
        values.is_empty() || values.into_iter().any(has)
    };
    let (chosen, others) = all.into_iter().partition(|row| {
        wanted("organisation", &|slug| row.organisations.iter().any(|one| one.slug == slug))
            && wanted("product", &|id| row.products.iter().any(|one| one.value == id))
            && wanted("function", &|slug| row.functions.iter().any(|one| one.value == slug))
            && wanted("q", &|words| {
                let text = format!("{} {}", row.title, row.summary).to_lowercase();
                words.to_lowercase().split_whitespace().all(|word| text.contains(word))
            })
    });
    Ok((chosen, others))
}

/// The list.
///
/// # Errors
/// When the database fails.
pub async fn page(State(app): State<App>, params: Params) -> Result<Html<String>, Failure> {
    let (rows, others) = rows(&app, &params).await?;
    let every = || rows.iter().chain(&others);
    let organisations: BTreeSet<Named> = every()
        .flat_map(|row| &row.organisations)
        .map(|one| Named { value: one.slug.clone(), name: one.name.clone(), href: String::new() })
        .collect();
    let products: BTreeSet<Named> = every().flat_map(|row| row.products.clone()).collect();
    let functions: BTreeSet<Named> = every().flat_map(|row| row.functions.clone()).collect();
    let mut frame = page::frame(&app, "Published DPIAs", Some("dpias"));
    frame.at_section = true;
    frame.breadcrumbs = vec![Link::new("Home", "/")];
    frame.alternates = vec![Alternate {
        href: "/dpias.atom".to_owned(),
        content_type: "application/atom+xml".to_owned(),
        title: "Published DPIAs".to_owned(),
    }];
    let view = List {
        all: rows.len() + others.len(),
        organisations: organisations.into_iter().collect(),
        products: products.into_iter().collect(),
        functions: functions.into_iter().collect(),
        chosen: ["organisation", "product", "function", "q"]
            .into_iter()
            .filter_map(|name| Some((name, params.one(name)?.to_owned())))
            .collect(),
        get: [
            ("CSV", params.data_address("dpias", ".csv")),
            ("JSON", params.data_address("dpias", "")),
            ("Feed", "/dpias.atom".to_owned()),
        ]
        .map(|(text, href)| GetAs { text: text.to_owned(), href })
        .to_vec(),
        rows,
    };
    page::render(&app, "dpia/publish/list.html", &frame, view)
}

#[derive(Serialize)]
struct One {
    row: Row,
    sections: Vec<Section>,
    redactions: usize,
    sealed: String,
    json: String,
}

/// A publication that is public, or was and left a note.
///
/// # Errors
/// Not found for any other.
pub async fn find(app: &App, id: &str) -> Result<(Publication, Assessment), Failure> {
    let all = app.store.published(&Scope::Public).await?;
    all.into_iter().find(|(publication, _)| publication.id.to_string() == id).ok_or_else(Failure::not_found)
}

/// One published assessment.
///
/// # Errors
/// Not found for what was never public.
pub async fn one(State(app): State<App>, Path(id): Path<String>) -> Result<Html<String>, Failure> {
    let (publication, assessment) = find(&app, &id).await?;
    let snapshot = app.snapshot();
    let (shown, sections) = match app.store.published_version(&Scope::Public, &publication).await? {
        Some(version) => {
            let template = shown::template(&app, &version)?;
            let shown = shown::preview(&template, &publication, &version);
            let sections = shown::sections(&snapshot, &template, &shown);
            (shown, sections)
        }
        None => (Vec::new(), Vec::new()),
    };
    let mut rows = [row(&snapshot, &publication, &assessment)];
    link(&mut rows, &app.store.published(&Scope::Public).await?);
    let [row] = rows;
    let view = One {
        row,
        redactions: shown.iter().filter(|field| field.redacted()).count(),
        sections,
        sealed: publication.sealed.to_string(),
        json: format!("/api/v1/dpias/{}", publication.id),
    };
    let mut frame = page::frame(&app, assessment.title, Some("dpias"));
    frame.breadcrumbs = vec![Link::new("Home", "/"), Link::new("Published DPIAs", "/dpias")];
    page::render(&app, "dpia/publish/one.html", &frame, view)
}

/// One published assessment: exactly what is sealed; of one that was withdrawn, the note.
///
/// # Errors
/// Not found for what is not public.
#[utoipa::path(get, path = "/api/v1/dpias/{id}", tag = "dpias", params(("id" = String, Path, description = "The publication's id")),
    responses((status = 200, body = Object, description = "A published assessment"), (status = 404, body = Problem, content_type = "application/problem+json")))]
pub async fn json(State(app): State<App>, Path(id): Path<String>) -> Result<Response, Failure> {
    let (publication, assessment) = find(&app, &id).await?;
    let snapshot = app.snapshot();
    let Some(version) = app.store.published_version(&Scope::Public, &publication).await? else {
        let found = row(&snapshot, &publication, &assessment);
        return Ok(Json(json!({ "id": found.id, "title": found.title, "withdrawn": true, "note": found.note })).into_response());
    };
    let template = shown::template(&app, &version)?;
    let shown = shown::preview(&template, &publication, &version);
    let mut content = publication.content(&version.content.title, &shown);
    if let Value::Object(fields) = &mut content {
        fields.insert("id".to_owned(), json!(publication.id));
        if let Stage::Published { at, seal, .. } = &publication.stage {
            fields.insert("seal".to_owned(), json!(seal));
            fields.insert("published_at".to_owned(), json!(instant(*at).to_string()));
        }
    }
    Ok(Json(content).into_response())
}

fn instant(at: i64) -> Timestamp {
    Timestamp::from_millisecond(at).unwrap_or(Timestamp::UNIX_EPOCH)
}

/// Assessments that councils have published, the newest first; withdrawn ones with their note.
///
/// # Errors
/// When a parameter is not known, or the database fails.
#[utoipa::path(get, path = "/api/v1/dpias", tag = "dpias", params(Parameters),
    responses((status = 200, body = Object, description = "Published assessments"), (status = 400, body = Problem, content_type = "application/problem+json")))]
pub async fn list(State(app): State<App>, params: Params) -> Result<Response, Failure> {
    request::only(&params, FILTERS)?;
    let (rows, _) = rows(&app, &params).await?;
    let names = |named: &[Named]| named.iter().map(|one| json!({ "id": one.value, "name": one.name })).collect::<Vec<_>>();
    let items: Vec<Value> = rows
        .iter()
        .map(|row| {
            json!({
                "id": row.id,
                "number": row.number,
                "title": row.title,
                "summary": row.summary,
                "organisations": row.organisations.iter().map(|one| json!({ "slug": one.slug, "name": one.name })).collect::<Vec<_>>(),
                "products": names(&row.products),
                "functions": names(&row.functions),
                "published_at": row.published_at.map(|at| instant(at).to_string()),
                "withdrawn": row.withdrawn,
                "note": row.note,
                "state": row.state,
                "review_on": row.review_on,
                "superseded_by": row.replaced_by.as_ref().map(|one| &one.value),
                "supersedes": row.replaces.iter().map(|one| &one.value).collect::<Vec<_>>(),
                "seal": row.seal,
            })
        })
        .collect();
    Ok(Json(json!({ "total": items.len(), "items": items, "next": null })).into_response())
}

/// Published assessments as a file, without those that were withdrawn.
///
/// # Errors
/// When a parameter is not known, or the database fails.
#[utoipa::path(get, path = "/api/v1/dpias.csv", tag = "dpias", params(Parameters),
    responses((status = 200, body = String, content_type = "text/csv", description = "Published assessments as .csv"), (status = 400, body = Problem, content_type = "application/problem+json")))]
pub async fn csv(State(app): State<App>, params: Params) -> Result<Response, Failure> {
    request::only(&params, FILTERS)?;
    let (rows, _) = rows(&app, &params).await?;
    let columns: Vec<Column> =
        ["id", "number", "title", "summary", "organisations", "products", "functions", "published_at", "state"]
            .map(|name| Column::new(name, Kind::Text))
            .into();
    let text = |text: String| if text.is_empty() { Cell::Empty } else { Cell::Text(text.into()) };
    let cells = rows.iter().filter(|row| !row.withdrawn).map(|row| {
        let join = |named: &[Named]| named.iter().map(|one| one.name.clone()).collect::<Vec<_>>().join("; ");
        vec![
            text(row.id.clone()),
            text(row.number.clone()),
            text(row.title.clone()),
            text(row.summary.clone()),
            text(row.organisations.iter().map(|one| one.name.clone()).collect::<Vec<_>>().join("; ")),
            text(join(&row.products)),
            text(join(&row.functions)),
            text(row.published_at.map(|at| instant(at).to_string()).unwrap_or_default()),
            text(row.state.to_owned()),
        ]
    });
    let mut out = std::io::Cursor::new(Vec::new());
    Format::Csv.write("dpias", &columns, cells, &mut out).map_err(|error| {
        tracing::error!(%error, "the list could not be written");
        Failure::of(Code::Internal)
    })?;
    let mut response = Response::new(Bytes::from(out.into_inner()));
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(Format::Csv.content_type()));
    Ok(response)
}

/// What was published and withdrawn, the newest first, as a feed.
///
/// # Errors
/// When the database fails.
pub async fn feed(State(app): State<App>) -> Result<impl IntoResponse, Failure> {
    let (rows, _) = rows(&app, &Params::default()).await?;
    let url = &app.public_url;
    let feed = Feed {
        id: format!("{url}/dpias"),
        title: "City Tools: published DPIAs".to_owned(),
        updated: rows.iter().filter_map(|row| row.published_at).max().map_or(Timestamp::UNIX_EPOCH, instant),
        self_url: format!("{url}/dpias.atom"),
        html_url: format!("{url}/dpias"),
        entries: rows
            .iter()
            .map(|row| Entry {
                id: format!("{url}/dpias/{}", row.id),
                title: row.title.clone(),
                updated: row.published_at.map_or(Timestamp::UNIX_EPOCH, instant),
                url: format!("{url}/dpias/{}", row.id),
                summary: if row.withdrawn { row.note.clone() } else { row.summary.clone() },
                author_name: row.organisations.first().map_or_else(String::new, |one| one.name.clone()),
            })
            .collect(),
    };
    Ok(([(header::CONTENT_TYPE, "application/atom+xml; charset=utf-8")], feed.to_string()))
}
