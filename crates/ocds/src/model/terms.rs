//! What is bought, for how much, from when until when.

use std::borrow::Cow;

use serde_json::Value;

use super::{at, id_text, objects, text};

/// A period as it is written; any part may be missing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Period<'v> {
    /// First day.
    pub start: Option<&'v str>,
    /// Last day, extensions not counted.
    pub end: Option<&'v str>,
    /// Last day when every extension is used.
    pub max_extent: Option<&'v str>,
    /// Length in days, digits as written.
    pub days: Option<Cow<'v, str>>,
    /// Length in months, digits as written (UK extension).
    pub months: Option<Cow<'v, str>>,
}

/// An amount of money.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Money<'v> {
    /// The amount with the digits as written: exact, and safe with absurd exponents.
    pub amount: Cow<'v, str>,
    /// The currency's code.
    pub currency: Option<&'v str>,
    /// The amount is `amountGross`: value added tax is in it (UK extension).
    pub gross: bool,
}

/// A class of goods, services or works.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Classification<'v> {
    /// The scheme, as in `CPV`.
    pub scheme: Option<&'v str>,
    /// The code within it.
    pub id: Cow<'v, str>,
    /// The code in words.
    pub description: Option<&'v str>,
}

/// The tender stage.
pub fn tender(release: &Value) -> Option<&Value> {
    at(release, &["tender"]).filter(|tender| tender.is_object())
}

/// The awards.
pub fn awards(release: &Value) -> impl Iterator<Item = &Value> {
    objects(release, &["awards"])
}

/// The contracts; many UK releases have awards only.
pub fn contracts(release: &Value) -> impl Iterator<Item = &Value> {
    objects(release, &["contracts"])
}

/// The lots of a tender.
pub fn lots(tender: &Value) -> impl Iterator<Item = &Value> {
    objects(tender, &["lots"])
}

/// The items of a tender, award or contract.
pub fn items(part: &Value) -> impl Iterator<Item = &Value> {
    objects(part, &["items"])
}

/// The status of a tender, award, contract or lot.
pub fn status(part: &Value) -> Option<&str> {
    text(part, &["status"])
}

/// The award that a contract follows from, by `awardID`; else the only award there is.
pub fn award_of<'v>(release: &'v Value, contract: &Value) -> Option<&'v Value> {
    match id_text(contract, &["awardID"]) {
        Some(wanted) => awards(release).find(|award| id_text(award, &["id"]).is_some_and(|id| id == wanted)),
        None => {
            let mut awards = awards(release);
            awards.next().filter(|_| awards.next().is_none())
        }
    }
}

/// How long the part lasts: `period` of a contract, `contractPeriod` of an award, lot or tender.
pub fn period(part: &Value) -> Option<Period<'_>> {
    let read = |field: &str| {
        let value = at(part, &[field])?;
        let period = Period {
            start: text(value, &["startDate"]),
            end: text(value, &["endDate"]),
            max_extent: text(value, &["maxExtentDate"]),
            days: id_text(value, &["durationInDays"]),
            months: id_text(value, &["durationInMonths"]),
        };
        (period != Period::default()).then_some(period)
    };
    read("period").or_else(|| read("contractPeriod"))
}

/// The `value` of a tender, award, contract or lot; net of tax where both amounts are given.
pub fn money(part: &Value) -> Option<Money<'_>> {
    let value = at(part, &["value"])?;
    let currency = text(value, &["currency"]);
    let net = id_text(value, &["amount"]).map(|amount| Money { amount, currency, gross: false });
    net.or_else(|| id_text(value, &["amountGross"]).map(|amount| Money { amount, currency, gross: true }))
}

/// Every classification of a tender, award or contract: its own, the additional ones, and those of its items.
pub fn classifications(part: &Value) -> impl Iterator<Item = Classification<'_>> {
    let holders = std::iter::once(part).chain(items(part));
    let values = holders.flat_map(|holder| {
        let own = objects(holder, &["classification"]);
        own.chain(objects(holder, &["additionalClassifications"]))
    });
    values.filter_map(|value| {
        Some(Classification {
            scheme: text(value, &["scheme"]),
            id: id_text(value, &["id"])?,
            description: text(value, &["description"]),
        })
    })
}

/// The CPV codes of a tender, award or contract, each once, in order of appearance.
pub fn cpv_codes(part: &Value) -> Vec<Cow<'_, str>> {
    let mut codes = Vec::new();
    for class in classifications(part) {
        let is_cpv = class.scheme.is_some_and(|scheme| scheme.eq_ignore_ascii_case("CPV"));
        if is_cpv && !codes.contains(&class.id) {
            codes.push(class.id);
        }
    }
    codes
}
