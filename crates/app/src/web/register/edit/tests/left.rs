//! What an undo of an import left: by what the file called it, what it is called now, and who came after.

use super::{files::imported, *};

const CSV: &str = "Reference,Title,Supplier,Notice URL\nR1,Parking permits,Zedmaker Ltd,https://one.example/1\n";

async fn made(own: &Own) -> Contract {
    let all: Vec<Contract> =
        own.city.store().by(&Scope::Operator, "organisation_id", own.contract.organisation.0.to_string()).await.unwrap();
    all.into_iter().find(|contract| contract.title == "Parking permits").unwrap()
}

async fn removed<R: store::Record>(city: &City, record: R) {
    let mut write = city.store().write(&Scope::Operator, city.app.clock.now()).await.unwrap();
    write.delete(&[record]).await.unwrap();
    write.commit().await.unwrap();
    city.refresh().await;
}

/// An import of the survey that brought a system with its product.
async fn surveyed(city: &City, organisation: OrganisationId) -> (ImportId, SystemId) {
    let import = Import { organisation: Some(organisation), ..records::import("systems", city.app.clock.now()) };
    let product = records::product("Ostlerby Rents");
    let (id, system) = (import.id, records::system(organisation, product.id));
    let named = system.id;
    let mut write = city.store().write(&Scope::Operator, city.app.clock.now()).await.unwrap();
    write.by_import(id);
    write.create(&mut [import]).await.unwrap();
    write.create(&mut [product]).await.unwrap();
    write.create(&mut [system]).await.unwrap();
    write.commit().await.unwrap();
    (id, named)
}

#[tokio::test(flavor = "multi_thread")]
async fn what_an_undo_left_is_named_with_who_came_after_and_what_became_of_it_since() {
    let own = camden().await;
    let (city, editor) = (&own.city, &own.editor);
    let report = imported(city, editor, CSV).await;
    let contract = made(&own).await;
    let path = format!("/contracts/{}/change/about", contract.id);
    let fields = form(city, editor, &path, "[name=version]").await;
    let saved = city.post(editor, &path, &with(&fields, &[("title", "Parking")])).await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", words(&saved));
    let undone = city.post(editor, &format!("{report}/undo"), &[]).await;
    assert!(notice(&undone).contains("2 left as they are"), "{}", notice(&undone));
    let day = crate::web::words::instant(city.app.clock.now());
    let said = words(&city.get(editor, &report).await);
    let by_hand = format!("Parking permits, now Parking , contract: it was changed since, by hand (Ada Keeper) on {day}: title");
    assert!(said.contains(&by_hand), "{said}");
    assert!(said.contains("Zedmaker Ltd , supplier: a contract names it: Parking"), "{said}");
    // The name is there still, so the hub still has to place it.
    assert!(said.contains("Names that the hub is asked to place (1)"), "{said}");
    let file = city.get(editor, &format!("{report}/report.csv")).await;
    assert!(file.text.contains("to place"), "{}", file.text);
    // What was left is removed and merged since.
    removed(city, stored(city, contract.id).await).await;
    let said = words(&city.get(editor, &report).await);
    let gone = format!("Parking permits, contract: it was removed or merged since, by whoever runs the register on {day}");
    assert!(said.contains(&gone), "{said}");
    assert!(said.contains("Zedmaker Ltd , supplier: other records referred to it then"), "{said}");
    let into = make(city, records::supplier("Ostlerby Resale Ltd")).await;
    let hub = city.browser("loti", Role::NetworkAdministrator).await;
    let supplier = contract.suppliers[0].to_string();
    let asked = city.post(&hub, "/curate", &[("kind", "supplier"), ("subject", &supplier)]).await;
    let merged = city.post(&hub, asked.location(), &[("do", "merge"), ("into", &into.id.to_string())]).await;
    assert_eq!(merged.status, StatusCode::SEE_OTHER, "{}", words(&merged));
    let said = words(&city.get(editor, &report).await);
    let merged =
        format!("Zedmaker Ltd, now Ostlerby Resale Ltd , supplier: it was removed or merged since, by a merge of names on {day}");
    assert!(said.contains(&merged), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn another_address_of_a_notice_is_shown_before_a_file_changes_it_and_in_the_history() {
    let own = camden().await;
    let (city, editor) = (&own.city, &own.editor);
    imported(city, editor, CSV).await;
    let contract = made(&own).await;
    assert_eq!(contract.origin.url.as_deref(), Some("https://one.example/1"));
    let moved = CSV.replace("one.example/1", "two.example/2");
    let sent = city.send(editor, files::upload("contracts", "register.csv", &moved)).await;
    let preview = city.get(editor, sent.location()).await;
    let change = "Address of the notice : https://two.example/2, before: https://one.example/1";
    assert!(words(&preview).contains(change), "{}", words(&preview));
    let fields = filled(&preview.page(), "[name=seen]");
    let done = city.post(editor, sent.location(), &with(&fields, &[("do", "import")])).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", words(&done));
    for path in [format!("/contracts/{}", contract.id), format!("/contracts/{}/history", contract.id)] {
        let said = words(&city.get(&Browser::default(), &path).await);
        assert!(said.contains(change), "{path}: {said}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_holds_a_name_is_told_and_not_a_merge_that_holds_nothing() {
    let own = camden().await;
    let (city, editor) = (&own.city, &own.editor);
    let csv = "Reference,Title,Supplier\nR1,Parking permits,Zedmaker Ltd\nR2,Libraries,Ostlerby Makers Ltd\n";
    let report = imported(city, editor, csv).await;
    let suppliers: Vec<Supplier> = city.store().all(&Scope::Operator).await.unwrap();
    let named = |name: &str| suppliers.iter().find(|supplier| supplier.name == name).unwrap().clone();
    let (renamed, maker) = (named("Zedmaker Ltd"), named("Ostlerby Makers Ltd"));
    // One is renamed, and a merge adds an earlier name to it afterwards; of the other there is a product.
    let mut write = city.store().write(&Scope::Operator, city.app.clock.now()).await.unwrap();
    let mut after = Supplier { name: "Zedmaker Group Ltd".to_owned(), ..renamed.clone() };
    write.update(&renamed, &mut after).await.unwrap();
    write.commit().await.unwrap();
    let merge = records::import("merge", city.app.clock.now());
    let mut merged = after.clone();
    merged.names.push(DatedName { name: "Zed Works Ltd".to_owned(), from: None, until: None, source: None });
    let mut write = city.store().write(&Scope::Operator, city.app.clock.now()).await.unwrap();
    write.by_import(merge.id);
    write.create(&mut [merge]).await.unwrap();
    write.update(&after, &mut merged).await.unwrap();
    write.commit().await.unwrap();
    let product = Product { manufacturer: Some(maker.id), ..records::product("Ostlerby Rents") };
    make(city, product).await;
    let undone = city.post(editor, &format!("{report}/undo"), &[]).await;
    assert!(notice(&undone).contains("2 left as they are"), "{}", notice(&undone));
    let said = words(&city.get(editor, &report).await);
    let day = crate::web::words::instant(city.app.clock.now());
    let changed =
        format!("Zedmaker Ltd, now Zedmaker Group Ltd , supplier: it was changed since, by whoever runs the register on {day}");
    assert!(said.contains(&changed), "{said}");
    assert!(said.contains("Ostlerby Makers Ltd , supplier: a product is made by it: Ostlerby Rents"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn names_to_place_are_counted_once_however_much_is_asked_of_each() {
    let own = camden().await;
    let (city, editor) = (&own.city, &own.editor);
    let csv = "Reference,Title,Supplier\nR1,Parking permits,Northwind Digital Services Ltd\n\
               R2,Libraries,Northwind Digital Servces Ltd\n";
    let sent = city.send(editor, files::upload("contracts", "register.csv", csv)).await;
    let said = words(&city.get(editor, sent.location()).await);
    assert!(said.contains("The hub would be asked to place 2 names."), "{said}");
    let report = imported(city, editor, csv).await;
    assert_eq!(city.store().count::<Flag>(&Scope::Operator).await.unwrap(), 3, "of one name two questions are asked");
    let page = city.get(editor, &report).await;
    assert!(words(&page).contains("Names that the hub is asked to place (2)"), "{}", words(&page));
    assert_eq!(all(page.page().root_element(), "#flagged li").len(), 2);
}

/// A supplier with something else in it.
async fn changed(city: &City, supplier: &Supplier, change: impl FnOnce(&mut Supplier)) -> Supplier {
    let mut after = supplier.clone();
    change(&mut after);
    let mut write = city.store().write(&Scope::Operator, city.app.clock.now()).await.unwrap();
    write.update(supplier, &mut after).await.unwrap();
    write.commit().await.unwrap();
    after
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_changed_and_put_back_is_not_named_as_what_holds_a_record() {
    let own = camden().await;
    let (city, editor) = (&own.city, &own.editor);
    let report = imported(city, editor, CSV).await;
    let contract = made(&own).await;
    let supplier = city.store().get::<Supplier>(&Scope::Operator, contract.suppliers[0].0).await.unwrap().unwrap();
    // One field stays changed; another one is changed after it, and put back.
    let after = changed(city, &supplier, |supplier| supplier.name = "Zedmaker Group Ltd".to_owned()).await;
    let sme = after.sme;
    let after = changed(city, &after, |supplier| supplier.sme = Some(true)).await;
    changed(city, &after, |supplier| supplier.sme = sme).await;
    city.refresh().await;
    let undone = city.post(editor, &format!("{report}/undo"), &[]).await;
    assert!(notice(&undone).contains("1 left as they are"), "{}", notice(&undone));
    let day = crate::web::words::instant(city.app.clock.now());
    let said = words(&city.get(editor, &report).await);
    let changed = format!(
        "Zedmaker Ltd, now Zedmaker Group Ltd , supplier: it was changed since, by whoever runs the register on {day}: name"
    );
    assert!(said.contains(&changed), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_system_that_a_contract_names_is_left_with_the_name_of_the_contract() {
    let own = camden().await;
    let (city, organisation) = (&own.city, own.contract.organisation);
    let (import, system) = surveyed(city, organisation).await;
    let mut contract = records::contract(organisation, "Rents and repairs", None);
    contract.systems = vec![system];
    make(city, contract).await;
    let (undone, _) = city.store().undo_import(&Scope::Operator, import, city.app.clock.now()).await.unwrap();
    let left = crate::web::register::edit::kept::lines(&city.app, &Scope::Operator, import, &undone.kept).await.unwrap();
    let left = serde_json::to_value(&left).unwrap();
    let of_system = left.as_array().unwrap().iter().find(|line| line["kind"] == "system").unwrap();
    let by = &of_system["by"][0];
    assert_eq!(
        (&by["what"], &by["named"][0]["title"], &by["more"]),
        (&"contract".into(), &"Rents and repairs".into(), &0.into())
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_public_is_named_to_those_who_may_see_it_alone() {
    let own = camden().await;
    let (city, organisation) = (&own.city, own.contract.organisation);
    let (import, system) = surveyed(city, organisation).await;
    let mut contract = records::contract(organisation, "Rents, not yet told", None);
    contract.systems = vec![system];
    contract.published = false;
    make(city, contract).await;
    let mut project = test_support::dpia::project(organisation, "Rents in one place", "To see arrears in time");
    project.systems = vec![system];
    make(city, project).await;
    let (undone, _) = city.store().undo_import(&Scope::Operator, import, city.app.clock.now()).await.unwrap();
    let left = async |scope: &Scope| {
        let lines = crate::web::register::edit::kept::lines(&city.app, scope, import, &undone.kept).await.unwrap();
        serde_json::to_string(&lines).unwrap()
    };
    let keeper = |organisation| {
        test_support::people::acting(domain::people::PersonId(Uuid::now_v7()), "Ada", organisation, &[Role::Editor], 1)
    };
    let said = left(&keeper(organisation)).await;
    assert!(said.contains("Rents, not yet told") && said.contains("Rents in one place"), "{said}");
    for other in [keeper(city.organisation("hackney").id), Scope::Public] {
        let said = left(&other).await;
        assert!(!said.contains("not yet told") && !said.contains("in one place"), "{said}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_that_came_back_from_its_merge_is_not_called_gone() {
    let own = camden().await;
    let (city, editor) = (&own.city, &own.editor);
    let into = make(city, records::supplier("Ostlerby Resale Ltd")).await;
    let report = imported(city, editor, CSV).await;
    let supplier = made(&own).await.suppliers[0].to_string();
    let hub = city.browser("loti", Role::NetworkAdministrator).await;
    let asked = city.post(&hub, "/curate", &[("kind", "supplier"), ("subject", &supplier)]).await;
    let merged = city.post(&hub, asked.location(), &[("do", "merge"), ("into", &into.id.to_string())]).await;
    assert_eq!(merged.status, StatusCode::SEE_OTHER, "{}", words(&merged));
    let undone = city.post(editor, &format!("{report}/undo"), &[]).await;
    assert!(notice(&undone).contains("1 left as they are"), "{}", notice(&undone));
    let said = words(&city.get(editor, &report).await);
    assert!(said.contains("supplier: it was removed or merged since, by a merge of names"), "{said}");
    let merges: Vec<Import> = city.store().by(&Scope::Operator, "kind", "merge".to_owned()).await.unwrap();
    let back = city.post(&hub, &format!("/curate/merges/{}/undo", merges[0].id), &[]).await;
    assert_eq!(notice(&back), "The merge is undone whole.");
    let said = words(&city.get(editor, &report).await);
    assert!(said.contains("Zedmaker Ltd , supplier: it was removed or merged then, and is back now"), "{said}");
}
