//! What is public of assessments, or was: publications as they stand ([`settled`]), with what lists say of each. Anyone may read it;
//! [`Publication::preview`] is the only way from here to a page.

use super::{
    contents,
    load::{About, about_sql, server, values_of},
};
use crate::{
    db::{Query, Store},
    error::Result,
    records::id,
};
use domain::{
    dpia::{
        access::sight,
        assessment::Assessment,
        ids::{AssessmentId, PublicationId},
        publication::{Listed, Publication, settled},
        version::Version,
    },
    people::Scope,
    register::ids::SystemId,
};
use jiff::civil::Date;
use std::collections::BTreeMap;
use uuid::Uuid;

/// The stages of what is public, or was.
const EVER: &str = "stage in ('published', 'withdrawn', 'replaced')";

/// A publication that is public, or was.
#[derive(Clone, Debug)]
pub struct Public {
    /// It.
    pub publication: Publication,
    /// The head of its assessment as it stands now: nothing of it is for the public but its number, its dates and what took its
    /// place.
    pub assessment: Assessment,
    /// What lists say of it.
    pub listed: Listed,
}

/// All publications of an assessment as they stand, the newest first.
pub(super) async fn of(query: &impl Query, assessment: AssessmentId) -> Result<Vec<Publication>> {
    let sql = "select content from publication where assessment_id = $1 order by id desc";
    Ok(settled(contents(query, "publication", sql, vec![id(assessment.0)]).await?))
}

impl Store {
    /// Publications of an assessment for whoever may see everything of it, the newest first.
    ///
    /// # Errors
    /// As [`Store::assessment`].
    pub async fn publications(&self, scope: &Scope, today: Date, assessment: AssessmentId) -> Result<Vec<Publication>> {
        let sql = "select content from assessment where id = $1";
        let found: Vec<Assessment> = contents(self, "assessment", sql, vec![id(assessment.0)]).await?;
        if !found.first().is_some_and(|one| sight(scope, one, today).sees_sign_off()) {
            return Ok(Vec::new());
        }
        of(self, assessment).await
    }

    /// What is public, was and left a note, or gave way to another: the newest first, each as it stands.
    ///
    /// # Errors
    /// As [`Store::assessment`].
    pub async fn published(&self, _scope: &Scope) -> Result<Vec<Public>> {
        let sql = format!("select content from publication where {EVER} order by id desc");
        self.with_heads(contents(self, "publication", &sql, vec![]).await?).await
    }

    /// One publication that is public, or was, as it stands.
    ///
    /// # Errors
    /// As [`Store::assessment`].
    pub async fn published_one(&self, _scope: &Scope, publication: PublicationId) -> Result<Option<Public>> {
        let sql = format!(
            "select content from publication where {EVER} and assessment_id in \
             (select assessment_id from publication where id = $1) order by id desc"
        );
        let all = self.with_heads(contents(self, "publication", &sql, vec![id(publication.0)]).await?).await?;
        Ok(all.into_iter().find(|one| one.publication.id == publication))
    }

    /// What is public of the assessments that are about some of the register's records.
    ///
    /// # Errors
    /// As [`Store::assessment`].
    pub async fn published_about(&self, _scope: &Scope, about: &[About]) -> Result<Vec<Public>> {
        // Mostly there is none, and then one look at an index is all that a page costs.
        let published = "and id in (select assessment_id from publication where stage = 'published')";
        let heads: Vec<Assessment> =
            contents(self, "assessment", &about_sql("assessment", about, published), values_of(about)).await?;
        let mut found = Vec::new();
        for head in heads {
            let newest = of(self, head.id).await?.into_iter().filter(Publication::is_public).collect();
            found.extend(self.with_heads(newest).await?);
        }
        Ok(found)
    }

    /// What is public and says of itself that it is about any of some systems, the newest first.
    ///
    /// # Errors
    /// As [`Store::assessment`].
    pub async fn published_about_systems(&self, _scope: &Scope, systems: &[SystemId]) -> Result<Vec<Public>> {
        let mut found: Vec<Publication> = Vec::new();
        for batch in systems.chunks(500) {
            let sql = format!(
                "select content from publication where {EVER} and assessment_id in \
                 (select assessment_id from assessment_system where system_id in ({})) order by id desc",
                crate::write::places(1, batch.len())
            );
            found.extend(contents(self, "publication", &sql, batch.iter().map(|system| id(system.0)).collect()).await?);
        }
        if found.is_empty() {
            return Ok(Vec::new());
        }
        // One can be about systems of two batches.
        found.sort_by_key(|one| std::cmp::Reverse(one.id));
        found.dedup_by_key(|one| one.id);
        let mut all = self.with_heads(found).await?;
        all.retain(|one| one.publication.is_public() && one.listed.systems.iter().any(|system| systems.contains(system)));
        Ok(all)
    }

    /// The version that a publication shows; none when it is not public.
    ///
    /// # Errors
    /// As [`Store::assessment`].
    pub async fn published_version(&self, scope: &Scope, publication: &Publication) -> Result<Option<Version>> {
        match self.published_one(scope, publication.id).await? {
            Some(found) if found.publication.is_public() => self.get(&server(), found.publication.version.0).await,
            _ => Ok(None),
        }
    }

    /// Publications, the newest first, as they stand, with their assessments and what lists say of them.
    async fn with_heads(&self, newest_first: Vec<Publication>) -> Result<Vec<Public>> {
        let ids: Vec<Uuid> = newest_first.iter().map(|one| one.assessment.0).collect();
        let heads: BTreeMap<AssessmentId, Assessment> =
            self.get_many::<Assessment>(&server(), &ids).await?.into_iter().map(|head| (head.id, head)).collect();
        let mut of: BTreeMap<AssessmentId, Vec<Publication>> = BTreeMap::new();
        for one in newest_first {
            of.entry(one.assessment).or_default().push(one);
        }
        let mut all: Vec<Publication> = of.into_values().flat_map(settled).collect();
        all.sort_by_key(|one| std::cmp::Reverse(one.id));
        // Of before lists had words of their own, the version says them.
        let older: Vec<Uuid> = all.iter().filter(|one| one.listed.is_none()).map(|one| one.version.0).collect();
        let versions = self.get_many::<Version>(&server(), &older).await?;
        let known = |publication: &Publication, head: &Assessment| {
            let listed = publication.listed.clone().or_else(|| {
                let version = versions.iter().find(|version| version.id == publication.version)?;
                Some(Listed::of(version, &head.systems))
            })?;
            // Of before that was looked at, it may name organisations that had left.
            Some(match publication.public_since() {
                Some(at) => listed.when_public(&head.parties, at),
                None => listed,
            })
        };
        Ok(all
            .into_iter()
            .filter_map(|publication| {
                let assessment = heads.get(&publication.assessment)?.clone();
                let listed = known(&publication, &assessment)?;
                Some(Public { publication, assessment, listed })
            })
            .collect())
    }
}
