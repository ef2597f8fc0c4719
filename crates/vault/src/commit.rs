//! The one writer: assigns sequence numbers, hashes, writes, syncs, and only then acknowledges (`vault.md` §4).
//!
//! [`Committer::commit`] is one group, synchronous and without a thread of its own, so that tests drive it; `thread`
//! feeds it from a channel.
//!
//! Invariants: nothing is acknowledged before `fdatasync` returned; after a failed `fdatasync` nothing is acknowledged
//! any more (retrying fsync may report success for pages the kernel has dropped); a refused group leaves no trace.

mod group;
mod thread;

use std::collections::HashMap;
use std::io;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::time::Duration;

use medward_contract::event::{Dataset, Event, Field, Outcome, Stream};
use medward_contract::{Severity, Timestamp};

use crate::canonical::Prepared;
use crate::disk::{DiskFile, is_full};
use crate::index::Position;
use crate::open::OpenOptions;
use crate::recover::Recovered;
use crate::shared::Shared;
use crate::space::{DiskState, Mode, reserve_bytes, used_permille};
use crate::streams::PerStream;
use crate::tiles;
use crate::wal::{self, FileHeader, chain_of};
use group::GroupBuilder;

pub use thread::{Commits, awaited, start};

/// Most records in a group.
pub const GROUP_RECORDS: usize = 8_192;
/// Most bytes in a group before the batch that passes it.
pub const GROUP_BYTES: usize = 4 * 1024 * 1024;
/// The disk is measured at most this often.
const MEASURE_EVERY: Duration = Duration::from_secs(1);

/// An event ready to be placed.
#[derive(Debug, Clone)]
pub struct Draft {
    /// Its stream.
    pub stream: Stream,
    /// Its bytes but for the place.
    pub prepared: Prepared,
}

/// What a batch became.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Committed {
    /// Sequence number of the first record stored.
    pub first_seq: Option<u64>,
    /// Records stored now.
    pub stored: u64,
    /// Records that were stored before.
    pub duplicates: u64,
}

/// Why a batch was not stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AppendError {
    /// The disk has no room for these streams; ask again later.
    #[error("store events: the vault's disk is {}", .0.as_str())]
    DiskFull(Mode),
    /// The vault stopped or can no longer vouch for its disk.
    #[error("store events: the vault has stopped")]
    Stopped,
}

/// Events that stand or fall together.
pub struct Batch {
    /// The events, in order; shared with a sender that may have to offer them again.
    pub drafts: Arc<Vec<Draft>>,
    /// Agent id under which events without their own are numbered at commit.
    pub lane: Option<Arc<str>>,
    /// Told once, after the sync.
    pub done: Done,
}

/// Called with the fate of a batch.
pub type Done = Box<dyn FnOnce(Result<Committed, AppendError>) + Send>;

/// The disk can no longer be trusted; the process must be restarted.
#[derive(Debug, thiserror::Error)]
#[error("{what} (VLT-0102): nothing is acknowledged any more; check the disk and restart Medward")]
pub struct Fatal {
    what: &'static str,
    #[source]
    source: io::Error,
}

struct OpenFile {
    number: u64,
    handle: Box<dyn DiskFile>,
    length: u64,
}

/// The writer's own state.
pub struct Committer {
    shared: Arc<Shared>,
    file: OpenFile,
    chain: [u8; 16],
    next_seq: PerStream<u64>,
    agents: HashMap<String, u64>,
    /// Events of the vault itself that wait for the next group.
    pending: Vec<Event>,
    measured: Option<Duration>,
    /// Bytes of the reserve, and how many of them were given up.
    reserve: u64,
    released: u64,
    failed: bool,
    roll_bytes: u64,
    buffer: Vec<u8>,
}

impl Committer {
    /// Clock of the vault.
    fn elapsed(&self) -> Duration {
        self.shared.clock.monotonic()
    }

    /// Goes on where recovery found the end.
    pub fn open(shared: Arc<Shared>, recovered: &mut Recovered, options: &OpenOptions) -> Result<Self, Fatal> {
        let fatal = |source| Fatal { what: "open write-ahead log", source };
        let file = if let Some((number, length)) = recovered.last_file {
            let handle = shared.disk.open(&shared.layout.wal(number)).map_err(fatal)?;
            OpenFile { number, handle, length }
        } else {
            let number = recovered.highest.map_or(0, |highest| highest + 1);
            create_file(&shared, number, recovered.chain).map_err(fatal)?
        };
        let mut next_seq = PerStream::default();
        for stream in Stream::ALL {
            *next_seq.of_mut(stream) = shared.size(stream);
        }
        let mut committer = Self {
            file,
            chain: recovered.chain,
            next_seq,
            agents: std::mem::take(&mut recovered.agents),
            pending: Vec::new(),
            measured: None,
            reserve: 0,
            released: 0,
            failed: false,
            roll_bytes: options.roll_bytes,
            buffer: Vec::with_capacity(GROUP_BYTES),
            shared,
        };
        committer.open_reserve(options.reserve_bytes);
        Ok(committer)
    }

    /// Highest sequence number of an agent.
    pub fn high_sequence(&self, agent: &str) -> u64 {
        self.agents.get(agent).copied().unwrap_or(0)
    }

    /// Adds an event of the vault itself to the next group.
    pub fn note(&mut self, event: Event) {
        self.pending.push(event);
    }

    /// Stores all batches as one group and tells each its fate. An error means that the process must end.
    pub fn commit(&mut self, batches: Vec<Batch>) -> Result<(), Fatal> {
        if self.failed {
            stop_all(batches);
            return Err(Fatal { what: "commit", source: io::Error::other("an earlier sync failed") });
        }
        self.measure(false);
        let mode = self.shared.disk_state().mode;
        let (taken, refused): (Vec<_>, Vec<_>) =
            batches.into_iter().partition(|batch| batch.drafts.iter().all(|draft| mode.accepts(draft.stream)));
        for batch in refused {
            self.refuse(batch, mode);
        }
        if taken.is_empty() && (self.pending.is_empty() || mode == Mode::Full) {
            return Ok(());
        }
        self.commit_taken(taken)
    }

    fn commit_taken(&mut self, batches: Vec<Batch>) -> Result<(), Fatal> {
        let now = self.shared.clock.now();
        let buffer = std::mem::take(&mut self.buffer);
        let mut group = GroupBuilder::new(buffer, now, &self.shared.node, &mut self.next_seq, &mut self.agents);
        let fates: Vec<_> = batches.iter().map(|batch| group.add_batch(batch)).collect();
        for event in &self.pending {
            group.add_own(event);
        }
        group.close();
        match write_group(&mut self.file, &group) {
            Ok(()) => {
                self.pending.clear();
                if group.records() > 0 {
                    self.chain = chain_of(group.commit_frame());
                }
                publish(&self.shared, &self.file, &group);
                self.buffer = group.into_buffer();
                for (batch, fate) in batches.into_iter().zip(fates) {
                    (batch.done)(Ok(fate));
                }
                self.roll_if_due(now)
            }
            Err(WriteError::Full) => {
                group.undo();
                self.buffer = group.into_buffer();
                // Whoever is refused can see why.
                self.ran_full();
                for batch in batches {
                    self.refuse(batch, Mode::Full);
                }
                Ok(())
            }
            Err(WriteError::Fatal(fatal)) => {
                self.failed = true;
                tracing::error!(error = %fatal, source = %fatal.source, "vault stopped");
                stop_all(batches);
                Err(fatal)
            }
        }
    }

    fn refuse(&self, batch: Batch, mode: Mode) {
        self.shared.counters.refused.fetch_add(batch.drafts.len() as u64, Relaxed);
        (batch.done)(Err(AppendError::DiskFull(mode)));
    }

    fn roll_if_due(&mut self, now: Timestamp) -> Result<(), Fatal> {
        if self.file.length < self.roll_bytes {
            return Ok(());
        }
        match create_file_at(&self.shared, self.file.number + 1, self.chain, now) {
            Ok(file) => self.file = file,
            // The old file takes more, later.
            Err(error) if is_full(&error) => {
                drop(self.shared.disk.remove(&self.shared.layout.wal(self.file.number + 1)));
            }
            Err(source) => return Err(Fatal { what: "start the next file of the write-ahead log", source }),
        }
        Ok(())
    }

    /// Looks at the disk, at most once a second unless `now`.
    pub fn measure(&mut self, now: bool) {
        let at = self.shared.clock.monotonic();
        if !now && self.measured.is_some_and(|last| at.saturating_sub(last) < MEASURE_EVERY) {
            return;
        }
        self.measured = Some(at);
        match self.shared.disk.space(self.shared.layout.root()) {
            Ok(space) => {
                let used = used_permille(space, self.released);
                self.enter(DiskState { used_permille: used, mode: Mode::of_permille(used) });
            }
            Err(error) => tracing::warn!(%error, "disk of the vault not measured"),
        }
    }

    fn enter(&mut self, state: DiskState) {
        let before = self.shared.disk_state();
        self.shared.set_disk_state(state);
        if state.mode == Mode::Full {
            self.release_reserve();
        } else if state.mode < Mode::VitalOnly && self.released > 0 {
            self.restore_reserve();
        }
        if state.mode == before.mode {
            return;
        }
        tracing::warn!(
            used_permille = state.used_permille,
            mode = state.mode.as_str(),
            "fill level of the vault's disk changed"
        );
        let event = disk_event(self.shared.clock.now(), state);
        if state.mode == Mode::Full {
            self.last_words(event);
        } else {
            self.pending.push(event);
        }
    }

    /// A write found no room although the disk did not look full.
    fn ran_full(&mut self) {
        let used_permille = self.shared.disk_state().used_permille.max(990);
        self.measured = Some(self.shared.clock.monotonic());
        self.enter(DiskState { used_permille, mode: Mode::Full });
    }

    /// The final record of a full disk, written into the space the reserve gave up.
    fn last_words(&mut self, event: Event) {
        let now = self.shared.clock.now();
        let buffer = std::mem::take(&mut self.buffer);
        let mut group = GroupBuilder::new(buffer, now, &self.shared.node, &mut self.next_seq, &mut self.agents);
        group.add_own(&event);
        group.close();
        match write_group(&mut self.file, &group) {
            Ok(()) => {
                self.chain = chain_of(group.commit_frame());
                publish(&self.shared, &self.file, &group);
                self.buffer = group.into_buffer();
            }
            Err(error) => {
                group.undo();
                self.buffer = group.into_buffer();
                self.failed |= matches!(error, WriteError::Fatal(_));
            }
        }
    }

    fn open_reserve(&mut self, wanted: Option<u64>) {
        let Ok(space) = self.shared.disk.space(self.shared.layout.root()) else { return };
        self.reserve = wanted.unwrap_or_else(|| reserve_bytes(space));
        let names = self.shared.disk.list(self.shared.layout.root()).unwrap_or_default();
        let there = |file: &Path| names.iter().any(|name| Some(name.as_ref()) == file.file_name());
        let made = there(&self.shared.layout.reserve());
        let given_up = !made && there(&self.shared.layout.reserve_released());
        self.released = if given_up { self.reserve } else { 0 };
        // Making it must not be what fills the disk.
        if !made && Mode::of_permille(used_permille(space, self.reserve)) < Mode::VitalOnly {
            self.restore_reserve();
        }
    }

    fn restore_reserve(&mut self) {
        match self.shared.disk.reserve(&self.shared.layout.reserve(), self.reserve) {
            Ok(()) => {
                self.released = 0;
                drop(self.shared.disk.remove(&self.shared.layout.reserve_released()));
            }
            Err(error) => {
                drop(self.shared.disk.remove(&self.shared.layout.reserve()));
                self.released = 0;
                self.reserve = 0;
                tracing::warn!(%error, "no space kept back for the last records of a full disk");
            }
        }
    }

    fn release_reserve(&mut self) {
        if self.released == 0 && self.shared.disk.remove(&self.shared.layout.reserve()).is_ok() {
            self.released = self.reserve;
            // Without the mark the next start takes the room for free; no more is lost.
            drop(self.shared.disk.create(&self.shared.layout.reserve_released(), false));
        }
    }
}

fn stop_all(batches: Vec<Batch>) {
    for batch in batches {
        (batch.done)(Err(AppendError::Stopped));
    }
}

enum WriteError {
    Full,
    Fatal(Fatal),
}

/// Appends the group and waits until it would survive a power cut.
fn write_group(file: &mut OpenFile, group: &GroupBuilder<'_>) -> Result<(), WriteError> {
    let bytes = group.bytes();
    if bytes.is_empty() {
        return Ok(());
    }
    if let Err(error) = file.handle.append(bytes) {
        // Part of the group may stand in the file; behind it no later group could be told from damage.
        file.handle
            .set_len(file.length)
            .map_err(|source| WriteError::Fatal(Fatal { what: "take back a failed write", source }))?;
        return Err(if is_full(&error) {
            WriteError::Full
        } else {
            WriteError::Fatal(Fatal { what: "write the write-ahead log", source: error })
        });
    }
    file.handle.sync_data().map_err(|source| WriteError::Fatal(Fatal { what: "sync the write-ahead log", source }))?;
    file.length += bytes.len() as u64;
    Ok(())
}

/// Makes the group visible to readers.
fn publish(shared: &Shared, file: &OpenFile, group: &GroupBuilder<'_>) {
    let mut full_tiles = Vec::new();
    for (stream, leaves) in group.leaves() {
        let mut tree = shared.tree_mut(stream);
        for leaf in leaves {
            tree.push(leaf, &mut |tile, hashes| full_tiles.push((stream, tile, hashes.to_vec())));
        }
    }
    shared.counters.duplicates.fetch_add(group.duplicates(), Relaxed);
    if group.records() == 0 {
        return;
    }
    let start = file.length - group.bytes().len() as u64;
    shared.index_mut().add(file.number, false, start..file.length, group.spans());
    for (stream, tile, hashes) in full_tiles {
        tiles::store(&*shared.disk, &shared.layout, stream, tile, &hashes);
    }
    shared.counters.records.fetch_add(group.records(), Relaxed);
    shared.counters.groups.fetch_add(1, Relaxed);
    shared.announce(Position { file: file.number, offset: file.length });
}

fn create_file(shared: &Shared, number: u64, chain: [u8; 16]) -> io::Result<OpenFile> {
    create_file_at(shared, number, chain, shared.clock.now())
}

fn create_file_at(shared: &Shared, number: u64, chain: [u8; 16], created: Timestamp) -> io::Result<OpenFile> {
    let mut handle = shared.disk.create(&shared.layout.wal(number), false)?;
    let header = FileHeader { vault_id: shared.identity.vault_id, number, chain, created }.encode();
    handle.append(&header)?;
    handle.sync_data()?;
    shared.disk.sync_dir(&shared.layout.wal_dir())?;
    Ok(OpenFile { number, handle, length: wal::FILE_HEADER_BYTES as u64 })
}

fn disk_event(now: Timestamp, state: DiskState) -> Event {
    let severity = match state.mode {
        Mode::Normal => Severity::Info,
        Mode::Filling => Severity::Medium,
        Mode::NearlyFull => Severity::High,
        Mode::VitalOnly | Mode::Full => Severity::Critical,
    };
    Event::new(Dataset::VaultDisk, "disk", now)
        .severity(severity)
        .attr("vault.used_pct", state.used_permille / 10)
        .attr("vault.mode", state.mode.as_str())
}

/// `vault.gap`: numbers `from..=to` of `subject` were never received or no longer read.
pub(crate) fn gap_event(now: Timestamp, subject: (&'static str, String), from: u64, to: u64) -> Event {
    Event::new(Dataset::VaultGap, "gap", now)
        .outcome(Outcome::Failure)
        .severity(Severity::High)
        .attr(subject.0, subject.1)
        .attr("vault.from", from)
        .attr("vault.to", to)
}

/// Agent id of the vault's own events on a node.
pub(crate) fn own_lane(node: &str) -> String {
    format!("{node}/vault")
}

/// An event of the vault itself, with its node.
pub(crate) fn with_node(event: &Event, node: &str) -> Event {
    event.clone().set(Field::HostName, node)
}

#[cfg(test)]
mod tests;
