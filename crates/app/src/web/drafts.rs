//! What somebody types into a form and has not sent: kept for them alone, back when they open its page again, also where the form
//! cannot be sent any more. One way for every form of an assessment or a data project into which more than a word is typed; only
//! what is typed as an answer stands with its question (`dpia::answer`).
//!
//! Such a form carries its name in the field `draft`: the address of its page, with `#` and a word where the page has several forms.
//! Script sends it to `/typed` every few seconds. [`carry`] stands around every route for people who are signed in: it reads what was
//! typed on the page that is asked for ([`take`] gives it to the page, [`left`] tells what the page had no form for), keeps what was
//! sent and not saved, and forgets what was saved.

use super::{
    dpia::ended,
    form::Form,
    kept::{self, Text},
    page::{self, NothingSaved},
    session::{Caller, current},
};
use crate::{error::Failure, state::App};
use axum::{
    extract::{Request, State},
    http::{Method, StatusCode, header},
    middleware::Next,
    response::{IntoResponse as _, Response},
};
use domain::{
    dpia::{
        ids::AssessmentId,
        place::{Part, Place},
    },
    people::sign_in::next::is_local,
    register::ids::OrganisationId,
};
use minijinja::Value;
use serde::Serialize;
use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
};
use store::typed::Typed;

/// The longest name of a form, in bytes.
const LONGEST: usize = 300;

/// What was typed into one form of the page that is asked for.
#[derive(Clone)]
pub struct Draft {
    /// The form's name.
    pub name: String,
    /// The form as it was typed.
    pub form: Form,
    /// When it was kept, milliseconds of UTC.
    pub at: i64,
    shown: bool,
}

/// What was typed into the forms of the page that is being made.
#[derive(Default)]
struct Offered {
    drafts: Vec<Draft>,
    /// Whether the page was asked for, and not a form sent from it: then it shows also what none of its forms holds.
    asked_for: bool,
    /// The organisation that the form was opened for which was sent, where it says one: a page that comes back with it is for that one.
    opened_for: Option<OrganisationId>,
}

tokio::task_local! {
    static OFFERED: Arc<Mutex<Offered>>;
}

/// What was typed into a form of the page that is being made; the page shows it. A form that comes back with an error holds what was
/// sent, the others beside it what was typed into them ([`beside`]).
#[must_use]
pub fn take(name: &str) -> Option<Draft> {
    let found = OFFERED.try_with(|offered| {
        let mut all = offered.lock().unwrap_or_else(PoisonError::into_inner);
        let one = all.drafts.iter_mut().find(|one| one.name == name)?;
        one.shown = true;
        Some(one.clone())
    });
    found.ok().flatten()
}

/// What was typed on this page before, and is in none of its forms.
#[derive(Serialize)]
pub struct Left {
    name: String,
    at: i64,
    texts: Vec<Text>,
}

/// What was typed on the page that is being made, and that none of its forms holds: those forms are not on it now.
#[must_use]
pub fn left() -> Vec<Left> {
    let left = OFFERED.try_with(|offered| {
        let all = offered.lock().unwrap_or_else(PoisonError::into_inner);
        let drafts = if all.asked_for { all.drafts.as_slice() } else { &[] };
        drafts
            .iter()
            .filter(|one| !one.shown)
            .map(|one| Left { name: one.name.clone(), at: one.at, texts: texts(&one.form) })
            .collect()
    });
    let mut left: Vec<Left> = left.unwrap_or_default();
    left.retain(|one| !one.texts.is_empty());
    left
}

/// Whether something was typed on the page that is being made which nothing on it shows yet.
#[must_use]
pub fn waits() -> bool {
    !left().is_empty()
}

/// A form without what some forms carry for themselves.
fn typed(form: &Form) -> Form {
    let typed = form.encoded(|name| !matches!(name, "step" | "hash" | "annex" | "module" | "answer" | "to"));
    Form::parse(typed.as_bytes()).unwrap_or_default()
}

/// What was typed, without what some forms carry for themselves.
#[must_use]
pub fn texts(form: &Form) -> Vec<Text> {
    kept::texts(&typed(form))
}

/// For templates: when something was typed into a form of this page, which then is in it; nothing where it was not.
pub(super) fn known(name: &str) -> Value {
    take(name).map_or_else(|| Value::from(()), |draft| Value::from_pairs([("at", Value::from(draft.at))]))
}

/// For templates: what a form would hold, with what was typed into it before laid over.
pub(super) fn over(typed: &Value, name: &str) -> Value {
    let Some(draft) = take(name) else { return typed.clone() };
    let mut all: BTreeMap<String, Value> = BTreeMap::new();
    for field in typed.try_iter().into_iter().flatten() {
        if let Ok(value) = typed.get_item(&field) {
            all.insert(field.to_string(), value);
        }
    }
    all.extend(draft.form.typed().into_iter().map(|(field, text)| (field, Value::from(text))));
    Value::from_pairs(all.iter().map(|(field, value)| (field.as_str(), value.clone())))
}

/// For templates: what is ticked under a name in a form, or what was ticked before, where something was typed into it.
pub(super) fn ticked(chosen: &Value, name: &str, field: &str) -> Value {
    take(name).map_or_else(|| chosen.clone(), |draft| draft.form.all(field).into_iter().collect())
}

/// For templates: for whom the page is made. A browser is shared, and what one types is not kept for whoever signs in meanwhile.
pub(super) fn writer() -> String {
    current().and_then(|caller| caller.member().map(|member| member.person.to_string())).unwrap_or_default()
}

/// For templates: the organisation that is acted for when the page is made. Another tab may act for another by the time its form is
/// sent; a form that comes back with an error stays for the one that it was opened for.
pub(super) fn acting() -> String {
    let opened_for = OFFERED.try_with(|offered| offered.lock().unwrap_or_else(PoisonError::into_inner).opened_for).ok().flatten();
    let acting_for = opened_for.or_else(|| current().and_then(|caller| caller.member().map(|member| member.acting_for)));
    acting_for.map(|organisation| organisation.to_string()).unwrap_or_default()
}

/// Whether the page of a form was made for whoever sends it.
fn own(caller: &Caller, form: &Form) -> bool {
    caller.member().is_some_and(|member| form.text("writer") == member.person.to_string())
}

/// The answer to what was typed on a page that was made for somebody else, or does not say for whom: nothing is kept of it, and
/// nothing forgotten. Script says so at the form. `to` is where the page is.
///
/// # Errors
/// When the page cannot be rendered.
pub fn of_another(app: &App, caller: &Caller, form: &Form, to: &str) -> Result<Option<Response>, Failure> {
    if own(caller, form) { Ok(None) } else { refused(app, to).map(Some) }
}

/// The answer to a form that is sent from a page which was made for somebody else, or it would be saved as the caller's: nothing of
/// it is done, and nothing of it shown, for what it says is the other's. A form that does not say for whom its page was made is
/// not refused here. `from` is where the browser says that the page is.
///
/// # Errors
/// When the page cannot be rendered.
pub fn sent_by_another(app: &App, caller: &Caller, form: &Form, from: Option<&str>) -> Result<Option<Response>, Failure> {
    if caller.member().is_none() || form.some("writer").is_none() || own(caller, form) {
        return Ok(None);
    }
    // What the address of the page asks for is theirs too.
    let from = from.and_then(|from| from.split(['?', '#']).next());
    let to = named(form).map(page_of).or(from).unwrap_or("/");
    refused(app, to).map(Some)
}

/// The page that says that a form is another's.
fn refused(app: &App, to: &str) -> Result<Response, Failure> {
    let why =
        "Somebody else was signed in on this browser when the page was opened. Nothing is kept from it, and nothing thrown away.";
    kept::page(app, &Form::default(), why, "Open the page again", to)
}

/// The page of a form's name.
#[must_use]
pub fn page_of(name: &str) -> &str {
    name.split('#').next().unwrap_or_default()
}

/// The name that a form says it has, where it is one.
fn named(form: &Form) -> Option<&str> {
    form.some("draft").filter(|name| name.len() <= LONGEST && is_local(name))
}

/// A form as it is kept: its command is kept with it, by which it is known later whether it was sent, except where it was typed on
/// after that. What has to be said anew each time is not.
fn kept_of(form: &Form, again: bool) -> String {
    let left_out = |name: &str| match name {
        "command" => again,
        _ => matches!(name, "draft" | "writer" | "again" | "confirm" | "agree" | "file"),
    };
    form.encoded(|name| !left_out(name))
}

/// What was typed into a form of a name. None where it was saved since: the server stopped before it was forgotten, or the form went
/// together with a file.
async fn read(app: &App, caller: &Caller, name: String, typed: &Typed) -> Result<Option<Draft>, Failure> {
    let form = Form::parse(typed.fields.as_bytes())?;
    if let Ok(command) = form.text("command").parse()
        && app.store.sent_before(&caller.scope, command).await?.is_some()
    {
        return Ok(None);
    }
    let form = Form::parse(form.encoded(|name| name != "command").as_bytes())?;
    Ok(Some(Draft { name, form, at: typed.at, shown: false }))
}

/// What whoever asks typed on a page and has not sent.
async fn on(app: &App, caller: &Caller, path: &str) -> Result<Vec<Draft>, Failure> {
    let mut drafts = Vec::new();
    for (name, typed) in app.store.typed_on(&caller.scope, path).await? {
        drafts.extend(read(app, caller, name, &typed).await?);
    }
    Ok(drafts)
}

/// Offers what was typed into the other forms of the page that a form was sent from: should the page come back with an error, they
/// are not empty on it, and what is typed next does not take the place of what was kept. And says for whom the form was opened.
/// `path` is where the form was sent.
pub async fn beside(app: &App, caller: &Caller, path: &str, form: &Form) {
    let Ok(offered) = OFFERED.try_with(Arc::clone) else { return };
    let sent = named(form).unwrap_or(path);
    let mut drafts = on(app, caller, page_of(sent)).await.unwrap_or_default();
    drafts.retain(|draft| draft.name != sent);
    let mut offered = offered.lock().unwrap_or_else(PoisonError::into_inner);
    offered.drafts = drafts;
    offered.opened_for = form.acting(caller).ok().and_then(|caller| caller.acting_for().ok());
}

/// Everything that whoever asks typed into forms and has not sent, the last typed first.
///
/// # Errors
/// When the database fails.
pub async fn all(app: &App, caller: &Caller) -> Result<Vec<Draft>, Failure> {
    let mut drafts = Vec::new();
    for (name, typed) in app.store.all_typed(&caller.scope).await? {
        drafts.extend(read(app, caller, name, &typed).await?);
    }
    Ok(drafts)
}

/// Gives a page what was typed on it, keeps what was sent and not saved, and forgets what was saved.
pub async fn carry(State(app): State<App>, caller: Caller, request: Request, next: Next) -> Response {
    let said = request.extensions().get::<kept::Typed>().cloned();
    let (Some(_), Some(said)) = (caller.member(), said) else { return next.run(request).await };
    let path = request.uri().path().to_owned();
    if *request.method() == Method::GET {
        let drafts = on(&app, &caller, &path).await.unwrap_or_default();
        if drafts.is_empty() {
            return ended::told(&app, &caller, &path, false, None, next.run(request).await).await;
        }
        let offered = Arc::new(Mutex::new(Offered { drafts: drafts.clone(), asked_for: true, opened_for: None }));
        let response = OFFERED.scope(offered, next.run(request)).await;
        if response.extensions().get::<Failure>().is_some() {
            said.before(drafts.iter().flat_map(|draft| texts(&draft.form)).collect());
        }
        return ended::told(&app, &caller, &path, false, None, response).await;
    }
    let keeps = path == KEEPS;
    let run = next.run(request);
    let response = if keeps { run.await } else { OFFERED.scope(Arc::default(), run).await };
    let form = said.form().filter(|_| !keeps);
    let ours = form.and_then(|form| named(form).filter(|_| own(&caller, form) || !form.has("writer")).map(|name| (form, name)));
    if let Some((form, name)) = ours {
        let done = if saved(&response) {
            app.store.drop_typed(&caller.scope, name).await
        } else if texts(form).is_empty() {
            Ok(())
        } else {
            let typed = Typed { fields: kept_of(form, true), at: app.clock.now() };
            app.store.keep_typed(&caller.scope, name, &typed, None).await.map(|_| ())
        };
        if let Err(error) = done {
            tracing::error!(%error, "what was typed cannot be kept, or not be forgotten");
        }
    }
    let typed = form.filter(|form| !texts(form).is_empty()).map(|form| (typed(form), ours.is_some()));
    ended::told(&app, &caller, &path, true, typed, response).await
}

/// Whether a form was saved: it leads on, and not because somebody has to sign in first, or because nothing was saved.
fn saved(response: &Response) -> bool {
    let leads = response.headers().get(header::LOCATION).and_then(|location| location.to_str().ok());
    response.status() == StatusCode::SEE_OTHER
        && leads.is_some_and(|to| !to.starts_with("/sign-in"))
        && response.extensions().get::<NothingSaved>().is_none()
}

/// The answer whose page has a name: what is typed as one stands with its question.
fn answer_of(name: &str) -> Option<(AssessmentId, Place)> {
    let (id, place) = name.strip_prefix("/assessments/")?.split_once('/')?;
    let (part, field) = place.split_once('/').filter(|(_, field)| !field.contains(['/', '#']))?;
    Some((id.parse().ok()?, part.parse::<Part>().ok()?.at(field)))
}

/// Where forms are kept.
pub const KEEPS: &str = "/typed";

/// `/typed`: keeps what is typed into a form, which script sends every few seconds; or throws it away, where its writer asks for that.
///
/// # Errors
/// For a form that does not say which it is.
pub async fn keep(State(app): State<App>, caller: Caller, form: Form) -> Result<Response, Failure> {
    caller.signed_in()?;
    let name = named(&form).ok_or_else(|| Failure::form("The form is incomplete: open its page again."))?;
    if let Some(refused) = of_another(&app, &caller, &form, page_of(name))? {
        return Ok(refused);
    }
    if form.has("drop") {
        app.store.drop_typed(&caller.scope, name).await?;
        if let Some((assessment, place)) = answer_of(name) {
            app.store.drop_draft(&caller.scope, assessment, &place).await?;
        }
        let to = form.some("next").filter(|to| is_local(to)).unwrap_or_else(|| page_of(name));
        return Ok(page::saved(to, "What you had typed is thrown away"));
    }
    if texts(&form).is_empty() {
        app.store.drop_typed(&caller.scope, name).await?;
        return Ok(StatusCode::NO_CONTENT.into_response());
    }
    // What was typed before the form was sent, and comes after it, is older than what is saved.
    let again = form.has("again");
    let sent = if again { None } else { Some(form.command()?) };
    let typed = Typed { fields: kept_of(&form, again), at: app.clock.now() };
    app.store.keep_typed(&caller.scope, name, &typed, sent).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}
