//! `/risks`: risks and measures across all assessments that the caller may see: what is open, what is overdue, which high risks
//! were accepted and by whom; as a page, CSV and Excel. Of what was given up or replaced nobody carries out a measure or bears a risk
//! any more: it is counted apart.

mod file;
mod filter;

pub use file::{csv, xlsx};

use super::{
    super::{
        projects::{Body, body},
        whole::{self, part},
    },
    LevelWords, level,
    list::{Map, map},
    rows::{MeasureRow, Tasks, measure_row},
};
use crate::{
    error::Failure,
    state::App,
    web::{
        page::{self, GetAs},
        query::Params,
        session::Caller,
    },
};
use axum::{extract::State, response::Html};
use domain::dpia::{
    access,
    assessment::Assessment,
    review::reviewed,
    risk::{Assessed, Band},
    sign_off::Signature,
    template::Template,
    whole::Whole,
};
use domain::people::PersonId;
use filter::{Choices, Filter};
use govuk::Link;
use serde::Serialize;
use std::{collections::BTreeMap, sync::Arc};

/// How many rows of a list the page shows; its figures and its files count all.
const SHOWN: usize = 500;

#[derive(Serialize)]
struct View {
    assessments: usize,
    risks: usize,
    /// How many more were given up or replaced.
    ended: usize,
    open: usize,
    overdue: usize,
    high: usize,
    /// Of each list the first ones.
    rows: Vec<Row>,
    measures: Vec<Owed>,
    accepted: Vec<Accepted>,
    accepted_all: usize,
    made: Vec<Made>,
    made_all: usize,
    /// Heat maps, one for each matrix in use, before beside after.
    maps: Vec<(String, Map, Map)>,
    get: Vec<GetAs>,
    /// What the reader chose, and what there is to choose.
    filter: Filter,
    choices: Choices,
}

#[derive(Serialize)]
struct Row {
    assessment: String,
    assessment_title: String,
    href: String,
    number: u32,
    title: String,
    annex: Option<Body>,
    before: LevelWords,
    after: LevelWords,
    measures: usize,
    open: usize,
}

#[derive(Serialize)]
struct Owed {
    assessment: String,
    href: String,
    measure: MeasureRow,
}

/// An assessment made elsewhere, with the level that its document states.
#[derive(Serialize)]
struct Made {
    assessment: String,
    title: String,
    href: String,
    level: Option<&'static str>,
    signed_on: Option<jiff::civil::Date>,
    review_on: Option<jiff::civil::Date>,
    review_late: bool,
}

/// A high or medium risk that somebody accepted for an organisation.
#[derive(Serialize)]
struct Accepted {
    assessment: String,
    assessment_title: String,
    href: String,
    organisation: Body,
    level: &'static str,
    by: String,
    role: &'static str,
    at: i64,
    reasons: String,
}

/// Assessments with their risks, their measures and their tasks.
struct Found {
    /// Those that count, that the caller may read, and that the filter asks for.
    all: Vec<(Whole, Arc<Template>, Tasks)>,
    /// How many more were given up or replaced.
    ended: usize,
    /// What any of those that count could be asked for by.
    choices: Choices,
}

/// What the caller may read, as far as a filter asks for it.
async fn found(app: &App, caller: &Caller, filter: &Filter) -> Result<Found, Failure> {
    let today = app.clock.today();
    let library = app.rules();
    let mut heads = app.store.assessments(&caller.scope, today).await?;
    heads.retain(|head| access::sight(&caller.scope, head, today).reads_any());
    let (closed, mut heads): (Vec<_>, Vec<_>) = heads.into_iter().partition(|head| head.state.is_closed());
    // Whoever reads no list of risks is not told here who takes part.
    let lists = |head: &Assessment| access::sight(&caller.scope, head, today).reads_risks();
    let choices = Choices::of(&app.snapshot(), heads.iter().filter(|head| lists(head)));
    heads.retain(|head| filter.asks_for(head, lists(head)));
    let weighed = app.store.weighed(&caller.scope, today, library.as_ref(), heads).await?;
    let people = weighed.iter().flat_map(|(_, tasks)| Tasks::people(tasks));
    let names = Arc::new(whole::names(app, &caller.scope, people).await?);
    let templated = |(whole, tasks): (Whole, Vec<_>)| {
        let template = library.shared(&whole.assessment.template)?;
        Some((whole, template, Tasks::named(tasks, &names)))
    };
    let mut all: Vec<_> = weighed.into_iter().filter_map(templated).collect();
    all.retain(|(whole, template, _)| filter.fits(whole, template));
    Ok(Found { all, ended: closed.len(), choices })
}

/// The page.
///
/// # Errors
/// When the database fails.
pub async fn page(State(app): State<App>, caller: Caller, params: Params) -> Result<Html<String>, Failure> {
    let filter = Filter::of(&app.snapshot(), &params);
    let Found { all, ended, choices } = found(&app, &caller, &filter).await?;
    let (snapshot, today) = (app.snapshot(), app.clock.today());
    let names = signers(&app, &caller, &all).await?;
    let (mut rows, mut measures, mut accepted) = (Vec::new(), Vec::new(), Vec::new());
    for (whole, template, tasks) in &all {
        let href = format!("/assessments/{}", whole.assessment.id);
        for record in filter.risks(whole, template) {
            let of: Vec<_> = whole.measures_of(record.risk.id).collect();
            rows.push(Row {
                assessment: whole.assessment.number.clone(),
                assessment_title: whole.assessment.title.clone(),
                href: format!("{href}/risks/{}", record.risk.id),
                number: record.number,
                title: record.risk.title.clone(),
                annex: part(&snapshot, record.risk.part),
                before: level(&template.matrix, &record.risk.inherent),
                after: level(&template.matrix, &record.risk.residual),
                measures: of.len(),
                open: of.iter().filter(|measure| measure.open()).count(),
            });
        }
        let open = filter.measures(whole, template).filter(|record| record.measure.open());
        measures.extend(open.map(|record| Owed {
            assessment: whole.assessment.number.clone(),
            href: format!("{href}/measures/{}", record.measure.id),
            measure: measure_row(record, tasks, today),
        }));
        let holds = acceptances(&app, whole)?.into_iter().filter(|signature| filter.accepted(signature));
        accepted.extend(holds.map(|signature| Accepted {
            assessment: whole.assessment.number.clone(),
            assessment_title: whole.assessment.title.clone(),
            href: format!("{href}/sign-off"),
            organisation: body(&snapshot, signature.organisation),
            level: signature.level.as_str(),
            by: names.get(&signature.person).cloned().unwrap_or_default(),
            role: signature.role.words(),
            at: signature.at,
            reasons: signature.reasons.clone(),
        }));
    }
    rows.sort_by_key(|row| std::cmp::Reverse(rank(row.after.band)));
    measures.sort_by_key(|owed| owed.measure.due());
    let mut made: Vec<Made> = all.iter().filter_map(|(whole, ..)| stated(whole, today)).collect();
    made.sort_by_key(|one| std::cmp::Reverse(rank(one.level.unwrap_or("none"))));
    let overdue = measures.iter().filter(|owed| owed.measure.overdue()).count();
    let mut view = View {
        assessments: all.len(),
        risks: rows.len(),
        accepted_all: accepted.len(),
        made_all: made.len(),
        ended,
        open: measures.len(),
        overdue,
        high: rows.iter().filter(|row| row.after.band == "high").count()
            + made.iter().filter(|one| one.level == Some(Band::High.as_str())).count(),
        made,
        rows,
        measures,
        accepted,
        maps: maps(&all, &filter),
        get: [("CSV", "/risks.csv"), ("Excel", "/risks.xlsx")]
            .map(|(text, path)| GetAs { text: text.to_owned(), href: filter.address(path) })
            .to_vec(),
        filter,
        choices,
    };
    view.rows.truncate(SHOWN);
    view.measures.truncate(SHOWN);
    view.accepted.truncate(SHOWN);
    view.made.truncate(SHOWN);
    let mut frame = page::frame(&app, "Risks", Some("risks"));
    frame.at_section = true;
    frame.breadcrumbs = vec![Link::new("Home", "/")];
    page::render(&app, "dpia/risks/register.html", &frame, view)
}

/// The names of all who signed any of these.
async fn signers(
    app: &App,
    caller: &Caller,
    all: &[(Whole, Arc<Template>, Tasks)],
) -> Result<BTreeMap<PersonId, String>, Failure> {
    whole::names(app, &caller.scope, all.iter().flat_map(|(whole, ..)| &whole.signatures).map(|one| one.person)).await
}

/// What is stated of an assessment made elsewhere whose risks are not here one by one.
fn stated(whole: &Whole, today: jiff::civil::Date) -> Option<Made> {
    let stated = whole.assessment.elsewhere.as_ref().filter(|_| whole.risks.is_empty())?;
    Some(Made {
        assessment: whole.assessment.number.clone(),
        title: whole.assessment.title.clone(),
        href: format!("/assessments/{}", whole.assessment.id),
        level: stated.level.map(Band::as_str),
        signed_on: stated.signed_on,
        review_on: whole.assessment.review_on,
        review_late: reviewed(whole.assessment.state) && whole.assessment.review_on.is_some_and(|day| day < today),
    })
}

fn rank(band: &str) -> u8 {
    match band {
        "high" => 3,
        "none" => 2,
        "medium" => 1,
        _ => 0,
    }
}

/// The acceptances of medium and high risk that hold.
fn acceptances<'w>(app: &App, whole: &'w Whole) -> Result<Vec<&'w Signature>, Failure> {
    if whole.signatures.is_empty() {
        return Ok(Vec::new());
    }
    // With the councils' own questions, on which their seals depend.
    let Some(template) = app.rules().template_of(&whole.assessment, app.clock.today()) else { return Ok(Vec::new()) };
    let routes = whole::routes(app, whole)?;
    Ok(whole.acceptances(&template, &routes).into_iter().filter(|one| one.level != Band::Low).collect())
}

/// One pair of heat maps for each matrix: versions of a template that weigh risks alike stand in one.
fn maps(all: &[(Whole, Arc<Template>, Tasks)], filter: &Filter) -> Vec<(String, Map, Map)> {
    let mut templates: Vec<&Arc<Template>> = Vec::new();
    for (whole, template, _) in all {
        if filter.risks(whole, template).next().is_some() && !templates.iter().any(|known| known.matrix == template.matrix) {
            templates.push(template);
        }
    }
    templates
        .into_iter()
        .map(|template| {
            let of = |ratings: fn(&domain::dpia::risk::Risk) -> &Assessed| {
                all.iter()
                    .filter(move |(_, own, _)| own.matrix == template.matrix)
                    .flat_map(|(whole, own, _)| filter.risks(whole, own))
                    .map(move |record| ratings(&record.risk))
            };
            let before = map(&template.matrix, of(|risk| &risk.inherent));
            let after = map(&template.matrix, of(|risk| &risk.residual));
            (template.title.clone(), before, after)
        })
        .collect()
}
