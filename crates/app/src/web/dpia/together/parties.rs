//! `/assessments/{id}/parties`: the organisations that take part and the guests from outside; inviting, answering an
//! invitation. Organisations may join at any time, also after others have signed: that touches no signature. Who takes part no
//! longer, and who leads, is seen to in `lead`.

use super::{
    super::{
        projects::{Body, body, show},
        whole,
    },
    guests, joint, lead, tasks,
};
use crate::{
    assessments::{guest, tell},
    error::Failure,
    state::App,
    web::{
        form::{Errors, Form, new_command},
        page,
        people::sign_in::check::stale_form,
        repeat,
        session::Caller,
    },
};
use axum::{
    extract::{Path, State},
    http::HeaderMap,
    response::{IntoResponse as _, Response},
};
use domain::{
    dpia::{
        access,
        assessment::{Guest, Joined, PartyRole, Refusal},
        place::Part,
        task::{About, Assignee},
        template::Template,
        whole::Whole,
    },
    people::{Person, PersonId, Role},
    register::{ids::OrganisationId, records::OrganisationKind},
};
use jiff::ToSpan as _;
use serde::Serialize;
use std::collections::BTreeMap;
use uuid::Uuid;

/// Days within which an invitation is answered.
const ANSWER_WITHIN: i64 = 14;

#[derive(Serialize)]
struct View {
    href: String,
    command: Uuid,
    errors: Errors,
    typed: BTreeMap<String, String>,
    chosen: Vec<String>,
    /// The caller invites.
    keeps: bool,
    /// The caller's organisation is invited, and the caller may answer.
    invited: Option<Body>,
    parties: Vec<show::Row>,
    guests: Vec<guests::Row>,
    organisations: Vec<Choice>,
    sections: Vec<Choice>,
    people: Vec<Choice>,
    /// The organisation acted for, where it may leave.
    may_leave: Option<OrganisationId>,
    /// It is in use, so that whoever leaves says why.
    in_use: bool,
    /// The caller's organisation leads, and has to hand that over before it leaves.
    leads: bool,
    /// Invitations that the lead can take back.
    waiting: Vec<Body>,
    /// Parties that have signed nothing, whose part the lead can end.
    unsigned: Vec<Body>,
    /// Controllers that could lead it.
    heirs: Vec<Choice>,
}

#[derive(Serialize)]
struct Choice {
    value: String,
    text: String,
}

/// The page. Whoever is only invited sees it too: title, parties, and the invitation.
///
/// # Errors
/// Not found where the caller sees nothing of the assessment.
pub async fn page(State(app): State<App>, caller: Caller, Path(id): Path<String>) -> Result<Response, Failure> {
    let (whole, template) = whole::load(&app, &caller, &id).await?;
    render(&app, &caller, &whole, &template, Errors::default(), &Form::default()).await
}

/// Does what the form's `act` says: invite, guest, dismiss, accept, decline; and what the lead does about parties, and leaving.
///
/// # Errors
/// Not found for those who may not.
pub async fn act(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    headers: HeaderMap,
    form: Form,
) -> Result<Response, Failure> {
    // Whose page it was leaves, and not for whom another tab acts since.
    let caller = if form.text("act") == "leave" { form.acting(&caller)? } else { caller };
    let (command, now, today) = (form.command()?, app.clock.now(), app.clock.today());
    let (seen, template) = match whole::load(&app, &caller, &id).await {
        Ok(found) => found,
        // Whoever leaves and sends it twice has left by the first.
        Err(failure) if form.text("act") == "leave" => {
            let done = app.store.write(&caller.scope, now).await?.command(command).await?;
            return done.map(|done| repeat::again(&done)).ok_or(failure);
        }
        Err(failure) => return Err(failure),
    };
    if lead::ACTS.contains(&form.text("act")) {
        return lead::act(&app, &caller, &seen, &template, &form).await;
    }
    let member = caller.signed_in()?;
    let location = format!("/assessments/{}/parties", seen.assessment.id);
    let snapshot = app.snapshot();
    let mut errors = Errors::default();
    let mut head = seen.assessment.clone();
    let mut asked: Option<(About, Assignee)> = None;
    let mut told: Option<Guest> = None;
    let mut acting = caller.scope.clone();
    let done: String = match form.text("act") {
        "invite" => {
            keeper(&caller, &seen)?;
            let chosen = form.some("organisation").and_then(|slug| snapshot.organisation(snapshot.organisation_by_slug(slug)?));
            let role = PartyRole::parse(form.text("role"));
            match (chosen, role) {
                (Some(entry), Some(role)) => {
                    let organisation = entry.record.id;
                    let contacts = form.raw("contacts").lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned);
                    match head.invite(organisation, role, contacts.collect(), member.person, now) {
                        Ok(()) => {
                            let with = Assignee::Role { organisation, role: Role::IgOfficer };
                            asked = Some((About::Invitation { organisation }, with));
                            format!("{} is invited.", entry.record.name)
                        }
                        Err(refusal) => {
                            errors.add("organisation", sentence(refusal));
                            String::new()
                        }
                    }
                }
                (chosen, role) => {
                    if chosen.is_none() {
                        errors.add("organisation", "Choose an organisation");
                    }
                    if role.is_none() {
                        errors.add("role", "Say what it is to the processing");
                    }
                    String::new()
                }
            }
        }
        "guest" => {
            keeper(&caller, &seen)?;
            // It lets somebody from outside in, as an invitation to an organisation does.
            if let Some(response) = stale_form(&app, &caller, &headers, &location, &location, &form).await? {
                return Ok(response);
            }
            let person: Option<PersonId> = form.some("person").and_then(|text| text.parse().ok());
            let person = match person {
                Some(person) => app.store.get::<Person>(&caller.scope, person.0).await?.map(|person| person.id),
                None => None,
            };
            let until = form.day("until", "The last day").unwrap_or_else(|message| {
                errors.add_at("until", "until-day", message);
                None
            });
            if until.is_some_and(|until| until < today) {
                errors.add_at("until", "until-day", "The last day must be today or later");
            }
            let asked = tasks::sections(&seen, &template, Part::Shared);
            let known = |id: &str| asked.iter().any(|(section, _)| section.id == id);
            let sections: Vec<String> = form.all("section").into_iter().filter(|id| known(id)).map(str::to_owned).collect();
            match person {
                None => {
                    errors.add("person", "Choose a person");
                    String::new()
                }
                Some(person) if errors.is_empty() => {
                    let guest = Guest {
                        person,
                        sections,
                        writes: form.text("writes") == "yes",
                        until,
                        invited_at: now,
                        invited_by: Some(member.person),
                    };
                    told = Some(guest.clone());
                    match head.invite_guest(guest) {
                        Ok(()) => "The guest is invited to these sections, and to nothing else.".to_owned(),
                        Err(refusal) => {
                            errors.add(if refusal == Refusal::NoSections { "section" } else { "person" }, sentence(refusal));
                            String::new()
                        }
                    }
                }
                Some(_) => String::new(),
            }
        }
        answer @ ("accept" | "decline") => {
            let Some(party) = joint::invitation(&app, &caller, &head.parties, Some(&form)) else {
                let said = joint::accepted(&app, &caller, &head.parties, &form).ok_or_else(Failure::not_found)?;
                return Ok(page::nothing_saved(&location, said));
            };
            let organisation = party.organisation;
            acting = caller.scope.acting_for(organisation);
            if head.answer_invitation(organisation, answer == "accept", member.person, now).is_err() {
                return Err(Failure::not_found());
            }
            if answer == "accept" { "Your organisation takes part." } else { "The invitation is declined." }.to_owned()
        }
        "dismiss" => {
            keeper(&caller, &seen)?;
            let person: PersonId = form.text("guest").parse().map_err(|_| Failure::not_found())?;
            match head.dismiss_guest(person) {
                Ok(true) => "The invitation is taken back. What the guest wrote stays.".to_owned(),
                Ok(false) => return Err(Failure::not_found()),
                Err(refusal) => {
                    errors.add("act", sentence(refusal));
                    String::new()
                }
            }
        }
        _ => return Err(Failure::not_found()),
    };
    if !errors.is_empty() {
        return render(&app, &caller, &seen, &template, errors, &form).await;
    }
    let Some(mut work) = app.store.work(&acting, now, today, seen.assessment.id).await? else {
        return Err(Failure::not_found());
    };
    if let Some(done) = work.command(command).await? {
        return Ok(repeat::again(&done));
    }
    if work.whole.assessment.updated_at != seen.assessment.updated_at {
        drop(work);
        let mut errors = Errors::default();
        errors.add("act", "Somebody changed the parties meanwhile. Look at them, then try again");
        let (whole, template) = whole::load(&app, &caller, &id).await?;
        return render(&app, &caller, &whole, &template, errors, &form).await;
    }
    let invited = match &asked {
        Some((About::Invitation { organisation }, _)) => head.party(*organisation).cloned(),
        _ => None,
    };
    work.change_head(head).await?;
    guests::settle(&mut work, &seen.assessment, member.person).await?;
    // One invitation is for the project too, and so is its answer.
    let own = acting.member().map(|member| member.acting_for);
    let answers = matches!(form.text("act"), "accept" | "decline").then(|| form.text("act") == "accept");
    if let Some(party) = invited {
        joint::invited(&mut work, &party, member.person).await?;
    }
    if let Some(guest) = told {
        guest::tell(&app, &mut work, &template, member, &guest).await?;
    }
    if let (Some(accepts), Some(organisation)) = (answers, own) {
        joint::answered(&mut work, organisation, accepts, member.person).await?;
    }
    match asked {
        Some((about, with)) => {
            let due = today.saturating_add(ANSWER_WITHIN.days());
            work.ask(about, with, Some(due), "").await?;
        }
        None => {
            let organisation = acting.member().map(|member| member.acting_for);
            work.close_tasks(
                |about| matches!(about, About::Invitation { organisation: of } if Some(*of) == organisation),
                Some(member.person),
            )
            .await?;
        }
    }
    // Whoever declines has no such page any more.
    let location = if form.text("act") == "decline" { "/assessments".to_owned() } else { location };
    work.answered(command, &repeat::kept(&location, &done)).await?;
    let happened = match form.text("act") {
        "accept" => Some("joined"),
        _ => None,
    };
    let happened = happened.map(|what| tell::Happened {
        what,
        organisation: acting.member().map(|member| member.acting_for),
        parties: true,
        ..tell::Happened::default()
    });
    tell::commit(&app, work, happened).await?;
    if let (Some(accepts), Some(organisation), Some(project)) = (answers, own, seen.assessment.project) {
        joint::others(&app, &acting, project, organisation, member.person, accepts).await?;
    }
    Ok(page::saved(&location, &done))
}

fn keeper(caller: &Caller, whole: &Whole) -> Result<(), Failure> {
    let lead = whole.assessment.lead;
    if access::keeps(&caller.scope, &whole.assessment, lead) { Ok(()) } else { Err(Failure::not_found()) }
}

/// Why the parties stay as they are.
pub(super) fn sentence(refusal: Refusal) -> &'static str {
    match refusal {
        Refusal::AlreadyParty => "It takes part already, or is invited",
        Refusal::NotInvited => "It was not invited",
        Refusal::NotParty => "It does not take part",
        Refusal::Leads => "Your organisation leads: hand the lead over before it leaves",
        Refusal::LastController => "Somebody must control the processing: your organisation is the last that does",
        Refusal::Closed => "The assessment is closed",
        Refusal::NoSections => "Choose at least one section",
        Refusal::AlreadyGuest => "This person is a guest already",
        Refusal::HasSigned => "It has signed, so that only it can say that it leaves",
        Refusal::LeadsAlready => "It leads already",
    }
}

/// The page, with what was wrong with a form.
///
/// # Errors
/// When the database fails.
pub(super) async fn render(
    app: &App,
    caller: &Caller,
    whole: &Whole,
    template: &Template,
    errors: Errors,
    form: &Form,
) -> Result<Response, Failure> {
    let member = caller.signed_in()?;
    let (snapshot, head) = (app.snapshot(), &whole.assessment);
    let keeps = access::keeps(&caller.scope, head, head.lead);
    let invited = joint::invitation(app, caller, &head.parties, None).filter(|_| !head.state.is_closed());
    let invited = invited.map(|party| body(&snapshot, party.organisation));
    let mut organisations: Vec<Choice> = Vec::new();
    let mut people: Vec<Choice> = Vec::new();
    if keeps {
        organisations = snapshot
            .organisations()
            .iter()
            .filter(|entry| entry.record.kind != OrganisationKind::Other)
            .filter(|entry| {
                head.party(entry.record.id).is_none_or(|party| !matches!(party.joined, Joined::Accepted | Joined::Invited))
            })
            .map(|entry| Choice { value: entry.record.slug.clone(), text: entry.record.name.clone() })
            .collect();
        organisations.sort_by(|a, b| a.text.cmp(&b.text));
        let guests = guests::choices(app, caller, whole).await?;
        people = guests.into_iter().map(|(id, name)| Choice { value: id.to_string(), text: name }).collect();
    }
    let open = keeps && !head.state.is_closed();
    let others = |joined: Joined| {
        let parties = head.parties.iter().filter(move |party| party.joined == joined && party.organisation != head.lead);
        parties.map(|party| party.organisation).filter(|_| open)
    };
    let signed = |one: OrganisationId| whole.signatures.iter().any(|signature| signature.organisation == one);
    let view = View {
        leads: keeps && member.acting_for == head.lead,
        waiting: others(Joined::Invited).map(|one| body(&snapshot, one)).collect(),
        unsigned: others(Joined::Accepted).filter(|one| !signed(*one)).map(|one| body(&snapshot, one)).collect(),
        heirs: others(Joined::Accepted)
            .filter(|one| head.controllers().any(|controller| controller == *one))
            .map(|one| body(&snapshot, one))
            .map(|one| Choice { value: one.slug, text: one.name })
            .collect(),
        href: format!("/assessments/{}", head.id),
        command: new_command(),
        errors,
        typed: form.typed(),
        chosen: form.all("section").into_iter().map(str::to_owned).collect(),
        keeps,
        invited,
        parties: head.parties.iter().map(|party| show::row(&snapshot, party)).collect(),
        guests: guests::rows(app, caller, whole, template).await?,
        organisations,
        sections: tasks::sections(whole, template, Part::Shared)
            .into_iter()
            .map(|(section, _)| Choice { value: section.id.clone(), text: section.title.clone() })
            .collect(),
        people,
        may_leave: (member.acting_for != head.lead && access::keeps(&caller.scope, head, member.acting_for))
            .then_some(member.acting_for),
        in_use: head.in_use(),
    };
    let mut frame = whole::frame(app, whole, "Parties and guests");
    frame.error = !view.errors.is_empty();
    Ok(page::render(app, "dpia/together/parties.html", &frame, view)?.into_response())
}
