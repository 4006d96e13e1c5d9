//! Contracts whose days ask nothing, or less, of their people: notices that stand behind a record, what does not belong into the
//! register, what another contract took the place of, and what notice was given of.

use super::*;
use domain::register::{
    reconcile::NOT_OURS,
    terms::{Term, TermKind},
};

fn notice(organisation: OrganisationId, title: &str, end: Date) -> Contract {
    let mut notice = deciding(organisation, title, end);
    notice.origin.source = "ocds-find-a-tender".to_owned();
    notice
}

#[tokio::test]
async fn a_notice_that_stands_behind_a_record_is_not_heard_of_beside_it() {
    let town = Town::new().await;
    town.person("Ann", Role::ContractManager).await;
    let end = date(2027, 6, 30);
    let mut both = [deciding(town.camden.id, "Repairs", end), notice(town.camden.id, "Repairs and voids", end)];
    town.contracts(&mut both).await;
    let letters = town.remind(date(2026, 11, 25)).await;
    assert_eq!(letters[0].subject, "camden: 2 contracts have a decision date within a year", "nobody said that they are one");
    let record = both[0].id;
    let behind = town.changes(&both[1], |notice| notice.notice_of = Some(record)).await;
    assert!(town.remind(date(2026, 11, 26)).await.is_empty(), "the day that was told is the record's too");
    let letters = town.remind(date(2026, 12, 31)).await;
    assert_eq!(
        letters.iter().map(|one| one.subject.as_str()).collect::<Vec<_>>(),
        ["Decide whether to extend: Repairs, by 30 March 2027"]
    );
    assert!(!letters[0].text.contains("voids"), "{}", letters[0].text);
    // What the notice says after that is nobody's date.
    town.changes(&behind, |notice| notice.term.end = Some(date(2027, 5, 31))).await;
    assert!(town.remind(date(2027, 1, 2)).await.is_empty());
}

#[tokio::test]
async fn a_day_told_of_a_notice_is_replaced_by_the_one_of_the_record_that_it_stands_behind() {
    let town = Town::new().await;
    town.person("Ann", Role::ContractManager).await;
    let mut read = [notice(town.camden.id, "Repairs and voids", date(2027, 6, 30))];
    town.contracts(&mut read).await;
    assert_eq!(town.remind(date(2026, 11, 25)).await.len(), 1);
    let mut own = [deciding(town.camden.id, "Repairs", date(2027, 8, 31))];
    town.contracts(&mut own).await;
    town.changes(&read[0], |notice| notice.notice_of = Some(own[0].id)).await;
    let letters = town.remind(date(2026, 11, 26)).await;
    assert_eq!(letters[0].subject, "Decide whether to extend: Repairs, by 31 May 2027");
    assert!(words(&letters[0]).contains("This replaces 30 March 2027"), "{}", letters[0].text);
    assert!(town.remind(date(2026, 11, 27)).await.is_empty());
}

#[tokio::test]
async fn a_message_of_a_notice_that_waits_is_dropped_once_the_notice_stands_behind_a_record() {
    let town = Town::new().await;
    town.person("Ann", Role::ContractManager).await;
    let mut read = [notice(town.camden.id, "Repairs and voids", date(2027, 6, 30))];
    town.contracts(&mut read).await;
    let today = date(2026, 11, 25);
    town.looks(today).await;
    let mut own = [deciding(town.camden.id, "Repairs", date(2027, 6, 30))];
    town.contracts(&mut own).await;
    town.changes(&read[0], |notice| notice.notice_of = Some(own[0].id)).await;
    town.deliver(today).await;
    let states = town.store.outbox(&scope()).await.unwrap();
    assert!(states.contains(&("superseded".to_owned(), 1)), "{states:?}");
    let letters = town.remind(date(2026, 11, 26)).await;
    assert_eq!(letters[0].subject, "Decide whether to extend: Repairs, by 30 March 2027", "told for the first time");
    assert!(!words(&letters[0]).contains("This replaces"), "{}", letters[0].text);
}

#[tokio::test]
async fn of_a_notice_that_does_not_belong_into_the_register_nobody_hears_but_that_its_date_is_gone() {
    let town = Town::new().await;
    town.person("Ann", Role::ContractManager).await;
    let mut read = [notice(town.camden.id, "Repairs", date(2027, 6, 30))];
    town.contracts(&mut read).await;
    assert_eq!(town.remind(date(2026, 11, 25)).await.len(), 1);
    town.changes(&read[0], |notice| {
        notice.set_aside.insert(NOT_OURS.to_owned(), "yes".to_owned());
    })
    .await;
    let letters = town.remind(date(2026, 11, 26)).await;
    assert_eq!(letters[0].subject, "No decision is due any more: Repairs");
    assert!(!words(&letters[0]).contains("You are no longer asked"), "{}", letters[0].text);
    assert!(town.remind(date(2026, 12, 31)).await.is_empty());
}

#[tokio::test]
async fn a_contract_whose_place_another_took_asks_for_no_purchase_and_no_extension() {
    let town = Town::new().await;
    town.person("Ann", Role::ContractManager).await;
    let mut contracts = [deciding(town.camden.id, "Repairs", date(2027, 6, 30))];
    town.contracts(&mut contracts).await;
    assert_eq!(town.remind(date(2026, 11, 25)).await.len(), 1);
    let mut next = [records::contract(town.camden.id, "Repairs from 2027", Some(date(2031, 6, 30)))];
    town.contracts(&mut next).await;
    town.changes(&contracts[0], |contract| contract.replaced_by = Some(next[0].id)).await;
    let letters = town.remind(date(2026, 11, 26)).await;
    assert_eq!(letters[0].subject, "No decision is due any more: Repairs");
    for later in [date(2026, 12, 31), date(2027, 3, 31), date(2027, 6, 29)] {
        assert!(town.remind(later).await.is_empty(), "{later}");
    }
}

#[tokio::test]
async fn once_notice_was_given_nobody_is_asked_to_give_it() {
    let town = Town::new().await;
    town.person("Ann", Role::ContractManager).await;
    let end = date(2027, 6, 30);
    let mut contracts = [records::contract(town.camden.id, "Repairs", Some(end))];
    contracts[0].term = Term { kind: TermKind::RenewsYearly, end: Some(end), notice: Some(Period::months(3)), ..Term::default() };
    town.contracts(&mut contracts).await;
    let told = town.remind(date(2026, 11, 25)).await;
    assert_eq!(told[0].subject, "Decide whether to give notice: Repairs, by 30 March 2027");
    town.changes(&contracts[0], |contract| contract.term.terminated = Some(end)).await;
    let letters = town.remind(date(2026, 11, 26)).await;
    let text = words(&letters[0]);
    assert!(text.contains("30 March 2027, the date in an earlier message, no longer holds"), "{text}");
    assert!(text.contains("buying anew should have begun by 30 June 2026") && !text.contains("give notice"), "{text}");
    for later in [date(2026, 12, 31), date(2027, 3, 31), date(2027, 7, 1), date(2028, 1, 15)] {
        assert!(town.remind(later).await.is_empty(), "{later}");
    }
}
