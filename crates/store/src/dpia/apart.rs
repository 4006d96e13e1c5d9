//! What is no record of the change log: who is here, when somebody last looked, who is away; and people's tasks across
//! assessments.

use super::contents;
use crate::{
    db::Store,
    error::{Error, Result},
    records::{Record as _, id},
    write::places,
};
use domain::{
    dpia::{
        access::sight,
        assessment::Assessment,
        ids::AssessmentId,
        presence::{FOR, Presence},
        task::{Absence, Task},
    },
    people::Scope,
};
use jiff::civil::Date;
use sea_orm::Value;

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

    /// Notes that a person has looked at an assessment as it stands.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn looked(&self, scope: &Scope, at: i64, assessment: AssessmentId) -> Result<()> {
        let Some(person) = scope.person() else { return Ok(()) };
        let sequence = self.sequence().await?;
        let transaction = self.begin().await?;
        let sql = "insert into dpia_seen (assessment_id, person_id, sequence, at) values ($1, $2, $3, $4) \
                   on conflict (assessment_id, person_id) do update set sequence = excluded.sequence, at = excluded.at";
        transaction.execute(sql, vec![id(assessment.0), id(person.0), sequence.into(), at.into()]).await?;
        transaction.commit().await
    }

    /// The open tasks that can concern a person: with them, with whoever they stand in for, with roles at their organisations.
    /// [`domain::dpia::task::work`] sorts out which are theirs.
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

    /// Says that a person is away, and who sees to their work; takes the place of what was said before for that organisation.
    ///
    /// # Errors
    /// [`Error::Forbidden`] for anybody else; when the database fails.
    pub async fn away(&self, scope: &Scope, absence: &Absence) -> Result<()> {
        let person = scope.person().filter(|person| *person == absence.person && scope.may_write()).ok_or(Error::Forbidden)?;
        let transaction = self.begin().await?;
        let sql = "insert into absence (person_id, organisation_id, content, until) values ($1, $2, $3, $4) \
                   on conflict (person_id, organisation_id) do update set content = excluded.content, until = excluded.until";
        let content = serde_json::to_string(absence).unwrap_or_default();
        let values = vec![id(person.0), id(absence.organisation.0), content.into(), absence.until.to_string().into()];
        transaction.execute(sql, values).await?;
        transaction.commit().await
    }

    /// Says that a person is back.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn back(&self, scope: &Scope) -> Result<()> {
        let Some(person) = scope.person() else { return Ok(()) };
        let transaction = self.begin().await?;
        transaction.execute("delete from absence where person_id = $1", vec![id(person.0)]).await?;
        transaction.commit().await
    }

    /// Who is away on a day, of those whose work the scope may see: at the person's own organisations.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn absences(&self, scope: &Scope, today: Date) -> Result<Vec<Absence>> {
        let sql = "select content from absence where until >= $1";
        let mut absences: Vec<Absence> = contents(self, "absence", sql, vec![today.to_string().into()]).await?;
        absences
            .retain(|absence| scope.is_server() || scope.member().is_some_and(|member| member.belongs_to(absence.organisation)));
        Ok(absences)
    }
}
