//! Prior consultation of the Information Commissioner (UK GDPR, Article 36) and its clock.
//!
//! The Commissioner advises within eight weeks of receiving the request, and may take six more if it says so within one month
//! of receipt. The clock can stop while it waits for information (Article 36(2)). Weeks are counted in days from the day of
//! receipt; the month for the extension runs from receipt and does not stop.
//!
//! | module | what lives there |
//! |---|---|
//! | [`answer`] | what was answered, and putting right what was recorded of it |
//! | [`cleared`] | which risks an answer clears, and until when |
//! | [`correct`] | putting a day right that was recorded wrongly |
//! | [`rests`] | what an acceptance of high risk rests on, and when it has lost that |

use super::ids::{AssessmentId, ConsultationId, RiskId, VersionId};
use jiff::{ToSpan as _, civil::Date};
use serde::{Deserialize, Serialize};

pub mod answer;
pub mod cleared;
pub mod correct;
pub mod rests;

pub use answer::{IcoAnswer, IcoOutcome, Mistaken};
pub use cleared::Asked;
pub use correct::Dated;

/// Days of the first period: eight weeks.
pub const FIRST: i64 = 56;
/// Days that an extension adds: six weeks.
pub const EXTENSION: i64 = 42;

/// A request for the Commissioner's advice, and what came of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Consultation {
    /// Its id.
    pub id: ConsultationId,
    /// The assessment.
    pub assessment: AssessmentId,
    /// The frozen version that went with it.
    pub version: VersionId,
    /// The risks that stayed high, for which it was asked.
    pub risks: Vec<RiskId>,
    /// These as they stood then.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub asked: Vec<Asked>,
    /// The day on which the pack was sent.
    pub sent: Date,
    /// The day on which the Commissioner received it; the clock starts then.
    pub received: Option<Date>,
    /// Spans in which the clock stood still, in order; only the last can be open.
    pub stops: Vec<Stop>,
    /// The extension, where the Commissioner took one.
    pub extension: Option<Extension>,
    /// The answer.
    pub answer: Option<IcoAnswer>,
    /// That it was taken back before an answer came.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub withdrawn: Option<Withdrawn>,
    /// When the record last changed, milliseconds of UTC.
    pub updated_at: i64,
}

/// A span in which the clock stood still.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stop {
    /// The day on which it stopped.
    pub from: Date,
    /// The day on which it went on; none while it stands.
    pub to: Option<Date>,
    /// What the Commissioner asked for.
    pub why: String,
}

/// Six more weeks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Extension {
    /// The day on which the Commissioner said so.
    pub notified: Date,
    /// The reasons it gave.
    pub why: String,
}

/// A request that was taken back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Withdrawn {
    /// The day on which the Commissioner was told.
    pub on: Date,
    /// Why.
    pub why: String,
}

/// Why something about a consultation cannot be recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Refusal {
    /// No risk is high: there is nothing to consult about.
    NothingHigh,
    /// The Commissioner has not received it yet.
    NotReceived,
    /// Its receipt is recorded already.
    AlreadyReceived,
    /// The clock stands already.
    AlreadyStopped,
    /// The clock is running.
    NotStopped,
    /// The extension is recorded already.
    AlreadyExtended,
    /// An extension has to be notified within one month of receipt.
    ExtensionTooLate(Date),
    /// The answer is recorded; the consultation is over.
    AlreadyAnswered,
    /// It was taken back; the consultation is over.
    AlreadyWithdrawn,
    /// The day is not recorded yet, so that it cannot be put right.
    NothingToCorrect,
    /// A reason, or the text of the answer, is missing.
    SayWhy,
    /// The reason for which it is put right is missing.
    NoReason,
    /// It says the same as before.
    TheSame,
    /// The day lies before this day, on which something earlier happened.
    Before(Date),
    /// The day lies before this day, on which the version that went with it was frozen.
    NotFrozenYet(Date),
    /// The day lies in the future.
    InFuture,
}

/// Where the clock stands on a day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Clock {
    /// The day of receipt.
    pub received: Date,
    /// Days counted so far, up to the answer where there is one.
    pub counted: i64,
    /// Days for which the clock stood.
    pub stopped: i64,
    /// The stop that lasts, where the clock stands now.
    pub standing: Option<Stop>,
    /// Days allowed: 56, or 98 with the extension.
    pub allowed: i64,
    /// Days left; below zero when the Commissioner is late.
    pub left: i64,
    /// The last day, if a clock that stands went on today.
    pub ends: Date,
    /// What an extension could still do.
    pub extension: Extending,
    /// The day of the answer, when there is one.
    pub answered: Option<Date>,
}

/// Whether six more weeks are possible.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Extending {
    /// Taken: notified on this day.
    Taken(Date),
    /// Possible if notified by `by`; the last day would then be `ends`.
    Possible {
        /// The last day on which it can be notified.
        by: Date,
        /// The last day of the extended period.
        ends: Date,
    },
    /// The month in which it could be notified is over.
    Over,
}

impl Consultation {
    /// A request about some risks that was sent on a day.
    ///
    /// # Errors
    /// [`Refusal::NothingHigh`] without risks; [`Refusal::InFuture`].
    pub fn ask(
        id: ConsultationId,
        assessment: AssessmentId,
        version: VersionId,
        asked: Vec<Asked>,
        sent: Date,
        today: Date,
    ) -> Result<Self, Refusal> {
        if asked.is_empty() {
            return Err(Refusal::NothingHigh);
        }
        not_after(sent, today)?;
        Ok(Self {
            id,
            assessment,
            version,
            risks: asked.iter().map(|one| one.risk).collect(),
            asked,
            sent,
            received: None,
            stops: vec![],
            extension: None,
            answer: None,
            withdrawn: None,
            updated_at: 0,
        })
    }

    /// Records that the Commissioner received it.
    ///
    /// # Errors
    /// When it is recorded already, lies in the future or before it was sent.
    pub fn receive(&mut self, on: Date, today: Date) -> Result<(), Refusal> {
        self.under_way()?;
        if self.received.is_some() {
            return Err(Refusal::AlreadyReceived);
        }
        in_order(self.sent, on, today)?;
        self.received = Some(on);
        Ok(())
    }

    /// Records that the clock stopped, and what the Commissioner asked for.
    ///
    /// # Errors
    /// When it stands already, nothing was received, the days are out of order, or no reason is given.
    pub fn stop(&mut self, from: Date, why: &str, today: Date) -> Result<(), Refusal> {
        self.under_way()?;
        let received = self.received.ok_or(Refusal::NotReceived)?;
        if self.stops.last().is_some_and(|stop| stop.to.is_none()) {
            return Err(Refusal::AlreadyStopped);
        }
        let earliest = self.stops.last().and_then(|stop| stop.to).unwrap_or(received);
        in_order(earliest, from, today)?;
        let why = said(why)?;
        self.stops.push(Stop { from, to: None, why });
        Ok(())
    }

    /// Records that the information was given and the clock goes on.
    ///
    /// # Errors
    /// When the clock is running, or the days are out of order.
    pub fn resume(&mut self, to: Date, today: Date) -> Result<(), Refusal> {
        self.under_way()?;
        let stop = self.stops.last_mut().filter(|stop| stop.to.is_none()).ok_or(Refusal::NotStopped)?;
        in_order(stop.from, to, today)?;
        stop.to = Some(to);
        Ok(())
    }

    /// Records the extension by six weeks.
    ///
    /// # Errors
    /// When it was notified more than a month after receipt, or twice, or without reasons.
    pub fn extend(&mut self, notified: Date, why: &str, today: Date) -> Result<(), Refusal> {
        self.under_way()?;
        let received = self.received.ok_or(Refusal::NotReceived)?;
        if self.extension.is_some() {
            return Err(Refusal::AlreadyExtended);
        }
        in_order(received, notified, today)?;
        let last = month_after(received);
        if notified > last {
            return Err(Refusal::ExtensionTooLate(last));
        }
        self.extension = Some(Extension { notified, why: said(why)? });
        Ok(())
    }

    /// Records the answer; a clock that stood goes on no more.
    ///
    /// # Errors
    /// When there is one, nothing was received, the day is out of order, or the text is missing.
    pub fn answer(&mut self, on: Date, outcome: IcoOutcome, text: &str, today: Date) -> Result<(), Refusal> {
        self.under_way()?;
        let received = self.received.ok_or(Refusal::NotReceived)?;
        let stopped = self.stops.last().map_or(received, |stop| stop.to.unwrap_or(stop.from));
        let latest = self.extension.as_ref().map_or(stopped, |extension| stopped.max(extension.notified));
        in_order(latest, on, today)?;
        let text = said(text)?;
        if let Some(stop) = self.stops.last_mut().filter(|stop| stop.to.is_none()) {
            stop.to = Some(on);
        }
        self.answer = Some(IcoAnswer { on, outcome, text, before: vec![] });
        Ok(())
    }

    /// Takes the request back, with the reasons; a clock that stood goes on no more.
    ///
    /// # Errors
    /// When it is over, the day is out of order, or no reason is given.
    pub fn withdraw(&mut self, on: Date, why: &str, today: Date) -> Result<(), Refusal> {
        self.under_way()?;
        let why = said(why)?;
        let mut after = self.clone();
        after.withdrawn = Some(Withdrawn { on, why });
        after.consistent(today)?;
        *self = after;
        Ok(())
    }

    /// Whether the Commissioner has it and has not answered.
    #[must_use]
    pub fn open(&self) -> bool {
        self.under_way().is_ok()
    }

    /// The last day on which the Commissioner could say that it takes six more weeks; none before it received the request. What it
    /// said by then can be recorded later, until there is an answer.
    #[must_use]
    pub fn extension_by(&self) -> Option<Date> {
        self.received.map(month_after)
    }

    /// Where the clock stands on a day; none before the Commissioner received it.
    #[must_use]
    pub fn clock(&self, today: Date) -> Option<Clock> {
        let received = self.received?;
        let over = self.answer.as_ref().map(|answer| answer.on).or(self.withdrawn.as_ref().map(|withdrawn| withdrawn.on));
        let now = over.unwrap_or(today).max(received);
        let standing = self.stops.last().filter(|stop| stop.to.is_none() && stop.from <= now).cloned();
        let stopped: i64 =
            self.stops.iter().filter(|stop| stop.from <= now).map(|stop| days(stop.from, stop.to.unwrap_or(now).min(now))).sum();
        let counted = days(received, now) - stopped;
        let allowed = if self.extension.is_some() { FIRST + EXTENSION } else { FIRST };
        let end = |allowed: i64| later(received, allowed + stopped);
        let by = month_after(received);
        let extension = match &self.extension {
            Some(extension) => Extending::Taken(extension.notified),
            None if now <= by && over.is_none() => Extending::Possible { by, ends: end(FIRST + EXTENSION) },
            None => Extending::Over,
        };
        Some(Clock {
            received,
            counted,
            stopped,
            standing,
            allowed,
            left: allowed - counted,
            ends: end(allowed),
            extension,
            answered: self.answer.as_ref().map(|answer| answer.on),
        })
    }

    fn under_way(&self) -> Result<(), Refusal> {
        match (&self.answer, &self.withdrawn) {
            (Some(_), _) => Err(Refusal::AlreadyAnswered),
            (None, Some(_)) => Err(Refusal::AlreadyWithdrawn),
            (None, None) => Ok(()),
        }
    }
}

fn not_after(day: Date, today: Date) -> Result<(), Refusal> {
    if day > today { Err(Refusal::InFuture) } else { Ok(()) }
}

fn in_order(earlier: Date, day: Date, today: Date) -> Result<(), Refusal> {
    not_after(day, today)?;
    if day < earlier { Err(Refusal::Before(earlier)) } else { Ok(()) }
}

fn said(text: &str) -> Result<String, Refusal> {
    let text = text.trim();
    if text.is_empty() { Err(Refusal::SayWhy) } else { Ok(text.to_owned()) }
}

fn days(from: Date, to: Date) -> i64 {
    i64::from((to - from).get_days())
}

fn later(from: Date, days: i64) -> Date {
    from.saturating_add(days.days())
}

fn month_after(day: Date) -> Date {
    day.saturating_add(1.month())
}

#[cfg(test)]
mod tests;
