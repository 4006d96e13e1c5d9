//! `citytools mail …`: whether mail goes out, for whoever runs the server.

use super::{Context, Format, Outcome, Report, print_json};
use crate::mail::{Letter, Recipient, Topic, smtp::Handed};
use anyhow::{Context as _, Result, bail};
use clap::{Args, Subcommand};
use serde_json::json;
use std::collections::BTreeMap;
use store::outbox::{MAIL_JOB, Mail, MailState};

/// What `mail` does.
#[derive(Subcommand, Debug)]
pub enum Command {
    /// How many messages wait, were sent, refused, or dropped as no longer wanted or true
    Status(Report),
    /// Hand a message to the mail server of the settings now, and say what it answers
    Test(Test),
}

/// What a test takes.
#[derive(Args, Debug)]
pub struct Test {
    /// Whom it goes to
    address: String,
    #[command(flatten)]
    report: Report,
}

/// Does it.
pub async fn run(context: &Context, command: Command) -> Result<Outcome> {
    match command {
        Command::Status(report) => status(context, report.format).await,
        Command::Test(test) => send(context, &test).await,
    }
}

async fn status(context: &Context, format: Format) -> Result<Outcome> {
    let server = crate::mail::server_of(&context.file)?.map(|smtp| smtp.server());
    let store = context.open().await?;
    let scope = crate::jobs::runner::Context::scope(MAIL_JOB);
    let found: BTreeMap<String, i64> = store.outbox(&scope).await?.into_iter().collect();
    store.close().await?;
    let states =
        [MailState::Waiting, MailState::Sent, MailState::Refused, MailState::Expired, MailState::Unwanted, MailState::Superseded];
    let count = |state: MailState| found.get(state.as_str()).copied().unwrap_or(0);
    match format {
        Format::Json => {
            let counts: BTreeMap<&str, i64> = states.into_iter().map(|state| (state.as_str(), count(state))).collect();
            print_json(&json!({ "server": server, "messages": counts }))?;
        }
        Format::Text => {
            say!("mail server: {}", server.as_deref().unwrap_or("none; set smtp-url and mail-from, messages wait until then"));
            for state in states {
                say!("{}: {}", state.as_str(), count(state));
            }
        }
    }
    Ok(Outcome::Done)
}

async fn send(context: &Context, test: &Test) -> Result<Outcome> {
    let Some(smtp) = crate::mail::server_of(&context.file)? else {
        bail!(
            "no mail server is set: give smtp-url and mail-from in the settings, or CITYTOOLS_SMTP_URL and CITYTOOLS_MAIL_FROM"
        );
    };
    let to = Recipient::new(None, &test.address).ok().with_context(|| format!("'{}' is no address of mail", test.address))?;
    let home = context.file.home();
    let letter = Letter {
        topic: Topic::Security,
        template: "test",
        to,
        person: None,
        organisation: None,
        about: None,
        expires_at: None,
        values: json!({ "server": smtp.server() }),
    };
    // Past the outbox: nothing is kept, and what the server says is said at once.
    let mail = Mail { id: uuid::Uuid::now_v7(), created_at: context.clock.now(), mail: letter.seal(&home)? };
    match smtp.hand_over(&mail).await {
        Handed::Accepted => {}
        Handed::Refused(answer) => bail!("{} refused the message: {answer}", smtp.server()),
        Handed::NotNow(reason) => bail!("{} did not take the message: {reason}", smtp.server()),
    }
    match test.report.format {
        Format::Json => print_json(&json!({ "server": smtp.server(), "accepted": true }))?,
        Format::Text => say!("{} took the message. Look whether it arrives at {}.", smtp.server(), test.address),
    }
    Ok(Outcome::Done)
}
