//! The board of signatures: where each step stands for each controller, and who is awaited.

use super::{Awaited, Block, Holder, Kind, Phase, Row, Sealed, Signature, Slot, Stake, Status, Step, Writers};
use crate::{
    dpia::{
        assessment::State,
        ids::{AssessmentId, SignatureId, VersionId},
        risk::Band,
    },
    people::{PersonId, Role},
    register::ids::OrganisationId,
};
use std::collections::{BTreeMap, BTreeSet};

/// Everything that decides where the steps stand.
#[derive(Clone, Debug)]
pub struct Board<'a> {
    /// The assessment.
    pub assessment: AssessmentId,
    /// Where it stands.
    pub state: State,
    /// The version that is frozen, where one is.
    pub version: Option<VersionId>,
    /// The steps that apply to each controller, in the order of its route.
    pub steps: BTreeMap<OrganisationId, Vec<&'a Step>>,
    /// What each controller decides about.
    pub stakes: BTreeMap<OrganisationId, Stake>,
    /// The controllers that take part, the lead first.
    pub controllers: Vec<OrganisationId>,
    /// All signatures, also older ones.
    pub signatures: &'a [Signature],
    /// The seals of the frozen version, or of the working text where nothing is frozen.
    pub seals: Sealed<'a>,
    /// Who holds which role at the controllers.
    pub holders: &'a [Holder],
    /// Who wrote what is sealed.
    pub writers: &'a Writers,
    /// High residual risks, of all parts, that the Commissioner's answer has not cleared.
    pub high: usize,
    /// When an answer of the Commissioner that clears high risks of a controller was last put right, milliseconds of UTC: what was
    /// accepted before rests on what the answer did not say.
    pub righted: BTreeMap<OrganisationId, i64>,
    /// Controllers that accept no risk because a short review concludes that a DPIA is needed.
    pub needs_dpia: Vec<OrganisationId>,
    /// Recommendations that nobody has answered.
    pub open_recommendations: usize,
    /// Of these, for a controller, the ones that stand in the way of another alone: in the annex of who joined after all had signed, or of
    /// whoever changes its own while data is in use.
    pub recommendations_apart: BTreeMap<OrganisationId, usize>,
}

/// Whether steps of two routes are the same one to whoever reads them.
fn same(one: &Step, other: &Step) -> bool {
    (one.phase, &one.id, &one.title) == (other.phase, &other.id, &other.title)
}

impl<'a> Board<'a> {
    /// What an organisation decides about; high for one that is no controller, so that nothing follows from it.
    #[must_use]
    pub fn stake(&self, organisation: OrganisationId) -> Stake {
        self.stakes.get(&organisation).copied().unwrap_or(Stake { level: Band::High, high: 0 })
    }

    /// The steps of a controller, in the order of its route.
    #[must_use]
    pub fn steps_of(&self, organisation: OrganisationId) -> &[&'a Step] {
        self.steps.get(&organisation).map_or(&[], Vec::as_slice)
    }

    /// Every step for every controller that takes it: steps in order, the controllers of each side by side.
    #[must_use]
    pub fn slots(&self) -> Vec<Slot<'a>> {
        self.rows().into_iter().flat_map(|row| row.slots.into_iter().flatten()).collect()
    }

    /// The steps of all routes as the rows of a table. Controllers stand side by side in a row where they take the same step: of
    /// the same id, title and phase, whoever decides it there. Steps that only some take stand where their routes have them.
    #[must_use]
    pub fn rows(&self) -> Vec<Row<'a>> {
        let mut order: Vec<&'a Step> = Vec::new();
        for organisation in &self.controllers {
            let mut next = 0;
            for step in self.steps_of(*organisation) {
                match order.iter().position(|one| same(one, step)) {
                    Some(at) => next = at + 1,
                    None => {
                        // Phases follow one another, whatever a route leaves out.
                        let first = order.iter().rposition(|one| one.phase < step.phase).map_or(0, |at| at + 1);
                        let at = next.max(first);
                        order.insert(at, step);
                        next = at + 1;
                    }
                }
            }
        }
        let rows = order.into_iter().map(|step| Row {
            step,
            slots: self
                .controllers
                .iter()
                .map(|organisation| {
                    let own = self.steps_of(*organisation).iter().find(|one| same(one, step))?;
                    Some(self.slot(own, *organisation))
                })
                .collect(),
        });
        rows.collect()
    }

    /// Whether every step of a phase is signed by every controller whose annex is in what is signed, and each signature holds. One
    /// that joined later, and has not frozen its annex, is awaited by nobody. Before anything is frozen every controller is: the working
    /// text is not sealed to find that out.
    #[must_use]
    pub fn done(&self, phase: Phase) -> bool {
        let mut asked = self.controllers.iter().filter(|one| !self.frozen() || self.seals.annexes.contains_key(one)).peekable();
        asked.peek().is_some() && asked.all(|organisation| self.done_for(*organisation, phase))
    }

    fn done_for(&self, organisation: OrganisationId, phase: Phase) -> bool {
        let mut steps = self.steps_of(organisation).iter().filter(|step| step.phase == phase);
        steps.all(|step| self.holding(step, organisation).is_some())
    }

    /// Whether the data protection officer of an organisation has advised on what is frozen.
    #[must_use]
    pub fn advised(&self, organisation: OrganisationId) -> bool {
        self.frozen_for(organisation) && self.done_for(organisation, Phase::Advice)
    }

    /// The controllers that have not signed all of their steps, or whose signatures no longer hold.
    #[must_use]
    pub fn unsigned(&self) -> Vec<OrganisationId> {
        let phases = [Phase::Review, Phase::Advice, Phase::Decision];
        let signed = |organisation: OrganisationId| {
            self.frozen_for(organisation) && phases.into_iter().all(|phase| self.done_for(organisation, phase))
        };
        self.controllers.iter().copied().filter(|organisation| !signed(*organisation)).collect()
    }

    /// Whether everything is signed by all who are asked ([`Self::done`]).
    #[must_use]
    pub fn complete(&self) -> bool {
        [Phase::Review, Phase::Advice, Phase::Decision].into_iter().all(|phase| self.done(phase))
    }

    /// The newest signature of a step for an organisation.
    fn newest(&self, step: &Step, organisation: OrganisationId) -> Option<&'a Signature> {
        self.signatures
            .iter()
            .filter(|signature| signature.organisation == organisation && signature.step == step.id)
            .max_by_key(|signature| (signature.at, signature.id))
    }

    /// The newest signature of a step, where it holds: bound to what stands, not taken back, by someone who did not write it, and
    /// decided in a way that is possible at the present risk, on what the Commissioner answered.
    pub(super) fn holding(&self, step: &Step, organisation: OrganisationId) -> Option<&'a Signature> {
        self.newest(step, organisation).filter(|signature| {
            signature.holds(&self.seals)
                && signature.second_factor
                && self.possible(step, signature)
                && !self.lost_its_answer(signature)
                && !self.writers.void(signature.person, organisation, signature.role)
        })
    }

    /// Whether a signature accepts high risk on an answer of the Commissioner that does not stand: nobody has accepted what it does not
    /// clear; and where it was recorded wrongly and is put right, what was accepted before is accepted anew, whatever it says now.
    #[must_use]
    pub fn lost_its_answer(&self, signature: &Signature) -> bool {
        let righted = self.righted.get(&signature.organisation).is_some_and(|at| signature.at <= *at);
        signature.kind == Kind::AcceptsRisk && (self.stake(signature.organisation).high > 0 || righted)
    }

    /// The acceptances of what stands that have lost the Commissioner's answer that they rest on.
    pub fn fallen(&self) -> impl Iterator<Item = &'a Signature> {
        let of = move |one: &OrganisationId| {
            let organisation = *one;
            self.steps_of(organisation).iter().filter_map(move |step| self.newest(step, organisation))
        };
        self.controllers
            .iter()
            .flat_map(of)
            .filter(move |signature| signature.holds(&self.seals) && self.lost_its_answer(signature))
    }

    /// The signatures that are bound to what stands, with nothing later in their place, and that do not hold all the same: of somebody who
    /// wrote part of it since, of a decision that is not possible at the present risk, of what the Commissioner's answer lost.
    #[must_use]
    pub fn passed_over(&self) -> BTreeSet<SignatureId> {
        let steps = self.controllers.iter().flat_map(|of| self.steps_of(*of).iter().map(move |step| (*step, *of)));
        let over = steps.filter(|(step, of)| self.holding(step, *of).is_none());
        over.filter_map(|(step, of)| self.newest(step, of)).filter(|one| one.holds(&self.seals)).map(|one| one.id).collect()
    }

    /// The acceptances of the remaining risk that hold, of every controller. Whatever says who accepted or approved something asks here.
    pub fn acceptances(&self) -> impl Iterator<Item = &'a Signature> {
        let of = move |one: &OrganisationId| {
            let organisation = *one;
            self.steps_of(organisation).iter().filter_map(move |step| self.holding(step, organisation))
        };
        self.controllers.iter().flat_map(of).filter(|signature| signature.kind == Kind::AcceptsRisk)
    }

    /// Whether a step can be decided as a signature does: at the organisation's risk now, or at the higher one that was signed.
    fn possible(&self, step: &Step, signature: &Signature) -> bool {
        let now = self.stake(signature.organisation).level;
        let at = |level: Band| {
            step.decisions(level).any(|decision| decision.id == signature.decision && decision.role == signature.role)
        };
        at(now) || signature.level > now && at(signature.level)
    }

    /// The other role in which a person's signature for an organisation holds.
    pub(super) fn other_role(&self, person: PersonId, organisation: OrganisationId, role: Role) -> Option<&'a Signature> {
        self.steps_of(organisation)
            .iter()
            .filter_map(|step| self.holding(step, organisation))
            .find(|signature| signature.person == person && signature.role != role)
    }

    /// The steps that come first and are not signed, of those that apply.
    pub(super) fn missing(&self, step: &Step, organisation: OrganisationId) -> Vec<String> {
        self.steps_of(organisation)
            .iter()
            .filter(|before| step.after.contains(&before.id) && self.holding(before, organisation).is_none())
            .map(|before| before.id.clone())
            .collect()
    }

    /// Who is awaited: of every step that could be taken now, the role that is asked and the people who may. The board, the
    /// tasks on 'Your work' and the mail all ask here.
    #[must_use]
    pub fn awaited(&self) -> Vec<Awaited<'a>> {
        self.slots()
            .into_iter()
            .filter_map(|slot| {
                // Of a decision that several roles can take, the first accepts; the others overrule. Where nobody is able to in the first,
                // the next is asked.
                let role = *self.asked(slot.step, slot.organisation).first()?;
                let people = match slot.status {
                    Status::Waiting { people } | Status::SignAgain { people } => people,
                    Status::NobodyHolds { .. } | Status::NobodyMay { .. } if self.ready(slot.step, slot.organisation) => {
                        Vec::new()
                    }
                    _ => return None,
                };
                Some(Awaited { organisation: slot.organisation, step: slot.step, role, people, again: slot.stale.is_some() })
            })
            .collect()
    }

    /// The roles of the route that nobody can sign in at a controller, now or later, while signatures are still asked for.
    #[must_use]
    pub fn vacancies(&self) -> Vec<(OrganisationId, Role)> {
        let mut vacancies: Vec<(OrganisationId, Role)> = self
            .slots()
            .into_iter()
            .filter(|slot| matches!(slot.status, Status::NobodyHolds { .. } | Status::NobodyMay { .. }))
            .filter_map(|slot| Some((slot.organisation, *slot.roles.first()?)))
            .collect();
        vacancies.sort_unstable();
        vacancies.dedup();
        vacancies
    }

    /// Whether a step could be taken now for an organisation, if somebody held its role.
    #[must_use]
    pub fn ready(&self, step: &Step, organisation: OrganisationId) -> bool {
        self.frozen_for(organisation) && self.missing(step, organisation).is_empty() && self.blocks(step, organisation).is_empty()
    }

    pub(super) fn frozen(&self) -> bool {
        self.version.is_some() && (self.state.is_frozen() || self.state.is_signed())
    }

    /// Whether what an organisation signs is frozen: the shared body, and its own annex.
    pub(super) fn frozen_for(&self, organisation: OrganisationId) -> bool {
        self.frozen() && self.seals.annexes.contains_key(&organisation)
    }

    pub(super) fn blocks(&self, step: &Step, organisation: OrganisationId) -> Vec<Block> {
        let mut blocks = Vec::new();
        let apart = self.recommendations_apart.get(&organisation).copied().unwrap_or_default();
        let open = self.open_recommendations.saturating_sub(apart);
        if step.phase == Phase::Decision && open > 0 && step.accepts_risk() {
            blocks.push(Block::Recommendations { open });
        }
        let high = self.stake(organisation).high;
        if step.accepts_risk() && high > 0 {
            blocks.push(Block::HighRisk { risks: high });
        }
        if step.accepts_risk() && self.needs_dpia.contains(&organisation) {
            blocks.push(Block::DpiaNeeded);
        }
        blocks
    }

    fn slot(&self, step: &'a Step, organisation: OrganisationId) -> Slot<'a> {
        let roles = self.roles_of(step, organisation);
        let newest = self.newest(step, organisation).filter(|signature| signature.taken_back.is_none());
        let stale = newest.map(|signature| signature.id);
        if let Some(signature) = self.holding(step, organisation) {
            return Slot { organisation, step, roles, status: Status::Signed { signature: signature.id }, stale: None };
        }
        let people = |holders: &[&Holder]| {
            holders.iter().map(|holder| holder.person).collect::<BTreeSet<_>>().into_iter().collect::<Vec<_>>()
        };
        let held = self.holders_of(organisation, &roles);
        let may = self.able(step, organisation);
        let administrators = || people(&self.holders_of(organisation, &[Role::Administrator]));
        let (missing, blocks) = (self.missing(step, organisation), self.blocks(step, organisation));
        let status = if held.is_empty() {
            Status::NobodyHolds { administrators: administrators() }
        } else if may.is_empty() {
            Status::NobodyMay { holders: people(&held), administrators: administrators() }
        } else if !blocks.is_empty() {
            Status::Blocked { by: blocks }
        } else if !self.frozen_for(organisation) || !missing.is_empty() {
            Status::NotYet { after: missing }
        } else if stale.is_some() {
            Status::SignAgain { people: people(&may) }
        } else {
            Status::Waiting { people: people(&may) }
        };
        Slot { organisation, step, roles, status, stale }
    }

    /// What a person can sign now: the slots that wait for them.
    #[must_use]
    pub fn turns(&self, person: PersonId) -> Vec<Slot<'a>> {
        self.slots()
            .into_iter()
            .filter(|slot| matches!(&slot.status, Status::Waiting { people } | Status::SignAgain { people } if people.contains(&person)))
            .collect()
    }

    /// Whether an answer to the advice overruled it, for an organisation: then its reasons stand beside the advice.
    #[must_use]
    pub fn overruled(&self, organisation: OrganisationId) -> Option<&'a Signature> {
        self.steps_of(organisation)
            .iter()
            .filter_map(|step| self.holding(step, organisation))
            .find(|signature| signature.kind == Kind::OverrulesAdvice)
    }
}
