//! Hundreds of assessments at one organisation: lists show the first and count all.

use super::tests::{case, server, text};
use axum::http::StatusCode;
use domain::{
    dpia::{
        assessment::Assessment,
        risk::{Assessed, Rating, Risk},
        template::Purpose,
        version::RiskRecord,
    },
    people::Scope,
};

#[tokio::test(flavor = "multi_thread")]
async fn lists_of_hundreds_of_assessments_and_their_risks_show_the_first_count_all_and_leave_out_what_is_anothers() {
    let case = case().await;
    let (camden, hackney) = (case.city.organisation("camden").id, case.city.organisation("hackney").id);
    let (now, today, person) = (case.city.app.clock.now(), case.city.app.clock.today(), case.priya.person.unwrap());
    let edition = case.city.app.rules().in_force(Purpose::Dpia, today).unwrap().edition.clone();
    let named = |number: usize, lead, title: &str| Assessment {
        number: format!("MANY-{number}"),
        title: title.to_owned(),
        ..test_support::dpia::assessment(&edition, &[lead], now)
    };
    let mut many: Vec<Assessment> = (0..501).map(|number| named(number, camden, "One of many")).collect();
    many.push(named(501, hackney, "Another council's own"));
    let mut risks: Vec<RiskRecord> = many
        .iter()
        .map(|one| {
            let record = test_support::dpia::risk(one.id, person, one.lead);
            let severity = if one.number == "MANY-500" { "serious" } else { "minimal" };
            let rating = Rating { likelihood: "probable".to_owned(), severity: severity.to_owned() };
            let residual = Assessed { rating: Some(rating), overridden: None };
            RiskRecord { risk: Risk { title: format!("The risk of {}", one.title), residual, ..record.risk }, ..record }
        })
        .collect();
    let mut write = case.city.store().write(&Scope::Operator, now).await.unwrap();
    write.create(&mut many).await.unwrap();
    write.create(&mut risks).await.unwrap();
    write.commit().await.unwrap();
    let heads = case.city.store().assessments(&server(), today).await.unwrap();
    assert_eq!(heads.len(), 503);
    // What reads them for the register leaves out what the reader may not see, whoever hands it over.
    let rules = case.city.app.rules();
    let found = case.city.store().weighed(&case.lead(), today, rules.as_ref(), heads).await.unwrap();
    assert_eq!((found.len(), found.iter().map(|(whole, _)| whole.risks.len()).sum::<usize>()), (502, 501));

    let page = case.city.get(&case.priya, "/risks").await;
    assert_eq!(page.status, StatusCode::OK);
    let said = text(&page.page(), "main");
    assert!(said.contains("Shown are the first 500 of 501") && !said.contains("Another council"), "{said}");
    let rows = scraper::Selector::parse("main tbody tr").unwrap();
    let page = page.page();
    assert!(page.select(&rows).next().unwrap().text().collect::<String>().contains("MANY-500"), "the highest comes first");
    let csv = case.city.get(&case.priya, "/risks.csv").await.text;
    assert!(csv.lines().count() == 502 && !csv.contains("Another council"), "{}", csv.lines().count());

    let list = text(&case.city.get(&case.priya, "/assessments").await.page(), "main");
    assert!(list.contains("502 assessments Shown are the first 500"), "{list}");
    let one = text(&case.city.get(&case.priya, "/assessments?q=many-77").await.page(), "main");
    assert!(one.contains("1 assessment of 502") && !one.contains("Shown are"), "{one}");
}
