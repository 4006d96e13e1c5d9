//! `/screening`: the questions for anyone, without signing in. The answers stand in the address; nothing is kept here.

use super::{outcome, question};
use crate::{
    error::{Code, Failure},
    state::App,
    web::{form::Errors, page, words},
};
use axum::{
    extract::{RawQuery, State},
    response::Html,
};
use domain::dpia::{
    answer::Ternary,
    library::Library,
    screening::{OutcomeKind, Rules, asked, next, outcome as decide},
    template::{Purpose, view::Screened},
};
use govuk::{Frame, Link};

/// The question that stands on the page, sent along so that an empty answer is noticed.
const ASKED: &str = "asked";
/// The question whose answer someone wants to change.
const CHANGE: &str = "change";

/// The page: the next question, or the outcome.
///
/// # Errors
/// When no screening rules are in force, or the template fails.
pub async fn page(State(app): State<App>, RawQuery(query): RawQuery) -> Result<Html<String>, Failure> {
    let library = app.rules();
    let today = app.clock.today();
    let rules = library.screening_in_force(today).ok_or_else(|| Failure {
        code: Code::NotFound,
        // A register may be served as at a day before the first rules.
        detail: Some(format!("No screening questions are in force on {}.", words::day(today))),
    })?;
    walk(&app, &library, rules, HOME, query.as_deref().unwrap_or_default())
}

/// Where the questions stand for anyone.
const HOME: &str = "/screening";

/// The next question of some rules, or the outcome: `home` is the page where they stand, `query` what was answered.
///
/// # Errors
/// When the template fails.
pub fn walk(app: &App, library: &Library, rules: &Rules, home: &str, query: &str) -> Result<Html<String>, Failure> {
    let given: Vec<(String, String)> =
        form_urlencoded::parse(query.as_bytes()).into_owned().take(2 * rules.questions.len() + 2).collect();
    let answers = answers(rules, &given);
    let said = |name: &str| given.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str());
    let unanswered = said(ASKED).filter(|id| !answers.contains_key(*id)).and_then(|id| rules.question(id));
    let wanted = said(CHANGE).and_then(|id| rules.question(id)).filter(|wanted| asked(rules, &answers).contains(wanted));
    match unanswered.or(wanted).or_else(|| next(rules, &answers)) {
        Some(asked) => {
            let mut view = question::view(rules, &answers, asked, home.to_owned(), hidden(&answers, &asked.id));
            if unanswered.is_some() {
                let mut errors = Errors::default();
                errors.add(&asked.id, "Choose yes, no or ‘I am not sure’");
                view.errors = errors;
            }
            let mut frame = frame(app, &view.text);
            frame.error = unanswered.is_some();
            frame.back = back(rules, &answers, home, &asked.id);
            page::render(app, "dpia/screening/question.html", &frame, view)
        }
        None => finished(app, library, rules, home, &answers),
    }
}

fn finished(app: &App, library: &Library, rules: &Rules, home: &str, answers: &Screened) -> Result<Html<String>, Failure> {
    let template = library.in_force(Purpose::Dpia, app.clock.today());
    let outcome = decide(rules, answers, template);
    let change =
        |id: &str| address(home, answers.iter().map(|(id, answer)| (id.as_str(), answer.as_str())).chain([(CHANGE, id)]));
    let view = outcome::view(rules, answers, &outcome, outcome.kind, template, change);
    let title = match outcome.kind {
        OutcomeKind::Required => "You need a DPIA",
        OutcomeKind::IgReview => "An IG officer should look at this",
        OutcomeKind::NotRequired => "You do not need a DPIA",
    };
    page::render(app, "dpia/screening/outcome.html", &frame(app, title), view)
}

fn frame(app: &App, title: &str) -> Frame {
    let mut frame = page::frame(app, title, None);
    frame.breadcrumbs = vec![Link::new("Home", "/"), Link::new("Templates and rules", "/templates")];
    frame
}

/// What the address says, of questions that there are.
fn answers(rules: &Rules, given: &[(String, String)]) -> Screened {
    given
        .iter()
        .filter(|(id, _)| rules.question(id).is_some())
        .filter_map(|(id, answer)| Some((id.clone(), Ternary::parse(answer)?)))
        .collect()
}

/// The other answers, for the form to carry along.
fn hidden(answers: &Screened, but: &str) -> Vec<(String, String)> {
    let others = answers.iter().filter(|(id, _)| *id != but).map(|(id, answer)| (id.clone(), answer.as_str().to_owned()));
    others.chain([(ASKED.to_owned(), but.to_owned())]).collect()
}

/// The page before: the last question asked before this one, with its answer. The first has none.
fn back(rules: &Rules, answers: &Screened, home: &str, here: &str) -> Option<String> {
    let asked = asked(rules, answers);
    let at = asked.iter().position(|question| question.id == here)?;
    let before = asked.get(at.checked_sub(1)?)?;
    Some(address(home, answers.iter().map(|(id, answer)| (id.as_str(), answer.as_str())).chain([(CHANGE, before.id.as_str())])))
}

fn address<'a>(home: &str, pairs: impl Iterator<Item = (&'a str, &'a str)>) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.extend_pairs(pairs);
    format!("{home}?{}", query.finish())
}
