//! Records of projects and assessments. Each stands whole in its `content` column; the columns behind it repeat what is looked
//! up by.
//!
//! Parts of an assessment are visible to the server alone through the generic reads: whether a person may see them hangs on the
//! assessment, its parties and its guests, and `store::dpia` reads them together.

use super::{Link, Reader, Record, id, opt_id};
use crate::error::Result;
use domain::{
    audit::Kind,
    dpia::{
        access::{Sight, sight},
        advice::Recommendation,
        assessment::Assessment,
        attachment::Attachment,
        comment::Comment,
        edit::FieldState,
        ico::Consultation,
        project::{Project, Screening},
        publication::{Publication, Stage},
        sign_off::Signature,
        stored::Stored,
        task::{Assignee, Task},
        version::{Head, MeasureRecord, RiskRecord, Snapshot, Version},
    },
    people::Scope,
};
use jiff::civil::Date;
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

fn opt_date(date: Option<Date>) -> Value {
    super::opt_date(date)
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

impl Record for Project {
    const KIND: Kind = Kind::Project;
    const TABLE: &'static str = "project";
    const COLUMNS: &'static [&'static str] = &["id", "content", "updated_at", "organisation_id"];
    const LINKS: &'static [Link] = &[
        Link { table: "project_organisation", owner: "project_id", target: "organisation_id" },
        Link { table: "project_system", owner: "project_id", target: "system_id" },
        Link { table: "project_contract", owner: "project_id", target: "contract_id" },
        Link { table: "project_planned", owner: "project_id", target: "planned_procurement_id" },
    ];

    fn id(&self) -> Uuid {
        self.id.0
    }

    fn organisation(&self) -> Option<Uuid> {
        Some(self.organisation.0)
    }

    /// Members of its parties see it, also of those that are invited.
    fn visible_to(&self, scope: &Scope) -> bool {
        scope.is_server()
            || scope.member().is_some_and(|member| {
                member
                    .standings
                    .iter()
                    .any(|standing| self.involves(standing.organisation) && member.belongs_to(standing.organisation))
            })
    }

    fn values(&self, out: &mut Vec<Value>) {
        out.extend([id(self.id.0), whole(self), self.updated_at.into(), id(self.organisation.0)]);
    }

    fn links(&self, link: usize) -> Vec<Uuid> {
        match link {
            0 => self.parties.iter().map(|party| party.organisation.0).collect(),
            1 => self.systems.iter().map(|one| one.0).collect(),
            2 => self.contracts.iter().map(|one| one.0).collect(),
            _ => self.planned.iter().map(|one| one.0).collect(),
        }
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

impl Record for Assessment {
    const KIND: Kind = Kind::Assessment;
    const TABLE: &'static str = "assessment";
    const COLUMNS: &'static [&'static str] =
        &["id", "content", "updated_at", "number", "project_id", "lead_id", "state", "urn", "review_on", "superseded_by"];
    const LINKS: &'static [Link] = &[
        Link { table: "assessment_organisation", owner: "assessment_id", target: "organisation_id" },
        Link { table: "assessment_guest", owner: "assessment_id", target: "person_id" },
        Link { table: "assessment_system", owner: "assessment_id", target: "system_id" },
        Link { table: "assessment_contract", owner: "assessment_id", target: "contract_id" },
        Link { table: "assessment_planned", owner: "assessment_id", target: "planned_procurement_id" },
    ];

    fn id(&self) -> Uuid {
        self.id.0
    }

    fn organisation(&self) -> Option<Uuid> {
        Some(self.lead.0)
    }

    /// Members of its parties see it, also of those that are invited; guests whose invitation has no last day. (Whether another
    /// guest's still holds needs today's date: `store::dpia` asks.)
    fn visible_to(&self, scope: &Scope) -> bool {
        sight(scope, self, Date::MAX) != Sight::Nothing
    }

    fn values(&self, out: &mut Vec<Value>) {
        out.extend([
            id(self.id.0),
            whole(self),
            self.updated_at.into(),
            self.number.clone().into(),
            opt_id(self.project.map(|project| project.0)),
            id(self.lead.0),
            self.state.as_str().into(),
            self.template.urn.clone().into(),
            opt_date(self.review_on),
            opt_id(self.superseded_by.map(|one| one.0)),
        ]);
    }

    fn links(&self, link: usize) -> Vec<Uuid> {
        match link {
            0 => self.parties.iter().map(|party| party.organisation.0).collect(),
            1 => self.guests.iter().map(|guest| guest.person.0).collect(),
            2 => self.systems.iter().map(|one| one.0).collect(),
            3 => self.contracts.iter().map(|one| one.0).collect(),
            _ => self.planned.iter().map(|one| one.0).collect(),
        }
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
