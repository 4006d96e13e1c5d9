//! Answers as CSV and risks as XLSX.

use super::{Subject, assessment};
use crate::web::{csv::MARK, words};
use documents::export::{Cell, Column, Kind, WriteError, write_csv, write_xlsx_with};
use domain::dpia::export;
use std::borrow::Cow;

/// The answers, one row for each question that applies, as CSV. Each row says of which version it is, the seal of its part, and how
/// the signatures stand: a row that was copied elsewhere still does.
///
/// # Errors
/// When the bytes cannot be written.
pub fn answers(subject: &Subject<'_>) -> Result<Vec<u8>, WriteError> {
    let text = |name: &'static str| Column::new(name, Kind::Text);
    let columns = [
        text("assessment"),
        text("document"),
        text("seal"),
        text("signatures"),
        text("part"),
        text("organisation"),
        text("section"),
        text("field"),
        text("question"),
        text("answer"),
        text("sensitivity"),
        Column::new("version", Kind::Integer),
        text("changed_at"),
        text("changed_for"),
    ];
    let lines = export::lines(subject.view(), subject.parts());
    let (document, signatures) = (subject.version(), subject.signed_in_short());
    let rows = lines.iter().map(|line| {
        let state = subject.bundle.fields.iter().find(|field| field.place == line.place);
        let owned = |text: String| if text.is_empty() { Cell::Empty } else { Cell::Text(Cow::Owned(text)) };
        let annex = line.part.organisation().map(|organisation| subject.bundle.organisation(organisation));
        let at = state.and_then(|state| jiff::Timestamp::from_millisecond(state.at).ok());
        vec![
            owned(subject.bundle.assessment.number.clone()),
            owned(document.clone()),
            owned(subject.seal_of(line.part)),
            owned(signatures.clone()),
            Cell::from(if line.part.organisation().is_some() { "annex" } else { "shared" }),
            annex.map_or(Cell::Empty, owned),
            Cell::from(line.section.title.as_str()),
            Cell::from(line.field.id.as_str()),
            Cell::from(line.field.label.as_str()),
            owned(line.text()),
            Cell::from(match line.field.sensitivity {
                domain::dpia::template::field::Sensitivity::Public => "public",
                domain::dpia::template::field::Sensitivity::Internal => "internal",
                domain::dpia::template::field::Sensitivity::Confidential => "confidential",
            }),
            state.map_or(Cell::Empty, |state| Cell::Integer(i64::from(state.version))),
            at.map_or(Cell::Empty, |at| owned(at.to_string())),
            state.map_or(Cell::Empty, |state| owned(subject.bundle.organisation(state.organisation))),
        ]
    });
    let mut out = MARK.as_bytes().to_vec();
    write_csv(&columns, rows, &mut out)?;
    Ok(out)
}

/// The risks with their measures, one row for each risk and measure, as XLSX; a second sheet says the version, the seals and the
/// signatures.
///
/// # Errors
/// When the bytes cannot be written.
pub fn risks(subject: &Subject<'_>) -> Result<Vec<u8>, WriteError> {
    let text = |name: &'static str| Column::new(name, Kind::Text);
    let columns = [
        text("Assessment"),
        text("Risk"),
        text("Where"),
        text("Title"),
        text("Description"),
        text("Likelihood before"),
        text("Severity before"),
        text("Level before"),
        text("Measure"),
        text("What is done"),
        text("Effect"),
        text("Owner"),
        Column::new("Due", Kind::Date),
        text("Now with"),
        Column::new("Now due", Kind::Date),
        text("How far"),
        Column::new("Done on", Kind::Date),
        text("Likelihood after"),
        text("Severity after"),
        text("Level after"),
        text("Reason for another level"),
    ];
    let bundle = subject.bundle;
    let rows = export::risks::rows(&bundle.risks, &bundle.measures, &subject.template.matrix);
    let cells = rows.iter().flat_map(|row| {
        let measures: Vec<Option<&&domain::dpia::version::MeasureRecord>> =
            if row.measures.is_empty() { vec![None] } else { row.measures.iter().map(Some).collect() };
        measures.into_iter().map(|measure| {
            let owned = |text: String| if text.is_empty() { Cell::Empty } else { Cell::Text(Cow::Owned(text)) };
            let level = |rated: &export::risks::Rated<'_>| rated.level.map_or(Cell::Empty, |level| owned(level.label.clone()));
            let of = measure.map(|record| &record.measure);
            let owner = of.map(|measure| {
                let parts = [measure.owner.post.as_str(), &measure.owner.name, &measure.owner.organisation];
                parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", ")
            });
            let now = of.and_then(|measure| subject.now(measure));
            vec![
                owned(bundle.assessment.number.clone()),
                owned(row.number.clone()),
                owned(subject.part_title(row.part)),
                owned(row.title.to_owned()),
                owned(row.description.to_owned()),
                owned(row.before.likelihood.unwrap_or_default().to_owned()),
                owned(row.before.severity.unwrap_or_default().to_owned()),
                level(&row.before),
                measure.map_or(Cell::Empty, |record| owned(format!("M{}", record.number))),
                of.map_or(Cell::Empty, |measure| owned(measure.title.clone())),
                of.and_then(|measure| measure.effect).map_or(Cell::Empty, |effect| Cell::from(assessment::effect(effect))),
                owner.map_or(Cell::Empty, owned),
                of.and_then(|measure| measure.due).into(),
                now.as_ref().map_or(Cell::Empty, |(name, _)| owned(name.clone())),
                now.as_ref().and_then(|(_, due)| *due).into(),
                of.map_or(Cell::Empty, |measure| Cell::from(assessment::progress(measure.progress))),
                of.and_then(|measure| measure.done_on).into(),
                owned(row.after.likelihood.unwrap_or_default().to_owned()),
                owned(row.after.severity.unwrap_or_default().to_owned()),
                level(&row.after),
                owned(row.after.reason.unwrap_or_default().to_owned()),
            ]
        })
    });
    let mut out = Vec::new();
    let name = format!("Risks at {}", words::instant(bundle.exported_at));
    let about = ("Version and signatures", &about_columns()[..], about(subject));
    write_xlsx_with(&name, &columns, cells, about, &mut out)?;
    Ok(out)
}

fn about_columns() -> [Column; 6] {
    ["What", "Organisation", "Role", "Date", "Value", "Bound to"].map(|name| Column::new(name, Kind::Text))
}

/// The sheet that says what the workbook is: the version, the seals of its parts, each signature with its state.
fn about(subject: &Subject<'_>) -> Vec<Vec<Cell<'static>>> {
    let owned = |text: String| if text.is_empty() { Cell::Empty } else { Cell::Text(Cow::Owned(text)) };
    let fact = |what: &str, organisation: String, value: String| {
        vec![owned(what.to_owned()), owned(organisation), Cell::Empty, Cell::Empty, owned(value), Cell::Empty]
    };
    let mut rows = vec![
        fact("Assessment", String::new(), format!("{}: {}", subject.bundle.assessment.number, subject.bundle.assessment.title)),
        fact("Version", String::new(), subject.version()),
    ];
    rows.extend(subject.parts().into_iter().map(|part| match part.organisation() {
        None => fact("Seal of the shared text (SHA-256)", String::new(), subject.seal_of(part)),
        Some(one) => fact("Seal of the annex (SHA-256)", subject.bundle.organisation(one), subject.seal_of(part)),
    }));
    rows.extend(subject.signed().into_iter().map(|one| {
        vec![
            owned(format!("Signature: {}", one.step)),
            owned(one.organisation),
            owned(one.role),
            owned(words::instant(one.signature.at)),
            owned(one.state),
            owned(format!("shared {}, annex {}", one.signature.shared, one.signature.annex)),
        ]
    }));
    rows
}
