//! The outcome of a project's screening: the record, and the officer's decision.

use super::{
    begin::frame,
    kept::{Kept, rules},
    outcome::{self, Decision, Earlier, Record},
};
use crate::{
    error::{Code, Failure},
    state::App,
    web::{
        dpia::projects::keeps,
        form::{Errors, Form, new_command},
        page,
        session::Caller,
        words,
    },
};
use axum::{
    extract::{Path, State},
    response::{IntoResponse as _, Redirect, Response},
};
use domain::{
    dpia::{
        project::{Refusal, Screening, decide as check},
        screening::{OutcomeKind, Rules, next, outcome as work_out},
        template::Purpose,
    },
    people::{Person, PersonId},
    register::ids::OrganisationId,
};

/// What was typed into the decision, and what was wrong with it.
#[derive(Default)]
pub struct Typed {
    kind: String,
    reasons: String,
    errors: Errors,
}

/// The page of an outcome.
///
/// # Errors
/// When the database or the template fails.
pub async fn page(
    app: &App,
    caller: &Caller,
    kept: &Kept,
    screening: &Screening,
    rules: &Rules,
    typed: Typed,
) -> Result<Response, Failure> {
    let library = app.rules();
    let today = app.clock.today();
    let template = library.in_force(Purpose::Dpia, today);
    let outcome = screening.outcome.clone().unwrap_or_else(|| work_out(rules, &screening.answers, template));
    let may_answer = kept.answers_for(caller).is_some();
    let change = |question: &str| if may_answer { kept.address(Some(question)) } else { String::new() };
    let mut view = outcome::view(rules, &screening.answers, &outcome, template, change);
    view.project = Some(kept.project.title.clone());
    let wanted = screening.decision.as_ref().map_or(outcome.kind, |decided| decided.kind) != OutcomeKind::NotRequired;
    // The page that begins it asks for the same (`together::begin`), and one project has one assessment under way.
    let begun = app
        .store
        .assessments(&caller.scope, today)
        .await?
        .iter()
        .any(|one| one.project == Some(kept.project.id) && !one.state.is_closed());
    let begins = wanted && keeps(caller, &kept.project) && screening.outcome.is_some() && !begun;
    let decision = match &screening.decision {
        Some(decided) => Some(Decision {
            kind: decided.kind.as_str(),
            reasons: decided.reasons.clone(),
            by: name(app, caller, decided.by).await?,
            at: words::instant(decided.at),
        }),
        None => None,
    };
    view.record = Some(Record {
        finished: screening.outcome.is_some(),
        by: name(app, caller, screening.by).await?,
        organisation: organisation(app, screening.organisation),
        at: words::instant(screening.at),
        decision,
        may_decide: kept.decides(caller) && screening.outcome.is_some() && screening.decision.is_none(),
        may_answer,
        begin: begins.then(|| format!("/projects/{}/assessment", kept.project.id)),
        newer_rules: library.screening_in_force(today).is_some_and(|now| now.edition != screening.rules),
        command: new_command().to_string(),
        action: kept.address(None),
        typed_kind: typed.kind,
        typed_reasons: typed.reasons,
        earlier: kept.screenings[1..]
            .iter()
            .filter_map(|earlier| Some(Earlier { at: words::instant(earlier.at), kind: earlier.outcome.as_ref()?.kind.as_str() }))
            .collect(),
    });
    let title = match outcome.kind {
        OutcomeKind::Required => "You need a DPIA",
        OutcomeKind::IgReview => "An IG officer should look at this",
        OutcomeKind::NotRequired => "You do not need a DPIA",
    };
    let mut frame = frame(app, kept, title);
    frame.error = !typed.errors.summary.is_empty();
    view.errors = typed.errors;
    Ok(page::render(app, "dpia/screening/outcome.html", &frame, view)?.into_response())
}

/// Takes the officer's decision.
///
/// # Errors
/// Not found for those who do not decide there.
pub async fn decide(State(app): State<App>, caller: Caller, Path(id): Path<String>, form: Form) -> Result<Response, Failure> {
    let kept = Kept::read(&app, &caller, &id).await?;
    let screening = kept.latest().filter(|_| kept.decides(&caller)).ok_or_else(Failure::not_found)?;
    let command = form.command()?;
    let address = kept.address(None);
    let library = app.rules();
    let rules = rules(&app, &library, Some(screening)).ok_or_else(|| Failure::of(Code::NotFound))?;
    let mut write = app.store.write(&caller.scope, app.clock.now()).await?;
    if let Some(address) = write.command(command).await? {
        return Ok(Redirect::to(&address).into_response());
    }
    let mut errors = Errors::default();
    let kinds = [OutcomeKind::Required, OutcomeKind::IgReview, OutcomeKind::NotRequired];
    let chosen = kinds.into_iter().find(|kind| kind.as_str() == form.text("kind"));
    let by = caller.signed_in()?.person;
    let decided = match chosen {
        None => {
            errors.add("kind", "Choose what is done");
            None
        }
        Some(kind) => match check(screening, kind, form.text("reasons"), by, app.clock.now()) {
            Ok(decided) => Some(decided),
            Err(refusal) => {
                match refusal {
                    Refusal::Unfinished => errors.add("kind", "Some questions have no answer yet"),
                    Refusal::Required => errors.add("kind", "The rules require a DPIA: only that can be chosen"),
                    Refusal::SayWhy => errors.add("reasons", "Enter the reasons: they are the record of why no DPIA is done"),
                }
                None
            }
        },
    };
    let Some(mut after) = decided.filter(|_| screening.decision.is_none()) else {
        write.abandon();
        if next(rules, &screening.answers).is_some() || screening.decision.is_some() {
            return Ok(Redirect::to(&address).into_response());
        }
        let typed = Typed { kind: form.text("kind").to_owned(), reasons: form.text("reasons").to_owned(), errors };
        return page(&app, &caller, &kept, screening, rules, typed).await;
    };
    write.update(screening, &mut after).await?;
    write.answered(command, &address).await?;
    write.commit().await?;
    Ok(page::saved(&address, "The decision is kept with its reasons"))
}

async fn name(app: &App, caller: &Caller, person: PersonId) -> Result<String, Failure> {
    let found = app.store.get::<Person>(&caller.scope, person.0).await?;
    Ok(found.map_or_else(|| "a person of another organisation".to_owned(), |person| person.name))
}

fn organisation(app: &App, id: OrganisationId) -> String {
    let snapshot = app.snapshot();
    let entry = snapshot.organisation_by_id(id).and_then(|row| snapshot.organisation(row));
    entry.map_or_else(|| "an organisation".to_owned(), |entry| entry.record.name.clone())
}
