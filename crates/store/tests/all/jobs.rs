//! Jobs and mail on their way out, on both databases, with a clock that the test sets.

use domain::people::Scope;
use serde_json::json;
use store::{
    Store,
    jobs::{Ended, Job, NewJob},
    outbox::{MAIL_JOB, MailState, NewMail, Reader, Unsubscribe},
};
use test_support::{TestDatabase, operator};

const LEASE: i64 = 60_000;
const NOON: i64 = 1_764_072_000_000;

fn worker() -> Scope {
    Scope::Job { name: "test".to_owned() }
}

fn job<'a>(key: Option<&'a str>, run_at: i64) -> NewJob<'a> {
    NewJob { kind: "fetch", dedupe: key, payload: json!({ "n": 1 }), run_at }
}

async fn lease(store: &Store, now: i64) -> Vec<Job> {
    store.lease_jobs(&worker(), &["fetch"], now, LEASE, 10).await.unwrap()
}

#[tokio::test]
async fn a_job_is_taken_once_and_done_once() {
    let database = TestDatabase::migrated().await;
    let (one, two) = (database.open().await, database.open().await);
    one.enqueue(&operator(), &job(None, NOON), NOON).await.unwrap();
    assert!(lease(&one, NOON - 1).await.is_empty(), "it is not due yet");
    let (a, b) = tokio::join!(lease(&one, NOON), lease(&two, NOON));
    assert_eq!(a.len() + b.len(), 1, "two processes took it");
    let held = a.into_iter().chain(b).next().unwrap();
    assert_eq!((held.attempts, held.payload.clone()), (1, json!({ "n": 1 })));
    assert!(two.end_job(&worker(), &held, &Ended::Done, NOON + 5).await.unwrap());
    assert!(lease(&one, NOON + 10 * LEASE).await.is_empty(), "it was done again");
}

#[tokio::test]
async fn many_processes_share_many_jobs_without_a_double() {
    let database = TestDatabase::migrated().await;
    let stores = [database.open().await, database.open().await, database.open().await];
    for _ in 0..40 {
        stores[0].enqueue(&operator(), &job(None, NOON), NOON).await.unwrap();
    }
    let mut workers = tokio::task::JoinSet::new();
    for store in stores {
        workers.spawn(async move {
            let mut taken = Vec::new();
            loop {
                let jobs = store.lease_jobs(&worker(), &["fetch"], NOON, LEASE, 3).await.unwrap();
                let backlog = store.backlog(&worker(), NOON).await.unwrap();
                for job in jobs {
                    assert!(store.end_job(&worker(), &job, &Ended::Done, NOON).await.unwrap());
                    taken.push(job.id);
                }
                if backlog.waiting == 0 {
                    return taken;
                }
            }
        });
    }
    let mut all: Vec<_> = workers.join_all().await.into_iter().flatten().collect();
    assert_eq!(all.len(), 40);
    all.sort();
    all.dedup();
    assert_eq!(all.len(), 40, "a job was done twice");
}

#[tokio::test]
async fn a_crashed_process_loses_its_job_and_one_that_stood_still_may_not_finish_it() {
    let database = TestDatabase::migrated().await;
    let store = database.open().await;
    store.enqueue(&operator(), &job(None, NOON), NOON).await.unwrap();
    let stopped = lease(&store, NOON).await.remove(0);
    assert!(lease(&store, NOON + LEASE - 1).await.is_empty(), "the lease still holds");
    let later = NOON + LEASE;
    let taken = lease(&store, later).await.remove(0);
    assert_eq!((taken.id, taken.attempts), (stopped.id, 2));
    // The first process goes on: nothing it does counts.
    assert!(!store.renew_job(&worker(), &stopped, later, LEASE).await.unwrap());
    assert!(!store.end_job(&worker(), &stopped, &Ended::Done, later).await.unwrap());
    let mut write = store.write(&worker(), later).await.unwrap();
    assert!(!write.holds(&stopped).await.unwrap());
    write.abandon();
    assert!(store.renew_job(&worker(), &taken, later + 5, LEASE).await.unwrap());
    assert!(lease(&store, later + LEASE + 1).await.is_empty(), "the renewed lease holds");
    assert!(store.end_job(&worker(), &taken, &Ended::Done, later + 6).await.unwrap());
}

#[tokio::test]
async fn a_clock_that_jumps_neither_loses_a_job_nor_gives_it_to_two() {
    let database = TestDatabase::migrated().await;
    let store = database.open().await;
    store.enqueue(&operator(), &job(None, NOON), NOON).await.unwrap();
    let day = 86_400_000;
    // Leased by a process whose clock stood a day ahead, which then crashed.
    let ahead = lease(&store, NOON + day).await.remove(0);
    let taken = lease(&store, NOON).await;
    assert_eq!(taken.len(), 1, "the lease of a clock a day ahead held the job for a day");
    assert!(!store.end_job(&worker(), &ahead, &Ended::Done, NOON).await.unwrap());
    assert!(store.end_job(&worker(), &taken[0], &Ended::Done, NOON).await.unwrap());
    assert!(lease(&store, NOON + 2 * day).await.is_empty());
}

#[tokio::test]
async fn a_failed_job_waits_for_its_time_and_is_given_up_when_told() {
    let database = TestDatabase::migrated().await;
    let store = database.open().await;
    store.enqueue(&operator(), &job(Some("a"), NOON), NOON).await.unwrap();
    let first = lease(&store, NOON).await.remove(0);
    store.end_job(&worker(), &first, &Ended::Retry(NOON + 500, "no route".to_owned()), NOON).await.unwrap();
    assert!(lease(&store, NOON + 499).await.is_empty());
    // Asking for it again does not shorten the wait of one that failed.
    store.enqueue(&operator(), &job(Some("a"), NOON), NOON).await.unwrap();
    assert!(lease(&store, NOON + 499).await.is_empty());
    let second = lease(&store, NOON + 500).await.remove(0);
    assert_eq!(second.attempts, 2);
    store.end_job(&worker(), &second, &Ended::Failed("gone".to_owned()), NOON + 501).await.unwrap();
    assert!(lease(&store, NOON + LEASE * 9).await.is_empty());
    assert_eq!(store.backlog(&worker(), NOON).await.unwrap().failed, 1);
}

#[tokio::test]
async fn one_key_is_one_job_and_asking_while_it_runs_has_it_done_again() {
    let database = TestDatabase::migrated().await;
    let store = database.open().await;
    for run_at in [NOON + 900, NOON, NOON + 100] {
        store.enqueue(&operator(), &job(Some("camden"), run_at), NOON).await.unwrap();
    }
    let mut jobs = lease(&store, NOON).await;
    assert_eq!(jobs.len(), 1, "the earliest time counts, and there is one job");
    store.enqueue(&operator(), &job(Some("camden"), NOON), NOON).await.unwrap();
    assert!(lease(&store, NOON).await.is_empty(), "it runs: nobody else may take it");
    store.end_job(&worker(), &jobs.remove(0), &Ended::Done, NOON + 1).await.unwrap();
    let again = lease(&store, NOON + 1).await.remove(0);
    assert_eq!(again.attempts, 1);
    store.end_job(&worker(), &again, &Ended::Done, NOON + 2).await.unwrap();
    assert!(lease(&store, NOON + 3).await.is_empty());
    assert_eq!(store.forget_jobs(&worker(), NOON + 3).await.unwrap(), 1);
}

#[tokio::test]
async fn nobody_from_outside_touches_the_machinery() {
    let database = TestDatabase::migrated().await;
    let store = database.open().await;
    assert!(store.enqueue(&Scope::Public, &job(None, NOON), NOON).await.is_err());
    assert!(store.lease_jobs(&Scope::Public, &["fetch"], NOON, LEASE, 1).await.is_err());
    assert!(store.outbox(&Scope::Public).await.is_err());
}

fn letter() -> NewMail {
    NewMail {
        topic: "reminders".to_owned(),
        person: None,
        organisation: None,
        recipient_name: Some("Sam Rivers".to_owned()),
        recipient: "Sam@council.example".to_owned(),
        subject: "Decide by 3 December 2027".to_owned(),
        text: "plain".to_owned(),
        html: "<p>rich</p>".to_owned(),
        unsubscribe: Some(Unsubscribe { digest: [7; 32], url: "https://city.example/mail/stop/x".to_owned() }),
        about: Some(json!({ "contract": 1 })),
        expires_at: None,
    }
}

#[tokio::test]
async fn mail_goes_with_the_transaction_that_causes_it_or_not_at_all() {
    let database = TestDatabase::migrated().await;
    let store = database.open().await;
    let mut write = store.write(&worker(), NOON).await.unwrap();
    write.mail(&letter()).await.unwrap();
    write.abandon();
    assert!(store.outbox(&worker()).await.unwrap().is_empty());
    let mut write = store.write(&worker(), NOON).await.unwrap();
    let id = write.mail(&letter()).await.unwrap();
    write.commit().await.unwrap();
    let job = store.lease_jobs(&worker(), &[MAIL_JOB], NOON, LEASE, 5).await.unwrap().remove(0);
    assert_eq!(job.payload, json!({ "mail": id }));
    let waiting = store.waiting_mail(&worker(), id).await.unwrap().unwrap();
    assert_eq!(waiting.mail, letter());
    let mut write = store.write(&worker(), NOON + 1).await.unwrap();
    assert!(write.settle_mail(&job, id, MailState::Sent, None).await.unwrap());
    assert!(write.end_job(&job, &Ended::Done).await.unwrap());
    write.commit().await.unwrap();
    assert_eq!(store.waiting_mail(&worker(), id).await.unwrap(), None);
    assert_eq!(store.outbox(&worker()).await.unwrap(), vec![("sent".to_owned(), 1)]);
}

#[tokio::test]
async fn mail_is_not_settled_by_whoever_lost_the_lease() {
    let database = TestDatabase::migrated().await;
    let store = database.open().await;
    let mut write = store.write(&worker(), NOON).await.unwrap();
    let id = write.mail(&letter()).await.unwrap();
    write.commit().await.unwrap();
    let stopped = store.lease_jobs(&worker(), &[MAIL_JOB], NOON, LEASE, 5).await.unwrap().remove(0);
    store.lease_jobs(&worker(), &[MAIL_JOB], NOON + LEASE, LEASE, 5).await.unwrap();
    let mut write = store.write(&worker(), NOON + LEASE).await.unwrap();
    assert!(!write.settle_mail(&stopped, id, MailState::Refused, Some("late")).await.unwrap());
    write.commit().await.unwrap();
    assert!(store.waiting_mail(&worker(), id).await.unwrap().is_some());
}

#[tokio::test]
async fn the_token_of_a_message_stops_its_topic_for_its_recipient_alone() {
    let database = TestDatabase::migrated().await;
    let store = database.open().await;
    let mut write = store.write(&worker(), NOON).await.unwrap();
    write.mail(&letter()).await.unwrap();
    write.commit().await.unwrap();
    assert_eq!(store.unsubscribing(&Scope::Public, [8; 32]).await.unwrap(), None);
    let (who, topic) = store.unsubscribing(&Scope::Public, [7; 32]).await.unwrap().unwrap();
    let address = "sam@council.example";
    assert_eq!((who, topic.as_str()), (Reader::Address(address.to_owned()), "reminders"));
    for wanted in [false, true, false] {
        let mut write = store.write(&worker(), NOON).await.unwrap();
        write.choose_at_address(address, &topic, wanted).await.unwrap();
        write.commit().await.unwrap();
        assert_eq!(store.stopped_at_address(&Scope::Public, "SAM@council.example", "reminders").await.unwrap(), !wanted);
    }
    assert!(!store.stopped_at_address(&Scope::Public, "other@council.example", "reminders").await.unwrap());
    assert!(!store.stopped_at_address(&Scope::Public, address, "sources").await.unwrap());
}
