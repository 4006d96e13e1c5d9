//! Names of what a history speaks of and the public register does not hold: a name that was merged into another or removed since, a
//! system that is not public, the people who looked after a contract. Each as far as the reader may know it.

use super::title_of;
use crate::state::App;
use domain::{
    audit::{Action, Kind},
    people::{Person, Scope},
    register::{
        ids::OrganisationId,
        import::resolve::Changes,
        records::{Import, System},
        snapshot::Snapshot,
    },
};
use serde_json::Value as Json;
use std::collections::HashMap;
use uuid::Uuid;

/// Names looked up for one page.
const MOST: usize = 100;

/// The names.
#[derive(Clone, Debug, Default)]
pub struct Beside(HashMap<Uuid, String>);

impl Beside {
    /// The names that fields of one organisation's record need: `values` are objects of fields, each with a value or several.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn of<'j>(
        app: &App,
        scope: &Scope,
        owner: Option<OrganisationId>,
        values: impl IntoIterator<Item = &'j Json>,
    ) -> Result<Self, store::Error> {
        let snapshot = app.snapshot();
        let (mut people, mut gone) = (Vec::new(), Vec::new());
        for (field, value) in values.into_iter().filter_map(Json::as_object).flatten() {
            match kind_of(field) {
                Some(kind) => gone.extend(ids(value).into_iter().filter(|id| title_of(kind, *id, &snapshot).is_none())),
                None if field == "manager" && scope.may_read_private(owner) => people.extend(ids(value)),
                None => {}
            }
        }
        for all in [&mut people, &mut gone] {
            all.sort_unstable();
            all.dedup();
            all.truncate(MOST);
        }
        let mut names = HashMap::new();
        if !people.is_empty() {
            let people = app.store.get_many::<Person>(scope, &people).await?;
            names.extend(people.into_iter().map(|person| (person.id.0, person.name)));
        }
        for id in gone {
            if let Some(name) = name_of(app, scope, id, &snapshot).await? {
                names.insert(id, name);
            }
        }
        Ok(Self(names))
    }

    /// The same, with names that are about to be made.
    #[must_use]
    pub fn with(mut self, changes: &Changes) -> Self {
        self.0.extend(changes.suppliers.iter().map(|change| (change.after.id.0, change.after.name.clone())));
        self.0.extend(changes.products.iter().map(|change| (change.after.id.0, change.after.name.clone())));
        self.0.extend(changes.functions.iter().map(|change| (change.after.id.0, change.after.name.clone())));
        self
    }

    /// A name; none where the reader may not know it, or nobody does.
    #[must_use]
    pub fn name(&self, id: Uuid) -> Option<String> {
        self.0.get(&id).cloned()
    }
}

impl From<HashMap<Uuid, String>> for Beside {
    fn from(names: HashMap<Uuid, String>) -> Self {
        Self(names)
    }
}

/// Of which kind the records are that a field names.
fn kind_of(field: &str) -> Option<Kind> {
    match field {
        "suppliers" | "manufacturer" => Some(Kind::Supplier),
        "products" | "product" => Some(Kind::Product),
        "functions" => Some(Kind::Function),
        "systems" => Some(Kind::System),
        _ => None,
    }
}

/// The ids in a value, alone or in lists.
fn ids(value: &Json) -> Vec<Uuid> {
    match value {
        Json::String(id) => id.parse().into_iter().collect(),
        Json::Array(all) => all.iter().flat_map(ids).collect(),
        _ => Vec::new(),
    }
}

/// What a record is or was called that the public register does not hold.
async fn name_of(app: &App, scope: &Scope, id: Uuid, snapshot: &Snapshot) -> Result<Option<String>, store::Error> {
    if let Some(system) = app.store.get::<System>(scope, id).await? {
        return Ok(title_of(Kind::Product, system.product.0, snapshot));
    }
    let changes = app.store.history(scope, id).await?;
    let Some(last) = changes.first().filter(|change| change.action == Action::Delete) else { return Ok(None) };
    let text = |field: &str| last.content.as_ref().and_then(|content| content.get(field)).and_then(Json::as_str);
    let product = || title_of(Kind::Product, text("product")?.parse().ok()?, snapshot);
    let Some(name) = text("name").map(str::to_owned).or_else(product) else { return Ok(None) };
    let merge = match last.import {
        Some(import) => app.store.get::<Import>(&Scope::Public, import).await?.filter(|import| import.kind == "merge"),
        None => None,
    };
    let into = merge.as_ref().and_then(|merge| merge.report.get("into")).and_then(Json::as_str);
    Ok(Some(into.map_or_else(|| format!("{name} (removed since)"), |into| format!("{name} (now {into})"))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_found_in_a_value_a_list_and_a_pair_of_lists() {
        let (one, two) = (Uuid::from_u128(1), Uuid::from_u128(2));
        assert_eq!(ids(&serde_json::json!(one.to_string())), [one]);
        assert_eq!(ids(&serde_json::json!([[one.to_string()], [two.to_string(), "no id"]])), [one, two]);
        assert!(ids(&Json::Null).is_empty());
    }
}
