//! `/work/{token}.ics`: a personal calendar, read by a program that carries no cookie (security test S49).
//!
//! The token in the address is all it has; its digest alone is stored. Each reading looks up what its person may see *now*:
//! a revoked place, a disabled person or a stopped calendar shows on the next reading. It never writes anything but when it was
//! last read.

use super::{dates_of, words};
use crate::{error::Failure, mail::letter::digest, state::App};
use axum::{
    extract::{Path, State},
    http::header,
    response::IntoResponse,
};
use documents::ics::{Calendar, Event};
use domain::people::{ApiTokenId, Scope, Via};
use jiff::Timestamp;

/// The calendar of a token.
///
/// # Errors
/// Not found for a token that is none, or no longer one.
pub async fn feed(State(app): State<App>, Path(file): Path<String>) -> Result<impl IntoResponse, Failure> {
    let token = file.strip_suffix(".ics").ok_or_else(Failure::not_found)?;
    let now = app.clock.now();
    let found = app.store.calendar_of(digest(token), now).await?.ok_or_else(Failure::not_found)?;
    let via = Via::ReadToken(ApiTokenId(found.id));
    let member = app.store.member(found.person, None, found.second_factor, 0, via).await?.ok_or_else(Failure::not_found)?;
    let scope = Scope::Member(Box::new(member.clone()));
    let mut events = Vec::new();
    for task in dates_of(&app, &scope, &member).await? {
        let (Some(date), None) = (task.due, task.waiting_since) else { continue };
        let (summary, description) = words(&app, &task)?;
        events.push(Event {
            uid: format!("{}@{}", task.key.replace('/', "-"), found.id),
            date,
            summary,
            description,
            url: format!("{}{}", app.public_url, task.href),
            sequence: 0,
            stamp: Timestamp::from_millisecond(now).unwrap_or(Timestamp::UNIX_EPOCH),
        });
    }
    events.sort_by_key(|event| event.date);
    // The address is a secret: it stands in no file that is passed on.
    let calendar = Calendar { name: "Your work, City Tools".to_owned(), source_url: String::new(), events };
    let headers = [
        (header::CONTENT_TYPE, "text/calendar; charset=utf-8"),
        (header::CACHE_CONTROL, "private, no-store"),
        (header::REFERRER_POLICY, "no-referrer"),
    ];
    Ok((headers, calendar.to_string()))
}
