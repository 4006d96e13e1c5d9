//! `/matrix`: functions by organisations, one service area at a time.

use super::{records, views::Named};
use crate::{
    error::Failure,
    state::App,
    web::{page, query::Params},
};
use axum::{extract::State, response::Html};
use domain::register::{
    snapshot::{ContractView, OrganisationRow, ProductRow, Snapshot},
    terms::{Status, TermState, add_months},
};
use govuk::Link;
use jiff::civil::Date;
use serde::Serialize;
use std::collections::HashMap;

#[derive(Serialize)]
struct View {
    areas: Vec<Choice>,
    area: String,
    organisations: Vec<Organisation>,
    lines: Vec<Row>,
}

#[derive(Serialize)]
struct Choice {
    value: String,
    text: String,
    selected: bool,
}

#[derive(Serialize)]
struct Organisation {
    link: Named,
    letters: String,
}

#[derive(Serialize)]
struct Row {
    function: Named,
    cells: Vec<Cell>,
    used: usize,
}

#[derive(Serialize)]
struct Cell {
    letters: String,
    organisation: String,
    products: Vec<Product>,
}

#[derive(Serialize)]
struct Product {
    link: Named,
    initials: String,
    class: &'static str,
    words: &'static str,
}

/// When what an organisation uses can end, by organisation and product.
type Ends = HashMap<(OrganisationRow, ProductRow), (&'static str, &'static str)>;

fn ends(snapshot: &Snapshot) -> Ends {
    let mut ends = Ends::new();
    for system in snapshot.system_entries() {
        let organisation = snapshot.organisation_by_id(system.record.organisation);
        let product = snapshot.product_by_id(system.record.product);
        if let (Some(organisation), Some(product)) = (organisation, product) {
            let end = records::governing(snapshot, &system.contracts).map(|contract| end(&contract, snapshot.as_at()));
            ends.insert((organisation, product), end.unwrap_or(("ct-e-unknown", "end not known")));
        }
    }
    ends
}

fn end(contract: &ContractView<'_>, as_at: Date) -> (&'static str, &'static str) {
    match (contract.status(), contract.term(), contract.last_possible_end()) {
        (Status::PastEnd, ..) => ("ct-e-past", "past its end"),
        (_, TermState::RenewsYearly | TermState::Rolling, _) => ("ct-e-later", "no end"),
        (_, _, Some(day)) if day <= add_months(as_at, 12) => ("ct-e-year", "ends within 12 months"),
        (_, _, Some(day)) if day <= add_months(as_at, 30) => ("ct-e-next", "ends in 12 to 30 months"),
        (_, _, Some(_)) => ("ct-e-later", "ends later"),
        (_, _, None) => ("ct-e-unknown", "end not known"),
    }
}

/// Two letters of a product's name: 'Li' of Lintel.
fn initials(name: &str) -> String {
    name.chars().filter(|c| c.is_alphanumeric()).take(2).collect()
}

fn letters(snapshot: &Snapshot, row: OrganisationRow) -> Organisation {
    let entry = snapshot.organisation(row);
    let name = entry.map(|entry| entry.record.name.clone()).unwrap_or_default();
    let own = entry.and_then(|entry| entry.record.letters.clone());
    Organisation {
        letters: own.unwrap_or_else(|| name.chars().filter(|c| c.is_alphabetic()).take(3).collect::<String>().to_uppercase()),
        link: Named::new(name, "organisations", entry.map(|entry| entry.record.slug.as_str()).unwrap_or_default()),
    }
}

/// The page.
///
/// # Errors
/// Not found for a service area that is not there.
pub async fn page(State(app): State<App>, params: Params) -> Result<Html<String>, Failure> {
    let snapshot = app.snapshot();
    let mut areas: Vec<_> = snapshot.areas().iter().collect();
    areas.sort_by_key(|area| area.record.position);
    let most = areas.iter().max_by_key(|area| area.systems).map(|area| area.record.slug.as_str());
    let slug = params.one("service_area").or(most).unwrap_or_default().to_owned();
    let area = snapshot.area_by_slug(&slug).ok_or_else(Failure::not_found)?;
    let matrix = snapshot.matrix(&[area]);
    let ends = ends(&snapshot);
    let organisations: Vec<Organisation> = matrix.organisations.iter().map(|row| letters(&snapshot, *row)).collect();
    let lines = matrix.lines.iter().filter_map(|line| {
        let function = snapshot.function(line.function)?;
        let cells: Vec<Cell> = line
            .cells
            .iter()
            .zip(&matrix.organisations)
            .zip(&organisations)
            .map(|((products, row), organisation)| Cell {
                letters: organisation.letters.clone(),
                organisation: organisation.link.name.clone(),
                products: products
                    .iter()
                    .filter_map(|product| {
                        let entry = snapshot.product(*product)?;
                        let (class, words) = ends.get(&(*row, *product)).copied().unwrap_or(("ct-e-unknown", "end not known"));
                        Some(Product { link: records::product(entry), initials: initials(&entry.record.name), class, words })
                    })
                    .collect(),
            })
            .collect();
        let used = cells.iter().filter(|cell| !cell.products.is_empty()).count();
        Some(Row { function: Named::new(&*function.record.name, "functions", &function.record.slug), cells, used })
    });
    let name = snapshot.area(area).map(|area| area.record.name.clone()).unwrap_or_default();
    let view = View {
        lines: lines.collect(),
        organisations,
        areas: areas
            .iter()
            .map(|area| Choice {
                value: area.record.slug.clone(),
                text: area.record.name.clone(),
                selected: area.record.slug == slug,
            })
            .collect(),
        area: name.clone(),
    };
    let mut frame = page::frame(&app, format!("Matrix: {name}"), Some("matrix"));
    frame.at_section = true;
    frame.breadcrumbs = vec![Link::new("Home", "/")];
    page::render(&app, "register/matrix.html", &frame, view)
}
