//! People as those who manage them see them: second factor, last seen, tokens; and what ends when a place is taken away.

use super::uuid;
use crate::{
    db::{Query, Store},
    error::{Error, Result},
    records::id,
    write::Write,
};
use domain::{
    people::{Act, ApiToken, ApiTokenId, Membership, MembershipId, PersonId, Scope, may, sign_in::invitation::Purpose},
    register::ids::OrganisationId,
};
use serde_json::Value as Json;
use std::collections::HashMap;
use uuid::Uuid;

/// What an access review says of a person besides their name and roles.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reviewed {
    /// Who.
    pub person: PersonId,
    /// How many second factors they have.
    pub factors: i64,
    /// Whether an identity provider signs them in.
    pub accounts: i64,
    /// When they were last seen.
    pub last_seen: Option<i64>,
    /// How many of their sessions are open, as far as nobody ended them.
    pub sessions: i64,
    /// How many tokens for programs they have at this organisation.
    pub tokens: i64,
    /// How many addresses of a calendar of their own work, whatever organisation its dates are of.
    pub calendars: i64,
}

async fn invited_as(query: &impl Query, organisation: OrganisationId) -> Result<HashMap<MembershipId, String>> {
    let sql = "select i.membership_id, i.name from invited_as i join membership m on m.id = i.membership_id \
               where m.organisation_id = $1";
    let rows = query.rows(sql, vec![id(organisation.0)]).await?;
    rows.iter().map(|row| Ok((MembershipId(uuid(row, 0, "invited_as")?), row.try_get_by_index(1)?))).collect()
}

/// The organisations at which a person accepted a place, also where it was taken away since, or they are invited anew: that stands in
/// the change log alone.
async fn accepted_at(query: &impl Query, person: PersonId) -> Result<Vec<OrganisationId>> {
    let sql = "select id, organisation_id, accepted_at from membership where person_id = $1 order by organisation_id, id";
    let mut found = Vec::new();
    for row in query.rows(sql, vec![id(person.0)]).await? {
        let organisation = OrganisationId(uuid(&row, 1, "membership")?);
        let standing: Option<i64> = row.try_get_by_index(2)?;
        if !found.contains(&organisation) && (standing.is_some() || was_accepted(query, uuid(&row, 0, "membership")?).await?) {
            found.push(organisation);
        }
    }
    Ok(found)
}

/// Whether a place that is not accepted now ever was.
async fn was_accepted(query: &impl Query, place: Uuid) -> Result<bool> {
    let sql = "select content from change where subject_id = $1 and content is not null";
    for row in query.rows(sql, vec![id(place)]).await? {
        let text: String = row.try_get_by_index(0)?;
        let content: Json = serde_json::from_str(&text).map_err(|error| Error::Corrupt {
            table: "change",
            id: place.to_string(),
            reason: error.to_string(),
        })?;
        let accepted = match content.get("accepted_at") {
            // An update holds what stood before and after.
            Some(Json::Array(pair)) => pair.iter().any(|one| !one.is_null()),
            said => said.is_some_and(|said| !said.is_null()),
        };
        if accepted {
            return Ok(true);
        }
    }
    Ok(false)
}

impl Store {
    /// The organisations at which a person ever accepted a place, for whoever is signed in.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn accepted_at(&self, scope: &Scope, person: PersonId) -> Result<Vec<OrganisationId>> {
        if matches!(scope, Scope::Public) {
            return Ok(Vec::new());
        }
        accepted_at(self, person).await
    }

    /// What an access review of an organisation says, for those who manage its members: of people who act for it now. Of those who
    /// were only invited, or have left, nothing is theirs to see; they may be somebody else's people.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn access_review(&self, scope: &Scope, organisation: OrganisationId, now: i64) -> Result<Vec<Reviewed>> {
        if !may(scope, &Act::ManageMembers(organisation)) {
            return Ok(Vec::new());
        }
        let sql = "select m.person_id, \
                   (select count(*) from second_factor f where f.person_id = m.person_id), \
                   (select count(*) from account a where a.person_id = m.person_id), \
                   (select max(s.seen_at) from session s where s.person_id = m.person_id), \
                   (select count(*) from session s where s.person_id = m.person_id and s.ended_at is null and s.seen_at > $2), \
                   (select count(*) from api_token t where t.person_id = m.person_id and t.organisation_id = m.organisation_id \
                    and t.revoked_at is null and t.expires_at > $3), \
                   (select count(*) from calendar_token c where c.person_id = m.person_id and c.revoked_at is null) \
                   from membership m where m.organisation_id = $1 and m.accepted_at is not null and m.revoked_at is null";
        let values = vec![id(organisation.0), (now - domain::people::session::IDLE).into(), now.into()];
        let rows = self.rows(sql, values).await?;
        rows.iter()
            .map(|row| {
                Ok(Reviewed {
                    person: PersonId(uuid(row, 0, "membership")?),
                    factors: row.try_get_by_index(1)?,
                    accounts: row.try_get_by_index(2)?,
                    last_seen: row.try_get_by_index(3)?,
                    sessions: row.try_get_by_index(4)?,
                    tokens: row.try_get_by_index(5)?,
                    calendars: row.try_get_by_index(6)?,
                })
            })
            .collect()
    }

    /// What people who were invited to an organisation are called by whoever invited them, for those who manage its members.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn invited_as(&self, scope: &Scope, organisation: OrganisationId) -> Result<HashMap<MembershipId, String>> {
        if !may(scope, &Act::ManageMembers(organisation)) {
            return Ok(HashMap::new());
        }
        invited_as(self, organisation).await
    }

    /// The organisation a person acted for in their last session. Takes no scope: it is asked while they sign in.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn last_acting_for(&self, person: PersonId) -> Result<Option<OrganisationId>> {
        let sql = "select acting_for from session where person_id = $1 order by created_at desc, id desc limit 1";
        let row = self.row(sql, vec![id(person.0)]).await?;
        row.map(|row| Ok(OrganisationId(uuid(&row, 0, "session")?))).transpose()
    }

    /// The token behind a hash, usable or not. Takes no scope: whoever holds the token is who it says.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn token(&self, token_hash: &str) -> Result<Option<(ApiToken, Option<i64>)>> {
        let sql = "select token_id, last_used_at from api_token_secret where token_hash = $1";
        let Some(row) = self.row(sql, vec![token_hash.into()]).await? else { return Ok(None) };
        let scope = Scope::Job { name: "token".to_owned() };
        let found: Option<ApiToken> = self.get(&scope, uuid(&row, 0, "api_token_secret")?).await?;
        let used = row.try_get_by_index(1)?;
        Ok(found.map(|token| (token, used)))
    }

    /// Notes that a token was used; called at most once a minute for each, and waits for no other write.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn token_used(&self, token: ApiTokenId, at: i64) -> Result<()> {
        self.note("update api_token_secret set last_used_at = $1 where token_id = $2", vec![at.into(), id(token.0)]).await
    }

    /// When a token was last used.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn token_last_used(&self, token: Uuid) -> Result<Option<i64>> {
        let row = self.row("select last_used_at from api_token_secret where token_id = $1", vec![id(token)]).await?;
        Ok(row.map_or(Ok(None), |row| row.try_get_by_index(0))?)
    }
}

impl Write {
    /// The organisations at which a person ever accepted a place, as this transaction sees them.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn accepted_at(&self, person: PersonId) -> Result<Vec<OrganisationId>> {
        accepted_at(self.transaction(), person).await
    }

    /// What people who were invited to an organisation are called by whoever invited them, as this transaction sees it.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn invited_as(&self, organisation: OrganisationId) -> Result<HashMap<MembershipId, String>> {
        invited_as(self.transaction(), organisation).await
    }

    /// Keeps what somebody who is invited is called by whoever invites them.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn keep_invited_as(&mut self, place: MembershipId, name: &str) -> Result<()> {
        let sql = "insert into invited_as (membership_id, name) values ($1, $2) \
                   on conflict (membership_id) do update set name = excluded.name";
        self.transaction().execute(sql, vec![id(place.0), name.into()]).await?;
        Ok(())
    }

    /// Keeps the hash of a new token.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn keep_token(&mut self, token: ApiTokenId, token_hash: &str) -> Result<()> {
        let sql = "insert into api_token_secret (token_id, token_hash) values ($1, $2)";
        self.transaction().execute(sql, vec![id(token.0), token_hash.into()]).await?;
        Ok(())
    }

    /// Whether a person acts for an organisation, with its people held: what they make there, such as a token, outlives their session,
    /// and must not be made beside the transaction that takes their place away, which would not see it.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn still_acts(&self, person: PersonId, organisation: OrganisationId) -> Result<bool> {
        self.hold_people(organisation).await?;
        let places: Vec<Membership> = self.by("person_id", person.0.to_string()).await?;
        Ok(places.iter().any(|place| place.active() && place.organisation == organisation))
    }

    /// Ends what a person has at an organisation, after their place there was taken away: sessions that act for it, tokens for
    /// programs, links that are still open; and, where it was their last place, their calendars and what they typed and never sent. What
    /// else they hold elsewhere stays.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn end_access(&mut self, person: PersonId, organisation: OrganisationId) -> Result<()> {
        let at = self.at();
        let sql = "update session set ended_at = $1 where person_id = $2 and acting_for = $3 and ended_at is null";
        self.transaction().execute(sql, vec![at.into(), id(person.0), id(organisation.0)]).await?;
        let tokens: Vec<ApiToken> = self.by("person_id", person.0.to_string()).await?;
        for token in tokens.iter().filter(|token| token.organisation == organisation && token.revoked_at.is_none()) {
            let mut after = token.clone();
            after.revoked_at = Some(at);
            self.update(token, &mut after).await?;
        }
        for purpose in [Purpose::Join, Purpose::SetUp] {
            self.withdraw_invitations(purpose, person, organisation).await?;
        }
        // A calendar shows what its person may see wherever they are: it ends with their last place, and does not come back.
        let places: Vec<Membership> = self.by("person_id", person.0.to_string()).await?;
        if !places.iter().any(|place| place.active() && place.organisation != organisation) {
            self.stop_calendars(person).await?;
            // What they typed and never sent is nobody else's to read, and theirs no more: it goes with them.
            for table in ["form_draft", "dpia_draft", "draft"] {
                let sql = format!("delete from {table} where person_id = $1");
                self.transaction().execute(&sql, vec![id(person.0)]).await?;
            }
        }
        Ok(())
    }
}
