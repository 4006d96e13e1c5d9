//! The list of skills: by organisation, by level, by whether training is offered.

use super::{
    Snapshot,
    cursor::Key,
    list_engine::{Items, answer},
    lists::{ListFacet, ListPage, ListQuery, ListSort},
    rows::SkillRow,
    words::{Wanted, folded},
};
use crate::register::records::{Skill, SkillLevel};
use uuid::Uuid;

/// A question to the skills.
pub type SkillQuery = ListQuery;
/// A page of skills.
pub type SkillPage<'s> = ListPage<'s, SkillRow>;

/// The levels as a facet has them, lowest first: value and label.
pub(super) const LEVELS: [(&str, &str); 4] =
    [("awareness", "Awareness"), ("working", "Working"), ("practitioner", "Practitioner"), ("expert", "Expert")];
/// Whether training is offered, as a facet has it.
pub(super) const TRAINING: [(&str, &str); 2] = [("yes", "Offered"), ("no", "Not offered")];

/// Most bytes of a name that decide the order, so that a cursor stays short.
const NAME: usize = 56;

struct Skills<'s>(&'s Snapshot);

impl Snapshot {
    /// Answers a question to the skills.
    #[must_use]
    pub fn skills(&self, query: &SkillQuery) -> SkillPage<'_> {
        answer(self, &Skills(self), query)
    }
}

impl Skills<'_> {
    fn record(&self, item: u32) -> &Skill {
        &self.0.world.skills.entries[item as usize].record
    }
}

/// The highest level first.
fn downwards(level: SkillLevel) -> u8 {
    SkillLevel::Expert as u8 - level as u8
}

impl Items for Skills<'_> {
    fn len(&self) -> usize {
        self.0.world.skills.entries.len()
    }
    fn id(&self, item: u32) -> Uuid {
        self.record(item).id.0
    }
    fn codes(&self, item: u32, facet: ListFacet) -> Vec<u32> {
        let record = self.record(item);
        match facet {
            ListFacet::Organisation => self.0.world.organisations.code(record.organisation.0).into_iter().collect(),
            ListFacet::Level => vec![record.level as u32],
            ListFacet::Training => vec![u32::from(!record.offers_training)],
            _ => Vec::new(),
        }
    }
    fn key(&self, item: u32, sort: ListSort) -> Key {
        let record = self.record(item);
        let organisation = || {
            let code = self.0.world.organisations.code(record.organisation.0);
            code.map_or_else(String::new, |code| folded(&self.0.world.organisations.entries[code as usize].record.name))
        };
        match sort {
            ListSort::Organisation => Key::Text(organisation()),
            ListSort::Level => Key::Number(downwards(record.level).into()),
            ListSort::People => Key::Number(record.people.map_or(i64::MAX, |people| -people)),
            // One name at several levels stands together, the highest level first.
            _ => {
                let mut text = folded(&record.name);
                while text.len() > NAME {
                    text.pop();
                }
                text.push('\0');
                text.push(char::from(b'0' + downwards(record.level)));
                Key::Text(text)
            }
        }
    }
    fn worded(&self) -> &'static [ListFacet] {
        &[ListFacet::Organisation]
    }
    fn with_word(&self, wanted: &Wanted) -> Vec<u32> {
        self.0.world.skills.sealed().words.find(wanted).to_vec()
    }
}
