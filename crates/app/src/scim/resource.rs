//! Users and groups as JSON (RFC 7643, 4.1 and 4.2).

use domain::people::{Membership, Person, Role};
use jiff::Timestamp;
use serde_json::{Value as Json, json};
use store::scim::ScimUser;
use uuid::Uuid;

/// The schema of users.
pub const USER: &str = "urn:ietf:params:scim:schemas:core:2.0:User";
/// The schema of groups.
pub const GROUP: &str = "urn:ietf:params:scim:schemas:core:2.0:Group";

/// Roles that a directory can give: all but those of named sections, and the network's own.
pub const ROLES: [Role; 13] = [
    Role::Viewer,
    Role::Editor,
    Role::ContractManager,
    Role::ProjectLead,
    Role::IgOfficer,
    Role::Dpo,
    Role::InformationAssetOwner,
    Role::Siro,
    Role::CaldicottGuardian,
    Role::Cio,
    Role::HeadOfProcurement,
    Role::ServiceDirector,
    Role::Administrator,
];

/// A person with a place at the organisation, as its directory sees them.
#[derive(Clone, Debug)]
pub struct User {
    /// Who.
    pub person: Person,
    /// Their place.
    pub place: Membership,
    /// What the directory calls them, where it has said so.
    pub known: Option<ScimUser>,
    /// The name that the directory gave, or an administrator who invited them: theirs until they accept.
    pub typed: Option<String>,
}

impl User {
    /// By what the directory asks for them.
    #[must_use]
    pub fn id(&self) -> Uuid {
        self.known.as_ref().map_or(self.person.id.0, |known| known.id)
    }

    /// The directory's name for them, else their address.
    #[must_use]
    pub fn user_name(&self) -> String {
        self.known.as_ref().map(|known| known.user_name.clone()).or_else(|| self.person.email.clone()).unwrap_or_default()
    }

    /// The name that the organisation sees: the person's own once they accepted, until then the one it gave itself.
    #[must_use]
    pub fn name(&self) -> String {
        if self.place.accepted_at.is_some() {
            return self.person.name.clone();
        }
        self.typed.clone().unwrap_or_else(|| self.user_name())
    }

    /// Whether they have a place: invited or accepted, and not taken away.
    #[must_use]
    pub fn active(&self) -> bool {
        self.place.revoked_at.is_none() && self.person.disabled_at.is_none()
    }

    /// As JSON.
    #[must_use]
    pub fn json(&self, public_url: &str) -> Json {
        let (id, name) = (self.id(), self.name());
        let mut user = json!({
            "schemas": [USER], "id": id, "userName": self.user_name(), "displayName": name,
            "name": { "formatted": name }, "active": self.active(),
            "groups": self.place.roles.iter().filter(|_| self.active())
                .map(|role| json!({ "value": role.as_str(), "display": role.words() })).collect::<Vec<_>>(),
            "meta": { "resourceType": "User", "created": instant(self.place.invited_at), "lastModified": instant(self.place.updated_at),
                      "location": format!("{public_url}/scim/v2/Users/{id}") },
        });
        // Directories that read users ask for the parts. The last word is the family's, as where a part is replaced.
        let (given, family) = parted(&name);
        user["name"]["givenName"] = json!(given);
        if let Some(family) = family {
            user["name"]["familyName"] = json!(family);
        }
        if let Some(email) = &self.person.email {
            user["emails"] = json!([{ "value": email, "type": "work", "primary": true }]);
        }
        if let Some(external) = self.known.as_ref().and_then(|known| known.external_id.as_ref()) {
            user["externalId"] = json!(external);
        }
        user
    }
}

/// The first names and the last name of somebody; who has one name has that.
#[must_use]
pub fn parted(name: &str) -> (&str, Option<&str>) {
    name.rsplit_once(' ').map_or((name, None), |(given, family)| (given, Some(family)))
}

/// A role as a group, with those who hold it, by their ids.
#[must_use]
pub fn group(role: Role, members: &[Uuid], public_url: &str) -> Json {
    json!({
        "schemas": [GROUP], "id": role.as_str(), "displayName": role.words(),
        "members": members.iter().map(|id| json!({ "value": id, "$ref": format!("{public_url}/scim/v2/Users/{id}") })).collect::<Vec<_>>(),
        "meta": { "resourceType": "Group", "location": format!("{public_url}/scim/v2/Groups/{}", role.as_str()) },
    })
}

fn instant(milliseconds: i64) -> String {
    Timestamp::from_millisecond(milliseconds).unwrap_or(Timestamp::UNIX_EPOCH).to_string()
}
