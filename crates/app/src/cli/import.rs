//! `citytools import …`: from files into the register, and back out again.

use super::{Context, Format, Outcome, Report, print_json};
use crate::imports::{self, Kind, Request, tables};
use anyhow::{Context as _, Result, bail};
use clap::{Args, Subcommand};
use domain::{
    people::Scope,
    register::{ids::ImportId, records::*},
    work::sources::Source,
};
use std::path::PathBuf;
use store::{
    Store,
    undo::{Kept, Why},
};

/// What `import` does.
#[derive(Subcommand, Debug)]
pub enum Command {
    /// Rows of a contract register: the LGA's schema, or any CSV or workbook under a mapping
    Contracts(Table),
    /// Rows of the survey of systems in use
    Systems(Table),
    /// Rows of skills: organisation, skill, level, people, whether training is offered
    Skills(Table),
    /// OCDS releases and records: packages, single releases, arrays, JSON Lines
    Ocds(Notices),
    /// Take an import back: what it made goes, what it changed returns
    Undo(Undo),
}

/// What an import of rows takes.
#[derive(Args, Debug)]
pub struct Table {
    /// The files: CSV, XLSX, XLS or ODS
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// The organisation that fills an absent column; rows that name another are rejected
    #[arg(long, value_name = "SLUG")]
    organisation: Option<String>,
    /// A mapping from headers to fields, as JSON or CSV; guessed and saved when none is given
    #[arg(long, value_name = "FILE")]
    mapping: Option<PathBuf>,
    /// Say what would change and write nothing
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    report: Report,
}

/// What an import of notices takes.
#[derive(Args, Debug)]
pub struct Notices {
    /// The files, or folders of .json, .jsonl and .ndjson files; - is standard input
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// Say what would change and write nothing
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    report: Report,
}

/// What an undo takes.
#[derive(Args, Debug)]
pub struct Undo {
    /// The import's id, as its report gave it
    #[arg(value_parser = import_id)]
    import: ImportId,
    #[command(flatten)]
    report: Report,
}

/// An import's id; what to do where it is none.
fn import_id(text: &str) -> Result<ImportId, &'static str> {
    text.parse().map_err(|_| "this is no import's id: give the one that the import's report printed")
}

/// Runs it.
pub async fn run(context: &Context, command: Command) -> Result<Outcome> {
    match command {
        Command::Contracts(table) => rows(context, Kind::Contracts, table).await,
        Command::Systems(table) => rows(context, Kind::Systems, table).await,
        Command::Skills(table) => rows(context, Kind::Skills, table).await,
        Command::Ocds(notices) => {
            let Notices { files, dry_run, report } = notices;
            let files = files.into_iter().map(opened).collect::<Result<Vec<_>>>()?.concat();
            let (store, _folder) = context.importing(dry_run).await?;
            let request = Request { kind: Kind::Notices, files, organisation: None, mapping: None, names: Vec::new(), dry_run };
            import(context, store, request, report.format).await
        }
        Command::Undo(undo) => take_back(context, undo).await,
    }
}

/// A folder stands for the files in it that can hold notices, in the order of their names.
fn opened(path: PathBuf) -> Result<Vec<PathBuf>> {
    if !path.is_dir() {
        return Ok(vec![path]);
    }
    let mut files = Vec::new();
    for entry in std::fs::read_dir(&path).with_context(|| format!("{}: the folder cannot be read", path.display()))? {
        let file = entry?.path();
        let ending = file.extension().map(|ending| ending.to_ascii_lowercase());
        if file.is_file() && ending.is_some_and(|ending| ["json", "jsonl", "ndjson"].iter().any(|one| ending == *one)) {
            files.push(file);
        }
    }
    if files.is_empty() {
        bail!("{}: the folder holds no file whose name ends in .json, .jsonl or .ndjson", path.display());
    }
    files.sort();
    Ok(files)
}

async fn rows(context: &Context, kind: Kind, table: Table) -> Result<Outcome> {
    let mapping = table.mapping.as_deref().map(tables::mapping_file).transpose()?;
    let (store, _folder) = context.importing(table.dry_run).await?;
    let organisation = match &table.organisation {
        None => None,
        Some(name) => {
            let all = store.all::<Organisation>(&Scope::Operator).await?;
            match all.into_iter().find(|one| one.slug == *name || one.gss_code.as_ref() == Some(name)) {
                Some(found) => Some(found.id),
                None => bail!("there is no organisation '{name}': 'citytools organisation list' shows them all"),
            }
        }
    };
    let request = Request { kind, files: table.files, organisation, mapping, names: Vec::new(), dry_run: table.dry_run };
    import(context, store, request, table.report.format).await
}

async fn import(context: &Context, store: Store, request: Request, format: Format) -> Result<Outcome> {
    let done = imports::commit::run(&store, &Scope::Operator, context.clock, request).await?;
    store.close().await?;
    match format {
        Format::Json => print_json(&done.report)?,
        Format::Text => {
            // First the way back: whoever cuts the report short still has it.
            match (done.report.import_id, done.report.dry_run) {
                (_, true) => say!("Nothing was written: this was a dry run."),
                (None, false) => say!("Nothing has changed."),
                (Some(id), false) => say!("Import {id}. To take it back: citytools import undo {id}"),
            }
            say!("{}", done.report.text(20).trim_end());
        }
    }
    Ok(if done.report.rejected.is_empty() { Outcome::Done } else { Outcome::Rejected })
}

async fn take_back(context: &Context, undo: Undo) -> Result<Outcome> {
    let store = context.existing().await?;
    let (undone, committed) = store.undo_import(&Scope::Operator, undo.import, context.clock.now()).await?;
    let mut kept = Vec::new();
    for one in undone.kept.iter().take(NAMED) {
        kept.push(said(&store, one).await?);
    }
    store.close().await?;
    if committed.is_none() {
        bail!("the merge cannot be undone whole, so nothing was undone: {}", kept.join("; "));
    }
    match undo.report.format {
        Format::Json => print_json(&undone)?,
        Format::Text => {
            say!("removed: {}\nrestored: {}\nkept: {}", undone.removed, undone.restored, undone.kept.len());
            if undone.finished > 0 {
                say!("left by undos before, and gone or as it was now: {}", undone.finished);
            }
            for one in &kept {
                say!("kept: {one}");
            }
            if undone.kept.len() > kept.len() {
                say!("kept: and {} more: --format json names them all", undone.kept.len() - kept.len());
            }
            if !undone.kept.is_empty() {
                say!("Once what holds them is gone, the same command takes back what was kept.");
            }
        }
    }
    Ok(Outcome::Done)
}

/// Records that were kept which are named one by one.
const NAMED: usize = 20;

/// What an undo left as it is, by name, and why.
async fn said(store: &Store, kept: &Kept) -> Result<String> {
    let why = match kept.why {
        Why::Erased => "its content was erased",
        Why::Changed => "it was changed since",
        Why::SameField => "the same field was changed since",
        Why::Needed => "other records refer to it",
        Why::Gone => "it is gone",
        Why::NameTaken => "another record has its name now",
        Why::ReferenceGone => "what it would refer to again is gone",
    };
    let own = match kept.why {
        Why::Needed if kept.kind == domain::audit::Kind::Organisation.as_str() => of_its_own(store, kept).await?,
        _ => None,
    };
    let why = own.as_deref().unwrap_or(why);
    Ok(match name_of(store, kept).await? {
        Some(name) => format!("{} ‘{name}’ ({}), since {why}", kept.kind, kept.id),
        None => format!("{} {}, since {why}", kept.kind, kept.id),
    })
}

/// The imports and sources that an organisation has of its own, in words; none where it has none.
async fn of_its_own(store: &Store, kept: &Kept) -> Result<Option<String>> {
    let (scope, id) = (Scope::Operator, kept.id.to_string());
    let imports = store.by::<Import>(&scope, "organisation_id", id.clone()).await?;
    let sources = store.by::<Source>(&scope, "organisation_id", id).await?;
    let own: Vec<String> = imports
        .iter()
        .map(|import| format!("import {} ({})", import.id, import.files.join(", ")))
        .chain(sources.iter().map(|source| format!("source ‘{}’", source.name)))
        .collect();
    Ok((!own.is_empty()).then(|| format!("it has imports or sources of its own: {}", own.join("; "))))
}

/// What a record is called, where it is there still.
async fn name_of(store: &Store, kept: &Kept) -> Result<Option<String>> {
    use domain::audit::Kind;
    let (scope, id) = (Scope::Operator, kept.id);
    Ok(match Kind::parse(kept.kind) {
        Some(Kind::ServiceArea) => store.get::<ServiceArea>(&scope, id).await?.map(|one| one.name),
        Some(Kind::Organisation) => store.get::<Organisation>(&scope, id).await?.map(|one| one.name),
        Some(Kind::Function) => store.get::<Function>(&scope, id).await?.map(|one| one.name),
        Some(Kind::Supplier) => store.get::<Supplier>(&scope, id).await?.map(|one| one.name),
        Some(Kind::Product) => store.get::<Product>(&scope, id).await?.map(|one| one.name),
        Some(Kind::Contract) => store.get::<Contract>(&scope, id).await?.map(|one| one.title),
        Some(Kind::PlannedProcurement) => store.get::<PlannedProcurement>(&scope, id).await?.map(|one| one.title),
        Some(Kind::Skill) => store.get::<Skill>(&scope, id).await?.map(|one| one.name),
        Some(Kind::System) => match store.get::<System>(&scope, id).await? {
            Some(system) => store.get::<Product>(&scope, system.product.0).await?.map(|product| product.name),
            None => None,
        },
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::opened;

    #[test]
    fn a_folder_stands_for_its_files_in_the_order_of_the_names() {
        let folder = tempfile::tempdir().unwrap();
        let [second, first, other] = ["b.json", "a.JSONL", "notes.txt"].map(|name| folder.path().join(name));
        let empty = folder.path().join("empty.json");
        std::fs::create_dir(&empty).unwrap();
        for file in [&second, &first, &other] {
            std::fs::write(file, "{}").unwrap();
        }
        assert_eq!(opened(folder.path().to_owned()).unwrap(), [first, second]);
        let said = opened(empty).unwrap_err().to_string();
        assert!(said.contains("holds no file whose name ends in .json"), "{said}");
        // A file is itself, whatever it is called; so is standard input, and what is not there.
        for file in [other, "-".into(), "missing".into()] {
            assert_eq!(opened(file.clone()).unwrap(), [file]);
        }
    }
}
