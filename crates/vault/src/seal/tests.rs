use std::path::Path;
use std::sync::Mutex;

use medward_contract::event::Field;
use medward_crypto::hash::sha256_parts;

use super::*;
use crate::checkpoint::Checkpointer;
use crate::commit::Batch;
use crate::disk::LocalDisk;
use crate::disk::fake::{Dice, FakeDisk, Faults};
use crate::layout::Layout;
use crate::merkle::verify_inclusion;
use crate::open::{OpenOptions, Opened, open};
use crate::read;
use crate::store::drafts_of;
use crate::verify::tests::rig::{build, clock, commit, fill, note_of, open_at, options, verify_at};
use crate::verify::tests::sealed::rewrite;
use crate::verify::{Options, verify};

fn limits(bytes: u64, joined: usize) -> LogLimits {
    LogLimits { bytes, grace: Duration::ZERO, joined }
}

/// A sealer that cuts nothing and whose notes are lost.
pub(crate) fn sealer_of(shared: &Arc<Shared>) -> Sealer {
    let sealed = Sealed::read(&*shared.disk, &shared.layout).unwrap_or_default();
    Sealer::new(shared.clone(), Box::new(|_| {}), sealed, limits(u64::MAX, usize::MAX))
}

/// Reads all of the log into segments, keeps no more of it than must be, and puts the segments on record.
pub(crate) fn seal_all(vault: &mut Opened) {
    seal_and_join(vault, usize::MAX);
}

/// The same, and joins so many neighbours; gives how often.
pub(crate) fn seal_and_join(vault: &mut Opened, joined: usize) -> usize {
    let noted: Arc<Mutex<Vec<Event>>> = Arc::default();
    let (notes, sealed) = (noted.clone(), Sealed::read(&LocalDisk, &vault.shared.layout).unwrap_or_default());
    let notes = Box::new(move |event| notes.lock().unwrap().push(event));
    let mut sealer = Sealer::new(vault.shared.clone(), notes, sealed, limits(0, joined));
    while sealer.step().unwrap() {}
    for stream in Stream::ALL {
        sealer.seal(stream).unwrap();
    }
    let mut joins = 0;
    while sealer.join().unwrap() {
        joins += 1;
    }
    while sealer.step().unwrap() {}
    commit(vault, std::mem::take(&mut *noted.lock().unwrap()));
    joins
}

/// What a start does with segments that joining left.
pub(crate) fn begin(shared: &Arc<Shared>) {
    let mut sealer = sealer_of(shared);
    sealer.remove_unfinished();
    sealer.give_up_left_over();
    while sealer.step().unwrap() {}
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

fn segment_files(directory: &Path, stream: Stream) -> Vec<std::path::PathBuf> {
    let listed = crate::segment::list(&LocalDisk, &Layout::new(directory), stream).unwrap();
    listed.into_iter().map(|paths| paths.parquet).collect()
}

/// A vault whose streams stand in so many small segments each.
fn in_pieces(pieces: usize) -> crate::verify::tests::rig::Vault {
    let vault = build();
    for round in 0..pieces {
        let mut opened = open_at(vault.path());
        fill(&mut opened, 1, &format!("piece{round}"));
        seal_all(&mut opened);
    }
    vault
}

#[test]
fn joined_segments_hold_the_same_records_and_take_the_place_of_the_small_ones() {
    let vault = in_pieces(6);
    let mut opened = open_at(vault.path());
    let before = FILLED.map(|stream| (records(&opened.shared, stream), opened.shared.tree(stream).root()));
    let files = segment_files(vault.path(), Stream::Waf);
    assert!(files.len() >= 6, "{files:?}");
    assert!(seal_and_join(&mut opened, 4) >= 2);
    let joined = segment_files(vault.path(), Stream::Waf);
    assert!(joined.len() < files.len() - 2, "{joined:?}");
    let same = |shared: &Shared| {
        for (stream, (records_before, root)) in FILLED.into_iter().zip(&before) {
            let size = records_before.len() as u64;
            assert_eq!(
                records(shared, stream).get(..records_before.len()),
                Some(records_before.as_slice()),
                "{stream}"
            );
            assert_eq!(read::root(shared, stream, size).unwrap(), *root, "{stream}");
        }
    };
    same(&opened.shared);
    drop(opened);
    assert_eq!(verify_at(vault.path(), &vault.outside).findings, []);
    same(&open_at(vault.path()).shared);
}

/// A power cut between the joined segment and the end of those it replaces.
#[test]
fn start_removes_what_joining_left() {
    let vault = in_pieces(5);
    let kept: Vec<(std::path::PathBuf, Vec<u8>)> = segment_files(vault.path(), Stream::Waf)
        .into_iter()
        .flat_map(|path| [path.with_extension("bloom"), path])
        .map(|path| (path.clone(), std::fs::read(path).unwrap()))
        .collect();
    let mut opened = open_at(vault.path());
    seal_and_join(&mut opened, 3);
    drop(opened);
    let joined = segment_files(vault.path(), Stream::Waf);
    for (path, bytes) in &kept {
        std::fs::write(path, bytes).unwrap();
    }
    assert!(segment_files(vault.path(), Stream::Waf).len() > joined.len());
    assert_eq!(verify_at(vault.path(), &vault.outside).findings, []);
    let opened = open_at(vault.path());
    let listed: Vec<_> =
        opened.shared.index().catalog().of(Stream::Waf).iter().map(|entry| entry.paths.parquet.clone()).collect();
    assert_eq!(listed, joined, "the longer ones are read");
    begin(&opened.shared);
    assert_eq!(segment_files(vault.path(), Stream::Waf), joined);
}

/// A row that is not the record that was written is evidence.
#[test]
fn altered_segment_is_not_joined() {
    let vault = in_pieces(6);
    let files = segment_files(vault.path(), Stream::Waf);
    let bad = &files[2];
    rewrite(&crate::segment::Paths::of(bad.clone()), &mut |records| {
        let seq = View::parse(&records[3].0).unwrap().seq;
        records[3].0 = crate::verify::tests::rig::renumbered(&records[4].0, seq);
    });
    let mut opened = open_at(vault.path());
    seal_and_join(&mut opened, 3);
    let joined = segment_files(vault.path(), Stream::Waf);
    assert!(joined.contains(bad), "{joined:?}");
    assert!(joined.len() < files.len(), "its neighbours are joined: {joined:?}");
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

/// A disk in memory with files of the log so short that each few records start another.
fn open_short(disk: &FakeDisk) -> Result<Opened, crate::open::OpenError> {
    let options = OpenOptions { roll_bytes: 1_500, ..options(Path::new("/v")) };
    open(Arc::new(disk.clone()), clock(), &options)
}

fn numbered(sequence: u64) -> Event {
    Event::new(Dataset::AppLog, "log", Timestamp::from_micros(5))
        .set(Field::AgentId, "a")
        .set(Field::EventSequence, i64::try_from(sequence).unwrap())
        .set(Field::Message, "门诊挂号")
}

/// Appends, seals, signs and cuts until the disk fails; gives the highest acknowledged number.
fn run_until_crash(disk: &FakeDisk, batches: u64) -> u64 {
    let Ok(mut vault) = open_short(disk) else { return 0 };
    let checkpointer = Checkpointer::new(vault.shared.clone(), vault.key.clone());
    let noted: Arc<Mutex<Vec<Event>>> = Arc::default();
    let notes = noted.clone();
    let notes = Box::new(move |event| notes.lock().unwrap().push(event));
    let mut sealer = Sealer::new(vault.shared.clone(), notes, vault.sealer.sealed.clone(), limits(2_000, 2));
    sealer.remove_unfinished();
    sealer.give_up_left_over();
    let first = vault.committer.high_sequence("a");
    let mut high = first;
    for number in 1..=batches {
        let next = first + number;
        let told: Arc<Mutex<bool>> = Arc::default();
        let stored = told.clone();
        let drafts = Arc::new(drafts_of(vec![numbered(next)]).unwrap());
        let done = Box::new(move |fate: Result<_, _>| *stored.lock().unwrap() = fate.is_ok());
        drop(vault.committer.commit(vec![Batch { drafts, lane: None, done }]));
        if !*told.lock().unwrap() {
            return high;
        }
        high = next;
        if number % 3 == 0 && sealer.step().is_err() {
            return high;
        }
        if number % 5 == 0 && sealer.join().is_err() {
            return high;
        }
        if number % 4 == 0 && checkpointer.make_all(1).is_err() {
            return high;
        }
        for event in std::mem::take(&mut *noted.lock().unwrap()) {
            vault.committer.note(event);
        }
    }
    high
}

/// What a crash at this operation loses or doubles of what was acknowledged before it, and what `verify` says afterwards.
fn after_crash(at: u64, seed: u64, syncs_do_nothing: bool) -> (Vec<u64>, Vec<String>) {
    let mut dice = Dice(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
    let disk = FakeDisk::default();
    disk.set_faults(Faults { syncs_do_nothing, ..Faults::default() });
    let before = run_until_crash(&disk, 24);
    disk.set_faults(Faults { syncs_do_nothing, crash_at: Some(disk.operations() + at), ..Faults::default() });
    let acknowledged = run_until_crash(&disk, 60).max(before);
    let survivor = disk.after_crash(&mut dice);
    // A power cut while it starts and seals what is left is a power cut like any other.
    survivor.set_faults(Faults { crash_at: Some(1 + dice.roll(200)), ..Faults::default() });
    let acknowledged = run_until_crash(&survivor, 6).max(acknowledged);
    let survivor = survivor.after_crash(&mut dice);
    let Ok(vault) = open_short(&survivor) else { return ((0..=acknowledged).collect(), Vec::new()) };
    let stored = read::range(&vault.shared, Stream::App, 0, usize::MAX).unwrap_or_default();
    let there: Vec<i64> = stored
        .iter()
        .filter_map(|record| View::parse(&record.bytes).unwrap().to_record().unwrap().event.int(Field::EventSequence))
        .collect();
    let lost = (1..=acknowledged)
        .filter(|sequence| there.iter().filter(|other| u64::try_from(**other) == Ok(*sequence)).count() != 1)
        .collect();
    drop(vault);
    let report = verify(&survivor, &Layout::new("/v"), &clock(), &Options::default(), &mut |_| {});
    (lost, report.findings.iter().map(ToString::to_string).collect())
}

/// 1,800 seeded crash points over appends, segments, checkpoints and cuts of the log.
#[test]
fn crash_while_sealing_loses_nothing_and_leaves_a_sound_vault() {
    for at in 1..=1_800 {
        let (lost, findings) = after_crash(at % 600 + 1, at, false);
        assert_eq!((lost, findings), (Vec::new(), Vec::new()), "crash point {at}");
    }
}

/// Negative control: without syncs the same crash points do lose records.
#[test]
fn crash_points_while_sealing_see_a_missing_sync() {
    assert!((1..=200).any(|at| !after_crash(at % 600 + 1, at, true).0.is_empty()));
}

/// The log has more files than one step reads, and a sealer that begins again knows less than the segments do.
#[test]
fn sealer_that_begins_again_cuts_nothing_that_a_start_still_needs() {
    let disk = FakeDisk::default();
    let mut vault = open_short(&disk).unwrap();
    for number in 1..=2_000 {
        commit(&mut vault, vec![numbered(number)]);
    }
    let files = vault.shared.index().files().len();
    assert!(files > 2 * STEP_BLOCKS, "{files} files");
    Checkpointer::new(vault.shared.clone(), vault.key.clone()).make_all(1).unwrap();
    let mut first = sealer_of(&vault.shared);
    while first.step().unwrap() {}
    first.seal(Stream::App).unwrap();
    let (size, root) = (vault.shared.size(Stream::App), vault.shared.tree(Stream::App).root());
    let mut second = Sealer::new(vault.shared.clone(), Box::new(|_| {}), Sealed::default(), limits(2_000, 8));
    for _ in 0..4 {
        second.step().unwrap();
        let vault = open_short(&disk).unwrap();
        assert_eq!((vault.shared.size(Stream::App), vault.shared.tree(Stream::App).root()), (size, root));
        let state = Sealed::read(&disk, &vault.shared.layout);
        assert!(state.is_none_or(|state| state.trees.of(Stream::App).size() > 0), "cut before the edge was known");
    }
    assert!(vault.shared.index().files().len() < files / 2, "the log is cut in the end");
}

/// A bad sector in a file of the log whose records already stand in a segment.
#[test]
fn damage_in_the_log_costs_nothing_that_stands_in_a_segment() {
    let vault = build();
    let opened = open_at(vault.path());
    let mut sealer = sealer_of(&opened.shared);
    while sealer.step().unwrap() {}
    for stream in FILLED {
        sealer.seal(stream).unwrap();
    }
    let before = FILLED.map(|stream| (opened.shared.size(stream), opened.shared.tree(stream).root()));
    drop((sealer, opened));
    let file = vault.wal_files().remove(1);
    let mut bytes = std::fs::read(&file).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle..middle + 600].fill(0xff);
    std::fs::write(&file, bytes).unwrap();
    let mut opened = open_at(vault.path());
    for (stream, (size, root)) in FILLED.into_iter().zip(before) {
        assert_eq!(read::root(&opened.shared, stream, size).unwrap(), root, "{stream}");
    }
    let size = opened.shared.size(Stream::Waf);
    fill(&mut opened, 1, "later");
    assert_eq!(opened.shared.size(Stream::Waf), size + 100);
    let gaps = records(&opened.shared, Stream::Vault);
    let gaps = gaps.iter().filter(|record| View::parse(record).unwrap().dataset == "vault.gap").count();
    assert_eq!(gaps, 1, "the file is named, and no record is called lost");
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
