//! Dates that people were given and that no longer hold, although nobody asks them any more, or the contract is gone.

use super::*;
use domain::register::ids::ContractId;

impl Town {
    async fn removes(&self, contract: &Contract) {
        let mut write = self.store.write(&scope(), self.tick()).await.unwrap();
        write.delete(std::slice::from_ref(contract)).await.unwrap();
        write.commit().await.unwrap();
    }
}

#[tokio::test]
async fn whoever_is_no_longer_asked_hears_that_the_date_they_were_given_is_another() {
    let town = Town::new().await;
    let (dele, anjali) = (town.person("Dele", Role::ContractManager).await, town.person("Anjali", Role::Editor).await);
    let mut contracts = [deciding(town.camden.id, "Repairs", date(2027, 6, 30))];
    contracts[0].manager = Some(dele);
    town.contracts(&mut contracts).await;
    assert_eq!(to(&town.remind(date(2026, 11, 29)).await), ["dele"]);
    let handed = town
        .changes(&contracts[0], |contract| {
            contract.manager = Some(anjali);
            contract.term.end = Some(date(2029, 6, 30));
        })
        .await;
    let letters = town.remind(date(2026, 11, 30)).await;
    assert_eq!(to(&letters), ["dele"], "Anjali hears of it in its time");
    assert_eq!(letters[0].subject, "The date you were given has changed: Repairs");
    let text = words(&letters[0]);
    assert!(text.contains("This replaces 30 March 2027") && text.contains("You are no longer asked about it"), "{text}");
    assert!(town.remind(date(2026, 12, 1)).await.is_empty());
    // It rolls now: that is gone too.
    town.changes(&handed, |contract| {
        contract.term = domain::register::terms::Term { kind: domain::register::terms::TermKind::Rolling, ..Default::default() };
    })
    .await;
    let letters = town.remind(date(2026, 12, 2)).await;
    assert_eq!((to(&letters), letters[0].subject.as_str()), (vec!["dele"], "No decision is due any more: Repairs"));
    assert!(town.remind(date(2026, 12, 3)).await.is_empty());
}

#[tokio::test]
async fn of_a_contract_that_is_taken_out_its_people_hear_once_and_of_one_that_comes_back_at_once_nothing() {
    let town = Town::new().await;
    town.person("Marcus", Role::ContractManager).await;
    let mut contracts =
        [deciding(town.camden.id, "Repairs", date(2027, 6, 30)), deciding(town.camden.id, "Parking", date(2027, 7, 31))];
    town.contracts(&mut contracts).await;
    let [repairs, parking] = contracts;
    assert_eq!(to(&town.remind(date(2026, 11, 25)).await), ["marcus"]);
    // Out and in again between two looks: nobody was misled, and nobody hears twice.
    town.removes(&parking).await;
    town.contracts(&mut [parking.clone()]).await;
    assert!(town.remind(date(2026, 11, 26)).await.is_empty());
    // An import was undone and made again: it is the same contract under another id.
    town.removes(&parking).await;
    let mut again = [Contract { id: ContractId(Uuid::now_v7()), ..parking.clone() }];
    town.contracts(&mut again).await;
    assert!(town.remind(date(2026, 11, 27)).await.is_empty());
    town.removes(&repairs).await;
    let letters = town.remind(date(2026, 11, 28)).await;
    assert_eq!((to(&letters), letters[0].subject.as_str()), (vec!["marcus"], "No decision is due any more: Repairs"));
    let text = words(&letters[0]);
    assert!(text.contains("Repairs: it is no longer in the register, and 30 March 2027"), "{text}");
    assert!(!text.contains("Parking") && !text.contains(&repairs.id.to_string()), "{text}");
    assert!(town.remind(date(2026, 11, 29)).await.is_empty());
    // They believe that it is gone: that it is back is news.
    town.contracts(&mut [repairs.clone()]).await;
    let letters = town.remind(date(2026, 11, 30)).await;
    assert_eq!(letters[0].subject, "Decide whether to extend: Repairs, by 30 March 2027");
    assert!(town.remind(date(2026, 12, 1)).await.is_empty());
}

#[tokio::test]
async fn a_contract_that_comes_back_with_another_supplier_is_the_one_its_people_were_told_of() {
    let town = Town::new().await;
    town.person("Marcus", Role::ContractManager).await;
    let mut contracts = [deciding(town.camden.id, "Repairs", date(2027, 6, 30))];
    contracts[0].key = "camden|register|r:12|bramblewick|1".to_owned();
    town.contracts(&mut contracts).await;
    assert_eq!(to(&town.remind(date(2026, 11, 25)).await), ["marcus"]);
    // The import is undone, the supplier put right in the file, and the file imported again.
    town.removes(&contracts[0]).await;
    let again =
        Contract { id: ContractId(Uuid::now_v7()), key: "camden|register|r:12|thistledown|1".to_owned(), ..contracts[0].clone() };
    town.contracts(&mut [again.clone()]).await;
    assert!(town.remind(date(2026, 11, 26)).await.is_empty(), "not that it is gone, and not the same again");
    // Its next stage is heard of in its time, and then too nothing is said to be gone.
    let letters = town.remind(date(2026, 12, 31)).await;
    assert_eq!(letters.len(), 1);
    assert!(!words(&letters[0]).contains("no longer in the register"), "{}", letters[0].text);
    assert!(town.remind(date(2027, 1, 2)).await.is_empty());
    // And gone it is when it is gone.
    town.removes(&again).await;
    assert_eq!(town.remind(date(2027, 1, 3)).await[0].subject, "No decision is due any more: Repairs");
    assert!(town.remind(date(2027, 1, 4)).await.is_empty(), "once");
}

#[tokio::test]
async fn that_a_date_is_gone_with_its_contract_is_dropped_when_the_contract_comes_back_in_time() {
    let town = Town::new().await;
    town.person("Marcus", Role::ContractManager).await;
    let mut contracts = [deciding(town.camden.id, "Repairs", date(2027, 6, 30))];
    town.contracts(&mut contracts).await;
    assert_eq!(town.remind(date(2026, 11, 25)).await.len(), 1);
    town.removes(&contracts[0]).await;
    let today = date(2026, 11, 26);
    town.looks(today).await;
    town.contracts(&mut [contracts[0].clone()]).await;
    town.deliver(today).await;
    let states = town.store.outbox(&scope()).await.unwrap();
    assert!(states.contains(&("superseded".to_owned(), 1)), "{states:?}");
    assert!(town.remind(date(2026, 11, 27)).await.is_empty(), "what they were told still holds");
}

#[tokio::test]
async fn whoever_is_asked_for_what_was_missed_alone_is_promised_no_more() {
    let town = Town::new().await;
    town.person("Ann", Role::ContractManager).await;
    town.person("Winifred", Role::HeadOfProcurement).await;
    let mut contracts: Vec<Contract> =
        (1..=2).map(|day| deciding(town.camden.id, &format!("Missed {day}"), date(2027, 1, day))).collect();
    town.contracts(&mut contracts).await;
    let letters = town.remind(date(2026, 11, 25)).await;
    assert_eq!(to(&letters), ["ann", "winifred"]);
    assert!(words(&letters[0]).contains("you hear of each date at 12, 6 and 3 months, and when it has passed."));
    assert!(words(&letters[1]).contains("you hear of each date that was missed."), "{}", letters[1].text);
}
