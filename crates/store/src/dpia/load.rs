//! Reading assessments: one whole, lists, versions.

use super::contents;
use crate::{
    db::{Query, Store},
    error::Result,
    records::{Record as _, id},
    write::places,
};
use domain::{
    dpia::{
        access::{Sight, sight},
        assessment::{Assessment, State},
        exchange::Bundle,
        ico::Consultation,
        ids::{AssessmentId, ProjectId, VersionId},
        known::Known,
        library::Library,
        project::{Project, Screening, ScreeningSight},
        review,
        sign_off::Holder,
        template::{Edition, Template},
        version::{Snapshot, Version},
        whole::Whole,
    },
    people::{Membership, Scope},
    register::ids::OrganisationId,
};
use jiff::civil::Date;
use sea_orm::Value;
use std::collections::BTreeSet;
use uuid::Uuid;

/// Finds the template of an assessment.
pub trait Templates: Sync {
    /// The template of an edition, without overlays.
    fn template(&self, edition: &Edition) -> Option<&Template>;
}

impl Templates for Known {
    fn template(&self, edition: &Edition) -> Option<&Template> {
        Library::template(self, edition)
    }
}

impl Templates for Library {
    fn template(&self, edition: &Edition) -> Option<&Template> {
        Library::template(self, edition)
    }
}

/// An assessment's head, by some query.
async fn head(query: &impl Query, assessment: AssessmentId) -> Result<Option<Assessment>> {
    let sql = "select content from assessment where id = $1";
    Ok(contents::<Assessment>(query, "assessment", sql, vec![id(assessment.0)]).await?.into_iter().next())
}

/// An assessment with everything that belongs to it, by some query.
pub(crate) async fn whole(query: &impl Query, assessment: AssessmentId) -> Result<Option<Whole>> {
    match head(query, assessment).await? {
        Some(head) => Ok(Some(with_all(query, head).await?)),
        None => Ok(None),
    }
}

/// All that belongs to an assessment, beside its head.
pub(super) async fn with_all(query: &impl Query, assessment: Assessment) -> Result<Whole> {
    let by = |table: &str, order: &str| format!("select content from {table} where assessment_id = $1 order by {order}");
    let key = || vec![id(assessment.id.0)];
    let screening = match assessment.screening {
        Some(screening) => {
            let sql = "select content from screening where id = $1";
            contents::<Screening>(query, "screening", sql, vec![id(screening.0)]).await?.into_iter().next()
        }
        None => None,
    };
    let organisations: BTreeSet<OrganisationId> = assessment.parties.iter().map(|party| party.organisation).collect();
    let holders = holders(query, &organisations.into_iter().collect::<Vec<_>>()).await?;
    let frozen_text = match assessment.frozen.filter(|_| assessment.state.is_frozen() || assessment.state.is_signed()) {
        Some(version) => {
            let sql = "select content from version where id = $1";
            contents::<Snapshot>(query, "version", sql, vec![id(version.0)]).await?.into_iter().next()
        }
        None => None,
    };
    Ok(Whole {
        sight: Sight::All,
        screening,
        frozen_text,
        fields: contents(query, "answer", &by("answer", "place"), key()).await?,
        risks: contents(query, "risk", &by("risk", "id"), key()).await?,
        measures: contents(query, "measure", &by("measure", "id"), key()).await?,
        comments: contents(query, "dpia_comment", &by("dpia_comment", "id"), key()).await?,
        recommendations: contents(query, "recommendation", &by("recommendation", "id"), key()).await?,
        signatures: contents(query, "signature", &by("signature", "id"), key()).await?,
        consultations: consultations(query, &by("consultation", "id"), key()).await?,
        versions: contents(query, "version", "select head from version where assessment_id = $1 order by number", key()).await?,
        holders,
        assessment,
    })
}

/// The consultations that were begun here. Earlier versions of this software kept those of a document that came in beside them, where
/// the answer that another got would clear risks here: the document says which they are.
async fn consultations(query: &impl Query, sql: &str, key: Vec<Value>) -> Result<Vec<Consultation>> {
    let mut all: Vec<Consultation> = contents(query, "consultation", sql, key.clone()).await?;
    if !all.is_empty() {
        let sql = "select content from assessment_document where assessment_id = $1";
        let received: Vec<Bundle> = contents(query, "assessment_document", sql, key).await?;
        let told = |one: &Consultation| received.iter().flat_map(|bundle| &bundle.consultations).any(|told| told.id == one.id);
        all.retain(|one| !told(one));
    }
    Ok(all)
}

/// Who holds which role at some organisations now.
async fn holders(query: &impl Query, organisations: &[OrganisationId]) -> Result<Vec<Holder>> {
    if organisations.is_empty() {
        return Ok(Vec::new());
    }
    let sql = format!(
        "select membership.{} from membership join person on person.id = membership.person_id \
         where membership.organisation_id in ({}) and membership.accepted_at is not null and membership.revoked_at is null \
         and person.disabled_at is null order by membership.id",
        Membership::COLUMNS.join(", membership."),
        places(1, organisations.len())
    );
    let rows = query.rows(&sql, organisations.iter().map(|one| id(one.0)).collect()).await?;
    let mut holders = Vec::new();
    for row in &rows {
        let membership = Membership::read(&crate::records::Reader::new(row, Membership::TABLE))?;
        let held = membership.roles.iter().map(|role| (*role, false)).chain(membership.deputy.iter().map(|role| (*role, true)));
        holders.extend(held.map(|(role, deputy)| Holder {
            organisation: membership.organisation,
            role,
            person: membership.person,
            deputy,
        }));
    }
    Ok(holders)
}

impl Store {
    /// An assessment with everything that belongs to it, as far as the scope may see it on a day; none where it may see
    /// nothing. Whoever is only invited gets the assessment's head alone.
    ///
    /// # Errors
    /// When the database fails or a row cannot be read.
    pub async fn assessment(
        &self,
        scope: &Scope,
        today: Date,
        templates: &impl Templates,
        assessment: AssessmentId,
    ) -> Result<Option<Whole>> {
        // Whoever may see nothing of it must not find out from how long the answer takes that it is there: nothing else is read for them.
        let Some(head) = head(self, assessment).await? else { return Ok(None) };
        let sight = sight(scope, &head, today);
        if sight == Sight::Nothing {
            return Ok(None);
        }
        let mut whole = with_all(self, head).await?;
        whole.sight = sight;
        let template = templates.template(&whole.assessment.template);
        whole.restrict(&|field| template.and_then(|template| template.find(field)).map(|(section, _)| section.id.clone()));
        Ok(Some(whole))
    }

    /// The assessments that a scope may see on a day, without what belongs to them, the newest first.
    ///
    /// # Errors
    /// As [`Store::assessment`].
    pub async fn assessments(&self, scope: &Scope, today: Date) -> Result<Vec<Assessment>> {
        let (sql, values): (String, Vec<Value>) = match scope {
            Scope::Public => return Ok(Vec::new()),
            Scope::Operator | Scope::Job { .. } => ("select content from assessment order by id desc".to_owned(), vec![]),
            Scope::Member(member) => {
                let organisations: Vec<Value> = member.standings.iter().map(|standing| id(standing.organisation.0)).collect();
                let sql = format!(
                    "select content from assessment where id in (select assessment_id from assessment_organisation where \
                     organisation_id in ({})) or id in (select assessment_id from assessment_guest where person_id = $1) \
                     order by id desc",
                    if organisations.is_empty() { "null".to_owned() } else { places(2, organisations.len()) }
                );
                (sql, std::iter::once(id(member.person.0)).chain(organisations).collect())
            }
        };
        let mut found: Vec<Assessment> = contents(self, "assessment", &sql, values).await?;
        found.retain(|assessment| sight(scope, assessment, today) != Sight::Nothing);
        Ok(found)
    }

    /// The assessments of some of the register's records that a scope may see: of systems, contracts, planned procurements; the
    /// newest first.
    ///
    /// # Errors
    /// As [`Store::assessment`].
    pub async fn assessments_about(&self, scope: &Scope, today: Date, about: &[About]) -> Result<Vec<Assessment>> {
        if *scope == Scope::Public {
            return Ok(Vec::new());
        }
        let mut found: Vec<Assessment> =
            contents(self, "assessment", &about_sql("assessment", about, ""), values_of(about)).await?;
        found.retain(|assessment| sight(scope, assessment, today) != Sight::Nothing);
        Ok(found)
    }

    /// The data projects that are about some of the register's records and that a scope may see, the newest first.
    ///
    /// # Errors
    /// As [`Store::assessment`].
    pub async fn projects_about(&self, scope: &Scope, about: &[About]) -> Result<Vec<Project>> {
        if *scope == Scope::Public {
            return Ok(Vec::new());
        }
        let mut found: Vec<Project> = contents(self, "project", &about_sql("project", about, ""), values_of(about)).await?;
        found.retain(|project| project.visible_to(scope));
        Ok(found)
    }

    /// The assessments that are looked at again from time to time (signed, in use, also while they are changed, made elsewhere): for
    /// the server's own reviews.
    ///
    /// # Errors
    /// As [`Store::assessment`].
    pub async fn assessments_reviewed(&self, scope: &Scope) -> Result<Vec<Assessment>> {
        // What is in use has a date for its next review, whatever is written in it.
        let sql = "select content from assessment where state in ($1, $2, $3) or review_on is not null order by id";
        let states: Vec<Value> =
            State::ALL.into_iter().filter(|state| review::reviewed(*state)).map(|state| state.as_str().into()).collect();
        let mut found: Vec<Assessment> = contents(self, "assessment", sql, states).await?;
        found.retain(|assessment| review::looked_at(assessment) && assessment.visible_to(scope));
        Ok(found)
    }

    /// The assessments whose text is frozen while people look at it: for the server's own tasks.
    ///
    /// # Errors
    /// As [`Store::assessment`].
    pub async fn assessments_frozen(&self, scope: &Scope) -> Result<Vec<Assessment>> {
        let sql = "select content from assessment where state in ($1, $2, $3, $4) order by id";
        let states: Vec<Value> =
            State::ALL.into_iter().filter(|state| state.is_frozen()).map(|state| state.as_str().into()).collect();
        let mut found: Vec<Assessment> = contents(self, "assessment", sql, states).await?;
        found.retain(|assessment| assessment.visible_to(scope));
        Ok(found)
    }

    /// The assessments to which guests are invited, also where an invitation is over: for the server's own tasks.
    ///
    /// # Errors
    /// As [`Store::assessment`].
    pub async fn assessments_with_guests(&self, scope: &Scope) -> Result<Vec<Assessment>> {
        let sql = "select content from assessment where id in (select assessment_id from assessment_guest) order by id";
        let mut found: Vec<Assessment> = contents(self, "assessment", sql, vec![]).await?;
        found.retain(|assessment| assessment.visible_to(scope));
        Ok(found)
    }

    /// A version with what it said, for whoever may see everything of the assessment.
    ///
    /// # Errors
    /// As [`Store::assessment`].
    pub async fn version(&self, scope: &Scope, today: Date, version: VersionId) -> Result<Option<Version>> {
        let found = self.get::<Version>(&server(), version.0).await?;
        let Some(version) = found else { return Ok(None) };
        let sql = "select content from assessment where id = $1";
        let assessments: Vec<Assessment> = contents(self, "assessment", sql, vec![id(version.assessment.0)]).await?;
        Ok(assessments.first().filter(|one| sight(scope, one, today).sees_sign_off()).map(|_| version))
    }

    /// The assessments whose place one took, as far as a scope may see them, the newest first.
    ///
    /// # Errors
    /// As [`Store::assessment`].
    pub async fn assessments_replaced(&self, scope: &Scope, today: Date, by: AssessmentId) -> Result<Vec<Assessment>> {
        let sql = "select content from assessment where superseded_by = $1 order by id desc";
        let mut found: Vec<Assessment> = contents(self, "assessment", sql, vec![id(by.0)]).await?;
        found.retain(|assessment| sight(scope, assessment, today) != Sight::Nothing);
        Ok(found)
    }

    /// The projects that a scope may see, the newest first.
    ///
    /// # Errors
    /// As [`Store::assessment`].
    pub async fn projects(&self, scope: &Scope) -> Result<Vec<Project>> {
        let (sql, values): (String, Vec<Value>) = match scope {
            Scope::Public => return Ok(Vec::new()),
            Scope::Operator | Scope::Job { .. } => ("select content from project order by id desc".to_owned(), vec![]),
            Scope::Member(member) => {
                let organisations: Vec<Value> = member.standings.iter().map(|standing| id(standing.organisation.0)).collect();
                if organisations.is_empty() {
                    return Ok(Vec::new());
                }
                let list = places(1, organisations.len());
                let sql = format!(
                    "select content from project where organisation_id in ({list}) or id in \
                     (select project_id from project_organisation where organisation_id in ({list})) order by id desc"
                );
                (sql, organisations)
            }
        };
        let mut found: Vec<Project> = contents(self, "project", &sql, values).await?;
        found.retain(|project| project.visible_to(scope));
        Ok(found)
    }

    /// The screenings of a project that the scope may see, the newest first; for processors without answers and reasons.
    ///
    /// # Errors
    /// As [`Store::assessment`].
    pub async fn screenings(&self, scope: &Scope, project: ProjectId) -> Result<Vec<Screening>> {
        let Some(sight) = self.get::<Project>(scope, project.0).await?.and_then(|project| project.screenings_for(scope)) else {
            return Ok(Vec::new());
        };
        let sql = "select content from screening where project_id = $1 order by id desc";
        let all: Vec<Screening> = contents(self, "screening", sql, vec![id(project.0)]).await?;
        Ok(match sight {
            ScreeningSight::All => all,
            ScreeningSight::Outcome => all.into_iter().map(Screening::outcome_alone).collect(),
        })
    }

    /// The assessments of a project that the scope may see, the newest first.
    ///
    /// # Errors
    /// As [`Store::assessment`].
    pub async fn assessments_of(&self, scope: &Scope, today: Date, project: ProjectId) -> Result<Vec<Assessment>> {
        let sql = "select content from assessment where project_id = $1 order by id desc";
        let mut found: Vec<Assessment> = contents(self, "assessment", sql, vec![id(project.0)]).await?;
        found.retain(|assessment| sight(scope, assessment, today) != Sight::Nothing);
        Ok(found)
    }
}

/// Something of the register that an assessment can be about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum About {
    /// A system, by id.
    System(Uuid),
    /// A contract, by id.
    Contract(Uuid),
    /// A planned procurement, by id.
    Planned(Uuid),
}

/// The query for records of a table that are about any of some things of the register.
pub(super) fn about_sql(table: &str, about: &[About], further: &str) -> String {
    let any: Vec<String> = about
        .iter()
        .enumerate()
        .map(|(number, about)| {
            let (link, column) = match about {
                About::System(_) => ("system", "system_id"),
                About::Contract(_) => ("contract", "contract_id"),
                About::Planned(_) => ("planned", "planned_procurement_id"),
            };
            format!("id in (select {table}_id from {table}_{link} where {column} = ${})", number + 1)
        })
        .collect();
    let any = if any.is_empty() { "1 = 0".to_owned() } else { any.join(" or ") };
    format!("select content from {table} where ({any}) {further} order by id desc")
}

pub(super) fn values_of(about: &[About]) -> Vec<Value> {
    about
        .iter()
        .map(|about| match about {
            About::System(subject) | About::Contract(subject) | About::Planned(subject) => id(*subject),
        })
        .collect()
}

/// The store's own eyes, for what it reads to decide whether a scope may see it.
pub(crate) fn server() -> Scope {
    Scope::Job { name: "store".to_owned() }
}
