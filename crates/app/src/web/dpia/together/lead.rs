//! `/assessments/{id}/parties`, sent: who takes part no longer, and who leads. The lead takes an invitation back, ends the part of a
//! party that has signed nothing, and hands the lead over to another controller; any other party leaves. Signatures of those who stay
//! are as they were.

use super::{super::whole, hand_on, joint, parties};
use crate::{
    assessments::tell,
    error::Failure,
    state::App,
    web::{
        form::{Errors, Form},
        page, repeat,
        session::Caller,
    },
};
use axum::response::Response;
use domain::{
    dpia::{
        access,
        assessment::{Assessment, Refusal},
        task::About,
        template::Template,
        whole::Whole,
    },
    people::Member,
    register::ids::OrganisationId,
};
use jiff::ToSpan as _;
use store::dpia::Work;

/// Days within which the lead looks again at what somebody has left while it is in use.
const LOOK_WITHIN: i64 = 14;

/// The acts that are seen to here.
pub(super) const ACTS: &[&str] = &["take-back", "end", "hand-over", "leave"];

/// Does what the form's `act` says.
///
/// # Errors
/// Not found for those who may not.
pub(super) async fn act(app: &App, caller: &Caller, seen: &Whole, template: &Template, form: &Form) -> Result<Response, Failure> {
    let member = caller.signed_in()?;
    let (what, command) = (form.text("act"), form.command()?);
    let id = seen.assessment.id;
    let by = if what == "leave" { member.acting_for } else { seen.assessment.lead };
    if !access::keeps(&caller.scope, &seen.assessment, by) {
        return Err(Failure::not_found());
    }
    let mut errors = Errors::default();
    let snapshot = app.snapshot();
    let chosen = form.some("party").and_then(|slug| snapshot.organisation(snapshot.organisation_by_slug(slug)?));
    let organisation = match chosen.map(|entry| entry.record.id) {
        _ if what == "leave" => member.acting_for,
        Some(organisation) => organisation,
        None => {
            errors.add(if what == "hand-over" { "party" } else { "act" }, "Choose an organisation");
            return parties::render(app, caller, seen, template, errors, form).await;
        }
    };
    let Some(mut work) = app.store.work(&caller.scope, app.clock.now(), app.clock.today(), id).await? else {
        return Err(Failure::not_found());
    };
    if let Some(done) = work.command(command).await? {
        return Ok(repeat::again(&done));
    }
    // What is in use goes on without whoever leaves: the others read why, and the lead looks at it again.
    let why = form.text("reasons").trim();
    let in_use = what == "leave" && work.whole.assessment.in_use();
    if in_use && why.is_empty() {
        drop(work);
        errors.add("reasons", "Enter why your organisation leaves");
        return parties::render(app, caller, seen, template, errors, form).await;
    }
    if let Err(refusal) = change(&mut work, what, organisation, member).await? {
        drop(work);
        let field = match what {
            "hand-over" => "party",
            "leave" => "leave",
            _ => "act",
        };
        errors.add(field, parties::sentence(refusal));
        return parties::render(app, caller, seen, template, errors, form).await;
    }
    if in_use {
        let name = super::super::desk::named(app, organisation).name;
        let (with, due) = (work.lead_assignee(), app.clock.today().saturating_add(LOOK_WITHIN.days()));
        work.ask(About::Review { why: None }, with, Some(due), &format!("{name} has left: {why}")).await?;
    }
    let project =
        if what == "take-back" { joint::taken_back(&mut work, organisation, member.person).await? } else { joint::Project::None };
    let routes = whole::routes(app, &work.whole)?;
    let signed = work.parties_changed(template, &routes).await?;
    // Whoever has left sees nothing of it any more but what it signed.
    let location = if what == "leave" { "/assessments".to_owned() } else { format!("/assessments/{id}/parties") };
    let name = super::super::desk::named(app, organisation).name;
    let said = match what {
        "take-back" => format!("The invitation of {name} is taken back.{}", of_project(project)),
        "end" => format!("{name} no longer takes part. What it wrote stays in the history."),
        "hand-over" => format!("{name} leads from now on."),
        _ => format!("{name} no longer takes part in ‘{}’. What it wrote stays in the history.", seen.assessment.title),
    };
    work.answered(command, &repeat::kept(&location, &said)).await?;
    let happened = match what {
        _ if signed => Some("signed"),
        "hand-over" => Some("leads"),
        "leave" | "end" => Some("left"),
        _ => None,
    };
    let happened = happened.map(|what| tell::Happened {
        what,
        organisation: Some(organisation),
        parties: true,
        ..tell::Happened::default()
    });
    tell::commit(app, work, happened).await?;
    Ok(page::saved(&location, &said))
}

/// What became of the invitation to the data project, where there is one.
fn of_project(project: joint::Project) -> &'static str {
    match project {
        joint::Project::None => "",
        joint::Project::TakenBack => " So is the one to the data project.",
        joint::Project::Stands => " The one to the data project stands: another assessment of it asks for this organisation too.",
        joint::Project::Anothers => {
            " The one to the data project stands: the organisation that owns the project can take it back."
        }
    }
}

/// Makes the change, with what hangs on it: tasks, and whether an annex goes out.
async fn change(
    work: &mut Work,
    what: &str,
    organisation: OrganisationId,
    member: &Member,
) -> Result<Result<(), Refusal>, Failure> {
    let (person, at) = (member.person, work.at());
    let mut head: Assessment = work.whole.assessment.clone();
    let before = head.lead;
    let changed = match what {
        "take-back" => head.take_back(organisation, person, at),
        "end" => {
            let signed = work.whole.signatures.iter().any(|signature| signature.organisation == organisation);
            head.end_part(organisation, signed, person, at)
        }
        "hand-over" => head.hand_over(organisation),
        _ => head.leave(organisation, person, at),
    };
    if let Err(refusal) = changed {
        return Ok(Err(refusal));
    }
    work.change_head(head).await?;
    if what == "hand-over" {
        hand_on::led(work, |assignee| assignee.organisation() == before).await?;
        return Ok(Ok(()));
    }
    hand_on::left(work, organisation, person).await?;
    // Nobody there can say any more that its annex goes out.
    for mut publication in work.publications().await? {
        let said = publication.annexes.as_ref().is_some_and(|annexes| annexes.contains_key(&organisation));
        if said && publication.keep_back(organisation, None).is_ok() {
            work.put_publication(publication).await?;
        }
    }
    Ok(Ok(()))
}
