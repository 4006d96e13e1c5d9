//! A project's screenings, for those who may see them, and who may answer and decide.

use crate::{error::Failure, state::App, web::session::Caller};
use domain::{
    dpia::{
        access::WRITERS,
        ids::ScreeningId,
        library::Library,
        project::{Project, Screening, ScreeningSight, counting},
        screening::{Rules, asked, next},
    },
    people::{Act, Role},
    register::ids::OrganisationId,
};
use store::Write;

/// Who decides after a screening, at the organisation that owns the project.
const DECIDERS: &[Role] = &[Role::IgOfficer, Role::Dpo];

/// A project with its screenings, the newest first.
pub struct Kept {
    /// The project.
    pub project: Project,
    /// Its screenings, the newest first.
    pub screenings: Vec<Screening>,
    /// How much of them the caller may read.
    pub sight: ScreeningSight,
}

impl Kept {
    /// Reads a project's screenings; for who may not see them there are none: an organisation that is only invited reads them once
    /// it takes part.
    ///
    /// # Errors
    /// Not found.
    pub async fn read(app: &App, caller: &Caller, id: &str) -> Result<Self, Failure> {
        let id: domain::dpia::ids::ProjectId = id.parse().map_err(|_| Failure::not_found())?;
        let project = app.store.get::<Project>(&caller.scope, id.0).await?.ok_or_else(Failure::not_found)?;
        let sight = project.screenings_for(&caller.scope).ok_or_else(Failure::not_found)?;
        let screenings = app.store.screenings(&caller.scope, id).await?;
        Ok(Self { project, screenings, sight })
    }

    /// The same, looked at again where nobody else writes: somebody may have answered, begun or decided while a page stood open.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn within(self, write: &mut Write) -> Result<Self, store::Error> {
        write.hold_screenings(self.project.id).await?;
        let mut screenings = write.by::<Screening>("project_id", self.project.id.to_string()).await?;
        screenings.sort_by_key(|screening| std::cmp::Reverse(screening.id));
        Ok(Self { screenings, ..self })
    }

    /// The newest screening, finished or not: another answer goes on from it.
    #[must_use]
    pub fn latest(&self) -> Option<&Screening> {
        self.screenings.first()
    }

    /// The screening that counts: the newest that is finished; while none is, the newest.
    #[must_use]
    pub fn counts(&self) -> Option<&Screening> {
        counting(&self.screenings)
    }

    /// The screening that is under way.
    #[must_use]
    pub fn going(&self) -> Option<&Screening> {
        self.latest().filter(|screening| screening.outcome.is_none())
    }

    /// The finished screening before the one that is under way: its answers are offered again.
    #[must_use]
    pub fn before(&self) -> Option<&Screening> {
        self.going().and(self.counts()).filter(|screening| screening.outcome.is_some())
    }

    /// The number of a screening: the first is 1.
    #[must_use]
    pub fn number(&self, id: ScreeningId) -> Option<usize> {
        self.screenings.iter().rev().position(|screening| screening.id == id).map(|at| at + 1)
    }

    /// A screening by its number.
    #[must_use]
    pub fn numbered(&self, number: usize) -> Option<&Screening> {
        self.screenings.iter().rev().nth(number.checked_sub(1)?)
    }

    /// The page of the project's screening, or of one of its questions.
    #[must_use]
    pub fn address(&self, question: Option<&str>) -> String {
        let base = format!("/projects/{}/screening", self.project.id);
        question.map_or_else(|| base.clone(), |question| format!("{base}/{question}"))
    }

    /// Where one goes on with the screening that is under way: its next question, or the last one where all are answered.
    #[must_use]
    pub fn go_on(&self, rules: &Rules) -> Option<String> {
        let going = self.going()?;
        let question = next(rules, &going.answers).or_else(|| asked(rules, &going.answers).pop())?;
        Some(self.address(Some(&question.id)))
    }

    /// The organisation for which the caller may answer: one that decides what is done with the information, and at which they
    /// write; the one that they act for, where it is one of them.
    #[must_use]
    pub fn answers_for(&self, caller: &Caller) -> Option<OrganisationId> {
        let acting = caller.member().map(|member| member.acting_for);
        let may = |organisation: &OrganisationId| caller.may(&Act::HoldAny(*organisation, WRITERS));
        let all: Vec<OrganisationId> = self.project.controllers().filter(may).collect();
        all.iter().copied().find(|organisation| Some(*organisation) == acting).or_else(|| all.first().copied())
    }

    /// Whether the caller may decide.
    #[must_use]
    pub fn decides(&self, caller: &Caller) -> bool {
        decides(caller, &self.project)
    }
}

/// Whether the caller may decide after a project's screenings.
#[must_use]
pub fn decides(caller: &Caller, project: &Project) -> bool {
    caller.may(&Act::HoldAny(project.organisation, DECIDERS))
}

/// The rules that a screening was asked under; those in force where they are not known any more.
#[must_use]
pub fn rules<'l>(app: &App, library: &'l Library, screening: Option<&Screening>) -> Option<&'l Rules> {
    let asked = screening.and_then(|screening| library.screening.iter().find(|rules| rules.edition == screening.rules));
    asked.or_else(|| library.screening_in_force(app.clock.today()))
}
