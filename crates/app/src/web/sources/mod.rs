//! Scheduled sources of an organisation: list, add, edit, read now, remove; for those who keep its register.

mod changes;
pub mod edit;
pub mod list;
pub mod now;
pub mod remove;
pub mod source;

#[cfg(test)]
mod tests;

use super::{
    routes::{Route, Who},
    session::Caller,
};
use crate::{error::Failure, state::App};
use domain::{
    people::{Act, access::KEEPERS},
    work::sources::Source,
};

/// The pages of sources.
#[must_use]
pub fn routes() -> Vec<Route> {
    let keepers = Who::Holds(KEEPERS);
    vec![
        Route::get("/sources", keepers, list::page),
        Route::get("/sources/new", keepers, edit::new),
        Route::post("/sources/new", keepers, edit::add),
        Route::get("/sources/{id}", keepers, source::page),
        Route::get("/sources/{id}/edit", keepers, edit::page),
        Route::post("/sources/{id}/edit", keepers, edit::save),
        Route::post("/sources/{id}/read", keepers, now::read),
        Route::get("/sources/{id}/remove", keepers, remove::page),
        Route::post("/sources/{id}/remove", keepers, remove::remove),
    ]
}

/// A source that the caller may keep; for anyone else there is none.
async fn kept(app: &App, caller: &Caller, id: &str) -> Result<Source, Failure> {
    let id = id.parse().map_err(|_| Failure::not_found())?;
    let source = app.store.get::<Source>(&caller.scope, id).await?.ok_or_else(Failure::not_found)?;
    caller.must(&Act::Import(source.organisation))?;
    Ok(source)
}
