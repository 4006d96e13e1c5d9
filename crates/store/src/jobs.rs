//! Jobs: what is to be done without a request, by whichever process gets to it first.
//!
//! A job is leased for a while. A lease that runs out (its process crashed, or stood still) is given to another process with
//! a higher *fence*; whoever holds the older one can neither finish the job nor, through [`Write::holds`], commit anything in
//! its name. Leases that lie further ahead than any lease is given are the work of a clock that was set back, and do not count.
//!
//! Both databases do the same: candidates are read, then each is taken by an update that names the fence it was read with.
//! There is no `skip locked` and no `returning`.

use crate::{
    db::{Query as _, Store},
    error::{Error, Result},
    records::id,
    write::{Write, places},
};
use domain::people::Scope;
use sea_orm::{QueryResult, Value};
use serde_json::Value as Json;
use uuid::Uuid;

/// A job to be done.
#[derive(Clone, Debug, PartialEq)]
pub struct NewJob<'a> {
    /// What kind of work; the application has a handler for each.
    pub kind: &'a str,
    /// While a job of this kind and key waits or runs, no second one is made: it is done again instead.
    pub dedupe: Option<&'a str>,
    /// What the handler needs to know.
    pub payload: Json,
    /// Not before this instant, milliseconds of UTC.
    pub run_at: i64,
}

/// A job that this process holds a lease of.
#[derive(Clone, Debug, PartialEq)]
pub struct Job {
    /// Its id.
    pub id: Uuid,
    /// What kind of work.
    pub kind: String,
    /// What the handler needs to know.
    pub payload: Json,
    /// How often it was begun, this time included.
    pub attempts: i64,
    /// Which lease this is.
    pub fence: i64,
}

/// How many jobs stand where, for the metrics and for whoever runs the server.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Backlog {
    /// Waiting or running.
    pub waiting: i64,
    /// Given up.
    pub failed: i64,
    /// Since when the oldest one that is due has been waiting.
    pub oldest_due: Option<i64>,
}

/// How one attempt ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ended {
    /// Done.
    Done,
    /// Not done yet, and nothing went wrong: go on at this instant, with the attempts counted anew.
    Later(i64),
    /// It went wrong: try again at this instant.
    Retry(i64, String),
    /// It went wrong for good.
    Failed(String),
}

impl Store {
    /// Adds a job outside any other transaction.
    ///
    /// # Errors
    /// When the scope may not write or the database fails.
    pub async fn enqueue(&self, scope: &Scope, job: &NewJob<'_>, at: i64) -> Result<()> {
        let mut write = self.write(scope, at).await?;
        write.job(job).await?;
        write.commit().await?;
        Ok(())
    }

    /// Takes leases of up to `limit` jobs of some kinds that are due, the longest due first.
    ///
    /// # Errors
    /// When the scope may not write or the database fails.
    pub async fn lease_jobs(&self, scope: &Scope, kinds: &[&str], now: i64, lease: i64, limit: i64) -> Result<Vec<Job>> {
        machinery(scope)?;
        if kinds.is_empty() {
            return Ok(Vec::new());
        }
        let free = "(leased_until is null or leased_until <= $1 or leased_until > $2)";
        let mut values: Vec<Value> = vec![now.into(), (now + 2 * lease).into(), limit.into()];
        values.extend(kinds.iter().map(|kind| Value::from(*kind)));
        let sql = format!(
            "select id, kind, payload, attempts, fence from job where state = 'waiting' and run_at <= $1 and {free} \
             and kind in ({}) order by run_at, id limit $3",
            places(4, kinds.len())
        );
        let candidates = self.rows(&sql, values).await?;
        if candidates.is_empty() {
            return Ok(Vec::new());
        }
        let transaction = self.begin().await?;
        let mut leased = Vec::with_capacity(candidates.len());
        for row in candidates {
            let mut job = read(&row)?;
            let sql = "update job set fence = fence + 1, attempts = attempts + 1, leased_until = $1, again = $2 \
                       where id = $3 and fence = $4 and state = 'waiting'";
            let values = vec![(now + lease).into(), false.into(), id(job.id), job.fence.into()];
            if transaction.execute(sql, values).await?.rows_affected() == 1 {
                job.fence += 1;
                job.attempts += 1;
                leased.push(job);
            }
        }
        transaction.commit().await?;
        Ok(leased)
    }

    /// Makes a lease last longer; says whether it is still held.
    ///
    /// # Errors
    /// When the scope may not write or the database fails.
    pub async fn renew_job(&self, scope: &Scope, job: &Job, now: i64, lease: i64) -> Result<bool> {
        machinery(scope)?;
        let transaction = self.begin().await?;
        let sql = "update job set leased_until = $1 where id = $2 and fence = $3 and state = 'waiting'";
        let done = transaction.execute(sql, vec![(now + lease).into(), id(job.id), job.fence.into()]).await?;
        transaction.commit().await?;
        Ok(done.rows_affected() == 1)
    }

    /// Says how an attempt ended; false when the lease was lost, and then nothing is written.
    ///
    /// # Errors
    /// When the scope may not write or the database fails.
    pub async fn end_job(&self, scope: &Scope, job: &Job, ended: &Ended, now: i64) -> Result<bool> {
        let mut write = self.write(scope, now).await?;
        let held = write.end_job(job, ended).await?;
        write.commit().await?;
        Ok(held)
    }

    /// How many jobs wait and how many were given up.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn backlog(&self, _scope: &Scope, now: i64) -> Result<Backlog> {
        let mut backlog = Backlog::default();
        for row in self.rows("select state, count(*) from job group by state", vec![]).await? {
            let (state, count): (String, i64) = (row.try_get_by_index(0)?, row.try_get_by_index(1)?);
            match state.as_str() {
                "waiting" => backlog.waiting = count,
                "failed" => backlog.failed = count,
                _ => {}
            }
        }
        let due = self.row("select min(run_at) from job where state = 'waiting' and run_at <= $1", vec![now.into()]).await?;
        backlog.oldest_due = due.map_or(Ok(None), |row| row.try_get_by_index(0))?;
        Ok(backlog)
    }

    /// Forgets jobs that were finished before an instant; those given up are kept for whoever runs the server.
    ///
    /// # Errors
    /// When the scope may not write or the database fails.
    pub async fn forget_jobs(&self, scope: &Scope, before: i64) -> Result<u64> {
        machinery(scope)?;
        let transaction = self.begin().await?;
        let done = transaction.execute("delete from job where state = 'done' and finished_at < $1", vec![before.into()]).await?;
        transaction.commit().await?;
        Ok(done.rows_affected())
    }
}

impl Write {
    /// Adds a job in this transaction: it exists when what causes it does. Where one with its key waits, that one serves;
    /// where one runs, it is done once more afterwards.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn job(&mut self, job: &NewJob<'_>) -> Result<()> {
        let sql = "insert into job (id, kind, dedupe, payload, state, run_at, attempts, fence, again, created_at) \
                   values ($1, $2, $3, $4, 'waiting', $5, 0, 0, $6, $7) \
                   on conflict (kind, dedupe) where state = 'waiting' do update set \
                   again = (job.leased_until is not null), payload = excluded.payload, \
                   run_at = case when job.attempts = 0 and excluded.run_at < job.run_at then excluded.run_at else job.run_at end";
        let values = vec![
            id(Uuid::now_v7()),
            job.kind.into(),
            Value::String(job.dedupe.map(str::to_owned)),
            job.payload.to_string().into(),
            job.run_at.into(),
            false.into(),
            self.at().into(),
        ];
        self.transaction().execute(sql, values).await?;
        Ok(())
    }

    /// Sets a setting unless it is that already; says whether it was set. Of two processes that ask at once one gets yes.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn set_once(&mut self, name: &str, value: &str) -> Result<bool> {
        let sql = "insert into setting (name, value) values ($1, $2) \
                   on conflict (name) do update set value = excluded.value where setting.value <> excluded.value";
        Ok(self.transaction().execute(sql, vec![name.into(), value.into()]).await?.rows_affected() == 1)
    }

    /// Whether the lease still holds, as this transaction sees it. It also keeps anyone from taking the job before this
    /// transaction ends, so that what is written after it is written under the lease or not at all.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn holds(&mut self, job: &Job) -> Result<bool> {
        let sql = "update job set fence = fence where id = $1 and fence = $2 and state = 'waiting'";
        Ok(self.transaction().execute(sql, vec![id(job.id), job.fence.into()]).await?.rows_affected() == 1)
    }

    /// Says in this transaction how an attempt ended; false when the lease was lost: the transaction must then be abandoned.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn end_job(&mut self, job: &Job, ended: &Ended) -> Result<bool> {
        let at = self.at();
        let (set, values): (&str, Vec<Value>) = match ended {
            // Asked for again while it ran: it waits anew.
            Ended::Done => (
                "state = case when again then 'waiting' else 'done' end, attempts = 0, run_at = $3, finished_at = $3, last_error = null",
                vec![at.into()],
            ),
            Ended::Later(run_at) => ("attempts = 0, run_at = $3, last_error = null", vec![(*run_at).into()]),
            Ended::Retry(run_at, error) => ("run_at = $3, last_error = $4", vec![(*run_at).into(), short(error).into()]),
            Ended::Failed(error) => ("state = 'failed', finished_at = $3, last_error = $4", vec![at.into(), short(error).into()]),
        };
        let sql = format!("update job set leased_until = null, {set} where id = $1 and fence = $2 and state = 'waiting'");
        let mut all = vec![id(job.id), job.fence.into()];
        all.extend(values);
        Ok(self.transaction().execute(&sql, all).await?.rows_affected() == 1)
    }
}

/// Errors are kept for people, not for parsing.
fn short(error: &str) -> String {
    error.chars().take(500).collect()
}

/// Only the server's own work and its operator may touch the machinery.
pub(crate) fn machinery(scope: &Scope) -> Result<()> {
    if matches!(scope, Scope::Operator | Scope::Job { .. }) { Ok(()) } else { Err(Error::Forbidden) }
}

fn read(row: &QueryResult) -> Result<Job> {
    let (text, payload): (String, String) = (row.try_get_by_index(0)?, row.try_get_by_index(2)?);
    let corrupt = |reason: String| Error::Corrupt { table: "job", id: text.clone(), reason };
    Ok(Job {
        id: Uuid::parse_str(&text).map_err(|error| corrupt(error.to_string()))?,
        kind: row.try_get_by_index(1)?,
        payload: serde_json::from_str(&payload).map_err(|error| corrupt(error.to_string()))?,
        attempts: row.try_get_by_index(3)?,
        fence: row.try_get_by_index(4)?,
    })
}
