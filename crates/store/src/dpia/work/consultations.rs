//! The Information Commissioner is asked about the risks of an assessment that is held, answers, or is asked no more; and what was
//! cleared at a higher risk is cleared no more once somebody accepts a lower one.

use super::{Moving, SIGN_WITHIN, Work};
use crate::error::Result;
use domain::{
    dpia::{
        ico::{self, Asked, Consultation, Dated, IcoOutcome},
        ids::ConsultationId,
        place::Part,
        review::Trigger,
        sign_off::{Kind, Routes, Signature},
        task::{About, Assignee},
        template::Template,
    },
    people::Role,
    register::ids::OrganisationId,
};
use jiff::{Timestamp, ToSpan as _, civil::Date};
use uuid::Uuid;

impl Work {
    pub(super) async fn record_answer(&mut self, moving: &Moving<'_>) -> Result<Result<ConsultationId, ico::Refusal>> {
        let Some((on, outcome, text)) = moving.answer else { return Ok(Err(ico::Refusal::SayWhy)) };
        let today = self.today;
        self.with_consultation(moving, |consultation| consultation.answer(on, outcome, text, today)).await
    }

    pub(super) async fn withdraw_request(&mut self, moving: &Moving<'_>) -> Result<Result<ConsultationId, ico::Refusal>> {
        let (on, today) = (moving.withdrawn.unwrap_or(self.today), self.today);
        self.with_consultation(moving, |consultation| consultation.withdraw(on, moving.reasons, today)).await
    }

    /// For whom the Commissioner is asked, and its answer recorded.
    fn acting_for(&self) -> OrganisationId {
        self.scope.member().map_or(self.whole.assessment.lead, |member| member.acting_for)
    }

    /// Changes the consultation under way that is meant.
    async fn with_consultation(
        &mut self,
        moving: &Moving<'_>,
        change: impl FnOnce(&mut Consultation) -> Result<(), ico::Refusal>,
    ) -> Result<Result<ConsultationId, ico::Refusal>> {
        let acting_for = self.acting_for();
        let Some(mut consultation) = self.whole.consultation(moving.consultation, acting_for).cloned() else {
            return Ok(Err(ico::Refusal::NotReceived));
        };
        if let Err(refusal) = change(&mut consultation) {
            return Ok(Err(refusal));
        }
        let id = consultation.id;
        self.put_consultation(consultation).await?;
        Ok(Ok(id))
    }

    /// Puts right what was recorded of an answer. What it does not clear any more stands in the way again: nobody's acceptance of it
    /// holds, and a frozen text goes on to where that leaves it. The data protection officers are asked to look. Says whether it is
    /// signed by all now, and was not before.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn correct_answer(
        &mut self,
        template: &Template,
        routes: &Routes,
        id: ConsultationId,
        (outcome, text, why): (IcoOutcome, &str, &str),
    ) -> Result<Result<bool, ico::Refusal>> {
        let Some(mut consultation) = self.whole.consultations.iter().find(|one| one.id == id).cloned() else {
            return Ok(Err(ico::Refusal::NothingToCorrect));
        };
        if let Err(refusal) = consultation.correct_answer(outcome, text, why, self.write.at()) {
            return Ok(Err(refusal));
        }
        self.put_consultation(consultation).await?;
        // Whoever was asked before is asked anew, and hears of it.
        self.close_tasks(|about| *about == About::Consultation { consultation: id }, self.scope.person()).await?;
        self.ask_dpos(id, why.trim()).await?;
        self.ask_of_use(template, routes, id).await?;
        Ok(Ok(self.parties_changed(template, routes).await?))
    }

    /// Where data is in use that must not be used as planned, its lead and whoever accepted the risk are asked to look; once it may be
    /// used, nobody is asked any more, by this answer or an earlier one.
    pub(super) async fn ask_of_use(&mut self, template: &Template, routes: &Routes, consultation: ConsultationId) -> Result<()> {
        let trigger = Trigger::Forbidden { consultation };
        let about = About::Review { why: Some(trigger.clone()) };
        let answers = |one: &Consultation| one.answer.as_ref().map(|answer| answer.outcome);
        let outcome = self.whole.consultations.iter().find(|one| one.id == consultation).and_then(answers);
        let mut forbidden = self.whole.forbidden(&template.matrix);
        if forbidden.is_empty() || !self.whole.assessment.in_use() {
            let asks = |open: &About| matches!(open, About::Review { why: Some(Trigger::Forbidden { .. }) });
            return self.close_tasks(asks, self.scope.person()).await;
        }
        if outcome != Some(IcoOutcome::MustNotProceed) {
            return self.close_tasks(|open| *open == about, self.scope.person()).await;
        }
        forbidden.retain(|one| {
            self.whole.signatures.iter().any(|signature| signature.organisation == *one && signature.kind == Kind::AcceptsRisk)
        });
        let acceptors = self.whole.with_board(template, routes, |board| {
            let acceptor = |organisation| {
                let step = board.steps_of(organisation).iter().copied().find(|step| step.accepts_risk())?;
                Some(Assignee::Role { organisation, role: *board.asked(step, organisation).first()? })
            };
            forbidden.into_iter().filter_map(acceptor).collect::<Vec<_>>()
        });
        let due = trigger.by(self.today);
        for with in [self.lead_assignee()].into_iter().chain(acceptors) {
            self.ask(about.clone(), with, Some(due), "").await?;
        }
        Ok(())
    }

    /// Puts a day right, where the days stay in their order and nothing was sent before it was frozen.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn correct_day(&mut self, id: ConsultationId, which: Dated, on: Date) -> Result<Result<(), ico::Refusal>> {
        let Some(mut consultation) = self.whole.consultations.iter().find(|one| one.id == id).cloned() else {
            return Ok(Err(ico::Refusal::NothingToCorrect));
        };
        let right = consultation.correct(which, on, self.today);
        let sent = right.and_then(|()| if which == Dated::Sent { self.sent_since(&consultation) } else { Ok(()) });
        if let Err(refusal) = sent {
            return Ok(Err(refusal));
        }
        self.put_consultation(consultation).await?;
        Ok(Ok(()))
    }

    /// Nothing is sent before the version that goes with it is frozen.
    fn sent_since(&self, consultation: &Consultation) -> Result<(), ico::Refusal> {
        let version = self.whole.versions.iter().find(|version| version.id == consultation.version);
        version.and_then(|version| day(version.at)).map_or(Ok(()), |frozen| consultation.sent_since(frozen))
    }

    /// The data protection officers of all controllers are asked to see what follows from an answer.
    pub(super) async fn ask_dpos(&mut self, consultation: ConsultationId, note: &str) -> Result<()> {
        let due = self.today.saturating_add(SIGN_WITHIN.days());
        let controllers: Vec<_> = self.whole.assessment.controllers().collect();
        for organisation in controllers {
            let with = Assignee::Role { organisation, role: Role::Dpo };
            self.ask(About::Consultation { consultation }, with, Some(due), note).await?;
        }
        Ok(())
    }

    /// Asks about the risks that stay high, as they stand now: those about which the organisation acted for asks.
    pub(super) async fn consult(&mut self, template: &Template, moving: &Moving<'_>) -> Result<Result<(), ico::Refusal>> {
        let acting_for = self.acting_for();
        let high = self.whole.to_ask(acting_for, &template.matrix);
        let asked: Vec<Asked> = high.into_iter().filter_map(|risk| self.whole.bound_risk(risk)).map(Asked::of).collect();
        let Some(version) = self.whole.assessment.frozen else { return Ok(Err(ico::Refusal::NothingHigh)) };
        let sent = moving.sent.unwrap_or(self.today);
        let id = ConsultationId(Uuid::now_v7());
        match Consultation::ask(id, self.whole.assessment.id, version, asked, sent, self.today) {
            Ok(consultation) => {
                if let Err(refusal) = self.sent_since(&consultation) {
                    return Ok(Err(refusal));
                }
                self.put_consultation(consultation).await?;
                Ok(Ok(()))
            }
            Err(refusal) => Ok(Err(refusal)),
        }
    }

    /// Somebody accepted the risk for an organisation: what is no longer high among its risks, no earlier answer clears any more.
    pub(super) async fn risk_accepted(&mut self, template: &Template, signature: &Signature) -> Result<()> {
        if signature.kind != Kind::AcceptsRisk {
            return Ok(());
        }
        let own = [Part::Shared, Part::Annex(signature.organisation)];
        for mut consultation in self.whole.consultations.clone() {
            let risks = consultation.risks.iter().filter_map(|risk| self.whole.bound_risk(*risk));
            let risks: Vec<_> = risks.filter(|risk| own.contains(&risk.part)).collect();
            if consultation.accepted(&risks, &template.matrix, signature.at) {
                self.put_consultation(consultation).await?;
            }
        }
        Ok(())
    }
}

/// The day of an instant, milliseconds of UTC, where the councils are.
fn day(at: i64) -> Option<Date> {
    Timestamp::from_millisecond(at).ok()?.in_tz("Europe/London").ok().map(|zoned| zoned.date())
}
