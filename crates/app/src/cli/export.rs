//! `citytools export …`: a list of the register on standard output, as the API gives it.

mod ocds;

use super::{Context, Outcome};
use crate::{
    api::v1::{
        files::{Exported, Format},
        functions, organisations, planned_procurements, products, request, skills, suppliers, systems,
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
    /// Skills of organisations
    Skills(List),
    /// Contracts and planned procurements as one OCDS 1.1 release package
    Ocds(ocds::Ocds),
}

/// What an export takes.
#[derive(Args, Debug)]
pub struct List {
    /// The file's format
    #[arg(long, value_enum, default_value_t = FileFormat::Csv)]
    format: FileFormat,
    /// A filter as the API takes it, such as organisation=camden; several may be given. The flags below say the same
    #[arg(value_name = "NAME=VALUE")]
    filters: Vec<String>,
    #[command(flatten)]
    flags: Flags,
}

/// Filters as flags; each may be given several times, and the API's own rules say which list takes which.
#[derive(Args, Debug)]
#[command(next_help_heading = "Filters")]
#[allow(missing_docs)]
pub struct Flags {
    #[arg(long, value_name = "SLUG")]
    organisation: Vec<String>,
    #[arg(long, alias = "organisation_kind", value_name = "KIND")]
    organisation_kind: Vec<String>,
    #[arg(long, value_name = "yes|no")]
    member: Vec<String>,
    #[arg(long, value_name = "ID")]
    supplier: Vec<String>,
    #[arg(long, value_name = "ID")]
    product: Vec<String>,
    #[arg(long, value_name = "ID")]
    manufacturer: Vec<String>,
    #[arg(long, value_name = "SLUG")]
    function: Vec<String>,
    #[arg(long, alias = "service_area", value_name = "SLUG")]
    service_area: Vec<String>,
    #[arg(long, value_name = "NAME")]
    framework: Vec<String>,
    #[arg(long, value_name = "CODE")]
    cpv: Vec<String>,
    #[arg(long)]
    status: Vec<String>,
    #[arg(long)]
    term: Vec<String>,
    #[arg(long)]
    ends: Vec<String>,
    #[arg(long)]
    decision: Vec<String>,
    #[arg(long)]
    source: Vec<String>,
    #[arg(long, value_name = "SLUG")]
    keeper: Vec<String>,
    #[arg(long)]
    missing: Vec<String>,
    #[arg(long)]
    level: Vec<String>,
    #[arg(long, value_name = "yes|no")]
    training: Vec<String>,
    #[arg(long)]
    stage: Vec<String>,
    #[arg(long, value_name = "yes|no|not-known")]
    open: Vec<String>,
    #[arg(long, alias = "ends_from", value_name = "DATE")]
    ends_from: Vec<String>,
    #[arg(long, alias = "ends_to", value_name = "DATE")]
    ends_to: Vec<String>,
    #[arg(long, alias = "value_from", value_name = "POUNDS")]
    value_from: Vec<String>,
    #[arg(long, alias = "value_to", value_name = "POUNDS")]
    value_to: Vec<String>,
    /// Words, all of which must occur
    #[arg(long, value_name = "WORDS")]
    q: Vec<String>,
    #[arg(long)]
    kind: Vec<String>,
    #[arg(long, value_name = "ORDER", allow_hyphen_values = true)]
    sort: Vec<String>,
    /// Rows of the file; all when none is given
    #[arg(long, value_name = "ROWS")]
    limit: Vec<String>,
}

impl Flags {
    fn pairs(&self) -> impl Iterator<Item = (&'static str, &String)> {
        let all: [(&'static str, &Vec<String>); 29] = [
            ("organisation", &self.organisation),
            ("organisation_kind", &self.organisation_kind),
            ("member", &self.member),
            ("supplier", &self.supplier),
            ("product", &self.product),
            ("manufacturer", &self.manufacturer),
            ("function", &self.function),
            ("service_area", &self.service_area),
            ("framework", &self.framework),
            ("cpv", &self.cpv),
            ("status", &self.status),
            ("term", &self.term),
            ("ends", &self.ends),
            ("decision", &self.decision),
            ("source", &self.source),
            ("keeper", &self.keeper),
            ("missing", &self.missing),
            ("level", &self.level),
            ("training", &self.training),
            ("stage", &self.stage),
            ("open", &self.open),
            ("ends_from", &self.ends_from),
            ("ends_to", &self.ends_to),
            ("value_from", &self.value_from),
            ("value_to", &self.value_to),
            ("q", &self.q),
            ("kind", &self.kind),
            ("sort", &self.sort),
            ("limit", &self.limit),
        ];
        all.into_iter().flat_map(|(name, values)| values.iter().map(move |value| (name, value)))
    }
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
        Command::Contracts(list) => write(context, &list, request::Contracts::read).await,
        Command::Systems(list) => write(context, &list, systems::Wanted::read).await,
        Command::Suppliers(list) => write(context, &list, suppliers::Wanted::read).await,
        Command::Products(list) => write(context, &list, products::Wanted::read).await,
        Command::PlannedProcurements(list) => write(context, &list, planned_procurements::Wanted::read).await,
        Command::Organisations(list) => write(context, &list, organisations::Wanted::read).await,
        Command::Functions(list) => write(context, &list, functions::Wanted::read).await,
        Command::Skills(list) => write(context, &list, skills::Wanted::read).await,
        Command::Ocds(arguments) => ocds::run(context, &arguments).await,
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
    query.extend_pairs(list.flags.pairs());
    let said = |failure: Failure| anyhow!(failure.detail.unwrap_or_else(|| failure.code.title().to_owned()));
    let params = Params::parse(&query.finish()).map_err(said)?;
    let limit = request::whole(&params).map_err(said)?.unwrap_or(usize::MAX);
    let wanted = read(&params).map_err(said)?;
    let store = context.reading().await?;
    let snapshot = state::load(&store, context.clock.today()).await?;
    store.close().await?;
    let format = match list.format {
        FileFormat::Csv => Format::Csv,
        FileFormat::Jsonl => Format::Jsonl,
        FileFormat::Xlsx => Format::Xlsx,
        FileFormat::Parquet => Format::Parquet,
    };
    let mut out = BufWriter::with_capacity(1 << 16, super::Output);
    format.write(L::NAME, &L::columns(), wanted.rows(&snapshot).take(limit), &mut out)?;
    out.flush()?;
    Ok(Outcome::Done)
}
