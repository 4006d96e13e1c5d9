//! `/dpias`: the public register of assessments: by organisation, product and function, as pages and a feed; the API's list of them
//! asks here too. Roles and dates stand here, never a person, and nothing of where an assessment stands since: what is said of each
//! is what was published.

mod rows;

pub use rows::{FILTERS, Named, Row, one_row, review_on, rows};

use super::shown::{self, Section};
use crate::{
    error::Failure,
    state::App,
    web::{
        dpia::projects::{Body, body},
        page::{self, GetAs},
        query::Params,
    },
};
use axum::{
    extract::{Path, State},
    http::header,
    response::{Html, IntoResponse, Redirect, Response},
};
use documents::atom::{Entry, Feed};
use domain::{
    dpia::{assessment::PartyRole, ids::PublicationId, place::Part, publication::Stage},
    people::Scope,
    register::ids::OrganisationId,
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

#[derive(Serialize)]
struct One {
    row: Row,
    parties: Vec<Party>,
    sections: Vec<Section>,
    redactions: usize,
    /// Questions that are left out although their template calls them public.
    left_out: Vec<shown::LeftOut>,
    sealed: String,
    /// The seals of the annexes of which something is shown.
    annexes: Vec<(Body, String)>,
    json: String,
}

#[derive(Serialize)]
struct Party {
    organisation: Body,
    role: &'static str,
    /// When it left since, milliseconds of UTC.
    until: Option<i64>,
    /// A controller whose annex is not shown, since it has not let it go out.
    kept_back: bool,
}

/// One published assessment.
///
/// # Errors
/// Not found for what was never public.
pub async fn one(State(app): State<App>, Path(id): Path<String>) -> Result<Response, Failure> {
    let public = match find(&app, &id).await? {
        Found::Here(public) => public,
        Found::Moved(to) => return Ok(Redirect::temporary(&format!("/dpias/{to}")).into_response()),
    };
    let snapshot = app.snapshot();
    let publication = &public.publication;
    let mut view = One {
        row: one_row(&app, &public).await?,
        parties: Vec::new(),
        redactions: 0,
        left_out: Vec::new(),
        sections: Vec::new(),
        sealed: publication.sealed.to_string(),
        annexes: Vec::new(),
        json: format!("/api/v1/dpias/{}", publication.id),
    };
    if let Some(version) = app.store.published_version(&Scope::Public, publication).await? {
        let template = shown::template(&app, &version)?;
        let shown = shown::preview(&template, publication, &version);
        let kept_back: Vec<OrganisationId> =
            publication.asks(&version).into_iter().filter(|one| !publication.includes(Part::Annex(*one))).collect();
        view.redactions = shown.iter().filter(|field| field.redacted()).count();
        view.left_out = shown::left_out(publication, &version);
        view.sections = shown::sections(&snapshot, &template, publication, &shown);
        let seals = publication.annexes_shown(&version, &shown);
        view.annexes = seals.into_iter().map(|(one, seal)| (body(&snapshot, one), seal.to_string())).collect();
        let parties = public.listed.until(&public.assessment.parties).into_iter();
        view.parties = parties
            .map(|(party, until)| Party {
                until,
                organisation: body(&snapshot, party.organisation),
                role: match party.role {
                    PartyRole::Controller => "controller",
                    PartyRole::JointController => "joint controller",
                    PartyRole::Processor => "processor",
                },
                kept_back: kept_back.contains(&party.organisation),
            })
            .collect();
    }
    let mut frame = page::frame(&app, view.row.title.clone(), Some("published"));
    frame.breadcrumbs = vec![Link::new("Home", "/"), Link::new("Published DPIAs and reviews", "/dpias")];
    Ok(page::render(&app, "dpia/publish/one.html", &frame, view)?.into_response())
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
                title: format!("{} {}: {}", row.kind.called(), row.number, row.title),
                updated: instant(row.at),
                url: format!("{url}/dpias/{}", row.id),
                summary: if row.withdrawn { row.note.clone() } else { row.summary.clone() },
                author_name: row.organisations.first().map_or_else(String::new, |one| one.name.clone()),
            })
            .collect(),
    };
    Ok(([(header::CONTENT_TYPE, "application/atom+xml; charset=utf-8")], feed.to_string()))
}
