//! What the command line says to the server: what every command takes, and what `serve` takes.

use clap::{Args, Parser, Subcommand};
use jiff::civil::Date;
use std::{net::SocketAddr, path::PathBuf};

/// What every command takes.
#[derive(Args, Debug)]
pub struct Common {
    /// The database: sqlite:FILE or postgres://USER@HOST/NAME [default: sqlite:citytools.db]
    #[arg(long, global = true, env = "DATABASE_URL", hide_env_values = true, value_name = "URL")]
    pub database: Option<String>,
    /// The day by which dates are judged [default: today in London]
    #[arg(long, global = true, value_name = "DATE")]
    pub as_at: Option<Date>,
    /// The settings file [default: citytools.toml, if there is one]
    #[arg(long, global = true, env = "CITYTOOLS_CONFIG", value_name = "FILE")]
    pub config: Option<PathBuf>,
}

/// What `serve` takes.
#[derive(Args, Debug)]
pub struct Arguments {
    /// Where to listen [default: 127.0.0.1:8080]
    #[arg(long, env = "CITYTOOLS_LISTEN", value_name = "ADDRESS")]
    pub listen: Option<SocketAddr>,
    /// Fill an empty database with the illustrative London register first
    #[arg(long)]
    pub demo: bool,
}

#[derive(Parser, Debug)]
struct Serving {
    #[command(flatten)]
    common: Common,
    #[command(subcommand)]
    command: Serve,
}

#[derive(Subcommand, Debug)]
enum Serve {
    Serve(Arguments),
}

/// What a command line that begins with `serve` says; nothing where another command is meant, help is asked for or something is wrong:
/// that is for who knows all commands. The server is what stays, and describing every command to read this one leaves megabytes of the
/// program in its memory.
#[must_use]
pub fn serving() -> Option<(Common, Arguments)> {
    let first = std::env::args_os().nth(1)?;
    let Serving { common, command: Serve::Serve(arguments) } = (first == "serve").then(Serving::try_parse)?.ok()?;
    Some((common, arguments))
}
