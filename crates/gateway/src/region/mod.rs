//! The region database (`gateway.region_database`): an MMDB file that the operator brings, read into memory, and read again when
//! it changes. None is built in.
//!
//! Invariant: a file that cannot be used never replaces one that can; what runs goes on with the last good one, and the status
//! says so.

mod asked;
mod mmdb;

use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use medward_contract::Timestamp;
use medward_kernel::capability::Check;
use medward_kernel::supervisor::{Stop, TaskError};
use medward_kernel::{Clock, Kit, Supervisor};
use medward_proxy::DataPath;

use asked::places_asked;
pub(crate) use asked::unanswered;
use mmdb::Mmdb;

use crate::compile::PolicyErrors;
use crate::model::Written;

/// A changed file is seen after this at the latest.
const LOOK: Duration = Duration::from_secs(5);

/// The region database of this node, or the place for one. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Regions(Arc<Inner>);

struct Inner {
    path: Option<PathBuf>,
    clock: Clock,
    supervisor: Supervisor,
    data_path: Arc<DataPath>,
    state: Mutex<State>,
}

/// By what a changed file is told.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
enum Seen {
    /// It was not looked at yet.
    #[default]
    Never,
    /// It was not there.
    Missing,
    /// Seconds and nanoseconds of its last change, and its bytes.
    At(i64, i64, u64),
}

/// The file as it was read last.
#[derive(Clone, Default)]
struct State {
    seen: Seen,
    in_force: Option<InForce>,
    complaint: Option<String>,
}

/// The database that countries are told by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct InForce {
    /// What it calls itself, `GeoLite2-City`.
    pub(crate) kind: String,
    /// When it was made.
    pub(crate) built_at: Timestamp,
    /// When it was read.
    pub(crate) read_at: Timestamp,
}

/// What is known of the file.
#[derive(Debug, Clone)]
pub(crate) struct RegionState {
    /// Its name, without the folder.
    pub(crate) file: String,
    /// The database that countries are told by, when there is one.
    pub(crate) in_force: Option<InForce>,
    /// Why the file as it stands is not in force.
    pub(crate) complaint: Option<String>,
}

impl Regions {
    pub(crate) fn new(path: Option<PathBuf>, kit: &Kit, data_path: Arc<DataPath>) -> Self {
        let (clock, supervisor) = (kit.clock.clone(), kit.supervisor.clone());
        Self(Arc::new(Inner { path, clock, supervisor, data_path, state: Mutex::default() }))
    }

    /// Whether the operator has named a file.
    pub(crate) fn is_configured(&self) -> bool {
        self.0.path.is_some()
    }

    /// Refuses what newly asks for the place of a client where no file is named. What asked before the file went can still be
    /// changed in other ways.
    pub(crate) fn answer(&self, before: &Written, after: &Written) -> Result<(), PolicyErrors> {
        if self.is_configured() {
            return Ok(());
        }
        let before = places_asked(before);
        let mut asked = places_asked(after);
        asked.retain(|asked| !before.contains(asked));
        if asked.is_empty() { Ok(()) } else { Err(PolicyErrors(asked)) }
    }

    /// What is known of the file, when one is named.
    pub(crate) fn state(&self) -> Option<RegionState> {
        let path = self.0.path.as_ref()?;
        let State { in_force, complaint, .. } = self.lock().clone();
        let file = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        Some(RegionState { file, in_force, complaint })
    }

    /// Degraded while the file as it stands is not in force.
    pub(crate) fn check(&self) -> Check {
        let this = self.clone();
        Check {
            name: "gateway.region_database",
            run: Arc::new(move || {
                let state = this.state();
                Box::pin(async move {
                    let Some(complaint) = state.as_ref().and_then(|state| state.complaint.as_ref()) else {
                        return Ok(());
                    };
                    let stays = state.as_ref().is_some_and(|state| state.in_force.is_some());
                    let meanwhile = if stays { "the last one stays in force" } else { "no country is known" };
                    Err(format!("the region database cannot be read, {meanwhile}: failed to {complaint}"))
                })
            }),
        }
    }

    /// Reads the file if it is new or has changed.
    pub(crate) async fn look(&self) {
        let Some(path) = self.0.path.clone() else { return };
        let this = self.clone();
        let looked = self.0.supervisor.blocking(move || this.look_at(&path)).await;
        if let Err(error) = looked {
            tracing::error!(%error, "the region database could not be looked at");
        }
    }

    /// Looks at the file until the program stops.
    pub(crate) async fn follow(&self, stop: Stop) -> Result<(), TaskError> {
        loop {
            tokio::select! {
                () = stop.running.cancelled() => return Ok(()),
                () = self.0.clock.sleep(LOOK) => {}
            }
            self.look().await;
        }
    }

    fn look_at(&self, path: &Path) {
        let meta = std::fs::metadata(path);
        let seen = meta.map_or(Seen::Missing, |meta| Seen::At(meta.mtime(), meta.mtime_nsec(), meta.len()));
        if self.lock().seen == seen {
            return;
        }
        let read = Mmdb::read(path);
        let mut state = self.lock();
        state.seen = seen;
        match read {
            Ok(mmdb) => {
                let (kind, built_at) = mmdb.made();
                tracing::info!(kind, "a region database is in force");
                state.in_force = Some(InForce { kind, built_at, read_at: self.0.clock.now() });
                state.complaint = None;
                self.0.data_path.atlas_swap(Some(Arc::new(mmdb)));
            }
            Err(error) => {
                tracing::error!(%error, "the region database cannot be read, the last one stays");
                state.complaint = Some(error.to_string());
            }
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
