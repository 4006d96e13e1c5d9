//! What an organisation that took part and left still reads: the frozen versions that it signed, with its own signatures.

use super::{contents, load::server};
use crate::{db::Store, error::Result, records::id, write::places};
use domain::{
    dpia::{
        access::{Sight, gone, sight},
        assessment::{Assessment, Party},
        ids::{AssessmentId, VersionId},
        sign_off::Signature,
        version::Version,
    },
    people::Scope,
};
use jiff::civil::Date;
use sea_orm::Value;
use std::collections::BTreeSet;
use uuid::Uuid;

/// What organisations that left an assessment have signed of it.
#[derive(Clone, Debug)]
pub struct Kept {
    /// The assessment.
    pub assessment: AssessmentId,
    /// Its number.
    pub number: String,
    /// When the last of these organisations left, milliseconds of UTC.
    pub left_at: i64,
    /// The versions that were signed, the newest first.
    pub versions: Vec<Version>,
    /// Their signatures, the oldest first.
    pub signatures: Vec<Signature>,
}

impl Kept {
    /// The title of the newest version that was signed: what is called differently since is not theirs to know.
    #[must_use]
    pub fn title(&self) -> &str {
        self.versions.first().map_or("", |version| &version.content.title)
    }
}

impl Store {
    /// What a scope's organisations have signed of an assessment that they left; none where they take part, or signed nothing.
    ///
    /// # Errors
    /// When the database fails or a row cannot be read.
    pub async fn kept(&self, scope: &Scope, today: Date, assessment: AssessmentId) -> Result<Option<Kept>> {
        let sql = "select content from assessment where id = $1";
        let heads: Vec<Assessment> = contents(self, "assessment", sql, vec![id(assessment.0)]).await?;
        match heads.into_iter().next() {
            Some(head) => self.kept_of(scope, today, head).await,
            None => Ok(None),
        }
    }

    /// How the part of a scope's organisation in an assessment ended: its number, and the party as it stands there. None where the
    /// scope sees anything of it, or has no part in it that ended.
    ///
    /// # Errors
    /// When the database fails or a row cannot be read.
    pub async fn parted(&self, scope: &Scope, today: Date, assessment: AssessmentId) -> Result<Option<(String, Party)>> {
        if scope.is_server() {
            return Ok(None);
        }
        let sql = "select content from assessment where id = $1";
        let heads: Vec<Assessment> = contents(self, "assessment", sql, vec![id(assessment.0)]).await?;
        let Some(head) = heads.into_iter().next().filter(|head| sight(scope, head, today) == Sight::Nothing) else {
            return Ok(None);
        };
        let organisations = gone(scope, &head);
        let ended = head.parties.iter().filter(|party| organisations.contains(&party.organisation));
        let last = ended.max_by_key(|party| party.since).cloned();
        Ok(last.map(|party| (head.number, party)))
    }

    /// All that a scope's organisations have signed and left, the newest first.
    ///
    /// # Errors
    /// As [`Store::kept`].
    pub async fn all_kept(&self, scope: &Scope, today: Date) -> Result<Vec<Kept>> {
        let Some(member) = scope.member().filter(|member| !member.standings.is_empty()) else { return Ok(Vec::new()) };
        let organisations: Vec<Value> = member.standings.iter().map(|standing| id(standing.organisation.0)).collect();
        let sql = format!(
            "select content from assessment where id in (select assessment_id from assessment_organisation where organisation_id in \
             ({})) order by id desc",
            places(1, organisations.len())
        );
        let mut kept = Vec::new();
        for head in contents::<Assessment>(self, "assessment", &sql, organisations).await? {
            kept.extend(self.kept_of(scope, today, head).await?);
        }
        Ok(kept)
    }

    async fn kept_of(&self, scope: &Scope, today: Date, head: Assessment) -> Result<Option<Kept>> {
        let organisations = gone(scope, &head);
        if organisations.is_empty() || scope.is_server() || sight(scope, &head, today).sees_sign_off() {
            return Ok(None);
        }
        let mut signatures: Vec<Signature> = self.by(&server(), "assessment_id", head.id.0.to_string()).await?;
        signatures.retain(|signature| organisations.contains(&signature.organisation) && signature.taken_back.is_none());
        signatures.sort_by_key(|signature| (signature.at, signature.id));
        let signed: BTreeSet<VersionId> = signatures.iter().map(|signature| signature.version).collect();
        let ids: Vec<Uuid> = signed.into_iter().map(|version| version.0).collect();
        let mut versions: Vec<Version> = self.get_many(&server(), &ids).await?;
        versions.retain(|version| version.frozen);
        versions.sort_by_key(|version| std::cmp::Reverse(version.number));
        let left = head.parties.iter().filter(|party| organisations.contains(&party.organisation)).map(|party| party.since);
        let left_at = left.max().unwrap_or_default();
        Ok((!versions.is_empty()).then_some(Kept { assessment: head.id, number: head.number, left_at, versions, signatures }))
    }
}
