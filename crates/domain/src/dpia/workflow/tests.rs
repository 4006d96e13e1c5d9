//! Every move of the table is tested, each that is not in it is refused, and random lives of an assessment never come to a
//! state that the rules forbid.

use super::*;
use crate::{
    dpia::{
        advice::tests::member,
        assessment::tests::organisation,
        ids::{AssessmentId, SignatureId, VersionId},
        risk::Band,
        seal::{Seal, Seals},
        sign_off::{Holder, Kind, Refusal as Unsigned, Route, Signature, board::Signing, route},
    },
    people::PersonId,
};
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// What the table says, written out once more by hand: state, move, and where it leads. A change to the table must be made
/// here too.
const EXPECTED: &[(&str, &[State], &str)] = &[
    ("freeze", &[Drafting], "review"),
    ("freeze-annex", &[Signed, Live], "stay"),
    ("sign", &[Review, Advice, Decision, Consulting, Signed, Live], "stay"),
    ("send-back", &[Review, Advice, Decision, Consulting], "drafting"),
    ("reopen", &[Review, Advice, Decision, Consulting, Signed, Live], "drafting"),
    ("consult", &[Review, Advice, Decision], "consulting"),
    ("record-answer", &[Drafting, Review, Advice, Decision, Consulting], "stay"),
    ("go-live", &[Signed], "live"),
    ("confirm", &[Live, Recorded], "stay"),
    ("withdraw", &[Drafting, Review, Advice, Decision, Consulting, Signed, Live, Recorded], "withdrawn"),
    ("resume", &[Withdrawn], "drafting"),
    ("supersede", &[Signed, Live, Recorded], "superseded"),
];

fn lead() -> OrganisationId {
    organisation(1)
}

/// A situation in which a row's conditions hold.
fn fulfilled(row: &Transition) -> Situation {
    let mut situation =
        Situation { clashes: 1, missing: 1, missing_in_annex: 1, open_recommendations: 1, ..Situation::default() };
    for condition in row.needs {
        match condition {
            Condition::Controllers => situation.controllers = 1,
            Condition::NoClash => situation.clashes = 0,
            Condition::Answered => situation.missing = 0,
            Condition::AnnexAnswered => situation.missing_in_annex = 0,
            Condition::AnnexNew => situation.annex_new = true,
            Condition::NoOpenRecommendation => situation.open_recommendations = 0,
            Condition::SlotOpen => situation.slot_open = true,
            Condition::Reasons => situation.reasons = true,
            Condition::HighRisk => situation.high = 1,
            Condition::NoHighRisk => situation.high = 0,
            Condition::ConsultationOpen => situation.consulting = true,
            Condition::NoConsultation => situation.consulting = false,
            Condition::Advised => situation.advised = true,
            Condition::Reviewed => situation.reviewed = true,
            Condition::NotReviewed => situation.reviewed = false,
            Condition::AllAdvised => situation.all_advised = true,
            Condition::NotAllAdvised => situation.all_advised = false,
            // Who has signed all has reviewed and advised, too.
            Condition::AllSigned => {
                situation.all_signed = true;
                situation.reviewed = true;
                situation.all_advised = true;
            }
            Condition::NotAllSigned => situation.all_signed = false,
            Condition::ReviewDate => situation.review_date = true,
            Condition::Successor => situation.successor = true,
        }
    }
    situation
}

/// Somebody who holds every role at the lead.
fn everybody() -> Member {
    member(1, &[(1, &Role::ALL, &[])])
}

fn mover<'a>(row: &Transition, member: &'a Member) -> Mover<'a> {
    if row.who == Who::Server { Mover::Server } else { Mover::Member(member) }
}

#[test]
fn every_row_leads_where_it_says_when_its_conditions_hold() {
    let member = everybody();
    for row in TABLE {
        for state in row.from {
            let taken = attempt(*state, row.step, mover(row, &member), lead(), &[lead()], &fulfilled(row)).unwrap();
            assert_eq!(taken, row, "{state:?} {:?}", row.step);
        }
    }
}

#[test]
fn every_condition_of_every_row_is_needed() {
    let member = everybody();
    for row in TABLE.iter().filter(|row| row.step != Move::Advance) {
        for condition in row.needs {
            let others: Vec<Condition> = row.needs.iter().copied().filter(|other| other != condition).collect();
            let mut situation = fulfilled(row);
            match condition {
                Condition::Controllers => situation.controllers = 0,
                Condition::NoClash => situation.clashes = 1,
                Condition::Answered => situation.missing = 1,
                Condition::AnnexAnswered => situation.missing_in_annex = 1,
                Condition::AnnexNew => situation.annex_new = false,
                Condition::NoOpenRecommendation => situation.open_recommendations = 1,
                Condition::SlotOpen => situation.slot_open = false,
                Condition::Reasons => situation.reasons = false,
                Condition::HighRisk => situation.high = 0,
                Condition::NoHighRisk => situation.high = 1,
                Condition::ConsultationOpen => situation.consulting = false,
                Condition::NoConsultation => situation.consulting = true,
                Condition::Advised => situation.advised = false,
                Condition::AllSigned => situation.all_signed = false,
                Condition::ReviewDate => situation.review_date = false,
                Condition::Successor => situation.successor = false,
                other => panic!("{other:?} stands in a row that people take"),
            }
            assert!(others.iter().all(|other| other.holds(&situation)));
            let refused = attempt(row.from[0], row.step, mover(row, &member), lead(), &[lead()], &situation);
            assert_eq!(refused, Err(Refusal::Unmet { conditions: vec![*condition] }), "{:?}", row.step);
        }
    }
}

#[test]
fn what_the_table_does_not_have_is_refused_whoever_asks() {
    let member = everybody();
    let mut allowed = 0;
    for step in Move::ALL.into_iter().filter(|step| *step != Move::Advance) {
        let expected = EXPECTED.iter().find(|(name, ..)| *name == step.as_str()).unwrap();
        for state in State::ALL {
            let rows: Vec<&Transition> = TABLE.iter().filter(|row| row.step == step && row.from.contains(&state)).collect();
            if expected.1.contains(&state) {
                assert_eq!(rows.len(), 1, "{state:?} {step:?} has one row");
                let to = match rows[0].to {
                    To::Stay => "stay",
                    To::State(to) => to.as_str(),
                };
                assert_eq!(to, expected.2, "{state:?} {step:?}");
                allowed += 1;
            } else {
                let anything = Situation {
                    controllers: 1,
                    slot_open: true,
                    reasons: true,
                    review_date: true,
                    successor: true,
                    all_signed: true,
                    reviewed: true,
                    all_advised: true,
                    advised: true,
                    annex_new: true,
                    ..Situation::default()
                };
                for mover in [Mover::Member(&member), Mover::Server] {
                    let refused = attempt(state, step, mover, lead(), &[lead()], &anything);
                    assert_eq!(refused, Err(Refusal::NoSuchMove { state }), "{state:?} {step:?}");
                }
            }
        }
    }
    assert_eq!(allowed, EXPECTED.iter().map(|(_, states, _)| states.len()).sum::<usize>());
    assert!(TABLE.iter().flat_map(|row| row.from).all(|state| !matches!(state, Superseded)), "what is superseded stays so");
}

#[test]
fn only_the_roles_of_a_row_make_its_move() {
    for row in TABLE {
        for role in Role::ALL {
            let at_lead = member(1, &[(1, &[role], &[])]);
            let at_other = member(2, &[(2, &[role], &[])]);
            let outside = member(3, &[(3, &[role], &[])]);
            let admits = |member: &Member| row.who.admits(Mover::Member(member), lead(), &[lead(), organisation(2)]);
            let (lead_may, other_may) = match row.who {
                Who::Lead(roles) => (roles.contains(&role), false),
                Who::Controller(roles) => (roles.contains(&role), roles.contains(&role)),
                Who::Signer => (role != Role::Guest, role != Role::Guest),
                Who::Server => (false, false),
            };
            assert_eq!((admits(&at_lead), admits(&at_other), admits(&outside)), (lead_may, other_may, false), "{row:?} {role:?}");
        }
        assert_eq!(row.who.admits(Mover::Server, lead(), &[lead()]), row.who == Who::Server);
    }
}

#[test]
fn a_person_who_may_not_is_refused_before_anything_else() {
    let nobody = member(3, &[(3, &[Role::ProjectLead], &[])]);
    let refused = attempt(Drafting, Move::Freeze, Mover::Member(&nobody), lead(), &[lead()], &Situation::default());
    assert_eq!(refused, Err(Refusal::NotYours));
}

proptest! {
    #[test]
    fn from_what_is_frozen_the_server_always_knows_one_way_on(
        consulting: bool, reviewed: bool, all_advised: bool, all_signed: bool, high in 0usize..2, open in 0usize..2, clashes in 0usize..2
    ) {
        // Everything is signed only where the steps before are.
        let all_signed = all_signed && reviewed && all_advised;
        let situation = Situation { consulting, reviewed, all_advised, all_signed, high, open_recommendations: open, clashes, ..Situation::default() };
        for state in FROZEN {
            let row = attempt(*state, Move::Advance, Mover::Server, lead(), &[lead()], &situation).unwrap();
            let to = after(*state, row);
            // Where it leads, it stays.
            if to != Signed {
                prop_assert_eq!(after(to, attempt(to, Move::Advance, Mover::Server, lead(), &[lead()], &situation).unwrap()), to);
            }
            prop_assert_eq!(to == Signed, all_signed && !consulting && high == 0 && open == 0 && clashes == 0);
        }
    }
}

// Random lives.

/// The people of two councils: enough for every role, some with two, some at both.
fn people() -> Vec<Member> {
    use Role::*;
    vec![
        member(1, &[(1, &[ProjectLead, IgOfficer], &[])]),
        member(2, &[(1, &[Cio, Siro], &[]), (2, &[Cio], &[])]),
        member(3, &[(1, &[HeadOfProcurement], &[]), (2, &[HeadOfProcurement], &[])]),
        member(4, &[(1, &[Dpo], &[]), (2, &[Dpo], &[])]),
        member(5, &[(1, &[InformationAssetOwner], &[]), (2, &[ProjectLead], &[])]),
        member(6, &[(2, &[InformationAssetOwner, Siro], &[]), (1, &[], &[Siro])]),
        member(7, &[(1, &[], &[InformationAssetOwner]), (2, &[], &[Siro, InformationAssetOwner])]),
    ]
}

struct World {
    state: State,
    /// Counts changes of the shared body (under none) and of each annex.
    text: BTreeMap<Option<OrganisationId>, u8>,
    frozen: Option<BTreeMap<Option<OrganisationId>, u8>>,
    writers: BTreeMap<Option<OrganisationId>, BTreeSet<PersonId>>,
    signatures: Vec<Signature>,
    holders: Vec<Holder>,
    controllers: Vec<OrganisationId>,
    level: Band,
    /// The risk is high, and the Commissioner has not cleared it.
    cleared: bool,
    consulting: bool,
    recommendations: usize,
    clashes: usize,
    clock: i64,
}

impl World {
    fn new() -> Self {
        let holders = people()
            .iter()
            .flat_map(|member| {
                member.standings.iter().flat_map(|standing| {
                    let person = member.person;
                    let own = standing.roles.iter().map(move |role| (*role, false));
                    own.chain(standing.deputy.iter().map(|role| (*role, true)))
                        .map(move |(role, deputy)| Holder { organisation: standing.organisation, role, person, deputy })
                        .collect::<Vec<_>>()
                })
            })
            .collect();
        Self {
            state: Drafting,
            text: [(None, 1), (Some(organisation(1)), 1), (Some(organisation(2)), 1)].into(),
            frozen: None,
            writers: BTreeMap::new(),
            signatures: vec![],
            holders,
            controllers: vec![organisation(1), organisation(2)],
            level: Band::Low,
            cleared: false,
            consulting: false,
            recommendations: 0,
            clashes: 0,
            clock: 0,
        }
    }

    fn seals(&self) -> Seals {
        let text = self.frozen.as_ref().filter(|_| self.state != Drafting).unwrap_or(&self.text);
        let seal = |part: Option<OrganisationId>| {
            let mut hash = [0; 32];
            hash[0] = text[&part];
            hash[1] = u8::try_from(part.map_or(0, |organisation| organisation.0.as_u128())).unwrap();
            Seal(hash)
        };
        Seals { shared: seal(None), annexes: self.controllers.iter().map(|one| (*one, seal(Some(*one)))).collect() }
    }

    fn high(&self) -> usize {
        usize::from(self.level == Band::High && !self.cleared)
    }

    fn with_board<T>(&self, ask: impl FnOnce(&Board<'_>) -> T) -> T {
        let route = Route::read("sign-off.yaml", route::SHIPPED).unwrap();
        let seals = self.seals();
        let board = Board {
            assessment: AssessmentId(Uuid::from_u128(1)),
            state: self.state,
            version: self.frozen.as_ref().map(|_| VersionId(Uuid::from_u128(1))),
            steps: route.steps.iter().filter(|step| step.when.is_none() && step.decisions(self.level).next().is_some()).collect(),
            level: self.level,
            controllers: self.controllers.clone(),
            signatures: &self.signatures,
            seals: &seals,
            holders: &self.holders,
            writers: &self.writers,
            high: self.high(),
            open_recommendations: self.recommendations,
        };
        ask(&board)
    }

    fn situation(&self) -> Situation {
        let board = self.with_board(Situation::of_board);
        Situation { clashes: self.clashes, consulting: self.consulting, reasons: true, review_date: true, ..board }
    }

    fn attempt(&mut self, step: Move, mover: Mover<'_>, situation: &Situation) -> bool {
        let Ok(row) = attempt(self.state, step, mover, lead(), &self.controllers, situation) else { return false };
        self.state = after(self.state, row);
        for effect in row.then {
            match effect {
                Effect::MakeVersion => self.frozen = Some(self.text.clone()),
                Effect::OpenConsultation => self.consulting = true,
                Effect::Advance => {
                    let situation = self.situation();
                    self.attempt(Move::Advance, Mover::Server, &situation);
                }
                _ => {}
            }
        }
        true
    }

    fn step(&mut self, action: &Action) {
        self.clock += 1;
        let people = people();
        match action {
            Action::Write { who, part } if self.state == Drafting => {
                let part = self.text.keys().copied().nth(part % 3).unwrap();
                *self.text.get_mut(&part).unwrap() += 1;
                self.writers.entry(part).or_default().insert(people[who % people.len()].person);
            }
            Action::Risk { level } if self.state == Drafting => {
                // Risks are sealed: changing one changes the text.
                self.level = Band::ALL[level % 3];
                self.cleared = false;
                *self.text.get_mut(&None).unwrap() += 1;
            }
            Action::Clash if self.state == Drafting => self.clashes = 1,
            Action::Settle => self.clashes = 0,
            Action::Recommend if !self.state.is_closed() && !self.state.is_signed() => self.recommendations += 1,
            Action::AnswerAdvice => self.recommendations = 0,
            Action::Answer { clears } => {
                let situation = self.situation();
                if self.attempt_quietly(Move::RecordAnswer, &people[0], &situation) {
                    self.consulting = false;
                    self.cleared = *clears;
                    if self.state.is_frozen() {
                        let situation = self.situation();
                        self.attempt(Move::Advance, Mover::Server, &situation);
                    }
                }
            }
            Action::Move { step, who } => {
                let situation = self.situation();
                let member = people[who % people.len()].clone();
                if !matches!(step, Move::Sign | Move::RecordAnswer | Move::Advance) {
                    self.attempt(*step, Mover::Member(&member), &situation);
                }
            }
            Action::Sign { who, at, step, decision } => {
                let member = &people[who % people.len()];
                let organisation = organisation(1 + (*at as u128 % 2));
                let clock = self.clock;
                let signed = self.with_board(|board| {
                    let step = board.steps[step % board.steps.len()];
                    let decision = &step.decisions[decision % step.decisions.len()];
                    board.sign(
                        member,
                        &Signing {
                            organisation,
                            step: &step.id,
                            decision: &decision.id,
                            reasons: "Because.",
                            id: SignatureId(Uuid::from_u128(u128::try_from(clock).unwrap())),
                            at: clock,
                        },
                    )
                });
                let situation = Situation { slot_open: signed.is_ok(), ..self.situation() };
                if let Ok(signature) = signed {
                    let row = attempt(self.state, Move::Sign, Mover::Member(member), lead(), &self.controllers, &situation);
                    assert!(row.is_ok(), "whoever may sign may make the move: {row:?}");
                    self.signatures.push(signature);
                    self.attempt(Move::Sign, Mover::Member(member), &situation);
                }
            }
            _ => {}
        }
    }

    /// A move whose effects the caller sees to.
    fn attempt_quietly(&mut self, step: Move, member: &Member, situation: &Situation) -> bool {
        attempt(self.state, step, Mover::Member(member), lead(), &self.controllers, situation).is_ok()
    }

    /// What must never be.
    fn check(&self) {
        if !self.state.is_signed() {
            return;
        }
        assert_eq!(self.recommendations, 0, "signed with open recommendations");
        assert_eq!(self.high(), 0, "signed with a high risk that the Commissioner has not cleared");
        assert!(!self.consulting && self.clashes == 0);
        let seals = self.seals();
        for organisation in &self.controllers {
            let holding: Vec<&Signature> =
                self.signatures.iter().filter(|one| one.organisation == *organisation && one.holds(&seals)).collect();
            for kind in [Kind::Advises, Kind::AcceptsRisk] {
                assert!(holding.iter().any(|one| one.kind == kind), "{kind:?} is missing for {organisation}");
            }
            let accepted = holding.iter().rev().find(|one| one.kind == Kind::AcceptsRisk).unwrap();
            let role = if self.level == Band::Low { Role::InformationAssetOwner } else { Role::Siro };
            assert_eq!(accepted.role, role, "{:?} risk was accepted by the wrong role", self.level);
            for signature in &holding {
                assert!(signature.second_factor);
                let wrote = |part| self.writers.get(&part).is_some_and(|writers| writers.contains(&signature.person));
                assert!(!wrote(None) && !wrote(Some(*organisation)), "{} signed their own work", signature.person);
            }
            // Of the signatures that count (the newest of each step), no two of one person are in two roles.
            let mut roles: BTreeMap<PersonId, BTreeSet<Role>> = BTreeMap::new();
            let mut newest: BTreeMap<&str, &Signature> = BTreeMap::new();
            for signature in &holding {
                newest.insert(&signature.step, signature);
            }
            for signature in newest.values() {
                roles.entry(signature.person).or_default().insert(signature.role);
            }
            assert!(roles.values().all(|roles| roles.len() == 1), "one person signed in two roles: {roles:?}");
        }
    }
}

#[derive(Clone, Debug)]
enum Action {
    Write { who: usize, part: usize },
    Risk { level: usize },
    Clash,
    Settle,
    Recommend,
    AnswerAdvice,
    Answer { clears: bool },
    Move { step: Move, who: usize },
    Sign { who: usize, at: usize, step: usize, decision: usize },
}

fn actions() -> impl Strategy<Value = Vec<Action>> {
    let action = prop_oneof![
        1 => (0usize..7, 0usize..3).prop_map(|(who, part)| Action::Write { who, part }),
        1 => (0usize..3).prop_map(|level| Action::Risk { level }),
        1 => Just(Action::Clash),
        2 => Just(Action::Settle),
        1 => Just(Action::Recommend),
        2 => Just(Action::AnswerAdvice),
        1 => any::<bool>().prop_map(|clears| Action::Answer { clears }),
        3 => Just(Action::Move { step: Move::Freeze, who: 0 }),
        2 => (prop::sample::select(Move::ALL.to_vec()), 0usize..7).prop_map(|(step, who)| Action::Move { step, who }),
        30 => (0usize..7, 0usize..2, 0usize..6, 0usize..2).prop_map(|(who, at, step, decision)| Action::Sign { who, at, step, decision }),
    ];
    prop::collection::vec(action, 1..200)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, ..ProptestConfig::default() })]

    #[test]
    fn no_life_of_an_assessment_breaks_the_rules(actions in actions()) {
        let mut world = World::new();
        for action in &actions {
            world.step(action);
            world.check();
        }
    }
}

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
                    let step = board.steps.iter().position(|step| step.id == slot.step.id).unwrap();
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
    world.step(&Action::Recommend);
    assert_eq!(sign(&world, &people[5], 1, "risk", "accepted", ""), Err(Unsigned::OpenRecommendations));
    world.step(&Action::AnswerAdvice);
    assert_eq!(sign(&world, &people[4], 1, "risk", "accepted-low", ""), Err(Unsigned::NoSuchStep));
    assert!(sign(&world, &people[5], 1, "risk", "accepted", "").is_ok());
}
