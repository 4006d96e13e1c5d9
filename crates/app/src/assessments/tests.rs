//! What the server does for assessments by itself, and who hears of it: once, to the right people, and of what is so.

mod guests;
mod parting;
mod pinned;
mod tasks;

use crate::{
    fetch::Fetcher,
    jobs::runner::{Context, LEASE},
    testing::{Browser, City},
};
use axum::http::StatusCode;
use domain::{
    dpia::{
        assessment::{Assessment, State},
        ids::AssessmentId,
        template::Purpose,
    },
    people::{PersonId, Role, Scope},
    register::{ids::SystemId, records::System},
};
use jiff::civil::date;
use serde_json::json;
use store::{
    jobs::{Ended, Job, NewJob},
    outbox::{MAIL_JOB, NewMail},
};
use uuid::Uuid;

fn scope() -> Scope {
    Scope::Job { name: "test".to_owned() }
}

struct Case {
    city: City,
    lead: PersonId,
    other: PersonId,
    priya: Browser,
    dele: Browser,
    id: AssessmentId,
    ticks: std::cell::Cell<i64>,
}

/// An assessment that Camden leads and Hackney takes part in.
async fn case(city: City, state: State, systems: Vec<SystemId>) -> Case {
    let lead = city.person("Priya Nair", "camden", &[Role::ProjectLead]).await;
    let other = city.person("Dele Okafor", "hackney", &[Role::IgOfficer]).await;
    let (priya, dele) = (city.signed_in(lead, "camden").await, city.signed_in(other, "hackney").await);
    let (now, today) = (city.app.clock.now(), city.app.clock.today());
    let template = city.app.rules().in_force(Purpose::Dpia, today).unwrap().edition.clone();
    let controllers = ["camden", "hackney"].map(|slug| city.organisation(slug).id);
    let assessment =
        Assessment { lead_person: Some(lead), state, systems, ..test_support::dpia::assessment(&template, &controllers, now) };
    let id = city.store().begin_assessment(&scope(), now, today, assessment, None).await.unwrap().id;
    Case { ticks: std::cell::Cell::new(now), city, lead, other, priya, dele, id }
}

impl Case {
    /// The next second; never before what the pages wrote, which go by the real clock: a busy machine takes longer than the ticks.
    fn tick(&self) -> i64 {
        self.ticks.set((self.ticks.get() + 1000).max(self.city.app.clock.now()));
        self.ticks.get()
    }

    fn context(&self) -> Context {
        let now = self.tick();
        Context { app: self.city.app.clone(), smtp: None, fetcher: Fetcher::new([]).unwrap(), now: Box::new(move || now) }
    }

    async fn job(&self, kind: &'static str) -> Job {
        let now = self.tick();
        let store = self.city.store();
        store.enqueue(&scope(), &NewJob { kind, dedupe: None, payload: json!({}), run_at: now }, now).await.unwrap();
        store.lease_jobs(&scope(), &[kind], now, LEASE, 1).await.unwrap().remove(0)
    }

    async fn look(&self) {
        let job = self.job(super::REVIEWS).await;
        super::look(&self.context(), &scope(), &job).await.unwrap();
    }

    async fn remind(&self) {
        let job = self.job(super::REMIND).await;
        super::remind(&self.context(), &scope(), &job).await.unwrap();
    }

    /// The messages that wait, in the order of their addresses; they are then taken for sent.
    async fn letters(&self) -> Vec<NewMail> {
        let (store, mut letters) = (self.city.store(), Vec::new());
        for job in store.lease_jobs(&scope(), &[MAIL_JOB], self.tick(), LEASE, 100).await.unwrap() {
            let id = job.payload["mail"].as_str().unwrap().parse().unwrap();
            letters.push(store.waiting_mail(&scope(), id).await.unwrap().unwrap().mail);
            store.end_job(&scope(), &job, &Ended::Done, self.tick()).await.unwrap();
        }
        letters.sort_by(|a: &NewMail, b| a.recipient.cmp(&b.recipient));
        letters
    }

    fn address(&self) -> String {
        format!("/assessments/{}", self.id)
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_system_that_changed_asks_for_a_review_by_itself_once_with_mail() {
    let city = City::illustrative().await;
    let all: Vec<System> = city.store().all(&Scope::Public).await.unwrap();
    let before = all.into_iter().find(|system| system.hosting.is_some()).unwrap();
    let case = case(city, State::Live, vec![before.id]).await;
    case.look().await;
    assert!(case.letters().await.is_empty(), "the first look begins with the present");
    let mut after = System { data_access: Some("Only by the supplier".to_owned()), users: Some(7), ..before.clone() };
    let mut write = case.city.store().write(&scope(), case.tick()).await.unwrap();
    write.update(&before, &mut after).await.unwrap();
    write.commit().await.unwrap();
    for _ in 0..2 {
        case.look().await;
    }
    let letters = case.letters().await;
    assert_eq!(letters.len(), 1, "{:?}", letters.iter().map(|one| &one.subject).collect::<Vec<_>>());
    let letter = &letters[0];
    assert!(
        letter.subject.starts_with("Look at the assessment again:") && letter.subject.contains("how data can be got out of it")
    );
    assert!(letter.text.contains(&format!("{}/review", case.address())), "{}", letter.text);
    assert!(letter.html.contains("Look at the assessment again"), "{}", letter.html);
    assert!(letter.unsubscribe.is_some());
    let work = case.city.get(&case.priya, "/work").await.text;
    assert!(work.contains("has changed in the register"), "{work}");
    let page = case.city.get(&case.priya, &format!("{}/review", case.address())).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.text);
    assert!(page.text.contains("What asks for a review now"));
    // A change that no assessment rests on asks for nothing.
    let mut more = System { users: Some(8), ..after.clone() };
    let mut write = case.city.store().write(&scope(), case.tick()).await.unwrap();
    write.update(&after, &mut more).await.unwrap();
    write.commit().await.unwrap();
    case.look().await;
    assert!(case.letters().await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_review_date_that_comes_near_asks_and_an_incident_tells_the_other_parties() {
    let case = case(City::empty().await, State::Live, vec![]).await;
    let mut work = case.city.store().work(&scope(), case.tick(), case.city.app.clock.today(), case.id).await.unwrap().unwrap();
    let head = work.whole.assessment.clone();
    work.change_head(Assessment { review_on: Some(date(2026, 12, 24)), ..head }).await.unwrap();
    work.commit().await.unwrap();
    case.look().await;
    case.look().await;
    let letters = case.letters().await;
    assert_eq!(letters.iter().map(|one| one.recipient.as_str()).collect::<Vec<_>>(), ["priya.nair@camden.example"]);
    assert!(letters[0].subject.contains("its review is due on 24 December 2026"), "{}", letters[0].subject);
    // Whoever writes for a controller reports an incident.
    let path = format!("{}/review", case.address());
    let wrong = case.city.post(&case.dele, &path, &[("what", " ")]).await;
    assert!(wrong.text.contains("Say in a sentence what went wrong") && wrong.text.contains("<title>Error: "), "{}", wrong.text);
    let said = [("what", "A letter went to the wrong house"), ("on-day", "20"), ("on-month", "11"), ("on-year", "2026")];
    assert_eq!(case.city.post(&case.dele, &path, &said).await.location(), path);
    let letters = case.letters().await;
    assert_eq!(letters.len(), 1, "the lead is asked and told in one message, and who reported it gets none");
    assert!(letters[0].text.contains("A letter went to the wrong house") && letters[0].recipient.starts_with("priya"));
    assert!(letters[0].subject.starts_with("Look at the assessment again"), "{}", letters[0].subject);
    let stranger = case.city.browser("islington", Role::ProjectLead).await;
    assert_eq!(case.city.post(&stranger, &path, &said).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_an_incident_touches_is_on_the_task_list_until_somebody_looks_at_it() {
    let case = case(City::empty().await, State::Drafting, vec![]).await;
    let aims = format!("{}/shared/aims", case.address());
    let sent = [("version", "0"), ("answer", "To visit people who fall."), ("complete", "yes")];
    assert_eq!(case.city.post(&case.priya, &aims, &sent).await.status, StatusCode::SEE_OTHER);
    let risk = [("part", "shared"), ("title", "A relative learns of a fall")];
    let added = case.city.post(&case.priya, &format!("{}/risks/new", case.address()), &risk).await;
    assert_eq!(added.status, StatusCode::SEE_OTHER, "{}", added.text);
    let mut work = case.city.store().work(&scope(), case.tick(), case.city.app.clock.today(), case.id).await.unwrap().unwrap();
    let risk = work.whole.risks[0].risk.id.to_string();
    let head = work.whole.assessment.clone();
    work.change_head(Assessment { state: State::Live, ..head }).await.unwrap();
    work.commit().await.unwrap();
    let rules = case.city.app.rules();
    let template = rules.in_force(Purpose::Dpia, case.city.app.clock.today()).unwrap();
    let section = format!("shared/{}", template.find("aims").unwrap().0.id);
    let path = format!("{}/review", case.address());
    assert!(case.city.get(&case.dele, &path).await.text.contains("R1. A relative learns of a fall"));
    // What was ticked is kept when something is wrong.
    let wrong = case.city.post(&case.dele, &path, &[("what", ""), ("risk", &risk), ("section", &section)]).await;
    assert_eq!(wrong.text.matches(" checked").count(), 2, "{}", wrong.text);
    let day = [("on-day", "20"), ("on-month", "11"), ("on-year", "2026")];
    let said = [&[("what", "A letter went astray"), ("risk", &risk), ("section", &section)][..], &day].concat();
    assert_eq!(case.city.post(&case.dele, &path, &said).await.location(), path);

    let list = case.city.get(&case.priya, &case.address()).await.text;
    assert!(list.contains("1 to look at again") && list.contains("Look again"), "{list}");
    let page = case.city.get(&case.priya, &path).await.text;
    assert!(page.contains("Risk R1: A relative learns of a fall") && page.contains("A letter went astray"), "{page}");
    for address in [aims.clone(), format!("{}/risks/{risk}", case.address())] {
        let page = case.city.get(&case.priya, &address).await;
        assert!(page.text.contains("To look at again") && page.text.contains("A letter went astray"), "{}", page.text);
        let form = scraper::Selector::parse("form[action$='/confirm'] [name='version']").unwrap();
        let version = page.page().select(&form).next().unwrap().value().attr("value").unwrap().to_owned();
        let confirm = format!("{address}/confirm");
        let stranger = case.city.browser("islington", Role::ProjectLead).await;
        assert_eq!(case.city.post(&stranger, &confirm, &[("version", &version)]).await.status, StatusCode::NOT_FOUND);
        case.city.post(&case.priya, &confirm, &[("version", "0")]).await;
        assert!(case.city.get(&case.priya, &address).await.text.contains("To look at again"), "an older version was looked at");
        let done = case.city.post(&case.priya, &confirm, &[("version", &version)]).await;
        assert_eq!(done.location(), address, "{}", done.text);
        assert!(!case.city.get(&case.priya, &address).await.text.contains("To look at again"));
    }
    assert!(!case.city.get(&case.priya, &case.address()).await.text.contains("to look at again"));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_invitation_to_a_project_is_mailed_at_once_to_whoever_answers_it() {
    let case = case(City::empty().await, State::Drafting, vec![]).await;
    let mut project = test_support::dpia::project(case.city.organisation("camden").id, "Damp sensors", "Find damp early.");
    let mut write = case.city.store().write(&scope(), case.tick()).await.unwrap();
    write.create(std::slice::from_mut(&mut project)).await.unwrap();
    write.commit().await.unwrap();
    case.letters().await;
    let path = format!("/projects/{}/parties", project.id);
    let command = Uuid::now_v7().to_string();
    let invite = [("organisation", "hackney"), ("role", "joint-controller"), ("command", command.as_str())];
    for _ in 0..2 {
        let sent = case.city.post(&case.priya, &path, &invite).await;
        assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.text);
    }
    let letters = case.letters().await;
    assert_eq!(letters.iter().map(|one| one.recipient.as_str()).collect::<Vec<_>>(), ["dele.okafor@hackney.example"]);
    for part in [&letters[0].text, &letters[0].html] {
        for words in ["Priya Nair", "joint controller", "Damp sensors", "Find damp early.", "7 December 2026"] {
            assert!(part.contains(words), "{words}: {part}");
        }
    }
    assert!(letters[0].text.contains(&format!("http://127.0.0.1:8080/projects/{}", project.id)), "{}", letters[0].text);
    assert!(super::still_so(case.city.store(), &scope(), letters[0].about.as_ref().unwrap()).await.unwrap());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_contract_and_a_planned_procurement_show_their_dpia_or_that_none_was_decided_to_those_who_take_part() {
    use domain::register::records::{Contract, PlannedProcurement};
    let city = City::illustrative().await;
    let camden = city.organisation("camden").id;
    let contracts: Vec<Contract> = city.store().by(&Scope::Public, "organisation_id", camden.to_string()).await.unwrap();
    let planned: Vec<PlannedProcurement> = city.store().all(&Scope::Public).await.unwrap();
    let planned = planned.into_iter().find(|one| one.organisation == camden);
    let contract = contracts.into_iter().find(Contract::is_listed).unwrap();
    let case = case(city, State::Drafting, vec![]).await;
    let mut pages = vec![format!("/contracts/{}", contract.id)];
    pages.extend(planned.as_ref().map(|one| format!("/planned-procurements/{}", one.id)));
    for page in &pages {
        let mine = case.city.get(&case.priya, page).await;
        assert!(mine.status == StatusCode::OK && mine.text.contains("No DPIA decision yet"), "{page}: {}", mine.text);
        let visitor = case.city.get(&Browser::default(), page).await;
        assert!(visitor.status == StatusCode::OK && !visitor.text.contains("data-protection"), "{page}");
        assert!(
            !case.city.get(&case.dele, page).await.text.contains("No DPIA decision yet"),
            "another council decides nothing here"
        );
    }
    let mut work = case.city.store().work(&scope(), case.tick(), case.city.app.clock.today(), case.id).await.unwrap().unwrap();
    let head = work.whole.assessment.clone();
    let planned = planned.iter().map(|one| one.id).collect();
    work.change_head(Assessment { contracts: vec![contract.id], planned, ..head }).await.unwrap();
    work.commit().await.unwrap();
    let stranger = case.city.browser("islington", Role::ProjectLead).await;
    for page in &pages {
        for who in [&case.priya, &case.dele] {
            let text = case.city.get(who, page).await.text;
            assert!(text.contains("Telecare alerts</a>, being written") && !text.contains("No DPIA decision yet"), "{page}");
        }
        for who in [&stranger, &Browser::default()] {
            assert!(!case.city.get(who, page).await.text.contains("Telecare alerts"), "{page}");
        }
    }
}
