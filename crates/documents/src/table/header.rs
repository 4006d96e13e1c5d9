//! Which row names the columns, and the names it gives them.

use super::error::ReadError;
use super::warning::Warning;
use csv::StringRecord;
use std::collections::HashSet;

/// The named columns of a table.
#[derive(Debug, Default)]
pub(super) struct Columns {
    /// Distinct names, in order.
    pub names: Vec<String>,
    /// For each name, the position of its cell in a row of the file.
    pub positions: Vec<usize>,
    /// Positions left of the last named column that have no name and no cells.
    pub dropped: Vec<usize>,
}

fn filled(record: &StringRecord) -> usize {
    record.iter().filter(|cell| !cell.trim().is_empty()).count()
}

/// The position of the header among the first rows of a table: the first row
/// with two cells or more that is at least two thirds as full as rows usually are,
/// so that a title such as 'Contracts register, March' is passed over. A table
/// of one column starts with its first cell.
pub(super) fn find(rows: &[StringRecord]) -> Option<usize> {
    let counts: Vec<usize> = rows.iter().map(filled).collect();
    let mut sorted: Vec<usize> = counts.iter().copied().filter(|count| *count > 0).collect();
    sorted.sort_unstable();
    let median = sorted.get(sorted.len() / 2).copied()?;
    let full = |count: usize| count >= 2 && count * 3 >= median * 2;
    let header = counts.iter().position(|count| full(*count));
    header.or_else(|| counts.iter().position(|count| *count > 0))
}

/// Names the columns from the header row; `data` is a sample of what follows.
pub(super) fn columns(
    header: &StringRecord,
    data: &[StringRecord],
    max_columns: usize,
    warnings: &mut Vec<Warning>,
) -> Result<Columns, ReadError> {
    let is_used = |at: usize| data.iter().any(|row| row.get(at).is_some_and(|cell| !cell.trim().is_empty()));
    let mut columns = Columns::default();
    let mut taken: HashSet<String> = HashSet::new();
    for (at, cell) in header.iter().enumerate() {
        let mut name = cell.split_whitespace().collect::<Vec<_>>().join(" ");
        if name.is_empty() {
            if !is_used(at) {
                columns.dropped.push(at);
                continue;
            }
            name = format!("Column {}", at + 1);
            warnings.push(Warning::UnnamedColumn { name: name.clone() });
        }
        if !taken.insert(name.clone()) {
            let distinct = distinct(&name, &taken);
            warnings.push(Warning::DuplicateHeader { name, renamed: distinct.clone() });
            taken.insert(distinct.clone());
            name = distinct;
        }
        columns.names.push(name);
        columns.positions.push(at);
        if columns.names.len() > max_columns {
            return Err(ReadError::TooManyColumns { found: header.len(), limit: max_columns });
        }
    }
    if columns.names.is_empty() { Err(ReadError::NoHeader) } else { Ok(columns) }
}

fn distinct(name: &str, taken: &HashSet<String>) -> String {
    // As many numbers as names are taken, and one more: one of them is free.
    (2..=taken.len() + 2)
        .map(|number| format!("{name} ({number})"))
        .find(|candidate| !taken.contains(candidate))
        .unwrap_or_else(|| format!("{name} (again)"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(text: &str) -> Vec<StringRecord> {
        super::super::dialect::records(text.as_bytes(), b',', true)
    }

    #[test]
    fn a_title_with_a_comma_is_not_the_header() {
        let rows = rows("Contracts register, March\n,,,,\nRef,Title,Supplier,Start,End\n1,a,b,c,d\n2,a,b,c,d\n");
        assert_eq!(find(&rows), Some(2));
    }

    #[test]
    fn a_single_column_starts_with_its_first_cell() {
        assert_eq!(find(&rows(" ,\nName\nCamden\n")), Some(1));
        assert_eq!(find(&rows(",,\n,\n")), None);
    }

    #[test]
    fn repeated_names_become_distinct_even_when_the_number_is_taken() {
        let rows = rows("Name,Name (2),Name,Name\n1,2,3,4\n");
        let mut warnings = Vec::new();
        let columns = columns(&rows[0], &rows[1..], 10, &mut warnings).unwrap();
        assert_eq!(columns.names, ["Name", "Name (2)", "Name (3)", "Name (4)"]);
        assert_eq!(warnings.len(), 2);
    }

    #[test]
    fn an_unnamed_column_is_kept_only_when_it_is_used() {
        let rows = rows("a,,b, ,\n1,,2,3,\n");
        let mut warnings = Vec::new();
        let columns = columns(&rows[0], &rows[1..], 10, &mut warnings).unwrap();
        assert_eq!(columns.names, ["a", "b", "Column 4"]);
        assert_eq!((columns.positions, columns.dropped), (vec![0, 2, 3], vec![1, 4]));
    }
}
