//! A vault to tamper with, and the tools of an intruder who knows its formats.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use medward_contract::event::{Dataset, Event, Field};
use tempfile::TempDir;

use super::super::*;
use crate::checkpoint::Checkpointer;
use crate::commit::{Batch, Draft};
use crate::disk::LocalDisk;
use crate::open::{OpenOptions, Opened, open};
use crate::store::drafts_of;
use crate::wal::{Kind, write_commit, write_frame};

pub(crate) const START: i64 = 1_795_144_455_000_000;
/// Records of stream `waf` in the vault under test; two full tiles and a part of the third.
pub(crate) const ROUNDS: u64 = 6;
pub(crate) const PER_ROUND: u64 = 100;

pub(crate) struct Vault {
    pub(crate) directory: TempDir,
    /// The last checkpoint of stream `waf`, kept outside.
    pub(crate) outside: Vec<OutsideNote>,
}

pub(crate) fn options(directory: &Path) -> OpenOptions {
    OpenOptions {
        directory: directory.to_owned(),
        node: "t".into(),
        site_id: Some("t".into()),
        new_site_id: None,
        reserve_bytes: Some(0),
        roll_bytes: 24 * 1024,
        log_limits: crate::seal::LogLimits::default(),
    }
}

pub(crate) fn clock() -> Clock {
    Clock::manual(Timestamp::from_micros(START)).0
}

pub(crate) fn open_at(directory: &Path) -> Opened {
    open(Arc::new(LocalDisk), clock(), &options(directory)).unwrap()
}

pub(crate) fn commit(vault: &mut Opened, events: Vec<Event>) {
    let drafts: Vec<Draft> = drafts_of(events).unwrap();
    let done = Box::new(|fate: Result<_, _>| assert!(fate.is_ok()));
    vault.committer.commit(vec![Batch { drafts: Arc::new(drafts), lane: None, done }]).unwrap();
}

pub(crate) fn attack(number: u64, word: &str) -> Event {
    Event::new(Dataset::WafAttack, "block", Timestamp::from_micros(START))
        .set(Field::Message, format!("{word} {number:06}"))
}

/// Appends rounds of records with a checkpoint after each, as the running vault does.
pub(crate) fn fill(vault: &mut Opened, rounds: u64, word: &str) {
    let checkpointer = Checkpointer::new(vault.shared.clone(), vault.key.clone());
    for round in 0..rounds {
        for number in 0..PER_ROUND / 5 {
            let group = (0..5).map(|at| attack(round * PER_ROUND + number * 5 + at, word)).collect();
            commit(vault, group);
            commit(vault, vec![Event::new(Dataset::AuthLogin, "login", Timestamp::from_micros(START))]);
        }
        let events = checkpointer.make_all(1).unwrap();
        commit(vault, events);
        checkpointer.make(Stream::Vault).unwrap();
    }
}

pub(crate) fn note_of(vault: &Opened, stream: Stream) -> OutsideNote {
    OutsideNote { name: format!("outside-{stream}"), text: vault.shared.newest(stream).unwrap().note, expected: true }
}

pub(crate) fn build() -> Vault {
    let directory = tempfile::tempdir().unwrap();
    let mut vault = open_at(directory.path());
    fill(&mut vault, ROUNDS, "original");
    let outside = [Stream::Waf, Stream::Auth, Stream::Vault].map(|stream| note_of(&vault, stream)).to_vec();
    Vault { directory, outside }
}

impl Vault {
    pub(crate) fn path(&self) -> &Path {
        self.directory.path()
    }

    pub(crate) fn copy(&self) -> Self {
        let directory = tempfile::tempdir().unwrap();
        copy_tree(self.path(), directory.path());
        Self { directory, outside: self.outside.clone() }
    }

    pub(crate) fn verify(&self) -> Report {
        verify_at(self.path(), &self.outside)
    }

    pub(crate) fn wal_files(&self) -> Vec<PathBuf> {
        let mut files: Vec<_> =
            fs::read_dir(self.path().join("wal")).unwrap().map(|entry| entry.unwrap().path()).collect();
        files.sort();
        files
    }
}

fn copy_tree(from: &Path, to: &Path) {
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            fs::create_dir(&target).unwrap();
            copy_tree(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), &target).unwrap();
        }
    }
}

pub(crate) fn verify_at(directory: &Path, outside: &[OutsideNote]) -> Report {
    let options = Options { outside: outside.to_vec(), ..Options::default() };
    verify(&LocalDisk, &Layout::new(directory), &clock(), &options, &mut |_| {})
}

/// `(stream, seq, payload)` of each record, in groups; what an intruder edits before writing it back whole.
pub(crate) type Groups = Vec<(Vec<(u16, u64, Vec<u8>)>, Timestamp)>;

/// Rewrites a file with correct checksums, counts and commit frames.
pub(crate) fn edit(path: &Path, change: &mut dyn FnMut(&mut Groups)) {
    let bytes = fs::read(path).unwrap();
    let mut groups = Groups::new();
    scan_file(&bytes, &mut |group| {
        let records = group.records.iter().map(|frame| (frame.stream, frame.seq, frame.payload.to_vec())).collect();
        groups.push((records, group.committed));
    });
    change(&mut groups);
    let mut out = bytes[..FILE_HEADER_BYTES].to_vec();
    for (records, committed) in groups.into_iter().filter(|(records, _)| !records.is_empty()) {
        for (stream, seq, payload) in &records {
            write_frame(&mut out, Kind::Record, *stream, *seq, |out| out.extend_from_slice(payload));
        }
        write_commit(&mut out, u32::try_from(records.len()).unwrap(), committed);
    }
    fs::write(path, out).unwrap();
}

/// Place of record `seq` of stream `waf`: file, group, position.
pub(crate) fn locate(vault: &Vault, seq: u64) -> (PathBuf, usize, usize) {
    for path in vault.wal_files() {
        let mut found = None;
        edit(&path, &mut |groups| {
            for (group, (records, _)) in groups.iter().enumerate() {
                if let Some(at) = records.iter().position(|record| (record.0, record.1) == (Stream::Waf.number(), seq))
                {
                    found = Some((group, at));
                }
            }
        });
        if let Some((group, at)) = found {
            return (path, group, at);
        }
    }
    panic!("no record {seq}");
}

/// The record with another number, otherwise the same.
pub(crate) fn renumbered(payload: &[u8], seq: u64) -> Vec<u8> {
    let record = View::parse(payload).unwrap().to_record().unwrap();
    encode(seq, record.ingested, &record.event).unwrap()
}

#[track_caller]
pub(crate) fn expect_code(report: &Report, code: u8, line_starts: &str) {
    let lines: Vec<String> = report.findings.iter().map(ToString::to_string).collect();
    assert_eq!(report.exit_code(), code, "{lines:#?}");
    assert!(lines.iter().any(|line| line.starts_with(line_starts)), "expected {line_starts:?} in {lines:#?}");
}
