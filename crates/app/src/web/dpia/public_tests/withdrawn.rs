//! Taken back: the public reads that one was withdrawn, whose it was, when and why. Its title may itself be what had to go.

use super::*;

#[tokio::test(flavor = "multi_thread")]
async fn what_was_taken_back_leaves_its_note_and_nothing_of_what_it_said_in_any_list_feed_file_or_search() {
    let case = case().await;
    let (_, officer) = case.colleague("Helen Marsh", "camden", Role::IgOfficer).await;
    case.uses("Zedvisits").await;
    case.save(&case.priya, "aims", "0", "To visit people who fall.").await;
    case.alter(|head| head.review_on = Some(jiff::civil::date(2031, 5, 6))).await;
    let public = case.made_public(&officer).await;
    let number = case.head().await.number;
    let (api, csv, lines) = ("/api/v1/dpias", "/api/v1/dpias.csv", "/api/v1/dpias.jsonl");
    let (page, one) = (public.as_str(), format!("/api/v1{public}"));
    let everywhere = ["/dpias", page, "/dpias.atom", api, one.as_str(), csv, lines];
    for path in ["/dpias", page, api, one.as_str(), csv, lines] {
        let text = case.read(path).await.text;
        assert!(text.contains("Telecare alerts") && text.contains("Zedvisits") | (path == one), "{path}: {text}");
    }
    let note = "It named a household. A new one follows.";
    assert_eq!(case.publish(&case.priya, &[("act", "withdraw"), ("note", note)]).await.status, StatusCode::SEE_OTHER);
    case.city.refresh().await;
    for path in everywhere {
        let said = case.read(path).await.text;
        for gone in ["Telecare", "falls prevention", "People who fall", "Zedvisits", "2031"] {
            assert!(!said.contains(gone), "{path}: {gone}: {said}");
        }
        assert!(said.contains(note) && said.contains(&number) && said.contains("Camden"), "{path}: {said}");
    }
    assert_eq!(text(&case.read(page).await.page(), "h1"), "Withdrawn");
    let withdrawn = format!("DPIA {number}: withdrawn");
    assert!(case.read(page).await.text.contains(&format!("<title>{withdrawn} ")));
    assert!(case.read("/dpias.atom").await.text.contains(&withdrawn));
    let row = case.api(api).await["items"][0].clone();
    assert!(row["title"] == "" && row["summary"] == "" && row["withdrawn"] == true && row["review_on"].is_null(), "{row}");
    // It is found by the words of its note and by whose it was; by nothing that it said.
    for (asked, found) in
        [("q=household", 1), ("organisation=camden", 1), ("organisation=hackney", 1), ("q=telecare", 0), ("q=visited", 0)]
    {
        assert_eq!(case.api(&format!("{api}?{asked}")).await["total"], found, "{asked}");
        let list = text(&case.read(&format!("/dpias?{asked}")).await.page(), "main");
        assert_eq!(list.contains(note), found == 1, "{asked}: {list}");
    }
    let facets = case.api(&format!("{api}?facet=product,function")).await["facets"].clone();
    assert_eq!(facets, serde_json::json!({ "product": [], "function": [] }));
}
