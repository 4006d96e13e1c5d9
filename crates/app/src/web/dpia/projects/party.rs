//! `/projects/{id}/parties/{organisation}`: what one organisation is to the processing, and whom to ask there; taking back an
//! invitation that nobody has answered. `/projects/{id}/leave`: an organisation takes part no longer.

use super::{
    super::risks::clash,
    Body, body, carried, keeps, project,
    role::{self, HasWritten},
};
use crate::{
    error::{Failure, conflict},
    state::App,
    web::{
        form::{Errors, Form, new_command},
        page, repeat,
        session::Caller,
    },
};
use axum::{
    extract::{Path, State},
    response::{IntoResponse as _, Response},
};
use domain::{
    dpia::{
        access,
        assessment::{Joined, PartyRole},
        project::{Project, Unchanged},
    },
    people::{Act, may},
    register::ids::OrganisationId,
};
use govuk::Link;
use serde::Serialize;
use std::collections::BTreeMap;
use uuid::Uuid;

#[derive(Serialize)]
struct View {
    href: String,
    title: String,
    organisation: Body,
    command: Uuid,
    version: i64,
    typed: BTreeMap<String, String>,
    errors: Errors,
    /// The caller may also say what it is to the processing.
    role: bool,
    /// It owns the project, so that it always decides.
    owns: bool,
    /// It has not answered its invitation, and the caller may take that back.
    invited: bool,
    /// Somebody said otherwise in the meantime: what it is, and whom to ask, as the project says now.
    now: Option<(&'static str, Vec<String>)>,
}

/// Whether somebody may say whom to ask at an organisation: who keeps the project, and the organisation's own keepers.
#[must_use]
pub fn describes(caller: &Caller, project: &Project, organisation: OrganisationId) -> bool {
    keeps(caller, project) || may(&caller.scope, &Act::HoldAny(organisation, access::KEEPERS))
}

/// The form.
///
/// # Errors
/// Not found for those who may not.
pub async fn page(State(app): State<App>, caller: Caller, Path((id, slug)): Path<(String, String)>) -> Result<Response, Failure> {
    let (project, organisation) = carried::party(&app, &caller, &id, &slug).await?;
    render(&app, &caller, &project, organisation, None, Errors::default(), false)
}

/// Saves what the form says, or takes the invitation back.
///
/// # Errors
/// Not found for those who may not.
pub async fn save(
    State(app): State<App>,
    caller: Caller,
    Path((id, slug)): Path<(String, String)>,
    form: Form,
) -> Result<Response, Failure> {
    let (before, organisation) = carried::party(&app, &caller, &id, &slug).await?;
    if !describes(&caller, &before, organisation) {
        return Err(Failure::not_found());
    }
    let (command, version, href) = (form.command()?, form.version()?, format!("/projects/{}", before.id));
    let (member, now) = (caller.signed_in()?, app.clock.now());
    let known = before.party(organisation).ok_or_else(Failure::not_found)?;
    let back = form.text("act") == "take-back";
    if back && !keeps(&caller, &before) {
        return Err(Failure::not_found());
    }
    let role = if keeps(&caller, &before) { PartyRole::parse(form.text("role")) } else { Some(known.role) };
    let contacts = super::parties::contacts(&form);
    let (mut after, mut errors) = (before.clone(), Errors::default());
    let done = match (back, role) {
        (true, _) => after.take_back(organisation, member.person, now),
        (false, Some(role)) => after.describe(organisation, role, contacts.clone()),
        (false, None) => {
            errors.add("role", "Say what it is to the processing");
            Ok(())
        }
    };
    if let Err(refusal) = done {
        errors.add("role", sentence(refusal));
    }
    if !errors.is_empty() {
        return render(&app, &caller, &before, organisation, Some(&form), errors, false);
    }
    let mut write = app.store.write(&caller.scope, now).await?;
    if let Some(done) = write.command(command).await? {
        return Ok(repeat::again(&done));
    }
    let base = clash::base(&app, &before, before.updated_at, version).await?;
    let says = |project: &Project| project.party(organisation).map(|party| (party.role, party.joined, party.contacts.clone()));
    if says(&base) != says(&before) {
        write.abandon();
        let page = render(&app, &caller, &before, organisation, Some(&form), Errors::default(), true)?;
        return Ok(conflict(page));
    }
    write.update(&before, &mut after).await?;
    let (by, today) = (caller.scope.person(), app.clock.today());
    let said = if back {
        let carried = carried::carry(&mut write, &before, |one| {
            let mut without = one.clone();
            let taken = without.take_back(organisation, member.person, now).is_ok();
            if taken { without } else { one.clone() }
        })
        .await?;
        let ids: Vec<_> = carried.changed.iter().map(|one| one.id).collect();
        carried::asked_no_more(&mut write, &before, &ids, organisation, by).await?;
        let name = body(&app.snapshot(), organisation).name;
        let words = format!("The data project took the invitation of {name} back: does the one to this assessment stand?");
        carried::ask_leads(&mut write, &carried.others, &words, by, today).await?;
        "The invitation is taken back."
    } else {
        let party = after.party(organisation).filter(|party| party.role != known.role);
        if let Some(party) = party {
            write = match role::carry(&app, &caller, write, &before, party).await? {
                Ok(write) => write,
                Err(HasWritten(called)) => {
                    let name = body(&app.snapshot(), organisation).name;
                    errors.add("role", has_written(&name, &called));
                    return render(&app, &caller, &before, organisation, Some(&form), errors, false);
                }
            };
        }
        if known.contacts != contacts {
            carried::contacts(&mut write, &before, organisation, &contacts).await?;
        }
        "The party is saved."
    };
    write.answered(command, &repeat::kept(&href, said)).await?;
    write.commit().await?;
    Ok(page::saved(&href, said))
}

/// A role in words.
pub(super) fn said(role: PartyRole) -> &'static str {
    match role {
        PartyRole::Controller => "controller",
        PartyRole::JointController => "joint controller",
        PartyRole::Processor => "processor",
    }
}

/// Why an organisation is not made a processor.
fn has_written(name: &str, called: &str) -> String {
    format!(
        "{name} has signed {called}, or something stands in its annex there, which a processor could not read any more. Let it \
         leave that assessment, or end its part there; then invite it again as a processor"
    )
}

fn sentence(refusal: Unchanged) -> &'static str {
    match refusal {
        Unchanged::Owns => "The organisation that leads the project decides why and how data is used: it is a controller",
        Unchanged::NotInvited => "It has answered its invitation: it is not taken back any more",
        Unchanged::NotParty => "It does not take part",
        Unchanged::AlreadyParty => "It takes part already, or is invited",
        Unchanged::Closed => "The project is closed",
    }
}

fn render(
    app: &App,
    caller: &Caller,
    project: &Project,
    organisation: OrganisationId,
    form: Option<&Form>,
    errors: Errors,
    moved: bool,
) -> Result<Response, Failure> {
    if !describes(caller, project, organisation) {
        return Err(Failure::not_found());
    }
    let party = project.party(organisation).ok_or_else(Failure::not_found)?;
    let typed = form.map_or_else(
        || {
            BTreeMap::from([
                ("role".to_owned(), party.role.as_str().to_owned()),
                ("contacts".to_owned(), party.contacts.join("\n")),
            ])
        },
        Form::typed,
    );
    let href = format!("/projects/{}", project.id);
    let view = View {
        title: project.title.clone(),
        organisation: body(&app.snapshot(), organisation),
        command: new_command(),
        // What comes back with an error still starts from what its writer saw.
        version: form.filter(|_| !moved).and_then(|form| form.version().ok()).unwrap_or(project.updated_at),
        typed,
        role: keeps(caller, project),
        owns: organisation == project.organisation,
        invited: party.joined == Joined::Invited && keeps(caller, project),
        now: moved.then(|| (said(party.role), party.contacts.clone())),
        href: href.clone(),
        errors,
    };
    let mut frame = page::frame(app, format!("{}: {}", view.organisation.name, project.title), Some("projects"));
    frame.error = !view.errors.is_empty();
    frame.back = Some(href);
    frame.breadcrumbs = vec![Link::new("Data projects", "/projects")];
    Ok(page::render(app, "dpia/projects/party.html", &frame, view)?.into_response())
}

/// The organisation acted for takes part no longer. What it is to the project's assessments stays: it is said on each.
///
/// # Errors
/// Not found where it does not take part, or the caller may not say so for it.
pub async fn leave(State(app): State<App>, caller: Caller, Path(id): Path<String>, form: Form) -> Result<Response, Failure> {
    let caller = form.acting(&caller)?;
    let before = project(&app, &caller, &id).await?;
    let member = caller.signed_in()?;
    let organisation = member.acting_for;
    if !may(&caller.scope, &Act::HoldAny(organisation, access::KEEPERS)) {
        return Err(Failure::not_found());
    }
    let (command, now) = (form.command()?, app.clock.now());
    let mut write = app.store.write(&caller.scope, now).await?;
    if let Some(done) = write.command(command).await? {
        return Ok(repeat::again(&done));
    }
    let mut after = before.clone();
    if after.leave(organisation, member.person, now).is_err() {
        return Err(Failure::not_found());
    }
    write.update(&before, &mut after).await?;
    let said = "Your organisation no longer takes part in the project.";
    write.answered(command, &repeat::kept("/projects", said)).await?;
    write.commit().await?;
    Ok(page::saved("/projects", said))
}
