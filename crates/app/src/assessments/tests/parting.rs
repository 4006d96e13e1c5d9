//! Nobody is reminded of an assessment that they may not see.

use super::*;
use domain::dpia::{
    assessment::Joined,
    place::Place,
    task::{About, Assignee},
};

#[tokio::test(flavor = "multi_thread")]
async fn whoever_may_see_it_no_more_is_not_reminded_of_it() {
    let case = case(City::empty().await, State::Drafting, vec![]).await;
    let hackney = case.city.organisation("hackney").id;
    let today = case.city.app.clock.today();
    let becomes = |joined: Joined| {
        let case = &case;
        async move {
            let mut work = case.city.store().work(&scope(), case.tick(), today, case.id).await.unwrap().unwrap();
            let mut head = work.whole.assessment.clone();
            head.parties.iter_mut().filter(|party| party.organisation == hackney).for_each(|party| party.joined = joined);
            work.change_head(head).await.unwrap();
            work.commit().await.unwrap();
        }
    };
    let mut work = case.city.store().work(&scope(), 1_000, today, case.id).await.unwrap().unwrap();
    let (about, with) =
        (About::Field { place: Place::shared("aims") }, Assignee::Person { person: case.other, organisation: hackney });
    work.ask(about, with, Some(date(2026, 11, 24)), "").await.unwrap();
    work.commit().await.unwrap();
    becomes(Joined::Left).await;
    case.remind().await;
    assert!(case.letters().await.is_empty(), "its page would not be there for them");
    becomes(Joined::Accepted).await;
    case.remind().await;
    let letters = case.letters().await;
    assert_eq!(letters.iter().map(|one| one.recipient.as_str()).collect::<Vec<_>>(), ["dele.okafor@hackney.example"]);
}
