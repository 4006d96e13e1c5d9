//! What holds at a moment, and whether a condition does.

use super::Condition;
use crate::dpia::sign_off::{Board, Phase};

/// What holds now, and what the person sent.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Situation {
    /// Controllers that take part.
    pub controllers: usize,
    /// Clashes to settle.
    pub clashes: usize,
    /// Required answers and levels of risk that are missing, in all parts.
    pub missing: usize,
    /// Modules that are asked for, and to which nobody has said yes or no.
    pub proposals: usize,
    /// Clashes in the annex of the organisation acted for.
    pub clashes_in_annex: usize,
    /// Answers and levels of risk that are missing there.
    pub missing_in_annex: usize,
    /// Whether that annex is open although the rest is frozen or signed.
    pub annex_open: bool,
    /// Open recommendations.
    pub open_recommendations: usize,
    /// Of these, the ones on which nobody waits but whoever joined after all had signed: they stand in its annex.
    pub recommendations_apart: usize,
    /// High residual risks that the Commissioner has not cleared.
    pub high: usize,
    /// Of these, the ones that stop nobody but whoever joined after all had signed: they stand in its annex.
    pub high_apart: usize,
    /// Of the high ones, those about which the organisation acted for asks the Commissioner.
    pub to_ask: usize,
    /// Acceptances of risk that have lost the Commissioner's answer that they rested on.
    pub fallen: usize,
    /// Of these, the ones that stop nobody but who gave them: what they lost stands in their own annex.
    pub fallen_apart: usize,
    /// Controllers whose short review concludes that a DPIA is needed, or that they are not sure.
    pub dpia_needed: usize,
    /// Of these, the ones that stop nobody but themselves: they joined after all had signed.
    pub dpia_needed_apart: usize,
    /// Whether the Commissioner has been asked and has not answered.
    pub consulting: bool,
    /// Whether it is asked about another controller's risks, by whom the answer is recorded.
    pub consulting_others: bool,
    /// Whether it is asked about such risks alone.
    pub consulting_apart: bool,
    /// Whether the data protection officer who has to has advised on what is frozen.
    pub advised: bool,
    /// Whether all reviews are signed.
    pub reviewed: bool,
    /// Whether all advice is given.
    pub all_advised: bool,
    /// Whether everything is signed.
    pub all_signed: bool,
    /// Whether the step in question can be signed by the person.
    pub slot_open: bool,
    /// Whether the signature in question is the person's own to take back.
    pub own_signature: bool,
    /// Whether what was signed is public, or data is in use on it.
    pub published: bool,
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
        Self {
            controllers: board.controllers.len(),
            open_recommendations: board.open_recommendations,
            high: board.high,
            to_ask: board.high,
            fallen: board.fallen().count(),
            advised: board.controllers.first().is_some_and(|lead| board.advised(*lead)),
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
            Self::NoProposal => situation.proposals == 0,
            Self::AnnexAnswered => situation.missing_in_annex == 0,
            Self::NoClashInAnnex => situation.clashes_in_annex == 0,
            Self::AnnexOpen => situation.annex_open,
            Self::AnnexFrozen => !situation.annex_open,
            Self::NoOpenRecommendation => situation.open_recommendations <= situation.recommendations_apart,
            Self::SlotOpen => situation.slot_open,
            Self::OwnSignature => situation.own_signature,
            Self::NotPublished => !situation.published,
            Self::Reasons => situation.reasons,
            Self::HighRisk => situation.to_ask > 0,
            Self::NoHighRisk => situation.high <= situation.high_apart,
            Self::NoFallenAcceptance => situation.fallen <= situation.fallen_apart,
            Self::NoDpiaNeeded => situation.dpia_needed <= situation.dpia_needed_apart,
            Self::DpiaNeeded => situation.dpia_needed > 0,
            Self::ConsultationOpen => situation.consulting,
            Self::OwnConsultation => !situation.consulting_others,
            Self::NoConsultation => !situation.consulting,
            Self::NoAnswerAwaited => !situation.consulting || situation.consulting_apart,
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
