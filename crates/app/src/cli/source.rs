//! `citytools source …`: the addresses that registers are read from on a schedule, for whoever runs the server. Their keepers do the
//! same in the browser.

use super::{Context, Format, Outcome, Report, print_json};
use crate::{
    config::Secrets,
    fetch::{Fetcher, Trusted},
    imports::tables,
    jobs::runner::{self, LEASE},
    sources::KIND,
    state::{App, SignIn},
    web::sources::edit::unfit,
};
use anyhow::{Context as _, Result, bail};
use clap::{Args, Subcommand};
use domain::{
    people::Scope,
    register::records::Organisation,
    work::sources::{Every, Source, SourceId, SourceKind},
};
use jiff::Timestamp;
use serde_json::{Value as Json, json};
use std::path::PathBuf;
use store::{Store, jobs::NewJob};

/// What `source` does.
#[derive(Subcommand, Debug)]
pub enum Command {
    /// Every source, with when it is read next and how often in a row it failed
    List(Report),
    /// Add a source; it is read first when the server next looks
    Add(Add),
    /// Read a source now, in this process
    Read(One),
    /// Remove a source; what it brought stays
    Remove(One),
}

/// What adding takes.
#[derive(Args, Debug)]
pub struct Add {
    /// Whose register it feeds; rows and notices of others are left out
    #[arg(long, value_name = "SLUG")]
    organisation: String,
    /// What its keepers call it
    #[arg(long)]
    name: String,
    /// What stands there: csv, xlsx, ocds, find-a-tender, contracts-finder
    #[arg(long, value_parser = kind)]
    kind: SourceKind,
    /// The address
    #[arg(long)]
    url: String,
    /// How often: day, week, month, never (only when somebody says so)
    #[arg(long, value_parser = every, default_value = "week")]
    every: Every,
    /// A mapping from headers to fields, as JSON or CSV; guessed when none is given
    #[arg(long, value_name = "FILE")]
    mapping: Option<PathBuf>,
    #[command(flatten)]
    report: Report,
}

/// One source.
#[derive(Args, Debug)]
pub struct One {
    /// The source's id, as 'source list' gives it
    source: SourceId,
    #[command(flatten)]
    report: Report,
}

fn kind(text: &str) -> Result<SourceKind, String> {
    SourceKind::parse(text).ok_or_else(|| format!("one of {}", SourceKind::ALL.map(SourceKind::as_str).join(", ")))
}

fn every(text: &str) -> Result<Every, String> {
    Every::parse(text).ok_or_else(|| format!("one of {}", Every::ALL.map(Every::as_str).join(", ")))
}

/// Does it.
pub async fn run(context: &Context, command: Command) -> Result<Outcome> {
    match command {
        Command::List(report) => list(context, report.format).await,
        Command::Add(source) => add(context, source).await,
        Command::Read(one) => read(context, one).await,
        Command::Remove(one) => remove(context, one).await,
    }
}

async fn list(context: &Context, format: Format) -> Result<Outcome> {
    let store = context.reading().await?;
    let organisations: Vec<Organisation> = store.all(&Scope::Operator).await?;
    let mut sources: Vec<Source> = store.all(&Scope::Operator).await?;
    sources.sort_by(|one, other| (one.organisation, &one.name, one.id).cmp(&(other.organisation, &other.name, other.id)));
    let mut rows = Vec::new();
    for source in &sources {
        let state = store.source_state(&scope(), source.id).await?;
        let slug = organisations.iter().find(|one| one.id == source.organisation).map(|one| one.slug.as_str());
        rows.push(json!({
            "id": source.id, "organisation": slug, "name": source.name, "kind": source.kind.as_str(), "url": source.url,
            "every": source.every.as_str(), "next": state.next_at.map(instant), "failures": state.failures,
        }));
    }
    store.close().await?;
    match format {
        Format::Json => print_json(&rows)?,
        // The address is left out: it may hold a key.
        Format::Text => {
            for row in &rows {
                let text = |name: &str| row[name].as_str().unwrap_or("not planned").to_owned();
                let failed = row["failures"].as_i64().filter(|failures| *failures > 0);
                let failed = failed.map(|failures| format!(", failed {failures} in a row")).unwrap_or_default();
                let (id, slug, kind, every) = (text("id"), text("organisation"), text("kind"), text("every"));
                say!("{id}  {slug:<24} {kind:<16} {every:<6} next {}{failed}: {}", text("next"), text("name"));
            }
        }
    }
    Ok(Outcome::Done)
}

async fn add(context: &Context, asked: Add) -> Result<Outcome> {
    let store = context.open().await?;
    let organisations: Vec<Organisation> = store.all(&Scope::Operator).await?;
    let Some(organisation) = organisations.into_iter().find(|one| one.slug == asked.organisation) else {
        bail!("there is no organisation '{}': 'citytools organisation list' shows them all", asked.organisation);
    };
    if asked.name.trim().is_empty() {
        bail!("a source needs a name");
    }
    let trusted = Trusted::of(context.file.fetch_trusted_hosts.iter().cloned());
    if let Some(words) = unfit(&asked.url, &trusted) {
        bail!("{words}; hosts that 'fetch-trusted-hosts' names may be read by http:// and on a private network too");
    }
    let mapping = match asked.mapping.as_deref() {
        Some(file) if !asked.kind.holds_notices() => tables::mapping_file(file)?,
        _ => Vec::new(),
    };
    let source = Source {
        id: SourceId(uuid::Uuid::now_v7()),
        organisation: organisation.id,
        name: asked.name.trim().to_owned(),
        kind: asked.kind,
        url: asked.url,
        mapping: mapping.into_iter().map(|(header, field)| (header, field.as_str().to_owned())).collect(),
        every: asked.every,
        updated_at: 0,
    };
    let (id, now) = (source.id, context.clock.now());
    let mut write = store.write(&Scope::Operator, now).await?;
    write.create(&mut [source]).await?;
    write.plan_source(id, (asked.every != Every::Never).then_some(now)).await?;
    write.commit().await?;
    store.close().await?;
    match asked.report.format {
        Format::Json => print_json(&json!({ "id": id }))?,
        Format::Text => say!("Source {id}. To read it now: citytools source read {id}"),
    }
    Ok(Outcome::Done)
}

async fn read(context: &Context, one: One) -> Result<Outcome> {
    let store = context.open().await?;
    known(&store, one.source).await?;
    let fetcher = Fetcher::new(context.file.fetch_trusted_hosts.iter().cloned()).context("no client for scheduled sources")?;
    let sign_in = SignIn { demo: false, secrets: Secrets::default() };
    let address = context.file.home();
    let app = App::under_with(store.clone(), context.clock, &context.file, &address, sign_in, crate::web::PAGES).await?;
    let work = runner::Context::new(app, None, fetcher);
    let (key, begun) = (one.source.to_string(), context.clock.now());
    let job = NewJob { kind: KIND, dedupe: Some(&key), payload: json!({ "source": one.source }), run_at: context.clock.now() };
    store.enqueue(&scope(), &job, context.clock.now()).await?;
    // A running server may take it first; then it is read there.
    while let Some(job) = store.lease_jobs(&scope(), &[KIND], context.clock.now(), LEASE, 1).await?.pop() {
        runner::attempt(&work, &job).await;
    }
    // Where the publisher asks to wait no run was begun, and the last one is an old story.
    let run = store.source_runs(&scope(), one.source, 1).await?.pop();
    let run = run.filter(|run| run.finished_at.is_none_or(|at| at >= begun));
    store.close().await?;
    let (outcome, problem) = run.as_ref().map_or((None, None), |run| (run.outcome.as_deref(), run.problem.as_deref()));
    let (pages, imports) = run.as_ref().map_or((0, &[][..]), |run| (run.pages, &run.imports));
    let sum = |name: &str| imports.iter().filter_map(|report| report.get(name).and_then(Json::as_u64)).sum::<u64>();
    match one.report.format {
        Format::Json => print_json(&json!({ "outcome": outcome, "pages": pages, "problem": problem, "imports": imports }))?,
        Format::Text => match (outcome, problem) {
            (Some("failed"), problem) => eprintln!("citytools: the source could not be read: {}", problem.unwrap_or_default()),
            (Some(_), note) => {
                say!("Pages: {pages}. Created {}, updated {}, unchanged {}.", sum("created"), sum("updated"), sum("unchanged"));
                if let Some(note) = note {
                    say!("Note: {note}.");
                }
            }
            (None, _) => {
                say!("The reading goes on: the publisher asks to wait, or a running server has it. Pages so far: {pages}.")
            }
        },
    }
    Ok(if outcome == Some("failed") { Outcome::Unsound } else { Outcome::Done })
}

async fn remove(context: &Context, one: One) -> Result<Outcome> {
    let store = context.open().await?;
    let source = known(&store, one.source).await?;
    let mut write = store.write(&Scope::Operator, context.clock.now()).await?;
    write.delete(&[source]).await?;
    write.commit().await?;
    store.close().await?;
    match one.report.format {
        Format::Json => print_json(&json!({ "removed": one.source }))?,
        Format::Text => say!("Removed. What it brought stays in the register."),
    }
    Ok(Outcome::Done)
}

async fn known(store: &Store, id: SourceId) -> Result<Source> {
    let source: Option<Source> = store.get(&Scope::Operator, id.0).await?;
    source.with_context(|| format!("there is no source {id}: 'citytools source list' shows them all"))
}

fn scope() -> Scope {
    runner::Context::scope(KIND)
}

fn instant(at: i64) -> String {
    Timestamp::from_millisecond(at).map(|at| at.to_string()).unwrap_or_default()
}
