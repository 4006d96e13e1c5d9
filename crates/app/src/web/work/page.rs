//! `/work`: what is late, this week, later; beside it for whom one waits.

use super::{words, work_of};
use crate::{
    error::Failure,
    state::App,
    web::{page, session::Caller},
};
use axum::{
    extract::{Query, State},
    response::Html,
};
use domain::work::tasks::{Subject, Task, When};
use govuk::Link;
use serde::{Deserialize, Serialize};

/// What the address may say.
#[derive(Debug, Deserialize)]
pub struct Asking {
    subject: Option<String>,
}

#[derive(Serialize)]
struct View {
    count: usize,
    late: usize,
    tabs: Vec<Tab>,
    chosen: Option<&'static str>,
    sections: Vec<Section>,
    waiting: Vec<Row>,
    organisations: usize,
    /// Who stands in for whom, a sentence each.
    away: Vec<String>,
    /// How much the caller typed and did not send.
    unsent: usize,
}

#[derive(Serialize)]
struct Tab {
    subject: Option<&'static str>,
    count: usize,
    current: bool,
}

#[derive(Serialize)]
struct Section {
    part: &'static str,
    rows: Vec<Row>,
}

#[derive(Serialize)]
struct Row {
    title: String,
    context: String,
    href: String,
    subject: &'static str,
    organisation: String,
    colour: Option<String>,
    due: Option<String>,
    when: &'static str,
    days: i32,
}

/// The page.
///
/// # Errors
/// When the database fails.
pub async fn page(State(app): State<App>, caller: Caller, Query(asking): Query<Asking>) -> Result<Html<String>, Failure> {
    let work = work_of(&app, &caller).await?;
    let chosen = asking.subject.as_deref().and_then(Subject::parse);
    let all = || work.late.iter().chain(&work.this_week).chain(&work.later);
    let mut tabs = vec![Tab { subject: None, count: work.count(), current: chosen.is_none() }];
    for subject in Subject::ALL {
        let count = all().filter(|(_, task)| task.subject == subject).count();
        if count > 0 || chosen == Some(subject) {
            tabs.push(Tab { subject: Some(subject.as_str()), count, current: chosen == Some(subject) });
        }
    }
    let shown = |part: &[(When, Task)]| -> Result<Vec<Row>, Failure> {
        let of_subject = part.iter().filter(|(_, task)| chosen.is_none_or(|subject| task.subject == subject));
        of_subject.map(|(when, task)| row(&app, Some(*when), task)).collect()
    };
    let mut sections = Vec::new();
    for (part, tasks) in [("late", &work.late), ("this-week", &work.this_week), ("later", &work.later)] {
        let rows = shown(tasks)?;
        if !rows.is_empty() {
            sections.push(Section { part, rows });
        }
    }
    let waiting = work.waiting.iter().map(|task| row(&app, None, task)).collect::<Result<_, _>>()?;
    let mut frame = page::frame(&app, "Your work", Some("work"));
    frame.breadcrumbs = vec![Link::new("Home", "/")];
    let view = View {
        count: work.count(),
        late: work.late.len(),
        tabs,
        chosen: chosen.map(Subject::as_str),
        sections,
        waiting,
        organisations: caller.signed_in()?.standings.len(),
        away: away(&app, &caller).await?,
        unsent: super::unsent::rows(&app, &caller).await?.len(),
    };
    page::render(&app, "work/page.html", &frame, view)
}

/// Who stands in for the caller, and for whom the caller does, now or later.
async fn away(app: &App, caller: &Caller) -> Result<Vec<String>, Failure> {
    let (member, day) = (caller.signed_in()?, crate::web::words::day);
    let away = app.store.absences(&caller.scope, app.clock.today()).await?;
    let mine: Vec<_> =
        away.iter().map(|one| one.absence).filter(|one| one.person == member.person || one.to == member.person).collect();
    let names = crate::web::dpia::whole::names(app, &caller.scope, mine.iter().flat_map(|one| [one.person, one.to])).await?;
    let name = |person| names.get(&person).cloned().unwrap_or_default();
    Ok(mine
        .into_iter()
        .map(|one| {
            let days = format!("from {} to {}", day(one.from), day(one.until));
            if one.person == member.person {
                format!("{} stands in for you {days}.", name(one.to))
            } else {
                format!("You stand in for {} {days}.", name(one.person))
            }
        })
        .collect())
}

fn row(app: &App, when: Option<When>, task: &Task) -> Result<Row, Failure> {
    let (title, context) = words(app, task)?;
    let snapshot = app.snapshot();
    let organisation = snapshot.organisation_by_id(task.organisation).and_then(|row| snapshot.organisation(row));
    let (when, days) = match when {
        Some(When::Late(days)) => ("late", days),
        Some(When::Today) => ("today", 0),
        Some(When::Tomorrow) => ("tomorrow", 1),
        None => ("waiting", task.waiting_since.map_or(0, |since| (app.clock.today() - since).get_days())),
        Some(When::ThisWeek | When::Later | When::Undated) => ("dated", 0),
    };
    Ok(Row {
        title,
        context,
        href: task.href.clone(),
        subject: task.subject.as_str(),
        organisation: organisation.map_or_else(String::new, |entry| entry.record.name.clone()),
        colour: organisation.and_then(|entry| entry.record.colour.clone()),
        due: task.due.map(|day| day.to_string()),
        when,
        days,
    })
}
