//! Hundreds of assessments at one organisation: lists show the first and count all.

use super::tests::{case, server, text};
use axum::http::StatusCode;
use domain::{
    dpia::{
        assessment::{Assessment, State},
        place::Part,
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

#[tokio::test(flavor = "multi_thread")]
async fn risks_can_be_asked_for_by_organisation_level_state_and_words_on_the_page_and_in_its_files() {
    let case = case().await;
    let (now, person) = (case.city.app.clock.now(), case.priya.person.unwrap());
    let [camden, hackney] = ["camden", "hackney"].map(|slug| case.city.organisation(slug).id);
    case.risk(Part::Shared, 1, "serious").await;
    // Another one of Camden's, on its own, is signed; its risk is low.
    let template = case.held().await.whole.assessment.template.clone();
    let mut other = vec![Assessment {
        number: "CMD-LATER-9".to_owned(),
        title: "Parking permits".to_owned(),
        state: State::Signed,
        ..test_support::dpia::assessment(&template, &[camden], now)
    }];
    let record = test_support::dpia::risk(other[0].id, person, camden);
    let rating = Rating { likelihood: "remote".to_owned(), severity: "minimal".to_owned() };
    let residual = Assessed { rating: Some(rating), overridden: None };
    let low = Risk { title: "A permit goes to the neighbour".to_owned(), residual, ..record.risk };
    let mut risks = vec![RiskRecord { risk: low, ..record }];
    let mut write = case.city.store().write(&Scope::Operator, now).await.unwrap();
    write.create(&mut other).await.unwrap();
    write.create(&mut risks).await.unwrap();
    write.commit().await.unwrap();
    // A risk of Hackney's own annex is nobody else's.
    let (first, _) = case.risk(Part::Annex(hackney), 2, "minimal").await;
    let number = case.held().await.whole.assessment.number.clone();
    let (shared, own) = (format!("{number},"), first.to_string());

    let rows = async |query: &str| {
        let csv = case.city.get(&case.priya, &format!("/risks.csv{query}")).await.text;
        csv.lines().count() - 1
    };
    let page = async |query: &str| case.city.get(&case.priya, &format!("/risks{query}")).await;
    for (query, found) in [
        ("", 3),
        ("?organisation=camden", 2),
        ("?organisation=hackney", 2),
        ("?organisation=nobody", 0),
        ("?level=low", 2),
        ("?level=high", 1),
        ("?level=low&organisation=hackney", 1),
        ("?state=signed", 1),
        ("?state=signed&organisation=hackney", 0),
        ("?q=parking", 1),
        ("?q=later-9+PERMITS", 1),
        ("?q=&organisation=&level=&state=", 3),
    ] {
        assert_eq!(rows(query).await, found, "{query}");
        let seen = page(query).await.page();
        let table = scraper::Selector::parse("main tbody th a[href*='/risks/']").unwrap();
        assert_eq!(seen.select(&table).count(), found, "{query}: {}", text(&seen, "main"));
    }
    // The files that the page offers ask for the same, and what was chosen stands in the form.
    let seen = page("?organisation=hackney&state=drafting").await;
    let files = scraper::Selector::parse(".ct-get a").unwrap();
    let files: Vec<_> = seen.page().select(&files).filter_map(|one| one.value().attr("href").map(str::to_owned)).collect();
    let asked = "organisation=hackney&state=drafting";
    assert_eq!(files, [format!("/risks.csv?{asked}"), format!("/risks.xlsx?{asked}")]);
    assert!(text(&seen.page(), "main").contains("1 assessment of 2. Show all"), "{}", text(&seen.page(), "main"));
    let chosen = scraper::Selector::parse("#organisation option[selected]").unwrap();
    let chosen: Vec<_> = seen.page().select(&chosen).filter_map(|one| one.value().attr("value").map(str::to_owned)).collect();
    assert_eq!(chosen, ["hackney"]);
    assert!(seen.text.contains(&own) && !case.city.get(&case.priya, "/risks?organisation=camden").await.text.contains(&own));
    assert!(!case.city.get(&case.priya, "/risks.csv?state=signed").await.text.contains(&shared));
    let none = text(&page("?level=none&state=signed").await.page(), "main");
    assert!(none.contains("No risk of this kind. Show all"), "{none}");
}
