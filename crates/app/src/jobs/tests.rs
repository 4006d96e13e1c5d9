//! The runner: what it does when work fails, stands still or is asked for twice. And which register stands when two are read at once.

use super::runner::{Context, LEASE, Lane, turn};
use crate::{config::Clock, fetch::Fetcher};
use domain::people::Scope;
use jiff::civil::date;
use serde_json::json;
use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};
use store::jobs::NewJob;
use test_support::TestDatabase;

const NOON: i64 = 1_764_072_000_000;

async fn world() -> (TestDatabase, Context, Arc<AtomicI64>) {
    let database = TestDatabase::migrated().await;
    let app = crate::testing::load(
        database.open().await,
        Clock::new(Some(date(2025, 11, 25))),
        "https://city.example".to_owned(),
        false,
    )
    .await
    .unwrap();
    let now = Arc::new(AtomicI64::new(NOON));
    let clock = now.clone();
    let context =
        Context { app, smtp: None, fetcher: Fetcher::new([]).unwrap(), now: Box::new(move || clock.load(Ordering::Relaxed)) };
    (database, context, now)
}

#[tokio::test]
async fn what_is_due_by_the_calendar_is_put_once_a_day_however_often_it_is_looked_at() {
    let (_database, context, _) = world().await;
    for _ in 0..3 {
        super::schedule::put(&context).await.unwrap();
    }
    let waiting = context.app.store.backlog(&Scope::Operator, NOON).await.unwrap().waiting;
    assert!(waiting > 0);
    let mut done = 0;
    loop {
        let now = turn(&context, Lane::Rest).await.unwrap();
        done += now;
        if now == 0 {
            break;
        }
    }
    assert_eq!(i64::try_from(done).unwrap(), waiting);
    super::schedule::put(&context).await.unwrap();
    assert_eq!(turn(&context, Lane::Rest).await.unwrap(), 0, "it was put again on the same day");
}

#[tokio::test]
async fn a_job_that_cannot_be_done_is_kept_and_told_not_tried_for_ever() {
    let (_database, context, now) = world().await;
    let job = NewJob { kind: "tidy", dedupe: None, payload: json!({}), run_at: NOON };
    context.app.store.enqueue(&Scope::Operator, &job, NOON).await.unwrap();
    // Begun ten times by processes that died.
    for _ in 0..3 {
        let leased =
            context.app.store.lease_jobs(&Scope::Operator, &["tidy"], now.load(Ordering::Relaxed), LEASE, 1).await.unwrap();
        assert_eq!(leased.len(), 1);
        now.fetch_add(LEASE, Ordering::Relaxed);
    }
    assert_eq!(turn(&context, Lane::Rest).await.unwrap(), 1);
    assert_eq!(context.app.store.backlog(&Scope::Operator, now.load(Ordering::Relaxed)).await.unwrap().waiting, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_register_that_was_read_first_is_not_put_in_place_last() {
    let city = crate::testing::City::empty().await;
    let read = city.app.snapshot();
    let of = |ahead: i64| read.at_sequence(read.sequence() + ahead);
    city.app.replace(of(2));
    city.app.replace(of(1));
    assert_eq!(city.app.snapshot().sequence(), read.sequence() + 2);
    // A new day is turned to from whatever was there; what came meanwhile is read with the next look.
    let tomorrow = read.as_at().tomorrow().unwrap();
    city.app.replace(of(1).with_as_at(tomorrow));
    assert_eq!((city.app.snapshot().sequence(), city.app.snapshot().as_at()), (read.sequence() + 1, tomorrow));
    city.app.replace(of(2));
    assert_eq!(city.app.snapshot().sequence(), read.sequence() + 2);
}
