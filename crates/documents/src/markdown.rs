//! A [`Document`] as Markdown (CommonMark with GitHub's tables).
//!
//! Whatever Markdown could read in a text (emphasis, links, HTML, a table's bars) is escaped, so that a text renders as itself.
//! Added words stand as `<ins>`, removed ones as `<del>`, each with its label, so that they are words in the plain file too.

use crate::document::{Block, Document, Fate, Pair, Table, Text};
use crate::text::without_controls;
use std::fmt::Write as _;

/// The document as Markdown, with line feeds.
#[must_use]
pub fn write(document: &Document) -> String {
    let mut out = String::new();
    let labels = Words { added: &document.labels.added, removed: &document.labels.removed };
    line(&mut out, "# ", &plain(&document.title));
    if let Some(subtitle) = &document.subtitle {
        line(&mut out, "", &plain(subtitle));
    }
    pairs(&mut out, &document.identity(), document, &labels);
    if let Some(signatures) = document.signature_table() {
        table(&mut out, &signatures, &labels);
    }
    for block in &document.blocks {
        match block {
            // The title is the one heading of the first level.
            Block::Heading { level, text } => {
                let marks = "#".repeat(usize::from((*level).clamp(1, 5)) + 1);
                line(&mut out, &format!("{marks} "), &plain(text));
            }
            Block::Paragraph(text) => line(&mut out, "", &labels.inline(text)),
            Block::List { ordered, items } => {
                for (number, item) in (1..).zip(items) {
                    let mark = if *ordered { format!("{number}. ") } else { "- ".to_owned() };
                    let _ = writeln!(out, "{mark}{}", labels.inline(item));
                }
                out.push('\n');
            }
            Block::Pairs(list) => pairs(&mut out, list, document, &labels),
            Block::Table(content) => table(&mut out, content, &labels),
            Block::Note { label, body } => {
                if !label.is_empty() {
                    let _ = writeln!(out, "> **{}**\n>", plain(label));
                }
                let body: Vec<String> = body.iter().map(|text| format!("> {}\n", labels.inline(text))).collect();
                out.push_str(&body.join(">\n"));
                out.push('\n');
            }
            Block::PageBreak => out.push_str("---\n\n"),
        }
    }
    out.truncate(out.trim_end().len());
    out.push('\n');
    out
}

fn line(out: &mut String, before: &str, text: &str) {
    let _ = writeln!(out, "{before}{text}\n");
}

fn pairs(out: &mut String, list: &[Pair], document: &Document, labels: &Words<'_>) {
    for pair in list {
        let value = match pair.value.as_slice() {
            [] => plain(&document.labels.empty),
            value => value.iter().map(|text| labels.inline(text)).collect::<Vec<_>>().join("<br>"),
        };
        let _ = writeln!(out, "- **{}**: {value}", plain(&pair.label));
    }
    out.push('\n');
}

fn table(out: &mut String, table: &Table, labels: &Words<'_>) {
    if !table.caption.is_empty() {
        line(out, "", &format!("**{}**", plain(&table.caption)));
    }
    let row = |out: &mut String, cells: Vec<String>| {
        let _ = writeln!(out, "| {} |", cells.join(" | "));
    };
    row(out, table.columns.iter().map(|column| plain(&column.heading)).collect());
    row(out, table.columns.iter().map(|column| if column.numeric { "---:" } else { "---" }.to_owned()).collect());
    for cells in &table.rows {
        row(out, table.cells(cells).map(|(_, cell)| cell.map(|cell| labels.inline(cell)).unwrap_or_default()).collect());
    }
    out.push('\n');
}

/// The words before what was added or removed.
struct Words<'a> {
    added: &'a str,
    removed: &'a str,
}

impl Words<'_> {
    fn inline(&self, text: &Text) -> String {
        let mut out = String::new();
        for (at, span) in text.spans.iter().enumerate() {
            let said = escape(&span.text, at == 0);
            let said = if span.strong && !span.text.trim().is_empty() { format!("**{said}**") } else { said };
            let _ = match span.fate {
                Fate::Same => write!(out, "{said}"),
                Fate::Added(_) => write!(out, "<ins>[{}: {said}]</ins>", self.added),
                Fate::Removed(_) => write!(out, "<del>[{}: {said}]</del>", self.removed),
            };
        }
        out
    }
}

fn plain(text: &str) -> String {
    escape(text, true)
}

/// The text with a backslash before every character that Markdown could read, line ends as breaks. White space at the beginning
/// of a line would indent it into code, so it goes.
fn escape(text: &str, at_start: bool) -> String {
    let clean = without_controls(text);
    let clean = if at_start { clean.trim_start() } else { clean.as_ref() };
    let mut out = String::with_capacity(clean.len() + 8);
    for c in clean.chars() {
        match c {
            '\n' | '\u{2028}' | '\u{2029}' => out.push_str("<br>"),
            '\t' => out.push(' '),
            // Every punctuation mark of ASCII may be escaped (CommonMark 0.31, 2.4); those that mean nothing stay readable.
            '\\' | '`' | '*' | '_' | '{' | '}' | '[' | ']' | '<' | '>' | '(' | ')' | '#' | '+' | '-' | '.' | '!' | '|' | '~'
            | '&' | '=' | '@' | ':' | '$' | '^'
                if needs_escape(c, &out) =>
            {
                out.push('\\');
                out.push(c);
            }
            c => out.push(c),
        }
    }
    out
}

/// Marks that mean something only at the start of a line, or after digits there, are left alone elsewhere.
fn needs_escape(c: char, before: &str) -> bool {
    let is_start = before.is_empty() || before.ends_with("<br>");
    let after = |word: &str| {
        let tail = before.get(before.len().saturating_sub(word.len())..);
        tail.is_some_and(|tail| tail.eq_ignore_ascii_case(word))
    };
    match c {
        '#' | '+' | '-' | '=' => is_start || before.chars().all(|b| matches!(b, '#' | '+' | '-' | '=' | ' ' | '\\')),
        // Bare addresses become links on some sites; what is escaped keeps them text.
        '.' if after("www") => true,
        ':' => after("http") || after("https") || after("ftp"),
        '.' | ')' => !before.is_empty() && before.chars().all(|b| b.is_ascii_digit()),
        '{' | '}' | '(' | '^' => false,
        '@' | '$' => true,
        _ => true,
    }
}
