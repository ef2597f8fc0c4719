use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use medward_contract::PortError;
use medward_contract::event::Event;
use medward_contract::vault::{Ack, Durability, EventSink};
use medward_store::store_test;

use super::*;
use crate::clock::ManualClock;
use crate::ports::Port;

/// Collects events as the vault would, each number of an agent once; away while `down`, picky while `picky`.
#[derive(Default)]
struct Recorder {
    events: Mutex<Vec<Event>>,
    told: Mutex<Vec<Event>>,
    high: Mutex<std::collections::HashMap<String, i64>>,
    down: AtomicBool,
    picky: AtomicBool,
}

#[async_trait]
impl EventSink for Recorder {
    fn emit(&self, event: Event) {
        event.validate().unwrap();
        self.told.lock().unwrap().push(event);
    }

    async fn append(&self, events: Vec<Event>, _: Durability) -> Result<Ack, PortError> {
        if self.down.load(Ordering::SeqCst) {
            return Err(PortError::Unavailable("the recorder"));
        }
        let count = events.len() as u64;
        let mut first_seq = None;
        for event in events {
            event.validate().unwrap();
            if self.picky.load(Ordering::SeqCst) && event.attrs["object.id"] == "odd" {
                return Err(PortError::Refused { code: "VLT-0422" });
            }
            let (agent, sequence) = (event.text(Field::AgentId).unwrap().to_owned(), event.int(Field::EventSequence));
            let mut high = self.high.lock().unwrap();
            let high = high.entry(agent).or_insert(0);
            if sequence.unwrap() > *high {
                *high = sequence.unwrap();
                let mut stored = self.events.lock().unwrap();
                first_seq.get_or_insert(stored.len() as u64);
                stored.push(event);
            }
        }
        Ok(Ack { stream: medward_contract::event::Stream::Admin, first_seq, count })
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

impl Recorder {
    /// What was changed, in the order of the vault.
    fn objects(&self) -> Vec<String> {
        self.events.lock().unwrap().iter().map(|event| event.attrs["object.id"].as_str().unwrap().to_owned()).collect()
    }
}

async fn shipping(db: &Db) -> (Audit, ManualClock, Arc<Recorder>, Port<dyn EventSink>) {
    let (audit, clock) = audit(db).await;
    db.write(|tx| Box::pin(async move { medward_store::outbox_subscribe(tx, "kernel-audit", &[AUDITED]).await }))
        .await
        .unwrap();
    let sink = Arc::new(Recorder::default());
    let port: Port<dyn EventSink> = Port::filled(sink.clone());
    (audit, clock, sink, port)
}

async fn change(audit: &Audit, object: &str) {
    audit.begin(intent()).await.unwrap().finish(true, Some(object), "").await.unwrap();
}

async fn run(db: &Db, sql: &'static str) {
    db.write(|tx| Box::pin(async move { medward_store::execute!(tx, sql).await.map(drop) })).await.unwrap();
}

#[store_test]
async fn number_set_back_in_the_running_database_loses_no_record(db: Db) {
    let (audit, _clock, sink, port) = shipping(&db).await;
    for object in ["a", "b", "c"] {
        change(&audit, object).await;
    }
    ship::ship_due(&db, &audit.clock, &port).await.unwrap();
    run(&db, "UPDATE kernel_sequence SET value = 0").await;
    for object in ["d", "e"] {
        change(&audit, object).await;
    }
    ship::ship_due(&db, &audit.clock, &port).await.unwrap();
    assert_eq!(sink.objects(), ["a", "b", "c", "d", "e"]);
}

#[store_test]
async fn restored_database_neither_loses_nor_doubles_a_record(db: Db) {
    let (audit, _clock, sink, port) = shipping(&db).await;
    change(&audit, "a").await;
    change(&audit, "b").await;
    // The vault took both, and the backup is of the moment before that was marked.
    ship::ship_due(&db, &audit.clock, &port).await.unwrap();
    run(&db, "UPDATE kernel_sequence SET value = 0").await;
    let restored = Audit::new(db.clone(), audit.clock.clone());
    let again = sink.events.lock().unwrap()[1].clone();
    assert_eq!(port.get().unwrap().append(vec![again], Durability::Durable).await.unwrap().first_seq, None);
    change(&restored, "c").await;
    change(&restored, "d").await;
    ship::ship_due(&db, &audit.clock, &port).await.unwrap();
    assert_eq!(sink.objects(), ["a", "b", "c", "d"]);
}

#[store_test]
async fn record_that_the_vault_refuses_is_seen_and_holds_back_no_other(db: Db) {
    let (audit, clock, sink, port) = shipping(&db).await;
    sink.picky.store(true, Ordering::SeqCst);
    for object in ["a", "odd", "b"] {
        change(&audit, object).await;
    }
    assert_eq!(ship::ship_due(&db, &audit.clock, &port).await.unwrap(), 2);
    assert_eq!(sink.objects(), ["a", "b"]);
    let told = sink.told.lock().unwrap().clone();
    assert_eq!((told.len(), told[0].severity), (1, Severity::Critical));
    let waiting = medward_store::outbox_waiting(&mut db.read().await.unwrap()).await.unwrap();
    assert_eq!((waiting[0].waiting, waiting[0].failing), (1, 1));

    sink.picky.store(false, Ordering::SeqCst);
    clock.advance(Duration::from_mins(10));
    assert_eq!(ship::ship_due(&db, &audit.clock, &port).await.unwrap(), 1);
    assert_eq!(sink.objects(), ["a", "b", "odd"], "what is accepted later arrives once");
}

#[store_test]
async fn unreadable_record_is_seen_and_holds_back_no_other(db: Db) {
    let (audit, _clock, sink, port) = shipping(&db).await;
    change(&audit, "a").await;
    run(&db, "UPDATE store_outbox SET payload = 'x'").await;
    change(&audit, "b").await;
    assert_eq!(ship::ship_due(&db, &audit.clock, &port).await.unwrap(), 1);
    assert_eq!((sink.objects(), sink.told.lock().unwrap().len()), (vec!["b".to_owned()], 1));
}
