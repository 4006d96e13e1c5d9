//! What is asked of a later version of a file, beside the version before it: that assessments and answers find their way to it. The
//! same is asked where files are checked on the command line and where they are published in the browser.

use super::{Library, order, screening_questions};
use crate::dpia::{
    file::{Document, Kind, Problem},
    overlay::Overlay,
    screening::Rules,
    template::{Edition, Template, field::Field},
};
use std::collections::BTreeSet;

/// All that is wrong with files as later versions of those that are known.
pub(super) fn check(files: &[(&str, &str)], library: &Library) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (name, text) in files {
        let Ok(document) = Document::read(name, text) else { continue };
        let value = |key: &str| document.value.get(key).and_then(|value| value.as_str()).unwrap_or_default().to_owned();
        let edition = Edition { urn: value("urn"), version: value("version") };
        match document.kind() {
            Ok(Kind::Template) => {
                let before = before(library.templates.iter().map(|one| &one.edition), &edition);
                if let (Some(template), Some(old)) = (library.template(&edition), before.and_then(|old| library.template(old))) {
                    template_follows(&document, old, template);
                }
            }
            Ok(Kind::Overlay) => {
                let find = |edition: &Edition| library.overlays.iter().find(|one| one.edition == *edition);
                let before = before(library.overlays.iter().map(|one| &one.edition), &edition);
                if let (Some(overlay), Some(old)) = (find(&edition), before.and_then(find)) {
                    fields_stay(&document, old, overlay);
                }
            }
            Ok(Kind::Screening) => {
                let last = library.screening.iter().filter(|one| one.edition.urn == edition.urn);
                let last = last.max_by_key(|one| order(&one.edition.version)).filter(|one| one.edition == edition);
                if let Some(rules) = last {
                    questions_stay(&document, &library.templates, rules);
                }
            }
            _ => {}
        }
        problems.extend(document.problems());
    }
    problems
}

/// The version before one, of those that are known.
fn before<'a>(known: impl Iterator<Item = &'a Edition>, edition: &Edition) -> Option<&'a Edition> {
    known
        .filter(|one| one.urn == edition.urn && order(&one.version) < order(&edition.version))
        .max_by_key(|one| order(&one.version))
}

/// A template that comes after another says so, with a map, and keeps what risks hang on.
pub(in crate::dpia) fn template_follows(document: &Document, old: &Template, new: &Template) {
    let version = &old.edition.version;
    if new.replaces.as_ref() != Some(version) {
        document.problem(
            "/replaces",
            &format!("Assessments that are written with version {version} could not be moved to this one"),
            &format!("Add 'replaces: {version}' and 'map-from:' with 'version: {version}'"),
        );
    }
    if new.in_force < old.in_force {
        document.problem(
            "/in-force",
            &format!("Version {version} is in force from {}, and this one would come before it", old.in_force),
            "Let a new version begin on that day or later",
        );
    }
    steps_stay(document, old, new);
}

/// Risks hang on the steps and levels of the matrix by id: a new version may add some, and takes none away.
fn steps_stay(document: &Document, old: &Template, new: &Template) {
    let steps = |template: &Template| -> BTreeSet<(&'static str, String)> {
        let matrix = &template.matrix;
        let likelihood = matrix.likelihood.iter().map(|step| ("likelihood", step.id.clone()));
        let severity = matrix.severity.iter().map(|step| ("severity", step.id.clone()));
        let levels = matrix.levels.iter().map(|level| ("levels", level.id.clone()));
        likelihood.chain(severity).chain(levels).collect()
    };
    for (list, id) in steps(old).difference(&steps(new)) {
        document.problem(
            &format!("/matrix/{list}"),
            &format!("'{id}' is gone, and risks of live assessments may be rated with it"),
            "Keep its id; its label may change",
        );
    }
}

/// Answers hang on an overlay's own fields: a new version keeps them, as what they are.
pub(in crate::dpia) fn fields_stay(document: &Document, old: &Overlay, new: &Overlay) {
    for (_, field) in &old.fields {
        let same =
            |other: &Field| other.id == field.id && other.kind.as_str() == field.kind.as_str() && other.signed == field.signed;
        if !new.fields.iter().any(|(_, other)| same(other)) {
            document.problem(
                "/fields",
                &format!("The field '{}' of version {} is gone, or is another kind of field now", field.id, old.edition.version),
                "Keep it: answers may stand in it. Its words may change",
            );
        }
    }
}

/// The newest version of each template reads questions that rules go on asking.
pub(in crate::dpia) fn questions_stay(document: &Document, templates: &[Template], rules: &Rules) {
    let newest = |template: &Template| {
        let versions = templates.iter().filter(|one| one.edition.urn == template.edition.urn);
        versions.max_by_key(|one| order(&one.edition.version)).is_some_and(|one| one.edition == template.edition)
    };
    for template in templates.iter().filter(|template| newest(template)) {
        for question in screening_questions(template) {
            if rules.question(&question).is_none() {
                document.problem(
                    "/questions",
                    &format!("The template '{}' reads the question '{question}', which is not asked any more", template.title),
                    "Keep the question and its id",
                );
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{SHIPPED, check as checked};

    #[test]
    fn a_later_version_without_a_way_to_it_is_said_as_publishing_says_it() {
        let later = |version: &str, more: &str| {
            let text = SHIPPED.iter().find(|(_, text)| text.contains("urn: urn:citytools:dpia:uk-gdpr\n")).unwrap().1;
            text.replacen("version: 1.0.0\n", &format!("version: {version}\n{more}"), 1)
        };
        let said =
            |text: &str| checked(&[("later.yaml", text)]).iter().map(|one| one.what.clone()).collect::<Vec<_>>().join("; ");
        assert!(said(&later("1.0.1", "")).contains("could not be moved to this one"));
        assert_eq!(said(&later("1.0.1", "replaces: 1.0.0\nmap-from: {version: 1.0.0}\n")), "");
        // In the shipped one's own place nothing comes before it.
        assert_eq!(said(&later("1.0.0", "")), "");
        // Risks are rated with the steps of the matrix.
        let other = later("1.0.1", "replaces: 1.0.0\nmap-from: {version: 1.0.0}\n").replace("id: remote", "id: hardly");
        assert!(said(&other).contains("'remote' is gone"), "{}", said(&other));
    }
}
