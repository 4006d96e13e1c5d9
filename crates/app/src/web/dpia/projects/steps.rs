//! The information governance process, as data (`data/governance/process.yaml`): what its steps are called, what each is for,
//! who takes part and what comes out. The wording is this project's own; LOTI's is not at hand.

use serde::{Deserialize, Serialize};
use std::sync::LazyLock;

/// The process.
#[derive(Clone, Debug, Deserialize)]
pub struct Process {
    /// Its URN.
    pub urn: String,
    /// Its version.
    pub version: String,
    /// Its steps, in order; a project may go back.
    pub steps: Vec<Step>,
}

/// A step of the process.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Step {
    /// Its id, as projects keep it.
    pub id: String,
    /// Its name.
    pub name: String,
    /// What it is for.
    pub purpose: String,
    /// Who takes part.
    pub participants: Vec<String>,
    /// What comes out of it.
    pub outputs: Vec<String>,
}

static SHIPPED: LazyLock<Process> = LazyLock::new(|| {
    let text = include_str!("../../../../../../data/governance/process.yaml");
    serde_saphyr::from_str(text).unwrap_or_else(|error| {
        tracing::error!(%error, "the shipped process cannot be read");
        Process { urn: String::new(), version: String::new(), steps: Vec::new() }
    })
});

/// The process as shipped.
#[must_use]
pub fn process() -> &'static Process {
    &SHIPPED
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn the_shipped_process_has_seven_steps_that_say_who_and_what() {
        let process = process();
        assert_eq!(process.steps.len(), 7);
        assert!(process.urn.starts_with("urn:city-tools:") && !process.version.is_empty());
        let ids: BTreeSet<_> = process.steps.iter().map(|step| &step.id).collect();
        assert_eq!(ids.len(), 7);
        for step in &process.steps {
            assert!(!step.purpose.is_empty() && !step.participants.is_empty() && !step.outputs.is_empty(), "{}", step.id);
        }
    }
}
