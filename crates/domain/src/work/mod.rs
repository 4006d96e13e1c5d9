//! What someone must do by a date: reminders, tasks, and how the server's own jobs wait. Pure.
//!
//! | module | what lives there |
//! |---|---|
//! | [`retry`] | how long a job that failed waits |
//! | [`asked`] | who is asked about a contract |
//! | [`reminders`] | which decision date is heard of, when, and once |
//! | [`sources`] | addresses that registers are read from on a schedule |
//! | [`tasks`] | what is late, this week, later |

pub mod asked;
pub mod reminders;
pub mod retry;
pub mod sources;
pub mod tasks;
