//! Who looks after a contract, and who did.

use super::*;
use domain::people::{Membership, PersonId};

/// Somebody's place, changed.
async fn place(city: &City, person: PersonId, edit: impl Fn(&mut Membership)) {
    let places: Vec<Membership> = city.store().by(&Scope::Operator, "person_id", person.0.to_string()).await.unwrap();
    let mut after = places[0].clone();
    edit(&mut after);
    let mut write = city.store().write(&Scope::Operator, city.app.clock.now()).await.unwrap();
    write.update(&places[0], &mut after).await.unwrap();
    write.commit().await.unwrap();
}

/// How many contracts stand under 'Nobody looks after them'.
async fn nobody(own: &Own) -> usize {
    let page = own.city.get(&own.editor, "/organisations/camden/register").await.page();
    all(page.root_element(), "#nobody tbody tr").len()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_manager_is_named_in_the_history_to_people_of_the_organisation_and_to_nobody_else() {
    let own = camden().await;
    let city = &own.city;
    let tom = city.person("Tom Adeyemi", "camden", &[Role::ContractManager]).await;
    let answer = change(&own, &own.editor, "care", &[("manager", &tom.to_string())]).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", words(&answer));
    let path = format!("/contracts/{}/history", own.contract.id);
    let told = words(&city.get(&own.editor, &path).await);
    assert!(told.contains("Contract manager : Tom Adeyemi, before: not known"), "{told}");
    let hackney = city.browser("hackney", Role::Editor).await;
    for browser in [&hackney, &Browser::default()] {
        let told = words(&city.get(browser, &path).await);
        assert!(!told.contains("Tom Adeyemi") && !told.contains("Contract manager"), "{told}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_manager_who_left_is_said_to_have_left_and_stays_until_another_is_chosen() {
    let own = camden().await;
    let (city, editor, id) = (&own.city, &own.editor, own.contract.id);
    assert_eq!(nobody(&own).await, 1);
    let tom = city.person("Tom Adeyemi", "camden", &[Role::ContractManager]).await;
    change(&own, editor, "care", &[("manager", &tom.to_string())]).await;
    assert_eq!(nobody(&own).await, 0);
    let now = city.app.clock.now();
    place(city, tom, |place| place.revoked_at = Some(now)).await;
    // The page says it, the list holds the contract again.
    let address = format!("/contracts/{id}");
    assert!(words(&city.get(editor, &address).await).contains("Contract manager: Tom Adeyemi, no longer acts for Camden."));
    assert!(!words(&city.get(&Browser::default(), &address).await).contains("Tom Adeyemi"));
    assert_eq!(nobody(&own).await, 1);
    // To change the note alone takes nobody off.
    let fields = form(city, editor, &format!("{address}/change/care"), "[name=manager]").await;
    assert!(fields.contains(&("manager".to_owned(), tom.to_string())), "{fields:?}");
    let saved = city.post(editor, &format!("{address}/change/care"), &with(&fields, &[("note", "Ask in May")])).await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", words(&saved));
    let after = stored(city, id).await;
    assert_eq!((after.manager, after.note.as_deref()), (Some(tom), Some("Ask in May")));
    // Nobody is put there who does not act for the organisation.
    meanwhile(city, id, |contract| contract.manager = None).await;
    let refused = change(&own, editor, "care", &[("manager", &tom.to_string())]).await;
    assert_eq!((refused.status, stored(city, id).await.manager), (StatusCode::OK, None), "{}", words(&refused));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_contract_of_a_service_that_somebody_looks_after_is_not_without_anybody() {
    let own = camden().await;
    let city = &own.city;
    meanwhile(city, own.contract.id, |contract| contract.owning_service = Some("Housing services".to_owned())).await;
    assert_eq!(nobody(&own).await, 1);
    let sue = city.person("Sue Rector", "camden", &[Role::ServiceDirector]).await;
    place(city, sue, |place| place.services = vec!["housing services".to_owned()]).await;
    assert_eq!(nobody(&own).await, 0);
    let now = city.app.clock.now();
    place(city, sue, |place| place.revoked_at = Some(now)).await;
    assert_eq!(nobody(&own).await, 1);
}
