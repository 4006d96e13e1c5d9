//! `citytools check`: is everything as the change log says?

use super::{Context, Format, Outcome, Report, print_json};
use anyhow::Result;
use clap::Args;
use domain::people::Scope;
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
}

/// Verifies the database; writes nothing.
pub async fn run(context: &Context, arguments: Arguments) -> Result<Outcome> {
    let earlier = arguments.head.as_deref().map(SignedHead::read).transpose()?;
    let store = context.existing().await?;
    let findings = store.check_against(&Scope::Operator, earlier.as_ref().map(|signed| &signed.head)).await?;
    store.close().await?;
    let sound = findings.sound();
    match arguments.report.format {
        Format::Json => print_json(&findings)?,
        Format::Text => {
            println!("{} entries of the change log and {} records read.", findings.entries, findings.records);
            if let Some(broken) = &findings.broken {
                println!("First broken link: {broken}.");
            }
            for problem in &findings.problems {
                println!("{problem}");
            }
            println!(
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
