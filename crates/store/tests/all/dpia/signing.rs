//! From frozen to signed, stale, signed again and in use; and what `check` finds.

use super::*;
use crate::changes::raw;

#[tokio::test(flavor = "multi_thread")]
async fn an_assessment_is_frozen_signed_by_two_councils_goes_stale_and_lives() {
    let city = City::new(2).await;
    let lead = city.person(0, &[Role::ProjectLead]).await;
    let other = city.person(1, &[Role::Editor]).await;
    let assessment = city.assessment(&lead, &[1]).await;
    let route = shipped_route();
    let make = |member: &Member, step: Move, moving: Moving<'static>| {
        let (city, route, scope) = (&city, &route, scope(member));
        async move { city.makes(&scope, assessment, route, step, &moving).await }
    };
    let unmet = make(&lead, Move::Freeze, Moving::default()).await.unwrap_err();
    assert_eq!(unmet, Refused::Move(Unmoved::Unmet { conditions: vec![Condition::Answered] }));
    fill(&city, &lead, assessment).await;
    fill(&city, &other, assessment).await;
    let frozen = make(&lead, Move::Freeze, Moving::default()).await.unwrap();
    assert_eq!(frozen.state, State::Review);
    let locked = city.save(&lead, assessment, &Place::shared("aims"), 1, "Changed").await;
    assert_eq!(locked, Answered::Refused(Refusal::Frozen));

    let mut signers = Vec::new();
    for council in 0..2 {
        for role in [Role::Cio, Role::HeadOfProcurement, Role::Dpo, Role::InformationAssetOwner, Role::Siro] {
            signers.push(city.person(council, &[role]).await);
        }
    }
    let sign_all = || async {
        for _ in 0..20 {
            for member in &signers {
                let whole = city.load(&scope(member), assessment).await.unwrap();
                let turn = whole.with_board(city.template(), &route, |board| {
                    board.turns(member.person).first().map(|slot| {
                        let decision = slot
                            .step
                            .decisions(board.stake(slot.organisation).level)
                            .find(|one| member.holds(slot.organisation, one.role))
                            .unwrap();
                        (slot.organisation, slot.step.id.clone(), decision.id.clone())
                    })
                });
                // The SIRO overrules nothing here.
                let Some((organisation, step, decision)) = turn.filter(|(_, _, decision)| decision != "overruled") else {
                    continue;
                };
                let moving = Moving { sign: Some((organisation, &step, &decision)), reasons: "My advice.", ..Moving::default() };
                let moved = city.makes(&scope(member), assessment, &route, Move::Sign, &moving).await;
                assert!(moved.is_ok(), "{moved:?}");
            }
        }
        city.load(&scope(&lead), assessment).await.unwrap()
    };
    let tasks = city.store.open_tasks(&scope(&signers[0])).await.unwrap();
    assert!(tasks.iter().any(|task| matches!(&task.about, About::Sign { step, .. } if step == "technical-assurance")));
    let signed = sign_all().await;
    assert_eq!(signed.assessment.state, State::Signed);
    assert_eq!(signed.signatures.len(), 10);
    let open = city.store.tasks_of(&scope(&lead), TODAY, assessment).await.unwrap().iter().filter(|task| task.open()).count();
    assert_eq!(open, 0, "signed tasks are closed");

    // One field of the second council's annex changes: its signatures are stale, the first council's hold.
    let changed =
        city.save(&other, assessment, &Place::annex(city.councils[1], &annex_field(&city)), 1, "Another gateway.").await;
    assert_eq!(changed, Answered::Refused(Refusal::Signed));
    let reopened = make(&lead, Move::Reopen, Moving { reasons: "The gateway changed.", ..Moving::default() }).await.unwrap();
    assert_eq!(reopened.state, State::Drafting);
    city.save(&other, assessment, &Place::annex(city.councils[1], &annex_field(&city)), 1, "Another gateway.").await;
    make(&lead, Move::Freeze, Moving { name: "With the new gateway", ..Moving::default() }).await.unwrap();
    let whole = city.load(&scope(&lead), assessment).await.unwrap();
    let seals = &whole.frozen().unwrap().seals;
    let holding = whole.signatures.iter().filter(|signature| signature.holds(seals)).count();
    assert_eq!(holding, 5);
    let again = sign_all().await;
    assert_eq!((again.assessment.state, again.signatures.len()), (State::Signed, 15));
    let early = make(&lead, Move::GoLive, Moving::default()).await.unwrap_err();
    assert_eq!(early, Refused::Move(Unmoved::Unmet { conditions: vec![Condition::ReviewDate] }));
    let live = make(&lead, Move::GoLive, Moving { review_on: Some(date(2027, 11, 23)), ..Moving::default() }).await.unwrap();
    assert_eq!(live.state, State::Live);
    let versions = city.load(&scope(&lead), assessment).await.unwrap().versions;
    assert_eq!(versions.iter().map(|version| version.name.as_str()).collect::<Vec<_>>(), ["", "With the new gateway"]);
    let version = city.store.version(&scope(&lead), TODAY, versions[1].id).await.unwrap().unwrap();
    assert_eq!(version.content.seals(city.councils.clone(), &|field| city.template().signed(field)), version.seals);

    // What is wrong is found.
    assert!(city.store.check(&operator()).await.unwrap().sound());
}

#[tokio::test(flavor = "multi_thread")]
async fn check_finds_a_changed_seal_a_lying_column_and_a_broken_file() {
    let city = City::new(1).await;
    let lead = city.person(0, &[Role::ProjectLead]).await;
    let assessment = city.assessment(&lead, &[]).await;
    let number = |assessment: &Assessment| assessment.number.clone();
    let first = city.load(&scope(&lead), assessment).await.unwrap().assessment;
    let second = city.load(&scope(&lead), city.assessment(&lead, &[]).await).await.unwrap().assessment;
    assert_eq!((number(&first), number(&second)), ("council-0-2026-1".to_owned(), "council-0-2026-2".to_owned()));
    // Nobody learns from a number how many assessments others have begun.
    let other = City::new(2).await;
    let (here, there) = (other.person(0, &[Role::ProjectLead]).await, other.person(1, &[Role::ProjectLead]).await);
    other.assessment(&here, &[]).await;
    let theirs = other.led(&there, 1, &[]).await;
    assert_eq!(number(&other.load(&scope(&there), theirs).await.unwrap().assessment), "council-1-2026-1");
    let mut work = city.store.work(&scope(&lead), NOW, TODAY, assessment).await.unwrap().unwrap();
    work.make_version(city.template(), "v", None).await.unwrap();
    work.commit().await.unwrap();
    assert!(city.store.check(&operator()).await.unwrap().sound());
    raw(&city.database, "update version set content = replace(content, 'Telecare', 'Telephone')").await;
    raw(&city.database, "update assessment set state = 'live'").await;
    let problems = city.store.check(&operator()).await.unwrap().problems.join("\n");
    assert!(problems.contains("is not what its fingerprint says"), "{problems}");
    assert!(problems.contains("the column state does not say"), "{problems}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_signature_that_is_taken_back_is_asked_for_again_until_it_is_public_or_in_use() {
    let city = City::new(1).await;
    let lead = city.person(0, &[Role::ProjectLead]).await;
    let assessment = city.assessment(&lead, &[]).await;
    let route = shipped_route();
    let council = city.councils[0];
    let make = |member: &Member, step: Move, moving: Moving<'static>| {
        let (city, route, scope) = (&city, &route, scope(member));
        async move { city.makes(&scope, assessment, route, step, &moving).await }
    };
    let sign = |step: &'static str, decision: &'static str| Moving {
        sign: Some((council, step, decision)),
        reasons: "My words.",
        ..Moving::default()
    };
    fill(&city, &lead, assessment).await;
    make(&lead, Move::Freeze, Moving::default()).await.unwrap();
    let (cio, buyer) = (city.person(0, &[Role::Cio]).await, city.person(0, &[Role::HeadOfProcurement]).await);
    let (dpo, owner) = (city.person(0, &[Role::Dpo]).await, city.person(0, &[Role::InformationAssetOwner]).await);
    make(&cio, Move::Sign, sign("technical-assurance", "reviewed")).await.unwrap();
    make(&buyer, Move::Sign, sign("procurement", "reviewed")).await.unwrap();
    make(&dpo, Move::Sign, sign("advice", "advised")).await.unwrap();
    make(&owner, Move::Sign, sign("answer-to-advice", "accepted")).await.unwrap();
    let signed = make(&owner, Move::Sign, sign("risk", "accepted-low")).await.unwrap();
    assert_eq!(signed.state, State::Signed);

    // Only whoever gave it takes it back, with reasons, and the last first.
    use domain::dpia::sign_off::Refusal as Unsigned;
    let back = |step: &'static str| Moving { reasons: "Meant for another.", ..sign(step, "") };
    let rests = make(&dpo, Move::TakeBack, back("advice")).await.unwrap_err();
    assert!(matches!(rests, Refused::Sign(Unsigned::RestsOn { ref steps }) if steps.len() == 2), "{rests:?}");
    let other = make(&cio, Move::TakeBack, back("risk")).await.unwrap_err();
    assert_eq!(other, Refused::Sign(Unsigned::NotYourSignature));
    let silent = make(&owner, Move::TakeBack, Moving { reasons: " ", ..back("risk") }).await.unwrap_err();
    assert_eq!(silent, Refused::Move(Unmoved::Unmet { conditions: vec![Condition::Reasons] }));
    let taken = make(&owner, Move::TakeBack, back("risk")).await.unwrap();
    assert_eq!((taken.from, taken.state), (State::Signed, State::Decision));
    let whole = city.load(&scope(&lead), assessment).await.unwrap();
    let last = whole.signatures.iter().find(|one| one.step == "risk").unwrap();
    assert_eq!(last.taken_back.as_ref().map(|taken| taken.reasons.as_str()), Some("Meant for another."));
    assert!(!last.holds(&whole.frozen().unwrap().seals));
    let asks = |task: &domain::dpia::task::Task| matches!(&task.about, About::Sign { step, .. } if step == "risk");
    assert!(city.store.open_tasks(&scope(&owner)).await.unwrap().iter().any(asks), "it is asked for again");
    let unsigned = make(&lead, Move::GoLive, Moving { review_on: Some(date(2027, 11, 23)), ..Moving::default() }).await;
    assert!(unsigned.is_err(), "nothing is used on it");

    // Decided anew, it counts; what is public, or in use, is not taken back.
    let again = make(&owner, Move::Sign, sign("risk", "accepted-low")).await.unwrap();
    assert_eq!(again.state, State::Signed);
    let whole = city.load(&scope(&lead), assessment).await.unwrap();
    let mut work = city.store.work(&scope(&lead), NOW, TODAY, assessment).await.unwrap().unwrap();
    let mut publication = Publication {
        id: PublicationId(Uuid::now_v7()),
        assessment,
        version: whole.assessment.frozen.unwrap(),
        sealed: whole.frozen().unwrap().seals.shared,
        fields: BTreeMap::new(),
        resting: [].into(),
        annexes: None,
        listed: None,
        summary: "For residents.".to_owned(),
        by: lead.person,
        prepared_by: [].into(),
        organisation: council,
        at: NOW,
        stage: Stage::Published { checked_by: owner.person, at: NOW, seal: whole.frozen().unwrap().seals.shared },
        updated_at: 0,
    };
    work.put_publication(publication.clone()).await.unwrap();
    work.commit().await.unwrap();
    let public = make(&owner, Move::TakeBack, back("risk")).await.unwrap_err();
    let relied = Refused::Move(Unmoved::Unmet { conditions: vec![Condition::NotPublished] });
    assert_eq!(public, relied);
    // Nor by way of another version of the same words.
    let refreeze = || async {
        make(&lead, Move::Reopen, Moving { reasons: "To look.", ..Moving::default() }).await.unwrap();
        make(&lead, Move::Freeze, Moving::default()).await.unwrap().state
    };
    assert_eq!(refreeze().await, State::Signed, "nothing changed: every signature holds");
    assert_eq!(make(&owner, Move::TakeBack, back("risk")).await.unwrap_err(), relied);
    let mut work = city.store.work(&scope(&lead), NOW + 1, TODAY, assessment).await.unwrap().unwrap();
    publication = work.publications().await.unwrap().remove(0);
    publication.withdraw(lead.person, NOW + 1, "Not meant to be.").unwrap();
    work.put_publication(publication).await.unwrap();
    work.commit().await.unwrap();
    make(&lead, Move::GoLive, Moving { review_on: Some(date(2027, 11, 23)), ..Moving::default() }).await.unwrap();
    let live = make(&owner, Move::TakeBack, back("risk")).await.unwrap_err();
    assert_eq!(live, Refused::Move(Unmoved::NoSuchMove { state: State::Live }));
    assert_eq!(refreeze().await, State::Signed);
    assert_eq!(make(&owner, Move::TakeBack, back("risk")).await.unwrap_err(), relied, "data is in use on the same words");

    // Other words are used by nobody before their use begins, however often they are frozen.
    make(&lead, Move::Reopen, Moving { reasons: "To say more.", ..Moving::default() }).await.unwrap();
    let said = city.save(&lead, assessment, &Place::shared("aims"), 1, "Something else.").await;
    assert!(matches!(said, Answered::Done(_)), "{said:?}");
    make(&lead, Move::Freeze, Moving::default()).await.unwrap();
    make(&cio, Move::Sign, sign("technical-assurance", "reviewed")).await.unwrap();
    make(&buyer, Move::Sign, sign("procurement", "reviewed")).await.unwrap();
    make(&dpo, Move::Sign, sign("advice", "advised")).await.unwrap();
    make(&owner, Move::Sign, sign("answer-to-advice", "accepted")).await.unwrap();
    make(&owner, Move::Sign, sign("risk", "accepted-low")).await.unwrap();
    assert_eq!(refreeze().await, State::Signed);
    let mut head = city.load(&scope(&lead), assessment).await.unwrap().assessment;
    assert_eq!(head.live_on.len(), 1, "the version with which it began");
    // Where that was not kept, any version from before may be the one.
    let known = std::mem::take(&mut head.live_on);
    for (live_on, may) in [([].into(), false), (known, true)] {
        let mut work = city.store.work(&scope(&lead), NOW, TODAY, assessment).await.unwrap().unwrap();
        let head = work.whole.assessment.clone();
        work.change_head(Assessment { live_on, ..head }).await.unwrap();
        work.commit().await.unwrap();
        let taken = make(&owner, Move::TakeBack, back("risk")).await;
        assert_eq!(taken.as_ref().map(|moved| moved.state), if may { Ok(State::Decision) } else { Err(&relied) });
    }
    let report = city.store.check(&operator()).await.unwrap();
    assert!(report.sound(), "{report:?}");
}
