//! Measures as rows: what was said and signed of each, and with whom its task is now. The words stay as they were signed; what is late
//! follows the task.

use super::super::whole;
use crate::{error::Failure, state::App, web::session::Caller};
use domain::{
    dpia::{
        risk::{Effect, Measure, Progress},
        task::{Assignee, Task, of_measure},
        version::MeasureRecord,
        whole::Whole,
    },
    people::PersonId,
};
use jiff::civil::Date;
use serde::Serialize;
use std::{collections::BTreeMap, sync::Arc};

/// A measure as a row.
#[derive(Serialize)]
pub struct MeasureRow {
    id: String,
    number: u32,
    title: String,
    owner: String,
    due: Option<Date>,
    overdue: bool,
    /// With whom its task is now, by when, where that differs from the measure's own words.
    now: Option<(String, Option<Date>)>,
    progress: &'static str,
    effect: Option<&'static str>,
}

impl MeasureRow {
    /// By when it is due now; those without a date come last.
    #[must_use]
    pub fn due(&self) -> Date {
        self.now.as_ref().and_then(|(_, due)| *due).or(self.due).unwrap_or(Date::MAX)
    }

    /// Whether it is late now.
    #[must_use]
    pub fn overdue(&self) -> bool {
        self.overdue
    }
}

/// The tasks of an assessment with the names of whoever has them.
#[derive(Default)]
pub struct Tasks {
    all: Vec<Task>,
    names: Arc<BTreeMap<PersonId, String>>,
}

impl Tasks {
    /// Reads them.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn of(app: &App, caller: &Caller, whole: &Whole) -> Result<Self, Failure> {
        let all = app.store.tasks_of(&caller.scope, app.clock.today(), whole.assessment.id).await?;
        let names = Arc::new(whole::names(app, &caller.scope, Self::people(&all)).await?);
        Ok(Self { all, names })
    }

    /// Tasks that are read already, with the names of whoever has any of them.
    #[must_use]
    pub fn named(all: Vec<Task>, names: &Arc<BTreeMap<PersonId, String>>) -> Self {
        Self { all, names: Arc::clone(names) }
    }

    /// Who has some of these tasks.
    pub fn people(all: &[Task]) -> impl Iterator<Item = PersonId> {
        all.iter().filter(|task| task.open()).filter_map(|task| match task.assignee {
            Assignee::Person { person, .. } => Some(person),
            Assignee::Role { .. } => None,
        })
    }

    /// The open task of a measure.
    #[must_use]
    pub fn task(&self, measure: &Measure) -> Option<&Task> {
        of_measure(&self.all, measure.id)
    }

    /// With whom a measure is now: whoever has its task, else whoever its words name.
    #[must_use]
    pub fn with(&self, measure: &Measure) -> String {
        self.now(measure).map_or_else(|| owner(measure), |(name, _)| name)
    }

    /// With whom a measure is now and by when, where its own words say otherwise: what is signed keeps them while its task moves.
    fn now(&self, measure: &Measure) -> Option<(String, Option<Date>)> {
        let task = self.task(measure).filter(|_| measure.open())?;
        let (name, same) = match task.assignee {
            Assignee::Person { person, .. } => {
                (self.names.get(&person).cloned().unwrap_or_default(), measure.owner.id == Some(person.0))
            }
            Assignee::Role { role, .. } => (role.words().to_owned(), false),
        };
        let moved = task.due.is_some() && task.due != measure.due;
        (!same || moved).then_some((name, task.due.or(measure.due)))
    }
}

/// A measure as a row.
#[must_use]
pub fn measure_row(record: &MeasureRecord, tasks: &Tasks, today: Date) -> MeasureRow {
    let measure = &record.measure;
    MeasureRow {
        id: measure.id.to_string(),
        number: record.number,
        title: measure.title.clone(),
        owner: owner(measure),
        due: measure.due,
        overdue: measure.late(tasks.task(measure), today),
        now: tasks.now(measure),
        progress: match measure.progress {
            Progress::Planned => "planned",
            Progress::UnderWay => "under way",
            Progress::Done => "done",
            Progress::Dropped => "dropped",
        },
        effect: measure.effect.map(|effect| match effect {
            Effect::Eliminated => "eliminates the risk",
            Effect::Reduced => "reduces the risk",
            Effect::Accepted => "accepts the risk",
        }),
    }
}

fn owner(measure: &Measure) -> String {
    let parts = [measure.owner.name.as_str(), &measure.owner.post];
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", ")
}
