//! Assessments in the database: nothing that anybody saved is lost, nobody sees what is not theirs, moves and signatures last.

mod attachments;
mod late;
mod measures;
mod races;
mod reviews;
mod sight;
mod signing;
mod writing;

use domain::{
    dpia::{
        access::Sight,
        answer::Answer,
        assessment::{Assessment, Guest, PartyRole, State},
        attachment::{self, Attachment, Scan},
        comment::{self, Comment},
        edit::{Draft, Outcome, Refusal, Sent},
        ids::*,
        library::Library,
        place::{Part, Place},
        presence::Presence,
        project::Project,
        publication::{Publication, Stage},
        review::{Spot, Trigger},
        sign_off::{Route, Routes},
        task::{About, Absence, Assignee, Away},
        template::{Purpose, Template},
        workflow::{Condition, Move, Refusal as Unmoved},
    },
    people::{Member, Person, PersonId, Role, Scope},
    register::ids::OrganisationId,
};
use jiff::civil::{Date, date};
use std::collections::BTreeMap;
use store::{
    Store,
    dpia::{
        Answered, Attached, Removed,
        answers::Change,
        work::{Moved, Moving, Refused},
    },
};
use test_support::{
    TestDatabase,
    dpia::{party, project},
    operator, people,
    records::organisation,
};
use uuid::Uuid;

const TODAY: Date = date(2026, 11, 23);
const NOW: i64 = 1_795_000_000_000;

struct City {
    store: Store,
    database: TestDatabase,
    library: Library,
    councils: Vec<OrganisationId>,
}

impl City {
    /// Some councils with nobody in them.
    async fn new(councils: usize) -> Self {
        let database = TestDatabase::migrated().await;
        let store = database.open().await;
        let mut records: Vec<_> = (0..councils).map(|number| organisation(&format!("council-{number}"))).collect();
        let mut write = store.write(&operator(), NOW).await.unwrap();
        write.create(&mut records).await.unwrap();
        write.commit().await.unwrap();
        let library = Library::shipped().unwrap();
        Self { store, database, library, councils: records.iter().map(|one| one.id).collect() }
    }

    fn template(&self) -> &Template {
        self.library.in_force(Purpose::Dpia, TODAY).unwrap()
    }

    /// A person with roles at a council.
    async fn person(&self, council: usize, roles: &[Role]) -> Member {
        let mut person = [Person { illustrative: true, ..people::person("", None) }];
        let id = person[0].id;
        person[0].name = format!("Person {}", &id.to_string()[30..]);
        let mut membership = [people::place(id, self.councils[council], roles, NOW)];
        let mut write = self.store.write(&operator(), NOW).await.unwrap();
        write.create(&mut person).await.unwrap();
        write.create(&mut membership).await.unwrap();
        write.commit().await.unwrap();
        people::member(id, &person[0].name, self.councils[council], roles, NOW)
    }

    /// An assessment that the first council leads, with others as joint controllers.
    async fn assessment(&self, by: &Member, others: &[usize]) -> AssessmentId {
        self.led(by, 0, others).await
    }

    /// An assessment that a council leads, with others as joint controllers.
    async fn led(&self, by: &Member, lead: usize, others: &[usize]) -> AssessmentId {
        let councils: Vec<_> =
            std::iter::once(lead).chain(others.iter().copied()).map(|council| self.councils[council]).collect();
        let parties = councils.iter().map(|council| party(*council, PartyRole::JointController, NOW)).collect();
        let assessment = Assessment { parties, ..test_support::dpia::assessment(&self.template().edition, &councils, NOW) };
        self.store.begin_assessment(&scope(by), NOW, TODAY, assessment, None).await.unwrap().id
    }

    async fn save(&self, member: &Member, assessment: AssessmentId, place: &Place, from: u32, text: &str) -> Answered {
        let sent = Sent { from, answer: Some(Answer::Text(text.to_owned())), complete: true };
        self.store
            .answer(&scope(member), NOW, TODAY, self.template(), assessment, place, &Change::Save(sent), None)
            .await
            .unwrap()
    }

    /// Makes a move, and keeps it where it can be made.
    async fn makes(
        &self,
        scope: &Scope,
        assessment: AssessmentId,
        routes: &Routes,
        step: Move,
        moving: &Moving<'_>,
    ) -> Result<Moved, Refused> {
        let mut work = self.store.work(scope, NOW, TODAY, assessment).await.unwrap().unwrap();
        let moved = work.make_move(self.template(), routes, step, moving).await.unwrap()?;
        work.commit().await.unwrap();
        Ok(moved)
    }

    async fn load(&self, scope: &Scope, assessment: AssessmentId) -> Option<domain::dpia::whole::Whole> {
        self.store.assessment(scope, TODAY, &self.library, assessment).await.unwrap()
    }
}

fn scope(member: &Member) -> Scope {
    Scope::Member(Box::new(member.clone()))
}

/// The route of sign-off that ships.
fn shipped_route() -> Routes {
    Routes::from(Route::read("sign-off.yaml", domain::dpia::sign_off::route::SHIPPED).unwrap())
}

fn text(answer: Option<&Answer>) -> &str {
    match answer {
        Some(Answer::Text(text)) => text,
        _ => "",
    }
}

/// Fills what is required, so that the text can be frozen.
async fn fill(city: &City, member: &Member, assessment: AssessmentId) {
    for _ in 0..20 {
        let whole = city.load(&scope(member), assessment).await.unwrap();
        let parts = [Part::Shared, Part::Annex(member.acting_for)];
        let missing: Vec<Place> = parts
            .iter()
            .flat_map(|part| whole.missing(city.template(), *part).into_iter().map(|field| part.at(&field)))
            .collect();
        if missing.is_empty() {
            return;
        }
        for place in missing {
            if place.field == "risks" || city.template().field(&place.field).is_some_and(|field| field.kind.as_str() == "risks") {
                let mut work = city.store.work(&scope(member), NOW, TODAY, assessment).await.unwrap().unwrap();
                work.put_risk(risk(member, assessment, place.part)).await.unwrap();
                work.commit().await.unwrap();
                continue;
            }
            let answer = example(city.template(), &place.field);
            let sent = Sent { from: 0, answer: Some(answer), complete: true };
            let done = city
                .store
                .answer(&scope(member), NOW, TODAY, city.template(), assessment, &place, &Change::Save(sent), None)
                .await
                .unwrap();
            assert!(matches!(done, Answered::Done(_)), "{place}: {done:?}");
        }
    }
    panic!("it is never complete");
}

/// A low risk of a part.
fn risk(member: &Member, assessment: AssessmentId, part: Part) -> domain::dpia::version::RiskRecord {
    let mut record = test_support::dpia::risk(assessment, member.person, member.acting_for);
    record.risk.part = part;
    record
}

fn example(template: &Template, field: &str) -> Answer {
    use domain::dpia::{
        answer::{PersonRef, Reference, Row, Ternary},
        template::field::FieldKind,
    };
    fn of(kind: &FieldKind) -> Answer {
        match kind {
            FieldKind::Text { .. } | FieldKind::Risks => Answer::Text("It is said here.".to_owned()),
            FieldKind::Choice { options } => Answer::Choice(options[0].id.clone()),
            FieldKind::Many { options } => Answer::Many(vec![options[0].id.clone()]),
            FieldKind::Ternary => Answer::Ternary(Ternary::No),
            FieldKind::Date => Answer::Date(TODAY),
            FieldKind::People => Answer::People(vec![PersonRef { post: "Head of Housing".to_owned(), ..PersonRef::default() }]),
            FieldKind::Organisations => Answer::Organisations(vec![Reference::named("A school")]),
            FieldKind::Systems => Answer::Systems(vec![Reference::named("A system")]),
            FieldKind::Suppliers => Answer::Suppliers(vec![Reference::named("A supplier")]),
            FieldKind::Rows { columns, .. } => Answer::Rows(vec![Row {
                id: RowId(Uuid::now_v7()),
                cells: columns.iter().map(|column| (column.id.clone(), of(&column.kind))).collect(),
            }]),
        }
    }
    of(&template.field(field).unwrap().kind)
}

fn annex_field(city: &City) -> String {
    use domain::dpia::template::{In, field::FieldKind};
    city.template()
        .fields()
        .find(|(section, field)| {
            section.part == In::Annex
                && field.signed
                && section.module.is_none()
                && matches!(field.kind, FieldKind::Text { .. })
                && field.when.is_none()
        })
        .map(|(_, field)| field.id.clone())
        .unwrap()
}
