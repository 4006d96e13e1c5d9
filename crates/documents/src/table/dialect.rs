//! Which character separates the cells of a text file.

use csv::{ReaderBuilder, StringRecord};

/// Rows looked at to find the delimiter and the header.
pub(super) const SAMPLE_ROWS: usize = 200;

/// In the order in which they win when nothing else tells them apart.
const CANDIDATES: [u8; 4] = [b',', b'\t', b';', b'|'];

/// How the cells of a text file are separated.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Dialect {
    /// The delimiter.
    pub delimiter: u8,
    /// Bytes at the start that are a hint to a spreadsheet, not a row: `sep=;`.
    pub hint: usize,
}

impl Dialect {
    /// Finds the dialect from the start of a file as UTF-8. `is_whole` says
    /// that the sample is the whole file.
    pub fn of(sample: &[u8], is_whole: bool) -> Self {
        if let Some(found) = hinted(sample) {
            return found;
        }
        let mut best: Option<(Fit, u8)> = None;
        for delimiter in CANDIDATES {
            if let Some(fit) = Fit::of(&records(sample, delimiter, is_whole))
                && best.as_ref().is_none_or(|(other, _)| fit.beats(other))
            {
                best = Some((fit, delimiter));
            }
        }
        Self { delimiter: best.map_or(b',', |(_, delimiter)| delimiter), hint: 0 }
    }
}

/// The `sep=;` line that Excel writes and reads.
fn hinted(sample: &[u8]) -> Option<Dialect> {
    let rest = sample.strip_prefix(b"sep=").or_else(|| sample.strip_prefix(b"SEP="))?;
    let (&delimiter, rest) = rest.split_first()?;
    let end = match rest {
        [b'\r', b'\n', ..] => 2,
        [b'\r' | b'\n', ..] => 1,
        _ => return None,
    };
    CANDIDATES.contains(&delimiter).then_some(Dialect { delimiter, hint: 5 + end })
}

/// The first rows of a sample. A last row that may be cut is left out.
pub(super) fn records(sample: &[u8], delimiter: u8, is_whole: bool) -> Vec<StringRecord> {
    let mut reader = ReaderBuilder::new().has_headers(false).flexible(true).delimiter(delimiter).from_reader(sample);
    let mut found: Vec<StringRecord> = Vec::new();
    // A cut at the end of the sample may split a character; that row goes anyway.
    for record in reader.byte_records().map_while(Result::ok).take(SAMPLE_ROWS + 1) {
        found.push(StringRecord::from_byte_record_lossy(record));
    }
    let is_cut = found.len() > SAMPLE_ROWS || !is_whole;
    if is_cut && found.len() > 1 {
        found.pop();
    }
    found
}

/// How well a delimiter explains a sample.
struct Fit {
    /// The commonest number of cells, of rows with two or more.
    width: usize,
    /// The first row of that width.
    first: usize,
    /// The part of rows that have it.
    share: f64,
}

impl Fit {
    fn of(records: &[StringRecord]) -> Option<Self> {
        let widths: Vec<usize> = records.iter().map(StringRecord::len).collect();
        let count = |width: usize| widths.iter().filter(|other| **other == width).count();
        let width = widths.iter().copied().filter(|width| *width > 1).max_by_key(|width| (count(*width), *width))?;
        let first = widths.iter().position(|other| *other == width)?;
        Some(Self { width, first, share: count(width) as f64 / widths.len() as f64 })
    }

    /// Most rows must agree; then the delimiter that is at work from the
    /// earliest row wins, since a header has none of the decimal commas or
    /// lists that data has; then the steadier and wider table.
    fn beats(&self, other: &Self) -> bool {
        let is_steady = |fit: &Self| fit.share >= 0.5;
        let score = |fit: &Self| fit.share * (fit.width - 1) as f64;
        match (is_steady(self), is_steady(other)) {
            (true, false) => true,
            (false, true) => false,
            _ if self.first != other.first => self.first < other.first,
            _ => score(self) > score(other),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn delimiter(text: &str) -> char {
        Dialect::of(text.as_bytes(), true).delimiter as char
    }

    #[test]
    fn each_delimiter_is_found() {
        for sign in [',', ';', '\t', '|'] {
            let text = "Ref,Title,End\nA,Bins,2027\nB,Roads,2028\n".replace(',', &sign.to_string());
            assert_eq!(delimiter(&text), sign);
        }
    }

    #[test]
    fn decimal_commas_do_not_beat_semicolons() {
        assert_eq!(delimiter("a;b;c;d\n1,5;2,5;3,5;4,5\n1,5;2,5;3,5;4,5\n"), ';');
    }

    #[test]
    fn lists_in_cells_and_titles_do_not_beat_commas() {
        assert_eq!(delimiter("Ref,Wards\n1,a;b;c\n2,a;b;c\n3,a;b;c\n"), ',');
        assert_eq!(delimiter("Contracts; register\nRef,Title,End\n1,x,2027\n2,y,2028\n"), ',');
    }

    #[test]
    fn delimiters_within_quotes_do_not_count() {
        assert_eq!(delimiter("a;b\n\"x,y,z\";1\n\"x,y,z\";2\n"), ';');
    }

    #[test]
    fn the_hint_for_excel_is_taken_and_skipped() {
        assert_eq!(Dialect::of(b"sep=|\r\na|b\r\n", true), Dialect { delimiter: b'|', hint: 7 });
    }

    #[test]
    fn one_column_reads_as_commas() {
        assert_eq!(delimiter("Name\nCamden\n"), ',');
    }
}
