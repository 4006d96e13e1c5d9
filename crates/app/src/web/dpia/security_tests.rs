//! Security tests of signing, under their numbers (docs/SECURITY.md): steps cannot be skipped or repeated, nobody signs their own
//! work, two roles of one person do not count twice, nothing is signed that moved while it was read, and nothing that an assessment says is
//! logged.

use crate::{
    testing::{Answer, Browser, City, Lines},
    web::words,
};
use axum::http::StatusCode;
use domain::{
    dpia::{
        answer::Answer as Answered,
        assessment::{Assessment, State},
        edit::{Outcome, Sent},
        ids::AssessmentId,
        library::Library,
        place::Place,
        sign_off::Signature,
        template::Purpose,
    },
    people::{PersonId, Role, Scope},
};
use store::dpia::answers::Change;
use uuid::Uuid;

/// An assessment that Camden leads alone.
struct Case {
    city: City,
    library: Library,
    id: AssessmentId,
    lead: PersonId,
    lead_browser: Browser,
}

impl Case {
    async fn new() -> Self {
        let city = City::empty().await;
        let library = Library::shipped().unwrap();
        // The lead owns the information too: what they wrote, they may not accept.
        let lead = city.person("Priya Nair", "camden", &[Role::ProjectLead, Role::InformationAssetOwner]).await;
        let lead_browser = city.signed_in(lead, "camden").await;
        let (today, now) = (city.app.clock.today(), city.app.clock.now());
        let camden = city.organisation("camden").id;
        let template = &library.in_force(Purpose::Dpia, today).expect("a template ships").edition;
        let assessment = Assessment { lead_person: Some(lead), ..test_support::dpia::assessment(template, &[camden], now) };
        let mut case = Self { city, library, id: assessment.id, lead, lead_browser };
        let scope = case.scope();
        case.id = case.city.store().begin_assessment(&scope, now, today, assessment, None).await.unwrap().id;
        case.write("0", "To see who falls.").await;
        case
    }

    fn scope(&self) -> Scope {
        self.city.acting(self.lead, "Priya Nair", "camden", &[Role::ProjectLead, Role::InformationAssetOwner])
    }

    fn address(&self) -> String {
        format!("/assessments/{}", self.id)
    }

    /// The lead writes an answer of the shared body.
    async fn write(&self, version: &str, words: &str) {
        self.write_as(&self.lead_browser, version, words).await;
    }

    async fn write_as(&self, browser: &Browser, version: &str, words: &str) {
        let fields = [("version", version), ("answer", words), ("complete", "yes"), ("stay", "1")];
        let saved = self.city.post(browser, &format!("{}/shared/aims", self.address()), &fields).await;
        assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.text);
    }

    /// Somebody wrote an answer of the shared body at an instant, on a version.
    async fn wrote_then(&self, browser: &Browser, at: i64, from: u32, words: &str) {
        let scope = self.city.acting(browser.person.unwrap(), "Ina Writer", "camden", &[Role::IgOfficer]);
        let today = self.city.app.clock.today();
        let template = self.library.in_force(Purpose::Dpia, today).unwrap();
        let sent = Change::Save(Sent { from, answer: Some(Answered::Text(words.to_owned())), complete: true });
        let place = Place::shared("aims");
        let saved = self.city.store().answer(&scope, at, today, template, self.id, &place, &sent, None).await.unwrap();
        assert!(matches!(saved, store::dpia::answers::Answered::Done(Outcome::Saved(_))), "{saved:?}");
    }

    /// Puts what is written before the signers. That everything required must be answered first is not what is tested here.
    async fn freeze(&self) {
        let (now, today) = (self.city.app.clock.now(), self.city.app.clock.today());
        let template = self.library.in_force(Purpose::Dpia, today).unwrap();
        let mut work = self.city.store().work(&self.scope(), now, today, self.id).await.unwrap().unwrap();
        let routes = self.city.app.rules().routes_of(&work.whole.assessment, today).unwrap();
        let version = work.make_version(template, "", Some(&routes)).await.unwrap();
        let mut head = work.whole.assessment.clone();
        (head.state, head.frozen) = (State::Review, Some(version));
        work.change_head(head).await.unwrap();
        work.commit().await.unwrap();
    }

    async fn signer(&self, name: &str, roles: &[Role]) -> Browser {
        let person = self.city.person(name, "camden", roles).await;
        self.city.signed_in(person, "camden").await
    }

    /// The hashes of what stands before a signer, as the page's form carries them: of the shared text, and of their own annex.
    async fn hash(&self, signer: &Browser) -> String {
        let page = self.city.get(signer, &format!("{}/sign-off", self.address())).await;
        let page = page.page();
        let found = |name: &str| super::tests::value(&page, name);
        format!("{} {}", found("hash"), found("annex"))
    }

    async fn sign(&self, signer: &Browser, step: &str, decision: &str, hash: &str, command: Uuid) -> Answer {
        let organisation = self.city.organisation("camden").id.to_string();
        let command = command.to_string();
        let (hash, annex) = hash.split_once(' ').unwrap_or((hash, ""));
        let fields = [
            ("organisation", organisation.as_str()),
            ("step", step),
            ("decision", decision),
            ("reasons", "What I advise."),
            ("confirm", "yes"),
            ("hash", hash),
            ("annex", annex),
            ("command", &command),
        ];
        self.city.post(signer, &format!("{}/sign-off", self.address()), &fields).await
    }

    async fn signatures(&self) -> usize {
        // Signatures are read with their assessment; what stands in the table is the server's own to count.
        let all = self.city.store().by::<Signature>(&Scope::Operator, "assessment_id", self.id.to_string()).await.unwrap();
        all.len()
    }
}

/// It does not fit how things stand: the page says why, and its status says so to programs.
#[track_caller]
fn refused(answer: &Answer, why: &str) {
    assert_eq!(answer.status, StatusCode::CONFLICT, "{}", answer.text);
    assert!(answer.text.contains("<title>Error: "), "{}", answer.text);
    assert!(answer.text.contains(why), "not '{why}' but {}", answer.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn s17_steps_cannot_be_skipped_or_repeated_and_nobody_signs_their_own_work_or_twice() {
    let case = Case::new().await;
    // No state is jumped over: what the workflow's table does not have from here is not there.
    let head = case.city.store().sequence().await.unwrap();
    for step in ["go-live", "confirm", "send-back", "resume", "advance"] {
        let path = format!("{}/move/{step}", case.address());
        let answer = case.city.post(&case.lead_browser, &path, &[("reasons", "Now")]).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{step}");
    }
    // From here only a short review whose conclusion asks for a DPIA is replaced, which this one is not.
    let path = format!("{}/move/supersede", case.address());
    assert_eq!(case.city.post(&case.lead_browser, &path, &[("reasons", "Now")]).await.status, StatusCode::CONFLICT);
    assert_eq!(case.city.store().sequence().await.unwrap(), head, "a step that is not there wrote something");
    let officer = case.signer("Ada Both", &[Role::Cio, Role::HeadOfProcurement]).await;
    let buyer = case.signer("Bob Buyer", &[Role::HeadOfProcurement]).await;
    let dpo = case.signer("Dot Officer", &[Role::Dpo]).await;
    let early = case.sign(&officer, "technical-assurance", "reviewed", "", Uuid::new_v4()).await;
    refused(&early, "Nothing is frozen to sign");
    case.freeze().await;
    let hash = case.hash(&officer).await;

    // A later step does not go before an earlier one.
    refused(&case.sign(&dpo, "advice", "advised", &hash, Uuid::new_v4()).await, "Other steps come first");
    // Nor is a role made up in the form.
    refused(&case.sign(&dpo, "technical-assurance", "reviewed", &hash, Uuid::new_v4()).await, "nor a named deputy");
    assert_eq!(case.signatures().await, 0);

    let command = Uuid::new_v4();
    for _ in 0..2 {
        let signed = case.sign(&officer, "technical-assurance", "reviewed", &hash, command).await;
        assert_eq!(signed.status, StatusCode::SEE_OTHER, "{}", signed.text);
        assert_eq!(case.signatures().await, 1, "a repeated press signs once");
    }
    refused(&case.sign(&officer, "technical-assurance", "reviewed", &hash, Uuid::new_v4()).await, "It is signed already");
    // One person with two roles counts once.
    let twice = case.sign(&officer, "procurement", "reviewed", &hash, Uuid::new_v4()).await;
    refused(&twice, "Two roles of one person do not count twice");
    assert_eq!(case.signatures().await, 1);

    for (signer, step, decision) in [(&buyer, "procurement", "reviewed"), (&dpo, "advice", "advised")] {
        let signed = case.sign(signer, step, decision, &hash, Uuid::new_v4()).await;
        assert_eq!(signed.status, StatusCode::SEE_OTHER, "{step}: {}", signed.text);
    }
    // Whoever wrote it does not approve it, whatever they are besides.
    let own = case.sign(&case.lead_browser, "answer-to-advice", "accepted", &hash, Uuid::new_v4()).await;
    refused(&own, "nobody signs their own work");
    assert_eq!(case.signatures().await, 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn s17_whoever_wrote_cannot_sign_when_others_replaced_their_words_and_reads_why_and_since_when() {
    let case = Case::new().await;
    let writer = case.signer("Ina Writer", &[Role::IgOfficer, Role::Cio]).await;
    // Midday of 5 March 2026: a day that is none of the server's own.
    let wrote_at = 1_772_712_000_000;
    case.wrote_then(&writer, wrote_at, 1, "To see who falls, day and night.").await;
    case.write("2", "Something else altogether.").await;
    let other = case.signer("Ada Officer", &[Role::Cio]).await;
    case.freeze().await;
    let hash = case.hash(&other).await;
    let own = case.sign(&writer, "technical-assurance", "reviewed", &hash, Uuid::new_v4()).await;
    refused(&own, "nobody signs their own work");
    assert_eq!(case.signatures().await, 0);
    // The page says what it is, since when, and leads to every edit.
    let why = |answer: &Answer| {
        let page = answer.page();
        let section = scraper::Selector::parse("[data-barred]").unwrap();
        let said = page.select(&section).map(|one| one.text().collect::<Vec<_>>().join(" ")).collect::<Vec<_>>().join(" ");
        (said.split_whitespace().collect::<Vec<_>>().join(" "), answer.text.replace("&#x2f;", "/"))
    };
    let page = case.city.get(&writer, &format!("{}/sign-off", case.address())).await;
    for (said, text) in [why(&own), why(&page)] {
        let since = format!(", since {}", words::instant(wrote_at));
        assert!(said.contains("Why you cannot sign as") && said.contains(&since), "not '{since}' but {said}");
        assert!(said.contains("stays so when others replace your words") && !said.contains("You lead"), "{said}");
        assert!(text.contains(&format!("{}/shared/aims/history", case.address())), "{text}");
    }
    let lead = case.city.get(&case.lead_browser, &format!("{}/sign-off", case.address())).await;
    assert!(why(&lead).0.contains("You lead this assessment"), "{}", why(&lead).0);
    // Whoever wrote nothing reads nothing of it, and signs.
    let page = case.city.get(&other, &format!("{}/sign-off", case.address())).await;
    assert!(why(&page).0.is_empty(), "{}", why(&page).0);
    let signed = case.sign(&other, "technical-assurance", "reviewed", &hash, Uuid::new_v4()).await;
    assert_eq!(signed.status, StatusCode::SEE_OTHER, "{}", signed.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn s11_what_moves_signs_writes_or_takes_an_assessment_is_there_for_none_but_its_parties() {
    let case = Case::new().await;
    let officer = case.signer("Ada Officer", &[Role::Cio]).await;
    case.freeze().await;
    let hash = case.hash(&officer).await;
    let roles = [Role::ProjectLead, Role::Cio, Role::IgOfficer, Role::Dpo];
    let other = case.city.person("O Ther", "hackney", &roles).await;
    let other = case.city.signed_in(other, "hackney").await;
    let guest = case.signer("Gus Guest", &[Role::Guest]).await;
    let reopen = format!("{}/move/reopen", case.address());
    let answers = format!("{}/files/answers.csv", case.address());
    let head = case.city.store().sequence().await.unwrap();
    // The very forms that do it for those who may, further below.
    for outsider in [&Browser::default(), &other, &guest] {
        let wrote = [("version", "1"), ("answer", "Mine"), ("complete", "yes"), ("stay", "1")];
        for answer in [
            case.city.post(outsider, &reopen, &[("reasons", "Something was forgotten.")]).await,
            case.sign(outsider, "technical-assurance", "reviewed", &hash, Uuid::new_v4()).await,
            case.city.post(outsider, &format!("{}/shared/aims", case.address()), &wrote).await,
            case.city.get(outsider, &answers).await,
        ] {
            let led_away = answer.status == StatusCode::SEE_OTHER && answer.location().starts_with("/sign-in?");
            assert!(answer.status == StatusCode::NOT_FOUND || led_away, "{} {}", answer.status, answer.location());
            assert!(!answer.text.contains("To see who falls"), "{}", answer.text);
        }
    }
    assert_eq!(case.city.store().sequence().await.unwrap(), head, "somebody who may not wrote something");
    let taken = case.city.get(&officer, &answers).await;
    assert_eq!(taken.status, StatusCode::OK);
    assert!(taken.text.contains("To see who falls"), "{}", taken.text);
    let signed = case.sign(&officer, "technical-assurance", "reviewed", &hash, Uuid::new_v4()).await;
    assert_eq!(signed.status, StatusCode::SEE_OTHER, "{}", signed.text);
    let reopened = case.city.post(&case.lead_browser, &reopen, &[("reasons", "Something was forgotten.")]).await;
    assert_eq!(reopened.status, StatusCode::SEE_OTHER, "{}", reopened.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn s18_signing_what_changed_while_it_was_read_stores_nothing() {
    let case = Case::new().await;
    let officer = case.signer("Ada Officer", &[Role::Cio]).await;
    case.freeze().await;
    let stale = case.hash(&officer).await;
    let path = format!("{}/move/reopen", case.address());
    let reopened = case.city.post(&case.lead_browser, &path, &[("reasons", "Something was forgotten.")]).await;
    assert_eq!(reopened.status, StatusCode::SEE_OTHER, "{}", reopened.text);
    // While nothing is frozen, what was read a moment ago is not signed.
    let late = case.sign(&officer, "technical-assurance", "reviewed", &stale, Uuid::new_v4()).await;
    refused(&late, "Nothing is frozen to sign");
    case.write("1", "To see who falls, and how often.").await;
    case.freeze().await;
    let fresh = case.hash(&officer).await;
    assert_ne!(stale, fresh);
    // Nor with the words of the shared text alone: the annex beside them is signed too.
    let (shared, annex) = fresh.split_once(' ').unwrap();
    let half = format!("{shared} {}", annex.replace(|digit: char| digit.is_ascii_digit(), "a"));
    for hash in [stale.as_str(), "", "0000", shared, half.as_str()] {
        let answer = case.sign(&officer, "technical-assurance", "reviewed", hash, Uuid::new_v4()).await;
        refused(&answer, "The text changed while you read it. Nothing was signed");
    }
    assert_eq!(case.signatures().await, 0);
    let signed = case.sign(&officer, "technical-assurance", "reviewed", &fresh, Uuid::new_v4()).await;
    assert_eq!(signed.status, StatusCode::SEE_OTHER, "{}", signed.text);
    assert_eq!(case.signatures().await, 1);
}

#[tokio::test(flavor = "current_thread")]
async fn s43_what_an_assessment_says_stands_in_no_log() {
    let (lines, guard) = Lines::listen();
    let case = Case::new().await;
    case.write("1", "A canary among the answers.").await;
    let path = format!("{}/shared/aims", case.address());
    // Saved, read, sent from what stood before, sent where nothing can be saved, and taken away.
    let late = case.city.post(&case.lead_browser, &path, &[("version", "1"), ("answer", "Another canary.")]).await;
    assert!(late.text.contains("canary") || late.status == StatusCode::SEE_OTHER, "{}", late.text);
    let lost = case.city.post(&case.lead_browser, &format!("{path}-of-nothing"), &[("answer", "A lost canary.")]).await;
    assert!(lost.status.is_client_error(), "{}", lost.status);
    for page in [path, format!("{}/files/answers.csv", case.address()), format!("{}/files/assessment.json", case.address())] {
        assert!(case.city.get(&case.lead_browser, &page).await.text.contains("canary"), "{page}");
    }
    drop(guard);
    let logged = lines.text();
    assert!(logged.contains("finished processing request"), "the log is on: {logged}");
    assert!(!logged.contains("canary"), "{logged}");
}
