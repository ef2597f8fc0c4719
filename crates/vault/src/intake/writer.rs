//! The way from a door into the store: frames in, durable records out, or no answer until there is room.

use std::sync::Arc;
use std::time::Duration;

use medward_intake::{Arrival, Frame, Profile, decode};
use medward_kernel::Supervisor;
use medward_kernel::supervisor::{Stop, TaskError};

use crate::commit::{self, AppendError, Batch, Draft};
use crate::metrics::IntakeMetrics;
use crate::store::{LocalStore, draft_of, note_invalid};

/// Frames that become events at once: a read full of one-byte lines would else become thirty times its size.
const FRAMES_AT_ONCE: usize = 512;
/// A full disk is asked again after this.
const ASK_AGAIN: Duration = Duration::from_secs(1);

/// The vault has stopped; what was offered is not stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Stopped;

/// Stores what came in through one door. Cheap to clone.
#[derive(Debug, Clone)]
pub(crate) struct Writer {
    store: LocalStore,
    supervisor: Supervisor,
    profile: Arc<Profile>,
    /// Under which the events are numbered.
    lane: Arc<str>,
    stop: Stop,
    door: &'static str,
    metrics: IntakeMetrics,
}

impl Writer {
    pub(crate) fn new(
        store: LocalStore,
        supervisor: &Supervisor,
        profile: Profile,
        door: &'static str,
        metrics: IntakeMetrics,
    ) -> Self {
        let lane = format!("{}/syslog", store.shared().node).into();
        let stop = supervisor.stop_signals().clone();
        Self { store, supervisor: supervisor.clone(), profile: Arc::new(profile), lane, stop, door, metrics }
    }

    pub(crate) const fn metrics(&self) -> &IntakeMetrics {
        &self.metrics
    }

    pub(crate) const fn store(&self) -> &LocalStore {
        &self.store
    }

    /// Returns when all of them would survive a power cut. Waits while the disk has no room, however long that is.
    pub(crate) async fn write(&self, mut frames: Vec<(Frame, Arrival)>) -> Result<(), Stopped> {
        while !frames.is_empty() {
            let rest = frames.split_off(frames.len().min(FRAMES_AT_ONCE));
            let drafts = self.drafts(frames).await.map_err(|error| {
                tracing::error!(error, "frames of other machines not decoded");
                Stopped
            })?;
            let count = drafts.len();
            self.append(Arc::new(drafts)).await?;
            self.metrics.stored(self.door, count);
            frames = rest;
        }
        Ok(())
    }

    /// On the pool: half a thousand frames take longer than a task may.
    async fn drafts(&self, frames: Vec<(Frame, Arrival)>) -> Result<Vec<Draft>, TaskError> {
        let (profile, shared) = (self.profile.clone(), self.store.shared().clone());
        let work = move || {
            let draft = |(frame, arrival): &(Frame, Arrival)| {
                let drafted = draft_of(decode(frame, arrival, &profile));
                drafted.inspect_err(|error| note_invalid(&shared, error)).ok()
            };
            frames.iter().filter_map(draft).collect()
        };
        self.supervisor.blocking(work).await
    }

    async fn append(&self, drafts: Arc<Vec<Draft>>) -> Result<(), Stopped> {
        let mut is_told = false;
        loop {
            let (done, fate) = commit::awaited();
            self.store.commits().send(Batch { drafts: drafts.clone(), lane: Some(self.lane.clone()), done });
            match fate.await.unwrap_or(Err(AppendError::Stopped)) {
                Ok(_) => return Ok(()),
                Err(AppendError::Stopped) => return Err(Stopped),
                Err(error @ AppendError::DiskFull(_)) => {
                    if !is_told {
                        tracing::warn!(%error, "senders of logs are kept waiting");
                        is_told = true;
                    }
                    tokio::select! {
                        () = self.stop.running.cancelled() => return Err(Stopped),
                        () = self.store.shared().clock.sleep(ASK_AGAIN) => {}
                    }
                }
            }
        }
    }
}
