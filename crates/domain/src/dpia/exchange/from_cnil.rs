//! The document that a file of the CNIL's tool becomes: its answers in the fields of a template of ours.
//!
//! Where the template has no field for an answer, the answer stands under a field of its own (`cnil-226`), which the template does
//! not know: it is kept, shown aside, and never published by itself.

use super::{Bundle, FORMAT, Imported, anew::Receiver};
use crate::dpia::{
    answer::{Answer, PersonRef, Row},
    assessment::{Assessment, Elsewhere, Joined, Party, PartyRole, State},
    cnil::{
        About, Gauge, Import, Kept, Measure as Told, Remark, RemarkKind, Risk as ToldRisk, RiskKind, Source, Verdict, Why,
        questions::Slot,
    },
    comment::Comment,
    edit::{FieldState, How},
    ids::{AssessmentId, CommentId, MeasureId, RiskId, RowId},
    place::{Part, Place},
    risk::{self, Assessed, Band, Matrix, Measure, Progress, Rating, Risk},
    template::{Template, field::FieldKind},
    version::{MeasureRecord, RiskRecord},
};
use crate::register::ids::OrganisationId;
use std::collections::{BTreeMap, BTreeSet};
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

/// The party that leads.
pub(super) fn lead_party(organisation: OrganisationId, receiver: &Receiver<'_>) -> Party {
    let by = Some(receiver.person);
    Party { organisation, role: PartyRole::Controller, joined: Joined::Accepted, since: receiver.at, by, contacts: vec![] }
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
        id,
        number: receiver.number.clone(),
        project: None,
        screening: None,
        title: if import.title.trim().is_empty() {
            format!("CNIL PIA {}", receiver.number).trim().to_owned()
        } else {
            import.title.trim().to_owned()
        },
        template: template.edition.clone(),
        overlays: [].into(),
        modules: vec![],
        declined: vec![],
        lead,
        lead_person: Some(receiver.person),
        led_by: [].into(),
        state: if is_decided { State::Recorded } else { State::Drafting },
        state_since: receiver.at,
        wanted_by: None,
        parties: vec![lead_party(lead, receiver)],
        guests: vec![],
        systems: vec![],
        contracts: vec![],
        planned: vec![],
        frozen: None,
        live_since: None,
        review_on: None,
        elsewhere,
        superseded_by: None,
        open_annexes: [].into(),
        created_at: receiver.at,
        updated_at: receiver.at,
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

struct Make<'a> {
    template: &'a Template,
    receiver: &'a Receiver<'a>,
    ids: &'a mut dyn FnMut() -> Uuid,
    assessment: AssessmentId,
    fields: BTreeMap<Place, FieldState>,
    imported: Vec<Imported>,
}

impl Make<'_> {
    fn imported(&mut self, to: &str, sources: &[Source]) {
        let entry = |source: &Source| Imported { to: Some(to.to_owned()), why: None, source: source.clone() };
        self.imported.extend(sources.iter().map(entry));
    }

    fn answers(&mut self, import: &Import) {
        for answered in &import.answers {
            let place = self.place(answered.slot);
            let is_table = matches!(self.template.field(&place.field).map(|field| &field.kind), Some(FieldKind::Rows { .. }));
            self.imported(&place.to_string(), &answered.sources);
            if is_table { self.rows(place, &answered.text) } else { self.text(place, &answered.text) }
        }
        for remark in import.remarks.iter().filter(|remark| !remark.text.is_empty()) {
            let own = Part::Annex(self.receiver.organisation.id);
            let place = match remark.kind {
                RemarkKind::DpoOpinion(_) => own.at("dpo-advice"),
                RemarkKind::PeopleNotAsked => Place::shared("views-why-not"),
                _ => continue,
            };
            if matches!(self.template.field(&place.field).map(|field| &field.kind), Some(FieldKind::Text { .. })) {
                self.text(place, &remark.text);
            }
        }
    }

    /// The field for an answer: the template's, if it takes text or has a first column of text.
    fn place(&self, slot: Slot) -> Place {
        let id = field(slot);
        let takes = match self.template.field(id).map(|field| &field.kind) {
            Some(FieldKind::Text { .. }) => true,
            Some(FieldKind::Rows { columns, .. }) => {
                matches!(columns.first().map(|column| &column.kind), Some(FieldKind::Text { .. }))
            }
            _ => false,
        };
        if takes { Place::shared(id) } else { Place::shared(&format!("cnil-{}", slot.number())) }
    }

    fn text(&mut self, place: Place, text: &str) {
        if let Some(FieldState { answer: Some(Answer::Text(before)), .. }) = self.fields.get_mut(&place) {
            before.push_str("\n\n");
            before.push_str(text);
        } else {
            self.field(place, Answer::Text(text.to_owned()));
        }
    }

    /// One row for each line.
    fn rows(&mut self, place: Place, text: &str) {
        let Some(FieldKind::Rows { columns, .. }) = self.template.field(&place.field).map(|field| &field.kind) else { return };
        let Some(column) = columns.first().map(|column| column.id.clone()) else { return };
        let lines = text.lines().map(|line| line.trim_start_matches('•').trim()).filter(|line| !line.is_empty());
        let rows: Vec<Row> = lines
            .map(|line| Row { id: RowId((self.ids)()), cells: BTreeMap::from([(column.clone(), Answer::Text(line.to_owned()))]) })
            .collect();
        self.field(place, Answer::Rows(rows));
    }

    fn field(&mut self, place: Place, answer: Answer) {
        let state = FieldState {
            id: (self.ids)(),
            assessment: self.assessment,
            place: place.clone(),
            version: 1,
            answer: Some(answer),
            complete: false,
            // Whoever brings a file in did not write it.
            writers: BTreeSet::new(),
            by: self.receiver.person,
            organisation: self.receiver.organisation.id,
            at: self.receiver.at,
            how: How::Imported,
            contenders: vec![],
            stated: false,
            updated_at: self.receiver.at,
        };
        self.fields.insert(place, state);
    }

    fn risk(&mut self, told: &ToldRisk, number: u32) -> RiskRecord {
        let matrix = &self.template.matrix;
        let assessed = |severity, likelihood| Assessed { rating: rating(matrix, severity, likelihood), overridden: None };
        let listed = |label: &str, list: &[String]| (!list.is_empty()).then(|| format!("{label}: {}", list.join("; ")));
        let description: Vec<String> = [
            listed("Impacts", &told.impacts),
            listed("Threats", &told.threats),
            listed("Sources", &told.risk_sources),
            listed("Measures that the file names and does not have", &told.missing_controls),
            Some(told.reasons.clone()).filter(|reasons| !reasons.is_empty()),
        ]
        .into_iter()
        .flatten()
        .collect();
        let id = RiskId((self.ids)());
        self.imported(&format!("risk:{id}"), &told.sources);
        let reference = told.sources.first().map(|source| source.reference.clone()).unwrap_or_default();
        let risk = Risk {
            id,
            part: Part::Shared,
            title: title(told.kind).to_owned(),
            description: description.join("\n"),
            source: risk::Source::Imported { reference },
            inherent: assessed(told.severity, told.likelihood),
            residual: assessed(told.residual_severity, told.residual_likelihood),
        };
        let (by, organisation) = (self.receiver.person, self.receiver.organisation.id);
        RiskRecord {
            assessment: self.assessment,
            number,
            risk,
            writers: BTreeSet::new(),
            look: None,
            by,
            organisation,
            stated: false,
            updated_at: self.receiver.at,
        }
    }

    fn measures(&mut self, import: &Import, risks: &[RiskRecord]) -> Vec<MeasureRecord> {
        let against = |at: usize| -> Vec<RiskId> {
            import
                .risks
                .iter()
                .zip(risks)
                .filter(|(told, _)| told.controls.contains(&at))
                .map(|(_, record)| record.risk.id)
                .collect()
        };
        import.measures.iter().enumerate().map(|(at, told)| self.measure(told, at, against(at))).collect()
    }

    fn measure(&mut self, told: &Told, at: usize, risks: Vec<RiskId>) -> MeasureRecord {
        let id = MeasureId((self.ids)());
        self.imported(&format!("measure:{id}"), &told.sources);
        let measure = Measure {
            id,
            risks,
            title: told.title.clone(),
            description: told.text.clone(),
            effect: None,
            owner: PersonRef { name: told.owner.clone(), ..PersonRef::default() },
            organisation: None,
            due: told.due,
            progress: Progress::Planned,
            done_on: None,
            evidence: String::new(),
        };
        let (by, organisation) = (self.receiver.person, self.receiver.organisation.id);
        let number = u32::try_from(at + 1).unwrap_or(u32::MAX);
        MeasureRecord {
            assessment: self.assessment,
            number,
            measure,
            writers: BTreeSet::new(),
            by,
            organisation,
            stated: false,
            updated_at: self.receiver.at,
        }
    }

    /// What people said becomes comments, each a thread of its own.
    fn remarks(&mut self, import: &Import, risks: &[RiskRecord], measures: &[MeasureRecord]) -> Vec<Comment> {
        let mut comments = vec![];
        for remark in &import.remarks {
            let id = CommentId((self.ids)());
            self.imported(&format!("comment:{id}"), &remark.sources);
            let place = match &remark.about {
                About::Answer(slot) => self.place(*slot),
                About::Risk(_) | About::Measure(_) => Place::shared("risks"),
                About::Whole => Place::shared("aims"),
            };
            let subject = match &remark.about {
                About::Risk(kind) => {
                    risks.iter().find(|record| record.risk.title == title(*kind)).map(|record| record.risk.title.clone())
                }
                About::Measure(at) => measures.get(*at).map(|record| record.measure.title.clone()),
                About::Answer(_) | About::Whole => None,
            };
            comments.push(Comment {
                id,
                assessment: self.assessment,
                place,
                thread: None,
                text: said(remark, subject.as_deref()),
                mentions: vec![],
                by: self.receiver.person,
                organisation: self.receiver.organisation.id,
                at: remark.at.unwrap_or(self.receiver.at),
                edited_at: None,
                resolved: None,
                updated_at: self.receiver.at,
                stated: false,
            });
        }
        comments
    }
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

/// A remark as a comment: what it is, what about, then what it says.
fn said(remark: &Remark, subject: Option<&str>) -> String {
    let decided = |could: Option<bool>| match could {
        Some(true) => ": it could go ahead",
        Some(false) => ": it should not go ahead",
        None => "",
    };
    let what = match &remark.kind {
        RemarkKind::Comment => String::new(),
        RemarkKind::Evaluation(verdict) => format!(
            "Evaluation: {}",
            match verdict {
                Verdict::Pending => "not decided",
                Verdict::ToBeFixed => "has to be put right",
                Verdict::Improvable => "can be better",
                Verdict::Acceptable => "acceptable",
            }
        ),
        RemarkKind::ActionPlan { owner, due } => {
            let owner = if !owner.is_empty() { format!(", {owner}") } else { Default::default() };
            let due = due.map(|due| format!(", by {due}")).unwrap_or_default();
            format!("To do{owner}{due}")
        }
        RemarkKind::DpoOpinion(could) => format!("Data protection officer's opinion{}", decided(*could)),
        RemarkKind::PeopleOpinion(could) => format!("Views of the people concerned{}", decided(*could)),
        RemarkKind::PeopleNotAsked => "Why the people concerned were not asked".to_owned(),
        RemarkKind::Rejection => "Why it was rejected".to_owned(),
        RemarkKind::Adjustments => "What was done about the rejection".to_owned(),
        RemarkKind::OwnQuestion { question } => question.clone(),
    };
    let lines = [subject.unwrap_or_default(), what.as_str(), remark.text.as_str()];
    lines.into_iter().filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n")
}
