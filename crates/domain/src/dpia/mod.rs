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
//! | [`condition`] | when a question is asked, a field applies or is required, a module is wanted, a risk is suggested |
//! | [`file`](mod@file) | files that councils write: YAML, schema, problems with their line |
//! | [`ico`] | prior consultation of the Information Commissioner, and its clock |
//! | [`library`] | all files that a server knows, together; the shipped ones |
//! | [`merge`] | what two people made of one answer, three ways |
//! | [`overlay`] | what an organisation adds to a template for itself |
//! | [`prefill`] | what can fill a field beforehand, and where that comes from |
//! | [`risk`] | risks, measures, the matrix, suggestions |
//! | [`screening`] | does a project need a DPIA? |
//! | [`template`] | which sections and fields there are, for whom, when |
//!
//! Nothing here reads a clock, a file or a database; templates and rules come in as text, dates as arguments.

pub mod answer;
pub mod compare;
pub mod condition;
pub mod file;
pub mod ico;
pub mod ids;
pub mod library;
pub mod merge;
pub mod overlay;
pub mod place;
pub mod prefill;
pub mod risk;
pub mod screening;
pub mod template;
