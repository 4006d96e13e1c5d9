//! `/projects/{id}/parties`: inviting organisations to a project, and answering an invitation. An organisation may join at any
//! time, also when others have signed.

use super::{carried, keeps, project, show};
use crate::{
    assessments::invite as invitation,
    error::Failure,
    state::App,
    web::{
        dpia::together::joint,
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
    audit::Kind,
    dpia::{
        assessment::PartyRole,
        ids::TaskId,
        project::Project,
        task::{About, Assignee, Task},
    },
    people::{Role, Scope},
    register::records::OrganisationKind,
};
use govuk::Link;
use jiff::ToSpan as _;
use serde::Serialize;
use std::collections::BTreeMap;
use uuid::Uuid;

/// Days within which an invitation wants an answer.
const ANSWER_WITHIN: i64 = 14;

#[derive(Serialize)]
struct View {
    href: String,
    title: String,
    /// Nobody is invited to a closed project.
    closed: bool,
    command: Uuid,
    typed: BTreeMap<String, String>,
    errors: Errors,
    parties: Vec<show::Row>,
    organisations: Vec<Choice>,
}

#[derive(Serialize)]
struct Choice {
    value: String,
    text: String,
}

/// Whom to ask at an organisation: one a line.
#[must_use]
pub fn contacts(form: &Form) -> Vec<String> {
    form.raw("contacts").lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect()
}

/// The parties and the form to invite another.
///
/// # Errors
/// Not found for those who may not invite.
pub async fn page(State(app): State<App>, caller: Caller, Path(id): Path<String>) -> Result<Response, Failure> {
    let project = project(&app, &caller, &id).await?;
    if !keeps(&caller, &project) {
        return Err(Failure::not_found());
    }
    render(&app, &project, new_command(), BTreeMap::new(), Errors::default())
}

/// Invites an organisation.
///
/// # Errors
/// Not found for those who may not.
pub async fn invite(State(app): State<App>, caller: Caller, Path(id): Path<String>, form: Form) -> Result<Response, Failure> {
    let before = project(&app, &caller, &id).await?;
    if !keeps(&caller, &before) {
        return Err(Failure::not_found());
    }
    let command = form.command()?;
    let snapshot = app.snapshot();
    let mut errors = Errors::default();
    let chosen = form.some("organisation").and_then(|slug| snapshot.organisation(snapshot.organisation_by_slug(slug)?));
    let Some(role) = PartyRole::parse(form.text("role")) else {
        if chosen.is_none() {
            errors.add("organisation", "Choose an organisation");
        }
        errors.add("role", "Say what it is to the processing");
        return render(&app, &before, command, form.typed(), errors);
    };
    let Some(entry) = chosen else {
        errors.add("organisation", "Choose an organisation");
        return render(&app, &before, command, form.typed(), errors);
    };
    let organisation = entry.record.id;
    if before.involves(organisation) {
        // The same press again: it is done.
        if let Some(done) = app.store.write(&caller.scope, app.clock.now()).await?.command(command).await? {
            return Ok(repeat::again(&done));
        }
        errors.add("organisation", format!("{} takes part already, or is invited", entry.record.name));
        return render(&app, &before, command, form.typed(), errors);
    }
    let (now, contacts) = (app.clock.now(), contacts(&form));
    let member = caller.signed_in()?;
    let mut after = before.clone();
    if after.invite(organisation, role, contacts.clone(), member.person, now).is_err() {
        errors.add("organisation", "The project is closed. Open it again before you invite anyone");
        return render(&app, &before, command, form.typed(), errors);
    }
    let location = format!("/projects/{}", before.id);
    // Who stands in at the other organisation is no business of the caller's, and is asked for by the server.
    let away = app.store.absences(&Scope::Job { name: "invitations".to_owned() }, app.clock.today()).await?;
    let mut write = app.store.write(&caller.scope, now).await?;
    if let Some(done) = write.command(command).await? {
        return Ok(repeat::again(&done));
    }
    write.update(&before, &mut after).await?;
    // One invitation is for the project and for those of its assessments that the same organisation leads.
    carried::carry(&mut write, &before, |one| {
        let mut with = one.clone();
        let invites = with.invite(organisation, role, contacts.clone(), member.person, now).is_ok();
        if invites { with } else { one.clone() }
    })
    .await?;
    // Somebody there finds the invitation on their list.
    let task = Task {
        id: TaskId(Uuid::now_v7()),
        assessment: None,
        about: About::Record { kind: Kind::Project.as_str().to_owned(), id: before.id.0, words: before.title.clone() },
        note: String::new(),
        assignee: Assignee::Role { organisation, role: Role::IgOfficer },
        due: Some(app.clock.today().saturating_add(ANSWER_WITHIN.days())),
        by: caller.scope.person(),
        at: now,
        since: now,
        done: None,
        reminded: None,
        updated_at: now,
    };
    let mut tasks = [task];
    write.create(&mut tasks).await?;
    invitation::tell(&app, &mut write, member, &before, role, &tasks[0], &away).await?;
    let said = format!("{} is invited. It takes part when somebody there accepts.", entry.record.name);
    write.answered(command, &repeat::kept(&location, &said)).await?;
    write.commit().await?;
    Ok(page::saved(&location, &said))
}

/// Answers an invitation for the organisation acted for.
///
/// # Errors
/// Not found where the organisation is not invited, or the caller may not answer for it.
pub async fn answer(State(app): State<App>, caller: Caller, Path(id): Path<String>, form: Form) -> Result<Response, Failure> {
    let before = project(&app, &caller, &id).await?;
    let member = caller.signed_in()?;
    let mut after = before.clone();
    let Some(party) = joint::invitation(&app, &caller, &before.parties, Some(&form)) else {
        let said = joint::accepted(&app, &caller, &before.parties, &form).ok_or_else(Failure::not_found)?;
        return Ok(page::nothing_saved(&format!("/projects/{}", before.id), said));
    };
    let accepts = match form.text("answer") {
        "accept" => true,
        "decline" => false,
        _ => return Err(Failure::form("Choose whether to accept the invitation.")),
    };
    let now = app.clock.now();
    let organisation = party.organisation;
    if after.answer_invitation(organisation, accepts, member.person, now).is_err() {
        return Err(Failure::not_found());
    }
    let location = if accepts { format!("/projects/{}", before.id) } else { "/projects".to_owned() };
    let command = form.command()?;
    let mut write = app.store.write(&caller.scope.acting_for(organisation), now).await?;
    if let Some(done) = write.command(command).await? {
        return Ok(repeat::again(&done));
    }
    write.update(&before, &mut after).await?;
    let asked = |task: &Task| matches!(&task.about, About::Record { id, .. } if *id == before.id.0);
    for task in write.by::<Task>("organisation_id", organisation.to_string()).await? {
        if asked(&task)
            && let Ok(mut done) = task.finish(Some(member.person), now)
        {
            write.update(&task, &mut done).await?;
        }
    }
    let said = if accepts { "Your organisation takes part." } else { "The invitation is declined." };
    write.answered(command, &repeat::kept(&location, said)).await?;
    write.commit().await?;
    // Whoever answers for the project answers for its assessments too: nobody is asked the same a second time.
    let scope = caller.scope.acting_for(organisation);
    joint::others(&app, &scope, before.id, organisation, member.person, accepts).await?;
    Ok(page::saved(&location, said))
}

fn render(
    app: &App,
    project: &Project,
    command: Uuid,
    typed: BTreeMap<String, String>,
    errors: Errors,
) -> Result<Response, Failure> {
    let snapshot = app.snapshot();
    let mut organisations: Vec<Choice> = snapshot
        .organisations()
        .iter()
        .filter(|entry| entry.record.kind != OrganisationKind::Other && !project.involves(entry.record.id))
        .map(|entry| Choice { value: entry.record.slug.clone(), text: entry.record.name.clone() })
        .collect();
    organisations.sort_by(|a, b| a.text.cmp(&b.text));
    let href = format!("/projects/{}", project.id);
    let mut frame = page::frame(app, "Parties", Some("projects"));
    frame.error = !errors.is_empty();
    frame.back = Some(href.clone());
    frame.breadcrumbs = vec![Link::new("Data projects", "/projects")];
    let view = View {
        href,
        title: project.title.clone(),
        closed: project.closed,
        command,
        typed,
        errors,
        parties: project.parties.iter().map(|party| show::row(&snapshot, party)).collect(),
        organisations,
    };
    Ok(page::render(app, "dpia/projects/parties.html", &frame, view)?.into_response())
}
