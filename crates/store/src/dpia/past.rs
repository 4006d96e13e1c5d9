//! What an assessment was at an earlier point of the change log: its answers, risks and measures, and what of them is gone.

use super::contents;
use crate::{
    db::{Query, Store},
    error::Result,
    records::{Record, id},
};
use domain::{
    audit::Action,
    dpia::{
        access::{self, Sight},
        assessment::{Assessment, Party},
        edit::FieldState,
        ids::AssessmentId,
        template::Edition,
        version::{MeasureRecord, RiskRecord},
    },
    people::{Actor, Scope},
};
use jiff::civil::Date;
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Map, Value as Json};
use std::collections::BTreeSet;
use uuid::Uuid;

/// An assessment as it stood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Past {
    /// Its title.
    pub title: String,
    /// The modules of the template that were on.
    pub modules: Vec<String>,
    /// The organisations that took part, or were asked to.
    pub parties: Vec<Party>,
    /// The version of the template with which it was written.
    pub template: Edition,
    /// The fields that stood then.
    pub fields: Vec<FieldState>,
    /// Its risks, in the order in which they were written.
    pub risks: Vec<RiskRecord>,
    /// Its measures, in the order in which they were written.
    pub measures: Vec<MeasureRecord>,
}

/// A module of the template that was switched on or off in an assessment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Switched {
    /// Which.
    pub module: String,
    /// It was switched on.
    pub on: bool,
    /// When, milliseconds of UTC.
    pub at: i64,
    /// Who did it, as the log says it.
    pub actor: Option<Actor>,
    /// Why it was switched off.
    pub reasons: String,
}

/// A record of an assessment that can be removed, and brought back: a risk or a measure.
pub trait Item: Record + Clone + Serialize + DeserializeOwned {
    /// Its assessment.
    fn assessment(&self) -> AssessmentId;
}

impl Item for RiskRecord {
    fn assessment(&self) -> AssessmentId {
        self.assessment
    }
}

impl Item for MeasureRecord {
    fn assessment(&self) -> AssessmentId {
        self.assessment
    }
}

/// A state of a risk or a measure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stood<T> {
    /// The place of the change in the log.
    pub sequence: i64,
    /// When, milliseconds of UTC.
    pub at: i64,
    /// Who did it, as the log says it.
    pub actor: Option<Actor>,
    /// What was done: made or brought back, changed, removed.
    pub action: Action,
    /// What it said from then on; of one that was removed, what it said last.
    pub record: T,
}

impl Store {
    /// An assessment as it stood at a point of the change log, for whoever sees all of it. What changed since somebody last looked
    /// is compared with it.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn past(&self, scope: &Scope, today: Date, assessment: AssessmentId, sequence: i64) -> Result<Option<Past>> {
        let Some(head) = self.all_of(scope, today, assessment).await? else { return Ok(None) };
        let entries = entries(self, vec![head.id.0], sequence).await?;
        let stood =
            entries.into_iter().try_fold(head.clone(), |after, entry| before(&after, entry.action, entry.content.as_deref()));
        let Assessment { title, modules, parties, template, .. } = stood.unwrap_or(head);
        Ok(Some(Past {
            title,
            modules,
            parties,
            template,
            fields: rewound(
                self,
                "select content from answer where assessment_id = $1 order by place",
                assessment,
                vec![],
                sequence,
            )
            .await?,
            risks: self.items_at(assessment, sequence).await?,
            measures: self.items_at(assessment, sequence).await?,
        }))
    }

    /// Which modules of the template were switched on and off since an assessment was begun, the newest first, for whoever sees all
    /// of it.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn switched(&self, scope: &Scope, today: Date, assessment: AssessmentId) -> Result<Vec<Switched>> {
        let Some(mut after) = self.all_of(scope, today, assessment).await? else { return Ok(Vec::new()) };
        let mut switched = Vec::new();
        for entry in entries(self, vec![assessment.0], 0).await? {
            // Where it was begun, or an entry was erased, nothing before is known.
            let Some(was) = before(&after, entry.action, entry.content.as_deref()) else { break };
            let changed = was.modules.iter().chain(&after.modules).collect::<BTreeSet<_>>();
            for module in changed.into_iter().filter(|one| was.modules.contains(one) != after.modules.contains(one)) {
                let on = after.modules.contains(module);
                let said = after.declined.iter().find(|said| said.module == *module && !on);
                switched.push(Switched {
                    module: module.clone(),
                    on,
                    at: entry.at,
                    actor: Actor::parse(&entry.actor),
                    reasons: said.map(|said| said.reasons.clone()).unwrap_or_default(),
                });
            }
            after = was;
        }
        Ok(switched)
    }

    /// How many changes of answers, risks and measures, of the title and of what of the template is on, came after a point of the
    /// change log, other than those that whoever asks made themselves.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn changes_since(&self, scope: &Scope, today: Date, assessment: AssessmentId, sequence: i64) -> Result<i64> {
        let Some(mut head) = self.all_of(scope, today, assessment).await? else { return Ok(0) };
        let mut of_head = 0;
        for entry in entries(self, vec![assessment.0], sequence).await? {
            let Some(was) = before(&head, entry.action, entry.content.as_deref()) else { break };
            let differs = was.modules != head.modules || was.title != head.title;
            of_head += i64::from(differs && entry.actor != scope.actor());
            head = was;
        }
        let sql = "select count(*) from change where subject_id in (select id from answer where assessment_id = $1 union all \
                   select id from risk where assessment_id = $1 union all select id from measure where assessment_id = $1) \
                   and sequence > $2 and actor <> $3";
        let row = self.row(sql, vec![id(assessment.0), sequence.into(), scope.actor().into()]).await?;
        let standing: i64 = row.map_or(Ok(0), |row| row.try_get_by_index(0))?;
        let others = |entry: &&(String, i64)| entry.0 != scope.actor() && entry.1 > sequence;
        let mut gone = 0;
        for removed in [
            self.removals::<RiskRecord>(assessment, sequence).await?,
            self.removals::<MeasureRecord>(assessment, sequence).await?,
        ] {
            gone += removed.iter().filter(others).count();
        }
        Ok(standing + of_head + i64::try_from(gone).unwrap_or(i64::MAX))
    }

    /// Every state that a risk or a measure has had, the newest first, for whoever sees all of its assessment.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn item_history<T: Item>(
        &self,
        scope: &Scope,
        today: Date,
        assessment: AssessmentId,
        item: Uuid,
    ) -> Result<Vec<Stood<T>>> {
        if self.all_of(scope, today, assessment).await?.is_none() {
            return Ok(Vec::new());
        }
        let sql = format!("select content from {} where id = $1", T::TABLE);
        let mut state: Option<T> = contents(self, T::TABLE, &sql, vec![id(item)]).await?.into_iter().next();
        let mut states = Vec::new();
        for entry in entries(self, vec![item], 0).await? {
            let content = entry.content.as_deref();
            if entry.action == Action::Delete {
                state = content.and_then(|content| serde_json::from_str(content).ok());
            }
            let Some(record) = state.clone() else { continue };
            state = before(&record, entry.action, content);
            if entry.action == Action::Delete {
                state = Some(record.clone());
            }
            states.push(Stood {
                sequence: entry.sequence,
                at: entry.at,
                actor: Actor::parse(&entry.actor),
                action: entry.action,
                record,
            });
        }
        states.retain(|stood| stood.record.assessment() == assessment);
        Ok(states)
    }

    /// The risks or the measures of an assessment that were removed and not brought back, as they stood last, for whoever sees all
    /// of it.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn removed_items<T: Item>(&self, scope: &Scope, today: Date, assessment: AssessmentId) -> Result<Vec<T>> {
        if self.all_of(scope, today, assessment).await?.is_none() {
            return Ok(Vec::new());
        }
        let sql = format!("select content from {} where assessment_id = $1", T::TABLE);
        let standing: Vec<T> = contents(self, T::TABLE, &sql, vec![id(assessment.0)]).await?;
        let mut removed: Vec<T> = Vec::new();
        for (_, _, record) in removals::<T>(self, assessment, 0).await? {
            let known = standing.iter().chain(&removed).any(|one| one.id() == record.id());
            if !known {
                removed.push(record);
            }
        }
        Ok(removed)
    }

    /// Who removed something of an assessment after a point of the log, and where in it.
    async fn removals<T: Item>(&self, assessment: AssessmentId, after: i64) -> Result<Vec<(String, i64)>> {
        Ok(removals::<T>(self, assessment, after).await?.into_iter().map(|(actor, at, _)| (actor, at)).collect())
    }

    async fn items_at<T: Item>(&self, assessment: AssessmentId, sequence: i64) -> Result<Vec<T>> {
        let gone = removals::<T>(self, assessment, sequence).await?.into_iter().map(|(_, _, record)| record.id()).collect();
        let sql = format!("select content from {} where assessment_id = $1 order by id", T::TABLE);
        rewound(self, &sql, assessment, gone, sequence).await
    }

    /// The head of an assessment, for whoever sees all of it.
    async fn all_of(&self, scope: &Scope, today: Date, assessment: AssessmentId) -> Result<Option<Assessment>> {
        let heads: Vec<Assessment> =
            contents(self, "assessment", "select content from assessment where id = $1", vec![id(assessment.0)]).await?;
        Ok(heads.into_iter().next().filter(|head| access::sight(scope, head, today) == Sight::All))
    }
}

/// What of a kind was removed from an assessment after a point of the log, the newest first: by whom, where in the log, and what
/// it was. The log's index of removals (`0018_removed.sql`) keeps this short.
async fn removals<T: Item>(query: &impl Query, assessment: AssessmentId, after: i64) -> Result<Vec<(String, i64, T)>> {
    let sql = "select actor, sequence, content from change where action = 'delete' and kind = $1 and sequence > $2 \
               order by sequence desc";
    let mut removed = Vec::new();
    for row in query.rows(sql, vec![T::KIND.as_str().into(), after.into()]).await? {
        let (actor, at, content): (String, i64, Option<String>) =
            (row.try_get_by_index(0)?, row.try_get_by_index(1)?, row.try_get_by_index(2)?);
        let record = content.and_then(|content| serde_json::from_str::<T>(&content).ok());
        if let Some(record) = record.filter(|record| record.assessment() == assessment) {
            removed.push((actor, at, record));
        }
    }
    Ok(removed)
}

/// An entry of the log.
struct Entry {
    subject: String,
    sequence: i64,
    at: i64,
    actor: String,
    action: Action,
    content: Option<String>,
}

/// The entries about some records after a point of the log, the newest first.
async fn entries(query: &impl Query, subjects: Vec<Uuid>, after: i64) -> Result<Vec<Entry>> {
    let mut found = Vec::new();
    for batch in subjects.chunks(500) {
        let sql = format!(
            "select subject_id, sequence, at, action, content, actor from change where sequence > $1 and subject_id in ({})",
            crate::write::places(2, batch.len())
        );
        let values = std::iter::once(after.into()).chain(batch.iter().map(|one| id(*one))).collect();
        for row in query.rows(&sql, values).await? {
            let action: String = row.try_get_by_index(3)?;
            // What only happened to a record (an export) left it as it was.
            let Some(action) = Action::parse(&action).filter(|action| *action != Action::Event) else { continue };
            found.push(Entry {
                subject: row.try_get_by_index(0)?,
                sequence: row.try_get_by_index(1)?,
                at: row.try_get_by_index(2)?,
                action,
                content: row.try_get_by_index(4)?,
                actor: row.try_get_by_index(5)?,
            });
        }
    }
    found.sort_by_key(|entry| std::cmp::Reverse(entry.sequence));
    Ok(found)
}

/// The records of a query as they stood at a point of the log, with those that were removed since.
async fn rewound<T: Record + Clone + Serialize + DeserializeOwned>(
    query: &impl Query,
    sql: &str,
    assessment: AssessmentId,
    gone: Vec<Uuid>,
    sequence: i64,
) -> Result<Vec<T>> {
    let standing: Vec<T> = contents(query, T::TABLE, sql, vec![id(assessment.0)]).await?;
    let mut then: Vec<(Uuid, Option<T>)> = standing.into_iter().map(|record| (record.id(), Some(record))).collect();
    for removed in gone {
        if then.iter().all(|(known, _)| *known != removed) {
            then.push((removed, None));
        }
    }
    for entry in entries(query, then.iter().map(|(known, _)| *known).collect(), sequence).await? {
        let Some((_, state)) = then.iter_mut().find(|(known, _)| known.to_string() == entry.subject) else { continue };
        *state = match entry.action {
            Action::Delete => entry.content.and_then(|content| serde_json::from_str(&content).ok()),
            action => state.take().and_then(|after| before(&after, action, entry.content.as_deref())),
        };
    }
    then.sort_by_key(|(known, _)| *known);
    Ok(then.into_iter().filter_map(|(_, state)| state).collect())
}

/// What a record was before a change; none before its first, and where the entry was erased.
pub(super) fn before<T: Serialize + DeserializeOwned>(after: &T, action: Action, content: Option<&str>) -> Option<T> {
    if action != Action::Update {
        return None;
    }
    let Json::Object(mut record) = serde_json::to_value(after).ok()? else { return None };
    let changes: Map<String, Json> = serde_json::from_str(content?).ok()?;
    for (field, change) in changes {
        match change.get(0).cloned().unwrap_or(Json::Null) {
            Json::Null => record.shift_remove(&field),
            was => record.insert(field, was),
        };
    }
    serde_json::from_value(Json::Object(record)).ok()
}
