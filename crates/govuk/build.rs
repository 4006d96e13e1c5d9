//! Turns the fetched design system and our own files into tables that the binary embeds.
//!
//! Reads files only; it never fetches. `scripts/fetch-design-system` fills `third-party/`.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs};

use flate2::{Compression, write::GzEncoder};
use sha2::{Digest, Sha256};

/// Asset name, folder, content type. Later files may name earlier ones as `@asset(NAME)`.
const ASSETS: [(&str, &str, &str); 5] = [
    ("site.css", "third-party", "text/css; charset=utf-8"),
    ("govuk-frontend.min.js", "third-party", "text/javascript; charset=utf-8"),
    ("favicon.svg", "images", "image/svg+xml"),
    ("site.js", "scripts", "text/javascript; charset=utf-8"),
    ("manifest.json", "images", "application/manifest+json"),
];

fn main() {
    let crate_dir = PathBuf::from(env::var("CARGO_MANIFEST_DIR").expect("cargo sets CARGO_MANIFEST_DIR"));
    let out_dir = PathBuf::from(env::var("OUT_DIR").expect("cargo sets OUT_DIR"));
    for watched in ["third-party/fetched.stamp", "third-party/styled.stamp", "scripts", "images", "build.rs"] {
        println!("cargo::rerun-if-changed={watched}");
    }
    if !crate_dir.join("third-party/site.css").is_file() || !crate_dir.join("third-party/macros").is_dir() {
        panic!("\n\nThe design system is not here yet: run scripts/fetch-design-system, or make.\n\n");
    }

    let mut code = String::new();
    assets(&crate_dir, &out_dir, &mut code);
    macros(&crate_dir.join("third-party/macros"), &mut code);
    let js_enabled = read_text(&crate_dir.join("third-party/js-enabled.js"));
    writeln!(code, "pub(crate) const JS_ENABLED: &str = {js_enabled:?};").expect("a string takes any text");
    write(&out_dir.join("embedded.rs"), code.as_bytes());
}

/// Writes each asset and its gzip form to the output folder, and a table that includes both.
fn assets(crate_dir: &Path, out_dir: &Path, code: &mut String) {
    let mut addresses: Vec<(String, String)> = Vec::new();
    code.push_str("pub(crate) static ASSETS: &[Embedded] = &[\n");
    for (name, folder, content_type) in ASSETS {
        let mut text = read_text(&crate_dir.join(folder).join(name));
        for (mention, address) in &addresses {
            text = text.replace(mention, address);
        }
        assert!(!text.contains("@asset("), "{name} names an asset that does not stand before it in build.rs");
        let hash = hex_prefix(text.as_bytes());
        addresses.push((format!("@asset({name})"), format!("/assets/{hash}/{name}")));

        let plain = out_dir.join(name);
        let packed = out_dir.join(format!("{name}.gz"));
        write(&plain, text.as_bytes());
        let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(text.as_bytes()).expect("compressing in memory does not fail");
        write(&packed, &encoder.finish().expect("compressing in memory does not fail"));
        writeln!(
            code,
            "    Embedded {{ name: {name:?}, hash: {hash:?}, url: \"/assets/{hash}/{name}\", etag: \"W/\\\"{hash}\\\"\", \
             content_type: {content_type:?}, bytes: include_bytes!({plain:?}), gzip: include_bytes!({packed:?}) }},"
        )
        .expect("a string takes any text");
    }
    code.push_str("];\n");
}

/// A table of the upstream macros under the names by which they import one another.
fn macros(root: &Path, code: &mut String) {
    let mut found = Vec::new();
    collect(root, &mut found);
    found.sort();
    code.push_str("pub(crate) static MACROS: &[(&str, &str)] = &[\n");
    for path in found {
        let below = path.strip_prefix(root).expect("found below the root").to_string_lossy().replace('\\', "/");
        writeln!(code, "    (\"govuk_frontend_jinja/{below}\", include_str!({path:?})),").expect("a string takes any text");
    }
    code.push_str("];\n");
}

fn collect(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap_or_else(|why| panic!("cannot read {}: {why}", folder.display())) {
        let path = entry.unwrap_or_else(|why| panic!("cannot read {}: {why}", folder.display())).path();
        if path.is_dir() {
            collect(&path, found);
        } else if path.extension().is_some_and(|ending| ending == "html") {
            found.push(path);
        }
    }
}

/// Twelve hex digits of SHA-256: enough to tell versions of one file apart.
fn hex_prefix(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().take(6).fold(String::new(), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

fn read_text(path: &Path) -> String {
    fs::read_to_string(path)
        .unwrap_or_else(|why| panic!("cannot read {}: {why}. Run scripts/fetch-design-system, or make.", path.display()))
}

fn write(path: &Path, bytes: &[u8]) {
    fs::write(path, bytes).unwrap_or_else(|why| panic!("cannot write {}: {why}", path.display()));
}
