//! Where in a document something stands.

use crate::register::ids::OrganisationId;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use std::{fmt, str::FromStr};
use thiserror::Error;

/// A part of the one document: what all controllers write together, or what one of them says for itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Part {
    /// The shared body.
    Shared,
    /// The annex of one controller.
    Annex(OrganisationId),
}

impl Part {
    /// Whose annex this is; nobody's for the shared body.
    #[must_use]
    pub fn organisation(self) -> Option<OrganisationId> {
        match self {
            Self::Shared => None,
            Self::Annex(organisation) => Some(organisation),
        }
    }

    /// The place of a field in this part.
    #[must_use]
    pub fn at(self, field: &str) -> Place {
        Place { part: self, field: field.to_owned() }
    }
}

/// A field of a part, spelt `shared/purpose` or `annex:ORGANISATION/gateway`. Places sort with the shared body first.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Place {
    /// The part.
    pub part: Part,
    /// The field's id, as the template spells it.
    pub field: String,
}

impl Place {
    /// A field of the shared body.
    #[must_use]
    pub fn shared(field: &str) -> Self {
        Part::Shared.at(field)
    }

    /// A field of an organisation's annex.
    #[must_use]
    pub fn annex(organisation: OrganisationId, field: &str) -> Self {
        Part::Annex(organisation).at(field)
    }
}

/// A text that is no part or place.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("'{0}' is no place in an assessment. Write shared/FIELD or annex:ORGANISATION/FIELD, the organisation by its id")]
pub struct NoPlace(pub String);

/// Whether a text may be the id of a field, a section, an option or a rule: small letters, digits and single hyphens between
/// them, at most 60 characters, so that it stands unchanged in addresses, files and databases.
#[must_use]
pub fn is_id(text: &str) -> bool {
    text.len() <= 60
        && !text.is_empty()
        && text
            .split('-')
            .all(|word| !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit()))
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Shared => f.write_str("shared"),
            Self::Annex(organisation) => write!(f, "annex:{organisation}"),
        }
    }
}

impl FromStr for Part {
    type Err = NoPlace;
    fn from_str(text: &str) -> Result<Self, NoPlace> {
        match text.strip_prefix("annex:") {
            Some(organisation) => organisation.parse().map(Self::Annex).map_err(|_| NoPlace(text.to_owned())),
            None if text == "shared" => Ok(Self::Shared),
            None => Err(NoPlace(text.to_owned())),
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.part, self.field)
    }
}

impl fmt::Debug for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

impl FromStr for Place {
    type Err = NoPlace;
    fn from_str(text: &str) -> Result<Self, NoPlace> {
        let (part, field) = text.split_once('/').ok_or_else(|| NoPlace(text.to_owned()))?;
        if !is_id(field) {
            return Err(NoPlace(text.to_owned()));
        }
        Ok(part.parse::<Part>().map_err(|_| NoPlace(text.to_owned()))?.at(field))
    }
}

macro_rules! as_text {
    ($name:ident) => {
        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }
        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
            }
        }
    };
}
as_text!(Part);
as_text!(Place);

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;
    use uuid::Uuid;

    #[test]
    fn places_read_back_as_they_are_spelt() {
        let organisation = OrganisationId(Uuid::from_u128(7));
        for (place, spelt) in [
            (Place::shared("purpose"), "shared/purpose".to_owned()),
            (Place::annex(organisation, "lawful-gateway"), format!("annex:{organisation}/lawful-gateway")),
        ] {
            assert_eq!(place.to_string(), spelt);
            assert_eq!(spelt.parse::<Place>(), Ok(place.clone()));
            assert_eq!(serde_json::to_string(&place).unwrap(), format!("\"{spelt}\""));
        }
        for wrong in
            ["purpose", "shared/", "shared/Purpose", "shared/a--b", "annex:camden/purpose", "other/purpose", "shared/a/b"]
        {
            assert_eq!(wrong.parse::<Place>(), Err(NoPlace(wrong.to_owned())), "{wrong}");
        }
    }

    #[test]
    fn places_are_keys_of_json_objects_with_the_shared_body_first() {
        let places: BTreeMap<Place, u8> =
            [(Place::annex(OrganisationId(Uuid::nil()), "a"), 2), (Place::shared("z"), 1)].into_iter().collect();
        let json = serde_json::to_string(&places).unwrap();
        assert_eq!(json, r#"{"shared/z":1,"annex:00000000-0000-0000-0000-000000000000/a":2}"#);
        assert_eq!(serde_json::from_str::<BTreeMap<Place, u8>>(&json).unwrap(), places);
    }
}
