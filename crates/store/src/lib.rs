//! SQL and migrations, and the change log, over SQLite and PostgreSQL. The only crate that knows SQL.
//!
//! | module | what lives there |
//! |---|---|
//! | [`db`] | connections to both databases, the guard at start |
//! | [`migrations`] | one append-only set of migrations for both |
//! | [`records`] | how each record stands in its table: one file a subject |
//! | [`write`](mod@write) | the writing transaction: tables and change log together or not at all |
//! | [`read`] | single records, keys for imports |
//! | `whole` | every record of a kind: for the snapshot, exports and checks |
//! | [`jobs`] | work without a request: leases with fences, dedupe keys, back-off |
//! | [`outbox`] | mail, written in the transaction that causes it |
//! | [`sources`] | scheduled sources and where their runs stand |
//! | [`reminders`] | what was said of contracts' decision dates |
//! | [`calendars`] | whose calendar a token is |
//! | [`log`] | reading the change log: history, what came since, a whole import |
//! | [`scim`] | provisioning by an organisation's directory |
//! | [`sessions`] | signed-in browsers, forms held while a session had ended |
//! | [`dpia`] | projects and assessments: one whole, answers saved while others save, one held for a move |
//! | [`sign_in`] | codes, accounts, second factors, links, limits |
//! | [`undo`] | taking an import, or a merge, back whole |
//! | [`merge`](mod@merge) | one supplier, product or function in the place of another |
//! | [`drafts`] | new records while their questions are being answered |
//! | [`typed`] | what somebody typed into a form and has not sent |
//! | `erase` | erasing content from the change log, whose chain still verifies |
//! | `error` | what can go wrong, said so that whoever runs the server knows what to do |
//! | [`check`] | chains, foreign keys, derived data |
//! | [`backup`] | backup while serving, restore, signed heads |
//!
//! Whatever is read or begun is read or begun for a [`domain::people::Scope`]; `docs/DESIGN.md` says what takes none. No rule of the register lives here: what a change is, was
//! decided in `domain`; this crate makes it durable.

pub mod backup;
pub mod calendars;
pub mod check;
pub mod db;
pub mod dpia;
pub mod drafts;
pub mod erase;
pub mod error;
pub mod jobs;
pub mod log;
pub mod merge;
pub mod migrations;
pub mod outbox;
pub mod read;
pub mod records;
pub mod reminders;
pub mod scim;
pub mod sessions;
pub mod sign_in;
pub mod sources;
pub mod typed;
pub mod undo;
mod whole;
pub mod write;

pub use db::Store;
pub use error::Error;
pub use read::Keyed;
pub use records::Record;
pub use write::{Committed, Write};
