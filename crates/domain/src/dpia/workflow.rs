//! How an assessment moves: one declarative table of states, moves, who may make them, what must hold, and what happens then.
//!
//! Nothing else decides a state. [`attempt`] looks a move up in [`TABLE`]; what the table does not have is refused. The rows of
//! one state and move are tried in order, and the first whose conditions hold is taken (only [`Move::Advance`], which the
//! server makes by itself after each other move, has more than one).

use super::{
    assessment::State::{self, Advice, Consulting, Decision, Drafting, Live, Recorded, Review, Signed, Superseded, Withdrawn},
    sign_off::{Board, Phase},
};
use crate::{
    people::{Member, Role},
    register::ids::OrganisationId,
};
use serde::{Deserialize, Serialize};

#[cfg(test)]
mod tests;

/// Something that can be done with an assessment as a whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Move {
    /// Freeze the text as a version, for advice and sign-off.
    Freeze,
    /// Freeze the annex of a controller that joined after others had signed.
    FreezeAnnex,
    /// Sign a step.
    Sign,
    /// Send it back to be changed, instead of signing.
    SendBack,
    /// Open it for changes.
    Reopen,
    /// Ask the Information Commissioner.
    Consult,
    /// Record the Commissioner's answer.
    RecordAnswer,
    /// Begin the processing.
    GoLive,
    /// Look at it again and find that nothing changed.
    Confirm,
    /// Give it up.
    Withdraw,
    /// Take up again what was given up.
    Resume,
    /// Put another assessment in its place.
    Supersede,
    /// Go on to where the signatures have brought it. Made by the server alone.
    Advance,
}

impl Move {
    /// Every move.
    pub const ALL: [Self; 13] = [
        Self::Freeze,
        Self::FreezeAnnex,
        Self::Sign,
        Self::SendBack,
        Self::Reopen,
        Self::Consult,
        Self::RecordAnswer,
        Self::GoLive,
        Self::Confirm,
        Self::Withdraw,
        Self::Resume,
        Self::Supersede,
        Self::Advance,
    ];

    /// As addresses and JSON spell it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Freeze => "freeze",
            Self::FreezeAnnex => "freeze-annex",
            Self::Sign => "sign",
            Self::SendBack => "send-back",
            Self::Reopen => "reopen",
            Self::Consult => "consult",
            Self::RecordAnswer => "record-answer",
            Self::GoLive => "go-live",
            Self::Confirm => "confirm",
            Self::Withdraw => "withdraw",
            Self::Resume => "resume",
            Self::Supersede => "supersede",
            Self::Advance => "advance",
        }
    }

    /// Reads what [`Self::as_str`] writes.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|step| step.as_str() == text)
    }
}

/// Who may make a move.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Who {
    /// Someone in one of these roles at the organisation that leads.
    Lead(&'static [Role]),
    /// Someone in one of these roles at any controller.
    Controller(&'static [Role]),
    /// Whoever may sign the step; [`Board::sign`] says who.
    Signer,
    /// The server.
    Server,
}

/// Something that must hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Condition {
    /// A controller takes part.
    Controllers,
    /// No clash is left to settle.
    NoClash,
    /// Everything that is required is answered, in the shared body and every annex.
    Answered,
    /// The controller's own annex is complete.
    AnnexAnswered,
    /// The controller's own annex has not been frozen as it stands.
    AnnexNew,
    /// Every recommendation is accepted or overruled.
    NoOpenRecommendation,
    /// The step can be signed.
    SlotOpen,
    /// Reasons are given.
    Reasons,
    /// A high risk is left that the Commissioner has not cleared.
    HighRisk,
    /// None is.
    NoHighRisk,
    /// The Commissioner has been asked and has not answered.
    ConsultationOpen,
    /// The Commissioner is not being asked.
    NoConsultation,
    /// The lead's data protection officer has advised on what is frozen.
    Advised,
    /// All reviews are signed.
    Reviewed,
    /// A review is missing.
    NotReviewed,
    /// All advice is given.
    AllAdvised,
    /// Some advice is missing.
    NotAllAdvised,
    /// All is signed.
    AllSigned,
    /// Something is not signed.
    NotAllSigned,
    /// A date for the next review is set.
    ReviewDate,
    /// The assessment that takes its place is named.
    Successor,
}

/// What happens with a move, besides the new state.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Effect {
    /// A version of everything is made, with its seals.
    MakeVersion,
    /// Whoever can sign next gets a task.
    AskSigners,
    /// The signature is written.
    WriteSignature,
    /// The lead gets a task, with the reasons.
    TaskForLead,
    /// Everyone who signed is told.
    TellSigners,
    /// The other parties are told.
    TellParties,
    /// The pack for the Commissioner is made, and the consultation begins.
    OpenConsultation,
    /// The data protection officers get a task: what changes now goes back to them.
    AskDpos,
    /// The day on which the processing began is written.
    StartLife,
    /// The date of the next review is written, with its task.
    SetReview,
    /// Open tasks are closed.
    CloseTasks,
    /// The server looks whether it can go on.
    Advance,
}

/// Where a move leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum To {
    /// The same state.
    Stay,
    /// Another state.
    State(State),
}

/// A row of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Transition {
    /// The states it leaves from.
    pub from: &'static [State],
    /// The move.
    pub step: Move,
    /// Who may make it.
    pub who: Who,
    /// What must hold.
    pub needs: &'static [Condition],
    /// Where it leads.
    pub to: To,
    /// What happens then.
    pub then: &'static [Effect],
}

/// Who keeps an assessment for an organisation: freezes it, opens it, asks the Commissioner.
pub const KEEPERS: &[Role] = &[Role::ProjectLead, Role::IgOfficer];
/// Who may send it back: everybody who is asked to sign.
pub const REVIEWERS: &[Role] =
    &[Role::Cio, Role::HeadOfProcurement, Role::Dpo, Role::InformationAssetOwner, Role::Siro, Role::CaldicottGuardian];
/// Who may begin the processing: the keepers, and who answers for the information or the service.
pub const STARTERS: &[Role] = &[Role::ProjectLead, Role::IgOfficer, Role::InformationAssetOwner, Role::ServiceDirector];

const FROZEN: &[State] = &[Review, Advice, Decision, Consulting];

/// The whole workflow.
pub const TABLE: &[Transition] = &[
    Transition {
        from: &[Drafting],
        step: Move::Freeze,
        who: Who::Lead(KEEPERS),
        needs: &[Condition::Controllers, Condition::NoClash, Condition::Answered, Condition::NoOpenRecommendation],
        to: To::State(Review),
        then: &[Effect::MakeVersion, Effect::AskSigners, Effect::TellParties, Effect::Advance],
    },
    Transition {
        from: &[Signed, Live],
        step: Move::FreezeAnnex,
        who: Who::Controller(KEEPERS),
        needs: &[Condition::NoClash, Condition::AnnexAnswered, Condition::AnnexNew],
        to: To::Stay,
        then: &[Effect::MakeVersion, Effect::AskSigners, Effect::TellParties],
    },
    Transition {
        from: FROZEN,
        step: Move::Sign,
        who: Who::Signer,
        needs: &[Condition::SlotOpen],
        to: To::Stay,
        then: &[Effect::WriteSignature, Effect::AskSigners, Effect::Advance],
    },
    Transition {
        from: &[Signed, Live],
        step: Move::Sign,
        who: Who::Signer,
        needs: &[Condition::SlotOpen],
        to: To::Stay,
        then: &[Effect::WriteSignature, Effect::AskSigners],
    },
    Transition {
        from: FROZEN,
        step: Move::SendBack,
        who: Who::Controller(REVIEWERS),
        needs: &[Condition::Reasons],
        to: To::State(Drafting),
        then: &[Effect::TaskForLead, Effect::TellSigners],
    },
    Transition {
        from: &[Review, Advice, Decision, Consulting, Signed, Live],
        step: Move::Reopen,
        who: Who::Lead(KEEPERS),
        needs: &[Condition::Reasons],
        to: To::State(Drafting),
        then: &[Effect::TellSigners, Effect::TellParties],
    },
    Transition {
        from: &[Review, Advice, Decision],
        step: Move::Consult,
        who: Who::Lead(&[Role::IgOfficer, Role::Dpo]),
        needs: &[Condition::HighRisk, Condition::NoConsultation, Condition::Advised],
        to: To::State(Consulting),
        then: &[Effect::OpenConsultation, Effect::TellParties],
    },
    Transition {
        from: FROZEN,
        step: Move::RecordAnswer,
        who: Who::Lead(&[Role::IgOfficer, Role::Dpo]),
        needs: &[Condition::ConsultationOpen],
        to: To::Stay,
        then: &[Effect::AskDpos, Effect::TellParties, Effect::Advance],
    },
    Transition {
        from: &[Drafting],
        step: Move::RecordAnswer,
        who: Who::Lead(&[Role::IgOfficer, Role::Dpo]),
        needs: &[Condition::ConsultationOpen],
        to: To::Stay,
        then: &[Effect::AskDpos, Effect::TellParties],
    },
    Transition {
        from: &[Signed],
        step: Move::GoLive,
        who: Who::Lead(STARTERS),
        needs: &[
            Condition::AllSigned,
            Condition::NoHighRisk,
            Condition::NoConsultation,
            Condition::NoOpenRecommendation,
            Condition::ReviewDate,
        ],
        to: To::State(Live),
        then: &[Effect::StartLife, Effect::SetReview, Effect::TellParties],
    },
    Transition {
        from: &[Live, Recorded],
        step: Move::Confirm,
        who: Who::Lead(KEEPERS),
        needs: &[Condition::Reasons, Condition::ReviewDate],
        to: To::Stay,
        then: &[Effect::SetReview],
    },
    Transition {
        from: &[Drafting, Review, Advice, Decision, Consulting, Signed, Live, Recorded],
        step: Move::Withdraw,
        who: Who::Lead(KEEPERS),
        needs: &[Condition::Reasons],
        to: To::State(Withdrawn),
        then: &[Effect::CloseTasks, Effect::TellSigners, Effect::TellParties],
    },
    Transition {
        from: &[Withdrawn],
        step: Move::Resume,
        who: Who::Lead(KEEPERS),
        needs: &[Condition::Reasons],
        to: To::State(Drafting),
        then: &[Effect::TellParties],
    },
    Transition {
        from: &[Signed, Live, Recorded],
        step: Move::Supersede,
        who: Who::Lead(KEEPERS),
        needs: &[Condition::Successor],
        to: To::State(Superseded),
        then: &[Effect::CloseTasks, Effect::TellParties],
    },
    Transition {
        from: FROZEN,
        step: Move::Advance,
        who: Who::Server,
        needs: &[Condition::ConsultationOpen],
        to: To::State(Consulting),
        then: &[],
    },
    Transition {
        from: FROZEN,
        step: Move::Advance,
        who: Who::Server,
        needs: &[Condition::NoConsultation, Condition::NotReviewed],
        to: To::State(Review),
        then: &[],
    },
    Transition {
        from: FROZEN,
        step: Move::Advance,
        who: Who::Server,
        needs: &[Condition::NoConsultation, Condition::Reviewed, Condition::NotAllAdvised],
        to: To::State(Advice),
        then: &[],
    },
    Transition {
        from: FROZEN,
        step: Move::Advance,
        who: Who::Server,
        needs: &[
            Condition::NoConsultation,
            Condition::AllSigned,
            Condition::NoHighRisk,
            Condition::NoOpenRecommendation,
            Condition::NoClash,
        ],
        to: To::State(Signed),
        then: &[Effect::TellParties],
    },
    Transition {
        from: FROZEN,
        step: Move::Advance,
        who: Who::Server,
        needs: &[Condition::NoConsultation, Condition::Reviewed, Condition::AllAdvised],
        to: To::State(Decision),
        then: &[],
    },
];

/// What holds now, and what the person sent.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Situation {
    /// Controllers that take part.
    pub controllers: usize,
    /// Clashes to settle.
    pub clashes: usize,
    /// Required answers that are missing, in parts that must be complete.
    pub missing: usize,
    /// Of these, in the annex of the organisation acted for.
    pub missing_in_annex: usize,
    /// Whether that annex differs from what was frozen.
    pub annex_new: bool,
    /// Open recommendations.
    pub open_recommendations: usize,
    /// High residual risks that the Commissioner has not cleared.
    pub high: usize,
    /// Whether the Commissioner has been asked and has not answered.
    pub consulting: bool,
    /// Whether the lead's data protection officer has advised on what is frozen.
    pub advised: bool,
    /// Whether all reviews are signed.
    pub reviewed: bool,
    /// Whether all advice is given.
    pub all_advised: bool,
    /// Whether everything is signed.
    pub all_signed: bool,
    /// Whether the step in question can be signed by the person.
    pub slot_open: bool,
    /// Whether reasons are given.
    pub reasons: bool,
    /// Whether a review date lies ahead.
    pub review_date: bool,
    /// Whether a successor is named.
    pub successor: bool,
}

impl Situation {
    /// What the board of signatures says.
    #[must_use]
    pub fn of_board(board: &Board<'_>) -> Self {
        let lead_advised = board
            .slots()
            .iter()
            .filter(|slot| slot.step.phase == Phase::Advice && Some(&slot.organisation) == board.controllers.first())
            .all(|slot| matches!(slot.status, super::sign_off::Status::Signed { .. }));
        Self {
            controllers: board.controllers.len(),
            open_recommendations: board.open_recommendations,
            high: board.high,
            advised: lead_advised && !board.controllers.is_empty(),
            reviewed: board.done(Phase::Review),
            all_advised: board.done(Phase::Advice),
            all_signed: board.complete(),
            ..Self::default()
        }
    }
}

impl Condition {
    /// Whether it holds.
    #[must_use]
    pub fn holds(self, situation: &Situation) -> bool {
        match self {
            Self::Controllers => situation.controllers > 0,
            Self::NoClash => situation.clashes == 0,
            Self::Answered => situation.missing == 0,
            Self::AnnexAnswered => situation.missing_in_annex == 0,
            Self::AnnexNew => situation.annex_new,
            Self::NoOpenRecommendation => situation.open_recommendations == 0,
            Self::SlotOpen => situation.slot_open,
            Self::Reasons => situation.reasons,
            Self::HighRisk => situation.high > 0,
            Self::NoHighRisk => situation.high == 0,
            Self::ConsultationOpen => situation.consulting,
            Self::NoConsultation => !situation.consulting,
            Self::Advised => situation.advised,
            Self::Reviewed => situation.reviewed,
            Self::NotReviewed => !situation.reviewed,
            Self::AllAdvised => situation.all_advised,
            Self::NotAllAdvised => !situation.all_advised,
            Self::AllSigned => situation.all_signed,
            Self::NotAllSigned => !situation.all_signed,
            Self::ReviewDate => situation.review_date,
            Self::Successor => situation.successor,
        }
    }
}

/// Why a move is not made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "refusal")]
pub enum Refusal {
    /// The table has no such move from this state.
    NoSuchMove {
        /// The state.
        state: State,
    },
    /// The person may not make it.
    NotYours,
    /// Something must hold first.
    Unmet {
        /// What.
        conditions: Vec<Condition>,
    },
}

/// Who makes a move.
#[derive(Clone, Copy, Debug)]
pub enum Mover<'a> {
    /// A person.
    Member(&'a Member),
    /// The server.
    Server,
}

impl Who {
    /// Whether somebody may make the move at an assessment with this lead and these controllers.
    #[must_use]
    pub fn admits(self, mover: Mover<'_>, lead: OrganisationId, controllers: &[OrganisationId]) -> bool {
        match (self, mover) {
            (Self::Server, Mover::Server) => true,
            (Self::Lead(roles), Mover::Member(member)) => member.holds_any(lead, roles),
            (Self::Controller(roles), Mover::Member(member)) => {
                member.holds_any(member.acting_for, roles) && controllers.contains(&member.acting_for)
            }
            (Self::Signer, Mover::Member(member)) => controllers.iter().any(|organisation| member.belongs_to(*organisation)),
            _ => false,
        }
    }
}

/// Looks a move up: what it leads to, or why it is not made.
///
/// # Errors
/// See [`Refusal`].
pub fn attempt(
    state: State,
    step: Move,
    mover: Mover<'_>,
    lead: OrganisationId,
    controllers: &[OrganisationId],
    situation: &Situation,
) -> Result<&'static Transition, Refusal> {
    let mut unmet: Option<Vec<Condition>> = None;
    let mut found = false;
    for row in TABLE.iter().filter(|row| row.step == step && row.from.contains(&state)) {
        found = true;
        if !row.who.admits(mover, lead, controllers) {
            continue;
        }
        let missing: Vec<Condition> = row.needs.iter().copied().filter(|condition| !condition.holds(situation)).collect();
        if missing.is_empty() {
            return Ok(row);
        }
        unmet.get_or_insert(missing);
    }
    match unmet {
        Some(conditions) => Err(Refusal::Unmet { conditions }),
        None if found => Err(Refusal::NotYours),
        None => Err(Refusal::NoSuchMove { state }),
    }
}

/// The state after a row.
#[must_use]
pub fn after(state: State, row: &Transition) -> State {
    match row.to {
        To::Stay => state,
        To::State(to) => to,
    }
}

/// The moves that the table has from a state for somebody, with what is missing for each: what a page offers.
#[must_use]
pub fn offers(
    state: State,
    member: &Member,
    lead: OrganisationId,
    controllers: &[OrganisationId],
    situation: &Situation,
) -> Vec<(Move, Vec<Condition>)> {
    Move::ALL
        .into_iter()
        .filter_map(|step| match attempt(state, step, Mover::Member(member), lead, controllers, situation) {
            Ok(_) => Some((step, Vec::new())),
            Err(Refusal::Unmet { conditions }) => Some((step, conditions)),
            Err(_) => None,
        })
        .collect()
}
