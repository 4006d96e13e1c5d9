//! `/risks`: risks and measures across all assessments that the caller may see: what is open, what is overdue, which high risks
//! were accepted and by whom; as a page, CSV and Excel. Of what was given up or replaced nobody carries out a measure or bears a risk
//! any more: it is counted apart.

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
    api::v1::files::Format,
    error::{Code, Failure},
    state::App,
    web::{
        csv::MARK,
        page::{self, GetAs},
        session::Caller,
        turns::LISTS,
        words,
    },
};
use axum::{
    body::Body as Bytes,
    extract::State,
    http::{HeaderValue, header},
    response::{Html, Response},
};
use documents::export::{Cell, Column, Kind};
use domain::dpia::{
    access,
    place::Part,
    review::reviewed,
    risk::{Assessed, Band},
    sign_off::Signature,
    template::Template,
    whole::Whole,
};
use domain::people::PersonId;
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

/// Every assessment that counts and that the caller may read, with its risks, its measures and its tasks; and how many more were given up
/// or replaced.
async fn wholes(app: &App, caller: &Caller) -> Result<(Vec<(Whole, Arc<Template>, Tasks)>, usize), Failure> {
    let today = app.clock.today();
    let library = app.rules();
    let mut heads = app.store.assessments(&caller.scope, today).await?;
    heads.retain(|head| access::sight(&caller.scope, head, today).reads_any());
    let (closed, heads): (Vec<_>, Vec<_>) = heads.into_iter().partition(|head| head.state.is_closed());
    let found = app.store.weighed(&caller.scope, today, library.as_ref(), heads).await?;
    let people = found.iter().flat_map(|(_, tasks)| Tasks::people(tasks));
    let names = Arc::new(whole::names(app, &caller.scope, people).await?);
    let templated = |(whole, tasks): (Whole, Vec<_>)| {
        let template = library.shared(&whole.assessment.template)?;
        Some((whole, template, Tasks::named(tasks, &names)))
    };
    Ok((found.into_iter().filter_map(templated).collect(), closed.len()))
}

/// The page.
///
/// # Errors
/// When the database fails.
pub async fn page(State(app): State<App>, caller: Caller) -> Result<Html<String>, Failure> {
    let (all, ended) = wholes(&app, &caller).await?;
    let (snapshot, today) = (app.snapshot(), app.clock.today());
    let names = signers(&app, &caller, &all).await?;
    let (mut rows, mut measures, mut accepted) = (Vec::new(), Vec::new(), Vec::new());
    for (whole, template, tasks) in &all {
        let href = format!("/assessments/{}", whole.assessment.id);
        for record in &whole.risks {
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
        measures.extend(whole.measures.iter().filter(|record| record.measure.open()).map(|record| Owed {
            assessment: whole.assessment.number.clone(),
            href: format!("{href}/measures/{}", record.measure.id),
            measure: measure_row(record, tasks, today),
        }));
        accepted.extend(acceptances(&app, whole)?.into_iter().map(|signature| Accepted {
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
        maps: maps(&all),
        get: [("CSV", "/risks.csv"), ("Excel", "/risks.xlsx")]
            .map(|(text, href)| GetAs { text: text.to_owned(), href: href.to_owned() })
            .to_vec(),
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
fn maps(all: &[(Whole, Arc<Template>, Tasks)]) -> Vec<(String, Map, Map)> {
    let mut templates: Vec<&Arc<Template>> = Vec::new();
    for (whole, template, _) in all {
        if !whole.risks.is_empty() && !templates.iter().any(|known| known.matrix == template.matrix) {
            templates.push(template);
        }
    }
    templates
        .into_iter()
        .map(|template| {
            let of = |ratings: fn(&domain::dpia::risk::Risk) -> &Assessed| {
                all.iter()
                    .filter(move |(_, own, _)| own.matrix == template.matrix)
                    .flat_map(|(whole, ..)| &whole.risks)
                    .map(move |record| ratings(&record.risk))
            };
            let before = map(&template.matrix, of(|risk| &risk.inherent));
            let after = map(&template.matrix, of(|risk| &risk.residual));
            (template.title.clone(), before, after)
        })
        .collect()
}

/// The register as CSV: a row a risk.
///
/// # Errors
/// When the database fails.
pub async fn csv(State(app): State<App>, caller: Caller) -> Result<Response, Failure> {
    file(&app, &caller, Format::Csv).await
}

/// The register as a workbook.
///
/// # Errors
/// When the database fails.
pub async fn xlsx(State(app): State<App>, caller: Caller) -> Result<Response, Failure> {
    file(&app, &caller, Format::Xlsx).await
}

async fn file(app: &App, caller: &Caller, format: Format) -> Result<Response, Failure> {
    let _turn = LISTS.take().await?;
    let (all, _) = wholes(app, caller).await?;
    let (snapshot, today) = (app.snapshot(), app.clock.today());
    let columns: Vec<Column> = [
        ("assessment", Kind::Text),
        ("title", Kind::Text),
        ("risk", Kind::Text),
        ("organisation", Kind::Text),
        ("description", Kind::Text),
        ("before", Kind::Text),
        ("after", Kind::Text),
        ("override_reason", Kind::Text),
        ("measures", Kind::Integer),
        ("measures_open", Kind::Integer),
        ("next_measure_due", Kind::Date),
        ("measures_late", Kind::Integer),
        ("next_measure_with", Kind::Text),
        ("review_on", Kind::Date),
        ("accepted_by", Kind::Text),
    ]
    .map(|(name, kind)| Column::new(name, kind))
    .into();
    let names = signers(app, caller, &all).await?;
    let mut rows: Vec<Vec<Cell<'static>>> = Vec::new();
    let text = |text: String| if text.is_empty() { Cell::Empty } else { Cell::Text(text.into()) };
    for (whole, template, tasks) in &all {
        let accepted = acceptances(app, whole)?;
        // Whoever accepted what is left: of a council's own risk, that council; who is asked to accept no low risk accepted none.
        let accepted_by = |part: Part, band: &str| {
            let here =
                accepted.iter().filter(|one| part.organisation().is_none_or(|own| own == one.organisation) && band != "low");
            let who = here.map(|one| {
                let name = names.get(&one.person).cloned().unwrap_or_default();
                format!("{name}, {}, {}, {}", one.role.words(), body(&snapshot, one.organisation).name, words::instant(one.at))
            });
            who.collect::<Vec<_>>().join("; ")
        };
        let review = whole.assessment.review_on.map_or(Cell::Empty, Cell::Date);
        if let Some(made) = stated(whole, today) {
            let mut row: Vec<Cell<'static>> = vec![Cell::Empty; columns.len()];
            row[0] = text(made.assessment);
            row[1] = text(made.title);
            row[2] = text("All risks, as the document states".to_owned());
            row[6] = made.level.map_or(Cell::Empty, |level| text(level.to_owned()));
            row[13] = review.clone();
            rows.push(row);
        }
        for record in &whole.risks {
            let of: Vec<_> = whole.measures_of(record.risk.id).collect();
            let after = level(&template.matrix, &record.risk.residual);
            // What is signed keeps its words; by when it is to be done, and by whom, its task says.
            let next = of
                .iter()
                .filter(|measure| measure.open())
                .min_by_key(|measure| measure.due_by(tasks.task(measure)).unwrap_or(jiff::civil::Date::MAX));
            let due = next.and_then(|measure| measure.due_by(tasks.task(measure)));
            let late = of.iter().filter(|measure| measure.late(tasks.task(measure), today)).count();
            let with = next.map(|measure| tasks.with(measure)).unwrap_or_default();
            let count = |number: usize| Cell::Integer(i64::try_from(number).unwrap_or(i64::MAX));
            rows.push(vec![
                text(whole.assessment.number.clone()),
                text(whole.assessment.title.clone()),
                text(format!("R{}. {}", record.number, record.risk.title)),
                text(part(&snapshot, record.risk.part).map(|organisation| organisation.name).unwrap_or_default()),
                text(record.risk.description.clone()),
                text(level(&template.matrix, &record.risk.inherent).label),
                text(after.label.clone()),
                text(after.reason.clone().unwrap_or_default()),
                count(of.len()),
                count(of.iter().filter(|measure| measure.open()).count()),
                due.map_or(Cell::Empty, Cell::Date),
                count(late),
                text(with),
                review.clone(),
                text(accepted_by(record.risk.part, after.band)),
            ]);
        }
    }
    let mut out = std::io::Cursor::new(Vec::new());
    format.write("risks", &columns, rows.into_iter(), &mut out).map_err(|error| {
        tracing::error!(%error, "the risks could not be written");
        Failure::of(Code::Internal)
    })?;
    let mut content = out.into_inner();
    if format == Format::Csv {
        content.splice(..0, MARK.bytes());
    }
    let mut response = Response::new(Bytes::from(content));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(format.content_type()));
    if let Ok(name) = HeaderValue::from_str(&format!("attachment; filename=\"risks.{}\"", format.extension())) {
        headers.insert(header::CONTENT_DISPOSITION, name);
    }
    Ok(response)
}
