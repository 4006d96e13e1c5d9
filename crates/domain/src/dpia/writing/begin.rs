//! The texts with which files begin: what ships, the next version of a file, an organisation's first overlay.

use super::{
    Owner, said,
    unsaid::{CHANGES, GUIDANCE},
};
use crate::dpia::{
    file::Kind,
    library::{SHIPPED, order},
    sign_off::route,
    stored::Stored,
    template::{Edition, Template},
};
use jiff::civil::Date;
use std::fmt::Write as _;
use uuid::Uuid;

/// The files that ship, as a database keeps them, but those whose words are `there`, which are not looked into.
#[must_use]
pub fn shipped_but(there: impl Fn(&str) -> bool) -> Vec<Stored> {
    let texts = SHIPPED.iter().map(|(_, text)| *text).chain([route::SHIPPED]);
    texts
        .filter(|text| !there(text))
        .filter_map(|text| {
            let said = said(text).ok()?;
            Some(Stored {
                id: Uuid::now_v7(),
                kind: said.kind.as_str().to_owned(),
                edition: said.edition,
                title: said.title,
                in_force: said.in_force?,
                organisation: None,
                text: text.to_owned(),
                published: true,
                by: None,
                updated_at: 0,
            })
        })
        .collect()
}

/// The text with which a new version of a file begins: the same words under the next version, in force from a day; a template
/// with the map from the version before, in which every field keeps its id.
#[must_use]
pub fn next_version(text: &str, edition: &Edition, kind: Kind, owner: &Owner, own: bool, today: Date) -> String {
    let (urn, version) = if own {
        (edition.urn.clone(), next(&edition.version))
    } else {
        (format!("{}:{}", edition.urn, owner.slug), "1.0.0".to_owned())
    };
    let replaces = own && kind == Kind::Template;
    let mut written = String::new();
    let mut skipping = false;
    for line in text.lines() {
        let top = line.split(':').next().filter(|key| !key.is_empty() && !line.starts_with([' ', '#', '-']));
        if let Some(key) = top {
            skipping = matches!(key, "replaces" | "changes" | "map-from");
            let new = match key {
                "urn" => Some(format!("urn: {urn}")),
                "version" if replaces => {
                    Some(format!("version: {version}\nreplaces: {}\nchanges:\n  - {CHANGES}", edition.version))
                }
                "version" => Some(format!("version: {version}")),
                "in-force" => Some(format!("in-force: {today}")),
                _ => None,
            };
            if let Some(new) = new {
                written.push_str(&new);
                written.push('\n');
                continue;
            }
        }
        if !skipping || line.starts_with('#') {
            written.push_str(line);
            written.push('\n');
        }
    }
    if replaces {
        let _ = write!(written, "map-from:\n  version: {}\n", edition.version);
    }
    written
}

fn next(version: &str) -> String {
    let parts = order(version);
    let part = |at: usize| parts.get(at).copied().unwrap_or(0);
    format!("{}.{}.0", part(0), part(1) + 1)
}

/// The text with which an overlay begins.
#[must_use]
pub fn new_overlay(template: &Template, owner: &Owner, name: &str, today: Date) -> String {
    let last = template.edition.urn.rsplit(':').next().unwrap_or("template");
    let slug = &owner.slug;
    let field = template.fields().next().map_or("", |(_, field)| field.id.as_str());
    format!(
        "# What {name} adds to the template for itself: guidance beside the template's own, and fields of its own annex.\n\
         # docs/TEMPLATES.md explains every key.\n\
         kind: overlay\nurn: urn:{slug}:overlay:{last}\nversion: 1.0.0\ntitle: What {name} adds\nabout: Guidance for the people of {name}.\n\
         in-force: {today}\norganisation: {slug}\nof: {{urn: \"{}\", version: {}, up-to: later}}\nguidance:\n  - field: {field}\n    text: {GUIDANCE}\n",
        template.edition.urn, template.edition.version
    )
}
