//! Random lives of an assessment: whatever people do in whatever order, it never comes to a state that the rules forbid.

use super::*;
use crate::{
    dpia::{
        ids::{AssessmentId, SignatureId, VersionId},
        risk::Band,
        seal::{Seal, Seals},
        sign_off::{Board, Holder, Kind, Route, Routes, Signature, Signing, Stake, TakenBack, Writers, route},
    },
    people::PersonId,
};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, LazyLock},
};
use uuid::Uuid;

/// A route that a council wrote for itself: one review of another kind, no answer to the advice, another role for low risk, and
/// the ids of the shipped steps for what is decided otherwise.
const OWN: &str = "
kind: sign-off
urn: urn:example:sign-off:own
version: 1.0.0
title: Our own order
about: Illustrative.
in-force: 2026-11-01
steps:
  - id: look
    title: Information governance
    phase: review
    decisions:
      - {id: reviewed, does: reviews, role: ig-officer, says: I have looked at it.}
  - id: advice
    title: Advice of the data protection officer
    phase: advice
    after: [look]
    decisions:
      - {id: advised, does: advises, role: dpo, says: This is my advice., reasons: true}
  - id: risk
    title: Acceptance of the remaining risk
    phase: decision
    after: [advice]
    decisions:
      - {id: accepted-low, does: accepts-risk, role: service-director, risk: [low, medium], says: I accept it.}
      - {id: accepted, does: accepts-risk, role: siro, risk: [high], says: I accept it.}
";

/// The routes, read once: reading one (YAML, then its schema) takes a hundred times as long as a move. With `own`, the second
/// council follows one of its own.
fn routes(own: bool) -> &'static Routes {
    static ROUTES: LazyLock<[Routes; 2]> = LazyLock::new(|| {
        let shared = Routes::from(Route::read("sign-off.yaml", route::SHIPPED).unwrap());
        let own = Arc::new(Route::read("own.yaml", OWN).unwrap());
        [shared.clone(), shared.with(organisation(2), own)]
    });
    &ROUTES[usize::from(own)]
}

/// The people of two councils: enough for every role, some with two, some at both.
pub(super) fn people() -> Vec<Member> {
    use Role::*;
    vec![
        member(1, &[(1, &[ProjectLead, IgOfficer], &[])]),
        member(2, &[(1, &[Cio, Siro], &[]), (2, &[Cio], &[])]),
        member(3, &[(1, &[HeadOfProcurement], &[]), (2, &[HeadOfProcurement], &[])]),
        member(4, &[(1, &[Dpo], &[]), (2, &[Dpo], &[])]),
        member(5, &[(1, &[InformationAssetOwner], &[]), (2, &[ProjectLead], &[])]),
        member(6, &[(2, &[InformationAssetOwner, Siro], &[]), (1, &[], &[Siro])]),
        member(7, &[(1, &[], &[InformationAssetOwner]), (2, &[ServiceDirector], &[Siro, InformationAssetOwner])]),
        member(8, &[(2, &[IgOfficer], &[])]),
    ]
}

pub(super) struct World {
    /// Whether the second council follows a route of its own.
    pub(super) own_route: bool,
    pub(super) state: State,
    /// Counts changes of the shared body (under none) and of each annex.
    pub(super) text: BTreeMap<Option<OrganisationId>, u8>,
    pub(super) frozen: Option<BTreeMap<Option<OrganisationId>, u8>>,
    pub(super) writers: BTreeMap<Option<OrganisationId>, BTreeSet<PersonId>>,
    pub(super) signatures: Vec<Signature>,
    pub(super) holders: Vec<Holder>,
    pub(super) controllers: Vec<OrganisationId>,
    pub(super) level: Band,
    /// The risk is high, and the Commissioner has not cleared it.
    pub(super) cleared: bool,
    pub(super) consulting: bool,
    pub(super) recommendations: usize,
    pub(super) clashes: usize,
    pub(super) clock: i64,
}

impl World {
    pub(super) fn new() -> Self {
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
            own_route: false,
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

    pub(super) fn with_board<T>(&self, ask: impl FnOnce(&Board<'_>) -> T) -> T {
        let seals = self.seals();
        let mut writers = Writers::default();
        for (part, people) in &self.writers {
            people.iter().for_each(|person| writers.wrote(*part, *person, &[]));
        }
        let board = Board {
            assessment: AssessmentId(Uuid::from_u128(1)),
            state: self.state,
            version: self.frozen.as_ref().map(|_| VersionId(Uuid::from_u128(1))),
            steps: self
                .controllers
                .iter()
                .map(|one| {
                    let steps = routes(self.own_route).of(*one).steps.iter();
                    (*one, steps.filter(|step| step.when.is_none() && step.decisions(self.level).next().is_some()).collect())
                })
                .collect(),
            stakes: self.controllers.iter().map(|one| (*one, Stake { level: self.level, high: self.high() })).collect(),
            controllers: self.controllers.clone(),
            signatures: &self.signatures,
            seals: crate::dpia::sign_off::Sealed::Known(&seals),
            holders: &self.holders,
            writers: &writers,
            high: self.high(),
            righted: std::collections::BTreeMap::new(),
            needs_dpia: vec![],
            open_recommendations: self.recommendations,
            recommendations_apart: std::collections::BTreeMap::new(),
        };
        ask(&board)
    }

    fn situation(&self) -> Situation {
        let board = self.with_board(Situation::of_board);
        // What the Commissioner is asked about already, nobody asks about again.
        let to_ask = if self.consulting { 0 } else { board.to_ask };
        Situation { clashes: self.clashes, consulting: self.consulting, to_ask, reasons: true, review_date: true, ..board }
    }

    fn attempt(&mut self, step: Move, mover: Mover<'_>, situation: &Situation) -> bool {
        let Ok(row) = attempt(self.state, step, mover, lead(), &self.controllers, situation) else { return false };
        self.state = after(self.state, row, false);
        self.consulting &= step != Move::WithdrawRequest;
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

    pub(super) fn step(&mut self, action: &Action) {
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
                    let steps = board.steps_of(organisation);
                    let step = steps[step % steps.len()];
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
            Action::TakeBack { who, at, step } => {
                let member = &people[who % people.len()];
                let organisation = organisation(1 + (*at as u128 % 2));
                let taken = self.with_board(|board| {
                    let steps = board.steps_of(organisation);
                    board.take_back(member, organisation, &steps[step % steps.len()].id)
                });
                let situation = Situation { own_signature: taken.is_ok(), ..self.situation() };
                if let Ok(id) = taken
                    && self.attempt_quietly(Move::TakeBack, member, &situation)
                {
                    let taken_back = Some(TakenBack { at: self.clock, reasons: "Because.".to_owned() });
                    self.signatures.iter_mut().filter(|one| one.id == id).for_each(|one| one.taken_back.clone_from(&taken_back));
                    self.attempt(Move::TakeBack, Mover::Member(member), &situation);
                    assert!(!self.state.is_signed(), "somebody has to sign again");
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
    pub(super) fn check(&self) {
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
            let own = self.own_route && *organisation == super::organisation(2);
            let role = match (own, self.level) {
                (false, Band::Low) => Role::InformationAssetOwner,
                (true, Band::Low | Band::Medium) => Role::ServiceDirector,
                _ => Role::Siro,
            };
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
pub(super) enum Action {
    Write { who: usize, part: usize },
    Risk { level: usize },
    Clash,
    Settle,
    Recommend,
    AnswerAdvice,
    Answer { clears: bool },
    Move { step: Move, who: usize },
    Sign { who: usize, at: usize, step: usize, decision: usize },
    TakeBack { who: usize, at: usize, step: usize },
}

fn actions() -> impl Strategy<Value = Vec<Action>> {
    let action = prop_oneof![
        1 => (0usize..8, 0usize..3).prop_map(|(who, part)| Action::Write { who, part }),
        1 => (0usize..3).prop_map(|level| Action::Risk { level }),
        1 => Just(Action::Clash),
        2 => Just(Action::Settle),
        1 => Just(Action::Recommend),
        2 => Just(Action::AnswerAdvice),
        1 => any::<bool>().prop_map(|clears| Action::Answer { clears }),
        3 => Just(Action::Move { step: Move::Freeze, who: 0 }),
        2 => (prop::sample::select(Move::ALL.to_vec()), 0usize..8).prop_map(|(step, who)| Action::Move { step, who }),
        1 => (0usize..8, 0usize..2, 0usize..6).prop_map(|(who, at, step)| Action::TakeBack { who, at, step }),
        30 => (0usize..8, 0usize..2, 0usize..6, 0usize..2).prop_map(|(who, at, step, decision)| Action::Sign { who, at, step, decision }),
    ];
    prop::collection::vec(action, 1..200)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn no_life_of_an_assessment_breaks_the_rules(actions in actions(), own_route: bool) {
        let mut world = World { own_route, ..World::new() };
        for action in &actions {
            world.step(action);
            world.check();
        }
    }
}
