//! What changed between two versions of a template, field by field: for the page that shows a template, and for whoever decides
//! whether an assessment moves on.

use super::{Template, field::Field, migrate::Renamed};
use serde::Serialize;
use std::collections::BTreeSet;

/// One difference between an older and a newer version.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case", tag = "what")]
pub enum Difference {
    /// A section, module, field or risk rule that the older one has not.
    Added {
        /// What it is.
        of: Thing,
        /// Its id.
        id: String,
        /// Its title.
        title: String,
    },
    /// One that the newer one has not.
    Gone {
        /// What it is.
        of: Thing,
        /// Its id.
        id: String,
        /// Its title.
        title: String,
    },
    /// A field that is different.
    Changed {
        /// Its id.
        id: String,
        /// Its label in the newer version.
        title: String,
        /// In what.
        aspects: Vec<Aspect>,
    },
    /// The matrix of likelihood and severity is different.
    Matrix,
}

/// What a difference is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
#[allow(missing_docs)]
pub enum Thing {
    Section,
    Module,
    Field,
    RiskRule,
}

/// In what a field is different.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Aspect {
    /// Its question.
    Label,
    /// Its hint, guidance or sources.
    Help,
    /// What may stand in it.
    Kind,
    /// Its options or columns.
    Options,
    /// When it applies.
    When,
    /// Whether it is required.
    Required,
    /// How far its answer may travel.
    Sensitivity,
    /// Whether signatures are bound to it.
    Signed,
    /// Whose words it holds.
    WrittenBy,
    /// What it holds for an agreement about sharing data.
    Agreement,
    /// The section it stands in.
    Section,
}

/// The differences from `old` to `new`: fields first, in the newer version's order.
#[must_use]
pub fn compare(old: &Template, new: &Template) -> Vec<Difference> {
    let mut differences = Vec::new();
    let renamed = renamed(old, new);
    let before = |id: &str| renamed.iter().find(|rule| rule.to == id).map_or_else(|| id.to_owned(), |rule| rule.from.clone());
    for (section, field) in new.fields() {
        match old.find(&before(&field.id)) {
            None => differences.push(Difference::Added { of: Thing::Field, id: field.id.clone(), title: field.label.clone() }),
            Some((before, other)) => {
                let mut aspects = aspects(other, field);
                if before.id != section.id {
                    aspects.push(Aspect::Section);
                }
                if !aspects.is_empty() {
                    differences.push(Difference::Changed { id: field.id.clone(), title: field.label.clone(), aspects });
                }
            }
        }
    }
    for (_, field) in old.fields().filter(|(_, field)| {
        let goes_on = renamed.iter().any(|rule| rule.from == field.id && new.field(&rule.to).is_some());
        new.field(&field.id).is_none() && !goes_on
    }) {
        differences.push(Difference::Gone { of: Thing::Field, id: field.id.clone(), title: field.label.clone() });
    }
    let ids = |template: &Template| -> Vec<(Thing, String, String)> {
        let sections = template.sections.iter().map(|section| (Thing::Section, section.id.clone(), section.title.clone()));
        let modules = template.modules.iter().map(|module| (Thing::Module, module.id.clone(), module.title.clone()));
        let rules = template.risk_rules.iter().map(|rule| (Thing::RiskRule, rule.id.clone(), rule.title.clone()));
        sections.chain(modules).chain(rules).collect()
    };
    let (before, after) = (ids(old), ids(new));
    let missing = |from: &[(Thing, String, String)], list: &[(Thing, String, String)]| -> Vec<(Thing, String, String)> {
        let known: BTreeSet<(String, &str)> = from.iter().map(|(of, id, _)| (format!("{of:?}"), id.as_str())).collect();
        list.iter().filter(|(of, id, _)| !known.contains(&(format!("{of:?}"), id.as_str()))).cloned().collect()
    };
    differences.extend(missing(&before, &after).into_iter().map(|(of, id, title)| Difference::Added { of, id, title }));
    differences.extend(missing(&after, &before).into_iter().map(|(of, id, title)| Difference::Gone { of, id, title }));
    if old.matrix != new.matrix {
        differences.push(Difference::Matrix);
    }
    differences
}

/// What has only another id in `new`, where it comes after `old`: the same question.
fn renamed<'n>(old: &Template, new: &'n Template) -> &'n [Renamed] {
    let map = new.map_from.as_ref().filter(|map| map.version == old.edition.version);
    map.map(|map| map.renamed.as_slice()).unwrap_or_default()
}

/// How many questions of a section `new` asks besides those of `old`. One that has only another id is no new one.
#[must_use]
pub fn asked_besides(old: &Template, new: &Template, section: &str) -> usize {
    let renamed = renamed(old, new);
    let known = |id: &str| old.field(id).is_some() || renamed.iter().any(|rule| rule.to == id && old.field(&rule.from).is_some());
    new.section(section).map_or(0, |section| section.fields.iter().filter(|field| !known(&field.id)).count())
}

fn aspects(old: &Field, new: &Field) -> Vec<Aspect> {
    let kind = old.kind.as_str() != new.kind.as_str();
    [
        (Aspect::Label, old.label != new.label),
        (Aspect::Help, old.hint != new.hint || old.guidance != new.guidance || old.sources != new.sources),
        (Aspect::Kind, kind),
        (Aspect::Options, !kind && old.kind != new.kind),
        (Aspect::When, old.when != new.when),
        (Aspect::Required, old.required != new.required),
        (Aspect::Sensitivity, old.sensitivity != new.sensitivity),
        (Aspect::Signed, old.signed != new.signed),
        (Aspect::WrittenBy, old.written_by != new.written_by),
        (Aspect::Agreement, old.agreement != new.agreement),
    ]
    .into_iter()
    .filter_map(|(aspect, differs)| differs.then_some(aspect))
    .collect()
}
