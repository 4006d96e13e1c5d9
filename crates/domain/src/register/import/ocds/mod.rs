//! A compiled release as drafts (design §5, 'OCDS to contract').
//!
//! Each entry of `contracts[]`, else each award, is a contract with one supplier or several; what is at planning or tender is
//! a planned procurement. Ends are the first ten characters of what is written, never converted between zones. Values come
//! from contract or award, estimates from the tender, and one never stands in for the other.

mod amounts;
mod contacts;
mod parties;
mod periods;
mod prose;
mod repeats;
mod shapes;

pub use amounts::{day, pence};
pub use contacts::{page_without_contacts, release_digest, without_contacts};
pub use prose::extension_in_prose;
pub use repeats::tell_apart;

use super::cells::{self, Stated, in_words};
use super::contracts::{not_whole_months, route, url, whole_months};
use super::draft::{ContractDraft, OrganisationDraft, PlannedDraft, Warning};
use crate::register::money::Basis;
use crate::register::names::tidy;
use crate::register::records::SupplierState;
use crate::register::terms::{Extension, TermKind};
use parties::Parties;
use periods::Days;
use serde_json::Value as Json;
use std::collections::HashMap;

/// What a release comes to.
#[derive(Clone, Debug, Default)]
pub struct Drafts {
    /// The contracting process.
    pub ocid: String,
    /// Contracts.
    pub contracts: Vec<ContractDraft>,
    /// What awards that do not stand say, each with its warnings: of use only where an earlier release made a contract of the award,
    /// which has ended then.
    pub withdrawn: Vec<(ContractDraft, Vec<Warning>)>,
    /// What is still to be bought; none once there are contracts.
    pub planned: Option<PlannedDraft>,
    /// An option to extend that stands in prose, in the source's words, for a person to confirm: one for each contract that
    /// has none as data, by its place in `contracts`; the flag's reason is `extension-in-prose`.
    pub extensions_in_prose: Vec<(usize, String)>,
}

/// Reads a compiled release. `place` is its place in the file, for warnings.
#[must_use]
pub fn read(place: u64, release: &Json, warnings: &mut Vec<Warning>) -> Drafts {
    let reader = Reader { place, release, tender: &release["tender"], parties: Parties::new(release) };
    shapes::warn(place, release, warnings);
    let ocid = text(&release["ocid"]).unwrap_or_default();
    let mut drafts = Drafts { ocid: ocid.clone(), ..Drafts::default() };
    let awards = list(&release["awards"]);
    let contracts = list(&release["contracts"]);
    let mut occurrences: HashMap<String, u32> = HashMap::new();
    // Ids of awards repeat in real data: each is kept, told apart by its occurrence among all of them.
    let mut key = |id: String| {
        let occurrence = occurrences.entry(id.clone()).or_default();
        *occurrence += 1;
        format!("ocds|{ocid}|{id}|{occurrence}")
    };
    let mut add = |own_key: String, contract: &Json, award: &Json, warnings: &mut Vec<Warning>| {
        let draft = reader.contract(&ocid, own_key, contract, award, warnings);
        if !matches!(&draft.extensions, Stated::Is(options) if !options.is_empty()) {
            let lots = reader.lots(award);
            if let Some(prose) = extension_in_prose(contract, award, reader.tender, release, &lots) {
                drafts.extensions_in_prose.push((drafts.contracts.len(), prose));
            }
        }
        drafts.contracts.push(draft);
    };
    let mut met: HashMap<Option<String>, usize> = HashMap::new();
    for contract in contracts.iter().filter(|contract| contract.is_object()) {
        let award_id = id_text(&contract["awardID"]);
        // Where ids of awards repeat, the second contract under one belongs to its second award.
        let mut of_id = awards.iter().filter(|award| award_id.is_some() && id_text(&award["id"]) == award_id);
        let earlier = met.entry(award_id.clone()).or_insert(0_usize);
        let award = of_id.clone().nth(*earlier).or_else(|| of_id.next());
        *earlier += 1;
        let only = if awards.len() == 1 && award_id.is_none() { awards.first() } else { None };
        let award = award.or(only).unwrap_or(&Json::Null);
        let id = award_id.or_else(|| id_text(&contract["id"])).or_else(|| id_text(&award["id"])).unwrap_or_default();
        add(key(id), contract, award, warnings);
    }
    for award in awards.iter().filter(|award| award.is_object()) {
        let id = id_text(&award["id"]);
        if !contracts.is_empty() && (is_award(award) || met.contains_key(&id)) {
            continue;
        }
        let own_key = key(id.unwrap_or_default());
        if is_award(award) {
            add(own_key, &Json::Null, award, warnings);
        } else {
            let mut own = Vec::new();
            let draft = reader.contract(&ocid, own_key, &Json::Null, award, &mut own);
            drafts.withdrawn.push((draft, own));
        }
    }
    if drafts.contracts.is_empty() {
        drafts.planned = Some(reader.planned(&ocid, warnings));
    }
    drafts
}

/// Whether an award stands: one that was refused or withdrawn is no contract.
fn is_award(award: &Json) -> bool {
    award.is_object() && !is(&award["status"], &["unsuccessful", "cancelled"])
}

struct Reader<'a> {
    place: u64,
    release: &'a Json,
    tender: &'a Json,
    parties: Parties<'a>,
}

impl Reader<'_> {
    fn contract(&self, ocid: &str, own_key: String, contract: &Json, award: &Json, warnings: &mut Vec<Warning>) -> ContractDraft {
        let (organisation, joint) = self.buyers();
        let lots = self.lots(award);
        let one_lot = if lots.len() == 1 { lots[0] } else { &Json::Null };
        let mut draft = ContractDraft {
            organisation,
            joint,
            own_key: Some(own_key),
            ocid: Some(ocid.to_owned()),
            ..ContractDraft::default()
        };
        draft.reference = self.reference(ocid, if contract.is_null() { award } else { contract });
        draft.title = [contract, award, one_lot, self.tender, self.release].iter().find_map(|from| text(&from["title"]));
        draft.description = Stated::from_option(
            [contract, award, one_lot, self.tender, self.release].iter().find_map(|from| text(&from["description"])),
        );
        let suppliers = [contract, award].into_iter().map(|from| list(&from["suppliers"])).find(|list| !list.is_empty());
        draft.suppliers =
            suppliers.unwrap_or_default().iter().filter_map(|supplier| self.parties.supplier(ocid, supplier)).collect();
        draft.supplier_state = if draft.suppliers.is_empty() { SupplierState::NotKnown } else { SupplierState::Known };
        self.period(&mut draft, contract, award, one_lot, warnings);
        self.ended(&mut draft, contract, award, warnings);
        draft.value = Stated::from_option(
            [contract, award].into_iter().find_map(|from| self.value(&from["value"], Basis::WholeLife, warnings)),
        );
        draft.route = Stated::from_option(self.route().map(str::to_owned));
        let mut cpv = codes(contract);
        if cpv.is_empty() {
            cpv = codes(award);
        }
        if cpv.is_empty() {
            cpv = codes(self.tender);
        }
        draft.cpv = if cpv.is_empty() { Stated::Silent } else { Stated::Is(cpv) };
        if let (Some(lot), 2..) = (text(&one_lot["title"]).or_else(|| id_text(&one_lot["id"])), list(&self.tender["lots"]).len())
        {
            draft.lot = Stated::Is(lot);
        }
        draft.framework = Stated::from_option(self.framework());
        draft.url = [contract, award]
            .iter()
            .find_map(|from| document_url(&from["documents"], &["contractNotice", "awardNotice", "contractSigned"]))
            .or_else(|| self.url());
        draft
    }

    /// Whether it was ended before its end, or its award does not stand any more. OCDS gives no day of that: it had ended by the day of
    /// the release that says so, and by its end.
    fn ended(&self, draft: &mut ContractDraft, contract: &Json, award: &Json, warnings: &mut Vec<Warning>) {
        let of_award = contract.is_null() && !is_award(award);
        let (what, from) = if of_award { ("award", award) } else { ("contract", contract) };
        if !of_award && !is(&contract["status"], &["terminated", "cancelled"]) {
            if is(&contract["status"], &["active"]) || contract.is_null() && is(&award["status"], &["active"]) {
                draft.terminated = Stated::NotKnown;
            }
            return;
        }
        let by = text(&self.release["date"]).and_then(|date| day(&date));
        draft.terminated = Stated::from_option(by.into_iter().chain(draft.end.value().copied()).min());
        if let Some(day) = draft.terminated.value() {
            let status = text(&from["status"]).unwrap_or_default();
            let message = format!(
                "the {what} is {status}, and the notice does not say since when; the contract is taken to have ended by {}",
                in_words(*day)
            );
            warnings.push(Warning::new(self.place, "terminated", message));
        }
    }

    /// Each day from the contract's period, else the award's, else the lot's, else the tender's.
    fn period(&self, draft: &mut ContractDraft, contract: &Json, award: &Json, lot: &Json, warnings: &mut Vec<Warning>) {
        let periods = [&contract["period"], &award["contractPeriod"], &lot["contractPeriod"], &self.tender["contractPeriod"]];
        let Days { start, end, last, duration } = periods::days(self.place, &periods, warnings);
        draft.start = Stated::from_option(start);
        draft.end = Stated::from_option(end);
        if end.is_some() {
            draft.kind = Stated::Is(TermKind::Fixed);
        } else if let Some(days) = duration {
            let message = format!("only a duration of {days} days is given, and no start; the end is left as not known");
            warnings.push(Warning::new(self.place, "endDate", message));
        }
        if let (Some(end), Some(last)) = (end, last) {
            let (months, exact) = whole_months(end, last.max(end));
            if !exact {
                warnings.push(Warning::new(self.place, "maxExtentDate", not_whole_months(end, last, months)));
            }
            let option = Extension { months, ..Extension::default() };
            draft.extensions = Stated::Is(if months == 0 { Vec::new() } else { vec![option] });
        }
    }

    /// The period that all lots of a tender have; where they differ, and the tender has none of its own, that is said.
    fn lots_period<'l>(&self, lots: &[&'l Json], warnings: &mut Vec<Warning>) -> &'l Json {
        const NONE: &Json = &Json::Null;
        let mut periods = lots.iter().map(|lot| &lot["contractPeriod"]).filter(|period| !period.is_null());
        let first = periods.next().unwrap_or(NONE);
        if periods.all(|period| period == first) {
            return first;
        }
        if self.tender["contractPeriod"].is_null() {
            let message = "its lots would run for different times; when the contract would run is left as not known";
            warnings.push(Warning::new(self.place, "contractPeriod", message));
        }
        NONE
    }

    fn planned(&self, ocid: &str, warnings: &mut Vec<Warning>) -> PlannedDraft {
        let tender = self.tender;
        let lots: Vec<&Json> = list(&tender["lots"]).iter().collect();
        let one_lot = if lots.len() == 1 { lots[0] } else { &Json::Null };
        let days = periods::days(self.place, &[&tender["contractPeriod"], self.lots_period(&lots, warnings)], warnings);
        let closes = periods::stated(self.place, "tenderPeriod", &tender["tenderPeriod"]["endDate"], warnings);
        let awards = list(&self.release["awards"]);
        let failed = awards.iter().filter(|award| award.is_object() && !is_award(award)).count();
        // There are no other awards. A tender that is still open while some of its lots came to nothing goes on.
        let none_left = failed > 0 && failed >= lots.len();
        // Cancelled is what somebody stopped; unsuccessful is what found no supplier.
        let came_to = if awards.iter().any(|award| is(&award["status"], &["cancelled"])) { "cancelled" } else { "unsuccessful" };
        let stage = match text(&tender["status"]).unwrap_or_default().as_str() {
            "cancelled" | "withdrawn" => "cancelled",
            "unsuccessful" => "unsuccessful",
            "complete" if failed > 0 => came_to,
            "" | "active" if none_left => came_to,
            "complete" => "complete",
            "planning" | "planned" => "planning",
            "" if is_tag(self.release, "planning") => "planning",
            _ => "tender",
        };
        let estimate = [&tender["value"], &one_lot["value"], &self.release["planning"]["budget"]["amount"]];
        PlannedDraft {
            organisation: self.buyers().0,
            reference: self.reference(ocid, &Json::Null),
            title: self.planned_text("title").unwrap_or_else(|| ocid.to_owned()),
            description: self.planned_text("description"),
            stage: stage.to_owned(),
            value: estimate.into_iter().find_map(|value| self.value(value, Basis::Estimated, warnings)).unwrap_or_default(),
            closes,
            start: days.start,
            end: days.end,
            duration: days.duration,
            cpv: codes(tender),
            url: self.url(),
            ocid: ocid.to_owned(),
        }
    }

    /// What the tender says, else the release, else the first award that says anything: where all came to nothing, a notice may
    /// hold nothing else.
    fn planned_text(&self, name: &str) -> Option<String> {
        let awards = list(&self.release["awards"]).iter();
        [self.tender, self.release].into_iter().chain(awards).find_map(|from| text(&from[name]))
    }

    fn buyers(&self) -> (OrganisationDraft, Vec<OrganisationDraft>) {
        self.parties.buyers(&self.release["buyer"], &self.tender["procuringEntity"])
    }

    /// The id of the contract or award, unless it only counts or repeats the process; then the tender's, which is the buyer's.
    fn reference(&self, ocid: &str, of: &Json) -> Option<String> {
        let own = id_text(&of["id"])
            .filter(|id| !(id.starts_with(ocid) || id.len() <= 3 && id.bytes().all(|byte| byte.is_ascii_digit())));
        own.or_else(|| id_text(&self.tender["id"]))
    }

    fn lots(&self, award: &Json) -> Vec<&Json> {
        let wanted: Vec<String> = list(&award["relatedLots"]).iter().filter_map(id_text).collect();
        let lots = list(&self.tender["lots"]);
        if wanted.is_empty() && lots.len() > 1 {
            return Vec::new();
        }
        lots.iter().filter(|lot| wanted.is_empty() || id_text(&lot["id"]).is_some_and(|id| wanted.contains(&id))).collect()
    }

    fn value(&self, value: &Json, basis: Basis, warnings: &mut Vec<Warning>) -> Option<crate::register::money::Value> {
        let mut warn = |message: String| warnings.push(Warning::new(self.place, "value", message));
        match amounts::value(value, basis) {
            Ok(found) => found.map(|(value, rounded)| {
                if let (Some(written), Some(money)) = (rounded, value.money()) {
                    let written = cells::shown(&written);
                    warn(format!("‘{written}’ has more than two decimals; it is read as {}", money.amount()));
                }
                value
            }),
            Err(why) => {
                warn(format!("the value is left as not known: {why}"));
                None
            }
        }
    }

    fn route(&self) -> Option<&'static str> {
        let details = text(&self.tender["procurementMethodDetails"]);
        details.as_deref().and_then(route).or_else(|| match text(&self.tender["procurementMethod"])?.as_str() {
            "direct" => Some("direct-award"),
            "open" | "selective" | "limited" => Some("competition"),
            _ => None,
        })
    }

    fn framework(&self) -> Option<String> {
        let related = list(&self.release["relatedProcesses"]).iter();
        let mut framework = related.filter(|process| list(&process["relationship"]).iter().any(|kind| is(kind, &["framework"])));
        framework.find_map(|process| text(&process["title"]).or_else(|| text(&process["identifier"])))
    }

    fn url(&self) -> Option<String> {
        let link =
            |link: &Json| if is(&link["rel"], &["canonical"]) { text(&link["href"]).and_then(|href| url(&href)) } else { None };
        let notice = ["tender", "planning"].iter().find_map(|stage| {
            document_url(
                &self.release[*stage]["documents"],
                &["tenderNotice", "plannedProcurementNotice", "marketEngagementNotice"],
            )
        });
        notice.or_else(|| list(&self.release["links"]).iter().find_map(link))
    }
}

fn document_url(documents: &Json, kinds: &[&str]) -> Option<String> {
    let documents = list(documents).iter().filter(|document| is(&document["documentType"], kinds));
    documents.filter_map(|document| text(&document["url"])).find_map(|address| url(&address))
}

/// CPV codes of a tender, award or contract: its own, its items', and further ones.
fn codes(from: &Json) -> Vec<String> {
    let mut found = Vec::new();
    let own = std::iter::once(&from["classification"]).chain(list(&from["additionalClassifications"]));
    let items = list(&from["items"]).iter();
    let items = items.flat_map(|item| std::iter::once(&item["classification"]).chain(list(&item["additionalClassifications"])));
    for class in own.chain(items).filter(|class| is(&class["scheme"], &["CPV"])) {
        for code in id_text(&class["id"]).map(|id| cells::cpv(&id).codes).unwrap_or_default() {
            if !found.contains(&code) {
                found.push(code);
            }
        }
    }
    found
}

fn is_tag(release: &Json, tag: &str) -> bool {
    list(&release["tag"]).iter().any(|one| is(one, &[tag]))
}

fn is(value: &Json, words: &[&str]) -> bool {
    value.as_str().is_some_and(|text| words.contains(&text.trim()))
}

/// The entries of a list. One object where a list should be is a list of one.
fn list(value: &Json) -> &[Json] {
    match value {
        Json::Array(entries) => entries,
        Json::Object(fields) if !fields.is_empty() => std::slice::from_ref(value),
        _ => &[],
    }
}

/// A text on one line; none where it is empty or no text.
fn text(value: &Json) -> Option<String> {
    value.as_str().map(tidy).filter(|text| !text.is_empty()).map(std::borrow::Cow::into_owned)
}

/// An id: a text or a whole number.
fn id_text(value: &Json) -> Option<String> {
    match value {
        Json::Number(number) => Some(number.to_string()),
        Json::String(text) => {
            let own = text.split(repeats::MARK).next().unwrap_or_default();
            Some(tidy(own).into_owned()).filter(|id| !id.is_empty())
        }
        _ => None,
    }
}
