//! The latest changes of the whole register as sentences have them: imports as one line, like changes of one moment as one.

use super::{facts::ImportFact, history::field_words, views::Named};
use crate::{error::Failure, state::App};
use domain::{
    audit::{Action, Kind},
    people::Scope,
    register::{
        ids::{ContractId, OrganisationId, PlannedProcurementId, SkillId, SystemId},
        records::Import,
        snapshot::Snapshot,
    },
};
use serde::Serialize;
use serde_json::Value as Json;
use std::collections::BTreeMap;
use store::log::Change;

/// Entries read at a time, and how often at most: behind one large import may stand something else.
const BATCH: i64 = 200;
const BATCHES: usize = 3;

/// How many records an import wrote.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    created: i64,
    updated: i64,
    unchanged: i64,
    rejected: i64,
    /// Planned procurements added.
    planned: i64,
    /// Contracts that rows of systems added and changed.
    contracts: i64,
    contracts_changed: i64,
}

impl Counts {
    /// Created, updated, unchanged, rejected, planned procurements added, contracts added and changed by rows of systems.
    #[must_use]
    pub fn all(&self) -> [i64; 7] {
        let Self { created, updated, unchanged, rejected, planned, contracts, contracts_changed } = *self;
        [created, updated, unchanged, rejected, planned, contracts, contracts_changed]
    }

    /// From a report, as it was given.
    #[must_use]
    pub fn of(report: &Json) -> Self {
        let number = |name: &str| report.get(name).and_then(Json::as_i64).unwrap_or(0);
        let beside = |place: &str| report.pointer(place).and_then(Json::as_i64).unwrap_or(0);
        let rejected = report.get("rejected").and_then(Json::as_array).map_or(0, Vec::len);
        Self {
            created: number("created"),
            updated: number("updated"),
            unchanged: number("unchanged"),
            rejected: i64::try_from(rejected).unwrap_or(i64::MAX),
            planned: beside("/planned_procurements/created"),
            contracts: beside("/contracts/created"),
            contracts_changed: beside("/contracts/updated"),
        }
    }
}

/// A change, or several alike of one moment.
#[derive(Clone, Debug, Serialize)]
pub struct Latest {
    /// Its place in the log.
    pub sequence: i64,
    /// When, milliseconds of UTC.
    pub at: i64,
    /// The same as `2026-11-23T09:00:00Z`.
    pub at_iso: String,
    /// `import`, `undo`, or `change`.
    pub what: &'static str,
    /// The import.
    pub import: Option<ImportFact>,
    /// What it wrote.
    pub counts: Counts,
    /// Whose record it is.
    pub organisation: Option<Named>,
    /// `contract`, `system`, `planned-procurement`, `skill`.
    pub kind: &'static str,
    /// `create`, `update`, `delete`.
    pub action: &'static str,
    /// How many records.
    pub records: usize,
    /// The record, where it is one and still there.
    pub subject: Option<Named>,
    /// What changed, in words.
    pub fields: Vec<String>,
}

/// The latest changes, newest first.
///
/// # Errors
/// When the database fails.
pub async fn latest(app: &App, snapshot: &Snapshot, limit: usize) -> Result<Vec<Latest>, Failure> {
    before(app, snapshot, None, limit).await
}

/// The latest changes before a place in the log, newest first.
///
/// # Errors
/// When the database fails.
pub async fn before(app: &App, snapshot: &Snapshot, start: Option<i64>, limit: usize) -> Result<Vec<Latest>, Failure> {
    let scope = Scope::Public;
    let mut told: Vec<Latest> = Vec::new();
    let imports = app.store.latest(&scope, &[Kind::Import], start, 2 * i64::try_from(limit).unwrap_or(1000)).await?;
    for change in &imports {
        told.extend(of_import(app, change).await?);
    }
    let mut before = start;
    let mut found: Vec<Latest> = Vec::new();
    for _ in 0..BATCHES {
        let others = [Kind::Contract, Kind::System, Kind::PlannedProcurement, Kind::Skill];
        let changes = app.store.latest(&scope, &others, before, BATCH).await?;
        let Some(last) = changes.last() else { break };
        before = Some(last.sequence);
        let all = i64::try_from(changes.len()).unwrap_or(0) < BATCH;
        for change in changes.iter().filter(|change| change.import.is_none()) {
            add(&mut found, change, snapshot);
        }
        if all || found.len() > limit {
            break;
        }
    }
    told.extend(found);
    told.sort_by_key(|one| std::cmp::Reverse(one.sequence));
    told.truncate(limit);
    Ok(told)
}

async fn of_import(app: &App, change: &Change) -> Result<Option<Latest>, Failure> {
    let Some(import) = app.store.get::<Import>(&Scope::Public, change.subject).await? else { return Ok(None) };
    // An import's own record is written again when its report is complete; that is no news.
    let undone = change.content.as_ref().is_some_and(|content| content.get("undone_at").is_some());
    let what = match change.action {
        Action::Create => "import",
        Action::Update if undone => "undo",
        _ => return Ok(None),
    };
    let mut latest = start(change, what);
    latest.counts = Counts::of(&import.report);
    latest.import = Some(ImportFact::from(&import));
    Ok(Some(latest))
}

/// Adds a change to those told, or to the last one told where it is like it.
fn add(told: &mut Vec<Latest>, change: &Change, snapshot: &Snapshot) {
    let mut one = start(change, "change");
    one.organisation = change
        .organisation
        .and_then(|id| snapshot.organisation(snapshot.organisation_by_id(OrganisationId(id))?))
        .map(Named::organisation);
    one.subject = subject(change, snapshot);
    // A record that is not public is told of nowhere: neither while it is there, nor once it is gone.
    let public = match change.action {
        Action::Delete => change.content.as_ref().and_then(|content| content.get("published")) != Some(&Json::Bool(false)),
        _ => one.subject.is_some(),
    };
    if !public {
        return;
    }
    if let (Action::Update, Some(Json::Object(changed))) = (change.action, &change.content) {
        let shown: BTreeMap<&str, ()> =
            changed.keys().filter(|name| super::history::is_shown(name)).map(|name| (field_words(name), ())).collect();
        one.fields = shown.into_keys().map(str::to_owned).collect();
        if one.fields.is_empty() {
            return;
        }
    }
    if let Some(last) = told.last_mut() {
        let alike = (last.at, last.kind, last.action, &last.organisation) == (one.at, one.kind, one.action, &one.organisation);
        if alike && last.fields == one.fields {
            last.records += 1;
            last.subject = None;
            return;
        }
    }
    told.push(one);
}

fn subject(change: &Change, snapshot: &Snapshot) -> Option<Named> {
    match change.kind {
        Kind::Contract => {
            let contract = snapshot.contract(snapshot.contract_by_id(ContractId(change.subject))?);
            Some(Named::new(contract.title(), "contracts", contract.id()))
        }
        Kind::System => {
            let system = &snapshot.system(snapshot.system_by_id(SystemId(change.subject))?)?.record;
            let product = snapshot.product(snapshot.product_by_id(system.product)?)?;
            Some(Named::new(&*product.record.name, "systems", system.id))
        }
        Kind::PlannedProcurement => {
            let planned = &snapshot.planned_procurement(snapshot.planned_by_id(PlannedProcurementId(change.subject))?)?.record;
            Some(Named::new(&*planned.title, "planned-procurements", planned.id))
        }
        Kind::Skill => {
            let skill = &snapshot.skill(snapshot.skill_by_id(SkillId(change.subject))?)?.record;
            Some(Named::new(&*skill.name, "skills", skill.id))
        }
        _ => None,
    }
}

fn start(change: &Change, what: &'static str) -> Latest {
    Latest {
        sequence: change.sequence,
        at: change.at,
        at_iso: jiff::Timestamp::from_millisecond(change.at).map(|at| at.to_string()).unwrap_or_default(),
        what,
        import: None,
        counts: Counts::default(),
        organisation: None,
        kind: change.kind.as_str(),
        action: change.action.as_str(),
        records: 1,
        subject: None,
        fields: Vec::new(),
    }
}
