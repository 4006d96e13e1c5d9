//! The pieces of the document: answers, risks, measures and what people said, each with the words that it came from.

use super::{UNNAMED, field, rating, title};
use crate::dpia::{
    answer::{Answer, PersonRef, Row},
    cnil::{About, Import, Measure as Told, Remark, RemarkKind, Risk as ToldRisk, Source, Verdict, questions::Slot},
    comment::Comment,
    edit::{FieldState, How},
    exchange::{Imported, anew::Receiver},
    ids::{AssessmentId, CommentId, MeasureId, RiskId, RowId},
    place::{Part, Place},
    risk::{self, Assessed, Measure, Progress, Risk},
    template::{Template, field::FieldKind},
    version::{MeasureRecord, RiskRecord},
};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// A document in the making.
pub(super) struct Make<'a> {
    pub(super) template: &'a Template,
    pub(super) receiver: &'a Receiver<'a>,
    pub(super) ids: &'a mut dyn FnMut() -> Uuid,
    pub(super) assessment: AssessmentId,
    pub(super) fields: BTreeMap<Place, FieldState>,
    pub(super) imported: Vec<Imported>,
}

impl Make<'_> {
    pub(super) fn imported(&mut self, to: &str, sources: &[Source]) {
        let entry = |source: &Source| Imported { to: Some(to.to_owned()), why: None, source: source.clone() };
        self.imported.extend(sources.iter().map(entry));
    }

    pub(super) fn answers(&mut self, import: &Import) {
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
            by: UNNAMED,
            organisation: self.receiver.organisation.id,
            at: self.receiver.at,
            how: How::Imported,
            contenders: vec![],
            stated: true,
            updated_at: self.receiver.at,
        };
        self.fields.insert(place, state);
    }

    pub(super) fn risk(&mut self, told: &ToldRisk, number: u32) -> RiskRecord {
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
        let (by, organisation) = (UNNAMED, self.receiver.organisation.id);
        RiskRecord {
            assessment: self.assessment,
            number,
            risk,
            writers: BTreeSet::new(),
            look: None,
            by,
            organisation,
            stated: true,
            updated_at: self.receiver.at,
        }
    }

    pub(super) fn measures(&mut self, import: &Import, risks: &[RiskRecord]) -> Vec<MeasureRecord> {
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
        let (by, organisation) = (UNNAMED, self.receiver.organisation.id);
        let number = u32::try_from(at + 1).unwrap_or(u32::MAX);
        MeasureRecord {
            assessment: self.assessment,
            number,
            measure,
            writers: BTreeSet::new(),
            by,
            organisation,
            stated: true,
            updated_at: self.receiver.at,
        }
    }

    /// What people said becomes comments, each a thread of its own.
    pub(super) fn remarks(&mut self, import: &Import, risks: &[RiskRecord], measures: &[MeasureRecord]) -> Vec<Comment> {
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
                by: UNNAMED,
                organisation: self.receiver.organisation.id,
                at: remark.at.unwrap_or(self.receiver.at),
                edited_at: None,
                resolved: None,
                updated_at: self.receiver.at,
                stated: true,
            });
        }
        comments
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
