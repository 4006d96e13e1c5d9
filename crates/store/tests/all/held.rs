//! What two transactions must not decide at the same moment: the second waits, and reads what the first left. On both databases.

use domain::{audit::Kind, register::records::*};
use std::time::Duration;
use store::{Error, Store};
use test_support::{TestDatabase, operator, records};

async fn borough(store: &Store) -> Organisation {
    let mut organisation = [records::organisation("camden")];
    let mut write = store.write(&operator(), 1).await.unwrap();
    write.create(&mut organisation).await.unwrap();
    write.commit().await.unwrap();
    let [organisation] = organisation;
    organisation
}

#[tokio::test(flavor = "multi_thread")]
async fn who_decides_of_an_organisations_people_waits_for_whoever_does_so_at_the_moment() {
    let database = TestDatabase::migrated().await;
    // As two processes on one database.
    let (store, other) = (database.open().await, database.open().await);
    let before = borough(&store).await;
    let mut first = store.write(&operator(), 2).await.unwrap();
    first.hold_people(before.id).await.unwrap();
    let second = tokio::spawn({
        let id = before.id;
        async move {
            let write = other.write(&operator(), 3).await.unwrap();
            write.hold_people(id).await.unwrap();
            let read: Vec<Organisation> = write.get_many(&[id.0]).await.unwrap();
            write.abandon();
            read[0].name.clone()
        }
    });
    tokio::time::sleep(Duration::from_millis(300)).await;
    let mut after = Organisation { name: "Camden, as the first left it".to_owned(), ..before.clone() };
    first.update(&before, &mut after).await.unwrap();
    assert!(!second.is_finished(), "the second went on while the first held the matter");
    first.commit().await.unwrap();
    assert_eq!(second.await.unwrap(), after.name);
}

#[tokio::test]
async fn what_adds_a_name_to_those_it_read_is_told_of_one_that_was_made_since() {
    let database = TestDatabase::migrated().await;
    let store = database.open().await;
    let organisation = borough(&store).await;
    let seen = store.sequence().await.unwrap();
    let contract = records::contract(organisation.id, "Housing management", None);
    let supplier = records::supplier("Bramblewick Software Ltd");
    let mut write = store.write(&operator(), 2).await.unwrap();
    write.create(&mut [contract]).await.unwrap();
    write.commit().await.unwrap();
    // A contract is no name.
    let write = store.write(&operator(), 3).await.unwrap();
    write.hold_names(seen).await.unwrap();
    write.abandon();
    let mut write = store.write(&operator(), 4).await.unwrap();
    write.create(&mut [supplier.clone()]).await.unwrap();
    write.commit().await.unwrap();
    let write = store.write(&operator(), 5).await.unwrap();
    let told = write.hold_names(seen).await;
    assert!(matches!(told, Err(Error::Conflict(Kind::Supplier, id)) if id == supplier.id.0), "{told:?}");
    write.abandon();
    let write = store.write(&operator(), 6).await.unwrap();
    write.hold_names(store.sequence().await.unwrap()).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn however_many_write_at_once_each_can_read_beside_it() {
    let database = TestDatabase::migrated().await;
    let store = database.open().await;
    let organisation = borough(&store).await;
    let all = (0..12).map(|number| {
        let (store, before) = (store.clone(), organisation.clone());
        async move {
            let write = store.write(&operator(), 2 + number).await.unwrap();
            // So that as many as may write do so at this moment.
            tokio::time::sleep(Duration::from_millis(50)).await;
            let read: Option<Organisation> = store.get(&operator(), before.id.0).await.unwrap();
            write.abandon();
            assert_eq!(read.unwrap().name, before.name);
        }
    });
    futures_util::future::join_all(all).await;
}
