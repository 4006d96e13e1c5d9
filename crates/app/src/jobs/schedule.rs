//! What is due by the calendar, put into the table under keys that keep several processes from doing it twice.

use super::{Problem, runner::Context};
use crate::{assessments, reminders, sources};
use domain::people::Scope;
use store::jobs::{Ended, Job, NewJob};

/// Forgets finished jobs and messages.
const TIDY: &str = "tidy";

/// The kinds of jobs besides mail.
pub const KINDS: &[&str] =
    &[TIDY, reminders::DAILY, reminders::MONTHLY, sources::KIND, assessments::REVIEWS, assessments::REMIND];

/// A finished job is of interest for a week, in milliseconds.
const JOBS_KEPT: i64 = 7 * 86_400_000;
/// A finished message's address to stop it at works for two years.
const MAIL_KEPT: i64 = 730 * 86_400_000;

/// Puts what is due into the table. The key of each names its day, so a second process, or a second look, changes nothing.
///
/// # Errors
/// When the database fails.
pub async fn put(context: &Context) -> Result<(), Problem> {
    let today = context.app.clock.today();
    let (day, month) = (today.to_string(), today.strftime("%Y-%m").to_string());
    once(context, TIDY, &day).await?;
    once(context, reminders::DAILY, &day).await?;
    // What changes in the register asks for a look the same day; a date could wait.
    once(context, assessments::REVIEWS, &hour(context.now()).unwrap_or_else(|| day.clone())).await?;
    once(context, assessments::REMIND, &day).await?;
    if reminders::is_due(today) {
        once(context, reminders::MONTHLY, &month).await?;
    }
    sources::put_due(context).await
}

/// The hour of an instant, as a period's name.
fn hour(now: i64) -> Option<String> {
    Some(jiff::Timestamp::from_millisecond(now).ok()?.strftime("%Y-%m-%dT%H").to_string())
}

/// Puts a job once for an hour, a day or a month, whichever process looks first.
async fn once(context: &Context, kind: &str, period: &str) -> Result<(), Problem> {
    let scope = Context::scope("schedule");
    let name = format!("scheduled-{kind}");
    if context.app.store.setting(&scope, &name).await?.as_deref() == Some(period) {
        return Ok(());
    }
    let now = context.now();
    let mut write = context.app.store.write(&scope, now).await?;
    // Taken first, under the row's lock: a second process waits here, and then finds the job's key in use or its work done.
    if write.set_once(&name, period).await? {
        write.job(&NewJob { kind, dedupe: Some(period), payload: serde_json::json!({ "period": period }), run_at: now }).await?;
        write.commit().await?;
    }
    Ok(())
}

/// Does a job of these kinds.
///
/// # Errors
/// When it fails; the job then waits.
pub async fn handle(context: &Context, scope: &Scope, job: &Job) -> Result<(), Problem> {
    match job.kind.as_str() {
        TIDY => tidy(context, scope, job).await,
        reminders::DAILY => reminders::remind(context, scope, job).await,
        reminders::MONTHLY => reminders::check(context, scope, job).await,
        assessments::REVIEWS => assessments::look(context, scope, job).await,
        assessments::REMIND => assessments::remind(context, scope, job).await,
        sources::KIND => sources::run(context, scope, job).await,
        other => Err(Problem::for_good(format!("this program knows no job '{other}'"))),
    }
}

async fn tidy(context: &Context, scope: &Scope, job: &Job) -> Result<(), Problem> {
    let (store, now) = (&context.app.store, context.now());
    let jobs = store.forget_jobs(scope, now - JOBS_KEPT).await?;
    let mail = store.forget_mail(scope, now - MAIL_KEPT).await?;
    if jobs + mail > 0 {
        tracing::info!(jobs, mail, "forgot what was finished long ago");
    }
    store.end_job(scope, job, &Ended::Done, now).await?;
    Ok(())
}
