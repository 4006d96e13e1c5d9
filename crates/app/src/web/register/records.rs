//! What the pages of products, suppliers, organisations, functions and systems share: systems as rows, the contract that
//! counts among several, shares as bars, sums of one kind. States and numbers only: the words stand in
//! `templates/register/uses.html`.

use super::{
    charts::percent,
    views::{self, Line, Named},
};
use domain::register::{
    completeness,
    money::Basis,
    records::Hosting,
    snapshot::{Aggregate, ContractRow, ContractView, ProductEntry, Snapshot, SystemEntry},
    terms::Status,
};
use jiff::civil::Date;
use serde::Serialize;

/// The most rows that a table on a record's page shows; the whole list is a link away.
pub const MOST: usize = 100;

/// A system as a row of a table.
#[derive(Clone, Debug, Serialize)]
pub struct Use {
    /// Its page.
    pub href: String,
    /// Whose it is.
    pub organisation: Named,
    /// What is in use.
    pub product: Named,
    /// Who makes that.
    pub maker: Option<Named>,
    /// What for.
    pub functions: Vec<Named>,
    /// How many people use it.
    pub users: Option<i64>,
    /// Where it runs, as data names it.
    pub hosting: Option<&'static str>,
    /// When someone last said that this is right.
    pub confirmed: Option<Date>,
    /// Whether that was more than a year ago.
    pub stale: bool,
    /// The contract that counts.
    pub contract: Option<Line>,
    /// How many contracts cover it besides that one.
    pub more_contracts: usize,
}

/// A hosting's name as data and templates use it.
#[must_use]
pub fn hosting(hosting: Hosting) -> &'static str {
    match hosting {
        Hosting::SupplierCloud => "supplier-cloud",
        Hosting::PublicCloud => "public-cloud",
        Hosting::OwnDataCentre => "own-data-centre",
        Hosting::SharedService => "shared-service",
    }
}

/// A product as a link.
#[must_use]
pub fn product(entry: &ProductEntry) -> Named {
    Named::new(&*entry.record.name, "products", entry.record.id)
}

/// Who makes a product.
#[must_use]
pub fn maker(snapshot: &Snapshot, entry: &ProductEntry) -> Option<Named> {
    let row = snapshot.supplier_by_id(entry.record.manufacturer?)?;
    snapshot.supplier(row).map(|entry| Named::new(&*entry.record.name, "suppliers", entry.record.id))
}

/// A system as a row; none where its organisation or product is gone, which the database's keys rule out.
#[must_use]
pub fn usage(snapshot: &Snapshot, entry: &SystemEntry) -> Option<Use> {
    let record = &entry.record;
    let organisation = snapshot.organisation(snapshot.organisation_by_id(record.organisation)?)?;
    let of = snapshot.product(snapshot.product_by_id(record.product)?)?;
    let as_at = snapshot.as_at();
    Some(Use {
        href: format!("/systems/{}", record.id),
        organisation: Named::organisation(organisation),
        product: product(of),
        maker: maker(snapshot, of),
        functions: functions(snapshot, &record.functions),
        users: record.users,
        hosting: record.hosting.map(hosting),
        confirmed: record.confirmed,
        stale: record.confirmed.is_some() && !completeness::fresh(record.confirmed, as_at),
        contract: governing(snapshot, &entry.contracts).map(|contract| views::line(&contract, as_at)),
        more_contracts: entry.contracts.len().saturating_sub(1),
    })
}

/// Functions as links, in the record's order.
#[must_use]
pub fn functions(snapshot: &Snapshot, ids: &[domain::register::ids::FunctionId]) -> Vec<Named> {
    ids.iter()
        .filter_map(|id| snapshot.function(snapshot.function_by_id(*id)?))
        .map(|entry| Named::new(&*entry.record.name, "functions", &entry.record.slug))
        .collect()
}

/// The contract that says until when: one past its end before one that runs, one that runs before one to come, and of
/// several the one that can run longest.
#[must_use]
pub fn governing<'s>(snapshot: &'s Snapshot, rows: &[ContractRow]) -> Option<ContractView<'s>> {
    let rank = |status: Status| match status {
        Status::PastEnd => 0,
        Status::Current => 1,
        Status::Future => 2,
        Status::NotKnown => 3,
        Status::Ended => 4,
    };
    rows.iter().map(|row| snapshot.contract(*row)).min_by_key(|contract| {
        // What has no end or none that is known runs longest.
        let end = contract.last_possible_end().unwrap_or(Date::MAX);
        (rank(contract.status()), std::cmp::Reverse(end), contract.id())
    })
}

/// A record with its share of the whole, for a bar beside its number.
#[derive(Clone, Debug, Serialize)]
pub struct Share {
    /// Its name and page.
    pub name: Named,
    /// How many.
    pub count: u32,
    /// In a hundred of the whole.
    pub percent: f64,
    /// Where these are listed.
    pub href: String,
}

/// Shares of counts, the greatest first, equal ones by name.
#[must_use]
pub fn shares(counts: Vec<(Named, u32, String)>, whole: u32) -> Vec<Share> {
    let mut shares: Vec<Share> = counts
        .into_iter()
        .map(|(name, count, href)| Share { name, count, percent: percent(f64::from(count), f64::from(whole)), href })
        .collect();
    shares.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.name.name.cmp(&b.name.name)));
    shares
}

/// How happy organisations are, with how many gave each answer.
#[derive(Clone, Debug, Serialize)]
pub struct Happiness {
    /// '3.4'.
    pub mean: String,
    /// In a hundred of the scale's top.
    pub percent: f64,
    /// How many organisations said.
    pub organisations: u32,
    /// From 5 down to 1: the answer, how many gave it, in a hundred; empty where too few said for that to be shown.
    pub answers: Vec<Answer>,
}

/// One answer of the scale.
#[derive(Clone, Debug, Serialize)]
pub struct Answer {
    value: u8,
    count: u32,
    percent: f64,
}

/// The aggregate of a product, in numbers that pages show.
#[must_use]
pub fn happiness(aggregate: &Aggregate) -> Happiness {
    Happiness {
        mean: format!("{}.{}", aggregate.mean_tenths / 10, aggregate.mean_tenths % 10),
        percent: percent(f64::from(aggregate.mean_tenths), 50.0),
        organisations: aggregate.organisations,
        answers: (1..=5_u8)
            .rev()
            .zip(aggregate.counts.unwrap_or_default().iter().rev())
            .filter(|_| aggregate.counts.is_some())
            .map(|(value, count)| Answer {
                value,
                count: *count,
                percent: percent(f64::from(*count), f64::from(aggregate.organisations)),
            })
            .collect(),
    }
}

/// Sums for a year, added up over the contracts that state one; other kinds of sum are left out, never converted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Annual {
    /// The sum in pence.
    pub pence: i64,
    /// How many contracts it rests on.
    pub known: u32,
    /// How many there are.
    pub of: u32,
}

impl Annual {
    /// Counts a contract, unless it has ended.
    pub fn add(&mut self, contract: &ContractView<'_>) {
        if contract.status() == Status::Ended {
            return;
        }
        self.of += 1;
        if let Some(value) = contract.value().filter(|value| value.basis == Basis::Annual && value.currency == "GBP") {
            self.known += 1;
            self.pence = self.pence.saturating_add(value.pence);
        }
    }
}

/// Contracts in figures, as the pages of records show them.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub struct Tally {
    /// All of them.
    pub contracts: u32,
    /// Last possible end within twelve months.
    pub ending: u32,
    /// Past their end.
    pub past_end: u32,
    /// A decision date missed.
    pub missed: u32,
    /// Sums for a year.
    pub annual: Annual,
}

impl Tally {
    /// Counts contracts as at the snapshot's day.
    #[must_use]
    pub fn of(snapshot: &Snapshot, rows: &[ContractRow]) -> Self {
        let as_at = snapshot.as_at();
        let year = domain::register::terms::add_months(as_at, 12);
        let mut tally = Tally::default();
        for contract in rows.iter().map(|row| snapshot.contract(*row)) {
            tally.contracts += 1;
            tally.past_end += u32::from(contract.status() == Status::PastEnd);
            tally.missed += u32::from(contract.decision_missed());
            // As the filter `ends=12` counts, so that the number and the list that it leads to agree.
            let ends = contract.last_possible_end().is_some_and(|end| end >= as_at && end <= year);
            tally.ending += u32::from(ends && contract.status() != Status::Ended);
            tally.annual.add(&contract);
        }
        tally
    }
}

/// A source as records keep it, apart into what it is and where: text before and after an address of the web.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Source {
    /// `brand`, `unverified` or nothing.
    pub mark: &'static str,
    /// The address, where the source begins with one.
    pub url: Option<String>,
    /// The rest.
    pub text: String,
}

impl Source {
    /// Takes a source apart.
    #[must_use]
    pub fn of(source: Option<&str>) -> Self {
        use domain::register::names::{BRAND, UNVERIFIED};
        let text = source.unwrap_or_default();
        let (mark, text) = match (text.strip_prefix(BRAND), text.strip_prefix(UNVERIFIED)) {
            (Some(rest), _) => ("brand", rest),
            (_, Some(rest)) => ("unverified", rest),
            _ => ("", text),
        };
        if !(text.starts_with("https://") || text.starts_with("http://")) {
            return Self { mark, url: None, text: text.to_owned() };
        }
        let (url, rest) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
        let url = url.trim_end_matches(['.', ',', ';']);
        Self { mark, url: Some(url.to_owned()), text: rest.trim().to_owned() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_source_that_is_an_address_becomes_a_link_and_no_other_does() {
        let source = Source::of(Some("https://example.org/news/. Sale agreed on this day"));
        assert_eq!(source.url.as_deref(), Some("https://example.org/news/"));
        assert_eq!(source.text, "Sale agreed on this day");
        assert_eq!(Source::of(Some("javascript:alert(1)")).url, None);
        assert_eq!(Source::of(Some("not verified: notes")), Source { mark: "unverified", url: None, text: "notes".into() });
        assert_eq!(Source::of(None), Source::default());
    }

    #[test]
    fn happiness_is_shown_from_the_top_of_the_scale_down() {
        let seen = happiness(&Aggregate { mean_tenths: 34, organisations: 10, counts: Some([0, 2, 4, 2, 2]) });
        assert_eq!((seen.mean.as_str(), seen.percent), ("3.4", 68.0));
        let answers: Vec<_> = seen.answers.iter().map(|answer| (answer.value, answer.count, answer.percent)).collect();
        assert_eq!(answers[0], (5, 2, 20.0));
        assert_eq!(answers[2], (3, 4, 40.0));
        let few = happiness(&Aggregate { mean_tenths: 34, organisations: 5, counts: None });
        assert!(few.answers.is_empty());
    }

    #[test]
    fn shares_come_greatest_first() {
        let named = |name: &str| Named::new(name, "organisations", name);
        let shares =
            shares(vec![(named("b"), 1, String::new()), (named("c"), 2, String::new()), (named("a"), 1, String::new())], 4);
        let seen: Vec<_> = shares.iter().map(|share| (share.name.name.as_str(), share.percent)).collect();
        assert_eq!(seen, [("c", 50.0), ("a", 25.0), ("b", 25.0)]);
    }
}
