//! Cleaning of text before it reaches a line- or XML-based format.

use std::borrow::Cow;

/// Whether XML 1.0 lets this character stand in a document.
fn is_allowed(character: char) -> bool {
    match character {
        '\t' | '\n' => true,
        '\u{FFFE}' | '\u{FFFF}' => false,
        other => !other.is_control(),
    }
}

/// The text without control characters (C0, DEL, C1) and non-characters that
/// XML forbids; line feeds and tabs stay. CR LF and a lone CR become LF, so
/// that no later writer sees a carriage return.
#[must_use]
pub fn without_controls(text: &str) -> Cow<'_, str> {
    if text.chars().all(is_allowed) {
        return Cow::Borrowed(text);
    }
    let unified = text.replace("\r\n", "\n").replace('\r', "\n");
    Cow::Owned(unified.chars().filter(|c| is_allowed(*c)).collect())
}

/// The text on one line: control characters gone, runs of white space one
/// space, none at the ends.
#[must_use]
pub fn one_line(text: &str) -> String {
    let clean = without_controls(text);
    clean.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// An address without white space or control characters, which could end its
/// property or its line.
#[must_use]
pub fn address(url: &str) -> String {
    let bare = url.chars().filter(|c| !c.is_control() && !c.is_whitespace());
    bare.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn controls_go_and_line_ends_become_line_feeds() {
        assert_eq!(without_controls("a\u{0}b\u{1b}c\r\nd\re"), "abc\nd\ne");
        assert_eq!(without_controls("x\u{FFFF}\u{85}y"), "xy");
        assert!(matches!(without_controls("plain\ttext\n"), Cow::Borrowed(_)));
    }

    #[test]
    fn one_line_has_no_line_end() {
        assert_eq!(one_line("  two\r\n lines\t here "), "two lines here");
    }

    #[test]
    fn an_address_cannot_hold_a_line_end() {
        assert_eq!(address("https://x.test/a\r\nB: c"), "https://x.test/aB:c");
    }
}
