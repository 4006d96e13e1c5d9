//! Normal forms of names: what makes two spellings the same name. Numbers of legal entities are in [`numbers`], cells that
//! stand where a name should but hold none in [`placeholder`], likeness for a person to confirm in [`similar`].
//!
//! A normal form is for matching alone and is never shown. Nothing here merges records; [`super::import`] matches on equal
//! numbers first and on equal normal forms second, and what is only alike is flagged for a person.

pub mod numbers;
pub mod placeholder;
pub mod similar;

use super::records::DatedName;
use std::borrow::Cow;
use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

/// How a name's source begins when the name is a brand of a product or group, not the name of a legal entity.
pub const BRAND: &str = "brand: ";
/// How a name's source begins when the name was not confirmed at its source.
pub const UNVERIFIED: &str = "not verified: ";

/// Whether a record may be matched on this name: brands and names not confirmed are shown, never matched on.
#[must_use]
pub fn may_match_on(name: &DatedName) -> bool {
    !name.source.as_deref().is_some_and(|source| source.starts_with(BRAND) || source.starts_with(UNVERIFIED))
}

/// The folded form of any text: lower case, no accents, `&` as 'and', apostrophes and full stops within initials dropped,
/// every other mark a single space. 'Children’s Services (A&E)' becomes `childrens services a and e`.
#[must_use]
pub fn fold(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut gap = false;
    let mut push = |c: char, gap: &mut bool| {
        if *gap && !out.is_empty() {
            out.push(' ');
        }
        *gap = false;
        out.push(c);
    };
    let mut handle = |c: char| match c {
        '&' => {
            gap = true;
            "and".chars().for_each(|letter| push(letter, &mut gap));
            gap = true;
        }
        '\'' | '’' | '‘' | '`' | '´' | '.' => {}
        c if c.is_ascii_alphanumeric() => push(c.to_ascii_lowercase(), &mut gap),
        c if c.is_ascii() => gap = true,
        c if is_combining_mark(c) => {}
        c if c.is_alphanumeric() => c.to_lowercase().for_each(|lower| push(lower, &mut gap)),
        _ => gap = true,
    };
    // A full stop joins initials ('U.K.') but parts words ('Smith.Jones' does not occur; 'Ltd. Services' has its own space).
    if text.is_ascii() {
        text.chars().for_each(&mut handle)
    } else {
        text.nfkd().for_each(&mut handle)
    }
    out
}

/// An organisation's name without its case, marks and leading 'the', and without the people that a charter incorporates ('The Mayor
/// and Burgesses of the London Borough of Lambeth'); 'Bexley LBC' is the London Borough of Bexley.
#[must_use]
pub fn organisation(name: &str) -> String {
    const INCORPORATED: [&str; 4] =
        ["mayor and burgesses of ", "lord mayor and citizens of ", "mayor and commonalty and citizens of ", "council of the "];
    let folded = without_the(fold(name));
    let own = INCORPORATED.iter().find_map(|people| folded.strip_prefix(people));
    let own = own.map_or_else(|| folded.clone(), |own| without_the(own.to_owned()));
    match own.strip_suffix(" lbc") {
        Some(borough) => format!("london borough of {borough}"),
        None => own,
    }
}

/// A function's or service area's name, folded.
#[must_use]
pub fn function(name: &str) -> String {
    fold(name)
}

/// A product's name, folded, without trade marks in letters ('(TM)', '(R)').
#[must_use]
pub fn product(name: &str) -> String {
    if !name.contains('(') && name.is_ascii() {
        return fold(name);
    }
    let without = ["(TM)", "(tm)", "(R)", "(r)", "™", "®"]
        .iter()
        .fold(Cow::Borrowed(name), |name, mark| if name.contains(mark) { Cow::Owned(name.replace(mark, " ")) } else { name });
    fold(&without)
}

/// A supplier's name as it is read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SupplierName {
    /// The name as given, tidied: outer and doubled spaces gone, a note such as 'Do Not Attach' taken off.
    pub name: String,
    /// Its normal form.
    pub normal: String,
    /// The name it says it trades as ('X Ltd t/a Y'), where it says one.
    pub trading_as: Option<String>,
    /// Whether a note for clerks ('Do Not Attach') was taken off its end.
    pub note_taken_off: bool,
}

/// Reads a supplier's name.
#[must_use]
pub fn supplier_name(text: &str) -> SupplierName {
    let tidy = tidy(text);
    let (name, note_taken_off) = without_note(&tidy);
    let (legal, trading_as) = split_trading(name);
    SupplierName { name: name.to_owned(), normal: supplier(legal), trading_as: trading_as.map(str::to_owned), note_taken_off }
}

/// The normal form of a supplier's name: folded, without 'the' before it, without its legal form after it, without what it
/// trades as, and without a remark in brackets ('(formerly …)', '(company no. …)'). Other words in brackets stay, without
/// their brackets: 'Kier (North) Ltd' and 'Kier (South) Ltd' are two companies.
#[must_use]
pub fn supplier(name: &str) -> String {
    let (legal, _) = split_trading(name);
    let folded = fold(&without_remarks(legal));
    let mut words: Vec<&str> = folded.split(' ').filter(|word| !word.is_empty()).collect();
    while words.len() > 1 {
        let form = LEGAL_FORMS.iter().find(|form| words.len() > form.len() && words.ends_with(form));
        match form {
            Some(form) => words.truncate(words.len() - form.len()),
            None => break,
        }
    }
    if words.last() == Some(&"company") && words.len() > 1 {
        words.pop();
        words.push("co");
    }
    without_the(words.join(" "))
}

/// Whether a name ends in a legal form, as a company's whole name does.
#[must_use]
pub fn has_legal_form(name: &str) -> bool {
    let folded = fold(&without_remarks(name));
    let words: Vec<&str> = folded.split(' ').filter(|word| !word.is_empty()).collect();
    LEGAL_FORMS.iter().any(|form| words.len() > form.len() && words.ends_with(form))
}

/// Legal forms as they end folded names, longest first. 'Limmited' and its like are met in registers (facts/register §6).
const LEGAL_FORMS: &[&[&str]] = &[
    &["community", "interest", "company"],
    &["limited", "liability", "partnership"],
    &["public", "limited", "company"],
    &["charitable", "incorporated", "organisation"],
    &["company", "limited", "by", "guarantee"],
    &["limited", "by", "guarantee"],
    &["co", "ltd", "by", "guarantee"],
    &["limited"],
    &["ltd"],
    &["limmited"],
    &["limted"],
    &["limitd"],
    &["limitied"],
    &["lmited"],
    &["limied"],
    &["litd"],
    &["ltdd"],
    &["lttd"],
    &["ltd", "uk"],
    &["plc"],
    &["p", "l", "c"],
    &["llp"],
    &["lp"],
    &["cic"],
    &["cio"],
    &["scio"],
    &["inc"],
    &["incorporated"],
    &["llc"],
    &["gmbh"],
    &["ag"],
    &["bv"],
    &["nv"],
    &["pty"],
    &["cyf"],
    &["cyfyngedig"],
    &["ccc"],
];

fn without_the(folded: String) -> String {
    match folded.strip_prefix("the ") {
        Some(rest) if !rest.is_empty() => rest.to_owned(),
        _ => folded,
    }
}

/// One line, outer and doubled spaces gone, and what nobody sees ([`crate::text`]).
#[must_use]
pub fn tidy(text: &str) -> Cow<'_, str> {
    match crate::text::visible(text) {
        Cow::Borrowed(text) => one_line(text),
        Cow::Owned(text) => Cow::Owned(one_line(&text).into_owned()),
    }
}

fn one_line(text: &str) -> Cow<'_, str> {
    let trimmed = text.trim();
    let bytes = trimmed.as_bytes();
    let plain = trimmed.is_ascii() && !bytes.windows(2).any(|pair| pair == b"  ") && !bytes.iter().any(|byte| *byte < b' ');
    if plain {
        return Cow::Borrowed(trimmed);
    }
    Cow::Owned(trimmed.split_whitespace().filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" "))
}

/// Takes 'Do Not Attach' off a name's end, with the marks before it.
fn without_note(name: &str) -> (&str, bool) {
    const NOTE: &str = "do not attach";
    let marks: &[char] = &[' ', '-', '–', '(', ')', '*', '[', ']', ':', ',', '.', '!'];
    let end = name.trim_end_matches(marks);
    let Some(start) = end.len().checked_sub(NOTE.len()).filter(|start| end.is_char_boundary(*start)) else {
        return (name, false);
    };
    if end[start..].eq_ignore_ascii_case(NOTE) {
        let rest = end[..start].trim_end_matches([' ', '-', '–', '(', '*', '[', ':', ',']);
        if !rest.is_empty() {
            return (rest, true);
        }
    }
    (name, false)
}

/// Parts 'X Ltd t/a Y' into X Ltd and Y.
fn split_trading(name: &str) -> (&str, Option<&str>) {
    const MARKS: &[&str] = &[" t/a ", "(t/a ", " t/a: ", " t\\a ", " t.a. ", " trading as ", "(trading as ", " t / a "];
    if name.len() < 7 {
        return (name, None);
    }
    let lower = name.to_ascii_lowercase();
    for mark in MARKS {
        if let Some(at) = lower.find(mark) {
            let legal = name[..at].trim_end_matches([' ', ',', '-', '(']);
            let trading = name[at + mark.len()..].trim().trim_end_matches(')').trim();
            if !legal.is_empty() && !trading.is_empty() {
                return (legal, Some(trading));
            }
        }
    }
    (name, None)
}

/// Drops brackets that hold a remark about the name rather than a part of it.
fn without_remarks(name: &str) -> Cow<'_, str> {
    if !name.contains('(') {
        return Cow::Borrowed(name);
    }
    let mut out = String::with_capacity(name.len());
    let mut rest = name;
    while let Some(open) = rest.find('(') {
        let Some(close) = rest[open..].find(')').map(|at| open + at) else { break };
        let inner = fold(&rest[open + 1..close]);
        const REMARKS: &[&str] =
            &["formerly", "previously", "trading as", "t a ", "company no", "co no", "reg no", "crn", "now "];
        out.push_str(&rest[..open]);
        if !REMARKS.iter().any(|remark| inner.starts_with(remark)) {
            out.push(' ');
            out.push_str(&rest[open + 1..close]);
            out.push(' ');
        }
        rest = &rest[close + 1..];
    }
    out.push_str(rest);
    Cow::Owned(out)
}

/// A name as addresses carry it: `[a-z0-9-]`, at most 80 characters, never empty.
#[must_use]
pub fn slug(name: &str) -> String {
    let mut slug: String =
        fold(name).chars().filter(|c| c.is_ascii_alphanumeric() || *c == ' ').map(|c| if c == ' ' { '-' } else { c }).collect();
    slug.truncate(80);
    let slug = slug.trim_matches('-').to_owned();
    if slug.is_empty() { "unnamed".to_owned() } else { slug }
}

#[cfg(test)]
mod tests;
