//! Skills that organisations hold.

use super::{Reader, Record, id, json, opt_date, spelt};
use crate::error::Result;
use domain::{audit::Kind, register::records::Skill};
use sea_orm::Value;
use uuid::Uuid;

impl Record for Skill {
    const KIND: Kind = Kind::Skill;
    const TABLE: &'static str = "skill";
    const COLUMNS: &'static [&'static str] = &[
        "id",
        "skill_key",
        "organisation_id",
        "name",
        "level",
        "people",
        "offers_training",
        "origin",
        "confirmed",
        "updated_at",
    ];

    fn id(&self) -> Uuid {
        self.id.0
    }

    fn organisation(&self) -> Option<Uuid> {
        Some(self.organisation.0)
    }

    fn values(&self, out: &mut Vec<Value>) {
        out.extend([
            id(self.id.0),
            self.key.clone().into(),
            id(self.organisation.0),
            self.name.clone().into(),
            spelt(&self.level),
            Value::BigInt(self.people),
            self.offers_training.into(),
            json(&self.origin),
            opt_date(self.confirmed),
            self.updated_at.into(),
        ]);
    }

    fn read(row: &Reader<'_>) -> Result<Self> {
        Ok(Self {
            id: row.id()?,
            key: row.text()?,
            organisation: row.id()?,
            name: row.text()?,
            level: row.word()?,
            people: row.opt_int()?,
            offers_training: row.bool()?,
            origin: row.json()?,
            confirmed: row.opt_date()?,
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
