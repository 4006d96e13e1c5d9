//! Merges taken back whole, or not at all.

use super::*;

#[tokio::test]
async fn a_merged_supplier_takes_everything_with_it_and_all_of_it_returns() {
    let database = TestDatabase::migrated().await;
    let store = database.open().await;
    let organisation = make(&store, records::organisation("camden")).await;
    let (from, into) =
        (make(&store, records::supplier("Bramblewick")).await, make(&store, records::supplier("Bramblewick Ltd")).await);
    let mut owned = records::supplier("Little Bramble Ltd");
    owned.owners = vec![Owner { name: "Bramblewick".to_owned(), supplier: Some(from.id), from: None, until: None, source: None }];
    let owned = make(&store, owned).await;
    let made = make(&store, product("Bramble Housing", Some(from.id))).await;
    let mut contract = records::contract(organisation.id, "Housing", None);
    contract.suppliers = vec![from.id];
    contract.key = format!("camden|register|r:1|{}|1", from.id.0.simple());
    let contract = make(&store, contract).await;
    let mut both = records::contract(organisation.id, "Both", None);
    both.suppliers = vec![into.id, from.id];
    both.key = format!("camden|register|r:1|{}|1", into.id.0.simple());
    let both = make(&store, both).await;
    let system = make(
        &store,
        System {
            sub_processors: vec![
                SubProcessor { name: "Bramblewick".to_owned(), supplier: Some(from.id), ..SubProcessor::default() },
                SubProcessor { name: "Somebody else".to_owned(), ..SubProcessor::default() },
            ],
            ..system(organisation.id, made.id, vec![])
        },
    )
    .await;
    let flag = Flag {
        id: FlagId(Uuid::now_v7()),
        reason: "new-supplier".to_owned(),
        subject_kind: "supplier".to_owned(),
        subject: from.id.0,
        note: "'Bramblewick' was not known".to_owned(),
        settled: false,
    };
    let flag = make(&store, flag).await;

    let import = ImportId(Uuid::now_v7());
    let mut write = store.write(&operator(), 5).await.unwrap();
    write.by_import(import);
    let record = Import { id: import, ..records::import("merge", 5) };
    write.create(&mut [record]).await.unwrap();
    let after = place::merge_suppliers(&from, &into).unwrap();
    let moved = write.merge_suppliers(&from, &into, after, vec![owned.clone()]).await.unwrap();
    write.commit().await.unwrap();
    assert_eq!(moved, 5);
    assert!(store.get::<Supplier>(&operator(), from.id.0).await.unwrap().is_none());
    let moved: Contract = get(&store, contract.id.0).await;
    assert_eq!(moved.suppliers, [into.id]);
    // The key that the row would now have is taken by the other contract, so it counts on.
    assert_eq!(moved.key, format!("camden|register|r:1|{}|2", into.id.0.simple()));
    assert_eq!(get::<Contract>(&store, both.id.0).await.suppliers, [into.id]);
    assert_eq!(get::<Product>(&store, made.id.0).await.manufacturer, Some(into.id));
    assert_eq!(get::<Supplier>(&store, owned.id.0).await.owners[0].supplier, Some(into.id));
    let named: Vec<_> = get::<System>(&store, system.id.0).await.sub_processors.into_iter().map(|one| one.supplier).collect();
    assert_eq!(named, [Some(into.id), None]);
    assert!(get::<Flag>(&store, flag.id.0).await.settled);
    assert_eq!(get::<Supplier>(&store, into.id.0).await.names[0].name, "Bramblewick");

    let (undone, _) = store.undo_import(&operator(), import, 9).await.unwrap();
    assert!(undone.kept.is_empty(), "{undone:?}");
    let same = |mut one: Contract, other: &Contract| {
        one.updated_at = other.updated_at;
        assert_eq!(&one, other);
    };
    same(get(&store, contract.id.0).await, &contract);
    same(get(&store, both.id.0).await, &both);
    assert_eq!(get::<Supplier>(&store, from.id.0).await.name, "Bramblewick");
    assert_eq!(get::<Product>(&store, made.id.0).await.manufacturer, Some(from.id));
    assert_eq!(get::<Supplier>(&store, owned.id.0).await.owners[0].supplier, Some(from.id));
    assert_eq!(get::<System>(&store, system.id.0).await.sub_processors, system.sub_processors);
    assert!(!get::<Flag>(&store, flag.id.0).await.settled);
    assert!(get::<Supplier>(&store, into.id.0).await.names.is_empty());
    assert!(store.check(&operator()).await.unwrap().sound());
}

/// Two suppliers merged, as the hub does it.
async fn merged(store: &Store, from: &Supplier, into: &Supplier, at: i64) -> ImportId {
    let import = ImportId(Uuid::now_v7());
    let mut write = store.write(&operator(), at).await.unwrap();
    write.by_import(import);
    let record = Import { id: import, ..records::import("merge", at) };
    write.create(&mut [record]).await.unwrap();
    let after = place::merge_suppliers(from, into).unwrap();
    write.merge_suppliers(from, into, after, Vec::new()).await.unwrap();
    write.commit().await.unwrap();
    import
}

async fn edited<R: store::Record>(store: &Store, id: Uuid, at: i64, edit: impl Fn(&mut R)) {
    let before: R = get(store, id).await;
    let mut after = before.clone();
    edit(&mut after);
    let mut write = store.write(&operator(), at).await.unwrap();
    write.update(&before, &mut after).await.unwrap();
    write.commit().await.unwrap();
}

async fn two_contracts_of(store: &Store, supplier: SupplierId) -> [Contract; 2] {
    let organisation = make(store, records::organisation("camden")).await;
    let mut made = Vec::new();
    for title in ["Housing", "Parking"] {
        let mut contract = records::contract(organisation.id, title, None);
        contract.suppliers = vec![supplier];
        contract.key = format!("camden|register|r:{title}|{}|1", supplier.0.simple());
        made.push(make(store, contract).await);
    }
    made.try_into().unwrap()
}

#[tokio::test]
async fn a_merge_goes_back_whole_beside_what_others_did_since() {
    let database = TestDatabase::new().await;
    let store = database.open().await;
    let (from, into) =
        (make(&store, records::supplier("Bramblewick")).await, make(&store, records::supplier("Bramblewick Ltd")).await);
    let other = make(&store, records::supplier("Ostlerby Resale Ltd")).await;
    let [housing, parking] = two_contracts_of(&store, from.id).await;
    let import = merged(&store, &from, &into, 5).await;
    // Another supplier is added to one of them, words of it change, and the other one is removed.
    edited::<Contract>(&store, housing.id.0, 6, |contract| {
        contract.suppliers.push(other.id);
        contract.title = "Housing and repairs".to_owned();
    })
    .await;
    let gone: Contract = get(&store, parking.id.0).await;
    let mut write = store.write(&operator(), 7).await.unwrap();
    write.delete(&[gone]).await.unwrap();
    write.commit().await.unwrap();
    let (undone, committed) = store.undo_import(&operator(), import, 9).await.unwrap();
    assert!(undone.kept.is_empty() && committed.is_some(), "{undone:?}");
    let back: Contract = get(&store, housing.id.0).await;
    assert_eq!((back.suppliers, back.key, back.title.as_str()), (vec![from.id, other.id], housing.key, "Housing and repairs"));
    assert_eq!(get::<Import>(&store, import.0).await.undone_at, Some(9));
    assert!(store.check(&operator()).await.unwrap().sound());
}

#[tokio::test]
async fn a_merge_that_cannot_go_back_whole_stays_whole_and_can_be_tried_again() {
    let database = TestDatabase::new().await;
    let store = database.open().await;
    let (one, two, three) = (
        make(&store, records::supplier("Bramblewick")).await,
        make(&store, records::supplier("Bramblewick Ltd")).await,
        make(&store, records::supplier("Bramblewick Group")).await,
    );
    let [housing, parking] = two_contracts_of(&store, one.id).await;
    let first = merged(&store, &one, &two, 5).await;
    let stays: Supplier = get(&store, two.id.0).await;
    let second = merged(&store, &stays, &three, 6).await;
    // The first is part of the second now: nothing of it goes back before that one.
    let before = store.sequence().await.unwrap();
    let (undone, committed) = store.undo_import(&operator(), first, 7).await.unwrap();
    assert!(committed.is_none() && undone.restored == 0, "{undone:?}");
    let mut kept: Vec<Uuid> = undone.kept.iter().map(|kept| kept.id).collect();
    kept.sort_unstable();
    let mut expected = vec![housing.id.0, parking.id.0, two.id.0];
    expected.sort_unstable();
    assert_eq!(kept, expected);
    assert_eq!(store.sequence().await.unwrap(), before, "something was written");
    assert_eq!(get::<Import>(&store, first.0).await.undone_at, None);
    assert!(store.get::<Supplier>(&operator(), one.id.0).await.unwrap().is_none());
    // Taken back in their order, both are whole.
    for import in [second, first] {
        let (undone, committed) = store.undo_import(&operator(), import, 8).await.unwrap();
        assert!(committed.is_some() && undone.kept.is_empty(), "{undone:?}");
    }
    for contract in [housing, parking] {
        let back: Contract = get(&store, contract.id.0).await;
        assert_eq!((back.suppliers, back.key), (contract.suppliers, contract.key));
    }
    assert_eq!(get::<Supplier>(&store, two.id.0).await.names, two.names);
    assert!(store.check(&operator()).await.unwrap().sound());
}

#[tokio::test]
async fn a_merge_stays_where_a_name_that_would_return_is_taken() {
    let database = TestDatabase::new().await;
    let store = database.open().await;
    let function = |slug: &str| Function {
        id: FunctionId(Uuid::now_v7()),
        slug: slug.to_owned(),
        name: slug.to_owned(),
        service_area: None,
        core: false,
        aliases: Vec::new(),
    };
    let (housing, houses) = (make(&store, function("housing")).await, make(&store, function("houses")).await);
    let import = ImportId(Uuid::now_v7());
    let mut write = store.write(&operator(), 5).await.unwrap();
    write.by_import(import);
    let record = Import { id: import, ..records::import("merge", 5) };
    write.create(&mut [record]).await.unwrap();
    write.merge_functions(&houses, &housing, place::merge_functions(&houses, &housing).unwrap()).await.unwrap();
    write.commit().await.unwrap();
    make(&store, function("houses")).await;
    let (undone, committed) = store.undo_import(&operator(), import, 7).await.unwrap();
    assert!(committed.is_none(), "{undone:?}");
    let why: Vec<_> = undone.kept.iter().map(|kept| (kept.id, kept.why)).collect();
    assert_eq!(why, [(houses.id.0, store::undo::Why::NameTaken)]);
    assert_eq!(get::<Import>(&store, import.0).await.undone_at, None);
}

fn system(organisation: OrganisationId, product: ProductId, functions: Vec<FunctionId>) -> System {
    System { key: format!("camden|survey|{}||1", product.0.simple()), functions, ..records::system(organisation, product) }
}

#[tokio::test]
async fn a_merged_product_and_a_merged_function_return_too() {
    let database = TestDatabase::migrated().await;
    let store = database.open().await;
    let organisation = make(&store, records::organisation("camden")).await;
    let function = |slug: &str| Function {
        id: FunctionId(Uuid::now_v7()),
        slug: slug.to_owned(),
        name: slug.to_owned(),
        service_area: None,
        core: false,
        aliases: Vec::new(),
    };
    let (housing, houses) = (make(&store, function("housing")).await, make(&store, function("houses")).await);
    let mut one = product("Bramble Housing", None);
    one.functions = vec![houses.id];
    let (one, two) = (make(&store, one).await, make(&store, product("Bramble Housing Pro", None)).await);
    let mut system = system(organisation.id, one.id, vec![houses.id]);
    system.key = format!("camden|survey|{}|{}|1", one.id.0.simple(), houses.id.0.simple());
    let system = make(&store, system).await;
    let (products, functions) = (records::import("merge", 5), records::import("merge", 5));
    let mut write = store.write(&operator(), 5).await.unwrap();
    write.by_import(products.id);
    write.create(&mut [products.clone()]).await.unwrap();
    write.merge_products(&one, &two, place::merge_products(&one, &two).unwrap()).await.unwrap();
    write.commit().await.unwrap();
    let mut write = store.write(&operator(), 6).await.unwrap();
    write.by_import(functions.id);
    write.create(&mut [functions.clone()]).await.unwrap();
    write.merge_functions(&houses, &housing, place::merge_functions(&houses, &housing).unwrap()).await.unwrap();
    write.commit().await.unwrap();
    let moved: System = get(&store, system.id.0).await;
    assert_eq!((moved.product, moved.functions.as_slice()), (two.id, &[housing.id][..]));
    assert_eq!(moved.key, format!("camden|survey|{}|{}|1", two.id.0.simple(), housing.id.0.simple()));

    store.undo_import(&operator(), functions.id, 8).await.unwrap();
    store.undo_import(&operator(), products.id, 9).await.unwrap();
    let mut back: System = get(&store, system.id.0).await;
    back.updated_at = system.updated_at;
    assert_eq!(back, system);
    assert_eq!(get::<Product>(&store, one.id.0).await.functions, [houses.id]);
    assert_eq!(get::<Function>(&store, houses.id.0).await, houses);
    assert!(store.check(&operator()).await.unwrap().sound());
}

#[tokio::test]
async fn two_people_who_change_one_function_or_settle_one_flag_at_once_do_not_overwrite_each_other() {
    let database = TestDatabase::migrated().await;
    let store = database.open().await;
    let area = make(
        &store,
        ServiceArea { id: ServiceAreaId(Uuid::now_v7()), slug: "housing".to_owned(), name: "Housing".to_owned(), position: 1 },
    )
    .await;
    let seen = Function {
        id: FunctionId(Uuid::now_v7()),
        slug: "repairs".to_owned(),
        name: "Repairs".to_owned(),
        service_area: None,
        core: false,
        aliases: vec!["Fixing \"things\"".to_owned()],
    };
    let seen = make(&store, seen).await;
    let mut first = Function { service_area: Some(area.id), ..seen.clone() };
    let mut write = store.write(&operator(), 2).await.unwrap();
    assert!(write.update(&seen, &mut first).await.unwrap());
    write.commit().await.unwrap();
    // Somebody else had it open, too.
    let mut write = store.write(&operator(), 3).await.unwrap();
    let mut second = Function { core: true, ..seen.clone() };
    assert!(matches!(write.update(&seen, &mut second).await, Err(store::Error::Conflict(Kind::Function, _))));
    write.abandon();
    assert_eq!(get::<Function>(&store, seen.id.0).await, first, "what the first did stands");
    // On what stands it can be done.
    let mut write = store.write(&operator(), 4).await.unwrap();
    let mut second = Function { core: true, ..first.clone() };
    assert!(write.update(&first, &mut second).await.unwrap());
    write.commit().await.unwrap();
    assert_eq!(get::<Function>(&store, seen.id.0).await, second);

    let flag = Flag {
        id: FlagId(Uuid::now_v7()),
        reason: "new-function".to_owned(),
        subject_kind: "function".to_owned(),
        subject: seen.id.0,
        note: "'Repairs' was not known".to_owned(),
        settled: false,
    };
    let flag = make(&store, flag).await;
    for (at, wanted) in [(5, true), (6, false)] {
        let mut write = store.write(&operator(), at).await.unwrap();
        let settled = write.update(&flag, &mut Flag { settled: true, ..flag.clone() }).await;
        assert_eq!(settled.is_ok(), wanted, "{settled:?}");
        if wanted {
            write.commit().await.unwrap();
        }
    }
    assert!(store.check(&operator()).await.unwrap().sound());
}

#[tokio::test]
async fn an_import_that_made_both_names_of_a_merge_goes_back_and_leaves_nothing() {
    let database = TestDatabase::migrated().await;
    let store = database.open().await;
    let group = |kind: &str, at: i64, report: serde_json::Value| Import { report, ..records::import(kind, at) };
    let import = group("contracts", 5, serde_json::json!({}));
    let mut write = store.write(&operator(), 5).await.unwrap();
    write.by_import(import.id);
    write.create(&mut [import.clone()]).await.unwrap();
    let mut both = [records::supplier("Bramblewick"), records::supplier("Bramblewick Ltd")];
    write.create(&mut both).await.unwrap();
    write.commit().await.unwrap();
    let (from, into): (Supplier, Supplier) = (get(&store, both[0].id.0).await, get(&store, both[1].id.0).await);
    let merge = group("merge", 6, serde_json::json!({ "kind": "supplier", "from_id": from.id.0, "into_id": into.id.0 }));
    let mut write = store.write(&operator(), 6).await.unwrap();
    write.by_import(merge.id);
    write.create(&mut [merge.clone()]).await.unwrap();
    let after = place::merge_suppliers(&from, &into).unwrap();
    write.merge_suppliers(&from, &into, after, Vec::new()).await.unwrap();
    write.commit().await.unwrap();
    let (undone, _) = store.undo_import(&operator(), import.id, 7).await.unwrap();
    assert_eq!((undone.removed, undone.kept.len()), (2, 0), "{undone:?}");
    assert!(store.get::<Supplier>(&operator(), into.id.0).await.unwrap().is_none());
    assert!(store.undo_import(&operator(), import.id, 8).await.is_err(), "nothing is left");
    let (_, committed) = store.undo_import(&operator(), merge.id, 9).await.unwrap();
    assert!(committed.is_none(), "the merge stays: what it was merged into is gone");
    assert!(store.check(&operator()).await.unwrap().sound());
}
