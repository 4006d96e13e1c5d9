//! What changes on a project, and what becomes of the assessments that belong to it: in the browsers of those who take part.

use super::super::tests::{text, value};
use crate::testing::{Answer, Browser, City};
use axum::http::StatusCode;
use domain::{
    dpia::{
        assessment::{Assessment, Joined, PartyRole},
        project::Project,
    },
    people::{Role, Scope},
    register::records::System,
};
use uuid::Uuid;

/// A project that Camden leads, with an assessment; and whoever keeps it at Camden, Hackney and Islington.
struct Case {
    city: City,
    camden: Browser,
    hackney: Browser,
    islington: Browser,
    project: String,
    assessment: String,
}

async fn case() -> Case {
    let city = City::illustrative().await;
    let camden = city.browser("camden", Role::ProjectLead).await;
    let hackney = city.browser("hackney", Role::ProjectLead).await;
    let islington = city.browser("islington", Role::IgOfficer).await;
    let made = city.post(&camden, "/projects/new", &[("title", "Damp sensors"), ("purpose", "Find damp early.")]).await;
    let project = made.location().to_owned();
    let begun = city.post(&camden, &format!("{project}/assessment"), &[("template", "dpia")]).await;
    let assessment = begun.location().to_owned();
    assert!(assessment.starts_with("/assessments/"), "{}", begun.text);
    Case { city, camden, hackney, islington, project, assessment }
}

impl Case {
    async fn invite(&self, slug: &str) -> Answer {
        let sent = [("organisation", slug), ("role", "joint-controller")];
        self.city.post(&self.camden, &format!("{}/parties", self.project), &sent).await
    }

    async fn joins(&self, who: &Browser, slug: &str) {
        assert_eq!(self.invite(slug).await.location(), self.project);
        let accepts = self.city.post(who, &format!("{}/parties/answer", self.project), &[("answer", "accept")]).await;
        assert_eq!(accepts.location(), self.project, "{}", accepts.text);
    }

    /// Says on the project what a party is.
    async fn says(&self, slug: &str, role: &str) -> Answer {
        let party = format!("{}/parties/{slug}", self.project);
        let version = value(&self.city.get(&self.camden, &party).await.page(), "version");
        self.city.post(&self.camden, &party, &[("version", version.as_str()), ("role", role)]).await
    }

    async fn head(&self) -> Assessment {
        self.city.store().get(&Scope::Operator, id(&self.assessment)).await.unwrap().unwrap()
    }

    async fn stored(&self) -> Project {
        self.city.store().get(&Scope::Operator, id(&self.project)).await.unwrap().unwrap()
    }

    async fn role(&self, slug: &str) -> PartyRole {
        let organisation = self.city.organisation(slug).id;
        self.head().await.party(organisation).expect("a party").role
    }

    async fn work(&self, who: &Browser) -> String {
        self.city.get(who, "/work").await.text
    }
}

fn id(address: &str) -> Uuid {
    address.rsplit('/').next().unwrap().parse().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_controller_that_has_written_is_not_made_a_processor_and_one_that_has_not_is_asked_no_more() {
    let case = case().await;
    case.joins(&case.hackney, "hackney").await;
    case.joins(&case.islington, "islington").await;
    let [hackney, islington] = ["hackney", "islington"].map(|slug| case.city.organisation(slug).id);
    let annex = format!("{}/annex:{hackney}/gateway", case.assessment);
    let sent = [("version", "0"), ("answer", "Localism Act 2011, section 1"), ("complete", "no"), ("stay", "1")];
    assert_eq!(case.city.post(&case.hackney, &annex, &sent).await.location(), annex);
    let refused = case.says("hackney", "processor").await;
    let why = text(&refused.page(), ".govuk-error-summary");
    assert!(why.contains("Hackney has signed DPIA") && why.contains(&case.head().await.number), "{}", refused.text);
    assert_eq!(case.role("hackney").await, PartyRole::JointController);
    let party = case.stored().await.party(hackney).cloned().unwrap();
    assert_eq!(party.role, PartyRole::JointController, "nor on the project");
    assert_eq!(case.city.get(&case.hackney, &annex).await.status, StatusCode::OK, "it reads what it wrote");
    // Islington has written nothing: it becomes a processor, and what was asked of its annex is asked no more.
    let tasks = format!("{}/tasks", case.assessment);
    let section = format!("annex:{islington}/our-part");
    let person = format!("person:{}@{islington}", case.islington.person.unwrap());
    let given = [("section", section.as_str()), ("with", person.as_str())];
    let given = case.city.post(&case.camden, &tasks, &given).await;
    assert_eq!(given.location(), tasks, "{}", given.text);
    assert!(case.work(&case.islington).await.contains("Write the section"));
    assert_eq!(case.says("islington", "processor").await.location(), case.project);
    assert_eq!(case.role("islington").await, PartyRole::Processor);
    assert!(!case.work(&case.islington).await.contains("Write the section"));
    // And back.
    assert_eq!(case.says("islington", "controller").await.location(), case.project);
    assert_eq!(case.role("islington").await, PartyRole::Controller);
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_leads_an_assessment_decides_what_a_change_on_the_project_means_there() {
    let case = case().await;
    case.joins(&case.hackney, "hackney").await;
    case.joins(&case.islington, "islington").await;
    let parties = format!("{}/parties", case.assessment);
    let handed = case.city.post(&case.camden, &parties, &[("act", "hand-over"), ("party", "hackney")]).await;
    assert_eq!(handed.location(), parties, "{}", handed.text);
    assert_eq!(case.says("islington", "processor").await.location(), case.project);
    assert_eq!(case.role("islington").await, PartyRole::JointController, "Camden does not lead it any more");
    let asked = case.work(&case.hackney).await;
    assert!(asked.contains("Islington is a processor"), "{asked}");
    let camden = case.city.organisation("camden").id;
    let system = case.city.store().by::<System>(&Scope::Operator, "organisation_id", camden.to_string()).await.unwrap().remove(0);
    let register = format!("{}/register", case.project);
    let version = value(&case.city.get(&case.camden, &register).await.page(), "version");
    let chosen = system.id.to_string();
    let saved = case.city.post(&case.camden, &register, &[("version", version.as_str()), ("system", &chosen)]).await;
    assert_eq!(saved.location(), case.project, "{}", saved.text);
    assert_eq!(case.stored().await.systems, [system.id]);
    assert!(case.head().await.systems.is_empty());
    assert!(case.work(&case.hackney).await.contains("Look at the systems and contracts of the data project"));
}

#[tokio::test(flavor = "multi_thread")]
async fn two_who_choose_from_the_register_at_once_lose_nothing_and_the_history_names_what_they_chose() {
    let case = case().await;
    let colleague = case.city.browser("camden", Role::ProjectLead).await;
    let camden = case.city.organisation("camden").id;
    let own = case.city.store().by::<System>(&Scope::Operator, "organisation_id", camden.to_string()).await.unwrap();
    let [one, two] = [0, 1].map(|at: usize| own[at].id.to_string());
    let register = format!("{}/register", case.project);
    // Both open the form before either saves.
    let version = value(&case.city.get(&case.camden, &register).await.page(), "version");
    let first = [("version", version.as_str()), ("system", one.as_str())];
    assert_eq!(case.city.post(&case.camden, &register, &first).await.location(), case.project);
    let second = [("version", version.as_str()), ("system", two.as_str())];
    assert_eq!(case.city.post(&colleague, &register, &second).await.location(), case.project);
    assert_eq!(case.stored().await.systems, [own[0].id, own[1].id]);
    assert_eq!(case.head().await.systems, [own[0].id, own[1].id], "and its assessment has both");
    // What was ticked and is not any more is taken away; what the form did not show stays.
    let page = case.city.get(&case.camden, &register).await;
    assert!(page.text.contains(&format!("name=\"had-system\" value=\"{one}\"")), "{}", page.text);
    let version = value(&page.page(), "version");
    let third =
        [("version", version.as_str()), ("had-system", one.as_str()), ("had-system", two.as_str()), ("system", two.as_str())];
    assert_eq!(case.city.post(&case.camden, &register, &third).await.location(), case.project);
    assert_eq!(case.stored().await.systems, [own[1].id]);
    let history = text(&case.city.get(&case.camden, &format!("{}/history", case.project)).await.page(), "main");
    let snapshot = case.city.app.snapshot();
    let name = super::uses::product(&snapshot, own[1].product);
    assert!(history.contains("Systems, after") && history.contains(&format!("{name} (Camden)")), "{history}");
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_only_invited_reads_no_past_and_a_closed_project_invites_nobody() {
    let case = case().await;
    assert_eq!(case.invite("hackney").await.location(), case.project);
    let history = format!("{}/history", case.project);
    let page = case.city.get(&case.hackney, &case.project).await;
    assert!(page.status == StatusCode::OK && !page.text.contains(&history), "{}", page.text);
    assert_eq!(case.city.get(&case.hackney, &history).await.status, StatusCode::NOT_FOUND);
    case.city.post(&case.hackney, &format!("{}/parties/answer", case.project), &[("answer", "accept")]).await;
    assert_eq!(case.city.get(&case.hackney, &history).await.status, StatusCode::OK);
    let change = format!("{}/change", case.project);
    let page = case.city.get(&case.camden, &change).await.page();
    let (version, owner) = (value(&page, "version"), case.camden.person.unwrap().to_string());
    let sent = [
        ("version", version.as_str()),
        ("title", "Damp sensors"),
        ("purpose", "Find damp early."),
        ("owner", owner.as_str()),
        ("closed", "yes"),
    ];
    assert_eq!(case.city.post(&case.camden, &change, &sent).await.location(), case.project);
    let refused = case.invite("islington").await;
    assert!(text(&refused.page(), ".govuk-error-summary").contains("The project is closed"), "{}", refused.text);
    assert!(case.stored().await.party(case.city.organisation("islington").id).is_none());
    assert!(!case.work(&case.islington).await.contains("Damp sensors"));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_invitation_that_is_taken_back_on_the_assessment_is_taken_back_on_the_project() {
    let case = case().await;
    assert_eq!(case.invite("islington").await.location(), case.project);
    assert!(case.work(&case.islington).await.contains("Damp sensors"));
    let parties = format!("{}/parties", case.assessment);
    let back = case.city.post(&case.camden, &parties, &[("act", "take-back"), ("party", "islington")]).await;
    assert_eq!(back.location(), parties, "{}", back.text);
    let islington = case.city.organisation("islington").id;
    assert_eq!(case.head().await.party(islington).unwrap().joined, Joined::TakenBack);
    assert_eq!(case.stored().await.party(islington).unwrap().joined, Joined::TakenBack);
    for address in [&case.project, &case.assessment] {
        assert_eq!(case.city.get(&case.islington, address).await.status, StatusCode::NOT_FOUND, "{address}");
    }
    assert!(!case.work(&case.islington).await.contains("Damp sensors"), "nobody is asked any more");
}

#[tokio::test(flavor = "multi_thread")]
async fn two_who_change_a_project_at_once_overwrite_nothing_of_each_other() {
    let city = City::empty().await;
    let (one, other) = (city.browser("camden", Role::ProjectLead).await, city.browser("camden", Role::IgOfficer).await);
    let hackney = city.browser("hackney", Role::IgOfficer).await;
    let made = city.post(&one, "/projects/new", &[("title", "Damp sensors"), ("purpose", "Find damp early.")]).await;
    let project = made.location().to_owned();
    let (change, party) = (format!("{project}/change"), format!("{project}/parties/hackney"));
    let version = async |who: &Browser, path: &str| value(&city.get(who, path).await.page(), "version");
    let stands = async || city.store().get::<Project>(&Scope::Operator, id(&project)).await.unwrap().unwrap();
    let began = version(&one, &change).await;
    let fields = [("title", "Damp sensors"), ("purpose", "Find damp and mould."), ("version", began.as_str())];
    assert_eq!(city.post(&one, &change, &fields).await.notice(), "The project is saved.");

    // Another began from the same page. What comes back with an error starts from there still, and overwrites nothing.
    let ends = [("ends-day", "1"), ("ends-month", "4"), ("ends-year", "2030")];
    let theirs = [&[("title", ""), ("purpose", "Find damp early."), ("version", began.as_str())][..], &ends].concat();
    let wrong = city.post(&other, &change, &theirs).await;
    assert!(wrong.text.contains("Enter a title"), "{}", wrong.text);
    let again = value(&wrong.page(), "version");
    let theirs = [&[("title", "Damp sensors"), ("purpose", "Find damp early."), ("version", again.as_str())][..], &ends].concat();
    let both = city.post(&other, &change, &theirs).await;
    assert!(both.notice().contains("both changes are in it"), "{} {}", both.notice(), both.text);
    let now = stands().await;
    assert_eq!((now.purpose.as_str(), now.ends), ("Find damp and mould.", Some(jiff::civil::date(2030, 4, 1))));

    // The same fact in other words: both are shown, nothing is saved, and whoever reads both decides.
    let clash = [("title", "Damp sensors"), ("purpose", "Find leaks."), ("version", began.as_str())];
    let shown = city.post(&other, &change, &clash).await;
    assert_eq!(shown.status, StatusCode::CONFLICT);
    let words = text(&shown.page(), "main");
    assert!(
        words.contains("Find damp and mould.") && words.contains("Find leaks.") && words.contains("What it is for"),
        "{words}"
    );
    assert_eq!(value(&shown.page(), "ends-year"), "2030", "what only the other changed is in the form");
    assert_eq!(stands().await.purpose, "Find damp and mould.");
    let seen = value(&shown.page(), "version");
    let settled = [&[("title", "Damp sensors"), ("purpose", "Find leaks."), ("version", seen.as_str())][..], &ends].concat();
    assert_eq!(city.post(&other, &change, &settled).await.notice(), "The project is saved.");
    assert_eq!(stands().await.purpose, "Find leaks.");

    // Of a party, what else changes on the project stands in nobody's way; who says otherwise of it does, after an error too.
    city.post(&one, &format!("{project}/parties"), &[("organisation", "hackney"), ("role", "controller")]).await;
    let (began, now) = (version(&one, &party).await, version(&one, &change).await);
    let title = [&[("title", "Damp"), ("purpose", "Find leaks."), ("version", now.as_str())][..], &ends].concat();
    assert_eq!(city.post(&one, &change, &title).await.notice(), "The project is saved.");
    let says = |role: &'static str, contacts: &'static str| [("role", role), ("contacts", contacts), ("version", began.as_str())];
    assert_eq!(city.post(&one, &party, &says("joint-controller", "The IG mailbox")).await.location(), project);
    let wrong = city.post(&other, &party, &says("", "Somebody else")).await;
    assert_eq!(value(&wrong.page(), "version"), began, "{}", wrong.text);
    let late = city.post(&other, &party, &says("controller", "Somebody else")).await;
    assert_eq!(late.status, StatusCode::CONFLICT);
    let words = text(&late.page(), "main");
    assert!(words.contains("joint controller") && words.contains("The IG mailbox"), "{words}");
    assert_eq!(city.get(&hackney, &project).await.status, StatusCode::OK);
}
