//! A template of `messages/` to subject, plain part and HTML part: one text, two forms, so that they never differ.
//!
//! A template is plain lines. The first is the subject; then blocks, parted by blank lines:
//!
//! ```text
//! ## A heading
//! A paragraph with a [link](https://…).
//! - an item of a list
//! = 1234 5678          something to copy: a code
//! ```
//!
//! What is filled in is never read as such marks, nor as HTML: a contract called `[Click](https://…)` stays a name.

use super::MailError;
use minijinja::{Environment, UndefinedBehavior, Value, context, syntax::SyntaxConfig};
use rust_embed::RustEmbed;
use serde::Serialize;
use std::{fmt::Write as _, sync::LazyLock};

#[derive(RustEmbed)]
#[folder = "src/messages/"]
struct Messages;

/// The frame of the HTML part.
const LAYOUT: &str = "layout.html";
/// Where characters that could be marks are kept while a text is read: Unicode's private use area.
const ASIDE: u32 = 0xE000;
/// Characters that could be marks.
const MARKS: &str = "[]()#-=";

static ENVIRONMENT: LazyLock<Environment<'static>> = LazyLock::new(|| {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    match SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build() {
        Ok(syntax) => environment.set_syntax(syntax),
        Err(error) => tracing::error!(%error, "the syntax of messages is at fault"),
    }
    environment.add_filter("day", |value: &Value| {
        let text = value.as_str().unwrap_or_default();
        text.parse::<jiff::civil::Date>().map_or_else(|_| text.to_owned(), crate::web::words::day)
    });
    environment.set_formatter(|out, state, value| {
        if state.name() == LAYOUT {
            return minijinja::escape_formatter(out, state, value);
        }
        let text = if value.is_none() || value.is_undefined() { String::new() } else { value.to_string() };
        out.write_str(&aside(&text)).map_err(minijinja::Error::from)
    });
    for name in Messages::iter() {
        let Some(file) = Messages::get(&name) else { continue };
        let text = String::from_utf8_lossy(&file.data).into_owned();
        if let Err(error) = environment.add_template_owned(name.to_string(), text) {
            tracing::error!(template = %name, %error, "a message does not parse");
        }
    }
    environment
});

/// A message in its two forms.
#[derive(Clone, PartialEq, Eq)]
pub struct Parts {
    /// One line.
    pub subject: String,
    /// The plain part, lines of at most 78 characters where words allow.
    pub text: String,
    /// The HTML part: no image, no script, nothing that is fetched.
    pub html: String,
}

/// What stands under a message.
#[derive(Clone, Debug, Serialize)]
pub struct Footer {
    /// The service's address.
    pub home: String,
    /// Where this topic can be stopped.
    pub unsubscribe: Option<String>,
}

#[derive(Debug, Serialize)]
struct Span {
    text: String,
    href: Option<String>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "kebab-case", tag = "block")]
enum Block {
    Heading { text: String },
    Paragraph { spans: Vec<Span> },
    List { items: Vec<Vec<Span>> },
    Code { text: String },
}

/// Fills a template in.
///
/// # Errors
/// When the template is missing or lacks a value.
pub fn compose(template: &str, values: impl Serialize, footer: &Footer) -> Result<Parts, MailError> {
    let failed = |error: minijinja::Error| MailError::Template(template.to_owned(), format!("{error:#}"));
    // Through JSON: numbers in a JSON value reach a template only so.
    let values = serde_json::to_value(values).map_err(|error| MailError::Template(template.to_owned(), error.to_string()))?;
    let source = ENVIRONMENT
        .get_template(&format!("{template}.txt"))
        .map_err(failed)?
        .render(govuk::json_value(&values))
        .map_err(failed)?;
    let (subject, body) = source.trim_start().split_once('\n').unwrap_or((source.trim_start(), ""));
    let subject = back(subject.trim());
    if subject.is_empty() {
        return Err(MailError::Template(template.to_owned(), "it has no subject".to_owned()));
    }
    let blocks = blocks(body);
    let layout = ENVIRONMENT.get_template(LAYOUT).map_err(failed)?;
    let html = layout
        .render(context! { subject => subject.clone(), blocks => govuk::value(&blocks), footer => govuk::value(footer) })
        .map_err(failed)?;
    Ok(Parts { text: plain(&blocks, footer), html, subject })
}

/// Every template's name, for the tests.
#[cfg(test)]
pub fn names() -> Vec<String> {
    Messages::iter().map(|name| name.to_string()).collect()
}

/// Puts every character that could be a mark aside; line breaks and other controls become spaces.
fn aside(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            mark if MARKS.contains(mark) => char::from_u32(ASIDE + u32::from(mark)).unwrap_or(mark),
            c if c.is_control() || matches!(c, '\u{2028}' | '\u{2029}') => ' ',
            c => c,
        })
        .collect()
}

/// Takes what was put aside back: marks, and nothing but marks.
fn back(text: &str) -> String {
    let mark = |c: char| u32::from(c).checked_sub(ASIDE).and_then(char::from_u32).filter(|mark| MARKS.contains(*mark));
    text.chars().map(|c| mark(c).unwrap_or(c)).collect()
}

fn blocks(body: &str) -> Vec<Block> {
    let mut blocks = Vec::new();
    let lines: Vec<&str> = body.lines().map(str::trim_end).collect();
    for group in lines.split(|line| line.trim().is_empty()).filter(|group| !group.is_empty()) {
        let mut paragraph: Vec<&str> = Vec::new();
        let mut items = Vec::new();
        for line in group {
            if let Some(heading) = line.strip_prefix("## ") {
                blocks.push(Block::Heading { text: back(heading) });
            } else if let Some(code) = line.strip_prefix("= ") {
                blocks.push(Block::Code { text: back(code) });
            } else if let Some(item) = line.strip_prefix("- ") {
                items.push(spans(item));
            } else {
                paragraph.push(line);
            }
        }
        if !paragraph.is_empty() {
            blocks.push(Block::Paragraph { spans: spans(&paragraph.join(" ")) });
        }
        if !items.is_empty() {
            blocks.push(Block::List { items });
        }
    }
    blocks
}

/// A line's text and links.
fn spans(line: &str) -> Vec<Span> {
    let mut spans = Vec::new();
    let mut rest = line;
    while let Some((before, label, href, after)) = link(rest) {
        if !before.is_empty() {
            spans.push(Span { text: back(before), href: None });
        }
        spans.push(Span { text: back(label), href: Some(back(href)) });
        rest = after;
    }
    if !rest.is_empty() {
        spans.push(Span { text: back(rest), href: None });
    }
    spans
}

/// The first link of a line: what stands before, its label, its address, what stands after.
fn link(line: &str) -> Option<(&str, &str, &str, &str)> {
    let open = line.find('[')?;
    let middle = open + line[open..].find("](")?;
    let close = middle + line[middle..].find(')')?;
    Some((&line[..open], &line[open + 1..middle], &line[middle + 2..close], &line[close + 1..]))
}

fn plain(blocks: &[Block], footer: &Footer) -> String {
    let mut text = String::new();
    for block in blocks {
        match block {
            Block::Heading { text: heading } => {
                let _ = writeln!(text, "{}", heading.to_uppercase());
            }
            Block::Code { text: code } => {
                let _ = writeln!(text, "    {code}");
            }
            Block::Paragraph { spans } => {
                wrapped(&mut text, "", "", &words(spans));
                addresses(&mut text, "", spans);
            }
            Block::List { items } => {
                for item in items {
                    wrapped(&mut text, "- ", "  ", &words(item));
                    addresses(&mut text, "  ", item);
                }
            }
        }
        text.push('\n');
    }
    let _ = writeln!(text, "-- \nCity Tools, {}", footer.home);
    if let Some(unsubscribe) = &footer.unsubscribe {
        let _ = writeln!(text, "Stop messages like this: {unsubscribe}");
    }
    text
}

/// The text without its addresses.
fn words(spans: &[Span]) -> String {
    spans.iter().map(|span| span.text.as_str()).collect()
}

/// The addresses of a text, a line each, so that no reader takes a full stop for a part of one.
fn addresses(out: &mut String, indent: &str, spans: &[Span]) {
    for span in spans {
        if let Some(href) = span.href.as_ref().filter(|href| **href != span.text) {
            let _ = writeln!(out, "{indent}{href}");
        }
    }
}

fn wrapped(out: &mut String, first: &str, next: &str, text: &str) {
    let mut line = first.to_owned();
    let mut empty = true;
    for word in text.split_whitespace() {
        if !empty && line.chars().count() + 1 + word.chars().count() > 78 {
            let _ = writeln!(out, "{line}");
            line = next.to_owned();
            empty = true;
        }
        if !empty {
            line.push(' ');
        }
        line.push_str(word);
        empty = false;
    }
    let _ = writeln!(out, "{line}");
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn footer() -> Footer {
        Footer { home: "https://city.example".to_owned(), unsubscribe: Some("https://city.example/mail/stop/abc".to_owned()) }
    }

    #[test]
    fn every_message_parses_and_both_parts_say_the_same() {
        let parts = compose(
            "sign-in-code",
            json!({ "code": "1234 5678", "minutes": 10, "organisation": "Camden" }),
            &Footer { unsubscribe: None, ..footer() },
        )
        .unwrap();
        assert!(parts.text.contains("    1234 5678"), "{}", parts.text);
        assert!(parts.html.contains("1234 5678") && !parts.html.contains("Stop messages"), "{}", parts.html);
        assert!(parts.text.lines().all(|line| line.chars().count() <= 78 || line.contains("https://")));
    }

    #[test]
    fn what_is_filled_in_is_neither_mark_nor_markup_nor_header() {
        let title = "[Click](https://evil.example) <b>now</b>\r\nBcc: all@council.example\n\n## Big";
        let values = json!({
            "name": "Ann", "organisation": "Camden", "count": 1, "home": "https://city.example", "more": 0, "first": false, "late": 0, "gone": 0,
            "moved": 0, "missed_only": false,
            "items": [{ "title": title, "organisation": "Camden", "kind": "extend-by", "date": "2027-12-03", "exit": "2028-03-03",
                        "stage": "three", "replaces": null, "handed_on": false, "service": null, "supplier": "not known", "url": "https://city.example/contracts/1" }],
        });
        let parts = compose("reminders", values, &footer()).unwrap();
        assert!(!parts.subject.contains(['\r', '\n']), "{}", parts.subject);
        assert!(!parts.html.contains("<b>now") && !parts.html.contains("href=\"https://evil.example"), "{}", parts.html);
        assert!(!parts.html.contains("<h2") || !parts.html.contains("Big</h2>"));
        assert!(parts.text.contains("[Click](https://evil.example)"), "{}", parts.text);
        assert!(
            parts.html.contains("href=\"https:&#x2f;&#x2f;city.example&#x2f;contracts&#x2f;1\"")
                || parts.html.contains("href=\"https://city.example/contracts/1\""),
            "{}",
            parts.html
        );
        assert!(parts.text.contains("Stop messages like this: https://city.example/mail/stop/abc"));
    }

    #[test]
    fn each_contract_of_a_reminder_is_an_item_of_its_own_and_what_follows_comes_after() {
        let item = |title: &str| {
            json!({ "title": title, "organisation": "Camden", "kind": "start-buying-by", "date": "2027-12-03", "exit": "2028-03-03",
                    "stage": "three", "replaces": null, "handed_on": false, "service": "Estates", "supplier": "not known", "url": "https://city.example/c" })
        };
        let values = json!({
            "name": "Ann", "organisation": "Camden", "count": 3, "home": "https://city.example", "more": 1, "first": true, "late": 0, "gone": 0,
            "moved": 0, "missed_only": false,
            "items": [item("Repairs"), item("Parking")],
        });
        let parts = compose("reminders", values, &footer()).unwrap();
        let begins = |words: &str| parts.text.lines().position(|line| line.starts_with(words));
        let (one, two, rest) = (begins("- Repairs:"), begins("- Parking:"), begins("And 1 more"));
        assert!(one.is_some() && one < two && two < rest, "{}", parts.text);
        assert_eq!(parts.html.matches("<li").count(), 2, "{}", parts.html);
    }

    #[test]
    fn nothing_in_a_message_is_fetched_or_counted() {
        for name in names() {
            let text = String::from_utf8(Messages::get(&name).unwrap().data.into_owned()).unwrap();
            for forbidden in ["<img", "src=", "<script", "url(", "utm_", "<link"] {
                assert!(!text.contains(forbidden), "{name} holds {forbidden}");
            }
        }
    }

    #[test]
    fn a_missing_value_is_an_error_not_a_gap() {
        assert!(compose("sign-in-code", json!({}), &footer()).is_err());
        assert!(compose("no-such-message", json!({}), &footer()).is_err());
    }
}
