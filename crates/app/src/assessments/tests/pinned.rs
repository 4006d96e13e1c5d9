//! What was frozen before assessments kept the overlays of their freeze keeps them from now on.

use super::*;

#[tokio::test(flavor = "multi_thread")]
async fn what_was_frozen_before_overlays_were_kept_keeps_those_of_its_freeze() {
    let case = case(City::empty().await, State::Drafting, vec![]).await;
    let today = case.city.app.clock.today();
    let priya = case.city.acting(case.lead, "Priya Nair", "camden", &[Role::ProjectLead]);
    let work = async || case.city.store().work(&priya, case.tick(), today, case.id).await.unwrap().unwrap();
    let mut held = work().await;
    let (template, routes) = crate::assessments::tell::rules_of(&case.city.app, &held.whole).unwrap();
    let version = held.make_version(&template, "", Some(&routes)).await.unwrap();
    let head = held.whole.assessment.clone();
    assert!(head.overlays.is_empty());
    held.change_head(Assessment { state: State::Signed, frozen: Some(version), ..head }).await.unwrap();
    held.commit().await.unwrap();
    case.look().await;
    let kept = work().await.whole.assessment.clone();
    let none = ["camden", "hackney"].map(|slug| (case.city.organisation(slug).id, None));
    assert_eq!(kept.overlays, none.into(), "neither had any on that day, and what they add later asks nothing of it");
    case.look().await;
    assert_eq!(work().await.whole.assessment.updated_at, kept.updated_at, "once");
}
