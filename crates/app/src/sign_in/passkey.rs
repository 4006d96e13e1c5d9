//! Passkeys by WebAuthn. The challenge's state stays with the server; the browser's part is a small script, and a page without
//! script offers an authenticator app instead.

use axum::http::{HeaderMap, header};
use domain::people::PersonId;
use serde::{Serialize, de::DeserializeOwned};
use url::{Host, Url};
use webauthn_rs::{
    Webauthn, WebauthnBuilder,
    prelude::{
        Passkey, PasskeyAuthentication, PasskeyRegistration, PublicKeyCredential, RegisterPublicKeyCredential, WebauthnError,
    },
};

/// Why a passkey is not taken.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The browser's answer, or what was kept, cannot be read.
    #[error("unreadable: {0}")]
    Unreadable(#[from] serde_json::Error),
    /// It does not hold.
    #[error("refused: {0}")]
    Refused(#[from] WebauthnError),
    /// The signature counter went back: the passkey may have been copied.
    #[error("the counter went back")]
    Copied,
}

/// A challenge: what the browser gets, and what the server keeps.
pub struct Challenge {
    /// JSON for the browser's script.
    pub options: String,
    /// JSON to be kept, never sent.
    pub state: String,
}

/// Makes and checks passkeys for this server's own address.
pub struct Passkeys(Webauthn);

impl Passkeys {
    /// For the address under which people reach this server; none where that is a bare number other than this very machine's,
    /// for which browsers make no passkeys.
    #[must_use]
    pub fn at(public_url: &str) -> Option<Self> {
        let mut origin = Url::parse(public_url).ok()?;
        let near = match origin.host()? {
            Host::Ipv4(address) => address.is_loopback(),
            Host::Ipv6(address) => address.is_loopback(),
            Host::Domain(name) => name == "localhost",
        };
        if near {
            // On one's own machine a browser makes passkeys for this name alone.
            origin.set_host(Some("localhost")).ok()?;
        }
        let name = origin.domain()?.to_owned();
        let builder = WebauthnBuilder::new(&name, &origin).ok()?.rp_name("City Tools").allow_any_port(near);
        builder.build().ok().map(Self)
    }

    /// Where passkeys work, for a browser that has come to a bare number of this very machine (`127.0.0.1`): browsers make and use
    /// them for a name alone, so the same server under `localhost`. None where nothing stands in the way.
    #[must_use]
    pub fn elsewhere(public_url: &str, headers: &HeaderMap) -> Option<String> {
        let host = headers.get(header::HOST)?.to_str().ok()?;
        let mut came = Url::parse(&format!("http://{host}/")).ok()?;
        let number = match came.host()? {
            Host::Ipv4(address) => address.is_loopback(),
            Host::Ipv6(address) => address.is_loopback(),
            Host::Domain(_) => false,
        };
        if !number || Self::at(public_url)?.0.get_allowed_origins().iter().all(|origin| origin.domain() != Some("localhost")) {
            return None;
        }
        came.set_host(Some("localhost")).ok()?;
        Some(came.as_str().trim_end_matches('/').to_owned())
    }

    /// Begins making a passkey for a person; those they have already are left out.
    ///
    /// # Errors
    /// When a kept one cannot be read.
    pub fn begin_making(&self, person: PersonId, account: &str, name: &str, kept: &[String]) -> Result<Challenge, Error> {
        let have = passkeys(kept)?.iter().map(|passkey| passkey.cred_id().clone()).collect();
        let (options, state) = self.0.start_passkey_registration(person.0, account, name, Some(have))?;
        challenge(&options, &state)
    }

    /// Takes a new passkey; gives what is to be kept of it.
    ///
    /// # Errors
    /// Why not.
    pub fn finish_making(&self, state: &str, answer: &str) -> Result<String, Error> {
        let state: PasskeyRegistration = serde_json::from_str(state)?;
        let answer: RegisterPublicKeyCredential = serde_json::from_str(answer)?;
        Ok(serde_json::to_string(&self.0.finish_passkey_registration(&answer, &state)?)?)
    }

    /// Begins asking for one of a person's passkeys.
    ///
    /// # Errors
    /// When a kept one cannot be read, or there is none.
    pub fn begin_asking(&self, kept: &[String]) -> Result<Challenge, Error> {
        let (options, state) = self.0.start_passkey_authentication(&passkeys(kept)?)?;
        challenge(&options, &state)
    }

    /// Takes a person's passkey: which of the kept ones it was, and how it is to be kept from now on.
    ///
    /// # Errors
    /// Why not.
    pub fn finish_asking(&self, state: &str, answer: &str, kept: &[String]) -> Result<(usize, String), Error> {
        let state: PasskeyAuthentication = serde_json::from_str(state)?;
        let answer: PublicKeyCredential = serde_json::from_str(answer)?;
        let result = self.0.finish_passkey_authentication(&answer, &state)?;
        let mut all = passkeys(kept)?;
        let place = all.iter().position(|passkey| passkey.cred_id() == result.cred_id()).ok_or(Error::Copied)?;
        if let Some(passkey) = all.get_mut(place) {
            passkey.update_credential(&result);
        }
        Ok((place, serde_json::to_string(&all[place])?))
    }
}

fn passkeys(kept: &[String]) -> Result<Vec<Passkey>, Error> {
    kept.iter().map(|text| Ok(serde_json::from_str(text)?)).collect()
}

fn challenge<S: Serialize + DeserializeOwned>(options: &impl Serialize, state: &S) -> Result<Challenge, Error> {
    Ok(Challenge { options: serde_json::to_string(options)?, state: serde_json::to_string(state)? })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_browser_at_a_bare_number_is_shown_where_passkeys_work() {
        let at = |url: &str, host: &'static str| {
            let headers = HeaderMap::from_iter([(header::HOST, axum::http::HeaderValue::from_static(host))]);
            Passkeys::elsewhere(url, &headers)
        };
        assert_eq!(at("http://127.0.0.1:8080", "127.0.0.1:8080").as_deref(), Some("http://localhost:8080"));
        assert_eq!(at("http://localhost:8080", "[::1]:9000").as_deref(), Some("http://localhost:9000"));
        assert_eq!(at("http://127.0.0.1:8080", "localhost:8080"), None);
        assert_eq!(at("https://city.example", "city.example"), None);
        // A proxy on this machine asks by number; its public name is what passkeys are of.
        assert_eq!(at("https://city.example", "127.0.0.1:8080"), None);
        assert_eq!(at("http://127.0.0.1:8080", "not a host"), None);
    }

    #[test]
    fn passkeys_need_a_name_or_this_very_machine() {
        assert!(Passkeys::at("https://city.example").is_some());
        assert!(Passkeys::at("http://127.0.0.1:8080").is_some());
        assert!(Passkeys::at("http://localhost:8080").is_some());
        assert!(Passkeys::at("http://192.0.2.7:8080").is_none());
        assert!(Passkeys::at("nowhere").is_none());
    }

    #[test]
    fn what_is_no_passkey_is_refused_without_a_fault() {
        let passkeys = Passkeys::at("https://city.example").unwrap();
        let challenge = passkeys.begin_making(PersonId(uuid::Uuid::from_u128(1)), "a@b.example", "A", &[]).unwrap();
        assert!(challenge.options.contains("city.example") && !challenge.state.is_empty());
        for answer in ["", "{}", "null", "{\"id\":\"x\"}"] {
            assert!(matches!(passkeys.finish_making(&challenge.state, answer), Err(Error::Unreadable(_))), "{answer}");
        }
        assert!(passkeys.begin_asking(&["{}".to_owned()]).is_err());
    }
}
