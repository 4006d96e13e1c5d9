//! What a source says of a contract or a system, its names still text; and what is said of rows that cannot be taken.

use super::cells::Stated;
use crate::register::{
    money::Value,
    records::{Hosting, Identifier, SubProcessor, SupplierState},
    terms::{Break, Extension, Period, TermKind},
};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::hash::{Hash, Hasher};

/// A row (or, in open contracting data, a contract) that is not taken, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rejection {
    /// The row's number as a spreadsheet counts; for releases, the release's place in the file, from 1.
    pub row: u64,
    /// The field without which the row cannot stand.
    pub field: String,
    /// Why, in a sentence.
    pub reason: String,
}

impl Rejection {
    /// A rejection.
    #[must_use]
    pub fn new(row: u64, field: &str, reason: impl Into<String>) -> Self {
        Self { row, field: field.to_owned(), reason: reason.into() }
    }
}

/// Something a person should know of a row that was taken, or of a column (row 0).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Warning {
    /// The row's number; 0 for a whole column or file.
    pub row: u64,
    /// The field, or the column's header.
    pub field: String,
    /// What was met, and what was done.
    pub message: String,
}

impl Warning {
    /// A warning.
    #[must_use]
    pub fn new(row: u64, field: &str, message: impl Into<String>) -> Self {
        Self { row, field: field.to_owned(), message: message.into() }
    }
}

/// An organisation as a source names it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct OrganisationDraft {
    /// Slug, GSS code, name or alias; empty where the source does not say.
    pub name: String,
    /// Identifiers, normalised.
    pub identifiers: Vec<Identifier>,
    /// What the end of its address says, where a row gives one beside the name.
    pub address: Option<String>,
}

/// A supplier as a source names it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct SupplierDraft {
    /// Its name, tidied; its id where it has no name.
    pub name: String,
    /// Whether `name` is an id, and so matches nothing by likeness.
    pub nameless: bool,
    /// Identifiers, normalised.
    pub identifiers: Vec<Identifier>,
    /// Small or medium-sized, where stated.
    pub sme: Option<bool>,
    /// Voluntary, community or social, where stated.
    pub vcse: Option<bool>,
}

/// A contract as a source states it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct ContractDraft {
    /// Whose it is.
    pub organisation: OrganisationDraft,
    /// Whom else it serves.
    pub joint: Vec<OrganisationDraft>,
    /// What stands in the key instead of reference and supplier, where the source has ids of its own.
    pub own_key: Option<String>,
    /// The organisation's reference.
    pub reference: Option<String>,
    /// Its title.
    pub title: Option<String>,
    /// What it is for.
    pub description: Stated<String>,
    /// Who supplies.
    pub suppliers: Vec<SupplierDraft>,
    /// Whether the suppliers are known.
    pub supplier_state: SupplierState,
    /// Products.
    pub products: Vec<String>,
    /// Functions, taken and flagged where unknown.
    pub functions: Vec<String>,
    /// A category that is taken as a function where it is one's name, and left out where not.
    pub category: Option<String>,
    /// The service that owns it.
    pub owning_service: Stated<String>,
    /// How it runs.
    pub kind: Stated<TermKind>,
    /// First day.
    pub start: Stated<Date>,
    /// Current end.
    pub end: Stated<Date>,
    /// Options to extend.
    pub extensions: Stated<Vec<Extension>>,
    /// Breaks.
    pub breaks: Stated<Vec<Break>>,
    /// Notice.
    pub notice: Stated<Period>,
    /// Day of review.
    pub review: Stated<Date>,
    /// Still in use.
    pub in_use: Stated<bool>,
    /// Day on which it was ended early.
    pub terminated: Stated<Date>,
    /// What it is worth.
    pub value: Stated<Value>,
    /// Framework.
    pub framework: Stated<String>,
    /// Lot.
    pub lot: Stated<String>,
    /// Route, as the lead times name it.
    pub route: Stated<String>,
    /// CPV codes.
    pub cpv: Stated<Vec<String>>,
    /// An address where it can be seen, http or https.
    pub url: Option<String>,
    /// The contracting process.
    pub ocid: Option<String>,
}

impl ContractDraft {
    /// A digest of all that is stated: an equal one means that there is nothing to compare. It is good within one build
    /// of City Tools; another build's may differ, which costs a comparison and nothing else.
    #[must_use]
    pub fn digest(&self) -> String {
        digest(self)
    }
}

/// A system as the survey states it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct SystemDraft {
    /// Whose it is.
    pub organisation: OrganisationDraft,
    /// The group its functions belong to.
    pub service_area: Option<String>,
    /// What it is for; never empty.
    pub functions: Vec<String>,
    /// What it is; never empty.
    pub product: String,
    /// Who makes it.
    pub manufacturer: Option<String>,
    /// How many use it.
    pub users: Stated<i64>,
    /// Where it runs.
    pub hosting: Stated<Hosting>,
    /// 1 to 5.
    pub satisfaction: Stated<u8>,
    /// How data can be got out.
    pub data_access: Stated<String>,
    /// To whom its supplier passes its data on.
    pub sub_processors: Stated<Vec<SubProcessor>>,
    /// The contract it is under, where the row has columns of one that say something.
    pub contract: Option<Box<ContractDraft>>,
}

impl SystemDraft {
    /// As [`ContractDraft::digest`].
    #[must_use]
    pub fn digest(&self) -> String {
        digest(self)
    }
}

/// What a notice says is to be bought.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct PlannedDraft {
    /// Who means to buy.
    pub organisation: OrganisationDraft,
    /// The buyer's reference.
    pub reference: Option<String>,
    /// Its title.
    pub title: String,
    /// What is to be bought.
    pub description: Option<String>,
    /// `planning`, `tender`, `cancelled`, or `complete`.
    pub stage: String,
    /// An estimate.
    pub value: Value,
    /// When offers are due.
    pub closes: Option<Date>,
    /// When the contract would start.
    pub start: Option<Date>,
    /// When it would end.
    pub end: Option<Date>,
    /// How long it would run, in days, where no end is stated.
    pub duration: Option<u32>,
    /// CPV codes.
    pub cpv: Vec<String>,
    /// Where the notice can be seen.
    pub url: Option<String>,
    /// The contracting process.
    pub ocid: String,
}

impl PlannedDraft {
    /// As [`ContractDraft::digest`].
    #[must_use]
    pub fn digest(&self) -> String {
        digest(self)
    }
}

/// SHA-256 over what `Hash` feeds, cut to 128 bits, in hexadecimal.
fn digest<T: Hash>(draft: &T) -> String {
    struct Sha(Sha256);
    impl Hasher for Sha {
        fn write(&mut self, bytes: &[u8]) {
            self.0.update(bytes);
        }
        fn finish(&self) -> u64 {
            0
        }
    }
    let mut hasher = Sha(Sha256::new());
    draft.hash(&mut hasher);
    crate::audit::hex(&hasher.0.finalize()[..16])
}
