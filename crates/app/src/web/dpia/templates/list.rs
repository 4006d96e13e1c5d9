//! `/templates`: the templates, screening rules and lists of options that are known here.

use crate::{
    error::Failure,
    state::App,
    web::{page, words},
};
use axum::{extract::State, response::Html};
use domain::dpia::template::{Edition, Purpose};
use govuk::Link;
use jiff::civil::Date;
use serde::Serialize;

#[derive(Serialize)]
struct View {
    dpias: Vec<Line>,
    reviews: Vec<Line>,
    screening: Vec<Line>,
    options: Vec<Line>,
}

/// One version of a file.
#[derive(Serialize)]
pub struct Line {
    /// Its title.
    pub title: String,
    /// What it is and whose.
    pub about: String,
    /// Its version.
    pub version: String,
    /// Its page.
    pub href: String,
    /// The first day on which it may be used.
    pub in_force: String,
    /// Whether it is the one that is used today.
    pub current: bool,
    /// Whether that day is still ahead.
    pub ahead: bool,
    /// How many fields, questions or options it has.
    pub size: usize,
}

/// The page of a version.
#[must_use]
pub fn address(edition: &Edition) -> String {
    format!("/templates/{}/{}", edition.urn, edition.version)
}

/// The page.
///
/// # Errors
/// When the template fails.
pub async fn page(State(app): State<App>) -> Result<Html<String>, Failure> {
    let today = app.clock.today();
    let rules = app.rules();
    let line = |edition: &Edition, title: &str, about: &str, in_force: Date, current: bool, size: usize| Line {
        title: title.to_owned(),
        about: about.to_owned(),
        version: edition.version.clone(),
        href: address(edition),
        in_force: words::day(in_force),
        current,
        ahead: in_force > today,
        size,
    };
    let templates = |purpose: Purpose| {
        let now = rules.in_force(purpose, today).map(|template| &template.edition);
        let of = rules.templates.iter().filter(|template| template.purpose == purpose);
        of.rev()
            .map(|one| line(&one.edition, &one.title, &one.about, one.in_force, now == Some(&one.edition), one.fields().count()))
            .collect()
    };
    let asked = rules.screening_in_force(today).map(|rules| &rules.edition);
    let view = View {
        dpias: templates(Purpose::Dpia),
        reviews: templates(Purpose::Review),
        screening: rules
            .screening
            .iter()
            .rev()
            .map(|one| line(&one.edition, &one.title, &one.about, one.in_force, asked == Some(&one.edition), one.questions.len()))
            .collect(),
        options: rules
            .options
            .iter()
            .rev()
            .map(|one| {
                let used = rules.templates.iter().any(|template| template.options.as_ref() == Some(&one.edition));
                let size = one.lists.values().map(|list| list.options.len()).sum();
                line(&one.edition, &one.title, &one.about, one.in_force, used, size)
            })
            .collect(),
    };
    let mut frame = page::frame(&app, "Templates and rules", None);
    frame.breadcrumbs = vec![Link::new("Home", "/")];
    page::render(&app, "dpia/templates/list.html", &frame, view)
}
