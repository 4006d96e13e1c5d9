//! The shipped templates, screening rules and sign-off route, read once.

use crate::error::{Code, Failure};
use domain::dpia::{
    library::Library,
    sign_off::Route,
    template::{Edition, Template},
};
use std::sync::LazyLock;

static LIBRARY: LazyLock<Option<Library>> = LazyLock::new(|| match Library::shipped() {
    Ok(library) => Some(library),
    Err(problems) => {
        tracing::error!(?problems, "the shipped templates cannot be read");
        None
    }
});

static ROUTE: LazyLock<Option<Route>> =
    LazyLock::new(|| match Route::read("sign-off.yaml", domain::dpia::sign_off::route::SHIPPED) {
        Ok(route) => Some(route),
        Err(problems) => {
            tracing::error!(?problems, "the shipped sign-off route cannot be read");
            None
        }
    });

/// Templates and screening rules.
///
/// # Errors
/// A fault of the program: the shipped files are tested.
pub fn library() -> Result<&'static Library, Failure> {
    LIBRARY.as_ref().ok_or_else(|| Failure::of(Code::Internal))
}

/// The route of advice and sign-off.
///
/// # Errors
/// As [`library`].
pub fn route() -> Result<&'static Route, Failure> {
    ROUTE.as_ref().ok_or_else(|| Failure::of(Code::Internal))
}

/// The template of an assessment.
///
/// # Errors
/// Not found for an edition that this server does not have.
pub fn template(edition: &Edition) -> Result<&'static Template, Failure> {
    library()?.template(edition).ok_or_else(Failure::not_found)
}
