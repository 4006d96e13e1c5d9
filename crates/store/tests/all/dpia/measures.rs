//! Measures and their tasks keep in step; an assessment takes another's place; looks at an assessment.

use super::*;
use domain::dpia::{
    answer::PersonRef,
    assessment::Unfit,
    risk::{Measure, Progress},
    task::Task,
    version::MeasureRecord,
};

fn measure(by: &Member, assessment: AssessmentId, owner: Option<&Member>, due: Option<Date>) -> MeasureRecord {
    let planned = test_support::dpia::measure(assessment, by.person, by.acting_for);
    let owns = |one: &Member| PersonRef { id: Some(one.person.0), name: one.name.clone(), ..PersonRef::default() };
    let measure = Measure {
        owner: owner.map(owns).unwrap_or_default(),
        organisation: owner.map(|one| one.acting_for),
        due,
        ..planned.measure
    };
    MeasureRecord { measure, ..planned }
}

struct Case {
    city: City,
    lead: Member,
    assessment: AssessmentId,
    at: std::cell::Cell<i64>,
}

impl Case {
    async fn work(&self) -> store::dpia::Work {
        self.at.set(self.at.get() + 1);
        self.city.store.work(&scope(&self.lead), self.at.get(), TODAY, self.assessment).await.unwrap().unwrap()
    }

    async fn put(&self, record: MeasureRecord) -> MeasureRecord {
        let mut work = self.work().await;
        work.put_measure(record).await.unwrap();
        work.commit().await.unwrap();
        self.measure().await
    }

    async fn measure(&self) -> MeasureRecord {
        self.city.load(&scope(&self.lead), self.assessment).await.unwrap().measures.remove(0)
    }

    /// The open tasks: with whom, by when.
    async fn open(&self) -> Vec<(Assignee, Option<Date>)> {
        let all = self.city.store.tasks_of(&scope(&self.lead), TODAY, self.assessment).await.unwrap();
        all.iter().filter(|task| task.open()).map(|task| (task.assignee, task.due)).collect()
    }
}

fn with(member: &Member) -> Assignee {
    Assignee::Person { person: member.person, organisation: member.acting_for }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_measure_with_an_owner_and_a_date_is_a_task_and_the_two_keep_in_step() {
    let city = City::new(2).await;
    let lead = city.person(0, &[Role::ProjectLead]).await;
    let owner = city.person(1, &[Role::Editor]).await;
    let other = city.person(0, &[Role::Editor]).await;
    let assessment = city.assessment(&lead, &[1]).await;
    let case = Case { city, lead, assessment, at: std::cell::Cell::new(NOW) };
    let (may, june) = (date(2027, 5, 1), date(2027, 6, 1));

    let mut record = case.put(measure(&case.lead, assessment, Some(&owner), None)).await;
    assert!(case.open().await.is_empty(), "without a date nobody is asked");
    record.measure.due = Some(may);
    record = case.put(record).await;
    assert_eq!(case.open().await, [(with(&owner), Some(may))]);
    let given = case.city.store.open_tasks(&scope(&owner)).await.unwrap();
    assert_eq!(given.len(), 1, "it stands on the owner's list");
    assert_eq!(given[0].note, "Change the batteries");

    // The measure moves: its task follows. The task moves: its measure follows.
    (record.measure.due, record.measure.title) = (Some(june), "Change the batteries each year".to_owned());
    record = case.put(record).await;
    assert_eq!(case.open().await, [(with(&owner), Some(june))]);
    let mut work = case.work().await;
    let task = work.tasks()[0].clone();
    assert_eq!(task.note, "Change the batteries each year");
    work.put_task(Task { assignee: with(&other), due: Some(may), ..task }).await.unwrap();
    work.commit().await.unwrap();
    let moved = case.measure().await;
    assert_eq!((moved.measure.owner.id, moved.measure.due), (Some(other.person.0), Some(may)));
    assert_eq!((moved.measure.owner.name.as_str(), moved.measure.organisation), (other.name.as_str(), Some(other.acting_for)));
    assert_eq!(moved.writers, record.writers, "whoever arranges it writes nothing of the text");
    record = case
        .put(MeasureRecord {
            measure: Measure { owner: PersonRef { id: Some(owner.person.0), ..PersonRef::default() }, ..moved.measure.clone() },
            ..moved
        })
        .await;
    assert_eq!(case.open().await, [(with(&owner), Some(may))], "one task a measure");

    // What is signed keeps its words; its task can still be handed on.
    let mut work = case.work().await;
    let head = work.whole.assessment.clone();
    work.change_head(Assessment { state: State::Live, ..head }).await.unwrap();
    let task = work.tasks().iter().find(|task| task.open()).unwrap().clone();
    work.put_task(Task { assignee: with(&other), due: Some(june), ..task }).await.unwrap();
    work.commit().await.unwrap();
    assert_eq!(case.measure().await.measure, record.measure);
    assert_eq!(case.open().await, [(with(&other), Some(june))]);

    // Done, and nobody is asked any more.
    record.measure.progress = Progress::Done;
    case.put(MeasureRecord { updated_at: case.measure().await.updated_at, ..record }).await;
    assert!(case.open().await.is_empty());
    assert!(case.city.store.check(&operator()).await.unwrap().sound());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_measure_that_loses_its_owner_asks_nobody() {
    let city = City::new(1).await;
    let lead = city.person(0, &[Role::ProjectLead]).await;
    let assessment = city.assessment(&lead, &[]).await;
    let case = Case { city, lead: lead.clone(), assessment, at: std::cell::Cell::new(NOW) };
    let mut record = case.put(measure(&lead, assessment, Some(&lead), Some(date(2027, 5, 1)))).await;
    assert_eq!(case.open().await.len(), 1);
    record.measure.owner = PersonRef { name: "Somebody at the supplier".to_owned(), ..PersonRef::default() };
    let record = case.put(record).await;
    assert!(case.open().await.is_empty());
    let mut work = case.work().await;
    work.remove_measure(&record).await.unwrap();
    work.commit().await.unwrap();
    assert!(case.city.store.check(&operator()).await.unwrap().sound());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_newer_assessment_takes_the_place_of_an_older_and_both_say_so() {
    let city = City::new(3).await;
    let lead = city.person(0, &[Role::ProjectLead]).await;
    let (older, newer) = (city.assessment(&lead, &[1]).await, city.assessment(&lead, &[1]).await);
    let elsewhere = city.assessment(&lead, &[]).await;
    let routes = shipped_route();
    let state = |assessment, state| {
        let (city, lead) = (&city, &lead);
        async move {
            let mut work = city.store.work(&operator(), NOW, TODAY, assessment).await.unwrap().unwrap();
            let mut head = Assessment { state, ..work.whole.assessment.clone() };
            if assessment == elsewhere {
                // Another council's alone: the lead of the older one takes no part in it.
                head.lead = city.councils[2];
                head.parties[0].organisation = city.councils[2];
            }
            work.change_head(head).await.unwrap();
            work.commit().await.unwrap();
            assert!(lead.second_factor);
        }
    };
    let supersede = |by| {
        let (city, lead, routes) = (&city, &lead, &routes);
        async move {
            let mut work = city.store.work(&scope(lead), NOW + 1, TODAY, older).await.unwrap().unwrap();
            let moving = Moving { successor: Some(by), ..Moving::default() };
            let moved = work.make_move(city.template(), routes, Move::Supersede, &moving).await.unwrap();
            if moved.is_ok() {
                work.commit().await.unwrap();
            }
            moved.map(|moved| moved.state)
        }
    };
    state(older, State::Live).await;
    state(elsewhere, State::Live).await;
    assert_eq!(supersede(newer).await, Err(Refused::Successor(Some(Unfit::NotSigned))));
    assert_eq!(supersede(older).await, Err(Refused::Successor(Some(Unfit::Same))));
    assert_eq!(supersede(elsewhere).await, Err(Refused::Successor(None)), "what one may not see does not exist");
    state(newer, State::Signed).await;
    assert_eq!(supersede(newer).await, Ok(State::Superseded));
    let head = city.load(&scope(&lead), older).await.unwrap().assessment;
    assert_eq!(head.superseded_by, Some(newer));
    let replaced = |member: &Member| {
        let (city, scope) = (&city, scope(member));
        async move {
            let found = city.store.assessments_replaced(&scope, TODAY, newer).await.unwrap();
            found.into_iter().map(|one| one.id).collect::<Vec<_>>()
        }
    };
    assert_eq!(replaced(&lead).await, [older]);
    let stranger = city.person(2, &[Role::ProjectLead]).await;
    assert!(replaced(&stranger).await.is_empty());
    assert!(city.store.check(&operator()).await.unwrap().sound());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_changed_is_counted_from_the_end_of_the_look_before() {
    const MINUTE: i64 = 60 * 1000;
    let city = City::new(2).await;
    let lead = city.person(0, &[Role::ProjectLead]).await;
    let peer = city.person(1, &[Role::Editor]).await;
    let assessment = city.assessment(&lead, &[1]).await;
    let look = |minutes: i64| {
        let (city, lead) = (&city, &lead);
        async move {
            let seen = city.store.look(&scope(lead), NOW + minutes * MINUTE, assessment).await.unwrap();
            match seen {
                Some((sequence, _)) => city.store.changes_since(&scope(lead), TODAY, assessment, sequence).await.unwrap(),
                None => -1,
            }
        }
    };
    assert_eq!(look(0).await, -1, "the first look");
    city.save(&peer, assessment, &Place::shared("aims"), 0, "To visit people who fall.").await;
    assert_eq!((look(5).await, look(20).await), (1, 1), "it is told for as long as one goes on looking");
    city.save(&lead, assessment, &Place::shared("aims"), 1, "To visit people who fell.").await;
    assert_eq!(look(25).await, 1, "what one changes oneself is no news");
    assert_eq!(look(60).await, 0, "another look begins where the last one ended");
    city.save(&peer, assessment, &Place::shared("aims"), 2, "To visit everyone who fell.").await;
    assert_eq!(look(200).await, 1);
    city.store.looked(&scope(&lead), NOW + 201 * MINUTE, assessment).await.unwrap();
    assert_eq!(look(202).await, 0, "the page of changes showed it");
}
