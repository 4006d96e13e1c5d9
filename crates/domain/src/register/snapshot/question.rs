//! The questions asked of the contracts, and the shape of the answers. No matching here.

use super::{cursor::Cursor, rows::ContractRow};
use crate::register::records::OrganisationKind;
use jiff::civil::Date;
use serde::Serialize;

/// Which contracts. Repeats within one list are 'or', the lists among themselves are 'and'; an unknown value matches
/// nothing. An empty list does not filter.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filters {
    /// Slugs of organisations whose contract it is, alone or jointly.
    pub organisation: Vec<String>,
    /// Slugs of organisations that keep the record, and are judged by it: of a joint contract one.
    pub keeper: Vec<String>,
    /// Kinds of the organisations whose contract it is, as [`KINDS`] names them.
    pub organisation_kind: Vec<String>,
    /// Whether one of them is a member of the network, as [`super::MEMBER`] names it.
    pub member: Vec<String>,
    /// Ids of suppliers.
    pub supplier: Vec<String>,
    /// Ids of products.
    pub product: Vec<String>,
    /// Slugs of functions.
    pub function: Vec<String>,
    /// Slugs of service areas.
    pub service_area: Vec<String>,
    /// Names of frameworks.
    pub framework: Vec<String>,
    /// Beginnings of CPV codes; two digits are a division.
    pub cpv: Vec<String>,
    /// Names of [`crate::register::terms::Status`].
    pub status: Vec<String>,
    /// Names of [`crate::register::terms::TermState`].
    pub term: Vec<String>,
    /// Sources, as in `register` or `ocds-b5fd17`.
    pub source: Vec<String>,
    /// What is missing from the record: names of [`crate::register::completeness::Fix`] that concern contracts.
    pub missing: Vec<String>,
    /// `missed`, or the next decision falls in the next `6`, `12` or `24` months.
    pub decision: Vec<String>,
    /// Ends in the next `6`, `12` or `24` months, `past-end`, `no-end`, `not-known`.
    pub ends: Vec<String>,
    /// The last possible end is this day or later.
    pub ends_from: Option<Date>,
    /// The last possible end is this day or earlier.
    pub ends_to: Option<Date>,
    /// The value is at least so many pence, of whatever kind.
    pub value_from: Option<i64>,
    /// The value is at most so many pence, of whatever kind.
    pub value_to: Option<i64>,
    /// Words, all of which must be met; each matches the beginnings of words, in quotes whole words.
    pub q: Option<String>,
}

/// The order of contracts. What is not known comes last in both directions; ties go by id.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Sort {
    /// Past its end first, then by last possible end ahead, no end, not known, ended.
    #[default]
    Attention,
    /// Last possible end, earliest first.
    Ends,
    /// Last possible end, latest first.
    EndsDescending,
    /// Value, smallest first.
    Value,
    /// Value, greatest first.
    ValueDescending,
    /// Title, without regard to case and accents.
    Title,
}

impl Sort {
    /// All of them.
    pub const ALL: [Sort; 6] =
        [Sort::Attention, Sort::Ends, Sort::EndsDescending, Sort::Value, Sort::ValueDescending, Sort::Title];

    /// Its name in the API; empty for the default.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Sort::Attention => "",
            Sort::Ends => "ends",
            Sort::EndsDescending => "-ends",
            Sort::Value => "value",
            Sort::ValueDescending => "-value",
            Sort::Title => "title",
        }
    }

    /// The sort of this name in the API.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|sort| sort.as_str() == name)
    }
}

/// What contracts are counted by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs)]
pub enum Facet {
    Organisation,
    Supplier,
    Product,
    Function,
    ServiceArea,
    Framework,
    /// By CPV division, the first two digits.
    Cpv,
    Status,
    Term,
    /// By pre-set windows of the last possible end; they overlap.
    Ends,
    /// By whether and when a decision is due; the windows overlap.
    Decision,
    /// By the kinds of its organisations.
    OrganisationKind,
    /// By whether one of its organisations is a member of the network.
    Member,
}

/// The kinds of organisation by their names, in the order in which pages list them.
pub const KINDS: [(&str, OrganisationKind); 5] = [
    ("council", OrganisationKind::Council),
    ("hub", OrganisationKind::Hub),
    ("authority", OrganisationKind::Authority),
    ("partner", OrganisationKind::Partner),
    ("other", OrganisationKind::Other),
];

impl Facet {
    /// All of them.
    pub const ALL: [Facet; 13] = [
        Facet::Organisation,
        Facet::Supplier,
        Facet::Product,
        Facet::Function,
        Facet::ServiceArea,
        Facet::Framework,
        Facet::Cpv,
        Facet::Status,
        Facet::Term,
        Facet::Ends,
        Facet::Decision,
        Facet::OrganisationKind,
        Facet::Member,
    ];

    /// Its name in the API, which is also the name of its filter.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Facet::Organisation => "organisation",
            Facet::Supplier => "supplier",
            Facet::Product => "product",
            Facet::Function => "function",
            Facet::ServiceArea => "service_area",
            Facet::Framework => "framework",
            Facet::Cpv => "cpv",
            Facet::Status => "status",
            Facet::Term => "term",
            Facet::Ends => "ends",
            Facet::Decision => "decision",
            Facet::OrganisationKind => "organisation_kind",
            Facet::Member => "member",
        }
    }

    /// The facet of this name in the API.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|facet| facet.as_str() == name)
    }
}

/// How many contracts there are with one value of a facet, its own filter left out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FacetCount<'s> {
    /// What the filter takes.
    pub value: &'s str,
    /// What people read. For the closed lists (status, term, ends, decision) it equals the value: sentences are made by
    /// the application.
    pub label: &'s str,
    /// How many.
    pub count: u32,
    /// Whether the filter holds this value.
    #[serde(skip)]
    pub chosen: bool,
}

/// A question to the contracts.
#[derive(Clone, Debug, Default)]
pub struct ContractQuery {
    /// Which contracts.
    pub filters: Filters,
    /// In which order.
    pub sort: Sort,
    /// What to count by.
    pub facets: Vec<Facet>,
    /// At most so many values a facet, those with most contracts (chosen values always stay); none for all.
    pub facet_limit: Option<usize>,
    /// How many rows.
    pub limit: usize,
    /// Rows after this one; as the previous page gave it.
    pub after: Option<Cursor>,
    /// Rows to pass over; for numbered pages.
    pub offset: usize,
}

/// The answer.
#[derive(Clone, Debug)]
pub struct ContractPage<'s> {
    /// How many contracts match, whatever the page.
    pub total: u64,
    /// This page's rows, in order.
    pub rows: Vec<ContractRow>,
    /// The facets asked for, in the order asked; most frequent value first, then by label.
    pub facets: Vec<(Facet, Vec<FacetCount<'s>>)>,
    /// Where the next page starts, if there is one.
    pub next: Option<Cursor>,
}
