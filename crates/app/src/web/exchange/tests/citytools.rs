//! Documents of another City Tools: what goes out comes in.

use super::*;
use domain::dpia::attachment::Gone;

#[tokio::test]
async fn an_assessment_goes_out_and_comes_in_elsewhere_without_loss() {
    let city = City::empty().await;
    let lead = city.browser("camden", Role::ProjectLead).await;
    let address = brought_in(&city, &lead).await;
    let first = city.get(&lead, &format!("{address}/files/assessment.json")).await;
    let other = city.browser("hackney", Role::IgOfficer).await;
    let answer = send(&city, &other, "/assessments/import/citytools", &[], Some(("a.json", first.text.as_bytes()))).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text);
    let there = answer.location().trim_end_matches("/import-report").to_owned();
    assert_ne!(there, address);
    let second = city.get(&other, &format!("{there}/files/assessment.json")).await;
    let (before, after) = (Bundle::from_json(first.text.as_bytes()).unwrap(), Bundle::from_json(second.text.as_bytes()).unwrap());
    let answers = |bundle: &Bundle| {
        let mut all: Vec<_> = bundle.fields.iter().map(|field| (field.place.field.clone(), field.answer.clone())).collect();
        all.sort_by(|one, other| one.0.cmp(&other.0));
        all
    };
    assert_eq!(answers(&after), answers(&before));
    let said =
        |bundle: &Bundle| bundle.comments.iter().map(|comment| comment.text.clone()).collect::<std::collections::BTreeSet<_>>();
    assert_eq!(said(&after), said(&before));
    assert_eq!(after.risks.len(), before.risks.len());
    assert_eq!(after.measures.len(), before.measures.len());
    let texts = |bundle: &Bundle| bundle.imported.iter().map(|one| one.source.clone()).collect::<Vec<_>>();
    assert_eq!(texts(&after), texts(&before));
}

#[tokio::test]
async fn a_zip_brings_its_files_along_and_they_are_looked_into() {
    let city = City::empty().await;
    let lead = city.browser("camden", Role::ProjectLead).await;
    let address = brought_in(&city, &lead).await;
    let added = send(&city, &lead, &format!("{address}/attachments"), &[], Some(("notice.pdf", b"%PDF-1.7 notice"))).await;
    assert_eq!(added.status, StatusCode::SEE_OTHER, "{}", added.text);
    let zip = city.bytes(&lead, &format!("{address}/files/assessment.zip")).await;
    let other = city.browser("hackney", Role::Dpo).await;
    let answer = send(&city, &other, "/assessments/import/citytools", &[], Some(("a.zip", &zip))).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text);
    let there = answer.location().trim_end_matches("/import-report").to_owned();
    let json = city.get(&other, &format!("{there}/files/assessment.json")).await;
    let bundle = Bundle::from_json(json.text.as_bytes()).unwrap();
    let file = city.get(&other, &format!("{there}/attachments/{}", bundle.attachments[0].id)).await;
    assert_eq!(file.text, "%PDF-1.7 notice");

    // The same ZIP with another file under the hash of the first: it is not taken.
    let package = documents::package::read(&zip, &documents::package::Caps::default()).unwrap();
    let document = String::from_utf8(package.document.clone()).unwrap();
    let evil: &[u8] = b"<script>alert(1)</script>";
    let changed = document.replace(&bundle.attachments[0].hash.to_string(), &documents::package::sha256(evil));
    let zip = documents::package::write(changed.as_bytes(), [evil]).unwrap();
    let answer = send(&city, &other, "/assessments/import/citytools", &[], Some(("a.zip", &zip))).await;
    assert!(answer.text.contains("cannot be taken"), "{}", answer.text);
    // A file of a type that is not taken is refused in words.
    let own: &[u8] = b"%PDF-1.7 notice";
    let zip = documents::package::write(document.replace("notice.pdf", "notice.exe").as_bytes(), [own]).unwrap();
    let answer = send(&city, &other, "/assessments/import/citytools", &[], Some(("a.zip", &zip))).await;
    assert!(answer.text.contains("cannot be taken: the file must be a PDF, Word"), "{}", answer.text);
    assert!(!answer.text.contains("WrongType"), "{}", answer.text);
}

#[tokio::test]
async fn what_comes_into_an_empty_database_goes_out_as_the_same_document() {
    let (json, before) = signed();
    let (one, other) = (City::empty().await, City::empty().await);
    let (lead, address, first) = through(&one, &json).await;
    // What was under another's responsibility is told, letter for letter, and counts for nothing here.
    let after = Bundle::from_json(first.as_bytes()).unwrap();
    assert_eq!(after.assessment.state, domain::dpia::assessment::State::Recorded);
    assert_eq!((after.signatures.len(), after.signed_elsewhere.len()), (0, before.signatures.len()));
    for (now, then) in after.signed_elsewhere.iter().zip(&before.signatures) {
        assert_eq!(
            (now.role, now.organisation, now.at, &now.says, &now.reasons),
            (then.role, then.organisation, then.at, &then.says, &then.reasons)
        );
        assert_eq!((now.shared, now.annex, now.person), (then.shared, then.annex, then.person));
    }
    assert!(after.stated().all(|(_, fits)| fits == Some(true)), "every stated seal is that of the version it names");
    for (now, then) in after.versions.iter().zip(&before.versions) {
        assert_eq!((&now.content, &now.seals, now.number, &now.name), (&then.content, &then.seals, then.number, &then.name));
    }
    // So are tasks and what was decided about publication; the file that was not beside the text is named.
    assert_eq!((after.tasks.len(), after.tasks_elsewhere.len()), (0, before.tasks.len()));
    assert_eq!((after.publications.len(), after.publications_elsewhere.len()), (0, before.publications.len()));
    assert_eq!(after.attachments[0].gone, Some(Gone::NotHere));
    let screening = after.screening.as_ref().expect("the screening came along");
    assert_eq!(
        (&screening.answers, &screening.notes),
        (&before.screening.as_ref().unwrap().answers, &before.screening.as_ref().unwrap().notes)
    );
    let said = |bundle: &Bundle| bundle.fields.iter().map(|field| field.answer.clone()).collect::<Vec<_>>();
    let sorted = |bundle: &Bundle| {
        let mut all = said(bundle).iter().map(|answer| format!("{answer:?}")).collect::<Vec<_>>();
        all.sort();
        all
    };
    assert_eq!(sorted(&after), sorted(&before));
    assert_eq!(
        (after.history.len(), after.comments.len(), after.risks.len()),
        (before.history.len(), before.comments.len(), before.risks.len())
    );
    // Who signed stands there once, however many versions and steps they signed.
    let named = &after.assessment.elsewhere.as_ref().unwrap().signatories;
    let once: std::collections::BTreeSet<_> = named.iter().collect();
    assert!(once.len() == named.len() && named.len() <= before.signatures.len(), "{named:?}");
    // Its page and its board say so.
    let page = one.get(&lead, &address).await;
    assert!(
        page.text.contains("Made elsewhere") && page.text.contains("senior information risk owner, hackney"),
        "{}",
        page.text
    );
    let board = one.get(&lead, &format!("{address}/sign-off")).await;
    assert!(board.text.contains("Signed elsewhere") && board.text.contains("fits the version"), "{}", board.text);
    assert!(one.get(&lead, "/risks").await.status == StatusCode::OK);
    // Once more, into another empty database: the same document.
    let (_, _, second) = through(&other, &first).await;
    let found = differences(&serde_json::from_str(&first).unwrap(), &serde_json::from_str(&second).unwrap());
    assert!(found.is_empty(), "{found:#?}");
    for city in [&one, &other] {
        let checked = city.store().check(&domain::people::Scope::Operator).await.unwrap();
        assert!(checked.problems.is_empty(), "{:?}", checked.problems);
    }
}

#[tokio::test]
async fn a_stated_signature_whose_seal_fits_nothing_is_told_as_such() {
    let (json, before) = signed();
    let seal = before.signatures[0].annex.to_string();
    let other = "0".repeat(seal.len());
    // The signature alone is changed; the version's own seals stand.
    let at = json.find("\"signatures\"").unwrap();
    let changed = format!("{}{}", &json[..at], json[at..].replacen(&seal, &other, 1));
    let city = City::empty().await;
    let (lead, address, text) = through(&city, &changed).await;
    let bundle = Bundle::from_json(text.as_bytes()).unwrap();
    assert_eq!(bundle.stated().map(|(_, fits)| fits).collect::<Vec<_>>(), [Some(false)]);
    assert!(city.get(&lead, &format!("{address}/sign-off")).await.text.contains("does not fit the version"));
}

/// A file of so many bytes that no compression makes smaller.
fn noise(bytes: usize, seed: u32) -> Vec<u8> {
    let mut state = seed;
    let mut next = move || {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        state.to_le_bytes()[1]
    };
    b"%PDF-1.7\n".iter().copied().chain(std::iter::repeat_with(&mut next)).take(bytes).collect()
}

#[tokio::test]
async fn a_zip_with_as_much_as_an_assessment_may_hold_comes_in_again() {
    let city = City::empty().await;
    let lead = city.browser("camden", Role::ProjectLead).await;
    let address = brought_in(&city, &lead).await;
    let plain = vec![b'a'; 17 << 20];
    let files = [("one.pdf", noise(12 << 20, 1)), ("two.pdf", noise(12 << 20, 2)), ("easily compressed.txt", plain)];
    for (name, bytes) in &files {
        let added = send(&city, &lead, &format!("{address}/attachments"), &[], Some((name, bytes))).await;
        assert_eq!(added.status, StatusCode::SEE_OTHER, "{}", added.text);
    }
    let zip = city.bytes(&lead, &format!("{address}/files/assessment.zip")).await;
    assert!(zip.len() > 40 << 20);
    let other = city.browser("hackney", Role::Dpo).await;
    let answer = send(&city, &other, "/assessments/import/citytools", &[], Some(("a.zip", &zip))).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text);
    let there = answer.location().trim_end_matches("/import-report").to_owned();
    assert!(words(&city.get(&other, answer.location()).await).contains("and so did 3 attachments"));
    for file in exported(&city, &other, &there).await.attachments {
        let (_, bytes) = files.iter().find(|(name, _)| *name == file.name).unwrap();
        assert!(city.bytes(&other, &format!("{there}/attachments/{}", file.id)).await == *bytes, "{}", file.name);
    }
}

#[tokio::test]
async fn a_json_alone_keeps_what_it_says_of_the_attachments_until_somebody_brings_them() {
    let city = City::empty().await;
    let lead = city.browser("camden", Role::ProjectLead).await;
    let address = brought_in(&city, &lead).await;
    let bytes: &[u8] = b"%PDF-1.7 notice";
    send(&city, &lead, &format!("{address}/attachments"), &[], Some(("notice.pdf", bytes))).await;
    let json = city.get(&lead, &format!("{address}/files/assessment.json")).await;
    let before = exported(&city, &lead, &address).await.attachments.remove(0);

    let other = city.browser("hackney", Role::ProjectLead).await;
    let answer = send(&city, &other, "/assessments/import/citytools", &[], Some(("a.json", json.text.as_bytes()))).await;
    let report = words(&city.get(&other, answer.location()).await);
    assert!(report.contains("Attachments that did not come along") && report.contains("notice.pdf"), "{report}");
    assert!(report.contains(&before.hash.to_string()) && !report.contains("Everything"), "{report}");
    let there = answer.location().trim_end_matches("/import-report").to_owned();
    let named = exported(&city, &other, &there).await.attachments.remove(0);
    assert_eq!(named.gone, Some(Gone::NotHere));
    assert_eq!((&named.name, named.kind, named.size, named.hash), (&before.name, before.kind, before.size, before.hash));
    let page = words(&city.get(&other, &format!("{there}/attachments")).await);
    assert!(page.contains("Named, and not here") && page.contains("notice.pdf"), "{page}");
    let file = format!("{there}/attachments/{}", named.id);
    assert_eq!(city.get(&other, &file).await.status, StatusCode::NOT_FOUND);
    // It goes on into a ZIP as what it is: a name.
    let zip = city.bytes(&other, &format!("{there}/files/assessment.zip")).await;
    assert_eq!(documents::package::read(&zip, &documents::package::Caps::default()).unwrap().files.hashes().count(), 0);

    // The same bytes take its place, whatever they are called by then.
    let added = send(&city, &other, &format!("{there}/attachments"), &[], Some(("copy of notice.pdf", bytes))).await;
    assert_eq!(added.status, StatusCode::SEE_OTHER, "{}", added.text);
    let filled = exported(&city, &other, &there).await.attachments;
    assert_eq!((filled.len(), filled[0].id, filled[0].gone.clone()), (1, named.id, None));
    assert_eq!(city.bytes(&other, &file).await, bytes);
    assert!(city.store().check(&domain::people::Scope::Operator).await.unwrap().sound());
}

#[tokio::test]
async fn the_report_tells_of_tasks_and_publications_that_count_for_nothing_here() {
    let (json, _) = signed();
    let city = City::empty().await;
    let (lead, address, _) = through(&city, &json).await;
    let report = words(&city.get(&lead, &format!("{address}/import-report")).await);
    for said in [
        "Tasks that people had elsewhere",
        "Answer a comment: Hackney, by 1 February 2020",
        "1 field decided",
        "Nothing is public here by it",
    ] {
        assert!(report.contains(said), "{said}: {report}");
    }
    let files = words(&city.get(&lead, &format!("{address}/files")).await);
    assert!(files.contains("what was decided about publication") && files.contains("drafts that nobody saved"), "{files}");
}

#[tokio::test]
async fn an_answer_that_others_got_from_the_commissioner_clears_no_risk_here() {
    use domain::dpia::{
        assessment::State,
        ico::{Asked, Consultation, IcoAnswer, IcoOutcome},
        ids::ConsultationId,
        risk::Override,
    };
    let (_, mut bundle) = signed();
    let day = jiff::civil::date(2020, 1, 2);
    bundle.assessment.state = State::Drafting;
    bundle.signatures.clear();
    bundle.risks[0].risk.residual.overridden = Some(Override { level: "high".to_owned(), reason: "It stays so.".to_owned() });
    let risk = bundle.risks[0].risk.clone();
    bundle.consultations = vec![Consultation {
        id: ConsultationId(Uuid::now_v7()),
        assessment: bundle.assessment.id,
        version: bundle.versions[0].id,
        risks: vec![risk.id],
        asked: vec![Asked::of(&risk)],
        sent: day,
        received: Some(day),
        stops: vec![],
        extension: None,
        answer: Some(IcoAnswer {
            on: day,
            outcome: IcoOutcome::MayProceed,
            text: "Go on as planned.".to_owned(),
            before: vec![],
        }),
        withdrawn: None,
        updated_at: bundle.exported_at,
    }];
    let city = City::empty().await;
    let (lead, address, text) = through(&city, &bundle.to_json().unwrap()).await;
    let page = words(&city.get(&lead, &address).await);
    assert!(page.contains("1 high risk is left after measures") && page.contains("the ICO must be consulted"), "{page}");
    assert!(!page.contains("In use since"), "it is a draft here: {page}");
    let report = words(&city.get(&lead, &format!("{address}/import-report")).await);
    for said in
        ["answered on 2 January 2020: The processing may go ahead as planned", "Go on as planned.", "in use since 2 January 2020"]
    {
        assert!(report.contains(said), "{said}: {report}");
    }
    let after = Bundle::from_json(text.as_bytes()).unwrap();
    assert_eq!((after.consultations.len(), after.consultations_elsewhere.len()), (0, 1), "it goes on to be told");
    assert_eq!((after.assessment.live_since, after.live_elsewhere), (None, Some(day)));
    // So it is with what an earlier version of this software let in among those of here.
    let (store, today, asked) = (city.store(), city.app.clock.today(), bundle.consultations.clone());
    bundle.assessment.lead = city.organisation("islington").id;
    (bundle.assessment.project, bundle.assessment.screening, bundle.screening) = (None, None, None);
    bundle.assessment.lead_person = None;
    let operator = domain::people::Scope::Operator;
    let id = store.receive(&operator, city.app.clock.now(), today, bundle, &|_| None, None).await.unwrap();
    let mut write = store.write(&operator, city.app.clock.now()).await.unwrap();
    write.create(&mut asked.clone()).await.unwrap();
    write.commit().await.unwrap();
    let whole = store.assessment(&operator, today, city.app.rules().as_ref(), id).await.unwrap().unwrap();
    assert!(whole.consultations.is_empty() && whole.risks.len() == 1);
}
