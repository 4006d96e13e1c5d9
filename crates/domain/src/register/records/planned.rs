//! Planned procurements.

use super::Origin;
use crate::register::{ids::*, money::Value};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

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
    /// How long the contract would run, in days, where no end is stated.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub duration: Option<u32>,
    /// CPV codes, eight digits each.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cpv: Vec<String>,
    /// Where the record came from.
    pub origin: Origin,
    /// Last change, milliseconds of UTC.
    #[serde(default)]
    pub updated_at: i64,
}

/// A number of days in months, to the nearest, as 'about 48 months' says it; none for less than one. Publishers in the UK write
/// months as 30 days each (all of the 98 durations of `data/contracts-finder` are such); what is no multiple of that counts months
/// of 30.4375 days.
#[must_use]
pub fn about_months(days: u32) -> Option<u32> {
    let months = if days.is_multiple_of(30) { days / 30 } else { u32::try_from((u64::from(days) * 32 + 487) / 974).ok()? };
    (months > 0).then_some(months)
}
