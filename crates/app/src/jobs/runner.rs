//! Takes jobs from the table, runs them under a lease, says how they ended.
//!
//! Two lanes, so that a long fetch never keeps a sign-in code waiting. A lease is renewed while its job runs; when that fails
//! (this process stood still and another has the job), the work is dropped where it stands.

use super::{Problem, schedule};
use crate::{
    fetch::Fetcher,
    mail::{Smtp, deliver},
    state::App,
};
use domain::{people::Scope, work::retry::back_off};
use futures_util::{FutureExt as _, future::join_all};
use std::{panic::AssertUnwindSafe, sync::Arc, time::Duration};
use store::{
    jobs::{Ended, Job},
    outbox::MAIL_JOB,
};
use tokio::sync::watch;

/// How often the table is looked at.
const EVERY: Duration = Duration::from_millis(500);
/// How long a lease is, in milliseconds.
pub const LEASE: i64 = 120_000;
/// How often a lease is renewed.
const RENEW: Duration = Duration::from_secs(40);
/// Jobs of one lane at a time.
const TOGETHER: i64 = 4;
/// After so many attempts a job is given up.
const ATTEMPTS: i64 = 10;
/// How often the calendar is looked at, in milliseconds.
const CALENDAR: i64 = 60_000;

/// What jobs work with.
pub struct Context {
    /// The store, the register, the public address.
    pub app: App,
    /// Where mail goes; none keeps it in the outbox.
    pub smtp: Option<Smtp>,
    /// The client that fetches what others publish.
    pub fetcher: Fetcher,
    /// The instant, milliseconds of UTC; tests set it.
    pub now: Box<dyn Fn() -> i64 + Send + Sync>,
}

impl Context {
    /// What jobs work with in a running server.
    #[must_use]
    pub fn new(app: App, smtp: Option<Smtp>, fetcher: Fetcher) -> Self {
        let clock = app.clock;
        Self { app, smtp, fetcher, now: Box::new(move || clock.now()) }
    }

    /// The instant.
    #[must_use]
    pub fn now(&self) -> i64 {
        (self.now)()
    }

    /// In whose name jobs of a kind write.
    #[must_use]
    pub fn scope(kind: &str) -> Scope {
        Scope::Job { name: kind.to_owned() }
    }
}

/// A lane: kinds of jobs that are worked off side by side.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lane {
    /// Mail.
    Mail,
    /// Everything else.
    Rest,
}

impl Lane {
    fn kinds(self) -> &'static [&'static str] {
        match self {
            Lane::Mail => &[MAIL_JOB],
            Lane::Rest => schedule::KINDS,
        }
    }
}

/// The server's workers: they run until told to stop, and finish what they are at.
pub struct Workers {
    stop: watch::Sender<bool>,
    lanes: Vec<tokio::task::JoinHandle<()>>,
}

impl Workers {
    /// Starts them.
    #[must_use]
    pub fn start(context: Context) -> Self {
        let (stop, stopped) = watch::channel(false);
        match &context.smtp {
            Some(smtp) => tracing::info!(server = smtp.server(), "mail goes out by SMTP"),
            None => tracing::warn!(
                "no mail is sent: set smtp-url and mail-from in the settings. Messages wait in the outbox until then"
            ),
        }
        let mut lanes = vec![Lane::Rest];
        if context.smtp.is_some() {
            lanes.push(Lane::Mail);
        }
        let context = Arc::new(context);
        let lanes = lanes.into_iter().map(|lane| tokio::spawn(work(context.clone(), lane, stopped.clone()))).collect();
        Self { stop, lanes }
    }

    /// Lets them finish, for ten seconds at most; what is cut short is done again once its lease has run out.
    pub async fn stop(self) {
        let _ = self.stop.send(true);
        let _ = tokio::time::timeout(Duration::from_secs(10), join_all(self.lanes)).await;
    }
}

async fn work(context: Arc<Context>, lane: Lane, mut stop: watch::Receiver<bool>) {
    let mut failing = false;
    let mut looked = 0;
    loop {
        tokio::select! {
            () = tokio::time::sleep(EVERY) => {}
            _ = stop.changed() => return,
        }
        let now = context.now();
        // A clock that was set back looks again at once.
        let mut result = Ok(());
        if lane == Lane::Rest && !(looked..looked + CALENDAR).contains(&now) {
            looked = now;
            result = schedule::put(&context).await.map_err(|problem| problem.message);
        }
        if result.is_ok() {
            result = turn(&context, lane).await.map(|_| ()).map_err(|error| error.to_string());
        }
        match result {
            Ok(()) => failing = false,
            // Said once, not twice a second.
            Err(error) if !failing => {
                failing = true;
                tracing::error!(error, "jobs cannot be worked off");
            }
            Err(_) => {}
        }
    }
}

/// Takes what is due of a lane and works it off; how many jobs there were.
///
/// # Errors
/// When the database fails before any was taken.
pub async fn turn(context: &Context, lane: Lane) -> Result<usize, store::Error> {
    let scope = Context::scope("jobs");
    let jobs = context.app.store.lease_jobs(&scope, lane.kinds(), context.now(), LEASE, TOGETHER).await?;
    join_all(jobs.iter().map(|job| attempt(context, job))).await;
    Ok(jobs.len())
}

/// One attempt at a job, with its lease kept up.
pub async fn attempt(context: &Context, job: &Job) {
    let scope = Context::scope(&job.kind);
    let work = AssertUnwindSafe(handle(context, &scope, job)).catch_unwind();
    let result = tokio::select! {
        result = work => result.unwrap_or_else(|_| Err(Problem::for_now("the job panicked"))),
        () = lost(context, &scope, job) => {
            tracing::warn!(job = %job.id, kind = job.kind, "another process has taken a job over; it is dropped here");
            return;
        }
    };
    let Err(problem) = result else { return };
    let at = context.now();
    let ended = if problem.for_good || job.attempts >= ATTEMPTS {
        tracing::error!(job = %job.id, kind = job.kind, attempts = job.attempts, problem = problem.message, "a job was given up");
        Ended::Failed(problem.message)
    } else {
        tracing::warn!(job = %job.id, kind = job.kind, attempts = job.attempts, problem = problem.message, "a job failed and is tried again");
        Ended::Retry(at + back_off(job.attempts, job.id.as_u64_pair().1), problem.message)
    };
    if let Err(error) = context.app.store.end_job(&scope, job, &ended, at).await {
        // Its lease runs out, and it is tried again.
        tracing::error!(job = %job.id, %error, "the end of a job could not be written");
    }
}

/// Ends when the lease is lost.
async fn lost(context: &Context, scope: &Scope, job: &Job) {
    loop {
        tokio::time::sleep(RENEW).await;
        match context.app.store.renew_job(scope, job, context.now(), LEASE).await {
            Ok(true) => {}
            Ok(false) => return,
            Err(error) => tracing::warn!(job = %job.id, %error, "a lease could not be renewed"),
        }
    }
}

/// What each kind of job does. A handler writes its job's end itself, together with its effect.
async fn handle(context: &Context, scope: &Scope, job: &Job) -> Result<(), Problem> {
    match (job.kind.as_str(), &context.smtp) {
        (MAIL_JOB, Some(smtp)) => deliver::run(context, smtp, scope, job).await,
        _ => schedule::handle(context, scope, job).await,
    }
}
