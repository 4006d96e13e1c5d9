//! Lists of options that laws give and change: lawful bases, conditions for special categories. Versioned files, each option
//! with the days on which it may be chosen; a template names the list and the file's version.

use super::{
    super::file::{Document, Kind, Problem},
    Edition, SourceDetail,
    field::Choice,
};
use jiff::civil::Date;
use serde::Deserialize;
use std::collections::BTreeMap;

/// A file of lists.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OptionLists {
    /// Its URN and version.
    pub edition: Edition,
    /// Its title.
    pub title: String,
    /// What it is and whose.
    pub about: String,
    /// The first day on which it may be used.
    pub in_force: Date,
    /// The laws that the lists come from.
    pub sources: Vec<SourceDetail>,
    /// The options of each list, by the list's id.
    pub lists: BTreeMap<String, OptionList>,
}

/// A list of options.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OptionList {
    /// Its id.
    pub id: String,
    /// Its title.
    pub title: String,
    /// The law it comes from, as people cite it.
    pub source: String,
    /// The options.
    pub options: Vec<Choice>,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct Written {
    #[allow(dead_code)]
    kind: String,
    urn: String,
    version: String,
    title: String,
    about: String,
    in_force: Date,
    #[serde(default)]
    sources: Vec<SourceDetail>,
    lists: Vec<OptionList>,
}

impl OptionLists {
    /// Reads a file of lists, or says all that is wrong with it.
    pub fn read(name: &str, text: &str) -> Result<Self, Vec<Problem>> {
        let (document, written): (_, Written) = Document::written(name, text, Kind::Options)?;
        let mut lists = BTreeMap::new();
        for (index, list) in written.lists.into_iter().enumerate() {
            let pointer = format!("/lists/{index}");
            check(&document, &format!("{pointer}/options"), &list.options);
            let id = list.id.clone();
            if lists.insert(id.clone(), list).is_some() {
                document.problem(&pointer, &format!("There is another list '{id}'"), "Give each list an id of its own");
            }
        }
        let edition = Edition { urn: written.urn, version: written.version };
        let (title, about, in_force, sources) = (written.title, written.about, written.in_force, written.sources);
        document.finish(Some(Self { edition, title, about, in_force, sources, lists }))
    }
}

/// Checks options: each id once, each pair of days in order.
pub(super) fn check(document: &Document, pointer: &str, options: &[Choice]) {
    for (index, option) in options.iter().enumerate() {
        let here = format!("{pointer}/{index}");
        if options[..index].iter().any(|other| other.id == option.id) {
            document.problem(&here, &format!("There is another option '{}'", option.id), "Give each option an id of its own");
        }
        if let (Some(from), Some(until)) = (option.from, option.until)
            && until < from
        {
            document.problem(
                &here,
                &format!("The option ends on {until}, before it begins on {from}"),
                "Correct one of the days",
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    const HEAD: &str = "kind: options\nurn: urn:example:options:test\nversion: 1.0.0\ntitle: T\nabout: A\nin-force: 2026-01-01\n";

    #[test]
    fn options_are_offered_on_their_days_alone() {
        let text = format!(
            "{HEAD}lists:\n  - id: bases\n    title: Bases\n    source: A law\n    options:\n      - {{id: old, label: Old, until: 2026-02-04}}\n      - {{id: new, label: New, from: 2026-02-05}}\n"
        );
        let lists = OptionLists::read("o.yaml", &text).unwrap();
        let offered = |on| {
            lists.lists["bases"]
                .options
                .iter()
                .filter(|option| option.offered(on))
                .map(|option| option.id.as_str())
                .collect::<Vec<_>>()
        };
        assert_eq!(offered(date(2026, 2, 4)), ["old"]);
        assert_eq!(offered(date(2026, 2, 5)), ["new"]);
    }

    #[test]
    fn an_option_twice_and_days_the_wrong_way_round_are_refused() {
        let text = format!(
            "{HEAD}lists:\n  - id: bases\n    title: Bases\n    source: A law\n    options:\n      - {{id: a, label: A}}\n      - {{id: a, label: B, from: 2026-02-05, until: 2026-02-04}}\n"
        );
        let problems = OptionLists::read("o.yaml", &text).unwrap_err();
        assert_eq!(problems.len(), 2, "{problems:?}");
        assert_eq!(problems[0].line, Some(13));
        assert!(problems[0].path.ends_with("bases › options › a"), "{}", problems[0].path);
    }
}
