//! Projects and assessments, the heads: who takes part, and what of the register they are about, are links.

use super::{opt_date, parse, whole};
use crate::{
    error::Result,
    records::{Link, Reader, Record, id, opt_id},
};
use domain::{
    audit::Kind,
    dpia::{
        access::{Sight, sight},
        assessment::Assessment,
        project::Project,
    },
    people::Scope,
};
use jiff::civil::Date;
use sea_orm::Value;
use uuid::Uuid;

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
