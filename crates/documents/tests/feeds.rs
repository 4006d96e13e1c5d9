//! Calendars and feeds, and texts that try to break out of them.

use documents::atom::{Entry, Feed};
use documents::ics::{Calendar, Event};
use jiff::Timestamp;
use jiff::civil::date;
use proptest::prelude::*;
use quick_xml::events::Event as Xml;

fn stamp() -> Timestamp {
    "2019-11-27T09:30:15.123Z".parse().unwrap()
}

fn event(summary: &str, description: &str) -> Event {
    Event {
        uid: "contract-7-end@example.test".into(),
        date: date(2019, 12, 31),
        summary: summary.into(),
        description: description.into(),
        url: "https://example.test/contracts/7".into(),
        sequence: 3,
        stamp: stamp(),
    }
}

fn calendar(events: Vec<Event>) -> Calendar {
    Calendar { name: "Ends; exits, and more".into(), source_url: "https://example.test/a.ics?q=x,y".into(), events }
}

/// The content lines, unfolded.
fn lines(text: &str) -> Vec<String> {
    assert!(text.ends_with("\r\n"));
    assert!(text.split("\r\n").all(|line| line.len() <= 75 && !line.contains(['\r', '\n'])), "{text}");
    text.replace("\r\n ", "").lines().map(str::to_owned).collect()
}

#[test]
fn a_calendar_has_its_properties_and_all_day_events() {
    let found = lines(&calendar(vec![event("Housing ends", "Two\nlines")]).to_string());
    for expected in [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "NAME:Ends\\; exits\\, and more",
        "X-WR-CALNAME:Ends\\; exits\\, and more",
        "REFRESH-INTERVAL;VALUE=DURATION:PT12H",
        "SOURCE;VALUE=URI:https://example.test/a.ics?q=x,y",
        "UID:contract-7-end@example.test",
        "DTSTAMP:20191127T093015Z",
        "SEQUENCE:3",
        "DTSTART;VALUE=DATE:20191231",
        "DTEND;VALUE=DATE:20200101",
        "SUMMARY:Housing ends",
        "DESCRIPTION:Two\\nlines",
        "URL:https://example.test/contracts/7",
        "END:VCALENDAR",
    ] {
        assert!(found.iter().any(|line| line == expected), "{expected} in {found:#?}");
    }
}

#[test]
fn the_same_events_give_the_same_bytes() {
    let text = calendar(vec![event("a", "b"), event("c", "")]).to_string();
    assert_eq!(text, calendar(vec![event("a", "b"), event("c", "")]).to_string());
}

#[test]
fn no_text_can_add_a_property_to_a_calendar() {
    let attack = "x\r\nATTENDEE:mailto:a@example.test\rX-A:1\nX-B:2\u{85}X-C:3\u{2028}X-D:4\0\u{1b}";
    let mut evil = event(attack, attack);
    evil.uid = attack.into();
    evil.url = attack.into();
    let evil = Calendar { name: attack.into(), source_url: attack.into(), events: vec![evil] };
    let good = calendar(vec![event("x", "x")]);
    let names = |calendar: &Calendar| -> Vec<String> {
        let name = |line: &String| line.split([':', ';']).next().unwrap_or_default().to_owned();
        lines(&calendar.to_string()).iter().map(name).collect()
    };
    assert_eq!(names(&evil), names(&good));
    assert!(!evil.to_string().contains(['\0', '\u{1b}', '\u{85}']));
}

#[test]
fn long_lines_fold_and_unfold_to_the_same_text() {
    let words = "Übergröße – a contract’s long description, ".repeat(12);
    let found = lines(&calendar(vec![event("x", words.trim())]).to_string());
    let expected = format!("DESCRIPTION:{}", words.trim().replace(',', "\\,"));
    assert!(found.contains(&expected), "{found:#?}");
}

fn feed(title: &str, summary: &str, url: &str) -> String {
    let entry = Entry {
        id: "urn:uuid:0190".into(),
        title: title.into(),
        updated: stamp(),
        url: url.into(),
        summary: summary.into(),
        author_name: "Camden".into(),
    };
    let feed = Feed {
        id: "https://example.test/a.atom".into(),
        title: "Changes".into(),
        updated: stamp(),
        self_url: "https://example.test/a.atom".into(),
        html_url: "https://example.test/a?x=1&y=2".into(),
        entries: vec![entry],
    };
    feed.to_string()
}

/// The names of all elements, in order; panics when the XML is not well formed.
fn elements(xml: &str) -> Vec<String> {
    let mut reader = quick_xml::Reader::from_str(xml);
    let mut names = Vec::new();
    loop {
        match reader.read_event().expect("well-formed XML") {
            Xml::Start(tag) | Xml::Empty(tag) => {
                assert!(tag.attributes().all(|attribute| attribute.is_ok()));
                names.push(tag.name().as_ref().to_owned());
            }
            Xml::Eof => return names,
            _ => {}
        }
    }
}

#[test]
fn a_feed_has_what_rfc_4287_asks_for() {
    let xml = feed("Contract added", "By Camden & others", "https://example.test/c/1");
    let expected = [
        "feed",
        "id",
        "title",
        "updated",
        "link",
        "link",
        "generator",
        "entry",
        "id",
        "title",
        "updated",
        "link",
        "author",
        "name",
        "summary",
    ];
    assert_eq!(elements(&xml), expected);
    assert!(xml.starts_with("<?xml version=\"1.0\" encoding=\"utf-8\"?>"), "{xml}");
    assert!(xml.contains("<updated>2019-11-27T09:30:15Z</updated>"), "{xml}");
    assert!(xml.contains("href=\"https://example.test/a?x=1&amp;y=2\""), "{xml}");
    assert!(xml.contains("By Camden &amp; others"), "{xml}");
}

#[test]
fn no_text_can_add_an_element_to_a_feed() {
    let attack = "</title><script>\u{0}\u{b}\u{FFFF}\u{1b}]]>&\"'\r\n";
    let xml = feed(attack, attack, "https://example.test/\"><script>");
    assert_eq!(elements(&xml), elements(&feed("a", "b", "c")));
    assert!(!xml.contains("<script") && !xml.contains(['\0', '\u{b}', '\u{FFFF}', '\u{1b}', '\r']), "{xml}");
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_keeps_a_calendar_and_a_feed_in_shape(text in any::<String>(), words in "[ a-c£🏛,;\\\\]{60,400}") {
        let words = format!("x{words}");
        let found = lines(&calendar(vec![event(&text, &words)]).to_string());
        prop_assert_eq!(found.iter().filter(|line| line.starts_with("SUMMARY:")).count(), 1);
        let escaped = words.replace('\\', "\\\\").replace(',', "\\,").replace(';', "\\;");
        prop_assert!(found.contains(&format!("DESCRIPTION:{escaped}")), "{:?} in {:#?}", escaped, found);
        elements(&feed(&text, &text, &text));
    }
}
