//! How much of a stranger's file is read before it is refused.

/// Upper bounds on what is read. The defaults fit any register a council could
/// publish; a web upload wants smaller ones.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Size of the file in bytes.
    pub max_bytes: u64,
    /// Rows, the header and empty rows included.
    pub max_rows: u64,
    /// Columns that hold anything.
    pub max_columns: usize,
    /// Bytes of one cell, as UTF-8.
    pub max_cell_bytes: usize,
    /// Bytes of one row of a text file, its line ends within quotes included.
    pub max_line_bytes: usize,
    /// Bytes of all parts of a workbook once unpacked; also the bound on the
    /// text taken out of one.
    pub max_uncompressed: u64,
    /// How many times larger than packed the parts may be in all. Only asked
    /// of workbooks that unpack to more than 16 MiB: small ones pack well.
    pub max_ratio: u64,
    /// Parts of a workbook.
    pub max_entries: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            max_bytes: 2 * 1024 * 1024 * 1024,
            max_rows: 5_000_000,
            max_columns: 500,
            max_cell_bytes: 1024 * 1024,
            max_line_bytes: 8 * 1024 * 1024,
            max_uncompressed: 512 * 1024 * 1024,
            max_ratio: 250,
            max_entries: 2_000,
        }
    }
}

/// A size as people say it, for messages: `3 MB`, `12 kB`, `40 bytes`.
pub(crate) fn size(bytes: u64) -> String {
    const UNITS: [(u64, &str); 3] = [(1 << 30, "GB"), (1 << 20, "MB"), (1 << 10, "kB")];
    for (unit, name) in UNITS {
        if bytes >= unit {
            return format!("{} {name}", bytes / unit);
        }
    }
    format!("{bytes} bytes")
}
