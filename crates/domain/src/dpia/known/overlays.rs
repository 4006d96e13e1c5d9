//! What organisations had added to the template when their text was frozen, of what was frozen before assessments kept that.

use super::{Known, routes::first_frozen};
use crate::{
    dpia::{template::Edition, whole::Whole},
    register::ids::OrganisationId,
};
use jiff::civil::Date;
use std::collections::BTreeMap;

impl Known {
    /// The overlays that an assessment has to keep and does not: of each controller whose annex is frozen, the one that was in force
    /// on the day of that freeze, or none. What is signed says on what it said then, whatever its organisation adds later. `day` says
    /// on which day an instant fell.
    #[must_use]
    pub fn overlays_then(&self, whole: &Whole, day: &dyn Fn(i64) -> Option<Date>) -> BTreeMap<OrganisationId, Option<Edition>> {
        let head = &whole.assessment;
        let Some(frozen) = whole.frozen().filter(|_| head.state.is_frozen() || head.state.is_signed()) else {
            return BTreeMap::new();
        };
        head.controllers()
            .filter(|one| !head.overlays.contains_key(one) && !head.annex_open(*one, Some(&frozen.seals)))
            .filter_map(|one| {
                let since = day(first_frozen(&whole.versions, frozen, one).at)?;
                Some((one, self.overlay(&head.template, one, since).map(|overlay| overlay.edition.clone())))
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dpia::{
        assessment::{State, tests::organisation},
        library::shipped,
        stored::Stored,
        template::Purpose,
        whole::tests::{frozen, whole},
    };
    use jiff::civil::date;
    use uuid::Uuid;

    const OLD: Date = date(2026, 11, 1);
    const NEW: Date = date(2026, 11, 20);

    /// Organisation 1 adds guidance to the shipped template, and other guidance from a later day on.
    fn known() -> Known {
        let own = |version: &str, in_force: Date| Stored {
            id: Uuid::now_v7(),
            kind: "overlay".to_owned(),
            edition: Edition { urn: "urn:example:overlay:own".to_owned(), version: version.to_owned() },
            title: String::new(),
            in_force,
            organisation: Some(organisation(1)),
            text: format!(
                "kind: overlay\nurn: urn:example:overlay:own\nversion: {version}\ntitle: Ours\nabout: Our own.\nin-force: {in_force}\n\
                 organisation: camden\nof: {{urn: \"urn:citytools:dpia:uk-gdpr\", version: 1.0.0}}\n\
                 guidance: [{{field: aims, text: Ask us by {version}.}}]\n"
            ),
            published: true,
            by: None,
            updated_at: 0,
        };
        let (known, problems) = Known::of(&[own("1.0.0", OLD), own("1.1.0", NEW)]);
        assert!(problems.is_empty(), "{problems:#?}");
        known
    }

    /// Instants of these tests are days after 1 November.
    fn day(at: i64) -> Option<Date> {
        OLD.checked_add(jiff::Span::new().days(at)).ok()
    }

    fn signed(annexes: &[u128]) -> Whole {
        let mut whole = frozen(whole(vec![], vec![]), State::Signed, annexes);
        whole.assessment.template = shipped().in_force(Purpose::Dpia, NEW).unwrap().edition.clone();
        whole.versions[0].at = 5;
        whole
    }

    #[test]
    fn what_was_frozen_before_overlays_were_kept_has_those_of_its_freeze() {
        let (known, [one, two]) = (known(), [1, 2].map(organisation));
        let mut whole = signed(&[1, 2]);
        let version = |then: &BTreeMap<OrganisationId, Option<Edition>>| {
            then.iter().map(|(of, edition)| (*of, edition.as_ref().map(|one| one.version.clone()))).collect::<Vec<_>>()
        };
        let then = known.overlays_then(&whole, &day);
        assert_eq!(version(&then), [(one, Some("1.0.0".to_owned())), (two, None)]);
        // Kept, they count, and not those of the day.
        let shows = |whole: &Whole| known.template_of(&whole.assessment, NEW).unwrap().laid.get(&one).cloned();
        assert_eq!(shows(&whole).unwrap().version, "1.1.0", "as it was read before");
        whole.assessment.overlays.extend(then);
        assert_eq!(shows(&whole).unwrap().version, "1.0.0");
        assert!(known.overlays_then(&whole, &day).is_empty(), "nothing is left to keep");
    }

    #[test]
    fn an_annex_that_is_being_written_keeps_none() {
        let known = known();
        let mut whole = signed(&[2]);
        assert_eq!(known.overlays_then(&whole, &day).into_keys().collect::<Vec<_>>(), [organisation(2)], "it joined later");
        whole.assessment.open_annexes.insert(organisation(2));
        assert!(known.overlays_then(&whole, &day).is_empty());
        whole.assessment.open_annexes.clear();
        whole.assessment.state = State::Drafting;
        assert!(known.overlays_then(&whole, &day).is_empty());
    }
}
