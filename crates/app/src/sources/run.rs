//! The job that reads one source.

use super::{BATCH, MOST, PATIENCE, PAUSE, WAIT};
use crate::{
    fetch::Refusal,
    imports::{self, ImportError, Kind, Request},
    jobs::{Problem, runner::Context},
};
use domain::{
    people::Scope,
    register::import::{mapping::Field, ocds::page_without_contacts},
    work::{
        retry::back_off,
        sources::{Source, SourceId, SourceKind, first_address, next_address},
    },
};
use std::path::{Path, PathBuf};
use store::{
    jobs::{Ended, Job, NewJob},
    sources::Run,
};

/// The kind of these jobs.
pub const KIND: &str = "source";

/// Pages that are fetched before other jobs have a turn.
const TOGETHER: i64 = 20;
/// How often a page is tried before the run is given up.
const TRIES: i64 = 6;

/// Puts the sources that are due into the job table, each under its own key, and plans their next time.
///
/// # Errors
/// When the database fails.
pub async fn put_due(context: &Context) -> Result<(), Problem> {
    let (now, today) = (context.now(), context.app.clock.today());
    let scope = Context::scope(KIND);
    for id in context.app.store.due_sources(&scope, now).await? {
        let Some(source) = context.app.store.get::<Source>(&scope, id.0).await? else { continue };
        let mut write = context.app.store.write(&scope, now).await?;
        write.plan_source(id, source.every.next(today, id.0.as_u64_pair().1)).await?;
        let key = id.to_string();
        write.job(&NewJob { kind: KIND, dedupe: Some(&key), payload: serde_json::json!({ "source": id }), run_at: now }).await?;
        write.commit().await?;
    }
    Ok(())
}

/// Why a run does not go on at once.
enum Halt {
    /// Go on at this instant.
    At(i64),
    /// Let others have a turn, then go on.
    Turn,
    /// This try failed.
    Again(String),
    /// It is of no use.
    Failed(String),
}

impl From<store::Error> for Halt {
    fn from(error: store::Error) -> Self {
        Halt::Again(error.to_string())
    }
}

/// Reads the source of a job, from where its run stands to its end.
///
/// # Errors
/// When the database fails.
pub async fn run(context: &Context, scope: &Scope, job: &Job) -> Result<(), Problem> {
    let store = &context.app.store;
    let id = job.payload.get("source").and_then(serde_json::Value::as_str).and_then(|id| id.parse::<SourceId>().ok());
    let source = match id {
        Some(id) => store.get::<Source>(scope, id.0).await?,
        None => None,
    };
    let Some(source) = source else {
        // It was removed in the meantime.
        store.end_job(scope, job, &Ended::Done, context.now()).await?;
        return Ok(());
    };
    // Whoever asks for it meanwhile: what the server said counts.
    let waits = store.source_state(scope, source.id).await?.wait_until;
    if let Some(until) = waits.filter(|until| *until > context.now()) {
        store.end_job(scope, job, &Ended::Later(until), context.now()).await?;
        return Ok(());
    }
    let Some(mut run) = open(context, scope, job, &source).await? else { return Ok(()) };
    let halt = match pages(context, scope, job, &source, &mut run).await {
        Ok(true) => return finish(context, scope, job, &source, &mut run, Ending::Done).await,
        Ok(false) => return Ok(()),
        Err(halt) => halt,
    };
    let now = context.now();
    match halt {
        Halt::At(at) if run.stalled_since.is_some_and(|since| now - since >= PATIENCE) => {
            let reason = "the server asked it to wait, again and again, for more than six hours".to_owned();
            finish(context, scope, job, &source, &mut run, Ending::Failed { reason, wait: Some(at) }).await
        }
        Halt::At(at) => {
            run.waits += 1;
            run.stalled_since = run.stalled_since.or(Some(now));
            let mut write = store.write(scope, now).await?;
            if write.holds(job).await? {
                write.keep_run(&run).await?;
                write.wait_for_source(source.id, at).await?;
                write.end_job(job, &Ended::Later(at)).await?;
                write.commit().await?;
            }
            Ok(())
        }
        Halt::Turn => {
            store.end_job(scope, job, &Ended::Later(now), now).await?;
            Ok(())
        }
        Halt::Again(reason) if job.attempts < TRIES => {
            let at = now + back_off(job.attempts, source.id.0.as_u64_pair().1);
            store.end_job(scope, job, &Ended::Retry(at, reason), now).await?;
            Ok(())
        }
        Halt::Again(reason) | Halt::Failed(reason) => {
            finish(context, scope, job, &source, &mut run, Ending::Failed { reason, wait: None }).await
        }
    }
}

/// The run that goes on, else a new one; none when the lease was lost.
async fn open(context: &Context, scope: &Scope, job: &Job, source: &Source) -> Result<Option<Run>, Problem> {
    let store = &context.app.store;
    if let Some(run) = store.open_run(scope, source.id).await? {
        return Ok(Some(run));
    }
    let now = context.now();
    let state = store.source_state(scope, source.id).await?;
    let mut write = store.write(scope, now).await?;
    if !write.holds(job).await? {
        return Ok(None);
    }
    let first = first_address(source, state.read_until, now);
    // A place within a page is no other page, and is never sent.
    let run = write.begin_run(source.id, first.split('#').next().unwrap_or_default()).await?;
    write.commit().await?;
    Ok(Some(run))
}

/// Fetches and imports until there is nothing more: true then, false when the lease was lost.
async fn pages(context: &Context, scope: &Scope, job: &Job, source: &Source, run: &mut Run) -> Result<bool, Halt> {
    let mut waiting = i64::try_from(context.app.store.source_pages(scope, run.id).await?.len()).unwrap_or(0);
    let begun_at = run.pages;
    while let Some(url) = run.next_url.clone() {
        let dead_end = if context.app.store.source_was_read(scope, run.id, &url).await? {
            Some(format!("its pages lead round in circles: page {} names one that was read before as the next", run.pages))
        } else if run.pages > 0 && !is_own(context, source, &url) {
            tracing::warn!(source = %source.id, "a page leads elsewhere; it is not followed");
            let named: String = url.chars().take(200).collect();
            Some(format!("page {} names an address as the next that is not read from here: {named}", run.pages))
        } else if run.pages >= MOST {
            Some(format!("it goes on after {MOST} pages: give an address that asks for less"))
        } else {
            None
        };
        if let Some(reason) = dead_end {
            // What was read stays; that the rest was not, its keepers must know.
            if waiting > 0 && !import(context, scope, job, source, run).await? {
                return Ok(false);
            }
            return Err(Halt::Failed(reason));
        }
        if run.pages - begun_at >= TOGETHER {
            return Err(Halt::Turn);
        }
        if waiting >= BATCH {
            if !import(context, scope, job, source, run).await? {
                return Ok(false);
            }
            waiting = 0;
        }
        if run.pages > begun_at {
            tokio::time::sleep(PAUSE).await;
        }
        let fetched = context.fetcher.get(&url).await.map_err(|refusal| halt_of(&refusal, source.kind, context.now()))?;
        let next = if source.kind.holds_notices() { following(context, &url, &fetched.body)? } else { Next::None };
        let mut write = context.app.store.write(scope, context.now()).await?;
        if !write.holds(job).await? {
            return Ok(false);
        }
        let body = if source.kind.holds_notices() { page_without_contacts(fetched.body) } else { fetched.body };
        let next = match next {
            Next::None => None,
            Next::At(next) => Some(next),
            // It may be the publisher's way to end, or its mistake: what came is taken, and its keepers read of it.
            Next::Itself => {
                run.problem = Some(format!("page {} names itself as the next one, so it was taken for the last", run.pages + 1));
                None
            }
        };
        write.keep_page(run, body, next).await?;
        write.commit().await?;
        waiting += 1;
    }
    if waiting > 0 { import(context, scope, job, source, run).await } else { Ok(true) }
}

/// Where a page leads, as it says.
enum Next {
    None,
    Itself,
    At(String),
}

/// Where a page of notices leads: kept with the page, and judged when it is due, so that nothing is forgotten between.
fn following(context: &Context, url: &str, body: &[u8]) -> Result<Next, Halt> {
    // What is not JSON as a whole (JSON Lines) has no next page; the import says what it thinks of it.
    let text = String::from_utf8_lossy(body);
    let Ok(package) = serde_json::from_str::<serde_json::Value>(&text) else { return Ok(Next::None) };
    let Some(next) = next_address(&package) else { return Ok(Next::None) };
    let here = context.fetcher.check(url).map_err(|refusal| Halt::Failed(refusal.to_string()))?;
    let Ok(mut there) = here.join(next) else { return Ok(Next::At(next.to_owned())) };
    // A place within a page is no other page.
    there.set_fragment(None);
    Ok(if there.as_str() == url { Next::Itself } else { Next::At(there.into()) })
}

/// Whether an address is of the source's own host, and such as may be read at all.
fn is_own(context: &Context, source: &Source, url: &str) -> bool {
    let (Ok(here), Ok(there)) = (context.fetcher.check(&source.url), context.fetcher.check(url)) else { return false };
    there.host_str() == here.host_str() && there.port_or_known_default() == here.port_or_known_default()
}

fn halt_of(refusal: &Refusal, kind: SourceKind, now: i64) -> Halt {
    let wait = |seconds: Option<u64>| {
        Halt::At(now + seconds.and_then(|seconds| i64::try_from(seconds * 1000).ok()).map_or(WAIT, |wait| wait.max(1000)))
    };
    match refusal {
        Refusal::Wait(seconds) => wait(*seconds),
        // Contracts Finder says 403 where it means 429.
        Refusal::Status(403) if kind == SourceKind::ContractsFinder => wait(None),
        Refusal::Status(500..) | Refusal::Connection | Refusal::TooLong | Refusal::NoHost => Halt::Again(refusal.to_string()),
        _ => Halt::Failed(refusal.to_string()),
    }
}

/// Imports what was kept; false when the lease was lost.
async fn import(context: &Context, scope: &Scope, job: &Job, source: &Source, run: &mut Run) -> Result<bool, Halt> {
    let store = &context.app.store;
    let pages = store.source_pages(scope, run.id).await?;
    let folder = Folder::new(run).map_err(|error| Halt::Again(format!("no room for the pages: {error}")))?;
    let mut files = Vec::with_capacity(pages.len());
    for (number, body) in pages {
        let file = folder.0.join(file_name(source, number));
        tokio::fs::write(&file, body).await.map_err(|error| Halt::Again(format!("no room for the pages: {error}")))?;
        files.push(file);
    }
    // Last look before the import: a process that stood still must not import what another does.
    if !store.renew_job(scope, job, context.now(), crate::jobs::runner::LEASE).await? {
        return Ok(false);
    }
    let mapping =
        source.mapping.iter().map(|(header, field)| Some((header.clone(), Field::parse(field)?))).collect::<Option<Vec<_>>>();
    let mapping = mapping.ok_or_else(|| Halt::Failed("its mapping names a field that this program does not know".to_owned()))?;
    let request = Request {
        kind: if source.kind.holds_notices() { Kind::Notices } else { Kind::Contracts },
        files,
        organisation: Some(source.organisation),
        mapping: (!mapping.is_empty()).then_some(mapping),
        names: Vec::new(),
        dry_run: false,
    };
    let done = imports::commit::run(store, scope, context.app.clock, request).await.map_err(|error| match error {
        ImportError::File { reason, .. } => Halt::Failed(reason),
        ImportError::Columns { reason, .. } => {
            Halt::Failed(format!("{reason}. Say under ‘Columns’ of the source which one does"))
        }
        error => Halt::Again(error.to_string()),
    })?;
    let report = done.report;
    let figures = serde_json::json!({
        "import_id": report.import_id, "read": report.read, "created": report.created, "updated": report.updated,
        "unchanged": report.unchanged, "rejected": report.rejected.len(), "warnings": report.warnings.len(),
    });
    let mut write = store.write(scope, context.now()).await?;
    if !write.holds(job).await? {
        return Ok(false);
    }
    write.imported_pages(run, figures).await?;
    write.commit().await?;
    Ok(true)
}

/// How a run ends.
enum Ending {
    /// All of it was read.
    Done,
    /// It was given up, for a reason; its server may want to be left alone until an instant.
    Failed { reason: String, wait: Option<i64> },
}

/// Ends a run and its job, and tells the source's keepers the first time that it fails.
async fn finish(
    context: &Context,
    scope: &Scope,
    job: &Job,
    source: &Source,
    run: &mut Run,
    ending: Ending,
) -> Result<(), Problem> {
    let (problem, wait) = match ending {
        Ending::Done => (None, None),
        Ending::Failed { reason, wait } => (Some(reason), wait),
    };
    let (store, now) = (&context.app.store, context.now());
    let state = store.source_state(scope, source.id).await?;
    let mut write = store.write(scope, now).await?;
    if !write.holds(job).await? {
        return Ok(());
    }
    match &problem {
        Some(problem) => tracing::warn!(source = %source.id, pages = run.pages, problem, "a source could not be read"),
        None => tracing::info!(source = %source.id, pages = run.pages, imports = run.imports.len(), "a source was read"),
    }
    if let Some(problem) = problem.as_deref().filter(|_| state.failures == 0) {
        for mail in super::tell::failed(context, scope, source, run, state.next_at, problem).await? {
            write.mail(&mail).await?;
        }
    }
    if let Some(until) = wait {
        write.wait_for_source(source.id, until).await?;
    }
    write.finish_run(run, problem).await?;
    write.end_job(job, &Ended::Done).await?;
    write.commit().await?;
    Ok(())
}

/// What the import's record calls a page: the end of the source's path, with its number.
fn file_name(source: &Source, number: i64) -> String {
    let path = source.url.split(['?', '#']).next().unwrap_or_default().trim_end_matches('/');
    let stem: String = path
        .rsplit('/')
        .next()
        .unwrap_or_default()
        .chars()
        .filter(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_'))
        .take(60)
        .collect();
    let stem = stem.trim_matches('.');
    let stem = if stem.is_empty() { "source" } else { stem };
    if source.kind.holds_notices() { format!("{stem}-{number}.json") } else { stem.to_owned() }
}

/// A folder that is gone when this is dropped.
struct Folder(PathBuf);

impl Folder {
    fn new(run: &Run) -> std::io::Result<Self> {
        let folder: &Path = &std::env::temp_dir().join(format!("citytools-{}-{}", run.id, uuid::Uuid::now_v7()));
        std::fs::create_dir(folder)?;
        Ok(Self(folder.to_owned()))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
