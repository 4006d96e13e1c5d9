//! `/assessments/{id}/files`: the assessment to take away, as files for people and for programs. Whoever sees all of the assessment
//! may; each file that is taken is an entry of the change log.

use super::Opened;
use crate::{
    error::Failure,
    papers::{Subject, compared, files::File, names, officers, signed},
    state::App,
    web::{
        dpia::{compare, desk::Desk, whole::routes},
        page,
        room::Room,
        session::Caller,
    },
};
use axum::{
    extract::{Path, Query, State},
    http::{HeaderMap, HeaderValue, header},
    response::{Html, IntoResponse as _, Response},
};
use documents::{attachment, docx};
use domain::{
    audit::Kind,
    dpia::{access::Sight, attachment::used, exchange::Bundle, template::Template},
    people::Scope,
};
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::sync::Arc;

#[derive(Serialize)]
struct View {
    files: Vec<Offer>,
    versions: Vec<Version>,
    /// It was made elsewhere.
    record: bool,
    address: String,
}

#[derive(Serialize)]
struct Offer {
    name: &'static str,
    words: &'static str,
    about: &'static str,
}

#[derive(Serialize)]
struct Version {
    id: String,
    name: String,
    day: String,
}

/// The page that offers the files.
pub async fn page(State(app): State<App>, caller: Caller, Path(id): Path<String>) -> Result<Html<String>, Failure> {
    let desk = whole(&app, &caller, &id).await?;
    let frame = desk.frame(&app, "Take the assessment away");
    let record = desk.whole.assessment.is_record();
    let versions = desk.whole.versions.iter().rev().map(|version| Version {
        id: version.number.to_string(),
        name: if version.name.is_empty() {
            format!("Version {}", version.number)
        } else {
            format!("Version {}: {}", version.number, version.name)
        },
        day: crate::web::words::instant(version.at),
    });
    let view = View {
        files: File::ALL
            .into_iter()
            .filter(|file| !record || desk.whole.holds_words() || file.says_what_is_recorded())
            .map(|file| {
                let (words, about) = file.words();
                Offer { name: file.name(), words, about }
            })
            .collect(),
        record,
        versions: versions.collect(),
        address: desk.address(),
    };
    page::render(&app, "dpia/files.html", &frame, view)
}

/// One file.
pub async fn file(State(app): State<App>, caller: Caller, Path((id, name)): Path<(String, String)>) -> Result<Response, Failure> {
    let file = File::parse(&name).ok_or_else(Failure::not_found)?;
    let desk = whole(&app, &caller, &id).await?;
    let (bundle, template) = bundle(&app, &caller, &desk).await?;
    let mut attachments = Vec::new();
    // In memory once as they are, and once in the archive.
    let room = Room::take(if file.wants_attachments() { 2 * used(&bundle.attachments) as u64 } else { 0 }).await?;
    if file.wants_attachments() {
        for one in &bundle.attachments {
            let found = app.store.attachment(&caller.scope, desk.today, &template, bundle.assessment.id, one.id).await?;
            attachments.extend(found.map(|(_, bytes)| bytes));
        }
    }
    let tasks = app.store.tasks_of(&caller.scope, desk.today, bundle.assessment.id).await?;
    let people = names(&app.store, &caller.scope, &bundle, &tasks).await?;
    let officers = officers(&app.store, &caller.scope, &desk.whole.holders).await?;
    let at = app.clock.now();
    log(&app, &caller, &bundle, &name).await?;
    let title = file_name(&bundle, file.name());
    let routes = routes(&app, &desk.whole)?;
    let steps = signed::steps(&routes, bundle.signatures.iter());
    let passed_over = desk.whole.with_board(&template, &routes, |board| board.passed_over());
    let make = move || {
        let subject = Subject::new(&bundle, &template, people).with_tasks(tasks).with_steps(steps);
        let subject = subject.passing_over(passed_over).with_officers(officers);
        file.make(&subject, at, &attachments)
    };
    let bytes = super::make(make).await?;
    drop(room);
    Ok(download(&title, file.media_type(), bytes))
}

/// Which two states are compared, as the page that compares them spells them: a version's number, `seen`, `now`.
#[derive(Deserialize)]
pub struct Between {
    from: Option<String>,
    to: Option<String>,
}

/// The changes between two states: Word's tracked changes, or a PDF with the words marked.
pub async fn changes(
    State(app): State<App>,
    caller: Caller,
    Path((id, name)): Path<(String, String)>,
    Query(asked): Query<Between>,
) -> Result<Response, Failure> {
    let desk = whole(&app, &caller, &id).await?;
    let open = Desk::open(&app, &caller, &id).await?;
    let from = asked.from.ok_or_else(Failure::not_found)?;
    let (from, earlier) = compare::stand(&app, &caller, &open, &from).await?;
    let (to, later) = compare::stand(&app, &caller, &open, asked.to.as_deref().unwrap_or("now")).await?;
    let (bundle, template) = bundle(&app, &caller, &desk).await?;
    let people = names(&app.store, &caller.scope, &bundle, &[]).await?;
    let at = app.clock.now();
    log(&app, &caller, &bundle, &name).await?;
    let title = file_name(&bundle, &name);
    let is_pdf = match name.as_str() {
        "changes.pdf" => true,
        "changes.docx" => false,
        _ => return Err(Failure::not_found()),
    };
    let switched = compare::switched::between(&app, &caller, &open, &earlier, (&to, &later)).await?;
    let switched: Vec<compared::Switched> = switched.iter().map(compare::switched::Switched::told).collect();
    let written = compare::written::by(&app, &caller, &open, &earlier, (&to, &later)).await?.told();
    let rules = app.rules();
    let places = earlier.answers.keys().chain(later.answers.keys()).filter(|place| open.template.field(&place.field).is_none());
    let gone = places.map(|place| (place.field.clone(), compare::taken_out(&rules, &open, place).0)).collect();
    let made = super::make(move || {
        let subject = Subject::new(&bundle, &template, people);
        let (from, to) = (from.words(), to.words());
        let (earlier, later) =
            (compared::Earlier { name: &from, content: &earlier }, compared::Earlier { name: &to, content: &later });
        let paper = compared::paper(&subject, &earlier, &later, &switched, &written, &gone, at);
        if is_pdf { typeset::pdf(&paper).map_err(anyhow::Error::from) } else { docx::write(&paper).map_err(anyhow::Error::from) }
    });
    let bytes = made.await?;
    let kind = if is_pdf { attachment::Kind::Pdf } else { attachment::Kind::Docx };
    Ok(download(&title, kind.media_type(), bytes))
}

/// The assessment, for whoever sees all of it.
async fn whole(app: &App, caller: &Caller, id: &str) -> Result<Opened, Failure> {
    let desk = Opened::new(app, caller, id).await?;
    if desk.whole.sight == Sight::All { Ok(desk) } else { Err(Failure::not_found()) }
}

async fn bundle(app: &App, caller: &Caller, desk: &Opened) -> Result<(Bundle, Arc<Template>), Failure> {
    let id = desk.whole.assessment.id;
    let found = app.store.bundle(&caller.scope, app.clock.now(), desk.today, app.rules().as_ref(), id).await?;
    Ok((found.ok_or_else(Failure::not_found)?, desk.template.clone()))
}

/// An export leaves the service: the change log says who took what, and when.
async fn log(app: &App, caller: &Caller, bundle: &Bundle, name: &str) -> Result<(), Failure> {
    // A token that only reads may take a file; the entry is then the server's own.
    let own = Scope::Job { name: "export".to_owned() };
    let scope = if caller.scope.may_write() { &caller.scope } else { &own };
    let mut write = app.store.write(scope, app.clock.now()).await?;
    let organisation = caller.member().map(|member| member.acting_for.0);
    write.event(Kind::Assessment, bundle.assessment.id.0, organisation, &json!({ "exported": name })).await?;
    write.commit().await?;
    Ok(())
}

fn file_name(bundle: &Bundle, name: &str) -> String {
    format!("{} {name}", bundle.assessment.number)
}

/// A download that no browser runs: an attachment, of the type it says, in a sandbox without anything.
pub(in crate::web) fn download(name: &str, media_type: &str, bytes: Vec<u8>) -> Response {
    let mut headers = HeaderMap::new();
    let value = |text: &str| HeaderValue::from_str(text).unwrap_or(HeaderValue::from_static("application/octet-stream"));
    headers.insert(header::CONTENT_TYPE, value(media_type));
    headers.insert(
        header::CONTENT_DISPOSITION,
        HeaderValue::from_str(&attachment::disposition(name)).unwrap_or(HeaderValue::from_static("attachment")),
    );
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static("default-src 'none'; sandbox"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    (headers, bytes).into_response()
}
