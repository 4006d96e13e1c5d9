//! Saving: clashes, repeats, drafts, and going back.

use super::*;
use store::typed::Typed;

#[tokio::test(flavor = "multi_thread")]
async fn a_clash_is_settled_by_either_and_one_can_go_back() {
    let city = City::new(2).await;
    let (priya, dele) = (city.person(0, &[Role::ProjectLead]).await, city.person(1, &[Role::Editor]).await);
    let assessment = city.assessment(&priya, &[1]).await;
    let place = Place::shared("deletion");
    city.save(&priya, assessment, &place, 0, "Kept for 24 months.").await;
    city.save(&dele, assessment, &place, 1, "Kept for 36 months.").await;
    let clash = city.save(&priya, assessment, &place, 1, "Kept for 12 months.").await;
    assert!(matches!(clash, Answered::Done(Outcome::Clash(..))));
    let change = |change| {
        let (city, dele, place) = (&city, &dele, &place);
        async move { city.store.answer(&scope(dele), NOW, TODAY, city.template(), assessment, place, &change, None).await.unwrap() }
    };
    let settle = |seen| Change::Settle {
        seen,
        which: 0,
        answer: Some(Answer::Text("Kept for 24 months at most.".to_owned())),
        complete: true,
    };
    assert_eq!(change(settle(2)).await, Answered::Refused(Refusal::MovedOn));
    assert!(matches!(change(settle(3)).await, Answered::Done(Outcome::Saved(state)) if state.version == 4 && !state.clashes()));
    assert!(
        matches!(change(Change::Restore { seen: 4, to: 2 }).await, Answered::Done(Outcome::Saved(state)) if text(state.answer.as_ref()) == "Kept for 36 months.")
    );
    let history = city.store.answer_history(&scope(&priya), TODAY, city.template(), assessment, &place).await.unwrap();
    assert_eq!(history[2].contenders.len(), 1, "the clash stays in the history");
    let then = city.store.answer_at(&scope(&priya), TODAY, city.template(), assessment, &place, 1).await.unwrap().unwrap();
    assert_eq!(text(then.answer.as_ref()), "Kept for 24 months.");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repeated_command_and_a_draft_do_no_harm() {
    let city = City::new(2).await;
    let (priya, stranger) = (city.person(0, &[Role::ProjectLead]).await, city.person(1, &[Role::ProjectLead]).await);
    let assessment = city.assessment(&priya, &[]).await;
    let place = Place::shared("aims");
    let draft = Draft {
        assessment,
        place: place.clone(),
        person: priya.person,
        from: 0,
        answer: Some(Answer::Text("Typed".to_owned())),
        at: NOW,
    };
    assert!(city.store.keep_draft(&scope(&priya), TODAY, city.template(), &draft, None).await.unwrap());
    assert_eq!(city.store.draft(&scope(&priya), assessment, &place).await.unwrap(), Some(draft.clone()));
    assert_eq!(city.store.draft(&scope(&stranger), assessment, &place).await.unwrap(), None);
    let theirs = Draft { person: stranger.person, ..draft };
    assert!(!city.store.keep_draft(&scope(&stranger), TODAY, city.template(), &theirs, None).await.unwrap());
    let command = Uuid::now_v7();
    let sent = Sent { from: 0, answer: Some(Answer::Text("Typed out".to_owned())), complete: false };
    let change = Change::Save(sent);
    let writer = scope(&priya);
    let save = || city.store.answer(&writer, NOW, TODAY, city.template(), assessment, &place, &change, Some(command));
    assert!(matches!(save().await.unwrap(), Answered::Done(Outcome::Saved(_))));
    assert_eq!(save().await.unwrap(), Answered::Repeated);
    assert_eq!(city.store.draft(&scope(&priya), assessment, &place).await.unwrap(), None, "a saved draft is forgotten");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_typed_and_what_is_sent_at_the_same_moment_leave_no_draft_behind() {
    let city = City::new(1).await;
    let priya = city.person(0, &[Role::ProjectLead]).await;
    let assessment = city.assessment(&priya, &[]).await;
    let (place, writer) = (Place::shared("aims"), scope(&priya));
    for round in 0..60 {
        let answer = Some(Answer::Text(format!("Typed for the {round}th time")));
        let draft =
            Draft { assessment, place: place.clone(), person: priya.person, from: round, answer: answer.clone(), at: NOW };
        let change = Change::Save(Sent { from: round, answer, complete: false });
        let command = Uuid::now_v7();
        let (saved, kept) = tokio::join!(
            city.store.answer(&writer, NOW, TODAY, city.template(), assessment, &place, &change, Some(command)),
            city.store.keep_draft(&writer, TODAY, city.template(), &draft, Some(command)),
        );
        assert!(matches!(saved.unwrap(), Answered::Done(Outcome::Saved(_))), "round {round}");
        kept.unwrap();
        assert_eq!(
            city.store.draft(&writer, assessment, &place).await.unwrap(),
            None,
            "round {round}: no draft outlives its form"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_typed_into_a_form_is_kept_for_its_writer_until_the_form_is_sent() {
    let city = City::new(1).await;
    let (priya, other) = (city.person(0, &[Role::ProjectLead]).await, city.person(0, &[Role::ProjectLead]).await);
    let form = "/assessments/1/risks/new";
    let typed = |fields: &str, at| Typed { fields: fields.to_owned(), at };
    let kept = async |who: &Member| city.store.typed(&scope(who), form).await.unwrap().map(|typed| typed.fields);
    let keep = async |fields, at, sent| city.store.keep_typed(&scope(&priya), form, &typed(fields, at), sent).await.unwrap();
    let command = Uuid::now_v7();
    assert!(keep("title=A", NOW, Some(command)).await && keep("title=AB", NOW + 1, Some(command)).await);
    assert_eq!((kept(&priya).await.as_deref(), kept(&other).await), (Some("title=AB"), None));
    assert!(city.store.keep_typed(&Scope::Operator, form, &typed("title=X", NOW), None).await.is_err(), "only people type");
    // Sent with its change, it goes; and what was on its way then comes too late.
    let mut write = city.store.write(&scope(&priya), NOW).await.unwrap();
    assert_eq!(write.command(command).await.unwrap(), None);
    write.forget_typed(form).await.unwrap();
    write.answered(command, "/there#version-7").await.unwrap();
    write.commit().await.unwrap();
    assert_eq!(city.store.sent_before(&scope(&priya), command).await.unwrap().as_deref(), Some("/there#version-7"));
    assert_eq!(city.store.sent_before(&scope(&other), command).await.unwrap(), None);
    assert!(!keep("title=ABC", NOW + 2, Some(command)).await && kept(&priya).await.is_none());
    // What was typed after that is kept, until it is thrown away, or nobody has looked at it for long.
    assert!(keep("title=ABCD", NOW + 3, None).await && kept(&priya).await.is_some());
    city.store.drop_typed(&scope(&priya), form).await.unwrap();
    assert_eq!(kept(&priya).await, None);
    keep("title=E", NOW + 4, None).await;
    let later = typed("title=F", NOW + store::drafts::KEEP + 5);
    assert!(city.store.keep_typed(&scope(&other), form, &later, None).await.unwrap());
    assert_eq!(kept(&priya).await, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_gets_what_was_typed_into_its_own_forms_and_no_more_is_kept_than_a_person_types() {
    let city = City::new(1).await;
    let (priya, other) = (city.person(0, &[Role::ProjectLead]).await, city.person(0, &[Role::ProjectLead]).await);
    let page = "/assessments/1/advice";
    let keep = async |who: &Member, form: &str, at: i64| {
        let typed = Typed { fields: format!("text={at}"), at };
        assert!(city.store.keep_typed(&scope(who), form, &typed, None).await.unwrap());
    };
    for (at, form) in ["#recommend", "", "#r1", "/2", "s", "-more#r1"].into_iter().enumerate() {
        keep(&priya, &format!("{page}{form}"), NOW + i64::try_from(at).unwrap()).await;
    }
    keep(&other, page, NOW).await;
    let on = async |who: &Member, page: &str| {
        let all = city.store.typed_on(&scope(who), page).await.unwrap();
        all.into_iter().map(|(form, _)| form).collect::<Vec<_>>()
    };
    assert_eq!(on(&priya, page).await, [format!("{page}#r1"), page.to_owned(), format!("{page}#recommend")]);
    assert_eq!(on(&other, page).await, [page]);
    for foreign in ["/assessments/_/advice", "/assessments/%", "/ASSESSMENTS/1/ADVICE"] {
        assert!(on(&priya, foreign).await.is_empty(), "{foreign}");
    }
    assert!(city.store.typed_on(&Scope::Public, page).await.unwrap().is_empty());
    assert_eq!(city.store.all_typed(&scope(&priya)).await.unwrap().len(), 6);
    // Of very many the oldest go, and only one's own.
    for at in 0..200 {
        keep(&priya, &format!("/projects/{at}"), NOW + 10 + at).await;
    }
    let all = city.store.all_typed(&scope(&priya)).await.unwrap();
    assert_eq!((all.len(), all[0].0.as_str()), (200, "/projects/199"));
    assert!(on(&priya, page).await.is_empty());
    assert_eq!(city.store.all_typed(&scope(&other)).await.unwrap().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_somebody_typed_and_never_sent_goes_with_their_last_place() {
    let city = City::new(2).await;
    let (priya, dele) = (city.person(0, &[Role::ProjectLead]).await, city.person(1, &[Role::Editor]).await);
    let assessment = city.assessment(&priya, &[1]).await;
    let place = Place::shared("aims");
    for who in [&priya, &dele] {
        let answer = Some(Answer::Text("Typed".to_owned()));
        let draft = Draft { assessment, place: place.clone(), person: who.person, from: 0, answer, at: NOW };
        assert!(city.store.keep_draft(&scope(who), TODAY, city.template(), &draft, None).await.unwrap());
        let typed = Typed { fields: "reasons=Typed".to_owned(), at: NOW };
        assert!(city.store.keep_typed(&scope(who), "/form", &typed, None).await.unwrap());
    }
    let kept = async |who: &Member| {
        let draft = city.store.draft(&scope(who), assessment, &place).await.unwrap().is_some();
        (draft, city.store.typed(&scope(who), "/form").await.unwrap().is_some())
    };
    let mut write = city.store.write(&scope(&dele), NOW).await.unwrap();
    write.end_access(priya.person, priya.acting_for).await.unwrap();
    write.commit().await.unwrap();
    assert_eq!(kept(&priya).await, (false, false));
    assert_eq!(kept(&dele).await, (true, true), "of nobody else");
}
