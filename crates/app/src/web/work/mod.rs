//! 'Your work': what someone must do by a date, from every organisation they act for.
//!
//! Each subject adds its tasks with a function in [`SUBJECTS`]: it gets who asks ([`Asked`]) and gives tasks. The words of a
//! task stand in a template of `templates/work/tasks/`, whose first line is its title (a verb first) and whose second is its
//! context; the same words serve the page, the calendar and the file.

pub mod away;
pub mod calendar;
pub mod calendars;
pub mod contracts;
pub mod file;
pub mod overlays;
pub mod page;
pub mod register;
pub mod unsent;

use super::{
    routes::{Route, Who},
    session::Caller,
};
use crate::{error::Failure, state::App};
use domain::{
    people::{Member, Scope},
    work::tasks::{Task, Work},
};
use jiff::civil::Date;
use std::pin::Pin;

#[cfg(test)]
mod tests;

/// Who asks for their tasks.
pub struct Asked<'a> {
    /// The store, the register, the clock.
    pub app: &'a App,
    /// On whose behalf tasks are looked up: nothing that it may not see becomes a task.
    pub scope: &'a Scope,
    /// Who.
    pub member: &'a Member,
    /// The day.
    pub today: Date,
    /// Whether dates count that lie so far ahead that nothing is to be done yet.
    pub far: bool,
}

/// Tasks, once they are looked up.
pub type Tasks<'a> = Pin<Box<dyn Future<Output = Result<Vec<Task>, store::Error>> + Send + 'a>>;

/// Where tasks come from. A subject that has tasks adds its function here.
pub const SUBJECTS: &[for<'a> fn(&'a Asked<'a>) -> Tasks<'a>] = &[
    |asked| Box::pin(contracts::tasks(asked)),
    |asked| Box::pin(register::tasks(asked)),
    |asked| Box::pin(super::dpia::tasks::tasks(asked)),
    |asked| Box::pin(overlays::tasks(asked)),
];

/// The routes of this subject.
#[must_use]
pub fn routes() -> Vec<Route> {
    vec![
        Route::get("/work", Who::SignedIn, page::page),
        Route::get("/work.csv", Who::SignedIn, file::csv),
        Route::get("/work/calendar", Who::SignedIn, calendars::page),
        Route::post("/work/calendar", Who::SignedIn, calendars::add),
        Route::post("/work/calendar/{id}/stop", Who::SignedIn, calendars::stop),
        Route::get("/work/away", Who::SignedIn, away::page),
        Route::post("/work/away", Who::SignedIn, away::leave),
        Route::post("/work/away/back", Who::SignedIn, away::back),
        Route::get("/work/unsent", Who::SignedIn, unsent::page),
        Route::post(super::drafts::KEEPS, Who::SignedIn, super::drafts::keep),
        // `{token}.ics`; the token is the permission.
        Route::get("/work/{token}", Who::Token, calendar::feed),
    ]
}

/// Every task of a member.
///
/// # Errors
/// When the database fails.
pub async fn tasks_of(app: &App, scope: &Scope, member: &Member) -> Result<Vec<Task>, store::Error> {
    gather(Asked { app, scope, member, today: app.clock.today(), far: false }).await
}

/// The same with what lies more than a year ahead: a calendar is looked at years ahead, where a list of what to do is not.
///
/// # Errors
/// When the database fails.
pub async fn dates_of(app: &App, scope: &Scope, member: &Member) -> Result<Vec<Task>, store::Error> {
    gather(Asked { app, scope, member, today: app.clock.today(), far: true }).await
}

async fn gather(asked: Asked<'_>) -> Result<Vec<Task>, store::Error> {
    let mut all = Vec::new();
    for subject in SUBJECTS {
        all.extend(subject(&asked).await?);
    }
    Ok(all)
}

/// A caller's tasks, sorted into late, this week, later.
///
/// # Errors
/// When the database fails, or nobody is signed in.
pub async fn work_of(app: &App, caller: &Caller) -> Result<Work, Failure> {
    let member = caller.signed_in()?;
    Ok(Work::of(tasks_of(app, &caller.scope, member).await?, app.clock.today()))
}

/// A task's title and its context, as plain text.
///
/// # Errors
/// When its template is at fault.
pub fn words(app: &App, task: &Task) -> Result<(String, String), Failure> {
    let template = app.templates.get_template(&format!("work/tasks/{}.txt", task.words))?;
    let text = template.render(govuk::json_value(&task.values))?;
    let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    Ok((lines.next().unwrap_or_default().to_owned(), lines.collect::<Vec<_>>().join(" ")))
}
