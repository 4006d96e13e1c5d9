//! Files beside an assessment: what is taken, what is refused and how that is said, and taking one away.

use super::*;
use domain::dpia::attachment::{Gone, MAX};

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
    // Who only reads takes up no room, and is not asked to.
    let viewer = city.browser("camden", Role::Viewer).await;
    let shown = city.get(&viewer, &address).await;
    assert!(shown.status == StatusCode::OK && !shown.text.contains("Attach a file"), "{}", shown.text);
    assert_eq!(send(&city, &viewer, &address, &[], Some(("a.txt", b"x"))).await.status, StatusCode::NOT_FOUND);
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
async fn a_file_that_is_too_large_is_told_so_at_its_field_and_one_larger_still_in_words_that_fit() {
    let city = City::empty().await;
    let lead = city.browser("camden", Role::ProjectLead).await;
    let address = brought_in(&city, &lead).await;
    let mut long = b"%PDF-1.7".to_vec();
    long.resize(MAX + 1, b' ');
    for path in [format!("{address}/attachments"), "/assessments/import/elsewhere".to_owned()] {
        let answer = send(&city, &lead, &path, &[("title", "Parking")], Some(("long.pdf", &long))).await;
        let page = answer.page();
        let at = |selector: &str| {
            let selector = scraper::Selector::parse(selector).unwrap();
            page.select(&selector).flat_map(|found| found.text()).collect::<String>()
        };
        assert!(answer.status == StatusCode::OK && at("title").starts_with("Error: "), "{path}: {}", answer.text);
        assert!(at("#file-error").contains("The file must be 20 MB or smaller"), "{path}: {}", answer.text);
    }
    long.resize(2 * MAX + (2 << 20), b' ');
    for path in [format!("{address}/attachments"), "/assessments/import/elsewhere".to_owned()] {
        let answer = send(&city, &lead, &path, &[], Some(("long.pdf", &long))).await;
        assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);
        let said = words(&answer);
        assert!(said.contains("A file may have 20 MB") && !said.contains("sheets"), "{said}");
    }
}

#[tokio::test]
async fn a_file_is_taken_away_with_a_reason_and_its_name_stays() {
    let city = City::empty().await;
    let lead = city.browser("camden", Role::ProjectLead).await;
    let address = brought_in(&city, &lead).await;
    let list = format!("{address}/attachments");
    send(&city, &lead, &list, &[], Some(("wrong file.txt", b"Jo Bloggs, 1 High Street"))).await;
    let file = exported(&city, &lead, &address).await.attachments.remove(0);
    let remove = format!("{list}/{}/remove", file.id);
    assert!(city.get(&lead, &list).await.text.replace("&#x2f;", "/").contains(&remove));
    assert!(words(&city.get(&lead, &remove).await).contains(&file.hash.to_string()));
    assert!(words(&city.get(&lead, &list).await).contains("for Camden. Not scanned"), "who attached it, and for whom");

    // Nobody else finds it: not who only reads, nor another council.
    let viewer = city.browser("camden", Role::Viewer).await;
    assert!(!city.get(&viewer, &list).await.text.contains(&remove));
    for other in [viewer, city.browser("hackney", Role::ProjectLead).await] {
        assert_eq!(city.get(&other, &remove).await.status, StatusCode::NOT_FOUND);
        assert_eq!(city.post(&other, &remove, &[("reason", "Mine")]).await.status, StatusCode::NOT_FOUND);
    }
    let silent = city.post(&lead, &remove, &[("reason", " ")]).await;
    assert!(silent.text.contains("<title>Error: ") && silent.text.contains("Say why the file is taken away"), "{}", silent.text);

    for _ in 0..2 {
        let done = city.post(&lead, &remove, &[("reason", "It names a resident")]).await;
        assert_eq!((done.status, done.location()), (StatusCode::SEE_OTHER, list.as_str()), "{}", done.text);
    }
    let said = words(&city.get(&lead, &list).await);
    assert!(said.contains("wrong file.txt: taken away") && said.contains("It names a resident"), "{said}");
    assert!(said.contains(&file.hash.to_string()) && said.contains("There is room for 200 MB more."), "{said}");
    assert_eq!(city.get(&lead, &format!("{list}/{}", file.id)).await.status, StatusCode::NOT_FOUND);
    let told = exported(&city, &lead, &address).await.attachments.remove(0);
    assert!(matches!(told.gone, Some(Gone::Removed { .. })) && told.hash == file.hash, "{told:?}");
    assert!(city.store().check(&domain::people::Scope::Operator).await.unwrap().sound());
}
