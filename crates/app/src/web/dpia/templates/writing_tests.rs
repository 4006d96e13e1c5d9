//! Files of templates, rules and routes are written in the browser: by those who may, checked as they are written, published once,
//! and used by every page and process from then on.

use crate::{
    testing::{Answer, Browser, City},
    web::dpia::tests::{begun, text as words, value},
};
use axum::http::StatusCode;
use domain::{
    dpia::template::{Edition, Purpose},
    people::{Role, session::FRESH},
};
use scraper::Selector;

pub(super) const DPIA: &str = "urn:citytools:dpia:uk-gdpr";

const UNSAID: &str = "Say here what is different.";

pub(super) async fn hub(city: &City) -> Browser {
    let person = city.person("Hub", "loti", &[Role::NetworkAdministrator]).await;
    city.signed_in(person, "loti").await
}

fn write(urn: &str, whose: &str) -> String {
    let version = if urn.contains(":screening:") { "1.0.1" } else { "1.0.0" };
    format!("/templates/write?urn={urn}&version={version}&for={whose}")
}

/// Begins a draft with the text that the editor offers, changed, and with words in the place of those that it leaves to its writer;
/// gives its address.
pub(super) async fn begin(city: &City, who: &Browser, urn: &str, whose: &str, change: impl Fn(String) -> String) -> String {
    let page = city.get(who, &write(urn, whose)).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.text);
    let page = page.page();
    // The first line end after a textarea's tag is not its text.
    let text = change(value(&page, "text").trim_start_matches('\n').to_owned())
        .replace(UNSAID, "Some words are plainer.")
        .replace("Say here whom to ask, and where your own guidance stands.", "Ask the information governance team.");
    let kind = value(&page, "kind");
    let sent = city.post(who, "/templates/write", &[("for", whose), ("kind", &kind), ("text", &text)]).await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.text);
    sent.location().to_owned()
}

/// Sends the editor's form with what stands in it, or another text.
pub(super) async fn send(city: &City, who: &Browser, draft: &str, act: &str, text: Option<&str>) -> Answer {
    let page = city.get(who, draft).await.page();
    let (version, stands) = (value(&page, "version"), value(&page, "text"));
    let text = text.unwrap_or_else(|| stands.trim_start_matches('\n'));
    city.post(who, draft, &[("version", &version), ("text", text), ("act", act)]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_hub_writes_a_new_version_and_every_process_knows_it() {
    let city = City::empty().await;
    let hub = hub(&city).await;
    let elsewhere =
        crate::testing::load(city.store().clone(), city.app.clock, "http://127.0.0.1:1".to_owned(), false).await.unwrap();
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
    assert!(words(&page.page(), "#changes").contains("Some words are plainer"));
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
async fn a_version_that_does_not_say_what_it_changes_is_looked_at_and_not_published() {
    let city = City::empty().await;
    let hub = hub(&city).await;
    let draft = begin(&city, &hub, DPIA, "all", |text| text).await;
    let said = value(&city.get(&hub, &draft).await.page(), "text").trim_start_matches('\n').to_owned();
    let began = said.replace("Some words are plainer.", UNSAID);
    send(&city, &hub, &draft, "save", Some(&began)).await;
    let page = city.get(&hub, &draft).await.page();
    let line = (began.lines().position(|line| line.contains(UNSAID)).unwrap() + 1).to_string();
    let told = words(&page, "#problems");
    assert!(told.contains("What is to be said before it is published") && told.contains("Replace this sentence"), "{told}");
    assert!(!words(&page, "form").contains("Save and publish"));
    let preview = city.get(&hub, send(&city, &hub, &draft, "preview", None).await.location()).await;
    assert!(words(&preview.page(), "main").contains("how the page of a draft will look"), "{}", preview.text);
    let refused = send(&city, &hub, &draft, "publish", None).await;
    assert_eq!(refused.status, StatusCode::OK);
    let told = words(&refused.page(), ".govuk-error-summary");
    assert!(told.contains(&format!("Line {line}")) && told.contains("Nobody has said what this version changes"), "{told}");
    assert_eq!(city.get(&Browser::default(), &format!("/templates/{DPIA}/1.1.0")).await.status, StatusCode::NOT_FOUND);
    let published = send(&city, &hub, &draft, "publish", Some(&said)).await;
    assert_eq!(published.location(), format!("/templates/{DPIA}/1.1.0"), "{}", published.text);
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
    let stale = city.session(officer.person.unwrap(), "camden", true, city.app.clock.now() - FRESH - 1).await;
    let saved = send(&city, &stale, &route, "save", None).await;
    assert_eq!(saved.location(), route, "a draft decides nothing");
    let asked = send(&city, &stale, &route, "publish", None).await;
    assert!(asked.location().starts_with("/sign-in/check?next=") && asked.location().contains("held="), "{}", asked.location());
    assert_eq!(city.get(&officer, &route).await.status, StatusCode::OK, "it is a draft still");
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
    let address = begun(&city, lead, |_| ()).await;
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
    // What was changed with it is kept, as with every save.
    let refused = send(&city, &officer, &draft, "publish", Some("kind: overlay\n# half\n")).await;
    assert!(words(&refused.page(), "title").starts_with("Error: "), "{}", refused.text);
    assert!(value(&city.get(&officer, &draft).await.page(), "text").contains("# half"));
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
    let (version, command) = (value(&late.page(), "version"), crate::web::form::new_command().to_string());
    let discard = [("command", command.as_str()), ("version", &version), ("act", "discard"), ("sure", "yes")];
    for press in ["the first", "the second says the same"] {
        let gone = city.post(&other, &draft, &discard).await;
        assert_eq!((gone.location(), gone.notice().as_str()), ("/templates", "The draft is thrown away"), "{press}");
    }
    let anew = city.post(&other, &draft, &discard[1..]).await;
    assert_eq!(anew.status, StatusCode::NOT_FOUND, "another press is told nothing");
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

#[tokio::test(flavor = "multi_thread")]
async fn a_file_is_for_the_organisation_that_its_page_named_whomever_another_tab_acts_for_by_now() {
    let city = City::empty().await;
    let person = city.person("Helen Marsh", "camden", &[Role::IgOfficer]).await;
    city.place(person, None, "hackney", &[Role::IgOfficer]).await;
    let officer = city.signed_in(person, "camden").await;
    let shown = city.get(&officer, &format!("/templates/{DPIA}/1.0.0")).await.page();
    let link = Selector::parse("a[href*='for=own']").unwrap();
    let link = shown.select(&link).next().expect("it offers to write one's own").value().attr("href").unwrap().to_owned();
    let (camden, hackney) = (city.organisation("camden").id, city.organisation("hackney").id);
    let switched = city.post(&officer, "/account/acting-for", &[("organisation", &hackney.to_string())]).await;
    assert_eq!(switched.status, StatusCode::SEE_OTHER);

    let page = city.get(&officer, &link).await;
    assert!(words(&page.page(), "main").contains("for Camden"), "{}", page.text);
    let page = page.page();
    let (kind, text, whose) = (value(&page, "kind"), value(&page, "text"), value(&page, "organisation"));
    assert_eq!(whose, camden.to_string());
    let sent = [("for", "own"), ("kind", kind.as_str()), ("text", text.trim_start_matches('\n')), ("organisation", &whose)];
    let kept = city.post(&officer, "/templates/write", &sent).await;
    assert_eq!(kept.status, StatusCode::SEE_OTHER, "{}", kept.text);
    let id: uuid::Uuid = kept.location().rsplit('/').next().unwrap().parse().unwrap();
    let draft = city.store().get::<domain::dpia::stored::Stored>(&domain::people::Scope::Operator, id).await.unwrap().unwrap();
    assert_eq!(draft.organisation, Some(camden));

    // Another council's own is nobody else's to write, whatever a form names.
    let islington = city.organisation("islington").id.to_string();
    let sent = [("for", "own"), ("kind", kind.as_str()), ("text", "kind: overlay"), ("organisation", &islington)];
    assert_eq!(city.post(&officer, "/templates/write", &sent).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_first_save_of_what_nobody_can_read_is_kept_as_well() {
    let city = City::empty().await;
    let hub = hub(&city).await;
    let page = city.get(&hub, &write(DPIA, "all")).await.page();
    let (kind, urn, of) = (value(&page, "kind"), value(&page, "urn"), value(&page, "of"));
    assert_eq!((urn.as_str(), of.as_str()), (DPIA, "1.0.0"));
    let typed = "kind: template\ntitle: [half a thought";
    let sent = [("for", "all"), ("kind", kind.as_str()), ("urn", urn.as_str()), ("of", of.as_str()), ("text", typed)];
    let kept = city.post(&hub, "/templates/write", &sent).await;
    assert_eq!(kept.status, StatusCode::SEE_OTHER, "{}", kept.text);
    let page = city.get(&hub, kept.location()).await.page();
    assert_eq!(value(&page, "text").trim_start_matches('\n'), typed);
    assert!(words(&page, "#problems h2").contains("What is wrong with it"));
    // Of nothing at all, nothing is kept.
    let empty = [("for", "all"), ("kind", kind.as_str()), ("urn", urn.as_str()), ("of", of.as_str()), ("text", " ")];
    assert_eq!(city.post(&hub, "/templates/write", &empty).await.status, StatusCode::OK);
}
