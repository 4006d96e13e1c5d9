//! Making a move: what the workflow's table says happens then becomes durable.

use super::Work;
use crate::{
    error::{Error, Result},
    records::id,
};
use domain::{
    audit::Kind,
    dpia::{
        access,
        assessment::{Assessment, State, Unfit},
        edit::{self, Writer},
        ico::{self, IcoOutcome},
        ids::{AssessmentId, ConsultationId, RiskId, SignatureId, VersionId},
        review::{self, Trigger},
        sign_off::{self, Routes, Signature, Signing},
        task::About,
        template::Template,
        workflow::{self, Effect, Move, Mover, Situation},
    },
    people::Member,
    register::ids::OrganisationId,
};
use jiff::{ToSpan as _, civil::Date};
use serde_json::json;
use uuid::Uuid;

/// What a person sends with a move.
#[derive(Clone, Debug, Default)]
pub struct Moving<'a> {
    /// Reasons.
    pub reasons: &'a str,
    /// The date of the next review.
    pub review_on: Option<Date>,
    /// The assessment that takes its place.
    pub successor: Option<AssessmentId>,
    /// A name for the version that is frozen.
    pub name: &'a str,
    /// For a signature, and to take one back: for whom, which step and decision, by id.
    pub sign: Option<(OrganisationId, &'a str, &'a str)>,
    /// Which consultation of the Commissioner is meant; none for the newest that the organisation sees to.
    pub consultation: Option<ConsultationId>,
    /// The Commissioner's answer: its day, what it comes to, its words.
    pub answer: Option<(Date, IcoOutcome, &'a str)>,
    /// The day on which the pack was sent to the Commissioner.
    pub sent: Option<Date>,
    /// The day on which the request was taken back.
    pub withdrawn: Option<Date>,
}

/// Why a move was not made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refused {
    /// The workflow does not have it, or something must hold first.
    Move(workflow::Refusal),
    /// It cannot be signed.
    Sign(sign_off::Refusal),
    /// The consultation does not allow it.
    Consultation(ico::Refusal),
    /// The review date is not taken.
    Review(review::Refusal),
    /// The assessment that was named cannot take this one's place; none where the caller sees no such assessment.
    Successor(Option<Unfit>),
}

/// What a move did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Moved {
    /// Which.
    pub step: Move,
    /// Where the assessment stood before.
    pub from: State,
    /// What happened with it, also with what the server did next.
    pub then: Vec<Effect>,
    /// Where the assessment stands now.
    pub state: State,
    /// The version that was made.
    pub version: Option<VersionId>,
    /// The signature that was written.
    pub signature: Option<SignatureId>,
}

impl Work {
    /// Makes a move: looks it up in the workflow's table, does what the table says happens then, and goes on to where the
    /// signatures have brought it. Nothing is durable before [`Work::commit`].
    ///
    /// # Errors
    /// When the database refuses. A refused move is the inner result.
    pub async fn make_move(
        &mut self,
        template: &Template,
        routes: &Routes,
        step: Move,
        moving: &Moving<'_>,
    ) -> Result<Result<Moved, Refused>> {
        let Some(member) = self.scope.member().cloned() else { return Err(Error::Forbidden) };
        if !self.whole.sight.sees_sign_off() {
            return Ok(Err(Refused::Move(workflow::Refusal::NotYours)));
        }
        let signature = match (step, moving.sign) {
            (Move::Sign, Some((organisation, slot, decision))) => {
                match self.sign(template, routes, &member, organisation, slot, decision, moving.reasons) {
                    Ok(signature) => Some(signature),
                    Err(refusal) => return Ok(Err(Refused::Sign(refusal))),
                }
            }
            _ => None,
        };
        let taken_back = match (step, moving.sign) {
            (Move::TakeBack, Some((organisation, slot, _))) => {
                match self.whole.with_board(template, routes, |board| board.take_back(&member, organisation, slot)) {
                    Ok(signature) => Some(signature),
                    Err(refusal) => return Ok(Err(Refused::Sign(refusal))),
                }
            }
            _ => None,
        };
        if let Some(on) = moving.review_on
            && let Err(refusal) = review::next(on, self.today)
        {
            return Ok(Err(Refused::Review(refusal)));
        }
        if step == Move::Supersede
            && let Some(successor) = moving.successor
            && let Err(refusal) = self.takes_place(successor).await?
        {
            return Ok(Err(Refused::Successor(refusal)));
        }
        let published = match taken_back {
            Some(id) => self.relied_on(id).await?,
            None => false,
        };
        let situation = Situation {
            slot_open: signature.is_some(),
            own_signature: taken_back.is_some(),
            published,
            reasons: !moving.reasons.trim().is_empty(),
            review_date: moving.review_on.or(self.whole.assessment.review_on).is_some_and(|on| on > self.today),
            successor: moving.successor.is_some_and(|successor| successor != self.whole.assessment.id),
            ..self.whole.situation(template, routes, Some(member.acting_for))
        };
        let state = self.whole.assessment.state;
        let controllers: Vec<OrganisationId> = self.whole.assessment.controllers().collect();
        let lead = self.whole.assessment.lead;
        let row = match workflow::attempt(state, step, Mover::Member(&member), lead, &controllers, &situation) {
            Ok(row) => row,
            Err(refusal) => return Ok(Err(Refused::Move(refusal))),
        };
        let recorded = match step {
            Move::RecordAnswer => self.record_answer(moving).await?.map(Some),
            Move::WithdrawRequest => self.withdraw_request(moving).await?.map(Some),
            _ => Ok(None),
        };
        let answered = match recorded {
            Ok(consultation) => consultation,
            Err(refusal) => return Ok(Err(Refused::Consultation(refusal))),
        };
        let mut head = self.whole.assessment.clone();
        head.state = workflow::after(state, row, head.elsewhere.is_some());
        if head.state != state {
            head.state_since = self.write.at();
        }
        if step == Move::Supersede {
            head.superseded_by = moving.successor;
        }
        // What is frozen now, or next, is signed by the route that is in force then; whose text stays frozen keeps its own.
        let routes = &match step {
            Move::Freeze | Move::Reopen | Move::SendBack => routes.clone().frozen_by(controllers.iter().copied()),
            Move::FreezeAnnex => routes.clone().frozen_by([member.acting_for]),
            _ => routes.clone(),
        };
        let mut moved = Moved { step, from: state, then: row.then.to_vec(), state: head.state, version: None, signature: None };
        for effect in row.then {
            match effect {
                Effect::MakeVersion => {
                    let version = self.make_version(template, moving.name, Some(routes)).await?;
                    head.frozen = Some(version);
                    head.open_annexes.clear();
                    head.overlays = head.controllers().map(|one| (one, template.laid.get(&one).cloned())).collect();
                    moved.version = Some(version);
                }
                Effect::MakeAnnexVersion => {
                    let version = self.make_annex_version(template, routes, member.acting_for, moving.name).await?;
                    head.frozen = Some(version);
                    // Where nobody knows on which version data is in use, one more says nothing.
                    if head.state == State::Live && !head.live_on.is_empty() {
                        head.live_on.insert(version);
                    }
                    head.open_annexes.remove(&member.acting_for);
                    head.overlays.insert(member.acting_for, template.laid.get(&member.acting_for).cloned());
                    moved.version = Some(version);
                }
                Effect::OpenAnnex => {
                    head.open_annexes.insert(member.acting_for);
                }
                Effect::WriteSignature => {
                    if let Some(signature) = signature.clone() {
                        moved.signature = Some(signature.id);
                        self.write.create(&mut [signature.clone()]).await?;
                        self.risk_accepted(template, &signature).await?;
                        self.whole.signatures.push(signature);
                    }
                }
                Effect::TakeSignatureBack => {
                    if let Some(id) = taken_back {
                        self.take_signature_back(id, moving.reasons).await?;
                    }
                }
                Effect::OpenConsultation => {
                    if let Err(refusal) = self.consult(template, moving).await? {
                        return Ok(Err(Refused::Consultation(refusal)));
                    }
                }
                Effect::StartLife => {
                    head.live_since = head.live_since.or(Some(self.today));
                    head.live_on = head.frozen.into_iter().collect();
                }
                Effect::SetReview => {
                    head.review_on = moving.review_on.or(head.review_on);
                    self.reviewed(step, head.review_on).await?;
                    if let Some(on) = head.review_on {
                        self.answer_review(template, &member, on, moving.review_on.is_some()).await?;
                    }
                }
                _ => {}
            }
        }
        self.change_head(head).await?;
        // What hangs on the new state comes after it.
        for effect in row.then {
            match effect {
                Effect::Advance => moved.then.extend(self.advance(template, routes).await?),
                Effect::TaskForLead => {
                    let with = self.lead_assignee();
                    let due = self.today.saturating_add(7.days());
                    self.ask(About::SentBack, with, Some(due), moving.reasons.trim()).await?;
                }
                Effect::TaskForKeepers => {
                    let due = self.today.saturating_add(7.days());
                    let with = self.keepers_assignee(member.acting_for);
                    self.ask(About::SentBack, with, Some(due), moving.reasons.trim()).await?;
                }
                Effect::MakeAnnexVersion => self.annex_was_changed(member.acting_for, member.person).await?,
                Effect::AskDpos => {
                    if let Some(consultation) = answered {
                        self.ask_dpos(consultation, "").await?;
                        self.ask_of_use(template, routes, consultation).await?;
                    }
                }
                Effect::ReopenTasks => self.take_up_tasks().await?,
                Effect::AskReview if review::looked_at(&self.whole.assessment) => {
                    self.review_by(self.whole.assessment.review_on).await?;
                }
                Effect::CloseTasks if step == Move::Supersede && !self.whole.dpia_needed(template).is_empty() => {
                    self.replaced_by_what_it_asks_for().await?;
                    self.give_up_tasks(Some(member.person)).await?;
                }
                Effect::CloseTasks => self.give_up_tasks(Some(member.person)).await?,
                _ => {}
            }
        }
        self.settle_tasks(template, routes).await?;
        if matches!(step, Move::Withdraw | Move::Resume) {
            self.replaced_asks(step == Move::Withdraw).await?;
        }
        moved.state = self.whole.assessment.state;
        let content = json!({
            "move": step.as_str(),
            "from": state.as_str(),
            "to": moved.state.as_str(),
            "reasons": moving.reasons.trim(),
            "then": moved.then,
        });
        self.write.event(Kind::Assessment, self.whole.assessment.id.0, Some(lead.0), &content).await?;
        Ok(Ok(moved))
    }

    #[allow(clippy::too_many_arguments)]
    fn sign(
        &self,
        template: &Template,
        routes: &Routes,
        member: &Member,
        organisation: OrganisationId,
        step: &str,
        decision: &str,
        reasons: &str,
    ) -> Result<Signature, sign_off::Refusal> {
        let signing = Signing { organisation, step, decision, reasons, id: SignatureId(Uuid::now_v7()), at: self.write.at() };
        self.whole.with_board(template, routes, |board| board.sign(member, &signing))
    }

    /// Whether an assessment that whoever asks sees all of can take this one's place.
    async fn takes_place(&self, successor: AssessmentId) -> Result<Result<(), Option<Unfit>>> {
        let sql = "select content from assessment where id = $1";
        let found: Vec<Assessment> = super::contents(self.write.transaction(), "assessment", sql, vec![id(successor.0)]).await?;
        let Some(newer) = found.first().filter(|one| access::sight(&self.scope, one, self.today).sees_sign_off()) else {
            return Ok(Err(None));
        };
        Ok(self.whole.assessment.replaced_by(newer).map_err(Some))
    }

    /// What asked for a review has been seen to; the next one has its date.
    async fn reviewed(&mut self, step: Move, next: Option<Date>) -> Result<()> {
        self.close_tasks(|about| matches!(about, About::Review { .. }), self.scope.person()).await?;
        if let (Move::Confirm, Some(member)) = (step, self.scope.member().cloned()) {
            let writer = Writer { person: member.person, organisation: member.acting_for, at: self.write.at() };
            for field in &mut self.whole.fields {
                if let Some(mut after) = edit::confirm(field, writer) {
                    self.write.update(field, &mut after).await?;
                    *field = after;
                }
            }
            let marked: Vec<RiskId> = self.whole.risks.iter().filter(|one| one.look.is_some()).map(|one| one.risk.id).collect();
            for risk in marked {
                self.confirm_risk(risk).await?;
            }
        }
        if let Some(on) = next {
            self.ask(About::Review { why: Some(Trigger::DateReached { on }) }, self.lead_assignee(), Some(on), "").await?;
        }
        Ok(())
    }

    /// Who takes part has changed: it goes on to where the signatures of those who stay have brought it, and nobody else is asked
    /// for one. Says whether it is signed by all now, and was not before.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn parties_changed(&mut self, template: &Template, routes: &Routes) -> Result<bool> {
        let before = self.whole.assessment.state;
        self.advance(template, routes).await?;
        self.settle_tasks(template, routes).await?;
        let now = self.whole.assessment.state;
        Ok(now == State::Signed && now != before)
    }

    /// Goes on to where the signatures have brought it; gives what else happens then.
    async fn advance(&mut self, template: &Template, routes: &Routes) -> Result<&'static [Effect]> {
        let situation = self.whole.situation(template, routes, None);
        let controllers: Vec<OrganisationId> = self.whole.assessment.controllers().collect();
        let before = self.whole.assessment.clone();
        if let Ok(row) = workflow::attempt(before.state, Move::Advance, Mover::Server, before.lead, &controllers, &situation) {
            let state = workflow::after(before.state, row, before.elsewhere.is_some());
            if state != before.state {
                self.change_head(Assessment { state, state_since: self.write.at(), ..before }).await?;
                return Ok(row.then);
            }
        }
        Ok(&[])
    }
}
