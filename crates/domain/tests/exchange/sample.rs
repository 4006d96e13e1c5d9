//! An assessment with something of everything.

use super::{AT, id, organisation, template};
use domain::{
    dpia::{
        advice::{Answered, Decision, Recommendation},
        answer::{Answer, PersonRef, Reference, Row, Ternary},
        assessment::{Assessment, Joined, Party, PartyRole, State},
        attachment::{Attachment, Kind as FileKind, Scan},
        comment::{Comment, Resolved},
        edit::{Contender, FieldState, How},
        exchange::{Bundle, FORMAT, Named},
        ids::*,
        place::{Part, Place},
        publication::{Publication, Show, Stage},
        risk::{Assessed, Band, Effect, Measure, Override, Progress, Rating, Risk, Source},
        sign_off::{Kind, Signature},
        task::{About, Assignee, Task},
        version::{MeasureRecord, RiskRecord, Snapshot, Version},
    },
    people::{PersonId, Role},
    register::ids::OrganisationId,
};
use jiff::civil::date;
use std::collections::{BTreeMap, BTreeSet};

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
        stated: false,
    }
}

/// An assessment of two controllers and a processor with something of everything.
pub fn bundle() -> Bundle {
    let template = template();
    let (one, two) = (organisation(10), organisation(11));
    let by = PersonId(id(900));
    let assessment = AssessmentId(id(1));
    let party = |organisation, role, joined| Party {
        by: Some(by),
        contacts: vec!["ig@example.org".into()],
        ..Party::new(organisation, role, joined, AT)
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
        number: "2019-7".into(),
        project: Some(ProjectId(id(2))),
        title: "Repairs".into(),
        lead_person: Some(by),
        state: State::Live,
        wanted_by: Some(date(2020, 1, 1)),
        parties: vec![
            party(one, PartyRole::JointController, Joined::Accepted),
            party(two, PartyRole::JointController, Joined::Accepted),
            party(organisation(12), PartyRole::Processor, Joined::Accepted),
        ],
        frozen: Some(VersionId(id(600))),
        live_since: Some(date(2020, 1, 2)),
        review_on: Some(date(2021, 1, 2)),
        ..Assessment::blank(assessment, &template.edition, one, AT)
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
        taken_back: None,
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
        stated: false,
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
            stated: false,
        }),
        answer_stated: None,
        updated_at: AT,
        stated: false,
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
        gone: None,
    };
    let task = Task {
        id: TaskId(id(820)),
        assessment: Some(assessment),
        about: About::Comment { comment: comment.id, place: comment.place.clone() },
        note: String::new(),
        assignee: Assignee::Role { organisation: two, role: Role::ProjectLead },
        due: Some(date(2020, 2, 1)),
        by: Some(by),
        at: AT,
        since: AT,
        done: None,
        reminded: None,
        updated_at: AT,
    };
    let publication = Publication {
        id: PublicationId(id(830)),
        assessment,
        version: VersionId(id(600)),
        sealed: seals.shared,
        fields: [(Place::shared("aims"), Show::LeftOut)].into(),
        resting: BTreeSet::new(),
        annexes: None,
        listed: None,
        summary: "Repairs are planned.".into(),
        by,
        prepared_by: BTreeSet::new(),
        organisation: one,
        at: AT,
        stage: Stage::Preparing,
        updated_at: AT,
    };
    let stored = |risk| RiskRecord {
        assessment,
        number: 4,
        risk,
        writers: BTreeSet::from([by]),
        look: None,
        by,
        organisation: two,
        stated: false,
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
            stated: false,
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
            routes: BTreeMap::new(),
            by,
            organisation: one,
            at: AT,
            stated: false,
        }],
        signatures: vec![signature],
        signed_elsewhere: vec![],
        consultations: vec![],
        consultations_elsewhere: vec![],
        live_elsewhere: None,
        register: vec![],
        register_elsewhere: vec![],
        invited: vec![],
        invited_elsewhere: vec![],
        attachments: vec![file],
        tasks: vec![task],
        tasks_elsewhere: vec![],
        publications: vec![publication],
        publications_elsewhere: vec![],
        imported: vec![],
        import_report: None,
    }
}
