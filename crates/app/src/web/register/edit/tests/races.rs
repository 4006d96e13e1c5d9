//! Two at once: whoever makes a name that another makes at the same moment, by a form or a file, makes it once.

use super::*;
use crate::{
    config::Clock,
    imports::{Kind, Request, commit},
};
use domain::register::import::report::Report;
use std::time::Duration;

async fn named<R: store::Record>(city: &City, name: impl Fn(&R) -> bool) -> usize {
    city.store().all::<R>(&Scope::Operator).await.unwrap().iter().filter(|record| name(record)).count()
}

/// Makes a supplier in a transaction that is open when something else begins, and ends soon after.
async fn while_it_is_made<T>(city: &City, name: &str, other: impl Future<Output = T>) -> T {
    let seen = city.store().sequence().await.unwrap();
    let mut write = city.store().write(&Scope::Operator, city.app.clock.now()).await.unwrap();
    write.hold_names(seen).await.unwrap();
    write.create(&mut [test_support::records::supplier(name)]).await.unwrap();
    let end = async {
        tokio::time::sleep(Duration::from_millis(800)).await;
        write.commit().await.unwrap();
    };
    tokio::join!(other, end).0
}

#[tokio::test(flavor = "multi_thread")]
async fn a_supplier_that_is_made_while_it_is_proposed_is_there_once() {
    let own = camden().await;
    let city = &own.city;
    let fields = [("kind", "supplier"), ("name", "Bramblewick Software Limited")];
    let proposing = city.post(&own.editor, "/organisations/camden/propose", &fields);
    let answer = while_it_is_made(city, "Bramblewick Software Ltd", proposing).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert!(words(&answer).contains("There is a record of that name already: use it as it is"), "{}", words(&answer));
    assert_eq!(named(city, |supplier: &Supplier| supplier.name.starts_with("Bramblewick")).await, 1);
    assert_eq!(named(city, |_: &Flag| true).await, 0, "the hub is asked of nothing");
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_who_propose_the_same_at_once_one_is_told_that_it_is_there() {
    let own = camden().await;
    let city = &own.city;
    let hackney = city.browser("hackney", Role::Editor).await;
    for kind in ["supplier", "product", "function"] {
        let fields = [("kind", kind), ("name", "Thistledown Parking")];
        let (camden, hackneys) = ("/organisations/camden/propose", "/organisations/hackney/propose");
        let (one, two) = tokio::join!(city.post(&own.editor, camden, &fields), city.post(&hackney, hackneys, &fields));
        let mut both = [one.status, two.status];
        both.sort();
        assert_eq!(both, [StatusCode::OK, StatusCode::SEE_OTHER], "{kind}: {} {}", words(&one), words(&two));
    }
    assert_eq!(named(city, |supplier: &Supplier| supplier.name == "Thistledown Parking").await, 1);
    assert_eq!(named(city, |product: &Product| product.name == "Thistledown Parking").await, 1);
    assert_eq!(named(city, |function: &Function| function.name == "Thistledown Parking").await, 1);
    assert_eq!(named(city, |flag: &Flag| !flag.settled).await, 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_supplier_that_is_made_while_a_contract_is_given_it_is_the_contracts() {
    let own = camden().await;
    let city = &own.city;
    let sent = [("supplier-state", "known"), ("suppliers", "Bramblewick Software Ltd")];
    let answer = while_it_is_made(city, "Bramblewick Software Ltd", change(&own, &own.editor, "suppliers", &sent)).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", words(&answer));
    let all: Vec<Supplier> = city.store().all(&Scope::Operator).await.unwrap();
    let ids: Vec<SupplierId> = all.iter().map(|supplier| supplier.id).collect();
    assert_eq!(ids.len(), 1, "{all:?}");
    assert_eq!(stored(city, own.contract.id).await.suppliers, ids);
}

/// Imports a file of one contract of a council with a supplier.
async fn import(city: &City, folder: &std::path::Path, slug: &str, supplier: &str) -> Report {
    import_until(city, folder, slug, supplier, "2029-03-31").await
}

/// The same, with the day on which the contract ends.
async fn import_until(city: &City, folder: &std::path::Path, slug: &str, supplier: &str, end: &str) -> Report {
    let file = folder.join(format!("{slug}.csv"));
    let name = &city.organisation(slug).name;
    std::fs::write(
        &file,
        format!("Organisation,Contract reference,Title,Supplier,End date\n{name},P1,Parking,{supplier},{end}\n"),
    )
    .unwrap();
    let request = Request {
        kind: Kind::Contracts,
        files: vec![file],
        organisation: None,
        mapping: None,
        names: Vec::new(),
        dry_run: false,
    };
    let clock: Clock = city.app.clock;
    commit::run(city.store(), &Scope::Operator, clock, request).await.unwrap().report
}

#[tokio::test(flavor = "multi_thread")]
async fn two_files_at_once_make_one_supplier_of_one_name() {
    let city = City::empty().await;
    let folder = tempfile::tempdir().unwrap();
    for supplier in ["Bramblewick Software Ltd", "Thistledown Parking Ltd", "Larkfield Data Ltd"] {
        let (one, two) =
            tokio::join!(import(&city, folder.path(), "camden", supplier), import(&city, folder.path(), "hackney", supplier));
        assert_eq!((one.rejected.len(), two.rejected.len()), (0, 0), "{one:?} {two:?}");
        let all: Vec<Supplier> = city.store().all(&Scope::Operator).await.unwrap();
        assert_eq!(all.iter().filter(|known| known.name[..6] == supplier[..6]).count(), 1, "{all:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_supplier_that_is_made_while_a_file_is_read_is_the_files() {
    let city = City::empty().await;
    let folder = tempfile::tempdir().unwrap();
    let importing = import(&city, folder.path(), "camden", "Bramblewick Software Limited");
    let report = while_it_is_made(&city, "Bramblewick Software Ltd", importing).await;
    assert_eq!(report.created, 1, "{report:?}");
    assert_eq!(named(&city, |supplier: &Supplier| supplier.name.starts_with("Bramblewick")).await, 1);
    let contract = city.store().all::<Contract>(&Scope::Operator).await.unwrap().remove(0);
    let supplier = city.store().all::<Supplier>(&Scope::Operator).await.unwrap().remove(0);
    assert_eq!(contract.suppliers, [supplier.id]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_makes_no_name_waits_for_nobody_who_does() {
    let city = City::empty().await;
    if !city.is_postgres() {
        // There is one writer anyway.
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    import(&city, folder.path(), "camden", "Bramblewick Software Ltd").await;
    let holding = city.store().write(&Scope::Operator, city.app.clock.now()).await.unwrap();
    holding.hold_names(city.store().sequence().await.unwrap()).await.unwrap();
    let importing = import_until(&city, folder.path(), "camden", "Bramblewick Software Ltd", "2030-03-31");
    let report = tokio::time::timeout(Duration::from_secs(20), importing).await.expect("it waited");
    assert_eq!((report.updated, report.created), (1, 0), "{report:?}");
    // One that makes a name waits until the other is done.
    let making = import(&city, folder.path(), "hackney", "Larkfield Data Ltd");
    assert!(tokio::time::timeout(Duration::from_millis(500), making).await.is_err());
    holding.abandon();
}

#[tokio::test(flavor = "multi_thread")]
async fn two_who_say_at_once_of_a_list_that_it_is_still_right_are_both_answered() {
    let own = camden().await;
    let city = &own.city;
    let colleague = city.browser("camden", Role::Editor).await;
    for title in ["Parking permits", "Library books", "Street lighting"] {
        make(city, records::contract(own.contract.organisation, title, None)).await;
    }
    let (register, path) = ("/organisations/camden/register", "/organisations/camden/still-right");
    let mine = form(city, &own.editor, register, "[name=all-contract]").await;
    let theirs = form(city, &colleague, register, "[name=all-contract]").await;
    let all = [("all", "yes")];
    let (mine, theirs) = (with(&mine, &all), with(&theirs, &all));
    let (one, two) = tokio::join!(city.post(&own.editor, path, &mine), city.post(&colleague, path, &theirs));
    for answer in [&one, &two] {
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", words(answer));
    }
    let contracts = city.store().all::<Contract>(&Scope::Operator).await.unwrap();
    assert!(contracts.iter().all(|contract| contract.confirmed.is_some()), "{contracts:?}");
}
