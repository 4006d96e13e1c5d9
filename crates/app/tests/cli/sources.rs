//! `citytools source …` and `citytools mail …`: kept, read and tried from the command line.

use super::harness::{Register, said};
use serde_json::Value as Json;
use std::{
    io::{BufRead as _, BufReader, Write as _},
    net::TcpListener,
};

/// Answers every request with one body, as a publisher of a file does.
fn publisher(body: &'static str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("127.0.0.1:{}", listener.local_addr().unwrap().port());
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let mut reader = BufReader::new(stream);
            let mut line = String::new();
            while reader.read_line(&mut line).is_ok_and(|read| read > 2) {
                line.clear();
            }
            let answer = format!(
                "HTTP/1.1 200 OK\r\nContent-Type: text/csv\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
                body.len()
            );
            let _ = reader.into_inner().write_all(answer.as_bytes());
        }
    });
    address
}

/// What a run's import did: created, updated, unchanged, rejected.
fn figures(run: &Json) -> [Option<u64>; 4] {
    ["created", "updated", "unchanged", "rejected"].map(|name| run["imports"][0][name].as_u64())
}

fn json(register: &Register, arguments: &[&str]) -> Json {
    let output = register.run(&[arguments, &["--format", "json"]].concat());
    assert!(output.status.success(), "{arguments:?}: {}", said(&output));
    serde_json::from_slice(&output.stdout).unwrap()
}

#[tokio::test]
async fn a_source_is_added_listed_read_and_removed() {
    let register = Register::new().await;
    let address = publisher("Reference,Title,Vendor\nC1,Parking permits,Ash Ltd\nC2,Libraries,Birch Ltd\n");
    let settings = register.file("trusting.toml", format!("fetch-trusted-hosts = ['{address}']\n"));
    let mapping = register.file("mapping.json", "{\"Vendor\": \"supplier\"}");
    let url = format!("http://{address}/contracts.csv");
    let add = [
        "--config",
        &settings,
        "source",
        "add",
        "--organisation",
        "camden",
        "--name",
        "Register",
        "--kind",
        "csv",
        "--url",
        &url,
        "--mapping",
        &mapping,
    ];
    let id = json(&register, &add)["id"].as_str().unwrap().to_owned();
    let listed = json(&register, &["source", "list"]);
    assert_eq!((listed[0]["id"].as_str(), listed[0]["organisation"].as_str()), (Some(id.as_str()), Some("camden")), "{listed}");
    let read = json(&register, &["--config", &settings, "source", "read", &id]);
    assert_eq!((read["outcome"].as_str(), read["pages"].as_i64()), (Some("done"), Some(1)), "{read}");
    assert_eq!(figures(&read), [Some(2), Some(0), Some(0), Some(0)], "{read}");
    assert_eq!(register.list("contracts").len(), 2);
    // Read again nothing changes; a host that the settings do not trust is not asked at all.
    let again = json(&register, &["--config", &settings, "source", "read", &id]);
    assert_eq!(figures(&again), [Some(0), Some(0), Some(2), Some(0)], "{again}");
    let refused = register.run(&["source", "read", &id]);
    assert_eq!(refused.status.code(), Some(1), "{}", said(&refused));
    assert!(json(&register, &["source", "list"])[0]["failures"].as_i64() == Some(1));
    assert!(register.run(&["source", "remove", &id]).status.success());
    assert_eq!(json(&register, &["source", "list"]).as_array().map(Vec::len), Some(0));
    assert_eq!(register.list("contracts").len(), 2, "what it brought stays");
    let gone = register.run(&["source", "read", &id]);
    assert!(gone.status.code() == Some(1) && said(&gone).contains("source list"), "{}", said(&gone));
    assert!(register.store().await.check(&test_support::operator()).await.unwrap().sound());
}

#[tokio::test]
async fn what_is_no_source_is_refused_with_what_to_do() {
    let register = Register::new().await;
    let add = |organisation: &str, kind: &str, url: &str| {
        register.run(&["source", "add", "--organisation", organisation, "--name", "Register", "--kind", kind, "--url", url])
    };
    for (output, status, words) in [
        (add("atlantis", "csv", "https://a.example/x.csv"), 1, "organisation list"),
        (add("camden", "csv", "https://user:canary@a.example/x.csv"), 1, "no user name or password"),
        (add("camden", "csv", "file:///etc/passwd"), 1, "https://"),
        // What no reading would be let to is not kept either.
        (add("camden", "csv", "http://a.example/x.csv"), 1, "begins with https://"),
        (add("camden", "csv", "https://127.0.0.1/x.csv"), 1, "public internet"),
        (add("camden", "pdf", "https://a.example/x.pdf"), 2, "contracts-finder"),
    ] {
        assert_eq!(output.status.code(), Some(status), "{}", said(&output));
        assert!(said(&output).contains(words), "{}", said(&output));
    }
    assert_eq!(json(&register, &["source", "list"]).as_array().map(Vec::len), Some(0));
}

#[tokio::test]
async fn mail_is_counted_and_a_test_says_what_the_server_answers() {
    let register = Register::new().await;
    let status = json(&register, &["mail", "status"]);
    assert_eq!((status["server"].as_str(), status["messages"]["waiting"].as_i64()), (None, Some(0)), "{status}");
    let none = register.run(&["mail", "test", "ann@council.example"]);
    assert!(none.status.code() == Some(1) && said(&none).contains("smtp-url"), "{}", said(&none));
    // Nobody listens there: the server's name and the reason are said, the password is not.
    let mut command = register.command(&["mail", "test", "ann@council.example"]);
    command
        .env("CITYTOOLS_SMTP_URL", "smtp://u:canary@127.0.0.1:1")
        .env("CITYTOOLS_MAIL_FROM", "City Tools <tools@council.example>");
    let output = command.output().unwrap();
    let text = said(&output);
    assert!(output.status.code() == Some(1) && text.contains("127.0.0.1:1") && !text.contains("canary"), "{text}");
    let mut command = register.command(&["mail", "test", "ann@council.example\r\nBcc: x@y.example"]);
    command.env("CITYTOOLS_SMTP_URL", "smtp://127.0.0.1:1").env("CITYTOOLS_MAIL_FROM", "tools@council.example");
    assert!(said(&command.output().unwrap()).contains("no address"));
}
