//! Messages that wait while what they say, or whom they are for, changes.

use super::*;

#[tokio::test]
async fn a_message_that_is_no_longer_true_when_it_is_handed_over_is_dropped_and_said_anew() {
    let town = Town::new().await;
    town.person("Ann", Role::ContractManager).await;
    let mut contracts = [deciding(town.camden.id, "Repairs", date(2027, 6, 30))];
    town.contracts(&mut contracts).await;
    let today = date(2026, 11, 25);
    let context = town.context(today).await;
    let job = town.job(crate::reminders::DAILY).await;
    crate::reminders::remind(&context, &scope(), &job).await.unwrap();
    // The message waits; meanwhile the end is corrected.
    town.moves(&contracts[0], date(2027, 8, 31)).await;
    let mail = town.store.lease_jobs(&scope(), &[MAIL_JOB], town.tick(), LEASE, 1).await.unwrap().remove(0);
    let nowhere = Smtp::new("smtp://127.0.0.1:1", "tools@city.example").unwrap();
    deliver::run(&context, &nowhere, &scope(), &mail).await.unwrap();
    assert_eq!(town.store.outbox(&scope()).await.unwrap(), vec![("superseded".to_owned(), 1)]);
    let letters = town.remind(date(2026, 11, 26)).await;
    assert_eq!(letters.len(), 1);
    assert!(letters[0].subject.ends_with("by 31 May 2027"), "{}", letters[0].subject);
    assert!(!letters[0].text.contains("This replaces"), "nobody was told of the other date");
}

#[tokio::test]
async fn what_one_person_was_not_told_after_all_another_is_not_told_twice() {
    let town = Town::new().await;
    town.person("Ann", Role::ContractManager).await;
    town.person("Hal", Role::HeadOfProcurement).await;
    // Three whose day to extend has passed, eleven ahead.
    let mut contracts: Vec<Contract> =
        (1..=3).map(|day| deciding(town.camden.id, &format!("Missed {day}"), date(2027, 1, day))).collect();
    contracts.extend((1..=11).map(|day| deciding(town.camden.id, &format!("Ahead {day}"), date(2027, 9, day))));
    town.contracts(&mut contracts).await;
    let (first, next) = (date(2026, 11, 25), date(2026, 11, 26));
    town.looks(first).await;
    // While both letters wait, one of the eleven ends is corrected: Ann's names it, Hal's does not.
    town.moves(&contracts[13], date(2027, 10, 31)).await;
    town.deliver(first).await;
    assert_eq!(town.store.outbox(&scope()).await.unwrap(), vec![("superseded".to_owned(), 1), ("waiting".to_owned(), 1)]);
    // The one that could not be handed over is tried again after a while.
    town.ticks.set(town.ticks.get() + 3_600_000);
    let told = town.letters().await;
    assert_eq!(to(&told), ["hal"]);
    assert_eq!(told[0].subject, "camden: 3 contracts are past a decision date");
    assert!(told[0].text.contains("This is the one summary"), "{}", told[0].text);

    let letters = town.remind(next).await;
    assert_eq!(to(&letters), ["ann"], "the head of procurement was told");
    assert_eq!(letters[0].subject, "camden: 14 contracts need a decision, 3 of them are late");
    assert!(letters[0].text.contains("This is the one summary") && letters[0].text.contains("Ahead 1:"), "{}", letters[0].text);
    assert!(!letters[0].text.contains("This replaces"), "nobody was told of the other date");
    assert!(town.remind(next).await.is_empty());
    assert!(town.remind(date(2026, 11, 27)).await.is_empty());
}

#[tokio::test]
async fn whoever_loses_their_place_while_a_message_waits_does_not_get_it() {
    let town = Town::new().await;
    let ann = town.person("Ann", Role::ContractManager).await;
    town.person("Bea", Role::ContractManager).await;
    town.contracts(&mut [deciding(town.camden.id, "Repairs", date(2027, 6, 30))]).await;
    let today = date(2026, 11, 25);
    town.looks(today).await;
    let places: Vec<Membership> = town.store.by(&scope(), "person_id", ann.to_string()).await.unwrap();
    let mut write = town.store.write(&scope(), town.tick()).await.unwrap();
    let mut after = Membership { revoked_at: Some(2), ..places[0].clone() };
    write.update(&places[0], &mut after).await.unwrap();
    write.commit().await.unwrap();
    town.deliver(today).await;
    assert_eq!(town.store.outbox(&scope()).await.unwrap(), vec![("unwanted".to_owned(), 1), ("waiting".to_owned(), 1)]);
    town.ticks.set(town.ticks.get() + 3_600_000);
    assert_eq!(to(&town.letters().await), ["bea"]);
}
