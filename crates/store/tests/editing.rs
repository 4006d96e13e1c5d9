//! What organisations keep themselves: private fields, skills, drafts, merges taken back whole. On both databases.

use domain::{
    audit::{Action, Kind},
    people::Scope,
    register::{
        edit::{Answers, place},
        ids::*,
        records::*,
    },
};
use jiff::civil::date;
use store::{Store, drafts::Draft};
use test_support::{TestDatabase, operator, records};
use uuid::Uuid;

async fn make<R: store::Record>(store: &Store, record: R) -> R {
    let mut all = [record];
    let mut write = store.write(&operator(), 1).await.unwrap();
    write.create(&mut all).await.unwrap();
    write.commit().await.unwrap();
    let [record] = all;
    record
}

fn product(name: &str, manufacturer: Option<SupplierId>) -> Product {
    Product {
        id: ProductId(Uuid::now_v7()),
        name: name.to_owned(),
        manufacturer,
        former_names: Vec::new(),
        functions: Vec::new(),
        updated_at: 0,
    }
}

async fn get<R: store::Record>(store: &Store, id: Uuid) -> R {
    store.get::<R>(&operator(), id).await.unwrap().unwrap()
}

#[tokio::test]
async fn private_fields_and_skills_are_read_back_as_written() {
    let database = TestDatabase::migrated().await;
    let store = database.open().await;
    let organisation = make(&store, records::organisation("camden")).await;
    let mut contract = records::contract(organisation.id, "Housing", Some(date(2027, 3, 31)));
    contract.manager = Some(Uuid::now_v7().into());
    contract.note = Some("ask about the price".to_owned());
    contract.published = false;
    contract.set_aside.insert("no-notice".to_owned(), "yes".to_owned());
    let contract = make(&store, contract).await;
    assert_eq!(get::<Contract>(&store, contract.id.0).await, contract);
    let mut successor = records::contract(organisation.id, "Housing again", None);
    successor.notice_of = Some(contract.id);
    let successor = make(&store, successor).await;
    let mut replaced = contract.clone();
    replaced.replaced_by = Some(successor.id);
    let mut write = store.write(&operator(), 2).await.unwrap();
    write.update(&contract, &mut replaced).await.unwrap();
    write.commit().await.unwrap();
    assert_eq!(get::<Contract>(&store, contract.id.0).await.replaced_by, Some(successor.id));

    let skill = Skill {
        id: SkillId(Uuid::now_v7()),
        key: "camden|power bi|expert".to_owned(),
        organisation: organisation.id,
        name: "Power BI".to_owned(),
        level: SkillLevel::Expert,
        people: Some(3),
        offers_training: true,
        origin: Origin { source: "register".to_owned(), ..Origin::default() },
        confirmed: Some(date(2026, 11, 25)),
        updated_at: 0,
    };
    let skill = make(&store, skill).await;
    assert_eq!(get::<Skill>(&store, skill.id.0).await, skill);
    assert_eq!(store.history(&operator(), skill.id.0).await.unwrap()[0].kind, Kind::Skill);
    assert!(store.check(&operator()).await.unwrap().sound());
}

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
    let record = Import {
        id: import,
        kind: "merge".to_owned(),
        files: Vec::new(),
        at: 5,
        report: serde_json::json!({}),
        undone_at: None,
        organisation: None,
    };
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
    let record = Import {
        id: import,
        kind: "merge".to_owned(),
        files: Vec::new(),
        at,
        report: serde_json::json!({}),
        undone_at: None,
        organisation: None,
    };
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
    let record = Import {
        id: import,
        kind: "merge".to_owned(),
        files: Vec::new(),
        at: 5,
        report: serde_json::json!({}),
        undone_at: None,
        organisation: None,
    };
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
    System {
        id: SystemId(Uuid::now_v7()),
        key: format!("camden|survey|{}||1", product.0.simple()),
        organisation,
        product,
        functions,
        users: None,
        hosting: None,
        satisfaction: None,
        data_access: None,
        sub_processors: vec![],
        origin: Origin::default(),
        confirmed: None,
        note: None,
        published: true,
        updated_at: 0,
    }
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
    let group = |kind: &str| Import {
        id: ImportId(Uuid::now_v7()),
        kind: kind.to_owned(),
        files: Vec::new(),
        at: 5,
        report: serde_json::json!({}),
        undone_at: None,
        organisation: None,
    };
    let (products, functions) = (group("merge"), group("merge"));
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
async fn a_draft_is_one_persons_alone_and_goes_with_the_record_made_of_it() {
    let database = TestDatabase::migrated().await;
    let store = database.open().await;
    let organisation = make(&store, records::organisation("camden")).await;
    let mut answers = Answers::default();
    answers.set("title", "Housing");
    let (person, other) = (Uuid::now_v7(), Uuid::now_v7());
    let mut draft = Draft {
        id: Uuid::now_v7(),
        person,
        organisation: organisation.id.0,
        kind: "contract".to_owned(),
        answers,
        updated_at: store::drafts::KEEP + 1,
    };
    store.keep_register_draft(&operator(), &draft).await.unwrap();
    draft.answers.set("title", "Housing management");
    store.keep_register_draft(&operator(), &draft).await.unwrap();
    assert_eq!(store.register_draft(&operator(), person, draft.id).await.unwrap(), Some(draft.clone()));
    assert_eq!(store.register_draft(&operator(), other, draft.id).await.unwrap(), None);
    assert_eq!(store.register_drafts(&operator(), person, organisation.id.0).await.unwrap().len(), 1);
    // Nobody writes over another person's draft, knowing its id.
    let theirs = Draft { person: other, answers: Answers::default(), ..draft.clone() };
    store.keep_register_draft(&operator(), &theirs).await.unwrap();
    let mut write = store.write(&operator(), 8).await.unwrap();
    write.discard_draft(&theirs).await.unwrap();
    write.commit().await.unwrap();
    assert_eq!(store.register_draft(&operator(), person, draft.id).await.unwrap(), Some(draft.clone()));
    assert!(store.keep_register_draft(&Scope::Public, &draft).await.is_err());
    let write = store.write(&operator(), 9).await.unwrap();
    write.finish_draft(person, draft.id).await.unwrap();
    write.commit().await.unwrap();
    assert_eq!(store.register_draft(&operator(), person, draft.id).await.unwrap(), None);
    // One that is discarded leaves a line in the log, with nothing of what it said.
    store.keep_register_draft(&operator(), &draft).await.unwrap();
    let mut write = store.write(&operator(), 10).await.unwrap();
    write.discard_draft(&draft).await.unwrap();
    write.commit().await.unwrap();
    assert_eq!(store.register_draft(&operator(), person, draft.id).await.unwrap(), None);
    let told = store.history(&operator(), draft.id).await.unwrap();
    assert_eq!((told[0].kind, told[0].action), (Kind::Draft, Action::Event));
    assert!(!told[0].content.as_ref().unwrap().to_string().contains("Housing"));
}

#[tokio::test]
async fn what_the_database_promises_is_told_from_other_failures_and_the_last_entry_is_known() {
    use store::error::Constraint;
    let database = TestDatabase::migrated().await;
    let store = database.open().await;
    let organisation = make(&store, records::organisation("camden")).await;
    let supplier = make(&store, records::supplier("Bramblewick Ltd")).await;
    let mut contract = records::contract(organisation.id, "Housing", None);
    contract.suppliers = vec![supplier.id];
    let contract = make(&store, contract).await;
    let mut write = store.write(&operator(), 9).await.unwrap();
    assert_eq!(write.delete(std::slice::from_ref(&supplier)).await.unwrap_err().constraint(), Some(Constraint::Reference));
    drop(write);
    let mut write = store.write(&operator(), 9).await.unwrap();
    let gone = domain::register::records::Contract { suppliers: vec![Uuid::now_v7().into()], ..contract.clone() };
    assert_eq!(write.update(&contract, &mut gone.clone()).await.unwrap_err().constraint(), Some(Constraint::Reference));
    drop(write);
    let mut write = store.write(&operator(), 9).await.unwrap();
    let twin = domain::register::records::Contract { id: Uuid::now_v7().into(), ..contract.clone() };
    assert_eq!(write.create(&mut [twin]).await.unwrap_err().constraint(), Some(Constraint::Unique));
    drop(write);
    let write = store.write(&operator(), 9).await.unwrap();
    let newest = store.history(&operator(), contract.id.0).await.unwrap()[0].sequence;
    assert_eq!(write.last_entry_of(contract.id.0).await.unwrap(), Some(newest));
    assert_eq!(write.last_entry_of(Uuid::now_v7()).await.unwrap(), None);
}

#[tokio::test]
async fn an_upload_is_one_persons_alone_and_only_a_few_are_kept() {
    let database = TestDatabase::migrated().await;
    let store = database.open().await;
    let organisation = make(&store, records::organisation("camden")).await;
    let person = Uuid::now_v7();
    let mut ids = Vec::new();
    for at in 1..=7 {
        let upload = store::drafts::Upload {
            id: Uuid::now_v7(),
            person,
            organisation: organisation.id.0,
            kind: "contracts".to_owned(),
            name: "register.csv".to_owned(),
            content: vec![0, 159, 146, 150],
            mapping: None,
            updated_at: store::drafts::KEEP + at,
        };
        store.keep_upload(&operator(), &upload).await.unwrap();
        ids.push(upload.id);
    }
    assert!(store.upload(&operator(), person, ids[0]).await.unwrap().is_none());
    let mut last = store.upload(&operator(), person, ids[6]).await.unwrap().unwrap();
    assert_eq!(last.content, [0, 159, 146, 150]);
    assert!(store.upload(&operator(), Uuid::now_v7(), ids[6]).await.unwrap().is_none());
    last.mapping = Some("{}".to_owned());
    store.keep_upload(&operator(), &last).await.unwrap();
    assert_eq!(store.upload(&operator(), person, ids[6]).await.unwrap().unwrap().mapping.as_deref(), Some("{}"));
    store.drop_upload(&operator(), person, ids[6]).await.unwrap();
    assert!(store.upload(&operator(), person, ids[6]).await.unwrap().is_none());
}
