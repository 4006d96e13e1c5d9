//! Files of the CNIL's tool.

use super::*;

#[tokio::test]
async fn a_file_of_the_cnil_comes_in_with_its_report_and_goes_out_with_every_text() {
    let city = City::empty().await;
    let lead = city.browser("camden", Role::ProjectLead).await;
    let address = brought_in(&city, &lead).await;
    let report = city.get(&lead, &format!("{address}/import-report")).await;
    assert!(report.text.contains("Its formatting went, the words stayed"), "{}", report.text);
    assert!(report.text.contains("&lt;p") || report.text.contains("&lt;ul"), "markup is shown as text");

    let json = city.get(&lead, &format!("{address}/files/assessment.json")).await;
    let bundle = Bundle::from_json(json.text.as_bytes()).unwrap();
    let pia = domain::dpia::cnil::read(CNIL).unwrap();
    for leaf in pia[0].leaves() {
        assert!(bundle.imported.iter().any(|one| one.source == leaf), "{}", leaf.reference);
    }
}

#[tokio::test]
async fn a_repeated_press_brings_in_one_assessment() {
    let city = City::empty().await;
    let lead = city.browser("camden", Role::ProjectLead).await;
    let command = Uuid::new_v4().to_string();
    let mut places = Vec::new();
    for _ in 0..2 {
        let answer = send(&city, &lead, "/assessments/import/cnil", &[("command", &command)], Some(("pia.json", CNIL))).await;
        places.push(answer.location().to_owned());
    }
    assert_eq!(places[0], places[1]);
}

#[tokio::test]
async fn a_file_that_is_none_is_refused_with_words() {
    let city = City::empty().await;
    let lead = city.browser("camden", Role::ProjectLead).await;
    for (kind, bytes) in
        [("cnil", &b"{}"[..]), ("cnil", b"no json"), ("citytools", b"{\"format\":\"x\"}"), ("citytools", b"PK\x03\x04broken")]
    {
        let answer = send(&city, &lead, &format!("/assessments/import/{kind}"), &[], Some(("a.json", bytes))).await;
        assert!(answer.text.contains("The file cannot be taken in"), "{kind}: {}", answer.text);
    }
    for (kind, bytes, said) in [
        ("cnil", &b" \n"[..], "it is empty"),
        ("cnil", b"PK\x03\x04", "unpack it and choose the JSON in it"),
        ("cnil", b"{\"pia\":{", "it may be another file, or cut off"),
        ("citytools", b"%PDF-1.7", "recorded as an assessment made elsewhere"),
        ("citytools", b"{\"format\":", "it may be another file, or cut off"),
    ] {
        let answer = send(&city, &lead, &format!("/assessments/import/{kind}"), &[], Some(("a.json", bytes))).await;
        assert!(words(&answer).contains(said), "{said}: {}", answer.text);
    }
    let viewer = city.browser("camden", Role::Viewer).await;
    assert_eq!(city.get(&viewer, "/assessments/import").await.status, StatusCode::NOT_FOUND);
    assert_eq!(send(&city, &viewer, "/assessments/import/cnil", &[], Some(("a.json", CNIL))).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn whoever_brings_a_file_of_the_cnil_in_is_not_told_as_having_said_what_it_holds() {
    let city = City::empty().await;
    let person = city.person("Priya Nair", "camden", &[Role::ProjectLead]).await;
    let priya = city.signed_in(person, "camden").await;
    let address = brought_in(&city, &priya).await;
    let bundle = exported(&city, &priya, &address).await;
    assert!(bundle.fields.iter().all(|one| one.stated) && bundle.comments.iter().all(|one| one.stated));
    const NOBODY: &str = "Somebody whom the imported file does not name";
    let comment = bundle.comments.iter().find(|one| bundle.fields.iter().any(|field| field.place == one.place)).unwrap();
    let question = words(&city.get(&priya, &format!("{address}/{}", comment.place)).await);
    assert!(question.contains(NOBODY) && !question.contains("Priya Nair for"), "{question}");
    let history = words(&city.get(&priya, &format!("{address}/{}/history", comment.place)).await);
    assert!(history.contains(NOBODY) && !history.contains("Priya Nair for"), "{history}");
    let risk = bundle.risks[0].risk.id;
    let risk = words(&city.get(&priya, &format!("{address}/risks/{risk}/history")).await);
    assert!(risk.contains(NOBODY) && !risk.contains("Priya Nair for"), "{risk}");
}

#[tokio::test]
async fn whoever_may_be_asked_to_sign_is_told_before_they_bring_a_file_in() {
    let city = City::empty().await;
    let (officer, lead) = (city.browser("camden", Role::Dpo).await, city.browser("camden", Role::ProjectLead).await);
    for kind in ["cnil", "citytools"] {
        let path = format!("/assessments/import/{kind}");
        let told = words(&city.get(&officer, &path).await);
        assert!(
            told.contains("You are data protection officer.") && told.contains("you could not sign its shared text"),
            "{told}"
        );
        assert!(!words(&city.get(&lead, &path).await).contains("could not sign"), "whoever signs nothing is told nothing");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_brings_a_file_in_says_who_leads_it_and_leads_it_where_nobody_else_is_chosen() {
    let city = City::empty().await;
    let person = city.person("Priya Nair", "camden", &[Role::ProjectLead]).await;
    let officer = city.person("Helen Marsh", "camden", &[Role::IgOfficer, Role::Dpo]).await;
    let stranger = city.person("Dele Okafor", "hackney", &[Role::ProjectLead]).await;
    let browser = city.signed_in(officer, "camden").await;
    for kind in ["cnil", "citytools"] {
        let form = city.get(&browser, &format!("/assessments/import/{kind}")).await;
        let page = form.page();
        let chosen = scraper::Selector::parse("select[name=lead] option[selected]").unwrap();
        let chosen = page.select(&chosen).next().unwrap().text().collect::<String>();
        assert_eq!(chosen.trim(), "Helen Marsh", "whoever brings it in");
        assert!(form.text.contains("Priya Nair") && !form.text.contains("Dele Okafor"), "{}", words(&form));
    }
    let lead = async |address: &str| {
        let id = address.rsplit('/').next().unwrap().parse().unwrap();
        let (scope, rules) = (domain::people::Scope::Operator, city.app.rules());
        let whole = city.store().assessment(&scope, city.app.clock.today(), rules.as_ref(), id).await.unwrap().unwrap();
        (whole.assessment.lead_person, whole.assessment.led_by)
    };
    assert_eq!(lead(&brought_in(&city, &browser).await).await, (Some(officer), [].into()));
    let path = "/assessments/import/cnil";
    for nobody in ["", &stranger.to_string()] {
        let refused = send(&city, &browser, path, &[("lead", nobody)], Some(("pia.json", CNIL))).await;
        assert!(refused.text.contains("Choose who leads the assessment here"), "{nobody}: {}", words(&refused));
    }
    let made = send(&city, &browser, path, &[("lead", &person.to_string())], Some(("pia.json", CNIL))).await;
    let address = made.location().trim_end_matches("/import-report").to_owned();
    assert_eq!(lead(&address).await, (Some(person), [].into()), "whoever brought it in leads nothing, and may sign");
}
