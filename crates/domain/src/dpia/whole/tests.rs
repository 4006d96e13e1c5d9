//! What counts for whom: shared risks and one's own, as they are frozen; and freezing one annex leaves every other seal alone.

use super::*;
use crate::dpia::{
    access::Sight,
    answer::Answer,
    assessment::{
        Joined, Party, PartyRole, State,
        tests::{assessment, organisation, person},
    },
    ids::{MeasureId, VersionId},
    risk::{Assessed, Band, Matrix, Progress, Rating, Source},
    sign_off::Stake,
    version::{Head, MeasureRecord, RiskRecord},
};
use proptest::prelude::*;
use uuid::Uuid;

fn matrix() -> Matrix {
    let template =
        crate::dpia::library::shipped().in_force(crate::dpia::template::Purpose::Dpia, jiff::civil::date(2026, 11, 23));
    template.expect("a template ships").matrix.clone()
}

/// Ratings of the shipped matrix: none, low, medium, high.
const RATINGS: [Option<(&str, &str)>; 4] =
    [None, Some(("remote", "minimal")), Some(("possible", "some")), Some(("possible", "serious"))];

fn risk(number: u128, part: Part, rated: usize) -> RiskRecord {
    let rating = RATINGS[rated].map(|(likelihood, severity)| Rating { likelihood: likelihood.into(), severity: severity.into() });
    RiskRecord {
        assessment: assessment().id,
        number: u32::try_from(number).unwrap(),
        risk: Risk {
            id: RiskId(Uuid::from_u128(number)),
            part,
            title: format!("Risk {number}"),
            description: String::new(),
            source: Source::Own,
            inherent: Assessed::default(),
            residual: Assessed { rating, overridden: None },
        },
        writers: BTreeSet::new(),
        look: None,
        by: person(10),
        organisation: organisation(1),
        stated: false,
        updated_at: 0,
    }
}

fn measure(number: u128, risks: &[u128], words: &str) -> MeasureRecord {
    MeasureRecord {
        assessment: assessment().id,
        number: u32::try_from(number).unwrap(),
        measure: Measure {
            id: MeasureId(Uuid::from_u128(100 + number)),
            risks: risks.iter().map(|risk| RiskId(Uuid::from_u128(*risk))).collect(),
            title: words.to_owned(),
            description: String::new(),
            effect: None,
            owner: crate::dpia::answer::PersonRef::default(),
            organisation: None,
            due: None,
            progress: Progress::Planned,
            done_on: None,
            evidence: String::new(),
        },
        writers: BTreeSet::new(),
        by: person(10),
        organisation: organisation(1),
        stated: false,
        updated_at: 0,
    }
}

const ONE: u128 = 1;
const TWO: u128 = 2;

fn annex(number: u128) -> Part {
    Part::Annex(organisation(number))
}

/// An assessment of two controllers.
pub(crate) fn whole(risks: Vec<RiskRecord>, measures: Vec<MeasureRecord>) -> Whole {
    let mut assessment = assessment();
    let first = assessment.parties[0].clone();
    assessment.parties.push(Party {
        organisation: organisation(TWO),
        role: PartyRole::Controller,
        joined: Joined::Accepted,
        ..first
    });
    Whole {
        sight: Sight::All,
        assessment,
        screening: None,
        fields: vec![],
        risks,
        measures,
        comments: vec![],
        recommendations: vec![],
        signatures: vec![],
        consultations: vec![],
        versions: vec![],
        frozen_text: None,
        holders: vec![],
    }
}

/// It, frozen as it stands, with the annexes of some controllers.
pub(crate) fn frozen(mut whole: Whole, state: State, annexes: &[u128]) -> Whole {
    let text = whole.snapshot();
    let version = VersionId(Uuid::from_u128(9));
    let seals = text.seals(annexes.iter().map(|one| organisation(*one)), &|_| true);
    whole.versions = vec![Head {
        id: version,
        number: 1,
        name: String::new(),
        frozen: true,
        seals,
        routes: std::collections::BTreeMap::new(),
        by: person(10),
        organisation: organisation(1),
        at: 0,
        stated: false,
    }];
    whole.frozen_text = Some(text);
    (whole.assessment.frozen, whole.assessment.state) = (Some(version), state);
    whole
}

#[test]
fn while_it_is_written_each_decides_about_shared_risks_and_its_own() {
    let matrix = matrix();
    let whole = whole(vec![risk(1, Part::Shared, 1), risk(2, annex(ONE), 2), risk(3, annex(TWO), 3)], vec![]);
    assert_eq!(whole.stake(organisation(ONE), &matrix), Stake { level: Band::Medium, high: 0 });
    assert_eq!(whole.stake(organisation(TWO), &matrix), Stake { level: Band::High, high: 1 });
    assert_eq!((whole.level(&matrix), whole.high(&matrix)), (Band::High, vec![RiskId(Uuid::from_u128(3))]));
}

#[test]
fn what_somebody_writes_beside_a_signed_text_counts_for_nobody_until_it_is_frozen() {
    let matrix = matrix();
    let mut live = frozen(whole(vec![risk(1, Part::Shared, 1)], vec![]), State::Live, &[ONE]);
    // The second joined later, and writes a risk that nobody has rated; the shared risk is written over, too.
    live.risks = vec![risk(1, Part::Shared, 3), risk(2, annex(TWO), 0)];
    assert_eq!(live.stake(organisation(ONE), &matrix), Stake { level: Band::Low, high: 0 });
    assert_eq!(live.stake(organisation(TWO), &matrix).level, Band::High, "its own draft, not rated");
    assert_eq!((live.level(&matrix), live.unrated(&matrix)), (Band::Low, false));
    assert!(live.high(&matrix).is_empty());
    assert!(live.annex_open(annex(TWO)) && !live.annex_open(annex(ONE)) && !live.annex_open(Part::Shared));
    // Frozen, its annex is not open any more; opened again, it is. Nothing is open while all is written.
    let both = frozen(whole(vec![risk(1, Part::Shared, 1)], vec![]), State::Live, &[ONE, TWO]);
    assert!(!both.annex_open(annex(TWO)));
    let mut opened = both.clone();
    opened.assessment.open_annexes.insert(organisation(TWO));
    assert!(opened.annex_open(annex(TWO)) && !opened.annex_open(annex(ONE)));
    opened.assessment.state = State::Drafting;
    assert!(!opened.annex_open(annex(TWO)));
    // Opened again and changed: what was frozen counts on.
    let mut changed = frozen(whole(vec![risk(2, annex(TWO), 1)], vec![]), State::Live, &[ONE, TWO]);
    changed.assessment.open_annexes.insert(organisation(TWO));
    changed.risks = vec![risk(2, annex(TWO), 3)];
    assert_eq!(changed.stake(organisation(TWO), &matrix), Stake { level: Band::Low, high: 0 });
}

#[test]
fn once_all_have_signed_each_asks_the_commissioner_about_its_own_risks_and_the_lead_about_any() {
    let matrix = matrix();
    let of = |number: u128| RiskId(Uuid::from_u128(number));
    let risks = vec![risk(1, Part::Shared, 3), risk(2, annex(TWO), 3)];
    let mut asked = frozen(whole(risks, vec![]), State::Live, &[ONE, TWO]);
    let (lead, third) = (asked.assessment.lead, organisation(77));
    assert_ne!(lead, organisation(TWO));
    assert_eq!(asked.to_ask(lead, &matrix), [of(1), of(2)]);
    assert_eq!(asked.to_ask(organisation(TWO), &matrix), [of(1), of(2)]);
    assert_eq!(asked.to_ask(third, &matrix), [of(1)], "another's annex is not its to ask about");
    // Before that the lead's officers ask for everybody, whoever they act for besides.
    asked.assessment.state = State::Decision;
    assert_eq!(asked.to_ask(third, &matrix), [of(1), of(2)]);
}

#[test]
fn a_review_that_concludes_that_a_dpia_is_needed_stops_all_but_a_late_joiner_itself_alone() {
    use crate::dpia::answer::Ternary;
    let library = crate::dpia::library::shipped();
    let day = jiff::civil::date(2026, 11, 23);
    let review = library.in_force(crate::dpia::template::Purpose::Review, day).unwrap();
    let dpia = library.in_force(crate::dpia::template::Purpose::Dpia, day).unwrap();
    assert!(review.asks_for_dpia().is_some() && dpia.asks_for_dpia().is_none());
    let says = |whole: &mut Whole, of: u128, answer: Ternary| {
        let text = whole.frozen_text.as_mut().unwrap();
        text.answers.insert(annex(of).at("dpia-needed"), Answer::Ternary(answer));
    };
    let mut live = frozen(whole(vec![], vec![]), State::Decision, &[ONE, TWO]);
    assert!(live.dpia_needed(review).is_empty());
    says(&mut live, ONE, Ternary::No);
    says(&mut live, TWO, Ternary::Unsure);
    assert_eq!(live.dpia_needed(review), [organisation(TWO)]);
    assert_eq!(live.stopped_by_conclusion(review), [organisation(ONE), organisation(TWO)]);
    assert!(live.dpia_needed(dpia).is_empty(), "a DPIA asks no such question");
    // Once the data is in use, another's annex only notifies.
    live.assessment.state = State::Live;
    assert_eq!(live.stopped_by_conclusion(review), [organisation(TWO)]);
}

#[test]
fn whoever_accepts_the_remaining_risk_approves_the_measures_of_what_they_signed() {
    use crate::{
        dpia::{
            ids::SignatureId,
            known::Known,
            sign_off::{Kind, Signature},
            template::Purpose,
        },
        people::Role,
    };
    let (known, today) = (Known::shipped(), jiff::civil::date(2026, 11, 23));
    let template = known.in_force(Purpose::Dpia, today).unwrap();
    let risks = vec![risk(1, Part::Shared, 1), risk(2, annex(TWO), 1)];
    let mut whole = frozen(whole(risks, vec![measure(1, &[1], "Train"), measure(2, &[2], "Lock")]), State::Signed, &[ONE, TWO]);
    let routes = known.routes_of(&whole.assessment, today).unwrap();
    let seals = whole.frozen().unwrap().seals.clone();
    let signed = |of: u128, step: &str, decision: &str, kind, role| Signature {
        id: SignatureId(Uuid::now_v7()),
        assessment: whole.assessment.id,
        version: VersionId(Uuid::from_u128(9)),
        step: step.to_owned(),
        decision: decision.to_owned(),
        kind,
        says: String::new(),
        reasons: String::new(),
        person: person(of + 20),
        organisation: organisation(of),
        role,
        as_deputy: false,
        second_factor: true,
        at: 1,
        level: Band::Low,
        shared: seals.shared,
        annex: seals.annexes[&organisation(of)],
        taken_back: None,
    };
    let accepts = |of| signed(of, "risk", "accepted-low", Kind::AcceptsRisk, Role::InformationAssetOwner);
    whole.signatures =
        vec![accepts(ONE), accepts(TWO), signed(ONE, "procurement", "reviewed", Kind::Reviews, Role::HeadOfProcurement)];
    let approve = |whole: &Whole, number: u128| {
        let found = whole.approvals(template, &routes, MeasureId(Uuid::from_u128(100 + number)));
        found.into_iter().map(|one| one.organisation).collect::<Vec<_>>()
    };
    assert_eq!(approve(&whole, 1), [organisation(ONE), organisation(TWO)]);
    assert_eq!(approve(&whole, 2), [organisation(TWO)], "a measure of an annex, its own organisation");
    assert!(approve(&whole, 3).is_empty());
    // What the board passes over approves nothing: of somebody who wrote part of it since, of one who left.
    let mut wrote = whole.clone();
    wrote.risks[1].writers.insert(person(TWO + 20));
    assert_eq!(approve(&wrote, 1), [organisation(ONE)]);
    assert!(approve(&wrote, 2).is_empty());
    let mut left = whole.clone();
    left.assessment.parties.retain(|party| party.organisation != organisation(TWO));
    assert_eq!(approve(&left, 1), [organisation(ONE)]);
    // What its signer writes into an open annex is part of nothing that was signed, until it is frozen.
    wrote.assessment.open_annexes.insert(organisation(TWO));
    assert_eq!(approve(&wrote, 2), [organisation(TWO)]);
    // Nor does what the present risk asks somebody else to decide.
    let mut higher = whole.clone();
    if let Some(text) = &mut higher.frozen_text {
        text.risks[0].residual.rating = risk(1, Part::Shared, 2).risk.residual.rating;
    }
    assert!(approve(&higher, 1).is_empty());
    whole.assessment.state = State::Drafting;
    assert!(approve(&whole, 1).is_empty(), "nothing is approved while the text is written");
}

#[test]
fn advice_on_anothers_annex_keeps_nobody_else_from_accepting_the_risk_once_data_is_in_use() {
    use crate::dpia::{
        advice::{Recommendation, tests::recommendation},
        known::Known,
        sign_off::{Block, Status},
        template::Purpose,
    };
    let (known, today) = (Known::shipped(), jiff::civil::date(2026, 11, 23));
    let template = known.in_force(Purpose::Dpia, today).unwrap();
    let mut whole = frozen(whole(vec![risk(1, Part::Shared, 1)], vec![]), State::Live, &[ONE, TWO]);
    let routes = known.routes_of(&whole.assessment, today).unwrap();
    let holder = |of: u128| crate::dpia::sign_off::Holder {
        organisation: organisation(of),
        role: crate::people::Role::InformationAssetOwner,
        person: person(of + 20),
        deputy: false,
    };
    whole.holders = vec![holder(ONE), holder(TWO)];
    let blocked = |whole: &Whole, of: u128| {
        whole.with_board(template, &routes, |board| {
            let slot = board.slots().into_iter().find(|slot| slot.organisation == organisation(of) && slot.step.accepts_risk());
            slot.unwrap().status == Status::Blocked { by: vec![Block::Recommendations { open: 1 }] }
        })
    };
    let on = |part: Part| Recommendation { place: part.at("gateway"), answer: None, ..recommendation() };
    whole.recommendations = vec![on(annex(TWO))];
    assert!(!blocked(&whole, ONE) && blocked(&whole, TWO), "another party's annex only notifies");
    whole.recommendations = vec![on(Part::Shared)];
    assert!(blocked(&whole, ONE) && blocked(&whole, TWO));
    // Before all have signed, every recommendation is answered first.
    whole.assessment.state = State::Decision;
    whole.recommendations = vec![on(annex(TWO))];
    assert!(blocked(&whole, ONE) && blocked(&whole, TWO));
}

proptest! {
    #[test]
    fn freezing_one_annex_changes_no_other_seal(
        before in proptest::collection::vec((0usize..3, 0usize..4), 0..6),
        now in proptest::collection::vec((0usize..3, 0usize..4), 0..6),
        words in proptest::collection::vec(("[a-c]", "[a-c]", 0usize..3), 0..4),
    ) {
        let parts = [Part::Shared, annex(ONE), annex(TWO)];
        let make = |list: &[(usize, usize)], words: usize| {
            // A risk never moves to another part: ids say where they stand.
            let of = |at: usize| (list[at].0 * 10 + at) as u128 + 1;
            let risks: Vec<RiskRecord> =
                list.iter().enumerate().map(|(at, (part, rated))| risk(of(at), parts[*part], *rated)).collect();
            let measures = (0..list.len()).map(|at| measure(of(at), &[of(at)], &format!("Words {words}"))).collect();
            whole(risks, measures)
        };
        let text = |word: &str| Answer::Text(word.to_owned());
        let (mut base, mut after) = (make(&before, 1).snapshot(), make(&now, 2).snapshot());
        for (old, new, part) in &words {
            base.answers.insert(parts[*part].at("gateway"), text(old));
            after.answers.insert(parts[*part].at("gateway"), text(new));
        }
        let seals = |snapshot: &Snapshot| snapshot.seals([organisation(ONE), organisation(TWO)], &|_| true);
        let both = base.with_annex(&after, organisation(TWO));
        let (was, is, wanted) = (seals(&base), seals(&both), seals(&after));
        prop_assert_eq!(is.shared, was.shared);
        prop_assert_eq!(is.annexes[&organisation(ONE)], was.annexes[&organisation(ONE)]);
        prop_assert_eq!(is.annexes[&organisation(TWO)], wanted.annexes[&organisation(TWO)]);
    }
}

#[test]
fn each_controller_asks_the_commissioner_about_its_own_risks_whatever_others_wait_for() {
    use crate::dpia::{
        ico::{Asked, Consultation},
        ids::ConsultationId,
    };
    const THREE: u128 = 3;
    let mut whole = whole(vec![risk(2, annex(TWO), 3), risk(3, annex(THREE), 3), risk(4, Part::Shared, 1)], vec![]);
    let third = Party { organisation: organisation(THREE), ..whole.assessment.parties[1].clone() };
    whole.assessment.parties.push(third);
    whole.assessment.state = State::Signed;
    let (matrix, day) = (matrix(), jiff::civil::date(2026, 11, 2));
    let to_ask = |whole: &Whole, one: u128| -> Vec<u128> {
        whole.to_ask(organisation(one), &matrix).into_iter().map(|risk| risk.0.as_u128()).collect()
    };
    let asks = |whole: &Whole, one: u128| {
        let about = whole.to_ask(organisation(one), &matrix).into_iter().map(|risk| Asked::of(whole.bound_risk(risk).unwrap()));
        let (id, version) = (ConsultationId(Uuid::from_u128(one)), VersionId(Uuid::from_u128(9)));
        Consultation::ask(id, whole.assessment.id, version, about.collect(), day, day).unwrap()
    };
    let two = asks(&whole, TWO);
    whole.consultations.push(two);
    assert_eq!((to_ask(&whole, TWO), to_ask(&whole, THREE), to_ask(&whole, ONE)), (vec![], vec![3], vec![3]));
    assert!(whole.consultation(None, organisation(THREE)).is_none(), "what another waits for is not theirs");
    let three = asks(&whole, THREE);
    whole.consultations.push(three);
    let seen = |one: u128, named: Option<u128>| {
        let named = named.map(|id| ConsultationId(Uuid::from_u128(id)));
        whole.consultation(named, organisation(one)).map(|one| one.id.0.as_u128())
    };
    assert_eq!((seen(TWO, None), seen(THREE, None)), (Some(TWO), Some(THREE)));
    assert_eq!((seen(TWO, Some(THREE)), seen(ONE, Some(TWO)), seen(ONE, None)), (None, Some(TWO), Some(THREE)));
    assert!(to_ask(&whole, ONE).is_empty(), "nobody asks twice about what the Commissioner has before it");
}
