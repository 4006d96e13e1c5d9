//! The job that hands one message over: once, as far as SMTP allows.
//!
//! What is left of doubt is the moment between the server's answer and its being written down: a process that dies there
//! leaves a message that is handed over again, under the same Message-ID. Nothing is ever dropped in that doubt.

use super::{Smtp, Topic, smtp::Handed};
use crate::{
    assessments,
    jobs::{
        Problem,
        runner::{Context, LEASE},
    },
    reminders,
};
use domain::{
    people::{Membership, Person, PersonId, Scope},
    work::retry::back_off,
};
use store::{
    Store,
    jobs::{Ended, Job},
    outbox::{Mail, MailState},
};
use uuid::Uuid;

/// After so many attempts, some two days of them, a message is given up.
const ATTEMPTS: i64 = 16;

/// Hands over the message of a job. The job's end is written together with the message's.
///
/// # Errors
/// When the database fails; the message stays as it is.
pub async fn run(context: &Context, smtp: &Smtp, scope: &Scope, job: &Job) -> Result<(), Problem> {
    let (store, now) = (&context.app.store, || context.now());
    let id = job.payload.get("mail").and_then(serde_json::Value::as_str).and_then(|id| Uuid::parse_str(id).ok());
    let Some(id) = id else { return Err(Problem::for_good("the job names no message")) };
    let Some(mail) = store.waiting_mail(scope, id).await? else {
        store.end_job(scope, job, &Ended::Done, now()).await?;
        return Ok(());
    };
    if let Some(state) = no_longer_wanted(context, scope, &mail).await? {
        return settle(store, scope, job, &mail, state, None, now()).await;
    }
    // The lease is asked for once more right before: a process that stood still may have lost it.
    if !store.renew_job(scope, job, now(), LEASE).await? {
        return Ok(());
    }
    match smtp.hand_over(&mail).await {
        Handed::Accepted => {
            tracing::info!(mail = %id, topic = mail.mail.topic, "mail handed over");
            settle(store, scope, job, &mail, MailState::Sent, None, now()).await
        }
        Handed::Refused(answer) => {
            tracing::warn!(mail = %id, topic = mail.mail.topic, "the mail server refused a message for good");
            settle(store, scope, job, &mail, MailState::Refused, Some(&answer), now()).await
        }
        Handed::NotNow(reason) if job.attempts >= ATTEMPTS => {
            tracing::error!(mail = %id, attempts = job.attempts, "a message was given up");
            settle(store, scope, job, &mail, MailState::Refused, Some(&reason), now()).await
        }
        Handed::NotNow(reason) => {
            let at = now();
            let again = at + back_off(job.attempts, seed(id));
            tracing::warn!(mail = %id, attempts = job.attempts, again_in_seconds = (again - at) / 1000, "mail could not be handed over yet");
            store.end_job(scope, job, &Ended::Retry(again, reason), at).await?;
            Ok(())
        }
    }
}

/// Why a message need not be sent any more.
async fn no_longer_wanted(context: &Context, scope: &Scope, mail: &Mail) -> Result<Option<MailState>, store::Error> {
    let store = &context.app.store;
    if mail.mail.expires_at.is_some_and(|end| end <= context.now()) {
        return Ok(Some(MailState::Expired));
    }
    if Topic::parse(&mail.mail.topic).is_some_and(Topic::can_be_stopped) {
        let person = match mail.mail.person {
            Some(person) => Some(store.get::<Person>(scope, person).await?),
            None => None,
        };
        let unwanted = match person {
            Some(Some(person)) => {
                person.disabled_at.is_some()
                    || person.unwanted_mail.contains(&mail.mail.topic)
                    || !has_place(store, scope, &person, mail.mail.organisation).await?
            }
            // They are gone.
            Some(None) => true,
            None => store.stopped_at_address(scope, &mail.mail.recipient, &mail.mail.topic).await?,
        };
        if unwanted {
            return Ok(Some(MailState::Unwanted));
        }
    }
    if let Some(about) = &mail.mail.about
        && !(reminders::still_so(context, scope, about).await? && assessments::still_so(store, scope, about).await?)
    {
        return Ok(Some(MailState::Superseded));
    }
    Ok(None)
}

/// Whether somebody still has a place at the organisation that a message is about, or at any where it is about none: what goes on
/// there is no longer told to those who have left while their message waited.
async fn has_place(store: &Store, scope: &Scope, person: &Person, organisation: Option<Uuid>) -> Result<bool, store::Error> {
    let places: Vec<Membership> = store.by(scope, "person_id", person.id.to_string()).await?;
    Ok(places.iter().any(|place| place.active() && organisation.is_none_or(|organisation| place.organisation.0 == organisation)))
}

async fn settle(
    store: &Store,
    scope: &Scope,
    job: &Job,
    mail: &Mail,
    state: MailState,
    error: Option<&str>,
    at: i64,
) -> Result<(), Problem> {
    let mut write = store.write(scope, at).await?;
    if let Some(about) = mail.mail.about.as_ref().filter(|_| state == MailState::Superseded) {
        // What it was to say was not said to this person: the next look says what is so.
        if let Some(person) = mail.mail.person {
            for named in reminders::decisions(about) {
                write.unsay(PersonId(person), named.contract, &named.kind, &named.date, mail.created_at).await?;
            }
        }
        assessments::unsay(&mut write, about).await?;
    }
    if write.settle_mail(job, mail.id, state, error).await? && write.end_job(job, &Ended::Done).await? {
        write.commit().await?;
    } else {
        // Another process has the job now.
        write.abandon();
    }
    Ok(())
}

fn seed(id: Uuid) -> u64 {
    u64::from(id.as_fields().0) ^ id.as_u64_pair().1
}
