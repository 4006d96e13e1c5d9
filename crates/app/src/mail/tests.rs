//! Mail against a real mail server, `e2e/smtp-server.py`, which drops, delays and refuses as it is told.

use super::*;
use crate::{
    config::Clock,
    fetch::Fetcher,
    jobs::runner::{Context, LEASE, Lane, turn},
};
use domain::people::Scope;
use serde_json::json;
use std::{
    io::{BufRead as _, BufReader, Lines},
    path::{Path, PathBuf},
    process::{Child, ChildStdout, Command, Stdio},
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
};
use store::outbox::{MAIL_JOB, NewMail};
use test_support::TestDatabase;

const NOON: i64 = 1_764_072_000_000;

/// A mail server that is gone when this is dropped.
struct Server {
    child: Child,
    lines: Option<Lines<BufReader<ChildStdout>>>,
    port: u16,
}

impl Server {
    fn start(answers: &[&str]) -> Self {
        let project = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let python = std::env::var("CITYTOOLS_TEST_PYTHON").map_or_else(|_| project.join("e2e/.venv/bin/python"), PathBuf::from);
        let mut child = Command::new(&python)
            .arg(project.join("e2e/smtp-server.py"))
            .args(answers)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| panic!("MAIL IS NOT TESTED: {} does not start ({error}). Run scripts/tools, or name a Python with aiosmtpd in CITYTOOLS_TEST_PYTHON", python.display()));
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let port = lines
            .next()
            .and_then(|line| line.ok()?.parse().ok())
            .expect("MAIL IS NOT TESTED: the test's mail server did not come up. Is aiosmtpd installed? Run scripts/tools");
        Self { child, lines: Some(lines), port }
    }

    fn smtp(&self) -> Smtp {
        Smtp::new(&format!("smtp://127.0.0.1:{}", self.port), "City Tools <tools@city.example>").unwrap()
    }

    /// What it read, once it has gone.
    fn messages(mut self) -> Vec<serde_json::Value> {
        drop(self.child.stdin.take());
        let _ = self.child.wait();
        let lines = self.lines.take().into_iter().flatten();
        lines.map_while(Result::ok).map(|line| serde_json::from_str(&line).unwrap()).collect()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

struct World {
    _database: TestDatabase,
    context: Context,
    now: Arc<AtomicI64>,
}

impl World {
    async fn new(smtp: Option<Smtp>) -> Self {
        let database = TestDatabase::migrated().await;
        let store = database.open().await;
        let app = crate::testing::load(store, Clock::new(None), "https://city.example".to_owned(), false).await.unwrap();
        let now = Arc::new(AtomicI64::new(NOON));
        let clock = now.clone();
        let fetcher = Fetcher::new([]).unwrap();
        let context = Context { app, smtp, fetcher, now: Box::new(move || clock.load(Ordering::Relaxed)) };
        Self { _database: database, context, now }
    }

    async fn post(&self, mail: &NewMail) {
        let mut write = self.context.app.store.write(&Scope::Operator, self.context.now()).await.unwrap();
        write.mail(mail).await.unwrap();
        write.commit().await.unwrap();
    }

    /// Works the mail off until nothing is due, then lets an hour pass, so many times.
    async fn hours(&self, hours: i64) {
        for _ in 0..hours {
            while turn(&self.context, Lane::Mail).await.unwrap() > 0 {}
            self.now.fetch_add(3_600_000, Ordering::Relaxed);
        }
    }

    async fn outbox(&self) -> Vec<(String, i64)> {
        self.context.app.store.outbox(&Scope::Operator).await.unwrap()
    }
}

fn reminder() -> Letter<serde_json::Value> {
    Letter {
        topic: Topic::Reminders,
        template: "reminders",
        to: Recipient::new(Some("Sián O'Neil"), "sian@council.example").unwrap(),
        person: None,
        organisation: None,
        about: None,
        expires_at: None,
        values: json!({
            "name": "Sián", "count": 1, "home": "https://city.example", "more": 0, "first": false, "late": 0, "gone": 0,
            "moved": 0, "missed_only": false, "organisation": "Camden",
            "items": [{ "title": "Housing repairs", "kind": "extend-by", "date": "2027-12-03", "exit": "2028-03-03", "stage": "six",
                        "replaces": null, "handed_on": false, "service": null, "supplier": "not known", "url": "https://city.example/contracts/1" }],
        }),
    }
}

fn code() -> Letter<serde_json::Value> {
    Letter {
        topic: Topic::SignIn,
        template: "sign-in-code",
        expires_at: Some(NOON + 600_000),
        values: json!({ "code": "1234 5678", "minutes": 10 }),
        ..reminder()
    }
}

fn sealed(letter: Letter<serde_json::Value>) -> NewMail {
    letter.seal("https://city.example").unwrap()
}

/// A header's line, unfolded.
fn header(message: &serde_json::Value, name: &str) -> Option<String> {
    let text = message["message"].as_str().unwrap().replace("\r\n ", " ");
    text.lines()
        .take_while(|line| !line.is_empty())
        .find_map(|line| Some(line.strip_prefix(name)?.strip_prefix(": ")?.to_owned()))
}

#[test]
fn the_password_of_a_mail_server_is_in_no_error() {
    let whole = File {
        smtp_url: Some("smtps://u:s3cret@mail.example".to_owned().into()),
        mail_from: Some("a@b.example".to_owned()),
        ..File::default()
    };
    assert!(server_of(&whole).unwrap().is_some());
    let half = File { mail_from: None, ..whole };
    assert!(!format!("{:#}", server_of(&half).unwrap_err()).contains("s3cret"));
}

#[tokio::test]
async fn a_message_arrives_with_both_parts_and_a_way_to_stop_it() {
    let server = Server::start(&[]);
    let world = World::new(Some(server.smtp())).await;
    world.post(&sealed(reminder())).await;
    world.hours(1).await;
    assert_eq!(world.outbox().await, vec![("sent".to_owned(), 1)]);
    let messages = server.messages();
    assert_eq!(messages.len(), 1);
    let message = &messages[0];
    assert_eq!(message["to"], json!(["sian@council.example"]));
    assert_eq!(header(message, "From").as_deref(), Some("\"City Tools\" <tools@city.example>"));
    assert_eq!(header(message, "Subject").as_deref(), Some("Decide whether to extend: Housing repairs, by 3 December 2027"));
    assert_eq!(header(message, "Auto-Submitted").as_deref(), Some("auto-generated"));
    assert_eq!(header(message, "List-Unsubscribe-Post").as_deref(), Some("List-Unsubscribe=One-Click"));
    let stop = header(message, "List-Unsubscribe").unwrap();
    let token = stop.strip_prefix("<https://city.example/mail/stop/").unwrap().strip_suffix('>').unwrap();
    assert_eq!(token.len(), 64);
    let text = message["message"].as_str().unwrap();
    assert!(text.contains("text/plain") && text.contains("text/html"), "{text}");
    let known = world.context.app.store.unsubscribing(&Scope::Public, letter::digest(token)).await.unwrap().unwrap();
    assert_eq!(known.1, "reminders");
}

#[tokio::test]
async fn security_mail_has_nothing_to_stop_it_with_and_goes_out_all_the_same() {
    let server = Server::start(&[]);
    let world = World::new(Some(server.smtp())).await;
    let mail = sealed(code());
    let mut write = world.context.app.store.write(&Scope::Operator, NOON).await.unwrap();
    write.choose_at_address(&mail.recipient, "sign-in", false).await.unwrap();
    write.commit().await.unwrap();
    world.post(&mail).await;
    world.hours(1).await;
    let messages = server.messages();
    assert_eq!(messages.len(), 1);
    assert_eq!(header(&messages[0], "List-Unsubscribe"), None);
    assert!(!messages[0]["message"].as_str().unwrap().contains("/mail/stop/"));
}

#[tokio::test]
async fn a_server_that_hangs_up_then_says_not_now_gets_the_message_in_the_end_and_once() {
    let server = Server::start(&["drop", "451", "ok"]);
    let world = World::new(Some(server.smtp())).await;
    world.post(&sealed(reminder())).await;
    world.hours(1).await;
    assert_eq!(world.outbox().await, vec![("waiting".to_owned(), 1)]);
    world.hours(5).await;
    assert_eq!(world.outbox().await, vec![("sent".to_owned(), 1)]);
    let messages = server.messages();
    assert_eq!(messages.iter().map(|one| one["answer"].as_str().unwrap()).collect::<Vec<_>>(), ["drop", "451", "ok"]);
    assert!(messages.iter().all(|one| header(one, "Message-ID") == header(&messages[0], "Message-ID")));
}

#[tokio::test]
async fn a_message_refused_for_good_is_not_sent_again_and_does_not_hold_up_the_next() {
    let server = Server::start(&["550", "ok"]);
    let world = World::new(Some(server.smtp())).await;
    world.post(&sealed(reminder())).await;
    world.hours(3).await;
    world.post(&sealed(reminder())).await;
    world.hours(3).await;
    assert_eq!(world.outbox().await, vec![("refused".to_owned(), 1), ("sent".to_owned(), 1)]);
    assert_eq!(server.messages().len(), 2);
}

#[tokio::test]
async fn a_server_that_is_away_is_tried_for_two_days_and_then_the_message_is_given_up() {
    let server = Server::start(&[]);
    let smtp = server.smtp();
    drop(server);
    let world = World::new(Some(smtp)).await;
    world.post(&sealed(reminder())).await;
    world.hours(24).await;
    assert_eq!(world.outbox().await, vec![("waiting".to_owned(), 1)]);
    world.hours(72).await;
    assert_eq!(world.outbox().await, vec![("refused".to_owned(), 1)]);
}

#[tokio::test]
async fn a_process_that_dies_between_the_servers_yes_and_writing_it_down_loses_nothing() {
    let server = Server::start(&[]);
    let world = World::new(Some(server.smtp())).await;
    world.post(&sealed(reminder())).await;
    let (store, scope) = (&world.context.app.store, Scope::Job { name: "mail".to_owned() });
    let dying = store.lease_jobs(&scope, &[MAIL_JOB], NOON, LEASE, 1).await.unwrap().remove(0);
    let id = dying.payload["mail"].as_str().unwrap().parse().unwrap();
    let mail = store.waiting_mail(&scope, id).await.unwrap().unwrap();
    assert_eq!(server.smtp().hand_over(&mail).await, smtp::Handed::Accepted);
    // It dies here. While its lease lasts nobody else sends the message.
    assert_eq!(turn(&world.context, Lane::Mail).await.unwrap(), 0);
    world.now.fetch_add(LEASE, Ordering::Relaxed);
    world.hours(2).await;
    assert_eq!(world.outbox().await, vec![("sent".to_owned(), 1)]);
    let messages = server.messages();
    assert_eq!(messages.len(), 2);
    assert_eq!(header(&messages[0], "Message-ID"), header(&messages[1], "Message-ID"), "the repeat cannot be told");
}

#[tokio::test]
async fn a_process_that_stood_still_past_its_lease_sends_nothing() {
    let server = Server::start(&[]);
    let world = World::new(Some(server.smtp())).await;
    world.post(&sealed(reminder())).await;
    let (store, scope) = (&world.context.app.store, Scope::Job { name: "mail".to_owned() });
    let stopped = store.lease_jobs(&scope, &[MAIL_JOB], NOON, LEASE, 1).await.unwrap().remove(0);
    world.now.fetch_add(LEASE, Ordering::Relaxed);
    let taken = store.lease_jobs(&scope, &[MAIL_JOB], NOON + LEASE, LEASE, 1).await.unwrap();
    assert_eq!(taken.len(), 1);
    deliver::run(&world.context, &server.smtp(), &scope, &stopped).await.unwrap();
    assert!(server.messages().is_empty(), "it sent in the other's name");
}

#[tokio::test]
async fn without_a_mail_server_mail_waits_and_goes_out_once_there_is_one() {
    let mut world = World::new(None).await;
    world.post(&sealed(reminder())).await;
    while turn(&world.context, Lane::Rest).await.unwrap() > 0 {}
    assert_eq!(world.outbox().await, vec![("waiting".to_owned(), 1)]);
    let server = Server::start(&[]);
    world.context.smtp = Some(server.smtp());
    world.hours(1).await;
    assert_eq!(server.messages().len(), 1);
}

#[tokio::test]
async fn what_is_of_no_more_use_or_not_wanted_is_not_sent() {
    let server = Server::start(&[]);
    let world = World::new(Some(server.smtp())).await;
    world.post(&sealed(code())).await;
    let stopped = sealed(reminder());
    world.post(&stopped).await;
    let mut write = world.context.app.store.write(&Scope::Public, NOON).await;
    assert!(write.is_err(), "the public writes nothing");
    write = world.context.app.store.write(&Scope::Operator, NOON).await;
    let mut write = write.unwrap();
    write.choose_at_address("SIAN@council.example", "reminders", false).await.unwrap();
    write.commit().await.unwrap();
    world.now.fetch_add(600_000, Ordering::Relaxed);
    world.hours(1).await;
    assert_eq!(world.outbox().await, vec![("expired".to_owned(), 1), ("unwanted".to_owned(), 1)]);
    assert!(server.messages().is_empty());
}

#[tokio::test]
async fn s34_without_encryption_or_with_a_certificate_nobody_vouches_for_nothing_is_said() {
    for arguments in [&[][..], &["--tls"][..]] {
        let server = Server::start(arguments);
        let smtp = server.smtp().treated_as_remote();
        let world = World::new(Some(smtp)).await;
        world.post(&sealed(code())).await;
        let mut tried = 0;
        loop {
            match turn(&world.context, Lane::Mail).await.unwrap() {
                0 => break,
                done => tried += done,
            }
        }
        assert!(tried > 0, "{arguments:?}: nobody tried to send it");
        assert_eq!(world.outbox().await, vec![("waiting".to_owned(), 1)], "{arguments:?}");
        assert!(server.messages().is_empty(), "{arguments:?}");
    }
}
