//! An assessment goes out as JSON and comes back with nothing lost, also one that came from the CNIL's tool.

use domain::dpia::{
    advice::{Answered, Decision, Recommendation},
    answer::{Answer, PersonRef, Reference, Row, Ternary},
    assessment::{Assessment, Joined, Party, PartyRole, State},
    attachment::{Attachment, Kind as FileKind, Scan},
    cnil,
    comment::{Comment, Resolved},
    edit::{Contender, FieldState, How},
    exchange::{Bundle, FORMAT, Named, Unreadable, anew::Receiver, from_cnil},
    export::{agreement, lines},
    ids::*,
    library::Library,
    place::{Part, Place},
    risk::{Assessed, Band, Effect, Measure, Override, Progress, Rating, Risk, Source},
    seal::Seal,
    sign_off::{Kind, Signature},
    template::{
        Template,
        view::{Facts, View},
    },
    version::{MeasureRecord, RiskRecord, Snapshot, Version},
};
use domain::people::{PersonId, Role};
use domain::register::ids::OrganisationId;
use jiff::civil::date;
use proptest::prelude::*;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;
use uuid::Uuid;

const AT: i64 = 1_575_370_800_000;

fn id(number: u128) -> Uuid {
    Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_0000 + number)
}

fn organisation(number: u128) -> OrganisationId {
    OrganisationId(id(number))
}

/// The shipped template, read once: reading it checks it whole.
static TEMPLATE: LazyLock<Template> = LazyLock::new(|| {
    let library = Library::shipped().unwrap();
    library.templates.iter().find(|template| template.edition.urn.ends_with(":uk-gdpr")).unwrap().clone()
});

fn template() -> Template {
    TEMPLATE.clone()
}

fn field(number: u128, place: Place, answer: Option<Answer>) -> FieldState {
    FieldState {
        id: id(number),
        assessment: AssessmentId(id(1)),
        place,
        version: 1,
        answer,
        complete: true,
        by: PersonId(id(900)),
        organisation: organisation(10),
        at: AT,
        how: How::Saved,
        writers: BTreeSet::from([PersonId(id(900))]),
        contenders: vec![],
        updated_at: AT,
    }
}

/// An assessment of two controllers and a processor with something of everything.
fn bundle() -> Bundle {
    let template = template();
    let (one, two) = (organisation(10), organisation(11));
    let by = PersonId(id(900));
    let assessment = AssessmentId(id(1));
    let party = |organisation, role, joined| Party {
        organisation,
        role,
        joined,
        since: AT,
        by: Some(by),
        contacts: vec!["ig@example.org".into()],
    };
    let row = Row {
        id: RowId(id(500)),
        cells: BTreeMap::from([
            ("data".to_owned(), Answer::Text("Names".into())),
            ("people".to_owned(), Answer::Many(vec!["tenants".into()])),
        ]),
    };
    let flow = Row {
        id: RowId(id(501)),
        cells: BTreeMap::from([
            ("from".to_owned(), Answer::Text("Camden".into())),
            ("to".to_owned(), Answer::Text("Hackney".into())),
        ]),
    };
    let mut clash = field(103, Place::shared("use"), Some(Answer::Text("A".into())));
    clash.contenders.push(Contender {
        from: 1,
        base: None,
        answer: Some(Answer::Text("B".into())),
        by,
        organisation: two,
        at: AT,
    });
    let fields = vec![
        field(100, Place::shared("aims"), Some(Answer::Text("To help\n\"quickly\" \u{1F600} \0".into()))),
        field(101, Place::shared("lawful-basis"), Some(Answer::Many(vec!["public-task".into()]))),
        field(102, Place::shared("data-items"), Some(Answer::Rows(vec![row]))),
        clash,
        field(104, Place::shared("data-flows"), Some(Answer::Rows(vec![flow]))),
        field(105, Place::shared("children"), Some(Answer::Ternary(Ternary::Unsure))),
        field(106, Place::shared("review-date"), Some(Answer::Date(date(2020, 12, 3)))),
        field(107, Place::shared("systems"), Some(Answer::Systems(vec![Reference { id: Some(id(700)), name: "S".into() }]))),
        field(
            108,
            Place::shared("contacts"),
            Some(Answer::People(vec![PersonRef { post: "Lead".into(), ..PersonRef::default() }])),
        ),
        field(109, Place::annex(one, "gateway"), Some(Answer::Text("Housing Act".into()))),
        field(110, Place::annex(two, "gateway"), Some(Answer::Text("Localism Act".into()))),
        field(111, Place::shared("views"), None),
    ];
    let risk = Risk {
        id: RiskId(id(300)),
        part: Part::Annex(two),
        title: "Wrong person".into(),
        description: String::new(),
        source: Source::Rule { rule: "r".into(), why: "because".into() },
        inherent: Assessed {
            rating: Some(Rating { likelihood: "probable".into(), severity: "serious".into() }),
            overridden: None,
        },
        residual: Assessed {
            rating: Some(Rating { likelihood: "remote".into(), severity: "some".into() }),
            overridden: Some(Override { level: "medium".into(), reason: "we know".into() }),
        },
    };
    let measure = Measure {
        id: MeasureId(id(400)),
        risks: vec![risk.id],
        title: "Check".into(),
        description: "Twice".into(),
        effect: Some(Effect::Reduced),
        owner: PersonRef { post: "Head".into(), ..PersonRef::default() },
        organisation: Some(two),
        due: Some(date(2020, 1, 1)),
        progress: Progress::Done,
        done_on: Some(date(2019, 12, 31)),
        evidence: "Minutes".into(),
    };
    let head = Assessment {
        id: assessment,
        number: "2019-7".into(),
        project: Some(ProjectId(id(2))),
        screening: None,
        title: "Repairs".into(),
        template: template.edition.clone(),
        modules: vec![],
        lead: one,
        lead_person: Some(by),
        state: State::Live,
        state_since: AT,
        wanted_by: Some(date(2020, 1, 1)),
        parties: vec![
            party(one, PartyRole::JointController, Joined::Accepted),
            party(two, PartyRole::JointController, Joined::Accepted),
            party(organisation(12), PartyRole::Processor, Joined::Accepted),
        ],
        guests: vec![],
        systems: vec![],
        contracts: vec![],
        planned: vec![],
        frozen: Some(VersionId(id(600))),
        live_since: Some(date(2020, 1, 2)),
        review_on: Some(date(2021, 1, 2)),
        elsewhere: None,
        superseded_by: None,
        open_annexes: [].into(),
        created_at: AT,
        updated_at: AT,
    };
    let content = Snapshot {
        title: head.title.clone(),
        template: head.template.clone(),
        modules: vec![],
        parties: head.parties.clone(),
        answers: fields.iter().filter_map(|field| Some((field.place.clone(), field.answer.clone()?))).collect(),
        risks: vec![risk.clone()],
        measures: vec![measure.clone()],
    };
    let seals = content.seals([one, two], &|field| template.signed(field));
    let signature = Signature {
        id: SignatureId(id(650)),
        assessment,
        version: VersionId(id(600)),
        step: "risk".into(),
        decision: "accepted".into(),
        kind: Kind::AcceptsRisk,
        says: "I accept".into(),
        reasons: "fine".into(),
        person: by,
        organisation: two,
        role: Role::Siro,
        as_deputy: true,
        second_factor: true,
        at: AT,
        level: Band::Medium,
        shared: seals.shared,
        annex: seals.annexes[&two],
    };
    let comment = Comment {
        id: CommentId(id(200)),
        assessment,
        place: Place::shared("aims"),
        thread: None,
        text: "Why?".into(),
        mentions: vec![by],
        by,
        organisation: two,
        at: AT,
        edited_at: Some(AT + 1),
        resolved: Some(Resolved { by, at: AT + 2 }),
        updated_at: AT,
    };
    let reply = Comment {
        id: CommentId(id(201)),
        thread: Some(comment.id),
        mentions: vec![],
        edited_at: None,
        resolved: None,
        ..comment.clone()
    };
    let recommendation = Recommendation {
        id: RecommendationId(id(250)),
        assessment,
        number: 1,
        place: Place::shared("deletion"),
        text: "Sooner".into(),
        by,
        organisation: one,
        at: AT,
        answer: Some(Answered {
            decision: Decision::Overruled,
            reasons: "Law".into(),
            by,
            role: Role::Siro,
            as_deputy: false,
            organisation: one,
            at: AT,
        }),
        updated_at: AT,
    };
    let named = |organisation: OrganisationId, slug: &str| Named { id: organisation, slug: slug.into(), name: slug.into() };
    let file = Attachment {
        id: AttachmentId(id(800)),
        assessment,
        place: Some(Place::shared("informed")),
        name: "notice.pdf".into(),
        kind: FileKind::Pdf,
        size: 5,
        hash: seals.shared,
        scan: Scan::Clean,
        by,
        organisation: one,
        at: AT,
    };
    let stored = |risk| RiskRecord {
        assessment,
        number: 4,
        risk,
        writers: BTreeSet::from([by]),
        look: None,
        by,
        organisation: two,
        updated_at: AT,
    };
    Bundle {
        format: FORMAT.into(),
        exported_at: AT,
        organisations: vec![named(one, "camden"), named(two, "hackney"), named(organisation(12), "a-supplier")],
        assessment: head,
        screening: None,
        history: vec![field(100, Place::shared("aims"), Some(Answer::Text("Before".into())))],
        fields,
        comments: vec![comment, reply],
        recommendations: vec![recommendation],
        risks: vec![stored(risk)],
        measures: vec![MeasureRecord {
            assessment,
            number: 9,
            measure,
            writers: BTreeSet::new(),
            by,
            organisation: two,
            updated_at: AT,
        }],
        versions: vec![Version {
            id: VersionId(id(600)),
            assessment,
            number: 1,
            name: "First".into(),
            frozen: true,
            content,
            seals,
            by,
            organisation: one,
            at: AT,
        }],
        signatures: vec![signature],
        signed_elsewhere: vec![],
        consultations: vec![],
        register: vec![],
        register_elsewhere: vec![],
        invited: vec![],
        invited_elsewhere: vec![],
        attachments: vec![file],
        imported: vec![],
        import_report: None,
    }
}

fn receiver(known: &[Named]) -> Receiver<'_> {
    let organisation = Named { id: organisation(77), slug: "islington".into(), name: "Islington".into() };
    Receiver { organisation, known, register: &[], person: PersonId(id(950)), number: "2026-1".into(), at: AT + 10 }
}

fn counter() -> impl FnMut() -> Uuid {
    let mut next = 10_000;
    move || {
        next += 1;
        id(next)
    }
}

#[test]
fn everything_comes_back_from_json() {
    let bundle = bundle();
    let json = bundle.to_json().unwrap();
    assert_eq!(Bundle::from_json(json.as_bytes()).unwrap(), bundle);
    assert_eq!(Bundle::from_json(format!("\u{FEFF}{json}").as_bytes()).unwrap(), bundle);
    assert!(json.ends_with("}\n") && json.contains("\"format\": \"city-tools assessment 1\""));
}

/// The JSON itself is held to, so that a change of its shape is seen; `UPDATE_FIXTURES=1` writes it anew.
#[test]
fn the_json_is_as_it_was() {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/exchange/sample.json");
    let json = bundle().to_json().unwrap();
    if std::env::var_os("UPDATE_FIXTURES").is_some() {
        std::fs::write(file, &json).unwrap();
    }
    assert_eq!(json, std::fs::read_to_string(file).unwrap());
}

#[test]
fn the_seals_can_be_computed_again_from_the_document() {
    let bundle = Bundle::from_json(bundle().to_json().unwrap().as_bytes()).unwrap();
    let template = template();
    let version = &bundle.versions[0];
    let again = version.content.seals(bundle.assessment.controllers(), &|field| template.signed(field));
    assert_eq!(again, version.seals);
    assert!(bundle.signatures[0].holds(&again));
}

#[test]
fn what_is_no_assessment_is_refused_with_its_place() {
    let refused = |text: &str| Bundle::from_json(text.as_bytes()).unwrap_err();
    assert!(matches!(refused("{"), Unreadable::NotJson(_)));
    assert_eq!(refused("{}"), Unreadable::OtherFormat);
    assert_eq!(refused(r#"{"format":"something else"}"#), Unreadable::OtherFormat);
    let mut value: Value = serde_json::from_str(&bundle().to_json().unwrap()).unwrap();
    value["fields"][0]["answer"] = serde_json::json!({"text": "a", "choice": "b"});
    let Unreadable::Schema { pointer, .. } = refused(&value.to_string()) else { panic!("a schema's refusal") };
    assert_eq!(pointer, "/fields/0/answer");
}

#[test]
fn an_imported_document_has_ids_of_its_own_and_no_signature_that_counts() {
    let before = bundle();
    let here = [Named { id: organisation(55), slug: "hackney".into(), name: "Hackney".into() }];
    let template = template();
    let after = before.anew(&receiver(&here), Some(&template), &mut counter()).unwrap();

    assert_ne!(after.assessment.id, before.assessment.id);
    assert!(after.fields.iter().all(|field| field.assessment == after.assessment.id));
    assert_eq!(after.comments[1].thread, Some(after.comments[0].id), "links within hold");
    assert_eq!(after.measures[0].measure.risks, [after.risks[0].risk.id]);
    assert_eq!(after.history[0].id, after.fields[0].id);
    assert_eq!(after.risks[0].risk.part, Part::Annex(organisation(55)), "Hackney is found again by its short name");
    assert!(after.fields.iter().any(|field| field.place == Place::annex(organisation(55), "gateway")));
    assert!(
        after.fields.iter().any(|field| field.place == Place::annex(organisation(10), "gateway")),
        "Camden is not known here"
    );

    assert_eq!((after.assessment.state, after.assessment.number.as_str()), (State::Recorded, "2026-1"));
    assert!(after.signatures.is_empty() && after.signed_elsewhere.len() == 1);
    let elsewhere = after.assessment.elsewhere.as_ref().unwrap();
    assert_eq!(elsewhere.signatories, ["senior information risk owner, hackney"]);
    assert_eq!(elsewhere.level, Some(Band::Medium));
    assert_eq!(after.assessment.lead, organisation(77));
    assert_eq!(after.assessment.parties[0].organisation, organisation(77));
    let hackney = after.assessment.party(organisation(55)).unwrap();
    assert_eq!(hackney.joined, Joined::Invited, "nobody takes part without saying so here");

    let texts = |bundle: &Bundle| bundle.fields.iter().map(|field| field.answer.clone()).collect::<Vec<_>>();
    assert_eq!(texts(&after), texts(&before));
    assert_eq!(Bundle::from_json(after.to_json().unwrap().as_bytes()).unwrap(), after);
}

#[test]
fn a_file_of_the_cnil_becomes_a_document_that_keeps_every_text() {
    let file = std::fs::read(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/cnil/full.json")).unwrap();
    let pia = cnil::read(&file).unwrap();
    let import = cnil::import(&pia[0]);
    let template = template();
    let bundle = from_cnil::bundle(&import, &template, &receiver(&[]), &mut counter());
    let json = bundle.to_json().unwrap();
    let bundle = Bundle::from_json(json.as_bytes()).unwrap();

    let value: Value = serde_json::from_str(&json).unwrap();
    let kept: BTreeSet<&str> =
        value["imported"].as_array().unwrap().iter().map(|entry| entry["source"]["text"].as_str().unwrap()).collect();
    for leaf in pia[0].leaves() {
        assert!(kept.contains(leaf.text.as_str()), "{}", leaf.reference);
    }
    assert_eq!(bundle.imported.len(), pia[0].leaves().len());

    let answers = bundle.answers();
    assert_eq!(answers[&Place::shared("aims")], Answer::Text("To help quickly.".into()));
    let Answer::Rows(rows) = &answers[&Place::shared("data-items")] else { panic!("a table") };
    assert_eq!(rows.len(), 2);
    assert_eq!(
        answers[&Place::annex(organisation(77), "dpo-advice")],
        Answer::Text("Could go ahead once retention is shorter.".into())
    );
    assert_eq!((bundle.assessment.state, bundle.risks.len(), bundle.measures.len()), (State::Recorded, 1, 2));
    let risk = &bundle.risks[0].risk;
    assert_eq!(risk.inherent.rating, Some(Rating { likelihood: "remote".into(), severity: "serious".into() }));
    assert_eq!(bundle.measures[0].measure.risks, [risk.id]);
    assert!(
        bundle
            .comments
            .iter()
            .any(|comment| comment.text == "Evaluation: can be better\nToo long." && comment.place == Place::shared("deletion"))
    );
}

#[test]
fn every_answer_of_the_cnil_has_a_field_in_the_shipped_template() {
    let template = template();
    for slot in cnil::questions::Slot::ALL {
        assert!(template.field(from_cnil::field(slot)).is_some(), "{slot:?}");
    }
}

#[test]
fn an_agreement_takes_over_parties_purposes_bases_data_and_flows() {
    let (bundle, template) = (bundle(), template());
    let (answers, screened, modules) = (bundle.answers(), BTreeMap::new(), BTreeSet::new());
    let facts = Facts { several_controllers: true, processors: true, risks: 1 };
    let view = View { template: &template, answers: &answers, screened: &screened, modules: &modules, facts, part: Part::Shared };
    let seal: Seal = bundle.versions[0].seals.shared;
    let values =
        agreement::hand_over(&bundle.assessment, view, &|id| bundle.organisation(id), ("Version 1", Some(seal.to_string())));
    assert_eq!(values.parties.len(), 3);
    assert_eq!(values.parties[1].says[0].answer, "Localism Act");
    assert!(values.parties[2].says.is_empty(), "a processor has no gateway");
    assert_eq!(values.purposes[0].field, "aims");
    assert_eq!(values.lawful_bases[0].field, "lawful-basis");
    assert_eq!(values.data_items[0].rows[0][..2], ["Names".to_owned(), "Tenants and leaseholders".to_owned()]);
    assert_eq!(values.data_flows[0].rows[0][1], "Hackney");
    let json = serde_json::to_value(&values).unwrap();
    assert_eq!(json["format"], "city-tools data sharing hand-over 1");

    let lines = lines(view, [Part::Shared, Part::Annex(organisation(11))]);
    let gateway = lines.iter().find(|line| line.place == Place::annex(organisation(11), "gateway")).unwrap();
    assert_eq!(gateway.text(), "Localism Act");
    assert!(lines.iter().any(|line| line.answer.is_none()), "questions without an answer stand too");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Whatever is written anywhere comes back letter for letter.
    #[test]
    fn any_text_survives(texts in proptest::collection::vec(any::<String>(), 6), number in any::<i64>(), version in 0u32..1_000_000) {
        let mut bundle = bundle();
        bundle.assessment.title = texts[0].clone();
        bundle.fields[0].answer = Some(Answer::Text(texts[1].clone()));
        bundle.fields[0].version = version;
        bundle.comments[0].text = texts[2].clone();
        bundle.risks[0].risk.description = texts[3].clone();
        bundle.attachments[0].name = texts[4].clone();
        bundle.signatures[0].reasons = texts[5].clone();
        bundle.exported_at = number;
        let back = Bundle::from_json(bundle.to_json().unwrap().as_bytes()).unwrap();
        prop_assert_eq!(&back, &bundle);
        let anew = bundle.anew(&receiver(&[]), None, &mut counter()).unwrap();
        prop_assert_eq!(&anew.fields[0].answer, &bundle.fields[0].answer);
        prop_assert_eq!(&anew.comments[0].text, &bundle.comments[0].text);
    }
}
