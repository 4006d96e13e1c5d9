//! Tasks of an assessment that is held: giving, closing, and keeping them in step with who is awaited; and reviews, which
//! reopen what they touch.

use super::{SIGN_WITHIN, Work};
use crate::error::Result;
use domain::{
    audit::Kind,
    dpia::{
        edit,
        ids::TaskId,
        review::{self, Rests, Trigger},
        sign_off::Routes,
        task::{About, Assignee, Task},
        template::Template,
    },
    people::{PersonId, Role},
};
use jiff::{ToSpan as _, civil::Date};
use serde_json::json;
use std::collections::BTreeSet;
use uuid::Uuid;

impl Work {
    /// The tasks that this transaction gave to somebody: new ones, and those that changed hands.
    #[must_use]
    pub fn given(&self) -> Vec<&Task> {
        self.tasks.iter().filter(|task| task.open() && self.given.contains(&task.id)).collect()
    }

    /// Stores a new task, or a changed one.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn put_task(&mut self, task: Task) -> Result<()> {
        let before = self.tasks.iter().find(|one| one.id == task.id);
        if before.is_none_or(|before| before.assignee != task.assignee || !before.open() && task.open()) {
            self.given.insert(task.id);
        }
        super::put(&mut self.write, &mut self.tasks, task).await
    }

    /// With whom the assessment as a whole is: the person who leads it, while they hold a role there; else its project leads, or
    /// its information governance officers where nobody leads projects.
    #[must_use]
    pub fn lead_assignee(&self) -> Assignee {
        let organisation = self.whole.assessment.lead;
        let here = |held: &dyn Fn(&domain::dpia::sign_off::Holder) -> bool| {
            self.whole.holders.iter().any(|holder| holder.organisation == organisation && held(holder))
        };
        match self.whole.assessment.lead_person.filter(|person| here(&|holder| holder.person == *person)) {
            Some(person) => Assignee::Person { person, organisation },
            None if here(&|holder| holder.role == Role::ProjectLead) || !here(&|holder| holder.role == Role::IgOfficer) => {
                Assignee::Role { organisation, role: Role::ProjectLead }
            }
            None => Assignee::Role { organisation, role: Role::IgOfficer },
        }
    }

    /// Asks for a review: the fields that the trigger touches are marked to be looked at again, and the lead gets a task with its
    /// reason. Says how many fields were marked; none where this was asked for before, and then nothing changes. `why` is the
    /// trigger in words.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn ask_review(&mut self, template: &Template, trigger: &Trigger, why: &str) -> Result<Option<usize>> {
        let asked = |about: &About| matches!(about, About::Review { why: Some(before) } if trigger.covered_by(before));
        if !review::reviewed(self.whole.assessment.state) || self.tasks.iter().any(|task| asked(&task.about)) {
            return Ok(None);
        }
        if let Trigger::DateReached { .. } = trigger {
            // The date has moved: what asked for the old one asks no more.
            self.close_tasks(|about| matches!(about, About::Review { why: Some(Trigger::DateReached { .. }) | None }), None)
                .await?;
        }
        let touched = review::touches(trigger, &self.whole.answers(), &|field| Rests::of(template, field));
        let reopened = self.reopen_fields(&touched, why).await?;
        let about = About::Review { why: Some(trigger.clone()) };
        self.ask(about, self.lead_assignee(), Some(trigger.by(self.today)), "").await?;
        let content = json!({ "review": trigger, "reopened": reopened });
        let (id, lead) = (self.whole.assessment.id.0, self.whole.assessment.lead.0);
        self.write.event(Kind::Assessment, id, Some(lead), &content).await?;
        Ok(Some(reopened.len()))
    }

    /// Marks fields as ones to look at again; gives those that were complete.
    async fn reopen_fields(&mut self, places: &BTreeSet<domain::dpia::place::Place>, why: &str) -> Result<Vec<String>> {
        let mut reopened = Vec::new();
        for field in self.whole.fields.iter_mut().filter(|field| places.contains(&field.place)) {
            if let Some(mut after) = edit::reopen(field, why) {
                self.write.update(field, &mut after).await?;
                reopened.push(after.place.to_string());
                *field = after;
            }
        }
        Ok(reopened)
    }

    /// Keeps the tasks in step with the board: one open task for each signature that is awaited, one for each role that has to be
    /// filled first, and none besides. Whoever is given a role later finds the signature's task there.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn settle_tasks(&mut self, template: &Template, routes: &Routes) -> Result<()> {
        let (awaited, vacancies) = self.whole.with_board(template, routes, |board| {
            let awaited = board.awaited().into_iter().map(|one| (one.organisation, one.step.id.clone(), one.role));
            let vacancies = if board.state.is_frozen() { board.vacancies() } else { Vec::new() };
            (awaited.collect::<Vec<_>>(), vacancies)
        });
        let wanted = |about: &About| match about {
            About::Sign { organisation, step } => awaited.iter().any(|(of, id, _)| of == organisation && id == step),
            About::Vacancy { organisation, role } => vacancies.contains(&(*organisation, *role)),
            _ => true,
        };
        let (frozen, by) = (self.whole.assessment.state.is_frozen(), self.scope.person());
        self.close_tasks(|about| !wanted(about) || (frozen && *about == About::SentBack), by).await?;
        let due = self.today.saturating_add(SIGN_WITHIN.days());
        for (organisation, step, role) in awaited {
            self.ask(About::Sign { organisation, step }, Assignee::Role { organisation, role }, Some(due), "").await?;
        }
        for (organisation, role) in vacancies {
            let with = Assignee::Role { organisation, role: Role::Administrator };
            self.ask(About::Vacancy { organisation, role }, with, Some(due), "").await?;
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
