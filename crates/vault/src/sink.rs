//! Port `EventSink`: how sensors hand events over without waiting for a disk.
//!
//! ```text
//! emit -> queue (8,192, memory) -> feeder thread -> commit thread
//!                                       |  ^
//!                     disk slow or full v  | when it accepts again, in order
//!                                      spool files
//! ```
//!
//! Two lanes with a queue, a feeder and a spool each: one for streams that a nearly full disk still takes, one for the
//! others, so that the first need not wait behind the second. A third lane, without queue, numbers durable appends.
//!
//! *Not* here: intake from other machines.
//!
//! Invariants: `emit` never blocks on a disk; an event that cannot be kept is counted and the count becomes a
//! `vault.dropped` record; within a lane order is kept, because a later number stored first would make the earlier
//! ones look sent before.

mod lane;
mod spool;

use std::sync::Arc;

use async_trait::async_trait;
use medward_contract::PortError;
use medward_contract::event::{Event, Field};
use medward_contract::vault::{Ack, Durability, EventSink};
use medward_kernel::Supervisor;

use crate::commit::{AppendError, GROUP_RECORDS};
use crate::store::{EventStore as _, LocalStore, drafts_of, note_invalid};
use crate::streams::VITAL;
use lane::Lane;
use spool::Spool;

pub use lane::QUEUE_EVENTS;

/// The sink of this node.
#[derive(Debug, Clone)]
pub struct Sink {
    store: LocalStore,
    ordinary: Arc<Lane>,
    vital: Arc<Lane>,
    durable: Arc<str>,
}

impl Sink {
    /// Starts the feeders. `high` gives the highest number an agent has in the vault; `spool_bytes` bounds each spool.
    pub fn start(store: LocalStore, supervisor: &Supervisor, high: &dyn Fn(&str) -> u64, spool_bytes: u64) -> Self {
        let shared = store.shared().clone();
        let start = |name: &'static str, agent: String| {
            let spool = Spool::open(shared.disk.clone(), shared.layout.spool_dir(), name, spool_bytes);
            let next = high(&agent).max(spool.highest_sequence()) + 1;
            let lane = Arc::new(Lane::new(&agent, shared.clone()));
            lane::start(lane.clone(), name, spool, next, store.commits().clone(), supervisor);
            lane
        };
        let node = shared.node.clone();
        let (ordinary, vital) = (start("ordinary", node.clone()), start("vital", format!("{node}/vital")));
        Self { ordinary, vital, durable: format!("{node}/durable").into(), store }
    }

    /// Agent ids this sink numbers events under, on a node of this name.
    pub fn agents(node: &str) -> [String; 2] {
        [node.to_owned(), format!("{node}/vital")]
    }

    /// Takes no more events and waits until the queues are stored or spooled.
    pub async fn close(&self) {
        self.ordinary.close().await;
        self.vital.close().await;
    }

    fn prepare(&self, mut event: Event) -> Result<Event, PortError> {
        if let Err(invalid) = event.validate() {
            note_invalid(self.store.shared(), &invalid);
            return Err(PortError::Refused { code: crate::codes::EVENT_INVALID.code });
        }
        event.fields.insert_absent(Field::HostName, || self.store.shared().node.as_str().into());
        Ok(event)
    }
}

#[async_trait]
impl EventSink for Sink {
    fn emit(&self, event: Event) {
        let lane = if VITAL.contains(event.dataset.stream()) { &self.vital } else { &self.ordinary };
        lane.emit(event);
    }

    async fn append(&self, events: Vec<Event>, durability: Durability) -> Result<Ack, PortError> {
        let Some(stream) = events.first().map(|event| event.dataset.stream()) else {
            return Err(PortError::Refused { code: crate::codes::EVENT_INVALID.code });
        };
        let is_one_stream = events.iter().all(|event| event.dataset.stream() == stream);
        let count = events.len() as u64;
        if durability == Durability::Queued {
            for event in events {
                self.emit(event);
            }
            return Ok(Ack { stream, first_seq: None, count });
        }
        let events = events.into_iter().map(|event| self.prepare(event)).collect::<Result<Vec<_>, _>>()?;
        let mut drafts = drafts_of(events).map_err(|error| {
            note_invalid(self.store.shared(), &error);
            PortError::Refused { code: crate::codes::EVENT_INVALID.code }
        })?;
        let mut first_seq = None;
        while !drafts.is_empty() {
            let rest = drafts.split_off(drafts.len().min(GROUP_RECORDS));
            let committed = self.store.append(drafts, self.durable.clone()).await.map_err(port_error)?;
            first_seq = first_seq.or(committed.first_seq);
            drafts = rest;
        }
        let first_seq = first_seq.filter(|_| is_one_stream);
        Ok(Ack { stream, first_seq, count })
    }
}

const fn port_error(error: AppendError) -> PortError {
    PortError::Unavailable(match error {
        AppendError::DiskFull(_) => "the vault: its disk is full (VLT-0105)",
        AppendError::Stopped => "the vault: it has stopped (VLT-0102)",
    })
}

#[cfg(test)]
mod tests;
