//! `/organisations/{slug}`: everything one organisation runs, how complete and fresh its record is and what would raise that
//! most, what it must decide next.

use super::{
    charts::{self, percent},
    records::{self, Annual, Tally, Use},
    skills,
    views::{self, Line},
};
use crate::{
    error::Failure,
    state::App,
    web::{
        page::{self, GetAs},
        query::Params,
        session::Caller,
    },
};
use axum::{
    extract::{Path, State},
    response::Html,
};
use domain::people::Act;
use domain::register::{
    completeness::{FixGain, Score},
    records::{Organisation, OrganisationKind},
    snapshot::{ContractRow, ContractView, Filters, ListFilters, ListQuery, OrganisationEntry, Snapshot, Sort, SystemEntry},
    terms::{Status, add_months},
};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// How many contracts to decide on the page shows.
const DECIDE: usize = 8;
/// How many skills it shows.
const SKILLS: usize = 8;

#[derive(Serialize)]
struct View {
    record: Record,
    tally: Tally,
    systems: u32,
    suppliers: usize,
    score: Option<ScoreView>,
    areas: Vec<AreaLine>,
    decide: Vec<Line>,
    groups: Vec<Group>,
    shown: usize,
    planned: usize,
    /// Its skills, the first by name, and how many it has.
    skills: Vec<skills::Row>,
    skill_count: u64,
    get: Vec<GetAs>,
    /// Whether the reader may keep its register.
    keep: bool,
}

/// What is known of the organisation itself.
#[derive(Serialize)]
struct Record {
    #[serde(flatten)]
    organisation: Organisation,
    /// `council` and so on, for the template's words.
    kind_name: &'static str,
    /// Whether it is a member of the network on the as-at day.
    member: bool,
}

/// Its score, with what it is made of.
#[derive(Serialize)]
struct ScoreView {
    points: u8,
    class: &'static str,
    complete: u8,
    confirmed: u8,
    records: u32,
    /// The middle score of organisations of its kind, and of how many.
    middle: Option<(u8, usize)>,
    fixes: Vec<FixLine>,
}

/// One thing that would raise the score.
#[derive(Serialize)]
struct FixLine {
    fix: &'static str,
    records: u32,
    /// '+3', '+0.4'.
    gain: String,
    /// The records concerned.
    href: String,
}

/// What it runs for one service area.
#[derive(Serialize)]
struct AreaLine {
    name: String,
    href: Option<String>,
    systems: u32,
    contracts: u32,
    /// In a hundred of the widest bar: contracts that end last within 24 months, and the others.
    soon_width: f64,
    rest_x: f64,
    rest_width: f64,
    soon: u32,
    annual: Annual,
}

/// Systems under a service area.
#[derive(Serialize)]
struct Group {
    name: String,
    uses: Vec<Use>,
}

/// The page.
///
/// # Errors
/// Not found for a slug that is not there.
pub async fn page(State(app): State<App>, caller: Caller, Path(slug): Path<String>) -> Result<Html<String>, Failure> {
    let snapshot = app.snapshot();
    let row = snapshot.organisation_by_slug(&slug).ok_or_else(Failure::not_found)?;
    let entry = snapshot.organisation(row).ok_or_else(Failure::not_found)?;
    let frame = page::record_frame(&app, &entry.record.name, "organisations", "Organisations");
    let mut view = view(&snapshot, entry);
    view.keep = caller.may(&Act::EditRegister(entry.record.id));
    page::render(&app, "register/organisation.html", &frame, view)
}

fn view(snapshot: &Snapshot, entry: &OrganisationEntry) -> View {
    let slug = &entry.record.slug;
    let as_at = snapshot.as_at();
    let filters = Filters { organisation: vec![slug.clone()], ..Filters::default() };
    let rows: Vec<ContractRow> = snapshot.all_contracts(&filters, Sort::Attention).collect();
    let systems: Vec<&SystemEntry> =
        snapshot.system_entries().iter().filter(|system| system.record.organisation == entry.record.id).collect();
    let suppliers: BTreeSet<_> = rows.iter().flat_map(|row| snapshot.contract(*row).supplier_rows()).collect();
    let groups = groups(snapshot, &systems);
    let query = ListQuery {
        filters: ListFilters { organisation: vec![slug.clone()], ..ListFilters::default() },
        limit: SKILLS,
        ..ListQuery::default()
    };
    let skills = snapshot.skills(&query);
    View {
        keep: false,
        tally: Tally::of(snapshot, &rows),
        systems: entry.systems,
        suppliers: suppliers.len(),
        score: score(snapshot, entry),
        areas: areas(snapshot, slug, &systems, &rows),
        decide: views::lines(snapshot, &to_decide(snapshot, &rows)),
        shown: groups.iter().map(|group| group.uses.len()).sum(),
        groups,
        planned: snapshot.planned_entries().iter().filter(|plan| plan.record.organisation == entry.record.id).count(),
        skill_count: skills.total,
        skills: skills.rows.iter().filter_map(|row| Some(skills::row(snapshot, &snapshot.skill(*row)?.record))).collect(),
        get: page::get_tables(&Params::made(&[("organisation", slug.as_str())]), "systems", u64::from(entry.systems)),
        record: Record {
            kind_name: kind(entry.record.kind),
            member: entry.record.is_member(as_at),
            organisation: Organisation::clone(&entry.record),
        },
    }
}

/// A kind of organisation as templates ask for it.
#[must_use]
pub(super) fn kind(kind: OrganisationKind) -> &'static str {
    match kind {
        OrganisationKind::Council => "council",
        OrganisationKind::Hub => "hub",
        OrganisationKind::Authority => "authority",
        OrganisationKind::Partner => "partner",
        OrganisationKind::Other => "other",
    }
}

fn score(snapshot: &Snapshot, entry: &OrganisationEntry) -> Option<ScoreView> {
    let own: &Score = &entry.completeness;
    let mut others: Vec<u8> = snapshot
        .organisations()
        .iter()
        .filter(|other| other.record.kind == entry.record.kind)
        .filter_map(|other| other.completeness.points)
        .collect();
    others.sort_unstable();
    let middle = others.get(others.len() / 2).filter(|_| others.len() >= 3).map(|points| (*points, others.len()));
    own.points.map(|points| ScoreView {
        points,
        class: charts::score_class(own.points),
        complete: own.complete_percent,
        confirmed: own.confirmed_percent,
        records: own.records,
        middle,
        fixes: own.fixes.iter().map(|gain| fix(gain, &entry.record.slug)).collect(),
    })
}

fn fix(gain: &FixGain, slug: &str) -> FixLine {
    let (whole, tenths) = (gain.gain_tenths / 10, gain.gain_tenths % 10);
    FixLine {
        fix: gain.fix.as_str(),
        records: gain.records,
        gain: if tenths == 0 { format!("+{whole}") } else { format!("+{whole}.{tenths}") },
        href: match gain.fix.contracts_filter() {
            Some(missing) => format!("/contracts?keeper={slug}&missing={missing}"),
            None => format!("/systems?organisation={slug}&missing={}", gain.fix.as_str()),
        },
    }
}

/// What it runs, by service area; what has no function comes last, under no name.
fn areas(snapshot: &Snapshot, slug: &str, systems: &[&SystemEntry], rows: &[ContractRow]) -> Vec<AreaLine> {
    #[derive(Default)]
    struct Sum {
        systems: u32,
        contracts: u32,
        soon: u32,
        annual: Annual,
    }
    let mut sums: BTreeMap<usize, Sum> = BTreeMap::new();
    for system in systems {
        for area in areas_of(snapshot, system) {
            sums.entry(area).or_default().systems += 1;
        }
    }
    let until = add_months(snapshot.as_at(), 24);
    for contract in rows.iter().map(|row| snapshot.contract(*row)).filter(|contract| contract.status() != Status::Ended) {
        let mut places: BTreeSet<usize> = contract.area_rows().map(|row| row.index()).collect();
        if places.is_empty() {
            places.insert(usize::MAX);
        }
        for place in places {
            let sum = sums.entry(place).or_default();
            sum.contracts += 1;
            let soon = contract.status() == Status::PastEnd || contract.last_possible_end().is_some_and(|end| end <= until);
            sum.soon += u32::from(soon);
            sum.annual.add(&contract);
        }
    }
    let widest = f64::from(sums.values().map(|sum| sum.contracts).max().unwrap_or(0));
    let mut lines: Vec<AreaLine> = sums
        .into_iter()
        .map(|(place, sum)| {
            let area = snapshot.areas().get(place);
            let soon_width = percent(f64::from(sum.soon), widest);
            AreaLine {
                name: area.map_or_else(|| "Not placed yet".to_owned(), |area| area.record.name.clone()),
                href: area.map(|area| {
                    let list = if sum.systems > 0 { "systems" } else { "contracts" };
                    format!("/{list}?organisation={slug}&service_area={}", area.record.slug)
                }),
                systems: sum.systems,
                contracts: sum.contracts,
                soon_width,
                rest_x: soon_width,
                rest_width: percent(f64::from(sum.contracts - sum.soon), widest),
                soon: sum.soon,
                annual: sum.annual,
            }
        })
        .collect();
    lines.sort_by(|a, b| {
        (a.href.is_none(), b.systems, b.contracts, &a.name).cmp(&(b.href.is_none(), a.systems, a.contracts, &b.name))
    });
    lines
}

/// The places of a system's service areas; beyond all of them for one that has none.
fn areas_of(snapshot: &Snapshot, system: &SystemEntry) -> BTreeSet<usize> {
    let found: BTreeSet<usize> = system
        .record
        .functions
        .iter()
        .filter_map(|id| snapshot.function(snapshot.function_by_id(*id)?)?.record.service_area)
        .filter_map(|id| snapshot.area_by_id(id))
        .map(|row| row.index())
        .collect();
    if found.is_empty() { BTreeSet::from([usize::MAX]) } else { found }
}

/// Its systems by service area, each once, under the first area of its functions.
fn groups(snapshot: &Snapshot, systems: &[&SystemEntry]) -> Vec<Group> {
    let mut by_area: BTreeMap<usize, Vec<Use>> = BTreeMap::new();
    for system in systems {
        let first = areas_of(snapshot, system).first().copied().unwrap_or(usize::MAX);
        by_area.entry(first).or_default().extend(records::usage(snapshot, system));
    }
    let mut left = records::MOST;
    let mut groups = Vec::new();
    let mut by_area: Vec<(usize, Vec<Use>)> = by_area.into_iter().collect();
    by_area.sort_by_key(|(place, _)| snapshot.areas().get(*place).map_or(i64::MAX, |area| area.record.position));
    for (place, mut uses) in by_area {
        uses.sort_by(|a, b| (&a.product.name, &a.href).cmp(&(&b.product.name, &b.href)));
        uses.truncate(left);
        left -= uses.len();
        if !uses.is_empty() {
            let name = snapshot.areas().get(place).map_or_else(|| "Not placed yet".to_owned(), |area| area.record.name.clone());
            groups.push(Group { name, uses });
        }
    }
    groups
}

/// Contracts that need a decision: those past their end, unless another took their place, then by the day of the next decision.
fn to_decide(snapshot: &Snapshot, rows: &[ContractRow]) -> Vec<ContractRow> {
    let past = |contract: &ContractView<'_>| contract.status() == Status::PastEnd && !contract.outlook().succeeded;
    let mut open: Vec<_> = rows
        .iter()
        .map(|row| snapshot.contract(*row))
        .filter(|contract| past(contract) || contract.decision_date().is_some() || contract.decision_missed())
        .filter(|contract| contract.status() != Status::Ended)
        .collect();
    open.sort_by_key(|contract| {
        let none_left = contract.decision_missed() && contract.decision_date().is_none();
        let first = match (contract.status() == Status::PastEnd, none_left) {
            (true, _) => 0,
            (_, true) => 1,
            _ => 2,
        };
        (first, contract.decision_date().or(contract.last_possible_end()), contract.id())
    });
    open.into_iter().take(DECIDE).map(|contract| contract.row()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::register::completeness::Fix;

    #[test]
    fn a_fix_leads_to_the_records_it_is_about_and_says_its_gain_to_a_tenth() {
        let contracts = fix(&FixGain { fix: Fix::End, records: 3, gain_tenths: 43 }, "camden");
        assert_eq!((contracts.href.as_str(), contracts.gain.as_str()), ("/contracts?keeper=camden&missing=end", "+4.3"));
        let systems = fix(&FixGain { fix: Fix::SystemHosting, records: 2, gain_tenths: 10 }, "camden");
        assert_eq!((systems.href.as_str(), systems.gain.as_str()), ("/systems?organisation=camden&missing=system-hosting", "+1"));
    }
}
