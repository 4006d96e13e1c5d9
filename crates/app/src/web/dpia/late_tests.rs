//! Whose words a risk and a measure are, in browsers: each council writes its own annex and the shared text while that is written,
//! and one that joins a signed assessment writes its own annex alone.

use super::tests::{case, text, value};
use axum::http::StatusCode;
use domain::{
    dpia::{
        answer::PersonRef,
        assessment::{Assessment, Joined, Party, State},
        place::Part,
        task::{Assignee, Task},
        template::Purpose,
    },
    people::Role,
};

#[tokio::test(flavor = "multi_thread")]
async fn nobody_rewrites_a_measure_of_anothers_annex() {
    let case = case().await;
    let camden = Part::Annex(case.city.organisation("camden").id);
    let (theirs, measure) = case.risk(camden, 1, "minimal").await;
    let (shared, _) = case.risk(Part::Shared, 2, "minimal").await;
    let address = format!("{}/measures/{measure}", case.address);
    let page = case.city.get(&case.dele, &address).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.text.contains("Measure number 1") && !page.text.contains("name=\"title\""), "{}", page.text);
    let version = value(&case.city.get(&case.priya, &address).await.page(), "version");
    let renamed = [("version", version.as_str()), ("title", "Do nothing"), ("progress", "dropped"), ("evidence", "No.")];
    assert_eq!(case.city.post(&case.dele, &address, &renamed).await.status, StatusCode::NOT_FOUND);
    let list = case.city.get(&case.priya, &format!("{}/risks", case.address)).await.text;
    assert!(list.contains("Measure number 1") && !list.contains("Do nothing"));
    // Nor is a risk of theirs offered for a measure of one's own, or taken when the form is made up.
    let new = format!("{}/measures/new", case.address);
    let page = case.city.get(&case.dele, &new).await.text;
    assert!(page.contains(&shared.to_string()) && !page.contains(&theirs.to_string()), "{page}");
    let fields = [("title", "Look at it"), ("risk", &theirs.to_string()), ("risk", &shared.to_string()), ("progress", "planned")];
    assert_eq!(case.city.post(&case.dele, &new, &fields).await.status, StatusCode::SEE_OTHER);
    let work = case.held().await;
    let added = work.whole.measures.iter().find(|one| one.measure.title == "Look at it").unwrap();
    assert_eq!(added.measure.risks, [shared]);
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_joins_a_signed_assessment_writes_its_own_annex_alone() {
    let case = case().await;
    let today = case.city.app.clock.today();
    let template = domain::dpia::library::shipped().in_force(Purpose::Dpia, today).unwrap();
    let hackney = case.city.organisation("hackney").id;
    let (shared, signed) = case.risk(Part::Shared, 1, "minimal").await;
    case.city.person("Piotr Ash", "hackney", &[Role::Cio]).await;
    // Camden freezes it alone, and uses it; Hackney joins then.
    let mut work = case.held().await;
    let head = work.whole.assessment.clone();
    let parties: Vec<Party> = head.parties.iter().filter(|party| party.organisation != hackney).cloned().collect();
    work.change_head(Assessment { parties, ..head.clone() }).await.unwrap();
    let routes = case.city.app.rules().routes_of(&work.whole.assessment, today).unwrap();
    let version = work.make_version(template, "", Some(&routes)).await.unwrap();
    let parties = head.parties.iter().map(|party| Party { joined: Joined::Accepted, ..party.clone() }).collect();
    let now = work.whole.assessment.clone();
    work.change_head(Assessment { state: State::Live, frozen: Some(version), parties, ..now }).await.unwrap();
    work.commit().await.unwrap();

    let page = case.city.get(&case.dele, &format!("{}/measures/{signed}", case.address)).await;
    assert!(page.text.contains("Measure number 1") && !page.text.contains("name=\"title\""), "signed words stay: {}", page.text);
    let new = format!("{}/measures/new", case.address);
    for risks in [vec![("risk", shared.to_string())], vec![]] {
        let mut fields = vec![("title", "Rewrite the shared text"), ("progress", "planned")];
        fields.extend(risks.iter().map(|(name, value)| (*name, value.as_str())));
        let refused = case.city.post(&case.dele, &new, &fields).await;
        assert!(refused.text.contains("Choose a risk of a part that you can write now"), "{}", refused.text);
    }
    let refused =
        case.city.post(&case.dele, &format!("{}/risks/{shared}", case.address), &[("version", "1"), ("title", "X")]).await;
    assert_eq!(refused.status, StatusCode::CONFLICT);
    assert!(refused.text.contains("The risk is not saved: the text was frozen"), "{}", refused.text);

    // Its own risk, high and not looked at yet, is nothing to the others: the level stays what was signed.
    let (own, _) = case.risk(Part::Annex(hackney), 2, "serious").await;
    let fields = [("title", "Ask people"), ("risk", &own.to_string()), ("progress", "planned")];
    let saved = case.city.post(&case.dele, &new, &fields).await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.text);
    let page = case.city.get(&case.priya, &format!("{}/sign-off", case.address)).await.page();
    let said = text(&page, "main");
    assert!(said.contains("In use. Camden and Hackney have not signed"), "{said}");
    assert!(said.contains("shared or its own: Camden low, Hackney high"), "{said}");
    assert!(said.contains("when its annex is frozen"), "{said}");
    let page = case.city.get(&case.priya, &case.address).await.page();
    assert!(text(&page, "main").contains("Highest risk after measuresLow"), "{}", text(&page, "main"));
    // Once its annex is frozen, it stops Hackney alone, and the pages say whose it is and whom it stops.
    let mut work = case.held().await;
    let version = work.make_version(template, "", Some(&routes)).await.unwrap();
    let now = work.whole.assessment.clone();
    work.change_head(Assessment { frozen: Some(version), ..now }).await.unwrap();
    work.commit().await.unwrap();
    let said = text(&case.city.get(&case.priya, &case.address).await.page(), ".ct-box--block");
    assert!(said.contains("1 high risk is left after measures in the annex of"), "{said}");
    assert!(said.contains("alone: the others have signed, and can use the data"), "{said}");
    let said = text(&case.city.get(&case.priya, &format!("{}/consultation", case.address)).await.page(), "main");
    assert!(said.contains("Hackney cannot accept the risk, and may use no data"), "{said}");
    assert!(!said.contains("nobody can accept the risk"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_signed_measure_it_is_said_with_whom_its_task_is_now_and_late_is_what_the_task_says() {
    let case = case().await;
    let (_, measure) = case.risk(Part::Shared, 1, "minimal").await;
    let (priya, camden) = (case.priya.person.unwrap(), case.city.organisation("camden").id);
    let mut work = case.held().await;
    let mut record = work.whole.measures.iter().find(|one| one.measure.id == measure).unwrap().clone();
    record.measure.owner = PersonRef { id: Some(priya.0), name: "Priya Nair".to_owned(), ..PersonRef::default() };
    (record.measure.organisation, record.measure.due) = (Some(camden), Some(jiff::civil::date(2026, 6, 1)));
    work.put_measure(record).await.unwrap();
    let head = work.whole.assessment.clone();
    work.change_head(Assessment { state: State::Live, ..head }).await.unwrap();
    work.commit().await.unwrap();
    let list = format!("{}/risks", case.address);
    for path in [list.as_str(), "/risks"] {
        let page = case.city.get(&case.priya, path).await.text;
        assert!(page.contains("late: 1 June 2026") && !page.contains("now with"), "{page}");
    }
    // The task is put off and handed on: the signed words stay, and what is late follows the task.
    let mut work = case.held().await;
    let task = work.tasks()[0].clone();
    let assignee = Assignee::Person { person: case.dele.person.unwrap(), organisation: case.city.organisation("hackney").id };
    work.put_task(Task { assignee, due: Some(jiff::civil::date(2027, 6, 1)), ..task }).await.unwrap();
    work.commit().await.unwrap();
    for path in [list.as_str(), "/risks"] {
        let page = case.city.get(&case.priya, path).await.page();
        let said = text(&page, "main");
        assert!(said.contains("by 1 June 2026; Priya Nair; now with Dele Okafor by 1 June 2027"), "{said}");
        assert!(!said.contains("late: "), "{said}");
    }
    let csv = case.city.get(&case.priya, "/risks.csv").await.text;
    assert!(csv.starts_with("\u{feff}assessment,"), "a spreadsheet sees that it is UTF-8: {csv}");
    assert!(csv.contains("2027-06-01,0,Dele Okafor") && !csv.contains("2026-06-01"), "{csv}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_given_up_is_no_risk_and_owes_no_measure_any_more() {
    let case = case().await;
    let (_, measure) = case.risk(Part::Shared, 1, "serious").await;
    let mut work = case.held().await;
    let mut record = work.whole.measures.iter().find(|one| one.measure.id == measure).unwrap().clone();
    record.measure.due = Some(jiff::civil::date(2026, 6, 1));
    let title = record.measure.title.clone();
    work.put_measure(record).await.unwrap();
    work.commit().await.unwrap();
    let register = async || text(&case.city.get(&case.priya, "/risks").await.page(), "main");
    let rows = async || case.city.get(&case.priya, "/risks.csv").await.text.lines().count() - 1;
    assert!(register().await.contains("late: 1 June 2026") && !register().await.contains("left out"));
    assert_eq!(rows().await, 1);
    for state in [State::Withdrawn, State::Superseded] {
        case.now_in(case.id(), state).await;
        let said = register().await;
        assert!(said.contains("1 assessment was given up or replaced, and is left out"), "{said}");
        assert!(!said.contains(&title) && !said.contains("late: ") && !said.contains("After measures"), "{said}");
        assert_eq!(rows().await, 0);
    }
    // Taken up again, it counts again.
    case.now_in(case.id(), State::Drafting).await;
    assert!(register().await.contains("late: 1 June 2026"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_to_the_commissioner_is_put_right_and_taken_back_on_its_page() {
    let case = case().await;
    let (risk, _) = case.risk(Part::Shared, 1, "serious").await;
    let version = case.frozen().await;
    let id = case.asks(risk, version, jiff::civil::date(2026, 11, 2), |_| ()).await;
    case.now_in(case.id(), State::Consulting).await;
    let person = case.city.person("Helen Marsh", "camden", &[Role::Dpo]).await;
    let officer = case.city.signed_in(person, "camden").await;
    let page = format!("{}/consultation", case.address);
    let day = |act: &'static str, day: &'static str| {
        [
            ("act", act.to_owned()),
            (day_name(act, "day"), day.to_owned()),
            (day_name(act, "month"), "11".to_owned()),
            (day_name(act, "year"), "2026".to_owned()),
        ]
    };
    let post = |fields: Vec<(&'static str, String)>| {
        let (case, officer, page) = (&case, &officer, &page);
        async move {
            let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
            case.city.post(officer, page, &fields).await
        }
    };
    assert_eq!(post(day("received", "20").into()).await.status, StatusCode::SEE_OTHER);
    // It came on another day than was recorded.
    let which = |which: &str| vec![("which", which.to_owned()), ("consultation", id.to_string())];
    let wrong = post([which(""), day("corrected", "4").into()].concat()).await;
    assert!(
        wrong.text.contains("Choose which day was recorded wrongly") && wrong.text.contains("<title>Error: "),
        "{}",
        wrong.text
    );
    let early = post([which("received"), day("corrected", "1").into()].concat()).await;
    assert!(early.text.contains("The day must be on or after 2 November 2026"), "{}", early.text);
    assert_eq!(post([which("received"), day("corrected", "4").into()].concat()).await.status, StatusCode::SEE_OTHER);
    let said = case.city.get(&officer, &page).await.page();
    assert!(text(&said, "main").contains("30 December 2026"), "the last day follows: {}", text(&said, "main"));
    // Nobody waits for an answer that will not come.
    let silent = post(day("withdrawn", "20").into()).await;
    assert!(silent.text.contains("Enter why") && silent.text.contains("<title>Error: "), "{}", silent.text);
    let why = vec![("withdrawn-why", "The risk is no longer high.".to_owned())];
    assert_eq!(post([why, day("withdrawn", "20").into()].concat()).await.status, StatusCode::SEE_OTHER);
    let said = text(&case.city.get(&officer, &page).await.page(), "main");
    assert!(said.contains("Taken back on 20 November 2026: The risk is no longer high."), "{said}");
    assert!(said.contains("Ask the Commissioner"), "it can be asked anew: {said}");
    let work = case.held().await;
    assert!(work.whole.consulting().next().is_none() && work.whole.assessment.state == State::Review);
}

/// The name of a part of a date, as a form's field has it.
fn day_name(act: &str, part: &str) -> &'static str {
    match (act, part) {
        ("received", "day") => "received-day",
        ("received", "month") => "received-month",
        ("received", _) => "received-year",
        ("corrected", "day") => "corrected-day",
        ("corrected", "month") => "corrected-month",
        ("corrected", _) => "corrected-year",
        (_, "day") => "withdrawn-day",
        (_, "month") => "withdrawn-month",
        _ => "withdrawn-year",
    }
}
