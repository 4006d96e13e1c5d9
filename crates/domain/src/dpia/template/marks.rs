//! What is said about fields of the shipped templates, which were published before a template could say it itself: whose words they
//! hold (`written-by`), and what they hold for an agreement about sharing data (`agreement`).
//!
//! A published version never changes, and assessments hang on these. Neither mark is a part of what is asked, answered or sealed:
//! they say what may be done with an answer, so that they can stand here. A version that is made of a shipped one keeps them, also of a
//! field that it gives another id (`map-from`), until its file says of any field what they say; from then on the file alone counts.
//! Nothing is added to templates of others.

use super::{Template, field::Agreement};
use crate::people::Role::{self, CaldicottGuardian, Dpo, IgOfficer, InformationAssetOwner, Siro};
use Agreement::{LawfulBases, Parties, Purposes, Terms};

struct Marks {
    urn: &'static str,
    written_by: &'static [(&'static str, &'static [Role])],
    agreement: &'static [(Agreement, &'static [&'static str])],
}

const MARKS: [Marks; 2] = [
    Marks {
        urn: "urn:citytools:dpia:uk-gdpr",
        written_by: &[
            ("dpo-advice", &[Dpo]),
            ("guardian-view", &[CaldicottGuardian]),
            ("conditions", &[InformationAssetOwner, Siro]),
            ("residual-why", &[InformationAssetOwner, Siro]),
        ],
        agreement: &[
            (Purposes, &["aims", "use", "effect", "benefits", "achieves"]),
            (
                LawfulBases,
                &[
                    "lawful-basis",
                    "lawful-basis-why",
                    "interests",
                    "recognised-interest",
                    "special-conditions",
                    "offence-ground",
                    "schedule-1",
                    "confidence",
                ],
            ),
            (
                Terms,
                &[
                    "origin",
                    "storage",
                    "deletion",
                    "minimisation",
                    "informed",
                    "rights",
                    "complaints",
                    "access-control",
                    "security-measures",
                    "incidents",
                    "transfer-list",
                    "transfer-test",
                    "transfer-exception",
                ],
            ),
            (Parties, &["gateway", "arrangement", "our-notice"]),
        ],
    },
    Marks {
        urn: "urn:citytools:review:data-protection",
        // The section is 'The IG officer's conclusion'; where the data protection officer draws it, it is their advice.
        written_by: &[("dpia-needed", &[IgOfficer, Dpo]), ("reasons", &[IgOfficer, Dpo])],
        agreement: &[
            (Purposes, &["aims"]),
            (LawfulBases, &["lawful-basis", "special-conditions"]),
            (Terms, &["data", "recipients", "kept", "informed", "rights", "transfer-ground", "security"]),
            (Parties, &["gateway"]),
        ],
    },
];

/// Adds to a version of a shipped template what is said here, as far as its file says nothing of it.
pub(super) fn add(template: &mut Template) {
    let Some(marks) = MARKS.iter().find(|one| one.urn == template.edition.urn) else { return };
    let says_words = template.fields().any(|(_, field)| !field.written_by.is_empty());
    let says_agreement = template.fields().any(|(_, field)| field.agreement.is_some());
    let renamed = template.map_from.as_ref().map(|map| map.renamed.clone()).unwrap_or_default();
    for field in template.sections.iter_mut().flat_map(|section| &mut section.fields) {
        // Another id makes no other question.
        let was = renamed.iter().find(|rule| rule.to == field.id).map_or(field.id.as_str(), |rule| rule.from.as_str());
        let is = |id: &str| id == field.id || id == was;
        let words = marks.written_by.iter().find(|(id, _)| !says_words && is(id)).map(|(_, roles)| roles.to_vec());
        let agreement = marks.agreement.iter().find(|(_, ids)| ids.iter().any(|id| is(id))).map(|(mark, _)| *mark);
        if let Some(roles) = words {
            field.written_by = roles;
        }
        if !says_agreement {
            field.agreement = agreement;
        }
    }
}

/// What a field holds for an agreement, by the id that the shipped templates give it.
pub(super) fn agreement(id: &str) -> Option<Agreement> {
    MARKS.iter().flat_map(|marks| marks.agreement).find(|(_, ids)| ids.contains(&id)).map(|(mark, _)| *mark)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dpia::library::{self, Library, SHIPPED};

    #[test]
    fn every_mark_is_of_a_field_that_the_template_has() {
        for marks in &MARKS {
            let template = library::shipped().templates.iter().find(|one| one.edition.urn == marks.urn).unwrap();
            for (id, roles) in marks.written_by {
                assert_eq!(template.written_by(id), *roles, "{id}");
            }
            for (mark, ids) in marks.agreement {
                for id in *ids {
                    assert_eq!(template.field(id).and_then(|field| field.agreement), Some(*mark), "{id}");
                }
            }
        }
    }

    #[test]
    fn a_version_made_of_a_shipped_one_keeps_them_until_its_file_says_otherwise() {
        let read = |change: &dyn Fn(&str) -> String| {
            let text = change(SHIPPED[2].1);
            let library = Library::read(&[SHIPPED[0], SHIPPED[1], ("next.yaml", &text)]).unwrap();
            library.templates[0].clone()
        };
        let next = read(&|text| text.replacen("version: 1.0.0", "version: 1.1.0", 1));
        assert_eq!((next.edition.version.as_str(), next.written_by("dpo-advice")), ("1.1.0", &[Dpo][..]));
        // A field that has another id there keeps what is said of it.
        let map = "version: 1.1.0\nreplaces: 1.0.0\nmap-from:\n  version: 1.0.0\n  renamed:\n  \
                   - {from: dpo-advice, to: officers-advice}\n  - {from: deletion, to: deletion-now}";
        let text = SHIPPED[2]
            .1
            .replacen("version: 1.0.0", map, 1)
            .replace("id: dpo-advice", "id: officers-advice")
            .replace("id: deletion\n", "id: deletion-now\n");
        let library = Library::read(&[SHIPPED[0], SHIPPED[1], SHIPPED[2], ("next.yaml", &text)]).unwrap();
        let moved = library.templates.iter().find(|one| one.edition.version == "1.1.0").unwrap();
        assert_eq!(moved.written_by("officers-advice"), [Dpo]);
        assert_eq!(moved.field("deletion-now").and_then(|field| field.agreement), Some(Terms));
        let label = "label: What does our data protection officer advise?";
        let said = read(&|text| {
            text.replacen(label, &format!("{label}\n        written-by: [dpo, ig-officer]\n        agreement: parties"), 1)
        });
        assert_eq!(said.written_by("dpo-advice"), [Dpo, IgOfficer]);
        assert!(said.written_by("guardian-view").is_empty(), "now the file alone counts");
        assert_eq!(said.fields().filter(|(_, field)| field.agreement.is_some()).count(), 1);
        // A template of others is what its file says.
        let own = read(&|text| text.replacen("urn: urn:citytools:dpia:uk-gdpr", "urn: urn:example:dpia:own", 1));
        assert!(own.written_by("dpo-advice").is_empty());
        let wrong = |from: &str, to: &str| {
            let text = SHIPPED[2].1.replacen(from, to, 1);
            assert_ne!(text, SHIPPED[2].1);
            let problems = Library::read(&[SHIPPED[0], SHIPPED[1], ("next.yaml", &text)]).unwrap_err();
            problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
        };
        assert!(wrong(label, &format!("{label}\n        written-by: mayor")).contains("next.yaml:"));
        let misplaced = wrong(label, &format!("{label}\n        agreement: terms"));
        assert!(misplaced.contains("What each party says for itself stands in the annex"), "{misplaced}");
    }
}
