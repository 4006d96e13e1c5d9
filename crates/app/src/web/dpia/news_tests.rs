//! Entity tags and assessments: what becomes public, or stops being it, is news to whoever watches; what people write is not.

use super::tests::{Case, case};
use crate::testing::Browser;
use axum::{
    body::Body,
    http::{Request, StatusCode, header},
};
use domain::people::Role;

impl Case {
    async fn tag(&self, path: &str) -> String {
        self.city.refresh().await;
        let answer = self.city.get(&Browser::default(), path).await;
        answer.headers.get(header::ETAG).map(|tag| tag.to_str().unwrap().to_owned()).expect("a page that can be watched")
    }

    /// What a browser that knows a page gets when it asks again.
    async fn again(&self, path: &str, tag: &str) -> StatusCode {
        let request = Request::get(path).header(header::IF_NONE_MATCH, tag).body(Body::empty()).unwrap();
        self.city.send(&Browser::default(), request).await.status
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_assessment_that_is_published_or_taken_back_is_news_and_what_is_written_in_it_is_not() {
    let case = case().await;
    let (_, officer) = case.colleague("Helen Marsh", "camden", Role::IgOfficer).await;
    let quiet = case.tag("/dpias").await;
    case.save(&case.priya, "aims", "0", "To visit people who fall in Leeds.").await;
    assert_eq!(case.tag("/dpias").await, quiet, "an answer is nobody else's business");
    assert_eq!(case.again("/dpias", &quiet).await, StatusCode::NOT_MODIFIED);

    case.made_public(&officer).await;
    let public = case.tag("/dpias").await;
    assert_ne!(public, quiet);
    for path in ["/dpias", "/api/v1/dpias"] {
        assert_eq!(case.again(path, &quiet).await, StatusCode::OK, "{path}: whoever looked before sees it now");
    }

    let back = case.publish(&case.priya, &[("act", "withdraw"), ("note", "The sensors were taken out.")]).await;
    assert_eq!(back.status, StatusCode::SEE_OTHER, "{}", back.text);
    assert_ne!(case.tag("/dpias").await, public);
    assert_eq!(case.again("/dpias", &public).await, StatusCode::OK, "what was taken back is not kept by browsers");
}
