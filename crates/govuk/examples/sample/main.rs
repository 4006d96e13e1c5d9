//! Writes two pages that show every pattern, with the assets they need, to look at in a browser.
//!
//! `cargo run -p govuk --example sample -- /tmp/sample && python3 -m http.server -d /tmp/sample`
//!
//! Everything in them is made up.

use std::error::Error;
use std::fs;
use std::path::PathBuf;

use govuk::{Alternate, Frame, Link, NavItem, assets};
use minijinja::context;

fn main() -> Result<(), Box<dyn Error>> {
    let folder = PathBuf::from(std::env::args().nth(1).ok_or("say which folder to write to")?);
    let env = govuk::environment(|_| None)?;

    let mut frame = Frame::new("");
    frame.nav = ["Contracts", "Systems", "Products", "Suppliers", "Organisations", "Functions", "Timeline", "Act together"]
        .map(|words| NavItem::new(words.to_lowercase().replace(' ', "-"), words, "#"))
        .into();
    frame.account = vec![NavItem::new("work", "Your work", "#"), NavItem::new("sign-in", "Sign in", "#")];
    frame.illustrative = true;
    frame.as_at = Some("23 November 2026".into());
    write(&env, &folder, "index.html", include_str!("first.html"), &frame)?;

    frame.title = "Contracts".into();
    frame.section = Some("contracts".into());
    frame.at_section = true;
    frame.breadcrumbs = vec![Link::new("Home", "index.html")];
    frame.alternates =
        vec![Alternate { href: "#".into(), content_type: "application/json".into(), title: "These contracts as JSON".into() }];
    write(&env, &folder, "list.html", include_str!("list.html"), &frame)?;

    for name in assets::names() {
        let (Some(asset), Some(url)) = (assets::get(name), assets::url(name)) else {
            continue;
        };
        let path = folder.join(url.trim_start_matches('/'));
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent)?;
        }
        fs::write(path, asset.bytes)?;
    }
    Ok(())
}

fn write(
    env: &minijinja::Environment<'_>,
    folder: &PathBuf,
    name: &str,
    page: &str,
    frame: &Frame,
) -> Result<(), Box<dyn Error>> {
    fs::create_dir_all(folder)?;
    let html = env.render_named_str(name, page, context! { frame => govuk::value(frame) })?;
    fs::write(folder.join(name), html)?;
    Ok(())
}
