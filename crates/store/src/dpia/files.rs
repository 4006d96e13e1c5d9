//! Attachments by the hash of their bytes, in chunks; stored templates, rules and routes.

use super::{answers::locked, contents};
use crate::{
    db::{Query as _, Store},
    error::{Error, Result},
    records::id,
};
use domain::{
    audit::Kind,
    dpia::{
        access::{Sight, sight},
        assessment::Assessment,
        attachment::{Attachment, CHUNK, Scan},
        ids::{AssessmentId, AttachmentId},
        seal::Seal,
        stored::Stored,
        task::Task,
        template::Template,
        writing::may_write,
    },
    people::Scope,
};
use jiff::civil::Date;
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

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
        let mut missing = Vec::new();
        for file in files {
            let sql = "select 1 from dpia_file where urn = $1 and version = $2";
            let values = vec![file.edition.urn.clone().into(), file.edition.version.clone().into()];
            if self.row(sql, values).await?.is_none() {
                missing.push(file);
            }
        }
        // Nothing is locked where nothing is new, which is every start but the first.
        if !missing.is_empty() {
            let mut write = self.write(scope, at).await?;
            write.create(&mut missing).await?;
            write.commit().await?;
        }
        Ok(missing.len())
    }
}

impl Store {
    /// Every stored file, drafts too, as far as the scope may see them, the newest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn rule_files(&self, scope: &Scope) -> Result<Vec<Stored>> {
        let sql = "select content from dpia_file order by id desc";
        let mut found: Vec<Stored> = contents(self, "dpia_file", sql, vec![]).await?;
        found.retain(|file| file.visible_to(scope));
        Ok(found)
    }

    /// Keeps a draft, or publishes it: a new one, or what stands changed from the version that its writer saw; with the tasks that
    /// follow from it. Says its id; a command that was done before gives the first result.
    ///
    /// # Errors
    /// [`Error::Conflict`] when somebody changed it meanwhile, or the version is taken; [`Error::Forbidden`] for those who do not
    /// write for its owner.
    pub async fn keep_file(
        &self,
        scope: &Scope,
        at: i64,
        file: Stored,
        seen: Option<&Stored>,
        mut tasks: Vec<Task>,
        command: Uuid,
    ) -> Result<Uuid> {
        if !may_write(scope, file.organisation) || seen.is_some_and(|before| !may_write(scope, before.organisation)) {
            return Err(Error::Forbidden);
        }
        let mut write = self.write(scope, at).await?;
        if let Some(done) = write.command(command).await? {
            return done.parse().map_err(|_| Error::Missing("dpia_file", done));
        }
        let taken = write
            .transaction()
            .row(
                "select id from dpia_file where urn = $1 and version = $2 and id <> $3",
                vec![file.edition.urn.clone().into(), file.edition.version.clone().into(), id(file.id)],
            )
            .await?;
        if taken.is_some() {
            return Err(Error::Conflict(Kind::Template, file.id));
        }
        let (made, mut after) = (file.id, file);
        match seen {
            // A published version never changes, whatever a page sends.
            Some(before) if before.published => return Err(Error::Forbidden),
            Some(before) => {
                write.update(before, &mut after).await?;
            }
            None => write.create(std::slice::from_mut(&mut after)).await?,
        }
        write.create(&mut tasks).await?;
        write.answered(command, &made.to_string()).await?;
        write.commit().await?;
        Ok(made)
    }

    /// Throws a draft away; the change log keeps what it was.
    ///
    /// # Errors
    /// As [`Store::keep_file`].
    pub async fn discard_file(&self, scope: &Scope, at: i64, file: &Stored, command: Uuid) -> Result<()> {
        if file.published || !may_write(scope, file.organisation) {
            return Err(Error::Forbidden);
        }
        let mut write = self.write(scope, at).await?;
        if write.command(command).await?.is_none() {
            write.delete(std::slice::from_ref(file)).await?;
            write.answered(command, "").await?;
            write.commit().await?;
        }
        Ok(())
    }
}
