//! What was typed, or which button was pressed, when the session had ended, or a check was due: given back afterwards, to be sent
//! again or copied (R11).
//!
//! A form is given back to the browser that sent it, known by a cookie, and to no other: or whoever makes up a form could lay it
//! before somebody else as their own. And only to the person whose session it was: a browser is shared, and what one typed is not
//! for whoever signs in next. Whoever signs out in one tab may have written in another: what that sends is held too,
//! unless somebody else was signed in on the browser meanwhile and the form does not say whose it is. Held are only forms of browsers
//! that were signed in, and not without end.

use crate::{
    error::Failure,
    state::App,
    web::{
        form::Form,
        kept::{Text, texts},
        page,
        people::go,
        query::Params,
        session::{self, Caller, cookie, new_token, set_cookie, token_hash},
    },
};
use axum::{
    extract::{RawQuery, State},
    http::{HeaderMap, HeaderValue, header},
    response::{IntoResponse, Response},
};
use domain::people::{
    PersonId,
    sign_in::{
        HOUR,
        limit::{HELD_IN_ALL, HELD_PER_ADDRESS, subject},
        next::is_local,
    },
};
use serde::Serialize;

/// How long a form is held, in milliseconds.
pub const HELD: i64 = HOUR;
/// The largest form that is held, in bytes: some 20,000 words.
pub const LARGEST: usize = 128 * 1024;
/// The cookie of a browser whose forms are held.
pub const COOKIE: &str = "__Host-held";
/// The cookie of a browser in which somebody signed out a while ago: the token of the session that they ended, which opens nothing.
/// It says whose a form is that another tab still sends; and, with [`SEVERAL`] before it, that this cannot be told.
pub const LEFT: &str = "__Host-left";
/// What stands before the token where another person was signed in on the browser a while ago: then only a form that says for whom
/// its page was made is held, and for them alone.
pub const SEVERAL: &str = "several.";

/// A form that is held.
#[derive(Clone)]
pub struct Held {
    /// By what it is asked for, with the browser's cookie.
    pub token: String,
    /// The browser's cookie.
    cookie: Option<HeaderValue>,
}

impl Held {
    /// A response that gives the browser its cookie.
    #[must_use]
    pub fn given(&self, mut response: Response) -> Response {
        if let Some(value) = self.cookie.clone() {
            response.headers_mut().append(header::SET_COOKIE, value);
        }
        response
    }
}

/// Where a held form is given back.
#[must_use]
pub fn address(token: &str) -> String {
    format!("/sign-in/held?{}", form_urlencoded::Serializer::new(String::new()).append_pair("token", token).finish())
}

/// By what the database knows a held form: the hash of its token, of the browser's cookie, and of whose session it was.
fn key(token: &str, browser: &str, person: PersonId) -> String {
    token_hash(&format!("{token}.{browser}.{person}"))
}

/// The token in the cookie [`LEFT`] of a browser, and whether several were signed in on it.
fn left(headers: &HeaderMap) -> Option<(&str, bool)> {
    let value = cookie(headers, LEFT)?;
    Some(value.strip_prefix(SEVERAL).map_or((value, false), |token| (token, true)))
}

/// The cookie [`LEFT`] of a browser once the session of a token is over; none where the token was never one.
///
/// # Errors
/// When the database fails.
pub async fn after(app: &App, headers: &HeaderMap, token: &str) -> Result<Option<HeaderValue>, Failure> {
    let Some(ended) = app.store.session(&token_hash(token)).await? else { return Ok(None) };
    let several = match left(headers) {
        Some((_, true)) => true,
        Some((before, false)) => of_another(app, before, ended.person).await?,
        None => false,
    };
    Ok(set_cookie(LEFT, &format!("{}{token}", if several { SEVERAL } else { "" }), Some(HELD / 1000)))
}

/// The cookie [`LEFT`] once `person` signs in on a browser on which somebody else was signed in; none where nobody was.
///
/// # Errors
/// When the database fails.
pub async fn shared(app: &App, headers: &HeaderMap, person: PersonId) -> Result<Option<HeaderValue>, Failure> {
    let before = [cookie(headers, session::COOKIE), left(headers).map(|(token, _)| token)];
    for token in before.into_iter().flatten() {
        if of_another(app, token, person).await? {
            return Ok(set_cookie(LEFT, &format!("{SEVERAL}{token}"), Some(HELD / 1000)));
        }
    }
    Ok(None)
}

/// Whether a token is that of somebody else's session.
async fn of_another(app: &App, token: &str, person: PersonId) -> Result<bool, Failure> {
    Ok(app.store.session(&token_hash(token)).await?.is_some_and(|session| session.person != person))
}

/// Whether a form that a browser sends is the person's whose session is known: it says so itself, or says nothing and nobody else was
/// signed in there.
fn theirs(headers: &HeaderMap, body: &str, person: PersonId) -> bool {
    let writer = form_urlencoded::parse(body.as_bytes()).find(|(name, value)| name == "writer" && !value.trim().is_empty());
    match writer {
        Some((_, writer)) => writer.trim() == person.to_string(),
        None => left(headers).is_none_or(|(_, several)| !several),
    }
}

/// Holds a form for the browser that sent it. None is held of a browser that was never signed in, nor one that another person may
/// have written, nor one that is too large, nor more than the limits allow.
///
/// # Errors
/// When there are no random numbers or the database fails.
pub async fn hold(app: &App, headers: &HeaderMap, address: &str, action: &str, body: &str) -> Result<Option<Held>, Failure> {
    let Some(known) = cookie(headers, session::COOKIE).or_else(|| left(headers).map(|(token, _)| token)) else { return Ok(None) };
    if body.len() > LARGEST {
        return Ok(None);
    }
    let session = app.store.session(&token_hash(known)).await?;
    let Some(session) = session.filter(|session| theirs(headers, body, session.person)) else { return Ok(None) };
    let now = app.clock.now();
    let network = subject("address", address);
    let limits = [(HELD_PER_ADDRESS, network.as_str()), (HELD_IN_ALL, "all")];
    if app.store.attempt(&limits, now).await?.is_err() {
        return Ok(None);
    }
    let token = new_token()?;
    // One cookie for all that a browser has open.
    let browser = match cookie(headers, COOKIE).filter(|value| value.len() == token.len()) {
        Some(browser) => browser.to_owned(),
        None => new_token()?,
    };
    app.store.hold_form(&key(&token, &browser, session.person), action, body, now, now - HELD).await?;
    Ok(Some(Held { token, cookie: set_cookie(COOKIE, &browser, Some(HELD / 1000)) }))
}

#[derive(Serialize)]
struct View {
    action: String,
    /// What the form does, in words.
    about: &'static str,
    fields: Vec<Field>,
    /// What was typed or chosen; nothing where only a button was pressed.
    texts: Vec<Text>,
}

#[derive(Serialize)]
struct Field {
    name: String,
    value: String,
}

/// Fields that a form carries for itself besides those that [`texts`] knows: nobody typed them.
const SILENT: [&str; 7] = ["organisation", "sequence", "seen", "hash", "annex", "step", "what"];

/// The page; where nothing is held any more, the start.
///
/// # Errors
/// When the database fails.
pub async fn page(
    State(app): State<App>,
    caller: Caller,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Result<Response, Failure> {
    let person = caller.signed_in()?.person;
    let params = Params::parse(query.as_deref().unwrap_or_default())?;
    let token = params.one("token").unwrap_or_default();
    let browser = cookie(&headers, COOKIE).unwrap_or_default();
    let held = app.store.held_form(&key(token, browser, person), app.clock.now() - HELD).await?;
    let Some((action, body)) = held.filter(|(action, _)| is_local(action)) else { return Ok(go("/work")) };
    let form = Form::parse(body.as_bytes())?;
    let fields: Vec<Field> =
        form.fields().map(|(name, value)| Field { name: name.to_owned(), value: value.to_owned() }).collect();
    let texts: Vec<Text> = texts(&form).into_iter().filter(|text| !SILENT.contains(&text.name.as_str())).collect();
    let title = if texts.is_empty() { "Nothing was done yet" } else { "Your text is still here" };
    let frame = page::frame(&app, title, None);
    let view = View { about: about(&action, form.text("what")), action, fields, texts };
    Ok(page::render(&app, "people/sign_in/held.html", &frame, view)?.into_response())
}

/// What a form that is sent to an address does, in words; `what` is what its button says, where one address has several.
fn about(action: &str, what: &str) -> &'static str {
    let path = action.split(['?', '#']).next().unwrap_or_default();
    let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
    match parts.as_slice() {
        ["organisations", _, "people", "invite"] => "invites somebody to an organisation",
        ["organisations", _, "people", _, "end"] if what == "revoke" => "takes somebody’s place at an organisation away",
        ["organisations", _, "people", _, "end"] if what == "sessions" => "signs somebody out everywhere",
        ["organisations", _, "people", _, "end"] if what == "invite" => "sends somebody their invitation again",
        ["organisations", _, "people", _, "end"] if what == "set-up" => {
            "makes a link with which somebody sets up a second factor"
        }
        ["organisations", _, "people", _, "end"] => "ends somebody’s access to an organisation, or lets them begin again",
        ["organisations", _, "people", _, "name"] => "corrects what somebody is called",
        ["organisations", _, "people", ..] => "changes what somebody may do for an organisation",
        ["organisations", _, "sign-in"] => "changes how an organisation’s people sign in",
        [.., "still-right"] => "says that what the register holds is still right",
        ["organisations", _, "reconcile"] => "settles what the register and public notices say",
        [.., "history"] => "takes a change back",
        ["organisations", ..] | ["network", ..] => "changes an organisation",
        ["account", "tokens", ..] => "makes a token with which a program reads as you, or takes one back",
        ["account", "provisioning", ..] => "makes a token for your organisation’s directory, or takes one back",
        ["account", "second-factor", "remove"] => "removes a second factor from your account",
        ["account", "sign-in", "remove"] => "disconnects an organisation’s sign-in from your account",
        ["account", "sign-in"] => "connects your organisation’s own sign-in to your account",
        ["account", "address"] => "changes where your codes and your mail go",
        ["account", "recovery-codes"] => "makes new recovery codes, in the place of those you have",
        ["account", "acting-for"] => "changes for which organisation you act",
        ["account", ..] | ["mail", ..] => "changes your account",
        ["assessments", _, "sign-off"] => "signs a step of an assessment",
        ["assessments", _, "parties"] => "changes who takes part in an assessment",
        ["assessments", ..] => "changes an assessment",
        ["projects", ..] => "changes a data project",
        ["contracts", ..] => "changes a contract",
        ["systems", ..] => "changes a system",
        ["skills", ..] => "changes a skill",
        ["sources", ..] => "changes a scheduled source",
        ["templates", ..] => "changes a template of assessments, a rule or a route of sign-off",
        ["curate", ..] => "changes reference data of the network",
        ["drafts", ..] => "changes a draft",
        ["work", ..] => "changes your work",
        _ => "changes something on City Tools",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_says_what_it_does() {
        assert_eq!(about("/organisations/camden/people/invite", ""), "invites somebody to an organisation");
        let ends = "/organisations/camden/people/018f/end?x";
        assert_eq!(about(ends, ""), "ends somebody’s access to an organisation, or lets them begin again");
        assert_eq!(about(ends, "revoke"), "takes somebody’s place at an organisation away");
        assert_eq!(about("/contracts/018f/history", ""), "takes a change back");
        assert_eq!(about("/organisations/camden/still-right", ""), "says that what the register holds is still right");
        assert_eq!(about("/assessments/0192/answer#risks", ""), "changes an assessment");
        assert_eq!(about("/assessments/0192/sign-off", ""), "signs a step of an assessment");
        assert_eq!(about("/", ""), "changes something on City Tools");
    }

    #[test]
    fn a_held_form_is_the_browsers_and_the_persons_that_sent_it() {
        let (ann, bob) = (PersonId(uuid::Uuid::from_u128(1)), PersonId(uuid::Uuid::from_u128(2)));
        assert_eq!(key("a", "b", ann), key("a", "b", ann));
        assert_ne!(key("a", "b", ann), key("a", "c", ann));
        assert_ne!(key("a", "", ann), key("", "a", ann));
        assert_ne!(key("a", "b", ann), key("a", "b", bob));
    }
}
