//! Which route each controller of an assessment follows: its own where it has one, the shared one otherwise. Whoever leads the
//! assessment decides for nobody else who signs there.

use super::{Route, Step};
use crate::{
    dpia::{condition::Reader, risk::Band},
    register::ids::OrganisationId,
};
use std::{collections::BTreeMap, sync::Arc};

/// The routes of an assessment's controllers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Routes {
    shared: Arc<Route>,
    own: BTreeMap<OrganisationId, Arc<Route>>,
}

impl Routes {
    /// The shared route for everybody.
    #[must_use]
    pub fn shared(route: Arc<Route>) -> Self {
        Self { shared: route, own: BTreeMap::new() }
    }

    /// With an organisation's own route.
    #[must_use]
    pub fn with(mut self, organisation: OrganisationId, route: Arc<Route>) -> Self {
        self.own.insert(organisation, route);
        self
    }

    /// The route that an organisation follows.
    #[must_use]
    pub fn of(&self, organisation: OrganisationId) -> &Route {
        self.own.get(&organisation).unwrap_or(&self.shared)
    }

    /// Whether an organisation follows a route of its own.
    #[must_use]
    pub fn is_own(&self, organisation: OrganisationId) -> bool {
        self.own.contains_key(&organisation)
    }

    /// A step of an organisation's route, by its id.
    #[must_use]
    pub fn step(&self, organisation: OrganisationId, id: &str) -> Option<&Step> {
        self.of(organisation).step(id)
    }

    /// The steps that apply to each of some controllers at its own level of risk, in the order of its route.
    #[must_use]
    pub fn applying<'a>(
        &'a self,
        controllers: impl Iterator<Item = OrganisationId>,
        level: &dyn Fn(OrganisationId) -> Band,
        reader: &dyn Reader,
    ) -> BTreeMap<OrganisationId, Vec<&'a Step>> {
        controllers.map(|organisation| (organisation, self.of(organisation).applying(level(organisation), reader))).collect()
    }
}

impl From<Route> for Routes {
    fn from(route: Route) -> Self {
        Self::shared(Arc::new(route))
    }
}
