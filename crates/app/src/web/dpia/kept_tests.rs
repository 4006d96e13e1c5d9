//! What is typed and not saved: it is kept for its writer, back when they come back, and never lost to somebody who was faster.

use super::tests::{Case, case, text, value};
use crate::{
    testing::{Answer, Browser},
    web::form::new_command,
};
use axum::http::StatusCode;
use domain::dpia::{
    assessment::{PartyRole, State},
    modules::Declined,
    place::Part,
};
use scraper::Selector;

impl Case {
    /// Three texts from one start, so that the last two clash: Priya's and what somebody saved before her.
    async fn clash(&self, other: &Browser) -> String {
        self.save(&self.priya, "deletion", "0", "Kept for 24 months.").await;
        self.save(other, "deletion", "1", "Kept for 36 months.").await;
        let clash = format!("{}/shared/deletion/clash", self.address);
        assert_eq!(self.save(&self.priya, "deletion", "1", "Kept for 12 months.").await.location(), clash);
        clash
    }

    /// What script does every few seconds while somebody types into a form of a name.
    pub(super) async fn keep(&self, who: &Browser, form: &str, fields: &[(&str, &str)]) -> Answer {
        let fields: Vec<(&str, &str)> = fields.iter().copied().chain([("draft", form)]).collect();
        self.city.post(who, crate::web::drafts::KEEPS, &fields).await
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_merged_text_of_whoever_settles_a_clash_second_is_not_lost() {
    let case = case().await;
    let clash = case.clash(&case.dele).await;
    let field = clash.strip_suffix("/clash").unwrap();
    let version = value(&case.city.get(&case.priya, &clash).await.page(), "version");
    let command = new_command().to_string();
    let first = [("command", command.as_str()), ("version", version.as_str()), ("which", "0"), ("answer", "Kept for 30 months.")];
    assert_eq!(case.city.post(&case.dele, &clash, &first).await.location(), field);
    let typed = "Kept for 24 months, and looked at each year.";
    let second = [("version", version.as_str()), ("which", "0"), ("answer", typed)];
    let late = case.city.post(&case.priya, &clash, &second).await;
    assert_eq!(late.status, StatusCode::CONFLICT, "{}", late.text);
    assert!(late.text.contains("<title>Error: "));
    let page = late.page();
    let said = text(&page, "main");
    assert!(said.contains("Somebody settled the clash while you wrote") && said.contains("Kept for 30 months."), "{said}");
    assert_eq!(value(&page, "answer").trim(), typed);
    // It is there when they come back later, too; and sending it shows both texts.
    let page = case.city.get(&case.priya, field).await.page();
    assert_eq!(value(&page, "answer").trim(), typed);
    let again = [("version", value(&page, "version")), ("answer", typed.to_owned()), ("complete", "no".to_owned())];
    let again: Vec<(&str, &str)> = again.iter().map(|(name, value)| (*name, value.as_str())).collect();
    assert_eq!(case.city.post(&case.priya, field, &again).await.location(), clash);
    // Whoever was first, and presses again because no reply came, is led on.
    assert_eq!(case.city.post(&case.dele, &clash, &first).await.location(), field);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_person_in_two_windows_is_told_of_nobody_else() {
    let case = case().await;
    let clash = case.clash(&case.priya).await;
    let page = case.city.get(&case.priya, &clash).await.page();
    assert_eq!(text(&page, "h1"), "You changed the same words in another window");
    let said = text(&page, "main");
    assert!(said.contains("this stays on your list") && !said.contains("both your lists"), "{said}");
    assert!(said.contains("What you saved first") && !said.contains("Priya Nair"), "{said}");
    let page = case.city.get(&case.dele, &clash).await.page();
    assert_eq!(text(&page, "h1"), "Priya Nair changed the same words in two windows");
    // Of a measure, too: and the same form sent again with other words is no clash at all.
    let (_, measure) = case.risk(Part::Shared, 1, "minimal").await;
    let path = format!("{}/measures/{measure}", case.address);
    let version = value(&case.city.get(&case.priya, &path).await.page(), "version");
    let command = new_command().to_string();
    let save = |command: String, title: &'static str| {
        let (case, path, version) = (&case, &path, &version);
        async move {
            let fields =
                [("command", command.as_str()), ("version", version.as_str()), ("title", title), ("progress", "planned")];
            case.city.post(&case.priya, path, &fields).await
        }
    };
    assert_eq!(save(command.clone(), "Call back").await.status, StatusCode::SEE_OTHER);
    let again = save(command, "Call back within the hour").await;
    assert_eq!(again.status, StatusCode::SEE_OTHER, "nobody clashes with themselves: {}", again.text);
    assert_eq!(value(&case.city.get(&case.priya, &path).await.page(), "title"), "Call back within the hour");
    let other = save(new_command().to_string(), "Ring at once").await;
    assert_eq!(other.status, StatusCode::OK);
    let said = text(&other.page(), "main");
    assert!(said.contains("You saved this measure in another window") && !said.contains("Priya Nair saved"), "{said}");
    assert!(said.contains("Call back within the hour") && said.contains("Ring at once"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_comment_and_a_merged_text_are_kept_while_they_are_typed() {
    let case = case().await;
    let field = format!("{}/shared/aims", case.address);
    let draft = [("version", "0"), ("answer", ""), ("comment", "Is this enough?"), ("reply", "")];
    assert_eq!(case.city.post(&case.priya, &format!("{field}/draft"), &draft).await.status, StatusCode::NO_CONTENT);
    let page = case.city.get(&case.priya, &field).await.page();
    assert_eq!(value(&page, "comment").trim(), "Is this enough?");
    assert!(text(&page, "#comments").contains("did not add it"), "{}", text(&page, "#comments"));
    assert!(!text(&page, "main").contains("What you typed is back"), "nothing was typed as an answer");
    assert_eq!(value(&case.city.get(&case.dele, &field).await.page(), "comment").trim(), "", "nobody else sees it");
    // Sent, it is kept no longer; nor is what was on its way then.
    let command = new_command().to_string();
    let sent = [
        ("command", command.as_str()),
        ("version", "0"),
        ("answer", ""),
        ("complete", "no"),
        ("comment", "Is this enough, for now?"),
        ("stay", "1"),
    ];
    case.city.post(&case.priya, &field, &sent).await;
    let late = [("command", command.as_str()), ("version", "0"), ("answer", ""), ("comment", "Is this enough, for")];
    case.city.post(&case.priya, &format!("{field}/draft"), &late).await;
    assert_eq!(value(&case.city.get(&case.priya, &field).await.page(), "comment").trim(), "");

    let clash = case.clash(&case.dele).await;
    let field = clash.strip_suffix("/clash").unwrap();
    let version = value(&case.city.get(&case.priya, &clash).await.page(), "version");
    let draft = [("version", version.as_str()), ("which", "0"), ("answer", "Kept for two years, or")];
    assert_eq!(case.city.post(&case.priya, &format!("{field}/draft"), &draft).await.status, StatusCode::NO_CONTENT);
    let page = case.city.get(&case.priya, &clash).await.page();
    assert_eq!(value(&page, "answer").trim(), "Kept for two years, or");
    assert!(text(&page, "main").contains("What you typed is back"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_risk_and_a_measure_are_kept_while_they_are_typed() {
    let case = case().await;
    let new = format!("{}/risks/new", case.address);
    let typed = [("part", "shared"), ("title", "Alerts are"), ("description", "By night,"), ("before-likelihood", "remote")];
    assert_eq!(case.keep(&case.priya, &new, &typed).await.status, StatusCode::NO_CONTENT);
    let page = case.city.get(&case.priya, &new).await.page();
    assert_eq!((value(&page, "title").as_str(), value(&page, "description").trim()), ("Alerts are", "By night,"));
    assert!(text(&page, "main").contains("What you typed is back"));
    let ticked = Selector::parse("input[name='before-likelihood'][value='remote'][checked]").unwrap();
    assert!(page.select(&ticked).next().is_some());
    assert!(!case.main_of(&case.dele, &new).await.contains("What you typed is back"), "nobody else sees it");
    // Saved, it is kept no longer.
    let fields = [("part", "shared"), ("title", "Alerts are missed"), ("description", "By night.")];
    assert_eq!(case.city.post(&case.priya, &new, &fields).await.status, StatusCode::SEE_OTHER);
    assert!(!case.main_of(&case.priya, &new).await.contains("What you typed is back"));

    // Of one that stands: it goes on from the version it was begun with, and others' changes are said.
    let risk = case.held().await.whole.risks[0].risk.id;
    let path = format!("{}/risks/{risk}", case.address);
    let version = value(&case.city.get(&case.priya, &path).await.page(), "version");
    let typed = [("version", version.as_str()), ("title", "Alerts are missed at night"), ("description", "By night.")];
    case.keep(&case.priya, &path, &typed).await;
    let other = [("version", version.as_str()), ("title", "Alerts are missed"), ("description", "By night, and at weekends.")];
    assert_eq!(case.city.post(&case.dele, &path, &other).await.status, StatusCode::SEE_OTHER);
    let page = case.city.get(&case.priya, &path).await.page();
    assert_eq!((value(&page, "title"), value(&page, "version")), ("Alerts are missed at night".to_owned(), version.clone()));
    assert!(text(&page, "main").contains("Somebody has changed what stands since"), "{}", text(&page, "main"));
    // What comes back with an error goes on from there, too, so that nobody's change is written over.
    let wrong = case.city.post(&case.priya, &path, &[("version", version.as_str()), ("title", "")]).await;
    assert!(wrong.text.contains("<title>Error: "));
    assert_eq!(value(&wrong.page(), "version"), version);
    // Frozen meanwhile, it is shown; and it can be thrown away.
    case.alter(|head| head.state = State::Review).await;
    let said = case.main_of(&case.priya, &path).await;
    assert!(said.contains("What you typed, which is not saved") && said.contains("Alerts are missed at night"), "{said}");
    let more = [("version", version.as_str()), ("title", "Alerts are missed at night"), ("description", "By night, too.")];
    assert_eq!(case.keep(&case.priya, &path, &more).await.status, StatusCode::NO_CONTENT);
    assert!(case.main_of(&case.priya, &path).await.contains("By night, too."), "what is typed on is kept, to be copied");
    assert_eq!(case.keep(&case.priya, &path, &[("drop", "1")]).await.location(), path);
    assert!(!case.main_of(&case.priya, &path).await.contains("What you typed"));
    case.alter(|head| head.state = State::Drafting).await;

    let new = format!("{}/measures/new", case.address);
    let typed = [("title", "Call"), ("risk", &risk.to_string()), ("progress", "planned"), ("due-day", "1")];
    assert_eq!(case.keep(&case.priya, &new, &typed).await.status, StatusCode::NO_CONTENT);
    let page = case.city.get(&case.priya, &new).await.page();
    assert_eq!((value(&page, "title").as_str(), value(&page, "due-day").as_str()), ("Call", "1"));
    let ticked = Selector::parse(&format!("input[name='risk'][value='{risk}'][checked]")).unwrap();
    assert!(page.select(&ticked).next().is_some(), "what was ticked is ticked");
    let fields = [("title", "Call back"), ("progress", "planned")];
    assert_eq!(case.city.post(&case.priya, &new, &fields).await.status, StatusCode::SEE_OTHER);
    assert!(!case.main_of(&case.priya, &new).await.contains("What you typed is back"));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_typed_in_a_part_that_is_switched_off_is_shown_with_the_true_reason() {
    let case = case().await;
    case.alter(|head| head.modules.push("health".to_owned())).await;
    let field = format!("{}/shared/opt-out", case.address);
    let draft = [("version", "0"), ("answer", "yes")];
    assert_eq!(case.city.post(&case.priya, &format!("{field}/draft"), &draft).await.status, StatusCode::NO_CONTENT);
    let (by, organisation) = (case.priya.person.unwrap(), case.city.organisation("camden").id);
    case.alter(|head| {
        head.modules.clear();
        head.declined.push(Declined {
            module: "health".to_owned(),
            reasons: "Own staff only".to_owned(),
            because: vec![],
            by,
            organisation,
            at: 1,
            stated: false,
        });
    })
    .await;
    let page = case.city.get(&case.priya, &field).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.text);
    let page = page.page();
    assert_eq!(text(&page, "#kept .ct-text"), "Yes");
    let said = text(&page, "main");
    assert!(said.contains("the part ‘Health and social care’ of the template, which is off: ‘Own staff only’"), "{said}");
    assert!(!said.contains("Another answer"), "{said}");
    let link = Selector::parse(&format!("main a[href='{}/modules']", case.address)).unwrap();
    assert!(page.select(&link).next().is_some());
    assert_eq!(case.city.get(&case.dele, &field).await.status, StatusCode::NOT_FOUND, "it is nobody else's");
    assert_eq!(case.city.post(&case.priya, &format!("{field}/draft"), &[("drop", "1")]).await.location(), case.address);
    assert_eq!(case.city.get(&case.priya, &field).await.status, StatusCode::NOT_FOUND);

    // An annex whose organisation is no controller now.
    let hackney = case.city.organisation("hackney").id;
    let theirs = format!("{}/{}/gateway", case.address, Part::Annex(hackney));
    let sent = [("version", "0"), ("answer", "The Care Act 2014."), ("complete", "no"), ("stay", "1")];
    assert_eq!(case.city.post(&case.dele, &theirs, &sent).await.status, StatusCode::SEE_OTHER);
    case.alter(|head| {
        for party in head.parties.iter_mut().filter(|party| party.organisation == hackney) {
            party.role = PartyRole::Processor;
        }
    })
    .await;
    let said = case.main_of(&case.priya, &theirs).await;
    assert!(said.contains("Hackney writes no annex of this assessment now") && !said.contains("Another answer"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_and_a_comment_that_are_refused_for_what_is_in_them_are_back_also_where_no_script_runs() {
    let case = case().await;
    case.save(&case.priya, "aims", "0", "To visit people.").await;
    let field = format!("{}/shared/aims", case.address);
    let (long, comment) = ("To visit people who fell. ".repeat(1000), "Is this enough? ".repeat(1000));
    let (long, comment) = (long.trim(), comment.trim());
    let sent = [("version", "1"), ("answer", long), ("complete", "no"), ("comment", comment)];
    let refused = case.city.post(&case.priya, &field, &sent).await;
    assert!(
        refused.text.contains("The answer must be 20,000 characters or fewer. It has 25,999"),
        "{}",
        text(&refused.page(), "main")
    );
    // Whoever leaves that page, and opens the question again, has both back.
    let page = case.city.get(&case.priya, &field).await.page();
    assert_eq!((value(&page, "answer").trim(), value(&page, "comment").trim()), (long, comment));
    assert!(text(&page, "main").contains("What you typed is back"), "{}", text(&page, "main"));
    // What was wrong is put right and saved: nothing is left of it.
    let right =
        [("version", "1"), ("answer", "To visit people who fell."), ("complete", "no"), ("comment", "Enough?"), ("stay", "1")];
    assert_eq!(case.city.post(&case.priya, &field, &right).await.status, StatusCode::SEE_OTHER);
    let page = case.city.get(&case.priya, &field).await.page();
    assert_eq!((value(&page, "answer").trim(), value(&page, "comment").trim()), ("To visit people who fell.", ""));
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_long_list_nothing_is_lost_and_one_that_is_too_long_is_told_of_and_back() {
    let case = case().await;
    for (field, part, many) in [("contacts", "-post", 150), ("systems", "", 150), ("systems", "", 1001)] {
        let path = format!("{}/shared/{field}", case.address);
        let version = value(&case.city.get(&case.priya, &path).await.page(), "version");
        let names: Vec<(String, String)> =
            (0..many).map(|at| (format!("answer-{at}{part}"), format!("Name number {at}"))).collect();
        let mut sent: Vec<(&str, &str)> = names.iter().map(|(name, typed)| (name.as_str(), typed.as_str())).collect();
        sent.extend([("version", version.as_str()), ("complete", "no"), ("stay", "1")]);
        let answer = case.city.post(&case.priya, &path, &sent).await;
        let (page, last) = if many > 1000 {
            assert!(answer.text.contains("must have 1000 entries or fewer. It has 1001"), "{}", text(&answer.page(), "main"));
            (answer.page(), 1000)
        } else {
            assert_eq!(answer.status, StatusCode::SEE_OTHER, "{field}: {}", answer.text);
            (case.city.get(&case.priya, &path).await.page(), 149)
        };
        assert_eq!(value(&page, &format!("answer-{last}{part}")), format!("Name number {last}"), "{field}");
    }
}
