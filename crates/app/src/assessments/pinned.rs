//! What was frozen before assessments kept the overlays of their freeze keeps them from now on: those that were in force on that day.
//! A signed version then shows what it showed, whatever its organisations add to the template later.

use crate::{
    jobs::{Problem, runner::Context},
    web::dpia::desk::day_of,
};
use domain::{dpia::assessment::Assessment, people::Scope};
use store::jobs::Job;

/// Keeps what is missing, each assessment's in one transaction; false when the lease was lost.
pub(super) async fn keep(context: &Context, scope: &Scope, job: &Job, heads: &[Assessment]) -> Result<bool, Problem> {
    let (app, today) = (&context.app, context.app.clock.today());
    let binds = |head: &&Assessment| head.state.is_frozen() || head.state.is_signed();
    let unkept = |head: &&Assessment| head.controllers().any(|one| !head.overlays.contains_key(&one));
    for head in heads.iter().filter(binds).filter(unkept) {
        let Some(mut work) = app.store.work(scope, context.now(), today, head.id).await? else { continue };
        let then = app.rules().overlays_then(&work.whole, &day_of);
        if then.is_empty() {
            continue;
        }
        if !work.holds(job).await? {
            return Ok(false);
        }
        let mut head = work.whole.assessment.clone();
        head.overlays.extend(then);
        work.change_head(head).await?;
        work.commit().await?;
    }
    Ok(true)
}
