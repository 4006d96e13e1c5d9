//! The binary over a register of the test's own.

use serde_json::Value as Json;
use std::{
    io::Write as _,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
};
use test_support::TestDatabase;

/// The day by which dates are judged in these tests.
pub const AS_AT: &str = "2026-11-25";

/// A register that nobody else uses.
pub struct Register {
    database: TestDatabase,
}

impl Register {
    pub async fn new() -> Self {
        Self { database: TestDatabase::new().await }
    }

    /// A file in the test's own folder.
    pub fn file(&self, name: &str, content: impl AsRef<[u8]>) -> String {
        let path = self.database.folder().join(name);
        std::fs::write(&path, content).expect("a file can be written");
        path.to_str().expect("a path").to_owned()
    }

    pub fn folder(&self) -> &Path {
        self.database.folder()
    }

    pub async fn store(&self) -> store::Store {
        self.database.open().await
    }

    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_citytools"));
        command
            .current_dir(self.database.folder())
            .args(["--database", &self.database.address, "--as-at", AS_AT])
            .args(arguments);
        command.env_remove("DATABASE_URL").env_remove("CITYTOOLS_CONFIG").env_remove("RUST_LOG");
        command
    }

    /// Runs a command to its end.
    pub fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().expect("the binary runs")
    }

    /// The same with something on standard input.
    pub fn run_with(&self, arguments: &[&str], input: &[u8]) -> Output {
        let mut command = self.command(arguments);
        let mut child =
            command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the binary runs");
        child.stdin.take().expect("a pipe").write_all(input).expect("it takes its input");
        child.wait_with_output().expect("it ends")
    }

    /// An import's exit status and report.
    pub fn import(&self, arguments: &[&str]) -> (i32, Json) {
        let output = self.run(&[&["import"], arguments, &["--format", "json"]].concat());
        let status = output.status.code().expect("it was not killed");
        let report = serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("no report: {}", said(&output)));
        (status, report)
    }

    /// An import that fails: nothing on standard output, one line on standard error.
    pub fn refused(&self, arguments: &[&str]) -> String {
        let output = self.run(&[&["import"], arguments].concat());
        assert_eq!(output.status.code(), Some(1), "{arguments:?}: {}", said(&output));
        assert!(output.stdout.is_empty(), "{arguments:?} reports though it failed");
        let error = String::from_utf8(output.stderr).expect("text");
        assert_eq!(error.trim().lines().count(), 1, "{arguments:?}: more than one line: {error}");
        assert!(error.starts_with("citytools: "), "{error}");
        error
    }

    /// A list as the API gives it, without what differs from run to run.
    pub fn list(&self, noun: &str) -> Vec<Json> {
        let output = self.run(&["export", noun, "--format", "jsonl"]);
        assert!(output.status.success(), "{}", said(&output));
        let text = String::from_utf8(output.stdout).expect("text");
        text.lines().map(|line| serde_json::from_str(line).expect("a line of JSON")).collect()
    }

    /// How many contracts, systems and suppliers there are.
    pub fn counts(&self) -> [usize; 3] {
        ["contracts", "systems", "suppliers"].map(|noun| self.list(noun).len())
    }
}

/// What a command wrote, for messages.
pub fn said(output: &Output) -> String {
    let text = |bytes: &[u8]| String::from_utf8_lossy(&bytes[..bytes.len().min(4000)]).into_owned();
    format!("status {:?}, out: {} err: {}", output.status.code(), text(&output.stdout), text(&output.stderr))
}

/// A file or folder of the shared data.
pub fn shared(path: &str) -> PathBuf {
    test_support::shared_data().join(path)
}

/// The three packages of real releases.
pub fn real_releases() -> Vec<String> {
    (1..=3)
        .map(|number| shared(&format!("contracts-finder/releases-{number}.json")).to_str().expect("a path").to_owned())
        .collect()
}

/// `(created, updated, unchanged, rejected)` of a report.
pub fn summary(report: &Json) -> (u64, u64, u64, usize) {
    let number = |name: &str| report[name].as_u64().expect("a count");
    (number("created"), number("updated"), number("unchanged"), report["rejected"].as_array().expect("a list").len())
}
