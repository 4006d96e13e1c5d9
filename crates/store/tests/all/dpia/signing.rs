//! From frozen to signed, stale, signed again and in use; and what `check` finds.

use super::*;

#[tokio::test(flavor = "multi_thread")]
async fn an_assessment_is_frozen_signed_by_two_councils_goes_stale_and_lives() {
    let city = City::new(2).await;
    let lead = city.person(0, &[Role::ProjectLead]).await;
    let other = city.person(1, &[Role::Editor]).await;
    let assessment = city.assessment(&lead, &[1]).await;
    let route = Routes::from(Route::read("sign-off.yaml", domain::dpia::sign_off::route::SHIPPED).unwrap());
    let make = |member: &Member, step: Move, moving: Moving<'static>| {
        let (city, route, scope) = (&city, &route, scope(member));
        async move {
            let mut work = city.store.work(&scope, NOW, TODAY, assessment).await.unwrap().unwrap();
            let moved = work.make_move(city.template(), route, step, &moving).await.unwrap();
            if moved.is_ok() {
                work.commit().await.unwrap();
            }
            moved
        }
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
                let mut work = city.store.work(&scope(member), NOW, TODAY, assessment).await.unwrap().unwrap();
                let moving = Moving { sign: Some((organisation, &step, &decision)), reasons: "My advice.", ..Moving::default() };
                let moved = work.make_move(city.template(), &route, Move::Sign, &moving).await.unwrap();
                assert!(moved.is_ok(), "{moved:?}");
                work.commit().await.unwrap();
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
