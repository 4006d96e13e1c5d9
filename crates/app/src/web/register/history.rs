//! The change log as people read it: what changed, of which organisation, by which import, in which role. A person's name stands
//! there for people of that person's own organisation and nobody else.

use super::{
    facts::{BreakFact, ImportFact, Imports, OptionFact, TermFacts, term_kind},
    views::{Named, Worth},
};
use crate::state::App;
use domain::{
    audit::{Action, Kind},
    people::{Actor, Person, Scope},
    register::{
        ids::{FunctionId, ImportId, OrganisationId, ProductId, ServiceAreaId, SupplierId, SystemId},
        money::Value,
        records::SubProcessor,
        snapshot::Snapshot,
        terms::{Period, Term, TermKind},
    },
};
use jiff::civil::Date;
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value as Json;
use std::collections::HashMap;
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
        "sub_processors" => "sub-processors",
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
        "kind" => "how it runs",
        "url" => "address of the notice",
        "ocid" => "contracting process",
        "manager" => "contract manager",
        "note" => "note",
        "published" => "public",
        "replaced_by" => "replaced by",
        "name" => "name",
        "level" => "level",
        "people" => "people",
        "offers_training" => "training offered",
        "satisfaction" => "satisfaction",
        "names" => "names over time",
        "identifiers" => "numbers",
        "owners" => "owners",
        "sme" => "small or medium-sized",
        "vcse" => "voluntary or social",
        "former_names" => "former names",
        "aliases" => "other names",
        "service_area" => "service area",
        "core" => "core system of its service",
        "formal_name" => "official name",
        "gss_code" => "GSS code",
        "register_code" => "register code",
        "member_from" => "member of the network from",
        "member_until" => "member of the network until",
        other => other,
    }
}

/// Whether a field is told: the program's own business and what is private are not.
#[must_use]
pub fn is_shown(field: &str) -> bool {
    !matches!(field, "id" | "key" | "origin" | "updated_at" | "published" | "notice_of" | "set_aside") && !is_private(field)
}

/// Whether a field is for people of the organisation alone; the store takes it out for everyone else.
fn is_private(field: &str) -> bool {
    matches!(field, "satisfaction" | "manager" | "note")
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
pub fn events(changes: &[Change], imports: &Imports, snapshot: &Snapshot) -> Vec<Event> {
    changes.iter().filter_map(|change| event(change, imports, snapshot, &People::default())).collect()
}

/// One entry; none for an update that touched nothing a reader sees, and for what changed no record.
#[must_use]
pub fn event(change: &Change, imports: &Imports, snapshot: &Snapshot, people: &People) -> Option<Event> {
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
        fields: if change.action == Action::Update { fields(change.content.as_ref(), snapshot) } else { Vec::new() },
        erased: change.erased.clone(),
    };
    (event.action != "update" || !event.fields.is_empty() || event.erased.is_some()).then_some(event)
}

/// The fields of an update, before and after. Private ones stand there where the store left them in.
#[must_use]
pub fn fields(content: Option<&Json>, snapshot: &Snapshot) -> Vec<FieldChange> {
    let Some(Json::Object(changed)) = content else { return Vec::new() };
    let mut fields = Vec::new();
    for (name, pair) in changed.iter().filter(|(name, _)| is_shown(name) || is_private(name) || *name == "published") {
        let Some([before, after]) = pair.as_array().map(Vec::as_slice) else { continue };
        if name == "published" {
            // A record that is public does not say so; only 'no' is kept.
            let public = |value: &Json| Shown::Yes(*value != Json::Bool(false));
            fields.push(FieldChange { field: field_words(name).to_owned(), before: public(before), after: public(after) });
            continue;
        }
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

/// A field's value as people read it.
#[must_use]
pub fn shown(field: &str, json: &Json, snapshot: &Snapshot) -> Shown {
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
        ("service_area", _) => named(&|id| Some(snapshot.area(snapshot.area_by_id(ServiceAreaId(id))?)?.record.name.clone())),
        ("systems", _) => named(&|id| {
            let row = snapshot.system_by_id(SystemId(id))?;
            product(snapshot, snapshot.system(row)?.record.product)
        }),
        ("replaced_by", Json::String(id)) => {
            let title = id.parse().ok().and_then(|id: Uuid| title_of(Kind::Contract, id, snapshot));
            title.map_or(Shown::Private, Shown::Text)
        }
        ("manager", _) => Shown::Private,
        ("kind", Json::String(_)) => read::<TermKind>(json).map_or(Shown::Nothing, |kind| Shown::Kind(term_kind(kind))),
        ("notice", _) => read::<Period>(json).map_or(Shown::Nothing, Shown::Period),
        ("extensions", _) => {
            let term = Term { extensions: read(json).unwrap_or_default(), ..Term::default() };
            Shown::Options(TermFacts::from(&term).options)
        }
        ("breaks", _) => {
            let term = Term { breaks: read(json).unwrap_or_default(), ..Term::default() };
            Shown::Breaks(TermFacts::from(&term).breaks)
        }
        ("sub_processors", _) => {
            let all: Vec<SubProcessor> = read(json).unwrap_or_default();
            if all.is_empty() { Shown::Nothing } else { Shown::Names(all.iter().map(SubProcessor::words).collect()) }
        }
        ("value", _) => read::<Value>(json).map_or(Shown::Nothing, |value| Shown::Worth(Worth::of(&value))),
        (_, Json::String(text)) => text.parse().map_or_else(|_| Shown::Text(text.clone()), Shown::Day),
        (_, Json::Bool(yes)) => Shown::Yes(*yes),
        (_, Json::Number(number)) => Shown::Text(number.to_string()),
        (_, Json::Array(items)) => {
            // Names and owners over time, and numbers with their schemes, are told by what they are called.
            let called = |item: &Json| {
                let text = |field: &str| item.get(field).and_then(Json::as_str);
                let numbered = || Some(format!("{} {}", text("scheme")?, text("id")?));
                item.as_str().or_else(|| text("name")).map(str::to_owned).or_else(numbered)
            };
            let names: Vec<String> = items.iter().filter_map(called).collect();
            if names.is_empty() { Shown::Nothing } else { Shown::Names(names) }
        }
        (_, Json::Object(_)) => Shown::Private,
    }
}

fn product(snapshot: &Snapshot, id: ProductId) -> Option<String> {
    Some(snapshot.product(snapshot.product_by_id(id)?)?.record.name.clone())
}

/// A field of a record's JSON; the parts of a contract's term, and a notice's address, stand within others.
#[must_use]
pub fn leaf<'j>(record: &'j Json, field: &str) -> &'j Json {
    const NONE: &Json = &Json::Null;
    let within = |outer: &str| record.get(outer).and_then(|outer| outer.get(field));
    match field {
        "url" | "ocid" => within("origin").unwrap_or(NONE),
        _ => record.get(field).or_else(|| within("term")).unwrap_or(NONE),
    }
}

/// What a record of the public register is called.
#[must_use]
pub fn title_of(kind: Kind, id: Uuid, snapshot: &Snapshot) -> Option<String> {
    match kind {
        Kind::Organisation => Some(snapshot.organisation(snapshot.organisation_by_id(id.into())?)?.record.name.clone()),
        Kind::Function => Some(snapshot.function(snapshot.function_by_id(id.into())?)?.record.name.clone()),
        Kind::Supplier => Some(snapshot.supplier(snapshot.supplier_by_id(id.into())?)?.record.name.clone()),
        Kind::Product => product(snapshot, id.into()),
        Kind::System => product(snapshot, snapshot.system(snapshot.system_by_id(id.into())?)?.record.product),
        Kind::Contract => Some(snapshot.contract(snapshot.contract_by_id(id.into())?).title().to_owned()),
        _ => None,
    }
}

/// The supplier, product or function of exactly this name.
#[must_use]
pub fn id_of_name(kind: &str, name: &str, snapshot: &Snapshot) -> Option<Uuid> {
    let same = |other: &str| other.to_lowercase() == name.to_lowercase();
    match kind {
        "supplier" => snapshot.supplier_entries().iter().find(|entry| same(&entry.record.name)).map(|entry| entry.record.id.0),
        "product" => snapshot.product_entries().iter().find(|entry| same(&entry.record.name)).map(|entry| entry.record.id.0),
        "function" => snapshot.functions().iter().find(|entry| same(&entry.record.name)).map(|entry| entry.record.id.0),
        _ => None,
    }
}

/// How many contracts, systems and products of the public register refer to a supplier, product or function.
#[must_use]
pub fn uses_of(id: Uuid, kind: &str, snapshot: &Snapshot) -> usize {
    let count = match kind {
        "supplier" => snapshot
            .supplier_by_id(id.into())
            .and_then(|row| snapshot.supplier(row))
            .map_or(0, |entry| entry.contracts + entry.as_manufacturer),
        "product" => snapshot
            .product_by_id(id.into())
            .and_then(|row| snapshot.product(row))
            .map_or(0, |entry| entry.contracts + entry.systems),
        "function" => snapshot
            .function_by_id(id.into())
            .and_then(|row| snapshot.function(row))
            .map_or(0, |entry| entry.contracts + entry.systems),
        _ => 0,
    };
    usize::try_from(count).unwrap_or(usize::MAX)
}
