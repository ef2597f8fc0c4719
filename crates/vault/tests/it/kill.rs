//! `kill -9` at any moment: every acknowledged record is there exactly once, and the vault verifies (issue 2, PACS-048).

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;

use medward_contract::event::{Field, Stream};
use medward_kernel::Clock;
use medward_vault::canonical::{Value, View};
use medward_vault::disk::LocalDisk;
use medward_vault::open::open_read_only;
use medward_vault::read;

use crate::kit::{assert_sound, verify_at};

const ROUNDS: u64 = 100;

/// Lets the child acknowledge a few times, kills it, and gives the last number it was heard to acknowledge.
fn round(directory: &Path, first: u64, acknowledgements: u64) -> u64 {
    let mut child = Command::new(env!("CARGO_BIN_EXE_vault-append-child"))
        .arg(directory)
        .arg(first.to_string())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut last = first - 1;
    for _ in 0..acknowledgements {
        last = lines.next().expect("the child goes on until it is killed").unwrap().parse().unwrap();
    }
    // SIGKILL while the child is somewhere in its next appends, checkpoints or file starts.
    child.kill().unwrap();
    child.wait().unwrap();
    // What it managed to say before it died counts as acknowledged too.
    lines.map_while(Result::ok).filter_map(|line| line.parse().ok()).last().unwrap_or(last)
}

/// How often each number of the child is stored.
fn stored(directory: &Path) -> BTreeMap<u64, u64> {
    let vault = open_read_only(Arc::new(LocalDisk), Clock::system(), directory).unwrap();
    let records = read::range(&vault, Stream::App, 0, usize::MAX).unwrap();
    let mut counts = BTreeMap::new();
    for (place, record) in (0..).zip(&records) {
        assert_eq!(record.at.seq, place, "numbers of a stream are dense");
        let Some(Value::Int(sequence)) = View::parse(&record.bytes).unwrap().get(Field::EventSequence) else {
            panic!()
        };
        *counts.entry(u64::try_from(sequence).unwrap()).or_insert(0) += 1;
    }
    counts
}

#[test]
fn hundred_kills_lose_nothing_acknowledged_and_store_nothing_twice() {
    let directory = tempfile::tempdir().unwrap();
    let (mut acknowledged, mut seed) = (0, 88_172_645_463_325_252_u64);
    for number in 0..ROUNDS {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        // A sensor that was not told sends again: from the first number it has no answer for.
        acknowledged = round(directory.path(), acknowledged + 1, 1 + seed % 20);
        if number % 10 == 9 {
            assert_sound(&verify_at(directory.path(), Vec::new()));
        }
    }
    let stored = stored(directory.path());
    for sequence in 1..=acknowledged {
        assert_eq!(stored.get(&sequence), Some(&1), "number {sequence} of {acknowledged}");
    }
    assert!(acknowledged > ROUNDS * 5, "{acknowledged}");
}
