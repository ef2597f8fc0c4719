//! Hints that freshen console pages. They carry no content and may be dropped: permission is checked on refetch.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use serde::Serialize;
use tokio::sync::broadcast;

/// Hints kept for slow readers; who falls further behind is told to reload.
const RING: usize = 4096;

/// "Something about this topic changed."
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Hint {
    /// Number of this hint on this node, from 1.
    pub number: u64,
    /// Topic, `gateway.object`.
    pub topic: &'static str,
    /// What changed.
    pub id: String,
    /// `create`, `update` or `remove`.
    pub op: &'static str,
}

/// Broadcasts hints. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Hub {
    sender: broadcast::Sender<Hint>,
    number: Arc<AtomicU64>,
}

impl Default for Hub {
    fn default() -> Self {
        Self { sender: broadcast::Sender::new(RING), number: Arc::default() }
    }
}

impl Hub {
    /// Tells every open page; nobody listening is fine.
    pub fn send(&self, topic: &'static str, id: impl Into<String>, op: &'static str) {
        let number = self.number.fetch_add(1, Ordering::Relaxed) + 1;
        // An error only says that no page is open.
        drop(self.sender.send(Hint { number, topic, id: id.into(), op }));
    }

    /// Hints from now on.
    pub fn subscribe(&self) -> broadcast::Receiver<Hint> {
        self.sender.subscribe()
    }
}
