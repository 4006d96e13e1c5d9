//! One assessment held for writing: nobody else writes in it until this is committed or dropped. What is to be done is decided
//! in `domain` over what is held; here it becomes durable.
//!
//! | module | what lives there |
//! |---|---|
//! | [`moves`] | the workflow's moves |
//! | [`tasks`] | tasks that follow from them |
//! | [`succession`] | moving to a new version of the template |

mod moves;
mod succession;
mod tasks;

use super::{answers::locked, contents, load};
use crate::{
    db::Store,
    error::{Error, Result},
    records::{Record, id},
    write::{Committed, Write},
};
use domain::{
    dpia::{
        access::{Sight, sight},
        advice::Recommendation,
        assessment::{Assessment, State},
        comment::Comment,
        edit::{self, Writer},
        ico::{self, Consultation, IcoOutcome},
        ids::{AssessmentId, SignatureId, VersionId},
        place::Place,
        publication::Publication,
        review, sign_off,
        task::Task,
        template::Template,
        version::{Head, MeasureRecord, RiskRecord, Version},
        whole::Whole,
        workflow,
    },
    people::Scope,
    register::ids::OrganisationId,
};
use jiff::civil::Date;
use std::collections::BTreeSet;
use uuid::Uuid;

/// Days within which a signature is asked for.
const SIGN_WITHIN: i64 = 14;

/// An assessment, held.
pub struct Work {
    write: Write,
    scope: Scope,
    today: Date,
    /// The assessment with what belongs to it. Whoever holds it may see all of it; the pages ask [`Whole::sight`].
    pub whole: Whole,
    tasks: Vec<Task>,
}

/// What a person sends with a move.
#[derive(Clone, Debug, Default)]
pub struct Moving<'a> {
    /// Reasons.
    pub reasons: &'a str,
    /// The date of the next review.
    pub review_on: Option<Date>,
    /// The assessment that takes its place.
    pub successor: Option<AssessmentId>,
    /// A name for the version that is frozen.
    pub name: &'a str,
    /// For a signature: for whom, which step and decision, by id.
    pub sign: Option<(OrganisationId, &'a str, &'a str)>,
    /// The Commissioner's answer: its day, what it comes to, its words.
    pub answer: Option<(Date, IcoOutcome, &'a str)>,
    /// The day on which the pack was sent to the Commissioner.
    pub sent: Option<Date>,
}

/// Why a move was not made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refused {
    /// The workflow does not have it, or something must hold first.
    Move(workflow::Refusal),
    /// It cannot be signed.
    Sign(sign_off::Refusal),
    /// The consultation does not allow it.
    Consultation(ico::Refusal),
    /// The review date is not taken.
    Review(review::Refusal),
}

/// What a move did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moved {
    /// Where the assessment stands now.
    pub state: State,
    /// The version that was made.
    pub version: Option<VersionId>,
    /// The signature that was written.
    pub signature: Option<SignatureId>,
}

impl Store {
    /// Holds an assessment for writing; none where the scope may see nothing of it.
    ///
    /// # Errors
    /// [`Error::Forbidden`] for a scope that may not write; when the database fails.
    pub async fn work(&self, scope: &Scope, at: i64, today: Date, assessment: AssessmentId) -> Result<Option<Work>> {
        let write = self.write(scope, at).await?;
        let Some(head) = locked(&write, assessment, "update").await? else { return Ok(None) };
        let sight = sight(scope, &head, today);
        if sight == Sight::Nothing {
            return Ok(None);
        }
        let Some(mut whole) = load::whole(write.transaction(), assessment).await? else { return Ok(None) };
        whole.sight = sight;
        let sql = "select content from task where assessment_id = $1 order by id";
        let tasks = contents(write.transaction(), "task", sql, vec![id(assessment.0)]).await?;
        Ok(Some(Work { write, scope: scope.clone(), today, whole, tasks }))
    }

    /// Begins an assessment. Its number is the year and the next number of that year.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn begin_assessment(
        &self,
        scope: &Scope,
        at: i64,
        today: Date,
        mut assessment: Assessment,
        command: Option<Uuid>,
    ) -> Result<Assessment> {
        let mut write = self.write(scope, at).await?;
        if let Some(command) = command
            && let Some(done) = write.command(command).await?
        {
            let known = done.parse().map_err(|_| Error::Missing("assessment", done.clone()))?;
            let found = contents::<Assessment>(
                write.transaction(),
                "assessment",
                "select content from assessment where id = $1",
                vec![id(known)],
            )
            .await?;
            return found.into_iter().next().ok_or_else(|| Error::Missing("assessment", done));
        }
        assessment.number = next_number(&mut write, today).await?;
        assessment.created_at = at;
        assessment.state_since = at;
        write.create(std::slice::from_mut(&mut assessment)).await?;
        if let Some(command) = command {
            write.answered(command, &assessment.id.to_string()).await?;
        }
        write.commit().await?;
        Ok(assessment)
    }
}

/// The next number of a year, as `2026-118`.
pub(super) async fn next_number(write: &mut Write, today: Date) -> Result<String> {
    let year = today.year();
    // The setting's row is the lock under which numbers are given.
    let name = format!("dpia.number.{year}");
    let sql = "insert into setting (name, value) values ($1, '1') on conflict (name) do update set value = cast(cast(setting.value as integer) + 1 as text)";
    write.transaction().execute(sql, vec![name.clone().into()]).await?;
    let row = write.transaction().row("select value from setting where name = $1", vec![name.into()]).await?;
    let number: String = row.map(|row| row.try_get_by_index(0)).transpose()?.unwrap_or_default();
    Ok(format!("{year}-{number}"))
}

impl Work {
    /// When this is written, milliseconds of UTC.
    #[must_use]
    pub fn at(&self) -> i64 {
        self.write.at()
    }

    /// The tasks of the assessment.
    #[must_use]
    pub fn tasks(&self) -> &[Task] {
        &self.tasks
    }

    /// Whether a command was done before; then its result, and nothing more is to be done.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn command(&mut self, command: Uuid) -> Result<Option<String>> {
        self.write.command(command).await
    }

    /// Keeps the result of a command.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn answered(&mut self, command: Uuid, result: &str) -> Result<()> {
        self.write.answered(command, result).await
    }

    /// Makes everything durable.
    ///
    /// # Errors
    /// When the database does not confirm; nothing was written then.
    pub async fn commit(self) -> Result<Committed> {
        self.write.commit().await
    }

    /// Stores the assessment's head as it was changed: title, parties, guests, dates.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn change_head(&mut self, mut after: Assessment) -> Result<()> {
        self.write.update(&self.whole.assessment, &mut after).await?;
        self.whole.assessment = after;
        Ok(())
    }

    /// Stores a new comment, or a changed one.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn put_comment(&mut self, comment: Comment) -> Result<()> {
        put(&mut self.write, &mut self.whole.comments, comment).await
    }

    /// Stores a new recommendation, or a changed one.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn put_recommendation(&mut self, recommendation: Recommendation) -> Result<()> {
        put(&mut self.write, &mut self.whole.recommendations, recommendation).await
    }

    /// Stores a new risk, or a changed one.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn put_risk(&mut self, risk: RiskRecord) -> Result<()> {
        put(&mut self.write, &mut self.whole.risks, risk).await
    }

    /// Removes a risk; measures that acted on it alone stay, without it. The change log keeps what it was.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn remove_risk(&mut self, risk: &RiskRecord) -> Result<()> {
        for measure in self.whole.measures.clone().into_iter().filter(|one| one.measure.risks.contains(&risk.id())) {
            let mut after = measure;
            after.measure.risks.retain(|one| *one != risk.id());
            self.put_measure(after).await?;
        }
        self.write.delete(std::slice::from_ref(risk)).await?;
        self.whole.risks.retain(|one| one.id() != risk.id());
        Ok(())
    }

    /// Stores a new measure, or a changed one.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn put_measure(&mut self, measure: MeasureRecord) -> Result<()> {
        put(&mut self.write, &mut self.whole.measures, measure).await
    }

    /// Removes a measure. The change log keeps what it was.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn remove_measure(&mut self, measure: &MeasureRecord) -> Result<()> {
        self.write.delete(std::slice::from_ref(measure)).await?;
        self.whole.measures.retain(|one| one.id() != measure.id());
        Ok(())
    }

    /// Stores a new consultation, or a changed one.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn put_consultation(&mut self, consultation: Consultation) -> Result<()> {
        put(&mut self.write, &mut self.whole.consultations, consultation).await
    }

    /// Stores a new task, or a changed one.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn put_task(&mut self, task: Task) -> Result<()> {
        put(&mut self.write, &mut self.tasks, task).await
    }

    /// Stores a new publication, or a changed one.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn put_publication(&mut self, publication: Publication) -> Result<()> {
        let sql = "select content from publication where id = $1";
        let mut known: Vec<Publication> =
            contents(self.write.transaction(), "publication", sql, vec![id(publication.id.0)]).await?;
        put(&mut self.write, &mut known, publication).await
    }

    /// Marks fields as ones to look at again, as a review does. Says how many were complete.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn reopen_fields(&mut self, places: &BTreeSet<Place>, why: &str, writer: Writer) -> Result<usize> {
        let mut reopened = 0;
        for field in self.whole.fields.iter_mut().filter(|field| places.contains(&field.place)) {
            if let Some(mut after) = edit::reopen(field, why, writer) {
                self.write.update(field, &mut after).await?;
                *field = after;
                reopened += 1;
            }
        }
        Ok(reopened)
    }

    /// Keeps what the assessment says as a version with a name.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn make_version(&mut self, template: &Template, name: &str, frozen: bool) -> Result<VersionId> {
        let Some(member) = self.scope.member() else { return Err(Error::Forbidden) };
        let number = self.whole.versions.iter().map(|version| version.number).max().unwrap_or(0) + 1;
        let content = self.whole.snapshot();
        let version = Version {
            id: VersionId(Uuid::now_v7()),
            assessment: self.whole.assessment.id,
            number,
            name: name.trim().to_owned(),
            frozen,
            seals: content.seals(self.whole.assessment.controllers(), &|field| template.signed(field)),
            content,
            by: member.person,
            organisation: member.acting_for,
            at: self.write.at(),
        };
        let head: Head = version.head();
        self.write.create(&mut [version]).await?;
        self.whole.versions.push(head.clone());
        Ok(head.id)
    }
}

/// Stores a record: a new one where none of the known has its id, else the changed one.
async fn put<R: Record>(write: &mut Write, known: &mut Vec<R>, mut record: R) -> Result<()> {
    match known.iter_mut().find(|one| one.id() == record.id()) {
        Some(before) => {
            write.update(before, &mut record).await?;
            *before = record;
        }
        None => {
            write.create(std::slice::from_mut(&mut record)).await?;
            known.push(record);
        }
    }
    Ok(())
}
