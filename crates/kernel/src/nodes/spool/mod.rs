//! The disk spool of a remote node: events wait there, in order and numbered, until the house has them (`spec/guard.md`
//! §3). They survive `kill -9`, a power cut and days without the house.
//!
//! *Not* here: sending. A shipping task takes batches with [`Spool::next`], sends them, and calls
//! [`Spool::acknowledge`] with the highest number that the house has stored; after a failure it calls
//! [`Spool::rewind`]. Delivery is at least once: the house ignores numbers it knows.
//!
//! Invariants: numbers only rise, and are given once; only what is synced is handed out, so the house never knows a
//! number that a power cut takes back; whatever is lost becomes a `host.agent` event `gap` in the spool itself.

pub mod segment;

mod disk;
mod loss;
mod record;
mod recover;
mod state;
mod writer;

mod read;

use std::io;
use std::path::PathBuf;
use std::sync::{Arc, Condvar, Mutex};

use medward_contract::event::{Event, EventInvalid};
use tokio::sync::{oneshot, watch};

use self::disk::{Disk, LocalDisk, LockGuard};
use self::loss::Reason;
use self::record::Sender;
use self::segment::SEGMENT_BYTES;
use self::state::{Shared, State, Waiter};
use self::writer::Writer;
use crate::clock::Clock;
use crate::supervisor::Supervisor;

/// Events the ring holds between senders and disk (`spec/gateway.md`, delivery).
const RING_EVENTS: usize = 65_536;
/// However small the cap, a segment holds a batch with its longest event.
const SMALLEST_SEGMENT_BYTES: u64 = 512 * 1024;

/// One lane of a node.
#[derive(Debug, Clone)]
pub struct SpoolSettings {
    /// Where its segments are; nothing else may be there. Made when missing.
    pub directory: PathBuf,
    /// `agent.id` of this lane; the alert lane's ends in `.a`.
    pub agent: String,
    /// The oldest segment is dropped when all together would pass this size.
    pub cap_bytes: u64,
}

/// Why a spool could not be opened, or did not take events.
#[derive(Debug, thiserror::Error)]
pub enum SpoolError {
    /// The directory cannot be made, read or locked; with `WouldBlock`, another process has it.
    #[error("open event spool {directory}")]
    Open {
        /// The directory.
        directory: PathBuf,
        /// What the operating system said.
        #[source]
        source: io::Error,
    },
    /// An event misses what its kind must have; none was taken.
    #[error("spool events")]
    Invalid(#[source] EventInvalid),
    /// The ring has no room for all of them; none was taken.
    #[error("spool events: ring full")]
    Full,
    /// The disk refused. The events stay in memory and are written when it takes them again.
    #[error("spool events: disk refused: {0}")]
    Refused(io::ErrorKind),
    /// The spool is closed.
    #[error("spool events: spool closed")]
    Closed,
}

/// How full a spool is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fill {
    /// Events in the ring, not on disk yet.
    pub queued: usize,
    /// Events on disk that the house has not acknowledged.
    pub events: u64,
    /// Bytes of all segments.
    pub bytes: u64,
    /// The most there may be.
    pub cap_bytes: u64,
    /// Events lost since the start.
    pub lost: u64,
    /// Number of the oldest event that is not acknowledged.
    pub first: Option<u64>,
    /// Last number written: a crash of the program loses nothing up to it.
    pub last: u64,
    /// Last number synced: a power cut loses nothing up to it.
    pub synced: u64,
    /// The disk refuses writes; events wait in memory.
    pub refusing: bool,
}

/// Events to be sent, with consecutive numbers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Batch {
    /// Number of the first event.
    pub first: u64,
    /// Number of the last event.
    pub last: u64,
    /// How many.
    pub count: usize,
    /// One event in JSON per line, each with a line feed.
    pub lines: Vec<u8>,
}

#[derive(Debug, Clone, Copy)]
struct Limits {
    cap_bytes: u64,
    segment_bytes: usize,
    ring_events: usize,
}

/// The spool of one lane. Clones share it.
#[derive(Debug, Clone)]
pub struct Spool {
    shared: Arc<Shared>,
    supervisor: Supervisor,
}

/// The number of a lane in segment headers: 1 for alerts, whose agent id ends in `.a`.
fn lane_of(agent: &str) -> u16 {
    u16::from(agent.strip_suffix(".a").is_some())
}

impl Spool {
    /// Opens what an earlier run left and starts the writer thread, named `name`. `node_name` is the `host.name` of
    /// events without one. Reads the whole spool once.
    pub fn open(
        name: &str,
        settings: SpoolSettings,
        node_name: &str,
        clock: Clock,
        supervisor: &Supervisor,
    ) -> Result<Self, SpoolError> {
        let segment_bytes = SEGMENT_BYTES.min((settings.cap_bytes / 4).max(SMALLEST_SEGMENT_BYTES));
        let limits = Limits {
            cap_bytes: settings.cap_bytes,
            segment_bytes: usize::try_from(segment_bytes).unwrap_or(usize::MAX),
            ring_events: RING_EVENTS,
        };
        let sender = Sender { agent: settings.agent, host: node_name.to_owned() };
        Self::open_on(Arc::new(LocalDisk), settings.directory.clone(), limits, name, sender, clock, supervisor)
            .map_err(|source| SpoolError::Open { directory: settings.directory, source })
    }

    fn open_on(
        disk: Arc<dyn Disk>,
        directory: PathBuf,
        limits: Limits,
        name: &str,
        sender: Sender,
        clock: Clock,
        supervisor: &Supervisor,
    ) -> io::Result<Self> {
        disk.create_dir_all(&directory)?;
        let lock: LockGuard = disk.lock(&directory.join("lock"))?;
        let found = recover::recover(&*disk, &directory, lane_of(&sender.agent), clock.now())?;
        if let Some(newest) = found.segments.back() {
            // A torn tail goes; and what a killed process wrote without syncing may now be handed out.
            let mut file = disk.open(&directory.join(state::file_name(newest.file)))?;
            file.set_len(newest.bytes)?;
            file.sync()?;
        }
        let shared = Arc::new(Shared {
            disk,
            directory,
            limits,
            sender,
            clock,
            synced: watch::Sender::new(found.next),
            state: Mutex::new(State::new(found)),
            wake_up: Condvar::new(),
            ended: watch::Sender::new(false),
        });
        let (writer, ending) = (Writer::new(shared.clone()), shared.clone());
        supervisor.thread(name, move || {
            writer.run();
            // Who was told that the spool is closed can open it again.
            drop(lock);
            ending.ended.send_replace(true);
            Ok(())
        });
        Ok(Self { shared, supervisor: supervisor.clone() })
    }

    /// Queues an event; never waits for a disk. What does not fit into the ring is counted and put on record.
    pub fn push(&self, event: Event) {
        let mut state = self.shared.lock();
        if state.queue.len() >= self.shared.limits.ring_events || state.closing {
            state.losses.add(Reason::RingOverflow, 1, event.timestamp, event.timestamp);
            return;
        }
        state.entered += 1;
        state.queue.push_back(event);
        drop(state);
        self.shared.wake_up.notify_one();
    }

    /// Queues all events and returns when they are synced, or why they are not.
    pub async fn push_durable(&self, events: Vec<Event>) -> Result<(), SpoolError> {
        for event in &events {
            event.validate().map_err(SpoolError::Invalid)?;
        }
        let (told, answer) = oneshot::channel();
        {
            let mut state = self.shared.lock();
            if state.closing {
                return Err(SpoolError::Closed);
            }
            if state.queue.len() + events.len() > self.shared.limits.ring_events {
                return Err(SpoolError::Full);
            }
            state.entered += events.len() as u64;
            state.queue.extend(events);
            let through = state.entered;
            state.waiters.push(Waiter { through, told });
            state.urgent = true;
        }
        self.shared.wake_up.notify_one();
        answer.await.unwrap_or(Err(SpoolError::Closed))
    }

    /// The house has everything up to this number: whole segments up to it are removed, the newest excepted.
    ///
    /// A number that was never given here means that the house ignores what it is sent: later events get higher numbers.
    pub fn acknowledge(&self, through: u64) {
        let mut state = self.shared.lock();
        state.acknowledge(through, self.shared.clock.now());
        state.urgent = true;
        drop(state);
        self.shared.wake_up.notify_one();
    }

    /// [`next`](Self::next) begins again with the oldest event that is not acknowledged.
    pub fn rewind(&self) {
        self.shared.lock().rewind();
        // Wakes a reader that waits for new events.
        self.shared.synced.send_modify(|_| {});
    }

    /// How full it is.
    pub fn fill(&self) -> Fill {
        self.shared.lock().fill(self.shared.limits.cap_bytes)
    }

    /// Takes no more events. When it returns, everything queued is on disk, unless the disk refuses it, which is logged.
    pub async fn close(&self) {
        self.shared.lock().closing = true;
        self.shared.wake_up.notify_all();
        // An error means that the writer is gone, which is what is waited for.
        drop(self.shared.ended.subscribe().wait_for(|ended| *ended).await);
    }
}

#[cfg(test)]
mod tests;
