//! Port `EventSink` on a node: two spools, so that a flood of access records cannot push out what was decided.

use std::path::Path;

use async_trait::async_trait;
use medward_contract::PortError;
use medward_contract::event::{Dataset, Event};
use medward_contract::vault::{Ack, Durability, EventSink};

use super::NodeIdentity;
use super::spool::{Spool, SpoolError, SpoolSettings};
use crate::config::SizeText;
use crate::{Clock, Supervisor};

/// Share of the spool that is kept for what is no access record, one part in this many.
const ALERT_SHARE: u64 = 8;

/// The lanes of a node. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Lanes {
    /// Access records.
    log: Spool,
    /// Everything else.
    alert: Spool,
}

impl Lanes {
    pub(crate) fn open(
        folder: &Path,
        bytes: SizeText,
        node: &NodeIdentity,
        clock: &Clock,
        supervisor: &Supervisor,
    ) -> Result<Self, SpoolError> {
        let alert_bytes = bytes.0 / ALERT_SHARE;
        // Below its id: what an earlier enrolment left bears numbers of somebody else.
        let folder = folder.join(node.id.to_string());
        let open = |lane: &str, agent: String, cap_bytes| {
            let settings = SpoolSettings { directory: folder.join(lane), agent, cap_bytes };
            Spool::open(&format!("nodes.spool.{lane}"), settings, &node.name, clock.clone(), supervisor)
        };
        let log = open("log", node.id.to_string(), bytes.0 - alert_bytes)?;
        Ok(Self { log, alert: open("alert", format!("{}.a", node.id), alert_bytes)? })
    }

    pub(super) fn each(&self) -> [(&'static str, &Spool); 2] {
        [("alert", &self.alert), ("log", &self.log)]
    }

    fn of(&self, event: &Event) -> &Spool {
        if event.dataset == Dataset::AccessRequest { &self.log } else { &self.alert }
    }

    /// Takes no more events; everything queued is on disk when it returns.
    pub(crate) async fn close(&self) {
        self.log.close().await;
        self.alert.close().await;
    }
}

/// The sink of a node.
pub(crate) struct NodeSink(pub(crate) Lanes);

#[async_trait]
impl EventSink for NodeSink {
    fn emit(&self, event: Event) {
        self.0.of(&event).push(event);
    }

    async fn append(&self, events: Vec<Event>, durability: Durability) -> Result<Ack, PortError> {
        let Some(first) = events.first() else { return Err(PortError::Unavailable("a batch without events")) };
        let (stream, count) = (first.dataset.stream(), events.len() as u64);
        if durability == Durability::Queued {
            for event in events {
                self.emit(event);
            }
            return Ok(Ack { stream, first_seq: None, count });
        }
        let spool = self.0.of(first).clone();
        spool.push_durable(events).await.map_err(|_| PortError::Unavailable("the spool of this node"))?;
        Ok(Ack { stream, first_seq: None, count })
    }
}
