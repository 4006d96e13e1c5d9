//! A form sent twice: the second press gets the first result and its words, whatever happened between.

use super::*;

/// Sends a form twice and compares everything that the person is told.
async fn twice(city: &City, browser: &Browser, path: &str, sent: &[(&str, &str)]) -> Answer {
    let first = city.post(browser, path, sent).await;
    assert_eq!(first.status, StatusCode::SEE_OTHER, "{path}: {}", words(&first));
    assert!(!notice(&first).is_empty(), "{path} says nothing");
    again(city, browser, path, sent, &first).await;
    first
}

async fn again(city: &City, browser: &Browser, path: &str, sent: &[(&str, &str)], first: &Answer) {
    let head = city.store().sequence().await.unwrap();
    let second = city.post(browser, path, sent).await;
    assert_eq!((second.status, second.location()), (first.status, first.location()), "{path}: {}", words(&second));
    assert_eq!(notice(&second), notice(first), "{path}");
    assert_eq!(city.store().sequence().await.unwrap(), head, "{path}: something was written");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_press_of_an_edit_says_what_the_first_did_also_where_a_colleague_changed_the_same_field_between() {
    let own = camden().await;
    let (city, editor, id) = (&own.city, &own.editor, own.contract.id);
    let path = format!("/contracts/{id}/change/about");
    let fields = form(city, editor, &path, "[name=version]").await;
    let sent = with(&fields, &[("title", "Housing")]);
    let first = twice(city, editor, &path, &sent).await;
    assert_eq!(notice(&first), "Saved. The public register shows it now.");
    meanwhile(city, id, |contract| contract.title = "Housing and repairs".to_owned()).await;
    again(city, editor, &path, &sent, &first).await;
    assert_eq!(stored(city, id).await.title, "Housing and repairs");
    // The same form with other words is no repeat: it is asked about.
    let other = city.post(editor, &path, &with(&fields, &[("title", "Repairs")])).await;
    assert!(words(&other).contains("Housing and repairs"), "{}", words(&other));
    assert_eq!((other.status, stored(city, id).await.title.as_str()), (StatusCode::OK, "Housing and repairs"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_press_of_a_proposal_and_of_its_placing_says_what_the_first_did() {
    let own = camden().await;
    let city = &own.city;
    let path = "/organisations/camden/propose";
    let fields = form(city, &own.editor, path, "[name=kind]").await;
    let sent = with(&fields, &[("kind", "supplier"), ("name", "Bramblewick Software Ltd")]);
    let first = twice(city, &own.editor, path, &sent).await;
    assert_eq!(notice(&first), "Proposed. The hub is asked to place it.");
    let flags = city.store().all::<Flag>(&Scope::Operator).await.unwrap();
    assert_eq!(flags.iter().filter(|flag| !flag.settled).count(), 1, "{flags:?}");
    let hub = city.browser("loti", Role::NetworkAdministrator).await;
    let command = Uuid::new_v4().to_string();
    let placed = [("command", command.as_str()), ("do", "place"), ("name", "")];
    let first = twice(city, &hub, &format!("/curate/{}", flags[0].id), &placed).await;
    assert_eq!(notice(&first), "Placed.");
    // A merge says so both times.
    let into = flags[0].subject.to_string();
    let other = make(city, records::supplier("Bramblewick Sofware")).await;
    let mut flag = flags[0].clone();
    (flag.id, flag.subject, flag.settled) = (Uuid::now_v7().into(), other.id.0, false);
    let flag = make(city, flag).await;
    let command = Uuid::new_v4().to_string();
    let merged = [("command", command.as_str()), ("do", "merge"), ("into", into.as_str())];
    let first = twice(city, &hub, &format!("/curate/{}", flag.id), &merged).await;
    assert!(notice(&first).starts_with("Merged"), "{}", notice(&first));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_press_of_an_undo_says_whether_the_record_was_removed() {
    let own = camden().await;
    let (city, editor) = (&own.city, &own.editor);
    let path = format!("/contracts/{}/history", own.contract.id);
    let made = city.store().history(&Scope::Operator, own.contract.id.0).await.unwrap().last().unwrap().sequence.to_string();
    let asked = city.post(editor, &path, &[("sequence", &made)]).await;
    let fields = filled(&asked.page(), "[name=seen]");
    let first = twice(city, editor, &path, &with(&fields, &[("sure", "yes")])).await;
    assert!(notice(&first).starts_with("The record is removed from the register."), "{}", notice(&first));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_whole_list_is_still_right_without_what_was_removed_meanwhile() {
    let own = camden().await;
    let (city, editor) = (&own.city, &own.editor);
    let second = make(city, records::contract(own.contract.organisation, "Parking permits", None)).await;
    let foreign = make(city, records::contract(city.organisation("hackney").id, "Theirs", None)).await;
    let list = form(city, editor, "/organisations/camden/register", "[name=all-contract]").await;
    for gone in [&second, &foreign] {
        let mut write = city.store().write(&Scope::Operator, city.app.clock.now()).await.unwrap();
        write.delete(std::slice::from_ref(gone)).await.unwrap();
        write.commit().await.unwrap();
    }
    city.refresh().await;
    let path = "/organisations/camden/still-right";
    let first = twice(city, editor, path, &with(&list, &[("all", "yes")])).await;
    assert_eq!(notice(&first), "1 record marked as still right today. 1 is no longer in the register.");
    assert_eq!(stored(city, own.contract.id).await.confirmed, Some(city.app.clock.today()));
    // What never was one's own answers alike, whether it is gone, there, or never was.
    for id in [foreign.id.0, Uuid::now_v7()] {
        let refused = city.post(editor, path, &[("contract", &format!("{id}:1"))]).await;
        assert_eq!(refused.status, StatusCode::NOT_FOUND, "{id}");
    }
    let none = city.post(editor, path, &[("contract", &format!("{}:1", second.id))]).await;
    assert_eq!(notice(&none), "Nothing was marked. 1 is no longer in the register.");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_is_imported_by_two_presses_is_imported_once_and_each_press_is_told_so() {
    let own = camden().await;
    let city = &own.city;
    let person = city.person("Grace Sender", "camden", &[Role::Editor]).await;
    let editor = city.signed_in(person, "camden").await;
    let csv = "Reference,Title,Supplier\nR1,Parking permits,not known\nR2,Libraries,not known\n";
    let sent = city.send(&editor, files::upload("contracts", "register.csv", csv)).await;
    let here = sent.location();
    let upload = here.rsplit('/').next().unwrap().parse().unwrap();
    let kept = city.store().upload(&Scope::Operator, person.0, upload).await.unwrap().unwrap();
    let fields = form(city, &editor, here, "[name=seen]").await;
    let pressed = with(&fields, &[("do", "import")]);
    let (first, second) = tokio::join!(city.post(&editor, here, &pressed), city.post(&editor, here, &pressed));
    for press in [&first, &second] {
        assert_eq!(press.status, StatusCode::SEE_OTHER, "{}", words(press));
        assert_eq!(notice(press), "The file is imported: 2 rows added, 0 changed, 0 unchanged, 0 rejected.");
    }
    assert!(first.location().starts_with("/organisations/camden/imports/"), "{}", first.location());
    assert_eq!(first.location(), second.location());
    let imports: Vec<Import> = city.store().all(&Scope::Operator).await.unwrap();
    assert_eq!(imports.iter().filter(|import| import.kind == "contracts").count(), 1, "{imports:?}");
    // As after a server that ended before it let the file go.
    city.store().keep_upload(&Scope::Operator, &kept).await.unwrap();
    again(city, &editor, here, &pressed, &first).await;
}
