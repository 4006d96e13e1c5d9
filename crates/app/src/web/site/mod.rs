//! Assets, health, and the pages about the service itself.

pub mod assets;
pub mod health;
pub mod problem;
pub mod words;

use super::routes::{Route, Who};

/// The pages about the service, its assets and its health.
#[must_use]
pub fn routes() -> Vec<Route> {
    use Who::Anyone;
    vec![
        Route::get("/about", Anyone, words::about),
        Route::get("/accessibility", Anyone, words::accessibility),
        Route::get("/privacy", Anyone, words::privacy),
        Route::get("/cookies", Anyone, words::cookies),
        Route::get("/help", Anyone, words::help),
        Route::get("/api", Anyone, words::api),
        Route::get("/problems/{code}", Anyone, problem::page),
        Route::get("/assets/{hash}/{name}", Anyone, assets::file),
        Route::get("/favicon.ico", Anyone, assets::favicon),
        Route::get("/robots.txt", Anyone, assets::robots),
        Route::get("/health/live", Anyone, health::live),
        Route::get("/health/ready", Anyone, health::ready),
        Route::get("/metrics", Who::Loopback, health::metrics),
    ]
}
