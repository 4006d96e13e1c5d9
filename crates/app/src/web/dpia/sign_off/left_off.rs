//! The parts of the template that somebody left off with reasons, as whoever advises or signs reads them: a part that is off takes its
//! questions, and its steps of sign-off, with it.

use super::super::desk::{By, named};
use crate::state::App;
use domain::{
    dpia::{assessment::Assessment, template::Template},
    people::PersonId,
};
use serde::Serialize;
use std::collections::BTreeMap;

/// A part that is left off.
#[derive(Serialize)]
pub(super) struct LeftOff {
    title: String,
    reasons: String,
    by: By,
    at: i64,
}

/// What is left off, with the names of whoever said so.
pub(super) fn left_off(
    app: &App,
    assessment: &Assessment,
    template: &Template,
    names: &BTreeMap<PersonId, String>,
) -> Vec<LeftOff> {
    let said = assessment.left_off().map(|said| LeftOff {
        title: template.module(&said.module).map_or_else(|| said.module.clone(), |module| module.title.clone()),
        reasons: said.reasons.clone(),
        by: By {
            name: names.get(&said.by).cloned().unwrap_or_default(),
            organisation: named(app, said.organisation),
            stated: said.stated,
        },
        at: said.at,
    });
    said.collect()
}
