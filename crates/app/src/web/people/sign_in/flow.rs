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
    people::{
        PersonId, SessionId,
        sign_in::{HOUR, secret::Secret},
    },
    register::ids::OrganisationId,
};
use serde::{Deserialize, Serialize};
use std::fmt;
use uuid::Uuid;

/// The cookie of a browser that is signing in.
pub const COOKIE: &str = "__Host-sign-in";
/// For how long a browser may be in the middle of something.
pub const LIFE: i64 = HOUR;

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
