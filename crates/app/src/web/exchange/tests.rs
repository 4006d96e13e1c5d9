//! Files in and out, over HTTP, on either database.

use crate::testing::{Browser, City};
use axum::{
    body::Body,
    http::{Method, Request, StatusCode, header},
};
use domain::{
    dpia::{
        answer::{Answer, Reference, Row},
        exchange::{Bundle, register::By},
    },
    people::Role,
    register::{
        ids::{ProductId, SupplierId, SystemId},
        records::{Identifier, Origin, Product, Supplier, System},
    },
};
use uuid::Uuid;

const CNIL: &[u8] = include_bytes!("../../../../domain/tests/cnil/full.json");

async fn send(
    city: &City,
    browser: &Browser,
    path: &str,
    fields: &[(&str, &str)],
    file: Option<(&str, &[u8])>,
) -> crate::testing::Answer {
    let mut body = Vec::new();
    let command = Uuid::new_v4().to_string();
    let has_command = fields.iter().any(|(name, _)| *name == "command");
    let own = (!has_command).then_some(("command", command.as_str()));
    for (name, value) in fields.iter().copied().chain(own) {
        body.extend(format!("--XyZ\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n").bytes());
    }
    if let Some((name, bytes)) = file {
        let head =
            format!("--XyZ\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\nContent-Type: x/y\r\n\r\n");
        body.extend(head.bytes());
        body.extend_from_slice(bytes);
        body.extend(b"\r\n");
    }
    body.extend(b"--XyZ--\r\n");
    let request = Request::builder()
        .method(Method::POST)
        .uri(path)
        .header(header::CONTENT_TYPE, "multipart/form-data; boundary=XyZ")
        .header("sec-fetch-site", "same-origin")
        .body(Body::from(body))
        .unwrap();
    city.send(browser, request).await
}

/// Brings the CNIL fixture in, and gives the assessment's address.
async fn brought_in(city: &City, browser: &Browser) -> String {
    let answer = send(city, browser, "/assessments/import/cnil", &[], Some(("pia.json", CNIL))).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text);
    answer.location().trim_end_matches("/import-report").to_owned()
}

#[tokio::test]
async fn a_file_of_the_cnil_comes_in_with_its_report_and_goes_out_with_every_text() {
    let city = City::empty().await;
    let lead = city.browser("camden", Role::ProjectLead).await;
    let address = brought_in(&city, &lead).await;
    let report = city.get(&lead, &format!("{address}/import-report")).await;
    assert!(report.text.contains("Its formatting went, the words stayed"), "{}", report.text);
    assert!(report.text.contains("&lt;p") || report.text.contains("&lt;ul"), "markup is shown as text");

    let json = city.get(&lead, &format!("{address}/files/assessment.json")).await;
    let bundle = Bundle::from_json(json.text.as_bytes()).unwrap();
    let pia = domain::dpia::cnil::read(CNIL).unwrap();
    for leaf in pia[0].leaves() {
        assert!(bundle.imported.iter().any(|one| one.source == leaf), "{}", leaf.reference);
    }
}

#[tokio::test]
async fn every_file_is_a_download_that_cannot_run_and_others_do_not_find_it() {
    let city = City::empty().await;
    let lead = city.browser("camden", Role::ProjectLead).await;
    let address = brought_in(&city, &lead).await;
    let page = city.get(&lead, &format!("{address}/files")).await.page();
    let links = scraper::Selector::parse("main a[href]").unwrap();
    let offered: Vec<&str> = page.select(&links).filter_map(|link| link.value().attr("href")).collect();
    for file in crate::papers::files::File::ALL {
        let path = format!("{address}/files/{}", file.name());
        assert!(offered.contains(&path.as_str()), "{path}");
        let answer = city.get(&lead, &path).await;
        assert_eq!(answer.status, StatusCode::OK, "{path}");
        let said = |name: header::HeaderName| answer.headers.get(name).unwrap().to_str().unwrap().to_owned();
        assert!(said(header::CONTENT_DISPOSITION).starts_with("attachment; "));
        assert_eq!(said(header::X_CONTENT_TYPE_OPTIONS), "nosniff");
        assert!(said(header::CONTENT_SECURITY_POLICY).contains("sandbox"));
        assert_eq!(said(header::CONTENT_TYPE), file.media_type());
        for other in [Browser::default(), city.browser("hackney", Role::Dpo).await] {
            let answer = city.get(&other, &path).await;
            assert!(matches!(answer.status, StatusCode::NOT_FOUND | StatusCode::SEE_OTHER), "{path}: {}", answer.status);
        }
    }
    assert_eq!(city.get(&lead, &format!("{address}/files/passwd")).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn an_assessment_goes_out_and_comes_in_elsewhere_without_loss() {
    let city = City::empty().await;
    let lead = city.browser("camden", Role::ProjectLead).await;
    let address = brought_in(&city, &lead).await;
    let first = city.get(&lead, &format!("{address}/files/assessment.json")).await;
    let other = city.browser("hackney", Role::IgOfficer).await;
    let answer = send(&city, &other, "/assessments/import/citytools", &[], Some(("a.json", first.text.as_bytes()))).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text);
    let there = answer.location().trim_end_matches("/import-report").to_owned();
    assert_ne!(there, address);
    let second = city.get(&other, &format!("{there}/files/assessment.json")).await;
    let (before, after) = (Bundle::from_json(first.text.as_bytes()).unwrap(), Bundle::from_json(second.text.as_bytes()).unwrap());
    let answers = |bundle: &Bundle| {
        let mut all: Vec<_> = bundle.fields.iter().map(|field| (field.place.field.clone(), field.answer.clone())).collect();
        all.sort_by(|one, other| one.0.cmp(&other.0));
        all
    };
    assert_eq!(answers(&after), answers(&before));
    let said =
        |bundle: &Bundle| bundle.comments.iter().map(|comment| comment.text.clone()).collect::<std::collections::BTreeSet<_>>();
    assert_eq!(said(&after), said(&before));
    assert_eq!(after.risks.len(), before.risks.len());
    assert_eq!(after.measures.len(), before.measures.len());
    let texts = |bundle: &Bundle| bundle.imported.iter().map(|one| one.source.clone()).collect::<Vec<_>>();
    assert_eq!(texts(&after), texts(&before));
}

#[tokio::test]
async fn a_zip_brings_its_files_along_and_they_are_looked_into() {
    let city = City::empty().await;
    let lead = city.browser("camden", Role::ProjectLead).await;
    let address = brought_in(&city, &lead).await;
    let added = send(&city, &lead, &format!("{address}/attachments"), &[], Some(("notice.pdf", b"%PDF-1.7 notice"))).await;
    assert_eq!(added.status, StatusCode::SEE_OTHER, "{}", added.text);
    let zip = city.bytes(&lead, &format!("{address}/files/assessment.zip")).await;
    let other = city.browser("hackney", Role::Dpo).await;
    let answer = send(&city, &other, "/assessments/import/citytools", &[], Some(("a.zip", &zip))).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text);
    let there = answer.location().trim_end_matches("/import-report").to_owned();
    let json = city.get(&other, &format!("{there}/files/assessment.json")).await;
    let bundle = Bundle::from_json(json.text.as_bytes()).unwrap();
    let file = city.get(&other, &format!("{there}/attachments/{}", bundle.attachments[0].id)).await;
    assert_eq!(file.text, "%PDF-1.7 notice");

    // The same ZIP with another file under the hash of the first: it is not taken.
    let package = documents::package::read(&zip, &documents::package::Caps::default()).unwrap();
    let document = String::from_utf8(package.document).unwrap();
    let evil: &[u8] = b"<script>alert(1)</script>";
    let changed = document.replace(&bundle.attachments[0].hash.to_string(), &documents::package::sha256(evil));
    let zip = documents::package::write(changed.as_bytes(), [evil]).unwrap();
    let answer = send(&city, &other, "/assessments/import/citytools", &[], Some(("a.zip", &zip))).await;
    assert!(answer.text.contains("cannot be taken"), "{}", answer.text);
}

#[tokio::test]
async fn a_repeated_press_brings_in_one_assessment() {
    let city = City::empty().await;
    let lead = city.browser("camden", Role::ProjectLead).await;
    let command = Uuid::new_v4().to_string();
    let mut places = Vec::new();
    for _ in 0..2 {
        let answer = send(&city, &lead, "/assessments/import/cnil", &[("command", &command)], Some(("pia.json", CNIL))).await;
        places.push(answer.location().to_owned());
    }
    assert_eq!(places[0], places[1]);
}

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
async fn s35_what_could_run_is_not_attached() {
    let city = City::empty().await;
    let lead = city.browser("camden", Role::ProjectLead).await;
    let address = format!("{}/attachments", brought_in(&city, &lead).await);
    let refused: [(&str, &[u8], &str); 5] = [
        ("a.svg", b"<svg onload='x'/>", "must be a PDF"),
        ("a.html", b"<script>", "must be a PDF"),
        ("a.pdf", b"MZ", "not what its name says"),
        ("a.txt", b"  <script>alert(1)</script>", "not what its name says"),
        ("a.pdf", b"", "must not be empty"),
    ];
    for (name, bytes, why) in refused {
        let answer = send(&city, &lead, &address, &[], Some((name, bytes))).await;
        assert!(answer.status == StatusCode::OK && answer.text.contains(why), "{name}: {}", answer.text);
    }
    let answer = send(&city, &lead, &address, &[], Some(("..\\..\\\u{202E}no<b>te.txt", b"plain"))).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text);
    let page = city.get(&lead, &address).await;
    assert!(page.text.contains("No virus scanner is set up"));
    assert!(!page.text.contains("<b>te"));
    let other = city.browser("hackney", Role::Dpo).await;
    assert_eq!(city.get(&other, &address).await.status, StatusCode::NOT_FOUND);
    assert_eq!(send(&city, &other, &address, &[], Some(("a.txt", b"x"))).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn s37_an_attachments_name_is_for_people_and_no_path() {
    let city = City::empty().await;
    let lead = city.browser("camden", Role::ProjectLead).await;
    let address = brought_in(&city, &lead).await;
    let long = format!("{}.txt", "\u{1F600}".repeat(300));
    for (number, name) in [
        "../../../tmp/citytools-s37.txt",
        "..\\..\\citytools-s37.txt",
        "a\u{0}b\u{7}.txt",
        "a%0d%0aX-Evil: 1.txt",
        "\u{202E}txt.exe.txt",
        &long,
    ]
    .into_iter()
    .enumerate()
    {
        let bytes = format!("plain {number}");
        let added = send(&city, &lead, &format!("{address}/attachments"), &[], Some((name, bytes.as_bytes()))).await;
        assert_eq!(added.status, StatusCode::SEE_OTHER, "{name:?}: {}", added.text);
    }
    let json = city.get(&lead, &format!("{address}/files/assessment.json")).await;
    let bundle = Bundle::from_json(json.text.as_bytes()).unwrap();
    assert!(bundle.attachments.len() == 6, "{}", bundle.attachments.len());
    for file in &bundle.attachments {
        let harmless = |c: char| !c.is_control() && !matches!(c, '/' | '\\' | '\u{202E}');
        assert!(file.name.chars().all(harmless) && file.name.chars().count() <= 200, "{:?}", file.name);
        let taken = city.get(&lead, &format!("{address}/attachments/{}", file.id)).await;
        assert!(taken.text.starts_with("plain "), "{:?}", file.name);
        let disposition = taken.headers[header::CONTENT_DISPOSITION].to_str().unwrap();
        assert!(disposition.starts_with("attachment") && !disposition.contains(['/', '\\', '\r', '\n']), "{disposition}");
        assert!(taken.headers.get("x-evil").is_none());
    }
    assert!(!std::env::temp_dir().join("citytools-s37.txt").exists());
    for path in ["..%2F..%2Fetc%2Fpasswd", "%00", "assessment.json%00.pdf"] {
        assert_eq!(city.get(&lead, &format!("{address}/attachments/{path}")).await.status, StatusCode::NOT_FOUND, "{path}");
        assert_eq!(city.get(&lead, &format!("{address}/files/{path}")).await.status, StatusCode::NOT_FOUND, "{path}");
    }
}

#[tokio::test]
async fn a_file_that_is_none_is_refused_with_words() {
    let city = City::empty().await;
    let lead = city.browser("camden", Role::ProjectLead).await;
    for (kind, bytes) in
        [("cnil", &b"{}"[..]), ("cnil", b"no json"), ("citytools", b"{\"format\":\"x\"}"), ("citytools", b"PK\x03\x04broken")]
    {
        let answer = send(&city, &lead, &format!("/assessments/import/{kind}"), &[], Some(("a.json", bytes))).await;
        assert!(answer.text.contains("The file cannot be taken in"), "{kind}: {}", answer.text);
    }
    let viewer = city.browser("camden", Role::Viewer).await;
    assert_eq!(city.get(&viewer, "/assessments/import").await.status, StatusCode::NOT_FOUND);
    assert_eq!(send(&city, &viewer, "/assessments/import/cnil", &[], Some(("a.json", CNIL))).await.status, StatusCode::NOT_FOUND);
}

/// The differences between two JSON texts of one assessment: ids may differ, each into the same other one everywhere; times of the
/// export and of coming in, the number and who brought it in may.
fn differences(one: &serde_json::Value, other: &serde_json::Value) -> Vec<String> {
    use serde_json::Value;
    use std::collections::BTreeMap;
    const MAY: [&str; 6] = ["exported_at", "created_at", "updated_at", "state_since", "number", "lead_person"];
    fn ids(text: &str) -> (String, Vec<String>) {
        let mut rest = String::new();
        let mut found = Vec::new();
        let mut at = 0;
        while at < text.len() {
            let piece = text.get(at..at + 36).filter(|piece| Uuid::parse_str(piece).is_ok());
            match piece {
                Some(piece) => {
                    found.push(piece.to_owned());
                    rest.push('#');
                    at += 36;
                }
                None => {
                    let letter = text[at..].chars().next().unwrap();
                    rest.push(letter);
                    at += letter.len_utf8();
                }
            }
        }
        (rest, found)
    }
    fn texts(path: &str, one: &str, other: &str, map: &mut BTreeMap<String, String>, out: &mut Vec<String>) {
        let ((rest, mine), (also, theirs)) = (ids(one), ids(other));
        let same = rest == also && mine.len() == theirs.len();
        let fits = same
            && mine.iter().zip(&theirs).all(|(mine, theirs)| map.entry(mine.clone()).or_insert_with(|| theirs.clone()) == theirs);
        if !fits {
            out.push(format!("{path}: {one} against {other}"));
        }
    }
    fn walk(path: &str, one: &Value, other: &Value, map: &mut BTreeMap<String, String>, out: &mut Vec<String>) {
        match (one, other) {
            (Value::String(one), Value::String(other)) => texts(path, one, other, map, out),
            (Value::Array(one), Value::Array(other)) if one.len() == other.len() => {
                for (place, (one, other)) in one.iter().zip(other).enumerate() {
                    walk(&format!("{path}/{place}"), one, other, map, out);
                }
            }
            (Value::Object(one), Value::Object(other)) if one.len() == other.len() => {
                for ((key, one), (name, other)) in one.iter().zip(other) {
                    texts(&format!("{path}/{key}"), key, name, map, out);
                    let top = path.is_empty() || path == "/assessment";
                    if !(MAY.contains(&key.as_str()) && (top || key == "updated_at")) {
                        walk(&format!("{path}/{key}"), one, other, map, out);
                    }
                }
            }
            _ if one == other => {}
            _ => out.push(format!("{path}: {one} against {other}")),
        }
    }
    let mut out = Vec::new();
    walk("", one, other, &mut BTreeMap::new(), &mut out);
    out
}

/// A signed assessment of another City Tools, with a screening: comments, risks, versions, signatures, history.
fn signed() -> (String, Bundle) {
    let mut bundle = Bundle::from_json(include_bytes!("../../../../domain/tests/exchange/sample.json")).unwrap();
    let screening = domain::dpia::project::Screening {
        id: domain::dpia::ids::ScreeningId(Uuid::now_v7()),
        project: domain::dpia::ids::ProjectId(Uuid::now_v7()),
        organisation: bundle.assessment.lead,
        rules: domain::dpia::template::Edition { urn: "urn:citytools:screening:uk-gdpr".to_owned(), version: "1.0.0".to_owned() },
        answers: [("children".to_owned(), domain::dpia::answer::Ternary::Yes)].into(),
        notes: [("children".to_owned(), "A school takes part.".to_owned())].into(),
        outcome: None,
        decision: None,
        assessment: Some(bundle.assessment.id),
        by: bundle.fields[0].by,
        acting_for: None,
        at: bundle.exported_at,
        replaces: None,
        updated_at: bundle.exported_at,
    };
    bundle.assessment.screening = Some(screening.id);
    bundle.screening = Some(screening);
    // The file's bytes are not beside a JSON text.
    bundle.attachments.clear();
    (bundle.to_json().unwrap(), bundle)
}

async fn through(city: &City, json: &str) -> (Browser, String, String) {
    let lead = city.browser("islington", Role::ProjectLead).await;
    let answer = send(city, &lead, "/assessments/import/citytools", &[], Some(("a.json", json.as_bytes()))).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text);
    let address = answer.location().trim_end_matches("/import-report").to_owned();
    let text = city.get(&lead, &format!("{address}/files/assessment.json")).await.text;
    (lead, address, text)
}

#[tokio::test]
async fn what_comes_into_an_empty_database_goes_out_as_the_same_document() {
    let (json, before) = signed();
    let (one, other) = (City::empty().await, City::empty().await);
    let (lead, address, first) = through(&one, &json).await;
    // What was under another's responsibility is told, letter for letter, and counts for nothing here.
    let after = Bundle::from_json(first.as_bytes()).unwrap();
    assert_eq!(after.assessment.state, domain::dpia::assessment::State::Recorded);
    assert_eq!((after.signatures.len(), after.signed_elsewhere.len()), (0, before.signatures.len()));
    for (now, then) in after.signed_elsewhere.iter().zip(&before.signatures) {
        assert_eq!(
            (now.role, now.organisation, now.at, &now.says, &now.reasons),
            (then.role, then.organisation, then.at, &then.says, &then.reasons)
        );
        assert_eq!((now.shared, now.annex, now.person), (then.shared, then.annex, then.person));
    }
    assert!(after.stated().all(|(_, fits)| fits == Some(true)), "every stated seal is that of the version it names");
    for (now, then) in after.versions.iter().zip(&before.versions) {
        assert_eq!((&now.content, &now.seals, now.number, &now.name), (&then.content, &then.seals, then.number, &then.name));
    }
    let screening = after.screening.as_ref().expect("the screening came along");
    assert_eq!(
        (&screening.answers, &screening.notes),
        (&before.screening.as_ref().unwrap().answers, &before.screening.as_ref().unwrap().notes)
    );
    let said = |bundle: &Bundle| bundle.fields.iter().map(|field| field.answer.clone()).collect::<Vec<_>>();
    let sorted = |bundle: &Bundle| {
        let mut all = said(bundle).iter().map(|answer| format!("{answer:?}")).collect::<Vec<_>>();
        all.sort();
        all
    };
    assert_eq!(sorted(&after), sorted(&before));
    assert_eq!(
        (after.history.len(), after.comments.len(), after.risks.len()),
        (before.history.len(), before.comments.len(), before.risks.len())
    );
    // Its page and its board say so.
    let page = one.get(&lead, &address).await;
    assert!(
        page.text.contains("Made elsewhere") && page.text.contains("senior information risk owner, hackney"),
        "{}",
        page.text
    );
    let board = one.get(&lead, &format!("{address}/sign-off")).await;
    assert!(board.text.contains("Signed elsewhere") && board.text.contains("fits the version"), "{}", board.text);
    assert!(one.get(&lead, "/risks").await.status == StatusCode::OK);
    // Once more, into another empty database: the same document.
    let (_, _, second) = through(&other, &first).await;
    let found = differences(&serde_json::from_str(&first).unwrap(), &serde_json::from_str(&second).unwrap());
    assert!(found.is_empty(), "{found:#?}");
    for city in [&one, &other] {
        let checked = city.store().check(&domain::people::Scope::Operator).await.unwrap();
        assert!(checked.problems.is_empty(), "{:?}", checked.problems);
    }
}

#[tokio::test]
async fn a_stated_signature_whose_seal_fits_nothing_is_told_as_such() {
    let (json, before) = signed();
    let seal = before.signatures[0].annex.to_string();
    let other = "0".repeat(seal.len());
    // The signature alone is changed; the version's own seals stand.
    let at = json.find("\"signatures\"").unwrap();
    let changed = format!("{}{}", &json[..at], json[at..].replacen(&seal, &other, 1));
    let city = City::empty().await;
    let (lead, address, text) = through(&city, &changed).await;
    let bundle = Bundle::from_json(text.as_bytes()).unwrap();
    assert_eq!(bundle.stated().map(|(_, fits)| fits).collect::<Vec<_>>(), [Some(false)]);
    assert!(city.get(&lead, &format!("{address}/sign-off")).await.text.contains("does not fit the version"));
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

/// A product, a system of Camden's that is it, and a supplier with a company number, whatever their ids are here.
async fn register(city: &City, product: &str, supplier: (&str, &str)) -> (SystemId, SupplierId) {
    let product = Product {
        id: ProductId(Uuid::now_v7()),
        name: product.to_owned(),
        manufacturer: None,
        former_names: vec![],
        functions: vec![],
        updated_at: 0,
    };
    let system = System {
        id: SystemId(Uuid::now_v7()),
        key: Uuid::now_v7().to_string(),
        organisation: city.organisation("camden").id,
        product: product.id,
        functions: vec![],
        users: None,
        hosting: None,
        satisfaction: None,
        data_access: None,
        sub_processors: vec![],
        origin: Origin::default(),
        confirmed: None,
        note: None,
        published: true,
        updated_at: 0,
    };
    let (name, number) = supplier;
    let supplier = Supplier {
        identifiers: vec![Identifier { scheme: "GB-COH".to_owned(), id: number.to_owned() }],
        ..test_support::records::supplier(name)
    };
    let mut write = city.store().write(&domain::people::Scope::Operator, city.app.clock.now()).await.unwrap();
    write.create(&mut [product]).await.unwrap();
    let ids = (system.id, supplier.id);
    write.create(&mut [supplier]).await.unwrap();
    write.create(&mut [system]).await.unwrap();
    write.commit().await.unwrap();
    city.refresh().await;
    ids
}

#[tokio::test]
async fn links_to_the_register_are_found_again_elsewhere_and_what_is_not_stays_as_text_until_it_comes_home() {
    let (one, two) = (City::empty().await, City::empty().await);
    let (system, supplier) = register(&one, "Example Homes", ("Example Software Ltd", "01234567")).await;
    let (_, other) = register(&one, "Example Extras", ("Example Extras Ltd", "07654321")).await;
    // The same two in the other place, one under another name, with ids of their own; the third is not known there.
    let (system_there, supplier_there) = register(&two, "EXAMPLE homes", ("Example Systems Ltd", "01234567")).await;
    let (_, mut bundle) = signed();
    bundle.assessment.state = domain::dpia::assessment::State::Drafting;
    (bundle.signatures, bundle.versions, bundle.assessment.frozen) = (vec![], vec![], None);
    bundle.assessment.systems = vec![system];
    let reference = |id: Uuid, name: &str| Reference { id: Some(id), name: name.to_owned() };
    let text = bundle.fields.iter_mut().find(|field| matches!(field.answer, Some(Answer::Text(_)))).unwrap();
    text.place = domain::dpia::place::Place::shared("processors");
    let cells = [
        (
            "supplier".to_owned(),
            Answer::Suppliers(vec![reference(supplier.0, "Example Software Ltd"), reference(other.0, "Example Extras Ltd")]),
        ),
        ("system".to_owned(), Answer::Systems(vec![reference(system.0, "Example Homes")])),
    ];
    text.answer = Some(Answer::Rows(vec![Row { id: domain::dpia::ids::RowId(Uuid::now_v7()), cells: cells.into() }]));
    let (_, _, first) = through(&one, &bundle.to_json().unwrap()).await;
    let told = Bundle::from_json(first.as_bytes()).unwrap();
    assert_eq!(told.assessment.systems, [system], "the very records, where they are");
    assert_eq!(told.register.len(), 3, "{:#?}", told.register);
    // A guest whom the first place invited.
    let mut guested = told.clone();
    let guest = domain::dpia::assessment::Guest {
        person: domain::people::PersonId(Uuid::now_v7()),
        sections: vec!["need".to_owned()],
        writes: true,
        until: None,
        invited_at: 5,
        invited_by: None,
    };
    guested.assessment.guests = vec![guest.clone()];
    guested.invited = vec![domain::dpia::exchange::Invited { name: Some("Gail Guest".to_owned()), guest: guest.clone() }];

    let (lead, address, second) = through(&two, &guested.to_json().unwrap()).await;
    let there = Bundle::from_json(second.as_bytes()).unwrap();
    let rows = |bundle: &Bundle| {
        let field = bundle.fields.iter().find(|field| field.place.field == "processors").unwrap();
        if let Some(Answer::Rows(rows)) = &field.answer { rows[0].cells.clone() } else { panic!("{field:?}") }
    };
    let suppliers = |id: SupplierId| {
        Answer::Suppliers(vec![reference(id.0, "Example Software Ltd"), reference(other.0, "Example Extras Ltd")])
    };
    let systems = |id: SystemId| Answer::Systems(vec![reference(id.0, "Example Homes")]);
    assert_eq!(there.assessment.systems, [system_there]);
    assert_eq!(
        rows(&there),
        [("supplier".to_owned(), suppliers(supplier_there)), ("system".to_owned(), systems(system_there))].into()
    );
    let found: Vec<(&str, Option<By>)> =
        there.register_elsewhere.iter().map(|one| (one.name.as_str(), one.found.map(|found| found.by))).collect();
    assert!(
        found.contains(&("Example Software Ltd", Some(By::Identifier))) && found.contains(&("Example Homes", Some(By::Name))),
        "{found:?}"
    );
    assert!(found.contains(&("Example Extras Ltd", None)), "{found:?}");
    assert!(there.assessment.guests.is_empty() && there.invited.is_empty());
    assert_eq!(there.invited_elsewhere[0].guest, guest);
    let report = two.get(&lead, &format!("{address}/import-report")).await.page();
    let report = report.root_element().text().collect::<Vec<_>>().join(" ").split_whitespace().collect::<Vec<_>>().join(" ");
    for words in
        ["by its number", "by its name", "kept as text: Supplier: Example Extras Ltd", "Gail Guest", "They have no access here"]
    {
        assert!(report.contains(words), "{words}: {report}");
    }
    // Home again: everything is linked as it was, also what the second place did not know.
    let (_, _, third) = through(&one, &second).await;
    let home = Bundle::from_json(third.as_bytes()).unwrap();
    assert_eq!(home.assessment.systems, [system]);
    assert_eq!(rows(&home), [("supplier".to_owned(), suppliers(supplier)), ("system".to_owned(), systems(system))].into());
    assert_eq!(
        home.register.iter().map(|one| one.id).collect::<std::collections::BTreeSet<_>>(),
        [system.0, supplier.0, other.0].into()
    );
    for city in [&one, &two] {
        assert!(city.store().check(&domain::people::Scope::Operator).await.unwrap().sound());
    }
}
