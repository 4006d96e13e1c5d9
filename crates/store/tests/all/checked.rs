//! `citytools check` compares every record with what the change log makes of it. On both databases.

use crate::changes::raw;
use domain::{
    people::Scope,
    register::{
        ids::ImportId,
        money::{Basis, Money, Value, Vat},
        records::*,
        terms::{Extension, Period},
    },
};
use jiff::civil::date;
use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering::Relaxed},
};
use store::Store;
use test_support::{TestDatabase, operator, records};
use uuid::Uuid;

/// A contract with most of what one can have, changed once since it was made.
async fn filled(store: &Store) -> Contract {
    let organisation = records::organisation("camden");
    let supplier = records::supplier("Bramblewick Software Ltd");
    let mut contract = records::contract(organisation.id, "Housing management", Some(date(2027, 3, 31)));
    contract.reference = Some("A4".to_owned());
    contract.suppliers = vec![supplier.id];
    contract.term.extensions = vec![Extension { months: 12, notice: Some(Period::months(3)), ..Extension::default() }];
    contract.value = Value::Known(Money { pence: 120_000, currency: "GBP".to_owned(), basis: Basis::Annual, vat: Vat::NotKnown });
    let mut write = store.write(&operator(), 1).await.unwrap();
    write.create(&mut [organisation]).await.unwrap();
    write.create(&mut [supplier]).await.unwrap();
    let mut made = [contract];
    write.create(&mut made).await.unwrap();
    write.commit().await.unwrap();
    let [before] = made;
    let mut after = before.clone();
    (after.title, after.lot) = ("Housing management system".to_owned(), Some("2".to_owned()));
    let mut write = store.write(&operator(), 2).await.unwrap();
    write.update(&before, &mut after).await.unwrap();
    write.commit().await.unwrap();
    after
}

async fn problems(store: &Store) -> Vec<String> {
    let findings = store.check(&operator()).await.unwrap();
    assert_eq!(findings.broken, None, "the log itself is whole");
    findings.problems
}

#[tokio::test]
async fn a_column_changed_behind_the_logs_back_is_found_with_its_record_and_its_field() {
    let database = TestDatabase::migrated().await;
    let store = database.open().await;
    let contract = filled(&store).await;
    assert_eq!(problems(&store).await, Vec::<String>::new());
    for (change, back, field) in [
        ("title = 'hacked'", "title = 'Housing management system'", "title"),
        ("end_date = '2031-01-01'", "end_date = '2027-03-31'", "term.end"),
        ("value_pence = 1", "value_pence = 120000", "value."),
        ("reference = null", "reference = 'A4'", "reference"),
        ("note = 'slipped in'", "note = null", "note"),
        ("published = false", "published = true", "published"),
    ] {
        raw(&database, &format!("update contract set {change} where reference = 'A4' or reference is null")).await;
        let found = problems(&store).await;
        assert_eq!(found.len(), 1, "{change}: {found:?}");
        assert!(found[0].contains(&contract.id.to_string()) && found[0].contains(field), "{change}: {found:?}");
        raw(&database, &format!("update contract set {back}")).await;
        assert_eq!(problems(&store).await, Vec::<String>::new(), "{back}");
    }
    raw(&database, "delete from contract_supplier").await;
    let found = problems(&store).await;
    assert!(found.len() == 1 && found[0].contains("suppliers"), "{found:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_check_while_others_write_finds_what_is_wrong_and_nothing_else() {
    let database = TestDatabase::migrated().await;
    let store = database.open().await;
    let contract = filled(&store).await;
    let stop = Arc::new(AtomicBool::new(false));
    let writer = tokio::spawn({
        let (store, stop, organisation) = (store.clone(), stop.clone(), contract.organisation);
        async move {
            let mut written = 0;
            while !stop.load(Relaxed) {
                let mut write = store.write(&operator(), 3 + written).await.unwrap();
                write.create(&mut [records::contract(organisation, &format!("Contract {written}"), None)]).await.unwrap();
                write.commit().await.unwrap();
                written += 1;
            }
            written
        }
    });
    for _ in 0..10 {
        assert_eq!(problems(&store).await, Vec::<String>::new());
    }
    raw(&database, "update contract set title = 'hacked' where reference = 'A4'").await;
    let found = problems(&store).await;
    assert!(found.len() == 1 && found[0].contains(&contract.id.to_string()) && found[0].contains("title"), "{found:?}");
    stop.store(true, Relaxed);
    assert!(writer.await.unwrap() > 10, "somebody wrote meanwhile");
}

#[tokio::test]
async fn a_record_slipped_in_and_one_taken_away_are_named_though_the_number_is_right() {
    let database = TestDatabase::migrated().await;
    let store = database.open().await;
    let contract = filled(&store).await;
    let other = Uuid::now_v7();
    raw(&database, "delete from contract_supplier").await;
    raw(&database, &format!("update contract set id = '{other}'")).await;
    let found = problems(&store).await;
    assert!(found.iter().any(|one| one.contains(&other.to_string()) && one.contains("knows of no such")), "{found:?}");
    assert!(found.iter().any(|one| one.contains(&contract.id.to_string()) && one.contains("gone")), "{found:?}");
}

#[tokio::test]
async fn what_was_undone_deleted_and_made_again_is_what_its_history_comes_to() {
    let database = TestDatabase::migrated().await;
    let store = database.open().await;
    let contract = filled(&store).await;
    let import = ImportId(Uuid::now_v7());
    let mut write = store.write(&operator(), 5).await.unwrap();
    write.by_import(import);
    let record = Import { id: import, ..records::import("contracts", 5) };
    write.create(&mut [record]).await.unwrap();
    let mut after = contract.clone();
    after.title = "Something else".to_owned();
    write.update(&contract, &mut after).await.unwrap();
    write.commit().await.unwrap();
    assert_eq!(problems(&store).await, Vec::<String>::new());
    store.undo_import(&Scope::Operator, import, 9).await.unwrap();
    assert_eq!(problems(&store).await, Vec::<String>::new());
    // By this an import is taken back.
    raw(&database, "update import set first_sequence = first_sequence + 1").await;
    assert_eq!(problems(&store).await, [format!("import {import} does not say where its entries stand in the change log")]);
    raw(&database, "update import set first_sequence = first_sequence - 1").await;
    raw(&database, "update contract set title = 'Something else'").await;
    assert_eq!(problems(&store).await.len(), 1);
}

#[tokio::test]
async fn a_record_part_of_whose_history_was_erased_is_not_held_against_what_is_left_of_it() {
    let database = TestDatabase::migrated().await;
    let store = database.open().await;
    filled(&store).await;
    raw(
        &database,
        "update change set content = null, salt = null, erased = 'rule, 2026-11-23' where kind = 'contract' and action = 'update'",
    )
    .await;
    assert_eq!(problems(&store).await, Vec::<String>::new());
}

#[tokio::test]
async fn of_many_records_that_are_wrong_some_are_named_and_all_are_counted() {
    let database = TestDatabase::migrated().await;
    let store = database.open().await;
    let organisation = records::organisation("camden");
    let mut many: Vec<Contract> =
        (0..250).map(|n| records::contract(organisation.id, &format!("Contract {n}"), Some(date(2027, 3, 31)))).collect();
    let mut write = store.write(&operator(), 1).await.unwrap();
    write.create(&mut [organisation]).await.unwrap();
    write.create(&mut many).await.unwrap();
    write.commit().await.unwrap();
    raw(&database, "update contract set lot = '9'").await;
    let found = problems(&store).await;
    assert_eq!(found.len(), 21, "{found:?}");
    assert!(found[0].contains("lot") && found[20].contains("230 more"), "{found:?}");
}

#[tokio::test]
async fn people_in_notices_that_earlier_versions_kept_are_erased_once_and_the_chain_holds() {
    let database = TestDatabase::migrated().await;
    let store = database.open().await;
    let import = ImportId(Uuid::now_v7());
    let release = |number: u32, extra: serde_json::Value| {
        let mut content = serde_json::json!({ "ocid": format!("ocds-b5fd17-{number}"), "id": number });
        content["buyer"] = extra;
        Release {
            id: domain::register::ids::ReleaseId(Uuid::now_v7()),
            digest: domain::register::import::ocds::release_digest(&content),
            ocid: format!("ocds-b5fd17-{number}"),
            date: String::new(),
            content,
        }
    };
    let person = serde_json::json!({ "contactPoint": { "name": "Quillon Featherstonehaugh" } });
    let mut releases = vec![release(1, person.clone()), release(2, serde_json::json!({ "name": "Camden" })), release(3, person)];
    let record = Import { id: import, ..records::import("ocds", 5) };
    let mut write = store.write(&operator(), 5).await.unwrap();
    write.by_import(import);
    write.create(&mut [record]).await.unwrap();
    write.create(&mut releases).await.unwrap();
    write.commit().await.unwrap();
    // One of them was taken back: its deletion says again what it was.
    let mut write = store.write(&operator(), 6).await.unwrap();
    write.delete(&releases[2..]).await.unwrap();
    write.commit().await.unwrap();

    let erased = store.erase_contacts(&operator(), 1_764_000_000_000).await.unwrap();
    assert_eq!((erased.releases, erased.entries), (1, 3));
    assert_eq!(problems(&store).await, Vec::<String>::new());
    assert!(store.erase_contacts(&operator(), 9).await.unwrap().nothing(), "once is enough");
    let kept = store.all::<Release>(&operator()).await.unwrap();
    assert_eq!(kept.len(), 2);
    assert!(kept.iter().all(|one| one.digest == domain::register::import::ocds::release_digest(&one.content)));
    assert_eq!(kept.iter().find(|one| one.id == releases[0].id).unwrap().content["buyer"], serde_json::json!({}));
    let history = store.history(&operator(), releases[0].id.0).await.unwrap();
    assert!(history[0].content.is_none() && history[0].erased.as_deref().unwrap().ends_with("2025-11-24"), "{history:?}");

    let folder = database.folder().to_owned();
    let key = store::backup::signing_key(&folder.join("test.key")).unwrap();
    store.backup(&operator(), &folder.join("copy.db"), &key).await.unwrap();
    store.undo_import(&operator(), import, 12).await.unwrap();
    assert_eq!(store.count::<Release>(&operator()).await.unwrap(), 0, "what was erased can still be taken back");
    assert_eq!(problems(&store).await, Vec::<String>::new());
    store.close().await.unwrap();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let bytes = if path.is_file() { std::fs::read(&path).unwrap() } else { Vec::new() };
        assert!(!bytes.windows(17).any(|part| part == b"Featherstonehaugh"), "{}", path.display());
    }
}
