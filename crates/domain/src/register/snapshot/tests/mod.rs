//! Tests of the snapshot as a whole: every answer against the same question asked naively of the records.

mod applying;
mod lists;
mod naive;
mod questions;
mod random;
