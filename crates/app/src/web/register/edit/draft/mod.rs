//! A new contract, system or skill: one question page after another, a page to check the answers, and the record.
//!
//! | module | what lives there |
//! |---|---|
//! | `blank` | records that nobody has answered anything of yet |
//! | `drawn` | a draft's record as far as its answers go |
//! | `check` | the page to check |
//! | `make` | the record |
//! | `discard` | the draft let go |

mod blank;
mod check;
mod discard;
mod drawn;
mod make;

pub use check::page as check_page;
pub use discard::{discard, page as discard_page};
pub use make::make;

use super::{answers, change::Fields, naming::Names};
use crate::{
    error::Failure,
    state::App,
    web::{
        form::{Errors, Form, new_command},
        page,
        register::{edit, views::Named as Link},
        session::Caller,
    },
};
use axum::{
    extract::{Path, State},
    response::{IntoResponse, Redirect, Response},
};
use blank::first_answers;
use domain::{
    people::Act,
    register::{
        edit::{Answers, Refused},
        ids::OrganisationId,
    },
};
use drawn::drawn;
use serde::Serialize;
use store::drafts::Draft;
use uuid::Uuid;

/// The groups of questions of a kind, in order; none for a kind that there is not.
fn groups(kind: &str) -> Option<&'static [&'static str]> {
    match kind {
        "contract" => Some(&["about", "suppliers", "covers", "dates", "options", "value", "buying", "care"]),
        "system" => Some(&["system"]),
        "skill" => Some(&["skill"]),
        _ => None,
    }
}

fn section(kind: &str) -> &'static str {
    match kind {
        "system" => "systems",
        "skill" => "skills",
        _ => "contracts",
    }
}

fn dashboard(app: &App, organisation: OrganisationId) -> String {
    edit::organisation_link(&app.snapshot(), organisation)
        .map_or_else(|| "/".to_owned(), |link| format!("{}/register", link.href))
}

/// The caller's own draft, for an organisation whose register they may still edit.
async fn own(app: &App, caller: &Caller, id: &str) -> Result<Draft, Failure> {
    let person = caller.signed_in()?.person.0;
    let draft = app.store.register_draft(&caller.scope, person, edit::id_of(id)?).await?.ok_or_else(Failure::not_found)?;
    caller.must(&Act::EditRegister(OrganisationId(draft.organisation)))?;
    Ok(draft)
}

/// The caller's own draft for a form's command; or what an earlier press of it said, after which the draft is gone. `notice` is its word.
async fn own_once(app: &App, caller: &Caller, id: &str, command: Uuid, notice: &str) -> Result<Result<Draft, Response>, Failure> {
    match own(app, caller, id).await {
        Ok(draft) => Ok(Ok(draft)),
        Err(failure) => match app.store.write(&caller.scope, app.clock.now()).await?.command(command).await? {
            Some(address) if !address.is_empty() => edit::saved(app, notice, 1, &address).map(Err),
            _ => Err(failure),
        },
    }
}

fn known(kind: &str, group: &str) -> Result<&'static str, Failure> {
    groups(kind).unwrap_or_default().iter().copied().find(|one| *one == group).ok_or_else(Failure::not_found)
}

/// `POST /organisations/{slug}/new/{kind}`: begins a draft.
///
/// # Errors
/// Not found for whoever may not edit the organisation's register.
pub async fn begin(
    State(app): State<App>,
    caller: Caller,
    Path((slug, kind)): Path<(String, String)>,
    form: Form,
) -> Result<Response, Failure> {
    let groups = groups(&kind).ok_or_else(Failure::not_found)?;
    let snapshot = app.snapshot();
    let organisation = edit::organisation(&snapshot, &slug)?;
    caller.must(&Act::EditRegister(organisation.id))?;
    let answers = first_answers(&kind, organisation.id, &Names::of(&snapshot));
    // The command's id is the draft's, so that a second press opens the same draft.
    let person = caller.signed_in()?.person.0;
    let id = form.command()?;
    if app.store.register_draft(&caller.scope, person, id).await?.is_none() {
        let draft = Draft { id, person, organisation: organisation.id.0, kind, answers, updated_at: app.clock.now() };
        app.store.keep_register_draft(&caller.scope, &draft).await?;
    }
    Ok(Redirect::to(&format!("/drafts/{id}/{}", groups[0])).into_response())
}

#[derive(Serialize)]
struct Question {
    #[serde(flatten)]
    fields: Fields,
    kind: String,
    organisation: Option<Link>,
    command: Uuid,
    version: Option<i64>,
    to_check: bool,
    checkable: bool,
    check: String,
    place: usize,
    places: usize,
}

async fn question(
    app: &App,
    caller: &Caller,
    draft: &Draft,
    group: &'static str,
    answers: &Answers,
    errors: Errors,
    to_check: bool,
) -> Result<Response, Failure> {
    let organisation = OrganisationId(draft.organisation);
    let mut fields = Fields::of(app, caller, organisation, group, answers, errors).await?;
    fields.is_new = true;
    let groups = groups(&draft.kind).unwrap_or_default();
    let place = groups.iter().position(|one| *one == group).unwrap_or(0);
    let check = format!("/drafts/{}", draft.id);
    let mut frame = page::frame(app, format!("New {}", draft.kind), Some(section(&draft.kind)));
    frame.error = !fields.errors.is_empty();
    frame.back = Some(match place.checked_sub(1) {
        _ if to_check => check.clone(),
        Some(before) => format!("{check}/{}", groups[before]),
        None => dashboard(app, organisation),
    });
    let view = Question {
        fields,
        kind: draft.kind.clone(),
        organisation: edit::organisation_link(&app.snapshot(), organisation),
        command: new_command(),
        version: None,
        to_check,
        checkable: !draft.answers.text("title").is_empty(),
        check,
        place: place + 1,
        places: groups.len(),
    };
    Ok(page::render(app, "register/edit/question.html", &frame, view)?.into_response())
}

/// `GET /drafts/{id}/{group}`.
///
/// # Errors
/// Not found for a draft that is not the caller's own.
pub async fn question_page(
    State(app): State<App>,
    caller: Caller,
    Path((id, group)): Path<(String, String)>,
    params: crate::web::query::Params,
) -> Result<Response, Failure> {
    let draft = own(&app, &caller, &id).await?;
    let group = known(&draft.kind, &group)?;
    let to_check = params.one("from") == Some("check");
    question(&app, &caller, &draft, group, &draft.answers, Errors::default(), to_check).await
}

/// `POST /drafts/{id}/{group}`: keeps the answers and leads to the next question, or back to the page to check.
///
/// # Errors
/// Not found for a draft that is not the caller's own.
pub async fn answer(
    State(app): State<App>,
    caller: Caller,
    Path((id, group)): Path<(String, String)>,
    form: Form,
) -> Result<Response, Failure> {
    let mut draft = own(&app, &caller, &id).await?;
    let group = known(&draft.kind, &group)?;
    let given = answers::of_form(&form);
    let to_check = given.text("from") == "check";
    let typed = given.0.iter().any(|(field, all)| field != "from" && all.iter().any(|text| !text.trim().is_empty()));
    // 'Check the answers now' keeps this page's answers like 'Continue'.
    let check_now = to_check || form.text("to") == "check";
    // Boxes that are not ticked are not sent.
    for list in ["functions", "systems", "joint"] {
        if matches!(group, "covers" | "system") {
            draft.answers.set_all(list, Vec::new());
        }
    }
    if group == "options" {
        draft.answers.0.retain(|field, _| !field.starts_with("option-") && !field.starts_with("break-"));
    }
    draft.answers.absorb(given);
    draft.answers.0.remove("from");
    draft.updated_at = app.clock.now();
    let drawn = drawn(&app, &caller, &draft).await?;
    let refused: Vec<Refused> = drawn.refused.into_iter().filter(|(at, _)| *at == group).map(|(_, one)| one).collect();
    // Whoever only goes on to check leaves a page as empty as it is: it is listed there as still to answer.
    if !refused.is_empty() && form.text("to") == "check" && !typed {
        return Ok(Redirect::to(&format!("/drafts/{}", draft.id)).into_response());
    }
    if !refused.is_empty() {
        return question(&app, &caller, &draft, group, &draft.answers, answers::errors(&app, &refused), to_check).await;
    }
    app.store.keep_register_draft(&caller.scope, &draft).await?;
    let groups = groups(&draft.kind).unwrap_or_default();
    let next = groups.iter().position(|one| *one == group).and_then(|place| groups.get(place + 1)).filter(|_| !check_now);
    let to = next.map_or_else(|| format!("/drafts/{}", draft.id), |next| format!("/drafts/{}/{next}", draft.id));
    Ok(Redirect::to(&to).into_response())
}
