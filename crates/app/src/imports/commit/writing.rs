//! What an import writes: its batches, its report and the meanings of its columns, in one transaction that begins when there is
//! first something to write.

use super::{Press, SHOWN};
use crate::imports::{
    Done, ImportError, Kind, Request,
    alike::{Seen, look_alikes},
    plan::{Batch, Work},
};
use domain::{
    people::{Act, Scope, may},
    register::{
        ids::ImportId,
        import::{
            apply::{Change, Fields, KEPT, compare, contradicted, contradiction},
            draft::Warning,
            replaced,
            report::{Counts, Report},
            resolve::RecordChange,
        },
        records::*,
    },
};
use store::{Keyed, Store, Write};

/// The stage of a planned procurement that has come to contracts.
const COMPLETE: &str = "complete";

/// What was counted of each kind of record.
#[derive(Default)]
pub(super) struct Tally {
    contracts: Counts,
    systems: Counts,
    skills: Counts,
    planned: Counts,
    warnings: Vec<Warning>,
    replaced: replaced::Tally,
}

/// The one transaction of an import, and what it is written for.
pub(super) struct Writing<'r> {
    pub(super) store: &'r Store,
    pub(super) scope: &'r Scope,
    pub(super) now: i64,
    pub(super) import: ImportId,
    /// The log's head that the plan rests on.
    pub(super) planned_at: i64,
    /// Whether nothing at all may have been written since; otherwise no name.
    pub(super) still: bool,
    /// Whether it makes a name, or may, as long as it is read.
    pub(super) names: bool,
    /// None of a dry run.
    pub(super) press: Option<Press<'r>>,
    pub(super) write: Option<Write>,
    pub(super) counts: Tally,
    pub(super) request: &'r Request,
}

impl Writing<'_> {
    /// The transaction, begun when there is first something to write, with the import's record in it.
    async fn begin(&mut self) -> Result<&mut Write, ImportError> {
        if self.write.is_none() {
            let mut write = self.store.write(self.scope, self.now).await?;
            // Of two presses at once the second waits here, and then gets what the first did.
            self.first_time(&mut write).await?;
            // What makes no name holds nobody up who makes one, and a dry run leaves none behind.
            if (self.names || !self.still) && !self.request.dry_run {
                match write.hold_names(self.planned_at).await {
                    Err(store::Error::Conflict(..)) => return Err(ImportError::Overtaken),
                    held => held?,
                }
            }
            if self.still && write.sequence().await? != self.planned_at {
                return Err(ImportError::Overtaken);
            }
            write.by_import(self.import);
            write.create(&mut [self.record(serde_json::json!({}))]).await?;
            self.write = Some(write);
        }
        self.write.as_mut().ok_or_else(|| ImportError::Stopped("the transaction is gone".to_owned()))
    }

    async fn first_time(&self, write: &mut Write) -> Result<(), ImportError> {
        let Some(press) = self.press else { return Ok(()) };
        write.command(press.command).await?.map_or(Ok(()), |first| Err(ImportError::Repeat(first)))
    }

    fn record(&self, report: serde_json::Value) -> Import {
        let name =
            |path: &std::path::PathBuf| path.file_name().map_or("-".to_owned(), |name| name.to_string_lossy().into_owned());
        Import {
            id: self.import,
            kind: self.request.kind.as_str().to_owned(),
            files: if self.request.names.is_empty() {
                self.request.files.iter().map(name).collect()
            } else {
                self.request.names.clone()
            },
            at: self.now,
            report,
            undone_at: None,
            organisation: self.request.organisation,
        }
    }

    pub(super) async fn batch(&mut self, batch: Batch) -> Result<(), ImportError> {
        let names = batch.names;
        self.names(names.organisations).await?;
        self.names(names.functions).await?;
        self.names(names.suppliers).await?;
        self.names(names.products).await?;
        self.names(names.flags.into_iter().map(|flag| RecordChange { before: None, after: flag }).collect()).await?;
        if !batch.releases.is_empty() {
            let mut releases = batch.releases;
            self.begin().await?.create(&mut releases).await?;
        }
        let mut counts = std::mem::take(&mut self.counts);
        let mut warnings = Vec::new();
        let replaced = &mut counts.replaced;
        self.compared(batch.surveyed, &mut counts.systems, &mut warnings, replaced).await?;
        self.compared(batch.skills, &mut counts.skills, &mut warnings, replaced).await?;
        for change in &batch.surveyed_contracts {
            if let Some(before) = &change.before {
                replaced.note(before, &change.after, self.import);
            }
        }
        self.names(batch.surveyed_contracts).await?;
        self.work(batch.planned, &mut counts.planned, &mut warnings, replaced).await?;
        self.work(batch.contracts, &mut counts.contracts, &mut warnings, replaced).await?;
        counts.warnings.extend(warnings.into_iter().map(|warning| batch.place.named(warning)));
        self.complete(&batch.completed, &mut counts.planned).await?;
        self.counts = counts;
        Ok(())
    }

    /// Marks planned procurements that have come to contracts; they stay in the register as what led to these.
    async fn complete(&mut self, planned: &[uuid::Uuid], counts: &mut Counts) -> Result<(), ImportError> {
        if planned.is_empty() {
            return Ok(());
        }
        let stored: Vec<PlannedProcurement> = match &self.write {
            Some(write) => write.get_many(planned).await?,
            None => self.store.get_many(self.scope, planned).await?,
        };
        for before in stored {
            let mut after = before.clone();
            after.stage = COMPLETE.to_owned();
            if after == before {
                counts.unchanged += 1;
            } else {
                self.begin().await?.update(&before, &mut after).await?;
                counts.updated += 1;
            }
        }
        Ok(())
    }

    async fn names<R: store::Record>(&mut self, changes: Vec<RecordChange<R>>) -> Result<(), ImportError> {
        let mut new = Vec::new();
        for change in changes {
            match change.before {
                None => new.push(change.after),
                Some(before) => {
                    let mut after = change.after;
                    self.begin().await?.update(&before, &mut after).await?;
                }
            }
        }
        if !new.is_empty() {
            self.begin().await?.create(&mut new).await?;
        }
        Ok(())
    }

    async fn work<R: Keyed + Fields>(
        &mut self,
        work: Work<R>,
        counts: &mut Counts,
        warnings: &mut Vec<Warning>,
        replaced: &mut replaced::Tally,
    ) -> Result<(), ImportError> {
        counts.unchanged += work.same;
        if !work.new.is_empty() {
            counts.created += work.new.len() as u64;
            let mut new: Vec<R> = work.new.into_iter().map(|(_, resolved)| resolved.record).collect();
            self.begin().await?.create(&mut new).await?;
        }
        if work.compare.is_empty() {
            return Ok(());
        }
        let ids: Vec<uuid::Uuid> = work.compare.iter().map(|(_, id, _)| *id).collect();
        let stored: Vec<R> = match &self.write {
            Some(write) => write.get_many(&ids).await?,
            None => self.store.get_many(self.scope, &ids).await?,
        };
        let mut stored: std::collections::HashMap<uuid::Uuid, R> =
            stored.into_iter().map(|record| (record.id(), record)).collect();
        for (row, id, resolved) in work.compare {
            let told = stored.get(&id).map(|before| contradicted(before, &resolved)).unwrap_or_default();
            warnings.extend(told.into_iter().map(|(field, earlier)| Warning::new(row, field, contradiction(&earlier))));
            let change = compare(stored.get(&id), resolved, self.now);
            counts.count(&change);
            let kept = match change {
                Change::Create(record) => {
                    self.begin().await?.create(&mut [*record]).await?;
                    continue;
                }
                Change::Update { before, after, kept, .. } => {
                    let mut after = *after;
                    replaced.note(&*before, &after, self.import);
                    self.begin().await?.update(&*before, &mut after).await?;
                    stored.insert(id, after);
                    kept
                }
                Change::Unchanged { kept } => kept,
            };
            warnings.extend(kept.into_iter().map(|field| Warning::new(row, field, KEPT)));
        }
        Ok(())
    }

    /// Writes changes that the reading thread has compared itself.
    async fn compared<R: store::Record + Fields>(
        &mut self,
        changes: Vec<(u64, Change<R>)>,
        counts: &mut Counts,
        warnings: &mut Vec<Warning>,
        replaced: &mut replaced::Tally,
    ) -> Result<(), ImportError> {
        let mut new = Vec::new();
        for (row, change) in changes {
            counts.count(&change);
            let kept = match change {
                Change::Create(record) => {
                    new.push(*record);
                    continue;
                }
                Change::Update { before, after, kept, .. } => {
                    replaced.note(&*before, &*after, self.import);
                    self.begin().await?.update(&*before, &mut { *after }).await?;
                    kept
                }
                Change::Unchanged { kept } => kept,
            };
            warnings.extend(kept.into_iter().map(|field| Warning::new(row, field, KEPT)));
        }
        if !new.is_empty() {
            self.begin().await?.create(&mut new).await?;
        }
        Ok(())
    }

    /// What earlier imports had said and this one says anew, with what whoever imports may see of those.
    async fn replaced(&self, counted: replaced::Tally) -> Result<Vec<replaced::Replaced>, ImportError> {
        let ids: Vec<uuid::Uuid> = counted.imports().iter().map(|import| import.0).collect();
        let mut known: Vec<Import> = self.store.get_many(self.scope, &ids).await?;
        // What a file is called is for those who keep its register.
        for import in &mut known {
            let act = import.organisation.map_or(Act::Curate, Act::Import);
            if !may(self.scope, &act) {
                import.files.clear();
            }
        }
        Ok(counted.told(&known))
    }

    pub(super) async fn finish(mut self, mut report: Report, mappings: Vec<Mapping>) -> Result<Done, ImportError> {
        let counts = std::mem::take(&mut self.counts);
        let main = match self.request.kind {
            // The survey counts the contracts of its rows itself.
            Kind::Systems => counts.systems,
            Kind::Contracts => counts.contracts,
            Kind::Skills => counts.skills,
            Kind::Notices => {
                report.planned_procurements = Some(counts.planned);
                counts.contracts
            }
        };
        (report.created, report.updated, report.unchanged) = (main.created, main.updated, main.unchanged);
        report.warnings.extend(counts.warnings);
        report.replaced = self.replaced(counts.replaced).await?;
        report.dry_run = self.request.dry_run;
        report.import_id = None;
        let Some(mut write) = self.write.take() else {
            if let Some(press) = self.press {
                let mut write = self.store.write(self.scope, self.now).await?;
                self.first_time(&mut write).await?;
                write.answered(press.command, &(press.answer)(&report)?).await?;
                write.commit().await?;
            }
            return Ok(Done { report, told: Vec::new(), more: false });
        };
        let told = write.told(SHOWN);
        // One more is the import's own record.
        let is_all = write.entries() <= SHOWN + 1;
        if !is_all {
            report.warnings.push(Warning::new(0, "file", NOT_LOOKED_FOR));
        }
        if self.request.dry_run {
            write.abandon();
            if is_all {
                report.look_alikes = look_alikes(Seen::Before(self.store, self.scope), &told).await?;
            }
            return Ok(Done { report, told, more: !is_all });
        }
        report.import_id = Some(self.import);
        if is_all {
            report.look_alikes = look_alikes(Seen::Within(&write), &told).await?;
        }
        keep_mappings(&mut write, mappings).await?;
        let before = self.record(serde_json::json!({}));
        let mut after = self.record(serde_json::to_value(&report).unwrap_or_default());
        write.update(&before, &mut after).await?;
        if let Some(press) = self.press {
            write.answered(press.command, &(press.answer)(&report)?).await?;
        }
        write.commit().await?;
        Ok(Done { report, told: Vec::new(), more: false })
    }
}

/// What a report says, of a dry run too, where more is written than can be compared with all that is there.
const NOT_LOOKED_FOR: &str = "the import makes so many changes that it was not looked whether what it adds is perhaps there already, \
                              under another reference or title";

/// Keeps what the columns of such files say: a mapping of the same headers is said anew, the last of several files counts.
async fn keep_mappings(write: &mut Write, mappings: Vec<Mapping>) -> Result<(), ImportError> {
    for mut mapping in mappings {
        match write.by::<Mapping>("mapping_key", mapping.key.clone()).await?.pop() {
            None => write.create(&mut [mapping]).await?,
            Some(known) => {
                mapping.id = known.id;
                write.update(&known, &mut mapping).await?;
            }
        }
    }
    Ok(())
}
