//! `/templates/{urn}/{version}/assessments`: the live assessments that a version of a template touches: those that the caller may see,
//! and of all boroughs those that are public. Each is moved on its own page when its owner agrees. What is neither is nobody
//! else's to know of, not even how many there are: the server asks whoever leads it.

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
use domain::{
    dpia::{assessment::Assessment, ids::AssessmentId, overlay::Overlay, succession, template::Edition},
    people::Scope,
};
use serde::Serialize;
use std::collections::BTreeSet;

#[derive(Serialize)]
struct View {
    title: String,
    version: String,
    template: String,
    rows: Vec<Row>,
    /// Published ones of others.
    published: Vec<Row>,
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
    let row = |one: Assessment, href: String| Row {
        href,
        number: one.number,
        title: one.title,
        lead: named(&app, one.lead),
        state: one.state.as_str(),
        version: one.template.version,
    };
    let own = touched(&app, &caller.scope, template).await?;
    let mut seen: BTreeSet<AssessmentId> = own.iter().map(|one| one.id).collect();
    let published = app.store.published(&Scope::Public).await?;
    let published = published
        .into_iter()
        .filter(|one| {
            one.publication.is_public() && succession::touched(&one.assessment, template) && seen.insert(one.assessment.id)
        })
        .map(|one| {
            let href = format!("/dpias/{}", one.publication.id);
            // Of others' only what is public is said.
            Row { title: one.listed.title, state: "published", ..row(one.assessment, href) }
        })
        .collect();
    let rows: Vec<Row> = own
        .into_iter()
        .map(|one| {
            let href = format!("/assessments/{}/template", one.id);
            row(one, href)
        })
        .collect();
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
        rows,
        published,
    };
    let mut frame = super::write::frame(&app, &format!("Assessments that version {} touches", edition.version), false);
    frame.back = Some(address(&edition));
    Ok(crate::web::page::render(&app, "dpia/templates/touched.html", &frame, view)?.into_response())
}
