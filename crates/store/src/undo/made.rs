//! What became of a record that an import made: whether it says again what it said then, and where a merge put another in its place,
//! whether that one can still make way for it.

use super::{Undoing, Why};
use crate::{
    db::Query as _,
    error::Result,
    log::Change,
    records::{Record, id},
    write::Write,
};
use domain::{
    audit::Kind,
    register::{
        edit::put_back::put_back,
        records::{Function, Import, Product, Supplier},
    },
};
use serde_json::Value as Json;
use uuid::Uuid;

/// Merges that are followed one after the other: more than anyone makes of one name.
const MOST: usize = 20;

impl Undoing {
    /// What was merged away comes back with its merge, and is kept for that; where that can no longer be, it has gone.
    pub(super) async fn merged_away(&mut self, write: &Write) -> Result<()> {
        for (kind, id) in std::mem::take(&mut self.merged) {
            let back = match kind {
                Kind::Supplier => comes_back::<Supplier>(write, id).await?,
                Kind::Product => comes_back::<Product>(write, id).await?,
                Kind::Function => comes_back::<Function>(write, id).await?,
                _ => true,
            };
            if back {
                self.coming_back.insert(id);
            }
            match kind {
                _ if !back => self.undone.removed += 1,
                Kind::Supplier => self.keep::<Supplier>(id, Why::Gone),
                Kind::Product => self.keep::<Product>(id, Why::Gone),
                Kind::Function => self.keep::<Function>(id, Why::Gone),
                _ => {}
            }
        }
        Ok(())
    }
}

/// Whether a record that others changed since says again what it said when it was made: they took their changes back, or all that
/// differs is that a merge put one name in the place of another.
pub(super) async fn as_made<R: Record>(write: &Write, made: &Change, record: &R) -> Result<bool> {
    let Some(content) = made.content.as_ref().and_then(Json::as_object) else { return Ok(false) };
    let Ok(Json::Object(mut now)) = serde_json::to_value(record) else { return Ok(false) };
    let same = |now: &serde_json::Map<String, Json>| {
        let fields = |of: &serde_json::Map<String, Json>| of.keys().filter(|field| *field != "updated_at").count();
        fields(now) == fields(content)
            && now.iter().all(|(field, value)| field == "updated_at" || content.get(field) == Some(value))
    };
    if same(&now) {
        return Ok(true);
    }
    let sql = "select later.content from change later join import on import.id = later.import_id \
               where later.subject_id = $1 and later.sequence > $2 and later.action = 'update' \
               and import.kind = 'merge' and import.undone_at is null order by later.sequence desc";
    for row in write.transaction().rows(sql, vec![made.subject.to_string().into(), made.sequence.into()]).await? {
        let content: Option<String> = row.try_get_by_index(0)?;
        let Some(Json::Object(changes)) = content.and_then(|content| serde_json::from_str(&content).ok()) else {
            return Ok(false);
        };
        for (field, pair) in changes {
            let (before, after) = (pair.get(0).unwrap_or(&Json::Null), pair.get(1).unwrap_or(&Json::Null));
            match put_back(before, after, now.get(&field).unwrap_or(&Json::Null)) {
                None => return Ok(false),
                Some(Json::Null) => drop(now.shift_remove(&field)),
                Some(back) => drop(now.insert(field, back)),
            }
        }
    }
    Ok(same(&now))
}

/// Whether what wrote the last entry about a record that is gone was a merge.
pub(super) async fn merged_away(write: &Write, last: Option<Uuid>) -> Result<bool> {
    let Some(last) = last else { return Ok(false) };
    Ok(write.current::<Import>(last).await?.is_some_and(|import| import.kind == "merge"))
}

/// Whether a record that was merged away can come back: the merge can be taken back as long as what stands in its place is there, or
/// was itself merged into what is. What this transaction has removed is gone.
async fn comes_back<R: Record>(write: &Write, merged: Uuid) -> Result<bool> {
    let mut name = merged;
    for _ in 0..MOST {
        let sql = "select action, import_id from change where subject_id = $1 order by sequence desc limit 1";
        let Some(row) = write.transaction().row(sql, vec![id(name)]).await? else { return Ok(false) };
        let (action, import): (String, Option<String>) = (row.try_get_by_index(0)?, row.try_get_by_index(1)?);
        let import = import.filter(|_| action == "delete").and_then(|import| Uuid::parse_str(&import).ok());
        let Some(import) = import else { return Ok(false) };
        let Some(merge) = write.current::<Import>(import).await?.filter(|import| import.kind == "merge") else {
            return Ok(false);
        };
        // Merges made before ids were kept do not say.
        let into = merge.report.get("into_id").and_then(Json::as_str).and_then(|into| Uuid::parse_str(into).ok());
        let Some(into) = into else { return Ok(true) };
        if write.current::<R>(into).await?.is_some() {
            return Ok(true);
        }
        name = into;
    }
    Ok(true)
}
