//! An answer put into the form that another version's field wants.

use super::{
    super::answer::{Answer, Labels, Row, Ternary},
    field::FieldKind,
    fit::accepts,
};

/// What came of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Converted {
    /// It says all that the answer said, by the same ids.
    Whole(Answer),
    /// It says what it could; the answer itself must be kept aside.
    Lossy(Answer),
    /// It cannot.
    Not,
}

/// Puts an answer into the form of a kind; `labels` are the words of the field it stood in.
pub(super) fn convert(kind: &FieldKind, answer: &Answer, labels: &Labels) -> Converted {
    if accepts(kind, answer).is_ok() {
        return Converted::Whole(answer.clone());
    }
    let whole = match (kind, answer) {
        (FieldKind::Many { .. }, Answer::Choice(option)) => Some(Answer::Many(vec![option.clone()])),
        (FieldKind::Choice { .. }, Answer::Many(options)) if options.len() == 1 => Some(Answer::Choice(options[0].clone())),
        (FieldKind::Choice { .. }, Answer::Ternary(answer)) => Some(Answer::Choice(answer.as_str().to_owned())),
        (FieldKind::Ternary, Answer::Choice(option)) => Ternary::parse(option).map(Answer::Ternary),
        _ => None,
    };
    if let Some(whole) = whole.filter(|whole| accepts(kind, whole).is_ok()) {
        return Converted::Whole(whole);
    }
    let lossy = match (kind, answer) {
        (FieldKind::Text { .. }, Answer::Text(_)) => None,
        (FieldKind::Text { .. }, other) => Some(Answer::Text(other.plain(labels))),
        (FieldKind::Many { options }, Answer::Many(chosen)) => {
            let mut kept: Vec<String> = Vec::new();
            for id in chosen.iter().filter(|id| options.iter().any(|option| option.id == **id)) {
                if !kept.contains(id) {
                    kept.push(id.clone());
                }
            }
            Some(Answer::Many(kept)).filter(|answer| !answer.is_empty())
        }
        (FieldKind::Rows { columns, .. }, Answer::Rows(rows)) => Some(Answer::Rows(
            rows.iter()
                .map(|row| Row {
                    id: row.id,
                    cells: row
                        .cells
                        .iter()
                        .filter_map(|(id, cell)| {
                            let column = columns.iter().find(|column| column.id == *id)?;
                            let within =
                                labels.columns.iter().find(|(column, ..)| column == id).map(|(.., within)| within.clone());
                            match convert(&column.kind, cell, &within.unwrap_or_default()) {
                                Converted::Whole(cell) | Converted::Lossy(cell) => Some((id.clone(), cell)),
                                Converted::Not => None,
                            }
                        })
                        .collect(),
                })
                .collect(),
        )),
        _ => None,
    };
    match lossy.filter(|lossy| accepts(kind, lossy).is_ok()) {
        Some(lossy) => Converted::Lossy(lossy),
        None => Converted::Not,
    }
}
