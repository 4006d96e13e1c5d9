//! Walks through the workflow that people take: one that goes well, one that waits for the Commissioner, and what refuses.

use super::{
    lives::{Action, World, people},
    *,
};
use crate::dpia::{
    ids::SignatureId,
    sign_off::{Kind, Refusal as Unsigned, Signing},
};
use uuid::Uuid;

/// Signs everything that can be signed, whoever can, until nothing is left; says in which order.
fn sign_all(world: &mut World) -> Vec<String> {
    let mut order = Vec::new();
    loop {
        let turns: Vec<(usize, usize, usize, String)> = world.with_board(|board| {
            people()
                .iter()
                .enumerate()
                .flat_map(|(who, member)| board.turns(member.person).into_iter().map(move |slot| (who, slot)))
                .map(|(who, slot)| {
                    let at = board.controllers.iter().position(|one| *one == slot.organisation).unwrap();
                    let step = board.steps_of(slot.organisation).iter().position(|step| step.id == slot.step.id).unwrap();
                    (who, at, step, format!("{} {}", at + 1, slot.step.id))
                })
                .collect()
        });
        let before = world.signatures.len();
        for (who, at, step, name) in turns {
            for decision in 0..2 {
                let signed = world.signatures.len();
                world.step(&Action::Sign { who, at, step, decision });
                if world.signatures.len() > signed {
                    order.push(name.clone());
                    break;
                }
            }
            if world.signatures.len() > before {
                break;
            }
        }
        if world.signatures.len() == before {
            return order;
        }
    }
}

/// The rules are not kept by never getting anywhere.
#[test]
fn a_life_that_goes_well_is_signed_goes_stale_is_signed_again_and_goes_live() {
    let mut world = World::new();
    world.step(&Action::Write { who: 0, part: 0 });
    world.step(&Action::Move { step: Move::Freeze, who: 0 });
    assert_eq!(world.state, Review);
    let order = sign_all(&mut world);
    assert_eq!(world.state, Signed, "{order:?}");
    assert_eq!(order.len(), 10);
    world.check();
    let position = |name: &str| order.iter().position(|one| one == name).unwrap();
    for council in ["1", "2"] {
        let at = |step: &str| position(&format!("{council} {step}"));
        assert!(at("technical-assurance") < at("advice") && at("procurement") < at("advice"));
        assert!(at("advice") < at("answer-to-advice") && at("answer-to-advice") < at("risk"));
    }

    // A change in the second council's annex: its five signatures are stale, the first council's hold.
    world.step(&Action::Move { step: Move::Reopen, who: 0 });
    assert_eq!(world.state, Drafting);
    world.step(&Action::Write { who: 0, part: 2 });
    world.step(&Action::Move { step: Move::Freeze, who: 0 });
    let again = sign_all(&mut world);
    assert!(again.len() == 5 && again.iter().all(|name| name.starts_with("2 ")), "{again:?}");
    assert_eq!(world.state, Signed);
    world.step(&Action::Move { step: Move::GoLive, who: 0 });
    assert_eq!(world.state, Live);
}

#[test]
fn each_council_signs_in_the_order_of_its_own_route_and_an_assessment_of_both_waits_for_both() {
    let mut world = World { own_route: true, ..World::new() };
    world.step(&Action::Risk { level: 1 });
    world.step(&Action::Move { step: Move::Freeze, who: 0 });
    let rows: Vec<(String, Vec<bool>)> = world.with_board(|board| {
        board.rows().iter().map(|row| (row.step.id.clone(), row.slots.iter().map(Option::is_some).collect())).collect()
    });
    let row = |id: &str, taken: [bool; 2]| (id.to_owned(), taken.to_vec());
    assert_eq!(
        rows,
        [
            row("look", [false, true]),
            row("technical-assurance", [true, false]),
            row("procurement", [true, false]),
            row("advice", [true, true]),
            row("answer-to-advice", [true, false]),
            row("risk", [true, true]),
        ]
    );
    let order = sign_all(&mut world);
    assert_eq!(world.state, Signed, "{order:?}");
    world.check();
    let of = |council: &str| order.iter().filter(|name| name.starts_with(council)).map(|name| &name[2..]).collect::<Vec<_>>();
    assert_eq!(of("1"), ["technical-assurance", "procurement", "advice", "answer-to-advice", "risk"]);
    assert_eq!(of("2"), ["look", "advice", "risk"]);
    // A step that only the other council's route has is none of theirs to sign.
    let people = people();
    let signed = world.with_board(|board| {
        let signing = Signing {
            organisation: organisation(2),
            step: "technical-assurance",
            decision: "reviewed",
            reasons: "",
            id: SignatureId(Uuid::nil()),
            at: 99,
        };
        board.sign(&people[1], &signing)
    });
    assert_eq!(signed, Err(Unsigned::NoSuchStep));
}

#[test]
fn a_high_risk_waits_for_the_commissioner_and_its_answer_lets_the_siro_accept_it() {
    let mut world = World::new();
    world.step(&Action::Risk { level: 2 });
    world.step(&Action::Move { step: Move::Freeze, who: 0 });
    sign_all(&mut world);
    assert_eq!(world.state, Decision);
    let accepted = |world: &World| world.signatures.iter().any(|one| one.kind == Kind::AcceptsRisk);
    assert!(!accepted(&world));
    world.step(&Action::Move { step: Move::Consult, who: 3 });
    assert_eq!(world.state, Consulting);
    sign_all(&mut world);
    assert!(!accepted(&world));
    // An answer that does not allow it blocks on.
    world.step(&Action::Answer { clears: false });
    sign_all(&mut world);
    assert_eq!((world.state, accepted(&world)), (Decision, false));
    world.step(&Action::Move { step: Move::Consult, who: 0 });
    world.step(&Action::Answer { clears: true });
    // The first council's SIRO is its CIO too, and signed as that: the deputy signs. So it does for the second.
    sign_all(&mut world);
    assert_eq!(world.state, Signed);
    assert!(world.signatures.iter().any(|one| one.kind == Kind::AcceptsRisk && one.as_deputy));
}

#[test]
fn refusals_to_sign_say_why() {
    let world = {
        let mut world = World::new();
        world.step(&Action::Write { who: 2, part: 0 });
        world.step(&Action::Move { step: Move::Freeze, who: 0 });
        world
    };
    let people = people();
    let sign = |world: &World, member: &Member, at: u128, step: &str, decision: &str, reasons: &str| {
        world.with_board(|board| {
            board.sign(
                member,
                &Signing { organisation: organisation(at), step, decision, reasons, id: SignatureId(Uuid::nil()), at: 99 },
            )
        })
    };
    assert_eq!(sign(&world, &people[2], 1, "procurement", "reviewed", ""), Err(Unsigned::OwnWork));
    assert_eq!(sign(&world, &people[1], 3, "technical-assurance", "reviewed", ""), Err(Unsigned::NoController));
    assert_eq!(
        sign(&world, &people[3], 1, "technical-assurance", "reviewed", ""),
        Err(Unsigned::NotYourRole { role: Role::Cio })
    );
    assert_eq!(sign(&world, &people[1], 1, "technical-assurance", "agreed", ""), Err(Unsigned::NoSuchStep));
    assert_eq!(sign(&world, &people[1], 1, "caldicott", "reviewed", ""), Err(Unsigned::NoSuchStep));
    let weak = Member { second_factor: false, ..people[1].clone() };
    assert_eq!(sign(&world, &weak, 1, "technical-assurance", "reviewed", ""), Err(Unsigned::NoSecondFactor));
    let after = vec!["technical-assurance".to_owned(), "procurement".to_owned()];
    assert_eq!(sign(&world, &people[3], 1, "advice", "advised", "Well."), Err(Unsigned::NotYet { after }));
    assert!(sign(&world, &people[1], 1, "technical-assurance", "reviewed", "").is_ok());

    let mut world = World::new();
    assert_eq!(sign(&world, &people[1], 1, "technical-assurance", "reviewed", ""), Err(Unsigned::NotFrozen));
    world.step(&Action::Risk { level: 1 });
    world.step(&Action::Move { step: Move::Freeze, who: 0 });
    world.step(&Action::Sign { who: 1, at: 0, step: 0, decision: 0 });
    world.step(&Action::Sign { who: 2, at: 0, step: 1, decision: 0 });
    assert_eq!(sign(&world, &people[2], 1, "procurement", "reviewed", ""), Err(Unsigned::AlreadySigned));
    assert_eq!(sign(&world, &people[3], 1, "advice", "advised", " "), Err(Unsigned::SayWhy));
    world.step(&Action::Sign { who: 3, at: 0, step: 2, decision: 0 });
    // The CIO is the SIRO too: overruling would be a second role.
    assert_eq!(
        sign(&world, &people[1], 1, "answer-to-advice", "overruled", "No."),
        Err(Unsigned::OtherRole { role: Role::Cio, step: "technical-assurance".to_owned() })
    );
    assert!(sign(&world, &people[5], 1, "answer-to-advice", "overruled", "No.").unwrap().as_deputy);
    world.step(&Action::Sign { who: 4, at: 0, step: 3, decision: 0 });
    // What the asset owner accepted, the SIRO overrules once that is taken back, and not over it.
    assert_eq!(sign(&world, &people[5], 1, "answer-to-advice", "overruled", "No."), Err(Unsigned::AlreadySigned));
    world.step(&Action::Recommend);
    assert_eq!(sign(&world, &people[5], 1, "risk", "accepted", ""), Err(Unsigned::OpenRecommendations));
    world.step(&Action::AnswerAdvice);
    assert_eq!(sign(&world, &people[4], 1, "risk", "accepted-low", ""), Err(Unsigned::NoSuchStep));
    assert!(sign(&world, &people[5], 1, "risk", "accepted", "").is_ok());
}
