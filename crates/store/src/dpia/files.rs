//! Attachments by the hash of their bytes, in chunks; stored templates, rules and routes.

use super::{answers::locked, contents};
use crate::{
    db::{Query as _, Store},
    error::{Error, Result},
    records::id,
};
use domain::{
    dpia::{
        access::{Sight, sight},
        assessment::Assessment,
        attachment::{Attachment, CHUNK, Scan},
        ids::{AssessmentId, AttachmentId},
        seal::Seal,
        stored::Stored,
        template::{Edition, Template},
    },
    people::Scope,
    register::ids::OrganisationId,
};
use jiff::civil::Date;
use sha2::{Digest as _, Sha256};

impl Store {
    /// Attaches a file. Bytes that are stored already are not stored again.
    ///
    /// # Errors
    /// When the bytes are not what the hash says, or the database refuses. `false` where the assessment does not exist for the
    /// scope.
    pub async fn attach(&self, scope: &Scope, at: i64, today: Date, attachment: Attachment, bytes: &[u8]) -> Result<bool> {
        if Seal(Sha256::digest(bytes).into()) != attachment.hash {
            return Err(Error::Refused("the file is not the one that was checked".to_owned()));
        }
        let mut write = self.write(scope, at).await?;
        let head = locked(&write, attachment.assessment, "update").await?;
        if !head.is_some_and(|head| sight(scope, &head, today).reads_any()) {
            return Ok(false);
        }
        let hash = attachment.hash.to_string();
        let known = write
            .transaction()
            .row("select 1 from attachment_chunk where hash = $1 and place = 0", vec![hash.clone().into()])
            .await?;
        if known.is_none() {
            for (place, chunk) in (0i32..).zip(bytes.chunks(CHUNK)) {
                let sql =
                    "insert into attachment_chunk (hash, place, bytes) values ($1, $2, $3) on conflict (hash, place) do nothing";
                write.transaction().execute(sql, vec![hash.clone().into(), place.into(), chunk.to_vec().into()]).await?;
            }
        }
        write.create(&mut [attachment]).await?;
        write.commit().await?;
        Ok(true)
    }

    /// The files beside an assessment that the scope may see: all of them, or those of fields that it may read.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn attachments(
        &self,
        scope: &Scope,
        today: Date,
        template: &Template,
        assessment: AssessmentId,
    ) -> Result<Vec<Attachment>> {
        let sql = "select content from assessment where id = $1";
        let heads: Vec<Assessment> = contents(self, "assessment", sql, vec![id(assessment.0)]).await?;
        let Some(head) = heads.first() else { return Ok(Vec::new()) };
        let sight = sight(scope, head, today);
        let mut found: Vec<Attachment> = contents(
            self,
            "attachment",
            "select content from attachment where assessment_id = $1 order by id",
            vec![id(assessment.0)],
        )
        .await?;
        found.retain(|attachment| match &attachment.place {
            None => sight == Sight::All,
            Some(place) => template.find(&place.field).is_some_and(|(section, _)| sight.reads(place.part, &section.id)),
        });
        Ok(found)
    }

    /// A file with its bytes; none where the scope may not see it, or a scanner found something in it.
    ///
    /// # Errors
    /// When the bytes are no longer what they were, or the database fails.
    pub async fn attachment(
        &self,
        scope: &Scope,
        today: Date,
        template: &Template,
        assessment: AssessmentId,
        attachment: AttachmentId,
    ) -> Result<Option<(Attachment, Vec<u8>)>> {
        let found = self.attachments(scope, today, template, assessment).await?.into_iter().find(|one| one.id == attachment);
        let Some(found) = found.filter(|one| !matches!(one.scan, Scan::Infected { .. })) else { return Ok(None) };
        let sql = "select bytes from attachment_chunk where hash = $1 order by place";
        let mut bytes = Vec::with_capacity(found.size);
        for row in self.rows(sql, vec![found.hash.to_string().into()]).await? {
            let chunk: Vec<u8> = row.try_get_by_index(0)?;
            bytes.extend_from_slice(&chunk);
        }
        if Seal(Sha256::digest(&bytes).into()) != found.hash {
            let reason = "its bytes are not those that were attached".to_owned();
            return Err(Error::Corrupt { table: "attachment", id: found.id.to_string(), reason });
        }
        Ok(Some((found, bytes)))
    }

    /// Adds files that ship, where their URN and version are not stored yet. Says how many were new.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn seed_files(&self, scope: &Scope, at: i64, files: Vec<Stored>) -> Result<usize> {
        let mut write = self.write(scope, at).await?;
        let mut new = 0;
        for mut file in files {
            let sql = "select 1 from dpia_file where urn = $1 and version = $2";
            let values = vec![file.edition.urn.clone().into(), file.edition.version.clone().into()];
            if write.transaction().row(sql, values).await?.is_none() {
                write.create(std::slice::from_mut(&mut file)).await?;
                new += 1;
            }
        }
        write.commit().await?;
        Ok(new)
    }

    /// The stored files of a kind that the scope may see: what is published, and its organisations' drafts.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn files(&self, scope: &Scope, kind: &str) -> Result<Vec<Stored>> {
        self.by::<Stored>(scope, "kind", kind.to_owned()).await
    }

    /// A stored file by its URN and version.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn file(&self, scope: &Scope, edition: &Edition) -> Result<Option<Stored>> {
        let found = self.by::<Stored>(scope, "urn", edition.urn.clone()).await?;
        Ok(found.into_iter().find(|one| one.edition == *edition))
    }

    /// The text of the route of sign-off that an organisation follows on a day: its own newest in force, else the one that
    /// ships.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn route(&self, scope: &Scope, organisation: OrganisationId, today: Date) -> Result<String> {
        let routes = self.files(scope, "sign-off").await?;
        let newest = |own: Option<OrganisationId>| {
            routes
                .iter()
                .filter(|one| one.published && one.organisation == own && one.in_force <= today)
                .max_by_key(|one| (one.in_force, one.updated_at))
                .map(|one| one.text.clone())
        };
        Ok(newest(Some(organisation))
            .or_else(|| newest(None))
            .unwrap_or_else(|| domain::dpia::sign_off::route::SHIPPED.to_owned()))
    }
}
