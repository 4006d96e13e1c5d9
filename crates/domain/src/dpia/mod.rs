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
//! | [`cnil`] | import of what the CNIL's PIA tool exports, losing nothing |
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
//! | [`assessment`] | the assessment: title, template, parties, guests, where it stands |
//! | [`edit`] | saving answers: saved, merged, or a clash that somebody settles; history; drafts |
//! | [`exchange`] | an assessment as one JSON document, out and in |
//! | [`export`] | what files and agreements take from it, as values |
//! | [`version`] | everything it said at a moment, sealed; risks and measures as they are stored |
//! | [`whole`] | an assessment with everything that belongs to it, and what follows |
//! | [`project`] | data projects, and screenings as the record of a decision |
//! | [`comment`] | threads of comments on fields, with mentions |
//! | [`advice`] | the data protection officer's recommendations, accepted or overruled with reasons |
//! | [`seal`] | what signatures are bound to: canonical JSON and its hash |
//! | [`sign_off`] | routes of sign-off, the board of signatures, signing, what changed since |
//! | [`workflow`] | the one table of states and moves |
//! | [`review`] | dates and triggers that ask for another look, and what they touch |
//! | [`task`] | one list of what somebody must do by a date; reminders; handing over |
//! | [`publication`] | what the public sees, field by field, and why words are missing |
//! | [`attachment`] | files beside an assessment: types, sizes, hashes |
//! | [`known`] | all files that a server knows, shipped and stored, with whose they are |
//! | [`stored`] | files of rules as they are stored |
//! | [`writing`] | writing such a file in the browser: who may, what is wrong with it, how a new version begins |
//! | [`succession`] | an assessment moves to a new version of its template |
//! | [`access`] | who may read and write which part |
//! | [`presence`] | who else is here now |
//! | [`modules`] | which modules the answers ask for, and what a person said to that |
//! | [`looks`] | from where 'since I last looked' is counted |
//!
//! Nothing here reads a clock, a file or a database; templates and rules come in as text, dates as arguments.

pub mod access;
pub mod advice;
pub mod answer;
pub mod assessment;
pub mod attachment;
pub mod cnil;
pub mod comment;
pub mod compare;
pub mod condition;
pub mod edit;
pub mod exchange;
pub mod export;
pub mod file;
pub mod ico;
pub mod ids;
pub mod known;
pub mod library;
pub mod looks;
pub mod merge;
pub mod modules;
pub mod overlay;
pub mod place;
pub mod prefill;
pub mod presence;
pub mod project;
pub mod publication;
pub mod review;
pub mod risk;
pub mod screening;
pub mod seal;
pub mod sign_off;
pub mod stored;
pub mod succession;
pub mod task;
pub mod template;
pub mod version;
pub mod whole;
pub mod workflow;
pub mod writing;
