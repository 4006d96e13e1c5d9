//! What the binary embeds and serves.

use std::io::Read;

use govuk::assets;

fn text(name: &str) -> &'static str {
    std::str::from_utf8(assets::get(name).expect("the asset is there").bytes).expect("the asset is text")
}

#[test]
fn the_style_sheet_holds_no_govuk_branding() {
    let css = text("site.css");
    for trace in ["GDS Transport", "govuk-crest", "crown", "light-94a07", "bold-b542", "@font-face", "#1d70b8", "@import"] {
        assert!(!css.contains(trace), "{trace}");
    }
    for ours in [".govuk-button", ".govuk-error-summary", ".ct-tiles", ".ct-cards", "#0a4a46", "1180px"] {
        assert!(css.contains(ours), "{ours}");
    }
}

/// Holds a cell's texts together in the card's grid; being there is all it does.
const WRAPPER: &str = "ct-v";

fn defines(css: &str, class: &str) -> bool {
    let selector = format!(".{class}");
    css.match_indices(&selector)
        .any(|(at, _)| !css[at + selector.len()..].starts_with(|next: char| next.is_ascii_alphanumeric() || "-_".contains(next)))
}

#[test]
fn every_class_in_the_guide_is_in_the_style_sheet() {
    let css = text("site.css");
    let guide = include_str!("../styles/README.md");
    let mut missing: Vec<&str> = guide
        .split(|letter: char| !(letter.is_ascii_alphanumeric() || "-_".contains(letter)))
        .filter(|word| word.starts_with("ct-") && !word.ends_with('-') && *word != WRAPPER)
        .filter(|class| !defines(css, class))
        .collect();
    missing.dedup();
    assert!(missing.is_empty(), "in styles/README.md but not in the style sheet: {missing:?}");
}

#[test]
fn an_address_with_the_right_hash_may_be_kept_for_ever() {
    let address = assets::url("site.css").expect("the asset is there");
    let path = address.strip_prefix("/assets/").expect("assets stand under /assets/");
    assert!(assets::get(path).expect("its own address finds it").immutable);
    assert!(!assets::get("site.css").expect("the bare name finds it").immutable);
    assert!(!assets::get("000000000000/site.css").expect("another build's address finds it").immutable);
    assert_eq!(assets::get("nothing.css"), None);
    assert_eq!(assets::get("../Cargo.toml"), None);
    assert_eq!(assets::get(""), None);
}

#[test]
fn every_asset_has_a_type_a_tag_and_an_equal_compressed_form() {
    for name in assets::names() {
        let asset = assets::get(name).expect("a listed asset is there");
        let mut unpacked = Vec::new();
        flate2::read::GzDecoder::new(asset.gzip).read_to_end(&mut unpacked).expect("it unpacks");
        assert_eq!(unpacked, asset.bytes, "{name}");
        assert!(asset.etag.starts_with("W/\"") && asset.etag.ends_with('"'), "{name}");
        assert!(asset.content_type.contains('/'), "{name}");
        assert!(!text(name).contains("@asset("), "{name} names its neighbours by their addresses");
    }
}

#[test]
fn the_script_imports_upstream_by_its_address() {
    let address = assets::url("govuk-frontend.min.js").expect("the asset is there");
    assert!(text("site.js").contains(&format!("from '{address}'")));
}
