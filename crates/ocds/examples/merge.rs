//! Merges files named on the command line to standard output: for measuring the crate alone.

use ocds::merge::{Form, Merger};
use ocds::read::{Document, Limits};
use ocds::rules::Rules;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let (flags, files): (Vec<_>, Vec<_>) = std::env::args().skip(1).partition(|argument| argument.starts_with("--"));
    let form = if flags.iter().any(|flag| flag == "--versioned") { Form::Versioned } else { Form::Compiled };
    let limits = Limits { bytes: 16 << 30 };
    let documents = files
        .iter()
        .map(|file| Ok(Document::parse(std::fs::read(file)?, &limits)?))
        .collect::<Result<Vec<_>, Box<dyn std::error::Error>>>()?;
    let rules = Rules::builtin_1_1();
    let out = std::io::stdout().lock();
    let report = ocds::stream::merge_to_writer(&documents, &Merger::new(&rules), form, out)?;
    eprintln!("{} releases, {} processes", report.releases, report.processes);
    for (ocid, failure) in &report.failures {
        eprintln!("{}: {failure}", ocid.as_deref().unwrap_or("no ocid"));
    }
    Ok(())
}
