//! Tasks: one list for everything that somebody must do by a date. What is done about a task elsewhere (an answer saved, a
//! clash settled) closes it; a task never does anything itself.

use super::{
    ids::{AssessmentId, CommentId, ConsultationId, MeasureId, RecommendationId, TaskId},
    place::{Part, Place},
};
use crate::{
    people::{Member, PersonId, Role},
    register::ids::OrganisationId,
};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Something to do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Task {
    /// Its id.
    pub id: TaskId,
    /// The assessment it belongs to; none for work on other things.
    pub assessment: Option<AssessmentId>,
    /// What is to be done.
    pub about: About,
    /// Words of whoever gave it, where they added some.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
    /// With whom it is.
    pub assignee: Assignee,
    /// The last day on which it is in time.
    pub due: Option<Date>,
    /// Who gave it; none when the server did.
    pub by: Option<PersonId>,
    /// When it was given, milliseconds of UTC.
    pub at: i64,
    /// Since when it is with its assignee, milliseconds of UTC.
    pub since: i64,
    /// When and by whom it was done; none while it is open.
    pub done: Option<Done>,
    /// The day of the last reminder.
    pub reminded: Option<Date>,
    /// When the record last changed, milliseconds of UTC.
    pub updated_at: i64,
}

/// What a task is about: the page it leads to, and the sentence it is listed with.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "about")]
pub enum About {
    /// Write a section.
    Section {
        /// The part.
        part: Part,
        /// The section, by id.
        section: String,
    },
    /// Answer a question.
    Field {
        /// The field.
        place: Place,
    },
    /// Settle a clash.
    Clash {
        /// The field.
        place: Place,
    },
    /// Answer a comment.
    Comment {
        /// The comment.
        comment: CommentId,
        /// Its field.
        place: Place,
    },
    /// Answer a recommendation.
    Recommendation {
        /// The recommendation.
        recommendation: RecommendationId,
        /// Its field.
        place: Place,
    },
    /// Carry out a measure, and show it.
    Measure {
        /// The measure.
        measure: MeasureId,
    },
    /// Sign a step.
    Sign {
        /// For whom.
        organisation: OrganisationId,
        /// The step, by id.
        step: String,
    },
    /// Answer an invitation to take part.
    Invitation {
        /// The organisation invited.
        organisation: OrganisationId,
    },
    /// Look at the assessment again.
    Review,
    /// Change what a signer sent back.
    SentBack,
    /// Give the Commissioner what it asked for, or record what it said.
    Consultation {
        /// The consultation.
        consultation: ConsultationId,
    },
    /// Screen a project again.
    Screening,
    /// Look at what is to be published, as the second pair of eyes.
    Publication,
    /// Something else, by the kind and id of its record.
    Record {
        /// The record's kind, as the change log names it.
        kind: String,
        /// Its id.
        id: Uuid,
        /// What to do, in words.
        words: String,
    },
}

/// With whom a task is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "with")]
pub enum Assignee {
    /// A person, acting for an organisation.
    Person {
        /// Who.
        person: PersonId,
        /// For whom.
        organisation: OrganisationId,
    },
    /// Whoever holds a role at an organisation.
    Role {
        /// Where.
        organisation: OrganisationId,
        /// Which.
        role: Role,
    },
}

impl Assignee {
    /// The organisation whose work it is.
    #[must_use]
    pub fn organisation(self) -> OrganisationId {
        match self {
            Self::Person { organisation, .. } | Self::Role { organisation, .. } => organisation,
        }
    }
}

/// That a task was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Done {
    /// By whom; none when the server saw that it was.
    pub by: Option<PersonId>,
    /// When, milliseconds of UTC.
    pub at: i64,
}

/// Somebody is away, and somebody else sees to their work.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Absence {
    /// Who is away.
    pub person: PersonId,
    /// Whose work it is.
    pub organisation: OrganisationId,
    /// Who sees to it.
    pub to: PersonId,
    /// The first day.
    pub from: Date,
    /// The last day.
    pub until: Date,
}

impl Absence {
    /// Whether somebody is away on a day.
    #[must_use]
    pub fn on(&self, day: Date) -> bool {
        self.from <= day && day <= self.until
    }
}

/// Why a task stays as it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Refusal {
    /// It is done.
    Done,
    /// It is open.
    Open,
    /// It is with somebody else, and you did not give it.
    NotYours,
    /// A signature can only be given by whoever holds the role; name a deputy instead.
    NotTransferable,
    /// The last day lies before the first.
    EndsBeforeItBegins,
    /// One cannot hand one's work to oneself.
    ToYourself,
}

/// Whether a person sees a task on their list, and why.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Mine {
    /// It is with them.
    Assigned,
    /// They hold the role it is with, themselves or as a deputy.
    ByRole,
    /// It is with somebody who is away.
    HandedOver {
        /// Who is away.
        from: PersonId,
    },
}

impl Task {
    /// Whether it is still to be done.
    #[must_use]
    pub fn open(&self) -> bool {
        self.done.is_none()
    }

    /// Whether its last day is past.
    #[must_use]
    pub fn overdue(&self, today: Date) -> bool {
        self.open() && self.due.is_some_and(|due| due < today)
    }

    /// Whether it is on somebody's list on a day, and why.
    #[must_use]
    pub fn mine(&self, member: &Member, absences: &[Absence], today: Date) -> Option<Mine> {
        match self.assignee {
            Assignee::Person { person, .. } if person == member.person => Some(Mine::Assigned),
            Assignee::Person { person, organisation } => absences
                .iter()
                .any(|absence| {
                    absence.person == person
                        && absence.organisation == organisation
                        && absence.to == member.person
                        && absence.on(today)
                })
                .then_some(Mine::HandedOver { from: person }),
            Assignee::Role { organisation, role } => member
                .at(organisation)
                .is_some_and(|standing| standing.roles.contains(&role) || standing.deputy.contains(&role))
                .then_some(Mine::ByRole),
        }
    }

    /// Gives it to somebody else.
    ///
    /// # Errors
    /// When it is done, is another's, or is a signature.
    pub fn reassign(&self, member: &Member, to: Assignee, at: i64) -> Result<Task, Refusal> {
        if !self.open() {
            return Err(Refusal::Done);
        }
        if matches!(self.about, About::Sign { .. }) {
            return Err(Refusal::NotTransferable);
        }
        let holds = |roles: &[Role]| member.holds_any(self.assignee.organisation(), roles);
        let with_them = matches!(self.assignee, Assignee::Person { person, .. } if person == member.person)
            || matches!(self.assignee, Assignee::Role { role, .. } if holds(&[role]));
        if !with_them && self.by != Some(member.person) && !holds(&[Role::ProjectLead, Role::IgOfficer]) {
            return Err(Refusal::NotYours);
        }
        Ok(Task { assignee: to, since: if to == self.assignee { self.since } else { at }, reminded: None, ..self.clone() })
    }

    /// Calls it done.
    ///
    /// # Errors
    /// When it is.
    pub fn finish(&self, by: Option<PersonId>, at: i64) -> Result<Task, Refusal> {
        if self.open() { Ok(Task { done: Some(Done { by, at }), ..self.clone() }) } else { Err(Refusal::Done) }
    }

    /// Opens it again.
    ///
    /// # Errors
    /// When it is open.
    pub fn reopen(&self, at: i64) -> Result<Task, Refusal> {
        if self.open() { Err(Refusal::Open) } else { Ok(Task { done: None, since: at, reminded: None, ..self.clone() }) }
    }

    /// Whether a reminder is due on a day: a week before, the day before, on the day, the day after, and each week from then
    /// on. One is enough for days that were missed.
    #[must_use]
    pub fn reminder(&self, today: Date) -> Option<Reminder> {
        let due = self.due.filter(|_| self.open())?;
        let left = days(today, due);
        let latest = match left {
            8.. => return None,
            2..=7 => 7,
            1 => 1,
            0 => 0,
            late => {
                let late = -late;
                if late < 7 { -1 } else { -(late / 7 * 7) }
            }
        };
        let on = due.saturating_sub(jiff::Span::new().days(latest));
        let given = jiff::tz::Offset::UTC.to_datetime(jiff::Timestamp::from_millisecond(self.since).ok()?).date();
        // Somebody who was given it since then knows of it.
        if on < given || self.reminded.is_some_and(|last| last >= on) {
            return None;
        }
        Some(if left < 0 { Reminder::Late { days: -left } } else { Reminder::Due { days: left } })
    }
}

/// What a reminder says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reminder {
    /// It is due in some days; 0 is today.
    Due {
        /// Days left.
        days: i64,
    },
    /// It is late.
    Late {
        /// Days since its last day.
        days: i64,
    },
}

/// Hands one's work over while away.
///
/// # Errors
/// When the days are the wrong way round, or it goes to oneself.
pub fn hand_over(absence: Absence) -> Result<Absence, Refusal> {
    if absence.until < absence.from {
        return Err(Refusal::EndsBeforeItBegins);
    }
    if absence.to == absence.person {
        return Err(Refusal::ToYourself);
    }
    Ok(absence)
}

/// A person's open tasks as 'Your work' lists them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Work<'a> {
    /// Overdue, the longest first.
    pub late: Vec<(&'a Task, Mine)>,
    /// Due within seven days.
    pub week: Vec<(&'a Task, Mine)>,
    /// Due later, or without a date; those come last.
    pub later: Vec<(&'a Task, Mine)>,
}

/// Sorts a person's open tasks.
#[must_use]
pub fn work<'a>(tasks: impl IntoIterator<Item = &'a Task>, member: &Member, absences: &[Absence], today: Date) -> Work<'a> {
    let mut mine: Vec<(&Task, Mine)> = tasks
        .into_iter()
        .filter(|task| task.open())
        .filter_map(|task| Some((task, task.mine(member, absences, today)?)))
        .collect();
    mine.sort_by_key(|(task, _)| (task.due.is_none(), task.due, task.at, task.id));
    let mut work = Work::default();
    for (task, why) in mine {
        match task.due.map(|due| days(today, due)) {
            Some(..0) => work.late.push((task, why)),
            Some(0..=7) => work.week.push((task, why)),
            _ => work.later.push((task, why)),
        }
    }
    work
}

fn days(from: Date, to: Date) -> i64 {
    i64::from((to - from).get_days())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dpia::{
        advice::tests::member,
        assessment::tests::{organisation, person},
    };
    use jiff::{ToSpan as _, civil::date};
    use proptest::prelude::*;

    fn task(id: u128, assignee: Assignee, due: Option<Date>) -> Task {
        Task {
            id: TaskId(Uuid::from_u128(id)),
            assessment: None,
            about: About::Field { place: Place::shared("purpose") },
            note: String::new(),
            assignee,
            due,
            by: Some(person(9)),
            at: 0,
            since: 0,
            done: None,
            reminded: None,
            updated_at: 0,
        }
    }

    fn with(number: u128) -> Assignee {
        Assignee::Person { person: person(number), organisation: organisation(1) }
    }

    const TODAY: Date = date(2026, 11, 23);

    #[test]
    fn your_work_is_overdue_first_and_comes_by_name_by_role_and_from_who_is_away() {
        let role = Assignee::Role { organisation: organisation(1), role: Role::Siro };
        let elsewhere = Assignee::Role { organisation: organisation(2), role: Role::Siro };
        let tasks = [
            task(1, with(1), None),
            task(2, with(1), Some(date(2026, 11, 30))),
            task(3, with(1), Some(date(2026, 11, 18))),
            task(4, role, Some(date(2026, 11, 20))),
            task(5, with(2), Some(date(2026, 12, 24))),
            task(6, elsewhere, Some(TODAY)),
            Task { done: Some(Done { by: None, at: 0 }), ..task(7, with(1), Some(TODAY)) },
        ];
        let me = member(1, &[(1, &[Role::Editor], &[Role::Siro])]);
        let away = Absence { person: person(2), organisation: organisation(1), to: person(1), from: TODAY, until: TODAY };
        let ids = |list: &[(&Task, Mine)]| list.iter().map(|(task, why)| (task.id.0.as_u128(), *why)).collect::<Vec<_>>();
        let list = work(&tasks, &me, &[away], TODAY);
        assert_eq!(ids(&list.late), [(3, Mine::Assigned), (4, Mine::ByRole)]);
        assert_eq!(ids(&list.week), [(2, Mine::Assigned)]);
        assert_eq!(ids(&list.later), [(5, Mine::HandedOver { from: person(2) }), (1, Mine::Assigned)]);
        assert_eq!(work(&tasks, &me, &[away], date(2026, 11, 24)).later.len(), 1);
    }

    #[test]
    fn tasks_are_given_on_by_whoever_has_or_gave_them_but_signatures_are_not() {
        let open = task(1, with(1), None);
        let (holder, giver, stranger) = (
            member(1, &[(1, &[Role::Editor], &[])]),
            member(9, &[(1, &[Role::Editor], &[])]),
            member(3, &[(1, &[Role::Editor], &[])]),
        );
        assert_eq!(open.reassign(&holder, with(2), 5).unwrap().since, 5);
        assert!(open.reassign(&giver, with(2), 5).is_ok());
        assert_eq!(open.reassign(&stranger, with(3), 5), Err(Refusal::NotYours));
        assert!(open.reassign(&member(4, &[(1, &[Role::ProjectLead], &[])]), with(3), 5).is_ok());
        let sign = Task { about: About::Sign { organisation: organisation(1), step: "risk".to_owned() }, ..open.clone() };
        assert_eq!(sign.reassign(&holder, with(2), 5), Err(Refusal::NotTransferable));
        let done = open.finish(Some(person(1)), 6).unwrap();
        assert_eq!((done.reassign(&holder, with(2), 7), done.finish(None, 7)), (Err(Refusal::Done), Err(Refusal::Done)));
        assert!(done.reopen(8).unwrap().open());
        assert_eq!(open.reopen(8), Err(Refusal::Open));
    }

    #[test]
    fn handing_over_wants_another_person_and_days_in_order() {
        let away = Absence { person: person(1), organisation: organisation(1), to: person(2), from: TODAY, until: TODAY };
        assert!(hand_over(away).is_ok());
        assert_eq!(hand_over(Absence { to: person(1), ..away }), Err(Refusal::ToYourself));
        assert_eq!(hand_over(Absence { until: date(2026, 11, 22), ..away }), Err(Refusal::EndsBeforeItBegins));
    }

    #[test]
    fn reminders_come_a_week_and_a_day_before_on_the_day_and_after() {
        let task = task(1, with(1), Some(date(2026, 11, 30)));
        let reminders: Vec<(i8, Reminder)> = (1..=31)
            .scan(task, |task, day| {
                let today = date(2026, 11, 20).saturating_add(i64::from(day).days());
                let reminder = task.reminder(today);
                if reminder.is_some() {
                    task.reminded = Some(today);
                }
                Some(reminder.map(|reminder| (today.day(), reminder)))
            })
            .flatten()
            .collect();
        assert_eq!(
            reminders,
            [
                (23, Reminder::Due { days: 7 }),
                (29, Reminder::Due { days: 1 }),
                (30, Reminder::Due { days: 0 }),
                (1, Reminder::Late { days: 1 }),
                (7, Reminder::Late { days: 7 }),
                (14, Reminder::Late { days: 14 }),
                (21, Reminder::Late { days: 21 }),
            ]
        );
    }

    proptest! {
        #[test]
        fn a_reminder_is_never_given_twice_and_missed_days_give_one(due in 0i64..60, runs in prop::collection::btree_set(0i64..90, 0..30)) {
            let start = date(2026, 1, 1);
            let mut open = task(1, with(1), Some(start.saturating_add(due.days())));
            for run in runs {
                let today = start.saturating_add(run.days());
                if open.reminder(today).is_some() {
                    open.reminded = Some(today);
                    prop_assert_eq!(open.reminder(today), None);
                    prop_assert!(due - run <= 7);
                }
            }
            open.done = Some(Done { by: None, at: 0 });
            prop_assert_eq!(open.reminder(start.saturating_add(90.days())), None);
        }
    }
}
