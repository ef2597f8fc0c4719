//! Carries finished audit records from the outbox to the vault's `admin` stream, in order, until each has arrived.

use std::time::Duration;

use medward_contract::PortError;
use medward_contract::vault::{Durability, EventSink};
use medward_store::{Db, StoreError, outbox_done, outbox_due, outbox_subscribe};

use super::{AUDITED, Audited};
use crate::clock::Clock;
use crate::ports::Port;
use crate::supervisor::{Stop, TaskError};

/// Name of this consumer in the outbox.
const CONSUMER: &str = "kernel-audit";

/// Looks again after this even without a wake-up.
const LOOK_AGAIN: Duration = Duration::from_secs(5);

/// Why a round of shipping ended early; the next round goes on at the same record.
#[derive(Debug, thiserror::Error)]
pub(super) enum ShipError {
    #[error("read or mark audit records")]
    Store(#[from] StoreError),
    #[error("record audit events")]
    Sink(#[from] PortError),
    #[error("read stored audit record {key}")]
    Stored {
        key: String,
        #[source]
        source: serde_json::Error,
    },
}

/// Runs until stopped. After [`Stop::running`] it ships what is left once more, so that a clean stop leaves nothing behind.
pub async fn ship_audit(db: Db, clock: Clock, sink: Port<dyn EventSink>, stop: Stop) -> Result<(), TaskError> {
    db.write(|tx| Box::pin(async move { outbox_subscribe(tx, CONSUMER, &[AUDITED]).await })).await?;
    let mut wake_up = db.outbox_wakeup();
    loop {
        wake_up.mark_unchanged();
        if let Err(error) = ship_due(&db, &clock, &sink).await {
            tracing::warn!(error = crate::supervisor::with_sources(&error), "audit records wait in the outbox");
        }
        tokio::select! {
            biased;
            () = stop.running.cancelled() => break,
            changed = wake_up.changed() => {
                if changed.is_err() {
                    break;
                }
            }
            () = clock.sleep(LOOK_AGAIN) => {}
        }
    }
    ship_due(&db, &clock, &sink).await?;
    Ok(())
}

/// Ships everything due, oldest first; stops at the first record that cannot be recorded.
pub(super) async fn ship_due(db: &Db, clock: &Clock, sink: &Port<dyn EventSink>) -> Result<u64, ShipError> {
    let mut shipped = 0;
    loop {
        let rows = {
            let mut reader = db.read().await?;
            outbox_due(&mut reader, CONSUMER, &[AUDITED], clock.now().as_micros(), 100).await?
        };
        if rows.is_empty() {
            return Ok(shipped);
        }
        let mut records = Vec::with_capacity(rows.len());
        for row in rows {
            let audited: Audited = serde_json::from_str(&row.payload)
                .map_err(|source| ShipError::Stored { key: row.key.clone(), source })?;
            records.push((row.id, audited));
        }
        // Sequences are given inside the transactions, ids before them: the sequence is the order of commits.
        records.sort_by_key(|(_, audited)| audited.sequence);
        for (id, audited) in records {
            sink.get()?.append(vec![audited.to_event()], Durability::Durable).await?;
            let now = clock.now().as_micros();
            db.write(|tx| {
                let id = id.clone();
                Box::pin(async move { outbox_done(tx, CONSUMER, &id, now).await })
            })
            .await?;
            shipped += 1;
        }
    }
}
