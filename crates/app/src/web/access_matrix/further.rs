//! What some routes are about and the first of each kind is not: an assessment that was made elsewhere, one that came in as a file, one
//! that Camden signed and left, one that is made ready for the public; a project that asks Camden to take part, and one that was
//! screened twice.

use crate::{
    testing::{Browser, City},
    web::exchange::tests::{CNIL, send},
};
use domain::{
    dpia::{
        answer::Ternary,
        assessment::{Assessment, Elsewhere, Joined, Party, PartyRole, State},
        ids::{AssessmentId, ProjectId, PublicationId, ScreeningId, SignatureId, VersionId},
        project::{Project, Screening},
        publication::{Publication, Stage},
        risk::Band,
        screening::outcome,
        seal::Seal,
        sign_off::{Kind, Signature},
        template::Purpose,
    },
    people::{Role, Scope},
    register::ids::OrganisationId,
};
use std::collections::{BTreeMap, BTreeSet};
use test_support::dpia::{self, party};
use uuid::Uuid;

/// One of each.
pub struct Further {
    recorded: AssessmentId,
    brought: String,
    left: AssessmentId,
    shown: AssessmentId,
    asked: ProjectId,
    screened: ProjectId,
    question: String,
}

impl Further {
    /// Makes them; the lead is a person of Camden's.
    pub async fn of(city: &City, lead: &Browser) -> Self {
        let camden = city.organisation("camden").id;
        let scope = city.acting(lead.person.unwrap(), "Priya Nair", "camden", &[Role::ProjectLead]);
        let recorded = begun(city, &scope, &[camden]).await;
        change(city, &scope, recorded, |head| {
            head.state = State::Recorded;
            head.elsewhere = Some(Elsewhere {
                level: Some(Band::Low),
                signed_on: None,
                signatories: vec!["SIRO, Camden".to_owned()],
                remark: String::new(),
            });
        })
        .await;
        let brought = send(city, lead, "/assessments/import/cnil", &[], Some(("pia.json", CNIL))).await;
        let (asked, screened, question) = projects(city, &scope, camden).await;
        Self {
            recorded,
            brought: brought.location().to_owned(),
            left: left(city, &scope, camden).await,
            shown: shown(city, lead, &scope, camden).await,
            asked,
            screened,
            question,
        }
    }

    /// The address of a route that is about one of these.
    pub fn address(&self, path: &str) -> Option<String> {
        let Self { recorded, left, shown, asked, screened, question, .. } = self;
        Some(match path {
            "/assessments/{id}/recorded" => format!("/assessments/{recorded}/recorded"),
            "/assessments/{id}/review" => format!("/assessments/{recorded}/review"),
            "/assessments/{id}/import-report" => self.brought.clone(),
            "/assessments/{id}/publish/{part}/{field}" => format!("/assessments/{shown}/publish/shared/aims"),
            "/assessments/{id}/signed" => format!("/assessments/{left}/signed"),
            "/assessments/{id}/signed/{version}" => format!("/assessments/{left}/signed/1"),
            "/assessments/{id}/signed/{version}/{name}" => format!("/assessments/{left}/signed/1/version.json"),
            "/projects/{id}/parties/answer" => format!("/projects/{asked}/parties/answer"),
            "/projects/{id}/screening/record/{number}" => format!("/projects/{screened}/screening/record/1"),
            "/projects/{id}/screening/{question}" => format!("/projects/{screened}/screening/{question}"),
            _ => return None,
        })
    }
}

/// An assessment that these organisations write, the first of which leads it.
async fn begun(city: &City, scope: &Scope, controllers: &[OrganisationId]) -> AssessmentId {
    let (now, today) = (city.app.clock.now(), city.app.clock.today());
    let rules = city.app.rules();
    let template = &rules.in_force(Purpose::Dpia, today).unwrap().edition;
    let assessment = Assessment { lead_person: scope.person(), ..dpia::assessment(template, controllers, now) };
    city.store().begin_assessment(scope, now, today, assessment, None).await.unwrap().id
}

async fn change(city: &City, scope: &Scope, id: AssessmentId, change: impl FnOnce(&mut Assessment)) {
    let mut work = city.store().work(scope, city.app.clock.now(), city.app.clock.today(), id).await.unwrap().unwrap();
    let mut head = work.whole.assessment.clone();
    change(&mut head);
    work.change_head(head).await.unwrap();
    work.commit().await.unwrap();
}

/// Freezes what an assessment says; gives the version with its seals, of the shared text and of Camden's annex.
async fn frozen(city: &City, scope: &Scope, id: AssessmentId, camden: OrganisationId) -> (VersionId, Seal, Seal) {
    let today = city.app.clock.today();
    let mut work = city.store().work(scope, city.app.clock.now(), today, id).await.unwrap().unwrap();
    let rules = city.app.rules();
    let template = rules.template_of(&work.whole.assessment, today).unwrap();
    let routes = rules.routes_of(&work.whole.assessment, today).unwrap();
    let version = work.make_version(&template, "", Some(&routes)).await.unwrap();
    work.commit().await.unwrap();
    let kept = city.store().version(&Scope::Operator, today, version).await.unwrap().unwrap();
    (version, kept.seals.shared, kept.seals.annexes[&camden])
}

/// An assessment that Hackney leads: Camden signed a version of it, and takes part no longer.
async fn left(city: &City, signer: &Scope, camden: OrganisationId) -> AssessmentId {
    let now = city.app.clock.now();
    let hackney = city.organisation("hackney").id;
    let dele = city.person("Dele Okafor", "hackney", &[Role::ProjectLead]).await;
    let scope = city.acting(dele, "Dele Okafor", "hackney", &[Role::ProjectLead]);
    let id = begun(city, &scope, &[hackney, camden]).await;
    let (version, shared, annex) = frozen(city, &scope, id, camden).await;
    let mut signature = [Signature {
        id: SignatureId(Uuid::now_v7()),
        assessment: id,
        version,
        step: "review".to_owned(),
        decision: "reviewed".to_owned(),
        kind: Kind::Reviews,
        says: String::new(),
        reasons: String::new(),
        person: signer.person().unwrap(),
        organisation: camden,
        role: Role::IgOfficer,
        as_deputy: false,
        second_factor: true,
        at: now,
        level: Band::Low,
        shared,
        annex,
        taken_back: None,
    }];
    let mut write = city.store().write(&Scope::Operator, now).await.unwrap();
    write.create(&mut signature).await.unwrap();
    write.commit().await.unwrap();
    change(city, &scope, id, |head| {
        for party in head.parties.iter_mut().filter(|party| party.organisation == camden) {
            (party.joined, party.since) = (Joined::Left, now);
        }
    })
    .await;
    id
}

/// An assessment of Camden's that says what it is for, and of which a version is made ready for the public.
async fn shown(city: &City, lead: &Browser, scope: &Scope, camden: OrganisationId) -> AssessmentId {
    let id = begun(city, scope, &[camden]).await;
    let aims = [("version", "0"), ("answer", "To see who falls."), ("complete", "no"), ("stay", "1")];
    city.post(lead, &format!("/assessments/{id}/shared/aims"), &aims).await;
    let (version, sealed, _) = frozen(city, scope, id, camden).await;
    let publication = Publication {
        id: PublicationId(Uuid::now_v7()),
        assessment: id,
        version,
        sealed,
        fields: BTreeMap::new(),
        resting: BTreeSet::new(),
        annexes: None,
        listed: None,
        summary: String::new(),
        by: scope.person().unwrap(),
        prepared_by: BTreeSet::new(),
        organisation: camden,
        at: city.app.clock.now(),
        stage: Stage::Preparing,
        updated_at: 0,
    };
    let mut work = city.store().work(scope, city.app.clock.now(), city.app.clock.today(), id).await.unwrap().unwrap();
    work.put_publication(publication).await.unwrap();
    work.commit().await.unwrap();
    id
}

/// A project of Hackney's that asks Camden to take part, and one of Camden's that was screened twice, with its first question.
async fn projects(city: &City, scope: &Scope, camden: OrganisationId) -> (ProjectId, ProjectId, String) {
    let (now, hackney) = (city.app.clock.now(), city.organisation("hackney").id);
    let asked = Project {
        parties: vec![
            party(hackney, PartyRole::JointController, now),
            Party::new(camden, PartyRole::JointController, Joined::Invited, now),
        ],
        created_at: now,
        ..dpia::project(hackney, "Shared wardens", "To see who parks where.")
    };
    let screened = Project {
        owner: scope.person(),
        parties: vec![party(camden, PartyRole::Controller, now)],
        created_at: now,
        ..dpia::project(camden, "Door entry", "To see who comes in.")
    };
    let (asked_id, screened_id) = (asked.id, screened.id);
    let library = city.app.rules();
    let rules = library.screening_in_force(city.app.clock.today()).unwrap();
    let answers: BTreeMap<String, Ternary> = rules.questions.iter().map(|question| (question.id.clone(), Ternary::No)).collect();
    let first = Screening {
        id: ScreeningId(Uuid::now_v7()),
        project: screened.id,
        organisation: camden,
        rules: rules.edition.clone(),
        outcome: Some(outcome(rules, &answers, None)),
        answers,
        notes: BTreeMap::new(),
        decision: None,
        decision_stated: None,
        assessment: None,
        by: scope.person().unwrap(),
        acting_for: Some(camden),
        at: now,
        replaces: None,
        stated: false,
        updated_at: 0,
    };
    let again = Screening { id: ScreeningId(Uuid::now_v7()), replaces: Some(first.id), ..first.clone() };
    let mut write = city.store().write(&Scope::Operator, now).await.unwrap();
    write.create(&mut [asked]).await.unwrap();
    write.create(&mut [screened]).await.unwrap();
    write.create(&mut [first]).await.unwrap();
    write.create(&mut [again]).await.unwrap();
    write.commit().await.unwrap();
    (asked_id, screened_id, rules.questions[0].id.clone())
}
