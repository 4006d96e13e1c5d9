//! Refusals of moves and signatures in the sentences that people read. What is to be done stands in each.

use domain::dpia::{
    assessment::Unfit,
    ico, review, sign_off,
    workflow::{self, Condition, Move},
};
use store::dpia::work::Refused;

/// Why a move was not made, a sentence each.
#[must_use]
pub fn refused(refused: &Refused) -> Vec<String> {
    match refused {
        Refused::Move(workflow::Refusal::NoSuchMove { .. }) => {
            vec![
                "The assessment has moved on in the meantime, and this can no longer be done. Look where it stands now."
                    .to_owned(),
            ]
        }
        Refused::Move(workflow::Refusal::NotYours) => {
            vec!["This is for others to do: your role at the organisation you act for does not include it.".to_owned()]
        }
        Refused::Move(workflow::Refusal::Unmet { conditions }) => conditions.iter().map(|one| unmet(*one).to_owned()).collect(),
        Refused::Sign(refusal) => vec![signing(refusal)],
        Refused::Consultation(refusal) => vec![consultation(refusal)],
        Refused::Review(refusal) => vec![review_date(refusal)],
        Refused::Successor(refusal) => vec![successor(*refusal).to_owned()],
    }
}

fn successor(refusal: Option<Unfit>) -> &'static str {
    match refusal {
        None => "Choose an assessment from the list",
        Some(Unfit::Same) => "An assessment cannot take its own place",
        Some(Unfit::NotSigned) => "That assessment is not signed by all yet: until it is, this one holds",
        Some(Unfit::LeadMissing) => "The organisation that leads this assessment is no controller in that one",
    }
}

/// Whether a refusal is about how things stand, not about what was typed: a step that comes too early, or a second time, or is
/// somebody else's. What was typed can mend the rest.
#[must_use]
pub fn conflicts(refused: &Refused) -> bool {
    match refused {
        Refused::Move(workflow::Refusal::Unmet { conditions }) => {
            let typed = [Condition::Reasons, Condition::ReviewDate, Condition::Successor];
            conditions.iter().any(|condition| !typed.contains(condition))
        }
        Refused::Move(_) => true,
        Refused::Sign(refusal) => !matches!(refusal, sign_off::Refusal::SayWhy),
        Refused::Consultation(refusal) => {
            use ico::Refusal::{Before, InFuture, NoReason, NotFrozenYet, SayWhy, TheSame};
            !matches!(refusal, SayWhy | NoReason | TheSame | Before(_) | NotFrozenYet(_) | InFuture)
        }
        Refused::Review(_) | Refused::Successor(_) => false,
    }
}

fn unmet(condition: Condition) -> &'static str {
    match condition {
        Condition::Controllers => "No controller takes part yet.",
        Condition::NoClash => "Two texts clash in an answer: settle the clash first.",
        Condition::Answered => "Answers that are required, or levels of risk, are missing.",
        Condition::NoProposal => {
            "Answers ask for parts of the template that are off: say yes or no to each on the page of the assessment's parts."
        }
        Condition::NoClashInAnnex => "Two texts clash in an answer of your annex: settle the clash first.",
        Condition::AnnexAnswered => "Your annex is not complete: answers that are required, or levels of risk, are missing.",
        Condition::AnnexOpen => "Your annex is frozen as it stands. To change it, open it first.",
        Condition::AnnexFrozen => "Your annex is open already.",
        Condition::NoOpenRecommendation => {
            "Recommendations of a data protection officer are open: accept or overrule each, with reasons."
        }
        Condition::SlotOpen => "There is nothing for you to sign now.",
        Condition::OwnSignature => "There is no signature of yours to take back.",
        Condition::NotPublished => {
            "What you signed is public, or data is in use on it. Take a publication back first; what is in use keeps its signatures."
        }
        Condition::Reasons => "Enter why",
        Condition::HighRisk => "No high risk is left about which your organisation asks the Commissioner.",
        Condition::OwnConsultation => {
            "The Commissioner is asked about another organisation's own risks: it records what comes of that, or the lead does."
        }
        Condition::NoHighRisk => {
            "A high risk is left that no answer of the Information Commissioner allows (UK GDPR, Article 36): it has to be lowered, or allowed by the Commissioner, first."
        }
        Condition::NoFallenAcceptance => {
            "An acceptance of risk holds no longer, because what is recorded of the Information Commissioner's answer was put right since: whoever is asked to accept it does so first."
        }
        Condition::NoDpiaNeeded => {
            "The review concludes that a DPIA is needed, or that somebody is not sure: write a DPIA before data is used (UK GDPR, Article 35(1))."
        }
        Condition::DpiaNeeded => {
            "Only a short review that concludes that a DPIA is needed is replaced before it is signed. This one can be given up instead."
        }
        Condition::ConsultationOpen => "The Commissioner has not been asked.",
        Condition::NoConsultation | Condition::NoAnswerAwaited => "The Commissioner has been asked and has not answered.",
        Condition::Advised => "The data protection officer has not advised on this version.",
        Condition::Reviewed => "Reviews are missing.",
        Condition::NotReviewed => "All reviews are signed.",
        Condition::AllAdvised => "Advice is missing.",
        Condition::NotAllAdvised => "All advice is given.",
        Condition::AllSigned => "Not everything is signed.",
        Condition::NotAllSigned => "Everything is signed.",
        Condition::ReviewDate => "Enter when it is looked at again",
        Condition::Successor => "Choose the assessment that takes its place",
    }
}

fn signing(refusal: &sign_off::Refusal) -> String {
    match refusal {
        sign_off::Refusal::NotFrozen => "Nothing is frozen to sign.".to_owned(),
        sign_off::Refusal::NoController => "That organisation is no controller here. Processors never sign.".to_owned(),
        sign_off::Refusal::NoSuchStep => "This step does not apply any more. Look at the page again.".to_owned(),
        sign_off::Refusal::NotYourRole { role } => format!("You are not the {} there, nor a named deputy.", role.words()),
        sign_off::Refusal::NoSecondFactor => "Sign in with your second factor first: nothing is signed without one.".to_owned(),
        sign_off::Refusal::OwnWork => {
            "You wrote part of what would be signed, and nobody signs their own work. What it is stands below. An administrator can name a deputy."
                .to_owned()
        }
        sign_off::Refusal::OtherRole { role, .. } => {
            format!("You signed for this organisation as {} already. Two roles of one person do not count twice.", role.words())
        }
        sign_off::Refusal::NotYet { .. } => "Other steps come first.".to_owned(),
        sign_off::Refusal::HighRisk => {
            "A high risk is left that no answer of the Information Commissioner allows (UK GDPR, Article 36).".to_owned()
        }
        sign_off::Refusal::DpiaNeeded => {
            "The review concludes that a DPIA is needed, or that somebody is not sure: the risk is accepted in the DPIA, not here."
                .to_owned()
        }
        sign_off::Refusal::OpenRecommendations => "Recommendations are open: each is accepted or overruled first.".to_owned(),
        sign_off::Refusal::SayWhy => "Enter your advice or your reasons".to_owned(),
        sign_off::Refusal::AlreadySigned => {
            "It is signed already, and the signature holds. Whoever gave it can take it back while nothing rests on it.".to_owned()
        }
        sign_off::Refusal::NotYourSignature => "There is no signature of yours to take back.".to_owned(),
        sign_off::Refusal::RestsOn { steps } => {
            format!("What comes after it is signed: {}. Whoever signed that takes it back first.", steps.join(", "))
        }
    }
}

/// Why something about a consultation was not recorded.
#[must_use]
pub fn consultation(refusal: &ico::Refusal) -> String {
    let day = crate::web::words::day;
    match refusal {
        ico::Refusal::NothingHigh => "No risk is high: there is nothing to consult about.".to_owned(),
        ico::Refusal::NotReceived => "First record the day on which the Commissioner received the request.".to_owned(),
        ico::Refusal::AlreadyReceived => "The day of receipt is recorded already.".to_owned(),
        ico::Refusal::AlreadyStopped => "The clock is stopped already.".to_owned(),
        ico::Refusal::NotStopped => "The clock is running.".to_owned(),
        ico::Refusal::AlreadyExtended => "The extension is recorded already.".to_owned(),
        ico::Refusal::ExtensionTooLate(by) => {
            format!("An extension has to be notified within one month of receipt: by {} (UK GDPR, Article 36(2)).", day(*by))
        }
        ico::Refusal::AlreadyAnswered => "The answer is recorded: the consultation is over.".to_owned(),
        ico::Refusal::AlreadyWithdrawn => "The request was taken back: the consultation is over.".to_owned(),
        ico::Refusal::NothingToCorrect => "That day is not recorded yet.".to_owned(),
        ico::Refusal::SayWhy => "Enter what it says".to_owned(),
        ico::Refusal::NoReason => "Enter why it is put right".to_owned(),
        ico::Refusal::TheSame => "This is recorded already: change what it comes to, or what it says".to_owned(),
        ico::Refusal::NotFrozenYet(frozen) => {
            format!("The day must be on or after {}, when the version that went with it was frozen.", day(*frozen))
        }
        ico::Refusal::Before(earliest) => format!("The day must be on or after {}.", day(*earliest)),
        ico::Refusal::InFuture => "The day must be today or in the past.".to_owned(),
    }
}

fn review_date(refusal: &review::Refusal) -> String {
    let _ = refusal;
    "The next review must lie ahead, and within three years.".to_owned()
}

/// A move as its button and its page name it.
#[must_use]
pub fn name(step: Move) -> &'static str {
    match step {
        Move::Freeze => "Freeze this version for advice and sign-off",
        Move::FreezeAnnex => "Freeze your annex for sign-off",
        Move::OpenAnnex => "Open your annex for changes",
        Move::Sign => "Sign",
        Move::TakeBack => "Take your signature back",
        Move::SendBack => "Send it back to be changed",
        Move::Reopen => "Open it for changes",
        Move::Consult => "Consult the Information Commissioner",
        Move::RecordAnswer => "Record the Commissioner’s answer",
        Move::WithdrawRequest => "Take the request to the Commissioner back",
        Move::GoLive => "Begin to use the data",
        Move::Confirm => "Record a review without changes",
        Move::Withdraw => "Give the assessment up",
        Move::Resume => "Take it up again",
        Move::Supersede => "Put another assessment in its place",
        Move::Advance => "Go on",
    }
}

/// What a move does, in a sentence or two, before somebody makes it.
#[must_use]
pub fn about(step: Move) -> &'static str {
    match step {
        Move::Freeze => {
            "The text is kept as a version that nobody can change. Each controller is asked to review, advise and sign it. To change it, it has to be opened again."
        }
        Move::FreezeAnnex => {
            "Your annex is kept as it stands, and your organisation is asked to sign. Signatures of others stay as they are."
        }
        Move::OpenAnnex => {
            "Your organisation can change its own annex. What was signed holds until you freeze the annex again; then your organisation signs anew, and nobody else is asked."
        }
        Move::WithdrawRequest => {
            "The Commissioner is asked no more. Use this where the risk is no longer high, or the request has to be made anew."
        }
        Move::SendBack => {
            "It goes back to be changed. The lead gets your reasons. Signatures stay until what they are bound to changes."
        }
        Move::Reopen => "Answers can be changed again. A signature goes stale only when what it is bound to changes.",
        Move::Consult => {
            "A high risk is left after measures, so the Commissioner is consulted before data is used (UK GDPR, Article 36). Send the pack, then record here on which day."
        }
        Move::RecordAnswer => {
            "What the Commissioner said is kept with the assessment. Changes that follow go back to the data protection officers."
        }
        Move::GoLive => "From today personal data may be used as the assessment says. A date for the next review is needed.",
        Move::Confirm => {
            "Somebody looked at it again and nothing changed. Say what was looked at, and when the next review is due."
        }
        Move::Withdraw => {
            "Nobody works on it any more. Nothing is deleted, and it can be taken up again. Where it is published, it stays public until that is taken back on the page ‘Publication’."
        }
        Move::Resume => {
            "It is open for changes, and whoever had a task then has it again. What was signed is frozen and looked at anew; a signature goes stale only when what it is bound to changes. Where its data is in use, its next review stays in the calendar."
        }
        Move::Supersede => "Readers are led to the assessment that takes its place.",
        Move::Sign | Move::TakeBack | Move::Advance => "",
    }
}
