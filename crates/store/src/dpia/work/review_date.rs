//! The day of the next review: the assessment's own, the task that asks for it, and the answer that says it are one day while data is
//! in use, whichever of them is changed.

use super::Work;
use crate::{error::Result, write::Write};
use domain::{
    dpia::{
        answer::Answer,
        assessment::Assessment,
        edit::{self, FieldState, Outcome, Sent, Setting, Writer},
        ids::AssessmentId,
        review::Trigger,
        task::{About, Task},
        template::Template,
    },
    people::{Member, Scope},
};
use jiff::civil::Date;
use uuid::Uuid;

impl Work {
    /// The answer that says when an assessment is looked at again was changed in a transaction: its own day, and the task that asks by
    /// that day, go with it. Gives the transaction back.
    ///
    /// # Errors
    /// When the database refuses.
    pub(in crate::dpia) async fn review_follows(
        write: Write,
        scope: &Scope,
        today: Date,
        assessment: AssessmentId,
        on: Date,
    ) -> Result<Write> {
        let mut work = match Self::within(write, scope, today, assessment).await? {
            Ok(work) => work,
            Err(write) => return Ok(write),
        };
        let head = work.whole.assessment.clone();
        work.change_head(Assessment { review_on: Some(on), ..head }).await?;
        let dated = |task: &&Task| {
            task.open() && matches!(task.about, About::Review { why: Some(Trigger::DateReached { on: day }) } if day != on)
        };
        // Whoever is asked for it stays asked, by the new day.
        if let Some(task) = work.tasks.iter().find(dated).cloned() {
            let about = About::Review { why: Some(Trigger::DateReached { on }) };
            work.put_task(Task { about, due: Some(on), reminded: None, ..task }).await?;
        }
        work.review_by(Some(on)).await?;
        Ok(work.release())
    }

    /// The answer that says when it is looked at again says the same day from now on; where nobody has answered, only if the day was
    /// `entered`. It is outside what is signed; where people clash in it, they settle it.
    pub(super) async fn answer_review(&mut self, template: &Template, member: &Member, on: Date, entered: bool) -> Result<()> {
        let Some(place) = template.review_date(self.whole.assessment.lead) else { return Ok(()) };
        let writer = Writer { person: member.person, organisation: member.acting_for, at: self.write.at() };
        let at = self.whole.fields.iter().position(|field| field.place == place);
        let now = match at {
            Some(at) => self.whole.fields[at].clone(),
            None if entered => FieldState::blank(Uuid::now_v7(), self.whole.assessment.id, place, writer),
            None => return Ok(()),
        };
        if now.clashes() {
            return Ok(());
        }
        // Whoever may say the day may write it.
        let setting = Setting { state: self.whole.assessment.state, signed: false, may_write: true, annex_open: false };
        let sent = Sent { from: now.version, answer: Some(Answer::Date(on)), complete: true };
        let Ok(Outcome::Saved(mut after)) = edit::save(setting, &now, now.answer.as_ref(), sent, writer) else { return Ok(()) };
        match at {
            Some(at) => {
                self.write.update(&now, &mut after).await?;
                self.whole.fields[at] = after;
            }
            None => {
                self.write.create(std::slice::from_mut(&mut after)).await?;
                self.whole.fields.push(after);
            }
        }
        Ok(())
    }
}
