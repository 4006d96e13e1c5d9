//! What a person checks a contract against: notices, documents, the wording of
//! options, and links to other processes.

use std::borrow::Cow;

use serde_json::Value;

use super::{id_text, objects, text, texts};

/// A sentence about extending or renewing, for a person to read: it is never parsed into terms.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OptionText<'v> {
    /// Where it stands, with the lot's id: `tender/lots/1/renewal`.
    pub path: String,
    /// What it says.
    pub text: &'v str,
}

/// An address with what is there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link<'v> {
    /// The address.
    pub url: &'v str,
    /// The notice's number as in `UK7`, else the document's type, when either is given.
    pub kind: Option<&'v str>,
    /// Title or description.
    pub title: Option<&'v str>,
}

/// A reference to another contracting process.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RelatedProcess<'v> {
    /// How it is related: `framework`, `renewalProcess`, `parent` and so on.
    pub relationships: Vec<&'v str>,
    /// The kind of identifier, often `ocid`.
    pub scheme: Option<&'v str>,
    /// The other process's identifier.
    pub identifier: Option<Cow<'v, str>>,
    /// Its title.
    pub title: Option<&'v str>,
    /// Its address.
    pub uri: Option<&'v str>,
}

/// The documents of a release's tender, award or contract.
pub fn documents(part: &Value) -> impl Iterator<Item = &Value> {
    objects(part, &["documents"])
}

/// Addresses of the notices a release came from: documents that say they are
/// notices, at every stage, then the release's own canonical links. Each address once.
pub fn notice_links(release: &Value) -> Vec<Link<'_>> {
    let stages = ["planning", "tender"].iter().filter_map(|stage| release.get(stage));
    let stages = stages.chain(objects(release, &["awards"])).chain(objects(release, &["contracts"]));
    let from_documents = stages.flat_map(documents).filter_map(|document| {
        let notice = text(document, &["noticeType"]);
        let kind = notice.or_else(|| text(document, &["documentType"]));
        let is_notice = notice.is_some() || kind.is_some_and(|kind| kind.ends_with("Notice"));
        let title = text(document, &["title"]).or_else(|| text(document, &["description"]));
        let url = text(document, &["url"]).filter(|_| is_notice)?;
        Some(Link { url, kind, title })
    });
    let own = objects(release, &["links"])
        .filter_map(|link| Some(Link { url: text(link, &["href"])?, kind: text(link, &["rel"]), title: None }));
    let mut links: Vec<Link<'_>> = Vec::new();
    for link in from_documents.chain(own) {
        // Only addresses a page may link to.
        let is_web = link.url.starts_with("http://") || link.url.starts_with("https://");
        if is_web && links.iter().all(|known| known.url != link.url) {
            links.push(link);
        }
    }
    links
}

/// Every wording about options and renewals: of the tender, its lots, the awards and the contracts.
pub fn option_texts(release: &Value) -> Vec<OptionText<'_>> {
    let mut found = Vec::new();
    for stage in ["tender", "awards", "contracts"] {
        for part in objects(release, &[stage]) {
            let own = match (stage, id_text(part, &["id"])) {
                ("tender", _) | (_, None) => stage.to_owned(),
                (_, Some(id)) => format!("{stage}/{id}"),
            };
            wordings(part, &own, &mut found);
            for lot in objects(part, &["lots"]) {
                let id = id_text(lot, &["id"]).unwrap_or_default();
                wordings(lot, &format!("{own}/lots/{id}"), &mut found);
            }
        }
    }
    found
}

fn wordings<'v>(part: &'v Value, path: &str, found: &mut Vec<OptionText<'v>>) {
    for field in ["options", "renewal"] {
        for holder in objects(part, &[field]) {
            if let Some(text) = text(holder, &["description"]) {
                found.push(OptionText { path: format!("{path}/{field}"), text });
            }
        }
        // Some publishers write the wording straight into the field.
        if let Some(text) = text(part, &[field]) {
            found.push(OptionText { path: format!("{path}/{field}"), text });
        }
    }
}

/// The processes that a release or contract says it is related to.
pub fn related_processes(part: &Value) -> impl Iterator<Item = RelatedProcess<'_>> {
    objects(part, &["relatedProcesses"]).map(|value| RelatedProcess {
        relationships: texts(value, &["relationship"]).collect(),
        scheme: text(value, &["scheme"]),
        identifier: id_text(value, &["identifier"]),
        title: text(value, &["title"]),
        uri: text(value, &["uri"]),
    })
}
