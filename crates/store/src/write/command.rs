//! What makes sending a form twice harmless, and loses nothing where the second time says something else.
//!
//! The id of a command says two things: its first half which form was sent, its second half what stood in it. The same form with
//! the same words is a repeat, and gets the first result. The same form with other words (somebody waited for a reply, stopped,
//! wrote on and sent it again) is a command of its own; [`Write::sent_before`] says what the form did the first time.

use super::Write;
use crate::{
    db::{Store, Transaction},
    error::Result,
    records::id,
};
use domain::people::{PersonId, Scope};
use uuid::Uuid;

/// The first half of an id: the form.
const FORM: u128 = !0 << 64;

/// The key under which a form is known, whatever stood in it.
fn form_of(command: Uuid) -> Uuid {
    Uuid::from_u128(command.as_u128() & FORM)
}

/// Whether somebody has sent the form of a command already, with whatever words. What they typed before that, and what is to be
/// kept of it only now, comes too late. Where the form is being sent at this moment, this waits until that is done; where it is
/// sent from now on, that waits for this transaction: so the two never miss one another.
pub(crate) async fn form_was_sent(transaction: &Transaction, person: PersonId, command: Uuid) -> Result<bool> {
    let key = || vec![person.0.to_string().into(), id(form_of(command))];
    let sql = "insert into command (actor_id, command_id, result, at) values ($1, $2, '', 0) on conflict (actor_id, command_id) do nothing";
    if transaction.execute(sql, key()).await?.rows_affected() == 0 {
        return Ok(true);
    }
    transaction.execute("delete from command where actor_id = $1 and command_id = $2", key()).await?;
    Ok(false)
}

impl Store {
    /// What the form of a command did before, with whatever words: [`Write::sent_before`], for what has to be known before the record is
    /// held.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn sent_before(&self, scope: &Scope, command: Uuid) -> Result<Option<String>> {
        let Some(PersonId(person)) = scope.person() else { return Ok(None) };
        let sql = "select result from command where actor_id = $1 and command_id = $2";
        let row = self.row(sql, vec![person.to_string().into(), id(form_of(command))]).await?;
        Ok(row.map(|row| row.try_get_by_index(0)).transpose()?)
    }

    /// The result of a command that was done before, as [`Write::command`] gives it, without a transaction: for what is to be known
    /// before anything else is looked at. None for one that is being done at this moment: only the transaction waits for that.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn done_before(&self, scope: &Scope, command: Uuid) -> Result<Option<String>> {
        let Some(PersonId(person)) = scope.person() else { return Ok(None) };
        let sql = "select result from command where actor_id = $1 and command_id = $2";
        let row = self.row(sql, vec![person.to_string().into(), id(command)]).await?;
        let result: Option<String> = row.map(|row| row.try_get_by_index(0)).transpose()?;
        Ok(result.filter(|result| !result.is_empty()))
    }
}

impl Write {
    /// Says that this transaction does what a command asks, each person's commands having ids of their own. Gives the result of
    /// the first time where the command was done before; then nothing more is to be done. Otherwise say the result with
    /// [`Write::answered`] before committing.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn command(&mut self, command: Uuid) -> Result<Option<String>> {
        if self.claim(command).await? {
            let form = form_of(command);
            if !self.claim(form).await? {
                self.sent_before = self.result(form).await?;
            }
            return Ok(None);
        }
        self.result(command).await
    }

    /// What the form of this transaction's command did before, with other words; none where it is sent for the first time.
    #[must_use]
    pub fn sent_before(&self) -> Option<&str> {
        self.sent_before.as_deref()
    }

    /// Keeps the result of a command, for its repeats: usually the address that the browser is sent to.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn answered(&mut self, command: Uuid, result: &str) -> Result<()> {
        let actor = self.commander();
        let sql = "update command set result = $4 where actor_id = $1 and command_id in ($2, $3)";
        self.transaction.execute(sql, vec![actor.into(), id(command), id(form_of(command)), result.into()]).await?;
        Ok(())
    }

    /// Takes a key that nobody took before; false where it was taken.
    async fn claim(&self, key: Uuid) -> Result<bool> {
        let sql = "insert into command (actor_id, command_id, result, at) values ($1, $2, '', $3) \
                   on conflict (actor_id, command_id) do nothing";
        let done = self.transaction.execute(sql, vec![self.commander().into(), id(key), self.at.into()]).await?;
        Ok(done.rows_affected() == 1)
    }

    async fn result(&self, key: Uuid) -> Result<Option<String>> {
        let sql = "select result from command where actor_id = $1 and command_id = $2";
        let row = self.transaction.row(sql, vec![self.commander().into(), id(key)]).await?;
        Ok(row.map(|row| row.try_get_by_index(0)).transpose()?)
    }

    /// Whose commands they are.
    fn commander(&self) -> String {
        self.person.map_or_else(|| self.actor.clone(), |person| person.to_string())
    }
}
