//! What stands in the way of sign-off and of using the data.

use super::Whole;
use crate::{
    dpia::{
        advice::Recommendation,
        assessment::{Joined, Party, State},
        ids::{RecommendationId, RiskId},
        place::{Part, Place},
        sign_off::{Routes, Status},
        template::Template,
    },
    people::{PersonId, Role},
    register::ids::OrganisationId,
};
use serde::Serialize;
use std::collections::BTreeSet;

/// What stands in the way, and what it stops.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case", tag = "blocker")]
pub enum Blocker {
    /// Clashes that nobody has settled: stops freezing.
    Clash {
        /// The field.
        place: Place,
        /// Whose texts clash.
        people: Vec<PersonId>,
    },
    /// Modules that answers or the screening ask for, and to which nobody has said yes or no: stop freezing.
    Proposed {
        /// Which, by id.
        modules: Vec<String>,
    },
    /// Required answers that are missing in a part: stops freezing.
    Missing {
        /// The part.
        part: Part,
        /// The fields, by id.
        fields: Vec<String>,
    },
    /// Recommendations that nobody has answered: stop freezing and the acceptance of risk.
    Recommendations {
        /// Which.
        open: Vec<RecommendationId>,
        /// The fields.
        places: Vec<Place>,
        /// Since when the oldest waits, milliseconds of UTC.
        since: i64,
    },
    /// Risks whose level after measures nobody has said: stop freezing.
    NotRated {
        /// Which.
        risks: Vec<RiskId>,
    },
    /// Risks of a part that stay high, and the Commissioner has not answered: stop acceptance and go-live.
    HighRisk {
        /// The part.
        part: Part,
        /// Whether they stop nobody but the organisation whose annex it is.
        alone: bool,
        /// Which.
        risks: Vec<RiskId>,
        /// Whether the Commissioner has been asked.
        asked: bool,
        /// Whether it answered of one of them that it must not go ahead as planned.
        forbidden: bool,
    },
    /// A short review concludes that a DPIA is needed after all, or that somebody is not sure: stops acceptance and go-live.
    DpiaNeeded {
        /// Whose conclusion.
        organisation: OrganisationId,
        /// Whether it stops nobody but that organisation.
        alone: bool,
    },
    /// A party that has not answered its invitation; it stops nothing by itself.
    NotAccepted {
        /// The organisation.
        organisation: OrganisationId,
        /// Since when it is invited, milliseconds of UTC.
        since: i64,
    },
    /// A role that nobody holds at a controller: stops its signature.
    NobodyHolds {
        /// The organisation.
        organisation: OrganisationId,
        /// The roles that could sign.
        roles: Vec<Role>,
    },
}

impl Whole {
    /// What stands in the way, the gravest first.
    #[must_use]
    pub fn blockers(&self, template: &Template, routes: &Routes) -> Vec<Blocker> {
        if self.assessment.state.is_closed() {
            return Vec::new();
        }
        let mut blockers = Vec::new();
        for (part, risks) in self.high_by_part(&template.matrix) {
            let asked = risks.iter().all(|risk| self.consulting().any(|one| one.risks.contains(risk)));
            let forbids = |risk: &RiskId| self.bound_risk(*risk).is_some_and(|risk| self.forbids(risk, &template.matrix));
            let forbidden = risks.iter().any(forbids);
            blockers.push(Blocker::HighRisk { part, alone: self.stops_itself_alone(part), risks, asked, forbidden });
        }
        for organisation in self.dpia_needed(template) {
            blockers.push(Blocker::DpiaNeeded { organisation, alone: self.stops_itself_alone(Part::Annex(organisation)) });
        }
        let open: Vec<&Recommendation> = self.open_recommendations().collect();
        if let Some(since) = open.iter().map(|one| one.at).min() {
            blockers.push(Blocker::Recommendations {
                open: open.iter().map(|one| one.id).collect(),
                places: open.iter().map(|one| one.place.clone()).collect::<BTreeSet<_>>().into_iter().collect(),
                since,
            });
        }
        for field in self.fields.iter().filter(|field| field.clashes()) {
            let people: BTreeSet<PersonId> = field.contenders.iter().map(|contender| contender.by).chain([field.by]).collect();
            blockers.push(Blocker::Clash { place: field.place.clone(), people: people.into_iter().collect() });
        }
        if self.assessment.state == State::Drafting {
            let modules: Vec<String> = self.proposed(template).into_iter().map(|one| one.module).collect();
            if !modules.is_empty() {
                blockers.push(Blocker::Proposed { modules });
            }
        }
        let not_rated: Vec<RiskId> = self.assessment.parts().flat_map(|part| self.not_rated(part, &template.matrix)).collect();
        if !not_rated.is_empty() {
            blockers.push(Blocker::NotRated { risks: not_rated });
        }
        for (part, fields) in self.missing_of(template, self.assessment.parts()) {
            if !fields.is_empty() {
                blockers.push(Blocker::Missing { part, fields });
            }
        }
        // Once the others have signed, whoever is only asked stands in nobody's way.
        let asked = |party: &&Party| party.joined == Joined::Invited && !self.assessment.state.is_signed();
        for party in self.assessment.parties.iter().filter(asked) {
            blockers.push(Blocker::NotAccepted { organisation: party.organisation, since: party.since });
        }
        let unheld = self.with_board(template, routes, |board| {
            let mut unheld: Vec<(OrganisationId, Vec<Role>)> = Vec::new();
            for slot in board.slots() {
                let known = unheld.iter().any(|(organisation, roles)| *organisation == slot.organisation && *roles == slot.roles);
                if matches!(slot.status, Status::NobodyHolds { .. } | Status::NobodyMay { .. }) && !known {
                    unheld.push((slot.organisation, slot.roles));
                }
            }
            unheld
        });
        blockers.extend(unheld.into_iter().map(|(organisation, roles)| Blocker::NobodyHolds { organisation, roles }));
        blockers
    }
}
