//! Three-way merges of answers: what the text that stands ('theirs') and the one sent now ('mine') made of their common start.
//!
//! | kind of answer | what fits | what clashes |
//! |---|---|---|
//! | long text | changes with an unchanged word, or a sentence's end, between them | changes to the same words; see [`text`] |
//! | lists (many, people, organisations, systems, suppliers) | everything: additions and removals of both hold | nothing |
//! | tables | rows by their id, cell by cell | the same cell; a row that one changed and the other removed |
//! | choice, yes/no/unsure, date | the same new value | two different ones |
//!
//! Nothing here decides for people. Where something clashes, the merged answer keeps what stands and everything that fits, and
//! each clash carries all three versions.

pub mod text;
pub(crate) mod words;

mod chosen;
mod rows;
#[cfg(test)]
mod tests;

pub use chosen::Side;
pub use text::{Changed, Merge, Region};

use super::{
    answer::{Answer, Row},
    ids::RowId,
};
use serde::{Deserialize, Serialize};

/// Two answers merged.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Merged {
    /// Everything that fits. A clash of long text holds both passages one after the other; any other clash holds what stands.
    pub answer: Option<Answer>,
    /// What a person must settle.
    pub clashes: Vec<Clashing>,
    /// For long text: every stretch and who changed it.
    pub text: Option<Merge>,
}

/// Something that both changed in ways that do not fit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Clashing {
    /// The row, in a table.
    pub row: Option<RowId>,
    /// The column, where one cell clashes; none where one removed the row that the other changed.
    pub column: Option<String>,
    /// What it was at the common start.
    pub base: Option<Answer>,
    /// What stands.
    pub theirs: Option<Answer>,
    /// What was sent now.
    pub mine: Option<Answer>,
}

impl Merged {
    fn clean(answer: Option<Answer>) -> Self {
        Self { answer, clashes: Vec::new(), text: None }
    }

    /// Whether everything fits.
    #[must_use]
    pub fn is_clean(&self) -> bool {
        self.clashes.is_empty()
    }
}

/// Merges two answers over their common start; none is a field without an answer.
#[must_use]
pub fn merge(base: Option<&Answer>, theirs: Option<&Answer>, mine: Option<&Answer>) -> Merged {
    if theirs == mine || mine == base {
        return Merged::clean(theirs.cloned());
    }
    if theirs == base {
        return Merged::clean(mine.cloned());
    }
    // One of the two has an answer; its kind says how to merge. A missing one is an empty one of that kind.
    let clash = || Clashing { row: None, column: None, base: base.cloned(), theirs: theirs.cloned(), mine: mine.cloned() };
    macro_rules! lists {
        ($($kind:ident)|*) => {
            match theirs.or(mine) {
                $(Some(Answer::$kind(_)) if fits(base, theirs, mine, |answer| matches!(answer, Answer::$kind(_))) => {
                    let of = |answer: Option<&Answer>| match answer {
                        Some(Answer::$kind(list)) => list.clone(),
                        _ => Vec::new(),
                    };
                    let list = list(&of(base), &of(theirs), &of(mine));
                    return Merged::clean((!list.is_empty()).then_some(Answer::$kind(list)));
                })*
                _ => {}
            }
        };
    }
    lists!(Many | People | Organisations | Systems | Suppliers);
    if fits(base, theirs, mine, |answer| matches!(answer, Answer::Text(_))) {
        let merge = text::merge(words(base), words(theirs), words(mine));
        let clashes = if merge.is_clean() { Vec::new() } else { vec![clash()] };
        let answer = (!merge.text.is_empty()).then(|| Answer::Text(merge.text.clone()));
        return Merged { answer, clashes, text: Some(merge) };
    }
    if fits(base, theirs, mine, |answer| matches!(answer, Answer::Rows(_))) {
        let (rows, clashes) = rows::merge(table(base), table(theirs), table(mine));
        return Merged { answer: (!rows.is_empty()).then_some(Answer::Rows(rows)), clashes, text: None };
    }
    Merged { answer: theirs.cloned(), clashes: vec![clash()], text: None }
}

/// Whether all that is there is of one kind.
fn fits(base: Option<&Answer>, theirs: Option<&Answer>, mine: Option<&Answer>, kind: impl Fn(&Answer) -> bool) -> bool {
    [base, theirs, mine].into_iter().flatten().all(kind)
}

fn words(answer: Option<&Answer>) -> &str {
    match answer {
        Some(Answer::Text(text)) => text,
        _ => "",
    }
}

fn table(answer: Option<&Answer>) -> &[Row] {
    match answer {
        Some(Answer::Rows(rows)) => rows,
        _ => &[],
    }
}

/// A list with the additions and removals of both: what stands keeps its order, what was added now comes last.
fn list<T: Clone + PartialEq>(base: &[T], theirs: &[T], mine: &[T]) -> Vec<T> {
    let kept = theirs.iter().filter(|one| mine.contains(one) || !base.contains(one));
    let added = mine.iter().filter(|one| !theirs.contains(one) && !base.contains(one));
    let mut merged: Vec<T> = Vec::new();
    for one in kept.chain(added) {
        if !merged.contains(one) {
            merged.push(one.clone());
        }
    }
    merged
}
