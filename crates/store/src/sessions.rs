//! Signed-in browsers: who they are, looked up by the hash of their cookie on each request; and forms held meanwhile.
//!
//! Sessions are not records of the change log; their beginning and end are events in it, written with them. What a session may
//! still do after some time is decided in `domain`; here stand only the instants.

use crate::{
    db::{Query as _, Store},
    error::Result,
    records::id,
    write::Write,
};
use domain::{
    audit::Kind,
    people::{Member, Membership, Person, PersonId, Scope, SessionId, Standing, Via},
    register::ids::OrganisationId,
};
use sea_orm::QueryResult;
use serde_json::json;
use uuid::Uuid;

/// A signed-in browser as it is stored; its cookie is not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// Its id.
    pub id: SessionId,
    /// Who is signed in.
    pub person: PersonId,
    /// For which organisation they act at the moment.
    pub acting_for: OrganisationId,
    /// When it began, milliseconds of UTC.
    pub created_at: i64,
    /// When it was last used, to the minute.
    pub seen_at: i64,
    /// When the person last proved who they are.
    pub checked_at: i64,
    /// Whether with a second factor.
    pub second_factor: bool,
    /// How they signed in: `code`, `totp`, `passkey`, `oidc`, `demo`, …
    pub method: String,
    /// What the browser says it is, cut to 200 letters.
    pub agent: String,
    /// The address it came from at its beginning.
    pub address: String,
    /// When it was ended.
    pub ended_at: Option<i64>,
}

/// Columns of [`Session`], in order.
const COLUMNS: &str =
    "id, person_id, acting_for, created_at, seen_at, checked_at, second_factor, method, agent, address, ended_at";

fn session(row: &QueryResult) -> Result<Session> {
    let uuid = |index| -> Result<Uuid> {
        let text: String = row.try_get_by_index(index)?;
        Uuid::parse_str(&text).map_err(|error| crate::Error::Corrupt { table: "session", id: text, reason: error.to_string() })
    };
    Ok(Session {
        id: SessionId(uuid(0)?),
        person: PersonId(uuid(1)?),
        acting_for: OrganisationId(uuid(2)?),
        created_at: row.try_get_by_index(3)?,
        seen_at: row.try_get_by_index(4)?,
        checked_at: row.try_get_by_index(5)?,
        second_factor: row.try_get_by_index(6)?,
        method: row.try_get_by_index(7)?,
        agent: row.try_get_by_index(8)?,
        address: row.try_get_by_index(9)?,
        ended_at: row.try_get_by_index(10)?,
    })
}

impl Store {
    /// The session behind the hash of a cookie, ended or not. Takes no scope: whoever holds the cookie is who it says.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn session(&self, token_hash: &str) -> Result<Option<Session>> {
        let sql = format!("select {COLUMNS} from session where token_hash = $1");
        self.row(&sql, vec![token_hash.into()]).await?.as_ref().map(session).transpose()
    }

    /// A person's sessions that were not ended, the latest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn sessions_of(&self, scope: &Scope, person: PersonId) -> Result<Vec<Session>> {
        if !scope.is_server() && scope.person() != Some(person) && !self.may_end(scope, person).await? {
            return Ok(Vec::new());
        }
        let sql = format!("select {COLUMNS} from session where person_id = $1 and ended_at is null order by created_at desc");
        self.rows(&sql, vec![id(person.0)]).await?.iter().map(session).collect()
    }

    /// Whether a scope may see and end a person's sessions: an administrator of an organisation for which that person acts.
    async fn may_end(&self, scope: &Scope, person: PersonId) -> Result<bool> {
        let places: Vec<Membership> = self.by(scope, "person_id", person.0.to_string()).await?;
        Ok(places
            .iter()
            .any(|place| place.active() && domain::people::may(scope, &domain::people::Act::ManageMembers(place.organisation))))
    }

    /// The member that a person is now, through a session or a token; none when they were disabled or have no place anywhere.
    /// `acting_for` moves to their first organisation where they have lost the one that the session names.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn member(
        &self,
        person: PersonId,
        acting_for: Option<OrganisationId>,
        second_factor: bool,
        checked_at: i64,
        via: Via,
    ) -> Result<Option<Member>> {
        let scope = Scope::Job { name: "session".to_owned() };
        let Some(found) = self.get::<Person>(&scope, person.0).await? else { return Ok(None) };
        if found.disabled_at.is_some() {
            return Ok(None);
        }
        let places: Vec<Membership> = self.by(&scope, "person_id", person.0.to_string()).await?;
        let standings: Vec<Standing> = places
            .into_iter()
            .filter(Membership::active)
            .map(|place| Standing { organisation: place.organisation, roles: place.roles, deputy: place.deputy })
            .collect();
        let acting_for = acting_for
            .filter(|wanted| standings.iter().any(|standing| standing.organisation == *wanted))
            .or_else(|| standings.first().map(|standing| standing.organisation));
        Ok(acting_for.map(|acting_for| Member {
            person,
            name: found.name,
            acting_for,
            standings,
            second_factor,
            checked_at,
            acting_as: None,
            via,
        }))
    }

    /// Notes that a session was used; called at most once a minute for each, and waits for no other write.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn session_seen(&self, session: SessionId, at: i64) -> Result<()> {
        self.note("update session set seen_at = $1 where id = $2", vec![at.into(), id(session.0)]).await
    }

    /// Lets a session act for another of its person's organisations.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn act_for(&self, session: SessionId, organisation: OrganisationId) -> Result<()> {
        let transaction = self.begin().await?;
        transaction.execute("update session set acting_for = $1 where id = $2", vec![id(organisation.0), id(session.0)]).await?;
        transaction.commit().await
    }

    /// A form held under the hash of a token, not older than an instant.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn held_form(&self, token_hash: &str, since: i64) -> Result<Option<(String, String)>> {
        let row = self
            .row("select action, body from held_form where token_hash = $1 and at >= $2", vec![token_hash.into(), since.into()])
            .await?;
        row.map(|row| Ok((row.try_get_by_index(0)?, row.try_get_by_index(1)?))).transpose()
    }

    /// Holds a form that came when the session had ended, and forgets those older than an instant.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn hold_form(&self, token_hash: &str, action: &str, body: &str, at: i64, older_than: i64) -> Result<()> {
        let transaction = self.begin().await?;
        transaction.execute("delete from held_form where at < $1", vec![older_than.into()]).await?;
        transaction
            .execute(
                "insert into held_form (token_hash, action, body, at) values ($1, $2, $3, $4)",
                vec![token_hash.into(), action.into(), body.into(), at.into()],
            )
            .await?;
        transaction.commit().await
    }
}

impl Write {
    /// Opens a session, with its event in the log. `token_hash` is that of the new cookie.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn open_session(&mut self, session: &Session, token_hash: &str) -> Result<()> {
        let sql =
            format!("insert into session ({COLUMNS}, token_hash) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)");
        self.transaction()
            .execute(
                &sql,
                vec![
                    id(session.id.0),
                    id(session.person.0),
                    id(session.acting_for.0),
                    session.created_at.into(),
                    session.seen_at.into(),
                    session.checked_at.into(),
                    session.second_factor.into(),
                    session.method.as_str().into(),
                    session.agent.as_str().into(),
                    session.address.as_str().into(),
                    sea_orm::Value::BigInt(session.ended_at),
                    token_hash.into(),
                ],
            )
            .await?;
        let content = json!({ "event": "signed-in", "method": session.method, "second_factor": session.second_factor,
                              "session": session.id, "address": session.address });
        self.event(Kind::SignIn, session.person.0, Some(session.acting_for.0), &content).await
    }

    /// Ends one session.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn end_session(&mut self, session: SessionId) -> Result<()> {
        let at = self.at();
        self.transaction()
            .execute("update session set ended_at = $1 where id = $2 and ended_at is null", vec![at.into(), id(session.0)])
            .await?;
        Ok(())
    }

    /// Ends every session of a person, as losing a place or a second factor does.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn end_sessions_of(&mut self, person: PersonId) -> Result<()> {
        let at = self.at();
        self.transaction()
            .execute("update session set ended_at = $1 where person_id = $2 and ended_at is null", vec![at.into(), id(person.0)])
            .await?;
        Ok(())
    }
}
