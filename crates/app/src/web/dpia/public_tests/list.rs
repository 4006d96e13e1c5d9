//! The API's list of what is public: in the shape of every other list, with its orders, its facets, its pages and its files.

use super::*;

#[tokio::test(flavor = "multi_thread")]
async fn the_list_of_the_api_is_like_every_other_and_so_are_its_files() {
    let (case, list) = (case().await, "/api/v1/dpias");
    let (_, officer) = case.colleague("Helen Marsh", "camden", Role::IgOfficer).await;
    case.save(&case.priya, "aims", "0", "To visit people who fall.").await;
    case.made_public(&officer).await;
    // Another of the same council, made public later.
    let (now, today) = (case.city.app.clock.now(), case.city.app.clock.today());
    let publication = case.publications().await.remove(0);
    let other = Assessment { id: uuid::Uuid::now_v7().to_string().parse().unwrap(), ..case.head().await };
    let other = case.city.store().begin_assessment(&case.lead(), now, today, other, None).await.unwrap();
    let mut work = case.city.store().work(&server(), now, today, other.id).await.unwrap().unwrap();
    let mut listed = publication.listed.clone().unwrap();
    listed.title = "A later one".to_owned();
    listed.parties.truncate(1);
    let stage = Stage::Published { checked_by: publication.by, at: now + 60_000, seal: Seal([3; 32]) };
    let id = uuid::Uuid::now_v7().to_string().parse().unwrap();
    let later = Publication { id, assessment: other.id, listed: Some(listed), stage, ..publication };
    work.put_publication(later).await.unwrap();
    work.commit().await.unwrap();

    let titles = |page: &Json| -> Vec<String> {
        page["items"].as_array().unwrap().iter().map(|one| one["title"].as_str().unwrap().to_owned()).collect()
    };
    let (telecare, later) = ("Telecare alerts and falls prevention", "A later one");
    for (sort, wanted) in [("", [later, telecare]), ("?sort=published", [telecare, later]), ("?sort=title", [later, telecare])] {
        let all = case.api(&format!("{list}{sort}")).await;
        assert_eq!(
            (titles(&all), &all["total"], &all["next"]),
            (Vec::from(wanted.map(str::to_owned)), &Json::from(2), &Json::Null)
        );
        let mark = if sort.is_empty() { "?" } else { "&" };
        let first = case.api(&format!("{list}{sort}{mark}limit=1")).await;
        assert_eq!((titles(&first), &first["total"]), (vec![wanted[0].to_owned()], &Json::from(2)));
        let next = first["next"].as_str().unwrap();
        assert!(next.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_')), "{next}");
        let second = case.api(&format!("{list}{sort}{mark}limit=1&cursor={next}")).await;
        assert_eq!((titles(&second), &second["next"]), (vec![wanted[1].to_owned()], &Json::Null));
    }
    let counted = case.api(&format!("{list}?facet=organisation&organisation=hackney")).await;
    assert_eq!(titles(&counted), [telecare]);
    let facet: Vec<(&str, u64)> = counted["facets"]["organisation"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| (one["value"].as_str().unwrap(), one["count"].as_u64().unwrap()))
        .collect();
    assert_eq!(facet, [("camden", 2), ("hackney", 1)], "its own filter is left out");
    for refused in ["colour=red", "sort=colour", "facet=colour", "limit=0", "limit="] {
        assert_eq!(case.read(&format!("{list}?{refused}")).await.status, StatusCode::BAD_REQUEST, "{refused}");
    }
    assert_eq!(case.read(&format!("{list}?cursor=n0")).await.status, StatusCode::BAD_REQUEST);
    let none = format!("{list}?cursor=n{}", "0".repeat(32));
    assert_eq!(case.read(&none).await.status, StatusCode::NOT_FOUND, "well formed, and of no row");
    for ending in ["csv", "jsonl", "xlsx", "parquet"] {
        let file = case.city.bytes(&anyone(), &format!("{list}.{ending}?sort=title")).await;
        assert!(!file.is_empty());
        let led = case.read(&format!("/dpias.{ending}?q=later")).await;
        assert_eq!((led.status, led.location()), (StatusCode::TEMPORARY_REDIRECT, format!("{list}.{ending}?q=later").as_str()));
        assert_eq!(case.read(&format!("{list}.{ending}?cursor=a")).await.status, StatusCode::BAD_REQUEST);
    }
    let lines = case.read(&format!("{list}.jsonl?q=later")).await.text;
    assert!(lines.lines().count() == 1 && lines.contains(later), "{lines}");
    assert_eq!(case.read("/dpias.json").await.location(), list);
}
