//! `/assessments/import`: an assessment that exists already comes in: a file of the CNIL's PIA tool or of another City Tools becomes
//! an assessment to work on. One made elsewhere on paper is [recorded](super::elsewhere).

use super::attachments;
use crate::{
    assessments::tell,
    error::Failure,
    papers::intake::{Origin, open},
    state::App,
    web::{
        dpia::{own_work, who::Choice, whole::names},
        form::{Errors, Form, new_command},
        page,
        session::Caller,
        upload::Upload,
    },
};
use axum::{
    extract::State,
    response::{Html, IntoResponse as _, Response},
};
use domain::{
    dpia::{
        access,
        attachment::QUOTA,
        exchange::{Named, anew::Receiver},
        ids::AssessmentId,
        template::Purpose,
    },
    people::{Act, Member, Membership, PersonId},
};
use govuk::Link;
use serde::Serialize;
use std::collections::BTreeMap;
use uuid::Uuid;

#[derive(Serialize)]
struct View {
    command: Uuid,
    errors: Errors,
    organisation: String,
    /// For whom the form is, whatever another tab acts for by then.
    organisation_id: String,
    /// The roles in which the caller may be asked to sign, and could not once they lead it.
    signs: Vec<&'static str>,
    /// Who can lead it here.
    people: Vec<Choice>,
    typed: BTreeMap<String, String>,
    /// The largest file in MB.
    largest: usize,
}

/// What comes in.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Cnil,
    Citytools,
}

impl Kind {
    fn template(self) -> &'static str {
        match self {
            Self::Cnil => "dpia/import_cnil.html",
            Self::Citytools => "dpia/import_citytools.html",
        }
    }

    fn title(self) -> &'static str {
        match self {
            Self::Cnil => "Bring in a file of the CNIL’s PIA tool",
            Self::Citytools => "Bring in a file of City Tools",
        }
    }
}

/// The choice of what comes in.
pub async fn page(State(app): State<App>, caller: Caller) -> Result<Html<String>, Failure> {
    starts(&caller)?;
    let mut frame = page::frame(&app, "Bring in an assessment that exists", Some("dpias"));
    frame.breadcrumbs = vec![Link::new("Assessments", "/assessments")];
    page::render(&app, "dpia/import.html", &frame, ())
}

/// The form for a file of the CNIL's tool.
pub async fn cnil(State(app): State<App>, caller: Caller) -> Result<Html<String>, Failure> {
    show(&app, &caller, Kind::Cnil, &Form::default(), Errors::default()).await
}

/// The form for a file of City Tools.
pub async fn citytools(State(app): State<App>, caller: Caller) -> Result<Html<String>, Failure> {
    show(&app, &caller, Kind::Citytools, &Form::default(), Errors::default()).await
}

/// The caller as one who may begin assessments for the organisation acted for.
pub(super) fn starts(caller: &Caller) -> Result<&Member, Failure> {
    let member = caller.signed_in()?;
    caller.must(&Act::LeadProject(member.acting_for))?;
    Ok(member)
}

/// Who can lead what comes in: whoever writes assessments at the organisation, and whoever brings it in. The file names people of
/// another place.
async fn leaders(app: &App, caller: &Caller, member: &Member) -> Result<Vec<Choice>, Failure> {
    let places = app.store.by::<Membership>(&caller.scope, "organisation_id", member.acting_for.to_string()).await?;
    let works = |place: &&Membership| place.active() && place.roles.iter().any(|role| access::WRITERS.contains(role));
    let ids = places.iter().filter(works).map(|place| place.person).chain([member.person]);
    let names = names(app, &caller.scope, ids).await?;
    let mut people: Vec<Choice> = names.into_iter().map(|(id, name)| Choice { value: id.to_string(), text: name }).collect();
    people.sort_by(|a, b| a.text.cmp(&b.text));
    Ok(people)
}

async fn show(app: &App, caller: &Caller, kind: Kind, form: &Form, errors: Errors) -> Result<Html<String>, Failure> {
    let member = starts(caller)?;
    let mut typed = form.typed();
    // Whoever brings it in leads it, unless they say who does.
    typed.entry("lead".to_owned()).or_insert_with(|| member.person.to_string());
    let mut frame = page::frame(app, kind.title(), Some("dpias"));
    frame.back = Some("/assessments/import".to_owned());
    frame.error = !errors.is_empty();
    let largest = match kind {
        Kind::Cnil => super::DOCUMENT,
        Kind::Citytools => QUOTA + super::DOCUMENT,
    };
    let view = View {
        command: new_command(),
        errors,
        organisation: super::organisation(app, member.acting_for),
        organisation_id: member.acting_for.to_string(),
        signs: own_work::leading(member),
        people: leaders(app, caller, member).await?,
        typed,
        largest: largest >> 20,
    };
    page::render(app, kind.template(), &frame, view)
}

/// The form with what is wrong with its file.
async fn refuse(app: &App, caller: &Caller, kind: Kind, form: &Form, message: String) -> Result<Response, Failure> {
    let mut errors = Errors::default();
    errors.add("file", message);
    Ok(show(app, caller, kind, form, errors).await?.into_response())
}

/// Tells somebody that they lead what another brought in: once, however often the button is pressed.
async fn told(app: &App, caller: &Caller, made: AssessmentId, lead: PersonId, command: Uuid) -> Result<(), Failure> {
    let Some(mut work) = app.store.work(&caller.scope, app.clock.now(), app.clock.today(), made).await? else { return Ok(()) };
    let command = Uuid::from_u128(!command.as_u128());
    if work.command(command).await?.is_none() {
        work.answered(command, &made.to_string()).await?;
        let happened = tell::Happened { what: "led-by", person: Some(lead), ..tell::Happened::default() };
        tell::commit(app, work, Some(happened)).await?;
    }
    Ok(())
}

/// Takes in a file of the CNIL's tool.
pub async fn take_cnil(State(app): State<App>, caller: Caller, upload: Upload) -> Result<Response, Failure> {
    take(&app, &upload.form.acting(&caller)?, Kind::Cnil, Origin::Cnil, &upload).await
}

/// Takes in a file of City Tools.
pub async fn take_citytools(State(app): State<App>, caller: Caller, upload: Upload) -> Result<Response, Failure> {
    take(&app, &upload.form.acting(&caller)?, Kind::Citytools, Origin::Citytools, &upload).await
}

async fn take(app: &App, caller: &Caller, kind: Kind, from: Origin, upload: &Upload) -> Result<Response, Failure> {
    let member = starts(caller)?.clone();
    let command = upload.command().await?;
    let (at, today) = (app.clock.now(), app.clock.today());
    let known = app.store.known_organisations(&caller.scope).await?;
    let organisation = known.iter().find(|named| named.id == member.acting_for).cloned();
    let organisation: Named = organisation.ok_or_else(Failure::not_found)?;
    let rules = app.rules();
    let template = rules.in_force(Purpose::Dpia, today).ok_or_else(Failure::not_found)?;
    let form = &upload.form;
    let lead = match form.has("lead") {
        false => Some(member.person),
        true => {
            let people = leaders(app, caller, &member).await?;
            people.iter().find(|one| one.value == form.text("lead")).and_then(|one| one.value.parse().ok())
        }
    };
    let Some(lead) = lead else {
        let mut errors = Errors::default();
        errors.add("lead", "Choose who leads the assessment here");
        if upload.file("file").is_some() {
            errors.add("file", "Choose the file again: browsers do not keep it");
        }
        return Ok(show(app, caller, kind, form, errors).await?.into_response());
    };
    let wrong = |error: anyhow::Error| format!("The file cannot be taken in: {error}");
    let opened = match upload.file("file") {
        None => Err("Choose a file".to_owned()),
        Some(file) => open(from, &file.bytes).map_err(wrong),
    };
    let read = match opened {
        Err(message) => Err(message),
        Ok(opened) => {
            let register = app.store.register_candidates(&caller.scope, &opened.wanted()).await?;
            let (known, register) = (known.as_slice(), register.as_slice());
            let receiver = Receiver { organisation, known, register, person: member.person, number: String::new(), at };
            opened.documents(&receiver, template, |edition| rules.template(edition)).map_err(wrong)
        }
    };
    let documents = match read {
        Ok(documents) => documents,
        Err(message) => return refuse(app, caller, kind, form, message).await,
    };
    let mut made = Vec::new();
    for (place, (mut bundle, files)) in documents.into_iter().enumerate() {
        bundle.assessment.lead_person = Some(lead);
        for attachment in &mut bundle.attachments {
            if !attachment.here() {
                continue;
            }
            let Some(bytes) = files.get(&attachment.hash.to_string())? else { continue };
            match attachments::scan(app, &bytes).await {
                Ok(scan) => attachment.scan = scan,
                Err(message) => return refuse(app, caller, kind, form, message).await,
            }
        }
        // Each assessment of a file is a command of its own, so that a repeated press finds all of them again.
        let command = Uuid::from_u128(command.as_u128().wrapping_add(place as u128));
        let bytes = |hash: &str| files.get(hash).ok().flatten();
        let id = app.store.receive(&caller.scope, at, today, bundle, &bytes, Some(command)).await?;
        if lead != member.person {
            told(app, caller, id, lead, command).await?;
        }
        made.push(id);
    }
    match made.as_slice() {
        [one] => Ok(page::saved(&format!("/assessments/{one}/import-report"), "The assessment is here")),
        several => Ok(page::saved("/assessments", &format!("{} assessments are here", several.len()))),
    }
}
