//! Taking an import back: what it made goes, what it changed returns, unless someone has changed it since.

use crate::{
    db::{Query as _, Store},
    error::{Error, Result},
    log::Change,
    records::{Record, id},
    write::{Committed, Write},
};
use domain::{
    audit::{Action, Kind},
    people::Scope,
    register::{ids::ImportId, records::*},
};
use serde_json::Value as Json;
use std::collections::{HashMap, HashSet};
use uuid::Uuid;

/// What taking an import back did.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Undone {
    /// Records the import made that are gone again.
    pub removed: u64,
    /// Records it had changed or removed that are as they were before.
    pub restored: u64,
    /// Records left as they are, and why: someone changed or came to need them since.
    pub kept: Vec<Kept>,
}

/// A record that an undo left as it is.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Kept {
    /// The kind of record.
    pub kind: &'static str,
    /// The record.
    pub id: Uuid,
    /// Why it was kept.
    pub reason: String,
}

const PAGE: i64 = 2000;

impl Store {
    /// Takes an import back, in one transaction, with its own entries in the log.
    ///
    /// # Errors
    /// When there is no such import, or it was taken back before.
    pub async fn undo_import(&self, scope: &Scope, import: ImportId, at: i64) -> Result<(Undone, Committed)> {
        let record: Import = self.get(scope, import.0).await?.ok_or_else(|| Error::Missing("import", import.to_string()))?;
        if record.undone_at.is_some() {
            return Err(Error::Refused(format!("import {import} was undone before; nothing changed")));
        }
        let mut undone = Undone::default();
        let mut write = self.write(scope, at).await?;
        let mut seen = HashSet::new();
        let mut before = i64::MAX;
        loop {
            let page = self.of_import(import, before, PAGE).await?;
            let Some(last) = page.last() else { break };
            before = last.sequence;
            let current = latest_of(&write, &page).await?;
            // Runs of one kind and action go together, newest first, so that what refers goes before what it refers to.
            for run in page.chunk_by(|a, b| a.kind == b.kind && a.action == b.action) {
                reverse(&mut write, run, import, &current, &mut seen, &mut undone).await?;
            }
        }
        let mut after = record.clone();
        after.undone_at = Some(at);
        write.update(&record, &mut after).await?;
        let committed = write.commit().await?;
        Ok((undone, committed))
    }
}

/// For each subject of a page: the import of its latest entry.
async fn latest_of(write: &Write, page: &[Change]) -> Result<HashMap<Uuid, Option<Uuid>>> {
    let mut latest = HashMap::new();
    let subjects: HashSet<Uuid> = page.iter().map(|change| change.subject).collect();
    let subjects: Vec<Uuid> = subjects.into_iter().collect();
    for batch in subjects.chunks(1000) {
        let sql = format!(
            "select subject_id, import_id from change where sequence in \
             (select max(sequence) from change where subject_id in ({}) group by subject_id)",
            crate::write::places(1, batch.len())
        );
        let values = batch.iter().map(|subject| subject.to_string().into()).collect();
        for row in write.transaction().rows(&sql, values).await? {
            let (subject, import): (String, Option<String>) = (row.try_get_by_index(0)?, row.try_get_by_index(1)?);
            if let Ok(subject) = Uuid::parse_str(&subject) {
                latest.insert(subject, import.and_then(|id| Uuid::parse_str(&id).ok()));
            }
        }
    }
    Ok(latest)
}

async fn reverse(
    write: &mut Write,
    run: &[Change],
    import: ImportId,
    current: &HashMap<Uuid, Option<Uuid>>,
    seen: &mut HashSet<Uuid>,
    undone: &mut Undone,
) -> Result<()> {
    let Some(first) = run.first() else { return Ok(()) };
    match first.kind {
        Kind::ServiceArea => each::<ServiceArea>(write, run, import, current, seen, undone).await,
        Kind::Organisation => each::<Organisation>(write, run, import, current, seen, undone).await,
        Kind::Function => each::<Function>(write, run, import, current, seen, undone).await,
        Kind::Supplier => each::<Supplier>(write, run, import, current, seen, undone).await,
        Kind::Product => each::<Product>(write, run, import, current, seen, undone).await,
        Kind::System => each::<System>(write, run, import, current, seen, undone).await,
        Kind::Contract => each::<Contract>(write, run, import, current, seen, undone).await,
        Kind::PlannedProcurement => each::<PlannedProcurement>(write, run, import, current, seen, undone).await,
        Kind::Release => each::<Release>(write, run, import, current, seen, undone).await,
        Kind::Flag => each::<Flag>(write, run, import, current, seen, undone).await,
        Kind::Skill => each::<Skill>(write, run, import, current, seen, undone).await,
        // The import's own record stays, marked as undone; what it learnt of headers stays useful. Imports write nothing else.
        _ => Ok(()),
    }
}

async fn each<R: Record>(
    write: &mut Write,
    run: &[Change],
    import: ImportId,
    current: &HashMap<Uuid, Option<Uuid>>,
    seen: &mut HashSet<Uuid>,
    undone: &mut Undone,
) -> Result<()> {
    let mut gone = Vec::new();
    for change in run {
        let keep = |reason: &str| Kept { kind: R::KIND.as_str(), id: change.subject, reason: reason.to_owned() };
        let since =
            current.get(&change.subject).is_some_and(|latest| *latest != Some(import.0)) && !seen.contains(&change.subject);
        let Some(content) = &change.content else {
            undone.kept.push(keep("its content was erased"));
            continue;
        };
        match change.action {
            Action::Create if since => undone.kept.push(keep("it was changed since")),
            Action::Create => match write.current::<R>(change.subject).await? {
                Some(record) if !write.needed::<R>(change.subject).await? => gone.push(record),
                Some(_) => undone.kept.push(keep("other records refer to it")),
                None => {}
            },
            Action::Update => match write.current::<R>(change.subject).await? {
                None => undone.kept.push(keep("it is gone")),
                Some(record) => match restored(&record, content)? {
                    (mut before, true) => {
                        write.update(&record, &mut before).await?;
                        undone.restored += 1;
                    }
                    (_, false) => undone.kept.push(keep("the same field was changed since")),
                },
            },
            Action::Event => {}
            Action::Delete => {
                write.revive(read::<R>(content.clone())?).await?;
                undone.restored += 1;
            }
        }
        seen.insert(change.subject);
    }
    undone.removed += gone.len() as u64;
    write.delete(&gone).await
}

/// The record with each field of an update as it was before, and whether every field still held what the update put there.
fn restored<R: Record>(record: &R, content: &Json) -> Result<(R, bool)> {
    let mut value = serde_json::to_value(record).map_err(|error| corrupt::<R>(record.id(), &error))?;
    let mut intact = true;
    if let (Some(fields), Some(changes)) = (value.as_object_mut(), content.as_object()) {
        for (field, pair) in changes {
            let (before, after) = (pair.get(0).unwrap_or(&Json::Null), pair.get(1).unwrap_or(&Json::Null));
            if fields.get(field).unwrap_or(&Json::Null) != after {
                intact = false;
            } else if before.is_null() {
                fields.shift_remove(field);
            } else {
                fields.insert(field.clone(), before.clone());
            }
        }
    }
    Ok((read(value)?, intact))
}

fn read<R: Record>(value: Json) -> Result<R> {
    serde_json::from_value(value).map_err(|error| corrupt::<R>(Uuid::nil(), &error))
}

fn corrupt<R: Record>(id: Uuid, error: &serde_json::Error) -> Error {
    Error::Corrupt { table: R::TABLE, id: id.to_string(), reason: error.to_string() }
}

/// Which columns refer to a table, so that an undo can see whether a record is still needed.
const REFERENCES: &[(&str, &str, &str)] = &[
    ("service_area", "function", "service_area_id"),
    ("organisation", "system", "organisation_id"),
    ("organisation", "contract", "organisation_id"),
    ("organisation", "contract_organisation", "organisation_id"),
    ("organisation", "planned_procurement", "organisation_id"),
    ("organisation", "membership", "organisation_id"),
    ("organisation", "session", "acting_for"),
    ("organisation", "project", "organisation_id"),
    ("organisation", "project_organisation", "organisation_id"),
    ("organisation", "dpia_file", "organisation_id"),
    ("organisation", "assessment", "lead_id"),
    ("organisation", "assessment_organisation", "organisation_id"),
    ("organisation", "task", "organisation_id"),
    ("organisation", "absence", "organisation_id"),
    ("organisation", "skill", "organisation_id"),
    ("contract", "contract", "replaced_by"),
    ("contract", "contract", "notice_of"),
    ("function", "product_function", "function_id"),
    ("function", "system_function", "function_id"),
    ("function", "contract_function", "function_id"),
    ("supplier", "product", "manufacturer_id"),
    ("supplier", "contract_supplier", "supplier_id"),
    ("supplier", "system_sub_processor", "supplier_id"),
    ("product", "system", "product_id"),
    ("product", "contract_product", "product_id"),
    ("system", "contract_system", "system_id"),
    ("system", "project_system", "system_id"),
    ("system", "assessment_system", "system_id"),
    ("contract", "project_contract", "contract_id"),
    ("contract", "assessment_contract", "contract_id"),
    ("planned_procurement", "project_planned", "planned_procurement_id"),
    ("planned_procurement", "assessment_planned", "planned_procurement_id"),
];

impl Write {
    /// A record as this transaction sees it.
    pub(crate) async fn current<R: Record>(&self, record: Uuid) -> Result<Option<R>> {
        Ok(self.get_many(&[record]).await?.into_iter().next())
    }

    /// The last entry of the log about a record, as this transaction sees it.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn last_entry_of(&self, record: Uuid) -> Result<Option<i64>> {
        let sql = "select max(sequence) from change where subject_id = $1";
        let row = self.transaction().row(sql, vec![id(record)]).await?;
        Ok(row.map(|row| row.try_get_by_index::<Option<i64>>(0)).transpose()?.flatten())
    }

    /// Whether another record still refers to this one.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn needed<R: Record>(&self, record: Uuid) -> Result<bool> {
        for (_, table, column) in REFERENCES.iter().filter(|(target, ..)| *target == R::TABLE) {
            let sql = format!("select 1 from {table} where {column} = $1 limit 1");
            if self.transaction().row(&sql, vec![id(record)]).await?.is_some() {
                return Ok(true);
            }
        }
        Ok(false)
    }
}
