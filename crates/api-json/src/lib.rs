//! Contracts as the public API gives them, written as JSON.
//!
//! A crate of its own for its speed: nearly all of what a question about contracts takes is here and in `domain`, both optimised in
//! full, and the application, which is large, is not (docs/DESIGN.md). So nothing here knows a request, an answer's
//! headers or a page, and nothing that is asked for only now and then belongs here.
//!
//! | module | what lives there |
//! |---|---|
//! | [`contract`] | a contract as lists have it |
//! | [`page`] | a page of a list, of texts that the snapshot keeps |
//! | [`shapes`] | the shape of lists, and what nouns share |
//! | [`json`] | JSON, as serde_json writes it |

pub mod contract;
pub mod json;
pub mod page;
pub mod shapes;
