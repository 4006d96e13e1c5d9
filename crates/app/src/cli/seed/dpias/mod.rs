//! The illustrative data projects of `--demo`, at four stages: one that needs no DPIA, one that two boroughs are writing, one that
//! is signed, in use and published, and one that was made elsewhere. They are made as people make them: through the store, each
//! in a person's name, by the rules. Suppliers in them are of the illustrative register.

mod begun;
mod published;
mod words;

use crate::config::Clock;
use anyhow::{Context as _, Result, bail};
use domain::{
    dpia::{
        answer::Answer,
        assessment::{Assessment, Elsewhere, Joined, Party, PartyRole, State},
        edit::Sent,
        ids::{AssessmentId, ProjectId, ScreeningId},
        library::Library,
        place::{Part, Place},
        project::{Project, Screening, decide},
        risk::Band,
        screening::{OutcomeKind, next, outcome},
        sign_off::{Route, Routes, route},
        template::{Purpose, Template},
    },
    people::{Member, Person, Scope, SessionId, Via},
    register::{
        ids::{OrganisationId, SystemId},
        records::{Function, Organisation, System},
    },
};
use jiff::{ToSpan as _, civil::Date};
use std::collections::BTreeMap;
use store::{
    Store,
    dpia::{Answered, answers::Change},
};
use uuid::Uuid;

/// What making them needs.
struct Demo<'a> {
    store: &'a Store,
    library: Library,
    routes: Routes,
    today: Date,
    now: i64,
    people: Vec<Person>,
    organisations: Vec<Organisation>,
    systems: Vec<System>,
    functions: Vec<Function>,
}

/// Adds the illustrative data projects where there are none yet.
pub async fn fill(store: &Store, clock: Clock) -> Result<()> {
    let scope = super::job("illustrative");
    if store.count::<Project>(&scope).await? > 0 {
        return Ok(());
    }
    let demo = Demo {
        store,
        library: domain::dpia::library::shipped().clone(),
        routes: Route::read("sign-off.yaml", route::SHIPPED).map_err(|problems| anyhow::anyhow!("{problems:?}"))?.into(),
        today: clock.today(),
        now: clock.now(),
        people: store.by(&scope, "illustrative", true).await?,
        organisations: store.all(&scope).await?,
        systems: store.all(&scope).await?,
        functions: store.all(&scope).await?,
    };
    demo.newsletter().await.context("the illustrative project that needs no DPIA")?;
    begun::make(&demo).await.context("the illustrative assessment that is being written")?;
    published::make(&demo).await.context("the illustrative assessment that is published")?;
    demo.elsewhere().await.context("the illustrative assessment made elsewhere")?;
    Ok(())
}

impl Demo<'_> {
    /// A person of the demonstration as they act for an organisation, with a second factor.
    async fn member(&self, name: &str, slug: &str) -> Result<Member> {
        let person = self.people.iter().find(|person| person.name == name).with_context(|| format!("nobody is called {name}"))?;
        let via = Via::Session(SessionId(Uuid::now_v7()));
        let member = self.store.member(person.id, Some(self.organisation(slug)?.id), true, self.now, via).await?;
        member.with_context(|| format!("{name} has no place at {slug}"))
    }

    fn organisation(&self, slug: &str) -> Result<&Organisation> {
        self.organisations.iter().find(|one| one.slug == slug).with_context(|| format!("there is no organisation {slug}"))
    }

    /// A system of an organisation for a function, where the illustrative register has one.
    fn system_for(&self, organisation: OrganisationId, function: &str) -> Option<SystemId> {
        let function = self.functions.iter().find(|one| one.slug == function)?.id;
        let own = |system: &&System| system.organisation == organisation && system.functions.contains(&function);
        self.systems.iter().find(own).map(|system| system.id)
    }

    fn template(&self) -> Result<&Template> {
        self.library.in_force(Purpose::Dpia, self.today).context("no template is in force")
    }

    fn party(&self, slug: &str, joined: Joined) -> Result<Party> {
        Ok(Party {
            contacts: vec!["Information governance team".to_owned()],
            ..Party::new(self.organisation(slug)?.id, PartyRole::JointController, joined, self.now)
        })
    }

    /// A data project in somebody's name, screened: 'yes' to the questions named, 'no' to the rest.
    async fn project(
        &self,
        by: &Member,
        title: &str,
        purpose: &str,
        parties: Vec<Party>,
        yes: &[&str],
    ) -> Result<(Project, Screening)> {
        use domain::dpia::answer::Ternary;
        let rules = self.library.screening_in_force(self.today).context("no screening rules are in force")?;
        let mut answers = BTreeMap::new();
        while let Some(question) = next(rules, &answers) {
            let answer = if yes.contains(&question.id.as_str()) { Ternary::Yes } else { Ternary::No };
            answers.insert(question.id.clone(), answer);
        }
        let mut project = Project {
            title: title.to_owned(),
            purpose: purpose.to_owned(),
            owner: Some(by.person),
            parties,
            starts: Some(self.today.saturating_add(4.months())),
            updated_at: 0,
            ..Project::blank(ProjectId(Uuid::now_v7()), by.acting_for, self.now)
        };
        let mut screening = Screening {
            id: ScreeningId(Uuid::now_v7()),
            project: project.id,
            organisation: by.acting_for,
            rules: rules.edition.clone(),
            outcome: Some(outcome(rules, &answers, self.library.in_force(Purpose::Dpia, self.today))),
            answers,
            notes: BTreeMap::new(),
            decision: None,
            decision_stated: None,
            assessment: None,
            by: by.person,
            acting_for: Some(by.acting_for),
            at: self.now,
            replaces: None,
            stated: false,
            updated_at: 0,
        };
        let mut write = self.store.write(&scope(by), self.now).await?;
        write.create(std::slice::from_mut(&mut project)).await?;
        write.create(std::slice::from_mut(&mut screening)).await?;
        write.commit().await?;
        Ok((project, screening))
    }

    /// What an officer decided after a screening.
    async fn decided(&self, by: &Member, screening: &Screening, kind: OutcomeKind, reasons: &str) -> Result<()> {
        let mut after =
            decide(screening, kind, reasons, by.person, self.now).map_err(|refusal| anyhow::anyhow!("{refusal:?}"))?;
        let mut write = self.store.write(&scope(by), self.now + 1).await?;
        write.update(screening, &mut after).await?;
        write.commit().await?;
        Ok(())
    }

    /// Begins the assessment of a project.
    async fn begin(&self, by: &Member, project: &Project, screening: &Screening, wanted_by: Option<Date>) -> Result<Assessment> {
        let template = self.template()?;
        let modules = screening.outcome.as_ref().map(|outcome| outcome.modules.clone()).unwrap_or_default();
        let assessment = Assessment {
            project: Some(project.id),
            screening: Some(screening.id),
            modules: modules.into_iter().filter(|id| template.module(id).is_some()).collect(),
            wanted_by,
            parties: project.parties.clone(),
            ..self.blank(by, &project.title)?
        };
        Ok(self.store.begin_assessment(&scope(by), self.now, self.today, assessment, None).await?)
    }

    fn blank(&self, by: &Member, title: &str) -> Result<Assessment> {
        Ok(Assessment {
            title: title.to_owned(),
            lead_person: Some(by.person),
            ..Assessment::blank(AssessmentId(Uuid::now_v7()), &self.template()?.edition, by.acting_for, self.now)
        })
    }

    /// Saves an answer that stands alone.
    async fn answer(&self, by: &Member, assessment: AssessmentId, place: &Place, answer: Answer, complete: bool) -> Result<()> {
        let sent = Change::Save(Sent { from: 0, answer: Some(answer), complete });
        let template = self.template()?;
        let done = self.store.answer(&scope(by), self.now, self.today, template, assessment, place, &sent, None).await?;
        match done {
            Answered::Done(_) => Ok(()),
            other => bail!("{place} could not be answered: {other:?}"),
        }
    }

    async fn text(&self, by: &Member, assessment: AssessmentId, field: &str, words: &str, complete: bool) -> Result<()> {
        self.answer(by, assessment, &Part::Shared.at(field), Answer::Text(words.to_owned()), complete).await
    }

    /// A project that needs no DPIA, with the officer's decision.
    async fn newsletter(&self) -> Result<()> {
        let (lead, officer) = (self.member("Priya Nair", "camden").await?, self.member("Tom Adeyemi", "camden").await?);
        let parties = vec![Party { role: PartyRole::Controller, ..self.party("camden", Joined::Accepted)? }];
        let purpose = "People who ask for it get a monthly letter about events in libraries. Illustrative: made up to show how City Tools works.";
        let title = "Illustrative: a newsletter of library events";
        let (_, screening) = self.project(&lead, title, purpose, parties, &["personal-data"]).await?;
        let reasons =
            "Names and addresses of people who asked for the letter, used for nothing else. They can stop it with one press.";
        self.decided(&officer, &screening, OutcomeKind::NotRequired, reasons).await
    }

    /// One that was made before City Tools, with a review that comes near.
    async fn elsewhere(&self) -> Result<()> {
        let officer = self.member("Joan Fairweather", "hackney").await?;
        let own = self.systems.iter().find(|system| system.organisation == officer.acting_for).map(|system| system.id);
        let assessment = Assessment {
            state: State::Recorded,
            lead_person: None,
            parties: vec![Party { role: PartyRole::Controller, ..self.party("hackney", Joined::Accepted)? }],
            systems: own.into_iter().collect(),
            review_on: Some(self.today.saturating_add(40.days())),
            elsewhere: Some(Elsewhere {
                level: Some(Band::Medium),
                signed_on: Some(self.today.saturating_sub(23.months())),
                signatories: vec!["Senior information risk owner".to_owned(), "Data protection officer".to_owned()],
                remark: "Illustrative: made up to show how City Tools works. The file would be attached here.".to_owned(),
            }),
            ..self.blank(&officer, "Illustrative: cameras in a council car park")?
        };
        self.store.begin_assessment(&scope(&officer), self.now, self.today, assessment, None).await?;
        Ok(())
    }
}

fn scope(member: &Member) -> Scope {
    Scope::Member(Box::new(member.clone()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::dpia::task::Task;
    use test_support::TestDatabase;

    #[tokio::test(flavor = "multi_thread")]
    async fn the_demonstration_has_projects_at_four_stages_and_a_second_start_adds_none() {
        let database = TestDatabase::migrated().await;
        let (store, clock) = (database.open().await, Clock::new(Some(jiff::civil::date(2026, 11, 23))));
        server::opening::ship(&store, clock).await.unwrap();
        super::super::people(&store, clock).await.unwrap();
        for _ in 0..2 {
            fill(&store, clock).await.unwrap();
        }
        let job = super::super::job("test");
        assert_eq!(store.count::<Project>(&job).await.unwrap(), 3);
        let assessments: Vec<Assessment> = store.all(&job).await.unwrap();
        let mut states: Vec<State> = assessments.iter().map(|one| one.state).collect();
        states.sort_unstable();
        assert_eq!(states, [State::Drafting, State::Live, State::Recorded]);
        assert!(assessments.iter().all(|one| one.title.starts_with("Illustrative: ")));
        let public = store.published(&Scope::Public).await.unwrap();
        assert_eq!(public.len(), 1);
        assert!(public[0].publication.is_public() && public[0].publication.summary.contains("Illustrative"));
        let tasks: Vec<Task> = store.all(&job).await.unwrap();
        assert!(tasks.iter().filter(|task| task.open()).count() >= 4);
        let report = store.check(&Scope::Operator).await.unwrap();
        assert!(report.sound(), "{:?}", report.problems);
    }
}
