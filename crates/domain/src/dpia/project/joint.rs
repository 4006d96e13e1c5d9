//! What a project and its assessments have in common: who takes part, and what of the register they are about. One invitation is
//! for both, and what changes on the project is carried into those of its assessments that are under way and that the organisation
//! leads that owns the project. Who leads an assessment decides what it says: where another leads, it is asked to look.

use super::Project;
use crate::{
    dpia::{
        assessment::{Assessment, Joined, Party, PartyRole, State},
        place::Part,
        whole::Whole,
    },
    people::PersonId,
    register::ids::{ContractId, OrganisationId, PlannedProcurementId, SystemId},
};
use serde::{Deserialize, Serialize};

/// Why a project's parties stay as they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Unchanged {
    /// The organisation takes part already, or is invited.
    AlreadyParty,
    /// The organisation is not invited.
    NotInvited,
    /// The organisation does not take part.
    NotParty,
    /// The organisation owns the project: it decides what is done with the information, and cannot leave.
    Owns,
    /// The project is closed: nobody is invited any more.
    Closed,
}

/// What of the register is chosen.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Chosen {
    /// Systems.
    pub systems: Vec<SystemId>,
    /// Contracts.
    pub contracts: Vec<ContractId>,
    /// Planned procurements.
    pub planned: Vec<PlannedProcurementId>,
}

impl Project {
    /// The project with what somebody chose on a form that showed `had` as chosen: what they added and what they took away. What
    /// others chose meanwhile stays, and so does what the form did not show.
    #[must_use]
    pub fn choosing(&self, had: &Chosen, now: &Chosen) -> Self {
        Self {
            systems: carried(&self.systems, &had.systems, &now.systems),
            contracts: carried(&self.contracts, &had.contracts, &now.contracts),
            planned: carried(&self.planned, &had.planned, &now.planned),
            ..self.clone()
        }
    }

    /// An organisation as a party, whether or not it takes part.
    #[must_use]
    pub fn party(&self, organisation: OrganisationId) -> Option<&Party> {
        self.parties.iter().find(|party| party.organisation == organisation)
    }

    fn party_mut(&mut self, organisation: OrganisationId, joined: &[Joined]) -> Option<&mut Party> {
        self.parties.iter_mut().find(|party| party.organisation == organisation && joined.contains(&party.joined))
    }

    /// Invites an organisation.
    ///
    /// # Errors
    /// When the project is closed, or the organisation takes part or is invited already.
    pub fn invite(
        &mut self,
        organisation: OrganisationId,
        role: PartyRole,
        contacts: Vec<String>,
        by: PersonId,
        at: i64,
    ) -> Result<(), Unchanged> {
        if self.closed {
            return Err(Unchanged::Closed);
        }
        if self.involves(organisation) {
            return Err(Unchanged::AlreadyParty);
        }
        self.parties.retain(|party| party.organisation != organisation);
        self.parties.push(Party { by: Some(by), contacts, ..Party::new(organisation, role, Joined::Invited, at) });
        Ok(())
    }

    /// Records an organisation's answer to its invitation.
    ///
    /// # Errors
    /// When it was not invited.
    pub fn answer_invitation(
        &mut self,
        organisation: OrganisationId,
        accepts: bool,
        by: PersonId,
        at: i64,
    ) -> Result<(), Unchanged> {
        let party = self.party_mut(organisation, &[Joined::Invited]).ok_or(Unchanged::NotInvited)?;
        party.joined = if accepts { Joined::Accepted } else { Joined::Declined };
        (party.since, party.by) = (at, Some(by));
        Ok(())
    }

    /// Takes an invitation back that nobody has answered.
    ///
    /// # Errors
    /// When the organisation is not invited.
    pub fn take_back(&mut self, organisation: OrganisationId, by: PersonId, at: i64) -> Result<(), Unchanged> {
        let party = self.party_mut(organisation, &[Joined::Invited]).ok_or(Unchanged::NotInvited)?;
        (party.joined, party.since, party.by) = (Joined::TakenBack, at, Some(by));
        Ok(())
    }

    /// Lets an organisation leave.
    ///
    /// # Errors
    /// When it does not take part, or owns the project.
    pub fn leave(&mut self, organisation: OrganisationId, by: PersonId, at: i64) -> Result<(), Unchanged> {
        if organisation == self.organisation {
            return Err(Unchanged::Owns);
        }
        let party = self.party_mut(organisation, &[Joined::Accepted]).ok_or(Unchanged::NotParty)?;
        (party.joined, party.since, party.by) = (Joined::Left, at, Some(by));
        Ok(())
    }

    /// Says otherwise what an organisation is to the processing, and whom to ask there.
    ///
    /// # Errors
    /// When it neither takes part nor is invited, or owns the project and would decide nothing.
    pub fn describe(&mut self, organisation: OrganisationId, role: PartyRole, contacts: Vec<String>) -> Result<(), Unchanged> {
        if organisation == self.organisation && !role.controls() {
            return Err(Unchanged::Owns);
        }
        let party = self.party_mut(organisation, &[Joined::Accepted, Joined::Invited]).ok_or(Unchanged::NotParty)?;
        (party.role, party.contacts) = (role, contacts);
        Ok(())
    }
}

impl Assessment {
    /// Whether what changes on its project is carried into it: it is under way, and was not made elsewhere.
    #[must_use]
    pub fn follows_its_project(&self) -> bool {
        !self.state.is_closed() && self.state != State::Recorded
    }

    /// The assessment with what was chosen from the register for its project, or taken away there, since `before`. What it is
    /// about besides stays.
    #[must_use]
    pub fn about_as(&self, before: &Project, after: &Project) -> Self {
        Self {
            systems: carried(&self.systems, &before.systems, &after.systems),
            contracts: carried(&self.contracts, &before.contracts, &after.contracts),
            planned: carried(&self.planned, &before.planned, &after.planned),
            ..self.clone()
        }
    }

    /// The assessment with whom to ask at a party, as its project says it: that is outside of what is signed.
    #[must_use]
    pub fn asked_at(&self, organisation: OrganisationId, contacts: &[String]) -> Self {
        let mut after = self.clone();
        if let Some(party) = after.there_mut(organisation) {
            party.contacts = contacts.to_vec();
        }
        after
    }

    /// The assessment with what its project says that a party is to the processing. That decides who has an annex and signs, so
    /// that it changes only while the text is written, and never so that the organisation that leads decides nothing.
    #[must_use]
    pub fn with_role(&self, organisation: OrganisationId, role: PartyRole) -> Self {
        let mut after = self.clone();
        let may = self.state == State::Drafting && (organisation != self.lead || role.controls());
        if let Some(party) = after.there_mut(organisation).filter(|_| may) {
            party.role = role;
        }
        after
    }

    fn there_mut(&mut self, organisation: OrganisationId) -> Option<&mut Party> {
        let there = |party: &&mut Party| matches!(party.joined, Joined::Accepted | Joined::Invited);
        self.parties.iter_mut().filter(there).find(|party| party.organisation == organisation)
    }
}

impl Whole {
    /// Whether an organisation has signed, or has something in an annex of its own: an answer, a risk, a comment or advice. As a
    /// processor it would have no annex, and be shut out of what it wrote.
    #[must_use]
    pub fn has_written(&self, organisation: OrganisationId) -> bool {
        let own = Part::Annex(organisation);
        self.signatures.iter().any(|one| one.organisation == organisation)
            || self.fields.iter().any(|one| one.place.part == own)
            || self.risks.iter().any(|one| one.risk.part == own)
            || self.comments.iter().any(|one| one.place.part == own)
            || self.recommendations.iter().any(|one| one.place.part == own)
    }
}

/// What a list holds after what was added to another, and taken from it.
fn carried<T: Copy + PartialEq>(own: &[T], before: &[T], after: &[T]) -> Vec<T> {
    let stays = |one: &&T| after.contains(one) || !before.contains(one);
    let mut list: Vec<T> = own.iter().filter(stays).copied().collect();
    for one in after {
        if !before.contains(one) && !list.contains(one) {
            list.push(*one);
        }
    }
    list
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        dpia::{
            assessment::tests::{assessment, organisation, person},
            edit::{FieldState, Writer},
            ids::ProjectId,
        },
        register::ids::SystemId,
    };
    use uuid::Uuid;

    fn project() -> Project {
        let party = |number, joined| Party::new(organisation(number), PartyRole::Controller, joined, 0);
        Project {
            parties: vec![party(1, Joined::Accepted), party(2, Joined::Accepted), party(3, Joined::Invited)],
            ..Project::blank(ProjectId(Uuid::from_u128(9)), organisation(1), 0)
        }
    }

    #[test]
    fn an_invitation_is_taken_back_only_while_nobody_has_answered_it() {
        let mut project = project();
        assert_eq!(project.take_back(organisation(2), person(1), 3), Err(Unchanged::NotInvited));
        project.take_back(organisation(3), person(1), 3).unwrap();
        assert_eq!(project.party(organisation(3)).unwrap().joined, Joined::TakenBack);
        assert!(!project.involves(organisation(3)));
        project.invite(organisation(3), PartyRole::Processor, vec![], person(1), 4).unwrap();
        assert_eq!(project.invite(organisation(3), PartyRole::Processor, vec![], person(1), 4), Err(Unchanged::AlreadyParty));
        project.answer_invitation(organisation(3), true, person(3), 5).unwrap();
        assert_eq!(project.take_back(organisation(3), person(1), 6), Err(Unchanged::NotInvited));
    }

    #[test]
    fn whoever_takes_part_can_leave_but_for_the_owner_who_always_decides() {
        let mut project = project();
        assert_eq!(project.leave(organisation(1), person(1), 6), Err(Unchanged::Owns));
        assert_eq!(project.describe(organisation(1), PartyRole::Processor, vec![]), Err(Unchanged::Owns));
        project
            .describe(organisation(1), PartyRole::JointController, vec!["The information governance team".to_owned()])
            .unwrap();
        assert_eq!(project.party(organisation(1)).unwrap().contacts.len(), 1);
        project.leave(organisation(2), person(2), 6).unwrap();
        assert!(!project.involves(organisation(2)));
        assert_eq!(project.leave(organisation(2), person(2), 7), Err(Unchanged::NotParty));
        assert_eq!(project.describe(organisation(2), PartyRole::Controller, vec![]), Err(Unchanged::NotParty));
    }

    #[test]
    fn what_is_chosen_for_a_project_reaches_its_assessment_and_leaves_what_it_has_besides() {
        let [one, two, three, own] = [1, 2, 3, 4].map(|number| SystemId(Uuid::from_u128(number)));
        let before = Project { systems: vec![one, two], ..project() };
        let after = Project { systems: vec![two, three], ..project() };
        let mut written = assessment();
        written.systems = vec![one, own];
        assert_eq!(
            written.about_as(&before, &after).systems,
            [own, three],
            "one went, three came, two was taken out here before"
        );
        assert_eq!(written.about_as(&before, &before), written);
        for state in State::ALL {
            written.state = state;
            let follows = !matches!(state, State::Withdrawn | State::Superseded | State::Recorded);
            assert_eq!(written.follows_its_project(), follows, "{state:?}");
        }
    }

    #[test]
    fn what_a_party_is_changes_in_the_assessment_only_while_its_text_is_written() {
        let mut written = assessment();
        written.invite(organisation(2), PartyRole::Controller, vec![], person(1), 1).unwrap();
        let contacts = ["DPO mailbox".to_owned()];
        let said = written.with_role(organisation(2), PartyRole::Processor).asked_at(organisation(2), &contacts);
        let party = said.party(organisation(2)).unwrap();
        assert_eq!((party.role, party.contacts.len()), (PartyRole::Processor, 1));
        written.state = State::Signed;
        let said = written.with_role(organisation(2), PartyRole::Processor).asked_at(organisation(2), &contacts);
        let party = said.party(organisation(2)).unwrap();
        assert_eq!((party.role, party.contacts.len()), (PartyRole::Controller, 1), "contacts are outside what is signed");
        written.state = State::Drafting;
        let lead = written.with_role(organisation(1), PartyRole::Processor);
        assert!(lead.party(organisation(1)).unwrap().role.controls());
    }

    #[test]
    fn an_organisation_has_written_once_something_stands_in_its_own_annex() {
        let mut whole = crate::dpia::whole::tests::whole(vec![], vec![]);
        let writer = Writer { person: person(20), organisation: organisation(2), at: 1 };
        let field = |part: Part| FieldState::blank(Uuid::nil(), assessment().id, part.at("gateway"), writer);
        whole.fields = vec![field(Part::Shared), field(Part::Annex(organisation(1)))];
        assert!(!whole.has_written(organisation(2)), "the shared text is read by a processor too");
        whole.fields.push(field(Part::Annex(organisation(2))));
        assert!(whole.has_written(organisation(2)) && !whole.has_written(organisation(3)));
    }

    #[test]
    fn two_who_choose_from_the_register_at_once_lose_nothing() {
        let [one, two, three] = [1, 2, 3].map(|number| SystemId(Uuid::from_u128(number)));
        let choice = |systems: &[SystemId]| Chosen { systems: systems.to_vec(), ..Chosen::default() };
        let shown = choice(&[one]);
        let begun = Project { systems: vec![one], ..project() };
        let first = begun.choosing(&shown, &choice(&[one, two]));
        let second = first.choosing(&shown, &choice(&[three]));
        assert_eq!(second.systems, [two, three], "one was taken away, and what the first chose stays");
        assert_eq!(second.choosing(&shown, &choice(&[three])), second, "sent twice is sent once");
    }

    #[test]
    fn nobody_is_invited_to_a_closed_project() {
        let mut project = Project { closed: true, ..project() };
        let refused = project.invite(organisation(4), PartyRole::Processor, vec![], person(1), 4);
        assert_eq!(refused, Err(Unchanged::Closed));
        project.closed = false;
        project.invite(organisation(4), PartyRole::Processor, vec![], person(1), 4).unwrap();
    }
}
