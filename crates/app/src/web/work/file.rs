//! `/work.csv`: the list as a file.

use super::{words, work_of};
use crate::{error::Failure, state::App, web::session::Caller};
use axum::{extract::State, http::header, response::IntoResponse};

/// The list, in the order of the page.
///
/// # Errors
/// When the database fails.
pub async fn csv(State(app): State<App>, caller: Caller) -> Result<impl IntoResponse, Failure> {
    let work = work_of(&app, &caller).await?;
    let snapshot = app.snapshot();
    // A mark at the beginning, so that spreadsheets read it as UTF-8.
    let mut text = "\u{feff}due,what,context,kind,organisation,address\r\n".to_owned();
    for (_, task) in work.late.iter().chain(&work.this_week).chain(&work.later) {
        let (title, context) = words(&app, task)?;
        let organisation = snapshot.organisation_by_id(task.organisation).and_then(|row| snapshot.organisation(row));
        let cells = [
            task.due.map(|day| day.to_string()).unwrap_or_default(),
            title,
            context,
            task.subject.as_str().to_owned(),
            organisation.map_or_else(String::new, |entry| entry.record.name.clone()),
            format!("{}{}", app.public_url, task.href),
        ];
        let line: Vec<String> = cells.iter().map(|cell| quoted(cell)).collect();
        text.push_str(&line.join(","));
        text.push_str("\r\n");
    }
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8; header=present"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"your-work.csv\""),
    ];
    Ok((headers, text))
}

/// A cell that no spreadsheet takes for a formula, in quotes.
fn quoted(cell: &str) -> String {
    let guard = if cell.starts_with(['=', '+', '-', '@', '\t', '\r']) { "'" } else { "" };
    format!("\"{guard}{}\"", cell.replace('"', "\"\""))
}
