//! `/templates/{urn}/{version}/assessments`: the live assessments that a version of a template touches, as far as the caller may see
//! them. Each is moved on its own page when its owner agrees.

use super::{draft::touched, list::address};
use crate::{
    error::Failure,
    state::App,
    web::{
        dpia::desk::{Named, named},
        session::Caller,
    },
};
use axum::{
    extract::{Path, State},
    response::{IntoResponse as _, Response},
};
use domain::dpia::{overlay::Overlay, template::Edition};
use serde::Serialize;

#[derive(Serialize)]
struct View {
    title: String,
    version: String,
    template: String,
    rows: Vec<Row>,
    overlays: Vec<Laid>,
}

/// An overlay that is for this version too.
#[derive(Serialize)]
struct Laid {
    owner: Named,
    title: String,
    href: String,
    unfit: usize,
}

#[derive(Serialize)]
struct Row {
    number: String,
    title: String,
    href: String,
    lead: Named,
    state: &'static str,
    version: String,
}

/// The page.
///
/// # Errors
/// Not found for a template that is not there.
pub async fn page(
    State(app): State<App>,
    caller: Caller,
    Path((urn, version)): Path<(String, String)>,
) -> Result<Response, Failure> {
    let edition = Edition { urn, version };
    let rules = app.rules();
    let template = rules.template(&edition).ok_or_else(Failure::not_found)?;
    let rows = touched(&app, &caller.scope, template).await?.into_iter().map(|one| Row {
        href: format!("/assessments/{}/template", one.id),
        number: one.number,
        title: one.title,
        lead: named(&app, one.lead),
        state: one.state.as_str(),
        version: one.template.version,
    });
    let later = |one: &Overlay| one.fits.iter().find(|fit| fit.edition == edition).map(|fit| fit.problems.len());
    let overlays = rules.overlays_of().iter().filter_map(|(owner, one)| {
        let unfit = later(one)?;
        Some(Laid { owner: named(&app, *owner), title: one.title.clone(), href: address(&one.edition), unfit })
    });
    let view = View {
        overlays: overlays.collect(),
        title: template.title.clone(),
        version: edition.version.clone(),
        template: address(&edition),
        rows: rows.collect(),
    };
    let mut frame = super::write::frame(&app, &format!("Assessments that version {} touches", edition.version), false);
    frame.back = Some(address(&edition));
    Ok(crate::web::page::render(&app, "dpia/templates/touched.html", &frame, view)?.into_response())
}
