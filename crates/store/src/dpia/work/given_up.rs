//! The tasks of an assessment that is given up: nobody did them, and they are asked again when it is taken up again.

use super::{SIGN_WITHIN, Work, tasks::asking};
use crate::{dpia::load, error::Result};
use domain::{
    dpia::{
        assessment::Joined,
        project::{Screening, less_decided},
        risk::Progress,
        task::{About, Assignee, Task},
        whole::Whole,
    },
    people::{PersonId, Role},
};
use jiff::ToSpan as _;

impl Work {
    /// Closes every open task, undone.
    pub(super) async fn give_up_tasks(&mut self, by: Option<PersonId>) -> Result<()> {
        let at = self.write.at();
        let over: Vec<Task> = self.tasks.iter().filter_map(|task| task.give_up(by, at).ok()).collect();
        for task in over {
            self.put_task(task).await?;
        }
        Ok(())
    }

    /// Asks again for what was asked when it was given up, with whoever sees to it now.
    pub(super) async fn take_up_tasks(&mut self) -> Result<()> {
        let at = self.write.at();
        let again = |task: &Task| Some(Task { assignee: self.with_now(task)?, ..task.reopen(at).ok()? });
        let again: Vec<Task> =
            self.tasks.iter().filter(|task| task.given_up() && self.still_asked(&task.about)).filter_map(again).collect();
        for task in again {
            self.put_task(task).await?;
        }
        Ok(())
    }

    /// What a short review concludes asks for a DPIA, and one takes its place: whoever is asked to begin another, should that one be given
    /// up, was asked for this one, and it is begun.
    pub(super) async fn replaced_by_what_it_asks_for(&mut self) -> Result<()> {
        for with in begins(&self.whole) {
            if !self.tasks.iter().any(|task| task.about == About::BeginDpia && task.assignee == with) {
                self.ask(About::BeginDpia, with, None, "").await?;
            }
        }
        self.close_tasks(|about| *about == About::BeginDpia, self.scope.person()).await
    }

    /// A DPIA that took a short review's place is given up, or taken up again: whoever sees to the review now is asked to begin one while
    /// there is no other and no officer has decided since that less is done; or nobody is any more.
    pub(super) async fn replaced_asks(&mut self, given_up: bool) -> Result<()> {
        let (own, urn) = (self.whole.assessment.id, self.whole.assessment.template.urn.clone());
        let Some(project) = self.whole.assessment.project else { return Ok(()) };
        let siblings = self.siblings().await?;
        let another = siblings.iter().any(|one| one.template.urn == urn && !one.state.is_closed());
        let screenings: Vec<Screening> = self.write.by("project_id", project.to_string()).await?;
        let (at, by, due) = (self.write.at(), self.scope.person(), self.today.saturating_add(SIGN_WITHIN.days()));
        for review in siblings.iter().filter(|one| one.superseded_by == Some(own) && one.template.urn != urn) {
            let mut tasks: Vec<Task> = self.write.by("assessment_id", review.id.to_string()).await?;
            // Whether it asks for one at all, its tasks tell.
            tasks.retain(|task| task.about == About::BeginDpia);
            let again = given_up && !another && !tasks.is_empty() && !less_decided(&screenings, review.state_since);
            let with = match load::whole(self.write.transaction(), review.id).await? {
                Some(review) if again => begins(&review),
                _ => Vec::new(),
            };
            for task in tasks.iter().filter(|task| !with.contains(&task.assignee)) {
                if let Ok(mut done) = task.finish(by, at) {
                    self.write.update(task, &mut done).await?;
                }
            }
            for assignee in with {
                match tasks.iter().rev().find(|task| task.assignee == assignee) {
                    Some(task) => {
                        if let Ok(again) = task.reopen(at) {
                            self.write.update(task, &mut Task { due: Some(due), ..again }).await?;
                        }
                    }
                    None => {
                        let task = asking(review.id, About::BeginDpia, assignee, Some(due), by, at);
                        self.write.create(&mut [task]).await?;
                    }
                }
            }
        }
        Ok(())
    }

    /// Whether there is still something to do. Signatures and roles to fill are asked for by the board, and what a person settled
    /// meanwhile is settled.
    fn still_asked(&self, about: &About) -> bool {
        match about {
            About::Sign { .. } | About::Vacancy { .. } => false,
            About::Recommendation { recommendation, .. } => {
                self.whole.open_recommendations().any(|one| one.id == *recommendation)
            }
            About::Measure { measure } => self
                .whole
                .measures
                .iter()
                .map(|one| &one.measure)
                .any(|one| one.id == *measure && matches!(one.progress, Progress::Planned | Progress::UnderWay)),
            About::Invitation { organisation } => {
                self.whole.assessment.party(*organisation).is_some_and(|party| party.joined == Joined::Invited)
            }
            _ => true,
        }
    }

    /// With whom a task is that is asked again: whoever had it, or whoever keeps the assessment where that person left since. None
    /// where it was for that person alone.
    fn with_now(&self, task: &Task) -> Option<Assignee> {
        let Assignee::Person { person, organisation } = task.assignee else { return Some(task.assignee) };
        let holds = self.whole.holders.iter().any(|holder| holder.person == person && holder.organisation == organisation);
        match &task.about {
            About::Review { .. } => Some(self.lead_assignee()),
            _ if holds || self.whole.assessment.guests.iter().any(|guest| guest.person == person) => Some(task.assignee),
            // A guest who is none any more has nothing left to do.
            About::Guest => None,
            _ => self
                .whole
                .assessment
                .members()
                .any(|party| party.organisation == organisation)
                .then(|| self.keepers_assignee(organisation)),
        }
    }
}

/// Who begins the DPIA that a short review asks for: whoever leads the review, and the officer.
pub(super) fn begins(review: &Whole) -> Vec<Assignee> {
    vec![review.led_by(), Assignee::Role { organisation: review.assessment.lead, role: Role::IgOfficer }]
}
