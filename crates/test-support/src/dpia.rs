//! Data projects and assessments for tests, whole and valid; a test changes what it is about.

use domain::{
    dpia::{
        answer::PersonRef,
        assessment::{Assessment, Joined, Party, PartyRole},
        ids::{AssessmentId, MeasureId, ProjectId, RiskId},
        place::Part,
        project::Project,
        risk::{Assessed, Measure, Progress, Rating, Risk, Source},
        template::Edition,
        version::{MeasureRecord, RiskRecord},
    },
    people::PersonId,
    register::ids::OrganisationId,
};
use uuid::Uuid;

/// An organisation that takes part since an instant.
#[must_use]
pub fn party(organisation: OrganisationId, role: PartyRole, since: i64) -> Party {
    Party::new(organisation, role, Joined::Accepted, since)
}

/// A project that an organisation leads, without parties.
#[must_use]
pub fn project(organisation: OrganisationId, title: &str, purpose: &str) -> Project {
    Project { title: title.to_owned(), purpose: purpose.to_owned(), ..Project::blank(ProjectId(Uuid::now_v7()), organisation, 0) }
}

/// An assessment that is being written since an instant: of one controller, or of the first of several joint ones.
///
/// # Panics
/// Without a controller.
#[must_use]
pub fn assessment(template: &Edition, controllers: &[OrganisationId], at: i64) -> Assessment {
    let role = if controllers.len() == 1 { PartyRole::Controller } else { PartyRole::JointController };
    Assessment {
        title: "Telecare alerts".to_owned(),
        parties: controllers.iter().map(|one| party(*one, role, at)).collect(),
        created_at: 0,
        updated_at: 0,
        ..Assessment::blank(AssessmentId(Uuid::now_v7()), template, *controllers.first().expect("a controller leads"), at)
    }
}

/// A low risk of the shared text, written by somebody for an organisation.
#[must_use]
pub fn risk(assessment: AssessmentId, by: PersonId, organisation: OrganisationId) -> RiskRecord {
    let low =
        Assessed { rating: Some(Rating { likelihood: "remote".to_owned(), severity: "minimal".to_owned() }), overridden: None };
    RiskRecord {
        assessment,
        number: 1,
        risk: Risk {
            id: RiskId(Uuid::now_v7()),
            part: Part::Shared,
            title: "A relative learns of a fall".to_owned(),
            description: String::new(),
            source: Source::Own,
            inherent: low.clone(),
            residual: low,
        },
        writers: [by].into(),
        look: None,
        by,
        organisation,
        stated: false,
        updated_at: 0,
    }
}

/// A measure that is planned, and nobody's yet.
#[must_use]
pub fn measure(assessment: AssessmentId, by: PersonId, organisation: OrganisationId) -> MeasureRecord {
    MeasureRecord {
        assessment,
        number: 1,
        measure: Measure {
            id: MeasureId(Uuid::now_v7()),
            risks: vec![],
            title: "Change the batteries".to_owned(),
            description: String::new(),
            effect: None,
            owner: PersonRef::default(),
            organisation: None,
            due: None,
            progress: Progress::Planned,
            done_on: None,
            evidence: String::new(),
        },
        writers: [by].into(),
        by,
        organisation,
        stated: false,
        updated_at: 0,
    }
}
