//! Reviews: a trigger reopens what it touches, once; a review that finds nothing new closes it again.

use super::*;

/// An assessment that is in use, with an answer that names a system.
async fn living(city: &City, lead: &Member) -> (AssessmentId, Place, Uuid) {
    use domain::dpia::{answer::Reference, template::field::FieldKind};
    let assessment = city.assessment(lead, &[]).await;
    let system = Uuid::now_v7();
    let field = city
        .template()
        .fields()
        .find(|(section, field)| section.module.is_none() && field.when.is_none() && matches!(field.kind, FieldKind::Systems))
        .map(|(_, field)| Place::shared(&field.id))
        .unwrap();
    let answer = Some(Answer::Systems(vec![Reference { id: Some(system), name: "CareDesk".to_owned() }]));
    let sent = Change::Save(Sent { from: 0, answer, complete: true });
    city.store.answer(&scope(lead), NOW, TODAY, city.template(), assessment, &field, &sent, None).await.unwrap();
    city.save(lead, assessment, &Place::shared("aims"), 0, "To visit people who fall.").await;
    let mut work = city.store.work(&operator(), NOW, TODAY, assessment).await.unwrap().unwrap();
    let head = work.whole.assessment.clone();
    work.change_head(Assessment { state: State::Live, review_on: Some(date(2027, 11, 23)), ..head }).await.unwrap();
    work.commit().await.unwrap();
    (assessment, field, system)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_changed_system_reopens_what_names_it_once_and_a_review_without_changes_closes_it() {
    let city = City::new(1).await;
    let lead = city.person(0, &[Role::ProjectLead]).await;
    let (assessment, place, system) = living(&city, &lead).await;
    let job = Scope::Job { name: "reviews".to_owned() };
    let changed = |change| Trigger::SystemChanged { system: system.into(), fields: vec!["hosting".to_owned()], change };
    let ask = |trigger: Trigger, at| {
        let (city, job) = (&city, &job);
        async move {
            let mut work = city.store.work(job, at, TODAY, assessment).await.unwrap().unwrap();
            let reopened = work.ask_review(city.template(), &trigger, "its hosting changed").await.unwrap();
            let given = work.given().len();
            work.commit().await.unwrap();
            (reopened, given)
        }
    };
    assert_eq!(ask(changed(7), NOW + 1).await, (Some(1), 1));
    assert_eq!(ask(changed(7), NOW + 2).await, (None, 0), "asked for once");
    let whole = city.load(&scope(&lead), assessment).await.unwrap();
    let field = whole.field(&place).unwrap();
    assert!(!field.complete && field.by == lead.person && field.answer.is_some(), "the words are the same");
    assert!(whole.field(&Place::shared("aims")).unwrap().complete, "what it does not touch stays");
    let tasks = city.store.open_tasks(&scope(&lead)).await.unwrap();
    assert_eq!(tasks.iter().map(|task| &task.about).collect::<Vec<_>>(), [&About::Review { why: Some(changed(7)) }]);

    // Looked at, and nothing changed: the field is complete again, the task closed, and the next date has its own.
    let route = shipped_route();
    let mut work = city.store.work(&scope(&lead), NOW + 3, TODAY, assessment).await.unwrap().unwrap();
    let moving =
        Moving { reasons: "The new host is in the same country.", review_on: Some(date(2028, 1, 1)), ..Moving::default() };
    work.make_move(city.template(), &route, Move::Confirm, &moving).await.unwrap().unwrap();
    work.commit().await.unwrap();
    let whole = city.load(&scope(&lead), assessment).await.unwrap();
    assert!(whole.field(&place).unwrap().complete);
    let tasks = city.store.open_tasks(&scope(&lead)).await.unwrap();
    let on = date(2028, 1, 1);
    assert_eq!(
        tasks.iter().map(|task| (&task.about, task.due)).collect::<Vec<_>>(),
        [(&About::Review { why: Some(Trigger::DateReached { on }) }, Some(on))]
    );
    // A further change asks again; a date that the calendar has already asked for does not.
    assert_eq!(ask(changed(9), NOW + 4).await.0, Some(1));
    assert_eq!(ask(Trigger::DateReached { on }, NOW + 5).await.0, None);
    assert_eq!(ask(Trigger::DateReached { on: date(2027, 12, 1) }, NOW + 6).await.0, Some(0));
    let dates = city.store.open_tasks(&scope(&lead)).await.unwrap();
    let dates =
        dates.iter().filter(|task| matches!(&task.about, About::Review { why: Some(Trigger::DateReached { .. }) })).count();
    assert_eq!(dates, 1, "a date that has moved asks once");
    assert!(city.store.check(&operator()).await.unwrap().sound());
}

fn incident(risks: Vec<RiskId>, sections: Vec<Spot>) -> Trigger {
    Trigger::Incident { what: "A letter went astray".to_owned(), on: TODAY, risks, sections }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_incident_marks_the_risks_and_sections_that_it_touches_until_somebody_looks() {
    let city = City::new(1).await;
    let lead = city.person(0, &[Role::ProjectLead]).await;
    let (assessment, place, _) = living(&city, &lead).await;
    let mut work = city.store.work(&scope(&lead), NOW, TODAY, assessment).await.unwrap().unwrap();
    let risks = [1, 2].map(|number| {
        let record = risk(&lead, assessment, Part::Shared);
        domain::dpia::version::RiskRecord { number, ..record }
    });
    for one in &risks {
        work.put_risk(one.clone()).await.unwrap();
    }
    work.commit().await.unwrap();
    let aims = Place::shared("aims");
    let (section, _) = city.template().find("aims").unwrap();
    let spot = Spot { part: Part::Shared, section: section.id.clone() };
    let mut work = city.store.work(&scope(&lead), NOW + 1, TODAY, assessment).await.unwrap().unwrap();
    let trigger = incident(vec![risks[1].risk.id], vec![spot]);
    assert!(work.ask_review(city.template(), &trigger, "a letter went astray").await.unwrap() >= Some(2));
    work.commit().await.unwrap();
    let whole = city.load(&scope(&lead), assessment).await.unwrap();
    assert_eq!(whole.field(&aims).unwrap().look(), Some("a letter went astray"));
    let elsewhere = city.template().find(&place.field).unwrap().0.id != section.id;
    assert_eq!(whole.field(&place).unwrap().look().is_none(), elsewhere, "another section stays as it is");
    let marked = |whole: &domain::dpia::whole::Whole| {
        whole.risks.iter().filter(|one| one.look.is_some()).map(|one| one.number).collect::<Vec<_>>()
    };
    assert_eq!(marked(&whole), [2]);
    let seals = whole.seals(city.template());

    // One answer and the risk are looked at; nothing that signatures are bound to changes by it.
    let stands = whole.field(&aims).unwrap().version;
    let confirm = |seen| {
        let (city, lead, aims) = (&city, &lead, &aims);
        async move {
            let change = Change::Confirm { seen };
            city.store.answer(&scope(lead), NOW + 2, TODAY, city.template(), assessment, aims, &change, None).await.unwrap()
        }
    };
    assert_eq!(confirm(stands - 1).await, Answered::Refused(Refusal::MovedOn), "another version was looked at");
    assert!(matches!(confirm(stands).await, Answered::Done(Outcome::Saved(_))));
    assert!(matches!(confirm(stands + 1).await, Answered::Done(Outcome::Unchanged)), "nothing asks any more");
    let mut work = city.store.work(&scope(&lead), NOW + 3, TODAY, assessment).await.unwrap().unwrap();
    assert!(work.confirm_risk(risks[1].risk.id).await.unwrap() && !work.confirm_risk(risks[0].risk.id).await.unwrap());
    work.commit().await.unwrap();
    let whole = city.load(&scope(&lead), assessment).await.unwrap();
    let field = whole.field(&aims).unwrap();
    assert!(field.complete && field.look().is_none() && marked(&whole).is_empty());
    assert_eq!(whole.seals(city.template()), seals);
    assert!(city.store.check(&operator()).await.unwrap().sound());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_changed_system_marks_what_is_still_written_without_a_task() {
    let city = City::new(1).await;
    let lead = city.person(0, &[Role::ProjectLead]).await;
    let (assessment, place, system) = living(&city, &lead).await;
    let mut work = city.store.work(&operator(), NOW + 1, TODAY, assessment).await.unwrap().unwrap();
    let head = work.whole.assessment.clone();
    work.change_head(Assessment { state: State::Drafting, ..head }).await.unwrap();
    let changed = Trigger::SystemChanged { system: system.into(), fields: vec!["hosting".to_owned()], change: 7 };
    assert_eq!(work.ask_review(city.template(), &changed, "its hosting changed").await.unwrap(), Some(1));
    assert_eq!(work.ask_review(city.template(), &changed, "its hosting changed").await.unwrap(), None, "marked once");
    work.commit().await.unwrap();
    assert!(city.store.open_tasks(&scope(&lead)).await.unwrap().is_empty());
    // Whoever saves it again has looked.
    let whole = city.load(&scope(&lead), assessment).await.unwrap();
    let field = whole.field(&place).unwrap();
    assert!(field.look().is_some());
    let sent = Change::Save(Sent { from: field.version, answer: field.answer.clone(), complete: true });
    city.store.answer(&scope(&lead), NOW + 2, TODAY, city.template(), assessment, &place, &sent, None).await.unwrap();
    assert!(city.load(&scope(&lead), assessment).await.unwrap().field(&place).unwrap().look().is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_being_written_is_not_reviewed() {
    let city = City::new(1).await;
    let lead = city.person(0, &[Role::ProjectLead]).await;
    let assessment = city.assessment(&lead, &[]).await;
    let mut work = city.store.work(&operator(), NOW, TODAY, assessment).await.unwrap().unwrap();
    let incident = incident(vec![], vec![]);
    assert_eq!(work.ask_review(city.template(), &incident, "a letter went astray").await.unwrap(), None);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_given_up_was_done_by_nobody_and_is_asked_again_when_it_is_taken_up() {
    let city = City::new(1).await;
    let lead = city.person(0, &[Role::ProjectLead]).await;
    let (assessment, _, system) = living(&city, &lead).await;
    let on = date(2027, 11, 23);
    let changed = Trigger::SystemChanged { system: system.into(), fields: vec!["hosting".to_owned()], change: 7 };
    let mut work = city.store.work(&operator(), NOW + 1, TODAY, assessment).await.unwrap().unwrap();
    let head = work.whole.assessment.clone();
    work.change_head(Assessment { live_since: Some(date(2026, 1, 5)), ..head }).await.unwrap();
    work.review_by(Some(on)).await.unwrap();
    work.ask_review(city.template(), &changed, "its hosting changed").await.unwrap();
    work.commit().await.unwrap();
    let route = shipped_route();
    let make = |step: Move, at: i64| {
        let (city, lead, route) = (&city, &lead, &route);
        async move {
            let mut work = city.store.work(&scope(lead), at, TODAY, assessment).await.unwrap().unwrap();
            let moving = Moving { reasons: "The budget.", ..Moving::default() };
            let moved = work.make_move(city.template(), route, step, &moving).await.unwrap().unwrap();
            let given = work.given().len();
            work.commit().await.unwrap();
            (moved.state, given)
        }
    };
    let open = || async {
        let tasks = city.store.open_tasks(&scope(&lead)).await.unwrap();
        let mut open: Vec<_> = tasks.into_iter().map(|task| (task.id, task.about, task.due, task.assignee)).collect();
        open.sort_by_key(|one| one.0);
        open
    };
    let before = open().await;
    assert_eq!(before.len(), 2, "{before:?}");

    assert_eq!(make(Move::Withdraw, NOW + 2).await, (State::Withdrawn, 0));
    assert!(open().await.is_empty());
    let closed = city.store.tasks_of(&scope(&lead), TODAY, assessment).await.unwrap();
    assert!(closed.len() == 2 && closed.iter().all(domain::dpia::task::Task::given_up), "nobody looked: {closed:?}");

    // It is written again, and whoever had something to do has it again, the review of what is in use among it.
    assert_eq!(make(Move::Resume, NOW + 3).await, (State::Drafting, 2));
    assert_eq!(open().await, before);
    let mut work = city.store.work(&operator(), NOW + 4, TODAY, assessment).await.unwrap().unwrap();
    let date = Trigger::DateReached { on };
    assert_eq!(work.ask_review(city.template(), &date, "its review is due").await.unwrap(), None, "asked for already");
    work.commit().await.unwrap();
    assert!(city.store.check(&operator()).await.unwrap().sound());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_review_that_was_closed_by_giving_up_before_that_was_told_apart_is_asked_for_again() {
    let city = City::new(1).await;
    let lead = city.person(0, &[Role::ProjectLead]).await;
    let (assessment, ..) = living(&city, &lead).await;
    let on = date(2027, 11, 23);
    let mut work = city.store.work(&operator(), NOW + 1, TODAY, assessment).await.unwrap().unwrap();
    let head = work.whole.assessment.clone();
    work.review_by(Some(on)).await.unwrap();
    work.close_tasks(|_| true, None).await.unwrap();
    let given_up = Assessment { live_since: Some(date(2026, 1, 5)), state: State::Withdrawn, ..head };
    work.change_head(given_up).await.unwrap();
    work.commit().await.unwrap();
    let route = shipped_route();
    let mut work = city.store.work(&scope(&lead), NOW + 2, TODAY, assessment).await.unwrap().unwrap();
    let moving = Moving { reasons: "The budget is there.", ..Moving::default() };
    work.make_move(city.template(), &route, Move::Resume, &moving).await.unwrap().unwrap();
    work.commit().await.unwrap();
    let open = city.store.open_tasks(&scope(&lead)).await.unwrap();
    let asked: Vec<_> = open.iter().map(|task| (&task.about, task.due)).collect();
    assert_eq!(asked, [(&About::Review { why: Some(Trigger::DateReached { on }) }, Some(on))]);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_answer_that_says_the_next_review_moves_its_day_and_its_task_while_data_is_in_use() {
    let city = City::new(1).await;
    let lead = city.person(0, &[Role::ProjectLead]).await;
    let (assessment, ..) = living(&city, &lead).await;
    let (on, place) = (date(2027, 11, 23), Place::shared("review-date"));
    let mut work = city.store.work(&operator(), NOW + 1, TODAY, assessment).await.unwrap().unwrap();
    let head = work.whole.assessment.clone();
    work.change_head(Assessment { live_since: Some(TODAY), ..head }).await.unwrap();
    work.review_by(Some(on)).await.unwrap();
    work.commit().await.unwrap();
    let task = city.store.open_tasks(&scope(&lead)).await.unwrap().remove(0);

    let answer = |from: u32, day: Option<Date>| {
        let (city, lead, place) = (&city, &lead, &place);
        let sent = Change::Save(Sent { from, answer: day.map(Answer::Date), complete: true });
        async move { city.store.answer(&scope(lead), NOW + 2, TODAY, city.template(), assessment, place, &sent, None).await.unwrap() }
    };
    let stands = || async {
        let whole = city.load(&scope(&lead), assessment).await.unwrap();
        let tasks = city.store.open_tasks(&scope(&lead)).await.unwrap();
        let asked: Vec<_> = tasks.iter().map(|task| (task.id, task.about.clone(), task.due)).collect();
        (whole.assessment.review_on, whole.field(&place).and_then(|field| field.answer.clone()), asked)
    };
    let asks = |day: Date| vec![(task.id, About::Review { why: Some(Trigger::DateReached { on: day }) }, Some(day))];
    assert_eq!(stands().await, (Some(on), None, asks(on)));

    let other = date(2027, 6, 1);
    assert!(matches!(answer(0, Some(other)).await, Answered::Done(Outcome::Saved(_))));
    assert_eq!(stands().await, (Some(other), Some(Answer::Date(other)), asks(other)), "whoever was asked stays asked");

    // A day that is none for a next review is not taken, and nothing changes by it; so is none at all.
    use domain::dpia::review::Refusal as NoDay;
    for (day, why) in
        [(Some(TODAY), NoDay::Past), (Some(date(2031, 1, 1)), NoDay::TooFar(date(2029, 11, 23))), (None, NoDay::Missing)]
    {
        assert_eq!(answer(1, day).await, Answered::Refused(Refusal::Review(why)));
    }
    assert_eq!(stands().await, (Some(other), Some(Answer::Date(other)), asks(other)));

    // The other way round: what is said when a review is recorded is the answer.
    let third = date(2028, 2, 1);
    let route = shipped_route();
    let mut work = city.store.work(&scope(&lead), NOW + 3, TODAY, assessment).await.unwrap().unwrap();
    let moving = Moving { reasons: "Nothing is new.", review_on: Some(third), ..Moving::default() };
    work.make_move(city.template(), &route, Move::Confirm, &moving).await.unwrap().unwrap();
    work.commit().await.unwrap();
    let (day, answered, asked) = stands().await;
    assert_eq!((day, answered), (Some(third), Some(Answer::Date(third))));
    assert_eq!(asked.iter().map(|one| one.2).collect::<Vec<_>>(), [Some(third)]);
    assert!(city.store.check(&operator()).await.unwrap().sound());
}

#[tokio::test(flavor = "multi_thread")]
async fn before_data_is_in_use_the_day_of_the_next_review_is_a_plan() {
    let city = City::new(1).await;
    let lead = city.person(0, &[Role::ProjectLead]).await;
    let assessment = city.assessment(&lead, &[]).await;
    let sent = Change::Save(Sent { from: 0, answer: Some(Answer::Date(TODAY)), complete: true });
    let place = Place::shared("review-date");
    let done = city.store.answer(&scope(&lead), NOW, TODAY, city.template(), assessment, &place, &sent, None).await.unwrap();
    assert!(matches!(done, Answered::Done(Outcome::Saved(_))));
    assert_eq!(city.load(&scope(&lead), assessment).await.unwrap().assessment.review_on, None);
    assert!(city.store.open_tasks(&scope(&lead)).await.unwrap().is_empty());
}
