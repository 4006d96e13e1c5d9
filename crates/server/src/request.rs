//! Reading the parameters of a request strictly: a name that the list does not know is refused, since a filter passed over in
//! silence gives wrong figures.

use crate::{
    error::{Code, Failure},
    query::{FILTERS, Params},
};
use domain::register::snapshot::{ContractQuery, Cursor, Filters, ListFacet, ListFilters, ListQuery, ListSort, Sort};

/// Rows of a list when nobody says.
pub const LIMIT: usize = 100;
/// The most rows of one page of a list.
pub const LIMIT_MOST: usize = 1000;

/// Refuses names that are neither filters of the list nor parameters of every list.
///
/// # Errors
/// Names the first one that is not known.
pub fn only(params: &Params, filters: &[&str]) -> Result<(), Failure> {
    only_besides(params, filters, &[])
}

/// The same for a list that takes something besides.
///
/// # Errors
/// As [`only`].
fn only_besides(params: &Params, filters: &[&str], besides: &[&str]) -> Result<(), Failure> {
    const EVERY: &[&str] = &["facet", "sort", "limit", "cursor"];
    const WORDS: &[&str] = &[
        "limit",
        "cursor",
        "facet",
        "facet_limit",
        "sort",
        "ends_from",
        "ends_to",
        "value_from",
        "value_to",
        "updatedFrom",
        "updatedTo",
    ];
    if let Some(name) = params.blank().find(|name| WORDS.contains(name)) {
        return Err(Failure::parameter(format!("‘{name}’ has no value: leave it out, or give it one.")));
    }
    match params.pairs().find(|(name, _)| !filters.contains(name) && !EVERY.contains(name) && !besides.contains(name)) {
        None => Ok(()),
        Some((name, _)) => {
            let name: String = name.chars().take(40).collect();
            Err(Failure::parameter(format!("‘{name}’ is no parameter of this list. Filters: {}.", filters.join(", "))))
        }
    }
}

/// `limit`, 1 to 1000.
///
/// # Errors
/// When it is not in that range.
pub fn limit(params: &Params) -> Result<usize, Failure> {
    limit_up_to(params, LIMIT, LIMIT_MOST)
}

/// `limit`, 1 to `most`, of a list with other bounds.
///
/// # Errors
/// When it is not in that range.
pub fn limit_up_to(params: &Params, default: usize, most: usize) -> Result<usize, Failure> {
    Ok(number(params, "limit", most)?.unwrap_or(default))
}

/// `facet_limit`, 1 to 1000: at most so many values of each facet; none for all.
///
/// # Errors
/// When it is not in that range.
pub fn facet_limit(params: &Params) -> Result<Option<usize>, Failure> {
    number(params, "facet_limit", LIMIT_MOST)
}

fn number(params: &Params, name: &str, most: usize) -> Result<Option<usize>, Failure> {
    let read = |text: &str| {
        let number = text.parse::<usize>().ok().filter(|number| (1..=most).contains(number) && !text.starts_with('+'));
        number.ok_or_else(|| Failure::parameter(format!("‘{name}’ must be a whole number from 1 to {most}.")))
    };
    params.one(name).map(read).transpose()
}

/// The limit of a list that is sent as a whole, as files, calendars and feeds are; none for no limit. They have no pages and no
/// counts, and nothing that was asked for is passed over in silence.
///
/// # Errors
/// When a cursor or a facet is asked for, or the limit is no whole number.
pub fn whole(params: &Params) -> Result<Option<usize>, Failure> {
    if let Some(name) = ["cursor", "facet"].into_iter().find(|name| params.one(name).is_some()) {
        return Err(Failure::parameter(format!("A file holds the whole list: it takes no ‘{name}’.")));
    }
    params.one("limit").map(|_| limit_up_to(params, LIMIT, 1_000_000_000)).transpose()
}

/// `cursor`, as the page before gave it in `next`.
///
/// # Errors
/// When it is not one of ours.
pub fn cursor(params: &Params) -> Result<Option<Cursor>, Failure> {
    params.one("cursor").map(|text| text.parse().map_err(|_| Failure::of(Code::InvalidCursor))).transpose()
}

/// The order of a list that is cut into pages by slug and has no facets: `own`, where none is asked for, or by slug. Whether it is
/// by slug.
///
/// # Errors
/// When another order or a facet is asked for.
pub fn by_slug_or(params: &Params, own: &str) -> Result<bool, Failure> {
    if params.one("facet").is_some() {
        return Err(Failure::parameter("This list has no facets."));
    }
    match params.one("sort") {
        None => Ok(false),
        Some(sort) if sort == own => Ok(false),
        Some("slug") => Ok(true),
        Some(_) => Err(Failure::parameter(format!("‘sort’ must be one of {own}, slug."))),
    }
}

/// A page of a list after the row of a slug, and the slug that the next page begins after.
///
/// # Errors
/// When no row has that slug, and the list is not by slug: then nothing says where to go on.
pub fn page_by_slug<T>(
    rows: Vec<T>,
    by_slug: bool,
    after: Option<&str>,
    limit: usize,
    slug: impl Fn(&T) -> &str,
) -> Result<(Vec<T>, Option<String>), Failure> {
    let start = match after.map(|after| (after, rows.iter().position(|row| slug(row) == after))) {
        None => 0,
        Some((_, Some(place))) => place + 1,
        Some((after, None)) if by_slug => rows.partition_point(|row| slug(row) < after),
        Some(_) => {
            let detail = Some("The row that the cursor names is not in this list: begin again without it.".to_owned());
            return Err(Failure { code: Code::NotFound, detail });
        }
    };
    let more = rows.len() > start.saturating_add(limit);
    let page: Vec<T> = rows.into_iter().skip(start).take(limit).collect();
    let next = page.last().filter(|_| more).map(|row| slug(row).to_owned());
    Ok((page, next))
}

/// The cursor of a list by slug: the last slug of the page before.
///
/// # Errors
/// When it is not one of ours.
pub fn slug_cursor(params: &Params) -> Result<Option<&str>, Failure> {
    match params.one("cursor") {
        Some(text)
            if text.len() > 100 || !text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_')) =>
        {
            Err(Failure::of(Code::InvalidCursor))
        }
        cursor => Ok(cursor),
    }
}

/// The contracts that a request asks for.
pub struct Contracts {
    /// Which ones.
    pub filters: Filters,
    /// In which order.
    pub sort: Sort,
}

impl Contracts {
    /// Reads filters and order.
    ///
    /// # Errors
    /// When one cannot be read, or is none of this list's.
    pub fn read(params: &Params) -> Result<Self, Failure> {
        // Files and feeds take the address of the list as it is; what counts facets changes nothing in them.
        only_besides(params, FILTERS, &["facet_limit"])?;
        facet_limit(params)?;
        Ok(Self { filters: params.filters()?, sort: params.sort()? })
    }

    /// Reads the whole question of a page of them.
    ///
    /// # Errors
    /// As [`Contracts::read`]; and not found for a cursor of a list in another order.
    pub fn query(params: &Params) -> Result<ContractQuery, Failure> {
        let Self { filters, sort } = Self::read(params)?;
        let after = cursor(params)?;
        if after.as_ref().is_some_and(|cursor| !cursor.fits(sort)) {
            return Err(Failure { code: Code::NotFound, detail: Some("The cursor is of a list in another order.".to_owned()) });
        }
        Ok(ContractQuery {
            filters,
            sort,
            facets: params.facets()?,
            facet_limit: facet_limit(params)?,
            limit: limit(params)?,
            after,
            ..ContractQuery::default()
        })
    }
}

/// What a list of systems, suppliers, products, planned procurements or skills takes.
#[derive(Debug)]
pub struct Takes {
    /// Its filters.
    pub filters: &'static [&'static str],
    /// Its orders by name; the first is the default.
    pub sorts: &'static [(&'static str, ListSort)],
}

impl Takes {
    /// Reads filters and order strictly.
    ///
    /// # Errors
    /// When a name is none of this list's, or a value cannot be read.
    pub fn read(&self, params: &Params) -> Result<(ListFilters, ListSort), Failure> {
        only(params, self.filters)?;
        let filters = params.list_filters();
        let sort = match params.one("sort") {
            None => self.sorts.first().map(|(_, sort)| *sort).unwrap_or_default(),
            Some(name) => self.sorts.iter().find(|(known, _)| *known == name).map(|(_, sort)| *sort).ok_or_else(|| {
                let known: Vec<&str> = self.sorts.iter().map(|(name, _)| *name).collect();
                Failure::parameter(format!("‘sort’ must be one of {}.", known.join(", ")))
            })?,
        };
        Ok((filters, sort))
    }

    /// Reads the whole question of a page of the list.
    ///
    /// # Errors
    /// As [`Takes::read`].
    pub fn query(&self, params: &Params) -> Result<ListQuery, Failure> {
        let (filters, sort) = self.read(params)?;
        let mut facets = Vec::new();
        for name in params.all("facet").flat_map(|names| names.split(',')).map(str::trim).filter(|name| !name.is_empty()) {
            let facet = ListFacet::parse(name).filter(|facet| self.filters.contains(&facet.as_str())).ok_or_else(|| {
                let known: Vec<&str> = self.filters.iter().copied().filter(|name| ListFacet::parse(name).is_some()).collect();
                Failure::parameter(format!("‘facet’ must name some of {}.", known.join(", ")))
            })?;
            if !facets.contains(&facet) {
                facets.push(facet);
            }
        }
        Ok(ListQuery { filters, sort, facets, limit: limit(params)?, after: cursor(params)?, offset: 0 })
    }
}

/// A part of a path; anything that is no text leads nowhere.
pub struct Segment(pub String);

impl<S: Send + Sync> axum::extract::FromRequestParts<S> for Segment {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut axum::http::request::Parts, state: &S) -> Result<Self, Failure> {
        match axum::extract::Path::<String>::from_request_parts(parts, state).await {
            Ok(axum::extract::Path(text)) => Ok(Self(text)),
            Err(_) => Err(Failure::not_found()),
        }
    }
}
