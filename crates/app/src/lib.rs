//! City Tools' command line, web pages, public API and background jobs; the binary calls [`main`] and nothing else.
//!
//! A library, so that it is compiled beside what it depends on: a binary waits until all of that is done.
//!
//! | module | what lives there |
//! |---|---|
//! | [`cli`] | one file a command: parse, call, report; the exit status |
//! | [`imports`] | an import from file to committed report: for the command line, the browser and scheduled sources |
//! | [`web`] | pages, one file a page; the one route table |
//! | [`api`] | the public API, version 1 |
//! | [`jobs`] | work without a request: keeping the snapshot up to date, the job table's workers |
//! | [`mail`] | messages: from template to outbox, from outbox to SMTP |
//! | [`papers`] | the files that are made of an assessment, and the way back |
//! | [`assessments`] | reviews that fall due, reminders of tasks, mail about what happens to an assessment |
//! | [`reminders`] | decision dates that come and pass, and the monthly check |
//! | [`scim`] | an organisation's directory says who joins and who leaves |
//! | [`sources`] | registers read from an address on a schedule |
//! | [`sign_in`] | TOTP, passkeys, random secrets |
//! | `testing` | a whole server for this crate's tests |
//!
//! What stands before any page (connections, settings, who asks, failures) is the crate `server`, identity providers with it. Handlers parse,
//! call and render. No SQL and no rule of the register stands in this crate.

// Whoever reads the documentation of this crate works on it: `cargo doc` is run with private items (scripts/test).
#![allow(rustdoc::private_intra_doc_links)]

mod api;
mod assessments;
mod cli;
#[cfg(test)]
mod docs;
mod imports;
mod jobs;
mod mail;
mod papers;
mod reminders;
mod scim;
mod sign_in;
mod sources;
#[cfg(test)]
mod testing;
mod web;

use server::{config, error, fetch, scanner, state};
use std::process::ExitCode;

/// Runs the command that stands on the command line, and says how it ended.
#[must_use]
pub fn main() -> ExitCode {
    let command = cli::parse();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("citytools: cannot start its worker threads: {error}");
            return ExitCode::FAILURE;
        }
    };
    match runtime.block_on(cli::run(command)) {
        Ok(outcome) => outcome.into(),
        Err(error) => {
            eprintln!("citytools: {}", in_one_line(&error));
            ExitCode::FAILURE
        }
    }
}

/// An error with its causes, each said once: many say in their own words what the one above has said already.
fn in_one_line(error: &anyhow::Error) -> String {
    let mut text = error.to_string();
    for cause in error.chain().skip(1).map(ToString::to_string) {
        if !text.contains(&cause) {
            text = format!("{text}: {cause}");
        }
    }
    text
}
