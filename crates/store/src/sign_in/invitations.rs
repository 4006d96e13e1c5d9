//! Links that invite a person to an organisation, or let one set up a second factor. Kept by digest; looking uses nothing up.

use super::uuid;
use crate::{
    db::{Query as _, Store},
    error::Result,
    records::id,
    write::Write,
};
use domain::{
    people::{
        Act, PersonId, Scope, may,
        sign_in::{
            invitation::{Link, Purpose},
            secret::Secret,
        },
    },
    register::ids::OrganisationId,
};
use sea_orm::QueryResult;
use uuid::Uuid;

/// A link as it is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Invitation {
    /// Its id.
    pub id: Uuid,
    /// What it is for, and whether it can still be used.
    pub link: Link,
    /// For whom.
    pub person: PersonId,
    /// To which organisation, or of which it was made.
    pub organisation: OrganisationId,
}

const COLUMNS: &str = "id, purpose, issued_at, used_at, withdrawn_at, person_id, organisation_id";

fn invitation(row: &QueryResult) -> Result<Invitation> {
    let purpose: String = row.try_get_by_index(1)?;
    let id = uuid(row, 0, "invitation")?;
    Ok(Invitation {
        id,
        link: Link {
            purpose: Purpose::parse(&purpose).ok_or_else(|| crate::Error::Corrupt {
                table: "invitation",
                id: id.to_string(),
                reason: format!("unknown purpose {purpose}"),
            })?,
            issued_at: row.try_get_by_index(2)?,
            used_at: row.try_get_by_index(3)?,
            withdrawn_at: row.try_get_by_index(4)?,
        },
        person: PersonId(uuid(row, 5, "invitation")?),
        organisation: OrganisationId(uuid(row, 6, "invitation")?),
    })
}

impl Store {
    /// The link behind a secret, usable or not. Takes no scope: whoever holds the secret is who it says.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn invitation(&self, secret: &Secret) -> Result<Option<Invitation>> {
        let sql = format!("select {COLUMNS} from invitation where digest = $1");
        self.row(&sql, vec![secret.digest_text().into()]).await?.as_ref().map(invitation).transpose()
    }

    /// A link by its id. Takes no scope: the server reads what it kept for a browser itself.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn invitation_by_id(&self, link: Uuid) -> Result<Option<Invitation>> {
        let sql = format!("select {COLUMNS} from invitation where id = $1");
        self.row(&sql, vec![id(link)]).await?.as_ref().map(invitation).transpose()
    }

    /// Whether a person has a link with which to set up a second factor that can still be used.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn has_open_set_up(&self, person: PersonId, now: i64) -> Result<bool> {
        let sql = "select id from invitation where person_id = $1 and purpose = $2 and issued_at > $3 and used_at is null \
                   and withdrawn_at is null";
        let values = vec![id(person.0), Purpose::SetUp.as_str().into(), (now - Purpose::SetUp.life()).into()];
        Ok(self.row(sql, values).await?.is_some())
    }

    /// The open links of an organisation, for those who manage its members.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn open_invitations(&self, scope: &Scope, organisation: OrganisationId) -> Result<Vec<Invitation>> {
        if !may(scope, &Act::ManageMembers(organisation)) {
            return Ok(Vec::new());
        }
        let sql = format!(
            "select {COLUMNS} from invitation where organisation_id = $1 and used_at is null and withdrawn_at is null \
             order by issued_at desc, id"
        );
        self.rows(&sql, vec![id(organisation.0)]).await?.iter().map(invitation).collect()
    }
}

impl Write {
    /// A link by its id, as this transaction sees it.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn invitation(&self, link: Uuid) -> Result<Option<Invitation>> {
        let sql = format!("select {COLUMNS} from invitation where id = $1");
        self.transaction().row(&sql, vec![id(link)]).await?.as_ref().map(invitation).transpose()
    }

    /// A person's invitations that were neither used nor withdrawn, expired or not.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn open_joins(&self, person: PersonId) -> Result<Vec<Invitation>> {
        let sql = format!(
            "select {COLUMNS} from invitation where person_id = $1 and purpose = $2 and used_at is null and withdrawn_at is null \
             order by issued_at, id"
        );
        let values = vec![id(person.0), Purpose::Join.as_str().into()];
        self.transaction().rows(&sql, values).await?.iter().map(invitation).collect()
    }

    /// Keeps a new link and withdraws the earlier ones of the same purpose, person and organisation.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn invite(
        &mut self,
        secret: &Secret,
        purpose: Purpose,
        person: PersonId,
        organisation: OrganisationId,
    ) -> Result<()> {
        let at = self.at();
        self.withdraw_invitations(purpose, person, organisation).await?;
        let sql =
            "insert into invitation (id, digest, purpose, person_id, organisation_id, issued_at) values ($1, $2, $3, $4, $5, $6)";
        let values = vec![
            id(Uuid::now_v7()),
            secret.digest_text().into(),
            purpose.as_str().into(),
            id(person.0),
            id(organisation.0),
            at.into(),
        ];
        self.transaction().execute(sql, values).await?;
        Ok(())
    }

    /// Withdraws a person's open links of a purpose to an organisation.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn withdraw_invitations(&mut self, purpose: Purpose, person: PersonId, organisation: OrganisationId) -> Result<()> {
        let at = self.at();
        let sql = "update invitation set withdrawn_at = $1 where purpose = $2 and person_id = $3 and organisation_id = $4 \
                   and used_at is null and withdrawn_at is null";
        let values = vec![at.into(), purpose.as_str().into(), id(person.0), id(organisation.0)];
        self.transaction().execute(sql, values).await?;
        Ok(())
    }

    /// Uses a link up; false when someone was faster.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn use_invitation(&mut self, invitation: Uuid) -> Result<bool> {
        let at = self.at();
        let sql = "update invitation set used_at = $1 where id = $2 and used_at is null and withdrawn_at is null";
        Ok(self.transaction().execute(sql, vec![at.into(), id(invitation)]).await?.rows_affected() == 1)
    }
}
