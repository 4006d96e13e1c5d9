//! Who is asked to decide after a screening, and by when: a task of the information governance officers at the organisation that
//! owns the project. It is given when a screening ends without requiring a DPIA, and done when an officer has decided, or a DPIA is begun.
//! What the decision ends of what a short review asked for is here too.

use crate::{
    error::Failure,
    state::App,
    web::dpia::{desk::named, whole::names},
};
use domain::{
    dpia::{
        assessment::{Assessment, State},
        ids::TaskId,
        project::{Project, Screening},
        screening::OutcomeKind,
        task::{About, Assignee, Task},
    },
    people::{Membership, PersonId, Role, Scope},
};
use jiff::{ToSpan as _, civil::Date};
use serde::Serialize;
use store::write::Write;
use uuid::Uuid;

/// Days within which an officer is asked to decide; this project's own measure, no law's.
const DECIDE_WITHIN: i64 = 14;

/// Who decides, in words.
#[derive(Serialize)]
pub struct Asked {
    people: Vec<String>,
    organisation: String,
    due: Option<Date>,
}

fn of(project: &Project, task: &Task) -> bool {
    task.open() && matches!(&task.about, About::Screening { project: of, .. } if *of == project.id)
}

/// Asks an officer to decide after a screening, or takes that back where there is nothing left to decide.
///
/// # Errors
/// When the database refuses.
pub async fn settle(
    write: &mut Write,
    project: &Project,
    screening: &Screening,
    by: PersonId,
    today: Date,
) -> Result<(), store::Error> {
    let organisation = project.organisation;
    let tasks = write.by::<Task>("organisation_id", organisation.to_string()).await?;
    let open: Vec<&Task> = tasks.iter().filter(|task| of(project, task)).collect();
    let asks =
        screening.decided().is_none() && screening.outcome.as_ref().is_some_and(|outcome| outcome.kind != OutcomeKind::Required);
    let at = write.at();
    if !asks {
        close(write, &open, by).await?;
    } else if open.is_empty() {
        let task = Task {
            id: TaskId(Uuid::now_v7()),
            assessment: None,
            about: About::Screening { project: project.id, words: project.title.clone() },
            note: String::new(),
            assignee: Assignee::Role { organisation, role: Role::IgOfficer },
            due: Some(today.saturating_add(DECIDE_WITHIN.days())),
            by: Some(by),
            at,
            since: at,
            done: None,
            reminded: None,
            updated_at: at,
        };
        write.create(&mut [task]).await?;
    }
    Ok(())
}

/// A DPIA is begun: whether less would be enough is decided by that, whoever begins it, and no officer is asked any more. One who
/// decides first is asked no more by [`settle`].
///
/// # Errors
/// When the database refuses.
pub async fn begun(write: &mut Write, project: &Project, by: PersonId) -> Result<(), store::Error> {
    let tasks = write.by::<Task>("organisation_id", project.organisation.to_string()).await?;
    let open: Vec<&Task> = tasks.iter().filter(|task| of(project, task)).collect();
    close(write, &open, by).await
}

/// An officer has decided that less than a DPIA is done: of short reviews in whose place a DPIA was put that has ended since, nobody is
/// asked any more to begin another.
///
/// # Errors
/// When the database refuses.
pub async fn less(write: &mut Write, project: &Project, by: PersonId) -> Result<(), store::Error> {
    for review in write.by::<Assessment>("project_id", project.id.to_string()).await? {
        if review.state == State::Superseded {
            let tasks = write.by::<Task>("assessment_id", review.id.to_string()).await?;
            let open: Vec<&Task> = tasks.iter().filter(|task| task.open() && task.about == About::BeginDpia).collect();
            close(write, &open, by).await?;
        }
    }
    Ok(())
}

async fn close(write: &mut Write, open: &[&Task], by: PersonId) -> Result<(), store::Error> {
    let at = write.at();
    for task in open {
        if let Ok(mut done) = task.finish(Some(by), at) {
            write.update(*task, &mut done).await?;
        }
    }
    Ok(())
}

/// Who is asked to decide after a project's screening; none where nobody is.
///
/// # Errors
/// When the database fails.
pub async fn asked(app: &App, project: &Project) -> Result<Option<Asked>, Failure> {
    // Parties read who decides at the owner; its tasks and its people are otherwise its own.
    let server = Scope::Job { name: "screening".to_owned() };
    let organisation = project.organisation;
    let tasks = app.store.by::<Task>(&server, "organisation_id", organisation.to_string()).await?;
    let Some(task) = tasks.iter().find(|task| of(project, task)) else { return Ok(None) };
    let holders: Vec<PersonId> = match task.assignee {
        Assignee::Person { person, .. } => vec![person],
        Assignee::Role { role, .. } => {
            let places = app.store.by::<Membership>(&server, "organisation_id", organisation.to_string()).await?;
            places.iter().filter(|place| place.active() && place.roles.contains(&role)).map(|place| place.person).collect()
        }
    };
    let people = names(app, &server, holders).await?.into_values().collect();
    Ok(Some(Asked { people, organisation: named(app, organisation).name, due: task.due }))
}
