//! Files in the browser: looked at, mapped, imported, taken back; and files that are none.

mod report;

use super::*;
use crate::web::turns::IMPORTS;

pub(super) fn upload(kind: &str, name: &str, content: &str) -> Request<Body> {
    upload_bytes(kind, name, content.as_bytes())
}

pub(super) fn upload_bytes(kind: &str, name: &str, content: &[u8]) -> Request<Body> {
    upload_from(Uuid::new_v4(), kind, name, content)
}

/// As the form of one page sends it.
fn upload_from(command: Uuid, kind: &str, name: &str, content: &[u8]) -> Request<Body> {
    let head = format!(
        "--XX\r\nContent-Disposition: form-data; name=\"command\"\r\n\r\n{command}\r\n--XX\r\nContent-Disposition: form-data; name=\"kind\"\r\n\r\n{kind}\r\n\
         --XX\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\nContent-Type: text/csv\r\n\r\n"
    );
    let body = [head.as_bytes(), content, b"\r\n--XX--\r\n"].concat();
    Request::post("/organisations/camden/import")
        .header(header::CONTENT_TYPE, "multipart/form-data; boundary=XX")
        .header("sec-fetch-site", "same-origin")
        .body(Body::from(body))
        .unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_brings_what_is_there_already_says_so_before_it_is_imported() {
    let own = camden().await;
    let (city, editor) = (&own.city, &own.editor);
    let csv = format!("Reference,Title,Supplier\nR1,{},not known\nR2,Something else entirely,not known\n", own.contract.title);
    let sent = city.send(editor, upload("contracts", "register.csv", &csv)).await;
    let said = words(&city.get(editor, sent.location()).await);
    assert!(said.contains("1 contract that would be added is much like one that is there"), "{said}");
    assert!(said.contains("perhaps in the register already") && said.contains("with the same title"), "{said}");
    let csv = "Reference,Title,Supplier\nR2,Something else entirely,not known\n";
    let sent = city.send(editor, upload("contracts", "register.csv", csv)).await;
    let said = words(&city.get(editor, sent.location()).await);
    assert!(said.contains("1 to add") && !said.contains("erhaps in the register already"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_is_looked_at_mapped_imported_and_taken_back() {
    let own = camden().await;
    let (city, editor) = (&own.city, &own.editor);
    let csv = "Reference,What,Supplier name,End date\nR1,Parking permits,Bramblewick Ltd,31/03/2028\nR2,Libraries,Bramblewick Ltd,30/06/2027\n";
    let sent = city.send(editor, upload("contracts", "../register.csv", csv)).await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", words(&sent));
    let preview = city.get(editor, sent.location()).await;
    let fields = filled(&preview.page(), "[name=header]");
    assert!(fields.iter().any(|(name, value)| name == "header" && value == "What"), "{fields:?}");
    // The column that no header names is said by hand; everything that would change is then shown.
    let mapped: Vec<(&str, &str)> = fields
        .iter()
        .scan("", |header, (name, value)| {
            let value = if name == "field" && *header == "What" { "title" } else { value.as_str() };
            if name == "header" {
                *header = value;
            }
            Some((name.as_str(), value))
        })
        .chain([("do", "map")])
        .collect();
    assert_eq!(city.post(editor, sent.location(), &mapped).await.status, StatusCode::SEE_OTHER);
    let preview = city.get(editor, sent.location()).await;
    let said = words(&preview);
    assert!(
        said.contains("2 rows read: 2 to add") && said.contains("Parking permits") && said.contains("Bramblewick Ltd"),
        "{said}"
    );
    // What is added is said field by field, names that the file itself brings included.
    assert!(said.contains("Suppliers : Bramblewick Ltd") && said.contains("Current end : 31 March 2028"), "{said}");
    let contracts = || async {
        city.store()
            .by::<Contract>(&Scope::Operator, "organisation_id", own.contract.organisation.0.to_string())
            .await
            .unwrap()
            .len()
    };
    assert_eq!(contracts().await, 1, "looking changed something");
    let other = city.browser("camden", Role::Editor).await;
    assert_eq!(city.get(&other, sent.location()).await.status, StatusCode::NOT_FOUND, "a file is its sender's alone");
    let fields = filled(&preview.page(), "[name=command]");
    let done = city.post(editor, sent.location(), &with(&fields, &[("do", "import")])).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER);
    assert_eq!(notice(&done), "The file is imported: 2 rows added, 0 changed, 0 unchanged, 0 rejected.");
    let again = city.post(editor, sent.location(), &with(&fields, &[("do", "import")])).await;
    assert_eq!(notice(&again), notice(&done), "a second press says what the first did");
    assert_eq!(contracts().await, 3);
    let dashboard = city.get(editor, "/organisations/camden/register").await;
    assert!(words(&dashboard).contains("register.csv") && !words(&dashboard).contains("../"));
    assert!(done.location().starts_with("/organisations/camden/imports/") && again.location() == done.location());
    let action = all(dashboard.page().root_element(), "form[action*='/imports/']")[0].value().attr("action").unwrap().to_owned();
    let theirs = action.replace("/camden/", "/hackney/");
    let hackney = city.browser("hackney", Role::Editor).await;
    for path in [&action, &theirs] {
        assert_eq!(city.post(&hackney, path, &[]).await.status, StatusCode::NOT_FOUND);
    }
    assert_eq!(city.post(editor, &action, &[]).await.status, StatusCode::SEE_OTHER);
    assert_eq!(contracts().await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_warning_is_about_is_said_in_the_words_of_the_page() {
    let own = camden().await;
    let (city, editor) = (&own.city, &own.editor);
    let csv = "Reference,Title,Supplier,Ends on,A year\nR1,Lifts,not known,31/02/2030,twelve pounds\n";
    let sent = city.send(editor, upload("contracts", "register.csv", csv)).await;
    let here = sent.location();
    let fields = form(city, editor, here, "[name=header]").await;
    let fields: Vec<(String, String)> =
        column(&fields, "Ends on", "end").into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    let mut mapped = column(&fields, "A year", "annual-value");
    mapped.push(("do", "map"));
    city.post(editor, here, &mapped).await;
    let page = city.get(editor, here).await;
    let said = words(&page);
    for one in ["End date", "Annual value", "31/02/2030", "twelve pounds"] {
        assert!(said.contains(one), "{one}: {said}");
    }
    assert!(!said.contains("annual-value") && !said.contains("Organisation uri"), "{said}");
    let sent = city.send(editor, upload("contracts", "short.csv", "Reference,Title\nR1,Lifts\n")).await;
    let said = words(&city.get(editor, sent.location()).await);
    assert!(said.contains("No column says who the supplier is"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_of_skills_is_looked_at_imported_and_taken_back() {
    let own = camden().await;
    let (city, editor) = (&own.city, &own.editor);
    let csv = "Skill,Level,People,Training\nPower BI,expert,3,yes\nGIS,quite good,1,no\n";
    let sent = city.send(editor, upload("skills", "skills.csv", csv)).await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", words(&sent));
    let preview = city.get(editor, sent.location()).await;
    let said = words(&preview);
    assert!(said.contains("2 rows read: 1 to add") && said.contains("Power BI") && said.contains("1 rejected"), "{said}");
    // A column of skills can say what a file of skills says, and nothing of contracts.
    let choices = all(preview.page().root_element(), "select option[value=level]").len();
    assert!(choices > 0 && all(preview.page().root_element(), "select option[value=supplier]").is_empty());
    let fields = filled(&preview.page(), "[name=command]");
    let done = city.post(editor, sent.location(), &with(&fields, &[("do", "import")])).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", words(&done));
    let said = "The file is imported: 1 row added, 0 changed, 0 unchanged, 1 rejected. Its report says why.";
    assert_eq!(notice(&done), said);
    // Skills stand where one looks for them.
    for path in ["/organisations/camden", "/skills"] {
        assert!(words(&city.get(&Browser::default(), path).await).contains("Power BI"), "{path}");
    }
    assert!(words(&city.get(&Browser::default(), "/").await).contains("1 skill that councils have"));
    let shown = || async { words(&city.get(&Browser::default(), "/skills?level=expert").await) };
    assert!(shown().await.contains("Power BI"));
    assert!(city.get(&Browser::default(), "/changes").await.status.is_success());
    let dashboard = city.get(editor, "/organisations/camden/register").await;
    let action = all(dashboard.page().root_element(), "form[action*='/imports/']")[0].value().attr("action").unwrap().to_owned();
    assert_eq!(city.post(editor, &action, &[]).await.status, StatusCode::SEE_OTHER);
    assert!(!shown().await.contains("Power BI"));
}

#[tokio::test(flavor = "multi_thread")]
async fn another_file_from_the_same_page_is_not_taken_for_the_first() {
    let own = camden().await;
    let (city, editor, page) = (&own.city, &own.editor, Uuid::new_v4());
    let csv = |title: &str| format!("Reference,Title,Supplier\nR1,{title},not known\n");
    let send = async |title: &str| {
        let sent = city.send(editor, upload_from(page, "contracts", "register.csv", csv(title).as_bytes())).await;
        assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", words(&sent));
        sent.location().to_owned()
    };
    let first = send("Parking permits").await;
    assert_eq!(send("Parking permits").await, first, "a second press");
    let other = send("Library books").await;
    assert_ne!(other, first);
    assert!(words(&city.get(editor, &other).await).contains("Library books"));
    assert!(
        words(&city.get(editor, &first).await).contains("Parking permits"),
        "what was shown of the first is still what it is"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn s48_files_of_rows_are_read_a_few_at_a_time() {
    let own = camden().await;
    let (city, editor) = (&own.city, &own.editor);
    let turns = (IMPORTS.take().await.unwrap(), IMPORTS.take().await.unwrap());
    let csv = "Reference,Title,Supplier\nR1,Parking permits,not known\n";
    let sending = city.send(editor, upload("contracts", "register.csv", csv));
    tokio::pin!(sending);
    let short = std::time::Duration::from_millis(100);
    assert!(tokio::time::timeout(short, &mut sending).await.is_err(), "it waits while two are read");
    drop(turns);
    let sent = sending.await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER);
    let turns = (IMPORTS.take().await.unwrap(), IMPORTS.take().await.unwrap());
    assert!(tokio::time::timeout(short, city.get(editor, sent.location())).await.is_err(), "so does its preview");
    drop(turns);
    assert_eq!(city.get(editor, sent.location()).await.status, StatusCode::OK);
}

#[tokio::test(flavor = "multi_thread")]
async fn s35_files_that_are_none_are_refused_with_what_is_wrong() {
    let own = camden().await;
    for (name, content, message) in [
        ("", "", "Choose a file"),
        ("empty.csv", "", "The file is empty"),
        ("picture.svg", "<svg/>", "The file must be a CSV, Excel or OpenDocument file"),
        ("picture.csv", "\u{0}\u{1}\u{2}\u{3}\u{0}\u{0}", "The file is not what the ending of its name says"),
        ("register.xlsx", "a,b\n1,2\n", "The file is not what the ending of its name says"),
    ] {
        let answer = own.city.send(&own.editor, upload("contracts", name, content)).await;
        assert_eq!(answer.status, StatusCode::OK, "{name}");
        assert!(words(&answer).contains(message), "{name}: {}", words(&answer));
    }
    let rows = own
        .city
        .send(&own.editor, upload("contracts", "other.csv", "Organisation,Reference,Title,Supplier\nhackney,R1,Theirs,A Ltd\n"))
        .await;
    let preview = words(&own.city.get(&own.editor, rows.location()).await);
    assert!(preview.contains("1 rejected") && preview.contains("hackney"), "{preview}");
    let big = "a,b\n".repeat(super::super::import::LARGEST / 4 + 100_000);
    let answer = own.city.send(&own.editor, upload("contracts", "big.csv", &big)).await;
    assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);
}

/// Rows of a file, imported by the editor; where the import's report stands.
pub(super) async fn imported(city: &City, editor: &Browser, csv: &str) -> String {
    let sent = city.send(editor, upload("contracts", "Jane Doe leaves.csv", csv)).await;
    let fields = form(city, editor, sent.location(), "[name=command]").await;
    let done = city.post(editor, sent.location(), &with(&fields, &[("do", "import")])).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", words(&done));
    done.location().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_change_of_a_file_can_be_looked_at_and_look_alikes_are_marked_wherever_they_stand() {
    let own = camden().await;
    let (city, editor) = (&own.city, &own.editor);
    let mut csv = "Reference,Title,Supplier\n".to_owned();
    (0..130).for_each(|row| csv.push_str(&format!("X{row},Contract number {row},not known\n")));
    csv.push_str(&format!("X130,{},not known\n", own.contract.title));
    let sent = city.send(editor, upload("contracts", "register.csv", &csv)).await;
    let (first, second) =
        (city.get(editor, sent.location()).await, city.get(editor, &format!("{}?page=2", sent.location())).await);
    let said = words(&first);
    assert!(said.contains("Changes 1 to 100 of 131") && said.contains("1 contract that would be added is much like"), "{said}");
    assert!(words(&second).contains("Changes 101 to 131 of 131"), "{}", words(&second));
    let lines = |answer: &Answer| all(answer.page().root_element(), "#changes tbody tr").len();
    assert_eq!((lines(&first), lines(&second)), (100, 31));
    assert_eq!(city.get(editor, &format!("{}?page=3", sent.location())).await.status, StatusCode::NOT_FOUND);
}

/// A form's fields with another choice for a column.
pub(super) fn column<'f>(fields: &'f [(String, String)], of: &str, says: &'f str) -> Vec<(&'f str, &'f str)> {
    let mut header = "";
    let mut all = Vec::new();
    for (name, value) in fields {
        match name.as_str() {
            "header" => header = value,
            "field" if header == of => {
                all.push((name.as_str(), says));
                continue;
            }
            _ => {}
        }
        all.push((name.as_str(), value.as_str()));
    }
    all
}

#[tokio::test(flavor = "multi_thread")]
async fn a_column_that_is_chosen_on_the_preview_or_in_another_tab_is_shown_before_it_is_imported() {
    let own = camden().await;
    let (city, editor) = (&own.city, &own.editor);
    let csv = "Reference,Title,Supplier,End date\nR1,Parking permits,Bramblewick Ltd,31/03/2029\n";
    let sent = city.send(editor, upload("contracts", "register.csv", csv)).await;
    let contracts = || async {
        let own = own.contract.organisation.0.to_string();
        city.store().by::<Contract>(&Scope::Operator, "organisation_id", own).await.unwrap()
    };
    // The choice and 'Import it' are one form: the choice is not dropped, and nothing is imported that was not shown.
    let fields = form(city, editor, sent.location(), "[name=header]").await;
    let mut without = column(&fields, "End date", "ignore");
    without.push(("do", "import"));
    let shown = city.post(editor, sent.location(), &without).await;
    let said = words(&shown);
    assert_eq!(shown.status, StatusCode::OK, "{said}");
    assert!(shown.text.contains("<title>Error: ") && said.contains("What the columns say changed since you looked"), "{said}");
    assert!(!said.contains("31 March 2029"), "{said}");
    assert_eq!(contracts().await.len(), 1);
    // Another tab still shows the end date: what it imports is looked at once more too.
    let stale = city.post(editor, sent.location(), &with(&fields, &[("do", "import")])).await;
    assert_eq!(stale.status, StatusCode::OK, "{}", words(&stale));
    assert!(words(&stale).contains("31 March 2029"), "{}", words(&stale));
    assert_eq!(contracts().await.len(), 1);
    // What was shown last is what is done.
    let fields = filled(&stale.page(), "[name=header]");
    let done = city.post(editor, sent.location(), &with(&fields, &[("do", "import")])).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", words(&done));
    let made = contracts().await.into_iter().find(|contract| contract.title == "Parking permits").unwrap();
    assert_eq!(made.term.end, Some(date(2029, 3, 31)));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_whose_columns_are_not_understood_says_what_to_do_on_this_page() {
    let own = camden().await;
    let sent = own.city.send(&own.editor, upload("contracts", "x.csv", "foo,bar\n1,2\n")).await;
    let said = words(&own.city.get(&own.editor, sent.location()).await);
    assert!(said.contains("Headers are: foo, bar. Choose below which column says it."), "{said}");
    assert!(!said.contains("--mapping"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_nobody_sees_in_a_file_is_not_taken_into_a_record() {
    let own = camden().await;
    let (city, editor) = (&own.city, &own.editor);
    imported(city, editor, "Reference,Title,Supplier\nR1,Parking\u{202E} permits\u{200B},Bramblewick Ltd\n").await;
    let all: Vec<Contract> = city.store().all(&Scope::Operator).await.unwrap();
    assert!(all.iter().any(|contract| contract.title == "Parking permits"), "{all:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_shown_of_a_file_is_what_is_done_or_it_is_shown_again() {
    let own = camden().await;
    let (city, editor) = (&own.city, &own.editor);
    let row = |end: &str| format!("Reference,Title,Supplier,End date\nR1,Parking permits,Bramblewick Ltd,{end}\n");
    imported(city, editor, &row("31/03/2028")).await;
    let sent = city.send(editor, upload("contracts", "register.csv", &row("31/03/2029"))).await;
    let fields = form(city, editor, sent.location(), "[name=seen]").await;
    let contracts: Vec<Contract> =
        city.store().by(&Scope::Operator, "organisation_id", own.contract.organisation.0.to_string()).await.unwrap();
    let permits = contracts.iter().find(|contract| contract.title == "Parking permits").unwrap().id;
    // Somebody changes what the file would change.
    meanwhile(city, permits, |contract| contract.term.end = Some(date(2030, 3, 31))).await;
    let again = city.post(editor, sent.location(), &with(&fields, &[("do", "import")])).await;
    let said = words(&again);
    assert_eq!(again.status, StatusCode::OK, "{said}");
    assert!(again.text.contains("<title>Error: ") && said.contains("The register changed since you looked"), "{said}");
    assert!(said.contains("31 March 2030"), "{said}");
    assert_eq!(stored(city, permits).await.term.end, Some(date(2030, 3, 31)));
    // Something else that moves meanwhile is no reason to ask again, new names of the file's own included.
    let sent = city.send(editor, upload("contracts", "new.csv", "Reference,Title,Supplier\nN1,Bins,Quillfern Ltd\n")).await;
    let fields = form(city, editor, sent.location(), "[name=seen]").await;
    meanwhile(city, own.contract.id, |contract| contract.title = "Housing and repairs".to_owned()).await;
    let done = city.post(editor, sent.location(), &with(&fields, &[("do", "import")])).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", words(&done));
}

#[tokio::test(flavor = "multi_thread")]
async fn contracts_that_rows_of_systems_make_and_rows_with_one_reference_are_told_before_and_after() {
    let own = camden().await;
    let (city, editor) = (&own.city, &own.editor);
    let csv = "Function,Product,Supplier,Contract reference,Contract title\nHousing repairs,Fixwell,Ash Ltd,Q1,Repairs system\n";
    let sent = city.send(editor, upload("systems", "systems.csv", csv)).await;
    let preview = city.get(editor, sent.location()).await;
    assert!(words(&preview).contains("Contracts in these rows: 1 to add, 0 to change."), "{}", words(&preview));
    let fields = filled(&preview.page(), "[name=header]");
    let done = city.post(editor, sent.location(), &with(&fields, &[("do", "import")])).await;
    assert!(notice(&done).contains("Its rows added 1 contract and changed 0."), "{}", notice(&done));
    let report = words(&city.get(editor, done.location()).await);
    assert!(report.contains("Contracts in these rows: 1 added, 0 changed."), "{report}");
    let csv = "Reference,Title,Supplier\nR7,Libraries,Ash Ltd\nR7,Museums,Birch Ltd\n";
    let sent = city.send(editor, upload("contracts", "register.csv", csv)).await;
    let said = words(&city.get(editor, sent.location()).await);
    let heading = "Rows with the same reference, or the same title and supplier";
    assert!(said.contains(&format!("{heading} (1)")) && said.contains("R7: rows 2, 3"), "{said}");
    let csv = "Title,Supplier\nBins,Ash Ltd\nBins,Birch Ltd\nBins,Ash Ltd\n";
    let sent = city.send(editor, upload("contracts", "bins.csv", csv)).await;
    let said = words(&city.get(editor, sent.location()).await);
    assert!(said.contains(&format!("{heading} (1)")) && said.contains("Bins: rows 2, 4"), "{said}");
    let report = imported(city, editor, csv).await;
    assert!(words(&city.get(editor, &report).await).contains("Bins: rows 2, 4"), "and afterwards");
    let file = city.get(editor, &format!("{report}/report.csv")).await.text;
    assert!(file.contains("\"same title\",\"2 4\",\"title\",\"Bins\""), "{file}");
}
