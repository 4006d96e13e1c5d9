//! Scheduled sources: the record, and where its runs stand. Runs and pages are machinery and no part of the change log; what a
//! run imports is.

use crate::{
    db::{Query as _, Store},
    error::{Error, Result},
    jobs::machinery,
    records::{Reader, Record, id, json_list, spelt},
    write::Write,
};
use domain::{
    audit::{Kind, hex},
    people::{Act, Scope, may},
    work::sources::{Source, SourceId},
};
use sea_orm::{QueryResult, Value};
use serde_json::Value as Json;
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

impl Record for Source {
    const KIND: Kind = Kind::Source;
    const TABLE: &'static str = "source";
    const COLUMNS: &'static [&'static str] = &["id", "organisation_id", "name", "kind", "url", "mapping", "every", "updated_at"];

    fn id(&self) -> Uuid {
        self.id.0
    }

    fn organisation(&self) -> Option<Uuid> {
        Some(self.organisation.0)
    }

    /// An address may hold a key in its query: only the organisation's own people see it.
    fn visible_to(&self, scope: &Scope) -> bool {
        may(scope, &Act::SeePrivate(self.organisation))
    }

    fn values(&self, out: &mut Vec<Value>) {
        out.extend([
            id(self.id.0),
            id(self.organisation.0),
            self.name.clone().into(),
            spelt(&self.kind),
            self.url.clone().into(),
            json_list(&self.mapping),
            spelt(&self.every),
            self.updated_at.into(),
        ]);
    }

    fn read(row: &Reader<'_>) -> Result<Self> {
        Ok(Self {
            id: row.id()?,
            organisation: row.id()?,
            name: row.text()?,
            kind: row.word()?,
            url: row.text()?,
            mapping: row.json()?,
            every: row.word()?,
            updated_at: row.int()?,
        })
    }

    fn updated_at(&self) -> Option<i64> {
        Some(self.updated_at)
    }

    fn set_updated_at(&mut self, at: i64) {
        self.updated_at = at;
    }
}

/// Where a source stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SourceState {
    /// When it is read next, milliseconds of UTC; none when only on demand.
    pub next_at: Option<i64>,
    /// When the last whole run began.
    pub read_until: Option<i64>,
    /// Runs that failed one after the other.
    pub failures: i64,
    /// Its server asked not to be asked again before this instant; may lie behind us.
    pub wait_until: Option<i64>,
}

/// One reading of a source, from its first page to its last.
#[derive(Clone, Debug, PartialEq)]
pub struct Run {
    /// Its id.
    pub id: Uuid,
    /// Of which source.
    pub source: SourceId,
    /// When it began, milliseconds of UTC.
    pub started_at: i64,
    /// When it ended; none while it goes on.
    pub finished_at: Option<i64>,
    /// Where it goes on; none when every page was fetched.
    pub next_url: Option<String>,
    /// Pages fetched.
    pub pages: i64,
    /// How often the server asked to wait.
    pub waits: i64,
    /// Since when it has stood still because the server asked it to wait, without a page in between.
    pub stalled_since: Option<i64>,
    /// `done`, `failed`, or `stopped` where the source was changed; none while it goes on.
    pub outcome: Option<String>,
    /// The reports of its imports, in order.
    pub imports: Vec<Json>,
    /// Why it failed; of one that did not, what its keepers should know of it.
    pub problem: Option<String>,
}

const RUN: &str = "id, source_id, started_at, finished_at, next_url, pages, waits, outcome, imports, problem, stalled_since";

impl Store {
    /// The sources that are due.
    ///
    /// # Errors
    /// When the scope may not or the database fails.
    pub async fn due_sources(&self, scope: &Scope, now: i64) -> Result<Vec<SourceId>> {
        machinery(scope)?;
        let rows = self
            .rows(
                "select source_id from source_state where next_at is not null and next_at <= $1 order by next_at limit 100",
                vec![now.into()],
            )
            .await?;
        rows.iter().map(|row| uuid(row, 0).map(SourceId)).collect()
    }

    /// Where a source stands.
    ///
    /// # Errors
    /// When the database fails. A source that the scope may not see has no state.
    pub async fn source_state(&self, scope: &Scope, source: SourceId) -> Result<SourceState> {
        if self.get::<Source>(scope, source.0).await?.is_none() {
            return Ok(SourceState::default());
        }
        let sql = "select next_at, read_until, failures, wait_until from source_state where source_id = $1";
        let Some(row) = self.row(sql, vec![id(source.0)]).await? else { return Ok(SourceState::default()) };
        Ok(SourceState {
            next_at: row.try_get_by_index(0)?,
            read_until: row.try_get_by_index(1)?,
            failures: row.try_get_by_index(2)?,
            wait_until: row.try_get_by_index(3)?,
        })
    }

    /// The latest runs of a source, newest first.
    ///
    /// # Errors
    /// When the database fails. A source that the scope may not see has no runs.
    pub async fn source_runs(&self, scope: &Scope, source: SourceId, limit: i64) -> Result<Vec<Run>> {
        if self.get::<Source>(scope, source.0).await?.is_none() {
            return Ok(Vec::new());
        }
        let sql = format!("select {RUN} from source_run where source_id = $1 order by started_at desc, id desc limit $2");
        self.rows(&sql, vec![id(source.0), limit.into()]).await?.iter().map(read_run).collect()
    }

    /// The run of a source that goes on.
    ///
    /// # Errors
    /// When the scope may not or the database fails.
    pub async fn open_run(&self, scope: &Scope, source: SourceId) -> Result<Option<Run>> {
        machinery(scope)?;
        let sql = format!("select {RUN} from source_run where source_id = $1 and outcome is null order by started_at limit 1");
        self.row(&sql, vec![id(source.0)]).await?.map(|row| read_run(&row)).transpose()
    }

    /// The pages that a run has fetched and not yet imported, in order.
    ///
    /// # Errors
    /// When the scope may not or the database fails.
    pub async fn source_pages(&self, scope: &Scope, run: Uuid) -> Result<Vec<(i64, Vec<u8>)>> {
        machinery(scope)?;
        let rows = self.rows("select number, body from source_page where run_id = $1 order by number", vec![id(run)]).await?;
        rows.iter().map(|row| Ok((row.try_get_by_index(0)?, row.try_get_by_index(1)?))).collect()
    }

    /// Whether a run that goes on has read an address already.
    ///
    /// # Errors
    /// When the scope may not or the database fails.
    pub async fn source_was_read(&self, scope: &Scope, run: Uuid, address: &str) -> Result<bool> {
        machinery(scope)?;
        let sql = "select 1 from source_read where run_id = $1 and address = $2";
        Ok(self.row(sql, vec![id(run), digest(address).into()]).await?.is_some())
    }
}

impl Write {
    /// Says when a source is read next.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn plan_source(&mut self, source: SourceId, next_at: Option<i64>) -> Result<()> {
        let sql = "insert into source_state (source_id, next_at, failures) values ($1, $2, 0) \
                   on conflict (source_id) do update set next_at = excluded.next_at";
        self.transaction().execute(sql, vec![id(source.0), Value::BigInt(next_at)]).await?;
        Ok(())
    }

    /// Says that a source's server asks not to be asked again before an instant.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn wait_for_source(&mut self, source: SourceId, until: i64) -> Result<()> {
        let sql = "update source_state set wait_until = $1 where source_id = $2";
        self.transaction().execute(sql, vec![until.into(), id(source.0)]).await?;
        Ok(())
    }

    /// Lets a source begin anew, since what is read there is something else from now on: a run that goes on is stopped and its pages
    /// go, whoever reads it at this moment loses the lease of its job (of kind `job`), and what was read until when and failed how
    /// often is forgotten. A job that waits begins anew at once; what a server asked to wait counts on, unless the source is `elsewhere`
    /// now. Where nothing waits nothing is read before its time.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn restart_source(&mut self, source: SourceId, job: &str, elsewhere: bool) -> Result<()> {
        let at = self.at();
        // The job first, as those who read do: nobody waits for the other.
        let sql = "update job set fence = fence + 1, leased_until = null, attempts = 0, again = $1, run_at = $2, last_error = null \
                   where kind = $3 and dedupe = $4 and state = 'waiting'";
        self.transaction().execute(sql, vec![false.into(), at.into(), job.into(), id(source.0)]).await?;
        for sql in [
            "delete from source_page where run_id in (select id from source_run where source_id = $1)",
            "delete from source_read where run_id in (select id from source_run where source_id = $1)",
        ] {
            self.transaction().execute(sql, vec![id(source.0)]).await?;
        }
        let sql = "update source_run set outcome = 'stopped', finished_at = $1, next_url = null, stalled_since = null \
                   where source_id = $2 and outcome is null";
        self.transaction().execute(sql, vec![at.into(), id(source.0)]).await?;
        let wait = if elsewhere { ", wait_until = null" } else { "" };
        let sql = format!("update source_state set read_until = null, failures = 0{wait} where source_id = $1");
        self.transaction().execute(&sql, vec![id(source.0)]).await?;
        Ok(())
    }

    /// Begins a run at an address.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn begin_run(&mut self, source: SourceId, url: &str) -> Result<Run> {
        let run = Run {
            id: Uuid::now_v7(),
            source,
            started_at: self.at(),
            finished_at: None,
            next_url: Some(url.to_owned()),
            pages: 0,
            waits: 0,
            stalled_since: None,
            outcome: None,
            imports: Vec::new(),
            problem: None,
        };
        let sql = "insert into source_run (id, source_id, started_at, next_url, pages, waits, imports) values ($1, $2, $3, $4, 0, 0, '[]')";
        self.transaction().execute(sql, vec![id(run.id), id(source.0), run.started_at.into(), url.into()]).await?;
        Ok(run)
    }

    /// Keeps the page of the run's address, that the address was read, and where the run goes on.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn keep_page(&mut self, run: &mut Run, body: Vec<u8>, next_url: Option<String>) -> Result<()> {
        run.pages += 1;
        if let Some(read) = &run.next_url {
            let sql = "insert into source_read (run_id, address) values ($1, $2) on conflict do nothing";
            self.transaction().execute(sql, vec![id(run.id), digest(read).into()]).await?;
        }
        run.next_url = next_url;
        run.stalled_since = None;
        let sql = "insert into source_page (run_id, number, body) values ($1, $2, $3)";
        self.transaction().execute(sql, vec![id(run.id), run.pages.into(), body.into()]).await?;
        self.keep_run(run).await
    }

    /// Forgets the pages of a run that were imported, and keeps the import's report.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn imported_pages(&mut self, run: &mut Run, report: Json) -> Result<()> {
        run.imports.push(report);
        self.transaction().execute("delete from source_page where run_id = $1", vec![id(run.id)]).await?;
        self.keep_run(run).await
    }

    /// Writes down where a run stands.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn keep_run(&mut self, run: &Run) -> Result<()> {
        let sql = "update source_run set next_url = $1, pages = $2, waits = $3, imports = $4, outcome = $5, problem = $6, \
                   finished_at = $7, stalled_since = $8 where id = $9";
        let values = vec![
            Value::String(run.next_url.clone()),
            run.pages.into(),
            run.waits.into(),
            Json::Array(run.imports.clone()).to_string().into(),
            Value::String(run.outcome.clone()),
            Value::String(run.problem.clone()),
            Value::BigInt(run.finished_at),
            Value::BigInt(run.stalled_since),
            id(run.id),
        ];
        self.transaction().execute(sql, values).await?;
        Ok(())
    }

    /// Ends a run: done, or failed for a reason. The pages that it could not import go; what was to be known of it stays, but for a
    /// reason to fail.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn finish_run(&mut self, run: &mut Run, problem: Option<String>) -> Result<()> {
        run.finished_at = Some(self.at());
        let failed = problem.is_some();
        run.outcome = Some(if failed { "failed" } else { "done" }.to_owned());
        run.problem = problem.or(run.problem.take());
        self.transaction().execute("delete from source_page where run_id = $1", vec![id(run.id)]).await?;
        self.transaction().execute("delete from source_read where run_id = $1", vec![id(run.id)]).await?;
        self.keep_run(run).await?;
        let sql = if failed {
            "update source_state set failures = failures + 1 where source_id = $1"
        } else {
            "update source_state set failures = 0, read_until = $2 where source_id = $1"
        };
        let mut values = vec![id(run.source.0)];
        if !failed {
            values.push(run.started_at.into());
        }
        self.transaction().execute(sql, values).await?;
        Ok(())
    }
}

/// An address of any length, as a key of one length.
fn digest(address: &str) -> String {
    hex(Sha256::digest(address).as_slice())
}

fn uuid(row: &QueryResult, index: usize) -> Result<Uuid> {
    let text: String = row.try_get_by_index(index)?;
    Uuid::parse_str(&text).map_err(|error| Error::Corrupt { table: "source", id: text.clone(), reason: error.to_string() })
}

fn read_run(row: &QueryResult) -> Result<Run> {
    let imports: String = row.try_get_by_index(8)?;
    let id = uuid(row, 0)?;
    let corrupt =
        |error: serde_json::Error| Error::Corrupt { table: "source_run", id: id.to_string(), reason: error.to_string() };
    Ok(Run {
        id,
        source: SourceId(uuid(row, 1)?),
        started_at: row.try_get_by_index(2)?,
        finished_at: row.try_get_by_index(3)?,
        next_url: row.try_get_by_index(4)?,
        pages: row.try_get_by_index(5)?,
        waits: row.try_get_by_index(6)?,
        outcome: row.try_get_by_index(7)?,
        imports: serde_json::from_str(&imports).map_err(corrupt)?,
        problem: row.try_get_by_index(9)?,
        stalled_since: row.try_get_by_index(10)?,
    })
}
