//! Who can be asked in an assessment, as forms name them: a person who holds a role at a controller, or whoever holds a role
//! there.

use super::projects::body;
use crate::state::App;
use domain::{
    dpia::{access, sign_off::Holder, task::Assignee, whole::Whole},
    people::{PersonId, Role},
    register::ids::OrganisationId,
};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// One of a list, as forms show it.
#[derive(Clone, Serialize)]
pub struct Choice {
    /// What is sent.
    pub value: String,
    /// What is read.
    pub text: String,
}

/// A person or a role at a controller, as forms name it: `person:ID@ORG` or `role:NAME@ORG`.
#[must_use]
pub fn assignee(whole: &Whole, text: &str) -> Option<Assignee> {
    let (who, organisation) = text.split_once('@')?;
    let organisation = organisation.parse().ok()?;
    whole.assessment.controllers().find(|one| *one == organisation)?;
    if let Some(person) = who.strip_prefix("person:") {
        let person = person.parse().ok()?;
        let holds = whole.holders.iter().any(|one| one.person == person && one.organisation == organisation && works(one));
        return holds.then_some(Assignee::Person { person, organisation });
    }
    Some(Assignee::Role { organisation, role: Role::parse(who.strip_prefix("role:")?)? })
}

/// Who sees to a measure: a person at a controller, also one who only reads. How far it is they say on its task.
#[must_use]
pub fn owner(whole: &Whole, text: &str) -> Option<(PersonId, OrganisationId)> {
    let (person, organisation) = text.strip_prefix("person:")?.split_once('@')?;
    let (person, organisation) = (person.parse().ok()?, organisation.parse().ok()?);
    whole.assessment.controllers().find(|one| *one == organisation)?;
    let holds = whole.holders.iter().any(|one| one.person == person && one.organisation == organisation && reads(one));
    holds.then_some((person, organisation))
}

/// Whoever has a place there reads; a guest is only shown what they were asked about.
fn reads(holder: &Holder) -> bool {
    holder.role != Role::Guest
}

/// Whether whoever holds a role has a part in the work: who only looks on, or is a guest, is given none.
fn works(holder: &Holder) -> bool {
    access::WRITERS.contains(&holder.role)
}

/// How forms name a person or a role.
#[must_use]
pub fn value(assignee: Assignee) -> String {
    match assignee {
        Assignee::Person { person, organisation } => format!("person:{person}@{organisation}"),
        Assignee::Role { organisation, role } => format!("role:{}@{organisation}", role.as_str()),
    }
}

/// The people who hold a role at a controller, by organisation; `names` knows what they are called.
#[must_use]
pub fn people(app: &App, whole: &Whole, names: &BTreeMap<PersonId, String>) -> Vec<Choice> {
    choose(app, whole, names, &[], reads)
}

/// The people, and the roles that write, by organisation.
#[must_use]
pub fn choices(app: &App, whole: &Whole, names: &BTreeMap<PersonId, String>) -> Vec<Choice> {
    choose(app, whole, names, access::WRITERS, works)
}

fn choose(
    app: &App,
    whole: &Whole,
    names: &BTreeMap<PersonId, String>,
    roles: &[Role],
    among: fn(&Holder) -> bool,
) -> Vec<Choice> {
    let snapshot = app.snapshot();
    let mut choices = Vec::new();
    for organisation in whole.assessment.controllers() {
        let name = body(&snapshot, organisation).name;
        let mut seen = BTreeSet::new();
        for holder in whole.holders.iter().filter(|holder| holder.organisation == organisation && among(holder)) {
            if seen.insert(holder.person) {
                let person = names.get(&holder.person).cloned().unwrap_or_default();
                let assignee = Assignee::Person { person: holder.person, organisation };
                choices.push(Choice { value: value(assignee), text: format!("{person}, {name}") });
            }
        }
        choices.extend(roles.iter().map(|role| Choice {
            value: value(Assignee::Role { organisation, role: *role }),
            text: format!("whoever is {} at {name}", role.words()),
        }));
    }
    choices
}
