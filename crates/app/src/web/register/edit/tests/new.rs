//! New records: question pages, the page to check, names that the hub places.

use super::*;

/// Answers a question page and gives the next one.
async fn answer(city: &City, browser: &Browser, path: &str, changed: &[(&str, &str)]) -> String {
    let page = city.get(browser, path).await;
    assert_eq!(page.status, StatusCode::OK, "{path}: {}", page.text);
    let fields = filled(&page.page(), "[name=command]");
    let next = city.post(browser, path, &with(&fields, changed)).await;
    assert_eq!(next.status, StatusCode::SEE_OTHER, "{path}: {}", words(&next));
    next.location().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_contract_is_asked_for_checked_and_made_and_its_new_supplier_is_placed_and_merged_and_returns() {
    let own = camden().await;
    let (city, editor) = (&own.city, &own.editor);
    let known = make(city, records::supplier("Bramblewick Software Ltd")).await;
    let first = city.post(editor, "/organisations/camden/new/contract", &[]).await.location().to_owned();
    let wrong = city.post(editor, &first, &[("title", "")]).await;
    assert!(words(&wrong).contains("Enter the contract’s title"), "{}", words(&wrong));
    let at = answer(city, editor, &first, &[("title", "Housing management system"), ("reference", "CT-1")]).await;
    let at = answer(city, editor, &at, &[("supplier-state", "known"), ("suppliers", "Bramblewick Sofware")]).await;
    let at = answer(city, editor, &at, &[("products", "Bramble Housing"), ("functions", "council-tax")]).await;
    let at = answer(city, editor, &at, &[("kind", "rolling")]).await;
    let halves = city.post(editor, &at, &[("option-1-months", "12"), ("option-2-by", "agreement")]).await;
    for part in ["Say who decides on option 1", "Say whether option 1 has been used", "Enter for how many months option 2 is"] {
        assert!(words(&halves).contains(part), "{part}: {}", words(&halves));
    }
    let option =
        [("option-1-months", "12"), ("option-1-kind", "whole"), ("option-1-by", "buyer-option"), ("option-1-used", "no")];
    let removed = [("option-2-by", "agreement"), ("option-2-remove", "yes")];
    let at = answer(city, editor, &at, &[option.as_slice(), &removed].concat()).await;
    // Nobody has said yet whether the value is known: nothing stands chosen, and a sum does not vanish.
    let page = city.get(editor, &at).await;
    assert!(all(page.page().root_element(), "[name=value-state][checked]").is_empty());
    let lost = city.post(editor, &at, &[("value-state", "not-known"), ("amount", "45,000")]).await;
    assert!(words(&lost).contains("Remove the sum, or answer ‘Yes’ to whether the value is known"), "{}", words(&lost));
    assert_eq!(all(lost.page().root_element(), ".govuk-error-summary a[href='#amount']").len(), 1);
    let at = answer(city, editor, &at, &[("value-state", "known"), ("amount", "45,000"), ("basis", "annual")]).await;
    let at = answer(city, editor, &at, &[("route", "call-off")]).await;
    let check = answer(city, editor, &at, &[("owning-service", "Housing")]).await;
    let page = city.get(editor, &check).await;
    let said = words(&page);
    for part in ["Bramblewick Sofware", "Bramble Housing", "£45,000", "it has the same title", "the hub is asked to place them"]
    {
        assert!(said.contains(part), "{part}: {said}");
    }
    // A draft is its writer's alone.
    assert_eq!(city.get(&city.browser("camden", Role::Editor).await, &check).await.status, StatusCode::NOT_FOUND);
    let fields = filled(&page.page(), "[name=command]");
    let made = city.post(editor, &check, &with(&fields, &[("do", "make")])).await;
    assert_eq!(made.status, StatusCode::SEE_OTHER, "{}", words(&made));
    assert_eq!(city.post(editor, &check, &with(&fields, &[("do", "make")])).await.location(), made.location());
    let id: ContractId = made.location().rsplit('/').next().unwrap().parse().unwrap();
    let contract = stored(city, id).await;
    assert!(contract.key.starts_with("camden|register|r:ct 1|"), "{}", contract.key);

    // The hub finds what was proposed and says that it is the same as a known one.
    let hub = city.browser("loti", Role::NetworkAdministrator).await;
    assert_eq!(city.get(editor, "/curate").await.status, StatusCode::NOT_FOUND);
    let list = city.get(&hub, "/curate?reason=new-supplier").await;
    let link = all(list.page().root_element(), "main tbody a")[0].value().attr("href").unwrap().to_owned();
    let page = city.get(&hub, &link).await;
    assert!(words(&page).contains("Bramblewick Software Ltd"), "{}", words(&page));
    let fields = filled(&page.page(), "[name=into]");
    let merged = city.post(&hub, &link, &with(&fields, &[("do", "merge"), ("into", &known.id.to_string())])).await;
    assert_eq!(merged.status, StatusCode::SEE_OTHER, "{}", words(&merged));
    assert_eq!(stored(city, id).await.suppliers, [known.id]);
    let list = city.get(&hub, "/curate").await;
    let action = all(list.page().root_element(), "form[action^='/curate/merges/']")[0].value().attr("action").unwrap().to_owned();
    assert_eq!(city.post(editor, &action, &[]).await.status, StatusCode::NOT_FOUND);
    assert_eq!(city.post(&hub, &action, &[]).await.status, StatusCode::SEE_OTHER);
    assert_eq!(stored(city, id).await.suppliers, contract.suppliers);
    let placed = city.post(&hub, &link, &[("do", "place"), ("name", "Bramblewick Software")]).await;
    assert_eq!(placed.status, StatusCode::SEE_OTHER, "{}", words(&placed));
    let supplier = city.store().get::<Supplier>(&Scope::Operator, contract.suppliers[0].0).await.unwrap().unwrap();
    assert_eq!(supplier.name, "Bramblewick Software");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_kind_of_record_has_a_history_that_compares_any_two_points() {
    let own = camden().await;
    let (city, anyone) = (&own.city, Browser::default());
    let supplier = make(city, records::supplier("Bramblewick Software")).await;
    let mut after = supplier.clone();
    after.name = "Bramblewick Group".to_owned();
    after.identifiers = vec![Identifier { scheme: "GB-COH".to_owned(), id: "09990001".to_owned() }];
    let network = city.browser("loti", Role::NetworkAdministrator).await;
    assert!(network.person.is_some());
    let mut write = city.store().write(&Scope::Operator, city.app.clock.now()).await.unwrap();
    write.update(&supplier, &mut after).await.unwrap();
    write.commit().await.unwrap();
    city.refresh().await;
    let address = format!("/suppliers/{}", supplier.id);
    assert!(city.get(&anyone, &address).await.text.contains(&format!("{address}/history")));
    let page = city.get(&anyone, &format!("{address}/history")).await;
    let said = words(&page);
    assert!(said.contains("before: Bramblewick Software") && said.contains("GB-COH 09990001"), "{said}");
    let points: Vec<String> = all(page.page().root_element(), "input[name=from]")
        .iter()
        .map(|one| one.value().attr("value").unwrap().to_owned())
        .collect();
    let compared = city.get(&anyone, &format!("{address}/history?from={}&to={}", points[1], points[0])).await;
    assert!(
        words(&compared).contains("Bramblewick Software") && words(&compared).contains("What differs between"),
        "{}",
        words(&compared)
    );
    for path in ["/organisations/camden/history", "/functions/council-tax/history"] {
        let page = city.get(&anyone, path).await;
        assert_eq!(page.status, StatusCode::OK, "{path}: {}", page.text);
        // Nobody takes these back here.
        assert!(all(page.page().root_element(), "main form[method=post]").is_empty(), "{path}");
    }
    for path in [
        "/organisations/atlantis/history",
        "/functions/x/history",
        "/suppliers/x/history",
        "/products/00000000-0000-7000-8000-000000000000/history",
    ] {
        assert_eq!(city.get(&anyone, path).await.status, StatusCode::NOT_FOUND, "{path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn to_check_the_answers_now_keeps_what_was_typed_on_the_page() {
    let own = camden().await;
    let (city, editor) = (&own.city, &own.editor);
    let first = city.post(editor, "/organisations/camden/new/contract", &[]).await.location().to_owned();
    // What nobody sees is not taken into a record.
    let at = answer(city, editor, &first, &[("title", "Parking\u{202E} permits")]).await;
    let button = all(city.get(editor, &at).await.page().root_element(), "main form button[name=to][value=check]").len();
    assert_eq!(button, 1);
    // Whoever answers nothing on a page can go on to check: it stands there as still to answer.
    let empty = city.post(editor, &at, &[("suppliers", ""), ("to", "check")]).await;
    assert_eq!(empty.location(), first.rsplit_once('/').unwrap().0);
    let typed = [("supplier-state", "known"), ("suppliers", "Bramblewick Ltd"), ("to", "check")];
    let check = answer(city, editor, &at, &typed).await;
    assert_eq!(check, first.rsplit_once('/').unwrap().0);
    let said = words(&city.get(editor, &check).await);
    assert!(said.contains("Bramblewick Ltd") && said.contains("Parking permits"), "{said}");
    // What is wrong on the page is said there, and nothing of it is lost.
    let wrong = city.post(editor, &first, &[("title", ""), ("reference", "CT-7"), ("to", "check")]).await;
    assert!(words(&wrong).contains("Enter the contract’s title") && wrong.text.contains("CT-7"), "{}", words(&wrong));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_draft_that_nobody_has_submitted_is_no_error_and_says_what_is_left() {
    let own = camden().await;
    let (city, editor) = (&own.city, &own.editor);
    let first = city.post(editor, "/organisations/camden/new/contract", &[]).await.location().to_owned();
    let check = first.rsplit_once('/').unwrap().0.to_owned();
    let page = city.get(editor, &check).await;
    assert!(page.text.contains("<title>Check the new contract"), "{}", page.text);
    let said = words(&page);
    assert!(said.contains("Still to answer") && !said.contains("There is a problem"), "{said}");
    // Pressing the button is what makes it an error.
    let tried = city.post(editor, &check, &[("do", "make")]).await;
    assert!(tried.text.contains("<title>Error: Check the new contract"), "{}", tried.text);
    assert!(words(&tried).contains("There is a problem") && !words(&tried).contains("Still to answer"));
}

#[tokio::test(flavor = "multi_thread")]
async fn drafts_are_listed_for_their_writer_and_discarded_after_a_question() {
    let own = camden().await;
    let (city, editor) = (&own.city, &own.editor);
    let first = city.post(editor, "/organisations/camden/new/contract", &[]).await.location().to_owned();
    answer(city, editor, &first, &[("title", "Parking permits")]).await;
    let draft = first.rsplit_once('/').unwrap().0.to_owned();
    for (path, link) in [("/work", draft.clone()), ("/organisations/camden/register", format!("{draft}/discard"))] {
        let page = city.get(editor, path).await;
        let leads = all(page.page().root_element(), "main a").iter().any(|one| one.value().attr("href") == Some(&link));
        assert!(words(&page).contains("Parking permits") && leads, "{path}: {}", page.text);
    }
    let colleague = city.browser("camden", Role::Editor).await;
    let discard = format!("{draft}/discard");
    for path in ["/work", "/organisations/camden/register"] {
        assert!(!words(&city.get(&colleague, path).await).contains("Parking permits"), "{path}");
    }
    assert_eq!(city.get(&colleague, &discard).await.status, StatusCode::NOT_FOUND);
    assert_eq!(city.post(&colleague, &discard, &[]).await.status, StatusCode::NOT_FOUND);
    let page = city.get(editor, &discard).await;
    assert!(words(&page).contains("Discard this draft? Parking permits , last written"), "{}", words(&page));
    assert_eq!(city.get(editor, &draft).await.status, StatusCode::OK, "looking discarded it");
    let fields = filled(&page.page(), "[name=command]");
    let before = city.store().sequence().await.unwrap();
    let gone = city.post(editor, &discard, &with(&fields, &[])).await;
    assert_eq!((gone.status, notice(&gone).as_str()), (StatusCode::SEE_OTHER, "The draft is discarded."));
    assert_eq!(city.post(editor, &discard, &with(&fields, &[])).await.location(), gone.location());
    assert_eq!(city.get(editor, &draft).await.status, StatusCode::NOT_FOUND);
    assert!(!words(&city.get(editor, "/work").await).contains("Parking permits"));
    // The log keeps that it went, and nothing of what it said.
    let id: Uuid = draft.rsplit('/').next().unwrap().parse().unwrap();
    let told = city.store().history(&Scope::Operator, id).await.unwrap();
    assert_eq!((city.store().sequence().await.unwrap(), told.len()), (before + 1, 1));
    assert!(!told[0].content.as_ref().unwrap().to_string().contains("Parking"));
    assert!(city.store().history(&Scope::Public, id).await.unwrap().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn systems_and_skills_are_added_and_changed_too() {
    let own = camden().await;
    let (city, editor) = (&own.city, &own.editor);
    for (kind, answers, list) in [
        ("system", vec![("product", "Bramble Housing"), ("users", "1,200"), ("functions", "council-tax")], "systems"),
        ("skill", vec![("name", "Power BI"), ("level", "expert"), ("people", "3"), ("offers-training", "yes")], "skills"),
    ] {
        let first = city.post(editor, &format!("/organisations/camden/new/{kind}"), &[]).await.location().to_owned();
        let check = answer(city, editor, &first, &answers).await;
        let fields = filled(&city.get(editor, &check).await.page(), "[name=command]");
        let made = city.post(editor, &check, &with(&fields, &[("do", "make")])).await;
        assert!(made.location().starts_with(&format!("/{list}/")), "{kind}: {}", words(&made));
        assert_eq!(city.get(&Browser::default(), made.location()).await.status, StatusCode::OK);
        let path = format!("{}/change", made.location());
        let fields = filled(&city.get(editor, &path).await.page(), "[name=version]");
        let saved = city.post(editor, &path, &with(&fields, &[("people", "4"), ("users", "5")])).await;
        assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", words(&saved));
        let other = city.browser("hackney", Role::Editor).await;
        let theirs = with(&fields, &[("people", "9"), ("writer", "")]);
        assert_eq!(city.post(&other, &path, &theirs).await.status, StatusCode::NOT_FOUND);
        assert_eq!(city.get(&other, &path).await.status, StatusCode::NOT_FOUND);
        let fields = filled(&city.get(editor, made.location()).await.page(), "[name=version]");
        let right = city.post(editor, &format!("{}/still-right", made.location()), &with(&fields, &[])).await;
        assert_eq!(right.status, StatusCode::SEE_OTHER, "{}", words(&right));
    }
    assert!(words(&city.get(&Browser::default(), "/skills?q=power&training=yes").await).contains("Power BI"));
}

#[tokio::test(flavor = "multi_thread")]
async fn sub_processors_are_kept_with_the_system_and_shown_as_it_is() {
    let own = camden().await;
    let (city, editor) = (&own.city, &own.editor);
    let supplier = make(city, records::supplier("Bramble Hosting Ltd")).await;
    let first = city.post(editor, "/organisations/camden/new/system", &[]).await.location().to_owned();
    let answers = [
        ("product", "Bramble Housing"),
        ("sub-processor-1-name", "Bramble Hosting Limited"),
        ("sub-processor-1-does", "hosting"),
        ("sub-processor-1-source", "https://example.org/sub-processors"),
        ("sub-processor-2-name", "Example Texts"),
        ("sub-processor-2-place", "Ireland"),
    ];
    let check = answer(city, editor, &first, &answers).await;
    let page = city.get(editor, &check).await;
    assert!(words(&page).contains("Bramble Hosting Limited (hosting)"), "{}", words(&page));
    let fields = filled(&page.page(), "[name=command]");
    let made = city.post(editor, &check, &with(&fields, &[("do", "make")])).await.location().to_owned();
    let id: SystemId = made.trim_start_matches("/systems/").parse().unwrap();
    let stored = city.store().get::<System>(&Scope::Operator, id.0).await.unwrap().unwrap();
    assert_eq!((stored.sub_processors.len(), stored.sub_processors[0].supplier), (2, Some(supplier.id)));
    // Everyone reads them: on the page with links, in the API, in a file.
    let anyone = Browser::default();
    let page = city.get(&anyone, &made).await;
    let html = page.page();
    let links = |href: &str| all(html.root_element(), &format!("main a[href='{href}']")).len();
    assert_eq!((links(&format!("/suppliers/{}", supplier.id)), links("https://example.org/sub-processors")), (1, 1));
    assert!(words(&page).contains("Ireland"), "{}", words(&page));
    let json: serde_json::Value = serde_json::from_str(&city.get(&anyone, &format!("/api/v1{made}")).await.text).unwrap();
    assert_eq!(json["sub_processors"][1]["place"], "Ireland");
    assert_eq!(json["sub_processors"][0]["supplier"], supplier.id.to_string());
    let csv = city.get(&anyone, "/api/v1/systems.csv").await.text;
    assert!(
        csv.contains("Bramble Hosting Limited | hosting |  | https://example.org/sub-processors; Example Texts |  | Ireland"),
        "{csv}"
    );
    // A row without a name is refused with its place; an emptied row is one taken away; the history tells both.
    let path = format!("{made}/change");
    let fields = filled(&city.get(editor, &path).await.page(), "[name=version]");
    let wrong = city.post(editor, &path, &with(&fields, &[("sub-processor-1-name", "")])).await;
    assert!(words(&wrong).contains("Enter who sub-processor 1 is, or empty its row"), "{}", words(&wrong));
    assert_eq!(all(wrong.page().root_element(), ".govuk-error-summary a[href='#sub-processor-1-name']").len(), 1);
    let emptied =
        [("sub-processor-1-name", ""), ("sub-processor-1-does", ""), ("sub-processor-1-source", ""), ("published", "no")];
    assert_eq!(city.post(editor, &path, &with(&fields, &emptied)).await.status, StatusCode::SEE_OTHER);
    let history = words(&city.get(editor, &format!("{made}/history")).await);
    assert!(history.contains("Sub-processors") && history.contains("Example Texts (Ireland)"), "{history}");
    // What is not public is nobody else's.
    assert_eq!(city.get(&anyone, &format!("/api/v1{made}")).await.status, StatusCode::NOT_FOUND);
    assert!(!city.get(&anyone, "/api/v1/systems.csv").await.text.contains("Example Texts"));
    assert!(city.store().check(&Scope::Operator).await.unwrap().sound());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_system_of_a_product_and_a_second_skill_of_a_name_are_warned_of() {
    let own = camden().await;
    let (city, editor) = (&own.city, &own.editor);
    for (kind, name, others, warned) in [
        ("system", "product", [("published", "yes"), ("functions", "council-tax")], "the same product is in use already"),
        ("skill", "name", [("level", "expert"), ("offers-training", "no")], "a skill of that name is there already"),
    ] {
        for turn in 0..2 {
            let first = city.post(editor, &format!("/organisations/camden/new/{kind}"), &[]).await.location().to_owned();
            let said = [(name, "Agendary"), others[0], others[1]];
            let check = answer(city, editor, &first, &said).await;
            let page = city.get(editor, &check).await;
            assert_eq!(words(&page).contains(warned), turn == 1, "{kind}, {turn}: {}", words(&page));
            let fields = filled(&page.page(), "[name=command]");
            let made = city.post(editor, &check, &with(&fields, &[("do", "make")])).await;
            assert_eq!(made.status, StatusCode::SEE_OTHER, "{kind}: {}", words(&made));
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_organisation_takes_its_name_off_anothers_contract_and_nothing_else() {
    let own = camden().await;
    let (city, id) = (&own.city, own.contract.id);
    let hackney = city.organisation("hackney").id;
    meanwhile(city, id, |contract| contract.joint = vec![hackney]).await;
    let keeper = city.browser("hackney", Role::Editor).await;
    let counted =
        async || city.get(&Browser::default(), "/api/v1/contracts?organisation=hackney").await.text.contains(&id.to_string());
    assert!(counted().await);
    let dashboard = "/organisations/hackney/register";
    let page = words(&city.get(&keeper, dashboard).await);
    assert!(page.contains("Contracts of others that name you (1)") && page.contains("Housing management system"), "{page}");
    let fields = form(city, &keeper, dashboard, "[name=organisation]").await;
    let path = format!("/contracts/{id}/not-joint");
    // Whoever keeps another register, its owner's included, cannot say so for Hackney; nor Hackney of a contract that does not name it.
    for browser in [&own.editor, &city.browser("hackney", Role::Viewer).await, &city.browser("islington", Role::Editor).await] {
        assert_eq!(city.post(browser, &path, &with(&fields, &[("writer", "")])).await.status, StatusCode::NOT_FOUND);
    }
    let other = make(city, records::contract(own.contract.organisation, "Parking permits", None)).await;
    let elsewhere = format!("/contracts/{}/not-joint", other.id);
    assert_eq!(city.post(&keeper, &elsewhere, &[("organisation", "hackney")]).await.status, StatusCode::NOT_FOUND);
    for _ in 0..2 {
        let off = city.post(&keeper, &path, &with(&fields, &[("title", "Mine now")])).await;
        assert_eq!((off.status, off.location()), (StatusCode::SEE_OTHER, dashboard), "{}", words(&off));
    }
    let after = stored(city, id).await;
    assert_eq!((after.joint.len(), after.title.as_str()), (0, own.contract.title.as_str()));
    assert!(!counted().await && !words(&city.get(&keeper, dashboard).await).contains("that name you"));
    let history = words(&city.get(&own.editor, &format!("/contracts/{id}/history")).await);
    assert!(history.contains("Hackney") && history.contains("ther organisations"), "{history}");
}
