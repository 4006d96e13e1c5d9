//! What an organisation is to the processing, said otherwise on a project: carried into those of its assessments that are written and
//! that the project's owner leads. It decides who has an annex and signs. So nobody is made a processor who has written an annex or
//! signed; what was asked of a controller that is none any more is over or goes to the lead, and the parties are told. Where another
//! organisation leads, it is asked to look.

use super::carried::{ask_leads, following};
use crate::{
    assessments::tell,
    error::Failure,
    state::App,
    web::{
        dpia::{desk, together::hand_on, whole},
        session::Caller,
    },
};
use domain::{
    dpia::{
        assessment::{Assessment, Party, PartyRole, State},
        project::Project,
    },
    people::PersonId,
    register::ids::OrganisationId,
};
use store::{dpia::Work, write::Write};

/// What an assessment is called, with its number, in which the organisation has written or signed: nothing is carried then.
pub struct HasWritten(pub String);

/// Carries what a party is said to be now; gives the transaction back, to go on with.
///
/// # Errors
/// When the database refuses.
pub async fn carry(
    app: &App,
    caller: &Caller,
    mut write: Write,
    project: &Project,
    party: &Party,
) -> Result<Result<Write, HasWritten>, Failure> {
    let (organisation, role, by) = (party.organisation, party.role, caller.signed_in()?.person);
    let concerned = |one: &Assessment| one.with_role(organisation, role) != *one;
    let mut others = Vec::new();
    for one in following(&write, project).await? {
        if one.lead != project.organisation {
            if differs(&one, organisation, role) {
                others.push(one);
            }
        } else if concerned(&one) {
            let mut work = match Work::within(write, &caller.scope, app.clock.today(), one.id).await? {
                Ok(work) => work,
                Err(back) => {
                    write = back;
                    continue;
                }
            };
            if !role.controls() && work.whole.has_written(organisation) {
                return Ok(Err(HasWritten(whole::called(app, &one))));
            }
            change(app, &mut work, organisation, role, by).await?;
            write = work.release();
        }
    }
    let name = desk::named(app, organisation).name;
    let words = format!("Look at what the data project says now: {name} is {}", words(role));
    ask_leads(&mut write, &others, &words, Some(by), app.clock.today()).await?;
    Ok(Ok(write))
}

/// Whether an assessment that is not closed says something else of a party.
fn differs(one: &Assessment, organisation: OrganisationId, role: PartyRole) -> bool {
    let as_written = Assessment { state: State::Drafting, ..one.clone() };
    as_written.with_role(organisation, role) != as_written
}

fn words(role: PartyRole) -> &'static str {
    match role {
        PartyRole::Controller => "a controller",
        PartyRole::JointController => "a joint controller",
        PartyRole::Processor => "a processor",
    }
}

/// Makes the change in one assessment, with what hangs on it: tasks, and who hears of it.
async fn change(app: &App, work: &mut Work, organisation: OrganisationId, role: PartyRole, by: PersonId) -> Result<(), Failure> {
    let controlled = work.whole.assessment.controllers().any(|one| one == organisation);
    work.change_head(work.whole.assessment.with_role(organisation, role)).await?;
    let controls = work.whole.assessment.controllers().any(|one| one == organisation);
    if controlled && !controls {
        // It has no annex any more, and writes nothing: what was asked of it is over, or goes to the lead.
        hand_on::left(work, organisation, by).await?;
    }
    let template = app.rules().template_of(&work.whole.assessment, work.today()).ok_or_else(Failure::not_found)?;
    let routes = whole::routes(app, &work.whole)?;
    work.parties_changed(&template, &routes).await?;
    let what = match (controlled, controls) {
        (false, true) => Some("controls"),
        (true, false) => Some("processes"),
        _ => None,
    };
    let happened =
        what.map(|what| tell::Happened { what, organisation: Some(organisation), parties: true, ..tell::Happened::default() });
    tell::mail(app, work, happened).await
}
