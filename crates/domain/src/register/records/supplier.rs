//! Suppliers and products, with their names and owners over time.

use super::Identifier;
use crate::register::ids::*;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// A legal entity that holds contracts, makes products or resells them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Supplier {
    /// Its id.
    pub id: SupplierId,
    /// The name it is shown under.
    pub name: String,
    /// Every name it stands under, with the days it held it where known.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub names: Vec<DatedName>,
    /// Identifiers: Companies House numbers are eight characters, zero-padded.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub identifiers: Vec<Identifier>,
    /// Who owned it, when.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub owners: Vec<Owner>,
    /// Whether it is a small or medium-sized enterprise, as a source stated.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sme: Option<bool>,
    /// Whether it is a voluntary, community or social enterprise, as a source stated.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vcse: Option<bool>,
    /// Last change, milliseconds of UTC.
    #[serde(default)]
    pub updated_at: i64,
}

/// A name and the days on which it was held.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct DatedName {
    /// The name as given.
    pub name: String,
    /// First day, where known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Date>,
    /// Last day, where known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Date>,
    /// Where the name was met.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
}

/// An owner of a legal entity over time.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Owner {
    /// The owner's name.
    pub name: String,
    /// The owner's own record, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub supplier: Option<SupplierId>,
    /// First day, where known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Date>,
    /// Last day, where known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Date>,
    /// Where that is stated.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
}

/// A piece of software or a service that can be bought.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Product {
    /// Its id.
    pub id: ProductId,
    /// Its name.
    pub name: String,
    /// Who makes it, where known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub manufacturer: Option<SupplierId>,
    /// Former names.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub former_names: Vec<DatedName>,
    /// Functions it serves by its nature.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub functions: Vec<FunctionId>,
    /// Last change, milliseconds of UTC.
    #[serde(default)]
    pub updated_at: i64,
}
