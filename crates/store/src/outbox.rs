//! Mail on its way out: written in the transaction that causes it, handed over by a job of its own.
//!
//! The texts are kept only until the message is handed over or dropped; what remains says that there was one. An address to
//! unsubscribe at carries a token whose digest alone is stored.

use crate::{
    db::{Query as _, Store},
    error::{Error, Result},
    jobs::{Job, NewJob, machinery},
    records::{id, opt_id, opt_text},
    write::Write,
};
use domain::people::Scope;
use sea_orm::{QueryResult, Value};
use serde_json::{Value as Json, json};
use uuid::Uuid;

/// The kind of the jobs that hand mail over.
pub const MAIL_JOB: &str = "mail";

/// An address at which one topic of mail can be stopped.
#[derive(Clone, PartialEq, Eq)]
pub struct Unsubscribe {
    /// SHA-256 of the token in the address.
    pub digest: [u8; 32],
    /// The address, token and all.
    pub url: String,
}

impl std::fmt::Debug for Unsubscribe {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Unsubscribe(…)")
    }
}

/// A message ready to be kept and sent. `Debug` shows no text: it may hold a sign-in code.
#[derive(Clone, PartialEq)]
pub struct NewMail {
    /// What it is about, for choices: `sign-in`, `reminders`.
    pub topic: String,
    /// The person it is for, where there is one.
    pub person: Option<Uuid>,
    /// The organisation it is about, where there is one.
    pub organisation: Option<Uuid>,
    /// Their name, where it is known; no control characters.
    pub recipient_name: Option<String>,
    /// Their address.
    pub recipient: String,
    /// One line.
    pub subject: String,
    /// The plain part.
    pub text: String,
    /// The HTML part.
    pub html: String,
    /// Where it can be unsubscribed; none for security mail.
    pub unsubscribe: Option<Unsubscribe>,
    /// What must still hold when it is handed over.
    pub about: Option<Json>,
    /// After this instant it is of no more use.
    pub expires_at: Option<i64>,
}

impl std::fmt::Debug for NewMail {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NewMail").field("topic", &self.topic).finish_non_exhaustive()
    }
}

/// A message as it stands in the outbox.
#[derive(Clone, Debug, PartialEq)]
pub struct Mail {
    /// Its id; the Message-ID is made of it, so that a repeat can be told.
    pub id: Uuid,
    /// When it was written, milliseconds of UTC.
    pub created_at: i64,
    /// The message.
    pub mail: NewMail,
}

/// Whose mail an address to stop it at is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reader {
    /// A person: their record keeps what they do not want.
    Person(Uuid),
    /// Somebody of whom there is only an address.
    Address(String),
}

/// What became of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum MailState {
    /// Not handed over yet.
    Waiting,
    /// The mail server took it.
    Sent,
    /// The mail server refused it for good, or it was tried too often.
    Refused,
    /// It was of no more use.
    Expired,
    /// The recipient does not want mail of this topic.
    Unwanted,
    /// What it said was no longer true.
    Superseded,
}

impl MailState {
    /// Its name in the table.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            MailState::Waiting => "waiting",
            MailState::Sent => "sent",
            MailState::Refused => "refused",
            MailState::Expired => "expired",
            MailState::Unwanted => "unwanted",
            MailState::Superseded => "superseded",
        }
    }
}

impl Write {
    /// Puts a message into the outbox: it is sent if, and only if, this transaction is committed.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn mail(&mut self, mail: &NewMail) -> Result<Uuid> {
        let new = Uuid::now_v7();
        let sql = "insert into outbox (id, topic, person_id, organisation_id, recipient_name, recipient, subject, text_part, \
                   html_part, unsubscribe, unsubscribe_url, about, state, created_at, expires_at) \
                   values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, 'waiting', $13, $14)";
        let values = vec![
            id(new),
            mail.topic.as_str().into(),
            opt_id(mail.person),
            opt_id(mail.organisation),
            opt_text(&mail.recipient_name),
            mail.recipient.as_str().into(),
            mail.subject.as_str().into(),
            mail.text.as_str().into(),
            mail.html.as_str().into(),
            Value::Bytes(mail.unsubscribe.as_ref().map(|one| one.digest.to_vec())),
            Value::String(mail.unsubscribe.as_ref().map(|one| one.url.clone())),
            Value::String(mail.about.as_ref().map(Json::to_string)),
            self.at().into(),
            Value::BigInt(mail.expires_at),
        ];
        self.transaction().execute(sql, values).await?;
        let key = new.to_string();
        let job = NewJob { kind: MAIL_JOB, dedupe: Some(&key), payload: json!({ "mail": new }), run_at: self.at() };
        self.job(&job).await?;
        Ok(new)
    }

    /// Says what became of a message and forgets its texts, under the lease of its job; false when the lease was lost.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn settle_mail(&mut self, job: &Job, mail: Uuid, state: MailState, error: Option<&str>) -> Result<bool> {
        if !self.holds(job).await? {
            return Ok(false);
        }
        let sql = "update outbox set state = $1, finished_at = $2, last_error = $3, text_part = '', html_part = '', \
                   unsubscribe_url = null where id = $4 and state = 'waiting'";
        let values = vec![
            state.as_str().into(),
            self.at().into(),
            Value::String(error.map(|error| error.chars().take(500).collect())),
            id(mail),
        ];
        self.transaction().execute(sql, values).await?;
        Ok(true)
    }

    /// Says whether an address of no person wants mail of a topic; people's choices stand in their records.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn choose_at_address(&mut self, address: &str, topic: &str, wanted: bool) -> Result<()> {
        let sql = "insert into mail_choice (address, topic, wanted, changed_at) values ($1, $2, $3, $4) \
                   on conflict (address, topic) do update set wanted = excluded.wanted, changed_at = excluded.changed_at";
        let values = vec![address.to_lowercase().into(), topic.into(), wanted.into(), self.at().into()];
        self.transaction().execute(sql, values).await?;
        Ok(())
    }
}

const COLUMNS: &str = "id, topic, person_id, organisation_id, recipient_name, recipient, subject, text_part, html_part, \
                       unsubscribe, unsubscribe_url, about, created_at, expires_at";

impl Store {
    /// Subject and plain part of the latest message to an address that still waits; for the command line and tests, whose scope
    /// is the server's own.
    ///
    /// # Errors
    /// [`Error::Forbidden`] for anyone else.
    pub async fn last_mail(&self, scope: &Scope, recipient: &str) -> Result<Option<(String, String)>> {
        if !scope.is_server() {
            return Err(Error::Forbidden);
        }
        let sql = "select subject, text_part from outbox where recipient = $1 and state = 'waiting' order by created_at desc, id desc limit 1";
        let row = self.row(sql, vec![recipient.into()]).await?;
        row.map(|row| Ok((row.try_get_by_index(0)?, row.try_get_by_index(1)?))).transpose()
    }

    /// A message that waits to be handed over.
    ///
    /// # Errors
    /// When the scope may not see mail or the database fails.
    pub async fn waiting_mail(&self, scope: &Scope, mail: Uuid) -> Result<Option<Mail>> {
        machinery(scope)?;
        let sql = format!("select {COLUMNS} from outbox where id = $1 and state = 'waiting'");
        self.row(&sql, vec![id(mail)]).await?.map(|row| read(&row)).transpose()
    }

    /// How many messages stand where.
    ///
    /// # Errors
    /// When the scope may not see mail or the database fails.
    pub async fn outbox(&self, scope: &Scope) -> Result<Vec<(String, i64)>> {
        machinery(scope)?;
        let rows = self.rows("select state, count(*) from outbox group by state order by state", vec![]).await?;
        rows.iter().map(|row| Ok((row.try_get_by_index(0)?, row.try_get_by_index(1)?))).collect()
    }

    /// Whose mail, of which topic, the token of this digest may stop. Knowing the token is the permission.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn unsubscribing(&self, _scope: &Scope, digest: [u8; 32]) -> Result<Option<(Reader, String)>> {
        let sql = "select person_id, recipient, topic from outbox where unsubscribe = $1";
        let Some(row) = self.row(sql, vec![digest.to_vec().into()]).await? else { return Ok(None) };
        let (person, recipient, topic): (Option<String>, String, String) =
            (row.try_get_by_index(0)?, row.try_get_by_index(1)?, row.try_get_by_index(2)?);
        let person = person.and_then(|person| Uuid::parse_str(&person).ok());
        Ok(Some((person.map_or_else(|| Reader::Address(recipient.to_lowercase()), Reader::Person), topic)))
    }

    /// Whether an address of no person does not want mail of a topic.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn stopped_at_address(&self, _scope: &Scope, address: &str, topic: &str) -> Result<bool> {
        let sql = "select wanted from mail_choice where address = $1 and topic = $2";
        let row = self.row(sql, vec![address.to_lowercase().into(), topic.into()]).await?;
        let wanted: Option<bool> = row.map(|row| row.try_get_by_index(0)).transpose()?;
        Ok(wanted == Some(false))
    }

    /// Forgets messages that were finished before an instant.
    ///
    /// # Errors
    /// When the scope may not or the database fails.
    pub async fn forget_mail(&self, scope: &Scope, before: i64) -> Result<u64> {
        machinery(scope)?;
        let transaction = self.begin().await?;
        let sql = "delete from outbox where state <> 'waiting' and finished_at < $1";
        let done = transaction.execute(sql, vec![before.into()]).await?;
        transaction.commit().await?;
        Ok(done.rows_affected())
    }
}

fn read(row: &QueryResult) -> Result<Mail> {
    let key: String = row.try_get_by_index(0)?;
    let corrupt = |reason: String| Error::Corrupt { table: "outbox", id: key.clone(), reason };
    let optional = |index: usize| -> Result<Option<String>> { Ok(row.try_get_by_index(index)?) };
    let opt_uuid = |index: usize| -> Result<Option<Uuid>> {
        optional(index)?.map(|text| Uuid::parse_str(&text).map_err(|error| corrupt(error.to_string()))).transpose()
    };
    let digest: Option<Vec<u8>> = row.try_get_by_index(9)?;
    let unsubscribe = match (digest.map(<[u8; 32]>::try_from), optional(10)?) {
        (Some(Ok(digest)), Some(url)) => Some(Unsubscribe { digest, url }),
        _ => None,
    };
    Ok(Mail {
        id: Uuid::parse_str(&key).map_err(|error| corrupt(error.to_string()))?,
        created_at: row.try_get_by_index(12)?,
        mail: NewMail {
            topic: row.try_get_by_index(1)?,
            person: opt_uuid(2)?,
            organisation: opt_uuid(3)?,
            recipient_name: optional(4)?,
            recipient: row.try_get_by_index(5)?,
            subject: row.try_get_by_index(6)?,
            text: row.try_get_by_index(7)?,
            html: row.try_get_by_index(8)?,
            unsubscribe,
            about: optional(11)?
                .map(|text| serde_json::from_str(&text).map_err(|error| corrupt(error.to_string())))
                .transpose()?,
            expires_at: row.try_get_by_index(13)?,
        },
    })
}
