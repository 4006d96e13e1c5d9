//! The register as open contracting data (OCDS 1.1), with the names of Find a Tender's interface: `limit`, `cursor`,
//! `updatedFrom`, `updatedTo`.
//!
//! | module | what lives there |
//! |---|---|
//! | [`package`] | what stands around releases and records: publisher, licence, extensions |
//! | [`releases`] | `/ocds/releases`, page by page |
//! | [`record`] | `/ocds/records/{ocid}`: all that a contracting process came to |
//! | [`extension`] | this project's own extension, for what core OCDS cannot say |

pub mod extension;
pub mod package;
pub mod record;
pub mod releases;

use crate::web::routes::{Route, Who::Anyone};

/// The part of the route table for open contracting data.
#[must_use]
pub fn routes() -> Vec<Route> {
    vec![
        Route::get("/ocds/releases", Anyone, releases::page),
        Route::get("/ocds/records/{ocid}", Anyone, record::page),
        Route::get("/ocds/extension/extension.json", Anyone, extension::about),
        Route::get("/ocds/extension/release-schema.json", Anyone, extension::schema),
    ]
}
