//! Identity providers of organisations.

use super::{Reader, Record, id, json, opt_text};
use crate::error::Result;
use domain::{
    audit::Kind,
    people::{
        Act, Scope, may,
        sign_in::{identity::Provider, records::IdentityProvider},
    },
};
use sea_orm::Value;
use uuid::Uuid;

impl Record for IdentityProvider {
    const KIND: Kind = Kind::IdentityProvider;
    const TABLE: &'static str = "identity_provider";
    const COLUMNS: &'static [&'static str] =
        &["id", "organisation_id", "provider", "client_id", "secret_name", "enabled", "updated_at"];

    fn id(&self) -> Uuid {
        self.id.0
    }

    fn organisation(&self) -> Option<Uuid> {
        Some(self.organisation.0)
    }

    fn visible_to(&self, scope: &Scope) -> bool {
        may(scope, &Act::ManageMembers(self.organisation))
    }

    fn values(&self, out: &mut Vec<Value>) {
        out.extend([
            id(self.id.0),
            id(self.organisation.0),
            json(&self.provider),
            self.client_id.clone().into(),
            opt_text(&self.secret_name),
            self.enabled.into(),
            self.updated_at.into(),
        ]);
    }

    fn read(row: &Reader<'_>) -> Result<Self> {
        Ok(Self {
            id: row.id()?,
            organisation: row.id()?,
            provider: row.json::<Option<Provider>>()?.unwrap_or(Provider::OpenId { issuer: String::new() }),
            client_id: row.text()?,
            secret_name: row.opt_text()?,
            enabled: row.bool()?,
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
