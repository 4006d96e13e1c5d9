//! Provisioning by an organisation's directory: its tokens (digests), and what it calls its people. People and memberships are
//! records as everywhere.

use crate::{
    db::{Query, Store},
    error::{Error, Result},
    records::{id, opt_id, opt_text},
    write::Write,
};
use domain::{
    audit::Kind,
    people::{Act, PersonId, Scope, may},
    register::ids::OrganisationId,
};
use sea_orm::QueryResult;
use serde_json::json;
use uuid::Uuid;

/// A token of an organisation's directory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ScimToken {
    /// Its id.
    pub id: Uuid,
    /// Whose directory.
    pub organisation: OrganisationId,
    /// When it was made, milliseconds of UTC.
    pub created_at: i64,
    /// When it was last used, to the hour.
    pub used_at: Option<i64>,
    /// Who made it; not known of those of the first version.
    pub made_by: Option<PersonId>,
    /// When it ends; those of the first version do not.
    pub expires_at: Option<i64>,
    /// When it was taken back.
    pub revoked_at: Option<i64>,
}

impl ScimToken {
    /// Whether it can still be used.
    #[must_use]
    pub fn works(&self, now: i64) -> bool {
        self.revoked_at.is_none() && self.expires_at.is_none_or(|end| now < end)
    }
}

/// What a directory calls a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScimUser {
    /// Who.
    pub person: PersonId,
    /// By what the directory asks for them: the id of whom it named first, and theirs for good, whoever turned out to be behind it.
    pub id: Uuid,
    /// The directory's name for them, unique in it whatever the case.
    pub user_name: String,
    /// The directory's own id.
    pub external_id: Option<String>,
}

/// How exactly the last use is noted, in milliseconds.
const NOTED: i64 = 3_600_000;

fn uuid(row: &QueryResult, index: usize) -> Result<Uuid> {
    let text: String = row.try_get_by_index(index)?;
    Uuid::parse_str(&text).map_err(|error| Error::Corrupt { table: "scim", id: text.clone(), reason: error.to_string() })
}

const TOKEN: &str = "id, organisation_id, created_at, used_at, made_by, expires_at, revoked_at";

fn token(row: &QueryResult) -> Result<ScimToken> {
    let made_by: Option<String> = row.try_get_by_index(4)?;
    Ok(ScimToken {
        id: uuid(row, 0)?,
        organisation: OrganisationId(uuid(row, 1)?),
        created_at: row.try_get_by_index(2)?,
        used_at: row.try_get_by_index(3)?,
        made_by: made_by.map(|_| uuid(row, 4).map(PersonId)).transpose()?,
        expires_at: row.try_get_by_index(5)?,
        revoked_at: row.try_get_by_index(6)?,
    })
}

fn user(row: &QueryResult) -> Result<ScimUser> {
    Ok(ScimUser {
        person: PersonId(uuid(row, 0)?),
        user_name: row.try_get_by_index(1)?,
        external_id: row.try_get_by_index(2)?,
        id: uuid(row, 3)?,
    })
}

async fn known(query: &impl Query, organisation: OrganisationId) -> Result<Vec<ScimUser>> {
    let sql = "select person_id, user_name, external_id, coalesce(scim_id, person_id) from scim_user where organisation_id = $1 \
               order by person_id";
    query.rows(sql, vec![id(organisation.0)]).await?.iter().map(user).collect()
}

impl Store {
    /// The token of a digest, usable or not; notes its use where it is. Takes no scope: the token is the permission.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn scim_token(&self, digest: [u8; 32], now: i64) -> Result<Option<ScimToken>> {
        let sql = format!("select {TOKEN} from scim_token where token = $1");
        let Some(row) = self.row(&sql, vec![digest.to_vec().into()]).await? else { return Ok(None) };
        let found = token(&row)?;
        if found.works(now) && found.used_at.is_none_or(|used| now - used >= NOTED) {
            let transaction = self.begin().await?;
            transaction.execute("update scim_token set used_at = $1 where id = $2", vec![now.into(), id(found.id)]).await?;
            transaction.commit().await?;
        }
        Ok(Some(found))
    }

    /// The tokens of an organisation's directory that were not taken back, for those who manage its members.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn scim_tokens(&self, scope: &Scope, organisation: OrganisationId) -> Result<Vec<ScimToken>> {
        if !may(scope, &Act::ManageMembers(organisation)) {
            return Ok(Vec::new());
        }
        let sql = format!(
            "select {TOKEN} from scim_token where organisation_id = $1 and revoked_at is null order by created_at desc, id desc"
        );
        self.rows(&sql, vec![id(organisation.0)]).await?.iter().map(token).collect()
    }

    /// What an organisation's directory calls its people.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn scim_users(&self, scope: &Scope, organisation: OrganisationId) -> Result<Vec<ScimUser>> {
        if !may(scope, &Act::ManageMembers(organisation)) {
            return Ok(Vec::new());
        }
        known(self, organisation).await
    }

    /// The organisations whose directory knows a person and has a token that works, for whoever is signed in.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn directories_keeping(&self, scope: &Scope, person: PersonId, now: i64) -> Result<Vec<OrganisationId>> {
        if matches!(scope, Scope::Public) {
            return Ok(Vec::new());
        }
        let sql = "select distinct u.organisation_id from scim_user u join scim_token t on t.organisation_id = u.organisation_id \
                   where u.person_id = $1 and t.revoked_at is null and (t.expires_at is null or t.expires_at > $2) \
                   order by u.organisation_id";
        let rows = self.rows(sql, vec![id(person.0), now.into()]).await?;
        rows.iter().map(|row| uuid(row, 0).map(OrganisationId)).collect()
    }
}

impl Write {
    /// What an organisation's directory calls its people, as this transaction sees them.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn scim_users(&self, organisation: OrganisationId) -> Result<Vec<ScimUser>> {
        known(self.transaction(), organisation).await
    }

    /// The organisations whose directory knows a person.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn directories_of(&self, person: PersonId) -> Result<Vec<OrganisationId>> {
        let sql = "select organisation_id from scim_user where person_id = $1 order by organisation_id";
        let rows = self.transaction().rows(sql, vec![id(person.0)]).await?;
        rows.iter().map(|row| uuid(row, 0).map(OrganisationId)).collect()
    }

    /// The person whom an organisation's directory knows by an id of its own, whatever the case; none where it is not one alone.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn of_directory(&self, organisation: OrganisationId, external_id: &str) -> Result<Option<PersonId>> {
        let sql = "select person_id from scim_user where organisation_id = $1 and lower(external_id) = $2";
        let values = vec![id(organisation.0), external_id.to_lowercase().into()];
        match self.transaction().rows(sql, values).await?.as_slice() {
            [one] => Ok(Some(PersonId(uuid(one, 0)?))),
            _ => Ok(None),
        }
    }

    /// Keeps a new token of an organisation's directory, made by whoever writes, which works until an instant.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn add_scim_token(&mut self, organisation: OrganisationId, digest: [u8; 32], expires_at: i64) -> Result<()> {
        let new = Uuid::now_v7();
        let sql = "insert into scim_token (id, organisation_id, token, created_at, made_by, expires_at) \
                   values ($1, $2, $3, $4, $5, $6)";
        let values =
            vec![id(new), id(organisation.0), digest.to_vec().into(), self.at().into(), opt_id(self.person()), expires_at.into()];
        self.transaction().execute(sql, values).await?;
        self.event(Kind::ApiToken, new, Some(organisation.0), &json!({ "scim": "made" })).await
    }

    /// Takes a token of an organisation's directory back; false where it has no such one.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn revoke_scim_token(&mut self, organisation: OrganisationId, scim_token: Uuid) -> Result<bool> {
        let sql = "update scim_token set revoked_at = $1 where id = $2 and organisation_id = $3 and revoked_at is null";
        let done = self.transaction().execute(sql, vec![self.at().into(), id(scim_token), id(organisation.0)]).await?;
        if done.rows_affected() == 1 {
            self.event(Kind::ApiToken, scim_token, Some(organisation.0), &json!({ "scim": "revoked" })).await?;
        }
        Ok(done.rows_affected() == 1)
    }

    /// Keeps what an organisation's directory calls a person; by what it asks for them stays as it was kept first.
    ///
    /// # Errors
    /// When another person goes by that name or id there, or the database fails.
    pub async fn keep_scim_user(&mut self, organisation: OrganisationId, user: &ScimUser) -> Result<()> {
        let sql = "insert into scim_user (organisation_id, person_id, user_name, external_id, scim_id) values ($1, $2, $3, $4, $5) \
                   on conflict (organisation_id, person_id) do update set user_name = excluded.user_name, \
                   external_id = excluded.external_id";
        let values = vec![
            id(organisation.0),
            id(user.person.0),
            user.user_name.to_lowercase().into(),
            opt_text(&user.external_id),
            opt_id((user.id != user.person.0).then_some(user.id)),
        ];
        self.transaction().execute(sql, values).await?;
        Ok(())
    }

    /// Lets a user of an organisation's directory be another person from now on: the directory asks for them as before, and what it
    /// says of them is said of that person. Nothing happens where it knows nobody behind `from`, or speaks of `to` already.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn hand_scim_user_on(&mut self, organisation: OrganisationId, from: PersonId, to: PersonId) -> Result<()> {
        let sql = "update scim_user set person_id = $3, scim_id = coalesce(scim_id, person_id) \
                   where organisation_id = $1 and person_id = $2 and not exists \
                   (select 1 from scim_user other where other.organisation_id = $1 and other.person_id = $3)";
        self.transaction().execute(sql, vec![id(organisation.0), id(from.0), id(to.0)]).await?;
        Ok(())
    }
}
