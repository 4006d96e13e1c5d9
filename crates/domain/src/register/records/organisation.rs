//! Organisations, service areas and functions.

use crate::register::ids::*;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// What kind of body an organisation is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OrganisationKind {
    /// A local authority.
    Council,
    /// The network's own office.
    Hub,
    /// A strategic or combined authority, such as the GLA.
    Authority,
    /// A partner body.
    Partner,
    /// Any other buyer met in notices.
    Other,
}

/// A council, the hub, a partner body, any buyer met in notices.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Organisation {
    /// Its id.
    pub id: OrganisationId,
    /// Its name in addresses, on the command line and in the API.
    pub slug: String,
    /// The name used in prose.
    pub name: String,
    /// The full official name.
    pub formal_name: String,
    /// What kind of body it is.
    pub kind: OrganisationKind,
    /// GSS code (ONS), where it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gss_code: Option<String>,
    /// Code in the local authority register, where it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub register_code: Option<String>,
    /// Identifiers in other schemes: (scheme, id), as `GB-LAE`, `CMD`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub identifiers: Vec<Identifier>,
    /// Other spellings under which it stands in real data.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub aliases: Vec<String>,
    /// Three letters for narrow maps.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub letters: Option<String>,
    /// Row and column on the tile map of London, from 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tile: Option<(u8, u8)>,
    /// Accent colour as `#rrggbb`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub colour: Option<String>,
    /// Member of the network from this day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub member_from: Option<Date>,
    /// Member of the network until this day, inclusive.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub member_until: Option<Date>,
    /// Last change, milliseconds of UTC.
    #[serde(default)]
    pub updated_at: i64,
}

impl Organisation {
    /// Whether it is a member of the network on a day: from its first day to its last, both included.
    #[must_use]
    pub fn is_member(&self, on: Date) -> bool {
        self.member_from.is_some_and(|from| from <= on) && self.member_until.is_none_or(|until| until >= on)
    }
}

/// An identifier of a legal entity in a scheme of org-id.guide (or `GB-PPON`).
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Identifier {
    /// The scheme, as `GB-COH`.
    pub scheme: String,
    /// The id in it, normalised.
    pub id: String,
}

/// A group of functions.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServiceArea {
    /// Its id.
    pub id: ServiceAreaId,
    /// Its name in addresses and in the API.
    pub slug: String,
    /// Its name.
    pub name: String,
    /// Its place in lists.
    pub position: i64,
}

/// What a council does.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Function {
    /// Its id.
    pub id: FunctionId,
    /// Its name in addresses and in the API.
    pub slug: String,
    /// Its name.
    pub name: String,
    /// The service area it belongs to; none while a person has yet to place it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub service_area: Option<ServiceAreaId>,
    /// Whether its system is a core system of the service, for lead times.
    #[serde(default)]
    pub core: bool,
    /// Other names for it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub aliases: Vec<String>,
}
