//! Tasks that change hands because whoever had them takes part no longer, or leads no longer.

use crate::error::Failure;
use domain::{
    audit::Kind,
    dpia::{
        ids::MeasureId,
        risk::Risk,
        task::{
            About, Assignee, Task,
            left::{Fate, fate},
        },
        version::part_of,
    },
    people::{PersonId, Role},
    register::ids::OrganisationId,
};
use store::dpia::Work;

/// What is with an organisation that takes part no longer, and what was asked of it, goes where [`fate`] says. Whoever there is invited as a
/// guest, too, keeps what they were given.
///
/// # Errors
/// When the database refuses.
pub async fn left(work: &mut Work, gone: OrganisationId, by: PersonId) -> Result<(), Failure> {
    let risks: Vec<Risk> = work.whole.risks.iter().map(|record| record.risk.clone()).collect();
    let measures: Vec<MeasureId> = work
        .whole
        .measures
        .iter()
        .filter(|record| part_of(&record.measure, &risks).organisation() == Some(gone))
        .map(|record| record.measure.id)
        .collect();
    let guest = |task: &Task| match task.assignee {
        Assignee::Person { person, .. } => work.whole.assessment.guests.iter().any(|guest| guest.person == person),
        Assignee::Role { .. } => false,
    };
    let asked = |about: &About| matches!(about, About::Invitation { organisation } | About::AnnexPublication { organisation } if *organisation == gone);
    let theirs = |task: &&Task| task.open() && !guest(task) && (task.assignee.organisation() == gone || asked(&task.about));
    let tasks: Vec<Task> = work.tasks().iter().filter(theirs).cloned().collect();
    let (lead, since) = (work.lead_assignee(), work.at());
    let owner = Assignee::Role { organisation: work.whole.assessment.lead, role: Role::InformationAssetOwner };
    for task in tasks {
        let with = match fate(&task.about, gone, |measure| measures.contains(&measure)) {
            Fate::Over => None,
            Fate::Lead => Some(lead),
            Fate::AssetOwner => Some(owner),
        };
        // Whoever is asked the same already is not asked twice.
        let twice = |one: &Task| one.open() && one.about == task.about && Some(one.assignee) == with;
        match with.filter(|_| !work.tasks().iter().any(twice)) {
            Some(assignee) => work.put_task(Task { assignee, since, reminded: None, ..task }).await?,
            None => {
                if let Ok(over) = task.finish(Some(by), since) {
                    work.put_task(over).await?;
                }
            }
        }
    }
    Ok(())
}

/// What was asked of whoever led it is asked of whoever leads it now; `of` says whether a task was with the former lead. Guests keep
/// what they were given: it is with the organisation that leads, whichever that is.
///
/// # Errors
/// When the database refuses.
pub(super) async fn led(work: &mut Work, of: impl Fn(Assignee) -> bool) -> Result<(), Failure> {
    let (with, since) = (work.lead_assignee(), work.at());
    // Of records, the assessment itself: what has changed on its project.
    let leads = |about: &About| match about {
        About::Review { .. } | About::SentBack | About::BeginDpia => true,
        About::Record { kind, .. } => kind == Kind::Assessment.as_str(),
        _ => false,
    };
    let theirs = |task: &&Task| task.open() && of(task.assignee) && task.assignee != with && leads(&task.about);
    let tasks: Vec<Task> = work.tasks().iter().filter(theirs).cloned().collect();
    for task in tasks {
        work.put_task(Task { assignee: with, since, reminded: None, ..task }).await?;
    }
    let head = work.whole.assessment.clone();
    let guest = |task: &Task| match task.assignee {
        Assignee::Person { person, .. } if head.guests.iter().any(|guest| guest.person == person) => Some(person),
        _ => None,
    };
    let given = work.tasks().iter().filter(|task| task.open() && of(task.assignee) && task.assignee.organisation() != head.lead);
    let given: Vec<(PersonId, Task)> = given.filter_map(|task| Some((guest(task)?, task.clone()))).collect();
    for (person, task) in given {
        work.put_task(Task { assignee: Assignee::Person { person, organisation: head.lead }, ..task }).await?;
    }
    Ok(())
}
