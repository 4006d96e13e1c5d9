//! Tasks of an assessment that is held: giving, closing, and keeping them in step with who is awaited; and reviews, which
//! reopen what they touch.

use super::{SIGN_WITHIN, Work, given_up::begins};
use crate::error::Result;
use domain::{
    audit::Kind,
    dpia::{
        edit,
        ids::{AssessmentId, RiskId, TaskId},
        review::{self, Look, Trigger},
        sign_off::Routes,
        task::{About, Absence, Assignee, Task},
        template::Template,
        version::RiskRecord,
    },
    people::{PersonId, Role},
    register::ids::OrganisationId,
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

    /// Whoever is given something in this transaction hears of it in another message, and not as of a task.
    pub fn hears_otherwise(&mut self, person: PersonId) {
        let with = |task: &&Task| matches!(task.assignee, Assignee::Person { person: of, .. } if of == person);
        for task in self.tasks.iter().filter(with) {
            self.given.remove(&task.id);
        }
    }

    /// Stores a new task, or a changed one. A measure that it asks for says the same owner and day, while the text is written.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn put_task(&mut self, task: Task) -> Result<()> {
        let before = self.tasks.iter().find(|one| one.id == task.id);
        if before.is_none_or(|before| before.assignee != task.assignee || !before.open() && task.open()) {
            self.given.insert(task.id);
        }
        self.measure_follows(&task).await?;
        super::put(&mut self.write, &mut self.tasks, task).await
    }

    /// Who is away today, and who stands in.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn absences(&self) -> Result<Vec<Absence>> {
        let sql = "select content from absence where until >= $1 order by person_id, organisation_id";
        let all: Vec<Absence> =
            super::contents(self.write.transaction(), "absence", sql, vec![self.today.to_string().into()]).await?;
        Ok(all.into_iter().filter(|absence| absence.on(self.today)).collect())
    }

    /// With whom the assessment as a whole is: see [`domain::dpia::whole::Whole::led_by`].
    #[must_use]
    pub fn lead_assignee(&self) -> Assignee {
        self.whole.led_by()
    }

    /// Who keeps the assessment for an organisation: see [`domain::dpia::whole::Whole::kept_by`].
    #[must_use]
    pub fn keepers_assignee(&self, organisation: OrganisationId) -> Assignee {
        self.whole.kept_by(organisation)
    }

    /// An organisation has frozen its annex: nobody there is asked to change it any more.
    pub(super) async fn annex_was_changed(&mut self, organisation: OrganisationId, by: PersonId) -> Result<()> {
        let at = self.write.at();
        let asked = |task: &&Task| task.open() && task.about == About::SentBack && task.assignee.organisation() == organisation;
        let finished: Vec<Task> = self.tasks.iter().filter(asked).filter_map(|task| task.finish(Some(by), at).ok()).collect();
        for task in finished {
            self.put_task(task).await?;
        }
        Ok(())
    }

    /// Asks for a review: the fields and risks that the trigger touches are marked to be looked at again, and the lead gets a task
    /// with its reason. Says how many were marked; none where this was asked for before, and then nothing changes. `why` is the
    /// trigger in words. What is still being written, or looked at, gets no task: nothing is reviewed before it is signed. A
    /// changed system marks its answers all the same, and another screening of the project is seen to at once.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn ask_review(&mut self, template: &Template, trigger: &Trigger, why: &str) -> Result<Option<usize>> {
        // Two incidents can be told in the same words; what was looked at before asks again when it happens again.
        let incident = matches!(trigger, Trigger::Incident { .. });
        let asked = |task: &Task| {
            matches!(&task.about, About::Review { why: Some(before) } if trigger.covered_by(before))
                && task.stands()
                && (task.open() || !incident)
        };
        let state = self.whole.assessment.state;
        let reviewed = review::looked_at(&self.whole.assessment);
        // What another screening says is taken over while the text is written, so that whoever leads it hears of it then.
        let screened = review::marked(state) && matches!(trigger, Trigger::Screened { .. });
        let marks = reviewed || screened || review::marked(state) && matches!(trigger, Trigger::SystemChanged { .. });
        if !marks || self.tasks.iter().any(asked) {
            return Ok(None);
        }
        if let Trigger::DateReached { .. } = trigger {
            // The date has moved: what asked for the old one asks no more.
            self.close_tasks(|about| matches!(about, About::Review { why: Some(Trigger::DateReached { .. }) | None }), None)
                .await?;
        }
        let touched = review::touches(trigger, &self.whole.answers(), template);
        let mut reopened = self.reopen_fields(&touched.places, why).await?;
        reopened.extend(self.reopen_risks(&touched.risks, why).await?);
        if reviewed || screened {
            let about = About::Review { why: Some(trigger.clone()) };
            self.ask(about, self.lead_assignee(), Some(trigger.by(self.today)), "").await?;
        } else if reopened.is_empty() {
            return Ok(None);
        }
        if let Trigger::TemplateChanged { .. } = trigger {
            // Whoever published it asked the owner to look at it; now this asks, with what it touches.
            self.close_tasks(|about| matches!(about, About::Record { kind, .. } if kind == Kind::Template.as_str()), None)
                .await?;
        }
        let content = json!({ "review": trigger, "reopened": reopened });
        let (id, lead) = (self.whole.assessment.id.0, self.whole.assessment.lead.0);
        self.write.event(Kind::Assessment, id, Some(lead), &content).await?;
        Ok(Some(reopened.len()))
    }

    /// Marks risks as ones to look at again; gives those that were not marked before.
    async fn reopen_risks(&mut self, risks: &BTreeSet<RiskId>, why: &str) -> Result<Vec<String>> {
        let look = Look { why: why.to_owned(), since: self.write.at() };
        let mut reopened = Vec::new();
        for risk in self.whole.risks.clone().into_iter().filter(|one| one.look.is_none() && risks.contains(&one.risk.id)) {
            reopened.push(format!("risk R{}", risk.number));
            self.put_risk(RiskRecord { look: Some(look.clone()), ..risk }).await?;
        }
        Ok(reopened)
    }

    /// Somebody looked at a risk again, and it still holds. Says whether it was marked.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn confirm_risk(&mut self, risk: RiskId) -> Result<bool> {
        let Some(marked) = self.whole.risks.iter().find(|one| one.risk.id == risk && one.look.is_some()).cloned() else {
            return Ok(false);
        };
        self.put_risk(RiskRecord { look: None, ..marked }).await?;
        Ok(true)
    }

    /// Marks fields as ones to look at again; gives those that were not marked before.
    pub(super) async fn reopen_fields(
        &mut self,
        places: &BTreeSet<domain::dpia::place::Place>,
        why: &str,
    ) -> Result<Vec<String>> {
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
        // A short review that finds that a DPIA is needed asks its lead and the officer to begin one, until one is begun.
        let begin = !self.whole.assessment.state.is_closed() && !self.whole.dpia_needed(template).is_empty() && {
            let own = &self.whole.assessment.template.urn;
            !self.siblings().await?.iter().any(|one| one.template.urn != *own && !one.state.is_closed())
        };
        let wanted = |about: &About| match about {
            About::BeginDpia => begin,
            About::Sign { organisation, step } => awaited.iter().any(|(of, id, _)| of == organisation && id == step),
            About::Vacancy { organisation, role } => vacancies.contains(&(*organisation, *role)),
            _ => true,
        };
        let (frozen, by) = (self.whole.assessment.state.is_frozen(), self.scope.person());
        self.close_tasks(|about| !wanted(about) || (frozen && *about == About::SentBack), by).await?;
        let due = self.today.saturating_add(SIGN_WITHIN.days());
        if begin {
            for with in begins(&self.whole) {
                self.ask_to_begin(with, Some(due)).await?;
            }
        }
        for (organisation, step, role) in awaited {
            let (about, assignee) = (About::Sign { organisation, step }, Assignee::Role { organisation, role });
            // Whoever was asked first may not be able to any more; then the next role is asked, and the first no longer.
            let other = self.tasks.iter().find(|task| task.open() && task.about == about && task.assignee != assignee);
            match other.cloned() {
                Some(task) => self.put_task(Task { assignee, since: self.at(), reminded: None, ..task }).await?,
                None => self.ask(about, assignee, Some(due), "").await?,
            }
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
        let task = asking(self.whole.assessment.id, about, assignee, due, self.scope.person(), at);
        self.put_task(Task { note: note.to_owned(), ..task }).await
    }

    /// Asks somebody to begin a DPIA. Whoever was asked before, and had done it, is asked again by the same task.
    pub(super) async fn ask_to_begin(&mut self, with: Assignee, due: Option<Date>) -> Result<()> {
        let at = self.write.at();
        let asked: Vec<&Task> =
            self.tasks.iter().filter(|task| task.about == About::BeginDpia && task.assignee == with).collect();
        if asked.iter().any(|task| task.open()) {
            return Ok(());
        }
        let again = asked.last().and_then(|task| task.reopen(at).ok());
        match again {
            Some(task) => self.put_task(Task { due, ..task }).await,
            None => self.ask(About::BeginDpia, with, due, "").await,
        }
    }

    /// Asks the lead for a review by a day, where one is said, and for none by any other.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn review_by(&mut self, on: Option<Date>) -> Result<()> {
        let other =
            |about: &About| matches!(about, About::Review { why: Some(Trigger::DateReached { on: day }) } if Some(*day) != on);
        self.close_tasks(other, self.scope.person()).await?;
        match on {
            Some(on) => {
                let about = About::Review { why: Some(Trigger::DateReached { on }) };
                self.ask(about, self.lead_assignee(), Some(on), "").await
            }
            None => Ok(()),
        }
    }

    /// Closes open tasks that are done.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn close_tasks(&mut self, done: impl Fn(&About) -> bool, by: Option<PersonId>) -> Result<()> {
        self.finish(|task| done(&task.about), by).await
    }

    /// Closes open tasks of a person that are done, or that ask them no more.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn close_tasks_with(&mut self, person: PersonId, done: impl Fn(&Task) -> bool, by: Option<PersonId>) -> Result<()> {
        let with = |task: &Task| matches!(task.assignee, Assignee::Person { person: of, .. } if of == person);
        self.finish(|task| with(task) && done(task), by).await
    }

    async fn finish(&mut self, done: impl Fn(&Task) -> bool, by: Option<PersonId>) -> Result<()> {
        let at = self.write.at();
        let finished: Vec<Task> =
            self.tasks.iter().filter(|task| task.open() && done(task)).filter_map(|task| task.finish(by, at).ok()).collect();
        for task in finished {
            self.put_task(task).await?;
        }
        Ok(())
    }
}

/// A new task of an assessment.
pub(super) fn asking(
    assessment: AssessmentId,
    about: About,
    assignee: Assignee,
    due: Option<Date>,
    by: Option<PersonId>,
    at: i64,
) -> Task {
    Task {
        id: TaskId(Uuid::now_v7()),
        assessment: Some(assessment),
        about,
        note: String::new(),
        assignee,
        due,
        by,
        at,
        since: at,
        done: None,
        reminded: None,
        updated_at: at,
    }
}
