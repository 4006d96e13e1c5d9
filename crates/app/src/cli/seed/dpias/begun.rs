//! The assessment that two boroughs are writing: half of it is there, with comments, tasks, a risk and a recommendation.

use super::{Demo, scope, words::FALLS};
use anyhow::{Context as _, Result};
use domain::{
    dpia::{
        advice::{self, Recommendation},
        assessment::Joined,
        comment::{self, Comment, Named},
        ids::{CommentId, MeasureId, RecommendationId, RiskId},
        place::{Part, Place},
        risk::{Assessed, Measure, Progress, Rating, Risk, Source},
        task::{About, Assignee},
        version::{MeasureRecord, RiskRecord},
    },
    people::Role,
};
use jiff::ToSpan as _;
use uuid::Uuid;

/// Makes it.
///
/// # Errors
/// When the store refuses: the demonstration does not keep to the rules then.
pub(super) async fn make(demo: &Demo<'_>) -> Result<()> {
    let (priya, dele) = (demo.member("Priya Nair", "camden").await?, demo.member("Dele Okafor", "hackney").await?);
    let helen = demo.member("Helen Marsh", "camden").await?;
    let parties = vec![
        demo.party("camden", Joined::Accepted)?,
        demo.party("hackney", Joined::Accepted)?,
        demo.party("islington", Joined::Invited)?,
    ];
    let purpose = "People at risk of falling who live alone get help sooner. Illustrative: made up to show how City Tools works.";
    let yes = ["personal-data", "special-category", "vulnerable", "new-technology", "module-health"];
    let (project, screening) =
        demo.project(&priya, "Illustrative: sensors that notice a fall at home", purpose, parties, &yes).await?;
    let assessment = demo.begin(&priya, &project, &screening, Some(demo.today.saturating_add(45.days()))).await?.id;
    for (number, (field, text, complete)) in FALLS.iter().enumerate() {
        let writer = if number % 2 == 0 { &priya } else { &dele };
        demo.text(writer, assessment, field, text, *complete).await?;
    }
    let people = [&priya, &dele, &helen].map(|one| Named { person: one.person, name: one.name.clone() });
    let place = Place::shared("storage");
    let mut work = demo.store.work(&scope(&dele), demo.now + 1, demo.today, assessment).await?.context("Hackney takes part")?;
    let thread = Comment {
        id: CommentId(Uuid::now_v7()),
        assessment,
        place: place.clone(),
        thread: None,
        text: "Has the supplier said where its copies are kept, @Priya Nair?".to_owned(),
        mentions: Vec::new(),
        by: dele.person,
        organisation: dele.acting_for,
        at: demo.now + 1,
        edited_at: None,
        resolved: None,
        updated_at: 0,
        stated: false,
    };
    let state = work.whole.assessment.state;
    let thread = comment::write(thread, None, state, &people).map_err(|refusal| anyhow::anyhow!("{refusal:?}"))?;
    let about = About::Comment { comment: thread.id, place: place.clone() };
    work.ask(about, Assignee::Person { person: priya.person, organisation: priya.acting_for }, None, "").await?;
    work.put_comment(thread).await?;
    work.commit().await?;

    let mut work = demo.store.work(&scope(&priya), demo.now + 2, demo.today, assessment).await?.context("Camden leads")?;
    let rated = |likelihood: &str, severity: &str| Assessed {
        rating: Some(Rating { likelihood: likelihood.to_owned(), severity: severity.to_owned() }),
        overridden: None,
    };
    let risk = RiskId(Uuid::now_v7());
    work.put_risk(RiskRecord {
        assessment,
        number: 1,
        risk: Risk {
            id: risk,
            part: Part::Shared,
            title: "A sensor is silent, and nobody notices that a person has fallen".to_owned(),
            description: "The battery is empty, or the network is down. The person believes that help is on its way.".to_owned(),
            source: Source::Own,
            inherent: rated("possible", "serious"),
            residual: Assessed::default(),
        },
        writers: [priya.person].into(),
        look: None,
        by: priya.person,
        organisation: priya.acting_for,
        stated: false,
        updated_at: 0,
    })
    .await?;
    let measure = MeasureId(Uuid::now_v7());
    let (title, due) = ("Every sensor reports each hour that it works", demo.today.saturating_add(30.days()));
    work.put_measure(MeasureRecord {
        assessment,
        number: 1,
        measure: Measure {
            id: measure,
            risks: vec![risk],
            title: title.to_owned(),
            description: String::new(),
            effect: None,
            owner: domain::dpia::answer::PersonRef { post: "Telecare manager".to_owned(), ..Default::default() },
            organisation: Some(priya.acting_for),
            due: Some(due),
            progress: Progress::Planned,
            done_on: None,
            evidence: String::new(),
        },
        writers: [priya.person].into(),
        by: priya.person,
        organisation: priya.acting_for,
        stated: false,
        updated_at: 0,
    })
    .await?;
    let hackney = Assignee::Role { organisation: dele.acting_for, role: Role::ProjectLead };
    let annex = Part::Annex(dele.acting_for);
    let template = demo.template()?;
    if let Some(section) =
        template.sections.iter().find(|one| one.part == domain::dpia::template::In::Annex && one.module.is_none())
    {
        let about = About::Section { part: annex, section: section.id.clone() };
        work.ask(about, hackney, Some(demo.today.saturating_add(10.days())), "").await?;
    }
    work.ask(About::Measure { measure }, hackney, Some(due), title).await?;
    work.commit().await?;

    let mut work = demo.store.work(&scope(&helen), demo.now + 3, demo.today, assessment).await?.context("Camden leads")?;
    let draft = Recommendation {
        id: RecommendationId(Uuid::now_v7()),
        assessment,
        number: 1,
        place: Place::shared("control"),
        text: "Say how somebody who cannot use the switch says no, and who asks them again after a year.".to_owned(),
        by: helen.person,
        organisation: helen.acting_for,
        at: demo.now + 3,
        answer: None,
        answer_stated: None,
        updated_at: 0,
        stated: false,
    };
    let controllers: Vec<_> = work.whole.assessment.controllers().collect();
    let recommendation = advice::recommend(draft, &helen, &controllers, work.whole.assessment.state)
        .map_err(|refusal| anyhow::anyhow!("{refusal:?}"))?;
    let about = About::Recommendation { recommendation: recommendation.id, place: recommendation.place.clone() };
    let with = Assignee::Role { organisation: helen.acting_for, role: Role::InformationAssetOwner };
    work.put_recommendation(recommendation).await?;
    work.ask(about, with, Some(demo.today.saturating_add(14.days())), "").await?;
    work.commit().await?;
    Ok(())
}
