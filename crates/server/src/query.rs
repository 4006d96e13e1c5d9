//! Filters, sorting and paging as they stand in addresses. Pages and the API read them with the same code, so that a page's
//! address and the API's take the same names.

use crate::error::Failure;
use domain::register::snapshot::{Facet, Filters, ListFilters, Sort};
use jiff::civil::Date;

/// The query of an address, in order, repeated names and all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Params(Vec<(String, String)>, Vec<String>);

/// The names of filters, as the design gives them, with what pages link to besides (`ends`, `decision`, `source`, `keeper`,
/// `missing`).
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
    "keeper",
    "missing",
];

/// Parameters that only shape a page: which of its pages, in which order, how much of it.
const SHAPING: &[&str] = &["page", NO_PAGE, "sort", "all", "years", "mark"];
/// Says that a page was asked for that the list does not have.
const NO_PAGE: &str = "no_page";
/// What others hang on to addresses to see where readers came from: no filter, and nothing to tell a reader.
const TRACKING: &[&str] = &["fbclid", "gclid", "mc_cid", "mc_eid", "msclkid"];
/// The most letters of a name that is not known, and the most such names, that a page repeats.
const REPEATED: (usize, usize) = (40, 5);

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
            return Err(Failure::parameter("‘q’ is too long: use at most 500 letters."));
        }
        let all = sent.into_iter().map(|(name, value)| (name.into_owned(), value.trim().replace('\0', "")));
        let (pairs, empty): (Vec<(String, String)>, Vec<_>) = all.partition(|(_, value)| !value.is_empty());
        if pairs.len() > MOST {
            return Err(Failure::parameter("The address has too many filters: choose fewer."));
        }
        Ok(Self(pairs, empty.into_iter().map(|(name, _)| name).collect()))
    }

    /// The query that these pairs make.
    #[must_use]
    pub fn made(pairs: &[(&str, &str)]) -> Self {
        Self(pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect(), Vec::new())
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

    /// What a page can use of this query, `filters` being those of its list; and the names of what it cannot use, so that it can
    /// say so: a filter passed over in silence gives wrong figures.
    #[must_use]
    pub fn understood(&self, filters: &[&str]) -> (Self, Vec<String>) {
        let (known, unknown): (Vec<_>, Vec<_>) =
            self.0.iter().cloned().partition(|(name, _)| filters.contains(&name.as_str()) || SHAPING.contains(&name.as_str()));
        let mut names: Vec<String> = Vec::new();
        for (name, _) in unknown.iter().filter(|(name, _)| !name.starts_with("utm_") && !TRACKING.contains(&name.as_str())) {
            let name: String = name.chars().take(REPEATED.0).collect();
            if !names.contains(&name) && names.len() < REPEATED.1 {
                names.push(name);
            }
        }
        (Self(known, self.1.clone()), names)
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
                    .ok_or_else(|| Failure::parameter(format!("‘{name}’ must be a day such as 2027-03-31.")))
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
                    .ok_or_else(|| Failure::parameter(format!("‘{name}’ must be whole pounds, such as 25000.")))
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
            keeper: list("keeper"),
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
            stage: list("stage"),
            open: list("open"),
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
            Some(_) => Err(Failure::parameter("‘sort’ must be one of ends, -ends, value, -value, title.")),
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
                Failure::parameter(format!("‘facet’ must name some of {}.", known.join(", ")))
            })?;
            if !facets.contains(&facet) {
                facets.push(facet);
            }
        }
        Ok(facets)
    }

    /// This query without any value of a name.
    #[must_use]
    pub fn besides(&self, name: &str) -> Self {
        Self(self.0.iter().filter(|(key, _)| key != name).cloned().collect(), self.1.clone())
    }

    /// This query with a value added.
    #[must_use]
    pub fn and(&self, name: &str, value: &str) -> Self {
        let mut pairs = self.0.clone();
        pairs.push((name.to_owned(), value.to_owned()));
        Self(pairs, self.1.clone())
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

    /// The first page of this query, in the place of one that the list does not have: it says so.
    #[must_use]
    pub fn without_such_page(&self, path: &str) -> String {
        let mut pairs = self.without_page();
        pairs.push((NO_PAGE, "1"));
        address(path, &pairs)
    }

    /// Whether a page was asked for that the list does not have.
    #[must_use]
    pub fn no_such_page(&self) -> bool {
        self.one(NO_PAGE).is_some()
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
        self.pairs().filter(|(name, _)| !matches!(*name, "page" | NO_PAGE)).collect()
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
    fn what_is_no_filter_of_a_list_is_named_and_left_out_but_for_marks_of_where_readers_came_from() {
        let asked = Params::parse("q=a&kind=council&kind=hub&page=2&sort=title&utm_source=x&gclid=1&limit=5").unwrap();
        let (known, unknown) = asked.understood(&["q", "organisation"]);
        assert_eq!(known.pairs().collect::<Vec<_>>(), [("q", "a"), ("page", "2"), ("sort", "title")]);
        assert_eq!(unknown, ["kind", "limit"]);
        let many: String = (0..20).map(|number| format!("{number}{}=1&", "x".repeat(90))).collect();
        let (_, unknown) = Params::parse(&many).unwrap().understood(&[]);
        assert!(unknown.len() == 5 && unknown.iter().all(|name| name.len() == 40));
    }

    #[test]
    fn a_removed_filter_leaves_the_others_and_returns_to_page_one() {
        let params = Params::parse("organisation=camden&q=a+b&page=3").unwrap();
        assert_eq!(params.without("/contracts", "organisation", "camden"), "/contracts?q=a+b");
        assert_eq!(params.with_page("/contracts", 1), "/contracts?organisation=camden&q=a+b");
        assert_eq!(params.data_address("contracts", ".csv"), "/api/v1/contracts.csv?organisation=camden&q=a+b");
    }
}
