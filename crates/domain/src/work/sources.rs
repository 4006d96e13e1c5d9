//! Scheduled sources: an address that an organisation's register is read from, again and again. What to ask for first, where
//! the next page is, when to come again. Pure.

use crate::register::{edit::merge::value, ids::OrganisationId};
use jiff::{Span, Timestamp, civil::Date, tz::TimeZone};
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};
use uuid::Uuid;

/// A scheduled source.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SourceId(pub Uuid);

impl fmt::Debug for SourceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

impl fmt::Display for SourceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

impl FromStr for SourceId {
    type Err = uuid::Error;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Uuid::parse_str(text).map(Self)
    }
}

impl From<Uuid> for SourceId {
    fn from(id: Uuid) -> Self {
        Self(id)
    }
}

/// What stands at a source's address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SourceKind {
    /// A contract register as CSV.
    Csv,
    /// A contract register as a workbook.
    Xlsx,
    /// OCDS releases or records, one file or pages that name the next.
    Ocds,
    /// Find a Tender's service of release packages.
    FindATender,
    /// Contracts Finder's search.
    ContractsFinder,
}

impl SourceKind {
    /// All of them, in the order in which forms list them.
    pub const ALL: [SourceKind; 5] =
        [SourceKind::Csv, SourceKind::Xlsx, SourceKind::Ocds, SourceKind::FindATender, SourceKind::ContractsFinder];

    /// Its name in forms, tables and on the command line.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            SourceKind::Csv => "csv",
            SourceKind::Xlsx => "xlsx",
            SourceKind::Ocds => "ocds",
            SourceKind::FindATender => "find-a-tender",
            SourceKind::ContractsFinder => "contracts-finder",
        }
    }

    /// Reads it from its name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == name)
    }

    /// Whether it holds notices, not rows.
    #[must_use]
    pub fn holds_notices(self) -> bool {
        !matches!(self, SourceKind::Csv | SourceKind::Xlsx)
    }

    /// The name of the parameter 'changed since', where the service knows one.
    #[must_use]
    pub fn since_parameter(self) -> Option<&'static str> {
        match self {
            SourceKind::FindATender => Some("updatedFrom"),
            SourceKind::ContractsFinder => Some("publishedFrom"),
            _ => None,
        }
    }
}

/// How often a source is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Every {
    /// Each day.
    Day,
    /// Each Monday.
    Week,
    /// The first of each month.
    Month,
    /// Only when someone says so.
    Never,
}

impl Every {
    /// All of them.
    pub const ALL: [Every; 4] = [Every::Day, Every::Week, Every::Month, Every::Never];

    /// Its name in forms, tables and on the command line.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Every::Day => "day",
            Every::Week => "week",
            Every::Month => "month",
            Every::Never => "never",
        }
    }

    /// Reads it from its name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|every| every.as_str() == name)
    }

    /// When it is read next after a day, as an instant: in the small hours of London, spread over two of them by `seed` so
    /// that not everyone asks the same service at once.
    #[must_use]
    pub fn next(self, after: Date, seed: u64) -> Option<i64> {
        let day = match self {
            Every::Day => after.tomorrow(),
            Every::Week => after.nth_weekday(1, jiff::civil::Weekday::Monday),
            Every::Month => after.first_of_month().checked_add(Span::new().months(1)),
            Every::Never => return None,
        }
        .ok()?;
        let minute = i64::try_from(seed % 120).unwrap_or(0);
        let at = day.at(3, 0, 0, 0).checked_add(Span::new().minutes(minute)).ok()?;
        let zone = TimeZone::get("Europe/London").unwrap_or(TimeZone::UTC);
        Some(zone.to_timestamp(at).ok()?.as_millisecond())
    }
}

/// An address that an organisation's register is read from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Source {
    /// Its id.
    pub id: SourceId,
    /// Whose register it feeds; rows and notices of others are left out.
    pub organisation: OrganisationId,
    /// What its keepers call it.
    pub name: String,
    /// What stands there.
    pub kind: SourceKind,
    /// Where.
    pub url: String,
    /// Headers to fields, where the guess is not right; only for rows.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub mapping: Vec<(String, String)>,
    /// How often.
    pub every: Every,
    /// Last change, milliseconds of UTC.
    #[serde(default)]
    pub updated_at: i64,
}

impl Source {
    /// Whether another reading of it would find the same: what is read, where and how is as it was.
    #[must_use]
    pub fn reads_as(&self, other: &Source) -> bool {
        (&self.url, self.kind, &self.mapping) == (&other.url, other.kind, &other.mapping)
    }

    /// Whether it stands on the same server: a request to wait is the server's, whatever is asked of it.
    #[must_use]
    pub fn same_server(&self, other: &Source) -> bool {
        fn server(url: &str) -> Option<&str> {
            url.split_once("://")?.1.split(['/', '?', '#']).next()
        }
        server(&self.url).zip(server(&other.url)).is_some_and(|(one, other)| one.eq_ignore_ascii_case(other))
    }
}

/// Two people's edits of one source, field by field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Met {
    /// The source with everything that fits.
    pub after: Source,
    /// Fields that both changed, to different values: they are as they stand, until a person has chosen.
    pub clashes: Vec<&'static str>,
}

/// Puts an edit on the source as it stands. `base` is what the writer saw, none where that is not known any more: then everything
/// in which `wanted` differs is for a person to choose.
#[must_use]
pub fn meet(base: Option<&Source>, stored: &Source, wanted: &Source) -> Met {
    fn field<T: Clone + PartialEq>(
        clashes: &mut Vec<&'static str>,
        name: &'static str,
        base: Option<&T>,
        stored: &T,
        wanted: &T,
    ) -> T {
        value(base, stored, wanted).unwrap_or_else(|| {
            clashes.push(name);
            stored.clone()
        })
    }
    let mut clashes = Vec::new();
    let mut after = Source {
        name: field(&mut clashes, "name", base.map(|one| &one.name), &stored.name, &wanted.name),
        kind: field(&mut clashes, "kind", base.map(|one| &one.kind), &stored.kind, &wanted.kind),
        url: field(&mut clashes, "url", base.map(|one| &one.url), &stored.url, &wanted.url),
        every: field(&mut clashes, "every", base.map(|one| &one.every), &stored.every, &wanted.every),
        mapping: field(&mut clashes, "mapping", base.map(|one| &one.mapping), &stored.mapping, &wanted.mapping),
        ..stored.clone()
    };
    if after.kind.holds_notices() {
        after.mapping.clear();
    }
    Met { after, clashes }
}

/// How far back a service is first asked: a year.
const FIRST_DAYS: i64 = 365;
/// By how much two runs overlap: a day, for clocks and zones that differ.
const OVERLAP_DAYS: i64 = 1;

/// The first address of a run: the source's own, with 'changed since' where its service knows one and the address does not
/// say it itself. `last` is when the last whole run began.
#[must_use]
pub fn first_address(source: &Source, last: Option<i64>, now: i64) -> String {
    let Some(parameter) = source.kind.since_parameter() else { return source.url.clone() };
    if query(&source.url).split('&').any(|pair| pair.split('=').next() == Some(parameter)) {
        return source.url.clone();
    }
    let days = |count: i64| count * 86_400_000;
    let since = last.map_or(now - days(FIRST_DAYS), |last| last.min(now) - days(OVERLAP_DAYS));
    // The services want London's time without a zone.
    let zone = TimeZone::get("Europe/London").unwrap_or(TimeZone::UTC);
    let local = Timestamp::from_millisecond(since)
        .map_or_else(|_| String::new(), |at| zone.to_datetime(at).strftime("%Y-%m-%dT%H:%M:%S").to_string());
    if local.is_empty() {
        return source.url.clone();
    }
    let (address, fragment) =
        source.url.split_once('#').map_or((source.url.as_str(), ""), |(address, fragment)| (address, fragment));
    let joint = if query(address).is_empty() && !address.ends_with('?') { '?' } else { '&' };
    let joint = if address.ends_with(['?', '&']) { String::new() } else { joint.to_string() };
    let fragment = if fragment.is_empty() { String::new() } else { format!("#{fragment}") };
    format!("{address}{joint}{parameter}={local}{fragment}")
}

fn query(url: &str) -> &str {
    url.split('#').next().and_then(|url| url.split_once('?')).map_or("", |(_, query)| query)
}

/// Where a page of releases says that the next one is (`links.next`); none on the last one.
#[must_use]
pub fn next_address(package: &serde_json::Value) -> Option<&str> {
    package.get("links")?.get("next")?.as_str().map(str::trim).filter(|next| !next.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;
    use proptest::prelude::*;

    fn source(kind: SourceKind, url: &str) -> Source {
        Source {
            id: SourceId(Uuid::nil()),
            organisation: OrganisationId(Uuid::nil()),
            name: "notices".to_owned(),
            kind,
            url: url.to_owned(),
            mapping: Vec::new(),
            every: Every::Day,
            updated_at: 0,
        }
    }

    /// 1 July 2026, noon in London (11:00 UTC).
    const NOW: i64 = 1_782_903_600_000;

    #[test]
    fn a_service_is_asked_for_what_changed_since_the_last_whole_run_in_londons_time() {
        let fts = source(SourceKind::FindATender, "https://fts.example/api?limit=100&stages=award");
        let first = first_address(&fts, Some(NOW), NOW);
        assert_eq!(first, "https://fts.example/api?limit=100&stages=award&updatedFrom=2026-06-30T12:00:00");
        let bare = source(SourceKind::ContractsFinder, "https://cf.example/search");
        assert_eq!(first_address(&bare, None, NOW), "https://cf.example/search?publishedFrom=2025-07-01T12:00:00");
        // A clock that was set back asks for nothing that lies ahead.
        assert_eq!(first_address(&bare, Some(NOW + 1_000_000_000), NOW), first_address(&bare, Some(NOW), NOW));
        let given = source(SourceKind::FindATender, "https://fts.example/api?updatedFrom=2020-01-01T00:00:00");
        assert_eq!(first_address(&given, Some(NOW), NOW), given.url);
        let file = source(SourceKind::Csv, "https://data.example/contracts.csv");
        assert_eq!(first_address(&file, Some(NOW), NOW), file.url);
    }

    #[test]
    fn the_next_page_is_where_the_package_says() {
        assert_eq!(
            next_address(&serde_json::json!({ "links": { "next": "https://fts.example/?cursor=2" } })),
            Some("https://fts.example/?cursor=2")
        );
        for last in [
            serde_json::json!({}),
            serde_json::json!({ "links": {} }),
            serde_json::json!({ "links": { "next": "" } }),
            serde_json::json!([]),
        ] {
            assert_eq!(next_address(&last), None);
        }
    }

    #[test]
    fn a_week_begins_on_monday_and_summer_time_moves_nothing_by_a_day() {
        let london = |at: Option<i64>| {
            let zone = TimeZone::get("Europe/London").unwrap();
            zone.to_datetime(Timestamp::from_millisecond(at.unwrap()).unwrap())
        };
        assert_eq!(london(Every::Week.next(date(2026, 11, 25), 0)), date(2026, 11, 30).at(3, 0, 0, 0));
        assert_eq!(london(Every::Week.next(date(2026, 11, 30), 0)), date(2026, 12, 7).at(3, 0, 0, 0));
        assert_eq!(london(Every::Month.next(date(2026, 12, 31), 61)), date(2027, 1, 1).at(4, 1, 0, 0));
        assert_eq!(london(Every::Day.next(date(2026, 3, 28), 0)), date(2026, 3, 29).at(3, 0, 0, 0));
        assert_eq!(Every::Never.next(date(2026, 3, 28), 0), None);
    }

    #[test]
    fn edits_of_different_fields_both_stay_and_of_the_same_field_are_for_a_person() {
        let base = source(SourceKind::Csv, "https://data.example/a.csv");
        let stored = Source { name: "Contracts".to_owned(), updated_at: 2, ..base.clone() };
        let wanted = Source { url: "https://data.example/b.csv".to_owned(), every: Every::Week, ..base.clone() };
        let met = meet(Some(&base), &stored, &wanted);
        assert_eq!(
            (met.after.name.as_str(), met.after.url.as_str(), met.after.every),
            ("Contracts", wanted.url.as_str(), Every::Week)
        );
        assert!(met.clashes.is_empty() && !met.after.reads_as(&stored) && stored.reads_as(&base));
        let other = Source { name: "Register".to_owned(), ..wanted.clone() };
        let met = meet(Some(&base), &stored, &other);
        assert_eq!((met.after.name.as_str(), met.clashes.as_slice()), ("Contracts", &["name"][..]));
        // Both said the same.
        assert!(meet(Some(&base), &stored, &Source { name: stored.name.clone(), ..base.clone() }).clashes.is_empty());
        assert_eq!(meet(None, &stored, &other).clashes, ["name", "url", "every"]);
    }

    #[test]
    fn notices_have_no_columns() {
        let mapping = vec![("Vendor".to_owned(), "supplier".to_owned())];
        let base = source(SourceKind::Csv, "https://data.example/a");
        let stored = Source { kind: SourceKind::Ocds, ..base.clone() };
        let met = meet(Some(&base), &stored, &Source { mapping, ..base.clone() });
        assert!(met.after.mapping.is_empty() && met.clashes.is_empty());
    }

    #[test]
    fn a_server_is_its_name_and_port() {
        let at = |url: &str| source(SourceKind::Csv, url);
        assert!(at("https://data.example/a").same_server(&at("https://DATA.example?b")));
        assert!(!at("https://data.example/a").same_server(&at("https://data.example:8443/a")));
        assert!(!at("https://data.example/a").same_server(&at("https://other.example/a")));
    }

    proptest! {
        #[test]
        fn what_one_person_alone_changed_is_what_comes_out(names in proptest::array::uniform3("[ab]"), weeks: [bool; 3]) {
            let made = |place: usize| Source {
                name: names[place].clone(),
                every: if weeks[place] { Every::Week } else { Every::Day },
                ..source(SourceKind::Csv, "https://data.example/a.csv")
            };
            let (base, stored, wanted) = (made(0), made(1), made(2));
            prop_assert_eq!(meet(Some(&base), &base, &wanted).after, wanted.clone());
            prop_assert_eq!(meet(Some(&base), &stored, &base).after, stored.clone());
            let met = meet(Some(&base), &stored, &wanted);
            prop_assert_eq!(met.clashes.contains(&"name"), names[1] != names[0] && names[2] != names[0] && names[1] != names[2]);
            prop_assert!(met.after.every == stored.every || met.after.every == wanted.every);
        }

        #[test]
        fn the_next_time_always_lies_ahead(days in 0i64..20_000, seed: u64) {
            let day = date(2000, 1, 1).checked_add(Span::new().days(days)).unwrap();
            for every in [Every::Day, Every::Week, Every::Month] {
                let next = Timestamp::from_millisecond(every.next(day, seed).unwrap()).unwrap();
                let local = TimeZone::get("Europe/London").unwrap().to_datetime(next).date();
                prop_assert!(local > day && (local - day).get_days() <= 31);
            }
        }
    }
}
