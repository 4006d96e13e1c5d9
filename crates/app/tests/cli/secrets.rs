//! Secrets come from files or from the environment, never from the command line, and none stands in the repository (S45).

use super::harness::{Register, said};
use std::{
    io::{BufRead as _, BufReader, Read as _},
    path::Path,
    process::Stdio,
};

/// The commands below one, by their help.
fn below(register: &Register, path: &[String]) -> (String, Vec<Vec<String>>) {
    let arguments: Vec<&str> = path.iter().map(String::as_str).chain(["--help"]).collect();
    let output = register.run(&arguments);
    assert!(output.status.success(), "{}", said(&output));
    let help = String::from_utf8(output.stdout).unwrap();
    let commands = help.split("Commands:\n").nth(1).unwrap_or_default().split("\n\n").next().unwrap_or_default();
    let names = commands
        .lines()
        .filter(|line| line.starts_with("  ") && !line.starts_with("   "))
        .filter_map(|line| line.split_whitespace().next())
        .filter(|name| *name != "help");
    let below = names.map(|name| path.iter().cloned().chain([name.to_owned()]).collect()).collect();
    (help, below)
}

#[tokio::test]
async fn s45_no_secret_is_given_on_the_command_line_where_others_could_read_it() {
    let register = Register::new().await;
    let mut waiting = vec![Vec::new()];
    let mut seen = 0;
    while let Some(path) = waiting.pop() {
        let (help, more) = below(&register, &path);
        waiting.extend(more);
        seen += 1;
        for flag in help.split_whitespace().filter(|word| word.starts_with("--")) {
            let flag = flag.trim_end_matches([',', '.', ':']);
            let secret = ["password", "secret", "token", "key"].iter().any(|word| flag.contains(word));
            // A key is named by its file.
            assert!(!secret || help.contains(&format!("{flag} <FILE>")), "{path:?} takes {flag}");
        }
    }
    assert!(seen > 30, "only {seen} commands were looked at");
}

#[tokio::test]
async fn s45_secrets_of_the_environment_and_of_files_are_used_and_never_shown() {
    let register = Register::new().await;
    let fails = |command: &mut std::process::Command| {
        let output = command.output().unwrap();
        assert_eq!(output.status.code(), Some(1), "{}", said(&output));
        let text = said(&output);
        assert!(!text.contains("canary"), "{text}");
        text
    };
    // The environment beats the file: the mail server is the environment's.
    let file = register.file("citytools.toml", "smtp-url = 'smtps://u:canary-file@mail.example'\nmail-from = 'a@b.example'\n");
    let status = register.run(&["--config", &file, "mail", "status"]);
    assert!(String::from_utf8_lossy(&status.stdout).contains("mail.example:465"), "{}", said(&status));
    let mut command = register.command(&["--config", &file, "mail", "status"]);
    let status = command.env("CITYTOOLS_SMTP_URL", "smtps://u:canary-env@other.example").output().unwrap();
    let text = said(&status);
    assert!(text.contains("other.example:465") && !text.contains("canary"), "{text}");
    // What is wrong with a secret is said without it.
    let mut command = register.command(&["mail", "status"]);
    let text =
        fails(command.env("CITYTOOLS_SMTP_URL", "ftp://u:canary-env@other.example").env("CITYTOOLS_MAIL_FROM", "a@b.example"));
    assert!(text.contains("smtps://"), "{text}");
    let mut command = register.command(&["organisation", "list"]);
    fails(
        command
            .env("DATABASE_URL", "postgres://u:canary-env@127.0.0.1:1/none")
            .args(["--database", "postgres://u:canary-flag@127.0.0.1:1/none"]),
    );
    // A client secret is read from its file when the server starts: writing the file anew and starting again turns it.
    let secret = register.file("oidc", "canary-one\n");
    let settings = format!("[client-secrets]\ncamden = {secret:?}\n");
    let file = register.file("secrets.toml", settings);
    for content in ["canary-one\n", "canary-two\n", ""] {
        std::fs::write(&secret, content).unwrap();
        let mut command = register.command(&["--config", &file, "serve", "--listen", "127.0.0.1:0"]);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap());
        let mut all = String::new();
        while !all.contains("City Tools serves") && lines.read_line(&mut all).unwrap() > 0 {}
        let served = all.contains("City Tools serves");
        child.kill().unwrap();
        child.wait().unwrap();
        lines.read_to_string(&mut all).unwrap();
        assert_eq!(served, !content.is_empty(), "{all}");
        assert!(!all.contains("canary"), "{all}");
    }
}

/// What begins a secret that somebody else gives out, and lines that are one.
const MARKS: &[&str] = &[
    "-----BEGIN PRIVATE",
    "-----BEGIN RSA PRIVATE",
    "-----BEGIN EC PRIVATE",
    "-----BEGIN OPENSSH PRIVATE",
    "AKIA",
    "ghp_",
    "github_pat_",
    "glpat-",
    "xoxb-",
    "xoxp-",
    "AIzaSy",
    "sk_live_",
    "SG.",
];

fn scan(folder: &Path, found: &mut Vec<String>, files: &mut usize) {
    for entry in std::fs::read_dir(folder).unwrap().map(Result::unwrap) {
        let (path, name) = (entry.path(), entry.file_name().to_string_lossy().into_owned());
        // What is fetched, built or measured here is not the repository's: .gitignore names the same.
        let passed_over = ["target", "node_modules", "third-party", "test-results"].contains(&name.as_str())
            || name.starts_with('.')
            || path.ends_with("bench/work");
        if passed_over || entry.file_type().unwrap().is_symlink() {
            continue;
        }
        if entry.file_type().unwrap().is_dir() {
            scan(&path, found, files);
            continue;
        }
        let suspicious = ["pem", "key", "p12", "pfx", "kdbx"].iter().any(|ending| name.ends_with(&format!(".{ending}")))
            || name.starts_with("id_rsa");
        if suspicious {
            found.push(format!("{}: a file of keys", path.display()));
        }
        let Ok(text) = std::fs::read_to_string(&path) else { continue };
        *files += 1;
        if path.ends_with("tests/cli/secrets.rs") {
            continue;
        }
        for (number, line) in (1..).zip(text.lines()) {
            // A mark counts where a run of letters and digits follows it, as in a secret and not as in a sentence.
            let follows = |mark: &str| {
                line.split_once(mark).is_some_and(|(_, rest)| {
                    mark.starts_with("-----")
                        || rest.chars().take_while(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-')).count() >= 16
                })
            };
            if let Some(mark) = MARKS.iter().find(|mark| follows(mark)) {
                found.push(format!("{}:{number}: {mark}", path.display()));
            }
        }
    }
}

#[test]
fn s45_no_secret_stands_in_the_repository() {
    let (mut found, mut files) = (Vec::new(), 0);
    scan(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../.."), &mut found, &mut files);
    assert!(files > 500, "only {files} files were looked at");
    assert!(found.is_empty(), "{found:#?}");
}
