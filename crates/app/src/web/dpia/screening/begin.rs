//! `/projects/{id}/screening`: where a project's screening stands: not begun, at a question, or at its outcome.

use super::{
    kept::{Kept, rules},
    record,
};
use crate::{
    error::{Code, Failure},
    state::App,
    web::{
        form::{Form, new_command},
        page, repeat,
        session::Caller,
    },
};
use axum::{
    extract::{Path, State},
    response::{IntoResponse as _, Redirect, Response},
};
use domain::{
    dpia::{
        ids::ScreeningId,
        project::{Screening, ScreeningSight},
        screening::Rules,
        template::view::Screened,
    },
    register::ids::OrganisationId,
};
use govuk::{Frame, Link};
use serde::Serialize;
use uuid::Uuid;

#[derive(Serialize)]
struct View {
    project: String,
    action: String,
    command: String,
    questions: usize,
    may: bool,
    version: String,
    rules_href: String,
}

/// The page: begin, the next question, or the outcome. While a project is screened again, the outcome before counts.
///
/// # Errors
/// Not found for those who may not see the project's screening.
pub async fn page(State(app): State<App>, caller: Caller, Path(id): Path<String>) -> Result<Response, Failure> {
    let kept = Kept::read(&app, &caller, &id).await?;
    if kept.sight == ScreeningSight::Outcome {
        return record::short(&app, &kept);
    }
    let library = app.rules();
    let asked = rules(&app, &library, kept.counts()).ok_or_else(|| Failure::of(Code::NotFound))?;
    let may = kept.answers_for(&caller).is_some();
    if let Some(screening) = kept.counts() {
        if screening.outcome.is_some() {
            return record::page(&app, &caller, &kept, screening, asked, record::Typed::default()).await;
        }
        return match kept.go_on(asked).filter(|_| may) {
            Some(question) => Ok(Redirect::to(&question).into_response()),
            None => record::unfinished(&app, &caller, &kept, screening, asked).await,
        };
    }
    let view = View {
        project: kept.project.title.clone(),
        action: kept.address(None),
        command: new_command().to_string(),
        questions: asked.questions.len(),
        may,
        version: asked.edition.version.clone(),
        rules_href: crate::web::dpia::templates::list::address(&asked.edition),
    };
    let frame = frame(&app, &kept, "Do you need a DPIA?");
    Ok(page::render(&app, "dpia/screening/begin.html", &frame, view)?.into_response())
}

/// Begins a screening, also after another, whose record stays as it was. One that is under way is gone on with.
///
/// # Errors
/// Not found for those who may not answer.
pub async fn begin(State(app): State<App>, caller: Caller, Path(id): Path<String>, form: Form) -> Result<Response, Failure> {
    let kept = Kept::read(&app, &caller, &id).await?;
    let organisation = kept.answers_for(&caller).ok_or_else(Failure::not_found)?;
    let command = form.command()?;
    let library = app.rules();
    let asked = library.screening_in_force(app.clock.today()).ok_or_else(|| Failure::of(Code::NotFound))?;
    let mut write = app.store.write(&caller.scope.acting_for(organisation), app.clock.now()).await?;
    if let Some(address) = write.command(command).await? {
        return Ok(repeat::again(&address));
    }
    let kept = kept.within(&mut write).await?;
    let under = rules(&app, &library, kept.going()).ok_or_else(|| Failure::of(Code::NotFound))?;
    if let Some(question) = kept.go_on(under) {
        let said = "The screening was begun already. Go on with it: the answers so far are kept.";
        write.answered(command, &repeat::kept(&question, said)).await?;
        write.commit().await?;
        return Ok(page::saved(&question, said));
    }
    let first = kept.address(asked.questions.first().map(|question| question.id.as_str()));
    let screening = Screening { answers: Screened::new(), ..fresh(&app, &caller, &kept, asked, organisation)? };
    write.create(&mut [screening]).await?;
    write.answered(command, &first).await?;
    write.commit().await?;
    Ok(Redirect::to(&first).into_response())
}

/// A screening under some rules, with the answers of the one before; `organisation` is the one that is answered for.
///
/// # Errors
/// When nobody is signed in.
pub fn fresh(app: &App, caller: &Caller, kept: &Kept, rules: &Rules, organisation: OrganisationId) -> Result<Screening, Failure> {
    let before = kept.latest();
    Ok(Screening {
        id: ScreeningId(Uuid::now_v7()),
        project: kept.project.id,
        organisation: kept.project.organisation,
        rules: rules.edition.clone(),
        answers: before.map(|before| before.answers.clone()).unwrap_or_default(),
        notes: before.map(|before| before.notes.clone()).unwrap_or_default(),
        outcome: None,
        decision: None,
        decision_stated: None,
        assessment: before.and_then(|before| before.assessment),
        by: caller.signed_in()?.person,
        acting_for: Some(organisation),
        at: app.clock.now(),
        replaces: before.map(|before| before.id),
        stated: false,
        updated_at: 0,
    })
}

/// The frame of a page of the screening.
#[must_use]
pub fn frame(app: &App, kept: &Kept, title: &str) -> Frame {
    let mut frame = page::frame(app, title, Some("projects"));
    frame.breadcrumbs = vec![
        Link::new("Home", "/"),
        Link::new("Data projects", "/projects"),
        Link::new(kept.project.title.clone(), format!("/projects/{}", kept.project.id)),
    ];
    frame
}
