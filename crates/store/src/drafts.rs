//! New records while their questions are being answered: one person's, for one organisation, not yet part of the register and
//! so not in the change log. They go when the record is made, or after [`KEEP`].

use crate::{
    db::{Query as _, Store},
    error::{Error, Result},
    records::id,
    write::Write,
};
use domain::{audit::Kind, people::Scope, register::edit::Answers};
use sea_orm::QueryResult;
use uuid::Uuid;

/// How long a draft is kept after it was last written: 60 days, in milliseconds.
pub const KEEP: i64 = 60 * 24 * 60 * 60 * 1000;

/// A new record whose questions are being answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    /// Its id; the record that is made of it takes another.
    pub id: Uuid,
    /// Whose it is.
    pub person: Uuid,
    /// For which organisation.
    pub organisation: Uuid,
    /// `contract`, `system`, `skill`.
    pub kind: String,
    /// What was answered so far.
    pub answers: Answers,
    /// When it was last written, milliseconds of UTC.
    pub updated_at: i64,
}

impl Draft {
    /// What its writer called it so far; empty where nothing is said yet.
    #[must_use]
    pub fn title(&self) -> &str {
        ["title", "product", "name"].into_iter().map(|field| self.answers.text(field)).find(|text| !text.is_empty()).unwrap_or("")
    }
}

const COLUMNS: &str = "id, person_id, organisation_id, kind, answers, updated_at";

impl Store {
    /// A person's own draft; none for anyone else's.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn register_draft(&self, _scope: &Scope, person: Uuid, draft: Uuid) -> Result<Option<Draft>> {
        let sql = format!("select {COLUMNS} from draft where id = $1 and person_id = $2");
        self.row(&sql, vec![id(draft), id(person)]).await?.map(|row| read(&row)).transpose()
    }

    /// A person's drafts for an organisation, the last written first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn register_drafts(&self, _scope: &Scope, person: Uuid, organisation: Uuid) -> Result<Vec<Draft>> {
        let sql = format!(
            "select {COLUMNS} from draft where person_id = $1 and organisation_id = $2 order by updated_at desc, id limit 50"
        );
        self.rows(&sql, vec![id(person), id(organisation)]).await?.iter().map(read).collect()
    }

    /// Keeps a draft, new or written again, and lets go of those that nobody has written for long.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn keep_register_draft(&self, scope: &Scope, draft: &Draft) -> Result<()> {
        if !scope.may_write() {
            return Err(Error::Forbidden);
        }
        let answers = serde_json::to_string(&draft.answers).map_err(|error| corrupt(draft.id, &error))?;
        let transaction = self.begin().await?;
        transaction.execute("delete from draft where updated_at < $1", vec![(draft.updated_at - KEEP).into()]).await?;
        transaction
            .execute(
                "insert into draft (id, person_id, organisation_id, kind, answers, updated_at) values ($1, $2, $3, $4, $5, $6) \
                 on conflict (id) do update set answers = excluded.answers, updated_at = excluded.updated_at \
                 where draft.person_id = excluded.person_id",
                vec![
                    id(draft.id),
                    id(draft.person),
                    id(draft.organisation),
                    draft.kind.as_str().into(),
                    answers.into(),
                    draft.updated_at.into(),
                ],
            )
            .await?;
        transaction.commit().await
    }
}

impl Write {
    /// Lets a draft go together with the record that is made of it.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn finish_draft(&self, person: Uuid, draft: Uuid) -> Result<()> {
        let sql = "delete from draft where id = $1 and person_id = $2";
        self.transaction().execute(sql, vec![id(draft), id(person)]).await?;
        Ok(())
    }

    /// Lets a draft go for good, and logs that its writer did so and of what kind it was; what it said is nobody else's.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn discard_draft(&mut self, draft: &Draft) -> Result<()> {
        self.finish_draft(draft.person, draft.id).await?;
        let content = serde_json::json!({ "what": "discarded", "kind": draft.kind });
        self.event(Kind::Draft, draft.id, Some(draft.organisation), &content).await
    }
}

/// Uploads that one person may have waiting; the oldest go.
const MOST_UPLOADS: i64 = 5;

/// A file while its import is looked at.
#[derive(Clone, PartialEq, Eq)]
pub struct Upload {
    /// Its id.
    pub id: Uuid,
    /// Whose it is.
    pub person: Uuid,
    /// For which organisation.
    pub organisation: Uuid,
    /// `contracts` or `systems`.
    pub kind: String,
    /// Its name, for people; never a path of ours.
    pub name: String,
    /// What is in it.
    pub content: Vec<u8>,
    /// The mapping chosen, as JSON; none while it is guessed.
    pub mapping: Option<String>,
    /// When it was last written, milliseconds of UTC.
    pub updated_at: i64,
}

impl Store {
    /// A person's own upload; none for anyone else's.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn upload(&self, _scope: &Scope, person: Uuid, upload: Uuid) -> Result<Option<Upload>> {
        let sql = "select id, person_id, organisation_id, kind, name, content, mapping, updated_at from upload \
                   where id = $1 and person_id = $2";
        let Some(row) = self.row(sql, vec![id(upload), id(person)]).await? else { return Ok(None) };
        let text = |index| -> Result<String> { Ok(row.try_get_by_index(index)?) };
        let organisation = text(2)?;
        Ok(Some(Upload {
            id: upload,
            person,
            organisation: Uuid::parse_str(&organisation).map_err(|error| corrupt(upload, &error))?,
            kind: text(3)?,
            name: text(4)?,
            content: row.try_get_by_index(5)?,
            mapping: row.try_get_by_index(6)?,
            updated_at: row.try_get_by_index(7)?,
        }))
    }

    /// Keeps a file that was sent, or its mapping; a person's oldest files go where there are too many.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn keep_upload(&self, scope: &Scope, upload: &Upload) -> Result<()> {
        if !scope.may_write() {
            return Err(Error::Forbidden);
        }
        let transaction = self.begin().await?;
        transaction
            .execute(
                "insert into upload (id, person_id, organisation_id, kind, name, content, mapping, updated_at) \
                 values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict (id) do update set mapping = excluded.mapping, \
                 updated_at = excluded.updated_at where upload.person_id = excluded.person_id",
                vec![
                    id(upload.id),
                    id(upload.person),
                    id(upload.organisation),
                    upload.kind.as_str().into(),
                    upload.name.as_str().into(),
                    upload.content.clone().into(),
                    upload.mapping.clone().into(),
                    upload.updated_at.into(),
                ],
            )
            .await?;
        transaction
            .execute(
                "delete from upload where person_id = $1 and id not in \
                 (select id from upload where person_id = $1 order by updated_at desc, id desc limit $2)",
                vec![id(upload.person), MOST_UPLOADS.into()],
            )
            .await?;
        transaction.execute("delete from upload where updated_at < $1", vec![(upload.updated_at - KEEP).into()]).await?;
        transaction.commit().await
    }

    /// Lets a person's own upload go.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn drop_upload(&self, _scope: &Scope, person: Uuid, upload: Uuid) -> Result<()> {
        let transaction = self.begin().await?;
        transaction.execute("delete from upload where id = $1 and person_id = $2", vec![id(upload), id(person)]).await?;
        transaction.commit().await
    }
}

fn read(row: &QueryResult) -> Result<Draft> {
    let text = |index| -> Result<String> { Ok(row.try_get_by_index(index)?) };
    let uuid = |index| -> Result<Uuid> {
        let text = text(index)?;
        Uuid::parse_str(&text).map_err(|error| corrupt(Uuid::nil(), &error))
    };
    let own = uuid(0)?;
    Ok(Draft {
        id: own,
        person: uuid(1)?,
        organisation: uuid(2)?,
        kind: text(3)?,
        answers: serde_json::from_str(&text(4)?).map_err(|error| corrupt(own, &error))?,
        updated_at: row.try_get_by_index(5)?,
    })
}

fn corrupt(draft: Uuid, reason: &impl ToString) -> Error {
    Error::Corrupt { table: "draft", id: draft.to_string(), reason: reason.to_string() }
}
