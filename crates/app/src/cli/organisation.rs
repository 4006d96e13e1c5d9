//! `citytools organisation list` and `show`.

use super::{Context, Format, Outcome, Report, print_json};
use anyhow::{Result, bail};
use clap::Subcommand;
use domain::{people::Scope, register::records::Organisation};

/// What `organisation` does.
#[derive(Subcommand, Debug)]
pub enum Command {
    /// Every organisation, by name
    List(Report),
    /// One organisation
    Show {
        /// Its slug, GSS code or name
        organisation: String,
        #[command(flatten)]
        report: Report,
    },
}

/// Lists or shows.
pub async fn run(context: &Context, command: Command) -> Result<Outcome> {
    let store = context.reading().await?;
    let mut organisations = store.all::<Organisation>(&Scope::Operator).await?;
    store.close().await?;
    organisations.sort_by(|a, b| a.name.cmp(&b.name));
    match command {
        Command::List(report) => match report.format {
            Format::Json => print_json(&organisations)?,
            Format::Text => {
                for one in &organisations {
                    say!("{:<24} {:<12} {}", one.slug, one.gss_code.as_deref().unwrap_or(""), one.formal_name);
                }
            }
        },
        Command::Show { organisation, report } => {
            let wanted = organisation.to_lowercase();
            let found = organisations.iter().find(|one| {
                let names = [Some(&one.slug), one.gss_code.as_ref(), Some(&one.name), Some(&one.formal_name)];
                names.into_iter().flatten().chain(&one.aliases).any(|name| name.to_lowercase() == wanted)
            });
            let Some(found) = found else {
                bail!("there is no organisation '{organisation}': 'citytools organisation list' shows them all");
            };
            match report.format {
                Format::Json => print_json(found)?,
                Format::Text => {
                    say!("{} ({})\nSlug: {}", found.formal_name, found.name, found.slug);
                    say!("GSS code: {}", found.gss_code.as_deref().unwrap_or("none"));
                    say!("Register code: {}", found.register_code.as_deref().unwrap_or("none"));
                    say!("Also known as: {}", found.aliases.join("; "));
                }
            }
        }
    }
    Ok(Outcome::Done)
}
