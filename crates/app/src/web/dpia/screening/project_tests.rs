//! Screening a project: what is kept, who may answer, what happens when two answer at once, and the officer's decision.

use crate::{
    testing::{Answer, Browser, City},
    web::dpia::tests::text,
};
use axum::http::StatusCode;
use domain::{
    dpia::{
        assessment::{Joined, Party, PartyRole},
        project::{Project, Screening},
        screening::OutcomeKind,
    },
    people::{Role, Scope},
};
use scraper::Selector;
use uuid::Uuid;

pub(super) async fn project(city: &City) -> Project {
    project_of(city, &[]).await
}

/// Camden's project, with other organisations as they stand to it.
pub(super) async fn project_of(city: &City, others: &[(&str, PartyRole, Joined)]) -> Project {
    let party = |(slug, role, joined): (&str, PartyRole, Joined)| Party {
        joined,
        ..test_support::dpia::party(city.organisation(slug).id, role, 0)
    };
    let own = ("camden", PartyRole::Controller, Joined::Accepted);
    let camden = city.organisation("camden").id;
    let parties = std::iter::once(own).chain(others.iter().copied()).map(party).collect();
    let mut project = Project { parties, ..test_support::dpia::project(camden, "Damp sensors", "Find damp early.") };
    let mut write = city.store().write(&Scope::Operator, city.app.clock.now()).await.unwrap();
    write.create(std::slice::from_mut(&mut project)).await.unwrap();
    write.commit().await.unwrap();
    project
}

pub(super) async fn screenings(city: &City, project: &Project) -> Vec<Screening> {
    city.store().screenings(&Scope::Operator, project.id).await.unwrap()
}

pub(super) fn hidden(page: &Answer, name: &str) -> String {
    let selector = Selector::parse(&format!("main form input[name={name}]")).unwrap();
    page.page().select(&selector).next().and_then(|input| input.value().attr("value").map(str::to_owned)).unwrap_or_default()
}

/// The parts of the template that are ticked.
pub(super) fn ticked(page: &Answer) -> Vec<String> {
    let selector = Selector::parse("input[name=module][checked]").unwrap();
    page.page().select(&selector).filter_map(|input| input.value().attr("value").map(str::to_owned)).collect()
}

/// Answers questions until none is left; yes to these, no to the others.
pub(super) async fn through(city: &City, browser: &Browser, first: &str, yes: &[&str]) -> String {
    let mut address = first.to_owned();
    for _ in 0..30 {
        let page = city.get(browser, &address).await;
        let Some(question) = address.strip_suffix('/').unwrap_or(&address).split("/screening/").nth(1).map(str::to_owned) else {
            return address;
        };
        assert_eq!(page.status, StatusCode::OK, "{address}");
        let answer = if yes.contains(&question.as_str()) { "yes" } else { "no" };
        let was = hidden(&page, "was");
        let command = hidden(&page, "command");
        let sent = city.post(browser, &address, &[(&question, answer), ("was", &was), ("command", &command)]).await;
        assert_eq!(sent.status, StatusCode::SEE_OTHER, "{address}: {}", sent.text);
        address = sent.location().to_owned();
    }
    panic!("no end of questions");
}

/// The officer's decision, sent from the page as it stands.
pub(super) async fn decide(city: &City, officer: &Browser, base: &str, kind: &str, reasons: &str) -> Answer {
    let seen = hidden(&city.get(officer, base).await, "seen");
    city.post(officer, &format!("{base}/decision"), &[("kind", kind), ("reasons", reasons), ("seen", &seen)]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_project_is_screened_decided_and_screened_again_and_every_record_is_kept() {
    let city = City::empty().await;
    let project = project(&city).await;
    let base = format!("/projects/{}/screening", project.id);
    let lead = city.browser("camden", Role::ProjectLead).await;
    let officer = city.browser("camden", Role::IgOfficer).await;
    assert!(city.get(&lead, &base).await.text.contains("Begin the screening"));
    let begun = city.post(&lead, &base, &[]).await;
    assert_eq!(begun.location(), format!("{base}/personal-data"));
    let end = through(&city, &lead, begun.location(), &["personal-data", "concern"]).await;
    assert_eq!(end, base);
    let page = city.get(&lead, &base).await;
    assert!(page.text.contains("An IG officer should look at this") && !page.text.contains("Keep the decision"));
    let kept = screenings(&city, &project).await;
    assert_eq!((kept.len(), kept[0].outcome.as_ref().unwrap().kind), (1, OutcomeKind::IgReview));

    // The officer decides; without reasons there is no record of not doing a DPIA.
    assert!(city.get(&officer, &base).await.text.contains("Keep the decision"));
    let decision = format!("{base}/decision");
    let without = decide(&city, &officer, &base, "not-required", " ").await;
    assert!(without.text.contains("<title>Error: ") && without.text.contains("Enter why: it is the record"), "{}", without.text);
    assert_eq!(city.post(&lead, &decision, &[("kind", "not-required"), ("reasons", "x")]).await.status, StatusCode::NOT_FOUND);
    let done = decide(&city, &officer, &base, "not-required", "Ten staff, no tenants.").await;
    assert_eq!(done.status, StatusCode::SEE_OTHER);
    assert!(city.get(&lead, &base).await.text.contains("Ten staff, no tenants."));

    // Another answer makes another screening; the first stays as it was.
    let changed = city.post(&lead, &format!("{base}/matching"), &[("matching", "yes"), ("was", "no")]).await;
    assert_eq!(changed.location(), base);
    let kept = screenings(&city, &project).await;
    assert_eq!(kept.len(), 2);
    assert_eq!((kept[0].outcome.as_ref().unwrap().kind, kept[0].replaces), (OutcomeKind::Required, Some(kept[1].id)));
    assert!(kept[0].decision.is_none() && kept[1].decision.is_some());
    let lower = decide(&city, &officer, &base, "not-required", "x").await;
    assert!(lower.text.contains("only that can be chosen"));
}

#[tokio::test(flavor = "multi_thread")]
async fn two_who_answer_at_once_see_each_other_and_a_repeat_changes_nothing() {
    let city = City::empty().await;
    let project = project(&city).await;
    let base = format!("/projects/{}/screening", project.id);
    let (one, other) = (city.browser("camden", Role::ProjectLead).await, city.browser("camden", Role::Editor).await);
    city.post(&one, &base, &[]).await;
    let question = format!("{base}/personal-data");
    let command = Uuid::now_v7().to_string();
    let first = city.post(&one, &question, &[("personal-data", "yes"), ("was", ""), ("command", &command)]).await;
    let again = city.post(&one, &question, &[("personal-data", "yes"), ("was", ""), ("command", &command)]).await;
    assert_eq!((again.status, again.location()), (first.status, first.location()));
    let clash = city.post(&other, &question, &[("personal-data", "no"), ("was", "")]).await;
    assert!(clash.text.contains("Someone answered ‘Yes’ meanwhile"), "{}", clash.text);
    assert_eq!(hidden(&clash, "was"), "yes");
    let empty = city.post(&other, &question, &[("was", "yes")]).await;
    assert!(empty.text.contains("Choose yes, no or"));
    let later = city.post(&other, &question, &[("personal-data", "yes"), ("was", "yes"), ("later", "yes")]).await;
    assert_eq!(later.location(), format!("/projects/{}", project.id));
    assert_eq!(screenings(&city, &project).await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_project_of_others_does_not_exist_and_a_viewer_may_not_answer() {
    let city = City::empty().await;
    let project = project(&city).await;
    let base = format!("/projects/{}/screening", project.id);
    let stranger = city.browser("hackney", Role::Dpo).await;
    let viewer = city.browser("camden", Role::Viewer).await;
    for address in [base.clone(), format!("{base}/personal-data")] {
        assert_eq!(city.get(&stranger, &address).await.status, StatusCode::NOT_FOUND, "{address}");
        assert_eq!(city.post(&stranger, &address, &[("personal-data", "yes"), ("was", "")]).await.status, StatusCode::NOT_FOUND);
        assert_eq!(city.post(&viewer, &address, &[("personal-data", "yes"), ("was", "")]).await.status, StatusCode::NOT_FOUND);
    }
    assert_eq!(city.get(&viewer, &base).await.status, StatusCode::OK);
    assert!(screenings(&city, &project).await.is_empty());
}

/// The page of a project's screening, from beginning to its outcome.
pub(super) async fn screen(city: &City, browser: &Browser, project: &Project, yes: &[&str]) -> Answer {
    let base = format!("/projects/{}/screening", project.id);
    let begun = city.post(browser, &base, &[]).await;
    assert_eq!(through(city, browser, begun.location(), yes).await, base);
    city.get(browser, &base).await
}

/// Whether a page has a link to an address.
pub(super) fn leads_to(page: &Answer, address: &str) -> bool {
    let links = Selector::parse("main a[href]").unwrap();
    page.page().select(&links).any(|link| link.value().attr("href") == Some(address))
}

pub(super) fn main(page: &Answer) -> String {
    text(&page.page(), "main")
}

#[tokio::test(flavor = "multi_thread")]
async fn the_invited_see_no_screening_and_a_processor_what_it_came_to() {
    let city = City::empty().await;
    let others = [
        ("hackney", PartyRole::JointController, Joined::Accepted),
        ("islington", PartyRole::Processor, Joined::Accepted),
        ("haringey", PartyRole::Controller, Joined::Invited),
    ];
    let project = project_of(&city, &others).await;
    let (base, home) = (format!("/projects/{}/screening", project.id), format!("/projects/{}", project.id));
    let lead = city.browser("camden", Role::ProjectLead).await;
    screen(&city, &lead, &project, &["personal-data", "concern"]).await;
    let officer = city.browser("camden", Role::IgOfficer).await;
    assert_eq!(decide(&city, &officer, &base, "ig-review", "Only ten staff.").await.status, StatusCode::SEE_OTHER);

    let invited = city.browser("haringey", Role::ProjectLead).await;
    for address in [base.clone(), format!("{base}/concern"), format!("{base}/record/1")] {
        assert_eq!(city.get(&invited, &address).await.status, StatusCode::NOT_FOUND, "{address}");
    }
    assert_eq!(city.post(&invited, &base, &[]).await.status, StatusCode::NOT_FOUND);
    let page = city.get(&invited, &home).await;
    assert!(main(&page).contains("shown to those who take part") && !main(&page).contains("short review"), "{}", main(&page));

    let processor = city.browser("islington", Role::ProjectLead).await;
    let page = city.get(&processor, &base).await;
    assert!(page.status == StatusCode::OK && main(&page).contains("A short review is done"), "{}", page.text);
    assert!(!page.text.contains("Only ten staff") && !page.text.contains("people raised worries"), "{}", page.text);
    assert!(!city.get(&processor, &home).await.text.contains("Only ten staff"));
    let answer = [("concern", "no"), ("was", "yes")];
    assert_eq!(city.post(&processor, &format!("{base}/concern"), &answer).await.status, StatusCode::NOT_FOUND);
    assert_eq!(city.get(&processor, &format!("{base}/record/1")).await.status, StatusCode::NOT_FOUND);
    assert_eq!(screenings(&city, &project).await.len(), 1, "nothing took the officer's decision away");

    // A controller answers for itself, and the record says so.
    let joint = city.browser("hackney", Role::Editor).await;
    assert_eq!(city.post(&joint, &format!("{base}/concern"), &answer).await.status, StatusCode::SEE_OTHER);
    assert_eq!(screenings(&city, &project).await[0].acting_for, Some(city.organisation("hackney").id));
    let page = city.get(&lead, &base).await;
    assert!(main(&page).contains("for Hackney"), "{}", main(&page));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_officer_decided_is_what_is_done() {
    let city = City::empty().await;
    let (lead, officer) = (city.browser("camden", Role::ProjectLead).await, city.browser("camden", Role::IgOfficer).await);
    for (kind, heading, stands, listed, button) in [
        ("required", "A DPIA is done", "A DPIA is required.", "DPIA required, not begun", Some("Begin the assessment")),
        ("ig-review", "A short review is done", "A short review is done.", "Short review to be done", Some("Begin the review")),
        ("not-required", "No DPIA is done", "No DPIA is done.", "No DPIA required", None),
    ] {
        let project = project(&city).await;
        let (base, home) = (format!("/projects/{}/screening", project.id), format!("/projects/{}", project.id));
        screen(&city, &lead, &project, &["personal-data", "concern"]).await;
        assert_eq!(decide(&city, &officer, &base, kind, "Looked at with the service.").await.status, StatusCode::SEE_OTHER);
        let page = city.get(&lead, &base).await;
        let h1: String = page.page().select(&Selector::parse("h1").unwrap()).flat_map(|h1| h1.text()).collect();
        assert_eq!(h1, heading);
        assert!(!main(&page).contains("Ask your"), "{kind}: {}", main(&page));
        let shown = city.get(&lead, &home).await;
        assert!(main(&shown).contains(stands) && main(&shown).contains("Looked at with the service."), "{}", main(&shown));
        for page in [&page, &shown] {
            for words in ["Begin the assessment", "Begin the review"] {
                assert_eq!(main(page).contains(words), button == Some(words), "{kind}: {words}: {}", main(page));
            }
        }
        assert!(main(&city.get(&lead, "/projects").await).contains(listed), "{kind}");
        let begin = format!("{home}/assessment");
        let form = city.get(&lead, &begin).await;
        assert_eq!(form.text.contains("value=\"review\""), kind != "required", "{kind}");
        let review = city.post(&lead, &begin, &[("template", "review")]).await;
        if kind == "required" {
            assert!(
                review.text.contains("the short review is not enough") && review.text.contains("<title>Error: "),
                "{}",
                review.text
            );
        } else {
            assert_eq!(review.status, StatusCode::SEE_OTHER, "{kind}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_screening_that_is_not_finished_has_no_outcome() {
    let city = City::empty().await;
    let project = project(&city).await;
    let base = format!("/projects/{}/screening", project.id);
    let (lead, viewer) = (city.browser("camden", Role::ProjectLead).await, city.browser("camden", Role::Viewer).await);
    city.post(&lead, &base, &[]).await;
    city.post(&lead, &format!("{base}/personal-data"), &[("personal-data", "yes"), ("was", "")]).await;
    let page = city.get(&viewer, &base).await;
    assert!(
        main(&page).contains("The screening is not finished") && main(&page).contains("1 question is answered"),
        "{}",
        main(&page)
    );
    assert!(!page.text.contains("You do not need a DPIA"), "{}", page.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_beginning_and_screening_again_lose_no_answer() {
    let city = City::empty().await;
    let project = project(&city).await;
    let base = format!("/projects/{}/screening", project.id);
    let (lead, other) = (city.browser("camden", Role::ProjectLead).await, city.browser("camden", Role::Editor).await);
    city.post(&lead, &base, &[]).await;
    for question in ["personal-data", "special-category", "offences"] {
        city.post(&lead, &format!("{base}/{question}"), &[(question, "yes"), ("was", "")]).await;
    }
    // Somebody's page still offers to begin.
    let again = city.post(&other, &base, &[]).await;
    assert_eq!(again.location(), format!("{base}/private-life"));
    let kept = screenings(&city, &project).await;
    assert_eq!((kept.len(), kept[0].answers.len()), (1, 3));
    assert_eq!(through(&city, &lead, &format!("{base}/private-life"), &["large-scale"]).await, base);
    let page = city.get(&lead, &base).await;
    assert!(main(&page).contains("You need a DPIA"), "{}", main(&page));

    // Screened again: the outcome before counts until the new one is finished, and its answers are offered.
    let begun = city.post(&lead, &base, &[]).await;
    assert_eq!(begun.location(), format!("{base}/personal-data"));
    let page = city.get(&lead, &base).await;
    assert!(main(&page).contains("You need a DPIA") && main(&page).contains("being screened again"), "{}", main(&page));
    assert!(main(&city.get(&lead, &format!("/projects/{}", project.id)).await).contains("A DPIA is required."));
    let question = city.get(&lead, begun.location()).await;
    assert!(main(&question).contains("Last time the answer was ‘Yes’"), "{}", main(&question));
    let checked = Selector::parse("input[type=radio][checked]").unwrap();
    assert_eq!(question.page().select(&checked).next().unwrap().value().attr("value"), Some("yes"));
    let begin = city.post(&lead, &format!("/projects/{}/assessment", project.id), &[("template", "dpia")]).await;
    assert_eq!(begin.status, StatusCode::SEE_OTHER, "{}", begin.text);
    let made = city.get(&lead, begin.location()).await;
    assert!(!main(&made).contains("The project was screened again"), "it follows the screening that counts: {}", main(&made));

    // A question that is not asked any more leads on, with a notice.
    for (question, answer) in [("personal-data", "yes"), ("monitoring", "yes"), ("monitoring", "no")] {
        let was = screenings(&city, &project).await[0].answers.get(question).map_or("", |answer| answer.as_str());
        city.post(&lead, &format!("{base}/{question}"), &[(question, answer), ("was", was)]).await;
    }
    let late = city.post(&other, &format!("{base}/public-place"), &[("public-place", "yes"), ("was", "")]).await;
    assert_eq!(late.location(), format!("{base}/special-category"), "{}", late.text);
    assert_eq!(city.get(&other, &format!("{base}/public-place")).await.status, StatusCode::SEE_OTHER);
    assert_eq!(city.get(&other, &format!("{base}/nothing")).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_record_of_not_doing_one_can_be_read_after_an_answer_has_changed() {
    let city = City::empty().await;
    let project = project(&city).await;
    let base = format!("/projects/{}/screening", project.id);
    let (lead, officer) = (city.browser("camden", Role::ProjectLead).await, city.browser("camden", Role::IgOfficer).await);
    let viewer = city.browser("camden", Role::Viewer).await;
    screen(&city, &lead, &project, &["personal-data", "concern"]).await;
    decide(&city, &officer, &base, "not-required", "Ten staff, no tenants.").await;
    assert_eq!(city.get(&viewer, &format!("{base}/record/1")).await.location(), base, "the one that counts has the page itself");
    city.post(&lead, &format!("{base}/matching"), &[("matching", "yes"), ("was", "no")]).await;
    let page = city.get(&viewer, &base).await;
    assert!(!page.text.contains("Ten staff, no tenants."), "{}", page.text);
    let link = Selector::parse("aside a[href*='/record/']").unwrap();
    let address = page.page().select(&link).next().expect("a link to the earlier one").value().attr("href").unwrap().to_owned();
    assert_eq!(address, format!("{base}/record/1"));
    let record = city.get(&viewer, &address).await;
    let words = main(&record);
    for said in ["No DPIA is done", "Ten staff, no tenants.", "A major project, or one that people worry about", "kept as it was"]
    {
        assert!(words.contains(said), "{said}: {words}");
    }
    for offered in ["Keep the decision", "Screen again", "Change the answer"] {
        assert!(!city.get(&officer, &address).await.text.contains(offered), "{offered}");
    }
    for other in ["0", "2", "3", "x"] {
        let answer = city.get(&viewer, &format!("{base}/record/{other}")).await;
        assert_ne!(answer.status, StatusCode::OK, "{other}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_officer_is_asked_to_decide_by_name_and_date_and_not_after_they_have() {
    let city = City::empty().await;
    let project = project(&city).await;
    let base = format!("/projects/{}/screening", project.id);
    let person = city.person("Sunita Moorcroft", "camden", &[Role::IgOfficer]).await;
    let officer = city.signed_in(person, "camden").await;
    let lead = city.browser("camden", Role::ProjectLead).await;
    let asked = "Decide after the screening of ‘Damp sensors’";
    let page = screen(&city, &lead, &project, &["personal-data", "concern"]).await;
    let words = main(&page);
    assert!(
        words.contains("Sunita Moorcroft, information governance (IG) officer at Camden") && words.contains("7 December 2026"),
        "{words}"
    );
    let work = city.get(&officer, "/work").await;
    assert!(work.text.contains(asked) && work.text.contains("7 December 2026") && leads_to(&work, &base), "{}", work.text);
    let colleague = city.browser("camden", Role::ProjectLead).await;
    assert!(!city.get(&colleague, "/work").await.text.contains(asked), "nobody else is asked");
    // Another answer asks for the same; one that requires a DPIA leaves nothing to decide.
    city.post(&lead, &format!("{base}/module-transfers"), &[("module-transfers", "yes"), ("was", "no")]).await;
    assert_eq!(city.get(&officer, "/work").await.text.matches(asked).count(), 1);
    city.post(&lead, &format!("{base}/matching"), &[("matching", "yes"), ("was", "no")]).await;
    assert!(!city.get(&officer, "/work").await.text.contains(asked));
    city.post(&lead, &format!("{base}/matching"), &[("matching", "no"), ("was", "yes")]).await;
    assert!(city.get(&officer, "/work").await.text.contains(asked));
    decide(&city, &officer, &base, "ig-review", "").await;
    assert!(!city.get(&officer, "/work").await.text.contains(asked));
}
