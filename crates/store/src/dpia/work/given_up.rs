//! The tasks of an assessment that is given up: nobody did them, and they are asked again when it is taken up again.

use super::Work;
use crate::error::Result;
use domain::{
    dpia::{
        assessment::Joined,
        risk::Progress,
        task::{About, Assignee, Task},
    },
    people::PersonId,
};

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
