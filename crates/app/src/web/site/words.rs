//! The pages about the service: plain text, one template each.

use crate::{error::Failure, state::App, web::page};
use axum::{extract::State, response::Html};
use govuk::Link;
use serde::Serialize;

#[derive(Serialize)]
struct View {
    public_url: String,
}

fn show(app: &App, title: &str, template: &str) -> Result<Html<String>, Failure> {
    let mut frame = page::frame(app, title, None);
    frame.breadcrumbs = vec![Link::new("Home", "/")];
    page::render(app, template, &frame, View { public_url: app.public_url.clone() })
}

/// What City Tools is.
///
/// # Errors
/// When the template fails, as for each page here.
pub async fn about(State(app): State<App>) -> Result<Html<String>, Failure> {
    show(&app, "About City Tools", "site/about.html")
}

/// The accessibility statement.
///
/// # Errors
/// As [`about`].
pub async fn accessibility(State(app): State<App>) -> Result<Html<String>, Failure> {
    show(&app, "Accessibility statement", "site/accessibility.html")
}

/// What is kept about people: nothing yet.
///
/// # Errors
/// As [`about`].
pub async fn privacy(State(app): State<App>) -> Result<Html<String>, Failure> {
    show(&app, "Privacy", "site/privacy.html")
}

/// The cookies page.
///
/// # Errors
/// As [`about`].
pub async fn cookies(State(app): State<App>) -> Result<Html<String>, Failure> {
    show(&app, "Cookies", "site/cookies.html")
}

/// How to read the register: words, dates, scores.
///
/// # Errors
/// As [`about`].
pub async fn help(State(app): State<App>) -> Result<Html<String>, Failure> {
    show(&app, "Help", "site/help.html")
}

/// How to use the API.
///
/// # Errors
/// As [`about`].
pub async fn api(State(app): State<App>) -> Result<Html<String>, Failure> {
    show(&app, "The API", "site/api.html")
}
