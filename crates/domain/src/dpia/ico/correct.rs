//! Putting right a day that was recorded wrongly. The change log keeps what stood there.

use super::{Consultation, Refusal, in_order, month_after, not_after};
use jiff::civil::Date;
use serde::Serialize;

/// A day of a consultation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Dated {
    /// On which the pack was sent.
    Sent,
    /// On which the Commissioner received it.
    Received,
    /// On which the clock last stopped.
    Stopped,
    /// On which it last went on.
    Resumed,
    /// On which the extension was notified.
    Extended,
    /// Of the answer.
    Answered,
}

impl Dated {
    /// Every day, in the order of a form.
    pub const ALL: [Self; 6] = [Self::Sent, Self::Received, Self::Stopped, Self::Resumed, Self::Extended, Self::Answered];

    /// As forms and JSON spell it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Sent => "sent",
            Self::Received => "received",
            Self::Stopped => "stopped",
            Self::Resumed => "resumed",
            Self::Extended => "extended",
            Self::Answered => "answered",
        }
    }

    /// Reads what [`Self::as_str`] writes.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.as_str() == text)
    }
}

impl Consultation {
    /// A day of it, where that is recorded.
    #[must_use]
    pub fn day(&self, which: Dated) -> Option<Date> {
        match which {
            Dated::Sent => Some(self.sent),
            Dated::Received => self.received,
            Dated::Stopped => self.stops.last().map(|stop| stop.from),
            Dated::Resumed => self.stops.last().and_then(|stop| stop.to),
            Dated::Extended => self.extension.as_ref().map(|extension| extension.notified),
            Dated::Answered => self.answer.as_ref().map(|answer| answer.on),
        }
    }

    /// Puts a day right, also after the answer.
    ///
    /// # Errors
    /// [`Refusal::NothingToCorrect`] where it is not recorded; the others where the days would be out of their order, or an
    /// extension too late. Nothing changes then.
    pub fn correct(&mut self, which: Dated, on: Date, today: Date) -> Result<(), Refusal> {
        let mut after = self.clone();
        // The answer ended a stop that lasted; that end moves with it.
        let ended = |to: Option<Date>| to.is_some() && to == self.day(Dated::Answered);
        match which {
            Dated::Sent => after.sent = on,
            Dated::Received if self.received.is_some() => after.received = Some(on),
            Dated::Stopped => after.stops.last_mut().ok_or(Refusal::NothingToCorrect)?.from = on,
            Dated::Resumed => {
                let last = after.stops.last_mut().filter(|stop| stop.to.is_some()).ok_or(Refusal::NothingToCorrect)?;
                last.to = Some(on);
            }
            Dated::Extended => after.extension.as_mut().ok_or(Refusal::NothingToCorrect)?.notified = on,
            Dated::Answered => {
                after.answer.as_mut().ok_or(Refusal::NothingToCorrect)?.on = on;
                if let Some(stop) = after.stops.last_mut().filter(|stop| ended(stop.to)) {
                    stop.to = Some(on);
                }
            }
            Dated::Received => return Err(Refusal::NothingToCorrect),
        }
        after.consistent(today)?;
        *self = after;
        Ok(())
    }

    /// Whether it was sent on or after the day on which the version that went with it was frozen.
    ///
    /// # Errors
    /// [`Refusal::NotFrozenYet`] with that day.
    pub fn sent_since(&self, frozen: Date) -> Result<(), Refusal> {
        if self.sent < frozen { Err(Refusal::NotFrozenYet(frozen)) } else { Ok(()) }
    }

    /// Whether its days stand in their order.
    pub(super) fn consistent(&self, today: Date) -> Result<(), Refusal> {
        not_after(self.sent, today)?;
        let mut last = self.sent;
        let stops = self.stops.iter().flat_map(|stop| [Some(stop.from), stop.to]);
        let ends = [self.answer.as_ref().map(|answer| answer.on), self.withdrawn.as_ref().map(|withdrawn| withdrawn.on)];
        for day in std::iter::once(self.received).chain(stops).chain(ends).flatten() {
            in_order(last, day, today)?;
            last = day;
        }
        if let (Some(received), Some(extension)) = (self.received, &self.extension) {
            in_order(received, extension.notified, today)?;
            if extension.notified > month_after(received) {
                return Err(Refusal::ExtensionTooLate(month_after(received)));
            }
            // Nobody takes longer for what they have answered.
            for end in ends.into_iter().flatten() {
                in_order(extension.notified, end, today)?;
            }
        }
        Ok(())
    }
}
