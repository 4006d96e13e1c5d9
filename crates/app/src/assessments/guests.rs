//! The tasks of guests, where no request saw to them: whoever was invited before guests had tasks is given theirs, and whoever may
//! not see the assessment any more (the last day of the invitation is past, or the place as a guest is gone) has none left.

use super::remind::sees;
use crate::jobs::{Problem, runner::Context};
use domain::{
    dpia::{
        assessment::{Assessment, Guest, State},
        task::{About, Assignee, Task},
    },
    people::{PersonId, Scope},
};
use store::jobs::Job;

/// Keeps the tasks in step with the invitations, each assessment's in one transaction; false when the lease was lost.
pub(super) async fn settle(context: &Context, scope: &Scope, job: &Job) -> Result<bool, Problem> {
    let (app, today) = (&context.app, context.app.clock.today());
    for head in app.store.assessments_with_guests(scope).await?.into_iter().filter(|head| !head.state.is_closed()) {
        let tasks = app.store.tasks_of(scope, today, head.id).await?;
        let (mut asked, mut gone) = (Vec::new(), Vec::new());
        for guest in &head.guests {
            let welcome = guest.welcome(today) && sees(app, guest.person, head.lead, &head).await?;
            let theirs: Vec<&Task> = tasks.iter().filter(|task| of(task, guest.person, &head)).collect();
            let invited = |task: &Task| matches!(task.about, About::Guest | About::Section { .. });
            if welcome && !theirs.iter().any(|task| invited(task)) {
                asked.extend(wanted(&head, guest).into_iter().map(|about| (guest, about)));
            } else if !welcome && theirs.iter().any(|task| task.open()) {
                gone.push(guest.person);
            }
        }
        if asked.is_empty() && gone.is_empty() {
            continue;
        }
        let Some(mut work) = app.store.work(scope, context.now(), today, head.id).await? else { continue };
        if !work.holds(job).await? {
            return Ok(false);
        }
        for person in gone {
            work.close_tasks_with(person, |task| task.assignee.organisation() == head.lead, None).await?;
        }
        for (guest, about) in asked {
            work.ask(about, Assignee::Person { person: guest.person, organisation: head.lead }, guest.until, "").await?;
        }
        // They were written to when they were invited.
        work.commit().await?;
    }
    Ok(true)
}

/// What a guest has to do now: sections are written while the text is.
fn wanted(head: &Assessment, guest: &Guest) -> Vec<About> {
    if guest.writes && head.state != State::Drafting { Vec::new() } else { About::of_guest(guest) }
}

/// Whether a task is, or was, with a guest.
fn of(task: &Task, guest: PersonId, head: &Assessment) -> bool {
    matches!(task.assignee, Assignee::Person { person, organisation } if person == guest && organisation == head.lead)
}
