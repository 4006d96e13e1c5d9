//! Parts of the template that are on in one of two states and off in the other: who switched them, for whom, when, and why.

use super::{
    super::{
        desk::{By, Desk, named},
        whole,
    },
    StandOf,
};
use crate::{error::Failure, papers::compared, state::App, web::session::Caller};
use domain::{dpia::version::Snapshot, people::Actor};
use serde::Serialize;

/// A part of the template that was switched between two states.
#[derive(Serialize)]
pub struct Switched {
    /// Its title.
    pub title: String,
    /// It is on in the later state.
    pub on: bool,
    /// Who did it, where the log knows.
    pub by: Option<By>,
    /// When.
    pub at: Option<i64>,
    /// Why it was switched off; to switch one on needs no reasons.
    pub reasons: String,
}

impl Switched {
    /// The same for files.
    #[must_use]
    pub fn told(&self) -> compared::Switched {
        compared::Switched {
            title: self.title.clone(),
            on: self.on,
            who: self.by.as_ref().map(|by| format!("{}, {}", by.name, by.organisation.name)).unwrap_or_default(),
            at: self.at,
            reasons: self.reasons.clone(),
        }
    }
}

/// The parts of the template in which two states differ, in the template's order.
///
/// # Errors
/// When the database fails.
pub async fn between(
    app: &App,
    caller: &Caller,
    desk: &Desk,
    older: &Snapshot,
    (to, newer): (&StandOf, &Snapshot),
) -> Result<Vec<Switched>, Failure> {
    let is_on = |content: &Snapshot, module: &String| content.modules.contains(module);
    let mut differ: Vec<&String> = Vec::new();
    for module in older.modules.iter().chain(&newer.modules) {
        if is_on(older, module) != is_on(newer, module) && !differ.contains(&module) {
            differ.push(module);
        }
    }
    if differ.is_empty() {
        return Ok(Vec::new());
    }
    let rules = app.rules();
    let order = |module: &String| desk.template.modules.iter().position(|one| one.id == *module).unwrap_or(usize::MAX);
    differ.sort_by_key(|module| order(module));
    // The newest that made it what the later state has; what was done after that state is no matter.
    let known = app.store.switched(&caller.scope, desk.today, desk.whole.assessment.id).await?;
    let found = |module: &String, on: bool| known.iter().find(|one| one.module == *module && one.on == on && one.at <= to.at);
    let people = known.iter().filter_map(|one| match &one.actor {
        Some(Actor::Person { person, .. }) => Some(*person),
        _ => None,
    });
    let names = whole::names(app, &caller.scope, people).await?;
    let row = |module: &String| {
        let on = is_on(newer, module);
        let of = [&desk.whole.assessment.template, &newer.template, &older.template];
        let title = of.into_iter().find_map(|edition| rules.template(edition)?.module(module));
        let how = found(module, on);
        Switched {
            title: title.map_or_else(|| module.clone(), |found| found.title.clone()),
            on,
            by: how.and_then(|one| match &one.actor {
                Some(Actor::Person { person, organisation, .. }) => Some(By {
                    name: names.get(person).cloned().unwrap_or_else(|| desk.person(*person)),
                    organisation: named(app, *organisation),
                    stated: false,
                }),
                _ => None,
            }),
            at: how.map(|one| one.at),
            reasons: how.map(|one| one.reasons.clone()).unwrap_or_default(),
        }
    };
    Ok(differ.into_iter().map(row).collect())
}
