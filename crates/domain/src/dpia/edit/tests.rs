use super::*;
use crate::dpia::assessment::{
    State,
    tests::{organisation, person},
};
use proptest::prelude::*;

const OPEN: Setting = Setting { state: State::Drafting, signed: true, may_write: true, annex_open: false };

fn writer(number: u128) -> Writer {
    Writer { person: person(number), organisation: organisation(number), at: i64::try_from(number).unwrap() }
}

fn text(text: &str) -> Option<Answer> {
    Some(Answer::Text(text.to_owned()))
}

fn sent(from: u32, answer: &str) -> Sent {
    Sent { from, answer: text(answer), complete: false }
}

fn blank() -> FieldState {
    FieldState::blank(Uuid::from_u128(7), AssessmentId(Uuid::from_u128(1)), Place::shared("retention"), writer(1))
}

/// A field with its history.
struct Field {
    states: Vec<FieldState>,
}

impl Field {
    fn new() -> Self {
        Self { states: vec![blank()] }
    }

    fn now(&self) -> &FieldState {
        self.states.last().unwrap()
    }

    fn at(&self, version: u32) -> Option<&Answer> {
        self.states.iter().find(|state| state.version == version).and_then(|state| state.answer.as_ref())
    }

    fn save(&mut self, sent: Sent, who: u128) -> Result<Outcome, Refusal> {
        let outcome = save(OPEN, self.now(), self.at(sent.from), sent, writer(who))?;
        if let Some(state) = outcome.state().filter(|state| state.version > self.now().version) {
            self.states.push(state.clone());
        }
        Ok(outcome)
    }
}

#[test]
fn a_save_from_what_stands_is_saved_and_the_same_again_changes_nothing() {
    let mut field = Field::new();
    assert!(
        matches!(field.save(sent(0, "Kept."), 1), Ok(Outcome::Saved(state)) if state.version == 1 && state.how == How::Saved)
    );
    assert_eq!(field.save(sent(0, "Kept."), 1), Ok(Outcome::Unchanged));
    assert_eq!(field.save(sent(1, "Kept."), 2), Ok(Outcome::Unchanged));
    assert_eq!(field.save(sent(2, "Kept."), 2), Err(Refusal::UnknownVersion));
    let emptied = field.save(Sent { from: 1, answer: text("  "), complete: true }, 2).unwrap();
    assert!(matches!(emptied, Outcome::Saved(state) if state.answer.is_none() && !state.complete));
}

#[test]
fn edits_apart_merge_and_say_from_which_version() {
    let mut field = Field::new();
    field.save(sent(0, "One stays. Two stays."), 1).unwrap();
    field.save(sent(1, "One goes. Two stays."), 1).unwrap();
    let Ok(Outcome::Merged(state, _)) = field.save(sent(1, "One stays. Two leaves."), 2) else { panic!("they fit") };
    assert_eq!(state.answer, text("One goes. Two leaves."));
    assert_eq!((state.how, state.by), (How::Merged { from: 1 }, person(2)));
}

#[test]
fn a_clash_keeps_what_stands_and_what_was_sent_until_somebody_settles_it() {
    let mut field = Field::new();
    field.save(sent(0, "Kept for 24 months."), 1).unwrap();
    field.save(sent(1, "Kept for 36 months."), 1).unwrap();
    let Ok(Outcome::Clash(state, merged)) = field.save(sent(1, "Kept for 12 months."), 2) else { panic!("they clash") };
    assert_eq!(state.answer, text("Kept for 36 months."));
    assert_eq!((state.by, state.contenders[0].by), (person(1), person(2)), "what stands keeps its writer");
    assert!(state.writers.contains(&person(2)), "whoever clashed has written in it");
    assert_eq!(state.contenders[0].answer, text("Kept for 12 months."));
    assert_eq!(state.contenders[0].base, text("Kept for 24 months."));
    assert_eq!(merged.answer, text("Kept for 36 months.\n\nKept for 12 months."));
    assert_eq!(state.contenders[0].against(state.answer.as_ref()), merged);

    // Sending the same again keeps one contender.
    let Ok(Outcome::Clash(again, _)) = field.save(sent(1, "Kept for 12 months."), 2) else { panic!("still") };
    assert_eq!(again.contenders.len(), 1);
    // Others go on writing; the clash stays.
    let Ok(Outcome::Saved(state)) = field.save(sent(3, "Kept for 36 months. Then deleted."), 3) else { panic!("saved") };
    assert_eq!(state.contenders.len(), 1);

    assert_eq!(settle(OPEN, field.now(), 3, 0, text("x"), false, writer(1)), Err(Refusal::MovedOn));
    let settled = settle(OPEN, field.now(), 4, 0, text("Kept for 24 months at most."), true, writer(1)).unwrap();
    assert!(!settled.clashes() && settled.complete && settled.how == How::Settled && settled.version == 5);
    assert_eq!(settle(OPEN, &settled, 5, 0, text("x"), true, writer(1)), Err(Refusal::NoClash));
}

#[test]
fn who_settles_one_clash_settles_no_text_that_was_not_looked_at() {
    let mut field = Field::new();
    field.save(sent(0, "Kept for 24 months."), 1).unwrap();
    field.save(sent(1, "Kept for 36 months."), 1).unwrap();
    field.save(sent(1, "Kept for 12 months."), 2).unwrap();
    field.save(sent(1, "Kept for 6 months."), 3).unwrap();
    let state = settle(OPEN, field.now(), 4, 0, text("Kept for 12 months."), true, writer(2)).unwrap();
    assert_eq!((state.answer.clone(), state.complete), (text("Kept for 12 months."), false), "it still clashes");
    assert_eq!(state.contenders.iter().map(|one| one.answer.clone()).collect::<Vec<_>>(), [text("Kept for 6 months.")]);
    assert_eq!(settle(OPEN, &state, 5, 1, text("x"), true, writer(2)), Err(Refusal::NoClash), "there is no second");
    let state = settle(OPEN, &state, 5, 0, text("Kept for 12 months."), true, writer(2)).unwrap();
    assert!(!state.clashes() && state.complete);
    // What says the same as the text that was chosen has nothing left to clash with.
    let both = settle(OPEN, field.now(), 4, 0, text("Kept for 6 months."), true, writer(2)).unwrap();
    assert!(!both.clashes());
}

#[test]
fn two_texts_merged_are_complete_only_when_both_said_so() {
    for (first, second, both) in [(true, true, true), (true, false, false), (false, true, false)] {
        let mut field = Field::new();
        field.save(sent(0, "One stays. Two stays."), 1).unwrap();
        field.save(Sent { complete: first, ..sent(1, "One goes. Two stays.") }, 1).unwrap();
        let merged = field.save(Sent { complete: second, ..sent(1, "One stays. Two leaves.") }, 2).unwrap();
        assert_eq!(merged.state().unwrap().complete, both);
    }
}

#[test]
fn one_can_go_back_to_an_earlier_version_and_forward_again() {
    let mut field = Field::new();
    field.save(sent(0, "First."), 1).unwrap();
    field.save(sent(1, "Second."), 2).unwrap();
    let first = field.states[1].clone();
    assert_eq!(restore(OPEN, field.now(), 1, &first, writer(3)), Err(Refusal::MovedOn));
    let Ok(Outcome::Saved(back)) = restore(OPEN, field.now(), 2, &first, writer(3)) else { panic!("restored") };
    assert_eq!((&back.answer, &back.how, back.version), (&text("First."), &How::Restored { version: 1 }, 3));
    assert_eq!(restore(OPEN, &back, 3, &first, writer(3)), Ok(Outcome::Unchanged));
    let second = field.states[2].clone();
    assert!(matches!(restore(OPEN, &back, 3, &second, writer(3)), Ok(Outcome::Saved(state)) if state.answer == text("Second.")));
}

#[test]
fn an_answer_of_another_kind_is_refused() {
    let mut field = Field::new();
    field.save(sent(0, "First."), 1).unwrap();
    assert_eq!(field.save(Sent { answer: Some(Answer::Choice("a".into())), ..sent(1, "") }, 1), Err(Refusal::WrongKind));
}

#[test]
fn each_state_says_whether_a_field_may_be_written() {
    for state in State::ALL {
        for signed in [true, false] {
            let setting = Setting { state, signed, ..OPEN };
            let expected = match state {
                State::Drafting => Ok(()),
                State::Withdrawn | State::Superseded | State::Recorded => Err(Refusal::Closed),
                _ if !signed => Ok(()),
                State::Signed | State::Live => Err(Refusal::Signed),
                _ => Err(Refusal::Frozen),
            };
            assert_eq!(setting.allows(), expected, "{state:?}");
            assert_eq!(Setting { may_write: false, ..setting }.allows(), Err(Refusal::NotYours));
        }
    }
    assert_eq!(Setting { state: State::Live, annex_open: true, ..OPEN }.allows(), Ok(()));
}

#[test]
fn a_draft_is_offered_while_it_says_something_new() {
    let mut field = Field::new();
    field.save(sent(0, "Saved."), 1).unwrap();
    let draft = |from, answer| Draft {
        assessment: AssessmentId(Uuid::from_u128(1)),
        place: Place::shared("retention"),
        person: person(1),
        from,
        answer,
        at: 0,
    };
    assert_eq!(draft(1, text("Saved.")).offer(field.now(), field.at(1)), Offer::Nothing);
    assert_eq!(draft(1, text("Typed.")).offer(field.now(), field.at(1)), Offer::Continue);
    assert_eq!(draft(0, text("Typed.")).offer(field.now(), None), Offer::Behind);
    assert_eq!(draft(0, None).offer(field.now(), None), Offer::Nothing);
}

#[test]
fn a_review_reopens_what_was_complete_and_keeps_the_words() {
    let mut field = Field::new();
    field.save(Sent { complete: true, ..sent(0, "Saved.") }, 1).unwrap();
    let before = field.now().clone();
    let reopened = reopen(&before, "The system changed").unwrap();
    assert_eq!((&reopened.answer, reopened.complete), (&text("Saved."), false));
    assert_eq!((reopened.by, reopened.version), (before.by, before.version + 1), "the words are still their writer's");
    assert_eq!(reopen(&reopened, "Again"), None);
    let confirmed = confirm(&reopened, writer(2)).unwrap();
    assert_eq!((&confirmed.answer, confirmed.complete, confirmed.by), (&text("Saved."), true, writer(2).person));
    assert_eq!(confirmed.writers, before.writers, "whoever looks again writes nothing, and may sign it");
    assert_eq!(confirm(&before, writer(2)), None, "no review asked for it");
    // One person may say so of one field in any state that is not closed; words may be changed in fewer.
    let setting = |state, may_write| Setting { state, signed: true, may_write, annex_open: false };
    for state in State::ALL {
        let expected = if state.is_closed() { Err(Refusal::Closed) } else { Ok(Outcome::Saved(confirmed.clone())) };
        assert_eq!(confirm_one(setting(state, true), &reopened, reopened.version, writer(2)), expected, "{state:?}");
    }
    assert_eq!(confirm_one(setting(State::Live, false), &reopened, reopened.version, writer(2)), Err(Refusal::NotYours));
    assert_eq!(confirm_one(setting(State::Live, true), &reopened, before.version, writer(2)), Err(Refusal::MovedOn));
}

/// Two people begin from one version and save one after the other, 10,000 times, each with a change that a small generator
/// makes: words put in, taken out or replaced anywhere. What either put in stands in the field or beside it.
#[test]
fn ten_thousand_races_overwrite_nothing_in_silence() {
    let mut seed = 0x2545_f491_4f6c_dd1d_u64;
    let mut next = move |below: usize| {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        usize::try_from(seed % (below as u64)).unwrap()
    };
    let (mut merged, mut clashed) = (0, 0);
    for race in 0..10_000 {
        let base: Vec<String> =
            (0..5 + next(20)).map(|at| if at % 6 == 5 { format!("word{at}.") } else { format!("word{at}") }).collect();
        let mut field = Field::new();
        field.save(sent(0, &base.join(" ")), 1).unwrap();
        for who in 1..=2 {
            let mut words = base.clone();
            let at = next(words.len());
            let own = format!("race{race}by{who}");
            match next(3) {
                0 => words.insert(at, own.clone()),
                1 => words[at].clone_from(&own),
                _ => {
                    words.truncate(at.max(1));
                    words.push(own.clone());
                }
            }
            match field.save(sent(1, &words.join(" ")), who).unwrap() {
                Outcome::Merged(..) => merged += 1,
                Outcome::Clash(..) => clashed += 1,
                Outcome::Saved(_) => assert_eq!(who, 1, "the second save was never a plain one"),
                Outcome::Unchanged => panic!("a change was taken for none"),
            }
        }
        let now = field.now();
        for who in 1..=2 {
            let own = format!("race{race}by{who}");
            let kept = |answer: &Option<Answer>| matches!(answer, Some(Answer::Text(text)) if text.contains(&own));
            assert!(kept(&now.answer) || now.contenders.iter().any(|one| kept(&one.answer)), "{own} is lost");
        }
    }
    assert!(merged > 1_000 && clashed > 1_000, "{merged} merged, {clashed} clashed: the races are not varied");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    /// Many people save texts that they began from any version they had seen; each adds words of their own.
    #[test]
    fn nothing_that_anybody_sent_is_lost(steps in prop::collection::vec((0usize..8, any::<prop::sample::Index>(), 0usize..4), 1..25)) {
        let mut field = Field::new();
        field.save(sent(0, "Alpha stays here. Beta stays there. Gamma stays too."), 1).unwrap();
        for (number, (place, from, who)) in steps.into_iter().enumerate() {
            let from = u32::try_from(from.index(field.states.len())).unwrap();
            let base = match field.at(from) { Some(Answer::Text(text)) => text.clone(), _ => String::new() };
            let mut words: Vec<&str> = base.split(' ').collect();
            let mine = format!("word{number}.");
            words.insert(place.min(words.len()), &mine);
            field.save(sent(from, &words.join(" ")), who as u128 + 1).unwrap();
            // It stands in the field, or beside it, or a later text that had seen it took it out: nobody does that here.
            let now = field.now();
            let kept = |answer: &Option<Answer>| matches!(answer, Some(Answer::Text(text)) if text.contains(&mine));
            prop_assert!(kept(&now.answer) || now.contenders.iter().any(|one| kept(&one.answer)), "{mine}");
            prop_assert_eq!(now.version as usize, field.states.len() - 1);
        }
    }
}
