//! What a file says that somebody said, and nobody said here: told as what the file states.

use super::*;
use domain::dpia::{assessment::State, modules::Declined};

const STATES: &str = "as the imported file states";

#[tokio::test]
async fn why_a_part_is_left_off_is_told_as_what_the_file_states() {
    let city = City::empty().await;
    let named = city.person("Helen Marsh", "islington", &[Role::Dpo]).await;
    let (_, mut bundle) = signed();
    bundle.assessment.state = State::Drafting;
    (bundle.signatures, bundle.assessment.frozen) = (vec![], None);
    // The file says why an officer here left a part of the template off.
    bundle.assessment.modules.retain(|module| module != "health");
    bundle.assessment.declined = vec![Declined {
        module: "health".to_owned(),
        reasons: "No health data at all.".to_owned(),
        because: vec![],
        by: named,
        organisation: bundle.assessment.lead,
        at: bundle.exported_at,
        stated: false,
    }];
    let (lead, address, text) = through(&city, &bundle.to_json().unwrap()).await;
    for page in ["sign-off", "advice", "modules"] {
        let page = words(&city.get(&lead, &format!("{address}/{page}")).await);
        let after = page.split_once("No health data at all.").map(|(_, after)| after.chars().take(200).collect::<String>());
        assert!(after.is_some_and(|after| after.contains(STATES)), "{page}");
    }
    let paper = city.get(&lead, &format!("{address}/files/assessment.md")).await.text.replace('\\', "");
    let line = paper.lines().find(|line| line.contains("because: No health data at all."));
    assert!(line.is_some_and(|line| line.contains(STATES)), "{paper}");
    // It goes out with the mark, so that nobody takes it for what was said here.
    assert!(Bundle::from_json(text.as_bytes()).unwrap().assessment.declined[0].stated);
}

#[tokio::test]
async fn a_record_of_one_made_elsewhere_has_no_open_recommendation() {
    let city = City::empty().await;
    let (_, mut bundle) = signed();
    bundle.recommendations.truncate(1);
    let advice = &mut bundle.recommendations[0];
    (advice.text, advice.answer) = ("Delete it sooner.".to_owned(), None);
    let field =
        bundle.fields.iter().find(|field| field.place.part == domain::dpia::place::Part::Shared).expect("a shared answer");
    advice.place = field.place.clone();
    let place = field.place.clone();
    let (lead, address, text) = through(&city, &bundle.to_json().unwrap()).await;
    let after = Bundle::from_json(text.as_bytes()).unwrap();
    assert_eq!((after.assessment.state, after.recommendations.len()), (State::Recorded, 1));
    let page = words(&city.get(&lead, &format!("{address}/advice")).await);
    assert!(page.contains("Delete it sooner.") && page.contains("No answer to it is stated"), "{page}");
    assert!(!page.contains("Open since") && !page.contains("Answered"), "{page}");
    let board = words(&city.get(&lead, &format!("{address}/sign-off")).await);
    assert!(!board.contains("recommendation is open"), "{board}");
    let question = words(&city.get(&lead, &format!("{address}/{place}")).await);
    assert!(question.contains("Delete it sooner.") && !question.contains("before sign-off"), "{question}");
    let tasks = words(&city.get(&lead, &format!("{address}/tasks")).await);
    assert!(!tasks.contains("Answer recommendation"), "{tasks}");
}

#[tokio::test]
async fn what_a_file_states_became_of_advice_stays_told_after_it_is_answered_here() {
    let city = City::empty().await;
    let (_, mut bundle) = signed();
    bundle.assessment.state = State::Drafting;
    (bundle.signatures, bundle.assessment.frozen) = (vec![], None);
    bundle.recommendations.truncate(1);
    assert!(bundle.recommendations[0].answer.as_ref().is_some_and(|answer| answer.reasons == "Law"), "it is overruled there");
    let (lead, address, _) = through(&city, &bundle.to_json().unwrap()).await;
    // Who froze its version is told as what the file states, too.
    let versions = words(&city.get(&lead, &format!("{address}/versions")).await);
    assert!(versions.contains(STATES), "{versions}");
    let owner = city.browser("islington", Role::InformationAssetOwner).await;
    let advice = format!("{address}/advice");
    let page = city.get(&owner, &advice).await;
    let form = scraper::Selector::parse("form[action*='/advice/']").unwrap();
    let action = page.page().select(&form).next().and_then(|form| form.value().attr("action").map(str::to_owned));
    let sent = [("decision-1", "accepted"), ("reasons-1", "Three months are enough.")];
    let answered = city.post(&owner, &action.expect("the owner may answer"), &sent).await;
    assert_eq!(answered.status, StatusCode::SEE_OTHER, "{}", answered.text);
    let page = words(&city.get(&lead, &advice).await);
    assert!(page.contains("As the imported file states: Overruled") && page.contains(": Law"), "{page}");
    assert!(page.contains("Three months are enough.") && !page.contains("until it is answered anew"), "{page}");
    let paper = city.get(&lead, &format!("{address}/files/assessment.md")).await.text;
    assert!(paper.contains("As the imported file states: Overruled") && paper.contains("Three months are enough"), "{paper}");
    assert!(!paper.contains("Not answered here"), "{paper}");
}
