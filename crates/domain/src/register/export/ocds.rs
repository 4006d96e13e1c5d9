//! Contracts and planned procurements as OCDS 1.1 releases.
//!
//! What came from a notice keeps its contracting process; the rest gets one of its own under this register's prefix. A release
//! is what the record says, not what today makes of it: its id goes up when the record changes, and its content changes at no
//! other time. Nothing is written empty. Core OCDS has no place for a sum for a year, an option that is not yet used in full,
//! a break or a notice period; those stand in this project's own extension (`contracts[].register`), when it is asked for.
//!
//! Source: Open Contracting Data Standard 1.1.5, release schema and release reference.

use crate::register::{
    ids::{OrganisationId, SupplierId},
    money::{Basis, Money, Value as Worth, Vat},
    records::{Contract, Identifier, Organisation, PlannedProcurement, Supplier, SupplierState},
    snapshot::Snapshot,
    terms::Term,
};
use jiff::civil::Date;
use serde::Serialize;
use serde_json::{Map, Value as Json, json};

/// The prefix of contracting processes that have no other, until whoever runs the register sets one that was given to them.
pub const PREFIX: &str = "ocds-ctools";

/// The lots extension.
pub const LOTS: &str = "https://raw.githubusercontent.com/open-contracting-extensions/ocds_lots_extension/v1.1.5/extension.json";
/// The United Kingdom's extension, for sums with VAT in them.
pub const UNITED_KINGDOM: &str = "https://raw.githubusercontent.com/cabinetoffice/ocds_uk_extension/master/extension.json";

/// How releases are written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Options<'o> {
    /// The prefix of contracting processes that have no other.
    pub prefix: &'o str,
    /// Whether to use extensions; core OCDS alone otherwise.
    pub extensions: bool,
}

/// The contracting process of a contract.
#[must_use]
pub fn ocid_of_contract(contract: &Contract, prefix: &str) -> String {
    contract.origin.ocid.clone().unwrap_or_else(|| format!("{prefix}-{}", contract.id))
}

/// The contracting process of a planned procurement.
#[must_use]
pub fn ocid_of_planned(planned: &PlannedProcurement, prefix: &str) -> String {
    planned.origin.ocid.clone().unwrap_or_else(|| format!("{prefix}-{}", planned.id))
}

/// A contract as a release. Names come from the snapshot; a supplier that it does not know is left out.
#[must_use]
pub fn contract(contract: &Contract, snapshot: &Snapshot, options: &Options<'_>) -> Json {
    let id = contract.id.to_string();
    let ocid = ocid_of_contract(contract, options.prefix);
    let mut release = head(&ocid, &id, contract.last_public_change(), &["award", "contract"]);
    let mut parties = Parties::new(snapshot);
    let buyer = parties.buyer(contract.organisation);
    for joint in &contract.joint {
        parties.buyer(*joint);
    }
    let suppliers: Vec<Json> = contract.suppliers.iter().filter_map(|supplier| parties.supplier(*supplier)).collect();
    let mut tender = method(contract.route.as_deref());
    let mut award = json!({ "id": id, "title": contract.title, "status": "active" });
    let mut own = json!({ "id": id, "awardID": id, "title": contract.title });
    // One that is to end early runs until then; its end says so.
    if contract.term.terminated.is_some_and(|day| first_moment(day) <= instant(contract.last_public_change())) {
        own["status"] = "terminated".into();
    }
    if contract.supplier_state == SupplierState::Known {
        set(&mut award, "suppliers", suppliers.into());
    }
    match contract.value.money() {
        Some(money) if money.basis == Basis::WholeLife => own["value"] = sum(money, options.extensions),
        Some(money) if money.basis == Basis::Estimated => tender["value"] = sum(money, options.extensions),
        _ => {}
    }
    set(&mut own, "description", contract.description.as_deref().unwrap_or_default().into());
    set(&mut own, "period", period(&contract.term));
    set(&mut own, "items", items(&contract.cpv));
    if let Some(url) = &contract.origin.url {
        own["documents"] = json!([{ "id": "1", "documentType": "contractNotice", "url": url }]);
    }
    if options.extensions {
        if let Some(lot) = &contract.lot {
            tender["lots"] = json!([{ "id": "1", "title": lot }]);
            award["relatedLots"] = json!(["1"]);
        }
        set(&mut own, "register", beyond_core(contract, snapshot));
    }
    // A tender is nothing without its id; the buyer's reference is one by custom.
    let named = contract.reference.as_deref().or((tender != json!({})).then_some(ocid.as_str()));
    set(&mut tender, "id", named.unwrap_or_default().into());
    set(&mut release, "parties", parties.all.into());
    set(&mut release, "buyer", buyer.unwrap_or_default());
    set(&mut release, "tender", tender);
    release["awards"] = json!([award]);
    release["contracts"] = json!([own]);
    if let Some(framework) = &contract.framework {
        release["relatedProcesses"] = json!([{ "id": "1", "relationship": ["framework"], "title": framework }]);
    }
    release
}

/// A planned procurement as a release.
#[must_use]
pub fn planned(planned: &PlannedProcurement, snapshot: &Snapshot, options: &Options<'_>) -> Json {
    let ocid = ocid_of_planned(planned, options.prefix);
    let (tag, status) = match planned.stage.as_str() {
        "planning" => ("planning", "planning"),
        "cancelled" => ("tenderCancellation", "cancelled"),
        "unsuccessful" => ("tender", "unsuccessful"),
        "complete" => ("tender", "complete"),
        _ => ("tender", "active"),
    };
    let mut release = head(&ocid, &planned.id.to_string(), planned.updated_at, &[tag]);
    let mut parties = Parties::new(snapshot);
    let buyer = parties.buyer(planned.organisation);
    let id = planned.reference.as_deref().unwrap_or(&ocid);
    let mut tender = json!({ "id": id, "title": planned.title, "status": status });
    if let Some(description) = &planned.description {
        tender["description"] = description.as_str().into();
    }
    set(&mut tender, "items", items(&planned.cpv));
    if let Some(money) = planned.value.money() {
        tender["value"] = sum(money, options.extensions);
    }
    if let Some(closes) = planned.closes {
        tender["tenderPeriod"] = json!({ "endDate": last_moment(closes) });
    }
    let term = Term { start: planned.start, end: planned.end, ..Term::default() };
    let mut runs = period(&term);
    if let (Some(days), Some(fields)) = (planned.duration, runs.as_object_mut()) {
        fields.insert("durationInDays".to_owned(), days.into());
    }
    set(&mut tender, "contractPeriod", runs);
    if let Some(url) = &planned.origin.url {
        let kind = if tag == "planning" { "plannedProcurementNotice" } else { "tenderNotice" };
        tender["documents"] = json!([{ "id": "1", "documentType": kind, "url": url }]);
    }
    set(&mut release, "parties", parties.all.into());
    set(&mut release, "buyer", buyer.unwrap_or_default());
    release["tender"] = tender;
    release
}

fn head(ocid: &str, record: &str, updated_at: i64, tags: &[&str]) -> Json {
    json!({
        "ocid": ocid,
        "id": format!("{record}-{updated_at}"),
        "date": instant(updated_at),
        "tag": tags,
        "initiationType": "tender",
        "language": "en",
    })
}

/// An instant as RFC 3339 in UTC, to the millisecond.
#[must_use]
pub fn instant(milliseconds: i64) -> String {
    jiff::Timestamp::from_millisecond(milliseconds)
        .unwrap_or(jiff::Timestamp::UNIX_EPOCH)
        .strftime("%Y-%m-%dT%H:%M:%S.%3fZ")
        .to_string()
}

fn first_moment(day: Date) -> String {
    format!("{day}T00:00:00Z")
}

fn last_moment(day: Date) -> String {
    format!("{day}T23:59:59Z")
}

/// Puts a field in place, unless there is nothing in it.
fn set(object: &mut Json, field: &str, value: Json) {
    let nothing = match &value {
        Json::Null => true,
        Json::Object(fields) => fields.is_empty(),
        Json::Array(items) => items.is_empty(),
        Json::String(text) => text.is_empty(),
        _ => false,
    };
    if !nothing {
        object[field] = value;
    }
}

fn period(term: &Term) -> Json {
    let mut period = Map::new();
    if let Some(start) = term.start {
        period.insert("startDate".to_owned(), first_moment(start).into());
    }
    if let Some(end) = term.current_end() {
        period.insert("endDate".to_owned(), last_moment(end).into());
        if let Some(last) = term.last_possible_end().filter(|last| *last > end) {
            period.insert("maxExtentDate".to_owned(), last_moment(last).into());
        }
    }
    Json::Object(period)
}

fn items(cpv: &[String]) -> Json {
    let of = |code: &String| json!({ "scheme": "CPV", "id": code });
    let Some((first, others)) = cpv.split_first() else { return Json::Null };
    let mut item = json!({ "id": "1", "classification": of(first) });
    set(&mut item, "additionalClassifications", others.iter().map(of).collect());
    json!([item])
}

/// A sum. With extensions, one that has VAT in it is said to; core OCDS cannot say so.
fn sum(money: &Money, extensions: bool) -> Json {
    let field = if extensions && money.vat == Vat::Included { "amountGross" } else { "amount" };
    let amount: serde_json::Number = money.amount().parse().unwrap_or_else(|_| 0.into());
    json!({ field: amount, "currency": money.currency })
}

/// How it was bought; core OCDS has a method for a direct award alone, the rest is said in words.
fn method(route: Option<&str>) -> Json {
    match route {
        Some("direct-award") => json!({ "procurementMethod": "direct", "procurementMethodDetails": "Direct award" }),
        Some("call-off") => json!({ "procurementMethodDetails": "Call-off from a framework agreement" }),
        Some("competition") => json!({ "procurementMethodDetails": "Competition" }),
        Some(other) => json!({ "procurementMethodDetails": other }),
        None => json!({}),
    }
}

/// What the register knows of a contract and core OCDS has no field for.
fn beyond_core(contract: &Contract, snapshot: &Snapshot) -> Json {
    let term = &contract.term;
    let mut own = json!({ "term": written(&term.kind) });
    set(&mut own, "extensions", written(&term.extensions));
    set(&mut own, "breaks", written(&term.breaks));
    set(&mut own, "notice", written(&term.notice));
    set(&mut own, "review", written(&term.review));
    set(&mut own, "owningService", written(&contract.owning_service));
    let products = contract.products.iter().filter_map(|id| snapshot.product(snapshot.product_by_id(*id)?));
    set(&mut own, "products", products.map(|entry| Json::from(entry.record.name.as_str())).collect());
    let functions = contract.functions.iter().filter_map(|id| snapshot.function(snapshot.function_by_id(*id)?));
    set(&mut own, "functions", functions.map(|entry| Json::from(entry.record.slug.as_str())).collect());
    match &contract.value {
        Worth::Known(money) if money.basis == Basis::Annual => own["annualValue"] = sum(money, true),
        Worth::Withheld { reason } => {
            own["valueWithheld"] = if reason.is_empty() { "no reason given".into() } else { reason.as_str().into() };
        }
        _ => {}
    }
    own
}

fn written(value: &impl Serialize) -> Json {
    serde_json::to_value(value).unwrap_or_default()
}

/// The parties of a release, each once.
struct Parties<'s> {
    snapshot: &'s Snapshot,
    all: Vec<Json>,
}

impl<'s> Parties<'s> {
    fn new(snapshot: &'s Snapshot) -> Self {
        Self { snapshot, all: Vec::new() }
    }

    fn buyer(&mut self, id: OrganisationId) -> Option<Json> {
        let snapshot = self.snapshot;
        let record: &Organisation = &snapshot.organisation(snapshot.organisation_by_id(id)?)?.record;
        Some(self.add(&record.formal_name, &record.identifiers, &format!("citytools-organisation-{}", record.slug), "buyer"))
    }

    fn supplier(&mut self, id: SupplierId) -> Option<Json> {
        let snapshot = self.snapshot;
        let record: &Supplier = &snapshot.supplier(snapshot.supplier_by_id(id)?)?.record;
        let own = format!("citytools-supplier-{}", record.id);
        // A company's number goes before others; ids that mean something within one process alone name no one here.
        let mut identifiers: Vec<Identifier> =
            record.identifiers.iter().filter(|identifier| !identifier.scheme.starts_with("ocds-")).cloned().collect();
        identifiers.sort_by_key(|identifier| identifier.scheme != "GB-COH");
        Some(self.add(&record.name, &identifiers, &own, "supplier"))
    }

    /// Adds a party, or a role to one that is there; gives the reference to it.
    fn add(&mut self, name: &str, identifiers: &[Identifier], own: &str, role: &str) -> Json {
        let id = identifiers.first().map_or_else(|| own.to_owned(), |first| format!("{}-{}", first.scheme, first.id));
        let reference = json!({ "id": id, "name": name });
        if let Some(known) = self.all.iter_mut().find(|party| party["id"] == id.as_str()) {
            if let Some(roles) = known["roles"].as_array_mut().filter(|roles| !roles.contains(&role.into())) {
                roles.push(role.into());
            }
            return reference;
        }
        let mut party = reference.clone();
        if let Some((first, others)) = identifiers.split_first() {
            let mut own = written(first);
            own["legalName"] = name.into();
            party["identifier"] = own;
            set(&mut party, "additionalIdentifiers", others.iter().map(written).collect());
        }
        party["roles"] = json!([role]);
        self.all.push(party);
        reference
    }
}

/// The release schema of this project's own extension: what `contracts[].register` holds.
#[must_use]
pub fn extension_schema() -> Json {
    let text = |title: &str| json!({ "title": title, "type": ["string", "null"] });
    let list = |title: &str, of: Json| json!({ "title": title, "type": ["array", "null"], "items": of, "wholeListMerge": true });
    let length = json!({
        "title": "Length of time", "type": ["object", "null"],
        "properties": { "months": { "type": "integer" }, "days": { "type": "integer" } },
    });
    json!({ "definitions": {
        "Contract": { "properties": { "register": { "title": "Register", "$ref": "#/definitions/Register" } } },
        "Register": { "title": "Register", "description": "What a contract register knows beyond core OCDS.", "type": "object",
            "properties": {
                "term": { "title": "Term", "type": "string", "enum": ["fixed", "renews-yearly", "rolling", "not-known"] },
                "extensions": list("Options to extend", json!({ "type": "object", "properties": {
                    "months": { "type": "integer" },
                    "kind": { "type": "string", "enum": ["up-to", "whole"] },
                    "by": { "type": "string", "enum": ["buyer-option", "agreement"] },
                    "notice": length,
                    "used": { "type": "boolean" },
                } })),
                "breaks": list("Breaks", json!({ "type": "object", "properties": {
                    "on": { "type": "string", "format": "date" },
                    "or_any_time_after": { "type": "boolean" },
                    "notice": length,
                } })),
                "notice": length,
                "review": { "title": "Review date", "type": ["string", "null"], "format": "date" },
                "owningService": text("Owning service"),
                "products": list("Products", json!({ "type": "string" })),
                "functions": list("Functions", json!({ "type": "string" })),
                "annualValue": { "title": "Value for a year", "$ref": "#/definitions/Value" },
                "valueWithheld": text("Why the value is withheld"),
            } },
    } })
}

#[cfg(test)]
mod tests;
