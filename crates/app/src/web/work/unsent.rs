//! `/work/unsent`: everything that somebody typed into forms of assessments and data projects and has not sent, in full, with the page
//! it belongs to. It is theirs also where that page is not there for them any more.

use crate::{
    error::Failure,
    state::App,
    web::{
        drafts::{self, page_of, texts},
        kept::Text,
        page,
        session::Caller,
    },
};
use axum::{extract::State, response::Html};
use domain::dpia::answer::Labels;
use govuk::Link;
use serde::Serialize;

#[derive(Serialize)]
struct View {
    rows: Vec<Row>,
}

/// What was typed into one form.
#[derive(Serialize)]
pub struct Row {
    /// The form's name, by which it is thrown away; none of an answer, which is thrown away on its own page.
    name: Option<String>,
    /// Its page.
    href: String,
    /// The words by which its writer knows it again.
    begins: String,
    at: i64,
    texts: Vec<Text>,
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
            rows.push(Row { name: Some(draft.name), href, begins, at: draft.at, texts });
        }
    }
    for draft in app.store.unsaved_answers(&caller.scope).await? {
        let text = draft.answer.as_ref().map(|answer| answer.plain(&Labels::default())).unwrap_or_default();
        if !text.trim().is_empty() {
            let href = format!("/assessments/{}/{}/{}", draft.assessment, draft.place.part, draft.place.field);
            let texts = vec![Text { name: "answer".to_owned(), text }];
            rows.push(Row { name: None, href, begins: begins(&texts), at: draft.at, texts });
        }
    }
    rows.sort_by_key(|row| std::cmp::Reverse(row.at));
    Ok(rows)
}

/// The page.
///
/// # Errors
/// When the database fails.
pub async fn page(State(app): State<App>, caller: Caller) -> Result<Html<String>, Failure> {
    caller.signed_in()?;
    let mut frame = page::frame(&app, "What you typed and did not send", Some("work"));
    frame.breadcrumbs = vec![Link::new("Home", "/"), Link::new("Your work", "/work")];
    let view = View { rows: rows(&app, &caller).await? };
    page::render(&app, "work/unsent.html", &frame, view)
}
