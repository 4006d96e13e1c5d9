//! One invitation for a project and its assessments: who is invited to one is invited to the other, and who answers one answers
//! both; what is taken back is taken back for both. What an organisation says of its part later, it says on each.

use super::joining;
use crate::{
    error::Failure,
    state::App,
    web::{form::Form, session::Caller},
};
use domain::{
    dpia::{
        access,
        assessment::{Assessment, Joined, Party},
        ids::ProjectId,
    },
    people::{Act, PersonId, Scope, may},
    register::ids::OrganisationId,
};
use store::dpia::Work;

/// The invitation that the caller may answer: that of the organisation which the form names whose page showed it (its hidden
/// `invited`), and never another; on a page, that of the organisation acted for, else the first. Whoever works for several
/// organisations may be asked for more than one.
#[must_use]
pub fn invitation<'p>(app: &App, caller: &Caller, parties: &'p [Party], form: Option<&Form>) -> Option<&'p Party> {
    let named = form.and_then(|form| named(app, form));
    let acting = caller.member().map(|member| member.acting_for);
    let answers = |party: &&Party| {
        party.joined == Joined::Invited
            && answers_for(caller, party)
            && named.is_none_or(|named| named == Some(party.organisation))
    };
    let mut all: Vec<&Party> = parties.iter().filter(answers).collect();
    all.sort_by_key(|party| Some(party.organisation) != acting);
    all.first().copied()
}

/// What is said where somebody else has accepted meanwhile the invitation that a form answers; nothing where nobody has.
#[must_use]
pub fn accepted(app: &App, caller: &Caller, parties: &[Party], form: &Form) -> Option<&'static str> {
    let named = named(app, form)??;
    let there = |party: &Party| party.organisation == named && party.joined == Joined::Accepted && answers_for(caller, party);
    parties
        .iter()
        .any(there)
        .then_some("Somebody at your organisation accepted the invitation before you pressed: it takes part.")
}

fn answers_for(caller: &Caller, party: &Party) -> bool {
    may(&caller.scope, &Act::HoldAny(party.organisation, access::KEEPERS))
}

/// The organisation that a form says was invited: none where it does not say, and of a name that nobody has, none within that.
fn named(app: &App, form: &Form) -> Option<Option<OrganisationId>> {
    let snapshot = app.snapshot();
    form.some("invited").map(|slug| Some(snapshot.organisation(snapshot.organisation_by_slug(slug)?)?.record.id))
}

/// Invites to the project whom the assessment has invited, where the organisation that leads it owns the project too.
///
/// # Errors
/// When the database fails; nothing was written then.
pub async fn invited(work: &mut Work, party: &Party, by: PersonId) -> Result<(), Failure> {
    let Some(before) = work.project().await?.filter(|project| project.organisation == work.whole.assessment.lead) else {
        return Ok(());
    };
    let mut after = before.clone();
    if !before.closed && after.invite(party.organisation, party.role, party.contacts.clone(), by, work.at()).is_ok() {
        work.change_project(&before, after).await?;
    }
    Ok(())
}

/// What became of a project's invitation when the one to an assessment was taken back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Project {
    /// There is none that has not been answered.
    None,
    /// It is taken back too.
    TakenBack,
    /// It stands: the organisation is invited to, or takes part in, another assessment of the project.
    Stands,
    /// It stands: another organisation owns the project, and can take it back.
    Anothers,
}

/// Takes the project's invitation back with the assessment's, where the organisation that leads it owns the project too, and no other
/// assessment of the project asks for the same organisation.
///
/// # Errors
/// When the database fails; nothing was written then.
pub async fn taken_back(work: &mut Work, organisation: OrganisationId, by: PersonId) -> Result<Project, Failure> {
    let Some(before) = work.project().await? else { return Ok(Project::None) };
    let mut after = before.clone();
    if after.take_back(organisation, by, work.at()).is_err() {
        return Ok(Project::None);
    }
    if before.organisation != work.whole.assessment.lead {
        return Ok(Project::Anothers);
    }
    let there = |one: &Assessment| {
        let party = one.party(organisation).map(|party| party.joined);
        !one.state.is_closed() && matches!(party, Some(Joined::Accepted | Joined::Invited))
    };
    if work.siblings().await?.iter().any(there) {
        return Ok(Project::Stands);
    }
    let id = before.id;
    work.change_project(&before, after).await?;
    work.close_project_tasks(id, organisation, Some(by)).await?;
    Ok(Project::TakenBack)
}

/// Answers the project's invitation as the assessment's was answered.
///
/// # Errors
/// When the database fails; nothing was written then.
pub async fn answered(work: &mut Work, organisation: OrganisationId, accepts: bool, by: PersonId) -> Result<(), Failure> {
    let Some(before) = work.project().await? else { return Ok(()) };
    let mut after = before.clone();
    if after.answer_invitation(organisation, accepts, by, work.at()).is_ok() {
        let id = before.id;
        work.change_project(&before, after).await?;
        work.close_project_tasks(id, organisation, Some(by)).await?;
    }
    Ok(())
}

/// Answers the invitations to a project's assessments as the one to the project was answered: nobody is asked the same a second
/// time. What is closed is not asked about.
///
/// # Errors
/// When the database fails.
pub async fn others(
    app: &App,
    scope: &Scope,
    project: ProjectId,
    organisation: OrganisationId,
    person: PersonId,
    accepts: bool,
) -> Result<(), Failure> {
    let all: Vec<Assessment> = app.store.assessments_of(scope, app.clock.today(), project).await?;
    for assessment in all.iter().filter(|assessment| !assessment.state.is_closed()) {
        joining::answer(app, scope, assessment.id, organisation, person, accepts).await?;
    }
    Ok(())
}
