//! The command line: one file a command. Exit status: 0 done, 3 some rows rejected and the rest applied, 1 failed and nothing
//! written, 2 wrong usage.

/// Writes a line on standard output. Whoever reads it may have read enough (`| head`): what was done is done then, and no failure.
macro_rules! say {
    ($($text:tt)*) => { $crate::cli::line(format_args!($($text)*))? };
}

mod backup;
mod check;
mod dpia;
mod export;
mod import;
mod mail;
mod merge;
mod migrate;
mod openapi;
mod organisation;
mod person;
mod sbom;
pub mod seed;
mod serve;
mod source;

use crate::config::{Clock, File};
use anyhow::Result;
use clap::{Args, Parser, Subcommand, ValueEnum};
use domain::people::Scope;
use server::arguments::{Arguments, Common};
use std::{
    io::{self, Write},
    process::ExitCode,
};
use store::{Store, db::Schema};

/// See the technology that a city's councils buy, and act together before contracts run out.
#[derive(Parser, Debug)]
#[command(name = "citytools", version, max_term_width = 100)]
pub struct Cli {
    #[command(flatten)]
    common: Common,
    #[command(subcommand)]
    command: Command,
}

/// How a report is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people.
    #[default]
    Text,
    /// For programs.
    Json,
}

#[derive(Subcommand, Debug)]
#[expect(clippy::large_enum_variant, reason = "one is made for each run")]
enum Command {
    /// Serve the register's pages and API
    Serve(Arguments),
    /// Read contracts, systems or notices into the register, or take an import back
    #[command(subcommand)]
    Import(import::Command),
    /// Write the register, or a part of it, to standard output
    #[command(subcommand)]
    Export(export::Command),
    /// Work on OCDS files without a database
    #[command(subcommand)]
    Ocds(merge::Command),
    /// Write assessments as files, and take them in
    #[command(subcommand)]
    Dpia(dpia::Command),
    /// List organisations, or show one
    #[command(subcommand)]
    Organisation(organisation::Command),
    /// Invite the people who cannot be invited in the browser: first of all an administrator
    #[command(subcommand)]
    Person(person::Command),
    /// Keep the addresses that registers are read from on a schedule
    #[command(subcommand)]
    Source(source::Command),
    /// See whether mail goes out
    #[command(subcommand)]
    Mail(mail::Command),
    /// Write a backup; the server may go on serving
    Backup(backup::Backup),
    /// Fill an empty database from a backup
    Restore(backup::Restore),
    /// Verify the change log, the foreign keys and the records
    Check(check::Arguments),
    /// Bring the database's schema up to date
    Migrate,
    /// Write the API's description (OpenAPI 3.1)
    Openapi,
    /// Write what this program is made of: a bill of materials (CycloneDX 1.6)
    Sbom,
}

/// How a command ended, when it did not fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Everything was done.
    Done,
    /// Some rows were rejected, the rest applied.
    Rejected,
    /// A check found something wrong.
    Unsound,
}

impl From<Outcome> for ExitCode {
    fn from(outcome: Outcome) -> ExitCode {
        match outcome {
            Outcome::Done => ExitCode::SUCCESS,
            Outcome::Rejected => ExitCode::from(3),
            Outcome::Unsound => ExitCode::FAILURE,
        }
    }
}

/// What a command works with: settings and clock.
pub struct Context {
    file: File,
    database: String,
    clock: Clock,
}

/// The flag of commands that report.
#[derive(Args, Clone, Copy, Debug)]
pub struct Report {
    /// How the report is written
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

impl Context {
    /// Opens the database, creating and migrating it, with what ships in it.
    async fn open(&self) -> Result<Store> {
        let store = server::opening::open(&self.database, self.clock).await?;
        erase_contacts(&store, self.clock).await?;
        Ok(store)
    }

    /// Opens a database for a command that only reports: one that is there, brought up to date as for any other. None is made, or a
    /// mistyped name would give an empty answer and leave a file behind.
    async fn reading(&self) -> Result<Store> {
        if self.is_missing() { self.existing().await } else { self.open().await }
    }

    /// Whether the database is a file that is not there.
    fn is_missing(&self) -> bool {
        store::db::sqlite_path(&self.database).is_some_and(|path| !path.exists())
    }

    /// Opens the database for an import. A dry run into one that is not there yet works on one of its own, which goes with it.
    async fn importing(&self, dry_run: bool) -> Result<(Store, Option<Passing>)> {
        if !dry_run || !self.is_missing() {
            return Ok((self.open().await?, None));
        }
        let folder = Passing(std::env::temp_dir().join(format!("citytools-{}", uuid::Uuid::new_v4())));
        std::fs::create_dir(&folder.0)?;
        let address = format!("sqlite:{}", folder.0.join("dry-run.db").display());
        let store = server::opening::open(&address, self.clock).await?;
        Ok((store, Some(folder)))
    }

    /// Opens a database that must exist, and writes nothing to it.
    async fn existing(&self) -> Result<Store> {
        Ok(Store::open(&self.database, Schema::AsItIs).await?)
    }
}

/// A folder that goes when this does.
struct Passing(std::path::PathBuf);

impl Drop for Passing {
    fn drop(&mut self) {
        if let Err(error) = std::fs::remove_dir_all(&self.0) {
            tracing::warn!(%error, "the folder of a dry run could not be removed");
        }
    }
}

/// Takes contact persons out of what earlier versions kept of notices; once for each database.
async fn erase_contacts(store: &Store, clock: Clock) -> Result<()> {
    let scope = Scope::Job { name: "contacts".to_owned() };
    let erased = store.erase_contacts(&scope, clock.now()).await?;
    if !erased.nothing() {
        eprintln!(
            "Contact persons were taken out of {} notices and {} entries of the change log. Backups made before still name them: \
             make a new one, and delete those.",
            erased.releases, erased.entries
        );
    }
    Ok(())
}

/// Reads the command line; wrong usage ends the process with status 2.
#[must_use]
pub fn parse() -> Cli {
    match server::arguments::serving() {
        Some((common, arguments)) => Cli { common, command: Command::Serve(arguments) },
        None => Cli::parse(),
    }
}

/// Does what the command line asks.
///
/// # Errors
/// One line for whoever ran it: why, and what to do.
pub async fn run(cli: Cli) -> Result<Outcome> {
    let file = File::read(cli.common.config.as_deref())?;
    let context = Context {
        database: cli.common.database.or_else(|| file.database.clone()).unwrap_or_else(|| "sqlite:citytools.db".to_owned()),
        clock: Clock::new(cli.common.as_at),
        file,
    };
    if !matches!(cli.command, Command::Serve(_)) {
        server::logging::begin("warn");
    }
    match cli.command {
        Command::Serve(arguments) => serve::run(&context, arguments).await,
        Command::Import(command) => import::run(&context, command).await,
        Command::Export(command) => export::run(&context, command).await,
        Command::Ocds(command) => merge::run(command),
        Command::Dpia(command) => dpia::run(&context, command).await,
        Command::Organisation(command) => organisation::run(&context, command).await,
        Command::Person(command) => person::run(&context, command).await,
        Command::Source(command) => source::run(&context, command).await,
        Command::Mail(command) => mail::run(&context, command).await,
        Command::Backup(arguments) => backup::backup(&context, arguments).await,
        Command::Restore(arguments) => backup::restore(&context, arguments).await,
        Command::Check(arguments) => check::run(&context, arguments).await,
        Command::Migrate => migrate::run(&context).await,
        Command::Openapi => openapi::run(),
        Command::Sbom => sbom::run(),
    }
}

/// Standard output, whose reader may have read enough (`| head`): what is written after that goes nowhere, and is no failure.
pub(crate) struct Output;

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        read_enough(io::stdout().write(bytes), bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        read_enough(io::stdout().flush(), ())
    }
}

fn read_enough<T>(written: io::Result<T>, all: T) -> io::Result<T> {
    match written {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(all),
        other => other,
    }
}

/// What [`say`] does.
fn line(text: std::fmt::Arguments<'_>) -> Result<()> {
    Ok(writeln!(Output, "{text}")?)
}

/// Writes a value as JSON on standard output.
fn print_json(value: &impl serde::Serialize) -> Result<()> {
    say!("{}", serde_json::to_string_pretty(value)?);
    Ok(())
}
