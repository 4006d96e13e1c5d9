//! Mail: from a template to a message in the outbox, and from the outbox to an SMTP server.
//!
//! | module | what lives there |
//! |---|---|
//! | [`topic`] | what mail can be about; which of it can be stopped |
//! | [`people`] | who hears of something: the holders of a role |
//! | [`recipient`] | who it goes to; names and addresses that would forge a header are refused |
//! | [`compose`] | a template of `messages/` to subject, plain part and HTML part |
//! | [`letter`] | a message sealed for the outbox, with the address at which it can be stopped |
//! | [`smtp`] | the SMTP server of the settings |
//! | [`deliver`] | the job that hands one message over |
//!
//! Whoever wants to send mail seals a [`Letter`] and gives it to `Write::mail` in the transaction that is its reason. Nothing
//! here sends anything at once.

pub mod compose;
pub mod deliver;
pub mod letter;
pub mod people;
pub mod recipient;
pub mod smtp;
pub mod topic;

pub use letter::Letter;
pub use recipient::Recipient;
pub use smtp::Smtp;
pub use topic::Topic;

use crate::config::{File, Secret};
use anyhow::Context as _;

#[cfg(test)]
mod tests;
#[cfg(test)]
mod typed_tests;

/// Why a message cannot be written.
#[derive(Debug, thiserror::Error)]
pub enum MailError {
    /// A name or an address that cannot be one.
    #[error("this {0} cannot stand in a message")]
    Recipient(&'static str),
    /// The template is at fault.
    #[error("the message '{0}' cannot be written: {1}")]
    Template(String, String),
    /// No random numbers to be had.
    #[error("no random numbers to be had")]
    Random,
}

/// The mail server of the settings, or of `CITYTOOLS_SMTP_URL` and `CITYTOOLS_MAIL_FROM`; none where neither names one.
///
/// # Errors
/// When what is named cannot be one.
pub fn server_of(file: &File) -> anyhow::Result<Option<Smtp>> {
    let url = std::env::var("CITYTOOLS_SMTP_URL").ok().map(Secret::from).or_else(|| file.smtp_url.clone());
    let Some(url) = url else { return Ok(None) };
    let from = std::env::var("CITYTOOLS_MAIL_FROM").ok().or_else(|| file.mail_from.clone());
    let from = from.context("smtp-url is set, but not mail-from: write City Tools <tools@council.example>")?;
    Smtp::new(url.reveal(), &from).map(Some)
}
