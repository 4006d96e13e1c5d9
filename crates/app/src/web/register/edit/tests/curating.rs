//! What the hub places, and merges.

use super::*;

#[tokio::test(flavor = "multi_thread")]
async fn a_merge_that_cannot_be_undone_whole_names_what_stands_in_its_way_and_changes_nothing() {
    let own = camden().await;
    let city = &own.city;
    let into = make(city, records::supplier("Bramblewick Software Ltd")).await;
    let from = make(city, records::supplier("Bramblewick Sofware")).await;
    let flag = make(city, a_flag("supplier", from.id.0)).await;
    let mut contract = records::contract(own.contract.organisation, "Parking permits", None);
    contract.suppliers = vec![from.id];
    contract.supplier_state = SupplierState::Known;
    let contract = make(city, contract).await;
    let hub = city.browser("loti", Role::NetworkAdministrator).await;
    let fields = [("do", "merge"), ("into-name", "Bramblewick Software Ltd")];
    let merged = city.post(&hub, &format!("/curate/{}", flag.id), &fields).await;
    assert_eq!(merged.status, StatusCode::SEE_OTHER, "{}", words(&merged));
    let list = city.get(&hub, "/curate").await;
    let action = all(list.page().root_element(), "form[action^='/curate/merges/']")[0].value().attr("action").unwrap().to_owned();
    // Another supplier beside it is no obstacle; one in its place is.
    let other = make(city, records::supplier("Ostlerby Resale Ltd")).await;
    let stands = stored(city, contract.id).await;
    let put = async |suppliers: Vec<SupplierId>| {
        let before = stored(city, contract.id).await;
        let mut after = Contract { suppliers, ..before.clone() };
        let mut write = city.store().write(&Scope::Operator, city.app.clock.now()).await.unwrap();
        write.update(&before, &mut after).await.unwrap();
        write.commit().await.unwrap();
        city.refresh().await;
    };
    put(vec![other.id]).await;
    let head = city.store().sequence().await.unwrap();
    let refused = city.post(&hub, &action, &[]).await;
    let said = words(&refused);
    assert_eq!(refused.status, StatusCode::OK, "{said}");
    assert!(refused.text.contains("<title>Error: Place and merge"), "{}", refused.text);
    assert!(
        said.contains("The merge of Bramblewick Sofware cannot be undone whole, so nothing was undone: 1 record stands"),
        "{said}"
    );
    assert!(said.contains("Parking permits , contract: the same field was changed since"), "{said}");
    assert_eq!(city.store().sequence().await.unwrap(), head, "something was written");
    assert_eq!(city.store().get::<Supplier>(&Scope::Operator, from.id.0).await.unwrap(), None);
    put(vec![into.id, other.id]).await;
    let undone = city.post(&hub, &action, &[]).await;
    assert_eq!(notice(&undone), "The merge is undone whole.");
    assert_eq!(stored(city, contract.id).await.suppliers, [from.id, other.id]);
    assert_eq!(stored(city, contract.id).await.key, contract.key);
    assert_eq!(stands.suppliers, [into.id]);
}

/// What asks the hub to place a name.
fn a_flag(kind: &str, subject: Uuid) -> Flag {
    Flag {
        id: FlagId(Uuid::now_v7()),
        reason: format!("new-{kind}"),
        subject_kind: kind.to_owned(),
        subject,
        note: "It was not known".to_owned(),
        settled: false,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_hub_places_nothing_under_a_name_that_is_taken_and_merges_what_no_flag_asks_about() {
    let own = camden().await;
    let city = &own.city;
    let hub = city.browser("loti", Role::NetworkAdministrator).await;
    let (known, twin) = (make(city, records::product("Agendary")).await, make(city, records::product("Agendry")).await);
    let flag = make(city, a_flag("product", twin.id.0)).await;
    let address = format!("/curate/{}", flag.id);
    let head = city.store().sequence().await.unwrap();
    let refused = city.post(&hub, &address, &[("do", "place"), ("name", "agendary")]).await;
    assert!(words(&refused).contains("There is a record of that name already: merge this one into it"), "{}", words(&refused));
    assert_eq!(city.store().sequence().await.unwrap(), head, "something was written");
    // The other one is offered, chosen already.
    let offered = filled(&refused.page(), "[name=into]");
    assert!(offered.contains(&("into".to_owned(), known.id.to_string())), "{offered:?}");
    assert_eq!(city.post(&hub, &address, &[("do", "place"), ("name", "")]).await.status, StatusCode::SEE_OTHER);
    // One that is placed under another name answers to its own too: the next file that has it finds it.
    let third = make(city, records::product("Minutary")).await;
    let asked = make(city, a_flag("product", third.id.0)).await;
    let placed = city.post(&hub, &format!("/curate/{}", asked.id), &[("do", "place"), ("name", "Minutary Pro")]).await;
    assert_eq!(placed.status, StatusCode::SEE_OTHER, "{}", words(&placed));
    let third = city.store().get::<Product>(&Scope::Operator, third.id.0).await.unwrap().unwrap();
    let former: Vec<&str> = third.former_names.iter().map(|name| name.name.as_str()).collect();
    assert_eq!((third.name.as_str(), former.as_slice()), ("Minutary Pro", &["Minutary"][..]));
    let long = make(city, a_flag("product", known.id.0)).await;
    let refused = city.post(&hub, &format!("/curate/{}", long.id), &[("do", "place"), ("name", &"x".repeat(300))]).await;
    assert!(words(&refused).contains("The other name must be 200 characters or fewer"), "{}", words(&refused));
    assert!(!words(&refused).contains("New product, product"), "{}", words(&refused));
    // A second curator hears of it, and keeps what they typed.
    let late = city.post(&hub, &address, &[("do", "place"), ("name", "Agendary Two")]).await;
    assert_eq!(late.status, StatusCode::CONFLICT);
    let said = words(&late);
    assert!(said.contains("Placed already") && said.contains("Agendry") && said.contains("‘Agendary Two’"), "{said}");
    // The flag is settled; the hub may still say that the two are one, from the product's own page.
    let page = format!("/products/{}", twin.id);
    assert!(!words(&city.get(&own.editor, &page).await).contains("Merge with another"));
    let fields = form(city, &hub, &page, "[name=subject]").await;
    assert_eq!(city.post(&own.editor, "/curate", &with(&fields, &[("writer", "")])).await.status, StatusCode::NOT_FOUND);
    let asked = city.post(&hub, "/curate", &with(&fields, &[])).await;
    assert_eq!(city.post(&hub, "/curate", &with(&fields, &[])).await.location(), asked.location());
    let merge = form(city, &hub, asked.location(), "[name=into]").await;
    let merged = city.post(&hub, asked.location(), &with(&merge, &[("do", "merge"), ("into", &known.id.to_string())])).await;
    assert_eq!(merged.status, StatusCode::SEE_OTHER, "{}", words(&merged));
    assert_eq!(city.store().get::<Product>(&Scope::Operator, twin.id.0).await.unwrap(), None);
    for (kind, subject) in [("contract", own.contract.id.to_string()), ("product", Uuid::now_v7().to_string())] {
        let none = city.post(&hub, "/curate", &[("kind", kind), ("subject", &subject)]).await;
        assert_eq!(none.status, StatusCode::NOT_FOUND, "{kind}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_that_is_asked_about_twice_stands_once_and_is_placed_once() {
    let own = camden().await;
    let city = &own.city;
    let hub = city.browser("loti", Role::NetworkAdministrator).await;
    let supplier = make(city, records::supplier("Bramblewick Sofware")).await;
    let new = make(city, a_flag("supplier", supplier.id.0)).await;
    let alike = Flag {
        reason: "possible-same-as".to_owned(),
        note: "Perhaps Bramblewick Software".to_owned(),
        ..a_flag("supplier", supplier.id.0)
    };
    let alike = make(city, alike).await;
    // Two suggestions about one contract are two.
    let prose = Flag {
        reason: "extension-in-prose".to_owned(),
        note: "Up to 12 months".to_owned(),
        ..a_flag("contract", own.contract.id.0)
    };
    make(city, prose.clone()).await;
    make(city, Flag { id: FlagId(Uuid::now_v7()), note: "And 24 more".to_owned(), ..prose }).await;
    let list = city.get(&hub, "/curate").await;
    let said = words(&list);
    assert!(said.contains("All (3)") && said.contains("New supplier (1)") && said.contains("Perhaps the same (1)"), "{said}");
    assert_eq!(all(list.page().root_element(), "tbody a[href^='/curate/']").len(), 3, "{said}");
    assert!(said.contains("It was not known. Perhaps Bramblewick Software"), "{said}");
    let page = words(&city.get(&hub, &format!("/curate/{}", alike.id)).await);
    assert!(page.contains("It was not known.") && page.contains("Perhaps Bramblewick Software."), "{page}");
    let placed = city.post(&hub, &format!("/curate/{}", new.id), &[("do", "place"), ("name", "Bramblewick Software")]).await;
    assert_eq!(placed.status, StatusCode::SEE_OTHER, "{}", words(&placed));
    assert!(city.store().get::<Flag>(&Scope::Operator, alike.id.0).await.unwrap().unwrap().settled);
    assert!(words(&city.get(&hub, "/curate").await).contains("All (2)"));
    assert!(words(&city.get(&hub, &format!("/curate/{}", alike.id)).await).contains("Placed already"));
    let stands = city.store().get::<Supplier>(&Scope::Operator, supplier.id.0).await.unwrap().unwrap();
    assert!(stands.names.iter().any(|name| name.name == "Bramblewick Sofware"), "{stands:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_function_that_cannot_be_placed_so_keeps_the_area_that_was_chosen() {
    let own = camden().await;
    let city = &own.city;
    let hub = city.browser("loti", Role::NetworkAdministrator).await;
    let area =
        ServiceArea { id: ServiceAreaId(Uuid::now_v7()), slug: "dragons".to_owned(), name: "Dragons".to_owned(), position: 99 };
    let area = make(city, area).await;
    let function = |name: &str| Function {
        id: FunctionId(Uuid::now_v7()),
        slug: name.to_lowercase().replace(' ', "-"),
        name: name.to_owned(),
        service_area: None,
        core: false,
        aliases: Vec::new(),
    };
    make(city, function("Dragon licensing")).await;
    let asked = make(city, function("Licences for dragons")).await;
    let flag = make(city, a_flag("function", asked.id.0)).await;
    let chosen = area.id.to_string();
    let fields = [("do", "place"), ("name", "Dragon licensing"), ("service-area", chosen.as_str())];
    let refused = city.post(&hub, &format!("/curate/{}", flag.id), &fields).await;
    assert!(words(&refused).contains("There is a record of that name already"), "{}", words(&refused));
    let again = filled(&refused.page(), "[name=service-area]");
    assert!(again.contains(&("service-area".to_owned(), chosen.clone())), "{again:?}");
    assert!(again.contains(&("name".to_owned(), "Dragon licensing".to_owned())), "{again:?}");
    let placed =
        city.post(&hub, &format!("/curate/{}", flag.id), &with(&again, &[("do", "place"), ("name", "Dragon permits")])).await;
    assert_eq!(placed.status, StatusCode::SEE_OTHER, "{}", words(&placed));
    let placed = city.store().get::<Function>(&Scope::Operator, asked.id.0).await.unwrap().unwrap();
    assert_eq!((placed.service_area, placed.aliases), (Some(area.id), vec!["Licences for dragons".to_owned()]));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_merged_leads_to_what_stayed_on_pages_in_filters_and_in_the_api() {
    let own = camden().await;
    let city = &own.city;
    let hub = city.browser("loti", Role::NetworkAdministrator).await;
    let into = make(city, records::supplier("Bramblewick Software Ltd")).await;
    let from = make(city, records::supplier("Bramblewick Sofware")).await;
    let function = |slug: &str, name: &str| Function {
        id: FunctionId(Uuid::now_v7()),
        slug: slug.to_owned(),
        name: name.to_owned(),
        service_area: None,
        core: false,
        aliases: Vec::new(),
    };
    make(city, function("dragon-licensing", "Dragon licensing")).await;
    let goes = make(city, function("licences-for-dragons", "Licences for dragons")).await;
    for (kind, subject, name) in
        [("supplier", from.id.0, "Bramblewick Software Ltd"), ("function", goes.id.0, "Dragon licensing")]
    {
        let flag = make(city, a_flag(kind, subject)).await;
        let merged = city.post(&hub, &format!("/curate/{}", flag.id), &[("do", "merge"), ("into-name", name)]).await;
        assert_eq!(merged.status, StatusCode::SEE_OTHER, "{}", words(&merged));
    }
    let anyone = Browser::default();
    let (old, new) = (from.id, into.id);
    for (address, leads) in [
        (format!("/suppliers/{old}"), format!("/suppliers/{new}")),
        (format!("/api/v1/suppliers/{old}"), format!("/api/v1/suppliers/{new}")),
        (format!("/contracts?q=a&supplier={old}"), format!("/contracts?q=a&supplier={new}")),
        (format!("/systems?manufacturer={old}"), format!("/systems?manufacturer={new}")),
        (format!("/api/v1/contracts?supplier={old}&limit=5"), format!("/api/v1/contracts?supplier={new}&limit=5")),
        ("/functions/licences-for-dragons".to_owned(), "/functions/dragon-licensing".to_owned()),
        ("/systems?function=licences-for-dragons".to_owned(), "/systems?function=dragon-licensing".to_owned()),
    ] {
        let answer = city.get(&anyone, &address).await;
        assert_eq!((answer.status, answer.location()), (StatusCode::TEMPORARY_REDIRECT, leads.as_str()), "{address}");
        assert_eq!(city.get(&anyone, &leads).await.status, StatusCode::OK, "{leads}");
    }
    // What was never there, or was removed, leads nowhere.
    for address in [format!("/suppliers/{}", Uuid::now_v7()), "/functions/licences-for-griffins".to_owned()] {
        assert_eq!(city.get(&anyone, &address).await.status, StatusCode::NOT_FOUND, "{address}");
    }
    let history = words(&city.get(&hub, &format!("/suppliers/{old}/history")).await);
    assert!(history.contains("It was merged into Bramblewick Software Ltd"), "{history}");
    assert!(history.contains("The record was merged into another") && !history.contains("was removed"), "{history}");
    // The merge taken back, the address is the record's own again.
    let list = city.get(&hub, "/curate").await;
    for form in all(list.page().root_element(), "form[action^='/curate/merges/']") {
        let undone = city.post(&hub, form.value().attr("action").unwrap(), &[]).await;
        assert_eq!(undone.status, StatusCode::SEE_OTHER, "{}", words(&undone));
    }
    assert_eq!(city.get(&anyone, &format!("/suppliers/{old}")).await.status, StatusCode::OK);
    assert_eq!(city.get(&anyone, "/functions/licences-for-dragons").await.status, StatusCode::OK);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_curators_at_the_same_moment_one_places_and_the_other_hears_of_it() {
    let own = camden().await;
    let city = &own.city;
    let known = make(city, records::supplier("Bramblewick Software Ltd")).await;
    let hub = [city.browser("loti", Role::NetworkAdministrator).await, city.browser("loti", Role::NetworkAdministrator).await];
    for (number, second) in [("1", "place"), ("2", "merge"), ("3", "place"), ("4", "merge")] {
        let supplier = make(city, records::supplier(&format!("Ostlerby Resale {number}"))).await;
        let address = format!("/curate/{}", make(city, a_flag("supplier", supplier.id.0)).await.id);
        let first = format!("Ostlerby Resale {number} of one");
        let other = format!("Ostlerby Resale {number} of another");
        let (one, two) = ([("do", "place"), ("name", first.as_str())], known.id.to_string());
        let two = [("do", second), ("name", other.as_str()), ("into", two.as_str())];
        let (one, two) = futures_util::future::join(city.post(&hub[0], &address, &one), city.post(&hub[1], &address, &two)).await;
        let mut answers = [one.status, two.status];
        answers.sort();
        assert_eq!(answers, [StatusCode::SEE_OTHER, StatusCode::CONFLICT], "{}\n{}", words(&one), words(&two));
        let late = if one.status == StatusCode::CONFLICT { &one } else { &two };
        assert!(words(late).contains("Placed already") && words(late).contains("It was not saved"), "{}", words(late));
        // What the faster one did stands.
        let stands = city.store().get::<Supplier>(&Scope::Operator, supplier.id.0).await.unwrap().map(|found| found.name);
        let expected = match (one.status, second) {
            (StatusCode::SEE_OTHER, _) => Some(first),
            (_, "place") => Some(other),
            _ => None,
        };
        assert_eq!(stands, expected);
    }
}
