//! The design system: page shell, macros, assets.
//!
//! What lives here is what any page of any subject needs: the [`environment`] with HM Land Registry's
//! `govuk-frontend-jinja` macros and our own `shell.html` and `parts.html`, the [`Frame`] that the shell
//! reads, and the embedded [`assets`]. What may not: anything that knows what a contract or an assessment is.
//!
//! The classes and the shell's context are described in `styles/README.md`, for whoever writes a template.
//!
//! Upstream's files are fetched by `scripts/fetch-design-system` into `third-party/`, which git ignores, and
//! embedded by `build.rs`. That the macros match GOV.UK Frontend is proved by its own fixtures
//! (`tests/fixtures.rs`). The GOV.UK header, footer, crown, crest and font are left out: only services on
//! GOV.UK may show them.

pub mod assets;
mod frame;
mod templates;
mod values;

pub use frame::{Acting, Alternate, Elsewhere, Frame, Link, NavItem, Notice, Subject};
pub use templates::environment;
pub use values::{json_value, value};

/// The hash that lets a content security policy admit the one inline script of the shell, as it stands in
/// `script-src`, without its quotes. Upstream documents the same value; a test recomputes it.
pub const CSP_SCRIPT_HASH: &str = "sha256-GUQ5ad8JK5KmEWmROf3LZd9ge94daqNvd8xy9YS1iDw=";

/// What `build.rs` made.
mod embedded {
    /// One file, plain and compressed.
    pub(crate) struct Embedded {
        pub(crate) name: &'static str,
        pub(crate) hash: &'static str,
        pub(crate) url: &'static str,
        pub(crate) etag: &'static str,
        pub(crate) content_type: &'static str,
        pub(crate) bytes: &'static [u8],
        pub(crate) gzip: &'static [u8],
    }

    include!(concat!(env!("OUT_DIR"), "/embedded.rs"));
}
