//! Screening a project: what is kept, who may answer, what happens when two answer at once, and the officer's decision.

use crate::testing::{Answer, Browser, City};
use axum::http::StatusCode;
use domain::{
    dpia::{
        ids::ProjectId,
        project::{Project, Screening},
        screening::OutcomeKind,
    },
    people::{Role, Scope},
};
use scraper::Selector;
use uuid::Uuid;

async fn project(city: &City) -> Project {
    let mut project = Project {
        id: ProjectId(Uuid::now_v7()),
        organisation: city.organisation("camden").id,
        title: "Damp sensors".to_owned(),
        purpose: "Find damp early.".to_owned(),
        owner: None,
        parties: Vec::new(),
        systems: Vec::new(),
        contracts: Vec::new(),
        planned: Vec::new(),
        starts: None,
        ends: None,
        step: None,
        closed: false,
        created_at: 0,
        updated_at: 0,
    };
    let mut write = city.store().write(&Scope::Operator, city.app.clock.now()).await.unwrap();
    write.create(std::slice::from_mut(&mut project)).await.unwrap();
    write.commit().await.unwrap();
    project
}

async fn screenings(city: &City, project: &Project) -> Vec<Screening> {
    city.store().screenings(&Scope::Operator, project.id).await.unwrap()
}

fn hidden(page: &Answer, name: &str) -> String {
    let selector = Selector::parse(&format!("main form input[name={name}]")).unwrap();
    page.page().select(&selector).next().and_then(|input| input.value().attr("value").map(str::to_owned)).unwrap_or_default()
}

/// Answers questions until none is left; yes to these, no to the others.
async fn through(city: &City, browser: &Browser, first: &str, yes: &[&str]) -> String {
    let mut address = first.to_owned();
    for _ in 0..30 {
        let page = city.get(browser, &address).await;
        let Some(question) = address.strip_suffix('/').unwrap_or(&address).split("/screening/").nth(1).map(str::to_owned) else {
            return address;
        };
        assert_eq!(page.status, StatusCode::OK, "{address}");
        let answer = if yes.contains(&question.as_str()) { "yes" } else { "no" };
        let was = hidden(&page, "was");
        let command = hidden(&page, "command");
        let sent = city.post(browser, &address, &[(&question, answer), ("was", &was), ("command", &command)]).await;
        assert_eq!(sent.status, StatusCode::SEE_OTHER, "{address}: {}", sent.text);
        address = sent.location().to_owned();
    }
    panic!("no end of questions");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_project_is_screened_decided_and_screened_again_and_every_record_is_kept() {
    let city = City::empty().await;
    let project = project(&city).await;
    let base = format!("/projects/{}/screening", project.id);
    let lead = city.browser("camden", Role::ProjectLead).await;
    let officer = city.browser("camden", Role::IgOfficer).await;
    assert!(city.get(&lead, &base).await.text.contains("Begin the screening"));
    let begun = city.post(&lead, &base, &[]).await;
    assert_eq!(begun.location(), format!("{base}/personal-data"));
    let end = through(&city, &lead, begun.location(), &["personal-data", "concern"]).await;
    assert_eq!(end, base);
    let page = city.get(&lead, &base).await;
    assert!(page.text.contains("An IG officer should look at this") && !page.text.contains("Keep the decision"));
    let kept = screenings(&city, &project).await;
    assert_eq!((kept.len(), kept[0].outcome.as_ref().unwrap().kind), (1, OutcomeKind::IgReview));

    // The officer decides; without reasons there is no record of not doing a DPIA.
    assert!(city.get(&officer, &base).await.text.contains("Keep the decision"));
    let decision = format!("{base}/decision");
    let without = city.post(&officer, &decision, &[("kind", "not-required"), ("reasons", " ")]).await;
    assert!(without.text.contains("<title>Error: ") && without.text.contains("Enter the reasons"), "{}", without.text);
    assert_eq!(city.post(&lead, &decision, &[("kind", "not-required"), ("reasons", "x")]).await.status, StatusCode::NOT_FOUND);
    let done = city.post(&officer, &decision, &[("kind", "not-required"), ("reasons", "Ten staff, no tenants.")]).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER);
    assert!(city.get(&lead, &base).await.text.contains("Ten staff, no tenants."));

    // Another answer makes another screening; the first stays as it was.
    let changed = city.post(&lead, &format!("{base}/matching"), &[("matching", "yes"), ("was", "no")]).await;
    assert_eq!(changed.location(), base);
    let kept = screenings(&city, &project).await;
    assert_eq!(kept.len(), 2);
    assert_eq!((kept[0].outcome.as_ref().unwrap().kind, kept[0].replaces), (OutcomeKind::Required, Some(kept[1].id)));
    assert!(kept[0].decision.is_none() && kept[1].decision.is_some());
    let lower = city.post(&officer, &decision, &[("kind", "not-required"), ("reasons", "x")]).await;
    assert!(lower.text.contains("only that can be chosen"));
}

#[tokio::test(flavor = "multi_thread")]
async fn two_who_answer_at_once_see_each_other_and_a_repeat_changes_nothing() {
    let city = City::empty().await;
    let project = project(&city).await;
    let base = format!("/projects/{}/screening", project.id);
    let (one, other) = (city.browser("camden", Role::ProjectLead).await, city.browser("camden", Role::Editor).await);
    city.post(&one, &base, &[]).await;
    let question = format!("{base}/personal-data");
    let command = Uuid::now_v7().to_string();
    let first = city.post(&one, &question, &[("personal-data", "yes"), ("was", ""), ("command", &command)]).await;
    let again = city.post(&one, &question, &[("personal-data", "yes"), ("was", ""), ("command", &command)]).await;
    assert_eq!((again.status, again.location()), (first.status, first.location()));
    let clash = city.post(&other, &question, &[("personal-data", "no"), ("was", "")]).await;
    assert!(clash.text.contains("Someone answered ‘Yes’ meanwhile"), "{}", clash.text);
    assert_eq!(hidden(&clash, "was"), "yes");
    let empty = city.post(&other, &question, &[("was", "yes")]).await;
    assert!(empty.text.contains("Choose yes, no or"));
    let later = city.post(&other, &question, &[("personal-data", "yes"), ("was", "yes"), ("later", "yes")]).await;
    assert_eq!(later.location(), format!("/projects/{}", project.id));
    assert_eq!(screenings(&city, &project).await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_project_of_others_does_not_exist_and_a_viewer_may_not_answer() {
    let city = City::empty().await;
    let project = project(&city).await;
    let base = format!("/projects/{}/screening", project.id);
    let stranger = city.browser("hackney", Role::Dpo).await;
    let viewer = city.browser("camden", Role::Viewer).await;
    for address in [base.clone(), format!("{base}/personal-data")] {
        assert_eq!(city.get(&stranger, &address).await.status, StatusCode::NOT_FOUND, "{address}");
        assert_eq!(city.post(&stranger, &address, &[("personal-data", "yes"), ("was", "")]).await.status, StatusCode::NOT_FOUND);
        assert_eq!(city.post(&viewer, &address, &[("personal-data", "yes"), ("was", "")]).await.status, StatusCode::NOT_FOUND);
    }
    assert_eq!(city.get(&viewer, &base).await.status, StatusCode::OK);
    assert!(screenings(&city, &project).await.is_empty());
}
