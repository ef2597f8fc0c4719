use std::path::Path;
use std::sync::Mutex;

use super::*;
use crate::disk::LocalDisk;
use crate::merkle::verify_inclusion;
use crate::open::Opened;
use crate::read;
use crate::verify::tests::rig::{build, commit, fill, note_of, open_at, verify_at};

/// A sealer that cuts nothing and whose notes are lost.
pub(crate) fn sealer_of(shared: &Arc<Shared>) -> Sealer {
    let sealed = Sealed::read(&*shared.disk, &shared.layout).unwrap_or_default();
    Sealer::new(shared.clone(), Box::new(|_| {}), sealed, LogLimits { bytes: u64::MAX, grace: Duration::ZERO })
}

/// Reads all of the log into segments, keeps no more of it than must be, and puts the segments on record.
pub(crate) fn seal_all(vault: &mut Opened) {
    let noted: Arc<Mutex<Vec<Event>>> = Arc::default();
    let (notes, sealed) = (noted.clone(), Sealed::read(&LocalDisk, &vault.shared.layout).unwrap_or_default());
    let notes = Box::new(move |event| notes.lock().unwrap().push(event));
    let mut sealer = Sealer::new(vault.shared.clone(), notes, sealed, LogLimits { bytes: 0, grace: Duration::ZERO });
    while sealer.step().unwrap() {}
    for stream in Stream::ALL {
        sealer.seal(stream).unwrap();
    }
    while sealer.step().unwrap() {}
    commit(vault, std::mem::take(&mut *noted.lock().unwrap()));
}

fn records(shared: &Shared, stream: Stream) -> Vec<Vec<u8>> {
    let records = read::range(shared, stream, 0, usize::MAX).unwrap();
    assert!((0..).zip(&records).all(|(seq, record)| record.at.seq == seq), "numbers of {stream} are dense");
    records.into_iter().map(|record| record.bytes).collect()
}

fn log_files(directory: &Path) -> usize {
    std::fs::read_dir(directory.join("wal")).unwrap().count()
}

const FILLED: [Stream; 3] = [Stream::Waf, Stream::Auth, Stream::Vault];

#[test]
fn sealed_vault_holds_the_same_records_and_proves_them_without_the_log() {
    let vault = build();
    let mut opened = open_at(vault.path());
    // Its newest records are not signed yet; the log is cut behind what is.
    let before = FILLED.map(|stream| records(&opened.shared, stream));
    let roots = FILLED.map(|stream| opened.shared.tree(stream).root());
    let files = log_files(vault.path());
    seal_all(&mut opened);
    assert!(files > 3 && log_files(vault.path()) <= KEPT_FILES + 1, "{files} files, {} left", log_files(vault.path()));
    for (stream, before) in FILLED.into_iter().zip(&before) {
        let after = records(&opened.shared, stream);
        assert_eq!(after.get(..before.len()), Some(before.as_slice()), "{stream}");
    }
    drop(opened);

    let report = verify_at(vault.path(), &vault.outside);
    assert_eq!(report.findings, []);
    let opened = open_at(vault.path());
    for ((stream, before), root) in FILLED.into_iter().zip(&before).zip(roots) {
        let size = before.len() as u64;
        assert_eq!(read::root(&opened.shared, stream, size).unwrap(), root, "{stream}");
        for seq in [0, size / 2, size - 1] {
            let path = read::prove(&opened.shared, medward_contract::vault::RecordRef { stream, seq }, size).unwrap();
            let leaf = leaf_hash(&before[usize::try_from(seq).unwrap()]);
            assert!(verify_inclusion(&leaf, seq, size, &path, &root), "{stream}:{seq}");
        }
    }
}

#[test]
fn vault_goes_on_after_its_log_was_cut_and_stays_consistent_with_old_checkpoints() {
    let vault = build();
    for round in 0..4 {
        let mut opened = open_at(vault.path());
        fill(&mut opened, 2, &format!("later{round}"));
        seal_all(&mut opened);
    }
    let mut opened = open_at(vault.path());
    fill(&mut opened, 1, "last");
    let sizes = FILLED.map(|stream| opened.shared.size(stream));
    let last = note_of(&opened, Stream::Waf);
    drop(opened);
    let report = verify_at(vault.path(), &[vault.outside.clone(), vec![last]].concat());
    assert_eq!(report.findings, []);
    assert_eq!(sizes[0], 600 + 9 * 100);
}

/// `event.sequence` of an agent whose records left the log.
#[test]
fn what_an_agent_sent_before_the_cut_is_still_known() {
    let directory = tempfile::tempdir().unwrap();
    let event = |sequence: i64| {
        Event::new(Dataset::AppLog, "log", Timestamp::from_micros(sequence))
            .set(medward_contract::event::Field::AgentId, "agent-7")
            .set(medward_contract::event::Field::EventSequence, sequence)
    };
    let mut opened = open_at(directory.path());
    for sequence in 1..400 {
        commit(&mut opened, vec![event(sequence)]);
    }
    fill(&mut opened, 3, "noise");
    seal_all(&mut opened);
    drop(opened);
    let mut opened = open_at(directory.path());
    assert_eq!(opened.committer.high_sequence("agent-7"), 399);
    commit(&mut opened, vec![event(17), event(400)]);
    assert_eq!(opened.shared.size(Stream::App), 400);
}

#[test]
fn lost_state_is_made_again_from_the_segments() {
    let vault = build();
    let mut opened = open_at(vault.path());
    fill(&mut opened, 1, "more");
    seal_all(&mut opened);
    let trees = FILLED.map(|stream| opened.shared.tree(stream));
    let path = opened.shared.layout.sealed();
    drop(opened);
    std::fs::remove_file(path).unwrap();
    let opened = open_at(vault.path());
    assert_eq!(FILLED.map(|stream| opened.shared.tree(stream)), trees);
}

#[test]
fn range_hash_covers_the_fewest_perfect_subtrees() {
    let leaves: Vec<Hash> = (0..7_u8).map(|byte| leaf_hash(&[byte])).collect();
    let node = |left: &Hash, right: &Hash| crate::merkle::node_hash(left, right);
    // Records 1 to 6: 1 | 2,3 | 4,5 | 6.
    let parts = [leaves[1], node(&leaves[2], &leaves[3]), node(&leaves[4], &leaves[5]), leaves[6]];
    let parts: Vec<&[u8]> = parts.iter().map(<[u8; 32]>::as_slice).collect();
    assert_eq!(range_hash(1, &leaves[1..7]), sha256_parts(&parts));
    assert_eq!(range_hash(4, &leaves[4..5]), sha256_parts(&[&leaves[4]]));
}
