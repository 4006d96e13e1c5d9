//! Reminders as people get them: once, to the right one, of dates that hold.

mod beside;
mod corrected;
mod waiting;

use crate::{
    config::Clock,
    fetch::Fetcher,
    jobs::runner::{Context, LEASE},
    mail::{Smtp, deliver},
};
use domain::{
    people::{Membership, PersonId, Role, Scope},
    register::{
        ids::OrganisationId,
        records::{Contract, Organisation},
        terms::{Extension, Period},
    },
};
use jiff::civil::{Date, date};
use store::{
    Store,
    jobs::{Ended, Job, NewJob},
    outbox::{MAIL_JOB, NewMail},
};
use test_support::{TestDatabase, people, records};
use uuid::Uuid;

struct Town {
    database: TestDatabase,
    store: Store,
    camden: Organisation,
    /// Instants only grow.
    ticks: std::cell::Cell<i64>,
}

fn scope() -> Scope {
    Scope::Job { name: "test".to_owned() }
}

impl Town {
    async fn new() -> Self {
        let database = TestDatabase::migrated().await;
        let store = database.open().await;
        let camden = records::organisation("camden");
        let mut write = store.write(&scope(), 1).await.unwrap();
        write.create(&mut [camden.clone()]).await.unwrap();
        write.commit().await.unwrap();
        Self { database, store, camden, ticks: std::cell::Cell::new(1_000_000) }
    }

    fn tick(&self) -> i64 {
        self.ticks.set(self.ticks.get() + 1000);
        self.ticks.get()
    }

    async fn person(&self, name: &str, role: Role) -> PersonId {
        self.person_for(name, role, &[]).await
    }

    async fn person_for(&self, name: &str, role: Role, services: &[&str]) -> PersonId {
        let person = people::person(name, Some(&format!("{}@council.example", name.to_lowercase())));
        let services = services.iter().map(|service| (*service).to_owned()).collect();
        let place = Membership { services, ..people::place(person.id, self.camden.id, &[role], 1) };
        let id = person.id;
        let mut write = self.store.write(&scope(), self.tick()).await.unwrap();
        write.create(&mut [person]).await.unwrap();
        write.create(&mut [place]).await.unwrap();
        write.commit().await.unwrap();
        id
    }

    async fn contracts(&self, contracts: &mut [Contract]) {
        let mut write = self.store.write(&scope(), self.tick()).await.unwrap();
        write.create(contracts).await.unwrap();
        write.commit().await.unwrap();
    }

    async fn context(&self, today: Date) -> Context {
        let clock = Clock::new(Some(today));
        let app = crate::testing::load(self.store.clone(), clock, "https://city.example".to_owned(), false).await.unwrap();
        let now = self.tick();
        Context { app, smtp: None, fetcher: Fetcher::new([]).unwrap(), now: Box::new(move || now) }
    }

    async fn job(&self, kind: &'static str) -> Job {
        let now = self.tick();
        self.store
            .enqueue(&scope(), &NewJob { kind, dedupe: None, payload: serde_json::json!({}), run_at: now }, now)
            .await
            .unwrap();
        self.store.lease_jobs(&scope(), &[kind], now, LEASE, 1).await.unwrap().remove(0)
    }

    /// Looks at the contracts on a day, and leaves the messages that this wrote waiting.
    async fn looks(&self, today: Date) {
        let context = self.context(today).await;
        let job = self.job(super::DAILY).await;
        super::remind(&context, &scope(), &job).await.unwrap();
    }

    /// Looks at the contracts on a day; the messages that this wrote.
    async fn remind(&self, today: Date) -> Vec<NewMail> {
        self.looks(today).await;
        self.letters().await
    }

    /// Hands the waiting messages over to nowhere: those that are no longer true are dropped, the others go on waiting.
    async fn deliver(&self, today: Date) {
        let context = self.context(today).await;
        let nowhere = Smtp::new("smtp://127.0.0.1:1", "tools@city.example").unwrap();
        for job in self.store.lease_jobs(&scope(), &[MAIL_JOB], self.tick(), LEASE, 100).await.unwrap() {
            deliver::run(&context, &nowhere, &scope(), &job).await.unwrap();
        }
    }

    /// Changes a contract.
    async fn changes(&self, contract: &Contract, change: impl FnOnce(&mut Contract)) -> Contract {
        let mut after = contract.clone();
        change(&mut after);
        let mut write = self.store.write(&scope(), self.tick()).await.unwrap();
        write.update(contract, &mut after).await.unwrap();
        write.commit().await.unwrap();
        after
    }

    /// Moves a contract's end.
    async fn moves(&self, contract: &Contract, end: Date) -> Contract {
        self.changes(contract, |after| after.term.end = Some(end)).await
    }

    /// The messages that wait, which are then taken for sent.
    async fn letters(&self) -> Vec<NewMail> {
        let mut letters = Vec::new();
        loop {
            let jobs = self.store.lease_jobs(&scope(), &[MAIL_JOB], self.tick(), LEASE, 100).await.unwrap();
            if jobs.is_empty() {
                letters.sort_by(|a: &NewMail, b| a.recipient.cmp(&b.recipient));
                return letters;
            }
            for job in jobs {
                let id = job.payload["mail"].as_str().unwrap().parse().unwrap();
                letters.push(self.store.waiting_mail(&scope(), id).await.unwrap().unwrap().mail);
                self.store.end_job(&scope(), &job, &Ended::Done, self.tick()).await.unwrap();
            }
        }
    }
}

fn deciding(organisation: OrganisationId, title: &str, end: Date) -> Contract {
    let mut contract = records::contract(organisation, title, Some(end));
    contract.term.extensions = vec![Extension { months: 12, notice: Some(Period::months(3)), ..Extension::default() }];
    contract
}

/// What a letter says, in one line.
fn words(letter: &NewMail) -> String {
    letter.text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn to(letters: &[NewMail]) -> Vec<&str> {
    letters.iter().map(|letter| letter.recipient.split('@').next().unwrap()).collect()
}

#[tokio::test]
async fn a_first_register_brings_one_summary_and_the_next_day_nothing() {
    let town = Town::new().await;
    let mut contracts: Vec<Contract> =
        (1..=28).map(|day| deciding(town.camden.id, &format!("Contract {day}"), date(2027, 9, day))).collect();
    town.contracts(&mut contracts).await;
    let today = date(2026, 11, 25);
    assert!(town.remind(today).await.is_empty(), "nobody is there yet");
    town.person("Ann", Role::ContractManager).await;
    town.person("Ed", Role::Editor).await;
    let letters = town.remind(today).await;
    assert_eq!(to(&letters), ["ann"], "an editor stands in only where there is no contract manager");
    assert_eq!(letters[0].subject, "camden: 28 contracts have a decision date within a year");
    assert!(letters[0].text.contains("Contract 1:") && letters[0].text.contains("And 18 more"), "{}", letters[0].text);
    assert!(town.remind(today).await.is_empty());
    assert!(town.remind(date(2026, 11, 26)).await.is_empty());
}

#[tokio::test]
async fn a_contracts_date_is_heard_of_at_each_stage_once_and_what_is_missed_by_the_head_of_procurement_too() {
    let town = Town::new().await;
    town.person("Ann", Role::ContractManager).await;
    town.person("Hal", Role::HeadOfProcurement).await;
    // To be taken up by 30 March 2028.
    town.contracts(&mut [deciding(town.camden.id, "Repairs", date(2028, 6, 30))]).await;
    assert!(town.remind(date(2027, 3, 29)).await.is_empty());
    for (day, subject) in [
        (date(2027, 3, 30), "Decide whether to extend: Repairs, by 30 March 2028"),
        (date(2027, 10, 3), "Decide whether to extend: Repairs, by 30 March 2028"),
        (date(2027, 12, 30), "Decide whether to extend: Repairs, by 30 March 2028"),
    ] {
        let letters = town.remind(day).await;
        assert_eq!(to(&letters), ["ann"], "{day}");
        assert_eq!(letters[0].subject, subject);
        assert!(town.remind(day).await.is_empty());
    }
    let missed = town.remind(date(2028, 3, 31)).await;
    assert_eq!(to(&missed), ["ann", "hal"]);
    assert!(missed[1].text.contains("Repairs"), "{}", missed[1].text);
    // The day that was told ahead is the one that was missed; the day to start buying came to count only with it.
    assert_eq!(missed[0].subject, "Missed: the decision date of Repairs was 30 March 2028");
    for letter in &missed {
        let words = words(letter);
        assert!(words.contains("buying anew should have begun by"), "{words}");
        assert!(words.contains("the day to take up the extension was 30 March 2028"), "{words}");
    }
}

#[tokio::test]
async fn a_contract_with_a_manager_asks_for_that_person_and_one_whose_manager_has_left_for_those_who_stand_in() {
    let town = Town::new().await;
    town.person("Ann", Role::ContractManager).await;
    let ed = town.person("Ed", Role::Editor).await;
    let gone = PersonId(Uuid::now_v7());
    let mut contracts =
        [deciding(town.camden.id, "Repairs", date(2027, 6, 30)), deciding(town.camden.id, "Parking", date(2027, 6, 30))];
    contracts[0].manager = Some(ed);
    contracts[1].manager = Some(gone);
    town.contracts(&mut contracts).await;
    let letters = town.remind(date(2026, 11, 25)).await;
    assert_eq!(to(&letters), ["ann", "ed"]);
    assert!(letters[0].text.contains("Parking") && !letters[0].text.contains("Repairs"), "{}", letters[0].text);
    assert!(letters[1].text.contains("Repairs") && !letters[1].text.contains("Parking"), "{}", letters[1].text);
}

#[tokio::test]
async fn a_contract_without_a_manager_asks_for_whoever_looks_after_its_owning_service() {
    let town = Town::new().await;
    town.person("Ann", Role::ContractManager).await;
    town.person("Hal", Role::HeadOfProcurement).await;
    town.person_for("Sue", Role::ServiceDirector, &["Housing services"]).await;
    let mut contracts =
        [deciding(town.camden.id, "Repairs", date(2027, 6, 30)), deciding(town.camden.id, "Parking", date(2027, 6, 30))];
    contracts[0].owning_service = Some("Housing Services".to_owned());
    contracts[1].owning_service = Some("Transport".to_owned());
    town.contracts(&mut contracts).await;
    let letters = town.remind(date(2026, 11, 25)).await;
    assert_eq!(to(&letters), ["ann", "sue"]);
    assert!(letters[0].text.contains("Parking") && !letters[0].text.contains("Repairs"), "{}", letters[0].text);
    assert!(letters[1].text.contains("Owning service: Housing Services"), "{}", letters[1].text);
    // What is missed the head of procurement hears of too.
    assert_eq!(to(&town.remind(date(2027, 3, 31)).await), ["ann", "hal", "sue"]);
}

#[tokio::test]
async fn whoever_stands_in_for_somebody_who_is_away_hears_of_it_too() {
    let town = Town::new().await;
    let ann = town.person("Ann", Role::ContractManager).await;
    let bea = town.person("Bea", Role::Viewer).await;
    town.contracts(&mut [deciding(town.camden.id, "Repairs", date(2027, 6, 30))]).await;
    let absence = domain::dpia::task::Absence {
        person: ann,
        organisation: town.camden.id,
        to: bea,
        from: date(2026, 11, 20),
        until: date(2026, 11, 30),
    };
    let member =
        town.store.member(ann, None, true, town.tick(), domain::people::Via::Session(Uuid::nil().into())).await.unwrap().unwrap();
    town.store.away(&Scope::Member(Box::new(member)), town.tick(), &absence, Uuid::now_v7()).await.unwrap();
    let letters = town.remind(date(2026, 11, 25)).await;
    assert_eq!(to(&letters), ["ann", "bea"]);
    assert!(letters[1].text.contains("Repairs"), "{}", letters[1].text);
    // Back again, the next stage is Ann's alone.
    assert_eq!(to(&town.remind(date(2026, 12, 31)).await), ["ann"]);
}

#[tokio::test]
async fn whoever_takes_a_contract_over_hears_of_its_date_and_the_one_before_does_not_hear_again() {
    let town = Town::new().await;
    let (ann, ed) = (town.person("Ann", Role::ContractManager).await, town.person("Ed", Role::Editor).await);
    let mut contracts = [deciding(town.camden.id, "Repairs", date(2027, 6, 30))];
    contracts[0].manager = Some(ann);
    town.contracts(&mut contracts).await;
    let today = date(2026, 11, 25);
    assert_eq!(to(&town.remind(today).await), ["ann"]);
    town.changes(&contracts[0], |contract| contract.manager = Some(ed)).await;
    assert_eq!(to(&town.remind(date(2026, 11, 26)).await), ["ed"]);
    assert!(town.remind(date(2026, 11, 27)).await.is_empty());
}

#[tokio::test]
async fn a_date_that_moves_after_it_was_heard_of_is_said_with_the_one_it_replaces() {
    let town = Town::new().await;
    town.person("Ann", Role::ContractManager).await;
    let mut contracts = [deciding(town.camden.id, "Repairs", date(2027, 6, 30))];
    town.contracts(&mut contracts).await;
    assert_eq!(town.remind(date(2026, 11, 25)).await.len(), 1);
    town.moves(&contracts[0], date(2027, 8, 31)).await;
    let letters = town.remind(date(2026, 11, 26)).await;
    let words = words(&letters[0]);
    assert!(words.contains("This replaces 30 March 2027"), "{words}");
    assert!(town.remind(date(2026, 11, 27)).await.is_empty());
}

#[tokio::test]
async fn a_day_whose_notice_is_not_known_is_said_to_be_the_latest() {
    let town = Town::new().await;
    town.person("Ann", Role::ContractManager).await;
    let mut contracts = [deciding(town.camden.id, "Repairs", date(2027, 6, 30))];
    contracts[0].term.extensions[0].notice = None;
    town.contracts(&mut contracts).await;
    let letters = town.remind(date(2026, 11, 25)).await;
    let words = words(&letters[0]);
    assert!(words.contains("by 30 June 2027 at the latest (the notice it takes is not known"), "{words}");
}

#[tokio::test]
async fn a_date_that_moves_beyond_a_year_or_goes_is_corrected_to_whoever_was_told_of_it() {
    let town = Town::new().await;
    let ann = town.person("Ann", Role::ContractManager).await;
    let mut contracts =
        [deciding(town.camden.id, "Repairs", date(2027, 6, 30)), deciding(town.camden.id, "Parking", date(2027, 7, 31))];
    contracts[0].manager = Some(ann);
    town.contracts(&mut contracts).await;
    assert_eq!(town.remind(date(2026, 11, 25)).await.len(), 1);
    let repairs = town.moves(&contracts[0], date(2030, 6, 30)).await;
    let letters = town.remind(date(2026, 11, 26)).await;
    assert_eq!(to(&letters), ["ann"]);
    assert_eq!(letters[0].subject, "Decide whether to extend: Repairs, by 30 March 2030");
    let words = words(&letters[0]);
    assert!(words.contains("This replaces 30 March 2027") && !words.contains("Parking"), "{words}");
    // It rolls from now on.
    let mut after = repairs.clone();
    after.term = domain::register::terms::Term { kind: domain::register::terms::TermKind::Rolling, ..Default::default() };
    let mut write = town.store.write(&scope(), town.tick()).await.unwrap();
    write.update(&repairs, &mut after).await.unwrap();
    write.commit().await.unwrap();
    let letters = town.remind(date(2026, 11, 27)).await;
    assert_eq!(letters.iter().map(|one| one.subject.as_str()).collect::<Vec<_>>(), ["No decision is due any more: Repairs"]);
    assert!(letters[0].text.contains("30 March 2030, the date in an earlier message, no longer"), "{}", letters[0].text);
    assert!(town.remind(date(2026, 11, 28)).await.is_empty());
}

#[tokio::test]
async fn the_monthly_check_names_what_would_raise_the_score_most() {
    let town = Town::new().await;
    town.person("Ed", Role::Editor).await;
    town.person("Vic", Role::Viewer).await;
    town.contracts(&mut [records::contract(town.camden.id, "Repairs", Some(date(2028, 6, 30)))]).await;
    let context = town.context(date(2026, 12, 1)).await;
    let job = town.job(super::MONTHLY).await;
    super::check(&context, &scope(), &job).await.unwrap();
    let letters = town.letters().await;
    assert_eq!(to(&letters), ["ed"]);
    assert_eq!(letters[0].text.matches("\n- ").count(), 5, "{}", letters[0].text);
    assert!(letters[0].text.contains("https://city.example/contracts?keeper=camden&missing="));
    // What nobody confirmed is confirmed where the button for it stands.
    assert!(letters[0].text.contains("https://city.example/organisations/camden/register#stale-contract"), "{}", letters[0].text);
    let _ = &town.database;
}
