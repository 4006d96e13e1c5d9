//! A clash settled for one of the two, with everything that fits.

use super::{Changed, Merged, merge};
use crate::dpia::answer::{Answer, Row};

/// Whose words stand where two clash.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// Those that stand.
    Theirs,
    /// Those that were sent.
    Mine,
}

impl Merged {
    /// Everything that fits, with the words of one side where the two clash: whoever takes one side loses nothing that the other
    /// changed elsewhere.
    #[must_use]
    pub fn chosen(&self, side: Side) -> Option<Answer> {
        if self.is_clean() {
            return self.answer.clone();
        }
        if let Some(text) = &self.text {
            let words = |region: &super::Region| match region.by {
                Changed::Neither | Changed::Theirs | Changed::Both => region.theirs.clone(),
                Changed::Mine => region.mine.clone(),
                Changed::Clash if side == Side::Mine => region.mine.clone(),
                Changed::Clash => region.theirs.clone(),
            };
            let words: String = text.regions.iter().map(words).collect();
            return (!words.is_empty()).then_some(Answer::Text(words));
        }
        match &self.answer {
            Some(Answer::Rows(rows)) if self.clashes.iter().all(|clash| clash.row.is_some()) => {
                let rows: Vec<Row> = rows.iter().filter_map(|row| self.chosen_row(row, side)).collect();
                (!rows.is_empty()).then_some(Answer::Rows(rows))
            }
            _ => {
                self.clashes.first().and_then(|clash| if side == Side::Mine { clash.mine.clone() } else { clash.theirs.clone() })
            }
        }
    }

    /// A row with one side's cells; none where that side took the row out.
    fn chosen_row(&self, row: &Row, side: Side) -> Option<Row> {
        let mut row = row.clone();
        for clash in self.clashes.iter().filter(|clash| clash.row == Some(row.id)) {
            let (base, theirs, mine) = (clash.base.as_ref(), clash.theirs.as_ref(), clash.mine.as_ref());
            let Some(column) = &clash.column else {
                let kept = if side == Side::Mine { mine } else { theirs };
                return kept.is_some().then_some(row);
            };
            match merge(base, theirs, mine).chosen(side) {
                Some(cell) => row.cells.insert(column.clone(), cell),
                None => row.cells.remove(column),
            };
        }
        Some(row)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dpia::ids::RowId;
    use std::collections::BTreeMap;
    use uuid::Uuid;

    fn text(words: &str) -> Answer {
        Answer::Text(words.to_owned())
    }

    fn row(id: u128, cells: &[(&str, &str)]) -> Row {
        let cells: BTreeMap<String, Answer> = cells.iter().map(|(id, words)| ((*id).to_owned(), text(words))).collect();
        Row { id: RowId(Uuid::from_u128(id)), cells }
    }

    #[test]
    fn whose_words_are_taken_where_two_clash_takes_nothing_else_from_the_other() {
        let (base, theirs, mine) = (
            text("Kept for a year. Read by few. Deleted by hand."),
            text("Kept for two years. Read by few. Deleted by a job."),
            text("Kept for six years. Read by nobody. Deleted by hand."),
        );
        let merged = merge(Some(&base), Some(&theirs), Some(&mine));
        assert!(!merged.is_clean());
        assert_eq!(merged.chosen(Side::Mine), Some(text("Kept for six years. Read by nobody. Deleted by a job.")));
        assert_eq!(merged.chosen(Side::Theirs), Some(text("Kept for two years. Read by nobody. Deleted by a job.")));
    }

    #[test]
    fn a_row_that_the_other_added_and_a_cell_that_it_changed_stay() {
        let base = Answer::Rows(vec![row(1, &[("what", "Names"), ("why", "To call")]), row(2, &[("what", "Dates")])]);
        let theirs = Answer::Rows(vec![
            row(1, &[("what", "Full names"), ("why", "To call")]),
            row(2, &[("what", "Dates of birth")]),
            row(3, &[("what", "Notes")]),
        ]);
        let mine = Answer::Rows(vec![row(1, &[("what", "First names"), ("why", "To visit")])]);
        let merged = merge(Some(&base), Some(&theirs), Some(&mine));
        let (names, notes) = (|what: &str| row(1, &[("what", what), ("why", "To visit")]), row(3, &[("what", "Notes")]));
        assert_eq!(merged.chosen(Side::Mine), Some(Answer::Rows(vec![names("First names"), notes.clone()])));
        let kept = vec![names("Full names"), row(2, &[("what", "Dates of birth")]), notes];
        assert_eq!(merged.chosen(Side::Theirs), Some(Answer::Rows(kept)));
    }

    #[test]
    fn what_cannot_be_merged_is_one_or_the_other_whole() {
        let one = |id: &str| Answer::Choice(id.to_owned());
        let merged = merge(Some(&one("a")), Some(&one("b")), Some(&one("c")));
        assert_eq!((merged.chosen(Side::Theirs), merged.chosen(Side::Mine)), (Some(one("b")), Some(one("c"))));
        let merged = merge(Some(&one("a")), Some(&one("b")), None);
        assert_eq!(merged.chosen(Side::Mine), None, "it was emptied");
    }
}
