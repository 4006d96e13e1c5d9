//! Cells that stand where a name, a sum or a day should, and hold none: 'N/A', 'see list of vendors', 'redacted'.
//!
//! Whole cells are compared, not parts of them, since a company may well be called 'Confidential Waste Services'; but for the two
//! words that say in a sentence of any kind that a name was taken out ('Redacted: GDPR', 'name withheld at the provider's request').

use super::fold;
use crate::register::records::SupplierState;

/// Longer cells hold something.
const LONGEST: usize = 90;

const NOT_KNOWN: &[&str] = &[
    "",
    "n a",
    "na",
    "n k",
    "nk",
    "none",
    "nil",
    "null",
    "nan",
    "not known",
    "unknown",
    "not applicable",
    "not available",
    "not stated",
    "not recorded",
    "not provided",
    "not specified",
    "tbc",
    "tba",
    "tbd",
    "to be confirmed",
    "to be advised",
    "to be determined",
    "to be agreed",
    "pending",
    "blank",
    "no data",
    "awaiting",
    "x",
    "xx",
    "xxx",
];

const NO_ONE_SUPPLIER: &[&str] = &[
    "various",
    "various suppliers",
    "various vendors",
    "various providers",
    "various contractors",
    "multiple",
    "multiple suppliers",
    "multiple providers",
    "several",
    "several suppliers",
    "see list",
    "see list of vendors",
    "see list of suppliers",
    "see attached",
    "see attached list",
    "see below",
    "see notes",
    "see comments",
    "see description",
    "see framework",
    "supplier not known",
    "supplier unknown",
    "not yet awarded",
    "not awarded",
    "to be awarded",
    "awaiting award",
    "no supplier",
    "supplier tbc",
    "supplier",
];

const WITHHELD: &[&str] = &[
    "withheld",
    "supplier withheld",
    "name withheld",
    "supplier name withheld",
    "redacted",
    "supplier redacted",
    "name redacted",
    "redacted supplier",
    "redacted personal data",
    "redacted personal information",
    "personal data redacted",
    "personal data",
    "personal information",
    "private individual",
    "individual",
    "individuals",
    "commercially sensitive",
    "commercial in confidence",
    "commercially confidential",
    "commercial confidentiality",
    "confidential",
    "not disclosed",
    "not for publication",
    "not published",
    "exempt",
    "exempt from publication",
    "name redacted under s40",
    "s40",
    "section 40",
    "s43",
    "section 43",
];

fn short_fold(text: &str) -> Option<String> {
    (text.len() <= LONGEST).then(|| fold(text))
}

/// Whether a cell says that nobody knows.
#[must_use]
pub fn is_not_known(text: &str) -> bool {
    short_fold(text).is_some_and(|folded| NOT_KNOWN.contains(&folded.as_str()))
}

/// Whether a cell is crossed out, which most often says that nobody knows; a company may be called so too.
#[must_use]
pub fn is_crossed_out(text: &str) -> bool {
    is_not_known(text) && short_fold(text).is_some_and(|folded| folded.starts_with('x'))
}

/// What a cell for a supplier says where it names none: not known, or withheld. `None` where it names one.
#[must_use]
pub fn supplier_state(text: &str) -> Option<SupplierState> {
    let folded = short_fold(text)?;
    let folded = folded.as_str();
    if WITHHELD.contains(&folded) || says_taken_out(folded) {
        Some(SupplierState::Withheld)
    } else if NOT_KNOWN.contains(&folded) || NO_ONE_SUPPLIER.contains(&folded) || points_elsewhere(folded) {
        Some(SupplierState::NotKnown)
    } else {
        None
    }
}

/// Whether a cell says in a sentence where its names stand: 'Various - see list', 'Multiple suppliers, see attached'.
fn points_elsewhere(folded: &str) -> bool {
    ["see list", "see attached", "see separate", "see framework"].iter().any(|words| {
        let before = folded.split(words).next().unwrap_or_default().trim_end();
        before.len() < folded.len()
            && (before.is_empty() || ["various", "multiple", "several"].iter().any(|many| before.starts_with(many)))
    })
}

/// Whether a cell says in a sentence that a name was taken out; what has a legal form is a company's name.
fn says_taken_out(folded: &str) -> bool {
    let has = |words: &[&str]| folded.split(' ').any(|word| words.contains(&word));
    has(&["redacted", "withheld"]) && !has(&["ltd", "limited", "llp", "plc", "cic"])
}

/// Whether a cell for a sum says that the sum is withheld.
#[must_use]
pub fn is_withheld(text: &str) -> bool {
    const WORDS: &[&str] = &[
        "withheld",
        "redacted",
        "confidential",
        "confidentiality",
        "commercially sensitive",
        "commercial sensitive",
        "commercial in confidence",
        "commercial interest",
        "not disclosed",
        "exempt from",
        "not for publication",
        "exemption",
        "s43",
        "section 43",
        "s 43",
        "foi exempt",
    ];
    if text.len() > 400 {
        return false;
    }
    let folded = fold(text);
    WORDS.iter().any(|word| folded.contains(word)) && !folded.contains("not confidential")
}
