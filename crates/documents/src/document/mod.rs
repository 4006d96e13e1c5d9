//! One neutral document, several writers.
//!
//! A [`Document`] is a title, what identifies it (version, content hash, signatures and their state), and blocks: headings,
//! paragraphs, lists, pairs of label and value, tables, notes. It knows no subject. PDF is written by the crate `typeset`, DOCX by
//! [`crate::docx`], Markdown by [`crate::markdown`]; what they say of their own (page numbers, 'Contents', 'Added') comes in
//! [`Labels`], so that no writer holds a sentence.
//!
//! Text is text: no writer reads markup, code or fields in it. [`Text`] is a run of [`Span`]s, so that words can be marked as added
//! or removed, with who and when.

mod labels;
mod text;

pub use labels::Labels;
pub use text::{Fate, Mark, Span, Text};

use jiff::Timestamp;

/// A document to be written as PDF, DOCX or Markdown.
#[derive(Debug, Clone, PartialEq)]
pub struct Document {
    /// The title; it must not be empty.
    pub title: String,
    /// Below the title, for instance whose document it is.
    pub subtitle: Option<String>,
    /// Who issued it: an organisation, for the file's properties.
    pub author: String,
    /// BCP 47 tag of the language it is written in, `en-GB`.
    pub language: String,
    /// When the file was made.
    pub made_at: Timestamp,
    /// The version's name, for instance 'Version 3' or 'Draft of 3 December 2019'; stands on every page.
    pub version: String,
    /// SHA-256 of what the version holds, in hexadecimal; its first 16 digits stand on every page.
    pub hash: Option<String>,
    /// Identifying pairs on the first page, after version and hash.
    pub facts: Vec<Pair>,
    /// Signatures and their state, in order.
    pub signatures: Vec<Signature>,
    /// Whether a table of contents follows the first page's facts.
    pub contents: bool,
    /// What it says.
    pub blocks: Vec<Block>,
    /// The writers' own words.
    pub labels: Labels,
}

impl Document {
    /// A British English document without content, for a title, an issuer, a version's name, and the instant it is made at.
    #[must_use]
    pub fn new(title: impl Into<String>, author: impl Into<String>, version: impl Into<String>, made_at: Timestamp) -> Self {
        Self {
            title: title.into(),
            subtitle: None,
            author: author.into(),
            language: "en-GB".to_owned(),
            made_at,
            version: version.into(),
            hash: None,
            facts: Vec::new(),
            signatures: Vec::new(),
            contents: false,
            blocks: Vec::new(),
            labels: Labels::default(),
        }
    }

    /// Adds a heading of a level from 1 (a part of the document) to 6.
    pub fn heading(&mut self, level: u8, text: impl Into<String>) {
        self.blocks.push(Block::Heading { level: level.clamp(1, 6), text: text.into() });
    }

    /// Adds the paragraphs of a plain text: an empty line, or any line end, starts a new one.
    pub fn text(&mut self, text: &str) {
        self.blocks.extend(Block::paragraphs(text));
    }

    /// Adds a block.
    pub fn push(&mut self, block: Block) {
        self.blocks.push(block);
    }

    /// The first 16 digits of the hash, as they stand on each page.
    #[must_use]
    pub fn short_hash(&self) -> Option<&str> {
        self.hash.as_deref().map(|hash| hash.get(..16).unwrap_or(hash))
    }

    /// The table of signatures, for writers: none where there is nothing to sign.
    #[must_use]
    pub fn signature_table(&self) -> Option<Table> {
        if self.signatures.is_empty() {
            return None;
        }
        let labels = &self.labels;
        let mut table = Table::new(
            labels.signatures.as_ref(),
            [&labels.step, &labels.role, &labels.organisation, &labels.name, &labels.when, &labels.state]
                .map(|label| label.as_ref()),
        );
        for signature in &self.signatures {
            let Signature { step, role, organisation, name, when, state } = signature;
            table.rows.push([step, role, organisation, name, when, state].map(|cell| Text::plain(cell)).into());
        }
        table.row_headers = true;
        Some(table)
    }

    /// What identifies the document, as pairs: version, hash, then [`Document::facts`].
    #[must_use]
    pub fn identity(&self) -> Vec<Pair> {
        let mut pairs = vec![Pair::new(self.labels.version.as_ref(), &self.version)];
        if let Some(hash) = &self.hash {
            pairs.push(Pair::new(self.labels.hash.as_ref(), hash));
        }
        pairs.extend(self.facts.iter().cloned());
        pairs
    }
}

/// A signature, or one that is awaited.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signature {
    /// What is signed: the step of the route, in words.
    pub step: String,
    /// The role that signs.
    pub role: String,
    /// For which organisation.
    pub organisation: String,
    /// Who signed, or that nobody did; never a person in a public document.
    pub name: String,
    /// When, in words.
    pub when: String,
    /// Its state in words: signed, waiting, to be signed again.
    pub state: String,
}

/// A part of a document.
#[derive(Debug, Clone, PartialEq)]
pub enum Block {
    /// A heading.
    Heading {
        /// From 1 to 6; a level is at most one deeper than the heading before.
        level: u8,
        /// Its words; they must not be empty.
        text: String,
    },
    /// A paragraph.
    Paragraph(Text),
    /// A list.
    List {
        /// Whether its items are numbered.
        ordered: bool,
        /// Its items.
        items: Vec<Text>,
    },
    /// Labels with their values.
    Pairs(Vec<Pair>),
    /// A table.
    Table(Table),
    /// A remark set apart from the text: a warning, guidance, what was removed.
    Note {
        /// What kind of remark it is, in a word or two.
        label: String,
        /// What it says.
        body: Vec<Text>,
    },
    /// The next block starts on a new page.
    PageBreak,
}

impl Block {
    /// The paragraphs of a plain text, one for each line that is not blank.
    pub fn paragraphs(text: &str) -> impl Iterator<Item = Block> + '_ {
        lines(text).map(|line| Block::Paragraph(Text::plain(line)))
    }
}

/// The lines of a text that are not blank. Any line end counts.
pub fn lines(text: &str) -> impl Iterator<Item = &str> {
    text.split(['\n', '\r', '\u{2028}', '\u{2029}', '\u{b}', '\u{c}', '\u{85}']).filter(|line| !line.trim().is_empty())
}

/// A label and its value, which may have several paragraphs.
#[derive(Debug, Clone, PartialEq)]
pub struct Pair {
    /// The label.
    pub label: String,
    /// The value's paragraphs.
    pub value: Vec<Text>,
}

impl Pair {
    /// A label with a plain value; each line of it is a paragraph.
    pub fn new(label: impl Into<String>, value: &str) -> Self {
        Self { label: label.into(), value: lines(value).map(Text::plain).collect() }
    }
}

/// A table with a header row, which every page repeats.
#[derive(Debug, Clone, PartialEq)]
pub struct Table {
    /// What the table shows; stands above it.
    pub caption: String,
    /// Its columns.
    pub columns: Vec<Column>,
    /// Its rows; a short row has empty cells at its end, a long one is cut.
    pub rows: Vec<Vec<Text>>,
    /// Whether the first cell of each row is that row's heading.
    pub row_headers: bool,
}

impl Table {
    /// A table without rows, its columns of equal width.
    pub fn new<'a>(caption: impl Into<String>, headings: impl IntoIterator<Item = &'a str>) -> Self {
        let columns =
            headings.into_iter().map(|heading| Column { heading: heading.to_owned(), weight: 1, numeric: false }).collect();
        Self { caption: caption.into(), columns, rows: Vec::new(), row_headers: false }
    }

    /// Adds a row of plain texts.
    pub fn row<'a>(&mut self, cells: impl IntoIterator<Item = &'a str>) {
        self.rows.push(cells.into_iter().map(Text::plain).collect());
    }

    /// The cells of a row, as many as there are columns.
    pub fn cells<'t>(&'t self, row: &'t [Text]) -> impl Iterator<Item = (&'t Column, Option<&'t Text>)> + 't {
        self.columns.iter().enumerate().map(|(at, column)| (column, row.get(at)))
    }
}

/// A column of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// Its heading; it must not be empty.
    pub heading: String,
    /// Its share of the width, beside those of the other columns.
    pub weight: u16,
    /// Whether it holds numbers, which are set to the right.
    pub numeric: bool,
}
