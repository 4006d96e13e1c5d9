//! Which characters the embedded fonts can show, and what stands for the others.
//!
//! PDF/UA-1 (7.21.8) forbids text without a glyph, and text that maps to no character or to one of private use.

use crate::world::fonts;
use typst::foundations::Str;

/// How far characters are let through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reach {
    /// All that the fonts have.
    Covered,
    /// Letters that stand alone, of European scripts, with their punctuation: what always has one glyph a character.
    Simple,
}

/// Makes texts fit to be shown, and remembers whether one had to be changed.
pub(crate) struct Shown {
    reach: Reach,
    /// Whether a character's number stands somewhere in its place.
    pub(crate) has_numbers: bool,
}

impl Shown {
    pub(crate) fn new(reach: Reach) -> Self {
        Self { reach, has_numbers: false }
    }

    /// The text as it can be shown. Control characters go, since no reader sees them.
    pub(crate) fn text(&mut self, text: &str) -> Str {
        if text.chars().all(|c| matches!(c, ' '..='~')) {
            return text.into();
        }
        let clean = documents::text::without_controls(text);
        let mut shown = String::with_capacity(clean.len());
        for c in clean.chars() {
            match c {
                '\t' => shown.push(' '),
                // A line end within a line; typst breaks the line there.
                '\n' | '\u{2028}' | '\u{2029}' => shown.push('\n'),
                c if self.can_show(c) => shown.push(c),
                c => {
                    self.has_numbers = true;
                    shown.push_str(&format!("[U+{:04X}]", u32::from(c)));
                }
            }
        }
        shown.into()
    }

    fn can_show(&self, c: char) -> bool {
        let code = u32::from(c);
        match self.reach {
            Reach::Covered => !is_forbidden(c) && covers(code),
            Reach::Simple => is_simple(code) && covers(code),
        }
    }
}

fn covers(code: u32) -> bool {
    fonts().list.iter().any(|font| font.info().coverage.contains(code))
}

/// Private use, and marks that only steer how text is laid out: the standard forbids the first, and the second would leave text
/// whose look depends on what a reader cannot see (text that is set to run backwards, for instance).
fn is_forbidden(c: char) -> bool {
    matches!(c,
        '\u{E000}'..='\u{F8FF}' | '\u{F0000}'..='\u{10FFFF}' | '\u{FEFF}' | '\u{FFF0}'..='\u{FFFF}'
        | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{FE00}'..='\u{FE0F}'
        | '\u{E0000}'..='\u{E0FFF}' | '\u{AD}' | '\u{34F}' | '\u{61C}' | '\u{180B}'..='\u{180F}')
}

/// Latin, Greek and Cyrillic letters, punctuation, currency signs, arrows, mathematical signs and shapes; no combining marks.
fn is_simple(code: u32) -> bool {
    matches!(code,
        0x20..=0x7E | 0xA0..=0xAC | 0xAE..=0x24F | 0x370..=0x482 | 0x48A..=0x52F | 0x1E00..=0x1FFF
        | 0x2010..=0x2027 | 0x2030..=0x205E | 0x20A0..=0x20C0 | 0x2100..=0x214F | 0x2190..=0x22FF | 0x25A0..=0x25FF)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_fonts_have_stays_and_what_they_do_not_becomes_a_number() {
        let mut shown = Shown::new(Reach::Covered);
        assert_eq!(shown.text("Zoë’s café – £5 ≤ ½ Łódź Ελλάδα").as_str(), "Zoë’s café – £5 ≤ ½ Łódź Ελλάδα");
        assert!(!shown.has_numbers);
        assert_eq!(shown.text("ok 😀 \u{E000} \u{202E}x\0y").as_str(), "ok [U+1F600] [U+E000] [U+202E]xy");
        assert!(shown.has_numbers);
    }
}
