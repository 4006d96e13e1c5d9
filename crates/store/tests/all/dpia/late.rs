//! A controller joins an assessment that others have signed and use: it writes, freezes and signs its own annex, and no signature
//! of anybody else is touched by it.

mod high_risk;

use super::*;
use domain::dpia::{
    edit::Refusal as Unwritten,
    risk::{Band, Measure, Rating, Risk},
    sign_off::Status,
    version::{MeasureRecord, RiskRecord},
    whole::Whole,
};
use std::sync::atomic::{AtomicI64, Ordering};

/// Council 0 has signed and is in use; council 1 has joined since.
struct Late {
    city: City,
    lead: Member,
    joiner: Member,
    signers: Vec<Member>,
    assessment: AssessmentId,
    route: Routes,
    clock: AtomicI64,
}

impl Late {
    async fn new() -> Self {
        let city = City::new(2).await;
        let lead = city.person(0, &[Role::ProjectLead]).await;
        let joiner = city.person(1, &[Role::ProjectLead]).await;
        let assessment = city.assessment(&lead, &[]).await;
        let mut signers = Vec::new();
        for council in 0..2 {
            for role in [Role::Cio, Role::HeadOfProcurement, Role::Dpo, Role::InformationAssetOwner, Role::Siro] {
                signers.push(city.person(council, &[role]).await);
            }
        }
        let route = shipped_route();
        fill(&city, &lead, assessment).await;
        let late = Self { city, lead, joiner, signers, assessment, route, clock: AtomicI64::new(NOW) };
        late.make(&late.lead, Move::Freeze, Moving::default()).await.unwrap();
        late.sign_all().await;
        late.make(&late.lead, Move::GoLive, Moving { review_on: Some(date(2027, 11, 23)), ..Moving::default() }).await.unwrap();
        let mut work = late.work(&late.lead).await;
        let mut head = work.whole.assessment.clone();
        let organisation = late.city.councils[1];
        head.invite(organisation, PartyRole::JointController, vec![], late.lead.person, NOW).unwrap();
        head.answer_invitation(organisation, true, late.joiner.person, NOW).unwrap();
        work.change_head(head).await.unwrap();
        work.commit().await.unwrap();
        late
    }

    async fn work(&self, member: &Member) -> store::dpia::Work {
        let at = self.clock.fetch_add(1, Ordering::Relaxed);
        self.city.store.work(&scope(member), at, TODAY, self.assessment).await.unwrap().unwrap()
    }

    async fn make(&self, member: &Member, step: Move, moving: Moving<'_>) -> Result<State, Refused> {
        let mut work = self.work(member).await;
        let moved = work.make_move(self.city.template(), &self.route, step, &moving).await.unwrap()?;
        work.commit().await.unwrap();
        Ok(moved.state)
    }

    async fn whole(&self) -> Whole {
        self.city.load(&scope(&self.lead), self.assessment).await.unwrap()
    }

    /// Everybody signs what they can, until nobody can; says how many signed.
    async fn sign_all(&self) -> usize {
        let mut signed = 0;
        loop {
            let before = signed;
            for member in &self.signers {
                let turn = self.whole().await.with_board(self.city.template(), &self.route, |board| {
                    board.turns(member.person).first().and_then(|slot| {
                        let level = board.stake(slot.organisation).level;
                        let decision = slot.step.decisions(level).find(|one| member.holds(slot.organisation, one.role))?;
                        Some((slot.organisation, slot.step.id.clone(), decision.id.clone()))
                    })
                });
                let Some((organisation, step, decision)) = turn.filter(|(.., decision)| decision != "overruled") else {
                    continue;
                };
                let moving = Moving { sign: Some((organisation, &step, &decision)), reasons: "My advice.", ..Moving::default() };
                self.make(member, Move::Sign, moving).await.unwrap();
                signed += 1;
            }
            if signed == before {
                return signed;
            }
        }
    }

    /// How many steps of a council are signed, of how many.
    async fn signed(&self, council: usize) -> (usize, usize) {
        self.whole().await.with_board(self.city.template(), &self.route, |board| {
            let slots: Vec<_> =
                board.slots().into_iter().filter(|slot| slot.organisation == self.city.councils[council]).collect();
            (slots.iter().filter(|slot| matches!(slot.status, Status::Signed { .. })).count(), slots.len())
        })
    }

    fn annex(&self) -> Part {
        Part::Annex(self.city.councils[1])
    }

    /// A risk of the joiner's annex; not rated, or with a rating.
    async fn risk(&self, rating: Option<(&str, &str)>) -> RiskRecord {
        let mut work = self.work(&self.joiner).await;
        let mut record = risk(&self.joiner, self.assessment, self.annex());
        let rating = rating.map(|(likelihood, severity)| Rating { likelihood: likelihood.into(), severity: severity.into() });
        record.risk.residual = domain::dpia::risk::Assessed { rating, overridden: None };
        record.number = 7;
        work.put_risk(record.clone()).await.unwrap();
        work.commit().await.unwrap();
        record
    }

    async fn rate(&self, record: &RiskRecord, likelihood: &str, severity: &str) {
        let mut work = self.work(&self.joiner).await;
        let mut now = work.whole.risks.iter().find(|one| one.risk.id == record.risk.id).unwrap().clone();
        now.risk = Risk {
            residual: domain::dpia::risk::Assessed {
                rating: Some(Rating { likelihood: likelihood.into(), severity: severity.into() }),
                overridden: None,
            },
            ..now.risk
        };
        work.put_risk(now).await.unwrap();
        work.commit().await.unwrap();
    }

    async fn measure(&self, on: &RiskRecord) {
        let mut work = self.work(&self.joiner).await;
        let planned = test_support::dpia::measure(self.assessment, self.joiner.person, self.joiner.acting_for);
        let measure = Measure { risks: vec![on.risk.id], organisation: Some(self.joiner.acting_for), ..planned.measure };
        let record = MeasureRecord { number: 9, measure, ..planned };
        work.put_measure(record).await.unwrap();
        work.commit().await.unwrap();
    }

    async fn write(&self, words: &str) -> Answered {
        let place = self.annex().at(&annex_field(&self.city));
        let from = self.whole().await.field(&place).map_or(0, |field| field.version);
        self.city.save(&self.joiner, self.assessment, &place, from, words).await
    }

    /// Signed by all, and not in use; the joiner came five milliseconds after the clock began: before that, or since.
    async fn signed_since(&self, since: i64) {
        let mut work = self.work(&self.lead).await;
        let head = work.whole.assessment.clone();
        let mut head = Assessment { state: State::Signed, state_since: since, live_since: None, ..head };
        let joiner = head.parties.iter_mut().filter(|party| party.organisation == self.joiner.acting_for);
        joiner.for_each(|party| party.since = NOW + 5);
        work.change_head(head).await.unwrap();
        work.commit().await.unwrap();
    }

    fn begins(&self) -> Moving<'static> {
        Moving { review_on: Some(date(2027, 11, 23)), ..Moving::default() }
    }

    fn level(&self, whole: &Whole, council: usize) -> Band {
        whole.stake(self.city.councils[council], &self.city.template().matrix).level
    }
}

fn unmet(refused: Result<State, Refused>) -> Vec<Condition> {
    match refused {
        Err(Refused::Move(Unmoved::Unmet { conditions })) => conditions,
        other => panic!("{other:?}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_frozen_version_keeps_the_routes_that_were_in_force_and_who_joins_keeps_its_own() {
    let mut late = Late::new().await;
    let [first, second] = [late.city.councils[0], late.city.councils[1]];
    let kept = |whole: &Whole, organisation| whole.frozen().unwrap().routes.get(&organisation).map(|one| one.version.clone());
    let before = late.whole().await;
    assert_eq!((kept(&before, first).as_deref(), kept(&before, second)), (Some("1.0.0"), None));
    // Another route is in force when the joiner freezes its annex; whoever signed before keeps the one by which it did.
    let newer = domain::dpia::sign_off::route::SHIPPED.replacen("version: 1.0.0", "version: 1.1.0", 1);
    let newer = Routes::from(Route::read("sign-off.yaml", &newer).unwrap());
    let older = late.route.of(first).clone();
    late.route = newer.keeping(first, older.into(), false);
    fill(&late.city, &late.joiner, late.assessment).await;
    late.make(&late.joiner, Move::FreezeAnnex, Moving::default()).await.unwrap();
    let after = late.whole().await;
    assert_eq!((kept(&after, first).as_deref(), kept(&after, second).as_deref()), (Some("1.0.0"), Some("1.1.0")));
    assert_eq!(late.signed(0).await, (5, 5), "nobody's signature is taken back");
    // Opened and frozen anew, it is all signed by what is in force then.
    late.make(&late.lead, Move::Reopen, Moving { reasons: "Another system.", ..Moving::default() }).await.unwrap();
    // Two controllers have to say what they arranged.
    fill(&late.city, &late.lead, late.assessment).await;
    late.make(&late.lead, Move::Freeze, Moving::default()).await.unwrap();
    assert_eq!(kept(&late.whole().await, first).as_deref(), Some("1.1.0"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_late_joiners_annex_is_frozen_and_signed_and_every_older_signature_holds() {
    let late = Late::new().await;
    let before = late.whole().await;
    let older = before.frozen().unwrap().seals.clone();
    assert_eq!((late.signed(0).await, late.signed(1).await.0), ((5, 5), 0));
    assert_eq!(late.sign_all().await, 0, "nobody signs an annex that nobody has frozen");

    // What it writes counts for nobody else: not a risk that nobody has rated, not a high one.
    fill(&late.city, &late.joiner, late.assessment).await;
    let own = late.risk(None).await;
    late.measure(&own).await;
    let draft = late.whole().await;
    assert_eq!(
        (late.signed(0).await, late.level(&draft, 0), draft.level(&late.city.template().matrix)),
        ((5, 5), Band::Low, Band::Low)
    );
    assert_eq!(unmet(late.make(&late.joiner, Move::FreezeAnnex, Moving::default()).await), [Condition::AnnexAnswered]);
    late.rate(&own, "possible", "some").await;

    assert_eq!(late.make(&late.joiner, Move::FreezeAnnex, Moving::default()).await, Ok(State::Live));
    let frozen = late.whole().await;
    let seals = &frozen.frozen().unwrap().seals;
    assert_eq!((seals.shared, seals.annexes[&late.city.councils[0]]), (older.shared, older.annexes[&late.city.councils[0]]));
    assert_eq!((late.level(&frozen, 0), late.level(&frozen, 1)), (Band::Low, Band::Medium));
    assert_eq!((late.signed(0).await, late.signed(1).await.0), ((5, 5), 0));
    let version = late.city.store.version(&scope(&late.lead), TODAY, frozen.assessment.frozen.unwrap()).await.unwrap().unwrap();
    assert!(version.content.measures.iter().any(|one| one.title == "Change the batteries"));
    // From now on the annex is what the signers read.
    assert_eq!(late.write("Other words").await, Answered::Refused(Unwritten::Signed));
    assert_eq!(unmet(late.make(&late.joiner, Move::FreezeAnnex, Moving::default()).await), [Condition::AnnexOpen]);
    assert_eq!(late.sign_all().await, 5);
    assert_eq!((late.signed(0).await, late.signed(1).await), ((5, 5), (5, 5)));
    assert!(late.city.store.check(&operator()).await.unwrap().sound());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_controller_opens_its_own_annex_again_and_only_its_own_signatures_go_stale() {
    let late = Late::new().await;
    fill(&late.city, &late.joiner, late.assessment).await;
    late.make(&late.joiner, Move::FreezeAnnex, Moving::default()).await.unwrap();
    assert_eq!(late.sign_all().await, 5);
    // One of its signers sends the annex back: nothing is stale before it is frozen anew.
    let officer =
        late.signers.iter().find(|one| one.acting_for == late.city.councils[1] && one.holds(one.acting_for, Role::Dpo)).unwrap();
    assert_eq!(unmet(late.make(officer, Move::OpenAnnex, Moving::default()).await), [Condition::Reasons]);
    late.make(officer, Move::OpenAnnex, Moving { reasons: "The gateway is another Act.", ..Moving::default() }).await.unwrap();
    let asked = late.city.store.open_tasks(&scope(&late.joiner)).await.unwrap();
    assert!(asked.iter().any(|task| task.about == About::SentBack && task.note == "The gateway is another Act."));
    let again = Moving { reasons: "Once more.", ..Moving::default() };
    assert_eq!(unmet(late.make(officer, Move::OpenAnnex, again).await), [Condition::AnnexFrozen]);
    assert!(matches!(late.write("Another Act.").await, Answered::Done(_)));
    let elsewhere = Place::annex(late.city.councils[0], &annex_field(&late.city));
    let locked = late.city.save(&late.lead, late.assessment, &elsewhere, 1, "Mine too").await;
    assert_eq!(locked, Answered::Refused(Unwritten::Signed), "only the annex that was opened");
    assert_eq!((late.signed(0).await, late.signed(1).await), ((5, 5), (5, 5)), "what was signed holds until it is frozen anew");
    late.make(&late.joiner, Move::FreezeAnnex, Moving::default()).await.unwrap();
    assert_eq!((late.signed(0).await, late.signed(1).await.0), ((5, 5), 0));
    assert!(late.city.store.open_tasks(&scope(&late.joiner)).await.unwrap().iter().all(|task| task.about != About::SentBack));
    assert_eq!(late.sign_all().await, 5);
    // Opened and frozen as it was, nobody is asked again.
    let reasons = Moving { reasons: "To look.", ..Moving::default() };
    late.make(&late.joiner, Move::OpenAnnex, reasons).await.unwrap();
    late.make(&late.joiner, Move::FreezeAnnex, Moving::default()).await.unwrap();
    assert_eq!((late.sign_all().await, late.signed(1).await), (0, (5, 5)));
    assert!(late.city.store.check(&operator()).await.unwrap().sound());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_controller_that_joins_while_others_review_freezes_its_annex_beside_theirs() {
    let city = City::new(2).await;
    let lead = city.person(0, &[Role::ProjectLead]).await;
    let joiner = city.person(1, &[Role::ProjectLead]).await;
    let assessment = city.assessment(&lead, &[]).await;
    let cio = city.person(0, &[Role::Cio]).await;
    let route = shipped_route();
    fill(&city, &lead, assessment).await;
    let late = Late { city, lead, joiner, signers: vec![cio], assessment, route, clock: AtomicI64::new(NOW) };
    late.make(&late.lead, Move::Freeze, Moving::default()).await.unwrap();
    assert_eq!(late.sign_all().await, 1);
    let mut work = late.work(&late.lead).await;
    let mut head = work.whole.assessment.clone();
    head.invite(late.city.councils[1], PartyRole::Controller, vec![], late.lead.person, NOW).unwrap();
    head.answer_invitation(late.city.councils[1], true, late.joiner.person, NOW).unwrap();
    work.change_head(head).await.unwrap();
    work.commit().await.unwrap();
    fill(&late.city, &late.joiner, assessment).await;
    assert_eq!(late.make(&late.joiner, Move::FreezeAnnex, Moving::default()).await, Ok(State::Review));
    assert_eq!(late.signed(0).await.0, 1);
    assert_eq!(late.write("Other words").await, Answered::Refused(Unwritten::Frozen));
}

#[tokio::test(flavor = "multi_thread")]
async fn who_joins_what_is_signed_signs_for_itself_and_keeps_nobody_from_using_it() {
    let late = Late::new().await;
    fill(&late.city, &late.joiner, late.assessment).await;
    late.signed_since(NOW + 4).await;
    assert_eq!(late.make(&late.joiner, Move::FreezeAnnex, Moving::default()).await, Ok(State::Signed));
    assert_eq!(late.signed(1).await.0, 0, "it has signed nothing yet");
    late.signed_since(NOW + 6).await;
    assert_eq!(
        unmet(late.make(&late.lead, Move::GoLive, late.begins()).await),
        [Condition::AllSigned],
        "it was there, and has to sign"
    );
    late.signed_since(NOW + 4).await;
    assert_eq!(late.make(&late.lead, Move::GoLive, late.begins()).await, Ok(State::Live));
    // It signs afterwards, and nobody's signature is touched.
    late.sign_all().await;
    assert_eq!((late.signed(0).await, late.signed(1).await), ((5, 5), (5, 5)));
}
