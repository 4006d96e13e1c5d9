//! Words that are taken out are found as whoever copies them from the page has them, and as many as there are.

use super::*;

#[tokio::test(flavor = "multi_thread")]
async fn words_copied_from_the_page_are_taken_out_however_they_are_spaced_and_more_than_five_passages_are() {
    let case = case().await;
    let (_, officer) = case.colleague("Helen Marsh", "camden", Role::IgOfficer).await;
    let names = ["Qadir", "Quilla", "Quentin", "Qiana", "Qasim", "Quincy", "Quade"];
    let keys = format!("Keys hang at  Vauxley Road.\nNobody goes to Vauxley\u{a0}Road alone. Held by {}.", names.join(", "));
    case.save(&case.priya, "aims", "0", &keys).await;
    case.frozen().await;
    case.signed_by_all().await;
    for act in [BEGIN, SUMMARY] {
        assert_eq!(case.publish(&case.priya, act).await.status, StatusCode::SEE_OTHER, "{act:?}");
    }
    let aims = format!("{}/publish/shared/aims", case.address);
    let decide = async |words: &[&str]| {
        let mut fields = vec![("show".to_owned(), "without".to_owned())];
        for (at, words) in words.iter().enumerate() {
            fields.push((format!("words-{}", at + 1), (*words).to_owned()));
            fields.push((format!("exemption-{}", at + 1), "law-enforcement".to_owned()));
            fields.push((format!("reason-{}", at + 1), "It would help a thief.".to_owned()));
        }
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        case.city.post(&case.priya, &aims, &fields).await
    };
    let wrong = decide(&["hang at Vauxley Road", "the vauxley road"]).await;
    assert!(wrong.text.contains("The words ‘the vauxley road’ do not stand in the answer"), "{}", wrong.text);
    assert_eq!(text(&wrong.page(), "#words-2"), "the vauxley road");
    let done = decide(&["hang at Vauxley Road", "Vauxley Road", "Qadir", "Quilla", "Quentin"]).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
    // Each way in which the words stand has a box, and there is room for more.
    let page = case.city.get(&case.priya, &aims).await.page();
    assert_eq!((value(&page, "words-6").as_str(), value(&page, "words-8").as_str()), ("Quentin", ""));
    let boxes: Vec<String> = (1..=6).map(|number| value(&page, &format!("words-{number}"))).collect();
    let all: Vec<&str> = boxes.iter().map(String::as_str).chain(["Qiana", "Qasim"]).collect();
    assert_eq!(decide(&all).await.status, StatusCode::SEE_OTHER);
    let page = case.city.get(&case.priya, &aims).await.page();
    assert_eq!((value(&page, "words-8").as_str(), value(&page, "words-9").as_str()), ("Qasim", ""), "the same words are no more");
    let public = case.checked(&officer).await;
    for path in [public.clone(), format!("/api/v1{public}")] {
        let read = case.read(&path).await.text;
        assert!(read.contains("Quincy") && read.contains("Nobody goes to"), "{read}");
        for gone in ["Vauxley", "Qadir", "Quilla", "Quentin", "Qiana", "Qasim"] {
            assert!(!read.contains(gone), "{path}: {gone}: {read}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_names_people_is_never_shown_whatever_is_decided() {
    let case = case().await;
    let (_, officer) = case.colleague("Helen Marsh", "camden", Role::IgOfficer).await;
    case.save(&case.priya, "aims", "0", "To visit people who fall.").await;
    let contacts = format!("{}/shared/contacts", case.address);
    let sent = [
        ("version", "0"),
        ("answer-0-name", "Quilla Vauxley"),
        ("answer-0-post", "Telecare lead"),
        ("answer-0-organisation", "Camden"),
        ("answer-0-contact", ""),
        ("complete", "no"),
        ("stay", "1"),
    ];
    assert_eq!(case.city.post(&case.priya, &contacts, &sent).await.status, StatusCode::SEE_OTHER);
    case.frozen().await;
    case.signed_by_all().await;
    for act in [BEGIN, SUMMARY] {
        assert_eq!(case.publish(&case.priya, act).await.status, StatusCode::SEE_OTHER, "{act:?}");
    }
    let decide = format!("{}/publish/shared/contacts", case.address);
    let whole = case.city.post(&case.priya, &decide, &[("show", "whole")]).await;
    assert!(whole.text.contains("is confidential by the template, and is never shown"), "{}", whole.text);
    let public = case.checked(&officer).await;
    for path in [public.clone(), format!("/api/v1{public}"), "/dpias.atom".to_owned()] {
        let read = case.read(&path).await.text;
        assert!(!read.contains("Vauxley"), "{path}: {read}");
    }
}
