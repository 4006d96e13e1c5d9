//! `/work/unsent`: everything that somebody typed into forms of assessments and data projects and has not sent, in full, with what it
//! was typed for: the assessment or project, the page or question, and why it cannot be sent any more where that is so. It is theirs
//! also where that page is not there for them any more.

use crate::{
    error::Failure,
    state::App,
    web::{
        dpia::{desk::Desk, ended, projects::project},
        drafts::{self, page_of, texts},
        kept::Text,
        page,
        session::Caller,
    },
};
use axum::{extract::State, response::Html};
use domain::dpia::{answer::Labels, assessment, ids::AssessmentId, place::Part};
use govuk::Link;
use serde::Serialize;
use std::collections::BTreeMap;

#[derive(Serialize)]
struct View {
    rows: Vec<(Row, For)>,
}

/// What was typed into one form.
#[derive(Serialize)]
pub struct Row {
    /// The form's name, by which it is thrown away.
    name: String,
    /// Its page.
    href: String,
    /// Whether it is an answer, and not what was typed beside one.
    answer: bool,
    /// The words by which its writer knows it again.
    begins: String,
    at: i64,
    texts: Vec<Text>,
}

/// What a text was typed for, as far as its writer may still see that.
#[derive(Default, Serialize)]
struct For {
    /// The title of the assessment or project.
    title: Option<String>,
    /// The page within it, by the word that its address has.
    page: String,
    /// The question.
    question: Option<String>,
    /// Why it cannot be sent any more.
    ended: Option<Ended>,
    /// The same, in words of its own.
    parted: Option<String>,
}

/// Why a text cannot be sent any more.
#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
enum Ended {
    /// Its assessment was given up.
    GivenUp,
    /// Another assessment took the place of its own.
    Replaced,
    /// Its question is not asked any more.
    NotAsked,
    /// Its question cannot be answered now, by them.
    Locked,
    /// It is not open to them.
    NotOpen,
}

/// Letters of what was typed that stand for it.
const BEGINS: usize = 60;

/// Everything that the caller typed and has not sent, the last typed first.
///
/// # Errors
/// When the database fails.
pub async fn rows(app: &App, caller: &Caller) -> Result<Vec<Row>, Failure> {
    let begins = |texts: &[Text]| {
        let longest = texts.iter().map(|one| one.text.trim()).max_by_key(|text| text.chars().count()).unwrap_or_default();
        longest.chars().take(BEGINS).collect::<String>()
    };
    let mut rows = Vec::new();
    for draft in drafts::all(app, caller).await? {
        let texts = texts(&draft.form);
        if !texts.is_empty() {
            let (href, begins) = (page_of(&draft.name).to_owned(), begins(&texts));
            rows.push(Row { name: draft.name, href, answer: false, begins, at: draft.at, texts });
        }
    }
    for draft in app.store.unsaved_answers(&caller.scope).await? {
        let text = draft.answer.as_ref().map(|answer| answer.plain(&Labels::default())).unwrap_or_default();
        if !text.trim().is_empty() {
            let href = format!("/assessments/{}/{}", draft.assessment, draft.place);
            let texts = vec![Text { name: "answer".to_owned(), text }];
            rows.push(Row { name: href.clone(), href, answer: true, begins: begins(&texts), at: draft.at, texts });
        }
    }
    rows.sort_by_key(|row| std::cmp::Reverse(row.at));
    Ok(rows)
}

/// What a text was typed for.
async fn typed_for(app: &App, caller: &Caller, row: &Row, desks: &mut BTreeMap<String, Option<Desk>>) -> Result<For, Failure> {
    let parts: Vec<&str> = row.href.trim_start_matches('/').split('/').collect();
    match parts.as_slice() {
        ["assessments", id, rest @ ..] if id.parse::<AssessmentId>().is_ok() => {
            if !desks.contains_key(*id) {
                desks.insert((*id).to_owned(), Desk::open(app, caller, id).await.ok());
            }
            let page = rest.first().copied().unwrap_or_default().to_owned();
            let Some(desk) = desks.get(*id).and_then(Option::as_ref) else {
                let id: AssessmentId = id.parse()?;
                let parted = ended::parted_from(app, caller, id).await?;
                return Ok(For { page, ended: Some(Ended::NotOpen), parted, ..For::default() });
            };
            let head = &desk.whole.assessment;
            let mut of = For { title: Some(format!("{} ({})", head.title, head.number)), page, ..For::default() };
            of.ended = match head.state {
                assessment::State::Withdrawn => Some(Ended::GivenUp),
                assessment::State::Superseded => Some(Ended::Replaced),
                _ => None,
            };
            if let [part, field] = rest
                && let Ok(known) = part.parse::<Part>()
            {
                of.question = Some(desk.label(app, &known.at(field)));
                let asked = desk.field(part, field).ok();
                let writes = asked.map(|(place, section, field)| desk.setting(caller, &place, section, field).allows().is_ok());
                let stops = match writes {
                    None => Some(Ended::NotAsked),
                    Some(false) if row.answer => Some(Ended::Locked),
                    Some(_) => None,
                };
                of.ended = of.ended.or(stops);
            }
            Ok(of)
        }
        ["assessments", "import", ..] => Ok(For { page: "import".to_owned(), ..For::default() }),
        ["projects", "new"] => Ok(For { page: "new-project".to_owned(), ..For::default() }),
        ["projects", id, rest @ ..] => {
            let found = project(app, caller, id).await.ok();
            let page = rest.first().map(|page| format!("project-{page}")).unwrap_or_default();
            let ended = found.is_none().then_some(Ended::NotOpen);
            Ok(For { title: found.map(|project| project.title), page, ended, ..For::default() })
        }
        _ => Ok(For::default()),
    }
}

/// The page.
///
/// # Errors
/// When the database fails.
pub async fn page(State(app): State<App>, caller: Caller) -> Result<Html<String>, Failure> {
    caller.signed_in()?;
    let mut frame = page::frame(&app, "What you typed and did not send", Some("work"));
    frame.breadcrumbs = vec![Link::new("Home", "/"), Link::new("Your work", "/work")];
    let (mut shown, mut desks) = (Vec::new(), BTreeMap::new());
    for row in rows(&app, &caller).await? {
        let of = typed_for(&app, &caller, &row, &mut desks).await?;
        shown.push((row, of));
    }
    page::render(&app, "work/unsent.html", &frame, View { rows: shown })
}
