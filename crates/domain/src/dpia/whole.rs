//! An assessment with everything that belongs to it, as it is loaded at once, and what follows from it: its answers, what
//! stands in the way, the board of signatures, the situation for a move.
//!
//! | module | what lives there |
//! |---|---|
//! | [`blockers`] | what stands in the way |
//! | `bound` | the text that signatures are bound to, and the risks that count for each organisation |
//! | `led_by` | with whom it is |
//! | [`parted`] | how far an organisation that left had come with signing |
//! | [`own_work`] | who wrote what is sealed, and which signatures somebody could not give who writes now |

use super::{
    access::Sight,
    advice::Recommendation,
    answer::Answers,
    assessment::{Assessment, State},
    comment::Comment,
    condition::Reader,
    edit::FieldState,
    ico::Consultation,
    ids::{ConsultationId, RiskId},
    place::{Part, Place},
    project::Screening,
    risk::{Measure, Risk},
    seal::Seals,
    sign_off::{Board, Holder, Routes, Sealed, Signature},
    template::{
        Template,
        view::{Facts, Screened, View},
    },
    version::{Head, MeasureRecord, RiskRecord, Snapshot},
    workflow::Situation,
};
use crate::register::ids::OrganisationId;
use std::{
    cell::OnceCell,
    collections::{BTreeMap, BTreeSet},
};

pub mod blockers;
mod bound;
mod led_by;
pub mod own_work;
pub mod parted;

#[cfg(test)]
pub(crate) mod tests;

pub use blockers::Blocker;

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
    /// What the version says that is, or was last, frozen; read where it is frozen or signed.
    pub frozen_text: Option<Snapshot>,
    /// Who holds which role at its parties.
    pub holders: Vec<Holder>,
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

    /// Whether answers or risks stand in it. A record of one that was made elsewhere often holds what is stated of it, and nothing else.
    #[must_use]
    pub fn holds_words(&self) -> bool {
        !self.fields.is_empty() || !self.risks.is_empty()
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

    /// The consultations that are under way, the newest first.
    pub fn consulting(&self) -> impl Iterator<Item = &Consultation> {
        self.consultations.iter().rev().filter(|consultation| consultation.open())
    }

    /// The consultation under way that an organisation sees to: the one that is named, else the newest.
    #[must_use]
    pub fn consultation(&self, named: Option<ConsultationId>, organisation: OrganisationId) -> Option<&Consultation> {
        self.consulting().find(|one| named.is_none_or(|id| one.id == id) && self.sees_to(one, organisation))
    }

    /// The recommendations that nobody has answered; none of an assessment that is kept as made elsewhere, which nobody answers here.
    pub fn open_recommendations(&self) -> impl Iterator<Item = &Recommendation> {
        let recorded = self.assessment.is_record();
        self.recommendations.iter().filter(move |recommendation| !recorded && recommendation.open())
    }

    /// Open recommendations that stand in the way of others alone, and not of an organisation.
    fn recommendations_of_others(&self, organisation: OrganisationId) -> usize {
        let others = |part: Part| part.organisation() != Some(organisation) && self.stops_itself_alone(part);
        self.open_recommendations().filter(|one| others(one.place.part)).count()
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
        // What is signed is the frozen version; before anything is frozen, and while it is changed, what would be.
        let (kept, seal) = (OnceCell::new(), || self.seals(template));
        let seals = match self.frozen().filter(|_| self.assessment.state.is_frozen() || self.assessment.state.is_signed()) {
            Some(version) => Sealed::Known(&version.seals),
            None => Sealed::Asked(&kept, &seal),
        };
        let writers = self.writers(template);
        let board = Board {
            assessment: self.assessment.id,
            state: self.assessment.state,
            version: self.assessment.frozen,
            steps: routes.applying(self.assessment.controllers(), &|one| self.stake(one, &template.matrix).level, reader),
            stakes: self.assessment.controllers().map(|one| (one, self.stake(one, &template.matrix))).collect(),
            controllers: self.assessment.controllers().collect(),
            signatures: &self.signatures,
            seals,
            holders: &self.holders,
            writers: &writers,
            high: self.high(&template.matrix).len(),
            righted: self
                .assessment
                .controllers()
                .filter_map(|one| Some((one, self.answer_righted(one, &template.matrix)?)))
                .collect(),
            needs_dpia: self.stopped_by_conclusion(template),
            open_recommendations: self.open_recommendations().count(),
            recommendations_apart: self.assessment.controllers().map(|one| (one, self.recommendations_of_others(one))).collect(),
        };
        ask(&board)
    }

    /// The required fields without an answer in a part, by id.
    #[must_use]
    pub fn missing(&self, template: &Template, part: Part) -> Vec<String> {
        self.missing_of(template, [part]).pop().map(|(_, fields)| fields).unwrap_or_default()
    }

    /// The required fields without an answer in each of some parts, by id.
    #[must_use]
    pub fn missing_of(&self, template: &Template, parts: impl IntoIterator<Item = Part>) -> Vec<(Part, Vec<String>)> {
        let (answers, screened, modules) = (self.answers(), self.screened(), self.modules());
        let of = |part: Part| {
            let view =
                View { template, answers: &answers, screened: &screened, modules: &modules, facts: self.facts(part), part };
            (part, view.missing().into_iter().map(|field| field.id.clone()).collect())
        };
        parts.into_iter().map(of).collect()
    }

    /// The situation for a move, for somebody who acts for an organisation. What a person sends with it (reasons, a date) is
    /// for the caller to add.
    #[must_use]
    pub fn situation(&self, template: &Template, routes: &Routes, acting_for: Option<OrganisationId>) -> Situation {
        // A risk that nobody has rated is as little complete as a question that nobody has answered.
        let own = acting_for.map(Part::Annex);
        let parts: BTreeSet<Part> = self.assessment.parts().chain(own).collect();
        let missing: BTreeMap<Part, usize> = (self.missing_of(template, parts).into_iter())
            .map(|(part, fields)| (part, fields.len() + self.not_rated(part, &template.matrix).count()))
            .collect();
        let missing = |part: Part| missing.get(&part).copied().unwrap_or_default();
        let clashes = |part: Part| self.fields.iter().filter(|field| field.place.part == part && field.clashes()).count();
        let board = self.with_board(template, routes, |board| {
            // Before all have signed, the lead asks the Commissioner; after, each controller for its own risks, on its own advice.
            let advised = acting_for.filter(|_| board.state.is_signed()).or(board.controllers.first().copied());
            // Once all have signed, who joins later signs for itself, and keeps nobody waiting.
            let here = board.controllers.iter().copied().filter(|one| board.state != State::Signed || !self.joined_since(*one));
            let waits = Board { controllers: here.collect(), ..board.clone() };
            let advised = advised.is_some_and(|one| board.advised(one));
            let fallen_apart = board.fallen().filter(|one| self.fell_apart(one, &template.matrix)).count();
            Situation { advised, fallen_apart, all_signed: waits.complete(), ..Situation::of_board(board) }
        });
        Situation {
            clashes: self.assessment.parts().map(clashes).sum(),
            missing: self.assessment.parts().map(missing).sum(),
            proposals: self.proposed(template).len(),
            clashes_in_annex: acting_for.map_or(0, |one| clashes(Part::Annex(one))),
            recommendations_apart: self.open_recommendations().filter(|one| self.stops_itself_alone(one.place.part)).count(),
            high_apart: self
                .high_by_part(&template.matrix)
                .iter()
                .filter(|(part, _)| self.stops_itself_alone(**part))
                .map(|(_, risks)| risks.len())
                .sum(),
            dpia_needed: self.dpia_needed(template).len(),
            dpia_needed_apart: self
                .dpia_needed(template)
                .into_iter()
                .filter(|one| self.stops_itself_alone(Part::Annex(*one)))
                .count(),
            consulting_apart: self.consulting().next().is_some() && self.consulting().all(|one| self.asks_apart(one)),
            missing_in_annex: own.map_or(0, missing),
            annex_open: acting_for.is_some_and(|one| self.annex_open(Part::Annex(one))),
            to_ask: acting_for.map_or(0, |one| self.to_ask(one, &template.matrix).len()),
            consulting: self.consulting().next().is_some(),
            consulting_others: acting_for
                .is_some_and(|one| self.consulting().next().is_some() && self.consultation(None, one).is_none()),
            ..board
        }
    }

    /// Whether a high risk in a part, or advice on it, stops nobody but the organisation whose annex it is: all the others have signed,
    /// and a party that joins later only notifies them. Once the data is in use, nobody's signature hangs on another's annex.
    #[must_use]
    pub fn stops_itself_alone(&self, part: Part) -> bool {
        part.organisation().is_some_and(|one| match self.assessment.state {
            State::Signed => self.joined_since(one),
            State::Live => true,
            _ => false,
        })
    }

    /// Whether the Commissioner is asked about nothing but risks that stop nobody but whose they are.
    fn asks_apart(&self, consultation: &Consultation) -> bool {
        let alone = |risk: &RiskId| self.bound_risk(*risk).is_some_and(|risk| self.stops_itself_alone(risk.part));
        !consultation.risks.is_empty() && consultation.risks.iter().all(alone)
    }

    /// Whether an organisation has joined since the assessment came to the state that it is in.
    fn joined_since(&self, organisation: OrganisationId) -> bool {
        self.assessment.party(organisation).is_some_and(|party| party.since > self.assessment.state_since)
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
        self.frozen_text = None;
        self.holders.clear();
        if !sight.reads_any() {
            self.screening = None;
        }
    }
}
