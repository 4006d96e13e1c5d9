//! Measures of an assessment that is held, and the tasks of whoever sees to them: a measure with an owner and a date has a task,
//! given and moved in the transaction that gives or moves the measure; and the other way round.

use super::{Work, put};
use crate::error::Result;
use domain::{
    dpia::{
        assessment::State,
        ids::MeasureId,
        risk::Measure,
        task::{About, Assignee, Task},
        version::{MeasureRecord, next_number},
    },
    people::PersonId,
};
use std::collections::BTreeSet;

impl Work {
    /// Stores a new measure, or a changed one. Its task follows: it is given when there is an owner and a date, moves with either,
    /// is called otherwise when the measure is, and is done when the measure is done, dropped, or has no owner any more.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn put_measure(&mut self, record: MeasureRecord) -> Result<()> {
        let after = record.measure.clone();
        let before = self.whole.measures.iter().find(|one| one.id() == record.id()).map(|one| one.measure.clone());
        put(&mut self.write, &mut self.whole.measures, record).await?;
        if !after.open() {
            return self.close_measure(after.id).await;
        }
        let (was, is) = (before.as_ref().and_then(|one| self.owner(one)), self.owner(&after));
        let owner_left = before.as_ref().is_some_and(|one| one.owner != after.owner) && was.is_some() && is.is_none();
        if owner_left {
            return self.close_measure(after.id).await;
        }
        let title = before.as_ref().map_or("", |one| one.title.as_str());
        let (due, day) = (after.due, before.as_ref().and_then(|one| one.due));
        let open: Vec<Task> = self.tasks_about(after.id);
        for task in &open {
            let mut moved = task.clone();
            if let Some(is) = is.filter(|is| was != Some(*is)) {
                moved = Task { assignee: is, since: if is == task.assignee { task.since } else { self.at() }, ..moved };
            }
            if due != day {
                moved = moved.put_off(due).unwrap_or(moved);
            }
            if let Some(rest) = task.note.strip_prefix(title).filter(|_| !title.is_empty()) {
                moved.note = format!("{}{rest}", after.title);
            }
            if moved != *task {
                self.put_task(moved).await?;
            }
        }
        match is.filter(|_| open.is_empty() && due.is_some()) {
            Some(owner) => self.ask(About::Measure { measure: after.id }, owner, due, &after.title).await,
            None => Ok(()),
        }
    }

    /// Removes a measure. The change log keeps what it was.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn remove_measure(&mut self, measure: &MeasureRecord) -> Result<()> {
        self.close_measure(measure.id()).await?;
        self.write.delete(std::slice::from_ref(measure)).await?;
        self.whole.measures.retain(|one| one.id() != measure.id());
        Ok(())
    }

    /// Brings back a measure that was removed, as it is given; its history goes on.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn revive_measure(&mut self, mut record: MeasureRecord) -> Result<()> {
        if self.whole.measures.iter().any(|one| one.number == record.number) {
            record.number = next_number(self.whole.measures.iter().map(|one| one.number));
        }
        self.write.revive(record.clone()).await?;
        self.whole.measures.push(record.clone());
        // Whoever saw to it is asked again, as for one that is new.
        let owner = self.owner(&record.measure).filter(|_| record.measure.open() && record.measure.due.is_some());
        match owner {
            Some(owner) => {
                self.ask(About::Measure { measure: record.id() }, owner, record.measure.due, &record.measure.title).await
            }
            None => Ok(()),
        }
    }

    /// The open tasks that ask for a measure.
    #[must_use]
    pub fn tasks_about(&self, measure: MeasureId) -> Vec<Task> {
        let about = About::Measure { measure };
        self.tasks().iter().filter(|task| task.open() && task.about == about).cloned().collect()
    }

    async fn close_measure(&mut self, measure: MeasureId) -> Result<()> {
        self.close_tasks(|about| *about == About::Measure { measure }, self.scope().person()).await
    }

    /// Who sees to a measure, where it is somebody who takes part here.
    fn owner(&self, measure: &Measure) -> Option<Assignee> {
        let person = PersonId(measure.owner.id?);
        let mut here = self.whole.holders.iter().filter(|holder| holder.person == person);
        let organisation = match measure.organisation.filter(|of| here.clone().any(|holder| holder.organisation == *of)) {
            Some(organisation) => organisation,
            None => here.next()?.organisation,
        };
        Some(Assignee::Person { person, organisation })
    }

    /// A measure's task was given, handed on or moved: while the text is written, the measure says so too. What is frozen or
    /// signed keeps its words. Whoever arranges who does it by when writes nothing of the text, and may sign it.
    pub(super) async fn measure_follows(&mut self, task: &Task) -> Result<()> {
        let About::Measure { measure } = task.about else { return Ok(()) };
        let found = self.whole.measures.iter().find(|one| one.id() == measure).cloned();
        let Some(record) = found.filter(|_| self.whole.assessment.state == State::Drafting && task.open()) else {
            return Ok(());
        };
        let mut after = record.clone();
        after.measure.due = task.due.or(record.measure.due);
        if let Assignee::Person { person, organisation } = task.assignee
            && record.measure.owner.id != Some(person.0)
        {
            let name = self.people(&BTreeSet::from([person])).await?.into_iter().next().map(|one| one.name);
            after.measure.owner = domain::dpia::answer::PersonRef {
                id: Some(person.0),
                name: name.unwrap_or_default(),
                ..domain::dpia::answer::PersonRef::default()
            };
            after.measure.organisation = Some(organisation);
        }
        if after.measure == record.measure {
            return Ok(());
        }
        put(&mut self.write, &mut self.whole.measures, after).await
    }
}
