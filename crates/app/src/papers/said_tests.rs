//! What papers say where nothing was written, whom the pack for the Commissioner names, and what a public file is sealed by.

use super::{
    tests::{AT, bundle, in_all_formats, template},
    *,
};
use domain::dpia::{
    answer::PersonRef,
    assessment::State,
    edit::FieldState,
    ids::{PublicationId, VersionId},
    place::Place,
    publication::{Listing, Publication, Show, Stage},
    seal::Seal,
};

/// A paper's Markdown without what escapes its signs.
fn plain(document: &Document) -> String {
    in_all_formats(document).replace('\\', "")
}

/// The text under a heading, up to the next of any level.
fn under<'t>(text: &'t str, heading: &str) -> &'t str {
    let from = text.find(heading).unwrap_or_else(|| panic!("{heading} is not in {text}")) + heading.len();
    let rest = &text[from..];
    rest.find("\n#").map_or(rest, |end| &rest[..end]).trim()
}

#[test]
fn a_signed_paper_names_its_risks_and_says_not_answered_yet_of_nothing() {
    let (mut bundle, template) = (bundle(), template());
    let signed = plain(&assessment::paper(&Subject::new(&bundle, &template, HashMap::new()), AT));
    assert!(signed.contains("Not answered") && !signed.contains("Not answered yet"), "{signed}");
    let annex = signed.find("## Annex: hackney").expect("its annex is there");
    assert_eq!(under(&signed[annex..], "Local risks"), "R4", "{signed}");
    let other = signed.find("## Annex: camden").expect("the lead's annex is there");
    assert_eq!(under(&signed[other..], "Local risks"), "None");
    let pack = plain(&consultation::paper(&Subject::new(&bundle, &template, HashMap::new()), AT));
    assert!(!pack.contains("Not answered yet"), "{pack}");
    // What is written still can be answered yet.
    bundle.assessment.state = State::Drafting;
    let draft = plain(&assessment::paper(&Subject::new(&bundle, &template, HashMap::new()), AT));
    assert!(draft.contains("Not answered yet"), "{draft}");
}

/// Camden's contacts, as its annex has them.
fn contacts(bundle: &mut Bundle, people: &[(&str, &str)]) {
    let rows = people.iter().map(|(name, post)| PersonRef {
        id: None,
        name: (*name).to_owned(),
        post: (*post).to_owned(),
        organisation: String::new(),
        contact: String::new(),
    });
    let field = FieldState {
        place: Part::Annex(bundle.assessment.lead).at("our-contacts"),
        answer: Some(Answer::People(rows.collect())),
        ..bundle.fields[0].clone()
    };
    bundle.fields.push(field);
}

#[test]
fn the_pack_names_data_protection_officers_and_calls_nobody_else_one() {
    let (mut bundle, template) = (bundle(), template());
    let lead = bundle.assessment.lead;
    contacts(&mut bundle, &[("Sam Example", "Parking manager")]);
    let officers = |bundle: &Bundle, held: HashMap<OrganisationId, Vec<String>>| {
        let pack = plain(&consultation::paper(&Subject::new(bundle, &template, HashMap::new()).with_officers(held), AT));
        (under(&pack, "36(3)(d)").to_owned(), under(&pack, "## Contacts").to_owned())
    };
    let (named, others) = officers(&bundle, HashMap::new());
    assert!(named.contains("Not stated") && !named.contains("Parking manager") && !named.contains("ig@example.org"), "{named}");
    assert!(others.contains("Sam Example, Parking manager") && others.contains("ig@example.org"), "{others}");
    // Whoever holds the role here is named, and once where the answer names them with their post.
    let (named, _) = officers(&bundle, HashMap::from([(lead, vec!["Helen Example".to_owned()])]));
    assert!(named.contains("Helen Example"), "{named}");
    bundle.fields.pop();
    contacts(&mut bundle, &[("Helen Example", "Data Protection Officer"), ("Sam Example", "Parking manager")]);
    let (named, others) = officers(&bundle, HashMap::from([(lead, vec!["Helen Example".to_owned()])]));
    assert_eq!(named.matches("Helen Example").count(), 1, "{named}");
    assert!(named.contains("Helen Example, Data Protection Officer") && !others.contains("Helen"), "{named} {others}");
}

#[test]
fn a_public_file_says_its_own_number_day_and_seal_and_calls_the_signed_one_by_its_name() {
    let (bundle, template) = (bundle(), template());
    let version = &bundle.versions[0];
    let publication = Publication {
        id: PublicationId(uuid::Uuid::nil()),
        assessment: bundle.assessment.id,
        version: VersionId(version.id.0),
        sealed: version.seals.shared,
        fields: std::iter::once((Place::shared("aims"), Show::Whole)).collect(),
        resting: BTreeSet::new(),
        annexes: None,
        listed: None,
        summary: "Repairs, done sooner.".into(),
        by: bundle.fields[0].by,
        prepared_by: BTreeSet::new(),
        organisation: bundle.assessment.lead,
        at: AT,
        stage: Stage::Published { checked_by: bundle.fields[1].by, at: AT, seal: Seal([3; 32]) },
        updated_at: AT,
    };
    let name = |organisation| bundle.organisation(organisation);
    let published = public::Published {
        publication: &publication,
        version,
        number: "2019-7",
        template: &template,
        order: Vec::new(),
        parties: vec![
            (Listing { organisation: publication.organisation, role: PartyRole::Controller }, None),
            (Listing { organisation: OrganisationId(uuid::Uuid::nil()), role: PartyRole::JointController }, Some(AT)),
        ],
        products: vec!["Zedrepairs".into(), "Zedvisits".into()],
        review_on: Some(jiff::civil::date(2027, 10, 5)),
        name: &name,
    };
    let text = plain(&public::paper(&published, AT));
    let (signed, own) = (version.seals.shared.to_string(), Seal([3; 32]).to_string());
    for said in [
        "assessment 2019-7, as published",
        ", took part until 3 December 2019",
        "Zedrepairs, Zedvisits",
        "Published on",
        "Next review, when this file was made",
        "5 October 2027",
        "3 December 2019",
        "Seal of the signed shared text",
        signed.as_str(),
        "Seal of what is published",
        own.as_str(),
    ] {
        assert!(text.contains(said), "{said} is not in {text}");
    }
    assert!(!text.contains("Hash of the content"), "{text}");
}

#[test]
fn a_paper_tells_what_the_commissioner_was_asked_and_answered() {
    use domain::dpia::ico::{Consultation, IcoOutcome};
    let (mut bundle, template) = (bundle(), template());
    let paper = |bundle: &Bundle| plain(&assessment::paper(&Subject::new(bundle, &template, HashMap::new()), AT));
    assert!(!paper(&bundle).contains("Consultation of the Information Commissioner"), "nobody asked it");
    let (sent, on) = (jiff::civil::date(2019, 11, 4), jiff::civil::date(2019, 12, 2));
    let mut one = Consultation {
        id: domain::dpia::ids::ConsultationId(Uuid::from_u128(7)),
        assessment: bundle.assessment.id,
        version: bundle.versions[0].id,
        risks: vec![bundle.risks[0].risk.id],
        asked: vec![],
        sent,
        received: None,
        stops: vec![],
        extension: None,
        answer: None,
        withdrawn: None,
        updated_at: AT,
    };
    bundle.consultations = vec![one.clone()];
    let open = paper(&bundle);
    assert!(open.contains("### Asked on 4 November 2019") && open.contains("None is recorded"), "{open}");
    one.receive(sent, on).unwrap();
    one.stop(sent, "The contract.", on).unwrap();
    one.answer(on, IcoOutcome::MayProceed, "Go on.", on).unwrap();
    one.correct_answer(IcoOutcome::WithAdvice, "Encrypt it.", "The letter was misread.", AT).unwrap();
    bundle.consultations = vec![one.clone()];
    let told = paper(&bundle);
    let risk = format!("R{}. {}", bundle.risks[0].number, bundle.risks[0].risk.title);
    for said in [
        &risk,
        "Version 1: First",
        "From 4 November 2019, until 2 December 2019: The contract.",
        "It may go ahead with the advice followed",
        "Encrypt it.",
        "Recorded wrongly until",
        "Go on.",
        "Why it was put right: The letter was misread.",
    ] {
        assert!(told.contains(said), "{said}: {told}");
    }
    // One that came in with a document is told as what it states.
    (bundle.consultations, bundle.consultations_elsewhere) = (vec![], vec![one]);
    assert!(paper(&bundle).contains("Asked on 4 November 2019, as the imported file states"), "{}", paper(&bundle));
}
