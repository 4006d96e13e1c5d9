//! Whether an answer may stand in a field.

use super::{
    super::answer::Answer,
    field::{Field, FieldKind},
};
use thiserror::Error;

/// Why an answer may not stand in a field.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Unfit {
    /// It is of another kind.
    #[error("a field of the kind '{wanted}' cannot hold '{given}'")]
    Kind {
        /// The field's kind.
        wanted: &'static str,
        /// The answer's.
        given: &'static str,
    },
    /// It is too long.
    #[error("the text has {length} characters, {max} at most")]
    TooLong {
        /// Its characters.
        length: usize,
        /// The most there may be.
        max: usize,
    },
    /// It names an option that the field has not.
    #[error("there is no option '{0}'")]
    NoOption(String),
    /// It names an option twice.
    #[error("the option '{0}' stands twice")]
    Twice(String),
    /// A row has a cell in a column that the table has not.
    #[error("there is no column '{0}'")]
    NoColumn(String),
    /// Two rows have the same id.
    #[error("two rows have the same id")]
    SameRow,
    /// A cell does not fit.
    #[error("row {row}, column '{column}': {why}")]
    Cell {
        /// The row, counted from 1.
        row: usize,
        /// The column.
        column: String,
        /// Why not.
        why: Box<Unfit>,
    },
    /// Risks are no answers.
    #[error("risks are records of their own")]
    Risks,
}

impl Field {
    /// Whether an answer may stand in this field. Options that are no longer offered may: they were when they were chosen.
    pub fn accepts(&self, answer: &Answer) -> Result<(), Unfit> {
        accepts(&self.kind, answer)
    }
}

/// Whether an answer may stand in a field or cell of a kind.
pub fn accepts(kind: &FieldKind, answer: &Answer) -> Result<(), Unfit> {
    match (kind, answer) {
        (FieldKind::Text { max, .. }, Answer::Text(text)) => {
            let length = text.chars().count();
            if length > *max { Err(Unfit::TooLong { length, max: *max }) } else { Ok(()) }
        }
        (FieldKind::Choice { .. }, Answer::Choice(option)) => known(kind, option),
        (FieldKind::Many { .. }, Answer::Many(options)) => {
            for (index, option) in options.iter().enumerate() {
                known(kind, option)?;
                if options[..index].contains(option) {
                    return Err(Unfit::Twice(option.clone()));
                }
            }
            Ok(())
        }
        (FieldKind::Ternary, Answer::Ternary(_))
        | (FieldKind::Date, Answer::Date(_))
        | (FieldKind::People, Answer::People(_))
        | (FieldKind::Organisations, Answer::Organisations(_))
        | (FieldKind::Systems, Answer::Systems(_))
        | (FieldKind::Suppliers, Answer::Suppliers(_)) => Ok(()),
        (FieldKind::Rows { columns, .. }, Answer::Rows(rows)) => {
            for (index, row) in rows.iter().enumerate() {
                if rows[..index].iter().any(|other| other.id == row.id) {
                    return Err(Unfit::SameRow);
                }
                for (id, cell) in &row.cells {
                    let column = columns.iter().find(|column| column.id == *id).ok_or_else(|| Unfit::NoColumn(id.clone()))?;
                    accepts(&column.kind, cell).map_err(|why| Unfit::Cell {
                        row: index + 1,
                        column: id.clone(),
                        why: Box::new(why),
                    })?;
                }
            }
            Ok(())
        }
        (FieldKind::Risks, _) => Err(Unfit::Risks),
        _ => Err(Unfit::Kind { wanted: kind.as_str(), given: answer.kind() }),
    }
}

fn known(kind: &FieldKind, option: &str) -> Result<(), Unfit> {
    if option.is_empty() || kind.options().iter().any(|known| known.id == option) {
        Ok(())
    } else {
        Err(Unfit::NoOption(option.to_owned()))
    }
}
