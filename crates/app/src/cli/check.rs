//! `citytools check`: is everything as the change log says? With files: are these templates, rules and overlays sound?

use super::{Context, Format, Outcome, Report, print_json};
use anyhow::{Context as _, Result};
use clap::Args;
use domain::{dpia::library, people::Scope};
use std::path::PathBuf;
use store::backup::SignedHead;

/// What `check` takes.
#[derive(Args, Debug)]
pub struct Arguments {
    #[command(flatten)]
    report: Report,
    /// A backup's signed head (FILE.head.json): the log must still begin with what it stands for
    #[arg(long, value_name = "FILE")]
    head: Option<PathBuf>,
    /// Templates, screening rules, lists of options and overlays to check, read beside the shipped ones; the database is not
    /// opened then
    #[arg(value_name = "FILE", conflicts_with = "head")]
    files: Vec<PathBuf>,
}

/// Verifies the database; writes nothing.
pub async fn run(context: &Context, arguments: Arguments) -> Result<Outcome> {
    if !arguments.files.is_empty() {
        return files(&arguments);
    }
    let earlier = arguments.head.as_deref().map(SignedHead::read).transpose()?;
    let store = context.existing().await?;
    let findings = store.check_against(&Scope::Operator, earlier.as_ref().map(|signed| &signed.head)).await?;
    store.close().await?;
    let sound = findings.sound();
    match arguments.report.format {
        Format::Json => print_json(&findings)?,
        Format::Text => {
            say!("{} entries of the change log and {} records read.", findings.entries, findings.records);
            if let Some(broken) = &findings.broken {
                say!("First broken link: {broken}.");
            }
            for problem in &findings.problems {
                say!("{problem}");
            }
            for one in &findings.attention {
                say!("Worth a look: {one}");
            }
            say!(
                "{}",
                if sound {
                    "Everything is sound."
                } else {
                    "Something is wrong: restore the last good backup, and keep this database to find out why."
                }
            );
        }
    }
    Ok(if sound { Outcome::Done } else { Outcome::Unsound })
}

/// Checks files; opens no database.
fn files(arguments: &Arguments) -> Result<Outcome> {
    let mut read = Vec::new();
    for path in &arguments.files {
        let text = std::fs::read_to_string(path)
            .with_context(|| format!("{} cannot be read: check its name, and that it is a text file", path.display()))?;
        read.push((path.display().to_string(), text));
    }
    let given: Vec<(&str, &str)> = read.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    let problems = library::check(&given);
    match arguments.report.format {
        Format::Json => print_json(&serde_json::json!({ "files": read.len(), "problems": problems }))?,
        Format::Text => {
            for problem in &problems {
                say!("{problem}");
            }
            match problems.len() {
                0 => say!("{} read, nothing wrong.", counted(read.len(), "file", "files")),
                many => say!("{} in {}.", counted(many, "problem", "problems"), counted(read.len(), "file", "files")),
            }
        }
    }
    Ok(if problems.is_empty() { Outcome::Done } else { Outcome::Unsound })
}

fn counted(number: usize, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}
