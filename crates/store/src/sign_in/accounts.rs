//! People as identity providers know them: by issuer and subject, with Entra by tenant and object; never by an email address.

use super::uuid;
use crate::{
    db::{Query as _, Store},
    error::Result,
    records::{id, opt_text},
    write::Write,
};
use domain::people::{AccountId, PersonId, Scope, sign_in::identity::Identity};
use uuid::Uuid;

/// An account at an identity provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// Its id.
    pub id: AccountId,
    /// Whose.
    pub person: PersonId,
    /// The provider's issuer.
    pub issuer: String,
    /// With Google, the domain that it is of; none where that is not known yet.
    pub hosted_domain: Option<String>,
    /// When it was bound to the person.
    pub created_at: i64,
    /// When it was last used.
    pub used_at: i64,
}

impl Store {
    /// The person behind an identity. Takes no scope: the provider's signed token is what is answered to.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn person_of(&self, identity: &Identity) -> Result<Option<PersonId>> {
        let (sql, values) = match (&identity.tenant, &identity.object) {
            (Some(tenant), Some(object)) => (
                "select person_id from account where tenant = $1 and object = $2",
                vec![tenant.as_str().into(), object.as_str().into()],
            ),
            _ => (
                "select person_id from account where issuer = $1 and subject = $2 and tenant is null",
                vec![identity.issuer.as_str().into(), identity.subject.as_str().into()],
            ),
        };
        self.row(sql, values).await?.map(|row| Ok(PersonId(uuid(&row, 0, "account")?))).transpose()
    }

    /// A person's accounts, for that person.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn accounts_of(&self, scope: &Scope, person: PersonId) -> Result<Vec<Account>> {
        if !scope.is_server() && scope.person() != Some(person) {
            return Ok(Vec::new());
        }
        let sql = "select id, person_id, issuer, created_at, used_at, hosted_domain from account where person_id = $1 \
                   order by created_at, id";
        let rows = self.rows(sql, vec![id(person.0)]).await?;
        rows.iter()
            .map(|row| {
                Ok(Account {
                    id: AccountId(uuid(row, 0, "account")?),
                    person: PersonId(uuid(row, 1, "account")?),
                    issuer: row.try_get_by_index(2)?,
                    created_at: row.try_get_by_index(3)?,
                    used_at: row.try_get_by_index(4)?,
                    hosted_domain: row.try_get_by_index(5)?,
                })
            })
            .collect()
    }
}

impl Write {
    /// Binds an identity to a person. The database refuses one that is another's.
    ///
    /// # Errors
    /// When it is, or the database fails.
    pub async fn bind_account(&mut self, person: PersonId, identity: &Identity) -> Result<()> {
        let at = self.at();
        let sql = "insert into account (id, person_id, issuer, subject, tenant, object, created_at, used_at, hosted_domain) \
                   values ($1, $2, $3, $4, $5, $6, $7, $7, $8)";
        let values = vec![
            id(Uuid::now_v7()),
            id(person.0),
            identity.issuer.as_str().into(),
            identity.subject.as_str().into(),
            opt_text(&identity.tenant),
            opt_text(&identity.object),
            at.into(),
            opt_text(&identity.hosted_domain),
        ];
        self.transaction().execute(sql, values).await?;
        Ok(())
    }

    /// Notes that a person's account was used, and of which domain it is now.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn account_used(&mut self, identity: &Identity) -> Result<()> {
        let at = self.at();
        let sql = "update account set used_at = $1, hosted_domain = $4 where issuer = $2 and subject = $3";
        let key = [identity.issuer.as_str().into(), identity.subject.as_str().into(), opt_text(&identity.hosted_domain)];
        self.transaction().execute(sql, [at.into()].into_iter().chain(key).collect()).await?;
        Ok(())
    }

    /// Unbinds one of a person's accounts; false when there is none such.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn unbind_account(&mut self, person: PersonId, account: AccountId) -> Result<bool> {
        let sql = "delete from account where id = $1 and person_id = $2";
        Ok(self.transaction().execute(sql, vec![id(account.0), id(person.0)]).await?.rows_affected() == 1)
    }
}
