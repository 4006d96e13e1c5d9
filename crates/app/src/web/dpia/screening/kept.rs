//! A project's screenings, for those who may see them, and who may answer and decide.

use crate::{error::Failure, state::App, web::session::Caller};
use domain::{
    dpia::{
        access::WRITERS,
        assessment::Joined,
        library::Library,
        project::{Project, Screening},
        screening::Rules,
    },
    people::{Act, Role},
    register::ids::OrganisationId,
};

/// Who decides after a screening, at the organisation that owns the project.
const DECIDERS: &[Role] = &[Role::IgOfficer, Role::Dpo];

/// A project with its screenings, the newest first.
pub struct Kept {
    /// The project.
    pub project: Project,
    /// Its screenings, the newest first.
    pub screenings: Vec<Screening>,
}

impl Kept {
    /// Reads a project; for who may not see it there is none.
    ///
    /// # Errors
    /// Not found.
    pub async fn read(app: &App, caller: &Caller, id: &str) -> Result<Self, Failure> {
        let id: domain::dpia::ids::ProjectId = id.parse().map_err(|_| Failure::not_found())?;
        let project = app.store.get::<Project>(&caller.scope, id.0).await?.ok_or_else(Failure::not_found)?;
        let screenings = app.store.screenings(&caller.scope, id).await?;
        Ok(Self { project, screenings })
    }

    /// The screening that counts: the newest.
    #[must_use]
    pub fn latest(&self) -> Option<&Screening> {
        self.screenings.first()
    }

    /// The page of the project's screening, or of one of its questions.
    #[must_use]
    pub fn address(&self, question: Option<&str>) -> String {
        let base = format!("/projects/{}/screening", self.project.id);
        question.map_or_else(|| base.clone(), |question| format!("{base}/{question}"))
    }

    /// The organisation for which the caller may answer: one of the project's parties at which they write.
    #[must_use]
    pub fn answers_for(&self, caller: &Caller) -> Option<OrganisationId> {
        let parties =
            self.project.parties.iter().filter(|party| party.joined == Joined::Accepted).map(|party| party.organisation);
        let may = |organisation: &OrganisationId| caller.may(&Act::HoldAny(*organisation, WRITERS));
        let acting = caller.member().map(|member| member.acting_for);
        let all: Vec<OrganisationId> = [self.project.organisation].into_iter().chain(parties).filter(may).collect();
        all.iter().copied().find(|organisation| Some(*organisation) == acting).or_else(|| all.first().copied())
    }

    /// Whether the caller may decide.
    #[must_use]
    pub fn decides(&self, caller: &Caller) -> bool {
        caller.may(&Act::HoldAny(self.project.organisation, DECIDERS))
    }
}

/// The rules that a screening was asked under; those in force where they are not known any more.
#[must_use]
pub fn rules<'l>(app: &App, library: &'l Library, screening: Option<&Screening>) -> Option<&'l Rules> {
    let asked = screening.and_then(|screening| library.screening.iter().find(|rules| rules.edition == screening.rules));
    asked.or_else(|| library.screening_in_force(app.clock.today()))
}
