//! `/skills`: what organisations can do and teach. Organisations and numbers, never a person.

use super::{
    filters::{MEMBER, Spec},
    lists::{Kind, Order},
    views::Named,
};
use crate::{api::v1 as api, error::Failure, state::App, web::query::Params};
use axum::{extract::State, response::Response};
use domain::register::{
    records::Skill,
    snapshot::{ListFacet, ListSort, Snapshot},
};
use jiff::civil::Date;
use serde::Serialize;

/// The orders of skills.
const ORDERS: &[Order] = &[
    ("", "skill, A to Z", ListSort::Name),
    ("organisation", "organisation, A to Z", ListSort::Organisation),
    ("level", "level, highest first", ListSort::Level),
    ("people", "people, most first", ListSort::People),
];

/// The list of skills.
pub const KIND: Kind = Kind {
    section: "skills",
    path: "/skills",
    title: "Skills",
    words: ("skill", "skills"),
    takes: &api::skills::TAKES,
    facets: &[
        (
            ListFacet::Training,
            Spec::closed("training", "Training for other councils", &[("yes", "Offered"), ("no", "Not offered")]),
        ),
        (
            ListFacet::Level,
            Spec::closed(
                "level",
                "Level",
                &[("expert", "Expert"), ("practitioner", "Practitioner"), ("working", "Working"), ("awareness", "Awareness")],
            ),
        ),
        (ListFacet::Member, MEMBER),
        (ListFacet::Organisation, Spec::open("organisation", "Organisation", "organisations", 8)),
    ],
    orders: ORDERS,
    template: "register/skills.html",
};

/// A skill as a row, and as its page shows it.
#[derive(Serialize)]
pub(super) struct Row {
    pub(super) name: String,
    pub(super) href: String,
    pub(super) organisation: Option<Named>,
    level: &'static str,
    people: Option<i64>,
    offers_training: bool,
    confirmed: Option<Date>,
}

/// A skill as a row of a list.
pub(super) fn row(snapshot: &Snapshot, skill: &Skill) -> Row {
    Row {
        name: skill.name.clone(),
        href: format!("/skills/{}", skill.id),
        organisation: super::edit::organisation_link(snapshot, skill.organisation),
        level: skill.level.as_str(),
        people: skill.people,
        offers_training: skill.offers_training,
        confirmed: skill.confirmed,
    }
}

/// The list.
///
/// # Errors
/// When a filter cannot be read, or the template fails.
pub async fn page(State(app): State<App>, params: Params) -> Result<Response, Failure> {
    let snapshot = app.snapshot();
    let (params, not_used) = KIND.read(&params);
    let answer = snapshot.skills(&KIND.query(&params)?);
    let panel = KIND.panel(&params, &answer.facets);
    let rows = answer.rows.iter().filter_map(|found| Some(row(&snapshot, &snapshot.skill(*found)?.record))).collect();
    let counts = (answer.total, snapshot.skill_entries().len() as u64);
    KIND.answer(&app, &params, not_used, panel, counts, rows)
}
