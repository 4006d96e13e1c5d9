//! Stored templates, rules and routes.

use super::contents;
use crate::{
    db::Store,
    error::{Error, Result},
    records::id,
};
use domain::{
    audit::Kind,
    dpia::{stored::Stored, task::Task, writing::may_write},
    people::Scope,
};
use uuid::Uuid;

impl Store {
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
            write.answered(command, "thrown away").await?;
            write.commit().await?;
        }
        Ok(())
    }
}
