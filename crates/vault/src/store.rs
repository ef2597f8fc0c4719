//! The seam [`EventStore`] and its local implementation (`vault.md` §13, DESIGN §8).
//!
//! One conformance suite (`tests/it/conformance.rs`) runs on every implementation.
//!
//! *Not* here: permissions, what a query means ([`crate::query`]), queues of sensors ([`crate::sink`]).

use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::time::Duration;

use async_trait::async_trait;
use medward_contract::event::{Event, Stream};
use medward_contract::vault::RecordRef;
use medward_kernel::Supervisor;

use crate::canonical::{EncodeError, Prepared, fit};
use crate::checkpoint::{CheckpointError, Checkpointer};
use crate::commit::{self, AppendError, Batch, Commits, Committed, Draft};
use crate::disk::LockGuard;
use crate::index::Position;
use crate::merkle::{Hash, NodeMissing};
use crate::open::Opened;
use crate::query::{Answer, Search};
use crate::read::{self, ReadError};
use crate::seal;
use crate::shared::Shared;

/// A record as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stored {
    /// Where it stands.
    pub at: RecordRef,
    /// Canonical bytes.
    pub bytes: Vec<u8>,
}

/// Why a store gave no answer.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Reading failed.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// A node of the tree is missing or wrong.
    #[error("prove: the tree's tiles are damaged")]
    Tree(#[from] NodeMissing),
    /// The work was ended.
    #[error("read the vault: the reader was ended")]
    Ended,
    /// A checkpoint could not be made.
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
}

/// Keeps records for ever, in order, provably.
#[async_trait]
pub trait EventStore: Send + Sync {
    /// Stores events in the given order as one unit and returns when they would survive a power cut. Events without
    /// `agent.id` and `event.sequence` are numbered under `lane`.
    async fn append(&self, drafts: Vec<Draft>, lane: Arc<str>) -> Result<Committed, AppendError>;

    /// Records of one stream from `first` on, at most `limit`, in order; fewer at the end.
    async fn read(&self, stream: Stream, first: u64, limit: usize) -> Result<Vec<Stored>, StoreError>;

    /// Records matching a query, newest first.
    async fn search(&self, search: Search) -> Result<Answer, StoreError>;

    /// Waits for records committed after `after` and gives at most `limit` with the place behind the last.
    async fn tail(&self, after: Position, limit: usize) -> Result<(Vec<Stored>, Position), StoreError>;

    /// The place behind the last record, to tail from.
    fn end(&self) -> Position;

    /// Records of a stream.
    fn size(&self, stream: Stream) -> u64;

    /// Root over the first `size` records of a stream.
    async fn root(&self, stream: Stream, size: u64) -> Result<Hash, StoreError>;

    /// Audit path of a record in the tree over the first `size` records; empty when it is not in it.
    async fn prove(&self, record: RecordRef, size: u64) -> Result<Vec<Hash>, StoreError>;
}

/// An event as a draft, cut to size. Refuses an event that has no canonical form.
pub fn draft_of(mut event: Event) -> Result<Draft, EncodeError> {
    fit(&mut event);
    Ok(Draft { stream: event.dataset.stream(), prepared: Prepared::new(&event)? })
}

/// The same of several.
pub fn drafts_of(events: Vec<Event>) -> Result<Vec<Draft>, EncodeError> {
    events.into_iter().map(draft_of).collect()
}

/// The vault on this machine's disk.
#[derive(Debug, Clone)]
pub struct LocalStore {
    shared: Arc<Shared>,
    commits: Commits,
    supervisor: Supervisor,
    checkpointer: Checkpointer,
    _lock: Arc<LockGuard>,
}

impl LocalStore {
    /// Starts the commit thread of an opened vault. `interval` is the longest a first event waits for company.
    pub fn start(opened: Opened, supervisor: &Supervisor, interval: Duration) -> Self {
        let Opened { shared, committer, sealer, key, lock } = opened;
        let commits = commit::start(committer, supervisor, interval);
        seal::start(shared.clone(), commits.clone(), sealer, supervisor);
        Self {
            checkpointer: Checkpointer::new(shared.clone(), key),
            commits,
            supervisor: supervisor.clone(),
            shared,
            _lock: Arc::new(lock),
        }
    }

    /// What readers see.
    pub fn shared(&self) -> &Arc<Shared> {
        &self.shared
    }

    /// The way to the commit thread.
    pub fn commits(&self) -> &Commits {
        &self.commits
    }

    /// The signer of checkpoints.
    pub fn checkpointer(&self) -> &Checkpointer {
        &self.checkpointer
    }

    /// Signs every stream that grew by `at_least` records, stream `vault` last, and puts the checkpoints on record.
    pub async fn checkpoint(&self, at_least: u64) -> Result<(), StoreError> {
        let checkpointer = self.checkpointer.clone();
        let events = self.blocking(move || checkpointer.make_all(at_least)).await??;
        if !events.is_empty() {
            self.append_own(events).await;
        }
        if self.checkpointer.behind(Stream::Vault) >= at_least.max(1) {
            self.checkpoint_stream(Stream::Vault).await?;
        }
        Ok(())
    }

    /// Signs one stream now and puts it on record.
    pub async fn checkpoint_stream(&self, stream: Stream) -> Result<(), StoreError> {
        let checkpointer = self.checkpointer.clone();
        let event = self.blocking(move || checkpointer.make(stream)).await??;
        self.append_own(vec![event]).await;
        Ok(())
    }

    /// Ends the vault cleanly: `closing` goes on record, every stream is signed to its end, the thread ends.
    pub async fn stop(&self, closing: Event) {
        self.append_own(vec![closing]).await;
        if let Err(error) = self.checkpoint(1).await {
            tracing::error!(%error, "no checkpoint at stop");
        }
        // The record of the last checkpoint of stream `vault` grew that stream once more: sign it without a record.
        let checkpointer = self.checkpointer.clone();
        if let Ok(Err(error)) = self.blocking(move || checkpointer.make(Stream::Vault).map(drop)).await {
            tracing::error!(%error, "no last checkpoint at stop");
        }
        self.commits.stop().await;
    }

    /// Stores events of the vault itself; a refusal is logged. Gives whether they are stored.
    pub async fn append_own(&self, events: Vec<Event>) -> bool {
        let lane: Arc<str> = commit::own_lane(&self.shared.node).into();
        let events = events.iter().map(|event| commit::with_node(event, &self.shared.node)).collect();
        let stored = match drafts_of(events) {
            Ok(drafts) => self.append(drafts, lane).await.map(drop).map_err(|error| error.to_string()),
            Err(error) => Err(error.to_string()),
        };
        if let Err(error) = &stored {
            tracing::error!(error, "events of the vault not stored");
        }
        stored.is_ok()
    }

    /// Runs work that reads files.
    pub async fn blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, StoreError> {
        self.supervisor.blocking(work).await.map_err(|error| {
            tracing::error!(%error, "reader of the vault ended");
            StoreError::Ended
        })
    }
}

#[async_trait]
impl EventStore for LocalStore {
    async fn append(&self, drafts: Vec<Draft>, lane: Arc<str>) -> Result<Committed, AppendError> {
        let (done, fate) = commit::awaited();
        self.commits.send(Batch { drafts: Arc::new(drafts), lane: Some(lane), done });
        fate.await.unwrap_or(Err(AppendError::Stopped))
    }

    async fn read(&self, stream: Stream, first: u64, limit: usize) -> Result<Vec<Stored>, StoreError> {
        let shared = self.shared.clone();
        Ok(self.blocking(move || read::range(&shared, stream, first, limit)).await??)
    }

    async fn search(&self, search: Search) -> Result<Answer, StoreError> {
        let shared = self.shared.clone();
        Ok(self.blocking(move || search.run(&shared)).await??)
    }

    async fn tail(&self, after: Position, limit: usize) -> Result<(Vec<Stored>, Position), StoreError> {
        let mut committed = self.shared.committed();
        // The sender lives in `shared`; an error would mean that the vault is gone.
        committed.wait_for(|end| *end > after).await.map_err(|_| StoreError::Ended)?;
        let shared = self.shared.clone();
        Ok(self.blocking(move || read::since(&shared, after, limit)).await??)
    }

    fn end(&self) -> Position {
        self.shared.index().end()
    }

    fn size(&self, stream: Stream) -> u64 {
        self.shared.size(stream)
    }

    async fn root(&self, stream: Stream, size: u64) -> Result<Hash, StoreError> {
        let shared = self.shared.clone();
        Ok(self.blocking(move || read::root(&shared, stream, size)).await??)
    }

    async fn prove(&self, record: RecordRef, size: u64) -> Result<Vec<Hash>, StoreError> {
        let shared = self.shared.clone();
        Ok(self.blocking(move || read::prove(&shared, record, size)).await??)
    }
}

/// Events that are not valid are sensor bugs: counted and named, once per call.
pub(crate) fn note_invalid(shared: &Shared, finding: &dyn std::fmt::Display) {
    shared.counters.invalid.fetch_add(1, Relaxed);
    tracing::error!(%finding, code = "VLT-0110", "event refused: a bug of the sensor");
}
