//! `citytools backup FILE` and `citytools restore FILE`.

use super::{Context, Format, Outcome, Report, print_json};
use anyhow::Result;
use clap::Args;
use domain::people::Scope;
use std::path::PathBuf;
use store::{
    Store, backup as files,
    db::{Schema, sqlite_path},
};

/// What `backup` takes.
#[derive(Args, Debug)]
pub struct Backup {
    #[command(flatten)]
    report: Report,
    /// The file to write; FILE.head.json beside it holds the log's signed head
    file: PathBuf,
    /// The file of the signing key [default: beside the database; made on first use]
    #[arg(long, env = "CITYTOOLS_SIGNING_KEY", value_name = "FILE")]
    signing_key: Option<PathBuf>,
}

/// What `restore` takes.
#[derive(Args, Debug)]
pub struct Restore {
    #[command(flatten)]
    report: Report,
    /// The backup to restore from
    file: PathBuf,
}

/// Writes a backup.
pub async fn backup(context: &Context, arguments: Backup) -> Result<Outcome> {
    let store = context.existing().await?;
    let key_file = arguments.signing_key.clone().or_else(|| context.file.signing_key.clone()).unwrap_or_else(|| store.key_file());
    let key = files::signing_key(&key_file)?;
    let head = store.backup(&Scope::Operator, &arguments.file, &key).await?;
    store.close().await?;
    match arguments.report.format {
        Format::Json => print_json(&head)?,
        Format::Text => say!(
            "Backed up to {} at entry {} of the change log.\nSigned head: {}",
            arguments.file.display(),
            head.head.sequence,
            files::head_file(&arguments.file).display()
        ),
    }
    Ok(Outcome::Done)
}

/// Fills an empty database from a backup.
pub async fn restore(context: &Context, arguments: Restore) -> Result<Outcome> {
    let fresh = sqlite_path(&context.database).filter(|path| !path.exists());
    // Not seeded: an empty database is what a restore needs.
    let store = Store::open(&context.database, Schema::AtStart).await?;
    let restored = store.restore(&Scope::Operator, &arguments.file).await;
    store.close().await?;
    if let (Err(_), Some(path)) = (&restored, &fresh) {
        // The file was made for this alone; nothing is left of it.
        let _ = std::fs::remove_file(path);
    }
    let head = restored?;
    match arguments.report.format {
        Format::Json => print_json(&head)?,
        Format::Text => say!("Restored {} up to entry {} of the change log.", arguments.file.display(), head.sequence),
    }
    Ok(Outcome::Done)
}
