//! Settings: a flag beats the environment, which beats one TOML file. Each is listed in `docs/OPERATIONS.md`.

use anyhow::{Context, Result};
use jiff::civil::Date;
use serde::Deserialize;
use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
};

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
    /// Whether `/metrics` answers others than loopback.
    pub public_metrics: Option<bool>,
}

impl File {
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

/// 'Today': fixed by `--as-at`, else the day in London.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Clock {
    fixed: Option<Date>,
}

impl Clock {
    /// A clock that stands on a day, or the real one.
    #[must_use]
    pub fn new(fixed: Option<Date>) -> Self {
        Self { fixed }
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
        jiff::Timestamp::now().as_millisecond()
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
    fn a_fixed_day_is_today() {
        let day = jiff::civil::date(2025, 2, 1);
        assert_eq!(Clock::new(Some(day)).today(), day);
    }
}
