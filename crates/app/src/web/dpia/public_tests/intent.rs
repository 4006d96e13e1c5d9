//! What the signed text says against being published, told before anybody publishes it.

use super::*;

#[tokio::test(flavor = "multi_thread")]
async fn who_prepares_and_who_looks_are_told_that_the_text_says_it_is_not_published() {
    let case = case().await;
    let (_, officer) = case.colleague("Helen Marsh", "camden", Role::IgOfficer).await;
    case.save(&case.priya, "publication", "0", "not").await;
    case.save(&case.priya, "publication-why-not", "0", "It would show where cameras stand.").await;
    case.frozen().await;
    case.signed_by_all().await;
    let page = format!("{}/publish", case.address);
    let told = async |who: &Browser| text(&case.city.get(who, &page).await.page(), "[data-intent]");
    let words = "‘Will it be published?’ No. Why not: It would show where cameras stand.";
    assert!(told(&case.priya).await.contains(words), "before it is begun: {}", told(&case.priya).await);
    for act in [BEGIN, SUMMARY, ASK] {
        assert_eq!(case.publish(&case.priya, act).await.status, StatusCode::SEE_OTHER, "{act:?}");
    }
    assert!(told(&officer).await.contains(words), "before the second person publishes: {}", told(&officer).await);
    // Where the text says that it is, nothing stands there.
    case.now_in(case.id(), State::Drafting).await;
    case.save(&case.priya, "publication", "1", "whole").await;
    case.frozen().await;
    case.signed_by_all().await;
    assert_eq!(case.publish(&case.priya, BEGIN).await.status, StatusCode::SEE_OTHER);
    assert!(told(&case.priya).await.is_empty(), "{}", told(&case.priya).await);
}
