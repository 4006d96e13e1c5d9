//! `/assessments`: every assessment that the caller may see, those that are being worked on first.

use super::super::{
    projects::{Body, body},
    whole,
};
use crate::{
    error::Failure,
    state::App,
    web::{page, query::Params, session::Caller, words},
};
use axum::{extract::State, response::Html};
use domain::{
    dpia::assessment::{Assessment, Joined, State as Stand},
    people::access::STARTERS,
};
use govuk::Link;
use jiff::civil::Date;
use serde::Serialize;
use std::collections::BTreeMap;

/// How many assessments the page shows; words and state find the others.
const SHOWN: usize = 500;

#[derive(Serialize)]
struct View {
    /// How many fit the words and the state.
    found: usize,
    /// The first of them.
    rows: Vec<Row>,
    /// The caller may bring in an assessment that was made elsewhere.
    may_import: bool,
    all: usize,
    q: String,
    state: String,
    states: Vec<Choice>,
    /// What organisations of the caller's signed, and left since.
    kept: Vec<Kept>,
}

#[derive(Serialize)]
struct Kept {
    href: String,
    /// What it is called, with its number.
    called: String,
    title: String,
    left_at: i64,
}

#[derive(Serialize)]
struct Choice {
    value: &'static str,
    text: &'static str,
}

#[derive(Serialize)]
struct Row {
    id: String,
    /// What it is called, with its number.
    called: String,
    title: String,
    state: &'static str,
    lead: Body,
    parties: usize,
    invited: bool,
    wanted_by: Option<Date>,
    late: bool,
    review_on: Option<Date>,
    review_late: bool,
    /// The one that took its place.
    replaced_by: Option<(String, String)>,
}

/// The list.
///
/// # Errors
/// When the database fails.
pub async fn page(State(app): State<App>, caller: Caller, params: Params) -> Result<Html<String>, Failure> {
    let member = caller.signed_in()?;
    let (snapshot, today) = (app.snapshot(), app.clock.today());
    let (q, state) = (params.one("q").unwrap_or_default().to_owned(), params.one("state").unwrap_or_default().to_owned());
    let mut found = app.store.assessments(&caller.scope, today).await?;
    let all = found.len();
    let by_id: BTreeMap<_, _> =
        found.iter().map(|one| (one.id, (whole::called(&app, one), format!("/assessments/{}", one.id)))).collect();
    found.retain(|one| {
        let text = format!("{} {}", one.number, one.title).to_lowercase();
        q.to_lowercase().split_whitespace().all(|word| text.contains(word)) && (state.is_empty() || one.state.as_str() == state)
    });
    found.sort_by_key(|one| (one.state.is_closed(), one.state as u8, std::cmp::Reverse(one.updated_at)));
    let row = |one: &Assessment| Row {
        id: one.id.to_string(),
        called: whole::called(&app, one),
        title: one.title.clone(),
        state: words::stands(one.state),
        lead: body(&snapshot, one.lead),
        parties: one.members().count(),
        invited: one.parties.iter().any(|party| party.joined == Joined::Invited && member.belongs_to(party.organisation)),
        late: !one.state.is_signed() && !one.state.is_closed() && one.wanted_by.is_some_and(|day| day < today),
        wanted_by: one.wanted_by,
        review_late: !one.state.is_closed() && one.review_on.is_some_and(|day| day < today),
        review_on: one.review_on.filter(|_| !one.state.is_closed()),
        replaced_by: one.superseded_by.and_then(|id| by_id.get(&id).cloned()),
    };
    let purpose = |kept: &store::dpia::kept::Kept| super::kept::purpose(&app, kept);
    let kept = app.store.all_kept(&caller.scope, today).await?.into_iter().map(|one| Kept {
        href: format!("/assessments/{}/signed", one.assessment),
        title: one.title().to_owned(),
        called: format!("{} {}", purpose(&one).called(), one.number),
        left_at: one.left_at,
    });
    let view = View {
        kept: kept.collect(),
        found: found.len(),
        rows: found.iter().take(SHOWN).map(row).collect(),
        may_import: member.standings.iter().any(|place| member.holds_any(place.organisation, STARTERS)),
        all,
        q,
        state,
        states: Stand::ALL.map(|state| Choice { value: state.as_str(), text: words::stands(state) }).into(),
    };
    let mut frame = page::frame(&app, "Assessments you can see", Some("dpias"));
    frame.at_section = true;
    frame.breadcrumbs = vec![Link::new("Home", "/")];
    page::render(&app, "dpia/together/list.html", &frame, view)
}
