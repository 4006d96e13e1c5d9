//! Tasks: whoever is given one hears of it, is reminded of a date that holds, and is stood in for; and one that nobody can be given.

use super::*;
use crate::assessments::{still_so, tell, unsay};
use domain::{
    dpia::{
        place::Place,
        task::{About, Assignee},
    },
    people::Membership,
};

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_given_a_task_hears_of_it_and_is_reminded_once_of_a_date_that_holds() {
    let case = case(City::empty().await, State::Drafting, vec![]).await;
    let hackney = case.city.organisation("hackney").id;
    let path = format!("{}/tasks", case.address());
    let with = format!("person:{}@{hackney}", case.other);
    let due = [("due-day", "30"), ("due-month", "11"), ("due-year", "2026")];
    let give = [("section", "field:shared/aims"), ("with", with.as_str()), ("note", "You know it best")];
    let answer = case.city.post(&case.priya, &path, &[&give[..], &due[..]].concat()).await;
    assert_eq!(answer.location(), path, "{}", answer.text);
    let letters = case.letters().await;
    assert_eq!(letters.iter().map(|one| one.recipient.as_str()).collect::<Vec<_>>(), ["dele.okafor@hackney.example"]);
    for part in [&letters[0].text, &letters[0].html] {
        let part = part.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(part.contains("Priya Nair") && part.contains("You know it best") && part.contains("30 November 2026"), "{part}");
    }
    assert!(letters[0].text.contains(&format!("http://127.0.0.1:8080{}/shared/aims", case.address())), "{}", letters[0].text);
    assert!(still_so(case.city.store(), &scope(), letters[0].about.as_ref().unwrap()).await.unwrap());

    // A week before, once. It was given some time ago: whoever was given it today knows of it.
    let today = case.city.app.clock.today();
    let mut work = case.city.store().work(&scope(), case.tick(), today, case.id).await.unwrap().unwrap();
    let given = domain::dpia::task::Task { since: 0, ..work.tasks()[0].clone() };
    work.put_task(given).await.unwrap();
    work.commit().await.unwrap();
    case.remind().await;
    case.remind().await;
    let letters = case.letters().await;
    assert_eq!(letters.len(), 1);
    assert!(letters[0].subject.ends_with("by 30 November 2026"), "{}", letters[0].subject);
    let about = letters[0].about.clone().unwrap();
    assert!(still_so(case.city.store(), &scope(), &about).await.unwrap());
    // The date moves before the message goes out: it is not so any more, and the new date is reminded of in its turn.
    let mut work = case.city.store().work(&scope(), case.tick(), today, case.id).await.unwrap().unwrap();
    let task = work.tasks()[0].put_off(Some(date(2026, 11, 24))).unwrap();
    work.put_task(task).await.unwrap();
    work.commit().await.unwrap();
    assert!(!still_so(case.city.store(), &scope(), &about).await.unwrap());
    case.remind().await;
    let letters = case.letters().await;
    assert!(letters.len() == 1 && letters[0].subject.ends_with("tomorrow"), "{:?}", letters.first().map(|one| &one.subject));
    // Not sent after all: the next look says it again.
    let mut write = case.city.store().write(&scope(), case.tick()).await.unwrap();
    unsay(&mut write, letters[0].about.as_ref().unwrap()).await.unwrap();
    write.commit().await.unwrap();
    case.remind().await;
    assert_eq!(case.letters().await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn while_somebody_is_away_their_work_and_its_reminders_go_to_whoever_stands_in() {
    let case = case(City::empty().await, State::Drafting, vec![]).await;
    let sam = case.city.person("Sam Reid", "camden", &[Role::Editor]).await;
    let sams = case.city.signed_in(sam, "camden").await;
    let camden = case.city.organisation("camden").id;
    let today = case.city.app.clock.today();
    let mut work = case.city.store().work(&scope(), 1_000, today, case.id).await.unwrap().unwrap();
    let due = Some(date(2026, 11, 24));
    let place = Place::shared("aims");
    work.ask(About::Field { place }, Assignee::Person { person: case.lead, organisation: camden }, due, "").await.unwrap();
    let role = Assignee::Role { organisation: camden, role: Role::ProjectLead };
    work.ask(About::SentBack, role, None, "Say more").await.unwrap();
    work.commit().await.unwrap();
    assert!(!case.city.get(&sams, "/work").await.text.contains("Handed to you"));
    let empty = case.city.post(&case.priya, "/work/away", &[]).await;
    assert!(empty.text.contains("Enter the first day you are away") && empty.text.contains("Choose who stands in for you"));
    let to = format!("{sam}@{camden}");
    let mut away = vec![("from-day", "23"), ("from-month", "11"), ("from-year", "2026"), ("to", to.as_str())];
    away.extend([("until-day", "27"), ("until-month", "11"), ("until-year", "2026")]);
    assert_eq!(case.city.post(&case.priya, "/work/away", &away).await.location(), "/work/away");
    let work = case.city.get(&sams, "/work").await.text;
    assert_eq!(work.matches("Handed to you by somebody who is away").count(), 2, "{work}");
    assert!(case.city.get(&sams, "/work/away").await.text.contains("You stand in for"));
    // A new task is told to whoever stands in, and not to who is away; a signature wants its holder.
    case.letters().await;
    let mut work = case.city.store().work(&scope(), case.tick(), today, case.id).await.unwrap().unwrap();
    let place = Place::shared("deletion");
    work.ask(About::Field { place }, Assignee::Person { person: case.lead, organisation: camden }, due, "").await.unwrap();
    tell::commit(&case.city.app, work, None).await.unwrap();
    let letters = case.letters().await;
    assert_eq!(letters.iter().map(|one| one.recipient.as_str()).collect::<Vec<_>>(), ["sam.reid@camden.example"]);
    assert!(letters[0].text.contains("You stand in for somebody who is away"), "{}", letters[0].text);
    let mut work = case.city.store().work(&scope(), case.tick(), today, case.id).await.unwrap().unwrap();
    let place = Place::shared("deletion");
    work.close_tasks(|about| *about == About::Field { place: place.clone() }, None).await.unwrap();
    work.commit().await.unwrap();
    case.remind().await;
    let letters = case.letters().await;
    assert_eq!(letters.iter().map(|one| one.recipient.as_str()).collect::<Vec<_>>(), ["sam.reid@camden.example"]);
    // Whoever stands in says that it is done.
    let tasks = case.city.store().open_tasks(&scope()).await.unwrap();
    let field = tasks.iter().find(|task| matches!(task.about, About::Field { .. })).unwrap();
    let path = format!("{}/tasks/{}", case.address(), field.id);
    assert_eq!(case.city.post(&sams, &path, &[("act", "done")]).await.status, StatusCode::SEE_OTHER);
    assert_eq!(case.city.store().open_tasks(&scope()).await.unwrap().len(), 1);
    let id = camden.to_string();
    case.city.post(&case.priya, "/work/away/back", &[("organisation", &id)]).await;
    assert!(!case.city.get(&sams, "/work").await.text.contains("Handed to you"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_controller_calls_nothing_done_that_another_has_to_do() {
    let case = case(City::empty().await, State::Drafting, vec![]).await;
    let [camden, hackney] = ["camden", "hackney"].map(|slug| case.city.organisation(slug).id);
    let today = case.city.app.clock.today();
    let mut work = case.city.store().work(&scope(), case.tick(), today, case.id).await.unwrap().unwrap();
    for (field, person, organisation) in [("aims", case.lead, camden), ("deletion", case.other, hackney)] {
        let about = About::Field { place: Place::shared(field) };
        work.ask(about, Assignee::Person { person, organisation }, None, "").await.unwrap();
    }
    work.commit().await.unwrap();
    let tasks = case.city.store().open_tasks(&scope()).await.unwrap();
    let path = |of| {
        let task = tasks.iter().find(|task| task.assignee.organisation() == of).unwrap();
        format!("{}/tasks/{}", case.address(), task.id)
    };
    let list = case.city.get(&case.dele, &format!("{}/tasks", case.address())).await.text.replace("&#x2f;", "/");
    assert!(list.contains(&path(hackney)) && !list.contains(&path(camden)), "{list}");
    assert_eq!(case.city.get(&case.dele, &path(camden)).await.status, StatusCode::NOT_FOUND);
    assert_eq!(case.city.post(&case.dele, &path(camden), &[("act", "done")]).await.status, StatusCode::NOT_FOUND);
    assert_eq!(case.city.store().open_tasks(&scope()).await.unwrap().len(), 2);
    // Its own, and the lead's keepers all of them.
    assert_eq!(case.city.get(&case.dele, &path(hackney)).await.status, StatusCode::OK);
    assert_eq!(case.city.get(&case.priya, &path(hackney)).await.status, StatusCode::OK);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_role_that_nobody_holds_is_a_task_for_the_administrators_until_somebody_does() {
    let case = case(City::empty().await, State::Review, vec![]).await;
    let admin = case.city.person("Ada Min", "hackney", &[Role::Administrator]).await;
    let browser = case.city.signed_in(admin, "hackney").await;
    let today = case.city.app.clock.today();
    let mut work = case.city.store().work(&scope(), case.tick(), today, case.id).await.unwrap().unwrap();
    let (template, route) = tell::rules_of(&case.city.app, &work.whole).unwrap();
    work.settle_tasks(&template, &route).await.unwrap();
    tell::commit(&case.city.app, work, None).await.unwrap();
    let letters = case.letters().await;
    assert!(letters.iter().any(|one| one.recipient == "ada.min@hackney.example"));
    let work = case.city.get(&browser, "/work").await.text;
    assert!(work.contains("Find somebody to sign as data protection officer"), "{work}");
    case.city.person("Dee Po", "hackney", &[Role::Dpo]).await;
    case.look().await;
    let work = case.city.get(&browser, "/work").await.text;
    assert!(!work.contains("Find somebody to sign as data protection officer"), "{work}");
    let places: Vec<Membership> = case.city.store().by(&scope(), "person_id", admin.0.to_string()).await.unwrap();
    assert_eq!(places.len(), 1);
}
