//! What public notices say of an organisation's contracts beside what its own register says. Pure.
//!
//! A contract read from notices (source `ocds-…`) is matched with one of the organisation's own by supplier, title, days and
//! value; the reasons are shown. What is found is for a person: missing from the register, missing a notice, in conflict.
//! Either side is accepted as an edit with its provenance; what was set aside is not asked again until it says something else.

mod likeness;

pub use likeness::{Likeness, Reason, likeness};

use super::{
    edit::{Refusal, merge},
    ids::ContractId,
    import::apply::Fields as _,
    money::{Basis, Value},
    records::Contract,
    terms::{Period, Status, outlook},
};
use jiff::civil::Date;
use serde::Serialize;
use sha2::{Digest, Sha256};

/// What notices and the register can say differently of one contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Fact {
    /// Its first day.
    Start,
    /// Its current end.
    End,
    /// What it is worth.
    Value,
    /// Who supplies.
    Suppliers,
}

impl Fact {
    /// All of them.
    pub const ALL: [Fact; 4] = [Fact::Start, Fact::End, Fact::Value, Fact::Suppliers];

    /// The record's field of that name, as merges and origins know it.
    #[must_use]
    pub fn field(self) -> &'static str {
        match self {
            Fact::Start => "start",
            Fact::End => "end",
            Fact::Value => "value",
            Fact::Suppliers => "suppliers",
        }
    }

    /// The fact of this field.
    #[must_use]
    pub fn parse(field: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|fact| fact.field() == field)
    }
}

/// A fact on which the two sides differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Conflict {
    /// Which.
    pub fact: Fact,
    /// Whether the register says nothing, so that the notice would only fill it in.
    pub fills: bool,
}

/// A notice and the organisation's own record of the same contract.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Pair {
    /// The organisation's record.
    pub own: ContractId,
    /// The contract as notices have it.
    pub notice: ContractId,
    /// Whether a person has said that they are the same.
    pub confirmed: bool,
    /// Why they are taken to be the same.
    pub likeness: Likeness,
    /// On what they differ.
    pub conflicts: Vec<Conflict>,
}

/// What an organisation's register and the notices say of each other.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Reconciliation {
    /// Matched, those in conflict or not yet confirmed; what agrees and is confirmed is left out.
    pub pairs: Vec<Pair>,
    /// Contracts that notices know and the register does not.
    pub missing_from_register: Vec<ContractId>,
    /// Contracts of the register for which no notice is known; those that have ended are left out. None while no notice of the
    /// organisation was read at all: that each of its contracts lacks one would say nothing of the contracts.
    pub missing_notice: Vec<ContractId>,
    /// Pairs that a person confirmed and that agree.
    pub agreed: usize,
}

impl Reconciliation {
    /// How many things wait for a person.
    #[must_use]
    pub fn open(&self) -> usize {
        self.pairs.len() + self.missing_from_register.len() + self.missing_notice.len()
    }
}

/// In [`Contract::set_aside`]: the notice is not about a contract that the register should hold.
pub const NOT_OURS: &str = "not-ours";
/// In [`Contract::set_aside`]: no notice is to be expected.
pub const NO_NOTICE: &str = "no-notice";

/// In [`Contract::set_aside`]: what one notice says of one fact.
fn aside(notice: ContractId, fact: Fact) -> String {
    format!("{notice}/{}", fact.field())
}

/// In [`Contract::set_aside`]: the notice is about another contract.
fn apart(notice: ContractId) -> String {
    format!("{notice}/apart")
}

/// What a person decided, as a key of [`Contract::set_aside`] says it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decided {
    /// The notice is not about a contract that the register should hold.
    NotOurs,
    /// No notice is to be expected.
    NoNotice,
    /// The notice is about another contract.
    Apart(ContractId),
    /// The register is right about a fact, whatever the notice says.
    Own(ContractId, Fact),
}

impl Decided {
    /// Reads a key.
    #[must_use]
    pub fn of(key: &str) -> Option<Self> {
        match key {
            NOT_OURS => Some(Decided::NotOurs),
            NO_NOTICE => Some(Decided::NoNotice),
            _ => {
                let (notice, about) = key.split_once('/')?;
                let notice = notice.parse().ok()?;
                Some(if about == "apart" { Decided::Apart(notice) } else { Decided::Own(notice, Fact::parse(about)?) })
            }
        }
    }
}

/// Reconciles an organisation's contracts. `contracts` are all of one organisation's.
#[must_use]
pub fn reconcile(contracts: &[Contract], as_at: Date) -> Reconciliation {
    let notices: Vec<&Contract> = contracts.iter().filter(|contract| contract.is_from_notices()).collect();
    let own: Vec<&Contract> = contracts.iter().filter(|contract| !contract.is_from_notices()).collect();
    let mut result = Reconciliation::default();
    let matched = matches(&own, &notices);
    let (mut has_notice, mut has_record) = (vec![false; own.len()], vec![false; notices.len()]);
    for (own_at, notice_at, likeness) in matched {
        (has_notice[own_at], has_record[notice_at]) = (true, true);
        let (record, notice) = (own[own_at], notices[notice_at]);
        let confirmed = notice.notice_of == Some(record.id);
        let conflicts = conflicts(record, notice);
        if confirmed && conflicts.is_empty() {
            result.agreed += 1;
            continue;
        }
        result.pairs.push(Pair { own: record.id, notice: notice.id, confirmed, likeness, conflicts });
    }
    for (notice, _) in notices.iter().zip(&has_record).filter(|(_, has)| !**has) {
        // One that somebody of the organisation confirmed is as good as written by themselves.
        if notice.notice_of.is_none() && notice.confirmed.is_none() && !notice.set_aside.contains_key(NOT_OURS) {
            result.missing_from_register.push(notice.id);
        }
    }
    for (record, _) in own.iter().zip(&has_notice).filter(|(_, has)| !**has && !notices.is_empty()) {
        let over = outlook(&record.term, Period::default(), as_at).status == Status::Ended;
        let told = record.origin.ocid.is_some() || record.set_aside.contains_key(NO_NOTICE);
        if !over && !told && record.replaced_by.is_none() {
            result.missing_notice.push(record.id);
        }
    }
    result
}

/// Each record with at most one notice and each notice with at most one record: those that a person confirmed first, then the
/// most alike.
fn matches(own: &[&Contract], notices: &[&Contract]) -> Vec<(usize, usize, Likeness)> {
    let mut candidates = Vec::new();
    for (own_at, record) in own.iter().enumerate() {
        for (notice_at, notice) in notices.iter().enumerate() {
            let confirmed = notice.notice_of == Some(record.id);
            if !confirmed && (notice.notice_of.is_some() || record.set_aside.contains_key(&apart(notice.id))) {
                continue;
            }
            let likeness = likeness(record, notice);
            if confirmed || likeness.is_match() {
                candidates.push((confirmed, likeness, own_at, notice_at));
            }
        }
    }
    candidates.sort_by(|a, b| {
        (b.0, b.1.points)
            .cmp(&(a.0, a.1.points))
            .then_with(|| (own[a.2].id, notices[a.3].id).cmp(&(own[b.2].id, notices[b.3].id)))
    });
    let (mut used_own, mut used_notice) = (vec![false; own.len()], vec![false; notices.len()]);
    let mut taken = Vec::new();
    for (_, likeness, own_at, notice_at) in candidates {
        if !used_own[own_at] && !used_notice[notice_at] {
            (used_own[own_at], used_notice[notice_at]) = (true, true);
            taken.push((own_at, notice_at, likeness));
        }
    }
    // In the order of the register, so that a page does not jump when something is accepted.
    taken.sort_by_key(|(own_at, ..)| *own_at);
    taken
}

/// On what a record and its notice differ, but for what a person set aside.
#[must_use]
pub fn conflicts(record: &Contract, notice: &Contract) -> Vec<Conflict> {
    Fact::ALL
        .into_iter()
        .filter_map(|fact| {
            let (differs, fills) = differ(record, notice, fact);
            let settled = record.set_aside.get(&aside(notice.id, fact)) == Some(&said(notice, fact));
            (differs && !settled).then_some(Conflict { fact, fills })
        })
        .collect()
}

/// Whether the notice says something else, and whether the register says nothing. What the notice leaves open is no conflict.
fn differ(record: &Contract, notice: &Contract, fact: Fact) -> (bool, bool) {
    match fact {
        Fact::Start => days(record.term.start, notice.term.start),
        // A record whose option was used has a later end than the notice of its award; that is no conflict.
        Fact::End => {
            let extended = record.term.extensions.iter().any(|extension| extension.used);
            match (record.term.end, notice.term.end) {
                (Some(own), Some(other)) if extended && own > other => (false, false),
                (own, other) => days(own, other),
            }
        }
        Fact::Value => match (&record.value, &notice.value) {
            (_, Value::NotKnown | Value::Withheld { .. }) => (false, false),
            (Value::NotKnown, Value::Known(_)) => (true, true),
            (Value::Withheld { .. }, Value::Known(_)) => (true, false),
            // Sums of different kinds are never set against each other.
            (Value::Known(own), Value::Known(other)) => {
                let alike = own.currency == other.currency && kind(own.basis) == kind(other.basis);
                let apart = own.pence.abs_diff(other.pence);
                (alike && apart > own.pence.unsigned_abs() / 100, false)
            }
        },
        Fact::Suppliers => {
            let shared = notice.suppliers.iter().any(|id| record.suppliers.contains(id));
            (!notice.suppliers.is_empty() && !shared, record.suppliers.is_empty())
        }
    }
}

fn kind(basis: Basis) -> bool {
    basis == Basis::Annual
}

fn days(own: Option<Date>, other: Option<Date>) -> (bool, bool) {
    match (own, other) {
        (_, None) => (false, false),
        (None, Some(_)) => (true, true),
        (Some(own), Some(other)) => (own != other, false),
    }
}

/// A digest of what a notice says of a fact, so that something set aside is asked again once it says something else.
fn said(notice: &Contract, fact: Fact) -> String {
    let text = match fact {
        Fact::Start => format!("{:?}", notice.term.start),
        Fact::End => format!("{:?}", notice.term.end),
        Fact::Value => format!("{:?}", notice.value),
        Fact::Suppliers => format!("{:?}", notice.suppliers),
    };
    crate::audit::hex(&Sha256::digest(text)[..8])
}

/// The notice is right: the record takes what it says of a fact, and where it comes from.
///
/// # Errors
/// Where the two do not differ in it.
pub fn take_from_notice(record: &Contract, notice: &Contract, fact: Fact) -> Result<Contract, Refusal> {
    if !differ(record, notice, fact).0 {
        return Err(Refusal::NothingToUndo);
    }
    let mut after = record.clone();
    let mut fields = vec![fact.field()];
    if fact == Fact::Suppliers {
        fields.push("supplier_state");
    }
    for field in Contract::FIELDS.iter().filter(|field| fields.contains(&field.name)) {
        field.take(notice, &mut after);
    }
    let source = notice.origin.ocid.as_deref().unwrap_or(&notice.origin.source);
    merge::sign(&mut after, &fields, &format!("notice:{source}"));
    Ok(after)
}

/// The register is right: what the notice says of a fact is set aside until it says something else.
#[must_use]
pub fn keep_own(record: &Contract, notice: &Contract, fact: Fact) -> Contract {
    let mut after = record.clone();
    after.set_aside.insert(aside(notice.id, fact), said(notice, fact));
    after
}

/// The two are the same contract: the notice stands behind the organisation's own record from now on, which alone is counted
/// and which takes over the contracting process and the notice's address where it has none.
#[must_use]
pub fn same(record: &Contract, notice: &Contract) -> (Contract, Contract) {
    let (mut own, mut behind) = (record.clone(), notice.clone());
    behind.notice_of = Some(record.id);
    own.origin.ocid = own.origin.ocid.or_else(|| notice.origin.ocid.clone());
    own.origin.url = own.origin.url.or_else(|| notice.origin.url.clone());
    (own, behind)
}

/// The two are different contracts: they are not matched again.
#[must_use]
pub fn different(record: &Contract, notice: &Contract) -> Contract {
    let mut after = record.clone();
    after.set_aside.insert(apart(notice.id), "yes".to_owned());
    after
}

/// What a notice knows belongs in the register: the organisation takes it as its own word.
#[must_use]
pub fn adopt(notice: &Contract, as_at: Date) -> Contract {
    let mut after = notice.clone();
    after.confirmed = Some(as_at);
    after.set_aside.remove(NOT_OURS);
    after
}

/// The record as someone says that no notice (or, of a notice, no record) is to be expected.
#[must_use]
pub fn not_expected(contract: &Contract) -> Contract {
    let mut after = contract.clone();
    let what = if contract.is_from_notices() { NOT_OURS } else { NO_NOTICE };
    after.set_aside.insert(what.to_owned(), "yes".to_owned());
    after
}

#[cfg(test)]
mod tests;
