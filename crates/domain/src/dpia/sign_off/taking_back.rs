//! Taking one's own signature back, so that the step is decided anew: by whoever gave it alone, while no later step rests on it.

use super::{Board, Refusal, Step};
use crate::{dpia::ids::SignatureId, people::Member, register::ids::OrganisationId};
use std::collections::BTreeSet;

impl Board<'_> {
    /// The signature of a step that its giver takes back. What it replaced does not hold again: somebody decides the step anew.
    ///
    /// # Errors
    /// See [`Refusal`].
    pub fn take_back(&self, member: &Member, organisation: OrganisationId, step: &str) -> Result<SignatureId, Refusal> {
        if !self.frozen_for(organisation) {
            return Err(Refusal::NotFrozen);
        }
        let step = self.steps_of(organisation).iter().find(|one| one.id == step).ok_or(Refusal::NoSuchStep)?;
        let own = self.holding(step, organisation).filter(|signature| signature.person == member.person);
        let signature = own.ok_or(Refusal::NotYourSignature)?;
        if !member.second_factor {
            return Err(Refusal::NoSecondFactor);
        }
        let steps = self.resting_on(step, organisation);
        if !steps.is_empty() {
            return Err(Refusal::RestsOn { steps: steps.into_iter().map(|step| step.title.clone()).collect() });
        }
        Ok(signature.id)
    }

    /// The steps that come after one, also by way of others, and are signed.
    fn resting_on(&self, step: &Step, organisation: OrganisationId) -> Vec<&Step> {
        let mut before: BTreeSet<&str> = [step.id.as_str()].into();
        let mut resting = Vec::new();
        // A route has its steps in an order in which each comes after those that it names.
        for later in self.steps_of(organisation) {
            if later.after.iter().any(|one| before.contains(one.as_str())) {
                before.insert(&later.id);
                if self.holding(later, organisation).is_some() {
                    resting.push(*later);
                }
            }
        }
        resting
    }
}

#[cfg(test)]
mod tests {
    use super::super::{
        Holder, Route, Signature, Stake, Status, TakenBack, Writers, route,
        tests::{seals, signature},
    };
    use super::*;
    use crate::{
        dpia::{
            advice::tests::member,
            assessment::{
                State,
                tests::{organisation, person},
            },
            ids::{AssessmentId, VersionId},
            risk::Band,
        },
        people::Role,
    };
    use uuid::Uuid;

    #[test]
    fn whoever_signed_takes_it_back_while_no_later_step_rests_on_it() {
        let route = Route::read("sign-off.yaml", route::SHIPPED).unwrap();
        let (own, now) = (organisation(1), seals(1, 1, 1));
        let sign = |at: i64, step: &str, decision: &str, role: Role, number: u128| Signature {
            decision: decision.to_owned(),
            role,
            person: person(number),
            ..signature(at, 1, step, &now)
        };
        let signed = [
            sign(1, "technical-assurance", "reviewed", Role::Cio, 1),
            sign(2, "procurement", "reviewed", Role::HeadOfProcurement, 2),
            sign(3, "advice", "advised", Role::Dpo, 9),
            sign(4, "advice", "advised", Role::Dpo, 3),
        ];
        let holders = [Holder { organisation: own, role: Role::Dpo, person: person(3), deputy: false }];
        let writers = Writers::default();
        fn board<'a>(
            route: &'a Route,
            signatures: &'a [Signature],
            seals: &'a crate::dpia::seal::Seals,
            holders: &'a [Holder],
            writers: &'a Writers,
        ) -> Board<'a> {
            let own = organisation(1);
            Board {
                assessment: AssessmentId(Uuid::from_u128(1)),
                state: State::Decision,
                version: Some(VersionId(Uuid::from_u128(1))),
                steps: [(own, route.steps.iter().filter(|step| step.when.is_none()).collect())].into(),
                stakes: [(own, Stake { level: Band::Low, high: 0 })].into(),
                controllers: vec![own],
                signatures,
                seals: crate::dpia::sign_off::Sealed::Known(seals),
                holders,
                writers,
                high: 0,
                righted: std::collections::BTreeMap::new(),
                needs_dpia: vec![],
                open_recommendations: 0,
                recommendations_apart: std::collections::BTreeMap::new(),
            }
        }
        let standing = board(&route, &signed, &now, &holders, &writers);
        let (cio, dpo) = (member(1, &[(1, &[Role::Cio], &[])]), member(3, &[(1, &[Role::Dpo], &[])]));
        let advice = "Advice of the data protection officer".to_owned();
        assert_eq!(
            standing.take_back(&cio, own, "technical-assurance"),
            Err(Refusal::RestsOn { steps: vec![advice] }),
            "the advice came after it"
        );
        assert_eq!(standing.take_back(&cio, own, "advice"), Err(Refusal::NotYourSignature));
        assert_eq!(standing.take_back(&dpo, own, "risk"), Err(Refusal::NotYourSignature), "nobody signed that");
        assert_eq!(standing.take_back(&dpo, own, "tea"), Err(Refusal::NoSuchStep));
        let weak = Member { second_factor: false, ..dpo.clone() };
        assert_eq!(standing.take_back(&weak, own, "advice"), Err(Refusal::NoSecondFactor));
        let taken = standing.take_back(&dpo, own, "advice").unwrap();
        assert_eq!(taken, signed[3].id);

        // Bound to what stands, and not counted all the same: whoever gave it wrote part of it since.
        assert!(standing.passed_over().is_empty());
        let mut wrote = Writers::default();
        wrote.wrote(None, person(3), &[]);
        assert_eq!(board(&route, &signed, &now, &holders, &wrote).passed_over(), BTreeSet::from([signed[3].id]));

        // The step waits for somebody again: what the signature replaced does not come back.
        let mut after = signed.clone();
        after[3].taken_back = Some(TakenBack { at: 5, reasons: "Meant for another.".to_owned() });
        let standing = board(&route, &after, &now, &holders, &writers);
        let slot = standing.slots().into_iter().find(|slot| slot.step.id == "advice").unwrap();
        assert_eq!((slot.status, slot.stale), (Status::Waiting { people: vec![person(3)] }, None));
        assert_eq!(standing.take_back(&dpo, own, "advice"), Err(Refusal::NotYourSignature));
        assert!(standing.take_back(&cio, own, "technical-assurance").is_ok(), "nothing rests on it any more");
    }
}
