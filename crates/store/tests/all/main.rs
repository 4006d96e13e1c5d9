//! The store from outside, on both databases. One program: each would be linked anew with everything below the store.

mod backup_whole;
mod changes;
mod checked;
mod dpia;
mod editing;
mod held;
mod jobs;
mod public_dates;
mod undone;
