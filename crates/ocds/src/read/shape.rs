//! What a JSON value is, found without building it: the few fields that tell a
//! package, a record and a release apart, and the places of what they hold.

use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

/// How many field names to keep for an error message.
const NAMES: usize = 8;

pub(super) enum Shape<'t> {
    Object(Box<Fields<'t>>),
    List(Vec<&'t RawValue>),
    Other(&'static str),
}

#[derive(Default)]
pub(super) struct Fields<'t> {
    pub(super) ocid: Option<&'t RawValue>,
    pub(super) releases: Option<List<'t>>,
    pub(super) records: Option<List<'t>>,
    pub(super) compiled: Option<&'t RawValue>,
    pub(super) has_versioned: bool,
    /// It has a field that only releases have.
    pub(super) is_like_a_release: bool,
    has_url: bool,
    pub(super) names: Vec<String>,
}

impl Fields<'_> {
    /// A linked release: its address and a date or tag, and nothing else of a release.
    pub(super) fn is_link(&self) -> bool {
        self.has_url && self.ocid.is_none() && !self.is_like_a_release
    }
}

pub(super) enum List<'t> {
    Items(Vec<&'t RawValue>),
    Other,
}

/// The text of a raw value, when it is text.
pub(super) fn text_of(raw: &RawValue) -> Option<String> {
    serde_json::from_str(raw.get()).ok()
}

impl Shape<'_> {
    pub(super) fn kind(&self) -> &'static str {
        match self {
            Shape::Object(_) => "an object",
            Shape::List(_) => "a list",
            Shape::Other(kind) => kind,
        }
    }
}

enum Name {
    Ocid,
    Releases,
    Records,
    Compiled,
    Versioned,
    Url,
    OfRelease(&'static str),
    Other(String),
}

impl<'de> Deserialize<'de> for Name {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct NameVisitor;
        impl Visitor<'_> for NameVisitor {
            type Value = Name;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("a field name")
            }

            fn visit_str<E>(self, name: &str) -> Result<Name, E> {
                Ok(match name {
                    "ocid" => Name::Ocid,
                    "releases" => Name::Releases,
                    "records" => Name::Records,
                    "compiledRelease" => Name::Compiled,
                    "versionedRelease" => Name::Versioned,
                    "url" => Name::Url,
                    "initiationType" => Name::OfRelease("initiationType"),
                    "parties" => Name::OfRelease("parties"),
                    "buyer" => Name::OfRelease("buyer"),
                    "planning" => Name::OfRelease("planning"),
                    "tender" => Name::OfRelease("tender"),
                    "awards" => Name::OfRelease("awards"),
                    "contracts" => Name::OfRelease("contracts"),
                    other => Name::Other(other.chars().take(40).collect()),
                })
            }
        }
        deserializer.deserialize_identifier(NameVisitor)
    }
}

struct ShapeVisitor;

impl<'de> Deserialize<'de> for Shape<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ShapeVisitor)
    }
}

impl<'de> Visitor<'de> for ShapeVisitor {
    type Value = Shape<'de>;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut fields = Fields::default();
        while let Some(name) = map.next_key::<Name>()? {
            let shown = match name {
                Name::Ocid => {
                    fields.ocid = Some(map.next_value()?);
                    continue;
                }
                Name::Releases => {
                    fields.releases = Some(map.next_value()?);
                    continue;
                }
                Name::Records => {
                    fields.records = Some(map.next_value()?);
                    continue;
                }
                Name::Compiled => {
                    fields.compiled = Some(map.next_value()?);
                    continue;
                }
                Name::Versioned => {
                    fields.has_versioned = true;
                    map.next_value::<IgnoredAny>()?;
                    continue;
                }
                Name::Url => {
                    fields.has_url = true;
                    "url".to_owned()
                }
                Name::OfRelease(name) => {
                    fields.is_like_a_release = true;
                    name.to_owned()
                }
                // So serde_json hands over a number when it keeps all its digits.
                Name::Other(name) if name.starts_with("$serde_json::") => {
                    map.next_value::<IgnoredAny>()?;
                    return Ok(Shape::Other("a number"));
                }
                Name::Other(name) => name,
            };
            if fields.names.len() < NAMES {
                fields.names.push(shown);
            }
            map.next_value::<IgnoredAny>()?;
        }
        Ok(Shape::Object(Box::new(fields)))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<Self::Value, A::Error> {
        items(seq).map(Shape::List)
    }

    fn visit_str<E>(self, _: &str) -> Result<Self::Value, E> {
        Ok(Shape::Other("text"))
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(Shape::Other("null"))
    }

    fn visit_bool<E>(self, _: bool) -> Result<Self::Value, E> {
        Ok(Shape::Other("true or false"))
    }

    fn visit_i64<E>(self, _: i64) -> Result<Self::Value, E> {
        Ok(Shape::Other("a number"))
    }

    fn visit_u64<E>(self, _: u64) -> Result<Self::Value, E> {
        Ok(Shape::Other("a number"))
    }

    fn visit_f64<E>(self, _: f64) -> Result<Self::Value, E> {
        Ok(Shape::Other("a number"))
    }
}

fn items<'de, A: SeqAccess<'de>>(mut seq: A) -> Result<Vec<&'de RawValue>, A::Error> {
    let mut items = Vec::new();
    while let Some(item) = seq.next_element()? {
        items.push(item);
    }
    Ok(items)
}

impl<'de> Deserialize<'de> for List<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // What is no list is only ever an error to report, so its shape is enough.
        Ok(match Shape::deserialize(deserializer)? {
            Shape::List(items) => List::Items(items),
            Shape::Object(_) | Shape::Other(_) => List::Other,
        })
    }
}
