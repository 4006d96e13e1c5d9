//! Pure rules of City Tools, by subject. No I/O, no async, no clock of its own, no SQL, no HTTP.
//!
//! | module | what lives there |
//! |---|---|
//! | [`audit`] | what an entry of the change log says, and the hash chain over entries |
//! | [`dpia`] | data protection impact assessments: screening, templates, answers, risks |
//! | [`meet`] | two people change one thing at once |
//! | [`people`] | who may sign in, what they are where, what they may do: [`people::Scope`], [`people::may`] |
//! | [`register`] | organisations, products, systems, suppliers, contracts; dates; imports; the in-memory snapshot |
//! | [`text`] | what is kept out of texts: characters that nobody sees |
//! | [`work`] | what someone must do by a date: reminders, tasks |
//!
//! Functions take 'today' as an argument (`as_at`), return values, and refuse with closed enums; sentences for people are
//! made by the application. Dates are civil dates of Europe/London, instants are milliseconds of UTC, money is pence.

pub mod audit;
pub mod dpia;
mod ids;
pub mod meet;
pub mod people;
pub mod register;
pub mod text;
pub mod work;
