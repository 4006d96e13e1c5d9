//! Assessments and overlays beside a new version of their template: what is told, what moves, and what is kept.

use super::writing_tests::{DPIA, begin, hub, send};
use crate::{
    testing::{Answer, Browser, City},
    web::dpia::tests::{begun, text as words, value},
};
use axum::http::StatusCode;
use domain::{
    dpia::{
        assessment::{Assessment, State},
        ids::AssessmentId,
        task::About,
    },
    people::{Role, Scope},
};
use scraper::Selector;

/// A city in which Priya Nair of Camden leads an assessment that Hackney writes with it.
async fn led() -> (City, Browser, String) {
    let city = City::empty().await;
    let person = city.person("Priya Nair", "camden", &[Role::ProjectLead]).await;
    let priya = city.signed_in(person, "camden").await;
    let address = begun(&city, person, |_| ()).await;
    (city, priya, address)
}

#[tokio::test(flavor = "multi_thread")]
async fn an_overlay_shows_to_its_own_people_in_their_own_annex() {
    let (city, priya, address) = led().await;
    let dele = city.browser("hackney", Role::Editor).await;
    let officer = city.browser("camden", Role::IgOfficer).await;
    let draft = begin(&city, &officer, DPIA, "own", |text| {
        text.replace("Say here whom to ask, and where your own guidance stands.", "Ask the telecare team first.")
            + "fields:\n  - section: our-part\n    field: {id: local-camden-board, label: Which board agreed?, kind: text, required: true}\n"
    })
    .await;
    let published = send(&city, &officer, &draft, "publish", None).await;
    assert_eq!(published.location(), "/templates/urn:camden:overlay:uk-gdpr/1.0.0", "{}", published.text);
    let page = city.get(&Browser::default(), published.location()).await;
    assert!(words(&page.page(), "#fields").contains("Which board agreed?"), "{}", page.text);
    let aims = format!("{address}/shared/aims");
    assert!(city.get(&priya, &aims).await.text.contains("Ask the telecare team first."));
    assert!(!city.get(&dele, &aims).await.text.contains("Ask the telecare team first."));
    let (camden, hackney) = (city.organisation("camden").id, city.organisation("hackney").id);
    let own = format!("{address}/annex:{camden}/local-camden-board");
    let page = city.get(&priya, &own).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.text);
    city.post(&priya, &own, &[("version", "0"), ("answer", "The adults board"), ("complete", "yes"), ("stay", "1")]).await;
    assert_eq!(value(&city.get(&priya, &own).await.page(), "answer").trim(), "The adults board");
    let theirs = format!("{address}/annex:{hackney}/local-camden-board");
    assert_eq!(city.get(&dele, &theirs).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_live_assessment_moves_to_a_new_version_when_its_owner_agrees_and_loses_nothing() {
    let (city, priya, address) = led().await;
    let dele = city.browser("hackney", Role::ProjectLead).await;
    let save = |field: &'static str, text: &'static str| {
        let (city, priya, path) = (&city, &priya, format!("{address}/shared/{field}"));
        async move {
            city.post(
                priya,
                &path,
                &[("version", "0"), ("answer", text), ("complete", "yes"), ("stay", "1"), ("comment", "Is it?")],
            )
            .await
        }
    };
    save("aims", "To visit people who fall.").await;
    save("deletion", "After 24 months.").await;
    let hub = hub(&city).await;
    let draft = begin(&city, &hub, DPIA, "all", |text| {
        let text = text.replacen("- id: aims\n", "- id: purpose\n", 1).replace("field: aims,", "field: purpose,");
        text.replacen("map-from:\n  version: 1.0.0\n", "map-from:\n  version: 1.0.0\n  renamed: [{from: aims, to: purpose}]\n", 1)
    })
    .await;
    let published = send(&city, &hub, &draft, "publish", None).await;
    assert_eq!(published.location(), format!("/templates/{DPIA}/1.1.0"), "{}", published.text);
    let list = format!("/templates/{DPIA}/1.1.0/assessments");
    assert!(words(&city.get(&priya, &list).await.page(), "table").contains("Telecare alerts"));
    assert!(!city.get(&city.browser("islington", Role::ProjectLead).await, &list).await.text.contains("Telecare alerts"));
    assert!(city.get(&priya, "/work").await.text.contains("See what a new version of the template changes"));
    let here = format!("{address}/template");
    let page = city.get(&priya, &here).await;
    assert!(words(&page.page(), "#answers").contains("1 answer stays as it is"), "{}", words(&page.page(), "main"));
    // Whoever does not lead it cannot move it.
    let form =
        |page: &scraper::Html| [("version", value(page, "version")), ("to", "1.1.0".to_owned()), ("agree", "yes".to_owned())];
    let asked = form(&page.page());
    let asked: Vec<(&str, &str)> = asked.iter().map(|(name, value)| (*name, value.as_str())).collect();
    assert_eq!(city.post(&dele, &here, &asked).await.status, StatusCode::NOT_FOUND);
    let not = city.post(&priya, &here, &asked[..2]).await;
    assert!(words(&not.page(), ".govuk-error-summary").contains("Confirm that you agree"));
    let moved = city.post(&priya, &here, &asked).await;
    assert_eq!(moved.location(), here, "{}", moved.text);
    let answer = city.get(&priya, &format!("{address}/shared/purpose")).await;
    assert_eq!(value(&answer.page(), "answer").trim(), "To visit people who fall.");
    assert!(words(&answer.page(), "#comments").contains("Is it?"), "comments go along");
    let history = city.get(&priya, &format!("{address}/shared/purpose/history")).await;
    assert!(
        words(&history.page(), "main").contains("moved the assessment to version 1.1.0"),
        "{}",
        words(&history.page(), "main")
    );
    assert_eq!(value(&city.get(&priya, &format!("{address}/shared/deletion")).await.page(), "answer").trim(), "After 24 months.");
    assert!(!city.get(&priya, "/work").await.text.contains("See what a new version"), "the task is done");
    assert!(words(&city.get(&priya, &here).await.page(), "main").contains("There is no newer version"));
    let checked = city.store().check(&Scope::Operator).await.unwrap();
    assert!(checked.problems.is_empty(), "{:?}", checked.problems);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_said_asked_and_typed_of_a_question_that_nobody_answers_goes_with_it() {
    let (city, priya, address) = led().await;
    let dele = city.browser("hackney", Role::ProjectLead).await;
    let (aims, nature) = (format!("{address}/shared/aims"), format!("{address}/shared/deletion"));
    // One that was answered and emptied again, and one that never was.
    for (version, text) in [("0", "To visit people."), ("1", "")] {
        city.post(&priya, &aims, &[("version", version), ("answer", text), ("complete", "no"), ("stay", "1")]).await;
    }
    for (path, version) in [(&aims, "2"), (&nature, "0")] {
        city.post(&priya, path, &[("comment", "For whom is it?")]).await;
        let typed = [("version", version), ("answer", "Half a sent"), ("comment", "Half a comm")];
        city.post(&dele, &format!("{path}/draft"), &typed).await;
        let field = path.strip_prefix(&format!("{address}/")).unwrap();
        let with = format!("person:{}@{}", priya.person.unwrap(), city.organisation("camden").id);
        let task = [("section", format!("field:{field}")), ("with", with)];
        let task: Vec<(&str, &str)> = task.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let given = city.post(&priya, &format!("{address}/tasks"), &task).await;
        assert_eq!(given.status, StatusCode::SEE_OTHER, "{}", given.text);
    }
    let hub = hub(&city).await;
    let draft = begin(&city, &hub, DPIA, "all", |text| {
        let other = |text: String, from: &str, to: &str| {
            let text = text.replacen(&format!("- id: {from}\n"), &format!("- id: {to}\n"), 1);
            text.replace(&format!("field: {from},"), &format!("field: {to},"))
                .replace(&format!("field: {from}}}"), &format!("field: {to}}}"))
        };
        let text = other(other(text.to_owned(), "aims", "purpose"), "deletion", "erasure");
        let map = "map-from:\n  version: 1.0.0\n";
        text.replacen(map, &format!("{map}  renamed: [{{from: aims, to: purpose}}, {{from: deletion, to: erasure}}]\n"), 1)
    })
    .await;
    let published = send(&city, &hub, &draft, "publish", None).await;
    assert_eq!(published.location(), format!("/templates/{DPIA}/1.1.0"), "{}", published.text);
    let here = format!("{address}/template");
    let version = value(&city.get(&priya, &here).await.page(), "version");
    let moved = city.post(&priya, &here, &[("version", &version), ("to", "1.1.0"), ("agree", "yes")]).await;
    assert_eq!(moved.location(), here, "{}", moved.text);
    for (old, new) in [(&aims, "purpose"), (&nature, "erasure")] {
        let new = format!("{address}/shared/{new}");
        let page = city.get(&dele, &new).await;
        assert!(words(&page.page(), "#comments").contains("For whom is it?"), "{}", words(&page.page(), "main"));
        assert_eq!(value(&page.page(), "answer").trim(), "Half a sent");
        assert_eq!(value(&page.page(), "comment").trim(), "Half a comm");
        assert!(city.get(&priya, "/work").await.text.replace("&#x2f;", "/").contains(&new), "the task leads to it");
        assert_eq!(city.get(&dele, old).await.status, StatusCode::NOT_FOUND, "nothing is left there");
    }
    let history = city.get(&priya, &format!("{address}/shared/purpose/history")).await;
    assert!(words(&history.page(), "main").contains("To visit people."), "{}", words(&history.page(), "main"));
    let checked = city.store().check(&Scope::Operator).await.unwrap();
    assert!(checked.problems.is_empty(), "{:?}", checked.problems);
}

#[tokio::test(flavor = "multi_thread")]
async fn risks_under_two_versions_of_a_template_stand_in_one_heat_map() {
    let (city, priya, older) = led().await;
    let hub = hub(&city).await;
    let draft = begin(&city, &hub, DPIA, "all", |text| text).await;
    send(&city, &hub, &draft, "publish", None).await;
    let newer = begun(&city, priya.person.unwrap(), |_| ()).await;
    for address in [&older, &newer] {
        let risk = [("part", "shared"), ("title", "A leak"), ("before-likelihood", "probable"), ("before-severity", "serious")];
        assert_eq!(city.post(&priya, &format!("{address}/risks/new"), &risk).await.status, StatusCode::SEE_OTHER);
    }
    let register = city.get(&priya, "/risks").await;
    let said = words(&register.page(), "main");
    assert_eq!(said.matches("Where they stand").count(), 1, "{said}");
    assert!(said.contains("2 High"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_different_is_told_also_while_a_clash_stands_in_the_way_of_the_move() {
    let (city, priya, address) = led().await;
    let field = format!("{address}/shared/deletion");
    for (version, text) in [("0", "Kept for 24 months."), ("1", "Kept for 36 months."), ("1", "Kept for 12 months.")] {
        city.post(&priya, &field, &[("version", version), ("answer", text), ("complete", "no"), ("stay", "1")]).await;
    }
    let hub = hub(&city).await;
    let draft = begin(&city, &hub, DPIA, "all", |text| {
        let text = text.replacen("- id: aims\n", "- id: purpose\n", 1).replace("field: aims,", "field: purpose,");
        let text = text.replacen("label: What do you want to achieve?", "label: What is it for?", 1);
        text.replacen("map-from:\n  version: 1.0.0\n", "map-from:\n  version: 1.0.0\n  renamed: [{from: aims, to: purpose}]\n", 1)
    })
    .await;
    send(&city, &hub, &draft, "publish", None).await;
    let page = city.get(&priya, &format!("{address}/template")).await.page();
    let said = words(&page, "main");
    assert!(said.contains("Two texts clash in it") && !said.contains("No question is different"), "{said}");
    assert!(words(&page, "#changes table").contains("What is it for?Changed"), "{said}");
    let link = Selector::parse(&format!("main a[href='{field}/clash']")).unwrap();
    assert!(page.select(&link).next().is_some(), "the clash is a press away: {said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_overlay_for_later_versions_goes_along_and_says_what_has_no_place_any_more() {
    let (city, priya, address) = led().await;
    let officer = city.browser("camden", Role::IgOfficer).await;
    let draft = begin(&city, &officer, DPIA, "own", |text| {
        text.replace("Say here whom to ask, and where your own guidance stands.", "Ask the telecare team first.")
            + "  - field: related\n    text: Link the care record agreement.\nfields:\n  - section: our-part\n    field: {id: local-camden-board, label: Which board agreed?, kind: text}\n"
    })
    .await;
    let text = value(&city.get(&officer, &draft).await.page(), "text");
    assert!(text.contains("up-to: later"), "an overlay begins as one for later versions too: {text}");
    let line = text.trim_start_matches('\n').lines().position(|line| line.contains("field: related")).unwrap() + 1;
    let overlay = send(&city, &officer, &draft, "publish", None).await.location().to_owned();
    assert!(words(&city.get(&officer, &overlay).await.page(), "main").contains("and every later version"));
    let camden = city.organisation("camden").id;
    let own = format!("{address}/annex:{camden}/local-camden-board");
    city.post(&priya, &own, &[("version", "0"), ("answer", "The adults board"), ("complete", "yes"), ("stay", "1")]).await;

    let hub = hub(&city).await;
    let draft = begin(&city, &hub, DPIA, "all", |text| {
        let text = text.replacen("- id: aims\n", "- id: purpose\n", 1).replace("field: aims,", "field: purpose,");
        let text = text.replacen("- id: related\n", "- id: references\n", 1);
        let map = "map-from:\n  version: 1.0.0\n  renamed: [{from: aims, to: purpose}]\n  dropped: [{field: related, why: Asked otherwise now.}]\n";
        text.replacen("map-from:\n  version: 1.0.0\n", map, 1)
    })
    .await;
    let published = send(&city, &hub, &draft, "publish", None).await;
    assert_eq!(published.location(), format!("/templates/{DPIA}/1.1.0"), "{}", published.text);
    // Its owner is told on its page, with the line; so are the list and whoever published the version.
    let page = city.get(&officer, &overlay).await.page();
    let unfit = words(&page, "#unfit-1-1-0");
    assert!(
        unfit.contains("Version 1.1.0 of the template has no field 'related' any more") && unfit.contains(&line.to_string()),
        "{unfit}"
    );
    assert!(!unfit.contains("aims"), "what is called otherwise is found: {unfit}");
    assert!(words(&city.get(&officer, "/templates").await.page(), "main").contains("1 thing in it does not fit a later version"));
    let work = words(&city.get(&officer, "/work").await.page(), "main");
    assert!(work.contains("Bring ‘What Camden adds’ up to date with its template"), "{work}");
    assert!(!city.get(&priya, "/work").await.text.contains("up to date with its template"), "a project lead does not write it");
    let touched = words(&city.get(&hub, &format!("/templates/{DPIA}/1.1.0/assessments")).await.page(), "main");
    assert!(touched.contains("Camden: What Camden adds, 1 thing in it does not fit"), "{touched}");
    let checked = city.store().check(&Scope::Operator).await.unwrap();
    assert!(checked.sound() && checked.attention.iter().any(|one| one.contains("'related'")), "{checked:?}");
    // The live assessment moves with what Camden added.
    let here = format!("{address}/template");
    let page = city.get(&priya, &here).await.page();
    let version = value(&page, "version");
    let moved = city.post(&priya, &here, &[("version", &version), ("to", "1.1.0"), ("agree", "yes")]).await;
    assert_eq!(moved.location(), here, "{}", moved.text);
    assert!(city.get(&priya, &format!("{address}/shared/purpose")).await.text.contains("Ask the telecare team first."));
    assert_eq!(value(&city.get(&priya, &own).await.page(), "answer").trim(), "The adults board");
    // What is written now must fit every version that there is.
    let edition = "urn:camden:overlay:uk-gdpr";
    let draft = begin(&city, &officer, edition, "own", |text| text).await;
    assert!(words(&city.get(&officer, &draft).await.page(), "#problems").contains("no field 'related' any more"));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_own_field_that_a_later_version_has_no_place_for_is_told_before_the_move_and_kept() {
    let (city, priya, address) = led().await;
    let officer = city.browser("camden", Role::IgOfficer).await;
    // For the one version alone: a new one is laid without it.
    let draft = begin(&city, &officer, DPIA, "own", |text| {
        text.replace(", up-to: later", "")
            + "fields:\n  - section: our-part\n    field: {id: local-camden-board, label: Which board agreed?, kind: text}\n"
    })
    .await;
    send(&city, &officer, &draft, "publish", None).await;
    let own = format!("{address}/annex:{}/local-camden-board", city.organisation("camden").id);
    city.post(&priya, &own, &[("version", "0"), ("answer", "The adults board"), ("complete", "yes"), ("stay", "1")]).await;
    let hub = hub(&city).await;
    let draft = begin(&city, &hub, DPIA, "all", |text| text).await;
    send(&city, &hub, &draft, "publish", None).await;
    let here = format!("{address}/template");
    let page = city.get(&priya, &here).await.page();
    let said = words(&page, "main");
    assert!(said.contains("Which board agreed?") && said.contains("has no place for the question there"), "{said}");
    let version = value(&page, "version");
    city.post(&priya, &here, &[("version", &version), ("to", "1.1.0"), ("agree", "yes")]).await;
    let kept = words(&city.get(&priya, &here).await.page(), "main");
    assert!(kept.contains("The adults board"), "it is kept aside, word for word: {kept}");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_to_write_a_section_that_is_no_more_writes_the_one_in_which_its_questions_are_now() {
    let (city, priya, address) = led().await;
    let camden = city.organisation("camden").id;
    let with = format!("person:{}@{camden}", priya.person.unwrap());
    let given = [("section", "shared/security"), ("with", with.as_str())];
    assert_eq!(city.post(&priya, &format!("{address}/tasks"), &given).await.status, StatusCode::SEE_OTHER);
    let hub = hub(&city).await;
    let draft = begin(&city, &hub, DPIA, "all", |text| text.replacen("  - id: security\n", "  - id: safeguards\n", 1)).await;
    let published = send(&city, &hub, &draft, "publish", None).await;
    assert_eq!(published.location(), format!("/templates/{DPIA}/1.1.0"), "{}", published.text);
    let here = format!("{address}/template");
    let page = city.get(&priya, &here).await.page();
    assert!(words(&page, "#answers").contains("Sections that are no more"), "it is told before: {}", words(&page, "main"));
    let version = value(&page, "version");
    let moved = city.post(&priya, &here, &[("version", &version), ("to", "1.1.0"), ("agree", "yes")]).await;
    assert_eq!(moved.location(), here, "{}", moved.text);
    let id: AssessmentId = address.rsplit('/').next().unwrap().parse().unwrap();
    let (now, today) = (city.app.clock.now(), city.app.clock.today());
    let work = city.store().work(&Scope::Operator, now, today, id).await.unwrap().unwrap();
    let sections: Vec<&str> = work
        .tasks()
        .iter()
        .filter(|task| task.open())
        .filter_map(|task| if let About::Section { section, .. } = &task.about { Some(section.as_str()) } else { None })
        .collect();
    assert_eq!(sections, ["safeguards"]);
}

/// Lets the job that asks for reviews look once.
async fn look(city: &City) {
    let (scope, now) = (Scope::Job { name: "test".to_owned() }, city.app.clock.now() + 1000);
    let job =
        store::jobs::NewJob { kind: crate::assessments::REVIEWS, dedupe: None, payload: serde_json::json!({}), run_at: now };
    city.store().enqueue(&scope, &job, now).await.unwrap();
    let lease = crate::jobs::runner::LEASE;
    let job = city.store().lease_jobs(&scope, &[crate::assessments::REVIEWS], now, lease, 1).await.unwrap().remove(0);
    let fetcher = crate::fetch::Fetcher::new([]).unwrap();
    let context = crate::jobs::runner::Context { app: city.app.clone(), smtp: None, fetcher, now: Box::new(move || now) };
    crate::assessments::look(&context, &scope, &job).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_new_version_asks_otherwise_is_marked_in_what_is_signed_and_after_the_move() {
    let (city, priya, address) = led().await;
    for (field, text) in [("aims", "To visit people who fall."), ("deletion", "After 24 months.")] {
        let sent = [("version", "0"), ("answer", text), ("complete", "yes"), ("stay", "1")];
        city.post(&priya, &format!("{address}/shared/{field}"), &sent).await;
    }
    let (now, today) = (city.app.clock.now(), city.app.clock.today());
    let id: AssessmentId = address.rsplit('/').next().unwrap().parse().unwrap();
    let mut work = city.store().work(&Scope::Operator, now, today, id).await.unwrap().unwrap();
    let head = work.whole.assessment.clone();
    work.change_head(Assessment { state: State::Live, ..head }).await.unwrap();
    work.commit().await.unwrap();
    let hub = hub(&city).await;
    let draft = begin(&city, &hub, DPIA, "all", |text| {
        text.replacen("How is it deleted, and who sees to it?", "How is it deleted, by whom, and when?", 1)
    })
    .await;
    let published = send(&city, &hub, &draft, "publish", None).await;
    assert_eq!(published.status, StatusCode::SEE_OTHER, "{}", published.text);
    assert!(city.get(&priya, "/work").await.text.contains("See what a new version of the template changes"));
    for _ in 0..2 {
        look(&city).await;
        // One task asks, with what it touches, in the place of the first.
        let work = city.get(&priya, "/work").await.text;
        assert!(!work.contains("See what a new version of the template changes"), "{work}");
        assert_eq!(work.matches("version 1.1.0 of its template is in force").count(), 1, "{work}");
    }
    let marked = |page: &Answer| words(&page.page(), "main").contains("To look at again");
    let page = |field: &'static str| {
        let (city, priya, path) = (&city, &priya, format!("{address}/shared/{field}"));
        async move { city.get(priya, &path).await }
    };
    assert!(marked(&page("deletion").await) && !marked(&page("aims").await));
    assert!(words(&city.get(&priya, &address).await.page(), "main").contains("1 to look at again"));
    let review = city.get(&priya, &format!("{address}/review")).await.text;
    assert!(review.contains("See what the new version of the template changes"), "{review}");

    // Somebody looked at it as it was asked; under the new words it is to be looked at once more.
    let deletion = page("deletion").await;
    let version = {
        let form = Selector::parse("form[action$='/confirm'] [name='version']").unwrap();
        deletion.page().select(&form).next().unwrap().value().attr("value").unwrap().to_owned()
    };
    city.post(&priya, &format!("{address}/shared/deletion/confirm"), &[("version", &version)]).await;
    assert!(!marked(&page("deletion").await));
    let here = format!("{address}/template");
    let version = value(&city.get(&priya, &here).await.page(), "version");
    let moved = [("version", version.as_str()), ("to", "1.1.0"), ("agree", "yes"), ("reasons", "The new words are clearer.")];
    let moved = city.post(&priya, &here, &moved).await;
    assert_eq!(moved.location(), here, "{}", moved.text);
    assert!(marked(&page("deletion").await) && !marked(&page("aims").await));
    assert!(!city.get(&priya, "/work").await.text.contains("version 1.1.0 of its template is in force"));
}
