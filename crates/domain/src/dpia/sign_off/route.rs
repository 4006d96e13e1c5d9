//! Routes of sign-off, as files: `data/dpia/sign-off.yaml` is shipped; an organisation can have its own.

use crate::{
    dpia::{
        condition::{Condition, Reader},
        file::{self, Document, Problem},
        risk::Band,
        template::Edition,
    },
    people::Role,
};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

use super::Kind;

/// The text of the shipped route.
pub const SHIPPED: &str = include_str!("../../../../../data/dpia/sign-off.yaml");

/// A route.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Route {
    /// Its URN and version.
    pub edition: Edition,
    /// Its title.
    pub title: String,
    /// What it is and whose.
    pub about: String,
    /// The first day on which it may be used.
    pub in_force: Date,
    /// Its steps, in the order in which people read them.
    pub steps: Vec<Step>,
}

/// When in the assessment's life a step belongs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Phase {
    /// Looking at the frozen version.
    Review,
    /// The data protection officer's advice.
    Advice,
    /// Answering the advice, accepting the risk.
    Decision,
}

/// A step that each controller takes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Step {
    /// Its id.
    pub id: String,
    /// Its title.
    pub title: String,
    /// When it belongs.
    pub phase: Phase,
    /// The steps that the same organisation must have taken before.
    #[serde(default)]
    pub after: Vec<String>,
    /// When it applies; always, without a condition.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub when: Option<Condition>,
    /// How it can be decided; one of them is.
    pub decisions: Vec<Decision>,
}

/// A way to decide a step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Decision {
    /// Its id, unique in the step.
    pub id: String,
    /// What it does.
    pub does: Kind,
    /// Who may decide so.
    pub role: Role,
    /// The words that the signer confirms.
    pub says: String,
    /// The levels of residual risk at which it may be taken; all, where none is said.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub risk: Vec<Band>,
    /// Whether reasons, or the advice, must be written.
    #[serde(default)]
    pub reasons: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct Written {
    #[allow(dead_code)]
    kind: String,
    urn: String,
    version: String,
    title: String,
    about: String,
    in_force: Date,
    steps: Vec<Step>,
}

impl Decision {
    /// Whether it may be taken at a level of residual risk.
    #[must_use]
    pub fn at(&self, level: Band) -> bool {
        self.risk.is_empty() || self.risk.contains(&level)
    }
}

impl Step {
    /// The decisions that may be taken at a level of residual risk.
    pub fn decisions(&self, level: Band) -> impl Iterator<Item = &Decision> {
        self.decisions.iter().filter(move |decision| decision.at(level))
    }

    /// Whether someone accepts the risk in it.
    #[must_use]
    pub fn accepts_risk(&self) -> bool {
        self.decisions.iter().any(|decision| decision.does == Kind::AcceptsRisk)
    }
}

impl Route {
    /// Reads a route.
    ///
    /// # Errors
    /// Everything that is wrong with it, with lines.
    pub fn read(name: &str, text: &str) -> Result<Self, Vec<Problem>> {
        let (document, written): (_, Written) = Document::written(name, text, file::Kind::SignOff)?;
        let route = Self {
            edition: Edition { urn: written.urn, version: written.version },
            title: written.title,
            about: written.about,
            in_force: written.in_force,
            steps: written.steps,
        };
        route.check(&document);
        document.finish(Some(route))
    }

    /// The steps that apply to an assessment, in order.
    #[must_use]
    pub fn applying<'a>(&'a self, level: Band, reader: &dyn Reader) -> Vec<&'a Step> {
        self.steps
            .iter()
            .filter(|step| step.when.as_ref().is_none_or(|when| when.holds(reader)) && step.decisions(level).next().is_some())
            .collect()
    }

    /// A step by its id.
    #[must_use]
    pub fn step(&self, id: &str) -> Option<&Step> {
        self.steps.iter().find(|step| step.id == id)
    }

    /// What a schema cannot say.
    fn check(&self, document: &Document) {
        let mut known = BTreeSet::new();
        for (at, step) in self.steps.iter().enumerate() {
            let pointer = format!("/steps/{at}");
            if known.contains(step.id.as_str()) {
                document.problem(
                    &format!("{pointer}/id"),
                    &format!("'{}' is the id of another step", step.id),
                    "Give each step its own id",
                );
            }
            for (place, before) in step.after.iter().enumerate() {
                let pointer = format!("{pointer}/after/{place}");
                match self.step(before) {
                    None => document.problem(&pointer, &format!("There is no step '{before}'"), "Name a step of this route"),
                    Some(_) if !known.contains(before.as_str()) => {
                        document.problem(
                            &pointer,
                            &format!("The step '{before}' comes later"),
                            "Put it above this step: steps stand in the order in which they can be taken",
                        );
                    }
                    Some(earlier) if earlier.phase > step.phase => {
                        document.problem(
                            &pointer,
                            &format!("The step '{before}' belongs to a later phase"),
                            "Move one of the two to the other's phase",
                        );
                    }
                    Some(_) => {}
                }
            }
            known.insert(step.id.as_str());
            let mut decisions = BTreeSet::new();
            for (place, decision) in step.decisions.iter().enumerate() {
                let pointer = format!("{pointer}/decisions/{place}");
                if !decisions.insert(decision.id.as_str()) {
                    document.problem(
                        &pointer,
                        &format!("'{}' is the id of another decision of this step", decision.id),
                        "Give each its own id",
                    );
                }
                if decision.does == Kind::OverrulesAdvice && !decision.reasons {
                    document.problem(
                        &pointer,
                        "Advice is overruled without reasons",
                        "Add 'reasons: true': the ICO asks for them",
                    );
                }
                if decision.does == Kind::AcceptsRisk && decision.role == Role::Dpo {
                    document.problem(
                        &pointer,
                        "The data protection officer accepts the risk",
                        "Name another role: the DPO advises and must not decide (UK GDPR, Article 38(6))",
                    );
                }
                if decision.does == Kind::AcceptsRisk && decision.role == Role::InformationAssetOwner && decision.at(Band::High) {
                    document.problem(
                        &pointer,
                        "The information asset owner accepts high risk alone",
                        "Limit it with 'risk', and name the SIRO for high",
                    );
                }
            }
        }
        for level in [Band::Low, Band::Medium, Band::High] {
            let always = |does: Kind| {
                self.steps.iter().any(|step| step.when.is_none() && step.decisions(level).any(|decision| decision.does == does))
            };
            if !always(Kind::AcceptsRisk) {
                document.problem(
                    "/steps",
                    &format!("Nobody accepts {} risk", level.as_str()),
                    "Add a step that accepts the risk at every level",
                );
            }
            if !always(Kind::Advises) {
                document.problem(
                    "/steps",
                    &format!("The data protection officer is not asked at {} risk", level.as_str()),
                    "Add a step for their advice (UK GDPR, Article 35(2))",
                );
            }
        }
        let accepts = self.steps.iter().rposition(Step::accepts_risk);
        if let Some(accepts) = accepts
            && accepts + 1 != self.steps.len()
        {
            document.problem(
                &format!("/steps/{accepts}"),
                "Something comes after the risk was accepted",
                "Put the acceptance of the risk last",
            );
        }
        // The acceptance comes after everything else, also what applies only sometimes.
        if let Some(last) = self.steps.last().filter(|step| step.accepts_risk()) {
            let mut reached: BTreeSet<&str> = BTreeSet::new();
            let mut ahead: Vec<&str> = last.after.iter().map(String::as_str).collect();
            while let Some(id) = ahead.pop() {
                if reached.insert(id) {
                    ahead.extend(self.step(id).into_iter().flat_map(|step| step.after.iter().map(String::as_str)));
                }
            }
            for step in self.steps.iter().filter(|step| step.id != last.id && !reached.contains(step.id.as_str())) {
                let at = self.steps.len() - 1;
                document.problem(
                    &format!("/steps/{at}/after"),
                    &format!("The risk can be accepted before the step '{}'", step.id),
                    "Name it under 'after'",
                );
            }
        }
    }
}
