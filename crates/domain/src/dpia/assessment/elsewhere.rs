//! What is stated of an assessment that was made elsewhere, by whoever records it from its document; and correcting that.

use super::{Assessment, State};
use crate::{dpia::risk::Band, register::ids::SystemId};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// An assessment that was made elsewhere and is kept here.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Elsewhere {
    /// The highest residual risk, as it says.
    pub level: Option<Band>,
    /// The day it was signed.
    pub signed_on: Option<Date>,
    /// Who signed, as it says: roles, and names where the file gives them. Never shown to the public.
    pub signatories: Vec<String>,
    /// A remark.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub remark: String,
}

/// What somebody says of an assessment that was made elsewhere, when it is recorded and when that is corrected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stated {
    /// Its title.
    pub title: String,
    /// What its document says of itself.
    pub elsewhere: Elsewhere,
    /// The day by which it is to be looked at again. One that is past is taken as it is stated: the review is late.
    pub review_on: Option<Date>,
    /// The systems that it is about.
    pub systems: Vec<SystemId>,
}

/// The longest title, in letters.
pub const TITLE: usize = 200;

/// Why something stated is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Misstated {
    /// It has no title.
    NoTitle,
    /// Its title has more than [`TITLE`] letters.
    LongTitle,
    /// It was signed on a day that is still to come.
    SignedAhead,
}

impl Stated {
    /// What is wrong with it on a day.
    #[must_use]
    pub fn wrong(&self, today: Date) -> Vec<Misstated> {
        let mut wrong = Vec::new();
        if self.title.is_empty() {
            wrong.push(Misstated::NoTitle);
        } else if self.title.chars().count() > TITLE {
            wrong.push(Misstated::LongTitle);
        }
        if self.elsewhere.signed_on.is_some_and(|day| day > today) {
            wrong.push(Misstated::SignedAhead);
        }
        wrong
    }
}

impl Assessment {
    /// Whether it is the record of one that was made elsewhere, also once it is given up or replaced: nothing of it is written,
    /// frozen or signed here.
    #[must_use]
    pub fn is_record(&self) -> bool {
        self.elsewhere.is_some() && (self.state == State::Recorded || self.state.is_closed())
    }

    /// What is stated of it; none unless it is a record.
    #[must_use]
    pub fn stated(&self) -> Option<Stated> {
        let elsewhere = self.elsewhere.clone().filter(|_| self.is_record())?;
        Some(Stated { title: self.title.clone(), elsewhere, review_on: self.review_on, systems: self.systems.clone() })
    }

    /// The assessment with what is stated of it now.
    #[must_use]
    pub fn corrected(&self, stated: Stated) -> Self {
        let Stated { title, elsewhere, review_on, systems } = stated;
        Self { title, elsewhere: Some(elsewhere), review_on, systems, ..self.clone() }
    }
}

#[cfg(test)]
mod tests {
    use super::{super::tests::assessment, *};
    use jiff::civil::date;

    const TODAY: Date = date(2026, 11, 23);

    fn stated(signed_on: Option<Date>) -> Stated {
        Stated {
            title: "Parking permits".to_owned(),
            elsewhere: Elsewhere { level: None, signed_on, signatories: vec![], remark: String::new() },
            review_on: Some(date(2001, 1, 1)),
            systems: vec![],
        }
    }

    #[test]
    fn nothing_was_signed_tomorrow_and_a_review_can_be_late() {
        assert_eq!(stated(None).wrong(TODAY), []);
        assert_eq!(stated(Some(TODAY)).wrong(TODAY), []);
        assert_eq!(stated(TODAY.tomorrow().ok()).wrong(TODAY), [Misstated::SignedAhead]);
        let nameless = Stated { title: String::new(), ..stated(Some(date(2044, 2, 1))) };
        assert_eq!(nameless.wrong(TODAY), [Misstated::NoTitle, Misstated::SignedAhead]);
        assert_eq!(Stated { title: "a".repeat(TITLE + 1), ..stated(None) }.wrong(TODAY), [Misstated::LongTitle]);
    }

    #[test]
    fn a_record_stays_one_when_it_is_given_up_and_what_is_written_here_is_none() {
        let written = assessment();
        for state in State::ALL {
            assert!(!Assessment { state, ..written.clone() }.is_record(), "{state:?}");
        }
        let corrected = Assessment { state: State::Recorded, ..written }.corrected(stated(Some(TODAY)));
        assert_eq!(corrected.stated(), Some(stated(Some(TODAY))));
        for (state, is_record) in [(State::Withdrawn, true), (State::Superseded, true), (State::Drafting, false)] {
            assert_eq!(Assessment { state, ..corrected.clone() }.is_record(), is_record, "{state:?}");
        }
    }
}
