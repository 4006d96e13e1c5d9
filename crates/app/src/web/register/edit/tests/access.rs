//! What nobody else can do, by every route (S11 to S15).

use super::*;

/// Every route by which a contract can be changed, with what would change it.
fn routes(id: &str) -> Vec<(String, Vec<(&'static str, &'static str)>)> {
    let mut routes: Vec<(String, Vec<(&'static str, &'static str)>)> =
        ["about", "suppliers", "covers", "dates", "options", "value", "buying", "care"]
            .iter()
            .map(|group| {
                (
                    format!("/contracts/{id}/change/{group}"),
                    vec![("version", "1"), ("title", "Mine now"), ("kind", "rolling"), ("published", "no")],
                )
            })
            .collect();
    routes.push((format!("/contracts/{id}/extend"), vec![("option", "0"), ("months", "12")]));
    routes.push((
        format!("/contracts/{id}/end-early"),
        vec![("terminated-day", "1"), ("terminated-month", "1"), ("terminated-year", "2026")],
    ));
    routes.push((format!("/contracts/{id}/replace"), vec![("replacement", "00000000-0000-7000-8000-000000000000")]));
    routes.push((format!("/contracts/{id}/still-right"), vec![]));
    routes.push((format!("/contracts/{id}/history"), vec![("sequence", "1")]));
    routes.push((format!("/contracts/{id}/history"), vec![("sequence", "1"), ("seen", "1"), ("sure", "yes")]));
    routes
}

#[tokio::test(flavor = "multi_thread")]
async fn s11_s12_s14_another_organisations_contract_is_refused_by_every_route_like_one_that_does_not_exist() {
    let own = camden().await;
    let (id, missing) = (own.contract.id.to_string(), Uuid::now_v7().to_string());
    let viewer = own.city.browser("camden", Role::Viewer).await;
    let other = own.city.browser("hackney", Role::Administrator).await;
    let editor = own.city.browser("hackney", Role::Editor).await;
    let before = own.city.store().sequence().await.unwrap();
    for browser in [&viewer, &other, &editor] {
        for ((path, fields), (nowhere, _)) in routes(&id).into_iter().zip(routes(&missing)) {
            let refused = own.city.post(browser, &path, &fields).await;
            let gone = own.city.post(browser, &nowhere, &fields).await;
            assert_eq!((refused.status, &refused.text), (StatusCode::NOT_FOUND, &gone.text), "POST {path}");
            if !path.ends_with("history") && !path.ends_with("still-right") {
                assert_eq!(own.city.get(browser, &path).await.status, StatusCode::NOT_FOUND, "GET {path}");
            }
        }
        // By way of one's own organisation, and of its bulk forms, too.
        for (path, fields) in [
            ("/organisations/hackney/still-right", vec![("contract", id.as_str())]),
            ("/organisations/camden/still-right", vec![("contract", id.as_str())]),
            ("/organisations/camden/reconcile", vec![("do", "not-expected"), ("which", id.as_str())]),
            ("/organisations/hackney/reconcile", vec![("do", "not-expected"), ("which", id.as_str())]),
            ("/organisations/camden/reconcile", vec![("do", "none-expected"), ("which", id.as_str())]),
            ("/organisations/hackney/reconcile", vec![("do", "none-expected"), ("which", id.as_str())]),
            ("/organisations/camden/new/contract", vec![]),
            ("/organisations/camden/propose", vec![("kind", "supplier"), ("name", "Mine Ltd")]),
        ] {
            assert_eq!(own.city.post(browser, path, &fields).await.status, StatusCode::NOT_FOUND, "POST {path}");
        }
        for path in
            ["/organisations/camden/register", "/organisations/camden/import", "/organisations/camden/reconcile", "/curate"]
        {
            assert_eq!(own.city.get(browser, path).await.status, StatusCode::NOT_FOUND, "GET {path}");
        }
        let page = own.city.get(browser, &format!("/contracts/{id}")).await;
        assert!(!page.text.contains("/change/dates"), "a change link is offered to whoever may not use it");
    }
    assert_eq!(own.city.store().sequence().await.unwrap(), before, "something was written");
    assert_eq!(stored(&own.city, own.contract.id).await, own.contract);
}

#[tokio::test(flavor = "multi_thread")]
async fn s12_s15_foreign_references_are_refused_and_extra_fields_change_nothing() {
    let own = camden().await;
    let stranger = own.city.person("Stranger", "hackney", &[Role::ContractManager]).await.to_string();
    let hackney = own.city.organisation("hackney").id;
    let answer = change(&own, &own.editor, "care", &[("manager", &stranger)]).await;
    assert!(words(&answer).contains("Choose someone who acts for this organisation"), "{}", words(&answer));
    let foreign = make(&own.city, records::contract(hackney, "Theirs", None)).await;
    let path = format!("/contracts/{}/replace", own.contract.id);
    let version = stored(&own.city, own.contract.id).await.updated_at.to_string();
    let answer = own.city.post(&own.editor, &path, &[("replacement", &foreign.id.to_string()), ("version", &version)]).await;
    assert!(words(&answer).contains("Choose a contract of this organisation"), "{}", words(&answer));
    let extra = [
        ("title", "New title"),
        ("organisation", "hackney"),
        ("id", &stranger),
        ("key", "x"),
        ("updated_at", "1"),
        ("published", "no"),
    ];
    assert_eq!(change(&own, &own.editor, "about", &extra).await.status, StatusCode::SEE_OTHER);
    let after = stored(&own.city, own.contract.id).await;
    assert_eq!((after.organisation, &after.key, after.published), (own.contract.organisation, &own.contract.key, true));
}

#[tokio::test(flavor = "multi_thread")]
async fn s13_what_is_not_public_is_nowhere_for_others() {
    let own = camden().await;
    let anyone = Browser::default();
    let (id, address) = (own.contract.id, format!("/contracts/{}", own.contract.id));
    let person = own.editor.person.unwrap().to_string();
    assert_eq!(
        change(&own, &own.editor, "care", &[("note", "canary note"), ("manager", &person)]).await.status,
        StatusCode::SEE_OTHER
    );
    for path in [
        address.clone(),
        format!("{address}/history"),
        format!("/api/v1{address}"),
        "/api/v1/contracts.csv".to_owned(),
        "/changes".to_owned(),
    ] {
        let text = own.city.get(&anyone, &path).await.text;
        assert!(!text.contains("canary") && !text.contains(&person) && !text.contains("Ada Keeper"), "{path}");
    }
    let points = async || {
        let log = own.city.store().history(&Scope::Operator, id.0).await.unwrap();
        format!("{address}/history?from={}&to={}", log.last().unwrap().sequence, log[0].sequence)
    };
    let outsiders = [&anyone, &own.city.browser("hackney", Role::Editor).await];
    for browser in outsiders {
        let compared = own.city.get(browser, &points().await).await;
        assert_eq!(compared.status, StatusCode::NOT_FOUND, "that something private changed is not told either");
    }
    let page = words(&own.city.get(&own.editor, &address).await);
    assert!(page.contains("canary note") && page.contains("Ada Keeper"), "{page}");

    assert_eq!(change(&own, &own.editor, "about", &[("title", "Canary contract")]).await.status, StatusCode::SEE_OTHER);
    for browser in outsiders {
        let compared = own.city.get(browser, &points().await).await;
        assert_eq!(compared.status, StatusCode::OK);
        let told = compared.text.contains("canary note") || compared.text.contains("Contract manager");
        assert!(!told, "two points compared tell it");
    }
    let hidden = change(&own, &own.editor, "care", &[("published", "no")]).await;
    assert_eq!(hidden.status, StatusCode::SEE_OTHER);
    assert!(notice(&hidden).contains("Only your organisation sees this record"), "{}", notice(&hidden));
    let other = own.city.browser("hackney", Role::Editor).await;
    let missing = own.city.get(&anyone, &format!("/contracts/{}", Uuid::now_v7())).await;
    for browser in [&anyone, &other] {
        for path in [address.clone(), format!("{address}/history"), format!("/api/v1{address}")] {
            assert_eq!(own.city.get(browser, &path).await.status, StatusCode::NOT_FOUND, "{path}");
        }
        for path in [
            "/contracts",
            "/search?q=canary",
            "/changes",
            "/changes.atom",
            "/organisations/camden",
            "/api/v1/contracts",
            "/api/v1/contracts.csv",
            "/api/v1/contracts?q=canary",
            "/",
        ] {
            let text = own.city.get(browser, path).await.text;
            assert!(!text.contains("Canary contract") && !text.contains(&id.to_string()), "{path}");
        }
    }
    assert_eq!(own.city.get(&anyone, &address).await.text, missing.text);
    assert_eq!(own.city.get(&own.editor, &address).await.status, StatusCode::OK);
    // What is done to it meanwhile moves no tag that others could watch.
    let tag = |answer: &Answer| answer.headers.get(header::ETAG).cloned();
    let before = tag(&own.city.get(&anyone, "/contracts").await);
    assert_eq!(change(&own, &own.editor, "about", &[("reference", "canary reference")]).await.status, StatusCode::SEE_OTHER);
    assert!(before.is_some());
    assert_eq!(tag(&own.city.get(&anyone, "/contracts").await), before);
    // Once it is public, its history begins there.
    assert_eq!(change(&own, &own.editor, "care", &[("published", "yes")]).await.status, StatusCode::SEE_OTHER);
    let history = own.city.get(&anyone, &format!("{address}/history")).await;
    assert_eq!(history.status, StatusCode::OK);
    assert!(!history.text.contains("canary reference"), "what was written before it was public is told");
    assert!(words(&history).contains("Public : yes, before: no"), "{}", words(&history));
}

#[tokio::test(flavor = "multi_thread")]
async fn on_another_organisations_record_one_sees_whose_it_is_beside_for_whom_one_acts() {
    let own = camden().await;
    let path = format!("/contracts/{}", own.contract.id);
    let bar = async |browser: &Browser, path: &str| {
        let page = own.city.get(browser, path).await.page();
        all(page.root_element(), ".ct-acting").iter().flat_map(|bar| bar.text()).collect::<String>()
    };
    assert!(!bar(&own.editor, &path).await.contains("This record is kept by"), "it is one's own");
    let hackney = own.city.browser("hackney", Role::Editor).await;
    let told = bar(&hackney, &path).await;
    assert!(told.contains("Hackney") && told.contains("This record is kept by Camden: you read it as anyone can."), "{told}");
    assert!(bar(&hackney, &format!("{path}/history")).await.contains("This record is kept by Camden"));
    assert!(!bar(&hackney, "/contracts").await.contains("This record"), "a list is nobody's");
    // Whoever keeps records at both reads that what they change is the other's.
    let both = own.city.person("Bo Th", "hackney", &[Role::Editor]).await;
    own.city.place(both, None, "camden", &[Role::Editor]).await;
    let both = own.city.signed_in(both, "hackney").await;
    for path in [path.clone(), format!("{path}/change/dates")] {
        let told = bar(&both, &path).await;
        assert!(told.contains("This record is kept by Camden: what you change here, you change for it."), "{path}: {told}");
    }
    assert_eq!(bar(&Browser::default(), &path).await, "");
}

const ANOTHER: &str = "Somebody else was signed in on this browser when the page was opened.";

#[tokio::test(flavor = "multi_thread")]
async fn s08_what_one_wrote_is_not_saved_as_that_of_whoever_has_signed_in_since() {
    let own = camden().await;
    let dev = own.city.browser("camden", Role::Editor).await;
    let path = format!("/contracts/{}/change/about", own.contract.id);
    let fields = form(&own.city, &own.editor, &path, "[name=version]").await;
    let writer = own.editor.person.unwrap().to_string();
    assert!(fields.contains(&("writer".to_owned(), writer)), "{fields:?}");
    let sent = with(&fields, &[("title", "Written by Ada")]);
    let before = own.city.store().sequence().await.unwrap();
    let refused = own.city.post(&dev, &path, &sent).await;
    assert_eq!(refused.status, StatusCode::CONFLICT, "{}", refused.text);
    assert!(words(&refused).contains(ANOTHER), "{}", words(&refused));
    assert!(!refused.text.contains("Written by Ada"), "{}", refused.text);
    assert_eq!(own.city.store().sequence().await.unwrap(), before, "something was written");
    for page in [path.as_str(), "/work/unsent"] {
        assert!(!own.city.get(&dev, page).await.text.contains("Written by Ada"), "{page}");
    }
    // It is still hers to send, once; and a second press by somebody else does not tell what the first one said.
    assert_eq!(own.city.post(&own.editor, &path, &sent).await.status, StatusCode::SEE_OTHER);
    assert_eq!(stored(&own.city, own.contract.id).await.title, "Written by Ada");
    assert_eq!(own.city.post(&dev, &path, &sent).await.status, StatusCode::CONFLICT);
}

#[tokio::test(flavor = "multi_thread")]
async fn s08_a_file_from_anothers_page_is_not_taken() {
    let own = camden().await;
    let dev = own.city.browser("camden", Role::Editor).await;
    let writer = own.editor.person.unwrap();
    let sent = async |browser: &Browser| {
        let (parts, body) =
            files::upload("contracts", "register.csv", "Reference,Title,Supplier\nR1,Libraries,not known\n").into_parts();
        let body = axum::body::to_bytes(body, usize::MAX).await.unwrap();
        let says = format!("--XX\r\nContent-Disposition: form-data; name=\"writer\"\r\n\r\n{writer}\r\n");
        let body = Body::from([says.as_bytes(), &body[..]].concat());
        own.city.send(browser, Request::from_parts(parts, body)).await
    };
    let refused = sent(&dev).await;
    assert_eq!(refused.status, StatusCode::CONFLICT, "{}", refused.text);
    assert!(words(&refused).contains(ANOTHER), "{}", words(&refused));
    assert!(!refused.text.contains("register.csv"), "{}", refused.text);
    assert_eq!(sent(&own.editor).await.status, StatusCode::SEE_OTHER);
}
