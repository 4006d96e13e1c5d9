//! Who joins later, leaves, or is handed the lead, and what each of them reads from then on.

use super::*;

#[tokio::test(flavor = "multi_thread")]
async fn who_joins_later_stops_nobody_and_the_lead_can_end_its_part() {
    let case = case().await;
    let (_, officer) = case.colleague("Helen Marsh", "camden", Role::IgOfficer).await;
    case.save(&case.priya, "aims", "0", "To visit people who fall.").await;
    case.frozen().await;
    case.signed_by_all().await;
    let joiner = case.joins("islington").await;
    // What is signed by all stays signed by all, for the public and for use.
    for act in [BEGIN, SUMMARY] {
        assert_eq!(case.publish(&case.priya, act).await.status, StatusCode::SEE_OTHER, "{act:?}");
    }
    case.checked(&officer).await;
    let live = format!("{}/move/go-live", case.address);
    let day = [("review-day", "1"), ("review-month", "11"), ("review-year", "2027")];
    let begun = case.city.post(&case.priya, &live, &day).await;
    assert_eq!(begun.status, StatusCode::SEE_OTHER, "{}", begun.text);
    assert_eq!(case.head().await.state, State::Live);
    // Nobody of those who signed can be put out; whoever signed nothing can.
    let end = |slug: &'static str| [("act", "end"), ("party", slug)];
    assert_eq!(case.parties(&joiner, &end("hackney")).await.status, StatusCode::NOT_FOUND);
    let refused = case.parties(&case.priya, &end("hackney")).await;
    assert!(refused.text.contains("only it can say that it leaves"), "{}", refused.text);
    let page = case.city.get(&case.priya, &format!("{}/parties", case.address)).await.text;
    assert!(page.contains("End the part of Islington") && !page.contains("End the part of Hackney"), "{page}");
    assert_eq!(case.parties(&case.priya, &end("islington")).await.status, StatusCode::SEE_OTHER);
    assert_eq!(case.city.get(&joiner, &case.address).await.status, StatusCode::NOT_FOUND);
    // An invitation that nobody has answered is taken back, with the task that asks for it.
    let invited = [("act", "invite"), ("organisation", "brent"), ("role", "controller")];
    assert_eq!(case.parties(&case.priya, &invited).await.status, StatusCode::SEE_OTHER);
    let brent = case.city.browser("brent", Role::IgOfficer).await;
    assert!(case.city.get(&brent, "/work").await.text.contains("Answer the invitation"));
    let back = case.parties(&case.priya, &[("act", "take-back"), ("party", "brent")]).await;
    assert_eq!(back.status, StatusCode::SEE_OTHER, "{}", back.text);
    assert!(!case.city.get(&brent, "/work").await.text.contains("Answer the invitation"));
    assert_eq!(case.parties(&brent, &[("act", "accept")]).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_leaves_keeps_what_it_signed_and_reads_nothing_besides() {
    let case = case().await;
    let keeper = case.city.person("Ama Boateng", "hackney", &[Role::ProjectLead]).await;
    let keeper = case.city.signed_in(keeper, "hackney").await;
    case.save(&case.priya, "aims", "0", "To visit people who fall.").await;
    case.annex(&case.priya, "camden", "0", "The Care Act, for Camden.").await;
    case.annex(&case.dele, "hackney", "0", "The Care Act, for Hackney.").await;
    case.frozen().await;
    case.signed_by_all().await;
    // The lead cannot leave before another leads.
    let lead = case.parties(&case.priya, &[("act", "leave")]).await;
    assert!(lead.text.contains("hand the lead over before it leaves"), "{}", lead.text);
    let signed = format!("{}/signed", case.address);
    assert_eq!(case.city.get(&keeper, &signed).await.status, StatusCode::NOT_FOUND, "it takes part");
    let leave = [("act", "leave"), ("command", "0191e6b2-7000-7000-8000-000000000001")];
    for _ in 0..2 {
        let left = case.parties(&keeper, &leave).await;
        assert_eq!((left.status, left.location()), (StatusCode::SEE_OTHER, "/assessments"), "{}", left.text);
    }
    let list = case.city.get(&keeper, "/assessments").await.text;
    assert!(list.contains(&case.id().to_string()) && list.contains("Left, and signed before"), "{list}");
    let board = case.city.get(&case.priya, &format!("{}/sign-off", case.address)).await.page();
    assert!(text(&board, "main").contains("it had signed version 1"), "{}", text(&board, "main"));
    // It goes on without them.
    case.now_in(case.id(), State::Drafting).await;
    case.save(&case.priya, "aims", "1", "Something quite new.").await;
    assert_eq!(case.city.get(&keeper, &case.address).await.location(), signed);
    let page = case.city.get(&keeper, &signed).await;
    assert!(page.text.contains("Version 1") && page.text.contains("Signer"), "{}", page.text);
    let version = case.city.get(&keeper, &format!("{signed}/1")).await.text;
    assert!(version.contains("To visit people who fall.") && version.contains("for Hackney"), "{version}");
    assert!(!version.contains("Something quite new.") && !version.contains("for Camden"), "{version}");
    let pdf = case.city.bytes(&keeper, &format!("{signed}/1/version.pdf")).await;
    assert!(pdf.starts_with(b"%PDF"));
    let json: Json = serde_json::from_slice(&case.city.bytes(&keeper, &format!("{signed}/1/version.json")).await).unwrap();
    let sealed = domain::dpia::seal::seal(&json["parts"][0]);
    assert_eq!(json["sealed"].as_str().unwrap().parse::<Seal>().unwrap(), sealed);
    for path in ["/sign-off", "/versions", "/files", "/publish", "/signed/2", "/signed/1/other.pdf"] {
        assert_eq!(case.city.get(&keeper, &format!("{}{path}", case.address)).await.status, StatusCode::NOT_FOUND, "{path}");
    }
    for who in [&case.stranger, &case.priya] {
        assert_eq!(case.city.get(who, &format!("{signed}/1")).await.status, StatusCode::NOT_FOUND);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_lead_is_handed_to_a_controller_that_takes_part() {
    let case = case().await;
    let keeper = case.city.person("Ama Boateng", "hackney", &[Role::ProjectLead]).await;
    let keeper = case.city.signed_in(keeper, "hackney").await;
    let to = |slug: &'static str| [("act", "hand-over"), ("party", slug)];
    assert_eq!(case.parties(&keeper, &to("hackney")).await.status, StatusCode::NOT_FOUND, "it is not theirs to hand over");
    let none = case.parties(&case.priya, &[("act", "hand-over")]).await;
    assert!(none.text.contains("Choose an organisation") && none.text.contains("<title>Error: "), "{}", none.text);
    let outside = case.parties(&case.priya, &to("brent")).await;
    assert!(outside.text.contains("It does not take part"), "{}", outside.text);
    let page = case.city.get(&case.priya, &format!("{}/parties", case.address)).await.text;
    assert!(page.contains("Who leads it from now on?"), "{page}");
    let done = case.parties(&case.priya, &to("hackney")).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
    assert_eq!(case.head().await.lead, case.city.organisation("hackney").id);
    let invited = [("act", "invite"), ("organisation", "brent"), ("role", "controller")];
    assert_eq!(case.parties(&case.priya, &invited).await.status, StatusCode::NOT_FOUND);
    assert_eq!(case.parties(&keeper, &invited).await.status, StatusCode::SEE_OTHER);
    // Now the first can leave.
    assert_eq!(case.parties(&case.priya, &[("act", "leave")]).await.location(), "/assessments");
}
