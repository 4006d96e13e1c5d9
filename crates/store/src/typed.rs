//! What somebody typed into a form and has not sent: kept for them alone under the form's name (the address of its page, with `#` and
//! a word where the page has several forms), until the form is sent, they throw it away, or [`KEEP`] is over. It is no change: nobody
//! else sees it, and the log does not hold it. What is typed as an answer stands with the answers (`dpia::answers`), since it moves
//! with its question.

use crate::{
    db::{Query as _, Store},
    drafts::KEEP,
    error::{Error, Result},
    records::id,
    write::{Write, command::form_was_sent},
};
use domain::people::{PersonId, Scope};
use sea_orm::QueryResult;
use uuid::Uuid;

/// Forms of one person that are kept; what was typed longest ago goes first.
const MOST: i64 = 200;

/// What somebody typed and has not sent.
#[derive(Clone, PartialEq, Eq)]
pub struct Typed {
    /// The form's fields, urlencoded.
    pub fields: String,
    /// When it was last kept, milliseconds of UTC.
    pub at: i64,
}

impl Store {
    /// Keeps what is typed into a form, in the place of what was kept before; says whether it did. What was typed before `sent` is not
    /// kept where that form was sent meanwhile and saved: it comes too late. What nobody has typed in for long goes.
    ///
    /// # Errors
    /// [`Error::Forbidden`] for anyone but a person who may write; when the database fails.
    pub async fn keep_typed(&self, scope: &Scope, form: &str, typed: &Typed, sent: Option<Uuid>) -> Result<bool> {
        let person = scope.person().filter(|_| scope.may_write()).ok_or(Error::Forbidden)?;
        let transaction = self.begin().await?;
        if let Some(command) = sent
            && form_was_sent(&transaction, person, command).await?
        {
            return Ok(false);
        }
        transaction.execute("delete from form_draft where at < $1", vec![(typed.at - KEEP).into()]).await?;
        let sql = "insert into form_draft (person_id, form, fields, at) values ($1, $2, $3, $4) \
                   on conflict (person_id, form) do update set fields = excluded.fields, at = excluded.at";
        let values = vec![id(person.0), form.into(), typed.fields.as_str().into(), typed.at.into()];
        transaction.execute(sql, values).await?;
        let sql = "delete from form_draft where person_id = $1 and form not in \
                   (select form from form_draft where person_id = $1 order by at desc, form limit $2)";
        transaction.execute(sql, vec![id(person.0), MOST.into()]).await?;
        transaction.commit().await?;
        Ok(true)
    }

    /// What whoever asks typed into the forms of a page and has not sent, each with its form's name, the last typed first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn typed_on(&self, scope: &Scope, page: &str) -> Result<Vec<(String, Typed)>> {
        let Some(PersonId(person)) = scope.person() else { return Ok(Vec::new()) };
        let sql =
            "select form, fields, at from form_draft where person_id = $1 and (form = $2 or form like $3) order by at desc, form";
        let rows = self.rows(sql, vec![id(person), page.into(), format!("{page}#%").into()]).await?;
        let mut all = rows.iter().map(read).collect::<Result<Vec<_>>>()?;
        // What `like` takes for any letter is an address's own letter here.
        all.retain(|(form, _)| form.split('#').next() == Some(page));
        Ok(all)
    }

    /// Everything that whoever asks typed into forms and has not sent, the last typed first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn all_typed(&self, scope: &Scope) -> Result<Vec<(String, Typed)>> {
        let Some(PersonId(person)) = scope.person() else { return Ok(Vec::new()) };
        let sql = "select form, fields, at from form_draft where person_id = $1 order by at desc, form";
        self.rows(sql, vec![id(person)]).await?.iter().map(read).collect()
    }

    /// What whoever asks typed into a form and has not sent.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn typed(&self, scope: &Scope, form: &str) -> Result<Option<Typed>> {
        let Some(PersonId(person)) = scope.person() else { return Ok(None) };
        let sql = "select fields, at from form_draft where person_id = $1 and form = $2";
        let row = self.row(sql, vec![id(person), form.into()]).await?;
        let one =
            |row: QueryResult| -> Result<Typed> { Ok(Typed { fields: row.try_get_by_index(0)?, at: row.try_get_by_index(1)? }) };
        row.map(one).transpose()
    }

    /// Throws away what whoever asks typed into a form.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn drop_typed(&self, scope: &Scope, form: &str) -> Result<()> {
        let Some(PersonId(person)) = scope.person() else { return Ok(()) };
        let transaction = self.begin().await?;
        let sql = "delete from form_draft where person_id = $1 and form = $2";
        transaction.execute(sql, vec![id(person), form.into()]).await?;
        transaction.commit().await
    }
}

impl Write {
    /// Lets go of what was typed into a form, with the change that the form makes.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn forget_typed(&self, form: &str) -> Result<()> {
        let Some(person) = self.person() else { return Ok(()) };
        let sql = "delete from form_draft where person_id = $1 and form = $2";
        self.transaction().execute(sql, vec![id(person), form.into()]).await?;
        Ok(())
    }
}

fn read(row: &QueryResult) -> Result<(String, Typed)> {
    Ok((row.try_get_by_index(0)?, Typed { fields: row.try_get_by_index(1)?, at: row.try_get_by_index(2)? }))
}
