//! `/`: what this is, one search box, and the city.

use super::{
    charts::{self, Quarters, TileMap},
    latest::{self, Latest},
};
use crate::{
    error::Failure,
    state::App,
    web::{page, query::Params},
};
use axum::{extract::State, response::Html};
use domain::register::{
    records::OrganisationKind,
    snapshot::{Figures, Filters, ListFilters, ListQuery, OrganisationEntry},
};
use govuk::Alternate;
use serde::Serialize;

/// Years of the chart.
const YEARS: usize = 4;
/// Latest changes that are told.
const CHANGES: usize = 6;

#[derive(Serialize)]
struct Area {
    name: String,
    href: String,
    systems: u32,
}

#[derive(Serialize)]
struct View {
    figures: Figures,
    /// Local authorities with a contract or a system.
    with_record: usize,
    /// Whether members of the network are shown only, and whether there is anyone else.
    members_only: bool,
    divided: bool,
    /// Members of the network, and how many of them have a record.
    members: usize,
    covered: usize,
    /// Planned procurements.
    planned: usize,
    /// Skills.
    skills: u64,
    map: TileMap,
    chart: Quarters,
    latest: Vec<Latest>,
    areas: Vec<Area>,
}

/// The first page.
///
/// # Errors
/// When the database or the template fails.
pub async fn page(State(app): State<App>, params: Params) -> Result<Html<String>, Failure> {
    let snapshot = app.snapshot();
    let members_only = params.one("member") == Some("yes");
    let member: Vec<String> = members_only.then(|| "yes".to_owned()).into_iter().collect();
    let shown = |entry: &OrganisationEntry| !members_only || entry.record.is_member(snapshot.as_at());
    let recorded = |entry: &OrganisationEntry| entry.contracts + entry.systems > 0;
    let members: Vec<_> = snapshot.organisations().iter().filter(|entry| entry.record.is_member(snapshot.as_at())).collect();
    let covered = members.iter().filter(|entry| recorded(entry)).count();
    let asked = Params::parse(if members_only { "member=yes" } else { "" })?;
    let filters = Filters { member: member.clone(), ..Filters::default() };
    let query = ListQuery { filters: ListFilters { member: member.clone(), ..ListFilters::default() }, ..ListQuery::default() };
    let mut areas: Vec<_> = snapshot.areas().iter().filter(|area| area.systems > 0).collect();
    areas.sort_by(|a, b| a.record.name.cmp(&b.record.name));
    let view = View {
        figures: snapshot.figures_of(&member),
        with_record: snapshot
            .organisations()
            .iter()
            .filter(|entry| entry.record.kind == OrganisationKind::Council && recorded(entry) && shown(entry))
            .count(),
        members_only,
        divided: snapshot.organisations().iter().filter(|entry| recorded(entry)).count() > covered,
        members: members.len(),
        covered,
        planned: usize::try_from(snapshot.planned(&query).total).unwrap_or(usize::MAX),
        skills: snapshot.skills(&query).total,
        map: TileMap::of(snapshot.organisations()),
        chart: charts::quarters(&snapshot, &filters, YEARS, &asked),
        latest: latest::latest(&app, &snapshot, CHANGES).await?,
        areas: areas
            .into_iter()
            .map(|area| Area {
                name: area.record.name.clone(),
                href: format!("/systems?service_area={}", area.record.slug),
                systems: area.systems,
            })
            .collect(),
    };
    let mut frame = page::frame(&app, "See the technology London’s councils run", None);
    frame.description = Some(
        "An open register of the technology London’s councils run: who supplies it, and when each contract can end.".to_owned(),
    );
    frame.alternates = vec![Alternate {
        href: "/changes.atom".to_owned(),
        content_type: "application/atom+xml".to_owned(),
        title: "Latest changes".to_owned(),
    }];
    page::render(&app, "register/home.html", &frame, view)
}
