//! The preview of a publication: all that the public will read, and nothing besides.

use super::*;

/// What stands in all that is marked as read by the public, in one line.
fn read(page: &scraper::Html) -> String {
    text(page, "[data-public]")
}

#[tokio::test(flavor = "multi_thread")]
async fn the_preview_shows_what_the_public_page_shows_with_the_parties_and_the_products() {
    let case = case().await;
    let (_, officer) = case.colleague("Helen Marsh", "camden", Role::IgOfficer).await;
    case.uses("Zedvisits").await;
    case.save(&case.priya, "aims", "0", "To visit people who fall in Leeds.").await;
    case.annex(&case.priya, "camden", "0", "The Care Act, for Camden.").await;
    case.annex(&case.dele, "hackney", "0", "The Care Act, for Hackney.").await;
    case.alter(|head| head.review_on = Some(jiff::civil::date(2027, 5, 6))).await;
    case.frozen().await;
    case.signed_by_all().await;
    let page = format!("{}/publish", case.address);
    assert_eq!(case.publish(&case.priya, BEGIN).await.status, StatusCode::SEE_OTHER);
    let without = [
        ("show", "without"),
        ("words-1", "in Leeds"),
        ("exemption-1", "law-enforcement"),
        ("reason-1", "It would help a thief."),
    ];
    assert_eq!(case.city.post(&case.priya, &format!("{page}/shared/aims"), &without).await.status, StatusCode::SEE_OTHER);
    assert_eq!(case.publish(&case.priya, SUMMARY).await.status, StatusCode::SEE_OTHER);
    // Whoever prepares it reads above what the public reads above the answers; each answer stands beside its decision.
    let preparing = read(&case.city.get(&case.priya, &page).await.page());
    for said in ["People who fall are visited.", "Hackney, joint controller; its own annex is not published", "Zedvisits"] {
        assert!(preparing.contains(said), "{said}: {preparing}");
    }
    assert_eq!(case.publish(&case.priya, ASK).await.status, StatusCode::SEE_OTHER);
    let checking = case.city.get(&officer, &page).await.page();
    let seen = value(&checking, "seen");
    let done = case.publish(&officer, &[("act", "publish"), ("seen", &seen)]).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
    let public = case.read(&format!("/dpias/{}", case.counts().await)).await.page();
    assert_eq!(read(&checking), read(&public));
    assert_eq!(read(&case.city.get(&officer, &page).await.page()), read(&public), "and afterwards");
    for said in [preparing.as_str(), "Next review 6 May 2027", "2 words taken out", "The Care Act, for Camden."] {
        assert!(read(&public).contains(said), "{said}: {}", read(&public));
    }
    let title = "Telecare alerts and falls prevention";
    assert_eq!(text(&public, "h1"), title);
    assert!(
        text(&checking, "main")
            .contains(&format!("As the public sees it Data protection impact assessment {} {title}", case.head().await.number))
    );
    // Nothing else on the page is what the public sees: all that it shows is marked.
    let mut rest = text(&public, "main");
    for block in public.select(&scraper::Selector::parse("[data-public]").unwrap()) {
        let said: String = block.text().collect();
        rest = rest.replace(&said.split_whitespace().collect::<Vec<_>>().join(" "), "");
    }
    assert!(rest.contains("How this can be checked") && !rest.contains("Hackney") && !rest.contains("Zedvisits"), "{rest}");
}
