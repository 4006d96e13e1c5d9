//! What the text that a draft begins with leaves to its writer. A file in which it still stands is sound and can be looked at, but it
//! tells its readers nothing: it is not published.

use super::NAME;
use crate::dpia::file::{Document, Problem};
use serde_json::Value;

/// What a new version of a template changes, until somebody says it.
pub(super) const CHANGES: &str = "Say here what is different.";
/// What an organisation's first guidance says, until somebody says it.
pub(super) const GUIDANCE: &str = "Say here whom to ask, and where your own guidance stands.";

/// What nobody has said yet in the place of the words that a draft begins with; nothing of what can be published.
#[must_use]
pub fn unsaid(text: &str) -> Vec<Problem> {
    let Ok(document) = Document::read(NAME, text) else { return Vec::new() };
    let rows = |key: &str| document.value.get(key).and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    for (at, row) in rows("changes").iter().enumerate() {
        if stands(row, CHANGES) {
            document.problem(
                &format!("/changes/{at}"),
                "Nobody has said what this version changes",
                "Replace this sentence by what is different, one line for each change: whoever moves an assessment reads it",
            );
        }
    }
    for (at, row) in rows("guidance").iter().enumerate() {
        if row.get("text").is_some_and(|text| stands(text, GUIDANCE)) {
            document.problem(
                &format!("/guidance/{at}/text"),
                "Your own guidance is still the example with which the file began",
                "Write what your people should know, or take these two lines away: they read it beside the question",
            );
        }
    }
    document.problems()
}

/// Whether some words are still those that a draft begins with, with or without their full stop.
fn stands(value: &Value, began: &str) -> bool {
    let plain = |text: &str| text.trim().trim_end_matches('.').to_lowercase();
    value.as_str().is_some_and(|text| plain(text) == plain(began))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_that_a_draft_began_with_are_found_by_their_line_until_somebody_replaces_them() {
        let text = "kind: template\nchanges:\n  - Say here what is different.\n  - One question more.\n";
        let found = unsaid(text);
        assert_eq!(found.iter().map(|problem| problem.line).collect::<Vec<_>>(), [Some(3)], "{found:?}");
        assert!(found[0].advice.contains("what is different"), "{found:?}");
        assert_eq!(unsaid(&text.replace("different.", "different")).len(), 1, "with or without the full stop");
        assert!(unsaid(&text.replace(CHANGES, "The guidance is plainer.")).is_empty());
        let own = format!("kind: overlay\nguidance:\n  - field: aims\n    text: {GUIDANCE}\n");
        assert_eq!(unsaid(&own)[0].line, Some(4));
        assert!(unsaid("kind: overlay\nguidance: []\n").is_empty() && unsaid("a: [").is_empty());
    }
}
