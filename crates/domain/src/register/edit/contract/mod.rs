//! A contract as groups of answers, one group a question page, and back. Reading what was said of an unchanged record gives
//! that record again.
//!
//! | module | what lives there |
//! |---|---|
//! | `say` | a record as answers |
//! | `read` | answers into a record |

mod read;
mod say;

pub use read::read;
pub(super) use read::{functions, rows};
pub use say::say;

use crate::register::{
    ids::{FunctionId, OrganisationId, ProductId, SupplierId},
    money::{Basis, Vat},
    records::{Contract, SupplierState},
    terms::{ExtensionBy, ExtensionKind, TermKind},
};
use serde::Serialize;

/// A group of questions about a contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Group {
    /// Title, reference, description.
    About,
    /// Who supplies.
    Suppliers,
    /// Products, functions, systems, other organisations it serves.
    Covers,
    /// How it runs: start, end, notice, review, still in use.
    Dates,
    /// Options to extend, breaks.
    Options,
    /// What it is worth.
    Value,
    /// Route, framework, CPV, address of a notice.
    Buying,
    /// Owning service, contract manager, note, and whether it is public.
    Care,
}

impl Group {
    /// All of them, in the order in which a new contract is asked for.
    pub const ALL: [Group; 8] =
        [Group::About, Group::Suppliers, Group::Covers, Group::Dates, Group::Options, Group::Value, Group::Buying, Group::Care];

    /// Its name in addresses.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Group::About => "about",
            Group::Suppliers => "suppliers",
            Group::Covers => "covers",
            Group::Dates => "dates",
            Group::Options => "options",
            Group::Value => "value",
            Group::Buying => "buying",
            Group::Care => "care",
        }
    }

    /// The group of this name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|group| group.as_str() == name)
    }
}

/// Options and breaks that a form has rows for beyond those that stand.
pub const SPARE_ROWS: usize = 2;
/// More options or breaks than this are not taken.
pub const MOST_ROWS: usize = 20;
const MOST_NAMES: usize = 40;
/// Years that a first day may have; others from 1990, as imports have it.
pub const START_YEARS: (i16, i16) = (1950, 2100);
/// Years that any other day may have.
pub const YEARS: (i16, i16) = (1990, 2100);

/// Kinds of term, by their names in forms.
pub const KINDS: &[(&str, TermKind)] = &[
    ("fixed", TermKind::Fixed),
    ("renews-yearly", TermKind::RenewsYearly),
    ("rolling", TermKind::Rolling),
    ("not-known", TermKind::NotKnown),
];
const SUPPLIER_STATES: &[(&str, SupplierState)] =
    &[("known", SupplierState::Known), ("not-known", SupplierState::NotKnown), ("withheld", SupplierState::Withheld)];
const BASES: &[(&str, Basis)] = &[("whole-life", Basis::WholeLife), ("annual", Basis::Annual), ("estimated", Basis::Estimated)];
const VATS: &[(&str, Vat)] = &[("included", Vat::Included), ("excluded", Vat::Excluded), ("not-known", Vat::NotKnown)];
const EXTENSION_KINDS: &[(&str, ExtensionKind)] = &[("up-to", ExtensionKind::UpTo), ("whole", ExtensionKind::Whole)];
const EXTENSION_BY: &[(&str, ExtensionBy)] = &[("buyer-option", ExtensionBy::BuyerOption), ("agreement", ExtensionBy::Agreement)];
const YES_NO: &[(&str, bool)] = &[("yes", true), ("no", false)];
/// Routes to market, as the lead times name them.
pub const ROUTES: &[&str] = &["call-off", "competition", "direct-award"];

/// How the records that a contract names are written in forms.
pub struct Named<'n> {
    /// A supplier's name.
    pub supplier: &'n dyn Fn(SupplierId) -> Option<String>,
    /// A product's name.
    pub product: &'n dyn Fn(ProductId) -> Option<String>,
    /// A function's slug.
    pub function: &'n dyn Fn(FunctionId) -> Option<String>,
    /// An organisation's slug.
    pub organisation: &'n dyn Fn(OrganisationId) -> Option<String>,
}

/// Whether a text is an address that a page may link to.
#[must_use]
pub fn is_web_address(text: &str) -> bool {
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    rest.is_some_and(|rest| !rest.is_empty() && !rest.starts_with('/') && !rest.contains(char::is_whitespace))
}

/// The key of a contract made in the browser: the same as a row of the organisation's register file would have, so that the
/// file finds it again. `occurrence` counts those that share everything else, from 1.
#[must_use]
pub fn key(slug: &str, contract: &Contract, occurrence: u32) -> String {
    use crate::register::names::fold;
    let own = match &contract.reference {
        Some(reference) => format!("r:{}", fold(reference)),
        None => format!("t:{}", fold(&contract.title)),
    };
    let supplier = match (contract.suppliers.first(), contract.supplier_state) {
        (Some(supplier), _) => supplier.0.simple().to_string(),
        (None, SupplierState::Withheld) => "withheld".to_owned(),
        (None, _) => "not-known".to_owned(),
    };
    format!("{slug}|{REGISTER}|{own}|{supplier}|{occurrence}")
}

/// The source of what an organisation says itself, in a file or in the browser.
pub const REGISTER: &str = "register";
