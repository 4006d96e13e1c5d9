//! Contracts.

use super::{Origin, PublicAt, is_yes, yes};
use crate::{
    people::PersonId,
    register::{
        ids::*,
        money::Value,
        reconcile::NOT_OURS,
        terms::{Outlook, Period, Term, outlook},
    },
};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

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
    /// Last change of what the public sees of it.
    #[serde(skip)]
    pub public_at: PublicAt,
}

impl Contract {
    /// A public contract of an organisation of which nothing else is known yet.
    #[must_use]
    pub fn blank(id: ContractId, organisation: OrganisationId) -> Self {
        Self {
            id,
            key: String::new(),
            organisation,
            joint: Vec::new(),
            reference: None,
            title: String::new(),
            description: None,
            suppliers: Vec::new(),
            supplier_state: SupplierState::NotKnown,
            products: Vec::new(),
            functions: Vec::new(),
            systems: Vec::new(),
            owning_service: None,
            term: Term::default(),
            value: Value::NotKnown,
            framework: None,
            lot: None,
            route: None,
            cpv: Vec::new(),
            origin: Origin::default(),
            confirmed: None,
            manager: None,
            note: None,
            published: true,
            replaced_by: None,
            notice_of: None,
            set_aside: BTreeMap::new(),
            updated_at: 0,
            public_at: PublicAt::default(),
        }
    }

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

    /// What its term means and asks as at a day, for a purchase that takes `lead`. Pages, data, 'Your work' and reminders all say this:
    /// where another contract took its place, nothing has to be bought or extended; what stands behind a record asks nothing beside it.
    #[must_use]
    pub fn outlook(&self, lead: Period, as_at: Date) -> Outlook {
        let outlook = outlook(&self.term, lead, as_at).succeeded_if(self.replaced_by.is_some());
        if self.notice_of.is_some() { outlook.asking_nothing() } else { outlook }
    }

    /// Whether its days ask anything of its organisation. What notices say of a contract that the register holds asks nothing beside
    /// that record, and what does not belong into the register asks nothing.
    #[must_use]
    pub fn asks_for_decisions(&self) -> bool {
        self.notice_of.is_none() && !self.set_aside.contains_key(NOT_OURS)
    }
}
