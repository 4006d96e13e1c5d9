//! Organisations of a release: who buys, who supplies, and by which identifiers they are known.

use std::borrow::Cow;

use serde_json::Value;

use super::{at, id_text, objects, text, texts};

/// An organisation, or a reference to one, as far as it is given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Organisation<'v> {
    /// Its id within the release, the link to `parties`.
    pub id: Option<Cow<'v, str>>,
    /// Its name; a nameless organisation keeps its id.
    pub name: Option<&'v str>,
}

/// One identifier of an organisation in some register.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identifier<'v> {
    /// The register, as in `GB-COH`.
    pub scheme: Option<&'v str>,
    /// The number within it.
    pub id: Option<Cow<'v, str>>,
    /// The legally registered name.
    pub legal_name: Option<&'v str>,
    /// An address that says more.
    pub uri: Option<&'v str>,
}

impl<'v> Organisation<'v> {
    fn of(value: &'v Value) -> Option<Self> {
        let organisation = Self { id: id_text(value, &["id"]), name: text(value, &["name"]) };
        (organisation.id.is_some() || organisation.name.is_some()).then_some(organisation)
    }
}

/// The buyer: the `buyer` field, else the first party in that role, else the procuring entity.
///
/// A name missing from a reference is taken from `parties`.
pub fn buyer(release: &Value) -> Option<Organisation<'_>> {
    let given = at(release, &["buyer"]).and_then(Organisation::of);
    let by_role = || parties_with_role(release, "buyer").find_map(Organisation::of);
    let procuring = || at(release, &["tender", "procuringEntity"]).and_then(Organisation::of);
    given.or_else(by_role).or_else(procuring).map(|organisation| named(release, organisation))
}

/// The suppliers of an award; names missing from references are taken from the release's `parties`.
pub fn suppliers<'v>(release: &'v Value, award: &'v Value) -> impl Iterator<Item = Organisation<'v>> {
    objects(award, &["suppliers"]).filter_map(Organisation::of).map(move |organisation| named(release, organisation))
}

fn named<'v>(release: &'v Value, mut organisation: Organisation<'v>) -> Organisation<'v> {
    if let (None, Some(id)) = (organisation.name, organisation.id.as_deref()) {
        organisation.name = party(release, id).and_then(|party| text(party, &["name"]));
    }
    organisation
}

/// All parties of the process.
pub fn parties(release: &Value) -> impl Iterator<Item = &Value> {
    objects(release, &["parties"])
}

/// The party with this id; an id written as a number is found by its digits.
pub fn party<'v>(release: &'v Value, id: &str) -> Option<&'v Value> {
    parties(release).find(|party| id_text(party, &["id"]).is_some_and(|found| found == id))
}

/// The parties in a role, such as `buyer` or `supplier`.
pub fn parties_with_role<'v>(release: &'v Value, role: &'v str) -> impl Iterator<Item = &'v Value> {
    parties(release).filter(move |party| texts(party, &["roles"]).any(|found| found == role))
}

/// The identifiers of a party, the primary one first, then the additional ones.
pub fn identifiers(party: &Value) -> impl Iterator<Item = Identifier<'_>> {
    let primary = at(party, &["identifier"]).into_iter();
    primary.chain(objects(party, &["additionalIdentifiers"])).filter_map(|value| {
        let identifier = Identifier {
            scheme: text(value, &["scheme"]),
            id: id_text(value, &["id"]),
            legal_name: text(value, &["legalName"]),
            uri: text(value, &["uri"]),
        };
        (identifier.id.is_some() || identifier.legal_name.is_some()).then_some(identifier)
    })
}

/// Splits an id made the org-id way into register and number: `GB-COH-01234567`
/// into `GB-COH` and `01234567`. None for ids of any other make.
///
/// Contracts Finder puts company numbers into party ids and leaves the identifier empty.
/// See <https://org-id.guide>.
pub fn split_org_id(id: &str) -> Option<(&str, &str)> {
    let mut dashes = id.match_indices('-').map(|(place, _)| place);
    let (first, second) = (dashes.next()?, dashes.next()?);
    let (country, list) = (id.get(..first)?, id.get(first + 1..second)?);
    let (scheme, number) = (id.get(..second)?, id.get(second + 1..)?.trim());
    let is_country = country.len() == 2 && country.bytes().all(|byte| byte.is_ascii_uppercase());
    let is_list = (2..=8).contains(&list.len()) && list.bytes().all(|byte| byte.is_ascii_uppercase());
    (is_country && is_list && !number.is_empty()).then_some((scheme, number))
}
