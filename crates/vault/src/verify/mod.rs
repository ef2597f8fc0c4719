//! `medward vault verify`: re-hashes every record and holds the result against signed checkpoints (`vault.md` §6;
//! CD-120, QH-084, QH-087, PACS-027, PACS-049, SX-126).
//!
//! Pure over a [`Disk`]: it works on a directory, on a copy of one, and on a living vault up to its last checkpoint.
//! It uses nothing that recovery computed.
//!
//! *Not* here: repairing anything. Stated limit: an intruder who holds the site key can rewrite what no checkpoint kept
//! outside has seen.

mod finding;
mod notes;
mod segments;
mod stream;

use std::collections::BTreeSet;

use data_encoding::HEXLOWER;
use medward_contract::Timestamp;
use medward_contract::event::Stream;
use medward_kernel::Clock;

pub use finding::{Finding, Report, Sound};
pub use notes::OutsideNote;

use crate::canonical::{View, encode};
use crate::disk::Disk;
use crate::keys::{self, Identity};
use crate::layout::{FileRole, Layout, role_of};
use crate::merkle::{Hash, TILE_WIDTH, TileId, leaf_hash};
use crate::note::VerifierKey;
use crate::streams::PerStream;
use crate::wal::{FILE_HEADER_BYTES, FileHeader, Group, scan_file};
use notes::{Source, Vouched};
use segments::Segments;
use stream::{Altered, Place, StreamCheck};

/// Heartbeats come every minute; a longer silence than this without a stop is listed.
const LONGEST_SILENCE_US: i64 = 180_000_000;
/// Most altered records tried for having changed places.
const MAX_EXCHANGED: usize = 64;

/// What to verify, and against what.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Only this stream.
    pub stream: Option<Stream>,
    /// Checkpoints kept outside.
    pub outside: Vec<OutsideNote>,
    /// The site's key as known outside; without it the vault's own copy is trusted.
    pub site_vkey: Option<VerifierKey>,
}

/// How far a verification is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// Files read.
    pub files_done: u64,
    /// Files there are.
    pub files: u64,
    /// Records re-hashed.
    pub records: u64,
}

/// Verifies a vault.
pub fn verify(
    disk: &dyn Disk,
    layout: &Layout,
    clock: &Clock,
    options: &Options,
    progress: &mut dyn FnMut(Progress),
) -> Report {
    let started = clock.monotonic();
    let mut report = Report::default();
    match (
        keys::read_identity(disk, layout),
        options.site_vkey.clone().map_or_else(|| keys::read_vkey(disk, layout), Ok),
    ) {
        (Ok(identity), Ok(key)) => {
            Walk::new(disk, layout, &identity, &key, options, &mut report).run(&mut report, progress);
        }
        (Err(error), _) | (_, Err(error)) => {
            let file = layout.shown(&layout.identity());
            let error = medward_kernel::supervisor::with_sources(&error);
            report.findings.push(Finding::Incomplete { stream: None, file, error });
        }
    }
    report.findings.sort_by_key(Finding::code);
    report.seconds = clock.monotonic().saturating_sub(started).as_secs_f64();
    report
}

struct Walk<'a> {
    disk: &'a dyn Disk,
    layout: &'a Layout,
    identity: &'a Identity,
    only: Option<Stream>,
    streams: PerStream<StreamCheck<'a>>,
    place: Place,
    chain: Option<[u8; 16]>,
    tail_altered: bool,
    findings: Vec<Finding>,
    damaged: BTreeSet<u64>,
    last_sign: Option<(Timestamp, bool)>,
    records: u64,
    /// Full tiles found on disk.
    tiles: Vec<(Stream, TileId)>,
    /// Notes found on disk.
    notes: BTreeSet<(Stream, u64)>,
    segments: Segments,
}

impl<'a> Walk<'a> {
    fn new(
        disk: &'a dyn Disk,
        layout: &'a Layout,
        identity: &'a Identity,
        key: &VerifierKey,
        options: &Options,
        report: &mut Report,
    ) -> Self {
        // Notes first: a living vault may sign more while the files are read, never less.
        let (mut vouched, notes) = notes::gather(disk, layout, key, &options.outside, &mut report.findings);
        let check = |stream| StreamCheck::new(stream, disk, layout, std::mem::take(vouched.of_mut(stream)));
        Self {
            disk,
            layout,
            identity,
            only: options.stream,
            streams: PerStream::from_fn(check),
            place: Place { file: 0, damage: 0, missing: 0 },
            chain: None,
            tail_altered: false,
            findings: Vec::new(),
            damaged: BTreeSet::new(),
            last_sign: None,
            records: 0,
            tiles: Vec::new(),
            notes,
            segments: Segments::default(),
        }
    }

    fn run(mut self, report: &mut Report, progress: &mut dyn FnMut(Progress)) {
        let files = self.list_files();
        let segments = self.segments.count();
        let total = files.len() as u64 + segments;
        self.read_segments(&files, total, progress);
        let mut expected = 0;
        let mut missing = Vec::new();
        for (done, (number, quarantined)) in (segments..).zip(files) {
            progress(Progress { files_done: done, files: total, records: self.records });
            if number > expected {
                self.place.missing += 1;
                self.chain = None;
                // Files are given up when their records stand in segments; a file that is missed is told by its records.
                if segments == 0 {
                    missing.push(number);
                }
            }
            expected = number + 1;
            self.file(number, quarantined);
            for stream in Stream::ALL {
                self.streams.of_mut(stream).advance(false);
            }
        }
        progress(Progress { files_done: total, files: total, records: self.records });
        for stream in Stream::ALL {
            let place = self.place_of(stream, self.place.file);
            self.streams.of_mut(stream).finish(place, self.tail_altered);
        }
        self.judge_segments();
        self.name_altered();
        self.collect(report, !missing.is_empty());
    }

    fn list_files(&mut self) -> Vec<(u64, bool)> {
        let mut files: Vec<(u64, bool)> = Vec::new();
        for path in self.tree("") {
            match role_of(&path) {
                Some(FileRole::Wal(number)) => files.push((number, false)),
                Some(FileRole::Quarantined(number)) => files.push((number, true)),
                Some(FileRole::Tile(stream, tile)) => self.tiles.push((stream, tile)),
                Some(FileRole::Segment(stream, first, last)) => self.segments.add(stream, first, last, path),
                Some(FileRole::Sidecar(..)) => self.segments.add_sidecar(path),
                Some(_) => {}
                None => self.findings.push(Finding::Extra { file: path }),
            }
        }
        files.sort_unstable();
        // The same number twice: one of both is not ours. The scan of the other tells.
        let mut unique: Vec<(u64, bool)> = Vec::new();
        for file in files {
            if unique.last().is_some_and(|(number, _)| *number == file.0) {
                self.findings.push(Finding::Extra { file: self.shown(file.0, file.1) });
            } else {
                unique.push(file);
            }
        }
        unique
    }

    /// Every file below the vault's directory, by relative path.
    fn tree(&mut self, below: &str) -> Vec<String> {
        let mut found = Vec::new();
        let names = match self.disk.list(&self.layout.root().join(below)) {
            Ok(names) => names,
            Err(error) => {
                self.findings.push(Finding::Incomplete {
                    stream: None,
                    file: below.to_owned(),
                    error: error.to_string(),
                });
                return found;
            }
        };
        for name in names {
            match name.strip_suffix('/') {
                Some(directory) => found.extend(self.tree(&format!("{below}{directory}/"))),
                None => found.push(format!("{below}{name}")),
            }
        }
        found
    }

    fn path(&self, number: u64, quarantined: bool) -> std::path::PathBuf {
        if quarantined { self.layout.quarantined(number) } else { self.layout.wal(number) }
    }

    fn shown(&self, number: u64, quarantined: bool) -> String {
        self.layout.shown(&self.path(number, quarantined))
    }

    fn changed_file(&mut self, file: String) {
        self.findings.push(Finding::Changed { stream: None, range: None, suspects: Vec::new(), segment: file });
    }

    fn file(&mut self, number: u64, quarantined: bool) {
        let shown = self.shown(number, quarantined);
        let bytes = match self.disk.read(&self.path(number, quarantined)) {
            Ok(bytes) => bytes,
            // A living vault gave the file up meanwhile: its records stand in segments that are newer than the list.
            Err(error) if error.kind() == std::io::ErrorKind::NotFound && self.read_new_segments() => {
                self.place.missing += 1;
                self.chain = None;
                return;
            }
            Err(error) => {
                self.place.missing += 1;
                self.findings.push(Finding::Incomplete { stream: None, file: shown, error: error.to_string() });
                return;
            }
        };
        let header = FileHeader::parse(&bytes);
        if header.is_some_and(|header| (header.vault_id, header.number) != (self.identity.vault_id, number)) {
            self.findings.push(Finding::Extra { file: shown });
            return;
        }
        let chain_holds = match (header, self.chain) {
            (Some(header), Some(chain)) => header.chain == chain,
            (Some(header), None) => number > 0 || header.chain == [0; 16],
            // A file shorter than its header was started and never used.
            (None, _) => bytes.len() <= FILE_HEADER_BYTES,
        };
        if !chain_holds {
            self.changed_file(shown.clone());
        }
        self.place.file = number;
        let mut groups = Vec::new();
        let scan = scan_file(&bytes, &mut |group| groups.push(group));
        for group in &groups {
            self.group(number, group);
        }
        self.place.damage += u64::from(scan.tail_altered);
        self.tail_altered = scan.tail_altered;
        self.chain = scan.chain.or(self.chain);
    }

    fn group(&mut self, number: u64, group: &Group<'_>) {
        if !group.is_whole() {
            self.damaged.insert(number);
        }
        let damage_before = self.place.damage;
        let mut restamped: Option<(Stream, u64, u64)> = None;
        for (at, frame) in group.records.iter().enumerate() {
            let unreadable = group.damage.iter().filter(|(_, before)| *before <= at).count();
            self.place.damage = damage_before + unreadable as u64;
            let Some(stream) = Stream::from_number(frame.stream) else {
                self.damaged.insert(number);
                continue;
            };
            if self.only.is_some_and(|only| only != stream && stream != Stream::Vault) {
                continue;
            }
            let leaf = leaf_hash(frame.payload);
            if frame.seq < self.segments.end(stream) {
                self.held_against_segment(stream, frame.seq, leaf, number);
                continue;
            }
            self.records += 1;
            let head = View::parse_head(frame.payload).ok();
            let placed = head.as_ref().is_some_and(|head| head.seq == frame.seq && head.ingested == group.committed);
            if !placed {
                let (_, _, last) = restamped.get_or_insert((stream, frame.seq, frame.seq));
                *last = frame.seq;
            }
            let place = self.place_of(stream, self.place.file);
            self.streams.of_mut(stream).record(frame.seq, leaf, false, place);
            if stream == Stream::Vault {
                self.own_record(frame.payload, frame.seq);
            }
        }
        self.place.damage = damage_before + group.damage.len() as u64;
        if let Some((stream, first, last)) = restamped {
            // The commit frame says another time or place than the records it ends.
            let segment = self.layout.shown(&self.layout.wal(number));
            let range = Some((first.min(last), first.max(last)));
            self.findings.push(Finding::Changed { stream: Some(stream), range, suspects: Vec::new(), segment });
        }
    }

    /// Checkpoints and signs of life in stream `vault`.
    fn own_record(&mut self, payload: &[u8], seq: u64) {
        let Some(record) = View::parse(payload).ok().and_then(|view| view.to_record().ok()) else { return };
        let stopped = record.event.dataset.as_str() == "vault.stop";
        if let Some((last, false)) = self.last_sign
            && record.ingested.as_micros().saturating_sub(last.as_micros()) > LONGEST_SILENCE_US
        {
            self.findings.push(Finding::Interrupted { from: last, to: record.ingested });
        }
        self.last_sign = Some((record.ingested, stopped));
        if record.event.dataset.as_str() == "vault.segment" {
            self.segments.recorded(&record.event);
        }
        if record.event.dataset.as_str() != "vault.checkpoint" {
            return;
        }
        let attr = |name: &str| record.event.attrs.get(name);
        let stream = attr("vault.stream").and_then(|value| value.as_str()).and_then(|name| name.parse::<Stream>().ok());
        let size = attr("vault.size").and_then(serde_json::Value::as_u64);
        let root = attr("vault.root").and_then(|value| value.as_str()).and_then(decode_root);
        if let (Some(stream), Some(size), Some(root)) = (stream, size, root) {
            let note = self.layout.note(stream, size);
            // A living vault may have signed since the notes were listed.
            let there = self.notes.contains(&(stream, size)) || self.disk.read(&note).is_ok();
            if !there {
                self.findings.push(Finding::BadSignature { stream, size, note: self.layout.shown(&note) });
            }
            let name = format!("vault:{seq}");
            self.streams.of_mut(stream).add_recorded(Vouched { size, root, name, source: Source::Recorded });
        }
    }

    /// Tells altered records from records that changed places and were renumbered.
    fn name_altered(&mut self) {
        for stream in Stream::ALL {
            let altered = std::mem::take(&mut self.streams.of_mut(stream).altered);
            for altered in altered {
                let finding = self.judge_altered(stream, &altered);
                self.streams.of_mut(stream).findings.push(finding);
            }
        }
    }

    fn judge_altered(&self, stream: Stream, altered: &Altered) -> Finding {
        let segment = self.streams.of(stream).file_name(altered.file);
        let first = altered.suspects.first().map_or(0, |(seq, _)| *seq);
        let last = altered.suspects.last().map_or(0, |(seq, _)| *seq);
        if (2..=MAX_EXCHANGED).contains(&altered.suspects.len()) && self.are_exchanged(stream, altered) {
            return Finding::Reordered { stream, range: (first, last), segment };
        }
        let suspects = altered.suspects.iter().map(|(seq, _)| *seq).collect();
        Finding::Changed { stream: Some(stream), range: Some((first, last)), suspects, segment }
    }

    /// Whether each altered record, given another's number, has that other's hash.
    fn are_exchanged(&self, stream: Stream, altered: &Altered) -> bool {
        let wanted: BTreeSet<u64> = altered.suspects.iter().map(|(seq, _)| *seq).collect();
        let mut payloads = Vec::new();
        if StreamCheck::is_segment(altered.file) {
            return false;
        }
        for number in altered.file..=self.place.file {
            let Ok(bytes) = self.disk.read(&self.path(number, false)) else { continue };
            scan_file(&bytes, &mut |group| {
                let of_stream = group.records.iter().filter(|frame| frame.stream == stream.number());
                let found = of_stream.filter(|frame| wanted.contains(&frame.seq));
                payloads.extend(found.map(|frame| frame.payload.to_vec()));
            });
            if payloads.len() >= wanted.len() {
                break;
            }
        }
        let moved = |payload: &Vec<u8>, seq: u64| {
            let view = View::parse(payload).ok()?;
            let record = view.to_record().ok()?;
            Some(leaf_hash(&encode(seq, view.ingested, &record.event).ok()?))
        };
        altered.suspects.iter().all(|(seq, hash)| payloads.iter().any(|payload| moved(payload, *seq) == Some(*hash)))
    }

    fn collect(mut self, report: &mut Report, files_missing: bool) {
        report.records = self.records;
        for stream in Stream::ALL {
            let check = self.streams.of_mut(stream);
            report.sound.extend(check.sound());
            report.findings.append(&mut check.findings);
        }
        report.findings.append(&mut self.findings);
        for (stream, tile) in std::mem::take(&mut self.tiles) {
            // A tile that no record of the stream can have filled.
            let width = TILE_WIDTH.saturating_pow(u32::from(tile.level) + 1);
            let end = tile.index.saturating_add(1).saturating_mul(width);
            if end > self.streams.of(stream).counted() && self.only.is_none() {
                report.findings.push(Finding::Extra { file: self.layout.shown(&self.layout.tile(stream, tile)) });
            }
        }
        if let Some(only) = self.only {
            let elsewhere = |finding: &Finding| finding.stream().is_some_and(|stream| stream != only);
            report.findings.retain(|finding| !elsewhere(finding));
            report.sound.retain(|sound| sound.stream == only);
        }
        if files_missing && !report.findings.iter().any(|finding| matches!(finding, Finding::MissingSegment { .. })) {
            report.findings.push(Finding::MissingSegment { stream: None, range: None });
        }
        for number in std::mem::take(&mut self.damaged) {
            let names = [self.shown(number, false), self.shown(number, true)];
            let named = report
                .findings
                .iter()
                .filter_map(Finding::segment)
                .any(|segment| names.iter().any(|name| name == segment));
            if !named {
                let [segment, _] = names;
                report.findings.push(Finding::Changed { stream: None, range: None, suspects: Vec::new(), segment });
            }
        }
    }
}

fn decode_root(text: &str) -> Option<Hash> {
    HEXLOWER.decode(text.as_bytes()).ok()?.try_into().ok()
}

#[cfg(test)]
pub(crate) mod tests;
