//! What an assessment rests on as evidence: signatures, files and versions. None of them has a time of change.

use super::{parse, whole};
use crate::{
    error::Result,
    records::{Reader, Record, id},
};
use domain::{
    audit::Kind,
    dpia::{
        attachment::Attachment,
        sign_off::Signature,
        version::{Head, Snapshot, Version},
    },
    people::Scope,
};
use sea_orm::Value;
use uuid::Uuid;

impl Record for Signature {
    const KIND: Kind = Kind::Signature;
    const TABLE: &'static str = "signature";
    const COLUMNS: &'static [&'static str] = &["id", "content", "assessment_id", "person_id"];

    fn id(&self) -> Uuid {
        self.id.0
    }

    fn organisation(&self) -> Option<Uuid> {
        Some(self.organisation.0)
    }

    fn visible_to(&self, scope: &Scope) -> bool {
        scope.is_server()
    }

    fn values(&self, out: &mut Vec<Value>) {
        out.extend([id(self.id.0), whole(self), id(self.assessment.0), id(self.person.0)]);
    }

    fn read(row: &Reader<'_>) -> Result<Self> {
        parse(row)
    }
}

impl Record for Attachment {
    const KIND: Kind = Kind::Attachment;
    const TABLE: &'static str = "attachment";
    const COLUMNS: &'static [&'static str] = &["id", "content", "assessment_id", "hash"];

    fn id(&self) -> Uuid {
        self.id.0
    }

    fn organisation(&self) -> Option<Uuid> {
        Some(self.organisation.0)
    }

    fn visible_to(&self, scope: &Scope) -> bool {
        scope.is_server()
    }

    fn values(&self, out: &mut Vec<Value>) {
        out.extend([id(self.id.0), whole(self), id(self.assessment.0), self.hash.to_string().into()]);
    }

    fn read(row: &Reader<'_>) -> Result<Self> {
        parse(row)
    }
}

impl Record for Version {
    const KIND: Kind = Kind::Version;
    const TABLE: &'static str = "version";
    const COLUMNS: &'static [&'static str] = &["id", "head", "content", "assessment_id", "number"];

    fn id(&self) -> Uuid {
        self.id.0
    }

    fn organisation(&self) -> Option<Uuid> {
        Some(self.organisation.0)
    }

    fn visible_to(&self, scope: &Scope) -> bool {
        scope.is_server()
    }

    fn values(&self, out: &mut Vec<Value>) {
        out.extend([
            id(self.id.0),
            whole(&self.head()),
            whole(&self.content),
            id(self.assessment.0),
            i64::from(self.number).into(),
        ]);
    }

    fn read(row: &Reader<'_>) -> Result<Self> {
        let head: Head = parse(row)?;
        let content: Snapshot = serde_json::from_str(&row.text()?).map_err(|error| row.corrupt(error))?;
        let assessment = row.id()?;
        Ok(head.with(assessment, content))
    }
}
