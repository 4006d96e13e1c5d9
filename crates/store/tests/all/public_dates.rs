//! What only an organisation reads of its records moves no date that the public sees; its own guard against lost changes it does.

use domain::{
    people::{PersonId, Scope},
    register::records::*,
};
use jiff::civil::date;
use test_support::{TestDatabase, operator, records};
use uuid::Uuid;

#[tokio::test]
async fn what_is_private_moves_the_version_and_no_public_date() {
    let database = TestDatabase::migrated().await;
    let store = database.open().await;
    let mut organisation = [records::organisation("camden")];
    let mut contract = [records::contract(organisation[0].id, "Housing management", Some(date(2027, 3, 31)))];
    let mut write = store.write(&operator(), 100).await.unwrap();
    write.create(&mut organisation).await.unwrap();
    write.create(&mut contract).await.unwrap();
    write.commit().await.unwrap();
    let [mut contract] = contract;
    let id = contract.id.0;

    let private: [fn(&mut Contract); 3] = [
        |one| one.note = Some("Ask for a discount".to_owned()),
        |one| one.manager = Some(PersonId(Uuid::now_v7())),
        |one| _ = one.set_aside.insert("end".to_owned(), "digest".to_owned()),
    ];
    for (edit, at) in private.into_iter().zip([200, 300, 400]) {
        let mut after = contract.clone();
        edit(&mut after);
        let mut write = store.write(&operator(), at).await.unwrap();
        write.update(&contract, &mut after).await.unwrap();
        write.commit().await.unwrap();
        contract = store.get(&operator(), id).await.unwrap().unwrap();
        assert_eq!((contract.updated_at, contract.last_public_change()), (at, 100));
        let since = store.changed_between(&Scope::Public, 101, i64::MAX, None, 10).await.unwrap();
        assert!(since.is_empty(), "whoever keeps a copy is told of a change that they cannot see: {since:?}");
    }

    let mut after = Contract { title: "Housing and repairs".to_owned(), ..contract.clone() };
    let mut write = store.write(&operator(), 500).await.unwrap();
    write.update(&contract, &mut after).await.unwrap();
    write.commit().await.unwrap();
    let since = store.changed_between(&Scope::Public, 101, i64::MAX, None, 10).await.unwrap();
    assert_eq!(since, [(500, domain::audit::Kind::Contract, id)]);
    let read = store.get::<Contract>(&operator(), id).await.unwrap().unwrap();
    assert_eq!((read.last_public_change(), after.last_public_change()), (500, 500));
    assert!(store.check(&operator()).await.unwrap().sound(), "it is no part of what the change log says");
}
