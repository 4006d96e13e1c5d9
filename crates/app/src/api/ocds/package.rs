//! What stands around releases and records.

use crate::config::Publication;
use domain::register::export::ocds::{LOTS, UNITED_KINGDOM};
use serde_json::{Value as Json, json};

/// The licence of everything the register publishes.
pub const LICENCE: &str = "https://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/";

/// The extension for links between pages.
pub const PAGINATION: &str =
    "https://raw.githubusercontent.com/open-contracting-extensions/ocds_pagination_extension/master/extension.json";

/// The fields of a package but for its releases or records. `at` is its instant, milliseconds of UTC. A made-up register says
/// so in its publisher's name, which every tool shows.
#[must_use]
pub fn head(publication: &Publication, illustrative: bool, uri: &str, at: i64, extensions: &[String]) -> Json {
    let made_up = if illustrative { " (made-up data, for illustration)" } else { "" };
    let mut head = json!({
        "uri": uri,
        "version": "1.1",
        "publishedDate": domain::register::export::ocds::instant(at),
        "publisher": { "name": format!("{}{made_up}", publication.publisher), "uri": publication.url },
        "license": LICENCE,
        "publicationPolicy": format!("{}/about", publication.url),
    });
    if !extensions.is_empty() {
        head["extensions"] = extensions.into();
    }
    head
}

/// The extensions that releases use when they are asked for.
#[must_use]
pub fn extensions(publication: &Publication) -> Vec<String> {
    vec![LOTS.to_owned(), UNITED_KINGDOM.to_owned(), format!("{}/ocds/extension/extension.json", publication.url)]
}
