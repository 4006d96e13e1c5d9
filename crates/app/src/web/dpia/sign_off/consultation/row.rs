//! One consultation of the Commissioner in words: its clock, its stops, its answer, and what was recorded wrongly before.

use domain::dpia::ico::{Clock, Consultation, Dated, Extending, IcoAnswer, IcoOutcome};
use jiff::civil::Date;
use serde::Serialize;

/// A choice of a form.
#[derive(Serialize)]
pub(super) struct Choice {
    pub(super) value: &'static str,
    pub(super) text: &'static str,
}

/// A consultation as its page shows it.
#[derive(Serialize)]
pub(super) struct Row {
    id: String,
    /// The caller records here what comes of it.
    may: bool,
    /// The caller records it too, on the page that is about it.
    other: bool,
    sent: Date,
    risks: usize,
    received: Option<Date>,
    clock: Option<Clocked>,
    stops: Vec<Stop>,
    extension: Option<(Date, String)>,
    /// The last day on which an extension could be notified, while none is recorded and there is no answer: what was said by
    /// then can be recorded after it.
    extension_by: Option<Date>,
    answer: Option<Answer>,
    withdrawn: Option<(Date, String)>,
    /// Risks that were accepted as no longer high since the answer.
    lapsed: usize,
    /// The days that can be put right.
    days: Vec<Choice>,
}

#[derive(Serialize)]
struct Answer {
    on: Date,
    /// What it comes to, as the form and as the page spell it.
    outcome: &'static str,
    words: &'static str,
    text: String,
    /// What was recorded before it was put right.
    before: Vec<Mistaken>,
    /// Of which record a correction starts.
    version: i64,
}

/// What stood there until an instant, and why it was put right.
#[derive(Serialize)]
struct Mistaken {
    words: &'static str,
    text: String,
    why: String,
    at: i64,
}

#[derive(Serialize)]
struct Clocked {
    counted: i64,
    stopped: i64,
    stands: bool,
    allowed: i64,
    left: i64,
    ends: Date,
    extension_by: Option<Date>,
    extended_end: Option<Date>,
}

#[derive(Serialize)]
struct Stop {
    from: Date,
    to: Option<Date>,
    why: String,
}

impl Row {
    /// A consultation; whether the caller records here what comes of it, and whether elsewhere.
    pub(super) fn of(one: &Consultation, today: Date, may: bool, other: bool) -> Self {
        let days = Dated::ALL.into_iter().filter(|which| one.day(*which).is_some());
        Self {
            id: one.id.to_string(),
            may,
            other,
            withdrawn: one.withdrawn.as_ref().map(|withdrawn| (withdrawn.on, withdrawn.why.clone())),
            lapsed: one.asked.iter().filter(|asked| asked.lapsed.is_some()).count(),
            days: days.map(|which| Choice { value: which.as_str(), text: day_words(which) }).collect(),
            sent: one.sent,
            risks: one.risks.len(),
            received: one.received,
            clock: one.clock(today).map(clocked),
            stops: one.stops.iter().map(|stop| Stop { from: stop.from, to: stop.to, why: stop.why.clone() }).collect(),
            extension_by: one.extension_by().filter(|_| one.open() && one.extension.is_none()),
            extension: one.extension.as_ref().map(|extension| (extension.notified, extension.why.clone())),
            answer: one.answer.as_ref().map(|answer| answered(answer, one.updated_at)),
        }
    }
}

fn clocked(clock: Clock) -> Clocked {
    let (extension_by, extended_end) = match clock.extension {
        Extending::Possible { by, ends } => (Some(by), Some(ends)),
        _ => (None, None),
    };
    Clocked {
        counted: clock.counted,
        stopped: clock.stopped,
        stands: clock.standing.is_some(),
        allowed: clock.allowed,
        left: clock.left,
        ends: clock.ends,
        extension_by,
        extended_end,
    }
}

fn answered(answer: &IcoAnswer, version: i64) -> Answer {
    let before = answer.before.iter().map(|one| Mistaken {
        words: outcome_words(one.outcome),
        text: one.text.clone(),
        why: one.why.clone(),
        at: one.at,
    });
    Answer {
        on: answer.on,
        outcome: answer.outcome.as_str(),
        words: outcome_words(answer.outcome),
        text: answer.text.clone(),
        before: before.collect(),
        version,
    }
}

fn day_words(which: Dated) -> &'static str {
    match which {
        Dated::Sent => "The pack was sent",
        Dated::Received => "The Commissioner received it",
        Dated::Stopped => "The clock last stopped",
        Dated::Resumed => "The clock last went on",
        Dated::Extended => "Six more weeks were notified",
        Dated::Answered => "The Commissioner answered",
    }
}

/// What an answer comes to, in words.
pub(crate) fn outcome_words(outcome: IcoOutcome) -> &'static str {
    match outcome {
        IcoOutcome::MayProceed => "The processing may go ahead as planned",
        IcoOutcome::WithAdvice => "It may go ahead with the advice followed",
        IcoOutcome::MustNotProceed => "It must not go ahead as planned",
    }
}
