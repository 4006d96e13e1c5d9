//! The outcome of a project's screening: the record, also of one before, and the officer's decision.

use super::{
    asked::{asked as asked_of, less, settle},
    begin::frame,
    kept::{Kept, rules},
    outcome::{self, Decision, Earlier, Going, Record},
};
use crate::{
    error::{Code, Failure},
    state::App,
    web::{
        dpia::{
            projects::{keeps, list::outcome as stands_as},
            together::concluded::conclusions,
            whole,
        },
        form::{Errors, Form, new_command},
        page, repeat,
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
        project::{Decided, Refusal, Screening, ScreeningSight, decide as check},
        screening::{OutcomeKind, Rules, asked},
        template::Purpose,
    },
    people::{Person, PersonId},
    register::ids::OrganisationId,
};
use serde::Serialize;

/// What was typed into the decision, and what was wrong with it.
#[derive(Default)]
pub struct Typed {
    kind: String,
    reasons: String,
    despite: String,
    errors: Errors,
}

/// The page of the outcome that counts.
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
    render(app, caller, kept, screening, rules, typed, None).await
}

/// `/projects/{id}/screening/record/{number}`: a screening as it was: its answers, reasons and decision, to read.
///
/// # Errors
/// Not found for those who may not read it, and where there is none of that number.
pub async fn past(
    State(app): State<App>,
    caller: Caller,
    Path((id, number)): Path<(String, String)>,
) -> Result<Response, Failure> {
    let number: usize = number.parse().map_err(|_| Failure::not_found())?;
    let kept = Kept::read(&app, &caller, &id).await?;
    if kept.sight != ScreeningSight::All {
        return Err(Failure::not_found());
    }
    let screening = kept.numbered(number).filter(|one| one.outcome.is_some()).ok_or_else(Failure::not_found)?;
    if kept.counts().is_some_and(|counts| counts.id == screening.id) {
        return Ok(Redirect::to(&kept.address(None)).into_response());
    }
    let library = app.rules();
    let rules = rules(&app, &library, Some(screening)).ok_or_else(|| Failure::of(Code::NotFound))?;
    render(&app, &caller, &kept, screening, rules, Typed::default(), Some(number)).await
}

async fn render(
    app: &App,
    caller: &Caller,
    kept: &Kept,
    screening: &Screening,
    rules: &Rules,
    typed: Typed,
    past: Option<usize>,
) -> Result<Response, Failure> {
    let library = app.rules();
    let today = app.clock.today();
    let template = library.in_force(Purpose::Dpia, today);
    let (Some(outcome), Some(stands)) = (&screening.outcome, screening.stands()) else { return Err(Failure::not_found()) };
    let may_answer = past.is_none() && kept.answers_for(caller).is_some();
    // While another screening is under way, its questions are the ones to answer.
    let change = |question: &str| {
        if may_answer && kept.going().is_none() { kept.address(Some(question)) } else { String::new() }
    };
    let mut view = outcome::view(rules, &screening.answers, outcome, stands, template, change);
    view.project = Some(kept.project.title.clone());
    // The page that begins it asks for the same (`together::begin`). One project has one assessment under way; but where a DPIA is
    // required, a short review is not enough.
    let reviews = if past.is_none() { conclusions(app, caller, &kept.project).await? } else { Vec::new() };
    let required = stands == OutcomeKind::Required || !reviews.is_empty();
    let enough = |edition| !required || library.template(edition).is_none_or(|one| one.purpose == Purpose::Dpia);
    let assessments = app.store.assessments_of(&caller.scope, today, kept.project.id).await?;
    let begun = assessments.iter().any(|one| !one.state.is_closed() && enough(&one.template));
    let begins = past.is_none() && (required || stands != OutcomeKind::NotRequired) && keeps(caller, &kept.project) && !begun;
    let dpia = |edition| library.template(edition).is_some_and(|one| one.purpose == Purpose::Dpia);
    let open = assessments.iter().filter(|one| past.is_none() && !one.state.is_closed() && dpia(&one.template));
    let newest = open.max_by_key(|one| (one.created_at, one.id));
    let decision = told(app, caller, screening.decision.as_ref()).await?;
    let decision_stated = told(app, caller, screening.decision_stated.as_ref()).await?;
    let going = kept.going().filter(|_| past.is_none()).map(|going| Going {
        answered: going.answers.len(),
        href: super::kept::rules(app, &library, Some(going)).filter(|_| may_answer).and_then(|rules| kept.go_on(rules)),
    });
    view.record = Some(Record {
        past,
        going,
        by: name(app, caller, screening.by).await?,
        stated: screening.stated,
        organisation: organisation(app, screening.acting_for.unwrap_or(screening.organisation)),
        owner: organisation(app, kept.project.organisation),
        at: words::instant(screening.at),
        asked: if past.is_none() && screening.decided().is_none() { asked_of(app, &kept.project).await? } else { None },
        may_decide: past.is_none() && kept.decides(caller) && screening.decided().is_none(),
        decision,
        decision_stated,
        reviews,
        may_answer,
        begun: newest.map(|one| (whole::called(app, one), format!("/assessments/{}", one.id))),
        begin: begins.then(|| format!("/projects/{}/assessment", kept.project.id)),
        newer_rules: library.screening_in_force(today).is_some_and(|now| now.edition != screening.rules),
        command: new_command().to_string(),
        seen: screening.id.to_string(),
        action: kept.address(None),
        typed_kind: typed.kind,
        typed_reasons: typed.reasons,
        typed_despite: typed.despite,
        earlier: earlier(kept, past),
    });
    let title = match (stands, screening.decided().is_some()) {
        (OutcomeKind::Required, true) => "A DPIA is done",
        (OutcomeKind::IgReview, true) => "A short review is done",
        (OutcomeKind::NotRequired, true) => "No DPIA is done",
        (OutcomeKind::Required, false) => "You need a DPIA",
        (OutcomeKind::IgReview, false) => "An IG officer should look at this",
        (OutcomeKind::NotRequired, false) => "You do not need a DPIA",
    };
    let mut frame = frame(app, kept, title);
    frame.error = !typed.errors.summary.is_empty();
    view.errors = typed.errors;
    Ok(page::render(app, "dpia/screening/outcome.html", &frame, view)?.into_response())
}

/// A decision as the page tells it.
async fn told(app: &App, caller: &Caller, decided: Option<&Decided>) -> Result<Option<Decision>, Failure> {
    let Some(decided) = decided else { return Ok(None) };
    Ok(Some(Decision {
        kind: decided.kind.as_str(),
        reasons: decided.reasons.clone(),
        by: name(app, caller, decided.by).await?,
        at: words::instant(decided.at),
        stated: decided.stated,
    }))
}

/// The finished screenings before the one that counts, the newest first.
fn earlier(kept: &Kept, past: Option<usize>) -> Vec<Earlier> {
    let finished = kept.screenings.iter().filter(|one| one.outcome.is_some());
    let before = finished.skip(1).filter(|_| past.is_none());
    before
        .filter_map(|one| {
            let number = kept.number(one.id)?;
            Some(Earlier {
                at: words::instant(one.at),
                kind: one.outcome.as_ref()?.kind.as_str(),
                decided: one.decided().map(|decided| decided.kind.as_str()),
                href: format!("{}/record/{number}", kept.address(None)),
            })
        })
        .collect()
}

#[derive(Serialize)]
struct Unfinished {
    project: String,
    href: String,
    answered: usize,
    of: usize,
    by: String,
    /// A file that came in states who answered.
    stated: bool,
    organisation: String,
    at: String,
}

/// The page of a screening that is not finished, for those who do not answer it: there is no outcome yet.
///
/// # Errors
/// When the database or the template fails.
pub async fn unfinished(
    app: &App,
    caller: &Caller,
    kept: &Kept,
    screening: &Screening,
    rules: &Rules,
) -> Result<Response, Failure> {
    let view = Unfinished {
        project: kept.project.title.clone(),
        href: format!("/projects/{}", kept.project.id),
        answered: screening.answers.len(),
        of: asked(rules, &screening.answers).len(),
        by: name(app, caller, screening.by).await?,
        stated: screening.stated,
        organisation: organisation(app, screening.acting_for.unwrap_or(screening.organisation)),
        at: words::instant(screening.at),
    };
    let frame = frame(app, kept, "The screening is not finished");
    Ok(page::render(app, "dpia/screening/unfinished.html", &frame, view)?.into_response())
}

#[derive(Serialize)]
struct Short {
    project: String,
    href: String,
    stands: &'static str,
    at: String,
}

/// What a processor reads: what the screening came to.
///
/// # Errors
/// Not found where nobody has screened; when the template fails.
pub fn short(app: &App, kept: &Kept) -> Result<Response, Failure> {
    let screening = kept.counts().ok_or_else(Failure::not_found)?;
    let view = Short {
        project: kept.project.title.clone(),
        href: format!("/projects/{}", kept.project.id),
        stands: stands_as(Some(screening)),
        at: words::instant(screening.at),
    };
    let frame = frame(app, kept, "What the screening came to");
    Ok(page::render(app, "dpia/screening/short.html", &frame, view)?.into_response())
}

/// Takes the officer's decision. It is one about the screening that the officer has read: not about another that took its place while
/// the page stood open, and not beside the decision of somebody who was faster.
///
/// # Errors
/// Not found for those who do not decide there.
pub async fn decide(State(app): State<App>, caller: Caller, Path(id): Path<String>, form: Form) -> Result<Response, Failure> {
    let kept = Kept::read(&app, &caller, &id).await?;
    if !kept.decides(&caller) {
        return Err(Failure::not_found());
    }
    let command = form.command()?;
    let address = kept.address(None);
    let reviews = conclusions(&app, &caller, &kept.project).await?;
    let by = caller.signed_in()?.person;
    let mut write = app.store.write(&caller.scope.acting_for(kept.project.organisation), app.clock.now()).await?;
    if let Some(address) = write.command(command).await? {
        return Ok(repeat::again(&address));
    }
    let kept = kept.within(&mut write).await?;
    let screening = kept.counts().ok_or_else(Failure::not_found)?;
    let overtaken = if form.text("seen") != screening.id.to_string() {
        Some(
            "Nothing is decided: an answer was changed since you opened the page, and the outcome was worked out again. Read it, then decide.",
        )
    } else if screening.decided().is_some() {
        Some("Nothing is decided by you: an officer decided while your page stood open, and that decision stands.")
    } else {
        None
    };
    if let Some(why) = overtaken {
        write.abandon();
        return Ok(page::nothing_saved(&address, why));
    }
    let mut errors = Errors::default();
    let kinds = [OutcomeKind::Required, OutcomeKind::IgReview, OutcomeKind::NotRequired];
    let chosen = kinds.into_iter().find(|kind| kind.as_str() == form.text("kind"));
    let decided = match chosen {
        Some(kind) if kind != OutcomeKind::Required && !reviews.is_empty() && against(&form, &mut errors) => None,
        chosen => chosen.map(|kind| check(screening, kind, form.text("reasons"), by, app.clock.now())),
    };
    match &decided {
        None if errors.is_empty() => errors.add("kind", "Choose what is done"),
        Some(Err(Refusal::Unfinished)) => errors.add("kind", "Some questions have no answer yet"),
        Some(Err(Refusal::Required)) => errors.add("kind", "The rules require a DPIA: only that can be chosen"),
        Some(Err(Refusal::SayWhy)) => errors.add("reasons", "Enter why: it is the record of why no DPIA is done"),
        None | Some(Ok(_)) => {}
    }
    let Some(Ok(mut after)) = decided else {
        write.abandon();
        let library = app.rules();
        let rules = rules(&app, &library, Some(screening)).ok_or_else(|| Failure::of(Code::NotFound))?;
        let typed = |name: &str| form.text(name).to_owned();
        let typed = Typed { kind: typed("kind"), reasons: typed("reasons"), despite: typed("despite"), errors };
        return page(&app, &caller, &kept, screening, rules, typed).await;
    };
    write.update(screening, &mut after).await?;
    settle(&mut write, &kept.project, &after, by, app.clock.today()).await?;
    if after.stands() != Some(OutcomeKind::Required) {
        less(&mut write, &kept.project, by).await?;
    }
    let said = "The decision is kept with its reasons";
    write.answered(command, &repeat::kept(&address, said)).await?;
    write.commit().await?;
    Ok(page::saved(&address, said))
}

/// What a short review concludes is not decided against in passing: whoever does says that they read it, and why. Whether something of
/// that is missing.
fn against(form: &Form, errors: &mut Errors) -> bool {
    if form.text("reasons").trim().is_empty() {
        errors.add("reasons", "Enter why: the short review says otherwise");
    }
    if form.text("despite") != "yes" {
        errors.add("despite", "Confirm that you have read the short review and decide otherwise, or choose that a DPIA is done");
    }
    !errors.is_empty()
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
