//! From a row or a release to a draft, and from a draft to a change. Pure: no file, no database, no clock, no ids of its own.
//!
//! | module | what lives there |
//! |---|---|
//! | [`cells`] | reading cells: days, sums, lengths, yes and no |
//! | [`mapping`] | which column says what |
//! | [`draft`] | what a source says, names still text; rejections and warnings |
//! | [`rows`] | date order of columns, and a row's cells under a mapping |
//! | [`contracts`], [`systems`] | a row of a register or of the survey as a draft |
//! | [`skills`] | a row of a file of skills as a draft, and the draft beside what is stored |
//! | [`ocds`] | a compiled release as drafts of contracts and of a planned procurement |
//! | [`resolve`] | names to records: matched, or new and flagged |
//! | [`plan`], [`survey`] | drafts to steps, under the register's keys |
//! | [`apply`] | a draft beside the record it would touch: create, update, unchanged |
//! | [`replaced`] | what of earlier imports an import says anew |
//! | [`report`] | what an import says when it is done |
//!
//! The walk for a file of rows:
//! 1. [`mapping::Mapping::guess`] (or `given`), then `check`.
//! 2. [`rows::Scan`] goes through all rows once and decides each column's date order.
//! 3. [`contracts::read`] or [`systems::read`] makes a draft of each row, or a [`draft::Rejection`].
//! 4. [`plan::Planner`] (or [`survey::Survey`]) resolves names and finds the record by its key.
//! 5. [`apply::compare`] says what changes; the store applies it.
//!
//! Names of contacts in files are recognised as such and never kept.

pub mod apply;
pub mod cells;
pub mod contracts;
pub mod draft;
pub mod mapping;
pub mod ocds;
pub mod plan;
pub mod replaced;
pub mod report;
pub mod resolve;
pub mod rows;
pub mod skills;
pub mod survey;
pub mod systems;

#[cfg(test)]
mod tests;
