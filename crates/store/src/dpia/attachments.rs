//! Attachments: what is known of each, and its bytes by their hash, in chunks, once however often they are attached.
//!
//! The room that is left is counted while nobody else writes in the assessment. Bytes are locked by their first chunk while
//! somebody attaches them, or takes away what may be the last file of them, so that neither works on what the other has left.

use super::{answers::locked, contents};
use crate::{
    db::{Query, Store},
    error::{Error, Result},
    records::id,
    write::Write,
};
use domain::{
    dpia::{
        access::{Sight, sight},
        assessment::Assessment,
        attachment::{self, Attachment, CHUNK, Gone, QUOTA, Scan, Stays},
        ids::{AssessmentId, AttachmentId},
        seal::Seal,
        template::Template,
    },
    people::Scope,
};
use jiff::civil::Date;
use sea_orm::DbBackend;
use sha2::{Digest as _, Sha256};

/// What became of a file that somebody attached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Attached {
    /// It is attached.
    Done,
    /// It was there already, under that name.
    Already,
    /// With it, the assessment's files would be larger than they may be in all.
    NoRoom,
    /// The assessment does not exist for the scope.
    Missing,
}

/// What became of a file that somebody takes away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Removed {
    /// Its bytes are gone from the assessment; its name and hash stay, with who took it away and why.
    Done,
    /// It stays.
    Stays(Stays),
    /// It does not exist for the scope, or the scope may not.
    Missing,
}

impl Store {
    /// Attaches a file, if there is room for it. Bytes that are stored already are not stored again; a file of which only the name
    /// and hash came here gets its bytes.
    ///
    /// # Errors
    /// When the bytes are not what the hash says, or the database refuses.
    pub async fn attach(&self, scope: &Scope, at: i64, today: Date, attachment: Attachment, bytes: &[u8]) -> Result<Attached> {
        if Seal(Sha256::digest(bytes).into()) != attachment.hash {
            return Err(Error::Refused("the file is not the one that was checked".to_owned()));
        }
        let mut write = self.write(scope, at).await?;
        let head = locked(&write, attachment.assessment, "update").await?;
        if !head.is_some_and(|head| sight(scope, &head, today).reads_any()) {
            return Ok(Attached::Missing);
        }
        let there = all(write.transaction(), attachment.assessment).await?;
        let same = |one: &&Attachment| one.hash == attachment.hash;
        if there.iter().filter(same).any(|one| one.here() && one.name == attachment.name) {
            return Ok(Attached::Already);
        }
        if attachment::used(&there).saturating_add(attachment.size) > QUOTA {
            return Ok(Attached::NoRoom);
        }
        keep(&mut write, &attachment.hash, bytes).await?;
        let named = there.iter().filter(same).find(|one| one.gone == Some(Gone::NotHere));
        match named {
            Some(before) => {
                let mut after = Attachment { gone: None, scan: attachment.scan, ..before.clone() };
                write.update(before, &mut after).await?;
            }
            None => write.create(&mut [attachment]).await?,
        }
        write.commit().await?;
        Ok(Attached::Done)
    }

    /// Takes a file away. Where no other file has the same bytes, they are deleted.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn remove_attachment(
        &self,
        scope: &Scope,
        at: i64,
        today: Date,
        assessment: AssessmentId,
        file: AttachmentId,
        reason: &str,
    ) -> Result<Removed> {
        let mut write = self.write(scope, at).await?;
        let Some(head) = locked(&write, assessment, "update").await? else { return Ok(Removed::Missing) };
        let there = all(write.transaction(), assessment).await?;
        let (Some(before), Some(member)) = (there.iter().find(|one| one.id == file), scope.member()) else {
            return Ok(Removed::Missing);
        };
        if !attachment::may_remove(scope, &head, before, today) {
            return Ok(Removed::Missing);
        }
        let mut after = match before.removed(member, reason, at) {
            Ok(after) => after,
            Err(stays) => return Ok(Removed::Stays(stays)),
        };
        write.update(before, &mut after).await?;
        hold(&write, &before.hash, "update").await?;
        let hash = before.hash.to_string();
        let sql = "select content from attachment where hash = $1";
        let others: Vec<Attachment> = contents(write.transaction(), "attachment", sql, vec![hash.clone().into()]).await?;
        if !others.iter().any(Attachment::here) {
            write.transaction().execute("delete from attachment_chunk where hash = $1", vec![hash.into()]).await?;
        }
        write.commit().await?;
        Ok(Removed::Done)
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
        let mut found = all(self, assessment).await?;
        found.retain(|attachment| match &attachment.place {
            None => sight == Sight::All,
            Some(place) => template.find(&place.field).is_some_and(|(section, _)| sight.reads(place.part, &section.id)),
        });
        Ok(found)
    }

    /// A file with its bytes; none where the scope may not see it, its bytes are not here, or a scanner found something in it.
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
        let served = |one: &Attachment| one.here() && !matches!(one.scan, Scan::Infected { .. });
        let Some(found) = found.filter(served) else { return Ok(None) };
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
}

/// Every file beside an assessment, also those whose bytes are not here.
async fn all(query: &impl Query, assessment: AssessmentId) -> Result<Vec<Attachment>> {
    let sql = "select content from attachment where assessment_id = $1 order by id";
    contents(query, "attachment", sql, vec![id(assessment.0)]).await
}

/// Stores bytes under their hash, where they are not stored yet, and holds them until the transaction ends.
pub(super) async fn keep(write: &mut Write, hash: &Seal, bytes: &[u8]) -> Result<()> {
    if hold(write, hash, "share").await? {
        return Ok(());
    }
    for (place, chunk) in (0i32..).zip(bytes.chunks(CHUNK)) {
        let sql = "insert into attachment_chunk (hash, place, bytes) values ($1, $2, $3) on conflict (hash, place) do nothing";
        write.transaction().execute(sql, vec![hash.to_string().into(), place.into(), chunk.to_vec().into()]).await?;
    }
    Ok(())
}

/// Locks bytes by their first chunk; says whether they are there. SQLite's writer holds the whole database.
async fn hold(write: &Write, hash: &Seal, how: &str) -> Result<bool> {
    let lock = if write.transaction().backend() == DbBackend::Postgres { format!(" for {how}") } else { String::new() };
    let sql = format!("select 1 from attachment_chunk where hash = $1 and place = 0{lock}");
    Ok(write.transaction().row(&sql, vec![hash.to_string().into()]).await?.is_some())
}
