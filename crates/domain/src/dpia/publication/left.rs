//! What a publication leaves out, as the public is told of it; and, for whoever prepares it, where words that were taken out of one
//! answer still stand.

use super::{Exemption, Piece, Publication, Show, Shown};
use crate::dpia::{
    answer::Answers,
    place::{Part, Place},
};

/// Words that were taken out of an answer, and still stand elsewhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    /// The words.
    pub words: String,
    /// The answer out of which they were taken.
    pub of: Place,
    /// Where they stand, in the order of the page.
    pub at: Vec<Where>,
}

/// Where words stand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Where {
    /// In the title.
    Title,
    /// In the summary.
    Summary,
    /// In an answer that is shown.
    Answer(Place),
    /// In the reason for which a question is left out.
    Reason,
}

impl Publication {
    /// Questions that are left out although the template calls them public: of each the exemption and the reason, and nothing else.
    #[must_use]
    pub fn left_out(&self, answers: &Answers) -> Vec<(Exemption, &str)> {
        let told = self.fields.iter().filter_map(|(place, show)| match show {
            Show::Unnamed { exemption, reason } => Some((place, *exemption, reason.as_str())),
            _ => None,
        });
        told.filter(|(place, ..)| answers.get(place).is_some_and(|answer| !answer.is_empty()))
            .filter(|(place, ..)| !self.resting.contains(place) && self.includes(place.part))
            .map(|(_, exemption, reason)| (exemption, reason))
            .collect()
    }

    /// Where words that were taken out of an answer still stand in what the public would see, in whatever case and however spaced: whoever prepares it,
    /// and whoever looks at it, decides whether they may.
    #[must_use]
    pub fn still_standing(&self, title: &str, answers: &Answers, shown: &[Shown], parts: &dyn Fn(Part) -> bool) -> Vec<Standing> {
        let told = self.left_out(answers);
        let mut list: Vec<Standing> = Vec::new();
        for (place, show) in &self.fields {
            let Show::Without { passages } = show else { continue };
            if !parts(place.part) {
                continue;
            }
            for passage in passages {
                let words = passage.words.trim();
                let sought = level(words);
                if sought.is_empty() || list.iter().any(|one| one.words == words && one.of == *place) {
                    continue;
                }
                let has = |text: &str| level(text).contains(&sought);
                let mut at: Vec<Where> = Vec::new();
                at.extend(has(title).then_some(Where::Title));
                at.extend(has(&self.summary).then_some(Where::Summary));
                let showing = shown.iter().filter(|one| {
                    one.pieces.iter().any(|piece| match piece {
                        Piece::Shown { text } => has(text),
                        // Nobody takes words out of a reason: they are told in it, or not.
                        Piece::Gone { reason, .. } => has(reason),
                    })
                });
                at.extend(showing.map(|one| Where::Answer(one.place.clone())));
                at.extend(told.iter().any(|(_, reason)| has(reason)).then_some(Where::Reason));
                if !at.is_empty() {
                    list.push(Standing { words: words.to_owned(), of: place.clone(), at });
                }
            }
        }
        list
    }
}

/// A text in one case, with one space wherever it has any.
fn level(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}
