//! Data projects and assessments for tests, whole and valid; a test changes what it is about.

use domain::{
    dpia::{
        assessment::{Assessment, Joined, Party, PartyRole, State},
        ids::{AssessmentId, ProjectId},
        project::Project,
        template::Edition,
    },
    register::ids::OrganisationId,
};
use uuid::Uuid;

/// An organisation that takes part since an instant.
#[must_use]
pub fn party(organisation: OrganisationId, role: PartyRole, since: i64) -> Party {
    Party { organisation, role, joined: Joined::Accepted, since, by: None, contacts: vec![], left_at: None }
}

/// A project that an organisation leads, without parties.
#[must_use]
pub fn project(organisation: OrganisationId, title: &str, purpose: &str) -> Project {
    Project {
        id: ProjectId(Uuid::now_v7()),
        organisation,
        title: title.to_owned(),
        purpose: purpose.to_owned(),
        owner: None,
        parties: vec![],
        systems: vec![],
        contracts: vec![],
        planned: vec![],
        starts: None,
        ends: None,
        step: None,
        closed: false,
        created_at: 0,
        updated_at: 0,
    }
}

/// An assessment that is being written since an instant: of one controller, or of the first of several joint ones.
///
/// # Panics
/// Without a controller.
#[must_use]
pub fn assessment(template: &Edition, controllers: &[OrganisationId], at: i64) -> Assessment {
    let role = if controllers.len() == 1 { PartyRole::Controller } else { PartyRole::JointController };
    Assessment {
        id: AssessmentId(Uuid::now_v7()),
        number: String::new(),
        project: None,
        screening: None,
        title: "Telecare alerts".to_owned(),
        template: template.clone(),
        overlays: [].into(),
        modules: vec![],
        declined: vec![],
        lead: *controllers.first().expect("a controller leads"),
        lead_person: None,
        led_by: [].into(),
        state: State::Drafting,
        state_since: at,
        wanted_by: None,
        parties: controllers.iter().map(|one| party(*one, role, at)).collect(),
        guests: vec![],
        systems: vec![],
        contracts: vec![],
        planned: vec![],
        frozen: None,
        live_since: None,
        review_on: None,
        elsewhere: None,
        superseded_by: None,
        open_annexes: [].into(),
        created_at: 0,
        updated_at: 0,
    }
}
