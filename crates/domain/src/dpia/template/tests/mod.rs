//! Templates: what is refused and why, which fields apply, overlays, versions.

pub(crate) mod migrating;
mod overlaying;
mod reading;
mod shipped;
mod viewing;

use super::{Template, options::OptionLists};
use crate::dpia::file::Problem;

/// A small template that uses every kind and every form of condition.
pub(crate) const SMALL: &str = include_str!("small.yaml");

/// Reads a template with no lists of options.
pub(crate) fn read(text: &str) -> Result<Template, Vec<Problem>> {
    Template::read("small.yaml", text, &[lists()])
}

/// The small template.
pub(crate) fn small() -> Template {
    read(SMALL).unwrap_or_else(|problems| panic!("{problems:#?}"))
}

pub(crate) fn lists() -> OptionLists {
    let text = "kind: options\nurn: urn:example:options:small\nversion: 1.0.0\ntitle: T\nabout: A\nin-force: 2026-01-01\nlists:\n  - id: bases\n    title: Bases\n    source: A law\n    options:\n      - {id: consent, label: Consent}\n      - {id: public-task, label: Public task}\n";
    OptionLists::read("options.yaml", text).unwrap()
}
