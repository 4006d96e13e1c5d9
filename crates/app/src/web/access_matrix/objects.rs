//! One of each object of Camden's, and where each stands in the addresses of routes.

use crate::testing::City;
use domain::{
    dpia::{
        advice::Recommendation,
        assessment::{Assessment, PartyRole},
        attachment::{self, Attachment, Scan},
        ids::{AssessmentId, AttachmentId, ProjectId, RecommendationId},
        place::Part,
        project::Project,
        task::{About, Assignee},
        template::Purpose,
    },
    people::{Membership, PersonId, Role, Scope},
    register::{ids::*, records::*},
    work::sources::{Every, Source, SourceId, SourceKind},
};
use std::collections::BTreeMap;
use store::{
    dpia::Attached,
    drafts::{Draft, Upload},
};
use test_support::{
    dpia::{self, party},
    records,
};
use uuid::Uuid;

/// What no record has.
const MISSING: &str = "00000000-0000-7000-8000-000000000000";

/// One of each object of Camden's: what stands in the place of a path's parameters.
pub struct Objects(BTreeMap<&'static str, String>);

impl Objects {
    /// The object that stands behind a word of a path.
    pub fn of(&self, word: &str) -> String {
        self.0[word].clone()
    }

    /// The address of a route for these objects; with `missing`, for one that is not there.
    pub fn address(&self, path: &str, missing: bool) -> String {
        let parts: Vec<&str> = path.split('/').collect();
        let last = parts.iter().rposition(|part| part.starts_with('{') && !matches!(*part, "{kind}" | "{group}"));
        let filled = parts.iter().enumerate().map(|(place, part)| {
            let before = place.checked_sub(1).map_or("", |place| parts[place]);
            match *part {
                part if !part.starts_with('{') => part.to_owned(),
                "{kind}" => "contract".to_owned(),
                "{group}" => "about".to_owned(),
                _ if missing && Some(place) == last => MISSING.to_owned(),
                "{slug}" if before != "functions" => "camden".to_owned(),
                "{slug}" => "council-tax".to_owned(),
                "{part}" => "shared".to_owned(),
                "{field}" => "aims".to_owned(),
                "{flag}" => self.0["flag"].clone(),
                _ => self.0.get(before).cloned().unwrap_or_else(|| MISSING.to_owned()),
            }
        });
        filled.collect::<Vec<_>>().join("/")
    }
}

/// Makes them; the editor and the lead are people of Camden's.
pub async fn objects(city: &City, editor: PersonId, lead: PersonId) -> Objects {
    let camden = city.organisation("camden").id;
    let now = city.app.clock.now();
    let mut contract = [records::contract(camden, "Housing management system", None)];
    contract[0].origin.source = "register".to_owned();
    let mut supplier = [records::supplier("Bramblewick Software Ltd")];
    let mut product = [records::product("Bramble Housing")];
    let mut system = [System { key: "camden|register|bramble".to_owned(), ..records::system(camden, product[0].id) }];
    let mut skill = [Skill { key: "camden|power bi|expert".to_owned(), ..records::skill(camden, "Power BI") }];
    let import =
        |kind: &str, organisation| Import { files: vec!["register.csv".to_owned()], organisation, ..records::import(kind, now) };
    let mut imports = [import("contracts", Some(camden)), import("merge", None)];
    let mut flag = [Flag {
        id: FlagId(Uuid::now_v7()),
        reason: "new-supplier".to_owned(),
        subject_kind: "supplier".to_owned(),
        subject: supplier[0].id.0,
        note: "'Bramblewick Software Ltd' was not known".to_owned(),
        settled: false,
    }];
    let mut source = [Source {
        id: SourceId(Uuid::now_v7()),
        organisation: camden,
        name: "The published register".to_owned(),
        kind: SourceKind::Csv,
        url: "https://data.example/register.csv".to_owned(),
        mapping: Vec::new(),
        every: Every::Week,
        updated_at: 0,
    }];
    let mut write = city.store().write(&Scope::Operator, now).await.unwrap();
    write.create(&mut supplier).await.unwrap();
    write.create(&mut product).await.unwrap();
    write.create(&mut system).await.unwrap();
    write.create(&mut contract).await.unwrap();
    write.create(&mut skill).await.unwrap();
    write.create(&mut imports).await.unwrap();
    write.create(&mut flag).await.unwrap();
    write.create(&mut source).await.unwrap();
    write.commit().await.unwrap();
    let mut write = city.store().write(&Scope::Operator, now).await.unwrap();
    let calendar = write.add_calendar(editor, [7; 32], true).await.unwrap();
    write.commit().await.unwrap();
    let draft = Draft {
        id: Uuid::now_v7(),
        person: editor.0,
        organisation: camden.0,
        kind: "contract".to_owned(),
        answers: domain::register::edit::Answers::default(),
        updated_at: now,
    };
    city.store().keep_register_draft(&Scope::Operator, &draft).await.unwrap();
    let upload = Upload {
        id: Uuid::now_v7(),
        person: editor.0,
        organisation: camden.0,
        kind: "contracts".to_owned(),
        name: "register.csv".to_owned(),
        content: b"Reference,Title,Supplier\nR1,Parking,not known\n".to_vec(),
        mapping: None,
        updated_at: now,
    };
    city.store().keep_upload(&Scope::Operator, &upload).await.unwrap();
    let (project, assessment) = dpia(city, lead, camden).await;
    let within = within(city, lead, camden, assessment).await;
    let place: Vec<Membership> = city.store().by(&Scope::Operator, "organisation_id", camden.0.to_string()).await.unwrap();
    let member = place.iter().find(|place| place.roles == [Role::Viewer]).unwrap();
    city.refresh().await;
    Objects(
        [
            ("contracts", contract[0].id.to_string()),
            ("systems", system[0].id.to_string()),
            ("skills", skill[0].id.to_string()),
            ("suppliers", supplier[0].id.to_string()),
            ("products", product[0].id.to_string()),
            ("drafts", draft.id.to_string()),
            ("import", upload.id.to_string()),
            ("imports", imports[0].id.to_string()),
            ("merges", imports[1].id.to_string()),
            ("flag", flag[0].id.to_string()),
            ("sources", source[0].id.to_string()),
            ("people", member.id.to_string()),
            ("calendar", calendar.to_string()),
            ("projects", project.to_string()),
            ("assessments", assessment.to_string()),
        ]
        .into_iter()
        .chain(within)
        .collect(),
    )
}

/// What is in an assessment and has an address of its own: one of each, and files by name.
async fn within(city: &City, lead: PersonId, camden: OrganisationId, assessment: AssessmentId) -> Vec<(&'static str, String)> {
    let (now, today) = (city.app.clock.now(), city.app.clock.today());
    let scope = city.acting(lead, "Priya Nair", "camden", &[Role::ProjectLead]);
    let (risk, measure) = (dpia::risk(assessment, lead, camden), dpia::measure(assessment, lead, camden));
    let recommendation = Recommendation {
        id: RecommendationId(Uuid::now_v7()),
        assessment,
        number: 1,
        place: Part::Shared.at("aims"),
        text: "Ask the wardens first.".to_owned(),
        by: lead,
        organisation: camden,
        at: now,
        answer: None,
        answer_stated: None,
        stated: false,
        updated_at: 0,
    };
    let mut work = city.store().work(&scope, now, today, assessment).await.unwrap().unwrap();
    let template = city.app.rules().template_of(&work.whole.assessment, today).unwrap();
    work.put_risk(risk.clone()).await.unwrap();
    work.put_measure(measure.clone()).await.unwrap();
    work.put_recommendation(recommendation.clone()).await.unwrap();
    let about = About::Field { place: Part::Shared.at("aims") };
    work.ask(about, Assignee::Person { person: lead, organisation: camden }, None, "").await.unwrap();
    let task = work.given().last().unwrap().id;
    let version = work.make_version(&template, "First draft", None).await.unwrap();
    work.commit().await.unwrap();
    let bytes = b"What the wardens said.";
    let (kind, _, hash) = attachment::check("wardens.txt", bytes, 0).unwrap();
    let attached = Attachment {
        id: AttachmentId(Uuid::now_v7()),
        assessment,
        place: None,
        name: "wardens.txt".to_owned(),
        kind,
        size: bytes.len(),
        hash,
        scan: Scan::Off,
        by: lead,
        organisation: camden,
        at: now,
        gone: None,
    };
    assert_eq!(city.store().attach(&scope, now, today, attached.clone(), bytes).await.unwrap(), Attached::Done);
    vec![
        ("risks", risk.risk.id.to_string()),
        ("measures", measure.measure.id.to_string()),
        ("advice", recommendation.id.to_string()),
        ("tasks", task.to_string()),
        ("attachments", attached.id.to_string()),
        ("signed", version.to_string()),
        ("{version}", "answers.csv".to_owned()),
        ("files", "answers.csv".to_owned()),
        ("changes", "changes.docx".to_owned()),
        ("parties", "camden".to_owned()),
        ("move", "freeze".to_owned()),
    ]
}

/// A project and an assessment that Camden leads alone.
async fn dpia(city: &City, lead: PersonId, camden: OrganisationId) -> (ProjectId, AssessmentId) {
    let (now, today) = (city.app.clock.now(), city.app.clock.today());
    let scope = city.acting(lead, "Priya Nair", "camden", &[Role::ProjectLead]);
    let mut project = [Project {
        owner: Some(lead),
        parties: vec![party(camden, PartyRole::Controller, now)],
        created_at: now,
        ..dpia::project(camden, "Telecare alerts", "To see who falls.")
    }];
    let mut write = city.store().write(&scope, now).await.unwrap();
    write.create(&mut project).await.unwrap();
    write.commit().await.unwrap();
    let library = domain::dpia::library::Library::shipped().unwrap();
    let template = &library.in_force(Purpose::Dpia, today).expect("a template ships").edition;
    let assessment =
        Assessment { project: Some(project[0].id), lead_person: Some(lead), ..dpia::assessment(template, &[camden], now) };
    let id = city.store().begin_assessment(&scope, now, today, assessment, None).await.unwrap().id;
    (project[0].id, id)
}
