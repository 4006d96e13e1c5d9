//! Files of templates, rules and routes are written in the browser: by those who may, checked as they are written, published once,
//! and used by every page and process from then on.

use crate::{
    state::App,
    testing::{Answer, Browser, City},
};
use axum::http::StatusCode;
use domain::{
    dpia::{
        assessment::{Assessment, Joined, Party, PartyRole, State},
        ids::AssessmentId,
        template::{Edition, Purpose},
    },
    people::{Member, Role, Scope, Standing, Via},
};
use scraper::Selector;
use uuid::Uuid;

const DPIA: &str = "urn:citytools:dpia:uk-gdpr";

fn words(page: &scraper::Html, selector: &str) -> String {
    let selector = Selector::parse(selector).unwrap();
    page.select(&selector).flat_map(|one| one.text()).collect::<String>().split_whitespace().collect::<Vec<_>>().join(" ")
}

fn value(page: &scraper::Html, name: &str) -> String {
    let selector = Selector::parse(&format!("[name='{name}']")).unwrap();
    let found = page.select(&selector).next().unwrap_or_else(|| panic!("there is no field {name}"));
    found.value().attr("value").map_or_else(|| found.text().collect(), str::to_owned)
}

async fn hub(city: &City) -> Browser {
    let person = city.person("Hub", "loti", &[Role::NetworkAdministrator]).await;
    city.signed_in(person, "loti").await
}

fn write(urn: &str, whose: &str) -> String {
    let version = if urn.contains(":screening:") { "1.0.1" } else { "1.0.0" };
    format!("/templates/write?urn={urn}&version={version}&for={whose}")
}

/// Begins a draft with the text that the editor offers, changed; gives its address.
async fn begin(city: &City, who: &Browser, urn: &str, whose: &str, change: impl Fn(String) -> String) -> String {
    let page = city.get(who, &write(urn, whose)).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.text);
    let page = page.page();
    // The first line end after a textarea's tag is not its text.
    let text = change(value(&page, "text").trim_start_matches('\n').to_owned());
    let kind = value(&page, "kind");
    let sent = city.post(who, "/templates/write", &[("for", whose), ("kind", &kind), ("text", &text)]).await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.text);
    sent.location().to_owned()
}

/// Sends the editor's form with what stands in it, or another text.
async fn send(city: &City, who: &Browser, draft: &str, act: &str, text: Option<&str>) -> Answer {
    let page = city.get(who, draft).await.page();
    let (version, stands) = (value(&page, "version"), value(&page, "text"));
    let text = text.unwrap_or_else(|| stands.trim_start_matches('\n'));
    city.post(who, draft, &[("version", &version), ("text", text), ("act", act)]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_hub_writes_a_new_version_and_every_process_knows_it() {
    let city = City::empty().await;
    let hub = hub(&city).await;
    let elsewhere = App::load(city.store().clone(), city.app.clock, "http://127.0.0.1:1".to_owned(), false).await.unwrap();
    let draft = begin(&city, &hub, DPIA, "all", |text| text).await;
    let page = city.get(&hub, &draft).await;
    assert!(words(&page.page(), "#problems h2").contains("Nothing is wrong with it"), "{}", page.text);
    assert!(words(&city.get(&hub, "/templates").await.page(), "#drafts").contains("version 1.1.0"));
    assert!(city.get(&Browser::default(), &format!("/templates/{DPIA}/1.1.0")).await.status == StatusCode::NOT_FOUND);
    let preview = city.get(&hub, send(&city, &hub, &draft, "preview", None).await.location()).await;
    assert_eq!(preview.status, StatusCode::OK, "{}", preview.text);
    assert!(words(&preview.page(), "main").contains("Nobody can use it before it is published"));
    let published = send(&city, &hub, &draft, "publish", None).await;
    assert_eq!(published.location(), format!("/templates/{DPIA}/1.1.0"), "{}", published.text);
    let page = city.get(&Browser::default(), published.location()).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(words(&page.page(), "#changes").contains("Say here what is different"));
    let used = Edition { urn: DPIA.to_owned(), version: "1.1.0".to_owned() };
    assert_eq!(city.app.rules().in_force(Purpose::Dpia, city.app.clock.today()).map(|one| &one.edition), Some(&used));
    assert!(elsewhere.rules().template(&used).is_none());
    crate::jobs::refresh::refresh(&elsewhere).await.unwrap();
    assert!(elsewhere.rules().template(&used).is_some(), "another process sees it in the change log");
    // A published version never changes.
    assert_eq!(city.get(&hub, &draft).await.status, StatusCode::NOT_FOUND);
    let again = city.post(&hub, &draft, &[("version", "0"), ("text", "kind: template\n"), ("act", "save")]).await;
    assert_eq!(again.status, StatusCode::NOT_FOUND);
}

#[tokio::test(flavor = "multi_thread")]
async fn screening_and_routes_are_previewed_as_they_will_be() {
    let city = City::empty().await;
    let hub = hub(&city).await;
    let draft = begin(&city, &hub, "urn:citytools:screening:uk-gdpr", "all", |text| {
        text.replacen("criteria: {review: 1, required: 2}", "criteria: {review: 1, required: 3}", 1)
    })
    .await;
    let preview = city.get(&hub, &format!("{draft}/preview")).await;
    assert!(words(&preview.page(), "main").contains("3 criteria require a DPIA"), "{}", preview.text);
    let walked = city.get(&hub, &format!("{draft}/screening?personal-data=no")).await;
    assert!(words(&walked.page(), "h1").contains("do not need a DPIA"), "{}", words(&walked.page(), "h1"));
    let first = city.get(&hub, &format!("{draft}/screening")).await;
    let action = Selector::parse("main form").unwrap();
    let page = first.page();
    assert_eq!(
        page.select(&action).next().and_then(|form| form.value().attr("action")),
        Some(format!("{draft}/screening").as_str())
    );
    let officer = city.browser("camden", Role::IgOfficer).await;
    let route = begin(&city, &officer, "urn:citytools:sign-off:shipped", "own", |text| text).await;
    let preview = city.get(&officer, &format!("{route}/preview")).await;
    assert_eq!(preview.status, StatusCode::OK, "{}", preview.text);
    assert!(words(&preview.page(), "table").contains("Technical assurance"));
    let published = send(&city, &officer, &route, "publish", None).await;
    assert_eq!(published.location(), "/templates/urn:citytools:sign-off:shipped:camden/1.0.0", "{}", published.text);
    let rules = city.app.rules();
    let urn = |slug: &str| rules.route(city.organisation(slug).id, city.app.clock.today()).unwrap().edition.urn.clone();
    assert!(urn("camden").ends_with(":camden") && !urn("hackney").ends_with(":camden"));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_preview_of_a_draft_says_nothing_of_what_is_in_force() {
    let city = City::empty().await;
    let officer = city.browser("camden", Role::IgOfficer).await;
    let draft = begin(&city, &officer, DPIA, "own", |text| text).await;
    let preview = city.get(&officer, &format!("{draft}/preview")).await;
    assert_eq!(preview.status, StatusCode::OK, "{}", preview.text);
    let main = words(&preview.page(), "main");
    assert!(main.contains("a draft. Once it is published it can be used from"), "{main}");
    for said in ["in force since", "A published version never changes", "All versions", "Versions that are published"] {
        assert!(!main.contains(said), "{said}: {main}");
    }
    // Of a file that has versions already, they stand there as what they are.
    let hub = hub(&city).await;
    let draft = begin(&city, &hub, DPIA, "all", |text| text).await;
    let main = words(&city.get(&hub, &format!("{draft}/preview")).await.page(), "main");
    assert!(main.contains("Versions that are published") && !main.contains("in force since"), "{main}");
}

#[tokio::test(flavor = "multi_thread")]
async fn each_controller_signs_by_its_own_route_whoever_leads() {
    let city = City::empty().await;
    let officer = city.browser("hackney", Role::IgOfficer).await;
    city.person("Cleo Rudd", "camden", &[Role::ServiceDirector]).await;
    let own = |text: String| {
        let look = "  - id: look\n    title: Information governance board\n    phase: review\n    decisions:\n      - {id: reviewed, does: reviews, role: service-director, says: We have looked.}\n\n";
        text.replacen("  - id: technical-assurance", &format!("{look}  - id: technical-assurance"), 1).replacen(
            "after: [technical-assurance, procurement]",
            "after: [look, technical-assurance, procurement]",
            1,
        )
    };
    let route = begin(&city, &officer, "urn:citytools:sign-off:shipped", "own", own).await;
    let published = send(&city, &officer, &route, "publish", None).await;
    assert_eq!(published.status, StatusCode::SEE_OTHER, "{}", published.text);
    let lead = city.person("Priya Nair", "camden", &[Role::ProjectLead]).await;
    let address = assessment(&city, lead).await;
    let browser = city.signed_in(lead, "camden").await;
    let page = city.get(&browser, &format!("{address}/sign-off")).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.text);
    let page = page.page();
    let rows = Selector::parse("table tbody tr").unwrap();
    let row = page.select(&rows).find(|row| row.text().any(|text| text.contains("Information governance board"))).unwrap();
    let text = row.text().collect::<Vec<_>>().join(" ");
    assert!(text.contains("Not asked for") && text.contains("Nobody holds this role"), "Hackney alone is asked: {text}");
    assert!(words(&page, "main").contains("Hackney follows its own route"), "{}", words(&page, "main"));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_is_said_by_line_and_what_was_typed_is_kept() {
    let city = City::empty().await;
    let officer = city.browser("camden", Role::Dpo).await;
    let draft = begin(&city, &officer, DPIA, "own", |text| text.replace("field: aims", "field: porpoise")).await;
    let page = city.get(&officer, &draft).await.page();
    let problems = words(&page, "#problems");
    assert!(problems.contains("There is no field 'porpoise'") && problems.contains("guidance"), "{problems}");
    let line = value(&page, "text").trim_start_matches('\n').lines().position(|line| line.contains("porpoise")).unwrap() + 1;
    assert_eq!(words(&page, "#problems td.ct-num"), line.to_string(), "{problems}");
    assert!(!words(&page, "form").contains("Save and publish"), "what is wrong cannot be published from the page");
    let refused = send(&city, &officer, &draft, "publish", None).await;
    assert_eq!(refused.status, StatusCode::OK);
    assert!(words(&refused.page(), "title").starts_with("Error: "));
    assert!(words(&refused.page(), ".govuk-error-summary").contains(&format!("Line {line}")));
    assert!(value(&refused.page(), "text").contains("porpoise"));
    // What is no YAML any more is kept all the same.
    let kept = send(&city, &officer, &draft, "save", Some("kind: overlay\nurn: [half")).await;
    assert_eq!(kept.location(), draft);
    let page = city.get(&officer, &draft).await.page();
    assert!(value(&page, "text").contains("urn: [half") && words(&page, "#problems").contains("cannot be read as YAML"));
    // Two people write at once: nobody's text is lost.
    let other = city.browser("camden", Role::IgOfficer).await;
    let version = value(&city.get(&other, &draft).await.page(), "version");
    send(&city, &officer, &draft, "save", Some("kind: overlay\n# mine\n")).await;
    let late = city.post(&other, &draft, &[("version", &version), ("text", "kind: overlay\n# theirs\n"), ("act", "save")]).await;
    assert_eq!(late.status, StatusCode::OK);
    assert!(value(&late.page(), "text").contains("# theirs") && words(&late.page(), "pre").contains("# mine"), "{}", late.text);
    assert_eq!(
        city.post(&other, &draft, &[("version", &value(&late.page(), "version")), ("act", "discard"), ("sure", "yes")])
            .await
            .location(),
        "/templates"
    );
    assert_eq!(city.get(&other, &draft).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test(flavor = "multi_thread")]
async fn only_those_who_may_write_and_nobody_else_sees_a_draft() {
    let city = City::empty().await;
    let officer = city.browser("camden", Role::IgOfficer).await;
    let lead = city.browser("camden", Role::ProjectLead).await;
    let stranger = city.browser("hackney", Role::IgOfficer).await;
    for (who, whose) in [(&officer, "all"), (&lead, "all"), (&lead, "own"), (&officer, "nobody")] {
        assert_eq!(city.get(who, &write(DPIA, whose)).await.status, StatusCode::NOT_FOUND, "{whose}");
    }
    let draft = begin(&city, &officer, DPIA, "own", |text| text).await;
    for who in [&lead, &stranger, &hub(&city).await] {
        for path in [draft.clone(), format!("{draft}/preview"), format!("{draft}/screening")] {
            assert_eq!(city.get(who, &path).await.status, StatusCode::NOT_FOUND, "{path}");
        }
        let sent = city.post(who, &draft, &[("version", "0"), ("text", "kind: overlay\n"), ("act", "publish")]).await;
        assert_eq!(sent.status, StatusCode::NOT_FOUND);
        assert!(!city.get(who, "/templates").await.text.contains(&draft));
    }
    // An organisation cannot write a template, nor for another.
    let page = city.get(&officer, &draft).await.page();
    let text = value(&page, "text").replace("organisation: camden", "organisation: hackney");
    let sent = send(&city, &officer, &draft, "publish", Some(text.trim_start_matches('\n'))).await;
    assert!(words(&sent.page(), ".govuk-error-summary").contains("not the organisation for which you write"), "{}", sent.text);
}

/// An assessment that Camden leads and Hackney writes with it.
async fn assessment(city: &City, person: domain::people::PersonId) -> String {
    let (camden, today, now) = (city.organisation("camden").id, city.app.clock.today(), city.app.clock.now());
    let party = |slug: &str| Party {
        organisation: city.organisation(slug).id,
        role: PartyRole::JointController,
        joined: Joined::Accepted,
        since: now,
        by: None,
        contacts: vec![],
    };
    let rules = city.app.rules();
    let template = rules.in_force(Purpose::Dpia, today).expect("a template ships");
    let assessment = Assessment {
        id: AssessmentId(Uuid::now_v7()),
        number: String::new(),
        project: None,
        screening: None,
        title: "Telecare alerts".to_owned(),
        template: template.edition.clone(),
        overlays: [].into(),
        modules: vec![],
        declined: vec![],
        lead: camden,
        lead_person: Some(person),
        led_by: [].into(),
        state: State::Drafting,
        state_since: now,
        wanted_by: None,
        parties: vec![party("camden"), party("hackney")],
        guests: vec![],
        systems: vec![],
        contracts: vec![],
        planned: vec![],
        frozen: None,
        live_since: None,
        review_on: None,
        elsewhere: None,
        superseded_by: None,
        open_annexes: [].into(),
        created_at: 0,
        updated_at: 0,
    };
    let scope = Scope::Member(Box::new(Member {
        person,
        name: "Priya Nair".to_owned(),
        acting_for: camden,
        standings: vec![Standing { organisation: camden, roles: vec![Role::ProjectLead], deputy: vec![] }],
        second_factor: true,
        checked_at: 0,
        acting_as: None,
        via: Via::Session(Uuid::now_v7().into()),
    }));
    let made = city.store().begin_assessment(&scope, now, today, assessment, None).await.unwrap();
    format!("/assessments/{}", made.id)
}

#[tokio::test(flavor = "multi_thread")]
async fn an_overlay_shows_to_its_own_people_in_their_own_annex() {
    let city = City::empty().await;
    let person = city.person("Priya Nair", "camden", &[Role::ProjectLead]).await;
    let priya = city.signed_in(person, "camden").await;
    let dele = city.browser("hackney", Role::Editor).await;
    let address = assessment(&city, person).await;
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
    let city = City::empty().await;
    let person = city.person("Priya Nair", "camden", &[Role::ProjectLead]).await;
    let priya = city.signed_in(person, "camden").await;
    let dele = city.browser("hackney", Role::ProjectLead).await;
    let address = assessment(&city, person).await;
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
async fn what_is_different_is_told_also_while_a_clash_stands_in_the_way_of_the_move() {
    let city = City::empty().await;
    let person = city.person("Priya Nair", "camden", &[Role::ProjectLead]).await;
    let priya = city.signed_in(person, "camden").await;
    let address = assessment(&city, person).await;
    let field = format!("{address}/shared/deletion");
    for (version, text) in [("0", "Kept for 24 months."), ("1", "Kept for 36 months."), ("1", "Kept for 12 months.")] {
        city.post(&priya, &field, &[("version", version), ("answer", text), ("complete", "no"), ("stay", "1")]).await;
    }
    let hub = hub(&city).await;
    let draft = begin(&city, &hub, DPIA, "all", |text| {
        let text = text.replacen("- id: aims\n", "- id: purpose\n", 1).replace("field: aims,", "field: purpose,");
        text.replacen("map-from:\n  version: 1.0.0\n", "map-from:\n  version: 1.0.0\n  renamed: [{from: aims, to: purpose}]\n", 1)
    })
    .await;
    send(&city, &hub, &draft, "publish", None).await;
    let page = city.get(&priya, &format!("{address}/template")).await.page();
    let said = words(&page, "main");
    assert!(said.contains("Two texts clash in it") && !said.contains("No question is different"), "{said}");
    assert!(words(&page, "#changes table").contains("What do you want to achieve?Changed"), "{said}");
    let link = Selector::parse(&format!("main a[href='{field}/clash']")).unwrap();
    assert!(page.select(&link).next().is_some(), "the clash is a press away: {said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_overlay_for_later_versions_goes_along_and_says_what_has_no_place_any_more() {
    let city = City::empty().await;
    let person = city.person("Priya Nair", "camden", &[Role::ProjectLead]).await;
    let priya = city.signed_in(person, "camden").await;
    let address = assessment(&city, person).await;
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
    let city = City::empty().await;
    let person = city.person("Priya Nair", "camden", &[Role::ProjectLead]).await;
    let priya = city.signed_in(person, "camden").await;
    let address = assessment(&city, person).await;
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
    let city = City::empty().await;
    let person = city.person("Priya Nair", "camden", &[Role::ProjectLead]).await;
    let priya = city.signed_in(person, "camden").await;
    let address = assessment(&city, person).await;
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
