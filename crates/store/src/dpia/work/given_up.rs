//! The tasks of an assessment that is given up: nobody did them, and they are asked again when it is taken up again.

use super::{SIGN_WITHIN, Work, contents};
use crate::{error::Result, records::id};
use domain::{
    dpia::{
        assessment::Joined,
        risk::Progress,
        task::{About, Assignee, Task},
    },
    people::PersonId,
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

    /// A DPIA that took a short review's place is given up, or taken up again: whoever was asked to begin one is asked anew while there is
    /// no other, or is asked no more.
    pub(super) async fn replaced_asks(&mut self, given_up: bool) -> Result<()> {
        let (own, urn) = (self.whole.assessment.id, self.whole.assessment.template.urn.clone());
        let siblings = self.siblings().await?;
        let another = siblings.iter().any(|one| one.template.urn == urn && !one.state.is_closed());
        let (at, by, due) = (self.write.at(), self.scope.person(), self.today.saturating_add(SIGN_WITHIN.days()));
        for review in siblings.iter().filter(|one| one.superseded_by == Some(own) && one.template.urn != urn) {
            let sql = "select content from task where assessment_id = $1 order by id";
            let tasks: Vec<Task> = contents(self.write.transaction(), "task", sql, vec![id(review.id.0)]).await?;
            let mut asked: Vec<Assignee> = Vec::new();
            for task in tasks.into_iter().rev().filter(|task| task.about == About::BeginDpia) {
                let again = given_up && !another && !asked.contains(&task.assignee);
                asked.push(task.assignee);
                let after = if again { task.reopen(at) } else { task.finish(by, at) };
                if let Ok(after) = after {
                    let mut after = if again { Task { due: Some(due), ..after } } else { after };
                    self.write.update(&task, &mut after).await?;
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
