//! Erasing from what is never changed otherwise: the content of entries of the change log goes, with its salt, and what is left
//! says by which rule and when. The chain hashes a digest of the content, which stays, so it still verifies.

use crate::{
    db::{Query as _, Store},
    error::Result,
    write::Write,
};
use domain::{
    audit::Kind,
    people::Scope,
    register::import::ocds::{release_digest, without_contacts},
};
use sea_orm::ConnectionTrait as _;
use serde_json::{Value as Json, json};
use uuid::Uuid;

/// The setting that says that contact persons were erased from what earlier versions kept of notices.
const DONE: &str = "contacts-erased";

/// Why an entry's content is gone, before the day.
const RULE: &str = "contact persons in notices are not kept";

/// Entries or releases of one transaction.
const BATCH: i64 = 500;

/// Entries looked through at once.
const RANGE: i64 = 20_000;

/// What was erased.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Erased {
    /// Notices from which contact persons were taken.
    pub releases: usize,
    /// Entries of the change log whose content is gone.
    pub entries: usize,
}

impl Erased {
    /// Whether there was nothing to erase.
    #[must_use]
    pub fn nothing(&self) -> bool {
        *self == Self::default()
    }
}

impl Store {
    /// Takes contact persons out of the notices that earlier versions kept whole, and out of the change log. Once: a database for
    /// which this was done answers at once. What is kept since has none.
    ///
    /// # Errors
    /// When the scope may not write or the database fails; what was erased until then stays so, and the next call goes on.
    pub async fn erase_contacts(&self, scope: &Scope, now: i64) -> Result<Erased> {
        if self.setting(scope, DONE).await?.is_some() {
            return Ok(Erased::default());
        }
        let erased = Erased { releases: self.clear_releases(scope, now).await?, entries: self.clear_entries(scope, now).await? };
        let mut write = self.write(scope, now).await?;
        if !erased.nothing() {
            let content = json!({ "erased": RULE, "releases": erased.releases, "entries": erased.entries });
            write.event(Kind::Release, Uuid::nil(), None, &content).await?;
        }
        write.set(DONE, "1").await?;
        write.commit().await?;
        if self.is_sqlite() && !erased.nothing() {
            // What was freed earlier may still hold the words: the file is written anew, and the log of it emptied.
            self.connection.execute_unprepared("vacuum").await?;
            self.connection.execute_unprepared("pragma wal_checkpoint(truncate)").await?;
        }
        Ok(erased)
    }

    async fn clear_releases(&self, scope: &Scope, now: i64) -> Result<usize> {
        let (mut after, mut count) = (String::new(), 0);
        loop {
            let sql = "select id, content from ocds_release where id > $1 order by id limit $2";
            let rows = self.rows(sql, vec![after.clone().into(), BATCH.into()]).await?;
            let mut cleared = Vec::new();
            for row in &rows {
                let (id, content): (String, String) = (row.try_get_by_index(0)?, row.try_get_by_index(1)?);
                if let Some(release) = without(&content) {
                    cleared.push((id.clone(), release));
                }
                after = id;
            }
            if !cleared.is_empty() {
                count += cleared.len();
                let write = self.erasing(scope, now).await?;
                for (id, release) in cleared {
                    // Two releases that differed in the person alone are one now: each keeps a digest of its own.
                    let sql = "update ocds_release set content = $1, digest = case when exists (select 1 from ocds_release other \
                               where other.digest = $2) then digest else $2 end where id = $3";
                    let values = vec![release.to_string().into(), release_digest(&release).into(), id.into()];
                    write.transaction().execute(sql, values).await?;
                }
                write.commit().await?;
            }
            if rows.is_empty() {
                return Ok(count);
            }
        }
    }

    async fn clear_entries(&self, scope: &Scope, now: i64) -> Result<usize> {
        let day = jiff::Timestamp::from_millisecond(now).unwrap_or_default().to_zoned_datetime(jiff::tz::TimeZone::UTC).date();
        let erased = format!("{RULE}, {day}");
        let (head, mut count) = (self.sequence().await?, 0);
        for from in (0..head).step_by(RANGE as usize) {
            let sql = "select sequence, content from change where sequence > $1 and sequence <= $2 and kind = $3 \
                       and content is not null order by sequence";
            let values = vec![from.into(), (from + RANGE).into(), Kind::Release.as_str().into()];
            let mut entries: Vec<i64> = Vec::new();
            for row in self.rows(sql, values).await? {
                let (sequence, content): (i64, String) = (row.try_get_by_index(0)?, row.try_get_by_index(1)?);
                if without(&content).is_some() {
                    entries.push(sequence);
                }
            }
            if entries.is_empty() {
                continue;
            }
            count += entries.len();
            let write = self.erasing(scope, now).await?;
            for sequence in entries {
                let sql = "update change set content = null, salt = null, erased = $1 where sequence = $2";
                write.transaction().execute(sql, vec![erased.clone().into(), sequence.into()]).await?;
            }
            write.commit().await?;
        }
        Ok(count)
    }

    /// A write after which SQLite leaves nothing of what it overwrote.
    async fn erasing(&self, scope: &Scope, now: i64) -> Result<Write> {
        let write = self.write(scope, now).await?;
        if self.is_sqlite() {
            write.transaction().script("pragma secure_delete = on").await?;
        }
        Ok(write)
    }
}

/// What JSON says without its contact persons; none where it names nobody.
fn without(content: &str) -> Option<Json> {
    let mut value: Json = serde_json::from_str(content).ok()?;
    without_contacts(&mut value).then_some(value)
}
