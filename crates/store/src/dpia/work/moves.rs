//! Moves of the workflow: what the table says, done while the assessment is held.

use super::{Moved, Moving, Refused, SIGN_WITHIN, Work};
use crate::error::{Error, Result};
use domain::{
    audit::Kind,
    dpia::{
        assessment::Assessment,
        ico::{self, Consultation},
        ids::{ConsultationId, SignatureId},
        review,
        sign_off::{self, Route, Signature, board::Signing},
        task::{About, Assignee},
        template::Template,
        workflow::{self, Effect, Move, Mover, Situation},
    },
    people::{Member, Role},
    register::ids::OrganisationId,
};
use jiff::ToSpan as _;
use serde_json::json;
use uuid::Uuid;

impl Work {
    /// Makes a move: looks it up in the workflow's table, does what the table says happens then, and goes on to where the
    /// signatures have brought it. Nothing is durable before [`Work::commit`].
    ///
    /// # Errors
    /// When the database refuses. A refused move is the inner result.
    pub async fn make_move(
        &mut self,
        template: &Template,
        route: &Route,
        step: Move,
        moving: &Moving<'_>,
    ) -> Result<Result<Moved, Refused>> {
        let Some(member) = self.scope.member().cloned() else { return Err(Error::Forbidden) };
        if !self.whole.sight.sees_sign_off() {
            return Ok(Err(Refused::Move(workflow::Refusal::NotYours)));
        }
        let signature = match (step, moving.sign) {
            (Move::Sign, Some((organisation, slot, decision))) => {
                match self.sign(template, route, &member, organisation, slot, decision, moving.reasons) {
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
        let situation = Situation {
            slot_open: signature.is_some(),
            reasons: !moving.reasons.trim().is_empty(),
            review_date: moving.review_on.or(self.whole.assessment.review_on).is_some_and(|on| on > self.today),
            successor: moving.successor.is_some_and(|successor| successor != self.whole.assessment.id),
            ..self.whole.situation(template, route, Some(member.acting_for))
        };
        let state = self.whole.assessment.state;
        let controllers: Vec<OrganisationId> = self.whole.assessment.controllers().collect();
        let lead = self.whole.assessment.lead;
        let row = match workflow::attempt(state, step, Mover::Member(&member), lead, &controllers, &situation) {
            Ok(row) => row,
            Err(refusal) => return Ok(Err(Refused::Move(refusal))),
        };
        if step == Move::RecordAnswer
            && let Err(refusal) = self.record_answer(moving).await?
        {
            return Ok(Err(Refused::Consultation(refusal)));
        }
        let mut head = self.whole.assessment.clone();
        head.state = workflow::after(state, row);
        if head.state != state {
            head.state_since = self.write.at();
        }
        if step == Move::Supersede {
            head.superseded_by = moving.successor;
        }
        let mut moved = Moved { state: head.state, version: None, signature: None };
        for effect in row.then {
            match effect {
                Effect::MakeVersion => {
                    let version = self.make_version(template, moving.name, true).await?;
                    head.frozen = Some(version);
                    moved.version = Some(version);
                }
                Effect::WriteSignature => {
                    if let Some(signature) = signature.clone() {
                        moved.signature = Some(signature.id);
                        self.write.create(&mut [signature.clone()]).await?;
                        self.whole.signatures.push(signature);
                    }
                }
                Effect::OpenConsultation => {
                    if let Err(refusal) = self.consult(template, moving).await? {
                        return Ok(Err(Refused::Consultation(refusal)));
                    }
                }
                Effect::StartLife => head.live_since = head.live_since.or(Some(self.today)),
                Effect::SetReview => {
                    head.review_on = moving.review_on.or(head.review_on);
                    let with = Assignee::Role { organisation: lead, role: Role::ProjectLead };
                    self.ask(About::Review, with, head.review_on, "").await?;
                }
                _ => {}
            }
        }
        self.change_head(head).await?;
        // What hangs on the new state comes after it.
        for effect in row.then {
            match effect {
                Effect::Advance => self.advance(template, route).await?,
                Effect::TaskForLead => {
                    let with = match self.whole.assessment.lead_person {
                        Some(person) => Assignee::Person { person, organisation: lead },
                        None => Assignee::Role { organisation: lead, role: Role::ProjectLead },
                    };
                    let due = self.today.saturating_add(7.days());
                    self.ask(About::SentBack, with, Some(due), moving.reasons.trim()).await?;
                }
                Effect::AskDpos => {
                    if let Some(consultation) = self.whole.consultations.last().map(|one| one.id) {
                        for organisation in &controllers {
                            let with = Assignee::Role { organisation: *organisation, role: Role::Dpo };
                            let due = self.today.saturating_add(SIGN_WITHIN.days());
                            self.ask(About::Consultation { consultation }, with, Some(due), "").await?;
                        }
                    }
                }
                Effect::CloseTasks => self.close_tasks(|_| true, Some(member.person)).await?,
                _ => {}
            }
        }
        self.settle_tasks(template, route).await?;
        moved.state = self.whole.assessment.state;
        let content = json!({
            "move": step.as_str(),
            "from": state.as_str(),
            "to": moved.state.as_str(),
            "reasons": moving.reasons.trim(),
            "then": row.then,
        });
        self.write.event(Kind::Assessment, self.whole.assessment.id.0, Some(lead.0), &content).await?;
        Ok(Ok(moved))
    }

    #[allow(clippy::too_many_arguments)]
    fn sign(
        &self,
        template: &Template,
        route: &Route,
        member: &Member,
        organisation: OrganisationId,
        step: &str,
        decision: &str,
        reasons: &str,
    ) -> Result<Signature, sign_off::Refusal> {
        let signing = Signing { organisation, step, decision, reasons, id: SignatureId(Uuid::now_v7()), at: self.write.at() };
        self.whole.with_board(template, route, |board| board.sign(member, &signing))
    }

    async fn record_answer(&mut self, moving: &Moving<'_>) -> Result<Result<(), ico::Refusal>> {
        let Some((on, outcome, text)) = moving.answer else { return Ok(Err(ico::Refusal::SayWhy)) };
        let Some(mut consultation) = self.whole.consultation().cloned() else { return Ok(Err(ico::Refusal::NotReceived)) };
        if let Err(refusal) = consultation.answer(on, outcome, text, self.today) {
            return Ok(Err(refusal));
        }
        self.put_consultation(consultation).await?;
        Ok(Ok(()))
    }

    async fn consult(&mut self, template: &Template, moving: &Moving<'_>) -> Result<Result<(), ico::Refusal>> {
        let high = self.whole.high(&template.matrix);
        let Some(version) = self.whole.assessment.frozen else { return Ok(Err(ico::Refusal::NothingHigh)) };
        let sent = moving.sent.unwrap_or(self.today);
        let opened =
            Consultation::open(ConsultationId(Uuid::now_v7()), self.whole.assessment.id, version, high, sent, self.today);
        match opened {
            Ok(consultation) => {
                self.put_consultation(consultation).await?;
                Ok(Ok(()))
            }
            Err(refusal) => Ok(Err(refusal)),
        }
    }

    /// Goes on to where the signatures have brought it.
    async fn advance(&mut self, template: &Template, route: &Route) -> Result<()> {
        let situation = self.whole.situation(template, route, None);
        let controllers: Vec<OrganisationId> = self.whole.assessment.controllers().collect();
        let before = self.whole.assessment.clone();
        if let Ok(row) = workflow::attempt(before.state, Move::Advance, Mover::Server, before.lead, &controllers, &situation) {
            let state = workflow::after(before.state, row);
            if state != before.state {
                self.change_head(Assessment { state, state_since: self.write.at(), ..before }).await?;
            }
        }
        Ok(())
    }
}
