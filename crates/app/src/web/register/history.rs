//! The change log as people read it: what changed, of which organisation, by which import. Never a person.

use super::{
    facts::{BreakFact, ImportFact, Imports, OptionFact, TermFacts, term_kind},
    views::Worth,
};
use domain::{
    audit::Action,
    register::{
        ids::{FunctionId, ImportId, OrganisationId, ProductId, SupplierId, SystemId},
        money::Value,
        snapshot::Snapshot,
        terms::{Period, Term},
    },
};
use jiff::civil::Date;
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value as Json;
use store::log::Change;
use uuid::Uuid;

/// A field's name in words.
#[must_use]
pub fn field_words(field: &str) -> &str {
    match field {
        "organisation" => "organisation",
        "joint" => "other organisations",
        "reference" => "reference",
        "title" => "title",
        "description" => "description",
        "supplier" | "suppliers" => "suppliers",
        "supplier_state" => "whether the supplier is known",
        "product" => "product",
        "products" => "products",
        "function" | "functions" => "functions",
        "systems" => "systems",
        "owning_service" => "owning service",
        "term" => "term",
        "value" => "value",
        "framework" => "framework",
        "lot" => "lot",
        "route" => "route to market",
        "cpv" => "CPV codes",
        "confirmed" => "last confirmed",
        "users" => "users",
        "hosting" => "hosting",
        "data_access" => "data access",
        "stage" => "stage",
        "closes" => "closing date",
        "start" => "start",
        "end" => "current end",
        "extensions" => "options to extend",
        "breaks" => "breaks",
        "notice" => "notice",
        "review" => "review date",
        "in_use" => "still in use",
        "terminated" => "ended early on",
        other => other,
    }
}

/// Whether a field is told: the program's own business and what is private are not.
#[must_use]
pub fn is_shown(field: &str) -> bool {
    !matches!(field, "id" | "key" | "origin" | "updated_at" | "satisfaction")
}

/// A value of a field, before or after.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "shape", content = "of", rename_all = "kebab-case")]
pub enum Shown {
    /// Nothing stood there.
    Nothing,
    /// Words as they are.
    Text(String),
    /// A day.
    Day(Date),
    /// Yes or no.
    Yes(bool),
    /// Several names.
    Names(Vec<String>),
    /// A sum, or why there is none.
    Worth(Worth),
    /// How a contract runs.
    Kind(&'static str),
    /// A length of time.
    Period(Period),
    /// Options to extend.
    Options(Vec<OptionFact>),
    /// Breaks.
    Breaks(Vec<BreakFact>),
    /// It is not shown in public.
    Private,
}

/// A field that changed.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct FieldChange {
    /// The field in words.
    pub field: String,
    /// What stood there before.
    pub before: Shown,
    /// What stands there since.
    pub after: Shown,
}

/// One entry of a record's history.
#[derive(Clone, Debug, Serialize)]
pub struct Event {
    /// When, milliseconds of UTC.
    pub at: i64,
    /// `create`, `update`, `delete`.
    pub action: &'static str,
    /// `import`, `operator` or `job`.
    pub by: &'static str,
    /// The import that did it.
    pub import: Option<ImportFact>,
    /// What changed.
    pub fields: Vec<FieldChange>,
    /// Why the content is gone, where it was erased.
    pub erased: Option<String>,
}

/// Whoever acted, without a name.
fn by(change: &Change) -> &'static str {
    match change.actor.as_str() {
        _ if change.import.is_some() => "import",
        actor if actor.starts_with("job:") => "job",
        _ => "operator",
    }
}

/// A record's history, newest first.
#[must_use]
pub fn events(changes: &[Change], imports: &Imports, snapshot: &Snapshot) -> Vec<Event> {
    changes
        .iter()
        .map(|change| Event {
            at: change.at,
            action: change.action.as_str(),
            by: by(change),
            import: change.import.and_then(|id| imports.get(&ImportId(id)).cloned()),
            fields: if change.action == Action::Update { fields(change.content.as_ref(), snapshot) } else { Vec::new() },
            erased: change.erased.clone(),
        })
        // An update that touched nothing a reader sees is no event.
        .filter(|event| event.action != "update" || !event.fields.is_empty() || event.erased.is_some())
        .collect()
}

fn fields(content: Option<&Json>, snapshot: &Snapshot) -> Vec<FieldChange> {
    let Some(Json::Object(changed)) = content else { return Vec::new() };
    let mut fields = Vec::new();
    for (name, pair) in changed.iter().filter(|(name, _)| is_shown(name)) {
        let Some([before, after]) = pair.as_array().map(Vec::as_slice) else { continue };
        if name == "term" {
            fields.extend(term_changes(before, after));
        } else {
            let field = field_words(name).to_owned();
            fields.push(FieldChange { field, before: shown(name, before, snapshot), after: shown(name, after, snapshot) });
        }
    }
    fields
}

/// A term is one field of the record and several to its readers.
fn term_changes(before: &Json, after: &Json) -> Vec<FieldChange> {
    let (Ok(before), Ok(after)) = (read::<Term>(before), read::<Term>(after)) else { return Vec::new() };
    let day = |day: Option<Date>| day.map_or(Shown::Nothing, Shown::Day);
    let period = |period: Option<Period>| period.map_or(Shown::Nothing, Shown::Period);
    let yes = |yes: Option<bool>| yes.map_or(Shown::Nothing, Shown::Yes);
    let (old, new) = (TermFacts::from(&before), TermFacts::from(&after));
    let parts = [
        ("term", Shown::Kind(term_kind(before.kind)), Shown::Kind(term_kind(after.kind))),
        ("start", day(before.start), day(after.start)),
        ("end", day(before.end), day(after.end)),
        ("extensions", Shown::Options(old.options), Shown::Options(new.options)),
        ("breaks", Shown::Breaks(old.breaks), Shown::Breaks(new.breaks)),
        ("notice", period(before.notice), period(after.notice)),
        ("review", day(before.review), day(after.review)),
        ("in_use", yes(before.in_use), yes(after.in_use)),
        ("terminated", day(before.terminated), day(after.terminated)),
    ];
    parts
        .into_iter()
        .filter(|(_, before, after)| before != after)
        .map(|(field, before, after)| FieldChange { field: field_words(field).to_owned(), before, after })
        .collect()
}

fn read<T: DeserializeOwned>(json: &Json) -> Result<T, serde_json::Error> {
    serde_json::from_value(json.clone())
}

fn shown(field: &str, json: &Json, snapshot: &Snapshot) -> Shown {
    let named = |name: &dyn Fn(Uuid) -> Option<String>| {
        let ids: Vec<Uuid> = match json {
            Json::Array(ids) => ids.iter().filter_map(Json::as_str).filter_map(|id| id.parse().ok()).collect(),
            Json::String(id) => id.parse().into_iter().collect(),
            _ => Vec::new(),
        };
        let names: Vec<String> = ids.into_iter().filter_map(name).collect();
        if names.is_empty() { Shown::Nothing } else { Shown::Names(names) }
    };
    match (field, json) {
        (_, Json::Null) => Shown::Nothing,
        ("organisation" | "joint", _) => named(&|id| {
            let row = snapshot.organisation_by_id(OrganisationId(id))?;
            Some(snapshot.organisation(row)?.record.name.clone())
        }),
        ("suppliers" | "manufacturer", _) => named(&|id| {
            let row = snapshot.supplier_by_id(SupplierId(id))?;
            Some(snapshot.supplier(row)?.record.name.clone())
        }),
        ("products" | "product", _) => named(&|id| product(snapshot, ProductId(id))),
        ("functions", _) => named(&|id| {
            let row = snapshot.function_by_id(FunctionId(id))?;
            Some(snapshot.function(row)?.record.name.clone())
        }),
        ("systems", _) => named(&|id| {
            let row = snapshot.system_by_id(SystemId(id))?;
            product(snapshot, snapshot.system(row)?.record.product)
        }),
        ("value", _) => read::<Value>(json).map_or(Shown::Nothing, |value| Shown::Worth(Worth::of(&value))),
        (_, Json::String(text)) => text.parse().map_or_else(|_| Shown::Text(text.clone()), Shown::Day),
        (_, Json::Bool(yes)) => Shown::Yes(*yes),
        (_, Json::Number(number)) => Shown::Text(number.to_string()),
        (_, Json::Array(items)) => {
            let names: Vec<String> = items.iter().filter_map(Json::as_str).map(str::to_owned).collect();
            if names.is_empty() { Shown::Nothing } else { Shown::Names(names) }
        }
        (_, Json::Object(_)) => Shown::Private,
    }
}

fn product(snapshot: &Snapshot, id: ProductId) -> Option<String> {
    Some(snapshot.product(snapshot.product_by_id(id)?)?.record.name.clone())
}
