//! A process that is killed in a stream of edits loses nothing that it acknowledged and leaves nothing half done.
//!
//! The page cache survives a killed process, so this shows atomicity, not what a power cut would do.

use domain::register::{ids::ContractId, records::Contract};
use proptest::test_runner::{RngAlgorithm, TestRng};
use std::{
    io::{BufRead as _, BufReader, Read as _},
    process::{Command, Stdio},
    time::Duration,
};
use test_support::{TestDatabase, operator};

const ROUNDS: usize = 50;

#[tokio::test]
async fn killed_edits_lose_nothing_acknowledged_and_leave_nothing_half_done() {
    use proptest::prelude::Rng as _;
    let database = TestDatabase::new().await;
    let store = database.open().await;
    let mut random = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
    let (mut acknowledged, mut rounds_with_edits) = (0_usize, 0);
    for round in 0..ROUNDS {
        let mut editor = Command::new(env!("CARGO_BIN_EXE_editor"))
            .arg(&database.address)
            .stdout(Stdio::piped())
            .spawn()
            .expect("the editor starts");
        let mut lines = BufReader::new(editor.stdout.take().expect("a pipe"));
        let mut said = String::new();
        // Most rounds end amid the stream of edits, however long this machine takes to start a process; every fifth ends at any
        // moment of the start.
        if round % 5 != 0 {
            lines.read_line(&mut said).expect("the first acknowledgement");
        }
        tokio::time::sleep(Duration::from_millis(u64::from(random.next_u32() % 60))).await;
        editor.kill().expect("the editor can be killed");
        editor.wait().expect("the editor has ended");
        lines.read_to_string(&mut said).expect("text");
        // A line that was cut short acknowledged nothing.
        let ids: Vec<ContractId> = said
            .split_inclusive('\n')
            .filter(|line| line.ends_with('\n'))
            .map(|line| line.trim().parse().expect("an id"))
            .collect();
        rounds_with_edits += usize::from(!ids.is_empty());
        acknowledged += ids.len();
        let wanted: Vec<_> = ids.iter().map(|id| id.0).collect();
        let found = store.get_many::<Contract>(&operator(), &wanted).await.expect("records");
        assert_eq!(found.len(), ids.len(), "round {round}: something acknowledged is gone");
        let all = store.all::<Contract>(&operator()).await.expect("records");
        assert!(all.iter().all(|contract| contract.title == "finished"), "round {round}: an edit is half done");
        // At most the one edit of each round that was committed but not yet said.
        assert!(
            all.len() >= acknowledged && all.len() <= acknowledged + round + 1,
            "round {round}: {} of {acknowledged}",
            all.len()
        );
        let findings = store.check(&operator()).await.expect("a check");
        assert!(findings.sound(), "round {round}: {findings:?}");
    }
    assert!(rounds_with_edits >= ROUNDS * 4 / 5, "the editor was killed before it did anything: {rounds_with_edits} rounds");
}
