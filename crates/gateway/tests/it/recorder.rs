//! The vault as the gateway sees it: keeps the events it gets, lets tests wait for them, and reads them back in pages. That
//! the real one answers the same is shown by the end-to-end tests.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use medward_contract::event::{Dataset, Event, Field};
use medward_contract::vault::{
    Ack, Counts, Durability, EventSink, Grouping, LogQuery, Page, Proof, Record, RecordRef, Window,
};
use medward_contract::{PortError, Timestamp};
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

    /// Waits until so many requests were refused with this status for this reason, and fails if there are more.
    pub(crate) async fn refused(&self, status: i64, reason: &str, count: usize) {
        let mut changes = self.count.subscribe();
        let is_one = |event: &&Event| {
            event.int(Field::HttpStatus) == Some(status) && event.text(Field::EventReason) == Some(reason)
        };
        let refused = || self.events.lock().unwrap().iter().filter(is_one).count();
        let arrived = async {
            while refused() < count {
                changes.changed().await.unwrap();
            }
        };
        let waited = tokio::time::timeout(PATIENCE, arrived).await;
        assert!(waited.is_ok() && refused() == count, "{} refused with {status} {reason}", refused());
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

/// Rows of a page: few, so that a report has to turn it.
const PAGE_ROWS: usize = 2;

#[async_trait]
impl LogQuery for Recorder {
    async fn query(&self, query: &str, window: Window, cursor: Option<String>) -> Result<Page, PortError> {
        let wanted = |event: &Event| {
            let inside = window.from <= event.timestamp && event.timestamp < window.to;
            inside
                && query.split(' ').all(|filter| match filter.split_once(':').unwrap() {
                    ("stream", stream) => event.dataset.stream().to_string() == stream,
                    ("event.action", action) => event.action == action,
                    other => panic!("the recorder does not know {other:?}"),
                })
        };
        let before = cursor.map_or(usize::MAX, |cursor| cursor.parse().unwrap());
        let events = self.all();
        let matching = events.iter().enumerate().rev().filter(|(at, event)| *at < before && wanted(event));
        let rows: Vec<_> = matching.take(PAGE_ROWS).map(|(at, event)| record(at, event.clone())).collect();
        let next_cursor = rows.get(PAGE_ROWS - 1).map(|last| last.at.seq.to_string());
        Ok(Page { rows, complete: true, next_cursor })
    }

    async fn count(&self, _: &str, _: &str, _: Window, _: &[Grouping<'_>]) -> Result<Counts, PortError> {
        Err(PortError::Unavailable("the vault"))
    }

    async fn last_seen(&self, _: &str) -> Result<Option<Timestamp>, PortError> {
        Ok(None)
    }

    async fn prove(&self, _: RecordRef) -> Result<Proof, PortError> {
        Err(PortError::Unavailable("the vault"))
    }
}

fn record(at: usize, event: Event) -> Record {
    Record { at: RecordRef { stream: event.dataset.stream(), seq: at as u64 }, ingested: event.timestamp, event }
}
