//! What is no record of the change log: who is here, when somebody last looked, who is away; and people's tasks across
//! assessments.

use super::{contents, load::server};
use crate::{
    db::Store,
    error::{Error, Result},
    records::{Record as _, id},
    write::places,
};
use domain::{
    audit::Kind,
    dpia::{
        access::sight,
        assessment::Assessment,
        ids::AssessmentId,
        looks::{Looks, Seen},
        presence::{FOR, Presence},
        task::{Absence, Away, Task},
    },
    people::{Membership, PersonId, Scope},
    register::ids::OrganisationId,
};
use jiff::civil::Date;
use sea_orm::Value;
use serde_json::json;
use uuid::Uuid;

impl Store {
    /// Says that somebody is here, and gives the signs of everyone who is. A sign that is fresh is not written again: opening page
    /// after page costs no write each.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn here(&self, scope: &Scope, today: Date, sign: &Presence) -> Result<Vec<Presence>> {
        let Some(person) = scope.person().filter(|person| *person == sign.person) else { return Ok(Vec::new()) };
        let sql = "select content from assessment where id = $1";
        let heads: Vec<Assessment> = contents(self, "assessment", sql, vec![id(sign.assessment.0)]).await?;
        if !heads.first().is_some_and(|head| sight(scope, head, today).reads_any()) {
            return Ok(Vec::new());
        }
        let sql = "select content from dpia_presence where assessment_id = $1 and at > $2";
        let mut signs: Vec<Presence> =
            contents(self, "dpia_presence", sql, vec![id(sign.assessment.0), (sign.at - FOR).into()]).await?;
        let fresh = |one: &Presence| {
            one.person == person && one.place == sign.place && one.writing == sign.writing && sign.at - one.at < FOR / 4
        };
        if signs.iter().any(fresh) {
            return Ok(signs);
        }
        let content = serde_json::to_string(sign).unwrap_or_default();
        let transaction = self.begin().await?;
        let sql = "insert into dpia_presence (assessment_id, person_id, content, at) values ($1, $2, $3, $4) \
                   on conflict (assessment_id, person_id) do update set content = excluded.content, at = excluded.at";
        transaction.execute(sql, vec![id(sign.assessment.0), id(person.0), content.into(), sign.at.into()]).await?;
        transaction.execute("delete from dpia_presence where at < $1", vec![(sign.at - 10 * FOR).into()]).await?;
        transaction.commit().await?;
        signs.retain(|one| one.person != person);
        signs.push(sign.clone());
        Ok(signs)
    }

    /// Where the change log stood, and when, as a person last looked at an assessment.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn last_looked(&self, scope: &Scope, assessment: AssessmentId) -> Result<Option<(i64, i64)>> {
        let Some(person) = scope.person() else { return Ok(None) };
        let sql = "select sequence, at from dpia_seen where assessment_id = $1 and person_id = $2";
        let row = self.row(sql, vec![id(assessment.0), id(person.0)]).await?;
        row.map(|row| Ok::<_, Error>((row.try_get_by_index(0)?, row.try_get_by_index(1)?))).transpose()
    }

    /// Notes that a person has seen everything of an assessment as it stands.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn looked(&self, scope: &Scope, at: i64, assessment: AssessmentId) -> Result<()> {
        let Some(person) = scope.person() else { return Ok(()) };
        let now = Seen { sequence: self.sequence().await?, at };
        self.keep_looks(person, assessment, Looks::all(now)).await
    }

    /// Notes that a person looks at an assessment; gives from where 'since you last looked' is counted, as
    /// [`Store::last_looked`] does: none at the first look.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn look(&self, scope: &Scope, at: i64, assessment: AssessmentId) -> Result<Option<(i64, i64)>> {
        let Some(person) = scope.person() else { return Ok(None) };
        let sql = "select sequence, at, latest_sequence, latest_at from dpia_seen where assessment_id = $1 and person_id = $2";
        let row = self.row(sql, vec![id(assessment.0), id(person.0)]).await?;
        let known = row
            .map(|row| {
                let int = |column| row.try_get_by_index::<i64>(column);
                let before = Seen { sequence: int(0)?, at: int(1)? };
                Ok::<_, Error>(Looks { before, latest: Seen { sequence: int(2)?, at: int(3)? } })
            })
            .transpose()?;
        let now = Seen { sequence: self.sequence().await?, at };
        if !Looks::worth(known, now) {
            return Ok(known.map(|known| (known.before.sequence, known.before.at)));
        }
        let looks = known.map_or(Looks::all(now), |known| known.look(now));
        self.keep_looks(person, assessment, looks).await?;
        Ok(known.map(|_| (looks.before.sequence, looks.before.at)))
    }

    async fn keep_looks(&self, person: PersonId, assessment: AssessmentId, looks: Looks) -> Result<()> {
        let transaction = self.begin().await?;
        let sql = "insert into dpia_seen (assessment_id, person_id, sequence, at, latest_sequence, latest_at) \
                   values ($1, $2, $3, $4, $5, $6) on conflict (assessment_id, person_id) do update set sequence = excluded.sequence, \
                   at = excluded.at, latest_sequence = excluded.latest_sequence, latest_at = excluded.latest_at";
        let values = vec![
            id(assessment.0),
            id(person.0),
            looks.before.sequence.into(),
            looks.before.at.into(),
            looks.latest.sequence.into(),
            looks.latest.at.into(),
        ];
        transaction.execute(sql, values).await?;
        transaction.commit().await
    }

    /// The open tasks that can concern a person: with them, with whoever they stand in for, with roles at their organisations.
    /// [`domain::dpia::task::work()`] sorts out which are theirs.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn open_tasks(&self, scope: &Scope) -> Result<Vec<Task>> {
        let Some(member) = scope.member() else {
            return if scope.is_server() {
                contents(self, "task", "select content from task where open = $1 order by id", vec![true.into()]).await
            } else {
                Ok(Vec::new())
            };
        };
        let organisations: Vec<Value> = member.standings.iter().map(|standing| id(standing.organisation.0)).collect();
        let list = if organisations.is_empty() { "null".to_owned() } else { places(3, organisations.len()) };
        let sql =
            format!("select content from task where open = $1 and (person_id = $2 or organisation_id in ({list})) order by id");
        let values = [true.into(), id(member.person.0)].into_iter().chain(organisations).collect();
        let mut tasks: Vec<Task> = contents(self, "task", &sql, values).await?;
        tasks.retain(|task| task.visible_to(scope));
        Ok(tasks)
    }

    /// The tasks of an assessment, for whoever may see everything of it.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn tasks_of(&self, scope: &Scope, today: Date, assessment: AssessmentId) -> Result<Vec<Task>> {
        let heads: Vec<Assessment> =
            contents(self, "assessment", "select content from assessment where id = $1", vec![id(assessment.0)]).await?;
        if !heads.first().is_some_and(|head| sight(scope, head, today).sees_sign_off()) {
            return Ok(Vec::new());
        }
        contents(self, "task", "select content from task where assessment_id = $1 order by id", vec![id(assessment.0)]).await
    }

    /// Says that a person is away, and who sees to their work; takes the place of what was said before for that organisation. The
    /// command's repeat changes nothing.
    ///
    /// # Errors
    /// [`Error::Forbidden`] for anybody else; when the database fails.
    pub async fn away(&self, scope: &Scope, at: i64, absence: &Absence, command: Uuid) -> Result<()> {
        let person = scope.person().filter(|person| *person == absence.person).ok_or(Error::Forbidden)?;
        let mut write = self.write(scope, at).await?;
        if write.command(command).await?.is_some() {
            return Ok(());
        }
        let sql = "insert into absence (person_id, organisation_id, content, until) values ($1, $2, $3, $4) \
                   on conflict (person_id, organisation_id) do update set content = excluded.content, until = excluded.until";
        let content = serde_json::to_string(absence).unwrap_or_default();
        let values = vec![id(person.0), id(absence.organisation.0), content.into(), absence.until.to_string().into()];
        write.transaction().execute(sql, values).await?;
        let said = json!({ "away": { "to": absence.to, "from": absence.from, "until": absence.until } });
        write.event(Kind::Person, person.0, Some(absence.organisation.0), &said).await?;
        write.answered(command, "done").await?;
        write.commit().await?;
        Ok(())
    }

    /// Says that a person is back, or stays after all, at an organisation.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn back(&self, scope: &Scope, at: i64, organisation: OrganisationId) -> Result<()> {
        let Some(person) = scope.person() else { return Ok(()) };
        let mut write = self.write(scope, at).await?;
        let sql = "delete from absence where person_id = $1 and organisation_id = $2";
        let done = write.transaction().execute(sql, vec![id(person.0), id(organisation.0)]).await?;
        if done.rows_affected() > 0 {
            write.event(Kind::Person, person.0, Some(organisation.0), &json!({ "back": true })).await?;
        }
        write.commit().await?;
        Ok(())
    }

    /// Who is away on a day or will be, of those whose work the scope may see: at the person's own organisations. Each with the
    /// roles that they hold there now.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn absences(&self, scope: &Scope, today: Date) -> Result<Vec<Away>> {
        let sql = "select content from absence where until >= $1 order by person_id, organisation_id";
        let mut absences: Vec<Absence> = contents(self, "absence", sql, vec![today.to_string().into()]).await?;
        absences
            .retain(|absence| scope.is_server() || scope.member().is_some_and(|member| member.belongs_to(absence.organisation)));
        let mut away = Vec::with_capacity(absences.len());
        for absence in absences {
            let places: Vec<Membership> = self.by(&server(), "person_id", absence.person.0.to_string()).await?;
            let there = places.into_iter().find(|place| place.organisation == absence.organisation && place.active());
            // Somebody who has left hands nothing over.
            away.extend(there.map(|place| Away { absence, roles: place.roles }));
        }
        Ok(away)
    }
}
