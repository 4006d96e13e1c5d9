//! A user of a directory stays the same user, whoever turns out to be behind the name: with the account that somebody already had, and
//! under an address that was mistyped.

use super::*;
use crate::web::people::tests::{email, said};

/// The secret of the last invitation that went to an address.
async fn invitation(city: &City, address: &str) -> String {
    let (_, text) = mail(city, address).await.unwrap_or_else(|| panic!("no invitation to {address}"));
    text.split_once("token=").unwrap().1.chars().take_while(char::is_ascii_hexdigit).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn s04_who_took_the_invitation_up_with_an_account_they_had_is_out_when_the_directory_says_so() {
    let city = City::empty().await;
    let camden = Directory::of(&city, "camden").await;
    let shared = city.person("Shared Post", "hackney", &[Role::Editor]).await;
    let ann = camden.join("ann").await;
    let add = operation("add", "members", json!([{ "value": ann }]));
    assert_eq!(camden.ask(Method::PATCH, "/Groups/contract-manager", add.clone()).await.0, StatusCode::OK);
    let client = Client::new(&city);
    client.sign_in(&email(&city, shared).await).await;
    let token = invitation(&city, "ann@camden.example").await;
    assert_eq!(client.post("/invitation", &[("token", &token)]).await.location(), "/account");
    assert!(said(&client.get("/account").await).contains("Camden"));
    // To the directory it is the user that it made, by its id, its name and in its groups.
    let (status, user) = camden.get(&format!("/Users/{ann}")).await;
    assert_eq!((status, &user["id"], &user["userName"]), (StatusCode::OK, &json!(ann), &json!("ann@camden.example")), "{user}");
    let found = camden.get("/Users?filter=userName%20eq%20%22ann@camden.example%22").await.1;
    assert_eq!((&found["totalResults"], &found["Resources"][0]["id"]), (&json!(1), &json!(ann)), "{found}");
    assert_eq!(camden.get("/Users").await.1["totalResults"], 1);
    let group = camden.get("/Groups/contract-manager").await.1;
    assert_eq!(group["members"][0]["value"], json!(ann), "{group}");
    let remove = operation("remove", &format!("members[value eq \"{ann}\"]"), Json::Null);
    assert_eq!(camden.ask(Method::PATCH, "/Groups/contract-manager", remove).await.1["members"], json!([]));
    assert_eq!(camden.ask(Method::PATCH, "/Groups/contract-manager", add).await.1["members"][0]["value"], json!(ann));
    // A directory of another organisation's person still changes nothing of theirs.
    camden.ask(Method::PATCH, &format!("/Users/{ann}"), operation("replace", "displayName", json!("Else"))).await;
    let stored: Person = city.store().get(&Scope::Operator, shared.0).await.unwrap().unwrap();
    assert_eq!(stored.name, "Shared Post");
    let (status, user) =
        camden.ask(Method::PATCH, &format!("/Users/{ann}"), operation("Replace", "active", json!("False"))).await;
    assert_eq!((status, &user["active"]), (StatusCode::OK, &json!(false)), "{user}");
    let places: Vec<Membership> = city.store().by(&Scope::Operator, "person_id", shared.to_string()).await.unwrap();
    let open: Vec<_> = places.iter().filter(|place| place.active()).map(|place| place.organisation).collect();
    assert_eq!(open, [city.organisation("hackney").id]);
    assert_eq!(client.get("/account").await.status, StatusCode::SEE_OTHER);
    // And comes back as the same user.
    let (status, user) = camden.ask(Method::PATCH, &format!("/Users/{ann}"), operation("replace", "active", json!(true))).await;
    assert_eq!((status, &user["id"], &user["active"]), (StatusCode::OK, &json!(ann), &json!(true)), "{user}");
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_had_a_place_that_the_directory_did_not_know_of_is_the_user_it_names_from_then_on() {
    let city = City::empty().await;
    let camden = Directory::of(&city, "camden").await;
    let there = city.person("There Already", "camden", &[Role::Editor]).await;
    let ann = camden.join("ann").await;
    let client = Client::new(&city);
    client.sign_in(&email(&city, there).await).await;
    let token = invitation(&city, "ann@camden.example").await;
    assert_eq!(client.post("/invitation", &[("token", &token)]).await.location(), "/account");
    let users = camden.get("/Users").await.1;
    assert_eq!((&users["totalResults"], &users["Resources"][0]["id"]), (&json!(1), &json!(ann)), "{users}");
    assert_eq!(camden.ask(Method::DELETE, &format!("/Users/{ann}"), Json::Null).await.0, StatusCode::NO_CONTENT);
    assert_eq!(client.get("/account").await.status, StatusCode::SEE_OTHER);
    let places: Vec<Membership> = city.store().by(&Scope::Operator, "person_id", there.to_string()).await.unwrap();
    assert!(places.iter().all(|place| !place.active()), "{places:?}");
    // The name is theirs still, and the address of the first invitation is free for another user, who gets an id of their own.
    let body = json!({ "userName": "other@camden.example", "emails": [{ "value": "ann@camden.example", "type": "work" }] });
    let (status, other) = camden.ask(Method::POST, "/Users", body).await;
    assert_eq!(status, StatusCode::CREATED, "{other}");
    assert_ne!(other["id"], json!(ann));
    let (status, again) = camden.get(&format!("/Users/{}", other["id"].as_str().unwrap())).await;
    assert_eq!((status, &again["userName"]), (StatusCode::OK, &json!("other@camden.example")), "{again}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mistyped_address_is_put_right_before_anybody_came() {
    let city = City::empty().await;
    let camden = Directory::of(&city, "camden").await;
    let bea = camden.join("bae").await;
    let add = operation("add", "members", json!([{ "value": bea }]));
    assert_eq!(camden.ask(Method::PATCH, "/Groups/editor", add).await.0, StatusCode::OK);
    let old = invitation(&city, "bae@camden.example").await;
    let right = json!({ "Operations": [
        { "op": "Replace", "path": "userName", "value": "bea@camden.example" },
        { "op": "Replace", "path": "displayName", "value": "Bea Example" },
        { "op": "Replace", "path": "emails[type eq \"work\"].value", "value": "Bea@camden.example" },
    ] });
    let (status, user) = camden.ask(Method::PATCH, &format!("/Users/{bea}"), right.clone()).await;
    assert_eq!((status, &user["id"], &user["userName"]), (StatusCode::OK, &json!(bea), &json!("bea@camden.example")), "{user}");
    assert_eq!((&user["emails"][0]["value"], &user["displayName"]), (&json!("bea@camden.example"), &json!("Bea Example")));
    // Said once more it changes nothing, and sends nothing.
    let letter = invitation(&city, "bea@camden.example").await;
    assert_eq!(camden.ask(Method::PATCH, &format!("/Users/{bea}"), right).await.0, StatusCode::OK);
    assert_eq!(invitation(&city, "bea@camden.example").await, letter);
    let users = camden.get("/Users").await.1;
    assert_eq!((&users["totalResults"], &users["Resources"][0]["active"]), (&json!(1), &json!(true)), "{users}");
    // Whoever reads the first address comes in no more; whoever reads the right one does, with the roles that were given.
    let client = Client::new(&city);
    assert_eq!(client.post("/invitation", &[("token", &old)]).await.location(), "/sign-in?problem=invitation");
    client.post("/sign-in", &[("email", "bae@camden.example")]).await;
    assert!(code(&city, "bae@camden.example").await.is_none());
    assert_eq!(client.sign_in("bea@camden.example").await, "/work");
    assert!(said(&client.get("/account").await).contains("editor"));
    assert_eq!(camden.ask(Method::DELETE, &format!("/Users/{bea}"), Json::Null).await.0, StatusCode::NO_CONTENT);
    assert_eq!(client.get("/work").await.status, StatusCode::SEE_OTHER);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_directory_that_gives_no_addresses_puts_one_right_by_the_name() {
    let city = City::empty().await;
    let camden = Directory::of(&city, "camden").await;
    let named = json!({ "userName": "bae@camden.example", "displayName": "Bea Example", "active": true });
    let (status, user) = camden.ask(Method::POST, "/Users", named).await;
    assert_eq!(status, StatusCode::CREATED, "{user}");
    let bea = format!("/Users/{}", user["id"].as_str().unwrap());
    let old = invitation(&city, "bae@camden.example").await;
    let (status, user) = camden.ask(Method::PATCH, &bea, operation("replace", "userName", json!("Bea@camden.example"))).await;
    assert_eq!((status, &user["emails"][0]["value"]), (StatusCode::OK, &json!("bea@camden.example")), "{user}");
    let letter = invitation(&city, "bea@camden.example").await;
    let client = Client::new(&city);
    assert_eq!(client.post("/invitation", &[("token", &old)]).await.location(), "/sign-in?problem=invitation");
    // A name that is no address is a name alone; and so is every other one, once the address was another.
    let (status, user) = camden.ask(Method::PATCH, &bea, operation("replace", "userName", json!("bea"))).await;
    assert_eq!((status, &user["userName"]), (StatusCode::OK, &json!("bea")), "{user}");
    let whole = json!({ "userName": "b.example@camden.example", "displayName": "Bea Example", "active": true });
    let (status, user) = camden.ask(Method::PUT, &bea, whole).await;
    assert_eq!((status, &user["emails"][0]["value"]), (StatusCode::OK, &json!("bea@camden.example")), "{user}");
    assert_eq!(invitation(&city, "bea@camden.example").await, letter);
    // Once she has come, her address is not moved by a name.
    assert_eq!(client.sign_in("bea@camden.example").await, "/work");
    let named = operation("replace", "userName", json!("bea@camden.example"));
    assert_eq!(camden.ask(Method::PATCH, &bea, named).await.0, StatusCode::OK);
    let (status, user) = camden.ask(Method::PATCH, &bea, operation("replace", "userName", json!("else@camden.example"))).await;
    assert_eq!((status, &user["emails"][0]["value"]), (StatusCode::OK, &json!("bea@camden.example")), "{user}");
}

#[tokio::test(flavor = "multi_thread")]
async fn s24_an_address_that_is_put_right_neither_moves_nor_tells_of_anybody_known_elsewhere() {
    let city = City::empty().await;
    let camden = Directory::of(&city, "camden").await;
    let marcus = city.person("Marcus Thistlewood", "hackney", &[Role::Editor]).await;
    let zadie = city.person("Zadie There", "hackney", &[Role::Editor]).await;
    let session = city.signed_in(marcus, "hackney").await;
    let named = async |address: &str| {
        let (status, user) =
            camden.ask(Method::POST, "/Users", json!({ "userName": address, "displayName": "Camden Says" })).await;
        assert_eq!(status, StatusCode::CREATED, "{user}");
        user["id"].as_str().unwrap().to_owned()
    };
    let known = named("marcus.thistlewood@hackney.example").await;
    let unknown = named("nobody@hackney.example").await;
    // From and to an address that is somebody's here, and from and to one that is nobody's: all answer alike.
    let (one, two) = ("zadie.there@hackney.example", "new@hackney.example");
    for (user, to) in [(&known, two), (&unknown, one)] {
        let moved = operation("replace", "emails[type eq \"work\"].value", json!(to));
        let (status, said) = camden.ask(Method::PATCH, &format!("/Users/{user}"), moved).await;
        assert_eq!((status, &said["id"], &said["emails"][0]["value"]), (StatusCode::OK, &json!(user), &json!(to)), "{said}");
        assert_eq!((&said["displayName"], &said["active"]), (&json!("Camden Says"), &json!(true)), "{said}");
    }
    for (person, name) in [(marcus, "Marcus Thistlewood"), (zadie, "Zadie There")] {
        let stored: Person = city.store().get(&Scope::Operator, person.0).await.unwrap().unwrap();
        let own = format!("{}@hackney.example", name.to_lowercase().replace(' ', "."));
        assert_eq!((stored.name.as_str(), stored.email.as_deref()), (name, Some(own.as_str())));
    }
    assert_eq!(city.get(&session, "/account").await.status, StatusCode::OK);
    // Whose address a colleague has already is refused.
    let taken = operation("replace", "emails", json!([{ "value": one }]));
    let (status, refused) = camden.ask(Method::PATCH, &format!("/Users/{known}"), taken).await;
    assert_eq!((status, &refused["scimType"]), (StatusCode::CONFLICT, &json!("uniqueness")), "{refused}");
}
