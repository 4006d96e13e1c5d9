//! What changes on a project is carried into those of its assessments that are under way, in the same transaction: into those that
//! the organisation leads that owns the project. Whoever leads another is asked to look, and decides. What an organisation is to
//! the processing is carried in [`super::role`].

use super::project;
use crate::{error::Failure, state::App, web::session::Caller};
use domain::{
    audit::Kind,
    dpia::{
        assessment::Assessment,
        ids::{AssessmentId, TaskId},
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

/// What became of the assessments that a change on a project concerns.
pub struct Carried {
    /// Those that changed, as they are now.
    pub changed: Vec<Assessment>,
    /// Those that another organisation leads, and that stay as they are.
    pub others: Vec<Assessment>,
}

/// The assessments of a project that follow it.
///
/// # Errors
/// When the database fails.
pub async fn following(write: &Write, project: &Project) -> Result<Vec<Assessment>, store::Error> {
    let mut all: Vec<Assessment> = write.by("project_id", project.id.to_string()).await?;
    all.retain(Assessment::follows_its_project);
    Ok(all)
}

/// Changes the assessments of a project that are under way, where the organisation leads them that owns the project.
///
/// # Errors
/// When the database refuses.
pub async fn carry(
    write: &mut Write,
    project: &Project,
    change: impl Fn(&Assessment) -> Assessment,
) -> Result<Carried, store::Error> {
    let mut carried = Carried { changed: Vec::new(), others: Vec::new() };
    for before in following(write, project).await? {
        let mut after = change(&before);
        if before.lead != project.organisation {
            if after != before {
                carried.others.push(before);
            }
        } else if write.update(&before, &mut after).await? {
            carried.changed.push(after);
        }
    }
    Ok(carried)
}

/// Says in every assessment of a project whom to ask at a party: that is outside of what is signed, and nobody's to decide.
///
/// # Errors
/// When the database refuses.
pub async fn contacts(
    write: &mut Write,
    project: &Project,
    organisation: OrganisationId,
    contacts: &[String],
) -> Result<(), store::Error> {
    for before in following(write, project).await? {
        let mut after = before.asked_at(organisation, contacts);
        write.update(&before, &mut after).await?;
    }
    Ok(())
}

/// Asks whoever leads some assessments, at another organisation, to look at what has changed on their project.
///
/// # Errors
/// When the database refuses.
pub async fn ask_leads(
    write: &mut Write,
    others: &[Assessment],
    words: &str,
    by: Option<PersonId>,
    today: Date,
) -> Result<(), store::Error> {
    for one in others {
        let about = About::Record { kind: Kind::Assessment.as_str().to_owned(), id: one.id.0, words: words.to_owned() };
        ask(write, one, about, "", by, today).await?;
    }
    Ok(())
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
    for one in changed.iter().filter(|one| review::reviewed(one.state)) {
        let note = "The systems or contracts of its project are others than when it was signed.";
        ask(write, one, About::Review { why: None }, note, by, today).await?;
    }
    Ok(())
}

/// Gives whoever leads an assessment a task, unless the same is open.
async fn ask(
    write: &mut Write,
    one: &Assessment,
    about: About,
    note: &str,
    by: Option<PersonId>,
    today: Date,
) -> Result<(), store::Error> {
    let at = write.at();
    let assignee = match one.lead_person {
        Some(person) => Assignee::Person { person, organisation: one.lead },
        None => Assignee::Role { organisation: one.lead, role: Role::ProjectLead },
    };
    let known: Vec<Task> = write.by("assessment_id", one.id.to_string()).await?;
    if known.iter().any(|known| known.open() && known.about == about && known.note == note) {
        return Ok(());
    }
    let task = Task {
        id: TaskId(Uuid::now_v7()),
        assessment: Some(one.id),
        about,
        note: note.to_owned(),
        assignee,
        due: Some(today.saturating_add(review::LOOK_WITHIN.days())),
        by,
        at,
        since: at,
        done: None,
        reminded: None,
        updated_at: at,
    };
    write.create(&mut [task]).await
}

/// Closes the tasks that ask an organisation to answer an invitation to a project, or to some assessments.
///
/// # Errors
/// When the database refuses.
pub async fn asked_no_more(
    write: &mut Write,
    project: &Project,
    assessments: &[AssessmentId],
    organisation: OrganisationId,
    by: Option<PersonId>,
) -> Result<(), store::Error> {
    let asked = |task: &&Task| {
        task.open()
            && match &task.about {
                About::Record { id, .. } => *id == project.id.0,
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
