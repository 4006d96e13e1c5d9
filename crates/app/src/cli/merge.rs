//! `citytools ocds merge`: merges releases per contracting process; opens no database.

use super::Outcome;
use anyhow::{Context as _, Result};
use clap::Subcommand;
use ocds::{
    merge::{Form, Merger},
    read::{Document, Limits},
    rules::Rules,
    stream,
};
use std::{
    io::{BufWriter, Write as _},
    path::{Path, PathBuf},
};

/// What `ocds` does.
#[derive(Subcommand, Debug)]
pub enum Command {
    /// Merge releases: a JSON array, one object per contracting process in first-seen order
    Merge {
        /// Keep every value with the release it came from
        #[arg(long)]
        versioned: bool,
        /// A release schema to read the merge rules from [default: OCDS 1.1]
        #[arg(long, value_name = "FILE")]
        schema: Option<PathBuf>,
        /// Packages, releases, arrays or JSON Lines; - is standard input
        #[arg(required = true)]
        files: Vec<PathBuf>,
    },
}

/// Runs it.
pub fn run(command: Command) -> Result<Outcome> {
    let Command::Merge { versioned, schema, files } = command;
    merge(versioned, schema, &files)
}

fn merge(versioned: bool, schema: Option<PathBuf>, files: &[PathBuf]) -> Result<Outcome> {
    let rules = match &schema {
        None => Rules::builtin_1_1(),
        Some(path) => {
            let text = std::fs::read(path).with_context(|| format!("the schema {}", path.display()))?;
            let schema = serde_json::from_slice(&text).with_context(|| format!("{} is not JSON", path.display()))?;
            Rules::from_schema(&schema).with_context(|| format!("{} is not a release schema", path.display()))?
        }
    };
    let documents = files.iter().map(|path| document(path)).collect::<Result<Vec<_>>>()?;
    for (document, path) in documents.iter().zip(files) {
        for warning in document.warnings() {
            eprintln!("citytools: {}: {warning}", path.display());
        }
    }
    let form = if versioned { Form::Versioned } else { Form::Compiled };
    let mut out = BufWriter::with_capacity(1 << 16, super::Output);
    let report = stream::merge_to_writer(&documents, &Merger::new(&rules), form, &mut out)?;
    out.flush()?;
    for (ocid, warning) in &report.warnings {
        eprintln!("citytools: {ocid}: {warning}");
    }
    for (ocid, failure) in &report.failures {
        eprintln!("citytools: {} was left out: {failure}", ocid.as_deref().unwrap_or("a release without ocid"));
    }
    Ok(if report.failures.is_empty() { Outcome::Done } else { Outcome::Rejected })
}

/// Reads one file, or standard input for `-`.
pub(super) fn document(path: &Path) -> Result<Document> {
    let limits = Limits::default();
    if path == Path::new("-") {
        return Document::read(std::io::stdin().lock(), &limits).context("standard input");
    }
    let unread = || format!("{}: check that it exists and that you may read it", path.display());
    let file = std::fs::File::open(path).with_context(unread)?;
    let size = file.metadata().map_or(0, |metadata| metadata.len());
    Document::read_of_size(file, size, &limits).with_context(|| path.display().to_string())
}
