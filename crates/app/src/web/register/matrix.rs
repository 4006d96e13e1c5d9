//! `/matrix`: functions by organisations: who uses what for each function, and until when.

pub mod data;

use super::{
    cells::{self, Cells, Use},
    charts,
    filters::NotUsed,
    records,
    views::Named,
};
use crate::{
    error::Failure,
    state::App,
    web::{
        page::{self, GetAs},
        query::Params,
    },
};
use axum::{extract::State, response::Html};
use domain::register::snapshot::{AreaEntry, AreaRow, ListQuery, Matrix, MatrixLine, OrganisationRow, ProductRow, Snapshot};
use govuk::Link;
use serde::Serialize;
use std::collections::BTreeMap;

/// Where the page stands.
const PATH: &str = "/matrix";
/// How many service areas are shown at first: those with most systems.
const AREAS: usize = 7;
/// More columns than this cannot be told apart.
const COLUMNS: usize = 40;
/// Past this many columns the grid needs the whole width of the page, and past the second it scrolls.
const MANY: usize = 24;
const WIDE: usize = 28;

#[derive(Serialize)]
struct Choice {
    value: String,
    text: String,
    selected: bool,
}

#[derive(Serialize)]
struct Column {
    link: Named,
    letters: String,
    marked: bool,
}

#[derive(Serialize)]
struct Group {
    name: String,
    products: Vec<Letters>,
    rows: Vec<Row>,
}

/// A product and the letters that stand for it within its group.
#[derive(Serialize)]
struct Letters {
    letters: String,
    name: String,
}

#[derive(Serialize)]
struct Row {
    function: Named,
    cells: Vec<Vec<Filled>>,
    organisations: usize,
    products: usize,
}

/// A product in a cell.
#[derive(Serialize)]
struct Filled {
    letters: String,
    product: String,
    class: &'static str,
    /// When its contract can end, in words.
    ends: &'static str,
    href: String,
}

#[derive(Serialize)]
struct View {
    areas: Vec<Choice>,
    marks: Vec<Choice>,
    /// Everyone, or members of the network only; nothing to choose where all are of one kind.
    members: Vec<Choice>,
    columns: Vec<Column>,
    groups: Vec<Group>,
    shown: usize,
    functions: usize,
    left_out: usize,
    many: bool,
    wide: bool,
    get: Vec<GetAs>,
    /// The grid itself as files.
    get_grid: Vec<GetAs>,
    /// Whether any organisation has a system or a contract: where none has, no other choice shows more.
    recorded: bool,
    not_used: NotUsed,
}

/// The page.
///
/// # Errors
/// Not found for a service area that is not there; when the template fails.
pub async fn page(State(app): State<App>, params: Params) -> Result<Html<String>, Failure> {
    let snapshot = app.snapshot();
    let (params, not_used) = NotUsed::of(&params, &["service_area", "member"]);
    let asked = params.one("service_area").unwrap_or_default();
    let areas = areas(&snapshot, asked)?;
    let member: Vec<String> = params.all("member").map(str::to_owned).collect();
    let matrix = snapshot.matrix(&areas, &member);
    let cells = cells::of(&snapshot, &areas);
    let kept = columns(&matrix);
    let mark = params.one("mark").unwrap_or_default();
    let columns: Vec<Column> = kept.iter().filter_map(|place| column(&snapshot, matrix.organisations[*place], mark)).collect();
    let groups: Vec<Group> = areas
        .iter()
        .filter_map(|area| group(&snapshot, *area, &matrix, &kept, &cells))
        .filter(|group| !group.rows.is_empty())
        .collect();
    let slugs: Vec<(&str, &str)> =
        areas.iter().filter_map(|area| snapshot.area(*area)).map(|area| ("service_area", &*area.record.slug)).collect();
    let asked_of = member.iter().map(|value| ("member", value.as_str()));
    let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(slugs.into_iter().chain(asked_of)).finish();
    let data = Params::parse(&query)?;
    let view = View {
        areas: area_choices(&snapshot, asked),
        marks: marks(&columns, mark),
        members: members(&snapshot, &member),
        shown: groups.iter().map(|group| group.rows.len()).sum(),
        functions: snapshot.functions().len(),
        left_out: matrix.organisations.len() - kept.len(),
        many: columns.len() > MANY,
        wide: columns.len() > WIDE,
        get: page::get_as(
            &data,
            "systems",
            snapshot.systems(&ListQuery { filters: data.list_filters(), ..ListQuery::default() }).total,
        ),
        get_grid: page::get_shown(&grid_question(asked, &member), "/matrix/cells"),
        recorded: snapshot.organisations().iter().any(|entry| entry.systems + entry.contracts > 0),
        not_used,
        columns,
        groups,
    };
    let title = match areas.as_slice() {
        [one] if !asked.is_empty() => {
            let name = snapshot.area(*one).map(|area| area.record.name.as_str()).unwrap_or_default();
            format!("Functions by organisation: {name}")
        }
        _ => "Functions by organisation".to_owned(),
    };
    let mut frame = page::frame(&app, title, Some("matrix"));
    frame.at_section = true;
    frame.breadcrumbs = vec![Link::new("Home", "/")];
    frame.canonical = Some(format!("{}{}", app.public_url, params.with_page(PATH, 1)));
    page::render(&app, "register/matrix.html", &frame, view)
}

/// The question of the grid's files: the same as the page's.
fn grid_question(area: &str, member: &[String]) -> Params {
    let area = Some(("service_area", area)).filter(|(_, area)| !area.is_empty());
    let pairs: Vec<(&str, &str)> = area.into_iter().chain(member.iter().map(|value| ("member", value.as_str()))).collect();
    Params::made(&pairs)
}

/// The service areas asked for: one by its slug, `all`, or those with most systems; in their order.
fn areas(snapshot: &Snapshot, asked: &str) -> Result<Vec<AreaRow>, Failure> {
    let mut all: Vec<(AreaRow, &AreaEntry)> = (0..).map(AreaRow::from).zip(snapshot.areas()).collect();
    match asked {
        "" => {
            all.sort_by_key(|(_, area)| (std::cmp::Reverse(area.systems + area.contracts), area.record.position));
            all.truncate(AREAS);
        }
        "all" => {}
        slug => return Ok(vec![snapshot.area_by_slug(slug).ok_or_else(Failure::not_found)?]),
    }
    all.sort_by_key(|(_, area)| area.record.position);
    Ok(all.into_iter().map(|(row, _)| row).collect())
}

fn area_choices(snapshot: &Snapshot, asked: &str) -> Vec<Choice> {
    let mut entries: Vec<&AreaEntry> = snapshot.areas().iter().collect();
    entries.sort_by_key(|area| area.record.position);
    let count = entries.len();
    let choice = |value: &str, text: String| Choice { value: value.to_owned(), text, selected: value == asked };
    let mut choices =
        vec![choice("", format!("the {} with most systems", AREAS.min(count))), choice("all", format!("all {count}"))];
    choices.extend(entries.into_iter().map(|area| choice(&area.record.slug, area.record.name.clone())));
    choices
}

/// Whose columns: everyone's, or those of members of the network.
fn members(snapshot: &Snapshot, member: &[String]) -> Vec<Choice> {
    let with_record = snapshot.organisations().iter().filter(|entry| entry.systems + entry.contracts > 0);
    let mut both = with_record.map(|entry| entry.record.is_member(snapshot.as_at()));
    let first = both.next();
    if member.is_empty() && both.all(|is_member| Some(is_member) == first) {
        return Vec::new();
    }
    [("", "everyone"), ("yes", "members of the network"), ("no", "everyone else")]
        .map(|(value, text)| {
            let selected = member.first().map_or(value.is_empty(), |chosen| chosen == value);
            Choice { value: value.to_owned(), text: text.to_owned(), selected }
        })
        .into_iter()
        .collect()
}

fn marks(columns: &[Column], mark: &str) -> Vec<Choice> {
    let none = Choice { value: String::new(), text: "none".to_owned(), selected: mark.is_empty() };
    let rest = columns.iter().map(|column| Choice {
        value: column.link.href.rsplit('/').next().unwrap_or_default().to_owned(),
        text: column.link.name.clone(),
        selected: column.marked,
    });
    std::iter::once(none).chain(rest).collect()
}

/// The places of the organisations that become columns: all, or those with most cells filled.
fn columns(matrix: &Matrix) -> Vec<usize> {
    let filled = |place: &usize| matrix.lines.iter().filter(|line| !line.cells[*place].is_empty()).count();
    let mut places: Vec<usize> = (0..matrix.organisations.len()).collect();
    if places.len() > COLUMNS {
        places.sort_by_key(|place| std::cmp::Reverse(filled(place)));
        places.truncate(COLUMNS);
        places.sort_unstable();
    }
    places
}

fn column(snapshot: &Snapshot, row: OrganisationRow, mark: &str) -> Option<Column> {
    let entry = snapshot.organisation(row)?;
    Some(Column { link: Named::organisation(entry), letters: charts::letters(entry), marked: entry.record.slug == mark })
}

fn group(snapshot: &Snapshot, area: AreaRow, matrix: &Matrix, kept: &[usize], cells: &Cells) -> Option<Group> {
    let lines: Vec<&MatrixLine> = matrix.lines.iter().filter(|line| line.area == area).collect();
    let mut names: BTreeMap<&str, ProductRow> = BTreeMap::new();
    for line in &lines {
        for row in kept.iter().flat_map(|place| &line.cells[*place]) {
            names.insert(snapshot.product(*row)?.record.name.as_str(), *row);
        }
    }
    let letters = cells::letters(names.keys().copied());
    let rows = lines.iter().filter_map(|line| {
        let function = snapshot.function(line.function)?;
        let filled: Vec<Vec<Filled>> = kept
            .iter()
            .map(|place| {
                let organisation = matrix.organisations[*place];
                line.cells[*place]
                    .iter()
                    .filter_map(|product| {
                        let entry = snapshot.product(*product)?;
                        let name = entry.record.name.as_str();
                        let found = cells.get(&(line.function, organisation, *product));
                        let Use { ends, href } = found.cloned().unwrap_or_else(|| Use::unknown(records::product(entry).href));
                        Some(Filled {
                            letters: letters.get(name).cloned().unwrap_or_default(),
                            product: name.to_owned(),
                            class: ends.class(),
                            ends: ends.words(),
                            href,
                        })
                    })
                    .collect()
            })
            .collect();
        let organisations = filled.iter().filter(|cell| !cell.is_empty()).count();
        let mut products: Vec<&ProductRow> = kept.iter().flat_map(|place| &line.cells[*place]).collect();
        products.sort_unstable();
        products.dedup();
        (organisations > 0).then(|| Row {
            function: Named::new(&*function.record.name, "functions", &function.record.slug),
            products: products.len(),
            organisations,
            cells: filled,
        })
    });
    Some(Group {
        name: snapshot.area(area)?.record.name.clone(),
        rows: rows.collect(),
        products: names
            .keys()
            .map(|name| Letters { letters: letters.get(*name).cloned().unwrap_or_default(), name: (*name).to_owned() })
            .collect(),
    })
}
