//! A backup holds every table there is, whatever migration made it.

use domain::{
    dpia::{assessment::Assessment, template::Edition},
    people::{Membership, Person, Role},
    work::sources::{Every, Source, SourceId, SourceKind},
};
use serde_json::json;
use store::{backup, jobs::NewJob};
use test_support::{TestDatabase, dpia, operator, people, records};
use uuid::Uuid;

#[tokio::test]
async fn what_no_register_holds_comes_back_too() {
    let database = TestDatabase::new().await;
    let store = database.open().await;
    let camden = records::organisation("camden");
    let person = people::person("Ann", Some("ann@camden.example"));
    let place = people::place(person.id, camden.id, &[Role::Editor], 1);
    let source = Source {
        id: SourceId(Uuid::now_v7()),
        organisation: camden.id,
        name: "Register".to_owned(),
        kind: SourceKind::Csv,
        url: "https://data.example/contracts.csv".to_owned(),
        mapping: Vec::new(),
        every: Every::Week,
        updated_at: 0,
    };
    let mut write = store.write(&operator(), 5).await.unwrap();
    write.create(&mut [camden.clone()]).await.unwrap();
    write.create(&mut [person.clone()]).await.unwrap();
    write.create(&mut [place]).await.unwrap();
    write.create(&mut [source.clone()]).await.unwrap();
    write.plan_source(source.id, Some(9)).await.unwrap();
    let run = write.begin_run(source.id, &source.url).await.unwrap();
    write.keep_page(&mut { run }, vec![0, 159, 146, 150], None).await.unwrap();
    write.job(&NewJob { kind: "fetch", dedupe: Some("a"), payload: json!({}), run_at: 7 }).await.unwrap();
    write.add_calendar(person.id, [3; 32], true).await.unwrap();
    write.add_scim_token(camden.id, [4; 32], 1_000_000).await.unwrap();
    write.commit().await.unwrap();

    let key = backup::signing_key(&database.folder().join("server.key")).unwrap();
    let file = database.folder().join("backup.db");
    store.backup(&operator(), &file, &key).await.unwrap();
    let elsewhere = TestDatabase::new().await;
    let restored = elsewhere.open().await;
    restored.restore(&operator(), &file).await.unwrap();

    assert_eq!(restored.get::<Person>(&operator(), person.id.0).await.unwrap().map(|one| one.name), Some("Ann".to_owned()));
    let places: Vec<Membership> = restored.by(&operator(), "person_id", person.id.to_string()).await.unwrap();
    assert_eq!(places.len(), 1);
    assert_eq!(restored.source_state(&operator(), source.id).await.unwrap().next_at, Some(9));
    let run = restored.open_run(&operator(), source.id).await.unwrap().unwrap();
    assert_eq!(restored.source_pages(&operator(), run.id).await.unwrap(), vec![(1, vec![0, 159, 146, 150])]);
    assert_eq!(restored.backlog(&operator(), 8).await.unwrap().waiting, 1);
    assert!(restored.calendar_of([3; 32], 10).await.unwrap().is_some());
    assert!(restored.scim_token([4; 32], 10).await.unwrap().is_some());
}

#[tokio::test]
async fn what_refers_to_a_later_row_of_its_own_table_comes_back_however_many_stand_between() {
    let database = TestDatabase::migrated().await;
    let store = database.open().await;
    let camden = records::organisation("camden");
    let edition = Edition { urn: "urn:example:dpia".to_owned(), version: "1.0.0".to_owned() };
    let numbered = |number: usize| Assessment { number: number.to_string(), ..dpia::assessment(&edition, &[camden.id], 1) };
    let mut first = numbered(0);
    let mut later: Vec<Assessment> = (1..900).map(numbered).collect();
    first.superseded_by = later.last().map(|one| one.id);
    let mut write = store.write(&operator(), 5).await.unwrap();
    write.create(&mut [camden.clone()]).await.unwrap();
    write.create(&mut later).await.unwrap();
    write.create(&mut [first.clone()]).await.unwrap();
    write.commit().await.unwrap();

    let key = backup::signing_key(&database.folder().join("server.key")).unwrap();
    let file = database.folder().join("backup.db");
    let neighbour = database.folder().join("backup.partial");
    std::fs::write(&neighbour, "somebody's own").unwrap();
    store.backup(&operator(), &file, &key).await.unwrap();
    assert!(neighbour.exists(), "a file of another name is let alone");
    let elsewhere = TestDatabase::migrated().await;
    let restored = elsewhere.open().await;
    restored.restore(&operator(), &file).await.unwrap();
    let back: Vec<Assessment> = restored.all(&operator()).await.unwrap();
    assert_eq!(back.len(), 900);
    assert_eq!(back.iter().find(|one| one.id == first.id).unwrap().superseded_by, first.superseded_by);
    assert!(restored.check(&operator()).await.unwrap().sound());
}
