//! Carries finished audit records from the outbox to the vault's `admin` stream, in order, until each has arrived.

use std::time::Duration;

use medward_contract::event::{Dataset, Event, Field, Outcome};
use medward_contract::vault::{Durability, EventSink};
use medward_contract::{PortError, Severity};
use medward_store::{Db, OutboxRow, StoreError, outbox_done, outbox_due, outbox_failed, outbox_subscribe};

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

/// Ships everything due, oldest first; stops when the vault cannot be reached. A record that can never be recorded is
/// marked as failing and told, and those behind it go on.
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
            match serde_json::from_str::<Audited>(&row.payload) {
                Ok(audited) => records.push((row, audited)),
                Err(error) => refused(db, clock, sink, &row, &format!("unreadable: {error}")).await?,
            }
        }
        // Numbers are given inside the transactions, ids before them: the number is the order of commits.
        records.sort_by(|(_, a), (_, b)| (&a.epoch, a.sequence).cmp(&(&b.epoch, b.sequence)));
        for (row, audited) in records {
            let event = if row.attempts == 0 { audited.to_event() } else { audited.to_late_event() };
            match sink.get()?.append(vec![event], Durability::Durable).await {
                // Without a place it was there already: recorded, but not marked, by whoever shipped it before.
                Ok(ack) if ack.first_seq.is_none() => {
                    tracing::info!(audit = row.key, epoch = audited.epoch, "audit record was in the vault already");
                }
                Ok(_) => {}
                Err(error @ PortError::Refused { .. }) => {
                    refused(db, clock, sink, &row, &error.to_string()).await?;
                    continue;
                }
                Err(error) => return Err(error.into()),
            }
            let now = clock.now().as_micros();
            db.write(|tx| {
                let id = row.id.clone();
                Box::pin(async move { outbox_done(tx, CONSUMER, &id, now).await })
            })
            .await?;
            shipped += 1;
        }
    }
}

/// Keeps a record that the vault does not take, and says so: in the log, in the running state and, once, as an event.
async fn refused(
    db: &Db,
    clock: &Clock,
    sink: &Port<dyn EventSink>,
    row: &OutboxRow,
    why: &str,
) -> Result<(), ShipError> {
    tracing::error!(audit = row.key, attempts = row.attempts + 1, error = why, "audit record cannot be recorded");
    let now = clock.now();
    db.write(|tx| {
        let (id, why) = (row.id.clone(), why.to_owned());
        Box::pin(async move { outbox_failed(tx, CONSUMER, &id, &why, now.as_micros()).await })
    })
    .await?;
    if row.attempts == 0 {
        let gap = Event::new(Dataset::VaultGap, "gap", now)
            .outcome(Outcome::Failure)
            .severity(Severity::Critical)
            .set(Field::EventReason, why)
            .attr("vault.agent", CONSUMER)
            .attr("vault.from", 0_i64)
            .attr("vault.to", 0_i64)
            .attr("object.id", row.key.as_str());
        sink.get()?.emit(gap);
    }
    Ok(())
}
