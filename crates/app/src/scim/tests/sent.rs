//! Requests as Entra ID and Okta send them, word for word where their documentation gives the words.

use super::*;

/// An address with a filter, as it stands in a request.
fn filtered(list: &str, filter: &str) -> String {
    format!("/{list}?{}", form_urlencoded::Serializer::new(String::new()).append_pair("filter", filter).finish())
}

#[tokio::test]
async fn entra_finds_people_by_their_address_for_work_and_asks_for_a_manager_whom_nobody_has() {
    let city = City::empty().await;
    let camden = Directory::of(&city, "camden").await;
    let (ann, bea) = (camden.join("ann").await, camden.join("bea").await);
    for (filter, found) in [
        ("emails[type eq \"work\"].value eq \"ANN@camden.example\"".to_owned(), 1),
        ("emails[type eq \"home\"].value eq \"ann@camden.example\" and userName eq \"ann@camden.example\"".to_owned(), 0),
        ("externalId eq \"ext-ann\" and active eq true".to_owned(), 1),
        ("active eq false".to_owned(), 0),
        (format!("id eq \"{ann}\" and manager eq \"{bea}\""), 0),
    ] {
        let (status, list) = camden.get(&filtered("Users", &filter)).await;
        assert_eq!((status, &list["totalResults"]), (StatusCode::OK, &json!(found)), "{filter}: {list}");
    }
    camden.ask(Method::PATCH, "/Groups/editor", operation("Add", "members", json!([{ "$ref": null, "value": ann }]))).await;
    for (member, found) in [(&ann, 1), (&bea, 0)] {
        let list = camden.get(&filtered("Groups", &format!("id eq \"editor\" and members eq \"{member}\""))).await.1;
        assert_eq!(list["totalResults"], found, "{list}");
    }
    let remove = operation("Remove", "members", json!([{ "$ref": null, "value": ann }]));
    assert_eq!(camden.ask(Method::PATCH, "/Groups/editor", remove).await.1["members"], json!([]));
}

#[tokio::test]
async fn a_leaver_leaves_whatever_is_null_beside_it() {
    let city = City::empty().await;
    let camden = Directory::of(&city, "camden").await;
    let ann = camden.join("ann").await;
    // As Okta replaces a user whole.
    let body = json!({
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "id": ann, "userName": "ann@camden.example",
        "name": { "givenName": "Ann", "familyName": "Example", "middleName": "" }, "displayName": "", "nickName": null,
        "emails": [{ "primary": true, "value": "ann@camden.example", "type": "work" }], "locale": "en-GB", "groups": [],
        "externalId": null, "active": false, "meta": { "resourceType": "User" },
    });
    let (status, user) = camden.ask(Method::PUT, &format!("/Users/{ann}"), body).await;
    assert_eq!((status, &user["active"]), (StatusCode::OK, &json!(false)), "{user}");
    // Okta imports nobody without both parts of a name.
    assert_eq!((&user["name"]["givenName"], &user["name"]["familyName"]), (&json!("Ann"), &json!("Example")), "{user}");
    assert_eq!(user["externalId"], "ext-ann", "what is not said stays");
}

#[tokio::test]
async fn an_address_for_home_is_not_where_codes_go() {
    let city = City::empty().await;
    let camden = Directory::of(&city, "camden").await;
    let ann = city.person("Ann", "camden", &[Role::Editor]).await;
    let home = operation("Add", "emails[type eq \"home\"].value", json!("me@home.example"));
    let (status, user) = camden.ask(Method::PATCH, &format!("/Users/{ann}"), home).await;
    assert_eq!((status, &user["emails"][0]["value"]), (StatusCode::OK, &json!("ann@camden.example")), "{user}");
    let person: Person = city.store().get(&Scope::Operator, ann.0).await.unwrap().unwrap();
    assert_eq!(person.email.as_deref(), Some("ann@camden.example"));
}

#[tokio::test]
async fn a_group_that_is_taken_away_leaves_nobody_its_role() {
    let city = City::empty().await;
    let camden = Directory::of(&city, "camden").await;
    let administrator = city.person("Boss", "camden", &[Role::Administrator]).await;
    let (ann, bea) = (camden.join("ann").await, camden.join("bea").await);
    let both = json!({ "displayName": "siro", "members": [{ "value": ann }, { "value": bea }] });
    assert_eq!(camden.ask(Method::PUT, "/Groups/siro", both).await.0, StatusCode::OK);
    assert_eq!(camden.ask(Method::DELETE, "/Groups/siro", Json::Null).await.0, StatusCode::NO_CONTENT);
    for person in [&ann, &bea] {
        assert_eq!(place(&city, person).await.roles, [Role::Viewer]);
    }
    let found = camden.get(&filtered("Groups", "displayName eq \"siro\"")).await.1;
    assert_eq!((&found["totalResults"], &found["Resources"][0]["members"]), (&json!(1), &json!([])), "{found}");
    assert_eq!(camden.ask(Method::DELETE, "/Groups/siros", Json::Null).await.0, StatusCode::NOT_FOUND);
    // The last administrator keeps the role.
    let (status, refused) = camden.ask(Method::DELETE, "/Groups/administrator", Json::Null).await;
    assert_eq!((status, &refused["scimType"]), (StatusCode::BAD_REQUEST, &json!("invalidValue")), "{refused}");
    assert_eq!(place(&city, &administrator.to_string()).await.roles, [Role::Administrator]);
}

#[tokio::test]
async fn a_group_that_is_sent_whole_without_members_keeps_them() {
    let city = City::empty().await;
    let camden = Directory::of(&city, "camden").await;
    let ann = camden.join("ann").await;
    let whole = |body: Json| camden.ask(Method::PUT, "/Groups/siro", body);
    let (status, group) = whole(json!({ "displayName": "siro", "members": [{ "value": ann }] })).await;
    assert_eq!((status, &group["members"][0]["value"]), (StatusCode::OK, &json!(ann)), "{group}");
    for body in [json!({ "displayName": "siro" }), json!({ "displayName": "siro", "members": null })] {
        let (status, group) = whole(body).await;
        assert_eq!((status, &group["members"][0]["value"]), (StatusCode::OK, &json!(ann)), "{group}");
        assert_eq!(place(&city, &ann).await.roles, [Role::Viewer, Role::Siro]);
    }
    let (status, group) = whole(json!({ "displayName": "siro", "members": [] })).await;
    assert_eq!((status, &group["members"]), (StatusCode::OK, &json!([])), "{group}");
    assert_eq!(place(&city, &ann).await.roles, [Role::Viewer]);
}

#[tokio::test]
async fn whom_an_administrator_took_away_keeps_nobody_else_in_or_out_of_a_group() {
    let city = City::empty().await;
    let camden = Directory::of(&city, "camden").await;
    let (ann, bea, cleo) = (camden.join("ann").await, camden.join("bea").await, camden.join("cleo").await);
    let all = json!({ "displayName": "siro", "members": [{ "value": ann }, { "value": bea }] });
    assert_eq!(camden.ask(Method::PUT, "/Groups/siro", all).await.0, StatusCode::OK);
    let before = place(&city, &bea).await;
    let mut gone = Membership { revoked_at: Some(1), ..before.clone() };
    let mut write = city.store().write(&Scope::Operator, city.app.clock.now()).await.unwrap();
    write.update(&before, &mut gone).await.unwrap();
    write.commit().await.unwrap();
    // The directory knows nothing of it, and names her among those who hold the role: Ann no longer does, and Cleo does.
    let rest = json!({ "displayName": "siro", "members": [{ "value": bea }, { "value": cleo }] });
    let (status, group) = camden.ask(Method::PUT, "/Groups/siro", rest).await;
    assert_eq!(
        (status, &group["members"]),
        (StatusCode::OK, &json!([{ "value": cleo, "$ref": group["members"][0]["$ref"] }])),
        "{group}"
    );
    assert_eq!(place(&city, &ann).await.roles, [Role::Viewer]);
    assert!(place(&city, &bea).await.revoked_at.is_some());
    // Nobody else's person is a member all the same.
    let other = city.person("Bob", "hackney", &[Role::Editor]).await;
    let add = operation("add", "members", json!([{ "value": other }]));
    assert_eq!(camden.ask(Method::PATCH, "/Groups/siro", add).await.0, StatusCode::BAD_REQUEST);
}
