//! `/assessments/{id}/modules`: the parts of the template that can be switched on: which of them the answers and the screening ask
//! for, and a person's yes, or no with reasons. Nothing is switched on by itself; an unanswered proposal stands in the way of
//! freezing.

use super::super::{
    desk::{By, Desk},
    own_work::{self, Warning},
    templates::condition::question_text,
};
use crate::{
    assessments::tell,
    error::Failure,
    state::App,
    web::{
        form::{Errors, Form, new_command},
        page, repeat,
        session::Caller,
    },
};
use axum::{
    extract::{Path, State},
    response::{IntoResponse as _, Response},
};
use domain::dpia::{
    access,
    assessment::State as Stand,
    condition::{Condition, Read},
    modules::{Refusal, Saying},
    place::Part,
    risk::suggest::because,
    task::About,
    template::{Module, Template},
};
use serde::Serialize;
use std::collections::BTreeMap;
use uuid::Uuid;

#[derive(Serialize)]
struct View {
    href: String,
    command: Uuid,
    errors: Errors,
    typed: BTreeMap<String, String>,
    /// The caller may say yes and no, and the text is being written.
    may: bool,
    drafting: bool,
    rows: Vec<Row>,
    /// Signatures that the caller cannot give once they say yes or no.
    own_work: Vec<Warning>,
}

#[derive(Serialize)]
struct Row {
    id: String,
    title: String,
    about: String,
    /// `proposed`, `on`, `declined` or `off`.
    state: &'static str,
    /// What asks for it: a question, and what was answered.
    because: Vec<(String, String)>,
    /// The sections that it brings.
    sections: Vec<String>,
    /// The steps of sign-off that it brings.
    steps: Vec<String>,
    declined: Option<Said>,
}

/// Why it stays off.
#[derive(Serialize)]
struct Said {
    reasons: String,
    by: By,
    at: i64,
}

/// The page.
///
/// # Errors
/// Not found where the caller may not see all of the assessment.
pub async fn page(State(app): State<App>, caller: Caller, Path(id): Path<String>) -> Result<Response, Failure> {
    let desk = Desk::open(&app, &caller, &id).await?;
    render(&app, &caller, &desk, Errors::default(), BTreeMap::new()).await
}

/// Switches a module on, or leaves it off with reasons.
///
/// # Errors
/// Not found for those who do not keep the assessment for its lead, and for a module that is not there.
pub async fn say(State(app): State<App>, caller: Caller, Path(id): Path<String>, form: Form) -> Result<Response, Failure> {
    let desk = Desk::open(&app, &caller, &id).await?;
    let (member, head) = (caller.signed_in()?, &desk.whole.assessment);
    if !access::keeps(&caller.scope, head, head.lead) || head.is_record() {
        return Err(Failure::not_found());
    }
    let (command, lead) = (form.command()?, head.lead);
    let module = desk.template.module(form.text("module")).ok_or_else(Failure::not_found)?;
    let on = match form.text("answer") {
        "yes" => true,
        "no" => false,
        _ => return Err(Failure::not_found()),
    };
    let here = format!("{}/modules", desk.address());
    let scope = caller.scope.acting_for(lead);
    let (now, today) = (app.clock.now(), app.clock.today());
    let mut work = app.store.work(&scope, now, today, head.id).await?.ok_or_else(Failure::not_found)?;
    if let Some(done) = work.command(command).await? {
        return Ok(repeat::again(&done));
    }
    let field = format!("reasons-{}", module.id);
    let saying = Saying { reasons: form.raw(&field), by: member.person, organisation: lead, at: now };
    let after = match work.whole.switch(&desk.template, &module.id, on, saying) {
        Ok(after) => after,
        Err(refusal) => {
            drop(work);
            let mut errors = Errors::default();
            match refusal {
                Refusal::SayWhy => errors.add(&field, format!("Say why ‘{}’ is left off", module.title)),
                Refusal::NotDrafting => errors.add("modules", "The text is frozen or signed: open it for changes first"),
                // The page shows what they said, and what was typed here is kept.
                Refusal::On | Refusal::Off => {
                    return Ok(page::nothing_saved(
                        &here,
                        "Somebody said this of the part before you pressed, and what they said stands.",
                    ));
                }
                Refusal::NoSuchModule => return Err(Failure::not_found()),
            }
            return render(&app, &caller, &desk, errors, form.typed()).await;
        }
    };
    work.change_head(after).await?;
    if !on {
        let of = |section: &str| desk.template.section(section).is_some_and(|one| one.module.as_ref() == Some(&module.id));
        let field = |field: &str| desk.template.find(field).is_some_and(|(section, _)| of(&section.id));
        let gone = |about: &About| match about {
            About::Section { section, .. } => of(section),
            About::Field { place } => field(&place.field),
            _ => false,
        };
        work.close_tasks(gone, Some(member.person)).await?;
    }
    let left = work.whole.proposed(&desk.template).len();
    let location = if left == 0 { desk.address() } else { here };
    let said = if on {
        format!("‘{}’ is switched on: its questions stand in the task list.", module.title)
    } else {
        format!("‘{}’ is left off, with your reasons.", module.title)
    };
    work.answered(command, &repeat::kept(&location, &said)).await?;
    tell::commit(&app, work, None).await?;
    Ok(page::saved(&location, &said))
}

async fn render(
    app: &App,
    caller: &Caller,
    desk: &Desk,
    errors: Errors,
    typed: BTreeMap<String, String>,
) -> Result<Response, Failure> {
    if !desk.whole.sight.sees_sign_off() {
        return Err(Failure::not_found());
    }
    super::super::whole::of_record(&desk.whole, false)?;
    let head = &desk.whole.assessment;
    let drafting = head.state == Stand::Drafting;
    let mut rows: Vec<Row> = desk.template.modules.iter().map(|module| row(app, desk, module)).collect();
    // What is asked for comes first.
    rows.sort_by_key(|row| ["proposed", "on", "declined", "off"].iter().position(|state| *state == row.state));
    let may = drafting && access::keeps(&caller.scope, head, head.lead);
    let own_work = match may {
        true => own_work::warnings(app, caller, &desk.whole, &desk.template, &[Part::Shared], &[]).await?,
        false => Vec::new(),
    };
    let view = View { href: desk.address(), command: new_command(), may, own_work, drafting, rows, errors, typed };
    let mut frame = super::super::whole::frame(app, &desk.whole, "Parts of the template");
    frame.error = !view.errors.is_empty();
    Ok(page::render(app, "dpia/together/modules.html", &frame, view)?.into_response())
}

fn row(app: &App, desk: &Desk, module: &Module) -> Row {
    let head = &desk.whole.assessment;
    let wanted = desk.whole.wanted(&desk.template).into_iter().find(|one| one.module == module.id);
    let declined = head.declined.iter().find(|one| one.module == module.id);
    let state = if head.modules.contains(&module.id) {
        "on"
    } else {
        match (&wanted, declined) {
            (Some(wanted), Some(said)) if said.answers(wanted) => "declined",
            (Some(_), _) => "proposed",
            (None, Some(_)) => "declined",
            (None, None) => "off",
        }
    };
    let view = desk.view(Part::Shared);
    let (reader, rules) = (view.reader(), app.rules());
    // Of one that is on, what asks for it; of one that is off, what would.
    let parts: Vec<&Condition> = if module.when.holds(&reader) { module.when.because(&reader) } else { Vec::new() };
    let mut said: Vec<(String, String)> = Vec::new();
    for part in parts {
        for pair in because(&desk.template, part, &reader, &|id| question_text(id, &rules)) {
            if !said.contains(&pair) {
                said.push(pair);
            }
        }
    }
    Row {
        id: module.id.clone(),
        title: module.title.clone(),
        about: module.about.clone(),
        state,
        because: said,
        sections: sections(&desk.template, &module.id),
        steps: steps(desk, &module.id),
        declined: declined.map(|said| Said {
            reasons: said.reasons.clone(),
            by: desk.by_stated(app, said.by, said.organisation, said.stated),
            at: said.at,
        }),
    }
}

fn sections(template: &Template, module: &str) -> Vec<String> {
    template.sections.iter().filter(|one| one.module.as_deref() == Some(module)).map(|one| one.title.clone()).collect()
}

/// The steps of sign-off that hang on a module, in the routes of the controllers.
fn steps(desk: &Desk, module: &str) -> Vec<String> {
    let mut titles: Vec<String> = Vec::new();
    for organisation in desk.whole.assessment.controllers() {
        for step in &desk.routes.of(organisation).steps {
            let hangs = step.when.as_ref().is_some_and(|when| when.reads().contains(&Read::Module(module)));
            if hangs && !titles.contains(&step.title) {
                titles.push(step.title.clone());
            }
        }
    }
    titles
}
