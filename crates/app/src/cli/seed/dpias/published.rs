//! The assessment that is signed by everybody whom the route asks, in use, and published by a second pair of eyes.

use super::{Demo, scope, words::PERMITS};
use anyhow::{Context as _, Result, bail};
use domain::{
    dpia::{
        answer::{Answer, PersonRef, Reference, Row, Ternary},
        assessment::{Joined, Party, PartyRole},
        ids::{AssessmentId, PublicationId, RiskId, RowId},
        place::{Part, Place},
        publication::{self, Begin, Publication},
        risk::{Assessed, Rating, Risk, Source},
        screening::OutcomeKind,
        seal::seal,
        template::field::{Choice, Field, FieldKind},
        version::RiskRecord,
        workflow::Move,
    },
    people::Member,
};
use jiff::ToSpan as _;
use store::dpia::work::Moving;
use uuid::Uuid;

/// Who signs which step, in the order of the shipped route: nobody wrote what they sign, and nobody signs in two roles.
const SIGNERS: &[(&str, &str, &str, &str)] = &[
    ("Ravi Templeton", "technical-assurance", "reviewed", ""),
    ("Hugo Marchetti", "procurement", "reviewed", ""),
    ("Anjali Rao", "advice", "advised", "The data is little and is deleted soon. Look again when another use is asked for."),
    ("Delphine Underhill", "answer-to-advice", "accepted", ""),
    ("Delphine Underhill", "risk", "accepted-low", ""),
];

/// Makes it.
///
/// # Errors
/// When the store refuses: the demonstration does not keep to the rules then.
pub(super) async fn make(demo: &Demo<'_>) -> Result<()> {
    let lead = demo.member("Sunita Moorcroft", "islington").await?;
    let parties = vec![Party { role: PartyRole::Controller, ..demo.party("islington", Joined::Accepted)? }];
    let purpose = "Residents buy and renew a parking permit online. Illustrative: made up to show how City Tools works.";
    let yes = ["personal-data", "large-scale"];
    let (project, screening) =
        demo.project(&lead, "Illustrative: resident parking permits online", purpose, parties, &yes).await?;
    let officer = demo.member("Arthur Nwosu", "islington").await?;
    let reasons = "The addresses of a great many residents are kept, so a full assessment is done.";
    demo.decided(&officer, &screening, OutcomeKind::Required, reasons).await?;
    let assessment = demo.begin(&lead, &project, &screening, None).await?.id;
    // The public finds it by the product and the function of its system.
    if let Some(system) = demo.system_for(lead.acting_for, "parking-enforcement") {
        let mut work = demo.store.work(&scope(&lead), demo.now, demo.today, assessment).await?.context("they lead it")?;
        let mut head = work.whole.assessment.clone();
        head.systems.push(system);
        work.change_head(head).await?;
        work.commit().await?;
    }
    write(demo, &lead, assessment).await?;
    let review = Some(demo.today.saturating_add(11.months()));
    step(demo, &lead, assessment, Move::Freeze, Moving { name: "For sign-off", ..Moving::default() }).await?;
    for &(name, slot, decision, reasons) in SIGNERS {
        let signer = demo.member(name, "islington").await?;
        let moving = Moving { sign: Some((lead.acting_for, slot, decision)), reasons, ..Moving::default() };
        step(demo, &signer, assessment, Move::Sign, moving).await.with_context(|| format!("{name} signs {slot}"))?;
    }
    step(demo, &lead, assessment, Move::GoLive, Moving { review_on: review, ..Moving::default() }).await?;
    publish(demo, &lead, assessment).await
}

async fn step(demo: &Demo<'_>, by: &Member, assessment: AssessmentId, step: Move, moving: Moving<'_>) -> Result<()> {
    let mut work = demo.store.work(&scope(by), demo.now + 1, demo.today, assessment).await?.context("they take part")?;
    match work.make_move(demo.template()?, &demo.routes, step, &moving).await? {
        Ok(_) => {
            work.commit().await?;
            Ok(())
        }
        Err(refused) => bail!("{}: {refused:?}", step.as_str()),
    }
}

/// Answers everything that is required, round by round: an answer can make another question apply.
async fn write(demo: &Demo<'_>, lead: &Member, assessment: AssessmentId) -> Result<()> {
    let template = demo.template()?;
    for (field, text) in PERMITS.iter().filter(|(field, _)| matches!(*field, "related" | "assurance" | "risk-summary")) {
        demo.text(lead, assessment, field, text, true).await?;
    }
    for _ in 0..10 {
        let whole = demo.store.assessment(&scope(lead), demo.today, &demo.library, assessment).await?.context("they lead it")?;
        let parts = [Part::Shared, Part::Annex(lead.acting_for)];
        let missing: Vec<Place> =
            parts.iter().flat_map(|part| whole.missing(template, *part).into_iter().map(|field| part.at(&field))).collect();
        if missing.is_empty() {
            return Ok(());
        }
        for place in missing {
            let field = template.field(&place.field).context("a field of the template")?;
            if matches!(field.kind, FieldKind::Risks) {
                let mut work = demo.store.work(&scope(lead), demo.now, demo.today, assessment).await?.context("they lead it")?;
                work.put_risk(risk(lead, assessment, place.part)).await?;
                work.commit().await?;
            } else {
                demo.answer(lead, assessment, &place, said(demo, field), true).await?;
            }
        }
    }
    bail!("answers stay missing")
}

fn risk(lead: &Member, assessment: AssessmentId, part: Part) -> RiskRecord {
    let rated = |likelihood: &str| Assessed {
        rating: Some(Rating { likelihood: likelihood.to_owned(), severity: "minimal".to_owned() }),
        overridden: None,
    };
    RiskRecord {
        assessment,
        number: if part == Part::Shared { 1 } else { 2 },
        risk: Risk {
            id: RiskId(Uuid::now_v7()),
            part,
            title: "A permit is issued to somebody who does not live there".to_owned(),
            description: "A wrong address is typed. Somebody else’s vehicle stands in the record until it is mended.".to_owned(),
            source: Source::Own,
            inherent: rated("possible"),
            residual: rated("remote"),
        },
        writers: [lead.person].into(),
        look: None,
        by: lead.person,
        organisation: lead.acting_for,
        stated: false,
        updated_at: 0,
    }
}

/// What the example says in a field: its words, or what a careful officer would choose.
fn said(demo: &Demo<'_>, field: &Field) -> Answer {
    let words = PERMITS.iter().find(|(id, _)| *id == field.id).map(|(_, text)| *text);
    of(demo, &field.id, &field.kind, words)
}

fn of(demo: &Demo<'_>, id: &str, kind: &FieldKind, words: Option<&str>) -> Answer {
    const WANTED: &[&str] =
        &["public-task", "use", "person", "portal", "on-event", "residents", "contact", "under-100000", "regular", "not"];
    let choose = |options: &[Choice]| {
        options
            .iter()
            .find(|one| WANTED.contains(&one.id.as_str()))
            .or(options.first())
            .map(|one| one.id.clone())
            .unwrap_or_default()
    };
    match kind {
        FieldKind::Text { .. } | FieldKind::Risks => Answer::Text(words.unwrap_or(cell(id)).to_owned()),
        // It is: what the public reads here says so itself.
        FieldKind::Choice { .. } if id == "publication" => Answer::Choice("whole".to_owned()),
        FieldKind::Choice { options } => Answer::Choice(choose(options)),
        FieldKind::Many { options } => Answer::Many(vec![choose(options)]),
        FieldKind::Ternary => Answer::Ternary(Ternary::No),
        FieldKind::Date if id.contains("review") => Answer::Date(demo.today.saturating_add(11.months())),
        // It is in use: the first use lies behind.
        FieldKind::Date => Answer::Date(demo.today),
        FieldKind::People => Answer::People(vec![PersonRef { post: "Parking manager".to_owned(), ..PersonRef::default() }]),
        FieldKind::Organisations => Answer::Organisations(vec![Reference::named("None besides the council")]),
        FieldKind::Systems => Answer::Systems(vec![Reference::named("The permit system")]),
        FieldKind::Suppliers => Answer::Suppliers(vec![Reference::named("The supplier of the permit system")]),
        FieldKind::Rows { columns, .. } => Answer::Rows(vec![Row {
            id: RowId(Uuid::now_v7()),
            cells: columns.iter().map(|column| (column.id.clone(), of(demo, &column.id, &column.kind, None))).collect(),
        }]),
    }
}

/// The cells of tables, and whatever the template asks that the example has no words of its own for.
fn cell(id: &str) -> &'static str {
    match id {
        "from" => "Resident",
        "to" => "Parking service",
        "data" => "Name, address, registration number",
        "why" => "To decide whether a permit can be issued",
        "kept" => "Six months after the permit has ended",
        "security" | "security-measures" => "Encrypted on the way",
        "does" => "Runs the permit system",
        "hosting" => "In the United Kingdom",
        _ => "Nothing.",
    }
}

async fn publish(demo: &Demo<'_>, lead: &Member, assessment: AssessmentId) -> Result<()> {
    let refused = |refusal: domain::dpia::publication::Refusal| anyhow::anyhow!("{refusal:?}");
    let officer = demo.member("Arthur Nwosu", "islington").await?;
    let mut work = demo.store.work(&scope(&officer), demo.now + 2, demo.today, assessment).await?.context("they take part")?;
    let template = demo.template()?;
    let signed = publication::signed(&work.whole, template, &demo.routes).context("everybody has signed it")?;
    let version = demo.store.version(&scope(&officer), demo.today, signed).await?.context("the version is there")?;
    let new = Begin {
        id: PublicationId(Uuid::now_v7()),
        version: &version,
        template,
        screened: &work.whole.screened(),
        systems: &work.whole.assessment.systems,
        parties: &work.whole.assessment.parties,
        by: lead.person,
        organisation: lead.acting_for,
        at: demo.now + 2,
    };
    let mut publication = Publication::begin(new, None);
    let summary = "How the council uses names, addresses and registration numbers when residents buy a parking permit online. \
                   Illustrative: made up to show how City Tools works.";
    publication.summarise(summary, lead.person).map_err(refused)?;
    publication.ask(Some(signed)).map_err(refused)?;
    let shown = crate::web::dpia::publish::shown::preview(template, &publication, &version);
    let content = publication.content(&version, template, &shown);
    let seen = Some(seal(&content));
    publication.publish(officer.person, demo.now + 2, Some(signed), &content, seen).map_err(refused)?;
    work.put_publication(publication).await?;
    work.commit().await?;
    Ok(())
}
