//! Work without a request.
//!
//! | module | what lives there |
//! |---|---|
//! | [`refresh`] | keeps this process's snapshot of the register up to date |
//! | [`runner`] | takes jobs from the table, runs them under a lease, says how they ended |
//! | [`schedule`] | puts what is due by the calendar into the table |

pub mod refresh;
pub mod runner;
pub mod schedule;

#[cfg(test)]
mod tests;

/// Why an attempt at a job failed.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub struct Problem {
    /// In one line; kept with the job, so it holds nothing private.
    pub message: String,
    /// Whether trying again is of no use.
    pub for_good: bool,
}

impl Problem {
    /// A problem that trying again does not solve.
    #[must_use]
    pub fn for_good(message: impl Into<String>) -> Self {
        Self { message: message.into(), for_good: true }
    }

    /// A problem that may be gone next time.
    #[must_use]
    pub fn for_now(message: impl Into<String>) -> Self {
        Self { message: message.into(), for_good: false }
    }
}

impl From<store::Error> for Problem {
    fn from(error: store::Error) -> Self {
        Self::for_now(error.to_string())
    }
}
