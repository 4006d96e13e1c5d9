//! Whose work it is when somebody leaves, leads no longer, is away, or is a guest; and what a signature costs whoever could give two. In
//! browsers.

use super::tests::{Case, case, server, text, value};
use crate::{assessments::tell, testing::Browser};
use axum::http::StatusCode;
use domain::{
    dpia::task::{About, Assignee, Task},
    people::{Role, session::FRESH},
};

impl Case {
    async fn open_tasks(&self) -> Vec<Task> {
        self.city.store().open_tasks(&server()).await.unwrap()
    }

    async fn says(&self, who: &Browser, path: &str) -> String {
        let answer = self.city.get(who, path).await;
        assert_eq!(answer.status, StatusCode::OK, "{path}: {}", answer.text);
        text(&answer.page(), "main")
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_council_leaves_open_is_seen_to_by_the_lead() {
    let case = case().await;
    let (_, anjali) = case.colleague("Anjali Rao", "hackney", Role::Dpo).await;
    let (_, owen) = case.colleague("Owen Lee", "camden", Role::InformationAssetOwner).await;
    let (hackney, dele) = (case.city.organisation("hackney").id, case.dele.person.unwrap());
    let advice = format!("{}/advice", case.address);
    let sent = [("place", "shared/aims"), ("text", "Ask them first.")];
    assert_eq!(case.city.post(&anjali, &advice, &sent).await.location(), advice);
    let (tasks, with) = (format!("{}/tasks", case.address), format!("person:{dele}@{hackney}"));
    for section in ["field:shared/deletion".to_owned(), format!("annex:{hackney}/our-part")] {
        let given = case.city.post(&case.priya, &tasks, &[("section", section.as_str()), ("with", &with)]).await;
        assert_eq!(given.location(), tasks, "{section}: {}", given.text);
    }
    let said = case.says(&owen, &advice).await;
    assert!(!said.contains("in the place of Hackney") && !said.contains("What becomes of it?"), "it answers itself: {said}");

    let left = case.city.post(&anjali, &format!("{}/parties", case.address), &[("act", "leave")]).await;
    assert_eq!(left.location(), "/assessments", "{}", left.text);
    let open = case.open_tasks().await;
    assert!(open.iter().all(|task| task.assignee.organisation() != hackney), "{open:?}");
    assert!(open.iter().any(|task| matches!(&task.about, About::Field { place } if place.field == "deletion")), "{open:?}");
    assert!(!open.iter().any(|task| matches!(task.about, About::Section { .. })), "its annex is over: {open:?}");
    assert!(case.says(&case.priya, "/work").await.contains("Answer ‘"));
    assert!(case.says(&owen, "/work").await.contains("Answer a recommendation on"));
    let said = case.says(&owen, &advice).await;
    assert!(
        said.contains("Camden, which leads, answers in the place of Hackney") && said.contains("What becomes of it?"),
        "{said}"
    );
    let open = case.open_tasks().await.len();
    let recommendation = case.by_the_server().await.whole.recommendations[0].id;
    let answer = [("decision-1", "accepted"), ("reasons-1", "They are asked.")];
    let answered = case.city.post(&owen, &format!("{advice}/{recommendation}"), &answer).await;
    assert_eq!(answered.location(), advice, "{}", answered.text);
    assert_eq!(case.open_tasks().await.len(), open - 1);
    assert!(case.by_the_server().await.whole.open_recommendations().next().is_none(), "nothing stands in the way of sign-off");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_asked_of_the_lead_goes_to_whoever_leads_it_now() {
    let case = case().await;
    let (ade, ades) = case.colleague("Ade Cole", "camden", Role::IgOfficer).await;
    let mut work = case.by_the_server().await;
    let lead = work.lead_assignee();
    work.ask(About::SentBack, lead, None, "Say more").await.unwrap();
    work.commit().await.unwrap();
    let asked = "Change what was sent back";
    assert!(case.says(&case.priya, "/work").await.contains(asked) && !case.says(&ades, "/work").await.contains(asked));
    let change = format!("{}/change", case.address);
    let version = value(&case.city.get(&case.priya, &change).await.page(), "version");
    let person = ade.to_string();
    let sent = [("version", version.as_str()), ("title", "Telecare alerts"), ("lead", &person)];
    let saved = case.city.post(&case.priya, &change, &sent).await;
    assert_eq!(saved.location(), case.address, "{}", saved.text);
    assert!(!case.says(&case.priya, "/work").await.contains(asked) && case.says(&ades, "/work").await.contains(asked));
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_stands_in_sees_the_signature_that_waits_and_cannot_give_it() {
    let case = case().await;
    let (_, hugo) = case.colleague("Hugo Marchetti", "camden", Role::Cio).await;
    let (tamsin, tamsins) = case.colleague("Tamsin Reed", "camden", Role::Editor).await;
    case.frozen().await;
    let mut work = case.by_the_server().await;
    let (template, routes) = tell::rules_of(&case.city.app, &work.whole).unwrap();
    work.settle_tasks(&template, &routes).await.unwrap();
    work.commit().await.unwrap();
    assert!(case.says(&hugo, "/work").await.contains("Read and decide"));
    assert!(!case.says(&tamsins, "/work").await.contains("Read and decide"));
    let camden = case.city.organisation("camden").id;
    let to = format!("{tamsin}@{camden}");
    let mut away = vec![("from-day", "23"), ("from-month", "11"), ("from-year", "2026"), ("to", to.as_str())];
    away.extend([("until-day", "27"), ("until-month", "11"), ("until-year", "2026")]);
    assert_eq!(case.city.post(&hugo, "/work/away", &away).await.location(), "/work/away");
    let work = case.says(&tamsins, "/work").await;
    assert!(work.contains("Read and decide") && work.contains("Handed to you by somebody who is away"), "{work}");
    assert!(work.contains("a deputy whom an administrator names, can sign"), "{work}");
    let board = case.says(&tamsins, &format!("{}/sign-off", case.address)).await;
    assert!(!board.contains("Your turn"), "{board}");
    assert!(case.says(&hugo, "/work").await.contains("Read and decide"), "it stays its holder’s");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_guest_finds_what_they_are_invited_to_on_their_list_until_it_is_done_or_taken_back() {
    let case = case().await;
    let guest = case.city.person("Gus Hall", "islington", &[Role::Guest]).await;
    let gus = case.city.signed_in(guest, "islington").await;
    let (person, parties) = (guest.to_string(), format!("{}/parties", case.address));
    let theirs = || async {
        let with = |task: &Task| matches!(task.assignee, Assignee::Person { person, .. } if person == guest);
        case.open_tasks().await.into_iter().filter(with).collect::<Vec<_>>()
    };
    let invite = |writes: &'static str| [("act", "guest"), ("person", person.as_str()), ("section", "need"), ("writes", writes)];
    let past = [&invite("yes")[..], &[("until-day", "1"), ("until-month", "1"), ("until-year", "2020")]].concat();
    let refused = case.city.post(&case.priya, &parties, &past).await;
    assert!(text(&refused.page(), ".govuk-error-summary").contains("The last day must be today or later"), "{}", refused.text);
    assert!(theirs().await.is_empty(), "nobody is invited until a day that is past");
    let long_ago = case.city.app.clock.now() - FRESH - 1;
    let stale = case.city.session(case.priya.person.unwrap(), "camden", true, long_ago).await;
    let asked = case.city.post(&stale, &parties, &invite("yes")).await;
    assert!(asked.location().starts_with("/sign-in/check?next=") && asked.location().contains("held="), "{}", asked.location());
    assert!(theirs().await.is_empty(), "nobody is let in without a fresh check");
    assert_eq!(case.city.post(&case.priya, &parties, &invite("yes")).await.location(), parties);
    let work = case.city.get(&gus, "/work").await;
    assert!(text(&work.page(), "main").contains("Write the section ‘"), "{}", work.text);
    assert!(work.text.replace("&#x2f;", "/").contains(&format!("{}/shared/", case.address)), "it leads to the section");
    assert!(case.says(&case.priya, &format!("{}/tasks", case.address)).await.contains("Gus Hall"));
    let home = case.says(&gus, &case.address).await;
    assert!(home.contains("Gus Hall") && !home.contains("Nobody yet"), "{home}");
    let dismissed = case.city.post(&case.priya, &parties, &[("act", "dismiss"), ("guest", &person)]).await;
    assert_eq!(dismissed.location(), parties, "{}", dismissed.text);
    assert!(theirs().await.is_empty(), "the invitation takes its tasks along");
    // Whoever only reads is asked to read and comment, and has done so when they say something.
    assert_eq!(case.city.post(&case.priya, &parties, &invite("no")).await.location(), parties);
    assert!(case.says(&gus, "/work").await.contains("Read and comment: ‘"));
    assert_eq!(theirs().await.len(), 1);
    let said = case.city.post(&gus, &format!("{}/shared/aims", case.address), &[("comment", "It is clear.")]).await;
    assert_eq!(said.status, StatusCode::SEE_OTHER, "{}", said.text);
    assert!(theirs().await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn who_could_sign_in_two_roles_is_told_before_they_sign_what_it_costs() {
    let case = case().await;
    let ravi = case.city.person("Ravi Templeton", "camden", &[Role::Siro, Role::Cio]).await;
    let ravi = case.city.signed_in(ravi, "camden").await;
    let (_, hugo) = case.colleague("Hugo Marchetti", "camden", Role::Cio).await;
    case.frozen().await;
    let board = format!("{}/sign-off", case.address);
    let said = case.says(&ravi, &board).await;
    assert!(said.contains("Your turn"), "{said}");
    assert!(said.contains("you can no longer sign as senior information risk owner for Camden"), "{said}");
    assert!(said.contains("Nobody else there can sign as senior information risk owner"), "{said}");
    assert!(said.contains("Hugo Marchetti can sign this instead of you"), "{said}");
    let said = case.says(&hugo, &board).await;
    assert!(said.contains("Your turn") && !said.contains("you can no longer sign"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_leaves_what_is_in_use_says_why_and_the_lead_is_asked_to_look_again() {
    let case = case().await;
    let (_, keeper) = case.colleague("Ama Boateng", "hackney", Role::ProjectLead).await;
    case.save(&case.priya, "aims", "0", "To visit people who fall.").await;
    case.frozen().await;
    case.signed_by_all().await;
    let day = [("review-day", "1"), ("review-month", "11"), ("review-year", "2027")];
    let live = case.city.post(&case.priya, &format!("{}/move/go-live", case.address), &day).await;
    assert_eq!(live.status, StatusCode::SEE_OTHER, "{}", live.text);
    let parties = format!("{}/parties", case.address);
    assert!(case.says(&keeper, &parties).await.contains("Why does your organisation leave?"));
    let silent = case.city.post(&keeper, &parties, &[("act", "leave")]).await;
    assert!(text(&silent.page(), ".govuk-error-summary").contains("Enter why your organisation leaves"), "{}", silent.text);
    let left = case.city.post(&keeper, &parties, &[("act", "leave"), ("reasons", "We buy another product.")]).await;
    assert_eq!(left.location(), "/assessments", "{}", left.text);
    let open = case.open_tasks().await;
    let asked = open.iter().find(|task| task.about == About::Review { why: None }).expect("the lead is asked");
    assert_eq!(asked.assignee.organisation(), case.city.organisation("camden").id);
    assert_eq!(asked.note, "Hackney has left: We buy another product.");
    assert!(case.says(&case.priya, "/work").await.contains("We buy another product."));
    let review = case.says(&case.priya, &format!("{}/review", case.address)).await;
    assert!(review.contains("Because somebody asked: Hackney has left: We buy another product."), "{review}");
    assert!(!review.contains("its review is due"), "{review}");
}
