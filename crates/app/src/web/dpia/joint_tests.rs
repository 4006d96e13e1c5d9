//! What answers bring into an assessment, what it shares with its project, and who is asked to do what: in the browsers of those who
//! take part.

use super::tests::{case, text, value};
use crate::testing::{Browser, City};
use axum::http::StatusCode;
use domain::{
    dpia::{
        assessment::{Assessment, Joined, PartyRole},
        project::Project,
    },
    people::{Role, Scope},
};
use uuid::Uuid;

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_about_health_proposes_a_part_and_a_persons_yes_brings_its_section_and_the_guardian() {
    let case = case().await;
    let row = Uuid::now_v7().to_string();
    let (category, field) = (format!("answer-{row}-category"), format!("{}/shared/data-items", case.address));
    let kept = [("version", "0"), ("answer-row", row.as_str()), (&category, "health"), ("complete", "no"), ("stay", "1")];
    assert_eq!(case.city.post(&case.priya, &field, &kept).await.location(), field);
    let board = format!("{}/sign-off", case.address);
    assert!(!case.city.get(&case.priya, &board).await.text.contains("Caldicott Guardian"));
    let blocks = text(&case.city.get(&case.priya, &case.address).await.page(), ".ct-box--block");
    assert!(blocks.contains("1 part of the template that is off") && blocks.contains("Health and social care"), "{blocks}");
    let modules = format!("{}/modules", case.address);
    let shown = case.city.get(&case.priya, &modules).await;
    assert_eq!(shown.status, StatusCode::OK, "{}", shown.text);
    let said = text(&shown.page(), "main");
    assert!(said.contains("Health (special)") && said.contains("‘Caldicott Guardian’"), "{said}");
    // Whoever does not keep it for the lead reads it, and says nothing.
    let read = case.city.get(&case.dele, &modules).await;
    assert!(read.status == StatusCode::OK && !read.text.contains("Switch ‘Health"), "{}", read.text);
    let yes = [("module", "health"), ("answer", "yes")];
    assert_eq!(case.city.post(&case.dele, &modules, &yes).await.status, StatusCode::NOT_FOUND);
    // A no wants reasons, and is told with them.
    let refused = case.city.post(&case.priya, &modules, &[("module", "health"), ("answer", "no")]).await;
    assert!(text(&refused.page(), "title").starts_with("Error: "), "{}", refused.text);
    let no = [("module", "health"), ("answer", "no"), ("reasons-health", "Sick notes of our own staff alone.")];
    assert_eq!(case.city.post(&case.priya, &modules, &no).await.location(), case.address);
    let left = text(&case.city.get(&case.priya, &modules).await.page(), "main");
    assert!(left.contains("Left off") && left.contains("Sick notes of our own staff alone."), "{left}");
    assert!(!text(&case.city.get(&case.priya, &case.address).await.page(), ".ct-box--block").contains("Health and social care"));
    let version = |name: &'static str| {
        let case = &case;
        async move { case.city.post(&case.priya, &format!("{}/versions", case.address), &[("name", name)]).await.status }
    };
    assert_eq!(version("Without health").await, StatusCode::SEE_OTHER);
    // A yes brings what hangs on it.
    assert_eq!(case.city.post(&case.priya, &modules, &yes).await.location(), case.address);
    let page = case.city.get(&case.priya, &case.address).await.page();
    assert!(text(&page, ".ct-rows").contains("Confidential health and care information"));
    assert!(case.city.get(&case.priya, &board).await.text.contains("Caldicott Guardian"));
    // Whoever compares two versions is told of the part that was switched, by whom, and why.
    assert_eq!(version("With health").await, StatusCode::SEE_OTHER);
    assert_eq!(case.city.post(&case.priya, &modules, &no).await.status, StatusCode::SEE_OTHER);
    for (from, to, said) in [("1", "2", "switched on"), ("2", "now", "switched off")] {
        let page = case.city.get(&case.dele, &format!("{}/compare?from={from}&to={to}", case.address)).await.page();
        let told = text(&page, "#switched");
        assert!(told.contains("Health and social care") && told.contains(said) && told.contains("Priya Nair"), "{told}");
        assert_eq!(told.contains("Sick notes of our own staff alone."), to == "now", "{told}");
        let file = format!("{}/changes/changes.docx?from={from}&to={to}", case.address);
        assert_eq!(case.city.get(&case.dele, &file).await.status, StatusCode::OK);
    }
    // It counts among what changed since they last looked.
    assert!(!case.city.get(&case.dele, &case.address).await.text.contains("since you last looked"));
    assert_eq!(case.city.post(&case.priya, &modules, &yes).await.status, StatusCode::SEE_OTHER);
    let page = case.city.get(&case.dele, &case.address).await.page();
    assert!(text(&page, "main").contains("1 change by others since you last looked"), "{}", text(&page, "main"));
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_who_say_the_same_of_a_part_the_second_is_told_so() {
    let case = case().await;
    let (_, colleague) = case.colleague("Ama Boateng", "camden", Role::IgOfficer).await;
    let modules = format!("{}/modules", case.address);
    let yes = [("module", "children"), ("answer", "yes")];
    assert!(case.city.post(&case.priya, &modules, &yes).await.notice().contains("is switched on"));
    let late = case.city.post(&colleague, &modules, &yes).await;
    assert_eq!(late.location(), modules, "{}", late.text);
    assert!(late.notice().contains("before you pressed"), "{}", late.notice());
}

/// A project that Camden's lead begins in the browser, with its assessment.
async fn begun(city: &City, lead: &Browser) -> (String, String) {
    let made = city.post(lead, "/projects/new", &[("title", "Damp sensors"), ("purpose", "Find damp early.")]).await;
    let project = made.location().to_owned();
    assert!(project.starts_with("/projects/"), "{}", made.text);
    let assessment = city.post(lead, &format!("{project}/assessment"), &[("template", "dpia")]).await;
    assert!(assessment.location().starts_with("/assessments/"), "{}", assessment.text);
    (project, assessment.location().to_owned())
}

fn id(address: &str) -> Uuid {
    address.rsplit('/').next().unwrap().parse().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_written_is_written_for_the_council_whose_page_it_was_whatever_another_tab_acts_for_since() {
    let case = case().await;
    let person = case.city.person("Ada Brook", "camden", &[Role::ProjectLead]).await;
    case.city.place(person, None, "hackney", &[Role::ProjectLead]).await;
    let ada = case.city.signed_in(person, "camden").await;
    let [camden, hackney] = ["camden", "hackney"].map(|slug| case.city.organisation(slug).id);
    let (aims, risk) = (format!("{}/shared/aims", case.address), format!("{}/risks/new", case.address));
    let opened = value(&case.city.get(&ada, &aims).await.page(), "organisation");
    assert_eq!(
        (opened.as_str(), value(&case.city.get(&ada, &risk).await.page(), "organisation")),
        (&*camden.to_string(), opened.clone())
    );
    case.city.post(&ada, "/account/acting-for", &[("organisation", &hackney.to_string())]).await;
    let own = ("organisation", opened.as_str());
    // A form that comes back with an error stays for that council.
    let (long, measure) = ("x".repeat(20_000), format!("{}/measures/new", case.address));
    let told = [("version", "0"), ("answer", "Why."), ("complete", "no"), ("comment", &*long), ("stay", "1"), own];
    let untitled = [("part", "shared"), ("title", ""), own];
    for (path, sent) in [(&aims, &told[..]), (&risk, &untitled[..]), (&measure, &untitled[..])] {
        let wrong = case.city.post(&ada, path, sent).await;
        assert!(wrong.text.contains("<title>Error: "), "{path}: {}", wrong.text);
        assert_eq!(value(&wrong.page(), "organisation"), opened, "{path}");
    }
    let answer = [("version", "0"), ("answer", "Why."), ("complete", "no"), ("comment", "Is it?"), ("stay", "1"), own];
    assert_eq!(case.city.post(&ada, &aims, &answer).await.status, StatusCode::SEE_OTHER);
    let sent = case.city.post(&ada, &risk, &[("part", "shared"), ("title", "A leak"), own]).await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.text);
    let whole = case.held().await.whole;
    let said = (whole.fields[0].organisation, whole.comments[0].organisation, whole.risks[0].organisation);
    assert_eq!(said, (camden, camden, camden));
    // A form that names none counts for whom one acts for now.
    case.city.post(&ada, &aims, &[("version", "1"), ("answer", "Why not."), ("complete", "no"), ("stay", "1")]).await;
    assert_eq!(case.held().await.whole.fields[0].organisation, hackney);
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_works_for_two_invited_councils_answers_for_the_one_that_the_page_names() {
    let city = City::empty().await;
    let lead = city.browser("camden", Role::ProjectLead).await;
    let (project, assessment) = begun(&city, &lead).await;
    for slug in ["hackney", "islington"] {
        city.post(&lead, &format!("{project}/parties"), &[("organisation", slug), ("role", "joint-controller")]).await;
    }
    // Whoever may only read for Hackney answers for Islington alone; and who reads for Hackney alone is told who can answer.
    let person = city.person("Sam Reid", "hackney", &[Role::Viewer]).await;
    city.place(person, None, "islington", &[Role::IgOfficer]).await;
    let page = city.get(&city.signed_in(person, "hackney").await, &project).await;
    assert!(page.text.contains("Islington is invited") && !page.text.contains("Hackney is invited"), "{}", page.text);
    let page = city.get(&city.browser("hackney", Role::Viewer).await, &project).await;
    assert!(page.text.contains("Hackney is invited") && !page.text.contains("Accept the invitation"), "{}", page.text);
    // An officer of both.
    let person = city.person("Ada Brook", "hackney", &[Role::IgOfficer]).await;
    city.place(person, None, "islington", &[Role::IgOfficer]).await;
    let ada = city.signed_in(person, "islington").await;
    for address in [project.clone(), format!("{assessment}/parties")] {
        assert_eq!(value(&city.get(&ada, &address).await.page(), "invited"), "islington", "{address}: the one acted for");
    }
    let answer = [("answer", "accept"), ("invited", "islington")];
    assert_eq!(city.post(&ada, &format!("{project}/parties/answer"), &answer).await.location(), project);
    // A page that was opened before says Islington, and accepts nothing for Hackney.
    let late = [
        city.post(&ada, &format!("{project}/parties/answer"), &answer).await,
        city.post(&ada, &format!("{assessment}/parties"), &[("act", "accept"), ("invited", "islington")]).await,
    ];
    for late in late {
        assert!(late.notice().starts_with("Somebody at your organisation accepted"), "{} {}", late.notice(), late.text);
    }
    let page = city.get(&ada, &project).await;
    assert!(page.text.contains("Hackney is invited") && value(&page.page(), "invited") == "hackney", "{}", page.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_invitation_is_for_a_project_and_its_assessment_and_one_answer_answers_both() {
    let city = City::empty().await;
    let lead = city.browser("camden", Role::ProjectLead).await;
    let (project, assessment) = begun(&city, &lead).await;
    let [hackney, islington, lambeth, southwark] = ["hackney", "islington", "lambeth", "southwark"];
    let mut officers = Vec::new();
    for slug in [hackney, islington, lambeth, southwark] {
        officers.push(city.browser(slug, Role::IgOfficer).await);
    }
    let status = |who: Browser, address: String| {
        let city = &city;
        async move { city.get(&who, &address).await.status }
    };
    // Invited on the project, after its assessment began.
    for slug in [hackney, southwark] {
        let invites = [("organisation", slug), ("role", "joint-controller"), ("contacts", "The IG mailbox")];
        assert_eq!(city.post(&lead, &format!("{project}/parties"), &invites).await.location(), project);
    }
    let accepts = city.post(&officers[0], &format!("{project}/parties/answer"), &[("answer", "accept")]).await;
    assert_eq!(accepts.location(), project, "{}", accepts.text);
    let page = city.get(&officers[0], &assessment).await;
    assert!(page.text.contains("Annex for") && page.text.contains("Hackney"), "{}", page.text);
    // Invited on the assessment: the project knows.
    let invites = |slug| [("act", "invite"), ("organisation", slug), ("role", "controller")];
    for slug in [islington, lambeth] {
        city.post(&lead, &format!("{assessment}/parties"), &invites(slug)).await;
    }
    assert!(city.get(&officers[1], &project).await.text.contains("Islington is invited"));
    city.post(&officers[1], &format!("{assessment}/parties"), &[("act", "accept")]).await;
    assert!(!city.get(&officers[1], &project).await.text.contains("is invited"));
    // Declined: it leads to a page that is there, and both are gone.
    let declines = city.post(&officers[2], &format!("{assessment}/parties"), &[("act", "decline")]).await;
    assert_eq!(declines.location(), "/assessments", "{}", declines.text);
    assert_eq!(status(officers[2].clone(), "/assessments".to_owned()).await, StatusCode::OK);
    for address in [&project, &assessment] {
        assert_eq!(status(officers[2].clone(), address.clone()).await, StatusCode::NOT_FOUND, "{address}");
    }
    // Taken back: as if it had never been.
    let party = format!("{project}/parties/southwark");
    let page = city.get(&lead, &party).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.text);
    let version = value(&page.page(), "version");
    city.post(&lead, &party, &[("version", &version), ("act", "take-back")]).await;
    for address in [&project, &assessment] {
        assert_eq!(status(officers[3].clone(), address.clone()).await, StatusCode::NOT_FOUND, "{address}");
    }
    assert!(!city.get(&officers[3], "/work").await.text.contains("Damp sensors"), "nobody is asked any more");
    // Left: the project is gone for them, what they do in its assessment is said there.
    let left = city.post(&officers[1], &format!("{project}/leave"), &[]).await;
    assert_eq!(left.location(), "/projects", "{}", left.text);
    assert_eq!(status(officers[1].clone(), project.clone()).await, StatusCode::NOT_FOUND);
    assert_eq!(status(officers[1].clone(), assessment.clone()).await, StatusCode::OK);
    assert_eq!(city.post(&lead, &format!("{project}/leave"), &[]).await.status, StatusCode::NOT_FOUND, "the owner stays");
}

#[tokio::test(flavor = "multi_thread")]
async fn owner_contacts_title_lead_and_date_can_be_changed_and_nobodys_change_is_overwritten() {
    let city = City::empty().await;
    let lead = city.browser("camden", Role::ProjectLead).await;
    let (project, assessment) = begun(&city, &lead).await;
    let other = city.person("Ade Cole", "camden", &[Role::IgOfficer]).await.to_string();
    let own = format!("{project}/parties/camden");
    let version = value(&city.get(&lead, &own).await.page(), "version");
    let sent = [("version", version.as_str()), ("role", "joint-controller"), ("contacts", "Information governance team")];
    assert_eq!(city.post(&lead, &own, &sent).await.location(), project);
    let late = [("version", version.as_str()), ("role", "controller"), ("contacts", "Late")];
    let late = city.post(&lead, &own, &late).await;
    assert_eq!(late.status, StatusCode::CONFLICT);
    assert!(late.text.contains("Late") && late.text.contains("Information governance team"), "both texts are shown");
    let head: Assessment = city.store().get(&Scope::Operator, id(&assessment)).await.unwrap().unwrap();
    assert_eq!(head.parties[0].role, PartyRole::JointController);
    assert_eq!(head.parties[0].contacts, ["Information governance team"]);
    // The owner of the project.
    let change = format!("{project}/change");
    let version = value(&city.get(&lead, &change).await.page(), "version");
    let sent = [
        ("version", version.as_str()),
        ("title", "Damp sensors"),
        ("purpose", "Find damp."),
        ("owner", &other),
        ("closed", "no"),
    ];
    assert_eq!(city.post(&lead, &change, &sent).await.location(), project);
    assert!(city.get(&lead, &project).await.text.contains("Ade Cole"));
    let history = text(&city.get(&lead, &format!("{project}/history")).await.page(), "main");
    for words in [
        "Ade Cole",
        "Find damp early.",
        "Find damp.",
        "Camden, joint controller: Information governance team",
        "Began the project",
    ] {
        assert!(history.contains(words), "{words} is missing in {history}");
    }
    let refused = [("version", version.as_str()), ("title", "Damp sensors"), ("purpose", "Find damp."), ("owner", "nobody")];
    assert!(text(&city.post(&lead, &change, &refused).await.page(), "title").starts_with("Error: "));
    // The assessment's title, lead and date.
    let change = format!("{assessment}/change");
    let version = value(&city.get(&lead, &change).await.page(), "version");
    let past = [
        ("version", version.as_str()),
        ("title", "Damp"),
        ("lead", &other),
        ("wanted-day", "1"),
        ("wanted-month", "1"),
        ("wanted-year", "2020"),
    ];
    assert!(city.post(&lead, &change, &past).await.text.contains("The date must be today or later"));
    let sent = [
        ("version", version.as_str()),
        ("title", "Damp"),
        ("lead", &other),
        ("wanted-day", "1"),
        ("wanted-month", "9"),
        ("wanted-year", "2199"),
    ];
    assert_eq!(city.post(&lead, &change, &sent).await.location(), assessment);
    let late = city.post(&lead, &change, &sent).await;
    assert_eq!(late.status, StatusCode::CONFLICT, "{}", late.text);
    let head: Assessment = city.store().get(&Scope::Operator, id(&assessment)).await.unwrap().unwrap();
    assert_eq!((head.title.as_str(), head.led_by.len()), ("Damp", 1), "whoever led it before still counts as a writer");
    let stranger = city.browser("hackney", Role::ProjectLead).await;
    for address in [&own, &change] {
        assert_eq!(city.get(&stranger, address).await.status, StatusCode::NOT_FOUND);
    }
    let project: Project = city.store().get(&Scope::Operator, id(&project)).await.unwrap().unwrap();
    assert!(project.parties.iter().all(|party| party.joined == Joined::Accepted));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_task_leads_to_what_is_there_with_somebody_who_can_do_it_and_in_days_to_come() {
    let case = case().await;
    let tasks = format!("{}/tasks", case.address);
    let [camden, hackney] = ["camden", "hackney"].map(|slug| case.city.organisation(slug).id);
    let (priya, dele) = (case.priya.person.unwrap(), case.dele.person.unwrap());
    let give = |section: String, with: String, year: &'static str| {
        let (city, who, tasks) = (&case.city, &case.priya, &tasks);
        async move {
            let sent = [("section", section.as_str()), ("with", &with), ("due-day", "1"), ("due-month", "9"), ("due-year", year)];
            city.post(who, tasks, &sent).await
        }
    };
    let camdens = format!("person:{priya}@{camden}");
    let off = give("shared/confidentiality".to_owned(), camdens.clone(), "2199").await;
    assert!(text(&off.page(), ".govuk-error-summary").contains("Choose what is to be done"), "a part that is off: {}", off.text);
    let annex = give(format!("annex:{hackney}/our-part"), camdens.clone(), "2199").await;
    assert!(text(&annex.page(), ".govuk-error-summary").contains("annex of Hackney"), "{}", annex.text);
    let past = give("shared/need".to_owned(), camdens.clone(), "2020").await;
    assert!(text(&past.page(), ".govuk-error-summary").contains("today or later"), "{}", past.text);
    assert_eq!(give("shared/need".to_owned(), camdens, "2199").await.location(), tasks);
    assert_eq!(give(format!("annex:{hackney}/our-part"), format!("person:{dele}@{hackney}"), "2199").await.location(), tasks);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_guest_hears_of_mentions_mentions_others_and_finds_no_page_that_lies() {
    let case = case().await;
    let guest = case.city.person("Gus Hall", "islington", &[Role::Guest]).await;
    let gus = case.city.signed_in(guest, "islington").await;
    let person = guest.to_string();
    let parties = format!("{}/parties", case.address);
    let offered = case.city.get(&case.priya, &parties).await;
    assert!(!offered.text.contains("Confidential health and care information"), "a part that is off is offered to no guest");
    let invite = [("act", "guest"), ("person", person.as_str()), ("section", "need"), ("writes", "no")];
    assert_eq!(case.city.post(&case.priya, &parties, &invite).await.location(), parties);
    assert_eq!(case.city.get(&gus, &case.address).await.status, StatusCode::OK);
    assert_eq!(case.city.get(&gus, &format!("{}/risks", case.address)).await.status, StatusCode::NOT_FOUND);
    let page = case.city.get(&gus, &parties).await;
    assert!(page.status == StatusCode::OK && !page.text.contains("/sign-off"), "{}", page.text);
    let field = format!("{}/shared/aims", case.address);
    case.city.post(&gus, &field, &[("comment", "Is that so, @Priya Nair?")]).await;
    assert!(case.city.get(&case.priya, "/work").await.text.contains("Reply to a comment on"), "a guest mentions");
    case.city.post(&case.priya, &field, &[("comment", "It is, @Gus Hall.")]).await;
    assert!(case.city.get(&gus, "/work").await.text.contains("Reply to a comment on"), "a guest is mentioned");
    // Where others are is told only of what the guest reads.
    case.city.get(&case.priya, &format!("{}/shared/deletion", case.address)).await;
    let beside = text(&case.city.get(&gus, &case.address).await.page(), "aside");
    let here = beside.split("Here now").nth(1).unwrap_or_default();
    assert!(here.contains("Priya Nair for Camden") && !here.contains("question"), "{beside}");
}
