//! Months from starting to buy to the new contract, by route and complexity.

use super::{ReferenceError, parse::File};
use crate::register::terms::Period;
use std::sync::LazyLock;

/// A lead time and where the figure comes from; pages show the source beside every date that rests on it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeadTime {
    /// How long before the exit buying must start.
    pub period: Period,
    /// Where the figure comes from.
    pub source: String,
}

#[derive(Clone, Debug)]
struct Row {
    route: String,
    core: bool,
    default: bool,
    time: LeadTime,
}

/// Lead times by route and complexity.
#[derive(Clone, Debug, Default)]
pub struct LeadTimes {
    rows: Vec<Row>,
}

impl LeadTimes {
    /// The lead times that ship with this build, read once: they are asked for with every contract.
    #[must_use]
    pub fn shipped() -> &'static Self {
        static READ: LazyLock<LeadTimes> = LazyLock::new(|| LeadTimes::parse(super::SHIPPED.lead_times).unwrap_or_default());
        &READ
    }

    /// Reads `lead-times.csv`.
    ///
    /// # Errors
    /// Says which line and column cannot be read.
    pub fn parse(text: &str) -> Result<Self, ReferenceError> {
        let file = File::read("lead-times.csv", text, &["route", "complexity", "months", "is_default", "source", "note"])?;
        let rows = file
            .rows()
            .map(|row| {
                let months = row.number("months")?.ok_or_else(|| row.bad("months", "Write a whole number"))?;
                let core = match row.get("complexity") {
                    "core" => true,
                    "standard" => false,
                    _ => return Err(row.bad("complexity", "Use standard or core")),
                };
                let time = LeadTime { period: Period::months(months), source: row.required("source")? };
                Ok(Row { route: row.required("route")?, core, default: row.boolean("is_default")?, time })
            })
            .collect::<Result<_, _>>()?;
        Ok(Self { rows })
    }

    /// The lead time of a route and complexity; failing that, of any route of that complexity; failing that, the default.
    /// An empty table gives twelve months and says so.
    #[must_use]
    pub fn for_route(&self, route: Option<&str>, core: bool) -> LeadTime {
        let of = |route: &str| self.rows.iter().find(|row| row.route == route && row.core == core);
        let row = route.and_then(of).or_else(|| of("any")).or_else(|| self.rows.iter().find(|row| row.default));
        row.map_or_else(
            || LeadTime { period: Period::months(12), source: "no lead time is set; twelve months taken".to_owned() },
            |row| row.time.clone(),
        )
    }
}
