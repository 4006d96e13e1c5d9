//! The change log as people read it: what changed, of which organisation, by which import, in which role. A person's name stands
//! there for people of that person's own organisation and nobody else. What a field is called, and its values, are in [`values`],
//! and what a record is called in `named`.

mod beside;
mod named;
mod values;

pub use beside::Beside;
pub use named::{id_of_name, title_of, uses_of};
pub use values::{FieldChange, Shown, field_words, fields, is_shown, leaf, shown};

use super::{
    facts::{ImportFact, Imports},
    views::Named,
};
use crate::state::App;
use domain::{
    audit::Action,
    people::{Actor, Person, Scope},
    register::{ids::ImportId, snapshot::Snapshot},
};
use serde::Serialize;
use std::collections::HashMap;
use store::log::Change;
use uuid::Uuid;

/// One entry of a record's history.
#[derive(Clone, Debug, Serialize)]
pub struct Event {
    /// When, milliseconds of UTC.
    pub at: i64,
    /// `create`, `update`, `delete`.
    pub action: &'static str,
    /// `import`, `person`, `operator` or `job`.
    pub by: &'static str,
    /// Who, where it was a person.
    pub who: Option<Who>,
    /// The import that did it.
    pub import: Option<ImportFact>,
    /// What changed.
    pub fields: Vec<FieldChange>,
    /// Why the content is gone, where it was erased.
    pub erased: Option<String>,
}

/// A person, as a reader may know them.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Who {
    /// For which organisation they acted.
    pub organisation: Option<Named>,
    /// In which role, where one permitted it.
    pub role: Option<&'static str>,
    /// Their name, for people of the same organisation.
    pub name: Option<String>,
}

/// Names of the people in a history, as far as a reader may know them.
#[derive(Clone, Debug, Default)]
pub struct People(HashMap<Uuid, String>);

impl People {
    /// The names that a scope may know: those of people who acted for an organisation it belongs to.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn of(app: &App, scope: &Scope, changes: &[Change]) -> Result<Self, store::Error> {
        let mut ids: Vec<Uuid> = changes
            .iter()
            .filter_map(|change| match Actor::parse(&change.actor) {
                Some(Actor::Person { person, organisation, .. }) if scope.may_read_private(Some(organisation)) => Some(person.0),
                _ => None,
            })
            .collect();
        ids.sort_unstable();
        ids.dedup();
        if ids.is_empty() {
            return Ok(Self::default());
        }
        let people = app.store.get_many::<Person>(scope, &ids).await?;
        Ok(Self(people.into_iter().map(|person| (person.id.0, person.name)).collect()))
    }
}

/// A record's history, newest first, as anyone may read it.
#[must_use]
pub fn events(changes: &[Change], imports: &Imports, snapshot: &Snapshot, beside: &Beside) -> Vec<Event> {
    changes.iter().filter_map(|change| event(change, imports, snapshot, &People::default(), beside)).collect()
}

/// One entry; none for an update that touched nothing a reader sees, and for what changed no record.
#[must_use]
pub fn event(change: &Change, imports: &Imports, snapshot: &Snapshot, people: &People, beside: &Beside) -> Option<Event> {
    if change.action == Action::Event {
        return None;
    }
    let (by, who) = match Actor::parse(&change.actor) {
        Some(Actor::Person { person, organisation, role }) => {
            let organisation =
                snapshot.organisation_by_id(organisation).and_then(|row| snapshot.organisation(row)).map(Named::organisation);
            let who = Who { organisation, role: role.map(|role| role.words()), name: people.0.get(&person.0).cloned() };
            (if change.import.is_some() { "import" } else { "person" }, Some(who))
        }
        _ if change.import.is_some() => ("import", None),
        Some(Actor::Job(_)) => ("job", None),
        _ => ("operator", None),
    };
    let event = Event {
        at: change.at,
        action: change.action.as_str(),
        by,
        who,
        import: change.import.and_then(|id| imports.get(&ImportId(id)).cloned()),
        fields: if change.action == Action::Update { fields(change.content.as_ref(), snapshot, beside) } else { Vec::new() },
        erased: change.erased.clone(),
    };
    (event.action != "update" || !event.fields.is_empty() || event.erased.is_some()).then_some(event)
}
