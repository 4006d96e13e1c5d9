//! Assessments of a project that is screened again: what they are told, and what they take over.

use super::project_tests::{decide, hidden, leads_to, main, project, project_of, screen, screenings, through, ticked};
use crate::testing::{Answer, City};
use axum::http::StatusCode;
use domain::{
    dpia::{
        assessment::{Assessment, Joined, PartyRole, State},
        project::Project,
    },
    people::{Role, Scope},
};
use scraper::Selector;

async fn assessments(city: &City, project: &Project) -> Vec<Assessment> {
    city.store().assessments_of(&Scope::Operator, city.app.clock.today(), project.id).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_assessment_hears_of_a_new_screening_and_takes_it_over() {
    let city = City::empty().await;
    let project = project(&city).await;
    let base = format!("/projects/{}/screening", project.id);
    let (lead, viewer) = (city.browser("camden", Role::ProjectLead).await, city.browser("camden", Role::Viewer).await);
    screen(&city, &lead, &project, &["personal-data", "concern"]).await;
    let begun = city.post(&lead, &format!("/projects/{}/assessment", project.id), &[("template", "dpia")]).await;
    let address = begun.location().to_owned();
    let said = "The project was screened again";
    assert!(!city.get(&lead, &address).await.text.contains(said));
    assert_eq!(city.get(&lead, &format!("{address}/screening")).await.location(), address, "there is nothing new");
    let changed = city.post(&lead, &format!("{base}/children"), &[("children", "yes"), ("was", "no")]).await;
    // Children lead to questions of their own, and until those are answered the outcome before counts.
    assert!(!city.get(&lead, &address).await.text.contains(said));
    assert_eq!(through(&city, &lead, changed.location(), &["child-service"]).await, base);
    let page = city.get(&lead, &address).await;
    assert!(main(&page).contains(said) && main(&page).contains("It asks for 1 more part of the template"), "{}", main(&page));
    assert!(city.get(&lead, "/work").await.text.contains("its project was screened again, and a DPIA is required"));
    let news = city.get(&viewer, &format!("{address}/screening")).await;
    let words = main(&news);
    assert!(words.contains("A DPIA is required") && words.contains("Children or vulnerable people as a target"), "{words}");
    assert!(!words.contains("Take over") && main(&city.get(&lead, &format!("{address}/screening")).await).contains("Take over"));
    assert_eq!(city.post(&viewer, &format!("{address}/screening"), &[]).await.status, StatusCode::NOT_FOUND);
    // What was looked at is what is taken over.
    let blind = city.post(&lead, &format!("{address}/screening"), &[("module", "children")]).await;
    assert_eq!(blind.status, StatusCode::CONFLICT);
    let page = city.get(&lead, &format!("{address}/screening")).await;
    assert_eq!(ticked(&page), ["children"]);
    let seen = hidden(&page, "seen");
    let taken = city.post(&lead, &format!("{address}/screening"), &[("seen", &seen), ("module", "children")]).await;
    assert_eq!(taken.location(), address, "{}", taken.text);
    let head = assessments(&city, &project).await.remove(0);
    assert_eq!(
        (head.modules.as_slice(), head.screening),
        (&["children".to_owned()][..], Some(screenings(&city, &project).await[0].id))
    );
    assert!(!city.get(&lead, &address).await.text.contains(said));
    assert!(!city.get(&lead, "/work").await.text.contains("its project was screened again"));

    // One that is signed is looked at again.
    let (now, today) = (city.app.clock.now(), city.app.clock.today());
    let mut work = city.store().work(&Scope::Job { name: "test".to_owned() }, now, today, head.id).await.unwrap().unwrap();
    let head = work.whole.assessment.clone();
    work.change_head(Assessment { state: State::Live, ..head }).await.unwrap();
    work.commit().await.unwrap();
    city.post(&lead, &format!("{base}/matching"), &[("matching", "yes"), ("was", "no")]).await;
    assert!(city.get(&lead, "/work").await.text.contains("its project was screened again"));
    assert!(main(&city.get(&lead, &format!("{address}/review")).await).contains("its project was screened again"));
    let page = city.get(&lead, &format!("{address}/screening")).await;
    assert!(main(&page).contains("The text is signed") && !main(&page).contains("Take over"), "{}", main(&page));
    assert_eq!(city.post(&lead, &format!("{address}/screening"), &[]).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_part_that_somebody_left_off_stays_off_until_somebody_says_yes_to_it() {
    let city = City::empty().await;
    let project = project(&city).await;
    let base = format!("/projects/{}/screening", project.id);
    let lead = city.browser("camden", Role::ProjectLead).await;
    screen(&city, &lead, &project, &["personal-data", "concern"]).await;
    let begun = city.post(&lead, &format!("/projects/{}/assessment", project.id), &[("template", "dpia")]).await;
    let (address, modules) = (begun.location().to_owned(), format!("{}/modules", begun.location()));
    let yes = [("module", "children"), ("answer", "yes")];
    let no = [("module", "children"), ("answer", "no"), ("reasons-children", "Their parents book.")];
    city.post(&lead, &modules, &yes).await;
    assert!(city.post(&lead, &modules, &no).await.status == StatusCode::SEE_OTHER);
    // Whoever advises or signs reads why it is off.
    for page in ["sign-off", "advice"] {
        let said = main(&city.get(&lead, &format!("{address}/{page}")).await);
        assert!(said.contains("Left off: Children, because: Their parents book."), "{said}");
    }
    let markdown = city.get(&lead, &format!("{address}/files/assessment.md")).await;
    assert!(markdown.text.replace('\\', "").contains("Their parents book."), "{}", markdown.text);
    let changed = city.post(&lead, &format!("{base}/children"), &[("children", "yes"), ("was", "no")]).await;
    through(&city, &lead, changed.location(), &["child-service"]).await;
    let page = city.get(&lead, &format!("{address}/screening")).await;
    let seen = hidden(&page, "seen");
    assert!(main(&page).contains("Their parents book.") && ticked(&page).is_empty(), "{}", page.text);
    let taken = city.post(&lead, &format!("{address}/screening"), &[("seen", &seen)]).await;
    assert_eq!(taken.location(), address, "{}", taken.text);
    let head = assessments(&city, &project).await.remove(0);
    assert!(head.modules.is_empty() && head.declined.len() == 1 && head.screening.is_some());
    // It is asked again, since something else asks for it; a yes takes the reasons back.
    assert!(main(&city.get(&lead, &modules).await).contains("It was left off before something else asked for it"));
    city.post(&lead, &modules, &yes).await;
    let head = assessments(&city, &project).await.remove(0);
    assert!(head.modules == ["children"] && head.declined.is_empty());
    assert!(!main(&city.get(&lead, &format!("{address}/sign-off")).await).contains("Their parents book."));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_short_review_is_not_enough_once_a_dpia_is_required() {
    let city = City::empty().await;
    let project = project(&city).await;
    let base = format!("/projects/{}/screening", project.id);
    let lead = city.browser("camden", Role::ProjectLead).await;
    screen(&city, &lead, &project, &["personal-data", "concern"]).await;
    let begun = city.post(&lead, &format!("/projects/{}/assessment", project.id), &[("template", "review")]).await;
    let address = begun.location().to_owned();
    let begin = format!("/projects/{}/assessment", project.id);
    assert!(!leads_to(&city.get(&lead, &base).await, &begin), "it is begun");
    city.post(&lead, &format!("{base}/matching"), &[("matching", "yes"), ("was", "no")]).await;
    let page = city.get(&lead, &address).await;
    assert!(main(&page).contains("A DPIA is required, and this is a short review, which is not enough"), "{}", main(&page));
    assert!(leads_to(&city.get(&lead, &base).await, &begin));
    let news = format!("{address}/screening");
    assert!(leads_to(&city.get(&lead, &news).await, &begin));
    let begun = city.post(&lead, &format!("/projects/{}/assessment", project.id), &[("template", "dpia")]).await;
    assert_eq!(begun.status, StatusCode::SEE_OTHER, "{}", begun.text);
    assert!(!leads_to(&city.get(&lead, &base).await, &begin));
    // Once it is begun nobody is asked to begin it: each page leads to it.
    for page in [&base, &news] {
        let page = city.get(&lead, page).await;
        assert!(leads_to(&page, begun.location()) && !leads_to(&page, &begin), "{}", main(&page));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_review_that_is_signed_or_in_use_says_which_dpia_follows_from_it() {
    let city = City::empty().await;
    let project = project(&city).await;
    let camden = city.organisation("camden").id;
    let (lead, officer) = (city.browser("camden", Role::ProjectLead).await, city.browser("camden", Role::IgOfficer).await);
    screen(&city, &lead, &project, &["personal-data", "concern"]).await;
    let begin = format!("/projects/{}/assessment", project.id);
    let review = city.post(&lead, &begin, &[("template", "review")]).await.location().to_owned();
    let said = [("version", "0"), ("answer", "yes"), ("complete", "no"), ("stay", "1")];
    assert_eq!(city.post(&officer, &format!("{review}/annex:{camden}/dpia-needed"), &said).await.status, StatusCode::SEE_OTHER);
    let id = review.rsplit('/').next().unwrap().parse().unwrap();
    let stands = async |state: State| {
        let (now, today) = (city.app.clock.now(), city.app.clock.today());
        let mut work = city.store().work(&Scope::Job { name: "test".to_owned() }, now, today, id).await.unwrap().unwrap();
        let head = work.whole.assessment.clone();
        work.change_head(Assessment { state, live_since: Some(today), ..head }).await.unwrap();
        work.commit().await.unwrap();
        city.get(&lead, &review).await
    };
    let page = stands(State::Live).await;
    assert!(leads_to(&page, &begin), "{}", main(&page));
    let made = city.post(&lead, &begin, &[("template", "dpia")]).await;
    assert_eq!(made.status, StatusCode::SEE_OTHER, "{}", made.text);
    for state in [State::Live, State::Signed] {
        let page = stands(state).await;
        let words = main(&page);
        assert!(leads_to(&page, made.location()) && words.contains("follows from it"), "{words}");
        assert!(!leads_to(&page, &begin), "{words}");
        // What is in use keeps its place until the DPIA is signed.
        assert!(!leads_to(&page, &format!("{review}/move/supersede")), "{words}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_officer_is_asked_to_decide_until_they_do_or_a_dpia_is_begun() {
    let city = City::empty().await;
    let project = project(&city).await;
    let (lead, officer) = (city.browser("camden", Role::ProjectLead).await, city.browser("camden", Role::IgOfficer).await);
    screen(&city, &lead, &project, &["personal-data", "concern"]).await;
    let (base, begin) = (format!("/projects/{}/screening", project.id), format!("/projects/{}/assessment", project.id));
    let asked = async || leads_to(&city.get(&officer, "/work").await, &base);
    assert!(asked().await);
    // A short review leaves the question whether it is enough.
    assert_eq!(city.post(&lead, &begin, &[("template", "review")]).await.status, StatusCode::SEE_OTHER);
    assert!(asked().await);
    let made = city.post(&lead, &begin, &[("template", "dpia")]).await;
    assert_eq!(made.status, StatusCode::SEE_OTHER, "{}", made.text);
    assert!(!asked().await, "nothing is left to decide");
    let page = city.get(&officer, &base).await;
    assert!(leads_to(&page, made.location()) && main(&page).contains("The DPIA is begun"), "{}", main(&page));
    // The project lead decided nothing by it, and the officer still may.
    assert!(screenings(&city, &project).await.remove(0).decision.is_none());
    let decided = decide(&city, &officer, &base, "required", "").await;
    assert_eq!(decided.status, StatusCode::SEE_OTHER, "{}", decided.text);
    assert!(!asked().await);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_accepts_for_a_project_is_not_asked_again_for_the_assessment_begun_meanwhile() {
    let city = City::empty().await;
    for (answer, joined) in [("accept", Joined::Accepted), ("decline", Joined::Declined)] {
        let project = project_of(&city, &[("hackney", PartyRole::JointController, Joined::Invited)]).await;
        let home = format!("/projects/{}", project.id);
        let lead = city.browser("camden", Role::ProjectLead).await;
        let begun = city.post(&lead, &format!("{home}/assessment"), &[("template", "dpia")]).await;
        assert_eq!(begun.status, StatusCode::SEE_OTHER, "{}", begun.text);
        let invited = city.browser("hackney", Role::ProjectLead).await;
        assert!(main(&city.get(&invited, begun.location()).await).contains("Hackney is invited"));
        let answered = city.post(&invited, &format!("{home}/parties/answer"), &[("answer", answer)]).await;
        assert_eq!(answered.status, StatusCode::SEE_OTHER, "{}", answered.text);
        let head = assessments(&city, &project).await.remove(0);
        let hackney = city.organisation("hackney").id;
        assert_eq!(head.parties.iter().find(|party| party.organisation == hackney).unwrap().joined, joined);
        let page = city.get(&invited, begun.location()).await;
        assert_eq!(page.status == StatusCode::OK && !main(&page).contains("is invited"), answer == "accept", "{}", page.text);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_review_that_concludes_that_a_dpia_is_needed_leads_to_one_and_leaves_the_officers_decision() {
    let city = City::empty().await;
    let project = project(&city).await;
    let camden = city.organisation("camden").id;
    let (lead, officer) = (city.browser("camden", Role::ProjectLead).await, city.browser("camden", Role::IgOfficer).await);
    screen(&city, &lead, &project, &["personal-data", "concern"]).await;
    let screening = format!("/projects/{}/screening", project.id);
    let enough = "Ten homes, no children.";
    assert_eq!(decide(&city, &officer, &screening, "ig-review", enough).await.status, StatusCode::SEE_OTHER);
    let before = screenings(&city, &project).await.remove(0).decision.expect("the officer decided");
    let begin = format!("/projects/{}/assessment", project.id);
    let review = city.post(&lead, &begin, &[("template", "review")]).await.location().to_owned();
    assert!(main(&city.get(&lead, &review).await).contains("Damp sensors"));
    let answer = |words: &'static str| [("version", "0"), ("answer", words), ("complete", "no"), ("stay", "1")];
    city.post(&lead, &format!("{review}/shared/aims"), &answer("To find damp before it harms.")).await;
    let conclusion = format!("{review}/annex:{camden}/dpia-needed");
    assert!(!main(&city.get(&lead, &review).await).contains("concludes that a DPIA is needed"));
    // Nothing takes its place while nothing stops it.
    let replace = format!("{review}/move/supersede");
    assert!(!leads_to(&city.get(&lead, &format!("{review}/sign-off")).await, &replace));
    let early = city.post(&lead, &replace, &[("successor", review.rsplit('/').next().unwrap())]).await;
    assert!(early.text.contains("An assessment cannot take its own place"), "{}", early.text);
    assert_eq!(city.post(&officer, &conclusion, &answer("yes")).await.status, StatusCode::SEE_OTHER);
    let page = city.get(&lead, &review).await;
    assert!(
        main(&page).contains("Camden concludes that a DPIA is needed after all") && leads_to(&page, &begin),
        "{}",
        main(&page)
    );

    // The lead and the officer are asked to begin it.
    let (now, today) = (city.app.clock.now(), city.app.clock.today());
    let id: domain::dpia::ids::AssessmentId = review.rsplit('/').next().unwrap().parse().unwrap();
    let mut work = city.store().work(&Scope::Job { name: "test".to_owned() }, now, today, id).await.unwrap().unwrap();
    let (template, routes) = crate::assessments::tell::rules_of(&city.app, &work.whole).unwrap();
    let stops = work.whole.situation(&template, &routes, Some(camden));
    assert!(!domain::dpia::workflow::Condition::NoDpiaNeeded.holds(&stops));
    work.settle_tasks(&template, &routes).await.unwrap();
    work.commit().await.unwrap();
    for who in [&lead, &officer] {
        assert!(city.get(who, "/work").await.text.contains("Begin a DPIA: the review concludes"));
    }
    let asked = async || {
        let tasks = city.store().tasks_of(&Scope::Job { name: "test".to_owned() }, today, id).await.unwrap();
        tasks.into_iter().filter(|task| task.about == domain::dpia::task::About::BeginDpia).collect::<Vec<_>>()
    };
    // Nobody calls it done while it is not: it would come again.
    let task = format!("{review}/tasks/{}", asked().await[0].id);
    let page = city.get(&officer, &task).await;
    assert!(
        main(&page).contains("This task is done when a DPIA is begun") && !page.text.contains("value=\"done\""),
        "{}",
        main(&page)
    );
    let early = city.post(&officer, &task, &[("act", "done")]).await;
    assert_eq!((early.location(), asked().await.iter().all(|task| task.open())), (task.as_str(), true));
    let again = city.post(&lead, &begin, &[("template", "review")]).await;
    assert!(again.text.contains("concludes that a DPIA is needed: another review is not enough"), "{}", again.text);
    let made = city.post(&lead, &begin, &[("template", "dpia")]).await;
    assert_eq!(made.status, StatusCode::SEE_OTHER, "{}", made.text);
    // A project lead decides nothing: what the officer decided stays as it was, and the review says why there is a DPIA.
    assert_eq!(screenings(&city, &project).await.remove(0).decision, Some(before));
    let page = city.get(&lead, &screening).await;
    let words = main(&page);
    assert!(words.contains("A DPIA is required because a short review says so") && leads_to(&page, &review), "{words}");
    assert!(words.contains("concludes that a DPIA is needed") && words.contains("Ten homes, no children."), "{words}");
    for who in [&lead, &officer] {
        assert!(!city.get(who, "/work").await.text.contains("Begin a DPIA: the review concludes"));
    }
    // What the review says is offered, and the review itself stays stopped.
    let offered = city.get(&lead, &format!("{}/fill?source=assessment:{id}", made.location())).await;
    assert!(main(&offered).contains("To find damp before it harms."), "{}", main(&offered));
    assert!(main(&city.get(&lead, &review).await).contains("concludes that a DPIA is needed after all"));

    // The DPIA takes its place as soon as it is begun: nothing of the review has to be signed or given up first.
    let page = city.get(&lead, &review).await;
    assert!(leads_to(&page, &replace) && leads_to(&page, made.location()) && !leads_to(&page, &begin), "{}", main(&page));
    assert!(leads_to(&city.get(&lead, &format!("{review}/sign-off")).await, &replace));
    let dpia = made.location().rsplit('/').next().unwrap().to_owned();
    assert!(city.get(&lead, &replace).await.text.contains(&dpia));
    let done = city.post(&lead, &replace, &[("successor", &dpia)]).await;
    assert_eq!(done.location(), review, "{}", done.text);
    let heads = assessments(&city, &project).await;
    let old = heads.iter().find(|one| one.id == id).unwrap();
    let new = heads.iter().find(|one| one.id != id).unwrap();
    assert_eq!((old.state, old.superseded_by, new.state), (State::Superseded, Some(new.id), State::Drafting));
    assert_eq!(asked().await.len(), 2, "whoever was asked is told once that it is done");
    let page = city.get(&lead, &review).await;
    assert!(leads_to(&page, made.location()) && main(&page).contains("is written instead"), "{}", main(&page));
    assert!(!main(&page).contains("concludes that a DPIA is needed after all"), "{}", main(&page));
    assert!(main(&city.get(&lead, "/assessments").await).contains(&format!("by DPIA {}", new.number)));
    // What it says can be taken over all the same.
    let offered = city.get(&lead, &format!("{}/fill?source=assessment:{id}", made.location())).await;
    assert!(main(&offered).contains("To find damp before it harms."), "{}", main(&offered));

    // Given up, the DPIA leaves standing what the review says: it asks for one anew, and another review is not enough.
    let why = [("reasons", "It was begun for the wrong homes.")];
    let gone = city.post(&lead, &format!("{}/move/withdraw", made.location()), &why).await;
    assert_eq!(gone.status, StatusCode::SEE_OTHER, "{}", gone.text);
    for who in [&lead, &officer] {
        assert!(city.get(who, "/work").await.text.contains("Begin a DPIA: the review concludes"));
    }
    assert!(main(&city.get(&lead, &begin).await).contains("concludes that a DPIA is needed"));
    let words = main(&city.get(&lead, &review).await);
    assert!(words.contains("was begun instead, and has ended since"), "{words}");
    let again = city.post(&lead, &begin, &[("template", "review")]).await;
    assert!(again.text.contains("concludes that a DPIA is needed: another review is not enough"), "{}", again.text);
    let page = city.get(&lead, &screening).await;
    assert!(leads_to(&page, &begin) && main(&page).contains("whatever was decided after the screening"), "{}", main(&page));
    let page = city.get(&lead, &format!("/projects/{}", project.id)).await;
    assert!(leads_to(&page, &begin) && main(&page).contains("A DPIA is to be written all the same"), "{}", main(&page));
    // Taken up again, it asks for none.
    let back = city.post(&lead, &format!("{}/move/resume", made.location()), &why).await;
    assert_eq!(back.status, StatusCode::SEE_OTHER, "{}", back.text);
    for who in [&lead, &officer] {
        assert!(!city.get(who, "/work").await.text.contains("Begin a DPIA: the review concludes"));
    }
    let words = main(&city.get(&lead, &format!("/projects/{}", project.id)).await);
    assert!(words.contains("A DPIA is done all the same"), "{words}");
    assert_eq!(asked().await.len(), 2, "asked again by the same tasks");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_officer_who_begins_the_dpia_that_a_review_cannot_rule_out_decides_it() {
    let city = City::empty().await;
    let project = project(&city).await;
    let camden = city.organisation("camden").id;
    let (lead, officer) = (city.browser("camden", Role::ProjectLead).await, city.browser("camden", Role::IgOfficer).await);
    screen(&city, &lead, &project, &["personal-data", "concern"]).await;
    let begin = format!("/projects/{}/assessment", project.id);
    assert_eq!(ticked_template(&city.get(&lead, &begin).await), ["review"]);
    let review = city.post(&lead, &begin, &[("template", "review")]).await.location().to_owned();
    let unsure = [("version", "0"), ("answer", "unsure"), ("complete", "no"), ("stay", "1")];
    let said = city.post(&officer, &format!("{review}/annex:{camden}/dpia-needed"), &unsure).await;
    assert_eq!(said.status, StatusCode::SEE_OTHER, "{}", said.text);
    let page = city.get(&officer, &begin).await;
    assert_eq!(ticked_template(&page), ["dpia"]);
    assert!(main(&page).contains("cannot rule out that a DPIA is needed"), "{}", main(&page));
    let again = city.post(&officer, &begin, &[("template", "review")]).await;
    assert!(again.text.contains("cannot rule out that a DPIA is needed: another review is not enough"), "{}", again.text);
    let made = city.post(&officer, &begin, &[("template", "dpia")]).await;
    assert_eq!(made.status, StatusCode::SEE_OTHER, "{}", made.text);
    let screening = screenings(&city, &project).await.remove(0);
    let decided = screening.decided().expect("beginning it is the officer's decision");
    assert_eq!(decided.kind, domain::dpia::screening::OutcomeKind::Required);
    assert_ne!(decided.by, screening.by, "the lead answered, the officer decided");
    assert!(decided.reasons.contains("cannot rule out that a DPIA is needed"), "{}", decided.reasons);
    // Nothing was imported: there is nothing to report.
    assert_eq!(city.get(&lead, &format!("{review}/import-report")).await.status, StatusCode::NOT_FOUND);
}

/// What is chosen already on the page that begins an assessment.
fn ticked_template(page: &Answer) -> Vec<String> {
    let chosen = Selector::parse("main form input[name=template][checked]").unwrap();
    page.page().select(&chosen).filter_map(|input| input.value().attr("value").map(str::to_owned)).collect()
}
