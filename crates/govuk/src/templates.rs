//! The template environment every page is rendered with.

use minijinja::syntax::SyntaxConfig;
use minijinja::{Environment, Error, ErrorKind, UndefinedBehavior, Value};

use crate::embedded::{JS_ENABLED, MACROS};
use crate::{assets, values};

/// Our own templates. Everything a page extends or imports, by the name it does so.
const OWN: [(&str, &str); 2] =
    [("shell.html", include_str!("../templates/shell.html")), ("parts.html", include_str!("../templates/parts.html"))];

/// An environment that knows the upstream macros, the shell, the parts, and the pages that the caller finds by name. Each is read
/// and parsed when it is first asked for: a server starts without the hundred that nobody opens.
///
/// - Names ending in `.html` escape what they print.
/// - An undefined value is empty, and so is anything asked of it: the upstream macros rely on that. A typo in
///   a page of ours is caught by tests that render it, not by the engine.
/// - `asset("site.css")` gives an asset's address and fails for a name that does not exist.
///
/// # Errors
/// When the syntax is at fault, which a test rules out. A template that does not parse says so when it is asked for.
pub fn environment(pages: fn(&str) -> Option<String>) -> Result<Environment<'static>, Error> {
    let mut env = Environment::new();
    env.set_undefined_behavior(UndefinedBehavior::Chainable);
    env.set_unknown_method_callback(minijinja_contrib::pycompat::unknown_method_callback);
    env.set_syntax(SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build()?);
    env.add_function("asset", asset);
    env.add_global("js_enabled", Value::from_safe_string(JS_ENABLED.to_owned()));
    env.add_global("site_name", "City Tools");
    env.add_function("nav_items", nav_items);
    env.set_loader(move |name| {
        let known = MACROS.iter().chain(&OWN).find(|(known, _)| *known == name);
        Ok(known.map(|(_, source)| (*source).to_owned()).or_else(|| pages(name)))
    });
    Ok(env)
}

fn asset(name: &str) -> Result<&'static str, Error> {
    assets::url(name).ok_or_else(|| {
        Error::new(ErrorKind::InvalidOperation, format!("there is no asset called {name:?}; see crates/govuk/build.rs"))
    })
}

/// The shell's items in the shape that `govukServiceNavigation` takes, with the one of `section` marked.
fn nav_items(items: Value, section: Value, at_section: bool) -> Result<Value, Error> {
    let section = section.as_str();
    let mut shaped = Vec::new();
    for item in items.try_iter()? {
        let marked = section.is_some() && item.get_attr("id")?.as_str() == section;
        shaped.push(minijinja::context! {
            text => item.get_attr("text")?,
            href => item.get_attr("href")?,
            active => marked && !at_section,
            current => marked && at_section,
        });
    }
    Ok(values::value(shaped))
}
