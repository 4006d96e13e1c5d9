//! The pages that explain what a request was refused for.

use crate::{
    error::{Code, Failure},
    state::App,
    web::{kept::Text, page},
};
use axum::{
    extract::{Path, State},
    response::Html,
};
use govuk::Link;
use serde::Serialize;

#[derive(Serialize)]
struct View<'v> {
    title: &'v str,
    explanation: &'v str,
    detail: Option<&'v str>,
    status: u16,
    code: &'v str,
    /// What was typed into the form that failed.
    texts: Vec<Text>,
}

/// The page for a failure that just happened, with what was typed into the form that failed.
#[must_use]
pub fn render(app: &App, failure: &Failure, texts: Vec<Text>) -> String {
    let code = failure.code;
    let view = View {
        title: code.title(),
        explanation: code.explanation(),
        detail: failure.detail.as_deref(),
        status: code.status().as_u16(),
        code: code.as_str(),
        texts,
    };
    let mut frame = page::frame(app, code.title(), None);
    frame.breadcrumbs = vec![Link::new("Home", "/")];
    match page::render(app, "site/problem.html", &frame, view) {
        Ok(Html(text)) => text,
        // The page for failures fails: say it without a template.
        Err(_) => format!(
            "<!doctype html><html lang=\"en\"><title>{0}</title><h1>{0}</h1><p>{1}</p></html>",
            code.title(),
            code.explanation()
        ),
    }
}

/// `/problems/{code}`: what the `type` of a problem document leads to.
///
/// # Errors
/// Not found for a code that is none of ours.
pub async fn page(State(app): State<App>, Path(code): Path<String>) -> Result<Html<String>, Failure> {
    let code = Code::ALL.into_iter().find(|one| one.as_str() == code).ok_or_else(Failure::not_found)?;
    let mut frame = page::frame(&app, code.title(), None);
    frame.breadcrumbs = vec![Link::new("Home", "/"), Link::new("API", "/api")];
    let view = View {
        title: code.title(),
        explanation: code.explanation(),
        detail: None,
        status: code.status().as_u16(),
        code: code.as_str(),
        texts: Vec::new(),
    };
    page::render(&app, "site/problem.html", &frame, view)
}
