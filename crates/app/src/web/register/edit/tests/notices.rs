//! Public notices beside what the register says.

use super::*;

#[tokio::test(flavor = "multi_thread")]
async fn notices_and_register_are_reconciled_with_one_press_each() {
    let own = camden().await;
    let (city, editor) = (&own.city, &own.editor);
    let supplier = make(city, records::supplier("Bramblewick Software Ltd")).await;
    let answer =
        change(&own, editor, "suppliers", &[("supplier-state", "known"), ("suppliers", "Bramblewick Software Limited")]).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", words(&answer));
    assert_eq!(stored(city, own.contract.id).await.suppliers, [supplier.id], "another spelling is the same company");
    let mut notice = records::contract(own.contract.organisation, "Housing management system", Some(date(2029, 3, 31)));
    notice.suppliers = vec![supplier.id];
    notice.supplier_state = SupplierState::Known;
    notice.origin.source = "ocds-b5fd17".to_owned();
    notice.origin.ocid = Some("ocds-b5fd17-1".to_owned());
    notice.term.start = own.contract.term.start;
    let notice = make(city, notice).await;
    let mut stray = notice.clone();
    stray.id = ContractId(Uuid::now_v7());
    stray.key = stray.id.to_string();
    stray.title = "Street lighting".to_owned();
    stray.origin.ocid = Some("ocds-b5fd17-2".to_owned());
    let stray = make(city, stray).await;
    let path = "/organisations/camden/reconcile";
    let said = words(&city.get(editor, path).await);
    assert!(said.contains("31 March 2029") && said.contains("Street lighting") && said.contains("same title"), "{said}");
    let (one, two, three) = (own.contract.id.to_string(), notice.id.to_string(), stray.id.to_string());
    let version = async |id: ContractId| stored(city, id).await.updated_at.to_string();
    let press = async |fields: &[(&str, &str)]| {
        let answer = city.post(editor, path, fields).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{fields:?}: {}", words(&answer));
        answer.notice()
    };
    let pair = async |does: &'static str| {
        let versions = [version(own.contract.id).await, version(notice.id).await];
        let [own_version, notice_version] = &versions;
        let fields = [
            ("do", does),
            ("own", &*one),
            ("own-version", own_version),
            ("notice", &*two),
            ("notice-version", notice_version),
            ("fact", "end"),
        ];
        press(&fields).await
    };
    let told = pair("take-notice").await;
    assert_eq!(told, "Saved. Taken from the notice: current end of ‘Housing management system’, now 31 March 2029.");
    let taken = stored(city, own.contract.id).await;
    assert_eq!((taken.term.end, taken.origin.fields["end"].as_str()), (Some(date(2029, 3, 31)), "notice:ocds-b5fd17-1"));
    assert_eq!(pair("same").await, "Saved. ‘Housing management system’ and the notice are about one contract.");
    let told = press(&[("do", "adopt"), ("notice", &*three), ("notice-version", &*version(stray.id).await)]).await;
    assert_eq!(told, "Saved. ‘Street lighting’ is taken from the notice into your register.");
    assert!(words(&city.get(editor, path).await).contains("Nothing is left to look at"));
    // It is counted once where the register is kept, too.
    let kept = words(&city.get(editor, "/organisations/camden/register").await);
    assert!(kept.contains("Contracts 2 and 1 notice beside them"), "{kept}");
    // The pair is one contract in public, and the notice's page leads to it.
    assert!(!city.get(&Browser::default(), "/api/v1/contracts").await.text.contains(&two));
    assert!(words(&city.get(&Browser::default(), &format!("/contracts/{two}")).await).contains("The organisation’s own record"));
    // What was decided stands in the history for the organisation alone, and can be taken back there.
    let history = format!("/contracts/{two}/history");
    let told = words(&city.get(editor, &history).await);
    assert!(told.contains("Public notice of") && told.contains("Housing management system"), "{told}");
    assert!(!words(&city.get(&Browser::default(), &history).await).contains("Public notice of"));
    let last = city.store().history(&Scope::Operator, notice.id.0).await.unwrap()[0].sequence.to_string();
    let undone = city.post(editor, &history, &[("sequence", &last)]).await;
    assert_eq!(undone.status, StatusCode::SEE_OTHER, "{}", words(&undone));
    assert!(stored(city, notice.id).await.notice_of.is_none());
    assert!(city.get(&Browser::default(), "/api/v1/contracts").await.text.contains(&two));
    assert_eq!(pair("different").await, "Saved. ‘Housing management system’ and the notice are about different contracts.");
    let told = words(&city.get(editor, &format!("/contracts/{one}/history")).await);
    assert!(told.contains("is about another contract"), "{told}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_side_of_a_notice_that_would_make_an_impossible_contract_is_refused_with_the_sentence_of_the_form() {
    let own = camden().await;
    let (city, editor, id) = (&own.city, &own.editor, own.contract.id);
    let supplier = make(city, records::supplier("Bramblewick Software Ltd")).await;
    let supplied = |contract: &mut Contract| {
        contract.suppliers = vec![supplier.id];
        contract.supplier_state = SupplierState::Known;
    };
    meanwhile(city, id, supplied).await;
    let mut notice = records::contract(own.contract.organisation, "Housing management system", own.contract.term.end);
    supplied(&mut notice);
    notice.term.start = Some(date(2035, 1, 1));
    notice.origin.source = "ocds-b5fd17".to_owned();
    notice.origin.ocid = Some("ocds-b5fd17-1".to_owned());
    let notice = make(city, notice).await;
    let path = "/organisations/camden/reconcile";
    let fields = form(city, editor, path, "[name=do][value='take-notice']").await;
    assert!(fields.contains(&("fact".to_owned(), "start".to_owned())), "{fields:?}");
    let head = city.store().sequence().await.unwrap();
    let refused = city.post(editor, path, &with(&fields, &[])).await;
    let said = words(&refused);
    assert_eq!(refused.status, StatusCode::OK, "{said}");
    assert!(refused.text.contains("<title>Error: "), "{}", refused.text);
    assert!(said.contains("The end date must not be before the start date, 1 January 2035"), "{said}");
    let page = refused.page();
    let link = all(page.root_element(), ".govuk-error-summary a")[0].value().attr("href").unwrap().to_owned();
    assert_eq!(link, format!("#pair-{id}"));
    assert_eq!(all(page.root_element(), &format!("[id='pair-{id}'] .govuk-error-message")).len(), 1);
    assert_eq!(city.store().sequence().await.unwrap(), head, "something was written");
    assert_eq!(stored(city, id).await.term.start, own.contract.term.start);
    // What is wrong already stops no press that leaves it so.
    meanwhile(city, id, |contract| contract.term.start = Some(date(2035, 1, 1))).await;
    meanwhile(city, notice.id, |notice| notice.term.end = Some(date(2034, 12, 31))).await;
    let fields = form(city, editor, path, "[name=do][value='take-notice']").await;
    let taken = city.post(editor, path, &with(&fields, &[])).await;
    assert_eq!(taken.status, StatusCode::SEE_OTHER, "{}", words(&taken));
}

/// Camden with three contracts without a notice, and a notice of something else, by which the register is compared at all.
async fn without_notices() -> (Own, [Contract; 2], Contract) {
    let own = camden().await;
    let organisation = own.contract.organisation;
    let parking = make(&own.city, records::contract(organisation, "Parking permits", Some(date(2027, 3, 31)))).await;
    let libraries = make(&own.city, records::contract(organisation, "Library books", Some(date(2027, 3, 31)))).await;
    let mut notice = records::contract(organisation, "Street lighting", Some(date(2029, 3, 31)));
    notice.origin.source = "ocds-b5fd17".to_owned();
    notice.origin.ocid = Some("ocds-b5fd17-2".to_owned());
    let notice = make(&own.city, notice).await;
    (own, [parking, libraries], notice)
}

fn settled(contract: &Contract) -> bool {
    contract.set_aside.contains_key(domain::register::reconcile::NO_NOTICE)
}

#[tokio::test(flavor = "multi_thread")]
async fn no_notice_is_needed_for_chosen_contracts_or_for_a_whole_list_that_was_read() {
    let (own, [parking, libraries], _) = without_notices().await;
    let (city, editor, path) = (&own.city, &own.editor, "/organisations/camden/reconcile");
    let page = city.get(editor, path).await.page();
    let boxes: Vec<String> = all(page.root_element(), "input[type=checkbox][name=which][form=no-notice]")
        .iter()
        .map(|one| one.value().attr("value").unwrap().to_owned())
        .collect();
    let list = filled(&page, "[name=all-which]");
    assert_eq!((boxes.len(), list.iter().filter(|(name, _)| name == "all-which").count()), (3, 3));
    // Nothing chosen is said at the list, and writes nothing.
    let head = city.store().sequence().await.unwrap();
    let none = city.post(editor, path, &with(&list, &[])).await;
    assert!(none.text.contains("<title>Error: "), "{}", words(&none));
    let back = none.page();
    let link = all(back.root_element(), ".govuk-error-summary a")[0];
    assert_eq!(link.text().collect::<String>().trim(), "Choose the contracts that need no notice");
    assert_eq!(all(back.root_element(), link.value().attr("href").unwrap()).len(), 1, "it leads to the first box");
    assert_eq!(city.store().sequence().await.unwrap(), head, "something was written");
    // One of them.
    let one = boxes.iter().find(|one| one.starts_with(&parking.id.to_string())).unwrap();
    let done = city.post(editor, path, &with(&list, &[("which", one.as_str())])).await;
    assert_eq!(
        (done.location(), done.notice().as_str()),
        (path, "No notice is needed for 1 contract. To take this back, undo it in the history of the contract.")
    );
    let housing = stored(city, own.contract.id).await;
    let (parking, books) = (stored(city, parking.id).await, stored(city, libraries.id).await);
    assert_eq!([&housing, &parking, &books].map(settled), [false, true, false]);
    // All that were listed, once one of them was changed: that one is left, and named.
    let list = form(city, editor, path, "[name=all-which]").await;
    meanwhile(city, books.id, |contract| contract.title = "Books".to_owned()).await;
    let sent = with(&list, &[("all", "yes")]);
    let done = city.post(editor, path, &sent).await;
    let said =
        "No notice is needed for 1 contract. Changed since you opened the list, so left as they were: Books. Look at it first.";
    assert_eq!(done.notice(), said);
    assert!(settled(&stored(city, housing.id).await) && !settled(&stored(city, books.id).await));
    // A second press says what the first did.
    let head = city.store().sequence().await.unwrap();
    let again = city.post(editor, path, &sent).await;
    assert_eq!((again.location(), again.notice().as_str()), (path, said));
    assert_eq!(city.store().sequence().await.unwrap(), head, "something was written");
    // Each stands in its own history, and is taken back there.
    let history = format!("/contracts/{}/history", housing.id);
    let last = city.store().history(&Scope::Operator, housing.id.0).await.unwrap()[0].sequence.to_string();
    let undone = city.post(editor, &history, &[("sequence", &last)]).await;
    assert_eq!(undone.status, StatusCode::SEE_OTHER, "{}", words(&undone));
    assert!(!settled(&stored(city, housing.id).await));
}

#[tokio::test(flavor = "multi_thread")]
async fn s16_no_notice_is_needed_for_a_whole_list_or_for_none_of_it() {
    let (own, [parking, _], notice) = without_notices().await;
    let (city, editor, path) = (&own.city, &own.editor, "/organisations/camden/reconcile");
    let foreign = make(city, records::contract(city.organisation("hackney").id, "Theirs", None)).await;
    let seen = |contract: &Contract| format!("{}:{}", contract.id, contract.updated_at);
    let head = city.store().sequence().await.unwrap();
    // Another organisation's, one that never was, and a notice, which cannot lack one.
    for other in [seen(&foreign), format!("{}:1", Uuid::now_v7()), seen(&notice), "no id".to_owned()] {
        let own = seen(&parking);
        let sent = [("do", "none-expected"), ("which", own.as_str()), ("which", other.as_str())];
        assert_eq!(city.post(editor, path, &sent).await.status, StatusCode::NOT_FOUND, "{other}");
    }
    let id = parking.id.to_string();
    let bare = [("do", "none-expected"), ("which", id.as_str())];
    assert_eq!(city.post(editor, path, &bare).await.status, StatusCode::BAD_REQUEST);
    assert_eq!(city.store().sequence().await.unwrap(), head, "something was written");
    assert!(!settled(&stored(city, parking.id).await) && stored(city, notice.id).await.set_aside.is_empty());
}
