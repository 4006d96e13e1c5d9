//! Imports, mappings, raw releases and flags.

use super::{Reader, Record, id, json, opt_id};
use crate::error::Result;
use domain::{
    audit::Kind,
    register::records::{Flag, Import, Mapping, Release},
};
use sea_orm::Value;
use uuid::Uuid;

impl Record for Import {
    const KIND: Kind = Kind::Import;
    const TABLE: &'static str = "import";
    const COLUMNS: &'static [&'static str] = &["id", "kind", "files", "at", "report", "undone_at", "organisation_id"];

    fn id(&self) -> Uuid {
        self.id.0
    }

    fn organisation(&self) -> Option<Uuid> {
        self.organisation.map(|own| own.0)
    }

    fn values(&self, out: &mut Vec<Value>) {
        out.extend([
            id(self.id.0),
            self.kind.clone().into(),
            json(&self.files),
            self.at.into(),
            json(&self.report),
            Value::BigInt(self.undone_at),
            opt_id(self.organisation.map(|own| own.0)),
        ]);
    }

    fn read(row: &Reader<'_>) -> Result<Self> {
        Ok(Self {
            id: row.id()?,
            kind: row.text()?,
            files: row.json()?,
            at: row.int()?,
            report: row.json()?,
            undone_at: row.opt_int()?,
            organisation: row.opt_id()?,
        })
    }
}

impl Record for Mapping {
    const KIND: Kind = Kind::Mapping;
    const TABLE: &'static str = "mapping";
    const COLUMNS: &'static [&'static str] = &["id", "mapping_key", "kind", "fields"];

    fn id(&self) -> Uuid {
        self.id.0
    }

    fn values(&self, out: &mut Vec<Value>) {
        out.extend([id(self.id.0), self.key.clone().into(), self.kind.clone().into(), json(&self.fields)]);
    }

    fn read(row: &Reader<'_>) -> Result<Self> {
        Ok(Self { id: row.id()?, key: row.text()?, kind: row.text()?, fields: row.json()? })
    }
}

impl Record for Release {
    const KIND: Kind = Kind::Release;
    const TABLE: &'static str = "ocds_release";
    const COLUMNS: &'static [&'static str] = &["id", "digest", "ocid", "date", "content"];

    fn id(&self) -> Uuid {
        self.id.0
    }

    fn values(&self, out: &mut Vec<Value>) {
        out.extend([
            id(self.id.0),
            self.digest.clone().into(),
            self.ocid.clone().into(),
            self.date.clone().into(),
            json(&self.content),
        ]);
    }

    fn read(row: &Reader<'_>) -> Result<Self> {
        Ok(Self { id: row.id()?, digest: row.text()?, ocid: row.text()?, date: row.text()?, content: row.json()? })
    }
}

impl Record for Flag {
    const KIND: Kind = Kind::Flag;
    const TABLE: &'static str = "flag";
    const COLUMNS: &'static [&'static str] = &["id", "reason", "subject_kind", "subject_id", "note", "settled"];
    const GUARDED_WHOLE: bool = true;

    fn id(&self) -> Uuid {
        self.id.0
    }

    fn values(&self, out: &mut Vec<Value>) {
        out.extend([
            id(self.id.0),
            self.reason.clone().into(),
            self.subject_kind.clone().into(),
            id(self.subject),
            self.note.clone().into(),
            self.settled.into(),
        ]);
    }

    fn read(row: &Reader<'_>) -> Result<Self> {
        Ok(Self {
            id: row.id()?,
            reason: row.text()?,
            subject_kind: row.text()?,
            subject: row.id()?,
            note: row.text()?,
            settled: row.bool()?,
        })
    }
}
