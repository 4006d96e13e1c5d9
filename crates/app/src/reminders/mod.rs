//! Reminders of contracts' decision dates, and once a month what to check: by mail, and on 'Your work'.
//!
//! A contract's manager hears of its dates; where it has none, whoever looks after its owning service, else the organisation's
//! contract managers, else its editors (`domain::work::asked`). What was missed the head of procurement hears too. Whoever hears of
//! several dates on one day gets one message, and the first of all is a summary, as when a register has just been read in.
//!
//! Whoever was given a date that no longer holds hears so, asked or not, and of a contract that is gone too.
//!
//! What was said is kept for each person. A message that waited until it was no longer true is dropped, and then only the person
//! whom it was for is told anew.

mod daily;
mod monthly;

pub use daily::{DAILY, colleague, decisions, remind, still_so};
pub use monthly::{MONTHLY, check, is_due};

use crate::state::App;
use domain::register::{
    records::Contract,
    reference::LeadTimes,
    terms::{Outlook, Period},
};
use jiff::civil::Date;

#[cfg(test)]
mod tests;

/// The lead time of buying a contract's successor.
#[must_use]
pub fn lead(app: &App, contract: &Contract) -> Period {
    let snapshot = app.snapshot();
    let core = contract
        .functions
        .iter()
        .filter_map(|id| snapshot.function(snapshot.function_by_id(*id)?))
        .any(|function| function.record.core);
    LeadTimes::shipped().for_route(contract.route.as_deref(), core).period
}

/// What a contract's term asks of its organisation on a day: nothing of what comes next where another contract took its place.
#[must_use]
pub fn outlook_of(app: &App, contract: &Contract, today: Date) -> Outlook {
    contract.outlook(lead(app, contract), today)
}
