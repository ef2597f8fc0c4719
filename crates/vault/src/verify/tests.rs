//! Tampering: each way to alter a vault is named with its own code, whatever the intruder repairs afterwards.

pub(crate) mod rig;
pub(crate) mod sealed;

use std::fs;
use std::sync::Arc;

use self::rig::{
    PER_ROUND, ROUNDS, START, attack, build, clock, commit, edit, expect_code, fill, locate, note_of, open_at, options,
    renumbered, verify_at,
};
use super::*;
use crate::disk::LocalDisk;
use crate::disk::fake::Dice;
use crate::note::SigningKey;
use crate::open::{OpenOptions, open};
use crate::wal::{Kind, write_frame};

#[test]
fn untouched_vault_is_sound_and_its_lines_are_as_specified() {
    let vault = build();
    let report = vault.verify();
    assert_eq!((report.exit_code(), report.word(), report.findings.as_slice()), (0, "OK", &[][..]));
    let waf = report.sound.iter().find(|sound| sound.stream == Stream::Waf).unwrap().to_string();
    assert!(waf.starts_with("OK waf records=600 size=600 root=") && waf.ends_with("checkpoints=6 anchored=1"), "{waf}");
    assert_eq!(report.sound.len(), 3);
    // A disk of this machine that is rather full is one more record.
    let expected = format!("RESULT OK findings=0 records={} seconds=", report.records);
    assert!((732..=733).contains(&report.records), "{}", report.records);
    assert!(report.result_line().starts_with(&expected), "{}", report.result_line());
    assert!(vault.wal_files().len() > 3, "several files");
}

/// Somebody deletes everything and starts a new vault in its place.
#[test]
fn vault_in_the_place_of_another_is_held_against_the_checkpoints_of_the_first() {
    let first = build();
    let directory = tempfile::tempdir().unwrap();
    let other = OpenOptions { site_id: Some("u".into()), ..options(directory.path()) };
    let mut vault = open(Arc::new(LocalDisk), clock(), &other).unwrap();
    fill(&mut vault, 1, "other");
    let own = note_of(&vault, Stream::Waf);
    drop(vault);
    let check = |outside: Vec<OutsideNote>| {
        let options = Options { outside, ..Options::default() };
        verify(&LocalDisk, &Layout::new(directory.path()), &clock(), &options, &mut |_| {})
    };
    let in_folder = |note: &OutsideNote| OutsideNote { expected: false, ..note.clone() };

    expect_code(&check(first.outside.clone()), 12, "BAD_SIG waf size=600 note=outside-waf");
    let folder: Vec<_> = first.outside.iter().map(in_folder).collect();
    expect_code(&check(folder.clone()), 12, "BAD_SIG waf size=600");
    // A folder that several sites share.
    let shared = [folder, vec![in_folder(&own)]].concat();
    assert_eq!(check(shared).findings, []);
    expect_code(&check(vec![own, first.outside[0].clone()]), 12, "BAD_SIG waf size=600");
}

/// Raw bit flips anywhere in the log: the intruder repairs nothing.
#[test]
fn any_flipped_bit_of_the_log_is_a_change() {
    let vault = build();
    let files = vault.wal_files();
    let originals: Vec<Vec<u8>> = files.iter().map(|path| fs::read(path).unwrap()).collect();
    let mut dice = Dice(42);
    for round in 0..250 {
        let file = usize::try_from(dice.roll(files.len() as u64)).unwrap();
        let mut bytes = originals[file].clone();
        let bit = usize::try_from(dice.roll(bytes.len() as u64 * 8)).unwrap();
        bytes[bit / 8] ^= 1 << (bit % 8);
        fs::write(&files[file], &bytes).unwrap();
        let report = vault.verify();
        let lines: Vec<String> = report.findings.iter().map(ToString::to_string).collect();
        assert_eq!(report.exit_code(), 16, "round {round}: bit {bit} of {}: {lines:#?}", files[file].display());
        fs::write(&files[file], &originals[file]).unwrap();
    }
}

#[test]
fn altered_record_with_repaired_checksums_is_named() {
    let vault = build();
    let mut dice = Dice(7);
    for _ in 0..40 {
        let tampered = vault.copy();
        let seq = dice.roll(ROUNDS * PER_ROUND);
        let (path, group, at) = locate(&tampered, seq);
        edit(&path, &mut |groups| {
            let payload = &mut groups[group].0[at].2;
            let place = payload.windows(8).position(|window| window == b"original").unwrap();
            payload[place..place + 8].copy_from_slice(b"modified");
        });
        expect_code(&tampered.verify(), 16, &format!("CHANGED waf seq={seq}..{seq} suspect={seq} segment=wal/"));
    }
}

#[test]
fn altered_record_is_still_named_after_the_vault_ran_on() {
    let vault = build();
    let (path, group, at) = locate(&vault, 10);
    edit(&path, &mut |groups| groups[group].0[at].2[60] ^= 1);
    let mut running = open_at(vault.path());
    fill(&mut running, 1, "later");
    drop(running);
    expect_code(&vault.verify(), 16, "CHANGED waf seq=10..10 suspect=10 segment=wal/");
}

#[test]
fn altered_record_with_rewritten_tiles_is_narrowed_to_its_checkpoint() {
    let vault = build();
    let (path, group, at) = locate(&vault, 130);
    edit(&path, &mut |groups| groups[group].0[at].2[60] ^= 1);
    fs::remove_dir_all(vault.path().join("tlog/waf/tile")).unwrap();
    expect_code(&vault.verify(), 16, "CHANGED waf seq=100..199 suspect=- segment=wal/");
}

#[test]
fn deleted_record_is_a_gap() {
    let vault = build();
    let mut dice = Dice(9);
    for _ in 0..30 {
        let tampered = vault.copy();
        let seq = dice.roll(ROUNDS * PER_ROUND - 1);
        let (path, group, at) = locate(&tampered, seq);
        edit(&path, &mut |groups| drop(groups[group].0.remove(at)));
        expect_code(&tampered.verify(), 15, &format!("GAP waf seq={seq}..{seq} segment=wal/"));
    }
}

#[test]
fn deleted_record_with_all_later_ones_renumbered_is_short_of_its_checkpoint() {
    let vault = build();
    for path in vault.wal_files() {
        edit(&path, &mut |groups| {
            for (records, _) in groups {
                records.retain(|record| (record.0, record.1) != (Stream::Waf.number(), 50));
                for (stream, seq, payload) in records {
                    if *stream == Stream::Waf.number() && *seq > 50 {
                        *seq -= 1;
                        *payload = renumbered(payload, *seq);
                    }
                }
            }
        });
    }
    let report = vault.verify();
    expect_code(&report, 11, "TRUNCATED waf size=599 anchored_size=600 anchor=");
    expect_code(&report, 11, "CHANGED waf seq=50..");
}

#[test]
fn exchanged_records_are_reordered_with_and_without_their_numbers() {
    let vault = build();
    let mut dice = Dice(11);
    for round in 0..30 {
        let tampered = vault.copy();
        let seq = dice.roll(ROUNDS * PER_ROUND / 5) * 5;
        let (path, group, at) = locate(&tampered, seq);
        edit(&path, &mut |groups| {
            let records = &mut groups[group].0;
            records.swap(at, at + 1);
            if round % 2 == 0 {
                for (place, seq) in [(at, seq), (at + 1, seq + 1)] {
                    records[place].1 = seq;
                    records[place].2 = renumbered(&records[place].2, seq);
                }
            }
        });
        expect_code(&tampered.verify(), 17, &format!("REORDERED waf seq={seq}..{} segment=wal/", seq + 1));
    }
}

#[test]
fn record_put_in_twice_is_out_of_order() {
    let vault = build();
    let (path, group, at) = locate(&vault, 33);
    edit(&path, &mut |groups| {
        let again = groups[group].0[at].clone();
        groups[group].0.insert(at, again);
    });
    expect_code(&vault.verify(), 17, "REORDERED waf seq=33..33 segment=wal/");
}

#[test]
fn cut_log_is_truncated() {
    let vault = build();
    let mut dice = Dice(13);
    for _ in 0..40 {
        let tampered = vault.copy();
        let files = tampered.wal_files();
        let from = usize::try_from(dice.roll(files.len() as u64)).unwrap();
        let length = fs::metadata(&files[from]).unwrap().len();
        let file = fs::File::options().write(true).open(&files[from]).unwrap();
        file.set_len(dice.roll(length)).unwrap();
        files[from + 1..].iter().for_each(|path| fs::remove_file(path).unwrap());
        expect_code(&tampered.verify(), 11, "TRUNCATED ");
    }
}

#[test]
fn cut_log_without_its_own_notes_is_truncated_against_the_outside_one() {
    let vault = build();
    let files = vault.wal_files();
    files[2..].iter().for_each(|path| fs::remove_file(path).unwrap());
    fs::remove_dir_all(vault.path().join("ckpt")).unwrap();
    fs::remove_dir_all(vault.path().join("tlog")).unwrap();
    expect_code(&vault.verify(), 11, "TRUNCATED waf size=");
}

#[test]
fn missing_file_in_the_middle_is_a_missing_segment() {
    let vault = build();
    fs::remove_file(&vault.wal_files()[1]).unwrap();
    expect_code(&vault.verify(), 14, "MISSING_SEGMENT waf seq=");
}

#[test]
fn missing_first_file_is_a_missing_segment() {
    let vault = build();
    fs::remove_file(&vault.wal_files()[0]).unwrap();
    expect_code(&vault.verify(), 14, "MISSING_SEGMENT waf seq=0..");
}

#[test]
fn stray_file_is_extra() {
    for stray in ["note.txt", "wal/x.wal", "wal/0000000000000000.wal.bak", "ckpt/waf/7.note", "tlog/waf/tile/0/999"] {
        let vault = build();
        fs::write(vault.path().join(stray), b"x").unwrap();
        expect_code(&vault.verify(), 18, &format!("EXTRA {stray}"));
    }
}

#[test]
fn log_file_of_another_vault_is_extra() {
    let vault = build();
    let other = tempfile::tempdir().unwrap();
    drop(open_at(other.path()));
    let target = format!("wal/{:016x}.wal", vault.wal_files().len());
    fs::copy(other.path().join("wal/0000000000000000.wal"), vault.path().join(&target)).unwrap();
    expect_code(&vault.verify(), 18, &format!("EXTRA {target}"));
}

#[test]
fn forged_altered_or_missing_note_is_a_bad_signature() {
    let note = "ckpt/waf/00000000000000000300.note";
    let line = format!("BAD_SIG waf size=300 note={note}");
    let vault = build();
    let text = fs::read_to_string(vault.path().join(note)).unwrap();
    fs::write(vault.path().join(note), text.replace("\n300\n", "\n301\n")).unwrap();
    expect_code(&vault.verify(), 12, &line);
    let forger = SigningKey::new("t", medward_crypto::secret::Secret::new([1; 32]));
    fs::write(vault.path().join(note), forger.sign(Stream::Waf, 300, &[5; 32])).unwrap();
    expect_code(&vault.verify(), 12, &line);
    fs::remove_file(vault.path().join(note)).unwrap();
    expect_code(&vault.verify(), 12, &line);
    fs::write(vault.path().join(note), &text).unwrap();
    assert_eq!(vault.verify().exit_code(), 0);
    fs::write(vault.path().join("tlog/waf/checkpoint"), forger.sign(Stream::Waf, 600, &[5; 32])).unwrap();
    expect_code(&vault.verify(), 12, "BAD_SIG waf size=0 note=tlog/waf/checkpoint");
}

#[test]
fn altered_tile_is_a_change_of_that_tile() {
    let vault = build();
    let tile = vault.path().join("tlog/waf/tile/0/001");
    let mut bytes = fs::read(&tile).unwrap();
    bytes[77] ^= 1;
    fs::write(&tile, bytes).unwrap();
    expect_code(&vault.verify(), 16, "CHANGED waf seq=256..511 suspect=- segment=tlog/waf/tile/0/001");
}

/// The intruder holds the site key and signs another history; only what is kept outside tells.
#[test]
fn other_history_signed_with_the_same_key_is_a_fork() {
    let vault = build();
    let forged = tempfile::tempdir().unwrap();
    fs::create_dir(forged.path().join("keys")).unwrap();
    for file in ["VAULT", "keys/site.key", "keys/site.vkey"] {
        fs::copy(vault.path().join(file), forged.path().join(file)).unwrap();
    }
    let mut other = open_at(forged.path());
    fill(&mut other, ROUNDS, "rewritten");
    assert_eq!(verify_at(forged.path(), &[]).exit_code(), 0, "sound by itself");
    expect_code(&verify_at(forged.path(), &vault.outside), 10, "FORKED waf size=600 ours=");
}

#[test]
fn directory_rolled_back_to_an_older_copy_is_truncated() {
    let vault = build();
    let old = vault.copy();
    let mut running = open_at(vault.path());
    fill(&mut running, 1, "later");
    let newer = vec![note_of(&running, Stream::Waf)];
    expect_code(&verify_at(old.path(), &newer), 11, "TRUNCATED waf size=600 anchored_size=700 anchor=outside-waf");
}

/// Cut and signed anew with the stolen key, then grown past the outside checkpoint.
#[test]
fn cut_and_regrown_history_is_a_fork() {
    let vault = build();
    let mut dice = Dice(3);
    let files = vault.wal_files();
    files[2 + usize::try_from(dice.roll(1)).unwrap()..].iter().for_each(|path| fs::remove_file(path).unwrap());
    fs::remove_dir_all(vault.path().join("ckpt")).unwrap();
    fs::remove_dir_all(vault.path().join("tlog")).unwrap();
    let mut running = open_at(vault.path());
    fill(&mut running, ROUNDS, "regrown");
    drop(running);
    expect_code(&vault.verify(), 10, "FORKED waf size=600 ours=");
}

#[test]
fn replaced_commit_time_and_broken_chain_are_changes() {
    let vault = build();
    let path = vault.wal_files()[1].clone();
    edit(&path, &mut |groups| groups[0].1 = Timestamp::from_micros(START + 1));
    expect_code(&vault.verify(), 16, "CHANGED ");
    let vault = build();
    let path = vault.wal_files()[2].clone();
    let mut bytes = fs::read(&path).unwrap();
    let header = FileHeader { chain: [9; 16], ..FileHeader::parse(&bytes).unwrap() };
    bytes[..FILE_HEADER_BYTES].copy_from_slice(&header.encode());
    fs::write(&path, bytes).unwrap();
    expect_code(&vault.verify(), 16, "CHANGED - seq=- suspect=- segment=wal/0000000000000002.wal");
}

#[test]
fn directory_that_is_no_vault_is_incomplete() {
    let directory = tempfile::tempdir().unwrap();
    expect_code(&verify_at(directory.path(), &[]), 2, "INCOMPLETE - VAULT: ");
}

#[test]
fn key_known_outside_exposes_a_vault_signed_with_another_key() {
    let vault = build();
    let other = SigningKey::new("t", medward_crypto::secret::Secret::new([1; 32])).verifier();
    let options = Options { site_vkey: Some(other), ..Options::default() };
    let report = verify(&LocalDisk, &Layout::new(vault.path()), &clock(), &options, &mut |_| {});
    expect_code(&report, 12, "BAD_SIG waf size=100 note=ckpt/waf/");
}

#[test]
fn records_after_the_last_checkpoint_do_not_disturb_a_living_vault() {
    let vault = build();
    let mut running = open_at(vault.path());
    commit(&mut running, vec![attack(1, "unsigned")]);
    let path = vault.wal_files().pop().unwrap();
    let mut bytes = fs::read(&path).unwrap();
    write_frame(&mut bytes, Kind::Record, 1, 601, |out| out.extend_from_slice(b"being written"));
    bytes.truncate(bytes.len() - 3);
    fs::write(&path, bytes).unwrap();
    assert_eq!(vault.verify().findings, []);
}
