//! Pages of people: signing in and out, one's own account, an organisation's people.
//!
//! | module | what lives there |
//! |---|---|
//! | [`sign_in`] | code, identity provider, second factor, fresh check, invitations |
//! | [`account`] | one's own sessions, second factors, tokens, mail |
//! | [`organisation`] | members, roles, the access review, identity providers |
//! | [`network`] | organisations and their membership of the network |
//! | [`letters`] | mail about signing in |
//!
//! What is decided here was decided in `domain::people`; what is kept, in `store`.

pub mod account;
pub mod letters;
pub mod network;
pub mod organisation;
pub mod sign_in;

#[cfg(test)]
pub(crate) mod tests;

use super::routes::Route;
use crate::{mail::Recipient, state::App};
use axum::{
    http::{HeaderMap, header},
    response::{IntoResponse, Redirect, Response},
};
use domain::{
    people::Scope,
    register::{ids::OrganisationId, records::Organisation},
};

/// Every route of this subject.
#[must_use]
pub fn routes() -> Vec<Route> {
    let mut routes = sign_in::routes();
    routes.extend(account::routes());
    routes.extend(organisation::routes());
    routes.extend(network::routes());
    routes
}

/// On whose behalf someone who is not yet signed in is looked up.
fn server() -> Scope {
    Scope::Job { name: "sign-in".to_owned() }
}

/// Leads the browser on, by GET.
fn go(to: &str) -> Response {
    Redirect::to(to).into_response()
}

/// An address with `next` in its query.
#[must_use]
pub fn with_next(path: &str, next: &str) -> String {
    let query: String = form_urlencoded::Serializer::new(String::new()).append_pair("next", next).finish();
    format!("{path}?{query}")
}

/// What the browser says it is, cut short.
fn agent(headers: &HeaderMap) -> String {
    let text = headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    text.chars().filter(|c| !c.is_control()).take(200).collect()
}

/// An address of mail as it is compared and kept: without spaces around it, in small letters; none when it cannot be one.
#[must_use]
pub fn email(typed: &str) -> Option<String> {
    let address = typed.trim().to_lowercase();
    let (name, domain) = address.rsplit_once('@')?;
    let fits = !name.is_empty()
        && domain.contains('.')
        && !domain.starts_with('.')
        && !domain.ends_with('.')
        && address.len() <= 254
        && !address.chars().any(|c| c.is_whitespace() || c.is_control() || ",;<>()\"".contains(c))
        // What mail cannot be sent to is no address, though it looks like one: 'a..b@camden.example'.
        && Recipient::new(None, &address).is_ok();
    fits.then_some(address)
}

/// Why somebody cannot have a name, in words; none where they can. A letter to them must be able to carry it.
#[must_use]
pub fn unfit_name(name: &str) -> Option<&'static str> {
    if name.is_empty() {
        Some("Enter the person’s name")
    } else if name.chars().count() > 100 {
        Some("The name must be 100 characters or fewer")
    } else if Recipient::new(Some(name), "name@example.org").is_err() {
        Some("The name holds a character that cannot be seen, such as a line break. Type it again")
    } else {
        None
    }
}

/// An organisation's name.
async fn organisation_name(app: &App, organisation: OrganisationId) -> Result<String, store::Error> {
    let found: Option<Organisation> = app.store.get(&Scope::Public, organisation.0).await?;
    Ok(found.map_or_else(|| "an organisation".to_owned(), |found| found.name))
}

#[cfg(test)]
mod unit {
    use super::*;

    #[test]
    fn an_address_is_read_as_people_type_it_or_not_at_all() {
        assert_eq!(email(" Priya.Nair@Camden.example ").as_deref(), Some("priya.nair@camden.example"));
        for typed in [
            "",
            "priya",
            "@camden.example",
            "priya@camden",
            "a b@camden.example",
            "a@b.example, c@d.example",
            "a@b.example\r\nBcc: c",
            "a..b@camden.example",
            "a@b..example",
            ".a@camden.example",
            "a@b@camden.example",
            "a:b@camden.example",
        ] {
            assert_eq!(email(typed), None, "{typed:?}");
        }
    }

    #[test]
    fn s34_a_name_is_refused_for_what_is_wrong_with_it() {
        assert_eq!(unfit_name("Zoë O’Neill-Núñez"), None);
        let long = "x".repeat(101);
        for (name, words) in
            [("", "Enter"), (long.as_str(), "100 characters"), ("a\u{7}b", "cannot be seen"), ("a\nb", "line break")]
        {
            assert!(unfit_name(name).is_some_and(|said| said.contains(words)), "{name:?}");
        }
    }

    #[test]
    fn the_next_address_is_escaped() {
        assert_eq!(with_next("/sign-in", "/contracts?q=a&b=c"), "/sign-in?next=%2Fcontracts%3Fq%3Da%26b%3Dc");
    }
}
