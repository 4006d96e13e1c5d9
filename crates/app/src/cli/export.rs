//! `citytools export …`: a list of the register on standard output, as the API gives it.

use super::{Context, Outcome};
use crate::{
    api::v1::{
        contracts,
        files::{Exported, Format},
        functions, organisations, planned_procurements, products, suppliers, systems,
    },
    error::Failure,
    state,
    web::query::Params,
};
use anyhow::{Result, anyhow};
use clap::{Args, Subcommand, ValueEnum};
use std::io::{BufWriter, Write as _};

/// The lists.
#[derive(Subcommand, Debug)]
#[allow(missing_docs)]
pub enum Command {
    /// Contracts
    Contracts(List),
    /// Systems in use
    Systems(List),
    /// Suppliers
    Suppliers(List),
    /// Products
    Products(List),
    /// Planned procurements
    PlannedProcurements(List),
    /// Organisations
    Organisations(List),
    /// Functions
    Functions(List),
}

/// What an export takes.
#[derive(Args, Debug)]
pub struct List {
    /// The file's format
    #[arg(long, value_enum, default_value_t = FileFormat::Csv)]
    format: FileFormat,
    /// A filter as the API takes it, such as organisation=camden; several may be given
    #[arg(value_name = "NAME=VALUE")]
    filters: Vec<String>,
}

/// File formats.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
#[allow(missing_docs)]
pub enum FileFormat {
    Csv,
    Jsonl,
    Xlsx,
    Parquet,
}

/// Writes the list.
pub async fn run(context: &Context, command: Command) -> Result<Outcome> {
    match command {
        Command::Contracts(list) => write(context, &list, contracts::Contracts::read).await,
        Command::Systems(list) => write(context, &list, systems::Wanted::read).await,
        Command::Suppliers(list) => write(context, &list, suppliers::Wanted::read).await,
        Command::Products(list) => write(context, &list, products::Wanted::read).await,
        Command::PlannedProcurements(list) => write(context, &list, planned_procurements::Wanted::read).await,
        Command::Organisations(list) => write(context, &list, organisations::Wanted::read).await,
        Command::Functions(list) => write(context, &list, functions::Wanted::read).await,
    }
}

async fn write<L: Exported>(context: &Context, list: &List, read: impl Fn(&Params) -> Result<L, Failure>) -> Result<Outcome> {
    let mut query = form_urlencoded::Serializer::new(String::new());
    for filter in &list.filters {
        let (name, value) = filter
            .split_once('=')
            .ok_or_else(|| anyhow!("'{filter}' is no filter: write NAME=VALUE, such as organisation=camden"))?;
        query.append_pair(name, value);
    }
    let said = |failure: Failure| anyhow!(failure.detail.unwrap_or_else(|| failure.code.title().to_owned()));
    let wanted = read(&Params::parse(&query.finish()).map_err(said)?).map_err(said)?;
    let store = context.open().await?;
    let snapshot = state::load(&store, context.clock.today()).await?;
    store.close().await?;
    let format = match list.format {
        FileFormat::Csv => Format::Csv,
        FileFormat::Jsonl => Format::Jsonl,
        FileFormat::Xlsx => Format::Xlsx,
        FileFormat::Parquet => Format::Parquet,
    };
    let mut out = BufWriter::with_capacity(1 << 16, std::io::stdout());
    format.write(L::NAME, &L::columns(), wanted.rows(&snapshot), &mut out)?;
    out.flush()?;
    Ok(Outcome::Done)
}
