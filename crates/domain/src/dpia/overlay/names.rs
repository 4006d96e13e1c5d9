//! What the fields of a template are called in a later version of it.

use crate::dpia::{
    library::order,
    template::{
        Edition, Template,
        field::{Field, Required},
    },
};
use std::collections::BTreeMap;

/// What the fields of one version are called in a later one, as the maps between them say: only those with another name. A field
/// that became several is the first of them, which has its answers; of several that became one, each is that one.
pub(super) fn renamed(templates: &[Template], from: &Edition, to: &Template) -> BTreeMap<String, String> {
    let mut steps = vec![to];
    while let Some(version) = steps.last().and_then(|last| last.replaces.as_ref()).filter(|_| steps.len() <= templates.len()) {
        let before = templates.iter().find(|one| one.edition.urn == from.urn && one.edition.version == *version);
        let Some(before) = before.filter(|before| order(&before.edition.version) > order(&from.version)) else { break };
        steps.push(before);
    }
    let mut names: BTreeMap<String, String> = BTreeMap::new();
    for map in steps.iter().rev().filter_map(|step| step.map_from.as_ref()) {
        let step: BTreeMap<&str, &str> = map
            .renamed
            .iter()
            .map(|one| (one.from.as_str(), one.to.as_str()))
            .chain(map.split.iter().filter_map(|one| Some((one.from.as_str(), one.to.first()?.as_str()))))
            .chain(map.merged.iter().flat_map(|one| one.from.iter().map(|from| (from.as_str(), one.to.as_str()))))
            .collect();
        let moved: Vec<(String, String)> =
            names.iter().filter_map(|(id, now)| Some((id.clone(), (*step.get(now.as_str())?).to_owned()))).collect();
        for (old, new) in step {
            if !names.values().any(|now| now == old) {
                names.entry(old.to_owned()).or_insert_with(|| new.to_owned());
            }
        }
        names.extend(moved);
    }
    names
}

/// An own field whose conditions read the template's fields by the names that they have in a later version.
pub(super) fn with_names(field: &Field, renamed: &BTreeMap<String, String>) -> Field {
    if renamed.is_empty() {
        return field.clone();
    }
    let name = |id: &str| renamed.get(id).map_or_else(|| id.to_owned(), Clone::clone);
    Field {
        when: field.when.as_ref().map(|when| when.renamed(&name)),
        required: match &field.required {
            Required::When(when) => Required::When(when.renamed(&name)),
            other => other.clone(),
        },
        ..field.clone()
    }
}
