//! The macros render what GOV.UK Frontend itself renders: every option-to-HTML pair it ships, compared as
//! parsed HTML.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use scraper::{ElementRef, Html, node::Element};
use serde_json::Value;

/// How many pairs govuk-frontend 6.3.0 ships. A different number means that the versions drifted apart.
const PAIRS: usize = 657;

#[test]
fn every_upstream_fixture_renders_the_same_html() {
    let env = govuk::environment(|_| None).expect("the embedded templates parse");
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("third-party/fixtures");
    let mut compared = 0;
    let mut different = Vec::new();

    let files = fs::read_dir(&folder).expect("the fixtures are not here: run scripts/fetch-design-system, or make");
    for file in files {
        let text = fs::read_to_string(file.expect("the folder can be read").path()).expect("the fixture can be read");
        let set: Value = serde_json::from_str(&text).expect("a fixture file is JSON");
        let component = set["component"].as_str().expect("a fixture file names its component");
        let name = macro_name(component);
        let page = format!(
            "{{% from \"govuk_frontend_jinja/components/{component}/macro.html\" import {name} %}}{{{{ {name}(params) }}}}"
        );
        for fixture in set["fixtures"].as_array().expect("a fixture file has fixtures") {
            compared += 1;
            let params = govuk::json_value(&fixture["options"]);
            let title = format!("{component}: {}", fixture["name"]);
            let wanted = fixture["html"].as_str().expect("a fixture has html");
            match env.render_named_str("fixture.html", &page, minijinja::context! { params => params }) {
                Ok(made) if tree(&made) == tree(wanted) => {}
                Ok(made) => different.push(format!("{title}\n--- wanted\n{}\n--- made\n{}", tree(wanted), tree(&made))),
                Err(why) => different.push(format!("{title}: {why:#}")),
            }
        }
    }

    assert!(different.is_empty(), "{} of {compared} differ, first:\n{}", different.len(), different[0]);
    assert_eq!(compared, PAIRS);
}

#[test]
fn the_comparison_can_tell_two_trees_apart() {
    assert_eq!(tree("<p  class='a  b'> x\n y </p>"), tree("<p class=\"a b\">x y</p>"));
    assert_ne!(tree("<p class='a'>x</p>"), tree("<p class='b'>x</p>"));
    assert_ne!(tree("<p>x</p>"), tree("<p>y</p>"));
    assert_ne!(tree("<p>x</p>"), tree("<p><b>x</b></p>"));
    assert_ne!(tree("<input disabled>"), tree("<input>"));
}

/// `back-link` is rendered by `govukBackLink`.
fn macro_name(component: &str) -> String {
    let mut name = String::from("govuk");
    for word in component.split('-') {
        let (first, rest) = word.split_at(1);
        name.push_str(&first.to_uppercase());
        name.push_str(rest);
    }
    name
}

/// The parsed HTML in a form that leaves out what does not matter: white space and the order of attributes.
fn tree(html: &str) -> String {
    let mut lines = String::new();
    write_tree(Html::parse_fragment(html).root_element(), &mut lines);
    lines
}

fn write_tree(element: ElementRef<'_>, lines: &mut String) {
    let name = element.value().name();
    lines.push_str(&format!("<{name}{}>\n", attributes(element.value())));
    for child in element.children() {
        if let Some(inner) = ElementRef::wrap(child) {
            write_tree(inner, lines);
        } else if let Some(text) = child.value().as_text() {
            let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
            if !words.is_empty() {
                lines.push_str(&format!("{words}\n"));
            }
        }
    }
    lines.push_str(&format!("</{name}>\n"));
}

fn attributes(element: &Element) -> String {
    let sorted: BTreeMap<&str, String> =
        element.attrs().map(|(name, text)| (name, text.split_whitespace().collect::<Vec<_>>().join(" "))).collect();
    sorted.iter().map(|(name, text)| format!(" {name}={text:?}")).collect()
}
