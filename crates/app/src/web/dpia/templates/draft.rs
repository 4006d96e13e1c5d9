//! `/templates/drafts/{id}`: a file that is being written. Every save keeps what was typed, sound or not, and the page says what is
//! wrong, line by line; what is sound can be published, and from then on never changes.

use super::{
    list::address,
    write::{self, View, lines, owner_for, sentence},
};
use crate::{
    error::Failure,
    state::App,
    web::{
        dpia::desk::named,
        form::{Errors, Form, SummaryLine, new_command},
        page,
        people::sign_in::check::stale_form,
        session::Caller,
    },
};
use axum::{
    extract::{Path, State},
    http::HeaderMap,
    response::{IntoResponse as _, Redirect, Response},
};
use domain::{
    dpia::{
        assessment::Assessment,
        file::{Kind, Problem},
        ids::TaskId,
        stored::Stored,
        succession,
        task::{About, Assignee, Task},
        template::{Edition, Template},
        writing::{self, Content, Owner, Sound, may_write},
    },
    people::{Role, Scope},
};
use jiff::ToSpan as _;
use std::collections::BTreeMap;
use uuid::Uuid;

/// Days within which the owners of live assessments look at a new version of their template.
const LOOK_WITHIN: i64 = 30;
/// The most problems that the error summary says at once.
const MOST: usize = 20;

/// A draft that the caller may write.
///
/// # Errors
/// Not found for any other.
pub async fn find(app: &App, caller: &Caller, id: &str) -> Result<Stored, Failure> {
    let id: Uuid = id.parse().map_err(|_| Failure::not_found())?;
    let found = app.store.get::<Stored>(&caller.scope, id).await?;
    found.filter(|file| !file.published && may_write(&caller.scope, file.organisation)).ok_or_else(Failure::not_found)
}

/// For whom a draft is.
#[must_use]
pub fn owner(app: &App, draft: &Stored) -> Owner {
    match draft.organisation {
        Some(organisation) => owner_for(app, organisation),
        None => Owner { organisation: None, slug: String::new() },
    }
}

/// What a draft's text is, or all that is wrong with it.
///
/// # Errors
/// When the database fails; what is wrong with the text is the inner result.
pub async fn check(app: &App, draft: &Stored, text: &str) -> Result<Result<Sound, Vec<Problem>>, Failure> {
    let files = app.store.rule_files(&Scope::Job { name: "rules".to_owned() }).await?;
    let (rules, owner, id, text) = (app.rules(), owner(app, draft), draft.id, text.to_owned());
    // A large file takes a while to be held against its schema.
    let checked = tokio::task::spawn_blocking(move || writing::check(&rules, &files, &owner, Some(id), &text)).await;
    checked.map_err(|error| {
        tracing::error!(%error, "a file could not be checked");
        Failure::of(crate::error::Code::Internal)
    })
}

/// The editor.
///
/// # Errors
/// Not found for those who may not write it.
pub async fn page(State(app): State<App>, caller: Caller, Path(id): Path<String>) -> Result<Response, Failure> {
    let draft = find(&app, &caller, &id).await?;
    let typed = BTreeMap::from([("text".to_owned(), draft.text.clone())]);
    render(&app, &caller, &draft, typed, Errors::default(), None).await
}

async fn render(
    app: &App,
    caller: &Caller,
    draft: &Stored,
    typed: BTreeMap<String, String>,
    errors: Errors,
    theirs: Option<String>,
) -> Result<Response, Failure> {
    let text = typed.get("text").cloned().unwrap_or_default();
    let (problems, sound) = match check(app, draft, &text).await? {
        Ok(sound) => (Vec::new(), Some(sound)),
        Err(problems) => (problems, None),
    };
    let touches = match sound.as_ref().map(|sound| &sound.content) {
        Some(Content::Template(template)) => touched(app, &caller.scope, template).await?.len(),
        _ => 0,
    };
    let kind = Kind::parse(&draft.kind).unwrap_or(Kind::Template);
    let unsaid = if sound.is_some() { writing::unsaid(&text) } else { Vec::new() };
    let view = View {
        action: format!("/templates/drafts/{}", draft.id),
        kind: kind.as_str(),
        owner: draft.organisation.map(|own| named(app, own).name),
        command: new_command(),
        version: Some(draft.updated_at),
        from: Vec::new(),
        typed,
        errors,
        sound: sound.is_some() && unsaid.is_empty(),
        unsaid: !unsaid.is_empty(),
        problems: lines(if unsaid.is_empty() { problems } else { unsaid }),
        theirs,
        schema: format!("/templates/schema/{}", kind.as_str()),
        edition: Some(draft.edition.to_string()),
        touches,
    };
    let title = format!("Write {}", if draft.title.is_empty() { "a file" } else { &draft.title });
    Ok(page::render(app, "dpia/templates/editor.html", &write::frame(app, &title, !view.errors.is_empty()), view)?
        .into_response())
}

/// The assessments that a scope may see and that a new version of a template touches.
///
/// # Errors
/// When the database fails.
pub async fn touched(app: &App, scope: &Scope, template: &Template) -> Result<Vec<Assessment>, Failure> {
    let all = app.store.assessments(scope, app.clock.today()).await?;
    Ok(all.into_iter().filter(|assessment| succession::touched(assessment, template)).collect())
}

/// Does what the form's `act` says: save, preview, publish, discard.
///
/// # Errors
/// Not found for those who may not write it.
pub async fn save(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    headers: HeaderMap,
    form: Form,
) -> Result<Response, Failure> {
    let draft = match find(&app, &caller, &id).await {
        Ok(draft) => draft,
        Err(failure) => return done(&app, &caller, &id, &form).await?.ok_or(failure),
    };
    let (command, seen, act) = (form.command()?, form.version()?, form.text("act"));
    let here = format!("/templates/drafts/{}", draft.id);
    if act == "discard" {
        let mut errors = Errors::default();
        if seen != draft.updated_at {
            errors.add(
                "text",
                "Somebody saved this draft since you opened it. Read what it says now, then throw it away if you still mean it",
            );
        } else if form.text("sure") != "yes" {
            errors.add("sure", "Say that you mean it: what is written in the draft is gone from the list of drafts");
        }
        if !errors.is_empty() {
            let typed = BTreeMap::from([("text".to_owned(), draft.text.clone())]);
            return render(&app, &caller, &draft, typed, errors, None).await;
        }
        app.store.discard_file(&caller.scope, app.clock.now(), &draft, command).await?;
        return Ok(thrown_away());
    }
    let text = form.raw("text");
    // A route decides who may sign, from the moment at which it is published; a draft decides nothing.
    if act == "publish"
        && is_route(&draft, text)
        && let Some(response) = stale_form(&app, &caller, &headers, &here, &here, &form).await?
    {
        return Ok(response);
    }
    let mut errors = Errors::default();
    if seen != draft.updated_at && text != draft.text {
        errors.add(
            "text",
            "Somebody saved this draft while you wrote. Their text is below yours: take over what you need, then save again",
        );
        let theirs = Some(draft.text.clone());
        return render(&app, &caller, &draft, form.typed(), errors, theirs).await;
    }
    // A text that cannot even say what it is is kept all the same, under what the draft was.
    let mut after = Stored { text: text.to_owned(), by: caller.scope.person(), ..draft.clone() };
    if let Ok(said) = writing::said(text)
        && said.kind.as_str() == draft.kind
    {
        (after.edition, after.title) = (said.edition, said.title);
        after.in_force = said.in_force.unwrap_or(draft.in_force);
    }
    let mut tasks = Vec::new();
    if act == "publish" {
        let checked = check(&app, &draft, text).await?;
        let unsaid = writing::unsaid(text);
        match if unsaid.is_empty() { checked } else { checked.and(Err(unsaid)) } {
            Ok(sound) => {
                after.published = true;
                if let Content::Template(template) = &sound.content {
                    tasks = owners_look(&app, &after, template).await?;
                }
            }
            Err(problems) => {
                for problem in problems.iter().take(MOST) {
                    errors.summary.push(SummaryLine { text: sentence(problem), href: "#text".to_owned() });
                }
                let said: Vec<&str> = errors.summary.iter().map(|line| line.text.as_str()).collect();
                errors.at.insert("text".to_owned(), said.join(" "));
            }
        }
    }
    let (published, edition) = (after.published, after.edition.clone());
    match app.store.keep_file(&caller.scope, app.clock.now(), after, Some(&draft), tasks, command).await {
        // What cannot be published is kept as it was typed, as with every save.
        Ok(_) if !errors.is_empty() => {
            let now = find(&app, &caller, &id).await?;
            render(&app, &caller, &now, form.typed(), errors, None).await
        }
        Ok(_) if published => {
            app.refresh_rules().await?;
            Ok(is_published(&edition))
        }
        Ok(_) if act == "preview" => Ok(Redirect::to(&format!("{here}/preview")).into_response()),
        Ok(_) => Ok(page::saved(&here, "The draft is saved")),
        Err(store::Error::Conflict(..)) => {
            let now = find(&app, &caller, &id).await?;
            errors.add(
                "text",
                "There is a file with this URN and version, or somebody saved this draft meanwhile: look, then save again",
            );
            let theirs = (now.text != draft.text).then(|| now.text.clone());
            render(&app, &caller, &now, form.typed(), errors, theirs).await
        }
        Err(error) => Err(error.into()),
    }
}

/// Whether a draft, or the text that is sent for it, is a route of sign-off.
fn is_route(draft: &Stored, text: &str) -> bool {
    draft.kind == Kind::SignOff.as_str() || writing::said(text).is_ok_and(|said| said.kind == Kind::SignOff)
}

fn thrown_away() -> Response {
    page::saved("/templates", "The draft is thrown away")
}

fn is_published(edition: &Edition) -> Response {
    page::saved(&address(edition), "It is published. This version does not change any more")
}

/// What a second press is told of a draft that the first published, or threw away; nothing where it was not this form that did it.
async fn done(app: &App, caller: &Caller, id: &str, form: &Form) -> Result<Option<Response>, Failure> {
    if app.store.done_before(&caller.scope, form.command()?).await?.is_none() {
        return Ok(None);
    }
    let file = match id.parse() {
        Ok(id) => app.store.get::<Stored>(&caller.scope, id).await?,
        Err(_) => None,
    };
    Ok(match form.text("act") {
        "discard" => Some(thrown_away()),
        _ => file.filter(|file| file.published).map(|file| is_published(&file.edition)),
    })
}

/// A task for the owner of each live assessment that a new version touches: whoever leads it there, else the project leads.
async fn owners_look(app: &App, file: &Stored, template: &Template) -> Result<Vec<Task>, Failure> {
    let server = Scope::Job { name: "templates".to_owned() };
    let (at, due) = (app.clock.now(), app.clock.today().saturating_add(LOOK_WITHIN.days()));
    let all = touched(app, &server, template).await?;
    Ok(all
        .into_iter()
        .map(|assessment| Task {
            id: TaskId(Uuid::now_v7()),
            assessment: Some(assessment.id),
            about: About::Record {
                kind: domain::audit::Kind::Template.as_str().to_owned(),
                id: file.id,
                words: format!("Version {} of the template", file.edition.version),
            },
            note: String::new(),
            assignee: match assessment.lead_person {
                Some(person) => Assignee::Person { person, organisation: assessment.lead },
                None => Assignee::Role { organisation: assessment.lead, role: Role::ProjectLead },
            },
            due: Some(due),
            by: None,
            at,
            since: at,
            done: None,
            reminded: None,
            updated_at: at,
        })
        .collect())
}
