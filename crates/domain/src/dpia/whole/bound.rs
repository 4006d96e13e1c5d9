//! The text that signatures are bound to, and the risks that count for each organisation: what everybody shares and its own
//! annex, never another's. While a version is frozen or signed, its words count; what is written beside it counts from the day on
//! which it is frozen too.

use super::Whole;
use crate::{
    dpia::{
        answer::{Answer, Ternary},
        ico::{Consultation, rests},
        ids::{MeasureId, RiskId, SignatureId},
        place::Part,
        publication::Publication,
        risk::{Band, Matrix, Risk},
        sign_off::{Routes, Signature, Stake},
        template::Template,
        version::{Head, RiskRecord, Snapshot, part_of},
    },
    register::ids::OrganisationId,
};
use std::collections::{BTreeMap, BTreeSet};

impl Whole {
    /// What signatures are bound to now: the frozen version's words, while it is frozen or signed.
    #[must_use]
    pub fn bound(&self) -> Option<&Snapshot> {
        let state = self.assessment.state;
        self.frozen_text.as_ref().filter(|_| state.is_frozen() || state.is_signed())
    }

    /// Whether a part is an annex that is open although the rest is frozen or signed: of a controller that joined later and has
    /// not frozen it yet, or has opened it again.
    #[must_use]
    pub fn annex_open(&self, part: Part) -> bool {
        let frozen = self.frozen().map(|version| &version.seals);
        part.organisation().is_some_and(|organisation| self.assessment.annex_open(organisation, frozen))
    }

    /// The risks of a part that count now: of the frozen version where it holds the part, else as they are written.
    fn risks_of(&self, part: Part) -> Vec<&Risk> {
        let held = part
            .organisation()
            .is_none_or(|organisation| self.frozen().is_some_and(|version| version.seals.annexes.contains_key(&organisation)));
        match self.bound().filter(|_| held) {
            Some(text) => text.risks.iter().filter(|risk| risk.part == part).collect(),
            None => self.risks.iter().map(|record| &record.risk).filter(|risk| risk.part == part).collect(),
        }
    }

    /// Every risk that signatures are bound to, or would be if it were frozen now.
    fn risks_bound(&self) -> Vec<&Risk> {
        match self.bound() {
            Some(text) => text.risks.iter().collect(),
            None => self.risks.iter().map(|record| &record.risk).collect(),
        }
    }

    /// The highest risk after measures in the whole text that is bound; high while one is not rated, so that nobody signs away
    /// what nobody has looked at. An assessment without risks is low. What an organisation accepts, its [`Self::stake`] says.
    #[must_use]
    pub fn level(&self, matrix: &Matrix) -> Band {
        highest(&self.risks_bound(), matrix)
    }

    /// Whether a risk of the text that is bound has no level after measures.
    #[must_use]
    pub fn unrated(&self, matrix: &Matrix) -> bool {
        self.risks_bound().iter().any(|risk| risk.residual.band(matrix).is_none())
    }

    /// What an organisation decides about: the highest of the shared risks and of those in its own annex, and how many of them
    /// stay high without an answer of the Commissioner that clears them.
    #[must_use]
    pub fn stake(&self, organisation: OrganisationId, matrix: &Matrix) -> Stake {
        let mut risks = self.risks_of(Part::Shared);
        risks.extend(self.risks_of(Part::Annex(organisation)));
        let high = risks.iter().filter(|risk| self.stays_high(risk, matrix)).count();
        Stake { level: highest(&risks, matrix), high }
    }

    /// The controllers for which a risk stays high of which the Commissioner answered that it must not go ahead as planned: a shared
    /// one, or one of their own.
    #[must_use]
    pub fn forbidden(&self, matrix: &Matrix) -> Vec<OrganisationId> {
        let forbids = |risk: &Risk| self.forbids(risk, matrix);
        let all = self.risks_of(Part::Shared).into_iter().any(forbids);
        let controllers = self.assessment.controllers();
        controllers.filter(|one| all || self.risks_of(Part::Annex(*one)).into_iter().any(forbids)).collect()
    }

    /// Whether a risk stays high, and the Commissioner answered of it that it must not go ahead as planned.
    pub(super) fn forbids(&self, risk: &Risk, matrix: &Matrix) -> bool {
        self.stays_high(risk, matrix) && self.consultations.iter().any(|one| one.forbids(risk, matrix))
    }

    /// When an answer of the Commissioner that clears high risks of an organisation was last put right, milliseconds of UTC. Where
    /// several clear one risk, the one that was put right first, or never, is enough for it.
    pub(super) fn answer_righted(&self, organisation: OrganisationId, matrix: &Matrix) -> Option<i64> {
        let mut risks = self.risks_of(Part::Shared);
        risks.extend(self.risks_of(Part::Annex(organisation)));
        rests::righted(&risks, &self.consultations, matrix)
    }

    /// Whether an acceptance that fell stops nobody but who gave it: for what all share, it rests on what it rested on.
    pub(super) fn fell_apart(&self, signature: &Signature, matrix: &Matrix) -> bool {
        let shared = rests::lost(&self.risks_of(Part::Shared), &self.consultations, matrix, signature.at);
        shared.is_none() && self.stops_itself_alone(Part::Annex(signature.organisation))
    }

    /// The risks that stay high and that no answer of the Commissioner clears.
    #[must_use]
    pub fn high(&self, matrix: &Matrix) -> Vec<RiskId> {
        self.risks_bound().into_iter().filter(|risk| self.stays_high(risk, matrix)).map(|risk| risk.id).collect()
    }

    /// The risks that stay high, by the part that they stand in: the shared text first.
    #[must_use]
    pub fn high_by_part(&self, matrix: &Matrix) -> BTreeMap<Part, Vec<RiskId>> {
        let mut high: BTreeMap<Part, Vec<RiskId>> = BTreeMap::new();
        for risk in self.risks_bound().into_iter().filter(|risk| self.stays_high(risk, matrix)) {
            high.entry(risk.part).or_default().push(risk.id);
        }
        high
    }

    /// Whether an organisation asks the Commissioner about the risks of a part, and records what comes of it: before all have signed, for
    /// all of them; after, the lead about any, each other controller about the shared ones and those of its own annex.
    #[must_use]
    pub fn asks_about(&self, part: Part, organisation: OrganisationId) -> bool {
        let lead = organisation == self.assessment.lead;
        lead || !self.assessment.state.is_signed() || part.organisation().is_none_or(|of| of == organisation)
    }

    /// The risks that stay high, of those about which an organisation asks the Commissioner, and that nobody has asked about and waits
    /// for the answer: each controller asks about its own, whatever others wait for.
    #[must_use]
    pub fn to_ask(&self, organisation: OrganisationId, matrix: &Matrix) -> Vec<RiskId> {
        let high = self.high_by_part(matrix).into_iter().filter(|(part, _)| self.asks_about(*part, organisation));
        let asked = |risk: &RiskId| self.consulting().any(|one| one.risks.contains(risk));
        high.flat_map(|(_, risks)| risks).filter(|risk| !asked(risk)).collect()
    }

    /// Whether an organisation sees to a consultation: it asks about every risk that the Commissioner was asked about.
    #[must_use]
    pub fn sees_to(&self, consultation: &Consultation, organisation: OrganisationId) -> bool {
        let asks = |risk: &RiskId| self.bound_risk(*risk).is_none_or(|risk| self.asks_about(risk.part, organisation));
        consultation.risks.iter().all(asks)
    }

    /// The risks of the text that is bound, by id, for what is asked of the Commissioner.
    #[must_use]
    pub fn bound_risk(&self, id: RiskId) -> Option<&Risk> {
        self.risks_bound().into_iter().find(|risk| risk.id == id)
    }

    fn stays_high(&self, risk: &Risk, matrix: &Matrix) -> bool {
        rests::stays_high(risk, &self.consultations, matrix)
    }

    /// The controllers whose short review concludes that a DPIA is needed after all, or that they are not sure: what is frozen counts,
    /// like risks.
    #[must_use]
    pub fn dpia_needed(&self, template: &Template) -> Vec<OrganisationId> {
        self.dpia_conclusions(template).into_iter().map(|(organisation, _)| organisation).collect()
    }

    /// The same, with what each concludes: yes, or not sure.
    #[must_use]
    pub fn dpia_conclusions(&self, template: &Template) -> Vec<(OrganisationId, Ternary)> {
        let Some(question) = template.asks_for_dpia() else { return Vec::new() };
        let concludes = |one: OrganisationId| {
            let place = Part::Annex(one).at(&question.id);
            let held = self.frozen().is_some_and(|version| version.seals.annexes.contains_key(&one));
            let answer = match self.bound().filter(|_| held) {
                Some(text) => text.answers.get(&place),
                None => self.field(&place).and_then(|field| field.answer.as_ref()),
            };
            match answer {
                Some(Answer::Ternary(said @ (Ternary::Yes | Ternary::Unsure))) => Some((one, *said)),
                _ => None,
            }
        };
        self.assessment.controllers().filter_map(concludes).collect()
    }

    /// The controllers that such a conclusion stops: all, because it is one processing; but who joined after all had signed stops itself
    /// alone, as with a high risk.
    pub(super) fn stopped_by_conclusion(&self, template: &Template) -> Vec<OrganisationId> {
        let (alone, all): (Vec<_>, Vec<_>) =
            self.dpia_needed(template).into_iter().partition(|one| self.stops_itself_alone(Part::Annex(*one)));
        if all.is_empty() { alone } else { self.assessment.controllers().collect() }
    }

    /// Whether use or publication rests on a signature: a version that is public, or on which data is in use, has the seals that it
    /// is bound to. What is opened and frozen again without a change is another version of the same words.
    #[must_use]
    pub fn relied_on(&self, signature: &Signature, publications: &[Publication]) -> bool {
        let public = |version: &Head| publications.iter().any(|one| one.is_public() && one.version == version.id);
        let head = &self.assessment;
        // Where it is not known on which version data is in use, any that was frozen before what is being signed now.
        let before = |version: &Head| version.frozen && Some(version.id) != head.frozen;
        let on = |version: &Head| if head.live_on.is_empty() { before(version) } else { head.live_on.contains(&version.id) };
        let used = |version: &Head| head.in_use() && on(version);
        self.versions.iter().any(|version| signature.fits(&version.seals) && (public(version) || used(version)))
    }

    /// The acceptances of the remaining risk that hold, the oldest first ([`crate::dpia::sign_off::Board::acceptances`]).
    #[must_use]
    pub fn acceptances(&self, template: &Template, routes: &Routes) -> Vec<&Signature> {
        let hold: BTreeSet<SignatureId> =
            self.with_board(template, routes, |board| board.acceptances().map(|one| one.id).collect());
        self.signatures.iter().filter(|one| hold.contains(&one.id)).collect()
    }

    /// The signatures that approve a measure: whoever accepts the remaining risk accepts it with the measures that are frozen beside
    /// it, those of the shared text and of the own annex, as long as the acceptance holds (ICO sample template, steps 6 and 7).
    #[must_use]
    pub fn approvals(&self, template: &Template, routes: &Routes, measure: MeasureId) -> Vec<&Signature> {
        let Some(text) = self.bound().filter(|_| self.frozen().is_some()) else { return Vec::new() };
        let Some(signed) = text.measures.iter().find(|one| one.id == measure) else { return Vec::new() };
        let part = part_of(signed, &text.risks);
        let accepted = self.acceptances(template, routes).into_iter();
        accepted.filter(|one| part.organisation().is_none_or(|own| own == one.organisation)).collect()
    }

    /// The risks of a part, as they are written, whose level after measures nobody has said.
    pub(super) fn not_rated<'a>(&'a self, part: Part, matrix: &'a Matrix) -> impl Iterator<Item = RiskId> + 'a {
        let written = self.risks.iter().filter(move |record| record.risk.part == part);
        written.filter(|record| record.risk.residual.band(matrix).is_none()).map(RiskRecord::id)
    }
}

fn highest(risks: &[&Risk], matrix: &Matrix) -> Band {
    risks.iter().map(|risk| risk.residual.band(matrix).unwrap_or(Band::High)).max().unwrap_or(Band::Low)
}
