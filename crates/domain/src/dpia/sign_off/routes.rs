//! Which route each controller of an assessment follows: its own where it has one, the shared one otherwise. Whoever leads the
//! assessment decides for nobody else who signs there. While a version is frozen or signed, each follows the route that was in
//! force when its text was frozen: a route that is published later counts from the next freeze, and takes back no signature.

use super::{Route, Step};
use crate::{
    dpia::{condition::Reader, risk::Band, template::Edition},
    register::ids::OrganisationId,
};
use std::{collections::BTreeMap, sync::Arc};

/// The routes of an assessment's controllers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Routes {
    shared: Arc<Route>,
    own: BTreeMap<OrganisationId, Arc<Route>>,
    /// Of controllers whose text is frozen: the route that counts for it, and whether it is the organisation's own.
    kept: BTreeMap<OrganisationId, (Arc<Route>, bool)>,
}

impl Routes {
    /// The shared route for everybody.
    #[must_use]
    pub fn shared(route: Arc<Route>) -> Self {
        Self { shared: route, own: BTreeMap::new(), kept: BTreeMap::new() }
    }

    /// With an organisation's own route.
    #[must_use]
    pub fn with(mut self, organisation: OrganisationId, route: Arc<Route>) -> Self {
        self.own.insert(organisation, route);
        self
    }

    /// With the route by which an organisation's frozen text is signed, whatever is in force now.
    #[must_use]
    pub fn keeping(mut self, organisation: OrganisationId, route: Arc<Route>, own: bool) -> Self {
        self.kept.insert(organisation, (route, own));
        self
    }

    /// The route that an organisation follows.
    #[must_use]
    pub fn of(&self, organisation: OrganisationId) -> &Route {
        self.kept.get(&organisation).map_or_else(|| self.in_force(organisation), |(route, _)| route)
    }

    /// The route that is in force for an organisation: what is frozen now is signed by it.
    #[must_use]
    pub fn in_force(&self, organisation: OrganisationId) -> &Route {
        self.own.get(&organisation).unwrap_or(&self.shared)
    }

    /// Whether an organisation follows a route of its own.
    #[must_use]
    pub fn is_own(&self, organisation: OrganisationId) -> bool {
        self.kept.get(&organisation).map_or_else(|| self.own.contains_key(&organisation), |(_, own)| *own)
    }

    /// A step of an organisation's route, by its id.
    #[must_use]
    pub fn step(&self, organisation: OrganisationId, id: &str) -> Option<&Step> {
        self.of(organisation).step(id)
    }

    /// The routes once some organisations freeze what they say: what is in force counts for them.
    #[must_use]
    pub fn frozen_by(mut self, organisations: impl IntoIterator<Item = OrganisationId>) -> Self {
        for organisation in organisations {
            self.kept.remove(&organisation);
        }
        self
    }

    /// The files that the organisations follow, as a frozen version keeps them.
    #[must_use]
    pub fn editions(&self, organisations: impl IntoIterator<Item = OrganisationId>) -> BTreeMap<OrganisationId, Edition> {
        organisations.into_iter().map(|organisation| (organisation, self.of(organisation).edition.clone())).collect()
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
