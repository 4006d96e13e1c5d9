//! What an organisation writes for itself moves nothing that the public can watch: no page, file, feed, date or entity tag (S13).

use super::*;

/// Whatever the public can watch of a contract and a system, as one text each: entity tags first.
async fn watched(city: &City, contract: ContractId, system: SystemId) -> Vec<(String, String)> {
    let paths = [
        format!("/contracts/{contract}"),
        format!("/contracts/{contract}/history"),
        format!("/systems/{system}"),
        format!("/systems/{system}/history"),
        format!("/api/v1/contracts/{contract}"),
        format!("/api/v1/contracts/{contract}.ics"),
        format!("/api/v1/contracts/{contract}.atom"),
        format!("/api/v1/systems/{system}"),
        "/api/v1/contracts".to_owned(),
        "/api/v1/contracts.csv".to_owned(),
        "/api/v1/contracts.jsonl".to_owned(),
        "/api/v1/contracts.atom".to_owned(),
        "/api/v1/contracts.ics".to_owned(),
        "/api/v1/systems".to_owned(),
        "/api/v1/systems.csv".to_owned(),
        "/api/v1/systems.atom".to_owned(),
        "/api/v1/products".to_owned(),
        "/api/v1/organisations/camden".to_owned(),
        "/organisations/camden".to_owned(),
        "/ocds/releases".to_owned(),
        "/search?q=housing".to_owned(),
        "/changes".to_owned(),
        "/changes.atom".to_owned(),
        "/data.json".to_owned(),
        "/".to_owned(),
    ];
    let mut seen = Vec::new();
    for path in paths {
        let answer = city.get(&Browser::default(), &path).await;
        assert_eq!(answer.status, StatusCode::OK, "{path}: {}", answer.text);
        let tag = answer.headers.get(header::ETAG).map(|tag| tag.to_str().unwrap().to_owned()).unwrap_or_default();
        // When a package was put together is the reader's own moment.
        let text = match serde_json::from_str::<serde_json::Value>(&answer.text) {
            Ok(mut package) if path.starts_with("/ocds") => {
                package.as_object_mut().unwrap().remove("publishedDate");
                package.to_string()
            }
            _ => answer.text,
        };
        seen.push((path, format!("{tag}\n{text}")));
    }
    seen
}

async fn changed<R: store::Record>(city: &City, id: Uuid, edit: impl Fn(&mut R)) {
    let before = city.store().get::<R>(&Scope::Operator, id).await.unwrap().unwrap();
    let mut after = before.clone();
    edit(&mut after);
    let mut write = city.store().write(&Scope::Operator, city.app.clock.now()).await.unwrap();
    assert!(write.update(&before, &mut after).await.unwrap(), "it changes something");
    write.commit().await.unwrap();
    city.refresh().await;
}

/// A system of Camden's that the public register shows.
async fn bramble(own: &Own) -> System {
    let city = &own.city;
    let product = records::product("Bramble Housing");
    let product = make(city, product).await;
    let system = System {
        key: "camden|register|bramble".to_owned(),
        users: Some(40),
        origin: Origin { source: "register".to_owned(), ..Origin::default() },
        ..records::system(own.contract.organisation, product.id)
    };
    make(city, system).await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_banner_says_that_the_public_sees_it_only_of_what_the_public_sees() {
    let own = camden().await;
    let (system, city) = (bramble(&own).await.id, &own.city);
    city.refresh().await;
    let (system, care) = (format!("/systems/{system}/change"), format!("/contracts/{}/change/care", own.contract.id));
    for (path, changed, said) in [
        (&system, ("note", "To be replaced"), "Saved."),
        (&system, ("satisfaction", "2"), "Saved."),
        (&system, ("users", "41"), "Saved. The public register shows it now."),
        (&care, ("note", "Ask for a discount"), "Saved."),
    ] {
        let fields = form(city, &own.editor, path, "[name=version]").await;
        let answer = city.post(&own.editor, path, &with(&fields, &[changed])).await;
        assert_eq!(notice(&answer), said, "{path} {changed:?}: {}", words(&answer));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn s13_what_an_organisation_writes_for_itself_moves_nothing_that_the_public_can_watch() {
    let own = camden().await;
    let city = &own.city;
    let system = bramble(&own).await;
    let (contract, id) = (own.contract.id, system.id);
    let before = watched(city, contract, id).await;
    assert!(before.iter().filter(|(_, text)| text.starts_with("W/")).count() > 20, "tags are watched");

    let person = own.editor.person.unwrap();
    changed::<Contract>(city, contract.0, |one| one.note = Some("Ask for a discount".to_owned())).await;
    changed::<Contract>(city, contract.0, |one| one.manager = Some(person)).await;
    changed::<Contract>(city, contract.0, |one| _ = one.set_aside.insert("end".to_owned(), "digest".to_owned())).await;
    changed::<System>(city, id.0, |one| one.note = Some("To be replaced".to_owned())).await;
    changed::<System>(city, id.0, |one| {
        one.satisfaction = Some(1);
        one.origin.fields.insert("satisfaction".to_owned(), "person".to_owned());
    })
    .await;
    for ((path, was), (_, is)) in before.iter().zip(&watched(city, contract, id).await) {
        assert_eq!(is, was, "{path} tells that something private changed");
    }
    // Nor is there a point of its history to compare at which nothing seems to have happened.
    let history = city.store().history(&Scope::Operator, contract.0).await.unwrap();
    assert_eq!(history.len(), 4, "made, and written to three times");
    for change in &history[..3] {
        let path = format!("/contracts/{contract}/history?from={}&to={}", history[3].sequence, change.sequence);
        assert_eq!(city.get(&Browser::default(), &path).await.status, StatusCode::NOT_FOUND, "{path}");
        assert_eq!(city.get(&own.editor, &path).await.status, StatusCode::OK, "{path}");
    }
    // People of the organisation still have their guard: a form from before is of an older version.
    assert!(stored(city, contract).await.updated_at > own.contract.updated_at);

    // What anyone may see does move them.
    changed::<Contract>(city, contract.0, |one| one.title.push_str(" and repairs")).await;
    let after = watched(city, contract, id).await;
    let of = |all: &[(String, String)], path: &str| all.iter().find(|(one, _)| one == path).unwrap().1.clone();
    for path in ["/api/v1/contracts", "/api/v1/contracts.csv", "/ocds/releases", "/api/v1/contracts.atom"] {
        assert_ne!(of(&after, path), of(&before, path), "{path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mean_that_a_private_answer_moves_is_news() {
    let city = City::illustrative().await;
    let snapshot = city.app.snapshot();
    let rated = snapshot.product_entries().iter().find(|entry| entry.satisfaction.is_some()).expect("a product with a mean");
    let product = rated.record.id;
    let systems: Vec<SystemId> =
        snapshot.system_entries().iter().filter(|entry| entry.record.product == product).map(|entry| entry.record.id).collect();
    let tag = async || city.get(&Browser::default(), "/products").await.headers.get(header::ETAG).cloned();
    let before = tag().await;
    for system in &systems {
        let stored = city.store().get::<System>(&Scope::Operator, system.0).await.unwrap().unwrap();
        if stored.satisfaction.is_some() {
            changed::<System>(&city, system.0, |one| one.satisfaction = None).await;
        }
    }
    let now = city.app.snapshot();
    let entry = now.product_by_id(product).and_then(|row| now.product(row)).unwrap();
    assert_eq!(entry.satisfaction, None, "nobody says anything any more");
    assert_ne!(tag().await, before);
}

/// Where the public could count what it may not see: totals, facets, what hangs on a supplier or a product, files, feeds,
/// searches, and what is said of an address that is none.
async fn counted(city: &City, supplier: SupplierId, product: ProductId, hidden: &str) -> Vec<(String, String)> {
    let paths = [
        "/".to_owned(),
        "/contracts".to_owned(),
        "/suppliers".to_owned(),
        "/products".to_owned(),
        "/systems".to_owned(),
        "/organisations".to_owned(),
        "/organisations/camden".to_owned(),
        format!("/suppliers/{supplier}"),
        format!("/products/{product}"),
        "/search?q=canary".to_owned(),
        "/changes".to_owned(),
        "/changes.atom".to_owned(),
        "/api/v1/contracts?facet=organisation,supplier,product,status,term".to_owned(),
        "/api/v1/contracts?q=canary&facet=supplier".to_owned(),
        "/api/v1/contracts?value_from=1&facet=supplier".to_owned(),
        format!("/api/v1/contracts?supplier={supplier}"),
        "/api/v1/contracts.csv".to_owned(),
        "/api/v1/contracts.jsonl".to_owned(),
        "/api/v1/contracts.atom".to_owned(),
        "/api/v1/contracts.ics".to_owned(),
        "/api/v1/systems".to_owned(),
        "/api/v1/suppliers".to_owned(),
        format!("/api/v1/suppliers/{supplier}"),
        "/api/v1/products".to_owned(),
        format!("/api/v1/products/{product}"),
        "/api/v1/organisations".to_owned(),
        format!("/contracts/{hidden}"),
        format!("/contracts/{hidden}/history"),
        format!("/api/v1/contracts/{hidden}"),
        format!("/api/v1/contracts/{hidden}.ics"),
        format!("/api/v1/contracts/{hidden}.atom"),
    ];
    let mut seen = Vec::new();
    for path in paths {
        let answer = city.get(&Browser::default(), &path).await;
        assert!(!answer.status.is_server_error(), "{path}: {}", answer.text);
        let tag = answer.headers.get(header::ETAG).map(|tag| tag.to_str().unwrap().to_owned()).unwrap_or_default();
        seen.push((path, format!("{} {tag}\n{}", answer.status, answer.text)));
    }
    seen
}

#[tokio::test(flavor = "multi_thread")]
async fn s13_a_record_that_is_not_public_is_in_no_count_facet_feed_search_tag_or_error() {
    let own = camden().await;
    let city = &own.city;
    let supplier = make(city, test_support::records::supplier("Bramblewick Software Ltd")).await.id;
    let product = Product {
        id: ProductId(Uuid::now_v7()),
        name: "Bramble Housing".to_owned(),
        manufacturer: None,
        functions: Vec::new(),
        former_names: Vec::new(),
        updated_at: 0,
    };
    let product = make(city, product).await.id;
    let with_both = |one: &mut Contract| (one.suppliers, one.products) = (vec![supplier], vec![product]);
    meanwhile(city, own.contract.id, with_both).await;
    // Another organisation with the same supplier and product: the hidden one would count for both.
    let hackney = city.organisation("hackney").id;
    let mut hidden = test_support::records::contract(hackney, "Canary of Hackney", Some(date(2027, 3, 31)));
    with_both(&mut hidden);
    hidden.term = own.contract.term.clone();
    hidden.published = false;
    let id = hidden.id;
    let address = id.to_string();
    let before = counted(city, supplier, product, &address).await;
    let hidden = make(city, hidden).await;
    let system = System {
        id: SystemId(Uuid::now_v7()),
        key: "hackney|register|bramble".to_owned(),
        organisation: hackney,
        product,
        functions: Vec::new(),
        users: Some(40),
        hosting: None,
        satisfaction: Some(2),
        data_access: None,
        sub_processors: Vec::new(),
        origin: Origin { source: "register".to_owned(), ..Origin::default() },
        confirmed: None,
        note: None,
        published: false,
        updated_at: 0,
        public_at: PublicAt::default(),
    };
    make(city, system).await;
    for ((path, was), (_, is)) in before.iter().zip(&counted(city, supplier, product, &address).await) {
        assert_eq!(is, was, "{path} tells of a record that is not public");
    }
    // Once it is public, the same places tell of it: they were the right ones to look at.
    changed::<Contract>(city, hidden.id.0, |one| one.published = true).await;
    let after = counted(city, supplier, product, &address).await;
    let told = [
        "/api/v1/contracts?facet=organisation,supplier,product,status,term",
        "/api/v1/contracts?q=canary&facet=supplier",
        "/api/v1/contracts.csv",
        "/api/v1/contracts.atom",
        "/search?q=canary",
        "/contracts",
    ];
    let body = |all: &[(String, String)], path: &str| {
        let text = &all.iter().find(|(one, _)| one == path).unwrap().1;
        text.split_once('\n').unwrap().1.to_owned()
    };
    for path in told.into_iter().chain([format!("/api/v1/contracts/{address}").as_str()]) {
        assert_ne!(body(&after, path), body(&before, path), "{path} tells of no record at all");
    }
}
