use super::*;
use crate::dpia::{
    answer::Answer,
    assessment::{
        State,
        tests::{organisation, person},
    },
    place::Place,
};
use std::collections::BTreeMap;
use uuid::Uuid;

#[test]
fn the_shipped_route_is_the_order_that_councils_asked_for() {
    let route = Route::read("sign-off.yaml", route::SHIPPED).unwrap();
    type Decided<'r> = Vec<(&'r str, &'r [Band])>;
    let steps: Vec<(&str, Decided<'_>)> = route
        .steps
        .iter()
        .map(|step| (step.id.as_str(), step.decisions.iter().map(|one| (one.role.as_str(), one.risk.as_slice())).collect()))
        .collect();
    assert_eq!(
        steps,
        [
            ("technical-assurance", vec![("cio", &[][..])]),
            ("procurement", vec![("head-of-procurement", &[])]),
            ("advice", vec![("dpo", &[])]),
            ("answer-to-advice", vec![("information-asset-owner", &[]), ("siro", &[])]),
            ("caldicott", vec![("caldicott-guardian", &[])]),
            ("risk", vec![("information-asset-owner", &[Band::Low]), ("siro", &[Band::Medium, Band::High])]),
        ]
    );
    let advice = route.step("advice").unwrap();
    assert_eq!(advice.after, ["technical-assurance", "procurement"]);
    assert!(route.step("answer-to-advice").unwrap().decisions[1].reasons, "who overrules says why");
    assert!(route.step("caldicott").unwrap().when.is_some());
}

#[test]
fn routes_that_weaken_the_law_or_cannot_be_walked_are_refused_with_lines() {
    let refused = |from: &str, to: &str| {
        let text = route::SHIPPED.replacen(from, to, 1);
        assert_ne!(text, route::SHIPPED, "{from}");
        let problems = Route::read("own.yaml", &text).unwrap_err();
        problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
    };
    assert!(refused("after: [advice]", "after: [advise]").contains("There is no step 'advise'"));
    assert!(refused("after: [technical-assurance, procurement]", "after: [risk]").contains("comes later"));
    assert!(refused("does: advises", "does: reviews").contains("The data protection officer is not asked"));
    assert!(refused("        risk: [low]\n", "").contains("accepts high risk alone"));
    assert!(refused("risk: [medium, high]", "risk: [medium]").contains("Nobody accepts high risk"));
    assert!(
        refused("says: I accept the risk that remains after the measures.\n", "says: I accept it.\n        role: dpo\n")
            .contains("role")
    );
    assert!(refused("after: [answer-to-advice, caldicott]", "after: [answer-to-advice]").contains("before the step 'caldicott'"));
    assert!(refused("I give.\n        reasons: true", "I give.").contains("without reasons"));
    assert!(refused("role: cio", "role: mayor").contains("own.yaml:"));
    let twice = refused("id: procurement", "id: technical-assurance");
    assert!(twice.contains("the id of another step"), "{twice}");
}

pub(super) fn signature(at: i64, organisation_number: u128, step: &str, seals: &Seals) -> Signature {
    Signature {
        id: SignatureId(Uuid::from_u128(u128::try_from(at).unwrap())),
        assessment: AssessmentId(Uuid::from_u128(1)),
        version: VersionId(Uuid::from_u128(1)),
        step: step.to_owned(),
        decision: "reviewed".to_owned(),
        kind: Kind::Reviews,
        says: String::new(),
        reasons: String::new(),
        person: person(1),
        organisation: organisation(organisation_number),
        role: Role::Cio,
        as_deputy: false,
        second_factor: true,
        at,
        level: Band::Low,
        shared: seals.shared,
        annex: seals.annexes[&organisation(organisation_number)],
        taken_back: None,
    }
}

pub(super) fn seals(shared: u8, one: u8, two: u8) -> Seals {
    Seals { shared: Seal([shared; 32]), annexes: [(organisation(1), Seal([one; 32])), (organisation(2), Seal([two; 32]))].into() }
}

#[test]
fn a_signature_holds_for_the_shared_text_and_its_own_annex() {
    let signed = signature(1, 1, "technical-assurance", &seals(1, 1, 1));
    assert!(signed.holds(&seals(1, 1, 1)) && signed.holds(&seals(1, 1, 9)));
    assert!(!signed.holds(&seals(2, 1, 1)) && !signed.holds(&seals(1, 2, 1)));
}

#[test]
fn a_stale_signature_shows_exactly_what_changed_and_other_annexes_only_notify() {
    let signed = signature(1, 1, "technical-assurance", &seals(1, 1, 1));
    let text = |text: &str| Answer::Text(text.to_owned());
    let before: Answers = [
        (Place::shared("purpose"), text("Why")),
        (Place::shared("contacts"), text("A")),
        (Place::annex(organisation(1), "gateway"), text("Act")),
        (Place::annex(organisation(2), "gateway"), text("Act")),
    ]
    .into();
    let mut now = before.clone();
    now.insert(Place::shared("purpose"), text("Why not"));
    now.insert(Place::shared("contacts"), text("B"));
    now.insert(Place::annex(organisation(2), "gateway"), text("Other Act"));
    now.insert(Place::annex(organisation(3), "gateway"), text("Joined later"));
    let places = |differences: Vec<Difference>| differences.into_iter().map(|one| one.place.to_string()).collect::<Vec<_>>();
    assert_eq!(places(since(&signed, &before, &now, &|field| field != "contacts")), ["shared/purpose"]);
    let others = places(elsewhere(&signed, &before, &now));
    assert_eq!(others, [format!("annex:{}/gateway", organisation(2)), format!("annex:{}/gateway", organisation(3))]);
}

#[test]
fn a_board_says_who_can_who_cannot_and_who_can_fill_a_role() {
    let route = Route::read("sign-off.yaml", route::SHIPPED).unwrap();
    let seals_now = seals(2, 1, 1);
    let signatures = [signature(1, 1, "technical-assurance", &seals(1, 1, 1))];
    let holder = |at, role, number, deputy| Holder { organisation: organisation(at), role, person: person(number), deputy };
    let holders = [
        holder(1, Role::Cio, 1, false),
        holder(1, Role::HeadOfProcurement, 2, false),
        holder(1, Role::Dpo, 3, false),
        holder(2, Role::Administrator, 9, false),
        holder(2, Role::HeadOfProcurement, 8, false),
        holder(1, Role::InformationAssetOwner, 4, true),
    ];
    let mut writers = Writers::default();
    writers.wrote(Some(organisation(2)), person(8), &[]);
    let board = Board {
        assessment: AssessmentId(Uuid::from_u128(1)),
        state: State::Review,
        version: Some(VersionId(Uuid::from_u128(2))),
        steps: [1, 2]
            .map(|number| (organisation(number), route.steps.iter().filter(|step| step.when.is_none()).collect()))
            .into(),
        stakes: [1, 2].map(|number| (organisation(number), Stake { level: Band::Low, high: 0 })).into(),
        controllers: vec![organisation(1), organisation(2)],
        signatures: &signatures,
        seals: Sealed::Known(&seals_now),
        holders: &holders,
        writers: &writers,
        high: 0,
        righted: BTreeMap::new(),
        needs_dpia: vec![],
        open_recommendations: 1,
        recommendations_apart: BTreeMap::new(),
    };
    let slots = board.slots();
    let status = |step: &str, at: u128| {
        &slots.iter().find(|slot| slot.step.id == step && slot.organisation == organisation(at)).unwrap().status
    };
    assert_eq!(*status("technical-assurance", 1), Status::SignAgain { people: vec![person(1)] });
    assert_eq!(*status("technical-assurance", 2), Status::NobodyHolds { administrators: vec![person(9)] });
    assert_eq!(*status("procurement", 1), Status::Waiting { people: vec![person(2)] });
    assert_eq!(*status("procurement", 2), Status::NobodyMay { holders: vec![person(8)], administrators: vec![person(9)] });
    let after = vec!["technical-assurance".to_owned(), "procurement".to_owned()];
    assert_eq!(*status("advice", 1), Status::NotYet { after });
    assert_eq!(*status("risk", 1), Status::Blocked { by: vec![Block::Recommendations { open: 1 }] });
    assert_eq!(board.turns(person(1)).len(), 1);
    assert!(board.turns(person(8)).is_empty());
    let awaited: Vec<_> =
        board.awaited().into_iter().map(|one| (one.step.id.as_str(), one.organisation, one.people, one.again)).collect();
    assert_eq!(
        awaited,
        [
            ("technical-assurance", organisation(1), vec![person(1)], true),
            ("technical-assurance", organisation(2), vec![], false),
            ("procurement", organisation(1), vec![person(2)], false),
            ("procurement", organisation(2), vec![], false),
        ]
    );
    let vacancies = board.vacancies();
    assert!(vacancies.contains(&(organisation(2), Role::Cio)) && vacancies.contains(&(organisation(2), Role::HeadOfProcurement)));
    assert!(vacancies.contains(&(organisation(2), Role::Dpo)), "also for steps that come later");
    assert!(!vacancies.contains(&(organisation(1), Role::Dpo)));
}

#[test]
fn who_could_sign_in_two_roles_is_told_what_one_signature_costs_and_what_nobody_can_say_any_more() {
    let route = Route::read("sign-off.yaml", route::SHIPPED).unwrap();
    let one = organisation(1);
    let seals = seals(1, 1, 1);
    let holder = |role, number, deputy| Holder { organisation: one, role, person: person(number), deputy };
    // Person 1 is the SIRO and deputy for the CIO, who is person 2; person 3 owns the asset.
    let holders = [
        holder(Role::Siro, 1, false),
        holder(Role::Cio, 1, true),
        holder(Role::Cio, 2, false),
        holder(Role::InformationAssetOwner, 3, false),
    ];
    let writers = Writers::default();
    let board = Board {
        assessment: AssessmentId(Uuid::from_u128(1)),
        state: State::Review,
        version: Some(VersionId(Uuid::from_u128(1))),
        steps: [(one, route.steps.iter().filter(|step| step.when.is_none()).collect())].into(),
        stakes: [(one, Stake { level: Band::Medium, high: 0 })].into(),
        controllers: vec![one],
        signatures: &[],
        seals: Sealed::Known(&seals),
        holders: &holders,
        writers: &writers,
        high: 0,
        righted: BTreeMap::new(),
        needs_dpia: vec![],
        open_recommendations: 0,
        recommendations_apart: BTreeMap::new(),
    };
    let step = |id: &str| route.step(id).unwrap();
    let lost = board.lost(person(1), one, step("technical-assurance"));
    assert_eq!(lost.len(), 1);
    assert_eq!((lost[0].signing, lost[0].role), (Role::Cio, Role::Siro));
    assert_eq!(lost[0].steps, [step("answer-to-advice").title.clone(), step("risk").title.clone()]);
    assert!(lost[0].others.is_empty(), "nobody else is SIRO");
    assert!(board.lost(person(2), one, step("technical-assurance")).is_empty(), "who has one role loses none");
    let back = board.lost(person(1), one, step("risk"));
    assert_eq!((back[0].role, back[0].others.as_slice()), (Role::Cio, &[person(2)][..]));
    assert!(board.closed(step("answer-to-advice"), one).is_empty());

    // They sign technical assurance: what they could have said as SIRO, nobody can.
    let signed = [signature(1, 1, "technical-assurance", &seals)];
    let after = Board { signatures: &signed, ..board.clone() };
    assert_eq!(after.closed(step("answer-to-advice"), one), [Role::Siro]);
    assert_eq!(after.asked(step("answer-to-advice"), one), [Role::InformationAssetOwner], "they alone are named");
    assert!(after.vacancies().contains(&(one, Role::Siro)), "a step that nobody can take is a vacancy");
    // Where nobody is able to in the first role of a step, the next is asked, not an empty place.
    let alone = [holder(Role::Siro, 1, false), holder(Role::Dpo, 4, false)];
    let alone = Board { holders: &alone, ..board };
    assert_eq!(alone.asked(step("answer-to-advice"), one), [Role::Siro]);
}

/// Two councils take one route; the second joined later and has not frozen its annex, or has, with a high risk in it.
#[test]
fn a_party_that_joins_later_waits_for_its_own_annex_and_stops_nobody_else() {
    let route = Route::read("sign-off.yaml", route::SHIPPED).unwrap();
    let [first, second] = [organisation(1), organisation(2)];
    let risk = route.steps.iter().find(|step| step.accepts_risk()).unwrap();
    let both = seals(1, 1, 1);
    let mut late = both.clone();
    late.annexes.remove(&second);
    let holders = [(first, 1), (second, 2)].map(|(organisation, number)| Holder {
        organisation,
        role: Role::Siro,
        person: person(number),
        deputy: false,
    });
    let accepted = Signature {
        decision: "accepted".to_owned(),
        kind: Kind::AcceptsRisk,
        role: Role::Siro,
        level: Band::Medium,
        ..signature(1, 1, "risk", &both)
    };
    let low = Signature {
        level: Band::Low,
        role: Role::InformationAssetOwner,
        decision: "accepted-low".to_owned(),
        ..accepted.clone()
    };
    let (signatures, signed_low, writers) = ([accepted], [low], Writers::default());
    let stakes = |levels: [Band; 2], high: usize| {
        BTreeMap::from([(first, Stake { level: levels[0], high: 0 }), (second, Stake { level: levels[1], high })])
    };
    let unfrozen = Board {
        assessment: AssessmentId(Uuid::from_u128(1)),
        state: State::Live,
        version: Some(VersionId(Uuid::from_u128(2))),
        steps: [(first, vec![risk]), (second, vec![risk])].into(),
        stakes: stakes([Band::Medium; 2], 0),
        controllers: vec![first, second],
        signatures: &signatures,
        seals: Sealed::Known(&late),
        holders: &holders,
        writers: &writers,
        high: 0,
        righted: BTreeMap::new(),
        needs_dpia: vec![],
        open_recommendations: 0,
        recommendations_apart: BTreeMap::new(),
    };
    let held = |board: &Board<'_>, at: OrganisationId| {
        board.slots().into_iter().find(|slot| slot.organisation == at && slot.step.accepts_risk()).unwrap().status
    };
    assert!(matches!(held(&unfrozen, first), Status::Signed { .. }));
    assert_eq!(held(&unfrozen, second), Status::NotYet { after: vec![] });
    assert_eq!(unfrozen.unsigned(), [second]);
    // All is signed by those whose annex is in what is signed; from the day on which the second freezes its own, it is asked too.
    assert!(unfrozen.complete() && !Board { seals: Sealed::Known(&both), ..unfrozen.clone() }.complete());
    assert!(!Board { seals: Sealed::Known(&Seals { annexes: BTreeMap::new(), ..late.clone() }), ..unfrozen.clone() }.complete());
    assert!(unfrozen.awaited().is_empty() && !unfrozen.advised(second));
    // A draft that nobody has signed is not sealed for the board: every page of it would take as long as a signature.
    let (kept, sealing) = (std::cell::OnceCell::new(), || -> Seals { panic!("nothing is there to compare with it") });
    let seals = Sealed::Asked(&kept, &sealing);
    let draft = Board { state: State::Drafting, version: None, signatures: &[], seals, ..unfrozen.clone() };
    assert!(!draft.complete() && draft.slots().len() == 2 && draft.passed_over().is_empty() && draft.fallen().next().is_none());
    let high = Board { seals: Sealed::Known(&both), stakes: stakes([Band::Medium, Band::High], 1), high: 1, ..unfrozen.clone() };
    assert!(matches!(held(&high, first), Status::Signed { .. }), "another's annex is nothing to it");
    assert_eq!(held(&high, second), Status::Blocked { by: vec![Block::HighRisk { risks: 1 }] });
    // What was accepted on an answer of the Commissioner holds while that answer clears it.
    let uncleared = |risks: usize| Board {
        stakes: BTreeMap::from([
            (first, Stake { level: Band::Medium, high: risks }),
            (second, Stake { level: Band::Medium, high: 0 }),
        ]),
        high: risks,
        ..high.clone()
    };
    assert!(matches!(held(&uncleared(0), first), Status::Signed { .. }));
    assert_eq!(held(&uncleared(1), first), Status::Blocked { by: vec![Block::HighRisk { risks: 1 }] });
    // Put right since, whatever it says now, it asks for the acceptance anew; of one that was accepted after that, it does not.
    let righted = |at: i64| Board { righted: [(first, at)].into(), ..uncleared(0) };
    assert_eq!(held(&righted(1), first), Status::SignAgain { people: vec![person(1)] });
    assert!(matches!(held(&righted(0), first), Status::Signed { .. }));
    let review = Board { stakes: stakes([Band::Medium; 2], 0), high: 0, needs_dpia: vec![second], ..high.clone() };
    assert_eq!(held(&review, second), Status::Blocked { by: vec![Block::DpiaNeeded] });
    assert!(matches!(held(&review, first), Status::Signed { .. }));
    // What was accepted at a higher risk holds at a lower one; what was accepted at a lower one does not at a higher.
    let lower = Board { stakes: stakes([Band::Low; 2], 0), ..high.clone() };
    assert!(matches!(held(&lower, first), Status::Signed { .. }));
    assert!(matches!(held(&Board { signatures: &signed_low, ..lower }, first), Status::Signed { .. }));
    assert!(!matches!(held(&Board { signatures: &signed_low, ..high }, first), Status::Signed { .. }));
}
