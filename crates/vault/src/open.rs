//! Opening a vault: directories, lock, identity, key, recovery, and what is said about it on the record.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use medward_contract::Severity;
use medward_contract::event::{Dataset, Event, Outcome, Stream};
use medward_kernel::Clock;

use crate::commit::{Committer, Fatal, gap_event};
use crate::disk::{Disk, LockGuard};
use crate::keys::{self, IdentityError};
use crate::layout::Layout;
use crate::note::SigningKey;
use crate::recover::{Access, Loss, RecoverError, Recovered, recover};
use crate::seal::LogLimits;
use crate::sealed::Sealed;
use crate::shared::Shared;
use crate::streams::StreamSet;
use crate::tiles;

/// How to open a vault.
#[derive(Debug, Clone)]
pub struct OpenOptions {
    /// Its directory.
    pub directory: PathBuf,
    /// Name of this node in the vault's own events.
    pub node: String,
    /// Site id in every checkpoint; must be that of an existing vault. `None` leaves it as it is.
    pub site_id: Option<String>,
    /// Site id of a new vault when `site_id` says nothing; `None` draws one.
    pub new_site_id: Option<String>,
    /// Bytes of `reserve.bin`; `None` is 5 % of the file system, at most 2 GiB.
    pub reserve_bytes: Option<u64>,
    /// Files of the log roll at this size; `vault.md` §4 says [`ROLL_BYTES`](crate::wal::ROLL_BYTES).
    pub roll_bytes: u64,
    /// How long the log may be before its oldest files are emptied into segments.
    pub log_limits: LogLimits,
}

/// Why a vault cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// A directory cannot be made.
    #[error("make {path}")]
    Directory {
        /// The directory.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// Another process writes to it.
    #[error("lock {path}: another Medward is running on this vault")]
    Locked {
        /// The lock file.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// Its identity or key does not read.
    #[error(transparent)]
    Identity(#[from] IdentityError),
    /// Its files do not read.
    #[error(transparent)]
    Recover(#[from] RecoverError),
    /// Its log cannot be written.
    #[error(transparent)]
    Fatal(#[from] Fatal),
}

/// A vault opened for writing, before its thread runs.
pub struct Opened {
    /// What all see.
    pub shared: Arc<Shared>,
    /// The writer.
    pub committer: Committer,
    /// Reads the log into segments.
    pub sealer: SealerStart,
    /// The signing key.
    pub key: SigningKey,
    /// Held while the vault is open.
    pub lock: LockGuard,
}

/// What the sealer begins with.
#[derive(Debug, Clone)]
pub struct SealerStart {
    /// Where the log begins.
    pub sealed: Sealed,
    /// How long the log may be.
    pub limits: LogLimits,
    /// Streams whose records are not those that were signed.
    pub disagreeing: StreamSet,
}

/// Opens the vault, or makes a new one. What recovery found is put on record with the first group.
pub fn open(disk: Arc<dyn Disk>, clock: Clock, options: &OpenOptions) -> Result<Opened, OpenError> {
    let layout = Layout::new(&options.directory);
    make_directories(&*disk, &layout)?;
    let lock = disk.lock(&layout.lock()).map_err(|source| OpenError::Locked { path: layout.lock(), source })?;
    let identity = keys::open_identity(&*disk, &layout, options.site_id.as_deref(), options.new_site_id.as_deref())?;
    let key = keys::open_key(&*disk, &layout, &identity)?;
    let mut recovered = recover(&*disk, &layout, &identity, Access::Write)?;
    tracing::info!(
        records = recovered.records,
        streams = Stream::ALL.len(),
        site = identity.site_id,
        "vault recovered"
    );
    let (index, trees, newest) = (
        std::mem::take(&mut recovered.index),
        std::mem::take(&mut recovered.trees),
        std::mem::take(&mut recovered.newest),
    );
    for (stream, newest) in newest.iter() {
        if let Some(newest) = newest {
            tiles::restore_newest(&*disk, &layout, stream, &newest.note);
        }
    }
    let shared = Arc::new(Shared::new((layout, disk, clock), identity, &options.node, index, trees, newest));
    let mut committer = Committer::open(shared.clone(), &mut recovered, options)?;
    for event in findings(&shared, &recovered) {
        committer.note(event);
    }
    let disagreeing = recovered.disagreeing.iter().fold(StreamSet::EMPTY, |set, stream| set.with(*stream));
    let sealer = SealerStart { sealed: std::mem::take(&mut recovered.sealed), limits: options.log_limits, disagreeing };
    Ok(Opened { shared, committer, sealer, key, lock })
}

/// Opens a vault to read: nothing on disk is changed, and a running Medward is not disturbed.
pub fn open_read_only(disk: Arc<dyn Disk>, clock: Clock, directory: &Path) -> Result<Shared, OpenError> {
    let layout = Layout::new(directory);
    let identity = keys::read_identity(&*disk, &layout)?;
    let mut found = recover(&*disk, &layout, &identity, Access::Read)?;
    let (index, trees, newest) =
        (std::mem::take(&mut found.index), std::mem::take(&mut found.trees), std::mem::take(&mut found.newest));
    Ok(Shared::new((layout, disk, clock), identity, "", index, trees, newest))
}

fn make_directories(disk: &dyn Disk, layout: &Layout) -> Result<(), OpenError> {
    for name in ["wal", "seg", "tlog", "ckpt", "keys", "quarantine", "spool"] {
        let path = layout.root().join(name);
        disk.create_dir_all(&path).map_err(|source| OpenError::Directory { path, source })?;
    }
    let path = layout.root().to_owned();
    disk.sync_dir(&path).map_err(|source| OpenError::Directory { path, source })
}

/// What recovery found, as records.
fn findings(shared: &Shared, recovered: &Recovered) -> Vec<Event> {
    let now = shared.clock.now();
    let mut events = Vec::new();
    for Loss { file, ranges } in &recovered.losses {
        let file_name = format!("{file:016x}.wal");
        tracing::error!(
            code = "VLT-0103",
            file = file_name,
            ranges = ranges.len(),
            "damaged write-ahead log; kept in quarantine"
        );
        for (stream, first, last) in ranges {
            let event = gap_event(now, ("vault.file", file_name.clone()), *first, *last);
            events.push(event.severity(Severity::Critical).attr("vault.stream", stream.as_str()));
        }
        if ranges.is_empty() {
            events.push(gap_event(now, ("vault.file", file_name), 0, 0).severity(Severity::Critical));
        }
    }
    for stream in &recovered.disagreeing {
        tracing::error!(
            code = "VLT-0104",
            stream = stream.as_str(),
            "records do not give the root of the newest checkpoint"
        );
        events.push(
            Event::new(Dataset::VaultVerify, "verify", now)
                .outcome(Outcome::Failure)
                .severity(Severity::Critical)
                .attr("vault.stream", stream.as_str())
                .attr("vault.result", "CHANGED"),
        );
    }
    events
}
