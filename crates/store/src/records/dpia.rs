//! Records of projects and assessments. Each stands whole in its `content` column; the columns behind it repeat what is looked
//! up by. Projects and assessments themselves are in `heads`, signatures, files and versions in `evidence`; here are the parts that
//! people change, tasks, and templates that were published here.
//!
//! Parts of an assessment are visible to the server alone through the generic reads: whether a person may see them hangs on the
//! assessment, its parties and its guests, and `store::dpia` reads them together.

mod evidence;
mod heads;

use super::{Reader, Record, id, opt_date, opt_id};
use crate::error::Result;
use domain::{
    audit::Kind,
    dpia::{
        advice::Recommendation,
        comment::Comment,
        edit::FieldState,
        ico::Consultation,
        project::Screening,
        publication::{Publication, Stage},
        stored::Stored,
        task::{Assignee, Task},
        version::{MeasureRecord, RiskRecord},
    },
    people::Scope,
};
use sea_orm::Value;
use serde::{Serialize, de::DeserializeOwned};
use uuid::Uuid;

fn whole<T: Serialize>(record: &T) -> Value {
    super::json(record)
}

fn parse<T: DeserializeOwned>(row: &Reader<'_>) -> Result<T> {
    let _: String = row.text()?;
    let text = row.text()?;
    serde_json::from_str(&text).map_err(|error| row.corrupt(error))
}

/// A record of an assessment that stands whole in `content`, with a time of change.
macro_rules! part {
    ($type:ty, $kind:ident, $table:literal, $id:expr, $organisation:expr, [$($column:literal = $value:expr),* $(,)?]) => {
        impl Record for $type {
            const KIND: Kind = Kind::$kind;
            const TABLE: &'static str = $table;
            const COLUMNS: &'static [&'static str] = &["id", "content", "updated_at", $($column),*];

            fn id(&self) -> Uuid {
                let of: fn(&$type) -> Uuid = $id;
                of(self)
            }

            fn organisation(&self) -> Option<Uuid> {
                let of: fn(&$type) -> Option<Uuid> = $organisation;
                of(self)
            }

            fn visible_to(&self, scope: &Scope) -> bool {
                scope.is_server()
            }

            fn values(&self, out: &mut Vec<Value>) {
                out.extend([id(Record::id(self)), whole(self), self.updated_at.into()]);
                $({
                    let of: fn(&$type) -> Value = $value;
                    out.push(of(self));
                })*
            }

            fn read(row: &Reader<'_>) -> Result<Self> {
                let mut record: Self = parse(row)?;
                record.updated_at = row.int()?;
                Ok(record)
            }

            fn updated_at(&self) -> Option<i64> {
                Some(self.updated_at)
            }

            fn set_updated_at(&mut self, at: i64) {
                self.updated_at = at;
            }
        }
    };
}

part!(
    FieldState,
    Answer,
    "answer",
    |field| field.id,
    |field| Some(field.organisation.0),
    [
        "assessment_id" = |field| id(field.assessment.0),
        "place" = |field| field.place.to_string().into(),
        "version" = |field| i64::from(field.version).into(),
    ]
);
part!(
    RiskRecord,
    Risk,
    "risk",
    |record| record.risk.id.0,
    |record| Some(record.organisation.0),
    ["assessment_id" = |record| id(record.assessment.0),]
);
part!(
    MeasureRecord,
    Measure,
    "measure",
    |record| record.measure.id.0,
    |record| Some(record.organisation.0),
    ["assessment_id" = |record| id(record.assessment.0), "due" = |record| opt_date(record.measure.due),]
);
part!(
    Comment,
    Comment,
    "dpia_comment",
    |comment| comment.id.0,
    |comment| Some(comment.organisation.0),
    ["assessment_id" = |comment| id(comment.assessment.0),]
);
part!(
    Recommendation,
    Recommendation,
    "recommendation",
    |one| one.id.0,
    |one| Some(one.organisation.0),
    ["assessment_id" = |one| id(one.assessment.0),]
);
part!(Consultation, Consultation, "consultation", |one| one.id.0, |_| None, ["assessment_id" = |one| id(one.assessment.0)]);
part!(
    Publication,
    Publication,
    "publication",
    |one| one.id.0,
    |one| Some(one.organisation.0),
    ["assessment_id" = |one| id(one.assessment.0), "stage" = |one| stage(&one.stage).into(),]
);
part!(
    Screening,
    Screening,
    "screening",
    |one| one.id.0,
    |one| Some(one.organisation.0),
    ["project_id" = |one| id(one.project.0),]
);

pub(crate) fn stage(stage: &Stage) -> &'static str {
    match stage {
        Stage::Preparing => "preparing",
        Stage::Checking => "checking",
        Stage::Published { .. } => "published",
        Stage::Withdrawn { .. } => "withdrawn",
        Stage::Replaced { .. } => "replaced",
    }
}

impl Record for Task {
    const KIND: Kind = Kind::Task;
    const TABLE: &'static str = "task";
    const COLUMNS: &'static [&'static str] =
        &["id", "content", "updated_at", "assessment_id", "organisation_id", "person_id", "due", "open"];

    fn id(&self) -> Uuid {
        self.id.0
    }

    fn organisation(&self) -> Option<Uuid> {
        Some(self.assignee.organisation().0)
    }

    /// Whoever it is with, whoever gave it, and the organisation whose work it is.
    fn visible_to(&self, scope: &Scope) -> bool {
        let with = match self.assignee {
            Assignee::Person { person, .. } => Some(person),
            Assignee::Role { .. } => None,
        };
        scope.is_server()
            || scope.member().is_some_and(|member| {
                with == Some(member.person) || self.by == Some(member.person) || member.belongs_to(self.assignee.organisation())
            })
    }

    fn values(&self, out: &mut Vec<Value>) {
        let person = match self.assignee {
            Assignee::Person { person, .. } => Some(person.0),
            Assignee::Role { .. } => None,
        };
        out.extend([
            id(self.id.0),
            whole(self),
            self.updated_at.into(),
            opt_id(self.assessment.map(|assessment| assessment.0)),
            id(self.assignee.organisation().0),
            opt_id(person),
            opt_date(self.due),
            self.open().into(),
        ]);
    }

    fn read(row: &Reader<'_>) -> Result<Self> {
        let mut record: Self = parse(row)?;
        record.updated_at = row.int()?;
        Ok(record)
    }

    fn updated_at(&self) -> Option<i64> {
        Some(self.updated_at)
    }

    fn set_updated_at(&mut self, at: i64) {
        self.updated_at = at;
    }
}

impl Record for Stored {
    const KIND: Kind = Kind::Template;
    const TABLE: &'static str = "dpia_file";
    const COLUMNS: &'static [&'static str] = &["id", "content", "updated_at", "kind", "urn", "version", "organisation_id"];

    fn id(&self) -> Uuid {
        self.id
    }

    fn organisation(&self) -> Option<Uuid> {
        self.organisation.map(|organisation| organisation.0)
    }

    fn visible_to(&self, scope: &Scope) -> bool {
        Stored::visible_to(self, scope)
    }

    fn values(&self, out: &mut Vec<Value>) {
        out.extend([
            id(self.id),
            whole(self),
            self.updated_at.into(),
            self.kind.clone().into(),
            self.edition.urn.clone().into(),
            self.edition.version.clone().into(),
            opt_id(self.organisation.map(|organisation| organisation.0)),
        ]);
    }

    fn read(row: &Reader<'_>) -> Result<Self> {
        let mut record: Self = parse(row)?;
        record.updated_at = row.int()?;
        Ok(record)
    }

    fn updated_at(&self) -> Option<i64> {
        Some(self.updated_at)
    }

    fn set_updated_at(&mut self, at: i64) {
        self.updated_at = at;
    }
}
