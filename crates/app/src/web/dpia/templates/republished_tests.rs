//! What is taken out of a publication stays taken out when the template asks the question under another name.

use super::writing_tests::{DPIA, begin, hub, send};
use crate::{
    testing::Browser,
    web::dpia::tests::{BEGIN, SUMMARY, case, text, value},
};
use axum::http::StatusCode;
use domain::people::Role;

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_was_taken_out_stays_so_after_its_question_moved_to_another_name() {
    let case = case().await;
    let (_, officer) = case.colleague("Helen Marsh", "camden", Role::IgOfficer).await;
    case.save(&case.priya, "aims", "0", "To visit people who fall in Leeds.").await;
    case.frozen().await;
    case.signed_by_all().await;
    for act in [BEGIN, SUMMARY] {
        assert_eq!(case.publish(&case.priya, act).await.status, StatusCode::SEE_OTHER, "{act:?}");
    }
    let removed = [("show", "removed"), ("exemption", "law-enforcement"), ("reason", "It would help a thief.")];
    let decide = format!("{}/publish/shared/aims", case.address);
    assert_eq!(case.city.post(&case.priya, &decide, &removed).await.status, StatusCode::SEE_OTHER);
    case.checked(&officer).await;
    let hub = hub(&case.city).await;
    let draft = begin(&case.city, &hub, DPIA, "all", |text| {
        let text = text.replacen("- id: aims\n", "- id: purpose\n", 1).replace("field: aims,", "field: purpose,");
        text.replacen("map-from:\n  version: 1.0.0\n", "map-from:\n  version: 1.0.0\n  renamed: [{from: aims, to: purpose}]\n", 1)
    })
    .await;
    send(&case.city, &hub, &draft, "publish", None).await;
    let here = format!("{}/template", case.address);
    let version = value(&case.city.get(&case.priya, &here).await.page(), "version");
    let moves = [("version", version.as_str()), ("to", "1.1.0"), ("agree", "yes"), ("reasons", "It is plainer.")];
    assert_eq!(case.city.post(&case.priya, &here, &moves).await.location(), here);
    case.frozen().await;
    case.signed_by_all().await;
    let begun = case.publish(&case.priya, BEGIN).await;
    assert_eq!(begun.status, StatusCode::SEE_OTHER, "{}", begun.text);
    let page = case.city.get(&case.priya, &format!("{}/publish", case.address)).await.page();
    assert!(text(&page, "main").contains("It would help a thief."), "{}", text(&page, "main"));
    let public = case.checked(&officer).await;
    let read = case.city.get(&Browser::default(), &public).await.text;
    assert!(read.contains("It would help a thief.") && !read.contains("Leeds"), "{read}");
}
