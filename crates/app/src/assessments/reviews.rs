//! The job that asks for reviews: dates and renewals that come near, systems that changed in the register, templates that have a
//! new version. What each touches is reopened once; a second look, or a second process, changes nothing.

use super::{about, guests, pinned, rescreened, tell};
use crate::{
    jobs::{Problem, runner::Context},
    reminders::outlook_of,
    state::App,
};
use domain::{
    audit::{Action, Kind},
    dpia::{
        assessment::Assessment,
        review::{self, SYSTEM_FIELDS, Trigger},
        task::{About, Task},
        template::Purpose,
    },
    people::Scope,
    register::{
        ids::{ContractId, SystemId},
        records::Contract,
    },
};
use jiff::civil::Date;
use std::collections::{BTreeMap, BTreeSet};
use store::jobs::{Ended, Job};

/// The kind of these jobs.
pub const REVIEWS: &str = "dpia-reviews";
/// The setting that says up to where the change log was looked at.
const SEEN: &str = "dpia-reviews-seen";
/// Entries of the log that one look takes; the rest come with the next.
const MOST: i64 = 20_000;

/// What changed of a system: the fields, and the log's entry that said so last.
type Changed = BTreeMap<SystemId, (BTreeSet<String>, i64)>;

/// Looks at every assessment that is reviewed, at those that rest on a system that changed, and at those that wait for somebody to
/// be found for a role.
///
/// # Errors
/// When the database fails; what was asked for stays asked, and the next try goes on from there.
pub async fn look(context: &Context, scope: &Scope, job: &Job) -> Result<(), Problem> {
    let app = &context.app;
    let (changed, seen) = changed(app, scope).await?;
    let mut heads = app.store.assessments_reviewed(scope).await?;
    if !changed.is_empty() {
        let all = app.store.assessments(scope, app.clock.today()).await?;
        heads.extend(all.into_iter().filter(|head| review::marked(head.state) && !review::looked_at(head)));
    }
    let frozen = app.store.assessments_frozen(scope).await?;
    if !pinned::keep(context, scope, job, &heads).await? || !pinned::keep(context, scope, job, &frozen).await? {
        return Ok(());
    }
    for head in heads {
        let triggers = triggers(app, scope, &head, &changed).await?;
        if !triggers.is_empty() && !ask(context, scope, job, &head, triggers).await? {
            return Ok(());
        }
    }
    for head in frozen {
        if !fill(context, scope, job, &head).await? {
            return Ok(());
        }
    }
    if !guests::settle(context, scope, job).await? {
        return Ok(());
    }
    let mut write = app.store.write(scope, context.now()).await?;
    write.set(SEEN, &seen.to_string()).await?;
    if write.end_job(job, &Ended::Done).await? {
        write.commit().await?;
    }
    Ok(())
}

/// Which systems changed in what an assessment can rest on, since this was looked at last; the first look begins with the present.
async fn changed(app: &App, scope: &Scope) -> Result<(Changed, i64), store::Error> {
    let head = app.store.sequence().await?;
    let Some(seen) = app.store.setting(scope, SEEN).await?.and_then(|seen| seen.parse().ok()) else {
        return Ok((Changed::new(), head));
    };
    let entries = app.store.since(scope, Kind::System, seen, MOST).await?;
    let full = i64::try_from(entries.len()).unwrap_or(MOST) >= MOST;
    let upto = entries.last().filter(|_| full).map_or(head, |last| last.sequence);
    let mut changed = Changed::new();
    for entry in entries.into_iter().filter(|entry| entry.action == Action::Update) {
        let fields: Vec<String> = SYSTEM_FIELDS
            .iter()
            .filter(|field| entry.content.as_ref().is_some_and(|content| content.get(**field).is_some()))
            .map(|field| (*field).to_owned())
            .collect();
        if !fields.is_empty() {
            let (known, change) = changed.entry(SystemId(entry.subject)).or_default();
            known.extend(fields);
            *change = entry.sequence;
        }
    }
    Ok((changed, upto))
}

/// What asks for a review of an assessment today.
async fn triggers(app: &App, scope: &Scope, head: &Assessment, changed: &Changed) -> Result<Vec<Trigger>, store::Error> {
    let today = app.clock.today();
    let ids: Vec<uuid::Uuid> = head.contracts.iter().map(|contract| contract.0).collect();
    let mut renewals: Vec<(ContractId, Date)> = Vec::new();
    if !ids.is_empty() {
        for contract in app.store.get_many::<Contract>(scope, &ids).await? {
            let next = outlook_of(app, &contract, today).exits.into_iter().map(|exit| exit.date).find(|date| *date >= today);
            renewals.extend(next.map(|date| (contract.id, date)));
        }
    }
    let mut triggers = review::due(head, &renewals, today);
    let reviewed = review::looked_at(head);
    triggers.extend(head.systems.iter().filter_map(|system| {
        let (fields, change) = changed.get(system)?;
        Some(Trigger::SystemChanged { system: *system, fields: fields.iter().cloned().collect(), change: *change })
    }));
    triggers.extend(rescreened::trigger(app, scope, head).await?.filter(|_| reviewed));
    triggers.extend(review::newer_template(&app.rules(), &head.template, today).filter(|_| reviewed));
    Ok(triggers)
}

/// Asks for what was not asked for before, all of an assessment in one transaction; false when the lease was lost.
async fn ask(context: &Context, scope: &Scope, job: &Job, head: &Assessment, triggers: Vec<Trigger>) -> Result<bool, Problem> {
    let (app, today) = (&context.app, context.app.clock.today());
    let known = app.store.tasks_of(scope, today, head.id).await?;
    let asked = |trigger: &Trigger, task: &Task| {
        task.stands() && matches!(&task.about, About::Review { why: Some(why) } if trigger.covered_by(why))
    };
    let fresh: Vec<Trigger> = triggers.into_iter().filter(|trigger| !known.iter().any(|task| asked(trigger, task))).collect();
    let rules = app.rules();
    // One that was made elsewhere may follow a template of its own; nothing in it rests on the register then.
    let laid = rules.template_of(head, today);
    let template = laid.as_deref().or_else(|| rules.in_force(Purpose::Dpia, today));
    let (Some(template), false) = (template, fresh.is_empty()) else { return Ok(true) };
    let Some(mut work) = app.store.work(scope, context.now(), today, head.id).await? else { return Ok(true) };
    if !work.holds(job).await? {
        return Ok(false);
    }
    let mut any = false;
    for trigger in &fresh {
        any |= work.ask_review(template, trigger, &about::why(app, trigger)).await?.is_some();
    }
    if any {
        tell::commit(app, work, None).await.map_err(|failure| Problem::for_now(format!("{failure:?}")))?;
    }
    Ok(true)
}

/// Brings the tasks of an assessment in step once somebody was found for a role; false when the lease was lost.
async fn fill(context: &Context, scope: &Scope, job: &Job, head: &Assessment) -> Result<bool, Problem> {
    let (app, today) = (&context.app, context.app.clock.today());
    let known = app.store.tasks_of(scope, today, head.id).await?;
    if !known.iter().any(|task| task.open() && matches!(task.about, About::Vacancy { .. })) {
        return Ok(true);
    }
    let Some(mut work) = app.store.work(scope, context.now(), today, head.id).await? else { return Ok(true) };
    let Some((template, routes)) = tell::rules_of(app, &work.whole) else { return Ok(true) };
    if !work.holds(job).await? {
        return Ok(false);
    }
    let before = work.tasks().to_vec();
    work.settle_tasks(&template, &routes).await?;
    if before != work.tasks() {
        tell::commit(app, work, None).await.map_err(|failure| Problem::for_now(format!("{failure:?}")))?;
    }
    Ok(true)
}
