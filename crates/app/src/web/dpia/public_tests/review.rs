//! The day of the next review in public: one day, as it is kept up to date.

use super::*;

#[tokio::test(flavor = "multi_thread")]
async fn the_public_reads_one_day_of_the_next_review_and_it_is_the_one_that_is_kept_up_to_date() {
    let case = case().await;
    let (_, officer) = case.colleague("Helen Marsh", "camden", Role::IgOfficer).await;
    let field = format!("{}/shared/review-date", case.address);
    let answer = async |version: &str, [day, month, year]: [&str; 3]| {
        let sent = [
            ("version", version),
            ("answer-day", day),
            ("answer-month", month),
            ("answer-year", year),
            ("complete", "yes"),
            ("stay", "1"),
        ];
        case.city.post(&case.priya, &field, &sent).await
    };
    case.save(&case.priya, "aims", "0", "To visit people who fall.").await;
    assert_eq!(answer("0", ["1", "11", "2027"]).await.status, StatusCode::SEE_OTHER);
    case.frozen().await;
    case.signed_by_all().await;
    let day = [("review-day", "5"), ("review-month", "10"), ("review-year", "2027")];
    let live = case.city.post(&case.priya, &format!("{}/move/go-live", case.address), &day).await;
    assert_eq!(live.status, StatusCode::SEE_OTHER, "{}", live.text);
    for act in [BEGIN, SUMMARY] {
        assert_eq!(case.publish(&case.priya, act).await.status, StatusCode::SEE_OTHER, "{act:?}");
    }
    let public = case.checked(&officer).await;
    let said = async |on: &str| {
        let page = text(&case.read(&public).await.page(), "main");
        assert!(page.contains(&format!("Next review {on} (kept up to date)")), "{page}");
        assert!(!page.contains("When will this be reviewed?") && !page.contains("1 November 2027"), "{page}");
        case.api(&format!("/api/v1{public}")).await
    };
    let before = said("5 October 2027").await;
    assert_eq!(before["review_on"], "2027-10-05", "{before}");
    assert!(!before["fields"].to_string().contains("review-date"), "{before}");

    // The answer is changed while data is in use: the day goes with it, and what is sealed stays as it is.
    assert_eq!(answer("2", ["2", "12", "2027"]).await.status, StatusCode::SEE_OTHER);
    let after = said("2 December 2027").await;
    assert_eq!((&after["review_on"], &after["seal"]), (&Json::from("2027-12-02"), &before["seal"]), "{after}");
    assert_eq!(case.head().await.review_on, Some(jiff::civil::date(2027, 12, 2)));
    let refused = answer("3", ["1", "1", "2020"]).await;
    assert_eq!(refused.status, StatusCode::CONFLICT);
    assert!(text(&refused.page(), ".govuk-error-summary").contains("The next review must lie ahead, and within three years"));
}
