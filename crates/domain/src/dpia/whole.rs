//! An assessment with everything that belongs to it, as it is loaded at once, and what follows from it: its answers, what
//! stands in the way, the board of signatures, the situation for a move.

use super::{
    access::Sight,
    advice::Recommendation,
    answer::Answers,
    assessment::{Assessment, Joined},
    comment::Comment,
    condition::Reader,
    edit::FieldState,
    ico::Consultation,
    ids::{RecommendationId, RiskId},
    place::{Part, Place},
    project::Screening,
    risk::{Band, Matrix, Measure, Risk},
    seal::Seals,
    sign_off::{Board, Holder, Routes, Signature, Status},
    template::{
        Template,
        view::{Facts, Screened, View},
    },
    version::{Head, MeasureRecord, RiskRecord, Snapshot},
    workflow::Situation,
};
use crate::{
    people::{PersonId, Role},
    register::ids::OrganisationId,
};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// An assessment with what belongs to it, as far as somebody may see it.
#[derive(Clone, Debug)]
pub struct Whole {
    /// How much of it that is.
    pub sight: Sight,
    /// The assessment.
    pub assessment: Assessment,
    /// The screening that asked for it.
    pub screening: Option<Screening>,
    /// What stands in each field.
    pub fields: Vec<FieldState>,
    /// Its risks, by number.
    pub risks: Vec<RiskRecord>,
    /// Its measures, by number.
    pub measures: Vec<MeasureRecord>,
    /// Its comments, the oldest first.
    pub comments: Vec<Comment>,
    /// Its recommendations, by number.
    pub recommendations: Vec<Recommendation>,
    /// Its signatures, the oldest first.
    pub signatures: Vec<Signature>,
    /// Its consultations of the Commissioner, the oldest first.
    pub consultations: Vec<Consultation>,
    /// Its versions, the oldest first, without what they say.
    pub versions: Vec<Head>,
    /// Who holds which role at its parties.
    pub holders: Vec<Holder>,
}

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
    /// Risks that stay high, and the Commissioner has not answered: stop acceptance and go-live.
    HighRisk {
        /// Which.
        risks: Vec<RiskId>,
        /// Whether the Commissioner has been asked.
        asked: bool,
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
    /// What stands in each field that says something.
    #[must_use]
    pub fn answers(&self) -> Answers {
        self.fields.iter().filter_map(|field| Some((field.place.clone(), field.answer.clone()?))).collect()
    }

    /// A field.
    #[must_use]
    pub fn field(&self, place: &Place) -> Option<&FieldState> {
        self.fields.iter().find(|field| field.place == *place)
    }

    /// The modules that are on.
    #[must_use]
    pub fn modules(&self) -> BTreeSet<String> {
        self.assessment.modules.iter().cloned().collect()
    }

    /// What was screened.
    #[must_use]
    pub fn screened(&self) -> Screened {
        super::project::screened(self.screening.as_ref())
    }

    /// What the assessment knows about itself, seen from a part.
    #[must_use]
    pub fn facts(&self, part: Part) -> Facts {
        Facts {
            several_controllers: self.assessment.controllers().nth(1).is_some(),
            processors: self.assessment.members().any(|party| !party.role.controls()),
            risks: self.risks.iter().filter(|record| record.risk.part == part).count(),
        }
    }

    /// Everything it says now.
    #[must_use]
    pub fn snapshot(&self) -> Snapshot {
        Snapshot {
            title: self.assessment.title.clone(),
            template: self.assessment.template.clone(),
            modules: self.assessment.modules.clone(),
            parties: self.assessment.parties.clone(),
            answers: self.answers(),
            risks: self.risks.iter().map(|record| record.risk.clone()).collect(),
            measures: self.measures.iter().map(|record| record.measure.clone()).collect(),
        }
    }

    /// The seals of what it says now.
    #[must_use]
    pub fn seals(&self, template: &Template) -> Seals {
        self.snapshot().seals(self.assessment.controllers(), &|field| template.signed(field))
    }

    /// The version that is frozen.
    #[must_use]
    pub fn frozen(&self) -> Option<&Head> {
        let id = self.assessment.frozen?;
        self.versions.iter().find(|version| version.id == id)
    }

    /// Who wrote what is sealed: in the shared body, and in each annex. Whoever leads it counts as a writer of the shared body.
    #[must_use]
    pub fn writers(&self, template: &Template) -> BTreeMap<Option<OrganisationId>, BTreeSet<PersonId>> {
        let mut writers: BTreeMap<Option<OrganisationId>, BTreeSet<PersonId>> = BTreeMap::new();
        for field in self.fields.iter().filter(|field| template.signed(&field.place.field)) {
            writers.entry(field.place.part.organisation()).or_default().extend(&field.writers);
        }
        let risks: Vec<Risk> = self.risks.iter().map(|record| record.risk.clone()).collect();
        for record in &self.risks {
            writers.entry(record.risk.part.organisation()).or_default().extend(&record.writers);
        }
        for record in &self.measures {
            let part = super::version::part_of(&record.measure, &risks);
            writers.entry(part.organisation()).or_default().extend(&record.writers);
        }
        writers.entry(None).or_default().extend(self.assessment.lead_person);
        writers
    }

    /// The highest risk after measures; high while one is not rated, so that nobody signs away what nobody has looked at. An
    /// assessment without risks is low.
    #[must_use]
    pub fn level(&self, matrix: &Matrix) -> Band {
        self.risks.iter().map(|record| record.risk.residual.band(matrix).unwrap_or(Band::High)).max().unwrap_or(Band::Low)
    }

    /// The risks that stay high and that no answer of the Commissioner clears.
    #[must_use]
    pub fn high(&self, matrix: &Matrix) -> Vec<RiskId> {
        self.risks
            .iter()
            .filter(|record| record.risk.residual.band(matrix) == Some(Band::High))
            .map(RiskRecord::id)
            .filter(|id| !self.consultations.iter().any(|consultation| consultation.clears(*id)))
            .collect()
    }

    /// The consultation that is under way.
    #[must_use]
    pub fn consultation(&self) -> Option<&Consultation> {
        self.consultations.iter().rev().find(|consultation| consultation.answer.is_none())
    }

    /// The recommendations that nobody has answered.
    pub fn open_recommendations(&self) -> impl Iterator<Item = &Recommendation> {
        self.recommendations.iter().filter(|recommendation| recommendation.open())
    }

    /// Calls `ask` with the board of signatures.
    pub fn with_board<T>(&self, template: &Template, routes: &Routes, ask: impl FnOnce(&Board<'_>) -> T) -> T {
        let (answers, screened, modules) = (self.answers(), self.screened(), self.modules());
        let view = View {
            template,
            answers: &answers,
            screened: &screened,
            modules: &modules,
            facts: self.facts(Part::Shared),
            part: Part::Shared,
        };
        let reader = view.reader();
        let reader: &dyn Reader = &reader;
        let level = self.level(&template.matrix);
        // What is signed is the frozen version; before anything is frozen, and while it is changed, what would be.
        let seals = match self.frozen().filter(|_| self.assessment.state.is_frozen() || self.assessment.state.is_signed()) {
            Some(version) => version.seals.clone(),
            None => self.seals(template),
        };
        let writers = self.writers(template);
        let board = Board {
            assessment: self.assessment.id,
            state: self.assessment.state,
            version: self.assessment.frozen,
            steps: routes.applying(self.assessment.controllers(), level, reader),
            level,
            controllers: self.assessment.controllers().collect(),
            signatures: &self.signatures,
            seals: &seals,
            holders: &self.holders,
            writers: &writers,
            high: self.high(&template.matrix).len(),
            open_recommendations: self.open_recommendations().count(),
        };
        ask(&board)
    }

    /// The required fields without an answer in a part, by id.
    #[must_use]
    pub fn missing(&self, template: &Template, part: Part) -> Vec<String> {
        let (answers, screened, modules) = (self.answers(), self.screened(), self.modules());
        let view = View { template, answers: &answers, screened: &screened, modules: &modules, facts: self.facts(part), part };
        view.missing().into_iter().map(|field| field.id.clone()).collect()
    }

    /// The situation for a move, for somebody who acts for an organisation. What a person sends with it (reasons, a date) is
    /// for the caller to add.
    #[must_use]
    pub fn situation(&self, template: &Template, routes: &Routes, acting_for: Option<OrganisationId>) -> Situation {
        let missing: usize = self.assessment.parts().map(|part| self.missing(template, part).len()).sum();
        let not_rated = self.not_rated(&template.matrix).len();
        let now = self.seals(template);
        let annex_new = acting_for.is_some_and(|organisation| {
            now.annexes.get(&organisation) != self.frozen().and_then(|version| version.seals.annexes.get(&organisation))
        });
        Situation {
            clashes: self.fields.iter().filter(|field| field.clashes()).count(),
            missing: missing + not_rated,
            missing_in_annex: acting_for.map_or(0, |organisation| self.missing(template, Part::Annex(organisation)).len()),
            annex_new,
            consulting: self.consultation().is_some(),
            ..self.with_board(template, routes, Situation::of_board)
        }
    }

    fn not_rated(&self, matrix: &Matrix) -> Vec<RiskId> {
        self.risks.iter().filter(|record| record.risk.residual.band(matrix).is_none()).map(RiskRecord::id).collect()
    }

    /// Whether a field may be written although the assessment is signed: the annex of a controller that joined later, and has
    /// not signed.
    #[must_use]
    pub fn joins_late(&self, part: Part) -> bool {
        part.organisation().is_some_and(|organisation| {
            self.assessment.state.is_signed() && !self.signatures.iter().any(|signature| signature.organisation == organisation)
        })
    }

    /// What stands in the way, the gravest first.
    #[must_use]
    pub fn blockers(&self, template: &Template, routes: &Routes) -> Vec<Blocker> {
        if self.assessment.state.is_closed() {
            return Vec::new();
        }
        let mut blockers = Vec::new();
        let high = self.high(&template.matrix);
        if !high.is_empty() {
            blockers.push(Blocker::HighRisk { risks: high, asked: self.consultation().is_some() });
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
        let not_rated = self.not_rated(&template.matrix);
        if !not_rated.is_empty() {
            blockers.push(Blocker::NotRated { risks: not_rated });
        }
        for part in self.assessment.parts() {
            let fields = self.missing(template, part);
            if !fields.is_empty() {
                blockers.push(Blocker::Missing { part, fields });
            }
        }
        for party in self.assessment.parties.iter().filter(|party| party.joined == Joined::Invited) {
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

    /// The measures about a risk.
    pub fn measures_of(&self, risk: RiskId) -> impl Iterator<Item = &Measure> {
        self.measures.iter().map(|record| &record.measure).filter(move |measure| measure.risks.contains(&risk))
    }

    /// Leaves only what may be seen: of sections, their fields and comments; of the shared body, no annexes. Who may see less
    /// than all sees no advice, signatures, versions or consultations.
    pub fn restrict(&mut self, section_of: &dyn Fn(&str) -> Option<String>) {
        if self.sight == Sight::All {
            return;
        }
        let sight = self.sight.clone();
        let reads = |place: &Place| section_of(&place.field).is_some_and(|section| sight.reads(place.part, &section));
        self.fields.retain(|field| reads(&field.place));
        self.comments.retain(|comment| reads(&comment.place));
        let shared = sight == Sight::Shared;
        self.risks.retain(|record| shared && record.risk.part == Part::Shared);
        let risks: Vec<Risk> = self.risks.iter().map(|record| record.risk.clone()).collect();
        self.measures.retain(|record| shared && record.measure.risks.iter().any(|id| risks.iter().any(|risk| risk.id == *id)));
        self.recommendations.clear();
        self.signatures.clear();
        self.consultations.clear();
        self.versions.clear();
        self.holders.clear();
        if !sight.reads_any() {
            self.screening = None;
        }
    }
}
