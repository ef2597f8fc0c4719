use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use medward_contract::PortError;
use medward_contract::event::Event;
use medward_contract::vault::{Ack, Durability, EventSink};
use medward_store::store_test;

use super::*;
use crate::clock::ManualClock;
use crate::ports::Port;

/// Collects events as the vault would; refuses while `down`.
#[derive(Default)]
struct Recorder {
    events: Mutex<Vec<Event>>,
    down: AtomicBool,
}

#[async_trait]
impl EventSink for Recorder {
    fn emit(&self, event: Event) {
        self.events.lock().unwrap().push(event);
    }

    async fn append(&self, events: Vec<Event>, _: Durability) -> Result<Ack, PortError> {
        if self.down.load(Ordering::SeqCst) {
            return Err(PortError::Unavailable("the recorder"));
        }
        let count = events.len() as u64;
        for event in &events {
            event.validate().unwrap();
        }
        self.events.lock().unwrap().extend(events);
        Ok(Ack { stream: medward_contract::event::Stream::Admin, first_seq: None, count })
    }
}

async fn audit(db: &Db) -> (Audit, ManualClock) {
    let (clock, handle) = Clock::manual(Timestamp::from_micros(1_795_000_000_000_000));
    db.migrate("kernel", crate::house::KERNEL_MIGRATIONS, 0).await.unwrap();
    (Audit::new(db.clone(), clock), handle)
}

fn intent() -> Intent {
    Intent {
        action: AuditAction::new("gateway_object", "update"),
        who: None,
        source_ip: "10.0.0.1".into(),
        request_id: "r-1".into(),
        object_id: "portal".into(),
    }
}

async fn outcomes(audit: &Audit) -> Vec<String> {
    audit.list(None, 10).await.unwrap().into_iter().map(|entry| entry.outcome).collect()
}

#[store_test]
async fn finish_stands_or_falls_with_the_change(db: Db) {
    let (audit, _clock) = audit(&db).await;
    let begun = audit.begin(intent()).await.unwrap();
    let rolled_back = db
        .write(|tx| {
            let begun = begun.clone();
            Box::pin(async move {
                begun.finish_in(tx, "portal", "").await?;
                Err::<(), StoreError>(StoreError::StatementFailedBefore)
            })
        })
        .await;
    assert!(rolled_back.is_err());
    assert_eq!(outcomes(&audit).await, ["begun"]);
    db.write(|tx| {
        let begun = begun.clone();
        Box::pin(async move { begun.finish_in(tx, "portal", "mode: block").await })
    })
    .await
    .unwrap();
    assert_eq!(outcomes(&audit).await, ["success"]);
    assert!(begun.finish(false, None, "again").await.is_err(), "a second finish is refused");
}

#[store_test]
async fn stale_begin_becomes_timeout_and_a_fresh_one_does_not(db: Db) {
    let (audit, clock) = audit(&db).await;
    audit.begin(intent()).await.unwrap();
    clock.advance(Duration::from_secs(10 * 60));
    audit.begin(intent()).await.unwrap();
    clock.advance(Duration::from_secs(6 * 60));
    assert_eq!(audit.expire_stale().await.unwrap(), 1);
    assert_eq!(outcomes(&audit).await, ["begun", "timeout"]);
}

#[store_test]
async fn finished_change_becomes_exactly_one_event_even_when_the_vault_was_away(db: Db) {
    let (audit, _clock) = audit(&db).await;
    let sink = Arc::new(Recorder::default());
    let port: Port<dyn EventSink> = Port::filled(sink.clone());
    db.write(|tx| Box::pin(async move { medward_store::outbox_subscribe(tx, "kernel-audit", &[AUDITED]).await }))
        .await
        .unwrap();
    audit.begin(intent()).await.unwrap().finish(true, Some("portal"), "").await.unwrap();
    sink.down.store(true, Ordering::SeqCst);
    assert!(ship::ship_due(&db, &audit.clock, &port).await.is_err());
    sink.down.store(false, Ordering::SeqCst);
    assert_eq!(ship::ship_due(&db, &audit.clock, &port).await.unwrap(), 1);
    assert_eq!(ship::ship_due(&db, &audit.clock, &port).await.unwrap(), 0);
    let events = sink.events.lock().unwrap().clone();
    assert_eq!(events.len(), 1);
    assert_eq!(events[0].int(Field::EventSequence), Some(1));
    assert_eq!(events[0].attrs["object.id"], "portal");
}

#[store_test]
async fn change_is_refused_when_begin_cannot_be_written(db: Db) {
    let (audit, _clock) = audit(&db).await;
    db.close().await;
    assert!(matches!(audit.begin(intent()).await, Err(AuditError::Begin(_))));
}
