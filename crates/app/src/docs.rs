//! What the docs must say: a setting, a command or an address that they do not know fails a test.

use crate::{cli::Cli, config::File, web::routes};
use clap::CommandFactory as _;
use std::collections::BTreeSet;

fn page(name: &str) -> String {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs").join(name);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Names that stand in backticks, alone or at the beginning of what stands there.
fn named(text: &str, name: &str) -> bool {
    text.contains(&format!("`{name}`")) || text.contains(&format!("`{name} ")) || text.contains(&format!("`{name}="))
}

/// The names that a settings file may hold, as its own error tells them.
fn settings() -> BTreeSet<String> {
    let error = toml::from_str::<File>("no-such-setting = 1").unwrap_err().to_string();
    let known = error.split("expected one of").nth(1).expect("the names that are known");
    known.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

#[test]
fn every_setting_stands_in_operations() {
    let text = page("OPERATIONS.md");
    let settings = settings();
    assert!(settings.len() >= 9, "{settings:?}");
    let missing: Vec<&String> = settings.iter().filter(|name| !named(&text, name)).collect();
    assert!(missing.is_empty(), "docs/OPERATIONS.md does not know {missing:?}");
}

fn walk(command: &clap::Command, path: &str, commands: &mut Vec<String>, variables: &mut BTreeSet<String>) {
    variables.extend(command.get_arguments().filter_map(|one| one.get_env()).map(|name| name.to_string_lossy().into_owned()));
    let mut any = false;
    for sub in command.get_subcommands().filter(|sub| sub.get_name() != "help") {
        any = true;
        walk(sub, &format!("{path} {}", sub.get_name()), commands, variables);
    }
    if !any {
        commands.push(path.to_owned());
    }
}

#[test]
fn every_command_and_every_environment_variable_stands_in_operations() {
    let text = page("OPERATIONS.md");
    let (mut commands, mut variables) = (Vec::new(), BTreeSet::new());
    walk(&Cli::command(), "citytools", &mut commands, &mut variables);
    assert!(commands.len() > 15 && variables.contains("DATABASE_URL"), "{commands:?} {variables:?}");
    // Lists that are exported stand in one row, each by its own name.
    let known = |command: &String| match command.strip_prefix("citytools export ") {
        Some(list) => named(&text, command) || named(&text, list),
        None => named(&text, command),
    };
    let missing: Vec<&String> = commands.iter().filter(|command| !known(command)).collect();
    assert!(missing.is_empty(), "docs/OPERATIONS.md does not know {missing:?}");
    let missing: Vec<&String> = variables.iter().filter(|name| !named(&text, name)).collect();
    assert!(missing.is_empty(), "docs/OPERATIONS.md does not know {missing:?}");
}

#[test]
fn every_address_for_programs_stands_in_the_guide_to_the_api() {
    let text = page("API.md");
    let for_programs = |path: &&str| {
        path.starts_with("/api/") || path.starts_with("/ocds/") || path.ends_with(".json") || path.ends_with(".atom")
    };
    // Files of a list are named by their endings, once for all.
    let stem = |path: &str| {
        let endings = [".csv", ".jsonl", ".xlsx", ".parquet", ".ics", ".atom"];
        let ending = endings.into_iter().find(|ending| path.starts_with("/api/v1/") && path.ends_with(ending));
        ending.map_or_else(|| path.to_owned(), |ending| path.trim_end_matches(ending).to_owned())
    };
    let table = routes::table();
    let paths: BTreeSet<String> = table.iter().map(|route| route.path).filter(for_programs).map(stem).collect();
    assert!(paths.len() > 15, "{paths:?}");
    let missing: Vec<&String> = paths.iter().filter(|path| !named(&text, path)).collect();
    assert!(missing.is_empty(), "docs/API.md does not know {missing:?}");
}

/// What stands between backticks.
fn quoted(text: &str) -> impl Iterator<Item = &str> {
    text.lines().flat_map(|line| line.split('`').skip(1).step_by(2))
}

#[test]
fn every_file_that_the_docs_name_is_there() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut named = 0;
    for name in ["ARCHITECTURE.md", "DESIGN.md", "TESTING.md", "ACCESSIBILITY.md", "SECURITY.md"] {
        let text = page(name);
        let plain = |word: &&str| word.chars().all(|c| c.is_ascii_alphanumeric() || "_./-".contains(c));
        for word in quoted(&text).filter(plain) {
            let Some((first, rest)) = word.trim_end_matches('/').split_once('/') else { continue };
            let path = match first {
                "api-json" | "app" | "documents" | "domain" | "govuk" | "ocds" | "server" | "store" | "typeset" => {
                    format!("crates/{first}/src/{rest}")
                }
                "jobs" | "web" => format!("crates/app/src/{first}/{rest}"),
                "bench" | "crates" | "data" | "docs" | "e2e" | "scripts" => format!("{first}/{rest}"),
                _ => continue,
            };
            let path = root.join(path);
            assert!(path.exists() || path.with_extension("rs").exists(), "docs/{name} names {word}, which is not there");
            named += 1;
        }
    }
    assert!(named > 40, "only {named} are names of files");
}
