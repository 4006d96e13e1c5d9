//! What others changed since a page was opened: a move keeps it, or asks; a press that confirms counts for what was seen.

use super::*;

/// The message of a press on something that changed.
const CHANGED: &str = "Somebody changed this since you opened the page: look at what changed, then press again if it still holds";

#[tokio::test(flavor = "multi_thread")]
async fn an_extension_of_an_end_that_somebody_corrected_meanwhile_is_asked_before_it_counts() {
    let own = camden().await;
    let (city, editor, id) = (&own.city, &own.editor, own.contract.id);
    meanwhile(city, id, |contract| contract.term.extensions = vec![Extension { months: 24, ..Extension::default() }]).await;
    let path = format!("/contracts/{id}/extend");
    let fields = form(city, editor, &path, "[name=months]").await;
    meanwhile(city, id, |contract| contract.term.end = Some(date(2029, 3, 31))).await;
    let head = city.store().sequence().await.unwrap();
    let asked = city.post(editor, &path, &with(&fields, &[("months", "12"), ("rest", "yes")])).await;
    let said = words(&asked);
    assert_eq!(asked.status, StatusCode::OK, "{said}");
    assert!(asked.text.contains("<title>Error: "), "{}", asked.text);
    assert!(said.contains(CHANGED) && said.contains("31 March 2027") && said.contains("31 March 2029"), "{said}");
    assert_eq!(city.store().sequence().await.unwrap(), head, "something was written");
    // What was typed is kept; pressing again, having seen it, counts.
    let again = filled(&asked.page(), "[name=months]");
    assert!(again.contains(&("months".to_owned(), "12".to_owned())), "{again:?}");
    let done = city.post(editor, &path, &with(&again, &[("rest", "yes")])).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", words(&done));
    assert_eq!(stored(city, id).await.term.end, Some(date(2030, 3, 31)));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_move_beside_another_field_that_somebody_changed_keeps_both() {
    let own = camden().await;
    let (city, editor, id) = (&own.city, &own.editor, own.contract.id);
    let path = format!("/contracts/{id}/end-early");
    let fields = form(city, editor, &path, "[name='terminated-day']").await;
    meanwhile(city, id, |contract| contract.title = "Housing and repairs".to_owned()).await;
    let day = [("terminated-day", "1"), ("terminated-month", "6"), ("terminated-year", "2026")];
    let sent = with(&fields, &day);
    assert_eq!(city.post(editor, &path, &sent).await.status, StatusCode::SEE_OTHER);
    // A second press says what the first did, whatever the version is by now.
    assert_eq!(city.post(editor, &path, &sent).await.status, StatusCode::SEE_OTHER);
    let both = stored(city, id).await;
    assert_eq!((both.title.as_str(), both.term.terminated), ("Housing and repairs", Some(date(2026, 6, 1))));
    assert_eq!(both.origin.fields["terminated"], "person");
    // Where the two cannot stand beside each other, it asks: an end before the day on which it would end early.
    let other =
        make(city, Contract { id: ContractId(Uuid::now_v7()), key: "camden|other".to_owned(), ..own.contract.clone() }).await;
    let path = format!("/contracts/{}/end-early", other.id);
    let fields = form(city, editor, &path, "[name='terminated-day']").await;
    meanwhile(city, other.id, |contract| contract.term.end = Some(date(2026, 5, 31))).await;
    let asked = city.post(editor, &path, &with(&fields, &day)).await;
    assert!(words(&asked).contains(CHANGED), "{}", words(&asked));
    assert_eq!(stored(city, other.id).await.term.terminated, None);
    // A form without its version is none of ours.
    let bare = city.post(editor, &path, &day).await;
    assert_eq!(bare.status, StatusCode::BAD_REQUEST, "{}", words(&bare));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_changed_meanwhile_is_not_confirmed_unseen_alone_or_in_a_list() {
    let own = camden().await;
    let (city, editor, id) = (&own.city, &own.editor, own.contract.id);
    let second = make(city, records::contract(own.contract.organisation, "Parking permits", None)).await;
    let address = format!("/contracts/{id}");
    let fields = form(city, editor, &address, "form[action$='still-right'] [name=version], [name=version]").await;
    let list = form(city, editor, "/organisations/camden/register", "[name=all-contract]").await;
    meanwhile(city, id, |contract| contract.title = "Housing and repairs".to_owned()).await;
    let asked = city.post(editor, &format!("{address}/still-right"), &with(&fields, &[])).await;
    let said = words(&asked);
    assert_eq!(asked.status, StatusCode::OK, "{said}");
    assert!(said.contains("Somebody changed this since you looked") && said.contains("Housing and repairs"), "{said}");
    assert_eq!(stored(city, id).await.confirmed, None);
    let back = "/organisations/camden/still-right";
    let all = city.post(editor, back, &with(&list, &[("all", "yes")])).await;
    let banner = "1 record marked as still right today. Changed since you opened the list, so not marked: Housing and repairs. \
                  Look at it first.";
    assert_eq!(notice(&all), banner);
    assert_eq!((stored(city, id).await.confirmed, stored(city, second.id).await.confirmed.is_some()), (None, true));
    let again = filled(&asked.page(), "[name=version]");
    assert_eq!(city.post(editor, &format!("{address}/still-right"), &with(&again, &[])).await.status, StatusCode::SEE_OTHER);
    assert_eq!(stored(city, id).await.confirmed, Some(city.app.clock.today()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_side_of_a_notice_is_taken_as_it_was_seen() {
    let own = camden().await;
    let (city, editor, id) = (&own.city, &own.editor, own.contract.id);
    let supplier = make(city, records::supplier("Bramblewick Software Ltd")).await;
    let supplied = |contract: &mut Contract| {
        contract.suppliers = vec![supplier.id];
        contract.supplier_state = SupplierState::Known;
    };
    meanwhile(city, id, supplied).await;
    let mut notice = records::contract(own.contract.organisation, "Housing management system", None);
    supplied(&mut notice);
    notice.term.end = Some(date(2029, 3, 31));
    notice.term.start = own.contract.term.start;
    notice.origin.source = "ocds-b5fd17".to_owned();
    notice.origin.ocid = Some("ocds-b5fd17-1".to_owned());
    let notice = make(city, notice).await;
    let path = "/organisations/camden/reconcile";
    let press = async |what: &str| form(city, editor, path, &format!("[name=do][value={what}]")).await;
    let (take, keep) = (press("take-notice").await, press("keep-own").await);
    // The notice says something else by now: what was seen is not what would be taken.
    meanwhile(city, notice.id, |notice| notice.term.end = Some(date(2031, 3, 31))).await;
    for fields in [&take, &keep] {
        let asked = city.post(editor, path, &with(fields, &[])).await;
        assert!(words(&asked).contains(CHANGED) && words(&asked).contains("31 March 2031"), "{}", words(&asked));
    }
    assert_eq!(stored(city, id).await.term.end, own.contract.term.end);
    // So does the register: its own end was corrected.
    let (take, keep) = (press("take-notice").await, press("keep-own").await);
    meanwhile(city, id, |contract| contract.term.end = Some(date(2028, 3, 31))).await;
    for fields in [&take, &keep] {
        let asked = city.post(editor, path, &with(fields, &[])).await;
        assert!(words(&asked).contains(CHANGED) && words(&asked).contains("31 March 2028"), "{}", words(&asked));
    }
    let stands = stored(city, id).await;
    assert_eq!((stands.term.end, stands.set_aside.len()), (Some(date(2028, 3, 31)), 0));
    // Another field of it is no obstacle to taking the notice's word, and a second press says what the first did.
    let take = press("take-notice").await;
    meanwhile(city, id, |contract| contract.title = "Housing and repairs".to_owned()).await;
    for _ in 0..2 {
        let taken = city.post(editor, path, &with(&take, &[])).await;
        assert_eq!(taken.status, StatusCode::SEE_OTHER, "{}", words(&taken));
    }
    let taken = stored(city, id).await;
    assert_eq!((taken.term.end, taken.title.as_str()), (Some(date(2031, 3, 31)), "Housing and repairs"));
    assert_eq!(taken.origin.fields["end"], "notice:ocds-b5fd17-1");
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_are_read_while_a_large_file_is_written() {
    let own = camden().await;
    let (city, now) = (&own.city, own.city.app.clock.now());
    // Somebody who was here some minutes ago, so that the page notes that they are here again.
    let person = city.person("Bea Reader", "camden", &[Role::Editor]).await;
    let browser = city.session(person, "camden", true, now - 5 * 60_000).await;
    let import = city.store().write(&Scope::Operator, now).await.unwrap();
    let read = city.get(&browser, "/organisations/camden/register");
    let page = tokio::time::timeout(std::time::Duration::from_secs(15), read).await;
    assert_eq!(page.expect("a page waits for no import").status, StatusCode::OK);
    import.abandon();
}
