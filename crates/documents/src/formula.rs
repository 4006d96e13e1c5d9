//! The guard against spreadsheet formulas in text cells, and its inverse.
//!
//! A spreadsheet runs a text cell that starts with one of `= + - @`, a tab, a
//! carriage return or a NUL (ASVS 5.0, 1.2.10). The guard puts one apostrophe
//! before such a text; reading takes exactly one away. A text that already
//! starts with apostrophes and then a trigger is guarded too, so that the two
//! functions are each other's inverse for every text.

use std::borrow::Cow;

/// True when a spreadsheet could run this text, or when it looks like a text
/// that was guarded against that.
fn is_risky(text: &str) -> bool {
    let bytes = text.as_bytes();
    let first = bytes.iter().find(|byte| **byte != b'\'');
    matches!(first, Some(b'=' | b'+' | b'-' | b'@' | b'\t' | b'\r' | 0))
}

/// The text as it may stand in a CSV file: with one apostrophe before it when
/// a spreadsheet could take it for a formula.
#[must_use]
pub fn guard(text: &str) -> Cow<'_, str> {
    if is_risky(text) { Cow::Owned(format!("'{text}")) } else { Cow::Borrowed(text) }
}

/// The text without the one apostrophe that [`guard`] put before it.
#[must_use]
pub fn unguard(text: &str) -> &str {
    match text.strip_prefix('\'') {
        Some(rest) if is_risky(rest) => rest,
        _ => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_trigger_gets_one_apostrophe_and_loses_it_again() {
        for trigger in ['=', '+', '-', '@', '\t', '\r', '\0'] {
            let text = format!("{trigger}cmd");
            assert_eq!(guard(&text), format!("'{text}"));
            assert_eq!(unguard(&guard(&text)), text);
        }
    }

    #[test]
    fn an_apostrophe_without_a_trigger_stays() {
        for text in ["", "'", "''", "'tis", "O'Neill = 1", "plain"] {
            assert_eq!(guard(text), text);
            assert_eq!(unguard(text), text);
        }
    }

    #[test]
    fn a_text_that_looks_guarded_survives_the_round_trip() {
        for text in ["'=1", "''+2", "'''@x"] {
            assert_eq!(unguard(&guard(text)), text);
            assert_ne!(guard(text), text);
        }
    }
}
