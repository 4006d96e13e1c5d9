//! Servers that ask to be left alone for long, and pages that name each other.

use super::*;

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_asks_once_to_be_left_alone_for_a_day_is_and_nothing_has_failed() {
    let expected = undisturbed().await;
    let publisher = Publisher::start(&[Mishap::None, Mishap::Limited(86_400)]).await;
    let world = World::new(&publisher, "merton", SourceKind::ContractsFinder, "/search", &[]).await;
    world.keeper().await;
    world.work().await;
    let run = world.run().await;
    assert_eq!((run.outcome, run.pages, run.waits, world.told().await), (None, 1, 1, None));
    let state = world.store().source_state(&Scope::Operator, world.source.id).await.unwrap();
    assert_eq!((state.failures, state.wait_until), (0, Some(NOON + 86_400_000)));
    // It is asked nothing meanwhile, and the run goes on where it stood.
    world.pass(86_399_000);
    world.work().await;
    assert_eq!(publisher.asked(), 2);
    world.pass(1_000);
    world.work().await;
    let run = world.run().await;
    assert_eq!((run.outcome.as_deref(), run.pages, publisher.asked()), (Some("done"), 3, 4));
    assert_eq!((world.contracts().await.len(), world.told().await), (expected, None));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_says_so_again_after_the_day_has_made_it_wait_for_more_than_six_hours() {
    let publisher = Publisher::start(&[Mishap::Limited(86_400), Mishap::Limited(60)]).await;
    let world = World::new(&publisher, "merton", SourceKind::ContractsFinder, "/search", &[]).await;
    world.work().await;
    world.pass(86_400_000);
    world.work().await;
    let run = world.run().await;
    assert_eq!((run.outcome.as_deref(), run.pages), (Some("failed"), 0));
    assert!(run.problem.is_some_and(|problem| problem.contains("again and again, for more than six hours")));
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_that_name_each_other_are_read_once_each() {
    let publisher = Publisher::start(&[Mishap::Round]).await;
    let world = World::new(&publisher, "merton", SourceKind::ContractsFinder, "/search", &[]).await;
    world.keeper().await;
    world.work().await;
    let run = world.run().await;
    // The first address names no cursor: the fourth page is the first by another one.
    assert_eq!((run.outcome.as_deref(), run.pages, publisher.asked()), (Some("failed"), 4, 4));
    assert_eq!(world.contracts().await.len(), undisturbed().await);
    let told = world.told().await.expect("its keeper was told");
    assert!(told.contains("lead round in circles: page 4") && told.contains("What it had read until then is in"), "{told}");
    // The next reading is not held up by what the last one read.
    publisher.mishaps.lock().unwrap().clear();
    world.pass(86_400_000);
    world.work().await;
    assert_eq!((world.run().await.outcome.as_deref(), world.run().await.pages), (Some("done"), 3));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_source_that_is_limited_for_ever_fails_after_some_hours_and_its_keepers_hear_of_it() {
    let publisher = Publisher::start(&[Mishap::None, Mishap::LimitedForEver]).await;
    let world = World::new(&publisher, "merton", SourceKind::ContractsFinder, "/search", &[]).await;
    world.keeper().await;
    world.work().await;
    assert_eq!((world.run().await.outcome, world.run().await.stalled_since), (None, Some(NOON)));
    world.pass(PATIENCE - WAIT);
    world.work().await;
    assert_eq!((world.run().await.outcome, world.told().await), (None, None), "it waits for six hours");
    world.pass(WAIT);
    world.work().await;
    let run = world.run().await;
    assert_eq!((run.outcome.as_deref(), run.pages, run.waits), (Some("failed"), 1, 2));
    let told = world.told().await.expect("its keeper was told");
    assert!(told.contains("for more than six hours") && told.contains("It will be tried again on"), "{told}");
    let state = world.store().source_state(&Scope::Operator, world.source.id).await.unwrap();
    assert_eq!((state.failures, state.read_until), (1, None));
    // The next reading begins anew, and goes well once the server does.
    publisher.mishaps.lock().unwrap().clear();
    world.pass(86_400_000);
    world.work().await;
    assert_eq!((world.run().await.outcome.as_deref(), world.run().await.pages), (Some("done"), 3));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_source_without_an_end_keeps_what_it_read_and_is_not_taken_for_read() {
    let publisher = Publisher::start(&[Mishap::Endless]).await;
    let world = World::new(&publisher, "merton", SourceKind::ContractsFinder, "/search", &[]).await;
    world.keeper().await;
    world.work().await;
    let run = world.run().await;
    assert_eq!((run.outcome.as_deref(), run.pages), (Some("failed"), MOST));
    assert_eq!(world.contracts().await.len(), undisturbed().await);
    let state = world.store().source_state(&Scope::Operator, world.source.id).await.unwrap();
    assert_eq!((state.failures, state.read_until), (1, None), "the rest is not lost: it is read from the same day again");
    let told = world.told().await.expect("its keeper was told");
    assert!(told.contains("give an address that asks for less") && told.contains("What it had read until then is in"), "{told}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_that_names_itself_as_the_next_is_the_last_and_its_keepers_read_of_it() {
    let publisher = Publisher::start(&[Mishap::None, Mishap::Itself]).await;
    let world = World::new(&publisher, "merton", SourceKind::Ocds, "/search", &[]).await;
    world.work().await;
    let run = world.run().await;
    assert_eq!((run.outcome.as_deref(), run.pages, publisher.asked()), (Some("done"), 2, 2));
    let note = run.problem.expect("it is told");
    assert!(note.starts_with("page 2 names itself as the next one"), "{note}");
    let state = world.store().source_state(&Scope::Operator, world.source.id).await.unwrap();
    assert_eq!((state.failures, state.read_until), (0, Some(NOON)), "it has not failed");
    // Nothing is said of the next reading, which is sound.
    world.pass(86_400_000);
    world.work().await;
    assert_eq!((world.run().await.outcome.as_deref(), world.run().await.problem), (Some("done"), None));
}
