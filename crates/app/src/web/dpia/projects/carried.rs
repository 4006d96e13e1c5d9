//! What changes on a project is carried into those of its assessments that are under way, in the same transaction.

use super::project;
use crate::{error::Failure, state::App, web::session::Caller};
use domain::{
    dpia::{
        assessment::Assessment,
        ids::{AssessmentId, ProjectId, TaskId},
        project::Project,
        review,
        task::{About, Assignee, Task},
    },
    people::{PersonId, Role},
    register::ids::OrganisationId,
};
use jiff::{ToSpan as _, civil::Date};
use store::write::Write;
use uuid::Uuid;

/// Changes the assessments of a project that are under way; gives those that changed, as they are now.
///
/// # Errors
/// When the database refuses.
pub async fn carry(
    write: &mut Write,
    project: ProjectId,
    change: impl Fn(&Assessment) -> Assessment,
) -> Result<Vec<Assessment>, store::Error> {
    let mut changed = Vec::new();
    let all: Vec<Assessment> = write.by("project_id", project.to_string()).await?;
    for before in all.iter().filter(|one| one.follows_its_project()) {
        let mut after = change(before);
        if write.update(before, &mut after).await? {
            changed.push(after);
        }
    }
    Ok(changed)
}

/// Asks whoever leads it to look again at an assessment that is signed, and that is about something else of the register now.
///
/// # Errors
/// When the database refuses.
pub async fn look_again(
    write: &mut Write,
    changed: &[Assessment],
    by: Option<PersonId>,
    today: Date,
) -> Result<(), store::Error> {
    let at = write.at();
    for one in changed.iter().filter(|one| review::reviewed(one.state)) {
        let assignee = match one.lead_person {
            Some(person) => Assignee::Person { person, organisation: one.lead },
            None => Assignee::Role { organisation: one.lead, role: Role::ProjectLead },
        };
        let task = Task {
            id: TaskId(Uuid::now_v7()),
            assessment: Some(one.id),
            about: About::Review { why: None },
            note: "The systems or contracts of its project are others than when it was signed.".to_owned(),
            assignee,
            due: Some(today.saturating_add(review::LOOK_WITHIN.days())),
            by,
            at,
            since: at,
            done: None,
            reminded: None,
            updated_at: at,
        };
        let known: Vec<Task> = write.by("assessment_id", one.id.to_string()).await?;
        if !known.iter().any(|known| known.open() && known.about == task.about && known.note == task.note) {
            write.create(&mut [task]).await?;
        }
    }
    Ok(())
}

/// Closes the tasks that ask an organisation to answer an invitation to a project, or to some assessments.
///
/// # Errors
/// When the database refuses.
pub async fn asked_no_more(
    write: &mut Write,
    project: ProjectId,
    assessments: &[AssessmentId],
    organisation: OrganisationId,
    by: Option<PersonId>,
) -> Result<(), store::Error> {
    let asked = |task: &&Task| {
        task.open()
            && match &task.about {
                About::Record { id, .. } => *id == project.0,
                About::Invitation { organisation: of } => {
                    *of == organisation && task.assessment.is_some_and(|one| assessments.contains(&one))
                }
                _ => false,
            }
    };
    let at = write.at();
    let tasks: Vec<Task> = write.by("organisation_id", organisation.to_string()).await?;
    for task in tasks.iter().filter(asked) {
        if let Ok(mut done) = task.finish(by, at) {
            write.update(task, &mut done).await?;
        }
    }
    Ok(())
}

/// A project, and an organisation that takes part or is invited, by its slug.
///
/// # Errors
/// Not found for what is not there, or not the caller's to see.
pub async fn party(app: &App, caller: &Caller, id: &str, slug: &str) -> Result<(Project, OrganisationId), Failure> {
    let project = project(app, caller, id).await?;
    let snapshot = app.snapshot();
    let found = snapshot.organisation_by_slug(slug).and_then(|row| snapshot.organisation(row)).map(|entry| entry.record.id);
    let organisation = found.filter(|one| project.party(*one).is_some() && project.involves(*one));
    Ok((project, organisation.ok_or_else(Failure::not_found)?))
}
