//! The register: what a city's organisations run, from whom, until when.
//!
//! | module | what lives there |
//! |---|---|
//! | [`ids`] | typed ids |
//! | [`money`] | sums in pence with their kind |
//! | [`terms`] | terms, options, breaks, notice; exits and decision dates as at a day |
//! | [`decide`] | what has to be decided of a contract, and by when, as lists say it |
//! | [`records`] | the records themselves, as they are stored and logged |
//! | [`names`] | normal forms of names and company numbers |
//! | [`reference`](mod@reference) | the shipped reference data (organisations, functions, lead times) as values |
//! | [`import`] | from a row or a release to a draft, and from a draft to a change |
//! | [`export`] | the register in the forms of others: OCDS releases |
//! | [`edit`] | what people change: fields, moves, merges of what two wrote, undo |
//! | [`reconcile`] | what public notices say beside what an organisation says itself |
//! | [`completeness`] | how complete and fresh a record is, and what to fix first |
//! | [`snapshot`] | the immutable public register in memory, and the questions it answers |
//! | [`illustrative`] | the made-up London register |

pub mod completeness;
pub mod decide;
pub mod edit;
pub mod export;
pub mod ids;
pub mod illustrative;
pub mod import;
pub mod money;
pub mod names;
pub mod reconcile;
pub mod records;
pub mod reference;
pub mod snapshot;
pub mod terms;
