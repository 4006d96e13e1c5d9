//! Data protection impact assessments: does a project need one, what does it say, what could go wrong.
//!
//! An assessment is one document with many controllers: one shared body, and one annex for each controller. A place in it is
//! a [`place::Place`]; what stands there is an [`answer::Answer`]; which places there are, a template says.
//!
//! | module | what lives there |
//! |---|---|
//! | [`ids`] | typed ids of everything around an assessment |
//! | [`place`] | where in a document something stands: the shared body or an organisation's annex, and the field |
//! | [`answer`] | what can stand in a field, and how it reads as plain text |
//! | [`compare`] | two states field by field, with the words that differ |
//! | [`ico`] | prior consultation of the Information Commissioner, and its clock |
//! | [`merge`] | what two people made of one answer, three ways |
//!
//! Nothing here reads a clock, a file or a database; templates and rules come in as text, dates as arguments.

pub mod answer;
pub mod compare;
pub mod ico;
pub mod ids;
pub mod merge;
pub mod place;
