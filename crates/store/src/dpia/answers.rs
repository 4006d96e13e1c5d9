//! Saving answers while others save, the history of a field, and drafts.

use super::{contents, past::before, work::Work};
use crate::{
    db::{Query, Store},
    error::{Error, Result},
    records::id,
    write::{Write, command::form_was_sent},
};
use domain::{
    audit::Action,
    dpia::{
        access,
        assessment::{Assessment, State},
        edit::{self, Draft, FieldState, Outcome, Refusal, Sent, Setting, Writer},
        ids::AssessmentId,
        place::Place,
        review,
        template::{REVIEW_DATE, Template},
        version::Head,
    },
    people::{PersonId, Scope},
};
use jiff::civil::Date;
use sea_orm::DbBackend;
use uuid::Uuid;

/// How often a save asks again when someone else was faster; each time, somebody's save went through.
const TRIES: usize = 200;

/// How the result of a command says which version of a field it made.
const SAVED: &str = "version ";

/// What came of a save.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::large_enum_variant, reason = "one is made for each save, and looked at at once")]
pub enum Answered {
    /// The assessment, or the field, does not exist for this scope.
    Missing,
    /// Nothing was changed.
    Refused(Refusal),
    /// It was done; see there how.
    Done(Outcome),
    /// The same command was done before.
    Repeated,
}

/// What is done with a field.
#[derive(Clone, Debug)]
pub enum Change<'a> {
    /// Saves what was sent.
    Save(Sent),
    /// Settles one of its clashes, at the version that was looked at.
    Settle {
        /// The version.
        seen: u32,
        /// The place of the text that clashes among those that do, counted from 0.
        which: usize,
        /// The answer.
        answer: Option<domain::dpia::answer::Answer>,
        /// Whether it is called complete.
        complete: bool,
    },
    /// Goes back to an earlier version.
    Restore {
        /// The version that was looked at.
        seen: u32,
        /// The version to go back to.
        to: u32,
    },
    /// Takes an answer over.
    TakeOver {
        /// The version that was looked at.
        seen: u32,
        /// The answer.
        answer: domain::dpia::answer::Answer,
        /// From where, in words.
        from: &'a str,
    },
    /// Says that what a review asked to look at again still holds, at the version that was looked at.
    Confirm {
        /// The version.
        seen: u32,
    },
}

impl Store {
    /// Changes an answer. What stands, and what stood where the writer began, are read in the writing transaction; where
    /// someone else was faster, the domain is asked once more.
    ///
    /// # Errors
    /// When the database fails.
    #[allow(clippy::too_many_arguments)]
    pub async fn answer(
        &self,
        scope: &Scope,
        at: i64,
        today: Date,
        template: &Template,
        assessment: AssessmentId,
        place: &Place,
        change: &Change<'_>,
        command: Option<Uuid>,
    ) -> Result<Answered> {
        for _ in 0..TRIES {
            match self.try_answer(scope, at, today, template, assessment, place, change, command).await {
                Err(Error::Conflict(..)) => {}
                // Two people began the same field at once: one of the two found the place taken.
                Err(Error::Database(error))
                    if !self.is_sqlite() && error.to_string().contains("answer_assessment_id_place_key") => {}
                other => return other,
            }
        }
        Err(Error::Refused("this answer is being changed by too many people at once: try again".to_owned()))
    }

    #[allow(clippy::too_many_arguments)]
    async fn try_answer(
        &self,
        scope: &Scope,
        at: i64,
        today: Date,
        template: &Template,
        assessment: AssessmentId,
        place: &Place,
        change: &Change<'_>,
        command: Option<Uuid>,
    ) -> Result<Answered> {
        let Some((section, field)) = template.find(&place.field) else { return Ok(Answered::Missing) };
        let mut write = self.write(scope, at).await?;
        // The assessment's own day of the next review changes with the answer that says it.
        let how = if place.field == REVIEW_DATE { "update" } else { "share" };
        let Some(head) = locked(&write, assessment, how).await? else { return Ok(Answered::Missing) };
        if head.template.urn != template.edition.urn || !access::sight(scope, &head, today).reads(place.part, &section.id) {
            return Ok(Answered::Missing);
        }
        if let Some(command) = command
            && write.command(command).await?.is_some()
        {
            return Ok(Answered::Repeated);
        }
        let Some(member) = scope.member() else { return Err(Error::Forbidden) };
        let writer = Writer { person: member.person, organisation: member.acting_for, at };
        let setting = Setting {
            state: head.state,
            signed: field.signed,
            may_write: access::writes(scope, &head, place.part, &section.id, today),
            annex_open: annex_open(&write, &head, place).await?,
        };
        let sent = match change {
            Change::Save(sent) => sent.answer.as_ref(),
            Change::Settle { answer, .. } => answer.as_ref(),
            Change::TakeOver { answer, .. } => Some(answer),
            Change::Restore { .. } | Change::Confirm { .. } => None,
        };
        if sent.is_some_and(|answer| field.accepts(answer).is_err()) {
            return Ok(Answered::Refused(Refusal::WrongKind));
        }
        let stands = standing(write.transaction(), assessment, place).await?;
        let now = stands.clone().unwrap_or_else(|| FieldState::blank(Uuid::now_v7(), assessment, place.clone(), writer));
        let outcome = match change {
            Change::Save(sent) => {
                // What the same form saved before, with other words, is where its writer went on from: nobody clashes with
                // themselves because a reply never came.
                let went_on = write.sent_before().and_then(|said| said.strip_prefix(SAVED)?.parse().ok());
                let from = went_on.filter(|version| (sent.from..=now.version).contains(version)).unwrap_or(sent.from);
                let sent = Sent { from, ..sent.clone() };
                let base = match (&stands, sent.from) {
                    (Some(now), from) if from < now.version => {
                        earlier(write.transaction(), now, from).await?.and_then(|state| state.answer)
                    }
                    (Some(now), _) => now.answer.clone(),
                    (None, _) => None,
                };
                edit::save(setting, &now, base.as_ref(), sent, writer)
            }
            Change::Settle { seen, which, answer, complete } => {
                edit::settle(setting, &now, *seen, *which, answer.clone(), *complete, writer).map(Outcome::Saved)
            }
            Change::Restore { seen, to } => match earlier(write.transaction(), &now, *to).await? {
                Some(state) => edit::restore(setting, &now, *seen, &state, writer),
                None => Err(Refusal::UnknownVersion),
            },
            Change::TakeOver { seen, answer, from } => edit::take_over(setting, &now, *seen, answer.clone(), from, writer),
            Change::Confirm { seen } => edit::confirm_one(setting, &now, *seen, writer),
        };
        let outcome = match outcome {
            Ok(outcome) => outcome,
            Err(refusal) => return Ok(Answered::Refused(refusal)),
        };
        if let Some(state) = outcome.state().filter(|state| state.version > now.version) {
            let asked = template.review_date(head.lead).is_some_and(|day| day == *place) && state.answer != now.answer;
            let review_on = match review::follows(&head, state.answer.as_ref(), today) {
                Ok(on) => on.filter(|_| asked),
                Err(refusal) if asked => return Ok(Answered::Refused(Refusal::Review(refusal))),
                Err(_) => None,
            };
            let mut state = state.clone();
            match &stands {
                Some(before) => {
                    write.update(before, &mut state).await?;
                }
                None => write.create(std::slice::from_mut(&mut state)).await?,
            }
            if let Some(on) = review_on {
                write = Work::review_follows(write, scope, today, assessment, on).await?;
            }
        }
        let sql = "delete from dpia_draft where assessment_id = $1 and place = $2 and person_id = $3";
        let values = vec![id(assessment.0), place.to_string().into(), id(member.person.0)];
        write.transaction().execute(sql, values).await?;
        if let Some(command) = command {
            let said = match &outcome {
                Outcome::Saved(state) => format!("{SAVED}{}", state.version),
                _ => "done".to_owned(),
            };
            write.answered(command, &said).await?;
        }
        write.commit().await?;
        Ok(Answered::Done(outcome))
    }

    /// Every state that a field has had, the newest first, for whoever may read the field.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn answer_history(
        &self,
        scope: &Scope,
        today: Date,
        template: &Template,
        assessment: AssessmentId,
        place: &Place,
    ) -> Result<Vec<FieldState>> {
        if !self.may_read_field(scope, today, template, assessment, place).await? {
            return Ok(Vec::new());
        }
        match standing(self, assessment, place).await? {
            Some(now) => backwards(self, &now, None).await,
            None => Ok(Vec::new()),
        }
    }

    /// What a field was at a version, for whoever may read it.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn answer_at(
        &self,
        scope: &Scope,
        today: Date,
        template: &Template,
        assessment: AssessmentId,
        place: &Place,
        version: u32,
    ) -> Result<Option<FieldState>> {
        if !self.may_read_field(scope, today, template, assessment, place).await? {
            return Ok(None);
        }
        match standing(self, assessment, place).await? {
            Some(now) => earlier(self, &now, version).await,
            None => Ok(None),
        }
    }

    /// Keeps what somebody is typing; not what was typed before `sent`, where that form was sent meanwhile and saved. It is no
    /// change: nobody else sees it, and the log does not hold it.
    ///
    /// # Errors
    /// [`Error::Forbidden`] for anyone but a person; when the database fails.
    pub async fn keep_draft(
        &self,
        scope: &Scope,
        today: Date,
        template: &Template,
        draft: &Draft,
        sent: Option<Uuid>,
    ) -> Result<bool> {
        let person = scope.person().filter(|person| *person == draft.person && scope.may_write()).ok_or(Error::Forbidden)?;
        let asked = template.field(&draft.place.field).is_some();
        if !asked || !self.may_read_field(scope, today, template, draft.assessment, &draft.place).await? {
            return Ok(false);
        }
        let content = serde_json::to_string(draft).unwrap_or_default();
        let transaction = self.begin().await?;
        if let Some(command) = sent
            && form_was_sent(&transaction, person, command).await?
        {
            return Ok(false);
        }
        let sql = "insert into dpia_draft (assessment_id, place, person_id, content, at) values ($1, $2, $3, $4, $5) \
                   on conflict (assessment_id, place, person_id) do update set content = excluded.content, at = excluded.at";
        let values = vec![id(draft.assessment.0), draft.place.to_string().into(), id(person.0), content.into(), draft.at.into()];
        transaction.execute(sql, values).await?;
        transaction.commit().await?;
        Ok(true)
    }

    /// The draft that a person left in a field.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn draft(&self, scope: &Scope, assessment: AssessmentId, place: &Place) -> Result<Option<Draft>> {
        let Some(PersonId(person)) = scope.person() else { return Ok(None) };
        let sql = "select content from dpia_draft where assessment_id = $1 and place = $2 and person_id = $3";
        let values = vec![id(assessment.0), place.to_string().into(), id(person)];
        Ok(contents(self, "dpia_draft", sql, values).await?.into_iter().next())
    }

    /// Every answer that whoever asks typed and did not save.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn unsaved_answers(&self, scope: &Scope) -> Result<Vec<Draft>> {
        let Some(PersonId(person)) = scope.person() else { return Ok(Vec::new()) };
        let sql = "select content from dpia_draft where person_id = $1 order by at desc, place";
        contents(self, "dpia_draft", sql, vec![id(person)]).await
    }

    /// Forgets a draft.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn drop_draft(&self, scope: &Scope, assessment: AssessmentId, place: &Place) -> Result<()> {
        let Some(PersonId(person)) = scope.person() else { return Ok(()) };
        let transaction = self.begin().await?;
        let sql = "delete from dpia_draft where assessment_id = $1 and place = $2 and person_id = $3";
        transaction.execute(sql, vec![id(assessment.0), place.to_string().into(), id(person)]).await?;
        transaction.commit().await
    }

    async fn may_read_field(
        &self,
        scope: &Scope,
        today: Date,
        template: &Template,
        assessment: AssessmentId,
        place: &Place,
    ) -> Result<bool> {
        let heads: Vec<Assessment> =
            contents(self, "assessment", "select content from assessment where id = $1", vec![id(assessment.0)]).await?;
        let section = template.find(&place.field).map(|(section, _)| section.id.as_str());
        let Some(sight) = heads.first().map(|head| access::sight(scope, head, today)) else { return Ok(false) };
        // What the template has no more is kept for whoever sees all.
        Ok(section.map_or(sight == access::Sight::All, |section| sight.reads(place.part, section)))
    }
}

/// The assessment, its row locked until the transaction ends: `share` lets others save answers, `update` lets nobody. SQLite's
/// writer holds the whole database.
pub(crate) async fn locked(write: &Write, assessment: AssessmentId, how: &str) -> Result<Option<Assessment>> {
    let lock = if write.transaction().backend() == DbBackend::Postgres { format!(" for {how}") } else { String::new() };
    let sql = format!("select content from assessment where id = $1{lock}");
    Ok(contents(write.transaction(), "assessment", &sql, vec![id(assessment.0)]).await?.into_iter().next())
}

async fn standing(query: &impl Query, assessment: AssessmentId, place: &Place) -> Result<Option<FieldState>> {
    let sql = "select content from answer where assessment_id = $1 and place = $2";
    Ok(contents(query, "answer", sql, vec![id(assessment.0), place.to_string().into()]).await?.into_iter().next())
}

/// Whether the annex of a place is open although the rest is frozen or signed.
async fn annex_open(write: &Write, head: &Assessment, place: &Place) -> Result<bool> {
    let Some(organisation) = place.part.organisation().filter(|_| head.state != State::Drafting) else { return Ok(false) };
    let frozen: Option<Head> = match head.frozen {
        Some(version) => {
            let sql = "select head from version where id = $1";
            contents(write.transaction(), "version", sql, vec![id(version.0)]).await?.into_iter().next()
        }
        None => None,
    };
    Ok(head.annex_open(organisation, frozen.as_ref().map(|version| &version.seals)))
}

/// What a field was at an earlier version.
async fn earlier(query: &impl Query, now: &FieldState, version: u32) -> Result<Option<FieldState>> {
    Ok(backwards(query, now, Some(version)).await?.into_iter().find(|state| state.version == version))
}

/// The states of a field, the newest first, from what the change log says of each change; back to a version where one is given.
pub(super) async fn backwards(query: &impl Query, now: &FieldState, to: Option<u32>) -> Result<Vec<FieldState>> {
    let sql = "select action, content from change where subject_id = $1 order by sequence desc limit $2";
    let steps = to.map_or(i64::MAX, |to| i64::from(now.version.saturating_sub(to)) + 1);
    let rows = query.rows(sql, vec![id(now.id), steps.into()]).await?;
    let mut states = vec![now.clone()];
    for row in rows {
        let (action, content): (String, Option<String>) = (row.try_get_by_index(0)?, row.try_get_by_index(1)?);
        let Some(action) = Action::parse(&action) else { break };
        let Some(state) = states.last().and_then(|state| before(state, action, content.as_deref())) else { break };
        states.push(state);
    }
    Ok(states)
}
