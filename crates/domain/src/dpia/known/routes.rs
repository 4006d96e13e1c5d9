//! Which route of sign-off counts for whom: what is in force on a day, and for what is frozen the one of its freeze.

use super::{Known, Owned};
use crate::{
    dpia::{
        assessment::Assessment,
        library,
        sign_off::{Route, Routes},
        version::Head,
        whole::Whole,
    },
    register::ids::OrganisationId,
};
use jiff::civil::Date;
use std::sync::Arc;

impl Known {
    /// The route of sign-off that an organisation follows on a day: its own that came into force last, else the shared one.
    #[must_use]
    pub fn route(&self, organisation: OrganisationId, on: Date) -> Option<Arc<Route>> {
        self.newest_route(Some(organisation), on).or_else(|| self.shared_route(on))
    }

    /// The routes that are in force for the controllers of an assessment on a day: by them is signed what is frozen then.
    #[must_use]
    pub fn routes_of(&self, assessment: &Assessment, on: Date) -> Option<Routes> {
        let shared = Routes::shared(self.shared_route(on)?);
        Some(assessment.controllers().fold(shared, |routes, organisation| match self.newest_route(Some(organisation), on) {
            Some(own) => routes.with(organisation, own),
            None => routes,
        }))
    }

    /// The routes by which an assessment is signed on a day. A controller whose text is frozen follows the route that its frozen
    /// version keeps; of what was frozen before versions kept routes, the one that was in force on the day of that freeze. `day`
    /// says on which day an instant fell.
    #[must_use]
    pub fn routes_for(&self, whole: &Whole, on: Date, day: &dyn Fn(i64) -> Option<Date>) -> Option<Routes> {
        let mut routes = self.routes_of(&whole.assessment, on)?;
        let state = whole.assessment.state;
        let Some(frozen) = whole.frozen().filter(|_| state.is_frozen() || state.is_signed()) else { return Some(routes) };
        for organisation in frozen.seals.annexes.keys().copied() {
            let kept = frozen.routes.get(&organisation).and_then(|edition| {
                let found = self.routes.iter().find(|one| one.route.edition == *edition)?;
                Some((found.route.clone(), found.organisation.is_some()))
            });
            let then = || {
                let since = day(first_frozen(&whole.versions, frozen, organisation).at)?;
                let own = self.newest_route(Some(organisation), since);
                let is_own = own.is_some();
                Some((own.or_else(|| self.shared_route(since))?, is_own))
            };
            if let Some((route, own)) = kept.or_else(then) {
                routes = routes.keeping(organisation, route, own);
            }
        }
        Some(routes)
    }

    /// The route of those who have none of their own. Somebody must sign on every day: before any is in force, it is the one
    /// that ships.
    fn shared_route(&self, on: Date) -> Option<Arc<Route>> {
        self.newest_route(None, on).or_else(|| self.routes.first().map(|one| one.route.clone()))
    }

    fn newest_route(&self, of: Option<OrganisationId>, on: Date) -> Option<Arc<Route>> {
        self.routes
            .iter()
            .filter(|one| one.organisation == of && one.route.in_force <= on)
            .max_by_key(|one| (one.route.in_force, library::order(&one.route.edition.version)))
            .map(|Owned { route, .. }| route.clone())
    }
}

/// The version with which an organisation froze what is frozen of it now: later ones may have been made by others, each for its own
/// annex.
pub(super) fn first_frozen<'a>(versions: &'a [Head], frozen: &'a Head, organisation: OrganisationId) -> &'a Head {
    let same = |one: &&Head| {
        one.seals.shared == frozen.seals.shared && one.seals.annexes.get(&organisation) == frozen.seals.annexes.get(&organisation)
    };
    let earlier = versions.iter().rev().filter(|one| one.frozen && one.number <= frozen.number);
    earlier.take_while(same).last().unwrap_or(frozen)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dpia::{
        assessment::{State, tests::organisation},
        sign_off::route,
        stored::Stored,
        template::Edition,
        whole::tests::{frozen, whole},
    };
    use jiff::civil::date;
    use std::collections::BTreeMap;
    use uuid::Uuid;

    const OLD: Date = date(2026, 3, 1);
    const NEW: Date = date(2026, 11, 20);
    const TODAY: Date = date(2026, 11, 23);

    /// Organisation 1's own route, of which a new version with a step called otherwise is in force since a few days ago.
    fn known() -> Known {
        let own = |version: &str, in_force: Date, title: &str| {
            let text = route::SHIPPED
                .replace("urn: urn:citytools:sign-off:shipped", "urn: urn:example:sign-off:own")
                .replace("version: 1.0.0", &format!("version: {version}"))
                .replace("in-force: 2026-11-01", &format!("in-force: {in_force}"))
                .replace("id: procurement\n    title: Procurement", &format!("id: {title}\n    title: Procurement"))
                .replace("after: [technical-assurance, procurement]", &format!("after: [technical-assurance, {title}]"));
            Stored {
                id: Uuid::now_v7(),
                kind: "sign-off".to_owned(),
                edition: Edition { urn: "urn:example:sign-off:own".to_owned(), version: version.to_owned() },
                title: String::new(),
                in_force,
                organisation: Some(organisation(1)),
                text,
                published: true,
                by: None,
                updated_at: 0,
            }
        };
        let (known, problems) = Known::of(&[own("1.0.0", OLD, "buying"), own("1.1.0", NEW, "purchase")]);
        assert!(problems.is_empty(), "{problems:#?}");
        known
    }

    fn version(routes: &Routes, of: u128) -> String {
        routes.of(organisation(of)).edition.to_string()
    }

    /// Instants of these tests are days after 1 March.
    fn day(at: i64) -> Option<Date> {
        OLD.checked_add(jiff::Span::new().days(at)).ok()
    }

    #[test]
    fn what_is_frozen_is_signed_by_the_route_of_its_freeze_and_a_new_one_counts_from_the_next() {
        let known = known();
        let mut live = frozen(whole(vec![], vec![]), State::Live, &[1, 2]);
        // Frozen before versions kept routes: by the one that was in force on its day.
        let routes = known.routes_for(&live, TODAY, &day).unwrap();
        assert_eq!(version(&routes, 1), "urn:example:sign-off:own@1.0.0");
        assert!(routes.is_own(organisation(1)) && routes.step(organisation(1), "buying").is_some());
        assert_eq!(routes.in_force(organisation(1)).edition.version, "1.1.0", "what is frozen next");
        assert!(!routes.is_own(organisation(2)) && version(&routes, 2).starts_with("urn:citytools"));
        // The version keeps what was followed, whatever its day says.
        live.versions[0].routes = routes.editions([organisation(1), organisation(2)]);
        live.versions[0].at = 300;
        let routes = known.routes_for(&live, TODAY, &day).unwrap();
        assert_eq!(version(&routes, 1), "urn:example:sign-off:own@1.0.0");
        assert_eq!(version(&routes.clone().frozen_by([organisation(1)]), 1), "urn:example:sign-off:own@1.1.0");
        // Opened for changes, nothing is frozen: what comes next is signed by what is in force.
        live.assessment.state = State::Drafting;
        assert_eq!(version(&known.routes_for(&live, TODAY, &day).unwrap(), 1), "urn:example:sign-off:own@1.1.0");
    }

    #[test]
    fn who_joins_later_follows_the_route_of_its_own_freeze_and_moves_nobody_elses() {
        let known = known();
        let mut live = frozen(whole(vec![], vec![]), State::Live, &[1]);
        // Organisation 2 froze its annex 270 days later, when organisation 1 had a newer route already.
        let mut later = live.versions[0].clone();
        (later.number, later.at) = (2, 270);
        later.id = crate::dpia::ids::VersionId(Uuid::from_u128(10));
        later.seals.annexes.insert(organisation(2), later.seals.shared);
        live.assessment.frozen = Some(later.id);
        live.versions.push(later);
        let routes = known.routes_for(&live, TODAY, &day).unwrap();
        assert_eq!(version(&routes, 1), "urn:example:sign-off:own@1.0.0");
        // An edition that is kept and not known here (a file that went away) is read as if none were kept.
        let gone = Edition { urn: "urn:example:sign-off:gone".to_owned(), version: "1.0.0".to_owned() };
        live.versions[1].routes = BTreeMap::from([(organisation(1), gone)]);
        assert_eq!(version(&known.routes_for(&live, TODAY, &day).unwrap(), 1), "urn:example:sign-off:own@1.0.0");
    }
}
