//! `/api/v1/skills`.

use super::{
    answer,
    files::{self, Format},
    noun::{self, Noun},
    request::{Segment, Takes},
};
use crate::{error::Failure, state::App, web::query::Params};
use api_json::shapes::{self, Slugged};
use axum::{extract::State, response::Response};
use documents::export::{Cell, Kind};
use domain::register::{
    ids::SkillId,
    records::SkillLevel,
    snapshot::{ListPage, ListQuery, ListSort, SkillRow, Snapshot},
};
use jiff::civil::Date;
use serde::Serialize;
use utoipa::{IntoParams, ToSchema};

/// What the list takes.
pub const TAKES: Takes = Takes {
    filters: &["organisation", "member", "level", "training", "q"],
    sorts: &[
        ("name", ListSort::Name),
        ("organisation", ListSort::Organisation),
        ("level", ListSort::Level),
        ("people", ListSort::People),
    ],
};

/// The filters of skills. Repeats of one name are 'or', different names are 'and'.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[allow(dead_code)]
pub struct Parameters {
    /// Slugs of organisations.
    organisation: Option<Vec<String>>,
    /// `yes` for members of the network on the day the register speaks of, `no` for everyone else.
    member: Option<Vec<String>>,
    /// Levels: `awareness`, `working`, `practitioner`, `expert`.
    level: Option<Vec<String>>,
    /// `yes` where training is offered to other organisations, `no` where it is not.
    training: Option<Vec<String>>,
    /// Words, all of which must occur.
    #[param(max_length = 500)]
    q: Option<String>,
    /// Facets to count by, parted by commas.
    #[param(pattern = "^(organisation|member|level|training)(,(organisation|member|level|training))*$")]
    facet: Option<String>,
    /// The order: by name, by organisation, highest level first, most people first.
    #[param(pattern = "^(name|organisation|level|people)$")]
    sort: Option<String>,
    /// Rows of a page.
    #[param(minimum = 1, maximum = 1000, default = 100)]
    limit: Option<i64>,
    /// The `next` of the page before.
    #[param(pattern = "^[A-Za-z][0-9a-f]{32}(n[0-9a-f]{16}|t([0-9a-f]{2}){0,60})$")]
    cursor: Option<String>,
}

/// A skill that an organisation holds at a level, so that others can ask it for training. Never a person.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Skill)]
pub struct Item<'s> {
    /// Its id.
    id: String,
    /// Whose it is.
    organisation: Option<Slugged<'s>>,
    /// What it is, in the organisation's words.
    name: &'s str,
    /// `awareness`, `working`, `practitioner` or `expert`: the levels of the Government Digital and Data Profession Capability
    /// Framework.
    #[schema(value_type = String)]
    level: SkillLevel,
    /// How many people hold it at that level, where that was said.
    people: Option<i64>,
    /// Whether the organisation offers to train its peers.
    offers_training: bool,
    /// Where the record came from.
    source: &'s str,
    /// The day on which someone last said that it is right.
    #[schema(value_type = Option<String>, format = Date)]
    confirmed: Option<Date>,
    /// Its last change, UTC.
    #[schema(value_type = String, format = DateTime)]
    updated_at: String,
}

/// The skills, as the API has them.
pub struct Skills;

/// The skills that a request asks for.
pub type Wanted = noun::Wanted<Skills>;

impl Noun for Skills {
    type Id = SkillId;
    type Row = SkillRow;
    type Item<'s> = Item<'s>;
    const NAME: &'static str = "skills";
    const TAKES: &'static Takes = &TAKES;

    fn page<'s>(snapshot: &'s Snapshot, query: &ListQuery) -> ListPage<'s, SkillRow> {
        snapshot.skills(query)
    }

    fn find(snapshot: &Snapshot, id: SkillId) -> Option<SkillRow> {
        snapshot.skill_by_id(id)
    }

    fn item(snapshot: &Snapshot, row: SkillRow) -> Option<Item<'_>> {
        let record = &snapshot.skill(row)?.record;
        Some(Item {
            id: record.id.to_string(),
            organisation: shapes::organisation(snapshot, record.organisation),
            name: &record.name,
            level: record.level,
            people: record.people,
            offers_training: record.offers_training,
            source: &record.origin.source,
            confirmed: record.confirmed,
            updated_at: shapes::instant(record.updated_at),
        })
    }

    fn columns() -> Vec<(&'static str, Kind)> {
        use Kind::{Date, Integer, Text};
        vec![
            ("id", Text),
            ("organisation", Text),
            ("organisation_name", Text),
            ("name", Text),
            ("level", Text),
            ("people", Integer),
            ("offers_training", Text),
            ("source", Text),
            ("confirmed", Date),
            ("updated_at", Text),
        ]
    }

    fn cells(item: Self::Item<'_>) -> Vec<Cell<'_>> {
        vec![
            Cell::Text(item.id.into()),
            item.organisation.as_ref().map(|one| one.slug).into(),
            item.organisation.as_ref().map(|one| one.name).into(),
            item.name.into(),
            answer::word(&item.level),
            item.people.map_or(Cell::Empty, Cell::Integer),
            if item.offers_training { "yes" } else { "no" }.into(),
            item.source.into(),
            item.confirmed.into(),
            Cell::Text(item.updated_at.into()),
        ]
    }
}

/// Skills by any filter, in any order, counted by any facet.
///
/// # Errors
/// When a parameter cannot be read.
#[utoipa::path(get, path = "/api/v1/skills", tag = "skills", params(Parameters),
    responses((status = 200, body = super::openapi::SkillList), (status = 404, body = crate::error::Problem, content_type = "application/problem+json"), (status = 400, body = crate::error::Problem, content_type = "application/problem+json")))]
pub async fn list(State(app): State<App>, params: Params) -> Result<Response, Failure> {
    noun::list::<Skills>(&app, &params)
}

/// One skill.
///
/// # Errors
/// Not found for an id that is not there.
#[utoipa::path(get, path = "/api/v1/skills/{id}", tag = "skills", params(("id" = String, Path, description = "Its id", format = Uuid)),
    responses((status = 200, body = Item), (status = 404, body = crate::error::Problem, content_type = "application/problem+json")))]
pub async fn one(State(app): State<App>, Segment(id): Segment) -> Result<Response, Failure> {
    noun::one::<Skills>(&app, &id)
}

files::handlers!(Wanted);
