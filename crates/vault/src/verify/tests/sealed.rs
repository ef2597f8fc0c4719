//! The same intruder at segments: Parquet files and what stands beside them are rewritten whole, with everything repaired that an
//! intruder can repair.

use std::fs;
use std::path::Path;

use super::rig::{Vault, attack, build, commit, expect_code, fill, open_at, renumbered};
use super::*;
use crate::merkle::Hash;
use crate::read::{ALL_COLUMNS, canonical_bytes};
use crate::seal::tests::{seal_all, seal_and_join};
use crate::segment::{Entry, Paths, Rows, Segment, encode as encode_segment, join, list};

/// A vault whose older records stand in segments only, several of them for each stream.
fn build_sealed() -> Vault {
    let vault = build();
    for word in ["second", "third"] {
        let mut opened = open_at(vault.path());
        seal_all(&mut opened);
        fill(&mut opened, 3, word);
    }
    let mut opened = open_at(vault.path());
    seal_all(&mut opened);
    fill(&mut opened, 1, "last");
    drop(opened);
    vault
}

fn segments(vault: &Vault, stream: Stream) -> Vec<Paths> {
    let mut all = list(&LocalDisk, &Layout::new(vault.path()), stream).unwrap();
    all.sort_by(|one, other| one.parquet.cmp(&other.parquet));
    all
}

/// Records with the leaf hashes that their rows say of themselves.
pub(crate) type Claimed = Vec<(Vec<u8>, Hash)>;

/// Rewrites a segment: records with the leaf hashes that their rows say of themselves.
pub(crate) fn rewrite(paths: &Paths, change: &mut dyn FnMut(&mut Claimed)) {
    let segment = Segment::open(&LocalDisk, paths).unwrap();
    let batch = segment.read(0, &ALL_COLUMNS, None).unwrap();
    let mut records: Claimed = (0..batch.len())
        .map(|row| {
            let record = canonical_bytes(&batch.view(row));
            let leaf = leaf_hash(&record);
            (record, leaf)
        })
        .collect();
    change(&mut records);
    let mut rows = Rows::new();
    for (record, leaf) in &records {
        rows.push(&View::parse(record).unwrap(), record.len(), leaf);
    }
    let encoded = encode_segment(&mut rows).unwrap();
    fs::write(&paths.parquet, encoded.parquet).unwrap();
    fs::write(&paths.sidecar, encoded.sidecar).unwrap();
}

fn shown(vault: &Vault, path: &Path) -> String {
    Layout::new(vault.path()).shown(path)
}

pub(crate) fn modified(record: &[u8]) -> Vec<u8> {
    let mut record = record.to_vec();
    let place = record.windows(8).position(|window| window == b"original").unwrap();
    record[place..place + 8].copy_from_slice(b"modified");
    record
}

#[test]
fn untouched_segments_are_sound() {
    let vault = build_sealed();
    assert!(segments(&vault, Stream::Waf).len() >= 2, "{:?}", segments(&vault, Stream::Waf));
    let report = vault.verify();
    assert_eq!(report.findings, []);
    let waf = report.sound.iter().find(|sound| sound.stream == Stream::Waf).unwrap();
    assert_eq!(waf.records, 600 + 700);
}

#[test]
fn altered_row_is_named_by_what_it_says_of_itself_or_by_its_block() {
    let vault = build_sealed();
    let paths = &segments(&vault, Stream::Waf)[0];
    for seq in [3_usize, 300, 511] {
        let tampered = vault.copy();
        let paths = &segments(&tampered, Stream::Waf)[0];
        rewrite(paths, &mut |records| records[seq].0 = modified(&records[seq].0));
        let file = shown(&tampered, &paths.parquet);
        let line = format!("CHANGED waf seq={seq}..{seq} suspect={seq} segment={file}");
        expect_code(&tampered.verify(), 16, &line);
        // With the hash of the row repaired, too, the block still tells.
        rewrite(paths, &mut |records| records[seq].1 = leaf_hash(&records[seq].0));
        let report = tampered.verify();
        expect_code(&report, 16, "CHANGED waf seq=");
        let (_, first, last) = report.findings.iter().find_map(Finding::records).unwrap();
        assert!((first..=last).contains(&(seq as u64)) && last - first < 256, "{first}..{last}");
    }
    assert_eq!(vault.verify().findings, [], "{}", shown(&vault, &paths.parquet));
}

#[test]
fn deleted_doubled_and_exchanged_rows_have_their_codes() {
    let vault = build_sealed();
    let check = |code, line: &str, change: &mut dyn FnMut(&mut Claimed)| {
        let tampered = vault.copy();
        rewrite(&segments(&tampered, Stream::Waf)[0], change);
        expect_code(&tampered.verify(), code, line);
    };
    check(15, "GAP waf seq=40..40", &mut |records| drop(records.remove(40)));
    check(17, "REORDERED waf", &mut |records| records.swap(40, 41));
    check(17, "REORDERED waf", &mut |records| records.insert(41, records[40].clone()));
    check(16, "CHANGED waf seq=40..41 suspect=40,41", &mut |records| {
        let (one, other) = (renumbered(&records[41].0, 40), renumbered(&records[40].0, 41));
        (records[40].0, records[41].0) = (one, other);
    });
}

#[test]
fn missing_segment_and_strange_files_are_named() {
    let vault = build_sealed();
    let check = |code, line: &str, change: &dyn Fn(&Paths)| {
        let tampered = vault.copy();
        change(&segments(&tampered, Stream::Waf)[0]);
        expect_code(&tampered.verify(), code, line);
    };
    check(14, "MISSING_SEGMENT waf seq=0..", &|paths| {
        fs::remove_file(&paths.parquet).unwrap();
        fs::remove_file(&paths.sidecar).unwrap();
    });
    check(16, "CHANGED waf", &|paths| fs::remove_file(&paths.sidecar).unwrap());
    check(18, "EXTRA seg/waf/", &|paths| {
        fs::copy(&paths.parquet, paths.parquet.with_file_name("copy.parquet")).unwrap();
    });
    let last = |tampered: &Vault| segments(tampered, Stream::Waf).pop().unwrap();
    let tampered = vault.copy();
    fs::remove_file(last(&tampered).parquet).unwrap();
    let report = tampered.verify();
    assert!(matches!(report.exit_code(), 14), "{:#?}", report.findings);
}

#[test]
fn any_flipped_bit_of_a_segment_or_its_filter_is_a_change() {
    let vault = build_sealed();
    let paths = segments(&vault, Stream::Waf).remove(0);
    let mut dice = Dice(77);
    for (file, rounds) in [(&paths.parquet, 120), (&paths.sidecar, 60)] {
        let original = fs::read(file).unwrap();
        for round in 0..rounds {
            let mut bytes = original.clone();
            let bit = usize::try_from(dice.roll(bytes.len() as u64 * 8)).unwrap();
            bytes[bit / 8] ^= 1 << (bit % 8);
            fs::write(file, &bytes).unwrap();
            let report = vault.verify();
            let lines: Vec<String> = report.findings.iter().map(ToString::to_string).collect();
            assert_eq!(report.exit_code(), 16, "round {round}: bit {bit} of {}: {lines:#?}", file.display());
        }
        fs::write(file, &original).unwrap();
    }
    assert_eq!(vault.verify().findings, []);
}

/// A record that stands in a segment and still in the log: both are held against each other.
#[test]
fn altered_copy_in_the_log_is_a_change() {
    let vault = build();
    let mut opened = open_at(vault.path());
    let mut sealer = crate::seal::tests::sealer_of(&opened.shared);
    while sealer.step().unwrap() {}
    sealer.seal(Stream::Waf).unwrap();
    commit(&mut opened, vec![attack(9_999, "later")]);
    drop(opened);
    let (path, group, at) = super::locate(&vault, 130);
    super::edit(&path, &mut |groups| groups[group].0[at].2 = modified(&groups[group].0[at].2));
    expect_code(&vault.verify(), 16, "CHANGED waf seq=130..130 suspect=130 segment=wal/");
}

/// The vault runs on while it is verified: segments come and files of its log go.
#[test]
fn log_that_is_cut_during_a_verification_is_no_finding() {
    let vault = build();
    let mut opened = open_at(vault.path());
    let mut cut = false;
    let mut cut_once = |_| {
        if !std::mem::replace(&mut cut, true) {
            seal_all(&mut opened);
        }
    };
    let files = vault.wal_files().len();
    let layout = Layout::new(vault.path());
    let report = verify(&LocalDisk, &layout, &super::clock(), &Options::default(), &mut cut_once);
    assert!(vault.wal_files().len() < files);
    assert_eq!(report.findings, [], "nothing was sealed when the files were listed");

    fill(&mut opened, 4, "more");
    let mut cut = false;
    let mut cut_once = |_| {
        if !std::mem::replace(&mut cut, true) {
            seal_all(&mut opened);
        }
    };
    let report = verify(&LocalDisk, &layout, &super::clock(), &Options::default(), &mut cut_once);
    assert_eq!(report.findings, []);
}

#[test]
fn lost_sidecar_is_made_again_as_it_was_and_only_by_who_may_write() {
    let vault = build_sealed();
    let sidecar = segments(&vault, Stream::Waf)[0].sidecar.clone();
    let original = fs::read(&sidecar).unwrap();
    fs::remove_file(&sidecar).unwrap();
    let reader = crate::open::open_read_only(Arc::new(LocalDisk), super::clock(), vault.path()).unwrap();
    assert_eq!(crate::read::range(&reader, Stream::Waf, 0, 10).unwrap().len(), 10, "its records are read");
    assert!(!sidecar.exists());
    drop(open_at(vault.path()));
    assert_eq!(fs::read(&sidecar).unwrap(), original);
    assert_eq!(vault.verify().findings, []);
}

/// The vault runs on while it is verified: small segments become one and go.
#[test]
fn segments_that_are_joined_during_a_verification_are_no_finding() {
    let vault = build_sealed();
    for moment in 0..6 {
        let copy = vault.copy();
        let mut opened = open_at(copy.path());
        for word in ["a", "b", "c"] {
            fill(&mut opened, 1, word);
            seal_all(&mut opened);
        }
        let files = segments(&copy, Stream::Waf).len();
        let mut calls = 0;
        let mut join_once = |_| {
            if calls == moment {
                seal_and_join(&mut opened, 3);
            }
            calls += 1;
        };
        let layout = Layout::new(copy.path());
        let report = verify(&LocalDisk, &layout, &super::clock(), &Options::default(), &mut join_once);
        assert_eq!(report.findings, [], "joined before file {moment}");
        assert!(segments(&copy, Stream::Waf).len() < files, "moment {moment}");
    }
}

/// Somebody puts a segment back that was joined, altered or of his own making.
#[test]
fn what_lies_beside_a_joined_segment_is_the_one_on_record_or_named() {
    let vault = build_sealed();
    let old = segments(&vault, Stream::Waf).remove(0);
    let (parquet, sidecar) = (fs::read(&old.parquet).unwrap(), fs::read(&old.sidecar).unwrap());
    let mut opened = open_at(vault.path());
    seal_and_join(&mut opened, 2);
    drop(opened);
    assert!(!old.parquet.exists());
    fs::write(&old.parquet, &parquet).unwrap();
    fs::write(&old.sidecar, &sidecar).unwrap();
    assert_eq!(vault.verify().findings, []);
    rewrite(&old, &mut |records| records[3].0 = modified(&records[3].0));
    expect_code(&vault.verify(), 16, "CHANGED waf");
    fs::remove_file(&old.parquet).unwrap();
    fs::remove_file(&old.sidecar).unwrap();
    fs::write(old.parquet.with_file_name(Layout::segment_name(1, 2)), parquet).unwrap();
    expect_code(&vault.verify(), 18, "EXTRA seg/waf/");
}

/// Somebody puts a longer segment beside the true ones: with the true rows and a filter that finds nothing, or with other rows.
#[test]
fn forged_longer_segment_neither_passes_nor_takes_the_place_of_the_true_ones() {
    let vault = build_sealed();
    let old = segments(&vault, Stream::Waf);
    let entry = |paths: &Paths| {
        let head = crate::segment::read_head(&LocalDisk, paths).unwrap();
        Arc::new(Entry { paths: paths.clone(), head, sums: None })
    };
    let entries: Vec<Arc<Entry>> = old.iter().map(entry).collect();
    let (made, _) = join::rewrite(&LocalDisk, &entries).unwrap();
    let name = Layout::segment_name(0, entries.last().unwrap().end() - 1);
    let longer = Paths::of(old[0].parquet.with_file_name(name));
    let filter = usize::try_from(made.head.groups[0].offset).unwrap();
    let mut blind = made.sidecar.clone();
    blind[filter..].fill(0);
    let check = |what: &str| {
        expect_code(&vault.verify(), 16, "CHANGED waf");
        crate::seal::tests::begin(&open_at(vault.path()).shared);
        assert!(old.iter().all(|paths| paths.parquet.exists() && paths.sidecar.exists()), "{what}");
    };
    fs::write(&longer.parquet, &made.parquet).unwrap();
    fs::write(&longer.sidecar, &blind).unwrap();
    check("a filter that finds nothing");
    fs::write(&longer.sidecar, &made.sidecar).unwrap();
    rewrite(&longer, &mut |records| {
        records[7].0 = modified(&records[7].0);
        records[7].1 = leaf_hash(&records[7].0);
    });
    check("other rows");
    fs::write(&longer.parquet, &made.parquet).unwrap();
    fs::write(&longer.sidecar, &made.sidecar).unwrap();
    assert_eq!(vault.verify().findings, [], "what joining makes is sound before it is on record");
}

/// A joined segment does not read whole while those it was made of still stand there: they give what it does not.
#[test]
fn damaged_joined_segment_is_named_once() {
    let vault = build_sealed();
    let old: Vec<(Paths, Vec<u8>, Vec<u8>)> = segments(&vault, Stream::Waf)
        .into_iter()
        .map(|paths| (paths.clone(), fs::read(&paths.parquet).unwrap(), fs::read(&paths.sidecar).unwrap()))
        .collect();
    let mut opened = open_at(vault.path());
    seal_and_join(&mut opened, 2);
    drop(opened);
    for (paths, parquet, sidecar) in &old {
        fs::write(&paths.parquet, parquet).unwrap();
        fs::write(&paths.sidecar, sidecar).unwrap();
    }
    let joined =
        segments(&vault, Stream::Waf).into_iter().find(|paths| old.iter().all(|(other, ..)| other != paths)).unwrap();
    let mut bytes = fs::read(&joined.parquet).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle..middle + 64].fill(0x55);
    fs::write(&joined.parquet, bytes).unwrap();
    let report = vault.verify();
    assert_eq!(report.exit_code(), 16, "{:?}", report.findings);
    assert!(report.findings.len() <= 3, "{:?}", report.findings);
}
