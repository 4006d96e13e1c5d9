//! What the tests of assessments begin with: two councils that write one, and the steps that a test takes for granted.

use crate::{
    testing::{Answer, Browser, City},
    web::dpia::whole,
};
use domain::{
    dpia::{
        assessment::{Assessment, State},
        ids::{AssessmentId, SignatureId, VersionId},
        sign_off::{Kind, Signature},
        template::Purpose,
    },
    people::{PersonId, Role, Scope},
};
use scraper::Selector;
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

    /// Puts an assessment into a state, whatever leads there.
    pub async fn now_in(&self, id: AssessmentId, state: State) {
        let (now, today) = (self.city.app.clock.now(), self.city.app.clock.today());
        let mut work = self.city.store().work(&server(), now, today, id).await.unwrap().unwrap();
        let head = work.whole.assessment.clone();
        work.change_head(Assessment { state, ..head }).await.unwrap();
        work.commit().await.unwrap();
    }

    /// Freezes what is written as a version; that everything required must be answered first is not what is tested here.
    pub async fn frozen(&self) -> VersionId {
        let (now, today) = (self.city.app.clock.now(), self.city.app.clock.today());
        let template = domain::dpia::library::shipped().in_force(Purpose::Dpia, today).unwrap();
        let mut work = self.city.store().work(&self.lead(), now, today, self.id()).await.unwrap().unwrap();
        let routes = self.city.app.rules().routes_of(&work.whole.assessment, today).unwrap();
        let version = work.make_version(template, "", Some(&routes)).await.unwrap();
        let head = work.whole.assessment.clone();
        work.change_head(Assessment { state: State::Signed, frozen: Some(version), ..head }).await.unwrap();
        work.commit().await.unwrap();
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
