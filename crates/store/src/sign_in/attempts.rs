//! Limits on attempts, kept in the database so that several processes agree. One row holds a window; its lock makes attempts
//! at the same moment wait for each other.

use crate::{db::Store, error::Result};
use domain::people::sign_in::{
    DAY,
    limit::{Limit, TooOften},
};

impl Store {
    /// Counts one more attempt against each limit and its subject, all or none. Takes no scope: it guards those who have none.
    ///
    /// # Errors
    /// When the database fails; the inner result says whether the attempt is heard.
    pub async fn attempt(&self, limits: &[(Limit, &str)], now: i64) -> Result<std::result::Result<(), TooOften>> {
        let transaction = self.begin().await?;
        // Before this holds a row of its own: two who did so last, each with a row of more than a day ago, would wait for each other.
        transaction.execute("delete from attempt where at < $1", vec![(now - DAY).into()]).await?;
        for (limit, subject) in limits {
            // Takes the row's lock, whether it is new or not.
            let sql = "insert into attempt (name, subject, instants, at) values ($1, $2, '[]', $3) \
                       on conflict (name, subject) do update set at = excluded.at returning instants";
            let row = transaction.row(sql, vec![limit.name.into(), (*subject).into(), now.into()]).await?;
            let text: String = row.map_or(Ok("[]".to_owned()), |row| row.try_get_by_index(0))?;
            let mut instants: Vec<i64> = serde_json::from_str(&text).unwrap_or_default();
            if let Err(refused) = limit.check(&instants, now) {
                // Dropped: what was counted against the limits before it is not.
                return Ok(Err(refused));
            }
            instants.retain(|at| limit.holds(*at, now));
            instants.push(now);
            let text = serde_json::to_string(&instants).unwrap_or_default();
            let sql = "update attempt set instants = $3 where name = $1 and subject = $2";
            transaction.execute(sql, vec![limit.name.into(), (*subject).into(), text.into()]).await?;
        }
        transaction.commit().await?;
        Ok(Ok(()))
    }

    /// Whether one more attempt against a limit would be heard; counts nothing, so that it can be asked before every right one.
    ///
    /// # Errors
    /// When the database fails; the inner result says whether it would.
    pub async fn heard(&self, limit: Limit, subject: &str, now: i64) -> Result<std::result::Result<(), TooOften>> {
        let sql = "select instants from attempt where name = $1 and subject = $2";
        let Some(row) = self.row(sql, vec![limit.name.into(), subject.into()]).await? else { return Ok(Ok(())) };
        let text: String = row.try_get_by_index(0)?;
        let instants: Vec<i64> = serde_json::from_str(&text).unwrap_or_default();
        Ok(limit.check(&instants, now))
    }

    /// Takes back an attempt that turned out right, so that only wrong ones count.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn attempt_was_right(&self, limits: &[(Limit, &str)], at: i64) -> Result<()> {
        let transaction = self.begin().await?;
        for (limit, subject) in limits {
            let sql = "update attempt set at = at where name = $1 and subject = $2 returning instants";
            let Some(row) = transaction.row(sql, vec![limit.name.into(), (*subject).into()]).await? else { continue };
            let text: String = row.try_get_by_index(0)?;
            let mut instants: Vec<i64> = serde_json::from_str(&text).unwrap_or_default();
            if let Some(place) = instants.iter().position(|instant| *instant == at) {
                instants.remove(place);
            }
            let text = serde_json::to_string(&instants).unwrap_or_default();
            let sql = "update attempt set instants = $3 where name = $1 and subject = $2";
            transaction.execute(sql, vec![limit.name.into(), (*subject).into(), text.into()]).await?;
        }
        transaction.commit().await
    }
}
