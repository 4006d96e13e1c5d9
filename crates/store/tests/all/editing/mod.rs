//! What organisations keep themselves: private fields, skills, drafts, merges taken back whole. On both databases.

mod merges;

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
    Product { manufacturer, ..records::product(name) }
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
        key: "camden|power bi|expert".to_owned(),
        people: Some(3),
        offers_training: true,
        origin: Origin { source: "register".to_owned(), ..Origin::default() },
        confirmed: Some(date(2026, 11, 25)),
        ..records::skill(organisation.id, "Power BI")
    };
    let skill = make(&store, skill).await;
    assert_eq!(get::<Skill>(&store, skill.id.0).await, skill);
    assert_eq!(store.history(&operator(), skill.id.0).await.unwrap()[0].kind, Kind::Skill);
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
