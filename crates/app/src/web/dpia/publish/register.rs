//! `/dpias`: the public register of assessments: by organisation, product and function, as pages and a feed; the API's list of them
//! asks here too. Roles and dates stand here, never a person, and nothing of where an assessment stands since: what is said of each
//! is what was published; of one that was taken back, whose it was and the note.

mod one;
mod rows;

pub use one::{One, one, read};
pub use rows::{FILTERS, Named, Row, one_row, review_on, rows};

use crate::{
    error::Failure,
    state::App,
    web::{
        page::{self, GetAs},
        query::Params,
    },
};
use axum::{
    extract::State,
    http::header,
    response::{Html, IntoResponse},
};
use documents::atom::{Entry, Feed};
use domain::{
    dpia::{ids::PublicationId, publication::Stage},
    people::Scope,
};
use govuk::{Alternate, Link};
use jiff::Timestamp;
use serde::Serialize;
use store::dpia::public::Public;

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

/// The page of the list.
///
/// # Errors
/// When the database fails.
pub async fn page(State(app): State<App>, params: Params) -> Result<Html<String>, Failure> {
    let all = rows(&app).await?;
    let named = |value: &str, name: &str| Named { value: value.to_owned(), name: name.to_owned(), href: String::new() };
    let choices = |filter: &str| -> Vec<Named> {
        let mut choices: Vec<Named> =
            all.iter().flat_map(|row| row.values(filter)).map(|(value, name)| named(value, name)).collect();
        choices.sort_by(|one, other| (&one.name, &one.value).cmp(&(&other.name, &other.value)));
        choices.dedup();
        choices
    };
    let mut frame = page::frame(&app, "Published DPIAs and reviews", Some("published"));
    frame.at_section = true;
    frame.breadcrumbs = vec![Link::new("Home", "/")];
    frame.alternates = vec![Alternate {
        href: "/dpias.atom".to_owned(),
        content_type: "application/atom+xml".to_owned(),
        title: "Published DPIAs and reviews".to_owned(),
    }];
    let mut get = page::get_as(&params, "dpias", all.len() as u64);
    get.push(GetAs { text: "feed".to_owned(), href: "/dpias.atom".to_owned() });
    let view = List {
        all: all.len(),
        organisations: choices("organisation"),
        products: choices("product"),
        functions: choices("function"),
        chosen: FILTERS.iter().filter_map(|name| Some((*name, params.one(name)?.to_owned()))).collect(),
        get,
        rows: all.iter().filter(|row| row.fits(&params, None)).cloned().collect(),
    };
    page::render(&app, "dpia/publish/list.html", &frame, view)
}

/// Where an address of the register leads.
pub enum Found {
    /// To what is public there, or to its note.
    Here(Box<Public>),
    /// To the publication that took its place.
    Moved(PublicationId),
}

/// A publication that is public, or was: with its note, or what took its place.
///
/// # Errors
/// Not found for any other.
pub async fn find(app: &App, id: &str) -> Result<Found, Failure> {
    let asked: PublicationId = id.parse().map_err(|_| Failure::not_found())?;
    let mut at = asked;
    // Each is replaced by a later one, so that this ends.
    loop {
        let found = app.store.published_one(&Scope::Public, at).await?.ok_or_else(Failure::not_found)?;
        match found.publication.stage {
            Stage::Replaced { by, .. } if by != at => at = by,
            Stage::Replaced { .. } => return Err(Failure::not_found()),
            _ if at == asked => return Ok(Found::Here(Box::new(found))),
            _ => return Ok(Found::Moved(at)),
        }
    }
}

fn instant(at: i64) -> Timestamp {
    Timestamp::from_millisecond(at).unwrap_or(Timestamp::UNIX_EPOCH)
}

/// What was published and withdrawn, the newest first, as a feed.
///
/// # Errors
/// When the database fails.
pub async fn feed(State(app): State<App>) -> Result<impl IntoResponse, Failure> {
    let rows = rows(&app).await?;
    let url = &app.public_url;
    let feed = Feed {
        id: format!("{url}/dpias"),
        title: "City Tools: published DPIAs and reviews".to_owned(),
        updated: rows.first().map_or(Timestamp::UNIX_EPOCH, |row| instant(row.at)),
        self_url: format!("{url}/dpias.atom"),
        html_url: format!("{url}/dpias"),
        entries: rows
            .iter()
            .map(|row| Entry {
                id: format!("{url}/dpias/{}", row.id),
                title: if row.withdrawn { row.name() } else { format!("{} {}: {}", row.kind.called(), row.number, row.title) },
                updated: instant(row.at),
                url: format!("{url}/dpias/{}", row.id),
                summary: if row.withdrawn { row.note.clone() } else { row.summary.clone() },
                author_name: row.organisations.first().map_or_else(String::new, |one| one.name.clone()),
            })
            .collect(),
    };
    Ok(([(header::CONTENT_TYPE, "application/atom+xml; charset=utf-8")], feed.to_string()))
}
