//! What the lists of systems, products, suppliers, organisations, planned procurements and skills share: reading a question from the
//! address, the panel of its facets, and the page around the rows.

use super::filters::{self, Builder, NotUsed, Panel, ResultBar, Spec};
use crate::{
    api::v1::request::Takes,
    error::Failure,
    state::App,
    web::{
        page::{self, Pagination, Place},
        query::Params,
    },
};
use axum::response::{IntoResponse, Redirect, Response};
use domain::register::snapshot::{FacetCount, ListFacet, ListQuery, ListSort};
use serde::Serialize;

/// An order of a list: its name in addresses, its words, what the snapshot calls it. The first is the default.
pub type Order = (&'static str, &'static str, ListSort);

/// What a list is called, where it stands, and how it is counted and ordered.
#[derive(Clone, Copy, Debug)]
pub struct Kind {
    /// Its name in addresses: 'systems'.
    pub section: &'static str,
    /// Its path: '/systems'.
    pub path: &'static str,
    /// Its title.
    pub title: &'static str,
    /// One of them, several of them.
    pub words: (&'static str, &'static str),
    /// What the API's list of the same name takes: the same filters stand in the address of the page.
    pub takes: &'static Takes,
    /// Its facets in the order of the panel.
    pub facets: &'static [(ListFacet, Spec)],
    /// Its orders.
    pub orders: &'static [Order],
    /// Its template.
    pub template: &'static str,
}

/// A list with its filters, as every list's template takes it.
#[derive(Debug, Serialize)]
pub struct ListView<R> {
    /// The filters.
    pub panel: Panel,
    /// What stands above the rows.
    pub results: ResultBar,
    /// This page's rows.
    pub rows: Vec<R>,
    /// The pagination, where there are several pages.
    pub pagination: Option<Pagination>,
    /// Whether the register holds nothing of this kind at all.
    pub empty: bool,
}

impl Kind {
    /// What can be used of an address, and what cannot.
    #[must_use]
    pub fn read(&self, asked: &Params) -> (Params, NotUsed) {
        NotUsed::of(asked, self.takes.filters)
    }

    /// The question that an address asks.
    ///
    /// # Errors
    /// When its order is none of this list's.
    pub fn query(&self, params: &Params) -> Result<ListQuery, Failure> {
        Ok(ListQuery {
            filters: params.list_filters(),
            sort: self.order(params)?,
            facets: self.facets.iter().map(|(facet, _)| *facet).collect(),
            limit: page::ROWS,
            after: None,
            offset: params.page().saturating_sub(1).saturating_mul(page::ROWS),
        })
    }

    fn order(&self, params: &Params) -> Result<ListSort, Failure> {
        // What the API calls the default order is a name for it here too.
        let own = self.takes.sorts.first().map(|(name, _)| *name);
        let asked = params.one("sort").filter(|name| Some(*name) != own).unwrap_or_default();
        self.orders.iter().find(|(name, ..)| *name == asked).map(|(.., sort)| *sort).ok_or_else(|| {
            let known: Vec<&str> = self.orders.iter().map(|(name, ..)| *name).filter(|name| !name.is_empty()).collect();
            Failure::parameter(format!("‘sort’ must be one of {}.", known.join(", ")))
        })
    }

    /// The panel of this list's facets.
    #[must_use]
    pub fn panel(&self, params: &Params, counted: &[(ListFacet, Vec<FacetCount<'_>>)]) -> Panel {
        self.panel_with(params, counted, |_| {})
    }

    /// The same, with filters that have no boxes.
    #[must_use]
    pub fn panel_with(
        &self,
        params: &Params,
        counted: &[(ListFacet, Vec<FacetCount<'_>>)],
        others: impl FnOnce(&mut Builder<'_>),
    ) -> Panel {
        let mut builder = Builder::new(params, self.path);
        others(&mut builder);
        for (facet, spec) in self.facets {
            let counts = counted.iter().find(|(kind, _)| kind == facet).map(|(_, counts)| filters::counts(counts));
            let counts = counts.unwrap_or_default();
            if *facet != ListFacet::Member || filters::divides(params, spec, &counts) {
                builder.facet(spec, &counts);
            }
        }
        builder.finish(&["sort"])
    }

    /// The page: the panel, the bar, the rows, of how many that were found of how many there are; a page number outside the
    /// list leads back to page 1, which says so.
    ///
    /// # Errors
    /// When the template fails.
    pub fn answer<R: Serialize>(
        &self,
        app: &App,
        params: &Params,
        not_used: NotUsed,
        panel: Panel,
        (found, of): (u64, u64),
        rows: Vec<R>,
    ) -> Result<Response, Failure> {
        let Some(place) = Place::of(params.page(), usize::try_from(found).unwrap_or(usize::MAX)) else {
            return Ok(Redirect::to(&params.without_such_page(self.path)).into_response());
        };
        let sorts: Vec<(&'static str, &'static str)> = self.orders.iter().map(|(name, words, _)| (*name, *words)).collect();
        let mut frame = page::list_frame(app, self.title, self.section, &filters::data(params), found);
        frame.title = params.titled(self.title);
        let view = ListView {
            panel,
            results: ResultBar { not_used, ..ResultBar::new(params, self.section, found, of, self.words, &sorts) },
            rows,
            pagination: page::pagination(params, self.path, place),
            empty: of == 0,
        };
        Ok(page::render(app, self.template, &frame, view)?.into_response())
    }
}

#[cfg(test)]
mod tests {
    use super::super::{planned_procurements, products, skills, suppliers, systems};
    use super::*;

    #[test]
    fn every_facet_is_named_as_its_filter_and_the_first_order_needs_no_name() {
        for kind in [systems::KIND, products::KIND, suppliers::KIND, planned_procurements::KIND, skills::KIND] {
            assert_eq!(kind.path, format!("/{}", kind.section));
            assert_eq!(kind.orders[0].0, "");
            for (facet, spec) in kind.facets {
                assert_eq!(facet.as_str(), spec.name);
            }
        }
    }

    #[test]
    fn what_is_shown_stands_in_the_order_of_the_data() {
        for kind in [systems::KIND, products::KIND, suppliers::KIND, planned_procurements::KIND, skills::KIND] {
            assert_eq!(kind.orders[0].2, kind.takes.sorts[0].1, "{}: the order when none is asked for", kind.section);
            for (name, _, sort) in &kind.orders[1..] {
                assert!(kind.takes.sorts.contains(&(*name, *sort)), "{}: {name}", kind.section);
            }
            for (facet, _) in kind.facets {
                assert!(kind.takes.filters.contains(&facet.as_str()), "{}: {}", kind.section, facet.as_str());
            }
        }
    }

    #[test]
    fn an_order_that_the_list_does_not_have_is_refused_with_those_it_has() {
        let failure = systems::KIND.query(&Params::parse("sort=ends").unwrap()).unwrap_err();
        assert!(failure.detail.unwrap().contains("organisation"));
    }

    #[test]
    fn a_page_number_becomes_rows_to_pass_over() {
        let query = products::KIND.query(&Params::parse("page=3&manufacturer=x&q=rent").unwrap()).unwrap();
        assert_eq!((query.offset, query.limit), (2 * page::ROWS, page::ROWS));
        assert_eq!((query.filters.manufacturer, query.filters.q.as_deref()), (vec!["x".to_owned()], Some("rent")));
    }
}
