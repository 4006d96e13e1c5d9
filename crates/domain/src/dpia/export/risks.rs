//! One row for each risk, with its measures: for the spreadsheet of risks and the tables of documents.

use super::super::{
    place::Part,
    risk::{Assessed, Level, Matrix},
    version::{MeasureRecord, RiskRecord},
};

/// A risk as a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row<'a> {
    /// `R` and its number.
    pub number: String,
    /// The part it stands in.
    pub part: Part,
    /// The risk in a line.
    pub title: &'a str,
    /// What could happen.
    pub description: &'a str,
    /// Before measures.
    pub before: Rated<'a>,
    /// Its measures.
    pub measures: Vec<&'a MeasureRecord>,
    /// After measures.
    pub after: Rated<'a>,
}

/// Likelihood, severity and level, by their labels; none while nobody has rated it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rated<'a> {
    /// How likely.
    pub likelihood: Option<&'a str>,
    /// How severe.
    pub severity: Option<&'a str>,
    /// The level that counts.
    pub level: Option<&'a Level>,
    /// Why it is another level than the matrix gives.
    pub reason: Option<&'a str>,
}

/// The risks as rows, in the order of their numbers.
#[must_use]
pub fn rows<'a>(risks: &'a [RiskRecord], measures: &'a [MeasureRecord], matrix: &'a Matrix) -> Vec<Row<'a>> {
    let mut rows: Vec<&RiskRecord> = risks.iter().collect();
    rows.sort_by_key(|record| record.number);
    rows.into_iter()
        .map(|record| Row {
            number: format!("R{}", record.number),
            part: record.risk.part,
            title: &record.risk.title,
            description: &record.risk.description,
            before: rated(&record.risk.inherent, matrix),
            measures: measures.iter().filter(|measure| measure.measure.risks.contains(&record.risk.id)).collect(),
            after: rated(&record.risk.residual, matrix),
        })
        .collect()
}

fn rated<'a>(assessed: &'a Assessed, matrix: &'a Matrix) -> Rated<'a> {
    let rating = assessed.rating.as_ref();
    let label =
        |steps: &'a [super::super::risk::Step], id: &str| steps.iter().find(|step| step.id == id).map(|step| step.label.as_str());
    Rated {
        likelihood: rating.and_then(|rating| label(&matrix.likelihood, &rating.likelihood)),
        severity: rating.and_then(|rating| label(&matrix.severity, &rating.severity)),
        level: assessed.level(matrix),
        reason: assessed.overridden.as_ref().map(|overridden| overridden.reason.as_str()),
    }
}
