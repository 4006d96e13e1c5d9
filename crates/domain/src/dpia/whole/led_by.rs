//! With whom an assessment is: whoever leads it, and whoever keeps it for an organisation.

use super::Whole;
use crate::{
    dpia::task::Assignee,
    people::{PersonId, Role},
    register::ids::OrganisationId,
};

impl Whole {
    /// With whom the assessment as a whole is: the person who leads it, while they hold a role there; else whoever keeps it there.
    #[must_use]
    pub fn led_by(&self) -> Assignee {
        let organisation = self.assessment.lead;
        let here =
            |person: PersonId| self.holders.iter().any(|holder| holder.organisation == organisation && holder.person == person);
        match self.assessment.lead_person.filter(|person| here(*person)) {
            Some(person) => Assignee::Person { person, organisation },
            None => self.kept_by(organisation),
        }
    }

    /// Who keeps the assessment for an organisation: its project leads, or its information governance officers where nobody leads
    /// projects.
    #[must_use]
    pub fn kept_by(&self, organisation: OrganisationId) -> Assignee {
        let held = |role: Role| self.holders.iter().any(|holder| holder.organisation == organisation && holder.role == role);
        let role = if held(Role::ProjectLead) || !held(Role::IgOfficer) { Role::ProjectLead } else { Role::IgOfficer };
        Assignee::Role { organisation, role }
    }
}
