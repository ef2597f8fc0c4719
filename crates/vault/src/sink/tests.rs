use std::path::PathBuf;

use medward_contract::Timestamp;
use medward_contract::event::{Dataset, Event, Field};

use super::spool::Spool;
use crate::commit::Draft;
use crate::disk::Disk as _;
use crate::disk::fake::{FakeDisk, Faults};
use crate::store::drafts_of;

fn spool(disk: &FakeDisk, most_bytes: u64) -> Spool {
    Spool::open(std::sync::Arc::new(disk.clone()), PathBuf::from("/s"), "ordinary", most_bytes)
}

fn drafts(sequences: std::ops::Range<i64>) -> Vec<Draft> {
    let event = |sequence| {
        Event::new(Dataset::AppLog, "log", Timestamp::from_micros(1))
            .set(Field::AgentId, "n")
            .set(Field::EventSequence, sequence)
            .set(Field::Message, "门诊")
    };
    drafts_of(sequences.map(event).collect()).unwrap()
}

fn drain(spool: &mut Spool, limit: usize) -> Vec<u64> {
    let mut sequences = Vec::new();
    while let Some(front) = spool.front(limit) {
        sequences.extend(front.drafts.iter().map(|draft| draft.prepared.agent().unwrap().1));
        spool.advance(&front);
    }
    sequences
}

#[test]
fn spool_gives_back_what_was_put_in_in_order_and_leaves_no_files() {
    let disk = FakeDisk::default();
    let mut spool = spool(&disk, 1 << 20);
    spool.push(&drafts(1..4)).unwrap();
    spool.push(&drafts(4..6)).unwrap();
    assert_eq!(drain(&mut spool, 2), [1, 2, 3, 4, 5]);
    assert!(spool.is_empty() && disk.list(&PathBuf::from("/s")).unwrap().is_empty());
    spool.push(&drafts(6..7)).unwrap();
    assert_eq!(drain(&mut spool, 9), [6]);
}

#[test]
fn spool_survives_a_restart_and_knows_its_highest_number() {
    let disk = FakeDisk::default();
    spool(&disk, 1 << 20).push(&drafts(1..4)).unwrap();
    let mut reopened = spool(&disk, 1 << 20);
    assert_eq!(reopened.highest_sequence(), 3);
    reopened.push(&drafts(4..5)).unwrap();
    assert_eq!(drain(&mut reopened, 10), [1, 2, 3, 4]);
}

#[test]
fn batch_put_in_front_comes_first() {
    let disk = FakeDisk::default();
    let mut spool = spool(&disk, 1 << 20);
    spool.push(&drafts(5..7)).unwrap();
    spool.push_front(&drafts(3..5)).unwrap();
    spool.push_front(&drafts(1..3)).unwrap();
    spool.push(&drafts(7..8)).unwrap();
    assert_eq!(drain(&mut spool, 100), [1, 2, 3, 4, 5, 6, 7]);
}

#[test]
fn spool_takes_no_more_than_allowed_and_no_half_batches() {
    let disk = FakeDisk::default();
    let mut small = spool(&disk, 300);
    small.push(&drafts(1..3)).unwrap();
    assert!(small.push(&drafts(3..9)).is_err());
    assert_eq!(drain(&mut small, 10), [1, 2]);
    let disk = FakeDisk::default();
    let mut full = spool(&disk, 1 << 20);
    full.push(&drafts(1..3)).unwrap();
    disk.set_faults(Faults { capacity: Some(400), ..Faults::default() });
    assert!(full.push(&drafts(3..9)).is_err());
    disk.set_faults(Faults::default());
    full.push(&drafts(9..10)).unwrap();
    assert_eq!(drain(&mut full, 10), [1, 2, 9]);
}
