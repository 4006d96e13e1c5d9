//! `citytools dpia export|import`: an assessment as a file, and a file as an assessment.

use super::{Context, Format, Outcome, Report, print_json};
use crate::papers::{
    Subject,
    files::File,
    intake::{Origin, open},
    names, officers, signed,
};
use crate::web::dpia::desk::day_of;
use anyhow::{Context as _, Result, anyhow};
use clap::{Args, Subcommand, ValueEnum};
use domain::{
    dpia::{
        attachment::Gone,
        cnil,
        exchange::{Bundle, anew::Receiver, register::Registered},
        ids::AssessmentId,
        template::Purpose,
    },
    people::{PersonId, Scope},
};
use serde_json::json;
use std::{io::Write as _, path::PathBuf};
use store::Store;
use uuid::Uuid;

/// Assessments as files.
#[derive(Subcommand, Debug)]
pub enum Command {
    /// Write an assessment to standard output
    Export(Export),
    /// Take an assessment in, and say its new id
    Import(Import),
}

/// What an export takes.
#[derive(Args, Debug)]
pub struct Export {
    /// The assessment's id, or its number, such as CMD-2026-18
    id: String,
    /// The file's format
    #[arg(long, value_enum, default_value_t = Kind::Json)]
    format: Kind,
}

/// The formats.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
#[allow(missing_docs)]
pub enum Kind {
    Pdf,
    Docx,
    Json,
    Csv,
    Md,
    Zip,
    Xlsx,
}

impl Kind {
    fn file(self) -> File {
        match self {
            Self::Pdf => File::Pdf,
            Self::Docx => File::Docx,
            Self::Json => File::Json,
            Self::Csv => File::Answers,
            Self::Md => File::Markdown,
            Self::Zip => File::Zip,
            Self::Xlsx => File::Risks,
        }
    }
}

/// What an import takes.
#[derive(Args, Debug)]
pub struct Import {
    /// The file: JSON, or a ZIP of City Tools
    file: PathBuf,
    /// Where the file comes from
    #[arg(long, value_enum)]
    from: From,
    /// The organisation that will lead the assessment, by its short name
    #[arg(long, value_name = "SLUG")]
    organisation: String,
    #[command(flatten)]
    report: Report,
}

/// Where files come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
#[allow(missing_docs)]
pub enum From {
    Cnil,
    Citytools,
}

/// Does what the command asks.
pub async fn run(context: &Context, command: Command) -> Result<Outcome> {
    match command {
        Command::Export(arguments) => export(context, arguments).await,
        Command::Import(arguments) => import(context, arguments).await,
    }
}

async fn export(context: &Context, arguments: Export) -> Result<Outcome> {
    let store = context.open().await?;
    let today = context.clock.today();
    let scope = Scope::Operator;
    let id = find(&store, context, &arguments.id).await?;
    let (at, library) = (context.clock.now(), crate::state::known(&store).await?);
    let bundle = store.bundle(&scope, at, today, &library, id).await?.ok_or_else(|| missing(&arguments.id))?;
    let template = library
        .template_of(&bundle.assessment, today)
        .ok_or_else(|| anyhow!("the template {} is not known here", bundle.assessment.template))?;
    let file = arguments.format.file();
    let mut attachments = Vec::new();
    if file.wants_attachments() {
        for attachment in &bundle.attachments {
            attachments.extend(store.attachment(&scope, today, &template, id, attachment.id).await?.map(|(_, bytes)| bytes));
        }
    }
    let people = names(&store, &scope, &bundle, &[]).await?;
    let whole = store.assessment(&scope, today, &library, id).await?;
    let officers = officers(&store, &scope, whole.as_ref().map_or(&[], |whole| &whole.holders)).await?;
    store.close().await?;
    let routes = whole.as_ref().and_then(|whole| Some((whole, library.routes_for(whole, today, &day_of)?)));
    let steps = routes.as_ref().map(|(_, routes)| signed::steps(routes, bundle.signatures.iter()));
    let passed_over = routes.map(|(whole, routes)| whole.with_board(&template, &routes, |board| board.passed_over()));
    let subject = Subject::new(&bundle, &template, people).with_steps(steps.unwrap_or_default());
    let subject = subject.passing_over(passed_over.unwrap_or_default()).with_officers(officers);
    let bytes = file.make(&subject, at, &attachments)?;
    super::Output.write_all(&bytes)?;
    Ok(Outcome::Done)
}

/// An assessment by its id or its number.
async fn find(store: &Store, context: &Context, wanted: &str) -> Result<AssessmentId> {
    if let Ok(id) = wanted.parse() {
        return Ok(id);
    }
    let all = store.assessments(&Scope::Operator, context.clock.today()).await?;
    all.into_iter().find(|one| one.number == wanted).map(|one| one.id).ok_or_else(|| missing(wanted))
}

fn missing(wanted: &str) -> anyhow::Error {
    anyhow!("there is no assessment '{wanted}': give its id or its number, as its page shows them")
}

async fn import(context: &Context, arguments: Import) -> Result<Outcome> {
    let bytes = std::fs::read(&arguments.file).with_context(|| format!("the file {}", arguments.file.display()))?;
    let store = context.open().await?;
    let known = store.known_organisations(&Scope::Operator).await?;
    let organisation = known.iter().find(|named| named.slug == arguments.organisation).cloned();
    let organisation = organisation
        .ok_or_else(|| anyhow!("there is no organisation '{}': see 'citytools organisation list'", arguments.organisation))?;
    let (at, today) = (context.clock.now(), context.clock.today());
    let library = crate::state::known(&store).await?;
    let template =
        library.in_force(Purpose::Dpia, today).ok_or_else(|| anyhow!("no template of a DPIA is in force on {today}"))?;
    let from = match arguments.from {
        From::Cnil => Origin::Cnil,
        From::Citytools => Origin::Citytools,
    };
    let opened = open(from, &bytes)?;
    let register = store.register_candidates(&Scope::Operator, &opened.wanted()).await?;
    let (known, register) = (known.as_slice(), register.as_slice());
    let receiver = Receiver { organisation, known, register, person: PersonId(Uuid::nil()), number: String::new(), at };
    let read = opened.documents(&receiver, template, |edition| library.template(edition))?;
    let mut reports = Vec::new();
    for (mut bundle, files) in read {
        // The operator is nobody here: whoever leads projects there sees to it, until somebody is said to lead it.
        bundle.assessment.lead_person = None;
        let summary = summary(&bundle);
        let bytes = |hash: &str| files.get(hash).ok().flatten();
        let id = store.receive(&Scope::Operator, at, today, bundle, &bytes, None).await?;
        reports.push((id, summary));
    }
    store.close().await?;
    match arguments.report.format {
        Format::Json => {
            let all: Vec<serde_json::Value> = reports.iter().map(|(id, report)| said(*id, report)).collect();
            // One assessment is the rule; an array of the CNIL's server can hold several.
            match all.as_slice() {
                [one] => print_json(one)?,
                several => print_json(&several)?,
            }
        }
        Format::Text => {
            for (id, report) in &reports {
                say!("{id}  {}", report.title);
                say!("  mapped {}, changed {}, kept aside {}", report.mapped, report.changed, report.kept);
                let found = report.register.iter().filter(|one| one.found.is_some()).count();
                say!("  of the register found again {found}, kept as text {}", report.register.len() - found);
                say!("  attachments that did not come along {}", report.not_here);
                say!("  told of elsewhere: tasks {}, publications {}", report.tasks, report.publications);
                say!(
                    "  questions to the Commissioner that were asked elsewhere, and clear nothing here {}",
                    report.consultations
                );
                say!("  whoever leads projects there sees to it, until its page says who leads it");
                if let Some(day) = report.live {
                    let here = if report.record { "the record of one made elsewhere" } else { "a draft" };
                    say!("  in use elsewhere since {day}, and {here} here");
                }
            }
        }
    }
    Ok(Outcome::Done)
}

/// What came of a document, for the report.
struct Summary {
    title: String,
    mapped: usize,
    changed: usize,
    kept: usize,
    report: Option<cnil::Report>,
    register: Vec<Registered>,
    invited: usize,
    not_here: usize,
    tasks: usize,
    publications: usize,
    consultations: usize,
    live: Option<jiff::civil::Date>,
    /// It is kept as the record of one made elsewhere.
    record: bool,
}

fn summary(bundle: &Bundle) -> Summary {
    let counts = bundle.import_report.as_ref();
    Summary {
        title: bundle.assessment.title.clone(),
        mapped: counts.map_or(bundle.fields.len(), |report| report.mapped.len()),
        changed: counts.map_or(0, |report| report.changed.len()),
        kept: counts.map_or(0, |report| report.kept.len()),
        report: bundle.import_report.clone(),
        register: bundle.register_elsewhere.clone(),
        invited: bundle.invited_elsewhere.len(),
        not_here: bundle.attachments.iter().filter(|file| file.gone == Some(Gone::NotHere)).count(),
        tasks: bundle.tasks_elsewhere.len(),
        publications: bundle.publications_elsewhere.len(),
        consultations: bundle.consultations_elsewhere.len(),
        live: bundle.live_elsewhere,
        record: bundle.assessment.is_record(),
    }
}

fn said(id: AssessmentId, summary: &Summary) -> serde_json::Value {
    json!({
        "id": id,
        "title": summary.title,
        "mapped": summary.mapped,
        "changed": summary.changed,
        "kept_aside": summary.kept,
        "report": summary.report,
        // What the document named of the register, each with what it was found to be here; without it is kept as text.
        "register": summary.register,
        "guests_elsewhere": summary.invited,
        // Files that the document names and that were not beside it: kept by name, type and hash.
        "attachments_not_here": summary.not_here,
        "tasks_elsewhere": summary.tasks,
        "publications_elsewhere": summary.publications,
        "consultations_elsewhere": summary.consultations,
        "live_elsewhere": summary.live,
    })
}
