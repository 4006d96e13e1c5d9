//! Systems in use and planned procurements.

use super::{Link, Reader, Record, id, json, json_list, opt_date, opt_text, spelt};
use crate::error::Result;
use domain::{
    audit::Kind,
    people::Scope,
    register::records::{PlannedProcurement, PublicAt, System},
};
use sea_orm::Value;
use uuid::Uuid;

impl Record for System {
    const KIND: Kind = Kind::System;
    const TABLE: &'static str = "system";
    const COLUMNS: &'static [&'static str] = &[
        "id",
        "system_key",
        "organisation_id",
        "product_id",
        "users",
        "hosting",
        "satisfaction",
        "data_access",
        "sub_processors",
        "origin",
        "confirmed",
        "note",
        "published",
        "updated_at",
        "public_at",
    ];
    const LINKS: &'static [Link] = &[
        Link { table: "system_function", owner: "system_id", target: "function_id" },
        // Which suppliers the sub-processors are; the record itself says it too.
        Link { table: "system_sub_processor", owner: "system_id", target: "supplier_id" },
    ];

    fn id(&self) -> Uuid {
        self.id.0
    }

    fn organisation(&self) -> Option<Uuid> {
        Some(self.organisation.0)
    }

    fn visible_to(&self, scope: &Scope) -> bool {
        self.published || scope.may_read_private(Some(self.organisation))
    }

    fn values(&self, out: &mut Vec<Value>) {
        out.extend([
            id(self.id.0),
            self.key.clone().into(),
            id(self.organisation.0),
            id(self.product.0),
            Value::BigInt(self.users),
            self.hosting.as_ref().map_or(Value::String(None), spelt),
            Value::BigInt(self.satisfaction.map(i64::from)),
            opt_text(&self.data_access),
            json_list(&self.sub_processors),
            json(&self.origin),
            opt_date(self.confirmed),
            opt_text(&self.note),
            self.published.into(),
            self.updated_at.into(),
            self.last_public_change().into(),
        ]);
    }

    fn links(&self, link: usize) -> Vec<Uuid> {
        match link {
            0 => self.functions.iter().map(|function| function.0).collect(),
            _ => self.sub_processors.iter().filter_map(|one| one.supplier).map(|supplier| supplier.0).collect(),
        }
    }

    fn read(row: &Reader<'_>) -> Result<Self> {
        Ok(Self {
            id: row.id()?,
            key: row.text()?,
            organisation: row.id()?,
            product: row.id()?,
            functions: Vec::new(),
            users: row.opt_int()?,
            hosting: row.opt_word()?,
            satisfaction: row.opt_int()?.and_then(|score| u8::try_from(score).ok()),
            data_access: row.opt_text()?,
            sub_processors: row.json()?,
            origin: row.json()?,
            confirmed: row.opt_date()?,
            note: row.opt_text()?,
            published: row.bool()?,
            updated_at: row.int()?,
            public_at: PublicAt(row.int()?),
        })
    }

    fn set_links(&mut self, link: usize, ids: Vec<Uuid>) {
        if link == 0 {
            self.functions = ids.into_iter().map(Into::into).collect();
        }
    }

    fn updated_at(&self) -> Option<i64> {
        Some(self.updated_at)
    }

    fn set_updated_at(&mut self, at: i64) {
        self.updated_at = at;
    }

    fn note_public_change(&mut self, before: Option<&Self>) {
        System::note_public_change(self, before);
    }
}

impl Record for PlannedProcurement {
    const KIND: Kind = Kind::PlannedProcurement;
    const TABLE: &'static str = "planned_procurement";
    const COLUMNS: &'static [&'static str] = &[
        "id",
        "planned_key",
        "organisation_id",
        "reference",
        "title",
        "description",
        "stage",
        "value",
        "closes",
        "start_date",
        "end_date",
        "duration_days",
        "cpv",
        "origin",
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
            opt_text(&self.reference),
            self.title.clone().into(),
            opt_text(&self.description),
            self.stage.clone().into(),
            json(&self.value),
            opt_date(self.closes),
            opt_date(self.start),
            opt_date(self.end),
            Value::BigInt(self.duration.map(i64::from)),
            json(&self.cpv),
            json(&self.origin),
            self.updated_at.into(),
        ]);
    }

    fn read(row: &Reader<'_>) -> Result<Self> {
        Ok(Self {
            id: row.id()?,
            key: row.text()?,
            organisation: row.id()?,
            reference: row.opt_text()?,
            title: row.text()?,
            description: row.opt_text()?,
            stage: row.text()?,
            value: row.json()?,
            closes: row.opt_date()?,
            start: row.opt_date()?,
            end: row.opt_date()?,
            duration: row.opt_int()?.and_then(|days| u32::try_from(days).ok()),
            cpv: row.json()?,
            origin: row.json()?,
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
