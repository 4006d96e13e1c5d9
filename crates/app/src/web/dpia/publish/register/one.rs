//! `/dpias/{id}`: all that the public reads of one publication. The page that prepares it shows the same ([`read`]), so that a second
//! person looks at what will be public, and not at a part of it.

use super::{
    super::shown::{self, Section},
    Found, Row, find, one_row,
};
use crate::{
    error::Failure,
    state::App,
    web::{
        dpia::projects::{Body, body},
        page,
    },
};
use axum::{
    extract::{Path, State},
    response::{IntoResponse as _, Redirect, Response},
};
use domain::{
    dpia::{assessment::PartyRole, place::Part, version::Version},
    people::Scope,
    register::ids::OrganisationId,
};
use govuk::Link;
use serde::Serialize;
use store::dpia::public::Public;

/// What the public reads of a publication.
#[derive(Serialize)]
pub struct One {
    row: Row,
    parties: Vec<Party>,
    /// The answers, in sections.
    pub sections: Vec<Section>,
    redactions: usize,
    /// Questions that are left out although their template calls them public.
    left_out: Vec<shown::LeftOut>,
    sealed: String,
    /// The seals of the annexes of which something is shown.
    annexes: Vec<(Body, String)>,
    json: String,
}

#[derive(Serialize)]
struct Party {
    organisation: Body,
    role: &'static str,
    /// When it left since, milliseconds of UTC.
    until: Option<i64>,
    /// A controller whose annex is not shown, since it has not let it go out.
    kept_back: bool,
}

/// What the public reads of a publication, or would if it were public now; of one that was taken back, nothing of its version.
///
/// # Errors
/// Not found for an edition of a template that this server does not have.
pub async fn read(app: &App, public: &Public, version: Option<&Version>) -> Result<One, Failure> {
    let snapshot = app.snapshot();
    let publication = &public.publication;
    let mut one = One {
        row: one_row(app, public).await?,
        parties: Vec::new(),
        redactions: 0,
        left_out: Vec::new(),
        sections: Vec::new(),
        sealed: publication.sealed.to_string(),
        annexes: Vec::new(),
        json: format!("/api/v1/dpias/{}", publication.id),
    };
    let Some(version) = version else { return Ok(one) };
    let template = shown::template(app, version)?;
    let shown = shown::preview(&template, publication, version);
    let kept_back: Vec<OrganisationId> =
        publication.asks(version).into_iter().filter(|one| !publication.includes(Part::Annex(*one))).collect();
    one.redactions = shown.iter().filter(|field| field.redacted()).count();
    one.left_out = shown::left_out(publication, version);
    one.sections = shown::sections(&snapshot, &template, publication, &shown);
    let seals = publication.annexes_shown(version, &shown);
    one.annexes = seals.into_iter().map(|(one, seal)| (body(&snapshot, one), seal.to_string())).collect();
    let parties = public.listed.until(&public.assessment.parties).into_iter();
    one.parties = parties
        .map(|(party, until)| Party {
            until,
            organisation: body(&snapshot, party.organisation),
            role: match party.role {
                PartyRole::Controller => "controller",
                PartyRole::JointController => "joint controller",
                PartyRole::Processor => "processor",
            },
            kept_back: kept_back.contains(&party.organisation),
        })
        .collect();
    Ok(one)
}

/// One published assessment.
///
/// # Errors
/// Not found for what was never public.
pub async fn one(State(app): State<App>, Path(id): Path<String>) -> Result<Response, Failure> {
    let public = match find(&app, &id).await? {
        Found::Here(public) => public,
        Found::Moved(to) => return Ok(Redirect::temporary(&format!("/dpias/{to}")).into_response()),
    };
    let version = app.store.published_version(&Scope::Public, &public.publication).await?;
    let view = read(&app, &public, version.as_ref()).await?;
    let mut frame = page::frame(&app, view.row.name(), Some("published"));
    frame.breadcrumbs = vec![Link::new("Home", "/"), Link::new("Published DPIAs and reviews", "/dpias")];
    Ok(page::render(&app, "dpia/publish/one.html", &frame, view)?.into_response())
}
