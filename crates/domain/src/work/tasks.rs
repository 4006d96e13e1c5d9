//! What someone must do by a date: one list for everything, 'Your work'. Sentences stand in the application's templates; a task
//! names its template and holds what goes into it.

use crate::register::ids::OrganisationId;
use jiff::civil::{Date, Weekday};
use serde::Serialize;

/// What a task is about; the tabs of 'Your work'.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
#[allow(missing_docs)]
pub enum Subject {
    Dpia,
    Contract,
    Register,
    Statement,
    Rollout,
    Meeting,
}

impl Subject {
    /// All of them, in the order of the tabs.
    pub const ALL: [Subject; 6] =
        [Subject::Dpia, Subject::Contract, Subject::Register, Subject::Statement, Subject::Rollout, Subject::Meeting];

    /// Its name in addresses.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Subject::Dpia => "dpia",
            Subject::Contract => "contract",
            Subject::Register => "register",
            Subject::Statement => "statement",
            Subject::Rollout => "rollout",
            Subject::Meeting => "meeting",
        }
    }

    /// Reads a subject from its name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Subject> {
        Subject::ALL.into_iter().find(|subject| subject.as_str() == name)
    }
}

/// Something for one person to do, or something they wait for from another.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Task {
    /// Tells it from every other task of this person, and stays the same from day to day: `contract/ID/extend-by`.
    pub key: String,
    /// What it is about.
    pub subject: Subject,
    /// For which organisation.
    pub organisation: OrganisationId,
    /// The template with its words: a title that begins with a verb, and a line of context.
    pub words: &'static str,
    /// What goes into the words.
    pub values: serde_json::Value,
    /// Where it is done.
    pub href: String,
    /// By when, where there is a day.
    pub due: Option<Date>,
    /// For what one waits: since which day. None where one has to act oneself.
    pub waiting_since: Option<Date>,
}

/// When a task is due, as a day sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case", tag = "when", content = "days")]
pub enum When {
    /// So many days late.
    Late(i32),
    /// Today.
    Today,
    /// Tomorrow.
    Tomorrow,
    /// By this week's Sunday.
    ThisWeek,
    /// After that.
    Later,
    /// There is no day.
    Undated,
}

impl When {
    /// When a day falls.
    #[must_use]
    pub fn of(due: Option<Date>, today: Date) -> When {
        let Some(due) = due else { return When::Undated };
        let days = (due - today).get_days();
        let sunday = i32::from(Weekday::Sunday.to_monday_one_offset() - today.weekday().to_monday_one_offset());
        match days {
            ..0 => When::Late(-days),
            0 => When::Today,
            1 => When::Tomorrow,
            _ if days <= sunday => When::ThisWeek,
            _ => When::Later,
        }
    }
}

/// A person's tasks in the three parts of the page, each in the order of its days.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Work {
    /// Past their day, the longest first.
    pub late: Vec<(When, Task)>,
    /// Today, tomorrow, by Sunday.
    pub this_week: Vec<(When, Task)>,
    /// After that; those without a day last.
    pub later: Vec<(When, Task)>,
    /// What one waits for from others, the longest first.
    pub waiting: Vec<Task>,
}

impl Work {
    /// Sorts tasks into their parts. A key that comes twice counts once.
    #[must_use]
    pub fn of(mut tasks: Vec<Task>, today: Date) -> Work {
        tasks.sort_by(|a, b| {
            (a.due.is_none(), a.due, a.waiting_since, a.subject, &a.key).cmp(&(
                b.due.is_none(),
                b.due,
                b.waiting_since,
                b.subject,
                &b.key,
            ))
        });
        let mut seen = std::collections::HashSet::new();
        tasks.retain(|task| seen.insert(task.key.clone()));
        let mut work = Work::default();
        for task in tasks {
            if task.waiting_since.is_some() {
                work.waiting.push(task);
                continue;
            }
            match When::of(task.due, today) {
                late @ When::Late(_) => work.late.push((late, task)),
                soon @ (When::Today | When::Tomorrow | When::ThisWeek) => work.this_week.push((soon, task)),
                later => work.later.push((later, task)),
            }
        }
        work.waiting.sort_by_key(|task| task.waiting_since);
        work
    }

    /// How many ask for this person.
    #[must_use]
    pub fn count(&self) -> usize {
        self.late.len() + self.this_week.len() + self.later.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::{Span, civil::date};
    use proptest::prelude::*;
    use uuid::Uuid;

    fn task(key: &str, due: Option<Date>) -> Task {
        Task {
            key: key.to_owned(),
            subject: Subject::Contract,
            organisation: OrganisationId(Uuid::nil()),
            words: "decide",
            values: serde_json::Value::Null,
            href: "/contracts/1".to_owned(),
            due,
            waiting_since: None,
        }
    }

    #[test]
    fn a_week_ends_on_sunday() {
        // Wednesday.
        let today = date(2026, 11, 25);
        let when = |day: i8| When::of(Some(date(2026, 11, day)), today);
        assert_eq!(
            [when(20), when(25), when(26), when(29), when(30)],
            [When::Late(5), When::Today, When::Tomorrow, When::ThisWeek, When::Later]
        );
        // On a Sunday, Monday is tomorrow and Tuesday is later.
        assert_eq!(When::of(Some(date(2026, 12, 1)), date(2026, 11, 29)), When::Later);
        assert_eq!(When::of(Some(date(2026, 11, 30)), date(2026, 11, 29)), When::Tomorrow);
    }

    #[test]
    fn what_others_owe_stands_apart_and_a_task_counts_once() {
        let today = date(2026, 11, 25);
        let waiting = Task { waiting_since: Some(date(2026, 11, 14)), ..task("w", None) };
        let work = Work::of(vec![task("a", Some(today)), task("a", Some(today)), waiting], today);
        assert_eq!((work.count(), work.waiting.len()), (1, 1));
    }

    proptest! {
        #[test]
        fn nothing_is_lost_and_each_part_is_in_order(days in proptest::collection::vec(proptest::option::of(-400i64..400), 0..30)) {
            let today = date(2026, 11, 25);
            let tasks: Vec<Task> = days
                .iter()
                .enumerate()
                .map(|(place, day)| task(&place.to_string(), day.map(|day| today.checked_add(Span::new().days(day)).unwrap())))
                .collect();
            let work = Work::of(tasks, today);
            prop_assert_eq!(work.count(), days.len());
            for part in [&work.late, &work.this_week, &work.later] {
                let dates: Vec<_> = part.iter().map(|(_, task)| (task.due.is_none(), task.due)).collect();
                prop_assert!(dates.is_sorted());
            }
            prop_assert!(work.late.iter().all(|(_, task)| task.due.unwrap() < today));
            prop_assert!(work.this_week.iter().chain(&work.later).all(|(_, task)| task.due.is_none_or(|due| due >= today)));
        }
    }
}
