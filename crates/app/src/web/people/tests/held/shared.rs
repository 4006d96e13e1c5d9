//! Forms of a browser that several people use: what one wrote is not held for another (S8).

use super::*;
use crate::web::people::sign_in::held::SEVERAL;

#[tokio::test(flavor = "multi_thread")]
async fn s08_what_one_wrote_is_not_held_for_the_next_who_was_signed_in_on_the_same_browser() {
    let city = City::empty().await;
    let leila = city.person("Leila", "camden", &[Role::Editor]).await;
    let noor = city.person("Noor", "camden", &[Role::Editor]).await;
    let (hers, his) = (leila.to_string(), noor.to_string());
    let lost = "/sign-in?next=%2F&problem=lost";
    // Noor's session may end from elsewhere, or be signed out of.
    for signs_out in [true, false] {
        let client = Client::new(&city);
        client.sign_in(&email(&city, leila).await).await;
        client.post("/sign-out", &[]).await;
        client.sign_in(&email(&city, noor).await).await;
        if signs_out {
            client.post("/sign-out", &[]).await;
            assert!(client.cookie(LEFT).unwrap().starts_with(SEVERAL));
        } else {
            let mut write = city.store().write(&Scope::Operator, city.app.clock.now()).await.unwrap();
            write.end_sessions_of(noor).await.unwrap();
            write.commit().await.unwrap();
        }
        // Leila's other tab sends what she wrote.
        for fields in [&TOKEN[..], &written_by(&hers)] {
            assert_eq!(client.post("/account/tokens", fields).await.location(), lost, "{signs_out} {fields:?}");
        }
        // What says that it is Noor's is held, for Noor.
        let held = token_of(client.post("/account/tokens", &written_by(&his)).await.location());
        client.sign_in(&email(&city, noor).await).await;
        let given = client.get(&format!("/sign-in/held?token={held}")).await;
        assert!(said(&given).contains("Text that <took> an hour to write"), "{}", said(&given));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn s08_nobody_else_is_given_what_says_for_whom_its_page_was_made() {
    let city = City::empty().await;
    let leila = city.person("Leila", "camden", &[Role::Editor]).await;
    let noor = city.person("Noor", "camden", &[Role::Editor]).await;
    // Nothing tells that Leila was signed in there, but her page.
    let client = ended(&city, noor).await;
    let led = client.post("/account/tokens", &written_by(&leila.to_string())).await;
    assert_eq!(led.location(), "/sign-in?next=%2F&problem=lost");
}

#[tokio::test(flavor = "multi_thread")]
async fn r11_what_another_tab_sends_is_held_also_after_signing_out_of_a_session_that_had_ended() {
    let city = City::empty().await;
    let person = city.person("Ed", "camden", &[Role::Editor]).await;
    let client = ended(&city, person).await;
    let session = client.cookie(COOKIE);
    client.post("/sign-out", &[]).await;
    assert_eq!((client.cookie(COOKIE), client.cookie(LEFT)), (None, session));
    let held = token_of(client.post("/account/tokens", &TOKEN).await.location());
    client.sign_in(&email(&city, person).await).await;
    let back = client.get(&format!("/sign-in/held?token={held}")).await;
    assert!(said(&back).contains("Text that <took> an hour to write"), "{}", said(&back));
    // A cookie that was never a session's says nothing.
    let stranger = Client::new(&city);
    stranger.set(COOKIE, "made-up");
    stranger.post("/sign-out", &[]).await;
    assert_eq!((stranger.cookie(COOKIE), stranger.cookie(LEFT)), (None, None));
}
