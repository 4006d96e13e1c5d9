//! What becomes of the work of an organisation that takes part no longer.

use super::About;
use crate::{dpia::ids::MeasureId, register::ids::OrganisationId};

/// What becomes of an open task.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It is over: there is nothing left to do, or nobody else could do it.
    Over,
    /// Whoever leads the assessment sees to it.
    Lead,
    /// The lead's information asset owner does: a recommendation stays open until somebody answers it.
    AssetOwner,
}

/// What becomes of a task that is with people of an organisation which left. What stood in its annex, and what it was asked as a party,
/// is over; what is about the shared text is still to be done. `of_annex` says whether a measure is one of that annex.
#[must_use]
pub fn fate(about: &About, gone: OrganisationId, of_annex: impl Fn(MeasureId) -> bool) -> Fate {
    let over = match about {
        About::Recommendation { .. } => return Fate::AssetOwner,
        About::Section { part, .. } => part.organisation() == Some(gone),
        About::Field { place } | About::Clash { place } | About::Comment { place, .. } => {
            place.part.organisation() == Some(gone)
        }
        About::Measure { measure } => of_annex(*measure),
        About::Sign { .. }
        | About::Vacancy { .. }
        | About::Invitation { .. }
        | About::AnnexPublication { .. }
        // Each controller's officer has a task of its own for this.
        | About::Consultation { .. }
        | About::Guest
        | About::SentBack => true,
        About::Review { .. }
        | About::BeginDpia
        | About::Screening { .. }
        | About::Publication
        | About::Record { .. } => false,
    };
    if over { Fate::Over } else { Fate::Lead }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dpia::{
        assessment::tests::organisation,
        ids::RecommendationId,
        place::{Part, Place},
    };
    use uuid::Uuid;

    #[test]
    fn what_stood_in_the_annex_is_over_and_the_rest_is_with_the_lead() {
        let gone = organisation(2);
        let (ours, theirs) = (MeasureId(Uuid::from_u128(1)), MeasureId(Uuid::from_u128(2)));
        let fate = |about: &About| fate(about, gone, |measure| measure == theirs);
        let section = |part| About::Section { part, section: "our-part".to_owned() };
        assert_eq!(fate(&section(Part::Annex(gone))), Fate::Over);
        assert_eq!(fate(&section(Part::Shared)), Fate::Lead);
        assert_eq!(fate(&About::Clash { place: Place::annex(gone, "gateway") }), Fate::Over);
        assert_eq!(fate(&About::Field { place: Place::shared("aims") }), Fate::Lead);
        assert_eq!(fate(&About::Measure { measure: theirs }), Fate::Over);
        assert_eq!(fate(&About::Measure { measure: ours }), Fate::Lead);
        assert_eq!(fate(&About::Sign { organisation: gone, step: "advice".to_owned() }), Fate::Over);
        assert_eq!(fate(&About::SentBack), Fate::Over);
        assert_eq!(fate(&About::Publication), Fate::Lead);
        let recommendation = RecommendationId(Uuid::from_u128(3));
        let place = Place::annex(gone, "gateway");
        assert_eq!(fate(&About::Recommendation { recommendation, place }), Fate::AssetOwner, "it blocks until it is answered");
    }
}
