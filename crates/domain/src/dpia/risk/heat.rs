//! Counts for a heat map, and the highest risk.

use super::{
    matrix::{Band, Matrix},
    register::{Assessed, Risk},
};
use serde::Serialize;

/// How many risks stand in each cell of a matrix.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Heat {
    /// Counts by severity (rows, from the least) and likelihood (columns, from the least).
    pub cells: Vec<Vec<usize>>,
    /// Risks whose level someone has overridden; they stand in their cell as well.
    pub overridden: usize,
    /// Risks without a rating.
    pub not_rated: usize,
}

impl Heat {
    /// Counts ratings under a matrix.
    pub fn of<'a>(matrix: &Matrix, ratings: impl IntoIterator<Item = &'a Assessed>) -> Self {
        let mut heat = Self { cells: vec![vec![0; matrix.likelihood.len()]; matrix.severity.len()], overridden: 0, not_rated: 0 };
        for assessed in ratings {
            heat.overridden += usize::from(assessed.overridden.is_some());
            match assessed.rating.as_ref().and_then(|rating| matrix.cell(rating)) {
                Some((severity, likelihood)) => heat.cells[severity][likelihood] += 1,
                None => heat.not_rated += 1,
            }
        }
        heat
    }
}

/// The highest of some risks after measures.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Highest {
    /// The highest that is rated; none when none is.
    pub band: Option<Band>,
    /// Risks without a residual rating: nobody may take the highest as settled while there are any.
    pub not_rated: usize,
}

impl Highest {
    /// The band, once every risk is rated. No risk at all is low.
    #[must_use]
    pub fn settled(self) -> Option<Band> {
        (self.not_rated == 0).then(|| self.band.unwrap_or(Band::Low))
    }
}

/// The highest residual risk.
pub fn highest<'a>(matrix: &Matrix, risks: impl IntoIterator<Item = &'a Risk>) -> Highest {
    risks.into_iter().fold(Highest::default(), |mut highest, risk| {
        match risk.residual.band(matrix) {
            Some(band) => highest.band = highest.band.max(Some(band)),
            None => highest.not_rated += 1,
        }
        highest
    })
}
