//! `/dpias`: the public register of assessments: by organisation, product and function, as pages and a feed; the API's list of them
//! asks here too. Roles and dates stand here, never a person, and nothing of where an assessment stands since: what is said of each
//! is what was published.

use super::{
    super::{
        projects::{Body, body},
        whole,
    },
    shown::{self, Section},
};
use crate::{
    api::v1::answer::words,
    error::Failure,
    state::App,
    web::{
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
    dpia::{
        assessment::{Assessment, PartyRole},
        ids::{AssessmentId, PublicationId},
        place::Part,
        publication::Stage,
        template::Purpose,
    },
    people::Scope,
    register::{ids::OrganisationId, snapshot::Snapshot},
};
use govuk::{Alternate, Link};
use jiff::{Timestamp, civil::Date};
use serde::Serialize;
use std::collections::BTreeSet;
use store::dpia::public::Public;

/// What the list can be filtered by.
pub const FILTERS: &[&str] = &["organisation", "product", "function", "q"];

/// A published assessment in lists.
#[derive(Clone, Debug, Serialize)]
pub struct Row {
    /// The publication's id.
    pub id: String,
    /// The assessment's number.
    pub number: String,
    /// What it is: a DPIA, or a short review where screening asks for none.
    pub kind: Purpose,
    /// The same in full.
    pub full: &'static str,
    /// Its title.
    pub title: String,
    /// What residents read first; empty for one that was withdrawn.
    pub summary: String,
    /// The organisations that controlled the processing, as the version has them.
    pub organisations: Vec<Body>,
    /// Those that took part when it was made public and left since, with when, milliseconds of UTC.
    pub left: Vec<(Body, i64)>,
    /// Products that its systems are.
    pub products: Vec<Named>,
    /// Functions that its systems serve.
    pub functions: Vec<Named>,
    /// When it was published, milliseconds of UTC; none where that is not known.
    pub published_at: Option<i64>,
    /// Whether it was taken back.
    pub withdrawn: bool,
    /// When.
    pub withdrawn_at: Option<i64>,
    /// What is said in its place then.
    pub note: String,
    /// The day by which it is looked at again, kept up to date: it is no part of what was signed and sealed.
    pub review_on: Option<Date>,
    /// The seal of exactly what the public sees.
    pub seal: Option<String>,
    /// Whether another assessment took its place.
    pub superseded: bool,
    /// The public one that did.
    pub replaced_by: Option<Named>,
    /// The public ones whose place it took.
    pub replaces: Vec<Named>,
    /// When it last changed for the public, milliseconds of UTC: published, or taken back.
    #[serde(skip)]
    at: i64,
}

impl Row {
    /// What it has under a filter's name, as the filter takes it, with its words.
    #[must_use]
    pub fn values(&self, filter: &str) -> Vec<(&str, &str)> {
        match filter {
            "organisation" => self.organisations.iter().map(|one| (one.slug.as_str(), one.name.as_str())).collect(),
            "product" => self.products.iter().map(|one| (one.value.as_str(), one.name.as_str())).collect(),
            "function" => self.functions.iter().map(|one| (one.value.as_str(), one.name.as_str())).collect(),
            _ => Vec::new(),
        }
    }

    /// Whether it fits the filters of an address, one of them left out.
    #[must_use]
    pub fn fits(&self, params: &Params, but: Option<&str>) -> bool {
        FILTERS.iter().filter(|name| Some(**name) != but).all(|name| {
            if *name == "q" {
                let own = words(&format!("{} {}", self.title, self.summary));
                let asked = words(params.one("q").unwrap_or_default());
                return asked.iter().all(|word| own.iter().any(|one| one.starts_with(word.as_str())));
            }
            let mut wanted = params.all(name).peekable();
            let has = self.values(name);
            wanted.peek().is_none() || wanted.any(|value| has.iter().any(|(own, _)| *own == value))
        })
    }
}

/// Something of the register, named and linked.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Named {
    /// What filters take.
    pub value: String,
    /// Its name.
    pub name: String,
    /// Its page.
    pub href: String,
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

fn row(app: &App, snapshot: &Snapshot, public: &Public) -> Row {
    let Public { publication, assessment, listed } = public;
    let (published_at, withdrawn_at, note, seal) = match &publication.stage {
        Stage::Published { at, seal, .. } => (Some(*at), None, String::new(), Some(seal.to_string())),
        Stage::Withdrawn { at, note, published_at, .. } => (*published_at, Some(*at), note.clone(), None),
        _ => (None, None, String::new(), None),
    };
    let systems: Vec<_> = listed.systems.iter().filter_map(|id| snapshot.system(snapshot.system_by_id(*id)?)).collect();
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
    let kind = whole::purpose(app, &assessment.template);
    let left = listed.until(&assessment.parties).into_iter();
    Row {
        id: publication.id.to_string(),
        number: assessment.number.clone(),
        kind,
        full: kind.full(),
        title: listed.title.clone(),
        summary: if withdrawn_at.is_some() { String::new() } else { publication.summary.clone() },
        organisations: listed.controllers().map(|one| body(snapshot, one)).collect(),
        left: left.filter_map(|(one, until)| Some((body(snapshot, one.organisation), until?))).collect(),
        products: products.into_iter().collect(),
        functions: functions.into_iter().collect(),
        at: withdrawn_at.or(published_at).unwrap_or_default(),
        published_at,
        withdrawn: withdrawn_at.is_some(),
        withdrawn_at,
        note,
        review_on: review_on(assessment),
        seal,
        superseded: assessment.superseded_by.is_some(),
        replaced_by: None,
        replaces: Vec::new(),
    }
}

/// The day of the next review that the public is told: as it is kept up to date, while anybody looks at it again.
#[must_use]
pub fn review_on(assessment: &Assessment) -> Option<Date> {
    assessment.review_on.filter(|_| !assessment.state.is_closed())
}

/// Says of each row which other one took its place, and whose place it took: as far as those are public too.
fn link(rows: &mut [Row], all: &[Public]) {
    let named = |of: AssessmentId| {
        let public = all.iter().find(|one| one.assessment.id == of && one.publication.is_public())?;
        let (id, title) = (public.publication.id.to_string(), public.listed.title.clone());
        Some(Named { href: format!("/dpias/{id}"), value: id, name: title })
    };
    for row in rows {
        let Some(Public { assessment: head, .. }) = all.iter().find(|one| one.publication.id.to_string() == row.id) else {
            continue;
        };
        row.replaced_by = head.superseded_by.and_then(named);
        let older: BTreeSet<AssessmentId> =
            all.iter().filter(|other| other.assessment.superseded_by == Some(head.id)).map(|other| other.assessment.id).collect();
        row.replaces = older.into_iter().filter_map(named).collect();
    }
}

/// Everything that is public, or was and left a note, the newest first: each assessment once, by the publication that counts.
///
/// # Errors
/// When the database fails.
pub async fn rows(app: &App) -> Result<Vec<Row>, Failure> {
    let snapshot = app.snapshot();
    let mut seen = BTreeSet::new();
    let published = app.store.published(&Scope::Public).await?;
    let mut all: Vec<Row> =
        published.iter().filter(|one| seen.insert(one.assessment.id)).map(|one| row(app, &snapshot, one)).collect();
    link(&mut all, &published);
    all.sort_by(|one, other| other.at.cmp(&one.at).then_with(|| other.id.cmp(&one.id)));
    Ok(all)
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

/// A publication's row, with what took its assessment's place.
///
/// # Errors
/// When the database fails.
pub async fn one_row(app: &App, public: &Public) -> Result<Row, Failure> {
    let mut rows = [row(app, &app.snapshot(), public)];
    link(&mut rows, &app.store.published(&Scope::Public).await?);
    let [row] = rows;
    Ok(row)
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
