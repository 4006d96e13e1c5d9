//! Open Contracting data (OCDS 1.0 and 1.1): reading what publishers really
//! send, and merging the releases of one contracting process into one.
//!
//! | module | what lives there |
//! |---|---|
//! | [`read`] | bytes of any usual shape and encoding to releases, with positions for error messages |
//! | [`rules`] | which fields are dropped or replaced whole when releases merge: built in, or read from a schema |
//! | [`merge`] | the merge routine: compiled and versioned releases, all at once or one release at a time |
//! | [`stream`] | many contracting processes: grouped by ocid in first-seen order, merged, written as one JSON array |
//! | [`model`] | careful accessors over a release: everything is an `Option`, nothing panics |
//!
//! No file, network or database access happens here; the crate knows
//! [`std::io::Read`] and [`std::io::Write`] and nothing beyond them. It does not
//! know what a contract is either: `domain` makes contracts out of compiled
//! releases, with [`model`]'s help.
//!
//! The usual walk:
//!
//! ```
//! use ocds::{merge::{Form, Merger}, read::{Document, Limits}, rules::Rules, stream};
//!
//! let bytes = br#"{"releases": [
//!   {"ocid": "ocds-x-1", "id": "b", "date": "2020-02-01", "tag": ["award"], "tender": {"title": "Housing system"}},
//!   {"ocid": "ocds-x-1", "id": "a", "date": "2020-01-01", "tag": ["tender"], "tender": {"title": "Draft"}}
//! ]}"#;
//! let document = Document::parse(bytes.to_vec(), &Limits::default()).unwrap();
//! let rules = Rules::builtin_1_1();
//! let mut out = Vec::new();
//! let report = stream::merge_to_writer(&[document], &Merger::new(&rules), Form::Compiled, &mut out).unwrap();
//! assert_eq!((report.releases, report.processes), (2, 1));
//! assert!(String::from_utf8(out).unwrap().contains("Housing system"));
//! ```
//!
//! The merge follows <https://standard.open-contracting.org/1.1/en/schema/merging/>;
//! the places where that page leaves room, and what is done there, are listed in
//! [`merge`].

mod json;
pub mod merge;
pub mod model;
pub mod read;
pub mod rules;
pub mod stream;
