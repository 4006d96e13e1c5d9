//! Whose annex is shown, and what is sealed with it.

use super::{
    tests::{TEXT, begin, rule, shipped, version},
    *,
};
use crate::dpia::{
    answer::Answer,
    assessment::{
        Joined, Party, PartyRole,
        tests::{organisation, person},
    },
    version::Version,
};
use serde_json::json;

/// A version of three controllers, each with an annex that says something.
fn of_three(number: u32, theirs: u8) -> Version {
    let mut version = version(number, &[("aims", Answer::Text(TEXT.to_owned()))]);
    let party = |number: u128| Party::new(organisation(number), PartyRole::JointController, Joined::Accepted, 0);
    version.content.parties = [1, 2, 3].map(party).into();
    for number in [1, 2, 3] {
        version.content.answers.insert(Place::annex(organisation(number), "gateway"), Answer::Text(format!("Act {number}")));
        let seal = Seal([if number == 2 { theirs } else { 9 }; 32]);
        version.seals.annexes.insert(organisation(number), seal);
    }
    version
}

#[test]
fn an_annex_is_shown_only_where_its_own_controller_lets_it_go_out() {
    let version = of_three(1, 2);
    let mut publication = begin(&version, 1, None);
    let order = || [1, 2, 3].map(|number| (Place::annex(organisation(number), "gateway"), rule(Sensitivity::Public)));
    let annexes = |publication: &Publication| -> Vec<u128> {
        let shown = publication.preview(&version.content.answers, order());
        shown.iter().filter_map(|one| one.place.part.organisation()).map(|one| one.0.as_u128()).collect()
    };
    assert_eq!(publication.asks(&version), [organisation(2), organisation(3)]);
    assert_eq!(annexes(&publication), [1], "whoever publishes it says so of its own by that");
    publication.agree(organisation(2), &version, person(20), 7).unwrap();
    assert_eq!(annexes(&publication), [1, 2]);
    assert!(publication.prepared(person(20)));
    assert_eq!(publication.agree(organisation(4), &version, person(20), 7), Err(Refusal::NoAnnex));
    publication.agree(organisation(3), &version, person(30), 7).unwrap();
    publication.keep_back(organisation(3), Some(person(31))).unwrap();
    assert_eq!(annexes(&publication), [1, 2]);
    assert!(publication.prepared(person(31)), "whoever leaves it out has decided what is shown as well");
    let prepared = publication.prepared_by.clone();
    publication.keep_back(organisation(3), None).unwrap();
    assert_eq!(publication.prepared_by, prepared, "of one that left nobody decided it");
    // Its seals are of what is shown.
    let shown = publication.preview(&version.content.answers, order());
    assert_eq!(publication.annexes_shown(&version, &shown).into_keys().collect::<Vec<_>>(), [organisation(1), organisation(2)]);
    publication.stage = Stage::Published { checked_by: person(3), at: 5, seal: Seal([1; 32]) };
    assert_eq!(publication.keep_back(organisation(2), None), Err(Refusal::WrongStage), "what is public is as it was looked at");
    // The next one: what was said holds for the same annex, and for no other text.
    assert_eq!(begin(&of_three(2, 2), 1, Some(&publication)).annexes.unwrap().into_keys().collect::<Vec<_>>(), [organisation(2)]);
    assert_eq!(begin(&of_three(2, 3), 1, Some(&publication)).annexes.unwrap(), BTreeMap::new());
    publication.withdraw(person(1), 9, "Wrong.").unwrap();
    assert_eq!(begin(&of_three(2, 2), 1, Some(&publication)).annexes.unwrap(), BTreeMap::new());
    // What was published before anybody was asked stays as it was; what was only prepared asks.
    publication.annexes = None;
    publication.stage = Stage::Published { checked_by: person(3), at: 5, seal: Seal([1; 32]) };
    assert_eq!(annexes(&publication), [1, 2, 3]);
    publication.stage = Stage::Checking;
    assert_eq!(annexes(&publication), [1]);
}

#[test]
fn what_is_sealed_says_the_questions_and_the_parties_of_the_version() {
    let version = of_three(1, 2);
    let publication = begin(&version, 1, None);
    let order = [(Place::shared("aims"), rule(Sensitivity::Public))];
    let content = publication.content(&version, shipped(), &publication.preview(&version.content.answers, order.clone()));
    let (section, field) = shipped().find("aims").unwrap();
    assert_eq!(content["fields"][0]["question"], field.label);
    assert_eq!(content["fields"][0]["section"], section.title);
    assert_eq!(content["parties"].as_array().unwrap().len(), 3);
    assert_eq!((&content["title"], &content["sealed_annexes"]), (&json!("Damp"), &json!({})));
    // What was sealed before that is served as it was.
    let older = Publication { listed: None, ..publication };
    let content = older.content(&version, shipped(), &older.preview(&version.content.answers, order));
    assert_eq!(content["format"], "city-tools published assessment 1");
    assert!(content["fields"][0].get("question").is_none());
}

#[test]
fn who_has_left_is_not_named_and_shows_no_annex_and_who_leaves_later_took_part_until_then() {
    let version = of_three(1, 2);
    let gone = |who: u128, since: i64| -> Vec<Party> {
        let left = |party: &Party| Party { joined: Joined::Left, since, ..party.clone() };
        let parties = version.content.parties.iter();
        parties.map(|party| if party.organisation == organisation(who) { left(party) } else { party.clone() }).collect()
    };
    let named = |listed: &Listed| -> Vec<u128> { listed.parties.iter().map(|one| one.organisation.0.as_u128()).collect() };
    let mut publication = begin(&version, 1, None);
    assert_eq!(named(publication.listed.as_ref().unwrap()), [1, 2, 3]);
    publication.agree(organisation(2), &version, person(20), 7).unwrap();
    publication.agree(organisation(3), &version, person(30), 7).unwrap();
    publication.keep_to(&version, &gone(3, 8));
    assert_eq!(named(publication.listed.as_ref().unwrap()), [1, 2]);
    assert_eq!(publication.annexes.as_ref().unwrap().keys().copied().collect::<Vec<_>>(), [organisation(2)]);
    // Whoever began it may leave too: its annex goes with it.
    let mut handed_on = publication.clone();
    handed_on.keep_to(&version, &gone(1, 8));
    assert!(handed_on.resting.contains(&Place::annex(organisation(1), "gateway")));
    // A controller whose annex is not in the version has signed nothing of it.
    let mut without = version.clone();
    without.seals.annexes.remove(&organisation(2));
    assert_eq!(named(begin(&without, 1, None).listed.as_ref().unwrap()), [1, 3]);
    // What is public stays as it was looked at; lists say who left since, and drop who had left before.
    publication.stage = Stage::Published { checked_by: person(3), at: 10, seal: Seal([1; 32]) };
    let before = publication.clone();
    publication.keep_to(&version, &gone(2, 12));
    assert_eq!(publication, before);
    let (listed, at) = (publication.listed.clone().unwrap(), publication.public_since().unwrap());
    let told = listed.clone().when_public(&gone(2, 12), at);
    let until: Vec<Option<i64>> = told.until(&gone(2, 12)).into_iter().map(|(_, until)| until).collect();
    assert_eq!((named(&told), until), (vec![1, 2], vec![None, Some(12)]));
    assert_eq!(named(&listed.when_public(&gone(2, 9), at)), [1]);
}

#[test]
fn who_left_and_is_invited_again_took_part_until_it_left_and_takes_part_again_once_it_joins() {
    let two = organisation(2);
    let mut head = crate::dpia::assessment::tests::assessment();
    head.invite(two, PartyRole::JointController, vec![], person(2), 1).unwrap();
    head.answer_invitation(two, true, person(2), 2).unwrap();
    let listed = Listed {
        title: "Damp".to_owned(),
        parties: vec![Listing { organisation: two, role: PartyRole::JointController }],
        systems: vec![],
        annexes: BTreeMap::new(),
    };
    let until = |head: &crate::dpia::assessment::Assessment| listed.until(&head.parties)[0].1;
    assert_eq!(until(&head), None);
    head.leave(two, person(2), 5).unwrap();
    assert_eq!(until(&head), Some(5));
    head.invite(two, PartyRole::JointController, vec![], person(1), 7).unwrap();
    assert_eq!(until(&head), Some(5), "it was asked, and has not answered");
    head.take_back(two, person(1), 8).unwrap();
    assert_eq!(until(&head), Some(5));
    head.invite(two, PartyRole::JointController, vec![], person(1), 9).unwrap();
    head.answer_invitation(two, false, person(2), 10).unwrap();
    assert_eq!(until(&head), Some(5), "it said no");
    head.invite(two, PartyRole::JointController, vec![], person(1), 11).unwrap();
    head.answer_invitation(two, true, person(2), 12).unwrap();
    assert_eq!(until(&head), None, "it takes part again");
}
