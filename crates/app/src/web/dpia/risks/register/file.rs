//! The register of risks as CSV and Excel: a row a risk, of those that the filter asks for.

use super::{
    super::super::{projects::body, whole::part},
    Filter, Found, acceptances, found, level, signers, stated,
};
use crate::{
    api::v1::files::Format,
    error::{Code, Failure},
    state::App,
    web::{csv::MARK, query::Params, session::Caller, turns::LISTS, words},
};
use axum::{
    body::Body as Bytes,
    extract::State,
    http::{HeaderValue, header},
    response::Response,
};
use documents::export::{Cell, Column, Kind};
use domain::dpia::place::Part;

/// The register as CSV: a row a risk.
///
/// # Errors
/// When the database fails.
pub async fn csv(State(app): State<App>, caller: Caller, params: Params) -> Result<Response, Failure> {
    file(&app, &caller, &params, Format::Csv).await
}

/// The register as a workbook.
///
/// # Errors
/// When the database fails.
pub async fn xlsx(State(app): State<App>, caller: Caller, params: Params) -> Result<Response, Failure> {
    file(&app, &caller, &params, Format::Xlsx).await
}

async fn file(app: &App, caller: &Caller, params: &Params, format: Format) -> Result<Response, Failure> {
    let _turn = LISTS.take().await?;
    let filter = Filter::of(&app.snapshot(), params);
    let Found { all, .. } = found(app, caller, &filter).await?;
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
        for record in filter.risks(whole, template) {
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
