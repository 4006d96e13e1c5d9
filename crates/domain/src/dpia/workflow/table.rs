//! The whole workflow as one table, and who the roles in it are. A change here must be made in the tests' own copy too.

use super::{Condition, Effect, Move, To, Transition, Who};
use crate::{
    dpia::assessment::State::{
        self, Advice, Consulting, Decision, Drafting, Live, Recorded, Review, Signed, Superseded, Withdrawn,
    },
    people::Role,
};

/// Who keeps an assessment for an organisation: freezes it, opens it.
pub const KEEPERS: &[Role] = &[Role::ProjectLead, Role::IgOfficer];
/// Who may send it back: everybody who is asked to sign.
pub const REVIEWERS: &[Role] =
    &[Role::Cio, Role::HeadOfProcurement, Role::Dpo, Role::InformationAssetOwner, Role::Siro, Role::CaldicottGuardian];
/// Who may open their own annex again after all have signed: whoever keeps it, and whoever is asked to sign it.
pub const ANNEX_OPENERS: &[Role] = &[
    Role::ProjectLead,
    Role::IgOfficer,
    Role::Cio,
    Role::HeadOfProcurement,
    Role::Dpo,
    Role::InformationAssetOwner,
    Role::Siro,
    Role::CaldicottGuardian,
];
/// Who asks the Commissioner, and records what comes of it.
pub const CONSULTERS: &[Role] = &[Role::IgOfficer, Role::Dpo];
/// Who may begin the processing: the keepers, and who answers for the information or the service.
pub const STARTERS: &[Role] = &[Role::ProjectLead, Role::IgOfficer, Role::InformationAssetOwner, Role::ServiceDirector];

pub(super) const FROZEN: &[State] = &[Review, Advice, Decision, Consulting];

/// The whole workflow.
pub const TABLE: &[Transition] = &[
    Transition {
        from: &[Drafting],
        step: Move::Freeze,
        who: Who::Lead(KEEPERS),
        needs: &[
            Condition::Controllers,
            Condition::NoClash,
            Condition::NoProposal,
            Condition::Answered,
            Condition::NoOpenRecommendation,
        ],
        to: To::State(Review),
        then: &[Effect::MakeVersion, Effect::AskSigners, Effect::TellParties, Effect::Advance],
    },
    Transition {
        from: &[Signed, Live],
        step: Move::FreezeAnnex,
        who: Who::Controller(KEEPERS),
        needs: &[Condition::NoClashInAnnex, Condition::AnnexAnswered, Condition::AnnexOpen],
        to: To::Stay,
        then: &[Effect::MakeAnnexVersion, Effect::AskSigners, Effect::TellParties],
    },
    Transition {
        from: FROZEN,
        step: Move::FreezeAnnex,
        who: Who::Controller(KEEPERS),
        needs: &[Condition::NoClashInAnnex, Condition::AnnexAnswered, Condition::AnnexOpen],
        to: To::Stay,
        then: &[Effect::MakeAnnexVersion, Effect::AskSigners, Effect::TellParties, Effect::Advance],
    },
    Transition {
        from: &[Signed, Live],
        step: Move::OpenAnnex,
        who: Who::Controller(ANNEX_OPENERS),
        needs: &[Condition::AnnexFrozen, Condition::Reasons],
        to: To::Stay,
        then: &[Effect::OpenAnnex, Effect::TaskForKeepers, Effect::TellParties],
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
        step: Move::TakeBack,
        who: Who::Signer,
        needs: &[Condition::OwnSignature, Condition::NotPublished, Condition::Reasons],
        to: To::Stay,
        then: &[Effect::TakeSignatureBack, Effect::AskSigners, Effect::TellParties, Effect::Advance],
    },
    // It goes back to where the signatures that are left have brought it.
    Transition {
        from: &[Signed],
        step: Move::TakeBack,
        who: Who::Signer,
        needs: &[Condition::OwnSignature, Condition::NotPublished, Condition::Reasons],
        to: To::State(Review),
        then: &[Effect::TakeSignatureBack, Effect::AskSigners, Effect::TellParties, Effect::Advance],
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
        who: Who::Lead(CONSULTERS),
        needs: &[Condition::HighRisk, Condition::NoConsultation, Condition::Advised],
        to: To::State(Consulting),
        then: &[Effect::OpenConsultation, Effect::TellParties],
    },
    Transition {
        from: &[Signed, Live],
        step: Move::Consult,
        who: Who::Controller(CONSULTERS),
        needs: &[Condition::HighRisk, Condition::Advised],
        to: To::Stay,
        then: &[Effect::OpenConsultation, Effect::TellParties],
    },
    Transition {
        from: FROZEN,
        step: Move::RecordAnswer,
        who: Who::Lead(CONSULTERS),
        needs: &[Condition::ConsultationOpen],
        to: To::Stay,
        then: &[Effect::AskDpos, Effect::TellParties, Effect::Advance],
    },
    Transition {
        from: &[Drafting],
        step: Move::RecordAnswer,
        who: Who::Lead(CONSULTERS),
        needs: &[Condition::ConsultationOpen],
        to: To::Stay,
        then: &[Effect::AskDpos, Effect::TellParties],
    },
    Transition {
        from: &[Signed, Live],
        step: Move::RecordAnswer,
        who: Who::Controller(CONSULTERS),
        needs: &[Condition::ConsultationOpen, Condition::OwnConsultation],
        to: To::Stay,
        then: &[Effect::AskDpos, Effect::TellParties],
    },
    Transition {
        from: FROZEN,
        step: Move::WithdrawRequest,
        who: Who::Lead(CONSULTERS),
        needs: &[Condition::ConsultationOpen, Condition::Reasons],
        to: To::Stay,
        then: &[Effect::TellParties, Effect::Advance],
    },
    Transition {
        from: &[Drafting],
        step: Move::WithdrawRequest,
        who: Who::Lead(CONSULTERS),
        needs: &[Condition::ConsultationOpen, Condition::Reasons],
        to: To::Stay,
        then: &[Effect::TellParties],
    },
    Transition {
        from: &[Signed, Live],
        step: Move::WithdrawRequest,
        who: Who::Controller(CONSULTERS),
        needs: &[Condition::ConsultationOpen, Condition::OwnConsultation, Condition::Reasons],
        to: To::Stay,
        then: &[Effect::TellParties],
    },
    Transition {
        from: &[Signed],
        step: Move::GoLive,
        who: Who::Lead(STARTERS),
        needs: &[
            Condition::AllSigned,
            Condition::NoHighRisk,
            Condition::NoDpiaNeeded,
            Condition::NoAnswerAwaited,
            Condition::NoOpenRecommendation,
            Condition::ReviewDate,
        ],
        to: To::State(Live),
        then: &[Effect::StartLife, Effect::SetReview, Effect::TellParties],
    },
    Transition {
        from: &[Live],
        step: Move::Confirm,
        who: Who::Lead(KEEPERS),
        needs: &[Condition::Reasons, Condition::ReviewDate, Condition::NoHighRisk, Condition::NoFallenAcceptance],
        to: To::Stay,
        then: &[Effect::SetReview],
    },
    // Of one that was made elsewhere, what the Commissioner answered is not kept here.
    Transition {
        from: &[Recorded],
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
        to: To::Before,
        then: &[Effect::ReopenTasks, Effect::AskReview, Effect::TellParties],
    },
    Transition {
        from: &[Signed, Live, Recorded],
        step: Move::Supersede,
        who: Who::Lead(KEEPERS),
        needs: &[Condition::Successor],
        to: To::State(Superseded),
        then: &[Effect::CloseTasks, Effect::TellParties],
    },
    // A short review that its own conclusion stops gives way to the DPIA that it asks for, however far either has come.
    Transition {
        from: &[Drafting, Review, Advice, Decision, Consulting],
        step: Move::Supersede,
        who: Who::Lead(KEEPERS),
        needs: &[Condition::DpiaNeeded, Condition::Successor],
        to: To::State(Superseded),
        then: &[Effect::CloseTasks, Effect::TellSigners, Effect::TellParties],
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
            Condition::NoDpiaNeeded,
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
