//! An `EventSink` that keeps what it gets and lets tests wait for it.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use medward_contract::PortError;
use medward_contract::event::{Dataset, Event, Field};
use medward_contract::vault::{Ack, Durability, EventSink};
use tokio::sync::watch;

/// How long a test waits for something that must happen.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

pub(crate) struct Recorder {
    events: Mutex<Vec<Event>>,
    count: watch::Sender<usize>,
}

impl Recorder {
    pub(crate) fn new() -> Arc<Self> {
        Arc::new(Self { events: Mutex::default(), count: watch::Sender::new(0) })
    }

    pub(crate) fn all(&self) -> Vec<Event> {
        self.events.lock().unwrap().clone()
    }

    pub(crate) fn of(&self, dataset: Dataset) -> Vec<Event> {
        self.all().into_iter().filter(|event| event.dataset == dataset).collect()
    }

    /// Waits until there are `count` of this kind, and fails if there are more.
    pub(crate) async fn wait(&self, dataset: Dataset, count: usize) -> Vec<Event> {
        let mut changes = self.count.subscribe();
        let arrived = async {
            while self.of(dataset).len() < count {
                changes.changed().await.unwrap();
            }
        };
        let waited = tokio::time::timeout(PATIENCE, arrived).await;
        let events = self.of(dataset);
        assert!(waited.is_ok() && events.len() == count, "{count} {dataset} expected, got {events:#?}");
        events
    }

    /// Waits for exactly `count` `access.request` and gives their status and reason.
    pub(crate) async fn access(&self, count: usize) -> Vec<(i64, String)> {
        let events = self.wait(Dataset::AccessRequest, count).await;
        events
            .iter()
            .map(|event| {
                let reason = event.text(Field::EventReason).unwrap_or("").to_owned();
                (event.int(Field::HttpStatus).unwrap(), reason)
            })
            .collect()
    }
}

#[async_trait]
impl EventSink for Recorder {
    fn emit(&self, event: Event) {
        event.validate().expect("the gateway sends only events that the vault takes");
        let mut events = self.events.lock().unwrap();
        events.push(event);
        self.count.send_replace(events.len());
    }

    async fn append(&self, events: Vec<Event>, _: Durability) -> Result<Ack, PortError> {
        let stream = events[0].dataset.stream();
        let count = events.len() as u64;
        for event in events {
            self.emit(event);
        }
        Ok(Ack { stream, first_seq: Some(0), count })
    }
}
