//! `/dpias/{id}/assessment.pdf` and `.docx`: a published assessment as a file, exactly what its page shows. Anyone may have it.

use super::files::download;
use crate::{
    error::Failure,
    papers::public::{self, Published},
    state::App,
    web::dpia::publish::{
        register::{self, Found},
        shown,
    },
};
use axum::{
    extract::{Path, State},
    response::{IntoResponse as _, Redirect, Response},
};
use documents::{attachment::Kind, docx};
use domain::people::Scope;

/// The file.
pub async fn file(State(app): State<App>, Path((id, name)): Path<(String, String)>) -> Result<Response, Failure> {
    let kind = match name.as_str() {
        "assessment.pdf" => Kind::Pdf,
        "assessment.docx" => Kind::Docx,
        _ => return Err(Failure::not_found()),
    };
    let public = match register::find(&app, &id).await? {
        Found::Here(public) => public,
        Found::Moved(to) => return Ok(Redirect::temporary(&format!("/dpias/{to}/{name}")).into_response()),
    };
    let parties = public.listed.until(&public.assessment.parties);
    let products: Vec<String> = register::one_row(&app, &public).await?.products.into_iter().map(|one| one.name).collect();
    let (publication, assessment) = (public.publication, public.assessment);
    let version = app.store.published_version(&Scope::Public, &publication).await?.ok_or_else(Failure::not_found)?;
    let template = shown::template(&app, &version)?;
    let title = format!("{} {name}", assessment.number);
    let (at, review_on) = (version.at, register::review_on(&assessment));
    let made = super::make(move || {
        let order = shown::order(&template, &publication, &version);
        let name = |organisation| super::organisation(&app, organisation);
        let (publication, version, template, number) = (&publication, &version, &template, assessment.number.as_str());
        let published = Published { publication, version, number, template, order, parties, products, review_on, name: &name };
        let paper = public::paper(&published, at);
        match kind {
            Kind::Pdf => typeset::pdf(&paper).map_err(anyhow::Error::from),
            _ => docx::write(&paper).map_err(anyhow::Error::from),
        }
    });
    let bytes = made.await?;
    Ok(download(&title, kind.media_type(), bytes))
}
