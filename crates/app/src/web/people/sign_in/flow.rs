//! What a browser is in the middle of, from asking for a code to the second factor: kept by the server under the hash of a
//! cookie of its own, with a new cookie at each beginning.

use crate::{
    error::Failure,
    sign_in::{oidc::Waiting, random},
    state::App,
    web::session::{cookie, set_cookie},
};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::Response;
use domain::{
    audit::hex,
    people::{
        PersonId, SessionId,
        sign_in::{HOUR, code, secret::Secret},
    },
    register::ids::OrganisationId,
};
use serde::{Deserialize, Serialize};
use std::fmt;
use store::Write;
use uuid::Uuid;

/// The cookie of a browser that is signing in.
pub const COOKIE: &str = "__Host-sign-in";
/// How long after a code or a second factor was taken a further press of the button, in the same browser with the same, is the same
/// press.
pub const TWICE: i64 = 10_000;
/// For how long a browser may be in the middle of something.
pub const LIFE: i64 = HOUR;

/// Whether what is sent now may be the press that was taken. A press that waited for the other to be through, or came to a process whose
/// clock is behind, is of a time before it.
fn same_press(taken: &Used, now: i64) -> bool {
    now.saturating_sub(taken.at) < TWICE
}

/// What a browser is in the middle of.
#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Flow {
    /// Where to go afterwards; a path of this host.
    pub next: Option<String>,
    /// The token of a form that is held until they are signed in.
    pub held: Option<String>,
    /// The address a code was asked for, small letters.
    pub email: Option<String>,
    /// The invitation that is being accepted.
    pub invitation: Option<Uuid>,
    /// The identity provider that the person was sent to, and what their return must fit.
    pub provider: Option<Sent>,
    /// The organisation whose provider vouched for the person.
    pub vouched: Option<OrganisationId>,
    /// What was proved so far, where a second factor is still due.
    pub proved: Option<Proved>,
    /// The session that is being checked afresh.
    pub checking: Option<SessionId>,
    /// The session whose person is connecting an organisation's own sign-in to their account.
    pub connecting: Option<SessionId>,
    /// The state of a passkey's challenge.
    pub passkey: Option<String>,
    /// The TOTP secret that is being set up, as hexadecimal.
    pub totp: Option<String>,
    /// Whose second factor is being set up by a link, and which link.
    pub set_up: Option<SetUp>,
    /// The address that somebody who is signed in wants to have from now on.
    pub moving: Option<Moving>,
    /// What was typed and taken, a code or a second factor: the button may have been pressed twice.
    pub used: Option<Used>,
    /// The session that the first press opened.
    pub opened: Option<SessionId>,
}

/// A code, or a second factor, that was taken.
#[derive(Clone, Serialize, Deserialize)]
pub struct Used {
    /// Whose.
    pub person: PersonId,
    /// See [`code::digest`], as hexadecimal: over the code and the secret of this very browser.
    digest: String,
    /// When.
    pub at: i64,
    /// How, where it was a second factor.
    #[serde(default)]
    pub factor: Option<String>,
}

/// Where a person was sent.
#[derive(Clone, Serialize, Deserialize)]
pub struct Sent {
    /// The provider's record.
    pub to: Uuid,
    /// What the return must fit.
    pub waiting: Waiting,
}

/// A first factor that was proved.
#[derive(Clone, Serialize, Deserialize)]
pub struct Proved {
    /// By whom.
    pub person: PersonId,
    /// How: `code`, `oidc`, or the method of the session that is being checked.
    pub method: String,
}

/// A set-up link in use.
#[derive(Clone, Copy, Serialize, Deserialize)]
pub struct SetUp {
    /// Whose second factor.
    pub person: PersonId,
    /// The link.
    pub invitation: Uuid,
}

/// A change of address, of which the code is still to be typed.
#[derive(Clone, Serialize, Deserialize)]
pub struct Moving {
    /// Whose address.
    pub person: PersonId,
    /// In which session.
    pub session: SessionId,
    /// The new address, small letters.
    pub email: String,
}

impl fmt::Debug for Flow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Flow(…)")
    }
}

/// A browser in the middle of something.
#[derive(Debug)]
pub struct Browser {
    secret: Secret,
    /// Of what.
    pub flow: Flow,
}

impl Browser {
    /// The browser that makes a request, where it is in the middle of something.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn of(app: &App, headers: &HeaderMap) -> Result<Option<Self>, Failure> {
        let Some(secret) = cookie(headers, COOKIE).and_then(Secret::parse) else { return Ok(None) };
        let content = app.store.flow(&secret.digest_text(), app.clock.now() - LIFE).await?;
        Ok(content.and_then(|text| serde_json::from_str(&text).ok()).map(|flow| Self { secret, flow }))
    }

    /// A browser that begins something, under a new cookie.
    ///
    /// # Errors
    /// When there are no random numbers or the database fails.
    pub async fn begin(app: &App, flow: Flow) -> Result<Self, Failure> {
        let browser = Self { secret: random::secret()?, flow };
        browser.keep(app).await?;
        Ok(browser)
    }

    /// Keeps how far it has come.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn keep(&self, app: &App) -> Result<(), Failure> {
        let now = app.clock.now();
        let content = serde_json::to_string(&self.flow)?;
        Ok(app.store.keep_flow(&self.secret.digest_text(), &content, now, now - LIFE).await?)
    }

    /// Takes what it is in the middle of out of the database: of two requests only one goes on.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn take(&self, app: &App) -> Result<bool, Failure> {
        Ok(app.store.take_flow(&self.secret.digest_text(), app.clock.now() - LIFE).await?.is_some())
    }

    /// The code that was taken in this browser a moment ago, if it is the one that is typed.
    #[must_use]
    pub fn used(&self, typed: &str, now: i64) -> Option<Used> {
        let used = self.flow.used.clone().filter(|used| used.factor.is_none() && same_press(used, now))?;
        let digits = code::read(typed).ok()?;
        (hex(&code::digest(&digits, &self.secret)) == used.digest).then_some(used)
    }

    /// The second factor that was taken in this browser a moment ago, if it is what is sent.
    #[must_use]
    pub fn used_factor(&self, sent: &str, now: i64) -> Option<Used> {
        let used = self.flow.used.clone().filter(|used| used.factor.is_some() && same_press(used, now))?;
        (hex(&code::digest(sent, &self.secret)) == used.digest).then_some(used)
    }

    /// Remembers, with the second factor that is used up, that it was sent from here: `how` is the method of the session it opens.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn proved(&mut self, write: &mut Write, sent: &str, person: PersonId, how: &str) -> Result<(), Failure> {
        let digest = hex(&code::digest(sent, &self.secret));
        self.flow.used = Some(Used { person, digest, at: write.at(), factor: Some(how.to_owned()) });
        self.keep_with(write).await
    }

    /// Keeps how far it has come, with a transaction that holds it.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn keep_with(&self, write: &mut Write) -> Result<(), Failure> {
        let content = serde_json::to_string(&self.flow)?;
        Ok(write.keep_flow(&self.secret.digest_text(), Some(&content)).await?)
    }

    /// Remembers, with the code that is used up, that it was typed here.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn typed(&mut self, write: &mut Write, typed: &str, person: PersonId) -> Result<(), Failure> {
        let digest = code::read(typed).map(|digits| hex(&code::digest(&digits, &self.secret))).unwrap_or_default();
        self.flow.used = Some(Used { person, digest, at: write.at(), factor: None });
        self.keep_with(write).await
    }

    /// Reads how far it has come by now, and lets nobody else go on until a transaction ends; false where it is in the middle of
    /// nothing any more.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn hold(&mut self, write: &mut Write) -> Result<bool, Failure> {
        let content = write.hold_flow(&self.secret.digest_text(), write.at() - LIFE).await?;
        let Some(flow) = content.and_then(|text| serde_json::from_str::<Flow>(&text).ok()) else { return Ok(false) };
        (self.flow.used, self.flow.opened, self.flow.passkey) = (flow.used, flow.opened, flow.passkey);
        Ok(true)
    }

    /// It is through; but for a second press of the button, which comes to the session that the first one opened.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn through(&self, write: &mut Write, opened: Option<SessionId>) -> Result<(), Failure> {
        let Flow { next, held, used, .. } = self.flow.clone();
        let rest = opened.map(|opened| Flow { next, held, used, opened: Some(opened), ..Flow::default() });
        let content = rest.map(|flow| serde_json::to_string(&flow)).transpose()?;
        Ok(write.keep_flow(&self.secret.digest_text(), content.as_deref()).await?)
    }

    /// Its secret, to which codes are bound.
    #[must_use]
    pub fn secret(&self) -> &Secret {
        &self.secret
    }

    /// Gives the browser its cookie with a response.
    #[must_use]
    pub fn with_cookie(&self, mut response: Response) -> Response {
        if let Some(value) = set_cookie(COOKIE, self.secret.expose(), Some(LIFE / 1000)) {
            response.headers_mut().append(header::SET_COOKIE, value);
        }
        response
    }
}

/// What takes the cookie away.
#[must_use]
pub fn forget() -> Option<HeaderValue> {
    crate::web::session::clear_cookie(COOKIE)
}
