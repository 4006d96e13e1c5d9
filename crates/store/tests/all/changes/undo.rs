//! Undo: an import is taken back, except for what somebody changed since, and what was left goes once nothing holds it.

use super::*;
use domain::register::ids::ImportId;
use uuid::Uuid;

async fn import_of(store: &Store, organisation: &Organisation, existing: &Contract) -> (ImportId, Contract) {
    let import = ImportId(Uuid::now_v7());
    let mut write = store.write(&operator(), 5).await.unwrap();
    write.by_import(import);
    let record = Import { id: import, ..records::import("contracts", 5) };
    write.create(&mut [record]).await.unwrap();
    let mut supplier = [records::supplier("Ostlerby Resale Ltd")];
    write.create(&mut supplier).await.unwrap();
    let mut made = [records::contract(organisation.id, "Made by the import", None)];
    made[0].suppliers = vec![supplier[0].id];
    made[0].origin.import = Some(import);
    write.create(&mut made).await.unwrap();
    let mut changed = existing.clone();
    changed.title = "Changed by the import".into();
    changed.term.end = Some(date(2028, 3, 31));
    write.update(existing, &mut changed).await.unwrap();
    write.commit().await.unwrap();
    let [made] = made;
    (import, made)
}

#[tokio::test]
async fn undoing_an_import_removes_what_it_made_and_restores_what_it_changed() {
    let database = TestDatabase::migrated().await;
    let store = database.open().await;
    let organisation = borough(&store).await;
    let existing = one_contract(&store, &organisation).await;
    let (import, made) = import_of(&store, &organisation, &existing).await;
    let (undone, _) = store.undo_import(&operator(), import, 6).await.unwrap();
    assert_eq!((undone.removed, undone.restored, undone.kept.len()), (2, 1, 0));
    assert_eq!(store.get::<Contract>(&operator(), made.id.0).await.unwrap(), None);
    let back = store.get::<Contract>(&operator(), existing.id.0).await.unwrap().unwrap();
    assert_eq!((&back.title, &back.term), (&existing.title, &existing.term));
    assert_eq!(store.count::<Supplier>(&operator()).await.unwrap(), 1);
    assert!(store.check(&operator()).await.unwrap().sound());
    let again = store.undo_import(&operator(), import, 7).await;
    assert!(matches!(again, Err(Error::Refused(reason)) if reason.contains("undone before")));
}

#[tokio::test]
async fn undo_keeps_what_someone_changed_since() {
    let database = TestDatabase::migrated().await;
    let store = database.open().await;
    let organisation = borough(&store).await;
    let existing = one_contract(&store, &organisation).await;
    let (import, made) = import_of(&store, &organisation, &existing).await;
    let mut corrected = made.clone();
    corrected.title = "Corrected by a person".into();
    let mut write = store.write(&operator(), 6).await.unwrap();
    write.update(&made, &mut corrected).await.unwrap();
    write.commit().await.unwrap();
    let (undone, _) = store.undo_import(&operator(), import, 7).await.unwrap();
    assert_eq!((undone.removed, undone.restored), (0, 1));
    assert_eq!(undone.kept.iter().map(|kept| kept.kind).collect::<Vec<_>>(), ["contract", "supplier"]);
    assert_eq!(store.get::<Contract>(&operator(), made.id.0).await.unwrap().unwrap().title, "Corrected by a person");
    assert!(store.check(&operator()).await.unwrap().sound());
}

#[tokio::test]
async fn what_an_undo_left_goes_back_once_what_held_it_is_gone() {
    let database = TestDatabase::migrated().await;
    let store = database.open().await;
    let organisation = borough(&store).await;
    let existing = one_contract(&store, &organisation).await;
    let (import, made) = import_of(&store, &organisation, &existing).await;
    // A second import changes what the first made, a person what the first changed.
    let second = ImportId(Uuid::now_v7());
    let mut later = made.clone();
    later.title = "Changed by a second import".into();
    let mut write = store.write(&operator(), 6).await.unwrap();
    write.by_import(second);
    let record = Import { id: second, ..records::import("contracts", 6) };
    write.create(&mut [record]).await.unwrap();
    write.update(&made, &mut later).await.unwrap();
    write.commit().await.unwrap();
    let kept = |undone: &store::undo::Undone| undone.kept.iter().map(|kept| kept.kind).collect::<Vec<_>>();
    let (first, _) = store.undo_import(&operator(), import, 7).await.unwrap();
    assert_eq!((first.removed, first.restored, kept(&first)), (0, 1, vec!["contract", "supplier"]));
    // As long as that stands, nothing more can be done, and nothing is written.
    let head = store.sequence().await.unwrap();
    let again = store.undo_import(&operator(), import, 8).await;
    assert!(matches!(again, Err(Error::Refused(reason)) if reason.contains("undone before")));
    assert_eq!(store.sequence().await.unwrap(), head);
    // What the second import held goes with it.
    let (undone, _) = store.undo_import(&operator(), second, 10).await.unwrap();
    assert_eq!((undone.removed, undone.restored, undone.kept.len(), undone.finished), (0, 1, 0, 2), "{undone:?}");
    let told = store.get::<Import>(&operator(), second.0).await.unwrap().unwrap();
    assert_eq!(store::undo::Undone::of(&told).unwrap(), undone);
    assert_eq!(store.get::<Contract>(&operator(), made.id.0).await.unwrap(), None);
    let back = store.get::<Contract>(&operator(), existing.id.0).await.unwrap().unwrap();
    assert_eq!((&back.title, &back.term), (&existing.title, &existing.term));
    let told = store.get::<Import>(&operator(), import.0).await.unwrap().unwrap();
    let sum = store::undo::Undone::of(&told).unwrap();
    assert_eq!((sum.removed, sum.restored, sum.kept.len(), told.undone_at), (2, 1, 0, Some(10)));
    assert!(store.undo_import(&operator(), import, 11).await.is_err(), "nothing is left");
    assert!(store.check(&operator()).await.unwrap().sound());
}

#[tokio::test]
async fn in_whichever_order_three_imports_are_undone_nothing_of_them_is_left() {
    for order in [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]] {
        let database = TestDatabase::migrated().await;
        let store = database.open().await;
        let organisation = borough(&store).await;
        let existing = one_contract(&store, &organisation).await;
        // One makes a contract, the second changes its title, the third its title and another field.
        let (first, made) = import_of(&store, &organisation, &existing).await;
        let mut imports = vec![first];
        let mut before = made.clone();
        for (at, reference) in [(6, None), (7, Some("C/1".to_owned()))] {
            let import = ImportId(Uuid::now_v7());
            let mut after = before.clone();
            after.title = format!("{} again", before.title);
            after.reference = reference.or(before.reference.clone());
            let mut write = store.write(&operator(), at).await.unwrap();
            write.by_import(import);
            write.create(&mut [Import { id: import, ..records::import("contracts", at) }]).await.unwrap();
            write.update(&before, &mut after).await.unwrap();
            write.commit().await.unwrap();
            imports.push(import);
            before = store.get::<Contract>(&operator(), made.id.0).await.unwrap().unwrap();
        }
        let mut last = Vec::new();
        for (at, place) in (10..).zip(order) {
            last = store.undo_import(&operator(), imports[place], at).await.unwrap().0.kept;
        }
        assert!(last.is_empty(), "{order:?}: {last:?}");
        assert_eq!(store.get::<Contract>(&operator(), made.id.0).await.unwrap(), None, "{order:?}");
        assert_eq!(store.count::<Contract>(&operator()).await.unwrap(), 1, "{order:?}");
        // The one of the contract that was there before.
        assert_eq!(store.count::<Supplier>(&operator()).await.unwrap(), 1, "{order:?}");
        let back = store.get::<Contract>(&operator(), existing.id.0).await.unwrap().unwrap();
        assert_eq!((&back.title, &back.term), (&existing.title, &existing.term), "{order:?}");
        for import in imports {
            let told = store.get::<Import>(&operator(), import.0).await.unwrap().unwrap();
            assert!(store::undo::Undone::of(&told).unwrap().kept.is_empty(), "{order:?}: {told:?}");
        }
        assert!(store.check(&operator()).await.unwrap().sound());
    }
}

#[tokio::test]
async fn a_merge_that_put_one_name_for_another_holds_no_record_back() {
    let database = TestDatabase::migrated().await;
    let store = database.open().await;
    let organisation = borough(&store).await;
    let existing = one_contract(&store, &organisation).await;
    let (import, made) = import_of(&store, &organisation, &existing).await;
    let from = store.get::<Supplier>(&operator(), made.suppliers[0].0).await.unwrap().unwrap();
    let mut into = [records::supplier("Ostlerby Resale Limited")];
    let mut write = store.write(&operator(), 6).await.unwrap();
    write.create(&mut into).await.unwrap();
    write.commit().await.unwrap();
    let into = store.get::<Supplier>(&operator(), into[0].id.0).await.unwrap().unwrap();
    let merge = ImportId(Uuid::now_v7());
    let record = Import { id: merge, ..records::import("merge", 7) };
    let mut write = store.write(&operator(), 7).await.unwrap();
    write.by_import(merge);
    write.create(&mut [record]).await.unwrap();
    let after = domain::register::edit::place::merge_suppliers(&from, &into).unwrap();
    write.merge_suppliers(&from, &into, after, Vec::new()).await.unwrap();
    write.commit().await.unwrap();
    let (undone, _) = store.undo_import(&operator(), import, 8).await.unwrap();
    // The contract goes; the name that was merged away stands nowhere, and comes back only with its merge.
    assert_eq!((undone.removed, undone.restored), (1, 1), "{undone:?}");
    assert_eq!(undone.kept.iter().map(|kept| (kept.kind, kept.why)).collect::<Vec<_>>(), [("supplier", store::undo::Why::Gone)]);
    assert_eq!(store.get::<Contract>(&operator(), made.id.0).await.unwrap(), None);
    let (_, committed) = store.undo_import(&operator(), merge, 9).await.unwrap();
    assert!(committed.is_some());
    let (rest, _) = store.undo_import(&operator(), import, 10).await.unwrap();
    assert_eq!((rest.removed, rest.kept.len()), (1, 0), "{rest:?}");
    assert_eq!(store.get::<Supplier>(&operator(), from.id.0).await.unwrap(), None);
    assert!(store.check(&operator()).await.unwrap().sound());
}
