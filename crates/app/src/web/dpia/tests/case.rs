//! What the tests of assessments begin with: two councils that write one, and the steps that a test takes for granted.

use crate::{
    testing::{Answer, Browser, City},
    web::dpia::whole,
};
use domain::{
    dpia::{
        assessment::{Assessment, State},
        ico::{Asked, Consultation},
        ids::{AssessmentId, ConsultationId, MeasureId, RiskId, SignatureId, VersionId},
        place::Part,
        risk::{Assessed, Measure, Rating, Risk},
        sign_off::{Kind, Signature},
        template::Purpose,
        version::{MeasureRecord, RiskRecord},
    },
    people::{PersonId, Role, Scope},
};
use jiff::civil::Date;
use scraper::Selector;
use store::dpia::Work;
use uuid::Uuid;

/// The acts on the page of a publication: it is begun.
pub const BEGIN: &[(&str, &str)] = &[("act", "begin")];
/// It has its summary.
pub const SUMMARY: &[(&str, &str)] = &[("act", "summary"), ("summary", "People who fall are visited.")];
/// Somebody else is asked to look.
pub const ASK: &[(&str, &str)] = &[("act", "ask")];

/// The server itself, for what no person does.
pub fn server() -> Scope {
    Scope::Job { name: "test".to_owned() }
}

/// A city with two councils that write one assessment.
pub struct Case {
    pub city: City,
    pub priya: Browser,
    pub dele: Browser,
    pub stranger: Browser,
    pub address: String,
}

/// The address of an assessment that Camden leads, through Priya Nair, and Hackney writes with it.
pub async fn begun(city: &City, lead: PersonId, change: impl FnOnce(&mut Assessment)) -> String {
    let (today, now) = (city.app.clock.today(), city.app.clock.now());
    let rules = city.app.rules();
    let template = rules.in_force(Purpose::Dpia, today).expect("a template ships");
    let controllers = ["camden", "hackney"].map(|slug| city.organisation(slug).id);
    let mut assessment = test_support::dpia::assessment(&template.edition, &controllers, now);
    assessment.lead_person = Some(lead);
    change(&mut assessment);
    let scope = city.acting(lead, "Priya Nair", "camden", &[Role::ProjectLead]);
    let made = city.store().begin_assessment(&scope, now, today, assessment, None).await.unwrap();
    format!("/assessments/{}", made.id)
}

/// A city with an assessment that two councils write, and somebody of a third.
pub async fn case() -> Case {
    let city = City::empty().await;
    let person = city.person("Priya Nair", "camden", &[Role::ProjectLead]).await;
    let priya = city.signed_in(person, "camden").await;
    let other = city.person("Dele Okafor", "hackney", &[Role::Editor]).await;
    let dele = city.signed_in(other, "hackney").await;
    let stranger = city.browser("islington", Role::ProjectLead).await;
    let address = begun(&city, person, |assessment| {
        assessment.title = "Telecare alerts and falls prevention".to_owned();
        assessment.wanted_by = Some(jiff::civil::date(2026, 12, 18));
    })
    .await;
    Case { city, priya, dele, stranger, address }
}

/// What stands in what a selector finds, in one line.
pub fn text(page: &scraper::Html, selector: &str) -> String {
    let selector = Selector::parse(selector).unwrap();
    page.select(&selector).flat_map(|one| one.text()).collect::<String>().split_whitespace().collect::<Vec<_>>().join(" ")
}

/// What a field of a page holds.
pub fn value(page: &scraper::Html, name: &str) -> String {
    let selector = Selector::parse(&format!("[name='{name}']")).unwrap();
    let found = page.select(&selector).next().unwrap_or_else(|| panic!("there is no field {name}"));
    found.value().attr("value").map_or_else(|| found.text().collect(), str::to_owned)
}

impl Case {
    /// Sends an answer of the shared text.
    pub async fn save(&self, who: &Browser, field: &str, version: &str, words: &str) -> Answer {
        let path = format!("{}/shared/{field}", self.address);
        self.city.post(who, &path, &[("version", version), ("answer", words), ("complete", "no"), ("stay", "1")]).await
    }

    /// The assessment.
    pub fn id(&self) -> AssessmentId {
        self.address.rsplit('/').next().unwrap().parse().unwrap()
    }

    /// What Priya Nair may do, for what no page does.
    pub fn lead(&self) -> Scope {
        self.city.acting(self.priya.person.unwrap(), "Priya Nair", "camden", &[Role::ProjectLead])
    }

    async fn held_by(&self, scope: &Scope, id: AssessmentId) -> Work {
        let (now, today) = (self.city.app.clock.now(), self.city.app.clock.today());
        self.city.store().work(scope, now, today, id).await.unwrap().unwrap()
    }

    /// The assessment, held by Priya Nair for what no page does.
    pub async fn held(&self) -> Work {
        self.held_by(&self.lead(), self.id()).await
    }

    /// The assessment, held by the server for what no person does.
    pub async fn by_the_server(&self) -> Work {
        self.held_by(&server(), self.id()).await
    }

    /// Changes what an assessment says of itself.
    async fn change(mut work: Work, change: impl FnOnce(&mut Assessment)) {
        let mut head = work.whole.assessment.clone();
        change(&mut head);
        work.change_head(head).await.unwrap();
        work.commit().await.unwrap();
    }

    /// Puts an assessment into a state, whatever leads there.
    pub async fn now_in(&self, id: AssessmentId, state: State) {
        Self::change(self.held_by(&server(), id).await, |head| head.state = state).await;
    }

    /// The assessment changes under whoever has a page open.
    pub async fn alter(&self, change: impl FnOnce(&mut Assessment)) {
        Self::change(self.held().await, change).await;
    }

    /// A risk of a part with a measure against it.
    pub async fn risk(&self, part: Part, number: u32, severity: &str) -> (RiskId, MeasureId) {
        let mut work = self.held().await;
        let (person, organisation) = (self.priya.person.unwrap(), self.city.organisation("camden").id);
        let rating = Rating { likelihood: "possible".to_owned(), severity: severity.to_owned() };
        let own = test_support::dpia::risk(self.id(), person, organisation);
        let risk = Risk {
            part,
            title: format!("Risk number {number}"),
            inherent: Assessed::default(),
            residual: Assessed { rating: Some(rating), overridden: None },
            ..own.risk
        };
        let planned = test_support::dpia::measure(self.id(), person, organisation);
        let measure = Measure {
            risks: vec![risk.id],
            title: format!("Measure number {number}"),
            organisation: Some(organisation),
            ..planned.measure
        };
        let ids = (risk.id, measure.id);
        work.put_risk(RiskRecord { number, risk, ..own }).await.unwrap();
        work.put_measure(MeasureRecord { number, measure, ..planned }).await.unwrap();
        work.commit().await.unwrap();
        ids
    }

    /// The Commissioner is asked on a day about a risk of what is frozen; `then` is what becomes of it.
    pub async fn asks(
        &self,
        risk: RiskId,
        version: VersionId,
        sent: Date,
        then: impl FnOnce(&mut Consultation),
    ) -> ConsultationId {
        let mut work = self.by_the_server().await;
        let about = vec![Asked::of(work.whole.bound_risk(risk).unwrap())];
        let (id, today) = (ConsultationId(Uuid::now_v7()), self.city.app.clock.today());
        let mut one = Consultation::ask(id, self.id(), version, about, sent, today).unwrap();
        then(&mut one);
        work.put_consultation(one).await.unwrap();
        work.commit().await.unwrap();
        id
    }

    /// Freezes what is written as a version; that everything required must be answered first is not what is tested here.
    pub async fn frozen(&self) -> VersionId {
        let today = self.city.app.clock.today();
        let template = domain::dpia::library::shipped().in_force(Purpose::Dpia, today).unwrap();
        let mut work = self.held().await;
        let routes = self.city.app.rules().routes_of(&work.whole.assessment, today).unwrap();
        let version = work.make_version(template, "", Some(&routes)).await.unwrap();
        Self::change(work, |head| (head.state, head.frozen) = (State::Signed, Some(version))).await;
        version
    }

    /// Has every step of the route signed for every controller, by people who wrote nothing.
    pub async fn signed_by_all(&self) {
        let (app, today) = (&self.city.app, self.city.app.clock.today());
        let rules = app.rules();
        let whole = app.store.assessment(&server(), today, rules.as_ref(), self.id()).await.unwrap().unwrap();
        let template = rules.template_of(&whole.assessment, today).unwrap();
        let routes = whole::routes(app, &whole).unwrap();
        let (version, level) = (whole.frozen().unwrap().clone(), whole.level(&template.matrix));
        let mut steps = Vec::new();
        whole.with_board(&template, &routes, |board| {
            for organisation in &board.controllers {
                for step in board.steps_of(*organisation) {
                    let decision = step.decisions(level).next().unwrap();
                    steps.push((*organisation, step.id.clone(), decision.id.clone(), decision.role));
                }
            }
        });
        let mut signatures = Vec::new();
        for (organisation, step, decision, role) in steps {
            let slug = if organisation == self.city.organisation("camden").id { "camden" } else { "hackney" };
            signatures.push(Signature {
                id: SignatureId(Uuid::now_v7()),
                assessment: self.id(),
                version: version.id,
                step,
                decision,
                kind: Kind::Reviews,
                says: String::new(),
                reasons: String::new(),
                person: self.city.person(&format!("Signer {}", Uuid::now_v7().simple()), slug, &[role]).await,
                organisation,
                role,
                as_deputy: false,
                second_factor: true,
                at: app.clock.now(),
                level,
                shared: version.seals.shared,
                annex: version.seals.annexes[&organisation],
                taken_back: None,
            });
        }
        let mut write = app.store.write(&server(), app.clock.now()).await.unwrap();
        write.create(&mut signatures).await.unwrap();
        write.commit().await.unwrap();
    }

    /// What a page says to somebody, in one line.
    pub async fn main_of(&self, who: &Browser, path: &str) -> String {
        text(&self.city.get(who, path).await.page(), "main")
    }

    /// Acts on the page of its publication.
    pub async fn publish(&self, who: &Browser, fields: &[(&str, &str)]) -> Answer {
        self.city.post(who, &format!("{}/publish", self.address), fields).await
    }

    /// Somebody else of a council, signed in.
    pub async fn colleague(&self, name: &str, slug: &str, role: Role) -> (PersonId, Browser) {
        let person = self.city.person(name, slug, &[role]).await;
        (person, self.city.signed_in(person, slug).await)
    }
}
