//! The rules of the pages hold for a directory too, and people hear of what it did.

use super::*;

async fn accept(city: &City, address: &str) {
    assert_eq!(Client::new(city).sign_in(address).await, "/work", "{address}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_organisation_keeps_an_administrator_who_acts() {
    let city = City::empty().await;
    let camden = Directory::of(&city, "camden").await;
    let ann = city.person("Ann", "camden", &[Role::Administrator]).await;
    let bea = camden.join("bea").await;
    // Bea is only invited: giving way to her would leave nobody.
    let all = |id: &str| operation("replace", "members", json!([{ "value": id }]));
    let (status, refused) = camden.ask(Method::PATCH, "/Groups/administrator", all(&bea)).await;
    assert_eq!((status, &refused["scimType"]), (StatusCode::BAD_REQUEST, &json!("invalidValue")), "{refused}");
    assert!(refused["detail"].as_str().unwrap().contains("only invited"), "{refused}");
    assert_eq!(place(&city, &ann.to_string()).await.roles, [Role::Administrator]);
    assert_eq!(place(&city, &bea).await.roles, [Role::Viewer], "nothing of a refused change is kept");
    assert!(mail(&city, "ann@camden.example").await.is_none());
    accept(&city, "bea@camden.example").await;
    let (status, group) = camden.ask(Method::PATCH, "/Groups/administrator", all(&bea)).await;
    assert_eq!((status, &group["members"][0]["value"]), (StatusCode::OK, &json!(bea)), "{group}");
    assert_eq!(place(&city, &ann.to_string()).await.roles, [Role::Viewer]);
    // The hub hears too where only an invited one is left.
    city.person("Imogen", "loti", &[Role::NetworkAdministrator]).await;
    let cleo = camden.join("cleo").await;
    let add = operation("add", "members", json!([{ "value": cleo }]));
    assert_eq!(camden.ask(Method::PATCH, "/Groups/administrator", add).await.0, StatusCode::OK);
    assert_eq!(camden.ask(Method::DELETE, &format!("/Users/{bea}"), Json::Null).await.0, StatusCode::NO_CONTENT);
    let (subject, _) = mail(&city, "imogen@loti.example").await.expect("a letter");
    assert!(subject.contains("has no administrator any more"), "{subject}");
}

#[tokio::test]
async fn who_leaves_is_not_asked_to_name_their_own_successor() {
    let city = City::empty().await;
    let hub = Directory::of(&city, "loti").await;
    let imogen = city.person("Imogen", "loti", &[Role::Administrator, Role::NetworkAdministrator]).await;
    city.person("Jo", "loti", &[Role::NetworkAdministrator]).await;
    assert_eq!(hub.ask(Method::DELETE, &format!("/Users/{imogen}"), Json::Null).await.0, StatusCode::NO_CONTENT);
    assert!(mail(&city, "jo@loti.example").await.unwrap().0.contains("has no administrator any more"));
    let (subject, _) = mail(&city, "imogen@loti.example").await.unwrap();
    assert!(subject.starts_with("You no longer act for"), "{subject}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_user_name_that_a_colleague_is_found_by_is_taken() {
    let city = City::empty().await;
    let camden = Directory::of(&city, "camden").await;
    // The directory has not spoken of Ann yet: she is found by her address.
    city.person("Ann", "camden", &[Role::Editor]).await;
    let bea = camden.join("bea").await;
    let rename = |name: &str| operation("replace", "userName", json!(name));
    let (status, refused) = camden.ask(Method::PATCH, &format!("/Users/{bea}"), rename("Ann@Camden.example")).await;
    assert_eq!((status, &refused["scimType"]), (StatusCode::CONFLICT, &json!("uniqueness")), "{refused}");
    let found = camden.get("/Users?filter=userName%20eq%20%22ann@camden.example%22").await.1;
    assert_eq!(found["totalResults"], 1, "{found}");
    assert_eq!(camden.ask(Method::PATCH, &format!("/Users/{bea}"), rename("bea.two@camden.example")).await.0, StatusCode::OK);
    assert_eq!(camden.ask(Method::PATCH, &format!("/Users/{bea}"), rename("Bea.Two@camden.example")).await.0, StatusCode::OK);
}

#[tokio::test]
async fn the_name_of_whom_the_directory_takes_away_stays_theirs() {
    let city = City::empty().await;
    let camden = Directory::of(&city, "camden").await;
    let (owen, leila) =
        (city.person("Owen", "camden", &[Role::Editor]).await, city.person("Leila", "camden", &[Role::Editor]).await);
    let (owen, leila) = (format!("/Users/{owen}"), format!("/Users/{leila}"));
    let active = |value: bool| operation("replace", "active", json!(value));
    let named_owen = operation("replace", "userName", json!("Owen@camden.example"));
    // Spoken of for the first time by being taken away.
    assert_eq!(camden.ask(Method::PATCH, &owen, active(false)).await.0, StatusCode::OK);
    let (status, refused) = camden.ask(Method::PATCH, &leila, named_owen.clone()).await;
    assert_eq!((status, &refused["scimType"]), (StatusCode::CONFLICT, &json!("uniqueness")), "{refused}");
    assert_eq!(camden.ask(Method::PATCH, &owen, active(true)).await.0, StatusCode::OK);
    let found = camden.get("/Users?filter=userName%20eq%20%22owen@camden.example%22").await.1;
    assert_eq!(found["totalResults"], 1, "{found}");
}

#[tokio::test]
async fn nobody_comes_back_under_a_name_that_is_another_users_by_now() {
    let city = City::empty().await;
    let camden = Directory::of(&city, "camden").await;
    let (owen, leila) =
        (city.person("Owen", "camden", &[Role::Editor]).await, city.person("Leila", "camden", &[Role::Editor]).await);
    // An administrator takes Owen's place away; the directory never spoke of him.
    let before = place(&city, &owen.to_string()).await;
    let mut after = Membership { revoked_at: Some(1), ..before.clone() };
    let mut write = city.store().write(&Scope::Operator, city.app.clock.now()).await.unwrap();
    write.update(&before, &mut after).await.unwrap();
    write.commit().await.unwrap();
    let (owen, leila) = (format!("/Users/{owen}"), format!("/Users/{leila}"));
    let active = |value: bool| operation("replace", "active", json!(value));
    let named_owen = operation("replace", "userName", json!("owen@camden.example"));
    assert_eq!(camden.ask(Method::PATCH, &leila, named_owen).await.0, StatusCode::OK);
    let (status, refused) = camden.ask(Method::PATCH, &owen, active(true)).await;
    assert_eq!((status, &refused["scimType"]), (StatusCode::CONFLICT, &json!("uniqueness")), "{refused}");
    // That he has left may be said all the same; under a name of his own he comes back.
    assert_eq!(camden.ask(Method::PATCH, &owen, active(false)).await.0, StatusCode::OK);
    assert_eq!(camden.ask(Method::DELETE, &owen, Json::Null).await.0, StatusCode::NO_CONTENT);
    let body = json!({ "userName": "owen.two@camden.example", "active": true });
    assert_eq!(camden.ask(Method::PUT, &owen, body).await.0, StatusCode::OK);
}

#[tokio::test]
async fn whom_a_directory_deleted_it_can_create_again_and_no_other_of_that_name() {
    let city = City::empty().await;
    let camden = Directory::of(&city, "camden").await;
    let kofi = city.person("Kofi", "camden", &[Role::Editor]).await.to_string();
    assert_eq!(camden.ask(Method::DELETE, &format!("/Users/{kofi}"), Json::Null).await.0, StatusCode::NO_CONTENT);
    // Another address under his name is somebody else.
    let other = json!({ "userName": "kofi@camden.example", "emails": [{ "value": "k.brandt@camden.example", "type": "work" }] });
    let (status, refused) = camden.ask(Method::POST, "/Users", other).await;
    assert_eq!((status, &refused["scimType"]), (StatusCode::CONFLICT, &json!("uniqueness")), "{refused}");
    let (status, back) = camden.ask(Method::POST, "/Users", json!({ "userName": "kofi@camden.example", "active": true })).await;
    assert_eq!((status, &back["id"]), (StatusCode::CREATED, &json!(kofi)), "{back}");
    // Invited anew, as whoever joins.
    let place = place(&city, &kofi).await;
    assert_eq!((place.roles, place.accepted_at, place.revoked_at), (vec![Role::Viewer], None, None));
}

#[tokio::test]
async fn who_is_given_a_role_is_its_deputy_no_more_and_hears_of_it() {
    let city = City::empty().await;
    let camden = Directory::of(&city, "camden").await;
    let (ann, guest) = (city.person("Ann", "camden", &[Role::Viewer]).await, city.person("Gus", "camden", &[Role::Guest]).await);
    let before = place(&city, &ann.to_string()).await;
    let mut after = Membership { deputy: vec![Role::Siro], ..before.clone() };
    let mut write = city.store().write(&Scope::Operator, city.app.clock.now()).await.unwrap();
    write.update(&before, &mut after).await.unwrap();
    write.commit().await.unwrap();
    let add = operation("add", "members", json!([{ "value": ann }, { "value": guest }]));
    assert_eq!(camden.ask(Method::PATCH, "/Groups/siro", add.clone()).await.0, StatusCode::OK);
    let now = place(&city, &ann.to_string()).await;
    assert_eq!((now.roles, now.deputy), (vec![Role::Viewer, Role::Siro], vec![]));
    assert_eq!(place(&city, &guest.to_string()).await.roles, [Role::Siro]);
    let (subject, text) = mail(&city, "ann@camden.example").await.expect("a letter");
    assert_eq!(subject, "Your roles at Camden have changed");
    assert!(text.contains("directory changed what you may do"), "{text}");
    // A directory that says it again changes nothing.
    let version = place(&city, &ann.to_string()).await.updated_at;
    assert_eq!(camden.ask(Method::PATCH, "/Groups/siro", add).await.0, StatusCode::OK);
    assert_eq!(place(&city, &ann.to_string()).await.updated_at, version);
    camden.ask(Method::DELETE, &format!("/Users/{ann}"), Json::Null).await;
    assert_eq!(mail(&city, "ann@camden.example").await.unwrap().0, "You no longer act for Camden");
}

#[tokio::test(flavor = "multi_thread")]
async fn both_addresses_hear_of_one_that_a_directory_changed() {
    let city = City::empty().await;
    let camden = Directory::of(&city, "camden").await;
    let ann = city.person("Ann", "camden", &[Role::Editor]).await;
    let work = json!({ "type": "work", "value": "Ann.Two@camden.example" });
    let (status, user) =
        camden.ask(Method::PATCH, &format!("/Users/{ann}"), operation("replace", "emails[type eq \"work\"]", work)).await;
    assert_eq!((status, &user["emails"][0]["value"]), (StatusCode::OK, &json!("ann.two@camden.example")), "{user}");
    let (subject, text) = mail(&city, "ann@camden.example").await.expect("word to the old address");
    assert_eq!(subject, "Your address on City Tools has changed");
    assert!(text.contains("go to another address"), "{text}");
    let (_, text) = mail(&city, "ann.two@camden.example").await.expect("word to the new address");
    assert!(text.contains("come to this address"), "{text}");
}

/// Another name and another address for a user, as a directory sends them.
fn another(name: &str, address: &str) -> Json {
    json!({ "Operations": [
        { "op": "Replace", "path": "displayName", "value": name },
        { "op": "Replace", "path": "emails[type eq \"work\"].value", "value": address },
    ] })
}

#[tokio::test(flavor = "multi_thread")]
async fn s24_a_directory_neither_renames_nor_moves_whoever_acted_for_another_organisation() {
    let city = City::empty().await;
    let camden = Directory::of(&city, "camden").await;
    let marcus = city.person("Marcus Thistlewood", "hackney", &[Role::Editor]).await;
    let (own, user) = ("marcus.thistlewood@hackney.example", format!("/Users/{marcus}"));
    let hackney = async |change: &dyn Fn(&mut Membership)| {
        let places: Vec<Membership> = city.store().by(&Scope::Operator, "person_id", marcus.to_string()).await.unwrap();
        let before = places.into_iter().find(|place| place.organisation == city.organisation("hackney").id).unwrap();
        let mut after = before.clone();
        change(&mut after);
        let mut write = city.store().write(&Scope::Operator, city.app.clock.now()).await.unwrap();
        write.update(&before, &mut after).await.unwrap();
        write.commit().await.unwrap();
    };
    let takes_over = async |when: &str| {
        let (status, user) = camden.ask(Method::PATCH, &user, another("Mallory Renamed", "mallory@camden.example")).await;
        assert_eq!((status, &user["emails"][0]["value"]), (StatusCode::OK, &json!(own)), "{when}: {user}");
        let stored = city.store().get::<Person>(&Scope::Operator, marcus.0).await.unwrap().unwrap();
        assert_eq!((stored.name.as_str(), stored.email.as_deref()), ("Marcus Thistlewood", Some(own)), "{when}");
        Client::new(&city).post("/sign-in", &[("email", "mallory@camden.example")]).await;
        assert!(code(&city, "mallory@camden.example").await.is_none(), "{when}");
    };
    hackney(&|place: &mut Membership| place.revoked_at = Some(1)).await;
    let body = json!({ "userName": own, "displayName": "Camden Says", "active": true });
    let (status, named) = camden.ask(Method::POST, "/Users", body).await;
    assert_eq!((status, &named["id"], &named["displayName"]), (StatusCode::CREATED, &json!(marcus), &json!("Camden Says")));
    accept(&city, own).await;
    takes_over("accepted here, and left there").await;
    hackney(&|place: &mut Membership| {
        place.accepted_at = None;
        place.revoked_at = None;
    })
    .await;
    takes_over("accepted here, and invited back there").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn another_organisations_invitation_takes_nobody_from_their_own_directory() {
    let city = City::empty().await;
    let camden = Directory::of(&city, "camden").await;
    let leila = city.person("Leila Typo", "camden", &[Role::Editor]).await;
    let invitation = Membership {
        id: domain::people::MembershipId(uuid::Uuid::now_v7()),
        organisation: city.organisation("hackney").id,
        accepted_at: None,
        ..place(&city, &leila.to_string()).await
    };
    let mut write = city.store().write(&Scope::Operator, city.app.clock.now()).await.unwrap();
    write.create(&mut [invitation]).await.unwrap();
    write.commit().await.unwrap();
    let path = format!("/Users/{leila}");
    let (status, user) = camden.ask(Method::PATCH, &path, another("Leila Haddad", "leila.haddad@camden.example")).await;
    assert_eq!((status, &user["displayName"]), (StatusCode::OK, &json!("Leila Haddad")), "{user}");
    assert_eq!(user["emails"][0]["value"], "leila.haddad@camden.example", "{user}");
}

#[tokio::test]
async fn a_bad_question_is_refused_as_scim_refuses() {
    let city = City::empty().await;
    let camden = Directory::of(&city, "camden").await;
    for path in ["/Users?count=many", "/Groups?startIndex=first", "/Users?count=1&count=2"] {
        let (status, refused) = camden.get(path).await;
        assert_eq!((status, &refused["scimType"]), (StatusCode::BAD_REQUEST, &json!("invalidValue")), "{path}: {refused}");
    }
}

#[tokio::test]
async fn the_hub_hears_of_an_organisation_without_an_administrator() {
    let city = City::empty().await;
    let camden = Directory::of(&city, "camden").await;
    city.person("Imogen", "loti", &[Role::NetworkAdministrator]).await;
    let (one, two) =
        (city.person("Ann", "camden", &[Role::Administrator]).await, city.person("Bea", "camden", &[Role::Administrator]).await);
    camden.ask(Method::DELETE, &format!("/Users/{one}"), Json::Null).await;
    assert!(mail(&city, "imogen@loti.example").await.is_none());
    assert_eq!(camden.ask(Method::DELETE, &format!("/Users/{two}"), Json::Null).await.0, StatusCode::NO_CONTENT);
    let (subject, text) = mail(&city, "imogen@loti.example").await.expect("a letter");
    assert!(subject.contains("has no administrator any more") && text.contains("/organisations/camden/people"), "{text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn s04_whom_a_directory_ends_has_no_session_token_or_calendar_with_the_next_request() {
    let city = City::empty().await;
    let camden = Directory::of(&city, "camden").await;
    let ann = city.person("Ann", "camden", &[Role::Editor]).await;
    let browser = city.signed_in(ann, "camden").await;
    let made = city.post(&browser, "/account/tokens", &[("name", "export"), ("days", "30")]).await;
    let secret = scraper::Selector::parse(".ct-secret").unwrap();
    let secret = made.page().select(&secret).next().unwrap().text().collect::<String>();
    let program = async || {
        let request = Request::get("/api/me").header(header::AUTHORIZATION, format!("Bearer {secret}"));
        city.send(&Browser::default(), request.body(Body::empty()).unwrap()).await.status
    };
    let made = city.post(&browser, "/work/calendar", &[]).await.text.replace("&#x2f;", "/");
    let calendar = made.split('"').find(|part| part.ends_with(".ics")).unwrap_or_else(|| panic!("{made}"));
    let calendar = calendar.strip_prefix("http://127.0.0.1:8080").unwrap().to_owned();
    let calendar = async || city.get(&Browser::default(), &calendar).await.status;
    assert_eq!((program().await, calendar().await), (StatusCode::OK, StatusCode::OK));
    assert_eq!(camden.ask(Method::DELETE, &format!("/Users/{ann}"), Json::Null).await.0, StatusCode::NO_CONTENT);
    assert_eq!(city.get(&browser, "/account").await.status, StatusCode::SEE_OTHER);
    assert_eq!((program().await, calendar().await), (StatusCode::UNAUTHORIZED, StatusCode::NOT_FOUND));
}
