//! What is public of an assessment, in browsers: one publication counts at a time, each council decides about its own annex, and the
//! register says what was published and nothing of what goes on since.

use super::tests::{ASK, BEGIN, Case, SUMMARY, case, server, text, value};
use crate::testing::{Answer, Browser};
use axum::http::StatusCode;
use domain::{
    dpia::{
        assessment::{Assessment, PartyRole, State},
        publication::{Publication, Stage},
        seal::Seal,
    },
    people::{Role, Scope},
};
use serde_json::Value as Json;
use test_support::records;

mod intent;
mod left;
mod list;
mod parties;
mod preview;
mod review;
mod taken_out;
mod withdrawn;

fn anyone() -> Browser {
    Browser::default()
}

impl Case {
    async fn read(&self, path: &str) -> Answer {
        self.city.get(&anyone(), path).await
    }

    async fn api(&self, path: &str) -> Json {
        let answer = self.read(path).await;
        assert_eq!(answer.status, StatusCode::OK, "{path}: {}", answer.text);
        serde_json::from_str(&answer.text).unwrap()
    }

    /// Somebody looks at what is being prepared, and makes it public; gives its address in the register.
    pub(super) async fn checked(&self, officer: &Browser) -> String {
        assert_eq!(self.publish(&self.priya, ASK).await.status, StatusCode::SEE_OTHER);
        let page = format!("{}/publish", self.address);
        let seen = value(&self.city.get(officer, &page).await.page(), "seen");
        let done = self.publish(officer, &[("act", "publish"), ("seen", &seen)]).await;
        assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
        format!("/dpias/{}", self.counts().await)
    }

    /// What the assessment says now is frozen, signed, prepared and made public.
    pub(super) async fn made_public(&self, officer: &Browser) -> String {
        self.frozen().await;
        self.signed_by_all().await;
        for act in [BEGIN, SUMMARY] {
            assert_eq!(self.publish(&self.priya, act).await.status, StatusCode::SEE_OTHER, "{act:?}");
        }
        self.checked(officer).await
    }

    /// The id of the one publication in the register.
    async fn counts(&self) -> String {
        let list = self.api("/api/v1/dpias").await;
        assert_eq!(list["total"], 1, "{list}");
        list["items"][0]["id"].as_str().unwrap().to_owned()
    }

    /// The assessment is about a system of its lead.
    async fn uses(&self, product: &str) {
        let product = records::product(product);
        let system = records::system(self.city.organisation("camden").id, product.id);
        let id = system.id;
        let mut write = self.city.store().write(&Scope::Operator, self.city.app.clock.now()).await.unwrap();
        write.create(&mut [product]).await.unwrap();
        write.create(&mut [system]).await.unwrap();
        write.commit().await.unwrap();
        self.city.refresh().await;
        self.alter(|head| head.systems = vec![id]).await;
    }

    async fn publications(&self) -> Vec<Publication> {
        let today = self.city.app.clock.today();
        self.city.store().publications(&server(), today, self.id()).await.unwrap()
    }

    async fn head(&self) -> Assessment {
        self.city.store().get::<Assessment>(&server(), self.id().0).await.unwrap().unwrap()
    }

    async fn annex(&self, who: &Browser, slug: &str, version: &str, words: &str) {
        let path = format!("{}/annex:{}/gateway", self.address, self.city.organisation(slug).id);
        let sent = [("version", version), ("answer", words), ("complete", "yes"), ("stay", "1")];
        assert_eq!(self.city.post(who, &path, &sent).await.status, StatusCode::SEE_OTHER);
    }

    async fn parties(&self, who: &Browser, fields: &[(&str, &str)]) -> Answer {
        self.city.post(who, &format!("{}/parties", self.address), fields).await
    }

    async fn joins(&self, slug: &str) -> Browser {
        let invited = [("act", "invite"), ("organisation", slug), ("role", PartyRole::JointController.as_str())];
        assert_eq!(self.parties(&self.priya, &invited).await.status, StatusCode::SEE_OTHER);
        let keeper = self.city.browser(slug, Role::ProjectLead).await;
        let joined = self.parties(&keeper, &[("act", "accept")]).await;
        assert_eq!(joined.status, StatusCode::SEE_OTHER, "{}", joined.text);
        keeper
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_next_publication_takes_the_place_of_the_first_whose_words_are_public_no_more() {
    let case = case().await;
    let (_, officer) = case.colleague("Helen Marsh", "camden", Role::IgOfficer).await;
    case.save(&case.priya, "aims", "0", "To visit people who fall in Leeds.").await;
    let first = case.made_public(&officer).await;
    assert!(case.read(&first).await.text.contains("in Leeds"));
    // While the next one is prepared the first is public, and the page says so.
    let page = format!("{}/publish", case.address);
    assert_eq!(case.publish(&case.priya, BEGIN).await.status, StatusCode::SEE_OTHER);
    let shown = case.city.get(&case.priya, &page).await.page();
    let link = scraper::Selector::parse("main a").unwrap();
    let led = shown.select(&link).find(|link| link.text().collect::<String>() == "public now");
    assert_eq!(led.and_then(|link| link.value().attr("href")), Some(first.as_str()), "{}", text(&shown, "main"));
    assert!(text(&shown, "main").contains("Take it back"));
    let without = [
        ("show", "without"),
        ("words-1", "in Leeds"),
        ("exemption-1", "law-enforcement"),
        ("reason-1", "It would help a thief."),
    ];
    assert_eq!(case.city.post(&case.priya, &format!("{page}/shared/aims"), &without).await.status, StatusCode::SEE_OTHER);
    let second = case.checked(&officer).await;
    assert_ne!(first, second);
    let gone = |path: String, to: String| {
        let case = &case;
        async move {
            let answer = case.read(&path).await;
            assert_eq!((answer.status, answer.location()), (StatusCode::TEMPORARY_REDIRECT, to.as_str()), "{path}");
            assert!(!answer.text.contains("Leeds"), "{}", answer.text);
        }
    };
    gone(first.clone(), second.clone()).await;
    gone(format!("/api/v1{first}"), format!("/api/v1{second}")).await;
    for file in ["assessment.pdf", "assessment.docx"] {
        gone(format!("{first}/{file}"), format!("{second}/{file}")).await;
    }
    for path in [&second, &format!("/api/v1{second}"), &"/dpias".to_owned()] {
        assert!(!case.read(path).await.text.contains("Leeds"), "{path}");
    }
    // A third is prepared; what is public is taken back all the same, and nothing before it comes back.
    assert_eq!(case.publish(&case.priya, BEGIN).await.status, StatusCode::SEE_OTHER);
    let silent = case.publish(&case.priya, &[("act", "withdraw"), ("note", " ")]).await;
    assert!(silent.text.contains("Enter what the public reads instead"), "{}", silent.text);
    let back = case.publish(&case.priya, &[("act", "withdraw"), ("note", "The sensors were taken out.")]).await;
    assert_eq!(back.status, StatusCode::SEE_OTHER, "{}", back.text);
    let note = case.read(&second).await;
    assert!(note.text.contains("The sensors were taken out.") && !note.text.contains("People who fall"), "{}", note.text);
    gone(first.clone(), second.clone()).await;
    for file in ["assessment.pdf", "assessment.docx"] {
        assert_eq!(case.read(&format!("{second}/{file}")).await.status, StatusCode::NOT_FOUND);
    }
    let one = case.api(&format!("/api/v1{second}")).await;
    assert!(one["withdrawn"] == true && one["fields"].is_null() && one["seal"].is_null(), "{one}");
    assert!(one["published_at"].is_string() && one["withdrawn_at"].is_string() && one["summary"] == "", "{one}");
    assert_eq!(case.publications().await[0].stage, Stage::Preparing, "the next one goes on");
    let third = case.checked(&officer).await;
    assert!(case.read(&second).await.text.contains("The sensors were taken out."), "its note stays");
    assert_eq!(case.read(&third).await.status, StatusCode::OK);
    gone(first, second).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_that_a_database_of_before_holds_as_public_the_newer_counts() {
    let case = case().await;
    let (_, officer) = case.colleague("Helen Marsh", "camden", Role::IgOfficer).await;
    case.save(&case.priya, "aims", "0", "To visit people who fall in Leeds.").await;
    let first = case.made_public(&officer).await;
    let stage = case.publications().await[0].stage.clone();
    assert_eq!(case.publish(&case.priya, BEGIN).await.status, StatusCode::SEE_OTHER);
    let second = case.checked(&officer).await;
    // As it was written before.
    let mut work = case.by_the_server().await;
    let older = work.publications().await.unwrap().remove(1);
    work.put_publication(Publication { stage, ..older }).await.unwrap();
    work.commit().await.unwrap();
    assert_eq!(case.read(&first).await.location(), second);
    assert_eq!(case.counts().await, second.rsplit('/').next().unwrap());
    case.publish(&case.priya, &[("act", "withdraw"), ("note", "It was wrong.")]).await;
    assert_eq!(case.read(&first).await.location(), second, "it does not come back");
    assert!(!case.read("/dpias").await.text.contains("in Leeds"));
}

#[tokio::test(flavor = "multi_thread")]
async fn each_council_decides_about_its_own_annex_and_the_lead_about_the_rest() {
    let case = case().await;
    let (_, officer) = case.colleague("Helen Marsh", "camden", Role::IgOfficer).await;
    let (_, theirs) = case.colleague("Ama Boateng", "hackney", Role::IgOfficer).await;
    case.save(&case.priya, "aims", "0", "To visit people who fall.").await;
    case.annex(&case.priya, "camden", "0", "The Care Act, for Camden.").await;
    case.annex(&case.dele, "hackney", "0", "The Care Act, for Hackney.").await;
    case.frozen().await;
    case.signed_by_all().await;
    let page = format!("{}/publish", case.address);
    let field = |slug: &str| format!("{page}/annex:{}/gateway", case.city.organisation(slug).id);
    for act in [BEGIN, SUMMARY, &[("act", "withdraw"), ("note", "No.")]] {
        assert_eq!(case.publish(&theirs, act).await.status, StatusCode::NOT_FOUND, "{act:?}");
    }
    for act in [BEGIN, SUMMARY] {
        assert_eq!(case.publish(&case.priya, act).await.status, StatusCode::SEE_OTHER, "{act:?}");
    }
    assert!(case.city.get(&theirs, "/work").await.text.contains("Decide what of your annex is published"));
    // Neither touches what is the other's.
    let left_out = [("show", "left-out")];
    for (who, path) in [(&case.priya, field("hackney")), (&theirs, field("camden")), (&theirs, format!("{page}/shared/aims"))] {
        assert_eq!(case.city.get(who, &path).await.status, StatusCode::NOT_FOUND, "{path}");
        assert_eq!(case.city.post(who, &path, &left_out).await.status, StatusCode::NOT_FOUND, "{path}");
    }
    assert_eq!(case.city.get(&theirs, &field("hackney")).await.status, StatusCode::OK);
    assert_eq!(
        case.publish(&case.priya, &[("act", "agree")]).await.status,
        StatusCode::NOT_FOUND,
        "the lead cannot say it for them"
    );
    // Nobody there has said yes: it is left out, and the page says who is awaited.
    let seen = case.city.get(&case.priya, &page).await.page();
    assert!(text(&seen, "main").contains("No, it is left out"), "{}", text(&seen, "main"));
    let first = case.checked(&officer).await;
    let shown = case.read(&first).await.text;
    assert!(shown.contains("for Camden") && !shown.contains("for Hackney"), "{shown}");
    assert!(shown.contains("its own annex is not published"), "{shown}");
    assert!(!case.city.get(&theirs, "/work").await.text.contains("Decide what of your annex"), "nobody is asked any more");
    let told = async || case.city.store().last_mail(&Scope::Operator, "ama.boateng@hackney.example").await.unwrap().unwrap().0;
    assert_eq!(told().await, "Published: Telecare alerts and falls prevention");
    // The next time it lets the annex go out, with words taken out.
    assert_eq!(case.publish(&case.priya, BEGIN).await.status, StatusCode::SEE_OTHER);
    let without =
        [("show", "without"), ("words-1", "Care"), ("exemption-1", "law-enforcement"), ("reason-1", "It would help a thief.")];
    assert_eq!(case.city.post(&theirs, &field("hackney"), &without).await.status, StatusCode::SEE_OTHER);
    let agreed = case.publish(&theirs, &[("act", "agree")]).await;
    assert_eq!(agreed.status, StatusCode::SEE_OTHER, "{}", agreed.text);
    assert!(!case.city.get(&theirs, "/work").await.text.contains("Decide what of your annex"));
    let second = case.checked(&officer).await;
    let shown = case.read(&second).await.text;
    assert!(shown.contains("The Care Act, for Camden.") && shown.contains(" Act, for Hackney."), "{shown}");
    let one = case.api(&format!("/api/v1{second}")).await;
    assert_eq!(one["sealed_annexes"].as_object().unwrap().len(), 2, "{one}");
    // What is public has the seal of what it says.
    let named = one["sealed_fields"].as_array().unwrap().iter().map(|name| name.as_str().unwrap());
    let content: serde_json::Map<String, Json> = named.map(|name| (name.to_owned(), one[name].clone())).collect();
    let sealed = domain::dpia::seal::seal(&Json::Object(content));
    let row = case.api("/api/v1/dpias").await["items"][0].clone();
    assert_eq!(row["seal"].as_str().unwrap().parse::<Seal>().unwrap(), sealed);
    let back = case.publish(&case.priya, &[("act", "withdraw"), ("note", "It was wrong.")]).await;
    assert_eq!(back.status, StatusCode::SEE_OTHER, "{}", back.text);
    assert_eq!(told().await, "No longer public: Telecare alerts and falls prevention");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_register_says_what_was_published_and_nothing_of_what_goes_on_since() {
    let case = case().await;
    let (_, officer) = case.colleague("Helen Marsh", "camden", Role::IgOfficer).await;
    case.save(&case.priya, "aims", "0", "To visit people who fall.").await;
    let public = case.made_public(&officer).await;
    let said = async || {
        let mut said = Vec::new();
        for path in [
            "/dpias",
            "/dpias.atom",
            "/api/v1/dpias",
            "/api/v1/dpias.csv",
            "/api/v1/dpias.jsonl",
            &public,
            &format!("/api/v1{public}"),
        ] {
            said.push(case.read(path).await.text);
        }
        said.join("\n")
    };
    let before = said().await;
    assert!(before.contains("To visit people who fall."), "{before}");
    case.joins("islington").await;
    case.now_in(case.id(), State::Drafting).await;
    let sealed = case.api(&format!("/api/v1{public}")).await["seal"].clone();
    case.alter(|head| {
        head.title = "Another working title".to_owned();
        head.review_on = Some(jiff::civil::date(2031, 5, 6));
    })
    .await;
    let after = said().await;
    for secret in ["Islington", "islington", "Another working title", "drafting", "\"state\":"] {
        assert!(!after.contains(secret), "{secret}: {after}");
    }
    assert!(after.contains("Telecare alerts and falls prevention"));
    let one = case.api(&format!("/api/v1{public}")).await;
    let shown = &one["fields"][0];
    assert!(shown["question"].as_str().is_some_and(|question| !question.is_empty()), "{shown}");
    assert_eq!(one["parties"].as_array().unwrap().len(), 2, "{one}");
    // The day of the next review is outside what is signed: it is kept up to date, and page and JSON say so.
    let page = case.read(&public).await.text;
    assert!(page.contains("Next review 6 May 2031 (kept up to date)") && page.contains("no part of what was signed"), "{page}");
    assert!(case.read("/dpias").await.text.contains("Next review 6 May 2031 (kept up to date)"));
    assert_eq!((&one["review_on"], &one["seal"]), (&Json::from("2031-05-06"), &sealed), "{one}");
    assert!(!one["sealed_fields"].as_array().unwrap().contains(&Json::from("review_on")), "{one}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_public_question_is_left_out_with_a_reason_and_words_that_still_stand_elsewhere_are_told() {
    let case = case().await;
    let (_, officer) = case.colleague("Helen Marsh", "camden", Role::IgOfficer).await;
    case.save(&case.priya, "aims", "0", "To visit people who fall in Leeds.").await;
    case.annex(&case.priya, "camden", "0", "The Care Act, also in Leeds.").await;
    case.frozen().await;
    case.signed_by_all().await;
    for act in [BEGIN, SUMMARY] {
        assert_eq!(case.publish(&case.priya, act).await.status, StatusCode::SEE_OTHER, "{act:?}");
    }
    let page = format!("{}/publish", case.address);
    let gateway = format!("{page}/annex:{}/gateway", case.city.organisation("camden").id);
    // What the template calls public does not go without a reason.
    let bare = case.city.post(&case.priya, &gateway, &[("show", "left-out")]).await;
    assert!(bare.text.contains("Choose the exemption"), "{}", bare.text);
    let silent = [("show", "left-out"), ("exemption", "law-enforcement"), ("reason", " ")];
    let silent = case.city.post(&case.priya, &gateway, &silent).await;
    assert!(silent.text.contains("Enter why, in words that the public reads"), "{}", silent.text);
    // Words taken out of one answer still stand in another, until that one is decided too.
    let without = [
        ("show", "without"),
        ("words-1", "in Leeds"),
        ("exemption-1", "law-enforcement"),
        ("reason-1", "It would help a thief."),
    ];
    assert_eq!(case.city.post(&case.priya, &format!("{page}/shared/aims"), &without).await.status, StatusCode::SEE_OTHER);
    let seen = case.city.get(&case.priya, &page).await.page();
    let standing = text(&seen, "[data-standing]");
    assert!(standing.contains("‘in Leeds’") && standing.contains("annex of Camden"), "{standing}");
    let left_out = [("show", "left-out"), ("exemption", "law-enforcement"), ("reason", "It would show a thief the way.")];
    assert_eq!(case.city.post(&case.priya, &gateway, &left_out).await.status, StatusCode::SEE_OTHER);
    assert_eq!(text(&case.city.get(&case.priya, &page).await.page(), "[data-standing]"), "");
    let public = case.checked(&officer).await;
    let read = text(&case.read(&public).await.page(), "main");
    assert!(read.contains("1 question is left out, because:") && read.contains("It would show a thief the way."), "{read}");
    assert!(!read.contains("Care Act") && !read.contains("Leeds"), "{read}");
    let one = case.api(&format!("/api/v1{public}")).await;
    assert_eq!(one["left_out"][0]["reason"], "It would show a thief the way.", "{one}");
    assert!(one["sealed_fields"].as_array().unwrap().contains(&Json::from("left_out")), "{one}");
}

#[tokio::test(flavor = "multi_thread")]
async fn words_that_are_named_are_never_shown_because_all_of_it_was_left_chosen() {
    let case = case().await;
    case.save(&case.priya, "aims", "0", "To visit people who fall in Leeds.").await;
    case.frozen().await;
    case.signed_by_all().await;
    assert_eq!(case.publish(&case.priya, BEGIN).await.status, StatusCode::SEE_OTHER);
    let aims = format!("{}/publish/shared/aims", case.address);
    let decide = async |fields: &[(&str, &str)]| case.city.post(&case.priya, &aims, fields).await;
    let named = [("words-1", "in Leeds"), ("exemption-1", "law-enforcement"), ("reason-1", "It would help a thief.")];
    let whole = decide(&[("show", "whole"), named[0], named[1], named[2]]).await;
    assert!(whole.text.contains("You named words to take out") && whole.text.contains("<title>Error: "), "{}", whole.text);
    let typed = whole.page();
    assert_eq!(
        (text(&typed, "#words-1"), value(&typed, "reason-1")),
        ("in Leeds".to_owned(), "It would help a thief.".to_owned())
    );
    for one in [("reason", "Prices."), ("exemption", "law-enforcement"), ("exemption-3", "law-enforcement"), ("words-5", "Leeds")]
    {
        let one = decide(&[("show", "whole"), one]).await;
        assert!(one.text.contains("You named words to take out"), "{}", one.text);
    }
    // Nor are they dropped where the whole answer is taken out: a reason beside words is not the reason of the whole.
    for chosen in ["removed", "left-out"] {
        let whole = [("exemption", "law-enforcement"), ("reason", "It would help a thief.")];
        let one = decide(&[("show", chosen), whole[0], whole[1], named[0], named[2]]).await;
        assert!(one.text.contains("You named words to take out, and chose that none are shown"), "{chosen}: {}", one.text);
        assert_eq!(text(&one.page(), "#words-1"), "in Leeds");
    }
    // Nor is a reason for the whole dropped where only some words are taken out.
    for whole in [("exemption", "law-enforcement"), ("reason", "It would help a thief.")] {
        let one = decide(&[("show", "without"), named[0], named[1], named[2], whole]).await;
        assert!(one.text.contains("an exemption or a reason for the whole answer"), "{}", one.text);
    }
    // A reason without its words is told, not dropped.
    let wordless = decide(&[("show", "without"), named[0], named[1], named[2], ("reason-2", "Prices.")]).await;
    assert!(wordless.text.contains("Enter the words that are taken out, exactly as they stand"), "{}", wordless.text);
    // Of words that overlap, neither reason goes unsaid.
    let second = [("words-2", "fall in"), ("exemption-2", "commercial-interests"), ("reason-2", "Prices.")];
    let both = decide(&[("show", "without"), named[0], named[1], named[2], second[0], second[1], second[2]]).await;
    assert!(both.text.contains("‘fall in’ and ‘in Leeds’ overlap in the answer"), "{}", both.text);
    assert!(case.publications().await[0].fields.is_empty(), "nothing was decided");
    assert_eq!(decide(&[("show", "without"), named[0], named[1], named[2]]).await.status, StatusCode::SEE_OTHER);
    assert_eq!(decide(&[("show", "whole")]).await.status, StatusCode::SEE_OTHER, "with the boxes emptied all of it is shown");
}
