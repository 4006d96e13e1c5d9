//! Sources that are corrected, or asked for, as their keepers do it.

use crate::testing::{Browser, City};
use axum::http::StatusCode;
use domain::{
    people::{Role, Scope},
    work::sources::{Every, Source, SourceId, SourceKind},
};
use store::sources::SourceState;
use uuid::Uuid;

/// A source of Camden whose reading goes on since its server asked to wait.
async fn waiting(city: &City) -> Source {
    let source = Source {
        id: SourceId(Uuid::now_v7()),
        organisation: city.organisation("camden").id,
        name: "Notices".to_owned(),
        kind: SourceKind::ContractsFinder,
        url: "https://notices.example/search".to_owned(),
        mapping: Vec::new(),
        every: Every::Week,
        updated_at: 0,
    };
    let now = city.app.clock.now();
    let mut made = [source];
    let mut write = city.store().write(&Scope::Operator, now).await.unwrap();
    write.create(&mut made).await.unwrap();
    write.plan_source(made[0].id, None).await.unwrap();
    let mut whole = write.begin_run(made[0].id, &made[0].url).await.unwrap();
    write.finish_run(&mut whole, None).await.unwrap();
    write.begin_run(made[0].id, "https://notices.example/search?cursor=2").await.unwrap();
    write.wait_for_source(made[0].id, now + 3_600_000).await.unwrap();
    write.commit().await.unwrap();
    let [source] = made;
    source
}

async fn state(city: &City, source: &Source) -> SourceState {
    city.store().source_state(&Scope::Operator, source.id).await.unwrap()
}

#[tokio::test]
async fn correcting_what_is_read_begins_anew_and_another_name_does_not() {
    let city = City::empty().await;
    let editor = city.browser("camden", Role::Editor).await;
    let source = waiting(&city).await;
    let address = format!("/sources/{}", source.id);
    let save = async |name: &str, url: &str, every: &str| {
        let stored = city.store().get::<Source>(&Scope::Operator, source.id.0).await.unwrap().unwrap();
        let version = stored.updated_at.to_string();
        let fields =
            [("version", version.as_str()), ("name", name), ("kind", "contracts-finder"), ("url", url), ("every", every)];
        let answer = city.post(&editor, &format!("{address}/edit"), &fields).await;
        assert_eq!(answer.location(), address, "{}", answer.text);
    };
    save("Award notices", &source.url, "day").await;
    let open = city.store().open_run(&Scope::Operator, source.id).await.unwrap();
    assert!(open.is_some() && state(&city, &source).await.read_until.is_some());
    save("Award notices", "https://elsewhere.example/search", "day").await;
    assert!(city.store().open_run(&Scope::Operator, source.id).await.unwrap().is_none());
    let after = state(&city, &source).await;
    assert_eq!((after.read_until, after.failures, after.wait_until), (None, 0, None));
    assert!(after.next_at.is_some(), "it is read in its turn");
    let page = city.get(&editor, &address).await;
    assert!(page.text.contains("Stopped: the source was changed") && !page.text.contains("Not before"), "{}", page.text);
    // The page tells what was changed, its address as any other fact.
    let page = page.page();
    let changes = page.select(&scraper::Selector::parse("#changes tbody").unwrap()).next().unwrap();
    let said = changes.text().collect::<Vec<_>>().join(" ").split_whitespace().collect::<Vec<_>>().join(" ");
    for fact in [
        "Address : https://elsewhere.example/search, before: https://notices.example/search",
        "Name : Award notices, before: Notices",
        "Read : Every day, before: Every Monday",
        "The source was added",
    ] {
        assert!(said.contains(fact), "{fact}: {said}");
    }
}

#[tokio::test]
async fn read_now_says_until_when_the_server_wants_to_be_left_alone() {
    let city = City::empty().await;
    let editor = city.browser("camden", Role::Editor).await;
    let source = waiting(&city).await;
    let address = format!("/sources/{}", source.id);
    let page = city.get(&editor, &address).await;
    let until = crate::web::words::moment(state(&city, &source).await.wait_until.unwrap());
    assert!(page.text.contains(&until) && page.text.contains("its server asks to wait"), "{}", page.text);
    assert_eq!(city.post(&editor, &format!("{address}/read"), &[]).await.location(), address);
    let backlog = city.store().backlog(&Scope::Operator, city.app.clock.now()).await.unwrap();
    assert_eq!(backlog.waiting, 1, "it is read afterwards");
    let scope = Scope::Job { name: "test".to_owned() };
    let due = async |at: i64| city.store().lease_jobs(&scope, &[crate::sources::KIND], at, 1_000, 9).await.unwrap().len();
    assert_eq!(due(city.app.clock.now() + 60_000).await, 0);
    assert_eq!(due(city.app.clock.now() + 3_700_000).await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_address_is_read_once_for_an_organisation_also_where_two_add_it_at_once() {
    let city = City::empty().await;
    let add = async |browser: &Browser, name: &str, url: &str| {
        let fields = [("name", name), ("kind", "csv"), ("url", url), ("every", "week")];
        city.post(browser, "/sources/new", &fields).await
    };
    for slug in ["camden", "hackney", "barnet", "brent"] {
        let (ed, flo) = (city.browser(slug, Role::Editor).await, city.browser(slug, Role::Editor).await);
        let url = "https://data.example/register.csv";
        let (one, two) = tokio::join!(add(&ed, "The register", url), add(&flo, "The register", url));
        let mut both = [one.status, two.status];
        both.sort();
        assert_eq!(both, [StatusCode::OK, StatusCode::SEE_OTHER], "{slug}: {} {}", one.text, two.text);
        let late = if one.status == StatusCode::OK { &one } else { &two };
        assert!(late.text.contains("This address is read already: it is that of the source ‘The register’"), "{}", late.text);
        let id = city.organisation(slug).id.0.to_string();
        let kept: Vec<Source> = city.store().by(&Scope::Operator, "organisation_id", id).await.unwrap();
        assert_eq!(kept.len(), 1, "{slug}");
        // Nor is another source moved there.
        let other = add(&ed, "Skills", "https://data.example/skills.csv").await;
        assert_eq!(other.status, StatusCode::SEE_OTHER);
        let id = other.location().trim_start_matches("/sources/").parse().unwrap();
        let version = city.store().get::<Source>(&Scope::Operator, id).await.unwrap().unwrap().updated_at.to_string();
        let fields = [("version", version.as_str()), ("name", "Skills"), ("kind", "csv"), ("url", url), ("every", "week")];
        let moved = city.post(&ed, &format!("{}/edit", other.location()), &fields).await;
        assert!(moved.text.contains("This address is read already"), "{}", moved.text);
    }
}
