//! Who may read and write which part of an assessment.
//!
//! Parties read everything (each other's annexes too: they rely on one another), write the shared body together, and each its
//! own annex. Processors read the shared body alone and write it only where they are asked, as guests do. Guests see named
//! sections of the shared body. Everyone else sees what is published, and nothing besides.

use super::{
    assessment::{Assessment, Guest, Joined},
    place::Part,
};
use crate::{
    people::{Act, Member, Role, Scope, may},
    register::ids::OrganisationId,
};
use jiff::civil::Date;

/// Who writes assessments for an organisation: everyone who has a part in the work. Signers may write; what they wrote, they
/// cannot sign.
pub const WRITERS: &[Role] = &[
    Role::Editor,
    Role::ContractManager,
    Role::ProjectLead,
    Role::IgOfficer,
    Role::Dpo,
    Role::InformationAssetOwner,
    Role::Siro,
    Role::CaldicottGuardian,
    Role::Cio,
    Role::HeadOfProcurement,
    Role::ServiceDirector,
];
/// Who keeps an assessment for an organisation: invites, assigns, freezes, publishes.
pub const KEEPERS: &[Role] = &[Role::ProjectLead, Role::IgOfficer, Role::Dpo];

/// What somebody may see of an assessment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sight {
    /// Nothing: it does not exist for them (but what is published does).
    Nothing,
    /// That their organisation is invited: title, parties, dates, and the invitation.
    Invitation(OrganisationId),
    /// These sections of the shared body, by id; and whether they may write there.
    Sections(Vec<(String, bool)>),
    /// The shared body, without annexes: a processor.
    Shared,
    /// Everything: a controller, or the server.
    All,
}

impl Sight {
    /// Whether a section of a part may be read.
    #[must_use]
    pub fn reads(&self, part: Part, section: &str) -> bool {
        match self {
            Self::All => true,
            Self::Shared => part == Part::Shared,
            Self::Sections(sections) => part == Part::Shared && sections.iter().any(|(id, _)| id == section),
            Self::Nothing | Self::Invitation(_) => false,
        }
    }

    /// Whether anything of its text may be read.
    #[must_use]
    pub fn reads_any(&self) -> bool {
        matches!(self, Self::All | Self::Shared | Self::Sections(_))
    }

    /// Whether the list of risks may be read: parties alone, processors those of the shared text.
    #[must_use]
    pub fn reads_risks(&self) -> bool {
        matches!(self, Self::All | Self::Shared)
    }

    /// Whether advice, signatures, versions and comparisons may be seen: controllers alone.
    #[must_use]
    pub fn sees_sign_off(&self) -> bool {
        *self == Self::All
    }
}

/// What a scope may see of an assessment on a day.
#[must_use]
pub fn sight(scope: &Scope, assessment: &Assessment, today: Date) -> Sight {
    let member = match scope {
        Scope::Public => return Sight::Nothing,
        Scope::Operator | Scope::Job { .. } => return Sight::All,
        Scope::Member(member) => member,
    };
    let at = |joined: Joined| {
        assessment.parties.iter().filter(move |party| party.joined == joined && may(scope, &Act::SeePrivate(party.organisation)))
    };
    if at(Joined::Accepted).any(|party| party.role.controls()) {
        return Sight::All;
    }
    if at(Joined::Accepted).next().is_some() {
        return Sight::Shared;
    }
    if let Some(guest) = guest(member, assessment, today) {
        return Sight::Sections(guest.sections.iter().map(|section| (section.clone(), guest.writes)).collect());
    }
    at(Joined::Invited).next().map_or(Sight::Nothing, |party| Sight::Invitation(party.organisation))
}

fn guest<'a>(member: &Member, assessment: &'a Assessment, today: Date) -> Option<&'a Guest> {
    assessment.guests.iter().find(|guest| guest.person == member.person && guest.welcome(today))
}

/// Whether a scope may write in a section of a part, for the organisation acted for.
#[must_use]
pub fn writes(scope: &Scope, assessment: &Assessment, part: Part, section: &str, today: Date) -> bool {
    let Scope::Member(member) = scope else { return scope.is_server() };
    if !scope.may_write() {
        return false;
    }
    let invited = || {
        guest(member, assessment, today)
            .is_some_and(|guest| guest.writes && part == Part::Shared && guest.sections.iter().any(|id| id == section))
    };
    let organisation = part.organisation().unwrap_or(member.acting_for);
    // One writes for the organisation acted for, so that the history says the truth.
    let own = organisation == member.acting_for
        && assessment.controllers().any(|controller| controller == organisation)
        && may(scope, &Act::HoldAny(organisation, WRITERS));
    own || invited()
}

/// Whether a scope may comment on a section: whoever may read it and may write at all.
#[must_use]
pub fn comments(scope: &Scope, assessment: &Assessment, part: Part, section: &str, today: Date) -> bool {
    scope.may_write() && sight(scope, assessment, today).reads(part, section)
}

/// Whether a scope keeps the assessment for the organisation acted for: the lead's keepers for the whole, a controller's for
/// its own annex.
#[must_use]
pub fn keeps(scope: &Scope, assessment: &Assessment, organisation: OrganisationId) -> bool {
    assessment.controllers().any(|controller| controller == organisation) && may(scope, &Act::HoldAny(organisation, KEEPERS))
}

/// Whether a scope publishes the assessment: begins, summarises, makes public, takes back. That is the lead's, acted for.
#[must_use]
pub fn publishes(scope: &Scope, assessment: &Assessment) -> bool {
    decides(scope, assessment, Part::Shared)
}

/// Whether a scope decides what the public sees of a part: of the shared text the lead, of an annex its own controller alone. One
/// decides for the organisation acted for, so that the history says the truth.
#[must_use]
pub fn decides(scope: &Scope, assessment: &Assessment, part: Part) -> bool {
    let organisation = part.organisation().unwrap_or(assessment.lead);
    scope.member().is_some_and(|member| member.acting_for == organisation) && keeps(scope, assessment, organisation)
}

/// The organisations of a scope that are named in an assessment and do not take part: they left, or were asked in vain. What one of
/// them signed stays its own to read, and nothing besides.
#[must_use]
pub fn gone(scope: &Scope, assessment: &Assessment) -> Vec<OrganisationId> {
    let parties = assessment.parties.iter().filter(|party| party.joined != Joined::Accepted);
    parties.map(|party| party.organisation).filter(|one| may(scope, &Act::SeePrivate(*one))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dpia::{
        advice::tests::member,
        assessment::{
            PartyRole,
            tests::{assessment, organisation, person},
        },
    };
    use jiff::civil::date;
    use proptest::prelude::*;

    const TODAY: Date = date(2026, 11, 23);

    fn scope(number: u128, at: u128, roles: &[Role]) -> Scope {
        Scope::Member(Box::new(member(number, &[(at, roles, &[])])))
    }

    /// Organisation 1 leads, 2 is joint controller, 3 processor, 4 invited; person 50 is a guest in 'data'.
    fn shared() -> Assessment {
        let mut assessment = assessment();
        for (number, role) in [(2, PartyRole::JointController), (3, PartyRole::Processor), (4, PartyRole::Controller)] {
            assessment.invite(organisation(number), role, vec![], person(10), 0).unwrap();
            if number != 4 {
                assessment.answer_invitation(organisation(number), true, person(10), 0).unwrap();
            }
        }
        assessment
            .invite_guest(Guest {
                person: person(50),
                sections: vec!["data".to_owned()],
                writes: true,
                until: Some(TODAY),
                invited_at: 0,
                invited_by: None,
            })
            .unwrap();
        assessment
    }

    #[test]
    fn each_sees_what_they_should() {
        let assessment = shared();
        let see = |scope: &Scope| sight(scope, &assessment, TODAY);
        assert_eq!(see(&Scope::Public), Sight::Nothing);
        assert_eq!(see(&Scope::Operator), Sight::All);
        assert_eq!(see(&scope(1, 1, &[Role::Viewer])), Sight::All);
        assert_eq!(see(&scope(1, 2, &[Role::Editor])), Sight::All);
        assert_eq!(see(&scope(1, 3, &[Role::Editor])), Sight::Shared);
        assert_eq!(see(&scope(1, 4, &[Role::Editor])), Sight::Invitation(organisation(4)));
        assert_eq!(see(&scope(1, 5, &[Role::Administrator])), Sight::Nothing);
        assert_eq!(see(&scope(1, 1, &[Role::Guest])), Sight::Nothing);
        let guest = scope(50, 9, &[Role::Guest]);
        assert_eq!(see(&guest), Sight::Sections(vec![("data".to_owned(), true)]));
        assert!(see(&guest).reads(Part::Shared, "data") && !see(&guest).reads(Part::Shared, "risks"));
        assert!(!see(&guest).reads(Part::Annex(organisation(1)), "data") && !see(&guest).sees_sign_off());
        assert_eq!(sight(&guest, &assessment, date(2026, 11, 24)), Sight::Nothing);
    }

    #[test]
    fn each_writes_where_they_should() {
        let assessment = shared();
        let writes = |scope: &Scope, part, section| super::writes(scope, &assessment, part, section, TODAY);
        let (one, two) = (Part::Annex(organisation(1)), Part::Annex(organisation(2)));
        let editor = scope(1, 1, &[Role::Editor]);
        assert!(writes(&editor, Part::Shared, "data") && writes(&editor, one, "gateway") && !writes(&editor, two, "gateway"));
        assert!(!writes(&scope(1, 1, &[Role::Viewer]), Part::Shared, "data"));
        assert!(!writes(&scope(1, 3, &[Role::Editor]), Part::Shared, "data"));
        assert!(!writes(&scope(1, 4, &[Role::Editor]), Part::Shared, "data"));
        let guest = scope(50, 9, &[Role::Guest]);
        assert!(writes(&guest, Part::Shared, "data") && !writes(&guest, Part::Shared, "risks") && !writes(&guest, one, "data"));
        assert!(comments(&scope(1, 3, &[Role::Viewer]), &assessment, Part::Shared, "data", TODAY));
        assert!(!comments(&scope(1, 3, &[Role::Viewer]), &assessment, one, "gateway", TODAY));
        assert!(keeps(&scope(1, 1, &[Role::ProjectLead]), &assessment, organisation(1)));
        assert!(!keeps(&scope(1, 1, &[Role::ProjectLead]), &assessment, organisation(2)));
        assert!(!keeps(&scope(1, 1, &[Role::Editor]), &assessment, organisation(1)));
    }

    #[test]
    fn the_lead_publishes_and_each_decides_about_its_own_annex() {
        let assessment = shared();
        let (lead, other) = (scope(1, 1, &[Role::IgOfficer]), scope(2, 2, &[Role::IgOfficer]));
        let (one, two) = (Part::Annex(organisation(1)), Part::Annex(organisation(2)));
        let decided = |scope: &Scope| [Part::Shared, one, two].map(|part| decides(scope, &assessment, part));
        assert_eq!((decided(&lead), publishes(&lead, &assessment)), ([true, true, false], true));
        assert_eq!((decided(&other), publishes(&other, &assessment)), ([false, false, true], false));
        assert_eq!(decided(&scope(3, 1, &[Role::Editor])), [false; 3]);
        // Somebody who keeps it for both decides for the one acted for.
        let both = member(1, &[(1, &[Role::Dpo], &[]), (2, &[Role::Dpo], &[])]);
        let for_two = Scope::Member(Box::new(Member { acting_for: organisation(2), ..both }));
        assert_eq!((decided(&for_two), publishes(&for_two, &assessment)), ([false, false, true], false));
    }

    #[test]
    fn one_writes_for_the_organisation_acted_for() {
        let both = member(1, &[(1, &[Role::Editor], &[]), (2, &[Role::Editor], &[])]);
        let (for_one, for_two) =
            (Scope::Member(Box::new(both.clone())), Scope::Member(Box::new(Member { acting_for: organisation(2), ..both })));
        let annex = Part::Annex(organisation(2));
        assert!(!writes(&for_one, &shared(), annex, "gateway", TODAY) && writes(&for_two, &shared(), annex, "gateway", TODAY));
    }

    proptest! {
        #[test]
        fn who_has_no_place_at_a_party_sees_and_writes_nothing(roles in proptest::sample::subsequence(Role::ALL.to_vec(), 0..=Role::ALL.len()), at in 5u128..9) {
            let assessment = shared();
            let scope = scope(1, at, &roles);
            prop_assert_eq!(sight(&scope, &assessment, TODAY), Sight::Nothing);
            for part in assessment.parts().collect::<Vec<_>>() {
                prop_assert!(!writes(&scope, &assessment, part, "data", TODAY));
                prop_assert!(!comments(&scope, &assessment, part, "data", TODAY));
            }
        }
    }
}
