//! A message sealed for the outbox.

use super::{
    MailError, Recipient, Topic,
    compose::{Footer, compose},
};
use domain::register::ids::OrganisationId;
use serde::Serialize;
use sha2::{Digest, Sha256};
use store::outbox::{NewMail, Unsubscribe};
use uuid::Uuid;

/// What is to be said to whom.
pub struct Letter<V> {
    /// What it is about.
    pub topic: Topic,
    /// The template in `messages/`, without its ending.
    pub template: &'static str,
    /// Who it goes to.
    pub to: Recipient,
    /// The person it goes to, where they have a record: their choices count.
    pub person: Option<Uuid>,
    /// The organisation it is about.
    pub organisation: Option<OrganisationId>,
    /// What must still hold when it is handed over (see [`super::deliver`]).
    pub about: Option<serde_json::Value>,
    /// After this instant it is of no more use.
    pub expires_at: Option<i64>,
    /// What the template is filled in with.
    pub values: V,
}

impl<V: Serialize> Letter<V> {
    /// Writes it out, with an address of its own at which the topic can be stopped.
    ///
    /// # Errors
    /// When the template is at fault.
    pub fn seal(self, public_url: &str) -> Result<NewMail, MailError> {
        let unsubscribe = if self.topic.can_be_stopped() { Some(stopping(public_url)?) } else { None };
        let footer = Footer { home: public_url.to_owned(), unsubscribe: unsubscribe.as_ref().map(|one| one.url.clone()) };
        let parts = compose(self.template, self.values, &footer)?;
        Ok(NewMail {
            topic: self.topic.as_str().to_owned(),
            person: self.person,
            organisation: self.organisation.map(|id| id.0),
            recipient_name: self.to.name().map(str::to_owned),
            recipient: self.to.address().to_owned(),
            subject: parts.subject,
            text: parts.text,
            html: parts.html,
            unsubscribe,
            about: self.about,
            expires_at: self.expires_at,
        })
    }
}

/// A new address to stop a topic at; its token has 256 bits and is stored as a digest alone.
fn stopping(public_url: &str) -> Result<Unsubscribe, MailError> {
    let mut token = [0; 32];
    getrandom::fill(&mut token).map_err(|_| MailError::Random)?;
    let token = domain::audit::hex(&token);
    Ok(Unsubscribe { digest: digest(&token), url: format!("{public_url}/mail/stop/{token}") })
}

/// What is stored of a token.
#[must_use]
pub fn digest(token: &str) -> [u8; 32] {
    Sha256::digest(token).into()
}
