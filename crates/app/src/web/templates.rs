//! The template environment of the application: the design system's, our pages, and filters for dates and sums.

use super::words;
use jiff::civil::Date;
use minijinja::{Environment, Error, ErrorKind, Value};
use rust_embed::RustEmbed;

#[derive(RustEmbed)]
#[folder = "src/templates/"]
struct Pages;

/// Every template by its name. One that does not parse is a fault in the program, which a test finds before it ships; its page
/// then shows an error instead of taking the server down.
#[must_use]
pub fn environment() -> Environment<'static> {
    let mut environment = match govuk::environment(page) {
        Ok(environment) => environment,
        Err(error) => {
            tracing::error!(%error, "the syntax of templates is at fault");
            Environment::new()
        }
    };
    environment.add_filter("day", day);
    environment.add_filter("instant", instant);
    environment.add_filter("moment", moment);
    environment.add_filter("pounds", words::pounds);
    environment.add_filter("exact_pounds", words::exact_pounds);
    environment.add_filter("number", words::number);
    environment.add_filter("counted", counted);
    environment.add_filter("stands", stands);
    environment.add_filter("quoted", quoted);
    environment.add_filter("column_words", super::register::edit::import::about);
    // What was typed into a form of this page before, and not sent.
    environment.add_filter("over", |typed: &Value, form: &str| super::drafts::over(typed, form));
    environment.add_filter("ticked", |chosen: &Value, form: &str, field: &str| super::drafts::ticked(chosen, form, field));
    environment.add_function("kept", |form: &str| super::drafts::known(form));
    environment.add_function("writer", super::drafts::writer);
    environment.add_function("acting", super::drafts::acting);
    environment.add_function("unsent", || govuk::value(super::drafts::left()));
    // One id for each form of a page, so that a press of one is no repeat of another.
    environment.add_function("new_command", || super::form::new_command().to_string());
    environment
}

/// The text of one of our templates.
fn page(name: &str) -> Option<String> {
    Some(String::from_utf8_lossy(&Pages::get(name)?.data).into_owned())
}

/// `2019-12-03` as '3 December 2019'; anything else as it is.
fn day(value: &Value) -> String {
    let text = value.as_str().unwrap_or_default();
    text.parse::<Date>().map_or_else(|_| text.to_owned(), words::day)
}

/// Where an assessment stands, by the state's name.
fn stands(state: &str) -> String {
    domain::dpia::assessment::State::parse(state).map_or_else(|| state.to_owned(), |state| words::stands(state).to_owned())
}

/// Milliseconds of UTC as the day in London.
fn instant(milliseconds: i64) -> String {
    words::instant(milliseconds)
}

/// Milliseconds of UTC as the day and the minute in London, where several things happen on one day.
fn moment(milliseconds: i64) -> String {
    words::moment(milliseconds)
}

/// A word as pages quote it.
fn quoted(text: &str) -> String {
    format!("‘{text}’")
}

/// `{{ 3|counted('contract', 'contracts') }}`: '3 contracts'.
fn counted(number: i64, one: &str, many: &str) -> Result<String, Error> {
    if one.is_empty() || many.is_empty() {
        return Err(Error::new(ErrorKind::InvalidOperation, "counted needs both words"));
    }
    Ok(format!("{} {}", words::number(number), if number == 1 { one } else { many }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_template_parses() {
        let environment = environment();
        for name in Pages::iter() {
            assert!(String::from_utf8(Pages::get(&name).unwrap().data.into_owned()).is_ok(), "{name} is no text");
            environment.get_template(&name).unwrap();
        }
    }

    #[test]
    fn every_form_of_an_assessment_into_which_one_writes_keeps_what_is_typed() {
        for name in Pages::iter().filter(|name| name.starts_with("dpia/")) {
            let text = String::from_utf8(Pages::get(&name).unwrap().data.into_owned()).unwrap();
            if text.contains("{{ lines(") && text.contains("<form ") {
                assert!(text.contains("data-draft="), "{name} has a form whose words would be lost");
            }
            for form in text.split("<form ").skip(1).filter(|form| form.contains("data-draft=\"/typed\"")) {
                let form = form.split("</form>").next().unwrap();
                assert!(form.contains("{{ drafted(") && form.contains("{{ not_kept() }}"), "{name}: {form}");
            }
        }
    }

    #[test]
    fn every_form_says_for_whom_its_page_was_made() {
        const SAYS: [&str; 4] = ["name=\"writer\"", "{{ whose() }}", "{{ hidden(", "{{ form_start("];
        // Nobody is signed in where these are shown, or it is somebody's link or browser that counts; signing out is anybody's.
        const FOR_ANYBODY: [&str; 9] = [
            "mail/stop.html",
            "people/sign_in/code.html",
            "people/sign_in/held.html",
            "people/sign_in/out.html",
            "people/sign_in/recovery.html",
            "people/sign_in/second_factor.html",
            "people/sign_in/set_up.html",
            "people/sign_in/start.html",
            "action=\"/sign-out\"",
        ];
        for name in Pages::iter() {
            let text = String::from_utf8(Pages::get(&name).unwrap().data.into_owned()).unwrap();
            for form in text.split("<form ").skip(1) {
                let form = form.split("</form>").next().unwrap();
                let anybodys = FOR_ANYBODY.iter().any(|one| *one == name || form.contains(one));
                let says = !form.contains("method=\"post\"") || anybodys || SAYS.iter().any(|one| form.contains(one));
                assert!(says, "{name} has a form that would be saved as whoever has signed in since: {form}");
            }
            for rest in text.split("name=\"command\" value=\"").skip(1) {
                let after = rest.split_once("\">").unwrap().1;
                let says = after.starts_with("{{ whose() }}") || after.starts_with("<input type=\"hidden\" name=\"writer\"");
                assert!(says, "{name} has a command that does not say whose it is");
            }
        }
    }

    #[test]
    fn pages_take_components_from_macros() {
        const COMPONENTS: &[&str] = &[
            "button",
            "input",
            "select",
            "textarea",
            "table",
            "tag",
            "summary-list",
            "pagination",
            "error-summary",
            "notification-banner",
            "tabs",
            "radios",
            "checkboxes",
            "details",
            "panel",
            "warning-text",
            "inset-text",
        ];
        for name in Pages::iter() {
            let text = String::from_utf8(Pages::get(&name).unwrap().data.into_owned()).unwrap();
            for component in COMPONENTS {
                assert!(!text.contains(&format!("class=\"govuk-{component}")), "{name} writes govuk-{component} by hand");
            }
            assert!(!text.contains("style=\"") && !text.contains(" onclick"), "{name} has inline style or script");
        }
    }
}
