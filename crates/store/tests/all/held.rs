//! What two transactions must not decide at the same moment: the second waits, and reads what the first left. On both databases.

use domain::{
    audit::Kind,
    people::sign_in::{DAY, MINUTE, limit::Limit},
    register::records::*,
};
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

#[tokio::test]
async fn of_two_who_wait_for_each_other_one_is_told_that_the_other_was_faster() {
    let database = TestDatabase::migrated().await;
    if !database.is_postgres() {
        // There is one writer, who waits for nobody.
        return;
    }
    let store = database.open().await;
    let mut both = [records::organisation("camden"), records::organisation("hackney")];
    let mut write = store.write(&operator(), 1).await.unwrap();
    write.create(&mut both).await.unwrap();
    write.commit().await.unwrap();
    let [camden, hackney] = both;
    let named = |before: &Organisation, name: &str| Organisation { name: name.to_owned(), ..before.clone() };
    let (mut one, mut other) = (store.write(&operator(), 2).await.unwrap(), store.write(&operator(), 3).await.unwrap());
    one.update(&camden, &mut named(&camden, "One")).await.unwrap();
    other.update(&hackney, &mut named(&hackney, "Other")).await.unwrap();
    let (mut ones, mut others) = (named(&hackney, "One"), named(&camden, "Other"));
    let told = tokio::join!(one.update(&hackney, &mut ones), other.update(&camden, &mut others));
    assert!(matches!(told, (Ok(true), Err(Error::Conflict(..))) | (Err(Error::Conflict(..)), Ok(true))), "{told:?}");
}

#[tokio::test]
async fn two_who_try_something_at_once_a_day_after_they_did_last_are_both_heard() {
    const LIMIT: Limit = Limit { name: "code-account", most: 5, window: 15 * MINUTE };
    let database = TestDatabase::migrated().await;
    let store = database.open().await;
    for round in 1..=10 {
        let (before, now) = (round * 10 * DAY, round * 10 * DAY + 2 * DAY);
        let (hers, his) = ([(LIMIT, "hers")], [(LIMIT, "his")]);
        store.attempt(&hers, before).await.unwrap().unwrap();
        store.attempt(&his, before).await.unwrap().unwrap();
        let (one, two) = tokio::join!(store.attempt(&hers, now), store.attempt(&his, now));
        assert_eq!((one.unwrap(), two.unwrap()), (Ok(()), Ok(())), "{round}");
    }
}

async fn issue(store: &Store, at: i64, digest: u8) {
    let mut write = store.write(&operator(), at).await.unwrap();
    write.issue_code("somebody", &[digest; 32], None).await.unwrap();
    write.commit().await.unwrap();
}

#[tokio::test]
async fn the_code_that_was_made_last_counts_though_the_clock_of_the_one_before_was_ahead() {
    let database = TestDatabase::migrated().await;
    let store = database.open().await;
    issue(&store, 6_000, 1).await;
    issue(&store, 5_000, 2).await;
    let mut write = store.write(&operator(), 7_000).await.unwrap();
    let counts = write.try_code("somebody").await.unwrap().unwrap();
    assert_eq!((counts.code.digest, counts.code.ended_at), ([2; 32], None));
}

#[tokio::test]
async fn of_two_codes_that_are_made_at_once_one_counts_and_the_other_never_does() {
    let database = TestDatabase::migrated().await;
    let store = database.open().await;
    for round in 1..=10 {
        tokio::join!(issue(&store, round * 1_000, 1), issue(&store, round * 1_000, 2));
        let mut write = store.write(&operator(), round * 1_000 + 1).await.unwrap();
        let counts = write.try_code("somebody").await.unwrap().unwrap();
        assert!(write.use_code(counts.id).await.unwrap(), "{round}");
        let other = write.try_code("somebody").await.unwrap().unwrap();
        assert!(other.code.ended_at.is_some(), "{round}: the other code works still");
        write.commit().await.unwrap();
    }
}
