//! What stands in the matrix's cells: until when an organisation uses a product for a function, and where that is recorded.

use super::records;
use domain::register::{
    snapshot::{AreaRow, ContractView, Filters, FunctionRow, OrganisationRow, ProductRow, Snapshot, Sort},
    terms::{Status, TermState, add_months},
};
use jiff::civil::Date;
use std::collections::{HashMap, HashSet};

/// When a contract can end, in the steps of the matrix's colours; what needs attention first comes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Ends {
    /// Past its end, still in use.
    PastEnd,
    /// Within twelve months.
    Year,
    /// In twelve to thirty months.
    Next,
    /// Later, or it has no end.
    Later,
    /// Nobody has said.
    NotKnown,
}

impl Ends {
    /// When a contract can end, seen from a day.
    #[must_use]
    pub fn of(contract: &ContractView<'_>, as_at: Date) -> Self {
        Self::when(contract.status(), contract.term(), contract.last_possible_end(), as_at)
    }

    fn when(status: Status, term: TermState, last: Option<Date>, as_at: Date) -> Self {
        match (status, term, last) {
            (Status::PastEnd, ..) => Ends::PastEnd,
            (Status::Ended, ..) => Ends::NotKnown,
            (_, TermState::RenewsYearly | TermState::Rolling, _) => Ends::Later,
            (_, _, Some(day)) if day <= add_months(as_at, 12) => Ends::Year,
            (_, _, Some(day)) if day <= add_months(as_at, 30) => Ends::Next,
            (_, _, Some(_)) => Ends::Later,
            (_, _, None) => Ends::NotKnown,
        }
    }

    /// What it says, in words.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Ends::PastEnd => "past its end, still in use",
            Ends::Year => "ends within 12 months",
            Ends::Next => "ends in 12 to 30 months",
            Ends::Later => "ends later, rolls or renews",
            Ends::NotKnown => "end not known",
        }
    }

    /// Its name in data.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Ends::PastEnd => "past-end",
            Ends::Year => "year",
            Ends::Next => "next",
            Ends::Later => "later",
            Ends::NotKnown => "not-known",
        }
    }

    /// Its colour.
    #[must_use]
    pub fn class(self) -> &'static str {
        match self {
            Ends::PastEnd => "ct-e-past",
            Ends::Year => "ct-e-year",
            Ends::Next => "ct-e-next",
            Ends::Later => "ct-e-later",
            Ends::NotKnown => "ct-e-unknown",
        }
    }
}

/// One use of a product.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Use {
    /// Until when.
    pub ends: Ends,
    /// The system, or the contract where no system is recorded.
    pub href: String,
}

impl Use {
    /// A use of which nothing more is known.
    #[must_use]
    pub fn unknown(href: String) -> Self {
        Self { ends: Ends::NotKnown, href }
    }
}

/// Uses by function, organisation and product.
pub type Cells = HashMap<(FunctionRow, OrganisationRow, ProductRow), Use>;

/// Every use for a function of these service areas.
#[must_use]
pub fn of(snapshot: &Snapshot, areas: &[AreaRow]) -> Cells {
    let as_at = snapshot.as_at();
    let wanted: HashSet<FunctionRow> =
        areas.iter().filter_map(|area| snapshot.area(*area)).flat_map(|area| area.functions.iter().copied()).collect();
    let mut cells = Cells::new();
    for system in snapshot.system_entries() {
        let record = &system.record;
        let organisation = snapshot.organisation_by_id(record.organisation);
        let (Some(organisation), Some(product)) = (organisation, snapshot.product_by_id(record.product)) else { continue };
        let functions = record.functions.iter().filter_map(|id| snapshot.function_by_id(*id));
        let mut ends = None;
        for function in functions.filter(|function| wanted.contains(function)) {
            let ends = *ends.get_or_insert_with(|| {
                records::governing(snapshot, &system.contracts).map_or(Ends::NotKnown, |contract| Ends::of(&contract, as_at))
            });
            put(&mut cells, (function, organisation, product), Use { ends, href: format!("/systems/{}", record.id) });
        }
    }
    // A contract tells of a use that no system is recorded for.
    let slugs = areas.iter().filter_map(|area| snapshot.area(*area)).map(|area| area.record.slug.clone());
    let filters = Filters { service_area: slugs.collect(), ..Filters::default() };
    for row in snapshot.all_contracts(&filters, Sort::Attention) {
        let contract = snapshot.contract(row);
        if contract.status() == Status::Ended {
            continue;
        }
        for product in contract.product_rows() {
            for function in contract.function_rows().filter(|function| wanted.contains(function)) {
                for organisation in contract.organisation_rows() {
                    cells.entry((function, organisation, product)).or_insert_with(|| Use {
                        ends: Ends::of(&contract, as_at),
                        href: format!("/contracts/{}", contract.id()),
                    });
                }
            }
        }
    }
    cells
}

/// Of several uses of one product, the one that needs attention first is shown.
fn put(cells: &mut Cells, key: (FunctionRow, OrganisationRow, ProductRow), found: Use) {
    match cells.get_mut(&key) {
        Some(known) if known.ends <= found.ends => {}
        Some(known) => *known = found,
        None => {
            cells.insert(key, found);
        }
    }
}

/// Letters for each name, no two alike: two of its own where they are free ('Ca' for Carelattice, 'Cl' for Callmoor beside it),
/// else its first with a number ('P1').
#[must_use]
pub fn letters<'n>(names: impl Iterator<Item = &'n str>) -> HashMap<String, String> {
    let mut taken: HashSet<String> = HashSet::new();
    let mut letters = HashMap::new();
    for name in names {
        let mut characters = name.chars().filter(|c| c.is_alphanumeric());
        let first = characters.next().unwrap_or('#');
        let rest: Vec<char> = characters.collect();
        let pair = |second: &char| first.to_uppercase().chain(second.to_lowercase()).collect::<String>();
        let alone = || first.to_uppercase().collect::<String>();
        let own = rest.iter().map(pair).chain(rest.is_empty().then(alone)).find(|own| !taken.contains(own));
        // There are more numbers than names, so that one of them is free.
        let numbered = || (1..=taken.len() + 1).map(|number| format!("{}{number}", alone())).find(|own| !taken.contains(own));
        let Some(chosen) = own.or_else(numbered) else { continue };
        taken.insert(chosen.clone());
        letters.insert(name.to_owned(), chosen);
    }
    letters
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn products_of_one_group_have_letters_of_their_own() {
        let given = letters(["Callmoor", "Carelattice", "C", "Fernwell"].into_iter());
        assert_eq!([&given["Callmoor"], &given["Carelattice"], &given["C"], &given["Fernwell"]], ["Ca", "Cr", "C", "Fe"]);
    }

    #[test]
    fn products_whose_names_are_alike_have_letters_of_their_own_too() {
        let names: Vec<String> =
            (0..60).map(|number| format!("Product {}", "x".repeat(number))).chain(["★".to_owned()]).collect();
        let given = letters(names.iter().map(String::as_str));
        assert_eq!(given.len(), names.len());
        assert_eq!(given.values().collect::<HashSet<_>>().len(), names.len(), "{given:?}");
        assert!(given.values().all(|letters| letters.chars().count() <= 3), "{given:?}");
        assert_eq!(given["Product "], "Pr");
    }

    #[test]
    fn colours_step_at_twelve_and_thirty_months() {
        let as_at = date(2026, 11, 23);
        let when = |last: Option<Date>| Ends::when(Status::Current, TermState::Fixed, last, as_at);
        assert_eq!(when(Some(date(2027, 11, 23))), Ends::Year);
        assert_eq!(when(Some(date(2027, 11, 24))), Ends::Next);
        assert_eq!(when(Some(date(2029, 5, 24))), Ends::Later);
        assert_eq!(when(None), Ends::NotKnown);
        assert_eq!(Ends::when(Status::PastEnd, TermState::PastEnd, Some(date(2020, 1, 1)), as_at), Ends::PastEnd);
        assert_eq!(Ends::when(Status::Current, TermState::Rolling, None, as_at), Ends::Later);
    }
}
