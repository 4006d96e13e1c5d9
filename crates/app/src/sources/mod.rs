//! Scheduled sources: read on time, page by page, into the register by the same import as everything else.
//!
//! A run fetches a page, keeps it with the address of the next one in one transaction, and goes on; a crash, a wait or a
//! restart loses nothing. After [`BATCH`] pages, and at the end, what was kept is imported for the source's organisation.

mod run;
mod tell;

pub use run::{KIND, put_due, run};

#[cfg(test)]
mod tests;

/// Pages that are imported together.
const BATCH: i64 = 50;
/// Pages that one run reads at most. A source that goes on after them leads round in circles or asks for too much: the run fails,
/// and its keepers hear of it.
#[cfg(not(test))]
const MOST: i64 = 5_000;
#[cfg(test)]
const MOST: i64 = 6;
/// Between two pages of a run: nobody's public service is pressed.
const PAUSE: std::time::Duration = if cfg!(test) { std::time::Duration::ZERO } else { std::time::Duration::from_millis(500) };
/// How long to wait where a server asks for it without saying how long: five minutes, as Contracts Finder wants.
const WAIT: i64 = 300_000;
/// For how long a run may stand still because the server asks it to wait, again and again: six hours. When it asks once more after
/// them the run has failed, its keepers hear of it, and the next one tries anew. A server that says once that it wants to be left alone
/// for longer than that is left alone, and nothing has failed.
const PATIENCE: i64 = 6 * 3_600_000;
