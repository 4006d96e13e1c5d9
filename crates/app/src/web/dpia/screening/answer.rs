//! `/projects/{id}/screening/{question}`: one question of a project's screening.

use super::{
    begin::{frame, fresh},
    kept::{Kept, rules},
    question,
};
use crate::{
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

/// The question.
///
/// # Errors
/// Not found for those who may not answer, and for a question that is not asked.
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
    let wanted = asked(rules, &answers).into_iter().find(|one| one.id == question).ok_or_else(Failure::not_found)?;
    show(&app, &kept, rules, &answers, wanted, None)
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
    let command = form.command()?;
    let kept = Kept::read(&app, &caller, &id).await?;
    kept.answers_for(&caller).ok_or_else(Failure::not_found)?;
    let library = app.rules();
    let rules = rules(&app, &library, kept.latest()).ok_or_else(|| Failure::of(Code::NotFound))?;
    let before = answers(&kept);
    let wanted = asked(rules, &before).into_iter().find(|one| one.id == question).ok_or_else(Failure::not_found)?;
    let mut write = app.store.write(&caller.scope, app.clock.now()).await?;
    if let Some(address) = write.command(command).await? {
        return Ok(Redirect::to(&address).into_response());
    }
    let Some(answer) = Ternary::parse(form.text(&question)) else {
        write.abandon();
        return show(&app, &kept, rules, &before, wanted, Some("Choose yes, no or ‘I am not sure’".to_owned()));
    };
    // Someone else may have answered while this page stood open: their answer is shown, and nobody's is overwritten unseen.
    let now = before.get(&question).map_or("", |answer| answer.as_str());
    if now != form.text(WAS) && now != answer.as_str() {
        write.abandon();
        let theirs = Ternary::parse(now).map_or("nothing", Ternary::words);
        return show(&app, &kept, rules, &before, wanted, Some(format!("Someone answered ‘{theirs}’ meanwhile. Choose again")));
    }
    let mut answers = before;
    answers.insert(question, answer);
    let following = next(rules, &answers).map(|question| question.id.clone());
    let outcome = following.is_none().then(|| outcome(rules, &answers, library.in_force(Purpose::Dpia, app.clock.today())));
    let change = |screening: Screening| Screening { answers: answers.clone(), outcome: outcome.clone(), ..screening };
    let mut made: Vec<Screening> = Vec::new();
    match kept.latest() {
        // An outcome stands as the record that it was; another answer makes another screening.
        Some(screening) if screening.outcome.is_none() => {
            let mut after = change(screening.clone());
            write.update(screening, &mut after).await?;
        }
        Some(screening) if screening.answers == answers => {}
        _ => made.push(change(fresh(&app, &caller, &kept, rules)?)),
    }
    write.create(&mut made).await?;
    let address = if form.has("later") { format!("/projects/{}", kept.project.id) } else { kept.address(following.as_deref()) };
    write.answered(command, &address).await?;
    write.commit().await?;
    Ok(Redirect::to(&address).into_response())
}

fn answers(kept: &Kept) -> Screened {
    kept.latest().map(|screening| screening.answers.clone()).unwrap_or_default()
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
