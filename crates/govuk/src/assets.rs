//! The embedded style sheet, scripts and images, and their addresses.
//!
//! An address carries a hash of the file (`/assets/3f2a…/site.css`), so browsers may keep it for ever.
//! Serving, caching headers and content negotiation belong to the app.

use crate::embedded::{ASSETS, Embedded};

/// A file to serve.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Asset {
    /// The file's own name, such as `site.css`.
    pub name: &'static str,
    /// The bytes as they are.
    pub bytes: &'static [u8],
    /// The same bytes compressed with gzip, for a client that accepts it.
    pub gzip: &'static [u8],
    /// The `Content-Type`.
    pub content_type: &'static str,
    /// The `ETag`, quotes included. Weak, since it stands for both the plain and the compressed form.
    pub etag: &'static str,
    /// The address held the hash of these very bytes, so the answer may be cached as immutable. Otherwise
    /// (no hash, or that of another build during a roll-out) it must be checked again.
    pub immutable: bool,
}

/// Finds the asset for what follows `/assets/` in an address: `3f2a…/site.css`, or `site.css` alone.
#[must_use]
pub fn get(path: &str) -> Option<Asset> {
    let (hash, name) = match path.split_once('/') {
        Some((hash, name)) => (Some(hash), name),
        None => (None, path),
    };
    let found = find(name)?;
    Some(Asset {
        name: found.name,
        bytes: found.bytes,
        gzip: found.gzip,
        content_type: found.content_type,
        etag: found.etag,
        immutable: hash == Some(found.hash),
    })
}

/// The address of an asset by its name, or `None` when there is no such asset.
#[must_use]
pub fn url(name: &str) -> Option<&'static str> {
    find(name).map(|found| found.url)
}

/// The names of all assets.
pub fn names() -> impl Iterator<Item = &'static str> {
    ASSETS.iter().map(|asset| asset.name)
}

fn find(name: &str) -> Option<&'static Embedded> {
    ASSETS.iter().find(|asset| asset.name == name)
}
