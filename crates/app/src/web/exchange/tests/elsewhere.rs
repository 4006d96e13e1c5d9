//! Assessments made elsewhere: recorded, corrected, given up and taken up again.

use super::*;
use domain::dpia::{assessment::State, risk::Band};

const PATH: &str = "/assessments/import/elsewhere";

#[tokio::test]
async fn an_assessment_made_elsewhere_is_recorded_with_its_file() {
    let city = City::empty().await;
    let lead = city.browser("camden", Role::IgOfficer).await;
    let path = "/assessments/import/elsewhere";
    let empty = send(&city, &lead, path, &[], None).await;
    assert!(empty.text.contains("<title>Error: ") && empty.text.contains("Enter the title of the assessment"), "{}", empty.text);
    assert!(empty.text.contains("Choose the file of the assessment"));
    let fields = [
        ("title", "Parking <permits>"),
        ("level", "medium"),
        ("signed-on-day", "3"),
        ("signed-on-month", "12"),
        ("signed-on-year", "2025"),
        ("review-on-day", "3"),
        ("review-on-month", "12"),
        ("review-on-year", "2027"),
        ("signatories", "SIRO, Camden"),
    ];
    let answer = send(&city, &lead, path, &fields, Some(("dpia.pdf", b"%PDF-1.7 x"))).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text);
    let address = answer.location().to_owned();
    let json = city.get(&lead, &format!("{address}/files/assessment.json")).await;
    let bundle = Bundle::from_json(json.text.as_bytes()).unwrap();
    let elsewhere = bundle.assessment.elsewhere.as_ref().unwrap();
    assert_eq!(elsewhere.signatories, ["SIRO, Camden"]);
    assert_eq!(bundle.assessment.review_on, Some(jiff::civil::date(2027, 12, 3)));
    let file = &bundle.attachments[0];
    let taken = city.get(&lead, &format!("{address}/attachments/{}", file.id)).await;
    assert_eq!(taken.text, "%PDF-1.7 x");
    assert!(taken.headers[header::CONTENT_DISPOSITION].to_str().unwrap().contains("dpia.pdf"));
}

#[tokio::test]
async fn one_made_elsewhere_stands_in_the_risk_lists_from_the_first_day() {
    let city = City::empty().await;
    let lead = city.browser("camden", Role::IgOfficer).await;
    let fields =
        [("title", "Parking permits"), ("level", "high"), ("signatories", "SIRO, Camden"), ("remark", "From the old share")];
    let answer = send(&city, &lead, "/assessments/import/elsewhere", &fields, Some(("dpia.pdf", b"%PDF-1.7 x"))).await;
    let address = answer.location().to_owned();
    let page = city.get(&lead, &address).await;
    for words in ["Made elsewhere", "SIRO, Camden", "From the old share", "as the document says"] {
        assert!(page.text.contains(words), "{words}: {}", page.text);
    }
    // It was not begun here, so nothing of it is to do here.
    for words in ["stands in the way", "required answer", "Not started", "Nobody yet", "questions answered", "Cannot start yet"] {
        assert!(!page.text.contains(words), "{words}: {}", page.text);
    }
    let risks = city.get(&lead, "/risks").await;
    assert!(risks.text.contains("Assessments made elsewhere") && risks.text.contains("Parking permits"), "{}", risks.text);
    let rows = city.get(&lead, "/risks.csv").await;
    assert!(rows.text.contains("as the document states") && rows.text.contains("high"), "{}", rows.text);
}

/// Records one, and gives its address.
async fn recorded(city: &City, browser: &Browser, fields: &[(&str, &str)]) -> String {
    let answer = send(city, browser, PATH, fields, Some(("dpia.pdf", b"%PDF-1.7 x"))).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text);
    answer.location().to_owned()
}

/// The value of a hidden field.
pub(super) fn hidden(answer: &Answer, name: &str) -> String {
    let selector = scraper::Selector::parse(&format!("input[name={name}]")).unwrap();
    answer.page().select(&selector).next().and_then(|field| field.value().attr("value")).unwrap().to_owned()
}

const SIGNED: [(&str, &str); 3] = [("signed-on-day", "1"), ("signed-on-month", "2"), ("signed-on-year", "2024")];
const AHEAD: [(&str, &str); 3] = [("signed-on-day", "1"), ("signed-on-month", "2"), ("signed-on-year", "2044")];
const LATE: [(&str, &str); 3] = [("review-on-day", "1"), ("review-on-month", "1"), ("review-on-year", "2001")];

#[tokio::test]
async fn what_is_recorded_is_corrected_and_two_who_do_it_at_once_lose_nothing() {
    let city = City::empty().await;
    let lead = city.browser("camden", Role::IgOfficer).await;
    let address = recorded(&city, &lead, &[&[("title", "Parking permits"), ("level", "medium")][..], &SIGNED].concat()).await;
    let page = format!("{address}/recorded");
    assert!(city.get(&lead, &address).await.text.replace("&#x2f;", "/").contains(&page));
    let form = city.get(&lead, &page).await;
    let version = hidden(&form, "version");
    assert!(form.text.contains("value=\"Parking permits\"") && form.text.contains("value=\"2024\""), "{}", form.text);

    let mine =
        [("version", version.as_str()), ("title", "Parking permits"), ("level", "high"), ("signatories", "SIRO, Camden\n")];
    let saved = city.post(&lead, &page, &[&mine[..], &SIGNED].concat()).await;
    assert_eq!((saved.status, saved.location()), (StatusCode::SEE_OTHER, address.as_str()), "{}", saved.text);
    let now = exported(&city, &lead, &address).await.assessment;
    let made = now.elsewhere.as_ref().unwrap();
    assert_eq!((made.level, made.signatories.as_slice()), (Some(Band::High), &["SIRO, Camden".to_owned()][..]));
    assert_eq!((now.state, made.signed_on), (State::Recorded, Some(jiff::civil::date(2024, 2, 1))));
    let past = words(&city.get(&lead, &page).await);
    assert!(past.contains("Corrected before") && past.contains("Highest risk that remains: high (before: medium)"), "{past}");

    // Somebody else began from what stood before: both texts are shown, and nothing is saved.
    let other = city.browser("camden", Role::ProjectLead).await;
    let theirs = [("version", version.as_str()), ("title", "Parking for residents"), ("level", "low")];
    let clash = city.post(&other, &page, &theirs).await;
    assert_eq!(clash.status, StatusCode::CONFLICT);
    assert!(clash.text.contains("value=\"Parking for residents\""), "{}", clash.text);
    let said = words(&clash);
    assert!(said.contains("Title : Parking permits") || said.contains("Title: Parking permits"), "{said}");
    assert_eq!(exported(&city, &lead, &address).await.assessment.title, "Parking permits");
    let again = [("version", hidden(&clash, "version")), ("title", "Parking for residents".to_owned())];
    let again: Vec<(&str, &str)> = again.iter().map(|(name, value)| (*name, value.as_str())).collect();
    assert_eq!(city.post(&other, &page, &again).await.status, StatusCode::SEE_OTHER);

    // Who only reads, and other councils, do not find it; what was written here has no such page.
    for (slug, role) in [("camden", Role::Viewer), ("hackney", Role::IgOfficer)] {
        let someone = city.browser(slug, role).await;
        assert_eq!(city.get(&someone, &page).await.status, StatusCode::NOT_FOUND, "{slug}");
        assert_eq!(city.post(&someone, &page, &again).await.status, StatusCode::NOT_FOUND, "{slug}");
    }
}

#[tokio::test]
async fn nothing_was_signed_in_the_future_and_a_past_review_is_late_everywhere() {
    let city = City::empty().await;
    let lead = city.browser("camden", Role::IgOfficer).await;
    let title = [("title", "Parking permits")];
    let ahead = send(&city, &lead, PATH, &[&title[..], &AHEAD].concat(), Some(("dpia.pdf", b"%PDF-1.7 x"))).await;
    let message = "The day it was signed must be today or in the past";
    assert!(ahead.status == StatusCode::OK && ahead.text.contains(message), "{}", ahead.text);

    let address = recorded(&city, &lead, &[&title[..], &LATE].concat()).await;
    let page = format!("{address}/recorded");
    let version = hidden(&city.get(&lead, &page).await, "version");
    let ahead = city.post(&lead, &page, &[&[title[0], ("version", version.as_str())][..], &AHEAD].concat()).await;
    assert!(ahead.status == StatusCode::OK && ahead.text.contains(message), "{}", ahead.text);
    for (path, said) in [
        ("/risks".to_owned(), "1 January 2001, late"),
        (address.clone(), "was due 1 January 2001"),
        (format!("{address}/review"), "Its review was due 1 January 2001"),
        ("/assessments".to_owned(), "review was due 1 January 2001"),
        ("/work".to_owned(), "1 January 2001"),
    ] {
        let page = words(&city.get(&lead, &path).await);
        assert!(page.contains(said), "{path}: {page}");
    }
    // Once the day is put right, nothing asks by the old one any more.
    let version = hidden(&city.get(&lead, &page).await, "version");
    let right = [("version", version.as_str()), ("review-on-day", "1"), ("review-on-month", "12"), ("review-on-year", "2027")];
    assert_eq!(city.post(&lead, &page, &[&title[..], &right].concat()).await.status, StatusCode::SEE_OTHER);
    assert!(!words(&city.get(&lead, "/work").await).contains("2001"));
    assert!(words(&city.get(&lead, "/risks").await).contains("1 December 2027"));
}

#[tokio::test]
async fn given_up_and_taken_up_again_it_is_what_it_was() {
    let city = City::empty().await;
    let lead = city.browser("camden", Role::IgOfficer).await;
    let address =
        recorded(&city, &lead, &[&[("title", "Parking permits"), ("signatories", "SIRO, Camden")][..], &LATE].concat()).await;
    let board = words(&city.get(&lead, &format!("{address}/sign-off")).await);
    assert!(board.contains("nobody signs it here") && board.contains("SIRO, Camden"), "{board}");
    assert!(!board.contains("when its annex is frozen") && !board.contains("Who signs what"), "{board}");

    let given_up = city.post(&lead, &format!("{address}/move/withdraw"), &[("reasons", "A slip")]).await;
    assert_eq!(given_up.status, StatusCode::SEE_OTHER, "{}", given_up.text);
    let page = words(&city.get(&lead, &address).await);
    assert!(!page.contains("required answer") && !page.contains("Cannot start yet"), "{page}");
    let board = city.get(&lead, &format!("{address}/sign-off")).await;
    assert!(board.text.replace("&#x2f;", "/").contains(&format!("{address}/move/resume")), "{}", board.text);
    assert!(words(&city.get(&lead, &format!("{address}/move/resume")).await).contains("as it was recorded"));
    let again = city.post(&lead, &format!("{address}/move/resume"), &[("reasons", "It was a slip")]).await;
    assert_eq!(again.status, StatusCode::SEE_OTHER, "{}", again.text);
    let now = exported(&city, &lead, &address).await;
    assert_eq!(now.assessment.state, State::Recorded);
    assert_eq!(now.assessment.elsewhere.unwrap().signatories, ["SIRO, Camden"]);
    // Its review is asked for again.
    assert!(now.tasks.iter().any(|task| task.open() && task.due == Some(jiff::civil::date(2001, 1, 1))), "{:?}", now.tasks);
    assert!(city.store().check(&domain::people::Scope::Operator).await.unwrap().sound());
}

#[tokio::test]
async fn the_pages_of_one_made_elsewhere_offer_nothing_that_cannot_be_and_say_nothing_that_is_not_so() {
    let city = City::empty().await;
    let lead = city.browser("camden", Role::ProjectLead).await;
    let address = recorded(&city, &lead, &[("title", "Parking permits"), ("level", "medium")]).await;
    let said = |path: &'static str| {
        let (city, lead, address) = (&city, &lead, &address);
        async move { words(&city.get(lead, &format!("{address}{path}")).await) }
    };
    let page = said("").await;
    assert!(page.contains("Its file is among the attachments"), "{page}");
    let publish = said("/publish").await;
    assert!(publish.contains("nothing here to publish") && !publish.contains("when it is signed by all"), "{publish}");
    let change = said("/change").await;
    assert!(change.contains("corrected with what is recorded of it") && !change.contains("opened for changes"), "{change}");
    let officer = city.browser("camden", Role::Dpo).await;
    let advice = city.get(&officer, &format!("{address}/advice")).await;
    assert!(advice.text.contains("nothing is recommended here") && !advice.text.contains("Recommend it"), "{}", advice.text);
    // Nothing is wanted, compared, switched or given away of what nobody writes here.
    assert!(
        change.contains("Who leads it?") && !change.contains("By when is it wanted?") && !change.contains("cannot sign"),
        "{change}"
    );
    for gone in ["by when it is wanted", "Wanted by", "Compare two versions", "Parts that are on", "newer version", "Publication"]
    {
        assert!(!page.contains(gone), "{gone}: {page}");
    }
    for path in ["template", "modules", "versions", "compare", "consultation", "import-report", "shared/aims"] {
        assert_eq!(city.get(&lead, &format!("{address}/{path}")).await.status, StatusCode::NOT_FOUND, "{path}");
        assert!(!city.get(&lead, &address).await.text.replace("&#x2f;", "/").contains(&format!("{address}/{path}\"")), "{path}");
    }
    let named = city.post(&lead, &format!("{address}/versions"), &[("name", "A name")]).await;
    assert_eq!(named.status, StatusCode::NOT_FOUND);
    let tasks = said("/tasks").await;
    assert!(tasks.contains("Look at the assessment again") && !tasks.contains("Why this assessment"), "{tasks}");
    assert!(!said("/parties").await.contains("Invite a guest"));
    // Its files say what is recorded, and not that questions are still to be answered.
    let files = said("/files").await;
    assert!(
        files.contains("what is recorded of it") && !files.contains("Answers as CSV") && !files.contains("no version yet"),
        "{files}"
    );
    let paper = city.get(&lead, &format!("{address}/files/assessment.md")).await.text;
    assert!(paper.contains("What its document says") && paper.contains("Medium"), "{paper}");
    assert!(
        !paper.contains("Not answered") && !paper.contains("No risks are recorded") && !paper.contains("Working text"),
        "{paper}"
    );
    // A file of the CNIL's tool holds no signed document.
    let cnil = brought_in(&city, &lead).await;
    let page = words(&city.get(&lead, &cnil).await);
    assert!(page.contains("Made elsewhere") && page.contains("No file came with it; what came in as data is below"), "{page}");
    // What came in as data has its pages, which say that it came in.
    let template = words(&city.get(&lead, &format!("{cnil}/template")).await);
    assert!(template.contains("stays as it came in") && !template.contains("It is written with"), "{template}");
    assert_eq!(city.get(&lead, &format!("{cnil}/import-report")).await.status, StatusCode::OK);
    let json = exported(&city, &lead, &cnil).await;
    let mut told = 0;
    for place in json.fields.iter().map(|field| &field.place) {
        let answer = words(&city.get(&lead, &format!("{cnil}/{}/{}", place.part, place.field)).await);
        assert!(!answer.contains("Give this question to somebody"), "{answer}");
        told += usize::from(answer.contains("this is what came in"));
    }
    assert!(told > 0, "of {} answers", json.fields.len());
}
