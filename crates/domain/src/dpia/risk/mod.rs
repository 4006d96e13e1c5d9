//! Risks to people, what is done about them, and how high they are.
//!
//! | module | what lives there |
//! |---|---|
//! | [`matrix`] | a template's own matrix of likelihood and severity |
//! | [`meet`] | two people change one risk or measure at once |
//! | [`register`] | a risk, its ratings before and after, its measures |
//! | [`mod@suggest`] | risks that answers suggest, each with its reason |
//! | [`heat`] | counts for a heat map, and the highest risk |

pub mod heat;
pub mod matrix;
pub mod meet;
pub mod register;
pub mod suggest;

#[cfg(test)]
mod tests;

pub use heat::{Heat, Highest, highest};
pub use matrix::{Band, Level, Matrix, Rating, Step};
pub use register::{Assessed, Effect, Measure, Override, Progress, Refusal, Risk, Source};
pub use suggest::{RiskRule, Suggestion, suggest};
