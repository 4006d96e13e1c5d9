//! Bytes to values and back.
//!
//! This crate reads the files that councils publish and writes the files that
//! City Tools gives away. It knows nothing of contracts: a table is rows of
//! named cells with their numbers, a feed is titles and addresses. What a cell
//! *means* is decided in `domain`; where a file comes from, in `app`.
//!
//! | module | lives there | may not |
//! |---|---|---|
//! | [`table`] | reading CSV and workbooks: encodings, delimiters, headers, sheets, limits | interpret a value |
//! | [`export`] | one row model, four writers: CSV, JSON Lines, XLSX, Parquet | know which list is exported |
//! | [`attachment`] | which files may be attached, and their names | store anything |
//! | [`document`] | one neutral document, with words that may be marked as added or removed | know a subject, hold a sentence |
//! | [`docx`] | the document as DOCX; changed words as Word's tracked changes | |
//! | [`markdown`] | the document as Markdown | let text be read as markup |
//! | [`package`] | a ZIP of a JSON document and its files, read with care | read the document |
//! | [`formula`] | the guard against spreadsheet formulas, and its exact inverse | touch numbers or dates |
//! | [`ics`] | a calendar of all-day events | compute a date |
//! | [`atom`] | a feed of entries | fetch anything |
//! | [`text`] | removing control characters before they reach a text format | |
//!
//! Everything that reads is bounded by [`table::Limits`], since files come from
//! strangers: memory follows the longest row (CSV) or the limit on unpacked
//! size (workbooks), never the length of the input.
//!
//! ```
//! use documents::table::{Limits, Row, TableReader};
//!
//! let bytes = "Title;Supplier\nParking;Example Ltd\n".as_bytes().to_vec();
//! let mut table = TableReader::from_bytes("register.csv", bytes, &Limits::default())?;
//! assert_eq!(table.headers(), ["Title", "Supplier"]);
//!
//! let mut row = Row::default();
//! while table.read_into(&mut row)? {
//!     assert_eq!((row.number(), row.get(1)), (2, "Example Ltd"));
//! }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

pub mod atom;
pub mod attachment;
pub mod document;
pub mod docx;
pub mod export;
pub mod formula;
pub mod ics;
pub mod markdown;
pub mod package;
pub mod table;
pub mod text;
