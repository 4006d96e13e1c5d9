//! Operations of a PATCH (RFC 7644, 3.5.2), read into what they change. Entra writes `op` with capitals and `active` as text.

use super::{
    filter::{Filter, attribute},
    resource::parted,
};
use serde_json::Value as Json;

/// What is to become of a user.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct UserChange {
    /// Whether they have a place.
    pub active: Option<bool>,
    /// The directory's name for them.
    pub user_name: Option<String>,
    /// Their name.
    pub name: Option<String>,
    /// Their first name alone; it counts where `name` is not said.
    pub given: Option<String>,
    /// Their last name alone.
    pub family: Option<String>,
    /// Where mail reaches them.
    pub email: Option<String>,
    /// The directory's own id.
    pub external_id: Option<String>,
}

impl UserChange {
    /// The name that somebody called `before` has after this. A part of a name replaces that part: the last word is the family's.
    #[must_use]
    pub fn renamed(&self, before: &str) -> Option<String> {
        if self.name.is_some() || (self.given.is_none() && self.family.is_none()) {
            return self.name.clone();
        }
        let (given, family) = parted(before);
        let parts = [self.given.as_deref().unwrap_or(given), self.family.as_deref().or(family).unwrap_or_default()];
        Some(parts.join(" ").trim().to_owned())
    }
}

/// What is to become of a group's members.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MemberChange {
    /// These join.
    Add(Vec<String>),
    /// These leave.
    Remove(Vec<String>),
    /// These alone are members.
    Replace(Vec<String>),
}

/// Why a body changes nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// It is no PATCH.
    Syntax,
    /// A path that is none here.
    Path,
    /// A value of the wrong kind.
    Value,
}

/// What is done, to which path, with which value.
type Operation<'b> = (String, Option<&'b str>, &'b Json);

fn operations(body: &Json) -> Result<Vec<Operation<'_>>, Refusal> {
    let list = body.get("Operations").and_then(Json::as_array).ok_or(Refusal::Syntax)?;
    list.iter()
        .map(|one| {
            let op = one.get("op").and_then(Json::as_str).ok_or(Refusal::Syntax)?.to_lowercase();
            if !matches!(op.as_str(), "add" | "replace" | "remove") {
                return Err(Refusal::Syntax);
            }
            Ok((op, one.get("path").and_then(Json::as_str), one.get("value").unwrap_or(&Json::Null)))
        })
        .collect()
}

/// Reads a whole user (POST, PUT) or the value of an operation without a path.
///
/// # Errors
/// For a value of the wrong kind.
pub fn of_user(value: &Json) -> Result<UserChange, Refusal> {
    let mut change = UserChange::default();
    for (name, value) in value.as_object().ok_or(Refusal::Value)? {
        match attribute(name).as_str() {
            "name" => {
                for (part, value) in value.as_object().into_iter().flatten() {
                    set(&mut change, &format!("name.{}", part.to_lowercase()), value)?;
                }
            }
            other => set(&mut change, other, value)?,
        }
    }
    Ok(change)
}

/// Text that is said; nothing for what is null or empty, which says nothing (RFC 7643, 2.5): it must not keep a leaver in.
fn said(value: &Json) -> Result<Option<String>, Refusal> {
    match value {
        Json::Null => Ok(None),
        Json::String(text) => Ok(Some(text.trim().to_owned()).filter(|text| !text.is_empty())),
        _ => Err(Refusal::Value),
    }
}

/// Takes up one attribute, by its name as [`attribute`] says it.
fn set(change: &mut UserChange, path: &str, value: &Json) -> Result<(), Refusal> {
    let field = match path {
        "active" if value.is_null() => return Ok(()),
        "active" => {
            change.active = Some(truth(value).ok_or(Refusal::Value)?);
            return Ok(());
        }
        "username" => &mut change.user_name,
        "externalid" => &mut change.external_id,
        "displayname" | "name.formatted" => &mut change.name,
        "name.givenname" => &mut change.given,
        "name.familyname" => &mut change.family,
        "emails.value" => &mut change.email,
        "emails" => return emails(change, value),
        // What this server does not keep is passed over: a directory sends departments and telephones beside a leaver's end, and
        // the one must not stand in the way of the other.
        _ => return Ok(()),
    };
    if let Some(text) = said(value)? {
        *field = Some(text);
    }
    Ok(())
}

/// One address, as text or with its kind, or several of which one is the first, or for work.
fn emails(change: &mut UserChange, value: &Json) -> Result<(), Refusal> {
    let address = match value {
        Json::Array(list) => {
            let primary = list.iter().find(|one| one.get("primary").and_then(truth) == Some(true));
            let work = || {
                list.iter()
                    .find(|one| one.get("type").and_then(Json::as_str).is_some_and(|kind| kind.eq_ignore_ascii_case("work")))
            };
            primary.or_else(work).or(list.first()).and_then(|one| one.get("value"))
        }
        Json::Object(one) => one.get("value"),
        Json::String(_) => Some(value),
        Json::Null => None,
        _ => return Err(Refusal::Value),
    };
    address.map_or(Ok(()), |address| set(change, "emails.value", address))
}

/// `true`, or 'True' as Entra writes it.
fn truth(value: &Json) -> Option<bool> {
    match value {
        Json::Bool(truth) => Some(*truth),
        Json::String(text) if text.eq_ignore_ascii_case("true") => Some(true),
        Json::String(text) if text.eq_ignore_ascii_case("false") => Some(false),
        _ => None,
    }
}

/// Reads a PATCH of a user.
///
/// # Errors
/// For what is no PATCH, a path that is none here, or a value of the wrong kind.
pub fn user(body: &Json) -> Result<UserChange, Refusal> {
    let mut change = UserChange::default();
    for (op, path, value) in operations(body)? {
        match (op.as_str(), path) {
            ("remove", Some(path)) if attribute(path) == "active" => change.active = Some(false),
            // A person without a name or an address is none: what is removed elsewhere stays here.
            ("remove", Some(_)) => {}
            ("remove", None) => return Err(Refusal::Path),
            (_, Some(path)) => set(&mut change, &attribute(path), value)?,
            (_, None) => {
                let part = of_user(value)?;
                change = UserChange {
                    active: part.active.or(change.active),
                    user_name: part.user_name.or(change.user_name),
                    name: part.name.or(change.name),
                    given: part.given.or(change.given),
                    family: part.family.or(change.family),
                    email: part.email.or(change.email),
                    external_id: part.external_id.or(change.external_id),
                };
            }
        }
    }
    Ok(change)
}

/// Reads a PATCH of a group's members.
///
/// # Errors
/// As [`user`].
pub fn members(body: &Json) -> Result<Vec<MemberChange>, Refusal> {
    let mut changes = Vec::new();
    for (op, path, value) in operations(body)? {
        let name = path.map(attribute);
        match (op.as_str(), name.as_deref()) {
            ("add", Some("members")) => changes.push(MemberChange::Add(ids(value)?)),
            ("replace", Some("members")) => changes.push(MemberChange::Replace(ids(value)?)),
            ("remove", Some("members")) if value.is_null() => changes.push(MemberChange::Replace(Vec::new())),
            ("remove", Some("members")) => changes.push(MemberChange::Remove(ids(value)?)),
            ("remove", Some(path)) => {
                let one = path.strip_prefix("members[").and_then(|rest| rest.strip_suffix(']')).and_then(Filter::parse);
                let one = one.and_then(Filter::only).filter(|one| one.attribute == "value").ok_or(Refusal::Path)?;
                changes.push(MemberChange::Remove(vec![one.value]));
            }
            // A role's name is its own; a directory that sends it again changes nothing.
            (_, Some("displayname" | "externalid")) => {}
            (_, None) => match among(value) {
                Some(members) if op == "add" => changes.push(MemberChange::Add(ids(members)?)),
                Some(members) => changes.push(MemberChange::Replace(ids(members)?)),
                None => {}
            },
            _ => return Err(Refusal::Path),
        }
    }
    Ok(changes)
}

/// The members that a whole group names; none where it does not speak of them, or says nothing with null.
fn among(group: &Json) -> Option<&Json> {
    let named = group.as_object()?.iter().find(|(name, _)| attribute(name) == "members");
    named.map(|(_, members)| members).filter(|members| !members.is_null())
}

fn ids(value: &Json) -> Result<Vec<String>, Refusal> {
    let one = |value: &Json| value.get("value").and_then(Json::as_str).map(str::to_owned).ok_or(Refusal::Value);
    match value {
        Json::Array(list) => list.iter().map(one).collect(),
        other => Ok(vec![one(other)?]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn operation(op: &str, path: Option<&str>, value: Json) -> Json {
        let mut one = json!({ "op": op, "value": value });
        if let Some(path) = path {
            one["path"] = json!(path);
        }
        json!({ "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": [one] })
    }

    #[test]
    fn a_leaver_is_told_however_a_directory_writes_it() {
        for body in [
            operation("replace", Some("active"), json!(false)),
            operation("Replace", Some("active"), json!("False")),
            operation("replace", None, json!({ "active": false })),
            operation("add", Some("Active"), json!("false")),
        ] {
            assert_eq!(user(&body).unwrap().active, Some(false), "{body}");
        }
        assert_eq!(user(&operation("replace", Some("active"), json!("perhaps"))), Err(Refusal::Value));
    }

    #[test]
    fn names_and_addresses_are_read() {
        let whole = of_user(&json!({
            "userName": "ann@council.example", "name": { "givenName": "Ann", "familyName": "Example" },
            "emails": [{ "value": "old@council.example" }, { "value": "ann@council.example", "primary": true }],
            "externalId": "7", "urn:other": { "department": "x" },
        }))
        .unwrap();
        assert_eq!(whole.renamed("").as_deref(), Some("Ann Example"));
        assert_eq!(whole.email.as_deref(), Some("ann@council.example"));
        let moved = user(&operation("replace", Some("emails[type eq \"work\"].value"), json!("a@council.example"))).unwrap();
        assert_eq!(moved.email.as_deref(), Some("a@council.example"));
        for (path, value) in [
            ("emails[type eq \"work\"]", json!({ "type": "work", "value": "a@council.example" })),
            ("emails", json!([{ "value": "b@council.example" }, { "value": "a@council.example", "primary": "True" }])),
            ("emails", json!("a@council.example")),
        ] {
            let moved = user(&operation("replace", Some(path), value));
            assert_eq!(moved.unwrap().email.as_deref(), Some("a@council.example"), "{path}");
        }
        assert_eq!(user(&operation("replace", Some("emails[type eq \"work\"]"), json!(7))), Err(Refusal::Value));
        // Entra with its newer flag: paths as names within one value.
        let moved = user(&operation(
            "replace",
            None,
            json!({ "emails[type eq \"work\"].value": "a@council.example", "name.familyName": "Okafor", "urn:other:department": "x" }),
        ));
        let moved = moved.unwrap();
        assert_eq!((moved.email.as_deref(), moved.family.as_deref()), (Some("a@council.example"), Some("Okafor")));
    }

    #[test]
    fn an_address_for_anything_but_work_is_nobodys_to_sign_in_with() {
        for path in ["emails[type eq \"home\"].value", "emails[type eq \"other\"]"] {
            let value = if path.ends_with("value") { json!("me@home.example") } else { json!({ "value": "me@home.example" }) };
            assert_eq!(user(&operation("Add", Some(path), value)).unwrap().email, None, "{path}");
        }
        let both = json!({ "emails": [{ "value": "me@home.example", "type": "home" }, { "value": "ann@council.example", "type": "work" }] });
        assert_eq!(of_user(&both).unwrap().email.as_deref(), Some("ann@council.example"));
    }

    #[test]
    fn what_is_null_or_empty_says_nothing_and_keeps_no_leaver_in() {
        let body = json!({
            "userName": "ann@council.example", "displayName": null, "nickName": "", "emails": null, "externalId": "",
            "name": { "givenName": "Ann", "familyName": "Example", "formatted": "" }, "active": false,
        });
        let whole = of_user(&body).unwrap();
        assert_eq!((whole.active, whole.renamed("").as_deref()), (Some(false), Some("Ann Example")));
        assert_eq!((whole.email, whole.external_id, whole.name), (None, None, None));
        assert_eq!(of_user(&json!({ "displayName": 7 })), Err(Refusal::Value));
    }

    #[test]
    fn what_is_no_patch_is_refused() {
        assert_eq!(user(&json!({})), Err(Refusal::Syntax));
        assert_eq!(user(&operation("move", Some("active"), json!(true))), Err(Refusal::Syntax));
        assert_eq!(user(&json!({ "Operations": [{ "op": "remove" }] })), Err(Refusal::Path));
    }

    #[test]
    fn what_is_not_kept_stands_in_nobodys_way() {
        let body = json!({ "Operations": [
            { "op": "Replace", "path": "title", "value": "Left" },
            { "op": "Replace", "path": "phoneNumbers[type eq \"work\"].value", "value": "020 7946 0000" },
            { "op": "Replace", "path": "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department", "value": "x" },
            { "op": "Replace", "path": "active", "value": false },
        ] });
        assert_eq!(user(&body).unwrap(), UserChange { active: Some(false), ..UserChange::default() });
    }

    #[test]
    fn a_part_of_a_name_replaces_that_part() {
        let married = user(&operation("replace", Some("name.familyName"), json!("Okafor"))).unwrap();
        assert_eq!(married.renamed("Mary Ann Example").as_deref(), Some("Mary Ann Okafor"));
        assert_eq!(user(&operation("replace", Some("active"), json!(true))).unwrap().renamed("Ann"), None);
    }

    #[test]
    fn members_join_and_leave() {
        assert_eq!(
            members(&operation("add", Some("members"), json!([{ "value": "1" }]))),
            Ok(vec![MemberChange::Add(vec!["1".to_owned()])])
        );
        assert_eq!(
            members(&operation("remove", Some("members[value eq \"1\"]"), Json::Null)),
            Ok(vec![MemberChange::Remove(vec!["1".to_owned()])])
        );
        assert_eq!(members(&operation("remove", Some("members"), Json::Null)), Ok(vec![MemberChange::Replace(Vec::new())]));
        assert_eq!(members(&operation("add", Some("owners"), json!([]))), Err(Refusal::Path));
    }

    #[test]
    fn a_whole_group_replaces_the_members_that_it_speaks_of() {
        let whole = |value: Json| members(&operation("replace", None, value));
        assert_eq!(whole(json!({ "displayName": "Editor" })), Ok(vec![]));
        assert_eq!(whole(json!({ "displayName": "Editor", "members": null })), Ok(vec![]));
        assert_eq!(whole(json!({ "members": [] })), Ok(vec![MemberChange::Replace(Vec::new())]));
        assert_eq!(whole(json!({ "Members": [{ "value": "1" }] })), Ok(vec![MemberChange::Replace(vec!["1".to_owned()])]));
        assert_eq!(whole(json!({ "members": "1" })), Err(Refusal::Value));
    }
}
