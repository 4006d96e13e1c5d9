//! `/projects/{id}/screening/{question}`: one question of a project's screening.

use super::{
    asked::settle,
    begin::{frame, fresh},
    kept::{Kept, rules},
    question,
};
use crate::{
    assessments::rescreened,
    error::{Code, Failure},
    state::App,
    web::{
        form::{Errors, Form, new_command},
        page,
        session::Caller,
    },
};
use axum::{
    extract::{Path, State},
    response::{IntoResponse as _, Redirect, Response},
};
use domain::dpia::{
    answer::Ternary,
    project::Screening,
    screening::{Question, Rules, asked, next, outcome},
    template::{Purpose, view::Screened},
};

/// What was answered when the page was made; empty where nothing was.
const WAS: &str = "was";
/// How often an answer is tried again when somebody else's came first: each time it is looked at anew.
const TRIES: usize = 5;

/// The question.
///
/// # Errors
/// Not found for those who may not answer, and for a question that there is not.
pub async fn page(
    State(app): State<App>,
    caller: Caller,
    Path((id, question)): Path<(String, String)>,
) -> Result<Response, Failure> {
    let kept = Kept::read(&app, &caller, &id).await?;
    kept.answers_for(&caller).ok_or_else(Failure::not_found)?;
    let library = app.rules();
    let rules = rules(&app, &library, kept.latest()).ok_or_else(|| Failure::of(Code::NotFound))?;
    let answers = answers(&kept);
    match wanted(&kept, rules, &answers, &question)? {
        Ok(wanted) => show(&app, &kept, rules, &answers, wanted, None),
        Err(elsewhere) => Ok(elsewhere),
    }
}

/// Saves an answer, and leads to the next question or to the outcome.
///
/// # Errors
/// As [`page()`].
pub async fn save(
    State(app): State<App>,
    caller: Caller,
    Path((id, question)): Path<(String, String)>,
    form: Form,
) -> Result<Response, Failure> {
    let mut tries = 1..=TRIES;
    loop {
        let last = tries.next().is_none_or(|tried| tried == TRIES);
        match attempt(&app, &caller, &id, &question, &form).await? {
            Ok(response) => return Ok(response),
            // Somebody answered another question at the same time: nobody's answer is lost, nobody's is overwritten.
            Err(store::Error::Conflict(..)) if !last => {}
            Err(error) => return Err(error.into()),
        }
    }
}

async fn attempt(
    app: &App,
    caller: &Caller,
    id: &str,
    question: &str,
    form: &Form,
) -> Result<Result<Response, store::Error>, Failure> {
    let command = form.command()?;
    let kept = Kept::read(app, caller, id).await?;
    let organisation = kept.answers_for(caller).ok_or_else(Failure::not_found)?;
    let mut write = app.store.write(&caller.scope.acting_for(organisation), app.clock.now()).await?;
    if let Some(address) = write.command(command).await? {
        return Ok(Ok(Redirect::to(&address).into_response()));
    }
    let kept = kept.within(&mut write).await?;
    let library = app.rules();
    let rules = rules(app, &library, kept.latest()).ok_or_else(|| Failure::of(Code::NotFound))?;
    let before = answers(&kept);
    let wanted = match wanted(&kept, rules, &before, question)? {
        Ok(wanted) => wanted,
        Err(elsewhere) => return Ok(Ok(elsewhere)),
    };
    let Some(answer) = Ternary::parse(form.text(question)) else {
        write.abandon();
        return Ok(Ok(show(app, &kept, rules, &before, wanted, Some("Choose yes, no or ‘I am not sure’".to_owned()))?));
    };
    // Someone else may have answered while this page stood open: their answer is shown, and nobody's is overwritten unseen.
    let now = before.get(question).map_or("", |answer| answer.as_str());
    if now != form.text(WAS) && now != answer.as_str() {
        write.abandon();
        let theirs = Ternary::parse(now).map_or("nothing", Ternary::words);
        let wrong = format!("Someone answered ‘{theirs}’ meanwhile. Choose again");
        return Ok(Ok(show(app, &kept, rules, &before, wanted, Some(wrong))?));
    }
    let mut answers = before;
    answers.insert(question.to_owned(), answer);
    let following = next(rules, &answers).map(|question| question.id.clone());
    let outcome = following.is_none().then(|| outcome(rules, &answers, library.in_force(Purpose::Dpia, app.clock.today())));
    let mut after = match kept.latest() {
        Some(screening) if screening.outcome.is_none() => screening.clone(),
        _ => fresh(app, caller, &kept, rules, organisation)?,
    };
    (after.answers, after.outcome) = (answers.clone(), outcome);
    match kept.latest() {
        // An outcome stands as the record that it was; another answer makes another screening.
        Some(screening) if screening.outcome.is_none() => {
            if let Err(error) = write.update(screening, &mut after).await {
                return Ok(Err(error));
            }
        }
        Some(screening) if screening.answers == answers => after.outcome = None,
        _ => write.create(std::slice::from_mut(&mut after)).await?,
    }
    let finished = after.outcome.is_some();
    if finished {
        settle(&mut write, &kept.project, &after, after.by, app.clock.today()).await?;
    }
    let address = if form.has("later") { format!("/projects/{}", kept.project.id) } else { kept.address(following.as_deref()) };
    write.answered(command, &address).await?;
    write.commit().await?;
    if finished {
        rescreened::ask(app, kept.project.id).await?;
    }
    Ok(Ok(Redirect::to(&address).into_response()))
}

fn answers(kept: &Kept) -> Screened {
    kept.latest().map(|screening| screening.answers.clone()).unwrap_or_default()
}

/// A question that is asked; or the way to the next one, where an earlier answer has changed so that it is not asked any more.
fn wanted<'r>(
    kept: &Kept,
    rules: &'r Rules,
    answers: &Screened,
    question: &str,
) -> Result<Result<&'r Question, Response>, Failure> {
    if let Some(wanted) = asked(rules, answers).into_iter().find(|one| one.id == question) {
        return Ok(Ok(wanted));
    }
    rules.question(question).ok_or_else(Failure::not_found)?;
    let following = next(rules, answers).map(|question| question.id.as_str());
    let said = "That question is not asked any more, because an earlier answer has changed. The other answers are kept.";
    Ok(Err(page::saved(&kept.address(following), said)))
}

fn show(
    app: &App,
    kept: &Kept,
    rules: &Rules,
    answers: &Screened,
    wanted: &Question,
    wrong: Option<String>,
) -> Result<Response, Failure> {
    let was = answers.get(&wanted.id).map_or("", |answer| answer.as_str());
    let hidden = vec![("command".to_owned(), new_command().to_string()), (WAS.to_owned(), was.to_owned())];
    let mut view = question::view(rules, answers, wanted, kept.address(Some(&wanted.id)), hidden);
    view.project = Some(kept.project.title.clone());
    view.method = "post";
    view.later = true;
    // Screened again: what was answered last time is offered, and holds once somebody says so.
    let before: Option<&Screening> = kept.before().filter(|_| was.is_empty());
    if let Some(answer) = before.and_then(|before| before.answers.get(&wanted.id)) {
        (view.chosen, view.before) = (Some(answer.as_str()), Some(answer.words()));
    }
    let mut frame = frame(app, kept, &wanted.text);
    if let Some(wrong) = wrong {
        let mut errors = Errors::default();
        errors.add(&wanted.id, wrong);
        view.errors = errors;
        frame.error = true;
    }
    let order = asked(rules, answers);
    let before = order.iter().position(|one| one.id == wanted.id).and_then(|at| order.get(at.checked_sub(1)?));
    frame.back = Some(before.map_or_else(|| format!("/projects/{}", kept.project.id), |one| kept.address(Some(&one.id))));
    Ok(page::render(app, "dpia/screening/question.html", &frame, view)?.into_response())
}
