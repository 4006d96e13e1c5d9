//! A decision whose notice nobody has stated: its day is the latest it can be, and every way out says so.

use super::City;
use axum::http::StatusCode;

#[tokio::test(flavor = "multi_thread")]
async fn a_day_whose_notice_is_not_known_is_at_the_latest_in_pages_lists_files_and_calendars() {
    const WORDS: &str = "at the latest; notice not known";
    let city = City::new().await;
    let all = city.walk("/api/v1/contracts", 1000).await;
    let (latest, firm): (Vec<_>, Vec<_>) =
        all.iter().filter(|one| !one["decision_date"].is_null()).partition(|one| one["decision_at_latest"] == true);
    assert!(latest.len() > 3 && firm.len() > 3, "the illustrative register has both: {}, {}", latest.len(), firm.len());
    for (contract, at_latest) in latest.iter().take(3).map(|one| (one, true)).chain(firm.iter().take(3).map(|one| (one, false))) {
        let id = contract["id"].as_str().unwrap();
        let one = city.json(&format!("/api/v1/contracts/{id}")).await;
        let decisions = one["decisions"].as_array().unwrap();
        let next = decisions.iter().find(|decision| decision["missed"] == false).unwrap();
        assert_eq!((&next["date"], next["at_latest"] == true), (&contract["decision_date"], at_latest), "{one}");
        let page = city.get(&format!("/contracts/{id}")).await;
        assert_eq!(page.status, StatusCode::OK);
        let fact = page.text().split("<dt>Decision date</dt>").nth(1).unwrap().split("</dd>").next().unwrap();
        assert_eq!(fact.contains(WORDS), at_latest, "{id}: {fact}");
        let calendar = city.get(&format!("/api/v1/contracts/{id}.ics")).await.text().replace("\r\n ", "");
        let day = format!("DTSTART;VALUE=DATE:{}", contract["decision_date"].as_str().unwrap().replace('-', ""));
        let uid = format!("UID:{id}-{}-", next["kind"].as_str().unwrap());
        let event = calendar.split("BEGIN:VEVENT").find(|event| event.contains(&uid) && event.contains(&day)).unwrap();
        assert_eq!(event.contains("notice not known"), at_latest, "{event}");
    }
    let marked = latest.len();
    let lines = city.get("/api/v1/contracts.jsonl").await;
    let in_file = lines.text().lines().filter(|line| line.contains("\"decision_at_latest\":true")).count();
    assert_eq!(in_file, marked, "the file says it of as many");
    assert!(city.get("/api/v1/contracts.csv?limit=1").await.text().lines().next().unwrap().contains("decision_at_latest"));
}
