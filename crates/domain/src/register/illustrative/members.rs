//! Who is in the made-up network, and since when: most councils, one of which has left, so that 'members only' has something to
//! part. It says nothing about who is in the real one.

use super::ends::months;
use crate::register::records::{Organisation, OrganisationKind};
use jiff::civil::{Date, date};

/// The councils whose membership of the network is made up, as they are with it, in the order of their names in addresses. A
/// council whose membership is known keeps it.
#[must_use]
pub fn members(as_at: Date, organisations: &[Organisation]) -> Vec<Organisation> {
    let mut councils: Vec<&Organisation> = organisations.iter().filter(|one| one.kind == OrganisationKind::Council).collect();
    councils.sort_by(|one, other| one.slug.cmp(&other.slug));
    let known = |one: &Organisation| one.member_from.is_some() || one.member_until.is_some();
    let made = councils.into_iter().zip(0i16..).filter(|(council, _)| !known(council)).filter_map(|(council, number)| {
        // One in six stands outside; the second of those was in it once.
        let (outside, left) = (number % 6 == 4, number == 10);
        let from = date(as_at.year() - 3 - number % 4, 4, 1);
        let until = left.then(|| months(as_at, -14).last_of_month());
        (left || !outside).then(|| Organisation { member_from: Some(from), member_until: until, ..council.clone() })
    });
    made.collect()
}
