//! The document that a file of the CNIL's tool becomes: its answers in the fields of a template of ours.
//!
//! Where the template has no field for an answer, the answer stands under a field of its own (`cnil-226`), which the template does
//! not know: it is kept, shown aside, and never published by itself. Whatever it holds is told as what the file states.

mod make;

use super::{Bundle, FORMAT, Imported, anew::Receiver};
use crate::dpia::{
    assessment::{Assessment, Elsewhere, Joined, Party, PartyRole, State},
    cnil::{Gauge, Import, Kept, Risk as ToldRisk, RiskKind, Why, questions::Slot},
    ids::AssessmentId,
    risk::{self, Band, Matrix, Rating},
    template::Template,
    version::RiskRecord,
};
use crate::{people::PersonId, register::ids::OrganisationId};
use make::Make;
use std::collections::BTreeMap;
use uuid::Uuid;

/// Where each answer goes, in the shipped UK GDPR template. Several answers for one field follow one another.
#[must_use]
pub fn field(slot: Slot) -> &'static str {
    match slot {
        Slot::Overview | Slot::Responsibilities => "use",
        Slot::Standards => "codes",
        Slot::Data => "data-items",
        Slot::LifeCycle => "collection",
        Slot::SupportingAssets | Slot::Transfers => "storage",
        Slot::Purposes => "aims",
        Slot::LegalBasis => "lawful-basis-why",
        Slot::Minimisation | Slot::Accuracy => "minimisation",
        Slot::Retention => "deletion",
        Slot::Information => "informed",
        Slot::Consent => "consent",
        Slot::Access | Slot::Rectification | Slot::Objection => "rights",
        Slot::Processors => "processor-checks",
    }
}

/// Who wrote what such a file holds: it does not say, so that nobody here is told as having said it.
pub const UNNAMED: PersonId = PersonId(Uuid::nil());

/// The party that leads.
pub(super) fn lead_party(organisation: OrganisationId, receiver: &Receiver<'_>) -> Party {
    let by = Some(receiver.person);
    Party { by, ..Party::new(organisation, PartyRole::Controller, Joined::Accepted, receiver.at) }
}

/// Makes the document.
#[must_use]
pub fn bundle(import: &Import, template: &Template, receiver: &Receiver<'_>, ids: &mut dyn FnMut() -> Uuid) -> Bundle {
    let assessment = assessment(import, template, receiver, AssessmentId(ids()));
    let mut make = Make { template, receiver, ids, assessment: assessment.id, fields: BTreeMap::new(), imported: vec![] };
    make.imported("assessment", &import.sources);
    make.answers(import);
    let mut risks: Vec<RiskRecord> = import.risks.iter().zip(1..).map(|(told, number)| make.risk(told, number)).collect();
    let measures = make.measures(import, &risks);
    let comments = make.remarks(import, &risks, &measures);
    risks.iter_mut().for_each(|record| record.writers.clear());
    make.imported.extend(import.kept.iter().map(|Kept { why, source }| Imported {
        to: None,
        why: Some(*why),
        source: source.clone(),
    }));
    let Make { fields, imported, .. } = make;
    Bundle {
        format: FORMAT.to_owned(),
        exported_at: receiver.at,
        organisations: vec![receiver.organisation.clone()],
        assessment,
        screening: None,
        fields: fields.into_values().collect(),
        history: vec![],
        comments,
        recommendations: vec![],
        risks,
        measures,
        versions: vec![],
        signatures: vec![],
        signed_elsewhere: vec![],
        consultations: vec![],
        consultations_elsewhere: vec![],
        live_elsewhere: None,
        register: vec![],
        register_elsewhere: vec![],
        invited: vec![],
        invited_elsewhere: vec![],
        attachments: vec![],
        tasks: vec![],
        tasks_elsewhere: vec![],
        publications: vec![],
        publications_elsewhere: vec![],
        imported,
        import_report: Some(import.report.clone()),
    }
}

fn assessment(import: &Import, template: &Template, receiver: &Receiver<'_>, id: AssessmentId) -> Assessment {
    let lead = receiver.organisation.id;
    let is_decided = import.status.is_decided();
    let elsewhere = is_decided.then(|| {
        let named = |kept: &&Kept| {
            kept.why == Why::Person && ["/validator_name", "/dpos_names"].iter().any(|end| kept.source.reference.ends_with(end))
        };
        let signatories = import.kept.iter().filter(named).map(|kept| kept.source.text.clone()).collect();
        Elsewhere { level: highest(import, &template.matrix), signed_on: None, signatories, remark: "CNIL PIA".to_owned() }
    });
    Assessment {
        number: receiver.number.clone(),
        title: if import.title.trim().is_empty() {
            format!("CNIL PIA {}", receiver.number).trim().to_owned()
        } else {
            import.title.trim().to_owned()
        },
        lead_person: Some(receiver.person),
        state: if is_decided { State::Recorded } else { State::Drafting },
        parties: vec![lead_party(lead, receiver)],
        elsewhere,
        ..Assessment::blank(id, &template.edition, lead, receiver.at)
    }
}

/// The highest level that stays after measures.
fn highest(import: &Import, matrix: &Matrix) -> Option<Band> {
    let residual = |risk: &ToldRisk| rating(matrix, risk.residual_severity, risk.residual_likelihood);
    import.risks.iter().filter_map(|risk| matrix.level(&residual(risk)?).map(|level| level.counts_as)).max()
}

/// The tool's steps on the template's matrix; none until both are chosen.
fn rating(matrix: &Matrix, severity: Option<Gauge>, likelihood: Option<Gauge>) -> Option<Rating> {
    let step = |steps: &[risk::Step], gauge: Gauge| steps.get(gauge.step_of(steps.len())).map(|step| step.id.clone());
    Some(Rating { likelihood: step(&matrix.likelihood, likelihood?)?, severity: step(&matrix.severity, severity?)? })
}

/// What a risk of the tool is about, in this project's words.
#[must_use]
pub fn title(kind: RiskKind) -> &'static str {
    match kind {
        RiskKind::IllegitimateAccess => "Someone gets at the data who should not",
        RiskKind::UnwantedModification => "Data is changed that should not be",
        RiskKind::Disappearance => "Data is lost",
    }
}
