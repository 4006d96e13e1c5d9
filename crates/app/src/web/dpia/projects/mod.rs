//! Data projects: a piece of work that uses personal data, from 'do we need a DPIA?' to an assessment that is live.
//!
//! | module | what lives there |
//! |---|---|
//! | [`list`] | the projects that somebody's organisations take part in |
//! | [`show`] | one project: where it stands and what comes next |
//! | [`draft`] | a new project, and changing one |
//! | [`carried`] | what changes on a project is carried into its assessments |
//! | [`history`] | what was said of a project, before and after |
//! | [`party`] | one party: its role and contacts, its invitation taken back; leaving |
//! | [`parties`] | inviting organisations, and answering an invitation |
//! | [`choices`] | what can be chosen of the register, by organisation and service area |
//! | [`role`] | what a party is to the processing, carried into its assessments |
//! | [`uses`] | the systems, contracts and planned procurements it is about |
//! | [`steps`] | the information governance process, as data |

pub mod carried;
pub mod choices;
pub mod draft;
pub mod history;
pub mod list;
pub mod parties;
pub mod party;
pub mod role;
pub mod show;
pub mod steps;
pub mod uses;

#[cfg(test)]
mod tests;

use crate::{
    error::Failure,
    state::App,
    web::{
        routes::{Route, Who},
        session::Caller,
    },
};
use domain::{
    dpia::project::Project,
    people::{Act, may},
    register::{ids::OrganisationId, snapshot::Snapshot},
};
use serde::Serialize;
use uuid::Uuid;

/// The routes of data projects.
#[must_use]
pub fn routes() -> Vec<Route> {
    use Who::SignedIn;
    vec![
        Route::get("/projects", SignedIn, list::page),
        Route::get("/projects/new", SignedIn, draft::new),
        Route::post("/projects/new", SignedIn, draft::create),
        Route::get("/projects/{id}", SignedIn, show::page),
        Route::get("/projects/{id}/change", SignedIn, draft::change),
        Route::post("/projects/{id}/change", SignedIn, draft::save),
        Route::get("/projects/{id}/history", SignedIn, history::page),
        Route::get("/projects/{id}/parties", SignedIn, parties::page),
        Route::post("/projects/{id}/parties", SignedIn, parties::invite),
        Route::post("/projects/{id}/parties/answer", SignedIn, parties::answer),
        Route::get("/projects/{id}/parties/{organisation}", SignedIn, party::page),
        Route::post("/projects/{id}/parties/{organisation}", SignedIn, party::save),
        Route::post("/projects/{id}/leave", SignedIn, party::leave),
        Route::get("/projects/{id}/register", SignedIn, uses::page),
        Route::post("/projects/{id}/register", SignedIn, uses::save),
    ]
}

/// A project that the caller may see.
///
/// # Errors
/// Not found for one that is not there, or is not theirs to see.
pub async fn project(app: &App, caller: &Caller, id: &str) -> Result<Project, Failure> {
    let id: Uuid = id.parse().map_err(|_| Failure::not_found())?;
    app.store.get::<Project>(&caller.scope, id).await?.ok_or_else(Failure::not_found)
}

/// Whether the caller keeps a project: changes it and invites others.
#[must_use]
pub fn keeps(caller: &Caller, project: &Project) -> bool {
    may(&caller.scope, &Act::LeadProject(project.organisation))
}

/// An organisation as pages name it, with the small square in its colour.
#[derive(Clone, Debug, Serialize)]
pub struct Body {
    /// Its slug; empty for one that is not known.
    pub slug: String,
    /// Its name.
    pub name: String,
    /// Its colour.
    pub colour: Option<String>,
}

/// An organisation as pages name it.
#[must_use]
pub fn body(snapshot: &Snapshot, id: OrganisationId) -> Body {
    let entry = snapshot.organisation_by_id(id).and_then(|row| snapshot.organisation(row));
    entry.map_or_else(
        || Body { slug: String::new(), name: "an organisation that is not known".to_owned(), colour: None },
        |entry| Body { slug: entry.record.slug.clone(), name: entry.record.name.clone(), colour: entry.record.colour.clone() },
    )
}
