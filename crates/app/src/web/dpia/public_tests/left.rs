//! What is public of an assessment that an organisation has left: who had left names nobody in public, and who leaves later took part
//! until then.

use super::*;
use domain::dpia::{ids::SignatureId, sign_off::Signature};
use uuid::Uuid;

impl Case {
    /// Somebody at Hackney who can say that it leaves.
    async fn keeper(&self) -> Browser {
        let keeper = self.city.person("Ama Boateng", "hackney", &[Role::ProjectLead]).await;
        self.city.signed_in(keeper, "hackney").await
    }

    async fn hackney_leaves(&self, keeper: &Browser) {
        let left = self.parties(keeper, &[("act", "leave")]).await;
        assert_eq!((left.status, left.location()), (StatusCode::SEE_OTHER, "/assessments"), "{}", left.text);
    }
}

fn slugs(list: &Json) -> Vec<&str> {
    list.as_array().unwrap().iter().map(|one| one["slug"].as_str().unwrap()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn who_left_before_it_had_signed_all_is_named_nowhere_in_public() {
    let case = case().await;
    let (_, officer) = case.colleague("Helen Marsh", "camden", Role::IgOfficer).await;
    let keeper = case.keeper().await;
    case.save(&case.priya, "aims", "0", "To visit people who fall.").await;
    case.annex(&case.dele, "hackney", "0", "The Care Act, for Hackney.").await;
    case.frozen().await;
    case.signed_by_all().await;
    // Of the next version it signs one step, and then it leaves.
    case.now_in(case.id(), State::Drafting).await;
    case.save(&case.priya, "aims", "1", "To visit people who fell.").await;
    let version = case.frozen().await;
    let (now, today) = (case.city.app.clock.now(), case.city.app.clock.today());
    let rules = case.city.app.rules();
    let whole = case.city.store().assessment(&server(), today, rules.as_ref(), case.id()).await.unwrap().unwrap();
    let hackney = case.city.organisation("hackney").id;
    let before = whole.signatures.iter().find(|one| one.organisation == hackney).unwrap().clone();
    let shared = whole.frozen().unwrap().seals.shared;
    let mut again = vec![Signature { id: SignatureId(Uuid::now_v7()), version, shared, at: now + 1, ..before }];
    let mut write = case.city.store().write(&server(), now).await.unwrap();
    write.create(&mut again).await.unwrap();
    write.commit().await.unwrap();
    case.hackney_leaves(&keeper).await;
    let board = text(&case.city.get(&case.priya, &format!("{}/sign-off", case.address)).await.page(), "main");
    assert!(board.contains("it had signed version 1, 1 of ") && board.contains(" steps of version 2"), "{board}");
    // The others sign, and make it public: Hackney, in whose name nobody decided, is no party of that.
    case.signed_by_all().await;
    for act in [BEGIN, SUMMARY] {
        assert_eq!(case.publish(&case.priya, act).await.status, StatusCode::SEE_OTHER, "{act:?}");
    }
    let public = case.checked(&officer).await;
    let one = case.api(&format!("/api/v1{public}")).await;
    assert_eq!(one["parties"].as_array().unwrap().len(), 1, "{one}");
    assert_eq!((slugs(&one["organisations"]), &one["left"]), (vec!["camden"], &Json::Array(vec![])), "{one}");
    for path in [&public, "/dpias", "/dpias.atom", "/api/v1/dpias.csv"] {
        assert!(!case.read(path).await.text.contains("Hackney"), "{path}");
    }
    assert!(!one.to_string().contains(&hackney.to_string()), "{one}");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_leaves_while_it_is_looked_at_makes_somebody_look_again() {
    let case = case().await;
    let (_, officer) = case.colleague("Helen Marsh", "camden", Role::IgOfficer).await;
    let keeper = case.keeper().await;
    case.save(&case.priya, "aims", "0", "To visit people who fall.").await;
    case.annex(&case.dele, "hackney", "0", "The Care Act, for Hackney.").await;
    case.frozen().await;
    case.signed_by_all().await;
    for act in [BEGIN, SUMMARY] {
        assert_eq!(case.publish(&case.priya, act).await.status, StatusCode::SEE_OTHER, "{act:?}");
    }
    assert_eq!(case.publish(&keeper, &[("act", "agree")]).await.status, StatusCode::SEE_OTHER);
    assert_eq!(case.publish(&case.priya, ASK).await.status, StatusCode::SEE_OTHER);
    let page = format!("{}/publish", case.address);
    let shown = case.city.get(&officer, &page).await;
    assert!(shown.text.contains("for Hackney"), "{}", shown.text);
    case.hackney_leaves(&keeper).await;
    let seen = value(&shown.page(), "seen");
    let late = case.publish(&officer, &[("act", "publish"), ("seen", &seen)]).await;
    assert!(late.text.contains("It is not what your page showed"), "{}", late.text);
    let seen = value(&case.city.get(&officer, &page).await.page(), "seen");
    let done = case.publish(&officer, &[("act", "publish"), ("seen", &seen)]).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
    let public = case.read(&format!("/dpias/{}", case.counts().await)).await.text;
    assert!(public.contains("To visit people who fall.") && !public.contains("Hackney"), "{public}");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_leaves_after_it_was_made_public_took_part_until_then() {
    let case = case().await;
    let (_, officer) = case.colleague("Helen Marsh", "camden", Role::IgOfficer).await;
    let keeper = case.keeper().await;
    case.save(&case.priya, "aims", "0", "To visit people who fall.").await;
    let public = case.made_public(&officer).await;
    let before = case.api(&format!("/api/v1{public}")).await;
    case.hackney_leaves(&keeper).await;
    let one = case.api(&format!("/api/v1{public}")).await;
    assert_eq!(slugs(&one["organisations"]), ["camden", "hackney"], "{one}");
    assert_eq!((slugs(&one["left"]), one["left"][0]["until"].is_string()), (vec!["hackney"], true), "{one}");
    // What was sealed stays as it was.
    assert_eq!((&one["seal"], &one["parties"]), (&before["seal"], &before["parties"]), "{one}");
    let page = text(&case.read(&public).await.page(), "main");
    assert!(page.contains("Hackney, joint controller; it took part until "), "{page}");
    assert!(!page.contains("Camden, joint controller; it took"), "{page}");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_left_between_two_versions_is_told_by_their_comparison_and_its_file_and_in_public_also_when_it_is_asked_again() {
    let case = case().await;
    let (_, officer) = case.colleague("Helen Marsh", "camden", Role::IgOfficer).await;
    let keeper = case.keeper().await;
    case.save(&case.priya, "aims", "0", "To visit people who fall.").await;
    let public = case.made_public(&officer).await;
    case.hackney_leaves(&keeper).await;
    let compared = format!("{}/compare?from=1&to=now", case.address);
    let page = case.city.get(&case.priya, &compared).await;
    let said = text(&page.page(), "#parties");
    assert!(said.contains("Hackney: left; it was joint controller"), "{}", page.text);
    let bytes = case.city.bytes(&case.priya, &format!("{}/changes/changes.docx?from=1&to=now", case.address)).await;
    let mut word = String::new();
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(bytes)).unwrap();
    std::io::Read::read_to_string(&mut archive.by_name("word/document.xml").unwrap(), &mut word).unwrap();
    assert!(word.contains("Who takes part") && word.contains("Takes no part") && word.contains("Left on"), "{word}");
    let invited = [("act", "invite"), ("organisation", "hackney"), ("role", PartyRole::JointController.as_str())];
    assert_eq!(case.parties(&case.priya, &invited).await.status, StatusCode::SEE_OTHER);
    let one = case.api(&format!("/api/v1{public}")).await;
    assert_eq!(slugs(&one["left"]), ["hackney"], "it is asked again, and takes no part: {one}");
    assert_eq!(case.parties(&keeper, &[("act", "accept")]).await.status, StatusCode::SEE_OTHER);
    let one = case.api(&format!("/api/v1{public}")).await;
    assert!(slugs(&one["left"]).is_empty(), "{one}");
    assert!(!case.city.get(&case.priya, &compared).await.text.contains("id=\"parties\""), "it takes part in both");
}
