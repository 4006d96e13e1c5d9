//! Who takes part, compared: between two states of an assessment organisations join, leave, or become something else to the processing.

use crate::{
    dpia::assessment::{Joined, Party, PartyRole},
    register::ids::OrganisationId,
};

/// What became of an organisation between two states.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Change {
    /// Which.
    pub organisation: OrganisationId,
    /// What it was to the processing in the older state; none where it took no part.
    pub before: Option<PartyRole>,
    /// What it is in the newer one; none where it takes no part any more.
    pub after: Option<PartyRole>,
    /// When it joined or left, milliseconds of UTC; none where only its role changed, or the newer state does not know.
    pub at: Option<i64>,
}

/// The organisations that take part in one of two states alone, or as something else; in the order of the states.
#[must_use]
pub fn compare(older: &[Party], newer: &[Party]) -> Vec<Change> {
    let role = |parties: &[Party], organisation: OrganisationId| {
        let found = parties.iter().find(|party| party.organisation == organisation && party.joined == Joined::Accepted);
        found.map(|party| party.role)
    };
    let mut seen: Vec<OrganisationId> = Vec::new();
    let mut changes = Vec::new();
    for party in older.iter().chain(newer) {
        let organisation = party.organisation;
        if seen.contains(&organisation) {
            continue;
        }
        seen.push(organisation);
        let (before, after) = (role(older, organisation), role(newer, organisation));
        if before == after {
            continue;
        }
        let now = newer.iter().find(|party| party.organisation == organisation);
        let at = now.and_then(|party| match (before, after) {
            (None, Some(_)) => Some(party.since),
            (Some(_), None) => party.left(),
            _ => None,
        });
        changes.push(Change { organisation, before, after, at });
    }
    changes
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dpia::assessment::tests::organisation;

    #[test]
    fn who_joined_left_or_became_something_else_is_told() {
        let party =
            |number: u128, role: PartyRole, joined: Joined, since: i64| Party::new(organisation(number), role, joined, since);
        let (joint, processor) = (PartyRole::JointController, PartyRole::Processor);
        let older = [
            party(1, joint, Joined::Accepted, 1),
            party(2, joint, Joined::Accepted, 1),
            party(3, joint, Joined::Accepted, 1),
            party(4, joint, Joined::Invited, 1),
        ];
        let mut again = party(5, joint, Joined::Invited, 9);
        again.left_at = Some(7);
        let newer = [
            party(1, joint, Joined::Accepted, 1),
            party(2, processor, Joined::Accepted, 1),
            party(3, joint, Joined::Left, 6),
            party(4, joint, Joined::Accepted, 5),
            again,
        ];
        let change = |number: u128, before, after, at| Change { organisation: organisation(number), before, after, at };
        assert_eq!(
            compare(&older, &newer),
            [
                change(2, Some(joint), Some(processor), None),
                change(3, Some(joint), None, Some(6)),
                change(4, None, Some(joint), Some(5)),
            ],
            "whoever is only invited takes no part in either"
        );
        let before = [party(5, joint, Joined::Accepted, 1)];
        assert_eq!(compare(&before, &newer[4..]), [change(5, Some(joint), None, Some(7))], "it left before it was invited again");
        assert!(compare(&older, &older).is_empty());
    }
}
