//! Settings: a flag beats the environment, which beats one TOML file. Each is listed in `docs/OPERATIONS.md`.

use anyhow::{Context, Result};
use jiff::civil::Date;
use serde::Deserialize;
use std::{
    collections::BTreeMap,
    fmt,
    net::SocketAddr,
    path::{Path, PathBuf},
};

/// Under which name and addresses the register is published.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Publication {
    /// The address under which people reach this server, without a slash at its end.
    pub url: String,
    /// Who publishes it.
    pub publisher: String,
    /// The prefix of OCDS contracting processes that have no other.
    pub ocid_prefix: String,
}

impl Publication {
    /// As the settings have it, at an address that they may replace.
    #[must_use]
    pub fn of(file: &File, address: &str) -> Self {
        let url = file.public_url.as_deref().unwrap_or(address);
        Self {
            url: url.trim_end_matches('/').to_owned(),
            publisher: file.publisher.clone().unwrap_or_else(|| "City Tools".to_owned()),
            ocid_prefix: file.ocid_prefix.clone().unwrap_or_else(|| domain::register::export::ocds::PREFIX.to_owned()),
        }
    }
}

/// How often one address may ask.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Limits {
    /// Requests a minute from one address; none for no limit.
    pub a_minute: Option<u32>,
    /// Whether the address is the last one of `X-Forwarded-For`, as a proxy in front of the server writes it.
    pub behind_proxy: bool,
}

/// The settings that a file may hold; every one is optional.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct File {
    /// The database's address.
    pub database: Option<String>,
    /// Where to listen.
    pub listen: Option<SocketAddr>,
    /// The address under which people reach this server, for feeds and links in files.
    pub public_url: Option<String>,
    /// The file of the key that signs backups' heads.
    pub signing_key: Option<PathBuf>,
    /// Client secrets for identity providers: an organisation's slug, and the files that hold its secrets.
    #[serde(default)]
    pub client_secrets: BTreeMap<String, SecretFiles>,
    /// Whether `/metrics` answers others than loopback.
    pub public_metrics: Option<bool>,
    /// The mail server: `smtps://USER:PASSWORD@HOST` or `smtp://…` (STARTTLS).
    pub smtp_url: Option<Secret>,
    /// Whom mail comes from: `City Tools <tools@council.example>`.
    pub mail_from: Option<String>,
    /// Hosts on a private network that scheduled sources may read: `name` or `name:port`.
    #[serde(default)]
    pub fetch_trusted_hosts: Vec<String>,
    /// Who publishes the register, for open contracting data and the catalogue; `City Tools` where it is not set.
    pub publisher: Option<String>,
    /// The prefix of OCDS contracting processes that come from no notice.
    pub ocid_prefix: Option<String>,
    /// Requests a minute that one address may make; no limit where it is not set.
    pub rate_limit: Option<u32>,
    /// Whether a proxy stands in front of the server and says in `X-Forwarded-For` who asks.
    pub behind_proxy: Option<bool>,
    /// The virus scanner that looks at uploads: `tcp://HOST:PORT` or `unix:PATH` of a clamd, or `off`.
    pub scanner: Option<String>,
}

/// A setting that is never shown.
#[derive(Clone, Deserialize)]
#[serde(transparent)]
pub struct Secret(String);

impl Secret {
    /// The setting, where it is used.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl From<String> for Secret {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("…")
    }
}

impl File {
    /// The address under which people reach this server, without a slash at its end: the one that is set, else where the server listens
    /// by these settings, on this machine. What `serve --listen` was told, a command beside it cannot know.
    #[must_use]
    pub fn home(&self) -> String {
        if let Some(url) = &self.public_url {
            return url.trim_end_matches('/').to_owned();
        }
        let listen = self.listen.unwrap_or_else(|| SocketAddr::from(([127, 0, 0, 1], 8080)));
        // On every address: of this machine, the nearest one.
        let here = if listen.ip().is_unspecified() { SocketAddr::from(([127, 0, 0, 1], listen.port())) } else { listen };
        format!("http://{here}")
    }

    /// How often one address may ask.
    #[must_use]
    pub fn limits(&self) -> Limits {
        Limits { a_minute: self.rate_limit.filter(|limit| *limit > 0), behind_proxy: self.behind_proxy.unwrap_or(false) }
    }

    /// Reads the settings file: the one named, else `citytools.toml` in the current folder if there is one.
    ///
    /// # Errors
    /// When a named file is missing, or a file is not valid.
    pub fn read(named: Option<&Path>) -> Result<File> {
        let path = named.unwrap_or(Path::new("citytools.toml"));
        if named.is_none() && !path.exists() {
            return Ok(File::default());
        }
        let text = std::fs::read_to_string(path).with_context(|| format!("the settings file {}", path.display()))?;
        toml::from_str(&text).with_context(|| format!("the settings file {} is not valid", path.display()))
    }
}

/// The files of an organisation's client secrets.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
pub enum SecretFiles {
    /// One secret, which has the organisation's name: `[client-secrets]` with `camden = "…"`.
    One(PathBuf),
    /// Secrets by name: `[client-secrets.camden]` with `entra = "…"`.
    Named(BTreeMap<String, PathBuf>),
}

/// The client secrets of identity providers, each of one organisation: whose it is, by slug, then its name, from which that
/// organisation's administrators choose. Another's provider would be sent it otherwise. `Debug` shows names.
#[derive(Clone, Default)]
pub struct Secrets(BTreeMap<(String, String), String>);

impl Secrets {
    /// Reads the files.
    ///
    /// # Errors
    /// When one cannot be read or is empty.
    pub fn read(files: &BTreeMap<String, SecretFiles>) -> Result<Self> {
        let mut secrets = BTreeMap::new();
        for (slug, files) in files {
            let named: Vec<(&String, &PathBuf)> = match files {
                SecretFiles::One(path) => vec![(slug, path)],
                SecretFiles::Named(paths) => paths.iter().collect(),
            };
            for (name, path) in named {
                let what = || format!("the client secret '{name}' of '{slug}' in {}", path.display());
                let text = std::fs::read_to_string(path).with_context(what)?;
                let text = text.trim();
                anyhow::ensure!(!text.is_empty(), "{} is empty", what());
                secrets.insert((slug.clone(), name.clone()), text.to_owned());
            }
        }
        Ok(Self(secrets))
    }

    /// The secret of a name, of the organisation with a slug; another's is none.
    #[must_use]
    pub fn get(&self, slug: &str, name: &str) -> Option<String> {
        self.0.get(&(slug.to_owned(), name.to_owned())).cloned()
    }

    /// The names of an organisation's secrets.
    #[must_use]
    pub fn names(&self, slug: &str) -> Vec<String> {
        self.0.keys().filter(|(of, _)| of == slug).map(|(_, name)| name.clone()).collect()
    }

    /// The organisations that have secrets, by slug.
    pub fn organisations(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(|(slug, _)| slug.as_str())
    }
}

impl fmt::Debug for Secrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Secrets").field(&self.0.keys()).finish()
    }
}

/// 'Today': fixed by `--as-at`, else the day in London.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Clock {
    fixed: Option<Date>,
    /// By how much its instants are ahead, in milliseconds; only tests have one that is.
    ahead: i64,
}

impl Clock {
    /// A clock that stands on a day, or the real one.
    #[must_use]
    pub fn new(fixed: Option<Date>) -> Self {
        Self { fixed, ahead: 0 }
    }

    /// The day in Europe/London, by which every date is judged.
    #[must_use]
    pub fn today(self) -> Date {
        self.fixed.unwrap_or_else(|| {
            let now = jiff::Timestamp::now();
            match now.in_tz("Europe/London") {
                Ok(zoned) => zoned.date(),
                // Without a time zone database UTC is at most an hour away from London.
                Err(_) => jiff::tz::TimeZone::UTC.to_datetime(now).date(),
            }
        })
    }

    /// The instant, milliseconds of UTC: what the change log keeps.
    #[must_use]
    pub fn now(self) -> i64 {
        jiff::Timestamp::now().as_millisecond() + self.ahead
    }

    /// The same clock some milliseconds later, for tests of what runs out.
    #[must_use]
    pub fn later(self, milliseconds: i64) -> Self {
        Self { ahead: self.ahead + milliseconds, ..self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_settings_file_with_an_unknown_name_is_refused() {
        let error = toml::from_str::<File>("databse = 'x'").unwrap_err().to_string();
        assert!(error.contains("databse"), "{error}");
    }

    #[test]
    fn links_lead_to_the_address_that_is_set_else_to_where_the_server_listens() {
        for (settings, home) in [
            ("", "http://127.0.0.1:8080"),
            ("listen = '127.0.0.1:9090'", "http://127.0.0.1:9090"),
            ("listen = '0.0.0.0:80'", "http://127.0.0.1:80"),
            ("listen = '[::1]:9090'", "http://[::1]:9090"),
            ("listen = '127.0.0.1:9090'\npublic-url = 'https://city.example/'", "https://city.example"),
        ] {
            assert_eq!(toml::from_str::<File>(settings).unwrap().home(), home, "{settings}");
        }
    }

    #[test]
    fn a_secret_setting_is_never_shown() {
        let file = toml::from_str::<File>("smtp-url = 'smtps://u:s3cret@mail.example'\nmail-from = 'a@b.example'").unwrap();
        assert!(!format!("{file:?}").contains("s3cret"));
    }

    #[test]
    fn s43_client_secrets_come_from_files_and_are_never_shown() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("camden");
        std::fs::write(&path, "canary-secret\n").unwrap();
        let text = format!("[client-secrets]\nlondon-councils = {path:?}\n[client-secrets.camden]\nentra = {path:?}\n");
        let secrets = Secrets::read(&toml::from_str::<File>(&text).unwrap().client_secrets).unwrap();
        assert_eq!(secrets.get("camden", "entra").as_deref(), Some("canary-secret"));
        assert!(!format!("{secrets:?}").contains("canary"));
        let gone = SecretFiles::One(folder.path().join("gone"));
        assert!(Secrets::read(&BTreeMap::from([("gone".to_owned(), gone)])).is_err());
    }

    #[test]
    fn s12_a_client_secret_is_its_own_organisations_and_no_others() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("secret");
        std::fs::write(&path, "canary-secret\n").unwrap();
        // The form of the first version names the organisation alone.
        let text = format!("[client-secrets]\nhackney = {path:?}\n[client-secrets.camden]\nentra = {path:?}\n");
        let secrets = Secrets::read(&toml::from_str::<File>(&text).unwrap().client_secrets).unwrap();
        assert_eq!((secrets.names("camden"), secrets.names("hackney")), (vec!["entra".to_owned()], vec!["hackney".to_owned()]));
        assert!(secrets.get("hackney", "hackney").is_some());
        for (slug, name) in [("hackney", "entra"), ("camden", "hackney"), ("", "entra"), ("brent", "entra")] {
            assert_eq!(secrets.get(slug, name), None, "{slug} {name}");
        }
        assert!(secrets.names("brent").is_empty());
    }

    #[test]
    fn a_fixed_day_is_today() {
        let day = jiff::civil::date(2025, 2, 1);
        assert_eq!(Clock::new(Some(day)).today(), day);
    }
}
