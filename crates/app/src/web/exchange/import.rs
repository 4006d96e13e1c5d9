//! `/assessments/import`: an assessment that exists already comes in. One made elsewhere (PDF or Word) is recorded in five minutes;
//! a file of the CNIL's PIA tool or of another City Tools becomes an assessment to work on.

use super::{Opened, attachments};
use crate::{
    error::Failure,
    papers::intake::{Origin, open},
    state::App,
    web::{
        dpia::projects::uses::what_for,
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
        assessment::{Assessment, Elsewhere, Joined, Party, PartyRole, State as Standing},
        attachment::Attachment,
        exchange::{
            self, Named,
            anew::Receiver,
            register::{By, Kind as RegisterKind},
        },
        ids::AssessmentId,
        risk::Band,
        template::Purpose,
    },
    people::{Act, Member},
    register::{
        ids::SystemId,
        records::{Product, System},
    },
};
use govuk::Link;
use serde::Serialize;
use std::collections::BTreeMap;
use uuid::Uuid;

/// The longest upload: the largest file, and room for the form around it.
pub const LARGEST: usize = domain::dpia::attachment::MAX + (1 << 20);

#[derive(Serialize)]
struct View {
    command: Uuid,
    errors: Errors,
    typed: BTreeMap<String, String>,
    chosen: Vec<String>,
    systems: Vec<Item>,
    levels: Vec<Item>,
    organisation: String,
}

#[derive(Serialize)]
struct Item {
    value: String,
    text: String,
    /// What tells it from another of the same name.
    hint: String,
}

/// What comes in.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Elsewhere,
    Cnil,
    Citytools,
}

impl Kind {
    fn template(self) -> &'static str {
        match self {
            Self::Elsewhere => "dpia/import_elsewhere.html",
            Self::Cnil => "dpia/import_cnil.html",
            Self::Citytools => "dpia/import_citytools.html",
        }
    }

    fn title(self) -> &'static str {
        match self {
            Self::Elsewhere => "Record an assessment made elsewhere",
            Self::Cnil => "Bring in a file of the CNIL’s PIA tool",
            Self::Citytools => "Bring in a file of City Tools",
        }
    }
}

/// The choice of what comes in.
pub async fn page(State(app): State<App>, caller: Caller) -> Result<Html<String>, Failure> {
    starts(&caller)?;
    let mut frame = page::frame(&app, "Bring in an assessment that exists", Some("dpias"));
    frame.breadcrumbs = vec![Link::new("DPIAs", "/assessments")];
    page::render(&app, "dpia/import.html", &frame, ())
}

/// The form for one made elsewhere.
pub async fn elsewhere(State(app): State<App>, caller: Caller) -> Result<Html<String>, Failure> {
    show(&app, &caller, Kind::Elsewhere, &Form::default(), Errors::default()).await
}

/// The form for a file of the CNIL's tool.
pub async fn cnil(State(app): State<App>, caller: Caller) -> Result<Html<String>, Failure> {
    show(&app, &caller, Kind::Cnil, &Form::default(), Errors::default()).await
}

/// The form for a file of City Tools.
pub async fn citytools(State(app): State<App>, caller: Caller) -> Result<Html<String>, Failure> {
    show(&app, &caller, Kind::Citytools, &Form::default(), Errors::default()).await
}

fn starts(caller: &Caller) -> Result<&Member, Failure> {
    let member = caller.signed_in()?;
    caller.must(&Act::LeadProject(member.acting_for))?;
    Ok(member)
}

async fn show(app: &App, caller: &Caller, kind: Kind, form: &Form, errors: Errors) -> Result<Html<String>, Failure> {
    let member = starts(caller)?;
    let mut frame = page::frame(app, kind.title(), Some("dpias"));
    frame.back = Some("/assessments/import".to_owned());
    if !errors.is_empty() {
        frame.title = format!("Error: {}", frame.title);
    }
    let item = |value: &str, text: &str| Item { value: value.to_owned(), text: text.to_owned(), hint: String::new() };
    let systems = if kind == Kind::Elsewhere {
        let own = app.store.by::<System>(&caller.scope, "organisation_id", member.acting_for.to_string()).await?;
        let products: Vec<Uuid> = own.iter().map(|system| system.product.0).collect();
        let products = app.store.get_many::<Product>(&caller.scope, &products).await?;
        let name =
            |system: &System| products.iter().find(|product| product.id == system.product).map(|product| product.name.clone());
        let (snapshot, whose) = (app.snapshot(), super::organisation(app, member.acting_for));
        let mut items: Vec<Item> = own
            .iter()
            .filter_map(|system| {
                let hint = what_for(&snapshot, &system.functions, &whose);
                Some(Item { value: system.id.to_string(), text: name(system)?, hint })
            })
            .collect();
        items.sort_by(|one, other| (&one.text, &one.hint).cmp(&(&other.text, &other.hint)));
        items
    } else {
        vec![]
    };
    let view = View {
        command: new_command(),
        errors,
        typed: form.typed(),
        chosen: form.all("system").into_iter().map(str::to_owned).collect(),
        systems,
        levels: vec![item("low", "Low"), item("medium", "Medium"), item("high", "High"), item("", "The assessment does not say")],
        organisation: super::organisation(app, member.acting_for),
    };
    page::render(app, kind.template(), &frame, view)
}

/// Records one made elsewhere: its file, and what it says about itself.
pub async fn record(State(app): State<App>, caller: Caller, upload: Upload) -> Result<Response, Failure> {
    let member = starts(&caller)?.clone();
    let command = upload.form.command()?;
    let form = &upload.form;
    let mut errors = Errors::default();
    let title = form.some("title").unwrap_or_default().to_owned();
    if title.is_empty() {
        errors.add("title", "Enter the title of the assessment");
    }
    let mut day = |name: &str, what: &str| match form.day(name, what) {
        Ok(day) => day,
        Err(message) => {
            errors.add_at(name, &format!("{name}-day"), message);
            None
        }
    };
    let signed_on = day("signed-on", "The day it was signed");
    let review_on = day("review-on", "The day of the next review");
    let file = match upload.file("file") {
        None => {
            errors.add("file", "Choose the file of the assessment");
            None
        }
        Some(file) => match attachments::check(&app, &caller, &[], file).await {
            Ok(attachment) => Some((attachment, file.bytes.clone())),
            Err(message) => {
                errors.add("file", message);
                None
            }
        },
    };
    let (true, Some((attachment, bytes))) = (errors.is_empty(), file) else {
        return Ok(show(&app, &caller, Kind::Elsewhere, form, errors).await?.into_response());
    };
    let own = app.store.by::<System>(&caller.scope, "organisation_id", member.acting_for.to_string()).await?;
    let chosen = form.all("system");
    let systems: Vec<SystemId> =
        own.iter().map(|system| system.id).filter(|id| chosen.contains(&id.to_string().as_str())).collect();
    let today = app.clock.today();
    let rules = app.rules();
    let template = rules.in_force(Purpose::Dpia, today).ok_or_else(Failure::not_found)?;
    let at = app.clock.now();
    let assessment = Assessment {
        id: AssessmentId(Uuid::now_v7()),
        number: String::new(),
        project: None,
        screening: None,
        title: title.clone(),
        template: template.edition.clone(),
        modules: vec![],
        lead: member.acting_for,
        lead_person: Some(member.person),
        state: Standing::Recorded,
        state_since: at,
        wanted_by: None,
        parties: vec![Party {
            organisation: member.acting_for,
            role: PartyRole::Controller,
            joined: Joined::Accepted,
            since: at,
            by: Some(member.person),
            contacts: vec![],
        }],
        guests: vec![],
        systems,
        contracts: vec![],
        planned: vec![],
        frozen: None,
        live_since: None,
        review_on,
        elsewhere: Some(Elsewhere {
            level: Band::parse(form.text("level")),
            signed_on,
            signatories: form
                .text("signatories")
                .lines()
                .map(str::trim)
                .filter(|line| !line.is_empty())
                .map(str::to_owned)
                .collect(),
            remark: form.text("remark").to_owned(),
        }),
        superseded_by: None,
        open_annexes: [].into(),
        created_at: at,
        updated_at: at,
    };
    let made = app.store.begin_assessment(&caller.scope, at, today, assessment, Some(command)).await?;
    let there = app.store.attachments(&caller.scope, today, template, made.id).await?;
    if !there.iter().any(|known| known.hash == attachment.hash) {
        let attachment = Attachment { assessment: made.id, ..attachment };
        app.store.attach(&caller.scope, at, today, attachment, &bytes).await?;
    }
    Ok(page::saved(&format!("/assessments/{}", made.id), &format!("{title} is recorded as {}", made.number)))
}

/// Takes in a file of the CNIL's tool.
pub async fn take_cnil(State(app): State<App>, caller: Caller, upload: Upload) -> Result<Response, Failure> {
    take(&app, &caller, Kind::Cnil, Origin::Cnil, &upload).await
}

/// Takes in a file of City Tools.
pub async fn take_citytools(State(app): State<App>, caller: Caller, upload: Upload) -> Result<Response, Failure> {
    take(&app, &caller, Kind::Citytools, Origin::Citytools, &upload).await
}

async fn take(app: &App, caller: &Caller, kind: Kind, from: Origin, upload: &Upload) -> Result<Response, Failure> {
    let member = starts(caller)?.clone();
    let command = upload.form.command()?;
    let (at, today) = (app.clock.now(), app.clock.today());
    let known = app.store.known_organisations(&caller.scope).await?;
    let organisation = known.iter().find(|named| named.id == member.acting_for).cloned();
    let organisation: Named = organisation.ok_or_else(Failure::not_found)?;
    let rules = app.rules();
    let template = rules.in_force(Purpose::Dpia, today).ok_or_else(Failure::not_found)?;
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
        Err(message) => {
            let mut errors = Errors::default();
            errors.add("file", message);
            return Ok(show(app, caller, kind, &upload.form, errors).await?.into_response());
        }
    };
    let mut made = Vec::new();
    for (place, (mut bundle, files)) in documents.into_iter().enumerate() {
        for attachment in &mut bundle.attachments {
            let Some(bytes) = files.get(&attachment.hash.to_string()) else { continue };
            match attachments::scan(app, bytes).await {
                Ok(scan) => attachment.scan = scan,
                Err(message) => {
                    let mut errors = Errors::default();
                    errors.add("file", message);
                    return Ok(show(app, caller, kind, &upload.form, errors).await?.into_response());
                }
            }
        }
        // Each assessment of a file is a command of its own, so that a repeated press finds all of them again.
        let command = Uuid::from_u128(command.as_u128().wrapping_add(place as u128));
        made.push(app.store.receive(&caller.scope, at, today, bundle, &files, Some(command)).await?);
    }
    match made.as_slice() {
        [one] => Ok(page::saved(&format!("/assessments/{one}/import-report"), "The assessment is here")),
        several => Ok(page::saved("/assessments", &format!("{} assessments are here", several.len()))),
    }
}

#[derive(Serialize)]
struct ReportView {
    title: String,
    address: String,
    mapped: usize,
    changed: Vec<Entry>,
    kept: Vec<Entry>,
    /// Records of the register that were found again.
    found: Vec<Registered>,
    /// Those that stay as text.
    text: Vec<Registered>,
    /// Guests who were invited elsewhere.
    invited: Vec<String>,
}

/// A record of the register that the document named.
#[derive(Serialize)]
struct Registered {
    kind: RegisterKind,
    name: String,
    organisation: Option<String>,
    by: Option<By>,
    href: Option<String>,
}

fn registered(one: &exchange::register::Registered) -> Registered {
    let list = match one.kind {
        RegisterKind::System => "systems",
        RegisterKind::Supplier => "suppliers",
        RegisterKind::Contract => "contracts",
        RegisterKind::PlannedProcurement => "planned-procurements",
    };
    Registered {
        kind: one.kind,
        name: one.name.clone(),
        organisation: one.organisation.clone(),
        by: one.found.map(|found| found.by),
        href: one.found.map(|found| format!("/{list}/{}", found.here)),
    }
}

#[derive(Serialize)]
struct Entry {
    reference: String,
    words: &'static str,
    text: String,
}

/// What was mapped, changed and kept aside.
pub async fn report(
    State(app): State<App>,
    caller: Caller,
    axum::extract::Path(id): axum::extract::Path<String>,
) -> Result<Html<String>, Failure> {
    use domain::dpia::cnil::{How, Why};
    let desk = Opened::new(&app, &caller, &id).await?;
    let found =
        app.store.bundle(&caller.scope, app.clock.now(), desk.today, app.rules().as_ref(), desk.whole.assessment.id).await?;
    let bundle = found.ok_or_else(Failure::not_found)?;
    let report = bundle.import_report.unwrap_or_default();
    let words = |reference: &str| {
        let source = bundle.imported.iter().find(|one| one.source.reference == reference);
        source.map(|one| one.source.text.chars().take(200).collect()).unwrap_or_default()
    };
    let changed = report.changed.iter().map(|one| Entry {
        reference: one.reference.clone(),
        words: match one.how {
            How::Formatting => "Its formatting went, the words stayed",
            How::Scale => "A step of a scale of four became one of ours",
            How::NotCarriedOver => "Told here, and counts for nothing",
            How::Relinked => "Linked to its measure by number or title",
            How::BrokenLink => "Its link leads nowhere",
            How::Unreadable => "A date that could not be read",
        },
        text: words(&one.reference),
    });
    let kept = report.kept.iter().filter(|one| one.why != Why::Bookkeeping).map(|one| Entry {
        reference: one.reference.clone(),
        words: match one.why {
            Why::Person => "A person's name or account: never published",
            Why::Bookkeeping => "The other tool's own book-keeping",
            Why::Dangling => "It refers to something that the file does not have",
            Why::Template => "The template that came along",
            Why::NoPlace => "Nothing here holds it",
        },
        text: words(&one.reference),
    });
    let frame = desk.frame(&app, "What came in");
    let (found, text): (Vec<_>, Vec<_>) = bundle.register_elsewhere.iter().map(registered).partition(|one| one.by.is_some());
    let view = ReportView {
        title: desk.whole.assessment.title.clone(),
        address: desk.address(),
        mapped: if report.mapped.is_empty() { bundle.fields.len() } else { report.mapped.len() },
        changed: changed.collect(),
        kept: kept.collect(),
        found,
        text,
        invited: bundle.invited_elsewhere.iter().map(|one| one.name.clone().unwrap_or_default()).collect(),
    };
    page::render(&app, "dpia/import_report.html", &frame, view)
}
