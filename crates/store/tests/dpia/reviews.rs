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
    let route = Routes::from(Route::read("sign-off.yaml", domain::dpia::sign_off::route::SHIPPED).unwrap());
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

#[tokio::test(flavor = "multi_thread")]
async fn what_is_being_written_is_not_reviewed() {
    let city = City::new(1).await;
    let lead = city.person(0, &[Role::ProjectLead]).await;
    let assessment = city.assessment(&lead, &[]).await;
    let mut work = city.store.work(&operator(), NOW, TODAY, assessment).await.unwrap().unwrap();
    let incident = Trigger::Incident { what: "A letter went astray".to_owned(), on: TODAY };
    assert_eq!(work.ask_review(city.template(), &incident, "a letter went astray").await.unwrap(), None);
}
