//! Taking back what an import did to each record: what was made goes, what was changed or removed returns, and what cannot is kept.
//! What the database refuses of one record costs nothing of the others.

use super::{
    Undoing, Why,
    made::{as_made, merged_away},
};
use crate::{
    db::Query as _,
    error::{Constraint, Error, Result},
    log::Change,
    records::Record,
    write::{Write, places},
};
use domain::{
    audit::{Action, Kind},
    register::{edit::put_back::put_back, records::*},
};
use serde_json::Value as Json;
use std::collections::{HashMap, HashSet};
use uuid::Uuid;

/// Records that are deleted together: no more than [`Write::delete`] logs at once, so that a refusal comes before the log.
const TOGETHER: usize = 500;

impl Undoing {
    /// Counts a record that went back, or keeps it where the database refused; says whether it went.
    fn went_back<R: Record>(&mut self, id: Uuid, refused: Option<Constraint>) -> bool {
        match refused {
            None => self.undone.restored += 1,
            Some(Constraint::Unique) => self.keep::<R>(id, Why::NameTaken),
            Some(Constraint::Reference) => self.keep::<R>(id, Why::ReferenceGone),
        }
        refused.is_none()
    }
}

impl Write {
    /// Marks a point before a write that the database may refuse: [`Write::refused`] goes back to it. One write to one record, or a
    /// batch, stands between the two, since what is logged does not go back.
    async fn may_be_refused(&self) -> Result<()> {
        self.transaction().script("savepoint before_one").await
    }

    /// The promise that the write since the point would have broken, which left nothing behind then.
    async fn refused(&self, written: Result<()>) -> Result<Option<Constraint>> {
        let refused = match written {
            Ok(()) => None,
            Err(error) => Some(error.constraint().ok_or(error)?),
        };
        if refused.is_some() {
            self.transaction().script("rollback to savepoint before_one").await?;
        }
        self.transaction().script("release savepoint before_one").await?;
        Ok(refused)
    }
}

pub(super) async fn reverse(
    write: &mut Write,
    run: &[Change],
    current: &HashMap<Uuid, Option<Uuid>>,
    undoing: &mut Undoing,
) -> Result<()> {
    let Some(first) = run.first() else { return Ok(()) };
    if first.action == Action::Create {
        undoing.made.extend(run.iter().map(|change| change.subject));
    }
    match first.kind {
        Kind::Flag if !undoing.whole => {
            undoing.asked.extend_from_slice(run);
            Ok(())
        }
        Kind::ServiceArea => each::<ServiceArea>(write, run, current, undoing).await,
        Kind::Organisation => each::<Organisation>(write, run, current, undoing).await,
        Kind::Function => each::<Function>(write, run, current, undoing).await,
        Kind::Supplier => each::<Supplier>(write, run, current, undoing).await,
        Kind::Product => each::<Product>(write, run, current, undoing).await,
        Kind::System => each::<System>(write, run, current, undoing).await,
        Kind::Contract => each::<Contract>(write, run, current, undoing).await,
        Kind::PlannedProcurement => each::<PlannedProcurement>(write, run, current, undoing).await,
        Kind::Release => each::<Release>(write, run, current, undoing).await,
        Kind::Flag => each::<Flag>(write, run, current, undoing).await,
        Kind::Skill => each::<Skill>(write, run, current, undoing).await,
        // The import's own record stays, marked as undone; what it learnt of headers stays useful. Imports write nothing else.
        _ => Ok(()),
    }
}

pub(super) async fn each<R: Record>(
    write: &mut Write,
    run: &[Change],
    current: &HashMap<Uuid, Option<Uuid>>,
    undoing: &mut Undoing,
) -> Result<()> {
    let mut gone = Vec::new();
    // Questions to the hub that an earlier undo left are in no list: a later one looks at them again.
    let again = |change: &Change| change.kind == Kind::Flag && change.action == Action::Create;
    let looked_at = run.iter().filter(|change| again(change) || undoing.looks_at(change.subject));
    let mut ids: Vec<Uuid> = looked_at.map(|change| change.subject).collect();
    ids.sort_unstable();
    ids.dedup();
    let mut standing: HashMap<Uuid, R> =
        write.get_many::<R>(&ids).await?.into_iter().map(|record| (record.id(), record)).collect();
    let makes = run.iter().any(|change| change.action == Action::Create);
    let needed = match R::KIND {
        _ if !makes => HashSet::new(),
        Kind::Flag if !undoing.whole => still_asked(write, &ids, undoing).await?,
        _ => write.needed_of::<R>(&ids).await?,
    };
    for change in run.iter().filter(|change| ids.binary_search(&change.subject).is_ok()) {
        let id = change.subject;
        let since = current.get(&id).is_some_and(|latest| *latest != Some(undoing.import.0)) && !undoing.seen.contains(&id);
        let content = match (&change.content, change.action) {
            (Some(content), _) => content,
            // What was made goes whatever was said of it.
            (None, Action::Create) => &Json::Null,
            (None, _) => {
                undoing.keep::<R>(id, Why::Erased);
                continue;
            }
        };
        match change.action {
            Action::Create => match standing.remove(&id) {
                Some(record) if since && !as_made(write, change, &record).await? => undoing.keep::<R>(id, Why::Changed),
                Some(_) if needed.contains(&id) => undoing.keep::<R>(id, Why::Needed),
                Some(record) => gone.push(record),
                // A merge that is taken back brings it back.
                None if merged_away(write, current.get(&id).copied().flatten()).await? => undoing.merged.push((R::KIND, id)),
                None => {}
            },
            Action::Update => match standing.remove(&id) {
                // What an organisation removed since refers to neither name; a name that is gone was itself merged on.
                None if undoing.whole && !is_name(R::KIND) => {}
                None => undoing.keep::<R>(id, Why::Gone),
                Some(record) => match restored(&record, content, undoing.whole)? {
                    Some(mut before) => {
                        write.may_be_refused().await?;
                        let written = write.update(&record, &mut before).await.map(drop);
                        let refused = write.refused(written).await?;
                        standing.insert(id, if refused.is_some() { record } else { before });
                        if !undoing.went_back::<R>(id, refused) && undoing.whole {
                            return Ok(());
                        }
                    }
                    None => {
                        if !undoing.back_before(id) {
                            undoing.keep::<R>(id, Why::SameField);
                        }
                        standing.insert(id, record);
                    }
                },
            },
            Action::Event => {}
            Action::Delete if !undoing.whole && standing.contains_key(&id) => {}
            Action::Delete => {
                write.may_be_refused().await?;
                let written = write.revive(read::<R>(content.clone())?).await;
                let refused = write.refused(written).await?;
                if !undoing.went_back::<R>(id, refused) && undoing.whole {
                    return Ok(());
                }
            }
        }
        undoing.seen.insert(id);
    }
    for batch in gone.chunks(TOGETHER) {
        remove(write, batch, undoing).await?;
    }
    Ok(())
}

/// Deletes records; those that something refers to which nobody thought of stay, and it is said.
async fn remove<R: Record>(write: &mut Write, batch: &[R], undoing: &mut Undoing) -> Result<()> {
    write.may_be_refused().await?;
    let written = write.delete(batch).await;
    if write.refused(written).await?.is_none() {
        undoing.gone::<R>(batch.len() as u64);
        return Ok(());
    }
    for record in batch {
        write.may_be_refused().await?;
        let written = write.delete(std::slice::from_ref(record)).await;
        match write.refused(written).await? {
            None => undoing.gone::<R>(1),
            Some(_) => undoing.keep::<R>(record.id(), Why::Needed),
        }
    }
    Ok(())
}

/// Those questions to the hub about names that the import made that are open still where the name stands, since others came to use
/// it; and those that a merge settled where the name comes back with it, which opens them again.
async fn still_asked(write: &Write, flags: &[Uuid], undoing: &Undoing) -> Result<HashSet<Uuid>> {
    let asked = write.get_many::<Flag>(flags).await?.into_iter().filter(|flag| undoing.made.contains(&flag.subject));
    let (waiting, mut open): (Vec<Flag>, Vec<Flag>) = asked.partition(|flag| undoing.coming_back.contains(&flag.subject));
    open.retain(|flag| !flag.settled);
    let mut standing = HashSet::new();
    for (kind, table) in [
        (Kind::Function, Function::TABLE),
        (Kind::Supplier, Supplier::TABLE),
        (Kind::Product, Product::TABLE),
        (Kind::Organisation, Organisation::TABLE),
        (Kind::Contract, Contract::TABLE),
    ] {
        let about = open.iter().filter(|flag| flag.subject_kind == kind.as_str());
        let subjects: Vec<Uuid> = about.map(|flag| flag.subject).collect();
        for batch in subjects.chunks(1000) {
            let sql = format!("select id from {table} where id in ({})", places(1, batch.len()));
            for row in write.transaction().rows(&sql, batch.iter().map(|one| one.to_string().into()).collect()).await? {
                standing.extend(Uuid::parse_str(&row.try_get_by_index::<String>(0)?).ok());
            }
        }
    }
    open.retain(|flag| standing.contains(&flag.subject));
    Ok(open.into_iter().chain(waiting).map(|flag| flag.id.0).collect())
}

/// Whether a kind of record is a name that the hub merges.
fn is_name(kind: Kind) -> bool {
    matches!(kind, Kind::Supplier | Kind::Product | Kind::Function)
}

/// The record with each field of an update as it was before; none where a field no longer holds what the update put there. A merge
/// looks into the fields, so that what was added to a list since stays in it.
fn restored<R: Record>(record: &R, content: &Json, whole: bool) -> Result<Option<R>> {
    let mut value = serde_json::to_value(record).map_err(|error| corrupt::<R>(record.id(), &error))?;
    if let (Some(fields), Some(changes)) = (value.as_object_mut(), content.as_object()) {
        for (field, pair) in changes {
            let (before, after) = (pair.get(0).unwrap_or(&Json::Null), pair.get(1).unwrap_or(&Json::Null));
            let now = fields.get(field).unwrap_or(&Json::Null);
            let back = if whole { put_back(before, after, now) } else { (now == after).then(|| before.clone()) };
            match back {
                None => return Ok(None),
                Some(Json::Null) => fields.shift_remove(field),
                Some(back) => fields.insert(field.clone(), back),
            };
        }
    }
    read(value).map(Some)
}

fn read<R: Record>(value: Json) -> Result<R> {
    serde_json::from_value(value).map_err(|error| corrupt::<R>(Uuid::nil(), &error))
}

fn corrupt<R: Record>(id: Uuid, error: &serde_json::Error) -> Error {
    Error::Corrupt { table: R::TABLE, id: id.to_string(), reason: error.to_string() }
}
