//! What the commit thread, readers and the checkpointer see of one open vault.

use std::sync::PoisonError;
use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::{Arc, RwLock, RwLockReadGuard, RwLockWriteGuard};

use medward_contract::event::Stream;
use medward_kernel::Clock;
use tokio::sync::watch;

use crate::disk::Disk;
use crate::index::{Index, Position};
use crate::keys::Identity;
use crate::layout::Layout;
use crate::merkle::Frontier;
use crate::recover::Newest;
use crate::segment::OpenSegments;
use crate::space::DiskState;
use crate::streams::PerStream;

/// Counters since start; read by metrics and by the console.
#[derive(Debug, Default)]
pub struct Counters {
    /// Records committed.
    pub records: AtomicU64,
    /// Records already known by `agent.id` and `event.sequence`.
    pub duplicates: AtomicU64,
    /// Events refused because the disk is (nearly) full.
    pub refused: AtomicU64,
    /// Events a full queue or spool could not keep.
    pub dropped: AtomicU64,
    /// Events that are not valid: sensor bugs.
    pub invalid: AtomicU64,
    /// Commit groups, each with one `fdatasync`.
    pub groups: AtomicU64,
}

/// The open vault.
#[derive(Debug)]
pub struct Shared {
    /// Paths.
    pub layout: Layout,
    /// Files.
    pub disk: Arc<dyn Disk>,
    /// Time.
    pub clock: Clock,
    /// Which vault.
    pub identity: Identity,
    /// Name of this node.
    pub node: String,
    /// Counters since start.
    pub counters: Counters,
    /// Segments that are open.
    pub segments: OpenSegments,
    log_readers: AtomicU64,
    index: RwLock<Index>,
    trees: PerStream<RwLock<Frontier>>,
    newest: PerStream<RwLock<Option<Newest>>>,
    disk_state: RwLock<DiskState>,
    committed: watch::Sender<Position>,
}

/// Somebody who reads all of the log.
#[derive(Debug)]
pub struct LogReader<'a>(&'a Shared);

impl Drop for LogReader<'_> {
    fn drop(&mut self) {
        self.0.log_readers.fetch_sub(1, Relaxed);
    }
}

impl Shared {
    pub(crate) fn new(
        (layout, disk, clock): (Layout, Arc<dyn Disk>, Clock),
        identity: Identity,
        node: &str,
        index: Index,
        trees: PerStream<Frontier>,
        newest: PerStream<Option<Newest>>,
    ) -> Self {
        let committed = watch::Sender::new(index.end());
        let shared_trees: PerStream<RwLock<Frontier>> = PerStream::default();
        for (stream, tree) in trees.iter() {
            *write(shared_trees.of(stream)) = tree.clone();
        }
        let shared_newest: PerStream<RwLock<Option<Newest>>> = PerStream::default();
        for (stream, note) in newest.iter() {
            write(shared_newest.of(stream)).clone_from(note);
        }
        Self {
            layout,
            disk,
            clock,
            identity,
            node: node.to_owned(),
            counters: Counters::default(),
            segments: OpenSegments::default(),
            log_readers: AtomicU64::new(0),
            index: RwLock::new(index),
            trees: shared_trees,
            newest: shared_newest,
            disk_state: RwLock::default(),
            committed,
        }
    }

    /// The index, to read.
    pub fn index(&self) -> RwLockReadGuard<'_, Index> {
        read(&self.index)
    }

    pub(crate) fn index_mut(&self) -> RwLockWriteGuard<'_, Index> {
        write(&self.index)
    }

    /// The edge of a stream's tree as committed now.
    pub fn tree(&self, stream: Stream) -> Frontier {
        read(self.trees.of(stream)).clone()
    }

    /// Records of a stream.
    pub fn size(&self, stream: Stream) -> u64 {
        read(self.trees.of(stream)).size()
    }

    pub(crate) fn tree_mut(&self, stream: Stream) -> RwLockWriteGuard<'_, Frontier> {
        write(self.trees.of(stream))
    }

    /// Newest checkpoint of a stream.
    pub fn newest(&self, stream: Stream) -> Option<Newest> {
        read(self.newest.of(stream)).clone()
    }

    pub(crate) fn set_newest(&self, stream: Stream, newest: Newest) {
        *write(self.newest.of(stream)) = Some(newest);
    }

    /// How full the disk is.
    pub fn disk_state(&self) -> DiskState {
        *read(&self.disk_state)
    }

    pub(crate) fn set_disk_state(&self, state: DiskState) {
        *write(&self.disk_state) = state;
    }

    /// Keeps files of the log from being removed while the guard lives.
    pub fn read_log(&self) -> LogReader<'_> {
        self.log_readers.fetch_add(1, Relaxed);
        LogReader(self)
    }

    /// Whether anybody reads all of the log.
    pub(crate) fn log_is_read(&self) -> bool {
        self.log_readers.load(Relaxed) > 0
    }

    /// Changes with every commit.
    pub fn committed(&self) -> watch::Receiver<Position> {
        self.committed.subscribe()
    }

    pub(crate) fn announce(&self, end: Position) {
        self.committed.send_replace(end);
    }
}

fn read<T>(lock: &RwLock<T>) -> RwLockReadGuard<'_, T> {
    lock.read().unwrap_or_else(PoisonError::into_inner)
}

fn write<T>(lock: &RwLock<T>) -> RwLockWriteGuard<'_, T> {
    lock.write().unwrap_or_else(PoisonError::into_inner)
}
