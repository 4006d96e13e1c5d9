//! `/templates`: the templates, screening rules and lists of options that are known here.

use crate::{
    error::Failure,
    state::App,
    web::{dpia::desk::named, page, session, words},
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
    routes: Vec<Line>,
    overlays: Vec<Line>,
    drafts: Vec<Draft>,
}

/// A file that is being written.
#[derive(Serialize)]
pub struct Draft {
    /// Its editor.
    pub href: String,
    /// Its title.
    pub title: String,
    /// Its version.
    pub version: String,
    /// The organisation that it is for; none for all.
    pub owner: Option<String>,
    /// When it was last saved, milliseconds of UTC.
    pub at: i64,
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
    /// The organisation whose it is; none for what all share.
    pub owner: Option<String>,
    /// How many pieces of an overlay a later version of its template has no place for.
    pub unfit: usize,
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
        owner: None,
        unfit: 0,
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
        routes: rules
            .routes()
            .iter()
            .map(|one| {
                let used = one
                    .organisation
                    .is_none_or(|own| rules.route(own, today).is_some_and(|route| route.edition == one.route.edition));
                let route = &one.route;
                let line = line(&route.edition, &route.title, &route.about, route.in_force, used, route.steps.len());
                Line { owner: one.organisation.map(|own| named(&app, own).name), ..line }
            })
            .collect(),
        overlays: rules
            .overlays_of()
            .iter()
            .map(|(owner, one)| {
                let mut versions = std::iter::once(&one.of).chain(one.fits.iter().map(|fit| &fit.edition));
                let used =
                    versions.any(|version| rules.overlay(version, *owner, today).is_some_and(|now| now.edition == one.edition));
                let unfit = one.unfit().map(|fit| fit.problems.len()).sum();
                let line = line(&one.edition, &one.title, &one.about, one.in_force, used, one.fields.len() + one.guidance.len());
                Line { owner: Some(named(&app, *owner).name), unfit, ..line }
            })
            .collect(),
        drafts: super::preview::drafts(&app, session::current().as_ref()).await?,
    };
    let mut frame = page::frame(&app, "Templates and rules", None);
    frame.breadcrumbs = vec![Link::new("Home", "/")];
    page::render(&app, "dpia/templates/list.html", &frame, view)
}
