//! What is public of each assessment, as a row of the register: found by its filters, with what took its place and whose place it
//! took. Pages, feed and API read it alike.

use crate::{
    api::v1::answer::words,
    error::Failure,
    state::App,
    web::{
        dpia::{
            projects::{Body, body},
            whole,
        },
        query::Params,
    },
};
use domain::{
    dpia::{assessment::Assessment, ids::AssessmentId, publication::Stage, template::Purpose},
    people::Scope,
    register::snapshot::Snapshot,
};
use jiff::civil::Date;
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
    /// Its title; empty for one that was withdrawn: the title may itself be what had to go, and the note can say it.
    pub title: String,
    /// What residents read first; empty for one that was withdrawn.
    pub summary: String,
    /// The organisations that controlled the processing, as the version has them.
    pub organisations: Vec<Body>,
    /// Those that took part when it was made public and left since, with when, milliseconds of UTC.
    pub left: Vec<(Body, i64)>,
    /// Products that its systems are; none of one that was withdrawn, as of all that it said.
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
    pub(super) at: i64,
}

impl Row {
    /// What pages and feeds call it: its title, or that one was withdrawn.
    #[must_use]
    pub fn name(&self) -> String {
        if self.withdrawn { format!("{} {}: withdrawn", self.kind.called(), self.number) } else { self.title.clone() }
    }

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
                let own = words(&format!("{} {} {}", self.title, self.summary, self.note));
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

fn row(app: &App, snapshot: &Snapshot, public: &Public) -> Row {
    let Public { publication, assessment, listed } = public;
    let (published_at, withdrawn_at, note, seal) = match &publication.stage {
        Stage::Published { at, seal, .. } => (Some(*at), None, String::new(), Some(seal.to_string())),
        Stage::Withdrawn { at, note, published_at, .. } => (*published_at, Some(*at), note.clone(), None),
        _ => (None, None, String::new(), None),
    };
    // Of one that was taken back the public reads whose it was and why, and nothing that it said.
    let withdrawn = withdrawn_at.is_some();
    let about = if withdrawn { &[] } else { listed.systems.as_slice() };
    let systems: Vec<_> = about.iter().filter_map(|id| snapshot.system(snapshot.system_by_id(*id)?)).collect();
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
    let left = listed.until(&assessment.parties).into_iter().filter(|_| !withdrawn);
    let said = |words: &String| if withdrawn { String::new() } else { words.clone() };
    Row {
        id: publication.id.to_string(),
        number: assessment.number.clone(),
        kind,
        full: kind.full(),
        title: said(&listed.title),
        summary: said(&publication.summary),
        organisations: listed.controllers().map(|one| body(snapshot, one)).collect(),
        left: left.filter_map(|(one, until)| Some((body(snapshot, one.organisation), until?))).collect(),
        products: products.into_iter().collect(),
        functions: functions.into_iter().collect(),
        at: withdrawn_at.or(published_at).unwrap_or_default(),
        published_at,
        withdrawn,
        withdrawn_at,
        note,
        review_on: review_on(assessment).filter(|_| !withdrawn),
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

/// Says of a row which other one took its assessment's place, and whose place it took: as far as those are public too.
fn link(row: &mut Row, head: &Assessment, all: &[Public]) {
    let named = |of: AssessmentId| {
        let public = all.iter().find(|one| one.assessment.id == of && one.publication.is_public())?;
        let (id, title) = (public.publication.id.to_string(), public.listed.title.clone());
        Some(Named { href: format!("/dpias/{id}"), value: id, name: title })
    };
    row.replaced_by = head.superseded_by.and_then(named);
    let older: BTreeSet<AssessmentId> =
        all.iter().filter(|other| other.assessment.superseded_by == Some(head.id)).map(|other| other.assessment.id).collect();
    row.replaces = older.into_iter().filter_map(named).collect();
}

/// Everything that is public, or was and left a note, the newest first: each assessment once, by the publication that counts.
///
/// # Errors
/// When the database fails.
pub async fn rows(app: &App) -> Result<Vec<Row>, Failure> {
    let snapshot = app.snapshot();
    let mut seen = BTreeSet::new();
    let published = app.store.published(&Scope::Public).await?;
    let linked = |one: &Public| {
        let mut row = row(app, &snapshot, one);
        link(&mut row, &one.assessment, &published);
        row
    };
    let mut all: Vec<Row> = published.iter().filter(|one| seen.insert(one.assessment.id)).map(linked).collect();
    all.sort_by(|one, other| other.at.cmp(&one.at).then_with(|| other.id.cmp(&one.id)));
    Ok(all)
}

/// A publication's row, with what took its assessment's place.
///
/// # Errors
/// When the database fails.
pub async fn one_row(app: &App, public: &Public) -> Result<Row, Failure> {
    let mut row = row(app, &app.snapshot(), public);
    link(&mut row, &public.assessment, &app.store.published(&Scope::Public).await?);
    Ok(row)
}
