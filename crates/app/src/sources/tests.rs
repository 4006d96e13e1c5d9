//! Scheduled sources against a server on this machine that serves the real releases of Contracts Finder page by page, and
//! fails, dawdles and limits as such servers do.

mod civil;
mod corrected;

use super::*;
use crate::{
    config::Clock,
    fetch::{Fetcher, Limits},
    jobs::runner::{Context, LEASE, Lane, turn},
};
use axum::{
    Json, Router,
    extract::{Query, State},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};
use domain::{
    people::{Role, Scope},
    register::records::{Contract, Import, Organisation},
    work::sources::{Every, Source, SourceId, SourceKind},
};
use serde_json::{Value, json};
use std::{
    collections::{HashMap, VecDeque},
    sync::{
        Arc, Mutex,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};
use store::{Store, jobs::Job, sources::Run};
use test_support::{TestDatabase, people, shared_data};

const NOON: i64 = 1_764_072_000_000;

/// What the server does with a request before it does what it should.
#[derive(Clone, Copy, Debug)]
enum Mishap {
    None,
    Status(u16),
    Limited(u64),
    /// As many as there are: it limits for ever.
    LimitedForEver,
    /// It leads from the last page to the first, and so on without an end.
    Round,
    /// The page names itself as the next one.
    Itself,
    /// There is always one more page.
    Endless,
    Slow,
    Elsewhere,
}

struct Publisher {
    port: u16,
    pages: Vec<Value>,
    mishaps: Mutex<VecDeque<Mishap>>,
    /// The queries it was asked.
    asked: Mutex<Vec<HashMap<String, String>>>,
}

impl Publisher {
    async fn start(mishaps: &[Mishap]) -> Arc<Self> {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let pages = (1..=3)
            .map(|page| {
                let file = shared_data().join(format!("contracts-finder/releases-{page}.json"));
                serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap()
            })
            .collect();
        let publisher =
            Arc::new(Self { port, pages, mishaps: Mutex::new(mishaps.iter().copied().collect()), asked: Mutex::default() });
        let router = Router::new().route("/search", get(search)).route("/contracts.csv", get(csv)).with_state(publisher.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        publisher
    }

    fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port)
    }

    fn asked(&self) -> usize {
        self.asked.lock().unwrap().len()
    }
}

async fn search(State(publisher): State<Arc<Publisher>>, Query(query): Query<HashMap<String, String>>) -> Response {
    let cursor: usize = query.get("cursor").and_then(|cursor| cursor.parse().ok()).unwrap_or(0);
    let page = cursor % publisher.pages.len();
    publisher.asked.lock().unwrap().push(query);
    let mishap = {
        let mut mishaps = publisher.mishaps.lock().unwrap();
        match mishaps.front() {
            Some(lasting @ (Mishap::LimitedForEver | Mishap::Round | Mishap::Endless)) => *lasting,
            _ => mishaps.pop_front().unwrap_or(Mishap::None),
        }
    };
    let mut body = publisher.pages[page].clone();
    if page + 1 < publisher.pages.len() {
        body["links"] = json!({ "next": publisher.url(&format!("/search?cursor={}", page + 1)) });
    }
    match mishap {
        Mishap::None => Json(body).into_response(),
        Mishap::Status(status) => StatusCode::from_u16(status).unwrap().into_response(),
        Mishap::Limited(seconds) => (StatusCode::TOO_MANY_REQUESTS, [(header::RETRY_AFTER, seconds.to_string())]).into_response(),
        Mishap::LimitedForEver => StatusCode::TOO_MANY_REQUESTS.into_response(),
        Mishap::Round => {
            body["links"] = json!({ "next": publisher.url(&format!("/search?cursor={}", (page + 1) % publisher.pages.len())) });
            Json(body).into_response()
        }
        Mishap::Itself => {
            let cursor = if cursor > 0 { format!("?cursor={cursor}") } else { String::new() };
            body["links"] = json!({ "next": format!("/search{cursor}#top") });
            Json(body).into_response()
        }
        Mishap::Endless => {
            body["links"] = json!({ "next": publisher.url(&format!("/search?cursor={}", cursor + 1)) });
            Json(body).into_response()
        }
        Mishap::Slow => {
            tokio::time::sleep(Duration::from_secs(20)).await;
            Json(body).into_response()
        }
        Mishap::Elsewhere => {
            body["links"] = json!({ "next": "http://169.254.169.254/latest/meta-data/" });
            Json(body).into_response()
        }
    }
}

async fn csv() -> impl IntoResponse {
    "Vendor,What,Ends on\nAcorn Ltd,Grounds maintenance,31/03/2028\nBeech Ltd,Library system,30/06/2027\n"
}

struct World {
    database: TestDatabase,
    context: Context,
    now: Arc<AtomicI64>,
    source: Source,
}

impl World {
    /// A database with the London councils, and one source of a council.
    async fn new(publisher: &Publisher, slug: &str, kind: SourceKind, path: &str, mapping: &[(&str, &str)]) -> Self {
        let database = TestDatabase::migrated().await;
        let store = database.open().await;
        let clock = Clock::new(Some(jiff::civil::date(2025, 11, 25)));
        server::opening::ship(&store, clock).await.unwrap();
        let councils = store.all::<Organisation>(&Scope::Operator).await.unwrap();
        let council = councils.into_iter().find(|one| one.slug == slug).unwrap();
        let source = Source {
            id: SourceId(uuid::Uuid::now_v7()),
            organisation: council.id,
            name: "Notices".to_owned(),
            kind,
            url: publisher.url(path),
            mapping: mapping.iter().map(|(header, field)| ((*header).to_owned(), (*field).to_owned())).collect(),
            every: Every::Day,
            updated_at: 0,
        };
        let mut write = store.write(&Scope::Operator, NOON).await.unwrap();
        write.create(&mut [source.clone()]).await.unwrap();
        write.plan_source(source.id, Some(NOON)).await.unwrap();
        write.commit().await.unwrap();
        let app = crate::testing::load(store, clock, "https://city.example".to_owned(), false).await.unwrap();
        let now = Arc::new(AtomicI64::new(NOON));
        let tick = now.clone();
        let limits = Limits { time: Duration::from_secs(2), ..Limits::default() };
        let fetcher = Fetcher::with_limits([format!("127.0.0.1:{}", publisher.port)], limits).unwrap();
        let context = Context { app, smtp: None, fetcher, now: Box::new(move || tick.load(Ordering::Relaxed)) };
        Self { database, context, now, source }
    }

    fn store(&self) -> &Store {
        &self.context.app.store
    }

    fn pass(&self, milliseconds: i64) {
        self.now.fetch_add(milliseconds, Ordering::Relaxed);
    }

    /// Works off what is due, without any time passing.
    async fn work(&self) {
        put_due(&self.context).await.unwrap();
        while turn(&self.context, Lane::Rest).await.unwrap() > 0 {}
    }

    async fn run(&self) -> Run {
        self.store().source_runs(&Scope::Operator, self.source.id, 1).await.unwrap().remove(0)
    }

    /// Somebody who keeps the source's register.
    async fn keeper(&self) {
        let person = people::person("Ed", Some("ed@council.example"));
        let place = people::place(person.id, self.source.organisation, &[Role::Editor], 1);
        let mut write = self.store().write(&Scope::Operator, NOON).await.unwrap();
        write.create(&mut [person]).await.unwrap();
        write.create(&mut [place]).await.unwrap();
        write.commit().await.unwrap();
    }

    async fn told(&self) -> Option<String> {
        let mail = self.store().last_mail(&Scope::Operator, "ed@council.example").await.unwrap();
        mail.map(|(_, text)| text.split_whitespace().collect::<Vec<_>>().join(" "))
    }

    async fn contracts(&self) -> Vec<Contract> {
        self.store().all::<Contract>(&Scope::Operator).await.unwrap()
    }
}

/// Contracts of Merton in the three files, as one run without mishaps finds them.
async fn undisturbed() -> usize {
    let publisher = Publisher::start(&[]).await;
    let world = World::new(&publisher, "merton", SourceKind::ContractsFinder, "/search", &[]).await;
    world.work().await;
    assert_eq!(world.run().await.outcome.as_deref(), Some("done"));
    world.contracts().await.len()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_source_of_notices_is_read_to_its_last_page_and_brings_its_own_organisations_contracts_alone() {
    let publisher = Publisher::start(&[]).await;
    let world = World::new(&publisher, "merton", SourceKind::ContractsFinder, "/search", &[]).await;
    world.work().await;
    let run = world.run().await;
    assert_eq!((run.outcome.as_deref(), run.pages, run.problem.as_deref()), (Some("done"), 3, None));
    assert_eq!(publisher.asked(), 3);
    let first = publisher.asked.lock().unwrap()[0].clone();
    assert!(first["publishedFrom"].starts_with("2024-11-25T"), "{first:?}");
    let contracts = world.contracts().await;
    assert!(!contracts.is_empty());
    assert!(contracts.iter().all(|contract| contract.organisation == world.source.organisation));
    let others = world.store().all::<Organisation>(&Scope::Operator).await.unwrap();
    assert!(others.iter().all(|one| one.kind != domain::register::records::OrganisationKind::Other), "it made other buyers");
    // The reading is an import like any other, and can be taken back.
    let imports = world.store().all::<Import>(&Scope::Operator).await.unwrap();
    assert_eq!(imports.len(), 1);
    assert_eq!(run.imports[0]["import_id"], json!(imports[0].id));
    world.store().undo_import(&Scope::Operator, imports[0].id, NOON + 5).await.unwrap();
    assert!(world.contracts().await.is_empty());
    assert!(world.store().source_pages(&Scope::Operator, run.id).await.unwrap().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn reading_again_changes_nothing_and_asks_only_for_what_is_new() {
    let publisher = Publisher::start(&[]).await;
    let world = World::new(&publisher, "merton", SourceKind::ContractsFinder, "/search", &[]).await;
    world.work().await;
    let before = world.store().sequence().await.unwrap();
    world.pass(86_400_000 * 2);
    world.work().await;
    let run = world.run().await;
    assert_eq!((run.outcome.as_deref(), run.imports[0]["created"].as_i64()), (Some("done"), Some(0)));
    assert_eq!(world.store().sequence().await.unwrap(), before, "reading the same again wrote something");
    let since = publisher.asked.lock().unwrap()[3]["publishedFrom"].clone();
    assert!(since.starts_with("2025-11-24T"), "{since}");
}

#[tokio::test(flavor = "multi_thread")]
async fn failures_slow_answers_and_limits_cost_time_and_nothing_else() {
    let expected = undisturbed().await;
    let mishaps = [
        Mishap::Status(500),
        Mishap::None,
        Mishap::Limited(120),
        Mishap::Slow,
        Mishap::Status(403),
        Mishap::None,
        Mishap::Status(502),
        Mishap::None,
    ];
    let publisher = Publisher::start(&mishaps).await;
    let world = World::new(&publisher, "merton", SourceKind::ContractsFinder, "/search", &[]).await;
    world.work().await;
    assert_eq!((world.run().await.outcome, publisher.asked()), (None, 1));
    world.pass(60_000);
    world.work().await;
    // Page 1 is there; the server asked for two minutes.
    assert_eq!((world.run().await.pages, world.run().await.waits), (1, 1));
    world.pass(119_000);
    world.work().await;
    assert_eq!(publisher.asked(), 3, "it did not wait as it was asked to");
    for _ in 0..12 {
        world.pass(60_000);
        world.work().await;
    }
    let run = world.run().await;
    assert_eq!((run.outcome.as_deref(), run.pages, run.waits), (Some("done"), 3, 2));
    assert_eq!(publisher.asked(), 8, "a page that was there was asked for again");
    assert_eq!(world.contracts().await.len(), expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_process_that_dies_between_two_pages_loses_none() {
    let expected = undisturbed().await;
    let publisher = Publisher::start(&[Mishap::None, Mishap::Slow]).await;
    let world = World::new(&publisher, "merton", SourceKind::ContractsFinder, "/search", &[]).await;
    put_due(&world.context).await.unwrap();
    // Cut off while it waits for the second page.
    let cut = tokio::time::timeout(Duration::from_millis(1200), turn(&world.context, Lane::Rest)).await;
    assert!(cut.is_err() && world.run().await.pages == 1);
    world.work().await;
    assert_eq!(publisher.asked(), 2, "the lease of the dead process still holds");
    world.pass(LEASE);
    world.work().await;
    let run = world.run().await;
    assert_eq!((run.outcome.as_deref(), run.pages, publisher.asked()), (Some("done"), 3, 4));
    assert_eq!(world.contracts().await.len(), expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn s38_a_page_that_leads_elsewhere_ends_the_reading_and_its_keepers_see_why() {
    let publisher = Publisher::start(&[Mishap::Elsewhere]).await;
    let world = World::new(&publisher, "merton", SourceKind::ContractsFinder, "/search", &[]).await;
    world.work().await;
    let run = world.run().await;
    assert_eq!(run.outcome.as_deref(), Some("failed"));
    assert!(run.problem.unwrap().starts_with("page 1 names an address as the next that is not read from here: http://169."));
    assert_eq!(world.store().source_state(&Scope::Operator, world.source.id).await.unwrap().failures, 1);
    // What the page itself says is kept; nothing else was asked for.
    assert_eq!((run.pages, publisher.asked()), (1, 1));
    assert!(!world.contracts().await.is_empty());
    // Where it leads is kept with it, so that a reading which goes on after a stumble does not take it for the last.
    assert!(run.next_url.is_some_and(|next| next.starts_with("http://169.")));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_register_with_headers_of_its_own_is_read_under_its_saved_mapping() {
    let publisher = Publisher::start(&[]).await;
    let mapping = [("Vendor", "supplier"), ("What", "title"), ("Ends on", "end")];
    let world = World::new(&publisher, "camden", SourceKind::Csv, "/contracts.csv", &mapping).await;
    world.work().await;
    let run = world.run().await;
    assert_eq!((run.outcome.as_deref(), run.problem.as_deref()), (Some("done"), None));
    let mut titles: Vec<String> = world.contracts().await.into_iter().map(|contract| contract.title).collect();
    titles.sort();
    assert_eq!(titles, ["Grounds maintenance", "Library system"]);
    let imports = world.store().all::<Import>(&Scope::Operator).await.unwrap();
    assert_eq!(imports[0].files, ["contracts.csv"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_source_is_read_once_when_it_is_due_whichever_process_looks() {
    let publisher = Publisher::start(&[]).await;
    let world = World::new(&publisher, "camden", SourceKind::Csv, "/contracts.csv", &[]).await;
    let other = world.database.open().await;
    for _ in 0..3 {
        put_due(&world.context).await.unwrap();
    }
    let scope = Scope::Job { name: "test".to_owned() };
    let now = world.context.now();
    let jobs: Vec<Job> = world.store().lease_jobs(&scope, &[KIND], now, LEASE, 9).await.unwrap();
    assert_eq!(jobs.len(), 1);
    assert!(other.lease_jobs(&scope, &[KIND], now, LEASE, 9).await.unwrap().is_empty());
    let state = world.store().source_state(&Scope::Operator, world.source.id).await.unwrap();
    assert!(state.next_at.is_some_and(|next| next > NOON));
    // Somebody else's source does not exist.
    assert!(world.store().source_runs(&Scope::Public, world.source.id, 5).await.unwrap().is_empty());
    assert!(world.store().get::<Source>(&Scope::Public, world.source.id.0).await.unwrap().is_none());
}
