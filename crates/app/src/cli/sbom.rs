//! `citytools sbom`: what this program is made of, as a CycloneDX bill of materials: made from the lock files that it was built
//! with, so that it can be had of a server that runs, without its sources.

use super::Outcome;
use anyhow::{Context as _, Result};
use serde::Deserialize;
use serde_json::{Value as Json, json};
use std::collections::BTreeMap;

/// The crates that this program was built with; those of its build and its tests stand among them.
const CRATES: &str = include_str!("../../../../Cargo.lock");
/// The packages of its style sheet.
const PACKAGES: &str = include_str!("../../../../package-lock.json");
/// The packages that end up in the program; the others compile the style sheet.
const EMBEDDED: &[&str] = &["node_modules/govuk-frontend"];

#[derive(Debug, Deserialize)]
struct Lock {
    package: Vec<Crate>,
}

/// A crate as the lock file has it.
#[derive(Debug, Deserialize)]
struct Crate {
    name: String,
    version: String,
    source: Option<String>,
    checksum: Option<String>,
    #[serde(default)]
    dependencies: Vec<String>,
}

impl Crate {
    fn purl(&self) -> String {
        format!("pkg:cargo/{}@{}", self.name, self.version)
    }
}

/// Writes it.
pub fn run() -> Result<Outcome> {
    super::print_json(&bill()?)?;
    Ok(Outcome::Done)
}

/// The bill (CycloneDX 1.6): every crate with its checksum and what it needs, and the packages that are embedded.
fn bill() -> Result<Json> {
    let lock: Lock = toml::from_str(CRATES).context("the lock file that was built in cannot be read")?;
    let mut by_name: BTreeMap<&str, Vec<&Crate>> = BTreeMap::new();
    for one in &lock.package {
        by_name.entry(&one.name).or_default().push(one);
    }
    // 'name' where there is one of it, 'name version' where there are several.
    let resolve = |needed: &String| {
        let mut words = needed.split(' ');
        let all = by_name.get(words.next()?)?;
        let found = match words.next() {
            Some(version) => all.iter().find(|one| one.version == version),
            None => all.first(),
        };
        found.map(|one| one.purl())
    };
    let mut components: Vec<Json> = lock
        .package
        .iter()
        .filter(|one| one.name != env!("CARGO_PKG_NAME"))
        .map(|one| {
            let hashes: Vec<Json> = one.checksum.iter().map(|sum| json!({ "alg": "SHA-256", "content": sum })).collect();
            let from: Vec<Json> = one
                .source
                .iter()
                .map(|source| json!({ "type": "distribution", "url": source.trim_start_matches("registry+") }))
                .collect();
            json!({
                "type": "library", "bom-ref": one.purl(), "name": one.name, "version": one.version, "purl": one.purl(),
                "hashes": hashes, "externalReferences": from,
            })
        })
        .collect();
    let packages: Json = serde_json::from_str(PACKAGES).context("the lock file of packages cannot be read")?;
    for name in EMBEDDED {
        let version = packages.pointer(&format!("/packages/{}/version", name.replace('/', "~1"))).and_then(Json::as_str);
        let (version, name) = (version.context("a package is not locked")?, name.trim_start_matches("node_modules/"));
        let purl = format!("pkg:npm/{name}@{version}");
        components.push(json!({ "type": "library", "bom-ref": purl, "name": name, "version": version, "purl": purl }));
    }
    let dependencies: Vec<Json> = lock
        .package
        .iter()
        .map(|one| json!({ "ref": one.purl(), "dependsOn": one.dependencies.iter().filter_map(resolve).collect::<Vec<_>>() }))
        .collect();
    let own = format!("pkg:cargo/{}@{}", env!("CARGO_PKG_NAME"), env!("CARGO_PKG_VERSION"));
    Ok(json!({
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": { "component": {
            "type": "application", "bom-ref": own, "name": env!("CARGO_PKG_NAME"), "version": env!("CARGO_PKG_VERSION"), "purl": own,
        } },
        "components": components,
        "dependencies": dependencies,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{collections::BTreeSet, path::Path};

    fn root() -> std::path::PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
    }

    #[test]
    fn s47_every_crate_and_package_comes_from_its_registry_with_a_checksum() {
        let lock: Lock = toml::from_str(CRATES).unwrap();
        let own: BTreeSet<String> = std::fs::read_dir(root().join("crates"))
            .unwrap()
            .map(|folder| std::fs::read_to_string(folder.unwrap().path().join("Cargo.toml")).unwrap())
            .map(|text| toml::from_str::<toml::Table>(&text).unwrap()["package"]["name"].as_str().unwrap().to_owned())
            .collect();
        assert!(lock.package.len() > 500);
        for one in &lock.package {
            let Some(source) = &one.source else {
                assert!(own.contains(&one.name), "{} comes from nowhere", one.name);
                continue;
            };
            assert_eq!(source, "registry+https://github.com/rust-lang/crates.io-index", "{}", one.name);
            let sum = one.checksum.as_deref().unwrap_or_default();
            assert!(sum.len() == 64 && sum.bytes().all(|byte| byte.is_ascii_hexdigit()), "{} has no checksum", one.name);
        }
        for file in ["package-lock.json", "e2e/package-lock.json", "e2e/oidc/package-lock.json"] {
            let lock: Json = serde_json::from_str(&std::fs::read_to_string(root().join(file)).unwrap()).unwrap();
            for (name, package) in lock["packages"].as_object().unwrap().iter().filter(|(name, _)| !name.is_empty()) {
                let text = |field: &str| package[field].as_str().unwrap_or_default();
                // Where a lock file names no address, npm asks the registry; the checksum holds wherever it comes from.
                let place = text("resolved");
                assert!(place.is_empty() || place.starts_with("https://registry.npmjs.org/"), "{file}: {name}: {place}");
                assert!(text("integrity").starts_with("sha512-"), "{file}: {name} has no checksum");
            }
        }
    }

    #[test]
    fn s47_the_bill_of_materials_names_everything_once_and_what_it_needs() {
        let bill = bill().unwrap();
        let refs: Vec<&str> = bill["components"].as_array().unwrap().iter().map(|one| one["bom-ref"].as_str().unwrap()).collect();
        let mut known: BTreeSet<&str> = refs.iter().copied().collect();
        assert_eq!(known.len(), refs.len(), "something stands in it twice");
        for name in ["pkg:cargo/axum@", "pkg:cargo/tokio@", "pkg:cargo/store@", "pkg:npm/govuk-frontend@"] {
            assert!(refs.iter().any(|one| one.starts_with(name)), "{name} is missing");
        }
        let own = bill["metadata"]["component"]["bom-ref"].as_str().unwrap();
        known.insert(own);
        let dependencies = bill["dependencies"].as_array().unwrap();
        assert!(dependencies.iter().any(|one| one["ref"] == own && one["dependsOn"].as_array().unwrap().len() > 20));
        let lock: Lock = toml::from_str(CRATES).unwrap();
        for (one, locked) in dependencies.iter().zip(&lock.package) {
            let needs = one["dependsOn"].as_array().unwrap();
            assert_eq!(needs.len(), locked.dependencies.len(), "{}", locked.name);
            assert!(needs.iter().chain([&one["ref"]]).all(|name| known.contains(name.as_str().unwrap())), "{}", locked.name);
        }
    }
}
