//! Makes checkpoints: signs size and root of each stream that grew, keeps the note, puts it on record (`vault.md` §6).
//!
//! Invariant: a note covers committed records only, and stands on disk before the record that names it.

use std::io;
use std::sync::{Arc, Mutex, PoisonError};

use data_encoding::HEXLOWER;
use medward_contract::event::{Dataset, Event, Stream};

use crate::note::{Checkpoint, NoteError, SigningKey};
use crate::recover::Newest;
use crate::shared::Shared;
use crate::tiles;

/// A stream that grew by this many records gets a checkpoint before its minute is over.
pub const CHECKPOINT_RECORDS: u64 = 10_000;

/// Why a checkpoint was not made.
#[derive(Debug, thiserror::Error)]
pub enum CheckpointError {
    /// The note cannot be kept.
    #[error("keep checkpoint of {stream}")]
    Keep {
        /// The stream.
        stream: Stream,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// Our own note does not read.
    #[error("sign checkpoint")]
    Sign(#[from] NoteError),
}

/// Signs for one site.
#[derive(Debug, Clone)]
pub struct Checkpointer {
    shared: Arc<Shared>,
    key: Arc<SigningKey>,
    /// One at a time: a proof may ask for a checkpoint while the keeper makes one.
    making: Arc<Mutex<()>>,
}

impl Checkpointer {
    /// A checkpointer of an open vault.
    pub fn new(shared: Arc<Shared>, key: SigningKey) -> Self {
        Self { shared, key: Arc::new(key), making: Arc::default() }
    }

    /// The key, to print and to serve.
    pub fn verifier(&self) -> crate::note::VerifierKey {
        self.key.verifier()
    }

    /// Records since the stream's last checkpoint.
    pub fn behind(&self, stream: Stream) -> u64 {
        let signed = self.shared.newest(stream).map_or(0, |newest| newest.checkpoint.size);
        self.shared.size(stream).saturating_sub(signed)
    }

    /// Checkpoints of all streams but `vault` that grew by `at_least`; their records are for the caller to append.
    pub fn make_all(&self, at_least: u64) -> Result<Vec<Event>, CheckpointError> {
        let grown = Stream::ALL
            .into_iter()
            .filter(|stream| *stream != Stream::Vault && self.behind(*stream) >= at_least.max(1));
        grown.map(|stream| self.make(stream)).collect()
    }

    /// A checkpoint of one stream now; gives the event that puts it on record.
    pub fn make(&self, stream: Stream) -> Result<Event, CheckpointError> {
        let _alone = self.making.lock().unwrap_or_else(PoisonError::into_inner);
        let shared = &self.shared;
        let tree = shared.tree(stream);
        let (size, root) = (tree.size(), tree.root());
        let note = self.key.sign(stream, size, &root);
        tiles::store_partial(&*shared.disk, &shared.layout, stream, &tree);
        tiles::store_note(&*shared.disk, &shared.layout, stream, size, &note)
            .map_err(|source| CheckpointError::Keep { stream, source })?;
        let checkpoint = Checkpoint::parse(&note)?;
        let event = Event::new(Dataset::VaultCheckpoint, "checkpoint", shared.clock.now())
            .attr("vault.stream", stream.as_str())
            .attr("vault.size", size)
            .attr("vault.root", HEXLOWER.encode(&root))
            .attr("vault.key_id", HEXLOWER.encode(&self.key.verifier().for_stream(stream).key_id()));
        shared.set_newest(stream, Newest { note, checkpoint, at: Some(shared.clock.now()) });
        Ok(event)
    }
}
