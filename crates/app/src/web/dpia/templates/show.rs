//! `/templates/{urn}/{version}`: a template, screening rules or lists of options, whole and readable.

use super::{list::address, route, view, write};
use crate::{
    error::Failure,
    state::App,
    web::{
        dpia::desk::named,
        page::{self, GetAs},
        words,
    },
};
use axum::{
    extract::{Path, State},
    response::{Html, Redirect},
};
use domain::dpia::{known::Known, template::Edition};
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
    /// What the caller may write from here: words and address.
    writes: Vec<GetAs>,
    /// The page of the assessments that it touches.
    touched: Option<String>,
    /// Whether nobody can use it yet.
    draft: bool,
    /// Where its questions can be gone through.
    walk: String,
}

/// Leads to the version that came into force last.
///
/// # Errors
/// Not found for a URN that is not there.
pub async fn latest(State(app): State<App>, Path(urn): Path<String>) -> Result<Redirect, Failure> {
    let today = app.clock.today();
    let found = editions(&app.rules(), &urn);
    // The latest stand first: of two that came into force on one day, the later version.
    let now = found.iter().find(|(_, in_force)| *in_force <= today);
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
    if let Some(owned) = rules.routes().iter().find(|one| one.route.edition == edition) {
        let found = &owned.route;
        let head = head(&app, &rules, &edition, &found.title, &found.about, found.in_force, "sign-off");
        let view = route::route(head, owned.organisation.map(|own| named(&app, own).name), found, &rules, app.clock.today());
        return page::render(&app, "dpia/templates/route.html", &show(&found.title), view);
    }
    if let Some((owner, found)) = rules.overlays_of().iter().find(|(_, one)| one.edition == edition) {
        let head = head(&app, &rules, &edition, &found.title, &found.about, found.in_force, "overlay");
        let template = rules.template(&found.of).ok_or_else(Failure::not_found)?;
        let view = route::overlay(head, named(&app, *owner).name, found, template, &rules);
        return page::render(&app, "dpia/templates/overlay.html", &show(&found.title), view);
    }
    let found = rules.options.iter().find(|lists| lists.edition == edition).ok_or_else(Failure::not_found)?;
    let head = head(&app, &rules, &edition, &found.title, &found.about, found.in_force, "options");
    page::render(&app, "dpia/templates/options.html", &show(&found.title), view::options(head, found))
}

/// The versions of a URN with their days, the latest first.
fn editions(rules: &Known, urn: &str) -> Vec<(Edition, Date)> {
    let all = rules.editions().into_iter().filter(|edition| edition.urn == urn);
    let mut found: Vec<(Edition, Date)> = all.filter_map(|edition| Some((edition.clone(), rules.since(&edition)?))).collect();
    found.sort_by_key(|(edition, in_force)| std::cmp::Reverse((*in_force, domain::dpia::library::order(&edition.version))));
    found
}

/// The head of the page of a file.
pub fn head(app: &App, rules: &Known, edition: &Edition, title: &str, about: &str, in_force: Date, kind: &str) -> Head {
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
        writes: write::offers(rules, edition),
        touched: (kind == "template" && crate::web::session::current().is_some_and(|caller| caller.member().is_some()))
            .then(|| format!("{}/assessments", address(edition))),
        draft: false,
        walk: "/screening".to_owned(),
    }
}

impl Head {
    /// The head of a draft, which nobody can use yet.
    #[must_use]
    pub fn drafted(self) -> Self {
        Self { get: Vec::new(), writes: Vec::new(), touched: None, draft: true, ..self }
    }

    /// The head of a draft of screening rules, whose questions are gone through as they will be.
    #[must_use]
    pub fn walked(self, draft: &str) -> Self {
        Self { walk: format!("/templates/drafts/{draft}/screening"), ..self }
    }
}
