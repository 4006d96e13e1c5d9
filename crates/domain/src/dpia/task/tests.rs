//! Whose work it is, handing it on, and reminders.

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
        Task { done: Some(Done { by: None, at: 0, given_up: false }), ..task(7, with(1), Some(TODAY)) },
    ];
    let me = member(1, &[(1, &[Role::Editor], &[Role::Siro])]);
    let absence = Absence { person: person(2), organisation: organisation(1), to: person(1), from: TODAY, until: TODAY };
    let away = Away { absence, roles: vec![] };
    let ids = |list: &[(&Task, Mine)]| list.iter().map(|(task, why)| (task.id.0.as_u128(), *why)).collect::<Vec<_>>();
    let list = work(&tasks, &me, std::slice::from_ref(&away), TODAY);
    assert_eq!(ids(&list.late), [(3, Mine::Assigned), (4, Mine::ByRole)]);
    assert_eq!(ids(&list.week), [(2, Mine::Assigned)]);
    assert_eq!(ids(&list.later), [(5, Mine::HandedOver { from: person(2) }), (1, Mine::Assigned)]);
    assert_eq!(work(&tasks, &me, &[away], date(2026, 11, 24)).later.len(), 1);
}

#[test]
fn whoever_stands_in_finds_the_tasks_of_the_roles_too_but_no_signature() {
    let role = Assignee::Role { organisation: organisation(1), role: Role::IgOfficer };
    let (given, sign) = (
        task(1, role, None),
        Task { about: About::Sign { organisation: organisation(1), step: "risk".to_owned() }, ..task(2, role, None) },
    );
    let absence = Absence { person: person(2), organisation: organisation(1), to: person(1), from: TODAY, until: TODAY };
    let away = [Away { absence, roles: vec![Role::IgOfficer] }];
    let me = member(1, &[(1, &[Role::Editor], &[])]);
    assert_eq!(given.mine(&me, &away, TODAY), Some(Mine::HandedOver { from: person(2) }));
    assert_eq!(sign.mine(&me, &away, TODAY), None, "a signature wants a named deputy");
    let waits = |task: &Task, me: &Member, day| task.signers_away(me, &away, day).collect::<Vec<_>>();
    assert_eq!(waits(&sign, &me, TODAY), [person(2)], "whoever stands in is shown that it waits");
    assert!(waits(&given, &me, TODAY).is_empty() && waits(&sign, &me, date(2026, 11, 24)).is_empty());
    assert!(waits(&sign, &member(3, &[(1, &[Role::Editor], &[])]), TODAY).is_empty(), "they stand in for nobody");
    let elsewhere = member(1, &[(2, &[Role::Editor], &[])]);
    assert_eq!(given.mine(&elsewhere, &away, TODAY), None, "whoever has left the organisation stands in for nobody there");
    assert_eq!(given.mine(&me, &away, date(2026, 11, 24)), None);
}

#[test]
fn a_task_that_is_put_off_is_reminded_of_anew() {
    let reminded = Task { reminded: Some(TODAY), ..task(1, with(1), Some(TODAY)) };
    assert_eq!(reminded.put_off(Some(TODAY)).unwrap().reminded, Some(TODAY));
    let later = reminded.put_off(Some(date(2026, 12, 1))).unwrap();
    assert_eq!((later.reminded, later.reminder(date(2026, 11, 24))), (None, Some(Reminder::Due { days: 7 })));
    assert_eq!(reminded.finish(None, 1).unwrap().put_off(None), Err(Refusal::Done));
}

#[test]
fn a_review_of_before_reasons_were_kept_is_still_read() {
    assert_eq!(serde_json::from_str::<About>(r#"{"about":"review"}"#).unwrap(), About::Review { why: None });
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
        open.done = Some(Done { by: None, at: 0, given_up: false });
        prop_assert_eq!(open.reminder(start.saturating_add(90.days())), None);
    }
}

#[test]
fn what_is_given_up_with_its_assessment_was_done_by_nobody_and_can_be_asked_again() {
    let given_up = task(7, with(1), Some(TODAY)).give_up(None, 5).unwrap();
    assert!(!given_up.open() && given_up.given_up() && !given_up.stands());
    assert_eq!(given_up.give_up(None, 6), Err(Refusal::Done));
    let again = given_up.reopen(8).unwrap();
    assert!(again.open() && again.stands() && again.since == 8);
    let done = again.finish(None, 9).unwrap();
    assert!(!done.given_up() && done.stands());
    // What was closed before this was told apart reads as done.
    let old: Done = serde_json::from_str(r#"{ "by": null, "at": 1 }"#).unwrap();
    assert!(!old.given_up);
}
