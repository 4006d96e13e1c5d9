//! Those to whom a system's supplier passes data on, as an organisation's record of the system names them.

use crate::register::{ids::SupplierId, names::tidy};
use serde::{Deserialize, Serialize};

/// Somebody who processes data of a system on behalf of its supplier (UK GDPR, Article 28(2) and (4)).
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct SubProcessor {
    /// Its name, as the source has it.
    pub name: String,
    /// Its record, where the register knows it as a supplier.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub supplier: Option<SupplierId>,
    /// What it does with the data: 'hosting', 'text messages'.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub does: Option<String>,
    /// Where: a country, a region, a data centre.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<String>,
    /// Where that is stated: a page of the supplier's, a schedule of the contract.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
}

/// More than so many are not taken.
pub const MOST: usize = 40;
/// What parts one from the next in a cell, and the parts of one.
const APART: [char; 2] = [';', '\n'];
const PARTS: char = '|';

impl SubProcessor {
    /// It in words: 'Example Cloud (hosting, London)'.
    #[must_use]
    pub fn words(&self) -> String {
        let said: Vec<&str> = [&self.does, &self.place].into_iter().filter_map(Option::as_deref).collect();
        if said.is_empty() { self.name.clone() } else { format!("{} ({})", self.name, said.join(", ")) }
    }

    fn cell(&self) -> String {
        let plain = |text: &str| tidy(&text.replace([';', '\n', PARTS], ",")).into_owned();
        let part = |text: &Option<String>| text.as_deref().map(plain).unwrap_or_default();
        let parts = [plain(&self.name), part(&self.does), part(&self.place), part(&self.source)];
        let said = parts.iter().rposition(|part| !part.is_empty()).map_or(0, |last| last + 1);
        parts[..said].join(" | ")
    }
}

/// Reads a cell of a file: one after another with a semicolon or a new line between, each as `name | what it does | where |
/// where that is stated`, of which only the name is needed. Those without a name are left out.
#[must_use]
pub fn read_cell(text: &str) -> Vec<SubProcessor> {
    let mut found: Vec<SubProcessor> = Vec::new();
    for one in text.split(APART) {
        let mut parts = one.splitn(4, PARTS).map(|part| tidy(part).into_owned()).map(|part| (!part.is_empty()).then_some(part));
        let mut next = || parts.next().flatten();
        if let Some(name) = next() {
            let read = SubProcessor { name, supplier: None, does: next(), place: next(), source: next() };
            if !found.contains(&read) {
                found.push(read);
            }
        }
    }
    found
}

/// Writes them as a cell that [`read_cell`] reads again. A semicolon or an upright stroke within a part becomes a comma.
#[must_use]
pub fn write_cell(all: &[SubProcessor]) -> String {
    all.iter().map(SubProcessor::cell).collect::<Vec<_>>().join("; ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_cell_names_several_with_what_they_do_and_where() {
        let read = read_cell("Example Cloud | hosting | London | https://example.org/list; Example Mail||Ireland\n; | x |;Third");
        let names: Vec<String> = read.iter().map(SubProcessor::words).collect();
        assert_eq!(names, ["Example Cloud (hosting, London)", "Example Mail (Ireland)", "Third"]);
        assert_eq!(read[0].source.as_deref(), Some("https://example.org/list"));
        assert_eq!(
            write_cell(&read),
            "Example Cloud | hosting | London | https://example.org/list; Example Mail |  | Ireland; Third"
        );
        assert!(read_cell("  ").is_empty());
    }

    proptest! {
        #[test]
        fn what_is_written_reads_the_same(parts in prop::collection::vec(("[A-Z][a-z .]{0,8}[a-z]", prop::option::of("[a-z]{1,6}"), prop::option::of("[A-Z]{1,6}"), prop::option::of("https://[a-z]{1,6}")), 0..5)) {
            let mut all: Vec<SubProcessor> = Vec::new();
            for (name, does, place, source) in parts {
                let one = SubProcessor { name: tidy(&name).into_owned(), supplier: None, does, place, source };
                if !all.contains(&one) {
                    all.push(one);
                }
            }
            prop_assert_eq!(read_cell(&write_cell(&all)), all);
        }
    }
}
