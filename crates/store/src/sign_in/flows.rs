//! What a browser is in the middle of. Kept under the hash of its cookie, so that a stolen table signs nobody in; forgotten
//! after an hour. These functions take no scope: whoever holds the cookie is who it says.

use crate::{db::Store, error::Result, write::Write};

impl Store {
    /// What a browser is in the middle of, not begun before an instant.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn flow(&self, browser_hash: &str, since: i64) -> Result<Option<String>> {
        let sql = "select content from sign_in_flow where browser_hash = $1 and at >= $2";
        let row = self.row(sql, vec![browser_hash.into(), since.into()]).await?;
        Ok(row.map(|row| row.try_get_by_index(0)).transpose()?)
    }

    /// Keeps what a browser is in the middle of, and forgets what was begun before an instant.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn keep_flow(&self, browser_hash: &str, content: &str, at: i64, older_than: i64) -> Result<()> {
        let transaction = self.begin().await?;
        transaction.execute("delete from sign_in_flow where at < $1", vec![older_than.into()]).await?;
        let sql = "insert into sign_in_flow (browser_hash, content, at) values ($1, $2, $3) \
                   on conflict (browser_hash) do update set content = excluded.content, at = excluded.at";
        transaction.execute(sql, vec![browser_hash.into(), content.into(), at.into()]).await?;
        transaction.commit().await
    }

    /// Takes what a browser is in the middle of: only one request gets it.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn take_flow(&self, browser_hash: &str, since: i64) -> Result<Option<String>> {
        let transaction = self.begin().await?;
        let sql = "delete from sign_in_flow where browser_hash = $1 and at >= $2 returning content";
        let row = transaction.row(sql, vec![browser_hash.into(), since.into()]).await?;
        let content = row.map(|row| row.try_get_by_index(0)).transpose()?;
        transaction.commit().await?;
        Ok(content)
    }
}

impl Write {
    /// What a browser is in the middle of, not begun before an instant, as others left it: it stays so until this transaction ends.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn hold_flow(&mut self, browser_hash: &str, since: i64) -> Result<Option<String>> {
        let sql = "update sign_in_flow set at = at where browser_hash = $1 and at >= $2 returning content";
        let row = self.transaction().row(sql, vec![browser_hash.into(), since.into()]).await?;
        Ok(row.map(|row| row.try_get_by_index(0)).transpose()?)
    }

    /// Keeps how far a browser has come; none where it is through.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn keep_flow(&mut self, browser_hash: &str, content: Option<&str>) -> Result<()> {
        match content {
            Some(content) => {
                let sql = "update sign_in_flow set content = $2 where browser_hash = $1";
                self.transaction().execute(sql, vec![browser_hash.into(), content.into()]).await?;
            }
            None => {
                self.transaction().execute("delete from sign_in_flow where browser_hash = $1", vec![browser_hash.into()]).await?;
            }
        }
        Ok(())
    }
}
