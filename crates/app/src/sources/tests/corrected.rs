//! A source that is corrected, or asked for out of turn, while its server wants to be left alone.

use super::*;
use store::jobs::NewJob;

impl World {
    /// What saving the form does.
    async fn correct(&mut self, url: &str) {
        let mut after = Source { url: url.to_owned(), ..self.source.clone() };
        let stored = self.store().get::<Source>(&Scope::Operator, self.source.id.0).await.unwrap().unwrap();
        after.updated_at = stored.updated_at;
        let mut write = self.store().write(&Scope::Operator, self.context.now()).await.unwrap();
        write.update(&stored, &mut after).await.unwrap();
        write.restart_source(after.id, KIND, !stored.same_server(&after)).await.unwrap();
        write.commit().await.unwrap();
        self.source = after;
    }

    /// What 'Read now' does.
    async fn press(&self) {
        let (key, now) = (self.source.id.to_string(), self.context.now());
        let job = NewJob { kind: KIND, dedupe: Some(&key), payload: json!({ "source": self.source.id }), run_at: now };
        self.store().enqueue(&Scope::Operator, &job, now).await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_corrected_address_is_read_from_its_beginning_and_the_wrong_one_no_more() {
    let wrong = Publisher::start(&[Mishap::None, Mishap::Status(503)]).await;
    let right = Publisher::start(&[]).await;
    let mut world = World::new(&wrong, "merton", SourceKind::ContractsFinder, "/search", &[]).await;
    world.context.fetcher = Fetcher::new([format!("127.0.0.1:{}", wrong.port), format!("127.0.0.1:{}", right.port)]).unwrap();
    world.work().await;
    let before = world.run().await;
    assert_eq!((before.outcome, before.pages, before.waits, wrong.asked()), (None, 1, 0, 2), "it is down, and asked for nothing");
    world.pass(1_000);
    world.correct(&right.url("/search")).await;
    let stopped = world.run().await;
    assert_eq!((stopped.id, stopped.outcome.as_deref(), stopped.next_url), (before.id, Some("stopped"), None));
    assert!(world.store().source_pages(&Scope::Operator, before.id).await.unwrap().is_empty());
    world.pass(1_000);
    world.work().await;
    let run = world.run().await;
    assert_eq!((run.outcome.as_deref(), run.pages, wrong.asked(), right.asked()), (Some("done"), 3, 2, 3));
    assert_eq!(world.contracts().await.len(), undisturbed().await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_address_is_asked_for_all_of_its_year_and_whoever_was_reading_the_old_one_reads_no_further() {
    let publisher = Publisher::start(&[]).await;
    let mut world = World::new(&publisher, "merton", SourceKind::ContractsFinder, "/search", &[]).await;
    world.work().await;
    assert_eq!(world.store().source_state(&Scope::Operator, world.source.id).await.unwrap().read_until, Some(NOON));
    // Somebody is reading it when it is corrected.
    world.press().await;
    let scope = Scope::Job { name: "test".to_owned() };
    let job = world.store().lease_jobs(&scope, &[KIND], world.context.now(), LEASE, 1).await.unwrap().remove(0);
    world.correct(&publisher.url("/search?stages=award")).await;
    let state = world.store().source_state(&Scope::Operator, world.source.id).await.unwrap();
    assert_eq!((state.read_until, state.failures), (None, 0));
    let asked = publisher.asked();
    run(&world.context, &scope, &job).await.unwrap();
    assert_eq!((publisher.asked(), world.run().await.outcome.as_deref()), (asked, Some("done")), "its lease is gone");
    world.pass(1_000);
    world.work().await;
    let since = publisher.asked.lock().unwrap()[asked]["publishedFrom"].clone();
    assert!(since.starts_with("2024-11-25T"), "{since}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_server_asked_to_wait_counts_whoever_asks_for_its_source_and_for_a_new_address_of_it_too() {
    let publisher = Publisher::start(&[Mishap::Limited(3600)]).await;
    let mut world = World::new(&publisher, "merton", SourceKind::ContractsFinder, "/search", &[]).await;
    world.work().await;
    assert_eq!((world.run().await.waits, publisher.asked()), (1, 1));
    let state = world.store().source_state(&Scope::Operator, world.source.id).await.unwrap();
    assert_eq!(state.wait_until, Some(NOON + 3_600_000));
    world.pass(4_000);
    world.press().await;
    world.work().await;
    assert_eq!(publisher.asked(), 1, "somebody pressed 'Read now'");
    world.correct(&publisher.url("/search?stages=award")).await;
    world.work().await;
    assert_eq!(publisher.asked(), 1, "the same server has another address");
    world.pass(3_595_000);
    world.work().await;
    assert_eq!(publisher.asked(), 1);
    world.pass(1_000);
    world.work().await;
    assert_eq!((world.run().await.outcome.as_deref(), publisher.asked()), (Some("done"), 4));
}
