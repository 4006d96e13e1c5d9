//! The officer's decision: about which screening it is, and which of two stands.

use super::project_tests::{decide, hidden, main, project, screen, screenings};
use crate::testing::City;
use axum::http::StatusCode;
use domain::{dpia::screening::OutcomeKind, people::Role};

#[tokio::test(flavor = "multi_thread")]
async fn two_who_change_answers_of_a_finished_screening_at_the_same_moment_lose_none() {
    let city = City::empty().await;
    let project = project(&city).await;
    let base = format!("/projects/{}/screening", project.id);
    let (one, other) = (city.browser("camden", Role::ProjectLead).await, city.browser("camden", Role::Editor).await);
    screen(&city, &one, &project, &["personal-data", "concern"]).await;
    for (was, now) in [("no", "yes"), ("yes", "no"), ("no", "yes")] {
        let (matching, invisible) = (format!("{base}/matching"), format!("{base}/invisible"));
        let answers = ([("matching", now), ("was", was)], [("invisible", now), ("was", was)]);
        let sent = tokio::join!(city.post(&one, &matching, &answers.0), city.post(&other, &invisible, &answers.1));
        assert_eq!((sent.0.location(), sent.1.location()), (base.as_str(), base.as_str()), "{} {}", sent.0.text, sent.1.text);
        let counts = screenings(&city, &project).await.remove(0);
        for question in ["matching", "invisible"] {
            assert_eq!(counts.answers[question].as_str(), now, "{question}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_decision_is_one_about_the_screening_that_was_read_and_of_two_the_first_stands() {
    let city = City::empty().await;
    let project = project(&city).await;
    let base = format!("/projects/{}/screening", project.id);
    let (decision, form) = (format!("{base}/decision"), format!("{base}#decision"));
    let lead = city.browser("camden", Role::ProjectLead).await;
    let (officer, dpo) = (city.browser("camden", Role::IgOfficer).await, city.browser("camden", Role::Dpo).await);
    screen(&city, &lead, &project, &["personal-data", "concern"]).await;
    let read = hidden(&city.get(&officer, &base).await, "seen");

    // Another answer makes another screening while the officer writes.
    city.post(&lead, &format!("{base}/module-transfers"), &[("module-transfers", "yes"), ("was", "no")]).await;
    let sent = [("kind", "not-required"), ("reasons", "Ten staff, no tenants."), ("seen", &read), ("draft", &form)];
    let late = city.post(&officer, &decision, &sent).await;
    assert_eq!(late.location(), base, "{}", late.text);
    assert!(late.notice().starts_with("Nothing is decided: an answer was changed"), "{}", late.notice());
    assert!(screenings(&city, &project).await.iter().all(|one| one.decision.is_none()));
    let page = city.get(&officer, &base).await;
    for said in ["What you typed is back", "Ten staff, no tenants.", "Information leaves the United Kingdom"] {
        assert!(main(&page).contains(said), "{said}: {}", main(&page));
    }

    // Two officers have read what counts now; the words of the second are not lost.
    let seen = hidden(&page, "seen");
    assert_ne!(seen, read);
    assert_eq!(decide(&city, &officer, &base, "ig-review", "Look at the transfer.").await.status, StatusCode::SEE_OTHER);
    let sent = [("kind", "not-required"), ("reasons", "The servers are here."), ("seen", &seen), ("draft", &form)];
    let second = city.post(&dpo, &decision, &sent).await;
    assert_eq!(second.location(), base, "{}", second.text);
    assert!(second.notice().contains("that decision stands"), "{}", second.notice());
    let kept = screenings(&city, &project).await.remove(0).decision.unwrap();
    assert_eq!((kept.kind, kept.reasons.as_str()), (OutcomeKind::IgReview, "Look at the transfer."));
    assert!(city.get(&dpo, &base).await.text.contains("The servers are here."), "kept for whoever typed it");
    assert!(!city.get(&lead, &base).await.text.contains("The servers are here."));
}
