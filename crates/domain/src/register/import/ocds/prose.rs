//! Options to extend that stand in prose: a suggestion for a person to confirm, never a date.

use super::{list, text};
use serde_json::Value as Json;

/// The sentence that speaks of an option to extend, if one does; at most 300 characters, in the source's words.
#[must_use]
pub fn extension_in_prose(contract: &Json, award: &Json, tender: &Json, release: &Json, lots: &[&Json]) -> Option<String> {
    for lot in lots {
        // What a lot says under 'renewal' is about nothing else.
        if let Some(renewal) = text(&lot["renewal"]["description"]).filter(|_| lot["hasRenewal"].as_bool() != Some(false)) {
            return Some(cut(&renewal));
        }
    }
    let tender_lots = if lots.is_empty() { list(&tender["lots"]) } else { &[] };
    let texts = [&contract["description"], &award["description"]].into_iter();
    let texts = texts
        .chain(lots.iter().copied().chain(tender_lots).flat_map(|lot| [&lot["options"]["description"], &lot["description"]]));
    let texts =
        texts.chain([&tender["options"]["description"], &tender["description"], &tender["title"], &release["description"]]);
    texts.filter_map(text).find_map(|text| sentence(&text))
}

const PHRASES: &[&str] = &[
    "option to extend",
    "options to extend",
    "option to further extend",
    "optional extension",
    "extension option",
    "extension period",
    "option of extension",
    "option for extension",
    "extension of up to",
    "may be extended",
    "can be extended",
    "right to extend",
    "possible extension",
    "potential extension",
    "month extension",
    "year extension",
    "possibility of extension",
    "options for extension",
    "extend the contract",
    "extend this contract",
    "extended for a further",
    "extend for a further",
    "extend for up to",
    "option to renew",
];

fn sentence(text: &str) -> Option<String> {
    let lower = text.to_ascii_lowercase();
    let at = PHRASES.iter().filter_map(|phrase| lower.find(phrase)).min()?;
    let start = text[..at].rfind(". ").map_or(0, |dot| dot + 2);
    let end = text[at..].find(". ").map_or(text.len(), |dot| at + dot + 1);
    Some(cut(&text[start..end]))
}

fn cut(text: &str) -> String {
    if text.chars().count() <= 300 { text.to_owned() } else { text.chars().take(299).chain(['…']).collect() }
}
