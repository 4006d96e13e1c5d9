//! What happens to a contract, said in one go: an extension is taken up, it is replaced, it ends early, it is still right.

use super::{Refusal, Refused, merge};
use crate::register::{
    ids::ContractId,
    import::apply::Fields,
    records::{Contract, Skill, System},
    terms::{Extension, ExtensionKind, TermKind, add_months},
};
use jiff::civil::Date;

/// The option that would be taken up next, with its place; none once the contract was ended early.
#[must_use]
pub fn next_option(contract: &Contract) -> Option<(usize, &Extension)> {
    let open = contract.term.terminated.is_none();
    contract.term.extensions.iter().enumerate().find(|(_, extension)| open && !extension.used)
}

/// The option is used: the end moves by its months. Of an 'up to' option a part may be taken; `rest` says whether what is
/// left of it may still be taken later.
///
/// # Errors
/// Where the option is not the next one, its months do not allow it, or the end is not known.
pub fn take_up(contract: &Contract, place: usize, months: u16, rest: bool) -> Result<Contract, Refused> {
    let refuse = |field: &str, why| Err(Refused::new(field, why));
    if contract.term.terminated.is_some() {
        return refuse("option", Refusal::Terminated);
    }
    let Some(end) = contract.term.end else { return refuse("option", Refusal::EndNotKnown) };
    let Some((next, option)) = next_option(contract) else { return refuse("option", Refusal::NoOption) };
    if next != place {
        return refuse("option", Refusal::NotTheNextOption);
    }
    if months == 0 {
        return refuse("months", Refusal::OutOfRange { from: 1, to: option.months.into() });
    }
    if months > option.months {
        return refuse("months", Refusal::MoreThanTheOption { months: option.months });
    }
    if option.kind == ExtensionKind::Whole && months != option.months {
        return refuse("months", Refusal::WholeOnly { months: option.months });
    }
    let mut after = contract.clone();
    after.term.end = Some(add_months(end, months.into()));
    if let Some(extension) = after.term.extensions.get_mut(place) {
        let left = extension.months - months;
        extension.months = months;
        extension.used = true;
        if rest && left > 0 {
            let open = Extension { months: left, used: false, ..extension.clone() };
            after.term.extensions.insert(place + 1, open);
        }
    }
    merge::sign(&mut after, &["end", "extensions"], merge::PERSON);
    Ok(after)
}

/// The contract's place was taken by another of the same organisation; where one was named before, it was the wrong one. `next` finds a
/// contract's own successor, so that no chain leads back.
///
/// # Errors
/// Where the other is of another organisation, the same one, or itself replaced by this one.
pub fn replace(
    contract: &Contract,
    by: &Contract,
    next: impl Fn(ContractId) -> Option<ContractId>,
    as_at: Date,
) -> Result<Contract, Refused> {
    let refuse = |why| Err(Refused::new("replacement", why));
    if by.organisation != contract.organisation || by.notice_of.is_some() {
        return refuse(Refusal::NoSuchRecord);
    }
    let (mut at, mut steps) = (Some(by.id), 0);
    while let Some(id) = at {
        // A chain of a hundred successors is a ring that was written some other way.
        if id == contract.id || steps > 100 {
            return refuse(Refusal::ReplacesItself);
        }
        at = if id == by.id { by.replaced_by } else { next(id) };
        steps += 1;
    }
    let mut after = contract.clone();
    after.replaced_by = Some(by.id);
    // What it buys is bought under the other one, from that one's start on.
    if by.term.start.is_none_or(|start| start <= as_at) && contract.term.current_end().is_some_and(|end| end < as_at) {
        after.term.in_use = Some(false);
        merge::sign(&mut after, &["in_use"], merge::PERSON);
    }
    Ok(after)
}

/// The contract ended, or is to end, before its time; where another day was named before, it was the wrong one.
///
/// # Errors
/// Where the day lies before its start or after its current end.
pub fn terminate(contract: &Contract, on: Date) -> Result<Contract, Refused> {
    let refuse = |why| Err(Refused::new("terminated", why));
    if let Some(start) = contract.term.start.filter(|start| on < *start) {
        return refuse(Refusal::Before { field: "start", day: start });
    }
    let bound = matches!(contract.term.kind, TermKind::Fixed | TermKind::NotKnown);
    if let Some(end) = contract.term.end.filter(|end| bound && on > *end) {
        return refuse(Refusal::After { field: "end", day: end });
    }
    let mut after = contract.clone();
    after.term.terminated = Some(on);
    merge::sign(&mut after, &["terminated"], merge::PERSON);
    Ok(after)
}

/// A record of which someone can say that it is still right.
pub trait Confirmable: Clone {
    /// The day on which someone last did.
    fn confirmed(&self) -> Option<Date>;
    /// Says so.
    fn confirm(&mut self, on: Date);
}

macro_rules! confirmable {
    ($($record:ty),*) => {$(
        impl Confirmable for $record {
            fn confirmed(&self) -> Option<Date> { self.confirmed }
            fn confirm(&mut self, on: Date) { self.confirmed = Some(on); }
        }
    )*};
}
confirmable!(Contract, System, Skill);

/// The record as someone says today that it is right; none where someone did so today already.
#[must_use]
pub fn still_right<T: Confirmable>(record: &T, as_at: Date) -> Option<T> {
    if record.confirmed() == Some(as_at) {
        return None;
    }
    let mut after = record.clone();
    after.confirm(as_at);
    Some(after)
}

/// Fields in which a move changed a record; for messages and logs.
#[must_use]
pub fn changed<T: Fields>(before: &T, after: &T) -> Vec<&'static str> {
    merge::differing(before, after)
}
