//! Many writers at once: nothing is overwritten in silence.

use super::*;

#[tokio::test(flavor = "multi_thread")]
async fn fifty_people_who_save_at_once_lose_nothing() {
    let city = City::new(2).await;
    let lead = city.person(0, &[Role::ProjectLead]).await;
    let assessment = city.assessment(&lead, &[1]).await;
    let place = Place::shared("aims");
    let sentences: Vec<String> = (0..50).map(|number| format!("Sentence {number} stands here.")).collect();
    assert!(matches!(city.save(&lead, assessment, &place, 0, &sentences.join(" ")).await, Answered::Done(Outcome::Saved(_))));
    let mut people = Vec::new();
    for number in 0..50 {
        people.push(city.person(number % 2, &[Role::Editor]).await);
    }
    // All begin from the same version; each changes a sentence of their own, but the last two change the same one.
    let city = &city;
    let saves = people.iter().enumerate().map(|(number, member)| {
        let mut own = sentences.clone();
        let at = number.min(48);
        own[at] = format!("Sentence {at} was written by {number}.");
        let text = own.join(" ");
        let place = Place::shared("aims");
        async move { city.save(member, assessment, &place, 1, &text).await }
    });
    let outcomes = futures_util::future::join_all(saves).await;
    assert!(outcomes.iter().all(|outcome| matches!(outcome, Answered::Done(_))), "{outcomes:?}");
    let whole = city.load(&scope(&lead), assessment).await.unwrap();
    let field = whole.field(&place).unwrap();
    let everything: String =
        std::iter::once(field.answer.as_ref()).chain(field.contenders.iter().map(|one| one.answer.as_ref())).map(text).collect();
    for number in 0..50 {
        assert!(everything.contains(&format!("was written by {number}.")), "what {number} wrote is lost");
    }
    assert_eq!(field.contenders.len(), 1, "the two who changed one sentence have something to settle");
    assert_eq!(field.version, 51);
    let history = city.store.answer_history(&scope(&lead), TODAY, city.template(), assessment, &place).await.unwrap();
    assert_eq!(history.iter().map(|state| state.version).collect::<Vec<_>>(), (1..=51).rev().collect::<Vec<_>>());
    assert_eq!(text(history.last().unwrap().answer.as_ref()), sentences.join(" "));
    let writers: Vec<PersonId> = people.iter().map(|member| member.person).collect();
    assert!(writers.iter().all(|writer| field.writers.contains(writer)));
    assert!(city.store.check(&operator()).await.unwrap().sound());
}

/// Two people begin from one version of a field and save at the same time, a thousand times over a hundred fields, in the real
/// database. After every race each of the two is answered 'saved', 'merged' or 'clash', and what either wrote stands in the field or
/// beside it. (The rules alone run 10,000 races in `domain::dpia::edit`.)
#[tokio::test(flavor = "multi_thread")]
async fn a_thousand_races_of_two_writers_overwrite_nothing_in_silence() {
    const RACES: usize = 1000;
    let city = City::new(2).await;
    let people = [city.person(0, &[Role::ProjectLead]).await, city.person(1, &[Role::Editor]).await];
    let texts: Vec<Place> = city
        .template()
        .fields()
        .filter(|(section, field)| {
            section.part == domain::dpia::template::In::Shared
                && section.module.is_none()
                && field.when.is_none()
                && matches!(field.kind, domain::dpia::template::field::FieldKind::Text { .. })
        })
        .map(|(_, field)| Place::shared(&field.id))
        .collect();
    let mut places = Vec::new();
    while places.len() < 100 {
        let assessment = city.assessment(&people[0], &[1]).await;
        places.extend(texts.iter().map(|place| (assessment, place.clone())));
    }
    let city = &city;
    let people = &people;
    // Races in different fields run side by side; those in one field after one another.
    let lanes = places.iter().enumerate().map(|(lane, (assessment, place))| async move {
        let mut version = 0;
        for race in 0..RACES / 100 {
            // Mostly both write in the same words, now and then they agree.
            let said = |who: usize| {
                if race % 10 == 9 { format!("They agree, {lane} {race}.") } else { format!("{who} says {lane} {race}.") }
            };
            let (first, second) = (said(0), said(1));
            let (one, two) = tokio::join!(
                city.save(&people[0], *assessment, place, version, &first),
                city.save(&people[1], *assessment, place, version, &second),
            );
            let mut stands = None;
            for (outcome, text) in [(one, &first), (two, &second)] {
                let Answered::Done(outcome) = outcome else { panic!("{outcome:?}") };
                if let Some(state) = outcome.state().filter(|state| state.version > version) {
                    version = state.version;
                    stands = Some(state.clone());
                }
                assert!(!matches!(outcome, Outcome::Unchanged) || race % 10 == 9, "{text}");
            }
            let state = stands.expect("one of two came through");
            let everything: String = std::iter::once(state.answer.as_ref())
                .chain(state.contenders.iter().map(|one| one.answer.as_ref()))
                .map(text)
                .collect();
            assert!(everything.contains(&first) && everything.contains(&second), "{first} {second}: {everything}");
            if state.clashes() {
                let settle = Change::Settle {
                    seen: version,
                    which: 0,
                    answer: Some(Answer::Text(format!("Settled {lane} {race}."))),
                    complete: false,
                };
                let writer = scope(&people[race % 2]);
                let settled =
                    city.store.answer(&writer, NOW, TODAY, city.template(), *assessment, place, &settle, None).await.unwrap();
                let Answered::Done(Outcome::Saved(state)) = settled else { panic!("{settled:?}") };
                version = state.version;
            }
        }
        version
    });
    let versions = futures_util::future::join_all(lanes).await;
    assert!(versions.iter().take(100).all(|version| *version as usize >= RACES / 100));
    // No version is missing from a history, and none stands twice.
    let (assessment, place) = &places[0];
    let history = city.store.answer_history(&scope(&people[0]), TODAY, city.template(), *assessment, place).await.unwrap();
    assert!(history.windows(2).all(|pair| pair[0].version == pair[1].version + 1));
    assert!(city.store.check(&operator()).await.unwrap().sound());
}
