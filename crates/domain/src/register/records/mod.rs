//! The register's records, as they are stored and as the change log keeps them.
//!
//! Their JSON form (serde) is what the change log holds, so a field is only ever added, with a default.
//! Imports, mappings, raw releases and flags stand in `process`, a system's sub-processors in [`sub_processor`].
//! What follows from them on a given day (exits, decision dates, states) is computed in [`super::terms`], never stored.

mod process;
pub mod sub_processor;

pub use process::{Flag, Import, Mapping, Release};
pub use sub_processor::SubProcessor;

use super::{ids::*, money::Value, terms::Term};
use crate::people::PersonId;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

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
}

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

/// Whether the suppliers of a contract are known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[allow(missing_docs)]
pub enum SupplierState {
    #[default]
    Known,
    NotKnown,
    Withheld,
}

/// A contract.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contract {
    /// Its id.
    pub id: ContractId,
    /// What an import finds it again by: organisation, source, reference (else title), supplier, occurrence.
    pub key: String,
    /// The organisation whose record it is.
    pub organisation: OrganisationId,
    /// Other organisations that it serves.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub joint: Vec<OrganisationId>,
    /// The organisation's reference.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
    /// Its title; the reference where the source had no title.
    pub title: String,
    /// What it is for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Who supplies, in the source's order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub suppliers: Vec<SupplierId>,
    /// Whether the suppliers are known.
    #[serde(default)]
    pub supplier_state: SupplierState,
    /// Products it covers.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub products: Vec<ProductId>,
    /// Functions it serves.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub functions: Vec<FunctionId>,
    /// Systems it covers.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub systems: Vec<SystemId>,
    /// The service that owns it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owning_service: Option<String>,
    /// When it starts and how it can end.
    #[serde(default)]
    pub term: Term,
    /// What it is worth.
    #[serde(default)]
    pub value: Value,
    /// The framework it was called off from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub framework: Option<String>,
    /// The framework's lot.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lot: Option<String>,
    /// How it was bought, as the lead times name it: `call-off`, `competition`, `direct-award`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub route: Option<String>,
    /// CPV codes, eight digits each.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cpv: Vec<String>,
    /// Where the record came from.
    pub origin: Origin,
    /// The day on which someone last said that it is right.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub confirmed: Option<Date>,
    /// Who looks after it: a person of its organisation. Private to the organisation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub manager: Option<PersonId>,
    /// What the organisation notes for itself. Private to the organisation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// Whether it is public; an unpublished one exists for its organisation alone.
    #[serde(default = "yes", skip_serializing_if = "is_yes")]
    pub published: bool,
    /// The contract of the same organisation that took its place.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replaced_by: Option<ContractId>,
    /// For a contract read from a notice: the organisation's own record of the same contract, which is counted instead.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub notice_of: Option<ContractId>,
    /// What a person set aside when register and notices were reconciled: what about, to the digest of what was said.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub set_aside: BTreeMap<String, String>,
    /// Last change, milliseconds of UTC.
    #[serde(default)]
    pub updated_at: i64,
}

impl Contract {
    /// Whether it was read from public notices.
    #[must_use]
    pub fn is_from_notices(&self) -> bool {
        self.origin.source.starts_with("ocds-")
    }

    /// Whether public lists and sums hold it: it is published, and no other record stands for the same contract.
    #[must_use]
    pub fn is_listed(&self) -> bool {
        self.published && self.notice_of.is_none()
    }
}

/// How well a skill is held: the four levels of the Government Digital and Data Profession Capability Framework.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[allow(missing_docs)]
pub enum SkillLevel {
    Awareness,
    #[default]
    Working,
    Practitioner,
    Expert,
}

impl SkillLevel {
    /// All of them, lowest first.
    pub const ALL: [SkillLevel; 4] = [SkillLevel::Awareness, SkillLevel::Working, SkillLevel::Practitioner, SkillLevel::Expert];

    /// Its name in data.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            SkillLevel::Awareness => "awareness",
            SkillLevel::Working => "working",
            SkillLevel::Practitioner => "practitioner",
            SkillLevel::Expert => "expert",
        }
    }

    /// The level of this name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|level| level.as_str() == name)
    }
}

/// A skill that an organisation holds at a level, so that others can ask it for training. Never a person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Skill {
    /// Its id.
    pub id: SkillId,
    /// What an import finds it again by: organisation, folded name, level.
    pub key: String,
    /// Whose skill it is.
    pub organisation: OrganisationId,
    /// What it is, in the organisation's words: 'Power BI', 'contract negotiation'.
    pub name: String,
    /// How well.
    pub level: SkillLevel,
    /// How many people hold it at that level.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub people: Option<i64>,
    /// Whether the organisation offers to train its peers.
    #[serde(default)]
    pub offers_training: bool,
    /// Where the record came from.
    pub origin: Origin,
    /// The day on which someone last said that it is right.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub confirmed: Option<Date>,
    /// Last change, milliseconds of UTC.
    #[serde(default)]
    pub updated_at: i64,
}

fn yes() -> bool {
    true
}

#[allow(clippy::trivially_copy_pass_by_ref)]
fn is_yes(is: &bool) -> bool {
    *is
}

/// A tender-stage notice or an intention to buy; never counted as a contract that ends.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlannedProcurement {
    /// Its id.
    pub id: PlannedProcurementId,
    /// What an import finds it again by.
    pub key: String,
    /// Who means to buy.
    pub organisation: OrganisationId,
    /// The buyer's reference.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
    /// Its title.
    pub title: String,
    /// What is to be bought.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// `planning` or `tender`, or `cancelled`, as the notice says.
    pub stage: String,
    /// What it is thought to be worth.
    #[serde(default)]
    pub value: Value,
    /// When offers are due.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub closes: Option<Date>,
    /// When the contract would start.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub start: Option<Date>,
    /// When the contract would end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end: Option<Date>,
    /// CPV codes, eight digits each.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cpv: Vec<String>,
    /// Where the record came from.
    pub origin: Origin,
    /// Last change, milliseconds of UTC.
    #[serde(default)]
    pub updated_at: i64,
}
