//! Two at once, as directories send them: a name and an address are one user's, and the hub hears when the last administrator goes.

use super::*;

/// The statuses of two answers, the lower first.
fn statuses(one: &(StatusCode, Json), two: &(StatusCode, Json)) -> [StatusCode; 2] {
    let mut both = [one.0, two.0];
    both.sort();
    both
}

/// Of two answers, the one that refuses, refuses for the name.
fn refused_for_the_name(one: &(StatusCode, Json), two: &(StatusCode, Json)) {
    let refused = if one.0 == StatusCode::CONFLICT { &one.1 } else { &two.1 };
    assert_eq!(refused["scimType"], "uniqueness", "{one:?} {two:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_user_who_is_created_twice_at_once_is_there_once() {
    let city = City::empty().await;
    let camden = Directory::of(&city, "camden").await;
    for name in ["ann", "bea", "cleo", "dora"] {
        let body = json!({ "userName": format!("{name}@camden.example"), "displayName": name });
        let (one, two) =
            tokio::join!(camden.ask(Method::POST, "/Users", body.clone()), camden.ask(Method::POST, "/Users", body.clone()));
        assert_eq!(statuses(&one, &two), [StatusCode::CREATED, StatusCode::CONFLICT], "{one:?} {two:?}");
        refused_for_the_name(&one, &two);
        let found = camden.get(&format!("/Users?filter=userName%20eq%20%22{name}@camden.example%22")).await.1;
        assert_eq!(found["totalResults"], 1, "{found}");
        // Of one name under two addresses too: the directory would find two.
        let body = |address: &str| json!({ "userName": format!("{name}.two"), "emails": [{ "value": address }] });
        let (first, second) = (format!("{name}.2@camden.example"), format!("{name}.3@camden.example"));
        let (one, two) =
            tokio::join!(camden.ask(Method::POST, "/Users", body(&first)), camden.ask(Method::POST, "/Users", body(&second)));
        assert_eq!(statuses(&one, &two), [StatusCode::CREATED, StatusCode::CONFLICT], "{one:?} {two:?}");
        refused_for_the_name(&one, &two);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whom_two_councils_name_at_once_is_one_person_with_two_places() {
    let city = City::empty().await;
    let (camden, hackney) = (Directory::of(&city, "camden").await, Directory::of(&city, "hackney").await);
    for name in ["ann", "bea", "cleo"] {
        let body = json!({ "userName": format!("{name}@elsewhere.example"), "displayName": name });
        let (one, two) =
            tokio::join!(camden.ask(Method::POST, "/Users", body.clone()), hackney.ask(Method::POST, "/Users", body.clone()));
        assert_eq!(statuses(&one, &two), [StatusCode::CREATED, StatusCode::CREATED], "{one:?} {two:?}");
        assert_eq!(one.1["id"], two.1["id"]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_or_an_address_that_two_are_given_at_once_is_one_users() {
    let city = City::empty().await;
    let camden = Directory::of(&city, "camden").await;
    let ann = format!("/Users/{}", city.person("Ann", "camden", &[Role::Viewer]).await);
    let bea = format!("/Users/{}", city.person("Bea", "camden", &[Role::Viewer]).await);
    // One after the other: what the directory calls a colleague is taken.
    let taken = camden.ask(Method::PATCH, &bea, operation("replace", "userName", json!("ANN@camden.example"))).await;
    assert_eq!((taken.0, &taken.1["scimType"]), (StatusCode::CONFLICT, &json!("uniqueness")), "{taken:?}");
    let rename = operation("replace", "userName", json!("wanted@camden.example"));
    let (one, two) = tokio::join!(camden.ask(Method::PATCH, &ann, rename.clone()), camden.ask(Method::PATCH, &bea, rename));
    assert_eq!(statuses(&one, &two), [StatusCode::OK, StatusCode::CONFLICT], "{one:?} {two:?}");
    refused_for_the_name(&one, &two);
    let move_to = operation("replace", "emails", json!([{ "value": "both@camden.example" }]));
    let (one, two) = tokio::join!(camden.ask(Method::PATCH, &ann, move_to.clone()), camden.ask(Method::PATCH, &bea, move_to));
    assert_eq!(statuses(&one, &two), [StatusCode::OK, StatusCode::CONFLICT], "{one:?} {two:?}");
    refused_for_the_name(&one, &two);
    let found: Vec<Person> = city.store().by(&Scope::Operator, "email", "both@camden.example").await.unwrap();
    assert_eq!(found.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_that_another_councils_directory_gives_at_the_same_moment_is_one_persons() {
    let city = City::empty().await;
    let (camden, hackney) = (Directory::of(&city, "camden").await, Directory::of(&city, "hackney").await);
    let ann = format!("/Users/{}", city.person("Ann", "camden", &[Role::Viewer]).await);
    let bea = format!("/Users/{}", city.person("Bea", "hackney", &[Role::Viewer]).await);
    let move_to = operation("replace", "emails", json!([{ "value": "both@elsewhere.example" }]));
    let (one, two) = tokio::join!(camden.ask(Method::PATCH, &ann, move_to.clone()), hackney.ask(Method::PATCH, &bea, move_to));
    assert_eq!(statuses(&one, &two), [StatusCode::OK, StatusCode::CONFLICT], "{one:?} {two:?}");
    refused_for_the_name(&one, &two);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_directory_does_not_take_the_role_from_one_administrator_while_the_other_goes() {
    let city = City::empty().await;
    let camden = Directory::of(&city, "camden").await;
    let ann = city.person("Ann", "camden", &[Role::Administrator]).await;
    let bea = city.person("Bea", "camden", &[Role::Administrator]).await;
    let own = place(&city, &ann.to_string()).await;
    let remove = operation("remove", &format!("members[value eq \"{bea}\"]"), Json::Null);
    let (status, refused) = city.while_leaving(&own, camden.ask(Method::PATCH, "/Groups/administrator", remove)).await;
    assert_eq!((status, &refused["scimType"]), (StatusCode::BAD_REQUEST, &json!("invalidValue")), "{refused}");
    assert_eq!(place(&city, &bea.to_string()).await.roles, [Role::Administrator]);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_hub_hears_when_the_last_two_administrators_leave_at_once() {
    let city = City::empty().await;
    let camden = Directory::of(&city, "camden").await;
    city.person("Imogen", "loti", &[Role::NetworkAdministrator]).await;
    let ann = city.person("Ann", "camden", &[Role::Administrator]).await;
    let bea = city.person("Bea", "camden", &[Role::Administrator]).await;
    let own = place(&city, &ann.to_string()).await;
    let path = format!("/Users/{bea}");
    let (status, _) = city.while_leaving(&own, camden.ask(Method::DELETE, &path, Json::Null)).await;
    assert_eq!(status, StatusCode::NO_CONTENT);
    let (subject, _) = mail(&city, "imogen@loti.example").await.expect("a letter");
    assert!(subject.contains("has no administrator any more"), "{subject}");
}
