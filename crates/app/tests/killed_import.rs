//! An import that is killed at any moment is wholly there or wholly absent, and can be run again.

use domain::register::records::{Contract, Import, Supplier};
use proptest::{
    prelude::Rng as _,
    test_runner::{RngAlgorithm, TestRng},
};
use std::{
    fmt::Write as _,
    process::{Command, Stdio},
    time::{Duration, Instant},
};
use test_support::{TestDatabase, operator};

const ROUNDS: usize = 50;
const ROWS: i64 = 400;

fn import(database: &TestDatabase, file: &std::path::Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_citytools"));
    command.args(["--database", &database.address, "import", "contracts"]).arg(file);
    command.stdout(Stdio::null()).stderr(Stdio::null());
    command
}

#[tokio::test]
async fn a_killed_import_is_whole_or_absent_and_can_be_repeated() {
    let folder = TestDatabase::sqlite();
    let file = folder.folder().join("register.csv");
    let mut text = "Organisation,Contract reference,Title,Supplier,Start date,End date,Annual value\n".to_owned();
    for row in 0..ROWS {
        writeln!(text, "Camden,R{row},Contract {row},Supplier {} Ltd,2024-04-01,2029-03-31,{}", row % 50, 1000 + row).unwrap();
    }
    std::fs::write(&file, text).unwrap();

    // How long it takes when nobody kills it: moments are chosen over all of that, and a little more.
    let whole = TestDatabase::new().await;
    whole.open().await.close().await.unwrap();
    let begun = Instant::now();
    assert!(import(&whole, &file).status().unwrap().success());
    let takes = u64::try_from(begun.elapsed().as_millis()).unwrap().max(20);
    let after_whole = whole.open().await;
    assert_eq!(after_whole.count::<Contract>(&operator()).await.unwrap(), ROWS);
    let suppliers = after_whole.count::<Supplier>(&operator()).await.unwrap();

    let mut random = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
    let (mut absent, mut there) = (0, 0);
    for round in 0..ROUNDS {
        let database = TestDatabase::new().await;
        let store = database.open().await;
        let mut child = import(&database, &file).spawn().unwrap();
        tokio::time::sleep(Duration::from_millis(u64::from(random.next_u32()) % (takes * 5 / 4))).await;
        let _ = child.kill();
        child.wait().unwrap();
        let counts = (
            store.count::<Contract>(&operator()).await.unwrap(),
            store.count::<Supplier>(&operator()).await.unwrap(),
            store.count::<Import>(&operator()).await.unwrap(),
        );
        match counts {
            (0, 0, 0) => absent += 1,
            all if all == (ROWS, suppliers, 1) => there += 1,
            half => panic!("round {round}: half an import is there: {half:?}"),
        }
        let findings = store.check(&operator()).await.unwrap();
        assert!(findings.sound(), "round {round}: {findings:?}");
        if round % 10 == 0 {
            assert!(import(&database, &file).status().unwrap().success(), "round {round}: it can be run again");
            assert_eq!(store.count::<Contract>(&operator()).await.unwrap(), ROWS);
        }
    }
    assert!(absent > 0, "every import was done before it was killed: {there} of {ROUNDS}");
}
