//! Organisations, service areas and functions.

use super::{Reader, Record, id, json, opt_date, opt_id, opt_text, spelt};
use crate::error::Result;
use domain::{
    audit::Kind,
    register::records::{Function, Organisation, ServiceArea},
};
use sea_orm::Value;
use uuid::Uuid;

impl Record for Organisation {
    const KIND: Kind = Kind::Organisation;
    const TABLE: &'static str = "organisation";
    const COLUMNS: &'static [&'static str] = &[
        "id",
        "slug",
        "name",
        "formal_name",
        "kind",
        "gss_code",
        "register_code",
        "identifiers",
        "aliases",
        "letters",
        "tile_row",
        "tile_column",
        "colour",
        "member_from",
        "member_until",
        "updated_at",
    ];

    fn id(&self) -> Uuid {
        self.id.0
    }

    fn organisation(&self) -> Option<Uuid> {
        Some(self.id.0)
    }

    fn values(&self, out: &mut Vec<Value>) {
        let (row, column) = self.tile.unzip();
        out.extend([
            id(self.id.0),
            self.slug.clone().into(),
            self.name.clone().into(),
            self.formal_name.clone().into(),
            spelt(&self.kind),
            opt_text(&self.gss_code),
            opt_text(&self.register_code),
            json(&self.identifiers),
            json(&self.aliases),
            opt_text(&self.letters),
            Value::Int(row.map(i32::from)),
            Value::Int(column.map(i32::from)),
            opt_text(&self.colour),
            opt_date(self.member_from),
            opt_date(self.member_until),
            self.updated_at.into(),
        ]);
    }

    fn read(row: &Reader<'_>) -> Result<Self> {
        Ok(Self {
            id: row.id()?,
            slug: row.text()?,
            name: row.text()?,
            formal_name: row.text()?,
            kind: row.word()?,
            gss_code: row.opt_text()?,
            register_code: row.opt_text()?,
            identifiers: row.json()?,
            aliases: row.json()?,
            letters: row.opt_text()?,
            tile: {
                let (tile_row, tile_column) = (row.opt_small()?, row.opt_small()?);
                tile_row.zip(tile_column)
            },
            colour: row.opt_text()?,
            member_from: row.opt_date()?,
            member_until: row.opt_date()?,
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

impl Record for ServiceArea {
    const KIND: Kind = Kind::ServiceArea;
    const TABLE: &'static str = "service_area";
    const COLUMNS: &'static [&'static str] = &["id", "slug", "name", "position"];

    fn id(&self) -> Uuid {
        self.id.0
    }

    fn values(&self, out: &mut Vec<Value>) {
        out.extend([id(self.id.0), self.slug.clone().into(), self.name.clone().into(), self.position.into()]);
    }

    fn read(row: &Reader<'_>) -> Result<Self> {
        Ok(Self { id: row.id()?, slug: row.text()?, name: row.text()?, position: row.int()? })
    }
}

impl Record for Function {
    const KIND: Kind = Kind::Function;
    const TABLE: &'static str = "function";
    const COLUMNS: &'static [&'static str] = &["id", "slug", "name", "service_area_id", "core", "aliases"];
    const GUARDED_WHOLE: bool = true;

    fn id(&self) -> Uuid {
        self.id.0
    }

    fn values(&self, out: &mut Vec<Value>) {
        out.extend([
            id(self.id.0),
            self.slug.clone().into(),
            self.name.clone().into(),
            opt_id(self.service_area.map(|area| area.0)),
            self.core.into(),
            json(&self.aliases),
        ]);
    }

    fn read(row: &Reader<'_>) -> Result<Self> {
        Ok(Self {
            id: row.id()?,
            slug: row.text()?,
            name: row.text()?,
            service_area: row.opt_id()?,
            core: row.bool()?,
            aliases: row.json()?,
        })
    }
}
