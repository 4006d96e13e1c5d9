//! What people change in the register: pure, no clock, no storage, no sentences.
//!
//! | module | what lives there |
//! |---|---|
//! | [`refusal`] | why an answer or a move is not taken: a closed list, each with a code |
//! | [`answers`] | answers of a form as text: days, lengths, sums |
//! | [`contract`], [`system`], [`skill`] | a record as groups of answers, and back |
//! | [`check`](mod@check) | whether what is said can be: days in order, sums, references |
//! | [`merge`](mod@merge) | two people's edits of one record, field by field |
//! | [`moves`] | extension taken up, replaced, ended early, still right |
//! | [`duplicates`] | records that are perhaps the same contract |
//! | [`past`] | a record at any point of its history, two points compared |
//! | [`mod@put_back`] | one change taken out of a value while what came later stays: merges taken back |
//! | [`mod@undo`] | one change taken back by a new one; what was changed again since is asked |
//! | [`place`] | what the hub does with proposals: confirm, or merge into a record that is known |
//!
//! An edit starts from the version its writer saw. [`merge::merge`] puts it on what stands now: different fields both stay,
//! the same field is for a person to choose. Whoever may edit is not decided here but in `people::access`.

pub mod answers;
pub mod check;
pub mod contract;
pub mod duplicates;
pub mod merge;
pub mod moves;
pub mod past;
pub mod place;
pub mod put_back;
pub mod refusal;
pub mod skill;
pub mod system;
pub mod undo;

pub use answers::Answers;
pub use merge::{Merged, merge};
pub use refusal::{Refusal, Refused};

#[cfg(test)]
pub(crate) mod tests;
