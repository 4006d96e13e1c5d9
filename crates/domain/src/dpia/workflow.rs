//! How an assessment moves: one declarative table of states, moves, who may make them, what must hold, and what happens then.
//!
//! Nothing else decides a state. [`attempt`] looks a move up in [`TABLE`]; what the table does not have is refused. The rows of
//! one state and move are tried in order, and the first whose conditions hold is taken (only [`Move::Advance`], which the
//! server makes by itself after each other move, has more than one).
//!
//! | module | what lives there |
//! |---|---|
//! | `table` | the table, and the roles it names |
//! | `situation` | what holds at a moment, which conditions ask |

use super::assessment::State;
use crate::{
    people::{Member, Role},
    register::ids::OrganisationId,
};
use serde::{Deserialize, Serialize};

mod situation;
mod table;

#[cfg(test)]
mod tests;

pub use situation::Situation;
pub use table::{ANNEX_OPENERS, CONSULTERS, KEEPERS, REVIEWERS, STARTERS, TABLE};

/// Something that can be done with an assessment as a whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Move {
    /// Freeze the text as a version, for advice and sign-off.
    Freeze,
    /// Freeze a controller's own annex while the rest stays as it is frozen or signed: it joined later, or opened its annex.
    FreezeAnnex,
    /// Open one's own annex for changes, while the rest stays signed.
    OpenAnnex,
    /// Sign a step.
    Sign,
    /// Take one's own signature back.
    TakeBack,
    /// Send it back to be changed, instead of signing.
    SendBack,
    /// Open it for changes.
    Reopen,
    /// Ask the Information Commissioner.
    Consult,
    /// Record the Commissioner's answer.
    RecordAnswer,
    /// Take the request to the Commissioner back.
    WithdrawRequest,
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
    pub const ALL: [Self; 16] = [
        Self::Freeze,
        Self::FreezeAnnex,
        Self::OpenAnnex,
        Self::Sign,
        Self::TakeBack,
        Self::SendBack,
        Self::Reopen,
        Self::Consult,
        Self::RecordAnswer,
        Self::WithdrawRequest,
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
            Self::OpenAnnex => "open-annex",
            Self::Sign => "sign",
            Self::TakeBack => "take-back",
            Self::SendBack => "send-back",
            Self::Reopen => "reopen",
            Self::Consult => "consult",
            Self::RecordAnswer => "record-answer",
            Self::WithdrawRequest => "withdraw-request",
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
    /// Whoever may sign the step; [`crate::dpia::sign_off::Board::sign`] says who, and [`crate::dpia::sign_off::Board::take_back`]
    /// who takes a signature back.
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
    /// Every module that answers or the screening ask for is on, or was declined with reasons.
    NoProposal,
    /// No clash is left to settle in the controller's own annex.
    NoClashInAnnex,
    /// The controller's own annex is complete, and its risks are rated.
    AnnexAnswered,
    /// The controller's own annex is open: it joined later and has not frozen it yet, or has opened it.
    AnnexOpen,
    /// It is frozen.
    AnnexFrozen,
    /// Every recommendation is accepted or overruled, except in the annex of who joined after all had signed.
    NoOpenRecommendation,
    /// The step can be signed.
    SlotOpen,
    /// The signature is the mover's own and holds, and no later step rests on it.
    OwnSignature,
    /// What was signed is not public, and no data is in use on it.
    NotPublished,
    /// Reasons are given.
    Reasons,
    /// A high risk is left that the Commissioner has not cleared, and about which whoever acts asks it: once all have signed, each
    /// controller but the lead asks about the shared ones and its own.
    HighRisk,
    /// None is, except in the annex of who joined after all had signed.
    NoHighRisk,
    /// Every acceptance of risk rests on what the Commissioner answered, as it is recorded now; except where what it lost stands in the
    /// accepting controller's own annex alone, once data is in use.
    NoFallenAcceptance,
    /// No short review concludes that a DPIA is needed after all, except in the annex of who joined after all had signed.
    NoDpiaNeeded,
    /// A short review concludes that a DPIA is needed after all, or that somebody is not sure.
    DpiaNeeded,
    /// The Commissioner has been asked and has not answered.
    ConsultationOpen,
    /// It is not asked about another controller's own risks: that controller, or the lead, records what comes of it.
    OwnConsultation,
    /// The Commissioner is not being asked.
    NoConsultation,
    /// No answer of the Commissioner is awaited, except about what stops those alone who joined after all had signed.
    NoAnswerAwaited,
    /// The data protection officer has advised on what is frozen: the lead's, and after all have signed the one of whoever asks.
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
    /// A version is made of what was frozen before, with the controller's own annex as it stands now. All other seals stay.
    MakeAnnexVersion,
    /// The controller's own annex can be changed.
    OpenAnnex,
    /// Whoever can sign next gets a task.
    AskSigners,
    /// The signature is written.
    WriteSignature,
    /// The signature counts no more.
    TakeSignatureBack,
    /// The lead gets a task, with the reasons.
    TaskForLead,
    /// Whoever keeps the annex for its controller gets a task, with the reasons.
    TaskForKeepers,
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
    /// The lead gets the task of the next review again, where a date for it stands.
    AskReview,
    /// Open tasks are closed, undone.
    CloseTasks,
    /// What was asked when it was given up is asked again.
    ReopenTasks,
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
    /// Where it was before it was given up: being written, or kept as the record of one that was made elsewhere, which nobody
    /// here ever wrote.
    Before,
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

/// The state after a row; `elsewhere` says whether the assessment was made elsewhere.
#[must_use]
pub fn after(state: State, row: &Transition, elsewhere: bool) -> State {
    match row.to {
        To::Stay => state,
        To::State(to) => to,
        To::Before if elsewhere => State::Recorded,
        To::Before => State::Drafting,
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
