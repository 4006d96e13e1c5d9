//! `citytools export ocds`: the whole register as one release package of core OCDS 1.1, written as it is read, so that a million
//! contracts never stand in memory as JSON.

use crate::{
    api::ocds::package,
    cli::{Context, Outcome},
    config::Publication,
    state,
};
use anyhow::Result;
use clap::Args;
use domain::{
    people::Scope,
    register::{
        export::ocds::{self, Options},
        records::{Contract, PlannedProcurement},
    },
};
use serde_json::Value as Json;
use std::io::{self, BufWriter, Write};

/// What the export takes.
#[derive(Args, Debug)]
pub struct Ocds {
    /// Use extensions for what core OCDS cannot say: lots, VAT, options, breaks, notice, sums for a year
    #[arg(long)]
    extensions: bool,
}

/// Writes the package on standard output.
pub async fn run(context: &Context, arguments: &Ocds) -> Result<Outcome> {
    let store = context.reading().await?;
    let snapshot = state::load(&store, context.clock.today()).await?;
    let publication = Publication::of(&context.file, "http://127.0.0.1:8080");
    let extensions = if arguments.extensions { package::extensions(&publication) } else { Vec::new() };
    let uri = format!("{}/ocds/releases", publication.url);
    let illustrative = store.setting(&Scope::Public, state::ILLUSTRATIVE).await?.as_deref() == Some("true");
    let head = package::head(&publication, illustrative, &uri, context.clock.now(), &extensions);
    let options = Options { prefix: &publication.ocid_prefix, extensions: arguments.extensions };
    let mut releases = Releases { out: BufWriter::with_capacity(1 << 16, crate::cli::Output), any: false, failed: None };
    let head = serde_json::to_string_pretty(&head)?;
    // The head without its closing brace; the releases are its last field.
    write!(releases.out, "{},\n  \"releases\": [", head.trim_end().trim_end_matches('}').trim_end())?;
    store.each::<PlannedProcurement>(&Scope::Public, |record| releases.add(&ocds::planned(&record, &snapshot, &options))).await?;
    store.each::<Contract>(&Scope::Public, |record| releases.add(&ocds::contract(&record, &snapshot, &options))).await?;
    store.close().await?;
    if let Some(error) = releases.failed {
        return Err(error.into());
    }
    writeln!(releases.out, "\n  ]\n}}")?;
    releases.out.flush()?;
    Ok(Outcome::Done)
}

struct Releases<W: Write> {
    out: W,
    any: bool,
    failed: Option<io::Error>,
}

impl<W: Write> Releases<W> {
    fn add(&mut self, release: &Json) {
        if self.failed.is_some() {
            return;
        }
        let comma = if self.any { "," } else { "" };
        self.any = true;
        let written = writeln!(self.out, "{comma}").and_then(|()| Ok(serde_json::to_writer(&mut self.out, release)?));
        self.failed = written.err();
    }
}
