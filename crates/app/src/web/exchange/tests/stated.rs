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

#[tokio::test]
async fn what_a_file_says_that_officers_here_said_or_decided_is_told_as_what_it_states_and_answered_anew() {
    use domain::dpia::advice::{Answered, Decision};
    let city = City::empty().await;
    let lead = city.browser("islington", Role::ProjectLead).await;
    let named = city.person("Helen Marsh", "islington", &[Role::Dpo]).await;
    let (_, mut bundle) = signed();
    // A draft whose file puts words into the mouth of an officer here, and a decision beside them.
    bundle.assessment.state = State::Drafting;
    (bundle.signatures, bundle.assessment.frozen) = (vec![], None);
    let shared = |place: &domain::dpia::place::Place| place.part == domain::dpia::place::Part::Shared;
    let field = bundle.fields.iter_mut().find(|field| shared(&field.place)).expect("a shared answer");
    field.by = named;
    let place = field.place.clone();
    bundle.comments.truncate(1);
    let comment = &mut bundle.comments[0];
    (comment.by, comment.place, comment.resolved, comment.thread) = (named, place.clone(), None, None);
    comment.text = "I, the DPO, approve this.".to_owned();
    bundle.recommendations.truncate(1);
    let advice = &mut bundle.recommendations[0];
    (advice.by, advice.place) = (named, place.clone());
    advice.answer = Some(Answered {
        decision: Decision::Overruled,
        reasons: "No need.".to_owned(),
        by: named,
        role: Role::Siro,
        as_deputy: false,
        organisation: advice.organisation,
        at: advice.at,
        stated: false,
    });
    let json = bundle.to_json().unwrap();
    let answer = send(&city, &lead, "/assessments/import/citytools", &[], Some(("a.json", json.as_bytes()))).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text);
    let address = answer.location().trim_end_matches("/import-report").to_owned();
    let states = "as the imported file states";
    let page = words(&city.get(&lead, &format!("{address}/{place}")).await);
    assert!(page.contains("I, the DPO, approve this.") && page.contains(states), "{page}");
    let history = words(&city.get(&lead, &format!("{address}/{place}/history")).await);
    assert!(history.contains(states), "{history}");
    let advice = words(&city.get(&lead, &format!("{address}/advice")).await);
    assert!(advice.contains("As the imported file states: Overruled"), "{advice}");
    assert!(advice.contains("stands in the way until it is answered anew"), "{advice}");
    let home = words(&city.get(&lead, &address).await);
    assert!(home.contains("1 recommendation is open"), "{home}");
    let paper = city.get(&lead, &format!("{address}/files/assessment.md")).await.text;
    assert!(paper.contains("Not answered here. As the imported file states: Overruled"), "{paper}");
    // It goes out with the mark, so that nobody takes it for what was decided here.
    let after = exported(&city, &lead, &address).await;
    assert!(
        after.comments[0].stated && after.recommendations[0].answer.as_ref().unwrap().stated && after.recommendations[0].open()
    );
}

#[tokio::test]
async fn a_screening_decision_and_who_wrote_risks_and_measures_are_told_as_what_the_file_states() {
    use domain::dpia::{
        project::{Decided, counting},
        screening::{OutcomeKind, outcome},
        template::Purpose,
    };
    let city = City::empty().await;
    let lead = city.browser("islington", Role::ProjectLead).await;
    let officer = city.browser("islington", Role::IgOfficer).await;
    let named = city.person("Helen Marsh", "islington", &[Role::Dpo]).await;
    let (_, mut bundle) = signed();
    bundle.assessment.state = State::Drafting;
    (bundle.signatures, bundle.assessment.frozen) = (vec![], None);
    // The file says that an officer here found that no DPIA is done, and wrote the risks and measures.
    let (library, today) = (city.app.rules(), city.app.clock.today());
    let rules = library.screening_in_force(today).unwrap();
    let screening = bundle.screening.as_mut().unwrap();
    screening.rules = rules.edition.clone();
    screening.outcome = Some(outcome(rules, &screening.answers, library.in_force(Purpose::Dpia, today)));
    screening.outcome.as_mut().unwrap().kind = OutcomeKind::IgReview;
    let (kind, at) = (OutcomeKind::NotRequired, screening.at);
    screening.decision = Some(Decided { kind, reasons: "Few people are concerned.".to_owned(), by: named, at, stated: false });
    (bundle.risks[0].by, bundle.measures[0].by) = (named, named);
    let json = bundle.to_json().unwrap();
    let answer = send(&city, &lead, "/assessments/import/citytools", &[], Some(("a.json", json.as_bytes()))).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text);
    let address = answer.location().trim_end_matches("/import-report").to_owned();
    let after = exported(&city, &lead, &address).await;
    let screening = after.screening.as_ref().unwrap();
    assert!(screening.stated && screening.decision.as_ref().unwrap().stated && screening.decided().is_none());
    assert_eq!(screening.stands(), Some(OutcomeKind::IgReview), "an officer here decides it");
    assert!(after.risks[0].stated && after.measures[0].stated);

    // Told as stated, and decided anew by the officer of this place.
    let states = "imported file states";
    let project = format!("/projects/{}", screening.project);
    let page = words(&city.get(&lead, &project).await);
    assert!(page.contains("As the imported file states, decided by an officer") && page.contains("Nobody decided that here"));
    let record = format!("{project}/screening");
    let page = words(&city.get(&officer, &record).await);
    assert!(page.contains("An IG officer should look at this") && page.contains("As the imported file states: No DPIA is done"));
    assert!(page.contains("so that it is decided anew") && page.contains("Your decision"), "{page}");
    let seen = super::elsewhere::hidden(&city.get(&officer, &record).await, "seen");
    let sent = [("kind", "ig-review"), ("reasons", ""), ("seen", &seen)];
    let decided = city.post(&officer, &format!("{record}/decision"), &sent).await;
    assert_eq!(decided.status, StatusCode::SEE_OTHER, "{}", decided.text);
    let kept = city.app.store.screenings(&domain::people::Scope::Operator, screening.project).await.unwrap();
    let counts = counting(&kept).unwrap();
    assert!(counts.decided().is_some_and(|one| one.by != named && one.kind == OutcomeKind::IgReview), "{counts:?}");
    let page = words(&city.get(&officer, &record).await);
    assert!(!page.contains("so that it is decided anew") && !page.contains("Your decision"), "{page}");
    // What the file states stays told beside it.
    assert!(page.contains("A short review is done") && page.contains("As the imported file states: No DPIA is done"), "{page}");
    assert!(page.contains("Few people are concerned."), "{page}");

    // Whoever brought the file in did not write its risks.
    let risk = format!("{address}/risks/{}", after.risks[0].risk.id);
    for item in [risk.clone(), format!("{address}/measures/{}", after.measures[0].measure.id)] {
        let history = words(&city.get(&lead, &format!("{item}/history")).await);
        assert!(history.contains("Helen Marsh for") && history.contains(states) && history.contains("wrote it"), "{history}");
    }
}
