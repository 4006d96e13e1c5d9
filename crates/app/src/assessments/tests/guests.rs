//! Guests have the tasks that their invitations mean, whenever they were invited, and none once they may not come any more.

use super::*;
use domain::dpia::{
    assessment::Guest,
    task::{About, Task},
};

#[tokio::test(flavor = "multi_thread")]
async fn a_guest_who_was_invited_before_guests_had_tasks_is_given_theirs_until_the_last_day() {
    let case = case(City::empty().await, State::Drafting, vec![]).await;
    let [writer, reader] = [("Gus Hall", "islington"), ("Ida Moss", "lambeth")];
    let writer = case.city.person(writer.0, writer.1, &[Role::Guest]).await;
    let reader = case.city.person(reader.0, reader.1, &[Role::Guest]).await;
    let today = case.city.app.clock.today();
    let invited = |until| {
        let case = &case;
        async move {
            let mut work = case.city.store().work(&scope(), case.tick(), today, case.id).await.unwrap().unwrap();
            let mut head = work.whole.assessment.clone();
            let guest = |person, writes| Guest {
                person,
                sections: vec!["need".to_owned()],
                writes,
                until,
                invited_at: 0,
                invited_by: None,
            };
            head.guests = vec![guest(writer, true), guest(reader, false)];
            work.change_head(head).await.unwrap();
            work.commit().await.unwrap();
        }
    };
    let open = || {
        let case = &case;
        async move {
            let tasks = case.city.store().tasks_of(&scope(), today, case.id).await.unwrap();
            let mut open: Vec<Task> = tasks.into_iter().filter(Task::open).collect();
            open.sort_by_key(|task| task.about == About::Guest);
            open
        }
    };
    let until = today.tomorrow().unwrap();
    invited(Some(until)).await;
    assert!(open().await.is_empty());
    case.look().await;
    case.look().await;
    let given = open().await;
    let asked: Vec<_> = given.iter().map(|task| (&task.about, task.due)).collect();
    let section = About::Section { part: domain::dpia::place::Part::Shared, section: "need".to_owned() };
    assert_eq!(asked, [(&section, Some(until)), (&About::Guest, Some(until))], "each once");
    assert!(case.letters().await.is_empty(), "they were written to when they were invited");
    let gus = case.city.signed_in(writer, "islington").await;
    let work = case.city.get(&gus, "/work").await;
    assert!(work.status == StatusCode::OK && work.text.contains("Telecare alerts"), "{}", work.text);

    // The last day is past: nothing is asked of them any more, and nothing is asked again.
    invited(today.yesterday().ok()).await;
    case.look().await;
    assert!(open().await.is_empty());
    invited(Some(until)).await;
    case.look().await;
    assert!(open().await.is_empty(), "what they had is not given twice");
}
