//! A button pressed twice: the second press gets the first result and its words, also where what it asks for cannot be done any more
//! because the first did it.

use super::tests::{Case, case, text};
use crate::{
    testing::{Answer, Browser},
    web::form::new_command,
};
use axum::http::StatusCode;
use domain::{
    dpia::{
        assessment::{Joined, Party, PartyRole, State},
        place::Part,
        sign_off::Signature,
    },
    people::Role,
};

async fn twice(case: &Case, who: &Browser, path: &str, fields: &[(&str, &str)]) -> Answer {
    let command = new_command().to_string();
    let mut sent = vec![("command", command.as_str())];
    sent.extend_from_slice(fields);
    let first = case.city.post(who, path, &sent).await;
    assert_eq!(first.status, StatusCode::SEE_OTHER, "{path}: {}", first.text);
    assert!(!first.notice().is_empty(), "{path} says nothing");
    let head = case.city.store().sequence().await.unwrap();
    let second = case.city.post(who, path, &sent).await;
    assert_eq!((second.status, second.location()), (first.status, first.location()), "{path}: {}", second.text);
    assert_eq!(second.notice(), first.notice(), "{path}");
    let nothing = |answer: &Answer| {
        answer.headers.get_all("set-cookie").iter().any(|cookie| cookie.to_str().unwrap().starts_with("__Host-notice=0."))
    };
    assert_eq!(nothing(&second), nothing(&first), "{path}: whether something was saved");
    assert_eq!(case.city.store().sequence().await.unwrap(), head, "{path}: something was written");
    first
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_first_press_removed_or_ended_is_said_to_be_done_by_the_second() {
    let case = case().await;
    let (risk, _) = case.risk(Part::Shared, 1, "minimal").await;
    let removed = twice(&case, &case.priya, &format!("{}/risks/{risk}/remove", case.address), &[]).await;
    assert!(removed.notice().starts_with("The risk is removed."), "{}", removed.notice());
    let answer = [("version", "0"), ("answer", "Kept for a year."), ("complete", "no"), ("stay", "1")];
    let saved = twice(&case, &case.priya, &format!("{}/shared/deletion", case.address), &answer).await;
    assert_eq!(saved.notice(), "Saved");
    let version = case.held().await.whole.assessment.updated_at.to_string();
    let lead = case.priya.person.unwrap().to_string();
    let change = [("version", version.as_str()), ("title", "Telecare for all"), ("lead", lead.as_str())];
    let changed = twice(&case, &case.priya, &format!("{}/change", case.address), &change).await;
    assert_eq!(changed.notice(), "The assessment is saved.");
    let given_up = twice(&case, &case.priya, &format!("{}/move/withdraw", case.address), &[("reasons", "The budget.")]).await;
    assert!(!given_up.notice().contains("before you pressed"), "{}", given_up.notice());
    assert_eq!(case.held().await.whole.assessment.state, State::Withdrawn);
    // The same words from a page that was opened anew are no repeat: it is given up already.
    let other = case.city.post(&case.priya, &format!("{}/move/withdraw", case.address), &[("reasons", "The budget.")]).await;
    assert_ne!(other.notice(), given_up.notice());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_invitation_is_answered_once_and_said_to_be_both_times() {
    let case = case().await;
    let brent = case.city.organisation("brent").id;
    case.alter(|head| {
        head.parties.push(Party::new(brent, PartyRole::Controller, Joined::Invited, 1));
    })
    .await;
    let invited = case.city.browser("brent", Role::ProjectLead).await;
    let declined = twice(&case, &invited, &format!("{}/parties", case.address), &[("act", "decline")]).await;
    assert_eq!(declined.location(), "/assessments");
}

/// All have signed: whoever accepted the risk for Hackney.
async fn acceptor(case: &Case) -> Browser {
    case.save(&case.priya, "aims", "0", "To visit people who fall.").await;
    case.frozen().await;
    case.signed_by_all().await;
    let hackney = case.city.organisation("hackney").id;
    let given = |one: &&Signature| one.organisation == hackney && one.step == "risk";
    let signer = case.held().await.whole.signatures.iter().find(given).unwrap().person;
    case.city.signed_in(signer, "hackney").await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_signature_is_taken_back_once_and_said_to_be_both_times() {
    let case = case().await;
    let (signer, hackney) = (acceptor(&case).await, case.city.organisation("hackney").id);
    let (organisation, field) = (hackney.to_string(), format!("back-risk-{hackney}"));
    let sent = [("organisation", organisation.as_str()), ("step", "risk"), (field.as_str(), "I meant another.")];
    let taken = twice(&case, &signer, &format!("{}/sign-off/take-back", case.address), &sent).await;
    assert!(taken.notice().starts_with("Your signature is taken back."), "{}", taken.notice());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_in_use_is_not_offered_to_be_taken_back_by_way_of_the_same_words_frozen_again() {
    let case = case().await;
    let signer = acceptor(&case).await;
    let board = format!("{}/sign-off", case.address);
    case.frozen().await;
    assert!(case.city.get(&signer, &board).await.text.contains("sign-off/take-back"), "nothing rests on it yet");
    case.alter(|head| head.live_since = Some(jiff::civil::date(2026, 11, 2))).await;
    assert!(!case.city.get(&signer, &board).await.text.contains("sign-off/take-back"));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_sent_any_more_says_what_it_was_typed_for_and_is_thrown_away() {
    let case = case().await;
    let field = format!("{}/shared/deletion", case.address);
    let typed = [("version", "0"), ("answer", "Kept for a year")];
    assert_eq!(case.city.post(&case.priya, &format!("{field}/draft"), &typed).await.status, StatusCode::NO_CONTENT);
    let review = format!("{}/review", case.address);
    assert_eq!(case.keep(&case.priya, &review, &[("what", "A letter went astray.")]).await.status, StatusCode::NO_CONTENT);
    let head = case.held().await.whole.assessment.clone();
    let said = case.main_of(&case.priya, "/work/unsent").await;
    let label = case.main_of(&case.priya, &field).await;
    for words in [head.title.as_str(), head.number.as_str(), "Question:", "Page: Review", "Open its page to read it in its form"]
    {
        assert!(said.contains(words), "{words}: {said}");
    }
    let question = said.split("Question: ").nth(1).unwrap().split("Typed on").next().unwrap();
    assert!(label.contains(question), "{question}: {label}");
    assert!(!said.contains("It cannot be sent any more"), "{said}");
    case.alter(|head| head.state = State::Withdrawn).await;
    let page = case.city.get(&case.priya, "/work/unsent").await.page();
    let said = text(&page, "main");
    assert_eq!(said.matches("The assessment was given up. It cannot be sent any more").count(), 2, "{said}");
    // Both can be thrown away here, the answer too.
    for name in [&field, &review] {
        let gone = case.keep(&case.priya, name, &[("drop", "1"), ("next", "/work/unsent")]).await;
        assert_eq!(gone.location(), "/work/unsent", "{}", gone.text);
    }
    let said = case.main_of(&case.priya, "/work/unsent").await;
    assert!(said.contains("Nothing: what you typed was sent, or thrown away."), "{said}");
}
