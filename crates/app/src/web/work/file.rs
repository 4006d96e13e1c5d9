//! `/work.csv`: the list as a file.

use super::{words, work_of};
use crate::{
    error::Failure,
    state::App,
    web::{csv, session::Caller},
};
use axum::{extract::State, response::Response};

/// The list, in the order of the page.
///
/// # Errors
/// When the database fails.
pub async fn csv(State(app): State<App>, caller: Caller) -> Result<Response, Failure> {
    let work = work_of(&app, &caller).await?;
    let snapshot = app.snapshot();
    let mut rows = Vec::new();
    for (_, task) in work.late.iter().chain(&work.this_week).chain(&work.later) {
        let (title, context) = words(&app, task)?;
        let organisation = snapshot.organisation_by_id(task.organisation).and_then(|row| snapshot.organisation(row));
        rows.push(vec![
            task.due.map(|day| day.to_string()).unwrap_or_default(),
            title,
            context,
            task.subject.as_str().to_owned(),
            organisation.map_or_else(String::new, |entry| entry.record.name.clone()),
            format!("{}{}", app.public_url, task.href),
        ]);
    }
    Ok(csv::file("your-work.csv", &["due", "what", "context", "kind", "organisation", "address"], rows))
}
