//! What is said about fields of templates that were published before a template could say it itself: whose words they hold
//! (`written-by`), and what they hold for an agreement about sharing data (`agreement`).
//!
//! A published version never changes, and assessments hang on these. Neither mark is a part of what is asked, answered or sealed:
//! they say what may be done with an answer, so that they can stand here, for those versions alone. Later versions, and templates
//! of others, say it in the file, and nothing is added to them.

use super::{Template, field::Agreement};
use crate::people::Role::{self, CaldicottGuardian, Dpo, IgOfficer, InformationAssetOwner, Siro};
use Agreement::{LawfulBases, Parties, Purposes, Terms};

struct Marks {
    urn: &'static str,
    version: &'static str,
    written_by: &'static [(&'static str, &'static [Role])],
    agreement: &'static [(Agreement, &'static [&'static str])],
}

const MARKS: [Marks; 2] = [
    Marks {
        urn: "urn:citytools:dpia:uk-gdpr",
        version: "1.0.0",
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
        version: "1.0.0",
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

/// Adds to a template what is said here of its version.
pub(super) fn add(template: &mut Template) {
    let Some(marks) = MARKS.iter().find(|one| one.urn == template.edition.urn && one.version == template.edition.version) else {
        return;
    };
    for field in template.sections.iter_mut().flat_map(|section| &mut section.fields) {
        if field.written_by.is_empty()
            && let Some((_, roles)) = marks.written_by.iter().find(|(id, _)| *id == field.id)
        {
            field.written_by = roles.to_vec();
        }
        if field.agreement.is_none() {
            field.agreement = marks.agreement.iter().find(|(_, ids)| ids.contains(&field.id.as_str())).map(|(mark, _)| *mark);
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
    use crate::dpia::library;

    #[test]
    fn every_mark_is_of_a_field_that_the_version_has() {
        for marks in &MARKS {
            let template = library::shipped().templates.iter().find(|one| one.edition.urn == marks.urn).unwrap();
            assert_eq!(template.edition.version, marks.version, "a later version says it in the file");
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
}
