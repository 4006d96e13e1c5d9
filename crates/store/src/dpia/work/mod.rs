//! One assessment held for writing: nobody else writes in it until this is committed or dropped. What is to be done is decided
//! in `domain` over what is held; here it becomes durable.
//!
//! | module | what lives there |
//! |---|---|
//! | [`moves`] | making a move of the workflow |
//! | `consultations` | the Commissioner is asked, and answers |
//! | `given_up` | the tasks of an assessment that is given up, and taken up again |
//! | `measures` | measures, and the tasks of whoever sees to them |
//! | `project` | the assessment's project, changed with it |
//! | `review_date` | the day of the next review: the assessment's, its task's and its answer's are one |
//! | `succession` | moving to a new version of the template |
//! | `taking_back` | a signature that is taken back |
//! | [`tasks`] | giving and closing tasks, asking for reviews |
//! | `versions` | keeping versions: of everything, or with one annex anew |

mod consultations;
mod given_up;
mod measures;
pub mod moves;
mod project;
mod review_date;
mod succession;
mod taking_back;
pub mod tasks;
mod versions;

pub use moves::{Moved, Moving, Refused};

use super::{answers::locked, contents, load};
use crate::{
    db::Store,
    error::{Error, Result},
    jobs::Job,
    outbox::NewMail,
    records::{Record, id},
    write::{Committed, Write},
};
use domain::{
    dpia::{
        access::{Sight, sight},
        advice::Recommendation,
        assessment::{Assessment, State},
        comment::Comment,
        ico::Consultation,
        ids::{AssessmentId, TaskId},
        publication::Publication,
        task::{About, Task},
        version::{self, RiskRecord},
        whole::Whole,
    },
    people::{Person, PersonId, Scope},
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
    /// Those that changed hands in this transaction.
    given: BTreeSet<TaskId>,
}

impl Store {
    /// Holds an assessment for writing; none where the scope may see nothing of it.
    ///
    /// # Errors
    /// [`Error::Forbidden`] for a scope that may not write; when the database fails.
    pub async fn work(&self, scope: &Scope, at: i64, today: Date, assessment: AssessmentId) -> Result<Option<Work>> {
        Ok(Work::within(self.write(scope, at).await?, scope, today, assessment).await?.ok())
    }

    /// Begins an assessment. Its number is the next that its lead gives in the year.
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
        begin_within(&mut write, today, &mut assessment).await?;
        if let Some(command) = command {
            write.answered(command, &assessment.id.to_string()).await?;
        }
        write.commit().await?;
        Ok(assessment)
    }
}

/// Begins an assessment in a transaction that has begun, where more changes with it. Its number is the next that its lead gives.
///
/// # Errors
/// When the database refuses.
pub async fn begin_within(write: &mut Write, today: Date, assessment: &mut Assessment) -> Result<()> {
    assessment.number = next_number(write, assessment.lead, today).await?;
    assessment.created_at = write.at();
    assessment.state_since = write.at();
    write.create(std::slice::from_mut(assessment)).await?;
    Ok(())
}

/// The next number of an organisation in a year, as `CMD-2026-18`: its letters, where no other has them, else its slug. Each counts
/// its own: how many assessments there are elsewhere is no business of whoever reads a number.
pub(super) async fn next_number(write: &mut Write, lead: OrganisationId, today: Date) -> Result<String> {
    let year = today.year();
    let sql = "select slug, case when (select count(*) from organisation as other where other.letters = organisation.letters) = 1 \
               then letters end from organisation where id = $1";
    let row = write.transaction().row(sql, vec![id(lead.0)]).await?;
    let (slug, letters): (String, Option<String>) = match row {
        Some(row) => (row.try_get_by_index(0)?, row.try_get_by_index(1)?),
        None => (lead.to_string(), None),
    };
    let own = letters.filter(|letters| !letters.trim().is_empty()).unwrap_or(slug);
    // The setting's row is the lock under which numbers are given; it goes by the letters, so that no number is given twice.
    let name = format!("dpia.number.{own}.{year}");
    let sql = "insert into setting (name, value) values ($1, '1') on conflict (name) do update set value = cast(cast(setting.value as integer) + 1 as text)";
    write.transaction().execute(sql, vec![name.clone().into()]).await?;
    let row = write.transaction().row("select value from setting where name = $1", vec![name.into()]).await?;
    let number: String = row.map(|row| row.try_get_by_index(0)).transpose()?.unwrap_or_default();
    Ok(format!("{own}-{year}-{number}"))
}

impl Work {
    /// Holds an assessment in a transaction that has begun, where more changes with it; gives the transaction back where the scope
    /// may see nothing of the assessment.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn within(
        write: Write,
        scope: &Scope,
        today: Date,
        assessment: AssessmentId,
    ) -> Result<std::result::Result<Self, Write>> {
        let Some(head) = locked(&write, assessment, "update").await? else { return Ok(Err(write)) };
        let sight = sight(scope, &head, today);
        if sight == Sight::Nothing {
            return Ok(Err(write));
        }
        let Some(mut whole) = load::whole(write.transaction(), assessment).await? else { return Ok(Err(write)) };
        whole.sight = sight;
        let sql = "select content from task where assessment_id = $1 order by id";
        let tasks = contents(write.transaction(), "task", sql, vec![id(assessment.0)]).await?;
        Ok(Ok(Self { write, scope: scope.clone(), today, whole, tasks, given: BTreeSet::new() }))
    }

    /// Lets the assessment go, and gives the transaction back: what was done becomes durable with the rest of it.
    #[must_use]
    pub fn release(self) -> Write {
        self.write
    }

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

    /// The day on which this is written.
    #[must_use]
    pub fn today(&self) -> Date {
        self.today
    }

    /// For whom this is written.
    #[must_use]
    pub fn scope(&self) -> &Scope {
        &self.scope
    }

    /// Some people, read in this transaction: to write to them.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn people(&self, ids: &BTreeSet<PersonId>) -> Result<Vec<Person>> {
        let ids: Vec<Uuid> = ids.iter().map(|person| person.0).collect();
        self.write.get_many(&ids).await
    }

    /// Puts a message into the outbox: it goes out when this is committed, and not otherwise.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn mail(&mut self, mail: &NewMail) -> Result<()> {
        self.write.mail(mail).await.map(|_| ())
    }

    /// Whether the lease of a job still holds, as [`Write::holds`] says it.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn holds(&mut self, job: &Job) -> Result<bool> {
        self.write.holds(job).await
    }

    /// Whether a command was done before; then its result, and nothing more is to be done.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn command(&mut self, command: Uuid) -> Result<Option<String>> {
        self.write.command(command).await
    }

    /// What the same form did before, with other words: see [`Write::sent_before`].
    #[must_use]
    pub fn sent_before(&self) -> Option<&str> {
        self.write.sent_before()
    }

    /// Lets go of what was typed into a form, with the change that the form makes.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn forget_typed(&mut self, form: &str) -> Result<()> {
        self.write.forget_typed(form).await
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

    /// Stores a new recommendation, or a changed one; once it is answered, nobody is asked for it any more.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn put_recommendation(&mut self, recommendation: Recommendation) -> Result<()> {
        let (id, open) = (recommendation.id, recommendation.open());
        put(&mut self.write, &mut self.whole.recommendations, recommendation).await?;
        if open {
            return Ok(());
        }
        let by = self.scope.person();
        self.close_tasks(|about| matches!(about, About::Recommendation { recommendation, .. } if *recommendation == id), by).await
    }

    /// Stores a new risk, or a changed one.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn put_risk(&mut self, risk: RiskRecord) -> Result<()> {
        put(&mut self.write, &mut self.whole.risks, risk).await
    }

    /// Removes a risk; measures that acted on it alone stay, without it. Where the rest is signed, and so could not take them in,
    /// they go with it. The change log keeps what they were.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn remove_risk(&mut self, risk: &RiskRecord) -> Result<()> {
        for measure in self.whole.measures.clone().into_iter().filter(|one| one.measure.risks.contains(&risk.id())) {
            let mut after = measure.clone();
            after.measure.risks.retain(|one| *one != risk.id());
            if after.measure.risks.is_empty() && self.whole.assessment.state != State::Drafting {
                self.remove_measure(&measure).await?;
            } else {
                self.put_measure(after).await?;
            }
        }
        self.write.delete(std::slice::from_ref(risk)).await?;
        self.whole.risks.retain(|one| one.id() != risk.id());
        Ok(())
    }

    /// Brings back a risk that was removed, as it is given; its history goes on.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn revive_risk(&mut self, mut risk: RiskRecord) -> Result<()> {
        if self.whole.risks.iter().any(|one| one.number == risk.number) {
            risk.number = version::next_number(self.whole.risks.iter().map(|one| one.number));
        }
        self.write.revive(risk.clone()).await?;
        self.whole.risks.push(risk);
        Ok(())
    }

    /// Stores a new consultation, or a changed one.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn put_consultation(&mut self, consultation: Consultation) -> Result<()> {
        put(&mut self.write, &mut self.whole.consultations, consultation).await
    }

    /// Its publications, the newest first: as they stand while nobody else writes.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn publications(&self) -> Result<Vec<Publication>> {
        super::public::of(self.write.transaction(), self.whole.assessment.id).await
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

    /// Removes a publication that never was public. The change log keeps what it was.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn remove_publication(&mut self, publication: &Publication) -> Result<()> {
        self.write.delete(std::slice::from_ref(publication)).await
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
