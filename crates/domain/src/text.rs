//! Characters that nobody sees and that make a text read as something it is not, kept out of records.
//!
//! A title with a right-to-left override is shown back to front on every page, in every file and mail that names it, and one with a
//! space of no width is another title than the same without it. Where texts are read into records, from forms and from imported
//! files, they go (Unicode Technical Report 36, Security Considerations, sections 2.9 and 3.5; Unicode Standard Annex 9). So do control
//! characters: PostgreSQL keeps no NUL, XML none of them, and a terminal takes some for orders.

use std::borrow::Cow;

/// The text without marks of direction, control characters and other format characters that are not seen. What joins letters stays, as
/// Persian, Hindi and emoji need it, and so do the tags that make the flags of England, Scotland and Wales. Separators of lines, of
/// paragraphs and of pages become line ends.
#[must_use]
pub fn visible(text: &str) -> Cow<'_, str> {
    if text.bytes().all(is_plain) || !text.chars().any(|c| is_hidden(c) || is_tag(c) || is_separator(c)) {
        return Cow::Borrowed(text);
    }
    let (mut out, mut flag) = (String::with_capacity(text.len()), false);
    for c in text.chars() {
        if is_separator(c) {
            out.push('\n');
        } else if !is_hidden(c) && (flag || !is_tag(c)) {
            out.push(c);
        }
        flag = c == BLACK_FLAG || flag && is_tag(c);
    }
    Cow::Owned(out)
}

/// What the tags of a flag follow (Unicode Technical Standard 51, emoji tag sequences).
const BLACK_FLAG: char = '\u{1F3F4}';

/// What most texts are made of: ASCII without control characters, line ends and tabs.
fn is_plain(byte: u8) -> bool {
    matches!(byte, b' '..=b'~' | b'\t' | b'\n' | b'\r')
}

/// Control characters but for tabs and line ends; marks, embeddings, overrides and isolates of direction, what has no width, notes between
/// lines, and what is no character; not the joiners U+200C and U+200D.
fn is_hidden(c: char) -> bool {
    matches!(
        c,
        '\0'..='\u{8}' | '\u{E}'..='\u{1F}' | '\u{7F}'..='\u{84}' | '\u{86}'..='\u{9F}' | '\u{FFFE}' | '\u{FFFF}' |
        '\u{00AD}' | '\u{061C}' | '\u{180E}' | '\u{200B}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}'
        | '\u{2060}'..='\u{206F}' | '\u{FEFF}' | '\u{FFF9}'..='\u{FFFB}' | '\u{E0001}'
    )
}

fn is_tag(c: char) -> bool {
    matches!(c, '\u{E0020}'..='\u{E007F}')
}

fn is_separator(c: char) -> bool {
    matches!(c, '\u{2028}' | '\u{2029}' | '\u{B}' | '\u{C}' | '\u{85}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_nobody_sees_goes_and_what_joins_stays() {
        for (text, seen) in [
            ("Repairs \u{202E}moc.live\u{202C}", "Repairs moc.live"),
            ("Par\u{200B}k\u{00AD}ing\u{FEFF}", "Parking"),
            ("\u{2066}a\u{2069}\u{200E}\u{200F}\u{061C}b", "ab"),
            ("one\u{2028}two\u{2029}three", "one\ntwo\nthree"),
            ("a\0b\u{1B}[31mc\u{7F}\u{9B}d\u{FFFE}", "ab[31mcd"),
            ("one\u{B}two\u{C}three\u{85}four\tfive\r\n", "one\ntwo\nthree\nfour\tfive\r\n"),
            ("tag\u{E0041}\u{E007F}s", "tags"),
            // What needs a joiner, an accent, another script, a flag.
            ("می\u{200C}خواهم", "می\u{200C}خواهم"),
            ("👩\u{200D}🔧 Siân’s café – £5", "👩\u{200D}🔧 Siân’s café – £5"),
            (
                "\u{1F3F4}\u{E0067}\u{E0062}\u{E0065}\u{E006E}\u{E0067}\u{E007F}!",
                "\u{1F3F4}\u{E0067}\u{E0062}\u{E0065}\u{E006E}\u{E0067}\u{E007F}!",
            ),
        ] {
            assert_eq!(visible(text), seen, "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn once_is_enough_and_plain_text_stays(text in ".*", plain in "[ -~£éа-яא-ת\n]*") {
            let once = visible(&text).into_owned();
            prop_assert_eq!(visible(&once), once.as_str());
            prop_assert_eq!(visible(&plain), plain.as_str());
        }
    }
}
