//! Systems: products in use at an organisation.

use super::{Origin, PublicAt, SubProcessor, is_yes, yes};
use crate::register::ids::*;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// Where a system runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[allow(missing_docs)]
pub enum Hosting {
    SupplierCloud,
    PublicCloud,
    OwnDataCentre,
    SharedService,
}

/// A product in use at an organisation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct System {
    /// Its id.
    pub id: SystemId,
    /// What an import finds it again by.
    pub key: String,
    /// Whose system it is.
    pub organisation: OrganisationId,
    /// What is in use.
    pub product: ProductId,
    /// For which functions.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub functions: Vec<FunctionId>,
    /// How many people use it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub users: Option<i64>,
    /// Where it runs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hosting: Option<Hosting>,
    /// 1 (very unhappy) to 5 (very happy). Private: public only as an aggregate of three organisations or more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub satisfaction: Option<u8>,
    /// How data can be got out of it, in the organisation's words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub data_access: Option<String>,
    /// To whom its supplier passes its data on, so far as the organisation knows.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sub_processors: Vec<SubProcessor>,
    /// Where the record came from.
    pub origin: Origin,
    /// The day on which someone last said that it is right.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub confirmed: Option<Date>,
    /// What the organisation notes for itself. Private to the organisation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// Whether it is public; an unpublished one exists for its organisation alone.
    #[serde(default = "yes", skip_serializing_if = "is_yes")]
    pub published: bool,
    /// Last change, milliseconds of UTC.
    #[serde(default)]
    pub updated_at: i64,
    /// Last change of what the public sees of it.
    #[serde(skip)]
    pub public_at: PublicAt,
}

impl System {
    /// A product in use at an organisation, which publishes that, and of which nothing else is known yet.
    #[must_use]
    pub fn blank(id: SystemId, organisation: OrganisationId, product: ProductId) -> Self {
        Self {
            id,
            key: String::new(),
            organisation,
            product,
            functions: Vec::new(),
            users: None,
            hosting: None,
            satisfaction: None,
            data_access: None,
            sub_processors: Vec::new(),
            origin: Origin::default(),
            confirmed: None,
            note: None,
            published: true,
            updated_at: 0,
            public_at: PublicAt::default(),
        }
    }
}
