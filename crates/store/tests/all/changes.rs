//! Tables and change log go together: histories, chains, conflicts, undo, backup. On both databases.

mod undo;

use domain::{
    audit::{Action, Kind},
    people::Scope,
    register::records::*,
};
use jiff::civil::date;
use sea_orm::ConnectionTrait;
use store::{Error, Store, backup, db::Schema};
use test_support::{TestDatabase, operator, records};

pub(crate) async fn raw(database: &TestDatabase, sql: &str) {
    let url = database.address.replace("sqlite:", "sqlite://");
    let connection = sea_orm::Database::connect(url).await.unwrap();
    connection.execute_unprepared(sql).await.unwrap();
    connection.close().await.unwrap();
}

async fn borough(store: &Store) -> Organisation {
    let mut organisation = [records::organisation("camden")];
    let mut write = store.write(&operator(), 1).await.unwrap();
    write.create(&mut organisation).await.unwrap();
    write.commit().await.unwrap();
    let [organisation] = organisation;
    organisation
}

async fn one_contract(store: &Store, organisation: &Organisation) -> Contract {
    let mut contract = [records::contract(organisation.id, "Housing management", Some(date(2027, 3, 31)))];
    let mut supplier = [records::supplier("Bramblewick Software Ltd")];
    contract[0].suppliers = vec![supplier[0].id];
    let mut write = store.write(&operator(), 2).await.unwrap();
    write.create(&mut supplier).await.unwrap();
    write.create(&mut contract).await.unwrap();
    write.commit().await.unwrap();
    let [contract] = contract;
    contract
}

#[tokio::test]
async fn what_is_written_is_read_back_and_logged() {
    let database = TestDatabase::migrated().await;
    let store = database.open().await;
    let contract = one_contract(&store, &borough(&store).await).await;
    assert_eq!(store.get::<Contract>(&operator(), contract.id.0).await.unwrap(), Some(contract.clone()));
    let history = store.history(&operator(), contract.id.0).await.unwrap();
    assert_eq!(history.len(), 1);
    assert_eq!((history[0].action, history[0].kind, history[0].sequence), (Action::Create, Kind::Contract, 3));
    assert_eq!(serde_json::from_value::<Contract>(history[0].content.clone().unwrap()).unwrap(), contract);
    let findings = store.check(&operator()).await.unwrap();
    assert!(findings.sound(), "{findings:?}");
    assert_eq!(findings.entries, 3);
}

#[tokio::test]
async fn an_update_logs_only_what_differs_and_a_stale_one_is_refused() {
    let database = TestDatabase::migrated().await;
    let store = database.open().await;
    let first = one_contract(&store, &borough(&store).await).await;
    let mut second = first.clone();
    second.title = "Housing management system".to_owned();
    let mut write = store.write(&operator(), 3).await.unwrap();
    assert!(write.update(&first, &mut second).await.unwrap());
    write.commit().await.unwrap();
    let history = store.history(&operator(), first.id.0).await.unwrap();
    assert_eq!(
        history[0].content.as_ref().unwrap().to_string(),
        r#"{"title":["Housing management","Housing management system"]}"#
    );

    let mut stale = first.clone();
    stale.title = "Something else".to_owned();
    let mut write = store.write(&operator(), 4).await.unwrap();
    assert!(matches!(write.update(&first, &mut stale).await, Err(Error::Conflict(Kind::Contract, _))));
    write.abandon();
    assert_eq!(store.get::<Contract>(&operator(), first.id.0).await.unwrap().unwrap().title, second.title);
    assert!(store.check(&operator()).await.unwrap().sound());
}

#[tokio::test]
async fn a_record_made_and_changed_in_one_transaction_has_a_whole_chain() {
    let database = TestDatabase::migrated().await;
    let store = database.open().await;
    let organisation = borough(&store).await;
    let mut write = store.write(&operator(), 3).await.unwrap();
    let mut contract = [records::contract(organisation.id, "begun", None)];
    write.create(&mut contract).await.unwrap();
    for title in ["changed", "finished"] {
        let before = contract[0].clone();
        contract[0].title = title.to_owned();
        write.update(&before, &mut contract[0]).await.unwrap();
    }
    write.commit().await.unwrap();
    let findings = store.check(&operator()).await.unwrap();
    assert!(findings.sound(), "{findings:?}");
    assert_eq!(store.history(&operator(), contract[0].id.0).await.unwrap().len(), 3);
}

#[tokio::test]
async fn an_update_that_changes_nothing_is_not_logged() {
    let database = TestDatabase::migrated().await;
    let store = database.open().await;
    let contract = one_contract(&store, &borough(&store).await).await;
    let mut write = store.write(&operator(), 9).await.unwrap();
    assert!(!write.update(&contract, &mut contract.clone()).await.unwrap());
    assert_eq!(write.commit().await.unwrap().sequence, 3);
}

#[tokio::test]
async fn the_public_may_not_write_and_a_dropped_write_leaves_nothing() {
    let database = TestDatabase::migrated().await;
    let store = database.open().await;
    assert!(matches!(store.write(&Scope::Public, 1).await, Err(Error::Forbidden)));
    let mut write = store.write(&operator(), 1).await.unwrap();
    write.create(&mut [records::supplier("Gone Ltd")]).await.unwrap();
    drop(write);
    assert_eq!(store.count::<Supplier>(&operator()).await.unwrap(), 0);
    assert_eq!(store.sequence().await.unwrap(), 0);
}

#[tokio::test]
async fn check_names_the_first_broken_link() {
    let database = TestDatabase::migrated().await;
    let store = database.open().await;
    let contract = one_contract(&store, &borough(&store).await).await;
    raw(&database, "update change set content = replace(content, 'Housing', 'Parking') where sequence = 3").await;
    let findings = store.check(&operator()).await.unwrap();
    let broken = findings.broken.unwrap();
    assert!(broken.contains("entry 3") && broken.contains(&contract.id.to_string()) && broken.contains("content"), "{broken}");
    raw(&database, "update change set actor = 'someone else' where sequence = 2").await;
    assert!(store.check(&operator()).await.unwrap().broken.unwrap().contains("entry 2"));
    raw(&database, "delete from change where sequence = 1").await;
    assert!(store.check(&operator()).await.unwrap().broken.unwrap().contains("entry 1 of the change log is missing"));
}

#[tokio::test]
async fn check_sees_a_record_that_the_log_does_not_account_for() {
    let database = TestDatabase::migrated().await;
    let store = database.open().await;
    borough(&store).await;
    raw(
        &database,
        "insert into supplier (id, name, names, identifiers, owners, updated_at) \
         values ('01890000-0000-7000-8000-000000000000', 'Slipped in', '[]', '[]', '[]', 0)",
    )
    .await;
    let findings = store.check(&operator()).await.unwrap();
    assert!(findings.problems.iter().any(|problem| problem.contains("supplier: 1 records")), "{findings:?}");
}

#[tokio::test]
async fn an_erased_content_leaves_the_chain_whole() {
    let database = TestDatabase::migrated().await;
    let store = database.open().await;
    one_contract(&store, &borough(&store).await).await;
    raw(&database, "update change set content = null, salt = null, erased = 'rule, 2026-11-23' where sequence = 2").await;
    assert!(store.check(&operator()).await.unwrap().sound());
}

#[tokio::test]
async fn a_backup_taken_under_load_restores_whole_and_restore_never_overwrites() {
    let database = TestDatabase::migrated().await;
    let store = database.open().await;
    let organisation = borough(&store).await;
    let busy = {
        let (store, organisation) = (store.clone(), organisation.clone());
        tokio::spawn(async move {
            for number in 0..200 {
                let mut write = store.write(&operator(), 10 + number).await.unwrap();
                write.create(&mut [records::contract(organisation.id, &format!("Contract {number}"), None)]).await.unwrap();
                write.commit().await.unwrap();
            }
        })
    };
    let key = backup::signing_key(&database.folder().join("server.key")).unwrap();
    let file = database.folder().join("backup.db");
    while store.sequence().await.unwrap() < 20 {
        tokio::task::yield_now().await;
    }
    let head = store.backup(&operator(), &file, &key).await.unwrap();
    assert!(head.genuine() && head.head.sequence >= 20);
    busy.await.unwrap();
    assert!(matches!(store.backup(&operator(), &file, &key).await, Err(Error::Refused(_))), "a backup never overwrites");

    let elsewhere = TestDatabase::migrated().await;
    let restored = elsewhere.open().await;
    assert_eq!(restored.restore(&operator(), &file).await.unwrap(), head.head);
    let findings = restored.check_against(&operator(), Some(&head.head)).await.unwrap();
    assert!(findings.sound(), "{findings:?}");
    assert_eq!(restored.count::<Contract>(&operator()).await.unwrap(), head.head.sequence - 1);
    assert!(matches!(restored.restore(&operator(), &file).await, Err(Error::Refused(reason)) if reason.contains("not empty")));

    // The live log still begins with what the signed head stands for; a log cut short of it does not.
    assert!(store.check_against(&operator(), Some(&head.head)).await.unwrap().sound());
    let longer = check_head(head.head.sequence + 1000, &head.head.digest);
    assert!(store.check_against(&operator(), Some(&longer)).await.unwrap().problems[0].contains("was cut"));
}

fn check_head(sequence: i64, digest: &str) -> store::check::Head {
    store::check::Head { sequence, digest: digest.to_owned() }
}

#[tokio::test]
async fn a_head_that_was_tampered_with_is_not_genuine() {
    let database = TestDatabase::sqlite();
    let key = backup::signing_key(&database.folder().join("server.key")).unwrap();
    let again = backup::signing_key(&database.folder().join("server.key")).unwrap();
    assert_eq!(key.to_bytes(), again.to_bytes());
    let mut head = backup::SignedHead::new(check_head(7, "ab"), &key);
    assert!(head.genuine());
    head.head.sequence = 8;
    assert!(!head.genuine());
}

#[tokio::test]
async fn a_wrong_address_or_a_missing_database_says_what_to_do() {
    let error = Store::open("mysql://user:secret@host/x", Schema::AtStart).await.unwrap_err().to_string();
    assert!(error.contains("sqlite:FILE") && !error.contains("secret"), "{error}");
    let error = Store::open("sqlite:/nowhere/at/all.db", Schema::AsItIs).await.unwrap_err().to_string();
    assert!(error.contains("no such file") && error.contains("check the name of the database"), "{error}");
}

#[tokio::test]
async fn a_table_of_several_parts_is_read_whole_and_in_order_with_its_links() {
    let database = TestDatabase::migrated().await;
    let store = database.open().await;
    let organisation = borough(&store).await;
    let mut suppliers = [records::supplier("Bramblewick Software Ltd"), records::supplier("Quillmere Systems Ltd")];
    let mut contracts: Vec<Contract> = (0..9_000)
        .map(|number| {
            let mut contract = records::contract(organisation.id, &format!("Contract {number}"), Some(date(2027, 3, 31)));
            contract.suppliers = suppliers.iter().take(number % 3).map(|supplier| supplier.id).collect();
            contract.note = Some("Ask the service first".to_owned());
            contract.origin.fields.insert("end".to_owned(), "survey".to_owned());
            contract
        })
        .collect();
    let mut write = store.write(&operator(), 2).await.unwrap();
    write.create(&mut suppliers).await.unwrap();
    write.create(&mut contracts).await.unwrap();
    write.commit().await.unwrap();
    contracts.sort_by_key(|contract| contract.id.0);

    let mut read = Vec::new();
    store.each::<Contract>(&Scope::Public, |contract| read.push(contract)).await.unwrap();
    assert!(read == contracts, "{} read of {}", read.len(), contracts.len());

    let mut listed = Vec::new();
    store.each_listed::<Contract>(&Scope::Public, |contract| listed.push(contract)).await.unwrap();
    for contract in &mut contracts {
        contract.note = None;
        contract.key = String::new();
        contract.origin = Origin { source: contract.origin.source.clone(), ..Origin::default() };
    }
    assert!(listed == contracts, "what lists use is not what was written: {:?} {:?}", listed.first(), contracts.first());
}
