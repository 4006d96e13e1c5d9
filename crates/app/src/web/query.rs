//! Filters, sorting and paging as they stand in addresses. Pages and the API read them with the same code, so that a page's
//! address and the API's take the same names.

use crate::error::Failure;
use domain::register::snapshot::{Facet, Filters, ListFilters, Sort};
use jiff::civil::Date;

/// The query of an address, in order, repeated names and all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Params(Vec<(String, String)>, Vec<String>);

/// The names of filters, as the design gives them, with what pages link to besides (`ends`, `decision`, `source`, `missing`).
pub const FILTERS: &[&str] = &[
    "organisation",
    "organisation_kind",
    "member",
    "supplier",
    "product",
    "function",
    "service_area",
    "framework",
    "cpv",
    "status",
    "term",
    "ends_from",
    "ends_to",
    "value_from",
    "value_to",
    "q",
    "ends",
    "decision",
    "source",
    "missing",
];

/// The longest query that is read.
const LONGEST: usize = 16 * 1024;
/// The longest words that are looked for, in letters.
const LONGEST_WORDS: usize = 500;
/// The largest sum that can be asked for, in pounds.
const MOST_POUNDS: i64 = 1_000_000_000_000;
/// The most parameters that are read.
const MOST: usize = 500;

impl Params {
    /// Reads a query.
    ///
    /// # Errors
    /// When it is longer than any list needs.
    pub fn parse(query: &str) -> Result<Self, Failure> {
        if query.len() > LONGEST {
            return Err(Failure::parameter("The address is too long: choose fewer filters."));
        }
        let sent: Vec<_> = form_urlencoded::parse(query.as_bytes()).collect();
        // As it was sent: white space at its ends counts for the length that the description promises.
        if sent.iter().any(|(name, value)| name == "q" && value.chars().count() > LONGEST_WORDS) {
            return Err(Failure::parameter("'q' is too long: use at most 500 letters."));
        }
        let all = sent.into_iter().map(|(name, value)| (name.into_owned(), value.trim().replace('\0', "")));
        let (pairs, empty): (Vec<(String, String)>, Vec<_>) = all.partition(|(_, value)| !value.is_empty());
        if pairs.len() > MOST {
            return Err(Failure::parameter("The address has too many filters: choose fewer."));
        }
        Ok(Self(pairs, empty.into_iter().map(|(name, _)| name).collect()))
    }

    /// Every value of a name.
    pub fn all<'p>(&'p self, name: &'p str) -> impl Iterator<Item = &'p str> {
        self.0.iter().filter(move |(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// The last value of a name.
    #[must_use]
    pub fn one(&self, name: &str) -> Option<&str> {
        self.0.iter().rev().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// Names that stand in the address without a value, as forms send what was left blank.
    pub fn blank(&self) -> impl Iterator<Item = &str> {
        self.1.iter().map(String::as_str)
    }

    /// Every pair, in order.
    pub fn pairs(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// The page asked for, from 1; 0 for what is no page.
    #[must_use]
    pub fn page(&self) -> usize {
        self.one("page").map_or(1, |text| text.parse().unwrap_or(0))
    }

    /// A day under a name.
    ///
    /// # Errors
    /// When it is no day.
    pub fn date(&self, name: &str) -> Result<Option<Date>, Failure> {
        self.one(name)
            .map(|text| {
                let strict = text.len() == 10 && text.as_bytes()[4] == b'-' && text.as_bytes()[7] == b'-';
                strict
                    .then(|| text.parse().ok())
                    .flatten()
                    .ok_or_else(|| Failure::parameter(format!("'{name}' must be a day such as 2027-03-31.")))
            })
            .transpose()
    }

    /// Whole pounds under a name, as pence.
    ///
    /// # Errors
    /// When it is no whole number of pounds.
    pub fn pounds(&self, name: &str) -> Result<Option<i64>, Failure> {
        self.one(name)
            .map(|text| {
                let digits = text.trim_start_matches('£').replace(',', "");
                let pounds: Option<i64> = if digits.chars().all(|c| c.is_ascii_digit()) { digits.parse().ok() } else { None };
                pounds
                    .filter(|pounds| *pounds <= MOST_POUNDS)
                    .and_then(|pounds| pounds.checked_mul(100))
                    .ok_or_else(|| Failure::parameter(format!("'{name}' must be whole pounds, such as 25000.")))
            })
            .transpose()
    }

    /// The filters of contracts.
    ///
    /// # Errors
    /// When a day or a sum cannot be read.
    pub fn filters(&self) -> Result<Filters, Failure> {
        let list = |name: &str| self.all(name).map(str::to_owned).collect::<Vec<_>>();
        Ok(Filters {
            organisation: list("organisation"),
            organisation_kind: list("organisation_kind"),
            member: list("member"),
            supplier: list("supplier"),
            product: list("product"),
            function: list("function"),
            service_area: list("service_area"),
            framework: list("framework"),
            cpv: list("cpv"),
            status: list("status"),
            term: list("term"),
            ends: list("ends"),
            decision: list("decision"),
            source: list("source"),
            missing: list("missing"),
            ends_from: self.date("ends_from")?,
            ends_to: self.date("ends_to")?,
            value_from: self.pounds("value_from")?,
            value_to: self.pounds("value_to")?,
            q: self.one("q").map(str::to_owned),
        })
    }

    /// The filters of lists of anything but contracts.
    #[must_use]
    pub fn list_filters(&self) -> ListFilters {
        let list = |name: &str| self.all(name).map(str::to_owned).collect::<Vec<_>>();
        ListFilters {
            organisation: list("organisation"),
            member: list("member"),
            service_area: list("service_area"),
            function: list("function"),
            product: list("product"),
            supplier: list("supplier"),
            manufacturer: list("manufacturer"),
            level: list("level"),
            training: list("training"),
            missing: list("missing"),
            q: self.one("q").map(str::to_owned),
        }
    }

    /// The order asked for; what needs attention first when none is.
    ///
    /// # Errors
    /// When the order is none of ours.
    pub fn sort(&self) -> Result<Sort, Failure> {
        match self.one("sort") {
            None | Some("attention") => Ok(Sort::Attention),
            Some("ends") => Ok(Sort::Ends),
            Some("-ends") => Ok(Sort::EndsDescending),
            Some("value") => Ok(Sort::Value),
            Some("-value") => Ok(Sort::ValueDescending),
            Some("title") => Ok(Sort::Title),
            Some(_) => Err(Failure::parameter("'sort' must be one of ends, -ends, value, -value, title.")),
        }
    }

    /// The facets asked for by `facet=a,b,c`.
    ///
    /// # Errors
    /// When one is none of ours.
    pub fn facets(&self) -> Result<Vec<Facet>, Failure> {
        let mut facets = Vec::new();
        for name in self.all("facet").flat_map(|names| names.split(',')).map(str::trim).filter(|name| !name.is_empty()) {
            let facet = Facet::parse(name).ok_or_else(|| {
                let known: Vec<&str> = Facet::ALL.iter().map(|facet| facet.as_str()).collect();
                Failure::parameter(format!("'facet' must name some of {}.", known.join(", ")))
            })?;
            if !facets.contains(&facet) {
                facets.push(facet);
            }
        }
        Ok(facets)
    }

    /// This query without the page, and with a value added.
    #[must_use]
    pub fn with(&self, path: &str, name: &str, value: &str) -> String {
        let mut pairs = self.without_page();
        pairs.push((name, value));
        address(path, &pairs)
    }

    /// This query without the page and without one value of a name.
    #[must_use]
    pub fn without(&self, path: &str, name: &str, value: &str) -> String {
        let pairs: Vec<_> = self.without_page().into_iter().filter(|pair| *pair != (name, value)).collect();
        address(path, &pairs)
    }

    /// This query at another page.
    #[must_use]
    pub fn with_page(&self, path: &str, page: usize) -> String {
        let number = page.to_string();
        let mut pairs = self.without_page();
        if page > 1 {
            pairs.push(("page", &number));
        }
        address(path, &pairs)
    }

    /// The same list in the API: `.csv`, `.xlsx`, or JSON for the empty suffix.
    #[must_use]
    pub fn data_address(&self, list: &str, suffix: &str) -> String {
        address(&format!("/api/v1/{list}{suffix}"), &self.without_page())
    }

    /// This query, without the page, at another path.
    #[must_use]
    pub fn at(&self, path: &str) -> String {
        address(path, &self.without_page())
    }

    /// A page's title with its page number, as the title of the first page stands alone.
    #[must_use]
    pub fn titled(&self, title: &str) -> String {
        match self.page() {
            0 | 1 => title.to_owned(),
            page => format!("{title} (page {page})"),
        }
    }

    fn without_page(&self) -> Vec<(&str, &str)> {
        self.pairs().filter(|(name, _)| *name != "page").collect()
    }
}

fn address(path: &str, pairs: &[(&str, &str)]) -> String {
    if pairs.is_empty() {
        return path.to_owned();
    }
    let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
    format!("{path}?{query}")
}

impl<S: Send + Sync> axum::extract::FromRequestParts<S> for Params {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut axum::http::request::Parts, _: &S) -> Result<Self, Failure> {
        Self::parse(parts.uri.query().unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn empty_values_are_no_filters_and_repeats_are_kept() {
        let params = Params::parse("organisation=camden&organisation=hackney&q=&ends_from=2027-03-31").unwrap();
        let filters = params.filters().unwrap();
        assert_eq!(filters.organisation, ["camden", "hackney"]);
        assert_eq!((filters.q, filters.ends_from), (None, Some(jiff::civil::date(2027, 3, 31))));
    }

    #[test]
    fn what_cannot_be_read_says_what_would_be_right() {
        for query in ["ends_from=31/03/2027", "ends_from=2027-02-31", "value_from=lots", "value_to=99999999999999999999"] {
            let failure = Params::parse(query).unwrap().filters().unwrap_err();
            assert!(failure.detail.unwrap().contains("must be"), "{query}");
        }
        assert!(Params::parse("sort=drop table").unwrap().sort().is_err());
        assert!(Params::parse("facet=supplier,nonsense").unwrap().facets().is_err());
    }

    #[test]
    fn a_removed_filter_leaves_the_others_and_returns_to_page_one() {
        let params = Params::parse("organisation=camden&q=a+b&page=3").unwrap();
        assert_eq!(params.without("/contracts", "organisation", "camden"), "/contracts?q=a+b");
        assert_eq!(params.with_page("/contracts", 1), "/contracts?organisation=camden&q=a+b");
        assert_eq!(params.data_address("contracts", ".csv"), "/api/v1/contracts.csv?organisation=camden&q=a+b");
    }
}
