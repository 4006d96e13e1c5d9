//! The register's records, as they are stored and as the change log keeps them.
//!
//! Their JSON form (serde) is what the change log holds, so a field is only ever added, with a default.
//! What follows from them on a given day (exits, decision dates, states) is computed in [`super::terms`], never stored.
//!
//! | module | what lives there |
//! |---|---|
//! | `organisation` | organisations, service areas, functions |
//! | `supplier` | suppliers and products |
//! | `system`, `contract`, `skill` | what organisations keep themselves |
//! | `planned` | planned procurements |
//! | [`sub_processor`] | to whom a system’s supplier passes data on |
//! | `public_at` | when what the public sees of a record last changed |
//! | `process` | imports, mappings, raw releases, flags |

mod contract;
mod organisation;
mod planned;
mod process;
mod public_at;
mod skill;
pub mod sub_processor;
mod supplier;
mod system;

pub use contract::{Contract, SupplierState};
pub use organisation::{Function, Identifier, Organisation, OrganisationKind, ServiceArea};
pub use planned::{PlannedProcurement, about_months};
pub use process::{Flag, Import, Mapping, Release};
pub use public_at::PublicAt;
pub use skill::{Skill, SkillLevel};
pub use sub_processor::SubProcessor;
pub use supplier::{DatedName, Owner, Product, Supplier};
pub use system::{Hosting, System};

use super::ids::ImportId;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Where a record and its fields came from.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Origin {
    /// The source, as keys use it: `register`, `survey`, `illustrative`, `ocds-b5fd17`.
    pub source: String,
    /// The import that last wrote the record as a whole.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub import: Option<ImportId>,
    /// The row's number in that import's file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub row: Option<i64>,
    /// Digest of the row as read; an equal one means nothing to compare.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub digest: String,
    /// Fields that came from elsewhere: field to import, or to 'operator'.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub fields: BTreeMap<String, String>,
    /// An address where the source can be seen, http or https only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// The contracting process, for notices.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ocid: Option<String>,
}

fn yes() -> bool {
    true
}

#[allow(clippy::trivially_copy_pass_by_ref)]
fn is_yes(is: &bool) -> bool {
    *is
}
