//! Answers, risks, measures, evaluations and comments. The order is the file's; what is taken is marked, and what is left over at
//! the end is kept aside, so that nothing can be forgotten.

mod remarks;

use super::file::{Pia, Spot};
use super::questions::{Question, RiskPart, Slot, question, risk};
use super::{
    About, Answered, Changed, Gauge, How, Import, Kept, KeptEntry, Mapped, Measure, Remark, RemarkKind, Report, Risk, RiskKind,
    Source, Status, Verdict, Why, html,
};
use jiff::{Timestamp, civil::Date};
use std::collections::{BTreeMap, BTreeSet};

/// What an assessment of the tool becomes here. Every leaf of the file ends in exactly one source.
#[must_use]
pub fn import(pia: &Pia) -> Import {
    let mut convert = Convert::new(pia);
    convert.head();
    convert.measures();
    convert.answers();
    convert.evaluations();
    convert.comments();
    convert.opinions();
    convert.finish()
}

struct Convert<'p> {
    pia: &'p Pia,
    out: Import,
    taken: BTreeSet<String>,
    risks: BTreeMap<RiskKind, Risk>,
    /// Numbers of measures by the tool's id.
    measure_ids: BTreeMap<String, usize>,
    /// Questions of the file's own template, by number: what they ask.
    own_questions: BTreeMap<i64, String>,
}

impl<'p> Convert<'p> {
    fn new(pia: &'p Pia) -> Self {
        let out = Import {
            title: String::new(),
            status: Status::InProgress,
            is_example: false,
            answers: vec![],
            risks: vec![],
            measures: vec![],
            remarks: vec![],
            kept: vec![],
            report: Report::default(),
            sources: vec![],
        };
        let own_questions = own_questions(pia);
        Self { pia, out, taken: BTreeSet::new(), risks: BTreeMap::new(), measure_ids: BTreeMap::new(), own_questions }
    }

    /// Takes a leaf: it has found its place.
    fn take(&mut self, spot: &Spot<'_>, to: &About) -> Option<Source> {
        if spot.value.is_null() || spot.value.as_str().is_some_and(str::is_empty) || !self.taken.insert(spot.pointer.clone()) {
            return None;
        }
        self.out.report.mapped.push(Mapped { reference: spot.pointer.clone(), to: to.clone() });
        Some(spot.source())
    }

    /// Takes a text, and says so when its formatting went.
    fn take_text(&mut self, spot: Option<Spot<'_>>, to: &About, sources: &mut Vec<Source>) -> String {
        let Some(spot) = spot else { return String::new() };
        let Some(raw) = spot.text() else { return String::new() };
        if html::is_markup(raw) {
            self.changed(&spot, How::Formatting);
        }
        sources.extend(self.take(&spot, to));
        html::text(raw)
    }

    fn changed(&mut self, spot: &Spot<'_>, how: How) {
        self.out.report.changed.push(Changed { reference: spot.pointer.clone(), how });
    }

    fn keep(&mut self, source: Source, why: Why) {
        if self.taken.insert(source.reference.clone()) {
            self.out.report.kept.push(KeptEntry { reference: source.reference.clone(), why });
            self.out.kept.push(Kept { why, source });
        }
    }

    fn head(&mut self) {
        let mut sources = vec![];
        self.out.title = self.take_text(self.pia.own("name"), &About::Whole, &mut sources);
        if let Some(status) = self.pia.own("status") {
            self.out.status = Status::from_code(status.number().unwrap_or_default());
            if self.out.status != Status::InProgress {
                self.changed(&status, How::NotCarriedOver);
            }
            sources.extend(self.take(&status, &About::Whole));
        }
        if let Some(example) = self.pia.own("is_example") {
            self.out.is_example = example.yes().unwrap_or_default();
            sources.extend(self.take(&example, &About::Whole));
        }
        self.out.sources = sources;
    }

    fn measures(&mut self) {
        for spot in self.pia.list("measures") {
            let number = self.out.measures.len();
            let to = About::Measure(number);
            let mut sources = vec![];
            let title = self.take_text(spot.get("title"), &to, &mut sources);
            let text = self.take_text(spot.get("content"), &to, &mut sources);
            if let Some(id) = spot.get("id").and_then(|id| id.id()) {
                self.measure_ids.entry(id).or_insert(number);
            }
            self.out.measures.push(Measure { title, text, owner: String::new(), due: None, sources });
        }
    }

    fn answers(&mut self) {
        for spot in self.pia.list("answers") {
            let Some(number) = spot.get("reference_to").and_then(|reference| reference.number()) else { continue };
            let Some(data) = spot.get("data") else { continue };
            let at = spot.get("updated_at").or_else(|| spot.get("created_at")).and_then(|at| instant(&at));
            if let Some(asked) = self.own_questions.get(&number).cloned() {
                self.own_answer(asked, &data, at);
                continue;
            }
            match question(number) {
                Some(Question::Slot(slot)) => self.slot(slot, &data),
                Some(Question::Risk(kind, part)) => self.risk_answer(kind, part, &data),
                None => self.own_answer(number.to_string(), &data, at),
            }
        }
    }

    fn slot(&mut self, slot: Slot, data: &Spot<'_>) {
        let to = About::Answer(slot);
        let mut sources = vec![];
        let mut said = vec![self.take_text(data.get("text"), &to, &mut sources)];
        said.extend(self.list(data, &to, &mut sources));
        said.retain(|text| !text.is_empty());
        if sources.is_empty() {
            return;
        }
        let text = said.join("\n");
        match self.out.answers.iter_mut().find(|answer| answer.slot == slot) {
            // The tool has one answer a question; a file with two loses neither.
            Some(before) => {
                before.text = [std::mem::take(&mut before.text), text].join("\n\n").trim().to_owned();
                before.sources.extend(sources);
            }
            None => self.out.answers.push(Answered { slot, text, sources }),
        }
    }

    /// The texts of a list, whatever else stands in it.
    fn list(&mut self, data: &Spot<'_>, to: &About, sources: &mut Vec<Source>) -> Vec<String> {
        let entries = data.get("list").map(|list| list.entries()).unwrap_or_default();
        entries.into_iter().map(|entry| self.take_text(Some(entry), to, sources)).filter(|text| !text.is_empty()).collect()
    }

    fn own_answer(&mut self, question: String, data: &Spot<'_>, at: Option<i64>) {
        let to = About::Whole;
        let mut sources = vec![];
        let mut said = vec![self.take_text(data.get("text"), &to, &mut sources)];
        said.extend(self.list(data, &to, &mut sources));
        if let Some(gauge) = data.get("gauge").filter(|gauge| gauge.number().is_some_and(|number| number != 0)) {
            said.extend(gauge.id());
            sources.extend(self.take(&gauge, &to));
        }
        said.retain(|text| !text.is_empty());
        if !sources.is_empty() {
            let kind = RemarkKind::OwnQuestion { question };
            self.out.remarks.push(Remark { about: to, kind, text: said.join("\n"), at, sources });
        }
    }

    fn risk(&mut self, kind: RiskKind) -> &mut Risk {
        self.risks.entry(kind).or_insert_with(|| Risk {
            kind,
            impacts: vec![],
            threats: vec![],
            risk_sources: vec![],
            controls: vec![],
            missing_controls: vec![],
            severity: None,
            likelihood: None,
            residual_severity: None,
            residual_likelihood: None,
            reasons: String::new(),
            sources: vec![],
        })
    }

    fn risk_answer(&mut self, kind: RiskKind, part: RiskPart, data: &Spot<'_>) {
        let to = About::Risk(kind);
        let mut sources = vec![];
        let text = self.take_text(data.get("text"), &to, &mut sources);
        let links = data.get("list").map(|list| list.entries()).unwrap_or_default();
        let list = self.list(data, &to, &mut sources);
        let gauge = data.get("gauge").and_then(|spot| self.gauge(&spot, &to, &mut sources));
        let (mut controls, mut missing) = (vec![], vec![]);
        if part == RiskPart::Controls {
            for spot in links {
                let Some(title) = spot.text().map(html::text) else { continue };
                match self.out.measures.iter().position(|measure| measure.title == title) {
                    Some(number) => {
                        self.changed(&spot, How::Relinked);
                        controls.push(number);
                    }
                    None => {
                        self.changed(&spot, How::BrokenLink);
                        missing.push(title);
                    }
                }
            }
        }
        if sources.is_empty() {
            return;
        }
        let risk = self.risk(kind);
        risk.sources.extend(sources);
        match part {
            RiskPart::Impacts => risk.impacts.extend(list),
            RiskPart::Threats => risk.threats.extend(list),
            RiskPart::Sources => risk.risk_sources.extend(list),
            RiskPart::Controls => {
                risk.controls.extend(controls);
                risk.missing_controls.extend(missing);
            }
            RiskPart::Severity => risk.severity = gauge.or(risk.severity),
            RiskPart::Likelihood => risk.likelihood = gauge.or(risk.likelihood),
        }
        if !text.is_empty() {
            risk.reasons = [std::mem::take(&mut risk.reasons), text].join("\n\n").trim().to_owned();
        }
    }

    /// A step of the tool's scale; 0, nothing and what is no step are undefined there, and kept aside.
    fn gauge(&mut self, spot: &Spot<'_>, to: &About, sources: &mut Vec<Source>) -> Option<Gauge> {
        let gauge = Gauge::from_code(spot.number()?)?;
        self.changed(spot, How::Scale);
        sources.extend(self.take(spot, to));
        Some(gauge)
    }

    fn finish(mut self) -> Import {
        self.out.risks = std::mem::take(&mut self.risks).into_values().collect();
        for leaf in self.pia.leaves() {
            if !self.taken.contains(&leaf.reference) {
                let why = why(self.pia, &leaf);
                self.keep(leaf, why);
            }
        }
        self.out
    }
}

/// Why a leaf that found no place is kept aside.
fn why(pia: &Pia, leaf: &Source) -> Why {
    let last = leaf.reference.rsplit('/').next().unwrap_or_default();
    let within = |part: &str| leaf.reference.split('/').any(|step| step == part);
    if within("structure_data") || last.starts_with("structure_") {
        Why::Template
    } else if within("user") || within("user_pias") || last.ends_with("_name") || last.ends_with("_names") {
        Why::Person
    } else if last == "reference_to" && leaf.reference.contains("/evaluations/") {
        Why::Dangling
    } else if matches!(
        last,
        "id" | "pia_id"
            | "created_at"
            | "updated_at"
            | "lock_version"
            | "progress"
            | "placeholder"
            | "reference_to"
            | "for_measure"
            | "global_status"
            | "is_archive"
            | "dbVersion"
            | "tableName"
            | "serverUrl"
            | "numberOfQuestions"
            | "objectStore"
    ) {
        Why::Bookkeeping
    } else if matches!(last, "x" | "y" | "gauge" | "status") && pia.in_list(&leaf.reference) {
        // Undefined steps and judgements not given yet.
        Why::Bookkeeping
    } else {
        Why::NoPlace
    }
}

/// The questions of a template that the file brings along, by number. The tool's own template has keys for titles, not words;
/// its questions keep their meaning.
fn own_questions(pia: &Pia) -> BTreeMap<i64, String> {
    let mut questions = BTreeMap::new();
    let Some(structure) = pia.own("structure_data").filter(|structure| structure.value.is_object()) else { return questions };
    fn list<'a>(spot: &Spot<'a>, key: &str) -> Vec<Spot<'a>> {
        spot.get(key).map(|list| list.entries()).unwrap_or_default()
    }
    for section in list(&structure, "sections") {
        for item in list(&section, "items") {
            for asked in list(&item, "questions") {
                let number = asked.get("id").and_then(|id| id.number());
                let title = asked.get("title").and_then(|title| title.text()).map(html::text).unwrap_or_default();
                let is_key = !title.contains(' ') && title.contains('.') && question(number.unwrap_or_default()).is_some();
                if let Some(number) = number
                    && !is_key
                {
                    let title = if title.is_empty() { number.to_string() } else { title };
                    questions.insert(number, title);
                }
            }
        }
    }
    questions
}

/// A day, from a date or an instant as JSON has it.
fn day(text: &str) -> Option<Date> {
    text.get(..10)?.parse().ok()
}

/// An instant, milliseconds of UTC; a date counts from its first moment.
fn instant(spot: &Spot<'_>) -> Option<i64> {
    let text = spot.text()?;
    let exact = text.parse::<Timestamp>().ok();
    exact.or_else(|| format!("{}T00:00:00Z", day(text)?).parse().ok()).map(Timestamp::as_millisecond)
}
