//! `/templates/{urn}/{version}`: a template, screening rules or lists of options, whole and readable.

use super::{list::address, view};
use crate::{
    error::Failure,
    state::App,
    web::{
        page::{self, GetAs},
        words,
    },
};
use axum::{
    extract::{Path, State},
    response::{Html, Redirect},
};
use domain::dpia::{
    library::Library,
    screening::Rules,
    template::{Edition, options::OptionLists},
};
use govuk::Link;
use jiff::civil::Date;
use serde::Serialize;

/// Another version of the same file.
#[derive(Serialize)]
pub struct Version {
    version: String,
    in_force: String,
    href: String,
    here: bool,
}

/// What the pages of all kinds of files share.
#[derive(Serialize)]
pub struct Head {
    title: String,
    about: String,
    urn: String,
    version: String,
    in_force: String,
    ahead: bool,
    versions: Vec<Version>,
    get: Vec<GetAs>,
}

/// Leads to the version that came into force last.
///
/// # Errors
/// Not found for a URN that is not there.
pub async fn latest(State(app): State<App>, Path(urn): Path<String>) -> Result<Redirect, Failure> {
    let today = app.clock.today();
    let found = editions(&app.rules(), &urn);
    let now = found.iter().filter(|(_, in_force)| *in_force <= today).max_by_key(|(_, in_force)| *in_force);
    let (edition, _) = now.or(found.first()).ok_or_else(Failure::not_found)?;
    Ok(Redirect::to(&address(edition)))
}

/// The page.
///
/// # Errors
/// Not found for a URN or version that is not there.
pub async fn page(State(app): State<App>, Path((urn, version)): Path<(String, String)>) -> Result<Html<String>, Failure> {
    let rules = app.rules();
    let edition = Edition { urn, version };
    let show = |title: &str| {
        let mut frame = page::frame(&app, format!("{title}, version {}", edition.version), None);
        frame.breadcrumbs = vec![Link::new("Home", "/"), Link::new("Templates and rules", "/templates")];
        frame
    };
    if let Some(template) = rules.template(&edition) {
        let head = head(&app, &rules, &edition, &template.title, &template.about, template.in_force, "template");
        let view = view::template(head, template, rules.before(template), &rules);
        return page::render(&app, "dpia/templates/template.html", &show(&template.title), view);
    }
    if let Some(found) = rules.screening.iter().find(|rules| rules.edition == edition) {
        let head = head(&app, &rules, &edition, &found.title, &found.about, found.in_force, "screening");
        return page::render(&app, "dpia/templates/screening.html", &show(&found.title), view::screening(head, found));
    }
    let found = rules.options.iter().find(|lists| lists.edition == edition).ok_or_else(Failure::not_found)?;
    let head = head(&app, &rules, &edition, &found.title, &found.about, found.in_force, "options");
    page::render(&app, "dpia/templates/options.html", &show(&found.title), view::options(head, found))
}

/// The versions of a URN with their days, the latest first.
fn editions(rules: &Library, urn: &str) -> Vec<(Edition, Date)> {
    let templates = rules.templates.iter().map(|one| (&one.edition, one.in_force));
    let screening = rules.screening.iter().map(|one: &Rules| (&one.edition, one.in_force));
    let options = rules.options.iter().map(|one: &OptionLists| (&one.edition, one.in_force));
    let mut found: Vec<(Edition, Date)> = templates
        .chain(screening)
        .chain(options)
        .filter(|(edition, _)| edition.urn == urn)
        .map(|(edition, in_force)| (edition.clone(), in_force))
        .collect();
    found.sort_by_key(|(_, in_force)| std::cmp::Reverse(*in_force));
    found
}

fn head(app: &App, rules: &Library, edition: &Edition, title: &str, about: &str, in_force: Date, kind: &str) -> Head {
    let version = |(other, in_force): (Edition, Date)| Version {
        href: address(&other),
        in_force: words::day(in_force),
        here: other == *edition,
        version: other.version,
    };
    Head {
        title: title.to_owned(),
        about: about.to_owned(),
        urn: edition.urn.clone(),
        version: edition.version.clone(),
        in_force: words::day(in_force),
        ahead: in_force > app.clock.today(),
        versions: editions(rules, &edition.urn).into_iter().map(version).collect(),
        get: vec![
            GetAs { text: "YAML file".to_owned(), href: format!("{}/file", address(edition)) },
            GetAs { text: "JSON Schema".to_owned(), href: format!("/templates/schema/{kind}") },
        ],
    }
}
