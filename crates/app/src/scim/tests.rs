//! A directory's whole conversation, as RFC 7644 and Entra write it; and what it may not do.

mod races;
mod rules;
mod same_user;
mod sent;

use crate::{
    mail::letter::digest,
    testing::{Answer, Browser, City},
    web::people::tests::{Client, code, mail},
};
use axum::{
    body::Body,
    http::{Method, Request, StatusCode, header},
};
use domain::people::{Membership, Person, PersonId, Role, Scope};
use serde_json::{Value as Json, json};

/// A directory with its token.
struct Directory<'c> {
    city: &'c City,
    token: String,
}

impl<'c> Directory<'c> {
    async fn of(city: &'c City, slug: &str) -> Self {
        let token = format!("token-of-{slug}");
        let mut write = city.store().write(&Scope::Operator, city.app.clock.now()).await.unwrap();
        write.add_scim_token(city.organisation(slug).id, digest(&token), city.app.clock.now() + 60_000).await.unwrap();
        write.commit().await.unwrap();
        Self { city, token }
    }

    async fn ask(&self, method: Method, path: &str, body: Json) -> (StatusCode, Json) {
        let request = Request::builder()
            .method(method)
            .uri(format!("/scim/v2{path}"))
            .header(header::AUTHORIZATION, format!("Bearer {}", self.token))
            .header(header::CONTENT_TYPE, "application/scim+json")
            .body(if body.is_null() { Body::empty() } else { Body::from(body.to_string()) })
            .unwrap();
        let answer: Answer = self.city.send(&Browser::default(), request).await;
        if answer.status != StatusCode::NO_CONTENT {
            assert_eq!(answer.headers[header::CONTENT_TYPE], "application/scim+json", "{}", answer.text);
        }
        (answer.status, serde_json::from_str(&answer.text).unwrap_or(Json::Null))
    }

    async fn get(&self, path: &str) -> (StatusCode, Json) {
        self.ask(Method::GET, path, Json::Null).await
    }

    async fn join(&self, name: &str) -> String {
        let body = json!({
            "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": format!("{name}@camden.example"),
            "name": { "givenName": name, "familyName": "Example" }, "externalId": format!("ext-{name}"), "active": true,
            "emails": [{ "type": "work", "primary": true, "value": format!("{name}@camden.example") }],
        });
        let (status, user) = self.ask(Method::POST, "/Users", body).await;
        assert_eq!(status, StatusCode::CREATED, "{user}");
        user["id"].as_str().unwrap().to_owned()
    }
}

fn operation(op: &str, path: &str, value: Json) -> Json {
    json!({ "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": [{ "op": op, "path": path, "value": value }] })
}

async fn place(city: &City, person: &str) -> Membership {
    city.store().by::<Membership>(&Scope::Operator, "person_id", person.to_owned()).await.unwrap().remove(0)
}

#[tokio::test]
async fn a_directory_learns_what_this_server_can_do() {
    let city = City::empty().await;
    let camden = Directory::of(&city, "camden").await;
    let (_, config) = camden.get("/ServiceProviderConfig").await;
    assert_eq!((&config["patch"]["supported"], &config["bulk"]["supported"]), (&json!(true), &json!(false)));
    assert_eq!(camden.get("/ResourceTypes").await.1["totalResults"], 2);
    let schemas = camden.get("/Schemas").await.1;
    assert!(schemas["Resources"][0]["attributes"].as_array().unwrap().iter().any(|one| one["name"] == "userName"));
}

#[tokio::test]
async fn somebody_joins_is_found_again_and_gets_a_role() {
    let city = City::empty().await;
    let camden = Directory::of(&city, "camden").await;
    let none = camden.get("/Users?filter=userName%20eq%20%22ann@camden.example%22").await.1;
    assert_eq!(none["totalResults"], 0);
    let ann = camden.join("ann").await;
    let found = camden.get("/Users?filter=userName%20eq%20%22ANN@camden.example%22").await.1;
    assert_eq!((&found["totalResults"], &found["Resources"][0]["id"]), (&json!(1), &json!(ann)));
    assert_eq!(found["Resources"][0]["displayName"], "ann Example");
    let again = camden.ask(Method::POST, "/Users", json!({ "userName": "Ann@camden.example" })).await;
    assert_eq!((again.0, &again.1["scimType"]), (StatusCode::CONFLICT, &json!("uniqueness")));
    // Invited, not let in: signing in is the acceptance.
    let invited = place(&city, &ann).await;
    assert_eq!((invited.roles.clone(), invited.accepted_at, invited.revoked_at), (vec![Role::Viewer], None, None));
    let (status, group) =
        camden.ask(Method::PATCH, "/Groups/contract-manager", operation("Add", "members", json!([{ "value": ann }]))).await;
    assert_eq!((status, &group["members"][0]["value"]), (StatusCode::OK, &json!(ann)));
    assert_eq!(place(&city, &ann).await.roles, [Role::Viewer, Role::ContractManager]);
    let path = format!("members[value eq \"{ann}\"]");
    camden.ask(Method::PATCH, "/Groups/contract-manager", operation("Remove", &path, Json::Null)).await;
    assert_eq!(place(&city, &ann).await.roles, [Role::Viewer]);
    let (status, refused) =
        camden.ask(Method::PATCH, "/Groups/network-administrator", operation("add", "members", json!([{ "value": ann }]))).await;
    assert_eq!((status, &refused["status"]), (StatusCode::NOT_FOUND, &json!("404")));
    let made = camden.ask(Method::POST, "/Groups", json!({ "displayName": "Editor", "members": [{ "value": ann }] })).await;
    assert_eq!((made.0, &made.1["id"]), (StatusCode::CREATED, &json!("editor")));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_joiner_hears_of_it_by_mail_and_signs_in_with_a_code() {
    let city = City::empty().await;
    let camden = Directory::of(&city, "camden").await;
    let ann = camden.join("ann").await;
    let (subject, text) = mail(&city, "ann@camden.example").await.expect("an invitation went out");
    assert_eq!(subject, "Camden’s directory invites you to act for Camden on City Tools");
    assert!(text.contains("as viewer") && text.contains("/invitation?token="), "{text}");
    let page = city.get(&city.browser("camden", Role::Administrator).await, "/organisations/camden/people").await;
    assert!(page.text.contains("Invitation can be used"), "{}", page.text);
    let client = Client::new(&city);
    assert_eq!(client.sign_in("ann@camden.example").await, "/work");
    assert!(place(&city, &ann).await.active());
    assert_eq!(client.get("/work").await.status, StatusCode::OK);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_joiner_may_come_long_after_the_invitation_and_nobody_comes_by_a_directory_that_took_them_out() {
    let city = City::empty().await;
    let camden = Directory::of(&city, "camden").await;
    let ann = camden.join("ann").await;
    let mut write = city.store().write(&Scope::Operator, city.app.clock.now()).await.unwrap();
    let purpose = domain::people::sign_in::invitation::Purpose::Join;
    write.withdraw_invitations(purpose, ann.parse().unwrap(), city.organisation("camden").id).await.unwrap();
    write.commit().await.unwrap();
    let page = city.get(&city.browser("camden", Role::Administrator).await, "/organisations/camden/people").await;
    assert!(page.text.contains("Named by your directory: can sign in"), "{}", page.text);
    assert_eq!(Client::new(&city).sign_in("ann@camden.example").await, "/work");
    // Created, but not to come in yet.
    let body = json!({ "userName": "bea@camden.example", "displayName": "Bea", "active": false });
    let bea = camden.ask(Method::POST, "/Users", body).await.1["id"].as_str().unwrap().to_owned();
    assert!(mail(&city, "bea@camden.example").await.is_none());
    camden.ask(Method::PATCH, &format!("/Users/{bea}"), operation("replace", "active", json!(true))).await;
    assert!(mail(&city, "bea@camden.example").await.unwrap().0.contains("invites you"));
    camden.ask(Method::PATCH, &format!("/Users/{bea}"), operation("replace", "active", json!(false))).await;
    let client = Client::new(&city);
    client.post("/sign-in", &[("email", "bea@camden.example")]).await;
    assert!(code(&city, "bea@camden.example").await.is_none());
    assert!(!place(&city, &bea).await.active());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_leaver_is_out_with_the_next_request() {
    let city = City::empty().await;
    let camden = Directory::of(&city, "camden").await;
    let manager = city.person("Ann", "camden", &[Role::ContractManager]).await;
    let browser = city.signed_in(manager, "camden").await;
    let made = city.post(&browser, "/work/calendar", &[]).await.text.replace("&#x2f;", "/");
    let calendar = made.split('"').find(|part| part.ends_with(".ics")).unwrap_or_else(|| panic!("{made}"));
    let calendar = calendar.strip_prefix("http://127.0.0.1:8080").unwrap().to_owned();
    assert_eq!(city.get(&browser, "/work").await.status, StatusCode::OK);
    assert_eq!(city.get(&Browser::default(), &calendar).await.status, StatusCode::OK);
    let (status, user) =
        camden.ask(Method::PATCH, &format!("/Users/{manager}"), operation("Replace", "active", json!("False"))).await;
    assert_eq!((status, &user["active"]), (StatusCode::OK, &json!(false)));
    assert_eq!(city.get(&browser, "/work").await.status, StatusCode::SEE_OTHER);
    assert_eq!(city.get(&Browser::default(), &calendar).await.status, StatusCode::NOT_FOUND);
    assert_eq!(camden.get("/Groups/contract-manager").await.1["members"], json!([]));
    // They come back as a viewer who has to sign in: neither roles nor session nor calendar come with them.
    camden.ask(Method::PATCH, &format!("/Users/{manager}"), operation("replace", "active", json!(true))).await;
    let back = place(&city, &manager.to_string()).await;
    assert_eq!((back.roles, back.accepted_at, back.revoked_at), (vec![Role::Viewer], None, None));
    assert_eq!(city.get(&browser, "/work").await.status, StatusCode::SEE_OTHER);
    assert_eq!(Client::new(&city).sign_in("ann@camden.example").await, "/work");
    assert_eq!(city.get(&browser, "/work").await.status, StatusCode::SEE_OTHER);
    assert_eq!(city.get(&Browser::default(), &calendar).await.status, StatusCode::NOT_FOUND);
    let (status, _) = camden.ask(Method::DELETE, &format!("/Users/{manager}"), Json::Null).await;
    assert_eq!(status, StatusCode::NO_CONTENT);
    assert!(place(&city, &manager.to_string()).await.revoked_at.is_some());
}

#[tokio::test(flavor = "multi_thread")]
async fn s04_what_a_directory_gives_back_is_no_more_than_a_viewers_place() {
    let city = City::empty().await;
    let camden = Directory::of(&city, "camden").await;
    let administrator = city.browser("camden", Role::Administrator).await;
    let manager = city.person("Ann", "camden", &[Role::ContractManager, Role::Siro]).await;
    let browser = city.signed_in(manager, "camden").await;
    let made = city.post(&browser, "/work/calendar", &[]).await.text.replace("&#x2f;", "/");
    let calendar =
        made.split('"').find(|part| part.ends_with(".ics")).unwrap().strip_prefix("http://127.0.0.1:8080").unwrap().to_owned();
    assert_eq!(city.get(&Browser::default(), &calendar).await.status, StatusCode::OK);
    let path = format!("/organisations/camden/people/{}/end", place(&city, &manager.to_string()).await.id);
    assert_eq!(city.post(&administrator, &path, &[("what", "revoke")]).await.status, StatusCode::SEE_OTHER);
    // The directory knows nothing of it, and says with its next round that she is active.
    let (status, user) =
        camden.ask(Method::PATCH, &format!("/Users/{manager}"), operation("replace", "active", json!(true))).await;
    assert_eq!((status, &user["active"]), (StatusCode::OK, &json!(true)));
    let back = place(&city, &manager.to_string()).await;
    assert_eq!((back.roles, back.accepted_at), (vec![Role::Viewer], None));
    assert_eq!(Client::new(&city).sign_in("ann@camden.example").await, "/work");
    assert_eq!(city.get(&browser, "/work").await.status, StatusCode::SEE_OTHER);
    assert_eq!(city.get(&Browser::default(), &calendar).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_directorys_token_has_a_maker_and_an_end_and_stands_in_the_access_review() {
    let city = City::empty().await;
    let owen = city.person("Owen", "camden", &[Role::Administrator]).await;
    let administrator = city.signed_in(owen, "camden").await;
    let made = city.post(&administrator, "/account/provisioning", &[]).await;
    let token = made
        .page()
        .select(&scraper::Selector::parse("#token").unwrap())
        .next()
        .unwrap()
        .value()
        .attr("value")
        .unwrap()
        .to_owned();
    let camden = Directory { city: &city, token };
    assert_eq!(camden.get("/Users").await.0, StatusCode::OK);
    let found = city.store().scim_tokens(&Scope::Operator, city.organisation("camden").id).await.unwrap();
    let year = city.app.clock.now() + 365 * 86_400_000;
    assert_eq!(found[0].made_by, Some(owen));
    assert!(found[0].expires_at.is_some_and(|end| (year - end).abs() < 60_000), "{found:?}");
    let review = city.get(&administrator, "/organisations/camden/people").await.text;
    assert!(review.contains("Your directory") && review.contains("Owen"), "{review}");
    let file = city.post(&administrator, "/organisations/camden/people.csv", &[]).await.text;
    assert!(file.contains("\"Token of the organisation’s directory, made by Owen\""), "{file}");
    assert!(file.lines().all(|line| line.matches("\",\"").count() == 12 || line.starts_with("\u{feff}name,")), "{file}");
    // One that has ended opens nothing, and is no guess.
    let mut write = city.store().write(&Scope::Operator, city.app.clock.now()).await.unwrap();
    write.add_scim_token(city.organisation("camden").id, digest("ended"), city.app.clock.now()).await.unwrap();
    write.commit().await.unwrap();
    let ended = Directory { city: &city, token: "ended".to_owned() };
    for _ in 0..70 {
        assert_eq!(ended.get("/Users").await.0, StatusCode::UNAUTHORIZED);
    }
    let review = city.get(&administrator, "/account/provisioning").await.text;
    assert!(review.contains(": expired") && review.contains("Make a token"), "{review}");
}

#[tokio::test]
async fn a_directory_sees_and_changes_its_own_people_alone() {
    let city = City::empty().await;
    let camden = Directory::of(&city, "camden").await;
    let bob = city.person("Bob", "hackney", &[Role::Administrator]).await;
    let path = format!("/Users/{bob}");
    assert_eq!(camden.get(&path).await.0, StatusCode::NOT_FOUND);
    assert_eq!(camden.ask(Method::PATCH, &path, operation("replace", "active", json!(false))).await.0, StatusCode::NOT_FOUND);
    assert_eq!(camden.ask(Method::DELETE, &path, Json::Null).await.0, StatusCode::NOT_FOUND);
    let refused = camden.ask(Method::PATCH, "/Groups/editor", operation("add", "members", json!([{ "value": bob }]))).await;
    assert_eq!((refused.0, &refused.1["scimType"]), (StatusCode::BAD_REQUEST, &json!("invalidValue")));
    // Bob comes to Camden too: Camden may invite him, and may not move his account to an address of its own.
    let (status, user) =
        camden.ask(Method::POST, "/Users", json!({ "userName": "bob@hackney.example", "displayName": "Bobby" })).await;
    assert_eq!((status, &user["id"], &user["displayName"]), (StatusCode::CREATED, &json!(bob), &json!("Bobby")));
    camden.ask(Method::PATCH, &path, operation("replace", "emails[type eq \"work\"].value", json!("thief@camden.example"))).await;
    let person = city.store().get::<Person>(&Scope::Operator, bob.0).await.unwrap().unwrap();
    assert_eq!(person.email.as_deref(), Some("bob@hackney.example"));
    // Leaving Camden leaves Hackney alone.
    camden.ask(Method::DELETE, &path, Json::Null).await;
    let places = city.store().by::<Membership>(&Scope::Operator, "person_id", bob.to_string()).await.unwrap();
    assert_eq!(places.iter().filter(|place| place.active()).count(), 1);
}

#[tokio::test]
async fn without_a_valid_token_there_is_nothing() {
    let city = City::empty().await;
    let camden = Directory::of(&city, "camden").await;
    for token in ["", "wrong", "token-of-hackney"] {
        let stranger = Directory { city: &city, token: token.to_owned() };
        let (status, body) = stranger.get("/Users").await;
        assert_eq!((status, &body["status"]), (StatusCode::UNAUTHORIZED, &json!("401")), "{token}");
    }
    let tokens = city.store().scim_tokens(&Scope::Operator, city.organisation("camden").id).await.unwrap();
    let administrator = city.browser("camden", Role::Administrator).await;
    let page = city.get(&administrator, "/account/provisioning").await;
    assert!(page.text.replace("&#x2f;", "/").contains("/scim/v2") && !page.text.contains(&camden.token));
    let other = city.browser("hackney", Role::Administrator).await;
    let revoke = format!("/account/provisioning/{}/revoke", tokens[0].id);
    assert_eq!(city.post(&other, &revoke, &[]).await.status, StatusCode::NOT_FOUND);
    assert_eq!(camden.get("/Users").await.0, StatusCode::OK);
    assert_eq!(city.post(&administrator, &revoke, &[]).await.status, StatusCode::SEE_OTHER);
    assert_eq!(camden.get("/Users").await.0, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn lists_come_in_pages_and_odd_questions_are_refused() {
    let city = City::empty().await;
    let camden = Directory::of(&city, "camden").await;
    for name in ["a", "b", "c"] {
        camden.join(name).await;
    }
    let page = camden.get("/Users?startIndex=2&count=1").await.1;
    assert_eq!((&page["totalResults"], &page["itemsPerPage"], &page["startIndex"]), (&json!(3), &json!(1), &json!(2)));
    assert_eq!(camden.get("/Users?startIndex=-5&count=0").await.1["itemsPerPage"], 0);
    for (path, kind) in
        [("/Users?filter=userName%20co%20%22a%22", "invalidFilter"), ("/Groups?filter=owners%20eq%20%22a%22", "invalidFilter")]
    {
        assert_eq!(camden.get(path).await.1["scimType"], kind, "{path}");
    }
    let user = camden.get("/Users").await.1["Resources"][0]["id"].as_str().unwrap().to_owned();
    for (body, kind) in [
        (json!({ "Operations": [{ "op": "move" }] }), "invalidSyntax"),
        (json!({ "Operations": [{ "op": "remove" }] }), "invalidPath"),
        (operation("replace", "active", json!(7)), "invalidValue"),
        (operation("replace", "displayName", json!("Ann\r\nBcc: all")), "uniqueness"),
    ] {
        let (status, answer) = camden.ask(Method::PATCH, &format!("/Users/{user}"), body).await;
        assert!(status.is_client_error(), "{answer}");
        assert_eq!(answer["scimType"], kind, "{answer}");
    }
    let administrator: PersonId = city.person("Boss", "camden", &[Role::Administrator]).await;
    let (status, _) = camden.ask(Method::PATCH, "/Groups/administrator", operation("remove", "members", Json::Null)).await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
    assert_eq!(place(&city, &administrator.to_string()).await.roles, [Role::Administrator]);
}

#[tokio::test]
async fn what_a_directory_sends_beside_a_leavers_end_does_not_keep_them_in() {
    let city = City::empty().await;
    let camden = Directory::of(&city, "camden").await;
    let ann = camden.join("ann").await;
    let body = json!({ "Operations": [
        { "op": "Replace", "path": "title", "value": "Left" },
        { "op": "Replace", "path": "name.familyName", "value": "Okafor" },
        { "op": "Replace", "path": "active", "value": false },
    ] });
    let (status, user) = camden.ask(Method::PATCH, &format!("/Users/{ann}"), body).await;
    assert_eq!((status, &user["active"], &user["displayName"]), (StatusCode::OK, &json!(false), &json!("ann Okafor")));
    assert!(place(&city, &ann).await.revoked_at.is_some());
}

#[tokio::test]
async fn a_group_is_replaced_whole() {
    let city = City::empty().await;
    let camden = Directory::of(&city, "camden").await;
    let (ann, bea) = (camden.join("ann").await, camden.join("bea").await);
    for members in [json!([{ "value": ann }, { "value": bea }]), json!([{ "value": bea }])] {
        let body = json!({ "displayName": "editor", "members": members });
        let (status, group) = camden.ask(Method::PUT, "/Groups/editor", body).await;
        assert_eq!((status, group["members"].as_array().unwrap().len()), (StatusCode::OK, members.as_array().unwrap().len()));
    }
    assert_eq!(place(&city, &ann).await.roles, [Role::Viewer]);
    assert_eq!(place(&city, &bea).await.roles, [Role::Viewer, Role::Editor]);
}

#[tokio::test(flavor = "multi_thread")]
async fn several_groups_of_one_person_change_at_the_same_moment() {
    let city = City::empty().await;
    let camden = Directory::of(&city, "camden").await;
    let ann = camden.join("ann").await;
    let join = |group: &'static str| {
        let (camden, ann) = (&camden, &ann);
        async move {
            let body = operation("add", "members", json!([{ "value": ann }]));
            assert_eq!(camden.ask(Method::PATCH, &format!("/Groups/{group}"), body).await.0, StatusCode::OK, "{group}");
        }
    };
    futures_util::future::join4(join("editor"), join("contract-manager"), join("siro"), join("cio")).await;
    assert_eq!(place(&city, &ann).await.roles.len(), 5);
}

#[tokio::test(flavor = "multi_thread")]
async fn s14_a_directory_learns_nothing_of_another_councils_person_and_ends_nothing_of_theirs() {
    let city = City::empty().await;
    let camden = Directory::of(&city, "camden").await;
    let person = city.person("Real Name", "hackney", &[Role::Editor]).await;
    let session = city.signed_in(person, "hackney").await;
    let body =
        json!({ "userName": "real.name@hackney.example", "name": { "givenName": "In", "familyName": "Vented" }, "active": true });
    let (status, made) = camden.ask(Method::POST, "/Users", body).await;
    assert_eq!((status, &made["displayName"]), (StatusCode::CREATED, &json!("In Vented")));
    let id = made["id"].as_str().unwrap();
    let (_, renamed) =
        camden.ask(Method::PATCH, &format!("/Users/{id}"), operation("replace", "displayName", json!("Else"))).await;
    assert_eq!(renamed["displayName"], "Else");
    assert!(!camden.get("/Users").await.1.to_string().contains("Real Name"));
    let name: Person = city.store().get(&Scope::Operator, person.0).await.unwrap().unwrap();
    assert_eq!(name.name, "Real Name");
    let (status, _) = camden.ask(Method::PATCH, &format!("/Users/{id}"), operation("replace", "active", json!(false))).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(city.get(&session, "/account").await.status, StatusCode::OK, "they never took the place up");
    // Once they have, the directory that gave it ends what it gave, and their sessions.
    camden.ask(Method::PATCH, &format!("/Users/{id}"), operation("replace", "active", json!(true))).await;
    let text = mail(&city, "real.name@hackney.example").await.unwrap().1;
    let token: String = text.split_once("token=").unwrap().1.chars().take_while(char::is_ascii_hexdigit).collect();
    assert_eq!(city.post(&session, "/invitation", &[("token", &token)]).await.location(), "/account");
    assert_eq!(camden.get(&format!("/Users/{id}")).await.1["displayName"], "Real Name");
    camden.ask(Method::PATCH, &format!("/Users/{id}"), operation("replace", "active", json!(false))).await;
    assert_eq!(city.get(&session, "/account").await.status, StatusCode::SEE_OTHER);
}
