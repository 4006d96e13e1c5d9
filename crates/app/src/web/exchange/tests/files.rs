//! What can be taken away.

use super::*;

#[tokio::test]
async fn every_file_is_a_download_that_cannot_run_and_others_do_not_find_it() {
    let city = City::empty().await;
    let lead = city.browser("camden", Role::ProjectLead).await;
    let address = brought_in(&city, &lead).await;
    let page = city.get(&lead, &format!("{address}/files")).await.page();
    let links = scraper::Selector::parse("main a[href]").unwrap();
    let offered: Vec<&str> = page.select(&links).filter_map(|link| link.value().attr("href")).collect();
    for file in crate::papers::files::File::ALL {
        let path = format!("{address}/files/{}", file.name());
        assert!(offered.contains(&path.as_str()), "{path}");
        let answer = city.get(&lead, &path).await;
        assert_eq!(answer.status, StatusCode::OK, "{path}");
        let said = |name: header::HeaderName| answer.headers.get(name).unwrap().to_str().unwrap().to_owned();
        assert!(said(header::CONTENT_DISPOSITION).starts_with("attachment; "));
        assert_eq!(said(header::X_CONTENT_TYPE_OPTIONS), "nosniff");
        assert!(said(header::CONTENT_SECURITY_POLICY).contains("sandbox"));
        assert_eq!(said(header::CONTENT_TYPE), file.media_type());
        for other in [Browser::default(), city.browser("hackney", Role::Dpo).await] {
            let answer = city.get(&other, &path).await;
            assert!(matches!(answer.status, StatusCode::NOT_FOUND | StatusCode::SEE_OTHER), "{path}: {}", answer.status);
        }
    }
    assert_eq!(city.get(&lead, &format!("{address}/files/passwd")).await.status, StatusCode::NOT_FOUND);
}
