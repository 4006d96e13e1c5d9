//! Who can be asked to answer a recommendation: whoever may accept or overrule it, and nobody else.

use super::{Decision, Recommendation, answered_at};
use crate::{
    dpia::{assessment::Assessment, sign_off::Holder, task::Assignee},
    people::Role,
};

/// Whether a role answers recommendations.
fn answers(role: Role) -> bool {
    [Decision::Accepted, Decision::Overruled].iter().any(|decision| decision.roles().contains(&role))
}

/// Whether a recommendation can be given to somebody to answer: a role that accepts or overrules, or a person who holds one, at the
/// organisation at which it is answered ([`answered_at`]). Nobody answers their own advice.
#[must_use]
pub fn can_be_asked(recommendation: &Recommendation, assessment: &Assessment, holders: &[Holder], to: Assignee) -> bool {
    let at = answered_at(recommendation, assessment);
    to.organisation() == at
        && match to {
            Assignee::Role { role, .. } => answers(role),
            Assignee::Person { person, .. } => {
                let holds = |one: &Holder| one.person == person && one.organisation == at && answers(one.role);
                person != recommendation.by && holders.iter().any(holds)
            }
        }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dpia::{
        advice::tests::recommendation,
        assessment::tests::{assessment, organisation, person},
    };

    #[test]
    fn whoever_may_accept_or_overrule_is_asked_and_nobody_else() {
        let (head, own) = (assessment(), organisation(1));
        let holder = |number: u128, role: Role| Holder { organisation: own, role, person: person(number), deputy: false };
        let holders =
            [holder(2, Role::InformationAssetOwner), holder(3, Role::Siro), holder(4, Role::Editor), holder(5, Role::Dpo)];
        let open = Recommendation { by: person(5), organisation: own, ..recommendation() };
        let asked = |to: Assignee| can_be_asked(&open, &head, &holders, to);
        let someone = |number: u128| Assignee::Person { person: person(number), organisation: own };
        assert!(asked(someone(2)) && asked(someone(3)));
        assert!(!asked(someone(4)) && !asked(someone(5)));
        let role = |role: Role| Assignee::Role { organisation: own, role };
        assert!(asked(role(Role::InformationAssetOwner)) && asked(role(Role::Siro)));
        assert!(!asked(role(Role::Editor)) && !asked(role(Role::Dpo)));
        assert!(!asked(Assignee::Role { organisation: organisation(2), role: Role::Siro }), "it is answered at the first");
        // Nobody answers their own advice, also where they hold the role.
        let both = Recommendation { by: person(3), ..open.clone() };
        assert!(!can_be_asked(&both, &head, &holders, someone(3)));
    }
}
