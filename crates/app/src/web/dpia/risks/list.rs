//! `/assessments/{id}/risks`: the risks of an assessment with their measures, what its answers suggest and why, and where the
//! risks stand before and after measures. The heat map is a table.

use super::{
    super::{
        own_work::{self, Warning},
        projects::Body,
        templates::condition::question_text,
        whole::{self, part},
    },
    LevelWords,
    history::{self, Linked},
    level,
    rows::{MeasureRow, Tasks, measure_row},
    writes,
};
use crate::{
    error::Failure,
    state::App,
    web::{
        form::{Form, new_command},
        kept, page, repeat,
        session::Caller,
    },
};
use axum::{
    extract::{Path, State},
    response::{Html, Response},
};
use domain::dpia::{
    ids::{MeasureId, RiskId},
    place::Part,
    risk::{Assessed, Heat, Matrix, Measure, Progress, Rating, Risk, Source, suggest::suggest},
    template::{Template, view::View as Seen},
    version::{MeasureRecord, RiskRecord},
    whole::Whole,
};
use serde::Serialize;
use std::collections::BTreeSet;
use uuid::Uuid;

#[derive(Serialize)]
struct View {
    href: String,
    command: Uuid,
    writes: bool,
    risks: Vec<Row>,
    /// Signatures that the caller cannot give once they write here.
    own_work: Vec<Warning>,
    /// Measures that act on no risk.
    loose: Vec<MeasureRow>,
    suggestions: Vec<Suggested>,
    /// What was removed, with its history.
    removed: Vec<Linked>,
    before: Map,
    after: Map,
}

#[derive(Serialize)]
struct Row {
    id: String,
    number: u32,
    title: String,
    description: String,
    annex: Option<Body>,
    why: Option<String>,
    before: LevelWords,
    after: LevelWords,
    rises: bool,
    /// A review asks to look at it again.
    look: bool,
    measures: Vec<MeasureRow>,
}

#[derive(Serialize)]
struct Suggested {
    rule: String,
    part: String,
    annex: Option<Body>,
    title: String,
    description: String,
    why: String,
    because: Vec<(String, String)>,
    measures: Vec<String>,
}

/// A heat map: likelihood across, severity down, the worst on top.
#[derive(Serialize)]
pub struct Map {
    likelihood: Vec<String>,
    rows: Vec<MapRow>,
    overridden: usize,
    not_rated: usize,
}

#[derive(Serialize)]
struct MapRow {
    severity: String,
    cells: Vec<MapCell>,
}

#[derive(Serialize)]
struct MapCell {
    count: usize,
    level: String,
    band: &'static str,
}

/// A heat map of some ratings.
pub fn map<'a>(matrix: &Matrix, ratings: impl IntoIterator<Item = &'a Assessed>) -> Map {
    let heat = Heat::of(matrix, ratings);
    let row = |(index, severity): (usize, &domain::dpia::risk::Step)| MapRow {
        severity: severity.label.clone(),
        cells: matrix
            .likelihood
            .iter()
            .enumerate()
            .map(|(column, likelihood)| {
                let rating = Rating { likelihood: likelihood.id.clone(), severity: severity.id.clone() };
                let found = matrix.level(&rating);
                MapCell {
                    count: heat.cells.get(index).and_then(|row| row.get(column)).copied().unwrap_or(0),
                    level: found.map(|level| level.label.clone()).unwrap_or_default(),
                    band: found.map_or("none", |level| level.counts_as.as_str()),
                }
            })
            .collect(),
    };
    Map {
        likelihood: matrix.likelihood.iter().map(|step| step.label.clone()).collect(),
        rows: matrix.severity.iter().enumerate().rev().map(row).collect(),
        overridden: heat.overridden,
        not_rated: heat.not_rated,
    }
}

/// The page.
///
/// # Errors
/// Not found for an assessment that is not the caller's to read.
pub async fn page(State(app): State<App>, caller: Caller, Path(id): Path<String>) -> Result<Html<String>, Failure> {
    let (whole, template) = super::load(&app, &caller, &id).await?;
    let (snapshot, today, matrix) = (app.snapshot(), app.clock.today(), &template.matrix);
    let tasks = Tasks::of(&app, &caller, &whole).await?;
    let risks = whole.risks.iter().map(|record| Row {
        id: record.risk.id.to_string(),
        number: record.number,
        title: record.risk.title.clone(),
        description: record.risk.description.clone(),
        annex: part(&snapshot, record.risk.part),
        why: match &record.risk.source {
            Source::Rule { why, .. } => Some(why.clone()),
            _ => None,
        },
        before: level(matrix, &record.risk.inherent),
        after: level(matrix, &record.risk.residual),
        rises: record.risk.rises(matrix),
        look: record.look.is_some(),
        measures: whole
            .measures
            .iter()
            .filter(|one| one.measure.risks.contains(&record.risk.id))
            .map(|one| measure_row(one, &tasks, today))
            .collect(),
    });
    let writable: Vec<Part> = parts(&whole).filter(|part| writes(&app, &caller, &whole, &template, *part)).collect();
    let view = View {
        own_work: own_work::warnings(&app, &caller, &whole, &template, &writable, &[]).await?,
        href: format!("/assessments/{}", whole.assessment.id),
        command: new_command(),
        writes: !writable.is_empty(),
        risks: risks.collect(),
        loose: whole
            .measures
            .iter()
            .filter(|one| one.measure.risks.is_empty())
            .map(|one| measure_row(one, &tasks, today))
            .collect(),
        suggestions: suggestions(&app, &caller, &whole, &template),
        removed: history::removed(&app, &caller, &whole).await?,
        before: map(matrix, whole.risks.iter().map(|record| &record.risk.inherent)),
        after: map(matrix, whole.risks.iter().map(|record| &record.risk.residual)),
    };
    page::render(&app, "dpia/risks/list.html", &whole::frame(&app, &whole, "Risks and measures"), view)
}

/// The parts that an assessment has.
pub fn parts(whole: &Whole) -> impl Iterator<Item = Part> + '_ {
    whole.assessment.parts()
}

fn suggestions(app: &App, caller: &Caller, whole: &Whole, template: &Template) -> Vec<Suggested> {
    let snapshot = app.snapshot();
    let (answers, screened, modules) = (whole.answers(), whole.screened(), whole.modules());
    let rules = app.rules();
    let mut all = Vec::new();
    for place in parts(whole).filter(|part| writes(app, caller, whole, template, *part)) {
        let settled: Vec<String> = whole
            .risks
            .iter()
            .filter(|record| record.risk.part == place)
            .filter_map(|record| match &record.risk.source {
                Source::Rule { rule, .. } => Some(rule.clone()),
                _ => None,
            })
            .collect();
        let seen =
            Seen { template, answers: &answers, screened: &screened, modules: &modules, facts: whole.facts(place), part: place };
        all.extend(suggest(&seen, &settled, &|id| question_text(id, &rules)).into_iter().map(|one| Suggested {
            rule: one.rule.id.clone(),
            part: place.to_string(),
            annex: part(&snapshot, place),
            title: one.rule.title.clone(),
            description: one.rule.description.clone(),
            why: one.why.to_owned(),
            because: one.because,
            measures: one.rule.measures.clone(),
        }));
    }
    all
}

/// Takes a suggested risk, with the measures that others take where they were asked for.
///
/// # Errors
/// Not found for an assessment or a rule that is not there, or may not be written.
pub async fn take(State(app): State<App>, caller: Caller, Path(id): Path<String>, form: Form) -> Result<Response, Failure> {
    let (seen, template) = super::load(&app, &caller, &id).await?;
    let member = caller.signed_in()?;
    let part: Part = form.text("part").parse().map_err(|_| Failure::not_found())?;
    let rule = template.risk_rules.iter().find(|rule| rule.id == form.text("rule")).ok_or_else(Failure::not_found)?;
    if !writes(&app, &caller, &seen, &template, part) {
        return Err(Failure::not_found());
    }
    let command = form.command()?;
    let location = format!("/assessments/{}/risks", seen.assessment.id);
    let Some(mut work) = app.store.work(&caller.scope, app.clock.now(), app.clock.today(), seen.assessment.id).await? else {
        return Err(Failure::not_found());
    };
    if let Some(done) = work.command(command).await? {
        return Ok(repeat::again(&done));
    }
    // Somebody may have taken it, or frozen the text, since the page was made.
    let taken = |one: &&RiskRecord| {
        one.risk.part == part && matches!(&one.risk.source, Source::Rule { rule: known, .. } if *known == rule.id)
    };
    if let Some(taken) = work.whole.risks.iter().find(taken) {
        let (there, number) = (format!("{location}/{}", taken.risk.id), taken.number);
        return Ok(page::nothing_saved(&there, &format!("Somebody has taken this risk already: it is R{number}")));
    }
    if !writes(&app, &caller, &work.whole, &template, part) {
        let why = "The risk is not taken: the text was frozen, signed or closed since you opened the page.";
        return kept::page(&app, &form, why, "Risks and measures", &location);
    }
    let writers = BTreeSet::from([member.person]);
    let risk = Risk {
        id: RiskId(Uuid::now_v7()),
        part,
        title: rule.title.clone(),
        description: rule.description.clone(),
        source: Source::Rule { rule: rule.id.clone(), why: rule.why.clone() },
        inherent: Assessed::default(),
        residual: Assessed::default(),
    };
    let risk_id = risk.id;
    let number = work.whole.risks.iter().map(|record| record.number).max().unwrap_or(0) + 1;
    let record = RiskRecord {
        assessment: seen.assessment.id,
        number,
        risk,
        writers: writers.clone(),
        look: None,
        by: member.person,
        organisation: member.acting_for,
        stated: false,
        updated_at: 0,
    };
    work.put_risk(record).await?;
    if form.text("measures") == "yes" {
        for title in &rule.measures {
            let number = work.whole.measures.iter().map(|record| record.number).max().unwrap_or(0) + 1;
            let measure = Measure {
                id: MeasureId(Uuid::now_v7()),
                risks: vec![risk_id],
                title: title.clone(),
                description: String::new(),
                effect: None,
                owner: domain::dpia::answer::PersonRef::default(),
                organisation: Some(member.acting_for),
                due: None,
                progress: Progress::Planned,
                done_on: None,
                evidence: String::new(),
            };
            let record = MeasureRecord {
                assessment: seen.assessment.id,
                number,
                measure,
                writers: writers.clone(),
                by: member.person,
                organisation: member.acting_for,
                stated: false,
                updated_at: 0,
            };
            work.put_measure(record).await?;
        }
    }
    let (to, said) = (format!("{location}/{risk_id}"), "The risk is taken. Now say how likely and how severe it is.");
    work.answered(command, &repeat::kept(&to, said)).await?;
    work.commit().await?;
    Ok(page::saved(&to, said))
}
