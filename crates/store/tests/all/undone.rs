//! What an undo leaves and why, when others came to need what an import made. On both databases.

use domain::register::{
    ids::{ImportId, OrganisationId},
    records::*,
};
use store::{
    Store,
    undo::{Undone, Why},
};
use test_support::{TestDatabase, operator, records};
use uuid::Uuid;

fn import(kind: &str, at: i64, organisation: Option<OrganisationId>) -> Import {
    Import { organisation, ..records::import(kind, at) }
}

/// An import of notices that makes an organisation and a supplier.
async fn notices(store: &Store) -> (ImportId, Organisation, Supplier) {
    let record = import("ocds", 2, None);
    let id = record.id;
    let (mut organisation, mut supplier) = ([records::organisation("cabinet-office")], [records::supplier("Ash Ltd")]);
    let mut write = store.write(&operator(), 2).await.unwrap();
    write.by_import(id);
    write.create(&mut [record]).await.unwrap();
    write.create(&mut organisation).await.unwrap();
    write.create(&mut supplier).await.unwrap();
    write.commit().await.unwrap();
    let ([organisation], [supplier]) = (organisation, supplier);
    (id, organisation, supplier)
}

fn kept(undone: &Undone) -> Vec<(&str, Why)> {
    undone.kept.iter().map(|kept| (kept.kind, kept.why)).collect()
}

#[tokio::test]
async fn an_organisation_with_an_import_of_its_own_is_kept_and_the_rest_goes() {
    let database = TestDatabase::migrated().await;
    let store = database.open().await;
    let (first, organisation, _) = notices(&store).await;
    let own = import("contracts", 3, Some(organisation.id));
    let second = own.id;
    let mut contract = [records::contract(organisation.id, "Laptops", None)];
    let mut write = store.write(&operator(), 3).await.unwrap();
    write.by_import(second);
    write.create(&mut [own]).await.unwrap();
    write.create(&mut contract).await.unwrap();
    write.commit().await.unwrap();
    // What the organisation's own import made is taken back first: its record stays, and names the organisation.
    store.undo_import(&operator(), second, 4).await.unwrap();
    assert_eq!(store.count::<Contract>(&operator()).await.unwrap(), 0);
    let (undone, _) = store.undo_import(&operator(), first, 5).await.unwrap();
    assert_eq!((undone.removed, kept(&undone)), (1, vec![("organisation", Why::Needed)]));
    assert!(store.get::<Organisation>(&operator(), organisation.id.0).await.unwrap().is_some());
    assert_eq!(store.count::<Supplier>(&operator()).await.unwrap(), 0);
    // Nothing more can come of it, and that is said in words, not by an error of the database.
    let again = store.undo_import(&operator(), first, 6).await;
    assert!(matches!(again, Err(store::Error::Refused(reason)) if reason.contains("undone before")));
    assert!(store.check(&operator()).await.unwrap().sound());
}

#[tokio::test]
async fn what_would_refer_to_something_gone_again_stays_and_the_rest_goes_back() {
    let database = TestDatabase::migrated().await;
    let store = database.open().await;
    let (_, organisation, old) = notices(&store).await;
    let mut contracts = [
        records::contract(organisation.id, "Laptops", None),
        records::contract(organisation.id, "Printers", None),
        records::contract(organisation.id, "Screens", None),
    ];
    contracts[1].suppliers = vec![old.id];
    let mut write = store.write(&operator(), 3).await.unwrap();
    write.create(&mut contracts).await.unwrap();
    write.commit().await.unwrap();
    let record = import("contracts", 4, Some(organisation.id));
    let second = record.id;
    let mut write = store.write(&operator(), 4).await.unwrap();
    write.by_import(second);
    write.create(&mut [record]).await.unwrap();
    for contract in &contracts {
        let mut changed = contract.clone();
        changed.suppliers.clear();
        changed.title = format!("{} and more", contract.title);
        write.update(contract, &mut changed).await.unwrap();
    }
    write.commit().await.unwrap();
    let mut write = store.write(&operator(), 5).await.unwrap();
    write.delete(&[old]).await.unwrap();
    write.commit().await.unwrap();
    let (undone, _) = store.undo_import(&operator(), second, 6).await.unwrap();
    assert_eq!((undone.restored, kept(&undone)), (2, vec![("contract", Why::ReferenceGone)]));
    let mut titles: Vec<String> =
        store.all::<Contract>(&operator()).await.unwrap().into_iter().map(|contract| contract.title).collect();
    titles.sort_unstable();
    assert_eq!(titles, ["Laptops", "Printers and more", "Screens"]);
    assert!(store.check(&operator()).await.unwrap().sound());
}

#[tokio::test]
async fn a_question_to_the_hub_stands_as_long_as_its_name_does() {
    let database = TestDatabase::migrated().await;
    let store = database.open().await;
    let mut councils = [records::organisation("camden"), records::organisation("hackney")];
    let mut write = store.write(&operator(), 1).await.unwrap();
    write.create(&mut councils).await.unwrap();
    write.commit().await.unwrap();
    let [camden, hackney] = councils;
    // Camden's file names two suppliers that nobody knows, and the hub is asked about both.
    let record = import("contracts", 2, Some(camden.id));
    let first = record.id;
    let mut suppliers = [records::supplier("Ash Ltd"), records::supplier("Birch Ltd")];
    let mut asked = suppliers.clone().map(|supplier| Flag {
        id: domain::register::ids::FlagId(Uuid::now_v7()),
        reason: "new-supplier".into(),
        subject_kind: "supplier".into(),
        subject: supplier.id.0,
        note: format!("'{}' was not known", supplier.name),
        settled: false,
    });
    let mut write = store.write(&operator(), 2).await.unwrap();
    write.by_import(first);
    write.create(&mut [record]).await.unwrap();
    write.create(&mut suppliers).await.unwrap();
    write.create(&mut asked).await.unwrap();
    write.commit().await.unwrap();
    // Hackney's file names one of them: it is known by now, so nothing is asked.
    let record = import("contracts", 3, Some(hackney.id));
    let second = record.id;
    let mut contract = [records::contract(hackney.id, "Laptops", None)];
    contract[0].suppliers = vec![suppliers[0].id];
    let mut write = store.write(&operator(), 3).await.unwrap();
    write.by_import(second);
    write.create(&mut [record]).await.unwrap();
    write.create(&mut contract).await.unwrap();
    write.commit().await.unwrap();
    let (undone, _) = store.undo_import(&operator(), first, 4).await.unwrap();
    // Birch Ltd goes, and the question about it, which is no record that anybody counts.
    assert_eq!((undone.removed, kept(&undone)), (1, vec![("supplier", Why::Needed)]));
    let waiting = store.by::<Flag>(&operator(), "settled", false).await.unwrap();
    assert_eq!(waiting.iter().map(|flag| flag.subject).collect::<Vec<_>>(), [suppliers[0].id.0]);
    // Once Hackney's contract is gone too, the name goes, and the question with it.
    store.undo_import(&operator(), second, 5).await.unwrap();
    let (rest, _) = store.undo_import(&operator(), first, 6).await.unwrap();
    assert_eq!((rest.removed, rest.kept.len()), (1, 0), "{rest:?}");
    assert_eq!(store.count::<Supplier>(&operator()).await.unwrap(), 0);
    assert!(store.by::<Flag>(&operator(), "settled", false).await.unwrap().is_empty());
    assert!(store.check(&operator()).await.unwrap().sound());
}

#[tokio::test]
async fn a_question_about_a_name_that_was_merged_away_is_open_again_when_the_name_comes_back() {
    let database = TestDatabase::migrated().await;
    let store = database.open().await;
    let mut councils = [records::organisation("camden")];
    let mut known = [records::supplier("Birch Ltd")];
    let mut write = store.write(&operator(), 1).await.unwrap();
    write.create(&mut councils).await.unwrap();
    write.create(&mut known).await.unwrap();
    write.commit().await.unwrap();
    let [camden] = councils;
    // Camden's file names a supplier that nobody knows, and the hub is asked about it.
    let record = import("contracts", 2, Some(camden.id));
    let first = record.id;
    let mut suppliers = [records::supplier("Ash Ltd")];
    let mut contracts = [records::contract(camden.id, "Laptops", None)];
    contracts[0].suppliers = vec![suppliers[0].id];
    let mut asked = [Flag {
        id: domain::register::ids::FlagId(Uuid::now_v7()),
        reason: "new-supplier".into(),
        subject_kind: "supplier".into(),
        subject: suppliers[0].id.0,
        note: "'Ash Ltd' was not known".into(),
        settled: false,
    }];
    let mut write = store.write(&operator(), 2).await.unwrap();
    write.by_import(first);
    write.create(&mut [record]).await.unwrap();
    write.create(&mut suppliers).await.unwrap();
    write.create(&mut contracts).await.unwrap();
    write.create(&mut asked).await.unwrap();
    write.commit().await.unwrap();
    let ([contract], [flag]) = (contracts, asked);
    // Someone corrects the contract, and the hub answers by a merge.
    let title = async |at: i64, title: &str| {
        let before = store.get::<Contract>(&operator(), contract.id.0).await.unwrap().unwrap();
        let mut after = Contract { title: title.to_owned(), ..before.clone() };
        let mut write = store.write(&operator(), at).await.unwrap();
        write.update(&before, &mut after).await.unwrap();
        write.commit().await.unwrap();
    };
    title(3, "Laptops and screens").await;
    let from = store.get::<Supplier>(&operator(), suppliers[0].id.0).await.unwrap().unwrap();
    let into = store.get::<Supplier>(&operator(), known[0].id.0).await.unwrap().unwrap();
    let report = serde_json::json!({ "kind": "supplier", "from_id": from.id.0, "into_id": into.id.0 });
    let record = Import { report, ..import("merge", 4, None) };
    let merge = record.id;
    let mut write = store.write(&operator(), 4).await.unwrap();
    write.by_import(merge);
    write.create(&mut [record]).await.unwrap();
    let after = domain::register::edit::place::merge_suppliers(&from, &into).unwrap();
    write.merge_suppliers(&from, &into, after, Vec::new()).await.unwrap();
    write.commit().await.unwrap();
    let (undone, _) = store.undo_import(&operator(), first, 5).await.unwrap();
    assert_eq!((undone.removed, kept(&undone)), (0, vec![("contract", Why::Changed), ("supplier", Why::Gone)]));
    let waiting = store.by::<Flag>(&operator(), "settled", true).await.unwrap();
    assert_eq!(waiting.iter().map(|one| one.id).collect::<Vec<_>>(), [flag.id], "the merge has settled it");
    // The merge was wrong: the name is back, and the hub is asked about it again.
    let (_, committed) = store.undo_import(&operator(), merge, 6).await.unwrap();
    assert!(committed.is_some());
    assert!(store.get::<Supplier>(&operator(), from.id.0).await.unwrap().is_some());
    let waiting = store.by::<Flag>(&operator(), "settled", false).await.unwrap();
    assert_eq!(waiting.iter().map(|one| (one.id, one.subject)).collect::<Vec<_>>(), [(flag.id, from.id.0)]);
    // Once nothing holds the name it goes, and the question with it.
    title(7, "Laptops").await;
    let (rest, _) = store.undo_import(&operator(), first, 8).await.unwrap();
    assert_eq!((rest.removed, rest.kept.len()), (2, 0), "{rest:?}");
    assert_eq!((store.count::<Supplier>(&operator()).await.unwrap(), store.count::<Flag>(&operator()).await.unwrap()), (1, 0));
    assert!(store.check(&operator()).await.unwrap().sound());
}
