//! What people type is text in every message: no markup, no link, no other header (S28).

use super::compose::{Footer, compose, names};
use scraper::{ElementRef, Html};
use serde_json::json;

#[test]
fn s28_what_people_type_is_text_in_every_message() {
    let typed = "[Canary](https://evil.example) <script>alert(1)</script><img src=x onerror=alert(1)> \
                 <a href=\"https://evil.example\">Canary</a>\r\nBcc: all@evil.example\r\n\r\n## Heading\n\n- Item\n\n= Code\n\n\
                 {{7*7}} {% raw %} \u{2028}</title>";
    let (home, url, day) = ("https://city.example", "https://city.example/x", "2027-12-03");
    // What any of the templates is filled in with.
    let item = json!({
        "title": typed, "dpia": typed, "organisation": typed, "note": typed, "service": typed, "supplier": typed, "url": url,
        "kind": "extend-by", "date": day, "exit": day, "due": day, "days": 3, "stage": "three", "replaces": null,
        "late": false, "signs": true, "again": false, "instead": false, "handed_on": false,
    });
    let mut values = json!({
        "happened": { "what": "withdraw", "reasons": typed, "organisation": typed, "version": 1 }, "sections": [typed],
        "fixes": [{ "fix": "end", "url": url, "records": 1, "gain": 1 }], "items": [item], "count": 1, "until": day, "due": day,
        "writes": true, "url": url, "home": home,
    });
    for name in [
        "name",
        "called",
        "dpia",
        "by",
        "acting",
        "organisation",
        "inviter",
        "roles",
        "role",
        "address",
        "project",
        "purpose",
        "what",
        "detail",
        "source",
        "reason",
        "server",
        "code",
        "when",
        "next",
    ] {
        values[name] = typed.into();
    }
    for name in ["more", "late", "gone", "moved", "points", "complete", "confirmed", "minutes"] {
        values[name] = 0.into();
    }
    for name in ["first", "missed_only", "instead", "kept"] {
        values[name] = false.into();
    }
    let footer = Footer { home: home.to_owned(), unsubscribe: Some(format!("{home}/mail/stop/abc")) };
    let known = ["html", "head", "meta", "title", "body", "div", "p", "h2", "ul", "li", "a"];
    let mut composed = 0;
    for name in names() {
        let Some(template) = name.strip_suffix(".txt") else { continue };
        let parts = compose(template, &values, &footer).unwrap_or_else(|error| panic!("{template}: {error}"));
        assert!(!parts.subject.contains(['\r', '\n', '\u{2028}']), "{template}: {}", parts.subject);
        assert!(!parts.text.lines().any(|line| line == "HEADING" || line.trim() == "Code"), "{template}: {}", parts.text);
        let page = Html::parse_document(&parts.html);
        for element in page.root_element().descendants().filter_map(ElementRef::wrap) {
            let tag = element.value().name();
            assert!(known.contains(&tag), "{template}: {}", element.html());
            assert!(element.value().attr("href").is_none_or(|href| href.starts_with(home)), "{template}: {}", element.html());
            assert!(element.value().attrs().all(|(name, _)| !name.starts_with("on")), "{template}: {}", element.html());
            let said = element.text().collect::<String>();
            assert!(tag == "p" || !matches!(said.trim(), "Heading" | "Item"), "{template}: {}", element.html());
        }
        let said = page.root_element().text().collect::<String>();
        assert!(said.contains("<script>alert(1)</script>"), "{template}: it was there to be misread: {said}");
        assert!(parts.text.contains("[Canary](https://evil.example)"), "{template}: {}", parts.text);
        composed += 1;
    }
    assert!(composed >= 12, "{composed}");
}
