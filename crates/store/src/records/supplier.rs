//! Suppliers and products.

use super::{Link, Reader, Record, id, json, opt_id};
use crate::error::Result;
use domain::{
    audit::Kind,
    register::records::{Product, Supplier},
};
use sea_orm::Value;
use uuid::Uuid;

impl Record for Supplier {
    const KIND: Kind = Kind::Supplier;
    const TABLE: &'static str = "supplier";
    const COLUMNS: &'static [&'static str] = &["id", "name", "names", "identifiers", "owners", "sme", "vcse", "updated_at"];

    fn id(&self) -> Uuid {
        self.id.0
    }

    fn values(&self, out: &mut Vec<Value>) {
        out.extend([
            id(self.id.0),
            self.name.clone().into(),
            json(&self.names),
            json(&self.identifiers),
            json(&self.owners),
            Value::Bool(self.sme),
            Value::Bool(self.vcse),
            self.updated_at.into(),
        ]);
    }

    fn read(row: &Reader<'_>) -> Result<Self> {
        Ok(Self {
            id: row.id()?,
            name: row.text()?,
            names: row.json()?,
            identifiers: row.json()?,
            owners: row.json()?,
            sme: row.opt_bool()?,
            vcse: row.opt_bool()?,
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

impl Record for Product {
    const KIND: Kind = Kind::Product;
    const TABLE: &'static str = "product";
    const COLUMNS: &'static [&'static str] = &["id", "name", "manufacturer_id", "former_names", "updated_at"];
    const LINKS: &'static [Link] = &[Link { table: "product_function", owner: "product_id", target: "function_id" }];

    fn id(&self) -> Uuid {
        self.id.0
    }

    fn values(&self, out: &mut Vec<Value>) {
        out.extend([
            id(self.id.0),
            self.name.clone().into(),
            opt_id(self.manufacturer.map(|supplier| supplier.0)),
            json(&self.former_names),
            self.updated_at.into(),
        ]);
    }

    fn links(&self, _link: usize) -> Vec<Uuid> {
        self.functions.iter().map(|function| function.0).collect()
    }

    fn read(row: &Reader<'_>) -> Result<Self> {
        Ok(Self {
            id: row.id()?,
            name: row.text()?,
            manufacturer: row.opt_id()?,
            former_names: row.json()?,
            functions: Vec::new(),
            updated_at: row.int()?,
        })
    }

    fn set_links(&mut self, _link: usize, ids: Vec<Uuid>) {
        self.functions = ids.into_iter().map(Into::into).collect();
    }

    fn updated_at(&self) -> Option<i64> {
        Some(self.updated_at)
    }

    fn set_updated_at(&mut self, at: i64) {
        self.updated_at = at;
    }
}
