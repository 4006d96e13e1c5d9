//! A text as words, spaces and signs, and where two texts differ. What [`super`] merges and [`crate::dpia::compare`] shows.

use similar::{Algorithm, DiffOp, capture_diff_slices};
use std::ops::Range;

/// Whether a token is a word (letters or digits), as opposed to spaces or a sign.
fn is_word(token: &str) -> bool {
    token.chars().next().is_some_and(char::is_alphanumeric)
}

/// Splits a text into words, runs of spaces, single line breaks and single signs; joined, they are the text again.
/// An apostrophe, point, comma or hyphen inside a word or number belongs to it (`council’s`, `1,000`, `co-create`).
pub(crate) fn tokens(text: &str) -> Vec<&str> {
    let mut tokens = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let length = if first.is_alphanumeric() {
            word_length(rest)
        } else if first == '\n' {
            1
        } else if first.is_whitespace() {
            rest.find(|c: char| !c.is_whitespace() || c == '\n').unwrap_or(rest.len())
        } else {
            first.len_utf8()
        };
        let (token, after) = rest.split_at(length);
        tokens.push(token);
        rest = after;
    }
    tokens
}

fn word_length(text: &str) -> usize {
    let mut chars = text.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        let inner = matches!(c, '\'' | '’' | '.' | ',' | '-') && chars.peek().is_some_and(|(_, next)| next.is_alphanumeric());
        // Combining marks belong to the letter before them.
        let mark = ('\u{300}'..='\u{36f}').contains(&c);
        if !(c.is_alphanumeric() || inner || mark) {
            return at;
        }
    }
    text.len()
}

/// One stretch of the older text that became another stretch of the newer one. Ranges count tokens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Hunk {
    pub old: Range<usize>,
    pub new: Range<usize>,
}

/// Where two texts differ, with crumbs of sameness swallowed: a space between two changed words, or a lone 'the' between two
/// rewritten halves, would make a reader piece the sentence together, and a merge put another's words into it.
pub(crate) fn hunks(old: &[&str], new: &[&str]) -> Vec<Hunk> {
    let mut hunks: Vec<Hunk> = Vec::new();
    for op in capture_diff_slices(Algorithm::Myers, old, new) {
        if matches!(op, DiffOp::Equal { .. }) {
            continue;
        }
        let (_, from, to) = op.as_tag_tuple();
        match hunks.last_mut() {
            Some(last) if last.old.end == from.start => {
                last.old.end = from.end;
                last.new.end = to.end;
            }
            _ => hunks.push(Hunk { old: from, new: to }),
        }
    }
    loop {
        let before = hunks.len();
        let mut joined: Vec<Hunk> = Vec::with_capacity(before);
        for hunk in hunks {
            match joined.last_mut() {
                Some(last) if crumb(old, new, last, &hunk) => {
                    last.old.end = hunk.old.end;
                    last.new.end = hunk.new.end;
                }
                _ => joined.push(hunk),
            }
        }
        hunks = joined;
        if hunks.len() == before {
            return hunks;
        }
    }
}

/// Whether what stands unchanged between two hunks says too little to keep them apart.
fn crumb(old: &[&str], new: &[&str], left: &Hunk, right: &Hunk) -> bool {
    let between = &old[left.old.end..right.old.start];
    let kept = words_in(between);
    let changed = |hunk: &Hunk| words_in(&old[hunk.old.clone()]).max(words_in(&new[hunk.new.clone()]));
    // The end of a sentence between changes is a boundary that people see.
    !between.iter().any(|token| ends_sentence(token)) && (kept == 0 || (kept < changed(left) && kept < changed(right)))
}

/// Whether a token can end a sentence: a full stop, a question or exclamation mark, a line break.
pub(crate) fn ends_sentence(token: &str) -> bool {
    matches!(token, "." | "?" | "!" | "\n")
}

/// How many words a stretch of tokens holds.
pub(crate) fn words_in(tokens: &[&str]) -> usize {
    tokens.iter().filter(|token| is_word(token)).count()
}

/// Where each sentence begins, in tokens; the first is 0. A sentence ends after `.`, `?` or `!` and the spaces that follow, or
/// at a line break.
pub(crate) fn sentence_starts(tokens: &[&str]) -> Vec<usize> {
    let mut starts = vec![0];
    let mut ended = false;
    for (at, token) in tokens.iter().enumerate() {
        let space = token.trim().is_empty();
        if ended && !space && !matches!(*token, ")" | "”" | "’" | "\"" | "'") {
            starts.push(at);
            ended = false;
        }
        if *token == "\n" {
            ended = true;
        } else if matches!(*token, "." | "?" | "!") {
            ended = tokens.get(at + 1).is_none_or(|next| next.trim().is_empty() || matches!(*next, ")" | "”" | "’" | "\"" | "'"));
        }
    }
    starts.retain(|start| *start == 0 || *start < tokens.len());
    starts.dedup();
    starts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_join_to_the_text_and_keep_numbers_and_apostrophes_whole() {
        let text = "The council’s 1,000 co-created records (v2.1).\n\nKept 24  months.";
        assert_eq!(tokens(text).concat(), text);
        for whole in ["council’s", "1,000", "co-created", "v2.1", "\n", "  ", "."] {
            assert!(tokens(text).contains(&whole), "{whole:?}");
        }
    }

    #[test]
    fn sentences_end_at_stops_and_line_breaks_but_not_inside_numbers() {
        let text = "Kept for 2.5 years. Then deleted (by us.) Checked?\nYes";
        let tokens = tokens(text);
        let starts = sentence_starts(&tokens);
        let firsts: Vec<&str> = starts.iter().map(|start| tokens[*start]).collect();
        assert_eq!(firsts, ["Kept", "Then", "Checked", "Yes"]);
    }

    #[test]
    fn a_space_between_two_changed_words_does_not_split_the_change() {
        let (old, new) = (tokens("kept for two years here"), tokens("kept for thirty months here"));
        assert_eq!(hunks(&old, &new).len(), 1);
    }
}
