//! The Information Commissioner is asked about the risks of an assessment that is held, answers, or is asked no more; and what was
//! cleared at a higher risk is cleared no more once somebody accepts a lower one.

use super::{Moving, Work};
use crate::error::Result;
use domain::dpia::{
    ico::{self, Asked, Consultation},
    ids::ConsultationId,
    place::Part,
    sign_off::{Kind, Signature},
    template::Template,
};
use uuid::Uuid;

impl Work {
    pub(super) async fn record_answer(&mut self, moving: &Moving<'_>) -> Result<Result<(), ico::Refusal>> {
        let Some((on, outcome, text)) = moving.answer else { return Ok(Err(ico::Refusal::SayWhy)) };
        let today = self.today;
        self.with_consultation(|consultation| consultation.answer(on, outcome, text, today)).await
    }

    pub(super) async fn withdraw_request(&mut self, moving: &Moving<'_>) -> Result<Result<(), ico::Refusal>> {
        let (on, today) = (moving.withdrawn.unwrap_or(self.today), self.today);
        self.with_consultation(|consultation| consultation.withdraw(on, moving.reasons, today)).await
    }

    /// Changes the consultation that is under way.
    async fn with_consultation(
        &mut self,
        change: impl FnOnce(&mut Consultation) -> Result<(), ico::Refusal>,
    ) -> Result<Result<(), ico::Refusal>> {
        let Some(mut consultation) = self.whole.consultation().cloned() else { return Ok(Err(ico::Refusal::NotReceived)) };
        if let Err(refusal) = change(&mut consultation) {
            return Ok(Err(refusal));
        }
        self.put_consultation(consultation).await?;
        Ok(Ok(()))
    }

    /// Asks about the risks that stay high, as they stand now.
    pub(super) async fn consult(&mut self, template: &Template, moving: &Moving<'_>) -> Result<Result<(), ico::Refusal>> {
        let high = self.whole.high(&template.matrix);
        let asked: Vec<Asked> = high.into_iter().filter_map(|risk| self.whole.bound_risk(risk)).map(Asked::of).collect();
        let Some(version) = self.whole.assessment.frozen else { return Ok(Err(ico::Refusal::NothingHigh)) };
        let sent = moving.sent.unwrap_or(self.today);
        let id = ConsultationId(Uuid::now_v7());
        match Consultation::ask(id, self.whole.assessment.id, version, asked, sent, self.today) {
            Ok(consultation) => {
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
