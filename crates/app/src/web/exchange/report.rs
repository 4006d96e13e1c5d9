//! `/assessments/{id}/import-report`: what of a document was mapped, changed and kept aside, and what of it counts for nothing here.

use super::{Opened, attachments::size};
use crate::{
    error::Failure,
    state::App,
    web::{dpia::sign_off::consultation::outcome_words, page, session::Caller},
};
use axum::{
    extract::{Path, State},
    response::Html,
};
use domain::dpia::{
    attachment::Gone,
    cnil::{How, Why},
    exchange::{
        self, Bundle,
        register::{By, Kind as RegisterKind},
    },
    ico::Consultation,
    publication::{Publication, Stage},
    task::{About, Task},
};
use serde::Serialize;

#[derive(Serialize)]
struct ReportView {
    address: String,
    /// It is kept as the record of one made elsewhere.
    record: bool,
    mapped: usize,
    changed: Vec<Entry>,
    kept: Vec<Entry>,
    /// Records of the register that were found again.
    found: Vec<Registered>,
    /// Those that stay as text.
    text: Vec<Registered>,
    /// Guests who were invited elsewhere.
    invited: Vec<String>,
    /// Attachments that the document names, and that did not come along.
    not_here: Vec<File>,
    /// How many attachments came along.
    here: usize,
    /// Tasks that were open elsewhere, and how many were done.
    tasks: Vec<Asked>,
    done: usize,
    published: Vec<Published>,
    /// What the Commissioner was asked elsewhere.
    consulted: Vec<Consulted>,
    /// Since when data is in use elsewhere, of a draft here.
    live: Option<jiff::civil::Date>,
}

/// What the Commissioner was asked elsewhere, and answered.
#[derive(Serialize)]
struct Consulted {
    sent: jiff::civil::Date,
    risks: usize,
    withdrawn: Option<jiff::civil::Date>,
    /// The day, what it comes to, and its words.
    answer: Option<(jiff::civil::Date, &'static str, String)>,
}

fn consulted(one: &Consultation) -> Consulted {
    let answer = one.answer.as_ref();
    Consulted {
        sent: one.sent,
        risks: one.risks.len(),
        withdrawn: one.withdrawn.as_ref().map(|withdrawn| withdrawn.on),
        answer: answer.map(|answer| (answer.on, outcome_words(answer.outcome), answer.text.clone())),
    }
}

/// An attachment without its content.
#[derive(Serialize)]
struct File {
    name: String,
    size: String,
    hash: String,
}

/// A task that somebody had elsewhere.
#[derive(Serialize)]
struct Asked {
    what: String,
    organisation: String,
    due: Option<jiff::civil::Date>,
}

/// What was decided elsewhere about publishing it.
#[derive(Serialize)]
struct Published {
    organisation: String,
    /// `preparing`, `checking`, `published`, `withdrawn` or `replaced`.
    stage: &'static str,
    at: i64,
    fields: usize,
}

fn asked(bundle: &Bundle, task: &Task) -> Asked {
    let what = match &task.about {
        About::Section { .. } => "Write a section",
        About::Field { .. } => "Answer a question",
        About::Clash { .. } => "Settle a clash",
        About::Comment { .. } => "Answer a comment",
        About::Recommendation { .. } => "Answer a recommendation",
        About::Measure { .. } => "Carry out a measure",
        About::Sign { .. } => "Sign a step",
        About::Invitation { .. } => "Answer an invitation",
        About::Review { .. } => "Look at the assessment again",
        About::Vacancy { .. } => "Find somebody for a role",
        About::Guest => "Read what a guest is invited to",
        About::SentBack => "Change what was sent back",
        About::BeginDpia => "Begin a DPIA",
        About::Consultation { .. } => "See what follows from the answer of the Commissioner",
        About::Screening { .. } => "Decide what is done after the screening",
        About::Publication => "Look at what is to be published",
        About::AnnexPublication { .. } => "Decide what of an annex is published",
        About::Record { words, .. } => words.as_str(),
    };
    Asked { what: what.to_owned(), organisation: bundle.organisation(task.assignee.organisation()), due: task.due }
}

fn published(bundle: &Bundle, one: &Publication) -> Published {
    let (stage, at) = match &one.stage {
        Stage::Preparing => ("preparing", one.at),
        Stage::Checking => ("checking", one.at),
        Stage::Published { at, .. } => ("published", *at),
        Stage::Withdrawn { at, .. } => ("withdrawn", *at),
        Stage::Replaced { at, .. } => ("replaced", *at),
    };
    Published { organisation: bundle.organisation(one.organisation), stage, at, fields: one.fields.len() }
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
pub async fn page(State(app): State<App>, caller: Caller, Path(id): Path<String>) -> Result<Html<String>, Failure> {
    let desk = Opened::new(&app, &caller, &id).await?;
    let found =
        app.store.bundle(&caller.scope, app.clock.now(), desk.today, app.rules().as_ref(), desk.whole.assessment.id).await?;
    let bundle = found.ok_or_else(Failure::not_found)?;
    // What was begun here, or recorded from its document, did not come in as one.
    let came = app.store.came_in(&caller.scope, desk.today, desk.whole.assessment.id).await?;
    if !came {
        return Err(Failure::not_found());
    }
    let report = bundle.import_report.clone().unwrap_or_default();
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
        address: desk.address(),
        record: desk.whole.assessment.is_record(),
        mapped: if report.mapped.is_empty() { bundle.fields.len() } else { report.mapped.len() },
        changed: changed.collect(),
        kept: kept.collect(),
        found,
        text,
        here: bundle.attachments.iter().filter(|file| file.here()).count(),
        not_here: bundle
            .attachments
            .iter()
            .filter(|file| file.gone == Some(Gone::NotHere))
            .map(|file| File { name: file.name.clone(), size: size(file.size), hash: file.hash.to_string() })
            .collect(),
        tasks: bundle.tasks_elsewhere.iter().filter(|task| task.open()).map(|task| asked(&bundle, task)).collect(),
        done: bundle.tasks_elsewhere.iter().filter(|task| !task.open()).count(),
        published: bundle.publications_elsewhere.iter().map(|one| published(&bundle, one)).collect(),
        consulted: bundle.consultations_elsewhere.iter().map(consulted).collect(),
        live: bundle.live_elsewhere,
        invited: bundle.invited_elsewhere.iter().map(|one| one.name.clone().unwrap_or_default()).collect(),
    };
    page::render(&app, "dpia/import_report.html", &frame, view)
}
