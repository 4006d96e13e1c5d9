//! The data protection officer's recommendations: on a field or a part, accepted or overruled with reasons, and all closed
//! before sign-off.

use super::{
    assessment::{Assessment, State},
    ids::{AssessmentId, RecommendationId},
    place::Place,
};
use crate::{
    people::{Member, PersonId, Role},
    register::ids::OrganisationId,
};
use serde::{Deserialize, Serialize};

mod asked;
#[cfg(test)]
mod stated_tests;

pub use asked::can_be_asked;

/// A recommendation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recommendation {
    /// Its id.
    pub id: RecommendationId,
    /// The assessment.
    pub assessment: AssessmentId,
    /// Its number within the assessment, counted from 1.
    pub number: u32,
    /// The field it is about.
    pub place: Place,
    /// What the officer recommends.
    pub text: String,
    /// Who recommends it.
    pub by: PersonId,
    /// For whom.
    pub organisation: OrganisationId,
    /// When, milliseconds of UTC.
    pub at: i64,
    /// What became of it; none while it is open.
    pub answer: Option<Answered>,
    /// What a file that came in states became of it, once it is answered here: that stays told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answer_stated: Option<Answered>,
    /// A file that came in states it: nobody said it here (told as such, and no decision here).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub stated: bool,
    /// When the record last changed, milliseconds of UTC.
    pub updated_at: i64,
}

/// What became of a recommendation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answered {
    /// What was decided.
    pub decision: Decision,
    /// What is done about it, or the reasons against it. Always there when it is overruled.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub reasons: String,
    /// Who decided.
    pub by: PersonId,
    /// In which role.
    pub role: Role,
    /// As the named deputy of its holder.
    pub as_deputy: bool,
    /// For whom.
    pub organisation: OrganisationId,
    /// When, milliseconds of UTC.
    pub at: i64,
    /// A file that came in states it: nobody said it here (told as such, and no decision here).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub stated: bool,
}

/// What is decided about a recommendation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Decision {
    /// It is followed.
    Accepted,
    /// It is not, for the reasons given.
    Overruled,
    /// The officer took it back.
    Withdrawn,
}

impl Decision {
    /// Every decision.
    pub const ALL: [Self; 3] = [Self::Accepted, Self::Overruled, Self::Withdrawn];

    /// As forms and JSON spell it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Overruled => "overruled",
            Self::Withdrawn => "withdrawn",
        }
    }

    /// Reads what [`Self::as_str`] writes.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|decision| decision.as_str() == text)
    }

    /// Who may decide so: the information asset owner accepts advice, the SIRO may also overrule it, the officer takes it back.
    #[must_use]
    pub fn roles(self) -> &'static [Role] {
        match self {
            Self::Accepted => &[Role::InformationAssetOwner, Role::Siro],
            Self::Overruled => &[Role::Siro],
            Self::Withdrawn => &[Role::Dpo],
        }
    }
}

/// Why a recommendation is not made or answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Refusal {
    /// Only a controller's data protection officer recommends.
    NotDpo,
    /// The field stands in the annex of another organisation.
    OtherAnnex,
    /// The decision takes another role at an organisation that the recommendation concerns.
    NotYourRole,
    /// The session has no second factor.
    NoSecondFactor,
    /// Nobody answers a recommendation of their own (but its officer can take it back).
    OwnAdvice,
    /// Words or reasons are missing.
    SayWhy,
    /// It is answered already.
    AlreadyAnswered,
    /// It is open.
    NotAnswered,
    /// The assessment is closed.
    Closed,
}

impl Recommendation {
    /// Whether nobody has answered it here: an answer that a file states is told, and answered anew.
    #[must_use]
    pub fn open(&self) -> bool {
        self.answer.as_ref().is_none_or(|answer| answer.stated)
    }
}

fn said(text: &str) -> Result<String, Refusal> {
    let text = text.replace("\r\n", "\n").trim().to_owned();
    if text.is_empty() { Err(Refusal::SayWhy) } else { Ok(text) }
}

/// Checks a new recommendation by a member who acts for their organisation.
///
/// # Errors
/// See [`Refusal`].
pub fn recommend(
    mut recommendation: Recommendation,
    member: &Member,
    controllers: &[OrganisationId],
    state: State,
) -> Result<Recommendation, Refusal> {
    if state.is_closed() || state == State::Recorded {
        return Err(Refusal::Closed);
    }
    let organisation = member.acting_for;
    if !controllers.contains(&organisation) || !holds(member, organisation, &[Role::Dpo]) {
        return Err(Refusal::NotDpo);
    }
    if !member.second_factor {
        return Err(Refusal::NoSecondFactor);
    }
    if recommendation.place.part.organisation().is_some_and(|annex| annex != organisation) {
        return Err(Refusal::OtherAnnex);
    }
    recommendation.text = said(&recommendation.text)?;
    recommendation.by = member.person;
    recommendation.organisation = organisation;
    recommendation.answer = None;
    Ok(recommendation)
}

/// The organisation at which a recommendation is answered: the one whose officer advised, while it is a controller here. What is open
/// of one that left, that is a processor now, or that came in with a document and takes no part here, is answered at the lead, so that
/// it does not stay open for ever.
#[must_use]
pub fn answered_at(recommendation: &Recommendation, assessment: &Assessment) -> OrganisationId {
    let advised = recommendation.organisation;
    if assessment.controllers().any(|one| one == advised) { advised } else { assessment.lead }
}

/// Answers a recommendation, at the organisation that [`answered_at`] says; who answers it there binds that organisation. It is taken
/// back for the organisation whose officer gave it.
///
/// # Errors
/// See [`Refusal`].
pub fn answer(
    recommendation: &Recommendation,
    member: &Member,
    decision: Decision,
    reasons: &str,
    at: i64,
    assessment: &Assessment,
) -> Result<Recommendation, Refusal> {
    if assessment.state.is_closed() {
        return Err(Refusal::Closed);
    }
    if !recommendation.open() {
        return Err(Refusal::AlreadyAnswered);
    }
    let organisation = match decision {
        Decision::Withdrawn => recommendation.organisation,
        Decision::Accepted | Decision::Overruled => answered_at(recommendation, assessment),
    };
    let standing = member.at(organisation).ok_or(Refusal::NotYourRole)?;
    let role = decision
        .roles()
        .iter()
        .copied()
        .find(|role| standing.roles.contains(role))
        .map(|role| (role, false))
        .or_else(|| decision.roles().iter().copied().find(|role| standing.deputy.contains(role)).map(|role| (role, true)));
    let (role, as_deputy) = role.ok_or(Refusal::NotYourRole)?;
    if !member.second_factor {
        return Err(Refusal::NoSecondFactor);
    }
    if recommendation.by == member.person && decision != Decision::Withdrawn {
        return Err(Refusal::OwnAdvice);
    }
    let reasons = if decision == Decision::Accepted { reasons.trim().to_owned() } else { said(reasons)? };
    let answer = Answered { decision, reasons, by: member.person, role, as_deputy, organisation, at, stated: false };
    let answer_stated =
        recommendation.answer.clone().filter(|answer| answer.stated).or_else(|| recommendation.answer_stated.clone());
    Ok(Recommendation { answer: Some(answer), answer_stated, ..recommendation.clone() })
}

/// Opens an answered recommendation again; the change log keeps the answer. Only whoever could answer it, or its officer, may.
///
/// # Errors
/// See [`Refusal`].
pub fn reopen(recommendation: &Recommendation, member: &Member, assessment: &Assessment) -> Result<Recommendation, Refusal> {
    let state = assessment.state;
    if state.is_closed() || state.is_signed() {
        return Err(Refusal::Closed);
    }
    if recommendation.open() {
        return Err(Refusal::NotAnswered);
    }
    if !holds(member, answered_at(recommendation, assessment), &[Role::Dpo, Role::InformationAssetOwner, Role::Siro]) {
        return Err(Refusal::NotYourRole);
    }
    if !member.second_factor {
        return Err(Refusal::NoSecondFactor);
    }
    Ok(Recommendation { answer: None, ..recommendation.clone() })
}

fn holds(member: &Member, organisation: OrganisationId, roles: &[Role]) -> bool {
    member.at(organisation).is_some_and(|standing| standing.roles.iter().chain(&standing.deputy).any(|role| roles.contains(role)))
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::{
        dpia::assessment::{
            PartyRole,
            tests::{assessment, organisation, person},
        },
        people::{Standing, Via},
    };
    use uuid::Uuid;

    pub(crate) fn member(number: u128, standings: &[(u128, &[Role], &[Role])]) -> Member {
        Member {
            person: person(number),
            name: String::new(),
            acting_for: organisation(standings[0].0),
            standings: standings
                .iter()
                .map(|(at, roles, deputy)| Standing {
                    organisation: organisation(*at),
                    roles: roles.to_vec(),
                    deputy: deputy.to_vec(),
                })
                .collect(),
            second_factor: true,
            checked_at: 0,
            acting_as: None,
            via: Via::Session(Uuid::nil().into()),
        }
    }

    pub(crate) fn recommendation() -> Recommendation {
        draft(Place::shared("data"))
    }

    fn draft(place: Place) -> Recommendation {
        Recommendation {
            id: RecommendationId(Uuid::from_u128(1)),
            assessment: AssessmentId(Uuid::from_u128(1)),
            number: 1,
            place,
            text: "Take six months. ".to_owned(),
            by: person(0),
            organisation: organisation(0),
            at: 1,
            answer: None,
            answer_stated: None,
            updated_at: 0,
            stated: false,
        }
    }

    #[test]
    fn a_controllers_officer_recommends_on_the_shared_body_and_the_own_annex() {
        let controllers = [organisation(1), organisation(2)];
        let dpo = member(1, &[(1, &[Role::Dpo], &[])]);
        let make = |member: &Member, place| recommend(draft(place), member, &controllers, State::Drafting);
        let made = make(&dpo, Place::shared("data")).unwrap();
        assert_eq!((made.text.as_str(), made.by, made.organisation), ("Take six months.", person(1), organisation(1)));
        assert!(make(&dpo, Place::annex(organisation(1), "gateway")).is_ok());
        assert_eq!(make(&dpo, Place::annex(organisation(2), "gateway")), Err(Refusal::OtherAnnex));
        assert_eq!(make(&member(1, &[(1, &[Role::Siro], &[])]), Place::shared("data")), Err(Refusal::NotDpo));
        assert_eq!(make(&member(1, &[(3, &[Role::Dpo], &[])]), Place::shared("data")), Err(Refusal::NotDpo));
        let weak = Member { second_factor: false, ..dpo.clone() };
        assert_eq!(make(&weak, Place::shared("data")), Err(Refusal::NoSecondFactor));
        assert_eq!(recommend(draft(Place::shared("data")), &dpo, &controllers, State::Withdrawn), Err(Refusal::Closed));
    }

    #[test]
    fn the_asset_owner_accepts_and_the_siro_overrules_with_reasons() {
        let dpo = member(1, &[(1, &[Role::Dpo, Role::Siro], &[])]);
        let open = recommend(draft(Place::shared("data")), &dpo, &[organisation(1)], State::Advice).unwrap();
        let (owner, siro) = (member(2, &[(1, &[Role::InformationAssetOwner], &[])]), member(3, &[(1, &[], &[Role::Siro])]));
        let head = assessment();
        let decide = |member: &Member, decision, reasons| answer(&open, member, decision, reasons, 2, &head);
        assert!(!decide(&owner, Decision::Accepted, "").unwrap().open());
        assert_eq!(decide(&owner, Decision::Overruled, "No"), Err(Refusal::NotYourRole));
        assert_eq!(decide(&siro, Decision::Overruled, " "), Err(Refusal::SayWhy));
        let overruled = decide(&siro, Decision::Overruled, "Winter data is needed.").unwrap();
        assert!(overruled.answer.as_ref().is_some_and(|answer| answer.as_deputy && answer.role == Role::Siro));
        assert_eq!(answer(&overruled, &siro, Decision::Accepted, "", 3, &head), Err(Refusal::AlreadyAnswered));
        assert_eq!(decide(&dpo, Decision::Overruled, "Mine"), Err(Refusal::OwnAdvice));
        assert!(decide(&dpo, Decision::Withdrawn, "Answered by 4.4").is_ok());
        assert_eq!(decide(&member(4, &[(2, &[Role::Siro], &[])]), Decision::Overruled, "x"), Err(Refusal::NotYourRole));
        assert!(reopen(&overruled, &dpo, &head).unwrap().open());
        assert_eq!(reopen(&overruled, &dpo, &Assessment { state: State::Signed, ..head.clone() }), Err(Refusal::Closed));
        assert_eq!(reopen(&open, &dpo, &head), Err(Refusal::NotAnswered));
    }

    #[test]
    fn what_an_organisation_leaves_open_is_answered_at_the_lead() {
        let (lead, two) = (organisation(1), organisation(2));
        let mut head = assessment();
        head.invite(two, PartyRole::JointController, vec![], person(10), 0).unwrap();
        let (owner, theirs) = ([Role::InformationAssetOwner], [Role::Siro]);
        let (ours, siro, other) =
            (member(2, &[(1, &owner, &[])]), member(3, &[(1, &theirs, &[])]), member(4, &[(2, &theirs, &[])]));
        let open = Recommendation { organisation: two, ..draft(Place::annex(two, "gateway")) };
        let decide = |head: &Assessment, member: &Member, decision| answer(&open, member, decision, "Why.", 2, head);
        // Whoever is only invited takes no part, as it is with a document that came in; so does whoever left.
        assert!(decide(&head, &other, Decision::Overruled).is_err());
        let accepted = decide(&head, &ours, Decision::Accepted).unwrap();
        assert_eq!(accepted.answer.as_ref().map(|answer| answer.organisation), Some(lead));
        assert!(reopen(&accepted, &siro, &head).is_ok());
        head.answer_invitation(two, true, person(10), 1).unwrap();
        assert_eq!(decide(&head, &siro, Decision::Overruled), Err(Refusal::NotYourRole), "it takes part, and answers itself");
        assert!(decide(&head, &other, Decision::Overruled).is_ok());
        // A processor answers no advice: what was open when it became one is for the lead.
        let mut processor = head.clone();
        processor
            .parties
            .iter_mut()
            .filter(|party| party.organisation == two)
            .for_each(|party| party.role = PartyRole::Processor);
        assert_eq!(decide(&processor, &other, Decision::Overruled), Err(Refusal::NotYourRole));
        assert!(decide(&processor, &siro, Decision::Overruled).is_ok());
        head.leave(two, person(10), 2).unwrap();
        assert_eq!(decide(&head, &other, Decision::Overruled), Err(Refusal::NotYourRole));
        assert!(decide(&head, &siro, Decision::Overruled).is_ok());
    }
}
