//! Correcting a record, and taking corrections back.

use super::*;

#[tokio::test(flavor = "multi_thread")]
async fn a_corrected_end_date_is_on_the_page_in_the_api_and_in_the_history() {
    let own = camden().await;
    let answer = change(&own, &own.editor, "dates", &[("end-day", "30"), ("end-month", "September"), ("end-year", "2028")]).await;
    let address = format!("/contracts/{}", own.contract.id);
    assert_eq!((answer.status, answer.location()), (StatusCode::SEE_OTHER, address.as_str()), "{}", answer.text);
    let anyone = Browser::default();
    assert!(words(&own.city.get(&anyone, &address).await).contains("30 September 2028"));
    let json = own.city.get(&anyone, &format!("/api/v1{address}")).await.text;
    assert!(json.contains("\"end\":\"2028-09-30\""), "{json}");
    // The public is told for whom and as what, people of the organisation also who.
    let history = words(&own.city.get(&anyone, &format!("{address}/history")).await);
    assert!(
        history.contains("Camden") && history.contains("before: 31 March 2027") && !history.contains("Ada Keeper"),
        "{history}"
    );
    assert!(words(&own.city.get(&own.editor, &format!("{address}/history")).await).contains("Ada Keeper"));
    let other = own.city.browser("hackney", Role::Editor).await;
    assert!(!own.city.get(&other, &format!("{address}/history")).await.text.contains("Ada Keeper"));
    assert_eq!(stored(&own.city, own.contract.id).await.origin.fields["end"], "person");
    // A line of the latest changes is a sentence: no words run together.
    let latest = own.city.get(&anyone, "/changes").await.text;
    assert!(latest.contains("Housing management system</a> changed ("), "{latest}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_that_is_wrong_comes_back_with_what_was_typed_and_writes_nothing() {
    let own = camden().await;
    let before = own.city.store().sequence().await.unwrap();
    let answer = change(&own, &own.editor, "dates", &[("end-day", "31"), ("end-month", "2"), ("end-year", "2028")]).await;
    assert_eq!(answer.status, StatusCode::OK);
    let page = answer.page();
    let title = all(page.root_element(), "title")[0].text().collect::<String>();
    // Each page of questions has a title of its own.
    assert!(title.starts_with("Error: How it runs and ends: Housing management system"), "{title}");
    let summary = all(page.root_element(), ".govuk-error-summary a")[0];
    let message = all(page.root_element(), ".govuk-error-message")[0].text().collect::<String>();
    assert_eq!(summary.value().attr("href"), Some("#end-day"));
    assert!(message.contains(summary.text().collect::<String>().trim()), "{message}");
    assert!(filled(&page, "[name=version]").contains(&("end-day".to_owned(), "31".to_owned())));
    let answer = change(&own, &own.editor, "dates", &[("end-year", "2020")]).await;
    assert!(words(&answer).contains("The end date must not be before the start date, 1 April 2024"), "{}", words(&answer));
    assert_eq!(own.city.store().sequence().await.unwrap(), before);
}

#[tokio::test(flavor = "multi_thread")]
async fn two_who_change_different_fields_both_succeed_and_the_same_field_is_asked() {
    let own = camden().await;
    let other = own.city.browser("camden", Role::ContractManager).await;
    let path = format!("/contracts/{}/change/dates", own.contract.id);
    let first = filled(&own.city.get(&own.editor, &path).await.page(), "[name=version]");
    let second = filled(&own.city.get(&other, &path).await.page(), "[name=version]");
    let third = second.clone();
    let save = |browser, fields: Vec<(String, String)>, changed: Vec<(&'static str, &'static str)>| {
        let (city, path) = (&own.city, path.clone());
        async move { city.post(browser, &path, &with(&fields, &changed)).await }
    };
    assert_eq!(save(&own.editor, first, vec![("end-year", "2028")]).await.status, StatusCode::SEE_OTHER);
    assert_eq!(save(&other, second, vec![("start-day", "2")]).await.status, StatusCode::SEE_OTHER);
    let both = stored(&own.city, own.contract.id).await.term;
    assert_eq!((both.start, both.end), (Some(date(2024, 4, 2)), Some(date(2028, 3, 31))));

    // From the version before both, to another value.
    let clash = save(&other, third, vec![("command", "00000000-0000-4000-8000-000000000001"), ("end-year", "2029")]).await;
    assert_eq!(clash.status, StatusCode::OK);
    let said = words(&clash);
    assert!(said.contains("31 March 2028") && said.contains("31 March 2029") && said.contains("31 March 2027"), "{said}");
    assert_eq!(stored(&own.city, own.contract.id).await.term.end, Some(date(2028, 3, 31)));
    let fields = filled(&clash.page(), "[name=version]");
    let kept = own.city.post(&other, &path, &with(&fields, &[("keep-end", "yours")])).await;
    assert_eq!(kept.status, StatusCode::SEE_OTHER, "{}", kept.text);
    let term = stored(&own.city, own.contract.id).await.term;
    // What the other person wrote beside it is still there.
    assert_eq!((term.start, term.end), (Some(date(2024, 4, 2)), Some(date(2029, 3, 31))));
    let theirs = own
        .city
        .post(
            &other,
            &path,
            &with(
                &filled(&clash.page(), "[name=version]"),
                &[("command", "00000000-0000-4000-8000-000000000002"), ("keep-end", "theirs")],
            ),
        )
        .await;
    assert!(theirs.status == StatusCode::SEE_OTHER || theirs.status == StatusCode::OK);
    assert_eq!(stored(&own.city, own.contract.id).await.term.end, Some(date(2029, 3, 31)));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_is_undone_by_a_new_one_and_a_later_one_is_asked_about() {
    let own = camden().await;
    let path = format!("/contracts/{}/history", own.contract.id);
    change(&own, &own.editor, "dates", &[("end-year", "2028")]).await;
    let sequence = own.city.store().sequence().await.unwrap().to_string();
    change(&own, &own.editor, "about", &[("title", "Housing")]).await;
    assert_eq!(own.city.post(&own.editor, &path, &[("sequence", &sequence)]).await.status, StatusCode::SEE_OTHER);
    let after = stored(&own.city, own.contract.id).await;
    assert_eq!((after.term.end, after.title.as_str()), (own.contract.term.end, "Housing"));
    assert!(!after.origin.fields.contains_key("end"));
    change(&own, &own.editor, "dates", &[("end-year", "2029")]).await;
    let asked = own.city.post(&own.editor, &path, &[("sequence", &sequence)]).await;
    let said = words(&asked);
    assert!(said.contains("changed again since") && said.contains("31 March 2029") && said.contains("31 March 2027"), "{said}");
    assert_eq!(stored(&own.city, own.contract.id).await.term.end, Some(date(2029, 3, 31)));
    let fields = filled(&asked.page(), "[name=seen]");
    // Someone changes it once more before the choice comes: what was seen is no longer what stands, so it is asked again.
    change(&own, &own.editor, "dates", &[("end-year", "2030")]).await;
    let again = own.city.post(&own.editor, &path, &with(&fields, &[("keep-term.end", "before")])).await;
    assert!(again.status == StatusCode::OK && words(&again).contains("31 March 2030"), "{}", words(&again));
    let fields = filled(&again.page(), "[name=seen]");
    assert_eq!(
        own.city.post(&own.editor, &path, &with(&fields, &[("keep-term.end", "now")])).await.status,
        StatusCode::SEE_OTHER
    );
    assert_eq!(stored(&own.city, own.contract.id).await.term.end, Some(date(2030, 3, 31)));
    let command = Uuid::now_v7().to_string();
    let chosen = [("keep-term.end", "before"), ("command", command.as_str())];
    let done = own.city.post(&own.editor, &path, &with(&fields, &chosen)).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", words(&done));
    let after = stored(&own.city, own.contract.id).await;
    assert_eq!((after.term.end, after.origin.fields["end"].as_str()), (own.contract.term.end, "person"));
    // Any two points are compared.
    let first =
        (own.city.store().history(&Scope::Operator, own.contract.id.0).await.unwrap().last().unwrap().sequence).to_string();
    let compared = words(&own.city.get(&Browser::default(), &format!("{path}?from={first}&to={sequence}")).await);
    assert!(compared.contains("What differs between") && compared.contains("31 March 2028"), "{compared}");
    assert_eq!(own.city.get(&Browser::default(), &format!("{path}?from=1&to=999999")).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test(flavor = "multi_thread")]
async fn moves_are_one_press_each() {
    let own = camden().await;
    let address = format!("/contracts/{}", own.contract.id);
    let mut optioned = own.contract.clone();
    optioned.term.extensions = vec![Extension { months: 24, ..Extension::default() }];
    let mut write = own.city.store().write(&Scope::Operator, own.city.app.clock.now()).await.unwrap();
    write.update(&own.contract, &mut optioned).await.unwrap();
    write.commit().await.unwrap();
    let page = own.city.get(&own.editor, &format!("{address}/extend")).await;
    let fields = filled(&page.page(), "[name=months]");
    let answer =
        own.city.post(&own.editor, &format!("{address}/extend"), &with(&fields, &[("months", "12"), ("rest", "yes")])).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", words(&answer));
    assert_eq!(stored(&own.city, own.contract.id).await.term.end, Some(date(2028, 3, 31)));
    let version = || async { stored(&own.city, own.contract.id).await.updated_at.to_string() };
    let seen = version().await;
    assert_eq!(
        own.city.post(&own.editor, &format!("{address}/still-right"), &[("version", &seen)]).await.status,
        StatusCode::SEE_OTHER
    );
    assert_eq!(stored(&own.city, own.contract.id).await.confirmed, Some(own.city.app.clock.today()));
    let successor = make(&own.city, records::contract(own.contract.organisation, "The next one", None)).await;
    let (replacement, seen) = (successor.id.to_string(), version().await);
    let fields = [("replacement", &*replacement), ("version", &*seen)];
    let answer = own.city.post(&own.editor, &format!("{address}/replace"), &fields).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", words(&answer));
    assert!(words(&own.city.get(&Browser::default(), &address).await).contains("Its place was taken by The next one"));
    assert!(
        words(&own.city.get(&Browser::default(), &format!("/contracts/{}", successor.id)).await)
            .contains("It took the place of Housing")
    );
    let answer = own
        .city
        .post(
            &own.editor,
            &format!("{address}/end-early"),
            &[("terminated-day", "1"), ("terminated-month", "6"), ("terminated-year", "2027"), ("version", &*version().await)],
        )
        .await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", words(&answer));
    assert_eq!(stored(&own.city, own.contract.id).await.term.terminated, Some(date(2027, 6, 1)));
}

#[tokio::test(flavor = "multi_thread")]
async fn s16_a_whole_list_is_still_right_or_none_of_it() {
    let own = camden().await;
    let second = make(&own.city, records::contract(own.contract.organisation, "Parking", None)).await;
    let foreign = make(&own.city, records::contract(own.city.organisation("hackney").id, "Theirs", None)).await;
    let path = "/organisations/camden/still-right";
    let seen = |contract: &Contract| format!("{}:{}", contract.id, contract.updated_at);
    let (one, two, three) = (seen(&own.contract), second.id.to_string(), seen(&foreign));
    assert_eq!(own.city.post(&own.editor, path, &[("contract", &one), ("contract", &three)]).await.status, StatusCode::NOT_FOUND);
    assert_eq!(own.city.post(&own.editor, path, &[("contract", &one), ("contract", "")]).await.status, StatusCode::SEE_OTHER);
    assert_eq!(stored(&own.city, second.id).await.confirmed, None);
    let dashboard = own.city.get(&own.editor, "/organisations/camden/register").await;
    assert_eq!(dashboard.status, StatusCode::OK, "{}", dashboard.text);
    let fields = filled(&dashboard.page(), "[name=all-contract]");
    assert_eq!(own.city.post(&own.editor, path, &with(&fields, &[("all", "yes")])).await.status, StatusCode::SEE_OTHER);
    for id in [two.parse().unwrap(), own.contract.id] {
        assert_eq!(stored(&own.city, id).await.confirmed, Some(own.city.app.clock.today()));
    }
    assert_eq!(stored(&own.city, foreign.id).await.confirmed, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn to_choose_nothing_from_a_list_is_said_at_the_list() {
    let own = camden().await;
    let dashboard = own.city.get(&own.editor, "/organisations/camden/register").await;
    let fields = filled(&dashboard.page(), "[name=all-contract]");
    let answer = own.city.post(&own.editor, "/organisations/camden/still-right", &with(&fields, &[])).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", words(&answer));
    assert!(answer.text.contains("<title>Error: ") && notice(&answer).is_empty());
    let page = answer.page();
    let link = all(page.root_element(), ".govuk-error-summary a")[0];
    assert_eq!(link.text().collect::<String>().trim(), "Choose the records that are still right");
    assert_eq!(all(page.root_element(), link.value().attr("href").unwrap()).len(), 1, "it leads to the first box");
    assert!(!all(page.root_element(), "#stale-contract .govuk-error-message").is_empty());
    assert_eq!(stored(&own.city, own.contract.id).await.confirmed, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn s28_what_people_write_is_text_and_nothing_else() {
    let own = camden().await;
    let nasty = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>";
    assert_eq!(
        change(&own, &own.editor, "about", &[("title", nasty), ("reference", nasty), ("description", nasty)]).await.status,
        StatusCode::SEE_OTHER
    );
    assert_eq!(
        change(&own, &own.editor, "care", &[("note", nasty), ("owning-service", nasty)]).await.status,
        StatusCode::SEE_OTHER
    );
    let address = format!("/contracts/{}", own.contract.id);
    for path in ["", "/history", "/change/about", "/change/care", "/extend", "/replace"] {
        let text = own.city.get(&own.editor, &format!("{address}{path}")).await.text;
        assert!(!text.contains("<script>alert") && !text.contains("<img src=x"), "{path}");
    }
    let dashboard = own.city.get(&own.editor, "/organisations/camden/register").await.text;
    assert!(!dashboard.contains("<script>alert") && !dashboard.contains("<img src=x"));
}

#[tokio::test(flavor = "multi_thread")]
async fn s28_a_persons_name_and_what_stands_in_an_address_are_text() {
    let own = camden().await;
    let nasty = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>";
    let person = own.city.person("Na Sty", "camden", &[Role::Administrator]).await;
    let mut write = own.city.store().write(&Scope::Operator, own.city.app.clock.now()).await.unwrap();
    let before: domain::people::Person = own.city.store().get(&Scope::Operator, person.0).await.unwrap().unwrap();
    let mut after = domain::people::Person { name: nasty.to_owned(), ..before.clone() };
    write.update(&before, &mut after).await.unwrap();
    write.commit().await.unwrap();
    let browser = own.city.signed_in(person, "camden").await;
    let query: String = form_urlencoded::Serializer::new(String::new()).append_pair("x", nasty).finish();
    let value = query.strip_prefix("x=").unwrap();
    let mut paths: Vec<String> = ["/account", "/work", "/organisations/camden/people"].into_iter().map(str::to_owned).collect();
    for (path, names) in [
        ("/contracts", &["q", "organisation", "status", "sort", "ends_from", "cursor", "page"][..]),
        ("/systems", &["q", "organisation", "sort"]),
        ("/suppliers", &["q", "sort"]),
        ("/search", &["q"]),
        ("/sign-in", &["next", "held", "problem"]),
        ("/sign-in/check", &["next", "held", "problem"]),
        ("/invitation", &["token"]),
        ("/set-up", &["token"]),
    ] {
        paths.extend(names.iter().map(|name| format!("{path}?{name}={value}")));
    }
    let mut shown = 0;
    for path in &paths {
        for browser in [&browser, &Browser::default()] {
            let text = own.city.get(browser, path).await.text;
            shown += usize::from(text.contains("alert(1)"));
            assert!(!text.contains("<script>alert") && !text.contains("<img src=x"), "{path}");
        }
    }
    // It was there to be misread.
    assert!(shown >= 6, "{shown}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sum_beside_not_known_comes_back_and_a_save_of_nothing_is_no_success() {
    let own = camden().await;
    let (city, editor) = (&own.city, &own.editor);
    let before = city.store().sequence().await.unwrap();
    for sum in ["45,000", "abc lots"] {
        let answer = change(&own, editor, "value", &[("amount", sum), ("basis", "annual")]).await;
        assert_eq!(answer.status, StatusCode::OK, "{sum}");
        assert!(words(&answer).contains("Remove the sum, or answer ‘Yes’"), "{}", words(&answer));
        assert!(filled(&answer.page(), "[name=version]").contains(&("amount".to_owned(), sum.to_owned())));
    }
    let answer = change(&own, editor, "value", &[]).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", words(&answer));
    let cookies = answer.headers.get_all(header::SET_COOKIE).iter().filter_map(|value| value.to_str().ok());
    let banner = cookies.filter_map(|value| value.split(';').next()).find(|value| value.starts_with("__Host-notice=")).unwrap();
    let next = Browser { cookies: format!("{}; {banner}", editor.cookies), ..Browser::default() };
    let page = city.get(&next, answer.location()).await.page();
    let shown = all(page.root_element(), "main .govuk-notification-banner");
    let said = shown[0].text().collect::<Vec<_>>().join(" ");
    assert!(said.contains("Nothing saved") && said.contains("You changed nothing."), "{said}");
    assert!(!said.contains("Success") && shown[0].value().attr("role") == Some("alert"), "{said}");
    assert_eq!(city.store().sequence().await.unwrap(), before);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_early_end_or_a_successor_that_was_wrong_is_corrected_where_it_was_said() {
    let own = camden().await;
    let (city, editor, id) = (&own.city, &own.editor, own.contract.id);
    meanwhile(city, id, |contract| contract.term.terminated = Some(date(2026, 6, 30))).await;
    let early = format!("/contracts/{id}/end-early");
    for path in [early.clone(), format!("/contracts/{id}/change/dates"), format!("/contracts/{id}/extend")] {
        let said = words(&city.get(editor, &path).await);
        assert!(said.contains("It is said to end early, on 30 June 2026") && said.contains("in its history"), "{path}: {said}");
    }
    let fields = form(city, editor, &early, "[name='terminated-day']").await;
    assert!(fields.contains(&("terminated-month".to_owned(), "6".to_owned())), "{fields:?}");
    let corrected = city.post(editor, &early, &with(&fields, &[("terminated-month", "7")])).await;
    assert_eq!(corrected.status, StatusCode::SEE_OTHER, "{}", words(&corrected));
    assert_eq!(stored(city, id).await.term.terminated, Some(date(2026, 7, 30)));

    let successor = |title: &str| records::contract(own.contract.organisation, title, Some(date(2031, 3, 31)));
    let (wrong, right) = (make(city, successor("Repairs")).await, make(city, successor("Housing from 2027")).await);
    meanwhile(city, id, |contract| contract.replaced_by = Some(wrong.id)).await;
    let path = format!("/contracts/{id}/replace");
    let fields = form(city, editor, &path, "[name=replacement]").await;
    assert!(fields.contains(&("replacement".to_owned(), wrong.id.to_string())), "{fields:?}");
    let corrected = city.post(editor, &path, &with(&fields, &[("replacement", &right.id.to_string())])).await;
    assert_eq!(corrected.status, StatusCode::SEE_OTHER, "{}", words(&corrected));
    assert_eq!(stored(city, id).await.replaced_by, Some(right.id));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rolling_contract_that_notice_was_given_of_has_its_end_everywhere() {
    let own = camden().await;
    let (city, id) = (&own.city, own.contract.id);
    meanwhile(city, id, |contract| {
        contract.term = Term { kind: TermKind::Rolling, terminated: Some(date(2030, 9, 30)), ..Term::default() };
    })
    .await;
    let anyone = Browser::default();
    let page = words(&city.get(&anyone, &format!("/contracts/{id}")).await);
    assert!(page.contains("Last possible end 30 September 2030"), "{page}");
    let json = city.get(&anyone, &format!("/api/v1/contracts/{id}")).await.text;
    assert!(json.contains("\"last_possible_end\":\"2030-09-30\"") && json.contains("\"term\":\"fixed\""), "{json}");
    for (address, there) in [("ends_from=2030-01-01&ends_to=2030-12-31", true), ("term=rolling", false), ("ends=no-end", false)] {
        let list = city.get(&anyone, &format!("/api/v1/contracts?{address}")).await.text;
        assert_eq!(list.contains(&id.to_string()), there, "{address}: {list}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_values_that_differ_in_little_never_read_alike() {
    let own = camden().await;
    let (city, editor, id) = (&own.city, &own.editor, own.contract.id);
    let sum = [("value-state", "known"), ("amount", "1200"), ("basis", "annual")];
    let said = async |vat| change(&own, editor, "value", &[&sum[..], &[("vat", vat)]].concat()).await;
    assert_eq!(said("not-known").await.status, StatusCode::SEE_OTHER);
    // Two people open the page; one says that VAT is included, the other that it is not.
    let path = format!("/contracts/{id}/change/value");
    let fields = form(city, editor, &path, "[name=amount]").await;
    assert_eq!(said("included").await.status, StatusCode::SEE_OTHER);
    let clash = words(&city.post(editor, &path, &with(&fields, &[("vat", "excluded")])).await);
    assert!(clash.contains("a year, VAT included") && clash.contains("a year, VAT not included"), "{clash}");
    assert_eq!(change(&own, editor, "buying", &[("route", "call-off")]).await.status, StatusCode::SEE_OTHER);
    let history = words(&city.get(editor, &format!("/contracts/{id}/history")).await);
    assert!(history.contains("a year, VAT included, before: £1,200"), "{history}");
    assert!(history.contains("Route to market : call-off from a framework"), "{history}");
}
