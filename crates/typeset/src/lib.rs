//! PDF documents, tagged as PDF/UA-1, by typst. The only crate that knows typst, because typst is large.
//!
//! [`pdf`] takes a [`documents::document::Document`] and gives the file's bytes, or refuses. The page's design is one typst file,
//! `document.typ`, compiled into this crate; what the document says reaches it as *values* (`sys.inputs`), never as source, so no
//! text can be read as typst code. The compiler sees a world of that one file and the fonts of `typst-assets`: no network, no disk,
//! no packages, no clock.
//!
//! The standard is kept by refusal. A document without a title, with an empty heading or a heading that skips a level is refused
//! here ([`Refused`]); whatever else PDF/UA-1 forbids, typst refuses to export. Characters that the embedded fonts do not have
//! would be such a breach, and would cost an officer the whole file for one emoji: they are shown as their number,
//! `[U+1F600]`, and the document then says so.
//!
//! | module | what lives there |
//! |---|---|
//! | `check` | what this crate itself refuses |
//! | `glyphs` | which characters can be shown, and what stands for the others |
//! | `values` | the document as typst values |
//! | `world` | what the compiler may see |

mod check;
mod glyphs;
mod values;
mod world;

use documents::document::Document;
use glyphs::{Reach, Shown};
use jiff::tz::TimeZone;
use typst::foundations::{Datetime, Dict, Smart};
use typst_pdf::{PdfOptions, PdfStandard, PdfStandards, Timestamp};

/// Why a document was not exported.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Refused {
    /// PDF/UA-1, 7.1: a document has a title.
    #[error("The document has no title.")]
    Untitled,
    /// PDF/UA-1, 7.2: a document says which language it is in.
    #[error("'{0}' is not a language tag.")]
    Language(String),
    /// A heading without words leads nowhere.
    #[error("Heading {0} of the document is empty.")]
    EmptyHeading(usize),
    /// PDF/UA-1, 7.4.2: the first heading is of level 1, and no heading skips a level.
    #[error("The heading '{title}' is of level {level}, after one of level {after}.")]
    SkippedLevel {
        /// The heading's words.
        title: String,
        /// Its level.
        level: u8,
        /// The level before; 0 at the beginning.
        after: u8,
    },
    /// PDF/UA-1, 7.5: a table's columns have headings.
    #[error("A column of the table '{0}' has no heading.")]
    TableWithoutHeadings(String),
    /// typst found a breach of PDF/UA-1, or could not set the document.
    #[error("The PDF cannot be made to the standard PDF/UA-1: {}", .0.join("; "))]
    Standard(Vec<String>),
}

/// The document as a PDF that keeps to PDF/UA-1. The same document gives the same bytes.
///
/// This takes a processor for up to some tenths of a second: call it where blocking is allowed.
///
/// # Errors
/// When the document or the standard forbids it.
pub fn pdf(document: &Document) -> Result<Vec<u8>, Refused> {
    check::check(document)?;
    let timestamp = timestamp(document);
    let first = typeset(values::inputs(document, &mut Shown::new(Reach::Covered)), timestamp);
    match first {
        // Scripts that join or stack their letters can have glyphs for which no single character stands, which the standard
        // forbids. The file is worth more with those letters as numbers than not at all.
        Err(Refused::Standard(_)) => typeset(values::inputs(document, &mut Shown::new(Reach::Simple)), timestamp),
        other => other,
    }
}

/// Compiles the design over some values and exports it.
fn typeset(inputs: Dict, timestamp: Option<Timestamp>) -> Result<Vec<u8>, Refused> {
    let standards =
        PdfStandards::new(&[PdfStandard::Ua_1]).map_err(|error| Refused::Standard(vec![error.message().to_string()]))?;
    let options =
        PdfOptions { standards, timestamp, creator: Smart::Custom(Some("City Tools".to_owned())), ..PdfOptions::default() };
    let world = world::World::new(inputs);
    let explain = |errors: typst::ecow::EcoVec<typst::diag::SourceDiagnostic>| {
        Refused::Standard(errors.iter().map(|error| error.message.to_string()).collect())
    };
    let result = typst::compile(&world).output.and_then(|paged| typst_pdf::pdf(&paged, &options)).map_err(explain);
    // What typst remembers of this document serves no other.
    typst::comemo::evict(0);
    result
}

fn timestamp(document: &Document) -> Option<Timestamp> {
    let at = document.made_at.to_zoned_datetime(TimeZone::UTC);
    let part = |value: i8| u8::try_from(value).unwrap_or_default();
    let time = Datetime::from_ymd_hms(
        i32::from(at.year()),
        part(at.month()),
        part(at.day()),
        part(at.hour()),
        part(at.minute()),
        part(at.second()),
    )?;
    Some(Timestamp::new_utc(time))
}

#[cfg(test)]
mod tests {
    use super::*;
    use typst::foundations::Value;

    fn document() -> Document {
        let mut document = Document::new("A title", "Camden", "Version 1", jiff::Timestamp::constant(1_575_331_200, 0));
        document.heading(1, "Purpose");
        document
    }

    /// The words on the pages, one after another, as the compiled document has them.
    fn words(document: &Document) -> String {
        use typst::layout::{Frame, FrameItem};
        fn collect(frame: &Frame, out: &mut String) {
            for (_, item) in frame.items() {
                match item {
                    FrameItem::Group(group) => collect(&group.frame, out),
                    FrameItem::Text(text) => out.push_str(&text.text),
                    _ => {}
                }
            }
        }
        let world = world::World::new(values::inputs(document, &mut Shown::new(Reach::Covered)));
        let paged = typst::compile(&world).output.expect("the design compiles");
        // Says which kind of document is meant.
        typst_pdf::pdf(&paged, &PdfOptions::default()).expect("a PDF");
        let mut out = String::new();
        paged.pages().iter().for_each(|page| collect(&page.frame, &mut out));
        out
    }

    fn squeezed(text: &str) -> String {
        text.split_whitespace().collect()
    }

    proptest::proptest! {
        #![proptest_config(proptest::prelude::ProptestConfig::with_cases(24))]

        /// Text is shown letter for letter: no character of it starts code, markup, mathematics, a reference or an escape.
        #[test]
        fn text_is_never_read_as_code(code in r##"[#$*_\[\]{}()<>@=+~`"'\\/.;:,!?&|^%a-z0-9-]{1,24}"##) {
            let mut document = document();
            document.text(&code);
            let words = squeezed(&words(&document));
            proptest::prop_assert!(words.contains(&code), "{code} is not in {words}");
        }
    }

    #[test]
    fn code_that_would_do_something_is_shown_as_it_is() {
        let codes = [
            r##"#panic("x")"##,
            r##"#read("/etc/passwd")"##,
            "$x^2$",
            "*bold*",
            "@label",
            "= Heading",
            "#import",
            r"\#\u{41}",
            "--- ~ `raw`",
        ];
        for code in codes {
            let mut document = document();
            document.text(code);
            assert!(squeezed(&words(&document)).contains(&squeezed(code)), "{code}");
        }
    }

    /// The refusal is typst's own: this goes round the checks of this crate.
    #[test]
    fn typst_itself_refuses_to_export_what_breaks_the_standard() {
        let good = values::inputs(&document(), &mut Shown::new(Reach::Covered));
        assert!(typeset(good.clone(), None).is_ok());

        let mut untitled = good.clone();
        untitled.insert("title".into(), Value::Str("".into()));
        let Err(Refused::Standard(reasons)) = typeset(untitled, None) else { panic!("an untitled PDF was exported") };
        assert!(reasons.iter().any(|reason| reason.contains("PDF/UA-1") && reason.contains("title")), "{reasons:?}");

        let mut empty_heading = document();
        empty_heading.blocks.push(documents::document::Block::Heading { level: 2, text: String::new() });
        let inputs = values::inputs(&empty_heading, &mut Shown::new(Reach::Covered));
        let Err(Refused::Standard(reasons)) = typeset(inputs, None) else { panic!("an empty heading was exported") };
        assert!(reasons.iter().any(|reason| reason.contains("heading title is empty")), "{reasons:?}");
    }
}
