//! People, memberships and tokens for programs.

use super::{Reader, Record, id, json, opt_text};
use crate::error::Result;
use domain::{
    audit::Kind,
    people::{ApiToken, Membership, Person, Scope},
};
use sea_orm::Value;
use uuid::Uuid;

impl Record for Person {
    const KIND: Kind = Kind::Person;
    const TABLE: &'static str = "person";
    const COLUMNS: &'static [&'static str] =
        &["id", "name", "email", "illustrative", "disabled_at", "unwanted_mail", "updated_at"];

    fn id(&self) -> Uuid {
        self.id.0
    }

    /// Colleagues across the network know each other's names: they write documents together. Pages for the public name nobody.
    fn visible_to(&self, scope: &Scope) -> bool {
        !matches!(scope, Scope::Public)
    }

    fn values(&self, out: &mut Vec<Value>) {
        out.extend([
            id(self.id.0),
            self.name.clone().into(),
            opt_text(&self.email),
            self.illustrative.into(),
            Value::BigInt(self.disabled_at),
            json(&self.unwanted_mail),
            self.updated_at.into(),
        ]);
    }

    fn read(row: &Reader<'_>) -> Result<Self> {
        Ok(Self {
            id: row.id()?,
            name: row.text()?,
            email: row.opt_text()?,
            illustrative: row.bool()?,
            disabled_at: row.opt_int()?,
            unwanted_mail: row.json()?,
            updated_at: row.int()?,
        })
    }

    fn updated_at(&self) -> Option<i64> {
        Some(self.updated_at)
    }

    fn set_updated_at(&mut self, at: i64) {
        self.updated_at = at;
    }
}

impl Record for Membership {
    const KIND: Kind = Kind::Membership;
    const TABLE: &'static str = "membership";
    const COLUMNS: &'static [&'static str] = &[
        "id",
        "person_id",
        "organisation_id",
        "roles",
        "deputy",
        "invited_at",
        "accepted_at",
        "revoked_at",
        "services",
        "updated_at",
    ];

    fn id(&self) -> Uuid {
        self.id.0
    }

    fn organisation(&self) -> Option<Uuid> {
        Some(self.organisation.0)
    }

    /// Who holds which role where is known to everyone who is signed in: advice and signatures are asked of them.
    fn visible_to(&self, scope: &Scope) -> bool {
        !matches!(scope, Scope::Public)
    }

    fn values(&self, out: &mut Vec<Value>) {
        out.extend([
            id(self.id.0),
            id(self.person.0),
            id(self.organisation.0),
            json(&self.roles),
            json(&self.deputy),
            self.invited_at.into(),
            Value::BigInt(self.accepted_at),
            Value::BigInt(self.revoked_at),
            json(&self.services),
            self.updated_at.into(),
        ]);
    }

    fn read(row: &Reader<'_>) -> Result<Self> {
        Ok(Self {
            id: row.id()?,
            person: row.id()?,
            organisation: row.id()?,
            roles: row.json()?,
            deputy: row.json()?,
            invited_at: row.int()?,
            accepted_at: row.opt_int()?,
            revoked_at: row.opt_int()?,
            services: row.json()?,
            updated_at: row.int()?,
        })
    }

    fn updated_at(&self) -> Option<i64> {
        Some(self.updated_at)
    }

    fn set_updated_at(&mut self, at: i64) {
        self.updated_at = at;
    }
}

impl Record for ApiToken {
    const KIND: Kind = Kind::ApiToken;
    const TABLE: &'static str = "api_token";
    const COLUMNS: &'static [&'static str] =
        &["id", "person_id", "organisation_id", "name", "writes", "created_at", "expires_at", "revoked_at", "updated_at"];

    fn id(&self) -> Uuid {
        self.id.0
    }

    fn organisation(&self) -> Option<Uuid> {
        Some(self.organisation.0)
    }

    /// Its owner's, and those who answer for the organisation's people.
    fn visible_to(&self, scope: &Scope) -> bool {
        scope.person() == Some(self.person) || domain::people::may(scope, &domain::people::Act::ManageMembers(self.organisation))
    }

    fn values(&self, out: &mut Vec<Value>) {
        out.extend([
            id(self.id.0),
            id(self.person.0),
            id(self.organisation.0),
            self.name.clone().into(),
            self.writes.into(),
            self.created_at.into(),
            self.expires_at.into(),
            Value::BigInt(self.revoked_at),
            self.updated_at.into(),
        ]);
    }

    fn read(row: &Reader<'_>) -> Result<Self> {
        Ok(Self {
            id: row.id()?,
            person: row.id()?,
            organisation: row.id()?,
            name: row.text()?,
            writes: row.bool()?,
            created_at: row.int()?,
            expires_at: row.int()?,
            revoked_at: row.opt_int()?,
            updated_at: row.int()?,
        })
    }

    fn updated_at(&self) -> Option<i64> {
        Some(self.updated_at)
    }

    fn set_updated_at(&mut self, at: i64) {
        self.updated_at = at;
    }
}
