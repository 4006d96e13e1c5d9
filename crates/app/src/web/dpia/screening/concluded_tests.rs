//! What a short review concludes, and an officer who decides otherwise.

use super::project_tests::{decide, hidden, main, project, screen, screenings};
use crate::testing::{Browser, City};
use axum::http::StatusCode;
use domain::{dpia::screening::OutcomeKind, people::Role};

/// A DPIA was begun instead of a review before anybody was told that the review asks for one, took its place, and was given up: whoever
/// leads the review and the officer are asked for another, until the officer decides that less is enough.
#[tokio::test(flavor = "multi_thread")]
async fn what_a_review_concluded_asks_for_another_dpia_until_an_officer_decides_otherwise_knowingly() {
    let city = City::empty().await;
    let project = project(&city).await;
    let camden = city.organisation("camden").id;
    let (lead, officer) = (city.browser("camden", Role::ProjectLead).await, city.browser("camden", Role::IgOfficer).await);
    screen(&city, &lead, &project, &["personal-data", "concern"]).await;
    let (page, begin) = (format!("/projects/{}", project.id), format!("/projects/{}/assessment", project.id));
    let (screening, decision) = (format!("{page}/screening"), format!("{page}/screening/decision"));
    let review = city.post(&lead, &begin, &[("template", "review")]).await.location().to_owned();
    let yes = [("version", "0"), ("answer", "yes"), ("complete", "no"), ("stay", "1")];
    let said = city.post(&officer, &format!("{review}/annex:{camden}/dpia-needed"), &yes).await;
    assert_eq!(said.status, StatusCode::SEE_OTHER, "{}", said.text);
    // While the review can be changed, it asks whatever is decided.
    assert!(main(&city.get(&officer, &screening).await).contains("until its own answer is changed"));
    let dpia = city.post(&lead, &begin, &[("template", "dpia")]).await.location().to_owned();
    let successor = dpia.rsplit('/').next().unwrap();
    let done = city.post(&lead, &format!("{review}/move/supersede"), &[("successor", successor)]).await;
    assert_eq!(done.location(), review, "{}", done.text);
    let asked = async |who: &Browser| city.get(who, "/work").await.text.contains("Begin a DPIA: the review concludes");
    assert!(!asked(&lead).await && !asked(&officer).await);
    let why = [("reasons", "Half of the homes are sold.")];
    let gone = city.post(&lead, &format!("{dpia}/move/withdraw"), &why).await;
    assert_eq!(gone.status, StatusCode::SEE_OTHER, "{}", gone.text);
    assert!(asked(&lead).await && asked(&officer).await, "who would begin another");

    // Less is decided knowingly, with reasons, and nothing typed is lost by being asked.
    let form = city.get(&officer, &screening).await;
    assert!(main(&form).contains("It asks for a DPIA until you decide here that less is enough"), "{}", main(&form));
    let seen = hidden(&form, "seen");
    let hasty = [("kind", "ig-review"), ("reasons", "Five homes are left."), ("seen", seen.as_str())];
    let hasty = city.post(&officer, &decision, &hasty).await;
    let words = main(&hasty);
    assert!(words.contains("Confirm that you have read the short review") && words.contains("Five homes are left."), "{words}");
    let silent = city.post(&officer, &decision, &[("kind", "ig-review"), ("despite", "yes"), ("seen", &seen)]).await;
    assert!(silent.text.contains("Enter why: the short review says otherwise"), "{}", silent.text);
    assert!(screenings(&city, &project).await.remove(0).decided().is_none() && asked(&lead).await);
    let knowing = [("kind", "ig-review"), ("despite", "yes"), ("reasons", "Five homes are left."), ("seen", seen.as_str())];
    let kept = city.post(&officer, &decision, &knowing).await;
    assert_eq!(kept.status, StatusCode::SEE_OTHER, "{}", kept.text);
    assert_eq!(screenings(&city, &project).await.remove(0).stands(), Some(OutcomeKind::IgReview));

    // It is over everywhere: on lists, on the project, on the screening, and where an assessment is begun.
    assert!(!asked(&lead).await && !asked(&officer).await);
    for address in [&page, &screening] {
        let words = main(&city.get(&lead, address).await);
        assert!(!words.contains("concludes that a DPIA is needed"), "{address}: {words}");
    }
    for step in ["resume", "withdraw"] {
        let moved = city.post(&lead, &format!("{dpia}/move/{step}"), &why).await;
        assert_eq!(moved.status, StatusCode::SEE_OTHER, "{}", moved.text);
    }
    assert!(!asked(&lead).await && !asked(&officer).await, "it was decided since");
    let again = city.post(&lead, &begin, &[("template", "review")]).await;
    assert_eq!(again.status, StatusCode::SEE_OTHER, "{}", again.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_decision_for_a_dpia_asks_nobody_to_confirm_what_a_review_concludes() {
    let city = City::empty().await;
    let project = project(&city).await;
    let camden = city.organisation("camden").id;
    let officer = city.browser("camden", Role::IgOfficer).await;
    let lead = city.browser("camden", Role::ProjectLead).await;
    screen(&city, &lead, &project, &["personal-data", "concern"]).await;
    let begin = format!("/projects/{}/assessment", project.id);
    let review = city.post(&lead, &begin, &[("template", "review")]).await.location().to_owned();
    let unsure = [("version", "0"), ("answer", "unsure"), ("complete", "no"), ("stay", "1")];
    city.post(&officer, &format!("{review}/annex:{camden}/dpia-needed"), &unsure).await;
    let kept = decide(&city, &officer, &format!("/projects/{}/screening", project.id), "required", "").await;
    assert_eq!(kept.status, StatusCode::SEE_OTHER, "{}", kept.text);
    assert_eq!(screenings(&city, &project).await.remove(0).stands(), Some(OutcomeKind::Required));
}
