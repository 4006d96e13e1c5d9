//! Every paper of one assessment with something of everything: what it says, and that each format takes it.

use super::*;
use documents::{docx, markdown};
use domain::dpia::{
    ids::{PublicationId, RiskId, TaskId, VersionId},
    library::Library,
    modules::Declined,
    place::{Part, Place},
    publication::{Exemption, Publication, Rule, Show, Stage},
    risk::{Assessed, Risk, Source},
    task::About,
    version::Snapshot,
};

pub(super) const AT: i64 = 1_575_370_800_000;

pub(super) fn bundle() -> Bundle {
    Bundle::from_json(include_bytes!("../../../domain/tests/exchange/sample.json")).unwrap()
}

pub(super) fn template() -> Template {
    let library = Library::shipped().unwrap();
    library.templates.iter().find(|template| template.edition.urn.ends_with(":uk-gdpr")).unwrap().clone()
}

/// The document in all three formats; its Markdown, which is easy to look into.
pub(super) fn in_all_formats(document: &Document) -> String {
    let pdf = typeset::pdf(document).unwrap();
    assert!(pdf.starts_with(b"%PDF-"));
    assert!(docx::write(document).unwrap().starts_with(b"PK"));
    markdown::write(document)
}

#[test]
fn a_part_that_is_left_off_stands_at_the_head_of_the_paper_with_its_reasons() {
    let (mut bundle, template) = (bundle(), template());
    let (by, organisation) = (bundle.signatures[0].person, bundle.assessment.lead);
    bundle.assessment.modules.retain(|module| module != "health");
    bundle.assessment.declined.push(Declined {
        module: "health".to_owned(),
        reasons: "Own staff\nalone.".to_owned(),
        because: vec![],
        by,
        organisation,
        at: AT,
        stated: false,
    });
    let people = HashMap::from([(by, "Sam Example".to_owned())]);
    let paper = |bundle: &Bundle| {
        let subject = Subject::new(bundle, &template, people.clone());
        in_all_formats(&assessment::paper(&subject, AT)).replace('\\', "")
    };
    let text = paper(&bundle);
    assert!(text.contains("Left off: Health and social care"), "{text}");
    assert!(text.contains("because: Own staff alone. (Sam Example, "), "{text}");
    bundle.assessment.declined[0].stated = true;
    let text = paper(&bundle);
    assert!(text.contains(", as the imported file states)"), "{text}");
    bundle.assessment.modules.push("health".to_owned());
    assert!(!paper(&bundle).contains("Left off"), "it is on again");
}

#[test]
fn an_assessment_says_all_it_has() {
    let (mut bundle, template) = (bundle(), template());
    bundle.fields[4].place = Place::shared("gone-question");
    let people = HashMap::from([(bundle.signatures[0].person, "Sam Example".to_owned())]);
    let subject = Subject::new(&bundle, &template, people);
    let text = in_all_formats(&assessment::paper(&subject, AT));
    for said in [
        "# Repairs",
        "## Shared body",
        "## Annex: hackney",
        "Localism Act",
        "| R4 |",
        "Medium: Remote, Some impact",
        "Chosen by hand: we know",
        "| M9 |",
        "Overruled: Law",
        "Not answered yet",
        "Answers kept aside",
        "gone\\-question",
        "notice",
        "Sam Example",
        "I am not sure",
        "3 December 2019",
    ] {
        let plain = text.replace('\\', "");
        assert!(plain.contains(&said.replace('\\', "")), "{said} is not in the paper");
    }
}

#[test]
fn the_pack_for_the_commissioner_follows_article_36() {
    let (bundle, template) = (bundle(), template());
    let subject = Subject::new(&bundle, &template, HashMap::new());
    let text = in_all_formats(&consultation::paper(&subject, AT));
    for letter in ["36(3)(a)", "36(3)(b)", "36(3)(c)", "36(3)(d)", "36(3)(e)"] {
        assert!(text.replace('\\', "").contains(letter), "{letter}");
    }
    assert!(text.contains("a-supplier") && text.contains("ig\\@example.org"));
}

#[test]
fn an_agreement_starts_from_the_assessment() {
    let (bundle, template) = (bundle(), template());
    let subject = Subject::new(&bundle, &template, HashMap::new());
    let text = in_all_formats(&agreement::paper(&subject, AT));
    assert!(text.contains("Localism Act") && text.contains("Names") && text.contains("Public task"));
    assert_eq!(agreement::values(&subject).assessment, "2019-7");
}

#[test]
fn changes_are_tracked_with_who_and_when() {
    let (bundle, template) = (bundle(), template());
    let subject = Subject::new(&bundle, &template, HashMap::from([(bundle.fields[0].by, "Sam Example".to_owned())]));
    let mut before = bundle.answers();
    before.insert(Place::shared("aims"), Answer::Text("To help slowly".into()));
    let said = |answers, severity: &str| Snapshot {
        title: bundle.assessment.title.clone(),
        template: template.edition.clone(),
        modules: vec![],
        parties: vec![],
        answers,
        risks: vec![Risk {
            id: RiskId(uuid::Uuid::nil()),
            part: Part::Shared,
            title: "A list is lost".to_owned(),
            description: format!("It would be {severity}."),
            source: Source::Own,
            inherent: Assessed::default(),
            residual: Assessed::default(),
        }],
        measures: vec![],
    };
    let (before, after) = (said(before, "minimal"), said(bundle.answers(), "serious"));
    let earlier = compared::Earlier { name: "Version 1", content: &before };
    let later = compared::Earlier { name: "The text as it stands", content: &after };
    // Who wrote what the later state holds, not who wrote in it last.
    let written = compared::Written {
        answers: [(Place::shared("aims"), ("Noor Example, hackney".to_owned(), AT))].into(),
        items: [(uuid::Uuid::nil(), ("Ada Example, camden".to_owned(), AT))].into(),
    };
    let document = compared::paper(&subject, &earlier, &later, &[], &written, &std::collections::BTreeMap::new(), AT);
    let text = in_all_formats(&document);
    assert!(text.contains("A list is lost") && text.contains("serious"), "risks are compared too: {text}");
    assert!(text.contains("<del>[Removed: ") && text.contains("<ins>[Added: "), "{text}");
    let spans = document.blocks.iter().filter_map(|block| match block {
        Block::Paragraph(text) => Some(&text.spans),
        _ => None,
    });
    let authors: std::collections::BTreeSet<&str> = spans
        .flatten()
        .filter_map(|span| match &span.fate {
            documents::document::Fate::Added(mark) => Some(mark.author.as_str()),
            _ => None,
        })
        .collect();
    assert_eq!(authors, ["Ada Example, camden", "Noor Example, hackney"].into(), "of the answer, and of the risk");

    // Parts of the template that were switched, and the title, are told too: by whom, and why.
    let switched = |title: &str, on: bool, reasons: &str| compared::Switched {
        title: title.to_owned(),
        on,
        who: "Noor Example, camden".to_owned(),
        at: Some(AT),
        reasons: reasons.to_owned(),
    };
    let renamed = Snapshot { title: "Another title".to_owned(), ..after.clone() };
    let later = compared::Earlier { name: "Version 2", content: &renamed };
    let switched = [switched("Children", true, ""), switched("Cameras", false, "The cameras were taken down.")];
    let same = compared::Earlier { name: "Version 1", content: &after };
    let document = compared::paper(
        &subject,
        &same,
        &later,
        &switched,
        &compared::Written::default(),
        &std::collections::BTreeMap::new(),
        AT,
    );
    let text = in_all_formats(&document);
    for said in ["Another", "Children", "Switched on by Noor Example, camden", "Switched off by", "The cameras were taken down."]
    {
        assert!(text.contains(said), "{said}: {text}");
    }
    assert!(!text.contains("Nothing differs"), "{text}");
}

#[test]
fn the_public_sees_no_person_and_nothing_that_was_taken_out() {
    let (bundle, template) = (bundle(), template());
    let reason = "It would help a burglar.".to_owned();
    let publication = Publication {
        id: PublicationId(uuid::Uuid::nil()),
        assessment: bundle.assessment.id,
        version: VersionId(bundle.versions[0].id.0),
        sealed: bundle.versions[0].seals.shared,
        fields: [
            (Place::shared("aims"), Show::Whole),
            (Place::shared("use"), Show::Removed { exemption: Exemption::LawEnforcement, reason }),
        ]
        .into_iter()
        .collect(),
        resting: std::collections::BTreeSet::new(),
        annexes: None,
        listed: None,
        summary: "Repairs, done sooner.".into(),
        by: bundle.fields[0].by,
        prepared_by: std::collections::BTreeSet::new(),
        organisation: bundle.assessment.lead,
        at: AT,
        stage: Stage::Preparing,
        updated_at: AT,
    };
    let order = template
        .fields()
        .map(|(_, field)| (Place::shared(&field.id), Rule { sensitivity: field.sensitivity, labels: field.labels() }))
        .collect();
    let name = |organisation| bundle.organisation(organisation);
    let version = &bundle.versions[0];
    let (parties, products, number, review_on) = (Vec::new(), Vec::new(), "2019-7", None);
    let (publication, template) = (&publication, &template);
    let published =
        public::Published { publication, version, number, template, order, parties, products, review_on, name: &name };
    let text = in_all_formats(&public::paper(&published, AT));
    assert!(!text.contains("Sam Example") && !text.contains("ig\\@example.org"));
    assert!(text.contains("Repairs, done sooner") && text.contains("1 word taken out"), "{text}");
    assert!(text.contains("Section 31") && text.contains("It would help a burglar"));
}

#[test]
fn answers_are_csv_that_no_spreadsheet_runs_and_risks_are_xlsx() {
    let (mut bundle, template) = (bundle(), template());
    bundle.fields[0].answer = Some(Answer::Text("=1+1".into()));
    let subject = Subject::new(&bundle, &template, HashMap::new());
    let csv = String::from_utf8(tables::answers(&subject).unwrap()).unwrap();
    assert!(csv.starts_with("\u{feff}assessment,document,seal,signatures,part,organisation,section,field,question,answer,"));
    assert!(csv.contains(",aims,") && csv.contains(",'=1+1,"), "{csv}");
    assert!(csv.contains("annex,hackney,"));
    assert!(tables::risks(&subject).unwrap().starts_with(b"PK"));
}

/// All text of an archive's parts.
pub(super) fn unzipped(bytes: Vec<u8>) -> String {
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(bytes)).unwrap();
    let mut text = String::new();
    for at in 0..archive.len() {
        let _ = std::io::Read::read_to_string(&mut archive.by_index(at).unwrap(), &mut text);
    }
    text
}

#[test]
fn the_risks_as_xlsx_say_with_whom_the_task_of_a_measure_is_now() {
    let (mut bundle, template) = (bundle(), template());
    let (measure, person) = (bundle.measures[0].measure.id, bundle.signatures[0].person);
    bundle.measures[0].measure.risks = vec![bundle.risks[0].risk.id];
    let task = Task {
        id: TaskId(Uuid::nil()),
        assessment: Some(bundle.assessment.id),
        about: About::Measure { measure },
        note: String::new(),
        assignee: Assignee::Person { person, organisation: bundle.assessment.lead },
        due: None,
        by: None,
        at: AT,
        since: AT,
        done: None,
        reminded: None,
        updated_at: AT,
    };
    let words = |tasks: Vec<Task>| {
        let subject = Subject::new(&bundle, &template, HashMap::from([(person, "Sam Example".to_owned())])).with_tasks(tasks);
        unzipped(tables::risks(&subject).unwrap())
    };
    assert!(words(vec![]).contains("Now with") && !words(vec![]).contains("Sam Example"));
    assert!(words(vec![task]).contains("Sam Example"));
}

#[test]
fn every_file_can_be_made_and_the_zip_comes_back() {
    let (bundle, template) = (bundle(), template());
    let subject = Subject::new(&bundle, &template, HashMap::new());
    for file in files::File::ALL {
        assert_eq!(files::File::parse(file.name()), Some(file));
        let bytes = file.make(&subject, AT, &[b"%PDF-".to_vec()]).unwrap();
        assert!(!bytes.is_empty(), "{}", file.name());
        if file == files::File::Zip {
            let package = documents::package::read(&bytes, &documents::package::Caps::default()).unwrap();
            assert_eq!(Bundle::from_json(&package.document).unwrap(), bundle);
            // A program reads which signatures hold, and of what the words are.
            let told: serde_json::Value = serde_json::from_slice(&package.document).unwrap();
            let signed = &told["stands"]["signatures"][0];
            assert_eq!(signed["signature"], bundle.signatures[0].id.to_string());
            assert_eq!((signed["holds"].as_bool(), signed["state"].as_str()), (Some(true), Some("Signed: holds for this text")));
            assert_eq!(told["stands"]["version"], "Version 1: First");
            assert_eq!(told["stands"]["seals"]["shared"], bundle.signatures[0].shared.to_string());
            let files: Vec<Vec<u8>> = package.files.hashes().map(|hash| package.files.get(hash).unwrap().unwrap()).collect();
            assert_eq!(files, [b"%PDF-".to_vec()]);
        }
    }
}
