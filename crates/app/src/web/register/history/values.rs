//! What a field of a record is called, and its values before and after, as people read them.

use super::super::{
    facts::{BreakFact, OptionFact, TermFacts, term_kind},
    views::Worth,
};
use super::{
    Beside,
    named::{product, title_of},
};
use domain::{
    audit::Kind,
    register::{
        ids::{ContractId, FunctionId, OrganisationId, ProductId, ServiceAreaId, SupplierId, SystemId},
        money::Value,
        reconcile::Decided,
        records::SubProcessor,
        snapshot::Snapshot,
        terms::{Period, Term, TermKind},
    },
};
use jiff::civil::Date;
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Value as Json, json};
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
        "duration" => "length in days",
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
        "notice_of" => "public notice of",
        "set_aside" => "decided beside public notices",
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
    !matches!(field, "id" | "key" | "origin" | "updated_at" | "published") && !is_private(field)
}

/// Whether a field is for people of the organisation alone; the store takes it out for everyone else.
fn is_private(field: &str) -> bool {
    matches!(field, "satisfaction" | "manager" | "note" | "notice_of" | "set_aside")
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
    /// A route to market.
    Route(String),
    /// Where a system runs.
    Hosting(String),
    /// A length of time.
    Period(Period),
    /// Options to extend.
    Options(Vec<OptionFact>),
    /// Breaks.
    Breaks(Vec<BreakFact>),
    /// It is not shown in public.
    Private,
}

impl Shown {
    /// The same as data: a text, a day, yes or no, a list, an object; null where nothing stood there.
    #[must_use]
    pub fn data(&self) -> Json {
        match self {
            Shown::Nothing => Json::Null,
            Shown::Text(text) | Shown::Route(text) | Shown::Hosting(text) => text.as_str().into(),
            Shown::Day(day) => day.to_string().into(),
            Shown::Yes(yes) => (*yes).into(),
            Shown::Names(names) => json!(names),
            Shown::Worth(worth) => match worth.state {
                "known" => json!({
                    "amount": worth.amount, "currency": worth.currency, "basis": worth.basis, "vat": worth.vat,
                }),
                "withheld" => json!({ "withheld": worth.reason }),
                _ => Json::Null,
            },
            Shown::Kind(kind) => (*kind).into(),
            Shown::Period(period) => json!(period),
            Shown::Options(options) => json!(options),
            Shown::Breaks(breaks) => json!(breaks),
            Shown::Private => json!({ "hidden": true }),
        }
    }
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

/// The fields of an update, before and after. Private ones stand there where the store left them in.
#[must_use]
pub fn fields(content: Option<&Json>, snapshot: &Snapshot, beside: &Beside) -> Vec<FieldChange> {
    let Some(Json::Object(changed)) = content else { return Vec::new() };
    let mut fields = Vec::new();
    let told = |name: &str| is_shown(name) || is_private(name) || matches!(name, "published" | "origin");
    for (name, pair) in changed.iter().filter(|(name, _)| told(name)) {
        let Some([before, after]) = pair.as_array().map(Vec::as_slice) else { continue };
        if name == "origin" {
            fields.extend(source_changes(before, after));
            continue;
        }
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
            let shown = |value| shown(name, value, snapshot, beside);
            fields.push(FieldChange { field, before: shown(before), after: shown(after) });
        }
    }
    fields
}

/// Of where a record comes from, what a reader can follow: its notice's address, and the process that this belongs to.
fn source_changes(before: &Json, after: &Json) -> Vec<FieldChange> {
    let text = |origin: &Json, name: &str| {
        let text = origin.get(name).and_then(Json::as_str);
        text.map_or(Shown::Nothing, |text| Shown::Text(text.to_owned()))
    };
    let change = |name| FieldChange { field: field_words(name).to_owned(), before: text(before, name), after: text(after, name) };
    ["url", "ocid"].into_iter().map(change).filter(|change| change.before != change.after).collect()
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

/// What stands for a supplier, product or function that nobody knows the name of any more.
const REMOVED: &str = "a name that was removed";

/// A field's value as people read it. What is named there and is not in the register any more is told by what `beside` knows of it:
/// a list that holds something is never shown as none.
#[must_use]
pub fn shown(field: &str, json: &Json, snapshot: &Snapshot, beside: &Beside) -> Shown {
    let named = |name: &dyn Fn(Uuid) -> Option<String>| {
        let ids: Vec<Uuid> = match json {
            Json::Array(ids) => ids.iter().filter_map(Json::as_str).filter_map(|id| id.parse().ok()).collect(),
            Json::String(id) => id.parse().into_iter().collect(),
            _ => Vec::new(),
        };
        let names: Vec<String> = ids.into_iter().filter_map(|id| name(id).or_else(|| beside.name(id))).collect();
        if names.is_empty() { Shown::Nothing } else { Shown::Names(names) }
    };
    // Everyone may see these: one that is not there was removed.
    let common = |name: &dyn Fn(Uuid) -> Option<String>| {
        named(&|id| name(id).or_else(|| beside.name(id)).or_else(|| Some(REMOVED.to_owned())))
    };
    match (field, json) {
        (_, Json::Null) => Shown::Nothing,
        ("organisation" | "joint", _) => named(&|id| {
            let row = snapshot.organisation_by_id(OrganisationId(id))?;
            Some(snapshot.organisation(row)?.record.name.clone())
        }),
        ("suppliers" | "manufacturer", _) => common(&|id| {
            let row = snapshot.supplier_by_id(SupplierId(id))?;
            Some(snapshot.supplier(row)?.record.name.clone())
        }),
        ("products" | "product", _) => common(&|id| product(snapshot, ProductId(id))),
        ("functions", _) => common(&|id| {
            let row = snapshot.function_by_id(FunctionId(id))?;
            Some(snapshot.function(row)?.record.name.clone())
        }),
        ("service_area", _) => named(&|id| Some(snapshot.area(snapshot.area_by_id(ServiceAreaId(id))?)?.record.name.clone())),
        // One that is not public, and not the reader's, is not there.
        ("systems", _) => named(&|id| {
            let row = snapshot.system_by_id(SystemId(id))?;
            product(snapshot, snapshot.system(row)?.record.product)
        }),
        ("set_aside", Json::Object(all)) => {
            let decided: Vec<String> = all.keys().filter_map(|key| decided_words(key, snapshot)).collect();
            if decided.is_empty() { Shown::Nothing } else { Shown::Names(decided) }
        }
        ("replaced_by" | "notice_of", Json::String(id)) => {
            let title = id.parse().ok().and_then(|id: Uuid| title_of(Kind::Contract, id, snapshot));
            title.map_or(Shown::Private, Shown::Text)
        }
        // The store gives it to people of the organisation alone; their names stand beside.
        ("manager", Json::String(id)) => {
            let name = id.parse().ok().and_then(|id| beside.name(id));
            name.map_or(Shown::Private, Shown::Text)
        }
        ("kind", Json::String(_)) => read::<TermKind>(json).map_or(Shown::Nothing, |kind| Shown::Kind(term_kind(kind))),
        ("route", Json::String(route)) => Shown::Route(route.clone()),
        ("hosting", Json::String(hosting)) => Shown::Hosting(hosting.clone()),
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
            let words = |one: &SubProcessor| match &one.source {
                Some(source) => format!("{}, source: {source}", one.words()),
                None => one.words(),
            };
            if all.is_empty() { Shown::Nothing } else { Shown::Names(all.iter().map(words).collect()) }
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

/// What somebody decided when register and notices were put side by side.
fn decided_words(key: &str, snapshot: &Snapshot) -> Option<String> {
    let notice = |id: ContractId| {
        let title = title_of(Kind::Contract, id.0, snapshot);
        title.map_or_else(|| "a notice".to_owned(), |title| format!("the notice ‘{title}’"))
    };
    Some(match Decided::of(key)? {
        Decided::NotOurs => "it does not belong in the register".to_owned(),
        Decided::NoNotice => "no notice is to be expected".to_owned(),
        Decided::Apart(id) => format!("{} is about another contract", notice(id)),
        Decided::Own(id, fact) => {
            format!("the register is right about the {}, whatever {} says", field_words(fact.field()), notice(id))
        }
    })
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
