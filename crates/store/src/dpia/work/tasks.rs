//! Tasks that follow from where an assessment stands: given while it is held, and closed when they are done.

use super::{SIGN_WITHIN, Work};
use crate::error::Result;
use domain::{
    dpia::{
        ids::TaskId,
        sign_off::{Phase, Route, Status},
        task::{About, Assignee, Task},
        template::Template,
    },
    people::{PersonId, Role},
    register::ids::OrganisationId,
};
use jiff::{ToSpan as _, civil::Date};
use uuid::Uuid;

impl Work {
    /// Asks whoever can sign next, and closes what is signed: one open task for each slot that waits.
    pub(super) async fn settle_tasks(&mut self, template: &Template, route: &Route) -> Result<()> {
        let slots: Vec<(OrganisationId, String, Vec<Role>, bool)> = self.whole.with_board(template, route, |board| {
            board
                .slots()
                .into_iter()
                .map(|slot| {
                    // Whoever is given the role later finds the task there.
                    let vacant = matches!(slot.status, Status::NobodyHolds { .. } | Status::NobodyMay { .. });
                    let waits = matches!(slot.status, Status::Waiting { .. } | Status::SignAgain { .. })
                        || (vacant && board.ready(slot.step, slot.organisation));
                    let main = if slot.step.phase == Phase::Decision {
                        slot.roles.first().copied().into_iter().collect()
                    } else {
                        slot.roles
                    };
                    (slot.organisation, slot.step.id.clone(), main, waits)
                })
                .collect()
        });
        let waits = |about: &About| {
            slots.iter().any(|(organisation, step, _, waits)| {
                *waits && matches!(about, About::Sign { organisation: of, step: id } if of == organisation && id == step)
            })
        };
        let (state, by) = (self.whole.assessment.state, self.scope.person());
        self.close_tasks(
            |about| (matches!(about, About::Sign { .. }) && !waits(about)) || (state.is_frozen() && *about == About::SentBack),
            by,
        )
        .await?;
        let due = self.today.saturating_add(SIGN_WITHIN.days());
        for (organisation, step, roles, _) in slots.into_iter().filter(|(.., waits)| *waits) {
            if let Some(role) = roles.first() {
                let with = Assignee::Role { organisation, role: *role };
                self.ask(About::Sign { organisation, step }, with, Some(due), "").await?;
            }
        }
        Ok(())
    }

    /// Gives a task, unless the same is open already.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn ask(&mut self, about: About, assignee: Assignee, due: Option<Date>, note: &str) -> Result<()> {
        if self.tasks.iter().any(|task| task.open() && task.about == about && task.assignee == assignee) {
            return Ok(());
        }
        let at = self.write.at();
        let task = Task {
            id: TaskId(Uuid::now_v7()),
            assessment: Some(self.whole.assessment.id),
            about,
            note: note.to_owned(),
            assignee,
            due,
            by: self.scope.person(),
            at,
            since: at,
            done: None,
            reminded: None,
            updated_at: at,
        };
        self.put_task(task).await
    }

    /// Closes open tasks that are done.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn close_tasks(&mut self, done: impl Fn(&About) -> bool, by: Option<PersonId>) -> Result<()> {
        let at = self.write.at();
        let finished: Vec<Task> = self
            .tasks
            .iter()
            .filter(|task| task.open() && done(&task.about))
            .filter_map(|task| task.finish(by, at).ok())
            .collect();
        for task in finished {
            self.put_task(task).await?;
        }
        Ok(())
    }
}
